"""Exemplar fill as a model of the painting verbs. It has no weights: all it knows is the picture at hand."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from maquette.imaging.arrays import from_array
from maquette.imaging.picture import Picture
from maquette.imaging.rectangle import Rectangle
from maquette.imaging.resizing import thumbnail
from maquette.models.exemplar.completion import Report, completed
from maquette.models.operations import Operation, Progress
from maquette.models.painting.fillers import BoolArray, FillOptions, FloatArray
from maquette.models.painting.progress import derived_seed
from maquette.store.model_info import ModelInfo

PREVIEW_SIDE = 256
_FIRST_RESTLESSNESS = 0.3
_CORRECTION_SCALE = 96.0
_LARGEST_CORRECTION = 0.15


class ExemplarModel:
    """Fills holes with patches of the picture itself: :class:`Filler` and :class:`GuidedSynthesizer`.

    Args:
        info: what the catalogue says of it.
    """

    def __init__(self, info: ModelInfo) -> None:
        self._info = info

    @property
    def info(self) -> ModelInfo:
        """What the catalogue says of it."""
        return self._info

    @property
    def fill_side(self) -> int | None:
        """None: it works at any size, at full detail."""
        return None

    @property
    def seamless(self) -> bool:
        """True: copies are joined to what is known in the gradient domain."""
        return True

    @property
    def verbs(self) -> Mapping[type, Callable[[Any], Operation[Any]]]:
        """None of its own: the painting verbs are built upon it."""
        return {}

    def fill(self, picture: FloatArray, hole: BoolArray, options: FillOptions) -> Operation[tuple[FloatArray, ...]]:
        """Fill a hole, see :class:`Filler`; ``steps`` means nothing here.

        Raises:
            MaquetteError: INVALID_ARGUMENT when nothing is known.
        """
        return (yield from _answers(picture, hole, None, options))

    def synthesize(
        self, picture: FloatArray, hole: BoolArray, structure: FloatArray, options: FillOptions
    ) -> Operation[tuple[FloatArray, ...]]:
        """Fill a hole along a structure, see :class:`GuidedSynthesizer`.

        Where nothing is known, or next to nothing, the structure is all there is.
        """
        return (yield from synthesized(picture, hole, structure, options))


def synthesized(
    picture: FloatArray, hole: BoolArray, structure: FloatArray, options: FillOptions
) -> Operation[tuple[FloatArray, ...]]:
    """What :meth:`ExemplarModel.synthesize` does, which needs no model."""
    if hole.all():
        yield Progress("adding detail", 0.0)
        return (structure.astype(np.float32),) * options.candidates
    answers = yield from _answers(picture, hole, structure, options)
    return tuple(_with_colours_of(structure, answer, hole) for answer in answers)


def _answers(
    picture: FloatArray, hole: BoolArray, structure: FloatArray | None, options: FillOptions
) -> Operation[tuple[FloatArray, ...]]:
    stage = "finding patches" if structure is None else "adding detail"
    yield Progress(stage, 0.0)
    if not hole.any():
        return (picture.copy(),) * options.candidates
    answers: list[FloatArray] = []
    for index in range(options.candidates):
        restlessness = _FIRST_RESTLESSNESS if index == 0 else 1.0
        work = completed(picture, hole, structure, derived_seed(options.seed, index), restlessness)
        answers.append((yield from _reported(work, picture, stage, index, options.candidates)))
    return tuple(answers)


def _reported(
    work: Generator[Report, None, FloatArray], picture: FloatArray, stage: str, index: int, count: int
) -> Operation[FloatArray]:
    surroundings = thumbnail(picture, PREVIEW_SIDE) if index == 0 else None
    try:
        while True:
            with torch.inference_mode():
                try:
                    report = next(work)
                except StopIteration as finished:
                    return finished.value
            shown = None
            if surroundings is not None and report.estimate is not None:
                shown = _preview(report.estimate, report.place, surroundings, picture.shape)
            yield Progress(stage, (index + report.fraction) / count, shown)
    finally:
        work.close()


def _preview(
    estimate: FloatArray, place: Rectangle, surroundings: NDArray[np.uint8], shape: tuple[int, ...]
) -> Picture:
    """The whole picture of a shape (H, W, 3), small, with the window as it stands."""
    small = surroundings.copy()
    across, down = small.shape[1] / shape[1], small.shape[0] / shape[0]
    left, top = int(place.left * across), int(place.top * down)
    right = max(left + 1, min(small.shape[1], round(place.right * across)))
    bottom = max(top + 1, min(small.shape[0], round(place.bottom * down)))
    part = thumbnail(estimate, max(right - left, bottom - top))
    rows = np.arange(bottom - top) * part.shape[0] // (bottom - top)
    columns = np.arange(right - left) * part.shape[1] // (right - left)
    small[top:bottom, left:right] = part[rows][:, columns]
    return from_array(small)


def _with_colours_of(structure: FloatArray, answer: FloatArray, hole: BoolArray) -> FloatArray:
    """The answer, its broad colours drawn towards the structure's."""
    sigma = max(structure.shape[:2]) / _CORRECTION_SCALE
    offset = cast("FloatArray", ndimage.gaussian_filter(structure - answer, (sigma, sigma, 0.0)))
    corrected = answer + np.clip(offset, -_LARGEST_CORRECTION, _LARGEST_CORRECTION)
    return np.where(hole[..., None], corrected, answer).astype(np.float32)
