from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from blender_values import scene
from maquette_client.errors import ClientError
from maquette_client.scene_edits import apply_patches
from maquette_client.v1.scene_pb2 import Scene

from blender_addon import follower as module
from blender_addon.follower import REST_SECONDS, Follower
from blender_addon.wire import scene_from_message


class RecordedSession:
    """Stands where the client's EditSession would."""

    made: list[RecordedSession]

    def __init__(self, _connection, _pump, message, *, on_frame, on_rejected, on_failed):
        self.scene = Scene()
        self.scene.CopyFrom(message)
        self.on_frame, self.on_rejected, self.on_failed = on_frame, on_rejected, on_failed
        self.updates, self.settles, self.closed, self.busy, self.refusal = [], 0, False, False, None
        self.made.append(self)

    def update(self, patches):
        if self.refusal is not None:
            raise self.refusal
        self.updates.append(patches)
        apply_patches(self.scene, patches)

    def settle(self):
        self.settles += 1

    def close(self):
        self.closed = True


@pytest.fixture
def sessions(monkeypatch):
    RecordedSession.made = []
    monkeypatch.setattr(module, "EditSession", RecordedSession)
    return RecordedSession.made


@pytest.fixture
def told():
    return SimpleNamespace(frames=[], problems=[])


@pytest.fixture
def follower(sessions, told):
    return Follower(None, None, told.frames.append, told.problems.append)  # type: ignore[arg-type]


def moved(whole, x):
    first = replace(whole.blobs[0], ellipse=replace(whole.blobs[0].ellipse, x=x))
    return replace(whole, blobs=(first, *whole.blobs[1:]))


def test_the_first_scene_opens_a_session(follower, sessions):
    follower.follow(scene(), 0.0)
    assert len(sessions) == 1
    assert scene_from_message(sessions[0].scene) == scene()


def test_a_drag_is_sent_as_it_happens_and_settles_once_at_rest(follower, sessions):
    follower.follow(scene(), 0.0)
    for step in range(5):
        follower.follow(moved(scene(), 0.1 * step), 0.016 * step)
        follower.turn(0.016 * step)
    assert len(sessions[0].updates) == 5
    assert sessions[0].settles == 0
    assert follower.busy
    follower.turn(0.064 + REST_SECONDS)
    follower.turn(1.0)
    assert sessions[0].settles == 1
    assert not follower.busy


def test_nothing_is_sent_when_nothing_changed(follower, sessions):
    follower.follow(scene(), 0.0)
    follower.follow(scene(), 0.1)
    assert sessions[0].updates == []
    assert not follower.busy


def test_another_model_needs_a_session_of_its_own(follower, sessions):
    follower.follow(scene(), 0.0)
    follower.follow(replace(scene(), model_digest="e" * 64), 0.1)
    assert sessions[0].closed
    assert len(sessions) == 2


def test_a_change_that_cannot_be_made_is_said_and_tried_again_with_the_next(follower, sessions, told):
    follower.follow(scene(), 0.0)
    sessions[0].refusal = ClientError("LIMIT_EXCEEDED", "Too many.", "Delete some.")
    follower.follow(moved(scene(), 0.9), 0.1)
    assert [problem.reason for problem in told.problems] == ["LIMIT_EXCEEDED"]
    sessions[0].refusal = None
    follower.follow(moved(scene(), 0.8), 0.2)
    assert scene_from_message(sessions[0].scene) == moved(scene(), 0.8)


def test_a_refusal_stays_said_although_a_picture_follows(follower, sessions, told):
    follower.follow(scene(), 0.0)
    follower.follow(moved(scene(), 0.9), 0.1)
    refusal = ClientError("INVALID_ARGUMENT", "No.", "Do otherwise.")
    sessions[0].scene.blobs[0].ellipse.x = 0.35
    sessions[0].on_rejected(SimpleNamespace(error=refusal))
    sessions[0].on_frame("picture")
    assert told.problems == [refusal]
    assert told.frames == ["picture"]
    follower.follow(moved(scene(), 0.5), 0.2)
    sessions[0].on_frame("picture")
    assert told.problems == [refusal, None]
    assert scene_from_message(sessions[0].scene) == moved(scene(), 0.5)


def test_a_returned_daemon_is_asked_for_the_picture(follower, sessions):
    follower.refresh()
    follower.follow(scene(), 0.0)
    follower.refresh()
    assert sessions[0].settles == 1


def test_closing_forgets_the_scene(follower, sessions):
    follower.follow(scene(), 0.0)
    follower.close()
    assert sessions[0].closed
    assert follower.scene is None
    assert not follower.busy
