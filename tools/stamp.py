"""``make stamp``: write what is made from the notebooks and from pyproject.toml.

- of each lesson the header cell (badge, neighbors, reading and computing time) and the
  set-up cell, its first cell of code, with the address to clone;
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

sys.path.insert(0, str(Path(__file__).parent))  # also under PYTHONSAFEPATH

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

Lessons = dict[Path, NotebookNode]
BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
# Of the first cell an author writes this, and no more.
TOP = re.compile(r"# (\d\d) · (.+)\n\s*\*([^*].*)\*\s*(\[!\[|$)")
MAP_ROW = re.compile(r"^\| (\d\d) \| (.+?) \| (.+?) \| \w+ \|$", re.MULTILINE)
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
    top = TOP.match(notebook.cells[0].source)
    if not top or top[1] != name[:2]:
        raise ValueError(
            f"{name}: the first cell must hold the lines `# {name[:2]} · Title` and "
            "`*The question it answers?*` and no other (`make stamp` writes the rest)"
        )
    return top[2].strip(), top[3].strip()


def exercises(notebook: NotebookNode) -> int:
    """Count the headings of exercises."""
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    return len(re.findall(r"^#+ Exercise \d", text, flags=re.MULTILINE))


def reading_minutes(notebook: NotebookNode) -> int:
    """Estimate minutes: 150 words or 15 lines of code in one, 5 for an exercise.

    The header, the set-up and the glossary, which is looked up, are not counted, nor
    are tags, addresses and drawn formulas.
    """
    texts = [c.source for c in notebook.cells[1:] if c.cell_type == "markdown"]
    text = "\n".join(texts).split('<a id="glossary">')[0]
    text = re.sub(r"<[^>]*>|\]\([^)]*\)|```.*?```", " ", text, flags=re.DOTALL)
    words = len(re.findall(r"[^\W_]{2,}", text))
    code = "\n".join(cell.source for cell in code_cells(notebook)[1:])
    lines = len([line for line in code.splitlines() if line.strip()])
    return max(5, 5 * round((words / 150 + lines / 15) / 5 + exercises(notebook)))


def computing_words(seconds: int) -> str:
    """Say a computing time; it was rounded when it was stored."""
    if not seconds:
        return "not measured yet"
    if seconds < 60:
        return f"about {seconds} s" if seconds > 10 else "under 10 s"
    return f"about {seconds / 60:g} min"


def badge(name: str, address: Repository) -> str:
    """Return the badge that opens a lesson in Google Colab."""
    alt = f"Open lesson {name[:2]} in Google Colab"
    return f"[![{alt}]({BADGE})]({address.colab(name)})"


def header(path: Path, lessons: Lessons, address: Repository) -> str:
    """Return the first cell of a lesson."""
    notebook, paths = lessons[path], list(lessons)
    names = [f"{p.name[:2]} {title_and_question(lessons[p], p.name)[0]}" for p in paths]
    title, question = title_and_question(notebook, path.name)
    place = paths.index(path)
    contents = "00_start_here.ipynb" if place else "../README.md"
    chain = [f"[Contents]({contents})"]
    if place:
        chain.insert(0, f"[← {names[place - 1]}]({paths[place - 1].name})")
    if place + 1 < len(paths):
        chain.append(f"[{names[place + 1]} →]({paths[place + 1].name})")
    work = "Reading and exercises" if exercises(notebook) else "Reading"
    return (
        f"# {path.name[:2]} · {title}\n\n*{question}*\n\n"
        f"{badge(path.name, address)}\n\n{' · '.join(chain)}\n\n"
        f"{work}: about {reading_minutes(notebook)} min · "
        f"computing: {computing_words(computing(notebook))}"
    )


def lessons_table(lessons: Lessons, address: Repository) -> str:
    """Return the table of lessons for README.md."""
    rows = [
        "| | Lesson | Question | Reading | Computing | Without installing |",
        "|---|---|---|---|---|---|",
    ]
    for path, notebook in lessons.items():
        title, question = title_and_question(notebook, path.name)
        rows.append(
            f"| {path.name[:2]} | [{title}](notebooks/{path.name}) | {question} "
            f"| {reading_minutes(notebook)} min "
            f"| {computing_words(computing(notebook))} | {badge(path.name, address)} |"
        )
    return "\n".join(rows)


def course_map(rows: str, lessons: Lessons) -> str:
    """Return the rows of lesson 00's map, with links to the lessons that are there."""
    there = {path.name[:2]: path for path in lessons}

    def row(match: re.Match) -> str:
        number, title, question = match.groups()
        title = re.sub(r"\[(.+)\]\(.*\)", r"\1", title)
        if number not in there:
            return f"| {number} | {title} | {question} | planned |"
        path = there[number]
        title, question = title_and_question(lessons[path], path.name)
        return f"| {number} | [{title}]({path.name}) | {question} | ready |"

    return MAP_ROW.sub(row, rows)


def planned(lessons: Lessons) -> str:
    """Return the lessons of lesson 00's map that are not there yet, in one line."""
    start = list(lessons.values())[:1]
    text = "\n".join(cell.source for notebook in start for cell in notebook.cells)
    rows = MAP_ROW.findall(course_map(text, lessons))
    return " · ".join(f"{row[0]} {row[1]}" for row in rows if row[1][0] != "[")


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
        A lesson lacks the lines that the author writes.
    """
    address = repository(root)
    lessons = {path: read(path) for path in all_notebooks(root)}
    makers = {
        "repository": lambda old: readdressed(old, address),
        "map": lambda rows: course_map(rows, lessons),
        "lessons": lambda _: f"\n{lessons_table(lessons, address)}\n",
        "planned": lambda _: planned(lessons),
    }
    pattern = rf"(?s)(<!-- ({'|'.join(makers)}) -->)(.*?)(<!-- /\2 -->)"

    def filled(text: str) -> str:
        """Replace what stands between a marker and its end by what is made for it."""
        return re.sub(pattern, lambda m: m[1] + makers[m[2]](m[3]) + m[4], text)

    files = {}
    for path, notebook in lessons.items():
        put_setup(notebook, address)
        notebook.cells[0].source = header(path, lessons, address)
        for cell in notebook.cells[1:]:
            if cell.cell_type == "markdown":
                cell.source = filled(cell.source)
        files[path] = as_text(notebook)
    for path in filter(Path.exists, (root / "README.md", root / "CONTRIBUTING.md")):
        files[path] = filled(path.read_text("utf-8"))
    for path in filter(Path.exists, [root / "CITATION.cff"]):
        line, here = r"(?m)^(repository-code|url): .*$", rf'\1: "{address.url}"'
        files[path] = re.sub(line, here, path.read_text("utf-8"))
    return files


def stale(root: Path = ROOT) -> list[str]:
    """Return the names of the files that ``make stamp`` would change."""
    files = stamped(root).items()
    return [
        str(p.relative_to(root)) for p, text in files if p.read_text("utf-8") != text
    ]


def stamp(root: Path = ROOT) -> list[str]:
    """Write every stamped file and return the names of those that changed."""
    files = stamped(root).items()
    return [
        str(path.relative_to(root)) for path, text in files if write_text(path, text)
    ]


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
