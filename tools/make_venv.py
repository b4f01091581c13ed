"""Make sure that .venv is ready: ``python tools/make_venv.py [dev]``.

It then holds what requirements.txt lists and, with ``dev``, what the group of that name
in pyproject.toml lists. What was installed is noted last, in .venv/ready-*, so that an
interrupted set-up is done again and a finished one is not. Needs nothing but Python.
"""

import hashlib
import os
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
# The user's settings for pip hold (a mirror, a proxy, an index with a smaller PyTorch),
# but for those that put packages elsewhere, or none anywhere.
NOT_OURS = ("USER", "TARGET", "PREFIX", "ROOT", "PYTHON", "DRY_RUN", "NO_DEPS")


def main(groups: list[str]) -> int:
    """Bring .venv up to date with requirements.txt and the named groups."""
    reason = unusable()
    if reason:
        if VENV.exists():
            print(f".venv is made anew: {reason}.")
        print(f"Setting up .venv with Python {sys.version.split()[0]}.", flush=True)
        try:
            venv.EnvBuilder(clear=True, symlinks=os.name != "nt").create(VENV)
        except OSError as error:
            return failed(f"{error}. Is the folder yours?")
    lists = outdated(groups)
    if not lists:
        return 0
    if run("-c", "import pip", stderr=subprocess.DEVNULL) and run("-m", "ensurepip"):
        package = "python{}.{}-venv".format(*sys.version_info)
        return failed(f"Debian and Ubuntu: sudo apt install {package}")
    print("Installing packages into .venv.", flush=True)
    if reason:
        print(
            "On Linux they are some 3 GB, most of it PyTorch for CUDA; the README says"
        )
        print("how to get less.", flush=True)
    for name in lists:
        (VENV / f"ready-{name}").unlink(missing_ok=True)
    arguments = [text for texts, _ in lists.values() for text in texts]
    if run("-m", "pip", "install", "--no-input", "--no-user", *arguments):
        return failed("Is there a network? To begin anew, remove the folder .venv.")
    for name, (_, digest) in lists.items():
        (VENV / f"ready-{name}").write_text(digest)
    print("Ready.", flush=True)
    return 0


def unusable() -> str | None:
    """Say why .venv must be made by the Python that runs this, None if it was."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        return None
    if not os.path.lexists(PYTHON):
        return "it holds no Python"
    ask = ["-c", "import sys; print(sys.version.split()[0], 'of', sys.base_prefix)"]
    try:
        there = subprocess.check_output([PYTHON, *ask], text=True)
    except (OSError, subprocess.CalledProcessError):
        return "its Python does not start"
    here = subprocess.check_output([sys.executable, *ask], text=True)
    return None if there == here else f"it was made by Python {there.strip()}"


def outdated(groups: list[str]) -> dict[str, tuple[list[str], str]]:
    """Return what is not installed yet: by name, arguments for pip and a digest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project["project"].pop("urls", None)
    package = [(ROOT / "requirements.txt").read_text("utf-8")]
    package += [project["project"], project["tool"]["setuptools"]]
    lists = {"requirements": (["-r", "requirements.txt"], package)}
    for name in groups:
        lists[name] = (project["dependency-groups"][name],) * 2
    found = {}
    for name, (arguments, facts) in lists.items():
        # With the folder's name, because .venv does not work in another one.
        digest = hashlib.sha256(repr((str(ROOT), facts)).encode()).hexdigest()
        stamp = VENV / f"ready-{name}"
        if not stamp.exists() or stamp.read_text() != digest:
            found[name] = (arguments, digest)
    return found


def run(*arguments: str, **options: object) -> int:
    """Run the Python of .venv and return its exit status."""
    env = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1")
    for name in NOT_OURS:
        env.pop(f"PIP_{name}", None)
    return subprocess.call([PYTHON, *arguments], cwd=ROOT, env=env, **options)


def failed(advice: str) -> int:
    """Say what may help."""
    print(f"The set-up of .venv failed. {advice}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Interrupted. The next command does the set-up again.")
