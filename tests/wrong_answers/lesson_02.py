"""Lesson 02: answers that learners plausibly give, and what each must be told."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
from sklearn.preprocessing import StandardScaler

# Exercise 1: descend -----------------------------------------------------------------


def descend_uphill(slope, w, learning_rate, steps):
    path = [w]
    for _ in range(steps):
        w += learning_rate * slope(w)
        path.append(w)
    return np.array(path)


def descend_last_place(slope, w, learning_rate, steps):
    for _ in range(steps):
        w = w - learning_rate * slope(w)
    return w


def descend_without_start(slope, w, learning_rate, steps):
    path = []
    for _ in range(steps):
        w = w - learning_rate * slope(w)
        path.append(w)
    return np.array(path)


def descend_without_end(slope, w, learning_rate, steps):
    path = [w]
    for _ in range(steps - 1):
        w = w - learning_rate * slope(w)
        path.append(w)
    return np.array(path)


def descend_one_too_many(slope, w, learning_rate, steps):
    path = [w]
    for _ in range(steps + 1):
        w = w - learning_rate * slope(w)
        path.append(w)
    return np.array(path)


def descend_without_rate(slope, w, learning_rate, steps):
    path = [w]
    for _ in range(steps):
        path.append(path[-1] - slope(path[-1]))
    return np.array(path)


def descend_without_slope(slope, w, learning_rate, steps):
    path = [w]
    for _ in range(steps):
        path.append(path[-1] - learning_rate)
    return np.array(path)


def descend_with_w_as_slope(slope, w, learning_rate, steps):
    path = [w]
    for _ in range(steps):
        path.append(path[-1] - learning_rate * path[-1])
    return np.array(path)


def descend_slope_once(slope, w, learning_rate, steps):
    step = learning_rate * slope(w)
    return np.array([w - t * step for t in range(steps + 1)])


def descend_by_sign(slope, w, learning_rate, steps):
    path = np.zeros(steps + 1)
    path[0] = w
    for t in range(steps):
        path[t + 1] = path[t] - learning_rate * np.sign(slope(path[t]))
    return path


def descend_whole_numbers(slope, w, learning_rate, steps):
    path = np.full(steps + 1, w)
    for t in range(1, steps + 1):
        path[t] = path[t - 1] - learning_rate * slope(path[t - 1])
    return path


def descend_before_the_step(slope, w, learning_rate, steps):
    path = np.zeros(steps + 1)
    path[0] = w
    for t in range(1, steps + 1):
        path[t] = w
        w -= learning_rate * slope(w)
    return path


def descend_before_the_step_without_start(slope, w, learning_rate, steps):
    path = []
    for _ in range(steps):
        path.append(w)
        w = w - learning_rate * slope(w)
    return np.array(path)


def descend_after_the_loop(slope, w, learning_rate, steps):
    path = [w]
    for _ in range(steps):
        w = w - learning_rate * slope(w)
    path.append(w)
    return np.array(path)


def descend_one_valley(slope, w, learning_rate, steps):
    path = [w]
    for _ in range(steps):
        w = w - learning_rate * 2 * w
        path.append(w)
    return np.array(path)


def descend_by_the_factor(slope, w, learning_rate, steps):
    return w * (1 - 2 * learning_rate) ** np.arange(steps + 1)


def descend_until_level(slope, w, learning_rate, steps):
    path = [w]
    for _ in range(steps):
        if abs(slope(w)) < 0.05:
            break
        w = w - learning_rate * slope(w)
        path.append(w)
    return np.array(path)


def descend_list(slope, w, learning_rate, steps):
    path = [w]
    for _ in range(steps):
        path.append(path[-1] - learning_rate * slope(path[-1]))
    return path


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


CLIMBS = (
    "You climb: a positive slope means that uphill is to the right, so the step goes "
    "to the left. Subtract."
)

# Exercise 3: mse_gradient ------------------------------------------------------------


def gradient_of_the_sum(X, y, w, b):
    error = X @ w + b - y
    return 2 * X.T @ error, 2 * error.sum()


def gradient_without_two(X, y, w, b):
    error = X @ w + b - y
    return X.T @ error / len(y), error.mean()


def gradient_target_minus_prediction(X, y, w, b):
    error = y - (X @ w + b)
    return 2 * X.T @ error / len(y), 2 * error.mean()


def gradient_with_sigmoid(X, y, w, b):
    a = 1 / (1 + np.exp(-(X @ w + b)))
    delta = (a - y) * a * (1 - a) / len(y)
    return X.T @ delta, delta.sum()


def gradient_without_bias(X, y, w, b):
    error = X @ w - y
    return 2 * X.T @ error / len(y), 2 * error.mean()


def gradient_without_target(X, y, w, b):
    error = X @ w + b
    return 2 * X.T @ error / len(y), 2 * error.mean()


def gradient_without_inputs(X, y, w, b):
    error = X @ w + b - y
    return np.ones(len(w)) * 2 * error.mean(), 2 * error.mean()


def gradient_bias_per_sample(X, y, w, b):
    error = X @ w + b - y
    return 2 * X.T @ error / len(y), 2 * error


def gradient_bias_sum(X, y, w, b):
    error = X @ w + b - y
    return 2 * X.T @ error / len(y), 2 * np.sum(error)


def gradient_bias_n_twice(X, y, w, b):
    delta = 2 * (X @ w + b - y) / len(y)
    return X.T @ delta, delta.mean()


def gradient_bias_without_two(X, y, w, b):
    error = X @ w + b - y
    return 2 * X.T @ error / len(y), error.mean()


def gradient_rows(X, y, w, b):
    error = X @ w + b - y
    return 2 * error[:, None] * X, 2 * error.mean()


def gradient_rows_over_n(X, y, w, b):
    error = X @ w + b - y
    return 2 * error[:, None] * X / len(y), 2 * error.mean()


def gradient_wrong_axis(X, y, w, b):
    error = X @ w + b - y
    return np.mean(2 * error[:, None] * X, axis=1), 2 * error.mean()


def gradient_all_in_one(X, y, w, b):
    error = X @ w + b - y
    return np.mean(2 * error[:, None] * X), 2 * error.mean()


def gradient_mean_of_sums(X, y, w, b):
    error = X @ w + b - y
    return (2 * X.T @ error).mean(), 2 * error.mean()


def gradient_over_the_features(X, y, w, b):
    error = X @ w + b - y
    return 2 / len(w) * X.T @ error, 2 / len(w) * error.sum()


def gradient_w_over_the_features(X, y, w, b):
    error = X @ w + b - y
    return 2 * X.T @ error / X.shape[1], 2 * error.mean()


def gradient_w_sum(X, y, w, b):
    error = X @ w + b - y
    return 2 * X.T @ error, 2 * error.mean()


def gradient_bias_first(X, y, w, b):
    error = X @ w + b - y
    return 2 * error.mean(), 2 * X.T @ error / len(y)


def gradient_not_transposed(X, y, w, b):
    error = X @ w + b - y
    return 2 * X @ error / len(y), 2 * error.mean()


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


ROWS = (
    "The gradient for w is not averaged over the samples: it has a row for each of "
    "them. One number per weight must remain."
)

# Exercise 4: standardize -------------------------------------------------------------


def by_hand(mean, spread):
    """Both arrays, shifted and scaled by what these functions of X_train return."""

    def standardize(X_train, X_other):
        m, s = mean(X_train), np.where(spread(X_train) == 0, 1, spread(X_train))
        return (X_train - m) / s, (X_other - m) / s

    return standardize


def columns_mean(X):
    return X.mean(axis=0)


def columns_std(X):
    return X.std(axis=0)


def standardize_each_by_itself(X_train, X_other):
    return (
        StandardScaler().fit_transform(X_train),
        StandardScaler().fit_transform(X_other),
    )


def standardize_all_together(X_train, X_other):
    scaler = StandardScaler().fit(np.concatenate([X_train, X_other]))
    return scaler.transform(X_train), scaler.transform(X_other)


def standardize_only_train(X_train, X_other):
    return StandardScaler().fit_transform(X_train), X_other


def standardize_rows(X_train, X_other):
    def rows(X):
        return (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)

    return rows(X_train), rows(X_other)


def standardize_axis_1(X_train, X_other):
    mean, std = X_train.mean(axis=1), X_train.std(axis=1)
    return (X_train - mean) / std, (X_other - mean) / std


def standardize_without_brackets(X_train, X_other):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std[std == 0] = 1
    return X_train - mean / std, X_other - mean / std


def standardize_constant_to_nan(X_train, X_other):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    return (X_train - mean) / std, (X_other - mean) / std


def bare(mean, spread):
    """The same without a thought of constant columns."""

    def standardize(X_train, X_other):
        m, s = mean(X_train), spread(X_train)
        return (X_train - m) / s, (X_other - m) / s

    return standardize


def standardize_each_by_itself_bare(X_train, X_other):
    train = (X_train - X_train.mean(axis=0)) / X_train.std(axis=0)
    return train, (X_other - X_other.mean(axis=0)) / X_other.std(axis=0)


def standardize_only_train_bare(X_train, X_other):
    return (X_train - X_train.mean(axis=0)) / X_train.std(axis=0), X_other


def standardize_train_first(X_train, X_other):
    A, B = X_train.copy(), X_other.copy()
    for j in range(A.shape[1]):
        A[:, j] = (A[:, j] - A[:, j].mean()) / (A[:, j].std() or 1)
        B[:, j] = (B[:, j] - A[:, j].mean()) / (A[:, j].std() or 1)
    return A, B


def standardize_without_brackets_bare(X_train, X_other):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    return X_train - mean / std, X_other - mean / std


def standardize_nan_to_num(X_train, X_other):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    train, other = (X_train - mean) / std, (X_other - mean) / std
    return np.nan_to_num(train), np.nan_to_num(other)


def standardize_each_by_itself_nan_to_num(X_train, X_other):
    return tuple(map(np.nan_to_num, standardize_each_by_itself_bare(X_train, X_other)))


def standardize_constant_to_zero(X_train, X_other):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std[std == 0] = np.inf
    return (X_train - mean) / std, (X_other - mean) / std


def standardize_with_epsilon(X_train, X_other):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0) + 1e-8
    return (X_train - mean) / std, (X_other - mean) / std


def standardize_constant_left(X_train, X_other):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    mean, std = np.where(std == 0, 0, mean), np.where(std == 0, 1, std)
    return (X_train - mean) / std, (X_other - mean) / std


def standardize_in_place(X_train, X_other):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std[std == 0] = 1
    X_train -= mean
    X_other -= mean
    return X_train / std, X_other / std


def standardize_with_sklearn(X_train, X_other):
    scaler = StandardScaler().fit(X_train)
    return scaler.transform(X_train), scaler.transform(X_other)


def standardize_column_by_column(X_train, X_other):
    new_train, new_other = np.zeros(X_train.shape), np.zeros(X_other.shape)
    for j in range(X_train.shape[1]):
        mean, std = np.mean(X_train[:, j]), np.std(X_train[:, j])
        new_train[:, j] = (X_train[:, j] - mean) / (std if std > 0 else 1)
        new_other[:, j] = (X_other[:, j] - mean) / (std if std > 0 else 1)
    return new_train, new_other


# Exercise 5: minibatches -------------------------------------------------------------


def batches_nothing(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    for start in range(0, len(y), batch_size):
        rows = order[start : start + batch_size]
        X[rows], y[rows]


def batches_returned(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    for start in range(0, len(y), batch_size):
        rows = order[start : start + batch_size]
        return X[rows], y[rows]


def batches_of_numbers(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    for start in range(0, len(y), batch_size):
        yield order[start : start + batch_size]


def batches_of_one(X, y, batch_size, rng):
    for i in rng.permutation(len(y)):
        yield X[i], y[i]


def batches_only_x(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    for start in range(0, len(y), batch_size):
        yield X[order[start : start + batch_size]]


def batches_shuffled_apart(X, y, batch_size, rng):
    X, y = rng.permutation(X), rng.permutation(y)
    for start in range(0, len(y), batch_size):
        yield X[start : start + batch_size], y[start : start + batch_size]


def batches_columns_mixed(X, y, batch_size, rng):
    X, order = rng.permuted(X, axis=0), rng.permutation(len(y))
    for start in range(0, len(y), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


def batches_in_order(X, y, batch_size, rng):
    for start in range(0, len(y), batch_size):
        yield X[start : start + batch_size], y[start : start + batch_size]


def batches_in_order_rest_dropped(X, y, batch_size, rng):
    for k in range(len(y) // batch_size):
        part = slice(k * batch_size, (k + 1) * batch_size)
        yield X[part], y[part]


def batches_cut_then_shuffled(X, y, batch_size, rng):
    for start in rng.permutation(np.arange(0, len(y), batch_size)):
        yield X[start : start + batch_size], y[start : start + batch_size]


def batches_shuffled_inside(X, y, batch_size, rng):
    for start in range(0, len(y), batch_size):
        rows = np.arange(start, min(start + batch_size, len(y)))
        rng.shuffle(rows)
        yield X[rows], y[rows]


def batches_an_empty_one(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    for k in range(len(y) // batch_size + 1):
        rows = order[k * batch_size : (k + 1) * batch_size]
        yield X[rows], y[rows]


def batches_beyond_the_end(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    for start in range(0, len(y) + 1, batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


def batches_rest_dropped(X, y, batch_size, rng):
    rows = rng.permutation(len(y))[: len(y) // batch_size * batch_size]
    for part in rows.reshape(-1, batch_size):
        yield X[part], y[part]


def batches_own_seed_rest_dropped(X, y, batch_size, rng):
    order = np.random.default_rng(1).permutation(len(y))
    for k in range(len(y) // batch_size):
        rows = order[k * batch_size : (k + 1) * batch_size]
        yield X[rows], y[rows]


def batches_last_filled(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    for start in range(0, len(y), batch_size):
        rows = [order[i % len(y)] for i in range(start, start + batch_size)]
        yield X[rows], y[rows]


def batches_that_many(X, y, batch_size, rng):
    for rows in np.array_split(rng.permutation(len(y)), batch_size):
        yield X[rows], y[rows]


def batches_even(X, y, batch_size, rng):
    count = int(np.ceil(len(y) / batch_size))
    for rows in np.array_split(rng.permutation(len(y)), count):
        yield X[rows], y[rows]


def batches_own_seed(X, y, batch_size, rng):
    rng = np.random.default_rng(42)
    order = rng.permutation(len(y))
    for start in range(0, len(y), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


def batches_global(X, y, batch_size, rng):
    order = np.random.permutation(len(y))  # noqa: NPY002
    for start in range(0, len(y), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


def batches_drawn(X, y, batch_size, rng):
    for start in range(0, len(y), batch_size):
        size = min(batch_size, len(y) - start)
        rows = rng.integers(0, len(y), size)
        yield X[rows], y[rows]


def batches_without_end(X, y, batch_size, rng):
    while True:
        rows = rng.choice(len(y), min(batch_size, len(y)), replace=False)
        yield X[rows], y[rows]


def batches_fresh_order_each_time(X, y, batch_size, rng):
    for start in range(0, len(y), batch_size):
        rows = rng.permutation(len(y))[start : start + batch_size]
        yield X[rows], y[rows]


def batches_of_lists(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    for start in range(0, len(y), batch_size):
        rows = order[start : start + batch_size]
        yield [X[r] for r in rows], [y[r] for r in rows]


def batches_with_a_list(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    for start in range(0, len(y), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], [y[r] for r in rows]


def batches_a_number(X, y, batch_size, rng):
    return len(y) // batch_size


def batches_slice_not_moving(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    for i in range(0, len(y), batch_size):
        rows = order[i:batch_size]
        yield X[rows], y[rows]


def batches_one_too_small(X, y, batch_size, rng):
    order, size = rng.permutation(len(y)), max(batch_size - 1, 1)
    for start in range(0, len(y), size):
        rows = order[start : start + size]
        yield X[rows], y[rows]


def batches_rest_joined(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    count = max(len(y) // batch_size, 1)
    for k in range(count):
        end = (k + 1) * batch_size if k < count - 1 else len(y)
        rows = order[k * batch_size : end]
        yield X[rows], y[rows]


def batches_backward(X, y, batch_size, rng):
    order = np.arange(len(y))[::-1]
    for start in range(0, len(y), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


def batches_in_place(X, y, batch_size, rng):
    order = rng.permutation(len(y))
    X[:], y[:] = X[order], y[order]
    for start in range(0, len(y), batch_size):
        yield X[start : start + batch_size], y[start : start + batch_size]


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


OTHER_SIZES = (
    "Your batches are not of the right sizes: 10 samples in batches of 4 make "
    "three, with 4, 4 and 2 samples."
)
SAME_ORDER = (
    "The order is the same in every epoch. Each call must make a new one with the rng "
    "it is given. (A generator made in it with a fixed seed starts over in each call.)"
)
APART = (
    "X and y are shuffled separately, so that a row no longer stands beside its own y. "
    "Make one order and use it for both."
)
SOME_NEVER = (
    "Some samples come several times and others never. In an epoch every sample comes "
    "exactly once; rng.permutation makes such an order."
)

CUT_FIRST = (
    "You cut first and shuffle then, so that the same samples are together in a batch "
    "in every epoch. Shuffle the samples, then cut."
)
DROPPED = (
    "The rest is dropped: when N is not a multiple of batch_size, the last batch is "
    "smaller, but it must come."
)
EMPTY = (
    "An empty batch comes last when N is a multiple of batch_size: 12 samples in "
    "batches of 4 make three batches, and nothing is left."
)
LAST_MISSING = (
    "The last place is missing: after the start there is one place for each step, "
    "steps + 1 in all."
)
ALWAYS_2W = (
    "Your slope is always 2 w, which fits the valley w² alone. The slope of any valley "
    "is handed in, as a function: ask it, with slope(w)."
)
TEXT = (
    "What stands in quotation marks is text, not a number. Leave the marks out: Python "
    "also works out fractions, such as 1 / 3."
)
ONE_FOR_ALL = (
    "One number is left for all the weights: a sum or a mean runs over the features, "
    "too. Take it over the samples only (axis 0)."
)
OWN_MEAN = (
    "X_other is standardized with its own mean and spread. Use those of X_train for "
    "both: the same blood pressure must become the same number."
)
AS_IT_WAS = (
    "X_other comes out unchanged. It too is to be shifted and scaled, by the mean and "
    "the spread that X_train had when it came in."
)
VARIANCE = (
    "You divide by the variance. Its square root, the standard deviation, has the unit "
    "of the column."
)
DDOF = "Your spread divides by N − 1 (ddof=1). Wanted is the plain one, X.std()."
NOT_SHIFTED = "The columns are scaled but not shifted: subtract their mean first."
BRACKETS = (
    "Only the mean is divided by the spread: Python divides before it subtracts. Put "
    "brackets around the difference."
)
SQUEEZED = (
    "That squeezes each column between 0 and 1, by its least and its greatest value. "
    "Wanted are mean 0 and standard deviation 1."
)

WRONG = {
    "descend": [
        (descend_uphill, CLIMBS),
        (
            descend_last_place,
            "Only the last place came out. Write down every one, the start included.",
        ),
        (
            descend_without_start,
            "The start is missing: it is the first of the steps + 1 places.",
        ),
        (descend_without_end, LAST_MISSING),
        (descend_before_the_step_without_start, LAST_MISSING),
        (
            descend_before_the_step,
            "You write the place down before the step: the start comes twice, and "
            "where the last step ends is missing.",
        ),
        (
            descend_after_the_loop,
            "Only the start and the last place came out. Write down the place in every "
            "round of the loop.",
        ),
        (descend_one_valley, ALWAYS_2W),
        (descend_by_the_factor, ALWAYS_2W),
        (
            descend_one_too_many,
            "One step too many: the start counts as a place, not as a step.",
        ),
        (
            descend_without_rate,
            "The learning rate is missing: a step is learning_rate times the slope.",
        ),
        (
            descend_without_slope,
            "The slope is missing: every step of yours is equally long and goes the "
            "same way. Multiply the learning rate by slope(w).",
        ),
        (
            descend_with_w_as_slope,
            "You subtract learning_rate times w. It is the slope at w that tells you "
            "where to go: slope(w).",
        ),
        (
            descend_slope_once,
            "The slope is asked for only once, at the start. It changes on the way, so "
            "ask for slope(w) again in every round.",
        ),
        (
            descend_by_sign,
            "Only the direction of the slope is used. Its size counts too: the "
            "steeper, the longer the step.",
        ),
        (
            descend_whole_numbers,
            "Whole numbers in gave whole numbers out: np.full(n, w) takes over the "
            "type of w. Ask for floats with dtype=float.",
        ),
        (
            descend_until_level,
            "You stop early where the ground is level. Take all the steps, also those "
            "that no longer move you: steps + 1 places come out, whatever the slope.",
        ),
        (
            descend_list,
            "The result is a list where a NumPy array is expected; `np.array(...)` "
            "makes one of it.",
        ),
    ],
    "learning_rates": [
        (
            (0.5, 1.0),
            "Those are the rates for L = w². This valley is ten times as steep, and "
            "its factor is another one.",
        ),
        (
            (0.1, 0.2),
            "The slope of 10 w² is 20 w, not 10 w: the 2 comes down from the square.",
        ),
        (
            (0.1, 0.05),
            "The right numbers the wrong way around: first the rate that arrives in "
            "one step, then the limit.",
        ),
        (
            (5, 10),
            "You divided the wrong way around: the steeper the valley, the smaller the "
            "rate must be.",
        ),
        (
            (20, 10),
            "You divided the wrong way around: the steeper the valley, the smaller the "
            "rate must be.",
        ),
        ((-0.05, 0.1), "A rate below zero would climb."),
        (
            (0, 0.1),
            "With a rate of 0 the walk stays where it is: both rates are above 0.",
        ),
        (("0.05", "0.1"), TEXT),
        ((0.05, "1/10"), TEXT),
        ("0.05, 0.1", TEXT),
        (
            (Fraction(1, 10), Fraction(1, 5)),
            "The slope of 10 w² is 20 w, not 10 w: the 2 comes down from the square.",
        ),
        ((1, 2), "The 1st value is not what is expected."),
        (
            (1 / 20, 1 / 20),
            "The first is right. From that rate on the walk jumps over the bottom, but "
            "it still comes nearer. It stops doing so where the factor is −1.",
        ),
        ((0.05, 0.2), "The first is right, the second is not. Where is the factor −1?"),
        ([0.09, 0.1], "The second is right, the first is not. Where is the factor 0?"),
    ],
    "mse_gradient": [
        (
            gradient_of_the_sum,
            "The 1/N is missing: the loss is a mean over the samples, so its gradient "
            "is one too. Yours grows with the number of samples.",
        ),
        (
            gradient_without_two,
            "The 2 is missing: it comes down from the square, and here is no ½ in the "
            "loss to cancel it (lesson 01 had one).",
        ),
        (
            gradient_target_minus_prediction,
            "The sign is flipped: it is the prediction minus the target, X @ w + b − "
            "y. Your gradient points downhill, and subtracting it would climb.",
        ),
        (
            gradient_with_sigmoid,
            "There is no sigmoid here: the prediction is X @ w + b itself, any number.",
        ),
        (
            gradient_without_bias,
            "The bias is missing from the prediction: X @ w + b.",
        ),
        (
            gradient_without_target,
            "The target is not subtracted: the miss of a sample is X @ w + b − y.",
        ),
        (
            gradient_without_inputs,
            "The inputs are missing from the gradient for w: multiply the misses by "
            "column j of X before you take the mean.",
        ),
        (
            gradient_bias_per_sample,
            "The gradient for the bias still has one number per sample. The bias is "
            "one number that acts on every sample, so take the mean.",
        ),
        (
            gradient_bias_sum,
            "The gradient for w is right, but the 1/N is missing from the one for the "
            "bias.",
        ),
        (
            gradient_bias_n_twice,
            "The gradient for the bias is divided by N twice.",
        ),
        (
            gradient_bias_without_two,
            "The gradient for w is right, but the 2 is missing from the one for the "
            "bias.",
        ),
        (gradient_rows, ROWS),
        (gradient_rows_over_n, ROWS),
        (
            gradient_wrong_axis,
            "You took the mean along the wrong axis: one number per sample is left. "
            "Take it over the samples (axis 0), so that one number per weight remains.",
        ),
        (
            gradient_all_in_one,
            ONE_FOR_ALL,
        ),
        (gradient_mean_of_sums, ONE_FOR_ALL),
        (
            gradient_over_the_features,
            "You divide by the number of features, the length of w. The loss is a mean "
            "over the samples: how many of them are there?",
        ),
        (
            gradient_w_over_the_features,
            "The gradient for w is divided by the number of its features, the length "
            "of w. The loss is a mean over the samples: how many of them are there?",
        ),
        (
            gradient_w_sum,
            "The gradient for the bias is right, but the 1/N is missing from the one "
            "for w.",
        ),
        (
            gradient_bias_first,
            "The two gradients are in the other order: first the one for w, then the "
            "one for b.",
        ),
        (
            gradient_not_transposed,
            "These shapes cannot be multiplied: the last size on the left of `@` must "
            "be the first on the right (`X` is (3, 2), `error` is (3,)). Are these the "
            "arrays that you want? If so, `.T` turns a matrix on its side.",
        ),
    ],
    "standardize": [
        (
            standardize_each_by_itself,
            OWN_MEAN,
        ),
        (
            standardize_all_together,
            "The mean and the spread come from both arrays together. They may come "
            "from X_train alone: what you hold back must not shape the training.",
        ),
        (
            standardize_only_train,
            AS_IT_WAS,
        ),
        (
            standardize_rows,
            "You standardize the rows, each sample by itself (axis=1). It is the "
            "columns that have units: axis=0 runs over the rows.",
        ),
        (
            standardize_axis_1,
            "You standardize the rows, each sample by itself (axis=1). It is the "
            "columns that have units: axis=0 runs over the rows.",
        ),
        (
            by_hand(np.mean, np.std),
            "One mean and one spread for the whole table leave the columns as unequal "
            "as they were. Each column needs its own: axis=0.",
        ),
        (
            by_hand(columns_mean, lambda X: X.var(axis=0)),
            VARIANCE,
        ),
        (
            by_hand(columns_mean, lambda X: X.std(axis=0, ddof=1)),
            DDOF,
        ),
        (
            by_hand(columns_mean, lambda X: np.ones(X.shape[1])),
            "The columns are shifted but not scaled: divide by their spread.",
        ),
        (
            by_hand(lambda X: np.zeros(X.shape[1]), columns_std),
            NOT_SHIFTED,
        ),
        (
            standardize_without_brackets,
            BRACKETS,
        ),
        (
            by_hand(lambda X: X.min(axis=0), lambda X: X.max(axis=0) - X.min(axis=0)),
            SQUEEZED,
        ),
        (
            standardize_constant_to_nan,
            "A constant column comes out as nan or infinity: its spread is 0, and you "
            "divide by it. Put a 1 in place of such a spread.",
        ),
        (standardize_each_by_itself_bare, OWN_MEAN),
        (standardize_each_by_itself_nan_to_num, OWN_MEAN),
        (standardize_only_train_bare, AS_IT_WAS),
        (standardize_train_first, AS_IT_WAS),
        (standardize_without_brackets_bare, BRACKETS),
        (bare(columns_mean, lambda X: X.var(axis=0)), VARIANCE),
        (bare(columns_mean, lambda X: X.std(axis=0, ddof=1)), DDOF),
        (bare(lambda X: 0, columns_std), NOT_SHIFTED),
        (bare(lambda X: X.min(axis=0), lambda X: np.ptp(X, axis=0)), SQUEEZED),
        (
            standardize_nan_to_num,
            "In a column that is constant in X_train you divide by a spread of 0, and "
            "infinity is then replaced by the largest number there is. Divide by 1 "
            "there, so that the column is only shifted.",
        ),
        (
            standardize_constant_to_zero,
            "In a column that is constant in X_train, X_other comes out as 0, whatever "
            "it holds. Only shift such a column: other values remain other values.",
        ),
        (
            standardize_with_epsilon,
            "A constant column explodes: you divide by a tiny number in place of its "
            "spread of 0. Divide by 1 there, so that it is only shifted.",
        ),
        (
            standardize_constant_left,
            "A constant column should only be shifted: subtract its mean there too.",
        ),
        (
            standardize_in_place,
            "It changes its input `X_train` in place: work on a copy, or write "
            "`a = a + b` instead of `a += b`.",
        ),
    ],
    "minibatches": [
        (
            batches_nothing,
            "Nothing comes out: inside the loop, hand out each batch with "
            "yield X_batch, y_batch.",
        ),
        (
            batches_returned,
            "It ends after its first batch: return leaves the function. Write yield, "
            "which hands out a batch and then goes on.",
        ),
        (
            batches_of_numbers,
            "You yield the numbers of the rows. Wanted are the samples themselves, the "
            "pair X[rows], y[rows].",
        ),
        (
            batches_of_one,
            "You yield one sample at a time. Wanted are batches: X_batch of shape "
            "(B, D) and y_batch of shape (B,).",
        ),
        (
            batches_only_x,
            "A batch is a pair: X_batch of shape (B, D) and y_batch of shape (B,). "
            "Something else comes out.",
        ),
        (
            batches_of_lists,
            "X_batch is a list, not an array, so that one cannot calculate with it. "
            "Index with the array of row numbers: X[rows] picks all of them at once.",
        ),
        (
            batches_with_a_list,
            "y_batch is a list, not an array, so that one cannot calculate with it. "
            "Index with the array of row numbers: y[rows] picks all of them at once.",
        ),
        (
            batches_a_number,
            "Only one thing comes out. Wanted are the batches of a whole epoch, one "
            "after another: hand out each of them with yield.",
        ),
        (
            batches_slice_not_moving,
            "After the first batch yours are empty: a slice [a:b] runs from place a to "
            "place b, and b moves on from batch to batch, too.",
        ),
        (batches_one_too_small, OTHER_SIZES),
        (batches_rest_joined, OTHER_SIZES),
        (batches_shuffled_apart, APART),
        (
            batches_columns_mixed,
            "Rows come out that are not in X: the shuffling has mixed the columns. "
            "Shuffle the numbers of the rows, and pick whole rows with them.",
        ),
        (
            batches_in_order,
            "The samples come in the order they were given in. Shuffle them: rng makes "
            "the order.",
        ),
        (
            batches_in_order_rest_dropped,
            "The samples come in the order they were given in. Shuffle them: rng makes "
            "the order.",
        ),
        (batches_cut_then_shuffled, CUT_FIRST),
        (batches_shuffled_inside, CUT_FIRST),
        (batches_an_empty_one, EMPTY),
        (batches_beyond_the_end, EMPTY),
        (batches_rest_dropped, DROPPED),
        (batches_own_seed_rest_dropped, DROPPED),
        (
            batches_last_filled,
            "The last batch is filled up with samples that came before. Let it be "
            "smaller: every sample comes exactly once.",
        ),
        (
            batches_that_many,
            "batch_size is the number of samples in a batch, not the number of "
            "batches.",
        ),
        (
            batches_even,
            "Your batches are of nearly equal size. Wanted are full batches of "
            "batch_size samples, and what is left in the last one.",
        ),
        (batches_own_seed, SAME_ORDER),
        (batches_backward, SAME_ORDER),
        (
            batches_global,
            "The order does not come from rng, so that nobody can repeat your run. Use "
            "the rng you are given: rng.permutation.",
        ),
        (batches_drawn, SOME_NEVER),
        (batches_fresh_order_each_time, SOME_NEVER),
        (
            batches_without_end,
            "More samples come out than there are. An epoch is over when every sample "
            "has come once.",
        ),
        (
            batches_in_place,
            "It changes its input `X` in place: work on a copy, or write `a = a + b` "
            "instead of `a += b`.",
        ),
    ],
}

RIGHT = {
    "descend": [
        descend_in_an_array,
        descend_before_and_once_more,
        descend_recursively,
    ],
    "learning_rates": [
        (0.05, 0.1),
        [1 / 20, 1 / 10],
        (np.float64(0.05), 0.1),
        np.array([0.05, 0.1]),
        (Fraction(1, 20), Fraction(1, 10)),
        (Decimal("0.05"), Decimal("0.1")),
    ],
    "mse_gradient": [gradient_with_loops, gradient_of_columns, gradient_with_einsum],
    "standardize": [
        standardize_with_sklearn,
        standardize_column_by_column,
        by_hand(columns_mean, columns_std),
    ],
    "minibatches": [batches_shuffled_numbers, batches_as_a_list, batches_by_sorting],
}
