"""Rooms on disk: whole or not at all, and never rendered twice."""

from __future__ import annotations

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st
from maquette.errors import MaquetteError, Reason
from maquette.training.rooms.description import describe_room
from maquette.training.rooms.labels import SHAPES, label_room
from maquette.training.rooms.shards import (
    is_finished,
    list_shards,
    plan_shards,
    read_shard,
    render_rooms,
    render_shards,
    shard_path,
    write_shard,
)
from rooms_samples import RESOLUTION, PlainRenderer

PLAN = plan_shards(4, 5, rooms_per_shard=2)


def render_all(folder, renderer) -> list:
    return list(render_shards(renderer, describe_room, folder, PLAN))


@given(st.integers(0, 10**6), st.integers(1, 500), st.integers(1, 120))
def test_a_plan_covers_every_seed_once_in_order(first, count, size):
    plan = plan_shards(first, count, size)
    assert [seed for seeds in plan for seed in seeds] == list(range(first, first + count))
    assert all(len(seeds) == size for seeds in plan[:-1])
    assert 1 <= len(plan[-1]) <= size


def test_every_planned_shard_is_written_and_listed_in_the_order_of_seeds(tmp_path):
    renderer = PlainRenderer()
    paths = render_all(tmp_path, renderer)
    assert paths == list_shards(tmp_path) == [shard_path(tmp_path, seed) for seed in (4, 6, 8)]
    assert renderer.seeds == [4, 5, 6, 7, 8]
    assert not list(tmp_path.glob("*.partial"))


def test_a_shard_reads_back_as_it_was_rendered(tmp_path):
    rooms = [describe_room(seed) for seed in (4, 5)]
    render_all(tmp_path, PlainRenderer())
    shard = read_shard(shard_path(tmp_path, 4))
    renders = [PlainRenderer().render(room) for room in rooms]
    for name in ("picture", "normals", "mask"):
        np.testing.assert_array_equal(shard[name], np.stack([getattr(render, name) for render in renders]))
        assert shard[name].dtype == getattr(renders[0], name).dtype
    for name in SHAPES:
        np.testing.assert_array_equal(shard[name], np.stack([label_room(room)[name] for room in rooms]))
    assert shard["seed"].tolist() == [4, 5]
    assert shard["picture"].shape == (2, RESOLUTION, RESOLUTION, 3)


def test_a_shard_keeps_the_depth_of_every_pixel(tmp_path):
    path = render_all(tmp_path, PlainRenderer())[0]
    depth = np.stack([PlainRenderer().render(describe_room(seed)).depth for seed in (4, 5)])
    assert np.array_equal(read_shard(path)["depth_map"], depth)


def test_named_arrays_are_read_alone(tmp_path):
    path = render_all(tmp_path, PlainRenderer())[0]
    assert read_shard(path, ("seed", "mask")).keys() == {"seed", "mask"}


def test_finished_shards_are_skipped(tmp_path):
    render_all(tmp_path, PlainRenderer())
    content = {path: path.read_bytes() for path in list_shards(tmp_path)}
    renderer = PlainRenderer()
    assert render_all(tmp_path, renderer) == []
    assert renderer.seeds == []
    assert {path: path.read_bytes() for path in list_shards(tmp_path)} == content


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_shard_that_was_left_half_written_is_made_again(tmp_path, share):
    whole = render_all(tmp_path, PlainRenderer())[1].read_bytes()
    path = shard_path(tmp_path, 6)
    path.write_bytes(whole[: int(share * len(whole))])
    assert not is_finished(path, 2)
    renderer = PlainRenderer()
    assert render_all(tmp_path, renderer) == [path]
    assert renderer.seeds == [6, 7]
    assert read_shard(path, ("seed",))["seed"].tolist() == [6, 7]


def test_a_shard_with_too_few_rooms_is_made_again(tmp_path):
    path = shard_path(tmp_path, 4)
    write_shard(path, render_rooms(PlainRenderer(), [describe_room(4)]))
    assert not is_finished(path, 2)
    render_all(tmp_path, PlainRenderer())
    assert is_finished(path, 2)


def test_a_run_that_breaks_down_leaves_whole_shards_only(tmp_path):
    with pytest.raises(RuntimeError, match="broke down"):
        render_all(tmp_path, PlainRenderer(fail_at=7))
    assert list_shards(tmp_path) == [shard_path(tmp_path, 4)]
    assert is_finished(shard_path(tmp_path, 4), 2)


def test_a_lock_that_nobody_holds_is_no_hindrance(tmp_path):
    shard_path(tmp_path, 4).with_suffix(".lock").touch()
    assert shard_path(tmp_path, 4) in render_all(tmp_path, PlainRenderer())


def test_a_shard_that_another_process_is_at_work_on_is_left_to_it(tmp_path):
    renderer = PlainRenderer()
    with FileLock(shard_path(tmp_path, 6).with_suffix(".lock")):
        assert render_all(tmp_path, renderer) == [shard_path(tmp_path, 4), shard_path(tmp_path, 8)]
    assert renderer.seeds == [4, 5, 8]


def expect_corrupt(path, names=()) -> None:
    with pytest.raises(MaquetteError) as caught:
        read_shard(path, names)
    assert caught.value.reason is Reason.CONTENT_CORRUPT
    assert path.name in str(caught.value)


def test_a_shard_that_is_missing_foreign_or_lacks_a_name_is_refused(tmp_path):
    path = render_all(tmp_path, PlainRenderer())[0]
    expect_corrupt(path, ("seed", "no such array"))
    expect_corrupt(shard_path(tmp_path, 99))
    path.write_bytes(b"not a shard of rooms" * 10)
    expect_corrupt(path)


def test_a_shard_with_damaged_content_is_refused(tmp_path):
    path = render_all(tmp_path, PlainRenderer())[0]
    whole = path.read_bytes()
    for place in np.linspace(0.05, 0.6, 12):
        damaged = bytearray(whole)
        start = int(place * len(whole))
        damaged[start : start + 40] = bytes(40)
        path.write_bytes(damaged)
        expect_corrupt(path)
