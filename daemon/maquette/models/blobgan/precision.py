"""Which numeric type a decoder computes in, found by timing them and by looking at a picture.

bfloat16 is twice to four times as fast as float32 on processors with matrix units and half as fast on those without,
even where they have bfloat16 instructions; products of 8-bit numbers are fast where processors have instructions for
them and wrong on some that have not. No flag of the processor tells reliably. Small decoders gain nowhere.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable

import torch
from torch import Tensor

from maquette.models.blobgan.decoder import DecoderShape, StyledConvolution, drawn_noises
from maquette.models.blobgan.layout_network import layout_of
from maquette.models.blobgan.modulated_convolution import features_dtype
from maquette.models.blobgan.network import BlobGan
from maquette.models.blobgan.quantised import supported
from maquette.models.blobgan.rendering import operations_by_width
from maquette.models.blobgan.sampling import LayoutSampler, seeded_generator

LARGE_OPERATIONS = 20e9
"""Decoders of fewer arithmetic operations a picture always compute in float32."""
CLEARLY_FASTER = 1.4
"""How many times as fast a type must be: so clear a winner that the same machine finds it every time."""
CLOSE_ENOUGH = 40.0
"""PSNR in dB of a type's picture to float32's below which it is not used."""
_CHANNELS = 512
_WIDTH = 32
_ROUNDS = 2
_SEED, _TRUNCATION = 0, 0.4

_log = logging.getLogger(__name__)


def candidates() -> tuple[torch.dtype, ...]:
    """The types that this machine could compute in, float32 first."""
    return (torch.float32, torch.bfloat16, torch.int8) if supported() else (torch.float32, torch.bfloat16)


def layer_seconds(dtype: torch.dtype) -> float:
    """Time of a growing and a keeping layer, the better of a few times."""
    layers = [StyledConvolution(_CHANNELS, _CHANNELS, 1, upsampling=upsampling) for upsampling in (True, False)]
    features = torch.ones(1, _CHANNELS, _WIDTH, _WIDTH, dtype=features_dtype(dtype))
    features = features.contiguous(memory_format=torch.channels_last)
    scores, styles = torch.ones(1, 1, _WIDTH, _WIDTH), torch.ones(1, 1, 1)
    seconds: list[float] = []
    with torch.inference_mode():
        for layer in layers:
            layer.conv.fold(dtype)
        for _ in range(_ROUNDS):
            began = time.perf_counter()
            for layer in layers:
                layer(features, scores, styles, None)
            seconds.append(time.perf_counter() - began)
    return min(seconds)


def psnr(picture: Tensor, truth: Tensor) -> float:
    """In dB, of pictures in [−1, 1]."""
    error = float((picture - truth).square().mean())
    return math.inf if error == 0.0 else 10 * math.log10(4.0 / error)


def by_speed(
    shape: DecoderShape, device: torch.device, seconds: Callable[[torch.dtype], float] = layer_seconds
) -> list[torch.dtype]:
    """The types that are worth computing in, the quickest first, float32 last.

    Args:
        shape: of the decoder.
        device: that it is to run on.
        seconds: how long this machine needs for the same layers in a numeric type.
    """
    if device.type != "cpu" or operations_by_width(shape)[shape.resolution] < LARGE_OPERATIONS:
        return [torch.float32]
    measured = {dtype: seconds(dtype) for dtype in candidates()}
    gains = {dtype: measured[torch.float32] / each for dtype, each in measured.items()}
    _log.info("times as fast as float32 here: %s", {str(dtype): round(gain, 2) for dtype, gain in gains.items()})
    faster = [dtype for dtype, gain in gains.items() if gain >= CLEARLY_FASTER]
    return [*sorted(faster, key=lambda dtype: measured[dtype]), torch.float32]


@torch.inference_mode()
def closeness(network: BlobGan, dtype: torch.dtype) -> float:
    """How near a type's picture of a sampled scene is to float32's: PSNR in dB. Folds the network's decoder."""
    decoder = network.generator_ema
    layout = layout_of(LayoutSampler(network).parts(_SEED, _TRUNCATION), network.shape.area_normaliser)
    noises = drawn_noises(decoder, seeded_generator(_SEED))
    pictures: list[Tensor] = []
    for each in (torch.float32, dtype):
        decoder.fold(each)
        pictures.append(network.decode(layout, noises, each))
    return psnr(pictures[1], pictures[0])


def quickest_dtype(
    network: BlobGan, device: torch.device, seconds: Callable[[torch.dtype], float] = layer_seconds
) -> torch.dtype:
    """The quickest type whose picture is the same to the eye; float32 unless another is clearly faster.

    Args:
        network: on the CPU; its decoder is folded.
        device: that it is to run on.
        seconds: see `by_speed`.
    """
    *faster, safe = by_speed(network.shape.decoder, device, seconds)
    for dtype in faster:
        found = closeness(network, dtype)
        if found >= CLOSE_ENOUGH:
            _log.info("computing in %s: %.1f dB from float32", dtype, found)
            return dtype
        _log.info("not computing in %s: %.1f dB from float32", dtype, found)
    return safe
