"""Lesson 02, gradient descent: reference answers, hints and checks."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from numbers import Real

import numpy as np

from helpers.exercises.engine import Exercise, Lesson, Mistake

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
    """Three valleys, rates that shrink, jump, and arrive; a whole number; no steps."""
    return [
        (_slope_of_square, 4.0, 0.1, 4),
        (_slope_of_square, 3, 0.7, 5),
        (_slope_of_narrow, 1.0, 0.04, 6),
        (np.cos, float(rng.normal()), 0.5, 7),
        (_slope_of_square, 1.5, 0.3, 0),
        (_slope_of_square, 1.0, 0.5, 3),
    ]


def _walk(move, *, first=True, extra=0):
    """A walk with another rule for a step, or with other places written down."""

    def wrong(slope, w, learning_rate, steps):
        path, start = [w], w
        for _ in range(steps + extra):
            w = move(w, learning_rate, slope, start)
            path.append(w)
        return np.array(path if first else path[1:], dtype=float)

    return wrong


def _in_whole_numbers(slope, w, learning_rate, steps):
    path = np.full(steps + 1, w)
    for t in range(steps):
        path[t + 1] = path[t] - learning_rate * slope(path[t])
    return path


def _downhill(w, rate, slope, start):
    return w - rate * slope(w)


def _before_the_step(slope, w, learning_rate, steps):
    path = [w]
    for _ in range(steps):
        path.append(w)
        w = w - learning_rate * slope(w)
    return np.array(path, dtype=float)


def _writes_down(which):
    """A predicate: of the places 0 to 4 of a right walk, these come out."""

    def when(answer):
        wanted = descend(_slope_of_narrow, 1.0, 0.04, 4)[which]
        got = np.asarray(answer(_slope_of_narrow, 1.0, 0.04, 4), dtype=float)
        return got.shape == wanted.shape and np.allclose(got, wanted)

    return when


def _stops_early(answer) -> bool:
    """True if a walk that arrives at once has fewer places than one that does not."""
    arrived = np.shape(answer(_slope_of_square, 1.0, 0.5, 6))
    return np.shape(answer(_slope_of_square, 1.0, 0.1, 6)) == (7,) and arrived < (7,)


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
    mistakes=(
        Mistake(
            "You climb: a positive slope means that uphill is to the right, so the "
            "step goes to the left. Subtract.",
            wrong=_walk(lambda w, rate, slope, start: w + rate * slope(w)),
        ),
        Mistake(
            "Only the last place came out. Write down every one, the start included.",
            when=_writes_down(4),
        ),
        Mistake(
            "Only the start and the last place came out. Write down the place in every "
            "round of the loop.",
            when=_writes_down([0, 4]),
        ),
        Mistake(
            "You write the place down before the step: the start comes twice, and "
            "where the last step ends is missing.",
            wrong=_before_the_step,
        ),
        Mistake(
            "The start is missing: it is the first of the steps + 1 places.",
            wrong=_walk(_downhill, first=False),
        ),
        Mistake(
            "The last place is missing: after the start there is one place for each "
            "step, steps + 1 in all.",
            when=_writes_down(slice(0, 4)),
        ),
        Mistake(
            "One step too many: the start counts as a place, not as a step.",
            wrong=_walk(_downhill, extra=1),
        ),
        Mistake(
            "The learning rate is missing: a step is learning_rate times the slope.",
            wrong=_walk(lambda w, rate, slope, start: w - slope(w)),
        ),
        Mistake(
            "The slope is missing: every step of yours is equally long and goes the "
            "same way. Multiply the learning rate by slope(w).",
            wrong=_walk(lambda w, rate, slope, start: w - rate),
        ),
        Mistake(
            "You subtract learning_rate times w. It is the slope at w that tells you "
            "where to go: slope(w).",
            wrong=_walk(lambda w, rate, slope, start: w - rate * w),
        ),
        Mistake(
            "Your slope is always 2 w, which fits the valley w² alone. The slope of "
            "any valley is handed in, as a function: ask it, with slope(w).",
            wrong=_walk(lambda w, rate, slope, start: w - rate * 2 * w),
        ),
        Mistake(
            "The slope is asked for only once, at the start. It changes on the way, so "
            "ask for slope(w) again in every round.",
            wrong=_walk(lambda w, rate, slope, start: w - rate * slope(start)),
        ),
        Mistake(
            "Only the direction of the slope is used. Its size counts too: the "
            "steeper, the longer the step.",
            wrong=_walk(lambda w, rate, slope, start: w - rate * np.sign(slope(w))),
        ),
        Mistake(
            "You stop early where the ground is level. Take all the steps, also those "
            "that no longer move you: steps + 1 places come out, whatever the slope.",
            when=_stops_early,
        ),
        Mistake(
            "Whole numbers in gave whole numbers out: np.full(n, w) takes over the "
            "type of w. Ask for floats with dtype=float.",
            wrong=_in_whole_numbers,
        ),
    ),
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
    mistakes=(
        Mistake(
            "What stands in quotation marks is text, not a number. Leave the marks "
            "out: Python also works out fractions, such as 1 / 3.",
            when=_holds_text,
        ),
        Mistake(
            "Those are the rates for L = w². This valley is ten times as steep, and "
            "its factor is another one.",
            when=_rates(0.5, 1.0),
        ),
        Mistake(
            "The slope of 10 w² is 20 w, not 10 w: the 2 comes down from the square.",
            when=_rates(0.1, 0.2),
        ),
        Mistake(
            "The right numbers the wrong way around: first the rate that arrives in "
            "one step, then the limit.",
            when=_rates(0.1, 0.05),
        ),
        Mistake(
            "You divided the wrong way around: the steeper the valley, the smaller the "
            "rate must be.",
            when=lambda answer: set(_as_floats(answer)) <= {5, 10, 20, 40},
        ),
        Mistake(
            "A rate below zero would climb.",
            when=lambda answer: min(_as_floats(answer)) < 0,
        ),
        Mistake(
            "With a rate of 0 the walk stays where it is: both rates are above 0.",
            when=lambda answer: min(_as_floats(answer)) == 0,
        ),
        Mistake(
            "The first is right. From that rate on the walk jumps over the bottom, but "
            "it still comes nearer. It stops doing so where the factor is −1.",
            when=_rates(0.05, 0.05),
        ),
        Mistake(
            "The first is right, the second is not. Where is the factor −1?",
            when=_rates(0.05, None),
        ),
        Mistake(
            "The second is right, the first is not. Where is the factor 0?",
            when=_rates(None, 0.1),
        ),
    ),
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
    """A case to work out by hand, random samples, and a single sample."""
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
    return cases


def _miss(X, y, w, b):
    return X @ w + b - y


def _gradient(missed=None, *, scale=2.0, over_n=True, w=None, b=None):
    """A gradient with something changed: the miss, the factor, or one of the parts."""

    def wrong(X, y, weights, bias):
        miss = (missed or _miss)(X, y, weights, bias)
        factor = scale / (len(y) if over_n else 1)
        grad_w = factor * X.T @ miss if w is None else w(X, y, miss)
        grad_b = factor * miss.sum() if b is None else b(X, y, miss)
        return grad_w, grad_b

    return wrong


def _through_sigmoid(X, y, w, b):
    a = 1 / (1 + np.exp(-(X @ w + b)))
    return (a - y) * a * (1 - a)


def _gradient_shapes(answer) -> tuple:
    """The shapes of the two gradients, for 7 samples with 3 features."""
    X, y = np.random.default_rng(0).normal(size=(7, 3)), np.arange(7.0)
    return tuple(np.shape(part) for part in answer(X, y, np.ones(3), 0.5))


def _sums_over_features(answer) -> bool:
    """True if the gradient for w is one number, the sum of all or a mean."""
    draws = np.random.default_rng(0)
    X, y, w = draws.normal(size=(7, 3)), draws.normal(size=7), np.ones(3)
    one, sums = answer(X, y, w, 0.5)[0], mse_gradient(X, y, w, 0.5)[0].sum()
    return (
        np.ndim(one) == 0
        and np.isclose(one, sums * np.array([1, 7, 1 / 3, 7 / 3])).any()
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
    mistakes=(
        Mistake(
            "The 1/N is missing: the loss is a mean over the samples, so its gradient "
            "is one too. Yours grows with the number of samples.",
            wrong=_gradient(over_n=False),
        ),
        Mistake(
            "You divide by the number of features, the length of w. The loss is a mean "
            "over the samples: how many of them are there?",
            wrong=_gradient(
                w=lambda X, y, miss: 2 * X.T @ miss / X.shape[1],
                b=lambda X, y, miss: 2 * miss.sum() / X.shape[1],
            ),
        ),
        Mistake(
            "The gradient for w is divided by the number of its features, the length "
            "of w. The loss is a mean over the samples: how many of them are there?",
            wrong=_gradient(w=lambda X, y, miss: 2 * X.T @ miss / X.shape[1]),
        ),
        Mistake(
            "The 2 is missing: it comes down from the square, and here is no ½ in the "
            "loss to cancel it (lesson 01 had one).",
            wrong=_gradient(scale=1.0),
        ),
        Mistake(
            "The sign is flipped: it is the prediction minus the target, X @ w + b − "
            "y. Your gradient points downhill, and subtracting it would climb.",
            wrong=_gradient(scale=-2.0),
        ),
        Mistake(
            "There is no sigmoid here: the prediction is X @ w + b itself, any number.",
            wrong=_gradient(_through_sigmoid, scale=1.0),
        ),
        Mistake(
            "The bias is missing from the prediction: X @ w + b.",
            wrong=_gradient(lambda X, y, w, b: X @ w - y),
        ),
        Mistake(
            "The target is not subtracted: the miss of a sample is X @ w + b − y.",
            wrong=_gradient(lambda X, y, w, b: X @ w + b),
        ),
        Mistake(
            "The inputs are missing from the gradient for w: multiply the misses by "
            "column j of X before you take the mean.",
            wrong=_gradient(w=lambda X, y, miss: np.full(X.shape[1], 2 * miss.mean())),
        ),
        Mistake(
            "The gradient for the bias still has one number per sample. The bias is "
            "one number that acts on every sample, so take the mean.",
            when=lambda answer: _gradient_shapes(answer) == ((3,), (7,)),
        ),
        Mistake(
            "The gradient for w is right, but the 1/N is missing from the one for the "
            "bias.",
            wrong=_gradient(b=lambda X, y, miss: 2 * miss.sum()),
        ),
        Mistake(
            "The gradient for the bias is right, but the 1/N is missing from the one "
            "for w.",
            wrong=_gradient(w=lambda X, y, miss: 2 * X.T @ miss),
        ),
        Mistake(
            "The gradient for the bias is divided by N twice.",
            wrong=_gradient(b=lambda X, y, miss: 2 * miss.mean() / len(y)),
        ),
        Mistake(
            "The gradient for w is right, but the 2 is missing from the one for the "
            "bias.",
            wrong=_gradient(b=lambda X, y, miss: miss.mean()),
        ),
        Mistake(
            "The gradient for w is not averaged over the samples: it has a row for "
            "each of them. One number per weight must remain.",
            when=lambda answer: _gradient_shapes(answer)[0] == (7, 3),
        ),
        Mistake(
            "You took the mean along the wrong axis: one number per sample is left. "
            "Take it over the samples (axis 0), so that one number per weight remains.",
            wrong=_gradient(w=lambda X, y, miss: (2 * miss[:, None] * X).mean(axis=1)),
        ),
        Mistake(
            "One number is left for all the weights: a sum or a mean runs over the "
            "features, too. Take it over the samples only (axis 0).",
            when=_sums_over_features,
        ),
        Mistake(
            "The two gradients are in the other order: first the one for w, then the "
            "one for b.",
            wrong=lambda X, y, w, b: mse_gradient(X, y, w, b)[::-1],
        ),
    ),
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
    spread = np.where(spread == 0, 1, spread)
    return (X_train - mean) / spread, (X_other - mean) / spread


def standardize_cases(rng: np.random.Generator) -> list[tuple]:
    """Columns of very different sizes, more or fewer rows to transform, a constant."""
    cases = []
    for n, m, d in ((5, 2, 2), (8, 11, 3), (6, 1, 3)):
        size = 10.0 ** np.arange(d)
        X = rng.normal(size=(n, d)) * size + 3 * size
        cases.append((X, rng.normal(size=(m, d)) * size + 2 * size))
    train, other = rng.normal(size=(4, 3)), rng.normal(size=(3, 3))
    train[:, 1], other[:, 1] = 7.0, [7.0, 8.0, 5.0]
    return [*cases, (train, other)]


def _standardized(mean=None, spread=None, *, other=None):
    """Standardizing with another center, another spread, or another second part."""
    center = (lambda X: X.mean(axis=0)) if mean is None else mean
    width = (lambda X: X.std(axis=0)) if spread is None else spread

    def transform(X, by):
        return (X - center(by)) / width(by)

    def wrong(X_train, X_other):
        if other is None:
            return transform(X_train, X_train), transform(X_other, X_train)
        return transform(X_train, X_train), other(X_train, X_other, transform)

    return wrong


def _all_together(X_train, X_other):
    everything = np.vstack([X_train, X_other])
    mean, spread = everything.mean(axis=0), everything.std(axis=0)
    return (X_train - mean) / spread, (X_other - mean) / spread


def _mean_not_in_brackets(X_train, X_other):
    mean, spread = X_train.mean(axis=0), X_train.std(axis=0)
    return X_train - mean / spread, X_other - mean / spread


def _does(wrong):
    """A predicate: with columns that vary, the answer does the same as ``wrong``.

    What it does with a constant column is another question, and the next one.
    """

    def when(answer):
        draws = np.random.default_rng(3)
        X, other = 5 + 3 * draws.normal(size=(7, 3)), 4 + draws.normal(size=(4, 3))
        got = answer(X.copy(), other.copy())
        return all(
            np.shape(a) == b.shape and np.allclose(a, b, rtol=1e-4)
            for a, b in zip(got, wrong(X, other), strict=True)
        )

    return when


def _constant_column(answer) -> np.ndarray | None:
    """What becomes of a column of 7, 7 and, in X_other, 8, 7: shifted, 0, 0, 1, 0.

    None if the columns that vary are not right.
    """
    if not _does(standardize)(answer):
        return None
    X, other = np.array([[1.0, 7.0], [3.0, 7.0]]), np.array([[2.0, 8.0], [4.0, 7.0]])
    with np.errstate(all="ignore"):
        return np.concatenate([part[:, 1] for part in answer(X, other)])


def _constant(is_wrong):
    """A predicate: columns that vary are right, a constant one is wrong like this."""

    def when(answer):
        column = _constant_column(answer)
        return column is not None and bool(is_wrong(column))

    return when


def _along_the_rows(answer) -> bool:
    """True if the rows, not the columns, are standardized, with or without keepdims."""
    X, other = np.array([[1.0, 3.0], [2.0, 8.0]]), np.array([[0.0, 4.0], [1.0, 1.5]])
    train = answer(X, other)[0]
    return any(
        np.allclose(train, rows)
        for rows in ([[-1, 1], [-1, 1]], [[-1, -2 / 3], [0, 1]])
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
        "A constant column has a standard deviation of 0. Put a 1 in its place before "
        "you divide: np.where(spread == 0, 1, spread).",
    ),
    mistakes=(
        Mistake(
            "X_other is standardized with its own mean and spread. Use those of "
            "X_train for both: the same blood pressure must become the same number.",
            when=_does(
                _standardized(other=lambda X, other, transform: transform(other, other))
            ),
        ),
        Mistake(
            "The mean and the spread come from both arrays together. They may come "
            "from X_train alone: what you hold back must not shape the training.",
            when=_does(_all_together),
        ),
        Mistake(
            "X_other comes out unchanged. It too is to be shifted and scaled, by the "
            "mean and the spread that X_train had when it came in.",
            when=_does(_standardized(other=lambda X, other, transform: other)),
        ),
        Mistake(
            "You standardize the rows, each sample by itself (axis=1). It is the "
            "columns that have units: axis=0 runs over the rows.",
            when=_along_the_rows,
        ),
        Mistake(
            "One mean and one spread for the whole table leave the columns as unequal "
            "as they were. Each column needs its own: axis=0.",
            when=_does(_standardized(lambda X: X.mean(), lambda X: X.std())),
        ),
        Mistake(
            "You divide by the variance. Its square root, the standard deviation, has "
            "the unit of the column.",
            when=_does(_standardized(spread=lambda X: X.var(axis=0))),
        ),
        Mistake(
            "Your spread divides by N − 1 (ddof=1). Wanted is the plain one, X.std().",
            when=_does(_standardized(spread=lambda X: X.std(axis=0, ddof=1))),
        ),
        Mistake(
            "The columns are shifted but not scaled: divide by their spread.",
            when=_does(_standardized(spread=lambda X: 1.0)),
        ),
        Mistake(
            "The columns are scaled but not shifted: subtract their mean first.",
            when=_does(_standardized(mean=lambda X: 0.0)),
        ),
        Mistake(
            "Only the mean is divided by the spread: Python divides before it "
            "subtracts. Put brackets around the difference.",
            when=_does(_mean_not_in_brackets),
        ),
        Mistake(
            "That squeezes each column between 0 and 1, by its least and its greatest "
            "value. Wanted are mean 0 and standard deviation 1.",
            when=_does(
                _standardized(lambda X: X.min(axis=0), lambda X: np.ptp(X, axis=0))
            ),
        ),
        Mistake(
            "A constant column comes out as nan or infinity: its spread is 0, and you "
            "divide by it. Put a 1 in place of such a spread.",
            when=_constant(lambda column: not np.isfinite(column).all()),
        ),
        Mistake(
            "In a column that is constant in X_train you divide by a spread of 0, and "
            "infinity is then replaced by the largest number there is. Divide by 1 "
            "there, so that the column is only shifted.",
            when=_constant(lambda column: column.max() == np.finfo(float).max),
        ),
        Mistake(
            "A constant column explodes: you divide by a tiny number in place of its "
            "spread of 0. Divide by 1 there, so that it is only shifted.",
            when=_constant(
                lambda column: not column[[0, 1, 3]].any() and column[2] > 10
            ),
        ),
        Mistake(
            "In a column that is constant in X_train, X_other comes out as 0, whatever "
            "it holds. Only shift such a column: other values remain other values.",
            when=_constant(lambda column: not column.any()),
        ),
        Mistake(
            "A constant column should only be shifted: subtract its mean there too.",
            when=_constant(lambda column: np.allclose(column, [7, 7, 8, 7])),
        ),
    ),
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
        (rng.normal(size=(n, d)), np.arange(float(n)), size, np.random.default_rng(n))
        for n, d, size in ((10, 2, 4), (12, 1, 3), (9, 2, 1), (8, 3, 100), (17, 2, 6))
    ]


def _take(answer, X, y, batch_size, rng) -> list | object:
    """The batches of one epoch, or what came instead if that is no sequence."""
    given = answer(X, y, batch_size, rng)
    try:
        batches = iter(given)
    except TypeError:
        return given
    return list(islice(batches, 4 * len(y) + 8))


def _is_pair(batch) -> bool:
    """True for a pair of arrays (B, D) and (B,), which can be looked into."""
    if not isinstance(batch, tuple | list) or len(batch) != 2:
        return False
    X, y = (np.asarray(part) for part in batch)
    return X.ndim == 2 and y.ndim == 1 and len(X) == len(y)


def _are_arrays(batch) -> bool:
    """True if both parts of a pair are arrays: one can calculate with them."""
    return all(isinstance(part, np.ndarray) for part in batch)


def _order(batches: list, X: np.ndarray, y: np.ndarray) -> tuple[list, list]:
    """Which rows of X came, in order, and which of y."""
    rows = [row for batch in batches for row in np.asarray(batch[0])]
    targets = [value for batch in batches for value in np.asarray(batch[1])]
    of_x = [int(np.abs(X - row).sum(axis=1).argmin()) for row in rows]
    return of_x, [int(np.abs(y - value).argmin()) for value in targets]


def batch_facts(
    answer: Callable, X: np.ndarray, y: np.ndarray, batch_size: int, rng: object
) -> dict | object:
    """What must hold for the batches of any right answer, whatever their order."""
    kept, seed = (X.copy(), y.copy()), int(rng.integers(1_000))
    first = _take(answer, X, y, batch_size, rng)
    if not isinstance(first, list):
        return {"pairs of arrays come out": False, "instead": first}
    for batch in first:
        if not _is_pair(batch) or not _are_arrays(batch):
            return {"pairs of arrays come out": False, "instead": batch}
    of_x, of_y = _order(first, *kept)
    generators = (rng, np.random.default_rng(seed), np.random.default_rng(seed))
    second, third, again = (
        _order(_take(answer, kept[0].copy(), kept[1].copy(), batch_size, g), *kept)[0]
        for g in generators
    )
    return {
        "pairs of arrays come out": True,
        "samples in each batch": [len(batch[1]) for batch in first],
        "how often each sample came": np.bincount(of_x, minlength=len(y)).tolist(),
        "each row beside its own y": of_x == of_y,
        "shuffled": of_x != sorted(of_x),
        "a new order in the next epoch": of_x != second,
        "the same order from the same seed": third == again,
    }


def _batches(make_order=None, *, cut=None):
    """Batches with another order, or cut in another way."""

    def wrong(X, y, batch_size, rng):
        n = len(y)
        order = rng.permutation(n) if make_order is None else make_order(n, rng)
        starts = range(0, n, batch_size)
        parts = [order[s : s + batch_size] for s in starts]
        parts = parts if cut is None else cut(order, batch_size)
        for rows in parts:
            yield X[rows], y[rows]

    return wrong


def _last_one_filled(order, batch_size):
    parts = []
    for s in range(0, len(order), batch_size):
        parts.append(np.take(order, range(s, s + batch_size), mode="wrap"))
    return parts


def _tried(answer, n: int = 10, seed: int = 6) -> tuple:
    """One epoch of n samples in batches of four, with X and y."""
    X, y = np.random.default_rng(5).normal(size=(n, 2)), np.arange(float(n))
    got = _take(answer, X.copy(), y.copy(), 4, np.random.default_rng(seed))
    return got, X, y


def _one_batch_only(answer) -> bool:
    got = _tried(answer)[0]
    if not isinstance(got, list):
        return False
    return _is_pair(got) and len(got[1]) == 4  # the two parts of the first batch


def _yields_rows(answer) -> bool:
    got = _tried(answer)[0]
    return (
        isinstance(got, list)
        and len(got) > 0
        and all(np.ndim(batch) == 1 and not isinstance(batch, tuple) for batch in got)
        and sorted(int(i) for batch in got for i in batch) == list(range(10))
    )


def _one_sample_at_a_time(answer) -> bool:
    got = _tried(answer)[0]
    return (
        isinstance(got, list)
        and len(got) == 10
        and all(isinstance(b, tuple | list) and len(b) == 2 for b in got)
        and all(np.ndim(batch[1]) == 0 for batch in got)
    )


def _no_pairs(answer) -> bool:
    got = _tried(answer)[0]
    return isinstance(got, list) and not all(map(_is_pair, got))


def _not_arrays(which: int):
    """A predicate: this part of each pair would do, but it is not an array."""

    def when(answer):
        got = _tried(answer)[0]
        return isinstance(got, list) and any(
            isinstance(batch[which], list | tuple) for batch in got
        )

    return when


def _sizes(answer) -> list[int]:
    """How many samples each batch of 10 holds, in batches of 4."""
    return [len(batch[1]) for batch in _tried(answer)[0]]


def _repeats_its_order(answer) -> bool:
    """True if two epochs with the same generator come in the same order."""
    X, y = np.random.default_rng(5).normal(size=(12, 2)), np.arange(12.0)
    rng = np.random.default_rng(6)
    orders = [_order(_take(answer, X.copy(), y.copy(), 4, rng), X, y) for _ in "12"]
    return orders[0] == orders[1]


def _mixes_the_columns(answer) -> bool:
    """True if rows come out that are not rows of X."""
    got, X, _ = _tried(answer)
    if not isinstance(got, list) or not all(map(_is_pair, got)):
        return False
    rows = np.concatenate([np.asarray(batch[0]) for batch in got] or [X])
    return rows.shape[1:] == X.shape[1:] and not all(
        (np.abs(X - row).sum(axis=1) < 1e-12).any() for row in rows
    )


def _parts_company(answer) -> bool:
    """True if some row comes beside the y of another."""
    of_x, of_y = _order(*_tried(answer))
    return of_x != of_y


def _three_orders(answer) -> list[list[int]]:
    """In which order 12 samples come, in three epochs with batches of 4."""
    return [_order(*_tried(answer, 12, seed))[0] for seed in range(3)]


def _keeps_neighbors_together(answer) -> bool:
    """True if 0 to 3, 4 to 7 and 8 to 11 stay together, in changing orders."""
    together = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    orders = _three_orders(answer)
    return orders[0] != orders[1] and all(
        sorted(sorted(order[k : k + 4]) for k in range(0, len(order), 4)) == together
        for order in orders
    )


def _does_not_shuffle(answer) -> bool:
    return all(order == list(range(12)) for order in _three_orders(answer))


def _drops_the_rest(answer) -> bool:
    """True if 10 samples in batches of 4 make two batches of 4, all different."""
    got, X, y = _tried(answer)
    sizes = [len(batch[1]) for batch in got]
    return sizes == [4, 4] and len(set(_order(got, X, y)[0])) == 8


def _repeats_some(answer) -> bool:
    """True if a sample comes more than once, and another never."""
    of_x = _order(*_tried(answer))[0]
    return len(set(of_x)) < min(len(of_x), 10)


def _ends_with_nothing(answer) -> bool:
    """True if 12 samples in batches of 4 make three batches and an empty one."""
    return [len(batch[1]) for batch in _tried(answer, 12)[0]] == [4, 4, 4, 0]


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
    mistakes=(
        Mistake(
            "Nothing comes out: inside the loop, hand out each batch with "
            "yield X_batch, y_batch.",
            when=lambda answer: _tried(answer)[0] is None,
        ),
        Mistake(
            "Only one thing comes out. Wanted are the batches of a whole epoch, one "
            "after another: hand out each of them with yield.",
            when=lambda answer: not isinstance(_tried(answer)[0], list),
        ),
        Mistake(
            "It ends after its first batch: return leaves the function. Write yield, "
            "which hands out a batch and then goes on.",
            when=_one_batch_only,
        ),
        Mistake(
            "You yield the numbers of the rows. Wanted are the samples themselves, the "
            "pair X[rows], y[rows].",
            when=_yields_rows,
        ),
        Mistake(
            "You yield one sample at a time. Wanted are batches: X_batch of shape "
            "(B, D) and y_batch of shape (B,).",
            when=_one_sample_at_a_time,
        ),
        Mistake(
            "A batch is a pair: X_batch of shape (B, D) and y_batch of shape (B,). "
            "Something else comes out.",
            when=_no_pairs,
        ),
        Mistake(
            "X_batch is a list, not an array, so that one cannot calculate with it. "
            "Index with the array of row numbers: X[rows] picks all of them at once.",
            when=_not_arrays(0),
        ),
        Mistake(
            "y_batch is a list, not an array, so that one cannot calculate with it. "
            "Index with the array of row numbers: y[rows] picks all of them at once.",
            when=_not_arrays(1),
        ),
        Mistake(
            "Rows come out that are not in X: the shuffling has mixed the columns. "
            "Shuffle the numbers of the rows, and pick whole rows with them.",
            when=_mixes_the_columns,
        ),
        Mistake(
            "X and y are shuffled separately, so that a row no longer stands beside "
            "its own y. Make one order and use it for both.",
            when=_parts_company,
        ),
        Mistake(
            "The samples come in the order they were given in. Shuffle them: rng makes "
            "the order.",
            when=_does_not_shuffle,
        ),
        Mistake(
            "You cut first and shuffle then, so that the same samples are together in "
            "a batch in every epoch. Shuffle the samples, then cut.",
            when=_keeps_neighbors_together,
        ),
        Mistake(
            "An empty batch comes last when N is a multiple of batch_size: 12 samples "
            "in batches of 4 make three batches, and nothing is left.",
            when=_ends_with_nothing,
        ),
        Mistake(
            "The rest is dropped: when N is not a multiple of batch_size, the last "
            "batch is smaller, but it must come.",
            when=_drops_the_rest,
        ),
        Mistake(
            "The last batch is filled up with samples that came before. Let it be "
            "smaller: every sample comes exactly once.",
            wrong=_batches(cut=_last_one_filled),
        ),
        Mistake(
            "batch_size is the number of samples in a batch, not the number of "
            "batches.",
            wrong=_batches(cut=lambda order, size: np.array_split(order, size)),
        ),
        Mistake(
            "Your batches are of nearly equal size. Wanted are full batches of "
            "batch_size samples, and what is left in the last one.",
            wrong=_batches(
                cut=lambda order, size: np.array_split(order, -(-len(order) // size))
            ),
        ),
        Mistake(
            "The order is the same in every epoch. Each call must make a new one with "
            "the rng it is given. (A generator made in it with a fixed seed starts "
            "over in each call.)",
            when=_repeats_its_order,
        ),
        Mistake(
            "The order does not come from rng, so that nobody can repeat your run. Use "
            "the rng you are given: rng.permutation.",
            wrong=_batches(lambda n, rng: np.random.default_rng().permutation(n)),
        ),
        Mistake(
            "More samples come out than there are. An epoch is over when every sample "
            "has come once.",
            when=lambda answer: len(_order(*_tried(answer))[0]) > 10,
        ),
        Mistake(
            "Some samples come several times and others never. In an epoch every "
            "sample comes exactly once; rng.permutation makes such an order.",
            when=_repeats_some,
        ),
        Mistake(
            "After the first batch yours are empty: a slice [a:b] runs from place a to "
            "place b, and b moves on from batch to batch, too.",
            when=lambda answer: _sizes(answer) == [4, 0, 0],
        ),
        Mistake(
            "Your batches are not of the right sizes: 10 samples in batches of 4 make "
            "three, with 4, 4 and 2 samples.",
            when=lambda answer: _sizes(answer) != [4, 4, 2],
        ),
    ),
)

LESSON = Lesson(
    descend_exercise,
    learning_rates_exercise,
    mse_gradient_exercise,
    standardize_exercise,
    minibatches_exercise,
)
check, hint, solution = LESSON.check, LESSON.hint, LESSON.solution
