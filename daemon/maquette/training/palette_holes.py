"""Random holes for training Palette, and the fixed ones that it is measured with."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Hole = NDArray[np.bool_]
"""(R, R), True = unknown."""

KINDS = ("centre", "half", "free-form")


def centre_hole(side: int) -> Hole:
    """The middle quarter of the area, as Palette's 'center' mask."""
    hole = np.zeros((side, side), np.bool_)
    quarter = side // 4
    hole[quarter : quarter + side // 2, quarter : quarter + side // 2] = True
    return hole


def edge_hole(side: int, edge: int, share: float = 0.5) -> Hole:
    """A share of the picture at one of its edges: left, right, top, bottom."""
    hole = np.zeros((side, side), np.bool_)
    depth = max(1, round(side * share))
    view = hole if edge < 2 else hole.T
    if edge % 2:
        view[:, side - depth :] = True
    else:
        view[:, :depth] = True
    return hole


def frame_hole(side: int, rng: np.random.Generator) -> Hole:
    """Everything but a box that holds half the area or more: an extension on several sides at once."""
    low, high = side // 2, side * 7 // 8
    height, width = (int(rng.integers(low, high)) for _ in range(2))
    top, left = int(rng.integers(side - height + 1)), int(rng.integers(side - width + 1))
    hole = np.ones((side, side), np.bool_)
    hole[top : top + height, left : left + width] = False
    return hole


def box_hole(side: int, rng: np.random.Generator) -> Hole:
    """A box anywhere, from an eighth to five eighths of the side."""
    height, width = (max(2, round(side * rng.uniform(0.12, 0.62))) for _ in range(2))
    top, left = int(rng.integers(side - height + 1)), int(rng.integers(side - width + 1))
    hole = np.zeros((side, side), np.bool_)
    hole[top : top + height, left : left + width] = True
    return hole


def free_form_hole(side: int, rng: np.random.Generator) -> Hole:
    """Brush strokes that turn at random (Yu et al. 2019, free-form masks)."""
    canvas = Image.new("1", (side, side))
    draw = ImageDraw.Draw(canvas)
    for _ in range(int(rng.integers(1, 5))):
        _draw_stroke(draw, side, rng)
    hole = np.asarray(canvas, np.bool_)
    return hole if hole.any() else centre_hole(side)


def _draw_stroke(draw: ImageDraw.ImageDraw, side: int, rng: np.random.Generator) -> None:
    x, y = rng.uniform(0, side, 2)
    angle = rng.uniform(0, 2 * math.pi)
    width = max(1, round(side * rng.uniform(0.03, 0.14)))
    for _ in range(int(rng.integers(2, 7))):
        angle += rng.uniform(-1.2, 1.2)
        length = side * rng.uniform(0.1, 0.3)
        end = x + length * math.cos(angle), y + length * math.sin(angle)
        draw.line((x, y, *end), fill=1, width=width)
        draw.ellipse((end[0] - width / 2, end[1] - width / 2, end[0] + width / 2, end[1] + width / 2), fill=1)
        x, y = end


def random_hole(side: int, rng: np.random.Generator) -> Hole:
    """A hole as artists make them: strokes, boxes, and pieces to be added at the edges."""
    choice = rng.random()
    if choice < 0.4:
        return free_form_hole(side, rng)
    if choice < 0.52:
        return centre_hole(side)
    if choice < 0.72:
        return box_hole(side, rng)
    if choice < 0.94:
        share = 0.5 if rng.random() < 0.6 else float(rng.uniform(0.1, 0.6))
        return edge_hole(side, int(rng.integers(4)), share)
    return frame_hole(side, rng)


def measured_hole(kind: str, side: int, index: int) -> Hole:
    """The hole of this kind for the picture of this index: the same each time."""
    rng = np.random.default_rng((index, KINDS.index(kind)))
    if kind == "centre":
        return centre_hole(side)
    if kind == "half":
        return edge_hole(side, index % 4)
    return free_form_hole(side, rng)
