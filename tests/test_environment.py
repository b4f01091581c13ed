"""requirements.txt, environment.yml, pyproject.toml and the workflows agree."""

import ast
import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from notebooks import ROOT, all_notebooks, code_cells, read
from pins import disagreements, not_as_pinned, pins, ranges

# Modules that belong to a package of another name, or come along with it.
PACKAGE_OF = {
    "IPython": "ipython",
    "PIL": "matplotlib",
    "codespell_lib": "codespell",
    "ipykernel": "jupyterlab",
    "mpl_toolkits": "matplotlib",
    "nbclient": "jupyterlab",
    "nbconvert": "jupyterlab",
    "nbformat": "jupyterlab",
    "packaging": "jupyterlab",
    "psutil": "jupyterlab",
    "requests": "pooch",
    "scipy": "scikit-learn",
    "sklearn": "scikit-learn",
    "threadpoolctl": "scikit-learn",
    "yaml": "jupyterlab",
}
COLAB = ROOT / "tools" / "colab-constraints.txt"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def imports(source: str) -> set[str]:
    """Return the top-level names of the modules that a source imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def pinned_here() -> bool:
    """Tell whether this Python is meant to have the pinned versions."""
    inside = Path(sys.prefix).resolve() == (ROOT / ".venv").resolve()
    return os.getenv("COURSE_PINNED", str(int(inside))) == "1"


def test_the_files_agree():
    assert disagreements(ROOT) == []


@pytest.mark.skipif(not pinned_here(), reason="other versions on purpose: not .venv")
def test_the_pinned_versions_are_installed():
    assert not_as_pinned(ROOT) == [], (
        "`make test` sets up .venv anew when a pin changes"
    )


def test_torch_and_torchvision_belong_together():
    torch = importlib.metadata.version("torch")
    needs = map(Requirement, importlib.metadata.requires("torchvision") or [])
    wanted = next(need.specifier for need in needs if need.name == "torch")
    assert wanted.contains(Version(torch).public), f"torchvision needs torch{wanted}"


def test_every_import_is_required():
    sources = {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for folder in ("helpers", "tests", "tools")
        for path in (ROOT / folder).rglob("*.py")
    }
    for path in all_notebooks():
        code = "\n".join(cell.source for cell in code_cells(read(path)))
        sources[path.name] = code
    own = {p.stem for f in ("tests", "tools") for p in (ROOT / f).rglob("*.py")}
    own |= {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    own |= {"helpers", "tests", "pip"}
    pinned = pins(ROOT / "requirements.txt")
    known = own | sys.stdlib_module_names
    for name, source in sources.items():
        packages = {PACKAGE_OF.get(i, i) for i in imports(source) - known}
        strange = {canonicalize_name(package) for package in packages} - pinned.keys()
        assert not strange, f"{name} imports {strange}, not in requirements.txt"


def test_colab_has_what_the_package_accepts():
    colab = pins(COLAB)
    for name, versions in ranges(ROOT).items():
        if name in colab:
            assert colab[name] in versions, f"Colab has {name} {colab[name]}"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow(path: Path):
    """It is YAML, every step does something, and the files it names exist."""
    text = path.read_text("utf-8")
    workflow = yaml.safe_load(text)
    assert {"on", True} & workflow.keys()  # YAML 1.1 reads a bare `on` as True
    assert workflow["jobs"]
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 120
        for step in job["steps"]:
            assert {"uses", "run"} & step.keys(), step
            assert "@" in step.get("uses", "@"), "an action needs a version"
    named = re.findall(r"(?:tests|notebooks|helpers|data|\.ci)/[\w./*-]+\w", text)
    named += re.findall(r"\b(?:requirements\.txt|pyproject\.toml|Makefile)", text)
    for name in named:
        found = list(ROOT.glob(name)) or name.startswith("data/MNIST")
        assert found, f"{path.name} names {name}"


def test_there_are_workflows():
    assert {path.name for path in WORKFLOWS} >= {"test.yml", "weekly.yml"}


@pytest.mark.skipif(os.name == "nt", reason="for Linux and macOS")
def test_the_ci_script_is_sound():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK), "chmod +x .ci/run"
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
