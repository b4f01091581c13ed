"""Running notebooks: one environment for the kernels, one way to execute them."""

import asyncio
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbformat import NotebookNode

from notebooks import ROOT

AT_ONCE = 2  # notebooks executed side by side, each on one thread


def environment(*, reproducible: bool = True, threads: int = 1) -> dict[str, str]:
    """Return the environment that kernels are started in.

    Parameters
    ----------
    reproducible : bool
        True for stored outputs and tests: the CPU, fixed hashes, nobody's own settings
        of IPython or matplotlib. False for a learner's run, which may use a GPU.
    threads : int
        How many threads the kernel computes with. More than one change the last digits
        of sums.
    """
    env = dict(os.environ)
    for name in ("OMP", "OPENBLAS", "MKL"):
        env[f"{name}_NUM_THREADS"] = str(threads)
    env["TQDM_DISABLE"] = "1"  # progress bars would be stored as they were last seen
    env["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # or a warning on every start
    env["JUPYTER_PREFER_ENV_PATH"] = "1"  # this Python's kernel, not the user's other
    env["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    if reproducible:
        env["PYTHONHASHSEED"] = "0"
        env["CUDA_VISIBLE_DEVICES"] = ""
        env["COURSE_DEVICE"] = "cpu"  # also where there is another accelerator
        env["IPYTHONDIR"] = _empty_ipython()
        for name in ("PYTHONPATH", "PYTHONSTARTUP", "PYTHONWARNINGS"):
            env.pop(name, None)
        matplotlib = importlib.util.find_spec("matplotlib")
        if matplotlib and matplotlib.origin:
            rc = Path(matplotlib.origin).with_name("mpl-data") / "matplotlibrc"
            env["MATPLOTLIBRC"] = str(rc)
    return env


def _empty_ipython() -> str:
    """Return a folder without anyone's start-up files, kept until this process ends."""
    global _ipython
    if _ipython is None:
        _ipython = tempfile.TemporaryDirectory(prefix="course-ipython-")
    return _ipython.name


_ipython: tempfile.TemporaryDirectory | None = None


@dataclass
class Outcome:
    """What became of an executed notebook."""

    seconds: float  # from start to end
    cpu_seconds: float  # computing time of the kernel
    error: str | None = None  # the last line of the error, None if there was none
    cell: int | None = None  # the failed cell, counted as in In [1], In [2], ...


async def execute(
    notebook: NotebookNode,
    *,
    env: dict[str, str],
    folder: Path,
    timeout: float,
    on_cell: Callable[[], object] = lambda: None,
) -> Outcome:
    """Execute the notebook's cells in place, stopping at the first that fails.

    Parameters
    ----------
    notebook : NotebookNode
        Its outputs are replaced.
    env : dict
        The kernel's environment, from `environment`.
    folder : Path
        Where the kernel runs.
    timeout : float
        Seconds that one cell may take.
    on_cell : callable
        Called after each code cell.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=timeout,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )
    start, cpu, count = time.perf_counter(), 0.0, 0
    try:
        async with client.async_setup_kernel(env=env, stderr=subprocess.DEVNULL):
            kernel = _process(client)
            for position, cell in enumerate(notebook.cells):
                if cell.cell_type == "code" and cell.source.strip():
                    count += 1
                    await client.async_execute_cell(cell, position)
                    on_cell()
            cpu = _cpu_seconds(kernel)
    except CellExecutionError as error:
        says = f"{error.ename}: {error.evalue}".strip().splitlines()
        message = says[0] if len(says) == 1 else f"{says[0]} … {says[-1]}"
    except CellTimeoutError:
        message = f"the cell ran for more than {timeout:.0f} s"
    except DeadKernelError:
        message = "the kernel died (out of memory?)"
    else:
        return Outcome(time.perf_counter() - start, cpu)
    return Outcome(time.perf_counter() - start, cpu, message, count)


def _process(client: NotebookClient) -> psutil.Process | None:
    pid = getattr(getattr(client.km, "provisioner", None), "pid", None)
    return psutil.Process(pid) if pid else None


def _cpu_seconds(kernel: psutil.Process | None) -> float:
    if kernel is None:
        return 0.0
    times = kernel.cpu_times()
    children = getattr(times, "children_user", 0) + getattr(times, "children_system", 0)
    return times.user + times.system + children


async def side_by_side(jobs: list[Callable[[], object]]) -> list:
    """Await the jobs, `AT_ONCE` at a time, and return their results in order."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(job: Callable[[], object]) -> object:
        async with places:
            return await job()

    return await asyncio.gather(*(one(job) for job in jobs))


def prepare() -> None:
    """Let matplotlib list the fonts once, or the first notebook would warn about it."""
    subprocess.run(
        [sys.executable, "-c", "import matplotlib.font_manager"],
        stderr=subprocess.DEVNULL,
        check=False,
    )


def mnist_is_here() -> bool:
    """Tell whether MNIST can be had (it is fetched if need be), or only the stand-in.

    Raises
    ------
    RuntimeError
        ``helpers.data`` does not work at all.
    """
    code = (
        "import sys; from helpers import data; "
        "sys.exit(3 if data.mnist(train=10, val=10, test=10).stand_in else 0)"
    )
    env = environment()
    env.pop("TQDM_DISABLE")  # a download shows its progress
    sys.stdout.flush()
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError("loading MNIST failed; the error is above")
    return done.returncode == 0
