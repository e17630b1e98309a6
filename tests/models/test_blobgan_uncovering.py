"""Places that things leave get detail of the picture around them."""

from __future__ import annotations

import numpy as np
import pytest
from maquette.imaging.carrying import CarriedEdit, Edit, Read, Thing
from maquette.imaging.colour import FloatArray
from maquette.imaging.documents import Colours
from maquette.imaging.matting import blurred
from maquette.imaging.rectangle import Rectangle
from maquette.imaging.resizing import resized
from maquette.models.blobgan import uncovering
from maquette.models.blobgan.uncovering import DetailMemory, add_detail
from maquette.models.operations import Operation, Progress
from model_helpers import finished

RESOLUTION, SIDE = 32, 160
PART = Rectangle(6, 4, SIDE, SIDE)
LEFT, TOP, LENGTH, SHIFT = 20, 60, 40, 80
LEFT_BEHIND = np.s_[TOP + 6 : TOP + LENGTH - 6, LEFT + 6 : LEFT + LENGTH - 6]


def _wall() -> FloatArray:
    """Boards of two pixels in every six, as no render of this resolution can show them; (SIDE, SIDE, 3)."""
    boards = np.where(np.arange(SIDE) % 6 < 2, 0.35, 0.65).astype(np.float32)
    return np.repeat(np.repeat(boards[:, None, None], SIDE, axis=1), 3, axis=2)


def _with_box(left: int | None) -> FloatArray:
    picture = _wall()
    if left is not None:
        picture[TOP : TOP + LENGTH, left : left + LENGTH] = (0.9, 0.1, 0.1)
    return picture


def _render(left: int | None) -> FloatArray:
    return np.clip(resized(blurred(_with_box(left), 6.0), RESOLUTION, RESOLUTION), 0.0, 1.0)


def _held(left: int) -> FloatArray:
    held = np.zeros((SIDE, SIDE), np.float32)
    held[TOP - 6 : TOP + LENGTH + 6, left - 6 : left + LENGTH + 6] = 1.0
    return resized(held, RESOLUTION, RESOLUTION)


def _edit() -> Edit:
    back = np.array([[1.0, 0.0, -SHIFT / SIDE], [0.0, 1.0, 0.0]])
    return Edit(
        before=_render(LEFT),
        after=_render(LEFT + SHIFT),
        plate_before=_render(None),
        plate_after=_render(None),
        things=[Thing(_held(LEFT + SHIFT), back)],
        held_before=_held(LEFT),
        in_place=np.zeros((RESOLUTION, RESOLUTION), np.bool_),
    )


def _reader() -> Read:
    document = np.full((SIDE + 20, SIDE + 20, 3), 0.5, np.float32)
    document[PART.slices] = _with_box(LEFT)

    def read(place: Rectangle) -> Colours:
        values = document[place.slices]
        return Colours(values, np.ones(values.shape[:2], np.float32), np.ones(values.shape[:2], np.bool_))

    return read


def _carried() -> CarriedEdit:
    return CarriedEdit(_reader(), PART, _edit(), 4.0)


def _detail(carried: CarriedEdit) -> float:
    """How much a pixel of the place that the box has left differs from the next one below."""
    return float(np.abs(np.diff(carried.colours(PART)[LEFT_BEHIND], axis=0)).mean())


def test_what_is_uncovered_is_as_detailed_as_what_is_around() -> None:
    carried, wall = _carried(), float(np.abs(np.diff(_wall()[LEFT_BEHIND], axis=0)).mean())
    assert _detail(carried) < 0.2 * wall
    finished(add_detail(carried, _reader(), PART, RESOLUTION, DetailMemory()))
    assert _detail(carried) > 0.7 * wall
    assert np.abs(carried.colours(PART)[LEFT_BEHIND].mean(axis=(0, 1)) - _wall().mean(axis=(0, 1))).max() < 0.08


def test_what_moved_and_what_stays_are_as_they_were() -> None:
    plain, carried = _carried(), _carried()
    finished(add_detail(carried, _reader(), PART, RESOLUTION, DetailMemory()))
    assert carried.changed == plain.changed
    assert np.array_equal(carried.weight(PART), plain.weight(PART))
    box = np.s_[TOP + 4 : TOP + LENGTH - 4, LEFT + SHIFT + 4 : LEFT + SHIFT + LENGTH - 4]
    assert np.array_equal(carried.colours(PART)[box], plain.colours(PART)[box])


def test_a_part_of_the_place_is_like_the_same_part_of_the_whole() -> None:
    carried = _carried()
    finished(add_detail(carried, _reader(), PART, RESOLUTION, DetailMemory()))
    strip = Rectangle(PART.left, PART.top + TOP, SIDE, 17)
    assert np.abs(carried.colours(strip) - carried.colours(PART)[TOP : TOP + 17]).max() < 1e-4


def test_a_large_place_gets_the_detail_of_a_smaller_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uncovering, "LARGEST_SIDE", 80)
    carried = _carried()
    finished(add_detail(carried, _reader(), PART, RESOLUTION, DetailMemory()))
    colours = carried.colours(PART)
    assert np.isfinite(colours).all()
    assert np.abs(colours[LEFT_BEHIND].mean(axis=(0, 1)) - _wall().mean(axis=(0, 1))).max() < 0.08


def test_a_picture_no_larger_than_the_renders_needs_no_detail() -> None:
    carried, plain = _carried(), _carried()
    assert list(add_detail(carried, _reader(), PART, SIDE, DetailMemory())) == []
    assert np.array_equal(carried.colours(PART), plain.colours(PART))


def test_where_things_go_makes_no_difference_to_what_they_leave() -> None:
    memory, first, second = DetailMemory(), _carried(), _carried()
    finished(add_detail(first, _reader(), PART, RESOLUTION, memory))
    assert list(add_detail(second, _reader(), PART, RESOLUTION, memory)) == []
    assert np.array_equal(first.colours(PART), second.colours(PART))


def test_only_the_last_details_are_remembered() -> None:
    memory = DetailMemory()

    def found(value: float) -> Operation[FloatArray]:
        yield Progress("adding detail", 0.0)
        return np.full((1, 1, 3), value, np.float32)

    for number in (1, 2, 3):
        assert len(list(memory.recalled(bytes([number]), lambda: found(1.0)))) == 1
    assert list(memory.recalled(bytes([3]), lambda: found(2.0))) == []
    assert len(list(memory.recalled(bytes([1]), lambda: found(1.0)))) == 1
