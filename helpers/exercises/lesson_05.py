"""Lesson 05, regularization: reference answers, hints and checks."""

import copy
import itertools
from collections.abc import Callable

import numpy as np

from helpers.exercises.engine import Exercise, Lesson, Mistake

# Exercise 1: a penalty and its gradients ---------------------------------------------


def penalty(
    parameters: list[np.ndarray], l2: float, l1: float
) -> tuple[float, list[np.ndarray]]:
    """Return the penalty for large weights, and its gradients.

    parameters is the list [W1, b1, W2, b2, …]. The penalty is l2 / 2 times the sum of
    the squares of all weights, plus l1 times the sum of their absolute values. Biases
    are free.
    Returns the penalty, a single number, and its gradients, without those of the loss:
    a list of arrays with the shapes of parameters. Where a weight is 0 the gradient of
    its absolute value is 0.
    """
    weights = parameters[::2]
    squares = sum((W * W).sum() for W in weights)
    absolutes = sum(np.abs(W).sum() for W in weights)
    gradients = [np.zeros_like(p) for p in parameters]
    gradients[::2] = [l2 * W + l1 * np.sign(W) for W in weights]
    return l2 / 2 * squares + l1 * absolutes, gradients


def penalty_cases(rng: np.random.Generator) -> list[tuple]:
    """Networks with one and two hidden layers and with none; weights of 0 and near.

    Units in a row, one input and one output; λs above 1 and with two decimals.
    """

    def network(*sizes):
        parts = []
        for inputs, units in itertools.pairwise(sizes):
            parts += [rng.normal(size=(inputs, units)), rng.normal(size=units)]
        return parts

    sparse = network(3, 2)
    sparse[0][0] = 0.0, 0.005
    return [
        (network(3, 4, 2), 0.3, 0.0),
        (network(3, 4, 2), 0.0, 0.2),
        (network(2, 5, 3, 1), 0.5, 0.7),
        (sparse, 0.1, 0.4),
        (network(1, 3, 1), 2.25, 1.35),
    ]


def _only_bias_gradients_wrong(answer):
    """Whether all is right but what stands in the biases' places of the gradients."""
    wrong = False
    for parameters, l2, l1 in penalty_cases(np.random.default_rng(1)):
        value, gradients = answer([p.copy() for p in parameters], l2, l1)
        wanted, slopes = penalty(parameters, l2, l1)
        if len(gradients) != len(slopes) or not np.isclose(value, wanted):
            return False
        pairs = zip(gradients[::2], slopes[::2], strict=True)
        if not all(g.shape == s.shape and np.allclose(g, s) for g, s in pairs):
            return False
        for g, b in zip(gradients[1::2], parameters[1::2], strict=True):
            wrong = wrong or np.shape(g) != b.shape or bool(np.any(g != 0))
    return wrong


# Edits of penalty that several mistakes share.
SUMS_BIASES = ("parameters[::2]", "parameters")
BIASES_TOO = [SUMS_BIASES, ("gradients[::2]", "gradients[:]")]
SLOPES_OF_WEIGHTS = ("in weights]", "in parameters[::2]]")
SQUARES, ABSOLUTES = "(W * W).sum()", "np.abs(W).sum()"
WITHOUT_HALF, TWICE_THE_SLOPE = ("l2 / 2 * ", "l2 * "), ("l2 * W", "2 * l2 * W")
HALF_L1 = ("+ l1 * absolutes", "+ l1 / 2 * absolutes")
MEAN_SQUARE, MEAN_ABSOLUTE = (
    (SQUARES, "(W * W).mean()"),
    (ABSOLUTES, "np.abs(W).mean()"),
)

PENALTY_MISTAKES = (
    Mistake(
        "Biases are penalized too. Only the weights are: the arrays 0, 2, 4, … of the "
        "list.",
        BIASES_TOO,
        [SUMS_BIASES, SLOPES_OF_WEIGHTS],
        [*BIASES_TOO, WITHOUT_HALF],
        [*BIASES_TOO, TWICE_THE_SLOPE],
        [*BIASES_TOO, WITHOUT_HALF, TWICE_THE_SLOPE],
    ),
    Mistake(
        "The penalty and the gradients of the weights are right. But biases cost "
        "nothing: in each bias's place belongs an array of zeros, as large as the "
        "bias. (What the loss wants of the biases is added later.)",
        [("gradients[::2]", "gradients[:]"), ("in weights]", "in parameters]")],
        ("np.zeros_like(p)", "0.0"),
        ("np.zeros_like(p)", "None"),
        ("np.zeros_like(p)", "p"),
        ("np.zeros_like(p)", "np.zeros((1, len(p)))"),
        when=_only_bias_gradients_wrong,
    ),
    Mistake(
        "The ½ of the L2 penalty is missing: it is l2 / 2 times the sum of squares.",
        WITHOUT_HALF,
        [WITHOUT_HALF, TWICE_THE_SLOPE],
    ),
    Mistake(
        "The L2 gradient is off by a factor of 2: the ½ of the penalty and the 2 from "
        "the square cancel, and the slope of λw²/2 is λw.",
        TWICE_THE_SLOPE,
        ("l2 * W", "l2 / 2 * W"),
    ),
    Mistake(
        "The ½ stands before the L2 penalty alone. Your L1 penalty is half of what it "
        "should be.",
        HALF_L1,
        [HALF_L1, ("l1 * np.sign", "l1 / 2 * np.sign")],
    ),
    Mistake(
        "The slope of |w| is the sign of w: +1 right of 0 and −1 left of it, whatever "
        "the size. Yours is something else: w, |w| or always 1, perhaps.",
        ("np.sign(W)", "W"),
        ("np.sign(W)", "np.abs(W)"),
        ("np.sign(W)", "1"),
    ),
    Mistake(
        "Where a weight is exactly 0, the slope of |w| counts as 0. Yours is 1 there, "
        "or not a number (0 divided by 0).",
        ("np.sign(W)", "np.where(W >= 0, 1, -1)"),
        ("np.sign(W)", "W / np.abs(W)"),
    ),
    Mistake(
        "The L1 penalty adds up absolute values. In your sum, negative weights cancel "
        "positive ones.",
        (ABSOLUTES, "W.sum()"),
    ),
    Mistake(
        "The L1 part is missing: l1 changes nothing.",
        [("+ l1 * absolutes", ""), ("+ l1 * np.sign(W)", "")],
    ),
    Mistake(
        "The L2 part is missing: l2 changes nothing.",
        [("l2 / 2 * squares +", ""), ("l2 * W +", "")],
    ),
    Mistake(
        "l2 and l1 have changed places.",
        ("l2: float, l1: float", "l1: float, l2: float"),
    ),
    Mistake(
        "You took means. The penalty is a sum over the weights.",
        [
            MEAN_SQUARE,
            MEAN_ABSOLUTE,
            ("l2 * W + l1 * np.sign(W)", "(l2 * W + l1 * np.sign(W)) / W.size"),
        ],
        [MEAN_SQUARE, MEAN_ABSOLUTE],
        [
            ("return l2", "count = sum(W.size for W in weights)\n    return l2"),
            ("squares + l1 * absolutes", "squares / count + l1 * absolutes / count"),
        ],
    ),
    Mistake(
        "Your penalty counts one layer only. Every weight of the network counts. (Is "
        "the sum set anew for each layer, with = in place of +=?)",
        [("parameters[::2]", "parameters[:1]"), ("gradients[::2]", "gradients[:1]")],
        [("parameters[::2]", "parameters[:1]"), SLOPES_OF_WEIGHTS],
        [("parameters[::2]", "parameters[-2:-1]"), SLOPES_OF_WEIGHTS],
    ),
    Mistake(
        "The gradients of the biases are missing from the list. They are zeros, one "
        "array for each bias array, so that the list fits the parameters.",
        ("absolutes, gradients", "absolutes, gradients[::2]"),
    ),
    Mistake(
        "The L2 penalty adds up squares; there is no square root around it.",
        ("2 * squares", "2 * np.sqrt(squares)"),
    ),
)

penalty_exercise = Exercise(
    penalty,
    cases=penalty_cases,
    hints=(
        "The weights are every second array: `parameters[::2]`. What is the slope of "
        "λw²/2, and what is the slope of λ|w|, left and right of 0?",
        "The slopes are `l2 * W` and `l1 * np.sign(W)`, and np.sign(0) is 0. A bias "
        "costs nothing, so its gradient is an array of zeros.",
        "Start with `gradients = [np.zeros_like(p) for p in parameters]` and put "
        "`l2 * W + l1 * np.sign(W)` in the places 0, 2, 4, …",
    ),
    mistakes=PENALTY_MISTAKES,
)

# Exercise 2: the slides' settings, for a mean ----------------------------------------


def mean_settings() -> tuple[float, float, float]:
    """Learning rate and λ for a mean over 500, and what 20,000 steps leave of 1."""
    eta, lam = 4e-5 * 500, 5 / 500
    return eta, lam, round((1 - eta * lam) ** 20_000, 3)


def _numbers(answer: object) -> np.ndarray:
    return np.asarray(answer, dtype=float)


def _is(eta: float, lam: float) -> Callable:
    """A predicate: learning rate and λ are these."""
    return lambda answer: np.allclose(
        _numbers(answer)[:2], [eta, lam], rtol=1e-3, atol=0
    )


def _part(place: int, value: float) -> Callable:
    """A predicate: the number at this place is this."""
    return lambda answer: bool(np.isclose(_numbers(answer)[place], value, 1e-3, 0))


def _left(*values: float) -> Callable:
    """A predicate: the two settings are right, and one of these values is left."""
    return lambda answer: (
        _is(0.02, 0.01)(answer) and any(_part(2, value)(answer) for value in values)
    )


MEAN_SETTINGS_MISTAKES = (
    Mistake(
        "Both are the wrong way around: a mean is 500 times smaller than the sum, so "
        "the learning rate grows by 500 and λ shrinks by 500.",
        (8e-8, 2500, 0.018),
        when=_is(4e-5 / 500, 5 * 500),
    ),
    Mistake(
        "These are the settings for the sum. For a mean over 500 digits both change.",
        (4e-5, 5, 0.018),
        when=_is(4e-5, 5),
    ),
    Mistake(
        "Learning rate and λ have changed places.",
        (0.01, 0.02, 0.018),
        when=_is(0.01, 0.02),
    ),
    Mistake(
        "The learning rate is right. But λ must shrink with the loss it is added to: "
        "the whole of C is divided by 500.",
        (0.02, 5, 0.1),
        when=_is(0.02, 5),
    ),
    Mistake(
        "λ is right. The learning rate must make up for a gradient that is 500 times "
        "smaller.",
        (4e-5, 0.01, 0.99),
        when=_is(4e-5, 0.01),
    ),
    Mistake(
        "The learning rate is 500 times too small now: divide λ, but multiply η.",
        (8e-8, 0.01, 1.0),
        when=_part(0, 4e-5 / 500),
    ),
    Mistake(
        "λ is multiplied by 500; it must be divided.",
        (0.02, 2500, 0.0),
        when=_part(1, 2500),
    ),
    Mistake(
        "The two settings are right. But a weight is not left as it was: the loss does "
        "not move it, and the penalty does.",
        (0.02, 0.01, 1),
        when=lambda answer: _left(1)(answer) and _numbers(answer)[2] == 1,
    ),
    Mistake(
        "The two settings are right. One step leaves 1 − ηλ of a weight; there are "
        "20,000 of them, and the factors multiply.",
        (0.02, 0.01, 0.9998),
        (0.02, 0.01, -3.0),
        when=_left(1 - 2e-4, 1 - 4.0),
    ),
    Mistake(
        "The two settings are right. The third is what is left, not what is lost.",
        (0.02, 0.01, 0.9817),
        when=_left(1 - 0.0183),
    ),
    Mistake(
        "The two settings are right. But 0.02 is rounded too much for what is left: "
        "give three decimals.",
        (0.02, 0.01, 0.02),
        when=_left(0.02),
    ),
    Mistake(
        "The two settings are right. But something is left of the weight: each step "
        "takes only a share of what is still there.",
        (0.02, 0.01, 0),
        when=_left(0),
    ),
    Mistake(
        "The two settings are right. What is left is asked as a share of 1, not in "
        "percent.",
        (0.02, 0.01, 1.8),
        (0.02, 0.01, 1.83),
        when=lambda answer: (
            _is(0.02, 0.01)(answer) and bool(abs(_numbers(answer)[2] - 1.83) < 0.04)
        ),
    ),
    Mistake(
        "The two settings are right. But a step takes another share than yours: η "
        "times λ, both of them for the mean.",
        (0.02, 0.01, 0.992),
        (0.02, 0.01, 0.98**20_000),
        (0.02, 0.01, 0.99**20_000),
        when=_left((1 - 4e-5 * 0.01) ** 20_000, 0.98**20_000, 0.99**20_000),
    ),
)

mean_settings_exercise = Exercise(
    mean_settings,
    value=True,
    reveal=False,
    rtol=0.03,  # 0.018 and 0.0183 are both right
    also=lambda a: (
        ""
        if np.allclose(a[:2], (0.02, 0.01), rtol=1e-9, atol=0)
        else "Nearly. Learning rate and λ must be exact, or the steps are not the same."
    ),
    hints=(
        "The sum over 500 digits is 500 times the mean. Write the slides' cost as "
        "500 L + (λ_sum/2) Σw² and divide by 500: what stands before Σw²/2 now?",
        "A step must stay the same step. The slides' gradient is 500 times that of the "
        "cost divided by 500, so which learning rate makes up for it?",
        "Without a slope from the digits, a step is w ← (1 − ηλ) w. After 20,000 "
        "steps: `(1 - eta * lam) ** 20_000`.",
    ),
    mistakes=MEAN_SETTINGS_MISTAKES,
)

# Exercise 3: soft threshold ----------------------------------------------------------


def shrink(W: np.ndarray, amount: float) -> np.ndarray:
    """Move each weight toward 0 by amount, and stop at 0.

    W is an array of any shape, amount is 0 or more. Returns a new array; weights
    within amount of 0 become exactly 0.
    """
    return np.sign(W) * np.maximum(np.abs(W) - amount, 0)


def shrink_cases(rng: np.random.Generator) -> list[tuple]:
    """Weights on both sides of 0, near it and far; one row, one column; amounts."""
    return [
        (np.array([-2.0, -0.5, -0.1, 0.0, 0.2, 0.5, 3.0]), 0.5),
        (rng.normal(size=(4, 3)), 0.3),
        (rng.normal(size=(2, 2)), 0.0),
        (rng.normal(size=(1, 3)), 0.4),
        (np.array([[2.5], [-3.0], [0.7]]), 1.25),
        (np.array([0.03, -0.03, 0.004]), 0.01),
    ]


def use_shrink(answer: Callable, W: np.ndarray, amount: float) -> object:
    """Shrink, and turn −0 into 0, which is shown more plainly."""
    result = answer(W, amount)
    is_array = isinstance(result, np.ndarray) and result.dtype.kind == "f"
    return result + 0.0 if is_array else result


def _moved(*moves):
    """Masks applied one after the other, each to what the one before has changed."""
    masks = {
        "down": (lambda W, amount: W > 0, -1),
        "up": (lambda W, amount: W < 0, 1),
        "far down": (np.greater, -1),
        "far up": (lambda W, amount: np.less(W, -amount), 1),
    }

    def changed(W, amount):
        W = W.copy()
        for move in moves:
            mask, change = masks[move]
            W[mask(W, amount)] += change * amount
        return np.where(np.abs(W) <= amount, 0, W) if "far up" in moves else W

    return changed


SHRINK_MISTAKES = (
    Mistake(
        "Weights near 0 are carried past it to the other side. They must stop at 0.",
        ("np.maximum(np.abs(W) - amount, 0)", "(np.abs(W) - amount)"),
        lambda W, amount: np.where(W > 0, W - amount, W + amount),
        lambda W, amount: np.where(W < 0, W + amount, W - amount),
    ),
    Mistake(
        "One mask is applied after the other, and the later ones meet weights that the "
        "earlier ones have already moved. Let the weights as they were given decide.",
        _moved("down", "up"),
        _moved("up", "down"),
        _moved("far down", "far up"),
    ),
    Mistake(
        "Whatever is not above amount is moved up by amount: the small positive "
        "weights and 0 as well. There are three cases, not two.",
        lambda W, amount: np.where(np.greater(W, amount), W - amount, W + amount),
    ),
    Mistake(
        "Weights within amount of 0 must become 0. Yours stay as they are.",
        lambda W, amount: np.where(np.abs(W) > amount, shrink(W, amount), W),
    ),
    Mistake(
        "The sign is lost: a negative weight must stay negative.",
        ("np.sign(W) * ", ""),
    ),
    Mistake(
        "Negative weights all become 0. They move up toward 0 by amount.",
        lambda W, amount: np.maximum(W - amount, 0),
    ),
    Mistake(
        "Small weights become 0, but the others must move toward 0 as well. What you "
        "have is a hard threshold.",
        lambda W, amount: W * (np.abs(W) > amount),
        lambda W, amount: W * (np.abs(W) >= amount),
    ),
    Mistake(
        "Everything is moved down by amount. Negative weights must move up.",
        lambda W, amount: W - amount,
    ),
    Mistake(
        "You multiply, as L2 does. Here every weight moves by the same amount.",
        lambda W, amount: (1 - amount) * W,
    ),
    Mistake(
        "You cut off what is larger than amount, and keep the rest. It is the other "
        "way around: what sticks out beyond amount is kept.",
        lambda W, amount: np.clip(W, -amount, amount),
    ),
    Mistake(
        "The weights move away from 0.",
        ("np.maximum(np.abs(W) - amount, 0)", "(np.abs(W) + amount)"),
    ),
)

shrink_exercise = Exercise(
    shrink,
    cases=shrink_cases,
    run=use_shrink,
    in_lesson=lambda rng: (rng.normal(size=(784, 30)), 0.0005),
    calls=7_000,  # two kinds, five sets, 700 steps
    hints=(
        "Three cases: far to the right, far to the left, and near 0. What comes out in "
        "each?",
        "The size of the result is |W| − amount, but never below 0; the sign stays.",
        "`np.sign(W)` times `np.maximum(np.abs(W) - amount, 0)`.",
    ),
    mistakes=SHRINK_MISTAKES,
)

# Exercise 4: folds -------------------------------------------------------------------


def folds(order: np.ndarray, k: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Cut shuffled indices into k blocks; each is held out once.

    order (N,) holds the indices of the samples in random order, 2 <= k <= N. The blocks
    follow one another in order. Their sizes differ by one at most, larger blocks first.
    Returns k pairs (the indices to train on, the indices held out), each an array in
    which the indices follow one another as they do in order.
    """
    blocks = np.array_split(order, k)
    return [
        (np.concatenate(blocks[:i] + blocks[i + 1 :]), block)
        for i, block in enumerate(blocks)
    ]


def folds_cases(rng: np.random.Generator) -> list[tuple]:
    """Numbers that k divides and that it does not; as many blocks as samples."""
    return [
        (rng.permutation(10), 5),
        (rng.permutation(11), 3),
        (rng.permutation(7), 2),
        (rng.permutation(4), 4),
        (rng.permutation(10), 4),
        (rng.permutation(2), 2),
        (rng.permutation(300), 5),  # more than a small type can count, as in the lesson
    ]


def _in_another_order(answer):
    """Whether each part holds the right indices, but some part in another order."""
    moved = False
    for order, k in folds_cases(np.random.default_rng(1)):
        pairs = answer(order.copy(), k)
        if [len(pair) for pair in pairs] != [2] * k:
            return False
        for pair, wanted in zip(pairs, folds(order, k), strict=True):
            for part, right in zip(pair, wanted, strict=True):
                if not np.array_equal(np.sort(part), np.sort(right)):
                    return False
                moved = moved or not np.array_equal(part, right)
    return moved


# Texts of folds that the edits below replace.
BLOCKS, INSIDE = (
    "np.array_split(order, k)",
    "np.concatenate(blocks[:i] + blocks[i + 1 :])",
)
THE_REST = (INSIDE, "order[~np.isin(order, block)]")
EQUAL_BLOCKS = (BLOCKS, "np.split(order, np.arange(1, k + 1) * (len(order) // k))[:-1]")
EVERY_KTH = (BLOCKS, "[order[i::k] for i in range(k)]")

FOLDS_MISTAKES = (
    Mistake(
        "The two parts of each pair are swapped: first what is trained on, the large "
        "part, then the block held out.",
        lambda order, k: [(b, a) for a, b in folds(order, k)],
    ),
    Mistake(
        "You train on all samples, the held-out ones too. Then the score says nothing "
        "about new samples.",
        (INSIDE, "order"),
    ),
    Mistake(
        "Your blocks hold positions 0, 1, 2, …, not the indices that stand in `order`.",
        (BLOCKS, "np.array_split(np.arange(len(order)), k)"),
    ),
    Mistake(
        "Each part holds the right indices, but in another order (sorted, perhaps). "
        "Keep the order in which they stand in `order`.",
        (INSIDE, "np.setdiff1d(order, block)"),
        (INSIDE, "list(set(order) - set(block))"),
        (INSIDE, "np.concatenate(blocks[i + 1 :] + blocks[:i])"),
        when=_in_another_order,
    ),
    Mistake(
        "If k does not divide N, your last block gets too few samples. Sizes differ by "
        "one at most.",
        (BLOCKS, "np.split(order, np.arange(1, k) * -(-len(order) // k))"),
    ),
    Mistake(
        "The blocks held out are right. From what is trained on you leave out the "
        "places that the block's numbers name, not those numbers themselves.",
        (INSIDE, "np.delete(order, block)"),
    ),
    Mistake(
        "The sizes differ by one at most, as they should. But if k does not divide N, "
        "the larger blocks come first.",
        (BLOCKS, "np.split(order, np.arange(1, k) * len(order) // k)"),
        (BLOCKS, "[b[::-1] for b in np.array_split(order[::-1], k)][::-1]"),
    ),
    Mistake(
        "If k does not divide N, the last samples are never held out. Blocks may "
        "differ in size by one.",
        EQUAL_BLOCKS,
        [EQUAL_BLOCKS, THE_REST],
    ),
    Mistake(
        "The samples left over all go to the last block. Spread them: sizes differ by "
        "one at most, larger blocks first.",
        (BLOCKS, "np.split(order, np.arange(1, k) * (len(order) // k))"),
    ),
    Mistake(
        "Every k-th sample makes a block. Wanted are blocks that follow one another in "
        "order.",
        EVERY_KTH,
        [EVERY_KTH, THE_REST],
    ),
    Mistake(
        "Only one split. Each of the k blocks must be held out once: k pairs.",
        ("enumerate(blocks)", "enumerate(blocks[:1])"),
    ),
    Mistake(
        "You return the blocks only. Each needs its partner, what is trained on.",
        lambda order, k: np.array_split(order, k),
    ),
)

folds_exercise = Exercise(
    folds,
    cases=folds_cases,
    hints=(
        "`np.array_split(order, k)` cuts an array into k blocks of nearly the same "
        "size, larger ones first.",
        "For block number i, the training part is all the other blocks, put together "
        "with np.concatenate.",
        "`blocks[:i] + blocks[i + 1:]` is the list without block i.",
    ),
    mistakes=FOLDS_MISTAKES,
)

# Exercise 5: choose λ ----------------------------------------------------------------


def choose(lambdas: np.ndarray, scores: dict[str, np.ndarray]) -> float:
    """Return the λ with the best mean score on held-out samples.

    lambdas (L,) the values tried; scores["train"], scores["held out"] and
    scores["test"] hold accuracies (L, k): a row for each λ, a column for each of the
    k folds. Returns one number. If several λs have the same best mean, it is the one
    that stands first in lambdas.
    """
    return float(lambdas[scores["held out"].mean(axis=1).argmax()])


def choose_cases(rng: np.random.Generator) -> list[tuple]:
    """Tables in which each wrong rule leads to another λ."""
    lambdas = np.array([0.0, 0.001, 0.01, 0.1, 1.0, 10.0])
    held = np.array(
        [
            [0.70, 0.73, 0.70],
            [0.95, 0.60, 0.71],
            [0.80, 0.79, 0.84],
            [0.80, 0.80, 0.80],
            [0.60, 0.83, 0.82],
            [0.10, 0.11, 0.09],
        ]
    )
    train = np.linspace(1, 0.5, 6)[:, None] * np.ones(3)
    test = np.array([0.7, 0.9, 0.8, 0.8, 0.95, 0.1])[:, None] * np.ones(3)
    tables = {"train": train, "held out": held, "test": test}
    mixed = {name: rng.random((6, 4)) for name in tables}
    tie = {**tables, "held out": np.array([0.5, 0.75, 0.75, 0.25])[:, None] * [1, 1]}
    last = {name: table[:3] for name, table in tables.items()}
    uneven = {**tables, "held out": np.array([[0.99, 0.5, 0.99], [0.82] * 3])}
    dip = {**tables, "held out": np.array([0.7, 0.6, 0.8, 0.5])[:, None] * [1, 1]}
    return [
        (lambdas, tables),
        (lambdas[::-1].copy(), mixed),
        (lambdas[:4], tie),
        (lambdas[:3], last),
        (lambdas[:4], dip),
        (lambdas[:2], uneven),
    ]


def _tied(lambdas, scores):
    means = scores["held out"].mean(axis=1)
    return lambdas[means == means.max()]


def _one_error_rule(lambdas, scores):
    table = scores["held out"]
    means = table.mean(axis=1)
    errors = table.std(axis=1, ddof=1) / np.sqrt(table.shape[1])
    return lambdas[means >= means.max() - errors[means.argmax()]].max()


def _always_of_the_list(answer):
    """Whether it gives a λ of the list in every trial, and in some a worse one."""
    worse = False
    for lambdas, scores in choose_cases(np.random.default_rng(0)):
        chosen = answer(lambdas.copy(), copy.deepcopy(scores))
        place = np.flatnonzero(lambdas == chosen)
        if np.ndim(chosen) or len(place) != 1:
            return False
        means = scores["held out"].mean(axis=1)
        worse = worse or means[place[0]] < means.max() - 1e-9
    return worse


CHOOSE_MISTAKES = (
    Mistake(
        "You choose by the training score. That asks for little or no penalty, however "
        "much the network overfits.",
        ("held out", "train"),
        [("held out", "train"), (".mean(axis=1)", "")],
    ),
    Mistake(
        "You look for the largest number of the whole table: argmax without an axis "
        "counts all its numbers, row after row. Take the mean over the folds first, so "
        "that each λ has one number.",
        (".mean(axis=1)", ""),
        lambda lambdas, scores: scores["held out"].argmax(),
    ),
    Mistake(
        "You return the best single score of the table. Asked for is a λ: the one with "
        "the best mean over the folds.",
        lambda lambdas, scores: scores["held out"].max(),
    ),
    Mistake(
        "You choose by the test score. Then the test set has taken part in training, "
        "and nothing is left to test with.",
        ("held out", "test"),
        [("held out", "test"), (".mean(axis=1)", "")],
    ),
    Mistake(
        "You let one fold decide, the best of a λ or its worst. Take the mean over the "
        "folds.",
        (".mean(", ".max("),
        (".mean(", ".min("),
    ),
    Mistake(
        "That is the λ with the lowest mean. These are accuracies: higher is better.",
        ("argmax", "argmin"),
    ),
    Mistake(
        "You return the place of the best λ in the list, or its mean score, not the λ "
        "itself.",
        lambda lambdas, scores: scores["held out"].mean(axis=1).argmax(),
        lambda lambdas, scores: scores["held out"].mean(axis=1).max(),
    ),
    Mistake(
        "If several λs have the same best mean, the one that stands first in lambdas "
        "is asked for; you take the last.",
        lambda lambdas, scores: _tied(lambdas, scores)[-1],
    ),
    Mistake(
        "You return an array. Asked for is a single number: if several λs have the "
        "same best mean, the one that stands first in lambdas.",
        _tied,
        lambda lambdas, scores: _tied(lambdas, scores)[:1],
    ),
    Mistake(
        "It is always the first λ of the list. If you take one mean over the whole "
        "table, only one number is left: take the mean over the folds, axis 1.",
        ("axis=1", ""),
    ),
    Mistake(
        "You take the mean over the λs (axis 0), which leaves a number for each fold. "
        "Take it over the folds, axis 1.",
        ("axis=1", "axis=0"),
    ),
    Mistake(
        "That is the strongest λ within one standard error of the best mean. The "
        "lesson names this rule below; here the best mean itself decides.",
        _one_error_rule,
    ),
    Mistake(
        "That is a λ of the list, but not the one with the highest mean score on the "
        "digits held out.",
        ('scores["held out"].mean(', 'np.median(scores["held out"], '),
        when=_always_of_the_list,
    ),
)

choose_exercise = Exercise(
    choose,
    cases=choose_cases,
    hints=(
        "Which of the three tables says how the network does on digits that it was not "
        "trained on, and may be looked at now?",
        'Each row of `scores["held out"]` belongs to one λ. Take the mean over the '
        "folds, axis 1.",
        "`argmax` gives the place of the largest mean; the λ at that place is asked "
        "for.",
    ),
    mistakes=CHOOSE_MISTAKES,
)

# Exercise 6: early stopping ----------------------------------------------------------


class EarlyStopping:
    """Keep the best parameters, and say when to stop.

    Stop after patience epochs in a row without improvement, but not before min_epochs.
    A loss is an improvement if it is below best_loss by more than min_improvement; the
    first always is. Call update(loss, parameters) after each epoch, with the validation
    loss and the list of arrays of then. It returns True when it is time to stop, else
    False. best_loss is the lowest loss that was an improvement, best_parameters a copy
    of the parameters of that epoch.
    """

    def __init__(
        self, patience: int, min_epochs: int = 0, min_improvement: float = 0.0
    ) -> None:
        self.patience, self.min_epochs = patience, min_epochs
        self.min_improvement = min_improvement
        self.best_loss, self.best_parameters = np.inf, None
        self.epochs = self.waited = 0

    def update(self, loss: float, parameters: list[np.ndarray]) -> bool:
        """Take note of an epoch; return whether it is time to stop."""
        self.epochs += 1
        self.waited += 1
        if loss < self.best_loss - self.min_improvement:
            self.best_loss = loss
            self.best_parameters = [p.copy() for p in parameters]
            self.waited = 0
        return self.epochs >= self.min_epochs and self.waited >= self.patience


def use_stopping(
    answer: type,
    losses: list[float],
    patience: int,
    min_epochs: int,
    min_improvement: float,
    in_place: bool,
) -> dict[str, object]:
    """Train a make-believe network: epochs used, the best loss, the best parameters."""
    settings = {"min_epochs": min_epochs, "min_improvement": min_improvement}
    given = {name: value for name, value in settings.items() if value}
    stopper = answer(patience=patience, **given)
    parameters, epochs = [np.zeros((2, 1)), np.zeros(1)], 0
    for loss in losses:
        epochs += 1
        if in_place:
            for p in parameters:
                p += 1
        else:
            parameters = [p + 1 for p in parameters]
        if stopper.update(loss, parameters):
            break
    return {
        "stopped after epoch": epochs,
        "best_loss": float(stopper.best_loss),
        "best_parameters": list(stopper.best_parameters),
    }


def stopping_cases(rng: np.random.Generator) -> list[tuple]:
    """Losses that rise early, bounce, creep and fall to the end."""
    falls = [1.0, 0.8, 0.7, 0.75, 0.72, 0.71, 0.9, 0.95, 1.0, 1.1, 1.2, 1.3]
    bounces = [1.0, 1.2, 0.9, 1.1, 1.0, 0.8, 0.9, 0.7, 0.75, 0.76, 0.74, 0.6, 0.9]
    creeps = [1.0, 0.99, 0.98, 0.97, 0.9, 0.89, 0.88, 0.87, 0.86, 0.85]
    second = [1.0, 1.1, 1.2, 1.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    return [
        (falls, 3, 0, 0.0, False),
        (falls, 3, 0, 0.0, True),
        (bounces, 3, 0, 0.0, False),
        (second, 2, 6, 0.0, False),
        ([1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6], 2, 5, 0.0, False),
        (second, 2, 0, 0.0, False),
        (creeps, 3, 0, 0.05, False),
        ([0.5, 0.4, 0.3, 0.2], 1, 0, 0.0, False),
        ([0.5, 0.5, 0.5, 0.4], 2, 0, 0.0, False),
        ([2000.0, 1500.0, 1800.0, 1900.0, 1000.0], 2, 0, 0.0, False),
        ([1.0, 1.02, 0.99, 1.01, 1.03, 1.0], 3, 0, 0.05, False),
        ([0.3, 0.28, 0.27, 0.26, 0.2], 2, 0, 0.05, False),  # far from a loss of 1
        ([25.0, 24.2, 23.0, 22.8, 22.6, 21.8, 21.7], 3, 2, 1.5, False),
        ([0.134, 0.104, 0.074, 0.044, 0.014, 0.004, 0.007, 0.009], 1, 0, 0.0, False),
    ]


def _first_loss(answer, loss=0.7):
    """best_loss before and after a first loss, and whether parameters are kept."""
    stopper = answer(patience=3)
    before = getattr(stopper, "best_loss", None)
    stopper.update(loss, [np.zeros(1)])
    kept = getattr(stopper, "best_parameters", None)
    return before, getattr(stopper, "best_loss", None), bool(kept)


def _starts_too_low(answer):
    """Whether a first loss is not taken, since best_loss is lower from the start."""
    for loss in (0.7, 3000.0):
        before, after, _ = _first_loss(answer, loss)
        if before is not None and before == after < loss:
            return True
    return False


def _stores_nothing(answer):
    """Whether a first loss leaves neither best_loss nor best_parameters."""
    before, after, kept = _first_loss(answer)
    return after == before != 0.7 and not kept


def _not_in_a_row(answer):
    """Whether it stops although no two epochs without improvement are in a row.

    Every second epoch is one. So the count that is never set back reaches patience in
    epoch 2 * patience; if it counts improvements too, in epoch patience.
    """
    shares = []
    for patience in (3, 4, 5):
        stopper, stopped = answer(patience, 0, 0.0), []
        for epoch in range(1, 21):
            loss = 30.0 - epoch if epoch % 2 else 40.0
            stopped.append(bool(stopper.update(loss, [np.zeros(1)])))
        shares.append((stopped.index(True) + 1) / patience)
    return shares in ([1, 1, 1], [2, 2, 2])


def _changes_its_class(answer):
    """Whether update writes into the class, which all instances share."""
    before = repr(vars(answer))
    answer(patience=3).update(0.7, [np.zeros(1)])
    return repr(vars(answer)) != before


def _share_nothing(answer):
    """What to say if one object's updates have an influence on another's."""
    one, other = answer(patience=2), answer(patience=2)
    parameters = [np.zeros(1)]
    told = [one.update(0.7, parameters), one.update(0.8, parameters)]
    other.update(0.7, parameters)
    if not any(told) and one.update(0.85, parameters):
        return ""
    return (
        "Two objects of your class share what they remember, so that two trainings "
        "disturb each other: make it in __init__, with self."
    )


def _says_true_or_false(answer):
    """What to say of an update that stops in time but returns something else."""
    stopper = answer(patience=1)
    for loss in (0.7, 0.8):
        told = stopper.update(loss, [np.zeros(1)])
    if isinstance(told, bool | np.bool_ | int):
        return _share_nothing(answer)
    return (
        "It stops at the right time. But what update returns then is not True: "
        f"it is of type {type(told).__name__}."
    )


# What several edits of EarlyStopping.update change or put in.
STOPS = "self.epochs >= self.min_epochs and self.waited >= self.patience"
BETTER = "loss < self.best_loss - self.min_improvement"
END = "        return self"  # the last line begins like this
STORE_LOSS = "            self.best_loss = loss\n"
STORE = "            self.best_parameters = [p.copy() for p in parameters]\n"
STORE_IF_LOWER = f"        if loss < self.best_loss:\n{STORE_LOSS}{STORE}"
LAST = "getattr(self, 'last', np.inf)"
TAKE_LAST = (END, f"        self.last = loss\n{END}")

STOPPING_MISTAKES = (
    Mistake(
        "update writes into the class itself, and what stands there is shared: a "
        "second EarlyStopping goes on where the first one ended. Give each its own, in "
        "__init__.",
        [
            ("    def __init__", "    losses = []\n\n    def __init__"),
            ("        self.epochs += 1\n", "        self.losses.append(loss)\n"),
            (STOPS, STOPS.replace("self.epochs", "len(self.losses)")),
        ],
        when=_changes_its_class,
    ),
    Mistake(
        "Your best_loss starts too low (at 0, perhaps): a first loss need not be below "
        "it. The first loss is always an improvement, however high it is.",
        ("np.inf", "0.0"),
        when=_starts_too_low,
    ),
    Mistake(
        "The count of epochs without improvement must start again at 0 after each "
        "improvement: they must be in a row.",
        ("            self.waited = 0\n", ""),
        ("self.waited = 0\n    ", "self.waited -= 1\n    "),
        when=_not_in_a_row,
    ),
    Mistake(
        "An improvement is noticed, but best_parameters stays empty: store a copy of "
        "the parameters in self.best_parameters.",
        (STORE, ""),
        when=lambda answer: _first_loss(answer)[1:] == (0.7, False),
    ),
    Mistake(
        "After a first loss, which always is an improvement, neither best_loss nor "
        "best_parameters is stored. (Does update return before it comes to that?)",
        [(STORE_LOSS, ""), (STORE, "")],
        when=_stores_nothing,
    ),
    Mistake(
        "Before min_epochs update does not look at the loss at all. The best epoch may "
        "be among those: store from the first one on, and only do not stop.",
        (f"if {BETTER}", f"if self.epochs >= self.min_epochs and {BETTER}"),
        (
            "        self.waited += 1\n",
            "        if self.epochs < self.min_epochs:\n            return False\n"
            "        self.waited += 1\n",
        ),
    ),
    Mistake(
        "best_loss and best_parameters change only at an improvement by more than "
        "min_improvement. Yours change at any lower loss.",
        (END, STORE_IF_LOWER + END),
        [
            (BETTER, BETTER.replace("best_loss", "clear")),
            (STORE_LOSS, "            self.clear = loss\n"),
            (STORE, ""),
            (END, STORE_IF_LOWER + END),
            (
                "self.epochs = self.waited",
                "self.clear = np.inf\n        self.epochs = self.waited",
            ),
        ],
    ),
    Mistake(
        "best_loss keeps its first value. After an improvement it must be the new "
        "loss.",
        (STORE_LOSS, ""),
    ),
    Mistake(
        "best_parameters changes when training goes on: it holds the very arrays that "
        "training changes. Copy each array, not only the list.",
        ("[p.copy() for p in parameters]", "parameters"),
    ),
    Mistake(
        "It stops an epoch too late: after patience epochs without improvement, not "
        "after one more.",
        ("waited >= ", "waited > "),
    ),
    Mistake(
        "It stops an epoch too early: patience epochs without improvement must have "
        "passed.",
        ("waited >= ", "waited + 1 >= "),
    ),
    Mistake(
        "It stops only in the very epoch in which the count is patience. While "
        "min_epochs forbids to stop, the count can grow past it.",
        ("waited >= ", "waited == "),
    ),
    Mistake(
        "Both must be true before it stops: min_epochs have passed, and patience is "
        "used up. For yours, one of them is enough.",
        (" and ", " or "),
    ),
    Mistake(
        "After epoch number min_epochs it may already stop. Yours waits for one more.",
        ("epochs >= ", "epochs > "),
    ),
    Mistake(
        "min_epochs is ignored: before that many epochs it must not stop.",
        ("self.epochs >= self.min_epochs and ", ""),
    ),
    Mistake(
        "min_improvement is ignored: a loss that is lower by a hair does not count.",
        (" - self.min_improvement", ""),
    ),
    Mistake(
        "The sign of min_improvement is wrong: yours takes a loss that is a little "
        "higher for an improvement.",
        (" - self.min_improvement", " + self.min_improvement"),
    ),
    Mistake(
        "min_improvement is a difference of two losses. Yours is a share of the best "
        "one.",
        (" - self.min_improvement", " * (1 - self.min_improvement)"),
    ),
    Mistake(
        "You compare with the last loss. An epoch is an improvement only if it beats "
        "the best so far.",
        [("loss < self.best_loss", f"loss < {LAST}"), TAKE_LAST],
        *(
            [
                TAKE_LAST,
                (
                    "        self.epochs += 1\n",
                    "        self.epochs += 1\n"
                    f"        lower = loss < {LAST} - {much}\n"
                    "        self.rises = 0 if lower else self.rises + 1\n",
                ),
                ("self.epochs = self.waited", "self.rises = self.epochs = self.waited"),
                ("self.waited >= ", "self.rises >= "),
            ]
            for much in ("self.min_improvement", "0")
        ),
    ),
    Mistake(
        "It keeps the highest loss. A loss is better when it is lower.",
        [
            ("np.inf", "-np.inf"),
            (BETTER, "loss > self.best_loss + self.min_improvement"),
        ],
    ),
    Mistake(
        "An equal loss is not an improvement: < instead of <=.",
        ("loss < ", "loss <= "),
    ),
    Mistake(
        "best_parameters are the last ones. Keep those of the epoch with the best "
        "loss.",
        [(STORE, ""), (END, f"{STORE[4:]}{END}")],
    ),
    Mistake(
        "update must return True when it is time to stop, and False before. Yours says "
        "the opposite, or never says it.",
        (STOPS, f"not ({STOPS})"),
        (STOPS, "False"),
    ),
    Mistake(
        "Patience is counted only after min_epochs. Epochs without improvement count "
        "from the beginning; they only cannot stop training before min_epochs.",
        ("waited += 1", "waited += self.epochs > self.min_epochs"),
    ),
)

stopping_exercise = Exercise(
    EarlyStopping,
    cases=stopping_cases,
    run=use_stopping,
    also=_says_true_or_false,
    hints=(
        "Remember four things: the best loss, a copy of its parameters, how many "
        "epochs there have been, and how many since the last improvement. Start with "
        "best_loss = np.inf.",
        "In update: count both up by one. If the loss is below best_loss − "
        "min_improvement, store loss and parameters, and set the second count to 0.",
        "`[p.copy() for p in parameters]` copies the arrays, not only the list. Stop "
        "if `self.epochs >= self.min_epochs and self.waited >= self.patience`.",
    ),
    mistakes=STOPPING_MISTAKES,
)

LESSON = Lesson(
    penalty_exercise,
    mean_settings_exercise,
    shrink_exercise,
    folds_exercise,
    choose_exercise,
    stopping_exercise,
)
check, hint, solution = LESSON.check, LESSON.hint, LESSON.solution
