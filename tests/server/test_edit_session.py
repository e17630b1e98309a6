from __future__ import annotations

from dataclasses import dataclass, field, replace

import hypothesis.strategies as st
import pytest
from fake_zoo import scene_of
from hypothesis import given
from maquette.errors import MaquetteError, Reason
from maquette.models.scene import Blob, Ellipse
from maquette.models.scene_edits import AddBlob, RemoveBlob, ReplaceScene, SetEllipse, SetNoiseSeed
from maquette.server.edit_session import Action, CancelRender, EditSession, Reject, Render, SendFrame

SCENE = scene_of("fake-rooms", 1)
UNKNOWN = RemoveBlob("nobody")


@dataclass
class Bench:
    """An edit session with what it has asked for: at most one render and one unacknowledged frame at a time."""

    session: EditSession = field(default_factory=lambda: EditSession(SCENE, 0.0))
    clock: float = 0.0
    rendering: Render | None = None
    frames: list[Render] = field(default_factory=list)
    unacknowledged: list[int] = field(default_factory=list)
    rejected: list[Reject] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.do(self.session.open())

    def do(self, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, Render):
                assert self.rendering is None, "a render was queued"
                self.rendering = action
            elif isinstance(action, CancelRender):
                assert self.rendering is not None
                self.rendering = None
            elif isinstance(action, SendFrame):
                assert not self.unacknowledged, "two frames are unacknowledged"
                assert not self.frames or action.render.revision >= self.frames[-1].revision
                self.frames.append(action.render)
                self.unacknowledged.append(action.render.revision)
            else:
                self.rejected.append(action)

    def edit(self, revision: int, *changes: object, settle: bool = False) -> None:
        self.clock += 1.0
        self.do(self.session.edit(revision, changes, settle, self.clock))

    def finish_render(self) -> None:
        if self.rendering is not None:
            self.rendering = None
            self.do(self.session.rendered())

    def acknowledge(self) -> None:
        if self.unacknowledged:
            self.do(self.session.acknowledge(self.unacknowledged.pop()))

    def drain(self) -> None:
        while self.rendering is not None or self.unacknowledged:
            self.finish_render()
            self.acknowledge()

    @property
    def shown(self) -> list[tuple[int, bool]]:
        return [(frame.revision, frame.final) for frame in self.frames]


def test_the_opening_scene_is_shown_final() -> None:
    bench = Bench()
    bench.drain()
    assert bench.shown == [(0, True)]


def test_edits_during_a_render_are_merged_and_only_the_newest_state_is_rendered() -> None:
    bench = Bench()
    bench.drain()
    for revision in range(1, 10):
        bench.edit(revision, SetNoiseSeed(revision))
    bench.drain()
    assert bench.shown == [(0, True), (1, False), (9, False)]
    assert bench.frames[-1].scene.noise_seed == 9


def test_no_frame_is_rendered_before_the_last_one_is_acknowledged() -> None:
    bench = Bench()
    bench.finish_render()
    bench.edit(1, SetNoiseSeed(1))
    assert bench.rendering is None
    bench.acknowledge()
    assert bench.rendering is not None


def test_settling_gives_up_a_preview_and_renders_final() -> None:
    bench = Bench()
    bench.drain()
    bench.edit(1, SetNoiseSeed(1))
    bench.edit(2, SetNoiseSeed(2), settle=True)
    assert bench.rendering is not None
    assert (bench.rendering.revision, bench.rendering.final) == (2, True)
    bench.drain()
    assert bench.shown == [(0, True), (2, True)]


def test_settling_without_a_change_shows_the_state_final() -> None:
    bench = Bench()
    bench.drain()
    bench.edit(1, SetNoiseSeed(1))
    bench.drain()
    bench.edit(2, settle=True)
    bench.drain()
    assert bench.shown[-1] == (2, True)


def test_a_frame_is_timed_from_the_newest_edit_that_it_shows() -> None:
    bench = Bench()
    bench.drain()
    bench.edit(1, SetNoiseSeed(1))
    bench.edit(2, SetNoiseSeed(2))
    bench.drain()
    assert [frame.since for frame in bench.frames] == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (UNKNOWN, Reason.BLOB_NOT_FOUND),
        (SetEllipse("b0", Ellipse(float("nan"), 0.0, 1.0)), Reason.NOT_A_FINITE_NUMBER),
        (AddBlob(SCENE.blobs[0]), Reason.BLOB_ALREADY_EXISTS),
        (ReplaceScene(replace(SCENE, model_id="another")), Reason.SCENE_MODEL_MISMATCH),
        (ReplaceScene(replace(SCENE, model_digest="00" * 32)), Reason.SCENE_MODEL_MISMATCH),
        (
            AddBlob(Blob("new", "", Ellipse(0, 0, 1), replace(SCENE.background, style=bytes(4)))),
            Reason.INVALID_ARGUMENT,
        ),
    ],
)
def test_a_refused_edit_changes_nothing_and_the_session_goes_on(change: object, reason: Reason) -> None:
    bench = Bench()
    bench.drain()
    bench.edit(1, SetNoiseSeed(5), change)
    assert [(one.revision, one.error.reason) for one in bench.rejected] == [(1, reason)]
    assert bench.session.scene == SCENE
    assert bench.rendering is None
    bench.edit(2, SetNoiseSeed(2))
    bench.drain()
    assert bench.shown[-1] == (2, False)


def test_a_refused_edit_that_settles_still_gets_a_final() -> None:
    bench = Bench()
    bench.drain()
    bench.edit(1, SetNoiseSeed(1))
    bench.drain()
    bench.edit(2, UNKNOWN, settle=True)
    bench.drain()
    assert bench.shown[-1] == (1, True)


@pytest.mark.parametrize("revision", [0, 1, 2])
def test_a_revision_that_does_not_increase_is_refused(revision: int) -> None:
    bench = Bench()
    bench.edit(2, SetNoiseSeed(2))
    bench.edit(revision, SetNoiseSeed(9), settle=True)
    assert [one.revision for one in bench.rejected] == [revision]
    assert bench.session.scene.noise_seed == 2


def test_the_revision_of_a_refused_edit_is_used_up() -> None:
    bench = Bench()
    bench.edit(5, UNKNOWN)
    bench.edit(5, SetNoiseSeed(1))
    assert len(bench.rejected) == 2


def test_an_edit_that_could_not_be_understood_is_refused() -> None:
    bench = Bench()
    error = MaquetteError(Reason.INVALID_ARGUMENT, "What?")
    bench.do(bench.session.edit(1, error, False, 1.0))
    assert bench.rejected == [Reject(1, error)]


def test_an_acknowledgement_of_another_frame_is_ignored() -> None:
    bench = Bench()
    bench.finish_render()
    bench.edit(1, SetNoiseSeed(1))
    bench.do(bench.session.acknowledge(7))
    assert bench.rendering is None


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.integers(0, 3), st.booleans(), st.booleans()),
        st.just(("render",)),
        st.just(("acknowledge",)),
        st.tuples(st.just("stray"), st.integers(0, 50)),
    ),
    max_size=60,
)


@given(STEPS)
def test_whatever_the_order_of_events(steps: list[tuple[object, ...]]) -> None:
    """Nothing queues and revisions never go back (asserted by the bench); a settle is followed by a FINAL."""
    bench = Bench()
    revision, settled, newest = 0, 0, 0
    for step in steps:
        if step[0] == "edit":
            _, advance, settle, refused = step
            revision += int(str(advance))
            is_new = bool(advance)
            bench.edit(revision, UNKNOWN if refused else SetNoiseSeed(revision), settle=bool(settle))
            newest = revision if is_new and not refused else newest
            settled = newest if is_new and settle else settled
        elif step[0] == "render":
            bench.finish_render()
        elif step[0] == "acknowledge":
            bench.acknowledge()
        elif int(str(step[1])) not in bench.unacknowledged:
            bench.do(bench.session.acknowledge(int(str(step[1]))))
        assert bench.rendering is None or not bench.unacknowledged
    bench.drain()
    assert bench.frames[-1].revision == newest
    assert max(frame.revision for frame in bench.frames if frame.final) >= settled
    assert bench.frames[-1].scene == bench.session.scene
