from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest
from blender_values import scene
from maquette_client.animation import MAXIMUM_IN_FLIGHT, AnimationFrame
from maquette_client.errors import ClientError
from maquette_client.images import Image
from maquette_client.v1 import common_pb2

from blender_addon import animating as module
from blender_addon.animating import AnimationRequest, Progress, clock, render_animation
from blender_addon.frame_files import FramePattern


@dataclass
class Daemon:
    """Answers as the daemon would; fails at a frame if told to."""

    fails_at: int | None = None
    rendered: list[int] | None = None
    most_in_flight: int = 0
    opened: int = 0
    closed: int = 0
    version: str = "0.1.0"

    async def ready(self):
        return SimpleNamespace(version=self.version)


class Renderer:
    """Stands where the client's AnimationRenderer would: a picture of one pixel, whose colour is the bed's place."""

    def __init__(self, daemon):
        self.daemon, self.waiting = daemon, deque()

    @property
    def in_flight(self):
        return len(self.waiting)

    @property
    def is_full(self):
        return self.in_flight >= MAXIMUM_IN_FLIGHT

    async def __aenter__(self):
        self.daemon.opened += 1
        return self

    async def __aexit__(self, *_error):
        self.daemon.closed += 1

    async def submit(self, frame, message):
        assert not self.is_full
        self.waiting.append((frame, message))
        self.daemon.most_in_flight = max(self.daemon.most_in_flight, self.in_flight)

    async def next(self):
        frame, message = self.waiting.popleft()
        if frame == self.daemon.fails_at:
            raise ClientError("ENGINE_UNAVAILABLE", "The engine ended.")
        self.daemon.rendered = [*(self.daemon.rendered or []), frame]
        pixels = bytes([round(255 * message.blobs[1].ellipse.x)] * 3)
        return AnimationFrame(frame, Image(1, 1, pixels), 1.0, common_pb2.Provenance())


@pytest.fixture
def pattern(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "AnimationRenderer", Renderer)
    return FramePattern(tmp_path)


def moving(frame, bend=0.0):
    """The bed goes to the right; ``bend`` changes frames 5 and later."""
    bed = scene().blobs[1]
    place = 0.1 + 0.02 * frame + (bend if frame >= 5 else 0.0)
    return scene(scene().blobs[0], replace(bed, ellipse=replace(bed.ellipse, x=place)))


async def run(daemon, pattern, scene_at=moving, frames=range(1, 11), **options):
    told: list[Progress] = []
    request = AnimationRequest(frames, pattern, **options)
    ended = await render_animation(daemon, request, scene_at, told.append)
    return ended, told


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


async def test_every_frame_is_made_in_order_with_several_on_their_way(pattern):
    daemon = Daemon()
    ended, told = await run(daemon, pattern)
    assert daemon.rendered == list(range(1, 11))
    assert daemon.most_in_flight == MAXIMUM_IN_FLIGHT
    assert (ended.made, ended.kept, ended.total) == (10, 0, 10)
    assert [each.frame for each in told] == list(range(1, 11))
    assert sorted(files(pattern.folder)) == [*(f"{n:04d}.png" for n in range(1, 11)), "frames.jsonl"]
    assert daemon.opened == daemon.closed == 1


async def test_finished_frames_are_kept_without_asking_for_any(pattern):
    await run(Daemon(), pattern)
    before, daemon = files(pattern.folder), Daemon()
    ended, told = await run(daemon, pattern)
    assert (ended.made, ended.kept, daemon.opened) == (0, 10, 0)
    assert [each.frame for each in told] == list(range(1, 11))
    assert files(pattern.folder) == before


async def test_only_frames_whose_scene_changed_are_made_again(pattern):
    await run(Daemon(), pattern)
    daemon = Daemon()
    ended, _ = await run(daemon, pattern, lambda frame: moving(frame, bend=0.3))
    assert daemon.rendered == list(range(5, 11))
    assert ended.kept == 4


async def test_what_failed_on_the_way_goes_on_to_the_same_bytes(pattern, tmp_path):
    whole = FramePattern(tmp_path / "whole")
    await run(Daemon(), whole)
    failing = Daemon(fails_at=6)
    with pytest.raises(ClientError, match="engine ended"):
        await run(failing, pattern)
    assert failing.closed == 1
    rest = Daemon()
    ended, _ = await run(rest, pattern)
    assert rest.rendered == list(range(6, 11))
    assert (ended.made, ended.kept) == (5, 5)
    assert files(pattern.folder) == files(whole.folder)


async def test_a_change_of_what_is_hidden_is_none(pattern):
    def scene_at(frame, place=0.1):
        rug = scene().blobs[0]
        return scene(replace(rug, hidden=True, ellipse=replace(rug.ellipse, x=place)), moving(frame).blobs[1])

    daemon = Daemon()
    await run(daemon, pattern, lambda frame: scene(moving(frame).blobs[0], *scene_at(frame).blobs))
    ended, _ = await run(daemon, pattern, lambda frame: scene(moving(frame).blobs[0], *scene_at(frame, 0.7).blobs))
    assert (ended.made, ended.kept) == (0, 10)


async def test_all_are_made_again_when_asked(pattern):
    await run(Daemon(), pattern)
    daemon = Daemon()
    ended, _ = await run(daemon, pattern, again=True)
    assert (ended.made, daemon.rendered) == (10, list(range(1, 11)))


async def test_all_are_made_again_by_another_version(pattern):
    await run(Daemon(), pattern)
    daemon = Daemon(version="0.2.0")
    await run(daemon, pattern)
    assert daemon.rendered == list(range(1, 11))


async def test_a_model_that_changes_on_the_way_is_refused(pattern):
    def scene_at(frame):
        return moving(frame) if frame < 4 else replace(moving(frame), model_digest="e" * 64)

    with pytest.raises(ClientError) as refusal:
        await run(Daemon(), pattern, scene_at)
    assert refusal.value.reason == "INVALID_ARGUMENT"
    assert "frame 4" in refusal.value.message


async def test_time_left_is_told_once_it_is_known(pattern):
    _, told = await run(Daemon(), pattern)
    assert all(each.seconds_left is not None for each in told)
    assert told[-1].seconds_left == 0.0
    assert str(replace(told[4], seconds_left=75.0)) == "Frame 5 (5 of 10), 1:15 left"
    _, told = await run(Daemon(), pattern)
    assert str(told[4]) == "Frame 5 (5 of 10)"


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "0:00"), (7, "0:07"), (750, "12:30"), (3900, "1:05:00")])
def test_time_reads_as_on_a_clock(seconds, text):
    assert clock(seconds) == text
