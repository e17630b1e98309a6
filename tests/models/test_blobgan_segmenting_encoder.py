"""The encoder that finds each thing first: masks to numbers, and rows kept apart."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.checkpoint import load
from maquette.models.blobgan.decoder import DecoderShape
from maquette.models.blobgan.layout_network import output_width
from maquette.models.blobgan.network import BlobGan, BlobGanShape
from maquette.models.blobgan.segmenting_encoder import MOMENTS, SegmentingEncoder, mask_moments
from model_helpers import randomised

CHANNELS = {32: 4, 16: 6, 8: 8, 4: 10}


def _box(left: int, top: int, width: int, height: int, side: int = 32) -> torch.Tensor:
    mask = torch.zeros(1, 1, side, side)
    mask[..., top : top + height, left : left + width] = 1
    return mask


@settings(max_examples=40)
@given(st.integers(0, 20), st.integers(0, 20), st.integers(3, 12), st.integers(3, 12))
def test_moments_tell_where_a_mask_is_and_how_long(left: int, top: int, width: int, height: int) -> None:
    middles, moments = mask_moments(_box(left, top, width, height))
    assert moments.shape == (1, 1, MOMENTS)
    assert middles[0, 0].tolist() == pytest.approx([(left + width / 2) / 32, (top + height / 2) / 32], abs=1e-3)
    assert (moments[0, 0, 4] > moments[0, 0, 5]) == (width > height) or width == height
    assert abs(float(moments[0, 0, 6])) < 1e-3


def test_what_is_nowhere_is_in_the_middle() -> None:
    middles, moments = mask_moments(torch.zeros(2, 3, 32, 32))
    assert middles.tolist() == [[[0.5, 0.5]] * 3] * 2
    assert torch.isfinite(moments).all()


def test_a_mask_along_the_diagonal_is_tilted() -> None:
    falling = torch.eye(32)[None, None]
    assert float(mask_moments(falling)[1][0, 0, 6]) > 0.4
    assert float(mask_moments(falling.flip(-1))[1][0, 0, 6]) < -0.4


def test_a_layout_vector_comes_out_for_every_picture() -> None:
    torch.manual_seed(0)
    encoder = SegmentingEncoder(CHANNELS, 3, 9)
    pictures = torch.rand(2, 3, 32, 32) * 2 - 1
    both = encoder(pictures)
    assert both.shape == (2, output_width(3, 5, 4))
    torch.testing.assert_close(both[1:], encoder(pictures[1:]), atol=1e-5, rtol=1e-5)


def _network() -> BlobGan:
    decoder = DecoderShape(structure_width=5, style_width=4, channels={8: 12, 16: 10, 32: 8})
    network = BlobGan(BlobGanShape(3, 8, 16, decoder, 0.02, inverter_channels=CHANNELS, segmenting=True))
    randomised(network)
    return network.eval()


def test_the_sizes_of_a_network_with_it_are_read_off_its_tensors() -> None:
    network = _network()
    again = load(network.state_dict(), size_in=8, area_normaliser=0.02).eval()
    assert again.shape == network.shape
    pictures = torch.rand(1, 3, 32, 32)
    assert network.inverter is not None
    assert again.inverter is not None
    assert torch.equal(again.inverter(pictures), network.inverter(pictures))


def test_an_encoder_of_another_layout_is_refused() -> None:
    tensors = _network().state_dict()
    tensors["inverter.values.weight"] = tensors["inverter.values.weight"][..., :-1]
    with pytest.raises(MaquetteError) as refusal:
        load(tensors, size_in=8, area_normaliser=0.02)
    assert refusal.value.reason is Reason.CHECKPOINT_CORRUPT
