"""Extending a picture past its edges in real Krita."""

from __future__ import annotations

import numpy
import pytest
from checks import IN_KRITA, check_undo_and_redo
from paintings import HEIGHT, WIDTH, as_krita, differing, lawn

pytestmark = IN_KRITA

ACROSS, DOWN = WIDTH // 4, HEIGHT // 4


@pytest.mark.parametrize(
    ("begin", "left", "right", "top", "bottom"),
    [
        (lambda person: person.press("extend_left"), ACROSS, 0, 0, 0),
        (lambda person: person.shortcut("maquette_extend_right"), 0, ACROSS, 0, 0),
        (lambda person: person.press("extend_top"), 0, 0, DOWN, 0),
        (lambda person: person.shortcut("maquette_extend_bottom"), 0, 0, 0, DOWN),
        (lambda person: person.press("extend_all"), ACROSS, ACROSS, DOWN, DOWN),
    ],
    ids=["left", "right", "top", "bottom", "all"],
)
def test_extending_adds_to_a_side_and_keeps_the_rest(person, daemon, begin, left, right, top, bottom):
    before = as_krita(lawn())
    person.open(before)
    start = person.fingerprint()
    begin(person)
    person.wait_for_layers("Background", "Maquette extension")
    person.wait_to_be_told("2 undos take it back")
    assert person.document()["size"] == [WIDTH + left + right, HEIGHT + top + bottom]
    after = person.picture()
    assert (after[..., 3] == 255).all()
    old = after[top : top + HEIGHT, left : left + WIDTH]
    assert not differing(before, numpy.ascontiguousarray(old)).any()
    check_undo_and_redo(person, start, steps=2)


def test_extending_by_pixels(person, daemon, options):
    person.open(as_krita(lawn(), depth="U16"), depth="U16")
    options.choose("extend_unit", "px")
    options.enter("extend_value", 24)
    options.shortcut("maquette_extend_top")
    person.wait_for_layers("Background", "Maquette extension")
    assert person.document()["size"] == [WIDTH, HEIGHT + 24]
