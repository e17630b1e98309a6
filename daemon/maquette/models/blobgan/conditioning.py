"""Layouts that agree with given blobs: noise is drawn as for any scene, then moved no further than it must.

For a linear network this samples exactly from the layouts that have the wanted rows ("randomise, then optimise",
Bardsley et al. 2014); for the real one nearly so. What the wanted rows do not decide stays as the noise has it, so that
proposals differ, and what they do decide follows them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from maquette.models.blobgan.geometry import aspects_and_angles
from maquette.models.blobgan.layers import EqualisedLinear, rms_normalised, scaled_leaky_relu
from maquette.models.blobgan.layout_network import SHAPE_OUTPUTS, LayoutNetwork, LayoutVector, split_layout_vector
from maquette.models.operations import Operation, Progress

ABSENT_SIZE = -6.0
"""Size (an opacity logit) that a blob which shall be absent may have at most: just what counts as unused."""

_POSITION_TOLERANCE = 0.015
_SIZE_TOLERANCE = 0.1
_SHAPE_TOLERANCE = 0.1
_STRUCTURE_TOLERANCE = 0.12
_STYLE_TOLERANCE = 0.2
_STEPS = 120
_STEPS_PER_REPORT = 20
_LEARNING_RATE = 0.08
_MEAN_DECAY, _SQUARE_DECAY = 0.9, 0.99


@dataclass(frozen=True)
class WantedRows:
    """What some rows of a layout shall be.

    Attributes:
        rows: P blob indices, counted from 0, of the blobs that shall be as follows.
        positions: (P, 2). sizes: (P).
        shapes: (P, 2), see :func:`shape_vectors`.
        structures: (P, F), styles: (P, S), rms-normalised.
        absent: Q indices of the blobs that shall not be there.
        background: normalised structure (F) and style (S) of the background; None = any.
    """

    rows: tuple[int, ...]
    positions: Tensor
    sizes: Tensor
    shapes: Tensor
    structures: Tensor
    styles: Tensor
    absent: tuple[int, ...]
    background: tuple[Tensor, Tensor] | None = None

    @property
    def anything(self) -> bool:
        """Whether anything is wanted at all."""
        return bool(self.rows or self.absent or self.background)


def shape_vectors(aspects: Tensor, angles: Tensor) -> Tensor:
    """Aspect and direction (…) of ellipses as vectors (…, 2) that do not jump where an ellipse is round or half turned.

    They are the traceless part of half the covariance's logarithm: log aspect in the direction of twice the angle.
    """
    log_aspect = torch.log(aspects)
    return torch.stack((log_aspect * torch.cos(2 * angles), log_aspect * torch.sin(2 * angles)), dim=-1)


def _mean_square(values: Tensor, wanted: Tensor) -> Tensor:
    return (values - wanted).square().mean(dim=-1)


def _looks_mismatch(structures: Tensor, styles: Tensor, wanted: tuple[Tensor, Tensor]) -> Tensor:
    structure = _mean_square(rms_normalised(structures), wanted[0]) / _STRUCTURE_TOLERANCE**2
    return structure + _mean_square(rms_normalised(styles), wanted[1]) / _STYLE_TOLERANCE**2


def mismatch(parts: LayoutVector, wanted: WantedRows) -> Tensor:
    """How far layouts are from what is wanted (B): squared tolerances, summed; 0 = no difference.

    Args:
        parts: the rows wanted, then the absent ones, and the background.
        wanted: what they shall be.
    """
    count = len(wanted.rows)
    places = torch.sigmoid(parts.position_logits[:, :count]) - wanted.positions
    shapes = shape_vectors(*aspects_and_angles(parts.shape_logits[:, :count])) - wanted.shapes
    sizes = (parts.sizes[:, :count] - wanted.sizes) / wanted.sizes.abs().clamp(min=2.0)
    each = places.square().sum(dim=-1) / _POSITION_TOLERANCE**2
    each = each + shapes.square().sum(dim=-1) / _SHAPE_TOLERANCE**2 + sizes.square() / _SIZE_TOLERANCE**2
    looks = (wanted.structures, wanted.styles)
    each = each + _looks_mismatch(parts.structures[:, 1 : count + 1], parts.styles[:, 1 : count + 1], looks)
    total = each.sum(dim=1) + functional.relu(parts.sizes[:, count:] - ABSENT_SIZE).square().sum(dim=1)
    if wanted.background is not None:
        total = total + _looks_mismatch(parts.structures[:, 0], parts.styles[:, 0], wanted.background)
    return total


def _outputs_of(rows: Sequence[int], blob_count: int, features: int) -> Tensor:
    """Indices of those outputs of a layout network that are the layout vector of ``rows`` alone."""
    width = 2 + SHAPE_OUTPUTS + features
    first = blob_count + 1 + features
    blocks = [torch.arange(first + row * width, first + (row + 1) * width) for row in rows]
    sizes = torch.tensor([0, *(row + 1 for row in rows)])
    return torch.cat([sizes, torch.arange(blob_count + 1, first), *blocks])


class LayoutFit:
    """Finds noise whose layout has the wanted rows.

    Only the outputs that are compared are computed, from weights that are scaled once.

    Args:
        network: its device is where everything happens.
        wanted: on the same device.
        structure_width: F.
        style_width: S.
        blob_count: K.
    """

    def __init__(
        self, network: LayoutNetwork, wanted: WantedRows, structure_width: int, style_width: int, blob_count: int
    ) -> None:
        self._wanted = wanted
        self._widths = (structure_width, style_width)
        layers = [layer for layer in network.mlp if isinstance(layer, EqualisedLinear)]
        outputs = _outputs_of((*wanted.rows, *wanted.absent), blob_count, structure_width + style_width)
        outputs = outputs.to(wanted.positions.device)
        self._hidden = [(layer.weight * layer.weight_scale, layer.bias * layer.bias_scale) for layer in layers[:-1]]
        last = layers[-1]
        self._last = (last.weight[outputs] * last.weight_scale, last.bias[outputs] * last.bias_scale)

    def mismatch(self, noise: Tensor) -> Tensor:
        """How far the layouts of noise (B, Z) are from what is wanted (B)."""
        values = rms_normalised(noise)
        for weight, bias in self._hidden:
            values = scaled_leaky_relu(functional.linear(values, weight, bias))
        vector = functional.linear(values, *self._last)
        return mismatch(split_layout_vector(vector, *self._widths), self._wanted)

    def objective(self, noise: Tensor, start: Tensor) -> Tensor:
        """Mismatch plus squared distance from ``start`` (B): both count in standard deviations."""
        return self.mismatch(noise) + (noise - start).square().sum(dim=1)

    def fitted(self, start: Tensor, stage: str) -> Operation[tuple[Tensor, Tensor]]:
        """Noise (B, Z) near ``start`` whose layouts have the wanted rows, and its objective (B); by Adam."""
        noise, mean, square = start, torch.zeros_like(start), torch.zeros_like(start)
        for step in range(_STEPS):
            if step % _STEPS_PER_REPORT == 0:
                yield Progress(stage, step / _STEPS)
            gradient = self._gradient(noise, start)
            mean = torch.lerp(gradient, mean, _MEAN_DECAY)
            square = torch.lerp(gradient.square(), square, _SQUARE_DECAY)
            length = (square / (1 - _SQUARE_DECAY ** (step + 1))).sqrt() + 1e-8
            rate = _LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * step / _STEPS))
            noise = noise - (rate / (1 - _MEAN_DECAY ** (step + 1))) * mean / length
        with torch.no_grad():
            return noise, self.objective(noise, start)

    def _gradient(self, noise: Tensor, start: Tensor) -> Tensor:
        # Gradients belong to the thread: they must not stay on while other operations take their turn.
        with torch.enable_grad():
            variable = noise.detach().requires_grad_(True)
            return torch.autograd.grad(self.objective(variable, start).sum(), variable)[0]
