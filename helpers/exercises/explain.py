"""Say in one sentence how a result differs from the expected one.

The sentences name a mistake where the numbers tell it: a sign, a factor N, rows and
columns exchanged. They hold no digits that differ between machines.
"""

import math

import numpy as np

from helpers.exercises.compare import (
    ATOL,
    RTOL,
    comparable,
    kind,
    leaf_equal,
    leaves,
    numbers,
    shape,
    show_both,
)

#: Sentences that say no more than that something differs.
_VAGUE = (
    "is right for some inputs, but not for this one",
    "has the right shape, but not the right numbers",
    "is not what is expected",
    "is close, within 1 %",
)


def is_vague(message: str) -> bool:
    """Whether a message names no cause."""
    return any(words in message for words in _VAGUE)


def explain(
    it: str,
    got: list,
    want: list,
    fed: list[dict],
    first: int,
    rtol: float = RTOL,
    atol: float = ATOL,
) -> tuple[str, str]:
    """Say in one sentence what is wrong, and where the first wrong number stands.

    Parameters
    ----------
    it : str
        What is wrong, as in "the result".
    got, want : list
        The results of all trials, and what was expected.
    fed : list of dict
        The arguments of all trials, by name.
    first : int
        The first trial whose result is wrong.
    rtol, atol : float
        Tolerances, as in `numpy.allclose`.

    Returns
    -------
    message, place : str
        ``place`` is empty where there is no single number to point at.
    """
    name = next(
        place
        for place, a, b in leaves(got[first], want[first])
        if not leaf_equal(a, b, rtol, atol)
    )
    pairs = [
        (i, a, b)
        for i, (g, w) in enumerate(zip(got, want, strict=True))
        for place, a, b in leaves(g, w)
        if place == name
    ]
    a, b = next((a, b) for i, a, b in pairs if i == first)
    it = name or it
    message = _other_kind(it, a, b) or _other_shape(it, a, b, rtol, atol)
    place = ""
    if not message and comparable(a, b):
        same = [(i, x, y) for i, x, y in pairs if comparable(x, y)]
        with np.errstate(all="ignore"):
            message = _not_finite(it, a, b) or _pattern(
                it,
                [numbers(x) for _, x, _ in same],
                [numbers(y) for _, _, y in same],
                [fed[i] for i, _, _ in same],
                rtol,
                atol,
            )
            place = _first_difference(numbers(a), numbers(b), rtol, atol)
            place = f"in {name} {place}" if place and name else place
    if not message and any(leaf_equal(x, y, rtol, atol) for _, x, y in pairs):
        message = f"{it} is right for some inputs, but not for this one."
    if not message and shape(b):
        message = f"{it} has the right shape, but not the right numbers."
    message = message or f"{it} is not what is expected."
    return message[0].upper() + message[1:], place


def other_structure(got: object, want: object) -> str:
    """A sentence if a value is of another kind or shape than expected, else empty."""
    for place, a, b in leaves(got, want):
        it = place or "the value"
        message = _other_kind(it, a, b) or _other_shape(it, a, b, RTOL, ATOL)
        if message:
            return message[0].upper() + message[1:]
    return ""


def _other_kind(it: str, got: object, want: object) -> str:
    """A sentence if ``got`` is another kind of thing than ``want``."""
    have, need = kind(got), kind(want)
    if isinstance(want, list | tuple) and isinstance(got, list | tuple):
        return f"{it} has {len(got)} values where {len(want)} are expected."
    if isinstance(want, dict) and isinstance(got, dict):
        missing = [key for key in want if key not in got]
        if missing:
            return f"{it} has no entry {missing[0]!r}."
        extra = next(key for key in got if key not in want)
        return f"{it} has an entry {extra!r} that is not expected."
    if have == need or {have, need} == {"a number", "a NumPy array"}:
        return ""  # a number instead of an array is explained by its shape
    if got is None:
        return f"{it} is None: a `return` is missing, or it was not reached."
    if isinstance(want, tuple):
        return f"{it} is {have} where {len(want)} values are expected (a tuple)."
    advice = {
        ("a list", "a NumPy array"): "; `np.array(...)` makes one of it",
        ("a PyTorch tensor", "a NumPy array"): "; `.numpy()` makes one of it",
        ("a PyTorch tensor", "a number"): "; `.item()` makes one of it",
        ("a NumPy array of objects", "a NumPy array"): "; are its rows equally long?",
        ("a NumPy array", "a PyTorch tensor"): "; stay with torch's functions",
        ("a number", "a PyTorch tensor"): "; stay with torch's functions",
    }.get((have, need), "")
    if have == "a function":
        advice = "; call it, with parentheses"
    if have == "a generator":
        advice = "; write `return` instead of `yield`"
    return f"{it} is {have} where {need} is expected{advice}."


def _other_shape(it: str, got: object, want: object, rtol: float, atol: float) -> str:
    have, need = shape(got), shape(want)
    if have is None or need is None or have == need:
        return ""
    if need == ():
        return (
            f"{it} is an array of shape {have} where a single number is expected: "
            "a sum or a mean is missing."
        )
    if have == ():
        return (
            f"{it} is a single number where an array of shape {need} is expected: "
            "was too much summed up?"
        )
    if have == need[::-1] and min(have) > 1:
        if np.allclose(numbers(got).T, numbers(want), rtol, atol):
            return f"{it} is transposed: shape {have} instead of {need}."
        return (
            f"{it} has shape {have} instead of {need}: are rows and columns exchanged?"
        )
    if math.prod(have) == math.prod(need) and np.allclose(
        numbers(got).ravel(), numbers(want).ravel(), rtol, atol
    ):
        return f"{it} has the right numbers in shape {have} instead of {need}."
    return f"{it} has shape {have} instead of {need}."


def _not_finite(it: str, got: object, want: object) -> str:
    a, b = numbers(got), numbers(want)
    if np.any(np.isnan(a) & ~np.isnan(b)):
        return (
            f"{it} contains nan (not a number): 0/0, inf − inf, or the log of a minus."
        )
    if np.any(np.isinf(a) & np.isfinite(b)):
        return f"{it} contains inf (infinity): an overflow, a 1/0 or log(0)."
    return ""


def _first_difference(
    got: np.ndarray, want: np.ndarray, rtol: float, atol: float
) -> str:
    if got.ndim == 0 or got.shape != want.shape:
        return ""
    wrong = ~np.isclose(got, want, rtol, atol, equal_nan=True)
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    a, b = show_both(got[index], want[index])
    return f"at {list(index)}: {a} instead of {b}"


def _pattern(
    it: str, got: list, want: list, fed: list[dict], rtol: float, atol: float
) -> str:
    """Recognize a mistake by what it does to the numbers, in all trials at once."""
    g = np.concatenate([a.ravel() for a in got])
    w = np.concatenate([b.ravel() for b in want])

    def close(a: np.ndarray, b: np.ndarray) -> bool:
        return a.shape == b.shape and np.allclose(a, b, rtol, atol)

    if w.dtype == bool:
        inverted = w.size > 1 and close(g, ~w)
        return f"{it} has True and False exchanged." if inverted else ""
    if "c" in w.dtype.kind + g.dtype.kind or not np.isfinite([g, w]).all():
        return ""
    if w.size > 1 and not g.any():
        return f"{it} is 0 everywhere."
    if close(g, -w):
        return f"{it} has the wrong sign; the numbers are right."
    for name in fed[0]:
        given = [f.get(name) for f in fed]
        if all(
            shape(x) and close(a, numbers(x)) for x, a in zip(given, got, strict=True)
        ):
            return f"{it} is `{name}` as it was given, unchanged."
    if all(a.ndim == 2 and close(a.T, b) for a, b in zip(got, want, strict=True)):
        return f"{it} is transposed: rows and columns are exchanged."
    if max(b.size for b in want) > 2 and all(
        close(np.sort(a, None), np.sort(b, None))
        for a, b in zip(got, want, strict=True)
    ):
        return f"{it} has the right numbers in another order."
    if w.size > 2 and np.ptp(w) > atol + rtol * np.abs(w).max():
        message = _factor(it, got, want, fed, close)
        if message:
            return message
        if close(g - w, np.full_like(w, (g - w).mean())):
            side = "large" if g[0] > w[0] else "small"
            return f"{it} is too {side} by {abs(g - w)[0]:.4g} everywhere."
        if close(g, np.trunc(w)) or close(g, np.round(w)):
            return f"{it} is rounded to whole numbers."
    if w.size and all(
        close(a, b) or np.abs(a - b).max() < 0.01 * np.abs(b).max()
        for a, b in zip(got, want, strict=True)
    ):
        largest = " of the largest number" if max(b.size for b in want) > 1 else ""
        return f"{it} is close, within 1 %{largest}, but not equal."
    return ""


def _factor(it: str, got: list, want: list, fed: list[dict], close: object) -> str:
    """The same factor everywhere, or the number of samples (or its inverse)."""
    ratios, trials = [], []
    for a, b, arguments in zip(got, want, fed, strict=True):
        if not b.any() and not a.any():
            continue
        largest = np.abs(b).argmax()
        ratio = a.flat[largest] / b.flat[largest] if b.any() else 0
        if ratio == 0 or not close(a / ratio, b):
            return ""
        ratios.append(ratio)
        trials.append(arguments)
    if sum(map(np.count_nonzero, want)) < 2:
        return ""
    for name in trials[0]:
        shapes = [shape(arguments.get(name)) or () for arguments in trials]
        for axis, word in enumerate(("rows", "columns")):
            if not all(len(shape) > axis and shape[axis] > 1 for shape in shapes):
                continue
            n = np.array([float(shape[axis]) for shape in shapes])
            one = all(len(shape) == 1 for shape in shapes)
            count = f"the {'length' if one else 'number of ' + word} of `{name}`"
            if n.max() > 2 and close(np.array(ratios), n):
                return f"{it} is N times too large, N being {count}: divide by N."
            if n.max() > 2 and close(np.array(ratios), 1 / n):
                return f"{it} is N times too small, N being {count}."
    r = ratios[0]
    if not close(np.array(ratios), np.full(len(ratios), r)):
        return ""
    if np.isclose(r, 2):
        return f"{it} is twice what is expected."
    if np.isclose(r, 0.5):
        return f"{it} is half of what is expected."
    return f"{it} is off by the same factor everywhere: {r:.4g}."
