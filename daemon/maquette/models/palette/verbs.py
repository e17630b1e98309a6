"""What a Palette does for the hosts: fill holes, give colour, repair JPEGs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from maquette.imaging.colour import with_luminance
from maquette.models.operations import Operation, Progress
from maquette.models.painting.fillers import BoolArray, FillOptions, FloatArray
from maquette.models.painting.guesses import continued
from maquette.models.palette.conditioning import Task, task_vector
from maquette.models.palette.deblocking import deblocked
from maquette.models.palette.denoiser import Denoiser
from maquette.models.palette.sampling import (
    NoiseSource,
    Question,
    Sampling,
    answer_steps,
    check_steps,
    is_published,
)
from maquette.models.palette.tinting import tinted
from maquette.models.pictures import resized, rgb_picture
from maquette.store.model_info import ModelInfo

TASKS = ("inpaint", "outpaint", "colorize", "restore_jpeg")
PREVIEW_SIDE = 256
PREVIEW_EVERY = 4
PUBLISHED_SAMPLING = Sampling(20)
DEFAULTS: Mapping[Task, Sampling] = {
    Task.FILL: Sampling(1, grain=1.0),
    Task.COLORIZE: Sampling(1),
    Task.RESTORE: Sampling(1),
}
"""Of the embedded weights, by measurement: further calls bring back noise that the small network cannot remove."""


class PaletteModel:
    """A Palette in memory: a filler, a colorizer and a restorer.

    Args:
        denoiser: on the device that is to run it.
        info: what the catalogue says of it.
        side: of the square pictures that it was trained on.
    """

    def __init__(self, denoiser: Denoiser, info: ModelInfo, side: int) -> None:
        self.denoiser = denoiser
        self._info = info
        self._side = side

    @property
    def info(self) -> ModelInfo:
        """What the catalogue says of it."""
        return self._info

    @property
    def fill_side(self) -> int:
        """Side of the square that it works at, in pixels."""
        return self._side

    @property
    def seamless(self) -> bool:
        """False: the colours of what it paints may be a little off."""
        return False

    @property
    def verbs(self) -> Mapping[type, Callable[[Any], Operation[Any]]]:
        """None of its own: the painting verbs are built upon it."""
        return {}

    def fill(self, picture: FloatArray, hole: BoolArray, options: FillOptions) -> Operation[tuple[FloatArray, ...]]:
        """Fill a hole; see :class:`maquette.models.painting.fillers.Filler`.

        Raises:
            MaquetteError: LIMIT_EXCEEDED for a number of steps out of range.
        """
        clean, mask = self._picture(picture), self._plane(hole.astype(np.float32))
        base = None if is_published(self.denoiser) else continued(clean, mask)
        question = Question(clean * (1 - mask), mask, base, self._told(Task.FILL))
        answers = yield from self._answers("filling", question, self._sampling(Task.FILL, options), options)
        return tuple(np.where(hole[..., None], _array(answer), picture) for answer in answers)

    def colorize(
        self, grey: FloatArray, hints: FloatArray | None, options: FillOptions
    ) -> Operation[tuple[FloatArray, ...]]:
        """Give colour; see :class:`maquette.models.painting.fillers.Colorizer`.

        Raises:
            MaquetteError: LIMIT_EXCEEDED for a number of steps out of range.
        """
        known = np.repeat(grey[..., None], 3, axis=-1)
        mask = np.ones_like(grey)
        if hints is not None:
            known = np.where(hints[..., 3:] > 0, with_luminance(hints[..., :3], grey), known)
            mask = 1 - np.clip(hints[..., 3], 0, 1)
        clean, free = self._picture(known), self._plane(mask)
        base = clean if is_published(self.denoiser) else tinted(clean, free)
        question = Question(clean, free, base, self._told(Task.COLORIZE))
        answers = yield from self._answers("colouring", question, self._sampling(Task.COLORIZE, options), options)
        return tuple(_array(answer) for answer in answers)

    def restore(self, picture: FloatArray, quality: int, options: FillOptions) -> Operation[tuple[FloatArray, ...]]:
        """Remove JPEG artefacts; see :class:`maquette.models.painting.fillers.Restorer`.

        Raises:
            MaquetteError: LIMIT_EXCEEDED for a number of steps out of range.
        """
        clean = self._picture(picture)
        base = clean if is_published(self.denoiser) else deblocked(clean, quality)
        question = Question(clean, torch.ones_like(clean[:, :1]), base, self._told(Task.RESTORE, quality / 100))
        answers = yield from self._answers("restoring", question, self._sampling(Task.RESTORE, options), options)
        return tuple(_array(answer) for answer in answers)

    def _told(self, task: Task, quality: float = 0.0) -> Tensor | None:
        if not self.denoiser.network.shape.task_width:
            return None
        return task_vector([task], [quality]).to(self._device)

    def _sampling(self, task: Task, options: FillOptions) -> Sampling:
        default = PUBLISHED_SAMPLING if is_published(self.denoiser) else DEFAULTS[task]
        if options.steps is None:
            return default
        check_steps(options.steps)
        return replace(default, steps=options.steps)

    def _answers(
        self, stage: str, question: Question, sampling: Sampling, options: FillOptions
    ) -> Operation[list[Tensor]]:
        # One after the other: what a batch computes may differ in the last bits from what each of its pictures would.
        answers: list[Tensor] = []
        calls = sampling.steps * options.candidates
        yield Progress(stage, 0.0)
        for candidate in range(options.candidates):
            noise = NoiseSource(options.seed, candidate, options.origin)
            answer = question.picture
            for step, answer in enumerate(answer_steps(self.denoiser, question, sampling, noise), 1):
                shown = candidate == 0 and step % PREVIEW_EVERY == 1
                preview = rgb_picture(resized(answer, min(PREVIEW_SIDE, max(answer.shape)))[0]) if shown else None
                yield Progress(stage, (candidate * sampling.steps + step) / calls, preview)
            answers.append(answer)
        return answers

    @property
    def _device(self) -> torch.device:
        return next(self.denoiser.network.parameters()).device

    def _plane(self, values: FloatArray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(values, np.float32))[None, None].to(self._device)

    def _picture(self, values: FloatArray) -> Tensor:
        """(1, 3, H, W) in [-1, 1] of (H, W, 3) in [0, 1]; what lies outside is clamped, as in training."""
        pixels = torch.from_numpy(np.ascontiguousarray(np.clip(values, 0, 1), np.float32))
        return (pixels.permute(2, 0, 1)[None] * 2 - 1).to(self._device)


def _array(picture: Tensor) -> FloatArray:
    """(H, W, 3) in [0, 1] of (1, 3, H, W) in [-1, 1]."""
    values = ((picture[0].float() + 1) / 2).clamp(0, 1).permute(1, 2, 0).cpu()
    return cast("FloatArray", values.contiguous().numpy())
