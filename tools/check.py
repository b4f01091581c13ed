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
from collections import Counter
from functools import partial
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
NOTES: list[str] = []  # for the summary


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


def tool(*command: object, **options: Path) -> Counter:
    """Run a tool that finds faults or none."""
    status, _ = run(*command, **options)
    return Counter(["failed" if status else "passed"])


def style() -> Counter:
    """Lint and format."""
    ruff = partial(tool, sys.executable, "-m", "ruff")
    return ruff("check", "--quiet", ".") + ruff("format", "--quiet", "--diff", ".")


def links(*options: str) -> Counter:
    """Check the links of documents and lessons, on a copy with the lessons as pages.

    The ids of nbconvert's headings are those of JupyterLab.
    """
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    lychee = shutil.which("lychee", path=here)
    if lychee is None:
        print("lychee is not installed; it is among the packages of the checks")
        return Counter(failed=1)
    # A fork may be private, a new lesson not yet published.
    options += ("--exclude", re.escape(repository().url), "--exclude", "//colab\\.")
    options += ("--no-progress", "--include-fragments=anchor-only")
    options += ("--remap", r"\.ipynb .html")
    skip = {".git", "MNIST", "build", "__pycache__"}

    def ignored(folder: str, names: list[str]) -> set[str]:
        environments = {n for n in names if Path(folder, n, "pyvenv.cfg").exists()}
        return environments | skip.intersection(names)

    with tempfile.TemporaryDirectory() as name:
        copy = Path(name).resolve() / "course"
        shutil.copytree(ROOT, copy, ignore=ignored)
        for path in all_notebooks(copy):
            texts = [c.source for c in read(path).cells if c.cell_type == "markdown"]
            page = markdown2html("\n\n".join(texts))
            path.with_suffix(".html").write_text(page, encoding="utf-8")
        inputs = ["*.md", "data/*.md", "*.cff", "notebooks/*.html"]
        return tool(lychee, *options, *inputs, cwd=copy)


def sites() -> Counter:
    """Try links to other sites; one that is down or refuses robots is not broken."""
    accept = "100..=103,200..=299,401,403,429,500..=599"
    return links(f"--accept={accept}", "--accept-timeouts")


def pytest(*arguments: object, **variables: str) -> Counter:
    """Run pytest and count what it counts; an error is a failure."""
    options = ["-q", "--tb=short", "--no-header", "-rfEs", "-p", "no:cacheprovider"]
    if not sys.stdout.isatty():
        options.append("--color=no")
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    status, last = run(*command, **variables)
    counts, means = Counter(), {"error": "failed", "xfailed": "skipped"}
    found = re.findall(r"(\d+) (passed|failed|error|skipped|xfailed)", last)
    for number, kind in found:
        counts[means.get(kind, kind)] += int(number)
    if status or not counts["passed"]:  # killed, or nothing run, though no test says so
        counts["failed"] = counts["failed"] or 1
    return counts


def helpers() -> Counter:
    """Run every file of tests that no other stage names."""
    others = {*LINT, *EXERCISES, *CHECKS}
    files = sorted(f"tests/{path.name}" for path in ROOT.glob("tests/test_*.py"))
    return pytest(*PARALLEL, *(name for name in files if name not in others))


def notebooks() -> Counter:
    """Execute the lessons and compare; a cell that was skipped proves nothing."""
    kernels.prepare()
    counts = pytest(
        *["-p", "nbval_plugin", "--nbval", "--nbval-current-env"],
        f"--nbval-cell-timeout={CELL_TIMEOUT}",
        f"--nbval-kernel-startup-timeout={kernels.STARTUP}",
        *[*PARALLEL, "--dist", "loadfile", "--no-loadscope-reorder"],
        "notebooks",
        COURSE_STAND_IN="" if mnist() else "1",
    )
    counts["failed"] = counts["failed"] or counts["skipped"]
    return counts


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


spelling = partial(tool, sys.executable, "-m", "codespell_lib")
exercises = partial(pytest, *PARALLEL, *EXERCISES)
checks = partial(pytest, *PARALLEL, *CHECKS)
STAGES = {  # name: group, what is checked, how
    "style": (1, "lint and formatting of code and notebooks", style),
    "spelling": (1, "spelling of texts, code and notebooks", spelling),
    "links": (1, "links to files, headings and terms", partial(links, "--offline")),
    "lint": (1, "stored notebooks, stamps, requirements", partial(pytest, *LINT)),
    "helpers": (2, "tests of the helpers", helpers),
    "exercises": (2, "tests of the exercises, with wrong answers", exercises),
    "checks": (2, "tests that these checks can fail; lessons on Colab", checks),
    "notebooks": (3, "every notebook executed, its outputs compared", notebooks),
    "sites": (3, "links to other sites; only when named, weekly in CI", sites),
}


def said(counts: Counter) -> str:
    """Name the counts."""
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    return f"{counts['passed']} passed, {counts['failed']} failed{skipped}"


def main() -> int:
    """Run from the command line."""
    names = list(STAGES)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("stages", nargs="*", help=f"some of: {', '.join(names)}")
    parser.add_argument("--keep-going", action="store_true", help="run every group")
    options = parser.parse_args()
    if wrong := [name for name in options.stages if name not in names]:
        parser.error(f"no stage is called {wrong[0]}; there are: {', '.join(names)}")
    wanted = options.stages or [name for name in names if name != "sites"]
    report, total, stopped = [], Counter(), len(names)
    for number, (name, (group, what, stage)) in enumerate(STAGES.items(), start=1):
        if name not in wanted:
            continue
        title = f"{number}/{len(names) - 1} {name:10}"
        if group > stopped and not options.keep_going:
            report.append(f"{title} not run, because an earlier stage failed")
            continue
        print(f"\n== {title} {what}", flush=True)
        start = time.perf_counter()
        counts = stage()
        total.update(counts)
        if counts["failed"]:
            stopped = min(stopped, group)
        took = f"{time.perf_counter() - start:6.1f} s"
        state = "FAILED" if counts["failed"] else "ok"
        report.append(f"{title} {took}  {state}: {said(counts)}")
        print(f"== {report[-1]}", flush=True)
    print("\n" + "\n".join([*report, *NOTES]))
    print(said(total))
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    kernels.command(main)
