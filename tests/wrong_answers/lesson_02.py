"""Lesson 02: right answers in other styles, wrong ones that no edit expresses."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
from sklearn.preprocessing import StandardScaler

from helpers.exercises.edits import edited

# Exercise 1: descend -----------------------------------------------------------------


def descend_in_an_array(slope, w, learning_rate, steps):
    path = np.empty(steps + 1)
    path[0] = w
    for t in range(steps):
        path[t + 1] = path[t] - learning_rate * slope(path[t])
    return path


def descend_before_and_once_more(slope, w, learning_rate, steps):
    path = []
    for _ in range(steps + 1):
        path.append(float(w))
        w = w - learning_rate * slope(w)
    return np.array(path)


def descend_recursively(slope, w, learning_rate, steps):
    if steps == 0:
        return np.array([float(w)])
    rest = descend_recursively(
        slope, w - learning_rate * slope(w), learning_rate, steps - 1
    )
    return np.concatenate([[w], rest])


def descend_by_the_factor(slope, w, learning_rate, steps):
    return w * (1 - 2 * learning_rate) ** np.arange(steps + 1)


def descend_until_it_arrives(slope, w, learning_rate, steps):
    path = [w]
    while len(path) <= steps and slope(path[-1]) != 0:
        path.append(path[-1] - learning_rate * slope(path[-1]))
    return np.array(path)


# Exercise 3: mse_gradient ------------------------------------------------------------


def gradient_with_loops(X, y, w, b):
    grad_w, grad_b = np.zeros(len(w)), 0.0
    for x, target in zip(X, y, strict=True):
        error = sum(x * w) + b - target
        grad_w += 2 * error * x / len(y)
        grad_b += 2 * error / len(y)
    return grad_w, grad_b


def gradient_of_columns(X, y, w, b):
    error = X.dot(w) + b - y
    return (2 * error[:, None] * X).mean(axis=0), (2 * error).mean()


def gradient_with_einsum(X, y, w, b):
    part = (np.einsum("nd,d->n", X, w) + b - y) * 2 / len(y)
    return np.einsum("n,nd->d", part, X), float(part.sum())


def gradient_not_transposed(X, y, w, b):
    error = X @ w + b - y
    return 2 * X @ error / len(y), 2 * error.mean()


# Exercise 4: standardize -------------------------------------------------------------


def standardize_with_sklearn(X_train, X_other):
    scaler = StandardScaler().fit(X_train)
    return scaler.transform(X_train), scaler.transform(X_other)


def standardize_column_by_column(X_train, X_other):
    new_train, new_other = np.zeros(X_train.shape), np.zeros(X_other.shape)
    for j in range(X_train.shape[1]):
        mean, std = np.mean(X_train[:, j]), np.std(X_train[:, j])
        std = std if max(X_train[:, j]) > min(X_train[:, j]) else 1
        new_train[:, j] = (X_train[:, j] - mean) / std
        new_other[:, j] = (X_other[:, j] - mean) / std
    return new_train, new_other


def standardize_nearly_0(X_train, X_other):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std[std < 1e-9] = 1
    return (X_train - mean) / std, (X_other - mean) / std


def nearly_0(*edits):
    return edited(standardize_nearly_0, *edits)


def standardize_train_first(X_train, X_other):
    A, B = X_train.copy(), X_other.copy()
    for j in range(A.shape[1]):
        A[:, j] = (A[:, j] - A[:, j].mean()) / (A[:, j].std() or 1)
        B[:, j] = (B[:, j] - A[:, j].mean()) / (A[:, j].std() or 1)
    return A, B


def standardize_rows(X_train, X_other):
    def rows(X):
        return (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)

    return rows(X_train), rows(X_other)


NO_TEST = ("    std[std < 1e-9] = 1\n", "")
OTHERS_OWN = "(X_other - X_other.mean(axis=0)) / X_other.std(axis=0)"
DIFFER = "max(X_train[:, j]) > min(X_train[:, j])"
ZEROS = "np.zeros(X_train.shape), np.zeros(X_other.shape)"
ZEROS_LIKE = "np.zeros_like(X_train), np.zeros_like(X_other)"
VARIANCE = ("X_train.std(axis=0)", "X_train.var(axis=0)")

# Exercise 5: minibatches -------------------------------------------------------------


def batches_shuffled_numbers(X, y, batch_size, rng):
    numbers = np.arange(len(y))
    rng.shuffle(numbers)
    while len(numbers):
        rows, numbers = numbers[:batch_size], numbers[batch_size:]
        yield X[rows], y[rows]


def batches_as_a_list(X, y, batch_size, rng):
    order = rng.choice(len(y), size=len(y), replace=False)
    X, y = X[order], y[order]
    starts = range(0, len(y), batch_size)
    return [(X[s : s + batch_size], y[s : s + batch_size]) for s in starts]


def batches_by_sorting(X, y, batch_size, rng):
    order = np.argsort(rng.random(len(y)))
    cuts = np.arange(batch_size, len(y), batch_size)
    yield from zip(np.split(X[order], cuts), np.split(y[order], cuts), strict=True)


def batches_an_empty_one(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    for k in range(len(y) // batch_size + 1):
        rows = order[k * batch_size : (k + 1) * batch_size]
        yield X[rows], y[rows]


def batches_rest_dropped(X, y, batch_size, rng):
    rows = rng.permutation(len(y))[: len(y) // batch_size * batch_size]
    for part in rows.reshape(-1, batch_size):
        yield X[part], y[part]


def batches_rest_joined(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    count = max(len(y) // batch_size, 1)
    for k in range(count):
        end = (k + 1) * batch_size if k < count - 1 else len(y)
        rows = order[k * batch_size : end]
        yield X[rows], y[rows]


def batches_last_filled(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    for start in range(0, len(y), batch_size):
        rows = [order[i % len(y)] for i in range(start, start + batch_size)]
        yield X[rows], y[rows]


def other_batches(*edits):
    return edited(batches_shuffled_numbers, *edits)


SHUFFLE = "    rng.shuffle(numbers)\n"
HAND_OUT = "yield X[rows], y[rows]"


def hand_out(what):
    return other_batches((HAND_OUT, f"yield {what}"))


def in_order(*lines):
    return other_batches((SHUFFLE, "".join(f"    {line}\n" for line in lines)))


WRONG = {
    "descend": {
        "Your slope is always 2 w": [descend_by_the_factor],
        "You stop early where the ground is level": [descend_until_it_arrives],
        "Whole numbers in gave whole numbers out": [
            edited(descend_in_an_array, ("empty(steps + 1)", "full(steps + 1, w)"))
        ],
        "The result is a list": [
            edited(descend_before_and_once_more, ("np.array(path)", "path"))
        ],
        "The result": [
            lambda slope, w, *rest: descend_in_an_array(slope, abs(w), *rest),
            edited(descend_in_an_array, ("- learning_rate", "- min(learning_rate, 1)")),
        ],
    },
    "learning_rates": {
        "The 1st value is not what is expected": [(1, 2)],
        "The slope of 10 w² is 20 w": [(Fraction(1, 10), Fraction(1, 5))],
    },
    "mse_gradient": {
        "The 2nd value is an array of shape (3,)": [
            edited(gradient_of_columns, ("(2 * error).mean()", "2 * error"))
        ],
        "The 1st value is a single number": [
            edited(gradient_of_columns, (".mean(axis=0)", ".mean()"))
        ],
        "These shapes cannot be multiplied": [gradient_not_transposed],
        "The 2nd value is": [
            edited(gradient_of_columns, ("(2 * error).mean()", f"{cap}"))
            for cap in ("abs(2 * error.mean())", "max(2 * error.mean(), 0)")
        ],
        "The 1st value is": [
            lambda X, y, w, b: gradient_of_columns(X, y, w, min(b, 1))
        ],
    },
    "standardize": {
        "X_other is standardized with its own mean": [
            nearly_0(NO_TEST, ("(X_other - mean) / std", OTHERS_OWN))
        ],
        "X_other comes out unchanged": [standardize_train_first],
        "You standardize the rows": [standardize_rows],
        "You divide by the variance": [nearly_0(VARIANCE), nearly_0(NO_TEST, VARIANCE)],
        "A constant column comes out as nan": [nearly_0(NO_TEST)],
        "A column that is constant at 0.1 explodes": [
            nearly_0(("< 1e-9", "== 0")),
            edited(standardize_column_by_column, (DIFFER, "std > 0")),
        ],
        "A column with a spread of 0.01": [nearly_0(("< 1e-9", "< 0.05"))],
        "Whole numbers in gave whole numbers out": [
            edited(standardize_column_by_column, (ZEROS, ZEROS_LIKE))
        ],
        "It changes its input `X_train` in place": [
            nearly_0(("    std[", "    X_train -= mean\n    mean = 0\n    std["))
        ],
        "The 2nd value has the right numbers in shape (3,)": [
            lambda *given: tuple(map(np.squeeze, standardize_nearly_0(*given)))
        ],
    },
    "minibatches": {
        "It ends after its first batch": [other_batches(("yield", "return"))],
        "A batch is a pair": [
            *map(hand_out, ("X[rows]", "np.squeeze(X[rows]), y[rows]")),
            lambda X, y, batch_size, rng: len(y) // batch_size,
        ],
        "X_batch or y_batch is a list": [hand_out("X[rows], [y[r] for r in rows]")],
        "Your y_batch holds the numbers": [hand_out("X[rows], rows")],
        "Entry 'each target is one of y'": [
            *map(hand_out, ("X[rows], y[rows].astype(int)", "X[rows], abs(y[rows])")),
            hand_out("X[rows], y[rows].astype(np.float32)"),
        ],
        "Rows come out that are not in X": [
            in_order("X = rng.permutation(X.ravel()).reshape(X.shape)")
        ],
        "A row is not beside its own y": [
            hand_out("X[rows], np.sort(y[rows])"),
            in_order("X = rng.permutation(X)"),
        ],
        "The samples come in the order": [in_order()],
        "You cut first and shuffle then": [
            other_batches((SHUFFLE, ""), (HAND_OUT, f"rng.shuffle(rows); {HAND_OUT}"))
        ],
        "Samples that follow one another": [
            in_order("numbers = np.roll(numbers, rng.integers(len(y)))")
        ],
        "An empty batch comes last": [batches_an_empty_one],
        "The rest is dropped": [
            batches_rest_dropped,
            edited(batches_rest_dropped, ("rng.", "np.random.default_rng(1).")),
        ],
        "The last batch is filled up": [batches_last_filled],
        "The order is the same in every epoch": [in_order("numbers = numbers[::-1]")],
        "The order does not come from rng": [in_order("np.random.shuffle(numbers)")],
        "Some samples come several times": [
            in_order("numbers = rng.choice(numbers, len(y))"),
            in_order("numbers = rng.permutation(numbers).astype(np.uint8)"),
        ],
        "Your batches are not of the right sizes": [
            batches_rest_joined,
            other_batches(("numbers[:batch_size]", "numbers[: batch_size - 1]")),
        ],
        "It changes its input `X` in place": [
            in_order("rng.shuffle(numbers)", "X[:], y[:] = X[numbers], y[numbers]")
        ],
    },
}

RIGHT = {
    "descend": [descend_in_an_array, descend_before_and_once_more, descend_recursively],
    "learning_rates": [
        [1 / 20, 1 / 10],
        np.array([0.05, 0.1]),
        (Fraction(1, 20), Fraction(1, 10)),
        (Decimal("0.05"), Decimal("0.1")),
    ],
    "mse_gradient": [gradient_with_loops, gradient_of_columns, gradient_with_einsum],
    "standardize": [
        standardize_with_sklearn,
        standardize_column_by_column,
        standardize_nearly_0,
    ],
    "minibatches": [batches_shuffled_numbers, batches_as_a_list, batches_by_sorting],
}
