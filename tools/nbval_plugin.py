"""A pytest plugin that completes nbval: ``pytest -p nbval_plugin --nbval notebooks``.

nbval executes the lessons and compares what they print with what is stored. This adds

- figures (NB_FIGURE_TOLERANCE says how much they may differ, see figures.py), and of
  ignored outputs the shape: as many numbers in each line, no blank figure;
- claims that came out false, and cells stored without being run, fail;
- after a cell that raised the rest of the notebook is skipped, and a dead kernel is
  noticed at once, not when the cell's time is up;
- cells are named In [1], In [2], ..., and the slowest notebooks come first;
- where only the stand-in digits are here (COURSE_STAND_IN=1), lessons that load MNIST
  are executed and their outputs are not compared.
"""

import functools
import importlib.metadata
import os
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty

import pytest
from nbformat import NotebookNode
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile

import kernels
from figures import distance, ink, pictures
from notebooks import ROOT, computing, needs_mnist, read

PINNED_TOLERANCE = 10.0  # the versions the figures were drawn with
COUNTED = 255.0  # any others: another matplotlib lays figures out anew (101 was seen
# between 3.10 and 3.11), so there the figures are counted, not compared
INK = 3.0  # an ignored figure has at least a third of the stored one's ink, and at most
# three times as much
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?:e[-+]?\d+)?")
POLL = 2.0  # seconds


def figure_tolerance() -> float:
    """Return how far a figure may be from the stored one, as figures.distance says."""
    if given := os.getenv("NB_FIGURE_TOLERANCE"):
        return float(given)
    pins = (ROOT / "requirements.txt").read_text("utf-8").split()
    names = ("matplotlib", "numpy")
    same = all(f"{n}=={importlib.metadata.version(n)}" in pins for n in names)
    return PINNED_TOLERANCE if same else COUNTED


def figures_differ(old: bytes, new: bytes) -> str | None:
    """Say how a compared figure differs from the stored one."""
    apart, tolerance = distance(old, new), figure_tolerance()
    if apart > tolerance:
        return f"by {apart:.0f} of 255 (allowed: {tolerance:.0f})"
    return None


def ink_differs(old: bytes, new: bytes) -> str | None:
    """Say how an ignored figure cannot be another drawing of the same."""
    before, now = ink(old), ink(new)
    if min(before, now) == 0 or not 1 / INK < now / before < INK:
        return f"in ink: it covers {now:.1%} of the picture, {before:.1%} as stored"
    return None


def shape(outputs: list[NotebookNode]) -> dict[str, list[int]]:
    """Return how many numbers are in each line of a cell's texts, by kind of text."""
    found = defaultdict(list)
    for output in outputs:
        texts = output.get("data") or {output.get("name"): output.get("text")}
        for kind, text in texts.items():
            if isinstance(text, str) and kind != "image/png":
                found[kind] += [len(NUMBER.findall(x)) for x in text.splitlines()]
    return dict(found)


class Cell(IPyNbCell):
    """A cell as a test."""

    def runtest(self) -> None:
        """Run the cell and compare, unless one before it stopped the notebook."""
        if self.parent.stopped:
            pytest.skip(f"{self.parent.stopped} of this notebook raised an error")
        try:
            super().runtest()
        finally:
            raised = any(o.output_type == "error" for o in self.test_outputs or [])
            if raised or not self.parent.kernel.is_alive():
                self.parent.stopped = self.name
        if faults := "; ".join(self.faults()):
            self.raise_cell_error(faults)

    def faults(self) -> Iterator[str]:
        """Say what nbval does not see."""
        old, new = self.cell.outputs, self.test_outputs
        for sentence in kernels.untrue(new):
            yield f"The claim is not true: {sentence}"
        if not self.parent.compare_outputs:  # the stand-in digits
            return
        if self.cell.execution_count is None and self.cell.source.strip():
            yield "Stored without being run: `make refresh`"
        if not self.options["check"] and shape(old) != shape(new):
            yield (
                "The output is ignored, but it has other lines, or not as many numbers "
                f"in each, as stored: {shape(new)}, not {shape(old)}"
            )
        differ = figures_differ if self.options["check"] else ink_differs
        before, now = pictures(old), pictures(new)
        if len(before) != len(now):
            yield f"{len(now)} figures drawn, {len(before)} stored"
        for number, pair in enumerate(zip(before, now, strict=False), start=1):
            if says := differ(*pair):
                yield (
                    f"Figure {number} differs from the stored one {says}: look at it, "
                    "and if the new one is right, `make refresh`"
                )


class Lesson(IPyNbFile):
    """A notebook as a file of tests."""

    stopped: str | None = None  # the cell that raised

    def collect(self) -> Iterator[Cell]:
        """Give the cells, named as the notebook does; nbval counts from 0."""
        if os.getenv("COURSE_STAND_IN") and needs_mnist(read(self.path)):
            self.compare_outputs = False
        for n, found in enumerate(super().collect(), start=1):
            made = {"cell_num": n, "cell": found.cell, "options": found.options}
            cell = Cell.from_parent(self, name=f"In [{n}]", **made)
            cell.output_timeout = 120  # seconds, 5 by default: too few beside others
            yield cell

    def setup(self) -> None:
        """Start the kernel, and let no one wait for a dead one."""
        super().setup()
        get = functools.partial(message, self.kernel, self.kernel.get_message)
        self.kernel.get_message = get


def message(
    kernel: RunningKernel, get: Callable, stream: str, timeout: float | None = None
) -> dict:
    """Wait for a kernel's message, but not longer than the kernel lives."""
    end = time.monotonic() + (timeout or float("inf"))
    while True:
        try:
            return get(stream, timeout=min(POLL, max(0, end - time.monotonic())))
        except Empty:
            if not kernel.is_alive():
                raise RuntimeError("the kernel died in this cell") from None
            if time.monotonic() >= end:
                raise


def pytest_configure(config: pytest.Config) -> None:
    """Give the kernels their environment: they inherit this process's."""
    env = kernels.environment()
    if config.option.nbval_kernel_name:
        env.pop("MATPLOTLIBRC")  # the other kernel has a matplotlib of its own
    os.environ.clear()
    os.environ.update(env)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Iterator[None]:
    """Put ours in the place of nbval's."""
    return [
        Lesson.from_parent(parent, path=file_path) if type(f) is IPyNbFile else f
        for f in (yield) or []
    ]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slowest lessons first, so that no core is idle at the end."""
    seconds = {path: computing(read(path)) for path in {item.path for item in items}}
    items.sort(key=lambda item: -seconds[item.path])  # keeps the cells in order
