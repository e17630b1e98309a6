"""The pictures of a demonstration side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

TILE = 240
MARGIN = 10
CAPTION = 24
LABEL = 76
LABELS = ("before", "after", "blob map")
BACKGROUND, INK, FAINT = (24, 25, 28), (235, 235, 235), (150, 150, 150)


@dataclass(frozen=True)
class Step:
    """One step: arrays of shape (height, width, 3), uint8."""

    title: str
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    blob_map: NDArray[np.uint8]


def tile_corner(column: int, row: int) -> tuple[int, int]:
    """Left upper corner of a picture: steps from left to right; before, after and map from top to bottom."""
    return LABEL + MARGIN + column * (TILE + MARGIN), CAPTION + MARGIN + row * (TILE + MARGIN)


def contact_sheet(steps: Sequence[Step]) -> Image.Image:
    """One column per step under its title: before, after, blob map."""
    sheet = Image.new("RGB", tile_corner(len(steps), len(LABELS)), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    small, large = ImageFont.load_default(13), ImageFont.load_default(15)
    for row, label in enumerate(LABELS):
        draw.text((MARGIN, tile_corner(0, row)[1] + TILE // 2), label, FAINT, small)
    for column, step in enumerate(steps):
        draw.text((tile_corner(column, 0)[0], MARGIN), step.title, INK, large)
        for row, pixels in enumerate((step.before, step.after, step.blob_map)):
            sheet.paste(_tile(pixels), tile_corner(column, row))
    return sheet


def _tile(pixels: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(pixels).resize((TILE, TILE), Image.Resampling.BICUBIC)
