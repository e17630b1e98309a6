"""Rooms that follow from normal noise: what they are is known without a picture, so there may be any number of them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from maquette.training.rendering.shards import Shard, list_shards, make_shards, plan_shards
from maquette.training.rooms.description import furnish_room
from maquette.training.rooms.draws import NamedDraws, NoiseDraws, SeededDraws
from maquette.training.rooms.labels import SHAPES, label_room
from maquette.training.rooms.types import KINDS, Kind, RoomDescription

Floats = NDArray[np.float32]

NOISE_WIDTH = 152
PREFIX = "noise"
ROOMS_PER_SHARD = 250
_TURNED_ROUND = (
    *("camera x", "camera aim", "sun turn", "chair turn", "rug turn", "bed side", "picture side"),
    *(f"{thing} place 0" for thing in ("lamp", "plant", "chair", "rug")),
)
"""Questions whose answers are the other way round in a mirror."""
_AT_WALLS = (Kind.BED, Kind.CABINET, Kind.WINDOW, Kind.PICTURE)
_WALLS = {"window wall": 3, "cabinet wall": 4}
"""Questions with so many options, of which the last are the left and the right wall."""
_ASKED_ROOMS = 200
"""In so many rooms every question is asked: the rarest is in one of twelve."""


def noise_slots() -> dict[str, int]:
    """Which number of the noise answers which question about a room, by its name."""
    names: set[str] = set()
    for seed in range(_ASKED_ROOMS):
        draws = NamedDraws(SeededDraws(f"questions:{seed}"))
        furnish_room(draws, seed)
        names |= draws.names
    return {name: slot for slot, name in enumerate(sorted(names))}


def room_noise(seed: int) -> Floats:
    """Standard normal noise (Z,) of a seed."""
    return np.random.default_rng(seed).standard_normal(NOISE_WIDTH).astype(np.float32)


def describe_noise(noise: Floats, slots: Mapping[str, int], seed: int = 0) -> RoomDescription:
    """The room that noise (Z,) stands for; numbers without a question change nothing."""
    return furnish_room(NoiseDraws(noise, slots), seed)


def describe_shards(folder: Path, first_seed: int, count: int, per_shard: int = ROOMS_PER_SHARD) -> Iterator[Path]:
    """Describe the rooms of these seeds' noise; goes on where an earlier run stopped, and runs may share a folder.

    Yields each shard's path once it is finished.
    """
    slots = noise_slots()
    shards = plan_shards(first_seed, count, per_shard)
    return make_shards(folder, PREFIX, shards, lambda seeds: noise_shard(seeds, slots))


def noise_shard(seeds: range, slots: Mapping[str, int]) -> Shard:
    """Labels (see `labels.SHAPES`), ``noise`` (N, Z) and ``seed`` (N,) of the rooms of these seeds' noise."""
    noise = np.stack([room_noise(seed) for seed in seeds])
    labels = [label_room(describe_noise(row, slots, seed)) for seed, row in zip(seeds, noise, strict=True)]
    shard: Shard = {name: np.stack([label[name] for label in labels]) for name in SHAPES}
    return {**shard, "noise": noise, "seed": np.array(seeds, np.int64)}


def mirrored_noise(noise: Floats, yaws: Floats, slots: Mapping[str, int]) -> Floats:
    """The noise (N, Z) of the same rooms seen in a mirror.

    Args:
        noise: (N, Z).
        yaws: (N, kinds), how the rooms' things are turned; what is not turned stands at the back wall.
        slots: of `noise_slots`.
    """
    flipped = noise.copy()
    for name in _TURNED_ROUND:
        flipped[:, slots[name]] *= -1
    for kind in _AT_WALLS:
        at_the_back = np.abs(yaws[:, KINDS.index(kind)]) < 0.1
        flipped[at_the_back, slots[f"{kind.value} place 0"]] *= -1
    for name, options in _WALLS.items():
        flipped[:, slots[name]] = _last_two_exchanged(noise[:, slots[name]], options)
    return flipped


def _last_two_exchanged(noise: Floats, options: int) -> Floats:
    """Noise (N,) by which the last two of so many options have changed places."""
    share = stats.norm.cdf(noise)
    other = np.where(share < 1 - 1 / options, share + 1 / options, share - 1 / options)
    return np.where(share < 1 - 2 / options, noise, stats.norm.ppf(other.clip(1e-6, 1 - 1e-6))).astype(np.float32)


def list_noise_shards(folder: Path) -> list[Path]:
    """The finished shards of a folder, in the order of their seeds."""
    return list_shards(folder, PREFIX)
