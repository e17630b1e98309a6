from __future__ import annotations

import numpy as np
from maquette.demo.contact_sheet import CAPTION, COLUMNS, MARGIN, TILE, Row, contact_sheet


def solid(value: int) -> np.ndarray:
    return np.full((16, 16, 3), value, np.uint8)


def test_a_row_shows_before_after_and_the_map_in_that_order():
    sheet = contact_sheet([Row("Move the bed", solid(10), solid(120), solid(240))])
    centre = CAPTION + MARGIN + CAPTION + TILE // 2
    shown = [sheet.getpixel((MARGIN + column * (TILE + MARGIN) + TILE // 2, centre)) for column in range(len(COLUMNS))]
    assert shown == [(10, 10, 10), (120, 120, 120), (240, 240, 240)]


def test_every_step_has_a_row_of_its_own():
    rows = [Row(str(value), solid(value), solid(value), solid(value)) for value in (0, 100, 200)]
    one, three = contact_sheet(rows[:1]), contact_sheet(rows)
    assert three.height - one.height == 2 * (TILE + CAPTION + MARGIN)
    assert three.width == one.width
