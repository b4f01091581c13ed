"""Lesson 06: right answers in other styles, wrong ones that no edit expresses."""

import numpy as np

from helpers.exercises.edits import edited
from helpers.exercises.lesson_06 import at_test_time, dropout, gradients, moments
from helpers.network import softmax

# Exercise 1: dropout -----------------------------------------------------------------


def dropout_with_choice(a, rate, rng):
    keep = 1 - rate
    mask = rng.choice([0.0, 1 / keep], p=[rate, keep], size=a.shape)
    return mask * a, mask


def dropout_with_loops(a, rate, rng):
    dropped, mask = np.zeros(a.shape), np.zeros(a.shape)
    for i, row in enumerate(a):
        for j, value in enumerate(row):
            if rng.random() >= rate:
                mask[i, j] = 1 / (1 - rate)
                dropped[i, j] = value / (1 - rate)
    return dropped, mask


def dropout_with_where(a, rate, rng):
    kept = rng.uniform(size=a.shape) > rate
    scale = np.where(kept, 1 / (1 - rate), 0)
    return np.where(kept, a / (1 - rate), 0), scale


def dropout_copy_in_place(a, rate, rng):
    mask = np.full_like(a, 1 / (1 - rate))
    mask[rng.binomial(1, rate, a.shape) == 1] = 0
    out = a.copy()
    out *= mask
    return out, mask


def dropout_exact_share(a, rate, rng):
    flags = np.arange(a.size) >= round(rate * a.size)
    mask = rng.permutation(flags).reshape(a.shape) / (1 - rate)
    return a * mask, mask


def dropout_mask_from_activations(a, rate, rng):
    dropped, _ = dropout(a, rate, rng)
    return dropped, (dropped != 0) / (1 - rate)


# Exercise 2: moments -----------------------------------------------------------------


def moments_from_the_cases(a, rate):
    keep = 1 - rate
    mean = 0 * rate + a / keep * keep
    return mean, (0 - mean) ** 2 * rate + (a / keep - mean) ** 2 * keep


def moments_with_a_loop(a, rate):
    variance = np.zeros(a.shape)
    for place in np.ndindex(a.shape):
        variance[place] = a[place] ** 2 / (1 - rate) - a[place] ** 2
    return +a, variance


def moments_by_drawing(a, rate):
    rng = np.random.default_rng()
    masks = (rng.random((5_000, *a.shape)) >= rate) / (1 - rate)
    return (a * masks).mean(axis=0), (a * masks).var(axis=0)


# Exercise 3: gradients ---------------------------------------------------------------


def gradients_with_a_loop(X, Y, parameters, mask):
    grads = [np.zeros_like(p) for p in parameters]
    for i in range(len(X)):
        one = gradients(X[i : i + 1], Y[i : i + 1], parameters, mask[i : i + 1])
        for total, g in zip(grads, one, strict=True):
            total += g / len(X)
    return grads


def gradients_with_einsum(X, Y, parameters, mask):
    W1, b1, W2, b2 = parameters
    z = X @ W1 + b1
    d = z * (z > 0) * mask
    delta2 = (softmax(d @ W2 + b2) - Y) / Y.shape[0]
    delta1 = np.where(d > 0, np.einsum("nk,jk->nj", delta2, W2) * mask, 0)
    dW1, dW2 = np.einsum("ni,nj->ij", X, delta1), np.einsum("nj,nk->jk", d, delta2)
    return dW1, delta1.sum(0), dW2, delta2.sum(0)


def gradients_with_own_mask(X, Y, parameters, mask):
    mask = (np.random.default_rng().random(mask.shape) < 0.5) / 0.5
    return gradients(X, Y, parameters, mask)


# Exercise 4: at_test_time ------------------------------------------------------------


def at_test_time_copies(parameters, rate):
    new = [p.copy() for p in parameters]
    new[2] *= 1 - rate
    return new


def at_test_time_unpacked(parameters, rate):
    W1, b1, W2, b2 = parameters
    return W1, b1, W2 - rate * W2, b2


# Exercise 5: geometric_mean ----------------------------------------------------------


def geometric_mean_by_softmax(outputs):
    return softmax(np.mean(np.log(outputs), axis=0))


def geometric_mean_with_a_loop(outputs):
    total = 0
    for output in outputs:
        total = total + np.log(output)
    mean = np.exp(total / len(outputs))
    return (mean.T / mean.sum(axis=1)).T


def geometric_mean_of_roots(outputs):
    mean = np.prod(outputs ** (1 / len(outputs)), axis=0)
    return mean / np.sum(mean, axis=-1)[:, None]


def right_for_two(outputs):
    mean = np.sqrt(outputs[0] * outputs[-1])
    return mean / mean.sum(axis=1, keepdims=True)


WRONG = {
    "dropout": {
        "Every call gives the same mask": [
            edited(dropout, ("rng.random", "np.random.default_rng(0).random"))
        ],
        "The mask does not come from the `rng`": [
            edited(dropout, ("rng.random", "np.random.default_rng().random"))
        ],
        "With rate 0.2, four fifths of the numbers": [
            edited(dropout, ("(rng.random(a.shape) < keep)", "rng.choice(2, a.shape)"))
        ],
        "The mask is wrong where `a` is 0": [dropout_mask_from_activations],
        "You always keep exactly the same share": [dropout_exact_share],
        "It changes its input `a` in place": [
            edited(dropout, ("return a * mask,", "a *= mask\n    return a,"))
        ],
    },
    "moments": {
        "The 1st value has the right numbers in shape (3,)": [
            lambda a, rate: tuple(map(np.squeeze, moments(a, rate)))
        ],
        "Two calls with the same arguments": [moments_by_drawing],
    },
    "gradients": {
        "The 1st value has the wrong sign": [
            lambda *case: [-part for part in gradients(*case)]
        ],
        "The 1st value is N times too large": [
            edited(gradients, (" / len(X)", ""), ("delta1.sum", "delta1.mean"))
        ],
        "Two calls with the same arguments": [gradients_with_own_mask],
    },
    "at_test_time": {
        "It changes its input `parameters` in place": [
            edited(at_test_time, ("    return", "    W2 *= 1 - rate\n    return"))
        ],
        "The 1st value has the right numbers in shape (4,)": [
            lambda *case: [*map(np.squeeze, at_test_time(*case))]
        ],
        "The 3rd value": [
            edited(at_test_time, ("(1 - rate) * W2", "np.minimum((1 - rate) * W2, 1)"))
        ],
    },
    "geometric_mean": {
        "The result is right for some inputs": [right_for_two],
    },
}

RIGHT = {
    "dropout": [
        dropout_with_choice,
        dropout_with_loops,
        dropout_with_where,
        dropout_copy_in_place,
    ],
    "moments": [moments_from_the_cases, moments_with_a_loop],
    "gradients": [gradients_with_a_loop, gradients_with_einsum],
    "at_test_time": [at_test_time_copies, at_test_time_unpacked],
    "geometric_mean": [
        geometric_mean_by_softmax,
        geometric_mean_with_a_loop,
        geometric_mean_of_roots,
    ],
}
