"""Whatever an answer does, the kernel is afterwards what it was, and checks go on."""

import builtins
import contextlib
import decimal
import functools
import gc
import importlib
import io
import locale
import math
import os
import pdb
import queue
import random
import re
import signal
import subprocess
import sys
import threading
import time
import types
import warnings

import numpy as np
import pytest

import kernels
from helpers.exercises import bounds, state
from helpers.exercises.engine import Mistake
from helpers.exercises.verdict import CORRECT, NOT_DONE, NOT_RIGHT
from tests import within
from tests.test_engine import (
    CENTER,
    _end_at_last,  # noqa: F401
    _without_repair,  # noqa: F401
    answer_42,
    center,
    judge,
    lesson,
    linux_only,
    loops,
    loops_and_swallows,
    matrices,
    message,
    sleeps,
    unix_only,
)

torch = pytest.importorskip("torch")
plt = pytest.importorskip("matplotlib.pyplot")

# The state of the kernel ---------------------------


def snapshot():
    """All that an answer might have changed."""
    seen = {
        "streams": (sys.stdin, sys.stdout, sys.stderr, sys.displayhook, sys.excepthook),
        "more hooks": (sys.unraisablehook, sys.breakpointhook, warnings.showwarning),
        "handlers": [signal.getsignal(number) for number in state._SIGNALS],
        "trace": (sys.gettrace(), sys.getprofile()),
        "filters": list(warnings.filters),
        "NumPy": (np.geterr(), np.get_printoptions(), np.mean, np.linalg.norm),
        "random": (random.getstate(), str(np.random.get_state())),  # noqa: NPY002
        "bits": np.random.get_bit_generator(),
        "folder": (os.getcwd(), dict(os.environ), list(sys.path), id(sys.path)),
        "limits": (sys.getrecursionlimit(), sys.get_int_max_str_digits()),
        "locale": (locale.setlocale(locale.LC_ALL), repr(decimal.getcontext())),
        "gc": (gc.isenabled(), threading.stack_size(), sys.getswitchinterval()),
        "builtins": dict(vars(builtins)),
        "math": dict(vars(math)),
        "torch": (torch.get_default_dtype(), torch.get_default_device()),
        "grad": (torch.is_grad_enabled(), torch.get_num_threads()),
        "strict": torch.are_deterministic_algorithms_enabled(),
        "numbers": torch.get_rng_state().tolist(),
        "rcParams": dict(plt.rcParams),
        "figures": [(n, plt.figure(n)) for n in plt.get_fignums()],
        "levels": list(bounds._levels),
    }
    if os.name != "nt":
        seen["mask"] = signal.pthread_sigmask(signal.SIG_BLOCK, [])
        seen["timers"] = [signal.getitimer(t)[1] for t in range(3)]
        seen["running"] = [signal.getitimer(t)[0] > 0 for t in range(3)]
        resource = state.resource
        names = [name for name in dir(resource) if name.startswith("RLIMIT_")]
        seen["allowed"] = [resource.getrlimit(getattr(resource, n)) for n in names]
    if bounds.LINUX:
        seen["files"] = len(os.listdir("/proc/self/fd"))
    return seen


@pytest.fixture
def own_settings(monkeypatch):
    """A notebook with settings of its own, figures, and a timer that runs."""
    monkeypatch.setattr(warnings, "filters", [*warnings.filters])
    with state.as_before(), np.errstate(over="ignore"), np.printoptions(precision=3):
        if os.name != "nt":
            signal.signal(signal.SIGALRM, lambda *_: None)
            signal.setitimer(signal.ITIMER_REAL, 1000, 500)
        signal.signal(signal.SIGINT, lambda *_: None)
        torch.set_default_dtype(torch.float64)
        torch.set_default_device("meta")
        torch.set_grad_enabled(False)
        plt.figure("mine")
        plt.rcParams["lines.linewidth"] = 7
        decimal.getcontext().prec = 11
        yield


def changes_streams():
    sys.stdin = sys.stdout = sys.stderr = sys.displayhook = sys.excepthook = None
    sys.breakpointhook = sys.unraisablehook = None


def changes_signals():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, print)
    if os.name != "nt":
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGALRM])
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        signal.setitimer(signal.ITIMER_VIRTUAL, 1000)
        resource = state.resource
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, most))


def changes_warnings():
    warnings.simplefilter("error")
    warnings.showwarning = warnings.filters = None
    np.seterr(all="raise")
    np.set_printoptions(precision=1)


def changes_random_numbers():
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    np.random.set_bit_generator(np.random.PCG64(1))
    torch.manual_seed(1)


def changes_the_folder():
    os.chdir("/")
    os.environ.clear()
    os.environ["PATH"] = "nowhere"
    sys.path.clear()
    sys.path = ["nowhere"]
    sys.argv = None


def changes_python():
    sys.setrecursionlimit(500)
    sys.set_int_max_str_digits(700)
    sys.setswitchinterval(1)
    gc.disable()
    threading.stack_size(2**20)
    decimal.getcontext().prec = 3
    with contextlib.suppress(locale.Error):
        locale.setlocale(locale.LC_ALL, "C.UTF-8")


def traces():
    sys.setprofile(lambda *_: None)
    sys.settrace(lambda *_: None)


def changes_builtins():
    builtins.sum = builtins.new_name = 3
    math.exp = None
    del builtins.sorted, os.path, np.cumsum


def changes_torch():
    torch.set_default_dtype(torch.float16)
    torch.set_default_device("cpu")
    torch.set_grad_enabled(False)
    torch.set_num_threads(3)
    torch.use_deterministic_algorithms(True)
    torch.rand(3)


def draws():
    plt.close("all")
    plt.figure("mine").add_subplot().plot([1, 2])
    plt.figure()
    plt.style.use("dark_background")
    plt.rcParams["font.size"] = 30
    plt.switch_backend("svg")


def loops_without_end():
    while True:
        pass


NASTY = [
    changes_streams,
    changes_signals,
    changes_warnings,
    changes_random_numbers,
    changes_the_folder,
    changes_python,
    traces,
    changes_builtins,
    changes_torch,
    draws,
    loops_without_end,
    lambda: np.ones(10**10),
    lambda: sys.exit(1),
    lambda: 1 / 0,
    lambda: CENTER.check(center, "center"),
]


@pytest.mark.parametrize("nasty", NASTY, ids=lambda nasty: nasty.__name__)
def test_the_kernel_is_left_as_it_was(own_settings, capsys, nasty):
    """In a notebook with other settings than the usual ones."""

    def answer(X):
        nasty()
        return X - X.mean(0)

    before = snapshot()
    judged = CENTER.judge(answer, "center")
    after = snapshot()
    for part, value in before.items():
        assert after[part] == value, part
    assert "itself failed" not in judged.message


def test_the_reference_is_judged_under_torchs_own_defaults(own_settings):
    """`torch.set_default_dtype(torch.float64)` in the notebook."""

    def ramp(n):
        return torch.arange(n) / torch.tensor(2.0, requires_grad=True)

    def right(n):
        x = torch.arange(n) / torch.ones(1, requires_grad=True) / 2
        assert x.dtype == torch.float32
        assert x.requires_grad
        return x

    ramps = lesson(ramp, cases=lambda rng: [(3,)])
    assert judge(right, ramps, "ramp").status == CORRECT
    assert torch.get_default_dtype() == torch.float64


def test_a_timer_of_the_notebooks_that_came_due_goes_off_afterwards():
    if os.name == "nt":
        pytest.skip("needs POSIX signals")
    rang = []
    with state.as_before():
        signal.signal(signal.SIGALRM, lambda *_: rang.append(bounds.is_running()))
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        judge(lambda X: time.sleep(0.2) or center(X))
        time.sleep(0.01)
    assert rang == [False]


# Two checks at once ------------------------------------------------


def test_checks_in_several_threads_leave_all_as_it_was(capsys):
    def chatty(X):
        print(threading.current_thread().name)
        time.sleep(0.02)
        return X - X.mean(0)

    before, verdicts = snapshot(), {}

    def check():
        verdicts[threading.current_thread().name] = CENTER.judge(chatty, "center")

    threads = [threading.Thread(target=check, name=f"thread {i}") for i in range(4)]
    for thread in threads:
        thread.start()
    check()
    for thread in threads:
        thread.join()
    assert snapshot() == before
    assert len(verdicts) == 5
    for name, verdict in verdicts.items():
        assert (verdict.status, verdict.printed) == (CORRECT, name)


def test_a_check_whose_turn_does_not_come_runs_without_capture(monkeypatch, capsys):
    monkeypatch.setattr(bounds, "TURN", 0.5)
    held, done = threading.Event(), threading.Event()

    def other():
        with bounds._TURN:
            held.set()
            done.wait()

    thread = threading.Thread(target=other)
    thread.start()
    held.wait()
    start = time.monotonic()
    assert judge(lambda X: center(X)).status == CORRECT
    assert message(lambda X: -center(X)).startswith("The result has the wrong sign")
    assert message(lambda X: 1 / 0).startswith("It stops with ZeroDivisionError")
    assert time.monotonic() - start < within(
        3
    )  # one wait for each check, not for each trial
    done.set()
    thread.join()


def test_an_answer_that_calls_check_itself(capsys):
    def again(X):
        CENTER.check(again, "center")
        return X

    assert message(again).startswith("It does not come to an end")

    done = threading.Event()

    def in_a_thread(X):
        def check():
            CENTER.check(abs, "center")
            done.set()

        thread = threading.Thread(target=check)
        thread.start()
        thread.join()

    if os.name != "nt":
        assert message(in_a_thread).startswith("It does not come to an end")
        assert done.wait(20)  # its turn has come; `join` is no use once interrupted
    assert message(lambda X: CENTER.judge(loops, "center")).startswith("It does not")
    assert bounds._levels == []


# Ends within the limits -------------------------------------------------------


def swallows(wait):
    def wrong(X):
        while True:
            try:  # noqa: SIM105
                wait()
            except:  # noqa: E722
                pass

    return wrong


def waits_for_a_process():
    subprocess.run([sys.executable, "-c", "import time; time.sleep(1000)"])


def waits_for_a_thread():
    thread = threading.Thread(target=time.sleep, args=(5,), daemon=True)
    thread.start()
    thread.join()


waits_for_an_event = swallows(lambda: threading.Event().wait())


def continues_at_last(X):
    while True:
        try:
            threading.Event().wait()
        finally:
            continue  # noqa: B012


def three_loops(X):
    while True:
        try:
            while True:
                try:
                    while True:
                        try:  # noqa: SIM105
                            threading.Event().wait()
                        except:  # noqa: E722
                            pass
                except:  # noqa: E722
                    pass
        except:  # noqa: E722
            pass


def great_power(X):
    return 7 ** (10**9)


def catastrophic_pattern(X):
    return re.match(r"(a+)+$", "a" * 40 + "b")


def great_factorial(X):
    return math.factorial(10**6)


@unix_only
@pytest.mark.parametrize(
    "wrong",
    [
        great_power,
        catastrophic_pattern,
        great_factorial,
        waits_for_an_event,
        swallows(lambda: queue.Queue().get()),
        swallows(waits_for_a_process),
        swallows(waits_for_a_thread),
        continues_at_last,
        three_loops,
    ],
)
def test_code_that_holds_on_to_its_time_is_stopped(wrong):
    start = time.monotonic()
    verdict = judge(wrong)
    assert verdict.message.startswith("It does not come to an end within 0.3 seconds")
    assert " of test_state.py:  " in verdict.line
    assert time.monotonic() - start < within(3)


@unix_only
@pytest.mark.parametrize("how", ["ignored", "blocked"])
def test_the_time_limit_needs_no_interrupt(how):
    """SIGINT ignored, or blocked, by who started us."""
    with state.as_before():
        if how == "ignored":
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        else:
            both = [signal.SIGINT, signal.SIGALRM]
            signal.pthread_sigmask(signal.SIG_BLOCK, both)
        handler = signal.getsignal(signal.SIGINT)
        assert message(loops_and_swallows).startswith("It does not come to an end")
        assert signal.getsignal(signal.SIGINT) == handler


@unix_only
def test_an_endless_answer_is_told_when_it_is_said():
    """Not after twice the time, whatever is asked of it besides."""
    asks = lesson(
        center,
        cases=matrices,
        seconds=2,
        mistakes=[Mistake("Wrong.", when=lambda answer: answer(0) is None)] * 5,
        also=lambda answer: answer(np.ones((2, 2))) is None,
    )
    start = time.monotonic()
    assert message(loops, asks).startswith("It does not come to an end within 2 second")
    assert time.monotonic() - start < within(3.5)


@unix_only
@pytest.mark.parametrize("wrong", [sleeps, loops_and_swallows, waits_for_an_event])
def test_an_interrupt_ends_the_check_and_the_courses_answer_is_used(capsys, wrong):
    running = threading.Event()

    def answer(X):
        running.set()
        wrong(X)

    def press(main):
        running.wait()
        time.sleep(0.05)
        signal.pthread_kill(main, signal.SIGINT)

    with state.as_before():
        signal.signal(signal.SIGINT, signal.default_int_handler)
        main = threading.main_thread().ident
        button = threading.Thread(target=press, args=(main,))
        button.start()
        patient = lesson(center, cases=matrices, seconds=20)
        assert patient.check(answer, "center") is center
        button.join()
        shown = capsys.readouterr().out
        assert "not done yet\nYou have interrupted the check before its end." in shown
        assert "stopped in" in shown
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_mistakes_are_not_asked_about_an_answer_that_was_interrupted():
    def interrupts(X):
        signal.raise_signal(signal.SIGINT)

    with state.as_before():
        signal.signal(signal.SIGINT, signal.default_int_handler)
        verdict = CENTER.judge(interrupts, "center")
    assert verdict.message.startswith("You have interrupted the check")
    assert verdict.value is center


# Memory --------------------------------------


@linux_only
def test_what_an_import_maps_and_the_stacks_of_threads_do_not_count():
    """In a process of its own, where torch is not imported yet."""
    code = """
import threading, numpy as np
from helpers.exercises import lesson_00 as ex

def weighted_sum(x, w, b):
    import torch, sklearn.datasets
    gate = threading.Event()
    threads = [threading.Thread(target=gate.wait) for _ in range(250)]
    for thread in threads: thread.start()
    gate.set()
    for thread in threads: thread.join()
    return float(torch.tensor(x) @ torch.tensor(w)) + b

ex.LESSON.exercises["weighted_sum"].seconds = 60
assert ex.check(weighted_sum) is weighted_sum
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=kernels.ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def slow_module(folder, monkeypatch, seconds):
    """Make a module whose import takes so long; a second one would not be whole."""
    code = (
        "import time\nend = time.monotonic() + {}\nwhile time.monotonic() < end: pass\n"
    )
    (folder / "slow_module.py").write_text(code.format(seconds) + "whole = 42\n")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "slow_module", raising=False)


@unix_only
def test_a_module_is_imported_to_its_end_and_that_time_does_not_count(
    tmp_path, monkeypatch
):
    slow_module(tmp_path, monkeypatch, 0.6)

    def answer():
        return importlib.import_module("slow_module").whole

    assert bounds.call(answer, seconds=0.3).value == 42
    assert sys.modules.pop("slow_module").whole == 42

    def goes_on():
        importlib.import_module("slow_module")
        while True:
            pass

    outcome = bounds.call(goes_on, seconds=0.3)
    assert (outcome.limit, outcome.value) == ("time", None)
    assert sys.modules.pop("slow_module").whole == 42


@unix_only
def test_an_import_without_end_is_stopped(tmp_path, monkeypatch):
    slow_module(tmp_path, monkeypatch, 600)
    monkeypatch.setattr(bounds, "IMPORTING", 0.5)

    def answer():
        importlib.import_module("slow_module")

    outcome = bounds.call(answer, seconds=0.2)
    assert outcome.limit == "time"
    assert outcome.seconds < 60


@linux_only
def test_large_results_are_not_held():
    """Of each of five results of 0.2 GB only shape and kind are kept."""
    five = lesson(
        center, cases=lambda rng: [(np.ones((2, i)),) for i in range(1, 6)], seconds=60
    )
    at_once = []

    def large(X):
        at_once.append(bounds._memory_in_use())
        return np.ones(25_000_000)

    start = bounds._memory_in_use()
    verdict = judge(large, five)
    assert verdict.message.startswith("The result has shape (25000000,) instead of")
    assert max(at_once) - start < 10**8
    at_once.clear()

    def stops(X):
        at_once.append(bounds._memory_in_use())
        big = np.ones(25_000_000)
        raise ValueError(big[:2])

    assert message(stops, five).startswith("It stops with ValueError: [1. 1.]")
    assert max(at_once) - start < 10**8


# Objects that misbehave -----------------------------------


def misbehaving(method, how):
    """An object with a method that has no end, ends Python or fails."""

    def go(self, *ignored):
        while how == "loops":
            pass
        if how == "exits":
            sys.exit()
        raise ValueError

    method_or_property = property(go) if method in ("__class__", "shape") else go
    return type("Odd", (), {method: method_or_property})


METHODS = ["__repr__", "__len__", "__iter__", "__class__", "__del__", "__eq__"]
METHODS += ["__getattr__", "__array__", "__hash__", "__bool__", "__float__", "shape"]


@unix_only
@pytest.mark.parametrize("how", ["loops", "exits", "fails"])
@pytest.mark.parametrize("method", METHODS)
def test_an_object_that_misbehaves_is_a_wrong_result(method, how):
    odd = misbehaving(method, how)
    start = time.monotonic()
    for answer in (lambda X: odd(), lambda X: (X, [odd()]), lambda X: {"a": odd()}):
        verdict = CENTER.judge(answer, "center")
        assert verdict.status == NOT_RIGHT
        assert "itself failed" not in verdict.message
    if method != "__del__":  # which would run here, at the end of the line
        values = lesson(answer_42, value=True)
        status = values.judge(odd(), "answer_42").status  # pytest must not look at odd
        assert status == NOT_RIGHT
    assert time.monotonic() - start < within(5)


@unix_only
@pytest.mark.parametrize("how", ["loops", "exits", "fails"])
def test_an_exception_that_cannot_say_what_it_is(how):
    class Odd(Exception):
        __str__ = misbehaving("go", how).go

    def wrong(X):
        raise Odd

    says = message(wrong)
    assert says.startswith(("It stops with Odd.", "It does not come to an end"))


@unix_only
@pytest.mark.parametrize("how", ["loops", "exits", "fails"])
@pytest.mark.parametrize("method", ["__getattr__", "__getattribute__", "__call__"])
def test_an_answer_that_misbehaves_when_it_is_looked_at(capsys, method, how):
    odd = misbehaving(method, how)
    if method != "__call__":
        odd.__call__ = center
    for name in ("center", None):
        start = time.monotonic()
        CENTER.check(odd(), name)
        assert time.monotonic() - start < within(3)
    assert "itself failed" not in capsys.readouterr().out


class Whole(int):
    pass


ODD_NUMBERS = [
    10**400,
    -(10**5000),
    Whole(3),
    True,
    1 + 2j,
    float("nan"),
    np.longdouble("1e4000"),
    np.float16(1),
    np.datetime64("2020-01-01"),
    np.array("text"),
    np.array([1, None]),
    np.zeros((0, 3)),
    np.zeros((3, 2), dtype=[("a", float)]),
    np.ma.masked_array([[1.0, 2], [3, 4]], mask=[[0, 1], [0, 0]]),
    np.broadcast_to(1.0, (10**6, 10**6)),
    torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]),
    torch.ones(3, device="meta"),
    torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8),
    torch.ones(3, dtype=torch.complex64).conj(),
    torch.tensor(float("nan")),
    torch.ones(1).expand(10**9),
    b"bytes",
    {1, 2},
    range(3),
    NotImplemented,
]


@pytest.mark.parametrize("wrong", ODD_NUMBERS, ids=lambda thing: repr(type(thing)))
def test_odd_numbers_are_wrong_like_any_others(wrong):
    """Alone, and inside of what is expected."""
    whole = lesson(center, cases=matrices)
    for answer in (lambda X: wrong, lambda X: (wrong, X), lambda X: [wrong] * 3):
        says = message(answer, whole)
        assert "itself failed" not in says
        assert "right shape" not in says

    def triple(x):
        return [2.0, 0.5, float(x)]

    rows = lesson(triple, cases=lambda rng: [(0.25,)])
    for answer in (lambda x: wrong, lambda x: [2.0, 0.5, wrong], lambda x: [wrong] * 3):
        assert message(answer, rows, "triple")


LESSONS = sorted((kernels.ROOT / "helpers" / "exercises").glob("lesson_*.py"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_odd_results_in_every_exercise(path):
    """The check itself never fails, whatever the lesson's questions make of them."""
    module = importlib.import_module(f"helpers.exercises.{path.stem}")
    nested = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])
    for name, exercise in module.LESSON.exercises.items():
        for odd in (10**400, (nested, 10**400)):
            answer = odd if exercise.value else lambda *case, odd=odd, **named: odd
            if isinstance(exercise.reference, type):
                answer = type(name, (), {"__init__": lambda *case: None, "f": answer})
            verdict = exercise.judge(answer)
            assert verdict.status == NOT_RIGHT
            assert "itself failed" not in verdict.message


def test_a_list_without_end_in_itself_or_of_millions():
    endless = []
    endless.append(endless)
    deep = [1.0]
    for _ in range(100):
        deep = [deep, deep]
    for thing in (endless, deep, [0.5] * 10**6, {"a": endless}):
        kind = "dict" if isinstance(thing, dict) else "list"
        patient = lesson(center, cases=matrices, seconds=20)
        says = message(lambda X, thing=thing: thing, patient)
        assert says.startswith(f"The result is a {kind} where a NumPy array is")


def test_results_are_kept_as_they_were_when_they_were_returned():
    shared = np.zeros(1)

    def total(x):
        return np.array([x])

    def wrong(x):
        shared[:] = x
        return shared

    sums = lesson(total, cases=lambda rng: [(1.0,), (2.0,)])
    assert (
        judge(wrong, sums, "total").status == CORRECT
    )  # each call gave what it should


# What is said -----------------------------------------------------------------


def test_what_was_printed_is_shown_in_every_verdict():

    def right(X):
        print("shape", X.shape)
        return X - X.mean(0)

    def stub(X):
        print("shape", X.shape)
        raise NotImplementedError("your code here")

    for answer, status in (
        (right, CORRECT),
        (stub, NOT_DONE),
        (lambda X: right(-X), 0),
    ):
        verdict = judge(answer)
        assert verdict.status == (status or NOT_RIGHT)
        assert verdict.printed == "shape (3, 2)"
        assert "printed" in repr(verdict)


def test_a_cache_on_an_answer():
    says = "Arrays cannot be cached: remove the decorator"
    first = lesson(center, cases=matrices)
    assert message(functools.lru_cache(lambda X: X), first).startswith(says)
    helper = functools.cache(lambda X: X.mean(0))
    assert message(lambda X: X - helper(X), first).startswith(says)
    assert message(lambda X: {X: 1}, first).startswith("It stops with TypeError: ")


@pytest.mark.parametrize(
    ("change", "how"),
    [
        ("x.pop()", "perhaps by `.pop()`: work on a copy of it."),
        ("x.sort()", "perhaps by `.sort()`: work on a copy of it."),
        ("x += [1]", "work on a copy, or write `a = a + b` instead of `a += b`."),
        ("x[0] = x.pop()", "work on a copy, or write `a = a + b` instead of `a += b`."),
    ],
)
def test_how_an_input_was_changed(change, how):
    def last(x):
        return x[-1]

    rows = lesson(last, cases=lambda rng: [([3.0, 2.0, 1.0],)])
    cell = {}
    exec(f"def last(x):\n    {change}\n    return 1.0", cell)
    assert message(cell["last"], rows, "last").endswith(how)


def test_a_shape_that_was_set():
    def wrong(X):
        X.shape = X.shape[::-1]
        return X

    assert "perhaps by `.shape = …`: work on a copy" in message(wrong)


def test_a_debugger_has_neither_limits_nor_capture(monkeypatch, capsys):

    class Slow(io.StringIO):
        def readline(self, *size):
            time.sleep(0.2)
            return super().readline(*size)

    def debugs(X):
        pdb.Pdb(nosigint=True).set_trace()
        return X - X.mean(0)

    monkeypatch.setattr(sys, "stdin", Slow("p X.shape\np 6 * 7\nc\n" * 2))
    assert judge(debugs).status == CORRECT  # after 1.2 s, with a limit of 0.3
    shown = capsys.readouterr().out
    assert "(3, 2)" in shown
    assert "42" in shown

    def leaves(X):
        pdb.Pdb(nosigint=True).set_trace()
        return X

    monkeypatch.setattr(sys, "stdin", Slow("q\n"))
    assert message(leaves) == (
        "You have left the debugger before your code came to its end."
    )


def test_jupyterlabs_debugger_has_no_time_limit(monkeypatch):
    connected = types.SimpleNamespace(is_client_connected=lambda: True)
    monkeypatch.setitem(sys.modules, "debugpy", connected)
    assert judge(lambda X: time.sleep(0.4) or X - X.mean(0)).status == CORRECT


# In a kernel ------------------------------------------------------------------


class Kernel:
    """A kernel as JupyterLab uses it: cells, the interrupt button, a line of input."""

    def __init__(self):
        from jupyter_client.manager import start_new_kernel

        environment = {**kernels.environment(), "PYTHONPATH": str(kernels.ROOT)}
        self.manager, self.client = start_new_kernel(
            kernel_name="python3", cwd=str(kernels.ROOT), env=environment
        )

    def run(self, cell, *, interrupt_after=None, answers=()):
        """Run a cell; return what it showed as text, and the seconds that it took."""
        shown, lines, start = [], iter(answers), time.monotonic()

        def show(message):
            content = message["content"]
            shown.append(content.get("data", {}).get("text/plain", ""))
            shown.append(content.get("text", "") + content.get("ename", ""))

        if interrupt_after:
            threading.Timer(interrupt_after, self.manager.interrupt_kernel).start()
        self.client.execute_interactive(
            cell,
            timeout=60,
            allow_stdin=bool(answers),
            output_hook=show,
            stdin_hook=lambda message: self.client.input(next(lines)),
        )
        return "".join(shown), time.monotonic() - start

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel():
    kernel = Kernel()
    kernel.run("import numpy as np\nfrom helpers.exercises import lesson_00 as ex")
    yield kernel
    kernel.close()


def test_interrupt_in_an_endless_exercise(kernel):
    """The later cells use the course's answer."""
    shown, seconds = kernel.run(
        "import signal, threading\n"
        "before = signal.getsignal(signal.SIGINT), signal.getitimer(0)\n"
        "def weighted_sum(x, w, b):\n"
        "    while True:\n"
        "        try:\n"
        "            threading.Event().wait()\n"
        "        except:\n"
        "            pass\n"
        "weighted_sum = ex.check(weighted_sum)\n"
        "print('then', weighted_sum(np.ones(2), np.ones(2), 1.0))",
        interrupt_after=1,
    )
    assert "You have interrupted the check before its end." in shown
    assert "of your cell:" in shown
    assert "KeyboardInterrupt" not in shown
    assert "then 3.0" in shown
    assert seconds < within(4)
    shown, _ = kernel.run(
        "print(before == (signal.getsignal(signal.SIGINT), signal.getitimer(0)))\n"
        "while True: pass",
        interrupt_after=1,
    )
    assert "True" in shown
    assert "KeyboardInterrupt" in shown


def test_two_checks_in_threads_of_a_kernel(kernel):
    """The kernel itself opens files meanwhile, which are not counted."""
    shown, _ = kernel.run(
        "import os, resource, sys, threading, warnings\n"
        "def state():\n"
        "    return (sys.stdout, sys.stderr, list(warnings.filters), np.geterr(),\n"
        "            resource.getrlimit(resource.RLIMIT_DATA))\n"
        "def weighted_sum(x, w, b):\n"
        "    print('inside')\n"
        "    return x @ w + b\n"
        "verdicts = []\n"
        "def check():\n"
        "    verdicts.append(ex.LESSON.judge(weighted_sum))\n"
        "before = state()\n"
        "checks = [threading.Thread(target=check) for _ in '123']\n"
        "for thread in checks: thread.start()\n"
        "check()\n"
        "for thread in checks: thread.join()\n"
        "after = state()\n"
        "print([b for a, b in zip(before, after) if a != b], *verdicts)"
    )
    assert shown.startswith("[] ")
    assert shown.count("Exercise weighted_sum: correct") == 4
    assert shown.count("inside") == 4  # once in each box


@pytest.mark.parametrize("magic", ["%%time", "%%capture --no-display"])
def test_a_magic_in_the_first_line_of_a_cell(kernel, magic):
    """Lines are counted from the cell's first."""
    shown, _ = kernel.run(
        f"{magic}\n"
        "def weighted_sum(x, w, b):\n"
        "    y = x @ w\n"
        "    return y + x[7]\n"
        "weighted_sum = ex.check(weighted_sum)"
    )
    assert "line 4 of your cell:  return y + x[7]" in shown


def test_a_cell_that_the_debugger_of_jupyterlab_has_written_to_a_file(kernel):
    """Not "line 3 of 4050528644.py"."""
    shown, _ = kernel.run(
        "import os\n"
        "def weighted_sum(x, w, b):\n"
        "    return x[7]\n"
        "name = weighted_sum.__code__.co_filename\n"
        "os.makedirs(os.path.dirname(name), exist_ok=True)\n"
        "print(open(name, 'w').write('def weighted_sum…'))\n"
        "weighted_sum = ex.check(weighted_sum)"
    )
    assert "line 3 of your cell:  return x[7]" in shown


def test_a_debugger_in_a_kernel(kernel):
    shown, _ = kernel.run(
        "ex.LESSON.exercises['weighted_sum'].seconds = 0.5\n"
        "def weighted_sum(x, w, b):\n"
        "    import pdb; pdb.set_trace()\n"
        "    return x @ w + b\n"
        "import time\n"
        "weighted_sum = ex.check(weighted_sum)",
        answers=["time.sleep(1)", "p x.shape, 6 * 7", "q"],
    )
    assert "42)" in shown
    assert "You have left the debugger before your code came to its end." in shown
