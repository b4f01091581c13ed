"""Lesson 12, convolutional networks: reference answers, hints and checks."""

import time
from collections.abc import Callable

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from torch import nn

from helpers.exercises.engine import Exercise, Lesson, Mistake

# Exercise 1: convolution with loops --------------------------------------------------


def convolve_loops(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the feature maps (M, H - K + 1, W - L + 1) of one image.

    x: the image (C, H, W), with C channels.
    w: M kernels (M, C, K, L); each has K × L weights for every channel.
    b: one bias for each kernel (M,).
    """
    M, C, K, L = w.shape
    H, W = x.shape[1:]
    maps = np.zeros((M, H - K + 1, W - L + 1))
    for m in range(M):
        for i in range(H - K + 1):
            for j in range(W - L + 1):
                total = b[m]
                for c in range(C):
                    for p in range(K):
                        for q in range(L):
                            total += w[m, c, p, q] * x[c, i + p, j + q]
                maps[m, i, j] = total
    return maps


def convolve_loops_cases(rng: np.random.Generator) -> list[tuple]:
    """A picture to check by hand, then channels, several kernels, sides that differ."""
    by_hand = np.array([[[0.0, 1, 2], [3, 4, 5], [6, 7, 8]]])
    return [
        (by_hand, np.array([[[[1.0, 2], [0, -1]]]]), np.array([0.5])),
        (rng.normal(size=(1, 4, 6)), rng.normal(size=(2, 1, 3, 3)), rng.normal(size=2)),
        (rng.normal(size=(3, 6, 5)), rng.normal(size=(2, 3, 3, 2)), rng.normal(size=2)),
        (rng.normal(size=(2, 3, 7)), rng.normal(size=(4, 2, 3, 3)), rng.normal(size=4)),
    ]


WEIGHT, START = "w[m, c, p, q]", "                total = b[m]\n"
ALL_ROWS, ALL_COLUMNS = "for i in range(H - K + 1)", "for j in range(W - L + 1)"

CONVOLVE_LOOPS_MISTAKES = (
    Mistake(
        "The kernel lies upside down and back to front on the image. That is what "
        "mathematicians call convolution; networks do not flip: `w[m, c, p, q]` meets "
        "`x[c, i + p, j + q]`.",
        (WEIGHT, "w[m, c, K - 1 - p, L - 1 - q]"),
    ),
    Mistake(
        "The bias is missing: each map gets its own `b[m]`, added once to every place.",
        ("b[m]", "0"),
    ),
    Mistake(
        "The bias is added more than once, for every weight or for every channel. It "
        "belongs to the whole sum: add it once, outside the inner loops.",
        lambda x, w, b: convolve_loops(x, w, w[0].size * b),
        lambda x, w, b: convolve_loops(x, w, len(x) * b),
        lambda x, w, b: convolve_loops(x, w, (1 + w[0].size) * b),
        lambda x, w, b: convolve_loops(x, w, (1 + len(x)) * b),
    ),
    Mistake(
        "Only the first channel is used. A map sums over all channels.",
        ("range(C)", "range(1)"),
    ),
    Mistake(
        "All channels are weighted with the kernel of the first one. Each channel has "
        "weights of its own: `w[m, c]`.",
        (WEIGHT, "w[m, 0, p, q]"),
    ),
    Mistake(
        "All maps come from the first kernel. Map m belongs to kernel `w[m]`.",
        (WEIGHT, "w[0, c, p, q]"),
    ),
    Mistake(
        "Each product replaces the one before. Add them up: `total += …`.",
        ("total +=", "total ="),
    ),
    Mistake(
        "The sum goes on from one place to the next. At each place (i, j) it starts "
        "anew, at `b[m]`.",
        [
            (START, ""),
            (
                "    for m in range(M):\n",
                "    for m in range(M):\n        total = b[m]\n",
            ),
        ],
        [
            (START, ""),
            (
                f"        {ALL_ROWS}:\n",
                f"        {ALL_ROWS}:\n            total = b[m]\n",
            ),
        ],
    ),
    Mistake(
        "The last row and the last column of places are missing. A kernel of K weights "
        "fits into H pixels at H - K + 1 places.",
        lambda x, w, b: convolve_loops(x, w, b)[:, :-1, :-1],
        [(ALL_ROWS, "for i in range(H - K)"), (ALL_COLUMNS, "for j in range(W - L)")],
    ),
)

convolve_loops_exercise = Exercise(
    convolve_loops,
    cases=convolve_loops_cases,
    atol=2e-5,  # single precision will do
    hints=(
        "One number of one map is a weighted sum plus a bias, as in a single neuron. "
        "First write the sum for one kernel at one place.",
        "At place (i, j), the weight `w[m, c, p, q]` meets the pixel "
        "`x[c, i + p, j + q]`. Add up the products over c, p and q.",
        "Six loops: over the kernels m, the places i and j, and then c, p, q. Let the "
        "sum start at `b[m]`, and store it in `maps[m, i, j]` after the inner three.",
    ),
    mistakes=CONVOLVE_LOOPS_MISTAKES,
)

# Exercise 2: the size of a feature map -----------------------------------------------


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Return how many places there are for a kernel along one side of an image.

    size: pixels along that side. kernel: weights along that side.
    stride: how many pixels the kernel moves at a time.
    padding: how many zeros are put before the first pixel, and again after the last.
    """
    return (size + 2 * padding - kernel) // stride + 1


def output_size_cases(rng: np.random.Generator) -> list[tuple]:
    """The lesson's own network first, then strides that leave pixels over."""
    return [
        (28, 5),
        (24, 2, 2),
        (28, 5, 1, 2),
        (5, 5),
        (28, 5, 2),
        (10, 3, 3, 1),
        (11, 4, 3),
        (227, 11, 4, 0),
        (7, 2, 4, 1),
    ]


def _called_as_in_lesson(answer) -> None:
    """Fails if stride and padding have other names."""
    answer(28, 3, stride=2, padding=1)


PLACES = "(size + 2 * padding - kernel)"
NO_STRIDE, NO_PADDING = (" // stride", ""), (" + 2 * padding", "")

OUTPUT_SIZE_MISTAKES = (
    Mistake("One place is missing: the start at pixel 0 counts as well.", (" + 1", "")),
    Mistake(
        "The padding counts twice: there are zeros on both ends of the side.",
        ("2 * ", ""),
    ),
    Mistake(
        "The padding is left out. It makes the side longer, at both ends.", NO_PADDING
    ),
    Mistake(
        "The stride is left out. With stride 2 there is a place at every second pixel "
        "only.",
        NO_STRIDE,
    ),
    Mistake(
        "A number of places is whole. When the last step does not fit, the pixels left "
        "over are not used: divide with `//`.",
        ("//", "/"),
    ),
    Mistake(
        "It rounds up where the last step does not fit, or to the nearest number. The "
        "kernel would hang over the edge: round down.",
        (f"{PLACES} // stride", "-((kernel - size - 2 * padding) // stride)"),
        (f"{PLACES} // stride", f"round({PLACES} / stride)"),
    ),
    Mistake(
        "Stride and padding are left out: this is the number of places for stride 1 "
        "without padding.",
        [NO_PADDING, NO_STRIDE],
    ),
    Mistake(
        "The 1 is added before the division by the stride. Divide first: the start at "
        "pixel 0 is there for every stride.",
        ("kernel) // stride + 1", "kernel + 1) // stride"),
    ),
    Mistake(
        "The kernel's size is left out: it must end inside the image as well.",
        (" - kernel) // stride + 1", ") // stride"),
        (" - kernel", ""),
    ),
)

output_size_exercise = Exercise(
    output_size,
    cases=output_size_cases,
    also=_called_as_in_lesson,
    hints=(
        "Without padding and with stride 1: the kernel starts at pixel 0, 1, 2, …, and "
        "the last start is the one where it ends at the last pixel.",
        "With padding the side has `size + 2 * padding` pixels. The last start is at "
        "that number minus `kernel`.",
        "The starts are 0, stride, 2 · stride, … up to `size + 2 * padding - kernel`. "
        "Count them: a whole division `//`, and one more for the start at 0.",
    ),
    mistakes=OUTPUT_SIZE_MISTAKES,
)

# Exercise 3: convolution without loops -----------------------------------------------


def convolve(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Return the feature maps (N, M, H', W') of a batch of images.

    x: the images (N, C, H, W). w: the kernels (M, C, K, L). b: the biases (M,).
    stride: how many pixels the kernels move at a time, down and to the right.
    padding: how many rows and columns of zeros are put around each image.
    """
    edge = (padding, padding)
    x = np.pad(x, ((0, 0), (0, 0), edge, edge))
    windows = sliding_window_view(x, w.shape[2:], axis=(2, 3))  # (N, C, H', W', K, L)
    windows = windows[:, :, ::stride, ::stride]
    maps = np.tensordot(w, windows, axes=((1, 2, 3), (1, 4, 5)))  # (M, N, H', W')
    return (maps + b[:, None, None, None]).swapaxes(0, 1)


def convolve_cases(rng: np.random.Generator) -> list[tuple]:
    """By hand, general ones, a batch too large for loops, a call of the lesson."""

    def case(x_shape: tuple, w_shape: tuple, *rest: int) -> tuple:
        x, w = rng.normal(size=x_shape), rng.normal(size=w_shape)
        return (x, w, rng.normal(size=w_shape[0]), *rest)

    by_hand = np.array([[[[0.0, 1, 2], [3, 4, 5], [6, 7, 8]]]])
    return [
        (by_hand, np.array([[[[1.0, 2], [0, -1]]]]), np.array([0.5])),
        case((2, 1, 5, 6), (3, 1, 3, 3)),
        case((2, 3, 6, 5), (4, 3, 3, 2)),
        case((2, 2, 7, 6), (3, 2, 3, 3), 2),
        case((1, 2, 5, 4), (2, 2, 3, 3), 1, 2),
        case((2, 2, 8, 9), (3, 2, 3, 3), 2, 1),
        case((100, 1, 28, 28), (20, 1, 5, 5)),
        case_of_the_gradient(rng),
    ]


def case_of_the_gradient(rng: np.random.Generator) -> tuple:
    """A call as the lesson makes it: axes exchanged, two types of numbers."""
    x = rng.random(size=(8, 1, 28, 28)).astype(np.float32)
    delta = rng.normal(scale=0.01, size=(8, 2, 24, 24)).astype(np.float32)
    return x.swapaxes(0, 1), delta.swapaxes(0, 1), np.zeros(2)


def _right_if_small(answer) -> bool:
    """True if it is right but for the batch that is too large for loops."""
    return all(
        np.allclose(answer(*case), convolve(*case), atol=2e-5)
        for case in convolve_cases(np.random.default_rng(0))[:-2]
    )


def _only_too_slow(answer) -> bool:
    """True if small cases come out right, and a hundred images take long."""
    if not _right_if_small(answer):
        return False
    rng, seconds = np.random.default_rng(0), []
    for _ in range(2):  # the better of two rounds
        start = time.process_time()
        answer(rng.random((2, 1, 28, 28)), rng.random((20, 1, 5, 5)), np.ones(20))
        seconds.append(time.process_time() - start)
    return 50 * min(seconds) > 1


def _wants_one_type(answer) -> bool:
    """True if only the lesson's call fails, with PyTorch's words about types."""
    try:
        answer(*case_of_the_gradient(np.random.default_rng(0)))
    except RuntimeError as error:
        return "type" in str(error) and _right_if_small(answer)
    return False


def _bias_on_columns(answer) -> bool:
    """True if the biases go to the last axis, seen where they happen to fit it."""
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(1, 1, 3, 4)), rng.normal(size=(3, 1, 1, 2)), np.arange(3)
    return bool(np.allclose(answer(x, w, b), convolve(x, w, 0 * b) + b, atol=2e-5))


def _padded_everywhere(answer) -> bool:
    """True if it is right without padding, and with it stops or has other images."""
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(2, 2, 6, 7)), rng.normal(size=(2, 2, 3, 3)), np.ones(2)
    if not np.allclose(answer(x, w, b), convolve(x, w, b), atol=2e-5):
        return False
    try:
        return len(answer(x, w, b, 1, 1)) != len(x)
    except ValueError:
        return True


ON_M, EVERY, EDGE = "b[:, None, None, None]", "::stride, ::stride", "(padding, padding)"
AROUND, SWAPPED = "((0, 0), (0, 0), edge, edge)", ".swapaxes(0, 1)"

CONVOLVE_MISTAKES = (
    Mistake(
        "The numbers are right, but it is far too slow for a hundred images, as loops "
        "in Python are. Let NumPy take all windows at once.",
        when=_only_too_slow,
    ),
    Mistake(
        "Right as long as all numbers are of one type. Below, the lesson hands in x "
        "and w in single precision (float32) and b in double: make them one type "
        "first.",
        when=_wants_one_type,
    ),
    Mistake(
        "The biases go to the columns of the maps: NumPy lines up the last axes. Give "
        "`b` two more axes, `b[:, None, None]`, so that it meets the axis M.",
        (ON_M, "b"),
        when=_bias_on_columns,
    ),
    Mistake(
        "It is right without padding, and goes wrong with it. Does `np.pad(x, "
        "padding)` put zeros around all four axes? Only H and W get any: give each "
        "axis its own pair of numbers.",
        (AROUND, "padding"),
        when=_padded_everywhere,
    ),
    Mistake(
        "The kernels lie upside down and back to front on the images. Networks do not "
        "flip them.",
        ("tensordot(w", "tensordot(w[..., ::-1, ::-1]"),
    ),
    Mistake(
        "The biases are missing: every map m gets `b[m]` added.", (f" + {ON_M}", "")
    ),
    Mistake(
        "The stride is ignored: only every stride-th window counts, down and to the "
        "right.",
        (EVERY, "::1"),
    ),
    Mistake(
        "The stride works downward only. The kernels move to the right in the same "
        "steps.",
        (EVERY, "::stride"),
    ),
    Mistake(
        "The padding is ignored: zeros come around each image before the windows are "
        "taken.",
        (EDGE, "(0, 0)"),
    ),
    Mistake(
        "The padding is only above and to the left of the images. It goes all around "
        "them.",
        (EDGE, "(padding, 0)"),
        (EDGE, "(2 * padding, 0)"),
    ),
    Mistake(
        "Only the first channel is used. A map sums over all channels.",
        ("tensordot(w, windows", "tensordot(w[:, :1], windows[:, :1]"),
    ),
    Mistake(
        "The channels are averaged. A map is the sum over the channels.",
        ("tensordot(w", "tensordot(w / w.shape[1]"),
    ),
    Mistake(
        "The maps stand at another axis. In this course, as in PyTorch, images come "
        "first and maps second: (N, M, H', W').",
        (SWAPPED, ".transpose(1, 2, 3, 0)"),
        (SWAPPED, ""),
    ),
)

convolve_exercise = Exercise(
    convolve,
    cases=convolve_cases,
    atol=2e-5,  # single precision will do
    seconds=2.0,
    hints=(
        "`np.pad` puts zeros around the images. `sliding_window_view(x, (K, L), "
        "axis=(2, 3))` gives all windows at once, in shape (N, C, H', W', K, L). What "
        "is left is a weighted sum over C, K and L.",
        "Keep every stride-th window in both directions: `[:, :, ::stride, ::stride]`. "
        "`np.tensordot(w, windows, axes)` sums products over pairs of axes: those "
        "of `w` for C, K, L and the same three of `windows`.",
        "`np.tensordot(w, windows, axes=((1, 2, 3), (1, 4, 5)))` has shape "
        "(M, N, H', W'). Add the biases as `b[:, None, None, None]`, then exchange the "
        "first two axes.",
    ),
    mistakes=CONVOLVE_MISTAKES,
)

# Exercise 4: max-pooling -------------------------------------------------------------


def max_pool(x: np.ndarray, size: int = 2) -> np.ndarray:
    """Return the largest value of each block of size × size places of every map.

    x: feature maps (N, C, H, W). The blocks lie side by side and do not overlap; rows
    and columns at the end that do not fill a block are left out.
    Returns an array (N, C, H // size, W // size).
    """
    N, C, H, W = x.shape
    H, W = H // size, W // size
    blocks = x[:, :, : H * size, : W * size].reshape(N, C, H, size, W, size)
    return blocks.max(axis=(3, 5))


def max_pool_cases(rng: np.random.Generator) -> list[tuple]:
    """A map to check by hand, sides that differ, left-overs, numbers below zero."""
    by_hand = np.array([[[[1.0, 2, 5, 3], [4, 0, 1, 1]]]])
    return [
        (by_hand,),
        (rng.normal(size=(2, 3, 4, 6)),),
        (rng.normal(size=(2, 2, 5, 7)),),
        (rng.normal(size=(1, 2, 7, 9)), 3),
        (-1 - rng.random(size=(2, 1, 4, 4)),),
    ]


def _needs_full_blocks(answer) -> bool:
    """True if a reshape fails where a row is left over."""
    try:
        answer(np.zeros((1, 1, 3, 4)))
    except ValueError as error:
        return "reshape" in str(error)
    return False


def _kept_leftovers(x: np.ndarray, size: int = 2) -> np.ndarray:
    """Blocks that are not full count as well."""
    down, right = -x.shape[2] % size, -x.shape[3] % size
    edges = ((0, 0), (0, 0), (0, down), (0, right))
    return max_pool(np.pad(x, edges, constant_values=-np.inf), size)


def _sliding(x: np.ndarray, size: int = 2) -> np.ndarray:
    """Blocks that overlap: one at every place."""
    return sliding_window_view(x, (size, size), axis=(2, 3)).max(axis=(4, 5))


SPLIT, LARGEST = "H, size, W, size", "blocks.max(axis=(3, 5))"

MAX_POOL_MISTAKES = (
    Mistake(
        "This is the mean of each block. Max-pooling keeps the largest value.",
        (".max(", ".mean("),
    ),
    Mistake(
        "This keeps the first value of each block, not the largest.",
        (LARGEST, "blocks[:, :, :, 0, :, 0]"),
        lambda x, size=2: x[:, :, ::size, ::size],
    ),
    Mistake("The blocks are always 2 × 2. Use `size`.", lambda x, size=2: max_pool(x)),
    Mistake(
        "It stops where rows or columns are left over: `reshape` needs full blocks. "
        "Cut off the rest first.",
        ("[:, :, : H * size, : W * size]", ""),
        when=_needs_full_blocks,
    ),
    Mistake(
        "This is the smallest value of each block. Max-pooling keeps the largest.",
        (".max(", ".min("),
    ),
    Mistake(
        "The blocks overlap: move on by `size` places, not by one.",
        _sliding,
    ),
    Mistake(
        "The pixels of a block do not belong together: a reshape splits an axis where "
        "it stands, H into (H', size) and W into (W', size), in this order.",
        [(SPLIT, "H, W, size, size"), ("(3, 5)", "(4, 5)")],
        [(SPLIT, "size, H, size, W"), ("(3, 5)", "(2, 4)")],
    ),
    Mistake(
        "The maximum is taken from block to block, not inside each block: it runs over "
        "the wrong two axes.",
        ("(3, 5)", "(2, 4)"),
    ),
    Mistake(
        "Rows or columns that do not fill a block count here. Leave them out: the "
        "result has H // size rows and W // size columns.",
        _kept_leftovers,
    ),
    Mistake(
        "Values below zero came out as 0: the search for the largest starts at 0. "
        "Start with a value of the block.",
        ("(3, 5)", "(3, 5), initial=0"),
    ),
)

max_pool_exercise = Exercise(
    max_pool,
    cases=max_pool_cases,
    hints=(
        "Cut off what does not fill a block. Then H = H' · size: a reshape can split "
        "the axis H into two axes, (H', size). The same for W.",
        "After `x.reshape(N, C, H', size, W', size)`, which two axes run inside a "
        "block?",
        "`blocks.max(axis=(3, 5))` takes the maximum over both at once.",
    ),
    mistakes=MAX_POOL_MISTAKES,
)

# Exercise 5: counting parameters -----------------------------------------------------


def count_parameters(
    side: int, channels: int, filters: int, kernel: int, hidden: int, classes: int
) -> int:
    """Return the number of weights and biases of the lesson's network, for any sizes.

    Images of side × side pixels with so many channels; a convolution with so many
    filters of kernel × kernel weights per channel (stride 1, no padding); max-pooling
    of 2 × 2 (an odd last row or column is left out); all that flattened into a hidden
    layer, and that into the output layer.
    """
    pooled = (side - kernel + 1) // 2
    convolution = filters * (channels * kernel**2 + 1)
    dense = hidden * (filters * pooled**2 + 1)
    return convolution + dense + classes * (hidden + 1)


def count_parameters_cases(rng: np.random.Generator) -> list[tuple]:
    """The lesson's network, a smaller one, color, sides that pooling does not halve."""
    return [
        (28, 1, 20, 5, 100, 10),
        (8, 1, 2, 3, 5, 2),
        (200, 3, 20, 5, 100, 10),
        (30, 3, 8, 4, 30, 7),
    ]


POOLED, ONE_FILTER = "(side - kernel + 1) // 2", "channels * kernel**2 + 1"
PLACES_OF_A_MAP, IN_DENSE = "(side - kernel + 1) ** 2", "filters * pooled**2"
WITHOUT_BIASES = [
    (ONE_FILTER, "channels * kernel**2"),
    (f"{IN_DENSE} + 1", IN_DENSE),
    ("(hidden + 1)", "hidden"),
]

COUNT_MISTAKES = (
    Mistake(
        "All the biases are missing: one for each filter, hidden neuron and class.",
        WITHOUT_BIASES,
    ),
    *(
        Mistake(f"The biases of the {layer} are missing: one for each {part}.", edit)
        for layer, part, edit in zip(
            ("convolution", "hidden layer", "output layer"),
            ("filter", "hidden neuron", "class"),
            WITHOUT_BIASES,
            strict=True,
        )
    ),
    Mistake(
        "Each layer has one bias only here. Every filter, every hidden neuron and "
        "every class has its own.",
        [*WITHOUT_BIASES, ("return ", "return 3 + ")],
    ),
    Mistake(
        "The output layer is missing: hidden neurons times classes, and a bias for "
        "each class.",
        (" + classes * (hidden + 1)", ""),
    ),
    Mistake(
        "A filter has kernel × kernel weights for every channel of the image, not for "
        "one channel only.",
        ("channels * ", ""),
    ),
    Mistake(
        "Kernels and maps have two sides: kernel × kernel weights, and as many places "
        "as side × side.",
        ("kernel**2", "kernel"),
        ("pooled**2", "pooled"),
    ),
    Mistake(
        "The pooling is left out: it halves both sides of every map before they are "
        "flattened.",
        (" // 2", ""),
    ),
    Mistake(
        "The maps are too large: without padding, the convolution leaves side - kernel "
        "+ 1 places along a side.",
        ("(side - kernel + 1)", "side"),
    ),
    Mistake(
        "Only one map goes into the hidden layer. All of them do: multiply by the "
        "number of filters.",
        (IN_DENSE, "pooled**2"),
    ),
    Mistake(
        "The weights or the biases of the filters are counted anew at each place of "
        "the map. They are shared: the same kernel and bias are used everywhere.",
        (ONE_FILTER, f"channels * kernel**2 + {PLACES_OF_A_MAP}"),
        (f"({ONE_FILTER})", f"({ONE_FILTER}) * {PLACES_OF_A_MAP}"),
    ),
    Mistake(
        "The filters have one bias for each channel. There is one for each filter.",
        (ONE_FILTER, "channels * (kernel**2 + 1)"),
    ),
    Mistake(
        "Where a map has an odd side, pooling leaves out the last row and column: "
        "halve the side with `//` first, then square it.",
        ("// 2", "/ 2"),
        [(POOLED, f"{PLACES_OF_A_MAP} // 4"), ("pooled**2", "pooled")],
    ),
    Mistake(
        "The flattened maps are counted once for each channel of the image. A filter "
        "sums over the channels: it makes one map.",
        (IN_DENSE, f"channels * {IN_DENSE}"),
    ),
)

count_parameters_exercise = Exercise(
    count_parameters,
    cases=count_parameters_cases,
    rtol=0,
    atol=0,
    hints=(
        "Three layers have parameters: the convolution and the two dense layers. "
        "Pooling and flattening have none. Count each layer, weights and biases.",
        "A filter has kernel × kernel weights for every channel, and one bias. The "
        "convolution leaves maps of side - kernel + 1 places, and pooling halves that.",
        "Flattened: filters · ((side - kernel + 1) // 2)². A dense layer from D to M "
        "numbers has M · (D + 1) parameters.",
    ),
    mistakes=COUNT_MISTAKES,
)

# Exercise 6: the network in PyTorch --------------------------------------------------


def make_cnn() -> nn.Module:
    """Return the lesson's network: images (N, 1, 28, 28) in, logits (N, 10) out.

    Convolution with 20 filters of 5 × 5, max-pooling of 2 × 2 and ReLU (either may come
    first), flatten, a dense layer of 100 neurons with tanh, a dense layer of 10 without
    activation.
    """
    return nn.Sequential(
        nn.Conv2d(1, 20, kernel_size=5),
        nn.MaxPool2d(2),
        nn.ReLU(),  # the same as before pooling, on a quarter of the numbers
        nn.Flatten(),
        nn.Linear(20 * 12 * 12, 100),
        nn.Tanh(),
        nn.Linear(100, 10),
    )


def make_cnn_cases(rng: np.random.Generator) -> list[tuple]:
    """A few images of noise, as they are judged and as they are trained on."""
    three, one = rng.random(size=(3, 1, 28, 28)), rng.random(size=(1, 1, 28, 28))
    return [(three, False), (one, False), (three, True)]


@torch.no_grad()
def logits_with_fixed_weights(
    answer: Callable, images: np.ndarray, training: bool
) -> np.ndarray:
    """What the network makes of images once its parameters have known values.

    The values follow from a parameter's shape, so neither the order of the layers'
    definition nor their names matter.
    """
    model = answer()
    if not isinstance(model, nn.Module):
        raise TypeError(f"make_cnn() must return a network, not {type(model).__name__}")
    for values in model.parameters():
        rng = np.random.default_rng([*values.shape])
        scale = (3 / max(values[0].numel(), 10)) ** 0.5
        values.copy_(torch.tensor(rng.uniform(-scale, scale, size=values.shape)))
    model.train(training)
    return model(torch.tensor(images, dtype=torch.float32)).numpy()


def _usable(answer) -> str | None:
    """Say what would go wrong later with a network that computes the right logits."""
    one, another = answer(), answer()
    if {*map(id, one.parameters())} & {*map(id, another.parameters())}:
        return (
            "Two calls give networks with the same weights in them: when one is "
            "trained, so is the other. Make the layers anew, inside the function."
        )
    count = sum(values.numel() for values in one.parameters())
    if count != 289_630:
        return (
            f"It has {count:,} parameters, and {289_630:,} are needed: is there a "
            "layer that is not used?"
        )
    return None


def _differs_in_training(answer) -> bool:
    """True if a network computes something else, or at random, in training mode."""
    images = make_cnn_cases(np.random.default_rng(0))[0][0]
    logits = [logits_with_fixed_weights(answer, images, mode) for mode in (False, True)]
    return not np.allclose(*logits, 1e-3, 1e-5)


def _padded(answer) -> bool:
    """True if a convolution has padding."""
    return any(
        layer.padding not in {(0, 0), "valid"} for layer in _layers(answer, nn.Conv2d)
    )


def _fails_to_build(answer, words: str) -> bool:
    """True if the layers cannot be made, for a reason with these words in it."""
    try:
        answer()
    except TypeError as error:
        return words in str(error)
    return False


def _layers(answer, *kinds: type[nn.Module]) -> list:
    """The layers of some kinds in a network."""
    return [layer for layer in answer().modules() if isinstance(layer, kinds)]


def _pools_in_small_steps(answer) -> bool:
    """True if a max-pooling has blocks of 2 × 2 that overlap."""
    pools = [(p.kernel_size, p.stride) for p in _layers(answer, nn.MaxPool2d)]
    return any(size in {2, (2, 2)} and step in {1, (1, 1)} for size, step in pools)


def _does_not_fit(answer) -> bool:
    """True if a dense layer gets another number of inputs than it was made for."""
    try:
        answer()(torch.zeros(1, 1, 28, 28))
    except RuntimeError as error:
        return "shapes cannot be multiplied" in str(error)
    return False


CONVOLUTION, POOLING = "nn.Conv2d(1, 20, kernel_size=5)", "nn.MaxPool2d(2)"
HIDDEN, OUTPUT = "nn.Linear(20 * 12 * 12, 100)", "nn.Linear(100, 10)"
RELU, TANH, FLATTEN = "nn.ReLU()", "nn.Tanh()", "        nn.Flatten(),\n"


def _at_the_end(layer: str) -> tuple:
    return OUTPUT, f"{OUTPUT}, {layer}"


MAKE_CNN_MISTAKES = (
    Mistake(
        "This is a network. Hand in the function that makes one, without calling it: "
        "`check(make_cnn)`.",
        make_cnn(),
        when=lambda answer: isinstance(answer, nn.Module),
    ),
    Mistake(
        "`make_cnn()` must return the network; did you forget the `return`?",
        ("return ", ""),
        when=lambda answer: answer() is None,
    ),
    Mistake(
        "`nn.Sequential` takes modules: write `nn.ReLU()` with brackets, which makes "
        "one. `nn.ReLU` is the class, `torch.relu` a function.",
        (RELU, "nn.ReLU"),
        (RELU, "torch.relu"),
        when=lambda answer: _fails_to_build(answer, "not a Module subclass"),
    ),
    Mistake(
        "`nn.Conv2d` needs three numbers: the channels of the image (1), the filters "
        "(20), the kernel's size (5).",
        (CONVOLUTION, "nn.Conv2d(20, 5)"),
        when=lambda answer: _fails_to_build(answer, "kernel_size"),
    ),
    Mistake(
        "`make_cnn()` must return one network: put the layers into `nn.Sequential(…)`.",
        ("nn.Sequential(", "("),
        when=lambda answer: not isinstance(answer(), nn.Module),
    ),
    Mistake(
        "A lazy layer does not know its size before it has seen images, so its weights "
        "cannot be counted or drawn. Say how many numbers it gets: `nn.Linear(…, "
        "100)`.",
        (HIDDEN, "nn.LazyLinear(100)"),
        when=lambda answer: any(
            isinstance(values, nn.UninitializedParameter)
            for values in answer().parameters()
        ),
    ),
    Mistake(
        "The convolution has padding. Without it a side of 28 pixels leaves 24 places.",
        [("=5)", "=5, padding=2)"), ("12 * 12", "14 * 14")],
        when=_padded,
    ),
    Mistake(
        "The convolution has its channels exchanged: first come those of the image "
        "(1), then the filters (20).",
        ("1, 20,", "20, 1,"),
        when=lambda answer: any(
            c.in_channels == 20 for c in _layers(answer, nn.Conv2d)
        ),
    ),
    Mistake(
        "The blocks of the pooling overlap: they move on by 1. Leave the stride out, "
        "and they move on by their own size.",
        (POOLING, "nn.MaxPool2d(2, 1)"),
        when=_pools_in_small_steps,
    ),
    Mistake(
        "A dense layer has its numbers exchanged: first come the inputs, then the "
        "neurons, as in `nn.Linear(inputs, neurons)`.",
        (HIDDEN, "nn.Linear(100, 20 * 12 * 12)"),
        (OUTPUT, "nn.Linear(10, 100)"),
        when=lambda answer: any(
            (layer.in_features, layer.out_features) in {(100, 2880), (10, 100)}
            for layer in _layers(answer, nn.Linear)
        ),
    ),
    Mistake(
        "`nn.Flatten()` is missing: the dense layer needs all maps of an image in one "
        "row.",
        (FLATTEN, ""),
        when=lambda answer: (
            isinstance(answer(), nn.Sequential)
            and not _layers(answer, nn.Flatten)
            and _does_not_fit(answer)
        ),
    ),
    Mistake(
        "A dense layer gets another number of inputs than it was made for. After "
        "pooling there are 20 maps of 12 × 12, which makes 2,880: is the pooling "
        "missing, or a size wrong?",
        (f"        {POOLING},\n", ""),
        ("=5", "=3"),
        when=_does_not_fit,
    ),
    Mistake(
        "There is a softmax at the end, or its logarithm. Leave it out: "
        "`cross_entropy` takes the logits, and has the softmax in it.",
        _at_the_end("nn.Softmax(dim=1)"),
        _at_the_end("nn.LogSoftmax(dim=1)"),
    ),
    Mistake(
        "There is an activation at the end. Logits may be any numbers: leave it out.",
        *map(_at_the_end, (RELU, TANH, "nn.Sigmoid()")),
    ),
    Mistake(
        "The ReLU after the convolution is missing.", (f"        {RELU},", "        #")
    ),
    Mistake(
        "The activation after the convolution is another one; it should be ReLU.",
        (RELU, TANH),
        (RELU, "nn.Sigmoid()"),
    ),
    Mistake(
        "The tanh after the hidden layer is missing. Without it two dense layers are "
        "no more than one.",
        (f"        {TANH},\n", ""),
    ),
    Mistake(
        "The hidden layer's activation is another one; it should be tanh.",
        (TANH, RELU),
        (TANH, "nn.Sigmoid()"),
    ),
    Mistake(
        "ReLU and tanh have changed places.",
        [(TANH, "nn.ReLU6()"), (RELU, TANH), ("nn.ReLU6()", RELU)],
    ),
    Mistake(
        "It pools by the mean. It should keep the largest value: `nn.MaxPool2d`.",
        (POOLING, "nn.AvgPool2d(2)"),
        when=lambda answer: bool(_layers(answer, nn.AvgPool2d)),
    ),
    Mistake(
        "A layer has no biases: leave out `bias=False`.",
        ("=5)", "=5, bias=False)"),
        [
            ("=5)", "=5, bias=False)"),
            ("12, 100)", "12, 100, bias=False)"),
            ("(100, 10)", "(100, 10, bias=False)"),
        ],
        when=lambda answer: any(
            layer.bias is None for layer in _layers(answer, nn.Conv2d, nn.Linear)
        ),
    ),
    Mistake(
        "While it is trained, the network computes something else than afterward: is "
        "there dropout in it, or batch normalization? This lesson's has none.",
        (OUTPUT, f"nn.Dropout(0.5), {OUTPUT}"),
        (FLATTEN, f"        nn.BatchNorm2d(20),\n{FLATTEN}"),
        when=_differs_in_training,
    ),
)

make_cnn_exercise = Exercise(
    make_cnn,
    cases=make_cnn_cases,
    run=logits_with_fixed_weights,
    also=_usable,
    rtol=1e-3,
    atol=1e-5,
    hints=(
        "`nn.Sequential(layer, layer, …)` calls the layers one after the other. The "
        "layers: `nn.Conv2d`, `nn.ReLU`, `nn.MaxPool2d`, `nn.Flatten`, `nn.Linear`, "
        "`nn.Tanh`, `nn.Linear`.",
        "`nn.Conv2d(channels in, filters, kernel_size)` leaves 28 - 5 + 1 = 24 places "
        "along a side, and pooling leaves 12. So 20 · 12 · 12 numbers are flattened.",
        "`nn.Conv2d(1, 20, 5)`, `nn.MaxPool2d(2)`, `nn.Linear(2880, 100)`, "
        "`nn.Linear(100, 10)`, and nothing after the last layer.",
    ),
    mistakes=MAKE_CNN_MISTAKES,
)

LESSON = Lesson(
    convolve_loops_exercise,
    output_size_exercise,
    convolve_exercise,
    max_pool_exercise,
    count_parameters_exercise,
    make_cnn_exercise,
)
check, hint, solution = LESSON.check, LESSON.hint, LESSON.solution
