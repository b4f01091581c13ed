"""The notebooks as they are stored: every rule of lint.py, on every lesson.

And the documents around them, what `make stamp` writes, and the layout of the course.
"""

import subprocess
from pathlib import Path

import pytest

import refresh
import stamp
from notebooks import NUMBERED, ROOT, all_notebooks
from tests import lint

LESSONS = [lint.Lesson(path) for path in all_notebooks()]
TOP_LEVEL = {
    "README.md",
    "LICENSE",
    "CONTRIBUTING.md",
    "CITATION.cff",
    "Makefile",
    "requirements.txt",
    "environment.yml",
    "pyproject.toml",
    "notebooks",
    "helpers",
    "data",
    "tests",
    "tools",
}


def named(value: object) -> str:
    return value.path.stem if isinstance(value, lint.Lesson) else value.__name__


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
@pytest.mark.parametrize("rule", lint.RULES, ids=named)
def test_rule(rule: lint.Rule, lesson: lint.Lesson):
    faults = list(rule(lesson))
    assert not faults, "\n".join([rule.__doc__.partition("\n")[0], *faults])


def test_there_are_lessons_and_nothing_else_in_their_folder():
    assert LESSONS
    names = [p.name for p in (ROOT / "notebooks").iterdir() if p.name[0] != "."]
    strange = [name for name in names if not NUMBERED.fullmatch(name)]
    assert set(strange) <= {"images"}  # the README's picture
    numbers = [lesson.number for lesson in LESSONS]
    assert len(set(numbers)) == len(numbers), "two lessons have the same number"


def test_every_stamp_is_fresh():
    assert stamp.stale() == [], "run `make stamp`"


def test_the_list_of_claims_is_fresh():
    """So that a claim that was removed or eased shows in the diff."""
    stored = (ROOT / "tests" / "claims.txt").read_text("utf-8")
    assert stored == refresh.all_claims(), "run `make refresh`"


def test_no_file_holds_the_marks_of_a_conflict():
    assert lint.conflicts(ROOT) == []


@pytest.mark.parametrize("path", lint.documents(ROOT), ids=lambda path: path.name)
def test_document(path: Path):
    faults = list(lint.document_faults(path, ROOT))
    assert not faults, "\n".join(faults)


def test_readme_lists_every_lesson():
    text = (ROOT / "README.md").read_text("utf-8")
    assert "<!-- lessons -->" in text, "README.md lacks the markers of the table"
    missing = [x.path.name for x in LESSONS if f"notebooks/{x.path.name}" not in text]
    assert not missing


def test_nothing_lies_about_at_the_top():
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not in a git clone")
    files = done.stdout.decode().split("\0")
    top = {name.partition("/")[0] for name in files if name}
    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL
