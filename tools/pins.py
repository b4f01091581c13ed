"""What requirements.txt, environment.yml and pyproject.toml say about packages."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version


def pins(path: Path) -> dict[str, Version]:
    """Read lines of the form name==version, by name.

    Raises
    ------
    ValueError
        A line is something else (but the last of requirements.txt, ``-e .``).
    """
    lines = path.read_text("utf-8").splitlines()
    lines = [line.partition("#")[0].strip() for line in lines]
    found = {}
    for line in filter(None, lines):
        if line == "-e .":
            continue
        match = re.fullmatch(r"([\w-]+)==([\w.]+)", line)
        if not match:
            raise ValueError(
                f"{path.name}: every package is pinned as name==version, not {line!r}"
            )
        found[canonicalize_name(match[1])] = Version(match[2])
    return found


def project(root: Path) -> dict:
    """Return the table [project] of pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]


def ranges(root: Path) -> dict[str, SpecifierSet]:
    """Return the versions that the package ``helpers`` accepts, by name."""
    table = project(root)
    lists = [table["dependencies"], *table["optional-dependencies"].values()]
    needs = [Requirement(text) for group in lists for text in group]
    return {canonicalize_name(need.name): need.specifier for need in needs}


def disagreements(root: Path) -> list[str]:
    """Say where the three files contradict one another."""
    requirements = root / "requirements.txt"
    environment = yaml.safe_load((root / "environment.yml").read_text("utf-8"))
    pinned = pins(requirements)
    faults = [
        f"requirements.txt: {name} {pinned.get(name)}, pyproject.toml: {name}{wanted}"
        for name, wanted in ranges(root).items()
        if name not in pinned or pinned[name] not in wanted
    ]
    if requirements.read_text("utf-8").splitlines()[-1] != "-e .":
        faults.append("requirements.txt must end with `-e .`")
    python = project(root)["requires-python"].replace(" ", "")
    wanted = [f"python{python}", "pip", {"pip": ["-r requirements.txt"]}]
    if environment["dependencies"] != wanted:
        faults.append(f"environment.yml must list {wanted}")
    return faults


def not_as_pinned(root: Path) -> list[str]:
    """Name the installed packages that are of another version than the pinned one."""
    faults = []
    for name, wanted in pins(root / "requirements.txt").items():
        here = Version(importlib.metadata.version(name))
        # torch 2.14.1+cpu is torch 2.14.1, built for the CPU alone.
        if here.public != wanted.public:
            faults.append(f"{name} {here} is installed, {wanted} is pinned")
    return faults
