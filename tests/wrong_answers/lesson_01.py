"""Lesson 01: answers that learners plausibly give, and what each must be told."""

import math

import numpy as np

from helpers.data import beach
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


def sigmoid_as_in_the_formula(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_two_forms_everywhere(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


def sigmoid_other_form(z):
    return np.exp(z) / (1 + np.exp(z))


def sigmoid_flipped(z):
    z = np.clip(z, -700, 700)
    return 1 / (1 + np.exp(z))


def sigmoid_without_brackets(z):
    z = np.clip(z, -700, 700)
    return 1 / 1 + np.exp(-z)


def sigmoid_flipped_and_overflowing(z):
    return 1 / (1 + np.exp(z))


def sigmoid_by_rows(z):
    return np.array([1 / (1 + np.exp(-v)) if v >= 0 else sigmoid(v) for v in z])


def sigmoid_slope(z):
    a = 1 / (1 + np.exp(-np.clip(z, -700, 700)))
    return a * (1 - a)


def sigmoid_whole_numbers(z):
    a = np.zeros_like(z)
    up = z >= 0
    a[up] = 1 / (1 + np.exp(-z[up]))
    a[~up] = np.exp(z[~up]) / (1 + np.exp(z[~up]))
    return a


def sigmoid_clipped_at_5(z):
    return 1 / (1 + np.exp(-np.clip(z, -5, 5)))


def sigmoid_of_one_number(z):
    return 1 / (1 + math.exp(-z))


def sigmoid_clips_its_input(z):
    z[z < -700] = -700
    return 1 / (1 + np.exp(-z))


def sigmoid_without_return(z):
    a = 1 / (1 + np.exp(-np.clip(z, -700, 700)))  # noqa: F841


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


def sigmoid_by_logaddexp(z):
    return np.exp(-np.logaddexp(0, -z))


def sigmoid_with_a_loop(z):
    def one(x):
        return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))

    return np.array([one(float(x)) for x in z.flat]).reshape(z.shape)


# Exercise 3: accuracy ----------------------------------------------------------------


def accuracy_of_raw_outputs(X, y, w, b):
    return np.mean(sigmoid(X @ w + b) == y)


def accuracy_z_against_half(X, y, w, b):
    return np.mean((X @ w + b >= 0.5) == y)


def accuracy_a_against_zero(X, y, w, b):
    return np.mean((sigmoid(X @ w + b) >= 0) == y)


def accuracy_by_rounding(X, y, w, b):
    return np.mean(np.round(sigmoid(X @ w + b)) == y)


def accuracy_counts(X, y, w, b):
    return np.sum((X @ w + b >= 0) == y)


def accuracy_in_percent(X, y, w, b):
    return 100 * np.mean((X @ w + b >= 0) == y)


def accuracy_of_errors(X, y, w, b):
    return np.mean((X @ w + b >= 0) != y)


def accuracy_without_bias(X, y, w, b):
    return np.mean((X @ w >= 0) == y)


def accuracy_of_label_1(X, y, w, b):
    return np.sum((X @ w + b >= 0) * y) / len(y)


def accuracy_by_distance(X, y, w, b):
    return 1 - np.mean(np.abs(sigmoid(X @ w + b) - y))


def accuracy_not_averaged(X, y, w, b):
    return (X @ w + b >= 0) == y


def accuracy_with_a_loop(X, y, w, b):
    right = 0
    for row, label in zip(X, y, strict=True):
        z = sum(float(wi) * float(xi) for wi, xi in zip(w, row, strict=True)) + b
        right += int(int(z >= 0) == label)
    return right / len(y)


def accuracy_from_the_misses(X, y, w, b):
    return 1 - np.abs((sigmoid(X @ w + b) >= 0.5) - y).mean()


# Exercise 4: gradient ----------------------------------------------------------------


def gradient_of_the_sum(X, y, w, b):
    a = sigmoid(X @ w + b)
    delta = (a - y) * a * (1 - a)
    return X.T @ delta, np.sum(delta)


def gradient_without_slope(X, y, w, b):
    delta = (sigmoid(X @ w + b) - y) / len(y)
    return X.T @ delta, np.sum(delta)


def gradient_with_slope_of_z(X, y, w, b):
    z = X @ w + b
    delta = (sigmoid(z) - y) * z * (1 - z) / len(y)
    return X.T @ delta, np.sum(delta)


def gradient_without_sigmoid(X, y, w, b):
    a = X @ w + b
    delta = (a - y) * a * (1 - a) / len(y)
    return X.T @ delta, np.sum(delta)


def gradient_divided_by_columns(X, y, w, b):
    a = sigmoid(X @ w + b)
    delta = (a - y) * a * (1 - a) / X.shape[1]
    return X.T @ delta, np.sum(delta)


def gradient_not_turned(X, y, w, b):
    a = sigmoid(X @ w + b)
    d = (a - y) * a * (1 - a) / len(y)
    return X @ d, np.sum(d)


def gradient_broadcast(X, y, w, b):
    a = sigmoid(X @ w + b)
    d = (a - y) * a * (1 - a) / len(y)
    return np.sum(d * X, axis=0), np.sum(d)


def gradient_with_sigmoid_twice(X, y, w, b):
    a = sigmoid(X @ w + b)
    delta = (a - y) * sigmoid(a) * (1 - sigmoid(a)) / len(y)
    return X.T @ delta, np.sum(delta)


def gradient_without_the_half(X, y, w, b):
    a = sigmoid(X @ w + b)
    delta = 2 * (a - y) * a * (1 - a) / len(y)
    return X.T @ delta, np.sum(delta)


def gradient_label_minus_output(X, y, w, b):
    a = sigmoid(X @ w + b)
    delta = (y - a) * a * (1 - a) / len(y)
    return X.T @ delta, np.sum(delta)


def gradient_bias_not_summed(X, y, w, b):
    a = sigmoid(X @ w + b)
    delta = (a - y) * a * (1 - a) / len(y)
    return X.T @ delta, delta


def gradient_bias_mean(X, y, w, b):
    a = sigmoid(X @ w + b)
    delta = (a - y) * a * (1 - a) / len(y)
    return X.T @ delta, delta.mean()


def gradient_bias_without_n(X, y, w, b):
    a = sigmoid(X @ w + b)
    delta = (a - y) * a * (1 - a)
    return X.T @ delta / len(y), delta.sum()


def gradient_without_inputs(X, y, w, b):
    a = sigmoid(X @ w + b)
    delta = (a - y) * a * (1 - a) / len(y)
    return delta.sum() * np.ones_like(w), delta.sum()


def gradient_without_bias(X, y, w, b):
    a = sigmoid(X @ w)
    delta = (a - y) * a * (1 - a) / len(y)
    return X.T @ delta, delta.sum()


def gradient_wrong_axis(X, y, w, b):
    a = sigmoid(X @ w + b)
    delta = (a - y) * a * (1 - a) / len(y)
    return (X * delta[:, None]).sum(axis=1), delta.sum()


def gradient_rows_not_added(X, y, w, b):
    a = sigmoid(X @ w + b)
    delta = (a - y) * a * (1 - a) / len(y)
    return X * delta[:, None], delta.sum()


def gradient_bias_first(X, y, w, b):
    a = sigmoid(X @ w + b)
    delta = (a - y) * a * (1 - a) / len(y)
    return delta.sum(), X.T @ delta


def gradient_only_w(X, y, w, b):
    a = sigmoid(X @ w + b)
    return X.T @ ((a - y) * a * (1 - a) / len(y))


def gradient_with_loops(X, y, w, b):
    grad_w, grad_b = np.zeros(len(w)), 0.0
    for x, label in zip(X, y, strict=True):
        a = 1 / (1 + math.exp(-(sum(w * x) + b)))
        delta = (a - label) * a * (1 - a) / len(y)
        grad_w += delta * x
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


# Exercise 5: train -------------------------------------------------------------------


def train_aliased(X, y, w, b, learning_rate, steps):
    return train_aliased_from_the_start(X, y, w.copy(), b, learning_rate, steps)


def train_aliased_from_the_start(X, y, w, b, learning_rate, steps):
    scores = [accuracy(X, y, w, b)]
    best, best_w, best_b = scores[0], w, b
    for _ in range(steps):
        grad_w, grad_b = gradient(X, y, w, b)
        w -= learning_rate * grad_w
        b -= learning_rate * grad_b
        scores.append(accuracy(X, y, w, b))
        if scores[-1] > best:
            best, best_w, best_b = scores[-1], w, b
    return best_w, best_b, np.array(scores)


def train_in_place(X, y, w, b, learning_rate, steps):
    scores = [accuracy(X, y, w, b)]
    best, best_w, best_b = scores[0], w.copy(), b
    for _ in range(steps):
        grad_w, grad_b = gradient(X, y, w, b)
        w -= learning_rate * grad_w
        b -= learning_rate * grad_b
        scores.append(accuracy(X, y, w, b))
        if scores[-1] > best:
            best, best_w, best_b = scores[-1], w.copy(), b
    return best_w, best_b, np.array(scores)


def train_returns_last(X, y, w, b, learning_rate, steps):
    scores = [accuracy(X, y, w, b)]
    for _ in range(steps):
        grad_w, grad_b = gradient(X, y, w, b)
        w, b = w - learning_rate * grad_w, b - learning_rate * grad_b
        scores.append(accuracy(X, y, w, b))
    return w, b, np.array(scores)


def train_with(
    *, sign=-1, better=lambda new, best: new > best, in_turn=False, scale=None
):
    """A right training loop with one thing changed."""

    def train(X, y, w, b, learning_rate, steps):
        rate = learning_rate if scale is None else scale(learning_rate, len(y))
        scores = [accuracy(X, y, w, b)]
        best = (scores[0], w, b)
        for _ in range(steps):
            grad_w, grad_b = gradient(X, y, w, b)
            w = w + sign * rate * grad_w
            if in_turn:
                _, grad_b = gradient(X, y, w, b)
            b = b + sign * rate * grad_b
            scores.append(accuracy(X, y, w, b))
            if better(scores[-1], best[0]):
                best = (scores[-1], w, b)
        return best[1], best[2], np.array(scores)

    return train


def train_from_best_0(X, y, w, b, learning_rate, steps):
    scores = [accuracy(X, y, w, b)]
    best, best_w, best_b = 0, w, b
    for _ in range(steps):
        grad_w, grad_b = gradient(X, y, w, b)
        w, b = w - learning_rate * grad_w, b - learning_rate * grad_b
        scores.append(accuracy(X, y, w, b))
        if scores[-1] > best:
            best, best_w, best_b = scores[-1], w, b
    return best_w, best_b, np.array(scores)


def train_last_without_first_score(X, y, w, b, learning_rate, steps):
    w, b, scores = train_returns_last(X, y, w, b, learning_rate, steps)
    return w, b, scores[1:]


def train_by_loss(X, y, w, b, learning_rate, steps):
    scores, lowest = [], np.inf
    for step in range(steps + 1):
        scores.append(accuracy(X, y, w, b))
        loss = np.mean((sigmoid(X @ w + b) - y) ** 2) / 2
        if loss < lowest:
            lowest, best_w, best_b = loss, w, b
        grad_w, grad_b = gradient(X, y, w, b)
        w, b = w - learning_rate * grad_w, b - learning_rate * grad_b
    return best_w, best_b, np.array(scores)


def train_scores_first(*run):
    best_w, best_b, scores = train_with()(*run)
    return scores, best_w, best_b


def train_keeps_too_late(X, y, w, b, learning_rate, steps):
    scores, best = [], -1
    for step in range(steps + 1):
        scores.append(accuracy(X, y, w, b))
        improved = scores[-1] > best
        if step < steps:
            grad_w, grad_b = gradient(X, y, w, b)
            w, b = w - learning_rate * grad_w, b - learning_rate * grad_b
        if improved:
            best, best_w, best_b = scores[-1], w, b
    return best_w, best_b, np.array(scores)


def train_leaves_out_the_start(X, y, w, b, learning_rate, steps):
    scores, best, best_w, best_b = [], 0.0, w, b
    for _ in range(steps):
        grad_w, grad_b = gradient(X, y, w, b)
        w, b = w - learning_rate * grad_w, b - learning_rate * grad_b
        scores.append(accuracy(X, y, w, b))
        if scores[-1] > best:
            best, best_w, best_b = scores[-1], w, b
    return best_w, best_b, np.array(scores)


def train_without_first_score(X, y, w, b, learning_rate, steps):
    best_w, best_b, scores = train_with()(X, y, w, b, learning_rate, steps)
    return best_w, best_b, scores[1:]


def train_without_last_score(X, y, w, b, learning_rate, steps):
    best_w, best_b, scores = train_with()(X, y, w, b, learning_rate, steps)
    return best_w, best_b, scores[:-1]


def train_bias_stays(X, y, w, b, learning_rate, steps):
    scores = [accuracy(X, y, w, b)]
    best, best_w = scores[0], w
    for _ in range(steps):
        w = w - learning_rate * gradient(X, y, w, b)[0]
        scores.append(accuracy(X, y, w, b))
        if scores[-1] > best:
            best, best_w = scores[-1], w
    return best_w, b, np.array(scores)


def train_without_scores(X, y, w, b, learning_rate, steps):
    return train_with()(X, y, w, b, learning_rate, steps)[:2]


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


# Exercise 6: boundary ----------------------------------------------------------------


def nan_if_vertical(rule):
    """A rule for x2 with the vertical line done right."""

    def boundary(x1, w, b):
        return np.full(len(x1), np.nan) if w[1] == 0 else rule(x1, w, b)

    return boundary


def boundary_vertical_forgotten(x1, w, b):
    return -(w[0] * x1 + b) / w[1]


def boundary_vertical_zeros(x1, w, b):
    if w[1] == 0:
        return np.zeros(len(x1))
    return -(w[0] * x1 + b) / w[1]


def boundary_vertical_position(x1, w, b):
    if w[1] == 0:
        return np.full(len(x1), -b / w[0])
    return -(w[0] * x1 + b) / w[1]


def boundary_one_nan(x1, w, b):
    if w[1] == 0:
        return np.nan
    return -(w[0] * x1 + b) / w[1]


def boundary_bare_nan(x1, w, b):
    if w[1] == 0:
        return np.full(len(x1), nan)  # noqa: F821
    return -(w[0] * x1 + b) / w[1]


def boundary_swapped(x1, w, b):
    if w[1] == 0:
        return np.full(len(x1), np.nan)
    return -(w[1] * x1 + b) / w[0]


def boundary_vertical_none(x1, w, b):
    if w[1] != 0:
        return -(w[0] * x1 + b) / w[1]


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


ONE_DAY = (
    "Six days are right; only day {} is still wrong. Work out its z by "
    "hand: which term pulls it to the wrong side?"
)

SOME_DAYS = (
    "{} of the seven days are still wrong: compare your result with the expected one, "
    "day by day. Pick a wrong one, work out its z by hand, and ask which weight misled "
    "you."
)

OVERFLOW = (
    "The numbers are right, but NumPy warns: overflow encountered in exp. Find a way "
    "that never comes there."
)

WRONG = {
    "beach_weights": [
        (
            ([0, 1, -1, -0.5], 0),
            "There are four weights: the bias does not belong among them. Give three "
            "weights, one for each column, and the bias apart.",
        ),
        (
            ([1, 1, -1, -1, -1, 1, -1], 0),
            "There are seven weights, one for each day. A neuron has one for each "
            "column (cloudy, hot, windy) and uses the same three every day.",
        ),
        (
            ([0, 1, -1], 0),
            "A day that should be 'stay' has z of exactly 0, and 0 counts as 'go'. "
            "Lower the bias a little and it tips the right way.",
        ),
        (
            ([0, -1, 1], 0.5),
            "Every day comes out the wrong way around. Flip the signs of all the "
            "weights and of the bias.",
        ),
        (
            (np.array([1, 1, 1]), 0.0),
            "You go every day. The bias is too high, or a weight that should speak "
            "against going does not.",
        ),
        (
            ((-1, 2, -1), -5),
            "You never go. The bias is too low for any day to lift z to 0.",
        ),
        (([1, 0, -1], -0.5), ONE_DAY.format(1)),
        (([-1, 2, -1], -2.5), ONE_DAY.format(2)),
        (([0, 1, 0], -2.5), ONE_DAY.format(3)),
        (([0, 1, -2], 2.5), ONE_DAY.format(5)),
        (([2, 1, -2], -0.5), ONE_DAY.format(7)),
        (([-1, 2, -1], -1.5), SOME_DAYS.format(2)),
        (([-1, 1, 0], -0.5), SOME_DAYS.format(3)),
        (([1, -1, 0], -0.5), SOME_DAYS.format(4)),
        (([-1, 0, 0], 1.5), SOME_DAYS.format(5)),
        (([-1, 0, 1], 0.5), SOME_DAYS.format(6)),
        ([0, 1, -1, -0.5], "The value has 4 values where 2 are expected."),
        (
            ("hot", "not windy"),
            "The 1st value is a string where a NumPy array is expected.",
        ),
    ],
    "sigmoid": [
        (sigmoid_as_in_the_formula, OVERFLOW),
        (
            sigmoid_two_forms_everywhere,
            "The numbers are right, but `np.where` works out both forms for every "
            "number before it chooses, and so does the one that overflows. Give exp "
            "only what it can stand, as in `np.exp(-np.abs(z))`.",
        ),
        (
            sigmoid_flipped_and_overflowing,
            "The sign of z is flipped: your function falls from 1 to 0 where the "
            "sigmoid rises from 0 to 1. It is exp(−z) that stands below the line.",
        ),
        (
            sigmoid_by_rows,
            "That works for a row of numbers only. z may have two dimensions or more, "
            "and going through a matrix gives its rows, not its numbers. Work on the "
            "whole array at once: `np.where` chooses number by number.",
        ),
        (
            sigmoid_other_form,
            "The result contains nan (not a number): 0/0, inf − inf, or the log of a "
            "minus.",
        ),
        (
            sigmoid_flipped,
            "The sign of z is flipped: your function falls from 1 to 0 where the "
            "sigmoid rises from 0 to 1. It is exp(−z) that stands below the line.",
        ),
        (
            sigmoid_without_brackets,
            "That is 1/1 + exp(−z): Python divides before it adds. Put brackets "
            "around 1 + exp(−z).",
        ),
        (
            np.tanh,
            "That is tanh, which runs from −1 to 1. The sigmoid runs from 0 to 1.",
        ),
        (
            sigmoid_slope,
            "That is the slope of the sigmoid, σ(z)(1 − σ(z)). Here the sigmoid itself "
            "is wanted.",
        ),
        (
            sigmoid_whole_numbers,
            "Whole numbers in gave whole numbers out: `np.empty_like(z)` and "
            "`np.zeros_like(z)` take over the type of z. Ask for floats: "
            "`dtype=float`.",
        ),
        (
            sigmoid_clipped_at_5,
            "You clip z so tightly that large inputs stop short of 0 and 1. Clip at "
            "±700, where exp still fits, or use two forms of the formula.",
        ),
        (
            sigmoid_of_one_number,
            "That works for a single number only: `math.exp` and a plain `if` cannot "
            "take an array. `np.exp` and `np.where` can.",
        ),
        (
            sigmoid_clips_its_input,
            "It changes its input `z` in place: work on a copy, or write `a = a + b` "
            "instead of `a += b`.",
        ),
        (
            sigmoid_without_return,
            "The result is None: a `return` is missing, or it was not reached.",
        ),
    ],
    "accuracy": [
        (
            accuracy_of_raw_outputs,
            "You compare the raw outputs with the labels; they are hardly ever equal. "
            "Turn each output into a decision, 0 or 1, first.",
        ),
        (
            accuracy_z_against_half,
            "You compare z with 0.5. It is the output a that is compared with 0.5; "
            "σ(0) = 0.5, so z is compared with 0.",
        ),
        (
            accuracy_a_against_zero,
            "You compare the output a with 0, and a is never below 0: that neuron "
            "always decides 1. Compare a with 0.5, or z with 0.",
        ),
        (
            accuracy_by_rounding,
            "A sample exactly on the boundary (z = 0, a = 0.5) must count as 1. With "
            "> instead of >=, and with `np.round`, which turns 0.5 into 0, it does "
            "not.",
        ),
        (
            accuracy_counts,
            "That is the number of right decisions. Divide by the number of samples.",
        ),
        (
            accuracy_in_percent,
            "That is a percentage. Give the share, a number from 0 to 1.",
        ),
        (
            accuracy_of_errors,
            "That is the share of wrong decisions. One minus it is the accuracy.",
        ),
        (
            accuracy_of_label_1,
            "Only the right decisions for label 1 are counted. Deciding 0 where the "
            "label is 0 is right, too.",
        ),
        (
            accuracy_by_distance,
            "That is one minus the mean distance between output and label. Turn each "
            "output into a decision, 0 or 1, first: right is right, however narrowly.",
        ),
        (accuracy_without_bias, "The bias is missing: `z = X @ w + b`."),
        (
            accuracy_not_averaged,
            "The result is an array of shape (5,) where a single number is expected: "
            "a sum or a mean is missing.",
        ),
    ],
    "gradient": [
        (
            gradient_of_the_sum,
            "The 1/N is missing: the loss is a mean over the samples, so its gradient "
            "is one too. Yours grows with the number of samples.",
        ),
        (
            gradient_without_slope,
            "The slope of the sigmoid, σ′(z) = a(1 − a), is missing. The chain from L "
            "to w goes through a: ∂L/∂a times ∂a/∂z times ∂z/∂w.",
        ),
        (
            gradient_with_slope_of_z,
            "The slope of the sigmoid is written in terms of a: a(1 − a). You used "
            "z(1 − z).",
        ),
        (
            gradient_without_sigmoid,
            "The sigmoid is missing: you took z for the output. The output is `a = "
            "sigmoid(X @ w + b)`.",
        ),
        (
            gradient_divided_by_columns,
            "You divide by the number of columns of X (`len(w)`). N is the number of "
            "samples, so of rows: `len(y)`.",
        ),
        (
            gradient_not_turned,
            "These shapes cannot be multiplied: the last size on the left of `@` must "
            "be the first on the right (`X` is (6, 2), `d` is (6,)). Are these the "
            "arrays that you want? If so, `.T` turns a matrix on its side.",
        ),
        (
            gradient_broadcast,
            "Shapes (6,) and (6, 2) do not go together number by number: compared from "
            "the right, the sizes must be the same, or one of them 1.",
        ),
        (
            gradient_with_sigmoid_twice,
            "The sigmoid is applied twice: the slope is a(1 − a), and a is already "
            "σ(z). You used σ(a)(1 − σ(a)).",
        ),
        (
            gradient_without_the_half,
            "Everything is twice too large: the ½ in the loss cancels the 2 that comes "
            "down from the square.",
        ),
        (
            gradient_label_minus_output,
            "The sign is flipped: it is a − y, the output minus the label. Your "
            "gradient points downhill, and subtracting it would climb.",
        ),
        (
            gradient_bias_not_summed,
            "The gradient for the bias still has one number per sample. The bias is "
            "one number that acts on every sample, so add them up.",
        ),
        (
            gradient_bias_mean,
            "The gradient for the bias is divided by N twice: δ holds a 1/N already, "
            "so take its sum, not its mean.",
        ),
        (
            gradient_bias_without_n,
            "The gradient for w is right, but the 1/N is missing from the one for the "
            "bias.",
        ),
        (
            gradient_without_inputs,
            "The inputs are missing from the gradient for w: ∂z/∂w[j] is column j of "
            "X, so multiply δ by it before you add up.",
        ),
        (
            gradient_without_bias,
            "The bias is missing from z: `a = sigmoid(X @ w + b)`.",
        ),
        (
            gradient_wrong_axis,
            "You added up along the wrong axis: one number per sample is left. Add "
            "over the samples (axis 0), so that one number per weight remains.",
        ),
        (
            gradient_rows_not_added,
            "The gradient for w is not added up over the samples: it has a row for "
            "each of them. One number per weight must remain.",
        ),
        (
            gradient_bias_first,
            "The two gradients are in the other order: first the one for w, then the "
            "one for b.",
        ),
        (
            gradient_only_w,
            "The result is a NumPy array where 2 values are expected (a tuple).",
        ),
    ],
    "train": [
        (
            train_aliased,
            "The w you return is the last one, though the b is the best one. `best_w "
            "= w` does not copy: both names mean one array, and `w -= …` changes it. "
            "Write `w = w - …`, or keep `w.copy()`.",
        ),
        (
            train_aliased_from_the_start,
            "`w -= …` changes the very array you were given, and `best_w = w` does "
            "not copy it: the w you return is the last one, and the caller's start is "
            "lost. Write `w = w - …`, which makes a new array.",
        ),
        (
            train_in_place,
            "It changes its input `w` in place: work on a copy, or write `a = a + b` "
            "instead of `a += b`.",
        ),
        (
            train_returns_last,
            "You return the last parameters, not the best ones met on the way.",
        ),
        (
            train_with(sign=+1),
            "You climb: the gradient points uphill, so it must be subtracted.",
        ),
        (
            train_with(better=lambda new, best: new >= best),
            "Of several equally good steps you keep the last; wanted is the first. "
            "Replace the best only when the new score is higher: > instead of >=.",
        ),
        (
            train_with(better=lambda new, best: new < best),
            "You keep the parameters with the lowest accuracy. An accuracy is better "
            "when it is higher.",
        ),
        (
            train_keeps_too_late,
            "The parameters you keep are one step further than the score you keep them "
            "for. Score w and b after the step, and remember that very pair.",
        ),
        (
            train_with(in_turn=True),
            "w moves before the gradient for b is worked out, so the two belong to "
            "different points. Take both gradients first, then move both.",
        ),
        (
            train_leaves_out_the_start,
            "The start is left out: score it too, before the loop. It may even be the "
            "best, and scores has steps + 1 entries.",
        ),
        (
            train_without_first_score,
            "The first score, that of the start, is missing from scores: it has "
            "steps + 1 entries.",
        ),
        (
            train_without_last_score,
            "The last score is missing from scores: it has steps + 1 entries, the "
            "start and one after every step.",
        ),
        (
            train_bias_stays,
            "The bias never moves. It takes a step too: `b - learning_rate * grad_b`.",
        ),
        (
            train_with(scale=lambda rate, n: rate / n),
            "The step is divided by N once more: gradient already holds the mean over "
            "the samples.",
        ),
        (
            train_with(scale=lambda rate, n: 1.0),
            "The learning rate is missing: the step is learning_rate times the "
            "gradient.",
        ),
        (
            train_from_best_0,
            "The start does not count with you, and it may be the best of all. Begin "
            "with its own accuracy as the best so far, not with 0.",
        ),
        (
            train_last_without_first_score,
            "Two things: you return the last parameters, not the best ones met on the "
            "way; and the score of the start is missing from scores.",
        ),
        (
            train_by_loss,
            "You keep the parameters with the lowest loss. Wanted are those with the "
            "highest accuracy.",
        ),
        (
            train_scores_first,
            "The three results are right, but in another order. Wanted: the best w, "
            "then the best b, then scores.",
        ),
        (train_without_scores, "The result has 2 values where 3 are expected."),
    ],
    "boundary": [
        (
            nan_if_vertical(lambda x1, w, b: (w[0] * x1 + b) / w[1]),
            "The minus sign is missing: the terms change sides when you solve "
            "w1 x1 + w2 x2 + b = 0 for x2.",
        ),
        (
            nan_if_vertical(lambda x1, w, b: (-w[0] * x1 + b) / w[1]),
            "The minus belongs to both terms: −(w1 x1 + b). You changed the sign of "
            "w1 x1 only.",
        ),
        (
            nan_if_vertical(lambda x1, w, b: -w[0] / w[1] * x1),
            "The bias is missing, so your line always goes through the origin.",
        ),
        (
            nan_if_vertical(lambda x1, w, b: -w[0] * x1 / w[1] - b),
            "Only w1 x1 is divided by w2; the bias must be divided as well. Brackets: "
            "−(w1 x1 + b) / w2.",
        ),
        (
            nan_if_vertical(lambda x1, w, b: -w[0] * x1 - b / w[1]),
            "Only the bias is divided by w2; w1 x1 must be divided as well. Brackets: "
            "−(w1 x1 + b) / w2.",
        ),
        (
            nan_if_vertical(lambda x1, w, b: (0.5 - b - w[0] * x1) / w[1]),
            "You solved for z = 0.5. The output is 0.5 on the boundary, and that means "
            "z = 0.",
        ),
        (
            lambda x1, w, b: (w[0] * x1 + b) / w[1],
            "The minus sign is missing: the terms change sides when you solve "
            "w1 x1 + w2 x2 + b = 0 for x2.",
        ),
        (
            lambda x1, w, b: w[0] * x1 + b / w[1],
            "Both terms change sides, so the minus is missing; and both are divided by "
            "w2, not the bias alone. Brackets: −(w1 x1 + b) / w2.",
        ),
        (
            lambda x1, w, b: -w[0] * x1 + b / w[1],
            "The bias keeps its sign in your answer, and w1 x1 is not divided by w2. "
            "Brackets: −(w1 x1 + b) / w2.",
        ),
        (
            boundary_one_nan,
            "Slanted lines are right. For a vertical one you return a single nan. "
            "Return an array full of them, one for each x1.",
        ),
        (
            boundary_bare_nan,
            "The name `nan` is not defined: do you mean `np.nan`?",
        ),
        (
            boundary_swapped,
            "The two weights are swapped: w[0] belongs to x1, w[1] to x2, and you "
            "divide by the one that belongs to x2.",
        ),
        (
            boundary_vertical_zeros,
            "Slanted lines are right. A vertical one (w[1] = 0) must give nan for "
            "every x1: there is no single x2, so no number should be drawn.",
        ),
        (
            boundary_vertical_position,
            "Slanted lines are right. A vertical one (w[1] = 0) must give nan for "
            "every x1: there is no single x2, so no number should be drawn.",
        ),
        (
            boundary_vertical_forgotten,
            "Slanted lines are right. For a vertical one (w[1] = 0) you divide by 0, "
            "which gives inf and a warning. Ask for `w[1] == 0` first and return nan.",
        ),
        (
            boundary_vertical_none,
            "The result is None: a `return` is missing, or it was not reached.",
        ),
    ],
}

RIGHT = {
    "beach_weights": [
        ([0, 1, -1], -0.5),
        ((-1, 5, -4), -3),
        (np.array([0.0, 2.0, -3.0]), 1),
        ([0, 10, -10], np.float64(-1)),
    ],
    "sigmoid": [
        sigmoid_with_masks,
        sigmoid_by_tanh,
        sigmoid_by_logaddexp,
        sigmoid_with_a_loop,
        lambda z: 1 / (1 + np.exp(-np.clip(z, -700, 700))),
    ],
    "accuracy": [
        accuracy_with_a_loop,
        accuracy_from_the_misses,
        lambda X, y, w, b: sum((sigmoid(X @ w + b) >= 0.5) == y) / len(y),
    ],
    "gradient": [gradient_with_loops, gradient_with_einsum, gradient_of_columns],
    "train": [train_with(), train_keeps_copies, train_remembers_all],
    "boundary": [boundary_with_a_loop, boundary_slope_and_intercept],
}
