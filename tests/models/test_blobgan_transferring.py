"""Edits carried onto pictures: where they change something, where they do not, and in every kind of picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.errors import MaquetteError, Reason
from maquette.imaging.arrays import to_array
from maquette.imaging.picture import AlphaMode, ColourSpace, Picture, PictureSpec, PixelFormat
from maquette.models.blobgan.transferring import moved_ids
from maquette.models.blobgan.verbs import BlobGanModel
from maquette.models.registry import load_model
from maquette.models.requests import RenderScene, SampleScene
from maquette.models.scene import Ellipse, Restyle, Scene
from maquette.models.scene_edits import (
    CloneBlob,
    RemoveBlob,
    RestyleBlob,
    SceneEdit,
    SetEllipse,
    SetNoiseSeed,
    SetOrder,
    SetVisible,
    apply_edit,
)
from maquette.models.scene_requests import Part, TransferEdit, TransferEditResult
from model_helpers import finished, small_blobgan_entry


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> BlobGanModel:
    loaded = load_model(small_blobgan_entry(tmp_path_factory.mktemp("data")), torch.device("cpu"))
    assert isinstance(loaded, BlobGanModel)
    return loaded


@pytest.fixture(scope="module")
def scene(model: BlobGanModel) -> Scene:
    sampled = finished(model.sample_scene(SampleScene(model.info.id, 3))).scenes[0].scene
    places = ((0.3, 0.3), (0.7, 0.3), (0.3, 0.7), (0.7, 0.7))
    blobs = tuple(
        replace(blob, ellipse=Ellipse(x, y, 3.0, 1.5, 0.3), visible=True)
        for blob, (x, y) in zip(sampled.blobs, places, strict=True)
    )
    return replace(sampled, blobs=blobs)


def _picture(spec: PictureSpec, seed: int = 0) -> Picture:
    random = np.random.default_rng(seed)
    shape = (spec.height, spec.width, spec.pixel_format.channels)
    values = random.random(shape)
    kind = spec.pixel_format.sample_type
    scale = {"uint8": 255, "uint16": 65535}.get(kind)
    samples = (values * scale).astype(kind) if scale else (values * 1.5 - 0.1).astype(kind)
    return Picture(spec, samples.tobytes())


def _small(width: int = 40, height: int = 40) -> Picture:
    return _picture(PictureSpec(width, height, PixelFormat.RGB_U8))


def _transferred(
    model: BlobGanModel,
    picture: Picture,
    before: Scene,
    after: Scene,
    part: Part | None = None,
    blend: float | None = None,
) -> TransferEditResult:
    return finished(model.verbs[TransferEdit](TransferEdit(picture, before, after, part, blend)))


def _applied(picture: Picture, result: TransferEditResult) -> np.ndarray:
    pixels = to_array(picture).copy()
    if result.changed and result.patch:
        place = result.changed
        assert replace(picture.spec, width=place.width, height=place.height) == result.patch.spec
        pixels[place.top : place.top + place.height, place.left : place.left + place.width] = to_array(result.patch)
    return pixels


def _moved(scene: Scene, index: int = 0, **changes: float) -> Scene:
    blob = scene.blobs[index]
    return apply_edit(scene, SetEllipse(blob.id, replace(blob.ellipse, **changes)))


_SPECS = [
    PictureSpec(37, 29, pixel_format, space, mode)
    for pixel_format in PixelFormat
    for space in (ColourSpace.SRGB, ColourSpace.LINEAR_REC709)
    for mode in AlphaMode
    if mode is AlphaMode.OPAQUE or pixel_format.channels == 4
]


@pytest.mark.parametrize("spec", _SPECS, ids=str)
def test_what_does_not_change_stays_to_the_byte_in_every_format(
    model: BlobGanModel, scene: Scene, spec: PictureSpec
) -> None:
    picture = _picture(spec)
    after = _moved(scene, x=0.4)
    result = _transferred(model, picture, scene, after, blend=1.0)
    assert result.changed is not None
    pixels = _applied(picture, result)
    differs = (pixels != to_array(picture)).any(axis=-1)
    assert differs.any()
    far = _held(model, [scene, after], {scene.blobs[0].id}, spec)
    assert not differs[far].any()


def _held(model: BlobGanModel, scenes: list[Scene], ids: set[str], spec: PictureSpec) -> np.ndarray:
    """Where (H, W) the picture lies beyond the middle square, or more than a fifth of it from where the blobs are."""
    side = min(spec.width, spec.height)
    left, top = (spec.width - side) // 2, (spec.height - side) // 2
    down, right = np.mgrid[0 : spec.height, 0 : spec.width]
    x, y = (right + 0.5 - left) / side, (down + 0.5 - top) / side
    far = np.ones((spec.height, spec.width), np.bool_)
    for scene in scenes:
        for blob in scene.blobs:
            if blob.id in ids:
                reach = 2.5 * np.sqrt(0.02 * blob.ellipse.size * 1.5) + 0.2
                far &= np.hypot(x - blob.ellipse.x, y - blob.ellipse.y) > reach
    return far | (x < 0) | (x >= 1) | (y < 0) | (y >= 1)


@settings(max_examples=25)
@given(
    st.integers(1, 70),
    st.integers(1, 70),
    st.floats(-0.5, 1.5),
    st.floats(-0.5, 1.5),
    st.floats(0, 9),
    st.integers(0, 3),
)
def test_pictures_of_any_size_change_within_the_part_alone(
    shared_model: BlobGanModel, width: int, height: int, x: float, y: float, blend: float, index: int
) -> None:
    scene = _shared_scene(shared_model)
    picture = _small(width, height)
    part = Part(width // 3, height // 4, max(1, width // 2), max(1, height // 2))
    pixels = _applied(picture, _transferred(shared_model, picture, scene, _moved(scene, index, x=x, y=y), part, blend))
    outside = np.ones((height, width), np.bool_)
    outside[part.top : part.top + part.height, part.left : part.left + part.width] = False
    assert np.array_equal(pixels[outside], to_array(picture)[outside])


@pytest.fixture(scope="module")
def shared_model(model: BlobGanModel) -> BlobGanModel:
    return model


def _shared_scene(model: BlobGanModel) -> Scene:
    return finished(model.sample_scene(SampleScene(model.info.id, 3))).scenes[0].scene


def test_the_same_scene_changes_nothing(model: BlobGanModel, scene: Scene) -> None:
    renamed = replace(scene, blobs=tuple(replace(blob, name="other") for blob in scene.blobs))
    hidden = apply_edit(scene, SetVisible(scene.blobs[1].id, visible=False))
    elsewhere = _moved(hidden, 1, x=0.9)
    for before, after in ((scene, scene), (scene, renamed), (hidden, elsewhere)):
        assert _transferred(model, _small(), before, after) == TransferEditResult()


def test_every_kind_of_edit_is_carried(model: BlobGanModel, scene: Scene) -> None:
    a, b, c, d = (blob.id for blob in scene.blobs)
    near = _moved(scene, 1, x=0.35, y=0.35)
    edits: list[tuple[Scene, SceneEdit]] = [
        (scene, SetVisible(a, visible=False)),
        (scene, RemoveBlob(b)),
        (scene, CloneBlob(c, "clone", Ellipse(0.5, 0.2, 4.0))),
        (scene, RestyleBlob(d, Restyle(1.0, seed=8))),
        (scene, RestyleBlob(None, Restyle(1.0, seed=8))),
        (scene, SetNoiseSeed(9)),
        (near, SetOrder((b, a, c, d))),
    ]
    for before, edit in edits:
        after = apply_edit(before, edit)
        assert before != after
        for one, other in ((before, after), (after, before)):
            assert _transferred(model, _small(), one, other).changed is not None, edit


def test_only_visible_changes_of_place_are_moves(scene: Scene) -> None:
    a, b, c, _ = (blob.id for blob in scene.blobs)
    after = apply_edit(_moved(scene, x=0.1), SetVisible(b, visible=False))
    after = apply_edit(after, CloneBlob(c, "clone"))
    assert moved_ids(scene, after) == {a, b, "clone"}
    assert moved_ids(scene, apply_edit(scene, RestyleBlob(c, Restyle(1.0, seed=1)))) == set()


def test_blending_widens_what_changes(model: BlobGanModel, scene: Scene) -> None:
    counts: list[int] = []
    for blend in (0.0, 4.0, 12.0):
        picture = _small(64, 64)
        pixels = _applied(picture, _transferred(model, picture, scene, _moved(scene, x=0.4), blend=blend))
        counts.append(int((pixels != to_array(picture)).any(axis=-1).sum()))
    assert counts == sorted(set(counts))


def test_a_rendered_picture_becomes_the_other_render(model: BlobGanModel, scene: Scene) -> None:
    after = apply_edit(scene, RestyleBlob(None, Restyle(1.0, seed=8)))
    own, expected = (finished(model.render_scene(RenderScene(each))).picture for each in (scene, after))
    pixels = _applied(own, _transferred(model, own, scene, after)).astype(int)
    background = finished(model.render_scene(RenderScene(scene, alphas=True))).alphas
    covered = sum(to_array(alpha)[..., 0].astype(int) for alpha in background.values())
    shown = np.asarray(covered) < 128
    assert shown.any()
    assert np.abs(pixels - to_array(expected))[shown].max() <= 2


def test_what_is_not_finite_becomes_a_colour(model: BlobGanModel, scene: Scene) -> None:
    spec = PictureSpec(32, 32, PixelFormat.RGB_F32)
    samples = np.full((32, 32, 3), np.nan, np.float32)
    picture = Picture(spec, samples.tobytes())
    result = _transferred(model, picture, scene, _moved(scene, x=0.4))
    assert result.patch is not None
    assert np.isfinite(to_array(result.patch)).any()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"blend": -1.0}, Reason.INVALID_ARGUMENT),
        ({"blend": 5000.0}, Reason.INVALID_ARGUMENT),
        ({"blend": float("nan")}, Reason.NOT_A_FINITE_NUMBER),
        ({"part": Part(0, 0, 0, 5)}, Reason.INVALID_ARGUMENT),
        ({"part": Part(30, 0, 20, 20)}, Reason.INVALID_ARGUMENT),
        ({"picture": Picture(PictureSpec(4, 4, PixelFormat.RGB_U8), b"")}, Reason.INVALID_ARGUMENT),
        ({"picture": Picture(PictureSpec(0, 4, PixelFormat.RGB_U8), b"")}, Reason.INVALID_ARGUMENT),
    ],
)
def test_what_cannot_be_carried_is_refused(
    model: BlobGanModel, scene: Scene, changes: dict[str, object], reason: Reason
) -> None:
    request = replace(TransferEdit(_small(), scene, _moved(scene, x=0.4)), **changes)  # type: ignore[arg-type]
    with pytest.raises(MaquetteError) as refusal:
        finished(model.verbs[TransferEdit](request))
    assert refusal.value.reason is reason
    assert refusal.value.action


def test_scenes_of_other_weights_are_refused(model: BlobGanModel, scene: Scene) -> None:
    foreign = replace(scene, model_digest="0" * 64)
    for before, after in ((scene, foreign), (foreign, scene)):
        with pytest.raises(MaquetteError) as refusal:
            _transferred(model, _small(), before, after)
        assert refusal.value.reason is Reason.SCENE_MODEL_MISMATCH
