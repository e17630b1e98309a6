from __future__ import annotations

import numpy as np
from maquette.demo.contact_sheet import LABELS, TILE, Step, contact_sheet, tile_corner


def solid(value: int) -> np.ndarray:
    return np.full((16, 16, 3), value, np.uint8)


def middle(column: int, row: int) -> tuple[int, int]:
    left, top = tile_corner(column, row)
    return left + TILE // 2, top + TILE // 2


def test_a_column_shows_before_after_and_the_map_in_that_order():
    sheet = contact_sheet([Step("Move the bed", solid(10), solid(120), solid(240))])
    shown = [sheet.getpixel(middle(0, row)) for row in range(len(LABELS))]
    assert shown == [(10, 10, 10), (120, 120, 120), (240, 240, 240)]


def test_every_step_has_a_column_of_its_own():
    sheet = contact_sheet([Step(str(value), *[solid(value)] * 3) for value in (0, 100, 200)])
    assert [sheet.getpixel(middle(column, 1)) for column in range(3)] == [(0,) * 3, (100,) * 3, (200,) * 3]
