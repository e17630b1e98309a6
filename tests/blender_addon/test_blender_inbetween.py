from __future__ import annotations

import json
import math
import struct
from dataclasses import replace

import pytest
from blender_values import blob, scene, scenes
from hypothesis import given
from hypothesis import strategies as st
from maquette_client.errors import ClientError

from blender_addon.inbetween import (
    GONE_SIZE,
    lead,
    mixed,
    mixed_look,
    nearest_shape,
    read_in_between,
    write_in_between,
)
from blender_addon.scene import Ellipse, Look, Restyle


def vector(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def made_of(values: tuple[float, ...], restyle: Restyle | None = None) -> Look:
    return Look(vector(*values), vector(*values), 1, restyle)


def without_restyles(whole):
    plain = tuple(each.restyled(None) for each in whole.blobs)
    return replace(whole.with_background_restyled(None), blobs=plain)


def test_blobs_of_one_id_belong_together_then_those_of_one_row():
    start = scene(blob("bed", 1), blob("chair", 2), blob("chair.2", 2), blob("lamp", 3))
    end = scene(blob("bed", 9), blob("a", 2), blob("b", 2), blob("c", 2), blob("d", 7))
    between = lead(start, end, 1, 9)
    assert [each.id for each in between.end.blobs] == ["bed", "chair", "chair.2", "c", "d"]
    assert between.coming == between.new == {"c", "d"}
    assert between.leaving == {"lamp"}


def test_a_hidden_blob_counts_as_absent():
    start = scene(blob("bed", hidden=True), blob("lamp", 2), blob("rug", 3, hidden=True))
    end = scene(blob("bed"), blob("lamp", 2, hidden=True), blob("rug", 3, hidden=True), blob("new", 4, hidden=True))
    between = lead(start, end, 1, 2)
    assert between.coming == {"bed"}
    assert between.leaving == {"lamp"}
    assert not between.new
    assert [each.id for each in between.end.blobs] == ["bed", "lamp", "rug"]


def test_scenes_of_different_models_are_refused():
    with pytest.raises(ClientError) as refusal:
        lead(scene(), replace(scene(), model_digest="e" * 64), 1, 2)
    assert refusal.value.reason == "SCENE_MODEL_MISMATCH"


@given(scenes(), scenes())
def test_the_beginning_is_the_scene_itself(start, end):
    """Of what is seen there; what is still to come cannot be seen."""
    between = lead(start, without_restyles(end), 1, 2)
    now = mixed(start, between, 0.0)
    assert now.background == start.background
    for before, after in zip(start.blobs, now.blobs, strict=True):
        if before.id in between.coming:
            assert before.hidden
        else:
            assert before == after


@given(scenes(), scenes())
def test_the_end_has_the_looks_of_the_other_scene(start, end):
    end = without_restyles(end)
    between = lead(start, end, 1, 2)
    arrived = mixed(start, between, 1.0)
    assert arrived.background == end.background
    there = {each.id: each for each in between.end.blobs}
    for each in arrived.blobs:
        if each.id in between.leaving:
            assert each.ellipse.size <= GONE_SIZE
        elif each.id in there:
            assert each.look == there[each.id].look


@given(scenes(), scenes(), st.floats(-1, 2))
def test_places_are_left_to_blender(start, end, amount):
    between = lead(start, without_restyles(end), 1, 2)
    for before, after in zip(start.blobs, mixed(start, between, amount).blobs, strict=True):
        assert replace(before.ellipse, size=0) == replace(after.ellipse, size=0)


def test_what_comes_grows_and_what_leaves_vanishes():
    start, end = scene(blob("lamp", 3)), scene(blob("bed", 1))
    between = lead(start, end, 1, 2)
    both = scene(blob("lamp", 3), blob("bed", 1))
    sizes = [[each.ellipse.size for each in mixed(both, between, amount).blobs] for amount in (0.0, 0.5, 1.0)]
    assert sizes == [[2.0, GONE_SIZE], [-3.0, -3.0], [GONE_SIZE, 2.0]]


def test_a_size_that_no_empty_shows_is_kept_exactly():
    tiny = blob("bed", ellipse=Ellipse(0.5, 0.5, -5.0))
    between = lead(scene(tiny), scene(blob("bed")), 1, 2)
    assert between.sizes == {"bed": (-5.0, 2.0)}
    sizes = [mixed(scene(tiny), between, amount).blobs[0].ellipse.size for amount in (0.0, 0.5, 1.0)]
    assert sizes == [-5.0, -1.5, 2.0]


def test_looks_between_keep_their_length():
    start, end = made_of((1.0, 1.0)), made_of((1.0, -1.0))
    half = mixed_look(start, end, 0.5)
    first, second = struct.unpack("<2f", half.style)
    assert first == pytest.approx(math.sqrt(2), abs=1e-3)
    assert second == pytest.approx(0, abs=1e-6)
    assert mixed_look(start, end, 0.0) == start
    assert mixed_look(start, end, 1.0) == end


def test_a_restyle_fades_out():
    start = made_of((1.0, 1.0), Restyle(0.8, seed=3))
    assert mixed_look(start, made_of((1.0, -1.0)), 0.25).restyle == Restyle(0.8 * 0.75, seed=3)


def test_looks_that_do_not_fit_each_other_are_refused():
    with pytest.raises(ClientError) as refusal:
        mixed_look(made_of((1.0, 1.0)), made_of((1.0, 2.0, 3.0)), 0.5)
    assert refusal.value.reason == "SCENE_FILE_CORRUPT"


@given(st.floats(-7, 7), st.floats(-7, 7), st.floats(0.1, 10), st.floats(0.1, 10))
def test_the_nearest_shape_is_the_same_ellipse_and_turns_little(angle, other, aspect, other_aspect):
    start, end = Ellipse(0, 0, 1, aspect, angle), Ellipse(0, 0, 1, other_aspect, other)
    near = nearest_shape(end, start)
    assert covariance(near) == pytest.approx(covariance(end), rel=1e-6, abs=1e-6)
    assert abs(near.angle - start.angle) <= 3 * math.pi / 4 + 1e-6


def covariance(ellipse: Ellipse) -> tuple[float, float, float]:
    cosine, sine, a, b = math.cos(ellipse.angle), math.sin(ellipse.angle), ellipse.aspect, 1 / ellipse.aspect
    return a * cosine**2 + b * sine**2, (a - b) * cosine * sine, a * sine**2 + b * cosine**2


@given(scenes(), scenes())
def test_what_is_written_on_the_plane_is_read_again(start, end):
    between = lead(start, without_restyles(end), 3, 70)
    assert read_in_between(write_in_between(between)) == between


@pytest.mark.parametrize("key", ["format", "schema", "end", "frames", "coming", "leaving", "new", "sizes"])
def test_damaged_text_is_refused(key):
    content = json.loads(write_in_between(lead(scene(), scene(), 1, 2)))
    for value in (None, 7, {"bed": 1}):
        with pytest.raises(ClientError) as refusal:
            read_in_between(json.dumps({**content, key: value}))
        assert refusal.value.reason in ("SCENE_FILE_CORRUPT", "SCENE_FILE_UNKNOWN")


@pytest.mark.parametrize("key", ["coming", "new"])
def test_a_blob_that_the_end_lacks_is_refused(key):
    content = json.loads(write_in_between(lead(scene(), scene(), 1, 2)))
    with pytest.raises(ClientError):
        read_in_between(json.dumps({**content, key: ["nobody"]}))
