"""From a layout to RGB, step by step, on one device."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import Tensor

from maquette.errors import MaquetteError
from maquette.models.blobgan.decoder import DecoderShape, StyledConvolution, drawn_noises
from maquette.models.blobgan.geometry import blob_colours
from maquette.models.blobgan.incremental import (
    TOLERANCES,
    DecodedMemory,
    DecoderInputs,
    IncrementalDecoder,
    Tolerances,
)
from maquette.models.blobgan.modulated_convolution import features_dtype
from maquette.models.blobgan.network import BlobGan
from maquette.models.blobgan.sampling import seeded_generator
from maquette.models.blobgan.silhouettes import OpacityMemory
from maquette.models.blobgan.splatting import Layout, blob_map_scores, splatted
from maquette.models.operations import Operation, Progress
from maquette.models.pictures import check_finite
from maquette.models.threads import threads_for

PREVIEW_SECONDS = 0.07
"""A preview ends at the width that it is expected to reach in this time."""
SMOOTH_SECONDS = 0.02
"""A preview ends before the last width unless this is enough for all: an edit waits for the frame before its own too,
and what follows the hand should be seen within 60 ms."""
ASSUMED_SPEED = 150e9
"""Arithmetic operations a second, until a whole picture has been timed."""
_REMEMBERED_NOISES = 4


def operations_by_width(shape: DecoderShape) -> dict[int, float]:
    """Arithmetic operations (two per multiply-add) of decoding up to each width."""
    first, *finer = shape.widths
    total = 2.0 * 9 * first**2 * shape.structure_width * shape.channels[first]
    counts = {first: total}
    for width in finer:
        growing = (width // 2) ** 2 * shape.channels[width // 2] * shape.channels[width]
        keeping = width**2 * shape.channels[width] ** 2
        total += 2.0 * 9 * (growing + keeping)
        counts[width] = total
    return counts


@dataclass
class Stopwatch:
    """Milliseconds by stage."""

    milliseconds: dict[str, float] = field(default_factory=dict[str, float])

    @contextmanager
    def measured(self, stage: str) -> Generator[None]:
        """Add the time of a block to ``stage``."""
        start = time.perf_counter()
        try:
            yield
        finally:
            passed = (time.perf_counter() - start) * 1e3
            self.milliseconds[stage] = self.milliseconds.get(stage, 0.0) + passed


@dataclass(frozen=True)
class Rendering:
    """What decoding a layout gives.

    Attributes:
        rgb: (B, 3, w, w), float32, about [−1, 1], not clamped.
        scores: (B, K+1, R, R), how much of each pixel each row holds.
    """

    rgb: Tensor
    scores: Tensor


class Renderer:
    """Renders layouts, and remembers the last decoding so that a preview only computes what has changed.

    Args:
        network: on its device; is made ready for inference.
        dtype: what the decoder computes in (see `Decoder.fold`); geometry and RGB are always float32.
        preview_seconds: a preview ends at the width that it is expected to reach in this time.
        smooth_seconds: … and before the last width, unless that is expected to be reached in this time.
        tolerances: what previews leave out.
    """

    def __init__(
        self,
        network: BlobGan,
        dtype: torch.dtype = torch.float32,
        preview_seconds: float = PREVIEW_SECONDS,
        smooth_seconds: float = SMOOTH_SECONDS,
        tolerances: Tolerances = TOLERANCES,
    ) -> None:
        self.network = network.requires_grad_(False).eval()
        self.device = network.mean_latent.device
        self.dtype = dtype
        self._noises: OrderedDict[int, list[Tensor]] = OrderedDict()
        decoder = network.generator_ema
        decoder.fold(dtype)
        convolutions = [module for module in decoder.modules() if isinstance(module, StyledConvolution)]
        self._has_noise = any(float(module.noise.weight) != 0.0 for module in convolutions)
        self._operations = operations_by_width(decoder.shape)
        self._preview_seconds, self._smooth_seconds = preview_seconds, smooth_seconds
        self._tolerances = tolerances
        self._speed: float | None = None
        self._memory: DecodedMemory | None = None
        silhouettes = decoder.silhouettes
        self._opacities = OpacityMemory(silhouettes, self.resolution) if silhouettes is not None else None

    @property
    def resolution(self) -> int:
        """Width of a picture."""
        return self.network.shape.decoder.resolution

    def noises(self, seed: int) -> list[Tensor] | None:
        """The noise maps of a seed, whatever the blobs; None when the network was trained without noise."""
        if not self._has_noise:
            return None
        if seed not in self._noises:
            self._noises[seed] = drawn_noises(self.network.generator_ema, seeded_generator(seed), device=self.device)
            if len(self._noises) > _REMEMBERED_NOISES:
                self._noises.popitem(last=False)
        self._noises.move_to_end(seed)
        return self._noises[seed]

    def render(
        self, layout: Layout, noises: Sequence[Tensor] | None, stopwatch: Stopwatch, preview: bool = False
    ) -> Operation[Rendering]:
        """Render a layout. A preview (batch of 1) starts from the last decoding and may be of a lower resolution.

        Raises:
            MaquetteError: NOT_A_FINITE_NUMBER when float32 cannot hold what the layout makes.
        """
        yield Progress("placing blobs", 0.0)
        with stopwatch.measured("splat"), torch.inference_mode():
            layout = layout.to(self.device)
            with threads_for(self.resolution**2):
                pyramid = self._scores(layout, preview)
        rgb = yield from self._decoded(layout, pyramid, noises, preview, stopwatch)
        if self.dtype != torch.float32 and not torch.isfinite(rgb).all():
            yield Progress("repeating in float32", 0.5)
            self.dtype, self._memory = torch.float32, None
            self.network.generator_ema.fold(self.dtype)
            rgb = yield from self._decoded(layout, pyramid, noises, preview, stopwatch)
        try:
            check_finite(rgb, "picture")
        except MaquetteError:
            self._memory = None
            raise
        return Rendering(rgb, pyramid[self.resolution])

    def _scores(self, layout: Layout, preview: bool) -> dict[int, Tensor]:
        decoder = self.network.generator_ema
        if self._opacities is None or not preview or len(layout.sizes) != 1:
            return decoder.scores(layout)
        return decoder.scores_of(self._opacities.opacities(layout))

    def _decoded(
        self,
        layout: Layout,
        pyramid: dict[int, Tensor],
        noises: Sequence[Tensor] | None,
        preview: bool,
        stopwatch: Stopwatch,
    ) -> Operation[Tensor]:
        preview = preview and self.device.type == "cpu" and len(layout.sizes) == 1
        # Whoever decodes takes the memory along: operations take turns, and each must go on from its own.
        memory, self._memory = (self._memory if preview else None), None
        with stopwatch.measured("decode"), torch.inference_mode():
            grid = splatted(pyramid[self.network.shape.decoder.size_in], layout.structures)
            grid = grid.to(features_dtype(self.dtype))
            frames = self.network.generator_ema.frames(layout, pyramid)
            inputs = DecoderInputs(layout, grid, pyramid, noises, frames)
            decoder = IncrementalDecoder(self.network.generator_ema, inputs, memory, self._tolerances)
        del memory
        try:
            reached = yield from self._advanced(decoder, preview, stopwatch)
            with stopwatch.measured("decode"), torch.inference_mode(), threads_for(self.resolution**2):
                rgb = decoder.picture(reached)
        except GeneratorExit:
            self._remember(decoder)
            raise
        self._remember(decoder)
        return rgb

    def _remember(self, decoder: IncrementalDecoder) -> None:
        if self.device.type == "cpu" and decoder.batch == 1:
            self._memory = decoder.memory

    def _advanced(self, decoder: IncrementalDecoder, preview: bool, stopwatch: Stopwatch) -> Operation[int]:
        """Decode as far as is wanted; returns the width that was reached."""
        done, seconds, reached = 0.0, 0.0, 0
        speed = self._speed or ASSUMED_SPEED
        for width, total in self._operations.items():
            coming = (total - done) * decoder.share(width)
            limit = self._preview_seconds if width < self.resolution else self._smooth_seconds
            if reached and preview and seconds + coming / speed > limit:
                break
            before = time.perf_counter()
            # Inference mode belongs to the thread: it must not stay on while other operations take their turn.
            with stopwatch.measured("decode"), torch.inference_mode():
                decoder.advance(width)
            seconds += time.perf_counter() - before
            done, reached = total, width
            if width < self.resolution:
                yield Progress("decoding", done / self._operations[self.resolution])
        if not preview and decoder.batch == 1:
            measured = done / seconds
            self._speed = measured if self._speed is None else (self._speed + measured) / 2
        return reached


@torch.inference_mode()
def blob_map(layout: Layout, resolution: int, colours: Tensor) -> Tensor:
    """The picture (B, 3, R, R) that shows each row in its colour (K+1, 3), with opacities doubled to be seen."""
    scores = blob_map_scores(layout.positions, layout.sizes, layout.covariances, resolution)
    return torch.einsum("bkhw,kc->bchw", scores, colours.to(scores))


def row_colours(rows: Sequence[int], row_count: int) -> Tensor:
    """A colour for the background and each blob (N+1, 3): by row, and clones in colours of their own."""
    seen: dict[int, int] = {}
    numbers = [0]
    for row in rows:
        seen[row] = seen.get(row, -1) + 1
        numbers.append(max(row, 1) + seen[row] * row_count)
    return blob_colours(numbers)
