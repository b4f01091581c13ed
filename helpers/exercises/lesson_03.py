"""Lesson 03, a network by hand: reference answers, hints and checks."""

import copy
import itertools
from collections.abc import Callable

import numpy as np

from helpers.exercises import compare
from helpers.exercises.edits import edited
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


def _returns(answer, *arguments):
    """What an answer returns, or None if it fails."""
    try:
        return answer(*arguments)
    except Exception:
        return None


def _right_with_one_hidden_layer(answer) -> bool:
    """True if it is right with one hidden layer, and not for one network only."""
    return answer([5, 20, 3]) == 183 and answer([2, 4, 1]) == 17


def _three_sizes_only(answer) -> bool:
    others = [_returns(answer, sizes) for sizes in ([3, 1], [2, 7, 5, 3])]
    return _right_with_one_hidden_layer(answer) and others == [None, None]


EACH_BIAS, NEIGHBORS = " + units", "pairwise(sizes)"

COUNT_MISTAKES = (
    Mistake(
        "The biases are missing: each unit of a hidden layer and each output has one.",
        (EACH_BIAS, ""),
    ),
    Mistake(
        "The inputs have no biases: they are given, not computed.",
        ("count = 0", "count = sizes[0]"),
    ),
    Mistake(
        "You count one bias for each layer. Each unit has a bias of its own.",
        (EACH_BIAS, " + 1"),
    ),
    Mistake(
        "The output units' biases are missing: they are neurons too.",
        ("return count", "return count - sizes[-1]"),
    ),
    Mistake(
        "You add the bias to the wrong side: a unit has `n` weights and one bias, "
        "where `n` is the size of the layer before. That makes (n + 1) m, not n (m + "
        "1).",
        (EACH_BIAS, " + before"),
    ),
    Mistake(
        "That counts the units. Count what they learn: weights and biases.",
        sum,
        lambda sizes: sum(sizes[1:]),
    ),
    Mistake(
        "Those are the parameters of the first layer only. Add up over all layers.",
        (NEIGHBORS, "pairwise(sizes[:2])"),
    ),
    Mistake(
        "Those are the parameters of the last layer only. Add up over all layers.",
        ("count +=", "count ="),
    ),
    Mistake(
        "One layer is missing: there is one between any two neighboring sizes.",
        (NEIGHBORS, "pairwise(sizes[:-1])"),
        (NEIGHBORS, "pairwise(sizes[1:])"),
    ),
    Mistake(
        "It works for three sizes only. A network may have any number of layers, so "
        "`sizes` may also hold two numbers, or four.",
        ("itertools.pairwise(sizes)", "[sizes[:2], sizes[1:]]"),
        when=_three_sizes_only,
    ),
    Mistake(
        "With one hidden layer it is right. With two, as in [2, 7, 5, 3], it is not: "
        "there are three layers of weights then.",
        ("itertools.pairwise(sizes)", "[sizes[:2], sizes[-2:]]"),
        when=lambda answer: (
            _right_with_one_hidden_layer(answer)
            and _returns(answer, [2, 7, 5, 3]) != count_parameters([2, 7, 5, 3])
        ),
    ),
    Mistake(
        "With one hidden layer it is right. Without any, as in [3, 1], there is still "
        "one layer of weights.",
        ("return count", "return count if len(sizes) > 2 else 0"),
        when=lambda answer: (
            _right_with_one_hidden_layer(answer)
            and answer([2, 7, 5, 3]) == count_parameters([2, 7, 5, 3])
            and _returns(answer, [3, 1]) != 4
        ),
    ),
)

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
    mistakes=COUNT_MISTAKES,
)

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
    """NYU's network, random ones of other sizes, unequal units, the lesson's call."""
    x = np.linspace(-4, 8, 7)
    nyu = (np.ones(3), -np.array([0.0, 2.0, 4.0]), np.array([1.0, -2.0, 0.5]), 0.1)
    cases = [(x, *nyu)]
    for n, m in ((5, 2), (4, 4), (1, 3)):
        parameters = (rng.normal(size=m) for _ in range(3))
        cases.append((rng.normal(size=n), *parameters, float(rng.normal())))
    wh, bh, wo = np.array([[2.0, -1.0, 0.5], [0.5, 1.0, 2.0], [3.0, -0.5, 1.2]])
    cases.append((rng.normal(size=4), wh, bh, wo, -0.7))
    cases.append((rng.normal(size=4), wh[:1], bh[:1], wo[:1], 0.4))
    whole = np.array([1, 1, 1]), -np.array([0, 2, 4])  # as the lesson hands them in
    return [*cases, (x, *whole, *nyu[2:]), (np.array([-3, 0, 2]), *nyu)]


def _hidden_is(answer, z) -> bool:
    """True if the hidden activations are a row of three: the sigmoid of this z."""
    x, wh, bh = np.array([[0.5, 1.0, -2.0], [1.0, -0.5, 2.0], [0.1, 0.2, 0.3]])
    ah = np.asarray(answer(x, wh, bh, np.ones(3), 1.0)[0])
    return ah.shape == (3,) and np.allclose(ah, sigmoid(z(x, wh, bh)))


def _like_ours(answer, reference, case) -> bool:
    """True if an answer returns for this case what the reference does."""
    got = _returns(answer, *copy.deepcopy(case))
    return compare.equal(got, reference(*case))


def _three_units_only(answer) -> bool:
    """Right for three units, in four trials, and not for two, for four and for one."""
    cases = units_cases(np.random.default_rng(1))
    right = [_like_ours(answer, hidden_and_output, case) for case in cases]
    return right == [len(case[1]) == 3 for case in cases]


WEIGHTED, OUTPUT = "x[:, None] * wh + bh", "ah @ wo + bo"
FLIPPED = ("0.5 * np.tanh", "-0.5 * np.tanh", sigmoid)

UNITS_MISTAKES = (
    Mistake(
        "The sigmoid of the hidden units is missing.",
        (f"sigmoid({WEIGHTED})", WEIGHTED),
    ),
    Mistake(
        "The outputs are right, but in the first place you return z, the weighted sums "
        "of the hidden units. Return their activations, after the sigmoid.",
        ("return ah", f"return {WEIGHTED}"),
    ),
    Mistake(
        "The output unit has no activation function here: no sigmoid around it.",
        (OUTPUT, f"sigmoid({OUTPUT})"),
    ),
    Mistake("The bias of the output, `bo`, is missing.", (" + bo", "")),
    Mistake("The biases of the hidden units, `bh`, are missing.", (" + bh", "")),
    Mistake(
        "You subtract a bias. Biases are added; they may be negative themselves.",
        (" + bh", " - bh"),
        (" + bo", " - bo"),
    ),
    Mistake(
        "You multiply the sum of input and bias. The weight belongs to the input only: "
        "`x * wh + bh`.",
        (WEIGHTED, "(x[:, None] + bh) * wh"),
    ),
    Mistake(
        "The sign of z is flipped in the sigmoid: it is exp(−z) that stands below the "
        "line.",
        FLIPPED,
    ),
    Mistake(
        "The output only adds the hidden units up. Multiply each by its weight in `wo` "
        "first.",
        ("ah @ wo", "ah.sum(axis=1)"),
    ),
    Mistake(
        "The output is not added up over the hidden units: it must be one number for "
        "each input.",
        ("ah @ wo", "ah * wo"),
    ),
    Mistake(
        "You add `bo` once for each hidden unit. It is added once.",
        (OUTPUT, "(ah * wo + bo).sum(axis=1)"),
    ),
    Mistake(
        "The two results are in the other order: first the hidden activations, then "
        "the outputs.",
        (f"ah, {OUTPUT}", f"{OUTPUT}, ah"),
    ),
    Mistake(
        "Where `wh` holds whole numbers, your hidden activations are cut to whole "
        "numbers: an array with its type cannot hold fractions. Ask for floats.",
        (f"sigmoid({WEIGHTED})", f"sigmoid({WEIGHTED}).astype(wh.dtype)"),
    ),
    Mistake(
        "It is right for three hidden units, and not for one, two or four. Their "
        "number is the length of `wh`.",
        [("wh + bh", "wh[[0, 1, 2]] + bh"), ("@ wo", "@ wo[[0, 1, 2]]")],
        when=_three_units_only,
    ),
    Mistake(
        "Input number i goes to unit number i only. Each unit must see each input.",
        ("x[:, None]", "x"),
        when=lambda answer: _hidden_is(answer, lambda x, wh, bh: x * wh + bh),
    ),
    Mistake(
        "The units see the first input only. Each unit must see each input.",
        ("x[:, None]", "x[0]"),
        when=lambda answer: _hidden_is(answer, lambda x, wh, bh: x[0] * wh + bh),
    ),
)

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
    mistakes=UNITS_MISTAKES,
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
    """Noisy curves on which no two of the usual mistakes give the same fit.

    First units like the lesson's, then unequal ones, which come near the curve only.
    """
    cases = []
    for turn_on in ([0.0, 0.5, 1.0], [0.3, 0.7]):
        x = rng.random(80)  # so many that a message shows only the first and the last
        y = np.sin(2 * np.pi * x) + 0.5 * x + rng.normal(0, 0.1, 80) + 0.4
        wh = np.full(len(turn_on), 10.0)
        cases.append((x, y, wh, -wh * np.array(turn_on)))
    for n, wh, bh in (
        (80, [-4.5, 8.3, -8.9, 4.8], [1.3, 8.3, 9.8, -9.4]),
        (12, [4.6, -7.2, 2.5], [3.2, 4.3, -4.2]),
        (12, [-6.4], [3.2]),
    ):
        x = rng.permutation(np.linspace(-1.5, 2.5, n))
        y = 1.3 * np.sin(2 * x) + 0.6 * x - 0.4 + rng.normal(0, 0.1, n)
        cases.append((x, y, np.array(wh), np.array(bh)))
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
    return [_returns(np.shape, part) for part in result] == [(M,), ()]


def _outputs(ah, fit):
    wo, bo = fit
    return ah @ np.asarray(wo) + bo


def _error(answer, case):
    """The mean squared error that a fit leaves."""
    x, y, wh, bh = case
    fit = answer(*copy.deepcopy(case))
    return float(np.mean((_outputs(sigmoid(x[:, None] * wh + bh), fit) - y) ** 2))


def _mean(x, y, wh, bh):
    """The best flat line."""
    return 0 * wh, float(np.mean(y))


def _takes_another_for_the_bias(answer) -> bool:
    """True if the M + 1 numbers are right, but the bias is at the other end."""
    found = []
    for case in fit_cases(np.random.default_rng(0)):
        (wo, bo), (w, b) = answer(*copy.deepcopy(case)), fit_output(*case)
        pairs = ([b, *w[:-1]], w[-1]), ([*w[1:], b], w[0])
        found.append(any(np.allclose(wo, v) and np.isclose(bo, c) for v, c in pairs))
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
    """True if something comes out each time, but not always M weights and one bias."""
    cases = fit_cases(np.random.default_rng(0))
    results = [(answer(*copy.deepcopy(case)), len(case[2])) for case in cases]
    something = all(result is not None for result, _ in results)
    return something and not all(_is_fit(*result) for result in results)


def _errors(answer) -> list[tuple]:
    """The error of an answer in each case, the least, and that of a flat line."""
    return [
        tuple(_error(fit, case) for fit in (answer, fit_output, _mean))
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


COLUMNS, BOTH = "lstsq(columns", "np.array(wo), bo"
WEIGHTS_ONLY = [(COLUMNS, "lstsq(ah"), ("*wo, bo =", "wo =")]

FIT_MISTAKES = (
    Mistake(
        "You fit M numbers, and take the last weight for the bias. The bias is one "
        "more unknown: fit weights and bias together.",
        (COLUMNS, "lstsq(ah"),
    ),
    Mistake(
        "`np.linalg.lstsq` returns four things. The solution is one of them.",
        (")[0]", ")"),
        [("*wo, bo =", "wo, bo, _, _ ="), (")[0]", ")"), ("np.array(wo)", "wo")],
        when=_takes_lstsq_apart,
    ),
    Mistake(
        "You fit `x` itself. The output adds up the hidden activations: fit those.",
        ("[ah, np", "[x, np"),
        lambda x, y, wh, bh: (np.polyfit(x, y, len(wh))[:-1], np.polyfit(x, y, 3)[-1]),
        when=_fits_x,
    ),
    Mistake(
        "Return two things: the weights `wo` with the shape (M,), one for each hidden "
        "unit, and the bias `bo`, a single number.",
        (BOTH, "np.array([*wo, bo])"),
        (BOTH, "bo, np.array(wo)"),
        (BOTH, "np.array(wo)"),
        (BOTH, "np.array(wo), np.array([bo])"),
        (BOTH, "np.array(wo), bo, columns @ [*wo, bo]"),
        (BOTH, "np.array(wo), y - ah @ wo"),
        when=_returns_no_fit,
    ),
    Mistake(
        "Your bias is 0, and the weights are those that would be best without a bias. "
        "Fit weights and bias together: the bias is one more unknown.",
        [*WEIGHTS_ONLY, (BOTH, "wo, 0.0")],
    ),
    Mistake(
        "You fit weights and bias one after the other. What is best for the one "
        "depends on the other: fit them together.",
        [*WEIGHTS_ONLY, (BOTH, "wo, np.mean(y - ah @ wo)")],
        [*WEIGHTS_ONLY, (", y)", ", y - np.mean(y))"), (BOTH, "wo, np.mean(y)")],
    ),
    Mistake(
        "That fits the weighted sums z of the hidden units, and a sum of straight "
        "lines is a straight line. Fit their activations, after the sigmoid.",
        (f"sigmoid({WEIGHTED})", WEIGHTED),
    ),
    Mistake(
        "The hidden units of your fit have no biases: z is `x * wh + bh`.",
        (" + bh", ""),
    ),
    Mistake(
        "All weights are 0 and the bias is the mean of `y`: the best flat line. The "
        "hidden units can do better.",
        _mean,
    ),
    Mistake(
        "The output of your fit comes as near to `x` as it can. It is `y` that it "
        "should come near.",
        ("columns, y)", "columns, x)"),
    ),
    Mistake(
        "The sign is flipped: your output is the curve upside down.",
        (BOTH, "-np.array(wo), -bo"),
    ),
    Mistake(
        "You found the right numbers, but take the wrong one for the bias: it is the "
        "weight of the column of ones.",
        ("*wo, bo =", "bo, *wo ="),
        ("[ah, np.ones(len(x))]", "[np.ones(len(x)), ah]"),
        when=_takes_another_for_the_bias,
    ),
    Mistake(
        "The outputs are far away from all the points, or not numbers any more. If you "
        "use gradient descent: it diverged. The learning rate is too large, or a sign "
        "is wrong.",
        (BOTH, "np.array(wo) * np.inf, bo"),
        when=_diverged,
    ),
    Mistake(
        "With your `wo` and `bo` the outputs come nearer to the points than a flat "
        "line, but not as near as they can. If you use gradient descent: it has not "
        "arrived, take more steps.",
        (BOTH, "np.array(wo) * 0.98, bo"),
        when=_not_there_yet,
    ),
    Mistake(
        "With your `wo` and `bo` the outputs do not come as near to the points as they "
        "can.",
        (BOTH, "np.array(wo), 0.0"),
        when=lambda answer: _not_least(_errors(answer)),
    ),
)

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
    mistakes=FIT_MISTAKES,
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
    """Several shapes: one sample, one output, square ones; whole numbers."""
    sizes = [(4, 2, 3, 2), (6, 5, 2, 3), (1, 2, 10, 2), (5, 3, 3, 1), (4, 3, 3, 3)]
    cases = [(rng.normal(size=(n, d)), _network(rng, d, m, k)) for n, d, m, k in sizes]
    shapes = [(4, 2), (2, 3), (3,), (3, 2), (2,)]
    X, *whole = (rng.integers(-2, 3, size=shape) for shape in shapes)
    return [*cases, (X, whole)]


def forward_in_lesson(rng: np.random.Generator) -> tuple:
    """The training set of the circles, and the network of the slides."""
    return rng.normal(size=(400, 2)), _network(rng, 2, 10, 2)


def _softmax(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _where_sizes_agree(says: str, reference: Callable, case: tuple, *edits) -> Mistake:
    """A mistake that runs only where some sizes are equal: it is recognized there."""

    def when(answer) -> bool:
        return _like_ours(answer, edited(reference, *edits), case)

    return Mistake(says, list(edits), when=when)


def _square() -> tuple:
    rng = np.random.default_rng(5)
    return rng.normal(size=(4, 3)), _network(rng, 3, 3, 3)


def _swapped(answer) -> bool:
    """True if the answer is right for the parameters in the order W1, W2, b1, b2."""
    rng = np.random.default_rng(6)
    X, (W1, b1, W2, b2) = rng.normal(size=(4, 2)), _network(rng, 2, 3, 2)
    wanted = forward(X, [W1, b1, W2, b2])
    return any(
        compare.equal(_returns(answer, X, order), wanted)
        for order in ([W1, W2, b1, b2], [b1, W1, b2, W2])
    )


def _shuffled(answer) -> bool:
    """True if the four arrays are right, but in another order."""
    got, wanted = answer(*_square()), forward(*_square())
    places = [
        next((i for i, want in enumerate(wanted) if compare.equal(part, want)), -1)
        for part in got
    ]
    return sorted(places) == [0, 1, 2, 3] != places


ALL_FOUR, TAKE_APART = "return z1, a1, z2, a2", "W1, b1, W2, b2 = parameters"

FORWARD_MISTAKES = (
    Mistake(
        "The output layer gets `z1`, before the sigmoid. It must get the hidden "
        "activations `a1`.",
        ("a1 @ W2", "z1 @ W2"),
    ),
    *(
        _where_sizes_agree(says, forward, _square(), *edits)
        for says, *edits in (
            (
                "The output layer gets `X`. It must get what the hidden layer gives, "
                "`a1`.",
                ("a1 @ W2", "X @ W2"),
            ),
            (
                "The output layer uses the hidden layer's weights, `W1`, once more. It "
                "has its own.",
                ("@ W2", "@ W1"),
            ),
            (
                "The output layer uses the hidden layer's biases, `b1`, once more. It "
                "has its own.",
                ("@ W2 + b2", "@ W2 + b1"),
            ),
            (
                "The hidden layer uses the output layer's biases, `b2`. It has its "
                "own.",
                ("@ W1 + b1", "@ W1 + b2"),
            ),
            (
                "The weights are transposed. Samples are rows, and each column of `W1` "
                "belongs to one hidden unit: `X @ W1`.",
                ("@ W1", "@ W1.T"),
                ("@ W2", "@ W2.T"),
            ),
        )
    ),
    Mistake("The sigmoid of the hidden layer is missing.", ("sigmoid(z1)", "z1")),
    Mistake("The sigmoid of the output layer is missing.", ("sigmoid(z2)", "z2")),
    Mistake(
        "That is softmax at the output. Here each output has a sigmoid of its own.",
        ("sigmoid(z2)", "_softmax(z2)"),
    ),
    Mistake("The biases of the hidden layer, `b1`, are missing.", (" + b1", "")),
    Mistake("The biases of the output layer, `b2`, are missing.", (" + b2", "")),
    Mistake(
        "Both biases are missing: z = a @ W + b in each layer.",
        [(" + b1", ""), (" + b2", "")],
    ),
    Mistake(
        "The sign of z is flipped in the sigmoid: it is exp(−z) that stands below the "
        "line.",
        FLIPPED,
    ),
    Mistake(
        "The order of the parameters is W1, b1, W2, b2. You take them apart in another "
        "order.",
        (TAKE_APART, "W1, W2, b1, b2 = parameters"),
        (TAKE_APART, "b1, W1, b2, W2 = parameters"),
        when=_swapped,
    ),
    Mistake(
        "Where z is wanted you return a once more. z is the weighted sum, before the "
        "sigmoid.",
        (ALL_FOUR, "return a1, a1, z2, a2"),
        (ALL_FOUR, "return z1, a1, a2, a2"),
        (ALL_FOUR, "return a1, a1, a2, a2"),
    ),
    Mistake(
        "Those are the right arrays in another order. Wanted is the order in which "
        "they are computed: z1, a1, z2, a2.",
        (ALL_FOUR, "return z1, z2, a1, a2"),
        when=_shuffled,
    ),
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
    mistakes=FORWARD_MISTAKES,
)

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
    """Several shapes: one output, one sample, all sizes equal, one hidden unit."""
    cases = []
    sizes = (6, 2, 4, 3), (5, 3, 2, 1), (1, 2, 3, 2), (3, 3, 3, 3), (4, 1, 1, 2)
    for N, D, M, K in sizes:
        X, a1 = rng.normal(size=(N, D)), sigmoid(rng.normal(size=(N, M)))
        cases.append((X, a1, rng.normal(size=(N, K)), rng.normal(size=(M, K))))
    X, a1, delta2, W2 = cases[0]
    return [*cases, (X, a1, 30 * delta2, W2)]


def hidden_in_lesson(rng: np.random.Generator) -> tuple:
    """As in `forward_in_lesson`."""
    a1, delta2 = rng.uniform(size=(400, 10)), rng.normal(size=(400, 2))
    return rng.normal(size=(400, 2)), a1, delta2, rng.normal(size=(10, 2))


SLOPE, IN_W1, IN_B1 = "* a1 * (1 - a1)", "X.T @ delta1", "delta1.sum(axis=0)"

HIDDEN_MISTAKES = (
    Mistake(
        "The slope of the hidden layer's sigmoid, a1(1 − a1), is missing: the way back "
        "leads through the activation function.",
        (SLOPE, ""),
    ),
    Mistake(
        "The sigmoid is applied twice: the slope is a1(1 − a1), and `a1` has been "
        "through the sigmoid already.",
        (SLOPE, "* sigmoid(a1) * (1 - sigmoid(a1))"),
    ),
    Mistake(
        "The error is multiplied by one factor of the slope only. The slope of the "
        "sigmoid is a1(1 − a1).",
        (SLOPE, "* a1"),
        (SLOPE, "* (1 - a1)"),
    ),
    Mistake(
        "Parentheses are missing around 1 − a1: Python multiplies first, and subtracts "
        "afterward.",
        (SLOPE, "* a1 * 1 - a1"),
        (SLOPE, "* (a1 * 1 - a1)"),
    ),
    Mistake(
        "That is the slope of tanh, 1 − a1². The hidden layer has the sigmoid.",
        (SLOPE, "* (1 - a1**2)"),
    ),
    *(
        _where_sizes_agree(
            says, hidden_gradients, hidden_cases(np.random.default_rng(3))[3], edit
        )
        for says, edit in (
            (
                "Going back through `W2` needs its transpose: `delta2` has a column "
                "for each output, and you want one for each hidden unit.",
                ("W2.T", "W2"),
            ),
            (
                "The weights `W2` are missing: a hidden unit feels the output's error "
                "as strongly as its weight to that output.",
                ("delta2 @ W2.T", "delta2"),
            ),
            (
                "The gradient for W1 is built from `a1`. It is the layer's input that "
                "multiplies its error, and the hidden layer's input is `X`.",
                (IN_W1, "a1.T @ delta1"),
            ),
            (
                "Both gradients are built from `delta2`, the output layer's error. The "
                "hidden layer has an error of its own, ∂L/∂z1.",
                (f"{IN_W1}, {IN_B1}", "X.T @ delta2, delta2.sum(axis=0)"),
            ),
        )
    ),
    Mistake(
        "The gradient for the biases still has a row for each sample. A bias acts on "
        "every sample: add up over them, axis 0.",
        (IN_B1, "delta1"),
    ),
    Mistake(
        "The gradient for the biases is added up along the wrong axis: one number for "
        "each hidden unit must remain.",
        ("sum(axis=0)", "sum(axis=1)"),
    ),
    Mistake(
        "The gradient for the biases is a mean. `delta2` holds the 1/N already, so "
        "take the sum.",
        ("delta1.sum", "delta1.mean"),
    ),
    Mistake(
        "Both are divided by N once more: `delta2` holds the 1/N already.",
        ("(delta2 @", "(delta2 / len(X) @"),
        ("    delta1 =", "    delta2 /= len(X)\n    delta1 ="),
    ),
    Mistake(
        "The two gradients are in the other order: first the one for W1, then the one "
        "for b1.",
        (f"{IN_W1}, {IN_B1}", f"{IN_B1}, {IN_W1}"),
    ),
)

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
    mistakes=HIDDEN_MISTAKES,
)

LESSON = Lesson(
    count_exercise,
    units_exercise,
    fit_exercise,
    forward_exercise,
    hidden_exercise,
)
check, hint, solution = LESSON.check, LESSON.hint, LESSON.solution
