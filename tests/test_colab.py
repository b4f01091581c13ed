"""The lessons on Google Colab, as far as that can be tried without it.

A kernel is started in an empty directory, with a module that calls itself
``google.colab``; ``helpers`` cannot be imported, and the course is to be had only by
``git clone`` of the address in the set-up cell, which a setting of git turns into a
folder here. There is no package index and no MNIST.
"""

import ast
import asyncio
import contextlib
import http.server
import importlib.metadata
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
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
    read,
    repository,
)
from tests import within

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
    """An empty directory and kernels in it, on Colab or not.

    ``published`` is where git gets the course: a folder, the address of a server, or
    None for a folder that does not exist.
    """

    def __init__(
        self,
        folder: Path,
        published: Path | str | None,
        *,
        colab: bool = True,
        missing: tuple[str, ...] = (),
    ):
        self.folder = folder / "content"
        self.folder.mkdir()
        settings = folder / "gitconfig"
        source = published or folder / "nowhere"
        source = source if isinstance(source, str) else f"file://{source}"
        settings.write_text(
            f'[url "{source}"]\n\tinsteadOf = {repository().url}\n'
            '[safe]\n\tdirectory = *\n[protocol "file"]\n\tallow = always\n'
        )
        startup = folder / "ipython" / "profile_default" / "startup"
        startup.mkdir(parents=True)
        modules = ["google", "google.colab"] if colab else []
        self.startup = STARTUP.format(modules=modules, missing=missing)
        (startup / "colab.py").write_text(self.startup)
        self.env = kernels.environment() | {
            "IPYTHONDIR": str(folder / "ipython"),
            "GIT_CONFIG_GLOBAL": str(settings),
            "GIT_CONFIG_NOSYSTEM": "1",
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

    def start(
        self, *cells: str, folder: Path | None = None, options: tuple[str, ...] = ()
    ) -> subprocess.Popen:
        """Start the cells in a plain Python, which is there sooner than a kernel."""
        return subprocess.Popen(
            [sys.executable, *options, "-c", "\n".join([self.startup, *cells])],
            cwd=folder or self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def error(self, *cells: str, **start: object) -> str:
        """Return the message of the error that the cells end with."""
        with self.start(*cells, **start) as process:
            _, words = process.communicate(timeout=SECONDS)
        assert process.returncode == 1
        return words.rpartition("\nImportError: ")[2]


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
    missing = ("torch",) if numpy_only else ()
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
    assert (colab.folder / "nn-by-hand" / "helpers").is_dir()
    after = {d.name: d.version for d in importlib.metadata.distributions()}
    assert after == packages


def test_a_missing_package_is_missing(published: Path, tmp_path: Path):
    machine = Machine(tmp_path, published, missing=("torch",))
    assert "No module named 'torch'" in machine.run("import torch").metadata.error


@pytest.mark.parametrize("path", all_notebooks(), ids=lambda path: path.stem)
def test_without_the_setup_it_fails(path: Path, published: Path, tmp_path: Path):
    imports = code_cells(read(path))[1].source
    done = Machine(tmp_path, published).run(imports, WHERE)
    assert "No module named 'helpers'" in done.metadata.error


def test_the_setup_runs_from_any_directory(published: Path, tmp_path: Path):
    colab = Machine(tmp_path, published)
    chdir = "import os; os.mkdir('elsewhere'); os.chdir('elsewhere')"
    done = colab.run(SETUP, chdir, SETUP, WHERE)
    assert done.metadata.error is None
    assert sorted(os.listdir(colab.folder)) == ["elsewhere", "nn-by-hand"]
    assert os.listdir(colab.folder / "elsewhere") == []
    # A new kernel, in the course's own folder.
    inside = colab.folder / "nn-by-hand" / "notebooks"
    done = colab.run(SETUP, WHERE, folder=inside)
    assert str(colab.folder / "nn-by-hand" / "helpers") in says(done)
    assert not (inside / "nn-by-hand").exists()


def test_kernels_that_start_at_once_in_one_folder_all_have_the_course(
    published: Path, tmp_path: Path
):
    colab = Machine(tmp_path, published)
    kernels_at_once = [colab.start(SETUP, WHERE) for _ in range(6)]
    for process in kernels_at_once:
        printed, words = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, words
        assert str(colab.folder / "nn-by-hand") in printed
    assert os.listdir(colab.folder) == ["nn-by-hand"], "nothing is left over"


def test_a_clone_that_was_killed_is_made_again(published: Path, tmp_path: Path):
    colab = Machine(tmp_path, published)
    # A git that takes its time after it has written a part of the files.
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text(
        "#!/bin/sh\nfor part; do :; done\n"
        'mkdir -p "$part/helpers/exercises"\nsleep 60\n'
    )
    slow.chmod(0o755)
    path = colab.env["PATH"]
    colab.env["PATH"] = f"{slow.parent}:{path}"
    process = colab.start(SETUP)
    while not list(colab.folder.glob(".*/helpers/exercises")):
        time.sleep(0.05)
    process.kill()
    process.wait()
    colab.env["PATH"] = path
    done = colab.run(SETUP, "from helpers import claims, data", WHERE)
    assert done.metadata.error is None
    assert str(colab.folder / "nn-by-hand") in says(done)


@contextlib.contextmanager
def server(status: int) -> Iterator[str]:
    """Run a server that answers everything with one status; give its address."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("WWW-Authenticate", "Basic")
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.mark.parametrize(
    ("status", "words"), [(404, "not found"), (401, "could not read Username")]
)
def test_a_course_that_is_missing_or_private(status: int, words: str, tmp_path: Path):
    """GitHub asks for a name where a repository is private or gone."""
    with server(status) as address:
        error = Machine(tmp_path, address).error(SETUP)
    assert error.startswith("The course's files are not here. Get all of them")
    assert "Private, gone, no answer? Git says: fatal: " in error
    assert words in error


def test_a_server_that_never_answers(tmp_path: Path):
    """With 2 of the 25 seconds that it may take."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        start = time.monotonic()
        error = Machine(tmp_path, address).error(
            SETUP.replace("timeout 25", "timeout 2")
        )
    assert "Private, gone, no answer? Git says:" in error
    assert time.monotonic() - start < within(25)


@pytest.mark.parametrize("name", ["course", "nn-by-hand"])
def test_somebodys_own_folder_is_not_touched(
    name: str, published: Path, tmp_path: Path
):
    """A folder called course does no harm, and the other is named."""
    colab = Machine(tmp_path, published)
    (colab.folder / name).mkdir()
    (colab.folder / name / "diary.txt").write_text("mine")
    if name == "course":
        with colab.start(SETUP, WHERE) as process:
            assert "nn-by-hand" in process.communicate(timeout=SECONDS)[0]
    else:
        assert "nn-by-hand': Directory not empty" in colab.error(SETUP)
    assert os.listdir(colab.folder / name) == ["diary.txt"]


def strange_helpers(folder: Path) -> str:
    """Make a package called helpers that is not the course's."""
    package = folder / "strange" / "helpers"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("'''Help of another kind.'''\n")
    return str(package.parent)


def test_a_strangers_package_is_named_in_plain_words(tmp_path: Path):
    machine = Machine(tmp_path, None, colab=False)
    machine.env["PYTHONPATH"] = strange_helpers(tmp_path)
    assert machine.error(SETUP).startswith("`helpers` here is a stranger's: rename")


def test_a_strangers_package_does_no_harm_on_colab(published: Path, tmp_path: Path):
    colab = Machine(tmp_path, published)
    colab.env["PYTHONPATH"] = strange_helpers(tmp_path)
    done = colab.run(SETUP, "from helpers import claims, data", WHERE)
    assert done.metadata.error is None
    assert str(colab.folder / "nn-by-hand") in says(done)


def test_elsewhere_nothing_is_fetched(published: Path, tmp_path: Path):
    """A lesson alone in a folder says that the course is not there."""
    machine = Machine(tmp_path, published, colab=False)
    error = machine.error(SETUP)
    assert error.startswith("The course's files are not here. Get all of them")
    assert error.strip().endswith(repository().url)
    assert os.listdir(machine.folder) == []
    done = machine.run(SETUP, SETUP, WHERE, folder=published / "notebooks")
    assert str(published / "helpers") in says(done)


def test_a_folder_that_may_not_be_entered_is_skipped(published: Path, tmp_path: Path):
    """On PYTHONPATH or above; root may enter all, so it is played."""
    machine = Machine(tmp_path, None, colab=False)
    machine.env["PYTHONPATH"] = os.pathsep.join(["/closed", str(published)])
    refuse = (
        "import os\nreal = os.stat\ndef stat(path, *rest, **more):\n"
        "    if 'closed' in str(path) or 'content' in str(path):\n"
        "        raise PermissionError(13, 'Permission denied', path)\n"
        "    return real(path, *rest, **more)\nos.stat = stat\n"
    )
    with machine.start(refuse, SETUP, WHERE) as process:
        printed, words = process.communicate(timeout=SECONDS)
    assert str(published / "helpers") in printed, words


def test_a_kernel_without_the_packages_is_named(published: Path, tmp_path: Path):
    machine = Machine(tmp_path, None, colab=False)
    here = published / "notebooks"
    error = machine.error(SETUP, folder=here, options=("-I", "-S"))
    assert "has no numpy or matplotlib" in error
    assert "Kernel > Change Kernel" in error


def test_an_older_python_is_named(published: Path, tmp_path: Path):
    """What runs before the check must be a language that it speaks."""
    machine = Machine(tmp_path, None, colab=False)
    old = "sys.version_info = (3, 9, 18)"
    error = machine.error("import sys", old, SETUP, folder=published / "notebooks")
    assert "Needed is 3.11, 3.12 or 3.13" in error
    names = ("__init__", "environment", "threads")
    texts = [(ROOT / f"helpers/{name}.py").read_text("utf-8") for name in names]
    for text in (SETUP, *texts):
        ast.parse(text, feature_version=(3, 9))


def test_the_setup_is_short_folded_and_has_a_title():
    assert len(SETUP.splitlines()) <= 17
    assert SETUP.startswith("# @title ")
    for path in all_notebooks():
        cell = code_cells(read(path))[0]
        assert cell.source == SETUP
        assert cell.metadata.cellView == "form"
        assert cell.metadata.jupyter.source_hidden
