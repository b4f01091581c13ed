"""Set up .venv: ``python tools/make_venv.py .venv/ready-<checksum>``.

Called by the Makefile when the file it names is missing. That file is written last, so
an interrupted set-up is simply done again. Needs nothing but Python.
"""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LARGE = 20.0  # MB; smaller downloads are not worth a line


def main(ready: Path) -> int:
    """Make .venv with what requirements.txt lists, then the file ``ready``."""
    folder = ready.parent
    for old in folder.glob("ready-*"):
        old.unlink()
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"Setting up .venv with Python {version}. This happens once.", flush=True)
    try:
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(folder)
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"Python could not make .venv: {error}", file=sys.stderr)
        print("Debian and Ubuntu: sudo apt install python3-venv", file=sys.stderr)
        return 1
    print("Installing what requirements.txt lists. On Linux that is some 3 GB, most of")
    print("it PyTorch for CUDA; the README says how to get less.", flush=True)
    if not install(folder):
        print("The set-up failed; pip's last words are above.", file=sys.stderr)
        print("Is there a network? To begin anew, remove .venv.", file=sys.stderr)
        return 1
    ready.touch()
    print("Ready.", flush=True)
    return 0


def install(folder: Path) -> bool:
    """Install the requirements, show the large downloads, and all if it fails."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    command = [python, "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--no-input", "--progress-bar=off", "-r", "requirements.txt"]
    log = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as pip:
        for line in pip.stdout:
            log.append(line)
            load = re.match(r" *Downloading (\S+) \(([\d.]+) MB\)", line)
            if load and float(load[2]) > LARGE:
                name = load[1].rsplit("/", 1)[-1].split("-")[0]
                print(f"  downloading {name}, {float(load[2]):.0f} MB", flush=True)
            elif line.startswith("Installing collected packages"):
                print("  installing", flush=True)
    if pip.returncode:
        print("\n".join(line.rstrip()[:300] for line in log[-30:]), file=sys.stderr)
    return pip.returncode == 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1]).absolute()))
    except KeyboardInterrupt:
        sys.exit("Interrupted. The next command does the set-up again.")
