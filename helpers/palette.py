"""What all pictures of the course share: its colors, and the axes to draw on.

The colors are those of Okabe and Ito (Color Universal Design, 2008), which people with
any kind of color vision can tell apart. Color is never the only channel: classes have
their own markers, curves their own line styles.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE = "#0072b2"
ORANGE = "#e69f00"
GREEN = "#009e73"
PURPLE = "#cc79a7"
SKY = "#56b4e9"
BLACK = "#000000"
VERMILION = "#d55e00"
YELLOW = "#f0e442"
GRAY = "#767676"

#: One color, one marker and one line style for each class or curve, in this order.
COLORS = (BLUE, ORANGE, GREEN, PURPLE, SKY, BLACK, VERMILION, YELLOW)
MARKERS = ("o", "^", "s", "D", "v", "P", "X", "*")
LINES = (
    "-",
    "--",
    "-.",
    ":",
    (0, (5, 1, 1, 1, 1, 1)),
    (0, (1, 1)),
    (0, (8, 3)),
    (0, (3, 5)),
)


def paler(color: str, amount: float) -> tuple[float, ...]:
    """Mix a color with white: amount 0 leaves it, 1 gives white."""
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return tuple(amount + (1 - amount) * channel for channel in channels)


def axes(ax: "Axes | None", size: tuple[float, float]) -> "Axes":
    """The axes to draw on: those given, the current ones, or a new figure's."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    if plt.get_fignums():
        return plt.gca()
    return plt.subplots(figsize=size)[1]
