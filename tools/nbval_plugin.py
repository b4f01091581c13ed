"""A pytest plugin that completes nbval: ``pytest -p nbval_plugin --nbval notebooks``.

nbval executes the lessons and compares what they print with what is stored. This adds

- figures: nbval never compares pictures (see figures.py for how it is done here; the
  environment variable NB_FIGURE_TOLERANCE says how much they may differ);
- cells are named as in the notebook, In [1], In [2], ...;
- the kernels' environment (kernels.py), as for ``make refresh``, with one thread unless
  the environment variable NB_THREADS says more;
- after a cell that raised, the rest of the notebook is skipped, not failed;
- a kernel that died is noticed at once, not when the cell's time is up;
- a cell without stored outputs that was never run fails;
- the slowest notebooks first, by the time stored in them;
- where only the stand-in digits are here (COURSE_STAND_IN=1), lessons that load MNIST
  are executed and their outputs are not compared.
"""

import base64
import importlib.metadata
import os
import time
from collections.abc import Iterator
from queue import Empty

import pytest
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

import kernels
from figures import distance
from notebooks import ROOT, computing, needs_mnist, read

PINNED_TOLERANCE = 10.0  # the versions the figures were drawn with
COUNTED = 255.0  # any others: another matplotlib lays figures out anew (101 was seen
# between 3.10 and 3.11), so there the figures are counted, not compared
POLL = 2.0  # seconds


def figure_tolerance() -> float:
    """Return how far a figure may be from the stored one, as figures.distance says."""
    if given := os.getenv("NB_FIGURE_TOLERANCE"):
        return float(given)
    pins = (ROOT / "requirements.txt").read_text("utf-8").split()
    names = ("matplotlib", "numpy")
    same = all(f"{n}=={importlib.metadata.version(n)}" in pins for n in names)
    return PINNED_TOLERANCE if same else COUNTED


def threads() -> int:
    """Return the number of threads for each kernel.

    Raises
    ------
    ValueError
        ``NB_THREADS`` is set and is not a whole number above 0.
    """
    given = os.getenv("NB_THREADS") or "1"
    if not given.isdecimal() or int(given) < 1:
        raise ValueError(f"NB_THREADS must be a whole number above 0, not {given!r}")
    return int(given)


def pictures(outputs: list) -> list[bytes]:
    """Return the PNG images among a cell's outputs."""
    data = [output.get("data", {}) for output in outputs]
    return [base64.b64decode(d["image/png"]) for d in data if "image/png" in d]


def figures_differ(stored: list, new: list) -> str | None:
    """Say how a cell's new figures differ from the stored ones, None if they do not."""
    old, now = pictures(stored), pictures(new)
    if len(old) != len(now):
        return f"{len(now)} figures drawn, {len(old)} stored"
    tolerance = figure_tolerance()
    for number, pair in enumerate(zip(old, now, strict=True), start=1):
        apart = distance(*pair)
        if apart > tolerance:
            return (
                f"figure {number} differs from the stored one by {apart:.0f} of 255 "
                f"(allowed: {tolerance:.0f}): look at it, and if the new one is right, "
                "`make refresh`"
            )
    return None


def compare_outputs(
    self: IPyNbCell, test: list, ref: list, skip_compare: tuple | None = None
) -> bool:
    """Compare texts as nbval does, then the figures."""
    if not texts_agree(self, test, ref, skip_compare):
        return False
    fault = figures_differ(ref, test)
    if fault:
        self.comparison_traceback.append(fault)
    return fault is None


def await_reply(self: RunningKernel, msg_id: str, timeout: float | None = None) -> None:
    """Wait for the kernel's reply, but not longer than the kernel lives."""
    end = time.monotonic() + (timeout or float("inf"))
    while True:
        try:
            return reply(self, msg_id, timeout=min(POLL, end - time.monotonic()))
        except Empty:
            if not self.is_alive():
                raise RuntimeError("the kernel died in this cell") from None
            if time.monotonic() >= end:
                raise


def name_cell(
    self: IPyNbCell, name: str, parent: IPyNbFile, cell_num: int, **rest: object
) -> None:
    """Name a cell In [1], In [2], ... as the notebook does; nbval counts from 0."""
    make_cell(self, f"In [{cell_num + 1}]", parent, cell_num + 1, **rest)


make_cell, IPyNbCell.__init__ = IPyNbCell.__init__, name_cell
texts_agree, IPyNbCell.compare_outputs = IPyNbCell.compare_outputs, compare_outputs
reply, RunningKernel.await_reply = RunningKernel.await_reply, await_reply


def pytest_configure(config: pytest.Config) -> None:
    """Give the kernels their environment: they inherit this process's."""
    env = kernels.environment(threads=threads())
    if config.option.nbval_kernel_name:
        env.pop("MATPLOTLIBRC")  # the other kernel has a matplotlib of its own
    os.environ.clear()
    os.environ.update(env)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: object) -> Iterator[None]:
    """Compare nothing in a lesson about MNIST where there are only stand-in digits."""
    collected = yield
    for file in collected or []:
        if isinstance(file, IPyNbFile) and os.getenv("COURSE_STAND_IN"):
            file.compare_outputs = not needs_mnist(read(file.path))
    return collected


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slowest lessons first, so that no core is idle at the end."""
    seconds = {path: computing(read(path)) for path in {item.path for item in items}}
    items.sort(key=lambda item: -seconds[item.path])  # keeps the cells in order


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run a cell, unless one before it stopped the notebook."""
    if not isinstance(item, IPyNbCell):
        return (yield)
    file = item.parent
    if stopped := getattr(file, "stopped", None):
        pytest.skip(f"{stopped} of this notebook raised an error")
    try:
        result = yield
    except Exception as error:
        if not str(error).startswith("Cell outputs differ"):
            file.stopped = item.name
        raise
    cell = item.cell
    if item.options["check"] and cell.execution_count is None and cell.source.strip():
        message = "Stored without being run: `make refresh`"
        raise NbCellError(item.cell_num, message, cell.source)
    return result
