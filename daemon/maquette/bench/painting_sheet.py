"""Pictures to look at: one row per method, one column per hole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]

MARGIN = 4
LABEL = 110
BACKGROUND, INK = (24, 25, 28), (235, 235, 235)


def sheet(rows: Mapping[str, Sequence[Pixels]]) -> Image.Image:
    """The pictures of each row, all of one size, beside the row's name."""
    height, width = next(iter(rows.values()))[0].shape[:2]
    columns = max(len(pictures) for pictures in rows.values())
    size = LABEL + columns * (width + MARGIN), len(rows) * (height + MARGIN)
    image = Image.new("RGB", size, BACKGROUND)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(13)
    for row, (name, pictures) in enumerate(rows.items()):
        top = row * (height + MARGIN)
        draw.text((MARGIN, top + height // 2), name.replace("–", "-"), INK, font)  # the font has no dash
        for column, pixels in enumerate(pictures):
            image.paste(Image.fromarray(pixels), (LABEL + column * (width + MARGIN), top))
    return image


def with_hole(pixels: Pixels, hole: NDArray[np.bool_]) -> Pixels:
    """The picture (H, W, 3) with its hole (H, W) in grey."""
    return np.where(hole[..., None], np.uint8(128), pixels)
