"""Lesson 00's check of the installation, with every fault really produced."""

import ast
import sys
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest

from helpers import environment

REQUIREMENTS = """\
# The notebooks and the helpers
matplotlib==3.11.2
NumPy==2.4.6  # arrays
Pillow==12.0.0 ; python_version > "3"

torch==2.14.1
-e .
"""
PYPROJECT = """\
[project]
dependencies = ["matplotlib>=3.10", "numpy >=2.1, !=2.3.0", "wmi; sys_platform == 'no'"]
[project.optional-dependencies]
torch = ["torch>=2.11,!=2.13.0"]
[dependency-groups]
dev = ["nbval==0.11.0"]
"""


@pytest.fixture
def root(tmp_path):
    """A folder with a small requirements.txt and pyproject.toml."""
    (tmp_path / "requirements.txt").write_text(REQUIREMENTS)
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    return tmp_path


@pytest.fixture
def versions(monkeypatch):
    """What is installed; a test changes it."""
    there = {"matplotlib": "3.11.2", "numpy": "2.4.6", "torch": "2.14.1+cpu"}

    def version(name):
        if name not in there:
            raise metadata.PackageNotFoundError(name)
        return there[name]

    monkeypatch.setattr(metadata, "version", version)
    return there


def test_all_is_well(root, versions, capsys):
    assert environment.check(root)
    assert capsys.readouterr().out == "All packages that the lessons need are there.\n"


def test_other_versions_in_the_range_will_do(root, versions, capsys):
    versions.update(matplotlib="3.10.0", numpy="2.1.3", torch="2.11.0+cu128")
    assert environment.check(root)
    assert capsys.readouterr().out == "All packages that the lessons need are there.\n"


def test_a_missing_package_is_named_and_how_to_get_it(root, versions, capsys):
    del versions["numpy"]
    assert not environment.check(root)
    out = capsys.readouterr().out
    assert "– numpy is not installed" in out
    assert "make lab" in out
    assert f'"{sys.executable}" -m pip install -r requirements.txt' in out
    assert "matplotlib" not in out
    assert "Lessons 00 to 06" not in out


@pytest.mark.parametrize("version", ["2.0.9", "2.3.0", "1.26.4", "of my own"])
def test_a_version_outside_the_range_is_named(root, versions, version, capsys):
    versions["numpy"] = version
    assert not environment.check(root)
    out = capsys.readouterr().out
    assert f"– numpy {version} is installed, needed is !=2.3.0,>=2.1" in out


def test_without_torch_it_says_which_lessons_run(root, versions, capsys):
    del versions["torch"]
    assert not environment.check(root)
    out = capsys.readouterr().out
    assert "– torch is not installed" in out
    assert "Lessons 00 to 06 run without it. From lesson 07 on you need it." in out


@pytest.mark.parametrize("ask", [environment.check, environment.describe])
@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_a_missing_file_is_named(root, versions, name, ask, capsys):
    (root / name).unlink()
    assert not ask(root)
    out = capsys.readouterr().out
    assert f"{name} is missing" in out
    assert "download the course again" in out


@pytest.mark.parametrize("ask", [environment.check, environment.describe])
@pytest.mark.parametrize("version", [(3, 9, 18), (3, 10, 4), (3, 14, 0)])
def test_another_python_is_named(monkeypatch, capsys, version, ask):
    """Python 3.9 and 3.10 have no tomllib."""
    monkeypatch.setattr(sys, "version_info", (*version, "final", 0))
    monkeypatch.setitem(sys.modules, "tomllib", None)
    assert not ask()
    assert "Needed is 3.11, 3.12 or 3.13" in capsys.readouterr().out


def test_an_old_python_can_import_the_check():
    """Its syntax is 3.9's, and no annotation is evaluated."""
    for name in ("environment", "threads", "__init__"):
        path = Path(environment.__file__).with_name(f"{name}.py")
        source = path.read_text("utf-8")
        ast.parse(source, feature_version=(3, 9))
        assert "from __future__ import annotations" in source or "| None" not in source


@pytest.mark.parametrize("ask", [environment.check, environment.describe])
def test_a_python_without_any_package(monkeypatch, capsys, ask):
    """A kernel that is not the course's."""
    monkeypatch.setitem(sys.modules, "packaging.requirements", None)
    monkeypatch.setitem(sys.modules, "packaging", None)
    assert not ask()
    out = capsys.readouterr().out
    assert "is not installed, and perhaps others are not" in out
    assert "-m pip install -r requirements.txt" in out


def test_on_colab_the_advice_is_for_colab(root, versions, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    del versions["matplotlib"]
    assert not environment.check(root)
    out = capsys.readouterr().out
    assert "%pip install matplotlib" in out
    assert "make" not in out


def test_only_what_lessons_need_and_this_system_has(root, versions):
    found = {p.name: p for p in environment.packages(root)}
    assert list(found) == ["matplotlib", "numpy", "torch"]
    assert found["numpy"].tested == "2.4.6"


@pytest.mark.parametrize("version", ["2.14.0a0+git1234", "2.14.1+cpu", "2.14.1.post1"])
def test_a_version_that_somebody_built_will_do(root, versions, version):
    versions["torch"] = version
    assert environment.check(root)


def test_every_package_that_the_course_declares_is_pinned_and_here():
    found = environment.packages()
    assert {"numpy", "matplotlib", "scikit-learn", "torch"} <= {p.name for p in found}
    for package in found:
        assert package.tested, f"requirements.txt does not pin {package.name}"
        assert replace(package, installed=package.tested).problem is None
        assert package.problem is None
    assert {p.name for p in found if p.late} == {"torch"}


def test_describe_lists_versions_and_the_device(capsys):
    environment.describe()
    out = capsys.readouterr().out
    assert "numpy" in out
    assert "tested with" in out
    assert "PyTorch runs on: " in out


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError("fbgemm.dll is missing"), "does not start: fbgemm.dll is missing"),
        (ImportError("libcudart.so"), "does not start: libcudart.so"),
        (AttributeError("no accelerator"), "does not start: no accelerator"),
    ],
)
def test_describe_survives_a_torch_that_does_not_start(monkeypatch, error, says):
    class Broken:
        def find_spec(self, name, path=None, target=None):
            if name == "torch":
                raise error

    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    assert says in environment._device()


def test_describe_without_torch(monkeypatch):
    monkeypatch.setattr(environment, "_installed", lambda name: None)
    assert environment._device() == "nothing, it is not installed"


def test_describe_with_a_choice_that_cannot_be_had(monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.setenv("COURSE_DEVICE", "gpu")
    assert environment._device().startswith("nothing: COURSE_DEVICE=gpu cannot be used")
