"""The exercise engine: whatever a learner hands in, it answers in plain words.

The learner's functions stand inside the tests, as they would in a cell.
"""

import faulthandler
import functools
import os
import signal
import sys
import threading
import time
import warnings

import numpy as np
import pytest

from helpers.exercises import bounds, compare
from helpers.exercises.engine import Exercise, Lesson, Mistake
from helpers.exercises.verdict import CORRECT, NOT_DONE, NOT_RIGHT
from tests import within

linux_only = pytest.mark.skipif(not bounds.LINUX, reason="memory limits need Linux")
unix_only = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")


@pytest.fixture(autouse=True)
def _end_at_last():
    """Should the engine fail to stop a loop, end the run with a traceback."""
    faulthandler.dump_traceback_later(120, exit=True, file=sys.__stderr__)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(autouse=True)
def _without_repair(monkeypatch):
    """What is told of a slip depends on the time; tests/test_repair.py has it."""
    monkeypatch.setattr(Exercise, "_slip", lambda exercise, answer: "")


# A small lesson to learn from -----------------------------------------------


def center(X: np.ndarray) -> np.ndarray:
    """Subtract the mean of each column."""
    return X - X.mean(axis=0)


def loss(X: np.ndarray, y: np.ndarray) -> float:
    """Mean squared difference between the row sums and y."""
    return ((X.sum(axis=1) - y) ** 2).mean()


def fit(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Two results."""
    return X.T @ y / len(y), float(y.mean())


def record(x: np.ndarray) -> dict:
    """A dict of results."""
    return {"w": x * 2, "losses": [1.0, 0.5, float(x.sum())], "name": "sgd"}


def answer_42() -> int:
    """Return the answer."""
    return 42


def weights() -> tuple[np.ndarray, float]:
    """Return weights and a bias."""
    return np.array([1.0, -2.0]), 0.5


class Counter:
    """Counts up by a step."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.n = 0

    def up(self) -> int:
        """Count, and return the count."""
        self.n += self.step
        return self.n


def matrices(rng):
    return [(rng.normal(size=(3, 2)),), (rng.normal(size=(5, 4)),)]


def samples(rng):
    return [(rng.normal(size=(n, 3)), rng.normal(size=n)) for n in (4, 7, 9)]


HINTS = ("Think of the mean.", "Use the mean of every column, with axis=0.")


def lesson(reference, **options):
    options = {"hints": HINTS, "seconds": 0.3, "gigabytes": 0.5, **options}
    return Lesson(Exercise(reference, **options))


CENTER = lesson(
    center,
    cases=matrices,
    mistakes=(
        Mistake(
            "You took the mean of each row.", wrong=lambda X: X - X.mean(1)[:, None]
        ),
        Mistake("That is a lambda of five.", when=lambda answer: answer.five == 5),
    ),
)


def judge(answer, lesson=CENTER, name="center"):
    """Judge, and check what must hold for every verdict."""
    handler, trace, out = signal.getsignal(signal.SIGINT), sys.gettrace(), sys.stdout
    verdict = lesson.judge(answer, name)
    assert signal.getsignal(signal.SIGINT) is handler
    assert (sys.gettrace(), sys.stdout) == (trace, out)
    assert verdict.status in (NOT_DONE, NOT_RIGHT, CORRECT)
    assert verdict.message[0].isupper() or verdict.message[0] == "`"
    exercise = lesson.exercises[name]
    if verdict.status == CORRECT:
        assert verdict.value is answer
    elif not exercise.value:
        assert verdict.value is exercise.reference
    for text in (repr(verdict), verdict._repr_html_()):
        assert " at 0x" not in text
        assert verdict.status in text
    return verdict


def message(answer, lesson=CENTER, name="center"):
    verdict = judge(answer, lesson, name)
    assert verdict.status == NOT_RIGHT, verdict
    return verdict.message


# Right answers --------------------------------------------------------------


@pytest.mark.parametrize(
    "right",
    [
        lambda X: X - np.mean(X, 0),
        lambda X: (X - X.mean(axis=0)).astype(np.float32),
        lambda X: np.array(
            [[v - c.mean() for v, c in zip(r, X.T, strict=True)] for r in X]
        ),
        functools.partial(lambda a, X: X - a * X.mean(0), 1),
        lambda X: np.apply_along_axis(lambda c: c - c.mean(), 0, X),
    ],
)
def test_any_style_of_a_right_answer_passes(right):
    assert judge(right).status == CORRECT


def test_a_callable_object_and_a_method_are_functions_too():
    class Centering:
        def __call__(self, X):
            return X - X.mean(0)

        def apply(self, X):
            return X - X.mean(0)

    assert judge(Centering()).status == CORRECT
    assert judge(Centering().apply).status == CORRECT


def test_the_reference_under_another_name_passes():
    assert judge(lambda X: center(X)).status == CORRECT


# Not done yet ---------------------------------------------------------------


def test_a_stub_is_not_done_yet_and_the_text_never_changes():
    def center(X):
        raise NotImplementedError("your code here")

    verdict = judge(center, name="center")
    assert verdict.status == NOT_DONE
    assert repr(verdict) == (
        "○ Exercise center: not done yet\n"
        "Write your code in place of the line `raise NotImplementedError(…)` and run "
        "this cell again. Until then, the course's answer is used below.\n"
        'A first hint: `ex.hint("center")`'
    )


@pytest.mark.parametrize("nothing", [None, ..., (None, None), [1.0, None], {"w": ...}])
def test_a_value_not_filled_in_is_not_done_yet(nothing):
    verdict = judge(nothing, lesson(weights, value=True), "weights")
    assert verdict.status == NOT_DONE
    assert "`None`" in verdict.message
    assert verdict.value[1] == 0.5


def test_a_class_with_a_stub_method_is_not_done_yet():
    class Mine:
        def __init__(self, step):
            self.step = step

        def up(self):
            raise NotImplementedError("your code here")

    counter = lesson(Counter, cases=lambda rng: [(2,)], run=lambda C, n: C(n).up())
    assert judge(Mine, counter, "Counter").status == NOT_DONE


def test_the_courses_answer_handed_in_is_not_the_learners():
    verdict = judge(CENTER.exercises["center"].reference)
    assert verdict.status == NOT_DONE
    assert "course's answer" in verdict.message


def test_the_courses_value_handed_in_is_not_the_learners():
    values = lesson(weights, value=True)
    w, b = values.judge(None, "weights").value
    for again in ((w, b), [w, b]):
        verdict = values.judge(again, "weights")
        assert verdict.status == NOT_DONE
        assert "course's answer" in verdict.message
    own = values.judge((np.array([1.0, -2.0]), 0.5), "weights")
    assert own.status == CORRECT
    number = lesson(answer_42, value=True)  # Python shares small numbers
    assert number.judge(number.judge(None, "answer_42").value, "answer_42").status == (
        CORRECT
    )


def test_changing_the_courses_value_does_not_change_the_next_check():
    values = lesson(weights, value=True)
    w, _ = values.judge(None, "weights").value
    w += 1
    assert values.judge((np.array([1.0, -2.0]), 0.5), "weights").status == CORRECT


# Things that are no answer --------------------------------------------------


@pytest.mark.parametrize(
    ("thing", "says"),
    [
        (
            "center",
            "This is only a name: hand in the function itself, `check(center)`.",
        ),
        (np, "This is a module; hand in your function: `check(center)`."),
        (np.ones(3), "This is a NumPy array, perhaps what your function returned"),
        (3.0, "This is a number, perhaps what your function returned"),
        (Counter, "This is a class; `center` asks for a function (`def center…`)."),
    ],
)
def test_something_else_than_a_function(thing, says):
    assert message(thing).startswith(says)


def test_an_object_or_a_function_instead_of_a_class():
    counter = lesson(Counter, cases=lambda rng: [(2,)], run=lambda C, n: C(n).up())
    says = "Hand in the class `Counter` itself: `check(Counter)`."
    assert message(lambda n: n, counter, "Counter") == says
    assert message(Counter(3).up, counter, "Counter") == says


def test_a_function_instead_of_a_value():
    values = lesson(answer_42, value=True)
    assert message(lambda: 42, values, "answer_42").startswith("This is a function;")
    assert judge(42.0, values, "answer_42").status == CORRECT
    assert message(41, values, "answer_42") == "The value is not what is expected."


def test_names_that_lead_nowhere_get_plain_words(capsys):
    def middle(X):
        return X

    returned = CENTER.check(middle)
    assert returned is middle
    out = capsys.readouterr().out
    assert "There is no exercise `middle` in this lesson" in out
    assert 'Say which one it answers: `ex.check(middle, "center")`.' in out
    CENTER.hint()
    CENTER.solution()
    out = capsys.readouterr().out
    assert (
        out.count('Say which exercise: `center`. For example: `ex.hint("center")`') == 2
    )
    for unknown in ("foo", 3, None, ["x"]):
        CENTER.hint(unknown)
        CENTER.solution(unknown)
        CENTER.check(lambda X: X, unknown)
    CENTER.check(3)
    CENTER.check(None)
    out = capsys.readouterr().out
    assert out.count("Its exercises: `center`.") == 3 * 3 + 2
    assert out.count('Say which exercise this answers, as in `ex.check(answer, "c') == 3
    called = (
        "hand in the function itself, without calling it, as in `ex.check(center)`."
    )
    assert out.count(called) == 1  # for 3, not for None


def test_what_a_function_returned_is_not_the_function():
    says = CENTER.judge(np.ones(3)).message
    assert says.startswith("Say which exercise this answers")
    assert "hand in the function itself, without calling it" in says
    assert "without calling it" not in CENTER.judge(lambda X: X).message


def test_what_was_expected_is_not_shown_where_that_is_the_answer():
    for reveal in (True, False):
        shy = lesson(center, cases=matrices, reveal=reveal)
        verdict = judge(lambda X: X + 1, shy)
        assert verdict.status == NOT_RIGHT
        assert bool(verdict.expected) == reveal
        assert verdict.got


def test_a_changed_input_is_told_before_the_wrong_values_that_come_of_it():
    def twice(X):
        X -= 1
        return X

    assert message(twice).startswith("It changes its input `X` in place")


def test_an_exercise_of_another_lesson_is_named():
    from helpers.exercises import lesson_00

    verdict = CENTER.judge(lesson_00.weighted_sum)
    assert "from helpers.exercises import lesson_00 as ex" in verdict.message


def test_an_answer_to_another_exercise():
    two = Lesson(
        Exercise(center, cases=matrices, hints=HINTS),
        Exercise(fit, cases=samples, hints=HINTS),
    )
    verdict = two.judge(fit, "center")
    assert verdict.message == "This is your answer to `fit`, not to `center`."
    assert verdict.value is center


def test_two_exercises_of_one_name_are_refused():
    with pytest.raises(ValueError, match="same name"):
        Lesson(Exercise(center, hints=HINTS), Exercise(center, hints=HINTS))


# Wrong results --------------------------------------------------------------


def returns(thing):
    return lambda X: thing


class Hostile:
    def __eq__(self, other):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("no")


def generator(X):
    yield X


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (returns(None), "The result is None: a `return` is missing, or it was not"),
        (
            lambda X: X.tolist(),
            "The result is a list where a NumPy array is expected; ",
        ),
        (lambda X: "text", "The result is a string where a NumPy array is expected."),
        (lambda X: (X, X), "The result is a tuple where a NumPy array is expected."),
        (
            lambda X: X.mean,
            "The result is a function where a NumPy array is expected; c",
        ),
        (generator, "The result is a generator where a NumPy array is expected; write"),
        (returns(Hostile()), "The result is an object of type Hostile where a NumPy"),
        (returns(np), "The result is a module where a NumPy array is expected."),
        (
            lambda X: (X - X.mean(0)).astype(object),
            "The result is a NumPy array of objects where a NumPy array is expected; a",
        ),
        (
            lambda X: X.sum(),
            "The result is a single number where an array of shape (3, 2) is expected: "
            "was too much summed up?",
        ),
        (
            lambda X: center(X).T,
            "The result is transposed: shape (2, 3) instead of (3,",
        ),
        (
            lambda X: np.ones(X.shape[::-1]),
            "The result has shape (2, 3) instead of (3, 2): are rows and columns exch",
        ),
        (
            lambda X: center(X).ravel(),
            "The result has the right numbers in shape (6,) instead of (3, 2).",
        ),
        (lambda X: X.mean(0), "The result has shape (2,) instead of (3, 2)."),
        (lambda X: center(X) * np.nan, "The result contains nan (not a number): "),
        (lambda X: center(X) / np.zeros(1), "The result contains inf (infinity): "),
        (
            lambda X: X.mean(0) - X,
            "The result has the wrong sign; the numbers are right",
        ),
        (lambda X: 2 * center(X), "The result is twice what is expected."),
        (lambda X: center(X) / 2, "The result is half of what is expected."),
        (
            lambda X: 3 * center(X),
            "The result is off by the same factor everywhere: 3.",
        ),
        (
            lambda X: len(X) * center(X),
            "The result is N times too large, N being the number of rows of `X`: div",
        ),
        (
            lambda X: center(X) / X.shape[1],
            "The result is N times too small, N being the number of columns of `X`.",
        ),
        (lambda X: center(X) + 1, "The result is too large by 1 everywhere."),
        (lambda X: center(X) - 0.5, "The result is too small by 0.5 everywhere."),
        (
            lambda X: center(X)[::-1],
            "The result has the right numbers in another order.",
        ),
        (lambda X: np.round(center(X)), "The result is rounded to whole numbers."),
        (lambda X: center(X).astype(int), "The result is rounded to whole numbers."),
        (np.zeros_like, "The result is 0 everywhere."),
        (lambda X: X, "The result is `X` as it was given, unchanged."),
        (lambda X: X.copy(), "The result is `X` as it was given, unchanged."),
        (
            lambda X: center(X) * (1 + 1e-3 * X),
            "The result is close, within 1 % of the largest number, but not equal.",
        ),
        (
            lambda X: center(X) if len(X) == 3 else X**2,
            "The result is right for some inputs, but not for this one.",
        ),
        (
            lambda X: X**2 + X.sum(),
            "The result has the right shape, but not the right numbers.",
        ),
        (lambda X: X - X.mean(1)[:, None], "You took the mean of each row."),
        (lambda X: X - X.mean(axis=1, keepdims=True), "You took the mean of each row."),
    ],
)
def test_what_is_wrong_with_an_array(wrong, says):
    assert message(wrong).startswith(says)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            lambda X, y: len(y) * loss(X, y),
            "The result is N times too large, N being the",
        ),
        (lambda X, y: loss(X, y) / 2, "The result is half of what is expected."),
        (
            lambda X, y: -loss(X, y),
            "The result has the wrong sign; the numbers are right",
        ),
        (lambda X, y: [loss(X, y)], "The result is a list where a number is expected."),
        (
            lambda X, y: (X.sum(1) - y) ** 2,
            "The result is an array of shape (4,) where a single number is expected: a "
            "sum or a mean is missing.",
        ),
        (lambda X, y: loss(X, y) ** 2, "The result is not what is expected."),
        (
            lambda X, y: np.array([loss(X, y)]),
            "The result is an array of shape (1,) wh",
        ),
    ],
)
def test_what_is_wrong_with_a_number(wrong, says):
    assert message(wrong, lesson(loss, cases=samples), "loss").startswith(says)


def test_numpy_scalars_and_0d_arrays_are_numbers():
    losses = lesson(loss, cases=samples)
    for wrap in (float, np.float64, np.float32, np.array):
        right = judge(lambda X, y, wrap=wrap: wrap(loss(X, y)), losses, "loss")
        assert right.status == CORRECT


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            lambda X, y: fit(X, y)[0],
            "The result is a NumPy array where 2 values are ex",
        ),
        (lambda X, y: (*fit(X, y), 1), "The result has 3 values where 2 are expected."),
        (
            lambda X, y: (fit(X, y)[0], -fit(X, y)[1]),
            "The 2nd value has the wrong sign; the numbers are right.",
        ),
        (
            lambda X, y: (X.T @ y, fit(X, y)[1]),
            "The 1st value is N times too large, N being the number of rows of `X`: di",
        ),
        (lambda X, y: fit(X, y)[::-1], "The 1st value is a single number where an arr"),
        (lambda X, y: (fit(X, y)[0], None), "The 2nd value is None: a `return` is "),
    ],
)
def test_the_wrong_one_of_several_results_is_named(wrong, says):
    assert message(wrong, lesson(fit, cases=samples), "fit").startswith(says)


def test_lists_and_dicts_are_compared_entry_by_entry():
    records = lesson(record, cases=lambda rng: [(np.arange(3.0),), (np.ones(2),)])

    def says(change):
        return message(lambda x: {**record(x), **change(x)}, records, "record")

    assert judge(lambda x: dict(record(x)), records, "record").status == CORRECT
    as_array = lambda x: {**record(x), "losses": np.array(record(x)["losses"])}  # noqa: E731
    assert judge(as_array, records, "record").status == CORRECT
    assert says(lambda x: {"w": x}) == "Entry 'w' is `x` as it was given, unchanged."
    assert says(lambda x: {"w2": x}) == (
        "The result has an entry 'w2' that is not expected."
    )
    assert says(lambda x: {"losses": [1.0]}).startswith("Entry 'losses' has shape (1,)")
    assert says(lambda x: {"losses": [1.0, "a", 2]}).startswith(
        "The 2nd value of entry"
    )
    assert says(lambda x: {"name": "adam"}) == "Entry 'name' is not what is expected."
    assert message(lambda x: {"w": x}, records, "record") == (
        "The result has no entry 'losses'."
    )


def test_patterns_are_not_read_into_numbers_that_do_not_show_them():
    one = lesson(loss, cases=lambda rng: samples(rng)[:1])
    assert "factor" not in message(lambda X, y: 3 * loss(X, y), one, "loss")
    column = lesson(center, cases=lambda rng: [(rng.normal(size=(4, 1)),)])
    says = message(lambda X: center(X).T, column, "center")
    assert says == "The result has the right numbers in shape (1, 4) instead of (4, 1)."
    different = lesson(loss, cases=samples)  # another factor for every input
    says = message(lambda X, y: X[0, 0] * loss(X, y), different, "loss")
    assert says == "The result is not what is expected."


def test_true_and_false_exchanged():
    def positive(x):
        return x > 0

    signs = lesson(positive, cases=lambda rng: [(rng.normal(size=9),)])
    says = message(lambda x: x <= 0, signs, "positive")
    assert says == "The result has True and False exchanged."
    assert judge(lambda x: (x > 0).astype(int), signs, "positive").status == CORRECT


def test_tensors_are_compared_too():
    torch = pytest.importorskip("torch")

    def double(x):
        return 2 * x

    tensors = lesson(double, cases=lambda rng: [(torch.arange(6.0),), (torch.ones(3),)])
    assert judge(lambda x: x + x, tensors, "double").status == CORRECT
    trained = judge(
        lambda x: x * torch.tensor(2.0, requires_grad=True), tensors, "double"
    )
    assert trained.status == CORRECT
    half = judge(lambda x: (2 * x).bfloat16(), tensors, "double")
    assert half.status == CORRECT
    assert message(lambda x: (2 * x).numpy(), tensors, "double").startswith(
        "The result is a NumPy array where a PyTorch tensor is expected; stay with"
    )
    assert message(lambda x: -2 * x, tensors, "double").startswith(
        "The result has the w"
    )
    assert message(lambda X: torch.from_numpy(center(X))).startswith(
        "The result is a PyTorch tensor where a NumPy array is expected; `.numpy()`"
    )
    assert message(lambda x: x.mul_(2), tensors, "double").startswith(
        "It changes its i"
    )
    sparse = judge(lambda x: (2 * x).to_sparse(), tensors, "double")
    assert sparse.status == CORRECT


def test_an_input_changed_in_place_is_named_and_inputs_are_copies():
    def wrong(X):
        X -= X.mean(axis=0)
        return X

    verdict = judge(wrong)
    assert verdict.message.startswith(
        "It changes its input `X` in place: work on a copy"
    )
    assert judge(
        wrong, lesson(center, cases=matrices, may_change_input=True)
    ).status == (CORRECT)
    again = judge(wrong)
    assert again.fed == verdict.fed


def test_warnings_count_only_where_the_exercise_says_so():
    def sigmoid(z):
        return np.where(z > 0, 1.0, 0.0)

    def naive(z):
        return 1 / (1 + np.exp(-z))

    def extremes(rng):
        return [(np.array([-1e4, 1e4]),)]

    strict = lesson(sigmoid, cases=extremes, may_warn=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert message(naive, strict, "sigmoid") == (
            "The numbers are right, but NumPy warns: overflow encountered in exp. Find "
            "a way that never comes there."
        )
        relaxed = lesson(sigmoid, cases=extremes)
        assert judge(naive, relaxed, "sigmoid").status == CORRECT
    known = lesson(
        sigmoid,
        cases=extremes,
        may_warn=False,
        mistakes=(Mistake("Overflow.", wrong=lambda z: 1 / (1 + np.exp(-z))),),
    )
    assert message(naive, known, "sigmoid") == "Overflow."


def test_mistakes_are_recognized_by_what_they_do_or_by_asking():
    def five(X):
        return X + 5

    assert message(five).startswith("The result has the right shape")
    five.five = 5
    assert message(five) == "That is a lambda of five."
    five.five = 6
    assert message(five).startswith("The result has the right shape")


def test_a_mistake_that_stops_is_recognized_by_its_error():
    def product(A, B):
        return A @ B

    products = lesson(
        product,
        cases=lambda rng: [(np.ones((2, 3)), np.ones((3, 4)))],
        mistakes=(Mistake("Exchanged.", wrong=lambda A, B: B @ A),),
    )
    assert message(lambda A, B: np.matmul(B, A), products, "product") == "Exchanged."
    says = message(lambda A, B: A @ A, products, "product")
    assert says.startswith("These shapes cannot be multiplied: ")
    assert says.endswith(
        "(`A` is (2, 3)). Are these the arrays that you want? If so, `.T` turns a "
        "matrix on its side."
    )


def test_numpys_words_about_shapes_and_truth_are_put_plainly():
    rows = lesson(_weigh, cases=lambda rng: [(np.ones((6, 2)), np.ones(6))])
    by_dot = message(lambda X, d: np.dot(X, d), rows, "_weigh")
    assert "(`X` is (6, 2), `d` is (6,)). Are these the arrays" in by_dot
    assert message(lambda X, d: X * d, rows, "_weigh").startswith(
        "Shapes (6, 2) and (6,) do not go together number by number: "
    )
    both = message(lambda X, d: X[0] if d > 0 else X[1], rows, "_weigh")
    assert both.startswith("`if`, `and`, `or` and `not` take one True or False")
    says = message(lambda X, d: nan, rows, "_weigh")  # noqa: F821
    assert says == "The name `nan` is not defined: do you mean `np.nan`?"


def _weigh(X, d):
    return X.T @ d


def test_equal_numbers_are_not_shown_with_more_digits_than_they_need():
    def halve(z):
        return z / 2

    exact = lesson(
        halve, may_warn=False, cases=lambda rng: [(np.array([2.0, 1e-9, 0.0]),)]
    )
    warned = judge(lambda z: (np.log(0 * z), z / 2)[1], exact, "halve")
    assert warned.got == warned.expected == "[1., 0., 0.]   (shape (3,))"
    close = judge(
        lambda z: z / 2 + 1e-6 * (z == 2),
        lesson(halve, rtol=1e-9, cases=lambda rng: [(np.array([2.0, 0.0]),)]),
        "halve",
    )
    assert close.got.startswith("[1.000001, 0]")
    assert close.expected.startswith("[1, 0]")


def test_also_asks_what_the_results_do_not_show():
    def also(answer):
        return "It takes too long a name." if len(answer.__name__) > 9 else None

    asks = lesson(center, cases=matrices, also=also)
    assert judge(lambda X: center(X), asks).status == CORRECT

    def far_too_long_a_name(X):
        return X - X.mean(0)

    assert message(far_too_long_a_name, asks) == "It takes too long a name."
    fails = lesson(center, cases=matrices, also=lambda answer: 1 / 0)
    assert message(lambda X: center(X), fails).startswith("It stops with ZeroDivision")


# Code that stops ------------------------------------------------------------


def test_an_error_names_the_learners_own_line():
    def helper(X):
        return np.linalg.inv(X[:2, :2] * 0)

    def wrong(X):
        print("so far")
        return helper(X) + 1

    verdict = judge(wrong)
    assert verdict.message == "It stops with LinAlgError: Singular matrix"
    assert verdict.line.endswith(
        "of test_engine.py:  return np.linalg.inv(X[:2, :2] * 0)"
    )
    assert verdict.printed == "so far"
    assert verdict.fed.startswith("X = [[")
    assert "linalg.py" not in repr(verdict)


def test_the_wrong_parameters():
    assert message(lambda X, y: X) == (
        "It cannot be called as the exercise asks: it should begin with "
        "`def center(X)`, and yours is `def <lambda>(X, y)`."
    )
    assert message(lambda: 1).endswith("and yours is `def <lambda>()`.")

    def inside(X):
        return center(X, 1)

    assert message(inside).startswith(
        "It stops with TypeError: center() takes 1 positi"
    )


def test_the_wrong_parameters_of_a_class():
    counter = lesson(Counter, cases=lambda rng: [(2,)], run=lambda C, n: C(n).up())
    assert message(type("C", (), {}), counter, "Counter").startswith(
        "It cannot be called"
    )
    cell = {}  # another file than that of `run`, as in a notebook
    exec("class Mine:\n def __init__(self):\n  self.n = 0", cell)
    assert message(cell["Mine"], counter, "Counter") == (
        "It cannot be called as the exercise asks: it should begin with "
        "`def __init__(self, step)`, and yours is `def __init__(self)`."
    )


def test_an_error_of_a_library_is_no_stub():
    torch = pytest.importorskip("torch")

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()

    nets = lesson(Net, run=lambda N: N().__class__.__name__)
    assert message(lambda X: Net()(X)).startswith(
        "The network `Net` has no `forward`: is it spelled right, and indented like"
    )
    assert judge(type("Net", (Net,), {}), nets, "Net").status == CORRECT

    def another_stub(X):
        raise NotImplementedError("not in this version")

    says = "It stops with NotImplementedError: not in this version"
    assert message(another_stub) == says


def test_names_not_defined_or_hidden():
    assert message(lambda X: X - mu).startswith("The name `mu` is not defined: ")  # noqa: F821

    def local(X):
        sum = 3
        return sum(X)

    assert message(local) == (
        "The name `sum` now stands for 3 instead of Python's own `sum`: choose another "
        "name."
    )

    def method(X):
        sum = 3
        return X.sum() + "a" + sum

    assert message(method).startswith("It stops with ")
    cell = {"sum": 3, "np": 4}
    exec("def a(X):\n    return sum(X)\ndef b(X):\n    return np.mean(X)", cell)
    assert message(cell["a"]).endswith("instead of Python's own `sum`: run `del sum`.")
    assert message(cell["b"]) == (
        "The name `np` now stands for 4 instead of NumPy: "
        "run `import numpy as np` again."
    )


def endless(X):
    return endless(X)


def leaves_python(X):
    sys.exit(3)


def interrupts_itself(X):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (endless, "It calls itself without end (RecursionError)."),
        (leaves_python, "It calls `exit()` or `quit()`: end a function with `return`"),
        (interrupts_itself, "It stops with KeyboardInterrupt."),
        (
            lambda X: X[7, 7],
            "It stops with IndexError: index 7 is out of bounds for axi",
        ),
    ],
)
def test_ways_to_stop(wrong, says):
    assert message(wrong).startswith(says)


def large(rng):
    return (rng.normal(size=(200, 20)),)


def number_by_number(X):
    out = np.empty(X.shape)
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            out[i, j] = X[i, j] - X[:, j].mean()
    return out


def test_a_right_answer_that_makes_the_lesson_slow_is_told_so():
    often = lesson(center, cases=matrices, in_lesson=large, calls=20_000, seconds=5)
    slow = judge(number_by_number, often)
    assert slow.status == CORRECT
    assert slow.value is number_by_number
    assert "But the lesson calls it 20,000 times" in slow.message
    assert "minutes with yours" in slow.message
    fast = judge(lambda X: X - X.sum(0) / len(X), often)
    assert fast.status == CORRECT
    assert "But the lesson" not in fast.message
    seldom = lesson(center, cases=matrices, in_lesson=large, calls=1, seconds=5)
    assert "But the lesson" not in judge(number_by_number, seldom).message


# Time and memory ------------------------------------------------------------


def loops(X):
    while True:
        pass


def loops_and_swallows(X):
    while True:
        try:  # noqa: SIM105
            np.exp(X)
        except:  # noqa: E722
            pass


def sleeps(X):
    time.sleep(1000)


def draws_without_end(X):
    return sum(1 for _ in iter(int, 1))


def prints_without_end(X):
    while True:
        print("x" * 1000)


@unix_only
@pytest.mark.parametrize(
    "wrong",
    [
        loops,
        loops_and_swallows,
        sleeps,
        draws_without_end,
        prints_without_end,
    ],
)
def test_code_without_end_is_stopped(wrong):
    start = time.monotonic()
    verdict = judge(wrong)
    assert time.monotonic() - start < within(5)
    assert verdict.message == (
        "It does not come to an end within 0.3 seconds: a loop without end, or far too "
        "many steps."
    )
    assert " of test_engine.py:  " in verdict.line
    assert len(verdict.printed) < 1000


@linux_only
@pytest.mark.parametrize(
    "wrong",
    [
        lambda X: np.ones(10**13),
        lambda X: np.ones((60_000, 60_000)),
        lambda X: [np.ones(10**6) for _ in iter(int, 1)],
    ],
)
def test_memory_without_end_is_refused(wrong):
    limited = lesson(center, cases=matrices, seconds=20)
    assert message(wrong, limited).startswith("It asks for more than 0.5 GB of memory:")
    np.empty(10**8)  # 0.8 GB: the limit is gone
    import resource

    assert resource.getrlimit(resource.RLIMIT_DATA)[0] == resource.RLIM_INFINITY


@linux_only
def test_where_the_system_does_not_limit_memory_the_watcher_does(monkeypatch):
    monkeypatch.setattr(bounds, "LINUX", False)
    limited = lesson(center, cases=matrices, seconds=20)
    says = message(lambda X: [np.ones(10**6) for _ in iter(int, 1)], limited)
    assert says.startswith("It asks for more than 0.5 GB of memory:")


def test_code_is_stopped_without_posix_signals_too(monkeypatch):
    monkeypatch.delattr(signal, "setitimer", raising=False)
    assert "within 0.3 seconds" in message(loops)
    assert "within 0.3 seconds" in message(loops_and_swallows)


@linux_only
def test_memory_asked_of_torch_is_refused_and_torch_works_on():
    torch = pytest.importorskip("torch")
    says = message(lambda X: torch.ones(10**12))
    assert says.startswith("It asks for more than 0.5 GB of memory:")
    assert (torch.ones(300, 300) @ torch.ones(300, 300)).sum() == 300**3


def test_a_view_larger_than_memory_is_only_a_wrong_shape():
    says = message(lambda X: np.broadcast_to(1.0, (10**6, 10**6)))
    assert says == "The result has shape (1000000, 1000000) instead of (3, 2)."


@unix_only
def test_a_late_signal_never_leaves_the_call():
    for k in range(40):
        until = time.monotonic() + 0.04 + 0.001 * k

        def busy(until=until):
            while time.monotonic() < until:
                pass

        outcome = bounds.call(busy, seconds=0.05)
        assert outcome.fault is None or outcome.limit == "time"
        sum(range(20_000))  # a stray interrupt would hit here


def test_outside_the_main_thread_it_works_without_the_time_limit():
    found = []
    thread = threading.Thread(
        target=lambda: found.append(CENTER.judge(lambda X: -center(X), "center"))
    )
    thread.start()
    thread.join()
    assert "wrong sign" in found[0].message


def test_the_time_is_counted_for_all_trials_together():
    def cases(rng):
        return [(np.ones(i + 1),) for i in range(10)]

    slow = lesson(center, cases=cases)
    assert "within 0.3 seconds" in message(lambda X: time.sleep(0.1) or center(X), slow)


# Side effects ---------------------------------------------------------------


def test_what_it_prints_is_captured_and_shortened(capfd):
    def chatty(X):
        for i in range(100):
            print(i, "<b>" * 50)
        print("to stderr", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        return X

    verdict = judge(chatty)
    assert verdict.printed.startswith("0 <b>")
    assert len(verdict.printed.splitlines()) == 8
    assert max(map(len, verdict.printed.splitlines())) <= 88
    assert "&lt;b&gt;" in verdict._repr_html_()
    assert "<b><b>" not in verdict._repr_html_()
    assert capfd.readouterr() == ("", "")


def test_numpy_is_put_back():
    mean, exp = np.mean, np.exp

    def wrong(X):
        np.mean = 3
        np.linalg.norm = None
        return X - X.mean(0)

    assert message(wrong) == (
        "Your code gives `np.mean` another meaning. It is NumPy's own again: choose "
        "another name on the left of the `=`."
    )
    assert np.mean is mean
    assert callable(np.linalg.norm)
    np.exp = 4  # in another cell, before
    assert message(lambda X: X) == (
        "Somewhere in this notebook `np.exp` was given another meaning. It is NumPy's "
        "own again: run this cell once more."
    )
    assert np.exp is exp
    del np.exp
    assert "`np.exp`" in message(lambda X: X)
    assert np.exp is exp


def test_the_learners_settings_do_not_change_the_verdict():
    with np.errstate(all="raise"), np.printoptions(precision=1):
        strict = judge(lambda X: X / 0 * 0)
    assert strict.message.startswith("The result contains nan")
    assert strict.fed == judge(lambda X: X).fed


def test_what_the_learner_allocated_is_let_go():
    import weakref

    class Big(np.ndarray):
        pass

    alive = []

    def wrong(X):
        big = np.ones(10).view(Big)
        alive.append(weakref.ref(big))
        return big[99]

    judge(wrong)
    assert alive[0]() is None


# What is shown --------------------------------------------------------------


def test_the_verdict_shows_what_went_in_and_out():
    verdict = judge(lambda X: X - X.mean(1)[:, None])
    assert repr(verdict) == (
        "✗ Exercise center: not right yet\n"
        "You took the mean of each row.\n"
        "  given             X = [[ 0.1257, -0.1321],\n"
        "                         [ 0.6404,  0.1049],\n"
        "                         [-0.5357,  0.3616]]   (shape (3, 2))\n"
        "  your result       [[ 0.1289, -0.1289],\n"
        "                     [ 0.2678, -0.2678],\n"
        "                     [-0.4486,  0.4486]]   (shape (3, 2))\n"
        "  expected          [[ 0.0489, -0.2436],\n"
        "                     [ 0.5636, -0.0066],\n"
        "                     [-0.6125,  0.2501]]   (shape (3, 2))\n"
        "  first difference  at [0, 0]: 0.128918 instead of 0.0489024\n"
        'A hint: `ex.hint("center")` · until it is right, the course\'s answer is used '
        "below."
    )


def test_close_is_said_of_each_result_by_its_own_size():
    def value_of(x):
        return x

    sizes = lesson(value_of, cases=lambda rng: [(1000.0,), (1.0,)])
    says = message(lambda x: x if x > 1 else 1.5, sizes, "value_of")
    assert says == "The result is right for some inputs, but not for this one."
    says = message(lambda x: x * 1.001, sizes, "value_of")
    assert says == "The result is close, within 1 %, but not equal."


def test_the_first_difference_names_the_part_it_is_in():
    def halves(X):
        return X[:1], X[1:]

    parts = lesson(halves, cases=lambda rng: [(rng.normal(size=4),)])
    verdict = judge(lambda X: (X[:1], X[1:] ** 2), parts, "halves")
    assert verdict.place.startswith("in the 2nd value at [0]: ")


def test_minus_zero_is_shown_as_zero():
    assert compare.show(np.array([-0.0, 1.0])).startswith("[0., 1.]")
    assert compare.show((-0.0, np.float64(-0.0))) == "(0, 0)"


def test_results_that_look_the_same_are_shown_with_more_digits():
    verdict = judge(lambda X: center(X) + 3e-6)
    assert verdict.got != verdict.expected


@pytest.mark.parametrize(
    "value",
    [
        np.arange(10_000.0).reshape(100, 100),
        np.zeros((4, 5, 6, 7)),
        [list(range(100))] * 100,
        {str(i): np.ones((9, 9)) for i in range(99)},
        "x" * 100_000,
        10**400,
        object(),
        Hostile(),
        [Hostile()],
        generator(0),
        np.array([Hostile()], dtype=object),
        float("nan"),
        np.broadcast_to(1.0, (10**6, 10**6)),
        lambda x: x,
        np.mean,
        Counter,
    ],
)
def test_anything_is_shown_in_few_lines(value):
    lines = compare.show(value).splitlines()
    assert 1 <= len(lines) <= 8
    assert max(map(len, lines)) <= 88
    assert "0x" not in "".join(lines)


def test_hints_and_the_solution(capsys):
    assert CENTER.hint("center") is None
    assert capsys.readouterr().out == (
        "**Hint 1 of 2 for center.** Think of the mean.\n\n"
        'More: `ex.hint("center", 2)`\n'
    )
    CENTER.hint("center", 2)
    assert capsys.readouterr().out == (
        "**Hint 2 of 2 for center.** Use the mean of every column, with axis=0.\n\n"
        'The course\'s answer: `ex.solution("center")`\n'
    )
    for step in (0, 3, -1, "2", None, 1.5):
        CENTER.hint("center", step)
        assert capsys.readouterr().out.startswith("There are 2 hints for `center`, ")
    CENTER.hint(center)  # the function instead of its name
    assert "Hint 1 of 2" in capsys.readouterr().out
    assert CENTER.solution("center") is None
    assert capsys.readouterr().out == (
        "def center(X: np.ndarray) -> np.ndarray:\n"
        '    """Subtract the mean of each column."""\n'
        "    return X - X.mean(axis=0)\n\n"
    )


def test_check_shows_and_returns(capsys):
    def mine(X):
        return X - X.mean(0)

    assert CENTER.check(mine, "center") is mine
    assert "✓ Exercise center: correct" in capsys.readouterr().out
    assert CENTER.check(lambda X: X, "center") is center
    assert "✗ Exercise center: not right yet" in capsys.readouterr().out


def test_a_fault_of_the_course_does_not_stop_the_notebook(capsys):
    def broken(X):
        return 1 / 0

    lessons = lesson(broken, cases=matrices)
    assert lessons.check(lambda X: X, "broken") is broken
    assert "The check itself failed (RuntimeError: the answer to broken fails" in (
        capsys.readouterr().out
    )


def test_without_ipython_it_prints(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    CENTER.check(lambda X: X, "center")
    assert capsys.readouterr().out.startswith(
        "✗ Exercise center: not right yet\nThe res"
    )


def test_cases_are_the_same_every_time():
    assert judge(lambda X: X).fed == judge(lambda X: X).fed


def test_run_says_how_an_answer_is_used():
    counter = lesson(
        Counter,
        cases=lambda rng: [(1, 3), (2, 2), (5, 1)],
        run=lambda C, step, times: [
            count.up() for count in [C(step)] for _ in range(times)
        ],
        mistakes=(),
    )

    class Mine:
        def __init__(self, step):
            self.step, self.n = step, 0

        def up(self):
            self.n += 1
            return self.n

    assert judge(type("Copy", (Counter,), {}), counter, "Counter").status == CORRECT
    verdict = judge(Mine, counter, "Counter")
    assert (
        verdict.message == "The result is right for some inputs, but not for this one."
    )
    assert verdict.fed == "step = 2\ntimes = 2"

    class Stops:
        def __init__(self, step):
            self.step = step

        def up(self):
            return self.m

    verdict = judge(Stops, counter, "Counter")
    assert verdict.message.startswith("It stops with AttributeError: ")
    assert verdict.line.endswith("return self.m")


def test_a_value_judged_by_what_it_does():
    def bowl() -> tuple[float, float]:
        return 2.0, 3.0

    both = lesson(
        bowl,
        value=True,
        cases=lambda rng: [(1.0,), (2.0,)],
        run=lambda answer, x: answer[0] * x > 1,
        mistakes=(Mistake("Too small.", wrong=(0.1, 1.0)),),
    )
    assert judge((1.5, 99.0), both, "bowl").status == CORRECT
    assert message((0.2, 0.0), both, "bowl") == "Too small."
    assert message(3.0, both, "bowl") == (
        "The value is a number where 2 values are expected (a tuple)."
    )


# In a notebook --------------------------------------------------------------

CELLS = """
import numpy as np
from helpers.exercises import lesson_00 as ex
%%
def weighted_sum(x, w, b):
    raise NotImplementedError("your code here")

weighted_sum = ex.check(weighted_sum)
%%
def weighted_sum(x, w, b):
    y = x @ w
    return y + x[7]

weighted_sum = ex.check(weighted_sum)
%%
def weighted_sum(x, w, b):
    exit()

weighted_sum = ex.check(weighted_sum)
%%
ex.LESSON.exercises["weighted_sum"].seconds = 0.3
def weighted_sum(x, w, b):
    while True:
        try:
            np.exp(x)
        except:
            pass

weighted_sum = ex.check(weighted_sum)
%%
def weighted_sum(x, w, b):
    return np.ones((60_000, 60_000)) if b else quit()

weighted_sum = ex.check(weighted_sum)
%%
weighted_sum = ex.check(weighted_sum)
%%
def weighted_sum(x, w, b):
    return x @ w + b

weighted_sum = ex.check(weighted_sum)
ex.hint("weighted_sum")
ex.solution("weighted_sum")
%%
import time
time.sleep(0.3)  # exit() would have ended the kernel by now
print("alive", weighted_sum(np.ones(2), np.ones(2), 1.0))
"""


def test_in_a_notebook():
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    cells = [nbformat.v4.new_code_cell(c.strip()) for c in CELLS.split("%%")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    outputs = [cell.outputs for cell in notebook.cells]
    assert not any(
        o.output_type in ("error", "stream") for c in outputs[:-1] for o in c
    )
    texts = ["\n".join(o.data["text/plain"] for o in c) for c in outputs[:-1]]
    assert all(
        "text/html" in o.data or "text/markdown" in o.data
        for cell in outputs[:-1]
        for o in cell
    )
    assert "not done yet" in texts[1]
    assert "IndexError" in texts[2]
    assert "line 3 of your cell:  return y + x[7]" in texts[2]
    assert "It calls `exit()`" in texts[3]
    assert "line 2 of your cell:  exit()" in texts[3]
    if os.name != "nt":
        assert "It does not come to an end within 0.3 seconds" in texts[4]
    if bounds.LINUX:
        assert "It asks for more than 2 GB" in texts[5]
    assert "This is the course's answer, not yours" in texts[6]
    assert "✓ Exercise weighted_sum: correct" in texts[7]
    assert "**Hint 1 of 3" in texts[7]
    assert "return x @ w + b" in texts[7]
    assert outputs[-1][0].text == "alive 3.0\n"
