"""Lesson 04, handwritten digits: reference answers, hints and checks."""

import time
from collections.abc import Callable

import numpy as np

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


def _mirrored(y, classes=10):
    return one_hot(y, classes)[:, ::-1]


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
    mistakes=(
        Mistake(
            "It is transposed: one row for each sample, one column for each class.",
            wrong=lambda y, classes=10: one_hot(y, classes).T,
        ),
        Mistake(
            "`Y[:, y] = 1` sets those columns in every row. Name the rows as well: "
            "row n goes with column `y[n]` only.",
            wrong=lambda y, classes=10: np.tile(
                one_hot(y, classes).max(axis=0), (len(y), 1)
            ),
        ),
        Mistake(
            "Every 1 stands one column too far to the left: class 0 belongs to column "
            "0.",
            when=_off_by(-1),
        ),
        Mistake(
            "Every 1 stands one column too far to the right: class 0 belongs to column "
            "0.",
            when=_off_by(1),
        ),
        Mistake(
            "You put the class number itself in its place. Put a 1 there, whatever the "
            "class.",
            wrong=lambda y, classes=10: one_hot(y, classes) * np.asarray(y)[:, None],
        ),
        Mistake(
            "The number of columns depends on the labels that happen to occur. It must "
            "be `classes`, even if the highest class is missing.",
            when=lambda answer: (
                np.shape(answer(np.array([2, 0, 1]), 3)) == (3, 3)
                and np.shape(answer(np.array([2, 0, 1]), 6)) == (3, 3)
            ),
        ),
        Mistake(
            "The number of columns is always 10. Take it from the argument `classes`.",
            when=lambda answer: np.shape(answer(np.array([2, 0]), 4)) == (2, 10),
        ),
        Mistake(
            "The columns are in reverse order: column k stands for class k.",
            wrong=_mirrored,
        ),
        Mistake(
            "All is upside down: 1 in the column of the class, 0 elsewhere.",
            wrong=lambda y, classes=10: 1 - one_hot(y, classes),
        ),
    ),
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
    """Ordinary numbers, then huge ones; the rows differ in size."""
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
    return cases


def _probabilities(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _naive(z, Y):
    with np.errstate(all="ignore"):
        P = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        loss = -np.sum(Y * np.log(P)) / len(z)
    return loss, (P - Y) / len(z)


def _loss_of(z, Y):
    return softmax_cross_entropy(z, Y)[0]


def _gradient_of(z, Y):
    return softmax_cross_entropy(z, Y)[1]


def _small(answer):
    """What an answer returns for three samples of two classes."""
    return answer(np.array([[0.0, 1.0], [2.0, 0.0], [0.0, 0.0]]), np.eye(2)[[0, 1, 0]])


def _overflows(answer) -> bool:
    """Right for ordinary numbers, not for large ones."""
    ordinary, large = softmax_cases(np.random.default_rng(0))[1:3]
    with np.errstate(all="ignore"):
        right, wrong = answer(*ordinary), answer(*large)
        return _same(right, softmax_cross_entropy(*ordinary)) and not _same(
            wrong, softmax_cross_entropy(*large)
        )


def _same(got, want) -> bool:
    return np.allclose(got[0], want[0]) and np.allclose(got[1], want[1])


def _shifts_by_all(answer) -> bool:
    """Right if the rows are of one size, wrong for those far below the largest z."""
    ordinary, _, mixed, _ = softmax_cases(np.random.default_rng(0))[1:]
    same = np.array([[3000.0, 2999.0], [2998.0, 3000.0]]), np.eye(2)[[1, 0]]
    with np.errstate(all="ignore"):
        if not all(
            _same(answer(*c), softmax_cross_entropy(*c)) for c in (ordinary, same)
        ):
            return False
        got, want = answer(*mixed)[1], _gradient_of(*mixed)
    return [np.allclose(*pair) for pair in zip(got, want, strict=True)] == [1, 0, 0]


def _sums_one_term_only(answer) -> bool:
    """The mean over all entries of ln Σ exp(z) - Y z: the second is too small."""
    ordinary, _, mixed, _ = softmax_cases(np.random.default_rng(0))[1:]
    z, Y = ordinary
    losses = []
    for largest in (np.zeros((len(z), 1)), z.max(axis=1, keepdims=True), z.max()):
        shifted = z - largest
        sums = np.exp(shifted).sum(axis=1, keepdims=True)
        losses += [np.mean(np.log(sums) - Y * shifted)]
    with np.errstate(all="ignore"):
        return (
            bool(np.isclose(answer(z, Y)[0], losses).any())
            and np.allclose(answer(z, Y)[1], _gradient_of(z, Y))
            and np.allclose(answer(*mixed)[1], _gradient_of(*mixed))
        )


def _mixes_shifts(answer) -> bool:
    """The loss is off by the shift: one of its terms has it, the other has not."""
    z, Y = softmax_cases(np.random.default_rng(0))[1]
    right = softmax_cross_entropy(z, Y)
    largest = z.max(axis=1)
    shifts = [largest.mean(), largest.max()]
    loss, gradient = answer(z, Y)
    return np.allclose(gradient, right[1]) and bool(
        np.isclose(abs(loss - right[0]), shifts).any()
    )


def _log_of_p(answer) -> bool:
    """Right, but the loss is infinite, nan or cut off for a hopeless sample."""
    ordinary = softmax_cases(np.random.default_rng(0))[1]
    hopeless = np.array([[0.0, 1000.0, 0.0]]), np.eye(3)[[0]]
    usual, right = (softmax_cross_entropy(*case) for case in (ordinary, hopeless))
    with np.errstate(all="ignore"):
        loss, gradient = answer(*hopeless)
        return (
            _same(answer(*ordinary), usual)
            and np.allclose(gradient, right[1])
            and not np.allclose(loss, right[0])
        )


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
    mistakes=(
        Mistake(
            "The two results are in the other order: first the loss, then the "
            "gradient.",
            wrong=lambda z, Y: softmax_cross_entropy(z, Y)[::-1],
        ),
        Mistake(
            "The loss is right. The gradient is that of the sum: the loss is a mean "
            "over the samples, so its gradient holds a 1/N as well.",
            wrong=lambda z, Y: (_loss_of(z, Y), _probabilities(z) - Y),
        ),
        Mistake(
            "You return the losses of the single samples. The loss is their mean, one "
            "number.",
            when=lambda answer: np.size(_small(answer)[0]) in (3, 6),
        ),
        Mistake(
            "The loss is the sum over the samples. Divide it by N, as for the "
            "gradient.",
            wrong=lambda z, Y: (
                len(z) * _loss_of(z, Y),
                softmax_cross_entropy(z, Y)[1],
            ),
        ),
        Mistake(
            "Both are sums over the samples. Take the mean: divide by N = len(z).",
            wrong=lambda z, Y: tuple(
                len(z) * part for part in softmax_cross_entropy(z, Y)
            ),
        ),
        Mistake(
            "You divide by the number of entries, N times K. The loss is a sum over "
            "the classes and a mean over the samples: divide by N only.",
            wrong=lambda z, Y: tuple(
                part / z.shape[1] for part in softmax_cross_entropy(z, Y)
            ),
        ),
        Mistake(
            "The gradient is right. The loss is divided by the number of entries, N "
            "times K: sum over the classes first, then average over the samples.",
            wrong=lambda z, Y: (_loss_of(z, Y) / z.shape[1], _gradient_of(z, Y)),
        ),
        Mistake(
            "The gradient is right. In the loss, sum Y·z over the classes first, then "
            "average over the samples.",
            when=_sums_one_term_only,
        ),
        Mistake(
            "The sign of the loss is flipped: minus the logarithm of a probability is "
            "never below 0.",
            wrong=lambda z, Y: (-_loss_of(z, Y), softmax_cross_entropy(z, Y)[1]),
        ),
        Mistake(
            "The sign of the gradient is flipped: at the right class the loss falls "
            "when z grows, so p − y is negative there.",
            wrong=lambda z, Y: (_loss_of(z, Y), -softmax_cross_entropy(z, Y)[1]),
        ),
        Mistake(
            "In place of the gradient you return the softmax itself. Subtract the "
            "targets, and divide by N.",
            wrong=lambda z, Y: (_loss_of(z, Y), _probabilities(z)),
        ),
        Mistake(
            "Softmax must add up to 1 in every row, so its sum runs along each row: "
            "`axis=1`, with `keepdims=True`. Yours adds up down the columns, or over "
            "everything.",
            when=lambda answer: (
                np.shape(_small(answer)[1]) == (3, 2)
                and np.ptp(np.sum(_small(answer)[1], axis=1)) > 1e-6
            ),
        ),
        Mistake(
            "The gradient has a factor p (1 − p) too many: the slope of an output "
            "cancels here, as σ′ did in lesson 03.",
            wrong=lambda z, Y: (
                _loss_of(z, Y),
                softmax_cross_entropy(z, Y)[1]
                * _probabilities(z)
                * (1 - _probabilities(z)),
            ),
        ),
        Mistake(
            "The gradient is right. The loss mixes z as they were with shifted ones: "
            "it stays the same only if both of its terms are shifted alike.",
            when=_mixes_shifts,
        ),
        Mistake(
            "Each row needs its own shift: with the largest z of the whole array, all "
            "powers of another row may become 0.",
            when=_shifts_by_all,
        ),
        Mistake(
            "The gradient is right, but the loss fails for a sample that is badly "
            "wrong: its softmax is 0, and the logarithm of 0 is not a number to work "
            "with (nor is it once you add or cut off something tiny). Write ln p as "
            "shifted z minus ln of the sum.",
            when=_log_of_p,
        ),
        Mistake(
            "It is right for ordinary numbers and fails for large ones: exp(1000) is "
            "more than a number can hold. Subtract each row's largest z first.",
            when=_overflows,
        ),
    ),
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
    """A few small sets; the batches are shuffled, and the last one is smaller."""
    cases = []
    for n, size, rate in ((6, 2, 0.5), (11, 4, 0.2), (9, 9, 1.0)):
        X, Y = rng.normal(size=(n, 3)), np.eye(4)[rng.integers(0, 4, n)]
        parameters = [rng.normal(size=(3, 4)), rng.normal(size=4)]
        order = rng.permutation(n)
        batches = [order[start : start + size] for start in range(0, n, size)]
        cases.append((X, Y, parameters, batches, rate))
    more = [rng.normal(size=(3, 4)), rng.normal(size=4)]
    cases.append((X, Y, parameters + more, batches, rate))
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


def _epoch(choose=None, factor=lambda batch: 1.0, at_start=False, last=None):
    """A wrong epoch: other samples, another step, the gradient at the start."""
    choose = choose or (lambda X, Y, batch, k: (X[batch], Y[batch]))

    def wrong(X, Y, parameters, batches, learning_rate, gradients):
        start = parameters
        for k, batch in enumerate(batches[:last]):
            here = start if at_start else parameters
            grads = gradients(*choose(X, Y, batch, k), here)
            rate = learning_rate * factor(batch)
            parameters = [p - rate * g for p, g in zip(parameters, grads, strict=True)]
        return parameters

    return wrong


def _in_order(X, Y, batch, k):
    first = k * len(batch)
    return X[first : first + len(batch)], Y[first : first + len(batch)]


def _only_last_step(X, Y, parameters, batches, learning_rate, gradients):
    grads = gradients(X[batches[-1]], Y[batches[-1]], parameters)
    return [p - learning_rate * g for p, g in zip(parameters, grads, strict=True)]


def _returns_gradient(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        grads = gradients(X[batch], Y[batch], parameters)
        parameters = [
            p - learning_rate * g for p, g in zip(parameters, grads, strict=True)
        ]
    return grads


def _two_arrays(X, Y, parameters, batches, learning_rate, gradients):
    W, b = parameters
    for batch in batches:
        grad_W, grad_b = gradients(X[batch], Y[batch], [W, b])
        W, b = W - learning_rate * grad_W, b - learning_rate * grad_b
    return [W, b]


def _arithmetic_of_lists(answer) -> bool:
    """It stops where a list of arrays is multiplied, subtracted or made an array."""
    try:
        use_epoch(answer, *epoch_cases(np.random.default_rng(0))[0])
    except (TypeError, ValueError) as error:
        words = "can't multiply sequence", "for -: 'list'", "for -=: 'list'"
        return any(word in str(error) for word in (*words, "inhomogeneous shape"))
    return False


def _sample_by_sample(answer) -> str:
    """What to say if the gradient is asked for one sample at a time."""
    sizes = []

    def counting(X, Y, parameters):
        sizes.append(len(X))
        return any_gradients(X, Y, parameters)

    answer(*epoch_cases(np.random.default_rng(0))[2], counting)  # one batch of 9
    if max(sizes) > 1:
        return ""
    return (
        "The parameters are right, but `gradients` is called for each sample by "
        "itself, which takes many times as long. Give it all the rows of the batch: "
        "it returns the gradient of their mean loss."
    )


epoch_exercise = Exercise(
    train_epoch,
    cases=epoch_cases,
    run=use_epoch,
    also=_sample_by_sample,
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
    mistakes=(
        Mistake(
            "`parameters` is a list of arrays of different shapes, and so is the "
            "gradient. Such lists know no arithmetic: take the step for one array "
            "after the other, with `zip`.",
            when=_arithmetic_of_lists,
        ),
        Mistake(
            "It works for two arrays only. `parameters` may hold any number of them, "
            "as with a hidden layer: step through both lists with `zip`.",
            wrong=_two_arrays,
        ),
        Mistake(
            "The sign is wrong: you walk uphill. Subtract the gradient.",
            wrong=_epoch(factor=lambda batch: -1.0),
        ),
        Mistake(
            "Every step uses all the samples. It must use the rows of its batch only: "
            "`X[batch]`, `Y[batch]`.",
            wrong=_epoch(lambda X, Y, batch, k: (X, Y)),
        ),
        Mistake(
            "All gradients are taken at the parameters that were given. Each step must "
            "start where the one before has ended.",
            wrong=_epoch(at_start=True),
        ),
        Mistake(
            "Only one step arrives: either the `return` stands inside the loop, or "
            "each step starts again from the parameters that were given.",
            wrong=_only_last_step,
        ),
        Mistake(
            "Only the first batch is used: the `return` stands inside the loop. Move "
            "it out.",
            wrong=_epoch(last=1),
        ),
        Mistake(
            "The last batch is left out. It may be smaller than the others; it counts "
            "all the same.",
            wrong=_epoch(last=-1),
        ),
        Mistake(
            "The gradient is a mean over the batch already. Do not divide it by the "
            "size of the batch again.",
            wrong=_epoch(factor=lambda batch: 1 / len(batch)),
        ),
        Mistake(
            "The gradient is a mean over the batch. Do not multiply it by the size of "
            "the batch.",
            wrong=_epoch(factor=lambda batch: float(len(batch))),
        ),
        Mistake(
            "The batches are taken from `X` in its own order. They are given: `batch` "
            "holds the numbers of the rows to take.",
            wrong=_epoch(_in_order),
        ),
        Mistake(
            "The samples and the targets come from different rows: take `Y[batch]` "
            "with `X[batch]`.",
            wrong=_epoch(lambda X, Y, batch, k: (X[batch], Y[: len(batch)])),
        ),
        Mistake(
            "The learning rate is missing: a step is the learning rate times the "
            "gradient.",
            when=lambda answer: _ignores_rate(answer),
        ),
        Mistake(
            "You return the last gradient. Return the parameters after the last step.",
            wrong=_returns_gradient,
        ),
    ),
)


def _ignores_rate(answer) -> bool:
    """The result is the same whatever the learning rate."""
    X, Y, parameters, batches, _ = epoch_cases(np.random.default_rng(0))[0]
    a, b = (
        answer(X, Y, [p.copy() for p in parameters], batches, rate, linear_gradients)
        for rate in (0.5, 0.1)
    )
    moved = not np.allclose(a[0], parameters[0])
    return moved and all(np.allclose(p, q) for p, q in zip(a, b, strict=True))


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
    """Ten digits with a pair that occurs twice; few classes; the highest is missing."""
    y = np.array([7, 2, 1, 0, 4, 1, 4, 9, 5, 9, 4])
    predicted = np.array([7, 2, 1, 0, 9, 1, 9, 9, 6, 4, 4])
    cases = [(y, predicted)]
    cases.append((rng.integers(0, 10, 200), rng.integers(0, 10, 200)))
    cases.append((np.array([0, 1, 2, 2, 1]), np.array([0, 2, 2, 1, 2]), 3))
    cases.append((np.array([0, 1, 1]), np.array([1, 1, 1]), 4))
    return cases


def _counts_once(y, predicted, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    matrix[y, predicted] += 1
    return matrix


def _only_mistakes(y, predicted, classes=10):
    matrix = confusion_matrix(y, predicted, classes)
    return matrix - np.diag(np.diag(matrix))


def _only_right(y, predicted, classes=10):
    return np.diag(np.diag(confusion_matrix(y, predicted, classes)))


def _shares(axis: int) -> Callable:
    """Recognize counts divided by the sums of the rows (1) or of the columns (0)."""

    def are_shares(answer) -> bool:
        y, predicted = np.array([0, 1, 2, 0, 1, 2, 2]), np.array([0, 1, 2, 1, 2, 0, 0])
        counts = confusion_matrix(y, predicted, 3)
        shares = counts / counts.sum(axis=axis, keepdims=True)
        got = answer(y, predicted, 3)
        return any(np.allclose(got, factor * shares) for factor in (1, 100))

    return are_shares


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
    mistakes=(
        Mistake(
            "It is transposed: the row is the true class, the column what the model "
            "says.",
            wrong=lambda y, predicted, classes=10: confusion_matrix(
                predicted, y, classes
            ),
        ),
        Mistake(
            "Pairs that occur several times are counted once: `matrix[y, predicted] += "
            "1` adds 1 to each place, however often it is named. Use a loop, or "
            "`np.add.at`.",
            wrong=_counts_once,
        ),
        Mistake(
            "You count the mistakes only. The diagonal holds what was read rightly, "
            "and belongs to the matrix.",
            wrong=_only_mistakes,
        ),
        Mistake(
            "You count only what was read rightly. A mistake adds 1 as well, off the "
            "diagonal.",
            wrong=_only_right,
        ),
        Mistake(
            "Those are shares of each row. Count: whole numbers, how many samples.",
            when=_shares(axis=1),
        ),
        Mistake(
            "Those are shares of each column. Count: whole numbers, how many samples.",
            when=_shares(axis=0),
        ),
        Mistake(
            "The size depends on the labels that happen to occur. It must be `classes` "
            "by `classes`, even if some class is missing.",
            when=lambda answer: (
                np.shape(answer(np.array([0, 1]), np.array([1, 1]), 5)) == (2, 2)
                and np.shape(answer(np.array([0, 1]), np.array([1, 1]), 2)) == (2, 2)
            ),
        ),
        Mistake(
            "The size is always 10 by 10. Take it from the argument `classes`.",
            when=lambda answer: (
                np.shape(answer(np.array([0, 1]), np.array([1, 1]), 5)) == (10, 10)
            ),
        ),
        Mistake(
            "You divide by the number of samples. Count: whole numbers, how many "
            "samples.",
            wrong=lambda y, predicted, classes=10: (
                confusion_matrix(y, predicted, classes) / len(y)
            ),
        ),
    ),
)

LESSON = Lesson(one_hot_exercise, softmax_exercise, epoch_exercise, confusion_exercise)
check, hint, solution = LESSON.check, LESSON.hint, LESSON.solution
