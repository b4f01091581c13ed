"""Run a learner's code within bounds: time, memory, output; the kernel left as it was.

A timer of the system (SIGALRM) looks at clock and memory fifty times a second, and
raises `Stopped` inside the learner's code when a limit is passed; so does the interrupt
button (SIGINT). What swallows it gets it again, at the next line of the learner's own.
On Linux the system itself refuses memory far beyond the limit. Calls may be nested, as
when an answer itself calls `check`; of two threads one waits for the other.

What this cannot do: stop one long call into compiled code before it returns (a huge
matrix product, ``any(iter(int, 1))``), limit memory on Windows, limit time outside the
main thread, or survive code that kills the process (``os._exit``) or takes SIGALRM for
itself.
"""

import _thread
import bdb
import contextlib
import contextvars
import io
import math
import re
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType

import numpy as np

from helpers.exercises.errors import (
    Fault,
    Stopped,
    describe,
    name_of_class,
    notebook,
    of_a_library,
)
from helpers.exercises.state import as_before, put_numpy_back

try:
    import resource
except ImportError:  # Windows
    resource = None

LINUX = sys.platform.startswith("linux")
PRINTED = 4_000  # characters kept of what the code prints
TICK = 0.02  # seconds between two looks at clock and memory
TURN = 10.0  # seconds to wait for another thread's check
DESCRIBING = 0.5  # seconds for an exception to say what it is
IMPORTING = 60.0  # seconds that imports may take, which do not count
STACKS = 10**9  # bytes that the stacks of threads may take beyond the limit


@dataclass
class Outcome:
    """What came of one call: a value, or else a fault, and the limit that was hit."""

    value: object = None
    fault: Fault | None = None  # of an exception, in texts alone
    limit: str = ""  # "time", "memory", "interrupt" or "debugger"
    printed: str = ""
    warning: str = ""  # the first RuntimeWarning, as NumPy's about an overflow
    replaced: tuple[str, ...] = ()  # names of NumPy it gave another meaning
    seconds: float = 0.0
    changed: tuple[str, ...] = ()  # arguments it changed; the engine fills this in
    debugged: bool = False


def call(
    function: Callable[[], object],
    *,
    seconds: float = 5.0,
    gigabytes: float = 2.0,
    explain: Callable[[BaseException], Fault] = describe,
    net: bool = False,
) -> Outcome:
    """Call ``function()``, and return what came of it instead of raising.

    Parameters
    ----------
    function : callable
        What touches objects of the learner's.
    seconds, gigabytes : float
        The limits.
    explain : callable
        What to keep of an exception; called within limits, too.
    net : bool
        Calls inside have limits of their own: their time does not count, and an
        interrupt ends the outermost call.
    """
    if hasattr(_this_thread, "waited") or not _TURN.acquire(timeout=TURN):
        return _without_limits(function, explain)
    try:
        with as_before():
            return _limited(function, _Level(seconds, gigabytes, net), explain)
    finally:
        _TURN.release()


def is_running() -> bool:
    """Whether this is called from inside a call."""
    return bool(_levels) and _levels[0].thread is threading.current_thread()


_TURN = threading.RLock()
_this_thread = threading.local()
_levels: list["_Level"] = []  # the calls in progress, each inside the one before


def _limited(function: Callable, level: "_Level", explain: Callable) -> Outcome:
    outcome, output, caught = Outcome(), _Output(), []
    start = time.monotonic()
    with (
        level,
        warnings.catch_warnings(record=True) as warned,
        np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"),
        np.printoptions(),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
        _exit_raises(),
        _debuggers_run_free(),
    ):
        warnings.simplefilter("default")
        sys.unraisablehook = _nothing  # what fails in a __del__
        try:
            outcome.value = contextvars.copy_context().run(_guarded, function)
        except BaseException as error:  # exit(), KeyboardInterrupt and Stopped as well
            caught.append(error)
        outcome.replaced = put_numpy_back()
        outcome.limit, outcome.debugged = level.stop, level.debugged
        if caught:
            if isinstance(caught[0], Stopped) and caught[0].level is not level:
                raise caught.pop()  # to the call outside
            if isinstance(caught[0], MemoryError | bdb.BdbQuit):
                quits = isinstance(caught[0], bdb.BdbQuit)
                outcome.limit = outcome.limit or ("debugger" if quits else "memory")
            outcome.fault = _described(caught, level, explain)
            outcome.limit = outcome.limit or level.stop  # it cannot even be described
            if "DefaultCPUAllocator" in outcome.fault.text:  # PyTorch's MemoryError
                outcome.limit = "memory"
    if outcome.limit:
        outcome.value = None
    outcome.printed = output.text
    numbers = [w for w in warned if issubclass(w.category, RuntimeWarning)]
    outcome.warning = str(numbers[0].message) if numbers else ""
    outcome.seconds = time.monotonic() - start
    return outcome


def _described(caught: list, level: "_Level", explain: Callable) -> Fault:
    """What to keep of an exception; it is let go, and so is all that it holds."""
    name = name_of_class(caught[0])
    sys.settrace(level.trace)
    level.stop, level.leaving = "", False
    level.deadline = time.monotonic() + DESCRIBING
    found = []

    def look() -> None:
        found.append(explain(caught[0]))

    def let_go() -> None:
        traceback.clear_frames(caught[0].__traceback__)
        caught.clear()

    for step in (look, let_go):
        with contextlib.suppress(BaseException):  # its own __str__ may do anything
            _guarded(step)
    sys.settrace(level.trace)
    return found[0] if found else Fault(f"{name}.", f"It stops with {name}.")


def _without_limits(function: Callable, explain: Callable) -> Outcome:
    """For a thread whose turn does not come: nothing of the process is touched.

    The other one may be waiting for this one.
    """
    inside = hasattr(_this_thread, "waited")
    _this_thread.waited = True  # so that calls inside do not wait once more
    try:
        return Outcome(function())
    except Exception as error:
        return Outcome(fault=explain(error))
    finally:
        if not inside:
            del _this_thread.waited


def _guarded(function: Callable[[], object]) -> object:
    """The only frame below which `Stopped` is raised. Nothing else may stand here."""
    return function()


def _nothing(*ignored: object) -> None:
    pass


class _Output(io.TextIOBase):
    """Keeps the beginning of what is written to it."""

    text = ""

    def write(self, text: str) -> int:
        start = re.sub(r" at 0x[0-9a-fA-F]+", "", text[:PRINTED])
        self.text += start[: max(PRINTED - len(self.text), 0)]
        return len(text)


@contextlib.contextmanager
def _exit_raises() -> Iterator[None]:
    """In a notebook ``exit()`` ends the kernel. Here it raises, as in plain Python."""
    shell = notebook()
    if shell is None:
        yield
        return
    outside = vars(shell).get("ask_exit")
    shell.ask_exit = sys.exit
    try:
        yield
    finally:
        if outside is None:
            vars(shell).pop("ask_exit", None)


@contextlib.contextmanager
def _debuggers_run_free() -> Iterator[None]:
    """From a debugger's start on (``breakpoint()``): no capture, no limits."""

    def freeing(method: Callable) -> Callable:
        def start(*args: object, **options: object) -> object:
            if method is kept[1] and len(args) == 1:
                options.setdefault("frame", sys._getframe(1))
            for level in _levels:
                level.deadline, level.bytes, level.debugged = math.inf, 0, True
            sys.stdout, sys.stderr = _levels[0].streams
            return method(*args, **options)

        return start

    kept = bdb.Bdb.__init__, bdb.Bdb.set_trace
    bdb.Bdb.__init__, bdb.Bdb.set_trace = map(freeing, kept)
    try:
        yield
    finally:
        bdb.Bdb.__init__, bdb.Bdb.set_trace = kept


class _Level:
    """Context manager: one call in progress, with its limits."""

    def __init__(self, seconds: float, gigabytes: float, net: bool) -> None:
        visual = sys.modules.get("debugpy")  # JupyterLab's debugger may stop anywhere
        if hasattr(visual, "is_client_connected") and visual.is_client_connected():
            seconds = math.inf
        self.start = time.monotonic()
        self.deadline = self.start + seconds
        self.seen, self.imported = self.start, 0.0  # the last look, seconds of imports
        self.bytes = 0 if net else int(gigabytes * 1e9)  # 0: no limit
        self.net = net
        self.stop = ""  # the limit that was hit
        self.leaving = False  # a `Stopped` is on its way: leave the course's code alone
        self.debugged = False
        self.trace = sys.gettrace()
        self.streams = sys.stdout, sys.stderr
        self.thread = threading.current_thread()
        self.watcher = None

    def __enter__(self) -> "_Level":
        self.memory = _memory_in_use()
        self.depth = len(_levels)
        _levels.append(self)
        if self.thread is threading.main_thread():
            self._start_timer()
        if LINUX and self.bytes:
            soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
            allowed = [n for n in (soft, hard) if n != resource.RLIM_INFINITY]
            most = min([_data_in_use() + self.bytes + STACKS, *allowed])
            resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
        return self

    def __exit__(self, *error: object) -> None:
        del _levels[self.depth :]
        if self.watcher:
            self.over.set()
            self.watcher.join()
        elif self.depth == 0 and self.thread is threading.main_thread():
            signal.setitimer(signal.ITIMER_REAL, 0)  # `as_before` does the rest
        if _levels and _levels[-1].net:
            _levels[-1].deadline += time.monotonic() - self.start

    def _start_timer(self) -> None:
        alone = not hasattr(signal, "setitimer")  # Windows: a thread that interrupts
        if alone or signal.getsignal(signal.SIGINT) not in (signal.SIG_IGN, None):
            signal.signal(signal.SIGINT, _interrupt)
        if alone:
            self.over = threading.Event()
            self.watcher = threading.Thread(target=self._watch, daemon=True)
            self.watcher.start()
        else:
            signal.signal(signal.SIGALRM, _tick)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])
            signal.setitimer(signal.ITIMER_REAL, TICK, TICK)

    def _watch(self) -> None:
        while not self.over.wait(TICK):
            if self.is_over():
                _thread.interrupt_main()

    def is_over(self) -> bool:
        """Look at clock and memory."""
        if self.stop or (self.net and self is not _levels[-1]):
            return bool(self.stop)
        if self.bytes and _memory_in_use() > self.memory + self.bytes:
            self.stop = "memory"
        elif time.monotonic() > self.deadline:
            self.stop = "time"
        return bool(self.stop)

    def look_again(self, importing: bool) -> bool:
        """Note the time since the last look; whether an import may go on.

        A module that is stopped while it is imported stays broken in the kernel.
        """
        now = time.monotonic()
        passed, self.seen = now - self.seen, now
        if not importing or self.imported > IMPORTING:
            return False
        self.imported += passed
        self.deadline += passed
        return True

    def again(self) -> None:
        """What a `Stopped` calls at its end: somebody may have swallowed it."""
        level, inside = _call_to_end(sys._getframe())
        if level is self:
            _trace(inside)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    """Handle SIGINT: the interrupt button, or the watcher where there is no timer."""
    if _levels and not any(level.watcher and level.stop for level in _levels):
        _levels[0].stop = "interrupt"
    _tick(signum, frame)


def _tick(signum: int, frame: FrameType | None) -> None:
    """Raise inside the learner's code if a call is over, and nowhere else.

    A signal may arrive late, when that code has already ended. It is then ignored.
    """
    importing = _is_importing(frame)
    going_on = [level.look_again(importing) for level in tuple(_levels)]
    if any(going_on):
        return
    if not [level for level in tuple(_levels) if level.is_over()]:
        return
    level, inside = _call_to_end(frame)
    if level and not (level.leaving and all(of_a_library(f.f_code) for f in inside)):
        level.leaving = True
        _trace(inside)
        raise Stopped(level)


def _is_importing(frame: FrameType | None) -> bool:
    """Whether Python is importing a module there, below the learner's code."""
    while frame is not None and frame.f_code is not _guarded.__code__:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _trace(frames: list[FrameType]) -> None:
    for frame in frames:
        if not of_a_library(frame.f_code):
            frame.f_trace = _again
    sys.settrace(_again)


def _again(frame: FrameType, event: str, argument: object) -> object:
    """Raise once more, at the next line of the learner's (a trace function).

    `while True: try: ... except: pass` swallows what the handler raises; this raises in
    the `except`, outside the reach of the `try`. Python then forgets this function; a
    `Stopped` that is swallowed once more calls for it again (`_Level.again`).
    """
    if of_a_library(frame.f_code):
        return None
    level, _ = _call_to_end(frame)
    if level and event == "line":
        raise Stopped(level)
    return _again


def _call_to_end(frame: FrameType | None) -> tuple["_Level | None", list[FrameType]]:
    """The outermost call that is over and has this frame inside, and its frames."""
    frames, guards = [], []
    while frame is not None:
        if frame.f_code is _guarded.__code__:
            guards.append(len(frames))
        frames.append(frame)
        frame = frame.f_back
    for level, end in zip(_levels, reversed(guards), strict=False):
        if level.stop:
            return level, frames[:end]
    return None, []


def _memory_in_use() -> int:
    """Bytes in memory that are the process's own, without what imports map."""
    if LINUX:
        _, resident, shared, *_ = _pages()
        return (resident - shared) * resource.getpagesize()
    if resource is None:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _data_in_use() -> int:
    """What RLIMIT_DATA counts: memory of the process's own that may be written."""
    return _pages()[5] * resource.getpagesize()


def _pages() -> list[int]:
    with open("/proc/self/statm") as file:
        return [int(number) for number in file.read().split()]
