"""What makes rendering quick must not be seen in the picture."""

from __future__ import annotations

from pathlib import Path

import maquette
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.bench.random_model import random_network
from maquette.models.blobgan import decoder, precision
from maquette.models.blobgan.checkpoint import load
from maquette.models.blobgan.decoder import DecoderShape
from maquette.models.blobgan.layout_network import layout_of
from maquette.models.blobgan.minimal_filtering import MinimalFilter
from maquette.models.blobgan.network import BlobGanShape
from maquette.models.blobgan.precision import by_speed, candidates, closeness, layer_seconds, quickest_dtype
from maquette.models.blobgan.regions import Region, region_where, united, whole
from maquette.models.blobgan.sampling import LayoutSampler
from maquette.models.tensor_files import read_tensors
from model_helpers import difference
from torch.nn import functional

WEIGHTS = Path(maquette.__file__).parent / "weights" / "blobgan-rooms.safetensors"
LARGE = DecoderShape(768, 512, {16: 768, 32: 768, 64: 768, 128: 384, 256: 192})
SMALL = DecoderShape(12, 6, {8: 12, 16: 10})
SMALL_NETWORK = BlobGanShape(4, 8, 16, SMALL)
CPU = torch.device("cpu")
sides = st.integers(0, 40)
regions = st.builds(
    lambda top, left, height, width: Region(top, left, top + height, left + width),
    *[sides] * 2,
    *[st.integers(1, 24)] * 2,
)


@settings(max_examples=25)
@given(st.integers(1, 3), st.integers(1, 9), st.integers(1, 40), st.integers(1, 40))
def test_minimal_filtering_is_convolution(batch: int, channels: int, height: int, width: int) -> None:
    generator = torch.Generator().manual_seed(height)
    features = torch.randn(batch, channels, height, width, generator=generator)
    kernel = torch.randn(5, channels, 3, 3, generator=generator)
    bias = torch.randn(5, generator=generator)
    filtered = MinimalFilter(kernel)(features, bias)
    assert difference(filtered, functional.conv2d(features, kernel, bias, padding=1)) < 2e-4


def test_wide_layers_are_filtered_minimally_and_give_the_same_picture() -> None:
    network = load(read_tensors(WEIGHTS), 8, 0.0012).requires_grad_(False)
    parts = LayoutSampler(network).parts(3, 0.4)
    layout = layout_of(parts, network.shape.area_normaliser)
    with torch.inference_mode():
        plain = network.decode(layout)
        network.generator_ema.fold()
        assert any(getattr(module, "filter", None) for module in network.modules())
        assert difference(network.decode(layout), plain) < 1e-4
        for dtype in candidates():
            network.generator_ema.fold(dtype)
            error = (network.decode(layout, dtype=dtype) - plain).square().mean()
            assert float(10 * torch.log10(4 / error)) >= 40, dtype


def test_rgb_of_large_maps_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    network = random_network(SMALL_NETWORK).requires_grad_(False)
    layout = layout_of(LayoutSampler(network).parts(3, 0.4), SMALL_NETWORK.area_normaliser)
    plain = network.decode(layout)
    monkeypatch.setattr(decoder, "LARGE_MAP", 0)
    assert difference(network.decode(layout), plain) < 1e-5


@pytest.mark.parametrize(
    ("shape", "device", "gains", "order"),
    [
        (LARGE, "cpu", (2.0, 1.0), [torch.bfloat16, torch.float32]),
        (LARGE, "cpu", (0.5, 3.0), [torch.int8, torch.float32]),
        (LARGE, "cpu", (4.0, 3.0), [torch.bfloat16, torch.int8, torch.float32]),
        (LARGE, "cpu", (1.2, 1.2), [torch.float32]),
        (SMALL, "cpu", (2.0, 2.0), [torch.float32]),
        (LARGE, "cuda", (2.0, 2.0), [torch.float32]),
    ],
)
def test_large_decoders_compute_in_what_is_clearly_faster(
    shape: DecoderShape, device: str, gains: tuple[float, float], order: list[torch.dtype]
) -> None:
    seconds = {torch.float32: 1.0, torch.bfloat16: 1 / gains[0], torch.int8: 1 / gains[1]}
    found = by_speed(shape, torch.device(device), lambda dtype: seconds[dtype])
    assert found == [dtype for dtype in order if dtype in candidates()]


def test_a_type_is_only_chosen_if_its_picture_is_the_same_to_the_eye(monkeypatch: pytest.MonkeyPatch) -> None:
    network = random_network(SMALL_NETWORK).requires_grad_(False)
    seconds = {torch.float32: 1.0, torch.bfloat16: 0.1, torch.int8: 0.01}
    monkeypatch.setattr(precision, "LARGE_OPERATIONS", 0.0)
    assert quickest_dtype(network, CPU, lambda dtype: seconds[dtype]) == min(
        (dtype for dtype in candidates() if closeness(network, dtype) >= 40), key=lambda dtype: seconds[dtype]
    )
    monkeypatch.setattr(precision, "CLOSE_ENOUGH", 500.0)
    assert quickest_dtype(network, CPU, lambda dtype: seconds[dtype]) == torch.float32


@pytest.mark.parametrize("dtype", candidates())
def test_this_machine_can_be_timed(dtype: torch.dtype) -> None:
    assert 0 < layer_seconds(dtype) < 60


@given(regions, regions)
def test_a_union_holds_both(one: Region, other: Region) -> None:
    both = torch.zeros(80, 80, dtype=torch.bool)
    one.of(both).fill_(True)
    other.of(both).fill_(True)
    assert united(one, other) == region_where(both)
    assert united(one, None) == united(None, one) == one


@given(regions, st.integers(1, 8), st.integers(0, 5))
def test_regions_grow_outwards_and_stay_inside(region: Region, step: int, by: int) -> None:
    for larger in (region.grown(by, 64), region.sized(step, 64), region.scaled(2).divided(2)):
        assert united(larger, region) == larger
    assert united(whole(64), region.grown(by, 64)) == whole(64)


def test_no_pixel_is_no_region() -> None:
    assert region_where(torch.zeros(4, 4, dtype=torch.bool)) is None
