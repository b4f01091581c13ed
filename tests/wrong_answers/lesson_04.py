"""Lesson 04: answers that learners plausibly give, and what each must be told."""

import numpy as np
import scipy.special
import sklearn.metrics
from sklearn.preprocessing import OneHotEncoder

from helpers.exercises.lesson_04 import softmax_cross_entropy

# Exercise 1: one_hot ------------------------------------------------------------------


def one_hot_transposed(y, classes=10):
    Y = np.zeros((classes, len(y)))
    for n in range(len(y)):
        Y[y[n], n] = 1
    return Y


def one_hot_all_rows(y, classes=10):
    Y = np.zeros((len(y), classes))
    Y[:, y] = 1
    return Y


def one_hot_counts_from_one(y, classes=10):
    Y = np.zeros((len(y), classes))
    for n in range(len(y)):
        if y[n] > 0:
            Y[n, y[n] - 1] = 1
    return Y


def one_hot_wraps_around(y, classes=10):
    Y = np.zeros((len(y), classes))
    Y[np.arange(len(y)), y - 1] = 1
    return Y


def one_hot_too_far_right(y, classes=10):
    Y = np.zeros((len(y), classes))
    Y[np.arange(len(y)), y + 1] = 1
    return Y


def one_hot_cut_off_at_the_right(y, classes=10):
    return np.eye(classes, k=1)[y]


def one_hot_with_the_number(y, classes=10):
    Y = np.zeros((len(y), classes))
    Y[np.arange(len(y)), y] = y
    return Y


def one_hot_as_many_as_occur(y, classes=10):
    return np.eye(y.max() + 1)[y]


def one_hot_of_unique(y, classes=10):
    return (y[:, None] == np.unique(y)).astype(float)


def one_hot_always_ten(y, classes=10):
    return np.eye(10)[y]


def one_hot_mirrored(y, classes=10):
    return np.eye(classes)[::-1][y]


def one_hot_inverted(y, classes=10):
    Y = np.ones((len(y), classes))
    Y[np.arange(len(y)), y] = 0
    return Y


def one_hot_nested_list(y, classes=10):
    return [[1 if k == c else 0 for k in range(classes)] for c in y]


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


def softmax_naive(z, Y):
    P = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return -np.sum(Y * np.log(P)) / len(z), (P - Y) / len(z)


def softmax_by_the_formula(z, Y):
    logsum = np.log(np.exp(z).sum(axis=1))
    P = np.exp(z - logsum[:, None])
    return np.mean(logsum - (Y * z).sum(axis=1)), (P - Y) / len(z)


def softmax_shift_of_all(z, Y):
    z = z - z.max()
    P = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return -np.mean(np.sum(Y * np.log(P), axis=1)), (P - Y) / len(z)


def softmax_log_of_p(z, Y):
    P = softmax(z)
    return -np.sum(Y * np.log(P)) / len(z), (P - Y) / len(z)


def softmax_with_epsilon(z, Y):
    P = softmax(z)
    return -np.sum(Y * np.log(P + 1e-12)) / len(z), (P - Y) / len(z)


def softmax_clipped(z, Y):
    P = np.clip(softmax(z), 1e-15, 1)
    return -np.sum(Y * np.log(P)) / len(z), (softmax(z) - Y) / len(z)


def softmax_shift_in_the_log_only(z, Y):
    m = z.max(axis=1, keepdims=True)
    powers = np.exp(z - m)
    sums = powers.sum(axis=1)
    right = z[np.arange(len(z)), Y.argmax(axis=1)]
    return np.mean(np.log(sums) - right), (powers / sums[:, None] - Y) / len(z)


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


def softmax_other_order(z, Y):
    loss, gradient = softmax_cross_entropy(z, Y)
    return gradient, loss


def softmax_gradient_of_the_sum(z, Y):
    return -np.sum(Y * log_softmax(z)) / len(z), softmax(z) - Y


def softmax_losses(z, Y):
    return -np.sum(Y * log_softmax(z), axis=1), (softmax(z) - Y) / len(z)


def softmax_loss_summed(z, Y):
    return -np.sum(Y * log_softmax(z)), (softmax(z) - Y) / len(z)


def softmax_both_summed(z, Y):
    return -np.sum(Y * log_softmax(z)), softmax(z) - Y


def softmax_mean_of_entries(z, Y):
    return -np.mean(Y * log_softmax(z)), (softmax(z) - Y) / z.size


def softmax_mean_of_log_p(z, Y):
    return -np.mean(Y * log_softmax(z)), (softmax(z) - Y) / len(z)


def softmax_mean_of_the_difference(z, Y):
    s = z - z.max(axis=1, keepdims=True)
    t = np.exp(s).sum(axis=1, keepdims=True)
    return np.mean(np.log(t) - Y * s), (np.exp(s) / t - Y) / len(z)


def softmax_mean_of_the_difference_unshifted(z, Y):
    largest = z.max(axis=1, keepdims=True)
    t = np.exp(z - largest).sum(axis=1, keepdims=True)
    return np.mean(np.log(t) + largest - Y * z), (softmax(z) - Y) / len(z)


def softmax_shift_of_all_log_of_sums(z, Y):
    s = z - z.max()
    t = np.exp(s).sum(axis=1, keepdims=True)
    return np.sum(Y * (np.log(t) - s)) / len(z), (np.exp(s) / t - Y) / len(z)


def softmax_loss_negative(z, Y):
    return np.sum(Y * log_softmax(z)) / len(z), (softmax(z) - Y) / len(z)


def softmax_gradient_negative(z, Y):
    return -np.sum(Y * log_softmax(z)) / len(z), (Y - softmax(z)) / len(z)


def softmax_returns_p(z, Y):
    return -np.sum(Y * log_softmax(z)) / len(z), softmax(z)


def softmax_down_the_columns(z, Y):
    powers = np.exp(z - z.max(axis=0))
    P = powers / powers.sum(axis=0)
    return -np.sum(Y * np.log(P + 1e-300)) / len(z), (P - Y) / len(z)


def softmax_over_everything(z, Y):
    powers = np.exp(z - z.max())
    P = powers / powers.sum()
    return -np.sum(Y * np.log(P + 1e-300)) / len(z), (P - Y) / len(z)


def softmax_with_slope(z, Y):
    P = softmax(z)
    return -np.sum(Y * log_softmax(z)) / len(z), (P - Y) * P * (1 - P) / len(z)


def softmax_in_place(z, Y):
    z -= z.max(axis=1, keepdims=True)
    loss = -np.sum(Y * log_softmax(z)) / len(z)
    return loss, (softmax(z) - Y) / len(z)


def softmax_by_logaddexp(z, Y):
    logsum = np.logaddexp.reduce(z, axis=1)
    loss = np.mean(logsum - np.sum(Y * z, axis=1))
    return loss, (np.exp(z - logsum[:, None]) - Y) / len(z)


def softmax_row_by_row(z, Y):
    loss, gradient = 0.0, np.zeros_like(z)
    for n in range(len(z)):
        powers = np.exp(z[n] - z[n].max())
        loss += np.log(powers.sum()) + z[n].max() - z[n] @ Y[n]
        gradient[n] = powers / powers.sum() - Y[n]
    return loss / len(z), gradient / len(z)


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


# Exercise 3: train_epoch --------------------------------------------------------------


def epoch_with_two_arrays(X, Y, parameters, batches, learning_rate, gradients):
    weights, bias = parameters
    for rows in batches:
        slope_w, slope_b = gradients(X[rows], Y[rows], (weights, bias))
        weights = weights - learning_rate * slope_w
        bias = bias - learning_rate * slope_b
    return [weights, bias]


def step(parameters, grads, learning_rate):
    return [p - learning_rate * g for p, g in zip(parameters, grads, strict=True)]


def epoch_uphill(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        grads = gradients(X[batch], Y[batch], parameters)
        parameters = step(parameters, grads, -learning_rate)
    return parameters


def epoch_all_samples(X, Y, parameters, batches, learning_rate, gradients):
    for _ in batches:
        parameters = step(parameters, gradients(X, Y, parameters), learning_rate)
    return parameters


def epoch_gradients_at_the_start(X, Y, parameters, batches, learning_rate, gradients):
    new = parameters
    for batch in batches:
        new = step(new, gradients(X[batch], Y[batch], parameters), learning_rate)
    return new


def epoch_only_the_last(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        new = step(parameters, gradients(X[batch], Y[batch], parameters), learning_rate)
    return new


def epoch_returns_early(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        grads = gradients(X[batch], Y[batch], parameters)
        parameters = step(parameters, grads, learning_rate)
        return parameters


def epoch_without_the_last(X, Y, parameters, batches, learning_rate, gradients):
    for k in range(len(batches) - 1):
        grads = gradients(X[batches[k]], Y[batches[k]], parameters)
        parameters = step(parameters, grads, learning_rate)
    return parameters


def epoch_divides_again(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        grads = gradients(X[batch], Y[batch], parameters)
        parameters = step(parameters, grads, learning_rate / len(batch))
    return parameters


def epoch_multiplies(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        grads = gradients(X[batch], Y[batch], parameters)
        parameters = step(parameters, grads, learning_rate * len(batch))
    return parameters


def epoch_in_order(X, Y, parameters, batches, learning_rate, gradients):
    for k, batch in enumerate(batches):
        rows = slice(k * len(batch), (k + 1) * len(batch))
        grads = gradients(X[rows], Y[rows], parameters)
        parameters = step(parameters, grads, learning_rate)
    return parameters


def epoch_targets_of_others(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        grads = gradients(X[batch], Y[: len(batch)], parameters)
        parameters = step(parameters, grads, learning_rate)
    return parameters


def epoch_without_rate(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        grads = gradients(X[batch], Y[batch], parameters)
        parameters = step(parameters, grads, 1)
    return parameters


def epoch_returns_gradient(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        grads = gradients(X[batch], Y[batch], parameters)
        parameters = step(parameters, grads, learning_rate)
    return grads


def epoch_in_place(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        grads = gradients(X[batch], Y[batch], parameters)
        for p, g in zip(parameters, grads, strict=True):
            p -= learning_rate * g
    return parameters


def epoch_list_minus_list(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        g = gradients(X[batch], Y[batch], parameters)
        parameters = parameters - learning_rate * g
    return parameters


def epoch_list_minus_array(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        for g in gradients(X[batch], Y[batch], parameters):
            parameters = parameters - learning_rate * g
    return parameters


def epoch_lists_as_arrays(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        g = np.array(gradients(X[batch], Y[batch], parameters))
        parameters = np.array(parameters) - learning_rate * g
    return parameters


def epoch_lists_subtracted(X, Y, parameters, batches, learning_rate, gradients):
    for batch in batches:
        g = gradients(X[batch], Y[batch], parameters)
        parameters = parameters - [learning_rate * part for part in g]
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


# Exercise 4: confusion_matrix ---------------------------------------------------------


def confusion_transposed(y, predicted, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    for truth, guess in zip(y, predicted, strict=True):
        matrix[guess, truth] += 1
    return matrix


def confusion_once(y, predicted, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    matrix[y, predicted] += 1
    return matrix


def confusion_mistakes_only(y, predicted, classes=10):
    matrix = np.zeros((classes, classes), dtype=int)
    for truth, guess in zip(y, predicted, strict=True):
        if truth != guess:
            matrix[truth, guess] += 1
    return matrix


def confusion_right_only(y, predicted, classes=10):
    return np.diag(np.bincount(y[y == predicted], minlength=classes))


def confusion_shares(y, predicted, classes=10):
    matrix = np.zeros((classes, classes))
    for truth, guess in zip(y, predicted, strict=True):
        matrix[truth, guess] += 1 / np.sum(y == truth)
    return matrix


def confusion_shares_of_empty_rows(y, predicted, classes=10):
    matrix = confusion_by_bincount(y, predicted, classes)
    return matrix / matrix.sum(axis=1, keepdims=True)


def confusion_percent(y, predicted, classes=10):
    return 100 * confusion_shares_of_empty_rows(y, predicted, classes)


def confusion_shares_of_columns(y, predicted, classes=10):
    matrix = confusion_by_bincount(y, predicted, classes)
    return matrix / matrix.sum(axis=0)


def confusion_sklearn_as_it_is(y, predicted, classes=10):
    return sklearn.metrics.confusion_matrix(y, predicted)


def confusion_always_ten(y, predicted, classes=10):
    matrix = np.zeros((10, 10), dtype=int)
    np.add.at(matrix, (y, predicted), 1)
    return matrix


def confusion_share_of_all(y, predicted, classes=10):
    matrix = np.zeros((classes, classes))
    for truth, guess in zip(y, predicted, strict=True):
        matrix[truth, guess] += 1
    return matrix / len(y)


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


COLUMNS = (
    "The number of columns depends on the labels that happen to occur. It must be "
    "`classes`, even if the highest class is missing."
)
LEFT = "Every 1 stands one column too far to the left: class 0 belongs to column 0."
RIGHTWARD = (
    "Every 1 stands one column too far to the right: class 0 belongs to column 0."
)
OWN_SHIFT = (
    "Each row needs its own shift: with the largest z of the whole array, all powers "
    "of another row may become 0."
)
SUM_FIRST = (
    "The gradient is right. In the loss, sum Y·z over the classes first, then average "
    "over the samples."
)
LOG_OF_P = (
    "The gradient is right, but the loss fails for a sample that is badly wrong: its "
    "softmax is 0, and the logarithm of 0 is not a number to work with (nor is it once "
    "you add or cut off something tiny). Write ln p as shifted z minus ln of the sum."
)
MIXED = (
    "The gradient is right. The loss mixes z as they were with shifted ones: it stays "
    "the same only if both of its terms are shifted alike."
)
SLOW = (
    "The numbers are right, but it is far too slow for 50,000 images a hundred times, "
    "as loops over the samples are. Let NumPy take whole arrays."
)
LISTS = (
    "`parameters` is a list of arrays of different shapes, and so is the gradient. "
    "Such lists know no arithmetic: take the step for one array after the other, with "
    "`zip`."
)
OVERFLOW = (
    "It is right for ordinary numbers and fails for large ones: exp(1000) is more than "
    "a number can hold. Subtract each row's largest z first."
)
ROWS = (
    "Softmax must add up to 1 in every row, so its sum runs along each row: `axis=1`, "
    "with `keepdims=True`. Yours adds up down the columns, or over everything."
)

WRONG = {
    "one_hot": [
        (
            one_hot_transposed,
            "It is transposed: one row for each sample, one column for each class.",
        ),
        (
            one_hot_all_rows,
            "`Y[:, y] = 1` sets those columns in every row. Name the rows as well: row "
            "n goes with column `y[n]` only.",
        ),
        (one_hot_counts_from_one, LEFT),
        (one_hot_wraps_around, LEFT),
        (one_hot_too_far_right, RIGHTWARD),
        (one_hot_cut_off_at_the_right, RIGHTWARD),
        (
            one_hot_with_the_number,
            "You put the class number itself in its place. Put a 1 there, whatever the "
            "class.",
        ),
        (one_hot_as_many_as_occur, COLUMNS),
        (one_hot_of_unique, COLUMNS),
        (
            one_hot_always_ten,
            "The number of columns is always 10. Take it from the argument `classes`.",
        ),
        (
            one_hot_mirrored,
            "The columns are in reverse order: column k stands for class k.",
        ),
        (
            one_hot_inverted,
            "All is upside down: 1 in the column of the class, 0 elsewhere.",
        ),
        (
            one_hot_nested_list,
            "The result is a list where a NumPy array is expected; `np.array(...)` "
            "makes one of it.",
        ),
    ],
    "softmax_cross_entropy": [
        (
            loss_of_all_pairs,
            "It asks for more than 2 GB of memory: an array far too large, or a list "
            "that grows without end.",
        ),
        (
            softmax_other_order,
            "The two results are in the other order: first the loss, then the "
            "gradient.",
        ),
        (
            softmax_gradient_of_the_sum,
            "The loss is right. The gradient is that of the sum: the loss is a mean "
            "over the samples, so its gradient holds a 1/N as well.",
        ),
        (
            softmax_losses,
            "You return the losses of the single samples. The loss is their mean, one "
            "number.",
        ),
        (
            softmax_loss_summed,
            "The loss is the sum over the samples. Divide it by N, as for the "
            "gradient.",
        ),
        (
            softmax_both_summed,
            "Both are sums over the samples. Take the mean: divide by N = len(z).",
        ),
        (
            softmax_mean_of_entries,
            "You divide by the number of entries, N times K. The loss is a sum over "
            "the classes and a mean over the samples: divide by N only.",
        ),
        (
            softmax_mean_of_log_p,
            "The gradient is right. The loss is divided by the number of entries, N "
            "times K: sum over the classes first, then average over the samples.",
        ),
        (softmax_mean_of_the_difference, SUM_FIRST),
        (softmax_mean_of_the_difference_unshifted, SUM_FIRST),
        (
            softmax_loss_negative,
            "The sign of the loss is flipped: minus the logarithm of a probability is "
            "never below 0.",
        ),
        (
            softmax_gradient_negative,
            "The sign of the gradient is flipped: at the right class the loss falls "
            "when z grows, so p − y is negative there.",
        ),
        (
            softmax_returns_p,
            "In place of the gradient you return the softmax itself. Subtract the "
            "targets, and divide by N.",
        ),
        (softmax_down_the_columns, ROWS),
        (softmax_over_everything, ROWS),
        (
            softmax_with_slope,
            "The gradient has a factor p (1 − p) too many: the slope of an output "
            "cancels here, as σ′ did in lesson 03.",
        ),
        (softmax_shift_of_all, OWN_SHIFT),
        (softmax_shift_of_all_log_of_sums, OWN_SHIFT),
        (softmax_shift_in_the_log_only, MIXED),
        (softmax_shift_in_one_sum_only, MIXED),
        (softmax_shift_of_all_in_the_log_only, MIXED),
        (softmax_log_of_p, LOG_OF_P),
        (softmax_with_epsilon, LOG_OF_P),
        (softmax_clipped, LOG_OF_P),
        (softmax_naive, OVERFLOW),
        (softmax_by_the_formula, OVERFLOW),
        (softmax_by_loops, SLOW),
        (softmax_row_by_row, SLOW),
        (
            softmax_in_place,
            "It changes its input `z` in place: work on a copy, or write `a = a + b` "
            "instead of `a += b`.",
        ),
    ],
    "train_epoch": [
        (
            epoch_with_two_arrays,
            "It works for two arrays only. `parameters` may hold any number of them, "
            "as with a hidden layer: step through both lists with `zip`.",
        ),
        (epoch_list_minus_list, LISTS),
        (epoch_list_minus_array, LISTS),
        (epoch_lists_as_arrays, LISTS),
        (epoch_lists_subtracted, LISTS),
        (
            epoch_sample_by_sample,
            "The parameters are right, but `gradients` is called for each sample by "
            "itself, which takes many times as long. Give it all the rows of the "
            "batch: it returns the gradient of their mean loss.",
        ),
        (epoch_uphill, "The sign is wrong: you walk uphill. Subtract the gradient."),
        (
            epoch_all_samples,
            "Every step uses all the samples. It must use the rows of its batch only: "
            "`X[batch]`, `Y[batch]`.",
        ),
        (
            epoch_gradients_at_the_start,
            "All gradients are taken at the parameters that were given. Each step must "
            "start where the one before has ended.",
        ),
        (
            epoch_only_the_last,
            "Only one step arrives: either the `return` stands inside the loop, or "
            "each step starts again from the parameters that were given.",
        ),
        (
            epoch_returns_early,
            "Only the first batch is used: the `return` stands inside the loop. Move "
            "it out.",
        ),
        (
            epoch_without_the_last,
            "The last batch is left out. It may be smaller than the others; it counts "
            "all the same.",
        ),
        (
            epoch_divides_again,
            "The gradient is a mean over the batch already. Do not divide it by the "
            "size of the batch again.",
        ),
        (
            epoch_multiplies,
            "The gradient is a mean over the batch. Do not multiply it by the size of "
            "the batch.",
        ),
        (
            epoch_in_order,
            "The batches are taken from `X` in its own order. They are given: `batch` "
            "holds the numbers of the rows to take.",
        ),
        (
            epoch_targets_of_others,
            "The samples and the targets come from different rows: take `Y[batch]` "
            "with `X[batch]`.",
        ),
        (
            epoch_without_rate,
            "The learning rate is missing: a step is the learning rate times the "
            "gradient.",
        ),
        (
            epoch_returns_gradient,
            "You return the last gradient. Return the parameters after the last step.",
        ),
        (
            epoch_in_place,
            "It changes its input `parameters` in place: work on a copy, or write `a = "
            "a + b` instead of `a += b`.",
        ),
    ],
    "confusion_matrix": [
        (
            confusion_transposed,
            "It is transposed: the row is the true class, the column what the model "
            "says.",
        ),
        (
            confusion_once,
            "Pairs that occur several times are counted once: `matrix[y, predicted] += "
            "1` adds 1 to each place, however often it is named. Use a loop, or "
            "`np.add.at`.",
        ),
        (
            confusion_mistakes_only,
            "You count the mistakes only. The diagonal holds what was read rightly, "
            "and belongs to the matrix.",
        ),
        (
            confusion_right_only,
            "You count only what was read rightly. A mistake adds 1 as well, off the "
            "diagonal.",
        ),
        (
            confusion_shares,
            "Those are shares of each row. Count: whole numbers, how many samples.",
        ),
        (
            confusion_shares_of_empty_rows,
            "Those are shares of each row. Count: whole numbers, how many samples.",
        ),
        (
            confusion_percent,
            "Those are shares of each row. Count: whole numbers, how many samples.",
        ),
        (
            confusion_shares_of_columns,
            "Those are shares of each column. Count: whole numbers, how many samples.",
        ),
        (
            confusion_sklearn_as_it_is,
            "The size depends on the labels that happen to occur. It must be `classes` "
            "by `classes`, even if some class is missing.",
        ),
        (
            confusion_always_ten,
            "The size is always 10 by 10. Take it from the argument `classes`.",
        ),
        (
            confusion_share_of_all,
            "You divide by the number of samples. Count: whole numbers, how many "
            "samples.",
        ),
    ],
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
