"""Carrying a coarse edit onto a sharp picture: what moves takes its detail along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from maquette.imaging.carrying import CarriedEdit, Edit, Thing, overview
from maquette.imaging.colour import FloatArray
from maquette.imaging.documents import Colours
from maquette.imaging.matting import along_edges, blurred, continued, distinct, edge_model, remnants, spread
from maquette.imaging.rectangle import Rectangle
from maquette.imaging.resizing import resized

COARSE, SIDE = 32, 128
PART = Rectangle(10, 5, SIDE, SIDE)
SHIFT = 0.375


def _scene(left: float | None, texture: bool) -> FloatArray:
    """A grey wall with a striped square from ``left`` to a quarter farther; (SIDE, SIDE, 3)."""
    picture = np.full((SIDE, SIDE, 3), 0.6, np.float32)
    if left is not None:
        first, length = round(left * SIDE), SIDE // 4
        stripes = np.where(np.arange(length) % 4 < 2, 0.2, 0.4) if texture else np.full(length, 0.3)
        picture[48 : 48 + length, first : first + length] = np.float32(stripes)[None, :, None]
    return picture


def _render(left: float | None) -> FloatArray:
    return np.clip(resized(blurred(_scene(left, texture=False), 3.0), COARSE, COARSE), 0.0, 1.0)


def _held(left: float) -> FloatArray:
    middle = (left + 0.125) * COARSE - 0.5
    down, right = np.mgrid[0:COARSE, 0:COARSE]
    distance = np.hypot(right - middle, down - (48 / SIDE + 0.125) * COARSE + 0.5)
    return (1 / (1 + np.exp(distance - 7.0))).astype(np.float32)


def _edit() -> Edit:
    back = np.array([[1.0, 0.0, -SHIFT], [0.0, 1.0, 0.0]])
    return Edit(
        before=_render(0.125),
        after=_render(0.125 + SHIFT),
        plate_before=_render(None),
        plate_after=_render(None),
        things=[Thing(_held(0.125 + SHIFT), back)],
        held_before=_held(0.125),
        in_place=np.zeros((COARSE, COARSE), np.bool_),
    )


def _document() -> FloatArray:
    document = np.full((SIDE + 20, SIDE + 20, 3), 0.9, np.float32)
    document[PART.slices] = _scene(0.125, texture=True)
    return document


def _reader(document: FloatArray, known: float = 1.0) -> Callable[[Rectangle], Colours]:
    def read(place: Rectangle) -> Colours:
        values = document[place.slices]
        return Colours(values, np.full(values.shape[:2], known, np.float32), np.full(values.shape[:2], known > 0))

    return read


def _result(edit: Edit, document: FloatArray, blend: float = 2.0) -> FloatArray:
    carried = CarriedEdit(_reader(document), PART, edit, blend)
    place = carried.changed
    weight = carried.weight(place)[..., None]
    result = document.copy()
    result[place.slices] += weight * (carried.colours(place) - document[place.slices])
    return result


def test_what_moves_takes_its_detail_along() -> None:
    result = _result(_edit(), _document())[PART.slices]
    expected = _scene(0.125 + SHIFT, texture=True)
    inside = np.s_[52:76, 68:92]
    assert np.abs(result[inside] - expected[inside]).max() < 0.06
    blurry = resized(_edit().after, SIDE, SIDE)
    assert np.abs(blurry[inside] - expected[inside]).max() > 0.08


def test_what_is_uncovered_shows_the_surroundings() -> None:
    result = _result(_edit(), _document())[PART.slices]
    assert np.abs(result[44:84, 12:52] - 0.6).max() < 0.05


def test_a_picture_of_other_colours_keeps_them() -> None:
    document = _document() * np.float32(0.7)
    result = _result(_edit(), document)[PART.slices]
    assert np.abs(result[44:84, 12:52] - 0.42).max() < 0.05


def test_what_lies_far_from_both_places_is_left_alone() -> None:
    document = _document()
    result = _result(_edit(), document)
    same = (result == document).all(axis=-1)
    assert same[: PART.top + 30].all()
    assert same[PART.top + 98 :].all()
    assert same[:, PART.left + 112 :].all()


def test_what_was_not_there_is_rendered() -> None:
    edit = _edit()
    new = replace(edit, before=edit.plate_before, held_before=np.zeros_like(edit.held_before))
    new = replace(new, things=[replace(edit.things[0], back=None)])
    document = np.full_like(_document(), 0.6)
    result = _result(new, document)[PART.slices]
    assert np.abs(result[56:72, 72:88] - 0.3).max() < 0.03


def test_an_edit_of_nothing_changes_nothing() -> None:
    edit = _edit()
    still = replace(edit, things=[], held_before=np.zeros_like(edit.held_before), before=edit.plate_before)
    carried = CarriedEdit(_reader(_document()), PART, still, 3.0)
    assert carried.changed.area == 0


def test_colours_beyond_one_are_kept() -> None:
    document = _document() * np.float32(4.0)
    assert _result(_edit(), document).max() > 2.0


def test_unknown_pixels_become_colours() -> None:
    carried = CarriedEdit(_reader(np.zeros_like(_document()), known=0.0), PART, _edit(), 2.0)
    colours = carried.colours(carried.changed)
    assert np.isfinite(colours).all()
    assert np.abs(colours - 0.6).min() < 0.05


@pytest.mark.parametrize("factor", [1, 2, 3, 7])
def test_an_overview_holds_the_whole_part(factor: int) -> None:
    small, known = overview(_reader(_document()), PART, factor)
    assert small.shape == (*known.shape, 3)
    assert known.all()
    assert float(small.mean()) == pytest.approx(float(_document()[PART.slices].mean()), abs=0.01)


def test_mattes_follow_the_edges_of_the_picture() -> None:
    guide = np.zeros((40, 40, 3), np.float32)
    guide[:, 20:] = 0.8
    soft = np.broadcast_to(np.clip((np.arange(40) - 14) / 12, 0, 1), (40, 40)).astype(np.float32)
    matte = along_edges(edge_model(guide, soft, 4), guide)
    assert matte[:, 20].min() - matte[:, 19].max() > 0.4
    assert soft[:, 20].min() - soft[:, 19].max() < 0.1


def test_a_continued_field_ignores_outliers() -> None:
    values = np.full((30, 30, 1), 0.05, np.float32)
    values[5, 5] = 1.0
    known = np.ones((30, 30), np.float32)
    known[10:20, 10:20] = 0.0
    assert np.abs(continued(values, known)[10:20, 10:20] - 0.05).max() < 0.01


def test_pixels_like_the_surroundings_are_hardly_a_thing() -> None:
    shares = distinct(np.array([[[0.0, 0.0, 0.0], [0.0, -0.04, 0.0], [0.5, 0.0, 0.0]]], np.float32))
    assert shares[0].tolist() == pytest.approx([0.2, 0.2, 1.0])


def test_spreading_never_shrinks() -> None:
    matte = np.zeros((20, 20), np.float32)
    assert spread(matte, 3.0) is matte
    matte[10, 10] = 1.0
    grown = spread(matte, 4.0)
    assert (grown >= matte).all()
    assert (grown[10, 10], grown[10, 12], grown[10, 16]) == (1.0, 1.0, 0.0)


def test_remnants_are_near_within_reach_and_different() -> None:
    matte = np.zeros((30, 30), np.float32)
    matte[10:20, 10:20] = 1.0
    excess = np.zeros((30, 30, 3), np.float32)
    excess[12:16, 20:24] = 0.5
    excess[0:3, 0:3] = 0.5
    found = remnants(excess, matte, np.ones_like(matte), 6.0)
    assert found[13, 21] == 1.0
    assert found[1, 1] == 0.0
    assert not remnants(excess, np.zeros_like(matte), np.ones_like(matte), 6.0).any()
