"""Which numeric type a decoder computes in, found by timing both.

bfloat16 is twice to four times as fast as float32 on processors with matrix units and half as fast on those without,
even where they have bfloat16 instructions; no flag of the processor tells reliably. Small decoders gain nowhere.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import torch

from maquette.models.blobgan.decoder import DecoderShape, StyledConvolution
from maquette.models.blobgan.rendering import operations_by_width

LARGE_OPERATIONS = 20e9
"""Decoders of fewer arithmetic operations a picture always compute in float32."""
CLEARLY_FASTER = 1.5
"""How many times as fast bfloat16 must be: so clear a winner that the same machine finds it every time."""
_CHANNELS = 256
_WIDTH = 32
_ROUNDS = 3

_log = logging.getLogger(__name__)


def _layer_seconds(dtype: torch.dtype) -> float:
    """Time of a growing and a keeping layer, the better of a few times."""
    layers = [StyledConvolution(_CHANNELS, _CHANNELS, 1, upsampling=upsampling) for upsampling in (True, False)]
    features = torch.ones(1, _CHANNELS, _WIDTH, _WIDTH, dtype=dtype).contiguous(memory_format=torch.channels_last)
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


def quickest_dtype(
    shape: DecoderShape, device: torch.device, layer_seconds: Callable[[torch.dtype], float] = _layer_seconds
) -> torch.dtype:
    """bfloat16 for a large decoder on a CPU that is clearly faster with it, else float32.

    Args:
        shape: of the decoder.
        device: that it is to run on.
        layer_seconds: how long this machine needs for the same layers in a numeric type.
    """
    if device.type != "cpu" or operations_by_width(shape)[shape.resolution] < LARGE_OPERATIONS:
        return torch.float32
    gain = layer_seconds(torch.float32) / layer_seconds(torch.bfloat16)
    chosen = torch.bfloat16 if gain >= CLEARLY_FASTER else torch.float32
    _log.info("bfloat16 is %.2f times as fast as float32 here: computing in %s", gain, chosen)
    return chosen
