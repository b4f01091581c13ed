"""Lesson 00: right answers in other styles, wrong ones that no edit expresses."""

import math

import numpy as np


def _beyond_the_end(x, w, b):
    total = b
    for i in range(1, len(x) + 1):
        total += x[i] * w[i]
    return total


def _no_return(x, w, b):
    print(x @ w + b)


def _scales_the_input(x, w, b):
    x *= w
    return x.sum() + b


def _right_loop(x, w, b):
    total = b
    for one_x, one_w in zip(x, w, strict=True):
        total += one_x * one_w
    return total


WRONG = {
    "weighted_sum": {
        "It stops with IndexError": [_beyond_the_end],
        "The result is None": [_no_return],
        "The result has the wrong sign": [lambda x, w, b: -(x @ w + b)],
        "It changes its input `x` in place": [_scales_the_input],
        "The result is a list": [lambda x, w, b: [x @ w + b]],
        "It cannot be called as the exercise asks": [lambda x, w: x @ w],
        "The result is close": [lambda x, w, b: x @ w + np.round(b, 1)],
    },
}

RIGHT = {
    "weighted_sum": [
        _right_loop,
        lambda x, w, b: np.einsum("i,i->", x, w) + b,
        lambda x, w, b: math.fsum(a * c for a, c in zip(x, w, strict=True)) + b,
    ],
}
