from __future__ import annotations

import os
import signal
import sys
import time

import pytest
from fake_daemon import FakeDaemon
from fake_scenes import scene_of
from maquette_client import editing, patches
from maquette_client.conditions import State
from maquette_client.connection import Connection
from maquette_client.editing import EditSession, Frame, Rejected
from maquette_client.errors import ClientError
from maquette_client.pump import Pump
from maquette_client.runtime_file import find_runtime_file, process_lives
from maquette_client.v1.scene_pb2 import Ellipse


def ellipse(x: float) -> Ellipse:
    return Ellipse(x=x, y=0.5, size=2.0, aspect=1.0)


def turn_until(pump: Pump, done, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "not done in time"
        pump.turn()
        time.sleep(0.001)


class Host:
    """A host that turns the pump and keeps what it is told."""

    def __init__(self, pump: Pump | None = None) -> None:
        self.frames: list[Frame] = []
        self.rejections: list[Rejected] = []
        self.failures: list[ClientError] = []
        self.timer_starts = 0
        self.pump = pump or Pump()
        self.pump.on_busy = self.start_timer
        self.connection = Connection()
        self.session = EditSession(
            self.connection,
            self.pump,
            scene_of(1),
            on_frame=self.frames.append,
            on_rejected=self.rejections.append,
            on_failed=self.failures.append,
        )

    def start_timer(self) -> None:
        self.timer_starts += 1

    def rest(self) -> None:
        turn_until(self.pump, lambda: not self.pump.busy)

    def close(self) -> None:
        self.session.close()
        self.connection.close()
        self.pump.close()


@pytest.fixture
def daemon_in_loop(directory):
    """A host and a daemon that live in the same loop, so that a test sees both sides."""
    pump, daemon = Pump(), FakeDaemon(directory)
    pump.run(daemon.start())
    host = Host(pump)
    yield host, daemon
    host.session.close()
    host.connection.close()
    host.pump.run(daemon.stop())
    host.pump.close()


@pytest.fixture
def host(launch):
    launch()
    host = Host()
    yield host
    host.close()


def test_the_opened_scene_is_shown_in_full_quality(host):
    host.rest()
    assert [(frame.revision, frame.final) for frame in host.frames] == [(0, True)]
    assert host.timer_starts == 1


def test_a_drag_shows_increasing_revisions_and_ends_with_a_final_of_the_last(host):
    for step in range(60):
        host.session.update([patches.set_ellipse("bed", ellipse(step / 100))])
        turn_until(host.pump, lambda: True)
        host.pump.turn()
    last = host.session.settle()
    host.rest()
    revisions = [frame.revision for frame in host.frames]
    assert revisions == sorted(set(revisions))
    assert host.frames[-1].final
    assert host.frames[-1].revision == last
    assert host.frames[-1].image.pixels[0] == round(0.59 * 255)
    assert host.session.scene.blobs[0].ellipse.x == 0.59


def test_an_idle_session_needs_no_turns_and_wakes_the_host_again(host):
    host.rest()
    assert not host.pump.turn()
    host.session.update([patches.set_hidden("lamp", True)])
    assert host.timer_starts == 2
    host.rest()
    assert host.frames[-1].revision == 1


def test_an_update_that_does_not_fit_raises_and_changes_nothing(host):
    before = host.session.scene
    with pytest.raises(ClientError) as caught:
        host.session.update([patches.set_hidden("rug", True), patches.set_hidden("wardrobe", True)])
    assert caught.value.reason == "BLOB_NOT_FOUND"
    assert host.session.scene == before
    assert host.session.revision == 0


@pytest.mark.parametrize("noticed", [True, False], ids=["noticed in between", "noticed with the next daemon there"])
def test_the_session_goes_on_by_itself_after_the_daemon_was_killed(host, launch, monkeypatch, noticed):
    # What is installed and not running may come back; what is not installed may not, and ends the session.
    monkeypatch.setenv("MAQUETTE_COMMAND", sys.executable)
    monkeypatch.setattr(editing, "PATIENCE_SECONDS", 3600.0)
    host.rest()
    host.session.update([patches.set_ellipse("bed", ellipse(0.4))], settle=True)
    host.rest()
    seen = len(host.frames)
    running = find_runtime_file()
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)
    host.session.update([patches.clone_blob("lamp", "lamp-2")])
    if noticed:
        turn_until(host.pump, lambda: host.connection.condition.state is State.NOT_RUNNING)
    launch()
    host.session.update([patches.set_ellipse("bed", ellipse(0.8))], settle=True)
    host.rest()
    assert not host.failures
    assert len(host.frames) > seen
    assert host.frames[-1].image.pixels[0] == round(0.8 * 255)
    assert host.frames[-1].revision == host.session.revision
    assert [blob.id for blob in host.session.scene.blobs] == ["bed", "lamp", "lamp-2", "rug"]


def test_a_killed_daemon_is_noticed_by_an_idle_session_without_asking_for_turns(host):
    host.rest()
    running = find_runtime_file()
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)
    wanted_turns = []
    conversation = host.session._task
    assert not conversation.done
    turn_until(host.pump, lambda: wanted_turns.append(host.pump.busy) or conversation.done)
    turn_until(host.pump, lambda: not process_lives(running.pid))
    assert not any(wanted_turns)
    assert not host.pump.busy
    assert not host.failures


def test_a_refused_update_is_told_and_taken_back_and_later_ones_are_kept(daemon_in_loop):
    host, daemon = daemon_in_loop
    host.rest()
    daemon.reject_next = True
    host.session.update([patches.set_ellipse("bed", ellipse(0.9))])
    turn_until(host.pump, lambda: daemon.edits)
    host.session.update([patches.set_hidden("rug", True)], settle=True)
    host.rest()
    assert [(told.revision, told.error.reason) for told in host.rejections] == [(1, "LIMIT_EXCEEDED")]
    assert host.rejections[0].error.action == "Do less."
    scene = host.session.scene
    assert scene.blobs[0].ellipse.x == 0.0
    assert [blob.hidden for blob in scene.blobs] == [False, False, True]
    assert host.frames[-1].revision == 2


def test_updates_between_two_turns_travel_as_one_edit(daemon_in_loop):
    host, daemon = daemon_in_loop
    host.rest()
    for step in range(50):
        host.session.update([patches.set_ellipse("bed", ellipse(step / 100))])
    host.session.settle()
    host.rest()
    assert len(daemon.edits) == 1
    assert daemon.edits[0].revision == 51
    assert [patch.set_ellipse.ellipse.x for patch in daemon.edits[0].patches] == [0.49]


def test_a_slow_daemon_gets_no_more_frames_asked_than_it_can_paint(daemon_in_loop):
    host, daemon = daemon_in_loop
    host.rest()
    daemon.may_paint.clear()
    for step in range(1, 31):
        host.session.update([patches.set_ellipse("bed", ellipse(step / 100))])
        turn_until(host.pump, lambda step=step: len(daemon.edits) == step)
    last = host.session.settle()
    turn_until(host.pump, lambda: len(daemon.edits) == 31)
    daemon.may_paint.set()
    host.rest()
    assert [(frame.revision, frame.final) for frame in host.frames] == [(0, True), (last, True)]
    assert host.frames[-1].image.pixels[0] == round(0.3 * 255)


def test_a_mistake_in_the_hosts_callback_does_not_end_the_session(daemon_in_loop, caplog):
    host, _ = daemon_in_loop
    host.rest()
    host.session._on_frame = lambda frame: 1 / 0
    host.session.update([patches.set_hidden("rug", True)])
    host.rest()
    assert "ZeroDivisionError" in caplog.text
    host.session._on_frame = host.frames.append
    host.session.update([patches.set_hidden("rug", False)])
    host.rest()
    assert host.frames[-1].revision == 2


def test_a_closed_session_ends_its_stream(daemon_in_loop):
    host, daemon = daemon_in_loop
    host.rest()
    host.session.close()
    host.rest()
    turn_until(host.pump, lambda: daemon.open_streams == 0)


def test_without_a_daemon_the_session_fails_with_the_state_as_reason_and_rests(directory, monkeypatch):
    monkeypatch.setattr(editing, "PATIENCE_SECONDS", 0.2)
    host = Host()
    host.session.update([patches.set_hidden("bed", True)])
    turn_until(host.pump, lambda: host.failures)
    assert host.failures[0].reason in {"NOT_RUNNING", "NOT_INSTALLED"}
    assert not host.pump.busy
    host.close()
