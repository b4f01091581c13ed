"""The network that lesson 03 builds by hand, tidied: the code that later lessons use.

Lesson 03 (``notebooks/03_network_by_hand.ipynb``) derives every line for a network with
one hidden layer. Here is the same for any number of layers, with a choice of activation
and loss. There is no state: a network is a list of arrays ``[W1, b1, W2, b2, …]``.

Samples are rows. ``X`` (N, D), ``W`` (D, M), ``b`` (M,), ``z = X @ W + b``,
``a = f(z)``, and the error of a layer is ``delta = ∂L/∂z``. ``Y`` (N, K) has one column
for each output: for K classes the rows are one-hot. Everything stays in the type of
number that the parameters and ``X`` have: float32 or float64.

``hidden`` is the activation of the hidden layers, a key of `HIDDEN`. ``loss`` names the
output activation and the loss that belongs to it, an entry of `LOSSES`; all are means
over the samples, and sums over the outputs:

============= ======== ===================================== =========================
``loss``      output   loss of a sample                      error of the output layer
============= ======== ===================================== =========================
squared       sigmoid  Σ (a − y)² / 2                        (a − y) a (1 − a) / N
cross-entropy sigmoid  Σ ln(1 + exp(z)) − y z                (a − y) / N
softmax       softmax  ln Σ exp(z) − Σ y z                   (a − y) / N
============= ======== ===================================== =========================
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Parameters = list[np.ndarray]


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-z)), written with tanh so that nothing can overflow."""
    return 0.5 * np.tanh(0.5 * z) + 0.5


def softmax(z: np.ndarray) -> np.ndarray:
    """Return exp(z) / Σ exp(z) for each row of z (N, K): positive, with sum 1."""
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


#: Hidden activations: the function of z, and its slope as a function of a = f(z).
HIDDEN: dict[str, tuple[Callable, Callable]] = {
    "sigmoid": (sigmoid, lambda a: a * (1 - a)),
    "tanh": (np.tanh, lambda a: 1 - a * a),
    "relu": (lambda z: np.maximum(z, 0), lambda a: (a > 0).astype(a.dtype)),
}
LOSSES = ("squared", "cross-entropy", "softmax")


def init(
    sizes: Sequence[int],
    rng: np.random.Generator,
    *,
    scale: float = 1.0,
    dtype: type = np.float64,
) -> Parameters:
    """Make a network: random weights, biases of 0.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, units of each hidden layer, outputs: ``(2, 10, 2)``.
    rng : Generator
        Where the random numbers come from; the same for both types of number.
    scale : float
        Standard deviation of the weights.
    dtype : type
        np.float32 or np.float64.

    Returns
    -------
    list of arrays
        ``[W1, b1, W2, b2, …]``, W (D, M) and b (M,) for a layer from D to M units.

    Raises
    ------
    ValueError
        Fewer than two sizes, or one that is not a whole number above 0.
    """
    whole = all(size == int(size) and size > 0 for size in sizes)
    if len(sizes) < 2 or not whole:
        raise ValueError(
            "sizes must hold whole numbers above 0, inputs first and outputs last, "
            f"as in (2, 10, 2); got {tuple(sizes)}"
        )
    parameters = []
    for inputs, units in itertools.pairwise(sizes):
        parameters.append((scale * rng.normal(size=(inputs, units))).astype(dtype))
        parameters.append(np.zeros(units, dtype))
    return parameters


def forward(
    X: np.ndarray,
    parameters: Parameters,
    *,
    hidden: str = "sigmoid",
    loss: str = "cross-entropy",
) -> list[np.ndarray]:
    """Compute the activations of all layers.

    Parameters
    ----------
    X : array (N, D)
        Samples.
    parameters : list of arrays
        The network, as from `init`.
    hidden, loss : str
        See the top of this module.

    Returns
    -------
    list of arrays
        ``[a1, …, output]``: one array (N, M) for each layer.
    """
    activations, z = _forward(X, parameters, hidden)
    _known(loss)
    output = softmax(z) if loss == "softmax" else sigmoid(z)
    return [*activations[1:], output]


def mean_loss(
    X: np.ndarray,
    Y: np.ndarray,
    parameters: Parameters,
    *,
    hidden: str = "sigmoid",
    loss: str = "cross-entropy",
) -> float:
    """Compute the mean loss of samples X (N, D) with targets Y (N, K)."""
    _, z = _forward(X, parameters, hidden)
    _known(loss)
    _fitting(Y, z)
    if loss == "squared":
        each = (sigmoid(z) - Y) ** 2 / 2
    elif loss == "cross-entropy":
        each = np.logaddexp(0, z) - Y * z
    else:
        shifted = z - z.max(axis=1, keepdims=True)
        each = Y * (np.log(np.exp(shifted).sum(axis=1, keepdims=True)) - shifted)
    return float(each.sum() / len(X))


def gradients(
    X: np.ndarray,
    Y: np.ndarray,
    parameters: Parameters,
    *,
    hidden: str = "sigmoid",
    loss: str = "cross-entropy",
) -> Parameters:
    """Compute the gradient of `mean_loss` by backpropagation.

    Parameters
    ----------
    X, Y : array (N, D), array (N, K)
        Samples and their targets.
    parameters : list of arrays
        The network, as from `init`.
    hidden, loss : str
        See the top of this module.

    Returns
    -------
    list of arrays
        ``[∂L/∂W1, ∂L/∂b1, …]``, with the shapes of ``parameters``.
    """
    *activations, a = [X, *forward(X, parameters, hidden=hidden, loss=loss)]
    _fitting(Y, a)
    delta = (a - Y) / len(X)
    if loss == "squared":
        delta *= a * (1 - a)
    slope = HIDDEN[hidden][1]
    grads: Parameters = []
    for layer in reversed(range(len(activations))):
        grads = [activations[layer].T @ delta, delta.sum(axis=0), *grads]
        if layer:  # nobody needs the error of the inputs
            delta = (delta @ parameters[2 * layer].T) * slope(activations[layer])
    return grads


def step(parameters: Parameters, grads: Parameters, learning_rate: float) -> Parameters:
    """Take one step of gradient descent; returns new arrays, the old ones stay."""
    return [p - learning_rate * g for p, g in zip(parameters, grads, strict=True)]


def accuracy(
    X: np.ndarray, y: np.ndarray, parameters: Parameters, *, hidden: str = "sigmoid"
) -> float:
    """Compute the share of samples whose largest output is that of their class.

    y (N,) are class numbers from 0. The same for every loss: sigmoid and softmax both
    leave the largest z the largest.
    """
    _, z = _forward(X, parameters, hidden)
    return float(np.mean(z.argmax(axis=1) == y))


def numerical_gradients(
    loss_of: Callable[[Parameters], float], parameters: Parameters, eps: float = 1e-5
) -> Parameters:
    """Measure a gradient by central differences, two losses for each parameter.

    Parameters
    ----------
    loss_of : function
        ``loss_of(parameters) -> float``.
    parameters : list of float64 arrays
        Where to measure. (float32 is too coarse for small differences.)
    eps : float
        How far to move each parameter to either side.

    Returns
    -------
    list of arrays
        With the shapes of ``parameters``.
    """
    grads = []
    for i, p in enumerate(parameters):
        grad = np.zeros_like(p)
        for index in np.ndindex(p.shape):
            bump = np.zeros_like(p)
            bump[index] = eps
            up = loss_of([*parameters[:i], p + bump, *parameters[i + 1 :]])
            down = loss_of([*parameters[:i], p - bump, *parameters[i + 1 :]])
            grad[index] = (up - down) / (2 * eps)
        grads.append(grad)
    return grads


def slope_along(
    loss_of: Callable[[Parameters], float],
    parameters: Parameters,
    direction: Parameters,
    eps: float = 1e-5,
) -> float:
    """Measure the slope of a loss in one direction: the cheapest test of a gradient.

    It must equal the sum of ``(g * d).sum()`` over the gradient's and the direction's
    arrays.
    """
    ends = [
        loss_of([p + e * d for p, d in zip(parameters, direction, strict=True)])
        for e in (eps, -eps)
    ]
    return (ends[0] - ends[1]) / (2 * eps)


def apart(a: Parameters, b: Parameters) -> float:
    """Return the largest difference between two lists of arrays of the same shapes.

    Raises
    ------
    ValueError
        The shapes are not the same.
    """
    shapes = [p.shape for p in a], [p.shape for p in b]
    if shapes[0] != shapes[1]:
        raise ValueError(f"the shapes differ: {shapes[0]} and {shapes[1]}")
    return max(float(np.abs(p - q).max()) for p, q in zip(a, b, strict=True))


@dataclass(frozen=True)
class GradientCheck:
    """What `check_gradients` found; at the end of a cell it is shown as a table.

    Parameters
    ----------
    worst : float
        The largest difference found, as a part of the gradient's largest slope.
    rows : list of tuples
        For each array its name, shape, the slope along a random direction by hand and
        as measured, and the largest difference of its slopes (as ``worst``).
    """

    worst: float
    rows: list[tuple[str, tuple[int, ...], float, float, float]]

    def __repr__(self) -> str:
        """A line for each array."""
        lines = ["        shape       along p: by hand   measured   differs by"]
        for name, shape, by_hand, measured, off in self.rows:
            # Below 1e-6 it is rounding, which differs between machines.
            says = "< 1e-6" if off < 1e-6 else f"{off:.0e}"
            slopes = f"{by_hand + 0.0:17.5f}{measured + 0.0:11.5f}"
            lines.append(f"{name:8}{shape!s:12}{slopes}   {says}")
        return "\n".join(lines)


def check_gradients(
    loss_of: Callable[[Parameters], float],
    parameters: Parameters,
    grads: Parameters,
    *,
    names: Sequence[str] | None = None,
    every: bool = True,
    eps: float = 1e-5,
    seed: int = 0,
) -> GradientCheck:
    """Compare a gradient with central differences of the loss.

    Each array is moved in one random direction p, and then, if ``every`` is True, each
    of its numbers by itself.

    Parameters
    ----------
    loss_of : function
        ``loss_of(parameters) -> float``.
    parameters : list of float64 arrays
        Where to compare. (float32 is too coarse for small differences.)
    grads : list of arrays
        The gradient there, with the shapes of ``parameters``.
    names : sequence of str, optional
        The arrays' names in the table; by default W1, b1, W2, b2, ….
    every : bool
        False leaves the single parameters out: two losses for each array, not two for
        each parameter.
    eps : float
        How far to move to either side.
    seed : int
        Chooses the directions.

    Returns
    -------
    GradientCheck
        Shown as a table; ``worst`` is the number to claim something about.

    Raises
    ------
    ValueError
        The shapes or names do not fit, or a parameter is not float64.
    """
    if wrong := {str(p.dtype) for p in parameters} - {"float64"}:
        raise ValueError(
            f"small differences need float64, got {sorted(wrong)}: hand in "
            "[p.astype(float) for p in parameters]"
        )
    apart(parameters, grads)  # the shapes
    if names is None:
        names = [f"{'Wb'[i % 2]}{i // 2 + 1}" for i in range(len(parameters))]
    largest = max(float(np.abs(g).max()) for g in grads) or 1.0
    rng, rows = np.random.default_rng(seed), []
    singly = numerical_gradients(loss_of, parameters, eps) if every else grads
    for i, name in zip(range(len(parameters)), names, strict=True):
        p = [np.zeros_like(array) for array in parameters]
        p[i] = rng.normal(size=p[i].shape)
        by_hand, measured = (grads[i] * p[i]).sum(), slope_along(loss_of, parameters, p)
        off = max(abs(by_hand - measured), np.abs(singly[i] - grads[i]).max()) / largest
        rows.append((name, p[i].shape, float(by_hand), float(measured), float(off)))
    return GradientCheck(max(row[-1] for row in rows), rows)


def _forward(
    X: np.ndarray, parameters: Parameters, hidden: str
) -> tuple[list[np.ndarray], np.ndarray]:
    """``[X, a1, …]`` up to the last hidden layer, and z of the output layer."""
    if hidden not in HIDDEN:
        raise ValueError(f"hidden must be one of {sorted(HIDDEN)}, got {hidden!r}")
    if X.ndim != 2 or X.shape[1] != len(parameters[0]):
        raise ValueError(
            f"X must have one row per sample and {len(parameters[0])} columns, shape "
            f"(N, {len(parameters[0])}); got {X.shape}"
        )
    activations = [X]
    for W, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
        activations.append(HIDDEN[hidden][0](activations[-1] @ W + b))
    return activations, activations[-1] @ parameters[-2] + parameters[-1]


def _known(loss: str) -> None:
    if loss not in LOSSES:
        raise ValueError(f"loss must be one of {list(LOSSES)}, got {loss!r}")


def _fitting(Y: np.ndarray, output: np.ndarray) -> None:
    """Without this, a Y of shape (N,) would be broadcast to nonsense."""
    if Y.shape != output.shape:
        raise ValueError(
            f"Y must have one row per sample and one column per output, shape "
            f"{output.shape}; got {Y.shape}. Class numbers y become one-hot rows with "
            "np.eye(K)[y]"
        )
