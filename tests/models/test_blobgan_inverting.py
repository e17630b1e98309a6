from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from encoder_helpers import encoding_blobgan
from hypothesis import given
from hypothesis import strategies as st
from maquette.errors import MaquetteError, Reason
from maquette.imaging.arrays import from_array, to_array
from maquette.imaging.picture import AlphaMode, ColourSpace, Picture, PictureSpec, PixelFormat
from maquette.imaging.rectangle import Rectangle
from maquette.models.blobgan.conditioning import shape_vectors
from maquette.models.blobgan.geometry import covariances
from maquette.models.blobgan.inverting import default_steps, invert_image, seen_part
from maquette.models.blobgan.layout_fitting import aspects_and_angles_of, differentiable_decoder, shape_covariances
from maquette.models.blobgan.picture_parts import chosen_part
from maquette.models.blobgan.verbs import BlobGanModel
from maquette.models.requests import RenderScene, SampleScene
from maquette.models.scene import Restyle, Scene
from maquette.models.scene_requests import InvertImage, InvertImageResult, Part
from maquette.store.model_info import ModelInfo
from model_helpers import difference, finished, reports_and_result, small_blobgan

INFO = ModelInfo("small", "blobgan", "Small", (), "d" * 64, 32, 32, 0, blob_names=("bed", "lamp", "rug"))


def _model(encoder: bool = True) -> BlobGanModel:
    return BlobGanModel(encoding_blobgan() if encoder else small_blobgan(3), INFO)


def _sampled(model: BlobGanModel, seed: int = 5) -> Scene:
    scene = finished(model.sample_scene(SampleScene("small", seed))).scenes[0].scene
    return replace(scene, blobs=tuple(replace(b, ellipse=replace(b.ellipse, size=3.0)) for b in scene.blobs))


def _rendered(model: BlobGanModel, scene: Scene) -> Picture:
    return finished(model.render_scene(RenderScene(scene))).picture


def _inverted(model: BlobGanModel, picture: Picture, **wishes: object) -> InvertImageResult:
    return finished(invert_image(model, InvertImage(picture, **wishes)))  # pyright: ignore[reportArgumentType]


def _nudged(scene: Scene) -> Scene:
    return replace(
        scene, blobs=tuple(replace(b, ellipse=replace(b.ellipse, x=b.ellipse.x + 0.06)) for b in scene.blobs)
    )


@pytest.mark.parametrize("encoder", [True, False])
def test_the_first_guess_is_the_encoder_s_or_the_best_sample(encoder: bool) -> None:
    model = _model(encoder)
    reports, result = reports_and_result(
        invert_image(model, InvertImage(_rendered(model, _sampled(model)), steps=0, seed=9))
    )
    assert result.encoded is encoder
    assert result.psnr == result.first_psnr
    assert [blob.name for blob in sorted(result.scene.blobs, key=lambda b: b.appearance.row)] == ["bed", "lamp", "rug"]
    assert all(blob.id.startswith("9-") for blob in result.scene.blobs)
    assert [report.fraction for report in reports] == sorted(report.fraction for report in reports)


def test_optimisation_finds_the_scene_again() -> None:
    model = _model()
    scene = _sampled(model)
    result = _inverted(model, _rendered(model, scene), scene=_nudged(scene), steps=40)
    assert result.psnr > result.first_psnr + 1
    assert not result.encoded
    assert [blob.id for blob in result.scene.blobs] == [blob.id for blob in scene.blobs]
    seen = seen_part(_rendered(model, result.scene), Rectangle(0, 0, 32, 32), 32)
    assert to_array(result.picture).tobytes() == to_array(_rendered(model, result.scene)).tobytes()
    assert float(seen.known.min()) == 1.0


def test_a_scene_that_is_already_right_is_not_made_worse() -> None:
    model = _model()
    scene = _sampled(model)
    result = _inverted(model, _rendered(model, scene), scene=scene, steps=2)
    assert result.psnr >= result.first_psnr > 60


def test_pinned_and_hidden_blobs_stay_as_they_are_to_the_byte() -> None:
    model = _model()
    scene = _sampled(model)
    pinned, hidden, free = scene.blobs
    restyled = replace(pinned, appearance=replace(pinned.appearance, restyle=Restyle(0.5, seed=3)))
    start = replace(scene, blobs=(restyled, replace(hidden, visible=False), free))
    picture = _rendered(model, _sampled(model, 6))
    result = _inverted(model, picture, scene=start, pinned=(pinned.id,), pin_background=True, steps=4)
    assert result.scene.background == start.background
    assert result.scene.blobs[:2] == start.blobs[:2]
    changed = result.scene.blobs[2]
    assert result.psnr > result.first_psnr
    assert (changed.id, changed.name) == (free.id, free.name)
    assert changed.ellipse != free.ellipse
    assert changed.appearance != free.appearance
    everything = tuple(blob.id for blob in start.blobs)
    assert _inverted(model, picture, scene=start, pinned=everything, pin_background=True, steps=4).scene == start


def test_the_same_request_gives_the_same_scene_in_any_mode() -> None:
    model = _model()
    work = partial(_inverted, model, _rendered(model, _sampled(model)), steps=5, seed=2)
    first = work()
    with torch.inference_mode():
        second = work()
    with torch.no_grad():
        third = work()
    assert first == second == third


def test_it_can_be_cancelled_between_steps_and_shows_previews() -> None:
    model = _model()
    operation = invert_image(model, InvertImage(_rendered(model, _sampled(model)), steps=50))
    reports = [next(operation) for _ in range(25)]
    assert torch.is_grad_enabled()
    operation.close()
    previews = [report.preview for report in reports if report.preview is not None]
    assert len(previews) >= 3
    assert {(preview.spec.width, preview.spec.height) for preview in previews} == {(32, 32)}
    assert {report.stage for report in reports} >= {"fitting"}


def test_the_renderer_works_as_before_afterwards() -> None:
    model = _model()
    scene = _sampled(model)
    before = _rendered(model, scene)
    _inverted(model, before, steps=3)
    assert _rendered(model, scene).pixels == before.pixels
    assert not any(parameter.requires_grad for parameter in model.network.parameters())


def test_a_part_of_a_deep_linear_picture_is_seen_as_colour() -> None:
    rng = np.random.default_rng(0)
    light = rng.random((40, 60, 4)).astype(np.float32)
    light[..., 3] = 1.0
    light[:4, :, 3] = 0.0
    picture = from_array(light, ColourSpace.LINEAR_REC709, AlphaMode.STRAIGHT)
    seen = seen_part(picture, Rectangle(10, 0, 32, 32), 32)
    assert float(seen.known[0, 0, :4].max()) == 0.0
    assert float(seen.known[0, 0, 4:].min()) == 1.0
    linear = light[4:32, 10:42, :3]
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    shown = (seen.rgb[0, :, 4:].permute(1, 2, 0).numpy() + 1) / 2
    np.testing.assert_allclose(shown, encoded, atol=1e-4)
    result = _inverted(_model(), picture, part=Part(10, 0, 32, 32), steps=2)
    assert result.part == Part(10, 0, 32, 32)
    assert math.isfinite(result.psnr)


def test_without_a_part_the_middle_is_seen() -> None:
    picture = from_array(np.zeros((50, 71, 3), np.uint8))
    assert _inverted(_model(), picture, steps=0).part == Part(10, 0, 50, 50)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 9), st.integers(1, 9))
def test_the_largest_part_lies_in_the_middle(width: int, height: int, across: int, down: int) -> None:
    part = chosen_part(PictureSpec(width, height, PixelFormat.RGB_U8), None, across, down)
    assert part.left == (width - part.width) // 2
    assert part.top == (height - part.height) // 2
    assert part.width == width or part.height == height or min(part.width, part.height) == 1
    assert part.left >= 0
    assert part.top >= 0


@given(st.floats(0.05, 20), st.floats(-1.5, 1.5))
def test_shape_vectors_are_ellipses(aspect: float, angle: float) -> None:
    values = torch.tensor([aspect], dtype=torch.float64), torch.tensor([angle], dtype=torch.float64)
    vectors = shape_vectors(*values)
    expected = covariances(*values, 0.02)
    torch.testing.assert_close(shape_covariances(vectors, 0.02), expected, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(covariances(*aspects_and_angles_of(vectors), 0.02), expected, atol=1e-6, rtol=1e-5)


def test_the_differentiable_decoder_paints_the_same_and_shares_its_weights() -> None:
    model = _model()
    decoder = model.network.generator_ema
    twin = differentiable_decoder(decoder)
    assert all(one is other for one, other in zip(decoder.parameters(), twin.parameters(), strict=True))
    layout = model.layout(_sampled(model))
    pyramid = decoder.scores(layout)
    grid = torch.rand(1, 6, 8, 8, requires_grad=True)
    *_, painted = twin.stages(grid, pyramid, layout.styles)
    painted.square().mean().backward()
    assert grid.grad is not None
    assert float(grid.grad.abs().max()) > 0
    *_, plain = decoder.stages(grid.detach(), pyramid, layout.styles)
    assert difference(painted, plain) < 1e-4


def test_larger_models_take_fewer_steps() -> None:
    assert 40 <= default_steps(_model()) <= 200


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        ({"steps": -1}, Reason.LIMIT_EXCEEDED),
        ({"steps": 2001}, Reason.LIMIT_EXCEEDED),
        ({"pinned": ("bed",)}, Reason.INVALID_ARGUMENT),
        ({"pin_background": True}, Reason.INVALID_ARGUMENT),
        ({"part": Part(0, 0, 33, 32)}, Reason.INVALID_ARGUMENT),
        ({"part": Part(-1, 0, 8, 8)}, Reason.INVALID_ARGUMENT),
        ({"part": Part(0, 0, 0, 8)}, Reason.INVALID_ARGUMENT),
    ],
)
def test_bad_requests_are_refused(wishes: dict[str, object], reason: Reason) -> None:
    with pytest.raises(MaquetteError) as refusal:
        _inverted(_model(), from_array(np.zeros((32, 32, 3), np.uint8)), **wishes)
    assert refusal.value.reason is reason


def test_scenes_that_do_not_fit_are_refused() -> None:
    model = _model()
    picture, scene = from_array(np.zeros((32, 32, 3), np.uint8)), _sampled(model)
    with pytest.raises(MaquetteError) as pins:
        _inverted(model, picture, scene=scene, pinned=("nobody",), steps=1)
    assert pins.value.reason is Reason.BLOB_NOT_FOUND
    with pytest.raises(MaquetteError) as other:
        _inverted(model, picture, scene=replace(scene, model_digest="e" * 64), steps=1)
    assert other.value.reason is Reason.SCENE_MODEL_MISMATCH
    clear = from_array(np.zeros((32, 32, 4), np.uint8), alpha_mode=AlphaMode.STRAIGHT)
    with pytest.raises(MaquetteError) as transparent:
        _inverted(model, clear, steps=1)
    assert transparent.value.reason is Reason.INVALID_ARGUMENT
