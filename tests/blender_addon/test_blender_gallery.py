from __future__ import annotations

import itertools

import pytest
from blender_values import blob, scene
from hypothesis import given
from hypothesis import strategies as st

from blender_addon.completion import depths_among, replaced_ids
from blender_addon.composition import depth_of
from blender_addon.gallery import LONGEST_HISTORY, Completion, Gallery, Lot, Proposal, later
from blender_addon.placement import Frame
from blender_addon.sampling import SceneRequest


def lot(seed: int = 0, count: int = 3) -> Lot:
    request = SceneRequest("blobgan-rooms", seed, 0.2)
    return Lot(request, tuple(Proposal(scene(), None) for _ in range(count)), Frame(1.0, 1.0, 0.02), 64, 64)


def completion(*kept: str) -> Completion:
    return Completion(scene(), frozenset(kept), True, 7, 0.2, 1)


def test_an_empty_gallery_shows_nothing():
    gallery = Gallery()
    assert gallery.lot is None
    assert gallery.proposal(0) is None
    assert not gallery.leaf(True)
    assert not gallery.leaf(False)


def test_lots_are_leafed_through():
    gallery, lots = Gallery(), [lot(seed) for seed in range(3)]
    for each in lots:
        gallery.add(each)
    assert gallery.lot is lots[2]
    assert gallery.leaf(False)
    assert gallery.leaf(False)
    assert gallery.lot is lots[0]
    assert not gallery.has_earlier
    assert gallery.leaf(True)
    assert gallery.lot is lots[1]


def test_a_new_lot_takes_the_place_of_those_after_the_one_shown():
    gallery, lots = Gallery(), [lot(seed) for seed in range(4)]
    for each in lots[:3]:
        gallery.add(each)
    gallery.leaf(False)
    gallery.add(lots[3])
    assert gallery.lot is lots[3]
    assert not gallery.has_later
    gallery.leaf(False)
    assert gallery.lot is lots[1]


def test_the_gallery_forgets_the_oldest_lots():
    gallery = Gallery()
    for seed in range(3 * LONGEST_HISTORY):
        gallery.add(lot(seed))
    steps = 0
    while gallery.leaf(False):
        steps += 1
    assert steps == LONGEST_HISTORY - 1
    gallery.clear()
    assert gallery.lot is None


@pytest.mark.parametrize("index", [-1, 3])
def test_only_proposals_that_exist_can_be_taken(index):
    gallery = Gallery()
    gallery.add(lot())
    assert gallery.proposal(index) is None
    assert gallery.proposal(2) is not None


def test_more_goes_on_where_the_lot_ends():
    first = lot(seed=10, count=9)
    assert first.next_wish() == SceneRequest("blobgan-rooms", 19, 0.2)
    assert first.wish_of(4) == SceneRequest("blobgan-rooms", 14, 0.2)


def test_every_seed_of_a_wish_moves_on():
    apart = SceneRequest("", 1, 0.5, style_seed=10, background_seed=20)
    assert later(apart, 3) == SceneRequest("", 4, 0.5, 13, 23)
    assert later(completion("bed"), 3).seed == 10


def test_what_was_not_kept_is_replaced():
    proposal = scene(blob("bed"), blob("chair", 5))
    assert replaced_ids(completion("bed"), proposal) == {"rug", "lamp", "chair"}


def test_a_blob_that_came_after_the_wish_stays():
    assert "lamp.2" not in replaced_ids(completion("bed"), scene())


def test_without_kept_blobs_depths_are_those_of_a_new_scene():
    assert depths_among(["a", "b"], {}) == {"a": depth_of(0), "b": depth_of(1)}


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.lists(st.floats(-1, 1), min_size=30, max_size=30))
def test_new_blobs_stand_between_those_that_stay(keeps, heights):
    names = [f"blob-{index}" for index in range(len(keeps))]
    kept = [name for name, keep in zip(names, keeps, strict=True) if keep]
    standing = dict(zip(kept, (0.01 * rank + height for rank, height in enumerate(sorted(heights))), strict=False))
    depths = depths_among(names, standing)
    assert set(depths) == set(names) - set(standing)
    everything = [(depths | standing)[name] for name in names]
    assert all(lower < upper for lower, upper in itertools.pairwise(everything))
