"""Lands on disk: fifty to a file, with depth, mask and labels."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from maquette.training.lands.labels import label_land
from maquette.training.lands.types import LandDescription
from maquette.training.rendering import shards as rendered
from maquette.training.rendering.shards import Shard, make_shards, read_shard

PREFIX = "lands"
LANDS_PER_SHARD = 50
ARRAYS = {"picture": "picture", "depth_map": "depth", "mask": "mask"}
"""Names in a shard of what is rendered."""


class RenderedLand(Protocol):
    """The arrays of one render; see `blender_scene.Render`."""

    @property
    def picture(self) -> NDArray[np.uint8]:
        """(H, W, 3) sRGB."""
        ...

    @property
    def depth(self) -> NDArray[np.float16]:
        """(H, W) metres from the camera."""
        ...

    @property
    def mask(self) -> NDArray[np.uint8]:
        """(H, W) index in `SURFACES`."""
        ...


class Renderer(Protocol):
    """Whatever turns descriptions into renders."""

    def render(self, land: LandDescription) -> RenderedLand:
        """Render one land."""
        ...


def plan_shards(first_seed: int, count: int) -> list[range]:
    """The seeds of each shard; the last one may be shorter."""
    return rendered.plan_shards(first_seed, count, LANDS_PER_SHARD)


def list_shards(folder: Path) -> list[Path]:
    """The finished shards of a folder, in the order of their seeds."""
    return rendered.list_shards(folder, PREFIX)


def render_shards(
    renderer: Renderer, describe: Callable[[int], LandDescription], folder: Path, shards: list[range]
) -> Iterator[Path]:
    """Render the shards that are not there yet; yields each one's path. Several processes may share a folder."""
    return make_shards(folder, PREFIX, shards, lambda seeds: render_lands(renderer, [describe(s) for s in seeds]))


def render_lands(renderer: Renderer, lands: list[LandDescription]) -> Shard:
    """Render lands and stack pictures, labels and seeds along a first axis."""
    renders = [renderer.render(land) for land in lands]
    labels = [label_land(land) for land in lands]
    shard: Shard = {name: np.stack([getattr(render, kind) for render in renders]) for name, kind in ARRAYS.items()}
    shard |= {name: np.stack([label[name] for label in labels]) for name in labels[0]}
    shard["seed"] = np.array([land.seed for land in lands], np.int64)
    return shard


def read_pictures(folder: Path) -> NDArray[np.uint8]:
    """All pictures of a folder (N, H, W, 3), sRGB, in the order of their seeds.

    Raises:
        MaquetteError: CONTENT_CORRUPT if a shard cannot be read.
    """
    shards = [read_shard(path, ("picture",))["picture"] for path in list_shards(folder)]
    return np.concatenate(shards).astype(np.uint8, copy=False) if shards else np.zeros((0, 0, 0, 3), np.uint8)
