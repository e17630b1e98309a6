"""Small fillers whose answers can be foretold."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from maquette.imaging.arrays import from_array
from maquette.imaging.resizing import thumbnail
from maquette.imaging.smooth_fill import smooth_fill
from maquette.models.operations import Operation, Progress
from maquette.models.painting.fillers import BoolArray, FillOptions, FloatArray
from maquette.store.model_info import ModelInfo


def info(model_id: str) -> ModelInfo:
    return ModelInfo(model_id, "fake", model_id, ("inpaint", "outpaint"), "0" * 64, 0, 0, 0)


@dataclass
class FakeFiller:
    """Draws the surroundings smoothly across the hole, a little too bright."""

    name: str = "smooth"
    fill_side: int | None = None
    seamless: bool = False
    bias: float = 0.0
    steps: int = 4
    calls: list[tuple[int, ...]] = field(default_factory=list)
    closed: int = 0

    @property
    def info(self) -> ModelInfo:
        return info(self.name)

    def answer(self, picture: FloatArray, hole: BoolArray, seed: int) -> FloatArray:
        noise = np.random.default_rng(seed).normal(0.0, 0.01, picture.shape)
        return (smooth_fill(picture, hole) + self.bias + noise).astype(np.float32)

    def fill(self, picture: FloatArray, hole: BoolArray, options: FillOptions) -> Operation[tuple[FloatArray, ...]]:
        self.calls.append(picture.shape)
        assert hole.any()
        assert np.isfinite(picture).all()
        if self.fill_side:
            assert picture.shape[0] % 8 == picture.shape[1] % 8 == 0
        finished = False
        try:
            for step in range(self.steps):
                yield Progress("painting", step / self.steps, from_array(thumbnail(picture, 32)))
            answers = tuple(
                np.where(hole[..., None], self.answer(picture, hole, options.seed * 100 + index), picture)
                for index in range(options.candidates)
            )
            finished = True
            return answers
        finally:
            self.closed += not finished


@dataclass
class FlatFiller(FakeFiller):
    """Paints one colour, whatever is around."""

    colour: tuple[float, float, float] = (1.0, 0.0, 1.0)

    def answer(self, picture: FloatArray, hole: BoolArray, seed: int) -> FloatArray:
        return np.broadcast_to(np.float32(self.colour), picture.shape)


@dataclass
class FakeSynthesizer:
    """Adds a fixed grain to the structure."""

    calls: list[tuple[int, ...]] = field(default_factory=list)

    def synthesize(
        self, picture: FloatArray, hole: BoolArray, structure: FloatArray, options: FillOptions
    ) -> Operation[tuple[FloatArray, ...]]:
        self.calls.append(picture.shape)
        assert structure.shape == picture.shape
        yield Progress("adding detail", 0.5)
        grain = np.random.default_rng(7).normal(0.0, 0.02, picture.shape)
        return (np.where(hole[..., None], structure + grain, picture).astype(np.float32),)
