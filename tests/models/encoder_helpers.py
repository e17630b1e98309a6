"""A public encoder checkpoint in miniature, and its network once more, straight from the description."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import torch
from maquette.models.blobgan.decoder import DecoderShape
from maquette.models.blobgan.network import BlobGan, BlobGanShape
from model_helpers import randomised
from torch import Tensor
from torch.nn import functional

TAPS = torch.tensor([1.0, 3.0, 3.0, 1.0])
KERNEL = torch.outer(TAPS, TAPS) / 64


def encoding_blobgan(blob_count: int = 3) -> BlobGan:
    decoder = DecoderShape(structure_width=6, style_width=5, channels={8: 12, 16: 10, 32: 8})
    channels = {32: 4, 16: 6, 8: 8, 4: 10}
    network = BlobGan(BlobGanShape(blob_count, 8, 16, decoder, 0.02, inverter_channels=channels))
    randomised(network)
    return network.eval()


def official_encoder(outputs: int, channels: tuple[int, ...], seed: int = 0) -> dict[str, Tensor]:
    """Random tensors under the names of the public file, FIR buffers and a perceptual loss's weights among them.

    Args:
        outputs: O.
        channels: from the picture's width down to 4.
    """
    generator = torch.Generator().manual_seed(seed)

    def drawn(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    tensors = {"convs.0.0.weight": drawn(channels[0], 3, 1, 1), "convs.0.1.bias": drawn(channels[0])}
    for block, (wide, narrow) in enumerate(pairwise(channels), start=1):
        name = f"convs.{block}"
        tensors |= {
            f"{name}.conv1.0.weight": drawn(wide, wide, 3, 3),
            f"{name}.conv1.1.bias": drawn(wide),
            f"{name}.conv2.0.kernel": KERNEL,
            f"{name}.conv2.1.weight": drawn(narrow, wide, 3, 3),
            f"{name}.conv2.2.bias": drawn(narrow),
            f"{name}.skip.0.kernel": KERNEL,
            f"{name}.skip.1.weight": drawn(narrow, wide, 1, 1),
        }
    last = channels[-1]
    tensors |= {
        "final_conv.0.weight": drawn(last, last, 3, 3),
        "final_conv.1.bias": drawn(last),
        "final_linear.0.weight": drawn(last, last * 16),
        "final_linear.0.bias": drawn(last),
        "final_linear.1.weight": drawn(outputs, last),
        "final_linear.1.bias": drawn(outputs),
    }
    official = {f"inverter.{name}": tensor for name, tensor in tensors.items()}
    return official | {
        "L_LPIPS.net.slice1.0.weight": drawn(2, 3, 3, 3),
        "L_LPIPS.lin0.model.1.weight": drawn(1, 2, 1, 1),
    }


def save_official_encoder(path: Path, tensors: dict[str, Tensor]) -> None:
    torch.save({"state_dict": tensors, "epoch": 3}, path)


def straight_line(tensors: dict[str, Tensor], pictures: Tensor) -> Tensor:
    """Layout vectors of pictures, written out step by step from the published description."""

    def weight(name: str) -> Tensor:
        value = tensors[f"inverter.{name}"]
        return value / math.sqrt(value[0].numel())

    def bias(name: str) -> Tensor:
        return tensors[f"inverter.{name}"]

    def activated(values: Tensor, offset: Tensor) -> Tensor:
        shifted = values + offset.reshape(1, -1, *[1] * (values.ndim - 2))
        return torch.where(shifted > 0, shifted, 0.2 * shifted) * math.sqrt(2)

    def blurred(values: Tensor, border: int) -> Tensor:
        padded = functional.pad(values, (border, border, border, border))
        for axis in (-1, -2):
            length = padded.shape[axis] - 3
            padded = sum(padded.narrow(axis, start, length) * TAPS[start] / 8 for start in range(4))
        return padded

    values = activated(functional.conv2d(pictures, weight("convs.0.0.weight")), bias("convs.0.1.bias"))
    block = 1
    while f"inverter.convs.{block}.conv1.0.weight" in tensors:
        name = f"convs.{block}"
        main = functional.conv2d(values, weight(f"{name}.conv1.0.weight"), padding=1)
        main = activated(main, bias(f"{name}.conv1.1.bias"))
        main = functional.conv2d(blurred(main, 2), weight(f"{name}.conv2.1.weight"), stride=2)
        main = activated(main, bias(f"{name}.conv2.2.bias"))
        skip = functional.conv2d(blurred(values, 1), weight(f"{name}.skip.1.weight"), stride=2)
        values = (main + skip) / math.sqrt(2)
        block += 1
    values = functional.conv2d(values, weight("final_conv.0.weight"), padding=1)
    values = activated(values, bias("final_conv.1.bias")).flatten(1)
    values = activated(values @ weight("final_linear.0.weight").T, bias("final_linear.0.bias"))
    return values @ weight("final_linear.1.weight").T + bias("final_linear.1.bias")
