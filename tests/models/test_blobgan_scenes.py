"""Scenes of a small BlobGAN with random weights: vectors, restyles, hidden and unused blobs, extremes."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.checkpoint import load
from maquette.models.blobgan.layers import rms_normalised
from maquette.models.blobgan.layout_network import split_layout_vector
from maquette.models.blobgan.rendering import Stopwatch, operations_by_width
from maquette.models.blobgan.scene_layout import SHOWN_SIZE, UNUSED_SIZE, scene_of_layout
from maquette.models.blobgan.verbs import BlobGanModel
from maquette.models.registry import load_model
from maquette.models.requests import RenderScene, SampleScene
from maquette.models.scene import MAXIMUM_BLOBS, Blob, Ellipse, Restyle, Scene
from maquette.models.scene_edits import CloneBlob, SetVisible, apply_edit
from maquette.models.tensor_files import read_tensors, stored_tensors
from maquette.models.vectors import vector_bytes
from maquette.store.model_info import ModelInfo
from maquette.store.weights_file import WeightsDescription, write_weights_file
from model_helpers import difference, finished, small_blobgan, small_blobgan_entry
from scene_strategies import ellipses
from torch import Tensor


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> BlobGanModel:
    loaded = load_model(small_blobgan_entry(tmp_path_factory.mktemp("data")), torch.device("cpu"))
    assert isinstance(loaded, BlobGanModel)
    return loaded


def _sampled(model: BlobGanModel, seed: int = 3, **settings: object) -> Scene:
    request = SampleScene(model.info.id, seed, **settings)  # type: ignore[arg-type]
    return finished(model.sample_scene(request)).scenes[0].scene


@pytest.fixture(scope="module")
def scene(model: BlobGanModel) -> Scene:
    return _sampled(model)


def _picture(model: BlobGanModel, scene: Scene) -> Tensor:
    return finished(model.rendering(scene, Stopwatch())).rgb


def _refusal(model: BlobGanModel, scene: Scene) -> Reason:
    with pytest.raises(MaquetteError) as refusal:
        finished(model.render_scene(RenderScene(scene)))
    assert refusal.value.action
    return refusal.value.reason


def _with_restyle(scene: Scene, restyle: Restyle) -> Scene:
    first = scene.blobs[0]
    look = replace(first.appearance, restyle=restyle)
    return replace(scene, blobs=(replace(first, appearance=look), *scene.blobs[1:]))


def test_sampled_scenes_say_where_they_come_from(model: BlobGanModel, scene: Scene) -> None:
    assert (scene.model_id, scene.model_digest) == (model.info.id, model.info.digest)
    assert [blob.name for blob in scene.blobs] == ["bed", "lamp", "rug", "chair"]
    assert [blob.appearance.row for blob in scene.blobs] == [1, 2, 3, 4]
    assert scene.background.row == 0


def test_ids_differ_within_and_between_scenes(model: BlobGanModel) -> None:
    result = finished(model.sample_scene(SampleScene(model.info.id, -2, count=5)))
    ids = [blob.id for sampled in result.scenes for blob in sampled.scene.blobs]
    assert len(set(ids)) == len(ids)
    assert all(1 <= len(identifier) <= 64 for identifier in ids)


def test_seeds_decide_apart(model: BlobGanModel, scene: Scene) -> None:
    styled, backed = _sampled(model, style_seed=8), _sampled(model, background_seed=8)
    for blob, other in zip(scene.blobs, styled.blobs, strict=True):
        assert blob.ellipse == other.ellipse
        assert blob.appearance.structure == other.appearance.structure
        assert blob.appearance.style != other.appearance.style
    assert styled.background == scene.background
    assert backed.blobs == scene.blobs
    assert backed.background.style != scene.background.style
    assert backed.background.structure != scene.background.structure


def test_full_truncation_is_the_mean_scene(model: BlobGanModel) -> None:
    one, other = _sampled(model, 1, truncation=1.0), _sampled(model, 2, truncation=1.0)
    assert [blob.ellipse for blob in one.blobs] == [blob.ellipse for blob in other.blobs]


def test_any_seed_is_a_seed(model: BlobGanModel) -> None:
    for seed in (0, -1, 2**63 - 1, -(2**63)):
        assert len(_sampled(model, seed).blobs) == 4
    assert _sampled(model, -1) != _sampled(model, 1)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"truncation": float("nan")}, Reason.NOT_A_FINITE_NUMBER),
        ({"truncation": 1.5}, Reason.INVALID_ARGUMENT),
        ({"count": 0}, Reason.LIMIT_EXCEEDED),
        ({"count": 65}, Reason.LIMIT_EXCEEDED),
        ({"thumbnail_side": 513}, Reason.LIMIT_EXCEEDED),
        ({"thumbnail_side": -1}, Reason.LIMIT_EXCEEDED),
    ],
)
def test_samples_that_cannot_be_made_are_refused(
    model: BlobGanModel, settings: dict[str, object], reason: Reason
) -> None:
    with pytest.raises(MaquetteError) as refusal:
        _sampled(model, **settings)
    assert refusal.value.reason is reason


@pytest.mark.parametrize("side", [1, 7, 32, 50])
def test_thumbnails_have_the_side_asked_for(model: BlobGanModel, side: int) -> None:
    sampled = finished(model.sample_scene(SampleScene(model.info.id, 1, thumbnail_side=side))).scenes[0]
    assert sampled.thumbnail is not None
    assert (sampled.thumbnail.spec.width, sampled.thumbnail.spec.height) == (side, side)


def test_unused_blobs_come_hidden_and_usable() -> None:
    network = small_blobgan()
    vector = network.layout_net_ema(torch.randn(1, 8, generator=torch.Generator().manual_seed(0))).detach()
    parts = split_layout_vector(vector, 12, 6)
    sizes = torch.tensor([[2.0, UNUSED_SIZE - 0.1, UNUSED_SIZE, -60.0]])
    scene = scene_of_layout(replace(parts, sizes=sizes), model_id="m", model_digest="", names=("bed",), id_prefix="s")
    assert [blob.visible for blob in scene.blobs] == [True, False, True, False]
    assert [blob.ellipse.size for blob in scene.blobs] == [2.0, SHOWN_SIZE, UNUSED_SIZE, SHOWN_SIZE]
    assert [blob.name for blob in scene.blobs] == ["bed", "blob 2", "blob 3", "blob 4"]


def test_a_hidden_blob_is_an_absent_blob(model: BlobGanModel, scene: Scene) -> None:
    hidden = apply_edit(scene, SetVisible(scene.blobs[1].id, visible=False))
    absent = replace(scene, blobs=(scene.blobs[0], *scene.blobs[2:]))
    assert torch.equal(_picture(model, hidden), _picture(model, absent))
    result = finished(model.render_scene(RenderScene(hidden, alphas=True, blob_map=True)))
    assert set(result.alphas) == {blob.id for blob in absent.blobs}


def test_alphas_and_background_cover_every_pixel_once(model: BlobGanModel, scene: Scene) -> None:
    result = finished(model.render_scene(RenderScene(scene, alphas=True)))
    background = finished(model.rendering(scene, Stopwatch())).scores[0, 0]
    total = background.flatten() * 255
    for picture in result.alphas.values():
        total = total + torch.frombuffer(bytearray(picture.pixels), dtype=torch.uint8)
    assert difference(total, torch.full_like(total, 255.0)) <= 0.5 * len(scene.blobs) + 1e-3


def test_clones_have_colours_of_their_own(model: BlobGanModel, scene: Scene) -> None:
    far = Ellipse(0.1, 0.1, 8.0)
    cloned = apply_edit(replace(scene, blobs=scene.blobs[:1]), CloneBlob(scene.blobs[0].id, "clone", far))
    result = finished(model.render_scene(RenderScene(cloned, blob_map=True)))
    moved = replace(cloned, blobs=(cloned.blobs[0], replace(cloned.blobs[0], id="clone", ellipse=far)))
    assert result.blob_map is not None
    assert result.blob_map == finished(model.render_scene(RenderScene(moved, blob_map=True))).blob_map
    single = finished(model.render_scene(RenderScene(replace(cloned, blobs=cloned.blobs[1:]), blob_map=True)))
    assert single.blob_map is not None
    centre = 3 * (3 * 32 + 3)
    assert result.blob_map.pixels[centre : centre + 3] != single.blob_map.pixels[centre : centre + 3]


def test_restyling_goes_from_the_own_style_to_the_other(model: BlobGanModel, scene: Scene) -> None:
    own, other = scene.blobs[0].appearance.style, _sampled(model, 9, truncation=0.2).blobs[0].appearance.style
    rows = {
        amount: model.layout(_with_restyle(scene, Restyle(amount, seed=9, truncation=0.2))).styles[0, 1]
        for amount in (0.0, 0.3, 1.0)
    }
    assert vector_bytes(rows[0.0]) == own
    assert vector_bytes(rows[1.0]) == other
    mixed = rms_normalised(torch.lerp(rows[0.0], rows[1.0], 0.3))
    assert difference(rows[0.3], mixed) < 1e-6
    by_bytes = model.layout(_with_restyle(scene, Restyle(1.0, style=other))).styles[0, 1]
    assert vector_bytes(by_bytes) == other


def test_the_background_is_restyled_too(model: BlobGanModel, scene: Scene) -> None:
    restyled = replace(scene, background=replace(scene.background, restyle=Restyle(1.0, seed=9)))
    assert difference(_picture(model, restyled), _picture(model, scene)) > 1e-3


def test_a_restyle_of_a_row_that_the_model_lacks_is_refused(model: BlobGanModel, scene: Scene) -> None:
    look = replace(scene.blobs[0].appearance, row=99, restyle=Restyle(0.5, seed=1))
    assert _refusal(model, replace(scene, background=look)) is Reason.INVALID_ARGUMENT


@pytest.mark.parametrize("part", ["structure", "style"])
def test_vectors_that_do_not_fit_are_refused(model: BlobGanModel, scene: Scene, part: str) -> None:
    vector: bytes = getattr(scene.background, part)
    for wrong in (b"", vector[:-1], vector + vector):
        assert _refusal(model, replace(scene, background=replace(scene.background, **{part: wrong}))) is (
            Reason.INVALID_ARGUMENT
        )
    for value in (float("nan"), float("inf")):
        wrong = struct.pack("<f", value) + vector[4:]
        changed = replace(scene, background=replace(scene.background, **{part: wrong}))
        assert _refusal(model, changed) is Reason.NOT_A_FINITE_NUMBER


def test_vectors_too_large_for_float32_give_an_error_not_a_picture(model: BlobGanModel, scene: Scene) -> None:
    huge = struct.pack("<12f", *[3e38] * 12)
    assert _refusal(model, replace(scene, background=replace(scene.background, structure=huge))) is (
        Reason.NOT_A_FINITE_NUMBER
    )


def test_scenes_of_other_weights_are_refused(model: BlobGanModel, scene: Scene) -> None:
    assert _refusal(model, replace(scene, model_digest="0" * 64)) is Reason.SCENE_MODEL_MISMATCH
    unchecked = finished(model.render_scene(RenderScene(replace(scene, model_digest=""))))
    assert unchecked.picture == finished(model.render_scene(RenderScene(scene))).picture


def test_no_blobs_and_very_many_blobs(model: BlobGanModel, scene: Scene) -> None:
    empty = finished(model.render_scene(RenderScene(replace(scene, blobs=()), blob_map=True, alphas=True)))
    assert empty.alphas == {}
    assert len(empty.picture.pixels) == 32 * 32 * 3
    many = tuple(replace(scene.blobs[n % 4], id=str(n)) for n in range(MAXIMUM_BLOBS))
    full = finished(model.render_scene(RenderScene(replace(scene, blobs=many), blob_map=True, alphas=True)))
    assert len(full.alphas) == MAXIMUM_BLOBS
    one_more = (*many, replace(many[0], id="more"))
    assert _refusal(model, replace(scene, blobs=one_more)) is Reason.LIMIT_EXCEEDED


@settings(max_examples=30, deadline=None)
@given(ellipse=ellipses)
def test_any_ellipse_gives_a_picture(ellipse: Ellipse, shared_model: BlobGanModel) -> None:
    scene = _sampled(shared_model)
    moved = replace(scene, blobs=(replace(scene.blobs[0], ellipse=ellipse), *scene.blobs[1:]))
    assert torch.isfinite(_picture(shared_model, moved)).all()


@pytest.fixture(scope="module")
def shared_model(model: BlobGanModel) -> BlobGanModel:
    return model


def test_noise_depends_on_its_seed_alone(model: BlobGanModel, scene: Scene) -> None:
    fewer = replace(scene, blobs=scene.blobs[:1])
    one, other = model.renderer.noises(scene.noise_seed), model.renderer.noises(fewer.noise_seed)
    assert one is not None
    assert other is not None
    assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))
    assert difference(_picture(model, scene), _picture(model, replace(scene, noise_seed=1))) > 1e-3
    assert torch.equal(_picture(model, scene), _picture(model, replace(scene)))


def test_previews_have_the_full_size(model: BlobGanModel, scene: Scene) -> None:
    preview = finished(model.render_scene(RenderScene(scene, preview=True))).picture
    assert (preview.spec.width, preview.spec.height) == (32, 32)


def test_operations_of_the_published_network_are_counted() -> None:
    published = replace(
        small_blobgan().shape.decoder,
        structure_width=768,
        style_width=512,
        channels={16: 768, 32: 768, 64: 768, 128: 384, 256: 192},
    )
    assert operations_by_width(published)[256] == pytest.approx(200e9, rel=0.05)


def test_values_that_overflow_a_smaller_type_are_computed_in_float32(scene: Scene) -> None:
    network = small_blobgan()
    with torch.no_grad():
        network.generator_ema.conv1.activate.bias.fill_(1e5)
    half = BlobGanModel(network, _info(scene), torch.float16)
    picture = _picture(half, scene)
    assert torch.isfinite(picture).all()
    assert half.renderer.dtype == torch.float32


def _info(scene: Scene) -> ModelInfo:
    return ModelInfo("small", "blobgan", "", (), scene.model_digest, 32, 32, 0)


def test_weights_stored_in_half_precision_give_the_same_picture(scene: Scene, tmp_path: Path) -> None:
    network = small_blobgan()
    path = tmp_path / "half.safetensors"
    description = WeightsDescription("half", "blobgan", "", (), 32, 32, "", "")
    write_weights_file(path, stored_tensors(network.state_dict(), torch.float16), description)
    half = BlobGanModel(load(read_tensors(path), size_in=8), _info(scene))
    full = BlobGanModel(network, _info(scene))
    error = float((_picture(half, scene) - _picture(full, scene)).square().mean().sqrt())
    assert error < 0.01 * float(_picture(full, scene).std())


def test_weights_too_large_for_half_precision_are_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        stored_tensors({"a": torch.tensor([1e6])}, torch.float16)


def test_copies_from_another_scene_keep_their_look(model: BlobGanModel, scene: Scene) -> None:
    donor: Blob = _sampled(model, 12).blobs[2]
    both = replace(scene, blobs=(*scene.blobs, donor))
    layout = model.layout(both)
    assert vector_bytes(layout.styles[0, -1]) == donor.appearance.style
    assert vector_bytes(layout.structures[0, -1]) == donor.appearance.structure
