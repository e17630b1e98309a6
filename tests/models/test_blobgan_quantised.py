"""Convolutions by products of 8-bit numbers are convolutions, but for the rounding of what they multiply."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.models.blobgan import quantised as quantising
from maquette.models.blobgan.modulated_convolution import (
    SMALLEST_FILTERED_CODES,
    ModulatedConvolution,
    features_dtype,
)
from maquette.models.blobgan.quantised import QuantisedFilter, QuantisedGrowth, quantised, supported
from maquette.models.blobgan.quantised_minimal_filtering import QuantisedMinimalFilter
from torch import Tensor
from torch.nn import functional

pytestmark = pytest.mark.skipif(not supported(), reason="this build of torch has no quantised operators")

Filter = type[QuantisedFilter] | type[QuantisedMinimalFilter]
FILTERS: tuple[Filter, ...] = (QuantisedFilter, QuantisedMinimalFilter)
sides = st.integers(1, 17)


def features(batch: int, channels: int, height: int, width: int, seed: int) -> Tensor:
    made = torch.randn(batch, channels, height, width, generator=torch.Generator().manual_seed(seed))
    return functional.leaky_relu(made, 0.2).contiguous(memory_format=torch.channels_last)


def kernel(first: int, second: int) -> Tensor:
    return torch.randn(first, second, 3, 3, generator=torch.Generator().manual_seed(first))


def relative_error(made: Tensor, true: Tensor) -> float:
    return float((made - true).square().mean().sqrt() / true.square().mean().sqrt())


@pytest.mark.parametrize("kind", FILTERS)
@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(4, 40), sides, sides, st.integers(0, 1000))
def test_a_filter_is_a_convolution(kind: Filter, batch: int, channels: int, height: int, width: int, seed: int) -> None:
    inputs, weights, bias = features(batch, channels, height, width, seed), kernel(24, channels), torch.ones(24)
    true = functional.conv2d(inputs, weights, bias, padding=1)
    made = kind(weights)(inputs, bias)
    assert made.shape == true.shape
    assert relative_error(made, true) < 0.03


def test_kernels_keep_brightness_that_is_far_from_zero() -> None:
    inputs, weights = features(1, 8, 12, 12, 5) + 40, kernel(8, 8)
    true = functional.conv2d(inputs, weights, torch.zeros(8), padding=1)
    for kind in FILTERS:
        assert relative_error(kind(weights)(inputs.clone(), torch.zeros(8)), true) < 0.03


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(4, 40), sides, sides, st.integers(0, 1000))
def test_a_growth_is_a_transposed_convolution(batch: int, channels: int, height: int, width: int, seed: int) -> None:
    inputs, weights = features(batch, channels, height, width, seed), kernel(channels, 24)
    true = functional.conv_transpose2d(inputs, weights, stride=2)
    made = QuantisedGrowth(weights)(inputs)
    assert made.shape == true.shape
    assert relative_error(made, true) < 0.03


@pytest.mark.parametrize("kind", FILTERS)
def test_every_picture_of_a_batch_has_its_own_steps(kind: Filter) -> None:
    faint, strong, weights, bias = features(1, 8, 9, 9, 1), features(1, 8, 9, 9, 2) * 1000, kernel(8, 8), torch.zeros(8)
    both = kind(weights)(torch.cat((faint, strong)), bias)
    assert torch.equal(both[:1], kind(weights)(faint, bias))


def test_features_in_bfloat16_stay_so_and_give_the_same() -> None:
    inputs, weights, bias = features(1, 16, 9, 8, 4), kernel(16, 16), torch.ones(16)
    small = inputs.bfloat16()
    pairs = [(kind(weights)(small, bias), kind(weights)(inputs.clone(), bias)) for kind in FILTERS]
    pairs.append((QuantisedGrowth(weights)(small), QuantisedGrowth(weights)(inputs.clone())))
    for made, wide in pairs:
        assert made.dtype == torch.bfloat16
        assert relative_error(made.float(), wide) < 0.03
    assert torch.equal(small, inputs.bfloat16())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_border_is_made_of_zeros(dtype: torch.dtype) -> None:
    values = features(1, 4, 3, 5, 6).to(dtype)
    bare, bordered = quantised(values.clone()), quantised(values.clone(), rows=2, columns=1)
    assert bare is not None
    assert bordered is not None
    assert torch.equal(bordered.codes, functional.pad(bare.codes, (1, 1, 2, 2), value=bare.zero))


@settings(max_examples=50, deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_codes_are_a_step_off_at_most_and_zero_is_exact(one: float, other: float, scale: float) -> None:
    values = torch.tensor([0.0, one, other, (one + other) / 2]).reshape(1, 1, 2, 2) * scale
    coded = quantised(values.clone())
    assert coded is not None
    decoded = (coded.codes.float() - coded.zero) * coded.step
    assert float((decoded - values).abs().max()) <= 1.01 * coded.step
    assert float(decoded[0, 0, 0, 0]) == 0.0


@pytest.mark.parametrize("threads", [1, 3])
def test_large_features_are_rounded_in_parts_to_the_same_codes(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    values, before = features(1, 6, 23, 11, 8), torch.get_num_threads()
    kept, whole = values.clone(), quantised(values, 1, 1)
    monkeypatch.setattr(quantising, "_NUMBERS_AT_ONCE", 100)
    torch.set_num_threads(threads)
    parts = quantised(values, 1, 1)
    torch.set_num_threads(before)
    assert whole is not None
    assert parts is not None
    assert torch.equal(whole.codes, parts.codes)
    assert torch.equal(values, kept)


@given(st.floats(1e-3, 1e3), st.floats(0, 256))
def test_no_code_lies_beyond_the_last(size: float, share: float) -> None:
    """The least number is some codes below zero, and the greatest the rest of 255 above."""
    values = torch.tensor([-share, 0.0, 255 - share, 1.0]).reshape(1, 1, 2, 2) * size
    for case in (values, values.clamp(-size, size), values.bfloat16()):
        coded = quantised(case.clone())
        assert coded is not None
        decoded = (coded.codes.float() - coded.zero) * coded.step
        assert float((decoded - case.float()).abs().max()) <= 0.56 * coded.step


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_not_hidden(value: float) -> None:
    inputs = torch.zeros(2, 4, 5, 5)
    inputs[0, 1, 2, 3] = value
    assert quantised(inputs[:1].clone()) is None
    filtered = [kind(kernel(6, 4))(inputs.clone(), torch.zeros(6)) for kind in FILTERS]
    for made in (*filtered, QuantisedGrowth(kernel(4, 6))(inputs)):
        assert made[0].isnan().all()
        assert made[1].isfinite().all()


@pytest.mark.parametrize("upsampling", [False, True])
def test_gradients_go_through_the_kernel_itself(upsampling: bool) -> None:
    layer = ModulatedConvolution(8, 8, 4, 3, upsampling=upsampling).requires_grad_(False)
    layer.fold(torch.int8)
    inputs, scores, styles = features(1, 8, 6, 6, 3).requires_grad_(), torch.ones(1, 1, 6, 6), torch.ones(1, 1, 4)
    (gradient,) = torch.autograd.grad(layer(inputs, scores, styles, torch.zeros(8)).square().sum(), inputs)
    assert gradient.abs().max() > 0


@pytest.mark.parametrize(
    ("channels", "kind"),
    [(SMALLEST_FILTERED_CODES, QuantisedMinimalFilter), (SMALLEST_FILTERED_CODES - 1, QuantisedFilter)],
)
def test_wide_layers_need_fewer_products(channels: int, kind: Filter) -> None:
    layer = ModulatedConvolution(channels, channels, 4, 3)
    layer.fold(torch.int8)
    assert isinstance(layer.filter, kind)


def test_features_between_are_as_small_as_the_processor_can_compute_with(monkeypatch: pytest.MonkeyPatch) -> None:
    for able, expected in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda able=able: {"avx512_bf16": able})
        assert features_dtype(torch.int8) == expected
    assert features_dtype(torch.bfloat16) == torch.bfloat16
