"""Lesson 03, a network by hand: reference answers, hints and checks."""

import copy
import itertools

import numpy as np

from helpers.exercises.engine import Exercise, Lesson, Mistake

# Exercise 1: how many numbers are learned? --------------------------------------------


def count_parameters(sizes: list[int]) -> int:
    """Return how many numbers a fully connected network learns.

    sizes: the number of inputs, the units of each hidden layer, the number of outputs,
    as in [5, 20, 3]. There may be any number of hidden layers, also none.
    """
    count = 0
    for before, units in itertools.pairwise(sizes):
        count += before * units + units  # a weight for each connection, a bias each
    return count


def count_cases(rng: np.random.Generator) -> list[tuple]:
    """One hidden layer, several, and none."""
    deep = [int(n) for n in rng.integers(2, 9, size=5)]
    return [([5, 20, 3],), ([2, 4, 1],), ([2, 7, 5, 3],), ([3, 1],), (deep,)]


def _pairs(sizes):
    return list(itertools.pairwise(sizes))


count_exercise = Exercise(
    count_parameters,
    cases=count_cases,
    hints=(
        "Go from layer to layer. How many lines lead into one unit of the layer, and "
        "what does the unit have besides?",
        "Every unit has one weight for each unit of the layer before, and one bias. A "
        "layer of `m` units after one of `n` has `n * m` weights and `m` biases.",
        "Loop over neighboring sizes: `for n, m in zip(sizes[:-1], sizes[1:])`, and "
        "add `(n + 1) * m` each time.",
    ),
    mistakes=(
        Mistake(
            "The biases are missing: each unit of a hidden layer and each output has "
            "one.",
            wrong=lambda sizes: sum(n * m for n, m in _pairs(sizes)),
        ),
        Mistake(
            "The inputs have no biases: they are given, not computed.",
            wrong=lambda sizes: sum(n * m for n, m in _pairs(sizes)) + sum(sizes),
        ),
        Mistake(
            "You count one bias for each layer. Each unit has a bias of its own.",
            wrong=lambda sizes: sum(n * m + 1 for n, m in _pairs(sizes)),
        ),
        Mistake(
            "The output units' biases are missing: they are neurons too.",
            wrong=lambda sizes: count_parameters(sizes) - sizes[-1],
        ),
        Mistake(
            "You add the bias to the wrong side: a unit has `n` weights and one bias, "
            "where `n` is the size of the layer before. That makes (n + 1) m, not "
            "n (m + 1).",
            wrong=lambda sizes: sum(n * (m + 1) for n, m in _pairs(sizes)),
        ),
        Mistake(
            "That counts the units. Count what they learn: weights and biases.",
            wrong=sum,
        ),
        Mistake(
            "That counts the units that compute. Count what they learn: weights and "
            "biases.",
            wrong=lambda sizes: sum(sizes[1:]),
        ),
        Mistake(
            "Those are the parameters of the first layer only. Add up over all layers.",
            wrong=lambda sizes: (sizes[0] + 1) * sizes[1],
        ),
        Mistake(
            "Those are the parameters of the last layer only. Add up over all layers.",
            wrong=lambda sizes: (sizes[-2] + 1) * sizes[-1],
        ),
        Mistake(
            "It works for three sizes only. A network may have any number of layers, "
            "so `sizes` may also hold two numbers, or five.",
            when=lambda answer: (
                _counts_one_hidden_layer(answer)
                and _fails(answer, [3, 1])
                and _fails(answer, [2, 7, 5, 3])
            ),
        ),
        Mistake(
            "With one hidden layer it is right. With two, as in [2, 7, 5, 3], it is "
            "not: there are three layers of weights then.",
            when=lambda answer: (
                _counts_one_hidden_layer(answer)
                and _result(answer, [2, 7, 5, 3]) != count_parameters([2, 7, 5, 3])
            ),
        ),
        Mistake(
            "With one hidden layer it is right. Without any, as in [3, 1], there is "
            "still one layer of weights.",
            when=lambda answer: (
                _counts_one_hidden_layer(answer)
                and answer([2, 7, 5, 3]) == count_parameters([2, 7, 5, 3])
                and _result(answer, [3, 1]) != 4
            ),
        ),
    ),
)


def _counts_one_hidden_layer(answer) -> bool:
    """True if it is right with one hidden layer, and not for one network only."""
    return answer([5, 20, 3]) == 183 and answer([2, 4, 1]) == 17


def _result(answer, *arguments):
    """What an answer returns, or None if it fails."""
    try:
        return answer(*arguments)
    except Exception:
        return None


def _fails(answer, *arguments) -> bool:
    """True if an answer stops with an error."""
    try:
        answer(*arguments)
    except Exception:
        return True
    return False


# Exercise 2: three hidden units -------------------------------------------------------


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-z)) for every element of z, without overflow."""
    return 0.5 * np.tanh(0.5 * np.asarray(z)) + 0.5


def hidden_and_output(
    x: np.ndarray, wh: np.ndarray, bh: np.ndarray, wo: np.ndarray, bo: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the hidden activations and the output for a row of single numbers.

    x (N,) inputs, wh (M,) and bh (M,) weight and bias of each hidden unit (sigmoid),
    wo (M,) and bo weights and bias of the one output unit (no activation function).
    Returns the hidden activations (N, M) and the outputs (N,).
    """
    ah = sigmoid(x[:, None] * wh + bh)  # (N, 1) times (M,) is (N, M)
    return ah, ah @ wo + bo


def units_cases(rng: np.random.Generator) -> list[tuple]:
    """NYU's network on a few inputs, and random ones of other sizes."""
    x = np.linspace(-4, 8, 7)
    nyu = (np.ones(3), -np.array([0.0, 2.0, 4.0]), np.array([1.0, -2.0, 0.5]), 0.1)
    cases = [(x, *nyu)]
    for n, m in ((5, 2), (4, 4), (1, 3)):
        parameters = (rng.normal(size=m) for _ in range(3))
        cases.append((rng.normal(size=n), *parameters, float(rng.normal())))
    return cases


def _units(hidden=lambda x, wh, bh: sigmoid(x[:, None] * wh + bh), output=None):
    """A wrong answer: another rule for the hidden units or for the output."""
    output = output or (lambda ah, wo, bo: ah @ wo + bo)

    def wrong(x, wh, bh, wo, bo):
        ah = hidden(x, wh, bh)
        return ah, output(ah, wo, bo)

    return wrong


def _units_not_activated(x, wh, bh, wo, bo):
    return x[:, None] * wh + bh, hidden_and_output(x, wh, bh, wo, bo)[1]


def _units_turned(x, wh, bh, wo, bo):
    ah, ao = hidden_and_output(x, wh, bh, wo, bo)
    return ah.T, ao


def _hidden_is(answer, z) -> bool:
    """True if the hidden activations are a row of three: the sigmoid of this z."""
    x, wh, bh = np.array([[0.5, 1.0, -2.0], [1.0, -0.5, 2.0], [0.1, 0.2, 0.3]])
    ah = np.asarray(answer(x, wh, bh, np.ones(3), 1.0)[0])
    return ah.shape == (3,) and np.allclose(ah, sigmoid(z(x, wh, bh)))


units_exercise = Exercise(
    hidden_and_output,
    cases=units_cases,
    hints=(
        "Each hidden unit must see each input: a table with a row for each input and a "
        "column for each unit. Which shapes give that by broadcasting?",
        "`x[:, None]` has shape (N, 1). Times `wh`, of shape (M,), it gives (N, M). "
        "The bias `bh` is added to each row, and the sigmoid is applied to all.",
        "`ah = sigmoid(x[:, None] * wh + bh)`. The output adds up the columns, "
        "weighted: `ah @ wo + bo`, without a sigmoid. Return both.",
    ),
    mistakes=(
        Mistake(
            "The hidden activations are transposed: one row for each input, one column "
            "for each unit.",
            wrong=_units_turned,
        ),
        Mistake(
            "The sigmoid of the hidden units is missing.",
            wrong=_units(lambda x, wh, bh: x[:, None] * wh + bh),
        ),
        Mistake(
            "The outputs are right, but in the first place you return z, the weighted "
            "sums of the hidden units. Return their activations, after the sigmoid.",
            wrong=_units_not_activated,
        ),
        Mistake(
            "The output unit has no activation function here: no sigmoid around it.",
            wrong=_units(output=lambda ah, wo, bo: sigmoid(ah @ wo + bo)),
        ),
        Mistake(
            "The bias of the output, `bo`, is missing.",
            wrong=_units(output=lambda ah, wo, bo: ah @ wo),
        ),
        Mistake(
            "The biases of the hidden units, `bh`, are missing.",
            wrong=_units(lambda x, wh, bh: sigmoid(x[:, None] * wh)),
        ),
        Mistake(
            "You subtract `bh`. A bias is added; it may be negative itself.",
            wrong=_units(lambda x, wh, bh: sigmoid(x[:, None] * wh - bh)),
        ),
        Mistake(
            "You multiply the sum of input and bias. The weight belongs to the input "
            "only: `x * wh + bh`.",
            wrong=_units(lambda x, wh, bh: sigmoid((x[:, None] + bh) * wh)),
        ),
        Mistake(
            "The sign of z is flipped in the sigmoid: it is exp(−z) that stands below "
            "the line.",
            wrong=_units(lambda x, wh, bh: sigmoid(-x[:, None] * wh - bh)),
        ),
        Mistake(
            "The output only adds the hidden units up. Multiply each by its weight in "
            "`wo` first.",
            wrong=_units(output=lambda ah, wo, bo: ah.sum(axis=1) + bo),
        ),
        Mistake(
            "The output is not added up over the hidden units: it must be one number "
            "for each input.",
            wrong=_units(output=lambda ah, wo, bo: ah * wo + bo),
        ),
        Mistake(
            "You add `bo` once for each hidden unit. It is added once.",
            wrong=_units(output=lambda ah, wo, bo: (ah * wo + bo).sum(axis=1)),
        ),
        Mistake(
            "The two results are in the other order: first the hidden activations, "
            "then the outputs.",
            wrong=lambda *case: hidden_and_output(*case)[::-1],
        ),
        Mistake(
            "Input number i goes to unit number i only. Each unit must see each input.",
            when=lambda answer: _hidden_is(answer, lambda x, wh, bh: x * wh + bh),
        ),
        Mistake(
            "The units see the first input only. Each unit must see each input.",
            when=lambda answer: _hidden_is(answer, lambda x, wh, bh: x[0] * wh + bh),
        ),
    ),
)

# Exercise 3: fit the output layer -----------------------------------------------------


def fit_output(
    x: np.ndarray, y: np.ndarray, wh: np.ndarray, bh: np.ndarray
) -> tuple[np.ndarray, float]:
    """Return the output weights and bias with the least mean squared error.

    x (N,) inputs, y (N,) targets, wh (M,) and bh (M,) weight and bias of each hidden
    unit, which stay as they are. The network's output is ah @ wo + bo with the hidden
    activations ah (N, M).
    Returns wo (M,) and bo, a single number, that minimize np.mean((output - y) ** 2).
    """
    ah = sigmoid(x[:, None] * wh + bh)
    columns = np.column_stack([ah, np.ones(len(x))])  # the last one is for the bias
    *wo, bo = np.linalg.lstsq(columns, y)[0]
    return np.array(wo), bo


def fit_cases(rng: np.random.Generator) -> list[tuple]:
    """Noisy curves on which no two of the usual mistakes give the same fit."""
    cases = []
    for turn_on in ([0.0, 0.5, 1.0], [0.3, 0.7]):
        x = rng.random(80)  # so many that a message shows only the first and the last
        y = np.sin(2 * np.pi * x) + 0.5 * x + rng.normal(0, 0.1, 80) + 0.4
        wh = np.full(len(turn_on), 10.0)
        cases.append((x, y, wh, -wh * np.array(turn_on)))
    return cases


def use_fit(answer, x, y, wh, bh):
    """What is compared of a fit: not wo and bo, but the outputs they lead to.

    (Very different weights may fit equally well.) What is not a fit stays as it is.
    """
    ah = sigmoid(x[:, None] * wh + bh)  # first: the answer may change its inputs
    result = answer(x, y, wh, bh)
    if not _is_fit(result, len(wh)):
        return result
    return {"outputs, ah @ wo + bo": _outputs(ah, result), "from": _Weights(*result)}


class _Weights:
    """The weights and the bias of a fit: shown with its outputs, but not compared."""

    def __init__(self, wo, bo) -> None:
        self.wo, self.bo = np.asarray(wo, float), float(bo)

    def __repr__(self) -> str:
        wo = np.array2string(self.wo, precision=3, separator=", ")
        return f"wo = {wo}, bo = {self.bo:.3f}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Weights)

    __hash__ = None


def _is_fit(result, M) -> bool:
    """True for a pair of M weights and one bias."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        return False
    return _result(np.shape, result[0]) == (M,) and _result(np.shape, result[1]) == ()


def _outputs(ah, fit):
    wo, bo = fit
    return ah @ np.asarray(wo) + bo


def _error(answer, case):
    """The mean squared error that a fit leaves."""
    x, y, wh, bh = case
    fit = answer(*copy.deepcopy(case))
    return float(np.mean((_outputs(sigmoid(x[:, None] * wh + bh), fit) - y) ** 2))


def _fit_without_bias(x, y, wh, bh):
    return np.linalg.lstsq(sigmoid(x[:, None] * wh + bh), y, rcond=None)[0], 0.0


def _fit_last_weight_as_bias(x, y, wh, bh):
    *wo, bo = _fit_without_bias(x, y, wh, bh)[0]
    return np.array(wo), bo


def _fit_weights_first(x, y, wh, bh):
    """The weights without a bias; then the bias that is best for these weights."""
    wo, _ = _fit_without_bias(x, y, wh, bh)
    return wo, float(np.mean(y - sigmoid(x[:, None] * wh + bh) @ wo))


def _fit_bias_first(x, y, wh, bh):
    """The bias is the mean of y; then the weights that are best for this bias."""
    return _fit_without_bias(x, y - y.mean(), wh, bh)[0], float(np.mean(y))


def _fit_sums(x, y, wh, bh):
    """Fits z instead of the activations."""
    columns = np.column_stack([x[:, None] * wh + bh, np.ones(len(x))])
    *wo, bo = np.linalg.lstsq(columns, y, rcond=None)[0]
    return np.array(wo), bo


def _fit_without_hidden_bias(x, y, wh, bh):
    return fit_output(x, y, wh, 0 * bh)


def _fit_mean(x, y, wh, bh):
    return np.zeros(len(wh)), float(np.mean(y))


def _fit_in_one(x, y, wh, bh, ones_first=False):
    """The M + 1 numbers, in the order of the columns."""
    wo, bo = fit_output(x, y, wh, bh)
    return np.array([bo, *wo] if ones_first else [*wo, bo])


def _takes_another_for_the_bias(answer) -> bool:
    """True if the M + 1 numbers are right, but the bias is at the other end."""
    cases = fit_cases(np.random.default_rng(0))
    found = []
    for case in cases:
        wo, bo = answer(*copy.deepcopy(case))
        last, first = _fit_in_one(*case), _fit_in_one(*case, ones_first=True)
        pairs = ((first[:-1], first[-1]), (last[1:], last[0]))
        found.append(any(np.allclose(wo, w) and np.isclose(bo, b) for w, b in pairs))
    return all(found)


def _fits_x(answer) -> bool:
    """True if the numbers are those of a line, or a polynomial, in x itself."""
    x, y, wh, _ = case = fit_cases(np.random.default_rng(0))[0]
    wo, bo = answer(*copy.deepcopy(case))
    for degree in (1, len(wh)):
        *high, constant = np.polyfit(x, y, degree)
        for powers in (high, high[::-1]):
            near = np.allclose(wo, powers, atol=1e-4)
            if near and np.allclose(bo, constant, atol=1e-4):
                return True
    return False


def _takes_lstsq_apart(answer) -> bool:
    """True if the four things that lstsq returns were taken for the solution."""
    if "lstsq" not in getattr(getattr(answer, "__code__", None), "co_names", ()):
        return False
    x, y, wh, bh = case = fit_cases(np.random.default_rng(0))[0]
    try:
        parts = _flat(answer(*copy.deepcopy(case)))
    except ValueError as error:  # an array of four things of different lengths
        return "inhomogeneous" in str(error)
    ah = sigmoid(x[:, None] * wh + bh)
    for columns in (ah, np.column_stack([ah, np.ones(len(x))])):
        pieces = np.linalg.lstsq(columns, y)
        seen = [any(np.array_equal(part, piece) for part in parts) for piece in pieces]
        if sum(seen) > 1:
            return True
    return False


def _flat(result) -> list:
    """What is in a tuple or list, and in tuples and lists in it."""
    if not isinstance(result, tuple | list):
        return [result]
    return [part for inner in result for part in _flat(inner)]


def _returns_no_fit(answer) -> bool:
    """True if something comes out, but not M weights and one bias."""
    case = fit_cases(np.random.default_rng(0))[0]
    result = answer(*case)
    return result is not None and not _is_fit(result, len(case[2]))


def _errors(answer) -> list[tuple]:
    """The error of an answer in each case, the least, and that of a flat line."""
    return [
        tuple(_error(fit, case) for fit in (answer, fit_output, _fit_mean))
        for case in fit_cases(np.random.default_rng(0))
    ]


def _diverged(answer) -> bool:
    """True if the outputs are far away from all the points, or no numbers at all."""
    errors = _errors(answer)
    return any(not error < 1e4 * flat for error, _, flat in errors)


def _not_there_yet(answer) -> bool:
    """True if the error is well below that of a flat line, but not the least."""
    errors = _errors(answer)
    return _not_least(errors) and all(error < 0.9 * flat for error, _, flat in errors)


def _not_least(errors) -> bool:
    """True if one of the errors is clearly above the least."""
    return any(error > 1.0001 * least for error, least, _ in errors)


fit_exercise = Exercise(
    fit_output,
    cases=fit_cases,
    run=use_fit,
    rtol=0,
    atol=0.01,
    hints=(
        "Compute the hidden activations first: they are fixed numbers, one column for "
        "each unit. The output is linear in `wo` and `bo`. Which method of lesson 01 "
        "finds the best weights of a linear model in one go?",
        "Least squares. Put a column of ones beside the hidden activations, so that "
        "the bias becomes the weight of that column.",
        "`columns = np.column_stack([ah, np.ones(len(x))])`, then "
        "`np.linalg.lstsq(columns, y)[0]` has the M weights and, last, the bias. "
        "(Gradient descent from lesson 02 gets there too, in a few thousand steps.)",
    ),
    mistakes=(
        Mistake(
            "You return one array of M + 1 numbers. Split it: the M weights, and the "
            "bias apart.",
            wrong=lambda *case: np.append(*fit_output(*case)),
        ),
        Mistake(
            "The two results are in the other order: first the weights `wo`, then the "
            "bias `bo`.",
            wrong=lambda *case: fit_output(*case)[::-1],
        ),
        Mistake(
            "You fit M numbers, and take the last weight for the bias. The bias is one "
            "more unknown: fit weights and bias together.",
            wrong=_fit_last_weight_as_bias,
        ),
        Mistake(
            "`np.linalg.lstsq` returns four things. The solution is one of them.",
            when=_takes_lstsq_apart,
        ),
        Mistake(
            "You fit `x` itself. The output adds up the hidden activations: fit those.",
            when=_fits_x,
        ),
        Mistake(
            "Return two things: the weights `wo` with the shape (M,), one for each "
            "hidden unit, and the bias `bo`, a single number.",
            when=_returns_no_fit,
        ),
        Mistake(
            "Your bias is 0, and the weights are those that would be best without a "
            "bias. Fit weights and bias together: the bias is one more unknown.",
            wrong=_fit_without_bias,
        ),
        Mistake(
            "You fit the weights as if there were no bias, and the bias afterward. "
            "What is best for the one depends on the other: fit them together.",
            wrong=_fit_weights_first,
        ),
        Mistake(
            "Your bias is the mean of `y`, and the weights are fitted to what is left. "
            "What is best for the one depends on the other: fit them together.",
            wrong=_fit_bias_first,
        ),
        Mistake(
            "That fits the weighted sums z of the hidden units, and a sum of straight "
            "lines is a straight line. Fit their activations, after the sigmoid.",
            wrong=_fit_sums,
        ),
        Mistake(
            "The hidden units of your fit have no biases: z is `x * wh + bh`.",
            wrong=_fit_without_hidden_bias,
        ),
        Mistake(
            "All weights are 0 and the bias is the mean of `y`: the best flat line. "
            "The hidden units can do better.",
            wrong=_fit_mean,
        ),
        Mistake(
            "You fit `x` to `y` and not `y` to the hidden activations: `y` is what the "
            "output should come near.",
            wrong=lambda x, y, wh, bh: fit_output(x, x, wh, bh),
        ),
        Mistake(
            "The sign is flipped: your output is the curve upside down.",
            wrong=lambda *case: tuple(-part for part in fit_output(*case)),
        ),
        Mistake(
            "You found the right numbers, but take the wrong one for the bias: it is "
            "the weight of the column of ones.",
            when=_takes_another_for_the_bias,
        ),
        Mistake(
            "The outputs are far away from all the points, or not numbers any more. If "
            "you use gradient descent: it diverged. The learning rate is too large, or "
            "a sign is wrong.",
            when=_diverged,
        ),
        Mistake(
            "With your `wo` and `bo` the outputs come nearer to the points than a flat "
            "line, but not as near as they can. If you use gradient descent: it has "
            "not arrived, take more steps.",
            when=_not_there_yet,
        ),
        Mistake(
            "With your `wo` and `bo` the outputs do not come as near to the points as "
            "they can.",
            when=lambda answer: _not_least(_errors(answer)),
        ),
    ),
)

# Exercise 4: the forward pass ---------------------------------------------------------


def forward(
    X: np.ndarray, parameters: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Compute a network with one hidden layer, for all samples at once.

    X (N, D) samples; parameters is the list [W1, b1, W2, b2] with shapes (D, M), (M,),
    (M, K) and (K,). Both layers have the sigmoid as activation function.
    Returns z1 (N, M), a1 (N, M), z2 (N, K), a2 (N, K).
    """
    W1, b1, W2, b2 = parameters
    z1 = X @ W1 + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2 + b2
    a2 = sigmoid(z2)
    return z1, a1, z2, a2


def _network(rng, D, M, K):
    shapes = [(D, M), (M,), (M, K), (K,)]
    return [rng.normal(size=shape) for shape in shapes]


def forward_cases(rng: np.random.Generator) -> list[tuple]:
    """Several shapes: one sample, one output, and as many units as inputs."""
    sizes = [(4, 2, 3, 2), (6, 5, 2, 3), (1, 2, 10, 2), (5, 3, 3, 1), (4, 3, 3, 3)]
    return [(rng.normal(size=(N, D)), _network(rng, D, M, K)) for N, D, M, K in sizes]


def forward_in_lesson(rng: np.random.Generator) -> tuple:
    """The training set of the circles, and the network of the slides."""
    return rng.normal(size=(400, 2)), _network(rng, 2, 10, 2)


def _layers(first=None, second=None, activate=sigmoid, last=sigmoid):
    """A wrong answer: another rule for one of the steps."""
    first = first or (lambda X, W1, b1: X @ W1 + b1)
    second = second or (lambda a1, z1, W2, b2: a1 @ W2 + b2)

    def wrong(X, parameters):
        W1, b1, W2, b2 = parameters
        z1 = first(X, W1, b1)
        a1 = activate(z1)
        z2 = second(a1, z1, W2, b2)
        return z1, a1, z2, last(z2)

    return wrong


def _softmax(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _forward_from_the_inputs(X, parameters):
    """The output layer gets X in place of a1; runs only when D = M."""
    W1, b1, W2, b2 = parameters
    z1, z2 = X @ W1 + b1, X @ W2 + b2
    return z1, sigmoid(z1), z2, sigmoid(z2)


def _forward_with_the_same_weights(X, parameters):
    """The output layer uses W1 in place of W2; runs only when D = M = K."""
    W1, b1, _, b2 = parameters
    z1 = X @ W1 + b1
    z2 = sigmoid(z1) @ W1 + b2
    return z1, sigmoid(z1), z2, sigmoid(z2)


def _alike(answer, wrong, D, M, K) -> bool:
    """True if an answer and a wrong one agree on a network of these sizes."""
    rng = np.random.default_rng(5)
    X, parameters = rng.normal(size=(4, D)), _network(rng, D, M, K)
    return all(
        np.shape(a) == np.shape(b) and np.allclose(a, b)
        for a, b in zip(answer(X, parameters), wrong(X, parameters), strict=True)
    )


forward_exercise = Exercise(
    forward,
    cases=forward_cases,
    in_lesson=forward_in_lesson,
    calls=60_000,
    hints=(
        "Four lines, one for each box of the picture: the sums of the hidden layer, "
        "its activations, the sums of the output layer, its activations.",
        "Take the list apart first: `W1, b1, W2, b2 = parameters`. The hidden layer "
        "gets `X`; the output layer gets what the hidden layer gives, `a1`.",
        "`z1 = X @ W1 + b1`, `a1 = sigmoid(z1)`, and the same again with `a1`, `W2` "
        "and `b2`. Return all four.",
    ),
    mistakes=(
        Mistake(
            "The output layer gets `z1`, before the sigmoid. It must get the hidden "
            "activations `a1`.",
            wrong=_layers(second=lambda a1, z1, W2, b2: z1 @ W2 + b2),
        ),
        Mistake(
            "The output layer gets `X`. It must get what the hidden layer gives, `a1`.",
            when=lambda answer: _alike(answer, _forward_from_the_inputs, 3, 3, 2),
        ),
        Mistake(
            "The output layer uses the hidden layer's weights, `W1`, once more. It has "
            "its own.",
            when=lambda answer: _alike(answer, _forward_with_the_same_weights, 3, 3, 3),
        ),
        Mistake(
            "The sigmoid of the hidden layer is missing.",
            wrong=_layers(activate=lambda z: z),
        ),
        Mistake(
            "The sigmoid of the output layer is missing.",
            wrong=_layers(last=lambda z: z),
        ),
        Mistake(
            "That is softmax at the output. Here each output has a sigmoid of its own.",
            wrong=_layers(last=_softmax),
        ),
        Mistake(
            "The biases of the hidden layer, `b1`, are missing.",
            wrong=_layers(lambda X, W1, b1: X @ W1),
        ),
        Mistake(
            "The biases of the output layer, `b2`, are missing.",
            wrong=_layers(second=lambda a1, z1, W2, b2: a1 @ W2),
        ),
        Mistake(
            "Both biases are missing: z = a @ W + b in each layer.",
            wrong=_layers(lambda X, W1, b1: X @ W1, lambda a1, z1, W2, b2: a1 @ W2),
        ),
        Mistake(
            "The sign of z is flipped in the sigmoid: it is exp(−z) that stands below "
            "the line.",
            wrong=_layers(activate=lambda z: sigmoid(-z), last=lambda z: sigmoid(-z)),
        ),
        Mistake(
            "The weights are transposed. Samples are rows, and each column of `W1` "
            "belongs to one hidden unit: `X @ W1`.",
            when=lambda answer: _alike(
                answer,
                _layers(
                    lambda X, W1, b1: X @ W1.T + b1,
                    lambda a1, z1, W2, b2: a1 @ W2.T + b2,
                ),
                3,
                3,
                3,
            ),
        ),
        Mistake(
            "The order of the parameters is W1, b1, W2, b2. You take them apart in "
            "another order.",
            when=lambda answer: _swapped(answer),
        ),
        Mistake(
            "You return only a2. The gradient will need the others too: return "
            "z1, a1, z2, a2.",
            wrong=lambda *case: forward(*case)[3],
        ),
        Mistake(
            "The first value is a1, as the second is. z1 is the weighted sum, before "
            "the sigmoid.",
            wrong=lambda *case: [forward(*case)[i] for i in (1, 1, 2, 3)],
        ),
        Mistake(
            "The third value is a2, as the fourth is. z2 is the weighted sum, before "
            "the sigmoid.",
            wrong=lambda *case: [forward(*case)[i] for i in (0, 1, 3, 3)],
        ),
        Mistake(
            "In place of z1 and z2 you return a1 and a2 twice. z is the weighted sum, "
            "before the sigmoid.",
            wrong=lambda *case: [forward(*case)[i] for i in (1, 1, 3, 3)],
        ),
        Mistake(
            "Those are the right arrays in another order. Wanted is the order in which "
            "they are computed: z1, a1, z2, a2.",
            when=lambda answer: _shuffled(answer),
        ),
    ),
)


def _swapped(answer) -> bool:
    """True if the answer is right for the parameters in the order W1, W2, b1, b2."""
    rng = np.random.default_rng(6)
    X, (W1, b1, W2, b2) = rng.normal(size=(4, 2)), _network(rng, 2, 3, 2)
    wanted = forward(X, [W1, b1, W2, b2])
    for order in ([W1, W2, b1, b2], [b1, W1, b2, W2]):
        got = _result(answer, X, order)
        if got is not None and len(got) == 4:
            return all(
                np.shape(a) == np.shape(b) and np.allclose(a, b)
                for a, b in zip(got, wanted, strict=True)
            )
    return False


def _one_network():
    rng = np.random.default_rng(7)
    return rng.normal(size=(4, 2)), _network(rng, 2, 2, 2)


def _shuffled(answer) -> bool:
    got, wanted = answer(*_one_network()), forward(*_one_network())
    close = [
        next((i for i, want in enumerate(wanted) if np.allclose(part, want)), -1)
        for part in got
    ]
    return sorted(close) == [0, 1, 2, 3] != close


# Exercise 5: the gradients of the hidden layer ----------------------------------------


def hidden_gradients(
    X: np.ndarray, a1: np.ndarray, delta2: np.ndarray, W2: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradients of the loss for the hidden layer's weights and biases.

    X (N, D) samples, a1 (N, M) hidden activations (sigmoid), delta2 (N, K) the output
    layer's error ∂L/∂z2, which holds the 1/N already, W2 (M, K) its weights.
    Returns ∂L/∂W1 (D, M) and ∂L/∂b1 (M,).
    """
    delta1 = (delta2 @ W2.T) * a1 * (1 - a1)  # ∂L/∂z1, shape (N, M)
    return X.T @ delta1, delta1.sum(axis=0)


def hidden_cases(rng: np.random.Generator) -> list[tuple]:
    """Several shapes: one output, one sample, and all sizes equal."""
    cases = []
    for N, D, M, K in ((6, 2, 4, 3), (5, 3, 2, 1), (1, 2, 3, 2), (3, 3, 3, 3)):
        X, a1 = rng.normal(size=(N, D)), sigmoid(rng.normal(size=(N, M)))
        cases.append((X, a1, rng.normal(size=(N, K)), rng.normal(size=(M, K))))
    return cases


def _hidden(slope=lambda a1: a1 * (1 - a1), weights=None, bias=None):
    """A wrong answer: another slope, or another rule for one of the gradients."""
    weights = weights or (lambda X, a1, delta1: X.T @ delta1)
    bias = bias or (lambda delta1: delta1.sum(axis=0))

    def wrong(X, a1, delta2, W2):
        delta1 = (delta2 @ W2.T) * slope(a1)
        return weights(X, a1, delta1), bias(delta1)

    return wrong


def _hidden_plain(X, a1, delta2, W2):
    """W2 not transposed; runs only when M = K."""
    delta1 = (delta2 @ W2) * a1 * (1 - a1)
    return X.T @ delta1, delta1.sum(axis=0)


def _hidden_without_weights(X, a1, delta2, W2):
    """The error is handed back without W2; runs only when M = K or K = 1."""
    delta1 = delta2 * a1 * (1 - a1)
    return X.T @ delta1, delta1.sum(axis=0)


def _square():
    return hidden_cases(np.random.default_rng(3))[3]


def _like_on_square(wrong):
    """Asks whether an answer does what a wrong one does when all sizes are equal."""
    return lambda answer: all(
        np.shape(a) == np.shape(b) and np.allclose(a, b)
        for a, b in zip(answer(*_square()), wrong(*_square()), strict=True)
    )


def _scaled(X, a1, delta2, W2):
    dW1, db1 = hidden_gradients(X, a1, delta2, W2)
    return dW1 / len(X), db1 / len(X)


def _scaled_in_place(X, a1, delta2, W2):
    delta2 /= len(X)
    return hidden_gradients(X, a1, delta2, W2)


def _turned(X, a1, delta2, W2):
    dW1, db1 = hidden_gradients(X, a1, delta2, W2)
    return dW1.T, db1


def hidden_in_lesson(rng: np.random.Generator) -> tuple:
    """As in `forward_in_lesson`."""
    a1, delta2 = rng.uniform(size=(400, 10)), rng.normal(size=(400, 2))
    return rng.normal(size=(400, 2)), a1, delta2, rng.normal(size=(10, 2))


hidden_exercise = Exercise(
    hidden_gradients,
    cases=hidden_cases,
    in_lesson=hidden_in_lesson,
    calls=30_000,
    hints=(
        "Two steps backward bring you from `delta2` to `delta1`: through the weights "
        "`W2`, then through the sigmoid of the hidden layer. From there on do what "
        "the output layer does.",
        "Through the weights: `delta2 @ W2.T` has shape (N, M), as `a1` has. Through "
        "the sigmoid: multiply it, place by place, by the slope `a1 * (1 - a1)`.",
        "`delta1 = (delta2 @ W2.T) * a1 * (1 - a1)`. Then ∂L/∂W1 is `X.T @ delta1`, "
        "and ∂L/∂b1 adds `delta1` up over the samples: `delta1.sum(axis=0)`.",
    ),
    mistakes=(
        Mistake(
            "The slope of the hidden layer's sigmoid, a1(1 − a1), is missing: the way "
            "back leads through the activation function.",
            wrong=_hidden(lambda a1: 1),
        ),
        Mistake(
            "The sigmoid is applied twice: the slope is a1(1 − a1), and `a1` has been "
            "through the sigmoid already.",
            wrong=_hidden(lambda a1: sigmoid(a1) * (1 - sigmoid(a1))),
        ),
        Mistake(
            "The error is multiplied by `a1` only. The slope of the sigmoid is "
            "a1(1 − a1).",
            wrong=_hidden(lambda a1: a1),
        ),
        Mistake(
            "The error is multiplied by 1 − a1 only. The slope of the sigmoid is "
            "a1(1 − a1).",
            wrong=_hidden(lambda a1: 1 - a1),
        ),
        Mistake(
            "That is the slope of tanh, 1 − a1². The hidden layer has the sigmoid.",
            wrong=_hidden(lambda a1: 1 - a1**2),
        ),
        Mistake(
            "Going back through `W2` needs its transpose: `delta2` has a column for "
            "each output, and you want one for each hidden unit.",
            when=_like_on_square(_hidden_plain),
        ),
        Mistake(
            "The weights `W2` are missing: a hidden unit feels the output's error as "
            "strongly as its weight to that output.",
            when=_like_on_square(_hidden_without_weights),
        ),
        Mistake(
            "The gradient for W1 is built from `a1`. It is the layer's input that "
            "multiplies its error, and the hidden layer's input is `X`.",
            when=_like_on_square(_hidden(weights=lambda X, a1, delta1: a1.T @ delta1)),
        ),
        Mistake(
            "The gradient for W1 is transposed: it has the shape of W1, (D, M).",
            wrong=_turned,
        ),
        Mistake(
            "The gradient for the biases still has a row for each sample. A bias acts "
            "on every sample: add up over them, axis 0.",
            wrong=_hidden(bias=lambda delta1: delta1),
        ),
        Mistake(
            "The gradient for the biases is added up along the wrong axis: one number "
            "for each hidden unit must remain.",
            wrong=_hidden(bias=lambda delta1: delta1.sum(axis=1)),
        ),
        Mistake(
            "The gradient for the biases is a single number: you added up over the "
            "units as well. Add up over the samples only, axis 0.",
            wrong=_hidden(bias=lambda delta1: delta1.sum()),
        ),
        Mistake(
            "The gradient for the biases is a mean. `delta2` holds the 1/N already, so "
            "take the sum.",
            wrong=_hidden(bias=lambda delta1: delta1.mean(axis=0)),
        ),
        Mistake(
            "Both are divided by N once more: `delta2` holds the 1/N already.",
            wrong=_scaled,
        ),
        Mistake(
            "You divide `delta2` by N, and in place at that. It holds the 1/N already, "
            "and it is not yours to change.",
            wrong=_scaled_in_place,
        ),
        Mistake(
            "The sign is flipped. `delta2` is a − y, and the gradient points uphill.",
            wrong=lambda *case: tuple(-part for part in hidden_gradients(*case)),
        ),
        Mistake(
            "The two gradients are in the other order: first the one for W1, then the "
            "one for b1.",
            wrong=lambda *case: hidden_gradients(*case)[::-1],
        ),
    ),
)

LESSON = Lesson(
    count_exercise,
    units_exercise,
    fit_exercise,
    forward_exercise,
    hidden_exercise,
)
check, hint, solution = LESSON.check, LESSON.hint, LESSON.solution
