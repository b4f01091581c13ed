"""Compare what a learner's answer returned with what was expected.

A *leaf* is a number, an array, a tensor or a string; tuples, lists and dicts of leaves
are compared place by place.
"""

import inspect
import re
from collections.abc import Iterator

import numpy as np

from helpers.exercises.verdict import shorten

RTOL, ATOL = 1e-5, 1e-8


def equal(got: object, want: object, rtol: float = RTOL, atol: float = ATOL) -> bool:
    """Whether two results are the same up to rounding.

    float32 and float64, True and 1, a NumPy scalar and a float, a list and a tuple
    count as the same; an array, a tensor, a list and a single number do not.
    """
    return all(leaf_equal(a, b, rtol, atol) for _, a, b in leaves(got, want))


def leaves(got: object, want: object, place: str = "") -> Iterator[tuple]:
    """Yield (place, got, want) for each leaf; what has another structure is a leaf."""
    sequences = isinstance(want, list | tuple) and isinstance(got, list | tuple)
    is_row = isinstance(got, np.ndarray) and got.ndim == 1
    if isinstance(want, list) and _is_numbers(want) and (is_row or _is_numbers(got)):
        yield place, np.asarray(got), np.asarray(want)
    elif sequences and len(want) == len(got):
        for i in range(len(want)):
            inner = f"the {_ordinal(i + 1)} value"
            yield from leaves(got[i], want[i], _within(inner, place))
    elif isinstance(want, dict) and isinstance(got, dict) and want.keys() == got.keys():
        for key in want:
            yield from leaves(got[key], want[key], _within(f"entry {key!r}", place))
    else:
        yield place, got, want


def leaf_equal(got: object, want: object, rtol: float, atol: float) -> bool:
    """`equal` for two leaves."""
    if not comparable(got, want):
        return shape(want) is None and type(got) is type(want) and _same(got, want)
    a, b = numbers(got), numbers(want)
    with np.errstate(all="ignore"):
        return np.allclose(a, b, rtol, atol, equal_nan=True)


def comparable(got: object, want: object) -> bool:
    """Both are numbers of the same kind and shape."""
    same = shape(got) == shape(want) is not None
    return same and is_tensor(got) == is_tensor(want)


def shape(value: object) -> tuple[int, ...] | None:
    """The shape of a number, array or tensor; None for anything else."""
    if isinstance(value, bool | int | float | complex):
        return ()
    if is_tensor(value):
        return tuple(value.shape)
    if isinstance(value, np.generic | np.ndarray) and value.dtype.kind in "biufc":
        return value.shape
    return None


def numbers(value: object) -> np.ndarray:
    """The numbers of a number, array or tensor, as float64, complex or bool."""
    if is_tensor(value):
        value = value.detach().cpu().to_dense().resolve_conj().resolve_neg()
        if "bfloat16" in str(value.dtype):  # NumPy has no such type
            value = value.float()
        value = value.numpy()
    array = np.asarray(value)
    return array if array.dtype.kind in "bc" else array.astype(np.float64)


def is_tensor(value: object) -> bool:
    """Duck typing, so that the first lessons run without torch."""
    return type(value).__module__.startswith("torch") and hasattr(value, "detach")


def _same(got: object, want: object) -> bool:
    try:
        return bool(got == want)
    except Exception:  # an __eq__ of the learner's that fails
        return False


def _is_numbers(value: object) -> bool:
    """A list or tuple of numbers, and not empty."""
    return (
        isinstance(value, list | tuple)
        and len(value) > 0
        and all(shape(item) == () and not is_tensor(item) for item in value)
    )


def known(value: object) -> bool:
    """Whether it is made of numbers and strings, which can be compared."""
    return all(
        shape(leaf) is not None or isinstance(leaf, str)
        for _, leaf, _ in leaves(value, value)
    )


def show(value: object, precise: bool = False) -> str:
    """A short text for any object: at most 8 lines, no addresses, never an error."""
    try:
        text = _text(value, precise)
    except Exception:  # such as a __repr__ of the learner's that fails
        text = f"<{type(value).__name__}>"
    return shorten(re.sub(r" at 0x[0-9a-fA-F]+", "", text))


def show_both(got: object, want: object) -> tuple[str, str]:
    """Both as short texts, with more digits if they would look the same."""
    texts = show(got), show(want)
    if texts[0] != texts[1] or equal(got, want, 1e-12, 0):
        return texts
    return show(got, True), show(want, True)


def _text(value: object, precise: bool) -> str:
    if isinstance(value, np.ndarray) or is_tensor(value):
        array = numbers(value) if is_tensor(value) else value
        if array.dtype.kind == "f":
            array = array + 0.0  # -0.0 becomes 0.0
        text = np.array2string(
            array,
            precision=4,
            suppress_small=True,
            formatter={"float_kind": "{:.12g}".format} if precise else None,
            separator=", ",
            threshold=60,
            edgeitems=2,
            max_line_width=72,
        )
        kind = "tensor, " if is_tensor(value) else ""
        return f"{text}   ({kind}shape {tuple(value.shape)})" if value.shape else text
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, float | np.floating):
        return f"{value + 0.0:.{12 if precise else 6}g}"  # no -0
    if isinstance(value, np.generic):
        return str(value)
    if isinstance(value, tuple | list | dict):
        left, right = {tuple: "()", list: "[]"}.get(type(value), "{}")
        inner = list(value.items() if isinstance(value, dict) else value)[:8]
        if isinstance(value, dict):
            parts = [f"{key!r}: {_text(entry, precise)}" for key, entry in inner]
        else:
            parts = [_text(entry, precise) for entry in inner]
        parts += ["…"] if len(value) > 8 else []
        long = any("\n" in part for part in parts) or sum(map(len, parts)) > 64
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return left + (",\n " if long else ", ").join(parts) + comma + right
    if isinstance(value, type) or inspect.isroutine(value):
        return f"<{type(value).__name__} {value.__name__}>"
    return repr(value)[:600]


def _within(inner: str, outer: str) -> str:
    return f"{inner} of {outer}" if outer else inner


def _ordinal(n: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(n if n < 20 else n % 10, "th")
    return f"{n}{ending}"
