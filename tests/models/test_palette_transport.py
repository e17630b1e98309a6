"""Fills that are paler than what they stand for are told by how much and in which direction."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.models.palette.transport import ColourTransport, Moments, patch_colours, transported
from torch import Tensor
from torch.nn import functional


def _pictures(count: int = 12, side: int = 32, seed: int = 0) -> Tensor:
    coarse = torch.rand(count, 3, side // 4, side // 4, generator=torch.Generator().manual_seed(seed)) - 0.5
    return functional.interpolate(coarse, scale_factor=4.0)


def _mask(count: int = 12, side: int = 32) -> Tensor:
    mask = torch.zeros(count, 1, side, side)
    mask[..., side // 2 :] = 1.0
    return mask


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0.2, 3.0))
def test_transport_gives_vectors_the_true_moments(seed: int, scale: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    # Directions that hardly vary have no moments to keep: the variance that is added to every one would be theirs.
    directions = torch.linalg.qr(torch.randn(5, 5, generator=generator))[0]
    vectors = torch.randn(400, 5, generator=generator) * torch.linspace(0.3, 2.0, 5) @ directions
    made, true = Moments.of(vectors), Moments.of(vectors.flip(1) * scale + 1)
    moved = Moments.of(transported(vectors, made, true))
    torch.testing.assert_close(moved.mean, true.mean, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(moved.covariance(), true.covariance(), atol=2e-2, rtol=2e-2)


def test_the_truth_is_where_it_should_be() -> None:
    assert float(ColourTransport().distance(_pictures(), _pictures(), _mask())) < 1e-3


def test_paler_fills_are_told_to_be_more_varied() -> None:
    true, mask = _pictures(), _mask()
    pale = torch.lerp(true, true * 0.5, mask).requires_grad_()
    distance = ColourTransport().distance(pale, true, mask)
    (gradient,) = torch.autograd.grad(distance, pale)
    stepped = pale.detach() - 0.05 * gradient / gradient.abs().max()
    hidden = mask.expand_as(true) > 0
    assert float(distance.detach()) > 1
    assert float(stepped[hidden].std()) > float(pale.detach()[hidden].std())
    assert not gradient[..., :8].any()


def test_only_patches_around_hidden_pixels_count() -> None:
    pictures, mask = _pictures(2), torch.zeros(2, 1, 32, 32)
    assert len(patch_colours(pictures, mask)) == 0
    mask[0, 0, 8, 8] = 1.0
    assert patch_colours(pictures, mask).shape == (1, 48)
    assert len(patch_colours(pictures[..., :12], torch.ones(2, 1, 32, 12))) == 0


def test_what_is_remembered_can_be_kept() -> None:
    first, second = ColourTransport(), ColourTransport()
    first.distance(_pictures(seed=1) * 0.7, _pictures(seed=1), _mask())
    second.load_state_dict(first.state_dict())
    found = [float(each.distance(_pictures(seed=2) * 0.6, _pictures(seed=2), _mask())) for each in (first, second)]
    assert found[0] == found[1] > 0
