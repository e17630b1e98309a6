"""Rooms that follow from noise: the same for the same noise, as sensible as those of seeds, and mirrored with it."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.training.blobgan_features import labels_of, mirrored
from maquette.training.rendering.shards import read_shard
from maquette.training.rooms.description import describe_room, furnish_room
from maquette.training.rooms.draws import CELLS, NoiseDraws, SeededDraws
from maquette.training.rooms.labels import label_room
from maquette.training.rooms.noise import (
    NOISE_WIDTH,
    Noise,
    describe_noise,
    describe_shards,
    list_noise_shards,
    mirrored_noise,
    noise_shard,
    noise_slots,
    room_noise,
)
from maquette.training.rooms.placement import footprint
from maquette.training.rooms.types import KINDS, SHELL, Kind
from rooms_samples import seeds

SLOTS = noise_slots()
STANDING = (Kind.BED, Kind.CABINET, Kind.LAMP, Kind.CHAIR, Kind.PLANT)
WIDEST_CELL = 4.8 / 2 * (2 / CELLS[2]) ** 0.5
"""In metres, in the middle of the widest room: places crowd towards the walls."""


def test_every_question_has_a_number_of_its_own() -> None:
    assert sorted(SLOTS.values()) == list(range(len(SLOTS)))
    assert len(SLOTS) <= NOISE_WIDTH


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_the_same_noise_is_the_same_room(seed: int) -> None:
    noise = room_noise(seed)
    assert noise.shape == (NOISE_WIDTH,)
    assert repr(describe_noise(noise, SLOTS)) == repr(describe_noise(room_noise(seed), SLOTS))


def test_rooms_of_noise_hold_as_much_as_rooms_of_seeds() -> None:
    counts = [
        Counter(thing.kind for room in rooms for thing in room.objects)
        for rooms in (
            [describe_noise(room_noise(seed), SLOTS) for seed in range(150)],
            [describe_room(seed) for seed in range(150)],
        )
    ]
    assert all(counts[0][kind] == 150 for kind in SHELL)
    for kind in KINDS:
        assert counts[0][kind] == pytest.approx(counts[1][kind], abs=30), kind


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_things_stand_in_each_other_by_no_more_than_half_a_cell(seed: int) -> None:
    room = describe_noise(room_noise(seed), SLOTS)
    for one, other in itertools.combinations([thing for thing in room.objects if thing.kind in STANDING], 2):
        first, second = footprint(one), footprint(other)
        across = min(first[2], second[2]) - max(first[0], second[0])
        along = min(first[3], second[3]) - max(first[1], second[1])
        assert min(across, along) < WIDEST_CELL / 2, f"{one.kind} in {other.kind}"


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_a_little_more_noise_is_nearly_the_same_room(seed: int) -> None:
    noise = room_noise(seed)
    nudged = noise.copy()
    nudged[SLOTS["bed width"]] += 0.01
    one, other = (describe_noise(each, SLOTS).find(Kind.BED) for each in (noise, nudged))
    if one is None or other is None:
        return
    assert one.size[0] != other.size[0]
    assert one.size == pytest.approx(other.size, abs=0.02)


def test_mirrored_noise_is_the_room_in_a_mirror() -> None:
    shard = noise_shard(range(40), SLOTS)
    labels = labels_of(shard)
    noise = Noise(shard["noise"].astype(np.float32), shard["equal"].astype(np.float32))
    mirror = mirrored_noise(noise, labels["yaw"], SLOTS)
    made = [label_room(describe_noise(row, SLOTS)) for row in mirror.values]
    expected = mirrored(labels)
    for name in ("present", "position", "size", "yaw", "colours", "camera", "light", "extent"):
        np.testing.assert_allclose(np.stack([room[name] for room in made]), expected[name], atol=1e-4)
    equal = [_equal(row) for row in mirror.values]
    np.testing.assert_allclose(np.stack(equal), mirror.equal, atol=2e-3)


def _equal(noise: np.ndarray) -> np.ndarray:
    draws = NoiseDraws(noise, SLOTS)
    furnish_room(draws, 0)
    return draws.equal


@settings(max_examples=100, deadline=None)
@given(st.floats(-4, 4), st.sampled_from([0, 3, 11]), st.sampled_from([1, 4]))
def test_a_place_of_noise_is_among_those_that_fit(noise: float, first: int, count: int) -> None:
    cells = CELLS[1]
    fitting = range(first, first + count)
    draws = NoiseDraws(np.array([noise], np.float32), {"place 0": 0})
    place = draws.place("place", 1, lambda shares: shares[0], lambda share: int(share * cells) in fitting)
    assert place is not None
    assert first / cells <= place <= (first + count) / cells
    assert draws.place("place", 1, lambda shares: shares[0], lambda _: False) is None


def test_seeds_try_places_and_give_up() -> None:
    tried: list[float] = []
    draws = SeededDraws("nowhere")

    def fits(share: float) -> bool:
        tried.append(share)
        return False

    assert draws.place("place", 1, lambda shares: shares[0], fits) is None
    assert len(set(tried)) == len(tried) > 10


def test_shards_hold_the_noise_of_their_rooms_and_are_made_once(tmp_path: Path) -> None:
    made = list(describe_shards(tmp_path, 5, 4, per_shard=2))
    assert made == list_noise_shards(tmp_path)
    shard = read_shard(made[1])
    assert shard["seed"].tolist() == [7, 8]
    np.testing.assert_array_equal(shard["noise"][0], room_noise(7))
    np.testing.assert_array_equal(shard["present"][0], label_room(describe_noise(room_noise(7), SLOTS))["present"])
    stamps = [path.stat().st_mtime_ns for path in made]
    assert list(describe_shards(tmp_path, 5, 4, per_shard=2)) == []
    assert [path.stat().st_mtime_ns for path in made] == stamps
