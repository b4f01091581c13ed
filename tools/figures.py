"""How far apart two pictures of the same figure are, and whether one is blank."""

import base64
import io

import numpy as np
from nbformat import NotebookNode
from PIL import Image

BLOCK = 8  # pixels
SHIFT = 2  # pixels


def pictures(outputs: list[NotebookNode]) -> list[bytes]:
    """Return the PNG images among a cell's outputs."""
    data = [output.get("data", {}) for output in outputs]
    return [base64.b64decode(d["image/png"]) for d in data if "image/png" in d]


def distance(stored: bytes, new: bytes) -> float:
    """Return the largest difference between two PNG images, block by block.

    Both are laid on white and cut into blocks of 8 x 8 pixels. Of each block counts the
    mean difference of its pixels, in the channel where it is largest, after the shift
    by at most 2 pixels that fits best: text drawn by another version of the font
    library moves a little, curves, points and colors do not.

    Returns
    -------
    float
        0 for equal images, at most 255; 255 if the sizes differ by more than 2 pixels.
    """
    if stored == new:
        return 0.0
    a, b = pixels(stored), pixels(new)
    sizes = np.array([a.shape[:2], b.shape[:2]])
    if np.ptp(sizes, axis=0).max() > SHIFT:
        return 255.0
    height, width = (-(-sizes.max(axis=0) // BLOCK) * BLOCK).tolist()
    a, b = _padded(a, height, width, 0), _padded(b, height, width, SHIFT)
    best = np.full((height // BLOCK, width // BLOCK), np.inf)
    for down in range(2 * SHIFT + 1):
        for right in range(2 * SHIFT + 1):
            apart = np.abs(a - b[down : down + height, right : right + width])
            blocks = apart.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK, 3)
            best = np.minimum(best, blocks.mean(axis=(1, 3)).max(axis=-1))
    return float(best.max())


def ink(png: bytes) -> float:
    """Return the share of an image's pixels that differ from its first."""
    image = pixels(png)
    return float((np.abs(image - image[0, 0]).max(axis=-1) > 8).mean())


def pixels(png: bytes) -> np.ndarray:
    """Return a PNG image on white, (height, width, 3) in 0..255."""
    image = Image.open(io.BytesIO(png)).convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(white, image))[..., :3].astype(np.float32)


def _padded(image: np.ndarray, height: int, width: int, margin: int) -> np.ndarray:
    """Return the image on a white ground with a margin all around."""
    below, right = height - image.shape[0], width - image.shape[1]
    edges = ((margin, below + margin), (margin, right + margin), (0, 0))
    return np.pad(image, edges, constant_values=255)
