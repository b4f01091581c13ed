"""Is everything installed that the lessons need? Lesson 00 asks, in plain words.

What is needed is read from the files that install it, so that this check cannot fall
behind them: the packages and the versions that will do from pyproject.toml, the
versions that the course was tested with from requirements.txt. An older Python can
import this module, and is told that it is too old.
"""

from __future__ import annotations

import importlib.util
import platform
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Package:
    """A package that the lessons need.

    Parameters
    ----------
    name : str
        As in requirements.txt.
    wanted : str
        Versions that will do, such as ``">=2.1"``.
    tested : str
        The version that the course was tested with.
    installed : str or None
        The version that is there, None if there is none.
    late : bool
        Only lessons 07 and later need it.
    """

    name: str
    wanted: str
    tested: str
    installed: str | None
    late: bool = False

    @property
    def problem(self) -> str | None:
        """What is wrong with it, None if nothing is."""
        if self.installed is None:
            return f"{self.name} is not installed"
        from packaging.specifiers import SpecifierSet
        from packaging.version import InvalidVersion

        try:
            fits = SpecifierSet(self.wanted).contains(self.installed, prereleases=True)
        except InvalidVersion:  # of a package that somebody built
            fits = False
        if fits:
            return None
        return f"{self.name} {self.installed} is installed, needed is {self.wanted}"


def packages(root: Path = ROOT) -> list[Package]:
    """Return the packages that the lessons need, each with the version that is there.

    Raises
    ------
    FileNotFoundError
        requirements.txt or pyproject.toml is missing.
    ImportError
        Python is older than 3.11, or the package ``packaging`` is missing.
    """
    # Here, because Python before 3.11 has no tomllib.
    import tomllib

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    pins = {}
    for line in (root / "requirements.txt").read_text("utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line and not line.startswith("-"):
            pin = Requirement(line)
            pins[canonicalize_name(pin.name)] = str(pin.specifier).lstrip("=")
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    late = project["optional-dependencies"]["torch"]
    found = []
    for line in [*project["dependencies"], *late]:
        need = Requirement(line)
        if need.marker is None or need.marker.evaluate():
            tested = pins.get(canonicalize_name(need.name), "")
            wanted, there = str(need.specifier), _installed(need.name)
            found.append(Package(need.name, wanted, tested, there, line in late))
    return found


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def check(root: Path = ROOT) -> bool:
    """Print in plain words what is missing or too old, and what to do about it.

    Returns
    -------
    bool
        True if every lesson can run.
    """
    needed = _needed(root)
    if needed is None:
        return False
    early = [p.problem for p in needed if p.problem and not p.late]
    late = [p.problem for p in needed if p.problem and p.late]
    if not early and not late:
        print("All packages that the lessons need are there.")
        return True
    for problem in [*early, *late]:
        print(f"– {problem}")
    if not early:
        print("Lessons 00 to 06 run without it. From lesson 07 on you need it.")
    print(f"What to do: {_mend([p.name for p in needed if p.problem])}")
    return False


def require() -> None:
    """Stop, in plain words, where no lesson can run. `helpers` does when imported.

    Raises
    ------
    RuntimeError
        Python is too old or too new, or the kernel is one without the packages. (An
        ImportError would tell the set-up cell that `helpers` is not the course's.)
    """
    if problem := _another_python():
        raise RuntimeError(problem)
    missing = [n for n in ("numpy", "matplotlib") if not importlib.util.find_spec(n)]
    if missing:
        raise RuntimeError(
            f"The notebook's kernel, {sys.executable}, has no {' or '.join(missing)}."
            "\nIs it the wrong kernel? Choose the course's: Kernel > Change Kernel."
            f"\nIs it the right one? Then, {_mend(missing)}"
        )


def _another_python() -> str | None:
    """What is wrong with the Python that runs this, None if nothing is."""
    if (3, 11) <= sys.version_info < (3, 14):
        return None
    return (
        f"Python {platform.python_version()} runs this notebook. "
        f"Needed is 3.11, 3.12 or 3.13.\nWhat to do: {_start_again()}"
    )


def _needed(root: Path) -> list[Package] | None:
    """The packages that the lessons need; says why if that cannot be found out."""
    if problem := _another_python():
        print(problem)
        return None
    try:
        return packages(root)
    except FileNotFoundError as error:
        name = Path(error.filename).name
        print(f"{name} is missing: this is not the whole course, or it was moved.")
        print("What to do: download the course again, and keep its files together.")
    except ModuleNotFoundError as error:
        print(f"– {error.name} is not installed, and perhaps others are not")
        print(f"What to do: {_mend([error.name])}")
    return None


def _start_again() -> str:
    """How to get a Python that the course supports."""
    if "google.colab" in sys.modules:
        return "choose a newer runtime: Runtime > Change runtime type."
    return "install Python 3.13 (python.org/downloads), then set the course up again."


def _mend(names: list[str]) -> str:
    """How to install packages, where this notebook runs."""
    if "google.colab" in sys.modules:
        wanted = " ".join(names)
        return f"run `%pip install {wanted}` in a new cell, then Runtime > Restart."
    return (
        "in a terminal, in the folder of the course, run"
        f'\n    "{sys.executable}" -m pip install -r requirements.txt'
        "\nthen restart the kernel (Kernel > Restart Kernel) and run this cell again."
        "\nIf you did not start JupyterLab with `make lab`, that is the other way: it"
        "\nuses the course's own Python, which has everything."
    )


def describe(root: Path = ROOT) -> None:
    """Print the versions that are there and the device that PyTorch would use.

    Copy this into a question or a bug report.
    """
    system = f"{platform.system()} {platform.machine()}"
    print(f"Python {platform.python_version()} on {system}")
    for package in _needed(root) or []:
        there = package.installed or "not installed"
        print(f"{package.name:14}{there:16}tested with {package.tested}")
    print(f"PyTorch runs on: {_device()}")


def _device() -> str:
    """The device that the lessons with PyTorch would use, in words."""
    if _installed("torch") is None:
        return "nothing, it is not installed"
    try:
        import torch

        from helpers import training

        device = training.device()
        other = torch.accelerator.is_available()
        name = torch.cuda.get_device_name(device) if device.type == "cuda" else ""
    except ValueError as error:  # a choice that cannot be had
        return f"nothing: {error}"
    except Exception as error:  # an old one, or a library that is not found
        return f"nothing, it is installed but does not start: {error}"
    if device.type == "cpu":
        found = "a GPU is not used" if other else "no GPU found"
        return f"the CPU ({found}, and none is needed)"
    return f"a GPU, {name}" if name else f"an accelerator of type {device.type}"
