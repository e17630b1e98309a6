"""Stand-in renders that the tests of *Lands* share."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from maquette.training.lands.types import LandDescription

WIDTH, HEIGHT = 16, 4


@dataclass(frozen=True)
class PlainRender:
    """Pixels that tell which land they are of."""

    picture: np.ndarray
    depth: np.ndarray
    mask: np.ndarray


@dataclass
class PlainRenderer:
    """Renders without Blender, and remembers what it was asked for."""

    seeds: list[int] = field(default_factory=list)

    def render(self, land: LandDescription) -> PlainRender:
        self.seeds.append(land.seed)
        rng = np.random.default_rng(land.seed)
        return PlainRender(
            rng.integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8),
            rng.uniform(1, 900, (HEIGHT, WIDTH)).astype(np.float16),
            rng.integers(0, 5, (HEIGHT, WIDTH)).astype(np.uint8),
        )
