"""Rooms that follow from normal noise: what they are is known without a picture, so there may be any number of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
    return _described(noise, slots, seed)[0]


def _described(noise: Floats, slots: Mapping[str, int], seed: int) -> tuple[RoomDescription, Floats]:
    """The room, and between which shares (Z, 2) every number of its noise means the same."""
    draws = NoiseDraws(noise, slots)
    return furnish_room(draws, seed), draws.equal


def describe_shards(folder: Path, first_seed: int, count: int, per_shard: int = ROOMS_PER_SHARD) -> Iterator[Path]:
    """Describe the rooms of these seeds' noise; goes on where an earlier run stopped, and runs may share a folder.

    Yields each shard's path once it is finished.
    """
    slots = noise_slots()
    shards = plan_shards(first_seed, count, per_shard)
    return make_shards(folder, PREFIX, shards, lambda seeds: noise_shard(seeds, slots))


def noise_shard(seeds: range, slots: Mapping[str, int]) -> Shard:
    """Labels (see `labels.SHAPES`), ``noise`` (N, Z), ``equal`` (N, Z, 2) and ``seed`` (N,) of these seeds' rooms.

    ``equal`` tells between which shares of normal noise each number means the same; see `NoiseDraws`.
    """
    noise = np.stack([room_noise(seed) for seed in seeds])
    rooms = [_described(row, slots, seed) for seed, row in zip(seeds, noise, strict=True)]
    labels = [label_room(room) for room, _ in rooms]
    shard: Shard = {name: np.stack([label[name] for label in labels]) for name in SHAPES}
    equal = np.stack([shares for _, shares in rooms])
    return {**shard, "noise": noise, "equal": equal, "seed": np.array(seeds, np.int64)}


@dataclass(frozen=True)
class Noise:
    """The noise of N rooms.

    Attributes:
        values: (N, Z), standard normal.
        equal: (N, Z, 2), between which shares of normal noise each means the same.
    """

    values: Floats
    equal: Floats


def mirrored_noise(noise: Noise, yaws: Floats, slots: Mapping[str, int]) -> Noise:
    """The noise of the same rooms seen in a mirror.

    Args:
        noise: of N rooms.
        yaws: (N, kinds), how the rooms' things are turned; what is not turned stands at the back wall.
        slots: of `noise_slots`.
    """
    turned = np.zeros(noise.values.shape, np.bool_)
    turned[:, [slots[name] for name in _TURNED_ROUND]] = True
    for kind in _AT_WALLS:
        turned[:, slots[f"{kind.value} place 0"]] = np.abs(yaws[:, KINDS.index(kind)]) < 0.1
    values = np.where(turned, -noise.values, noise.values)
    equal = np.where(turned[..., None], 1 - noise.equal[..., ::-1], noise.equal)
    for name, options in _WALLS.items():
        values[:, slots[name]], equal[:, slots[name]] = _last_two_exchanged(noise, slots[name], options)
    return Noise(values.astype(np.float32), equal.astype(np.float32))


def _last_two_exchanged(noise: Noise, slot: int, options: int) -> tuple[Floats, Floats]:
    """Values (N,) and shares (N, 2) of a number by which the last two of so many options have changed places."""
    values, equal = noise.values[:, slot], noise.equal[:, slot]
    share = stats.norm.cdf(values)
    change = np.where(share < 1 - 1 / options, 1 / options, -1 / options) * (share >= 1 - 2 / options)
    moved = stats.norm.ppf((share + change).clip(1e-6, 1 - 1e-6))
    asked = (equal[:, 1] - equal[:, 0] < 1)[:, None]
    return np.where(change == 0, values, moved), np.where(asked, equal + change[:, None], equal)


def list_noise_shards(folder: Path) -> list[Path]:
    """The finished shards of a folder, in the order of their seeds."""
    return list_shards(folder, PREFIX)
