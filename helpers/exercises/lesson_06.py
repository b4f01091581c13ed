"""Lesson 06, dropout: reference answers, hints and checks."""

from collections.abc import Callable

import numpy as np

from helpers.exercises import compare
from helpers.exercises.engine import Exercise, Lesson, Mistake
from helpers.exercises.verdict import Verdict
from helpers.network import softmax


def _one_of(cases: Callable, *wrongs: Callable) -> Callable:
    """A predicate: an answer gives what one of several wrong answers gives."""

    def when(answer: Callable) -> bool:
        return any(
            all(
                compare.equal(answer(*case), wrong(*case))
                for case in cases(np.random.default_rng(0))
            )
            for wrong in wrongs
        )

    return when


def _draws(cases: Callable) -> Callable:
    """A predicate: two calls with the same arguments give two results."""

    def when(answer: Callable) -> bool:
        case = cases(np.random.default_rng(0))[0]
        return not compare.equal(answer(*case), answer(*case))

    return when


# Exercise 1: dropout, forward ---------------------------------------------------------


def dropout(
    a: np.ndarray, rate: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Drop each number of a with probability rate, and scale up what is left.

    a (N, M) activations, which stay as they are; rate the drop rate, 0 <= rate < 1.
    Each number is dropped or kept by itself, by a random number drawn from rng.
    Returns the dropped activations, a * mask, and the mask, both (N, M): the mask is
    0 where a number is dropped, and 1 / (1 - rate) where it is kept.
    """
    keep = 1 - rate
    mask = (rng.random(a.shape) < keep) / keep
    return a * mask, mask


def dropout_cases(rng: np.random.Generator) -> list[tuple]:
    """Rates small and large, and 0; few samples and many; numbers of both signs."""
    shapes = {0.2: (3, 4), 0.5: (5, 6), 0.75: (8, 3), 0.0: (2, 3), 0.1: (1, 9)}
    return [(rng.normal(size=s), rate, rng) for rate, s in shapes.items()]


def dropout_in_lesson(rng: np.random.Generator) -> tuple:
    """A call of middle size: masks for 10 to 300 hidden units, and for 784 inputs."""
    return np.ones((50, 140), np.float32), 0.5, rng


class Filled(tuple):
    """What is compared of an answer's result; ``returned`` is the result itself."""

    returned: tuple[np.ndarray, np.ndarray]


def filled_in(
    answer: Callable, a: np.ndarray, rate: float, rng: np.random.Generator
) -> object:
    """Use an answer, and fill in what it dropped with what it would be if kept.

    So the result does not depend on which numbers are dropped, and answers can be
    compared that draw their masks in different ways. Where something was kept, the
    factor that it got is taken for what was dropped as well.
    """
    before = a.copy()
    result = answer(a, rate, rng)
    if not isinstance(result, tuple | list) or len(result) != 2:
        return result
    dropped, mask = result
    for part in result:
        if not isinstance(part, np.ndarray) or part.shape != a.shape:
            return result
    dropped, mask = dropped.astype(float), mask.astype(float)
    gone = (mask == 0) & (dropped == 0)
    factor = scale = 1 / (1 - rate)
    if not gone.all():
        factor, scale = np.median((dropped / before)[~gone]), np.median(mask[~gone])
    filled = Filled(
        (np.where(gone, before * factor, dropped), np.where(gone, scale, mask))
    )
    filled.returned = tuple(result)
    return filled


def _without_minus_zero(part: np.ndarray) -> np.ndarray:
    """The same numbers, but −0.0, which a mask makes of negative numbers, is 0."""
    part = np.asarray(part)
    return part + 0.0 if part.dtype.kind == "f" else part


class DropoutExercise(Exercise):
    """Compares what is filled in, but shows what the answer returned."""

    def _explain(
        self,
        answer: object,
        cases: list[tuple],
        trials: list,
        wanted: list,
        first: int,
    ) -> Verdict:
        """Put the answer's own zeros into what is shown as expected, too."""
        verdict = super()._explain(answer, cases, trials, wanted, first)
        a, rate, _ = cases[first]
        got, want = trials[first].value, wanted[first].value.returned
        zeros = "zeros at other places would be right, too"
        if isinstance(got, Filled):
            gone = np.any([np.asarray(part) == 0 for part in got.returned], axis=0)
            if gone.any() and not gone.all():
                kept = np.where(gone, 0, 1 / (1 - rate))
                want, zeros = (a * kept, kept), "with the zeros where yours are"
            got = tuple(_without_minus_zero(part) for part in got.returned)
        if verdict.expected:
            want = tuple(_without_minus_zero(part) for part in want)
            verdict.got, shown = compare.show_both(got, want)
            verdict.expected = f"{zeros}:\n{shown}"
            verdict.place = ""
        return verdict


def _kept(answer: Callable, rate: float, N: int = 200, M: int = 40) -> np.ndarray:
    """Which of many numbers, all 1, an answer keeps."""
    dropped, _ = answer(np.ones((N, M)), rate, np.random.default_rng(3))
    return np.asarray(dropped) != 0


def random_enough(answer: Callable) -> str | None:
    """Say what is wrong with the masks that an answer draws, by their statistics."""
    kept = _kept(answer, 0.2)
    share = kept.mean()
    if share == 1:
        return (
            "Nothing is ever dropped. With rate 0.2, a fifth of the numbers must "
            "become 0."
        )
    if share == 0:
        return "Everything is dropped. With rate 0.2, only a fifth should become 0."
    if abs(share - 0.2) < 0.05:
        return (
            "Drop rate and keep probability are exchanged: with rate 0.2 you keep "
            "about a fifth of the numbers and drop the rest."
        )
    if (kept == kept[0]).all():
        return (
            "All samples get the same mask. Draw one random number for each number of "
            "`a`: the mask has the shape (N, M)."
        )
    if (kept == kept[:, :1]).all():
        return (
            "All units of a sample share one fate. Draw one random number for each "
            "number of `a`: the mask has the shape (N, M)."
        )
    if abs(share - 0.8) > 0.03:
        return "With rate 0.2, four fifths of the numbers should be kept on average."
    return _drawn_from_rng(answer)


def _drawn_from_rng(answer: Callable) -> str | None:
    def draw(rng: np.random.Generator) -> np.ndarray:
        return np.asarray(answer(np.ones((20, 10)), 0.5, rng)[1])

    rng = np.random.default_rng(4)
    first, second = draw(rng), draw(rng)
    if (first == second).all():
        return (
            "Every call gives the same mask. Draw from the `rng` you are given, and do "
            "not make a new one with a fixed seed."
        )
    if (first != draw(np.random.default_rng(4))).any():
        return (
            "The mask does not come from the `rng` you are given, so that nobody can "
            "repeat your run. Use `rng.random(...)`."
        )
    rng = np.random.default_rng(5)
    counts = [(draw(rng) != 0).sum(axis=1) for _ in range(10)]
    if np.ptp(counts) == 0 or np.ptp(np.sum(counts, axis=1)) == 0:
        return (
            "You always keep exactly the same share. Each number is dropped or kept by "
            "itself, so the share varies from draw to draw."
        )
    return None


def _dropout(scale=lambda rate: 1 / (1 - rate), scale_of_mask=None):
    """A wrong answer that scales activations and mask in another way."""
    scale_of_mask = scale_of_mask or scale

    def wrong(a, rate, rng):
        kept = rng.random(a.shape) < 1 - rate
        return a * kept * scale(rate), kept * scale_of_mask(rate)

    return wrong


def _rate_and_keep_exchanged(answer: Callable) -> bool:
    return abs(_kept(answer, 0.2).mean() - 0.2) < 0.05


def _other_order(answer: Callable) -> bool:
    mask, dropped = answer(np.full((50, 4), 3.0), 0.5, np.random.default_rng(1))
    mask, dropped = np.asarray(mask), np.asarray(dropped)
    return bool(set(np.unique(mask)) <= {0, 2} and set(np.unique(dropped)) <= {0, 6})


def _mask_of_shape(*wanted: Callable) -> Callable:
    """A predicate: the mask has the shape that one of the functions of N, M gives."""

    def when(answer: Callable) -> bool:
        _, mask = answer(np.ones((5, 3)), 0.5, np.random.default_rng(0))
        return np.shape(mask) in [shape(5, 3) for shape in wanted]

    return when


dropout_exercise = DropoutExercise(
    dropout,
    cases=dropout_cases,
    run=filled_in,
    also=random_enough,
    in_lesson=dropout_in_lesson,
    calls=85_000,
    hints=(
        "Draw one random number between 0 and 1 for each number of `a`. Such a number "
        "is below 0.8 with probability 0.8.",
        "`rng.random(a.shape) < keep`, with `keep = 1 - rate`, is True where a number "
        "is kept. As a number, True is 1 and False is 0. What is still missing is the "
        "scale.",
        "`mask = (rng.random(a.shape) < keep) / keep`. Return `a * mask, mask`.",
    ),
    mistakes=(
        Mistake(
            "The two results are in the other order: first the activations, then the "
            "mask.",
            when=_other_order,
        ),
        Mistake(
            "All samples get the same mask. Draw one random number for each number of "
            "`a`: the mask has the shape (N, M).",
            when=_mask_of_shape(lambda N, M: (M,), lambda N, M: (1, M)),
        ),
        Mistake(
            "All units of a sample share one fate. Draw one random number for each "
            "number of `a`: the mask has the shape (N, M).",
            when=_mask_of_shape(lambda N, M: (N, 1), lambda N, M: (N,)),
        ),
        Mistake(
            "Drop rate and keep probability are exchanged: with rate 0.2 you keep "
            "about a fifth of the numbers and drop the rest.",
            when=_rate_and_keep_exchanged,
        ),
        Mistake(
            "What is kept is not scaled up. That is plain dropout; here each number "
            "that is kept must become 1 / (1 - rate) times as large.",
            wrong=_dropout(lambda rate: 1),
        ),
        Mistake(
            "You multiply by the keep probability where you should divide by it: what "
            "is kept must become larger, to make up for what is lost.",
            wrong=_dropout(lambda rate: 1 - rate),
        ),
        Mistake(
            "You divide by the drop rate. Divide by the share that is kept, 1 - rate.",
            when=lambda answer: np.allclose(
                np.max(answer(np.ones((50, 4)), 0.2, np.random.default_rng(0))[0]), 5
            ),
        ),
        Mistake(
            "The activations are right, but the mask is not scaled. Return the mask "
            "that `a` was multiplied by: the way back needs it.",
            wrong=_dropout(scale_of_mask=lambda rate: 1),
        ),
        Mistake(
            "The mask is right, but the activations are not scaled. They are a * mask, "
            "with the scaled mask.",
            wrong=_dropout(lambda rate: 1, lambda rate: 1 / (1 - rate)),
        ),
        Mistake(
            "You scale twice: once the mask, and once more the activations.",
            wrong=_dropout(lambda rate: 1 / (1 - rate) ** 2, lambda r: 1 / (1 - r)),
        ),
    ),
)

# Exercise 2: mean and variance --------------------------------------------------------


def moments(a: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of a * mask over all the masks that could be drawn.

    a (N, M) activations; rate the drop rate, 0 <= rate < 1. The mask is 0 with
    probability rate, and otherwise 1 / (1 - rate).
    Returns the mean (N, M) and the variance (N, M) of each number, without drawing any.
    """
    keep = 1 - rate
    return a.copy(), a**2 * rate / keep


def moments_cases(rng: np.random.Generator) -> list[tuple]:
    """Several rates, one of them 0, and numbers of both signs."""
    return [(rng.normal(size=(3, 4)), rate) for rate in (0.2, 0.5, 0.75, 0.0)]


def _moments(mean, variance):
    """A wrong answer from rules for the mean and the variance, of a, p and q."""
    return lambda a, rate: (mean(a, rate, 1 - rate), variance(a, rate, 1 - rate))


def _a(a, p, q):
    return a.copy()


def _squared_it_would_be_right(answer: Callable) -> bool:
    """Whether the second value is a standard deviation, of either sign."""
    return all(
        compare.equal(np.square(answer(*case)[1]), moments(*case)[1])
        for case in moments_cases(np.random.default_rng(0))
    )


moments_exercise = Exercise(
    moments,
    cases=moments_cases,
    hints=(
        "There are two cases only: 0 with probability p, and a / q with probability q "
        "= 1 − p. The mean is the sum of value times probability.",
        "The variance is the mean of the squares minus the square of the mean. The "
        "mean of the squares: 0² · p + (a / q)² · q.",
        "The mean is a. The variance is a² / q − a² = a² (1 − q) / q = a² p / q.",
    ),
    mistakes=(
        Mistake(
            "Those are the mean and variance of plain dropout, where what is kept "
            "stays as it is. Here it is a / q.",
            wrong=_moments(lambda a, p, q: q * a, lambda a, p, q: a**2 * p * q),
        ),
        Mistake(
            "The mean forgets the scale: with probability q the value is a / q, not a.",
            wrong=_moments(lambda a, p, q: q * a, lambda a, p, q: a**2 * p / q),
        ),
        Mistake(
            "The mean forgets the cases in which the unit is dropped: a / q is its "
            "value when it is kept.",
            wrong=_moments(lambda a, p, q: a / q, lambda a, p, q: a**2 * p / q),
        ),
        Mistake(
            "The variance is that of plain dropout. A factor 1/q on a value is a "
            "factor 1/q² on its variance.",
            wrong=_moments(_a, lambda a, p, q: a**2 * p * q),
        ),
        Mistake(
            "That is the mean of the squares. For the variance, subtract the square of "
            "the mean.",
            wrong=_moments(_a, lambda a, p, q: a**2 / q),
        ),
        Mistake(
            "Drop rate and keep probability are exchanged in the variance: the more is "
            "dropped, the more it must vary.",
            wrong=_moments(_a, lambda a, p, q: a**2 * q / max(p, 1e-300)),
        ),
        Mistake(
            "The two results are in the other order: first the mean, then the "
            "variance.",
            wrong=lambda a, rate: moments(a, rate)[::-1],
        ),
        Mistake(
            "Those are the mean and the variance of the mask alone. Asked for are "
            "those of a * mask.",
            when=_one_of(
                moments_cases,
                _moments(
                    lambda a, p, q: np.ones_like(a),
                    lambda a, p, q: np.full_like(a, p / q),
                ),
                _moments(lambda a, p, q: 1.0, lambda a, p, q: p / q),
            ),
        ),
        Mistake(
            "Two calls with the same arguments give two results: you draw masks. Work "
            "out mean and variance from the two values that a number can take.",
            when=_draws(moments_cases),
        ),
        Mistake(
            "The second value is a standard deviation, not yet a variance: it has not "
            "been squared.",
            when=_squared_it_would_be_right,
        ),
        Mistake(
            "The a in the variance must be squared: twice the activation gives four "
            "times the variance.",
            wrong=_moments(_a, lambda a, p, q: a * p / q),
        ),
        Mistake(
            "The variance of the mask alone is p / q. Times a, it is a² times as "
            "large.",
            when=_one_of(
                moments_cases,
                _moments(_a, lambda a, p, q: np.full_like(a, p / q)),
                _moments(_a, lambda a, p, q: p / q),
            ),
        ),
    ),
)

# Exercise 3: the gradient through a mask ----------------------------------------------


def gradients(
    X: np.ndarray, Y: np.ndarray, parameters: list[np.ndarray], mask: np.ndarray
) -> list[np.ndarray]:
    """Return the gradient of the mean softmax cross-entropy, with a mask that is given.

    X (N, D) samples, Y (N, K) one-hot labels, mask (N, M) as `dropout` returns it;
    parameters [W1, b1, W2, b2] with shapes (D, M), (M,), (M, K) and (K,).
    The network: a = max(0, X @ W1 + b1), then softmax((a * mask) @ W2 + b2).
    Returns [∂L/∂W1, ∂L/∂b1, ∂L/∂W2, ∂L/∂b2], with the shapes of the parameters.
    """
    W1, b1, W2, b2 = parameters
    a = np.maximum(X @ W1 + b1, 0)
    dropped = a * mask
    delta2 = (softmax(dropped @ W2 + b2) - Y) / len(X)
    delta1 = (delta2 @ W2.T) * mask * (a > 0)
    return [X.T @ delta1, delta1.sum(axis=0), dropped.T @ delta2, delta2.sum(axis=0)]


def gradients_cases(rng: np.random.Generator) -> list[tuple]:
    """Several shapes and rates, and one mask that keeps everything."""
    cases = []
    for rate, (N, D, M, K) in {
        0.5: (6, 5, 4, 3),
        0.25: (4, 2, 6, 3),
        0.8: (7, 3, 9, 2),
        0.0: (3, 3, 3, 3),
    }.items():
        shapes = [(D, M), (M,), (M, K), (K,)]
        parameters = [rng.normal(size=shape) for shape in shapes]
        mask = (rng.random((N, M)) >= rate) / (1 - rate)
        Y = np.eye(K)[rng.integers(0, K, N)]
        cases.append((rng.normal(size=(N, D)), Y, parameters, mask))
    return cases


def gradients_in_lesson(rng: np.random.Generator) -> tuple:
    """A mini-batch of 50 digits, and 100 hidden units."""
    numbers = (rng.normal(size=s) for s in [(784, 100), (100,), (100, 10), (10,)])
    parameters = [part.astype(np.float32) for part in numbers]
    X, Y = rng.random((50, 784)), np.eye(10)[rng.integers(0, 10, 50)]
    mask = (rng.random((50, 100)) < 0.5) / 0.5
    return *(part.astype(np.float32) for part in (X, Y)), parameters, np.float32(mask)


def _gradients(
    *,
    forward=lambda a, mask: a * mask,
    into_W2=lambda a, dropped, mask: dropped,
    back=lambda mask: mask,
    slope=lambda z, a: a > 0,
    error=lambda p, Y: (p - Y) / len(Y),
    over=(np.sum, np.sum),
):
    """A wrong answer: another rule for one of the steps.

    ``over`` is what puts the samples together for the biases b1 and b2.
    """

    def wrong(X, Y, parameters, mask):
        W1, b1, W2, b2 = parameters
        z = X @ W1 + b1
        a = np.maximum(z, 0)
        dropped = forward(a, mask)
        delta2 = error(softmax(dropped @ W2 + b2), Y)
        delta1 = (delta2 @ W2.T) * back(mask) * slope(z, a)
        return [
            X.T @ delta1,
            over[0](delta1, axis=0),
            into_W2(a, dropped, mask).T @ delta2,
            over[1](delta2, axis=0),
        ]

    return wrong


def _ones(mask):
    return np.ones_like(mask)


gradients_exercise = Exercise(
    gradients,
    cases=gradients_cases,
    in_lesson=gradients_in_lesson,
    calls=125_000,
    hints=(
        "Go forward first: a, then `dropped = a * mask`, then the softmax outputs. "
        "The error of the output layer is what it always was: (outputs − Y) / N.",
        "On the way back, W2 saw `dropped`, so that is what its gradient holds. And "
        "the error passes the mask: `delta2 @ W2.T`, times mask, times the slope of "
        "the ReLU.",
        "`delta1 = (delta2 @ W2.T) * mask * (a > 0)`. Then `[X.T @ delta1, "
        "delta1.sum(axis=0), dropped.T @ delta2, delta2.sum(axis=0)]`.",
    ),
    mistakes=(
        Mistake(
            "The mask is missing on the way back: the error of the hidden layer must "
            "pass it too. A unit that was dropped has no slope.",
            wrong=_gradients(back=_ones),
        ),
        Mistake(
            "The mask is missing from the gradient for W2: W2 was multiplied by a * "
            "mask, not by a.",
            wrong=_gradients(into_W2=lambda a, dropped, mask: a),
        ),
        Mistake(
            "The mask is there on the way forward only. On the way back it is needed "
            "twice: in the gradient for W2, and in the error of the hidden layer.",
            wrong=_gradients(into_W2=lambda a, dropped, mask: a, back=_ones),
        ),
        Mistake(
            "The mask is used nowhere.",
            wrong=_gradients(forward=lambda a, mask: a, back=_ones),
        ),
        Mistake(
            "The mask is missing on the way forward: the output layer gets a * mask.",
            when=_one_of(
                gradients_cases,
                _gradients(forward=lambda a, mask: a),
                _gradients(
                    forward=lambda a, mask: a, into_W2=lambda a, dropped, mask: a * mask
                ),
            ),
        ),
        Mistake(
            "On the way back you use the mask without its scale, as zeros and ones. "
            "Forward it multiplies by 1/q, so backward it does too.",
            wrong=_gradients(back=lambda mask: mask > 0),
        ),
        Mistake(
            "The mask is applied twice in the gradient for W2: `dropped` holds it "
            "already.",
            wrong=_gradients(into_W2=lambda a, dropped, mask: dropped * mask),
        ),
        Mistake(
            "The mask is applied twice on the way back.",
            wrong=_gradients(back=lambda mask: mask**2),
        ),
        Mistake(
            "The slope of the ReLU is missing: it is 1 where a > 0, and 0 elsewhere.",
            wrong=_gradients(slope=lambda z, a: 1),
        ),
        Mistake(
            "The slope of the ReLU is 1 where a > 0, and 0 elsewhere. You multiplied "
            "by something else: a itself, or the sigmoid's a(1 − a).",
            when=_one_of(
                gradients_cases,
                _gradients(slope=lambda z, a: a),
                _gradients(slope=lambda z, a: a * (1 - a)),
            ),
        ),
        Mistake(
            "The 1/N is missing: the loss is a mean over the samples.",
            wrong=_gradients(error=lambda p, Y: p - Y),
        ),
        Mistake(
            "A gradient for the biases is divided by N twice: the errors hold the 1/N "
            "already, and `mean` divides by N once more.",
            when=_one_of(
                gradients_cases,
                _gradients(over=(np.mean, np.mean)),
                _gradients(over=(np.mean, np.sum)),
                _gradients(over=(np.sum, np.mean)),
            ),
        ),
        Mistake(
            "You multiply the error of the output layer by o (1 − o), o being the "
            "outputs. With softmax and cross-entropy no such factor is left.",
            wrong=_gradients(error=lambda p, Y: (p - Y) * p * (1 - p) / len(Y)),
        ),
        Mistake(
            "Two calls with the same arguments give two results: you draw random "
            "numbers. Use the mask that is given.",
            when=_draws(gradients_cases),
        ),
        Mistake(
            "The sign is flipped: the error is outputs − Y.",
            wrong=_gradients(error=lambda p, Y: (Y - p) / len(Y)),
        ),
    ),
)

# Exercise 4: the network at test time -------------------------------------------------


def at_test_time(parameters: list[np.ndarray], rate: float) -> list[np.ndarray]:
    """Return the network to use after training with plain dropout.

    parameters [W1, b1, W2, b2]; while they were learned, the hidden activations were
    multiplied by a mask of zeros and ones, 0 with probability rate, and not scaled.
    Returns new parameters [W1, b1, W2, b2] for a network without a mask, which gives
    the output layer the same weighted sums as in training, on average over the masks.
    W1 and b1 stay as they are: it must be right for every activation, not only ReLU.
    """
    W1, b1, W2, b2 = parameters
    return [W1.copy(), b1.copy(), (1 - rate) * W2, b2.copy()]


def at_test_time_cases(rng: np.random.Generator) -> list[tuple]:
    """Several sizes and rates, one of them 0; the first is small, to be shown."""
    cases = []
    for rate, (D, M, K) in {0.25: (2, 3, 2), 0.5: (2, 5, 3), 0.9: (4, 4, 4)}.items():
        shapes = [(D, M), (M,), (M, K), (K,)]
        cases.append(([rng.normal(size=shape).round(2) for shape in shapes], rate))
    return [*cases, (cases[0][0], 0.0)]


def _scaled(*factors):
    """A wrong answer: each of W1, b1, W2, b2 times a factor, a function of rate."""
    return lambda parameters, rate: [
        p * factor(rate) for p, factor in zip(parameters, factors, strict=True)
    ]


def _one(rate):
    return 1


def _keep(rate):
    return 1 - rate


at_test_time_exercise = Exercise(
    at_test_time,
    cases=at_test_time_cases,
    hints=(
        "With a mask of zeros and ones, each hidden unit is there in a share 1 − rate "
        "of the steps. Without a mask it is always there. Which weights does it act "
        "through?",
        "Compare (a * mask) @ W2 + b2, averaged over the masks, with a @ W2 + b2. "
        "Which factor is between them, and on which of the two terms?",
        "Only W2 is scaled: `[W1, b1, (1 - rate) * W2, b2]`.",
    ),
    mistakes=(
        Mistake(
            "The bias b2 is scaled too. No mask was ever on it: it was there in every "
            "step, so it stays.",
            wrong=_scaled(_one, _one, _keep, _keep),
        ),
        Mistake(
            "For ReLU that comes to the same: W1 and b1 times q make each activation q "
            "times as large. For other activations, such as the sigmoid, it does not. "
            "Leave W1 and b1 as they are, and change what comes after.",
            wrong=_scaled(_keep, _keep, _one, _one),
        ),
        Mistake(
            "Those are the weights that lead into the dropped units. What must be put "
            "right is what comes out of them.",
            wrong=_scaled(_keep, _one, _one, _one),
        ),
        Mistake(
            "Both layers are scaled. Once is enough, where the mask was: between the "
            "hidden units and W2.",
            wrong=_scaled(_keep, _one, _keep, _one),
        ),
        Mistake(
            "Everything is scaled. The mask was only on the hidden activations, so "
            "only the weights that they are multiplied by change.",
            wrong=_scaled(_keep, _keep, _keep, _keep),
        ),
        Mistake(
            "You divide by the keep probability. At test time more units are there "
            "than in training, so the weights must become smaller.",
            wrong=_scaled(_one, _one, lambda rate: 1 / (1 - rate), _one),
        ),
        Mistake(
            "You multiply by the drop rate. The factor is the share that was kept, "
            "1 − rate.",
            wrong=_scaled(_one, _one, lambda rate: rate, _one),
        ),
        Mistake(
            "The parameters come back as they were. Without a mask, the output layer "
            "then gets larger sums than in training.",
            wrong=_scaled(_one, _one, _one, _one),
        ),
    ),
)

# Exercise 5: the geometric mean -------------------------------------------------------


def geometric_mean(outputs: np.ndarray) -> np.ndarray:
    """Return the geometric mean of what several networks say, as probabilities.

    outputs (R, N, K): what each of R networks says to N samples, positive numbers that
    add up to 1 over the K classes. R may be in the thousands.
    Returns (N, K): the R-th root of the product over the networks, divided by its sum
    over the classes, so that each row adds up to 1.
    """
    mean = np.exp(np.log(outputs).mean(axis=0))
    return mean / mean.sum(axis=1, keepdims=True)


def geometric_mean_cases(rng: np.random.Generator) -> list[tuple]:
    """Few networks and many, one sample, two classes."""
    cases = []
    for shape in [(2, 3, 4), (5, 4, 3), (1, 2, 3), (4, 1, 2), (3, 3, 3), (3000, 2, 4)]:
        powers = np.exp(rng.normal(size=shape))
        cases.append((powers / powers.sum(axis=2, keepdims=True),))
    return cases


def _rows_to_one(values, axis=1):
    return values / values.sum(axis=axis, keepdims=True)


def _product(outputs):
    with np.errstate(all="ignore"):
        return np.prod(outputs, axis=0)


def _of_few(*wrongs: Callable) -> Callable:
    """A predicate: with few networks an answer gives what a wrong one does."""
    few = [case for (case,) in geometric_mean_cases(np.random.default_rng(2))[:-1]]

    def when(answer: Callable) -> bool:
        got = [np.asarray(answer(outputs)) for outputs in few]
        return any(
            all(
                one.shape == wrong(outputs).shape and np.allclose(one, wrong(outputs))
                for one, outputs in zip(got, few, strict=True)
            )
            for wrong in wrongs
        )

    return when


def _root(degree: Callable) -> Callable:
    """A wrong answer: a root of another degree, which depends on R, N and K."""
    return lambda o: _rows_to_one(_product(o) ** (1 / degree(*o.shape)))


def _underflows(answer: Callable) -> bool:
    """Whether it is right for a few networks, and 0 or not a number for thousands."""
    *_, (many,) = geometric_mean_cases(np.random.default_rng(2))
    with np.errstate(all="ignore"):
        lost = np.asarray(answer(many))
    return bool(
        (np.isnan(lost) | (lost == 0)).any()
        and _of_few(_root(lambda R, N, K: R))(answer)
    )


geometric_mean_exercise = Exercise(
    geometric_mean,
    cases=geometric_mean_cases,
    hints=(
        "The logarithm turns a product into a sum and a root into a division. So the "
        "logarithm of the geometric mean is the plain mean of the logarithms.",
        "`np.log(outputs).mean(axis=0)` has the shape (N, K). Take it back with "
        "`np.exp`. What do its rows add up to?",
        "`mean = np.exp(np.log(outputs).mean(axis=0))`, then `mean / mean.sum(axis=1, "
        "keepdims=True)`.",
    ),
    mistakes=(
        Mistake(
            "That is the arithmetic mean: add up and divide by R. The geometric mean "
            "multiplies and takes the R-th root.",
            wrong=lambda outputs: outputs.mean(axis=0),
        ),
        Mistake(
            "The rows do not add up to 1: a geometric mean of probabilities is a "
            "little too small. Divide each row by its sum.",
            when=_of_few(lambda o: np.exp(np.log(o).mean(axis=0))),
        ),
        Mistake(
            "The R-th root is missing: you multiply the networks, but do not take the "
            "mean of them.",
            when=_of_few(lambda o: _rows_to_one(_product(o))),
        ),
        Mistake(
            "You take a square root. With R networks it is the R-th root.",
            when=_of_few(_root(lambda R, N, K: 2)),
        ),
        Mistake(
            "You take a root whose degree counts the samples, or the classes. It is "
            "the number of networks, R.",
            when=_of_few(_root(lambda R, N, K: N), _root(lambda R, N, K: K)),
        ),
        Mistake(
            "That is still the logarithm: take it back with np.exp.",
            when=_of_few(
                lambda o: np.log(o).mean(axis=0),
                lambda o: _rows_to_one(np.log(o).mean(axis=0)),
            ),
        ),
        Mistake(
            "You divide by the sum over the samples. It is the K probabilities of one "
            "sample that must add up to 1.",
            when=_of_few(
                lambda o: _rows_to_one(np.exp(np.log(o).mean(axis=0)), axis=0)
            ),
        ),
        Mistake(
            "You divide by the sum of everything. It is the K probabilities of one "
            "sample that must add up to 1.",
            when=_of_few(
                lambda o: _rows_to_one(np.exp(np.log(o).mean(axis=0)), axis=None)
            ),
        ),
        Mistake(
            "Right for a few networks. But a product of thousands of probabilities is "
            "too small for a computer's number, and becomes 0. Add up logarithms.",
            when=_underflows,
        ),
    ),
)

LESSON = Lesson(
    dropout_exercise,
    moments_exercise,
    gradients_exercise,
    at_test_time_exercise,
    geometric_mean_exercise,
)
check, hint, solution = LESSON.check, LESSON.hint, LESSON.solution
