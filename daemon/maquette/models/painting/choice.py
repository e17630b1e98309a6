"""Choosing a model by trying: known pixels are hidden, every model predicts them, and the nearest wins.

What is hidden is a ring around the hole and, where there is room, copies of the hole beside it. All of it happens at
the smallest side of the models, so that it costs one short call of each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import numpy as np
from scipy import ndimage

from maquette.imaging.colour import difference
from maquette.imaging.rectangle import bounds
from maquette.imaging.resizing import fitted_size, resized_known
from maquette.imaging.smooth_fill import smooth_fill
from maquette.models.operations import Operation, Progress
from maquette.models.painting.fillers import BoolArray, Filler, FillOptions, FloatArray
from maquette.models.painting.filling import filled
from maquette.models.painting.progress import Stretch, within

_SIDE = 128
_STEPS = 10
_LEAST_PIXELS = 24
_LARGEST_DIFFERENCE = 40.0
_DETAIL_WEIGHT = 4.0


def _ring(hole: BoolArray, width: int) -> BoolArray:
    distance = cast("FloatArray", ndimage.distance_transform_edt(~hole))
    return (distance <= width) & ~hole


def _copies(hole: BoolArray) -> BoolArray:
    """The hole's shape beside the hole, on every side where it fits without touching it."""
    place = bounds(hole)
    shape = hole[place.slices]
    copies = np.zeros_like(hole)
    height, width = hole.shape
    for down, right in ((0, -1), (0, 1), (-1, 0), (1, 0)):
        moved = place.moved(right * math.ceil(place.width * 1.25), down * math.ceil(place.height * 1.25))
        fits = moved.left >= 0 and moved.top >= 0 and moved.right <= width and moved.bottom <= height
        # Two copies at most: something must stay known.
        if fits and int(copies.sum()) < 2 * int(shape.sum()):
            copies[moved.slices] |= shape
    return copies & ~hole


def hidden_pixels(hole: BoolArray) -> BoolArray:
    """Known pixels (H, W) to hide around a hole for a trial: at most half of what is known."""
    known = ~hole
    width = max(4, round(0.15 * math.sqrt(float(hole.sum()))))
    for candidate in (_ring(hole, width) | _copies(hole), _ring(hole, width), _ring(hole, 1)):
        if int(candidate.sum()) * 2 <= int(known.sum()):
            return candidate & known
    return np.zeros_like(hole)


def _smoothed(picture: FloatArray) -> FloatArray:
    return cast("FloatArray", ndimage.gaussian_filter(picture, (1.0, 1.0, 0.0)))


def _detail(picture: FloatArray, where: BoolArray) -> float:
    """Mean step between neighbouring pixels among ``where``."""
    across = np.abs(np.diff(picture, axis=1)).mean(axis=-1)[where[:, 1:] & where[:, :-1]]
    down = np.abs(np.diff(picture, axis=0)).mean(axis=-1)[where[1:] & where[:-1]]
    steps = np.concatenate([across, down])
    return float(steps.mean()) if steps.size else 0.0


def prediction_error(true: FloatArray, predicted: FloatArray, hidden: BoolArray) -> float:
    """How far a prediction (H, W, 3) is from the truth over hidden pixels (H, W): 0 = the same.

    Mean ΔE of slightly smoothed pictures, large differences cut and the worst tenth left out, plus a penalty for
    another amount of detail: a blur is near everywhere and right nowhere.
    """
    distance = np.minimum(difference(_smoothed(true), _smoothed(predicted))[hidden], _LARGEST_DIFFERENCE)
    best = np.sort(distance)[: max(1, math.ceil(0.9 * distance.size))]
    detail = abs(math.log((_detail(predicted, hidden) + 0.01) / (_detail(true, hidden) + 0.01)))
    return float(best.mean()) + _DETAIL_WEIGHT * detail


def _verdict(errors: Sequence[tuple[float, Filler]]) -> tuple[Filler, str]:
    (least, best), *rest = sorted(errors, key=lambda entry: entry[0])
    others = ", ".join(f"'{filler.info.id}': {error:.1f}" for error, filler in rest)
    why = f"it predicted hidden pixels around the hole with an error of {least:.1f} ({others})"
    return best, f"Chose '{best.info.id}': {why}."


def chosen(
    picture: FloatArray, hole: BoolArray, fillers: Sequence[Filler], seed: int, stretch: Stretch
) -> Operation[tuple[Filler, str]]:
    """The filler that predicts hidden pixels around the hole best, and a sentence that says why.

    The same picture, hole and seed always choose the same.

    Args:
        picture: (H, W, 3), finite.
        hole: (H, W), at least one True.
        fillers: at least two; where nothing can be tried, the first that has a side of its own is chosen.
    """
    height, width = hole.shape
    side = min([filler.fill_side for filler in fillers if filler.fill_side] or [_SIDE])
    small, known = resized_known(picture, ~hole, *fitted_size(width, height, side))
    hidden = hidden_pixels(~known) if not known.all() else _ring_of_trace(hole, known)
    if int(hidden.sum()) < _LEAST_PIXELS:
        # A model that learnt pictures paints something even where nothing is known.
        first = next((filler for filler in fillers if filler.fill_side), fillers[0])
        return first, f"Chose '{first.info.id}': too little is known around the hole to compare models."
    trial = hidden | ~known
    start = smooth_fill(small, trial)
    errors: list[tuple[float, Filler]] = []
    for index, filler in enumerate(fillers):
        part = stretch.part(index / len(fillers), (index + 1) / len(fillers))
        yield Progress("choosing a model", part.start)
        operation = filled(start, trial, filler, None, FillOptions(seed, 1, _STEPS))
        (answer,) = yield from within(_named("choosing a model", operation), part)
        errors.append((prediction_error(small, answer, hidden), filler))
    return _verdict(errors)


def _ring_of_trace(hole: BoolArray, known: BoolArray) -> BoolArray:
    """Pixels to hide where the hole is so small that nothing of it is left at the trial's size."""
    rows, columns = np.nonzero(hole)
    row, column = (
        int(rows.mean() * known.shape[0] / hole.shape[0]),
        int(columns.mean() * known.shape[1] / hole.shape[1]),
    )
    hidden = np.zeros_like(known)
    hidden[max(0, row - 4) : row + 5, max(0, column - 4) : column + 5] = True
    return hidden if int(hidden.sum()) * 2 <= hidden.size else np.zeros_like(known)


def _named(stage: str, operation: Operation[tuple[FloatArray, ...]]) -> Operation[tuple[FloatArray, ...]]:
    try:
        while True:
            try:
                report = next(operation)
            except StopIteration as finished:
                return finished.value
            yield Progress(stage, report.fraction)
    finally:
        operation.close()
