"""Run a learner's code within bounds: time, memory, output, and NumPy left as it was.

A watcher thread counts the time. When it is up, it sends the main thread the signal of
the interrupt button (SIGINT), again and again, and a handler of ours turns that into
`TimeUp`. On Linux the system itself refuses memory beyond the limit; on macOS the
watcher looks at the memory used.

What this cannot do: stop one long call into compiled code before it returns (a huge
matrix product, a sleep on Windows), limit memory on Windows, limit time outside the
main thread, get out of two nested loops that both swallow every exception around a call
that waits, or survive code that kills the process (``os._exit``).
"""

import _thread
import contextlib
import io
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from helpers.exercises.errors import error_text

try:
    import resource
except ImportError:  # Windows
    resource = None

LINUX = sys.platform.startswith("linux")
PRINTED = 4_000  # characters kept of what the code prints


class TimeUp(BaseException):
    """Raised inside the learner's code; not an Exception, so that few catch it."""


@dataclass
class Outcome:
    """What came of one call: a value, or else an error or the limit that was hit."""

    value: object = None
    error: BaseException | None = None
    limit: str = ""  # "time" or "memory"
    printed: str = ""
    warning: str = ""  # the first RuntimeWarning, as NumPy's about an overflow
    replaced: tuple[str, ...] = ()  # names of NumPy it gave another meaning
    seconds: float = 0.0
    changed: tuple[str, ...] = ()  # arguments it changed; the engine fills this in


def call(
    function: Callable[[], object], *, seconds: float = 5.0, gigabytes: float = 2.0
) -> Outcome:
    """Call ``function()``, and return what came of it instead of raising.

    Only the user's own interrupt is raised (KeyboardInterrupt).
    """
    outcome = Outcome()
    output = _Output()
    start = time.monotonic()
    with (
        warnings.catch_warnings(record=True) as warned,
        np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"),
        np.printoptions(),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
        _exit_raises(),
        _Watch(seconds, gigabytes) as watch,
    ):
        warnings.simplefilter("default")
        try:
            outcome.value = _guarded(function)
        except BaseException as error:  # exit(), KeyboardInterrupt and TimeUp as well
            outcome.error = error
        finally:
            outcome.replaced = put_numpy_back()
    if watch.interrupted_by_user:
        raise KeyboardInterrupt
    if watch.expired:
        outcome.limit = watch.expired
    elif isinstance(outcome.error, MemoryError) or (
        # PyTorch's own error, when it gets no memory
        "DefaultCPUAllocator" in error_text(outcome.error)
    ):
        outcome.limit = "memory"
    if outcome.limit:
        outcome.value = None
    outcome.printed = output.text
    numbers = [w for w in warned if issubclass(w.category, RuntimeWarning)]
    outcome.warning = str(numbers[0].message) if numbers else ""
    outcome.seconds = time.monotonic() - start
    return outcome


@contextlib.contextmanager
def _exit_raises() -> Iterator[None]:
    """In a notebook ``exit()`` ends the kernel. Here it raises, as in plain Python."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        yield
        return
    shell.ask_exit = sys.exit
    try:
        yield
    finally:
        vars(shell).pop("ask_exit", None)


def _guarded(function: Callable[[], object]) -> object:
    """The only frame below which `_Watch` interrupts. Nothing else may stand here."""
    return function()


class _Output(io.TextIOBase):
    """Keeps the beginning of what is written to it."""

    text = ""

    def write(self, text: str) -> int:
        self.text += text[: max(PRINTED - len(self.text), 0)]
        return len(text)


class _Watch:
    """Context manager: interrupts what `_guarded` calls when it exceeds a limit."""

    def __init__(self, seconds: float, gigabytes: float) -> None:
        self.seconds = seconds
        self.bytes = int(gigabytes * 1e9)
        self.expired = ""
        self.interrupted_by_user = False

    def __enter__(self) -> "_Watch":
        self.over = threading.Event()
        self.thread = None
        self.trace = sys.gettrace()
        self.handler = signal.getsignal(signal.SIGINT)
        in_main = threading.current_thread() is threading.main_thread()
        if in_main and self.handler is not None:
            self.thread = threading.Thread(target=self._count, daemon=True)
            signal.signal(signal.SIGINT, self._interrupt)
            self.thread.start()
        if LINUX:
            self.limits = resource.getrlimit(resource.RLIMIT_AS)
            with open("/proc/self/statm") as file:
                in_use = int(file.read().split()[0]) * resource.getpagesize()
            allowed = [n for n in self.limits if n != resource.RLIM_INFINITY]
            soft = min([in_use + self.bytes, *allowed])
            resource.setrlimit(resource.RLIMIT_AS, (soft, self.limits[1]))
        return self

    def __exit__(self, *error: object) -> None:
        if LINUX:
            resource.setrlimit(resource.RLIMIT_AS, self.limits)
        if self.thread:
            self.over.set()
            self.thread.join()  # after this, no further signal is sent
            signal.signal(signal.SIGINT, self.handler)  # handles one on its way first
        if self.expired:
            sys.settrace(self.trace)

    def _count(self) -> None:
        """In the watcher thread: wait for the end, or for a limit, then interrupt."""
        end = time.monotonic() + self.seconds
        peak = _peak_bytes() + self.bytes
        while not self.over.wait(0.02):
            if time.monotonic() > end:
                self.expired = self.expired or "time"
            elif not LINUX and _peak_bytes() > peak:
                self.expired = "memory"
            if self.expired and hasattr(signal, "pthread_kill"):
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            elif self.expired:  # Windows
                _thread.interrupt_main()

    def _interrupt(self, signum: int, frame: object) -> None:
        """Handle SIGINT: raise inside the learner's code, and nowhere else.

        A signal may arrive late, when that code has already ended. It is then ignored.
        """
        self.interrupted_by_user |= not self.expired
        frames = _frames_below_guarded(frame)
        if frames and not self.expired:
            raise KeyboardInterrupt
        if frames:
            for inner in frames:
                inner.f_trace = _interrupt_again
            sys.settrace(_interrupt_again)
            raise TimeUp


def _interrupt_again(frame: object, event: str, argument: object) -> object:
    """Raise once more, at the next line that runs (a trace function, `sys.settrace`).

    `while True: try: ... except: pass` swallows what the handler raises; this raises in
    the `except`, outside the reach of the `try`.
    """
    if event == "line" and _frames_below_guarded(frame):
        raise TimeUp
    return _interrupt_again


def _frames_below_guarded(frame: object) -> list:
    """The frames of the learner's code, innermost first; empty if it is not running."""
    frames = []
    while frame is not None and frame.f_code is not _guarded.__code__:
        frames.append(frame)
        frame = frame.f_back
    return frames if frame is not None else []


def _peak_bytes() -> int:
    if resource is None:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


# What NumPy's names stood for when the course was imported.
_NUMPY = {
    module: {k: v for k, v in vars(module).items() if not k.startswith("_")}
    for module in (np, np.random, np.linalg)
}


def put_numpy_back() -> tuple[str, ...]:
    """Undo assignments such as ``np.mean = 3``; return their names."""
    changed = []
    for module, names in _NUMPY.items():
        for name, value in names.items():
            if vars(module).get(name, _NUMPY) is not value:
                setattr(module, name, value)
                changed.append(f"{module.__name__}.{name}".replace("numpy", "np", 1))
    return tuple(changed)
