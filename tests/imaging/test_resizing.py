from __future__ import annotations

import numpy as np
from maquette.imaging.rectangle import Rectangle, bounds, whole
from maquette.imaging.resizing import box_of, fitted_size, resized, resized_known, thumbnail


def test_shrinking_takes_the_mean_of_each_area() -> None:
    values = np.arange(24, dtype=np.float32).reshape(4, 6)
    assert resized(values, 3, 2).tolist() == [[3.5, 5.5, 7.5], [15.5, 17.5, 19.5]]


def test_enlarging_keeps_a_constant_and_values_beyond_one() -> None:
    assert np.allclose(resized(np.full((3, 5, 3), 7.5, np.float32), 11, 9), 7.5)


def test_unknown_pixels_do_not_bleed_into_a_smaller_picture() -> None:
    values = np.full((4, 4, 3), 0.25, np.float32)
    known = np.ones((4, 4), np.bool_)
    values[:, 2:], known[:, 2:] = 99.0, False
    values[0, 1], known[0, 1] = 99.0, False
    small, small_known = resized_known(values, known, 2, 2)
    assert np.allclose(small[:, 0], 0.25)
    assert small_known.tolist() == [[True, False], [True, False]]


def test_a_thumbnail_fits_and_keeps_its_proportions() -> None:
    assert fitted_size(4000, 1000, 256) == (256, 64)
    assert fitted_size(5000, 1, 100) == (100, 1)
    assert thumbnail(np.full((30, 90, 3), 2.0, np.float32), 45).shape == (15, 45, 3)


def test_the_same_part_of_a_picture_at_another_size() -> None:
    place = Rectangle(100, 50, 200, 100)
    assert box_of(Rectangle(150, 75, 100, 50), place, (50, 100, 3)) == (25.0, 12.5, 75.0, 37.5)


def test_bounds_hold_all_that_is_not_zero() -> None:
    values = np.zeros((9, 7), np.uint8)
    assert bounds(values).area == 0
    values[3, 5] = values[6, 2] = 1
    assert bounds(values) == Rectangle(2, 3, 4, 4)


def test_rectangles_that_do_not_meet_have_nothing_in_common() -> None:
    assert Rectangle(0, 0, 3, 3).clipped(Rectangle(5, 1, 2, 2)).area == 0
    assert Rectangle(-4, 2, 9, 9).clipped(whole(6, 6)) == Rectangle(0, 2, 5, 4)
