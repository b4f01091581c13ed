"""Rules for the notebooks as they are stored, and for the links in every document.

A rule is a function that is given a lesson and yields the faults it finds, in words
that say where and what to do. ``RULES`` holds them all; tests/test_notebooks.py applies
each to each lesson. Nothing here executes a notebook.
"""

import ast
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from nbformat import NotebookNode

import stamp
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

DEMO = "exercise-demo"  # the tag of lesson 00's answers that are wrong, or right
LONGEST_CELL = 25  # lines
COLUMNS = 88
LARGEST_FILE = 1_000_000  # bytes
SHORTEST_ALT = 20  # characters
BUDGET = 60  # seconds of computing
SLOW = {"11": 120, "12": 120, "13": 120}
FEWEST_EXERCISES = {"01": 5, "12": 5}  # four in the others
LAST_SECTIONS = ["What you saw", "Key terms", "Try next", "Read more"]

LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
HTML_LINK = re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)=[\"']([^\"']+)[\"']")
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
HTML_IMAGE = re.compile(r"<img\b[^>]*>")
HEADING = re.compile(r"^(#{1,6}) +(.+?) *#*$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)

# What no lesson may contain, and what to write instead.
FORBIDDEN = {
    r"np\.random\.(?!default_rng|Generator|SeedSequence)\w+": "rng = default_rng(seed)",
    r"\brandom\.seed\(": "a generator that is passed on",
    r"torch\.(?:cuda\.)?manual_seed": "generator=torch.Generator().manual_seed(seed)",
    r"num_workers *= *[1-9]": "num_workers=0 (more fails on Windows and macOS)",
    r"set_matplotlib_formats": "the course's style (removed from IPython)",
    r"style\.use\(": "plotting.use_style()",
    r"torch\.load\((?!.*weights_only=True)": "weights_only=True",
    r"torch\.cuda\.amp": "torch.autocast",
    r"\.cuda\(": ".to(device)",
    r"cuda\.is_available": "training.device() (there are other accelerators)",
    r"size_average|reduce=": "reduction=",
    r"\bVariable\(": "a tensor",
    r"\b(?:F|nn\.functional)\.(?:sigmoid|tanh)\(": "torch.sigmoid, torch.tanh",
    r"np\.(?:float|int|bool|object)\b(?!_)": "float, int, bool",
    r"np\.(?:trapz|product|cumproduct|in1d|row_stack)\b": "the name NumPy 2 has for it",
    r"load_boston|fetch_mldata|fetch_openml": "helpers.data",
    r"plot_confusion_matrix|plot_decision_boundary": "helpers.plotting",
    r"get_cmap\(": "matplotlib.colormaps[name]",
    r"[\"'](?:jet|rainbow|hsv|RdYlGn(?:_r)?)[\"']": "a map every eye can read",
    r"^\s*[!%]\w": "Python (magics and shell commands do not run everywhere)",
    r"clear_output|update_display|FuncAnimation": "a strip of frames",
    r"\bIn\[\d|\bOut\[\d|\b_\d+\b": "a name (cells may be run in any order)",
    r"^\s*#\s*NBVAL_": "a tag of the cell",
}
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
    """All cells ran once, in order, without an error or a warning."""
    for expected, cell in enumerate(code_cells(lesson.notebook), start=1):
        if cell.execution_count != expected:
            yield (
                f"In [{expected}] is stored with the count {cell.execution_count}: "
                "cleared, or run out of order; `make refresh`"
            )
            break
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
    links = LINK.findall(lesson.notebook.cells[0].source)
    links = [link for link in links if not link.startswith("https://")]
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
def has_the_right_length(lesson: Lesson) -> Iterator[str]:
    """25 to 45 cells; 15 suffice for lesson 00."""
    count, least = len(lesson.notebook.cells), 15 if lesson.number == "00" else 25
    if not least <= count <= 45:
        yield f"{count} cells; a lesson has {least} to 45"


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
def cells_are_short(lesson: Lesson) -> Iterator[str]:
    """At most 25 lines of at most 88 columns."""
    for where, cell in lesson.cells("code"):
        lines = cell.source.splitlines()
        if len(lines) > LONGEST_CELL:
            yield f"{where} has {len(lines)} lines, {LONGEST_CELL} at most; split it"
        if lines and max(map(len, lines)) > COLUMNS:
            yield f"{where} has a line of more than {COLUMNS} columns"
        if not lines:
            yield f"{where} is empty"


@rule
def no_semicolon(lesson: Lesson) -> Iterator[str]:
    """No cell ends in ``;``: nbval shows the value all the same."""
    for where, cell in lesson.cells("code"):
        if cell.source.rstrip().endswith(";"):
            yield f"{where} ends in a semicolon; end with plt.show() or `_ = ...`"


@rule
def nothing_forbidden(lesson: Lesson) -> Iterator[str]:
    """No global seed, no workers, nothing that was removed from a library."""
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
        if not skipped or "perf_counter" in cells[number].source:
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
def links_lead_somewhere(lesson: Lesson) -> Iterator[str]:
    """Files and anchors that the lesson's text links to exist."""
    for where, cell in lesson.cells("markdown"):
        for fault in broken_links(cell.source, lesson.path):
            yield f"{where}: {fault}"


def broken_links(text: str, path: Path) -> Iterator[str]:
    """Name the relative links of a document that lead nowhere."""
    text = FENCE.sub("", text)
    for link in [*LINK.findall(text), *HTML_LINK.findall(text)]:
        if re.match(r"[a-z][a-z+.-]*:", link):
            continue  # the weekly job tries those
        name, _, anchor = link.partition("#")
        target = (path.parent / unquote(name)).resolve() if name else path
        if not target.exists():
            yield f"the link {link} leads to no file"
        elif anchor and unquote(anchor) not in anchors(target):
            yield f"the link {link} leads to no heading or id of {target.name}"


def anchors(path: Path) -> set[str]:
    """Return what ``#...`` can lead to in a notebook or a markdown file."""
    if path.suffix == ".ipynb":
        cells = read(path).cells
        texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
        made = [title.replace(" ", "-") for title in _titles(texts)]
    elif path.suffix == ".md":
        texts = [path.read_text("utf-8")]
        # As GitHub makes them: lower case, no punctuation, hyphens for spaces.
        titles = [re.sub(r"[^\w\- ]", "", title.lower()) for title in _titles(texts)]
        made = [title.replace(" ", "-") for title in titles]
    else:
        return set()
    explicit = re.findall(r"\b(?:id|name)=[\"']([^\"']+)[\"']", "\n".join(texts))
    return {*made, *explicit}


def _titles(texts: list[str]) -> list[str]:
    text = FENCE.sub("", "\n".join(texts))
    return [re.sub(r"<[^>]*>|[*`]", "", m[2]).strip() for m in HEADING.finditer(text)]


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


def documents(root: Path) -> list[Path]:
    """Return the markdown files of the course."""
    return [*sorted(root.glob("*.md")), *sorted(root.glob("data/*.md"))]


def document_faults(path: Path, root: Path) -> Iterator[str]:
    """Check a markdown file: links, images' texts, addresses that a fork would miss."""
    text = path.read_text("utf-8")
    yield from broken_links(text, path)
    seen: dict[str, str] = {}
    for alt, _ in IMAGE.findall(text):
        if stamp.BADGE not in text or "Google Colab" not in alt:
            yield from _described(path.name, alt, seen)
    here = repository(root)
    rest = re.sub(
        r"<!-- (lessons|repository) -->.*?<!-- /\1 -->", "", text, flags=re.DOTALL
    )
    if f"{here.owner}/{here.name}" in rest:
        yield (
            f"{path.name} states the course's address outside of <!-- repository --> … "
            "<!-- /repository -->, where `make stamp` could not change it for a fork"
        )
