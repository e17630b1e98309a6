from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator

import grpc
import maquette
import psutil
import pytest
from daemon_process import Daemon, reason_of, wait_until
from edit_client import EditClient
from fake_zoo import INFO, scene_of
from maquette.server.conversion_scene import scene_message
from maquette_client.v1 import common_pb2, content_pb2, model_pb2, scene_pb2, system_pb2


def scene(model_id: str = "fake-rooms", blobs: int = 2) -> scene_pb2.Scene:
    return scene_message(scene_of(model_id, 1, blobs))


def test_sampled_scenes_come_with_pictures_and_how_to_get_them_again(daemon: Daemon) -> None:
    request = scene_pb2.SampleSceneRequest(layout_seed=5, background_seed=9, count=3, thumbnail_side=32)
    *updates, last = daemon.scene.SampleScene(request, timeout=60)
    assert all(update.HasField("progress") for update in updates)
    scenes = last.result.scenes
    assert [one.scene.noise_seed for one in scenes] == [5, 6, 7]
    assert [len(one.thumbnail.inline) for one in scenes] == [32 * 32 * 3] * 3
    provenance = scenes[1].provenance
    assert (provenance.model_id, provenance.model_digest) == (INFO.id, INFO.digest)
    assert provenance.maquette_version == maquette.__version__
    assert dict(provenance.parameters) == {
        "layout_seed": "6",
        "style_seed": "6",
        "background_seed": "10",
        "truncation": "0.4",
    }


def test_a_sampled_scene_renders(daemon: Daemon) -> None:
    sampled = list(daemon.scene.SampleScene(scene_pb2.SampleSceneRequest(), timeout=60))[-1].result.scenes[0]
    assert not sampled.HasField("thumbnail")
    request = scene_pb2.RenderSceneRequest(scene=sampled.scene, with_blob_map=True, with_alphas=True)
    result = list(daemon.scene.RenderScene(request, timeout=60))[-1].result
    assert result.picture.spec.pixel_format == common_pb2.PIXEL_FORMAT_RGB_U8
    assert result.HasField("blob_map")
    assert set(result.alphas) == {blob.id for blob in sampled.scene.blobs}
    assert result.timing.total_milliseconds > 0
    assert dict(result.timing.stage_milliseconds) == {"decode": 1.0}
    assert dict(result.provenance.parameters) == {"noise_seed": "0"}


def test_a_restyled_scene_has_plain_styles_and_a_picture(daemon: Daemon) -> None:
    restyle = scene_pb2.Restyle(amount=1.0, seeded=scene_pb2.SeededStyle(seed=42))
    request = scene_pb2.RestyleSceneRequest(scene=scene(), blob_ids=["b1"], background=True, restyle=restyle)
    *updates, last = daemon.scene.RestyleScene(request, timeout=60)
    fractions = [update.progress.fraction for update in updates]
    assert fractions == sorted(fractions)
    new = scene_of(INFO.id, 42).background.style
    assert last.result.scene.background.style == new
    assert [blob.appearance.style == new for blob in last.result.scene.blobs] == [False, True]
    assert not last.result.scene.background.HasField("restyle")
    assert last.result.picture.inline
    assert last.result.provenance.parameters["seed"] == "42"


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (scene_pb2.RestyleSceneRequest(scene=scene()), "INVALID_ARGUMENT"),
        (
            scene_pb2.RestyleSceneRequest(
                scene=scene(), blob_ids=["nobody"], restyle=scene_pb2.Restyle(style=bytes(16))
            ),
            "BLOB_NOT_FOUND",
        ),
        (scene_pb2.RestyleSceneRequest(scene=scene(), restyle=scene_pb2.Restyle(style=bytes(8))), "INVALID_ARGUMENT"),
    ],
)
def test_a_restyle_that_cannot_be_done_is_refused(
    daemon: Daemon, request_: scene_pb2.RestyleSceneRequest, reason: str
) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        list(daemon.scene.RestyleScene(request_, timeout=60))
    assert reason_of(caught.value) == reason


def test_a_large_picture_is_sent_by_name(daemon: Daemon) -> None:
    request = scene_pb2.RenderSceneRequest(scene=scene("fake-large"))
    picture = list(daemon.scene.RenderScene(request, timeout=60))[-1].result.picture
    assert picture.WhichOneof("data") == "content_id"
    first, *chunks = daemon.content.GetContent(content_pb2.GetContentRequest(content_id=picture.content_id))
    pixels = b"".join(one.chunk for one in chunks)
    assert first.spec == picture.spec
    assert len(pixels) == 1024 * 1024 * 3
    assert hashlib.sha256(pixels).hexdigest() == picture.content_id


def test_what_was_sent_can_be_fetched(daemon: Daemon) -> None:
    pixels = random.Random(1).randbytes(1500 * 1000)
    spec = common_pb2.ImageSpec(width=1500, height=1000, pixel_format=1, colour_space=3, alpha_mode=1)

    def parts() -> Iterator[content_pb2.PutContentRequest]:
        yield content_pb2.PutContentRequest(spec=spec)
        for start in range(0, len(pixels), 2**19):
            yield content_pb2.PutContentRequest(chunk=pixels[start : start + 2**19])

    name = daemon.content.PutContent(parts(), timeout=60).content_id
    assert name == hashlib.sha256(pixels).hexdigest()
    first, *chunks = daemon.content.GetContent(content_pb2.GetContentRequest(content_id=name))
    assert first.spec == spec
    assert b"".join(one.chunk for one in chunks) == pixels


def test_dropping_the_stream_cancels_the_work(own_daemon: Daemon) -> None:
    slow = own_daemon.scene.RenderScene(scene_pb2.RenderSceneRequest(scene=scene("fake-slow")), timeout=60)
    next(slow)
    slow.cancel()
    # A model in use cannot be unloaded: that it can be says that the work has ended.
    request = model_pb2.UnloadModelRequest(model_id="fake-slow")

    def unloaded() -> bool:
        try:
            own_daemon.model.UnloadModel(request, timeout=60)
        except grpc.RpcError as error:
            if reason_of(error) != "MODEL_IN_USE":
                raise
            return False
        return True

    wait_until(unloaded)


def test_a_killed_engine_fails_the_render_and_the_next_one_succeeds(own_daemon: Daemon) -> None:
    before = scene()
    slow = own_daemon.scene.RenderScene(scene_pb2.RenderSceneRequest(scene=scene("fake-slow")), timeout=60)
    next(slow)
    own_daemon.engine().kill()
    with pytest.raises(grpc.RpcError) as caught:
        list(slow)
    assert reason_of(caught.value) == "ENGINE_LOST"
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    request = scene_pb2.RenderSceneRequest(scene=before)
    assert list(own_daemon.scene.RenderScene(request, timeout=60))[-1].result.picture.inline


def test_a_drag_shows_the_newest_state_and_ends_with_a_final(daemon: Daemon) -> None:
    editor = EditClient(daemon, scene())
    (opened,) = editor.until_final(0)
    assert opened.revision == 0
    for step in range(30):
        editor.edit(step / 30)
    editor.edit(1.0, settle=True)
    frames = editor.until_final(31)
    revisions = [frame.revision for frame in frames]
    assert revisions == sorted(revisions)
    assert revisions[-1] == 31
    assert frames[-1].image.inline
    assert frames[-1].timing.total_milliseconds > 0
    editor.close()


def test_nothing_is_sent_until_the_last_frame_is_acknowledged(daemon: Daemon) -> None:
    editor = EditClient(daemon, scene())
    opened = editor.frame()
    for step in range(10):
        editor.edit(step / 10)
    info = daemon.scene.SampleScene(scene_pb2.SampleSceneRequest(), timeout=60)
    assert list(info)[-1].HasField("result")
    editor.acknowledge(opened)
    assert editor.frame().revision == 10
    editor.close()


def test_a_model_that_is_being_edited_stays_in_memory(daemon: Daemon) -> None:
    editor = EditClient(daemon, scene())
    editor.until_final(0)
    with pytest.raises(grpc.RpcError) as caught:
        daemon.model.UnloadModel(model_pb2.UnloadModelRequest(model_id="fake-rooms"))
    assert reason_of(caught.value) == "MODEL_IN_USE"
    editor.close()
    daemon.model.UnloadModel(model_pb2.UnloadModelRequest(model_id="fake-rooms"))


def test_more_edit_streams_than_allowed_are_refused(daemon: Daemon) -> None:
    editors = [EditClient(daemon, scene()) for _ in range(8)]
    for editor in editors:
        editor.frame()
    with pytest.raises(grpc.RpcError) as caught:
        EditClient(daemon, scene()).frame()
    assert reason_of(caught.value) == "LIMIT_EXCEEDED"
    for editor in editors:
        editor.responses.cancel()
    wait_until(lambda: _opens(daemon))


def _opens(daemon: Daemon) -> bool:
    editor = EditClient(daemon, scene())
    try:
        editor.frame()
    except grpc.RpcError as error:
        if reason_of(error) != "LIMIT_EXCEEDED":
            raise
        return False
    editor.close()
    return True


def test_a_killed_engine_ends_a_stream_that_renders_and_the_scene_can_be_opened_again(own_daemon: Daemon) -> None:
    editor = EditClient(own_daemon, scene("fake-slow"))
    wait_until(lambda: b"fake-slow" in _loaded(own_daemon))
    own_daemon.engine().kill()
    with pytest.raises(grpc.RpcError) as caught:
        editor.frame()
    assert reason_of(caught.value) == "ENGINE_LOST"
    again = EditClient(own_daemon, scene())
    assert again.frame().quality == scene_pb2.EditSceneResponse.QUALITY_FINAL
    again.close()


def _loaded(daemon: Daemon) -> bytes:
    models = daemon.model.ListModels(model_pb2.ListModelsRequest()).models
    return b" ".join(model.id.encode() for model in models if model.loaded)


def test_an_idle_stream_outlives_the_engine(own_daemon: Daemon) -> None:
    editor = EditClient(own_daemon, scene())
    editor.until_final(0)
    events = own_daemon.system.WatchEvents(system_pb2.WatchEventsRequest(), timeout=60)
    own_daemon.engine().kill()
    while next(events).engine_state != system_pb2.ENGINE_STATE_RESTARTING:
        pass
    events.cancel()
    editor.edit(0.7, settle=True)
    assert editor.until_final(1)[-1].revision == 1
    editor.close()


def memory_of(daemon: Daemon) -> Callable[[], int]:
    processes = [psutil.Process(daemon.process.pid), daemon.engine()]
    return lambda: sum(process.memory_info().rss for process in processes)


def test_memory_stays_flat_over_two_thousand_edits(own_daemon: Daemon) -> None:
    editor = EditClient(own_daemon, scene(blobs=16))
    editor.until_final(0)
    measure = memory_of(own_daemon)
    early = 0
    for number in range(1, 2001):
        editor.edit(number / 2000, settle=number % 50 == 0)
        editor.acknowledge(editor.frame())
        if number == 200:
            early = measure()
    assert measure() < 1.05 * early
    editor.close()
