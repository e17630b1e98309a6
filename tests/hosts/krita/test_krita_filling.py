"""Fill and Remove in real Krita, as an artist uses them."""

from __future__ import annotations

import numpy
import pytest
from checks import BLEND, GROW, IN_KRITA, MORE_FOR_REMOVAL, check_only_near_selection, check_undo_and_redo
from paintings import BALL, as_krita, differing, lawn, redness, with_ball

AROUND_BALL = [BALL[0] - 2, BALL[1] - 2, BALL[2] + 4, BALL[3] + 4]
DOCUMENTS = [("RGBA", "U8"), ("RGBA", "U16"), ("RGBA", "F32"), ("GRAYA", "U8")]

pytestmark = IN_KRITA


def open_lawn(person, model: str = "RGBA", depth: str = "U8") -> numpy.ndarray:
    """A document with a ball on a lawn; its pixels."""
    pixels = as_krita(with_ball(lawn()), model, depth)
    person.open(pixels, model, depth)
    assert not differing(person.picture(), pixels).any()
    return pixels


@pytest.mark.parametrize(("model", "depth"), DOCUMENTS)
def test_fill_replaces_what_is_selected_on_a_layer_that_one_undo_removes(person, daemon, model, depth):
    before = open_lawn(person, model, depth)
    person.drag_selection(*AROUND_BALL)
    start = person.fingerprint()
    person.press("fill")
    person.wait_for_layers("Background", "Maquette fill")
    person.wait_to_be_told("One undo takes it back")
    assert not differing(before, person.picture(layer="Background")).any()
    check_only_near_selection(person, before, GROW + BLEND)
    if model == "RGBA":
        x, y, width, height = BALL
        hole = person.picture()[y : y + height, x : x + width]
        assert redness(hole).max() < 0.5 * redness(before).max()
    check_undo_and_redo(person, start)


def test_remove_by_its_shortcut_takes_a_little_more(person, daemon):
    before = open_lawn(person)
    person.ask("select", bounds=AROUND_BALL)
    start = person.fingerprint()
    person.shortcut("maquette_remove")
    person.wait_for_layers("Background", "Maquette removal")
    check_only_near_selection(person, before, GROW + MORE_FOR_REMOVAL + BLEND)
    check_undo_and_redo(person, start)


def test_fill_of_a_soft_round_selection(person, daemon):
    before = open_lawn(person)
    rows, columns = numpy.mgrid[:48, :48]
    mask = numpy.clip(24 - numpy.hypot(rows - 23.5, columns - 23.5), 0, 4) / 4
    person.select_mask(numpy.rint(255 * mask).astype(numpy.uint8), BALL[0] - 8, BALL[1] - 8)
    person.press("fill")
    person.wait_for_layers("Background", "Maquette fill")
    check_only_near_selection(person, before, GROW + BLEND)


def test_a_selection_that_reaches_beyond_the_canvas(person, daemon):
    before = open_lawn(person)
    person.ask("select", bounds=[150, 110, 120, 120])
    start = person.fingerprint()
    person.press("fill")
    person.wait_for_layers("Background", "Maquette fill")
    check_only_near_selection(person, before, GROW + BLEND)
    assert person.document()["size"] == [200, 160]
    check_undo_and_redo(person, start)


@pytest.mark.parametrize(
    ("bounds", "words"), [(None, "Nothing is selected"), ([300, 300, 40, 40], "outside the picture")]
)
def test_nothing_to_fill_is_told_and_nothing_is_done(person, daemon, bounds, words):
    open_lawn(person)
    if bounds:
        person.ask("select", bounds=bounds)
    start = person.fingerprint()
    person.shortcut("maquette_fill")
    person.wait_to_be_told(words)
    assert person.fingerprint() == start


def test_without_a_picture_the_docker_asks_for_one(person, daemon):
    person.press("fill")
    person.wait_to_be_told("No picture is open")


def test_a_locked_layer_is_not_replaced_but_filled_above(person, daemon, options):
    before = open_lawn(person)
    person.ask("select", bounds=AROUND_BALL)
    person.ask("lock", name="Background")
    start = person.fingerprint()
    options.choose("result", "Into")
    person.press("fill")
    person.wait_to_be_told("is locked")
    assert person.fingerprint() == start
    options.choose("result", "On a")
    person.press("fill")
    person.wait_for_layers("Background", "Maquette fill")
    assert not differing(before, person.picture(layer="Background")).any()


def test_the_active_layer_is_replaced_in_the_steps_that_are_told(person, daemon, options):
    before = open_lawn(person)
    person.ask("select", bounds=AROUND_BALL)
    start = person.fingerprint()
    options.choose("result", "Into")
    person.press("fill")
    person.wait_to_be_told("2 undos take it back")
    assert person.layers() == ["Background"]
    check_only_near_selection(person, before, GROW + BLEND)
    check_undo_and_redo(person, start, steps=2)


def test_candidates_are_flipped_through_before_one_is_used(person, daemon, options):
    before = open_lawn(person)
    person.ask("select", bounds=AROUND_BALL)
    start = person.fingerprint()
    options.enter("candidates", 3)
    person.press("fill")
    person.wait_to_be_told("1 of 3")
    assert person.fingerprint() == start
    person.studio.xdotool("key", "Right")
    person.wait_to_be_told("2 of 3")
    person.press("answer_3")
    person.wait_to_be_told("3 of 3")
    person.press("use")
    person.wait_for_layers("Background", "Maquette fill")
    check_only_near_selection(person, before, GROW + BLEND)
    check_undo_and_redo(person, start)


def test_a_group_is_looked_at_alone(person, daemon, options):
    open_lawn(person)
    person.ask("add_group", name="Sketch")
    person.add_layer("Lines", as_krita(with_ball(lawn())[60:120, 60:140]), 60, 60, group="Sketch")
    person.ask("activate", name="Sketch")
    person.ask("select", bounds=AROUND_BALL)
    options.choose("source", "Active")
    person.press("fill")
    person.wait_for_layers("Background", "Lines", "Sketch", "Maquette fill")
