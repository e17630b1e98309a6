"""Completing scenes: what is pinned stays to the byte, the rest fits and differs."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.completing import merged
from maquette.models.blobgan.conditioning import shape_vectors
from maquette.models.blobgan.verbs import BlobGanModel
from maquette.models.registry import load_model
from maquette.models.requests import SampledScene, SampleScene
from maquette.models.scene import MAXIMUM_BLOBS, Blob, Restyle, Scene
from maquette.models.scene_edits import CloneBlob, SetEllipse, SetOrder, SetVisible, apply_edit, apply_edits
from maquette.models.scene_requests import CompleteScene
from maquette.store.catalogue import Catalogue
from model_helpers import finished, reports_and_result, small_blobgan_entry

WEIGHTS = Path(__file__).parent.parent.parent / "daemon" / "maquette" / "weights"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> BlobGanModel:
    loaded = load_model(small_blobgan_entry(tmp_path_factory.mktemp("data")), torch.device("cpu"))
    assert isinstance(loaded, BlobGanModel)
    return loaded


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> BlobGanModel:
    loaded = load_model(
        Catalogue(WEIGHTS, tmp_path_factory.mktemp("imported")).get("blobgan-rooms"), torch.device("cpu")
    )
    assert isinstance(loaded, BlobGanModel)
    return loaded


def _sampled(model: BlobGanModel, seed: int = 3) -> Scene:
    return finished(model.sample_scene(SampleScene(model.info.id, seed))).scenes[0].scene


@pytest.fixture(scope="module")
def scene(model: BlobGanModel) -> Scene:
    return _sampled(model)


def _completed(model: BlobGanModel, scene: Scene, *pinned: str, **settings: object) -> tuple[SampledScene, ...]:
    request = CompleteScene(scene, pinned, **settings)  # type: ignore[arg-type]
    return finished(model.verbs[CompleteScene](request)).scenes


def _blob(scene: Scene, name: str) -> Blob:
    return next(blob for blob in scene.blobs if blob.name == name)


def _refusal(model: BlobGanModel, scene: Scene, *pinned: str, **settings: object) -> Reason:
    with pytest.raises(MaquetteError) as refusal:
        _completed(model, scene, *pinned, **settings)
    assert refusal.value.action
    return refusal.value.reason


def test_pinned_blobs_stay_to_the_byte_and_in_their_order(model: BlobGanModel, scene: Scene) -> None:
    bed, lamp, rug, chair = scene.blobs
    edits = [
        SetEllipse(chair.id, replace(chair.ellipse, x=1.5, angle=9.0)),
        SetVisible(lamp.id, visible=False),
        CloneBlob(chair.id, "clone"),
        SetOrder((chair.id, rug.id, "clone", lamp.id, bed.id)),
    ]
    edited = apply_edits(scene, edits)
    edited = replace(edited, noise_seed=7, background=replace(edited.background, restyle=Restyle(0.5, seed=1)))
    pinned = (chair.id, "clone", lamp.id)
    for pin_background in (False, True):
        (result,) = _completed(model, edited, *pinned, pin_background=pin_background)
        kept = [blob for blob in result.scene.blobs if blob.id in pinned]
        assert kept == [blob for blob in edited.blobs if blob.id in pinned]
        assert (result.scene.background == edited.background) is pin_background
        assert result.scene.noise_seed == 7
        assert sorted(blob.id for blob in result.scene.blobs) == sorted([bed.id, rug.id, *pinned])


def test_the_others_are_sampled_under_their_ids_and_names(model: BlobGanModel, scene: Scene) -> None:
    renamed = replace(scene, blobs=(replace(scene.blobs[0], name="grandmother's bed"), *scene.blobs[1:]))
    (result,) = _completed(model, renamed, scene.blobs[1].id)
    for blob, own in zip(result.scene.blobs, renamed.blobs, strict=True):
        assert (blob.id, blob.name, blob.appearance.row) == (own.id, own.name, own.appearance.row)
        assert (blob == own) is (own == renamed.blobs[1])


def test_missing_rows_come_back_and_doubles_go(model: BlobGanModel, scene: Scene) -> None:
    first, second, third, fourth = scene.blobs
    doubled = apply_edit(scene, CloneBlob(second.id, "clone"))
    fewer = replace(doubled, blobs=tuple(blob for blob in doubled.blobs if blob.id not in (first.id, third.id)))
    (result,) = _completed(model, fewer, fourth.id, seed=9)
    ids = {blob.appearance.row: blob.id for blob in result.scene.blobs}
    assert len(result.scene.blobs) == len(ids) == 4
    assert (ids[2], ids[4]) == (second.id, fourth.id)
    assert len(set(ids.values())) == 4
    assert [_blob(result.scene, name).appearance.row for name in ("bed", "rug")] == [1, 3]


def test_fresh_ids_avoid_those_that_are_taken(scene: Scene) -> None:
    pinned = replace(scene.blobs[0], id=scene.blobs[1].id)
    blobs = merged(replace(scene, blobs=(pinned,)), [pinned], scene)
    assert len({blob.id for blob in blobs}) == 4
    assert blobs[0] is pinned


def test_without_pins_proposals_are_what_their_seeds_sample(model: BlobGanModel, scene: Scene) -> None:
    for index, proposal in enumerate(_completed(model, scene, seed=20, count=3)):
        sampled = _sampled(model, 20 + index)
        assert [blob.ellipse for blob in proposal.scene.blobs] == [blob.ellipse for blob in sampled.blobs]
        assert proposal.scene.background == sampled.background


def test_proposals_depend_on_their_own_seed_alone(model: BlobGanModel, scene: Scene) -> None:
    pinned = scene.blobs[0].id
    together = _completed(model, scene, pinned, seed=-1, count=2, thumbnail_side=9)
    assert len(set(together)) == 2
    for index, proposal in enumerate(together):
        assert _completed(model, scene, pinned, seed=index - 1, thumbnail_side=9) == (proposal,)
        assert proposal.thumbnail is not None
        assert (proposal.thumbnail.spec.width, proposal.thumbnail.spec.height) == (9, 9)


def test_pinned_styles_are_read_with_their_restyle(model: BlobGanModel, scene: Scene) -> None:
    first = scene.blobs[0]
    restyled = replace(first, appearance=replace(first.appearance, restyle=Restyle(1.0, seed=5)))
    (plain,), (other,) = (
        _completed(model, replace(scene, blobs=(blob, *scene.blobs[1:])), first.id) for blob in (first, restyled)
    )
    assert other.scene.blobs[0] == restyled
    assert other.scene.blobs[1].ellipse != plain.scene.blobs[1].ellipse


def test_progress_is_told_in_small_steps(model: BlobGanModel, scene: Scene) -> None:
    operation = model.verbs[CompleteScene](CompleteScene(scene, (scene.blobs[0].id,), count=2))
    reports, _ = reports_and_result(operation)
    steps = [b.fraction - a.fraction for a, b in itertools.pairwise(reports)]
    assert min(steps) >= 0
    assert max(steps) < 0.1


def test_requests_that_cannot_be_met_are_refused(model: BlobGanModel, scene: Scene) -> None:
    first = scene.blobs[0]
    assert _refusal(model, scene, "nobody") is Reason.BLOB_NOT_FOUND
    assert _refusal(model, scene, count=0) is Reason.LIMIT_EXCEEDED
    assert _refusal(model, scene, count=65) is Reason.LIMIT_EXCEEDED
    assert _refusal(model, scene, thumbnail_side=-1) is Reason.LIMIT_EXCEEDED
    assert _refusal(model, scene, truncation=1.5) is Reason.INVALID_ARGUMENT
    assert _refusal(model, scene, truncation=float("nan")) is Reason.NOT_A_FINITE_NUMBER
    assert _refusal(model, replace(scene, model_digest="0" * 64)) is Reason.SCENE_MODEL_MISMATCH
    for row in (-1, 0, 5):
        odd = replace(first, appearance=replace(first.appearance, row=row))
        assert _refusal(model, replace(scene, blobs=(odd,)), odd.id) is Reason.INVALID_ARGUMENT
    broken = replace(first, appearance=replace(first.appearance, structure=b""))
    assert _refusal(model, replace(scene, blobs=(broken,)), broken.id) is Reason.INVALID_ARGUMENT
    many = tuple(replace(first, id=str(number)) for number in range(MAXIMUM_BLOBS))
    assert _refusal(model, replace(scene, blobs=many), *(blob.id for blob in many)) is Reason.LIMIT_EXCEEDED


def test_round_ellipses_have_no_direction() -> None:
    angles = torch.tensor([0.0, 1.0, 2.0])
    assert torch.equal(shape_vectors(torch.ones(3), angles), torch.zeros(3, 2))
    one, other = shape_vectors(torch.tensor([2.0, 0.5]), torch.tensor([0.3, 0.3 + torch.pi / 2]))
    torch.testing.assert_close(one, other)


def test_what_lies_on_a_bed_follows_it(rooms: BlobGanModel) -> None:
    scene = _sampled(rooms)
    bed = _blob(scene, "bed")
    places: dict[float, float] = {}
    for x in (0.25, 0.75):
        moved = apply_edit(scene, SetEllipse(bed.id, replace(bed.ellipse, x=x)))
        proposals = [proposal.scene for proposal in _completed(rooms, moved, bed.id, count=2, truncation=0.3)]
        assert len({_blob(proposal, "blanket") for proposal in proposals}) == 2
        assert all(_blob(proposal, "bed") == _blob(moved, "bed") for proposal in proposals)
        places[x] = sum(_blob(proposal, "blanket").ellipse.x for proposal in proposals) / len(proposals)
    # The seeds are the same: without the beds, so would be the blankets' places.
    assert places[0.75] > places[0.25] + 0.1


def test_a_hidden_pinned_bed_is_a_room_without_a_bed(rooms: BlobGanModel) -> None:
    scene = _sampled(rooms)
    bed = _blob(scene, "bed")
    without = apply_edit(scene, SetVisible(bed.id, visible=False))
    for pinned, shown in ((without, False), (scene, True)):
        (proposal,) = _completed(rooms, pinned, bed.id, truncation=0.0)
        assert _blob(proposal.scene, "pillows").visible is shown
