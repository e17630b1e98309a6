"""First guesses of what is in a hole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from maquette.models.painting.guesses import continued, run_on, smoothly_filled
from maquette.models.painting.softening import depths, softened
from model_helpers import difference
from torch import Tensor


def test_a_hole_is_continued_smoothly() -> None:
    picture = torch.full((1, 3, 12, 20), 0.3)
    hole = torch.zeros(1, 1, 12, 20)
    hole[..., 2:9, 5:17] = 1
    corrupted = torch.where(hole > 0, torch.tensor(float("nan")), picture)
    assert difference(smoothly_filled(corrupted.nan_to_num(), hole), picture) < 1e-5
    ramp = torch.linspace(-1, 1, 20).expand(1, 3, 12, 20)
    filled = smoothly_filled(ramp, hole)
    assert torch.equal(torch.where(hole > 0, 0, filled), torch.where(hole > 0, 0, ramp))
    assert filled.min() >= -1
    assert filled.max() <= 1
    assert filled[0, 0, 5, 6] < filled[0, 0, 5, 15]


def test_what_surrounds_a_hole_runs_on_into_it() -> None:
    columns = torch.linspace(-1, 1, 12)[:, None].expand(1, 3, 12, 12)
    hole = torch.zeros(1, 1, 12, 12)
    hole[..., :6] = 1
    # Only the right is known, so every row keeps its colour, but for a little of the smooth continuation.
    assert difference(run_on(columns, hole), columns) < 0.06
    hole[..., 0] = 0
    ramp = torch.linspace(-1, 1, 12).expand(1, 3, 12, 12)
    assert torch.equal(torch.where(hole > 0, 0, run_on(ramp, hole)), torch.where(hole > 0, 0, ramp))
    assert difference(run_on(ramp, hole), ramp) < 0.06


def test_the_hole_itself_is_never_looked_at() -> None:
    picture = torch.rand(2, 3, 9, 7)
    hole = (torch.rand(2, 1, 9, 7) < 0.6).float()
    changed = torch.where(hole > 0, torch.rand(2, 3, 9, 7), picture)
    assert torch.equal(continued(picture, hole), continued(changed, hole))


@pytest.mark.parametrize("guess", [continued, run_on, smoothly_filled])
def test_every_pixel_may_be_unknown_or_known(guess: Callable[[Tensor, Tensor], Tensor]) -> None:
    picture = torch.rand(1, 3, 5, 7)
    assert torch.equal(guess(picture, torch.ones(1, 1, 5, 7)), torch.zeros(1, 3, 5, 7))
    assert torch.equal(guess(picture, torch.zeros(1, 1, 5, 7)), picture)


def test_holes_are_softened_where_they_are_deep() -> None:
    picture = torch.rand(1, 3, 40, 40, generator=torch.Generator().manual_seed(0))
    hole = torch.zeros(1, 1, 40, 40)
    hole[..., 4:, 6:34] = 1
    assert depths(hole)[0, 0, 4, 20] == 1
    assert depths(hole)[0, 0, 39, 20] == 14
    soft = softened(picture, hole)
    assert torch.equal(torch.where(depths(hole) <= 3, soft, 0), torch.where(depths(hole) <= 3, picture, 0))
    assert soft[..., 30:, 18:22].std() < 0.3 * picture[..., 30:, 18:22].std()
    flat = torch.full_like(picture, 0.3)
    assert difference(softened(flat, hole), flat) < 1e-6
