"""``make test``: all checks, cheapest first, each named as it runs.

The stages come in three groups. All stages of a group run; if one fails, the later
groups do not, unless ``--keep-going`` is given. Last line: the totals. Exit status 1
if anything failed.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import kernels
from notebooks import ROOT, all_notebooks, needs_mnist, read

TOOLS = ROOT / "tools"
LINT = ["tests/test_notebooks.py", "tests/test_environment.py"]
EXERCISES = ["tests/test_engine.py", "tests/test_exercises.py"]
CHECKS = ["tests/test_can_fail.py", "tests/test_colab.py"]
PARALLEL = ["-n", str(kernels.AT_ONCE)]
CELL_TIMEOUT = 240  # seconds


@dataclass
class Result:
    """What a stage counted."""

    passed: int
    failed: int


def python(*arguments: str, **variables: str) -> tuple[int, str]:
    """Run Python, show what it prints, and return its exit status and last line."""
    env = dict(os.environ, PYTHONPATH=str(TOOLS), PYTHONUTF8="1", **variables)
    if sys.stdout.isatty():
        env["FORCE_COLOR"] = "1"
    last = ""
    command = [sys.executable, *map(str, arguments)]
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        for line in process.stdout:
            text = line.decode("utf-8", "replace")
            last = text if text.strip() else last
            sys.stdout.write(text)
            sys.stdout.flush()
    return process.returncode, last


def tool(*arguments: str) -> Result:
    """Run a tool that finds faults or none."""
    status, _ = python(*arguments)
    return Result(int(status == 0), int(status != 0))


def pytest(*arguments: str, **variables: str) -> Result:
    """Run pytest and count what it counts; an error is a failure."""
    options = ["-q", "--tb=short", "--no-header", "-p", "no:cacheprovider"]
    if not sys.stdout.isatty():
        options.append("--color=no")
    status, last = python("-m", "pytest", *options, *arguments, **variables)
    counts = {
        word.rstrip("s"): int(number)
        for number, word in re.findall(r"(\d+) (passed|failed|errors?)", last)
    }
    failed = counts.get("failed", 0) + counts.get("error", 0)
    # Killed, or nothing collected: a failure although no test says so.
    return Result(counts.get("passed", 0), failed or int(status != 0))


def style() -> Result:
    """Lint and formatting of code and notebooks."""
    lint = tool("-m", "ruff", "check", "--quiet", ".")
    form = tool("-m", "ruff", "format", "--quiet", "--diff", ".")
    return Result(lint.passed + form.passed, lint.failed + form.failed)


def spelling() -> Result:
    """Spelling of texts, code and notebooks."""
    return tool(TOOLS / "spelling.py")


def lint() -> Result:
    """The notebooks as they are stored, stamps, links, requirements."""
    return pytest(*LINT)


def helpers() -> Result:
    """Tests of the helpers: every file that no other stage names."""
    others = {*LINT, *EXERCISES, *CHECKS}
    files = sorted(f"tests/{path.name}" for path in ROOT.glob("tests/test_*.py"))
    return pytest(*PARALLEL, *(name for name in files if name not in others))


def exercises() -> Result:
    """Tests of the exercises, with their wrong answers."""
    return pytest(*PARALLEL, *EXERCISES)


def checks() -> Result:
    """Tests that these checks can fail, and that the lessons run on Colab."""
    return pytest(*PARALLEL, *CHECKS)


def notebooks() -> Result:
    """Every notebook executed, its outputs and figures compared."""
    kernels.prepare()
    variables = {}
    if not mnist():
        variables["COURSE_STAND_IN"] = "1"
    return pytest(
        *["-p", "nbval_plugin", "--nbval", "--nbval-current-env"],
        f"--nbval-cell-timeout={CELL_TIMEOUT}",
        *[*PARALLEL, "--dist", "loadfile", "--no-loadscope-reorder"],
        "notebooks",
        **variables,
    )


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
Stage = Callable[[], Result]
GROUPS: list[list[Stage]] = [
    [style, spelling, lint],
    [helpers, exercises, checks],
    [notebooks],
]


def main() -> int:
    """Run from the command line."""
    names = [stage.__name__ for group in GROUPS for stage in group]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("stages", nargs="*", help=f"some of: {', '.join(names)}")
    parser.add_argument("--keep-going", action="store_true", help="run every group")
    options = parser.parse_args()
    if wrong := [name for name in options.stages if name not in names]:
        parser.error(f"no stage is called {wrong[0]}; there are: {', '.join(names)}")
    wanted = options.stages or names
    report, total, number = [], Result(0, 0), 0
    for group in GROUPS:
        stop = total.failed and not options.keep_going
        for stage in group:
            number += 1
            if stage.__name__ not in wanted:
                continue
            title = f"{number}/{len(names)} {stage.__name__:10}"
            if stop:
                report.append(f"{title} not run, because an earlier stage failed")
                continue
            print(f"\n== {title} {stage.__doc__}", flush=True)
            start = time.perf_counter()
            result = stage()
            total.passed += result.passed
            total.failed += result.failed
            took = f"{time.perf_counter() - start:6.1f} s"
            state = "FAILED" if result.failed else "ok"
            counts = f"{result.passed} passed, {result.failed} failed"
            report.append(f"{title} {took}  {state}: {counts}")
            print(f"== {report[-1]}", flush=True)
    print("\n" + "\n".join([*report, *NOTES]))
    print(f"{total.passed} passed, {total.failed} failed")
    return 1 if total.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
