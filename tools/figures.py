"""How far apart two pictures of the same figure are."""

import io

import numpy as np
from matplotlib.image import imread

BLOCK = 8  # pixels
SHIFT = 2  # pixels


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
    a, b = _pixels(stored), _pixels(new)
    if max(abs(m - n) for m, n in zip(a.shape, b.shape, strict=True)) > SHIFT:
        return 255.0
    height = -(-max(a.shape[0], b.shape[0]) // BLOCK) * BLOCK
    width = -(-max(a.shape[1], b.shape[1]) // BLOCK) * BLOCK
    a = _padded(a, height, width, 0)
    b = _padded(b, height, width, SHIFT)
    best = np.full((height // BLOCK, width // BLOCK), np.inf)
    for down in range(2 * SHIFT + 1):
        for right in range(2 * SHIFT + 1):
            apart = np.abs(a - b[down : down + height, right : right + width])
            blocks = apart.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK, 3)
            best = np.minimum(best, blocks.mean(axis=(1, 3)).max(axis=-1))
    return float(best.max())


def _pixels(png: bytes) -> np.ndarray:
    """Return the image on white, (height, width, 3) in 0..255."""
    image = imread(io.BytesIO(png), format="png").astype(np.float32)
    if image.ndim == 2:
        image = np.repeat(image[..., None], 3, axis=-1)
    if image.shape[-1] == 4:
        alpha = image[..., 3:]
        image = image[..., :3] * alpha + (1 - alpha)
    return 255 * image


def _padded(image: np.ndarray, height: int, width: int, margin: int) -> np.ndarray:
    """Return the image on a white ground with a margin all around."""
    ground = np.full((height + 2 * margin, width + 2 * margin, 3), 255, np.float32)
    h, w = image.shape[:2]
    ground[margin : margin + h, margin : margin + w] = image
    return ground
