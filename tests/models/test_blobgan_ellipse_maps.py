"""Maps between ellipses: what they take where."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.models.blobgan.ellipse_maps import affine_between, frames_between
from maquette.models.scene import Ellipse

ellipses = st.builds(
    Ellipse, st.floats(-1, 2), st.floats(-1, 2), st.floats(0.5, 20), st.floats(0.2, 5), st.floats(-7, 7)
)


def _outline(ellipse: Ellipse, count: int = 12) -> np.ndarray:
    around = np.linspace(0, 2 * math.pi, count, endpoint=False)
    axes = np.sqrt(np.array([ellipse.aspect, 1 / ellipse.aspect]) * ellipse.size)
    points = np.stack([np.cos(around), np.sin(around)], axis=1) * axes
    cosine, sine = math.cos(ellipse.angle), math.sin(ellipse.angle)
    return points @ np.array([[cosine, sine], [-sine, cosine]]) + (ellipse.x, ellipse.y)


def _distance(ellipse: Ellipse, points: np.ndarray) -> np.ndarray:
    cosine, sine = math.cos(ellipse.angle), math.sin(ellipse.angle)
    local = (points - (ellipse.x, ellipse.y)) @ np.array([[cosine, -sine], [sine, cosine]])
    return (np.square(local) / (np.array([ellipse.aspect, 1 / ellipse.aspect]) * ellipse.size)).sum(axis=1)


def _mapped(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ matrix[:, :2].T + matrix[:, 2]


@pytest.mark.parametrize("between", [affine_between, frames_between])
@settings(max_examples=80)
@given(start=ellipses, end=ellipses)
def test_outlines_go_to_outlines_and_middles_to_middles(
    between: Callable[[Ellipse, Ellipse], np.ndarray], start: Ellipse, end: Ellipse
) -> None:
    matrix = between(start, end)
    assert np.linalg.det(matrix[:, :2]) > 0
    assert _distance(end, _mapped(matrix, _outline(start))) == pytest.approx(np.ones(12), abs=1e-6)
    assert _mapped(matrix, np.array([[start.x, start.y]]))[0] == pytest.approx((end.x, end.y), abs=1e-9)


@given(ellipses, st.floats(-1, 1), st.floats(-1, 1), st.floats(0.5, 20), st.floats(-7, 7))
def test_what_is_moved_turned_and_scaled_is_just_that(
    start: Ellipse, right: float, down: float, size: float, angle: float
) -> None:
    end = replace(start, x=start.x + right, y=start.y + down, size=size, angle=angle)
    matrix, scale, turn = affine_between(start, end), math.sqrt(size / start.size), angle - start.angle
    expected = scale * np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    assert matrix[:, :2] == pytest.approx(expected, abs=1e-6)


@given(st.floats(0.95, 1.05), st.floats(0.95, 1.05), st.floats(-7, 7), st.floats(-7, 7))
def test_nearly_round_ellipses_turn_nothing(one: float, other: float, angle: float, other_angle: float) -> None:
    if math.isclose(one, other, rel_tol=1e-6):
        return
    matrix = affine_between(Ellipse(0.5, 0.5, 1.0, one, angle), Ellipse(0.5, 0.5, 1.0, other, other_angle))
    assert matrix[:, :2] == pytest.approx(np.eye(2), abs=0.06)


def test_the_offset_moves_where_the_middle_is() -> None:
    matrix = affine_between(Ellipse(0.2, 0.2, 1.0), Ellipse(0.2, 0.2, 4.0), offset=0.3)
    assert _mapped(matrix, np.array([[0.5, 0.5]]))[0] == pytest.approx((0.5, 0.5))


@settings(max_examples=40)
@given(ellipses, ellipses)
def test_maps_between_frames_take_a_silhouette_to_itself(start: Ellipse, end: Ellipse) -> None:
    places = np.random.default_rng(0).uniform(-0.2, 0.2, (6, 2)) + np.array([start.x, start.y])
    before, after = (
        np.linalg.solve(_frame(ellipse), (points - (ellipse.x, ellipse.y)).T)
        for ellipse, points in ((start, places), (end, _mapped(frames_between(start, end), places)))
    )
    assert after == pytest.approx(before, abs=1e-6)


def _frame(ellipse: Ellipse) -> np.ndarray:
    """The upper triangular matrix that takes the unit circle to the ellipse."""
    cosine, sine = math.cos(ellipse.angle), math.sin(ellipse.angle)
    axes = np.array([[cosine, -sine], [sine, cosine]]) * np.sqrt(
        np.array([ellipse.aspect, 1 / ellipse.aspect]) * ellipse.size
    )
    (xx, xy), (_, yy) = axes @ axes.T
    return np.array([[math.sqrt(xx - xy**2 / yy), xy / math.sqrt(yy)], [0.0, math.sqrt(yy)]])
