"""Is everything installed that the lessons need? Lesson 00 asks, in plain words.

What is needed is read from the files that install it, so that this check cannot fall
behind them: the packages and the versions that will do from pyproject.toml, the
versions that the course was tested with from requirements.txt.
"""

from __future__ import annotations  # so that an older Python can tell that it is older

import importlib.util
import operator
import platform
import re
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLAUSE = re.compile(r"(>=|<=|==|!=|<|>)\s*([\d.]+)")
COMPARE = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}


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
        if not satisfies(self.installed, self.wanted):
            return f"{self.name} {self.installed} is installed, needed is {self.wanted}"
        return None


def satisfies(version: str, wanted: str) -> bool:
    """Tell whether a version such as "2.14.1+cpu" is in a range such as ">=2.1,<3".

    Raises
    ------
    ValueError
        The range holds something else than >=, <=, ==, !=, <, > and numbers.
    """
    for clause in filter(None, wanted.replace(" ", "").split(",")):
        match = CLAUSE.fullmatch(clause)
        if not match:
            raise ValueError(f"cannot read the range of versions {wanted!r}")
        if not COMPARE[match[1]](_numbers(version), _numbers(match[2])):
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers a version begins with, four or more: "2.14+cpu" is 2, 14, 0, 0."""
    found = re.match(r"\d+(\.\d+)*", version)
    numbers = [int(part) for part in found[0].split(".")] if found else []
    return (*numbers, *[0] * (4 - len(numbers)))


def packages(root: Path = ROOT) -> list[Package]:
    """Return the packages that the lessons need, each with the version that is there.

    Raises
    ------
    FileNotFoundError
        requirements.txt or pyproject.toml is missing.
    """
    import tomllib  # here, because Python before 3.11 has none

    pins = {}
    for line in (root / "requirements.txt").read_text("utf-8").splitlines():
        name, pinned, version = line.partition("#")[0].strip().partition("==")
        if pinned:
            pins[name.lower()] = version
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    early = project["dependencies"]
    late = project["optional-dependencies"]["torch"]
    found = []
    for line in [*early, *late]:
        name, wanted = re.fullmatch(r"([\w.-]+)\s*(.*)", line).groups()
        tested = pins.get(name.lower(), "")
        found.append(Package(name, wanted, tested, _installed(name), line in late))
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
    if problem := _another_python():
        print(problem)
        return False
    try:
        needed = packages(root)
    except FileNotFoundError as error:
        name = Path(error.filename).name
        print(f"{name} is missing: this is not the whole course, or it was moved.")
        print("What to do: download the course again, and keep its files together.")
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
    for package in packages(root):
        there = package.installed or "not installed"
        print(f"{package.name:14}{there:16}tested with {package.tested}")
    print(f"PyTorch runs on: {_device()}")


def _device() -> str:
    """The device that the lessons with PyTorch would use, in words."""
    try:
        import torch
    except ImportError as error:
        if _installed("torch") is None:
            return "nothing, it is not installed"
        return f"nothing, it is installed but does not start: {error}"
    except OSError as error:  # a library that Windows does not find
        return f"nothing, it is installed but does not start: {error}"
    accelerator = torch.accelerator.current_accelerator()
    if accelerator is None or not torch.accelerator.is_available():
        return "the CPU (no GPU found, and none is needed)"
    if accelerator.type == "cuda":
        return f"a GPU, {torch.cuda.get_device_name()}"
    return f"an accelerator of type {accelerator.type}"
