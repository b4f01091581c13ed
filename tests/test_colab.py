"""The lessons on Google Colab, as far as that can be tried without it.

A kernel is started in an empty directory, with a module that calls itself
``google.colab``; ``helpers`` cannot be imported, and the course is to be had only by
``git clone`` of the address in the set-up cell, which a setting of git turns into a
folder here. There is no package index and no MNIST.
"""

import asyncio
import importlib.metadata
import os
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import nbformat
import pytest

import kernels
import stamp
from notebooks import (
    ROOT,
    all_notebooks,
    code_cells,
    computing,
    own_code,
    read,
    repository,
)

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="Colab is Linux, and so are the set-up's commands"
)
SECONDS = 120
STARTUP = """
import sys as _sys
import types as _types

# The course is not installed on Colab, whatever the Python is that runs this test.
_sys.meta_path[:] = [f for f in _sys.meta_path if "Editable" not in str(f)]
for _name in {modules}:
    _sys.modules[_name] = _types.ModuleType(_name)


class _Missing:  # packages that are not installed here
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


_sys.meta_path.insert(0, _Missing())
"""
NUMPY_LESSONS = ("00", "01", "02", "03", "04", "05", "06")  # they need no PyTorch


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository with the course as it lies here, committed or not."""
    folder = tmp_path_factory.mktemp("published") / "course"
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("the course is not a git repository here")
    for name in filter(None, done.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    who = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    for arguments in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "all"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder


class Machine:
    """An empty directory and kernels in it, on Colab or not."""

    def __init__(
        self,
        folder: Path,
        published: Path | None,
        *,
        colab: bool = True,
        missing: tuple[str, ...] = (),
    ):
        self.folder = folder / "content"
        self.folder.mkdir()
        settings = folder / "gitconfig"
        source = published or folder / "nowhere"
        settings.write_text(
            f'[url "file://{source}"]\n\tinsteadOf = {repository().url}\n'
            '[safe]\n\tdirectory = *\n[protocol "file"]\n\tallow = always\n'
        )
        startup = folder / "ipython" / "profile_default" / "startup"
        startup.mkdir(parents=True)
        modules = ["google", "google.colab"] if colab else []
        text = STARTUP.format(modules=modules, missing=missing)
        (startup / "colab.py").write_text(text)
        self.env = kernels.environment() | {
            "IPYTHONDIR": str(folder / "ipython"),
            "GIT_CONFIG_GLOBAL": str(settings),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "PIP_NO_INDEX": "1",
            "COURSE_MNIST_MIRRORS": "http://127.0.0.1:9/",
            "XDG_CACHE_HOME": str(folder / "cache"),
            "MPLCONFIGDIR": mpl.get_cachedir(),
        }
        self.env.pop("COURSE_DATA_DIR", None)

    def run(self, *cells: str, folder: Path | None = None) -> nbformat.NotebookNode:
        """Run the cells in a new kernel; an error stops, and is in ``metadata``."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells]
        )
        outcome = asyncio.run(
            kernels.execute(
                notebook, env=self.env, folder=folder or self.folder, timeout=SECONDS
            )
        )
        notebook.metadata["error"] = outcome.error
        return notebook


def says(notebook: nbformat.NotebookNode) -> str:
    """Return all that a run printed."""
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    return "".join(output.get("text", "") for output in outputs)


SETUP = stamp.setup(repository())
WHERE = "import helpers; print(helpers.__file__)"


@pytest.mark.parametrize("path", all_notebooks(), ids=lambda path: path.stem)
def test_lesson_runs_from_an_empty_directory_twice(
    path: Path, published: Path, tmp_path: Path
):
    notebook = read(path)
    cells = [cell.source for cell in code_cells(notebook)]
    # The NumPy lessons run as where PyTorch is not installed.
    numpy_only = path.name.startswith(NUMPY_LESSONS)
    missing = ("torch", "torchvision") if numpy_only else ()
    colab = Machine(tmp_path, published, missing=missing)
    packages = {d.name: d.version for d in importlib.metadata.distributions()}
    # The second time, of a long lesson only the set-up.
    again = cells if 0 < computing(notebook) <= 30 else [cells[0], WHERE]
    for run in (cells, again):
        done = colab.run(*run)
        assert done.metadata.error is None
        printed = [output.get("name") for cell in done.cells for output in cell.outputs]
        assert "stderr" not in printed, says(done)
        assert done.cells[0].outputs == [], "the set-up has nothing to say"
    assert (colab.folder / "course" / "helpers").is_dir()
    after = {d.name: d.version for d in importlib.metadata.distributions()}
    assert after == packages


def test_a_missing_package_is_missing(published: Path, tmp_path: Path):
    machine = Machine(tmp_path, published, missing=("torch",))
    assert "No module named 'torch'" in machine.run("import torch").metadata.error


@pytest.mark.parametrize("path", all_notebooks(), ids=lambda path: path.stem)
def test_without_the_stamped_part_it_fails(path: Path, published: Path, tmp_path: Path):
    own = own_code(code_cells(read(path))[0].source)
    done = Machine(tmp_path, published).run(own, WHERE)
    assert "No module named 'helpers'" in done.metadata.error


def test_the_setup_runs_from_any_directory(published: Path, tmp_path: Path):
    colab = Machine(tmp_path, published)
    chdir = "import os; os.mkdir('elsewhere'); os.chdir('elsewhere')"
    done = colab.run(SETUP, chdir, SETUP, WHERE)
    assert done.metadata.error is None
    assert sorted(os.listdir(colab.folder)) == ["course", "elsewhere"]
    assert os.listdir(colab.folder / "elsewhere") == []
    # A new kernel, in the course's own folder.
    done = colab.run(SETUP, WHERE, folder=colab.folder / "course" / "notebooks")
    assert str(colab.folder / "course" / "helpers") in says(done)
    assert not (colab.folder / "course" / "notebooks" / "course").exists()


def test_a_clone_that_was_killed_is_made_again(published: Path, tmp_path: Path):
    colab = Machine(tmp_path, published)
    half = colab.folder / ".part"
    (half / "helpers" / "exercises").mkdir(parents=True)
    (half / ".git").mkdir()
    done = colab.run(SETUP, "from helpers import claims, data")
    assert done.metadata.error is None
    assert not half.exists()


def test_a_clone_that_fails_says_why_in_the_words_of_git(tmp_path: Path):
    done = Machine(tmp_path, None).run(SETUP)
    assert done.metadata.error.startswith("OSError: The course could not be fetched")
    assert "nowhere" in done.metadata.error


def strange_helpers(folder: Path) -> str:
    """Make a package called helpers that is not the course's."""
    package = folder / "strange" / "helpers"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("'''Help of another kind.'''\n")
    return str(package.parent)


def test_a_strangers_package_is_named_in_plain_words(tmp_path: Path):
    machine = Machine(tmp_path, None, colab=False)
    machine.env["PYTHONPATH"] = strange_helpers(tmp_path)
    done = machine.run(SETUP)
    assert done.metadata.error.startswith("ImportError: `helpers` here is not the")
    assert "pip uninstall helpers" in done.metadata.error


def test_a_strangers_package_does_no_harm_on_colab(published: Path, tmp_path: Path):
    colab = Machine(tmp_path, published)
    colab.env["PYTHONPATH"] = strange_helpers(tmp_path)
    done = colab.run(SETUP, "from helpers import claims, data", WHERE)
    assert done.metadata.error is None
    assert str(colab.folder / "course") in says(done)


def test_elsewhere_nothing_is_fetched(published: Path, tmp_path: Path):
    machine = Machine(tmp_path, published, colab=False)
    done = machine.run(SETUP)
    assert done.metadata.error.startswith("ImportError: `helpers` here is not the")
    assert os.listdir(machine.folder) == []
    done = machine.run(SETUP, SETUP, WHERE, folder=published / "notebooks")
    assert str(published / "helpers") in says(done)
