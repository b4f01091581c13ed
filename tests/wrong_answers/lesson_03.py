"""Lesson 03: right answers in other styles, wrong ones that no edit expresses."""

import itertools

import numpy as np
from sklearn.linear_model import LinearRegression

from helpers.exercises.edits import edited
from helpers.exercises.lesson_03 import (
    count_parameters,
    fit_output,
    forward,
    hidden_and_output,
    hidden_gradients,
    sigmoid,
)

# Exercise 1: count_parameters --------------------------------------------------------


def count_as_in_the_slides(sizes):
    inputs, hidden, outputs = sizes
    return hidden * (inputs + 1) + outputs * (hidden + 1)


def count_by_three_indices(sizes):
    hidden = sizes[0] * sizes[1] + sizes[1]
    return hidden + sizes[1] * sizes[2] + sizes[2]


def count_always_adds_two(sizes):
    count = sizes[1] * (sizes[0] + 1)
    for n, m in itertools.pairwise(sizes[1:]):
        count += (n + 1) * m
    return count if len(sizes) > 2 else 2 * count


def count_with_arrays(sizes):
    sizes = np.array(sizes)
    return ((sizes[:-1] + 1) * sizes[1:]).sum()


def count_by_recursion(sizes):
    if len(sizes) < 2:
        return 0
    return (sizes[0] + 1) * sizes[1] + count_by_recursion(sizes[1:])


def count_by_making_it(sizes):
    pairs = itertools.pairwise(sizes)
    return sum(np.zeros((n, m)).size + np.zeros(m).size for n, m in pairs)


# Exercise 2: hidden_and_output -------------------------------------------------------


def units_with_loops(x, wh, bh, wo, bo):
    ah = np.zeros((len(x), len(wh)))
    ao = np.full(len(x), bo)
    for i in range(len(x)):
        for j in range(len(wh)):
            ah[i, j] = 1 / (1 + np.exp(-(wh[j] * x[i] + bh[j])))
            ao[i] += wo[j] * ah[i, j]
    return ah, ao


def units_as_matrices(x, wh, bh, wo, bo):
    ah = sigmoid(x.reshape(-1, 1) @ wh.reshape(1, -1) + bh)
    return ah, (ah @ wo.reshape(-1, 1) + bo).ravel()


def units_written_out(x, wh, bh, wo, bo):
    a0 = sigmoid(wh[0] * x + bh[0])
    a1 = sigmoid(wh[1] * x + bh[1])
    a2 = sigmoid(wh[2] * x + bh[2])
    ah = np.stack([a0, a1, a2], axis=1)
    return ah, wo[0] * a0 + wo[1] * a1 + wo[2] * a2 + bo


def units_one_by_one(x, wh, bh, wo, bo):
    ah = 1 / (1 + np.exp(-(wh * x + bh)))
    return ah, ah @ wo + bo


def units_first_input(x, wh, bh, wo, bo):
    ah = sigmoid(x[0] * wh + bh)
    return ah, np.full(len(x), ah @ wo + bo)


# Exercise 3: fit_output --------------------------------------------------------------


def hidden_columns(x, wh, bh):
    return np.column_stack([sigmoid(np.outer(x, wh) + bh), np.ones(len(x))])


def fit_split(x, y, wh, bh):
    both = np.linalg.lstsq(hidden_columns(x, wh, bh), y)[0]
    return both[:-1], both[-1]


def fit_in_a_column(x, y, wh, bh):
    both = np.linalg.lstsq(hidden_columns(x, wh, bh), y[:, None])[0]
    return both[:-1], both[-1]


def fit_changes_y(x, y, wh, bh):
    mean = y.mean()
    y -= mean
    wo, bo = fit_split(x, y, wh, bh)
    return wo, bo + mean


def fit_of(**changes):
    """The fit for other inputs than those handed in."""

    def fit(x, y, wh, bh):
        given = {"x": x, "y": y, "wh": wh, "bh": bh}
        given |= {name: change(given[name]) for name, change in changes.items()}
        return fit_output(**given)

    return fit


def fit_by_descent(steps, rate=0.5):
    def fit(x, y, wh, bh):
        columns = hidden_columns(x, wh, bh)
        both = np.zeros(columns.shape[1])
        for _ in range(steps):
            both -= rate * columns.T @ (columns @ both - y) / len(y)
        return both[:-1], both[-1]

    return fit


def fit_by_normal_equations(x, y, wh, bh):
    columns = hidden_columns(x, wh, bh)
    both = np.linalg.solve(columns.T @ columns, columns.T @ y)
    return both[:-1], float(both[-1])


def fit_centered(x, y, wh, bh):
    ah = sigmoid(np.outer(x, wh) + bh)
    wo = np.linalg.pinv(ah - ah.mean(axis=0)) @ (y - y.mean())
    return wo, y.mean() - ah.mean(axis=0) @ wo


def fit_with_sklearn(x, y, wh, bh):
    model = LinearRegression().fit(sigmoid(np.outer(x, wh) + bh), y)
    return model.coef_, model.intercept_


# Exercise 4: forward -----------------------------------------------------------------


def forward_pops(X, parameters):
    b2, W2 = parameters.pop(), parameters.pop()
    W1, b1 = parameters
    a1 = sigmoid(X @ W1 + b1)
    return X @ W1 + b1, a1, a1 @ W2 + b2, sigmoid(a1 @ W2 + b2)


def forward_doubles_X(X, parameters):
    results = forward(X, parameters)
    X *= 2
    return results


def forward_samples_as_columns(X, parameters):
    W1, b1, W2, b2 = parameters
    z1 = W1.T @ X.T + b1[:, None]
    a1 = sigmoid(z1)
    z2 = W2.T @ a1 + b2[:, None]
    return z1, a1, z2, sigmoid(z2)


def forward_turned_back(X, parameters):
    return tuple(part.T for part in forward_samples_as_columns(X, parameters))


def forward_with_einsum(X, parameters):
    W1, b1, W2, b2 = parameters
    z1 = np.einsum("nd,dm->nm", X, W1) + b1
    a1 = 1 / (1 + np.exp(-z1))
    z2 = np.einsum("nm,mk->nk", a1, W2) + b2
    return z1, a1, z2, 1 / (1 + np.exp(-z2))


def forward_one_by_one(X, parameters):
    W1, b1, W2, b2 = parameters
    rows = []
    for x in X:
        z1 = x @ W1 + b1
        a1 = sigmoid(z1)
        z2 = a1 @ W2 + b2
        rows.append((z1, a1, z2, sigmoid(z2)))
    return tuple(np.array(part) for part in zip(*rows))


# Exercise 5: hidden_gradients --------------------------------------------------------


def hidden_with_loops(X, a1, delta2, W2):
    N, D = X.shape
    M, K = W2.shape
    dW1, db1 = np.zeros((D, M)), np.zeros(M)
    for n in range(N):
        for j in range(M):
            back = sum(delta2[n, k] * W2[j, k] for k in range(K))
            error = back * a1[n, j] * (1 - a1[n, j])
            db1[j] += error
            for i in range(D):
                dW1[i, j] += error * X[n, i]
    return dW1, db1


def hidden_with_einsum(X, a1, delta2, W2):
    delta1 = np.einsum("nk,mk,nm->nm", delta2, W2, a1 - a1**2)
    return np.einsum("nd,nm->dm", X, delta1), np.einsum("nm->m", delta1)


def hidden_with_ones(X, a1, delta2, W2):
    delta1 = (W2 @ delta2.T).T * a1 * (1 - a1)
    both = np.column_stack([X, np.ones(len(X))]).T @ delta1
    return both[:-1], both[-1]


WRONG = {
    "count_parameters": {
        "It works for three sizes only.": [count_as_in_the_slides],
        "With one hidden layer it is right. With two": [count_by_three_indices],
        "With one hidden layer it is right. Without": [count_always_adds_two],
        "The result is right for some inputs, but not for this": [lambda sizes: 183],
        "The result is None": [lambda sizes: print(count_parameters(sizes))],
    },
    "hidden_and_output": {
        "It is right for three hidden units": [units_written_out],
        "Where `wh` holds whole numbers": [
            edited(
                units_with_loops,
                (
                    "np.zeros((len(x), len(wh)))",
                    "np.zeros((len(x), len(wh)), wh.dtype)",
                ),
            )
        ],
        "Input number i goes to unit number i only.": [units_one_by_one],
        "The units see the first input only.": [units_first_input],
        "The 1st value is right for some inputs": [
            edited(units_as_matrices, ("wh.resh", "np.sort(wh).resh"))
        ],
        "The 1st value has the right numbers in shape": [
            lambda *case: tuple(map(np.squeeze, hidden_and_output(*case)))
        ],
        "The 2nd value is right for some inputs": [
            edited(units_as_matrices, ("@ wo.resh", "@ np.minimum(wo, 1).resh"))
        ],
        "The 1st value is transposed": [
            edited(units_as_matrices, ("return ah", "return ah.T"))
        ],
        "The result is a NumPy array where 2 values": [
            lambda *case: hidden_and_output(*case)[1]
        ],
    },
    "fit_output": {
        "The result is None": [lambda *case: print(fit_output(*case))],
        "It changes its input `y`": [fit_changes_y],
        "Return two things": [
            fit_in_a_column,
            lambda *case: (np.squeeze(fit_output(*case)[0]), fit_output(*case)[1]),
        ],
        "`np.linalg.lstsq` returns four things.": [
            lambda x, y, wh, bh: np.linalg.lstsq(hidden_columns(x, wh, bh), y),
            edited(fit_split, (")[0]", ")")),
        ],
        "You fit `x` itself.": [
            edited(fit_split, ("hidden_columns(x, wh, bh)", "np.vander(x, 2)")),
        ],
        "You found the right numbers": [
            edited(fit_split, ("both[:-1], both[-1]", "both[1:], both[0]"))
        ],
        "The outputs are far away": [
            fit_by_descent(steps, rate)
            for steps, rate in ((100, 2.0), (1_000, 1.5), (10_000, 5.0), (2_000, -0.5))
        ],
        "With your `wo` and `bo` the outputs come nearer": [
            fit_by_descent(100),
            fit_by_descent(500),
            fit_of(y=lambda y: np.round(y, 1)),
            fit_of(wh=np.trunc),
            fit_of(bh=np.trunc),
            fit_of(bh=lambda bh: np.minimum(bh, 1)),
        ],
        "With your `wo` and `bo` the outputs do not come": [
            lambda x, y, wh, bh: (np.ones(len(wh)), 0.0),
            fit_of(wh=lambda wh: 0 * wh + wh[0]),
            fit_of(wh=np.sort),
            fit_of(wh=np.abs),
            fit_of(x=np.abs),
        ],
    },
    "forward": {
        "It changes its input `parameters`": [forward_pops],
        "It changes its input `X`": [forward_doubles_X],
        "The 1st value is transposed": [forward_samples_as_columns],
    },
    "hidden_gradients": {
        "The result has 3 values where 2": [
            lambda *case: (*hidden_gradients(*case), case[2])
        ],
        "It changes its input `delta2`": [
            edited(hidden_with_ones, ("    both =", "    delta2 *= 2\n    both =")),
        ],
        "The 1st value": [  # one input, one hidden unit
            lambda *case: tuple(map(np.squeeze, hidden_gradients(*case)))
        ],
    },
}

RIGHT = {
    "count_parameters": [count_with_arrays, count_by_recursion, count_by_making_it],
    "hidden_and_output": [units_with_loops, units_as_matrices],
    "fit_output": [
        fit_by_normal_equations,
        fit_centered,
        fit_with_sklearn,
        fit_by_descent(20_000),
        lambda *case: (list(fit_output(*case)[0]), fit_output(*case)[1]),
    ],
    "forward": [forward_with_einsum, forward_one_by_one, forward_turned_back],
    "hidden_gradients": [hidden_with_loops, hidden_with_einsum, hidden_with_ones],
}
