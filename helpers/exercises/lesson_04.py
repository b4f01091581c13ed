"""Lesson 04, handwritten digits: reference answers, hints and checks."""

import time
from collections.abc import Callable

import numpy as np

from helpers.exercises import compare
from helpers.exercises.engine import Exercise, Lesson, Mistake

# Exercise 1: one-hot ------------------------------------------------------------------


def one_hot(y: np.ndarray, classes: int = 10) -> np.ndarray:
    """Return the class numbers as rows of zeros with a single 1.

    y (N,) class numbers, whole numbers from 0 to classes - 1. Not every class need
    occur.
    Returns an array (N, classes) of 0s and 1s: row n has its 1 in column y[n].
    """
    Y = np.zeros((len(y), classes))
    Y[np.arange(len(y)), y] = 1
    return Y


def one_hot_cases(rng: np.random.Generator) -> list[tuple]:
    """A few digits, without the highest ones; other numbers of classes; one sample."""
    return [
        (np.array([5, 0, 4, 1, 5]),),
        (rng.integers(0, 10, size=30),),
        (np.array([2, 0, 1, 1]), 4),
        (np.array([3]), 5),
    ]


def _off_by(columns):
    """Whether all the 1s stand so many columns off, where none falls off the edge."""
    y = np.array([2, 1, 3, 1])
    shifted = one_hot(y + columns, 5)
    return lambda answer: np.array_equal(answer(y, 5), shifted)


def _as_wide_as(answer, y, classes) -> tuple:
    return np.shape(answer(np.array(y), classes))


ROWS, FILLED = "np.arange(len(y))", "y] = 1"

ONE_HOT_MISTAKES = (
    Mistake(
        "`Y[:, y] = 1` sets those columns in every row. Name the rows as well: row n "
        "goes with column `y[n]` only.",
        (ROWS, ":"),
    ),
    *(
        Mistake(
            f"Every 1 stands one column too far to the {side}: class 0 belongs to "
            "column 0.",
            (FILLED, f"y {columns:+}] = 1"),
            when=_off_by(columns),
        )
        for side, columns in (("left", -1), ("right", 1))
    ),
    Mistake(
        "You put the class number itself in its place. Put a 1 there, whatever the "
        "class.",
        (FILLED, "y] = y"),
    ),
    Mistake(
        "The number of columns depends on the labels that happen to occur. It must be "
        "`classes`, even if the highest class is missing.",
        ("len(y), classes", "len(y), y.max() + 1"),
        when=lambda answer: (
            _as_wide_as(answer, [2, 0, 1], 3) == (3, 3)
            and _as_wide_as(answer, [2, 0, 1], 6) == (3, 3)
        ),
    ),
    Mistake(
        "The number of columns is always 10. Take it from the argument `classes`.",
        ("len(y), classes", "len(y), 10"),
        when=lambda answer: _as_wide_as(answer, [2, 0], 4) == (2, 10),
    ),
    Mistake(
        "The columns are in reverse order: column k stands for class k.",
        ("return Y", "return Y[:, ::-1]"),
    ),
    Mistake(
        "All is upside down: 1 in the column of the class, 0 elsewhere.",
        ("return Y", "return 1 - Y"),
    ),
)

one_hot_exercise = Exercise(
    one_hot,
    cases=one_hot_cases,
    hints=(
        "Start from an array of zeros with a row for each sample and a column for each "
        "class. Which places must become 1?",
        "Row 0 gets its 1 in column `y[0]`, row 1 in column `y[1]`, and so on. NumPy "
        "sets all of them at once if you give it two lists of the same length: the "
        "rows and the columns.",
        "`Y[np.arange(len(y)), y] = 1`. (Another way: row k of the unit matrix "
        "`np.eye(classes)` is just what class k needs, so take its rows by `y`.)",
    ),
    mistakes=ONE_HOT_MISTAKES,
)

# Exercise 2: softmax and cross-entropy, safe ------------------------------------------


def softmax_cross_entropy(z: np.ndarray, Y: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean cross-entropy of softmax outputs, and its gradient.

    z (N, K) weighted sums of the output layer, as large or small as you like; Y (N, K)
    one-hot targets. The loss of a sample is ln Σ exp(z_k) - Σ y_k z_k.
    Returns the mean loss over the samples, a number, and ∂L/∂z (N, K). There must be
    no overflow, no warning, and no loop over the samples.
    """
    shifted = z - z.max(axis=1, keepdims=True)  # the largest in each row is now 0
    powers = np.exp(shifted)
    sums = powers.sum(axis=1, keepdims=True)
    loss = np.sum(Y * (np.log(sums) - shifted)) / len(z)
    return loss, (powers / sums - Y) / len(z)


def softmax_cases(rng: np.random.Generator) -> list[tuple]:
    """Ordinary numbers, huge ones, rows of unlike size; many samples, and only one."""
    z = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])
    cases = [(z, np.eye(3)[[1, 0]])]
    cases.append((rng.normal(size=(7, 10)), np.eye(10)[rng.integers(0, 10, 7)]))
    large = np.array([[1000.0, 0.0, -1000.0, 999.0], [-2000.0, -2001.0, -2003.0, -1e4]])
    cases.append((large, np.eye(4)[[1, 2]]))  # badly wrong, and nearly right
    mixed = np.array([[3000.0, 2999.0], [0.5, -0.5], [-800.0, -801.0]])
    cases.append((mixed, np.eye(2)[[0, 1, 1]]))
    # So many samples that an array of N x N numbers does not fit.
    many = rng.normal(size=(20_000, 10))
    cases.append((many, np.eye(10)[rng.integers(0, 10, len(many))]))
    cases.append((np.array([[1000.0, 0.0, 998.0]]), np.eye(3)[[2]]))  # in the lesson
    whole = np.eye(4, dtype=int)  # as an answer to one_hot may give them
    return [*cases, (rng.normal(size=(1, 4)), whole[[2]]), (z, whole[[2, 0], :3])]


def _ordinary() -> tuple:
    """Seven samples of ten classes, with nothing that overflows."""
    return softmax_cases(np.random.default_rng(0))[1]


def _right(answer, *cases) -> list[tuple[bool, bool]]:
    """Whether loss and gradient are right, for each case; warnings do not matter."""
    found = []
    for case in cases:
        with np.errstate(all="ignore"):
            got = answer(*(part.copy() for part in case))
        pairs = zip(got, softmax_cross_entropy(*case), strict=True)
        found.append(tuple(compare.equal(a, b) for a, b in pairs))
    return found


def _one_row(*z: float) -> tuple:
    """A sample of class 0."""
    return np.array([z]), np.eye(len(z))[[0]]


HOPELESS = _one_row(0.0, 1000.0, 0.0)  # class 0 has a softmax of 0


def _single_losses(answer) -> bool:
    z = np.array([[0.0, 1.0], [2.0, 0.0], [0.0, 0.0]])
    return np.size(answer(z, np.eye(2)[[0, 1, 0]])[0]) in (3, 6)


def _outputs(answer) -> np.ndarray:
    """What an answer takes for the softmax, given that it knows the gradient."""
    z, Y = _ordinary()
    return np.asarray(answer(z, Y)[1]) * len(z) + Y


def _sigmoid_for_each(answer) -> bool:
    (z, Y), P = _ordinary(), _outputs(answer)
    summed = (P - Y) / len(z) + Y  # if the gradient is that of the sum
    return any(np.allclose(a, 1 / (1 + np.exp(-z))) for a in (P, summed))


def _loss_of_lesson_03(answer) -> bool:
    """Terms with 1 - Y in the loss, whatever the outputs are; a sum or a mean."""
    z, Y = _ordinary()
    P = Y + len(z) * softmax_cross_entropy(z, Y)[1]
    losses = [
        -np.sum(Y * np.log(a) + (1 - Y) * np.log(1 - a))
        for a in (P, 1 / (1 + np.exp(-z)))
    ]
    got = answer(z, Y)[0]
    return any(np.isclose(got * n, losses).any() for n in (1, len(z), z.size))


def _sums_elsewhere(answer) -> bool:
    """The outputs add up to 1 down each column, or over everything."""
    P = _outputs(answer)
    return np.allclose(P.sum(axis=0), 1) or np.isclose(P.sum(), 1)


def _sums_one_term_only(answer) -> bool:
    """The mean over all entries of ln Σ exp(z) - Y z: the second is too small."""
    z, Y = _ordinary()
    losses = []
    for largest in (np.zeros((len(z), 1)), z.max(axis=1, keepdims=True), z.max()):
        shifted = z - largest
        sums = np.exp(shifted).sum(axis=1, keepdims=True)
        losses += [np.mean(np.log(sums) - Y * shifted)]
    return bool(np.isclose(answer(z, Y)[0], losses).any())


def _mixes_shifts(answer) -> bool:
    """The loss is off by the shift: one of its terms has it, the other has not."""
    z, Y = _ordinary()
    off = abs(answer(z.copy(), Y)[0] - softmax_cross_entropy(z, Y)[0])
    return bool(np.isclose(off, [z.max(axis=1).mean(), z.max()]).any())


def _shifts_by_all(answer) -> bool:
    """Right if the rows are of one size, wrong for those far below the largest z."""
    same = np.array([[3000.0, 2999.0], [2998.0, 3000.0]]), np.eye(2)[[1, 0]]
    mixed = softmax_cases(np.random.default_rng(0))[3]
    if _right(answer, _ordinary(), same) != 2 * [(True, True)]:
        return False
    with np.errstate(all="ignore"):
        got, want = answer(*mixed)[1], softmax_cross_entropy(*mixed)[1]
    return [np.allclose(*pair) for pair in zip(got, want, strict=True)] == [1, 0, 0]


def _cuts_off(answer) -> bool:
    """Right for ordinary numbers; 1000 and 999 in a row count as equal."""
    z, Y = _one_row(1000.0, 999.0)
    return _right(answer, _ordinary()) == [(True, True)] and np.allclose(
        answer(z, Y)[1], [[-0.5, 0.5]]
    )


def _log_of_p(answer) -> bool:
    """All gradients are right, but not the loss of a hopeless sample."""
    cases = softmax_cases(np.random.default_rng(0))
    found = _right(answer, _ordinary(), HOPELESS, *cases)
    gradients = all(gradient for _, gradient in found)
    return gradients and [loss for loss, _ in found[:2]] == [True, False]


def _overflows(answer) -> bool:
    """Right for ordinary numbers, not for large ones."""
    large = softmax_cases(np.random.default_rng(0))[2]
    ordinary, far = _right(answer, _ordinary(), large)
    return all(ordinary) and not all(far)


def _too_slow(answer) -> str:
    """What to say if it takes 15 times as long as ours: whole arrays take up to 5."""
    rng = np.random.default_rng(0)
    z, Y = rng.normal(size=(2_000, 10)), np.eye(10)[rng.integers(0, 10, 2_000)]
    if _seconds(answer, z, Y) < 15 * _seconds(softmax_cross_entropy, z, Y):
        return ""
    return (
        "The numbers are right, but it is far too slow for 50,000 images a hundred "
        "times, as loops over the samples are. Let NumPy take whole arrays."
    )


def _seconds(answer, z, Y) -> float:
    """The shortest of a few tries, so that a busy machine is not blamed on anybody."""
    tries = []
    for _ in range(7):
        start = time.perf_counter()
        answer(z, Y)
        tries.append(time.perf_counter() - start)
    return min(tries)


TOTAL, DIFFERENCE = "np.sum(Y * (np.log(sums) - shifted))", "(powers / sums - Y)"
LOSS, GRADIENT = f"{TOTAL} / len(z)", f"{DIFFERENCE} / len(z)"
ROW_SUMS, SHIFT = ".sum(axis=1, keepdims=True)", " - z.max(axis=1, keepdims=True)"
LOSS_OF_ENTRIES = (LOSS, f"{TOTAL} / z.size")

SOFTMAX_MISTAKES = (
    Mistake(
        "The two results are in the other order: first the loss, then the gradient.",
        (f"loss, {GRADIENT}", f"{GRADIENT}, loss"),
    ),
    Mistake(
        "The loss is right. The gradient is that of the sum: the loss is a mean over "
        "the samples, so its gradient holds a 1/N as well.",
        (GRADIENT, DIFFERENCE),
    ),
    Mistake(
        "You return the losses of the single samples. The loss is their mean, one "
        "number.",
        (LOSS, f"{TOTAL[:-1]}, axis=1)"),
        (LOSS, "Y * (np.log(sums) - shifted)"),
        when=_single_losses,
    ),
    Mistake(
        "The loss is the sum over the samples. Divide it by N, as for the gradient.",
        (LOSS, TOTAL),
    ),
    Mistake(
        "Both are sums over the samples. Take the mean: divide by N = len(z).",
        [(LOSS, TOTAL), (GRADIENT, DIFFERENCE)],
    ),
    Mistake(
        "You divide by the number of entries, N times K. The loss is a sum over the "
        "classes and a mean over the samples: divide by N only.",
        [LOSS_OF_ENTRIES, (GRADIENT, f"{DIFFERENCE} / z.size")],
    ),
    Mistake(
        "The gradient is right. The loss is divided by the number of entries, N times "
        "K: sum over the classes first, then average over the samples.",
        LOSS_OF_ENTRIES,
    ),
    Mistake(
        "In the loss, sum Y·z over the classes first, then average over the samples.",
        (LOSS, "np.mean(np.log(sums) - Y * shifted)"),
        when=_sums_one_term_only,
    ),
    Mistake(
        "In place of the gradient you return the softmax itself. Subtract the targets, "
        "and divide by N.",
        (GRADIENT, "powers / sums"),
    ),
    Mistake(
        "Those are the outputs of lesson 03, each with a sigmoid of its own. Softmax "
        "makes outputs that add up to 1 in every row.",
        lambda z, Y: (
            np.sum(np.logaddexp(0, z) - Y * z) / len(z),
            (0.5 + 0.5 * np.tanh(z / 2) - Y) / len(z),
        ),
        when=_sigmoid_for_each,
    ),
    Mistake(
        "Your loss is that of lesson 03, with terms for 1 − y too. With softmax the "
        "loss of a sample is ln Σ exp(z_k) − Σ y_k z_k.",
        (LOSS, "np.sum(np.logaddexp(0, z) - Y * z) / len(z)"),
        when=_loss_of_lesson_03,
    ),
    Mistake(
        "Softmax must add up to 1 in every row, so its sum runs along each row: "
        "`axis=1`, with `keepdims=True`. Yours adds up down the columns, or over "
        "everything.",
        (ROW_SUMS, ".sum(axis=0)"),
        (ROW_SUMS, ".sum()"),
        when=_sums_elsewhere,
    ),
    Mistake(
        "The gradient has a factor p (1 − p) too many: the slope of an output cancels "
        "here, as σ′ did in lesson 03.",
        (GRADIENT, f"{GRADIENT} * powers / sums * (1 - powers / sums)"),
    ),
    Mistake(
        "The loss mixes z as they were with shifted ones: it stays the same only if "
        "both of its terms are shifted alike.",
        (" - shifted)", " - z)"),
        when=_mixes_shifts,
    ),
    Mistake(
        "Each row needs its own shift: with the largest z of the whole array, all "
        "powers of another row may become 0.",
        (SHIFT, " - z.max()"),
        when=_shifts_by_all,
    ),
    Mistake(
        "Your softmax cannot tell a z of 1000 from one of 999 in the same row: large "
        "numbers are cut off. Which number can be subtracted instead?",
        ("z - z.max", "np.clip(z, -500, 500) - np.clip(z, -500, 500).max"),
        when=_cuts_off,
    ),
    Mistake(
        "The gradient is right, but the loss fails for a sample that is badly wrong: "
        "its softmax is 0, and the logarithm of 0 is not a number to work with (nor is "
        "it once you add or cut off something tiny). Write ln p as shifted z minus ln "
        "of the sum.",
        (LOSS, "-np.sum(Y * np.log(powers / sums)) / len(z)"),
        (LOSS, "-np.sum(Y * np.log(powers / sums + 1e-12)) / len(z)"),
        when=_log_of_p,
    ),
    Mistake(
        "It is right for ordinary numbers and fails for large ones: exp(1000) is more "
        "than a number can hold. Subtract each row's largest z first.",
        (SHIFT, ""),
        when=_overflows,
    ),
    Mistake(
        "Where `Y` holds whole numbers, your gradient is cut to whole numbers: an "
        "array with its type cannot hold fractions. Ask for floats.",
        (GRADIENT, f"({GRADIENT}).astype(Y.dtype)"),
    ),
)

softmax_exercise = Exercise(
    softmax_cross_entropy,
    cases=softmax_cases,
    may_warn=False,
    also=_too_slow,
    hints=(
        "The gradient first: by the derivation above it is (p − Y) / N, with the "
        "softmax p. Softmax does not change if you subtract the same number from all "
        "z of a row. Which number keeps exp from overflowing?",
        "Subtract each row's largest z: `z - z.max(axis=1, keepdims=True)`. The "
        "largest power is then exp(0) = 1, and their sum is at least 1. The loss does "
        "not change either, if you use the shifted z everywhere in it.",
        "With `shifted`, `powers = np.exp(shifted)` and their row sums `sums`: a "
        "sample's loss is `np.log(sums) - shifted` at its class. Never take the log of "
        "a softmax: it may be 0.",
    ),
    mistakes=SOFTMAX_MISTAKES,
)

# Exercise 3: one epoch ----------------------------------------------------------------


def train_epoch(
    X: np.ndarray,
    Y: np.ndarray,
    parameters: list[np.ndarray],
    batches: list[np.ndarray],
    learning_rate: float,
    gradients: Callable[..., list[np.ndarray]],
) -> list[np.ndarray]:
    """Take one step of gradient descent for each mini-batch, in the order given.

    X (N, D) samples, Y (N, K) targets; parameters is a list of arrays; batches is a
    list of index arrays, each with the numbers of the samples in one batch. The
    function gradients(X, Y, parameters) returns the gradient of the mean loss over the
    samples it is given: a list of arrays with the shapes of the parameters. It is
    called once for each batch.
    Returns the parameters after the last step. Those given must stay as they are.
    """
    for batch in batches:
        grads = gradients(X[batch], Y[batch], parameters)
        parameters = [
            p - learning_rate * g for p, g in zip(parameters, grads, strict=True)
        ]
    return parameters


def linear_gradients(
    X: np.ndarray, Y: np.ndarray, parameters: list[np.ndarray]
) -> list[np.ndarray]:
    """Give the gradient of softmax regression, to try an epoch on."""
    W, b = parameters
    delta = softmax_cross_entropy(X @ W + b, Y)[1]
    return [X.T @ delta, delta.sum(axis=0)]


def epoch_cases(rng: np.random.Generator) -> list[tuple]:
    """A few small sets; the batches are shuffled, and the last one is smaller.

    In the last set there are many samples, any targets, steep slopes, a batch of one.
    """
    cases = []
    for n, size, rate in ((6, 2, 0.5), (11, 4, 0.2), (9, 9, 1.0)):
        X, Y = rng.normal(size=(n, 3)), np.eye(4)[rng.integers(0, 4, n)]
        parameters = [rng.normal(size=(3, 4)), rng.normal(size=4)]
        order = rng.permutation(n)
        batches = [order[start : start + size] for start in range(0, n, size)]
        cases.append((X, Y, parameters, batches, rate))
    more = [rng.normal(size=(3, 4)), rng.normal(size=4)]
    cases.append((X, Y, parameters + more, batches, rate))
    for n, size, rate in ((301, 100, 1.5), (4, 1, 0.25)):
        X, Y = 5 * rng.normal(size=(n, 3)), rng.normal(size=(n, 4))
        batches = np.split(rng.permutation(n), range(size, n, size))
        cases.append((X, Y, parameters, batches, rate))
    return cases


def any_gradients(
    X: np.ndarray, Y: np.ndarray, parameters: list[np.ndarray]
) -> list[np.ndarray]:
    """Give the gradients of several softmax regressions, one for each W and b."""
    pairs = [parameters[k : k + 2] for k in range(0, len(parameters), 2)]
    return [grad for pair in pairs for grad in linear_gradients(X, Y, pair)]


def use_epoch(answer, X, Y, parameters, batches, learning_rate):
    """How an epoch is tried: with the gradient of softmax regression."""
    return answer(X, Y, parameters, batches, learning_rate, any_gradients)


def _arithmetic_of_lists(answer) -> bool:
    """It stops where a list of arrays is multiplied, subtracted or made an array."""
    try:
        use_epoch(answer, *epoch_cases(np.random.default_rng(0))[0])
    except (TypeError, ValueError) as error:
        words = "can't multiply sequence", "for -: 'list'", "for -=: 'list'"
        return any(word in str(error) for word in (*words, "inhomogeneous shape"))
    return False


def _ignores_rate(answer) -> bool:
    """The result is the same whatever the learning rate."""
    X, Y, parameters, batches, _ = epoch_cases(np.random.default_rng(0))[0]
    a, b = (
        answer(X, Y, [p.copy() for p in parameters], batches, rate, linear_gradients)
        for rate in (0.5, 0.1)
    )
    moved = not np.allclose(a[0], parameters[0])
    return moved and all(np.allclose(p, q) for p, q in zip(a, b, strict=True))


def _asks_too_often(answer) -> str:
    """What to say if the gradient is asked for more than once for a batch."""
    sizes = []

    def counting(X, Y, parameters):
        sizes.append(len(X))
        return any_gradients(X, Y, parameters)

    answer(*epoch_cases(np.random.default_rng(0))[2], counting)  # one batch of 9
    if max(sizes) == 1:
        return (
            "The parameters are right, but `gradients` is called for each sample by "
            "itself, which takes many times as long. Give it all the rows of the "
            "batch: it returns the gradient of their mean loss."
        )
    if len(sizes) > 1:
        return (
            f"The parameters are right, but `gradients` is called {len(sizes)} times "
            "for a single batch. Once is enough: what it returns holds the gradient of "
            "every array."
        )
    return ""


STEP = (
    "[\n            p - learning_rate * g for p, g in zip(parameters, grads, "
    "strict=True)\n        ]"
)
LOOP, RATE = "    for batch in batches", "learning_rate * g"
AT_BATCH, RETURN = "X[batch], Y[batch], parameters", "return parameters"


EPOCH_MISTAKES = (
    Mistake(
        "`parameters` is a list of arrays of different shapes, and so is the gradient. "
        "Such lists know no arithmetic: take the step for one array after the other, "
        "with `zip`.",
        (STEP, "parameters - learning_rate * grads"),
        (STEP, "np.array(parameters) - learning_rate * np.array(grads)"),
        when=_arithmetic_of_lists,
    ),
    Mistake(
        "It works for two arrays only. `parameters` may hold any number of them, as "
        "with a hidden layer: step through both lists with `zip`.",
        (LOOP, f"    W, b = parameters\n{LOOP}"),
        (RETURN, "return parameters[:2]"),
    ),
    Mistake(
        "The sign is wrong: you walk uphill. Subtract the gradient.",
        ("p - ", "p + "),
    ),
    Mistake(
        "Every step uses all the samples. It must use the rows of its batch only: "
        "`X[batch]`, `Y[batch]`.",
        (AT_BATCH, "X, Y, parameters"),
    ),
    Mistake(
        "All gradients are taken at the parameters that were given. Each step must "
        "start where the one before has ended.",
        [
            (LOOP, f"    start = parameters\n{LOOP}"),
            ("Y[batch], parameters", "Y[batch], start"),
        ],
    ),
    Mistake(
        "Only the last step arrives. Does each step start again from the parameters "
        "that were given?",
        ("in batches", "in batches[-1:]"),
    ),
    Mistake(
        "Only the first batch is used. Does the `return` stand inside the loop?",
        ("in batches", "in batches[:1]"),
    ),
    Mistake(
        "The last batch is left out. It may be smaller than the others; it counts all "
        "the same.",
        ("in batches", "in batches[:-1]"),
    ),
    Mistake(
        "The gradient is a mean over the batch already. Do not divide it by the size "
        "of the batch again.",
        (RATE, f"{RATE} / len(batch)"),
    ),
    Mistake(
        "The gradient is a mean over the batch. Do not multiply it by the size of the "
        "batch.",
        (RATE, f"{RATE} * len(batch)"),
    ),
    Mistake(
        "The batches are taken from `X` in its own order. They are given: `batch` "
        "holds the numbers of the rows to take.",
        [
            (LOOP, "    for k, batch in enumerate(batches)"),
            ("        grads", "        n = k * len(batch)\n        grads"),
            (AT_BATCH, "X[n : n + len(batch)], Y[n : n + len(batch)], parameters"),
        ],
    ),
    Mistake(
        "The samples and the targets come from different rows: take `Y[batch]` with "
        "`X[batch]`.",
        ("Y[batch]", "Y[: len(batch)]"),
        ("Y[batch]", "Y"),
        ("X[batch]", "X"),
    ),
    Mistake(
        "The learning rate is missing: a step is the learning rate times the gradient.",
        (RATE, "g"),
        when=_ignores_rate,
    ),
    Mistake(
        "You return the last gradient. Return the parameters after the last step.",
        (RETURN, "return grads"),
    ),
)

epoch_exercise = Exercise(
    train_epoch,
    cases=epoch_cases,
    run=use_epoch,
    also=_asks_too_often,
    hints=(
        "One loop over `batches`. In each round: which samples, which gradient, which "
        "step?",
        "`X[batch]` and `Y[batch]` are the rows of a batch, since `batch` is an array "
        "of row numbers. Call `gradients` with them and with the parameters *as they "
        "are now*.",
        "A step makes new arrays, so that the old ones stay: `parameters = [p - "
        "learning_rate * g for p, g in zip(parameters, grads)]`. Return `parameters` "
        "after the loop.",
    ),
    mistakes=EPOCH_MISTAKES,
)

# Exercise 4: the confusion matrix -----------------------------------------------------


def confusion_matrix(
    y: np.ndarray, predicted: np.ndarray, classes: int = 10
) -> np.ndarray:
    """Count how often each class was taken for each.

    y (N,) true class numbers, predicted (N,) those that the model says, both from 0 to
    classes - 1. Not every class need occur.
    Returns an array (classes, classes) of whole numbers: row i, column j holds how many
    samples of class i were taken for class j.
    """
    matrix = np.zeros((classes, classes), dtype=int)
    # `matrix[y, predicted] += 1` would count pairs that come several times only once.
    np.add.at(matrix, (y, predicted), 1)
    return matrix


def confusion_cases(rng: np.random.Generator) -> list[tuple]:
    """Ten digits with pairs that occur twice, or 300 times; classes are missing."""
    y = np.array([7, 2, 1, 0, 4, 1, 4, 9, 5, 9, 4])
    predicted = np.array([7, 2, 1, 0, 9, 1, 9, 9, 6, 4, 4])
    cases = [(y, predicted)]
    cases.append((rng.integers(0, 10, 200), rng.integers(0, 10, 200)))
    cases.append((np.array([0, 1, 2, 2, 1]), np.array([0, 2, 2, 1, 2]), 3))
    cases.append((np.array([0, 1, 1]), np.array([1, 1, 1]), 4))
    return [*cases, (np.repeat([7, 3], [300, 2]), np.repeat([7, 5], [300, 2]))]


def _are_shares(answer) -> bool:
    """Counts divided by the sums of the rows, or of the columns, or of all."""
    y, predicted = np.array([0, 1, 2, 0, 1, 2, 2]), np.array([0, 1, 2, 1, 2, 0, 0])
    counts, got = confusion_matrix(y, predicted, 3), answer(y, predicted, 3)
    return any(
        np.allclose(got, factor * counts / counts.sum(axis=axis, keepdims=True))
        for axis in (0, 1, None)
        for factor in (1, 100)
    )


def _size(answer, classes) -> tuple:
    return np.shape(answer(np.array([0, 1]), np.array([1, 1]), classes))


COUNT, RETURNED = "np.add.at(matrix, (y, predicted), 1)", "return matrix"

CONFUSION_MISTAKES = (
    Mistake(
        "It is transposed: the row is the true class, the column what the model says.",
        ("(y, predicted), 1", "(predicted, y), 1"),
    ),
    Mistake(
        "Pairs that occur several times are counted once: `matrix[y, predicted] += 1` "
        "adds 1 to each place, however often it is named. Use a loop, or `np.add.at`.",
        (COUNT, "matrix[y, predicted] += 1"),
    ),
    Mistake(
        "You count the mistakes only. The diagonal holds what was read rightly, and "
        "belongs to the matrix.",
        (RETURNED, f"{RETURNED} - np.diag(np.diag(matrix))"),
    ),
    Mistake(
        "You count only what was read rightly. A mistake adds 1 as well, off the "
        "diagonal.",
        (RETURNED, "return np.diag(np.diag(matrix))"),
    ),
    Mistake(
        "Those are shares. Count: whole numbers, how many samples.",
        (RETURNED, f"{RETURNED} / matrix.sum(axis=1, keepdims=True)"),
        (RETURNED, f"{RETURNED} / matrix.sum(axis=0)"),
        (RETURNED, f"{RETURNED} / len(y)"),
        when=_are_shares,
    ),
    Mistake(
        "The size depends on the labels that happen to occur. It must be `classes` by "
        "`classes`, even if some class is missing.",
        (
            "    matrix = ",
            "    classes = max(y.max(), predicted.max()) + 1\n    matrix = ",
        ),
        when=lambda answer: [_size(answer, k) for k in (2, 5)] == 2 * [(2, 2)],
    ),
    Mistake(
        "The size is always 10 by 10. Take it from the argument `classes`.",
        ("(classes, classes)", "(10, 10)"),
        when=lambda answer: _size(answer, 5) == (10, 10),
    ),
    Mistake(
        "What occurs often is counted wrongly: a type as small as yours cannot hold "
        "300. Use int.",
        ("dtype=int", "dtype=np.uint8"),
    ),
)

confusion_exercise = Exercise(
    confusion_matrix,
    cases=confusion_cases,
    hints=(
        "Start from zeros, `classes` rows and as many columns. Each sample adds 1 in "
        "one place. Which?",
        "A loop over the pairs does it: `for truth, guess in zip(y, predicted)`, and "
        "the place is `[truth, guess]`.",
        "`matrix[truth, guess] += 1` in that loop. (Without a loop: `np.add.at(matrix, "
        "(y, predicted), 1)`. Plain `matrix[y, predicted] += 1` counts a pair that "
        "comes twice only once.)",
    ),
    mistakes=CONFUSION_MISTAKES,
)

LESSON = Lesson(one_hot_exercise, softmax_exercise, epoch_exercise, confusion_exercise)
check, hint, solution = LESSON.check, LESSON.hint, LESSON.solution
