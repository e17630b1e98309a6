from __future__ import annotations

from typing import Any

import grpc
import pytest
from daemon_process import Daemon, reason_of, wait_until
from fake_zoo import INFO, SIDE
from maquette_client.v1 import common_pb2, model_pb2, scene_pb2
from painting import image
from scene_verbs import complete, interpolate, invert, region, restyle, scene, transfer


def last(responses: Any) -> Any:
    *updates, final = responses
    assert all(update.WhichOneof("update") in ("progress", "preview") for update in updates)
    return final.result


def test_proposals_differ_in_their_seeds_and_keep_what_is_pinned(daemon: Daemon) -> None:
    request = complete(seed=4, count=3, thumbnail_side=16, pinned_ids=["b1", "b1"])
    scenes = last(daemon.scene.CompleteScene(request, timeout=60)).scenes
    assert [one.scene.blobs[1] for one in scenes] == [request.scene.blobs[1]] * 3
    assert [one.scene.blobs[0].ellipse.x for one in scenes] == pytest.approx([0.04, 0.05, 0.06])
    assert [len(one.thumbnail.inline) for one in scenes] == [16 * 16 * 3] * 3
    provenance = scenes[2].provenance
    assert (provenance.model_id, provenance.model_digest) == (INFO.id, INFO.digest)
    assert dict(provenance.parameters) == {
        "seed": "6",
        "truncation": "0.5",
        "pinned_ids": "b1",
        "pin_background": "False",
        "noise_seed": "1",
    }


def test_a_completion_has_defaults(daemon: Daemon) -> None:
    request = scene_pb2.CompleteSceneRequest(scene=scene())
    (proposal,) = last(daemon.scene.CompleteScene(request, timeout=60)).scenes
    assert proposal.provenance.parameters["truncation"] == "0.4"
    assert not proposal.HasField("thumbnail")


def test_large_pictures_of_many_proposals_are_fetched_instead(daemon: Daemon) -> None:
    request = complete(count=12, thumbnail_side=512)
    scenes = last(daemon.scene.CompleteScene(request, timeout=60)).scenes
    kinds = [one.thumbnail.WhichOneof("data") for one in scenes]
    assert kinds == ["inline"] * 5 + ["content_id"] * 7


def test_scenes_that_are_too_many_for_one_message_are_refused(daemon: Daemon) -> None:
    with_long_names = scene(blobs=256)
    for blob in with_long_names.blobs:
        blob.name = "é" * 256
    request = scene_pb2.CompleteSceneRequest(scene=with_long_names, count=64)
    with pytest.raises(grpc.RpcError) as caught:
        list(daemon.scene.CompleteScene(request, timeout=60))
    assert reason_of(caught.value) == "LIMIT_EXCEEDED"


def test_there_is_a_scene_for_each_amount(daemon: Daemon) -> None:
    scenes = last(daemon.scene.InterpolateScenes(interpolate(amounts=[1.0, 0.25]), timeout=60)).scenes
    assert [one.scene.blobs[0].ellipse.x for one in scenes] == [1.0, 0.25]
    assert scenes[1].provenance.parameters["amount"] == "0.25"


@pytest.mark.parametrize("pixel_format", ["RGB_U8", "RGBA_U16", "GRAY_F32"])
def test_a_picture_of_any_depth_becomes_a_scene(daemon: Daemon, pixel_format: str) -> None:
    request = scene_pb2.InvertImageRequest(image=image(6, 4, pixel_format), seed=5)
    found = last(daemon.scene.InvertImage(request, timeout=60))
    assert found.scene == scene(5)
    assert found.region == region(1, 0, 4, 4)
    assert (found.psnr, found.first_psnr, found.encoded) == (30.5, -1.0, True)
    assert found.picture.inline == b"\x07" * (3 * SIDE * SIDE)
    assert dict(found.provenance.parameters) == {
        "seed": "5",
        "steps": "",
        "pinned_ids": "",
        "pin_background": "False",
    }


def test_an_inversion_shows_what_it_has_found_so_far(daemon: Daemon) -> None:
    request = scene_pb2.InvertImageRequest(image=image(), model_id="fake-slow")
    slow = daemon.scene.InvertImage(request, timeout=60)
    shown = next(update.preview for update in slow if update.HasField("preview"))
    assert shown.image.inline == b"\x03" * (8 * 8 * 3)
    assert next(slow).progress.stage == "inverting"
    slow.cancel()


def test_an_inversion_starts_where_the_caller_says(daemon: Daemon) -> None:
    request = invert(scene=scene(9), pinned_ids=["b1"], pin_background=True, steps=0, region=region(2, 1, 4, 3))
    found = last(daemon.scene.InvertImage(request, timeout=60))
    assert found.scene == scene(9)
    assert found.region == region(2, 1, 4, 3)
    assert (found.first_psnr, found.encoded) == (0.0, False)
    assert found.provenance.parameters["pinned_ids"] == "b1"


def test_an_edit_comes_back_as_a_patch_in_the_pictures_own_format(daemon: Daemon) -> None:
    request = transfer(image=image(6, 4, "RGBA_U16"), region=region(2, 1, 3, 2), blend=9.0)
    result = last(daemon.scene.TransferEdit(request, timeout=60))
    assert result.changed == region(2, 1, 3, 2)
    spec = common_pb2.ImageSpec()
    spec.CopyFrom(request.image.spec)
    spec.width, spec.height = 3, 2
    assert (result.patch.spec, result.patch.inline) == (spec, b"\x09" * (3 * 2 * 8))


def test_an_edit_of_nothing_has_no_patch(daemon: Daemon) -> None:
    result = last(daemon.scene.TransferEdit(transfer(after=scene(1)), timeout=60))
    assert not result.HasField("changed")
    assert not result.HasField("patch")
    assert result.provenance.model_id == INFO.id


def test_looks_come_from_another_scene_by_id_then_by_row(daemon: Daemon) -> None:
    wanted, source = scene(1, blobs=3), scene(2, blobs=2)
    source.blobs[0].id = "another"
    source.blobs[1].appearance.style = scene(7).background.style
    request = restyle(scene=wanted, source=source, background=True)
    restyled = last(daemon.scene.RestyleScene(request, timeout=60)).scene
    styles = [blob.appearance.style for blob in restyled.blobs]
    assert styles == [scene(2).background.style, scene(7).background.style, scene(1).background.style]
    assert restyled.background.style == scene(2).background.style


def test_a_restyle_of_the_other_scene_counts_as_its_look(daemon: Daemon) -> None:
    source = scene(2)
    seeded = scene_pb2.SeededStyle(seed=42)
    source.blobs[1].appearance.restyle.CopyFrom(scene_pb2.Restyle(amount=1.0, seeded=seeded))
    result = last(daemon.scene.RestyleScene(restyle(source=source, blob_ids=["b1"], amount=0.5), timeout=60))
    assert result.scene.blobs[1].appearance.style == scene(42).background.style
    assert result.scene.blobs[0] == scene(1).blobs[0]
    assert result.scene.background == scene(1).background
    assert (result.provenance.parameters["amount"], result.provenance.parameters["blob_ids"]) == ("0.5", "b1")


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("CompleteScene", complete(scene=scene(model_id="fake-slow"))),
        ("InterpolateScenes", interpolate(start=scene(model_id="fake-slow"), end=scene(model_id="fake-slow"))),
        ("InvertImage", scene_pb2.InvertImageRequest(image=image(), model_id="fake-slow")),
        ("TransferEdit", transfer(before=scene(model_id="fake-slow"), after=scene(2, model_id="fake-slow"))),
    ],
)
def test_leaving_a_call_cancels_its_work(daemon: Daemon, method: str, request_: Any) -> None:
    slow = getattr(daemon.scene, method)(request_, timeout=60)
    next(slow)
    slow.cancel()

    def unloaded() -> bool:
        try:
            daemon.model.UnloadModel(model_pb2.UnloadModelRequest(model_id="fake-slow"), timeout=60)
        except grpc.RpcError as error:
            if reason_of(error) != "MODEL_IN_USE":
                raise
            return False
        return True

    wait_until(unloaded)
