"""The client against the real server and engine, with a model of a few lines in place of a network."""

from __future__ import annotations

import os
import signal
import time

import psutil
import pytest
from maquette_client import content, models, patches, scenes
from maquette_client.editing import EditSession, Frame, Rejected
from maquette_client.errors import ClientError
from maquette_client.images import AlphaMode, ColourSpace, Image, PixelFormat
from maquette_client.pump import Pump
from maquette_client.v1.scene_pb2 import Ellipse


def drain(pump: Pump, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while pump.turn():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_calls_images_and_refusals(client, pump):
    info = pump.run(client.ready())
    assert info.protocol_max == 1
    assert pump.run(models.list_models(client))
    with pytest.raises(ClientError) as caught:
        pump.run(models.get_model(client, "nope"))
    assert (caught.value.reason, bool(caught.value.action)) == ("MODEL_NOT_FOUND", True)
    pixels = os.urandom(3 * 2**20)
    image = Image(1024, 768, pixels, PixelFormat.RGBA_U8, ColourSpace.SRGB, AlphaMode.STRAIGHT)
    assert pump.run(content.from_message(client, pump.run(content.to_message(client, image)))) == image
    sampled = pump.run(scenes.sample_scenes(client, 3, count=2))
    rendered = pump.run(scenes.render_scene(client, sampled[1].scene, with_blob_map=True))
    assert len(rendered.picture.pixels) == rendered.picture.byte_size
    assert rendered.provenance.model_digest == sampled[1].scene.model_digest


def test_a_drag_with_a_refusal_and_a_killed_engine_ends_with_the_right_picture(client, pump, server):
    scene = pump.run(scenes.sample_scenes(client, 3))[0].scene
    first = scene.blobs[0].id
    frames: list[Frame] = []
    rejections: list[Rejected] = []
    session = EditSession(client, pump, scene, on_frame=frames.append, on_rejected=rejections.append)
    for step in range(40):
        session.update([patches.set_ellipse(first, Ellipse(x=step / 40, y=0.5, size=2.0, aspect=1.0))])
        pump.turn()
        time.sleep(0.002)
    session.settle()
    drain(pump)
    assert (frames[-1].final, frames[-1].revision) == (True, session.revision)
    # The style of another model does not fit; only the daemon can know.
    foreign = session.scene.blobs[0]
    foreign.id, foreign.appearance.style = "foreign", b"\0" * 400
    before = len(frames)
    session.update([patches.add_blob(foreign)], settle=True)
    pump.run(session.settled(), 60)
    assert [told.error.reason for told in rejections] == ["INVALID_ARGUMENT"]
    assert [frame.final for frame in frames[before:]] == [True]
    assert "foreign" not in [blob.id for blob in session.scene.blobs]
    for child in psutil.Process(server.pid).children(recursive=True):
        child.send_signal(signal.SIGKILL)
    session.update([patches.set_hidden(first, True)], settle=True)
    drain(pump)
    assert session.failure is None
    assert (frames[-1].final, frames[-1].revision) == (True, session.revision)
    assert session.scene.blobs[0].hidden
    session.close()
    drain(pump)
