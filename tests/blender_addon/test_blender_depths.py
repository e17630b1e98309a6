from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blender_addon.composition import order_key
from blender_addon.depths import distances_among, pushes

distances = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(-5, 50), min_size=1)


def test_things_are_spread_around_the_middle():
    spread = distances_among("abcde", {}, 10.0, 0.3)
    assert list(spread.values()) == pytest.approx([13.0, 11.5, 10.0, 8.5, 7.0])


def test_a_thing_alone_stands_somewhere_in_front():
    assert distances_among("a", {}, 10.0, 0.3)["a"] > 0


def test_new_things_stand_between_their_neighbours():
    found = distances_among("abcde", {"b": 8.0, "d": 4.0}, 10.0, 0.3)
    assert set(found) == {"a", "c", "e"}
    assert found["a"] > 8.0 > found["c"] > 4.0 > found["e"] > 0


def test_what_stands_behind_the_camera_tells_no_distance():
    found = distances_among("abc", {"b": -3.0}, 10.0, 0.3)
    assert found == {"a": pytest.approx(13.0), "c": pytest.approx(7.0)}


def test_nothing_is_pushed_that_stands_in_order():
    assert pushes("abc", {"a": 5.0, "b": 4.0, "c": 3.0}, dict.fromkeys("abc", 0.0)) == {}


def test_only_what_is_out_of_order_is_pushed():
    changed = pushes("rabc", {"r": 2.0, "a": 5.0, "b": 4.0, "c": 3.0}, dict.fromkeys("rabc", 0.0))
    assert list(changed) == ["r"]
    assert 2.0 + changed["r"] > 5.0


def test_what_is_pushed_stands_between_its_neighbours():
    changed = pushes("abc", {"a": 5.0, "b": 1.0, "c": 3.0}, {"a": 0.0, "b": 0.0, "c": 0.0})
    assert changed == {"b": pytest.approx(3.0)}


def test_equally_far_things_are_told_apart():
    changed = pushes("ba", {"a": 5.0, "b": 5.0}, {"a": 0.0, "b": 0.0})
    assert order_key(-(5.0 + changed.get("b", 0.0)), "b") < order_key(-(5.0 + changed.get("a", 0.0)), "a")


def test_what_is_fixed_is_not_pushed():
    standing = {"a": 9.0, "n": 3.0, "b": 8.0, "m": 7.5, "c": 7.0}
    changed = pushes("anbmc", standing, {**dict.fromkeys("anbm", 0.0), "c": -1.0}, fixed="abc")
    assert changed == {"n": pytest.approx(5.5)}


def test_where_there_is_no_room_all_are_stood_apart():
    standing = {"a": 5.0, "b": 1.0, "c": 5.0 - 1e-5}
    changed = pushes("abc", standing, dict.fromkeys("abc", 0.0))
    depths = {name: -(standing[name] + changed.get(name, 0.0)) for name in "abc"}
    assert sorted("abc", key=lambda name: order_key(depths[name], name)) == list("abc")


@given(distances, st.randoms(use_true_random=False))
def test_any_order_can_be_had(standing: dict[str, float], chance):
    order = list(standing)
    chance.shuffle(order)
    changed = pushes(order, standing, dict.fromkeys(order, 0.5))
    depths = {name: -(standing[name] + changed.get(name, 0.5)) for name in order}
    assert sorted(order, key=lambda name: order_key(depths[name], name)) == order
