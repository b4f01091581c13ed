"""Spelling, American, of every text: documents, code, and the cells of the lessons.

A notebook is not given to codespell as it is: its stored figures are letters too.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from notebooks import ROOT, all_notebooks, read

TEXTS = ("*.md", "*.cff", "*.toml", "*.txt", "*.yml", "Makefile", "data/*.md")
FOLDERS = ("helpers", "tests", "tools", ".github")


def main() -> int:
    """Name each misspelled word with its file, or cell, and line."""
    places = [path for pattern in TEXTS for path in ROOT.glob(pattern)]
    places += [ROOT / name for name in FOLDERS if (ROOT / name).is_dir()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in all_notebooks():
            for number, cell in enumerate(read(path).cells, start=1):
                text = folder / f"{path.name} cell {number}"
                text.write_text(cell.source + "\n", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "codespell_lib", *places, folder],
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        says = (done.stdout + done.stderr).replace(name, "notebooks")
    print(says.replace(f"{ROOT}/", ""), end="")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
