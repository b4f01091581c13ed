"""The checks can fail: each is given something broken, and must say so.

Nothing here touches the course's own files; what is broken are copies.
"""

import asyncio
import base64
import copy
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import psutil
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from nbformat import NotebookNode
from PIL import Image

import figures
import kernels
import refresh
import stamp
from notebooks import (
    IGNORED,
    ROOT,
    all_notebooks,
    as_text,
    code_cells,
    normalize,
    read,
    repository,
    write_text,
)
from tests import lint

# -- outputs, compared by nbval and our plugin ---------------------------------------

IMPORTS = "import time\n\nimport matplotlib.pyplot as plt\nimport numpy as np"
NUMBER = 'print(f"{np.sqrt(2):.3f}")'
NOISE = 'print(f"{time.time():.1f} s")'
CLAIM = "print('✓ as it should be')"
FIGURE = """\
x = np.linspace(0, 6, 50)
fig, ax = plt.subplots(figsize=(4, 3), dpi=72)
ax.plot(x, 1.0 * np.sin(x), color="tab:blue", label="sine")
ax.plot(x, np.cos(x), color="tab:orange", label="cosine")
ax.legend(loc="lower left")
ax.axis()
plt.show()"""
Change = Callable[[NotebookNode], object]


def edit(old: str, new: str) -> Change:
    """Change the code of a cell, as an author would who forgets `make refresh`."""

    def change(cell: NotebookNode) -> None:
        assert old in cell.source
        cell.source = cell.source.replace(old, new)

    return change


def store(**values: object) -> Change:
    """Change what is stored with a cell."""
    return lambda cell: cell.update(values)


def store_untrue(cell: NotebookNode) -> None:
    edit("✓", "✗")(cell)
    cell.outputs[0].text = cell.outputs[0].text.replace("✓", "✗")


def whiten(cell: NotebookNode) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (288, 216), "white").save(buffer, "png")
    png = base64.b64encode(buffer.getvalue()).decode()
    cell.outputs[-1].data["image/png"] = png


def another_number(cell: NotebookNode) -> None:
    cell.outputs[0].text = cell.outputs[0].text.replace("1.414", "1.415")


# A cell each: what is broken, its code, how it is broken, and what nbval must say.
BROKEN: dict[str, tuple[str, Change, str]] = {
    "no number": (NUMBER, store(), "passed"),
    "no figure": (FIGURE, store(), "passed"),
    "an ignored output": (NOISE, edit("time()", "time() + 1"), "passed"),
    "an ignored figure": (FIGURE, edit("0, 6", "0, 5"), "passed"),
    "an ignored number lost": (NOISE, edit(":.1f} s", ":.1f} s, 3 m"), "failure"),
    "an ignored nan": (NOISE, edit("time.time()", "np.nan"), "failure"),
    "an ignored output lost": (NOISE, edit("print", "str"), "failure"),
    "an ignored output not stored": (NOISE, store(outputs=[]), "failure"),
    "an ignored figure lost": (FIGURE, edit("plt.show", "plt.close"), "failure"),
    "an ignored figure blank": (
        FIGURE,
        edit("ax.axis", "fig.clear"),
        "failure",
    ),
    "an ignored figure stored blank": (FIGURE, whiten, "failure"),
    "a claim": (CLAIM, edit("✓", "✗"), "failure"),
    "an ignored claim": (CLAIM, edit("✓", "✗"), "failure"),
    "a claim stored untrue": (CLAIM, store_untrue, "failure"),
    "an exception": (NUMBER, edit("sqrt", "no_such"), "failure"),
    "after an exception": (NUMBER, store(), "skipped"),
    "a dead kernel": (
        NUMBER,
        edit("print", "import os; os._exit(1); print"),
        "failure",
    ),
    "after a dead kernel": (NUMBER, store(), "skipped"),
}
NEW_NOTEBOOK = ("no number", "an exception", "a dead kernel")


def nbval(
    root: Path, *options: object, **variables: str
) -> subprocess.CompletedProcess:
    """Compare the notebooks in a folder as ``make test`` does."""
    command = [sys.executable, "-m", "pytest", "-p", "nbval_plugin", "--nbval"]
    command += ["--nbval-current-env", "--nbval-cell-timeout=600", "-p"]
    command += ["no:cacheprovider", "--rootdir", root, *options, root]
    env = os.environ | {"PYTHONPATH": str(ROOT / "tools")} | variables
    return subprocess.run(command, cwd=root, env=env, capture_output=True, check=False)


def test_what_nbval_and_the_plugin_find(tmp_path: Path):
    root = tmp_path
    env = kernels.environment()
    notebooks: dict[str, list[str]] = {}
    for name in BROKEN:
        if name in NEW_NOTEBOOK:
            title = f"{len(notebooks)}"
            notebooks[title] = ["imports"]
        notebooks[title].append(name)
    for title, names in notebooks.items():
        sources = [IMPORTS, *(BROKEN[name][0] for name in names[1:])]
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        notebook = nbformat.v4.new_notebook(cells=cells)
        outcome = asyncio.run(
            kernels.execute(notebook, env=env, folder=root, timeout=600)
        )
        assert outcome.error is None
        for cell, name in zip(notebook.cells[1:], names[1:], strict=True):
            if name.startswith("an ignored"):
                cell.metadata["tags"] = [IGNORED]
            BROKEN[name][1](cell)
        write_text(root / f"{title}.ipynb", as_text(normalize(notebook)))
    report = root / "report.xml"
    done = nbval(root, "--junitxml", report, NB_FIGURE_TOLERANCE="10")
    assert done.returncode == 1, done.stdout.decode()
    found = {}
    for case in ET.parse(report).iter("testcase"):
        title = re.search(r"\d+", case.get("classname"))[0]
        name = notebooks[title][int(re.search(r"\d+", case.get("name"))[0]) - 1]
        found[name] = next((child.tag for child in case), "passed")
    del found["imports"]
    assert found == {name: says for name, (_, _, says) in BROKEN.items()}


def test_lessons_compute_with_as_many_threads_as_asked_for(monkeypatch):
    monkeypatch.delenv("COURSE_THREADS", raising=False)
    assert kernels.environment()["COURSE_THREADS"] == "1"
    monkeypatch.setenv("COURSE_THREADS", "2")
    assert kernels.environment()["COURSE_THREADS"] == "2"


# -- the distance of figures ---------------------------------------------------------


def drawn(
    scale: float = 1.0,
    colors: tuple[str, str] = ("#0072B2", "#E69F00"),
    legend: bool = True,
    curves: int = 2,
    size: float = 5.0,
    extra: float = 0.0,
    font: float = 10.0,
    shift: float = 0.0,
) -> bytes:
    """Draw a figure like those of the lessons and return it as PNG."""
    figure = Figure(figsize=(5, 3.5), dpi=72)
    ax = figure.subplots()
    figure.subplots_adjust(left=0.15 + shift / 360)
    x = np.linspace(0, 6, 40)
    for curve, color in zip((np.sin, np.cos), colors, strict=True):
        if curves > (curve is np.cos):
            ax.plot(x, scale * curve(x), color=color, label=curve.__name__)
    points = np.random.default_rng(0).uniform((0, -1), (6, 1), size=(20, 2))
    points[0] += extra
    ax.plot(*points.T, "k^", markersize=size)
    ax.set(xlim=(-0.2, 6.2), ylim=(-1.2, 1.2))
    ax.set_xlabel("x", fontsize=font)
    if legend:
        ax.legend(loc="upper right", framealpha=1)
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        {"scale": 0.9},
        {"scale": -1.0},
        {"colors": ("#E69F00", "#0072B2")},
        {"legend": False},
        {"curves": 1},
        {"extra": 0.2},
    ],
    ids=str,
)
def test_a_changed_figure_is_farther_than_fonts_are(change: dict):
    assert figures.distance(drawn(), drawn(**change)) > 45


@pytest.mark.parametrize("change", [{}, {"shift": 1.0}], ids=str)
def test_the_same_figure_is_near(change: dict):
    assert figures.distance(drawn(), drawn(**change)) < 45
    assert figures.distance(drawn(), drawn()) == 0


# -- the rules for stored notebooks --------------------------------------------------


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of all that the rules look at."""
    ignore = shutil.ignore_patterns("MNIST", "__pycache__", ".*")
    for name in ("notebooks", "data", "tests", "tools", "helpers"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignore)
    for pattern in ("*.md", "*.txt", "*.yml", "*.toml", "*.cff", "LICENSE", "Makefile"):
        for path in ROOT.glob(pattern):
            shutil.copy(path, tmp_path / path.name)
    return tmp_path


def python(root: Path, *command: str, **variables: str) -> subprocess.CompletedProcess:
    """Run Python in a copy of the course."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=root,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def complaining(path: Path) -> set[str]:
    """Return the names of the rules that find a fault in a lesson."""
    lesson = lint.Lesson(path)
    return {rule.__name__ for rule in lint.RULES if list(rule(lesson))}


def first(notebook: NotebookNode, wanted: Callable[[NotebookNode], object]):
    """Return the first cell that is wanted."""
    return next(cell for cell in notebook.cells if wanted(cell))


def with_figure(cell: NotebookNode) -> bool:
    outputs = cell.get("outputs", [])
    return any("image/png" in output.get("data", {}) for output in outputs)


def with_text(cell: NotebookNode) -> bool:
    outputs = cell.get("outputs", [])
    return any(output.get("name") == "stdout" for output in outputs)


def clear(notebook: NotebookNode) -> None:
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None


def point_badge_elsewhere(notebook: NotebookNode) -> None:
    cell = notebook.cells[0]
    cell.source = re.sub(r"(/notebooks/)\d\d_\w+", r"\g<1>99_other", cell.source)


def point_neighbor_elsewhere(notebook: NotebookNode) -> None:
    cell = notebook.cells[0]
    cell.source = cell.source.replace("](00_start_here", "](01_single_neuron", 1)


def only_lesson(course: Path, *sources: str, tag: str = "") -> None:
    """Leave one lesson with these cells, as if they had run without printing."""
    path, *others = all_notebooks(course)
    for other in others:
        other.unlink()
    notebook = read(path)
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook.cells[1:] = [code_cells(notebook)[0], *cells]
    for number, cell in enumerate(notebook.cells[1:], start=1):
        cell.execution_count = number
    cell.metadata["tags"] = [tag] if tag else []
    write_text(path, as_text(normalize(notebook)))
    stamp.stamp(course)


def solve_exercise(notebook: NotebookNode) -> None:
    cell = first(notebook, lambda cell: "raise NotImplementedError" in cell.source)
    cell.source = re.sub(r"raise NotImplementedError.*", "return 42", cell.source)


def store_error(notebook: NotebookNode) -> None:
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="no")
    code_cells(notebook)[3].outputs.append(error)


def store_warning(notebook: NotebookNode) -> None:
    warning = nbformat.v4.new_output("stream", name="stderr", text="UserWarning: no")
    code_cells(notebook)[3].outputs.append(warning)


def store_untrue_claim(notebook: NotebookNode) -> None:
    claim = nbformat.v4.new_output("stream", name="stdout", text="✗ it is so\n")
    code_cells(notebook)[3].outputs.append(claim)


def lose_alternative_text(notebook: NotebookNode) -> None:
    cell = first(notebook, with_figure)
    cell.metadata.pop("alt")
    cell.outputs[-1].metadata = {}


def add_text(text: str) -> Change:
    def change(notebook: NotebookNode) -> None:
        notebook.cells[1].source += f"\n\n{text}"

    return change


def add_tag(tag: str) -> Change:
    def change(notebook: NotebookNode) -> None:
        code_cells(notebook)[3].metadata["tags"] = [tag]

    return change


def add_empty_cell(notebook: NotebookNode) -> None:
    notebook.cells.append(nbformat.v4.new_code_cell())


def ignore_everything(notebook: NotebookNode) -> None:
    for cell in code_cells(notebook):
        cell.metadata["tags"] = [IGNORED]


def add_code(line: str) -> Change:
    def change(notebook: NotebookNode) -> None:
        code_cells(notebook)[3].source += f"\n{line}"

    return change


def lose_widget(notebook: NotebookNode) -> None:
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}


def grow(notebook: NotebookNode) -> None:
    first(notebook, with_text).outputs[0].text += "digits " * 200_000


def drop_setup(notebook: NotebookNode) -> None:
    code_cells(notebook)[0].source = "import numpy as np"


CONFLICT = "\n".join(["<" * 7 + " HEAD", "x = 1", "=" * 7, "x = 2", ">" * 7 + " other"])
SPOILED: dict[str, tuple[Change, str]] = {
    "cleared": (clear, "was_run"),
    "an error stored": (store_error, "was_run"),
    "a warning stored": (store_warning, "was_run"),
    "an untrue claim stored": (store_untrue_claim, "was_run"),
    "edited, not refreshed": (add_code("x = 1"), "outputs_belong_to_the_code"),
    "badge": (point_badge_elsewhere, "badge_opens_this_lesson"),
    "neighbor": (point_neighbor_elsewhere, "neighbors_are_linked"),
    "solved": (solve_exercise, "exercises_are_as_agreed"),
    "no alternative text": (lose_alternative_text, "figures_are_described"),
    "another term": (
        add_text("[loss](00_start_here.ipynb#gradient)"),
        "links_to_terms_are_named_after_them",
    ),
    "conflict in a text": (add_text(CONFLICT), "is_merged"),
    "conflict in code": (add_code(CONFLICT), "is_merged"),
    "an empty cell": (add_empty_cell, "cells_are_not_empty"),
    "tag: skip": (add_tag("nbval-skip"), "tags_are_known"),
    "tag: error": (add_tag("raises-exception"), "tags_are_known"),
    "tag: old name": (add_tag("pytest-validate-ignore-output"), "tags_are_known"),
    "comment: skip": (add_code("## NBVAL_SKIP"), "tags_are_known"),
    "comment: old name": (
        add_code("# PYTEST_VALIDATE_IGNORE_OUTPUT"),
        "tags_are_known",
    ),
    "claim of a time": (
        add_code(
            "import time\nbegin = time.time()\ntook = time.time() - begin\n"
            "ratio = took / 2\nclaim(ratio < 9, 'quick')"
        ),
        "nothing_is_claimed_about_seconds",
    ),
    "claim of nothing": (add_code('claim(True, "so")'), "claims_depend_on_results"),
    "claim of a sum": (add_code('claim(1 + 1 == 2, "so")'), "claims_depend_on_results"),
    "all ignored": (ignore_everything, "ignored_cells_are_followed_by_claims"),
    "semicolon": (add_code("rng;"), "no_semicolon"),
    "workers": (add_code("num_workers=2"), "nothing_forbidden"),
    "magic": (add_code("%matplotlib inline"), "nothing_forbidden"),
    "a path": (add_code('open("/home/me/file")'), "nothing_private"),
    "widget state": (lose_widget, "is_in_normal_form"),
    "1 MB": (grow, "is_small"),
    "heading": (add_text("##### Deep down"), "headings_are_in_order"),
    "no set-up": (drop_setup, "has_its_parts"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_what_the_rules_find(name: str, course: Path):
    path = next(p for p in all_notebooks(course) if p.name.startswith("01"))
    assert complaining(path) == set()
    spoil, rule = SPOILED[name]
    notebook = read(path)
    spoil(notebook)
    write_text(path, as_text(notebook))
    assert rule in complaining(path)


# A line of code each, and what ruff must say to it.
BANNED = {
    "np.random.seed(0)": "NPY002",
    "np.random.normal()": "NPY002",
    "np.trapz([1])": "NPY201",
    "np.in1d([1], [2])": "NPY201",
    "np.float(1)": "NPY001",
    "torch.manual_seed(0)": "TID251",
    "torch.cuda.manual_seed(0)": "TID251",
    "torch.cuda.is_available()": "TID251",
    "torch.cuda.amp.autocast()": "TID251",
    "torch.autograd.Variable(1)": "TID251",
    "nn.functional.sigmoid(1)": "TID251",
    "F.tanh(1)": "TID251",
    "random.seed(0)": "TID251",
    "plt.style.use('dark')": "TID251",
    "plt.get_cmap('gray')": "TID251",
    "from IPython.display import clear_output": "TID251",
    "from matplotlib.animation import FuncAnimation": "TID251",
    "from sklearn.datasets import fetch_openml": "TID251",
    "print(In[3])": "F821",
    "print(Out[3])": "F821",
    "print(_3)": "F821",
    "x = 1  # " + 80 * "-": "E501",
}


def test_what_ruff_finds_in_a_lesson(course: Path):
    modules = ["matplotlib.pyplot as plt", "numpy as np", "random", "torch"]
    modules += ["torch.nn as nn", "torch.nn.functional as F"]
    imports = "\n".join(f"import {module}" for module in modules)
    cells = [nbformat.v4.new_code_cell(source) for source in [imports, *BANNED]]
    notebook = nbformat.v4.new_notebook(cells=cells)
    write_text(course / "notebooks" / "99_x.ipynb", as_text(notebook))
    done = python(course, "-m", "ruff", "check", "--output-format=json", "notebooks")
    found = {(fault["cell"], fault["code"]) for fault in json.loads(done.stdout)}
    wanted = set(enumerate(BANNED.values(), start=2))
    assert wanted <= found, wanted - found


def test_what_codespell_finds_in_a_lesson(course: Path):
    assert python(course, "-m", "codespell_lib").returncode == 0
    words = ["ruoloc"[::-1], "dlohsert"[::-1]]  # or it would find them here
    notebook = read(path := all_notebooks(course)[1])
    notebook.cells[1].source += " ".join(["\n\nSee:", *words])
    write_text(path, as_text(notebook))
    done = python(course, "-m", "codespell_lib")
    assert [line.split()[1] for line in done.stdout.splitlines()] == words


LINKS = {
    "../data/nothing.csv": "File not found",
    "02_nothing.ipynb": "File not found",
    "images/nothing.png": "File not found",
    "00_start_here.ipynb#no-such-term": "Cannot find fragment",
    "#No-such-heading": "Cannot find fragment",
    "../README.md#no-such-heading": "Cannot find fragment",
}


def test_what_lychee_finds_in_a_lesson(course: Path):
    good = ["../data/beach.csv", "00_start_here.ipynb#loss", "#What-you-saw"]
    notebook = read(path := all_notebooks(course)[1])
    notebook.cells[1].source += "".join(f"\n[a]({link})" for link in [*good, *LINKS])
    write_text(path, as_text(notebook))
    done = python(course, "tools/check.py", "links")
    assert done.returncode == 1, done.stdout + done.stderr
    faults = [line for line in done.stdout.splitlines() if "[ERROR]" in line]
    assert len(faults) == len(LINKS), done.stdout
    for link, says in LINKS.items():
        end = link.removeprefix("../").replace(".ipynb", ".html")
        assert any(end in line and says in line for line in faults), link


def test_a_conflict_and_a_picture_that_is_none_are_found(course: Path):
    readme, citation = course / "README.md", course / "CITATION.cff"
    text = readme.read_text("utf-8")
    picture = course / re.search(r"!\[[^\]]*\]\(([\w/]+\.png)\)", text)[1]
    assert list(lint.document_faults(readme, course)) == lint.conflicts(course) == []
    for path in (readme, citation):
        path.write_text(path.read_text("utf-8") + CONFLICT, "utf-8")
    assert set(lint.conflicts(course)) == {readme, citation}
    content = picture.read_bytes()
    for spoiled in (b"a picture", content[: len(content) // 2]):
        picture.write_bytes(spoiled)
        assert "is no PNG" in next(lint.document_faults(readme, course))


def test_the_list_of_claims_shows_a_claim_removed_or_eased(course: Path):
    sources = ['claim(\n    x > 2,  # why\n    "x is large",\n)', "claim(y, f'{x} is')"]
    only_lesson(course, "\n".join(sources))
    assert refresh.all_claims(course) == "00  x > 2  \"x is large\"\n00  y  f'{x} is'\n"
    only_lesson(course, sources[0].replace("x > 2", "x > 0.1"))
    assert refresh.all_claims(course) == '00  x > 0.1  "x is large"\n'


def test_a_stale_header_is_found_and_a_fork_is_stamped_in_one_go(course: Path):
    assert stamp.stale(course) == []
    before = {path: complaining(path) for path in all_notebooks(course)}
    project = course / "pyproject.toml"
    old = repository(course)
    text = project.read_text("utf-8").replace(old.url, "https://github.com/me/my.fork")
    project.write_text(text, "utf-8")
    assert len(stamp.stale(course)) >= len(all_notebooks(course))
    path = all_notebooks(course)[0]
    code_before = refresh.code_hash(read(path))
    stamp.stamp(course)
    assert stamp.stale(course) == []
    assert refresh.code_hash(read(path)) == code_before, "outputs still are those"
    for file in [*all_notebooks(course), *lint.documents(course)]:
        assert f"{old.owner}/{old.name}" not in file.read_text("utf-8"), file.name
    assert {path: complaining(path) for path in before} == before


# -- the bank of wrong answers -------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (
            "helpers/exercises/lesson_01.py",
            "X.T @ delta",
            "-X.T @ delta",
        ),
        ("helpers/exercises/lesson_01.py", "wrong axis", "other axis"),
        ("tests/wrong_answers/lesson_01.py", "wrong axis", "other axis"),
        ("notebooks/01_single_neuron.ipynb", "quadratic loss L =", "loss L ="),
    ],
    ids=["reference answer", "message", "expected message", "stub"],
)
def test_what_the_bank_finds(file: str, old: str, new: str, course: Path):
    for other in (course / "helpers" / "exercises").glob("lesson_*.py"):
        if other.name != "lesson_01.py":
            other.unlink()  # faster without torch
    path = course / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    command += ["tests/test_exercises.py", "-k", "lesson_01-gradient"]
    done = subprocess.run(command, cwd=course, capture_output=True, check=False)
    assert done.returncode == 1, done.stdout.decode()
    assert b"1 failed" in done.stdout


# -- storing -------------------------------------------------------------------------


def test_a_second_refresh_changes_nothing_but_a_change_is_stored():
    text = nbformat.v4.new_output("stream", name="stdout", text="1.414\n")
    noise = nbformat.v4.new_output("stream", name="stdout", text="0.1 s\n")
    stored = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell("a", outputs=[text], execution_count=1),
            nbformat.v4.new_code_cell(
                "b", outputs=[noise], execution_count=2, metadata={"tags": [IGNORED]}
            ),
        ]
    )
    stored = refresh.with_facts(normalize(stored), 3.0, 0)
    again = copy.deepcopy(stored)
    again.cells[1].outputs[0].text = "0.2 s\n"
    kept = refresh.merged(stored, again, force=False)
    assert as_text(kept) == as_text(stored)
    assert "0.2 s" in as_text(refresh.merged(stored, copy.deepcopy(again), force=True))
    again.cells[0].outputs[0].text = "1.415\n"
    changed = refresh.merged(stored, copy.deepcopy(again), force=False)
    assert changed.cells[0].outputs[0].text == "1.415\n"
    assert changed.cells[1].outputs[0].text == "0.2 s\n"


def test_run_and_refresh_name_the_cell_that_fails(course: Path):
    good, bad, *others = all_notebooks(course)
    for path in others:
        path.unlink()
    for path, code in ((good, "print(1 / 1)"), (bad, "print(1 / 0)")):
        notebook = read(path)
        cells = [nbformat.v4.new_code_cell(text) for text in ("import math", code)]
        notebook.cells[1:] = [code_cells(notebook)[0], *cells]
        write_text(path, as_text(normalize(notebook)))
    stamp.stamp(course)
    before = bad.read_text("utf-8")
    for tool in ("run", "refresh"):
        done = python(course, f"tools/{tool}.py", PYTHONSAFEPATH="")
        says = done.stdout
        assert done.returncode == 1, says + done.stderr
        fault = next(line for line in says.splitlines() if "In [3]" in line)
        assert fault.startswith(bad.stem)
        assert "ZeroDivisionError: division by zero" in fault
    assert all((course / f"build/{p.stem}.html").exists() for p in (good, bad))
    assert "1.0" in code_cells(read(good))[2].outputs[0].text
    assert bad.read_text("utf-8") == before


def test_a_claim_that_is_not_true_is_not_stored():
    sources = ["print('✓ one')", "print('✗ two\\n  ✗ two')", "print('✓ a\\n✗ three')"]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[1].metadata["tags"] = [IGNORED]
    notebook = nbformat.v4.new_notebook(cells=cells)
    where = {"env": kernels.environment(), "folder": ROOT, "timeout": 600}
    asyncio.run(kernels.execute(notebook, **where))
    assert kernels.untrue_claims(notebook) == ["In [2]: two", "In [3]: three"]
    assert "not true: In [2]: two" in refresh.complaints(notebook)


# -- the commands --------------------------------------------------------------------

STAGE = """
import os, signal
import pytest

def test_assertions_count():
    assert not __debug__

def test_an_interrupt_is_heard():
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if hasattr(signal, "pthread_sigmask"):
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])

def test_left_out():
    pytest.skip("for a reason")
"""
BACKGROUND = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
if hasattr(signal, "pthread_sigmask"):
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
import subprocess
sys.exit(subprocess.run([sys.executable, *sys.argv[1:]]).returncode)
"""
SETTINGS = {
    "PATH": "",  # no git
    "PYTEST_ADDOPTS": "--collect-only",
    "PYTEST_PLUGINS": "no_such",
    "PYTHONOPTIMIZE": "1",
    "PYTHONSAFEPATH": "1",
}


def test_nobodys_settings_change_what_is_checked(course: Path):
    (course / "tests" / "test_notebooks.py").write_text(STAGE)
    (course / "tests" / "test_environment.py").write_text("")
    done = python(course, "-c", BACKGROUND, "tools/check.py", "lint", **SETTINGS)
    last = done.stdout.splitlines()[-1]
    assert last == "1 passed, 1 failed, 1 skipped", done.stdout + done.stderr
    assert "for a reason" in done.stdout
    assert done.returncode == 1


def test_nothing_run_is_a_failure(course: Path):
    for name in ("test_notebooks", "test_environment"):
        (course / "tests" / f"{name}.py").write_text("")
    done = python(course, "tools/check.py", "lint")
    assert done.stdout.splitlines()[-1] == "0 passed, 1 failed"
    assert done.returncode == 1


def test_a_cell_that_is_skipped_is_a_failure(course: Path):
    only_lesson(course, "x = 1", "1 / 0", tag="nbval-skip")
    done = python(course, "tools/check.py", "notebooks")
    assert done.returncode == 1, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    assert re.fullmatch(r"\d passed, 1 failed, 1 skipped", last), done.stdout


def is_kernel(process: psutil.Process) -> bool:
    try:
        return "ipykernel_launcher" in process.cmdline()
    except psutil.NoSuchProcess:
        return False


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a whole console")
@pytest.mark.parametrize("command", ["run", "refresh", "check notebooks"])
def test_ctrl_c_ends_a_command_with_one_line(command: str, course: Path):
    only_lesson(course, "import time", "time.sleep(600)")
    tool, *arguments = command.split()
    process = subprocess.Popen(
        [sys.executable, f"tools/{tool}.py", *arguments],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    family = []
    while not any(is_kernel(child) for child in family):
        assert process.poll() is None, process.communicate()
        family = psutil.Process(process.pid).children(recursive=True)
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate()
    assert err == b"interrupted\n", out + err
    assert b"Traceback" not in out
    assert process.returncode
    _, alive = psutil.wait_procs(family, timeout=600)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []
