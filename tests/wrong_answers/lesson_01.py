"""Lesson 01: right answers in other styles, wrong ones that no edit expresses."""

import math

import numpy as np

from helpers.data import beach
from helpers.exercises.edits import edited
from helpers.exercises.lesson_01 import (
    BEACH_DAYS,
    BEACH_GO,
    accuracy,
    gradient,
    sigmoid,
)

# The lesson module keeps a copy of the beach table, since it may not import the data.
assert np.array_equal(beach()[0], BEACH_DAYS)
assert np.array_equal(beach()[1], BEACH_GO)

# Exercise 2: sigmoid -----------------------------------------------------------------


def sigmoid_with_masks(z):
    z = np.asarray(z, dtype=float)
    a = np.empty(z.shape)
    up = z >= 0
    a[up] = 1 / (1 + np.exp(-z[up]))
    e = np.exp(z[~up])
    a[~up] = e / (1 + e)
    return a


def sigmoid_by_tanh(z):
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z)))


def sigmoid_with_a_loop(z):
    def one(x):
        return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))

    return np.array([one(float(x)) for x in z.flat]).reshape(z.shape)


def sigmoid_clips_its_input(z):
    z[z < -700] = -700
    return 1 / (1 + np.exp(-z))


def sigmoid_without_return(z):
    a = 1 / (1 + np.exp(-np.clip(z, -700, 700)))  # noqa: F841


# Exercise 3: accuracy ----------------------------------------------------------------


def accuracy_with_a_loop(X, y, w, b):
    right = 0
    for row, label in zip(X, y, strict=True):
        z = sum(float(wi) * float(xi) for wi, xi in zip(w, row, strict=True)) + b
        right += int(int(z >= 0) == label)
    return right / len(y)


def accuracy_from_the_misses(X, y, w, b):
    return 1 - np.abs((sigmoid(X @ w + b) >= 0.5) - y).mean()


# Exercise 4: gradient ----------------------------------------------------------------


def gradient_with_loops(X, y, w, b):
    grad_w, grad_b = np.zeros(len(w)), 0.0
    for x, label in zip(X, y, strict=True):
        a = 1 / (1 + math.exp(-(sum(w * x) + b)))
        delta = (a - label) * a * (1 - a) / len(y)
        for j in range(len(w)):
            grad_w[j] += delta * x[j]
        grad_b += delta
    return grad_w, grad_b


def gradient_with_einsum(X, y, w, b):
    a = sigmoid(np.einsum("nd,d->n", X, w) + b)
    delta = (a - y) * a * (1 - a)
    return np.einsum("n,nd->d", delta, X) / len(y), np.mean(delta)


def gradient_of_columns(X, y, w, b):
    a = sigmoid(X @ w + b)
    part = (a - y) * (a - a**2)
    return np.mean(part[:, np.newaxis] * X, axis=0), part.mean()


def gradient_not_turned(X, y, w, b):
    a = sigmoid(X @ w + b)
    d = (a - y) * a * (1 - a) / len(y)
    return X @ d, np.sum(d)


def gradient_broadcast(X, y, w, b):
    a = sigmoid(X @ w + b)
    d = (a - y) * a * (1 - a) / len(y)
    return np.sum(d * X, axis=0), np.sum(d)


# Exercise 5: train -------------------------------------------------------------------


def train_with_a_tuple(X, y, w, b, learning_rate, steps):
    scores = [accuracy(X, y, w, b)]
    best = (scores[0], w, b)
    for _ in range(steps):
        grad_w, grad_b = gradient(X, y, w, b)
        w, b = w - learning_rate * grad_w, b - learning_rate * grad_b
        scores.append(accuracy(X, y, w, b))
        if scores[-1] > best[0]:
            best = (scores[-1], w, b)
    return best[1], best[2], np.array(scores)


def train_keeps_copies(X, y, w, b, learning_rate, steps):
    w, scores = w.copy(), np.empty(steps + 1)
    best = -1.0
    for step in range(steps + 1):
        scores[step] = accuracy(X, y, w, b)
        if scores[step] > best:
            best, best_w, best_b = scores[step], w.copy(), b
        grad_w, grad_b = gradient(X, y, w, b)
        w -= learning_rate * grad_w
        b -= learning_rate * grad_b
    return best_w, best_b, scores


def train_remembers_all(X, y, w, b, learning_rate, steps):
    path = [(w, b)]
    while len(path) <= steps:
        w, b = path[-1]
        grad_w, grad_b = gradient(X, y, w, b)
        path.append((w - learning_rate * grad_w, b - learning_rate * grad_b))
    scores = np.array([accuracy(X, y, *point) for point in path])
    return *path[scores.argmax()], scores


def other_train(*edits):
    return edited(train_with_a_tuple, *edits)


# Exercise 6: boundary ----------------------------------------------------------------


def boundary_with_a_loop(x1, w, b):
    x2 = []
    for x in x1:
        x2.append(-(w[0] * x + b) / w[1] if w[1] else float("nan"))
    return np.array(x2)


def boundary_slope_and_intercept(x1, w, b):
    if w[1] == 0:
        return x1 * np.nan
    slope, intercept = -w[0] / w[1], -b / w[1]
    return slope * x1 + intercept


def boundary_bare_nan(x1, w, b):
    if w[1] == 0:
        return np.full(len(x1), nan)  # noqa: F821
    return -(w[0] * x1 + b) / w[1]


def boundary_vertical_none(x1, w, b):
    if w[1] != 0:
        return -(w[0] * x1 + b) / w[1]


WRONG = {
    "beach_weights": {
        "The value has 4 values": [[0, 1, -1, -0.5]],
        "The 1st value is a string": [("hot", "not windy")],
    },
    "sigmoid": {
        "The numbers are right, but NumPy warns": [lambda z: 1 / (1 + np.exp(-z))],
        "The sign of z is flipped": [lambda z: 1 / (1 + np.exp(z))],
        "The result contains nan": [lambda z: np.exp(z) / (1 + np.exp(z))],
        "It changes its input `z` in place": [sigmoid_clips_its_input],
        "The result is None": [sigmoid_without_return],
        "The result is a single number": [lambda z: np.squeeze(sigmoid(z))],
        "The result is": [  # 0 too soon, and too close to a step
            lambda z: np.where(z < -5 * len(z), 0, sigmoid(z)),
            lambda z: np.where(np.round(z, 1) == 0, 0.5, sigmoid(z)),
        ],
    },
    "accuracy": {
        "A sample exactly on the boundary": [
            lambda X, y, w, b: np.mean(np.round(sigmoid(X @ w + b)) == y)
        ],
        "The sign of the bias is wrong": [
            lambda X, y, w, b: np.mean((X @ w >= b) == y)
        ],
        "What comes after the decimal point is cut off": [
            lambda X, y, w, b: ((X @ w + b >= 0) == y).sum() // len(y)
        ],
        "The result is N times too large": [
            lambda X, y, w, b: np.sum((X @ w + b >= 0) == y)
        ],
        "The result is off by the same factor everywhere: 100": [
            lambda X, y, w, b: 100 * np.mean((X @ w + b >= 0) == y)
        ],
        "The result is an array of shape (5,)": [
            lambda X, y, w, b: (X @ w + b >= 0) == y
        ],
        "The result is right for some inputs": [
            lambda X, y, w, b: accuracy(X, y, w, -abs(b)),
            lambda X, y, w, b: np.mean((np.maximum(X @ w, 0) + b >= 0) == y),
            lambda X, y, w, b: np.mean((np.minimum(X @ w, 1) + b >= 0) == y),
            lambda X, y, w, b: np.mean((np.round(X @ w + b, 1) >= 0) == y),
        ],
    },
    "gradient": {
        "You added up along the wrong axis": [
            edited(gradient_with_einsum, ("->d", "->n")),
        ],
        "Where w holds whole numbers": [
            edited(gradient_with_loops, ("np.zeros(len(w))", "np.zeros_like(w)"))
        ],
        "These shapes cannot be multiplied": [gradient_not_turned],
        "Shapes (6,) and (6, 2) do not go together": [gradient_broadcast],
        "The 2nd value is an array of shape (6,)": [
            edited(gradient_of_columns, ("part.mean()", "part"))
        ],
        "The result is a NumPy array where 2 values": [
            lambda X, y, w, b: gradient(X, y, w, b)[0]
        ],
        "The 1st value is": [
            lambda X, y, w, b: gradient(X, y, np.minimum(w, 1), b),
            lambda X, y, w, b: gradient(X, y, w, min(b, 1)),
            lambda *given: tuple(map(np.squeeze, gradient(*given))),
        ],
    },
    "train": {
        "You keep parameters whenever their score": [
            other_train(
                ("if scores[-1] > best[0]", "if scores[-1] > last"),
                (
                    "        scores.append",
                    "        last = scores[-1]\n        scores.append",
                ),
            )
        ],
        "It changes its input `w` in place": [
            edited(train_keeps_copies, ("w, scores = w.copy(), ", "scores = "))
        ],
        "It stops with UnboundLocalError": [  # where the start is the best
            other_train(
                ("best = (scores[0], w, b)", "top = scores[0]"),
                ("> best[0]", "> top"),
                ("best = (scores[-1],", "top, best = scores[-1], (scores[-1],"),
            )
        ],
        "The 3rd value is a list": [other_train(("np.array(scores)", "scores"))],
        "The result has 2 values": [other_train((", np.array(scores)", ""))],
        "The 1st value": [
            other_train(("(scores[0], w, b)", "(scores[0], np.sort(w), b)")),
            other_train(("(scores[0], w, b)", "(scores[0], np.round(w, 1), b)")),
            other_train(("> best[0]", "> best[0] + 0.05")),
            lambda X, y, w, b, learning_rate, steps: train_with_a_tuple(
                X, y, w, b, round(learning_rate), steps
            ),
        ],
        "The 2nd value is": [
            other_train(("best[1], best[2]", "best[1], min(best[2], 1)")),
            other_train(("(scores[0], w, b)", "(scores[0], w, abs(b))")),
        ],
    },
    "boundary": {
        "The minus sign is missing": [lambda x1, w, b: (w[0] * x1 + b) / w[1]],
        "A line is vertical only where": [
            edited(boundary_slope_and_intercept, ("w[1] == 0", "abs(w[1]) < 0.05"))
        ],
        "The name `nan` is not defined": [boundary_bare_nan],
        "The result is None": [boundary_vertical_none],
        "The result is a single number": [
            lambda x1, w, b: np.squeeze(boundary_with_a_loop(x1, w, b))
        ],
        "The result is right for some inputs": [
            lambda x1, w, b: np.minimum(boundary_with_a_loop(x1, w, b), 1),
            lambda x1, w, b: boundary_with_a_loop(x1, np.abs(w), b),
            lambda x1, w, b: boundary_with_a_loop(x1, w, min(b, 1)),
        ],
    },
}

RIGHT = {
    "beach_weights": [([0, 1, -1], -0.5), (np.array([0, 2, -3.0]), np.float64(1))],
    "sigmoid": [
        sigmoid_with_masks,
        sigmoid_by_tanh,
        sigmoid_with_a_loop,
        lambda z: np.exp(-np.logaddexp(0, -z)),
        lambda z: 1 / (1 + np.exp(-np.clip(z, -700, 700))),
    ],
    "accuracy": [
        accuracy_with_a_loop,
        accuracy_from_the_misses,
        lambda X, y, w, b: sum((sigmoid(X @ w + b) >= 0.5) == y) / len(y),
    ],
    "gradient": [gradient_with_loops, gradient_with_einsum, gradient_of_columns],
    "train": [train_with_a_tuple, train_keeps_copies, train_remembers_all],
    "boundary": [boundary_with_a_loop, boundary_slope_and_intercept],
}
