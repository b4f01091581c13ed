"""``make test``: all checks, cheapest first, each named as it runs.

The stages come in three groups. All stages of a group run; if one fails, the later
groups do not, unless ``--keep-going`` is given. Last line: the totals. Exit status 1
if anything failed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from nbconvert.filters import markdown2html

sys.path.insert(0, str(Path(__file__).parent))  # also under PYTHONSAFEPATH

import kernels
from notebooks import ROOT, all_notebooks, needs_mnist, read, repository

LINT = ["tests/test_notebooks.py", "tests/test_environment.py"]
EXERCISES = ["tests/test_engine.py", "tests/test_exercises.py"]
CHECKS = ["tests/test_can_fail.py", "tests/test_colab.py"]
PARALLEL = ["-n", str(kernels.AT_ONCE)]
CELL_TIMEOUT = 1200  # seconds; beside other processes a cell takes many times as long
# A site that refuses robots or is down for the moment is no broken link.
ACCEPT = "--accept=100..=103,200..=299,401,403,429,500..=599"


@dataclass
class Result:
    """What a stage counted."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Result") -> "Result":
        """Count both."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Result(*map(sum, pairs))

    def __str__(self) -> str:
        """Name the counts."""
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def run(*command: object, cwd: Path = ROOT, **variables: str) -> tuple[int, str]:
    """Run a command, show what it prints, and return its exit status and last line."""
    # Nobody's own settings of Python or pytest: some leave out tests, or every assert.
    own = re.compile("PYTHON|PYTEST_")
    env = {name: value for name, value in os.environ.items() if not own.match(name)}
    env |= {"PYTHONPATH": str(ROOT / "tools"), "PYTHONUTF8": "1"} | variables
    if sys.stdout.isatty():
        env["FORCE_COLOR"] = "1"
    last = ""
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen([*map(str, command)], cwd=cwd, env=env, **pipe) as process:
        try:
            for line in process.stdout:
                text = line.decode("utf-8", "replace")
                last = text if text.strip() else last
                sys.stdout.write(text)
                sys.stdout.flush()
        except KeyboardInterrupt:
            parent = psutil.Process(process.pid)
            for one in [*parent.children(recursive=True), parent]:  # kernels too
                one.kill()
            raise
    return process.returncode, last


def tool(*command: object, **options: Path) -> Result:
    """Run a tool that finds faults or none."""
    status, _ = run(*command, **options)
    return Result(int(status == 0), int(status != 0))


def module(*arguments: object) -> Result:
    """Run a Python module that finds faults or none."""
    return tool(sys.executable, "-m", *arguments)


def links() -> Result:
    """Check the links of documents and lessons, on a copy with the lessons as pages.

    The ids of nbconvert's headings are those of JupyterLab.
    """
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    lychee = shutil.which("lychee", path=here)
    if lychee is None:
        print("lychee is not installed; it is among the packages of the checks")
        return Result(failed=1)
    options = [ACCEPT, "--accept-timeouts"] if ONLINE else ["--offline"]
    # A fork may be private, a new lesson not yet published.
    options += ["--exclude", re.escape(repository().url), "--exclude", "^https://colab"]
    ignore = shutil.ignore_patterns(".git", ".venv", "MNIST", "build", "__pycache__")
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name).resolve() / "course"
        shutil.copytree(ROOT, copy, ignore=ignore)
        for path in all_notebooks(copy):
            texts = [c.source for c in read(path).cells if c.cell_type == "markdown"]
            page = markdown2html("\n\n".join(texts))
            path.with_suffix(".html").write_text(page, encoding="utf-8")
        options += ["--no-progress", "--include-fragments=anchor-only", "--remap"]
        inputs = ["*.md", "data/*.md", "*.cff", "notebooks/*.html"]
        return tool(lychee, *options, r"\.ipynb .html", *inputs, cwd=copy)


def pytest(*arguments: object, **variables: str) -> Result:
    """Run pytest and count what it counts; an error is a failure."""
    options = ["-q", "--tb=short", "--no-header", "-rfEs", "-p", "no:cacheprovider"]
    if not sys.stdout.isatty():
        options.append("--color=no")
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    status, last = run(*command, **variables)
    counts = dict.fromkeys(["passed", "failed", "error", "skipped", "xfailed"], 0)
    for number, kind in re.findall(rf"(\d+) ({'|'.join(counts)})", last):
        counts[kind] = int(number)
    passed, failed, error, skipped, expected = counts.values()
    # Killed, or nothing run: a failure although no test says so.
    broken = int(status != 0 or not passed)
    return Result(passed, failed + error or broken, skipped + expected)


def helpers() -> Result:
    """Run every file of tests that no other stage names."""
    others = {*LINT, *EXERCISES, *CHECKS}
    files = sorted(f"tests/{path.name}" for path in ROOT.glob("tests/test_*.py"))
    return pytest(*PARALLEL, *(name for name in files if name not in others))


def notebooks() -> Result:
    """Execute the lessons and compare; a cell that was skipped proves nothing."""
    kernels.prepare()
    result = pytest(
        *["-p", "nbval_plugin", "--nbval", "--nbval-current-env"],
        f"--nbval-cell-timeout={CELL_TIMEOUT}",
        f"--nbval-kernel-startup-timeout={kernels.STARTUP}",
        *[*PARALLEL, "--dist", "loadfile", "--no-loadscope-reorder"],
        "notebooks",
        COURSE_STAND_IN="" if mnist() else "1",
    )
    return Result(result.passed, result.failed or result.skipped, result.skipped)


def mnist() -> bool:
    """Tell, and note for the summary, whether the digits are MNIST."""
    names = [path.stem for path in all_notebooks() if needs_mnist(read(path))]
    try:
        here = not names or kernels.mnist_is_here()
    except RuntimeError as error:
        NOTES.append(f"{error}; the notebooks were compared all the same")
        return True
    if not here:
        NOTES.append(
            "MNIST could not be had: these notebooks ran on the stand-in digits, their "
            f"outputs NOT compared: {', '.join(names)}"
        )
    return here


NOTES: list[str] = []
ONLINE = False
RUFF_FORMAT = ("ruff", "format", "--quiet", "--diff", ".")
# Group, name, what is checked, how.
STAGES = [
    (1, "style", "Lint and formatting of code and notebooks.",
     lambda: module("ruff", "check", "--quiet", ".") + module(*RUFF_FORMAT)),
    (1, "spelling", "Spelling of texts, code and notebooks.",
     lambda: module("codespell_lib")),
    (1, "links", "Links between files, and to headings and glossary terms.", links),
    (1, "lint", "The notebooks as they are stored, stamps, requirements.",
     lambda: pytest(*LINT)),
    (2, "helpers", "Tests of the helpers.", helpers),
    (2, "exercises", "Tests of the exercises, with their wrong answers.",
     lambda: pytest(*PARALLEL, *EXERCISES)),
    (2, "checks", "Tests that these checks can fail; the lessons on Colab.",
     lambda: pytest(*PARALLEL, *CHECKS)),
    (3, "notebooks", "Every notebook executed, outputs and figures compared.",
     notebooks),
]  # fmt: skip


def main() -> int:
    """Run from the command line."""
    global ONLINE
    names = [name for _, name, _, _ in STAGES]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("stages", nargs="*", help=f"some of: {', '.join(names)}")
    parser.add_argument("--keep-going", action="store_true", help="run every group")
    parser.add_argument("--online", action="store_true", help="links to sites, too")
    options = parser.parse_args()
    if wrong := [name for name in options.stages if name not in names]:
        parser.error(f"no stage is called {wrong[0]}; there are: {', '.join(names)}")
    ONLINE = options.online
    report, total, failed_in = [], Result(), len(names)
    for number, (group, name, what, stage) in enumerate(STAGES, start=1):
        if name not in (options.stages or names):
            continue
        title = f"{number}/{len(names)} {name:10}"
        if group > failed_in and not options.keep_going:
            report.append(f"{title} not run, because an earlier stage failed")
            continue
        print(f"\n== {title} {what}", flush=True)
        start = time.perf_counter()
        result = stage()
        total += result
        if result.failed:
            failed_in = min(failed_in, group)
        took = f"{time.perf_counter() - start:6.1f} s"
        report.append(
            f"{title} {took}  {'FAILED' if result.failed else 'ok'}: {result}"
        )
        print(f"== {report[-1]}", flush=True)
    print("\n" + "\n".join([*report, *NOTES]))
    print(total)
    return 1 if total.failed else 0


if __name__ == "__main__":
    kernels.command(main)
