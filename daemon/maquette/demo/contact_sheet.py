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
    """Each painting under its title: before, and after below it."""
    corners = painting_corners(paintings)
    width = max(painting.after.shape[1] for painting in paintings) + 2 * MARGIN
    height = corners[-1][1] + paintings[-1].after.shape[0] + MARGIN
    sheet = Image.new("RGB", (width, height), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    large = ImageFont.load_default(15)
    for painting, before, after in zip(paintings, corners[::2], corners[1::2], strict=True):
        draw.text((before[0], before[1] - CAPTION), f"{painting.title} ({painting.model_id})", INK, large)
        sheet.paste(Image.fromarray(painting.before), before)
        sheet.paste(Image.fromarray(painting.after), after)
    return sheet


def painting_corners(paintings: Sequence[Painting]) -> list[tuple[int, int]]:
    """Left upper corners of before and after, of each painting in turn."""
    corners: list[tuple[int, int]] = []
    top = MARGIN
    for painting in paintings:
        height = painting.after.shape[0]
        corners += [(MARGIN, top + CAPTION), (MARGIN, top + CAPTION + height + MARGIN)]
        top += CAPTION + 2 * (height + MARGIN)
    return corners


def _tile(pixels: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(pixels).resize((TILE, TILE), Image.Resampling.BICUBIC)
