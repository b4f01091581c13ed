"""Lesson 01, a single neuron: reference answers, hints and checks."""

import itertools
import math
from collections.abc import Callable

import numpy as np

from helpers.exercises.edits import edited
from helpers.exercises.engine import Exercise, Lesson, Mistake

# Exercise 1: weights for the beach, by hand ------------------------------------------

# The seven days of data/beach.csv (a test holds the two equal).
BEACH_DAYS = np.array(
    [[1, 3, 2], [3, 3, 2], [1, 3, 3], [1, 1, 2], [1, 2, 2], [2, 3, 1], [2, 1, 2]],
    dtype=float,
)
BEACH_GO = np.array([1, 1, 0, 0, 0, 1, 0])


def beach_weights() -> tuple[np.ndarray, float]:
    """Weights (3,) for cloudy, hot and windy, and a bias: all seven days right."""
    return np.array([0.0, 1.0, -1.0]), -0.5  # go when it is hotter than it is windy


def beach_decisions(answer: tuple, X: np.ndarray) -> np.ndarray:
    """What a threshold neuron with these weights and this bias decides, day by day."""
    weights, bias = answer
    return (X @ np.asarray(weights, dtype=float) + float(bias) >= 0).astype(int)


def _beach_by_day(answer: tuple, X: np.ndarray) -> dict[str, str]:
    """The same by the day's number and in words, as the learner is shown it."""
    went = beach_decisions(answer, X)
    return {f"day {n}": "go" if go else "stay" for n, go in enumerate(went, start=1)}


def _beach_wrong_days(answer: tuple) -> list[int]:
    """The days, counted from 1, on which this answer decides wrongly."""
    wrong = beach_decisions(answer, BEACH_DAYS) != BEACH_GO
    return [int(day) for day in np.flatnonzero(wrong) + 1]


def _on_the_fence(answer: tuple) -> bool:
    """True if the wrong days are there only because their z is exactly 0."""
    weights, bias = answer
    z = BEACH_DAYS @ np.asarray(weights, dtype=float) + float(bias)
    wrong = (z >= 0) != BEACH_GO
    return bool(wrong.any() and (np.abs(z[wrong]) < 1e-12).all())


def _count(answer: tuple, number: int) -> bool:
    """True if there are this many weights."""
    return np.asarray(answer[0]).shape == (number,)


BEACH_MISTAKES = (
    Mistake(
        "Python writes decimals with a point: a comma makes two numbers of one, and "
        "the bias is to be one number.",
        ([0, 1, -1], (0, 5)),
        when=lambda answer: isinstance(answer[1], tuple),
    ),
    Mistake(
        "There are four weights: the bias does not belong among them. Give three "
        "weights, one for each column, and the bias apart.",
        ([0, 1, -1, -0.5], 0),
        when=lambda answer: _count(answer, 4),
    ),
    Mistake(
        "There are seven weights, one for each day. A neuron has one for each column "
        "(cloudy, hot, windy) and uses the same three every day.",
        ([1, 1, -1, -1, -1, 1, -1], 0),
        when=lambda answer: _count(answer, 7),
    ),
    Mistake(
        "A day that should be 'stay' has z of exactly 0, and 0 counts as 'go'. Lower "
        "the bias a little and it tips the right way.",
        ([0, 1, -1], 0),
        when=_on_the_fence,
    ),
    Mistake(
        "Every day comes out the wrong way around. Flip the signs of all the weights "
        "and of the bias.",
        ([0, -1, 1], 0.5),
        when=lambda answer: len(_beach_wrong_days(answer)) == len(BEACH_GO),
    ),
    Mistake(
        "You go every day. The bias is too high, or a weight that should speak against "
        "going does not.",
        ([1, 1, 1], 0.0),
        when=lambda answer: bool(beach_decisions(answer, BEACH_DAYS).all()),
    ),
    Mistake(
        "You never go. The bias is too low for any day to lift z to 0.",
        ((-1, 2, -1), -5),
        when=lambda answer: not beach_decisions(answer, BEACH_DAYS).any(),
    ),
    *(
        Mistake(
            f"Six days are right; only day {day} is still wrong. Work out its z by "
            "hand: which term pulls it to the wrong side?",
            example,
            when=lambda answer, day=day: _beach_wrong_days(answer) == [day],
        )
        for day, example in (  # no neuron is wrong on day 4 or 6 alone
            (1, ([1, 0, -1], -0.5)),
            (2, ([-1, 2, -1], -2.5)),
            (3, ([0, 1, 0], -2.5)),
            (5, ([0, 1, -2], 2.5)),
            (7, ([2, 1, -2], -0.5)),
        )
    ),
    *(
        Mistake(
            f"{wrong} of the seven days are still wrong: compare your result with the "
            "expected one, day by day. Pick a wrong one, work out its z by hand, and "
            "ask which weight misled you.",
            example,
            when=lambda answer, wrong=wrong: len(_beach_wrong_days(answer)) == wrong,
        )
        for wrong, example in (
            (2, ([-1, 2, -1], -1.5)),
            (3, ([-1, 1, 0], -0.5)),
            (4, ([1, -1, 0], -0.5)),
            (5, ([-1, 0, 0], 1.5)),
            (6, ([-1, 0, 1], 0.5)),
        )
    ),
)

beach_exercise = Exercise(
    beach_weights,
    value=True,
    cases=lambda rng: [(BEACH_DAYS,)],
    run=_beach_by_day,
    hints=(
        "A weight above 0 speaks for going, one below 0 against, and 0 says that the "
        "column does not matter. Which column looks useless? Compare days 1 and 2.",
        "Ignore the clouds. On the three days you go, how do hot and windy compare? "
        "And on the four days you stay?",
        "You go when it is hotter than it is windy, so look at hot − windy. It must "
        "come out at 0 or above on days 1, 2 and 6, and below 0 on day 3, where it "
        "is exactly 0 without a bias.",
    ),
    mistakes=BEACH_MISTAKES,
)

# Exercise 2: a sigmoid that never overflows ------------------------------------------


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-z)) for every element of z.

    z: array of any shape, whole numbers or not, as large or small as you like.
    Returns an array of floats between 0 and 1 with the shape of z, without a warning.
    """
    small = np.exp(-np.abs(z))  # at most 1, so it cannot overflow
    return np.where(np.asarray(z) >= 0, 1, small) / (1 + small)


def sigmoid_cases(rng: np.random.Generator) -> list[tuple]:
    """A few known points, several shapes, whole numbers, large and small inputs."""
    return [
        (np.array([0.0, 1.0, -1.0, 3.0]),),
        (rng.normal(size=(4, 3)),),
        (rng.normal(scale=3, size=(2, 3, 4)),),
        (np.array([-2, 0, 1]),),
        (np.array([-1000.0, -30.0, 30.0, 1000.0]),),
        (np.array([-1000.0, -40.0, -6.0, -0.04, 0.04]),),
        (np.array([-16.0, -0.04, 0.3]),),
        (np.array([20.0, 1000.0]),),
        (np.array([0.8]),),
        (rng.normal(size=(1, 3)),),
    ]


def _clipped_too_tight(answer) -> bool:
    """True if large inputs stop short of 0 and 1, and the middle is right."""
    middle, large = np.array([-1.0, 0.0, 1.0]), np.array([-1000.0, 1000.0])
    low, high = np.asarray(answer(large))
    return bool(
        np.allclose(answer(middle), sigmoid(middle))
        and (low > 1e-6 or high < 1 - 1e-6)
        and 0 < low < 0.5 < high < 1
    )


def _moderately(rule):
    """True for an answer that is like the rule where nothing can overflow."""
    z = np.array([-2.0, 0.0, 0.5, 3.0])
    return lambda answer: bool(np.allclose(answer(z), rule(z)))


def _one_dimension_only(answer) -> bool:
    """True if it works for a row of numbers and fails for a matrix."""
    row = np.array([0.5, -1.0])
    first = answer(row)
    try:
        answer(np.stack([row, row]))
    except (TypeError, ValueError):
        return isinstance(first, np.ndarray) and np.allclose(first, sigmoid(row))
    return False


def _one_number_only(answer) -> bool:
    """True if it works for a single number and fails for an array."""
    try:
        answer(np.array([0.5, 1.0]))
    except (TypeError, ValueError):
        return bool(np.isclose(answer(0.5), sigmoid(0.5)))
    return False


SIGMOID_MISTAKES = (
    Mistake(
        "The sign of z is flipped: your function falls from 1 to 0 where the sigmoid "
        "rises from 0 to 1. It is exp(−z) that stands below the line.",
        (">= 0", "< 0"),
        when=_moderately(lambda z: 1 - sigmoid(z)),
    ),
    Mistake(
        "That is 1/1 + exp(−z): Python divides before it adds. Put brackets around 1 + "
        "exp(−z).",
        lambda z: 1 / 1 + np.exp(-z),
        when=_moderately(lambda z: 1 + np.exp(-z)),
    ),
    Mistake(
        "That is tanh, which runs from −1 to 1. The sigmoid runs from 0 to 1.",
        np.tanh,
    ),
    Mistake(
        "That is the slope of the sigmoid, σ(z)(1 − σ(z)). Here the sigmoid itself is "
        "wanted.",
        lambda z: sigmoid(z) * (1 - sigmoid(z)),
    ),
    Mistake(
        "Whole numbers in gave whole numbers out: `np.empty_like(z)` and "
        "`np.zeros_like(z)` take over the type of z. Ask for floats: `dtype=float`.",
        lambda z: sigmoid(z).astype(z.dtype),
    ),
    Mistake(
        "That works for a single number only: `math.exp` and a plain `if` cannot take "
        "an array. `np.exp` and `np.where` can.",
        lambda z: 1 / (1 + math.exp(-z)),
        when=_one_number_only,
    ),
    Mistake(
        "That works for a row of numbers only. z may have two dimensions or more, and "
        "going through a matrix gives its rows, not its numbers. Work on the whole "
        "array at once: `np.where` chooses number by number.",
        lambda z: np.array([sigmoid(v) if v >= 0 else 1 - sigmoid(-v) for v in z]),
        when=_one_dimension_only,
    ),
    Mistake(
        "The numbers are right, but exp overflows at both ends. `np.where` works out "
        "both of its forms for every number before it chooses: give exp only what it "
        "can stand, whatever the sign of z.",
        lambda z: np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z))),
    ),
    Mistake(
        "You clip z so tightly that large inputs stop short of 0 and 1. Clip at ±700, "
        "where exp still fits, or use two forms of the formula.",
        lambda z: sigmoid(np.clip(z, -5, 5)),
        when=_clipped_too_tight,
    ),
)

sigmoid_exercise = Exercise(
    sigmoid,
    cases=sigmoid_cases,
    may_warn=False,
    hints=(
        "Only exp of a large positive number overflows. exp of a large negative one is "
        "simply 0. So never give exp anything above 0.",
        "Multiply the top and the bottom of 1 / (1 + exp(-z)) by exp(z): you get "
        "exp(z) / (1 + exp(z)), which is safe for z below 0. The first form is safe "
        "for z of 0 and above. Mind that `np.where` works out both forms everywhere.",
        "`small = np.exp(-np.abs(z))` is safe for every z. For z ≥ 0 the answer is `1 "
        "/ (1 + small)`, for z < 0 it is `small / (1 + small)`. `np.where` picks the "
        "top.",
    ),
    mistakes=SIGMOID_MISTAKES,
)

# Exercise 3: the share of right decisions --------------------------------------------


def accuracy(X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float) -> float:
    """Return the share of samples that the neuron decides rightly, from 0 to 1.

    X (N, D) samples, y (N,) labels 0 or 1, w (D,) weights, b bias.
    The neuron decides 1 where its output is 0.5 or more, which is where z >= 0.
    """
    return float(np.mean((X @ w + b >= 0) == y))


def accuracy_cases(rng: np.random.Generator) -> list[tuple]:
    """Points on the boundary and near it, random sets, biases of both signs."""
    fence = np.array([[1.0, 1.0], [2.0, 1.0], [0.0, 1.0], [3.0, 0.0], [1.0, 5.0]])
    cases = [(fence, np.array([1, 1, 0, 1, 1]), np.array([1.0, -1.0]), 0.0)]
    for n, d in ((7, 2), (25, 2), (40, 3)):
        X = rng.normal(size=(n, d))
        y = (X[:, 0] + 0.7 * rng.normal(size=n) > 0.3).astype(int)
        cases.append((X, y, rng.normal(size=d) + [1, *[0] * (d - 1)], -0.6))
    near = np.array([[-1.73, 0.0], [-1.67, 0.0], [-4.0, 0.0], [0.0, 1.2], [1.0, 1.5]])
    cases.append((near, np.array([0, 1, 0, 0, 0]), np.array([1.0, -2.0]), 1.7))
    whole = np.array([[1, 3, 2], [3, 3, 2], [1, 2, 0], [1, 1, 2], [2, 2, 1]])
    return [*cases, (whole, np.array([1, 1, 1, 0, 0]), np.array([-1, 2, -1]), -2)]


DECISION = "X @ w + b >= 0"

ACCURACY_MISTAKES = (
    Mistake(
        "That is the share of wrong decisions. One minus it is the accuracy.",
        ("== y", "!= y"),
    ),
    Mistake(
        "You compare z with 0.5. It is the output a that is compared with 0.5; σ(0) = "
        "0.5, so z is compared with 0.",
        (">= 0", ">= 0.5"),
    ),
    Mistake(
        "Your neuron always decides 1. Do you compare the output a with 0? It is never "
        "below 0: compare a with 0.5, or z with 0.",
        (DECISION, "sigmoid(X @ w + b) >= 0"),
    ),
    Mistake(
        "Hardly any decision counts as right. Do you compare the raw outputs with the "
        "labels? Turn each output into a decision, 0 or 1, first.",
        (DECISION, "sigmoid(X @ w + b)"),
        (DECISION, "X @ w + b"),
    ),
    Mistake("The bias is missing: `z = X @ w + b`.", (" + b", "")),
    Mistake(
        "The sign of the bias is wrong: it is added to the weighted sum, and the sum "
        "of both is compared with 0.",
        (" + b", " - b"),
    ),
    Mistake(
        "A sample exactly on the boundary (z = 0, a = 0.5) must count as 1. With > "
        "instead of >=, and with `np.round`, which turns 0.5 into 0, it does not.",
        (">= 0", "> 0"),
    ),
    Mistake(
        "What comes after the decimal point is cut off: the result is 1 if all "
        "decisions are right, and else 0. (// divides to whole numbers, and int cuts.)",
        ("float(", "int("),
    ),
    Mistake(
        "Only the right decisions for label 1 are counted. Deciding 0 where the label "
        "is 0 is right, too.",
        ("== y", "& (y == 1)"),
    ),
    Mistake(
        "That is one minus the mean distance between output and label. Turn each "
        "output into a decision, 0 or 1, first: right is right, however narrowly.",
        (f"({DECISION}) == y", "1 - abs(sigmoid(X @ w + b) - y)"),
    ),
)

accuracy_exercise = Exercise(
    accuracy,
    cases=accuracy_cases,
    hints=(
        "Three steps: z for all samples at once, a decision for each (0 or 1), and "
        "the share that equals y. You do not even need the sigmoid.",
        "`X @ w + b` is z, with one number per sample. z >= 0 is True where the "
        "neuron decides 1.",
        "Comparing two arrays with == gives an array of True and False. Its mean is "
        "the share of True: `np.mean((X @ w + b >= 0) == y)`.",
    ),
    mistakes=ACCURACY_MISTAKES,
)

# Exercise 4: the gradient of the quadratic loss --------------------------------------


def gradient(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float
) -> tuple[np.ndarray, float]:
    """Return the gradient of the quadratic loss L = mean((a - y)²) / 2.

    X (N, D) samples, y (N,) labels, w (D,) weights, b bias; a = sigmoid(X @ w + b).
    Returns ∂L/∂w (D,) and ∂L/∂b, a single number.
    """
    a = sigmoid(X @ w + b)
    delta = (a - y) * a * (1 - a) / len(y)  # ∂L/∂z, one number per sample
    return X.T @ delta, delta.sum()


def gradient_cases(rng: np.random.Generator) -> list[tuple]:
    """Random samples, a single one, parameters above 1, and whole numbers."""
    cases = []
    for n, d in ((6, 2), (11, 3), (1, 2)):
        X, y = rng.normal(size=(n, d)), rng.integers(0, 2, size=n)
        cases.append((X, y, rng.normal(size=d), float(rng.normal())))
    X, y = rng.normal(size=(5, 2)), np.array([0, 1, 1, 0, 0])
    cases.append((X, y, np.array([2.3, -1.4]), 1.7))
    return [*cases, (np.array([[1], [2], [-1]]), y[:3], np.array([2]), -1)]


SLOPE, DELTA = "a * (1 - a)", "(a - y) * a * (1 - a) / len(y)"

GRADIENT_MISTAKES = (
    Mistake(
        "The 1/N is missing: the loss is a mean over the samples, so its gradient is "
        "one too. Yours grows with the number of samples.",
        (" / len(y)", ""),
    ),
    Mistake(
        "The slope of the sigmoid, σ′(z) = a(1 − a), is missing. The chain from L to w "
        "goes through a: ∂L/∂a times ∂a/∂z times ∂z/∂w.",
        (f" * {SLOPE}", ""),
    ),
    Mistake(
        "The slope of the sigmoid is a times (1 − a). Without brackets Python "
        "multiplies by 1, and then subtracts a.",
        (SLOPE, "a * 1 - a"),
        (DELTA, "((a - y) * a * 1 - a) / len(y)"),
    ),
    Mistake(
        "The slope of the sigmoid is written in terms of a: a(1 − a). You used z(1 − "
        "z).",
        (SLOPE, "(X @ w + b) * (1 - (X @ w + b))"),
    ),
    Mistake(
        "The sigmoid is missing: you took z for the output. The output is `a = "
        "sigmoid(X @ w + b)`.",
        ("sigmoid", ""),
    ),
    Mistake(
        "You divide by the number of columns of X (`len(w)`). N is the number of "
        "samples, so of rows: `len(y)`.",
        ("len(y)", "len(w)"),
    ),
    Mistake(
        "The sigmoid is applied twice: the slope is a(1 − a), and a is already σ(z). "
        "You used σ(a)(1 − σ(a)).",
        (SLOPE, "sigmoid(a) * (1 - sigmoid(a))"),
    ),
    Mistake(
        "Everything is twice too large: the ½ in the loss cancels the 2 that comes "
        "down from the square.",
        ("(a - y)", "2 * (a - y)"),
    ),
    Mistake(
        "The sign is flipped: it is a − y, the output minus the label. Your gradient "
        "points downhill, and subtracting it would climb.",
        ("(a - y)", "(y - a)"),
    ),
    Mistake(
        "The gradient for the bias is divided by N twice: δ holds a 1/N already, so "
        "take its sum, not its mean.",
        ("delta.sum()", "delta.mean()"),
    ),
    Mistake(
        "The gradient for w is right, but the 1/N is missing from the one for the "
        "bias.",
        ("delta.sum()", "delta.sum() * len(y)"),
    ),
    Mistake(
        "The inputs are missing from the gradient for w: ∂z/∂w[j] is column j of X, so "
        "multiply δ by it before you add up.",
        ("X.T @ delta", "np.full(len(w), delta.sum())"),
    ),
    Mistake("The bias is missing from z: `a = sigmoid(X @ w + b)`.", (" + b", "")),
    Mistake("The bias is subtracted: it is to be added.", (" + b", " - b")),
    Mistake(
        "You added up along the wrong axis: one number per sample is left. Add over "
        "the samples (axis 0), so that one number per weight remains.",
        ("X.T @ delta", "(delta[:, None] * X).sum(axis=1)"),
    ),
    Mistake(
        "The gradient for w is not added up over the samples: it has a row for each of "
        "them. One number per weight must remain.",
        ("X.T @ delta", "delta[:, None] * X"),
    ),
    Mistake(
        "Where w holds whole numbers, so does your gradient for w: `np.zeros_like(w)` "
        "takes over its type and cuts fractions off. Ask for floats: `dtype=float`.",
        ("X.T @ delta", "(X.T @ delta).astype(w.dtype)"),
    ),
    Mistake(
        "The two gradients are in the other order: first the one for w, then the one "
        "for b.",
        ("X.T @ delta, delta.sum()", "delta.sum(), X.T @ delta"),
    ),
)

gradient_exercise = Exercise(
    gradient,
    cases=gradient_cases,
    hints=(
        "Follow the chain rule from the loss back to the parameters. First the output "
        "a of every sample, then δ = ∂L/∂z for every sample, then the two gradients.",
        "δ = (a − y) · a(1 − a) / N has one number for each sample, shape (N,). The "
        "bias adds 1 to every z, so ∂L/∂b is the sum of δ. Weight j multiplies column "
        "j of X, so ∂L/∂w[j] is the sum of δ times that column.",
        "All the sums over samples at once are one product: `X.T @ δ` has shape (D,). "
        "Return `X.T @ δ, δ.sum()`.",
    ),
    mistakes=GRADIENT_MISTAKES,
)

# Exercise 5: gradient descent that keeps the best ------------------------------------


def train(
    X: np.ndarray,
    y: np.ndarray,
    w: np.ndarray,
    b: float,
    learning_rate: float,
    steps: int,
) -> tuple[np.ndarray, float, np.ndarray]:
    """Run gradient descent from w, b and return the best parameters met on the way.

    X (N, D) samples, y (N,) labels, w (D,) and b the start, which stay as they are.
    Returns the w (D,) and b with the highest accuracy on X, y (the first of them, if
    several are equal; the start counts too), and scores (steps + 1,): the accuracy
    at the start and after every step.
    """
    scores = np.zeros(steps + 1)
    scores[0] = best = accuracy(X, y, w, b)
    best_w, best_b = w, b
    for step in range(1, steps + 1):
        grad_w, grad_b = gradient(X, y, w, b)
        w = w - learning_rate * grad_w  # a new array: best_w stays what it was
        b = b - learning_rate * grad_b
        scores[step] = accuracy(X, y, w, b)
        if scores[step] > best:
            best, best_w, best_b = scores[step], w, b
    return best_w, best_b, scores


def train_cases(rng: np.random.Generator) -> list[tuple]:
    """Runs whose best step lies in the middle, is the start, or the last; no steps."""
    X = np.array([[2.0, 1.0], [1.5, -0.5], [0.3, 1.2], [-1.0, 0.4], [-0.4, -1.5]])
    X = np.concatenate([X, -X + [0.5, 0.2], [[6.0, -4.0], [-3.0, 5.0]]])
    y = np.array([1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 1])
    start = np.array([-0.6, 0.9])
    cases = [(X, y, start, 0.4, rate, steps) for rate, steps in ((0.5, 1), (8.0, 25))]
    for seed_of_case in range(3):
        n, d = 10 + 5 * seed_of_case, 2 + seed_of_case % 2
        X = rng.normal(size=(n, d))
        y = (X[:, 0] + rng.normal(size=n) > 0).astype(int)
        w, b = rng.normal(size=d), float(rng.normal())
        cases.append((X, y, w, b, 12.0, 30))
    cases.append((*cases[0][:5], 0))
    for seed, n, shift, *run in (
        (87, 10, 0.4, [1.27, -0.94], -0.38, 30.0, 4),  # the start is the best
        (797, 27, 1.2, [-0.9, 0.35], 0.9, 5.0, 9),  # up, down, and up by less
        (78, 27, 1.2, [-0.9, 0.35], 0.9, 2.75, 5),  # the last is the best
    ):
        draws = np.random.default_rng(seed)
        X = draws.normal(size=(n, 2))
        y = X @ [1.0, -0.6] + 0.8 * draws.normal(size=n) + shift > 0
        cases.append((X, y.astype(int), np.array(run[0]), *run[1:]))
    return cases


# Edits of train that several mistakes share.
KEEP = "            best, best_w, best_b = scores[step], w, b\n"
RESULTS = ("best_w", "best_b", "scores")
RETURNED = ", ".join(RESULTS)
IN_PLACE = ("w = w - learning_rate", "w -= learning_rate")
ZERO_FIRST = ("scores[0] = best = accuracy(X, y, w, b)", "best = 0")


def _of_path(step: str, kept: str = "scores") -> list[tuple]:
    """Edits of train: it keeps every w and b, and returns those of this step."""
    return [
        ("    best_w, best_b = w, b\n", "    ws, bs = [w], [b]\n"),
        ("        if scores[step] > best:\n", "        ws.append(w)\n"),
        (KEEP, "        bs.append(b)\n"),
        (RETURNED, f"ws[{step}], bs[{step}], {kept}"),
    ]


TRAIN_MISTAKES = (
    Mistake(
        "The w you return is the last one, though the b is the best one. `best_w = w` "
        "does not copy: both names mean one array, and `w -= …` changes it. Write `w = "
        "w - …`, or keep `w.copy()`.",
        [("    best_w, best_b =", "    w = w.copy()\n    best_w, best_b ="), IN_PLACE],
    ),
    Mistake(
        "`w -= …` changes the very array you were given, and `best_w = w` does not "
        "copy it: the w you return is the last one, and the caller's start is lost. "
        "Write `w = w - …`, which makes a new array.",
        IN_PLACE,
    ),
    Mistake(
        "You return the last parameters, not the best ones met on the way.",
        (RETURNED, "w, b, scores"),
    ),
    Mistake(
        "You climb: the gradient points uphill, so it must be subtracted.",
        [("w - learning", "w + learning"), ("b - learning", "b + learning")],
    ),
    Mistake(
        "Of several equally good steps you keep the last; wanted is the first. Replace "
        "the best only when the new score is higher: > instead of >=.",
        ("> best", ">= best"),
    ),
    Mistake(
        "You keep parameters whenever their score is higher than the one before. It "
        "must be higher than the best so far.",
        ("> best", "> scores[step - 1]"),
    ),
    Mistake(
        "You keep the parameters with the lowest accuracy. An accuracy is better when "
        "it is higher.",
        ("> best", "< best"),
    ),
    Mistake(
        "The parameters after the last step are never kept, and they may be the best: "
        "score and compare after every step.",
        ("if scores", "if step < steps and scores"),
    ),
    Mistake(
        "The parameters you keep are one step further than the score you keep them "
        "for. Score w and b after the step, and remember that very pair.",
        _of_path("min(scores.argmax() + 1, steps)"),
    ),
    Mistake(
        "w moves before the gradient for b is worked out, so the two belong to "
        "different points. Take both gradients first, then move both.",
        ("* grad_b", "* gradient(X, y, w, b)[1]"),
    ),
    Mistake(
        "The start is left out: score it too, before the loop. It may even be the "
        "best, and scores has steps + 1 entries.",
        [ZERO_FIRST, (RETURNED, f"{RETURNED}[1:]")],
    ),
    Mistake(
        "The start does not count with you, and it may be the best of all. Begin with "
        "its own accuracy as the best so far, not with 0.",
        ("scores[0] = best =", "best, scores[0] = 0,"),
    ),
    Mistake(
        "You keep the parameters with the lowest loss. Wanted are those with the "
        "highest accuracy.",
        _of_path(
            "np.argmin([((sigmoid(X @ w + b) - y) ** 2).sum() for w, b in zip(ws, bs)])"
        ),
    ),
    Mistake(
        "The three results are right, but in another order. Wanted: the best w, then "
        "the best b, then scores.",
        *(
            (RETURNED, ", ".join(order))
            for order in itertools.permutations(RESULTS)
            if order != RESULTS
        ),
    ),
    Mistake(
        "A score is missing from scores: it has steps + 1 entries, the start and one "
        "after every step.",
        (RETURNED, f"{RETURNED}[1:]"),
        (RETURNED, f"{RETURNED}[:-1]"),
    ),
    Mistake(
        "The bias never moves. It takes a step too: `b - learning_rate * grad_b`.",
        ("        b = b - learning_rate * grad_b\n", ""),
    ),
    Mistake(
        "The learning rate is missing: the step is learning_rate times the gradient.",
        ("    scores = ", "    learning_rate = 1\n    scores = "),
    ),
)

train_exercise = Exercise(
    train,
    cases=train_cases,
    hints=(
        "You have all the parts: gradient says which way is uphill, so step the other "
        "way, and accuracy gives the score. Score the start before the loop.",
        "In the loop: both gradients from the same w and b, then both new values, then "
        "the new score. If it beats the best so far, remember score, w and b.",
        "Write `w = w - learning_rate * grad_w`, which makes a new array. With `w -= "
        "…` the old array itself changes, and with it the best_w that you remembered, "
        "unless you kept `best_w = w.copy()`.",
    ),
    mistakes=TRAIN_MISTAKES,
)

# Exercise 6: the line on which the neuron cannot decide ------------------------------


def boundary(x1: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    """Return x2 on the decision boundary above each x1.

    x1 (M,) positions on the first axis, w (2,) weights, b bias. The boundary is
    where w[0] * x1 + w[1] * x2 + b = 0.
    Returns x2 (M,); all nan if w[1] is 0, since the boundary is then vertical.
    """
    if w[1] == 0:
        return np.full(len(x1), np.nan)
    return -(w[0] * x1 + b) / w[1]


def boundary_cases(rng: np.random.Generator) -> list[tuple]:
    """Lines of all slopes; a single position; positions that are whole numbers."""
    x1 = np.linspace(-2, 2, 5)
    return [
        (x1, np.array([1.0, 2.0]), 0.5),
        (rng.normal(size=7), rng.normal(size=2), float(rng.normal())),
        (x1, np.array([0.0, -2.0]), 1.0),
        (x1, np.array([1.5, 0.0]), 0.5),
        (x1, np.array([-1.5, 0.4]), 2.5),
        (x1, np.array([1.0, 0.004]), -0.5),
        (np.array([0.7]), np.array([2.5, -2.0]), 3.0),
        (np.array([0.7]), np.array([-2.0, 0.0]), 3.0),
        (np.array([-2, 0, 3]), np.array([1.5, 0.4]), 0.25),
    ]


FORMULA = "-(w[0] * x1 + b) / w[1]"


def _slanted(says: str, *formulas: str) -> Mistake:
    """A mistake in the formula, whatever is done with vertical lines."""
    line = np.array([-1, 0, 2.0]), np.array([1.5, 2.5]), 0.7
    edits = [(FORMULA, formula) for formula in formulas]
    wrong = [edited(boundary, edit)(*line) for edit in edits]
    return Mistake(
        says,
        *edits,
        when=lambda answer: any(np.allclose(answer(*line), x2) for x2 in wrong),
    )


def _not_slanted(is_wrong: Callable) -> Callable:
    """A predicate: a slanted line is right, and a vertical one is wrong like this."""

    def when(answer: Callable) -> bool:
        x1, slanted = np.array([-1.0, 0.0, 2.0]), np.array([1.0, 2.0])
        if not np.allclose(answer(x1, slanted, 0.5), boundary(x1, slanted, 0.5)):
            return False
        with np.errstate(all="ignore"):
            vertical = answer(x1, np.array([1.5, 0.0]), 0.5)
        return vertical is not None and bool(is_wrong(np.asarray(vertical)))

    return when


TEST, NANS = "if w[1] == 0", "np.full(len(x1), np.nan)"

BOUNDARY_MISTAKES = (
    _slanted(
        "The minus sign is missing: the terms change sides when you solve w1 x1 + w2 "
        "x2 + b = 0 for x2.",
        "(w[0] * x1 + b) / w[1]",
    ),
    _slanted(
        "The minus belongs to both terms. You changed the sign of w1 x1 only.",
        "(-w[0] * x1 + b) / w[1]",
    ),
    _slanted(
        "The bias is missing, so your line always goes through the origin.",
        "-w[0] * x1 / w[1]",
    ),
    _slanted(
        "Brackets: both terms, w1 x1 and b, change their sign and are divided by w2. "
        "In yours that is not so for one of them, or for both.",
        "-w[0] * x1 / w[1] - b",
        "-w[0] * x1 - b / w[1]",
        "w[0] * x1 + b / w[1]",
        "-w[0] * x1 + b / w[1]",
    ),
    _slanted(
        "You solved for z = 0.5. The output is 0.5 on the boundary, and that means z = "
        "0.",
        "(0.5 - w[0] * x1 - b) / w[1]",
    ),
    _slanted(
        "The two weights are swapped: w[0] belongs to x1, w[1] to x2, and you divide "
        "by the one that belongs to x2.",
        "-(w[1] * x1 + b) / w[0]",
    ),
    Mistake(
        "Slanted lines are right. For a vertical one you return a single nan. Return "
        "an array full of them, one for each x1.",
        (NANS, "np.nan"),
        when=_not_slanted(lambda x2: x2.ndim == 0 and np.isnan(x2)),
    ),
    Mistake(
        "Slanted lines are right. A vertical one (w[1] = 0) must give nan for every "
        "x1: there is no single x2, so no number should be drawn.",
        (NANS, "np.zeros(len(x1))"),
        (NANS, "np.full(len(x1), -b / w[0])"),
        when=_not_slanted(lambda x2: np.isfinite(x2).any()),
    ),
    Mistake(
        "Slanted lines are right. For a vertical one (w[1] = 0) you divide by 0, which "
        "gives inf and a warning. Ask for `w[1] == 0` first and return nan.",
        (TEST, "if False"),
        when=_not_slanted(lambda x2: np.isinf(x2).any()),
    ),
    Mistake(
        "A line is vertical only where w[1] is exactly 0. With a w[1] near 0 it is "
        "steep, and still has an x2 for every x1.",
        (TEST, "if abs(w[1]) < 0.01"),
    ),
)

boundary_exercise = Exercise(
    boundary,
    cases=boundary_cases,
    may_warn=False,
    hints=(
        "The neuron is undecided where its output is 0.5, so where z = 0. Write z = 0 "
        "out for two inputs and solve for x2, on paper.",
        "w1 x1 + w2 x2 + b = 0 gives x2 = −(w1 x1 + b) / w2. What if w2 is 0?",
        "If `w[1] == 0`, no x2 in the equation is left: return `np.full(len(x1), "
        "np.nan)`. In all other cases `-(w[0] * x1 + b) / w[1]`.",
    ),
    mistakes=BOUNDARY_MISTAKES,
)

LESSON = Lesson(
    beach_exercise,
    sigmoid_exercise,
    accuracy_exercise,
    gradient_exercise,
    train_exercise,
    boundary_exercise,
)
check, hint, solution = LESSON.check, LESSON.hint, LESSON.solution
