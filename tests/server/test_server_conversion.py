from __future__ import annotations

import math
from array import array
from dataclasses import replace

import pytest
from fake_zoo import picture
from google.rpc.error_details_pb2 import ErrorInfo
from hypothesis import given
from hypothesis import strategies as st
from maquette.errors import MaquetteError, Reason
from maquette.imaging.picture import AlphaMode, ColourSpace, PictureSpec, PixelFormat
from maquette.models import scene_edits as edits
from maquette.models.scene import Appearance, Blob, Ellipse, Restyle, Scene
from maquette.server.content_cache import ContentCache
from maquette.server.conversion import image_message, picture_from, spec_from, spec_message, vector_from
from maquette.server.conversion_scene import edit_from, ellipse_message, scene_from, scene_message
from maquette.server.limits import Limits
from maquette.server.status import CODE_OF, status_of
from maquette_client.v1 import common_pb2, scene_pb2

LIMITS = Limits()
seeds = st.integers(-(2**63), 2**63 - 1)
vectors = st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=4, max_size=4).map(
    lambda values: array("f", values).tobytes()
)
shares = st.floats(0.0, 1.0)
restyles = st.one_of(
    st.none(),
    st.builds(Restyle, shares, seed=seeds, truncation=shares),
    st.builds(Restyle, shares, style=vectors),
)
appearances = st.builds(Appearance, vectors, vectors, st.integers(0, 2**32 - 1), restyles)
ellipses = st.builds(
    Ellipse,
    st.floats(-1000, 1000),
    st.floats(-1000, 1000),
    st.floats(-1e6, 1e6),
    st.floats(1e-3, 1e3),
    st.floats(-10, 10),
)
blobs = st.builds(Blob, st.text("abcé-1", min_size=1, max_size=64), st.text(max_size=9), ellipses, appearances)
scenes = st.builds(
    Scene,
    st.just("fake-rooms"),
    st.just("ab" * 32),
    appearances,
    st.lists(blobs, max_size=4, unique_by=lambda blob: blob.id).map(tuple),
    seeds,
)


@given(scenes)
def test_scenes_cross_the_wire_unchanged(scene: Scene) -> None:
    message = scene_pb2.Scene.FromString(scene_message(scene).SerializeToString())
    assert scene_from(message, LIMITS) == scene


def wire(ellipse: Ellipse) -> scene_pb2.Ellipse:
    return ellipse_message(ellipse)


Patch = scene_pb2.ScenePatch
ELLIPSE = Ellipse(0.25, 0.5, 2.0, 1.5, -0.5)
LOOK = Appearance(bytes(8), bytes(4), 3)
SCENE = Scene("m", "", LOOK, (Blob("a", "bed", ELLIPSE, LOOK, visible=False),), 7)


EDITS: list[tuple[Patch, edits.SceneEdit]] = [
    (
        Patch(set_ellipse=Patch.SetEllipse(blob_id="a", ellipse=wire(ELLIPSE))),
        edits.SetEllipse("a", ELLIPSE),
    ),
    (Patch(set_hidden=Patch.SetHidden(blob_id="a", hidden=True)), edits.SetVisible("a", visible=False)),
    (Patch(set_order=Patch.SetOrder(blob_ids=["b", "a"])), edits.SetOrder(("b", "a"))),
    (Patch(add_blob=Patch.AddBlob(blob=scene_message(SCENE).blobs[0])), edits.AddBlob(SCENE.blobs[0])),
    (
        Patch(add_blob=Patch.AddBlob(blob=scene_message(SCENE).blobs[0], behind_id="b")),
        edits.AddBlob(SCENE.blobs[0], "b"),
    ),
    (Patch(clone_blob=Patch.CloneBlob(source_id="a", new_id="c")), edits.CloneBlob("a", "c")),
    (
        Patch(clone_blob=Patch.CloneBlob(source_id="a", new_id="c", ellipse=wire(ELLIPSE))),
        edits.CloneBlob("a", "c", ELLIPSE),
    ),
    (Patch(remove_blob=Patch.RemoveBlob(blob_id="a")), edits.RemoveBlob("a")),
    (Patch(restyle_blob=Patch.RestyleBlob()), edits.RestyleBlob(None, None)),
    (
        Patch(
            restyle_blob=Patch.RestyleBlob(
                blob_id="a", restyle=scene_pb2.Restyle(amount=0.5, seeded=scene_pb2.SeededStyle(seed=-3))
            )
        ),
        edits.RestyleBlob("a", Restyle(0.5, seed=-3)),
    ),
    (
        Patch(restyle_from_blob=Patch.RestyleFromBlob(blob_id="a", source_id="b", amount=0.25)),
        edits.RestyleFromBlob("a", "b", 0.25),
    ),
    (Patch(set_noise_seed=Patch.SetNoiseSeed(noise_seed=-9)), edits.SetNoiseSeed(-9)),
    (Patch(replace_scene=Patch.ReplaceScene(scene=scene_message(SCENE))), edits.ReplaceScene(SCENE)),
]


@pytest.mark.parametrize(("message", "edit"), EDITS)
def test_every_kind_of_edit_is_understood(message: Patch, edit: edits.SceneEdit) -> None:
    assert edit_from(message, LIMITS) == edit


def test_no_kind_of_edit_of_the_contract_was_forgotten() -> None:
    kinds = {one.name for one in Patch.DESCRIPTOR.oneofs_by_name["change"].fields}
    assert {message.WhichOneof("change") for message, _ in EDITS} == kinds


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("index", [0, 511])
def test_a_vector_with_one_bad_value_is_refused(value: float, index: int) -> None:
    values = array("f", [3e38] * 512)
    assert vector_from(values.tobytes(), "style")
    values[index] = value
    with pytest.raises(MaquetteError) as caught:
        vector_from(values.tobytes(), "style")
    assert caught.value.reason is Reason.NOT_A_FINITE_NUMBER


@given(
    st.builds(
        PictureSpec,
        st.integers(1, 512),
        st.integers(1, 512),
        st.sampled_from(PixelFormat),
        st.sampled_from(ColourSpace),
        st.sampled_from(AlphaMode),
    )
)
def test_every_picture_spec_crosses_the_wire_unchanged(spec: PictureSpec) -> None:
    assert spec_from(spec_message(spec), LIMITS) == spec


@pytest.mark.parametrize("side", [16, 1024, 1300])
async def test_pictures_cross_the_wire_unchanged_inline_or_by_name(side: int) -> None:
    cache = ContentCache(LIMITS.cache_bytes)
    one = picture(side, side, 5)
    message = await image_message(one, cache, LIMITS)
    assert message.WhichOneof("data") == ("inline" if side == 16 else "content_id")
    assert picture_from(message, cache, LIMITS) == one


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (common_pb2.Image(spec=spec_message(picture(1, 1, 0).spec)), Reason.INVALID_ARGUMENT),
        (common_pb2.Image(spec=spec_message(picture(1, 1, 0).spec), inline=b"12"), Reason.CONTENT_CORRUPT),
        (common_pb2.Image(spec=spec_message(picture(1, 1, 0).spec), content_id="ab"), Reason.CONTENT_NOT_FOUND),
        (
            common_pb2.Image(spec=spec_message(picture(1000, 1000, 0).spec), inline=bytes(3_000_000)),
            Reason.LIMIT_EXCEEDED,
        ),
    ],
)
def test_a_broken_image_is_refused(image: common_pb2.Image, reason: Reason) -> None:
    with pytest.raises(MaquetteError) as caught:
        picture_from(image, ContentCache(10), LIMITS)
    assert caught.value.reason is reason


def test_an_image_above_the_limit_of_bytes_is_refused() -> None:
    spec = spec_message(picture(200, 200, 0).spec)
    with pytest.raises(MaquetteError) as caught:
        spec_from(spec, replace(LIMITS, image_bytes=1000))
    assert caught.value.details == {"limit": "1000"}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_status(reason: Reason) -> None:
    error = MaquetteError(reason, "It failed.", "Do this.", {"needed_bytes": "8"})
    assert reason in CODE_OF
    status = status_of(error)
    info = ErrorInfo()
    assert status.details[0].Unpack(info)
    assert (info.reason, info.domain) == (reason.value, "maquette")
    assert dict(info.metadata) == {"needed_bytes": "8", "action": "Do this."}
    assert status.message == "It failed."
    assert status.code == CODE_OF[reason].value[0]
