"""The pictures of a demonstration side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from maquette.demo.painting import Painting

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


def painting_sheet(paintings: Sequence[Painting]) -> Image.Image:
    """One row per painting: its title, then before and after side by side, as wide as the widest."""
    width = max(painting.before.shape[1] for painting in paintings)
    height = max(painting.before.shape[0] for painting in paintings)
    sheet = Image.new("RGB", painting_corner(2, len(paintings), (width, height)), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    large = ImageFont.load_default(15)
    for row, painting in enumerate(paintings):
        left, top = painting_corner(0, row, (width, height))
        draw.text((left, top - CAPTION), f"{painting.title} ({painting.model_id})", INK, large)
        for column, pixels in enumerate((painting.before, painting.after)):
            sheet.paste(Image.fromarray(pixels), painting_corner(column, row, (width, height)))
    return sheet


def painting_corner(column: int, row: int, size: tuple[int, int]) -> tuple[int, int]:
    """Left upper corner of a painting of a sheet of paintings of a size (width, height)."""
    width, height = size
    return MARGIN + column * (width + MARGIN), MARGIN + CAPTION + row * (height + CAPTION + MARGIN)


def _tile(pixels: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(pixels).resize((TILE, TILE), Image.Resampling.BICUBIC)
