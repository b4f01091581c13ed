"""The data of the course: the beach table, two-dimensional toy sets, and MNIST.

``data/README.md`` says where they come from, and how to work offline. How their files
are found and verified is in ``helpers/files.py``.
"""

import csv
import hashlib
import operator
import textwrap
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from helpers import files

if TYPE_CHECKING:
    import torch

Pair = tuple[np.ndarray, np.ndarray]

# How many digits of each part MNIST has.
SIZES = {"train": 50_000, "val": 10_000, "test": 10_000}
# The SHA-256 of the lines of data/beach.csv, however they end.
BEACH = "a09a1330babe024e5329efcfa69b10721440a5f2c3bd730362ff46bec02d12e7"


# The beach table and the toy sets -------------------------------------------------


def beach() -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Seven days: how cloudy, hot and windy (1 to 3), and whether one for the beach.

    Returns
    -------
    X : array (7, 3), float64
        One row per day, one column per name.
    y : array (7,), float64
        1.0 for the days at the beach, 0.0 for the others.
    names : tuple of str
        ``("cloudy", "hot", "windy")``.

    Raises
    ------
    ValueError
        ``data/beach.csv`` is missing, or is not the course's.
    """
    path = files.DATA / "beach.csv"
    try:
        lines = files.read(path).split()
        reason = "not the seven days that belong there"
    except OSError as error:
        lines, reason = [], error.strerror or error
    if hashlib.sha256(b"\n".join(lines)).hexdigest() != BEACH:
        raise ValueError(
            f"{path} is missing, damaged or changed ({reason}). Download the course "
            "again, or this file alone"
        )
    header, *rows = csv.reader(line.decode() for line in lines)
    table = np.array(rows, dtype=np.float64)  # day, cloudy, hot, windy, beach
    return table[:, 1:-1].copy(), table[:, -1].copy(), tuple(header[1:-1])


def blobs(
    n: int = 500,
    *,
    centers: int | Sequence[Sequence[float]] | np.ndarray = 2,
    cluster_std: float = 1.0,
    center_box: tuple[float, float] = (-3.0, 3.0),
    test_fraction: float = 0.2,
    seed: int = 0,
) -> tuple[Pair, Pair]:
    """Round clouds of points, one cloud per class (scikit-learn's ``make_blobs``).

    Parameters
    ----------
    n : int
        Number of points, to train and to test together.
    centers : int or array (M, 2)
        How many clouds, placed at random in ``center_box``; or where they lie.
    cluster_std : float
        Standard deviation of every cloud.
    center_box : (float, float)
        Lowest and highest coordinate of a center placed at random.
    test_fraction : float
        Part of the points kept for the test, from 0 up to (not including) 1.
    seed : int
        The same seed gives the same points.

    Returns
    -------
    (X_train, y_train), (X_test, y_test)
        X float64 (N, 2), y int64 (N,), in random order.

    Raises
    ------
    ValueError
        An argument makes no sense; says which, and what was expected.
    """
    from sklearn.datasets import make_blobs

    if np.ndim(centers) == 0:
        centers = _whole("centers", centers, 1)
    else:
        centers = np.asarray(centers, dtype=np.float64)
        if centers.ndim != 2 or centers.shape[1] != 2 or not len(centers):
            raise ValueError(
                "centers must be a number, or points in the plane of shape (M, 2), "
                f"not an array of shape {centers.shape}"
            )
    if np.shape(center_box) != (2,) or not center_box[0] <= center_box[1]:
        raise ValueError(
            f"center_box must be (lowest, highest), such as (-3, 3), not {center_box}"
        )
    return _split(
        make_blobs,
        n,
        test_fraction,
        seed,
        centers=centers,
        cluster_std=_number("cluster_std", cluster_std, 0),
        center_box=tuple(center_box),
    )


def moons(
    n: int = 500, *, noise: float = 0.1, test_fraction: float = 0.2, seed: int = 0
) -> tuple[Pair, Pair]:
    """Two half moons, one inside the other's bend (scikit-learn's ``make_moons``).

    ``noise`` is the standard deviation added to each coordinate. ``n``,
    ``test_fraction``, ``seed``, what is returned and raised: as in `blobs`.
    """
    from sklearn.datasets import make_moons

    noise = _number("noise", noise, 0)
    return _split(make_moons, n, test_fraction, seed, noise=noise)


def circles(
    n: int = 500,
    *,
    noise: float = 0.1,
    factor: float = 0.8,
    test_fraction: float = 0.2,
    seed: int = 0,
) -> tuple[Pair, Pair]:
    """A circle (class 1) inside a larger one (class 0; ``make_circles``).

    ``factor``, below 1, is the inner radius; the outer one is 1. ``noise`` is the
    standard deviation added to each coordinate. ``n``, ``test_fraction``, ``seed``,
    what is returned and raised: as in `blobs`.
    """
    from sklearn.datasets import make_circles

    noise = _number("noise", noise, 0)
    factor = _number("factor", factor, 0, below=1)
    return _split(make_circles, n, test_fraction, seed, noise=noise, factor=factor)


def classification(
    n: int = 500, *, class_sep: float = 1.0, test_fraction: float = 0.2, seed: int = 0
) -> tuple[Pair, Pair]:
    """Two stretched, tilted clouds (scikit-learn's ``make_classification``).

    ``class_sep``: the larger, the further apart the classes; one label in a hundred is
    drawn at random. ``n``, ``test_fraction``, ``seed``, what is returned and raised: as
    in `blobs`.
    """
    from sklearn.datasets import make_classification

    return _split(
        make_classification,
        n,
        test_fraction,
        seed,
        class_sep=_number("class_sep", class_sep, 0),
        n_features=2,
        n_redundant=0,
        n_clusters_per_class=1,
    )


def _split(
    make: Callable, n: int, test_fraction: float, seed: int, **options: object
) -> tuple[Pair, Pair]:
    """Points from ``make``, in random order: the first to train, the last to test."""
    n = _whole("n", n, 2)
    n_train = n - round(n * _number("test_fraction", test_fraction, 0, below=1))
    X, y = make(n, random_state=_whole("seed", seed, 0), **options)
    X, y = X.astype(np.float64, copy=False), y.astype(np.int64, copy=False)
    return (X[:n_train], y[:n_train]), (X[n_train:], y[n_train:])


def _whole(name: str, value: object, lowest: int) -> int:
    """``value`` as an int, if it is a whole number not below ``lowest``."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool) or number < lowest:
        raise ValueError(
            f"{name} must be a whole number, {lowest} or more, not {value!r}"
        )
    return number


def _number(
    name: str, value: object, lowest: float, below: float = float("inf")
) -> float:
    """``value`` as a float, if ``lowest <= value < below``."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not lowest <= number < below:
        limit = f", {lowest} or more" + (f" and below {below}" if below < 1e9 else "")
        raise ValueError(f"{name} must be a number{limit}, not {value!r}")
    return number


# MNIST ----------------------------------------------------------------------------


class Digits(tuple):
    """What `mnist` returns: ``((x_train, y_train), (x_val, y_val), (x_test, y_test))``.

    ``stand_in`` is True when these are the stand-in digits and not MNIST.
    """

    stand_in: bool

    def __new__(cls, pairs: Sequence[tuple], stand_in: bool = False) -> "Digits":
        """Three pairs (x, y), and whether they are the stand-in digits."""
        digits = super().__new__(cls, pairs)
        digits.stand_in = stand_in
        return digits

    def __repr__(self) -> str:
        """Only shapes, as the arrays would fill the page."""
        shapes = (
            f"{part} {tuple(pair[0].shape)}"
            for part, pair in zip(("train", "val", "test"), self, strict=True)
        )
        return f"Digits({', '.join(shapes)}, stand_in={self.stand_in})"


def mnist(
    *,
    train: int = 50_000,
    val: int = 10_000,
    test: int = 10_000,
    images: bool = False,
    device: "str | torch.device | None" = None,
    seed: int = 0,
) -> Digits:
    """Handwritten digits: MNIST, or stand-in digits where it cannot be had.

    Prints one line that says what was loaded. Of the 60,000 digits in MNIST's training
    file the first 50,000 are for training, the last 10,000 for validation.

    Parameters
    ----------
    train, val, test : int
        How many digits of each part; by default all there are, in the order of the
        files. Fewer are drawn at random, with each class's share as in the whole part
        and in random order.
    images : bool
        False: x has shape (N, 784). True: (N, 1, 28, 28), channels first.
    device : str or torch.device, optional
        None: NumPy arrays. Otherwise PyTorch tensors there, as in ``device="cpu"``.
    seed : int
        Chooses the subsets: part number k (0 train, 1 val, 2 test) is shuffled once by
        ``np.random.default_rng([seed, k]).permutation``, and the first of each class
        are taken. So the size of one part has no influence on another part, and a
        larger subset holds (but for rounding) the smaller ones of the same seed.

    Returns
    -------
    (x_train, y_train), (x_val, y_val), (x_test, y_test) : Digits
        x float32 from 0 (paper) to 1 (ink), y int64 from 0 to 9. Its ``stand_in`` says
        whether these are the stand-in digits: scikit-learn's 1,797, enlarged, as many
        as were asked for or, if that is more than there are, all.

    Raises
    ------
    ValueError
        A size is not a whole number, or is more than MNIST has; or ``device`` cannot be
        used here.
    ImportError
        ``device`` was given, but PyTorch is not installed.
    """
    asked = {"train": train, "val": val, "test": test}
    for part, size in asked.items():
        if _whole(part, size, 0) > SIZES[part]:
            raise ValueError(
                f"{part} can be {SIZES[part]:,} at most, as MNIST has no more digits "
                f"for it; not {size:,}"
            )
    seed = _whole("seed", seed, 0)
    to_device = _to(device)

    found = files.mnist()
    parts = _stand_in() if found is None else _mnist(found)
    pairs, sizes = [], []
    for k, (size, (x, y)) in enumerate(zip(asked.values(), parts, strict=True)):
        if size < len(y):
            chosen = _stratified(y, size, np.random.default_rng([seed, k]))
            x, y = x[chosen], y[chosen]
        x = np.divide(x, np.float32(255), dtype=np.float32)
        x = x.reshape((len(y), 1, 28, 28) if images else (len(y), 784))
        pairs.append((to_device(x), to_device(y.astype(np.int64))))
        sizes.append(len(y))

    what = "MNIST"
    if found is None:
        what = "Stand-in digits, not MNIST (scikit-learn's 8 x 8 digits, enlarged)"
    fewer = "" if sizes == list(asked.values()) else " (fewer than asked for)"
    print(
        f"{what}: {sizes[0]:,} digits to train, {sizes[1]:,} to validate, "
        f"{sizes[2]:,} to test{fewer}"
    )
    return Digits(pairs, stand_in=found is None)


def _to(device: "str | torch.device | None") -> Callable:
    """The function that takes an array to ``device``; None leaves it in NumPy."""
    if device is None:
        return lambda array: array
    try:
        import torch
    except ImportError as error:
        raise ImportError(
            f"device={str(device)!r} needs PyTorch, which is not installed. Install it "
            "(see the README), or leave device out to get NumPy arrays"
        ) from error
    try:
        with warnings.catch_warnings():  # what torch would warn of, the error says
            warnings.simplefilter("ignore")
            square = torch.ones(2, 2, device=device)
            (square @ square).sum().item()
    except Exception as error:  # of many kinds
        reason = textwrap.shorten(str(error), 120)
        raise ValueError(
            f"device={str(device)!r} cannot be used here ({reason}). Try device='cpu', "
            "or leave device out to get NumPy arrays"
        ) from error
    return lambda array: torch.from_numpy(array).to(device)


def _stratified(y: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Indices (size,) of a random subset of ``y``, every class in proportion.

    A class's share is rounded by largest remainder; on a tie the lower label wins.
    """
    counts = np.bincount(y, minlength=10)
    shares, remainders = np.divmod(size * counts, max(len(y), 1))
    missing = size - shares.sum()
    shares[np.argsort(-remainders, kind="stable")[:missing]] += 1
    order = rng.permutation(len(y))
    firsts = [np.flatnonzero(y[order] == c)[:n] for c, n in enumerate(shares)]
    return order[np.sort(np.concatenate(firsts))]


def _mnist(found: dict[str, bytes]) -> list[Pair]:
    """Train, validation and test digits, as bytes (0 to 255), from the four files.

    An IDX file has a header (what follows, and how many), then one byte for a value.
    """
    x, y, x_test, y_test = (
        np.frombuffer(content, np.uint8, offset=16).reshape(-1, 28, 28)
        if "images" in name
        else np.frombuffer(content, np.uint8, offset=8)
        for name, content in found.items()
    )
    return [(x[:50_000], y[:50_000]), (x[-10_000:], y[-10_000:]), (x_test, y_test)]


def _stand_in() -> list[Pair]:
    """scikit-learn's 1,797 digits of 8 x 8, made to look like MNIST's.

    The longer side of the ink is scaled to 20 pixels, its center of mass put in the
    middle of 28 x 28, and the contrast raised until strokes are as dark and as wide.
    Split once and for all: 1,257 to train, 270 to validate, 270 to test, stratified.
    """
    from scipy import ndimage
    from sklearn.datasets import load_digits

    small, y = load_digits(return_X_y=True)
    small = np.pad(small.reshape(-1, 8, 8) / 16, ((0, 0), (1, 1), (1, 1)))
    large = np.empty((len(small), 28, 28), np.float32)
    for image, output in zip(small, large, strict=True):
        ink = np.argwhere(image > 0.2)
        step = np.ptp(ink, axis=0).max() / 20 + 0.05  # pixels of the small image
        corner = np.array(ndimage.center_of_mass(image)) - 13.5 * step
        ndimage.affine_transform(image, [step, step], corner, output=output)
    x = (255 * np.clip((large - 0.35) / 0.45, 0, 1)).astype(np.uint8)

    rng = np.random.default_rng(0)
    train = _stratified(y, 1_257, rng)
    rest = np.setdiff1d(np.arange(len(y)), train)
    chosen = _stratified(y[rest], 270, rng)
    parts = (train, rest[chosen], np.delete(rest, chosen))
    return [(x[part], y[part]) for part in parts]
