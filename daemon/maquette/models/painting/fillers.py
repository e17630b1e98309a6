"""What a model must offer to serve the painting verbs.

Pictures are float32 arrays (height, width, channels), sRGB-encoded, in [0, 1]; documents of high dynamic range may
exceed 1. Holes are bool (height, width), True = unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from maquette.models.operations import Operation
from maquette.store.model_info import ModelInfo

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class FillOptions:
    """How to fill.

    Attributes:
        seed: decides every random number.
        candidates: how many different answers. Answer i depends on (seed, i) alone: one at a time or all at once, it is
            the same.
        steps: network calls per answer; None = the model's default.
        origin: (left, top) of the picture in something larger, at least 0: tiles with the same seed get the same noise
            where they overlap.
    """

    seed: int = 0
    candidates: int = 1
    steps: int | None = None
    origin: tuple[int, int] = (0, 0)


class Filler(Protocol):
    """A model that fills holes."""

    @property
    def info(self) -> ModelInfo:
        """What the catalogue says of it."""
        ...

    @property
    def fill_side(self) -> int | None:
        """Side of the square that it works at, in pixels; None = any size at full detail."""
        ...

    @property
    def seamless(self) -> bool:
        """Whether its answers go on from known pixels without a step, so that nothing beside a hole need change."""
        ...

    def fill(self, picture: FloatArray, hole: BoolArray, options: FillOptions) -> Operation[tuple[FloatArray, ...]]:
        """Fill a hole.

        Args:
            picture: (H, W, 3), finite, with anything under the hole.
            hole: (H, W), at least one True; all True is possible.

        Returns:
            One (H, W, 3) per candidate, equal to ``picture`` outside the hole. Reports progress between network
            calls or iterations, now and then with a small preview of the first candidate.
        """
        ...


class Colorizer(Protocol):
    """A model that gives colour to grey pictures."""

    @property
    def info(self) -> ModelInfo:
        """What the catalogue says of it."""
        ...

    @property
    def fill_side(self) -> int | None:
        """Side of the square that it works at, in pixels; None = any size at full detail."""
        ...

    def colorize(
        self, grey: FloatArray, hints: FloatArray | None, options: FillOptions
    ) -> Operation[tuple[FloatArray, ...]]:
        """Colour a picture.

        Args:
            grey: (H, W), sRGB-encoded luminance.
            hints: (H, W, 4) straight RGBA, alpha 0 = no hint.

        Returns:
            One (H, W, 3) per candidate.
        """
        ...


class Restorer(Protocol):
    """A model that removes the artefacts of JPEG compression."""

    @property
    def info(self) -> ModelInfo:
        """What the catalogue says of it."""
        ...

    @property
    def fill_side(self) -> int | None:
        """Side of the square that it works at, in pixels; None = any size at full detail."""
        ...

    def restore(self, picture: FloatArray, quality: int, options: FillOptions) -> Operation[tuple[FloatArray, ...]]:
        """Restore a picture.

        Args:
            picture: (H, W, 3), its 8 × 8 blocks aligned with the upper left corner.
            quality: that it was compressed with, 1 to 100 on the scale of the Independent JPEG Group.

        Returns:
            One (H, W, 3) per candidate.
        """
        ...


class GuidedSynthesizer(Protocol):
    """A model that fills a hole with detail of the picture itself, along a given coarse structure."""

    def synthesize(
        self, picture: FloatArray, hole: BoolArray, structure: FloatArray, options: FillOptions
    ) -> Operation[tuple[FloatArray, ...]]:
        """Fill a hole along a structure.

        Args:
            picture: (H, W, 3), finite, with anything under the hole.
            hole: (H, W).
            structure: (H, W, 3), a blurred picture of what shall be in the hole; outside it, the picture blurred alike.

        Returns:
            One (H, W, 3) per candidate, equal to ``picture`` outside the hole.
        """
        ...
