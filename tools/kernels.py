"""Running notebooks: one environment for the kernels, one way to execute them."""

import asyncio
import functools
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import matplotlib
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from notebooks import ROOT, code_cells, merged_streams

AT_ONCE = 2  # notebooks executed side by side, each on one thread
STARTUP = 300  # seconds; a busy machine is no error


def command(main: Callable[[], int]) -> None:
    """Run a command's main function. Ctrl-C ends it with one line.

    Also where a script started it in the background, with SIGINT ignored or blocked:
    what it starts inherits that, and would be without an interrupt.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)


def environment(*, reproducible: bool = True) -> dict[str, str]:
    """Return the environment that kernels are started in.

    Reproducible for stored outputs and tests: the CPU, fixed hashes, nobody's own
    settings of IPython or matplotlib. A learner's run may use a GPU.
    """
    env = dict(os.environ)
    env.setdefault("COURSE_THREADS", "1")
    env["TQDM_DISABLE"] = "1"  # progress bars would be stored as they were last seen
    env["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # or a warning on every start
    env["JUPYTER_PREFER_ENV_PATH"] = "1"  # this Python's kernel, not the user's other
    env["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    if reproducible:
        env["PYTHONHASHSEED"] = "0"
        env["CUDA_VISIBLE_DEVICES"] = ""
        env["COURSE_DEVICE"] = "cpu"  # also where there is another accelerator
        env["IPYTHONDIR"] = _empty_folder().name  # without anyone's start-up files
        env["MATPLOTLIBRC"] = str(Path(matplotlib.get_data_path(), "matplotlibrc"))
        for name in ("PATH", "SAFEPATH", "STARTUP", "WARNINGS"):
            env.pop(f"PYTHON{name}", None)
    return env


@functools.cache
def _empty_folder() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="course-ipython-")


def untrue_claims(notebook: NotebookNode) -> list[str]:
    """Return the claims that came out false, as ``In [7]: the sentence``."""
    return [
        f"In [{number}]: {sentence}"
        for number, cell in enumerate(code_cells(notebook), start=1)
        for sentence in untrue(cell.outputs)
    ]


def untrue(outputs: list[NotebookNode]) -> list[str]:
    """Return the sentences of the claims that came out false among a cell's outputs."""
    return [
        line.removeprefix("✗ ")
        for output in merged_streams(outputs)
        if output.get("name") == "stdout"
        for line in output.text.splitlines()
        if line.startswith("✗ ")
    ]


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

    The kernel runs in ``folder`` with the environment ``env``, a cell for at most
    ``timeout`` seconds. ``on_cell`` is called after each code cell.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=timeout,
        startup_timeout=STARTUP,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )
    # Not client.async_setup_kernel: its handlers of signals hide Ctrl-C from asyncio.
    manager = client.create_kernel_manager()
    start, cpu, count, message = time.perf_counter(), 0.0, 0, None
    try:
        await client.async_start_new_kernel(env=env, stderr=subprocess.DEVNULL)
        await client.async_start_new_kernel_client()
        for position, cell in enumerate(notebook.cells):
            if cell.cell_type == "code" and cell.source.strip():
                count += 1
                await client.async_execute_cell(cell, position)
                on_cell()
        cpu = await _cpu_seconds(client)
    except CellExecutionError as error:
        says = f"{error.ename}: {error.evalue}".strip().splitlines()
        message = says[0] if len(says) == 1 else f"{says[0]} … {says[-1]}"
    except CellTimeoutError:
        message = f"the cell ran for more than {timeout:.0f} s"
    except DeadKernelError:
        if asyncio.current_task().cancelling():  # nbclient takes Ctrl-C for that
            raise asyncio.CancelledError from None
        message = "the kernel died (out of memory?)"
    finally:
        if client.kc:
            client.kc.stop_channels()
        if manager.has_kernel:
            await manager.shutdown_kernel(now=True)
    seconds = time.perf_counter() - start
    return Outcome(seconds, cpu, message, count if message else None)


async def _cpu_seconds(client: NotebookClient) -> float:
    """Ask a kernel how long it has computed."""
    asked = {"cpu": "__import__('time').process_time()"}
    reply = await client.kc.execute(
        "", silent=True, user_expressions=asked, reply=True, timeout=STARTUP
    )
    return float(reply["content"]["user_expressions"]["cpu"]["data"]["text/plain"])


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
        "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
        "from helpers import data; "
        "sys.exit(3 if data.mnist(train=10, val=10, test=10).stand_in else 0)"
    )
    env = environment()
    env.pop("TQDM_DISABLE")  # a download shows its progress
    sys.stdout.flush()
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError("loading MNIST failed; the error is above")
    return done.returncode == 0
