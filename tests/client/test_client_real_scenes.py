"""The client's scene verbs against the real server and engine, with a model of a few lines in place of a network."""

from __future__ import annotations

import time

import pytest
from maquette_client import models, scenes
from maquette_client.animation import MAXIMUM_IN_FLIGHT, AnimationFrame, AnimationRenderer
from maquette_client.errors import ClientError
from maquette_client.images import Image
from maquette_client.inversion import Part, invert_image, transfer_edit, with_edit
from maquette_client.scene_completion import complete_scene, interpolate_scenes
from maquette_client.v1.scene_pb2 import Scene

PICTURE = Image(1200, 600, bytes(range(256)) * 8437 + bytes(128))


def sampled(client, pump, model_id: str = "fake-rooms") -> Scene:
    return pump.run(scenes.sample_scenes(client, 3, model_id=model_id))[0].scene


def test_scenes_and_pictures_go_there_and_back(client, pump):
    scene = sampled(client, pump)
    (proposal,) = pump.run(complete_scene(client, scene, [scene.blobs[0].id], seed=7))
    assert proposal.scene.blobs[0] == scene.blobs[0]
    assert proposal.scene.blobs[1].ellipse.x == pytest.approx(0.07)
    between = pump.run(interpolate_scenes(client, scene, proposal.scene, [0.5], thumbnail_side=8))
    assert (between[0].thumbnail.width, between[0].scene.blobs[0].ellipse.x) == (8, 0.5)
    assert len(PICTURE.pixels) > 2**20
    found = pump.run(invert_image(client, PICTURE, scene=scene))
    assert (found.scene, found.part) == (scene, Part(300, 0, 600, 600))
    edit = pump.run(transfer_edit(client, PICTURE, scene, proposal.scene, part=Part(10, 20, 900, 500), blend=5))
    edited = with_edit(PICTURE, edit)
    assert edited.pixels[: 3 * 1200 * 20] == PICTURE.pixels[: 3 * 1200 * 20]
    row = 3 * (1200 * 20)
    assert edited.pixels[row : row + 30] == PICTURE.pixels[row : row + 30]
    assert edited.pixels[row + 30 : row + 30 + 2700] == b"\x05" * 2700


@pytest.mark.parametrize(("model_id", "count"), [("fake-rooms", 60), ("fake-large", 12)])
def test_an_animation_with_a_full_pipe_comes_back_in_order(client, pump, model_id, count):
    scene = sampled(client, pump, model_id)

    async def render() -> list[AnimationFrame]:
        frames = []
        async with AnimationRenderer(client) as renderer:
            for number in range(count):
                if renderer.is_full:
                    frames.append(await renderer.next())
                scene.noise_seed = number
                await renderer.submit(number, scene)
            assert renderer.in_flight == MAXIMUM_IN_FLIGHT
            while renderer.in_flight:
                frames.append(await renderer.next())
        return frames

    frames = pump.run(render())
    assert [frame.frame for frame in frames] == list(range(count))
    assert {len(frame.image.pixels) for frame in frames} == {frames[0].image.byte_size}


def test_a_frame_that_the_daemon_refuses_says_why(client, pump):
    scene = sampled(client, pump)
    broken = Scene()
    broken.CopyFrom(scene)
    broken.blobs[0].ellipse.aspect = -1

    async def render(frames: list[int]) -> None:
        async with AnimationRenderer(client) as renderer:
            for number, one in enumerate((scene, scene, broken)):
                await renderer.submit(number, one)
            while True:
                frames.append((await renderer.next()).frame)

    frames: list[int] = []
    with pytest.raises(ClientError) as refused:
        pump.run(render(frames))
    # Frames that are on their way when the stream breaks may be lost with it.
    assert frames == [0, 1][: len(frames)]
    assert (refused.value.reason, bool(refused.value.action)) == ("INVALID_ARGUMENT", True)


def test_leaving_an_animation_lets_its_model_go(client, pump):
    scene = sampled(client, pump, "fake-rooms")
    scene.model_id = "fake-slow"

    async def leave() -> None:
        async with AnimationRenderer(client) as renderer:
            await renderer.submit(1, scene)

    def is_unloaded() -> bool:
        try:
            pump.run(models.unload_model(client, "fake-slow"))
        except ClientError as error:
            if error.reason != "MODEL_IN_USE":
                raise
            return False
        return True

    pump.run(leave())
    deadline = time.monotonic() + 60
    while not is_unloaded():
        assert time.monotonic() < deadline
