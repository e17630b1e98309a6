from __future__ import annotations

from collections.abc import Generator

import numpy as np
import pytest
from maquette.models.exemplar.blending import blended
from maquette.models.exemplar.voting import NEIGHBOURS
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def finished(work: Generator[None, None, Floats]) -> Floats:
    while True:
        try:
            next(work)
        except StopIteration as stop:
            return stop.value


def steps_of(picture: Floats, hole: NDArray[np.bool_]) -> Floats:
    """How a picture's own pixels change towards their neighbours; 0 beyond its border."""
    bordered = np.pad(picture, ((1, 1), (1, 1), (0, 0)), mode="edge")
    height, width = hole.shape
    moved = [bordered[1 + down : 1 + down + height, 1 + right : 1 + right + width] for down, right in NEIGHBOURS]
    return np.stack([(other - picture)[hole] for other in moved])


@pytest.fixture
def ramp() -> Floats:
    rows, columns = np.mgrid[:24, :32].astype(np.float32)
    return np.stack((columns / 40, rows / 40 + 0.1 * (columns % 4 == 0), np.full_like(rows, 0.5)), axis=-1).astype(
        np.float32
    )


@pytest.fixture
def hole() -> NDArray[np.bool_]:
    mask = np.zeros((24, 32), np.bool_)
    mask[4:20, 6:26] = True
    return mask


def test_a_copy_that_is_too_dark_is_lifted_until_no_step_is_left(ramp: Floats, hole: NDArray[np.bool_]) -> None:
    copied = ramp.copy()
    copied[4:20, 6:16] -= 0.04
    before = np.abs(copied - ramp)[hole].max()
    joined = finished(blended(copied, steps_of(ramp, hole), hole))
    assert np.abs(joined - ramp)[hole].max() < 0.15 * before


def test_two_things_that_differ_do_not_bleed_into_each_other(ramp: Floats, hole: NDArray[np.bool_]) -> None:
    other = ramp.copy()
    other[:, 16:] = 4.0
    copied = np.where(hole[..., None], ramp, other).astype(np.float32)
    joined = finished(blended(copied, steps_of(ramp, hole), hole))
    assert np.abs(joined - ramp)[hole].max() < 0.1


def test_nothing_outside_the_hole_changes(ramp: Floats, hole: NDArray[np.bool_]) -> None:
    copied = np.where(hole[..., None], np.float32(0.2), ramp).astype(np.float32)
    joined = finished(blended(copied, steps_of(ramp, hole), hole))
    assert np.array_equal(joined[~hole], ramp[~hole])


@pytest.mark.parametrize("shape", [(1, 9), (9, 1), (2, 2)])
def test_holes_at_every_border_are_joined(shape: tuple[int, int]) -> None:
    picture = np.linspace(0, 1, 3 * shape[0] * shape[1], dtype=np.float32).reshape(*shape, 3)
    hole = np.zeros(shape, np.bool_)
    hole[0, 0] = hole[-1, -1] = True
    joined = finished(blended(picture, steps_of(picture, hole), hole))
    assert np.allclose(joined, picture, atol=1e-3)
