"""The daemon with the zoo itself: models of few random weights, through torch, and exemplar fill."""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from daemon_process import Daemon, reason_of, start_process
from edit_client import EditClient
from maquette_client.v1 import common_pb2, model_pb2, paint_pb2, scene_pb2, system_pb2
from painting import colorize, image, inpaint, mask, outpaint, restore, settings

sys.path.insert(0, str(Path(__file__).parent.parent / "models"))

from model_helpers import small_blobgan_entry
from palette_helpers import small_palette_entry

MODEL = "small-blobgan"
PALETTE = "small-palette"


@pytest.fixture(scope="module")
def zoo() -> Iterator[Daemon]:
    """One for all these tests: loading torch takes seconds."""
    with tempfile.TemporaryDirectory(prefix="mq") as folder:
        directory = Path(folder, "run")
        small_blobgan_entry(Path(folder, "data"))
        small_palette_entry(Path(folder, "data"))
        daemon = Daemon(directory, start_process(directory, "--threads", "1", models=""))
        yield daemon
        daemon.stop()


def sampled(daemon: Daemon) -> scene_pb2.Scene:
    request = scene_pb2.SampleSceneRequest(model_id=MODEL, layout_seed=3, thumbnail_side=16)
    return list(daemon.scene.SampleScene(request, timeout=60))[-1].result.scenes[0].scene


def rendered(daemon: Daemon, scene: scene_pb2.Scene) -> bytes:
    request = scene_pb2.RenderSceneRequest(scene=scene, with_blob_map=True, with_alphas=True)
    return list(daemon.scene.RenderScene(request, timeout=60))[-1].result.picture.inline


def restyled(daemon: Daemon, scene: scene_pb2.Scene, amount: float) -> scene_pb2.RestyledScene:
    restyle = scene_pb2.Restyle(amount=amount, seeded=scene_pb2.SeededStyle(seed=9))
    request = scene_pb2.RestyleSceneRequest(scene=scene, background=True, restyle=restyle)
    return list(daemon.scene.RestyleScene(request, timeout=60))[-1].result


def test_a_sampled_scene_is_rendered_edited_and_restyled(zoo: Daemon) -> None:
    scene = sampled(zoo)
    picture = rendered(zoo, scene)
    assert len(picture) == 32 * 32 * 3
    assert zoo.system.GetServerInfo(system_pb2.GetServerInfoRequest()).device == "CPU, 1 thread"

    editor = EditClient(zoo, scene)
    assert editor.until_final(0)[-1].image.inline == picture
    editor.edit(0.9, settle=True, blob_id=scene.blobs[0].id)
    assert editor.until_final(1)[-1].image.inline != picture
    editor.close()

    changed = restyled(zoo, scene, 0.5)
    assert changed.picture.inline != picture
    assert changed.picture.inline == rendered(zoo, changed.scene)
    assert restyled(zoo, scene, 0.0).scene == scene


def test_a_file_that_is_no_checkpoint_is_refused_by_its_content(zoo: Daemon) -> None:
    directory = zoo.directory
    folder = directory.parent / "allowed"
    folder.mkdir()
    (folder / "evil.ckpt").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    (directory.parent / "data" / "allowed_folders.json").write_text(f'{{"schema": 1, "folders": ["{folder}"]}}')
    request = model_pb2.ImportModelRequest(path=str(folder / "evil.ckpt"))
    with pytest.raises(grpc.RpcError) as caught:
        list(zoo.model.ImportModel(request, timeout=60))
    assert reason_of(caught.value).startswith("CHECKPOINT_")


def painted(daemon: Daemon, method: str, request: Any) -> paint_pb2.PaintResult:
    return list(getattr(daemon.paint, method)(request, timeout=100))[-1].result


def test_a_picture_is_filled_and_extended_without_any_weights(zoo: Daemon) -> None:
    noise = random.Random(1).randbytes(24 * 20 * 3)
    picture = image(24, 20)
    picture.inline = noise
    hole = mask(24, 20)
    hole.inline = bytes(255 if 6 <= x < 12 and 5 <= y < 9 else 0 for y in range(20) for x in range(24))
    result = painted(zoo, "Inpaint", inpaint(model_id="exemplar", picture=picture, mask=hole))
    (candidate,) = result.candidates
    assert (result.width, result.height) == (24, 20)
    assert result.provenance.model_id == "exemplar"
    for index, inside in enumerate(result.coverage.inline):
        y, x = divmod(index, candidate.spec.width)
        before = 3 * ((y + result.top) * 24 + x + result.left)
        assert inside or candidate.inline[3 * index : 3 * index + 3] == noise[before : before + 3]
    wider = painted(zoo, "Outpaint", outpaint(model_id="exemplar", picture=picture, left=4))
    assert (wider.width, wider.height) == (28, 20)


def test_a_palette_serves_all_four_verbs_through_the_pipeline(zoo: Daemon) -> None:
    few = settings(steps=2, candidates=2, preview_side=0)
    picture = image(20, 20, "RGBA_U16", value=60)
    hole = mask(20, 20)
    hole.inline = bytes(255 if 6 <= x < 12 and 5 <= y < 9 else 0 for y in range(20) for x in range(20))
    requests = {
        "Inpaint": inpaint(model_id=PALETTE, picture=picture, mask=hole, settings=few),
        "Outpaint": outpaint(model_id=PALETTE, picture=picture, left=4, settings=few),
        "Colorize": colorize(model_id=PALETTE, picture=image(20, 20, "GRAY_U8", value=60), settings=few),
        "RestoreJpeg": restore(model_id=PALETTE, picture=picture, quality=30, settings=few),
    }
    for method, request in requests.items():
        result = painted(zoo, method, request)
        assert result.provenance.model_id == PALETTE
        assert len(result.candidates) == 2
        wanted = common_pb2.PIXEL_FORMAT_RGB_U8 if method == "Colorize" else picture.spec.pixel_format
        assert {candidate.spec.pixel_format for candidate in result.candidates} == {wanted}


def test_pixels_that_are_no_numbers_stay_as_they_are(zoo: Daemon) -> None:
    picture = image(20, 20, "RGB_F32", "LINEAR_REC709")
    picture.inline = b"\0\0\xc0\x7f" * (20 * 20 * 3)
    request = restore(model_id=PALETTE, picture=picture, quality=30, settings=settings(steps=1))
    result = painted(zoo, "RestoreJpeg", request)
    assert not any(result.coverage.inline)
    (candidate,) = result.candidates
    area = candidate.spec.width * candidate.spec.height
    assert candidate.inline == picture.inline[: 12 * area]


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (inpaint(model_id="exemplar"), "INVALID_ARGUMENT"),
        (colorize(model_id="exemplar"), "MODEL_UNSUPPORTED"),
    ],
)
def test_what_exemplar_fill_cannot_do_is_refused(zoo: Daemon, request_: Any, reason: str) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        painted(zoo, "Inpaint" if reason == "INVALID_ARGUMENT" else "Colorize", request_)
    assert reason_of(caught.value) == reason


def test_exemplar_fill_is_listed_loaded_unloaded_and_not_deleted(zoo: Daemon) -> None:
    assert "exemplar" in [one.id for one in zoo.model.ListModels(model_pb2.ListModelsRequest(task="inpaint")).models]
    *_, loaded = zoo.model.LoadModel(model_pb2.LoadModelRequest(model_id="exemplar"), timeout=60)
    assert loaded.result.loaded
    assert (loaded.result.width, loaded.result.file_bytes, loaded.result.embedded) == (0, 0, True)
    zoo.model.UnloadModel(model_pb2.UnloadModelRequest(model_id="exemplar"), timeout=60)
    assert not zoo.model.GetModel(model_pb2.GetModelRequest(model_id="exemplar")).model.loaded
    with pytest.raises(grpc.RpcError) as caught:
        zoo.model.DeleteModel(model_pb2.DeleteModelRequest(model_id="exemplar"))
    assert reason_of(caught.value) == "INVALID_ARGUMENT"
