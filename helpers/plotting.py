"""Figures of the course: points, decision regions, learning curves, digits, kernels.

Every function takes an optional `ax`, draws on it and returns it, so that pictures can
be put together. Without `ax` it draws on the current axes, as pyplot does, and opens a
figure of a fitting size when there is none. Nothing here calls `plt.show()`: the
notebook does.

Arguments may be NumPy arrays, lists or PyTorch tensors on any device. The colors are
those of `helpers.palette`, and `plotting.BLUE` is one of them.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.palette import (  # noqa: F401 (lessons say plotting.BLUE)
    BLACK,
    BLUE,
    COLORS,
    GRAY,
    GREEN,
    LINES,
    MARKERS,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    axes,
    paler,
)

if TYPE_CHECKING:
    from IPython.display import Image


def use_style() -> None:
    """Give all figures made from now on the look of the course (`course.mplstyle`)."""
    plt.style.use(Path(__file__).with_name("course.mplstyle"))
    plt.rcParams["axes.prop_cycle"] = plt.cycler(color=COLORS[:6], linestyle=LINES[:6])


def points(
    X: Any,
    y: Any,
    *,
    ax: Axes | None = None,
    labels: Sequence[str] | None = None,
    names: Sequence[str] = ("x₁", "x₂"),
    filled: bool = True,
    size: float = 48,
) -> Axes:
    """Scatter samples in the plane, one color and one marker for each class.

    Class 0 is drawn as blue circles, class 1 as orange triangles.

    Parameters
    ----------
    X : array (N, 2)
        Positions, shape (N, 2).
    y : array (N,)
        Class numbers 0, 1, 2, …, shape (N,); at most eight classes.
    ax : Axes, optional
        Where to draw.
    labels : sequence of str, optional
        The name of each class in the legend, class 0 first. By default "class 0",
        "class 1", …; an empty sequence leaves the legend out.
    names : (str, str)
        The names of the two features, written along the axes.
    filled : bool
        False draws outlines only, for instance for the test set.
    size : float
        Area of a marker in square points.

    Raises
    ------
    ValueError
        X is not (N, 2), y does not fit it, or a class has no label.
    """
    X, y = _plane(X), _classes(y)
    if len(X) != len(y):
        raise ValueError(f"X has {len(X)} samples but y has {len(y)}: they must agree")
    present = [int(k) for k in np.unique(y)]
    if labels is None:
        labels = [f"class {k}" for k in range(max(present, default=0) + 1)]
    if labels and len(labels) <= max(present, default=0):
        raise ValueError(
            f"y holds class {max(present)} but only {len(labels)} labels were given: "
            "name every class, class 0 first"
        )
    ax = axes(ax, (6.4, 4.8))
    for k in present:
        ax.scatter(
            *X[y == k].T,
            s=size,
            marker=MARKERS[k],
            facecolor=COLORS[k] if filled else "none",
            edgecolor="white" if filled else COLORS[k],
            linewidth=0.5 if filled else 1.6,
            label=labels[k] if labels else None,
            zorder=3,
        )
    _name_axes(ax, names)
    if labels:
        ax.legend()
    return ax


def regions(
    predict: Callable[[np.ndarray], Any],
    X: Any,
    *,
    ax: Axes | None = None,
    levels: int = 10,
    threshold: float = 0.5,
    resolution: int = 200,
    margin: float = 0.1,
    names: Sequence[str] = ("x₁", "x₂"),
) -> Axes:
    """Color the plane by what a model predicts there, and draw its decision boundary.

    `predict` is called once, on all points of a grid. What it returns decides the
    picture: integers or booleans are classes and fill one region each; other numbers
    are the probability of class 1, in shades from blue (0) to orange (1).

    Parameters
    ----------
    predict : function
        Function of an array (N, 2), float64, that returns (N,) or (N, 1): class
        numbers, or probabilities in [0, 1].
    X : array (N, 2)
        Samples, shape (N, 2); the picture covers them with a margin around.
    ax : Axes, optional
        Where to draw.
    levels : int
        Number of shades between probability 0 and 1.
    threshold : float
        The probability at which the boundary is drawn.
    resolution : int
        Points of the grid along each axis.
    margin : float
        Width of the margin as a fraction of the samples' spread.
    names : (str, str)
        The names of the two features, written along the axes.

    Raises
    ------
    ValueError
        X is not (N, 2), or `predict` returns the wrong shape, nan, or numbers that are
        neither classes nor probabilities.
    """
    X = _plane(X)
    (left, bottom), (right, top) = _extent(X, margin)
    x1, x2 = np.linspace(left, right, resolution), np.linspace(bottom, top, resolution)
    grid = np.stack(np.meshgrid(x1, x2), axis=-1)
    values = _predictions(predict, grid.reshape(-1, 2)).reshape(resolution, resolution)

    ax = axes(ax, (6.4, 4.8))
    if values.dtype.kind == "f":
        shades = np.linspace(0, 1, levels + 1)
        ax.contourf(x1, x2, values, levels=shades, cmap=_PROBABILITY, zorder=0)
        boundaries = [values - threshold]
    else:
        classes = np.unique(values)
        pale = [paler(COLORS[k], 0.65) for k in range(len(COLORS))]
        edges = np.arange(len(COLORS) + 1) - 0.5
        ax.contourf(x1, x2, values, levels=edges, colors=pale, zorder=0)
        boundaries = [(values == k) - 0.5 for k in classes[1:]]
    for height in boundaries:
        if height.min() < 0 < height.max():
            ax.contour(x1, x2, height, levels=[0], colors=BLACK, linewidths=2, zorder=2)
    ax.set(xlim=(left, right), ylim=(bottom, top))
    ax.grid(False)
    _name_axes(ax, names)
    return ax


def line(
    w: Any,
    b: Any,
    *,
    ax: Axes | None = None,
    label: str | None = None,
    color: str = BLACK,
    style: Any = "-",
    width: float = 2.2,
) -> Axes:
    """Draw the straight line w · x + b = 0, cut off at the current limits of the axes.

    Draw the points or regions first: they set the limits, which stay as they are. A
    line that does not cross the picture still gets its place in the legend.

    Parameters
    ----------
    w : array (2,)
        The two weights, shape (2,); (2, 1) and (1, 2) will do.
    b : float
        The bias, one number.
    ax : Axes, optional
        Where to draw.
    label : str, optional
        Its name in the legend.
    color : str
        Its color.
    style : str
        Its line style, as in Matplotlib: "-", "--", "-.", ":".
    width : float
        Its width in points.

    Raises
    ------
    ValueError
        w does not hold two numbers, b not one, one is nan, or both weights are 0, so
        that there is no line.
    """
    w, b = _numbers(w, "w").ravel(), _numbers(b, "b").ravel()
    if w.shape != (2,) or b.shape != (1,):
        raise ValueError(
            "a line in the plane needs two weights and one bias, "
            f"got {w.size} and {b.size}"
        )
    if not np.isfinite([*w, *b]).all():
        raise ValueError(f"cannot draw a line with w = {w} and b = {b}")
    if not w.any():
        raise ValueError("both weights are 0: w · x + b = 0 is not a line")
    ax = axes(ax, (6.4, 4.8))
    ends = _crossings(w, float(b[0]), ax.get_xlim(), ax.get_ylim())
    ax.plot(
        *ends.T,
        color=color,
        linestyle=style,
        linewidth=width,
        label=label,
        scalex=False,
        scaley=False,
        zorder=4,
    )
    if label:
        ax.legend()
    return ax


def curves(
    values: Mapping[str, Any],
    *,
    x: Any = None,
    xlabel: str = "step",
    ylabel: str = "loss",
    ax: Axes | None = None,
    spread: Mapping[str, Any] | None = None,
    log: bool = False,
) -> Axes:
    """Draw learning curves, one color and one line style for each.

    Parameters
    ----------
    values : dict of str to array (T,)
        Name of each curve and its values, shape (T,). Lengths may differ.
    x : array (T,), optional
        Where the values lie, shape (T,); by default 1, 2, …, T.
    xlabel : str
        What is counted along the x axis.
    ylabel : str
        What the values are, with their unit.
    ax : Axes, optional
        Where to draw.
    spread : dict of str to array (T,) or float, optional
        Name of a curve and the half-width of the band around it, shape (T,) or one
        number: a standard deviation, for instance. Say in the text which.
    log : bool
        A logarithmic y axis, which shows small losses too.

    Raises
    ------
    ValueError
        no curves, more than eight, a curve that is not a list of numbers, or an `x` or
        a `spread` that does not fit.
    """
    if not isinstance(values, Mapping) or not 0 < len(values) <= len(COLORS):
        raise ValueError(
            f"give one to {len(COLORS)} curves as a dictionary, such as "
            '{"training": train_losses, "validation": val_losses}'
        )
    spread = {} if spread is None else dict(spread)
    if strangers := set(spread) - set(values):
        raise ValueError(
            f"`spread` names curves that are not drawn: {sorted(strangers)}"
        )
    ax = axes(ax, (7, 4.4))
    for (name, heights), color, style in zip(
        values.items(), COLORS, LINES, strict=False
    ):
        heights = _numbers(heights, name)
        if heights.ndim != 1:
            raise ValueError(
                f"curve “{name}” must have shape (T,), got {heights.shape}"
            )
        steps = np.arange(1, len(heights) + 1) if x is None else _numbers(x, "x")
        if steps.shape != heights.shape:
            raise ValueError(
                f"curve “{name}” has {len(heights)} values but x has {steps.size}"
            )
        ax.plot(steps, heights, color=color, linestyle=style, label=name)
        if name in spread:
            half = _numbers(spread[name], f"spread of {name}")
            if half.shape not in [(), heights.shape]:
                raise ValueError(
                    f"the spread of “{name}” must be one number or {heights.shape}, "
                    f"got {half.shape}"
                )
            ax.fill_between(
                steps, heights - half, heights + half, color=color, alpha=0.2, lw=0
            )
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if log:
        ax.set_yscale("log")
    if x is None:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    if len(values) > 1:
        ax.legend()
    return ax


def band(
    x: Any,
    runs: Any,
    *,
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw several runs as one curve: their mean, in a band from lowest to highest.

    Each call takes the next color and line style.

    Parameters
    ----------
    x : array (T,)
        Where the values lie.
    runs : array (R, T)
        The values, a row for each run.
    label : str, optional
        Its name, for the legend.
    ax : Axes, optional
        Where to draw.

    Raises
    ------
    ValueError
        The shapes do not fit.
    """
    x, runs = _numbers(x, "x"), _numbers(runs, "runs")
    if runs.ndim != 2 or x.shape != runs.shape[1:] or not len(runs):
        raise ValueError(
            "runs must have one row per run and one column per x, shape "
            f"(R, {x.size}), got {runs.shape}"
        )
    ax = axes(ax, (7, 4.4))
    (mean,) = ax.plot(x, runs.mean(axis=0), label=label)
    low, high = runs.min(axis=0), runs.max(axis=0)
    ax.fill_between(x, low, high, color=mean.get_color(), alpha=0.2, linewidth=0)
    return ax


def walk(
    height: Callable[[np.ndarray], Any],
    path: Any,
    *,
    bottom: Any = None,
    levels: Any = None,
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a walk on a map: lines of equal height, and a dot for every step.

    The walk begins at the white square and ends at the diamond.

    Parameters
    ----------
    height : function
        Takes places (P, 2), gives their heights (P,); called once, on a grid.
    path : array (S, 2)
        The places of the walk, first to last.
    bottom : array (2,), optional
        The lowest place, marked with a cross.
    levels : array or int, optional
        Heights of the lines, or how many there are; by default about ten.
    xlim, ylim : (float, float), optional
        The part of the map that is drawn; by default all of the walk, and the bottom.
    ax : Axes, optional
        Where to draw.

    Raises
    ------
    ValueError
        The path is not (S, 2), or the heights do not fit the places.
    """
    path = _plane(path)
    shown = path if bottom is None else np.vstack([path, _plane([bottom])])
    (left, low), (right, high) = _extent(shown, 0.15)
    x = np.linspace(*(xlim or (left, right)), 121)
    y = np.linspace(*(ylim or (low, high)), 121)
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    heights = _numbers(height(grid.reshape(-1, 2)), "heights")
    if heights.shape != (grid[..., 0].size,):
        raise ValueError(
            f"`height` was given places of shape ({grid[..., 0].size}, 2) and must "
            f"return shape ({grid[..., 0].size},), got {heights.shape}"
        )
    ax = axes(ax, (6.4, 4.8))
    heights = heights.reshape(grid.shape[:2])
    ax.contour(x, y, heights, levels, colors="#b0b0b0", linewidths=1)
    ax.plot(*path.T, "-o", color=BLUE, linewidth=1.2, markersize=4)
    marks = {"marker": "s", "color": "white"}, {"marker": "D", "color": BLUE}
    for place, mark in zip(path[[0, -1]], marks, strict=True):
        ax.plot(*place, **mark, markersize=10, markeredgecolor=BLACK, linestyle="none")
    if bottom is not None:
        ax.plot(*bottom, "X", color=ORANGE, markersize=11, markeredgecolor=BLACK)
    ax.set(xlim=x[[0, -1]], ylim=y[[0, -1]])
    ax.grid(False)
    return ax


def confusion(
    matrix: Any,
    *,
    names: Sequence[object] | None = None,
    diagonal: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Show a confusion matrix: row i, column j, how many of class i were taken for j.

    Parameters
    ----------
    matrix : array (K, K)
        The counts, whole numbers.
    names : sequence, optional
        The classes' names; by default 0, 1, 2, ….
    diagonal : bool
        False leaves out what was right, so that the mistakes are seen.
    ax : Axes, optional
        Where to draw.

    Raises
    ------
    ValueError
        The matrix is not square, or the names do not fit.
    """
    counts = _numbers(matrix, "matrix")
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(f"a confusion matrix is square, got shape {counts.shape}")
    names = range(len(counts)) if names is None else names
    if len(names) != len(counts):
        raise ValueError(f"{len(counts)} classes need as many names, got {len(names)}")
    if not diagonal:
        counts = counts - np.diag(np.diag(counts))
    largest = max(counts.max(), 1)
    ax = axes(ax, (5.4, 5.2))
    ax.imshow(counts, cmap="gray_r", vmin=0, vmax=1.3 * largest)
    for (i, j), count in np.ndenumerate(counts):
        if count:
            color = "white" if count > 0.6 * largest else BLACK
            ax.text(j, i, count, ha="center", va="center", color=color, fontsize=11)
    ax.set(xlabel="taken for", ylabel="is a")
    ax.set_xticks(range(len(counts)), names)
    ax.set_yticks(range(len(counts)), names)
    ax.grid(False)
    return ax


def digits(
    images: Any,
    *,
    titles: Sequence[object] | None = None,
    columns: int = 10,
    ax: Axes | None = None,
) -> Axes:
    """Show images of digits side by side, dark ink on white paper.

    Parameters
    ----------
    images : array (N, 784), (N, 28, 28) or (N, 1, 28, 28)
        Shape (N, 784), (N, 28, 28) or (N, 1, 28, 28); other square sizes too.
    titles : sequence, optional
        What to write above each image, such as its label; N of them.
    columns : int
        Images in a row.
    ax : Axes, optional
        Where to draw.

    Raises
    ------
    ValueError
        wrong shape, no images, or titles that do not fit.
    """
    images = _numbers(images, "images")
    if images.ndim == 2:
        side = round(images.shape[1] ** 0.5)
        if side * side != images.shape[1]:
            raise ValueError(
                "flat images must have a square number of pixels, such as (N, 784), "
                f"got {images.shape}"
            )
        images = images.reshape(-1, side, side)
    images = _tiles(images, "(N, 784), (N, 28, 28) or (N, 1, 28, 28)")
    low, high = min(0.0, images.min()), images.max()
    ax, _ = _mosaic(images, columns, titles, ax, "gray_r", low, max(high, low + 1e-9))
    return ax


def kernels(
    weights: Any,
    *,
    columns: int = 10,
    ax: Axes | None = None,
    titles: Sequence[object] | None = None,
) -> Axes:
    """Show kernels or weight images side by side: blue < 0, white = 0, orange > 0.

    All share one scale, given by the color bar.

    Parameters
    ----------
    weights : array (N, k, k) or (N, 1, k, k)
        Shape (N, k, k) or (N, 1, k, k).
    columns : int
        Kernels in a row.
    ax : Axes, optional
        Where to draw.
    titles : sequence, optional
        What to write above each; N of them.

    Raises
    ------
    ValueError
        wrong shape, no kernels, or titles that do not fit.
    """
    weights = _tiles(_numbers(weights, "weights"), "(N, k, k) or (N, 1, k, k)")
    largest = max(np.abs(weights).max(), 1e-9)
    ax, image = _mosaic(weights, columns, titles, ax, _DIVERGING, -largest, largest)
    _color_bar(ax, image, "weight")
    return ax


def maps(
    images: Any,
    *,
    columns: int = 10,
    titles: Sequence[object] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Show feature maps side by side in gray: the darker, the larger.

    All share one scale, given by the color bar.

    Parameters
    ----------
    images : array (N, h, w) or (N, 1, h, w)
        Shape (N, h, w) or (N, 1, h, w).
    columns : int
        Maps in a row.
    titles : sequence, optional
        What to write above each; N of them.
    ax : Axes, optional
        Where to draw.

    Raises
    ------
    ValueError
        wrong shape, no maps, or titles that do not fit.
    """
    images = _tiles(_numbers(images, "images"), "(N, h, w) or (N, 1, h, w)")
    low, high = images.min(), images.max()
    ax, image = _mosaic(
        images, columns, titles, ax, "gray_r", low, max(high, low + 1e-9)
    )
    _color_bar(ax, image, "activation")
    return ax


def bars_with_spread(
    names: Sequence[str],
    means: Any = None,
    sds: Any = None,
    *,
    ax: Axes | None = None,
    ylabel: str = "accuracy",
    runs: Sequence[Any] | None = None,
) -> Axes:
    """Compare several models: the mean of several runs as a mark, its spread as a bar.

    There is no bar from zero up, so the axis may start where the differences are seen.

    Parameters
    ----------
    names : sequence of str
        The models, M of them.
    means, sds : array (M,), optional
        Mean and standard deviation of each; a bar reaches from one standard deviation
        below the mean to one above. By default those of ``runs``.
    ax : Axes, optional
        Where to draw.
    ylabel : str
        What is compared, with its unit.
    runs : sequence of arrays, optional
        The single runs of each model, M sequences, drawn as small gray dots.

    Raises
    ------
    ValueError
        the lengths do not agree, or a standard deviation is negative.
    """
    if means is None and sds is None and runs is not None:
        single = [_numbers(run, "runs").ravel() for run in runs]
        means, sds = map(np.mean, single), (np.std(run, ddof=1) for run in single)
        means, sds = list(means), list(sds)
    means, sds = _numbers(means, "means"), _numbers(sds, "sds")
    if not means.shape == sds.shape == (len(names),):
        raise ValueError(
            f"{len(names)} names need as many means and sds, "
            f"got shapes {means.shape} and {sds.shape}"
        )
    if (sds < 0).any():
        raise ValueError("a standard deviation cannot be negative")
    if runs is not None and len(runs) != len(names):
        raise ValueError(
            f"{len(names)} names need as many lists of runs, got {len(runs)}"
        )
    ax = axes(ax, (7, 4.4))
    for i, (mean, sd) in enumerate(zip(means, sds, strict=True)):
        k = i % len(COLORS)
        ax.errorbar(
            i,
            mean,
            sd,
            fmt=MARKERS[k],
            color=COLORS[k],
            ms=11,
            capsize=8,
            lw=2.2,
            capthick=2.2,
        )
        if runs is not None:
            single = _numbers(runs[i], f"runs of {names[i]}").ravel()
            sideways = i + 0.18 + 0.02 * (np.arange(len(single)) % 3)
            ax.plot(sideways, single, "o", color=GRAY, ms=4.5, ls="none")
    ax.set_xticks(range(len(names)), names)
    ax.set_xlim(-0.6, len(names) - 0.4)
    ax.grid(False, axis="x")
    ax.set_ylabel(ylabel)
    return ax


def film(
    draw: Callable[[Axes, int], object],
    frames: int,
    *,
    size: tuple[float, float] = (7, 4.4),
    dpi: float = 72,
    rate: float = 6,
    colors: int = 48,
) -> "Image":
    """Draw a short film, and return it as an image that moves (an animated PNG).

    Browsers play it in a loop; what cannot show moving pictures shows frame 0. It is
    small, since all frames share a few colors, and the same in every run.

    Parameters
    ----------
    draw : function
        ``draw(ax, frame)`` draws one frame on empty axes; frames are counted from 0.
    frames : int
        How many there are.
    size : (float, float)
        Width and height in inches.
    dpi : float
        Pixels in an inch.
    rate : float
        Frames in a second.
    colors : int
        Colors in all frames together, at most 256.

    Returns
    -------
    IPython.display.Image
        A cell that ends with it shows it.

    Raises
    ------
    ValueError
        There are no frames, or too many colors.
    """
    from IPython.display import Image
    from PIL import Image as pillow

    if frames < 1 or not 2 <= colors <= 256:
        raise ValueError(
            "a film needs 1 frame or more and 2 to 256 colors, "
            f"got {frames} frames and {colors} colors"
        )
    figure = Figure(figsize=size, dpi=dpi)
    ax, pictures = figure.subplots(), []
    for frame in range(frames):
        ax.clear()
        draw(ax, frame)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=dpi)
        pictures.append(pillow.open(buffer).convert("RGB"))
    palette = pictures[-1].quantize(colors, pillow.Quantize.MAXCOVERAGE)
    first, *others = (
        picture.quantize(palette=palette, dither=pillow.Dither.NONE)
        for picture in pictures
    )
    buffer = io.BytesIO()
    first.save(
        buffer,
        format="PNG",
        save_all=True,
        append_images=others,
        duration=1000 / rate,
        loop=0,
    )
    return Image(data=buffer.getvalue(), format="png")


# What the functions above share


def _numbers(values: Any, name: str) -> np.ndarray:
    """Turn a list, an array or a tensor on any device into an array of numbers."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        values = (values.double() if values.is_floating_point() else values).numpy()
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(
            f"{name} must be a regular array of numbers: {error}"
        ) from error
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold numbers, got {array.dtype}")
    return array


def _plane(X: Any) -> np.ndarray:
    """Check that X holds points of the plane, shape (N, 2)."""
    X = _numbers(X, "X")
    if X.ndim != 2 or X.shape[1] != 2 or not len(X):
        raise ValueError(
            "X must have one row per sample and two columns, shape (N, 2), "
            f"got {X.shape}"
        )
    return X.astype(float)


def _classes(y: Any) -> np.ndarray:
    """Check that y holds class numbers, shape (N,)."""
    y = _numbers(y, "y")
    if y.ndim != 1:
        raise ValueError(f"y must have shape (N,), one class per sample, got {y.shape}")
    whole = np.isfinite(y).all() and (y == np.round(y)).all()
    if not whole or (y < 0).any() or (y >= len(COLORS)).any():
        raise ValueError(f"y must hold class numbers from 0 to {len(COLORS) - 1}")
    return y.astype(int)


def _predictions(predict: Callable, samples: np.ndarray) -> np.ndarray:
    """What a model says of samples (N, 2): probabilities (floats) or classes (int)."""
    values = _numbers(predict(samples), "what `predict` returns")
    if values.shape not in [(len(samples),), (len(samples), 1)]:
        raise ValueError(
            f"`predict` was given samples of shape {samples.shape} and must return "
            f"shape ({len(samples)},), got {values.shape}"
        )
    if values.dtype.kind != "f":
        return _classes(values.ravel())
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > 1:
        raise ValueError(
            "`predict` must return probabilities between 0 and 1, or class numbers as "
            f"integers, got numbers from {values.min():.3g} to {values.max():.3g}"
        )
    return values.ravel()


def _extent(X: np.ndarray, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """The lower left and the upper right corner of a frame around samples X (N, 2)."""
    low, high = X.min(axis=0), X.max(axis=0)
    room = margin * np.where(high > low, high - low, 1.0)
    return low - room, high + room


def _crossings(
    w: np.ndarray, b: float, xlim: tuple[float, float], ylim: tuple[float, float]
) -> np.ndarray:
    """Where w · x + b = 0 meets a rectangle: shape (2, 2), or (0, 2) if nowhere."""
    found = []
    if w[1]:
        found += [(x, -(w[0] * x + b) / w[1]) for x in xlim]
    if w[0]:
        found += [(-(w[1] * y + b) / w[0], y) for y in ylim]
    found = np.array(found)
    slack = 1e-9 * max(np.ptp(xlim), np.ptp(ylim))
    low = np.array([min(xlim), min(ylim)]) - slack
    high = np.array([max(xlim), max(ylim)]) + slack
    inside = found[((found >= low) & (found <= high)).all(axis=1)]
    if not len(inside):
        return np.empty((0, 2))
    along = inside @ np.array([-w[1], w[0]])
    return inside[[along.argmin(), along.argmax()]]


def _name_axes(ax: Axes, names: Sequence[str]) -> None:
    """Write the names of the two features along the axes."""
    if len(names) != 2:
        raise ValueError(f"`names` must name the two features, got {len(names)} names")
    ax.set(xlabel=names[0], ylabel=names[1])


_PROBABILITY = LinearSegmentedColormap.from_list(
    "probability", [paler(BLUE, 0.5), "white", paler(ORANGE, 0.45)]
)
_DIVERGING = LinearSegmentedColormap.from_list(
    "diverging", ["#00405F", BLUE, "white", VERMILION, "#7A3500"]
)


def _tiles(images: np.ndarray, expected: str) -> np.ndarray:
    """Check images and drop a channel axis of length 1: shape (N, h, w)."""
    if images.ndim == 4 and images.shape[1] == 1:
        images = images[:, 0]
    if images.ndim != 3 or not images.size:
        raise ValueError(f"expected shape {expected}, got {images.shape}")
    return images.astype(float)


def _mosaic(
    images: np.ndarray,
    columns: int,
    titles: Sequence[object] | None,
    ax: Axes | None,
    cmap: Any,
    low: float,
    high: float,
) -> tuple[Axes, Any]:
    """Show images (N, h, w) on one axes, each framed thinly, its title above it."""
    count, height, width = images.shape
    if titles is not None and len(titles) != count:
        raise ValueError(f"{count} images need as many titles, got {len(titles)}")
    if columns < 1:
        raise ValueError(f"`columns` must be 1 or more, got {columns}")
    columns = min(columns, count)
    rows = -(-count // columns)
    gap = max(1, round(width / 12))
    room = 0.42 if titles is not None else 0.0
    if ax is None:
        inches = min(7.0, 1.4 * columns)
        ax = axes(
            None, (inches, rows * (inches / columns * height / width + room) + 0.2)
        )
    band = gap
    if titles is not None:
        # Titles need 0.25 inches; how many pixels these are depends on the size.
        inches = ax.get_window_extent().width / ax.figure.dpi
        band += int(np.ceil(0.25 * columns * (width + gap) / inches))
    sheet = np.full((rows * (height + band), columns * (width + gap) - gap), np.nan)
    frames = []
    for i, image in enumerate(images):
        top, left = (
            (i // columns) * (height + band) + band,
            (i % columns) * (width + gap),
        )
        sheet[top : top + height, left : left + width] = image
        x0, x1, y0, y1 = left - 0.5, left + width - 0.5, top - 0.5, top + height - 0.5
        frames.append([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)])
        if titles is not None:
            ax.text(
                (x0 + x1) / 2, y0 - 0.2 * gap, str(titles[i]), ha="center", va="bottom"
            )
    shown = ax.imshow(sheet, cmap=cmap, vmin=low, vmax=high, interpolation="nearest")
    ax.add_collection(
        LineCollection(frames, colors="#b8b8b8", linewidths=0.8, clip_on=False)
    )
    ax.axis("off")
    return ax, shown


def _color_bar(ax: Axes, image: Any, label: str) -> None:
    """Put a color bar as high as the picture to its right."""
    bar = ax.figure.colorbar(image, cax=ax.inset_axes([1.02, 0, 0.025, 1]), label=label)
    bar.locator = MaxNLocator(4, steps=[1, 2, 5, 10])
    bar.outline.set_visible(False)
