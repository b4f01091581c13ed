"""Lesson 12, convolutional networks: reference answers, hints and checks."""

import time

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


def _flipped(w: np.ndarray) -> np.ndarray:
    """The kernels upside down and back to front."""
    return w[..., ::-1, ::-1]


def _last_product_only(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """What comes out when each product replaces the sum so far."""
    K, L = w.shape[2:]
    corner = x[-1, K - 1 :, L - 1 :]
    return np.stack([kernel[-1, -1, -1] * corner for kernel in w])


def _one_bias_per_channel(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The bias added once for each channel."""
    return convolve_loops(x, w, len(x) * b)


def _one_bias_per_weight(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The bias added with each product."""
    return convolve_loops(x, w, w[0].size * b)


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
    mistakes=(
        Mistake(
            "The kernel lies upside down and back to front on the image. That is what "
            "mathematicians call convolution; networks do not flip: `w[m, c, p, q]` "
            "meets `x[c, i + p, j + q]`.",
            wrong=lambda x, w, b: convolve_loops(x, _flipped(w), b),
        ),
        Mistake(
            "The bias is missing: each map gets its own `b[m]`, added once to every "
            "place.",
            wrong=lambda x, w, b: convolve_loops(x, w, 0 * b),
        ),
        Mistake(
            "The bias is added once for every weight. It belongs to the whole sum: add "
            "it once, outside the inner loops.",
            wrong=_one_bias_per_weight,
        ),
        Mistake(
            "The bias is added once for every channel. It belongs to the whole sum: "
            "add it once, outside the loop over channels.",
            wrong=_one_bias_per_channel,
        ),
        Mistake(
            "Only the first channel is used. A map sums over all channels.",
            wrong=lambda x, w, b: convolve_loops(x[:1], w[:, :1], b),
        ),
        Mistake(
            "All channels are weighted with the kernel of the first one. Each channel "
            "has weights of its own: `w[m, c]`.",
            wrong=lambda x, w, b: convolve_loops(
                x, np.repeat(w[:, :1], len(x), axis=1), b
            ),
        ),
        Mistake(
            "All maps come from the first kernel. Map m belongs to kernel `w[m]`.",
            wrong=lambda x, w, b: convolve_loops(x, np.repeat(w[:1], len(w), 0), b),
        ),
        Mistake(
            "Each product replaces the one before. Add them up: `total += …`.",
            wrong=_last_product_only,
        ),
        Mistake(
            "The last row and the last column of places are missing. A kernel of K "
            "weights fits into H pixels at H - K + 1 places.",
            wrong=lambda x, w, b: convolve_loops(x, w, b)[:, :-1, :-1],
        ),
    ),
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


output_size_exercise = Exercise(
    output_size,
    cases=output_size_cases,
    hints=(
        "Without padding and with stride 1: the kernel starts at pixel 0, 1, 2, …, and "
        "the last start is the one where it ends at the last pixel.",
        "With padding the side has `size + 2 * padding` pixels. The last start is at "
        "that number minus `kernel`.",
        "The starts are 0, stride, 2 · stride, … up to `size + 2 * padding - kernel`. "
        "Count them: a whole division `//`, and one more for the start at 0.",
    ),
    mistakes=(
        Mistake(
            "One place is missing: the start at pixel 0 counts as well.",
            wrong=lambda size, kernel, stride=1, padding=0: (
                (size + 2 * padding - kernel) // stride
            ),
        ),
        Mistake(
            "The padding counts twice: there are zeros on both ends of the side.",
            wrong=lambda size, kernel, stride=1, padding=0: (
                (size + padding - kernel) // stride + 1
            ),
        ),
        Mistake(
            "The padding is left out. It makes the side longer, at both ends.",
            wrong=lambda size, kernel, stride=1, padding=0: (
                (size - kernel) // stride + 1
            ),
        ),
        Mistake(
            "The stride is left out. With stride 2 there is a place at every second "
            "pixel only.",
            wrong=lambda size, kernel, stride=1, padding=0: (
                size + 2 * padding - kernel + 1
            ),
        ),
        Mistake(
            "A number of places is whole. When the last step does not fit, the pixels "
            "left over are not used: divide with `//`.",
            wrong=lambda size, kernel, stride=1, padding=0: (
                (size + 2 * padding - kernel) / stride + 1
            ),
        ),
        Mistake(
            "It rounds up where the last step does not fit. The kernel would hang over "
            "the edge: round down.",
            wrong=lambda size, kernel, stride=1, padding=0: (
                -(-(size + 2 * padding - kernel) // stride) + 1
            ),
        ),
        Mistake(
            "It rounds to the nearest number. A last step that does not fit is not "
            "taken, however near it comes: round down.",
            wrong=lambda size, kernel, stride=1, padding=0: (
                round((size + 2 * padding - kernel) / stride) + 1
            ),
        ),
        Mistake(
            "Stride and padding are left out: this is the number of places for stride "
            "1 without padding.",
            wrong=lambda size, kernel, stride=1, padding=0: size - kernel + 1,
        ),
        Mistake(
            "The 1 is added before the division by the stride. Divide first: the start "
            "at pixel 0 is there for every stride.",
            wrong=lambda size, kernel, stride=1, padding=0: (
                (size + 2 * padding - kernel + 1) // stride
            ),
        ),
        Mistake(
            "The kernel's size is left out: it must end inside the image as well.",
            wrong=lambda size, kernel, stride=1, padding=0: (
                (size + 2 * padding) // stride
            ),
        ),
    ),
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
    """A picture to check by hand, general ones, and a batch too large for loops."""

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
    ]


def _only_too_slow(answer) -> bool:
    """True if a small but general case comes out right, and a large one takes long."""
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(2, 2, 6, 7)), rng.normal(size=(2, 2, 3, 3)), np.ones(2)
    if not np.allclose(answer(x, w, b, 2, 1), convolve(x, w, b, 2, 1), atol=2e-5):
        return False
    start = time.process_time()
    answer(rng.random((2, 1, 28, 28)), rng.random((20, 1, 5, 5)), np.ones(20))
    return 50 * (time.process_time() - start) > 1  # seconds for a hundred images


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


def _padded_on_one_side(x, w, b, stride=1, padding=0):
    """All the zeros before the first pixel, none after the last."""
    edge = (2 * padding, 0)
    return convolve(np.pad(x, ((0, 0), (0, 0), edge, edge)), w, b, stride)


def _padded_too_little(x, w, b, stride=1, padding=0):
    """The zeros only before the first pixel."""
    edge = (padding, 0)
    return convolve(np.pad(x, ((0, 0), (0, 0), edge, edge)), w, b, stride)


def _stride_down_only(x, w, b, stride=1, padding=0):
    """Every place to the right, every second one down."""
    return convolve(x, w, b, 1, padding)[:, :, ::stride]


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
    mistakes=(
        Mistake(
            "The numbers are right, but it is far too slow for a hundred images, as "
            "loops in Python are. Let NumPy take all windows at once.",
            when=_only_too_slow,
        ),
        Mistake(
            "The biases go to the columns of the maps: NumPy lines up the last axes. "
            "Give `b` two more axes, `b[:, None, None]`, so that it meets the axis M.",
            when=_bias_on_columns,
        ),
        Mistake(
            "It is right without padding, and goes wrong with it. Does `np.pad(x, "
            "padding)` put zeros around all four axes? Only H and W get any: give each "
            "axis its own pair of numbers.",
            when=_padded_everywhere,
        ),
        Mistake(
            "The kernels lie upside down and back to front on the images. Networks do "
            "not flip them.",
            wrong=lambda x, w, b, stride=1, padding=0: convolve(
                x, _flipped(w), b, stride, padding
            ),
        ),
        Mistake(
            "The biases are missing: every map m gets `b[m]` added.",
            wrong=lambda x, w, b, stride=1, padding=0: convolve(
                x, w, 0 * b, stride, padding
            ),
        ),
        Mistake(
            "The stride is ignored: only every stride-th window counts, down and to "
            "the right.",
            wrong=lambda x, w, b, stride=1, padding=0: convolve(x, w, b, 1, padding),
        ),
        Mistake(
            "The stride works downward only. The kernels move to the right in the same "
            "steps.",
            wrong=_stride_down_only,
        ),
        Mistake(
            "The padding is ignored: zeros come around each image before the windows "
            "are taken.",
            wrong=lambda x, w, b, stride=1, padding=0: convolve(x, w, b, stride),
        ),
        Mistake(
            "The padding is only above and to the left of the images. It goes all "
            "around them.",
            wrong=_padded_too_little,
        ),
        Mistake(
            "All the padding is above and to the left of the images. Half of it "
            "belongs below and to the right.",
            wrong=_padded_on_one_side,
        ),
        Mistake(
            "Only the first channel is used. A map sums over all channels.",
            wrong=lambda x, w, b, stride=1, padding=0: convolve(
                x[:, :1], w[:, :1], b, stride, padding
            ),
        ),
        Mistake(
            "The channels are averaged. A map is the sum over the channels.",
            wrong=lambda x, w, b, stride=1, padding=0: convolve(
                x, w / w.shape[1], b, stride, padding
            ),
        ),
        Mistake(
            "The maps come last, in shape (N, H', W', M). In this course, as in "
            "PyTorch, channels come second: (N, M, H', W').",
            wrong=lambda x, w, b, stride=1, padding=0: np.moveaxis(
                convolve(x, w, b, stride, padding), 1, -1
            ),
        ),
    ),
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


def _far_apart(x: np.ndarray, size: int = 2) -> np.ndarray:
    """Reshaped with the block's axes in the wrong places: pixels half a map apart."""
    N, C, H, W = x.shape
    H, W = H // size, W // size
    x = x[:, :, : H * size, : W * size]
    return x.reshape(N, C, size, H, size, W).max(axis=(2, 4))


def _split_at_the_end(x: np.ndarray, size: int = 2) -> np.ndarray:
    """Reshaped with both axes of the block at the end: pixels in reading order."""
    N, C, H, W = x.shape
    H, W = H // size, W // size
    x = x[:, :, : H * size, : W * size]
    return x.reshape(N, C, H, W, size, size).max(axis=(4, 5))


def _needs_full_blocks(answer) -> bool:
    """True if a reshape fails where a row is left over."""
    try:
        answer(np.zeros((1, 1, 3, 4)))
    except ValueError as error:
        return "reshape" in str(error)
    return False


def _across_blocks(x: np.ndarray, size: int = 2) -> np.ndarray:
    """The maximum over the blocks, for each place inside a block."""
    N, C, H, W = x.shape
    H, W = H // size, W // size
    x = x[:, :, : H * size, : W * size]
    return x.reshape(N, C, H, size, W, size).max(axis=(2, 4))


def _kept_leftovers(x: np.ndarray, size: int = 2) -> np.ndarray:
    """Blocks that are not full count as well."""
    down, right = -x.shape[2] % size, -x.shape[3] % size
    edges = ((0, 0), (0, 0), (0, down), (0, right))
    return max_pool(np.pad(x, edges, constant_values=-np.inf), size)


def _sliding_blocks(x: np.ndarray, size: int = 2) -> np.ndarray:
    """Blocks that overlap: one at every place."""
    return sliding_window_view(x, (size, size), axis=(2, 3)).max(axis=(4, 5))


def _mean_pool(x: np.ndarray, size: int = 2) -> np.ndarray:
    """The mean of each block."""
    windows = sliding_window_view(x, (size, size), axis=(2, 3))
    return windows[:, :, ::size, ::size].mean(axis=(4, 5))


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
    mistakes=(
        Mistake(
            "This is the mean of each block. Max-pooling keeps the largest value.",
            wrong=_mean_pool,
        ),
        Mistake(
            "This keeps the first value of each block, not the largest.",
            wrong=lambda x, size=2: x[:, :, ::size, ::size][
                :, :, : x.shape[2] // size, : x.shape[3] // size
            ],
        ),
        Mistake(
            "This keeps the first value of each block, not the largest, and counts "
            "blocks that are not full.",
            wrong=lambda x, size=2: x[:, :, ::size, ::size],
        ),
        Mistake(
            "The blocks are always 2 × 2. Use `size`.",
            wrong=lambda x, size=2: max_pool(x),
        ),
        Mistake(
            "It stops where rows or columns are left over: `reshape` needs full "
            "blocks. Cut off the rest first.",
            when=_needs_full_blocks,
        ),
        Mistake(
            "The pixels of a block do not belong together: a reshape splits an axis "
            "where it stands, H into (H', size) and W into (W', size).",
            wrong=_split_at_the_end,
        ),
        Mistake(
            "This is the smallest value of each block. Max-pooling keeps the largest.",
            wrong=lambda x, size=2: -max_pool(-x, size),
        ),
        Mistake(
            "The blocks overlap: move on by `size` places, not by one.",
            wrong=_sliding_blocks,
        ),
        Mistake(
            "The pixels compared do not touch: the axes of the block are in the wrong "
            "place. H splits into (H', size), in this order, and W into (W', size).",
            wrong=_far_apart,
        ),
        Mistake(
            "The maximum is taken from block to block, not inside each block: it runs "
            "over the wrong two axes.",
            wrong=_across_blocks,
        ),
        Mistake(
            "Rows or columns that do not fill a block count here. Leave them out: the "
            "result has H // size rows and W // size columns.",
            wrong=_kept_leftovers,
        ),
        Mistake(
            "Values below zero came out as 0: the search for the largest starts at 0. "
            "Start with a value of the block.",
            wrong=lambda x, size=2: np.maximum(max_pool(x, size), 0),
        ),
        Mistake(
            "The channels are mixed: each map is pooled by itself.",
            wrong=lambda x, size=2: np.broadcast_to(
                max_pool(x, size).max(axis=1, keepdims=True), max_pool(x, size).shape
            ),
        ),
    ),
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


def _count(side, channels, filters, kernel, hidden, classes, **change) -> int:
    """Count with one thing wrong, named in ``change``."""
    places = side - kernel + 1 if change.get("shrinks", True) else side
    pooled = places // 2 if change.get("pools", True) else places
    pooled = places / 2 if change.get("halves") else pooled
    one = 1 if change.get("biases", True) else 0
    area = places**2 // 4 if change.get("quarters") else pooled**2
    flat = area * (filters if change.get("all_maps", True) else 1)
    flat *= channels if change.get("maps_per_channel") else 1
    biases = places**2 if change.get("bias_per_place") else one
    copies = places**2 if change.get("unshared") else 1
    weights = (1 if change.get("gray") else channels) * kernel**2
    if change.get("bias_per_channel"):
        weights, biases = channels * (kernel**2 + 1), 0
    convolution = filters * (copies * weights + biases * copies)
    return convolution + hidden * (flat + one) + classes * (hidden + one)


def _counting(says: str, **change) -> Mistake:
    """A count with one thing wrong."""
    return Mistake(says, wrong=lambda *sizes: _count(*sizes, **change))


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
    mistakes=(
        _counting(
            "All the biases are missing: one for each filter, hidden neuron and class.",
            biases=False,
        ),
        _counting(
            "A filter has kernel × kernel weights for every channel of the image, not "
            "for one channel only.",
            gray=True,
        ),
        _counting(
            "The pooling is left out: it halves both sides of every map before they "
            "are flattened.",
            pools=False,
        ),
        _counting(
            "The maps are too large: without padding, the convolution leaves "
            "side - kernel + 1 places along a side.",
            shrinks=False,
        ),
        _counting(
            "Only one map goes into the hidden layer. All of them do: multiply by the "
            "number of filters.",
            all_maps=False,
        ),
        _counting(
            "The filters have one bias for each place of the map. They share it: one "
            "bias for each filter.",
            bias_per_place=True,
        ),
        _counting(
            "The filters have one bias for each channel. There is one for each filter.",
            bias_per_channel=True,
        ),
        _counting(
            "The weights are counted anew at each place of the map. They are shared: "
            "the same kernel is used everywhere.",
            unshared=True,
        ),
        _counting(
            "Half a place is counted where a map has an odd side. Pooling leaves the "
            "last row and column out: divide with `//`.",
            halves=True,
        ),
        _counting(
            "Where a map has an odd side, pooling leaves out the last row and column. "
            "Halve the side with `//` first, then square it.",
            quarters=True,
        ),
        _counting(
            "The flattened maps are counted once for each channel of the image. A "
            "filter sums over the channels: it makes one map.",
            maps_per_channel=True,
        ),
        Mistake(
            "Each layer has one bias only here. Every filter, every hidden neuron and "
            "every class has its own.",
            wrong=lambda side, channels, filters, kernel, hidden, classes: (
                _count(side, channels, filters, kernel, hidden, classes, biases=False)
                + 3
            ),
        ),
        Mistake(
            "The biases of the convolution are missing: one for each filter.",
            wrong=lambda side, channels, filters, *rest: (
                count_parameters(side, channels, filters, *rest) - filters
            ),
        ),
    ),
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
    """A few images of noise."""
    return [(rng.random(size=(3, 1, 28, 28)),), (rng.random(size=(1, 1, 28, 28)),)]


@torch.no_grad()
def logits_with_fixed_weights(answer, images: np.ndarray) -> np.ndarray:
    """What the network makes of images once its parameters have known values.

    The values follow from a parameter's shape, so neither the order of the layers'
    definition nor their names matter.
    """
    model = answer()
    if not isinstance(model, nn.Module):
        raise TypeError(f"make_cnn() must return a network, not {type(model).__name__}")
    images = torch.tensor(images, dtype=torch.float32)
    model(images)  # layers that find out their sizes now (nn.LazyLinear)
    for values in model.parameters():
        rng = np.random.default_rng([*values.shape])
        scale = (3 / max(values[0].numel(), 10)) ** 0.5
        values.copy_(torch.tensor(rng.uniform(-scale, scale, size=values.shape)))
    model.eval()
    return model(images).numpy()


def _network(**change) -> nn.Module:
    """The lesson's network with one thing changed."""
    bias = change.get("bias", True)
    return nn.Sequential(
        nn.Conv2d(1, 20, 5, bias=bias),
        change.get("after_convolution", nn.ReLU()),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(20 * 12 * 12, 100, bias=bias),
        change.get("after_hidden", nn.Tanh()),
        nn.Linear(100, 10, bias=bias),
        change.get("after_output", nn.Identity()),
    )


def _building(says: str, **change) -> Mistake:
    """A network with one thing changed."""
    return Mistake(says, wrong=lambda: _network(**change))


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


def _layers(answer, kind: type[nn.Module]) -> list:
    """The layers of one kind in a network."""
    return [layer for layer in answer().modules() if isinstance(layer, kind)]


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


make_cnn_exercise = Exercise(
    make_cnn,
    cases=make_cnn_cases,
    run=logits_with_fixed_weights,
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
    mistakes=(
        Mistake(
            "`make_cnn()` must return the network; did you forget the `return`?",
            when=lambda answer: answer() is None,
        ),
        Mistake(
            "`nn.Sequential` takes modules: write `nn.ReLU()` with brackets, which "
            "makes one. `nn.ReLU` is the class, `torch.relu` a function.",
            when=lambda answer: _fails_to_build(answer, "not a Module subclass"),
        ),
        Mistake(
            "`nn.Conv2d` needs three numbers: the channels of the image (1), the "
            "filters (20), the kernel's size (5).",
            when=lambda answer: _fails_to_build(answer, "kernel_size"),
        ),
        Mistake(
            "`make_cnn()` must return one network: put the layers into "
            "`nn.Sequential(…)`.",
            when=lambda answer: not isinstance(answer(), nn.Module),
        ),
        Mistake(
            "The convolution has padding. Without it a side of 28 pixels leaves 24 "
            "places.",
            when=_padded,
        ),
        Mistake(
            "The convolution has its channels exchanged: first come those of the image "
            "(1), then the filters (20).",
            when=lambda answer: any(
                c.in_channels == 20 for c in _layers(answer, nn.Conv2d)
            ),
        ),
        Mistake(
            "The blocks of the pooling overlap: they move on by 1. Leave the stride "
            "out, and they move on by their own size.",
            when=_pools_in_small_steps,
        ),
        Mistake(
            "A dense layer has its numbers exchanged: first come the inputs, then the "
            "neurons, as in `nn.Linear(inputs, neurons)`.",
            when=lambda answer: any(
                (layer.in_features, layer.out_features) in {(100, 2880), (10, 100)}
                for layer in _layers(answer, nn.Linear)
            ),
        ),
        Mistake(
            "`nn.Flatten()` is missing: the dense layer needs all maps of an image in "
            "one row.",
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
            when=_does_not_fit,
        ),
        _building(
            "There is a softmax at the end. Leave it out: `cross_entropy` takes the "
            "logits, and has the softmax in it.",
            after_output=nn.Softmax(dim=1),
        ),
        _building(
            "There is a log-softmax at the end. Leave it out: `cross_entropy` takes "
            "the logits, and has it in it.",
            after_output=nn.LogSoftmax(dim=1),
        ),
        _building(
            "There is a ReLU at the end. Logits may be below zero: leave it out.",
            after_output=nn.ReLU(),
        ),
        _building(
            "There is a tanh at the end. Logits may be any numbers: leave it out.",
            after_output=nn.Tanh(),
        ),
        _building(
            "The ReLU after the convolution is missing.",
            after_convolution=nn.Identity(),
        ),
        _building(
            "The activation after the convolution is tanh; it should be ReLU.",
            after_convolution=nn.Tanh(),
        ),
        _building(
            "The tanh after the hidden layer is missing. Without it two dense layers "
            "are no more than one.",
            after_hidden=nn.Identity(),
        ),
        _building(
            "The hidden layer's activation is ReLU; it should be tanh.",
            after_hidden=nn.ReLU(),
        ),
        _building(
            "The hidden layer's activation is the sigmoid; it should be tanh.",
            after_hidden=nn.Sigmoid(),
        ),
        Mistake(
            "It pools by the mean. It should keep the largest value: `nn.MaxPool2d`.",
            when=lambda answer: bool(_layers(answer, nn.AvgPool2d)),
        ),
        _building(
            "The layers have no biases: leave out `bias=False`.",
            bias=False,
        ),
    ),
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
