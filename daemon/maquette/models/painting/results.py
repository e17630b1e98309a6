"""Results of the verbs that change a whole picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from maquette.imaging.arrays import from_array
from maquette.imaging.documents import BoolArray, NativeArray
from maquette.imaging.picture import ColourSpace, PictureSpec
from maquette.models.painting.requests import PaintedCandidate, PaintResult


def whole_result(
    spec: PictureSpec, answers: Sequence[NativeArray], changed: BoolArray, model_id: str, notes: Sequence[str]
) -> PaintResult:
    """The result whose dirty rectangle is the whole picture.

    Args:
        spec: of the answers.
        answers: (H, W, C) each.
        changed: (H, W) where they may differ from the request's picture.
    """
    coverage = np.where(changed, 255, 0).astype(np.uint8)
    pictures = (from_array(answer, spec.colour_space, spec.alpha_mode) for answer in answers)
    return PaintResult(
        left=0,
        top=0,
        width=spec.width,
        height=spec.height,
        coverage=from_array(coverage, ColourSpace.DATA),
        candidates=tuple(PaintedCandidate(picture) for picture in pictures),
        model_id=model_id,
        notes=tuple(notes),
    )


def blended(before: NativeArray, after: NativeArray, changed: BoolArray) -> NativeArray:
    """``after`` where it was changed, byte for byte ``before`` elsewhere."""
    return np.where(changed[..., None], after, before)
