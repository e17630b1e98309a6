from __future__ import annotations

import pytest

from blender_addon.kinds import FLAT, ON_BED, SYNONYMS, kind_of, wall_of, words

ROOMS = ("floor", "ceiling", "left wall", "right wall", "window", "picture", "rug", "cabinet", "bed", "blanket")
ROOMS += ("pillows", "lamp", "plant", "chair")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Bed", "bed"),
        ("bed.001", "bed"),
        ("BedsideLamp", "lamp"),
        ("bed_lamp", "lamp"),
        ("Lamps", "lamp"),
        ("Pillow", "pillows"),
        ("old wardrobe 2", "cabinet"),
        ("Shelves", "cabinet"),
        ("Wall_Left", "left wall"),
        ("LeftWall.003", "left wall"),
        ("Carpet", "rug"),
        ("Ground", "floor"),
        ("Cube", ""),
        ("Wall", ""),
        ("Embedded", ""),
        ("", ""),
    ],
)
def test_a_name_tells_the_kind(name: str, kind: str):
    assert kind_of([name], ROOMS) == kind


def test_the_first_name_that_says_something_counts():
    assert kind_of(["Cube", "Collection", "Bed"], ROOMS) == "bed"
    assert kind_of(["Lamp", "Bed"], ROOMS) == "lamp"


def test_a_kind_that_the_model_does_not_know_is_none():
    assert kind_of(["Carpet"], ("bed",)) == ""
    assert kind_of(["Bed"], ()) == ""


def test_a_model_may_know_kinds_of_its_own():
    assert kind_of(["Rubber duck"], ("duck", "rubber band")) == "duck"


def test_a_wall_is_told_by_its_place():
    assert [wall_of(x, ROOMS) for x in (0.1, 0.5, 0.9)] == ["left wall", "", "right wall"]


def test_words_are_brought_to_their_basic_form():
    assert words("TwoGlassShelves-02") == ["two", "glass", "shelf"]


def test_no_word_means_two_things():
    said = [word for others in SYNONYMS.values() for word in others]
    assert len(said) == len(set(said))
    assert all(words(word) == [word] for word in said)
    assert set(FLAT) | set(ON_BED) <= set(SYNONYMS)
