"""Lesson 01, a single neuron: reference answers, hints and checks."""

import itertools
import warnings

import numpy as np

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
    mistakes=(
        Mistake(
            "There are four weights: the bias does not belong among them. Give three "
            "weights, one for each column, and the bias apart.",
            when=lambda answer: _count(answer, 4),
        ),
        Mistake(
            "There are seven weights, one for each day. A neuron has one for each "
            "column (cloudy, hot, windy) and uses the same three every day.",
            when=lambda answer: _count(answer, 7),
        ),
        Mistake(
            "A day that should be 'stay' has z of exactly 0, and 0 counts as 'go'. "
            "Lower the bias a little and it tips the right way.",
            when=_on_the_fence,
        ),
        Mistake(
            "Every day comes out the wrong way around. Flip the signs of all the "
            "weights and of the bias.",
            when=lambda answer: len(_beach_wrong_days(answer)) == len(BEACH_GO),
        ),
        Mistake(
            "You go every day. The bias is too high, or a weight that should speak "
            "against going does not.",
            when=lambda answer: bool(beach_decisions(answer, BEACH_DAYS).all()),
        ),
        Mistake(
            "You never go. The bias is too low for any day to lift z to 0.",
            when=lambda answer: not beach_decisions(answer, BEACH_DAYS).any(),
        ),
        *(
            Mistake(
                f"Six days are right; only day {day} is still wrong. Work out its z by "
                "hand: which term pulls it to the wrong side?",
                when=lambda answer, day=day: _beach_wrong_days(answer) == [day],
            )
            for day in (1, 2, 3, 5, 7)  # no neuron is wrong on day 4 or 6 alone
        ),
        *(
            Mistake(
                f"{wrong} of the seven days are still wrong: compare your result with "
                "the expected one, day by day. Pick a wrong one, work out its z by "
                "hand, and ask which weight misled you.",
                when=lambda answer, wrong=wrong: (
                    len(_beach_wrong_days(answer)) == wrong
                ),
            )
            for wrong in range(2, 7)
        ),
    ),
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
    """A few known points, several shapes, whole numbers, and very large inputs."""
    return [
        (np.array([0.0, 1.0, -1.0, 3.0]),),
        (rng.normal(size=(4, 3)),),
        (rng.normal(scale=3, size=(2, 3, 4)),),
        (np.array([-2, 0, 1]),),
        (np.array([-1000.0, -30.0, 30.0, 1000.0]),),
    ]


def _sigmoid_like_z(z: np.ndarray) -> np.ndarray:
    """Fill an array of the type of z: whole numbers when z has whole numbers."""
    out = np.empty_like(z)
    out[...] = sigmoid(z)
    return out


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


def _warns(answer, number: float) -> bool:
    """True if the answer makes NumPy warn at this one number."""
    with warnings.catch_warnings(record=True) as caught, np.errstate(over="warn"):
        warnings.simplefilter("always")
        answer(np.array([number]))
    return bool(caught)


def _both_forms_everywhere(answer) -> bool:
    """True if the numbers are right, but an overflow comes at both ends."""
    ends = np.array([-1000.0, 1000.0])
    with np.errstate(all="ignore"):
        right = np.allclose(answer(ends), sigmoid(ends))
    return bool(right) and _warns(answer, -1000.0) and _warns(answer, 1000.0)


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
    mistakes=(
        Mistake(
            "The sign of z is flipped: your function falls from 1 to 0 where the "
            "sigmoid rises from 0 to 1. It is exp(−z) that stands below the line.",
            when=_moderately(lambda z: 1 - sigmoid(z)),
        ),
        Mistake(
            "That is 1/1 + exp(−z): Python divides before it adds. Put brackets "
            "around 1 + exp(−z).",
            when=lambda answer: np.allclose(
                answer(np.array([0.0, 1.0])), [2.0, 1 + np.exp(-1.0)]
            ),
        ),
        Mistake(
            "That is tanh, which runs from −1 to 1. The sigmoid runs from 0 to 1.",
            wrong=np.tanh,
        ),
        Mistake(
            "That is the slope of the sigmoid, σ(z)(1 − σ(z)). Here the sigmoid itself "
            "is wanted.",
            wrong=lambda z: sigmoid(z) * (1 - sigmoid(z)),
        ),
        Mistake(
            "Whole numbers in gave whole numbers out: `np.empty_like(z)` and "
            "`np.zeros_like(z)` take over the type of z. Ask for floats: "
            "`dtype=float`.",
            wrong=_sigmoid_like_z,
        ),
        Mistake(
            "That works for a single number only: `math.exp` and a plain `if` cannot "
            "take an array. `np.exp` and `np.where` can.",
            when=_one_number_only,
        ),
        Mistake(
            "That works for a row of numbers only. z may have two dimensions or more, "
            "and going through a matrix gives its rows, not its numbers. Work on the "
            "whole array at once: `np.where` chooses number by number.",
            when=_one_dimension_only,
        ),
        Mistake(
            "The numbers are right, but `np.where` works out both forms for every "
            "number before it chooses, and so does the one that overflows. Give exp "
            "only what it can stand, as in `np.exp(-np.abs(z))`.",
            when=_both_forms_everywhere,
        ),
        Mistake(
            "You clip z so tightly that large inputs stop short of 0 and 1. Clip at "
            "±700, where exp still fits, or use two forms of the formula.",
            when=_clipped_too_tight,
        ),
    ),
)

# Exercise 3: the share of right decisions --------------------------------------------


def accuracy(X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float) -> float:
    """Return the share of samples that the neuron decides rightly, from 0 to 1.

    X (N, D) samples, y (N,) labels 0 or 1, w (D,) weights, b bias.
    The neuron decides 1 where its output is 0.5 or more, which is where z >= 0.
    """
    return float(np.mean((X @ w + b >= 0) == y))


def accuracy_cases(rng: np.random.Generator) -> list[tuple]:
    """Small random sets, one of them with a point exactly on the boundary."""
    fence = np.array([[1.0, 1.0], [2.0, 1.0], [0.0, 1.0], [3.0, 0.0], [1.0, 5.0]])
    cases = [(fence, np.array([1, 1, 0, 1, 1]), np.array([1.0, -1.0]), 0.0)]
    for n, d in ((7, 2), (25, 2), (40, 3)):
        X = rng.normal(size=(n, d))
        y = (X[:, 0] + 0.7 * rng.normal(size=n) > 0.3).astype(int)
        cases.append((X, y, rng.normal(size=d) + [1, *[0] * (d - 1)], -0.6))
    return cases


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
    mistakes=(
        Mistake(
            "That is the share of wrong decisions. One minus it is the accuracy.",
            wrong=lambda X, y, w, b: 1 - accuracy(X, y, w, b),
        ),
        Mistake(
            "You compare z with 0.5. It is the output a that is compared with 0.5; "
            "σ(0) = 0.5, so z is compared with 0.",
            wrong=lambda X, y, w, b: accuracy(X, y, w, b - 0.5),
        ),
        Mistake(
            "You compare the output a with 0, and a is never below 0: that neuron "
            "always decides 1. Compare a with 0.5, or z with 0.",
            wrong=lambda X, y, w, b: float(np.mean(np.asarray(y) == 1)),
        ),
        Mistake(
            "You compare the raw outputs with the labels; they are hardly ever equal. "
            "Turn each output into a decision, 0 or 1, first.",
            wrong=lambda X, y, w, b: float(np.mean(sigmoid(X @ w + b) == y)),
        ),
        Mistake(
            "The bias is missing: `z = X @ w + b`.",
            wrong=lambda X, y, w, b: accuracy(X, y, w, 0.0),
        ),
        Mistake(
            "A sample exactly on the boundary (z = 0, a = 0.5) must count as 1. With "
            "> instead of >=, and with `np.round`, which turns 0.5 into 0, it does "
            "not.",
            wrong=lambda X, y, w, b: float(np.mean((X @ w + b > 0) == y)),
        ),
        Mistake(
            "That is the number of right decisions. Divide by the number of samples.",
            wrong=lambda X, y, w, b: round(accuracy(X, y, w, b) * len(y)),
        ),
        Mistake(
            "Only the right decisions for label 1 are counted. Deciding 0 where the "
            "label is 0 is right, too.",
            wrong=lambda X, y, w, b: float(np.mean((X @ w + b >= 0) & (y == 1))),
        ),
        Mistake(
            "That is one minus the mean distance between output and label. Turn each "
            "output into a decision, 0 or 1, first: right is right, however narrowly.",
            wrong=lambda X, y, w, b: float(1 - np.mean(np.abs(sigmoid(X @ w + b) - y))),
        ),
        Mistake(
            "That is a percentage. Give the share, a number from 0 to 1.",
            wrong=lambda X, y, w, b: 100 * accuracy(X, y, w, b),
        ),
    ),
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
    """Random samples in two and three dimensions, and a single sample."""
    cases = []
    for n, d in ((6, 2), (11, 3), (1, 2)):
        X, y = rng.normal(size=(n, d)), rng.integers(0, 2, size=n)
        cases.append((X, y, rng.normal(size=d), float(rng.normal())))
    return cases


def _parts(X, y, w, b) -> tuple[np.ndarray, np.ndarray, int]:
    """What wrong gradients are built from: the output, a - y, and N."""
    a = sigmoid(X @ w + b)
    return a, a - y, len(y)


def _without_n(X, y, w, b):
    grad_w, grad_b = gradient(X, y, w, b)
    return grad_w * len(y), grad_b * len(y)


def _without_slope(X, y, w, b):
    _, miss, n = _parts(X, y, w, b)
    return X.T @ miss / n, miss.sum() / n


def _slope_of_z(X, y, w, b):
    _, miss, n = _parts(X, y, w, b)
    z = X @ w + b
    delta = miss * z * (1 - z) / n
    return X.T @ delta, delta.sum()


def _without_sigmoid(X, y, w, b):
    z, n = X @ w + b, len(y)
    delta = (z - y) * z * (1 - z) / n
    return X.T @ delta, delta.sum()


def _divided_by_columns(X, y, w, b):
    grad_w, grad_b = gradient(X, y, w, b)
    return grad_w * len(y) / len(w), grad_b * len(y) / len(w)


def _slope_of_sigmoid_twice(X, y, w, b):
    a, miss, n = _parts(X, y, w, b)
    delta = miss * sigmoid(a) * (1 - sigmoid(a)) / n
    return X.T @ delta, delta.sum()


def _double(X, y, w, b):
    grad_w, grad_b = gradient(X, y, w, b)
    return 2 * grad_w, 2 * grad_b


def _uphill(X, y, w, b):
    grad_w, grad_b = gradient(X, y, w, b)
    return -grad_w, -grad_b


def _bias_not_summed(X, y, w, b):
    a, miss, n = _parts(X, y, w, b)
    return gradient(X, y, w, b)[0], miss * a * (1 - a) / n


def _bias_averaged_again(X, y, w, b):
    grad_w, grad_b = gradient(X, y, w, b)
    return grad_w, grad_b / len(y)


def _bias_sum_without_n(X, y, w, b):
    grad_w, grad_b = gradient(X, y, w, b)
    return grad_w, grad_b * len(y)


def _without_inputs(X, y, w, b):
    grad_b = gradient(X, y, w, b)[1]
    return np.full(X.shape[1], grad_b), grad_b


def _without_bias(X, y, w, b):
    return gradient(X, y, w, 0.0)


def _summed_over_columns(X, y, w, b):
    a, miss, n = _parts(X, y, w, b)
    delta = miss * a * (1 - a) / n
    return (delta[:, None] * X).sum(axis=1), delta.sum()


def _not_summed(X, y, w, b):
    a, miss, n = _parts(X, y, w, b)
    delta = miss * a * (1 - a) / n
    return delta[:, None] * X, delta.sum()


def _other_order(X, y, w, b):
    return gradient(X, y, w, b)[::-1]


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
    mistakes=(
        Mistake(
            "The 1/N is missing: the loss is a mean over the samples, so its gradient "
            "is one too. Yours grows with the number of samples.",
            wrong=_without_n,
        ),
        Mistake(
            "The slope of the sigmoid, σ′(z) = a(1 − a), is missing. The chain from L "
            "to w goes through a: ∂L/∂a times ∂a/∂z times ∂z/∂w.",
            wrong=_without_slope,
        ),
        Mistake(
            "The slope of the sigmoid is written in terms of a: a(1 − a). You used "
            "z(1 − z).",
            wrong=_slope_of_z,
        ),
        Mistake(
            "The sigmoid is missing: you took z for the output. The output is `a = "
            "sigmoid(X @ w + b)`.",
            wrong=_without_sigmoid,
        ),
        Mistake(
            "You divide by the number of columns of X (`len(w)`). N is the number of "
            "samples, so of rows: `len(y)`.",
            wrong=_divided_by_columns,
        ),
        Mistake(
            "The sigmoid is applied twice: the slope is a(1 − a), and a is already "
            "σ(z). You used σ(a)(1 − σ(a)).",
            wrong=_slope_of_sigmoid_twice,
        ),
        Mistake(
            "Everything is twice too large: the ½ in the loss cancels the 2 that comes "
            "down from the square.",
            wrong=_double,
        ),
        Mistake(
            "The sign is flipped: it is a − y, the output minus the label. Your "
            "gradient points downhill, and subtracting it would climb.",
            wrong=_uphill,
        ),
        Mistake(
            "The gradient for the bias still has one number per sample. The bias is "
            "one number that acts on every sample, so add them up.",
            wrong=_bias_not_summed,
        ),
        Mistake(
            "The gradient for the bias is divided by N twice: δ holds a 1/N already, "
            "so take its sum, not its mean.",
            wrong=_bias_averaged_again,
        ),
        Mistake(
            "The gradient for w is right, but the 1/N is missing from the one for the "
            "bias.",
            wrong=_bias_sum_without_n,
        ),
        Mistake(
            "The inputs are missing from the gradient for w: ∂z/∂w[j] is column j of "
            "X, so multiply δ by it before you add up.",
            wrong=_without_inputs,
        ),
        Mistake(
            "The bias is missing from z: `a = sigmoid(X @ w + b)`.",
            wrong=_without_bias,
        ),
        Mistake(
            "You added up along the wrong axis: one number per sample is left. Add "
            "over the samples (axis 0), so that one number per weight remains.",
            wrong=_summed_over_columns,
        ),
        Mistake(
            "The gradient for w is not added up over the samples: it has a row for "
            "each of them. One number per weight must remain.",
            wrong=_not_summed,
        ),
        Mistake(
            "The two gradients are in the other order: first the one for w, then the "
            "one for b.",
            wrong=_other_order,
        ),
    ),
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
    """Short runs whose best step lies in the middle, and runs of one and no steps."""
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
    return [*cases, (*cases[0][:5], 0)]


def _path(X, y, w, b, learning_rate, steps, *, sign=-1.0, scale=1.0, in_turn=False):
    """Every w, b and accuracy of one run; the options are usual mistakes."""
    ws, bs = [w], [b]
    rate = sign * scale * learning_rate
    for _ in range(steps):
        grad_w, grad_b = gradient(X, y, ws[-1], bs[-1])
        ws.append(ws[-1] + rate * grad_w)
        if in_turn:
            grad_b = gradient(X, y, ws[-1], bs[-1])[1]
        bs.append(bs[-1] + rate * grad_b)
    scores = [accuracy(X, y, w, b) for w, b in zip(ws, bs, strict=True)]
    return ws, bs, np.array(scores)


def _returns_last(*run):
    ws, bs, scores = _path(*run)
    return ws[-1], bs[-1], scores


def _aliased(*run):
    ws, bs, scores = _path(*run)
    return ws[-1], bs[scores.argmax()], scores


def _aliased_in_place(X, y, w, *rest):
    w[...], b, scores = _aliased(X, y, w.copy(), *rest)
    return w, b, scores


def _last_of_equals(*run):
    ws, bs, scores = _path(*run)
    best = len(scores) - 1 - scores[::-1].argmax()
    return ws[best], bs[best], scores


def _worst(*run):
    ws, bs, scores = _path(*run)
    return ws[scores.argmin()], bs[scores.argmin()], scores


def _one_late(*run):
    ws, bs, scores = _path(*run)
    late = min(scores.argmax() + 1, len(ws) - 1)
    return ws[late], bs[late], scores


def _best_of(ws, bs, scores):
    best = scores.argmax()
    return ws[best], bs[best], scores


def _start_left_out(*run):
    ws, bs, scores = _path(*run)
    if len(scores) == 1:
        return ws[0], bs[0], scores[1:]
    best = 1 + scores[1:].argmax()
    return ws[best], bs[best], scores[1:]


def _no_start_score(*run):
    ws, bs, scores = _path(*run)
    return *_best_of(ws, bs, scores)[:2], scores[1:]


def _no_last_score(*run):
    ws, bs, scores = _path(*run)
    return *_best_of(ws, bs, scores)[:2], scores[:-1]


def _start_does_not_count(*run):
    ws, bs, scores = _path(*run)
    best = 1 + scores[1:].argmax() if len(scores) > 1 else 0
    return ws[best], bs[best], scores


def _last_without_start(*run):
    ws, bs, scores = _path(*run)
    return ws[-1], bs[-1], scores[1:]


def _lowest_loss(X, y, *run):
    ws, bs, scores = _path(X, y, *run)
    outputs = [sigmoid(X @ w + b) for w, b in zip(ws, bs, strict=True)]
    best = int(np.argmin([np.mean((a - y) ** 2) for a in outputs]))
    return ws[best], bs[best], scores


def _other_places(answer) -> bool:
    """True if the three results are right, but not in the order w, b, scores."""
    run = train_cases(np.random.default_rng(0))[1]
    got, want = answer(*run), train(*run)
    return len(got) == 3 and any(
        all(
            np.shape(got[i]) == np.shape(part) and np.allclose(got[i], part)
            for i, part in zip(order, want, strict=True)
        )
        for order in itertools.permutations(range(3))
    )


def _never_moved_bias(X, y, w, b, learning_rate, steps):
    ws, scores = [w], [accuracy(X, y, w, b)]
    for _ in range(steps):
        ws.append(ws[-1] - learning_rate * gradient(X, y, ws[-1], b)[0])
        scores.append(accuracy(X, y, ws[-1], b))
    return ws[int(np.argmax(scores))], b, np.array(scores)


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
    mistakes=(
        Mistake(
            "The w you return is the last one, though the b is the best one. `best_w "
            "= w` does not copy: both names mean one array, and `w -= …` changes it. "
            "Write `w = w - …`, or keep `w.copy()`.",
            wrong=_aliased,
        ),
        Mistake(
            "`w -= …` changes the very array you were given, and `best_w = w` does "
            "not copy it: the w you return is the last one, and the caller's start is "
            "lost. Write `w = w - …`, which makes a new array.",
            wrong=_aliased_in_place,
        ),
        Mistake(
            "You return the last parameters, not the best ones met on the way.",
            wrong=_returns_last,
        ),
        Mistake(
            "You climb: the gradient points uphill, so it must be subtracted.",
            wrong=lambda *run: _best_of(*_path(*run, sign=1.0)),
        ),
        Mistake(
            "Of several equally good steps you keep the last; wanted is the first. "
            "Replace the best only when the new score is higher: > instead of >=.",
            wrong=_last_of_equals,
        ),
        Mistake(
            "You keep the parameters with the lowest accuracy. An accuracy is better "
            "when it is higher.",
            wrong=_worst,
        ),
        Mistake(
            "The parameters you keep are one step further than the score you keep them "
            "for. Score w and b after the step, and remember that very pair.",
            wrong=_one_late,
        ),
        Mistake(
            "w moves before the gradient for b is worked out, so the two belong to "
            "different points. Take both gradients first, then move both.",
            wrong=lambda *run: _best_of(*_path(*run, in_turn=True)),
        ),
        Mistake(
            "The start is left out: score it too, before the loop. It may even be the "
            "best, and scores has steps + 1 entries.",
            wrong=_start_left_out,
        ),
        Mistake(
            "The start does not count with you, and it may be the best of all. Begin "
            "with its own accuracy as the best so far, not with 0.",
            wrong=_start_does_not_count,
        ),
        Mistake(
            "Two things: you return the last parameters, not the best ones met on the "
            "way; and the score of the start is missing from scores.",
            wrong=_last_without_start,
        ),
        Mistake(
            "You keep the parameters with the lowest loss. Wanted are those with the "
            "highest accuracy.",
            wrong=_lowest_loss,
        ),
        Mistake(
            "The three results are right, but in another order. Wanted: the best w, "
            "then the best b, then scores.",
            when=_other_places,
        ),
        Mistake(
            "The first score, that of the start, is missing from scores: it has "
            "steps + 1 entries.",
            wrong=_no_start_score,
        ),
        Mistake(
            "The last score is missing from scores: it has steps + 1 entries, the "
            "start and one after every step.",
            wrong=_no_last_score,
        ),
        Mistake(
            "The bias never moves. It takes a step too: `b - learning_rate * grad_b`.",
            wrong=_never_moved_bias,
        ),
        Mistake(
            "The step is divided by N once more: gradient already holds the mean over "
            "the samples.",
            wrong=lambda X, *run: _best_of(*_path(X, *run, scale=1 / len(X))),
        ),
        Mistake(
            "The learning rate is missing: the step is learning_rate times the "
            "gradient.",
            wrong=lambda X, y, w, b, rate, steps: _best_of(
                *_path(X, y, w, b, 1.0, steps)
            ),
        ),
    ),
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
    """Slanted, level and vertical lines."""
    x1 = np.linspace(-2, 2, 5)
    return [
        (x1, np.array([1.0, 2.0]), 0.5),
        (rng.normal(size=7), rng.normal(size=2), float(rng.normal())),
        (x1, np.array([0.0, -2.0]), 1.0),
        (x1, np.array([1.5, 0.0]), 0.5),
    ]


def _slanted(rule):
    """True for an answer that is like the rule x2(x1, w1, w2, b) on slanted lines."""
    x1, w, b = np.array([-1.0, 0.0, 2.0]), np.array([1.5, 2.5]), 0.7
    return lambda answer: bool(np.allclose(answer(x1, w, b), rule(x1, *w, b)))


def _vertical(answer) -> np.ndarray:
    """What an answer gives for a vertical line, if it is right for a slanted one."""
    x1, slanted = np.array([-1.0, 0.0, 2.0]), np.array([1.0, 2.0])
    if not np.allclose(answer(x1, slanted, 0.5), boundary(x1, slanted, 0.5)):
        return np.full(3, np.nan)
    with np.errstate(all="ignore"):
        return np.asarray(answer(x1, np.array([1.5, 0.0]), 0.5), dtype=float)


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
    mistakes=(
        Mistake(
            "The minus sign is missing: the terms change sides when you solve "
            "w1 x1 + w2 x2 + b = 0 for x2.",
            when=_slanted(lambda x1, w1, w2, b: (w1 * x1 + b) / w2),
        ),
        Mistake(
            "The minus belongs to both terms: −(w1 x1 + b). You changed the sign of "
            "w1 x1 only.",
            when=_slanted(lambda x1, w1, w2, b: (-w1 * x1 + b) / w2),
        ),
        Mistake(
            "The bias is missing, so your line always goes through the origin.",
            when=_slanted(lambda x1, w1, w2, b: -w1 * x1 / w2),
        ),
        Mistake(
            "Only w1 x1 is divided by w2; the bias must be divided as well. Brackets: "
            "−(w1 x1 + b) / w2.",
            when=_slanted(lambda x1, w1, w2, b: -w1 * x1 / w2 - b),
        ),
        Mistake(
            "Only the bias is divided by w2; w1 x1 must be divided as well. Brackets: "
            "−(w1 x1 + b) / w2.",
            when=_slanted(lambda x1, w1, w2, b: -w1 * x1 - b / w2),
        ),
        Mistake(
            "Both terms change sides, so the minus is missing; and both are divided by "
            "w2, not the bias alone. Brackets: −(w1 x1 + b) / w2.",
            when=_slanted(lambda x1, w1, w2, b: w1 * x1 + b / w2),
        ),
        Mistake(
            "The bias keeps its sign in your answer, and w1 x1 is not divided by w2. "
            "Brackets: −(w1 x1 + b) / w2.",
            when=_slanted(lambda x1, w1, w2, b: -w1 * x1 + b / w2),
        ),
        Mistake(
            "You solved for z = 0.5. The output is 0.5 on the boundary, and that means "
            "z = 0.",
            when=_slanted(lambda x1, w1, w2, b: (0.5 - w1 * x1 - b) / w2),
        ),
        Mistake(
            "The two weights are swapped: w[0] belongs to x1, w[1] to x2, and you "
            "divide by the one that belongs to x2.",
            when=lambda answer: np.allclose(
                answer(np.array([0.0, 1.0]), np.array([4.0, 2.0]), 1.0), [-0.25, -0.75]
            ),
        ),
        Mistake(
            "Slanted lines are right. For a vertical one you return a single nan. "
            "Return an array full of them, one for each x1.",
            when=lambda answer: (
                _vertical(answer).ndim == 0
                and answer(np.zeros(1), np.array([1.0, 0.0]), 0.0) is not None
            ),
        ),
        Mistake(
            "Slanted lines are right. A vertical one (w[1] = 0) must give nan for "
            "every x1: there is no single x2, so no number should be drawn.",
            when=lambda answer: bool(np.isfinite(_vertical(answer)).any()),
        ),
        Mistake(
            "Slanted lines are right. For a vertical one (w[1] = 0) you divide by 0, "
            "which gives inf and a warning. Ask for `w[1] == 0` first and return nan.",
            when=lambda answer: bool(np.isinf(_vertical(answer)).any()),
        ),
    ),
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
