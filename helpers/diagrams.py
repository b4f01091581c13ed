"""Pictures drawn from nothing: a neuron, a network, a computation graph.

Every function takes an optional `ax`, draws on it and returns it; without `ax` it draws
on the current axes, as pyplot does, and opens a figure of a fitting size when there is
none. Nothing here calls `plt.show()`: the notebook does.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle

from helpers.palette import BLUE, GRAY, ORANGE, VERMILION, axes, paler


def neuron(
    inputs: Sequence[str],
    *,
    weights: Sequence[object] | None = None,
    bias: object = "b",
    activation: str = "f",
    output: str = "a",
    ax: Axes | None = None,
) -> Axes:
    """Draw one neuron: inputs, weighted sum plus bias, activation function, output.

    Parameters
    ----------
    inputs : sequence of str
        The name of each input, one to eight.
    weights : sequence of str or float, optional
        What to write on each input's arrow; by default w₁, w₂, ….
    bias : str or float
        What to write on the bias's arrow.
    activation : str
        The name of the activation function.
    output : str
        The name of the output.
    ax : Axes, optional
        Where to draw.

    Raises
    ------
    ValueError
        no inputs or more than eight, or weights that do not fit.
    """
    inputs = list(inputs)
    if not 1 <= len(inputs) <= 8:
        raise ValueError(
            f"a neuron is drawn with one to eight inputs, got {len(inputs)}"
        )
    weights = (
        [f"w{'₁₂₃₄₅₆₇₈'[i]}" for i in range(len(inputs))]
        if weights is None
        else weights
    )
    if len(weights) != len(inputs):
        raise ValueError(
            f"{len(inputs)} inputs need as many weights, got {len(weights)}"
        )
    ax = axes(ax, (7, 1.2 + 0.75 * len(inputs)))
    middle = (len(inputs) - 1) / 2
    sum_at, f_at, end = (2.9, middle), (4.8, middle), (6.0, middle)
    for i, (name, weight) in enumerate(zip(inputs, weights, strict=True)):
        start = (0.6, len(inputs) - 1 - i)
        ax.text(0.5, start[1], name, ha="right", va="center", fontsize=16)
        _arrow(ax, start, sum_at, room=0.48, label=_written(weight), at=0.45)
    below = (sum_at[0], middle - 1.0)
    ax.text(*below, _written(bias), ha="center", va="top", fontsize=16)
    _arrow(ax, below, sum_at, room=0.48)
    _arrow(ax, sum_at, f_at, room=0.48, leave=0.48)
    ax.text((sum_at[0] + f_at[0]) / 2, middle + 0.1, "z", ha="center", fontsize=16)
    _arrow(ax, f_at, end, room=0, leave=0.48)
    ax.text(end[0] + 0.1, middle, output, ha="left", va="center", fontsize=16)
    for place, text, color in ((sum_at, "Σ", BLUE), (f_at, activation, ORANGE)):
        pale = paler(color, 0.75)
        ax.add_patch(Circle(place, 0.46, facecolor=pale, edgecolor=color, lw=2))
        ax.text(*place, text, ha="center", va="center_baseline", fontsize=20)
    top = max(len(inputs) - 0.7, middle + 0.6)
    ax.set(xlim=(-0.9, 6.6), ylim=(min(-0.3, middle - 1.4), top))
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def network(
    sizes: Sequence[int],
    *,
    names: Sequence[str] | None = None,
    shapes: bool = True,
    most: int = 10,
    dropped: Iterable[int] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw a network: a column of units for each layer, and all the connections.

    The inputs are small dots, since they compute nothing. Below each layer stands the
    shape of its activations for one sample, and between two layers that of the weights
    and the biases that lead from one to the other.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, units of each hidden layer, outputs: ``(2, 10, 2)``.
    names : sequence of str, optional
        What to write above each layer; by default "input", "hidden", "output".
    shapes : bool
        Write the shapes.
    most : int
        Units drawn of a layer; of a larger one some are left out, with dots for them.
    dropped : iterable of int
        Units of the first hidden layer, 0 at the top, that are crossed out and lose
        their connections.
    ax : Axes, optional
        Where to draw.

    Raises
    ------
    ValueError
        fewer than two layers, a size that is not a whole number above 0, names that
        do not fit, or a dropped unit that is not drawn.
    """
    sizes = list(sizes)
    if len(sizes) < 2 or any(size != int(size) or size < 1 for size in sizes):
        raise ValueError(
            "a network needs two or more layers, each with a whole number of units, "
            f"as in (2, 10, 2); got {tuple(sizes)}"
        )
    if names is None:
        names = ["input", *["hidden"] * (len(sizes) - 2), "output"]
    if len(names) != len(sizes):
        raise ValueError(f"{len(sizes)} layers need as many names, got {len(names)}")
    # All lengths are in inches, as long as the figure has the size given here.
    apart, tall = 2.5, 3.0
    width, height = apart * (len(sizes) - 1) + 1.6, tall + (1.6 if shapes else 0.8)
    ax = axes(ax, (width, height))
    gap = min(0.62, tall / max(1, min(max(sizes), most) - 1))
    layers = [_column(apart * i, size, most, gap) for i, size in enumerate(sizes)]
    dropped = [int(unit) for unit in dropped]
    if not all(0 <= unit < len(layers[1]) for unit in dropped):
        raise ValueError(
            f"dropped units are numbered 0 to {len(layers[1]) - 1} here, got {dropped}"
        )
    gone = {layers[1][unit] for unit in dropped}
    for left, right in itertools.pairwise(layers):
        ends = [(a, b) for a in left for b in right if not {a, b} & gone]
        ax.add_collection(LineCollection(ends, colors=GRAY, linewidths=0.8, zorder=1))
    for i, (layer, size, name) in enumerate(zip(layers, sizes, names, strict=True)):
        color = (GRAY, BLUE, ORANGE)[(i > 0) + (i == len(sizes) - 1)]
        inside = {"facecolor": paler(color, 0.7) if i else color}
        for place in layer:
            radius = gap * (0.36 if i else 0.18)
            ax.add_patch(Circle(place, radius, edgecolor=color, lw=1.8, **inside))
            if place in gone:
                ax.plot(*place, "x", color=VERMILION, markersize=16, markeredgewidth=3)
        if size > len(layer):
            ax.text(apart * i, 0, "⋮", ha="center", va="center", fontsize=18)
        ax.text(apart * i, tall / 2 + 0.3, name, ha="center", va="bottom", fontsize=14)
        if shapes:
            text = f"a{_lowered(i)} ({size},)" if i else f"x ({size},)"
            ax.text(apart * i, -tall / 2 - 0.25, text, ha="center", va="top")
    for i, (before, size) in enumerate(itertools.pairwise(sizes), start=1):
        if shapes:
            text = f"W{_lowered(i)} ({before}, {size})\nb{_lowered(i)} ({size},)"
            at = (apart * (i - 0.5), -tall / 2 - 0.45)
            ax.text(*at, text, ha="center", va="top", color="#505050")
    low, high = -tall / 2 - (1.0 if shapes else 0.2), tall / 2 + 0.6
    ax.set(xlim=(-0.8, width - 0.8), ylim=(low, high))
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def graph(
    places: Mapping[str, tuple[float, float]],
    arrows: Sequence[tuple[str, str]],
    *,
    given: Sequence[str] = (),
    parameters: Sequence[str] = (),
    below: Mapping[str, str] | None = None,
    back: Mapping[tuple[str, str], str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a computation graph: a box for each quantity, an arrow where it is used.

    Parameters
    ----------
    places : dict of str to (x, y)
        Where each box stands; boxes are about 0.7 wide and 0.5 high.
    arrows : sequence of (str, str)
        From which box to which.
    given, parameters : sequence of str
        Boxes in gray (data) and in orange (what is learned); the others are blue.
    below : dict of str to str, optional
        A line of text under a box, such as its shape.
    back : dict of (str, str) to str, optional
        Dashed arrows backward, from which box to which, with what is handed back.
    ax : Axes, optional
        Where to draw.

    Raises
    ------
    ValueError
        an arrow or another argument names a box that has no place.
    """
    below, back = dict(below or {}), dict(back or {})
    named = {*itertools.chain(*arrows, *back), *given, *parameters, *below}
    if strangers := named - set(places):
        raise ValueError(f"these boxes have no place: {sorted(strangers)}")
    x, y = np.array(list(places.values()), float).T
    ax = axes(ax, (1.35 * np.ptp(x) + 1.2, 1.35 * np.ptp(y) + 1.4))
    room = 0.27
    for start, end in arrows:
        a, b = np.array(places[start], float), np.array(places[end], float)
        side = _aside(a, b, 0.08 if (end, start) in back else 0.0)
        _arrow(ax, a + side, b + side, room=room, leave=room)
    for (start, end), text in back.items():
        a, b = np.array(places[start], float), np.array(places[end], float)
        side = _aside(a, b, 0.08)
        way = (b - a) / np.linalg.norm(b - a)
        style = {"arrowstyle": "-|>", "color": VERMILION, "lw": 1.8, "ls": (0, (4, 2))}
        ax.annotate("", b + side - room * way, a + side + room * way, arrowprops=style)
        upright = abs(way[0]) < 0.5
        ax.text(
            *((a + b) / 2 + (1.5 if upright else 1.8) * side),
            text,
            color=VERMILION,
            ha="left" if upright else "center",
            va="center" if upright else "top" if side[1] < 0 else "bottom",
            fontsize=14,
        )
    for name, place in places.items():
        color = GRAY if name in given else ORANGE if name in parameters else BLUE
        box = {"boxstyle": "round,pad=0.35", "fc": paler(color, 0.75), "ec": color}
        ax.text(*place, name, ha="center", va="center", fontsize=16, bbox=box)
        if name in below:
            under = (place[0], place[1] - 0.34)
            ax.text(*under, below[name], ha="center", va="top", color="#505050")
    ax.set(xlim=(x.min() - 0.6, x.max() + 0.6), ylim=(y.min() - 0.7, y.max() + 0.6))
    ax.axis("off")
    return ax


# What the functions above share


def _written(value: object) -> str:
    """A number or a name as it is written in a picture, with a real minus sign."""
    text = f"{value:.3g}" if isinstance(value, float) else str(value)
    return text.replace("-", "−")


def _column(x: float, size: int, most: int, gap: float) -> list[tuple[float, float]]:
    """Places of a layer's units, top first; a hole in the middle for those left out."""
    drawn = min(size, most)
    heights = (drawn - 1) / 2 - np.arange(drawn)
    if size > drawn:
        heights = heights[np.abs(heights) > 0.6]
    return [(x, float(gap * height)) for height in heights]


def _lowered(number: int) -> str:
    """A whole number as a subscript."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def _aside(start: np.ndarray, end: np.ndarray, amount: float) -> np.ndarray:
    """A step to the left of the way from start to end."""
    way = (end - start) / np.linalg.norm(end - start)
    return amount * np.array([-way[1], way[0]])


def _arrow(
    ax: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    room: float,
    leave: float = 0.0,
    label: str = "",
    at: float = 0.5,
) -> None:
    """An arrow that stops `room` before its end, with a label on it."""
    start, end = np.array(start, float), np.array(end, float)
    way = (end - start) / np.linalg.norm(end - start)
    start, end = start + leave * way, end - room * way
    ax.annotate(
        "", end, start, arrowprops={"arrowstyle": "-|>", "color": GRAY, "lw": 1.8}
    )
    if label:
        place = start + at * (end - start)
        ax.text(
            *place,
            label,
            ha="center",
            va="center",
            fontsize=15,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )
