"""What the plotting helpers draw: data, labels, legend, colors, extents, and errors."""

import matplotlib

matplotlib.use("agg")

import io
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.contour import QuadContourSet
from PIL import Image as pillow

from helpers import diagrams, plotting

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 2))
Y = np.repeat([0, 1, 2], 10)

GRAPH = {"x": (0, 1), "w": (1, 0), "z": (1, 1)}

# One call of each function, for what is true of all of them.
CALLS = {
    "points": lambda **k: plotting.points(X, Y, **k),
    "regions": lambda **k: plotting.regions(left_or_right, X, **k),
    "line": lambda **k: plotting.line([1.0, 2.0], -0.5, **k),
    "curves": lambda **k: plotting.curves({"train": [3, 2, 1], "test": [3, 3, 2]}, **k),
    "digits": lambda **k: plotting.digits(RNG.random((7, 784)), columns=4, **k),
    "kernels": lambda **k: plotting.kernels(RNG.normal(size=(6, 5, 5)), **k),
    "maps": lambda **k: plotting.maps(RNG.random((6, 12, 9)), **k),
    "neuron": lambda **k: diagrams.neuron(("cloudy", "hot", "windy"), **k),
    "network": lambda **k: diagrams.network((2, 10, 2), **k),
    "graph": lambda **k: diagrams.graph(GRAPH, [("x", "z"), ("w", "z")], **k),
    "band": lambda **k: plotting.band([1, 2, 3], [[3, 2, 1], [5, 2, 0]], **k),
    "walk": lambda **k: plotting.walk(bowl, [[4, 1], [2, -0.5], [1, 0.2]], **k),
    "confusion": lambda **k: plotting.confusion([[9, 1], [0, 5]], **k),
    "bars_with_spread": lambda **k: plotting.bars_with_spread(
        ["A", "B"], [0.8, 0.9], [0.1, 0.05], **k
    ),
}
each = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


def left_or_right(samples):
    """Probability of class 1: 0.25 left of x₁ = 0, 0.75 right of it."""
    return np.where(samples[:, 0] > 0, 0.75, 0.25)


def bowl(places):
    """The height of a bowl whose bottom is at (0, 0)."""
    return places[:, 0] ** 2 + 10 * places[:, 1] ** 2


def legend_texts(ax):
    legend = ax.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def contours(ax):
    """The filled and the line contours on an axes."""
    found = [child for child in ax.get_children() if isinstance(child, QuadContourSet)]
    return [c for c in found if c.filled], [c for c in found if not c.filled]


@pytest.fixture(autouse=True)
def no_show_and_no_left_over_figures(monkeypatch):
    def show(*args, **kwargs):
        raise AssertionError("a helper called plt.show()")

    monkeypatch.setattr(plt, "show", show)
    yield
    plt.close("all")


# What is true of every function


@each
def test_draws_on_the_axes_it_is_given_and_returns_them(call):
    figure, (left, right) = plt.subplots(1, 2)
    assert call(ax=left) is left
    assert left.get_children() != right.get_children()
    assert not right.lines and not right.collections and not right.images
    assert not right.texts and not right.patches
    assert plt.get_fignums() == [figure.number]


@each
def test_without_axes_opens_one_figure_then_draws_on_the_current_axes(call):
    ax = call()
    assert len(plt.get_fignums()) == 1
    assert call() is ax
    assert len(plt.get_fignums()) == 1


@each
def test_draws_without_a_warning_and_leaves_the_style_alone(call):
    before = dict(matplotlib.rcParams)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call().figure.canvas.draw()
    assert dict(matplotlib.rcParams) == before


def test_use_style_makes_figures_legible_on_dark_pages():
    with plt.rc_context():
        plotting.use_style()
        assert matplotlib.rcParams["figure.facecolor"] == "white"
        assert not matplotlib.rcParams["savefig.transparent"]
        # 13 points at 100 dots per inch: 9 pixels high when shown at half width
        assert matplotlib.rcParams["font.size"] >= 13
        assert matplotlib.rcParams["figure.dpi"] == 100
        assert matplotlib.rcParams["figure.figsize"][0] * 100 <= 800


@each
def test_draws_in_the_course_style_too(call):
    with plt.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        plotting.use_style()
        call().figure.canvas.draw()


def test_every_class_has_its_own_color_marker_and_line():
    for channel in (plotting.COLORS, plotting.MARKERS, plotting.LINES):
        assert len(set(channel)) == 8
    assert (plotting.COLORS[0], plotting.MARKERS[0]) == (plotting.BLUE, "o")
    assert (plotting.COLORS[1], plotting.MARKERS[1]) == (plotting.ORANGE, "^")


def test_colors_differ_for_color_blind_readers_and_in_gray():
    """Viénot, Brettel and Mollon (1999): how deuteranopes and protanopes see colors."""
    deuteranopia = [
        [0.29275, 0.70725, 0],
        [0.29275, 0.70725, 0],
        [-0.02234, 0.02234, 1],
    ]
    protanopia = [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]
    colors = np.array([to_rgb(color) for color in plotting.COLORS[:6]]) ** 2.2
    for sight in (np.eye(3), deuteranopia, protanopia):
        seen = (colors @ np.transpose(sight)).clip(0, 1) ** (1 / 2.2)
        for i in range(6):
            for j in range(i):
                assert np.abs(seen[i] - seen[j]).max() > 0.09, (i, j)
    # classes 0 and 1, the pair in nearly every figure, are told apart without color
    gray = colors @ [0.2126, 0.7152, 0.0722]
    assert gray[1] - gray[0] > 0.2


# points


def test_points_draws_each_class_where_it_is():
    ax = plotting.points(X, Y)
    assert len(ax.collections) == 3
    for k, marks in enumerate(ax.collections):
        assert np.allclose(marks.get_offsets(), X[k == Y])
        assert to_hex(marks.get_facecolor()[0]) == plotting.COLORS[k]
    shapes = {marks.get_paths()[0].vertices.tobytes() for marks in ax.collections}
    assert len(shapes) == 3
    assert legend_texts(ax) == ["class 0", "class 1", "class 2"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x₁", "x₂")


def test_points_keeps_a_class_its_color_when_another_is_absent():
    ax = plotting.points(X, np.ones(30), labels=["stay", "go"])
    assert to_hex(ax.collections[0].get_facecolor()[0]) == plotting.ORANGE
    assert legend_texts(ax) == ["go"]


def test_points_labels_names_and_outlines():
    ax = plotting.points(X, Y > 0, labels=(), names=("cloudy", "hot"), filled=False)
    assert ax.get_legend() is None
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("cloudy", "hot")
    assert len(ax.collections[0].get_facecolor()) == 0
    assert to_hex(ax.collections[0].get_edgecolor()[0]) == plotting.BLUE


@pytest.mark.parametrize(
    ("X", "y", "says"),
    [
        (X.T, Y, r"two columns, shape \(N, 2\), got \(2, 30\)"),
        (X[:, 0], Y, r"got \(30,\)"),
        (np.empty((0, 2)), np.empty(0), r"got \(0, 2\)"),
        (X, Y[:-1], "30 samples but y has 29"),
        (X, Y[:, None], r"y must have shape \(N,\).*got \(30, 1\)"),
        (X, Y + 0.5, "class numbers from 0 to 7"),
        (X, Y - 1, "class numbers from 0 to 7"),
        (X, Y + 6, "class numbers from 0 to 7"),
        (X, np.full(30, np.nan), "class numbers from 0 to 7"),
        (X.astype(str), Y, "X must hold numbers"),
        ([[1, 2], [3]], [0, 1], "X must be a regular array"),
    ],
)
def test_points_says_what_is_wrong(X, y, says):
    with pytest.raises(ValueError, match=says):
        plotting.points(X, y)


def test_points_needs_a_label_for_every_class_and_two_names():
    with pytest.raises(ValueError, match="class 2 but only 2 labels"):
        plotting.points(X, Y, labels=["a", "b"])
    with pytest.raises(ValueError, match="got 3 names"):
        plotting.points(X, Y, names=("a", "b", "c"))


# regions


def test_regions_shades_probabilities_and_draws_the_boundary():
    ax = plotting.regions(left_or_right, X)
    filled, lines = contours(ax)
    assert len(filled) == len(lines) == 1
    assert filled[0].levels[[0, -1]].tolist() == [0, 1]
    low, high = filled[0].cmap(0.0), filled[0].cmap(1.0)
    assert low[2] > low[0] and high[0] > high[2]  # blue is class 0, orange class 1
    boundary = lines[0].get_paths()[0].vertices
    assert np.abs(boundary[:, 0]).max() < np.ptp(X[:, 0]) / 100
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x₁", "x₂")


def test_regions_covers_the_samples_with_a_margin():
    ax = plotting.regions(left_or_right, X, margin=0.25)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    low, high = X.min(axis=0), X.max(axis=0)
    assert np.allclose([left, bottom], low - 0.25 * (high - low))
    assert np.allclose([right, top], high + 0.25 * (high - low))
    plotting.points(X * 9, Y, ax=ax)
    assert ax.get_xlim() == (left, right)


def test_regions_draws_the_boundary_at_the_threshold():
    _, lines = contours(plotting.regions(left_or_right, X, threshold=0.9))
    assert lines == []  # nowhere is the probability above 0.9
    plt.close("all")
    ax = plotting.regions(lambda s: 1 / (1 + np.exp(-s[:, 0])), X, threshold=0.7)
    boundary = contours(ax)[1][0].get_paths()[0].vertices
    assert np.allclose(boundary[:, 0], np.log(7 / 3), atol=0.01)


def test_regions_of_classes_have_one_color_and_one_boundary_each():
    ax = plotting.regions(lambda s: (s[:, 0] > 0) + 2 * (s[:, 1] > 0), X)
    filled, lines = contours(ax)
    drawn = [to_hex(color) for color in filled[0].get_facecolor()]
    assert len(set(drawn)) == 8  # a color for each class there could be
    assert len(lines) == 3
    plt.close("all")
    ax = plotting.regions(lambda s: s[:, 0] > 0, X)  # booleans are classes too
    boundary = contours(ax)[1][0].get_paths()[0].vertices
    assert np.abs(boundary[:, 0]).max() < np.ptp(X[:, 0]) / 100


def test_regions_calls_predict_once_on_the_whole_grid():
    calls = []

    def predict(samples):
        calls.append(samples.shape)
        return np.zeros((len(samples), 1))

    plotting.regions(predict, X, resolution=50)
    assert calls == [(2500, 2)]


@pytest.mark.parametrize(
    ("predict", "says"),
    [
        (lambda s: s, r"return shape \(40000,\), got \(40000, 2\)"),
        (lambda s: 0.5, r"got \(\)"),
        (lambda s: s[:, 0] * np.nan, "probabilities between 0 and 1"),
        (lambda s: s[:, 0] * 9, "probabilities between 0 and 1.*got numbers from"),
        (lambda s: None, "must hold numbers"),
    ],
)
def test_regions_says_what_is_wrong_with_the_predictions(predict, says):
    with pytest.raises(ValueError, match=says):
        plotting.regions(predict, X)


# line


@pytest.mark.parametrize("w", [[1, 2], [1, -2], [3, 0], [0, 3], [[1], [1e-3]]])
def test_line_lies_on_w_x_plus_b_from_edge_to_edge(w):
    ax = plotting.points(X, Y)
    limits = ax.get_xlim(), ax.get_ylim()
    plotting.line(w, 0.25, ax=ax, label="neuron")
    assert (ax.get_xlim(), ax.get_ylim()) == limits
    ends = ax.lines[0].get_xydata()
    assert ends.shape == (2, 2)
    assert np.allclose(ends @ np.ravel(w) + 0.25, 0)
    for end in ends:
        on_edge = [np.isclose(end[0], limits[0]), np.isclose(end[1], limits[1])]
        assert np.any(on_edge)
    assert "neuron" in legend_texts(ax)


def test_line_that_misses_the_picture_is_only_in_the_legend():
    ax = plotting.points(X, Y)
    plotting.line([1, 1], 100, ax=ax, label="far away", style="--")
    assert len(ax.lines[0].get_xdata()) == 0
    assert ax.lines[0].get_linestyle() == "--"
    assert legend_texts(ax)[-1] == "far away"


@pytest.mark.parametrize(
    ("w", "b", "says"),
    [
        ([0, 0], 1, "both weights are 0"),
        ([1, 2, 3], 1, "two weights and one bias, got 3 and 1"),
        ([1, 2], [1, 2], "got 2 and 2"),
        ([1, np.nan], 1, "cannot draw a line"),
    ],
)
def test_line_says_what_is_wrong(w, b, says):
    with pytest.raises(ValueError, match=says):
        plotting.line(w, b)


# curves


def test_curves_draws_each_in_its_own_color_and_style():
    ax = plotting.curves({"training": [3.0, 2, 1], "validation": [3.0, 2.5]})
    first, second = ax.lines
    assert first.get_xydata().tolist() == [[1, 3], [2, 2], [3, 1]]
    assert second.get_xydata().tolist() == [[1, 3], [2, 2.5]]
    assert first.get_color() != second.get_color()
    assert first.get_linestyle() != second.get_linestyle()
    assert legend_texts(ax) == ["training", "validation"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "loss")
    assert ax.get_yscale() == "linear"


def test_curves_on_given_steps_with_a_band_and_a_log_scale():
    ax = plotting.curves(
        {"accuracy": [80, 90]},
        x=[10, 20],
        xlabel="epoch",
        ylabel="accuracy (%)",
        spread={"accuracy": [1, 2]},
        log=True,
    )
    assert ax.lines[0].get_xdata().tolist() == [10, 20]
    corners = ax.collections[0].get_paths()[0].vertices
    assert set(corners[:, 1]) >= {79, 81, 88, 92}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "accuracy (%)")
    assert ax.get_yscale() == "log"
    assert ax.get_legend() is None  # one curve needs none


@pytest.mark.parametrize(
    ("values", "options", "says"),
    [
        ({}, {}, "one to 8 curves"),
        ([1, 2], {}, "as a dictionary"),
        ({str(i): [1] for i in range(9)}, {}, "one to 8 curves"),
        ({"a": [[1, 2]]}, {}, r"“a” must have shape \(T,\), got \(1, 2\)"),
        ({"a": [1, 2]}, {"x": [1]}, "“a” has 2 values but x has 1"),
        ({"a": [1, 2]}, {"spread": {"b": 1}}, r"not drawn: \['b'\]"),
        ({"a": [1, 2]}, {"spread": {"a": [1, 2, 3]}}, r"spread of “a”.*got \(3,\)"),
        ({"a": ["high"]}, {}, "a must hold numbers"),
    ],
)
def test_curves_says_what_is_wrong(values, options, says):
    with pytest.raises(ValueError, match=says):
        plotting.curves(values, **options)


# digits, kernels, maps


@pytest.mark.parametrize("shape", [(7, 784), (7, 28, 28), (7, 1, 28, 28)])
def test_digits_puts_every_image_in_its_place(shape):
    images = RNG.random((7, 28, 28))
    ax = plotting.digits(images.reshape(shape), columns=3)
    sheet = np.ma.filled(ax.images[0].get_array(), np.nan)
    corners = [path[0] + 0.5 for path in ax.collections[0].get_segments()]
    assert len(corners) == 7
    for (left, top), image in zip(np.rint(corners).astype(int), images, strict=True):
        assert np.array_equal(sheet[top : top + 28, left : left + 28], image)
    assert np.isfinite(sheet).sum() == images.size
    assert corners[3][0] == corners[0][0] and corners[3][1] > corners[0][1]
    assert ax.images[0].get_cmap().name == "gray_r"  # dark ink
    assert not ax.axison


def test_digits_writes_titles_above_their_images():
    ax = plotting.digits(RNG.random((5, 784)), titles=[3, 1, 4, "1 → 7", 9], columns=2)
    assert texts(ax) == ["3", "1", "4", "1 → 7", "9"]
    for text, frame in zip(ax.texts, ax.collections[0].get_segments(), strict=True):
        left, top = frame.min(axis=0)
        assert text.get_position()[0] == left + 14
        assert text.get_position()[1] < top
    ax.figure.canvas.draw()
    heights = [t.get_window_extent().height for t in ax.texts]
    lines = [f.min(axis=0)[1] for f in ax.collections[0].get_segments()]
    below_first_row = ax.collections[0].get_segments()[0].max(axis=0)[1]
    room = ax.transData.transform([(0, below_first_row), (0, lines[2])])
    assert abs(room[1][1] - room[0][1]) > max(heights)  # no title touches an image


def test_digits_of_all_zeros_are_white():
    assert plotting.digits(np.zeros((2, 784))).images[0].norm(0.0) == 0


def test_kernels_center_their_colors_at_zero():
    weights = RNG.normal(size=(4, 1, 5, 5))
    ax = plotting.kernels(weights, titles="abcd")
    image = ax.images[0]
    assert image.norm.vmax == -image.norm.vmin == np.abs(weights).max()
    low, zero, high = (image.cmap(image.norm(v)) for v in (-1, 0, 1))
    assert min(zero[:3]) > 0.99
    assert low[2] > low[0] and high[0] > high[2]
    assert texts(ax) == list("abcd")
    (bar,) = ax.child_axes
    assert bar.get_ylabel() == "weight"


def test_maps_share_one_scale():
    images = RNG.random((3, 12, 9)) + 2
    ax = plotting.maps(images, columns=2)
    assert ax.images[0].norm.vmin == images.min()
    assert ax.images[0].norm.vmax == images.max()
    (bar,) = ax.child_axes
    assert bar.get_ylabel() == "activation"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: plotting.digits(np.ones((2, 780))), r"square.*got \(2, 780\)"),
        (lambda: plotting.digits(np.ones(784)), r"got \(784,\)"),
        (lambda: plotting.digits(np.ones((2, 3, 28, 28))), r"got \(2, 3, 28, 28\)"),
        (lambda: plotting.digits(np.ones((0, 784))), r"got \(0, 28, 28\)"),
        (lambda: plotting.digits(np.ones((2, 784)), titles=[1]), "2 images.*got 1"),
        (lambda: plotting.digits(np.ones((2, 784)), columns=0), "1 or more, got 0"),
        (lambda: plotting.kernels(np.ones((5, 5))), r"\(N, k, k\).*got \(5, 5\)"),
        (lambda: plotting.maps(np.ones((2, 2, 5, 5))), r"\(N, h, w\).*got"),
        (lambda: plotting.maps("abc"), "images must hold numbers"),
    ],
)
def test_mosaics_say_what_is_wrong(call, says):
    with pytest.raises(ValueError, match=says):
        call()


# neuron, bars_with_spread


def test_neuron_shows_inputs_weights_bias_and_output():
    ax = diagrams.neuron(("cloudy", "hot", "windy"))
    expected = {"cloudy", "hot", "windy", "w₁", "w₂", "w₃", "b", "Σ", "z", "f", "a"}
    assert expected <= set(texts(ax))
    assert len(ax.patches) == 2
    ax = diagrams.neuron(
        ["x"], weights=[-1.5], bias=-2, activation="σ", output="p", ax=ax
    )
    assert {"−1.5", "−2", "σ", "p"} <= set(texts(ax))


def test_neuron_says_what_is_wrong():
    with pytest.raises(ValueError, match="one to eight inputs, got 0"):
        diagrams.neuron([])
    with pytest.raises(ValueError, match="2 inputs need as many weights, got 1"):
        diagrams.neuron(["a", "b"], weights=[1])


def test_bars_show_means_spread_and_runs():
    runs = [[0.7, 0.8, 0.9], [0.9, 0.9, 0.9]]
    ax = plotting.bars_with_spread(
        ["MLP", "CNN"], [0.8, 0.9], [0.1, 0.0], runs=runs, ylabel="accuracy (%)"
    )
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["MLP", "CNN"]
    assert ax.get_ylabel() == "accuracy (%)"
    means = [container.lines[0].get_ydata()[0] for container in ax.containers]
    assert means == [0.8, 0.9]
    bar = ax.containers[0].lines[2][0].get_segments()[0]
    assert np.allclose(bar, [[0, 0.7], [0, 0.9]])
    dots = [line.get_ydata().tolist() for line in ax.lines if line.get_ls() == "None"]
    assert all(run in dots for run in runs)


@pytest.mark.parametrize(
    ("arguments", "options", "says"),
    [
        ((["A"], [1, 2], [0, 0]), {}, "1 names need as many means and sds"),
        ((["A", "B"], [1, 2], [0]), {}, "2 names need as many"),
        ((["A"], [1], [-1]), {}, "cannot be negative"),
        ((["A"], [1], [1]), {"runs": [[1], [2]]}, "as many lists of runs, got 2"),
    ],
)
def test_bars_say_what_is_wrong(arguments, options, says):
    with pytest.raises(ValueError, match=says):
        plotting.bars_with_spread(*arguments, **options)


def test_bars_compute_means_and_deviations_of_runs():
    ax = plotting.bars_with_spread(["A"], runs=[[1.0, 3.0]])
    assert ax.containers[0].lines[0].get_ydata()[0] == 2.0
    bar = ax.containers[0].lines[2][0].get_segments()[0]
    assert np.allclose(bar[:, 1], [2 - 2**0.5, 2 + 2**0.5])  # with n − 1


# band, walk, confusion


def test_a_band_reaches_from_the_lowest_run_to_the_highest():
    ax = plotting.band([1, 2, 3], [[3, 2, 1], [5, 2, 0]], label="two runs")
    assert ax.lines[0].get_ydata().tolist() == [4, 2, 0.5]
    assert ax.lines[0].get_label() == "two runs"
    corners = ax.collections[0].get_paths()[0].vertices
    assert {(1, 3), (1, 5), (2, 2), (3, 0), (3, 1)} <= set(map(tuple, corners))
    color = to_hex(ax.collections[0].get_facecolor()[0])
    assert color == to_hex(ax.lines[0].get_color())
    plotting.band([1, 2], [[0, 1]], ax=ax)
    assert ax.lines[1].get_color() != ax.lines[0].get_color()


@pytest.mark.parametrize("runs", [[1, 2, 3], [[1, 2]], [[[1, 2, 3]]]])
def test_a_band_says_what_does_not_fit(runs):
    with pytest.raises(ValueError, match=r"shape \(R, 3\)"):
        plotting.band([1, 2, 3], runs)


def test_a_walk_shows_steps_start_end_and_bottom():
    path = [[4, 1], [2, -0.5], [1, 0.2]]
    ax = plotting.walk(bowl, path, bottom=(0, 0), levels=[2, 8])
    steps, start, end, bottom = ax.lines
    assert steps.get_xydata().tolist() == path
    places = [line.get_xydata()[0].tolist() for line in (start, end, bottom)]
    assert places == [path[0], path[-1], [0, 0]]
    assert [line.get_marker() for line in (start, end, bottom)] == ["s", "D", "X"]
    (lines,) = contours(ax)[1]
    assert lines.levels.tolist() == [2, 8]
    for level, paths in zip([2, 8], lines.get_paths(), strict=True):
        assert np.allclose(bowl(paths.vertices), level, rtol=0.02)
    low, high = np.array([ax.get_xlim(), ax.get_ylim()]).T
    assert (low < 0).all() and (high > path[0]).all()


def test_a_walk_shows_the_part_of_the_map_that_is_asked_for():
    ax = plotting.walk(bowl, [[4, 1], [2, 0]], xlim=(-5, 5), ylim=(-2, 2))
    assert (ax.get_xlim(), ax.get_ylim()) == ((-5, 5), (-2, 2))


def test_a_walk_says_what_does_not_fit():
    with pytest.raises(ValueError, match=r"must return shape \(14641,\)"):
        plotting.walk(lambda places: 1.0, [[4, 1], [2, 0]])
    with pytest.raises(ValueError, match=r"shape \(N, 2\)"):
        plotting.walk(bowl, [4, 1])


def test_a_confusion_matrix_shows_its_counts_but_no_zeros():
    ax = plotting.confusion([[90, 4, 0], [0, 8, 0], [3, 0, 7]], names=["a", "b", "c"])
    written = {t.get_position(): t.get_text() for t in ax.texts}
    assert written == {(0, 0): "90", (1, 0): "4", (1, 1): "8", (0, 2): "3", (2, 2): "7"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("taken for", "is a")
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["a", "b", "c"]
    colors = {t.get_text(): t.get_color() for t in ax.texts}
    assert colors["90"] == "white" and colors["4"] == plotting.BLACK


def test_a_confusion_matrix_without_its_diagonal_shows_the_mistakes():
    ax = plotting.confusion([[90, 4], [3, 7]], diagonal=False)
    assert sorted(texts(ax)) == ["3", "4"]
    assert ax.images[0].get_array().tolist() == [[0, 4], [3, 0]]


def test_a_confusion_matrix_says_what_does_not_fit():
    with pytest.raises(ValueError, match=r"is square, got shape \(2, 3\)"):
        plotting.confusion(np.ones((2, 3)))
    with pytest.raises(ValueError, match="2 classes need as many names, got 1"):
        plotting.confusion(np.ones((2, 2)), names=["a"])


def test_there_is_one_palette():
    from helpers import palette

    folder = Path(palette.__file__).parent
    named = [value for value in vars(palette).values() if str(value).startswith("#")]
    assert len(named) == 9
    for path in [*folder.rglob("*.py"), *folder.rglob("*.mplstyle")]:
        if path.name != "palette.py":
            text = path.read_text("utf-8").lower()
            assert not [c for c in named if c.lower().strip("#") in text], path.name
    with plt.rc_context():
        plotting.use_style()
        cycle = matplotlib.rcParams["axes.prop_cycle"].by_key()
    assert tuple(cycle["color"]) == palette.COLORS[:6]
    assert tuple(cycle["linestyle"]) == palette.LINES[:6]


# tensors


def test_tensors_are_drawn_like_arrays():
    torch = pytest.importorskip("torch")
    images = torch.rand(3, 1, 28, 28, requires_grad=True)
    ax = plotting.digits(images)
    assert np.nanmax(ax.images[0].get_array()) == images.max().item()
    plt.close("all")
    plotting.kernels(torch.nn.Conv2d(1, 4, 5).weight)
    plotting.points(torch.tensor(X), torch.tensor(Y))
    plotting.curves({"loss": torch.arange(3, dtype=torch.bfloat16)})


def test_plotting_does_not_need_torch():
    import subprocess
    import sys

    code = "import sys; sys.modules['torch'] = None; import helpers.plotting as p; "
    code += "import matplotlib; matplotlib.use('agg'); p.digits([[0.0, 1, 0, 1]])"
    subprocess.run([sys.executable, "-c", code], check=True)


# network, graph


def test_network_draws_units_connections_and_shapes():
    ax = diagrams.network((2, 4, 1))
    assert len(ax.patches) == 2 + 4 + 1
    assert len(ax.collections[0].get_segments()) == 2 * 4
    assert len(ax.collections[1].get_segments()) == 4 * 1
    said = texts(ax)
    assert [t for t in said if t in ("input", "hidden", "output")] == [
        "input",
        "hidden",
        "output",
    ]
    assert {"x (2,)", "a₁ (4,)", "a₂ (1,)"} <= set(said)
    assert {"W₁ (2, 4)\nb₁ (4,)", "W₂ (4, 1)\nb₂ (1,)"} <= set(said)


def test_network_leaves_units_of_a_large_layer_out_and_says_so():
    ax = diagrams.network((784, 30, 10))
    assert texts(ax).count("⋮") == 2
    assert len(ax.patches) == 8 + 8 + 10
    assert "W₁ (784, 30)\nb₁ (30,)" in texts(ax)


def test_network_takes_names_and_leaves_shapes_out():
    ax = diagrams.network((3, 1), names=("diary", "go?"), shapes=False)
    assert texts(ax) == ["diary", "go?"]


def test_network_crosses_dropped_units_out_and_cuts_their_connections():
    ax = diagrams.network((2, 4, 1), dropped=[0, 3])
    assert len(ax.patches) == 2 + 4 + 1
    assert len(ax.collections[0].get_segments()) == 2 * 2
    assert len(ax.collections[1].get_segments()) == 2 * 1
    centers = [ax.patches[2].center, ax.patches[5].center]
    assert [tuple(line.get_xydata()[0]) for line in ax.lines] == centers
    assert {line.get_marker() for line in ax.lines} == {"x"}


@pytest.mark.parametrize("dropped", [[4], [-1]])
def test_network_cannot_drop_a_unit_that_is_not_there(dropped):
    with pytest.raises(ValueError, match="numbered 0 to 3 here"):
        diagrams.network((2, 4, 1), dropped=dropped)


@pytest.mark.parametrize("sizes", [(3,), (3, 0), (3, 1.5)])
def test_network_says_what_is_wrong(sizes):
    with pytest.raises(ValueError, match="two or more layers"):
        diagrams.network(sizes)


def test_network_wants_a_name_for_each_layer():
    with pytest.raises(ValueError, match="3 layers need as many names"):
        diagrams.network((2, 4, 1), names=("in", "out"))


def test_graph_draws_boxes_arrows_and_what_is_handed_back():
    ax = diagrams.graph(
        GRAPH,
        [("x", "z"), ("w", "z")],
        given=["x"],
        parameters=["w"],
        below={"z": "(N, 2)"},
        back={("z", "w"): "gradient"},
    )
    said = texts(ax)
    assert {"x", "w", "z", "(N, 2)", "gradient"} <= set(said)
    arrows = [t for t in ax.texts if getattr(t, "arrow_patch", None)]
    assert len(arrows) == 3
    colors = {t.get_text(): t.get_bbox_patch() for t in ax.texts if t.get_bbox_patch()}
    edge = {name: to_hex(box.get_edgecolor()) for name, box in colors.items()}
    assert edge["x"] == plotting.GRAY.lower()
    assert edge["w"] == plotting.ORANGE.lower()
    assert edge["z"] == plotting.BLUE.lower()


def test_graph_says_which_box_is_missing():
    with pytest.raises(ValueError, match=r"no place: \['y'\]"):
        diagrams.graph(GRAPH, [("x", "y")])


def test_film_moves_stays_small_and_is_the_same_in_every_run():
    def draw(ax, frame):
        ax.plot([frame], [0], "o", color=plotting.BLUE)
        ax.plot([0], [frame], "^", color=plotting.ORANGE)
        ax.set(xlim=(-1, 5), ylim=(-1, 5))

    film = plotting.film(draw, 4, size=(3, 2), rate=4)
    assert film.data == plotting.film(draw, 4, size=(3, 2), rate=4).data
    assert len(film.data) < 20_000
    assert not plt.get_fignums()
    with pillow.open(io.BytesIO(film.data)) as image:
        assert (image.format, image.n_frames, image.size) == ("PNG", 4, (216, 144))
        assert image.info["duration"] == 250
        assert image.info["loop"] == 0
        for frame in range(4):
            image.seek(frame)
            seen = np.asarray(image.convert("RGB"), dtype=float)
            for color in (plotting.BLUE, plotting.ORANGE):
                apart = np.abs(seen - 255 * np.array(to_rgb(color))).max(axis=-1)
                assert apart.min() < 24


@pytest.mark.parametrize("wrong", [{"frames": 0}, {"frames": 2, "colors": 300}])
def test_film_says_what_is_wrong(wrong):
    with pytest.raises(ValueError, match="a film needs 1 frame or more"):
        plotting.film(lambda ax, frame: None, **wrong)
