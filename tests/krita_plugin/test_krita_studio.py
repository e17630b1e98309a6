"""From a pressed button to the document and back by undo, with a host and a daemon of the tests' own."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from fake_krita_host import RGBA8, FakeCanvas, FakeSelection, Node, pixel
from maquette_krita import strings
from maquette_krita.canvas import GROUP_LAYER
from maquette_krita.client import ClientError, Length, PixelFormat, Rectangle, conditions
from maquette_krita.colour import ColourFormat
from maquette_krita.jobs import Side, Verb
from maquette_krita.run import Phase
from maquette_krita.settings import Result, Settings, Source, from_text

LOST = ClientError("CONNECTION_LOST", "The connection to the daemon was lost.", "Try again.")
SELECTED = Rectangle(3, 2, 4, 3)


@pytest.fixture(autouse=True)
def _selected(canvas) -> None:
    canvas.selected = FakeSelection(SELECTED, b"\xff" * 12)


def choose(studio, **changes) -> None:
    studio.set_settings(replace(studio.settings, **changes))


def shown(canvas: FakeCanvas) -> bytes:
    return canvas.read(Rectangle(0, 0, *canvas.size), None)


def differing(before: bytes, after: bytes, canvas: FakeCanvas) -> set[tuple[int, int]]:
    size, width = canvas.colour.pixel_bytes, canvas.size[0]
    return {
        (index % width, index // width)
        for index in range(len(before) // size)
        if before[index * size : (index + 1) * size] != after[index * size : (index + 1) * size]
    }


def places(area: Rectangle) -> set[tuple[int, int]]:
    return {(x, y) for y in range(area.top, area.bottom) for x in range(area.left, area.right)}


@pytest.mark.parametrize("verb", [Verb.FILL, Verb.REMOVE])
def test_a_filling_is_one_new_layer_that_one_undo_removes(studio, settle, canvas, painter, verb):
    state, before = canvas.state(), shown(canvas)
    studio.press(verb)
    settle()
    assert studio.problem is None
    assert len(canvas.history) == 1
    assert canvas.names == ["Background", "Maquette fill" if verb is Verb.FILL else "Maquette removal"]
    assert differing(before, shown(canvas), canvas) == places(SELECTED)
    assert "One undo takes it back" in studio.message
    assert studio.run.phase is Phase.IDLE
    assert studio.answers is None
    assert canvas.settled
    canvas.undo()
    assert canvas.state() == state


DEPTHS = [
    (model, depth, profile)
    for model in ("RGBA", "GRAYA")
    for depth, profile in (("U8", "srgbtrc"), ("U16", "g10"), ("F16", "g10"), ("F32", "g10"))
]


@pytest.mark.parametrize(("model", "depth", "profile"), DEPTHS)
@pytest.mark.parametrize("result", Result)
def test_every_depth_of_colour_and_grey_comes_back_as_it_was_sent(
    studio, settle, host, painter, model, depth, profile, result
):
    colour = ColourFormat(model, depth, f"sRGB-elle-V2-{profile}.icc")
    canvas = host.canvas = FakeCanvas((12, 10), colour, selected=FakeSelection(SELECTED, b"\xff" * 12))
    before = shown(canvas)
    choose(studio, result=result)
    studio.press(Verb.FILL)
    settle()
    assert studio.problem is None
    sent = painter.requests[0][1]
    assert sent.pixel_format is PixelFormat[f"{'GRAY' if model == 'GRAYA' else 'RGBA'}_{depth}"]
    assert sent.colour_space is colour.colour_space
    after = shown(canvas)
    assert differing(before, after, canvas) == places(SELECTED)
    grey = model == "GRAYA"
    wanted = {"U8": 200 / 255, "U16": 51400 / 65535, "F16": 0.5, "F32": 0.5}[depth]
    step = {"U8": 25 / 255, "U16": 6425 / 65535, "F16": 0.0625, "F32": 0.0625}[depth]
    channels = [wanted] if grey else [wanted - index * step for index in range(3)]
    start = (SELECTED.top * 12 + SELECTED.left) * colour.pixel_bytes
    assert after[start : start + colour.pixel_bytes] == pixel(colour, *channels, 1)


def test_a_transparent_grey_document_keeps_its_transparency(studio, settle, host, painter):
    grey = ColourFormat("GRAYA", "U8", "Gray")
    half = Node("background", "Background", grey, Rectangle(0, 0, 12, 10), b"\x80\x40" * 120)
    host.canvas = FakeCanvas((12, 10), grey, (half,), selected=FakeSelection(SELECTED, b"\xff" * 12))
    choose(studio, result=Result.REPLACE)
    studio.press(Verb.FILL)
    settle()
    assert painter.requests[0][1].pixel_format is PixelFormat.RGBA_U8
    changed = differing(half.pixels, host.canvas.nodes[0].pixels, host.canvas)
    assert changed == places(SELECTED)


def test_replacing_takes_two_undos_and_keeps_the_layers_place(studio, settle, canvas):
    canvas.nodes += (Node("above", "Above", RGBA8, Rectangle(0, 0, 1, 1), pixel(RGBA8, 1, 0, 0, 1)),)
    state = canvas.state()
    choose(studio, result=Result.REPLACE)
    studio.press(Verb.FILL)
    settle()
    assert canvas.names == ["Background", "Above"]
    assert "2 undos" in studio.message
    assert canvas.node(canvas.active).name == "Background"
    for _ in range(2):
        canvas.undo()
    assert canvas.state() == state


def test_a_group_holds_every_answer_with_the_chosen_one_shown_on_top(studio, settle, canvas):
    state = canvas.state()
    choose(studio, result=Result.GROUP, candidates=3)
    studio.press(Verb.FILL)
    settle()
    studio.look_at(1)
    studio.use()
    settle()
    group = canvas.nodes[-1]
    assert group.kind == GROUP_LAYER
    assert [(node.name, node.visible) for node in group.children] == [
        ("Answer 1", False),
        ("Answer 3", False),
        ("Answer 2", True),
    ]
    assert "4 undos" in studio.message
    for _ in range(4):
        canvas.undo()
    assert canvas.state() == state


def test_answers_are_flipped_through_before_one_is_applied(studio, settle, canvas):
    state = canvas.state()
    choose(studio, candidates=3)
    studio.press(Verb.FILL)
    settle()
    assert studio.run.phase is Phase.CHOOSING
    assert canvas.state() == state
    assert len(studio.answers.thumbnails) == 3
    assert len({picture.pixels for picture in studio.answers.thumbnails}) == 3
    studio.flip(-1)
    assert studio.answers.index == 2
    studio.flip(1)
    studio.look_at(1)
    studio.use()
    settle()
    painted = canvas.nodes[-1].pixels
    assert painted[2] == 200 + 1 * (200 // 8 // 4)
    assert len(canvas.history) == 1


def test_answers_can_be_thrown_away(studio, settle, canvas):
    state = canvas.state()
    choose(studio, candidates=2)
    studio.press(Verb.FILL)
    settle()
    studio.discard()
    assert (studio.answers, studio.run.phase, canvas.state()) == (None, Phase.IDLE, state)
    studio.use()
    studio.flip(1)
    assert canvas.state() == state


def test_a_removal_asks_for_one_answer_and_reaches_further(studio, settle, painter):
    choose(studio, candidates=4, grow=Length(2.0))
    studio.press(Verb.REMOVE)
    settle()
    options = painter.requests[0][2]
    assert options["settings"].candidates == 1
    assert options["selection"].grow == Length(6.0)


def test_the_request_says_what_was_chosen(studio, settle, painter):
    choose(studio, seed=7, candidates=2, model_id="palette", blend=Length(3.0))
    studio.press(Verb.FILL)
    settle()
    verb, picture, options = painter.requests[0]
    assert (verb, options["model_id"], options["settings"].seed) == ("inpaint", "palette", 7)
    assert options["settings"].candidates == 2
    assert options["selection"].blend == Length(3.0)
    mask = options["mask"]
    assert (mask.width, mask.height) == (picture.width, picture.height)
    assert mask.pixels.count(255) == 12


def test_the_next_press_gives_another_answer_unless_the_seed_is_kept(studio, settle, painter):
    for _ in range(2):
        studio.press(Verb.FILL)
        settle()
    choose(studio, keep_seed=True)
    for _ in range(2):
        studio.press(Verb.FILL)
        settle()
    assert [options["settings"].seed for _, _, options in painter.requests] == [0, 1, 2, 2]


@pytest.mark.parametrize(
    ("sides", "bands"),
    [
        ([Side.LEFT], (5, 0, 0, 0)),
        ([Side.RIGHT], (0, 5, 0, 0)),
        ([Side.TOP], (0, 0, 5, 0)),
        ([Side.BOTTOM], (0, 0, 0, 5)),
        (list(Side), (5, 5, 5, 5)),
    ],
)
@pytest.mark.parametrize("result", Result)
def test_an_extension_grows_the_picture_and_leaves_the_old_part_alone(
    studio, settle, canvas, painter, sides, bands, result
):
    state, before = canvas.state(), shown(canvas)
    choose(studio, extend=Length(5.0), result=result)
    studio.press(Verb.EXTEND, sides)
    settle()
    assert studio.problem is None
    assert painter.requests[0][2]["blend"] == Length(0.0)
    left, right, top, bottom = bands
    assert canvas.size == (12 + left + right, 10 + top + bottom)
    assert canvas.read(Rectangle(left, top, 12, 10), None) == before
    old = places(Rectangle(left, top, 12, 10))
    after, size = shown(canvas), 4
    for x, y in places(Rectangle(0, 0, *canvas.size)) - old:
        start = (y * canvas.size[0] + x) * size
        assert after[start : start + size] == bytes([150, 175, 200, 255])
    steps = {Result.NEW_LAYER: 2, Result.REPLACE: 3, Result.GROUP: 3}[result]
    assert f"{steps} undos" in studio.message
    for _ in range(steps):
        canvas.undo()
    assert canvas.state() == state


def test_a_large_extension_writes_the_band_and_not_the_picture(studio, settle, host, painter):
    canvas = host.canvas = FakeCanvas((600, 4))
    choose(studio, extend=Length(5.0))
    studio.press(Verb.EXTEND, [Side.RIGHT])
    settle()
    assert painter.requests[0][1].width == 256
    layer = canvas.nodes[-1]
    assert (layer.bounds.left, layer.bounds.right) == (344, 605)
    assert shown(canvas)[-4:] == bytes([150, 175, 200, 255])


def test_colours_for_a_grey_layer_go_on_a_coloured_layer_above_it(studio, settle, canvas, painter):
    grey = ColourFormat("GRAYA", "U8", "Gray-D50-elle-V2-srgbtrc.icc")
    sketch = Node("sketch", "Sketch", grey, Rectangle(1, 1, 6, 6), b"\x80\xff" * 36)
    dabs = Node("dabs", "Dabs", RGBA8, Rectangle(2, 2, 1, 1), pixel(RGBA8, 1, 0, 0, 1))
    canvas.nodes += (sketch, dabs)
    canvas.active, canvas.selected = "sketch", None
    studio.set_hints("dabs")
    studio.press(Verb.COLORIZE)
    settle()
    assert studio.problem is None
    verb, picture, options = painter.requests[0]
    assert (verb, picture.pixel_format, picture.width) == ("colorize", PixelFormat.GRAY_U8, 6)
    assert options["hints"].pixel_format is PixelFormat.RGBA_U8
    assert options["hints"].pixels[4 * 7 : 4 * 8] == b"\xff\x00\x00\xff"
    assert canvas.names == ["Background", "Sketch", "Maquette colours", "Dabs"]
    assert canvas.nodes[2].colour == RGBA8
    assert canvas.nodes[2].pixels[:4] == bytes([150, 175, 200, 255])
    assert canvas.active == "sketch"


@pytest.mark.parametrize("verb", [Verb.COLORIZE, Verb.RESTORE_JPEG])
@pytest.mark.parametrize("result", [Result.NEW_LAYER, Result.REPLACE])
def test_a_selection_confines_what_changes_the_whole_layer(studio, settle, canvas, verb, result):
    mask = bytes([255, 255, 0, 0] * 3)
    canvas.selected = FakeSelection(SELECTED, mask)
    before = shown(canvas)
    choose(studio, result=result)
    studio.press(verb)
    settle()
    assert differing(before, shown(canvas), canvas) == places(Rectangle(3, 2, 2, 3))


def test_a_soft_selection_mixes_into_the_replaced_layer(studio, settle, canvas):
    canvas.selected = FakeSelection(SELECTED, bytes([0, 64, 128, 255] * 3))
    before = shown(canvas)
    choose(studio, result=Result.REPLACE)
    studio.press(Verb.RESTORE_JPEG)
    settle()
    after = shown(canvas)
    row = [(SELECTED.top * 12 + SELECTED.left + x) * 4 for x in range(4)]
    for start, weight in zip(row, (0, 64, 128, 255), strict=True):
        for byte, new in enumerate((150, 175, 200, 255)):
            old = before[start + byte]
            assert abs(after[start + byte] - (old + (new - old) * weight / 255)) <= 1


def test_a_quality_is_asked_for_only_when_it_is_known(studio, settle, painter):
    studio.press(Verb.RESTORE_JPEG)
    settle()
    choose(studio, quality=30)
    studio.press(Verb.RESTORE_JPEG)
    settle()
    assert [options["quality"] for _, _, options in painter.requests] == [None, 30]


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
