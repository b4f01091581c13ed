"""Wrong and right answers to the exercises of lesson 06, with what must be said."""

import numpy as np

from helpers.network import softmax

# dropout ------------------------------------------------------------------------------


def dropout_not_scaled(a, rate, rng):
    mask = rng.binomial(1, 1 - rate, size=a.shape)
    return a * mask, mask


def dropout_times_keep(a, rate, rng):
    keep = 1 - rate
    mask = (rng.random(a.shape) < keep) * keep
    return a * mask, mask


def dropout_divided_by_rate(a, rate, rng):
    mask = (rng.random(a.shape) >= rate) / max(rate, 0.01)
    return a * mask, mask


def dropout_one_mask_for_all(a, rate, rng):
    mask = (rng.random(a.shape[1]) >= rate) / (1 - rate)
    return a * mask, mask


def dropout_one_mask_in_full(a, rate, rng):
    mask = np.tile((rng.random(a.shape[1]) >= rate) / (1 - rate), (len(a), 1))
    return a * mask, mask


def dropout_whole_samples(a, rate, rng):
    mask = (rng.random((len(a), 1)) >= rate) / (1 - rate)
    return a * mask, mask


def dropout_whole_samples_in_full(a, rate, rng):
    mask = (rng.random((len(a), 1)) >= rate) / (1 - rate) * np.ones(a.shape)
    return a * mask, mask


def dropout_rate_is_keep(a, rate, rng):
    mask = (rng.random(a.shape) < rate) / (1 - rate)
    return a * mask, mask


def dropout_never_drops(a, rate, rng):
    mask = np.ones(a.shape) / (1 - rate)
    return a * mask, mask


def dropout_mask_first(a, rate, rng):
    mask = (rng.random(a.shape) >= rate) / (1 - rate)
    return mask, a * mask


def dropout_mask_not_scaled(a, rate, rng):
    mask = rng.random(a.shape) >= rate
    return a * mask / (1 - rate), mask


def dropout_activations_not_scaled(a, rate, rng):
    kept = rng.random(a.shape) >= rate
    return a * kept, kept / (1 - rate)


def dropout_scaled_twice(a, rate, rng):
    mask = (rng.random(a.shape) >= rate) / (1 - rate)
    return a * mask / (1 - rate), mask


def dropout_own_seed(a, rate, rng):
    rng = np.random.default_rng(0)
    mask = (rng.random(a.shape) >= rate) / (1 - rate)
    return a * mask, mask


def dropout_own_generator(a, rate, rng):
    mask = (np.random.default_rng().random(a.shape) >= rate) / (1 - rate)
    return a * mask, mask


def dropout_exact_share(a, rate, rng):
    flags = np.arange(a.size) >= round(rate * a.size)
    mask = rng.permutation(flags).reshape(a.shape) / (1 - rate)
    return a * mask, mask


def dropout_in_place(a, rate, rng):
    mask = (rng.random(a.shape) >= rate) / (1 - rate)
    a *= mask
    return a, mask


def dropout_only_activations(a, rate, rng):
    return a * (rng.random(a.shape) >= rate) / (1 - rate)


def dropout_as_lists(a, rate, rng):
    mask = (rng.random(a.shape) >= rate) / (1 - rate)
    return (a * mask).tolist(), mask.tolist()


def dropout_with_binomial(a, rate, rng):
    mask = rng.binomial(1, 1 - rate, size=a.shape) / (1 - rate)
    return a * mask, mask


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
    mask[rng.random(a.shape) < rate] = 0
    out = a.copy()
    out *= mask
    return out, mask


# moments ------------------------------------------------------------------------------


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


# gradients ----------------------------------------------------------------------------


def gradients_by(
    forward=True, in_W2=True, back=lambda m: m, slope=True, n=True, biases=("sum",) * 2
):
    def gradients(X, Y, parameters, mask):
        W1, b1, W2, b2 = parameters
        z = X @ W1 + b1
        a = z * (z > 0)
        d = a * mask if forward else a
        delta2 = softmax(d @ W2 + b2) - Y
        if n:
            delta2 = delta2 / Y.shape[0]
        delta1 = delta2 @ W2.T * back(mask)
        if callable(slope):
            delta1 = delta1 * slope(a)
        elif slope:
            delta1 = delta1 * (z > 0)
        seen = {True: a * mask, False: a, "twice": a * mask * mask}[in_W2]
        db1, db2 = getattr(delta1, biases[0])(0), getattr(delta2, biases[1])(0)
        return [X.T @ delta1, db1, seen.T @ delta2, db2]

    return gradients


def gradients_with_own_mask(X, Y, parameters, mask):
    mask = (np.random.default_rng().random(mask.shape) < 0.5) / 0.5
    return gradients_by()(X, Y, parameters, mask)


def gradients_with_slope_of_outputs(X, Y, parameters, mask):
    W1, b1, W2, b2 = parameters
    a = np.maximum(0, X @ W1 + b1)
    o = softmax((a * mask) @ W2 + b2)
    delta2 = (o - Y) * o * (1 - o) / len(X)
    delta1 = delta2 @ W2.T * mask * (a > 0)
    return [X.T @ delta1, delta1.sum(0), (a * mask).T @ delta2, delta2.sum(0)]


def gradients_uphill(X, Y, parameters, mask):
    return [-g for g in gradients_by()(X, Y, parameters, mask)]


def gradients_with_a_loop(X, Y, parameters, mask):
    grads = [np.zeros_like(p) for p in parameters]
    for i in range(len(X)):
        one = gradients_by()(X[i : i + 1], Y[i : i + 1], parameters, mask[i : i + 1])
        for total, g in zip(grads, one, strict=True):
            total += g / len(X)
    return grads


def gradients_with_einsum(X, Y, parameters, mask):
    W1, b1, W2, b2 = parameters
    d = np.maximum(X @ W1 + b1, 0) * mask
    delta2 = (softmax(d @ W2 + b2) - Y) / len(X)
    delta1 = np.where(d > 0, np.einsum("nk,jk->nj", delta2, W2) * mask, 0)
    dW1, dW2 = np.einsum("ni,nj->ij", X, delta1), np.einsum("nj,nk->jk", d, delta2)
    return dW1, delta1.sum(0), dW2, delta2.sum(0)


def no_mask(mask):
    return np.ones(mask.shape)


# at_test_time -------------------------------------------------------------------------


def times(*factors):
    """Each array times its factor; "q" stands for the keep probability."""

    def at_test_time(parameters, rate):
        values = {"q": 1 - rate, "p": rate, "1/q": 1 / (1 - rate), 1: 1}
        return [p * values[f] for p, f in zip(parameters, factors, strict=True)]

    return at_test_time


def at_test_time_in_place(parameters, rate):
    parameters[2] *= 1 - rate
    return parameters


def at_test_time_copies(parameters, rate):
    new = [p.copy() for p in parameters]
    new[2] *= 1 - rate
    return new


def at_test_time_unpacked(parameters, rate):
    W1, b1, W2, b2 = parameters
    return W1, b1, W2 - rate * W2, b2


# geometric_mean -----------------------------------------------------------------------


def rooted(outputs):
    return np.exp(np.log(outputs).mean(axis=0))


def product(outputs):
    with np.errstate(all="ignore"):
        return outputs.prod(axis=0)


def root_of_product(outputs):
    with np.errstate(all="ignore"):
        mean = product(outputs) ** (1 / len(outputs))
        return mean / mean.sum(axis=1, keepdims=True)


def root_of_degree(degree):
    def geometric_mean(outputs):
        with np.errstate(all="ignore"):
            mean = product(outputs) ** (1 / degree(outputs))
            return mean / mean.sum(axis=1, keepdims=True)

    return geometric_mean


def square_root_of_product(outputs):
    mean = np.sqrt(product(outputs))
    with np.errstate(all="ignore"):
        return mean / mean.sum(axis=1, keepdims=True)


def right_for_two(outputs):
    mean = np.sqrt(outputs[0] * outputs[-1])
    return mean / mean.sum(axis=1, keepdims=True)


def logarithms_to_one(outputs):
    logs = np.log(outputs).mean(axis=0)
    return logs / logs.sum(axis=1, keepdims=True)


def product_to_one(outputs):
    with np.errstate(all="ignore"):
        whole = product(outputs)
        return whole / whole.sum(axis=1, keepdims=True)


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


SAMPLES_ALIKE = (
    "All samples get the same mask. Draw one random number for each number of `a`: the "
    "mask has the shape (N, M)."
)
UNITS_ALIKE = (
    "All units of a sample share one fate. Draw one random number for each number of "
    "`a`: the mask has the shape (N, M)."
)
EXCHANGED = (
    "Drop rate and keep probability are exchanged: with rate 0.2 you keep about a "
    "fifth of the numbers and drop the rest."
)
BIASES_TWICE = (
    "A gradient for the biases is divided by N twice: the errors hold the 1/N already, "
    "and `mean` divides by N once more."
)
STANDARD_DEVIATION = (
    "The second value is a standard deviation, not yet a variance: it has not been "
    "squared."
)
OTHER_SLOPE = (
    "The slope of the ReLU is 1 where a > 0, and 0 elsewhere. You multiplied by "
    "something else: a itself, or the sigmoid's a(1 − a)."
)
OF_THE_MASK = (
    "The variance of the mask alone is p / q. Times a, it is a² times as large."
)
MASK_ALONE = (
    "Those are the mean and the variance of the mask alone. Asked for are those of a * "
    "mask."
)
WRONG_DEGREE = (
    "You take a root whose degree counts the samples, or the classes. It is the number "
    "of networks, R."
)
SQUARE_ROOT = "You take a square root. With R networks it is the R-th root."
LOGARITHM = "That is still the logarithm: take it back with np.exp."
NOT_FORWARD = "The mask is missing on the way forward: the output layer gets a * mask."

WRONG = {
    "dropout": [
        (
            dropout_not_scaled,
            "What is kept is not scaled up. That is plain dropout; here each number "
            "that is kept must become 1 / (1 - rate) times as large.",
        ),
        (
            dropout_times_keep,
            "You multiply by the keep probability where you should divide by it: what "
            "is kept must become larger, to make up for what is lost.",
        ),
        (
            dropout_divided_by_rate,
            "You divide by the drop rate. Divide by the share that is kept, 1 - rate.",
        ),
        (dropout_one_mask_for_all, SAMPLES_ALIKE),
        (dropout_one_mask_in_full, SAMPLES_ALIKE),
        (dropout_whole_samples, UNITS_ALIKE),
        (dropout_whole_samples_in_full, UNITS_ALIKE),
        (dropout_rate_is_keep, EXCHANGED),
        (
            dropout_never_drops,
            "Nothing is ever dropped. With rate 0.2, a fifth of the numbers must "
            "become 0.",
        ),
        (
            lambda a, rate, rng: (np.zeros(a.shape), np.zeros(a.shape)),
            "Everything is dropped. With rate 0.2, only a fifth should become 0.",
        ),
        (
            dropout_mask_first,
            "The two results are in the other order: first the activations, then the "
            "mask.",
        ),
        (
            dropout_mask_not_scaled,
            "The activations are right, but the mask is not scaled. Return the mask "
            "that `a` was multiplied by: the way back needs it.",
        ),
        (
            dropout_activations_not_scaled,
            "The mask is right, but the activations are not scaled. They are a * mask, "
            "with the scaled mask.",
        ),
        (
            dropout_scaled_twice,
            "You scale twice: once the mask, and once more the activations.",
        ),
        (
            dropout_own_seed,
            "Every call gives the same mask. Draw from the `rng` you are given, and do "
            "not make a new one with a fixed seed.",
        ),
        (
            dropout_own_generator,
            "The mask does not come from the `rng` you are given, so that nobody can "
            "repeat your run. Use `rng.random(...)`.",
        ),
        (
            dropout_exact_share,
            "You always keep exactly the same share. Each number is dropped or kept by "
            "itself, so the share varies from draw to draw.",
        ),
        (
            dropout_in_place,
            "It changes its input `a` in place: work on a copy, or write `a = a + b` "
            "instead of `a += b`.",
        ),
        (
            dropout_only_activations,
            "The result is a NumPy array where 2 values are expected (a tuple).",
        ),
        (
            dropout_as_lists,
            "The 1st value is a list where a NumPy array is expected; `np.array(...)` "
            "makes one of it.",
        ),
    ],
    "moments": [
        (
            lambda a, p: ((1 - p) * a, a**2 * p * (1 - p)),
            "Those are the mean and variance of plain dropout, where what is kept "
            "stays as it is. Here it is a / q.",
        ),
        (
            lambda a, p: ((1 - p) * a, a**2 * p / (1 - p)),
            "The mean forgets the scale: with probability q the value is a / q, not a.",
        ),
        (
            lambda a, p: (a / (1 - p), a**2 * p / (1 - p)),
            "The mean forgets the cases in which the unit is dropped: a / q is its "
            "value when it is kept.",
        ),
        (
            lambda a, p: (a.copy(), a**2 * p * (1 - p)),
            "The variance is that of plain dropout. A factor 1/q on a value is a "
            "factor 1/q² on its variance.",
        ),
        (
            lambda a, p: (a.copy(), a**2 / (1 - p)),
            "That is the mean of the squares. For the variance, subtract the square of "
            "the mean.",
        ),
        (
            lambda a, p: (a.copy(), a**2 * (1 - p) / max(p, 1e-300)),
            "Drop rate and keep probability are exchanged in the variance: the more is "
            "dropped, the more it must vary.",
        ),
        (
            lambda a, p: (a.copy(), np.abs(a) * np.sqrt(p / (1 - p))),
            STANDARD_DEVIATION,
        ),
        (lambda a, p: (a.copy(), a * np.sqrt(p / (1 - p))), STANDARD_DEVIATION),
        (
            lambda a, p: (a.copy(), np.sqrt(a**2 / (1 - p) - a**2)),
            STANDARD_DEVIATION,
        ),
        (
            lambda a, p: (a.copy(), a * p / (1 - p)),
            "The a in the variance must be squared: twice the activation gives four "
            "times the variance.",
        ),
        (
            lambda a, p: (a**2 * p / (1 - p), a.copy()),
            "The two results are in the other order: first the mean, then the "
            "variance.",
        ),
        (lambda a, p: (np.ones(a.shape), np.full(a.shape, p / (1 - p))), MASK_ALONE),
        (lambda a, p: (1.0, p / (1 - p)), MASK_ALONE),
        (
            moments_by_drawing,
            "Two calls with the same arguments give two results: you draw masks. Work "
            "out mean and variance from the two values that a number can take.",
        ),
        (lambda a, p: (a.copy(), p / (1 - p)), OF_THE_MASK),
        (lambda a, p: (a, np.full(a.shape, p / (1 - p))), OF_THE_MASK),
    ],
    "gradients": [
        (
            gradients_by(back=no_mask),
            "The mask is missing on the way back: the error of the hidden layer must "
            "pass it too. A unit that was dropped has no slope.",
        ),
        (
            gradients_by(in_W2=False),
            "The mask is missing from the gradient for W2: W2 was multiplied by a * "
            "mask, not by a.",
        ),
        (
            gradients_by(in_W2=False, back=no_mask),
            "The mask is there on the way forward only. On the way back it is needed "
            "twice: in the gradient for W2, and in the error of the hidden layer.",
        ),
        (
            gradients_by(forward=False, in_W2=False, back=no_mask),
            "The mask is used nowhere.",
        ),
        (gradients_by(forward=False), NOT_FORWARD),
        (gradients_by(forward=False, in_W2=False), NOT_FORWARD),
        (
            gradients_by(back=lambda mask: mask != 0),
            "On the way back you use the mask without its scale, as zeros and ones. "
            "Forward it multiplies by 1/q, so backward it does too.",
        ),
        (
            gradients_by(in_W2="twice"),
            "The mask is applied twice in the gradient for W2: `dropped` holds it "
            "already.",
        ),
        (
            gradients_by(back=lambda mask: mask * mask),
            "The mask is applied twice on the way back.",
        ),
        (
            gradients_by(slope=False),
            "The slope of the ReLU is missing: it is 1 where a > 0, and 0 elsewhere.",
        ),
        (gradients_by(slope=lambda a: a), OTHER_SLOPE),
        (gradients_by(slope=lambda a: a * (1 - a)), OTHER_SLOPE),
        (
            gradients_by(n=False),
            "The 1/N is missing: the loss is a mean over the samples.",
        ),
        (gradients_by(biases=("mean", "mean")), BIASES_TWICE),
        (gradients_by(biases=("mean", "sum")), BIASES_TWICE),
        (gradients_by(biases=("sum", "mean")), BIASES_TWICE),
        (
            gradients_by(n=False, biases=("mean", "mean")),
            "The 1st value is N times too large, N being the number of rows of `X`: "
            "divide by N.",
        ),
        (
            gradients_with_slope_of_outputs,
            "You multiply the error of the output layer by o (1 − o), o being the "
            "outputs. With softmax and cross-entropy no such factor is left.",
        ),
        (
            gradients_with_own_mask,
            "Two calls with the same arguments give two results: you draw random "
            "numbers. Use the mask that is given.",
        ),
        (gradients_uphill, "The sign is flipped: the error is outputs − Y."),
    ],
    "at_test_time": [
        (
            times(1, 1, "q", "q"),
            "The bias b2 is scaled too. No mask was ever on it: it was there in every "
            "step, so it stays.",
        ),
        (
            times("q", 1, 1, 1),
            "Those are the weights that lead into the dropped units. What must be put "
            "right is what comes out of them.",
        ),
        (
            times("q", "q", 1, 1),
            "For ReLU that comes to the same: W1 and b1 times q make each activation q "
            "times as large. For other activations, such as the sigmoid, it does not. "
            "Leave W1 and b1 as they are, and change what comes after.",
        ),
        (
            times("q", 1, "q", 1),
            "Both layers are scaled. Once is enough, where the mask was: between the "
            "hidden units and W2.",
        ),
        (
            times("q", "q", "q", "q"),
            "Everything is scaled. The mask was only on the hidden activations, so "
            "only the weights that they are multiplied by change.",
        ),
        (
            times(1, 1, "1/q", 1),
            "You divide by the keep probability. At test time more units are there "
            "than in training, so the weights must become smaller.",
        ),
        (
            times(1, 1, "p", 1),
            "You multiply by the drop rate. The factor is the share that was kept, "
            "1 − rate.",
        ),
        (
            times(1, 1, 1, 1),
            "The parameters come back as they were. Without a mask, the output layer "
            "then gets larger sums than in training.",
        ),
        (
            at_test_time_in_place,
            "It changes its input `parameters` in place: work on a copy, or write "
            "`a = a + b` instead of `a += b`.",
        ),
    ],
    "geometric_mean": [
        (
            lambda outputs: np.mean(outputs, axis=0),
            "That is the arithmetic mean: add up and divide by R. The geometric mean "
            "multiplies and takes the R-th root.",
        ),
        (
            rooted,
            "The rows do not add up to 1: a geometric mean of probabilities is a "
            "little too small. Divide each row by its sum.",
        ),
        (
            product_to_one,
            "The R-th root is missing: you multiply the networks, but do not take the "
            "mean of them.",
        ),
        (lambda outputs: np.log(outputs).mean(axis=0), LOGARITHM),
        (logarithms_to_one, LOGARITHM),
        (square_root_of_product, SQUARE_ROOT),
        (root_of_degree(lambda outputs: 2), SQUARE_ROOT),
        (root_of_degree(lambda outputs: outputs.shape[1]), WRONG_DEGREE),
        (root_of_degree(lambda outputs: outputs.shape[2]), WRONG_DEGREE),
        (right_for_two, "The result is right for some inputs, but not for this one."),
        (
            lambda outputs: rooted(outputs) / rooted(outputs).sum(axis=0),
            "You divide by the sum over the samples. It is the K probabilities of one "
            "sample that must add up to 1.",
        ),
        (
            lambda outputs: rooted(outputs) / rooted(outputs).sum(),
            "You divide by the sum of everything. It is the K probabilities of one "
            "sample that must add up to 1.",
        ),
        (
            root_of_product,
            "Right for a few networks. But a product of thousands of probabilities is "
            "too small for a computer's number, and becomes 0. Add up logarithms.",
        ),
    ],
}

RIGHT = {
    "dropout": [
        dropout_with_binomial,
        dropout_with_choice,
        dropout_with_loops,
        dropout_with_where,
        dropout_copy_in_place,
    ],
    "moments": [
        moments_from_the_cases,
        moments_with_a_loop,
        lambda a, rate: (a * 1.0, np.square(a) * (1 / (1 - rate) - 1)),
    ],
    "gradients": [gradients_by(), gradients_with_a_loop, gradients_with_einsum],
    "at_test_time": [
        times(1, 1, "q", 1),
        at_test_time_copies,
        at_test_time_unpacked,
    ],
    "geometric_mean": [
        geometric_mean_by_softmax,
        geometric_mean_with_a_loop,
        geometric_mean_of_roots,
    ],
}
