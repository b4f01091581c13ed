"""The state of a kernel that a learner's code can change: kept, and put back.

Each function below looks at one part of it before its ``yield``, and puts that part
back after it; `as_before` runs them all. PyTorch and matplotlib are touched only where
they are imported already; what runs in between finds PyTorch with its own defaults, and
no figure open.
"""

import builtins
import contextlib
import decimal
import gc
import locale
import math
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial

import numpy as np

try:
    import resource
except ImportError:  # Windows
    resource = None


@contextlib.contextmanager
def as_before() -> Iterator[None]:
    """Whatever runs inside, the kernel's state is afterwards what it was before."""
    kept = []
    try:
        for keep in KEPT:
            kept.append(keep())
            next(kept[-1], None)
        with decimal.localcontext():
            yield
    finally:
        for part in reversed(kept):
            with contextlib.suppress(Exception):  # one must not keep the others away
                next(part, None)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _timers() -> Iterator[None]:
    """The three timers; one that came due in the meantime goes off now."""
    if not (hasattr(signal, "setitimer") and _in_main_thread()):
        return
    timers = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
    kept = {timer: signal.getitimer(timer) for timer in timers}
    start = time.monotonic()
    yield
    for timer, (left, interval) in kept.items():
        if timer == signal.ITIMER_REAL and left:
            left = max(left - (time.monotonic() - start), 1e-6)
        if left or any(signal.getitimer(timer)):
            signal.setitimer(timer, left, interval)


_FIXED = {getattr(signal, name, None) for name in ("SIGKILL", "SIGSTOP")}
_SIGNALS = [number for number in signal.valid_signals() if number not in _FIXED]


def _handlers() -> Iterator[None]:
    if not _in_main_thread():
        return
    kept = {number: signal.getsignal(number) for number in _SIGNALS}
    yield
    for number, handler in kept.items():
        if handler is not None and signal.getsignal(number) is not handler:
            signal.signal(number, handler)


def _blocked_signals() -> Iterator[None]:
    if hasattr(signal, "pthread_sigmask"):
        kept = signal.pthread_sigmask(signal.SIG_BLOCK, [])
        yield
        signal.pthread_sigmask(signal.SIG_SETMASK, kept)


def _current_folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return None


# How to ask and how to set what is not simply an attribute.
_SETTINGS = [
    (sys.getrecursionlimit, sys.setrecursionlimit),
    (sys.getswitchinterval, sys.setswitchinterval),
    (sys.get_int_max_str_digits, sys.set_int_max_str_digits),
    (sys.gettrace, sys.settrace),
    (sys.getprofile, sys.setprofile),
    (gc.isenabled, lambda on: gc.enable() if on else gc.disable()),
    (threading.stack_size, threading.stack_size),
    (_current_folder, lambda folder: folder and os.chdir(folder)),
    (lambda: locale.setlocale(locale.LC_ALL), partial(locale.setlocale, locale.LC_ALL)),
]
if resource:
    _SETTINGS += [
        (partial(resource.getrlimit, limit), partial(resource.setrlimit, limit))
        for limit in {getattr(resource, n) for n in dir(resource) if "RLIMIT_" in n}
    ]


def _torch_settings() -> list[tuple]:
    """Likewise, some with PyTorch's own default."""
    torch = sys.modules.get("torch")
    if not hasattr(torch, "get_rng_state"):  # not imported, or not to its end
        return []
    strict = torch.is_deterministic_algorithms_warn_only_enabled
    return [
        (torch.get_default_dtype, torch.set_default_dtype, torch.float32),
        (
            torch.get_default_device,
            lambda to: torch.set_default_device(None if to.type == "cpu" else to),
            torch.device("cpu"),
        ),
        (torch.is_grad_enabled, torch.autograd.set_grad_enabled, True),
        (torch.get_num_threads, torch.set_num_threads),
        (
            lambda: (torch.are_deterministic_algorithms_enabled(), strict()),
            lambda to: torch.use_deterministic_algorithms(to[0], warn_only=to[1]),
        ),
    ]


def _settings() -> Iterator[None]:
    of_torch = _torch_settings()
    kept = [(set_to, ask, ask()) for ask, set_to, *_ in _SETTINGS + of_torch]
    for _, set_to, *default in of_torch:
        if default:
            set_to(default[0])
    yield
    if not of_torch:  # perhaps it is imported now
        kept += [
            (set_to, ask, to) for ask, set_to, *of in _torch_settings() for to in of
        ]
    for set_to, ask, value in kept:
        with contextlib.suppress(Exception):
            now = ask()
            if now is not value and (callable(now) or now != value):
                set_to(value)


_MODULES = (builtins, sys, os, math, time, random, np, np.random, np.linalg)


def _modules() -> Iterator[None]:
    """What the names of modules stand for: streams, hooks, `sum`, `np.mean`."""
    kept = [(vars(module), dict(vars(module))) for module in _MODULES]
    yield
    for names, before in kept:
        for name in names.keys() - before.keys():
            if type(names[name]) is not type(np):  # a module imported just now
                del names[name]
        for name, value in before.items():
            if names.get(name, kept) is not value:
                names[name] = value


def _lists() -> Iterator[None]:
    """The search path and the like: the lists themselves, and what is in them."""
    lists = (sys.path, sys.argv, sys.meta_path, sys.path_hooks)
    kept = [list(one) for one in lists]
    yield
    for one, items in zip(lists, kept, strict=True):
        one[:] = items


def _environment() -> Iterator[None]:
    kept = dict(os.environ)
    yield
    if dict(os.environ) != kept:
        os.environ.clear()
        os.environ.update(kept)


def _random_numbers() -> Iterator[None]:
    python, bits = random.getstate(), np.random.get_bit_generator()
    numpy = np.random.get_state(legacy=False)  # noqa: NPY002
    torch = sys.modules.get("torch")
    torch = torch if hasattr(torch, "get_rng_state") else None
    cpu = torch and torch.get_rng_state()
    gpu = torch and torch.cuda.is_initialized() and torch.cuda.get_rng_state_all()
    yield
    random.setstate(python)
    if np.random.get_bit_generator() is not bits:
        np.random.set_bit_generator(bits)
    np.random.set_state(numpy)  # noqa: NPY002
    if torch:
        torch.set_rng_state(cpu)
    if gpu:
        torch.cuda.set_rng_state_all(gpu)


def _figures() -> Iterator[None]:
    """Open figures are hidden for the time; those opened meanwhile are closed."""
    module = "matplotlib._pylab_helpers"
    kept = {}
    if module in sys.modules:
        kept = sys.modules[module].Gcf.figs.copy()
        sys.modules[module].Gcf.figs.clear()
    yield
    if module in sys.modules:
        sys.modules[module].Gcf.destroy_all()
        sys.modules[module].Gcf.figs.update(kept)


def _matplotlib() -> Iterator[None]:
    matplotlib = sys.modules.get("matplotlib")
    if not hasattr(matplotlib, "rc_context"):
        return
    backend = dict.__getitem__(matplotlib.rcParams, "backend")
    with matplotlib.rc_context():  # all but the backend
        yield
    if dict.__getitem__(matplotlib.rcParams, "backend") != backend:
        sys.modules["matplotlib.pyplot"].switch_backend(backend)


# Put back from the last to the first: blocked signals are let through while handlers
# of ours still wait for them, and the notebook's timers start when all is done.
KEPT = [
    _timers,
    _handlers,
    _blocked_signals,
    _settings,
    _environment,
    _random_numbers,
    _matplotlib,
    _figures,
    _lists,
    _modules,
]


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
