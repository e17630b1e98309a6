"""Lands on disk: pictures with their masks, depths and labels, fifty to a file."""

from __future__ import annotations

import numpy as np
import pytest
from lands_samples import HEIGHT, WIDTH, PlainRenderer
from maquette.errors import MaquetteError, Reason
from maquette.training.lands.description import describe_land
from maquette.training.lands.labels import label_land
from maquette.training.lands.shards import (
    LANDS_PER_SHARD,
    list_shards,
    plan_shards,
    read_pictures,
    render_shards,
)
from maquette.training.rendering.shards import read_shard

PLAN = [range(3, 5), range(5, 6)]


def test_a_plan_is_made_of_shards_of_fifty():
    assert [len(seeds) for seeds in plan_shards(1_000_000, 120)] == [LANDS_PER_SHARD, LANDS_PER_SHARD, 20]


def test_a_shard_reads_back_as_it_was_rendered(tmp_path):
    paths = list(render_shards(PlainRenderer(), describe_land, tmp_path, PLAN))
    assert paths == list_shards(tmp_path)
    shard = read_shard(paths[0])
    renders = [PlainRenderer().render(describe_land(seed)) for seed in (3, 4)]
    np.testing.assert_array_equal(shard["picture"], np.stack([render.picture for render in renders]))
    np.testing.assert_array_equal(shard["depth_map"], np.stack([render.depth for render in renders]))
    np.testing.assert_array_equal(shard["mask"], np.stack([render.mask for render in renders]))
    for name, value in label_land(describe_land(4)).items():
        np.testing.assert_array_equal(shard[name][1], value)
        assert shard[name].dtype == value.dtype
    assert shard["seed"].tolist() == [3, 4]


def test_pictures_of_all_shards_are_read_in_order(tmp_path):
    list(render_shards(PlainRenderer(), describe_land, tmp_path, PLAN))
    pictures = read_pictures(tmp_path)
    assert pictures.shape == (3, HEIGHT, WIDTH, 3)
    np.testing.assert_array_equal(pictures[2], PlainRenderer().render(describe_land(5)).picture)


def test_an_empty_folder_has_no_pictures(tmp_path):
    assert len(read_pictures(tmp_path)) == 0


def test_finished_shards_are_left_as_they_are(tmp_path):
    list(render_shards(PlainRenderer(), describe_land, tmp_path, PLAN))
    list_shards(tmp_path)[1].unlink()
    renderer = PlainRenderer()
    assert list(render_shards(renderer, describe_land, tmp_path, PLAN)) == [list_shards(tmp_path)[1]]
    assert renderer.seeds == [5]


def test_a_damaged_shard_is_refused_by_name(tmp_path):
    path = next(iter(render_shards(PlainRenderer(), describe_land, tmp_path, PLAN)))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(MaquetteError, match=r"not a whole shard of lands") as caught:
        read_pictures(tmp_path)
    assert caught.value.reason is Reason.CONTENT_CORRUPT
