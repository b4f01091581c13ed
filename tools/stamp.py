"""``make stamp``: write what is made from the notebooks and from pyproject.toml.

- the header cell of each lesson: badge, neighbors, reading and computing time;
- the set-up cell of each lesson, its first cell of code, with the address to clone;
- in README.md the table between ``<!-- lessons -->`` and ``<!-- /lessons -->``;
- in lesson 00 the rows between ``<!-- map -->`` and ``<!-- /map -->``: lessons that are
  there get a link and their own title and question, the others stay as planned, and
  in README.md these are named between ``<!-- planned -->`` and ``<!-- /planned -->``;
- in README.md, CONTRIBUTING.md and the notebooks' text every address on GitHub or
  Colab between ``<!-- repository -->`` and ``<!-- /repository -->``, and the address in
  CITATION.cff.

For a fork: change ``Repository`` in pyproject.toml, then ``make stamp``.
``--check`` writes nothing; it names what is stale and exits with status 1.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from notebooks import (
    ROOT,
    Repository,
    all_notebooks,
    as_text,
    code_cells,
    computing,
    read,
    repository,
    write_text,
)

BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
TITLE = re.compile(r"# (\d\d) · (.+)")
QUESTION = re.compile(r"\*([^*].*)\*")
SETUP = """\
# @title Run this cell first. On Colab it fetches the course.
import os
import sys

git = "git clone -q --depth=1 ADDRESS"
lost = f"The course's files are not here. Get all of them, then open the lesson: {git}"
other = "`helpers` here is a stranger's: rename or uninstall it, restart the kernel"
new, *near = map(os.path.abspath, ["nn-by-hand", *("../" * n for n in range(9))])
found = [p for p in [new, *near, *sys.path] if os.path.isdir(f"{p}/helpers/exercises")]
if not found and "google.colab" in sys.modules:
    get = f"GIT_TERMINAL_PROMPT=0 timeout 25 {git} .$$ && mv -T .$$ '{new}'; rm -rf .$$"
    lost += f"\\nPrivate, gone, no answer? Git says: {os.popen(f'({get}) 2>&1').read()}"
sys.path[:0] = found[:1] or [new]
try:
    from helpers import COURSE  # noqa: F401
except ImportError:
    raise ImportError(other if "helpers" in sys.modules else lost) from None"""
FOLDED = {"cellView": "form", "jupyter": {"source_hidden": True}}


def setup(address: Repository) -> str:
    """Return the set-up cell, the first code cell of each lesson."""
    return SETUP.replace("ADDRESS", address.url)


def put_setup(notebook: NotebookNode, address: Repository) -> None:
    """Write the set-up cell, before the first code cell if it is not there yet."""
    kinds = [cell.cell_type for cell in notebook.cells]
    place = kinds.index("code") if "code" in kinds else len(kinds)
    if not any(c.source.startswith("# @title") for c in notebook.cells[place:][:1]):
        notebook.cells.insert(place, nbformat.v4.new_code_cell(id="setup"))
    notebook.cells[place].source = setup(address)
    notebook.cells[place].metadata.update(FOLDED)


def title_and_question(notebook: NotebookNode, name: str) -> tuple[str, str]:
    """Return a lesson's title and the question it answers, from its first cell.

    Raises
    ------
    ValueError
        The first cell is not what an author writes there.
    """
    lines = [line for line in notebook.cells[0].source.splitlines() if line.strip()]
    title = TITLE.fullmatch(lines[0].strip()) if lines else None
    question = QUESTION.fullmatch(lines[1].strip()) if len(lines) > 1 else None
    if not title or not question or title[1] != name[:2]:
        raise ValueError(
            f"{name}: the first cell must begin with the lines `# {name[:2]} · Title` "
            "and `*The question it answers?*`"
        )
    if len(lines) > 2 and not lines[2].startswith("[!["):
        raise ValueError(
            f"{name}: `make stamp` writes what follows the question in the first cell; "
            f"move this to another cell: {lines[2]!r}"
        )
    return title[2].strip(), question[1].strip()


def words(markdown: str) -> int:
    """Count what is read in a markdown text: not tags, addresses or drawn formulas."""
    text = re.sub(r"<[^>]*>|\]\([^)]*\)|```.*?```", " ", markdown, flags=re.DOTALL)
    return len(re.findall(r"[^\W_]{2,}", text))


def exercises(notebook: NotebookNode) -> int:
    """Count the headings of exercises."""
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    return len(re.findall(r"^#+ Exercise \d", text, flags=re.MULTILINE))


def reading_minutes(notebook: NotebookNode) -> int:
    """Estimate minutes: 150 words or 15 lines of code in one, 5 for an exercise.

    The header, the set-up and the glossary, which is looked up, are not counted.
    """
    texts = [c.source for c in notebook.cells[1:] if c.cell_type == "markdown"]
    read_words = words("\n".join(texts).split('<a id="glossary">')[0])
    lines = sum(
        len([line for line in cell.source.splitlines() if line.strip()])
        for cell in code_cells(notebook)[1:]
    )
    minutes = read_words / 150 + lines / 15 + 5 * exercises(notebook)
    return max(5, 5 * round(minutes / 5))


def computing_words(seconds: int) -> str:
    """Say a computing time; it was rounded when it was stored."""
    if not seconds:
        return "not measured yet"
    if seconds <= 10:
        return "under 10 s"
    minutes = f"{seconds / 60:g} min"
    return f"about {seconds} s" if seconds < 60 else f"about {minutes}"


def badge(name: str, address: Repository) -> str:
    """Return the badge that opens a lesson in Google Colab."""
    alt = f"Open lesson {name[:2]} in Google Colab"
    return f"[![{alt}]({BADGE})]({address.colab(name)})"


def header(path: Path, notebooks: dict[Path, NotebookNode], address: Repository) -> str:
    """Return the first cell of a lesson."""
    title, question = title_and_question(notebooks[path], path.name)
    paths = list(notebooks)
    place = paths.index(path)
    chain = []
    if place > 0:
        chain.append(f"[← {_linked(paths[place - 1], notebooks)}")
    chain.append(
        "[Contents](00_start_here.ipynb)"
        if not path.name.startswith("00")
        else "[Contents](../README.md)"
    )
    if place + 1 < len(paths):
        name, link = _linked(paths[place + 1], notebooks).rsplit("](", 1)
        chain.append(f"[{name} →]({link}")
    minutes = reading_minutes(notebooks[path])
    work = "reading and exercises" if exercises(notebooks[path]) else "reading"
    return "\n".join(
        [
            f"# {path.name[:2]} · {title}",
            "",
            f"*{question}*",
            "",
            badge(path.name, address),
            "",
            " · ".join(chain),
            "",
            f"{work.capitalize()}: about {minutes} min · "
            f"computing: {computing_words(computing(notebooks[path]))}",
        ]
    )


def _linked(path: Path, notebooks: dict[Path, NotebookNode]) -> str:
    title, _ = title_and_question(notebooks[path], path.name)
    return f"{path.name[:2]} {title}]({path.name})"


def lessons_table(notebooks: dict[Path, NotebookNode], address: Repository) -> str:
    """Return the table of lessons for README.md."""
    rows = [
        "| | Lesson | Question | Reading | Computing | Without installing |",
        "|---|---|---|---|---|---|",
    ]
    for path, notebook in notebooks.items():
        title, question = title_and_question(notebook, path.name)
        rows.append(
            f"| {path.name[:2]} | [{title}](notebooks/{path.name}) | {question} "
            f"| {reading_minutes(notebook)} min "
            f"| {computing_words(computing(notebook))} | {badge(path.name, address)} |"
        )
    return "\n".join(rows)


MAP_ROW = re.compile(r"^\| (\d\d) \| (.+?) \| (.+?) \| \w+ \|$", re.MULTILINE)


def course_map(rows: str, notebooks: dict[Path, NotebookNode]) -> str:
    """Return the rows of lesson 00's map, with links to the lessons that are there."""
    there = {path.name[:2]: path for path in notebooks}

    def row(match: re.Match) -> str:
        number, title, question = match.groups()
        title = re.sub(r"\[(.+)\]\(.*\)", r"\1", title)
        if number not in there:
            return f"| {number} | {title} | {question} | planned |"
        path = there[number]
        title, question = title_and_question(notebooks[path], path.name)
        return f"| {number} | [{title}]({path.name}) | {question} | ready |"

    return MAP_ROW.sub(row, rows)


def planned(notebooks: dict[Path, NotebookNode]) -> str:
    """Return the lessons of lesson 00's map that are not there yet, in one line."""
    start = list(notebooks.values())[:1]
    text = "\n".join(cell.source for notebook in start for cell in notebook.cells)
    rows = MAP_ROW.findall(course_map(text, notebooks))
    return " · ".join(
        f"{number} {title}" for number, title, _ in rows if not title.startswith("[")
    )


def between(text: str, marker: str, make: object) -> str:
    """Replace what stands between ``<!-- marker -->`` and ``<!-- /marker -->``.

    ``make`` is called with what stands there and returns what shall.
    """
    pattern = rf"(<!-- {marker} -->)(.*?)(<!-- /{marker} -->)"
    return re.sub(pattern, lambda m: m[1] + make(m[2]) + m[3], text, flags=re.DOTALL)


def readdressed(text: str, address: Repository) -> str:
    """Point the addresses of the course in ``text`` to where it is published."""
    place = rf"\g<1>{address.owner}/{address.name}"
    host = r"(https://(?:github\.com|colab\.research\.google\.com/github)/)"
    text = re.sub(host + r"[\w.-]+/[\w-]+(?:\.(?!git\b)[\w-]+)*", place, text)
    return re.sub(r"(?m)^( *cd )\S+$", rf"\g<1>{address.name}", text)


def stamped(root: Path = ROOT) -> dict[Path, str]:
    """Return what every stamped file must hold.

    Raises
    ------
    ValueError
        A lesson lacks the lines that the author writes, or a file its markers.
    """
    address = repository(root)
    notebooks = {path: read(path) for path in all_notebooks(root)}
    files = {}
    for path, notebook in notebooks.items():
        top = header(path, notebooks, address)
        put_setup(notebook, address)
        notebook.cells[0].source = top
        for cell in notebook.cells[1:]:
            if cell.cell_type == "markdown":
                cell.source = between(
                    cell.source, "repository", lambda old: readdressed(old, address)
                )
                cell.source = between(
                    cell.source, "map", lambda rows: course_map(rows, notebooks)
                )
        files[path] = as_text(notebook)
    table = lessons_table(notebooks, address)
    for name in ("README.md", "CONTRIBUTING.md"):
        path = root / name
        if path.exists():
            text = between(path.read_text("utf-8"), "lessons", lambda _: f"\n{table}\n")
            text = between(text, "planned", lambda _: planned(notebooks))
            files[path] = between(
                text, "repository", lambda old: readdressed(old, address)
            )
    citation = root / "CITATION.cff"
    if citation.exists():
        files[citation] = re.sub(
            r"(?m)^(repository-code|url): .*$",
            rf'\1: "{address.url}"',
            citation.read_text("utf-8"),
        )
    return files


def stale(root: Path = ROOT) -> list[str]:
    """Return the names of the files that ``make stamp`` would change."""
    return [
        path.relative_to(root).as_posix()
        for path, text in stamped(root).items()
        if path.read_text("utf-8") != text
    ]


def stamp(root: Path = ROOT) -> list[str]:
    """Write every stamped file and return the names of those that changed."""
    changed = []
    for path, text in stamped(root).items():
        if write_text(path, text):
            changed.append(path.relative_to(root).as_posix())
    return changed


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    try:
        names = stale() if check else stamp()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    for name in names:
        print(f"stale, run `make stamp`: {name}" if check else f"stamped {name}")
    if not names:
        print("everything stamped is up to date")
    return 1 if check and names else 0


if __name__ == "__main__":
    sys.exit(main())
