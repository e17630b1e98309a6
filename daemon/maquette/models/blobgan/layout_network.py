"""From noise to a layout (BlobGAN, section 3.3): an equalised MLP and the reading of its output."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from maquette.models.blobgan.geometry import aspects_and_angles, covariances
from maquette.models.blobgan.layers import EqualisedLinear, RmsNormalisation, rms_normalised
from maquette.models.blobgan.splatting import Layout

LEARNING_RATE_MULTIPLIER = 0.01
SHAPE_OUTPUTS = 4
_PLACE_OUTPUTS = 2 + SHAPE_OUTPUTS


def output_width(blob_count: int, structure_width: int, style_width: int) -> int:
    """Length of the layout vector: sizes (K+1), background (F + S), then K rows of (2 + 4 + F + S)."""
    features = structure_width + style_width
    return (blob_count + 1) + features + blob_count * (_PLACE_OUTPUTS + features)


def blob_count_of(outputs: int, structure_width: int, style_width: int) -> int | None:
    """K of a layout vector's length (the inverse of :func:`output_width`); None when there is none."""
    features = structure_width + style_width
    count, remainder = divmod(outputs - 1 - features, _PLACE_OUTPUTS + features + 1)
    return count if remainder == 0 and count >= 0 else None


class LayoutNetwork(nn.Module):
    """An rms normalisation and ``depth`` equalised linear layers, all but the last with leaky ReLU.

    Parameters are named ``mlp.1`` … ``mlp.<depth>``; ``mlp.0`` is the normalisation.
    """

    def __init__(self, noise_width: int, hidden_width: int, outputs: int, depth: int = 8) -> None:
        super().__init__()
        self.noise_width = noise_width
        widths = [noise_width, *[hidden_width] * (depth - 1)]
        hidden = [
            EqualisedLinear(inputs, hidden_width, LEARNING_RATE_MULTIPLIER, activated=True) for inputs in widths[:-1]
        ]
        last = EqualisedLinear(widths[-1], outputs, LEARNING_RATE_MULTIPLIER)
        self.mlp = nn.Sequential(RmsNormalisation(), *hidden, last)

    def hidden(self, noise: Tensor) -> Tensor:
        """Penultimate activations (B, H) of noise (B, Z); truncation happens here."""
        return self.mlp[:-1](noise)

    def output(self, hidden: Tensor) -> Tensor:
        """Layout vectors (B, O) of penultimate activations (B, H)."""
        return self.mlp[-1](hidden)

    def forward(self, noise: Tensor, mean_latent: Tensor | None = None, truncation: float = 0.0) -> Tensor:
        """Layout vectors (B, O) of noise (B, Z).

        Args:
            noise: (B, Z) normal noise.
            mean_latent: (H) or (1, H), the average penultimate activation; needed when ``truncation`` is not 0.
            truncation: 0 = none, 1 = the mean scene.
        """
        hidden = self.hidden(noise)
        if mean_latent is not None and truncation:
            hidden = torch.lerp(hidden, mean_latent.reshape(1, -1).to(hidden), truncation)
        return self.output(hidden)


@dataclass(frozen=True)
class LayoutVector:
    """The parts of layout vectors (B, O), as the network puts them out.

    Attributes:
        position_logits: (B, K, 2), the sigmoid of which is x, y.
        sizes: (B, K).
        shape_logits: (B, K, 4), see :func:`maquette.models.blobgan.geometry.aspects_and_angles`.
        structures: (B, K+1, F), not yet normalised; row 0 is the background.
        styles: (B, K+1, S), not yet normalised; row 0 is the background.
    """

    position_logits: Tensor
    sizes: Tensor
    shape_logits: Tensor
    structures: Tensor
    styles: Tensor


def split_layout_vector(vector: Tensor, structure_width: int, style_width: int) -> LayoutVector:
    """Cut layout vectors (B, O) into their parts.

    Raises:
        ValueError: no number of blobs fits the vector's length.
    """
    count = blob_count_of(vector.shape[-1], structure_width, style_width)
    if count is None:
        raise ValueError(f"a layout vector of {vector.shape[-1]} values fits no number of blobs")
    features = structure_width + style_width
    sizes, background = vector[..., : count + 1], vector[..., count + 1 : count + 1 + features]
    rows = vector[..., count + 1 + features :].reshape(-1, count, _PLACE_OUTPUTS + features)
    looks = torch.cat((background.unsqueeze(1), rows[..., _PLACE_OUTPUTS:]), dim=1)
    return LayoutVector(
        position_logits=rows[..., :2],
        sizes=sizes[..., 1:],
        shape_logits=rows[..., 2:_PLACE_OUTPUTS],
        structures=looks[..., :structure_width],
        styles=looks[..., structure_width:],
    )


def layout_of(parts: LayoutVector, area_normaliser: float) -> Layout:
    """The layout that the decoder is given: places in [0, 1], covariances, rms-normalised looks."""
    aspects, angles = aspects_and_angles(parts.shape_logits)
    return Layout(
        positions=torch.sigmoid(parts.position_logits),
        sizes=parts.sizes,
        covariances=covariances(aspects, angles, area_normaliser),
        structures=rms_normalised(parts.structures),
        styles=rms_normalised(parts.styles),
    )
