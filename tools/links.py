"""Try every link to another site, in the documents and the notebooks. For CI, weekly.

A site that refuses robots (401, 403, 429) or is down for the moment is no broken link;
an address that does not exist (404, 410, no such host) is.
"""

import re
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from notebooks import ROOT, all_notebooks, read, repository

ADDRESS = re.compile(r"https?://[^\s<>\"'`\\)\]}]+")
TRIES = 3
AGENT = "Mozilla/5.0 (compatible; link check of a course)"


def addresses() -> dict[str, str]:
    """Return each address with the file that it stands in."""
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for path in [*ROOT.glob("*.md"), *ROOT.glob("data/*.md"), *ROOT.glob("*.cff")]
    }
    for path in all_notebooks():
        texts[path.name] = "\n".join(cell.source for cell in read(path).cells)
    found = {}
    for name, text in texts.items():
        for address in ADDRESS.findall(text):
            found.setdefault(address.rstrip(".,;:!?*_"), name)
    return found


def fault(address: str) -> str | None:
    """Say what is wrong with an address, None if it leads somewhere or may do."""
    says = None
    for attempt in range(TRIES):
        request = urllib.request.Request(address, headers={"User-Agent": AGENT})
        try:
            with urllib.request.urlopen(request, timeout=20):
                return None
        except urllib.error.HTTPError as error:
            says = str(error.code) if error.code in (404, 410) else None
            if error.code < 500:
                return says
        except (OSError, ValueError) as error:
            says = str(error)
        time.sleep(5 * attempt)
    return says


def main() -> int:
    """Name the broken links and where they stand."""
    own = repository().url  # a fork may be private, a new lesson not yet published
    found = {a: where for a, where in addresses().items() if not a.startswith(own)}
    with ThreadPoolExecutor(8) as pool:
        faults = dict(zip(found, pool.map(fault, found), strict=True))
    broken = [(found[a], a, says) for a, says in faults.items() if says]
    for where, address, says in sorted(broken):
        print(f"{where}: {address}: {says}")
    print(f"{len(found)} links, {len(broken)} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
