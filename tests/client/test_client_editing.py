from __future__ import annotations

import time

import pytest
from fake_daemon import scene_of
from maquette_client import patches
from maquette_client.connection import Connection
from maquette_client.editing import EditSession, Frame, Rejected
from maquette_client.errors import ClientError
from maquette_client.pump import Pump
from maquette_client.v1.scene_pb2 import Ellipse


def ellipse(x: float) -> Ellipse:
    return Ellipse(x=x, y=0.5, size=2.0, aspect=1.0)


def turn_until(pump: Pump, done, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "not done in time"
        pump.turn()
        time.sleep(0.001)


class Host:
    """A host that turns the pump and keeps what it is told."""

    def __init__(self, scene=None) -> None:
        self.frames: list[Frame] = []
        self.rejections: list[Rejected] = []
        self.failures: list[ClientError] = []
        self.timer_starts = 0
        self.pump = Pump(self.start_timer)
        self.connection = Connection()
        self.session = EditSession(
            self.connection,
            self.pump,
            scene_of(1) if scene is None else scene,
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


def test_the_session_goes_on_by_itself_after_the_daemon_was_killed(host, launch, directory):
    process_of = launch
    host.rest()
    host.session.update([patches.set_ellipse("bed", ellipse(0.4))], settle=True)
    host.rest()
    seen = len(host.frames)
    # The first daemon of this test is the one that the fixture launched.
    import json
    import os
    import signal

    pid = json.loads((directory / "daemon.json").read_text())["pid"]
    os.kill(pid, signal.SIGKILL)
    host.session.update([patches.clone_blob("lamp", "lamp-2")])
    for _ in range(5):
        host.pump.turn()
    process_of()
    host.session.update([patches.set_ellipse("bed", ellipse(0.8))], settle=True)
    host.rest()
    assert not host.failures
    assert len(host.frames) > seen
    assert host.frames[-1].image.pixels[0] == round(0.8 * 255)
    assert host.frames[-1].revision == host.session.revision
    assert [blob.id for blob in host.session.scene.blobs] == ["bed", "lamp", "lamp-2", "rug"]


def test_without_a_daemon_the_session_fails_with_the_state_as_reason_and_rests(directory):
    host = Host()
    host.session.update([patches.set_hidden("bed", True)])
    import maquette_client.editing as editing

    editing.PATIENCE_SECONDS, patience = 0.2, editing.PATIENCE_SECONDS
    try:
        turn_until(host.pump, lambda: host.failures)
    finally:
        editing.PATIENCE_SECONDS = patience
    assert host.failures[0].reason in {"NOT_RUNNING", "NOT_INSTALLED"}
    assert not host.pump.busy
    host.close()
