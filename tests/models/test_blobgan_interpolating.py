"""Scenes between two: exact at the ends, smooth in between, the shorter way round."""

from __future__ import annotations

import math
import struct
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.geometry import covariance_of
from maquette.models.blobgan.interpolating import GONE_SIZE, mixed_appearance, mixed_ellipse, mixed_scene, paired
from maquette.models.blobgan.verbs import BlobGanModel
from maquette.models.registry import load_model
from maquette.models.requests import RenderScene, SampledScene, SampleScene
from maquette.models.scene import MAXIMUM_BLOBS, Appearance, Blob, Ellipse, Restyle, Scene
from maquette.models.scene_edits import (
    RemoveBlob,
    SetEllipse,
    SetOrder,
    SetVisible,
    apply_edit,
    apply_edits,
    check_scene,
)
from maquette.models.scene_requests import InterpolateScenes
from model_helpers import finished, small_blobgan_entry
from scene_strategies import ellipses, scenes

amounts = st.floats(0, 1)
inner_amounts = st.floats(0.01, 0.99)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> BlobGanModel:
    loaded = load_model(small_blobgan_entry(tmp_path_factory.mktemp("data")), torch.device("cpu"))
    assert isinstance(loaded, BlobGanModel)
    return loaded


def _sampled(model: BlobGanModel, seed: int) -> Scene:
    return finished(model.sample_scene(SampleScene(model.info.id, seed))).scenes[0].scene


@pytest.fixture(scope="module")
def start(model: BlobGanModel) -> Scene:
    return _sampled(model, 3)


@pytest.fixture(scope="module")
def end(model: BlobGanModel) -> Scene:
    return _sampled(model, 4)


def _between(
    model: BlobGanModel, start: Scene, end: Scene, *amounts: float, thumbnail_side: int = 0
) -> tuple[SampledScene, ...]:
    request = InterpolateScenes(start, end, amounts, thumbnail_side)
    return finished(model.verbs[InterpolateScenes](request)).scenes


def _picture(model: BlobGanModel, scene: Scene) -> bytes:
    return finished(model.render_scene(RenderScene(scene))).picture.pixels


def _direction(ellipse: Ellipse) -> float:
    return ellipse.angle if ellipse.aspect >= 1 else ellipse.angle + math.pi / 2


def _turn(one: float, other: float) -> float:
    return abs(math.remainder(other - one, math.pi))


def _unresolved(scene: Scene) -> Scene:
    look = replace(scene.background, restyle=Restyle(0.5, seed=9))
    return replace(scene, background=look, noise_seed=5)


@settings(max_examples=60)
@given(ellipses, ellipses)
def test_ellipses_end_where_they_should(one: Ellipse, other: Ellipse) -> None:
    for amount, expected in ((0.0, one), (1.0, other)):
        mixed = mixed_ellipse(one, other, amount)
        assert (mixed.x, mixed.y, mixed.size) == pytest.approx((expected.x, expected.y, expected.size), abs=1e-9)
        for row, wanted in zip(covariance_of(mixed, 1.0), covariance_of(expected, 1.0), strict=True):
            assert row == pytest.approx(wanted, rel=1e-6, abs=1e-6)


@settings(max_examples=60)
@given(ellipses, ellipses, amounts)
def test_ellipses_stay_between_and_turn_less_than_a_quarter(one: Ellipse, other: Ellipse, amount: float) -> None:
    mixed = mixed_ellipse(one, other, amount)
    for name in ("x", "y", "size"):
        values = [getattr(ellipse, name) for ellipse in (one, mixed, other)]
        assert min(values[0], values[2]) - 1e-9 <= values[1] <= max(values[0], values[2]) + 1e-9
    lengths = [abs(math.log(ellipse.aspect)) for ellipse in (one, mixed, other)]
    assert min(lengths[0], lengths[2]) - 1e-9 <= lengths[1] <= max(lengths[0], lengths[2]) + 1e-9
    assert abs(mixed.angle - one.angle) <= math.pi / 2 + 1e-9
    assert mixed.aspect >= 1 or one.aspect < 1
    total = _turn(_direction(one), _direction(other))
    parts = _turn(_direction(one), _direction(mixed)) + _turn(_direction(mixed), _direction(other))
    assert parts == pytest.approx(total, abs=1e-6)


@given(ellipses, amounts)
def test_equal_ellipses_stay_as_they_are(ellipse: Ellipse, amount: float) -> None:
    assert mixed_ellipse(ellipse, ellipse, amount) is ellipse


@given(ellipses, st.integers(-3, 3), amounts)
def test_the_same_ellipse_named_otherwise_does_not_turn(ellipse: Ellipse, turns: int, amount: float) -> None:
    renamed = replace(ellipse, angle=ellipse.angle + turns * math.pi / 2)
    renamed = replace(renamed, aspect=1 / ellipse.aspect) if turns % 2 else renamed
    mixed = mixed_ellipse(ellipse, renamed, amount)
    assert mixed.aspect == pytest.approx(ellipse.aspect)
    assert _turn(_direction(mixed), _direction(ellipse)) < 1e-6


@given(st.floats(-0.02, 0.02), st.floats(-math.pi, math.pi))
def test_a_nearly_round_ellipse_does_not_swing_as_it_grows_long(roundness: float, angle: float) -> None:
    round_one = Ellipse(0.5, 0.5, 1.0, math.exp(roundness), angle)
    long_one = Ellipse(0.5, 0.5, 1.0, 4.0, 0.3)
    middle = mixed_ellipse(round_one, long_one, 0.5)
    assert _turn(_direction(middle), 0.3) < 0.05
    assert middle.aspect == pytest.approx(2.0, rel=0.02) or 1 / middle.aspect == pytest.approx(2.0, rel=0.02)


def test_looks_keep_the_length_that_the_decoder_knows() -> None:
    one, other = (struct.pack("<4f", *values) for values in ((1, 1, -1, 1), (-1, 1, 1, 1)))
    mixed = mixed_appearance(Appearance(one, one, 1), Appearance(other, one, 2), 0.5)
    values = struct.unpack("<4f", mixed.structure)
    assert values == pytest.approx((0, math.sqrt(2), 0, math.sqrt(2)), abs=1e-4)
    assert (mixed.style, mixed.row) == (one, 2)


@settings(max_examples=40)
@given(scenes, scenes, inner_amounts)
def test_any_two_scenes_have_scenes_between_them(one: Scene, other: Scene, amount: float) -> None:
    one, other = _plain(one), _plain(other)
    mixed = mixed_scene(one, other, amount)
    check_scene(mixed)
    ids = [blob.id for blob in mixed.blobs]
    assert {blob.id for blob in one.blobs} <= set(ids)
    assert len(ids) == len(set(ids)) == len(paired(one, other))
    assert mixed_scene(one, other, 0.0) is one
    assert mixed_scene(one, other, 1.0) is other


@settings(max_examples=40)
@given(scenes, inner_amounts)
def test_a_scene_and_itself_have_nothing_between_them(scene: Scene, amount: float) -> None:
    assert mixed_scene(_plain(scene), _plain(scene), amount) == _plain(scene)


@settings(max_examples=40)
@given(scenes, scenes, inner_amounts)
def test_blobs_in_the_same_order_stay_in_it(one: Scene, other: Scene, amount: float) -> None:
    pairs = {pair.start.id: pair for pair in paired(_plain(one), _plain(other)) if pair.start and pair.end}
    mixed = [pairs[blob.id] for blob in mixed_scene(_plain(one), _plain(other), amount).blobs if blob.id in pairs]
    for index, back in enumerate(mixed):
        for front in mixed[index + 1 :]:
            assert not all(behind > before for behind, before in zip(back.ranks, front.ranks, strict=True))


def _plain(scene: Scene) -> Scene:
    return replace(
        scene,
        background=replace(scene.background, restyle=None),
        blobs=tuple(replace(blob, appearance=replace(blob.appearance, restyle=None)) for blob in scene.blobs),
    )


def test_the_ends_come_back_to_the_byte(model: BlobGanModel, start: Scene, end: Scene) -> None:
    one, other = _unresolved(start), _unresolved(end)
    results = _between(model, one, other, 1.0, 0.0, 0.25, thumbnail_side=7)
    assert [result.scene for result in results[:2]] == [other, one]
    assert results[2].scene.background.restyle is None
    assert all(result.thumbnail and result.thumbnail.spec.width == 7 for result in results)


def test_restyles_are_resolved_before_they_are_mixed(model: BlobGanModel, start: Scene) -> None:
    restyled = _unresolved(start)
    (middle,) = _between(model, restyled, restyled, 0.5)
    assert _picture(model, middle.scene) == _picture(model, restyled)


def test_pictures_change_little_by_little(model: BlobGanModel, start: Scene, end: Scene) -> None:
    near, nearer = (_between(model, start, end, amount)[0].scene for amount in (1e-3, 1e-4))
    own, one, other = (_picture(model, scene) for scene in (start, near, nearer))
    assert own != one
    assert max(abs(a - b) for a, b in zip(own, one, strict=True)) <= 8
    assert max(abs(a - b) for a, b in zip(own, other, strict=True)) <= 1


def test_blobs_pair_by_id_then_by_row(start: Scene, end: Scene) -> None:
    same_id = replace(end.blobs[2], id=start.blobs[0].id)
    other = replace(end, blobs=(same_id, end.blobs[0], end.blobs[1], end.blobs[3]))
    pairs = [(pair.start, pair.end) for pair in paired(start, other)]
    assert pairs == [
        (start.blobs[0], same_id),
        (start.blobs[1], end.blobs[1]),
        (start.blobs[2], None),
        (start.blobs[3], end.blobs[3]),
        (None, end.blobs[0]),
    ]


@pytest.mark.parametrize("how", ["removed", "hidden"])
def test_blobs_without_a_partner_grow_and_vanish_in_place(start: Scene, how: str) -> None:
    lone = start.blobs[1]
    edit = RemoveBlob(lone.id) if how == "removed" else SetVisible(lone.id, visible=False)
    without = apply_edit(start, edit)
    for amount in (0.001, 0.5, 0.9):
        for one, other, share in ((start, without, 1 - amount), (without, start, amount)):
            blob = next(blob for blob in mixed_scene(one, other, amount).blobs if blob.id == lone.id)
            size = GONE_SIZE + (lone.ellipse.size - GONE_SIZE) * share
            assert blob.visible
            assert blob.ellipse == replace(lone.ellipse, size=pytest.approx(size))
            assert blob.appearance == lone.appearance


def test_two_hidden_blobs_stay_hidden(start: Scene) -> None:
    hidden = apply_edit(start, SetVisible(start.blobs[0].id, visible=False))
    moved = apply_edit(hidden, SetEllipse(hidden.blobs[0].id, replace(hidden.blobs[0].ellipse, x=0.1)))
    assert not mixed_scene(hidden, moved, 0.5).blobs[0].visible


def test_blobs_pass_each_other_when_their_ranks_do(start: Scene) -> None:
    a, b, c, d = (blob.id for blob in start.blobs)
    end = apply_edits(start, [SetOrder((d, a, b, c))])
    orders = [[blob.id for blob in mixed_scene(start, end, amount).blobs] for amount in (0.2, 0.4, 0.6, 0.8)]
    assert orders == [[a, b, c, d], [a, b, d, c], [a, d, b, c], [d, a, b, c]]


@pytest.mark.parametrize(
    ("amounts", "reason"),
    [
        ((), Reason.LIMIT_EXCEEDED),
        ((0.5,) * 65, Reason.LIMIT_EXCEEDED),
        ((0.5, float("nan")), Reason.NOT_A_FINITE_NUMBER),
        ((-0.1,), Reason.INVALID_ARGUMENT),
        ((1.1,), Reason.INVALID_ARGUMENT),
    ],
)
def test_amounts_that_mean_nothing_are_refused(
    model: BlobGanModel, start: Scene, end: Scene, amounts: tuple[float, ...], reason: Reason
) -> None:
    with pytest.raises(MaquetteError) as refusal:
        _between(model, start, end, *amounts)
    assert refusal.value.reason is reason


def test_scenes_that_do_not_fit_are_refused(model: BlobGanModel, start: Scene, end: Scene) -> None:
    foreign = replace(end, model_digest="0" * 64)
    first: Blob = start.blobs[0]
    crowd = tuple(
        replace(first, id=f"{number}", appearance=replace(first.appearance, row=2)) for number in range(MAXIMUM_BLOBS)
    )
    others = tuple(replace(blob, appearance=replace(blob.appearance, row=1)) for blob in crowd)
    others = tuple(replace(blob, id=f"other {blob.id}") for blob in others)
    for one, other, side, reason in (
        (start, foreign, 0, Reason.SCENE_MODEL_MISMATCH),
        (foreign, start, 0, Reason.SCENE_MODEL_MISMATCH),
        (start, end, 513, Reason.LIMIT_EXCEEDED),
        (replace(start, blobs=crowd), replace(end, blobs=others), 0, Reason.LIMIT_EXCEEDED),
        (replace(start, blobs=(first, first)), end, 0, Reason.BLOB_ALREADY_EXISTS),
    ):
        with pytest.raises(MaquetteError) as refusal:
            _between(model, one, other, 0.5, thumbnail_side=side)
        assert refusal.value.reason is reason
        assert refusal.value.action
