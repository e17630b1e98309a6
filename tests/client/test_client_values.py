from __future__ import annotations

import io
import json
import math
import struct

import pytest
from fake_scenes import scene_of
from hypothesis import given
from hypothesis import strategies as st
from maquette.errors import MaquetteError
from maquette.models import scene_edits as daemon_edits
from maquette.server import conversion_scene
from maquette.server.limits import Limits
from maquette_client import patches
from maquette_client.ellipses import semi_axes, size_and_aspect, wrapped_angle
from maquette_client.errors import ClientError
from maquette_client.images import Image, PixelFormat, png_bytes
from maquette_client.scene_edits import apply_patches
from maquette_client.scene_json import scene_from_json, scene_to_json
from maquette_client.v1.scene_pb2 import Appearance, Blob, Ellipse, Restyle, Scene, ScenePatch, SeededStyle
from PIL import Image as PillowImage

finite = st.floats(-1000, 1000, allow_nan=False)
vectors = st.binary(max_size=16)
seeds = st.integers(-(2**63), 2**63 - 1)
amounts = st.floats(0, 1)
ids = st.sampled_from(["bed", "lamp", "rug", "bed-2", "x"])
ellipses = st.builds(Ellipse, x=finite, y=finite, size=finite, aspect=st.floats(0.001, 1000), angle=st.floats(-10, 10))
restyles = st.one_of(
    st.builds(lambda amount, style: Restyle(amount=amount, style=style), amounts, vectors),
    st.builds(
        lambda amount, seed, truncation: Restyle(amount=amount, seeded=SeededStyle(seed=seed, truncation=truncation)),
        amounts,
        seeds,
        amounts,
    ),
)
appearances = st.builds(
    Appearance, structure=vectors, style=vectors, row=st.integers(0, 2**32 - 1), restyle=st.none() | restyles
)
blobs = st.builds(
    Blob,
    id=st.text(min_size=1, max_size=64),
    name=st.text(max_size=20),
    ellipse=ellipses,
    appearance=appearances,
    hidden=st.booleans(),
)
any_scenes = st.builds(
    Scene,
    model_id=st.text(max_size=20),
    model_digest=st.text("0123456789abcdef", max_size=64),
    background=appearances,
    blobs=st.lists(blobs, max_size=4),
    noise_seed=seeds,
)
# As long as the styles of the scene that is edited.
fitting_vectors = st.integers(-9, 9).map(lambda value: struct.pack("<2f", value, 0.5))
fitting_restyles = st.one_of(
    st.builds(lambda amount, style: Restyle(amount=amount, style=style), amounts, fitting_vectors),
    st.builds(lambda seed: Restyle(amount=0.5, seeded=SeededStyle(seed=seed)), seeds),
)
fitting_appearances = st.builds(Appearance, structure=fitting_vectors, style=fitting_vectors)
any_patches = st.one_of(
    st.builds(patches.set_ellipse, ids, ellipses),
    st.builds(patches.set_hidden, ids, st.booleans()),
    st.builds(patches.set_order, st.permutations(["bed", "lamp", "rug"])),
    st.builds(patches.clone_blob, ids, ids, st.none() | ellipses),
    st.builds(patches.remove_blob, ids),
    st.builds(patches.restyle_blob, ids | st.just(""), st.none() | fitting_restyles),
    st.builds(patches.restyle_from_blob, ids, ids, amounts),
    st.builds(patches.set_noise_seed, seeds),
    st.builds(patches.replace_scene, st.integers(0, 9).map(scene_of)),
    st.builds(
        lambda behind, **blob: patches.add_blob(Blob(**blob), behind),
        ids | st.just(""),
        id=ids,
        ellipse=ellipses,
        appearance=fitting_appearances,
    ),
)


def reason_of(action) -> str | None:
    """Why an action was refused; None when it was not."""
    try:
        action()
    except ClientError as error:
        return error.reason
    return None


def copy_of(scene: Scene) -> Scene:
    copy = Scene()
    copy.CopyFrom(scene)
    return copy


@given(any_scenes)
def test_a_scene_comes_back_from_its_text(scene):
    assert scene_from_json(scene_to_json(scene)) == scene


def test_the_text_names_its_format_and_schema():
    content = json.loads(scene_to_json(scene_of(1)))
    assert (content["format"], content["schema"]) == ("maquette-scene", 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "SCENE_FILE_CORRUPT"),
        ("{", "SCENE_FILE_CORRUPT"),
        (b"\xff\xfe\x00", "SCENE_FILE_CORRUPT"),
        ("[" * 100_000, "SCENE_FILE_CORRUPT"),
        ("[]", "SCENE_FILE_UNKNOWN"),
        ('{"format": "blend"}', "SCENE_FILE_UNKNOWN"),
        ('{"format": "maquette-scene", "schema": 2}', "SCENE_FILE_UNKNOWN"),
        ('{"format": "maquette-scene", "schema": 1}', "SCENE_FILE_CORRUPT"),
    ],
)
def test_text_that_is_no_scene_is_refused_with_a_reason(text, reason):
    with pytest.raises(ClientError) as caught:
        scene_from_json(text)
    assert caught.value.reason == reason


@given(st.data())
def test_a_scene_with_one_damaged_value_is_refused_or_still_a_scene(data):
    content = json.loads(scene_to_json(scene_of(1)))
    target = data.draw(
        st.sampled_from([content, content["blobs"][0], content["blobs"][0]["ellipse"], content["background"]])
    )
    key = data.draw(st.sampled_from(sorted(target)))
    target[key] = data.draw(st.sampled_from([None, "?", -1, 2**70, 1.5, [], {}, [None], True, float("nan"), "é", [[]]]))
    assert reason_of(lambda: scene_from_json(json.dumps(content))) in {None, "SCENE_FILE_CORRUPT", "SCENE_FILE_UNKNOWN"}


@given(st.floats(0.01, 1e5), st.floats(0.001, 1000), st.floats(1e-4, 1))
def test_semi_axes_and_size_are_inverse(size, aspect, area_normaliser):
    first, second = semi_axes(size, aspect, area_normaliser)
    assert first / second == pytest.approx(aspect)
    assert size_and_aspect(first, second, area_normaliser) == (pytest.approx(size), pytest.approx(aspect))


def test_opacity_at_the_end_of_a_semi_axis_is_one_half():
    size, aspect, area_normaliser = 2.5, 1.7, 0.02
    first, second = semi_axes(size, aspect, area_normaliser)
    for squared_distance in (first**2 / (area_normaliser * aspect), second**2 / (area_normaliser / aspect)):
        assert 1 / (1 + math.exp(squared_distance - size)) == pytest.approx(0.5)


@pytest.mark.parametrize("size", [0.0, -3.0])
def test_a_blob_that_is_nowhere_half_opaque_has_no_ellipse(size):
    assert semi_axes(size, 2.0, 0.02) == (0.0, 0.0)
    assert size_and_aspect(0.0, 0.0, 0.02) == (0.0, 1.0)


@given(st.floats(-100, 100))
def test_a_wrapped_angle_is_the_same_direction_up_to_half_a_turn(angle):
    wrapped = wrapped_angle(angle)
    assert -math.pi / 2 <= wrapped <= math.pi / 2
    assert math.sin(wrapped - angle) == pytest.approx(0, abs=1e-9)


@given(st.lists(any_patches, max_size=8))
def test_merged_patches_do_what_all_of_them_do(edits):
    scene = scene_of(0)
    applicable = []
    for patch in edits:
        trial = copy_of(scene)
        try:
            apply_patches(trial, [patch])
        except ClientError:
            continue
        applicable.append(patch)
        scene = trial
    shorter = scene_of(0)
    apply_patches(shorter, patches.merged(applicable))
    assert shorter == scene


@given(st.lists(any_patches, max_size=6))
def test_the_client_and_the_daemon_apply_patches_alike(edits):
    scene = scene_of(0)
    inner = conversion_scene.scene_from(scene, Limits())
    for patch in edits:
        trial = copy_of(scene)
        try:
            apply_patches(trial, [patch])
            reason = None
            scene = trial
        except ClientError as error:
            reason = error.reason
        try:
            inner = daemon_edits.apply_edit(inner, conversion_scene.edit_from(patch, Limits()))
            daemon_reason = None
        except MaquetteError as error:
            daemon_reason = error.reason.value
        assert reason == daemon_reason
    assert conversion_scene.scene_from(scene, Limits()) == inner


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("field", ["x", "y", "size", "aspect", "angle"])
def test_a_number_that_is_not_finite_is_refused_in_every_field(field, value):
    ellipse = Ellipse(aspect=1.0)
    setattr(ellipse, field, value)
    with pytest.raises(ClientError) as caught:
        apply_patches(scene_of(0), [patches.set_ellipse("bed", ellipse)])
    assert caught.value.reason == "NOT_A_FINITE_NUMBER"


def test_an_empty_patch_and_a_scene_of_another_model_are_refused():
    with pytest.raises(ClientError) as empty:
        apply_patches(scene_of(0), [ScenePatch()])
    with pytest.raises(ClientError) as other:
        apply_patches(scene_of(0), [patches.replace_scene(Scene(model_id="other"))])
    assert (empty.value.reason, other.value.reason) == ("INVALID_ARGUMENT", "SCENE_MODEL_MISMATCH")


@pytest.mark.parametrize(
    ("pixel_format", "mode"),
    [(PixelFormat.GRAY_U8, "L"), (PixelFormat.RGB_U8, "RGB"), (PixelFormat.RGBA_U8, "RGBA")],
)
def test_a_png_shows_the_same_pixels_to_another_reader(pixel_format, mode):
    pixels = bytes(range(5 * 3 * pixel_format.channels))
    with PillowImage.open(io.BytesIO(png_bytes(Image(5, 3, pixels, pixel_format)))) as read:
        assert (read.size, read.mode, read.tobytes()) == ((5, 3), mode, pixels)


def test_sixteen_bit_pngs_are_big_endian_and_floats_are_refused():
    with PillowImage.open(io.BytesIO(png_bytes(Image(2, 1, b"\x01\x02\x03\x04", PixelFormat.GRAY_U16)))) as read:
        assert [read.getpixel((x, 0)) for x in (0, 1)] == [0x0201, 0x0403]
    with pytest.raises(ClientError) as caught:
        png_bytes(Image(1, 1, b"\0\0", PixelFormat.GRAY_F16))
    assert caught.value.reason == "IMAGE_FORMAT_UNSUPPORTED"
