"""Lesson 00, start here: one toy exercise, to see how exercises answer."""

import numpy as np

from helpers.exercises.engine import Exercise, Lesson, Mistake


def weighted_sum(x: np.ndarray, w: np.ndarray, b: float) -> float:
    """Weigh each input, add everything up, and add a constant.

    A shopping bill is one: amounts ``x``, prices ``w``, and a delivery fee ``b``.

    Parameters
    ----------
    x : ndarray of shape (D,)
        The inputs.
    w : ndarray of shape (D,)
        One weight for each input.
    b : float
        The constant, called bias.

    Returns
    -------
    float
        One number, x₁w₁ + x₂w₂ + … + b.
    """
    return x @ w + b


def _weighted_sum_cases(rng: np.random.Generator) -> list[tuple]:
    return [
        (np.array([2.0, 1.0, 3.0]), np.array([0.5, 2.0, 1.5]), 3.0),
        (np.array([1.0, 0.0]), np.array([-1.0, 4.0]), 0.5),
        (rng.normal(size=5), rng.normal(size=5), -1.0),
        (np.array([2]), np.array([3]), 0),
        (np.array([1.5, -2.25, 0.5]), np.array([3.0, -1.0, 0.25]), -0.75),
    ]


WEIGHTED_SUM_MISTAKES = (
    Mistake("The bias is missing: add `b`, once, at the end.", (" + b", "")),
    Mistake(
        "Each input is weighed, but they are not added up: one number for each input "
        "came out.",
        ("@", "*"),
    ),
    Mistake(
        "The bias is added once for every input. Add up first, then add `b`.",
        ("x @ w + b", "np.sum(x * w + b)"),
    ),
    Mistake("The bias is subtracted: it is to be added.", (" + b", " - b")),
    Mistake(
        "Inputs and weights are added up separately. Multiply each input by its weight "
        "first, then add up.",
        ("x @ w", "np.sum(x) * np.sum(w)"),
    ),
    Mistake(
        "Inputs and weights are added to each other: multiply them.",
        ("x @ w", "np.sum(x + w)"),
    ),
    Mistake(
        "The first input is left out: in Python, counting starts at 0.",
        ("x @ w", "x[1:] @ w[1:]"),
    ),
    Mistake(
        "Only the first input counts. Is `return` inside the loop? Move it to the "
        "left, so that it comes after the loop.",
        ("x @ w", "x[0] * w[0]"),
    ),
)

LESSON = Lesson(
    Exercise(
        weighted_sum,
        cases=_weighted_sum_cases,
        hints=(
            "A bill: multiply each amount by its price, add these up, and add the fee "
            "once.",
            "NumPy multiplies two arrays element by element: `x * w` has as many "
            "numbers as `x`. `np.sum` adds them up to one.",
            "`x @ w` multiplies and adds up at once. Only the bias is missing then.",
        ),
        mistakes=WEIGHTED_SUM_MISTAKES,
    ),
)
check, hint, solution = LESSON.check, LESSON.hint, LESSON.solution
