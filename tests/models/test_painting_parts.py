from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.imaging.rectangle import Rectangle
from maquette.models.painting.parts import LARGEST_SIDE, islands, longest_piece, needs_overview, pieces, spans


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 40), st.integers(0, 2**16))
@settings(max_examples=40)
def test_islands_and_their_pieces_hold_all_that_is_painted(height: int, width: int, spots: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    painted = np.zeros((height, width), np.bool_)
    for _ in range(spots):
        row, column = random.integers(height), random.integers(width)
        painted[row : row + random.integers(1, 30), column : column + random.integers(1, 30)] = True
    held = np.zeros_like(painted)
    for place in islands(painted):
        for piece in pieces(place, painted, longest_piece(min(place.width, place.height), 64)):
            assert painted[piece.slices].any()
            held[piece.slices] = True
    assert held[painted].all()


def test_places_far_apart_are_apart_and_neighbours_together() -> None:
    painted = np.zeros((1000, 1000), np.bool_)
    painted[10:20, 10:20] = painted[30:40, 10:20] = painted[900:950, 800:990] = True
    assert sorted(islands(painted), key=lambda place: place.top) == [
        Rectangle(10, 10, 10, 30),
        Rectangle(800, 900, 190, 50),
    ]


def test_dust_all_over_a_large_picture_is_gathered_into_places_of_moderate_size() -> None:
    painted = np.zeros((3000, 3000), np.bool_)
    painted[50::200, 50::200] = True
    found = islands(painted)
    assert 16 <= len(found) <= 25
    assert not any(needs_overview(place) for place in found)
    held = np.zeros_like(painted)
    for place in found:
        held[place.slices] = True
    assert held[painted].all()


def test_only_models_of_one_size_need_short_pieces() -> None:
    painted = np.ones((20, 1200), np.bool_)
    place = Rectangle(0, 0, 1200, 20)
    assert pieces(place, painted, longest_piece(20, None)) == [place]
    assert len(pieces(place, painted, longest_piece(20, 64))) == 4


@given(st.integers(-50, 50), st.integers(1, 5000), st.integers(1, LARGEST_SIDE))
@settings(max_examples=40)
def test_spans_follow_one_another_without_gaps(start: int, length: int, longest: int) -> None:
    found = spans(start, start + length, longest)
    assert found[0][0] == start
    assert found[-1][1] == start + length
    assert all(before[1] == after[0] for before, after in pairwise(found))
    assert all(0 <= stop - begin <= longest for begin, stop in found)
