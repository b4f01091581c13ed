"""Rules for the notebooks as they are stored, and for the documents around them.

A rule is a function that is given a lesson and yields the faults it finds, in words
that say where and what to do. ``RULES`` holds them all; test_notebooks.py applies each
to each lesson. Nothing here executes a notebook. What ruff can find in code is not
here but in pyproject.toml, and links are followed by lychee.
"""

import ast
import contextlib
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nbformat import NotebookNode
from nbval.plugin import find_comment_markers
from PIL import Image

import stamp
from kernels import untrue_claims
from notebooks import (
    IGNORED,
    all_notebooks,
    as_text,
    code_cells,
    code_hash,
    computing,
    normalize,
    read,
    repository,
    tags,
)
from refresh import claims

DEMO = "exercise-demo"  # the tag of lesson 00's answers that are wrong, or right
LARGEST_FILE = 1_000_000  # bytes
SHORTEST_ALT = 20  # characters
BUDGET = 60  # seconds of computing
SLOW = {"11": 120, "12": 120, "13": 120}
FEWEST_EXERCISES = {"01": 5, "12": 5}  # four in the others
LAST_SECTIONS = ["What you saw", "Key terms", "Try next", "Read more"]

LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(\s*<?([^)\s>]+)")
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
HTML_IMAGE = re.compile(r"<img\b[^>]*>")
GLOSSARY = "00_start_here.ipynb"
HEADING = re.compile(r"^(#{1,6}) +(.+?) *#*$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)

# What no lesson may contain and ruff does not find, and what to write instead.
FORBIDDEN = {
    r"num_workers *= *[1-9]": "num_workers=0 (more fails on Windows and macOS)",
    r"torch\.load\((?!.*weights_only=True)": "weights_only=True",
    r"\.cuda\(": ".to(device)",
    r"size_average|reduce=": "reduction=",
    r"[\"'](?:jet|rainbow|hsv|RdYlGn(?:_r)?)[\"']": "a map every eye can read",
    r"^\s*[!%]\w": "Python (magics and shell commands do not run everywhere)",
}
TAGS = {IGNORED, DEMO}  # others make nbval skip cells or expect errors
CONFLICT = re.compile(r"^\W*(<{7}|>{7}) ", re.MULTILINE)
CLOCK = re.compile(r"\b(?:perf_counter|process_time|monotonic|time\.time|timeit)\b")
PRIVATE = re.compile(
    r"/home/\w|/root/|/Users/\w|/tmp/|/content/|[A-Z]:\\\w|\bat 0x[0-9a-f]{6,}"
)


@dataclass(frozen=True)
class Lesson:
    """A notebook, its file and what its name says."""

    path: Path

    @property
    def number(self) -> str:
        """The two digits its name begins with."""
        return self.path.name[:2]

    @property
    def root(self) -> Path:
        """The folder of the course."""
        return self.path.parents[1]

    @cached_property
    def notebook(self) -> NotebookNode:
        """The stored notebook."""
        return read(self.path)

    def cells(self, kind: str) -> Iterator[tuple[str, NotebookNode]]:
        """Give the cells of a kind, each with the words that name it."""
        count = 0
        for position, cell in enumerate(self.notebook.cells, start=1):
            count += cell.cell_type == "code"
            if cell.cell_type == kind:
                name = f"In [{count}]" if kind == "code" else f"cell {position} (text)"
                yield name, cell


Rule = Callable[[Lesson], Iterator[str]]
RULES: list[Rule] = []


def rule(function: Rule) -> Rule:
    """Enter a function among the rules."""
    RULES.append(function)
    return function


# -- the file ------------------------------------------------------------------------


@rule
def is_in_normal_form(lesson: Lesson) -> Iterator[str]:
    """The file is as `make refresh` writes it: no widget state, times or random ids."""
    if lesson.path.read_text("utf-8") != as_text(normalize(lesson.notebook)):
        yield "not in normal form (saved by an editor?): `make refresh`"


@rule
def is_small(lesson: Lesson) -> Iterator[str]:
    """Below 1 MB, or GitHub shows no page for it."""
    size = lesson.path.stat().st_size
    if size >= LARGEST_FILE:
        yield f"{size / 1e6:.1f} MB: fewer figures, or figures with fewer dots"


@rule
def was_run(lesson: Lesson) -> Iterator[str]:
    """All cells ran once, in order, without an error, a warning or an untrue claim."""
    for expected, cell in enumerate(code_cells(lesson.notebook), start=1):
        if cell.execution_count != expected:
            yield (
                f"In [{expected}] is stored with the count {cell.execution_count}: "
                "cleared, or run out of order; `make refresh`"
            )
            break
    for claim in untrue_claims(lesson.notebook):
        yield f"stores a claim that is not true, {claim}"
    for where, cell in lesson.cells("code"):
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"{where} stores an error: {output.ename}: {output.evalue}"
            if output.get("name") == "stderr":
                yield f"{where} stores a warning: {output.text.strip()[:80]}"


@rule
def outputs_belong_to_the_code(lesson: Lesson) -> Iterator[str]:
    """The code was not edited after its outputs were stored."""
    if lesson.notebook.metadata.get("course", {}).get("code") != code_hash(
        lesson.notebook
    ):
        yield "the code was edited after it was last run: `make refresh`"


@rule
def keeps_its_time(lesson: Lesson) -> Iterator[str]:
    """Computing takes at most a minute, two in lessons 11 to 13."""
    seconds, budget = computing(lesson.notebook), SLOW.get(lesson.number, BUDGET)
    if not 0 < seconds <= budget:
        yield f"computing takes {seconds} s; it may take up to {budget} s"


@rule
def is_merged(lesson: Lesson) -> Iterator[str]:
    """No cell holds what git leaves of a conflict."""
    for kind in ("code", "markdown"):
        for where, cell in lesson.cells(kind):
            if CONFLICT.search(cell.source):
                yield f"{where} holds the marks of a conflict"


@rule
def nothing_private(lesson: Lesson) -> Iterator[str]:
    """No absolute path and no memory address, in code, text or outputs."""
    for kind in ("code", "markdown"):
        for where, cell in lesson.cells(kind):
            texts = [cell.source, *printed(cell)]
            for found in filter(None, map(PRIVATE.search, texts)):
                yield f"{where} holds {found[0]!r}, which differs between machines"


def printed(cell: NotebookNode) -> list[str]:
    """Return all text among a cell's outputs."""
    texts = []
    for output in cell.get("outputs", []):
        texts.append(output.get("text", ""))
        data = output.get("data", {})
        texts += [text for kind, text in data.items() if not kind.startswith("image/")]
    return [text for text in texts if isinstance(text, str)]


# -- the anatomy ---------------------------------------------------------------------


@rule
def badge_opens_this_lesson(lesson: Lesson) -> Iterator[str]:
    """The header's badge opens this very file."""
    here = repository(lesson.root)
    wanted = (
        f"https://colab.research.google.com/github/{here.owner}/{here.name}"
        f"/blob/main/notebooks/{lesson.path.name}"
    )
    badges = re.findall(
        r"https://colab\.research\.google\.com/github/[^)\s]+",
        lesson.notebook.cells[0].source,
    )
    if badges != [wanted]:
        yield f"the badge opens {badges}, not {wanted}: `make stamp`"


@rule
def neighbors_are_linked(lesson: Lesson) -> Iterator[str]:
    """The header leads to the lessons before and after, and to the contents."""
    names = [path.name for path in all_notebooks(lesson.root)]
    place = names.index(lesson.path.name)
    wanted = [names[place - 1]] if place else []
    wanted.append("00_start_here.ipynb" if place else "../README.md")
    wanted += names[place + 1 : place + 2]
    found = LINK.findall(lesson.notebook.cells[0].source)
    links = [link for _, link in found if not link.startswith("https://")]
    if links != wanted:
        yield f"the header links {links}, not {wanted}: `make stamp`"


@rule
def has_its_parts(lesson: Lesson) -> Iterator[str]:
    """Goals first, then set-up; at the end what was seen, terms, what next."""
    cells = lesson.notebook.cells
    if "**You will learn**" not in cells[1].source:
        yield "the second cell must say **You will learn**"
    first = code_cells(lesson.notebook)[0]
    folded = stamp.FOLDED.items() <= first.metadata.items()
    if first.source != stamp.setup(repository(lesson.root)) or not folded:
        yield "the first code cell must be the set-up, folded: `make stamp`"
    if lesson.number == "00":
        return
    if "**You need**" not in cells[1].source:
        yield "the second cell must say **You need**"
    if "plotting.use_style()" not in code_cells(lesson.notebook)[1].source:
        yield "the cell of the lesson's imports must call plotting.use_style()"
    titles = [title for level, title in headings(lesson) if level == 2]
    if titles[-len(LAST_SECTIONS) :] != LAST_SECTIONS:
        yield f"the last sections must be {LAST_SECTIONS}, not {titles[-4:]}"
    rows = [text for _, text in section(lesson, "Key terms")]
    terms = re.findall(r"\]\(00_start_here\.ipynb#", "\n".join(rows))
    if len(terms) < 3:
        yield "Key terms must link to the glossary, as [loss](00_start_here.ipynb#loss)"
    if "|" not in "\n".join(text for _, text in section(lesson, "What you saw")):
        yield "What you saw must hold a table"


def headings(lesson: Lesson) -> list[tuple[int, str]]:
    """Return level and text of each heading."""
    found = []
    for _, cell in lesson.cells("markdown"):
        text = FENCE.sub("", cell.source)
        found += [(len(m[1]), m[2]) for m in HEADING.finditer(text)]
    return found


def section(lesson: Lesson, title: str) -> list[tuple[str, str]]:
    """Return the cells, source and what they print, of a section of level 2."""
    inside, found = False, []
    for number, cell in enumerate(lesson.notebook.cells, start=1):
        if cell.cell_type == "markdown":
            for match in HEADING.finditer(cell.source):
                inside = match[2] == title if len(match[1]) <= 2 else inside
        if inside:
            found.append((f"cell {number}", "\n".join([cell.source, *printed(cell)])))
    return found


@rule
def headings_are_in_order(lesson: Lesson) -> Iterator[str]:
    """One title, and no level is left out: screen readers go by them."""
    levels = headings(lesson)
    if [level for level, _ in levels].count(1) != 1 or levels[0][0] != 1:
        yield "there must be one heading of level 1, the title"
    for (before, _), (level, text) in itertools.pairwise(levels):
        if level > before + 1:
            yield f"the heading {text!r} has level {level} after level {before}"


# -- the code ------------------------------------------------------------------------


@rule
def cells_are_not_empty(lesson: Lesson) -> Iterator[str]:
    """No cell is empty: it would count as In [7] in the tests and not on the page."""
    for position, cell in enumerate(lesson.notebook.cells, start=1):
        if not cell.source.strip():
            yield f"cell {position} is empty"


@rule
def tags_are_known(lesson: Lesson) -> Iterator[str]:
    """No tag or comment makes nbval skip a cell or expect an error."""
    for where, cell in lesson.cells("code"):
        for tag in sorted(set(tags(cell)) - TAGS):
            yield f"{where} has the tag {tag!r}; allowed are {sorted(TAGS)}"
        if list(find_comment_markers(cell.source)):
            yield f"{where} has a comment that nbval obeys; allowed are tags"


@rule
def claims_depend_on_results(lesson: Lesson) -> Iterator[str]:
    """A condition without a name in it, as in claim(True), claims nothing."""
    for where, cell in lesson.cells("code"):
        for condition, source, _ in claims(cell):
            if not any(isinstance(node, ast.Name) for node in ast.walk(condition)):
                yield f"{where}: claim({source}) does not depend on any result"


def walk(source: str) -> Iterator[ast.AST]:
    """Give the nodes of a cell's code, none where it is no Python."""
    with contextlib.suppress(SyntaxError):
        yield from ast.walk(ast.parse(source))


@rule
def nothing_is_claimed_about_seconds(lesson: Lesson) -> Iterator[str]:
    """A time may be printed; a claim about it fails where another program is busy."""
    durations: set[str] = set()  # names that hold one, or something made of one

    def is_duration(value: ast.AST) -> bool:
        for node in ast.walk(value):
            ends = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)
            if ends and CLOCK.search(ast.unparse(node)):
                return True
            if isinstance(node, ast.Name) and node.id in durations:
                return True
        return False

    for where, cell in lesson.cells("code"):
        assignments = [n for n in walk(cell.source) if isinstance(n, ast.Assign)]
        for node in sorted(assignments, key=lambda node: node.lineno):
            if is_duration(node.value):
                holders = [getattr(target, "value", target) for target in node.targets]
                durations |= {h.id for h in holders if isinstance(h, ast.Name)}
        for condition, source, _ in claims(cell):
            if is_duration(condition) or re.search("second|minute", source):
                yield f"{where}: claim({source}) is about a time: print it instead"


@rule
def no_semicolon(lesson: Lesson) -> Iterator[str]:
    """No cell ends in ``;``: nbval shows the value all the same."""
    for where, cell in lesson.cells("code"):
        if cell.source.rstrip().endswith(";"):
            yield f"{where} ends in a semicolon; end with plt.show() or `_ = ...`"


@rule
def nothing_forbidden(lesson: Lesson) -> Iterator[str]:
    """No workers, no magics, no colors that some cannot tell apart."""
    for where, cell in lesson.cells("code"):
        for pattern, instead in FORBIDDEN.items():
            if found := re.search(pattern, cell.source, re.MULTILINE):
                yield f"{where}: {found[0].strip()!r}; use {instead}"
        colors = set(re.findall(r"[\"'](red|green|r|g)[\"']", cell.source))
        if {"red", "r"} & colors and {"green", "g"} & colors:
            yield f"{where}: red with green; use plotting.BLUE, plotting.ORANGE"


@rule
def ignored_cells_are_followed_by_claims(lesson: Lesson) -> Iterator[str]:
    """Few outputs are not compared, and what they show is claimed in one that is."""
    cells = code_cells(lesson.notebook)
    ignored = [IGNORED in tags(cell) for cell in cells]
    if 4 * sum(ignored) > len(cells):
        yield f"{sum(ignored)} of {len(cells)} code cells ignored; a quarter at most"
    if lesson.number == "00":
        return
    for number, skipped in enumerate(ignored):
        if not skipped or CLOCK.search(cells[number].source):
            continue  # compared, or a time: nothing is claimed about those
        compared = (n for n in range(number, len(cells)) if not ignored[n])
        follower = next(compared, None)
        if follower is None or "claim(" not in cells[follower].source:
            yield (
                f"In [{number + 1}] is tagged {IGNORED}; the next compared cell must "
                "claim what it shows"
            )


# -- figures and links ---------------------------------------------------------------


@rule
def figures_are_described(lesson: Lesson) -> Iterator[str]:
    """Each figure and each image has a text of its own that says what is seen."""
    seen: dict[str, str] = {}
    for where, cell in lesson.cells("code"):
        alt = cell.metadata.get("alt", "")
        drawn = [o for o in cell.outputs if "image/png" in o.get("data", {})]
        if len(drawn) > 1:
            yield f"{where} shows {len(drawn)} figures; one to a cell"
        if drawn and "plt.show()" not in cell.source:
            yield f"{where} shows a figure without plt.show()"
        if alt and not drawn:
            yield f"{where} has the metadata `alt` but stores no figure"
        for output in drawn:
            if output.metadata.get("image/png", {}).get("alt") != alt:
                yield f"{where}: its figure lacks the cell's `alt`; `make refresh`"
        if drawn or alt:
            yield from _described(where, alt, seen)
        for output in cell.outputs:
            for kind in {"image/svg+xml", "image/jpeg"} & output.get("data", {}).keys():
                yield f"{where} stores {kind}; only image/png is compared"
    for where, cell in lesson.cells("markdown"):
        for alt, _ in IMAGE.findall(cell.source):
            yield from _described(where, alt, seen)
        for image in HTML_IMAGE.findall(cell.source):
            alt = re.search(r"alt=[\"']([^\"']*)", image)
            yield from _described(where, alt[1] if alt else "", seen)


def _described(where: str, alt: str, seen: dict[str, str]) -> Iterator[str]:
    if len(alt) < SHORTEST_ALT:
        yield (
            f"{where}: a figure needs a text of {SHORTEST_ALT} characters or more that "
            f"says what is seen (metadata `alt` of the cell), not {alt!r}"
        )
    elif alt in seen:
        yield f"{where} describes its figure in the words of {seen[alt]}"
    seen.setdefault(alt, where)


@rule
def links_to_terms_are_named_after_them(lesson: Lesson) -> Iterator[str]:
    """A link to the glossary leads to the term that its text names."""
    glossary = lesson.path.with_name(GLOSSARY)
    texts = "\n".join(cell.source for cell in read(glossary).cells)
    terms = re.findall(r"<a id=\"([^\"]+)\"", texts)
    here = "" if lesson.path == glossary else GLOSSARY
    for where, cell in lesson.cells("markdown"):
        for text, link in LINK.findall(cell.source):
            name, _, term = link.partition("#")
            words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
            near = words.startswith(term) or term.startswith(words)  # channels, test
            other = words in terms and words != term
            if term and name == here and term in terms and (other or not near):
                yield f"{where}: the link {text!r} leads to the term {term!r}"


# -- the exercises -------------------------------------------------------------------


@rule
def exercises_are_as_agreed(lesson: Lesson) -> Iterator[str]:
    """Each is described, unsolved, and offers hints and the solution.

    That stubs agree with the reference answers is tested in test_exercises.py.
    """
    cells = lesson.notebook.cells
    names = []
    for number, cell in enumerate(cells):
        name = exercise_name(cell)
        if name is None or DEMO in tags(cell):
            continue
        names.append(name)
        where = f"exercise {name!r}"
        text = cells[number - 1].source
        if cells[number - 1].cell_type != "markdown" or "**Expected:**" not in text:
            yield f"{where}: the cell before it must be text with **Expected:**"
        if not re.search(r"^#{2,4} Exercise \d+:", text, re.MULTILINE):
            yield f"{where}: the cell before it needs the heading `### Exercise 1: …`"
        for line in (f'# ex.hint("{name}")', f'# ex.solution("{name}")'):
            if line not in cell.source:
                yield f"{where}: the line {line!r} is missing"
        yield from (f"{where}: {fault}" for fault in _solved(cell))
    if len(set(names)) < len(names):
        yield f"an exercise is checked in two cells: {sorted(names)}"
    least = FEWEST_EXERCISES.get(lesson.number, 4)
    if lesson.number != "00" and len(names) < least:
        yield f"{len(names)} exercises, {least} expected"


def exercise_name(cell: NotebookNode) -> str | None:
    """Return the name of the exercise that a cell checks, None if it checks none."""
    if cell.cell_type != "code":
        return None
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "ex.check":
            named = node.args[1] if len(node.args) > 1 else None
            if isinstance(named, ast.Constant):
                return str(named.value)
            return ast.unparse(node.args[0])
    return None


def _solved(cell: NotebookNode) -> Iterator[str]:
    if not re.search(r"NotImplementedError|= *None\b|= *\.\.\.|\(None", cell.source):
        yield "it is not left open for the learner (raise NotImplementedError, or None)"
    if not any("not done yet" in text.lower() for text in printed(cell)):
        yield "its stored output must say `not done yet`: was it committed solved?"


# -- all files -----------------------------------------------------------------------


def conflicts(root: Path) -> list[Path]:
    """Return the files that hold what git leaves of a conflict."""
    folders = ("helpers", "notebooks", "tests", "tools", ".ci", ".github")
    paths = [path for name in folders for path in (root / name).rglob("*")]
    paths += [*root.glob("*"), *root.glob("data/*")]
    files = [p for p in paths if p.is_file() and p.suffix != ".pyc"]
    return [path for path in files if CONFLICT.search(path.read_text("latin-1"))]


def documents(root: Path) -> list[Path]:
    """Return the markdown files of the course."""
    return [*sorted(root.glob("*.md")), *sorted(root.glob("data/*.md"))]


def document_faults(path: Path, root: Path) -> Iterator[str]:
    """Check a markdown file: images, their texts, addresses that a fork would miss."""
    text = path.read_text("utf-8")
    seen: dict[str, str] = {}
    for alt, link in IMAGE.findall(text):
        if not link.startswith("https:"):
            yield from _described(path.name, alt, seen)
            try:
                Image.open(path.parent / link, formats=["PNG"]).verify()
            except (OSError, SyntaxError) as error:
                yield f"{path.name}: the image {link} is no PNG: {error}"
    here = repository(root)
    rest = re.sub(
        r"<!-- (lessons|repository) -->.*?<!-- /\1 -->", "", text, flags=re.DOTALL
    )
    if f"{here.owner}/{here.name}" in rest:
        yield (
            f"{path.name} states the course's address outside of <!-- repository --> … "
            "<!-- /repository -->, where `make stamp` could not change it for a fork"
        )
