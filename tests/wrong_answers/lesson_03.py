"""Lesson 03: answers that learners plausibly give, and what each must be told."""

import itertools

import numpy as np
from sklearn.linear_model import LinearRegression

from helpers.exercises.lesson_03 import (
    count_parameters,
    fit_output,
    forward,
    hidden_and_output,
    hidden_gradients,
    sigmoid,
)

# Exercise 1: count_parameters ---------------------------------------------------------


def count_without_biases(sizes):
    return int(np.sum(np.array(sizes[:-1]) * np.array(sizes[1:])))


def count_with_input_biases(sizes):
    count = sizes[0]
    for n, m in itertools.pairwise(sizes):
        count += n * m + m
    return count


def count_one_bias_a_layer(sizes):
    count = 0
    for i in range(len(sizes) - 1):
        count += sizes[i] * sizes[i + 1]
        count += 1
    return count


def count_without_output_biases(sizes):
    return count_without_biases(sizes) + sum(sizes[1:-1])


def count_bias_on_the_wrong_side(sizes):
    return sum(n * (m + 1) for n, m in itertools.pairwise(sizes))


def count_first_layer(sizes):
    return sizes[0] * sizes[1] + sizes[1]


def count_last_layer(sizes):
    return sizes[-2] * sizes[-1] + sizes[-1]


def count_overwrites(sizes):
    for n, m in itertools.pairwise(sizes):
        count = n * m + m
    return count


def count_as_in_the_slides(sizes):
    inputs, hidden, outputs = sizes
    return hidden * (inputs + 1) + outputs * (hidden + 1)


def count_by_three_indices(sizes):
    hidden = sizes[0] * sizes[1] + sizes[1]
    return hidden + sizes[1] * sizes[2] + sizes[2]


def count_first_and_last(sizes):
    hidden = sizes[1] * (sizes[0] + 1)
    return hidden if len(sizes) == 2 else hidden + sizes[-1] * (sizes[-2] + 1)


def count_always_adds_two(sizes):
    count = sizes[1] * (sizes[0] + 1)
    for n, m in itertools.pairwise(sizes[1:]):
        count += (n + 1) * m
    return count if len(sizes) > 2 else 2 * count


def count_prints(sizes):
    print(count_parameters(sizes))


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


def count_knows_one_answer(sizes):
    return 183


# Exercise 2: hidden_and_output --------------------------------------------------------


def units_one_by_one(x, wh, bh, wo, bo):
    zh = wh * x + bh
    ah = 1 / (1 + np.exp(-zh))
    return ah, ah @ wo + bo


def units_first_input(x, wh, bh, wo, bo):
    ah = sigmoid(x[0] * wh + bh)
    return ah, ah @ wo + bo


def units_transposed(x, wh, bh, wo, bo):
    ah = sigmoid(np.outer(wh, x) + bh[:, None])
    return ah, wo @ ah + bo


def units_without_sigmoid(x, wh, bh, wo, bo):
    ah = np.outer(x, wh) + bh
    return ah, ah @ wo + bo


def units_returns_z(x, wh, bh, wo, bo):
    zh = np.outer(x, wh) + bh
    return zh, sigmoid(zh) @ wo + bo


def units_sigmoid_at_the_output(x, wh, bh, wo, bo):
    ah = sigmoid(np.outer(x, wh) + bh)
    return ah, sigmoid(ah @ wo + bo)


def units_without_bo(x, wh, bh, wo, bo):
    ah = sigmoid(np.outer(x, wh) + bh)
    return ah, ah @ wo


def units_without_bh(x, wh, bh, wo, bo):
    ah = sigmoid(np.outer(x, wh))
    return ah, ah @ wo + bo


def units_minus_bh(x, wh, bh, wo, bo):
    ah = sigmoid(np.outer(x, wh) - bh)
    return ah, ah @ wo + bo


def units_weight_of_all(x, wh, bh, wo, bo):
    ah = sigmoid(wh * (x[:, None] + bh))
    return ah, ah @ wo + bo


def units_sign(x, wh, bh, wo, bo):
    ah = 1 / (1 + np.exp(np.outer(x, wh) + bh))
    return ah, ah @ wo + bo


def units_unweighted(x, wh, bh, wo, bo):
    ah = sigmoid(np.outer(x, wh) + bh)
    return ah, np.sum(ah, axis=1) + bo


def units_not_added(x, wh, bh, wo, bo):
    ah = sigmoid(np.outer(x, wh) + bh)
    return ah, ah * wo + bo


def units_bo_for_each(x, wh, bh, wo, bo):
    ah = sigmoid(np.outer(x, wh) + bh)
    return ah, np.sum(ah * wo + bo, axis=1)


def units_other_order(x, wh, bh, wo, bo):
    ah = sigmoid(np.outer(x, wh) + bh)
    return ah @ wo + bo, ah


def units_only_the_output(x, wh, bh, wo, bo):
    return sigmoid(np.outer(x, wh) + bh) @ wo + bo


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


# Exercise 3: fit_output ---------------------------------------------------------------


def hidden_columns(x, wh, bh):
    return np.column_stack([sigmoid(np.outer(x, wh) + bh), np.ones(len(x))])


def fit_in_one(x, y, wh, bh):
    return np.linalg.lstsq(hidden_columns(x, wh, bh), y, rcond=None)[0]


def fit_other_order(x, y, wh, bh):
    both = fit_in_one(x, y, wh, bh)
    return both[-1], both[:-1]


def fit_only_the_weights(x, y, wh, bh):
    return fit_in_one(x, y, wh, bh)[:-1]


def fit_and_outputs(x, y, wh, bh):
    both = fit_in_one(x, y, wh, bh)
    return both[:-1], both[-1], hidden_columns(x, wh, bh) @ both


def fit_last_weight_as_bias(x, y, wh, bh):
    *wo, bo = np.linalg.lstsq(sigmoid(np.outer(x, wh) + bh), y)[0]
    return np.array(wo), bo


def fit_weights_in_a_column(x, y, wh, bh):
    both = np.linalg.lstsq(hidden_columns(x, wh, bh), y[:, None])[0]
    return both[:-1], both[-1]


def fit_bias_for_each_sample(x, y, wh, bh):
    ah = sigmoid(np.outer(x, wh) + bh)
    wo = np.linalg.lstsq(ah, y)[0]
    return wo, y - ah @ wo


def fit_weights_then_bias(x, y, wh, bh):
    ah = sigmoid(np.outer(x, wh) + bh)
    wo = np.linalg.lstsq(ah, y)[0]
    return wo, np.mean(y - ah @ wo)


def fit_ones_in_front(x, y, wh, bh):
    ah = sigmoid(np.outer(x, wh) + bh)
    both = np.linalg.lstsq(np.column_stack([np.ones(len(x)), ah]), y)[0]
    return both[:-1], both[-1]


def fit_ones_behind(x, y, wh, bh):
    both = fit_in_one(x, y, wh, bh)
    return both[1:], both[0]


def fit_all_four(x, y, wh, bh):
    return np.linalg.lstsq(hidden_columns(x, wh, bh), y)


def fit_two_of_four(x, y, wh, bh):
    wo, bo, _, _ = np.linalg.lstsq(hidden_columns(x, wh, bh), y)
    return wo, bo


def fit_four_split(x, y, wh, bh):
    both = np.linalg.lstsq(hidden_columns(x, wh, bh), y)
    return both[:-1], both[-1]


def fit_four_starred(x, y, wh, bh):
    *wo, bo = np.linalg.lstsq(hidden_columns(x, wh, bh), y)
    return np.array(wo), bo


def fit_polynomial(x, y, wh, bh):
    both = np.polyfit(x, y, len(wh))
    return both[:-1], both[-1]


def fit_line(x, y, wh, bh):
    columns = np.column_stack([x, np.ones(len(x))])
    both = np.linalg.lstsq(columns, y)[0]
    return both[:-1], both[-1]


def fit_bias_in_a_row(x, y, wh, bh):
    both = fit_in_one(x, y, wh, bh)
    return both[:-1], both[-1:]


def fit_changes_y(x, y, wh, bh):
    mean = y.mean()
    y -= mean
    both = fit_in_one(x, y, wh, bh)
    return both[:-1], both[-1] + mean


def fit_without_bias(x, y, wh, bh):
    ah = sigmoid(np.outer(x, wh) + bh)
    return np.linalg.solve(ah.T @ ah, ah.T @ y), 0.0


def fit_z(x, y, wh, bh):
    columns = np.column_stack([np.outer(x, wh) + bh, np.ones(len(x))])
    both = np.linalg.lstsq(columns, y, rcond=None)[0]
    return both[:-1], both[-1]


def fit_without_bh(x, y, wh, bh):
    both = np.linalg.lstsq(hidden_columns(x, wh, 0), y, rcond=None)[0]
    return both[:-1], both[-1]


def fit_nothing(x, y, wh, bh):
    return np.zeros(wh.shape), y.mean()


def fit_x(x, y, wh, bh):
    both = np.linalg.lstsq(hidden_columns(x, wh, bh), x, rcond=None)[0]
    return both[:-1], both[-1]


def fit_upside_down(x, y, wh, bh):
    both = -fit_in_one(x, y, wh, bh)
    return both[:-1], both[-1]


def fit_by_descent(steps, rate=0.5):
    def fit(x, y, wh, bh):
        columns = hidden_columns(x, wh, bh)
        both = np.zeros(columns.shape[1])
        for _ in range(steps):
            both -= rate * columns.T @ (columns @ both - y) / len(y)
        return both[:-1], both[-1]

    return fit


def fit_bias_then_weights(x, y, wh, bh):
    ah = sigmoid(np.outer(x, wh) + bh)
    bo = y.mean()
    return np.linalg.lstsq(ah, y - bo, rcond=None)[0], bo


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


# Exercise 4: forward ------------------------------------------------------------------


def layers(z1=None, a1=sigmoid, z2=None, a2=sigmoid):
    """A forward pass with some of its four lines replaced."""
    z1 = z1 or (lambda X, W1, b1: X @ W1 + b1)
    z2 = z2 or (lambda a, z, W2, b2: a @ W2 + b2)

    def answer(X, parameters):
        W1, b1, W2, b2 = parameters
        z = z1(X, W1, b1)
        a = a1(z)
        out = z2(a, z, W2, b2)
        return z, a, out, a2(out)

    return answer


def softmax(z):
    powers = np.exp(z)
    return powers / powers.sum(axis=1, keepdims=True)


def flipped(z):
    return 1 / (1 + np.exp(z))


def forward_transposed(X, parameters):
    W1, b1, W2, b2 = parameters
    z1 = X @ W1.T + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2.T + b2
    return z1, a1, z2, sigmoid(z2)


def forward_from_the_inputs(X, parameters):
    W1, b1, W2, b2 = parameters
    z1 = X @ W1 + b1
    a1 = sigmoid(z1)
    z2 = X @ W2 + b2
    return z1, a1, z2, sigmoid(z2)


def forward_copied_too_much(X, parameters):
    W1, b1, _, b2 = parameters
    z1 = X @ W1 + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W1 + b2
    return z1, a1, z2, sigmoid(z2)


def forward_gives(*which):
    """Some of z1, a1, z2, a2, by their numbers."""
    return lambda X, parameters: tuple(forward(X, parameters)[i] for i in which)


def forward_weights_first(X, parameters):
    W1, W2, b1, b2 = parameters
    z1 = X @ W1 + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2 + b2
    return z1, a1, z2, sigmoid(z2)


def forward_only_the_output(X, parameters):
    return forward(X, parameters)[3]


def forward_as_the_slides(X, parameters):
    z1, a1, z2, a2 = forward(X, parameters)
    return z1, z2, a1, a2


def forward_adds_in_place(X, parameters):
    W1, b1, W2, b2 = parameters
    W1 *= 1.0001
    z1 = X @ W1 + b1
    return z1, sigmoid(z1), sigmoid(z1) @ W2 + b2, sigmoid(sigmoid(z1) @ W2 + b2)


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


# Exercise 5: hidden_gradients ---------------------------------------------------------


def hidden_with(slope, W1=None, b1=None):
    """Gradients with another slope, or another rule for W1 or for b1."""
    W1 = W1 or (lambda X, a1, delta1: X.T @ delta1)
    b1 = b1 or (lambda delta1: delta1.sum(axis=0))

    def answer(X, a1, delta2, W2):
        delta1 = (delta2 @ W2.T) * slope(a1)
        return W1(X, a1, delta1), b1(delta1)

    return answer


def sloped(a1):
    return a1 * (1 - a1)


def hidden_not_transposed(X, a1, delta2, W2):
    delta1 = (delta2 @ W2) * a1 * (1 - a1)
    return X.T @ delta1, delta1.sum(axis=0)


def hidden_without_W2(X, a1, delta2, W2):
    delta1 = delta2 * a1 * (1 - a1)
    return X.T @ delta1, delta1.sum(axis=0)


def hidden_turned(X, a1, delta2, W2):
    delta1 = (delta2 @ W2.T) * sloped(a1)
    return delta1.T @ X, delta1.sum(axis=0)


def hidden_mean(X, a1, delta2, W2):
    delta1 = (delta2 @ W2.T) * sloped(a1) / len(X)
    return X.T @ delta1, delta1.sum(axis=0)


def hidden_divides_delta2(X, a1, delta2, W2):
    delta2 /= len(X)
    delta1 = (delta2 @ W2.T) * sloped(a1)
    return X.T @ delta1, delta1.sum(axis=0)


def hidden_downhill(X, a1, delta2, W2):
    delta1 = -(delta2 @ W2.T) * sloped(a1)
    return X.T @ delta1, delta1.sum(axis=0)


def hidden_other_order(X, a1, delta2, W2):
    return hidden_gradients(X, a1, delta2, W2)[::-1]


def hidden_with_delta1(X, a1, delta2, W2):
    delta1 = (delta2 @ W2.T) * sloped(a1)
    return X.T @ delta1, delta1.sum(axis=0), delta1


def hidden_changes_delta2(X, a1, delta2, W2):
    delta2 *= 1.5
    delta1 = (delta2 @ W2.T) * sloped(a1) / 1.5
    return X.T @ delta1, delta1.sum(axis=0)


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
    delta1 = (W2 @ delta2.T).T * sloped(a1)
    both = np.column_stack([X, np.ones(len(X))]).T @ delta1
    return both[:-1], both[-1]


WRONG = {
    "count_parameters": [
        (
            count_without_biases,
            "The biases are missing: each unit of a hidden layer and each output has "
            "one.",
        ),
        (
            count_with_input_biases,
            "The inputs have no biases: they are given, not computed.",
        ),
        (
            count_one_bias_a_layer,
            "You count one bias for each layer. Each unit has a bias of its own.",
        ),
        (
            count_without_output_biases,
            "The output units' biases are missing: they are neurons too.",
        ),
        (
            count_bias_on_the_wrong_side,
            "You add the bias to the wrong side: a unit has `n` weights and one bias, "
            "where `n` is the size of the layer before. That makes (n + 1) m, not "
            "n (m + 1).",
        ),
        (sum, "That counts the units. Count what they learn: weights and biases."),
        (
            lambda sizes: sum(sizes[1:]),
            "That counts the units that compute. Count what they learn: weights and "
            "biases.",
        ),
        (
            count_first_layer,
            "Those are the parameters of the first layer only. Add up over all layers.",
        ),
        (
            count_last_layer,
            "Those are the parameters of the last layer only. Add up over all layers.",
        ),
        (
            count_overwrites,
            "Those are the parameters of the last layer only. Add up over all layers.",
        ),
        (
            count_as_in_the_slides,
            "It works for three sizes only. A network may have any number of layers, "
            "so `sizes` may also hold two numbers, or five.",
        ),
        (
            count_by_three_indices,
            "With one hidden layer it is right. With two, as in [2, 7, 5, 3], it is "
            "not: there are three layers of weights then.",
        ),
        (
            count_first_and_last,
            "With one hidden layer it is right. With two, as in [2, 7, 5, 3], it is "
            "not: there are three layers of weights then.",
        ),
        (
            count_always_adds_two,
            "With one hidden layer it is right. Without any, as in [3, 1], there is "
            "still one layer of weights.",
        ),
        (
            count_knows_one_answer,
            "The result is right for some inputs, but not for this one.",
        ),
        (
            count_prints,
            "The result is None: a `return` is missing, or it was not reached.",
        ),
    ],
    "hidden_and_output": [
        (
            units_one_by_one,
            "Input number i goes to unit number i only. Each unit must see each input.",
        ),
        (
            units_first_input,
            "The units see the first input only. Each unit must see each input.",
        ),
        (
            units_transposed,
            "The hidden activations are transposed: one row for each input, one column "
            "for each unit.",
        ),
        (units_without_sigmoid, "The sigmoid of the hidden units is missing."),
        (
            units_returns_z,
            "The outputs are right, but in the first place you return z, the weighted "
            "sums of the hidden units. Return their activations, after the sigmoid.",
        ),
        (
            units_sigmoid_at_the_output,
            "The output unit has no activation function here: no sigmoid around it.",
        ),
        (units_without_bo, "The bias of the output, `bo`, is missing."),
        (units_without_bh, "The biases of the hidden units, `bh`, are missing."),
        (
            units_minus_bh,
            "You subtract `bh`. A bias is added; it may be negative itself.",
        ),
        (
            units_weight_of_all,
            "You multiply the sum of input and bias. The weight belongs to the input "
            "only: `x * wh + bh`.",
        ),
        (
            units_sign,
            "The sign of z is flipped in the sigmoid: it is exp(−z) that stands below "
            "the line.",
        ),
        (
            units_unweighted,
            "The output only adds the hidden units up. Multiply each by its weight in "
            "`wo` first.",
        ),
        (
            units_not_added,
            "The output is not added up over the hidden units: it must be one number "
            "for each input.",
        ),
        (
            units_bo_for_each,
            "You add `bo` once for each hidden unit. It is added once.",
        ),
        (
            units_other_order,
            "The two results are in the other order: first the hidden activations, "
            "then the outputs.",
        ),
        (
            units_only_the_output,
            "The result is a NumPy array where 2 values are expected (a tuple).",
        ),
    ],
    "fit_output": [
        (
            fit_in_one,
            "You return one array of M + 1 numbers. Split it: the M weights, and the "
            "bias apart.",
        ),
        (
            fit_other_order,
            "The two results are in the other order: first the weights `wo`, then the "
            "bias `bo`.",
        ),
        (
            fit_without_bias,
            "Your bias is 0, and the weights are those that would be best without a "
            "bias. Fit weights and bias together: the bias is one more unknown.",
        ),
        (
            fit_z,
            "That fits the weighted sums z of the hidden units, and a sum of straight "
            "lines is a straight line. Fit their activations, after the sigmoid.",
        ),
        (
            fit_without_bh,
            "The hidden units of your fit have no biases: z is `x * wh + bh`.",
        ),
        (
            fit_nothing,
            "All weights are 0 and the bias is the mean of `y`: the best flat line. "
            "The hidden units can do better.",
        ),
        (
            fit_x,
            "You fit `x` to `y` and not `y` to the hidden activations: `y` is what the "
            "output should come near.",
        ),
        (
            fit_upside_down,
            "The sign is flipped: your output is the curve upside down.",
        ),
        *[
            (
                no_fit,
                "Return two things: the weights `wo` with the shape (M,), one for each "
                "hidden unit, and the bias `bo`, a single number.",
            )
            for no_fit in (
                fit_only_the_weights,
                fit_and_outputs,
                fit_weights_in_a_column,
                fit_bias_for_each_sample,
                fit_bias_in_a_row,
            )
        ],
        (
            lambda x, y, wh, bh: print(fit_output(x, y, wh, bh)),
            "The result is None: a `return` is missing, or it was not reached.",
        ),
        (
            fit_last_weight_as_bias,
            "You fit M numbers, and take the last weight for the bias. The bias is one "
            "more unknown: fit weights and bias together.",
        ),
        (
            fit_weights_then_bias,
            "You fit the weights as if there were no bias, and the bias afterward. "
            "What is best for the one depends on the other: fit them together.",
        ),
        (
            fit_bias_then_weights,
            "Your bias is the mean of `y`, and the weights are fitted to what is left. "
            "What is best for the one depends on the other: fit them together.",
        ),
        *[
            (
                fit_by_descent(steps, rate),
                "The outputs are far away from all the points, or not numbers any "
                "more. If you use gradient descent: it diverged. The learning rate is "
                "too large, or a sign is wrong.",
            )
            for steps, rate in ((100, 2.0), (1_000, 1.5), (10_000, 5.0), (2_000, -0.5))
        ],
        *[
            (
                fit_by_descent(steps),
                "With your `wo` and `bo` the outputs come nearer to the points than a "
                "flat line, but not as near as they can. If you use gradient descent: "
                "it has not arrived, take more steps.",
            )
            for steps in (100, 500)
        ],
        (
            fit_changes_y,
            "It changes its input `y` in place: work on a copy, or write `a = a + b` "
            "instead of `a += b`.",
        ),
        *[
            (
                fit,
                "You found the right numbers, but take the wrong one for the bias: it "
                "is the weight of the column of ones.",
            )
            for fit in (fit_ones_in_front, fit_ones_behind)
        ],
        *[
            (
                fit,
                "`np.linalg.lstsq` returns four things. The solution is one of them.",
            )
            for fit in (fit_all_four, fit_two_of_four, fit_four_split, fit_four_starred)
        ],
        *[
            (
                fit,
                "You fit `x` itself. The output adds up the hidden activations: fit "
                "those.",
            )
            for fit in (fit_polynomial, fit_line)
        ],
        (
            lambda x, y, wh, bh: (np.ones(len(wh)), 0.0),
            "With your `wo` and `bo` the outputs do not come as near to the points as "
            "they can.",
        ),
    ],
    "forward": [
        (
            layers(z2=lambda a, z, W2, b2: z @ W2 + b2),
            "The output layer gets `z1`, before the sigmoid. It must get the hidden "
            "activations `a1`.",
        ),
        (
            forward_from_the_inputs,
            "The output layer gets `X`. It must get what the hidden layer gives, `a1`.",
        ),
        (
            forward_copied_too_much,
            "The output layer uses the hidden layer's weights, `W1`, once more. It has "
            "its own.",
        ),
        (
            forward_gives(1, 1, 2, 3),
            "The first value is a1, as the second is. z1 is the weighted sum, before "
            "the sigmoid.",
        ),
        (
            forward_gives(0, 1, 3, 3),
            "The third value is a2, as the fourth is. z2 is the weighted sum, before "
            "the sigmoid.",
        ),
        (
            forward_gives(1, 1, 3, 3),
            "In place of z1 and z2 you return a1 and a2 twice. z is the weighted sum, "
            "before the sigmoid.",
        ),
        (layers(a1=lambda z: z), "The sigmoid of the hidden layer is missing."),
        (layers(a2=lambda z: z), "The sigmoid of the output layer is missing."),
        (
            layers(a2=softmax),
            "That is softmax at the output. Here each output has a sigmoid of its own.",
        ),
        (
            layers(z1=lambda X, W1, b1: X @ W1),
            "The biases of the hidden layer, `b1`, are missing.",
        ),
        (
            layers(z2=lambda a, z, W2, b2: a @ W2),
            "The biases of the output layer, `b2`, are missing.",
        ),
        (
            layers(z1=lambda X, W1, b1: X @ W1, z2=lambda a, z, W2, b2: a @ W2),
            "Both biases are missing: z = a @ W + b in each layer.",
        ),
        (
            layers(a1=flipped, a2=flipped),
            "The sign of z is flipped in the sigmoid: it is exp(−z) that stands below "
            "the line.",
        ),
        (
            forward_transposed,
            "The weights are transposed. Samples are rows, and each column of `W1` "
            "belongs to one hidden unit: `X @ W1`.",
        ),
        (
            forward_weights_first,
            "The order of the parameters is W1, b1, W2, b2. You take them apart in "
            "another order.",
        ),
        (
            forward_only_the_output,
            "You return only a2. The gradient will need the others too: return "
            "z1, a1, z2, a2.",
        ),
        (
            forward_as_the_slides,
            "Those are the right arrays in another order. Wanted is the order in which "
            "they are computed: z1, a1, z2, a2.",
        ),
        (
            forward_pops,
            "It changes its input `parameters` in place, perhaps by `.pop()`: work on "
            "a copy of it.",
        ),
        *[
            (
                changes,
                f"It changes its input `{name}` in place: work on a copy, or write "
                "`a = a + b` instead of `a += b`.",
            )
            for changes, name in (
                (forward_adds_in_place, "parameters"),
                (forward_doubles_X, "X"),
            )
        ],
        (
            forward_samples_as_columns,
            "The 1st value is transposed: shape (3, 4) instead of (4, 3).",
        ),
    ],
    "hidden_gradients": [
        (
            hidden_with(lambda a1: 1.0),
            "The slope of the hidden layer's sigmoid, a1(1 − a1), is missing: the way "
            "back leads through the activation function.",
        ),
        (
            hidden_with(lambda a1: sloped(sigmoid(a1))),
            "The sigmoid is applied twice: the slope is a1(1 − a1), and `a1` has been "
            "through the sigmoid already.",
        ),
        (
            hidden_with(lambda a1: a1),
            "The error is multiplied by `a1` only. The slope of the sigmoid is "
            "a1(1 − a1).",
        ),
        (
            hidden_with(lambda a1: 1 - a1),
            "The error is multiplied by 1 − a1 only. The slope of the sigmoid is "
            "a1(1 − a1).",
        ),
        (
            hidden_with(lambda a1: 1 - a1 * a1),
            "That is the slope of tanh, 1 − a1². The hidden layer has the sigmoid.",
        ),
        (
            hidden_not_transposed,
            "Going back through `W2` needs its transpose: `delta2` has a column for "
            "each output, and you want one for each hidden unit.",
        ),
        (
            hidden_without_W2,
            "The weights `W2` are missing: a hidden unit feels the output's error as "
            "strongly as its weight to that output.",
        ),
        (
            hidden_with(sloped, W1=lambda X, a1, delta1: a1.T @ delta1),
            "The gradient for W1 is built from `a1`. It is the layer's input that "
            "multiplies its error, and the hidden layer's input is `X`.",
        ),
        (
            hidden_turned,
            "The gradient for W1 is transposed: it has the shape of W1, (D, M).",
        ),
        (
            hidden_with(sloped, b1=lambda delta1: delta1),
            "The gradient for the biases still has a row for each sample. A bias acts "
            "on every sample: add up over them, axis 0.",
        ),
        (
            hidden_with(sloped, b1=lambda delta1: delta1.sum(axis=1)),
            "The gradient for the biases is added up along the wrong axis: one number "
            "for each hidden unit must remain.",
        ),
        (
            hidden_with(sloped, b1=np.sum),
            "The gradient for the biases is a single number: you added up over the "
            "units as well. Add up over the samples only, axis 0.",
        ),
        (
            hidden_with(sloped, b1=lambda delta1: delta1.mean(axis=0)),
            "The gradient for the biases is a mean. `delta2` holds the 1/N already, so "
            "take the sum.",
        ),
        (
            hidden_mean,
            "Both are divided by N once more: `delta2` holds the 1/N already.",
        ),
        (
            hidden_divides_delta2,
            "You divide `delta2` by N, and in place at that. It holds the 1/N already, "
            "and it is not yours to change.",
        ),
        (
            hidden_downhill,
            "The sign is flipped. `delta2` is a − y, and the gradient points uphill.",
        ),
        (
            hidden_other_order,
            "The two gradients are in the other order: first the one for W1, then the "
            "one for b1.",
        ),
        (hidden_with_delta1, "The result has 3 values where 2 are expected."),
        (
            hidden_changes_delta2,
            "It changes its input `delta2` in place: work on a copy, or write "
            "`a = a + b` instead of `a += b`.",
        ),
    ],
}

RIGHT = {
    "count_parameters": [count_with_arrays, count_by_recursion, count_by_making_it],
    "hidden_and_output": [
        units_with_loops,
        units_as_matrices,
        lambda *case: list(hidden_and_output(*case)),
    ],
    "fit_output": [
        fit_by_normal_equations,
        fit_centered,
        fit_with_sklearn,
        fit_by_descent(20_000),
        lambda x, y, wh, bh: (
            list(fit_output(x, y, wh, bh)[0]),
            fit_output(x, y, wh, bh)[1],
        ),
    ],
    "forward": [forward_with_einsum, forward_one_by_one, forward_turned_back],
    "hidden_gradients": [hidden_with_loops, hidden_with_einsum, hidden_with_ones],
}
