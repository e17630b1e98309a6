"""The daemon with the zoo itself: a BlobGAN of few random weights, through torch."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from daemon_process import Daemon, reason_of, start_process
from edit_client import EditClient
from maquette_client.v1 import model_pb2, scene_pb2, system_pb2

sys.path.insert(0, str(Path(__file__).parent.parent / "models"))

from model_helpers import small_blobgan_entry

MODEL = "small-blobgan"


@pytest.fixture
def zoo(directory: Path) -> Iterator[Daemon]:
    small_blobgan_entry(directory.parent / "data")
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


def test_a_file_that_is_no_checkpoint_is_refused_by_its_content(zoo: Daemon, directory: Path) -> None:
    folder = directory.parent / "allowed"
    folder.mkdir()
    (folder / "evil.ckpt").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    (directory.parent / "data" / "allowed_folders.json").write_text(f'{{"schema": 1, "folders": ["{folder}"]}}')
    request = model_pb2.ImportModelRequest(path=str(folder / "evil.ckpt"))
    with pytest.raises(grpc.RpcError) as caught:
        list(zoo.model.ImportModel(request, timeout=60))
    assert reason_of(caught.value).startswith("CHECKPOINT_")
