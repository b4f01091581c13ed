"""Lesson 06, dropout: reference answers, hints and checks."""

from collections.abc import Callable

import numpy as np

from helpers.exercises import compare
from helpers.exercises.engine import Exercise, Lesson, Mistake
from helpers.exercises.verdict import Verdict
from helpers.network import softmax


def _draws(cases: Callable) -> Callable:
    """A predicate: two calls with the same arguments give two results."""

    def when(answer: Callable) -> bool:
        case = cases(np.random.default_rng(0))[0]
        return not compare.equal(answer(*case), answer(*case))

    return when


# Exercise 1: dropout, forward ---------------------------------------------------------


def dropout(
    a: np.ndarray, rate: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Drop each number of a with probability rate, and scale up what is left.

    a (N, M) activations, which stay as they are; rate the drop rate, 0 <= rate < 1.
    Each number is dropped or kept by itself, by a random number drawn from rng.
    Returns the dropped activations, a * mask, and the mask, both (N, M): the mask is
    0 where a number is dropped, and 1 / (1 - rate) where it is kept.
    """
    keep = 1 - rate
    mask = (rng.random(a.shape) < keep) / keep
    return a * mask, mask


def dropout_cases(rng: np.random.Generator) -> list[tuple]:
    """Rates small and large, and 0; few samples and many; numbers of both signs."""
    shapes = {0.2: (3, 4), 0.5: (5, 6), 0.75: (8, 3), 0.0: (2, 3), 0.1: (1, 9)}
    return [(rng.normal(size=s), rate, rng) for rate, s in shapes.items()]


def dropout_in_lesson(rng: np.random.Generator) -> tuple:
    """A call of middle size: masks for 10 to 300 hidden units, and for 784 inputs."""
    return np.ones((50, 140), np.float32), 0.5, rng


class Filled(tuple):
    """What is compared of an answer's result; ``returned`` is the result itself."""

    returned: tuple[np.ndarray, np.ndarray]


def filled_in(
    answer: Callable, a: np.ndarray, rate: float, rng: np.random.Generator
) -> object:
    """Use an answer, and fill in what it dropped with what it would be if kept.

    So the result does not depend on which numbers are dropped, and answers can be
    compared that draw their masks in different ways. Where something was kept, the
    factor that it got is taken for what was dropped as well.
    """
    before = a.copy()
    result = answer(a, rate, rng)
    if not isinstance(result, tuple | list) or len(result) != 2:
        return result
    dropped, mask = result
    for part in result:
        if not isinstance(part, np.ndarray) or part.shape != a.shape:
            return result
    dropped, mask = dropped.astype(float), mask.astype(float)
    gone = (mask == 0) & (dropped == 0)
    factor = scale = 1 / (1 - rate)
    if not gone.all():
        factor, scale = np.median((dropped / before)[~gone]), np.median(mask[~gone])
    filled = Filled(
        (np.where(gone, before * factor, dropped), np.where(gone, scale, mask))
    )
    filled.returned = tuple(result)
    return filled


def _without_minus_zero(part: np.ndarray) -> np.ndarray:
    """The same numbers, but −0.0, which a mask makes of negative numbers, is 0."""
    part = np.asarray(part)
    return part + 0.0 if part.dtype.kind == "f" else part


class DropoutExercise(Exercise):
    """Compares what is filled in, but shows what the answer returned."""

    def _explain(
        self,
        answer: object,
        cases: list[tuple],
        trials: list,
        wanted: list,
        first: int,
    ) -> Verdict:
        """Put the answer's own zeros into what is shown as expected, too."""
        verdict = super()._explain(answer, cases, trials, wanted, first)
        a, rate, _ = cases[first]
        got, want = trials[first].value, wanted[first].value.returned
        zeros = "zeros at other places would be right, too"
        if isinstance(got, Filled):
            gone = np.any([np.asarray(part) == 0 for part in got.returned], axis=0)
            if gone.any() and not gone.all():
                kept = np.where(gone, 0, 1 / (1 - rate))
                want, zeros = (a * kept, kept), "with the zeros where yours are"
            got = tuple(_without_minus_zero(part) for part in got.returned)
        if verdict.expected:
            want = tuple(_without_minus_zero(part) for part in want)
            verdict.got, shown = compare.show_both(got, want)
            verdict.expected = f"{zeros}:\n{shown}"
            verdict.place = ""
        return verdict


def _kept(answer: Callable, rate: float, N: int = 200, M: int = 40) -> np.ndarray:
    """Which of many numbers, all 1, an answer keeps."""
    dropped, _ = answer(np.ones((N, M)), rate, np.random.default_rng(3))
    return np.asarray(dropped) != 0


NOTHING = (
    "Nothing is ever dropped. With rate 0.2, a fifth of the numbers must become 0."
)
EVERYTHING = "Everything is dropped. With rate 0.2, only a fifth should become 0."
EXCHANGED = (
    "Drop rate and keep probability are exchanged: with rate 0.2 you keep about a "
    "fifth of the numbers and drop the rest."
)
SAMPLES_ALIKE = (
    "All samples get the same mask. Draw one random number for each number of `a`: the "
    "mask has the shape (N, M)."
)
UNITS_ALIKE = (
    "All units of a sample share one fate. Draw one random number for each number of "
    "`a`: the mask has the shape (N, M)."
)


def random_enough(answer: Callable) -> str | None:
    """Say what is wrong with the masks that an answer draws, by their statistics."""
    kept = _kept(answer, 0.2)
    share = kept.mean()
    if share == 1:
        return NOTHING
    if share == 0:
        return EVERYTHING
    if abs(share - 0.2) < 0.05:
        return EXCHANGED
    if (kept == kept[0]).all():
        return SAMPLES_ALIKE
    if (kept == kept[:, :1]).all():
        return UNITS_ALIKE
    if abs(share - 0.8) > 0.03:
        return "With rate 0.2, four fifths of the numbers should be kept on average."
    _, mask = answer(np.zeros((200, 40)), 0.2, np.random.default_rng(3))
    if abs(np.isclose(mask, 1.25).mean() - 0.8) > 0.03:
        return (
            "The mask is wrong where `a` is 0, as it often is after a ReLU: such a "
            "number is kept or dropped like any other."
        )
    return _drawn_from_rng(answer)


def _drawn_from_rng(answer: Callable) -> str | None:
    def draw(rng: np.random.Generator) -> np.ndarray:
        return np.asarray(answer(np.ones((20, 10)), 0.5, rng)[1])

    rng = np.random.default_rng(4)
    first, second = draw(rng), draw(rng)
    if (first == second).all():
        return (
            "Every call gives the same mask. Draw from the `rng` you are given, and do "
            "not make a new one with a fixed seed."
        )
    if (first != draw(np.random.default_rng(4))).any():
        return (
            "The mask does not come from the `rng` you are given, so that nobody can "
            "repeat your run. Use `rng.random(...)`."
        )
    rng = np.random.default_rng(5)
    counts = [(draw(rng) != 0).sum(axis=1) for _ in range(10)]
    if np.ptp(counts) == 0 or np.ptp(np.sum(counts, axis=1)) == 0:
        return (
            "You always keep exactly the same share. Each number is dropped or kept by "
            "itself, so the share varies from draw to draw."
        )
    return None


def _other_order(answer: Callable) -> bool:
    mask, dropped = answer(np.full((50, 4), 3.0), 0.5, np.random.default_rng(1))
    mask, dropped = np.asarray(mask), np.asarray(dropped)
    return bool(set(np.unique(mask)) <= {0, 2} and set(np.unique(dropped)) <= {0, 6})


def _drawn(says: str, *specimens: object) -> Mistake:
    """A mistake that the masks' statistics show, whatever else is wrong."""
    return Mistake(says, *specimens, when=lambda answer: random_enough(answer) == says)


DRAWN, BOTH = "(rng.random(a.shape) < keep)", "a * mask, mask"
IN_FULL = " * np.ones(a.shape)"

DROPOUT_MISTAKES = (
    Mistake(
        "The two results are in the other order: first the activations, then the mask.",
        (BOTH, "mask, a * mask"),
        when=_other_order,
    ),
    _drawn(NOTHING, (DRAWN, "np.ones(a.shape)")),
    _drawn(EVERYTHING, (DRAWN, "np.zeros(a.shape)")),
    _drawn(EXCHANGED, ("< keep", "< rate")),
    _drawn(
        SAMPLES_ALIKE,
        ("a.shape)", "a.shape[1])"),
        (DRAWN, f"(rng.random(a.shape[1]) < keep){IN_FULL}"),
    ),
    _drawn(
        UNITS_ALIKE,
        ("a.shape)", "(len(a), 1))"),
        (DRAWN, f"(rng.random((len(a), 1)) < keep){IN_FULL}"),
    ),
    Mistake(
        "What is kept is not scaled up. That is plain dropout; here each number that "
        "is kept must become 1 / (1 - rate) times as large.",
        (" / keep", ""),
    ),
    Mistake(
        "You multiply by the keep probability where you should divide by it: what is "
        "kept must become larger, to make up for what is lost.",
        ("/ keep", "* keep"),
    ),
    Mistake(
        "You divide by the drop rate. Divide by the share that is kept, 1 - rate.",
        ("/ keep", "/ max(rate, 0.01)"),
        when=lambda answer: np.allclose(
            np.max(answer(np.ones((50, 4)), 0.2, np.random.default_rng(0))[0]), 5
        ),
    ),
    Mistake(
        "The activations are right, but the mask is not scaled. Return the mask that "
        "`a` was multiplied by: the way back needs it.",
        (BOTH, "a * mask, mask > 0"),
    ),
    Mistake(
        "The mask is right, but the activations are not scaled. They are a * mask, "
        "with the scaled mask.",
        (BOTH, "a * (mask > 0), mask"),
    ),
    Mistake(
        "You scale twice: once the mask, and once more the activations.",
        (BOTH, "a * mask / keep, mask"),
    ),
)

dropout_exercise = DropoutExercise(
    dropout,
    cases=dropout_cases,
    run=filled_in,
    also=random_enough,
    in_lesson=dropout_in_lesson,
    calls=85_000,
    hints=(
        "Draw one random number between 0 and 1 for each number of `a`. Such a number "
        "is below 0.8 with probability 0.8.",
        "`rng.random(a.shape) < keep`, with `keep = 1 - rate`, is True where a number "
        "is kept. As a number, True is 1 and False is 0. What is still missing is the "
        "scale.",
        "`mask = (rng.random(a.shape) < keep) / keep`. Return `a * mask, mask`.",
    ),
    mistakes=DROPOUT_MISTAKES,
)

# Exercise 2: mean and variance --------------------------------------------------------


def moments(a: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of a * mask over all the masks that could be drawn.

    a (N, M) activations; rate the drop rate, 0 <= rate < 1. The mask is 0 with
    probability rate, and otherwise 1 / (1 - rate).
    Returns the mean (N, M) and the variance (N, M) of each number, without drawing any.
    """
    keep = 1 - rate
    return a.copy(), a**2 * rate / keep


def moments_cases(rng: np.random.Generator) -> list[tuple]:
    """Several rates, one of them 0; numbers of both signs; one sample, one unit."""
    shapes = {0.2: (3, 4), 0.5: (3, 4), 0.75: (3, 4), 0.0: (3, 4)}
    shapes |= {0.1: (1, 3), 0.3: (3, 1), 0.6: (1, 1)}
    return [(rng.normal(size=shape), rate) for rate, shape in shapes.items()]


MEAN, VARIANCE = "a.copy()", "a**2 * rate / keep"
OF_PLAIN = (VARIANCE, "a**2 * rate * keep")
NOT_SCALED = (MEAN, "keep * a")
KEPT = "(np.random.default_rng().random((999, *a.shape)) < keep)"

MOMENTS_MISTAKES = (
    Mistake(
        "Those are the mean and variance of plain dropout, where what is kept stays as "
        "it is. Here it is a / q.",
        [NOT_SCALED, OF_PLAIN],
    ),
    Mistake(
        "The mean forgets the scale: with probability q the value is a / q, not a.",
        NOT_SCALED,
    ),
    Mistake(
        "The mean forgets the cases in which the unit is dropped: a / q is its value "
        "when it is kept.",
        (MEAN, "a / keep"),
    ),
    Mistake(
        "The variance is that of plain dropout. A factor 1/q on a value is a factor "
        "1/q² on its variance.",
        OF_PLAIN,
    ),
    Mistake(
        "That is the mean of the squares. For the variance, subtract the square of the "
        "mean.",
        (VARIANCE, "a**2 / keep"),
    ),
    Mistake(
        "Drop rate and keep probability are exchanged in the variance: the more is "
        "dropped, the more it must vary.",
        (VARIANCE, "a**2 * keep / max(rate, 1e-300)"),
        (VARIANCE, "a**2 * keep / rate"),
        (VARIANCE, "a**2 * (keep / rate)"),
    ),
    Mistake(
        "The two results are in the other order: first the mean, then the variance.",
        (f"{MEAN}, {VARIANCE}", f"{VARIANCE}, {MEAN}"),
    ),
    Mistake(
        "Those are the mean and the variance of the mask alone. Asked for are those of "
        "a * mask.",
        [(MEAN, "np.ones_like(a)"), (VARIANCE, "np.full_like(a, rate / keep)")],
        [(MEAN, "1.0"), (VARIANCE, "rate / keep")],
    ),
    Mistake(
        "Two calls with the same arguments give two results: you draw masks. Work out "
        "mean and variance from the two values that a number can take.",
        (MEAN, f"(a * {KEPT} / keep).mean(axis=0)"),
        when=_draws(moments_cases),
    ),
    Mistake(
        "The second value is a standard deviation, not yet a variance: it has not been "
        "squared.",
        (VARIANCE, "abs(a) * np.sqrt(rate / keep)"),
        (VARIANCE, "a * np.sqrt(rate / keep)"),
    ),
    Mistake(
        "The a in the variance must be squared: twice the activation gives four times "
        "the variance.",
        (VARIANCE, "a * rate / keep"),
    ),
    Mistake(
        "The variance of the mask alone is p / q. Times a, it is a² times as large.",
        (VARIANCE, "np.full_like(a, rate / keep)"),
        (VARIANCE, "rate / keep"),
    ),
)

moments_exercise = Exercise(
    moments,
    cases=moments_cases,
    hints=(
        "There are two cases only: 0 with probability p, and a / q with probability q "
        "= 1 − p. The mean is the sum of value times probability.",
        "The variance is the mean of the squares minus the square of the mean. The "
        "mean of the squares: 0² · p + (a / q)² · q.",
        "The mean is a. The variance is a² / q − a² = a² (1 − q) / q = a² p / q.",
    ),
    mistakes=MOMENTS_MISTAKES,
)

# Exercise 3: the gradient through a mask ----------------------------------------------


def gradients(
    X: np.ndarray, Y: np.ndarray, parameters: list[np.ndarray], mask: np.ndarray
) -> list[np.ndarray]:
    """Return the gradient of the mean softmax cross-entropy, with a mask that is given.

    X (N, D) samples, Y (N, K) one-hot labels, mask (N, M) as `dropout` returns it;
    parameters [W1, b1, W2, b2] with shapes (D, M), (M,), (M, K) and (K,).
    The network: a = max(0, X @ W1 + b1), then softmax((a * mask) @ W2 + b2).
    Returns [∂L/∂W1, ∂L/∂b1, ∂L/∂W2, ∂L/∂b2], with the shapes of the parameters.
    """
    W1, b1, W2, b2 = parameters
    a = np.maximum(X @ W1 + b1, 0)
    dropped = a * mask
    delta2 = (softmax(dropped @ W2 + b2) - Y) / len(X)
    delta1 = (delta2 @ W2.T) * mask * (a > 0)
    return [X.T @ delta1, delta1.sum(axis=0), dropped.T @ delta2, delta2.sum(axis=0)]


def gradients_cases(rng: np.random.Generator) -> list[tuple]:
    """Several shapes and rates; a mask that keeps all; one sample; large numbers."""
    sizes = {0.5: (6, 5, 4, 3), 0.25: (4, 2, 6, 3), 0.8: (7, 3, 9, 2)}
    sizes |= {0.0: (3, 3, 3, 3), 0.4: (1, 2, 3, 2), 0.6: (5, 3, 4, 2)}
    cases = []
    for rate, (N, D, M, K) in sizes.items():
        large = 4 if rate == 0.6 else 1
        shapes = [(D, M), (M,), (M, K), (K,)]
        parameters = [large * rng.normal(size=shape) for shape in shapes]
        mask = (rng.random((N, M)) >= rate) / (1 - rate)
        Y = np.eye(K)[rng.integers(0, K, N)]
        cases.append((large * rng.normal(size=(N, D)), Y, parameters, mask))
    return cases


def gradients_in_lesson(rng: np.random.Generator) -> tuple:
    """A mini-batch of 50 digits, and 100 hidden units."""
    numbers = (rng.normal(size=s) for s in [(784, 100), (100,), (100, 10), (10,)])
    parameters = [part.astype(np.float32) for part in numbers]
    X, Y = rng.random((50, 784)), np.eye(10)[rng.integers(0, 10, 50)]
    mask = (rng.random((50, 100)) < 0.5) / 0.5
    return *(part.astype(np.float32) for part in (X, Y)), parameters, np.float32(mask)


NO_MASK_BACK, NOT_IN_W2 = ("* mask * (a", "* (a"), ("dropped.T", "a.T")
NO_MASK_FORWARD, SLOPE, ERROR = (
    ("a * mask", "a"),
    "(a > 0)",
    "(softmax(dropped @ W2 + b2) - Y)",
)
FIRST_MEAN, SECOND_MEAN = ("delta1.sum", "delta1.mean"), ("delta2.sum", "delta2.mean")

GRADIENTS_MISTAKES = (
    Mistake(
        "The mask is missing on the way back: the error of the hidden layer must pass "
        "it too. A unit that was dropped has no slope.",
        NO_MASK_BACK,
    ),
    Mistake(
        "The mask is missing from the gradient for W2: W2 was multiplied by a * mask, "
        "not by a.",
        NOT_IN_W2,
    ),
    Mistake(
        "The mask is there on the way forward only. On the way back it is needed "
        "twice: in the gradient for W2, and in the error of the hidden layer.",
        [NOT_IN_W2, NO_MASK_BACK],
    ),
    Mistake("The mask is used nowhere.", [NO_MASK_FORWARD, NO_MASK_BACK]),
    Mistake(
        "The mask is missing on the way forward: the output layer gets a * mask.",
        NO_MASK_FORWARD,
        ("dropped @ W2", "a @ W2"),
    ),
    Mistake(
        "On the way back you use the mask without its scale, as zeros and ones. "
        "Forward it multiplies by 1/q, so backward it does too.",
        ("* mask * (a", "* (mask > 0) * (a"),
    ),
    Mistake(
        "The mask is applied twice on one way back. In the gradient for W2 `dropped` "
        "holds it already, and the error of the hidden layer passes it once.",
        ("dropped.T", "(dropped * mask).T"),
        ("* mask * (a", "* mask**2 * (a"),
    ),
    Mistake(
        "The slope of the ReLU is missing: it is 1 where a > 0, and 0 elsewhere.",
        (f" * {SLOPE}", ""),
    ),
    Mistake(
        "The slope of the ReLU is 1 where a > 0, and 0 elsewhere. You multiplied by "
        "something else: a itself, or the sigmoid's a(1 − a).",
        (SLOPE, "a"),
        (SLOPE, "a * (1 - a)"),
    ),
    Mistake(
        "Parentheses are missing around a > 0: Python multiplies first, and compares "
        "the product with 0.",
        (SLOPE, "a > 0"),
    ),
    Mistake(
        "The ReLU is missing on the way forward: a = max(0, z).",
        ("np.maximum(X @ W1 + b1, 0)", "X @ W1 + b1"),
    ),
    Mistake(
        "The hidden layer's biases are `b1`, the output layer's `b2`. You use one of "
        "them in the other's place.",
        ("+ b2", "+ b1"),
        ("+ b1", "+ b2"),
    ),
    Mistake(
        "The 1/N is missing: the loss is a mean over the samples.", (" / len(X)", "")
    ),
    Mistake(
        "Parentheses are missing around outputs − Y: Python divides first, and only "
        "the labels by N.",
        (ERROR, ERROR[1:-1]),
    ),
    Mistake(
        "A gradient for the biases is divided by N twice: the errors hold the 1/N "
        "already, and `mean` divides by N once more.",
        [FIRST_MEAN, SECOND_MEAN],
        FIRST_MEAN,
        SECOND_MEAN,
    ),
    Mistake(
        "You multiply the error of the output layer by o (1 − o), o being the outputs. "
        "With softmax and cross-entropy no such factor is left.",
        (ERROR, "((o := softmax(dropped @ W2 + b2)) - Y) * o * (1 - o)"),
    ),
    Mistake(
        "Two calls with the same arguments give two results: you draw random numbers. "
        "Use the mask that is given.",
        ("a * mask", "a * np.random.default_rng().permuted(mask)"),
        when=_draws(gradients_cases),
    ),
)

gradients_exercise = Exercise(
    gradients,
    cases=gradients_cases,
    in_lesson=gradients_in_lesson,
    calls=125_000,
    hints=(
        "Go forward first: a, then `dropped = a * mask`, then the softmax outputs. "
        "The error of the output layer is what it always was: (outputs − Y) / N.",
        "On the way back, W2 saw `dropped`, so that is what its gradient holds. And "
        "the error passes the mask: `delta2 @ W2.T`, times mask, times the slope of "
        "the ReLU.",
        "`delta1 = (delta2 @ W2.T) * mask * (a > 0)`. Then `[X.T @ delta1, "
        "delta1.sum(axis=0), dropped.T @ delta2, delta2.sum(axis=0)]`.",
    ),
    mistakes=GRADIENTS_MISTAKES,
)

# Exercise 4: the network at test time -------------------------------------------------


def at_test_time(parameters: list[np.ndarray], rate: float) -> list[np.ndarray]:
    """Return the network to use after training with plain dropout.

    parameters [W1, b1, W2, b2]; while they were learned, the hidden activations were
    multiplied by a mask of zeros and ones, 0 with probability rate, and not scaled.
    Returns new parameters [W1, b1, W2, b2] for a network without a mask, which gives
    the output layer the same weighted sums as in training, on average over the masks.
    W1 and b1 stay as they are: it must be right for every activation, not only ReLU.
    """
    W1, b1, W2, b2 = parameters
    return [W1.copy(), b1.copy(), (1 - rate) * W2, b2.copy()]


def at_test_time_cases(rng: np.random.Generator) -> list[tuple]:
    """Several rates, one of them 0; large weights; one input, unit or output."""
    cases = []
    for rate, (D, M, K) in {0.25: (2, 3, 2), 0.5: (2, 5, 3), 0.9: (4, 4, 4)}.items():
        shapes = [(D, M), (M,), (M, K), (K,)]
        cases.append(([rng.normal(size=shape).round(2) for shape in shapes], rate))
    for rate, (D, M, K) in {0.0: (2, 3, 2), 0.4: (1, 4, 1), 0.6: (3, 1, 2)}.items():
        shapes = [(D, M), (M,), (M, K), (K,)]
        cases.append(([4 * rng.normal(size=shape) for shape in shapes], rate))
    return cases


FOUR, ON_W2 = "W1.copy(), b1.copy(), (1 - rate) * W2, b2.copy()", "(1 - rate) * W2"
ON_W1, ON_B1, ON_B2 = "(1 - rate) * W1", "(1 - rate) * b1", "(1 - rate) * b2"

AT_TEST_TIME_MISTAKES = (
    Mistake(
        "The bias b2 is scaled too. No mask was ever on it: it was there in every "
        "step, so it stays.",
        ("b2.copy()", ON_B2),
    ),
    Mistake(
        "For ReLU that comes to the same: W1 and b1 times q make each activation q "
        "times as large. For other activations, such as the sigmoid, it does not. "
        "Leave W1 and b1 as they are, and change what comes after.",
        (FOUR, f"{ON_W1}, {ON_B1}, W2, b2"),
    ),
    Mistake(
        "Those are the weights that lead into the dropped units. What must be put "
        "right is what comes out of them.",
        (FOUR, f"{ON_W1}, b1, W2, b2"),
    ),
    Mistake(
        "Both layers are scaled. Once is enough, where the mask was: between the "
        "hidden units and W2.",
        ("W1.copy()", ON_W1),
    ),
    Mistake(
        "Everything is scaled. The mask was only on the hidden activations, so only "
        "the weights that they are multiplied by change.",
        (FOUR, f"{ON_W1}, {ON_B1}, {ON_W2}, {ON_B2}"),
    ),
    Mistake(
        "You divide by the keep probability. At test time more units are there than in "
        "training, so the weights must become smaller.",
        (ON_W2, "W2 / (1 - rate)"),
    ),
    Mistake(
        "You multiply by the drop rate. The factor is the share that was kept, 1 − "
        "rate.",
        (ON_W2, "rate * W2"),
    ),
    Mistake(
        "Parentheses are missing around 1 − rate: Python multiplies first, and "
        "subtracts afterward.",
        (ON_W2, "1 - rate * W2"),
    ),
    Mistake(
        "The parameters come back as they were. Without a mask, the output layer then "
        "gets larger sums than in training.",
        (ON_W2, "W2"),
    ),
)

at_test_time_exercise = Exercise(
    at_test_time,
    cases=at_test_time_cases,
    hints=(
        "With a mask of zeros and ones, each hidden unit is there in a share 1 − rate "
        "of the steps. Without a mask it is always there. Which weights does it act "
        "through?",
        "Compare (a * mask) @ W2 + b2, averaged over the masks, with a @ W2 + b2. "
        "Which factor is between them, and on which of the two terms?",
        "Only W2 is scaled: `[W1, b1, (1 - rate) * W2, b2]`.",
    ),
    mistakes=AT_TEST_TIME_MISTAKES,
)

# Exercise 5: the geometric mean -------------------------------------------------------


def geometric_mean(outputs: np.ndarray) -> np.ndarray:
    """Return the geometric mean of what several networks say, as probabilities.

    outputs (R, N, K): what each of R networks says to N samples, positive numbers that
    add up to 1 over the K classes. R may be in the thousands.
    Returns (N, K): the R-th root of the product over the networks, divided by its sum
    over the classes, so that each row adds up to 1.
    """
    mean = np.exp(np.log(outputs).mean(axis=0))
    return mean / mean.sum(axis=1, keepdims=True)


def geometric_mean_cases(rng: np.random.Generator) -> list[tuple]:
    """Few networks and many, one sample, two classes; outputs near 0 and 1."""
    cases = []
    for shape in [(2, 3, 4), (5, 4, 3), (1, 2, 3), (4, 1, 2), (3, 3, 3), (3000, 2, 4)]:
        powers = np.exp(rng.normal(size=shape))
        cases.append((powers / powers.sum(axis=2, keepdims=True),))
    sure = [softmax(30 * rng.normal(size=(2, 3))) for _ in range(4)]
    return [*cases, (np.array(sure),)]


MEAN_OF_LOGS, NORMED = (
    "np.exp(np.log(outputs).mean(axis=0))",
    "mean / mean.sum(axis=1, keepdims=True)",
)
PRODUCT = "outputs.prod(axis=0)"
ROOT_OF_PRODUCT = (MEAN_OF_LOGS, f"{PRODUCT} ** (1 / len(outputs))")


def _by_logs_or_product(*edits: tuple) -> tuple:
    """The same edits of the answer, and of one that takes a root of the product."""
    return list(edits), [ROOT_OF_PRODUCT, *edits]


def _right_but_near_0(answer: Callable) -> bool:
    """Whether only outputs near 0 come out wrong, though not by an underflow."""
    *usual, (sure,) = geometric_mean_cases(np.random.default_rng(2))
    far = np.abs(answer(sure) - geometric_mean(sure)).max()
    return far > 1e-4 and all(
        np.allclose(answer(*case), geometric_mean(*case), atol=1e-4) for case in usual
    )


GEOMETRIC_MEAN_MISTAKES = (
    Mistake(
        "That is the arithmetic mean: add up and divide by R. The geometric mean "
        "multiplies and takes the R-th root.",
        (MEAN_OF_LOGS, "outputs.mean(axis=0)"),
    ),
    Mistake(
        "The rows do not add up to 1: a geometric mean of probabilities is a little "
        "too small. Divide each row by its sum.",
        *_by_logs_or_product((NORMED, "mean")),
    ),
    Mistake(
        "The R-th root is missing: you multiply the networks, but do not take the mean "
        "of them.",
        (MEAN_OF_LOGS, PRODUCT),
        lambda outputs: softmax(np.log(outputs).sum(axis=0)),
    ),
    Mistake(
        "You take a square root. With R networks it is the R-th root.",
        (MEAN_OF_LOGS, f"{PRODUCT} ** 0.5"),
        lambda outputs: softmax(np.log(outputs).sum(axis=0) / 2),
    ),
    Mistake(
        "You take a root whose degree counts the samples, or the classes. It is the "
        "number of networks, R.",
        *((MEAN_OF_LOGS, f"{PRODUCT} ** (1 / outputs.shape[{i}])") for i in (1, 2)),
    ),
    Mistake(
        "That is still the logarithm: take it back with np.exp.",
        (MEAN_OF_LOGS, "np.log(outputs).mean(axis=0)"),
        [(MEAN_OF_LOGS, "np.log(outputs).mean(axis=0)"), (NORMED, "mean")],
    ),
    Mistake(
        "You divide by another sum. It is the K probabilities of one sample that must "
        "add up to 1.",
        *_by_logs_or_product(("sum(axis=1", "sum(axis=0")),
        *_by_logs_or_product(("sum(axis=1, keepdims=True)", "sum()")),
    ),
    Mistake(
        "Right for a few networks. But a product of thousands of probabilities is too "
        "small for a computer's number, and becomes 0. Add up logarithms.",
        ROOT_OF_PRODUCT,
        [ROOT_OF_PRODUCT, (NORMED, f"np.nan_to_num({NORMED})")],
    ),
    Mistake(
        "Right as long as no output is very small. Is something added to the outputs, "
        "or are they cut off? They are positive, so they have a logarithm.",
        ("np.log(outputs)", "np.log(outputs + 1e-8)"),
        ("np.log(outputs)", "np.log(np.clip(outputs, 1e-12, 1))"),
        when=_right_but_near_0,
    ),
)

geometric_mean_exercise = Exercise(
    geometric_mean,
    cases=geometric_mean_cases,
    hints=(
        "The logarithm turns a product into a sum and a root into a division. So the "
        "logarithm of the geometric mean is the plain mean of the logarithms.",
        "`np.log(outputs).mean(axis=0)` has the shape (N, K). Take it back with "
        "`np.exp`. What do its rows add up to?",
        "`mean = np.exp(np.log(outputs).mean(axis=0))`, then `mean / mean.sum(axis=1, "
        "keepdims=True)`.",
    ),
    mistakes=GEOMETRIC_MEAN_MISTAKES,
)

LESSON = Lesson(
    dropout_exercise,
    moments_exercise,
    gradients_exercise,
    at_test_time_exercise,
    geometric_mean_exercise,
)
check, hint, solution = LESSON.check, LESSON.hint, LESSON.solution
