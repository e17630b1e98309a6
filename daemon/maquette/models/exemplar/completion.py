"""The whole way from a hole to its filling: a window around it, sizes from coarse to fine, turns at each."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from maquette.errors import MaquetteError, Reason
from maquette.imaging.rectangle import Rectangle, bounds, whole
from maquette.imaging.resizing import resized, resized_known
from maquette.models.exemplar.synthesis import Field, Level, LevelSolver, patch_radius, spanned
from maquette.models.painting.fillers import BoolArray, FloatArray
from maquette.models.painting.guesses import continued

LARGEST_AREA = 1_500_000
"""Pixels of a window up to which patches are compared; beyond, the matches of half the size are carried over."""
LEAST_MARGIN = 64
COARSEST_SIDE = 32
GUIDED_SIDE = 128
_THIN = 4.0
_COARSEST_TURNS, _TURNS = 6, 3
_MANY_TARGETS = 150_000
_GUESSES = (0.3, 0.15)
"""How much a first guess counts beside a patch's own colours, at the coarsest level and the next."""
_GUESS_MARGIN = 16
_BLENDING = 0.9
"""The share of the work after which patches are joined to each other."""


@dataclass(frozen=True)
class Report:
    """How far a completion is, and the window as it stands.

    Attributes:
        fraction: 0 to 1.
        place: of the window in the picture.
        estimate: (h, w, 3) of the window, perhaps at a smaller size; None = as it was.
    """

    fraction: float
    place: Rectangle
    estimate: FloatArray | None


def window_around(hole: BoolArray) -> Rectangle:
    """The part of a picture that a hole (H, W) is filled from: as far again as the hole is large, if there is room."""
    everything = whole(hole.shape[1], hole.shape[0])
    place = bounds(hole)
    margin = max(LEAST_MARGIN, max(place.width, place.height))
    while margin > LEAST_MARGIN and place.grown(margin).clipped(everything).area > LARGEST_AREA:
        margin = max(LEAST_MARGIN, margin * 3 // 4)
    window = place.grown(margin).clipped(everything)
    return everything if patch_radius(hole[window.slices]) is None else window


def levels_of(level: Level) -> list[Level]:
    """A level and its halves, coarse first, down to where the hole is thin or the picture small."""
    levels = [level]
    least = COARSEST_SIDE if level.structure is None else GUIDED_SIDE
    while _can_halve(levels[0], least):
        finer = levels[0]
        width, height = (finer.hole.shape[1] + 1) // 2, (finer.hole.shape[0] + 1) // 2
        picture, known = resized_known(finer.picture, ~finer.hole, width, height)
        if known.all() or patch_radius(~known) is None:
            break
        structure = None if finer.structure is None else resized(finer.structure, width, height)
        levels.insert(0, Level(picture, ~known, structure))
    return levels


def _can_halve(level: Level, least: int) -> bool:
    if max(level.hole.shape) < 2 * least or min(level.hole.shape) < 16:
        return False
    depth = cast("FloatArray", ndimage.distance_transform_edt(level.hole))
    return level.structure is not None or float(depth.max()) > _THIN


def _turns(level: Level, coarsest: bool) -> int:
    if level.hole.size > LARGEST_AREA:
        return 0
    if coarsest:
        return _COARSEST_TURNS
    return _TURNS if int(level.hole.sum()) <= _MANY_TARGETS else 1


def first_guess(picture: FloatArray, hole: BoolArray) -> FloatArray:
    """(H, W, 3) with something under the hole: what surrounds it runs on along rows and columns.

    In a hole from one edge of the picture to the other, which is an extension, the nearest known pixels go on, so that
    a horizon stays at its height.
    """
    if not any(spanned(hole)):
        return _continued(picture, hole)
    rows, columns = cast(
        "NDArray[np.int64]", ndimage.distance_transform_edt(hole, return_distances=False, return_indices=True)
    )
    return picture[rows, columns]


def _continued(picture: FloatArray, hole: BoolArray) -> FloatArray:
    around = bounds(hole).grown(_GUESS_MARGIN).clipped(whole(hole.shape[1], hole.shape[0])).slices
    known = torch.from_numpy(picture[around]).permute(2, 0, 1)[None]
    unknown = torch.from_numpy(hole[around].astype(np.float32))[None, None]
    result = picture.copy()
    result[around] = cast("FloatArray", continued(known, unknown)[0].permute(1, 2, 0).numpy())
    return result


def _started(level: Level, coarser: FloatArray | None, guidance: float | None) -> Level:
    """The level with something under its hole; ``guidance`` = how much a first guess counts, unless it has a structure.

    Edges run on across the hole where the first guess is a structure of the coarsest levels; finer ones know better.
    """
    height, width = level.hole.shape
    if level.structure is None and guidance is not None and not any(spanned(level.hole)):
        level = replace(level, structure=_continued(level.picture, level.hole), guidance=guidance)
    if coarser is not None:
        content = resized(coarser, width, height)
    else:
        content = level.structure if level.structure is not None else first_guess(level.picture, level.hole)
    return replace(level, picture=np.where(level.hole[..., None], content, level.picture).astype(np.float32))


def completed(
    picture: FloatArray, hole: BoolArray, structure: FloatArray | None, seed: int, restlessness: float
) -> Generator[Report, None, FloatArray]:
    """Fill a hole with patches of the picture.

    Args:
        picture: (H, W, 3), finite, with anything under the hole.
        hole: (H, W), at least one True.
        structure: (H, W, 3), a blurred picture of what shall be there; None = whatever fits.
        seed: decides every random choice.
        restlessness: 0 = the best patches, more = others that fit nearly as well. It decides at the smallest size, from
            which the rest follows: at the larger ones patches that fit less well would only blur each other.

    Raises:
        MaquetteError: INVALID_ARGUMENT when nothing is known.
    """
    if hole.all():
        raise MaquetteError(
            Reason.INVALID_ARGUMENT,
            "There is nothing around the selection to fill it from.",
            "Leave some of the picture outside the selection, or choose another model.",
        )
    place = window_around(hole)
    inside = place.slices
    finest = Level(picture[inside], hole[inside], None if structure is None else structure[inside])
    generator = torch.Generator().manual_seed(seed)
    levels = levels_of(finest)
    planned = [_turns(level, index == 0) for index, level in enumerate(levels)]
    costs = [level.hole.sum() ** 0.8 * (turns + 1) for level, turns in zip(levels, planned, strict=True)]
    field: Field | None = None
    estimate: FloatArray | None = None
    for index, (level, turns) in enumerate(zip(levels, planned, strict=True)):
        # The finest level is never guided: a guess has no detail.
        guidance = _GUESSES[index] if index < min(len(_GUESSES), len(levels) - 1) else None
        begun = _started(level, estimate, guidance)
        solver = LevelSolver(begun, field, generator, 0.0 if index else restlessness)
        for turn in range(turns + 1):
            share = _BLENDING * (sum(costs[:index]) + costs[index] * turn / (turns + 1)) / sum(costs)
            for _ in solver.turn() if turn else solver.begin():
                yield Report(float(share), place, None)
            yield Report(float(share), place, solver.estimate)
        if index == len(levels) - 1:
            for _ in solver.blend():
                yield Report(_BLENDING, place, None)
        field, estimate = solver.field, solver.estimate
    result = picture.copy()
    result[inside][finest.hole] = cast("FloatArray", estimate)[finest.hole]
    return result
