"""What is read and asked, and the sentences that say why not."""

from __future__ import annotations

from dataclasses import replace

import hypothesis
import pytest
from fake_krita_host import RGBA8, FakeCanvas, FakeSelection, Node
from hypothesis import given
from hypothesis import strategies as st
from maquette_krita.client import ClientError, Context, ContextKind, Length, LengthUnit, Rectangle
from maquette_krita.colour import ColourFormat
from maquette_krita.jobs import Bands, Side, Verb, band_pixels, extension_area, prepare
from maquette_krita.settings import Result, Settings, Source

GREY8 = ColourFormat("GRAYA", "U8", "Gray-D50-elle-V2-srgbtrc.icc")
LAYER = Settings(source=Source.LAYER)
REPLACE = Settings(result=Result.REPLACE)
PIXELS, PERCENT = LengthUnit.PIXELS, LengthUnit.PERCENT


def selection(left: int, top: int, width: int, height: int) -> FakeSelection:
    return FakeSelection(Rectangle(left, top, width, height), b"\xff" * width * height)


def refusal(*arguments, **options) -> ClientError:
    with pytest.raises(ClientError) as caught:
        prepare(*arguments, **options)
    assert caught.value.message
    assert caught.value.action
    return caught.value


@pytest.mark.parametrize("verb", Verb)
def test_without_a_document_every_verb_asks_for_one(verb):
    assert refusal(verb, None, Settings(), [Side.LEFT]).reason == "NO_DOCUMENT"
    assert refusal(verb, FakeCanvas((4, 4), is_open=False), Settings(), [Side.LEFT]).reason == "NO_DOCUMENT"


@pytest.mark.parametrize("verb", [Verb.FILL, Verb.REMOVE])
def test_nothing_selected_says_how_to_select(canvas, verb):
    error = refusal(verb, canvas, Settings())
    assert error.reason == "NOTHING_SELECTED"
    assert "Freehand Selection" in error.action


def test_a_selection_outside_the_canvas_is_told_from_none(canvas):
    canvas.selected = selection(50, 50, 4, 4)
    assert "outside" in refusal(Verb.FILL, canvas, Settings()).message


@pytest.mark.parametrize("model", ["CMYKA", "LABA", "XYZA", "YCbCrA"])
def test_a_document_that_is_not_rgb_or_grey_is_refused(model):
    canvas = FakeCanvas((4, 4))
    canvas.colour = ColourFormat(model, "U8", "")
    assert refusal(Verb.EXTEND, canvas, Settings(), [Side.LEFT]).reason == "COLOUR_UNSUPPORTED"


def test_a_filling_reads_the_selection_and_its_surroundings_alone():
    canvas = FakeCanvas((2000, 1500), nodes=(Node("background", "Background", RGBA8),))
    canvas.selected = selection(700, 600, 100, 80)
    job = prepare(Verb.FILL, canvas, Settings())
    assert job.area.width < 500
    assert job.area.left < 700 - 12 < 800 + 12 < job.area.right
    assert job.area.top < 600 - 12 < 680 + 12 < job.area.bottom


def test_a_selection_that_reaches_beyond_the_canvas_is_cut(canvas):
    canvas.selected = selection(8, 7, 100, 100)
    area = prepare(Verb.FILL, canvas, Settings()).area
    assert area.within(Rectangle(0, 0, 12, 10)) == area


def test_everything_visible_is_looked_at_unless_a_layer_is_asked_for(canvas):
    canvas.selected = selection(2, 2, 3, 3)
    assert prepare(Verb.FILL, canvas, Settings()).layer is None
    assert prepare(Verb.FILL, canvas, LAYER).layer.id == "background"
    assert prepare(Verb.FILL, canvas, REPLACE).layer.id == "background"


def test_no_active_layer_is_told(canvas):
    canvas.active = "nobody"
    assert refusal(Verb.EXTEND, canvas, LAYER, [Side.TOP]).reason == "NO_LAYER"


def test_a_locked_layer_may_be_read_but_not_replaced(canvas):
    canvas.nodes = (replace(canvas.nodes[0], locked=True),)
    canvas.selected = selection(2, 2, 3, 3)
    assert prepare(Verb.FILL, canvas, LAYER).layer.locked
    error = refusal(Verb.FILL, canvas, REPLACE)
    assert error.reason == "LAYER_LOCKED"
    assert "Background" in error.message


@pytest.mark.parametrize("kind", ["grouplayer", "vectorlayer", "filelayer", "filllayer"])
def test_only_a_paint_layer_may_be_replaced(canvas, kind):
    canvas.nodes = (replace(canvas.nodes[0], kind=kind),)
    canvas.selected = selection(2, 2, 3, 3)
    assert prepare(Verb.FILL, canvas, LAYER).layer.kind == kind
    assert refusal(Verb.FILL, canvas, REPLACE).reason == "LAYER_UNSUITABLE"


def test_a_grey_document_cannot_be_colorized():
    assert "grey" in refusal(Verb.COLORIZE, FakeCanvas((4, 4), GREY8), Settings()).message


def test_a_grey_layer_of_a_coloured_document_can_be_colorized_but_not_replaced(canvas):
    canvas.nodes = (Node("background", "Sketch", GREY8, Rectangle(0, 0, 12, 10), b"\x80\xff" * 120),)
    job = prepare(Verb.COLORIZE, canvas, Settings())
    assert (job.colour, job.document_colour) == (GREY8, RGBA8)
    assert refusal(Verb.COLORIZE, canvas, REPLACE).reason == "LAYER_UNSUITABLE"


def test_colour_hints_must_still_be_there_and_be_coloured(canvas):
    canvas.nodes += (Node("dabs", "Dabs", RGBA8), Node("grey", "Grey", GREY8))
    assert prepare(Verb.COLORIZE, canvas, Settings(), hints_id="dabs").hints.name == "Dabs"
    assert refusal(Verb.COLORIZE, canvas, Settings(), hints_id="gone").reason == "NO_LAYER"
    assert refusal(Verb.COLORIZE, canvas, Settings(), hints_id="grey").reason == "LAYER_UNSUITABLE"


def test_an_empty_layer_cannot_be_repaired(canvas):
    canvas.nodes += (Node("empty", "Empty", RGBA8),)
    canvas.active = "empty"
    assert refusal(Verb.RESTORE_JPEG, canvas, Settings()).reason == "NO_LAYER"


def test_a_selection_beside_the_layer_is_told(canvas):
    canvas.nodes += (Node("small", "Small", RGBA8, Rectangle(0, 0, 2, 2), bytes(16)),)
    canvas.active = "small"
    canvas.selected = selection(6, 6, 3, 3)
    assert refusal(Verb.COLORIZE, canvas, Settings()).reason == "NOTHING_SELECTED"


@hypothesis.settings(max_examples=60)
@given(
    layer=st.tuples(st.integers(-20, 20), st.integers(-20, 20), st.integers(40, 90), st.integers(40, 90)),
    place=st.tuples(st.integers(0, 59), st.integers(0, 59), st.integers(1, 50), st.integers(1, 50)),
)
def test_a_repair_begins_with_the_blocks_of_the_jpeg(layer, place):
    bounds, selected = Rectangle(*layer), selection(*place)
    if not selected.bounds.within(bounds.within(Rectangle(0, 0, 60, 60))).width:
        return
    if not selected.bounds.within(bounds.within(Rectangle(0, 0, 60, 60))).height:
        return
    canvas = FakeCanvas((60, 60), nodes=(Node("background", "Photo", RGBA8, bounds),), selected=selected)
    area = prepare(Verb.RESTORE_JPEG, canvas, Settings()).area
    assert (area.left - bounds.left) % 8 == (area.top - bounds.top) % 8 == 0
    assert area.within(bounds) == area
    wanted = selected.bounds.within(bounds).within(Rectangle(0, 0, 60, 60))
    assert wanted.within(area) == wanted


@pytest.mark.parametrize(
    ("length", "sides", "bands"),
    [
        (Length(25, PERCENT), [Side.LEFT], Bands(left=50)),
        (Length(25, PERCENT), [Side.TOP], Bands(top=25)),
        (Length(10, PIXELS), list(Side), Bands(10, 10, 10, 10)),
        (Length(0.1, PERCENT), [Side.BOTTOM], Bands(bottom=1)),
    ],
)
def test_a_side_grows_by_pixels_or_per_cent_of_the_picture(length, sides, bands):
    assert band_pixels(length, (200, 100), sides) == bands


@hypothesis.settings(max_examples=60)
@given(
    size=st.tuples(st.integers(1, 4000), st.integers(1, 4000)),
    sides=st.sets(st.sampled_from(Side), min_size=1),
    pixels=st.integers(1, 900),
    kind=st.sampled_from(ContextKind),
)
def test_an_extension_reads_a_part_that_touches_every_side_that_grows(size, sides, pixels, kind):
    settings = Settings(extend=Length(pixels), context=Context(kind, 100))
    area = extension_area(size, band_pixels(settings.extend, size, sides), settings)
    assert area.within(Rectangle(0, 0, *size)) == area
    assert area.width >= 1
    assert area.height >= 1
    touched = {Side.LEFT: area.left == 0, Side.TOP: area.top == 0}
    touched |= {Side.RIGHT: area.right == size[0], Side.BOTTOM: area.bottom == size[1]}
    assert all(touched[side] for side in sides)


def test_one_side_of_a_large_picture_needs_a_strip():
    settings = Settings(extend=Length(100))
    assert extension_area((4000, 3000), Bands(right=100), settings) == Rectangle(3744, 0, 256, 3000)
    assert extension_area((4000, 3000), Bands(top=400), settings) == Rectangle(0, 0, 4000, 800)
    assert extension_area((4000, 3000), Bands(1, 1, 1, 1), settings) == Rectangle(0, 0, 4000, 3000)
