"""Lesson 12: right answers in other styles, wrong ones that no edit expresses."""

import math

import numpy as np
import torch
from numpy.lib.stride_tricks import as_strided, sliding_window_view
from torch import nn

from helpers.exercises.edits import edited
from helpers.exercises.lesson_12 import convolve_loops, make_cnn, max_pool

# Exercise 1: convolution with loops --------------------------------------------------


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


def loops_square_kernels_only(x, w, b):
    M, K = w.shape[0], w.shape[2]
    maps = np.zeros((M, x.shape[1] - K + 1, x.shape[2] - K + 1))
    for m, i, j in np.ndindex(maps.shape):
        maps[m, i, j] = np.sum(w[m] * x[:, i : i + K, j : j + K]) + b[m]
    return maps


# Exercise 2: the size of a feature map -----------------------------------------------


def size_by_counting(size, kernel, stride=1, padding=0):
    starts = range(-padding, size + padding - kernel + 1, stride)
    return len(starts)


def size_by_floor(size, kernel, stride=1, padding=0):
    return math.floor((size + padding + padding - kernel) / stride + 1)


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


def torch_single_precision(x, w, b, stride=1, padding=0):
    x, w, b = (values.astype(np.float32) for values in (x, w, b))
    return torch_itself(x, w, b, stride, padding)


def torch_tensors(x, w, b, stride=1, padding=0):
    return torch.from_numpy(torch_single_precision(x, w, b, stride, padding))


def six_loops(x, w, b, stride=1, padding=0):
    x = padded(x, padding)
    maps = [convolve_loops(image, w, b)[:, ::stride, ::stride] for image in x]
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


def bias_on_columns_of_swapped(x, w, b, stride=1, padding=0):
    z = im2col(x, w, 0 * b, stride, padding).swapaxes(0, 1)
    return (z + b).swapaxes(0, 1)


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


# Exercise 6: the network in PyTorch --------------------------------------------------


class OwnModule(nn.Module):
    """Its layers defined in another order, pooled after the ReLU."""

    def __init__(self):
        super().__init__()
        self.output = nn.Linear(100, 10)
        self.hidden = nn.Linear(2880, 100)
        self.filters = nn.Conv2d(1, 20, 5)

    def forward(self, x):
        maps = nn.functional.max_pool2d(self.filters(x).relu(), 2)
        return self.output(torch.tanh(self.hidden(maps.flatten(1))))


class UnusedLayer(OwnModule):
    def __init__(self):
        super().__init__()
        self.more = nn.Linear(10, 10)


class OwnDropout(OwnModule):
    def forward(self, x):
        return nn.functional.dropout(super().forward(x), training=self.training)


def own_module():
    return OwnModule()


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


def lazy_cnn_that_has_seen_an_image():
    model = lazy_cnn()
    model(torch.zeros(1, 1, 28, 28))
    return model


WHOLE, LAST_LAYER = make_cnn(), nn.Linear(100, 10)


WRONG = {
    "convolve_loops": {
        "Shapes (3, 3, 2) and (3, 3, 3) do not go together": [
            loops_square_kernels_only
        ],
        "The result has the right numbers in shape (2, 2)": [
            lambda x, w, b: np.squeeze(taps(x, w, b))
        ],
    },
    "output_size": {
        "It cannot be called as the exercise asks": [
            lambda n, k, s=1, p=0: (n + 2 * p - k) // s + 1
        ],
        "One place is missing": [lambda n, k, s=1, p=0: (n + 2 * p - k) // s],
    },
    "convolve": {
        "The numbers are right, but it is far too slow": [six_loops, four_loops],
        "Right as long as all numbers are of one type": [torch_itself],
        "The result is a PyTorch tensor": [torch_tensors],
        "The biases go to the columns": [bias_on_columns_of_swapped],
    },
    "max_pool": {
        "The result has the right numbers in shape (2,)": [
            lambda x, size=2: np.squeeze(max_pool(x, size))
        ],
    },
    "make_cnn": {
        "Two calls give networks with the same weights": [
            lambda: WHOLE,
            lambda: nn.Sequential(*make_cnn()[:-1], LAST_LAYER),
        ],
        "It has 289,740 parameters": [lambda: UnusedLayer()],
        "While it is trained, the network computes": [lambda: OwnDropout()],
        "A lazy layer does not know its size": [lazy_cnn],
        "The result has shape (3, 9)": [edited(make_cnn, ("100, 10", "100, 9"))],
    },
}

RIGHT = {
    "convolve_loops": [windows_one_by_one, taps],
    "output_size": [size_by_counting, size_by_floor],
    "convolve": [im2col, shifted_images, torch_single_precision],
    "max_pool": [pool_four_slices, pool_loops, pool_windows],
    "count_parameters": [count_layer_by_layer, count_with_torch],
    "make_cnn": [own_module, lazy_cnn_that_has_seen_an_image],
}
