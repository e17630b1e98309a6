"""Convolutions by products of 8-bit numbers are convolutions, but for the rounding of what they multiply."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.models.blobgan.modulated_convolution import ModulatedConvolution
from maquette.models.blobgan.quantised import QuantisedFilter, QuantisedGrowth, quantised, supported
from torch import Tensor
from torch.nn import functional

pytestmark = pytest.mark.skipif(not supported(), reason="this build of torch has no quantised operators")

sides = st.integers(1, 17)


def features(batch: int, channels: int, height: int, width: int, seed: int) -> Tensor:
    made = torch.randn(batch, channels, height, width, generator=torch.Generator().manual_seed(seed))
    return functional.leaky_relu(made, 0.2).contiguous(memory_format=torch.channels_last)


def kernel(first: int, second: int) -> Tensor:
    return torch.randn(first, second, 3, 3, generator=torch.Generator().manual_seed(first))


def relative_error(made: Tensor, true: Tensor) -> float:
    return float((made - true).square().mean().sqrt() / true.square().mean().sqrt())


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(4, 40), sides, sides, st.integers(0, 1000))
def test_a_filter_is_a_convolution(batch: int, channels: int, height: int, width: int, seed: int) -> None:
    inputs, weights, bias = features(batch, channels, height, width, seed), kernel(24, channels), torch.ones(24)
    true = functional.conv2d(inputs, weights, bias, padding=1)
    assert relative_error(QuantisedFilter(weights)(inputs, bias), true) < 0.03


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(4, 40), sides, sides, st.integers(0, 1000))
def test_a_growth_is_a_transposed_convolution(batch: int, channels: int, height: int, width: int, seed: int) -> None:
    inputs, weights = features(batch, channels, height, width, seed), kernel(channels, 24)
    true = functional.conv_transpose2d(inputs, weights, stride=2)
    made = QuantisedGrowth(weights)(inputs)
    assert made.shape == true.shape
    assert relative_error(made, true) < 0.03


def test_every_picture_of_a_batch_has_its_own_steps() -> None:
    faint, strong, weights, bias = features(1, 8, 9, 9, 1), features(1, 8, 9, 9, 2) * 1000, kernel(8, 8), torch.zeros(8)
    both = QuantisedFilter(weights)(torch.cat((faint, strong)), bias)
    assert torch.equal(both[:1], QuantisedFilter(weights)(faint, bias))


@settings(max_examples=50, deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_codes_are_a_step_off_at_most_and_zero_is_exact(one: float, other: float, scale: float) -> None:
    values = torch.tensor([0.0, one, other, (one + other) / 2]).reshape(1, 1, 2, 2) * scale
    coded = quantised(values.clone())
    assert coded is not None
    decoded = (coded.codes.float() - coded.zero) * coded.step
    assert float((decoded - values).abs().max()) <= 1.01 * coded.step
    assert float(decoded[0, 0, 0, 0]) == 0.0


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_not_hidden(value: float) -> None:
    inputs = torch.zeros(2, 4, 5, 5)
    inputs[0, 1, 2, 3] = value
    assert quantised(inputs[:1].clone()) is None
    for made in (QuantisedFilter(kernel(6, 4))(inputs.clone(), torch.zeros(6)), QuantisedGrowth(kernel(4, 6))(inputs)):
        assert made[0].isnan().all()
        assert made[1].isfinite().all()


@pytest.mark.parametrize("upsampling", [False, True])
def test_gradients_go_through_the_kernel_itself(upsampling: bool) -> None:
    layer = ModulatedConvolution(8, 8, 4, 3, upsampling=upsampling).requires_grad_(False)
    layer.fold(torch.int8)
    inputs, scores, styles = features(1, 8, 6, 6, 3).requires_grad_(), torch.ones(1, 1, 6, 6), torch.ones(1, 1, 4)
    (gradient,) = torch.autograd.grad(layer(inputs, scores, styles, torch.zeros(8)).square().sum(), inputs)
    assert gradient.abs().max() > 0
