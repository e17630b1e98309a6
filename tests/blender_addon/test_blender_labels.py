from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blender_addon.labels import LARGEST_CROWD, Box, Emphasis, Label, arrange, is_inside, pill

labels = st.lists(
    st.builds(
        Label,
        text=st.just("Bed"),
        x=st.floats(0, 1000),
        y=st.floats(0, 1000),
        width=st.floats(10, 80),
        height=st.just(10.0),
        emphasis=st.sampled_from(Emphasis),
    ),
    max_size=8,
)


def at(x: float, y: float, emphasis: Emphasis = Emphasis.PLAIN) -> Label:
    return Label("Bed", x, y, 30, 10, emphasis)


def middle(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, (box.bottom + box.top) / 2


@given(labels)
def test_up_to_three_names_at_one_place_do_not_cover_each_other(many):
    boxes = arrange(many[:3], 3)
    assert not any(box.overlaps(other) for index, box in enumerate(boxes) for other in boxes[:index])


@given(labels)
def test_names_move_by_a_few_rows_at_most(many):
    for label, box in zip(many, arrange(many, 3), strict=True):
        x, y = middle(box)
        assert x == pytest.approx(label.x)
        assert abs(y - label.y) <= 3 * 16 + 1e-6


def test_the_active_name_keeps_its_place():
    boxes = arrange([at(50, 50), at(52, 52, Emphasis.ACTIVE), at(50, 48, Emphasis.SELECTED)], 3)
    assert middle(boxes[1]) == (52, 52)
    assert middle(boxes[0]) != (50, 50)


def test_a_lonely_name_stands_in_the_middle_of_its_blob():
    assert middle(arrange([at(7, 9)], 3)[0]) == (7, 9)


def test_a_crowd_is_left_where_it_is():
    boxes = arrange([at(50, 50)] * (LARGEST_CROWD + 1), 3)
    assert {middle(box) for box in boxes} == {(50, 50)}


@pytest.mark.parametrize(
    ("x", "y", "inside"), [(50, 50, True), (-20, 50, True), (-31, 50, False), (50, 111, False), (131, 50, False)]
)
def test_only_what_can_be_seen_is_written(x, y, inside):
    assert is_inside(at(x, y), 100, 100) is inside


def test_a_pill_fills_its_box_but_for_the_corners():
    box = Box(0, 0, 40, 16)
    corners = pill(box)
    assert len(corners) % 3 == 0
    area = sum(
        abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2
        for (ax, ay), (bx, by), (cx, cy) in zip(*[iter(corners)] * 3, strict=True)
    )
    assert 0.97 * (24 * 16 + math.pi * 64) < area < 40 * 16
    assert all(-1e-9 <= x <= 40 + 1e-9 and -1e-9 <= y <= 16 + 1e-9 for x, y in corners)
