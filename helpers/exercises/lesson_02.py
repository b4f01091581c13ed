"""Lesson 02, gradient descent: reference answers, hints and checks."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice, pairwise
from numbers import Real

import numpy as np

from helpers.exercises.edits import edited
from helpers.exercises.engine import Exercise, Lesson, Mistake
from helpers.exercises.explain import kind

# Exercise 1: a walk in one dimension --------------------------------------------------


def descend(
    slope: Callable[[float], float], w: float, learning_rate: float, steps: int
) -> np.ndarray:
    """Walk downhill from w, and return every place on the way.

    slope is a function: slope(w) is the slope of the loss at w. w is the start.
    Returns an array (steps + 1,): the start, then w after each step.
    """
    path = [w]
    for _ in range(steps):
        w = w - learning_rate * slope(w)
        path.append(w)
    return np.array(path, dtype=float)


def _slope_of_square(w: float) -> float:
    """The slope of w²."""
    return 2 * w


def _slope_of_narrow(w: float) -> float:
    """The slope of 5 (w - 3)²."""
    return 10 * (w - 3)


def descend_cases(rng: np.random.Generator) -> list[tuple]:
    """Three valleys, starts on both sides, rates that crawl, jump, arrive, fly off."""
    return [
        (_slope_of_square, 4.0, 0.1, 4),
        (_slope_of_square, 3, 0.7, 5),
        (_slope_of_narrow, 1.0, 0.04, 6),
        (np.cos, float(rng.normal()), 0.5, 7),
        (_slope_of_square, 1.5, 0.3, 0),
        (_slope_of_square, 1.0, 0.5, 3),
        (_slope_of_square, -3, 0.3, 4),
        (_slope_of_square, -2.5, 1.1, 5),
        (np.cos, np.float64(4.0), 1.5, 8),
    ]


def _stops_early(answer) -> bool:
    """True if a walk that arrives at once has fewer places than one that does not."""
    arrived = np.shape(answer(_slope_of_square, 1.0, 0.5, 6))
    return np.shape(answer(_slope_of_square, 1.0, 0.1, 6)) == (7,) and arrived < (7,)


PLACES, SLOPE = "np.array(path, dtype=float)", "slope(w)"
APPEND = "        path.append(w)\n"
FILLED = [
    ("[w]", "np.full(steps + 1, w)"),
    ("for _", "for t"),
    ("path.append(w)", "path[t + 1] = w"),
]

DESCEND_MISTAKES = (
    Mistake(
        "You climb: a positive slope means that uphill is to the right, so the step "
        "goes to the left. Subtract.",
        ("w - ", "w + "),
    ),
    Mistake(
        "Only the last place came out. Write down every one, the start included.",
        (PLACES, "w"),
    ),
    Mistake(
        "Only the start and the last place came out. Write down the place in every "
        "round of the loop.",
        (APPEND, APPEND[4:]),
    ),
    Mistake(
        "You write the place down before the step: the start comes twice, and where "
        "the last step ends is missing.",
        [(APPEND, ""), ("        w = ", f"{APPEND}        w = ")],
    ),
    Mistake(
        "The start is missing: it is the first of the steps + 1 places.",
        ("(path", "(path[1:]"),
    ),
    Mistake(
        "The last place is missing: after the start there is one place for each step, "
        "steps + 1 in all.",
        ("(path", "(path[:-1]"),
        ("range(steps)", "range(steps - 1)"),
    ),
    Mistake(
        "One step too many: the start counts as a place, not as a step.",
        ("range(steps)", "range(steps + 1)"),
    ),
    Mistake(
        "The learning rate is missing: a step is learning_rate times the slope.",
        ("learning_rate * ", ""),
    ),
    Mistake(
        "The slope is missing: every step of yours is equally long and goes the same "
        "way. Multiply the learning rate by slope(w).",
        (f" * {SLOPE}", ""),
    ),
    Mistake(
        "You subtract learning_rate times w. It is the slope at w that tells you where "
        "to go: slope(w).",
        (SLOPE, "w"),
    ),
    Mistake(
        "Your slope is always 2 w, which fits the valley w² alone. The slope of any "
        "valley is handed in, as a function: ask it, with slope(w).",
        (SLOPE, "2 * w"),
    ),
    Mistake(
        "The slope is asked for only once, at the start. It changes on the way, so ask "
        "for slope(w) again in every round.",
        (SLOPE, "slope(path[0])"),
    ),
    Mistake(
        "Only the direction of the slope is used. Its size counts too: the steeper, "
        "the longer the step.",
        (SLOPE, "np.sign(slope(w))"),
    ),
    Mistake(
        "You stop early where the ground is level. Take all the steps, also those that "
        "no longer move you: steps + 1 places come out, whatever the slope.",
        (
            "        w = ",
            "        if abs(slope(w)) < 0.05:\n            break\n        w = ",
        ),
        when=_stops_early,
    ),
    Mistake(
        "Whole numbers in gave whole numbers out: np.full(n, w) takes over the type of "
        "w. Ask for floats with dtype=float.",
        FILLED,
        [*FILLED, ("w - ", "path[t] - "), (SLOPE, "slope(path[t])")],
    ),
)

descend_exercise = Exercise(
    descend,
    cases=descend_cases,
    hints=(
        "A list that begins with the start, and a loop over the steps. In each round, "
        "ask for the slope where you stand, go the other way, and write down the "
        "place.",
        "A step is w = w - learning_rate * slope(w). The slope is worked out anew in "
        "every round, because it is another one at the new place.",
        "path = [w] before the loop; in it the step and path.append(w); after it "
        "return np.array(path).",
    ),
    mistakes=DESCEND_MISTAKES,
)

# Exercise 2: how long a step may be ---------------------------------------------------


def learning_rates() -> tuple[float, float]:
    """For L = 10 w²: the rate that arrives in one step, and the first that never does.

    The slope is 20 w, so a step multiplies w by 1 - 20 η. That is 0 for η = 1/20, and
    it is -1 for η = 2/20, from where on the walk comes no nearer.
    """
    return 1 / 20, 2 / 20


def _as_floats(answer):
    """Fractions and the like as floats, in a pair; anything else as it is."""
    if isinstance(answer, np.ndarray) and answer.ndim == 1:
        answer = answer.tolist()
    if not isinstance(answer, tuple | list):
        return answer
    return tuple(
        float(part) if isinstance(part, Real | Decimal) else part for part in answer
    )


def _rates(first: float | None = None, second: float | None = None):
    """A predicate: the answer has these two numbers (None: any number)."""

    def when(answer):
        pair = np.array(_as_floats(answer))  # of texts, if one of them is a text
        wanted = [
            have if want is None else want
            for have, want in zip(pair, (first, second), strict=True)
        ]
        return pair.dtype == float and np.allclose(pair, wanted)

    return when


def _holds_text(answer) -> bool:
    parts = answer if isinstance(answer, tuple | list) else (answer,)
    return any(isinstance(part, str) for part in parts)


LEARNING_RATES_MISTAKES = (
    Mistake(
        "What stands in quotation marks is text, not a number. Leave the marks out: "
        "Python also works out fractions, such as 1 / 3.",
        ["0.05", "0.1"],  # a tuple of texts would be an edit
        (0.05, "1/10"),
        "0.05, 0.1",
        when=_holds_text,
    ),
    Mistake(
        "Python writes decimals with a point: a comma makes two numbers of one.",
        ((0, 5), 0.1),
        (0.05, (0, 1)),
        when=lambda answer: any(isinstance(part, tuple) for part in answer),
    ),
    Mistake(
        "Those are the rates for L = w². This valley is ten times as steep, and its "
        "factor is another one.",
        (0.5, 1.0),
        when=_rates(0.5, 1.0),
    ),
    Mistake(
        "The slope of 10 w² is 20 w, not 10 w: the 2 comes down from the square.",
        (0.1, 0.2),
        when=_rates(0.1, 0.2),
    ),
    Mistake(
        "The right numbers the wrong way around: first the rate that arrives in one "
        "step, then the limit.",
        (0.1, 0.05),
        when=_rates(0.1, 0.05),
    ),
    Mistake(
        "You divided the wrong way around: the steeper the valley, the smaller the "
        "rate must be.",
        (5, 10),
        (20, 10),
        when=lambda answer: set(_as_floats(answer)) <= {5, 10, 20, 40},
    ),
    Mistake(
        "Both rates are above 0: with a rate of 0 the walk stays where it is, and with "
        "one below 0 it climbs.",
        (-0.05, 0.1),
        (0, 0.1),
        when=lambda answer: min(_as_floats(answer)) <= 0,
    ),
    Mistake(
        "The first is right. From that rate on the walk jumps over the bottom, but it "
        "still comes nearer. It stops doing so where the factor is −1.",
        (0.05, 0.05),
        when=_rates(0.05, 0.05),
    ),
    Mistake(
        "The first is right, the second is not. Where is the factor −1?",
        (0.05, 0.2),
        when=_rates(0.05, None),
    ),
    Mistake(
        "The second is right, the first is not. Where is the factor 0?",
        (0.09, 0.1),
        when=_rates(None, 0.1),
    ),
)

learning_rates_exercise = Exercise(
    learning_rates,
    value=True,
    reveal=False,
    run=_as_floats,
    hints=(
        "Work out the slope of 10 w² first. Then write the step w − η · slope as a "
        "factor times w, as above.",
        "The slope is 20 w, so the factor is 1 − 20 η. After one step you are at the "
        "bottom, w = 0, if the factor is 0. And what must the factor be for the walk "
        "to stay as far away as it was?",
        "The walk comes nearer as long as the factor lies between −1 and 1. Solve "
        "1 − 20 η = 0 for the first number and 1 − 20 η = −1 for the second.",
    ),
    mistakes=LEARNING_RATES_MISTAKES,
)

# Exercise 3: the gradient of the mean squared error -----------------------------------


def mse_gradient(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float
) -> tuple[np.ndarray, float]:
    """Return the gradient of the mean squared error L = mean((X @ w + b - y)²).

    X (N, D) samples, y (N,) targets, w (D,) weights, b bias.
    Returns ∂L/∂w (D,) and ∂L/∂b, a single number.
    """
    miss = X @ w + b - y
    return 2 * X.T @ miss / len(y), 2 * miss.mean()


def mse_gradient_cases(rng: np.random.Generator) -> list[tuple]:
    """A case to work out by hand, random samples, one sample, targets far above."""
    cases = [
        (
            np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]),
            np.array([1.0, 0.0, 4.0]),
            np.array([2.0, 1.0]),
            0.5,
        )
    ]
    for n, d in ((7, 3), (12, 1), (1, 2)):
        X, y = rng.normal(size=(n, d)), rng.normal(size=n)
        cases.append((X, y, rng.normal(size=d), float(rng.normal())))
    X, y = rng.normal(size=(6, 2)), rng.normal(size=6)
    return [*cases, (X, y + 9, rng.normal(size=2), -1.5), (X, y, np.ones(2), 2.5)]


MISS, IN_W, IN_B = "X @ w + b - y", "2 * X.T @ miss / len(y)", "2 * miss.mean()"
WITHOUT_TWO = [("2 * X", "X"), ("2 * miss", "miss")]
SQUASHED = "a = 1 / (1 + np.exp(-X @ w - b))\n    miss = a - y"

MSE_GRADIENT_MISTAKES = (
    Mistake(
        "The 1/N is missing: the loss is a mean over the samples, so its gradient is "
        "one too. Yours grows with the number of samples.",
        [(" / len(y)", ""), ("mean", "sum")],
    ),
    Mistake(
        "The gradient for w is divided by the number of features, the length of w. The "
        "loss is a mean over the samples: how many of them are there?",
        [("len(y)", "len(w)"), ("miss.mean()", "miss.sum() / len(w)")],
        ("len(y)", "len(w)"),
    ),
    Mistake(
        "The 2 is missing: it comes down from the square, and here is no ½ in the loss "
        "to cancel it (lesson 01 had one).",
        WITHOUT_TWO,
    ),
    Mistake(
        "The sign is flipped: it is the prediction minus the target, X @ w + b − y. "
        "Your gradient points downhill, and subtracting it would climb.",
        (MISS, f"-({MISS})"),
    ),
    Mistake(
        "There is no sigmoid here: the prediction is X @ w + b itself, any number.",
        (f"miss = {MISS}", SQUASHED),
        [(f"miss = {MISS}", f"{SQUASHED}\n    miss *= a * (1 - a)"), *WITHOUT_TWO],
    ),
    Mistake(
        "The bias is missing from the prediction: X @ w + b.",
        (" + b", ""),
    ),
    Mistake("The bias is subtracted: it is to be added.", (" + b", " - b")),
    Mistake(
        "The target is not subtracted: the miss of a sample is X @ w + b − y.",
        (" - y", ""),
    ),
    Mistake(
        "The inputs are missing from the gradient for w: multiply the misses by column "
        "j of X before you take the mean.",
        (IN_W, f"np.full(len(w), {IN_B})"),
    ),
    Mistake(
        "The gradient for w is right, but the 1/N is missing from the one for the "
        "bias.",
        ("mean", "sum"),
    ),
    Mistake(
        "The gradient for the bias is right, but the 1/N is missing from the one for "
        "w.",
        (" / len(y)", ""),
    ),
    Mistake(
        "The gradient for w is right, but that for the bias is divided by N twice.",
        (IN_B, f"{IN_B} / len(y)"),
    ),
    Mistake(
        "The gradient for w is right, but the 2 is missing from the one for the bias.",
        ("2 * miss", "miss"),
    ),
    Mistake(
        "The gradient for w is not averaged over the samples: it has a row for each of "
        "them. One number per weight must remain.",
        (IN_W, "2 * miss[:, None] * X"),
        (IN_W, "2 * miss[:, None] * X / len(y)"),
    ),
    Mistake(
        "You took the mean along the wrong axis: one number per sample is left. Take "
        "it over the samples (axis 0), so that one number per weight remains.",
        (IN_W, "(2 * miss[:, None] * X).mean(axis=1)"),
    ),
    Mistake(
        "The two gradients are in the other order: first the one for w, then the one "
        "for b.",
        (f"{IN_W}, {IN_B}", f"{IN_B}, {IN_W}"),
    ),
)

mse_gradient_exercise = Exercise(
    mse_gradient,
    cases=mse_gradient_cases,
    hints=(
        "First the miss of each sample, prediction minus target: N numbers. Both "
        "gradients are made of it.",
        "∂L/∂b is 2 times the mean of the misses. For ∂L/∂w[j], multiply each miss by "
        "column j of X before you take the mean.",
        "All columns at once are one product: 2 * X.T @ miss / len(y) has shape (D,).",
    ),
    mistakes=MSE_GRADIENT_MISTAKES,
)

# Exercise 4: one scale for all features -----------------------------------------------


def standardize(
    X_train: np.ndarray, X_other: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Shift and scale each column: mean 0 and standard deviation 1 on X_train.

    X_train (N, D), X_other (M, D). X_other is shifted and scaled by the same numbers
    as X_train, whatever it holds. A column that is constant in X_train is only shifted.
    Returns both as new arrays, (N, D) and (M, D).
    """
    mean, spread = X_train.mean(axis=0), X_train.std(axis=0)
    constant = np.ptp(X_train, axis=0) == 0  # the spread of 0.1, 0.1, 0.1 is 1e-17
    spread = np.where(constant, 1, spread)
    return (X_train - mean) / spread, (X_other - mean) / spread


def standardize_cases(rng: np.random.Generator) -> list[tuple]:
    """Columns of very different sizes, few rows, constants, whole numbers, a column."""
    cases = []
    for n, m, d in ((5, 2, 2), (8, 11, 3), (6, 1, 3)):
        size = 10.0 ** np.arange(d)
        X = rng.normal(size=(n, d)) * size + 3 * size
        cases.append((X, rng.normal(size=(m, d)) * size + 2 * size))
    train, other = rng.normal(size=(4, 3)), rng.normal(size=(3, 3))
    train[:, 1], other[:, 1] = 7.0, [7.0, 8.0, 5.0]
    cases.append((train, other))
    train, other = rng.normal(size=(6, 3)), rng.normal(size=(2, 3))
    train[:, 0] = 0.1  # constant, and its computed spread is 1.4e-17
    train[:, 1] *= 1e-7  # tiny, and not constant
    train[:, 2] = 5.5 + 0.01 * train[:, 2]
    whole = np.array([[1, 20], [3, 50], [4, 10]]), np.array([[2, 30]])
    one_column = rng.normal(size=(4, 1)), rng.normal(size=(1, 1))
    return [*cases, (train, other), whole, one_column]


def _same(got: tuple, want: tuple) -> bool:
    """True if both arrays have the same shapes and numbers."""
    return all(
        np.shape(a) == b.shape and np.allclose(a, b, rtol=1e-4)
        for a, b in zip(got, want, strict=True)
    )


def _varying(says: str, *edits: tuple) -> Mistake:
    """A mistake in columns that vary, whatever is done with those that do not."""

    def when(answer: Callable) -> bool:
        draws = np.random.default_rng(3)
        X, other = 5 + 3 * draws.normal(size=(7, 3)), 4 + draws.normal(size=(4, 3))
        wrong = edited(standardize, *edits)
        return _same(answer(X.copy(), other.copy()), wrong(X, other))

    return Mistake(says, list(edits), when=when)


def _second_column(column: list, other: list, is_wrong: Callable) -> Callable:
    """A predicate: of two columns the first is right, the second wrong like this.

    ``is_wrong`` is asked of what becomes of it in X_train, and then in X_other.
    """
    X, Z = np.array([[1.0, 3.0, 5.0], column]).T, np.array([[2.0, 4.0], other]).T

    def when(answer: Callable) -> bool:
        given = X.copy(), Z.copy()
        with np.errstate(all="ignore"):
            got, want = answer(*given), standardize(X, Z)
        if not _same(given, (X, Z)):
            return False
        first, second = ([part[:, [j]] for part in got] for j in (0, 1))
        right = [part[:, [0]] for part in want]
        return _same(first, right) and bool(is_wrong(np.concatenate(second)[:, 0]))

    return when


def _constant(is_wrong: Callable) -> Callable:
    """A predicate: a constant column, which should be 0, 0, 0, 1, 0, is wrong so."""
    return _second_column([7.0, 7.0, 7.0], [8.0, 7.0], is_wrong)


def _along_the_rows(answer) -> bool:
    """True if the rows, not the columns, are standardized, with or without keepdims."""
    X, other = np.array([[1.0, 3.0], [2.0, 8.0]]), np.array([[0.0, 4.0], [1.0, 1.5]])
    train = answer(X, other)[0]
    return any(
        np.allclose(train, rows)
        for rows in ([[-1, 1], [-1, 1]], [[-1, -2 / 3], [0, 1]])
    )


MEAN, SPREAD, CONSTANT = (
    "X_train.mean(axis=0)",
    "X_train.std(axis=0)",
    "np.where(constant",
)
BOTH = "np.vstack([X_train, X_other])"
OTHER, OTHERS_OWN = (
    "(X_other - mean) / spread",
    "X_other.mean(axis=0)) / X_other.std(axis=0)",
)

STANDARDIZE_MISTAKES = (
    _varying(
        "X_other is standardized with its own mean and spread. Use those of X_train "
        "for both: the same blood pressure must become the same number.",
        (OTHER, f"(X_other - {OTHERS_OWN}"),
    ),
    _varying(
        "The mean and the spread come from both arrays together. They may come from "
        "X_train alone: what you hold back must not shape the training.",
        (MEAN, f"{BOTH}.mean(axis=0)"),
        (SPREAD, f"{BOTH}.std(axis=0)"),
    ),
    _varying(
        "X_other comes out unchanged. It too is to be shifted and scaled, by the mean "
        "and the spread that X_train had when it came in.",
        (OTHER, "X_other"),
    ),
    Mistake(
        "You standardize the rows, each sample by itself (axis=1). It is the columns "
        "that have units: axis=0 runs over the rows.",
        (f"{MEAN}, {SPREAD}", "X_train.mean(axis=1), X_train.std(axis=1)"),
        when=_along_the_rows,
    ),
    _varying(
        "One mean and one spread for the whole table leave the columns as unequal as "
        "they were. Each column needs its own: axis=0.",
        (MEAN, "X_train.mean()"),
        (SPREAD, "X_train.std()"),
    ),
    _varying(
        "You divide by the variance. Its square root, the standard deviation, has the "
        "unit of the column.",
        (SPREAD, "X_train.var(axis=0)"),
    ),
    _varying(
        "Your spread divides by N − 1 (ddof=1). Wanted is the plain one, X.std().",
        (SPREAD, "X_train.std(axis=0, ddof=1)"),
    ),
    _varying(
        "The columns are shifted but not scaled: divide by their spread.",
        (SPREAD, "1"),
    ),
    _varying(
        "The columns are scaled but not shifted: subtract their mean first.",
        (MEAN, "0"),
    ),
    _varying(
        "Only the mean is divided by the spread: Python divides before it subtracts. "
        "Put brackets around the difference.",
        ("(X_train - mean)", "X_train - mean"),
        ("(X_other - mean)", "X_other - mean"),
    ),
    _varying(
        "That squeezes each column between 0 and 1, by its least and its greatest "
        "value. Wanted are mean 0 and standard deviation 1.",
        (MEAN, "X_train.min(axis=0)"),
        (SPREAD, "np.ptp(X_train, axis=0)"),
    ),
    Mistake(
        "A constant column comes out as nan, infinity or the largest number there is: "
        "its spread is 0, and you divide by it. Put a 1 in place of such a spread, so "
        "that the column is only shifted.",
        (CONSTANT, "np.where(False"),
        lambda X_train, X_other: tuple(
            np.nan_to_num((X - X_train.mean(axis=0)) / X_train.std(axis=0))
            for X in (X_train, X_other)
        ),
        when=_constant(lambda new: not (np.abs(new) < np.finfo(float).max).all()),
    ),
    Mistake(
        "A constant column explodes: you divide by a tiny number in place of its "
        "spread of 0. Divide by 1 there, so that it is only shifted.",
        ("np.where(constant, 1, spread)", "spread + 1e-8"),
        when=_constant(lambda new: not new[[0, 1, 2, 4]].any() and new[3] > 10),
    ),
    Mistake(
        "In a column that is constant in X_train, X_other comes out as 0, whatever it "
        "holds. Only shift such a column: other values remain other values.",
        (f"{CONSTANT}, 1", f"{CONSTANT}, np.inf"),
        when=_constant(lambda new: not new.any()),
    ),
    Mistake(
        "A constant column should only be shifted: subtract its mean there too.",
        ("    constant", "    mean = np.where(spread == 0, 0, mean)\n    constant"),
        when=_constant(lambda new: np.array_equal(new, [7, 7, 7, 8, 7])),
    ),
    Mistake(
        "A column that is constant at 0.1 explodes. Its computed spread is 1e-17, not "
        "0, as 0.1 is rounded in a computer. Do not ask whether the spread is 0, but "
        "whether all values of the column are the same.",
        (CONSTANT, "np.where(spread == 0"),
        when=_second_column([0.1] * 3, [1.0, 0.1], lambda new: new[3] > 10),
    ),
    Mistake(
        "A column with a spread of 0.01 is only shifted. Its values do vary: only a "
        "constant column, in which all values are the same, is not scaled.",
        (CONSTANT, "np.where(spread < 0.1"),
        when=_second_column(
            [5.0, 5.01, 5.02],
            [5.01, 5.03],
            lambda new: np.allclose(new, [-0.01, 0, 0.01, 0, 0.02]),
        ),
    ),
    Mistake(
        "Whole numbers in gave whole numbers out: np.zeros_like(X_train) and "
        "X_train.copy() take over the type of X_train. Ask for floats.",
        lambda X_train, X_other: tuple(
            new.astype(X_train.dtype) for new in standardize(X_train, X_other)
        ),
    ),
)

standardize_exercise = Exercise(
    standardize,
    cases=standardize_cases,
    may_warn=False,
    hints=(
        "Two lists of D numbers do it all: the mean of each column of X_train, and its "
        "standard deviation. Both arrays are transformed with these two.",
        "X_train.mean(axis=0) runs over the rows and leaves one number per column; "
        "X_train.std(axis=0) does the same. NumPy subtracts and divides row by row.",
        "In a constant column the greatest value is the least: np.ptp(X_train, axis=0) "
        "== 0. Its spread may come out as 1e-17, not 0, as 0.1 is rounded in a "
        "computer. There take 1 in its place: np.where(constant, 1, spread).",
    ),
    mistakes=STANDARDIZE_MISTAKES,
)

# Exercise 5: mini-batches -------------------------------------------------------------


def minibatches(
    X: np.ndarray, y: np.ndarray, batch_size: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the samples in a random order, batch_size of them at a time: one epoch.

    X (N, D), y (N,). Yields pairs X_batch, y_batch, in which each row is beside its own
    y. Every sample comes exactly once; the last batch holds what is left and may be
    smaller. Each call makes a new order with rng. X and y stay as they are.
    """
    order = rng.permutation(len(y))
    for start in range(0, len(y), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


def minibatches_cases(rng: np.random.Generator) -> list[tuple]:
    """Batches with and without a rest, of one sample, and larger than all samples."""
    return [
        (
            rng.normal(size=(n, d)),
            rng.normal(scale=3, size=n),
            size,
            np.random.default_rng(n),
        )
        for n, d, size in (
            (10, 2, 4),
            (12, 1, 3),
            (9, 2, 1),
            (8, 3, 100),
            (17, 2, 8),
            (1, 2, 1),
            (300, 2, 32),
        )
    ]


def _take(answer, X, y, batch_size, rng) -> list | object:
    """The batches of one epoch, or what came instead if that is no sequence."""
    given = answer(X, y, batch_size, rng)
    try:
        batches = iter(given)
    except TypeError:
        return given
    return list(islice(batches, 4 * len(y) + 8))


def _described(thing: object) -> str:
    """What kind of thing was handed out, with its shape or its parts."""
    if isinstance(thing, np.ndarray):
        numbers = "whole numbers" if thing.dtype.kind in "iu" else "numbers"
        return f"an array {thing.shape} of {numbers}"
    if isinstance(thing, tuple):
        return f"({', '.join(map(_described, thing[:3]))})"
    return kind(thing)


def _is_pair(batch: object) -> bool:
    """True for a pair of arrays (B, D) and (B,)."""
    return (
        isinstance(batch, tuple | list)
        and len(batch) == 2
        and all(isinstance(part, np.ndarray) for part in batch)
        and [part.ndim for part in batch] == [2, 1]
        and len(batch[0]) == len(batch[1])
    )


def _order(batches: list, X: np.ndarray) -> list[int]:
    """Which rows of X came, in order; -1 for what is no row of X."""
    places = {row.tobytes(): place for place, row in enumerate(X)}
    return [places.get(row.tobytes(), -1) for batch in batches for row in batch[0]]


def _neighbors(order: list[int]) -> set[frozenset]:
    """Which samples come one after the other."""
    return set(map(frozenset, pairwise(order)))


PAIRS = "pairs of arrays, (B, D) and (B,)"


def batch_facts(
    answer: Callable, X: np.ndarray, y: np.ndarray, batch_size: int, rng: object
) -> dict:
    """What must hold for the batches of any right answer, whatever their order."""
    n, kept, seed = len(y), (X.copy(), y.copy()), int(rng.integers(1_000))

    def epoch(generator):
        return _take(answer, kept[0].copy(), kept[1].copy(), batch_size, generator)

    first = _take(answer, X, y, batch_size, rng)
    batches = first if isinstance(first, list) else [first]
    others = [batch for batch in batches if not _is_pair(batch)]
    if others or not isinstance(first, list):
        return {"what comes out": _described(others[0])}
    order, targets = _order(first, kept[0]), [t for batch in first for t in batch[1]]
    generators = (rng, np.random.default_rng(seed), np.random.default_rng(seed))
    second, third, again = (_order(epoch(g), kept[0]) for g in generators)
    counts = np.bincount([place for place in order if place >= 0], minlength=n)
    return {
        "what comes out": PAIRS,
        "samples in each batch": [len(batch[1]) for batch in first],
        "samples that come more than once": int((counts > 1).sum()),
        "samples that never come": int((counts == 0).sum()),
        "each row is a row of X": -1 not in order,
        "each target is one of y": set(targets) <= set(kept[1]),
        "each row is beside its own y": bool(np.array_equal(targets, kept[1][order])),
        "shuffled": order != sorted(order),
        "a new order in the next epoch": order != second,
        "new neighbors in the next epoch": (
            n < 30 or len(_neighbors(order) & _neighbors(second)) < n / 2
        ),
        "the same order from the same seed": third == again,
    }


def _samples(n: int) -> tuple:
    """Arguments for n samples in batches of four."""
    draws = np.random.default_rng(5)
    return draws.normal(size=(n, 2)), draws.normal(size=n), 4, np.random.default_rng(6)


def _epoch(answer: Callable, n: int = 10) -> dict:
    """The facts of an epoch of n samples in batches of four."""
    return batch_facts(answer, *_samples(n))


def _fact(name: str, is_wrong: Callable, n: int = 10) -> Callable:
    """A predicate: this fact is wrong like this, for n samples in batches of 4."""
    return lambda answer: bool(is_wrong(_epoch(answer, n)[name]))


def _numbers_for_targets(answer: Callable) -> bool:
    """True if the numbers of the rows come out beside the rows."""
    batches = _take(answer, *_samples(10))
    return _order(batches, _samples(10)[0]) == [
        t for batch in batches for t in batch[1]
    ]


def _returns_a_batch(answer: Callable) -> bool:
    """True if the two parts of one batch of four samples come out."""
    return _is_pair(answer(*_samples(10)))


def _keeps_neighbors_together(answer: Callable) -> bool:
    """True if 0 to 3, 4 to 7 and 8 to 11 stay together, in changing orders."""
    X, y = np.arange(24.0).reshape(12, 2), np.arange(12.0)
    rngs = map(np.random.default_rng, range(3))
    orders = [_order(_take(answer, X.copy(), y.copy(), 4, rng), X) for rng in rngs]
    blocks = [sorted(sorted(order[k : k + 4]) for k in (0, 4, 8)) for order in orders]
    together = np.arange(12).reshape(3, 4).tolist()
    return orders[0] != orders[1] and all(block == together for block in blocks)


def _only_shifted(answer: Callable) -> bool:
    """True if the next epoch has a new order, but with the same neighbors."""
    facts = _epoch(answer, 40)
    stay = facts["new neighbors in the next epoch"] is False
    return stay and facts["a new order in the next epoch"] is True


def _without_end(X, y, batch_size, rng):
    while True:
        yield from minibatches(X, y, batch_size, rng)


def _blocks_shuffled(X, y, batch_size, rng):
    for start in rng.permutation(np.arange(0, len(y), batch_size)):
        yield X[start : start + batch_size], y[start : start + batch_size]


PERMUTED, HAND_OUT = "rng.permutation(len(y))", "yield X[rows], y[rows]"
IN_ORDER, STARTS = (PERMUTED, "np.arange(len(y))"), "range(0, len(y), batch_size)"
FIXED_SEED = (PERMUTED, "np.random.default_rng(0).permutation(len(y))")
NO_REST = (STARTS, "range(0, len(y) - batch_size + 1, batch_size)")
LOOP = f"{STARTS}:\n        rows = order[start : start + batch_size]"


def _rows_in(parts: str) -> tuple[str, str]:
    """An edit of minibatches: the loop runs over the rows of these batches."""
    return f"start in {LOOP}", f"rows in {parts}:"


def _first(statement: str) -> tuple[str, str]:
    """An edit of minibatches that begins with this statement."""
    return "    order =", f"    {statement}\n    order ="


MINIBATCHES_MISTAKES = (
    Mistake(
        "Nothing comes out: inside the loop, hand out each batch with yield X_batch, "
        "y_batch.",
        ("yield ", ""),
    ),
    Mistake(
        "It ends after its first batch: return leaves the function. Write yield, which "
        "hands out a batch and then goes on.",
        ("yield", "return"),
        when=_returns_a_batch,
    ),
    Mistake(
        "You yield the numbers of the rows. Wanted are the samples themselves, the "
        "pair X[rows], y[rows].",
        (HAND_OUT, "yield rows"),
    ),
    Mistake(
        "You yield one sample at a time. Wanted are batches: X_batch of shape (B, D) "
        "and y_batch of shape (B,).",
        _rows_in("order"),
    ),
    Mistake(
        "X_batch or y_batch is a list, not an array, so that one cannot calculate with "
        "it. Index with the array of row numbers: it picks all of them at once.",
        (HAND_OUT, "yield list(X[rows]), list(y[rows])"),
        (HAND_OUT, "yield list(X[rows]), y[rows]"),
        (HAND_OUT, "yield X[rows], list(y[rows])"),
    ),
    Mistake(
        "A batch is a pair of arrays: X_batch of shape (B, D) and y_batch of shape "
        "(B,), each batch handed out with yield. Something else comes out.",
        (HAND_OUT, "yield X[rows]"),
        (HAND_OUT, "return len(rows)"),
        when=_fact("what comes out", lambda what: what != PAIRS, n=9),
    ),
    Mistake(
        "Your y_batch holds the numbers of the rows. It is to hold the targets of "
        "these rows: y[rows].",
        (HAND_OUT, "yield X[rows], rows"),
        when=_numbers_for_targets,
    ),
    Mistake(
        "Rows come out that are not in X, number by number. Shuffle the numbers of the "
        "rows, and pick whole rows with them, so that their numbers stay as they are.",
        _first("X = rng.permuted(X, axis=0)"),
        _first("X = X.astype(np.float32)"),
        when=_fact("each row is a row of X", lambda right: right is False),
    ),
    Mistake(
        "A row is not beside its own y. Are X and y shuffled separately? Make one "
        "order and use it for both.",
        _first("y = rng.permutation(y)"),
        _first("y = np.sort(y)"),
        when=lambda answer: (
            (facts := _epoch(answer))["each target is one of y"] is True
            and facts["each row is beside its own y"] is False
        ),
    ),
    Mistake(
        "The samples come in the order they were given in. Shuffle them: rng makes the "
        "order.",
        IN_ORDER,
        [IN_ORDER, NO_REST],
        when=_fact("shuffled", lambda shuffled: shuffled is False),
    ),
    Mistake(
        "You cut first and shuffle then, so that the same samples are together in a "
        "batch in every epoch. Shuffle the samples, then cut.",
        _blocks_shuffled,
        [IN_ORDER, (HAND_OUT, f"rows = rng.permutation(rows)\n        {HAND_OUT}")],
        when=_keeps_neighbors_together,
    ),
    Mistake(
        "An empty batch comes last when N is a multiple of batch_size: 12 samples in "
        "batches of 4 make three batches, and nothing is left.",
        (STARTS, "range(0, len(y) + 1, batch_size)"),
        when=_fact("samples in each batch", lambda sizes: sizes == [4, 4, 4, 0], n=12),
    ),
    Mistake(
        "The rest is dropped: when N is not a multiple of batch_size, the last batch "
        "is smaller, but it must come.",
        NO_REST,
        [NO_REST, FIXED_SEED],
        when=lambda answer: (
            (facts := _epoch(answer))["samples in each batch"] == [4, 4]
            and facts["samples that come more than once"] == 0
        ),
    ),
    Mistake(
        "The last batch is filled up with samples that came before. Let it be smaller: "
        "every sample comes exactly once.",
        (
            "order[start : start + batch_size]",
            "np.take(order, start + np.arange(batch_size), mode='wrap')",
        ),
    ),
    Mistake(
        "batch_size is the number of samples in a batch, not the number of batches.",
        _rows_in("np.array_split(order, batch_size)"),
    ),
    Mistake(
        "The order is the same in every epoch. Each call must make a new one with the "
        "rng it is given. (A generator made in it with a fixed seed starts over in "
        "each call.)",
        FIXED_SEED,
        (PERMUTED, "np.arange(len(y))[::-1]"),
        when=_fact("a new order in the next epoch", lambda new: new is False, n=40),
    ),
    Mistake(
        "The order does not come from rng, so that nobody can repeat your run. Use the "
        "rng you are given: rng.permutation.",
        (PERMUTED, "np.random.default_rng().permutation(len(y))"),
    ),
    Mistake(
        "More samples come out than there are. An epoch is over when every sample has "
        "come once.",
        _without_end,
        when=_fact("samples in each batch", lambda sizes: sum(sizes) > 10),
    ),
    Mistake(
        "Some samples come several times. In an epoch every sample comes exactly once; "
        "rng.permutation makes such an order.",
        (PERMUTED, "rng.integers(0, len(y), len(y))"),
        when=_fact("samples that come more than once", lambda count: count > 0, n=300),
    ),
    Mistake(
        "Samples that follow one another do so in the next epoch, too, as if the order "
        "were only shifted. Each sample must be able to follow any other.",
        (PERMUTED, "np.roll(np.arange(len(y)), rng.integers(len(y)))"),
        when=_only_shifted,
    ),
    Mistake(
        "Your batches are not of the right sizes: 10 samples in batches of 4 make "
        "three, with 4, 4 and 2 samples.",
        ("start + batch_size", "start + batch_size - 1"),
        when=_fact("samples in each batch", lambda sizes: sizes != [4, 4, 2]),
    ),
)

minibatches_exercise = Exercise(
    minibatches,
    cases=minibatches_cases,
    run=batch_facts,
    hints=(
        "Shuffle the numbers of the rows, not the rows themselves. With one such list "
        "of numbers you can pick the same samples from X and from y.",
        "order = rng.permutation(len(y)) holds every row number once, in random order. "
        "Cut it into pieces: range(0, len(y), batch_size) gives the places where the "
        "pieces begin. A slice that reaches beyond the end simply stops there.",
        "In the loop: rows = order[start : start + batch_size], then "
        "yield X[rows], y[rows].",
    ),
    mistakes=MINIBATCHES_MISTAKES,
)

LESSON = Lesson(
    descend_exercise,
    learning_rates_exercise,
    mse_gradient_exercise,
    standardize_exercise,
    minibatches_exercise,
)
check, hint, solution = LESSON.check, LESSON.hint, LESSON.solution
