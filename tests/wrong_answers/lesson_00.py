"""Wrong and right answers to the exercise of lesson 00."""

import math

import numpy as np


def _loop_without_bias(x, w, b):
    total = 0
    for i in range(len(x)):
        total += x[i] * w[i]
    return total


def _bias_in_the_loop(x, w, b):
    total = 0.0
    for i in range(len(x)):
        total += x[i] * w[i] + b
    return total


def _from_one(x, w, b):
    total = b
    for i in range(1, len(x)):
        total += x[i] * w[i]
    return total


def _beyond_the_end(x, w, b):
    total = b
    for i in range(1, len(x) + 1):
        total += x[i] * w[i]
    return total


def _return_in_the_loop(x, w, b):
    total = b
    for i in range(len(x)):
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
    "weighted_sum": [
        (
            lambda x, w, b: np.dot(x, w),
            "The bias is missing: add `b`, once, at the end.",
        ),
        (_loop_without_bias, "The bias is missing: add `b`, once, at the end."),
        (
            lambda x, w, b: w * x + b,
            "Each input is weighed, but they are not added up: one number for each "
            "input came out.",
        ),
        (
            _bias_in_the_loop,
            "The bias is added once for every input. Add up first, then add `b`.",
        ),
        (
            lambda x, w, b: (w * x).sum() - b,
            "The bias is subtracted: it is to be added.",
        ),
        (
            lambda x, w, b: sum(x) * sum(w) + b,
            "Inputs and weights are added up separately. Multiply each input by its "
            "weight first, then add up.",
        ),
        (
            lambda x, w, b: sum(x) + sum(w) + b,
            "Inputs and weights are added to each other: multiply them.",
        ),
        (_from_one, "The first input is left out: in Python, counting starts at 0."),
        (
            _return_in_the_loop,
            "Only the first input counts. Is `return` inside the loop? Move it to "
            "the left, so that it comes after the loop.",
        ),
        (
            _beyond_the_end,
            "It stops with IndexError: index 3 is out of bounds for axis 0 with size 3",
        ),
        (
            _no_return,
            "The result is None: a `return` is missing, or it was not reached.",
        ),
        (
            lambda x, w, b: -(x @ w + b),
            "The result has the wrong sign; the numbers are right.",
        ),
        (
            _scales_the_input,
            "It changes its input `x` in place: work on a copy, or write `a = a + b` "
            "instead of `a += b`.",
        ),
        (
            lambda x, w, b: [x @ w + b],
            "The result is a list where a number is expected.",
        ),
        (
            lambda x, w: x @ w,
            "It cannot be called as the exercise asks: it should begin with "
            "`def weighted_sum(x, w, b)`, and yours is `def <lambda>(x, w)`.",
        ),
    ],
}

RIGHT = {
    "weighted_sum": [
        _right_loop,
        lambda x, w, b: np.sum(x * w) + b,
        lambda x, w, b: np.einsum("i,i->", x, w) + b,
        lambda x, w, b: math.fsum(a * c for a, c in zip(x, w, strict=True)) + b,
        lambda x, w, b: float(np.dot(w, x) + b),
    ],
}
