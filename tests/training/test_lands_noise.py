"""Noise on the plane: bounded, smooth, and the same everywhere and always."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.training.lands.noise import cell_hash, fractal_noise, gradient_noise, ridged_noise

places = st.floats(-2000, 2000, width=32)
seeds = st.integers(0, 2**31)


def plane(side: int = 96, step: float = 0.13) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.meshgrid(np.arange(side) * step, np.arange(side) * step)
    return x.astype(np.float32), y.astype(np.float32)


@settings(max_examples=30)
@given(places, places, seeds)
def test_noise_depends_on_the_place_and_the_seed_only(x, y, seed):
    alone = gradient_noise(np.float32([x]), np.float32([y]), seed)
    among = gradient_noise(np.float32([3.5, x, -8.25]), np.float32([1.5, y, 40.0]), seed)
    assert alone[0] == among[1]


@settings(max_examples=30)
@given(st.integers(-500, 500), st.integers(-500, 500), seeds)
def test_noise_is_zero_where_the_lattice_is(column, row, seed):
    assert gradient_noise(np.float32([column]), np.float32([row]), seed)[0] == 0


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_centred_and_stays_in_its_range(seed):
    x, y = plane()
    smooth, ridged = fractal_noise(x, y, seed, 6), ridged_noise(x, y, seed, 6)
    assert np.abs(gradient_noise(x, y, seed)).max() <= 1.0
    assert np.abs(smooth).max() < 1.6
    assert abs(float(smooth.mean())) < 0.2
    assert smooth.std() > 0.1
    assert ridged.min() >= 0
    assert ridged.max() < 1.2


def test_neighbouring_places_have_like_noise():
    x, y = plane(64, 0.01)
    assert np.abs(np.diff(gradient_noise(x, y, 3), axis=1)).max() < 0.05


def test_other_seeds_give_other_noise():
    x, y = plane()
    first, second = fractal_noise(x, y, 1, 4), fractal_noise(x, y, 2, 4)
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.3


def test_the_bits_of_cells_are_even():
    column, row = np.meshgrid(np.arange(-64, 64, dtype=np.int32), np.arange(-64, 64, dtype=np.int32))
    bits = cell_hash(column, row, 11)
    share = np.array([(bits >> np.uint32(bit) & np.uint32(1)).mean() for bit in range(32)])
    assert np.abs(share - 0.5).max() < 0.03
