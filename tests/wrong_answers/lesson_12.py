"""Lesson 12: answers that learners plausibly give, and what each must be told."""

import math

import numpy as np
import torch
from numpy.lib.stride_tricks import as_strided, sliding_window_view
from torch import nn

# Exercise 1: convolution with loops --------------------------------------------------


def loops(x, w, b, pixel=None, start=None):
    """Six loops. `pixel`: which one a weight meets; `start`: where the sum starts."""
    M, C, K, L = w.shape
    rows, columns = x.shape[1] - K + 1, x.shape[2] - L + 1
    maps = np.zeros((M, rows, columns))
    for m, i, j in np.ndindex(M, rows, columns):
        maps[m, i, j] = b[m] if start is None else start(b[m])
        for c, p, q in np.ndindex(C, K, L):
            value = x[c, i + p, j + q] if pixel is None else pixel(x, c, i, j, p, q)
            maps[m, i, j] += w[m, c, p, q] * value
    return maps


def loops_flipped(x, w, b):
    K, L = w.shape[2:]
    return loops(x, w, b, lambda x, c, i, j, p, q: x[c, i + K - 1 - p, j + L - 1 - q])


def loops_without_bias(x, w, b):
    return loops(x, w, b, start=lambda bias: 0)


def loops_bias_inside(x, w, b):
    M, C, K, L = w.shape
    maps = np.zeros((M, x.shape[1] - K + 1, x.shape[2] - L + 1))
    for m, i, j in np.ndindex(maps.shape):
        for c, p, q in np.ndindex(C, K, L):
            maps[m, i, j] += w[m, c, p, q] * x[c, i + p, j + q] + b[m]
    return maps


def loops_bias_for_each_channel(x, w, b):
    M, C, K, L = w.shape
    maps = np.zeros((M, x.shape[1] - K + 1, x.shape[2] - L + 1))
    for m, i, j in np.ndindex(maps.shape):
        for c in range(C):
            maps[m, i, j] += np.sum(w[m, c] * x[c, i : i + K, j : j + L]) + b[m]
    return maps


def loops_first_channel(x, w, b):
    return loops(x[0:1], w[:, 0:1], b)


def loops_first_channel_weights(x, w, b):
    M, _, K, L = w.shape
    maps = np.zeros((M, x.shape[1] - K + 1, x.shape[2] - L + 1))
    for m, i, j in np.ndindex(maps.shape):
        maps[m, i, j] = np.sum(w[m, 0] * x[:, i : i + K, j : j + L]) + b[m]
    return maps


def loops_first_kernel(x, w, b):
    return loops(x, np.stack([w[0]] * len(w)), b)


def loops_overwritten(x, w, b):
    M, C, K, L = w.shape
    maps = np.zeros((M, x.shape[1] - K + 1, x.shape[2] - L + 1))
    for m, i, j in np.ndindex(maps.shape):
        for c, p, q in np.ndindex(C, K, L):
            maps[m, i, j] = w[m, c, p, q] * x[c, i + p, j + q]
    return maps


def loops_one_short(x, w, b):
    M, _, K, L = w.shape
    maps = np.zeros((M, x.shape[1] - K, x.shape[2] - L))
    for m, i, j in np.ndindex(maps.shape):
        maps[m, i, j] = np.sum(w[m] * x[:, i : i + K, j : j + L]) + b[m]
    return maps


def loops_square_kernels_only(x, w, b):
    M, K = w.shape[0], w.shape[2]
    maps = np.zeros((M, x.shape[1] - K + 1, x.shape[2] - K + 1))
    for m, i, j in np.ndindex(maps.shape):
        maps[m, i, j] = np.sum(w[m] * x[:, i : i + K, j : j + K]) + b[m]
    return maps


def loops_bias_into_kernel(x, w, b):
    w *= 2
    return loops(x, w / 2, b)


def windows_one_by_one(x, w, b):
    M, _, K, L = w.shape
    rows = range(x.shape[1] - K + 1)
    columns = range(x.shape[2] - L + 1)
    patch = [[x[:, i : i + K, j : j + L] for j in columns] for i in rows]
    return np.array(
        [[[(w[m] * p).sum() + b[m] for p in row] for row in patch] for m in range(M)]
    )


def taps(x, w, b):
    """Add up shifted copies of the whole image, one for each weight."""
    M, C, K, L = w.shape
    H, W = x.shape[1] - K + 1, x.shape[2] - L + 1
    maps = np.zeros((M, H, W)) + np.reshape(b, (M, 1, 1))
    for c, p, q in np.ndindex(C, K, L):
        maps += w[:, c, p, q, None, None] * x[c, p : p + H, q : q + W]
    return maps


# Exercise 2: the size of a feature map -----------------------------------------------


def size_by_counting(size, kernel, stride=1, padding=0):
    starts = range(-padding, size + padding - kernel + 1, stride)
    return len(starts)


def size_by_floor(size, kernel, stride=1, padding=0):
    return math.floor((size + padding + padding - kernel) / stride + 1)


def size_by_measuring(size, kernel, stride=1, padding=0):
    windows = sliding_window_view(np.zeros(size + 2 * padding), kernel)
    return np.int64(len(windows[::stride]))


# Exercise 3: convolution without loops -----------------------------------------------


def padded(x, padding):
    return np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])


def im2col(x, w, b, stride=1, padding=0):
    """Windows as the rows of a matrix, kernels as the columns of another."""
    M, C, K, L = w.shape
    x = padded(x, padding)
    rows = (x.shape[2] - K) // stride + 1
    columns = (x.shape[3] - L) // stride + 1
    N, s = len(x), x.strides
    strides = (s[0], s[2] * stride, s[3] * stride, s[1], s[2], s[3])
    windows = as_strided(x, (N, rows, columns, C, K, L), strides)
    z = windows.reshape(N * rows * columns, -1) @ w.reshape(M, -1).T + b
    return z.reshape(N, rows, columns, M).transpose(0, 3, 1, 2)


def shifted_images(x, w, b, stride=1, padding=0):
    """A loop over the weights of a kernel only."""
    M, _, K, L = w.shape
    x = padded(x, padding)
    rows = (x.shape[2] - K) // stride + 1
    columns = (x.shape[3] - L) // stride + 1
    maps = np.zeros((len(x), M, rows, columns)) + b[None, :, None, None]
    for p, q in np.ndindex(K, L):
        pixels = x[:, :, p : p + stride * rows : stride]
        pixels = pixels[:, :, :, q : q + stride * columns : stride]
        maps += np.einsum("nchw,mc->nmhw", pixels, w[:, :, p, q])
    return maps


def torch_itself(x, w, b, stride=1, padding=0):
    x, w, b = map(torch.from_numpy, (x, w, b))
    return nn.functional.conv2d(x, w, b, stride, padding).numpy()


def six_loops(x, w, b, stride=1, padding=0):
    x = padded(x, padding)
    maps = [loops(image, w, b)[:, ::stride, ::stride] for image in x]
    return np.stack(maps)


def four_loops(x, w, b, stride=1, padding=0):
    M, _, K, L = w.shape
    x = padded(x, padding)
    rows = (x.shape[2] - K) // stride + 1
    columns = (x.shape[3] - L) // stride + 1
    maps = np.zeros((len(x), M, rows, columns))
    for n, m, i, j in np.ndindex(maps.shape):
        top, left = i * stride, j * stride
        window = x[n, :, top : top + K, left : left + L]
        maps[n, m, i, j] = (window * w[m]).sum() + b[m]
    return maps


def vector_flipped(x, w, b, stride=1, padding=0):
    return im2col(x, np.flip(w, (2, 3)), b, stride, padding)


def vector_without_bias(x, w, b, stride=1, padding=0):
    return im2col(x, w, np.zeros(len(w)), stride, padding)


def vector_without_stride(x, w, b, stride=1, padding=0):
    windows = sliding_window_view(padded(x, padding), w.shape[2:], axis=(2, 3))
    return np.einsum("nchwpq,mcpq->nmhw", windows, w) + b[:, None, None]


def vector_stride_down_only(x, w, b, stride=1, padding=0):
    windows = sliding_window_view(padded(x, padding), w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride]
    return np.einsum("nchwpq,mcpq->nmhw", windows, w) + b[:, None, None]


def vector_without_padding(x, w, b, stride=1, padding=0):
    windows = sliding_window_view(x, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nchwpq,mcpq->nmhw", windows, w) + b[:, None, None]


def vector_padded_before(x, w, b, stride=1, padding=0):
    x = np.pad(x, [(0, 0), (0, 0), (padding, 0), (padding, 0)])
    return im2col(x, w, b, stride)


def vector_padded_twice_before(x, w, b, stride=1, padding=0):
    x = np.pad(x, [(0, 0), (0, 0), (2 * padding, 0), (2 * padding, 0)])
    return im2col(x, w, b, stride)


def vector_first_channel(x, w, b, stride=1, padding=0):
    windows = sliding_window_view(padded(x, padding), w.shape[2:], axis=(2, 3))
    windows = windows[:, 0, ::stride, ::stride]
    return np.einsum("nhwpq,mpq->nmhw", windows, w[:, 0]) + b[:, None, None]


def vector_mean_of_channels(x, w, b, stride=1, padding=0):
    each = [im2col(x[:, [c]], w[:, [c]], b, stride, padding) for c in range(x.shape[1])]
    return np.mean([z - b[:, None, None] for z in each], axis=0) + b[:, None, None]


def vector_maps_last(x, w, b, stride=1, padding=0):
    windows = sliding_window_view(padded(x, padding), w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nchwpq,mcpq->nhwm", windows, w, optimize=True) + b


def vector_bias_on_columns(x, w, b, stride=1, padding=0):
    return im2col(x, w, 0 * b, stride, padding) + b


def vector_bias_on_columns_of_swapped(x, w, b, stride=1, padding=0):
    z = im2col(x, w, 0 * b, stride, padding).swapaxes(0, 1)
    return (z + b).swapaxes(0, 1)


def vector_padded_everywhere(x, w, b, stride=1, padding=0):
    windows = sliding_window_view(np.pad(x, padding), w.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    z = np.tensordot(windows, w, axes=((1, 4, 5), (1, 2, 3)))
    return np.moveaxis(z, 3, 1) + b[:, None, None]


def single_precision(x, w, b, stride=1, padding=0):
    x, w, b = (values.astype(np.float32) for values in (x, w, b))
    return im2col(x, w, b, stride, padding)


def torch_single_precision(x, w, b, stride=1, padding=0):
    return torch_itself(
        *(v.astype(np.float32) for v in (x, w, b)), stride=stride, padding=padding
    )


# Exercise 4: max-pooling -------------------------------------------------------------


def pool_four_slices(x, size=2):
    H, W = x.shape[2] // size * size, x.shape[3] // size * size
    best = x[:, :, 0:H:size, 0:W:size]
    for i, j in np.ndindex(size, size):
        best = np.maximum(best, x[:, :, i:H:size, j:W:size])
    return best


def pool_loops(x, size=2):
    N, C, H, W = x.shape
    out = np.empty((N, C, H // size, W // size))
    for n, c, i, j in np.ndindex(out.shape):
        top, left = i * size, j * size
        out[n, c, i, j] = x[n, c, top : top + size, left : left + size].max()
    return out


def pool_windows(x, size=2):
    windows = sliding_window_view(x, (size, size), axis=(2, 3))
    return windows[:, :, ::size, ::size].max(axis=(-2, -1))


def pool_mean(x, size=2):
    H, W = x.shape[2] // size * size, x.shape[3] // size * size
    parts = [x[:, :, i:H:size, j:W:size] for i, j in np.ndindex(size, size)]
    return np.mean(parts, axis=0)


def pool_first(x, size=2):
    H, W = x.shape[2] // size * size, x.shape[3] // size * size
    return x[:, :, 0:H:size, 0:W:size]


def pool_smallest(x, size=2):
    H, W = x.shape[2] // size * size, x.shape[3] // size * size
    parts = [x[:, :, i:H:size, j:W:size] for i, j in np.ndindex(size, size)]
    return np.min(parts, axis=0)


def pool_overlapping(x, size=2):
    N, C, H, W = x.shape
    out = np.empty((N, C, H - size + 1, W - size + 1))
    for n, c, i, j in np.ndindex(out.shape):
        out[n, c, i, j] = x[n, c, i : i + size, j : j + size].max()
    return out


def pool_wrong_reshape(x, size=2):
    N, C, H, W = x.shape
    H, W = H // size, W // size
    blocks = x[:, :, : H * size, : W * size].reshape(N, C, size, H, size, W)
    return blocks.max(axis=2).max(axis=3)


def pool_wrong_axes(x, size=2):
    N, C, H, W = x.shape
    H, W = H // size, W // size
    blocks = x[:, :, : H * size, : W * size].reshape(N, C, H, size, W, size)
    return blocks.max(axis=(2, 4))


def pool_rounded_up(x, size=2):
    N, C, H, W = x.shape
    out = np.empty((N, C, -(-H // size), -(-W // size)))
    for n, c, i, j in np.ndindex(out.shape):
        top, left = i * size, j * size
        out[n, c, i, j] = x[n, c, top : top + size, left : left + size].max()
    return out


def pool_from_zero(x, size=2):
    N, C, H, W = x.shape
    out = np.zeros((N, C, H // size, W // size))
    for n, c, i, j in np.ndindex(out.shape):
        for p, q in np.ndindex(size, size):
            out[n, c, i, j] = max(out[n, c, i, j], x[n, c, i * size + p, j * size + q])
    return out


def pool_across_channels(x, size=2):
    out = pool_loops(x, size)
    for n, i, j in np.ndindex(len(x), *out.shape[2:]):
        out[n, :, i, j] = out[n, :, i, j].max()
    return out


def pool_without_cutting(x, size=2):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // size, size, W // size, size).max(axis=(3, 5))


def pool_first_without_cutting(x, size=2):
    return x[..., ::size, ::size]


def pool_always_two(x, size=2):
    return pool_loops(x, 2)


def pool_split_at_the_end(x, size=2):
    N, C, H, W = x.shape
    H, W = H // size, W // size
    x = x[:, :, : H * size, : W * size]
    return x.reshape(N, C, H, W, size, size).max(axis=(-2, -1))


# Exercise 5: counting parameters -----------------------------------------------------


def count_layer_by_layer(side, channels, filters, kernel, hidden, classes):
    total = filters * channels * kernel * kernel + filters
    side = math.floor((side - kernel + 1) / 2)
    total += side * side * filters * hidden + hidden
    return total + hidden * classes + classes


def count_with_torch(side, channels, filters, kernel, hidden, classes):
    pooled = (side - kernel + 1) // 2
    layers = [
        nn.Conv2d(channels, filters, kernel),
        nn.Linear(filters * pooled**2, hidden),
        nn.Linear(hidden, classes),
    ]
    return sum(p.numel() for layer in layers for p in layer.parameters())


def count_weights(side, channels, filters, kernel, hidden, classes):
    pooled = (side - kernel + 1) // 2
    flat = filters * pooled * pooled
    return filters * channels * kernel * kernel + flat * hidden + hidden * classes


def count_gray_only(side, channels, filters, kernel, hidden, classes):
    return count_layer_by_layer(side, 1, filters, kernel, hidden, classes)


def count_without_pooling(side, channels, filters, kernel, hidden, classes):
    flat = filters * (side - kernel + 1) ** 2
    total = filters * (channels * kernel**2 + 1)
    return total + hidden * (flat + 1) + classes * (hidden + 1)


def count_maps_of_full_size(side, channels, filters, kernel, hidden, classes):
    flat = filters * (side // 2) ** 2
    total = filters * (channels * kernel**2 + 1)
    return total + hidden * (flat + 1) + classes * (hidden + 1)


def count_one_map(side, channels, filters, kernel, hidden, classes):
    flat = ((side - kernel + 1) // 2) ** 2
    total = filters * (channels * kernel**2 + 1)
    return total + hidden * (flat + 1) + classes * (hidden + 1)


def count_bias_for_each_place(side, channels, filters, kernel, hidden, classes):
    places = (side - kernel + 1) ** 2
    extra = filters * (places - 1)
    return extra + count_layer_by_layer(
        side, channels, filters, kernel, hidden, classes
    )


def count_bias_for_each_channel(side, channels, filters, kernel, hidden, classes):
    extra = filters * (channels - 1)
    return extra + count_layer_by_layer(
        side, channels, filters, kernel, hidden, classes
    )


def count_not_shared(side, channels, filters, kernel, hidden, classes):
    places = (side - kernel + 1) ** 2
    extra = filters * (channels * kernel**2 + 1) * (places - 1)
    return extra + count_layer_by_layer(
        side, channels, filters, kernel, hidden, classes
    )


def count_convolution_without_bias(side, channels, filters, kernel, hidden, classes):
    pooled = (side - kernel + 1) // 2
    total = filters * channels * kernel**2
    return total + hidden * (filters * pooled**2 + 1) + classes * (hidden + 1)


def count_the_output_only(side, channels, filters, kernel, hidden, classes):
    return classes * (hidden + 1)


def count_half_places(side, channels, filters, kernel, hidden, classes):
    flat = filters * ((side - kernel + 1) / 2) ** 2
    total = filters * (channels * kernel**2 + 1)
    return total + hidden * (flat + 1) + classes * (hidden + 1)


def count_a_quarter(side, channels, filters, kernel, hidden, classes):
    places = side - kernel + 1
    flat = places * places // 4 * filters
    total = filters * (channels * kernel**2 + 1)
    return total + hidden * (flat + 1) + classes * (hidden + 1)


def count_maps_for_each_channel(side, channels, filters, kernel, hidden, classes):
    flat = channels * filters * ((side - kernel + 1) // 2) ** 2
    total = filters * (channels * kernel**2 + 1)
    return total + hidden * (flat + 1) + classes * (hidden + 1)


def count_one_bias_each(side, channels, filters, kernel, hidden, classes):
    return count_weights(side, channels, filters, kernel, hidden, classes) + 3


# Exercise 6: the network in PyTorch --------------------------------------------------


def build(*middle, convolution=None, hidden=None, last=(), output=None):
    """The lesson's network from parts."""
    return nn.Sequential(
        convolution or nn.Conv2d(1, 20, 5),
        *(middle or (nn.ReLU(), nn.MaxPool2d(2, 2))),
        nn.Flatten(),
        nn.Linear(2880, 100),
        *([nn.Tanh()] if hidden is None else hidden),
        output or nn.Linear(100, 10),
        *last,
    )


class WithForward(nn.Module):
    """A module of its own, its layers defined in another order, pooled before ReLU."""

    def __init__(self):
        super().__init__()
        self.output = nn.Linear(100, 10)
        self.hidden = nn.Linear(2880, 100)
        self.filters = nn.Conv2d(1, 20, 5)

    def forward(self, x):
        maps = nn.functional.max_pool2d(self.filters(x), 2).relu()
        return self.output(torch.tanh(self.hidden(maps.flatten(1))))


def own_module():
    return WithForward()


def lazy_cnn():
    return nn.Sequential(
        nn.LazyConv2d(20, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.LazyLinear(100),
        nn.Tanh(),
        nn.LazyLinear(10),
    )


def forgot_return():
    nn.Sequential(nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2))


def list_of_layers():
    return [nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]


def without_biases():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5, bias=False),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(2880, 100, bias=False),
        nn.Tanh(),
        nn.Linear(100, 10, bias=False),
    )


def padded_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(20 * 14 * 14, 100),
        nn.Tanh(),
        nn.Linear(100, 10),
    )


def forgot_pooling():
    return build(nn.ReLU())


def forgot_flatten():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Linear(2880, 100),
        nn.Tanh(),
        nn.Linear(100, 10),
    )


def exchanged_dense():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(100, 2880),
        nn.Tanh(),
        nn.Linear(100, 10),
    )


WRONG = {
    "convolve_loops": [
        (
            loops_flipped,
            "The kernel lies upside down and back to front on the image. That is "
            "what mathematicians call convolution; networks do not flip: `w[m, c, "
            "p, q]` meets `x[c, i + p, j + q]`.",
        ),
        (
            loops_without_bias,
            "The bias is missing: each map gets its own `b[m]`, added once to every"
            " place.",
        ),
        (
            loops_bias_inside,
            "The bias is added once for every weight. It belongs to the whole sum: "
            "add it once, outside the inner loops.",
        ),
        (
            loops_bias_for_each_channel,
            "The bias is added once for every channel. It belongs to the whole sum:"
            " add it once, outside the loop over channels.",
        ),
        (
            loops_first_channel,
            "Only the first channel is used. A map sums over all channels.",
        ),
        (
            loops_first_channel_weights,
            "All channels are weighted with the kernel of the first one. Each "
            "channel has weights of its own: `w[m, c]`.",
        ),
        (
            loops_first_kernel,
            "All maps come from the first kernel. Map m belongs to kernel `w[m]`.",
        ),
        (
            loops_overwritten,
            "Each product replaces the one before. Add them up: `total += …`.",
        ),
        (
            loops_one_short,
            "The last row and the last column of places are missing. A kernel of K "
            "weights fits into H pixels at H - K + 1 places.",
        ),
        (
            loops_square_kernels_only,
            "Shapes (3, 3, 2) and (3, 3, 3) do not go together number by number: "
            "compared from the right, the sizes must be the same, or one of them 1.",
        ),
        (
            loops_bias_into_kernel,
            "It changes its input `w` in place: work on a copy, or write `a = a + "
            "b` instead of `a += b`.",
        ),
    ],
    "output_size": [
        (
            lambda n, k, s=1, p=0: (n + 2 * p - k) // s,
            "One place is missing: the start at pixel 0 counts as well.",
        ),
        (
            lambda n, k, s=1, p=0: (n + p - k) // s + 1,
            "The padding counts twice: there are zeros on both ends of the side.",
        ),
        (
            lambda n, k, s=1, p=0: (n - k) // s + 1,
            "The padding is left out. It makes the side longer, at both ends.",
        ),
        (
            lambda n, k, s=1, p=0: n + 2 * p - k + 1,
            "The stride is left out. With stride 2 there is a place at every second"
            " pixel only.",
        ),
        (
            lambda n, k, s=1, p=0: (n + 2 * p - k) / s + 1,
            "A number of places is whole. When the last step does not fit, the "
            "pixels left over are not used: divide with `//`.",
        ),
        (
            lambda n, k, s=1, p=0: math.ceil((n + 2 * p - k) / s) + 1,
            "It rounds up where the last step does not fit. The kernel would hang "
            "over the edge: round down.",
        ),
        (
            lambda n, k, s=1, p=0: round((n + 2 * p - k) / s) + 1,
            "It rounds to the nearest number. A last step that does not fit is not "
            "taken, however near it comes: round down.",
        ),
        (
            lambda n, k, s=1, p=0: n - k + 1,
            "Stride and padding are left out: this is the number of places for stride "
            "1 without padding.",
        ),
        (
            lambda n, k, s=1, p=0: (n + 2 * p - k + 1) // s,
            "The 1 is added before the division by the stride. Divide first: the "
            "start at pixel 0 is there for every stride.",
        ),
        (
            lambda n, k, s=1, p=0: (n + 2 * p) // s,
            "The kernel's size is left out: it must end inside the image as well.",
        ),
        (
            lambda n, k, s=1, p=0: [(n + 2 * p - k) // s + 1],
            "The result is a list where a number is expected.",
        ),
    ],
    "convolve": [
        (
            six_loops,
            "The numbers are right, but it is far too slow for a hundred images, as"
            " loops in Python are. Let NumPy take all windows at once.",
        ),
        (
            four_loops,
            "The numbers are right, but it is far too slow for a hundred images, as"
            " loops in Python are. Let NumPy take all windows at once.",
        ),
        (
            vector_flipped,
            "The kernels lie upside down and back to front on the images. Networks "
            "do not flip them.",
        ),
        (
            vector_without_bias,
            "The biases are missing: every map m gets `b[m]` added.",
        ),
        (
            vector_without_stride,
            "The stride is ignored: only every stride-th window counts, down and to"
            " the right.",
        ),
        (
            vector_stride_down_only,
            "The stride works downward only. The kernels move to the right in the "
            "same steps.",
        ),
        (
            vector_without_padding,
            "The padding is ignored: zeros come around each image before the "
            "windows are taken.",
        ),
        (
            vector_padded_before,
            "The padding is only above and to the left of the images. It goes all "
            "around them.",
        ),
        (
            vector_padded_twice_before,
            "All the padding is above and to the left of the images. Half of it "
            "belongs below and to the right.",
        ),
        (
            vector_first_channel,
            "Only the first channel is used. A map sums over all channels.",
        ),
        (
            vector_mean_of_channels,
            "The channels are averaged. A map is the sum over the channels.",
        ),
        (
            vector_maps_last,
            "The maps come last, in shape (N, H', W', M). In this course, as in "
            "PyTorch, channels come second: (N, M, H', W').",
        ),
        (
            vector_bias_on_columns,
            "The biases go to the columns of the maps: NumPy lines up the last axes. "
            "Give `b` two more axes, `b[:, None, None]`, so that it meets the axis M.",
        ),
        (
            vector_bias_on_columns_of_swapped,
            "The biases go to the columns of the maps: NumPy lines up the last axes. "
            "Give `b` two more axes, `b[:, None, None]`, so that it meets the axis M.",
        ),
        (
            vector_padded_everywhere,
            "It is right without padding, and goes wrong with it. Does `np.pad(x, "
            "padding)` put zeros around all four axes? Only H and W get any: give each "
            "axis its own pair of numbers.",
        ),
    ],
    "max_pool": [
        (
            pool_mean,
            "This is the mean of each block. Max-pooling keeps the largest value.",
        ),
        (
            pool_first,
            "This keeps the first value of each block, not the largest.",
        ),
        (
            pool_smallest,
            "This is the smallest value of each block. Max-pooling keeps the largest.",
        ),
        (
            pool_overlapping,
            "The blocks overlap: move on by `size` places, not by one.",
        ),
        (
            pool_wrong_reshape,
            "The pixels compared do not touch: the axes of the block are in the "
            "wrong place. H splits into (H', size), in this order, and W into (W', "
            "size).",
        ),
        (
            pool_wrong_axes,
            "The maximum is taken from block to block, not inside each block: it "
            "runs over the wrong two axes.",
        ),
        (
            pool_rounded_up,
            "Rows or columns that do not fill a block count here. Leave them out: "
            "the result has H // size rows and W // size columns.",
        ),
        (
            pool_from_zero,
            "Values below zero came out as 0: the search for the largest starts at "
            "0. Start with a value of the block.",
        ),
        (
            pool_across_channels,
            "The channels are mixed: each map is pooled by itself.",
        ),
        (
            pool_without_cutting,
            "It stops where rows or columns are left over: `reshape` needs full "
            "blocks. Cut off the rest first.",
        ),
        (
            pool_first_without_cutting,
            "This keeps the first value of each block, not the largest, and counts "
            "blocks that are not full.",
        ),
        (
            pool_always_two,
            "The blocks are always 2 × 2. Use `size`.",
        ),
        (
            pool_split_at_the_end,
            "The pixels of a block do not belong together: a reshape splits an axis "
            "where it stands, H into (H', size) and W into (W', size).",
        ),
    ],
    "count_parameters": [
        (
            count_weights,
            "All the biases are missing: one for each filter, hidden neuron and class.",
        ),
        (
            count_gray_only,
            "A filter has kernel × kernel weights for every channel of the image, "
            "not for one channel only.",
        ),
        (
            count_without_pooling,
            "The pooling is left out: it halves both sides of every map before they"
            " are flattened.",
        ),
        (
            count_maps_of_full_size,
            "The maps are too large: without padding, the convolution leaves side -"
            " kernel + 1 places along a side.",
        ),
        (
            count_one_map,
            "Only one map goes into the hidden layer. All of them do: multiply by "
            "the number of filters.",
        ),
        (
            count_bias_for_each_place,
            "The filters have one bias for each place of the map. They share it: "
            "one bias for each filter.",
        ),
        (
            count_bias_for_each_channel,
            "The filters have one bias for each channel. There is one for each filter.",
        ),
        (
            count_not_shared,
            "The weights are counted anew at each place of the map. They are "
            "shared: the same kernel is used everywhere.",
        ),
        (
            count_convolution_without_bias,
            "The biases of the convolution are missing: one for each filter.",
        ),
        (
            count_half_places,
            "Half a place is counted where a map has an odd side. Pooling leaves the "
            "last row and column out: divide with `//`.",
        ),
        (
            count_a_quarter,
            "Where a map has an odd side, pooling leaves out the last row and column. "
            "Halve the side with `//` first, then square it.",
        ),
        (
            count_maps_for_each_channel,
            "The flattened maps are counted once for each channel of the image. A "
            "filter sums over the channels: it makes one map.",
        ),
        (
            count_one_bias_each,
            "Each layer has one bias only here. Every filter, every hidden neuron and "
            "every class has its own.",
        ),
        (
            count_the_output_only,
            "The result is not what is expected.",
        ),
    ],
    "make_cnn": [
        (
            forgot_return,
            "`make_cnn()` must return the network; did you forget the `return`?",
        ),
        (
            list_of_layers,
            "`make_cnn()` must return one network: put the layers into "
            "`nn.Sequential(…)`.",
        ),
        (
            padded_cnn,
            "The convolution has padding. Without it a side of 28 pixels leaves 24 "
            "places.",
        ),
        (
            lambda: build(convolution=nn.Conv2d(20, 1, 5)),
            "The convolution has its channels exchanged: first come those of the "
            "image (1), then the filters (20).",
        ),
        (
            forgot_pooling,
            "A dense layer gets another number of inputs than it was made for. "
            "After pooling there are 20 maps of 12 × 12, which makes 2,880: is the "
            "pooling missing, or a size wrong?",
        ),
        (
            lambda: build(convolution=nn.Conv2d(1, 20, 3)),
            "A dense layer gets another number of inputs than it was made for. "
            "After pooling there are 20 maps of 12 × 12, which makes 2,880: is the "
            "pooling missing, or a size wrong?",
        ),
        (
            lambda: build(last=[nn.Softmax(dim=1)]),
            "There is a softmax at the end. Leave it out: `cross_entropy` takes the"
            " logits, and has the softmax in it.",
        ),
        (
            lambda: build(last=[nn.LogSoftmax(dim=1)]),
            "There is a log-softmax at the end. Leave it out: `cross_entropy` takes"
            " the logits, and has it in it.",
        ),
        (
            lambda: build(last=[nn.ReLU()]),
            "There is a ReLU at the end. Logits may be below zero: leave it out.",
        ),
        (
            lambda: build(nn.MaxPool2d(2)),
            "The ReLU after the convolution is missing.",
        ),
        (
            lambda: build(nn.Tanh(), nn.MaxPool2d(2)),
            "The activation after the convolution is tanh; it should be ReLU.",
        ),
        (
            lambda: build(hidden=[]),
            "The tanh after the hidden layer is missing. Without it two dense "
            "layers are no more than one.",
        ),
        (
            lambda: build(hidden=[nn.ReLU()]),
            "The hidden layer's activation is ReLU; it should be tanh.",
        ),
        (
            lambda: build(hidden=[nn.Sigmoid()]),
            "The hidden layer's activation is the sigmoid; it should be tanh.",
        ),
        (
            lambda: build(nn.ReLU(), nn.AvgPool2d(2)),
            "It pools by the mean. It should keep the largest value: `nn.MaxPool2d`.",
        ),
        (
            lambda: build(nn.AvgPool2d(2), nn.ReLU()),
            "It pools by the mean. It should keep the largest value: `nn.MaxPool2d`.",
        ),
        (
            forgot_flatten,
            "`nn.Flatten()` is missing: the dense layer needs all maps of an image in "
            "one row.",
        ),
        (
            exchanged_dense,
            "A dense layer has its numbers exchanged: first come the inputs, then the "
            "neurons, as in `nn.Linear(inputs, neurons)`.",
        ),
        (
            lambda: build(nn.ReLU, nn.MaxPool2d(2)),
            "`nn.Sequential` takes modules: write `nn.ReLU()` with brackets, which "
            "makes one. `nn.ReLU` is the class, `torch.relu` a function.",
        ),
        (
            lambda: build(torch.relu, nn.MaxPool2d(2)),
            "`nn.Sequential` takes modules: write `nn.ReLU()` with brackets, which "
            "makes one. `nn.ReLU` is the class, `torch.relu` a function.",
        ),
        (
            lambda: build(convolution=nn.Conv2d(20, 5)),
            "`nn.Conv2d` needs three numbers: the channels of the image (1), the "
            "filters (20), the kernel's size (5).",
        ),
        (
            lambda: build(nn.ReLU(), nn.MaxPool2d(2, 1)),
            "The blocks of the pooling overlap: they move on by 1. Leave the stride "
            "out, and they move on by their own size.",
        ),
        (
            lambda: build(last=[nn.Tanh()]),
            "There is a tanh at the end. Logits may be any numbers: leave it out.",
        ),
        (
            without_biases,
            "The layers have no biases: leave out `bias=False`.",
        ),
        (
            lambda: build(output=nn.Linear(100, 9)),
            "The result has shape (3, 9) instead of (3, 10).",
        ),
    ],
}

RIGHT = {
    "convolve_loops": [loops, windows_one_by_one, taps],
    "output_size": [size_by_counting, size_by_floor, size_by_measuring],
    "convolve": [
        im2col,
        shifted_images,
        torch_itself,
        single_precision,
        torch_single_precision,
    ],
    "max_pool": [pool_four_slices, pool_loops, pool_windows],
    "count_parameters": [count_layer_by_layer, count_with_torch],
    "make_cnn": [own_module, lazy_cnn, build],
}
