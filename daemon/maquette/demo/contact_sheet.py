"""The pictures of a demonstration side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

TILE = 256
MARGIN = 12
CAPTION = 24
COLUMNS = ("before", "after", "blob map")
BACKGROUND, INK, FAINT = (24, 25, 28), (235, 235, 235), (150, 150, 150)


@dataclass(frozen=True)
class Row:
    """One step: arrays of shape (height, width, 3), uint8."""

    title: str
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    blob_map: NDArray[np.uint8]


def contact_sheet(rows: Sequence[Row]) -> Image.Image:
    """One row per step: before, after, blob map; titles to the left of each row's top."""
    width = MARGIN + len(COLUMNS) * (TILE + MARGIN)
    height = CAPTION + MARGIN + len(rows) * (TILE + CAPTION + MARGIN)
    sheet = Image.new("RGB", (width, height), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    small, large = ImageFont.load_default(13), ImageFont.load_default(15)
    for column, name in enumerate(COLUMNS):
        draw.text((MARGIN + column * (TILE + MARGIN), MARGIN), name, FAINT, small)
    for number, row in enumerate(rows):
        top = CAPTION + MARGIN + number * (TILE + CAPTION + MARGIN)
        draw.text((MARGIN, top), row.title, INK, large)
        for column, pixels in enumerate((row.before, row.after, row.blob_map)):
            sheet.paste(_tile(pixels), (MARGIN + column * (TILE + MARGIN), top + CAPTION))
    return sheet


def _tile(pixels: NDArray[Any]) -> Image.Image:
    return Image.fromarray(pixels).resize((TILE, TILE), Image.Resampling.BICUBIC)
