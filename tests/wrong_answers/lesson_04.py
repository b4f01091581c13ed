"""Lesson 04: right answers in other styles, wrong ones that no edit expresses."""

import numpy as np
import scipy.special
import sklearn.metrics
from sklearn.preprocessing import OneHotEncoder

from helpers.exercises.edits import edited
from helpers.exercises.lesson_04 import train_epoch

# Exercise 1: one_hot ------------------------------------------------------------------


def one_hot_counts_from_one(y, classes=10):
    Y = np.zeros((len(y), classes))
    for n in range(len(y)):
        if y[n] > 0:
            Y[n, y[n] - 1] = 1
    return Y


def one_hot_by_loop(y, classes=10):
    rows = []
    for c in y:
        row = [0] * classes
        row[c] = 1
        rows.append(row)
    return np.array(rows)


def one_hot_by_comparison(y, classes=10):
    return (y[:, None] == np.arange(classes)).astype(np.float32)


def one_hot_by_unit_matrix(y, classes=10):
    return np.eye(classes)[y]


def one_hot_by_sklearn(y, classes=10):
    encoder = OneHotEncoder(categories=[range(classes)], sparse_output=False)
    return encoder.fit_transform(y.reshape(-1, 1))


# Exercise 2: softmax_cross_entropy ----------------------------------------------------


def softmax(z):
    powers = np.exp(z - np.max(z, axis=1, keepdims=True))
    return powers / np.sum(powers, axis=1, keepdims=True)


def log_softmax(z):
    z = z - np.max(z, axis=1, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))


def softmax_of(outputs):
    """The gradient and the loss of these outputs, which know no shift in the loss."""

    def answer(z, Y):
        P = outputs(z)
        return -np.sum(Y * np.log(P + 1e-300)) / len(z), (P - Y) / len(z)

    return answer


def softmax_by_the_formula(z, Y):
    logsum = np.log(np.exp(z).sum(axis=1))
    P = np.exp(z - logsum[:, None])
    return np.mean(logsum - (Y * z).sum(axis=1)), (P - Y) / len(z)


def softmax_clipped(z, Y):
    P = np.clip(softmax(z), 1e-15, 1)
    return -np.sum(Y * np.log(P)) / len(z), (softmax(z) - Y) / len(z)


def softmax_shift_in_one_sum_only(z, Y):
    shifted = z - z.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    loss = np.log(np.exp(z).sum(axis=1)) - (Y * shifted).sum(axis=1)
    return loss.mean(), (powers / powers.sum(axis=1, keepdims=True) - Y) / len(z)


def softmax_shift_of_all_in_the_log_only(z, Y):
    powers = np.exp(z - z.max())
    sums = powers.sum(axis=1, keepdims=True)
    loss = np.log(sums).sum() - (Y * z).sum()
    return loss / len(z), (powers / sums - Y) / len(z)


def softmax_mean_of_the_difference_unshifted(z, Y):
    largest = z.max(axis=1, keepdims=True)
    t = np.exp(z - largest).sum(axis=1, keepdims=True)
    return np.mean(np.log(t) + largest - Y * z), (softmax(z) - Y) / len(z)


def softmax_shift_of_all_log_of_sums(z, Y):
    s = z - z.max()
    t = np.exp(s).sum(axis=1, keepdims=True)
    return np.sum(Y * (np.log(t) - s)) / len(z), (np.exp(s) / t - Y) / len(z)


def softmax_by_logaddexp(z, Y):
    logsum = np.logaddexp.reduce(z, axis=1)
    loss = np.mean(logsum - np.sum(Y * z, axis=1))
    return loss, (np.exp(z - logsum[:, None]) - Y) / len(z)


def softmax_class_by_class(z, Y):
    top = z.max(axis=1)
    total = sum(np.exp(z[:, k] - top) for k in range(z.shape[1]))
    loss, gradient = 0.0, np.zeros_like(z)
    for k in range(z.shape[1]):
        loss += np.sum(Y[:, k] * (np.log(total) + top - z[:, k])) / len(z)
        gradient[:, k] = (np.exp(z[:, k] - top) / total - Y[:, k]) / len(z)
    return loss, gradient


def softmax_by_scipy(z, Y):
    losses = scipy.special.logsumexp(z, axis=1) - (Y * z).sum(axis=1)
    return losses.mean(), (scipy.special.softmax(z, axis=1) - Y) / len(z)


def softmax_by_loops(z, Y):
    loss, gradient = 0.0, np.zeros_like(z)
    for n in range(len(z)):
        top = max(z[n])
        total = sum(np.exp(value - top) for value in z[n])
        for k in range(len(z[n])):
            if Y[n, k] == 1:
                loss += (np.log(total) + top - z[n, k]) / len(z)
            gradient[n, k] = (np.exp(z[n, k] - top) / total - Y[n, k]) / len(z)
    return loss, gradient


def softmax_by_argmax(z, Y):
    rows, right = np.arange(len(z)), Y.argmax(axis=1)
    gradient = softmax(z)
    gradient[rows, right] -= 1
    return -log_softmax(z)[rows, right].mean(), gradient / len(z)


def loss_of_all_pairs(z, Y):
    """The log of the sums stays (N, 1): a difference of (N, N) with the right mean."""
    shifted = z - z.max(axis=1, keepdims=True)
    sums = np.exp(shifted).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(sums) - (Y * shifted).sum(axis=1))
    return loss, (np.exp(shifted) / sums - Y) / len(z)


def lesson_03(z, Y):
    """Its outputs and its loss, by the formula."""
    a = 1 / (1 + np.exp(-z))
    each = -Y * np.log(a) - (1 - Y) * np.log(1 - a)
    return each.sum() / len(z), (a - Y) / len(z)


# Exercise 3: train_epoch --------------------------------------------------------------


def step(parameters, grads, learning_rate):
    return [p - learning_rate * g for p, g in zip(parameters, grads, strict=True)]


def epoch_list_minus_array(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        for g in gradients(X[batch], Y[batch], parameters):
            parameters = parameters - learning_rate * g
    return parameters


def epoch_lists_subtracted(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        g = gradients(X[batch], Y[batch], parameters)
        parameters = parameters - [learning_rate * part for part in g]
    return parameters


def epoch_in_place(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        grads = gradients(X[batch], Y[batch], parameters)
        for p, g in zip(parameters, grads, strict=True):
            p -= learning_rate * g
    return parameters


def epoch_sample_by_sample(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        mean = [np.zeros_like(p) for p in parameters]
        for n in batch:
            for part, g in zip(
                mean, gradients(X[[n]], Y[[n]], parameters), strict=True
            ):
                part += g / len(batch)
        parameters = step(parameters, mean, learning_rate)
    return parameters


def epoch_on_copies(X, Y, parameters, batches, learning_rate, gradients):
    new = [p.copy() for p in parameters]
    for batch in batches:
        grads = gradients(X[batch], Y[batch], new)
        for i in range(len(new)):
            new[i] -= learning_rate * grads[i]
    return new


def epoch_by_recursion(X, Y, parameters, batches, learning_rate, gradients):
    if not len(batches):
        return parameters
    first, *rest = batches
    grads = gradients(X[first], Y[first], parameters)
    new = step(parameters, grads, learning_rate)
    return epoch_by_recursion(X, Y, new, rest, learning_rate, gradients)


def epoch_as_a_tuple(X, Y, parameters, batches, learning_rate, gradients):
    for rows in batches:
        grads = gradients(np.take(X, rows, 0), np.take(Y, rows, 0), parameters)
        parameters = tuple(
            p + (-learning_rate * g) for p, g in zip(parameters, grads, strict=True)
        )
    return parameters


def epoch_for_each_array(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        parameters = [
            p - learning_rate * gradients(X[batch], Y[batch], parameters)[i]
            for i, p in enumerate(parameters)
        ]
    return parameters


def epoch_of(**changes):
    """The epoch for other inputs than those handed in."""

    def answer(X, Y, parameters, batches, learning_rate, gradients):
        given = {"X": X, "Y": Y, "batches": batches, "learning_rate": learning_rate}
        given |= {name: change(given[name]) for name, change in changes.items()}
        return train_epoch(parameters=parameters, gradients=gradients, **given)

    return answer


# Exercise 4: confusion_matrix ---------------------------------------------------------


def confusion_shares(y, predicted, classes=10):
    matrix = np.zeros((classes, classes))
    for truth, guess in zip(y, predicted, strict=True):
        matrix[truth, guess] += 1 / np.sum(y == truth)
    return matrix


def confusion_by_loop(y, predicted, classes=10):
    matrix = np.zeros((classes, classes))
    for truth, guess in zip(y, predicted, strict=True):
        matrix[truth][guess] += 1
    return matrix


def confusion_by_bincount(y, predicted, classes=10):
    pairs = np.bincount(classes * y + predicted, minlength=classes**2)
    return pairs.reshape(classes, classes)


def confusion_by_product(y, predicted, classes=10):
    return np.eye(classes)[y].T @ np.eye(classes)[predicted]


def confusion_by_sklearn(y, predicted, classes=10):
    return sklearn.metrics.confusion_matrix(y, predicted, labels=range(classes))


WRONG = {
    "one_hot": {
        "Every 1 stands one column too far to the left": [one_hot_counts_from_one],
        "Every 1 stands one column too far to the right": [
            lambda y, classes=10: np.eye(classes, k=1)[y]
        ],
        "The number of columns depends": [
            lambda y, classes=10: (y[:, None] == np.unique(y)).astype(float)
        ],
        "The number of columns is always 10.": [lambda y, classes=10: np.eye(10)[y]],
        "The result is a list where a NumPy array": [
            lambda y, classes=10: one_hot_by_comparison(y, classes).tolist()
        ],
        "The result is transposed": [
            lambda y, classes=10: one_hot_by_comparison(y, classes).T
        ],
    },
    "softmax_cross_entropy": {
        "It asks for more than 2 GB of memory": [loss_of_all_pairs],
        "You return the losses of the single samples.": [
            edited(softmax_by_scipy, ("losses.mean()", "losses"))
        ],
        "In the loss, sum Y·z over the classes first": [
            softmax_mean_of_the_difference_unshifted
        ],
        "Those are the outputs of lesson 03": [
            lesson_03,
            lambda z, Y: (lesson_03(z, Y)[0], len(z) * lesson_03(z, Y)[1]),
        ],
        "Your loss is that of lesson 03": [
            lambda z, Y: (lesson_03(z, Y)[0], softmax_by_scipy(z, Y)[1]),
            lambda z, Y: (
                np.sum(-Y * np.log(softmax(z)) - (1 - Y) * np.log(1 - softmax(z)))
                / len(z),
                softmax_by_scipy(z, Y)[1],
            ),
        ],
        "Softmax must add up to 1 in every row": [
            softmax_of(lambda z: softmax(z.T).T),
            softmax_of(lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum()),
        ],
        "The loss mixes z as they were": [
            softmax_shift_in_one_sum_only,
            softmax_shift_of_all_in_the_log_only,
        ],
        "Each row needs its own shift": [softmax_shift_of_all_log_of_sums],
        "Your softmax cannot tell a z of 1000": [
            lambda z, Y: softmax_by_scipy(np.clip(z, -500, 500), Y),
            lambda z, Y: softmax_by_the_formula(np.clip(z, -700, 700), Y),
            lambda z, Y: softmax_by_scipy(np.minimum(z, 100), Y),
        ],
        "The gradient is right, but the loss fails": [
            softmax_clipped,
            edited(softmax_by_argmax, ("-log_softmax(z)", "-np.log(softmax(z))")),
        ],
        "It is right for ordinary numbers and fails": [softmax_by_the_formula],
        "Where `Y` holds whole numbers": [
            edited(softmax_class_by_class, ("zeros_like(z)", "zeros_like(Y)"))
        ],
        "The numbers are right, but it is far too slow": [
            softmax_by_loops,
        ],
        "The 1st value has the wrong sign": [
            edited(softmax_by_scipy, ("losses.mean()", "-losses.mean()"))
        ],
        "The 2nd value has the right numbers in shape": [
            lambda z, Y: tuple(map(np.squeeze, softmax_by_scipy(z, Y)))
        ],
        "It changes its input `z`": [
            edited(softmax_by_argmax, ("    rows", "    z -= 1\n    rows"))
        ],
    },
    "train_epoch": {
        "`parameters` is a list of arrays of different shapes": [
            epoch_list_minus_array,
            epoch_lists_subtracted,
        ],
        "The parameters are right, but `gradients` is called for each sample": [
            epoch_sample_by_sample
        ],
        "The parameters are right, but `gradients` is called 2 times": [
            epoch_for_each_array
        ],
        "The learning rate is missing": [epoch_of(learning_rate=lambda rate: 1)],
        "It changes its input `parameters`": [epoch_in_place],
        "It stops with": [  # a batch of one sample
            epoch_of(batches=lambda batches: [np.squeeze(b) for b in batches])
        ],
        "The 1st value is right for some inputs": [
            epoch_of(**changes)
            for changes in (
                {"Y": lambda Y: Y.astype(int)},
                {"Y": np.abs},
                {"Y": lambda Y: np.round(Y, 1)},
                {"batches": lambda batches: [b.astype(np.uint8) for b in batches]},
                {"learning_rate": lambda rate: min(rate, 1)},
                {"learning_rate": lambda rate: round(rate, 1)},
            )
        ],
    },
    "confusion_matrix": {
        "Those are shares.": [
            confusion_shares,
            lambda *case: 100 * confusion_shares(*case),
            edited(confusion_by_loop, ("return matrix", "return matrix / len(y)")),
        ],
        "The size depends on the labels": [
            lambda y, predicted, classes=10: sklearn.metrics.confusion_matrix(
                y, predicted
            )
        ],
        "The size is always 10 by 10.": [
            lambda y, predicted, classes=10: confusion_by_bincount(y, predicted)
        ],
        "What occurs often is counted wrongly": [
            edited(confusion_by_loop, ("(classes, classes)", "(classes, classes), 'B'"))
        ],
    },
}

RIGHT = {
    "one_hot": [
        one_hot_by_loop,
        one_hot_by_comparison,
        one_hot_by_unit_matrix,
        one_hot_by_sklearn,
    ],
    "softmax_cross_entropy": [
        softmax_by_logaddexp,
        softmax_by_scipy,
        softmax_class_by_class,
        softmax_by_argmax,
    ],
    "train_epoch": [epoch_on_copies, epoch_by_recursion, epoch_as_a_tuple],
    "confusion_matrix": [
        confusion_by_loop,
        confusion_by_bincount,
        confusion_by_product,
        confusion_by_sklearn,
    ],
}
