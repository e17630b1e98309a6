"""Models of the painting verbs whose answers can be foretold."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from maquette.imaging.colour import grey_of
from maquette.imaging.smooth_fill import smooth_fill
from maquette.models.operations import Operation, Progress
from maquette.models.painting.fillers import BoolArray, FillOptions, FloatArray
from maquette.store.model_info import ModelInfo

Answer = Operation[tuple[FloatArray, ...]]


class Smooth:
    """Continues what surrounds a hole; leaves grey grey, and JPEGs as they are."""

    fill_side = None
    seamless = False

    def __init__(self) -> None:
        self.info = ModelInfo("smooth", "fake", "Smooth", ("inpaint",), "0" * 64, 0, 0, 0)
        self.steps: list[int | None] = []

    def fill(self, picture: FloatArray, hole: BoolArray, options: FillOptions) -> Answer:
        self.steps.append(options.steps)
        yield Progress("filling", 0.5)
        return (np.where(hole[..., None], smooth_fill(picture, hole), picture),) * options.candidates

    def synthesize(self, picture: FloatArray, hole: BoolArray, structure: FloatArray, options: FillOptions) -> Answer:
        yield Progress("adding detail", 0.5)
        return (np.where(hole[..., None], structure, picture),) * options.candidates

    def colorize(self, grey: FloatArray, hints: FloatArray | None, options: FillOptions) -> Answer:
        yield Progress("colouring", 0.5)
        return (np.repeat(grey[..., None], 3, axis=-1),) * options.candidates

    def restore(self, picture: FloatArray, quality: int, options: FillOptions) -> Answer:
        yield Progress("restoring", 0.5)
        return (picture,) * options.candidates


class Knowing(Smooth):
    """Knows the true pictures, and answers with the one that is nearest to what it is shown.

    Args:
        pixels: (N, S, S, 3).
    """

    def __init__(self, pixels: np.ndarray) -> None:
        super().__init__()
        self._true: Sequence[FloatArray] = [each.astype(np.float32) / 255 for each in pixels]

    def fill(self, picture: FloatArray, hole: BoolArray, options: FillOptions) -> Answer:
        self.steps.append(options.steps)
        yield Progress("filling", 0.5)
        true = self._nearest(lambda each: float(np.abs(each - picture)[~hole].mean()))
        return (np.where(hole[..., None], true, picture),) * options.candidates

    def colorize(self, grey: FloatArray, hints: FloatArray | None, options: FillOptions) -> Answer:
        yield Progress("colouring", 0.5)
        return (self._nearest(lambda each: float(np.abs(grey_of(each) - grey).mean())),) * options.candidates

    def restore(self, picture: FloatArray, quality: int, options: FillOptions) -> Answer:
        yield Progress("restoring", 0.5)
        return (self._nearest(lambda each: float(np.abs(each - picture).mean())),) * options.candidates

    def _nearest(self, distance: Callable[[FloatArray], float]) -> FloatArray:
        return min(self._true, key=distance)
