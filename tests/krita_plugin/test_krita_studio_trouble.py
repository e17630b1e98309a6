"""What is told and kept when something comes between: presses, cancels, dead daemons, closed documents."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from fake_krita_host import RGBA8, FakeCanvas, FakeSelection, Node
from krita_studio_helpers import SELECTED, choose, differing, places, shown
from maquette_krita import strings
from maquette_krita.client import ClientError, Length, Rectangle, conditions
from maquette_krita.jobs import Side, Verb
from maquette_krita.run import Phase
from maquette_krita.settings import Result, Settings, Source, from_text

LOST = ClientError("CONNECTION_LOST", "The connection to the daemon was lost.", "Try again.")


@pytest.fixture(autouse=True)
def _selected(canvas) -> None:
    canvas.selected = FakeSelection(SELECTED, b"\xff" * 12)


def test_a_second_press_while_something_runs_is_told(studio, turn_until, settle, painter, canvas):
    painter.gate = asyncio.Event()
    studio.press(Verb.FILL)
    turn_until(lambda: studio.run.phase is Phase.WORKING)
    studio.press(Verb.EXTEND, [Side.LEFT])
    assert studio.problem.reason == "BUSY"
    painter.gate.set()
    settle()
    assert canvas.names == ["Background", "Maquette fill"]


def test_waiting_answers_are_not_lost_to_a_second_press(studio, settle):
    choose(studio, candidates=2)
    studio.press(Verb.FILL)
    settle()
    answers = studio.answers
    studio.press(Verb.FILL)
    assert studio.problem.message == strings.CHOOSE_FIRST
    assert studio.answers is answers


def test_cancel_reaches_the_daemon_and_leaves_the_document_alone(studio, turn_until, settle, painter, canvas):
    state = canvas.state()
    painter.gate = asyncio.Event()
    studio.press(Verb.FILL)
    turn_until(lambda: studio.preview is not None)
    studio.cancel()
    settle()
    assert painter.cancelled
    assert (canvas.state(), studio.message, studio.preview) == (state, strings.CANCELLED, None)
    assert studio.problem is None
    studio.cancel()
    assert studio.run.phase is Phase.IDLE


def test_progress_and_preview_are_shown_while_the_daemon_works(studio, turn_until, settle, painter):
    painter.gate = asyncio.Event()
    studio.press(Verb.FILL)
    assert studio.run.phase is Phase.READING
    turn_until(lambda: studio.preview is not None)
    assert (studio.run.progress.stage, studio.run.progress.fraction) == ("Filling", 0.25)
    assert (studio.preview.width, studio.preview.height) == (2, 1)
    painter.gate.set()
    settle()
    assert studio.preview is None


def test_a_daemon_that_dies_in_the_middle_is_told_and_can_be_started(studio, settle, connection, painter, canvas):
    state = canvas.state()
    painter.failure = LOST
    connection.become(conditions.ready(connection.condition.server))
    studio.press(Verb.FILL)
    connection.condition = conditions.not_running()
    connection.ready = _ready
    settle()
    assert (studio.problem.reason, studio.problem.message) == ("CONNECTION_LOST", strings.LOST)
    assert studio.run.phase is Phase.IDLE
    assert canvas.state() == state
    assert studio.service.status.alarming
    painter.failure = None
    studio.press(Verb.FILL)
    settle()
    assert studio.problem is None
    assert len(canvas.history) == 1


async def _ready() -> None:
    """A daemon that answers this once."""


@pytest.mark.parametrize("condition", [conditions.not_running(), conditions.not_installed(), conditions.wrong_token()])
def test_without_a_daemon_nothing_is_read_and_the_docker_says_where_to_look(
    studio, settle, connection, canvas, condition
):
    connection.become(condition)
    studio.press(Verb.FILL)
    settle()
    assert studio.problem.message == strings.NOT_READY
    assert canvas.reads == []
    assert studio.run.phase is Phase.IDLE


@pytest.mark.parametrize("candidates", [1, 2])
def test_an_answer_whose_document_was_closed_is_kept_and_opens_as_a_picture(
    studio, turn_until, settle, host, canvas, painter, candidates
):
    painter.gate = asyncio.Event()
    choose(studio, candidates=candidates)
    studio.press(Verb.FILL)
    turn_until(lambda: bool(painter.requests))
    canvas.is_open, host.canvas = False, None
    painter.gate.set()
    settle()
    if candidates == 2:
        studio.use()
        settle()
    assert studio.problem.message == strings.DOCUMENT_CLOSED
    assert studio.answers.homeless
    studio.use()
    settle()
    assert studio.problem is None
    opened = host.opened[0]
    picture = painter.requests[0][1]
    assert opened.size == (picture.width, picture.height)
    assert opened.names == ["Blank", "Picture", "Maquette fill"]
    area = Rectangle(0, 0, *opened.size)
    assert differing(opened.node("made 1").read(area), shown(opened), opened) == places(SELECTED)


def test_an_extension_without_its_document_opens_with_the_picture_in_its_place(
    studio, turn_until, settle, host, canvas, painter
):
    painter.gate = asyncio.Event()
    choose(studio, extend=Length(5.0))
    before = shown(canvas)
    studio.press(Verb.EXTEND, [Side.LEFT, Side.TOP])
    turn_until(lambda: bool(painter.requests))
    canvas.is_open = False
    painter.gate.set()
    settle()
    studio.use()
    settle()
    opened = host.opened[0]
    assert opened.size == (17, 15)
    assert opened.read(Rectangle(5, 5, 12, 10), None) == before


def test_another_document_in_front_does_not_get_the_answer(studio, turn_until, settle, host, canvas, painter):
    painter.gate = asyncio.Event()
    studio.press(Verb.FILL)
    turn_until(lambda: bool(painter.requests))
    other = host.canvas = FakeCanvas((12, 10))
    painter.gate.set()
    settle()
    assert (canvas.names[-1], other.names) == ("Maquette fill", ["Background"])


def test_whose_the_waiting_answers_are_is_seen_when_somebody_looks(studio, settle, host, canvas):
    choose(studio, candidates=2)
    studio.press(Verb.FILL)
    settle()
    studio.look_around()
    assert not studio.answers.elsewhere
    host.canvas = FakeCanvas((5, 5))
    studio.look_around()
    assert (studio.answers.elsewhere, studio.answers.homeless) == (True, False)
    canvas.is_open = False
    studio.look_around()
    assert (studio.answers.elsewhere, studio.answers.homeless) == (False, True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda canvas: canvas.grow(0, 0, 20, 20), strings.DOCUMENT_RESIZED),
        (lambda canvas: setattr(canvas, "colour", replace(RGBA8, depth="U16")), strings.DOCUMENT_CONVERTED),
        (lambda canvas: setattr(canvas, "colour", replace(RGBA8, model="CMYKA")), strings.DOCUMENT_CONVERTED),
    ],
)
def test_a_document_that_changed_its_shape_takes_no_answer_but_none_is_lost(
    studio, turn_until, settle, host, canvas, painter, change, message
):
    painter.gate = asyncio.Event()
    studio.press(Verb.FILL)
    turn_until(lambda: bool(painter.requests))
    change(canvas)
    state = canvas.state()
    painter.gate.set()
    settle()
    assert studio.problem.message == message
    assert canvas.state() == state
    studio.use()
    settle()
    assert host.opened[0].names[-1] == "Maquette fill"


def test_a_layer_that_was_deleted_meanwhile_is_not_needed(studio, turn_until, settle, canvas, painter):
    canvas.nodes += (Node("photo", "Photo", RGBA8, Rectangle(0, 0, 12, 10), bytes([9, 9, 9, 255]) * 120),)
    canvas.active = "photo"
    for result in (Result.NEW_LAYER, Result.REPLACE):
        painter.gate = asyncio.Event()
        choose(studio, source=Source.LAYER, result=result)
        painter.requests.clear()
        studio.press(Verb.FILL)
        turn_until(lambda: bool(painter.requests))
        canvas.nodes = tuple(node for node in canvas.nodes if node.id != "photo")
        painter.gate.set()
        settle()
        assert studio.problem is None
        assert canvas.names[-1].startswith("Maquette fill")
        assert (strings.LAYER_GONE in studio.message) is (result is Result.REPLACE)
        canvas.nodes = (canvas.nodes[0], replace(canvas.nodes[0], id="photo"))
        canvas.active = "photo"


def test_an_answer_that_krita_refuses_is_kept_and_can_be_used_later(studio, settle, canvas):
    canvas.writable = False
    studio.press(Verb.FILL)
    settle()
    assert "Krita is full" in studio.problem.message
    assert studio.run.phase is Phase.CHOOSING
    canvas.writable = True
    canvas.history.clear()
    studio.use()
    settle()
    assert canvas.names == ["Background", "Maquette fill"]
    assert studio.problem is None


def test_a_document_that_is_closed_while_it_is_read_is_told(studio, turn_until, settle, canvas):
    studio.press(Verb.FILL)
    canvas.is_open = False
    settle()
    assert studio.problem.reason == "DOCUMENT_CLOSED"
    assert studio.problem.action == strings.DOCUMENT_GONE_ACTION
    assert studio.run.phase is Phase.IDLE


def test_a_mask_without_a_selected_pixel_is_told(studio, settle, canvas, painter):
    canvas.selected = FakeSelection(SELECTED, bytes(12))
    studio.press(Verb.FILL)
    settle()
    assert studio.problem.reason == "NOTHING_SELECTED"
    assert painter.requests == []


def test_what_was_made_by_whom_is_said(studio, settle, connection):
    studio.service.ask()
    settle()
    studio.press(Verb.FILL)
    settle()
    assert studio.notes == ("It was chosen.", "Made by Exemplar fill.")
    assert studio.service.status.sentences == ("Ready. Runs on CPU, 2 threads.",)


def test_a_chosen_model_that_cannot_do_it_is_replaced_and_that_is_said(studio, settle, painter):
    studio.service.ask()
    settle()
    choose(studio, model_id="exemplar")
    studio.press(Verb.RESTORE_JPEG)
    settle()
    assert painter.requests[-1][2]["model_id"] == "auto"
    assert "“Exemplar fill” cannot do this, so that Automatic chose." in studio.notes
    studio.press(Verb.FILL)
    settle()
    assert painter.requests[-1][2]["model_id"] == studio.settings.model_id == "exemplar"
    assert not any("cannot" in note for note in studio.notes)


def test_settings_are_remembered(studio, host):
    choose(studio, seed=99, candidates=3)
    assert from_text(host.settings["settings"]) == replace(Settings(), seed=99, candidates=3)


def test_the_daemon_is_started_and_its_models_listed(studio, settle, connection):
    connection.become(conditions.not_running())
    assert studio.service.models == []
    studio.service.start()
    settle()
    assert connection.started == 1
    assert studio.service.models == [("exemplar", "Exemplar fill")]


def test_a_failure_to_start_is_said_with_the_connection(studio, settle, connection):
    async def fail() -> None:
        raise ClientError("START_FAILED", "It ended at once.", "Look at the log.")

    connection.become(conditions.not_running())
    connection.start = fail
    studio.service.start()
    settle()
    assert "It ended at once." in studio.service.status.sentences
    connection.glance = _raise
    studio.glance()
    assert "Unsafe." in studio.service.status.sentences


def _raise() -> None:
    raise ClientError("UNSAFE_DIRECTORY", "Unsafe.", "Delete it.")


def test_a_glance_asks_only_when_there_is_something_new(studio, settle, connection):
    studio.glance()
    settle()
    asked = connection.asked
    assert asked > 0
    for _ in range(3):
        studio.glance()
    assert not studio.pump.busy
    assert connection.asked == asked


def test_listeners_are_told_until_they_are_forgotten(studio):
    told = []
    studio.listen(lambda: told.append(1))
    listener = studio._listeners[0]
    choose(studio, seed=5)
    studio.forget(listener)
    choose(studio, seed=6)
    assert told == [1]


def test_the_end_of_krita_cancels_what_runs(studio, turn_until, painter, connection):
    painter.gate = asyncio.Event()
    studio.press(Verb.FILL)
    turn_until(lambda: bool(painter.requests))
    studio.close()
    assert painter.cancelled
    assert connection.closed
    assert studio.pump.closed
