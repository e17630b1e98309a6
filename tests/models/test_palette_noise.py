from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st
from maquette.models.palette.sampling import NOISE_BLOCK, NoiseSource

places = st.integers(0, 200)
sides = st.integers(1, 90)


def _noise(left: int, top: int, width: int, height: int, seed: int = 1, candidate: int = 0) -> torch.Tensor:
    return NoiseSource(seed, candidate, (left, top)).like(torch.zeros(1, 3, height, width))


@given(places, places, sides, sides)
def test_a_tile_sees_its_part_of_the_field(left: int, top: int, width: int, height: int) -> None:
    whole = _noise(0, 0, left + width + 3, top + height + 5)
    assert torch.equal(_noise(left, top, width, height), whole[..., top : top + height, left : left + width])


def test_every_draw_is_another_and_all_tiles_agree_on_each() -> None:
    here, there = NoiseSource(1, 0), NoiseSource(1, 0, (40, 0))
    first, second = (here.like(torch.zeros(1, 3, 50, 100)) for _ in range(2))
    assert not torch.equal(first, second)
    for drawn in (first, second):
        assert torch.equal(there.like(torch.zeros(1, 3, 50, 60)), drawn[..., 40:])


def test_seed_and_candidate_decide() -> None:
    assert not torch.equal(_noise(0, 0, 9, 9), _noise(0, 0, 9, 9, seed=2))
    assert not torch.equal(_noise(0, 0, 9, 9), _noise(0, 0, 9, 9, candidate=1))


def test_the_field_is_standard_normal_and_does_not_repeat() -> None:
    field = _noise(0, 0, 8 * NOISE_BLOCK, 8 * NOISE_BLOCK)
    assert abs(float(field.mean())) < 0.01
    assert abs(float(field.std()) - 1) < 0.01
    blocks = field[0].unfold(1, NOISE_BLOCK, NOISE_BLOCK).unfold(2, NOISE_BLOCK, NOISE_BLOCK).flatten(1, 2)
    vectors = blocks.transpose(0, 1).flatten(1)
    likeness = (vectors @ vectors.T / vectors.shape[1]).fill_diagonal_(0)
    assert float(likeness.abs().max()) < 0.05
