"""Compare what a learner's answer returned with what was expected.

A *leaf* is a number, an array, a tensor or a string; tuples, lists and dicts of leaves
are compared place by place. What a learner's code returned is first made plain
(`plain`): then nothing of theirs runs any more, whatever the comparison does.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from helpers.exercises.errors import Stopped, name_of_class
from helpers.exercises.verdict import shorten

RTOL, ATOL = 1e-5, 1e-8
LARGE = 4_000_000  # numbers in an array; of a larger one only kind and shape are kept
PARTS = 20_000  # in lists and tuples, likewise


@dataclass(frozen=True)
class Opaque:
    """What is kept of a thing that is not made of numbers and texts, or too large."""

    kind: str
    text: str
    shape: tuple[int, ...] | None = None


class Tensor(np.ndarray):
    """The numbers of a tensor of PyTorch's."""


def plain(value: object) -> object:
    """The same in numbers, texts, arrays, tuples, lists and dicts of Python's own.

    Copies, so that no later call changes them. To be called within limits: it is the
    only place where methods of the learner's objects run.
    """
    return _plain(value, [PARTS], 20)


def _plain(value: object, left: list[int], depth: int) -> object:
    left[0] -= 1
    of = type(value)
    if value is None or of in (bool, float, complex):
        return value
    if issubclass(of, int):
        number = int.__int__(value)
        few = number.bit_length() < 1024  # a float can be made of it
        return number if few else Opaque("a number", show(number), ())
    if issubclass(of, np.ndarray | np.generic):
        array = np.asarray(value)
        if array.dtype.kind in "biufc":
            if array.size > LARGE:
                return Opaque(kind(array), f"(shape {array.shape})", array.shape)
            return array[()] if issubclass(of, np.generic) else array.copy()
    if is_tensor(value):
        return _plain_tensor(value)
    for basic in (float, str, bytes):
        if issubclass(of, basic):  # also of a class made of it
            return basic.__getnewargs__(value)[0]
    if issubclass(of, list | tuple | dict):
        return _plain_parts(value, left, depth)
    return Opaque(kind(value), show(value))


def _plain_tensor(value: object) -> object:
    try:
        if value.numel() > LARGE:
            shape = tuple(value.shape)
            return Opaque(kind(value), f"(tensor, shape {shape})", shape)
        return np.array(numbers(value)).view(Tensor)
    except Exception:  # nested, or without numbers
        return Opaque(kind(value), show(value))


def _plain_parts(value: list | tuple | dict, left: list[int], depth: int) -> object:
    of = next(basic for basic in (list, tuple, dict) if issubclass(type(value), basic))
    count, made = of.__len__(value), None
    if depth > 0 and count < left[0]:
        if of is dict:
            made = {
                _plain(key, left, 1): _plain(entry, left, depth - 1)
                for key, entry in dict.copy(value).items()
            }
        else:
            items = of.__getitem__(value, slice(None))
            made = of(_plain(item, left, depth - 1) for item in items)
    if made is None or left[0] < 0:
        return Opaque(kind(of()), f"<{of.__name__} of {count}>")
    if type(value).__module__.startswith("helpers."):  # made by a lesson's `run`
        made = tuple.__new__(type(value), made)
        vars(made).update(_plain(vars(value), left, depth - 1))
    return made


def equal(got: object, want: object, rtol: float = RTOL, atol: float = ATOL) -> bool:
    """Whether two results are the same up to rounding.

    float32 and float64, True and 1, a NumPy scalar and a float, a list and a tuple
    count as the same; an array, a tensor, a list and a single number do not.
    """
    return all(leaf_equal(a, b, rtol, atol) for _, a, b in leaves(got, want))


def leaves(got: object, want: object, place: str = "") -> Iterator[tuple]:
    """Yield (place, got, want) for each leaf; what has another structure is a leaf."""
    sequences = isinstance(want, list | tuple) and isinstance(got, list | tuple)
    is_row = isinstance(got, np.ndarray) and got.ndim == 1 and not is_tensor(got)
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
    known = not isinstance(got, Opaque) and not isinstance(want, Opaque)
    return same and known and is_tensor(got) == is_tensor(want)


def shape(value: object) -> tuple[int, ...] | None:
    """The shape of a number, array or tensor; None for anything else."""
    if isinstance(value, bool | int | float | complex):
        return ()
    if is_tensor(value):
        return tuple(value.shape)
    if isinstance(value, Opaque):
        return value.shape
    if isinstance(value, np.generic | np.ndarray) and value.dtype.kind in "biufc":
        return value.shape
    return None


def numbers(value: object) -> np.ndarray:
    """The numbers of a number, array or tensor, as float64, complex or bool."""
    if isinstance(value, Opaque):
        return np.broadcast_to(np.nan, value.shape)
    if is_tensor(value) and not isinstance(value, Tensor):
        value = value.detach().cpu().to_dense().resolve_conj().resolve_neg()
        if "bfloat16" in str(value.dtype):  # NumPy has no such type
            value = value.float()
        value = value.numpy()
    array = np.asarray(value)
    return array if array.dtype.kind in "bc" else array.astype(np.float64)


def is_tensor(value: object) -> bool:
    """Whether it is PyTorch's; the first lessons run without."""
    torch = sys.modules.get("torch")
    return issubclass(type(value), (Tensor, getattr(torch, "Tensor", Tensor)))


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
        and all(comparable(item, 0) for item in value)
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
    except Stopped:
        raise
    except BaseException:  # such as a __repr__ of the learner's that fails
        text = f"<{name_of_class(value)}>"
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
    if isinstance(value, Opaque):
        return value.text
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


def kind(value: object) -> str:
    """What kind of thing it is, with an article."""
    if value is None:
        return "None"
    if isinstance(value, Opaque):
        return value.kind
    if is_tensor(value):
        return "a PyTorch tensor"
    if isinstance(value, np.ndarray) and shape(value) is None:
        return f"a NumPy array of {'objects' if value.dtype == object else 'texts'}"
    if shape(value) is not None:
        return "a NumPy array" if shape(value) else "a number"
    if isinstance(value, tuple | list | dict | str):
        return f"a {type(value).__name__}".replace("str", "string")
    if isinstance(value, type):
        return "a class"
    if inspect.isroutine(value):
        return "a function"
    name = name_of_class(value)
    if name in ("generator", "module"):
        return f"a {name}"
    return f"an object of type {name}"


def _within(inner: str, outer: str) -> str:
    return f"{inner} of {outer}" if outer else inner


def _ordinal(n: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(n if n < 20 else n % 10, "th")
    return f"{n}{ending}"
