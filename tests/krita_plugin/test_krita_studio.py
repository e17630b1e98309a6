"""From a pressed button to the document and back by undo, with a host and a daemon of the tests' own."""

from __future__ import annotations

import pytest
from fake_krita_host import RGBA8, FakeCanvas, FakeSelection, Node, pixel
from krita_studio_helpers import SELECTED, choose, differing, places, shown
from maquette_krita.canvas import GROUP_LAYER
from maquette_krita.client import Length, PixelFormat, Rectangle
from maquette_krita.colour import ColourFormat
from maquette_krita.jobs import Side, Verb
from maquette_krita.run import Phase
from maquette_krita.settings import Result


@pytest.fixture(autouse=True)
def _selected(canvas) -> None:
    canvas.selected = FakeSelection(SELECTED, b"\xff" * 12)


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
