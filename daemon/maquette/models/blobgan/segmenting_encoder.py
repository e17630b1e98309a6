"""From a picture to a layout vector by finding each thing first: where it shows, then what it looks like there.

The published encoder reads everything off one vector of the whole picture. Here a feature pyramid (Lin et al. 2017)
says of each place which row of the layout shows there; the moments of a row's mask are a first guess of its ellipse,
and the features under the mask tell the rest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from maquette.models.blobgan.inverter import FINAL_WIDTH, ActivatedConvolution, EqualisedConvolution, Trunk
from maquette.models.blobgan.layers import EqualisedLinear, scaled_leaky_relu
from maquette.models.blobgan.layout_network import SHAPE_OUTPUTS

SEGMENT_WIDTH = 32
"""Width of the masks."""
PYRAMID_CHANNELS, WHOLE_CHANNELS, HIDDEN_CHANNELS = 64, 128, 128
MOMENTS = 7
_LEAST_SHARE = 1e-4
_LAST_SCALE = 0.1


class RowLinear(nn.Module):
    """A linear layer of its own for every row; weights are stored at unit scale."""

    def __init__(self, rows: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(rows, inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(rows, outputs))
        self.scale = 1 / math.sqrt(inputs)

    def forward(self, features: Tensor) -> Tensor:
        """(B, rows, inputs) to (B, rows, outputs)."""
        return torch.einsum("bri,rio->bro", features, self.weight * self.scale) + self.bias


def mask_moments(masks: Tensor) -> tuple[Tensor, Tensor]:
    """Middles (B, R, 2) in [0, 1] of masks (B, R, w, w), and numbers (B, R, MOMENTS) that tell place, size and shape.

    The numbers are the middle, the logarithms of the mask's share of the picture and of its greatest value, and its
    spread across, down, and along the diagonal, in units of its size.
    """
    width = masks.shape[-1]
    places = (torch.arange(width, device=masks.device) + 0.5) / width
    share = masks.mean(dim=(2, 3))
    weights = masks / (masks.sum(dim=(2, 3), keepdim=True) + _LEAST_SHARE)
    across, down = weights.sum(dim=2), weights.sum(dim=3)
    # What is missing from a weight of one lies in the middle.
    x, y = (values @ (places - 0.5) + 0.5 for values in (across, down))
    right, below = places - x[..., None], places - y[..., None]
    wide, high = (across * right.square()).sum(dim=-1), (down * below.square()).sum(dim=-1)
    tilt = torch.einsum("brhw,brh,brw->br", weights, below, right)
    extent = (wide + high + _LEAST_SHARE).sqrt()
    least, most = (share + _LEAST_SHARE).log(), (masks.amax(dim=(2, 3)) + _LEAST_SHARE).log()
    shape = (wide.clamp(min=0).sqrt() / extent, high.clamp(min=0).sqrt() / extent, tilt / extent.square())
    return torch.stack((x, y), dim=-1), torch.stack((x, y, least / 4, most / 4, *shape), dim=-1)


class SegmentingEncoder(Trunk):
    """Pictures to layout vectors, row by row.

    Args:
        channels: by width, from the picture's down to 4.
        blob_count: K. looks: F + S, values of a row's looks.
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, channels: Mapping[int, int], blob_count: int, looks: int) -> None:
        super().__init__(channels)
        rows, values = blob_count + 1, 1 + 2 + SHAPE_OUTPUTS + looks
        self.pyramid_widths = sorted(width for width in channels if width <= SEGMENT_WIDTH)
        self.lateral = nn.ModuleDict(
            {str(width): EqualisedConvolution(channels[width], PYRAMID_CHANNELS, 1) for width in self.pyramid_widths}
        )
        self.smooth = nn.ModuleDict(
            {str(width): ActivatedConvolution(PYRAMID_CHANNELS, PYRAMID_CHANNELS, 3) for width in self.pyramid_widths}
        )
        self.segments = EqualisedConvolution(PYRAMID_CHANNELS, rows, 1)
        self.glances = EqualisedConvolution(PYRAMID_CHANNELS, rows, 1)
        self.whole = EqualisedLinear(channels[FINAL_WIDTH] * FINAL_WIDTH**2, WHOLE_CHANNELS, activated=True)
        inputs = 2 * PYRAMID_CHANNELS + MOMENTS + WHOLE_CHANNELS
        self.hidden = RowLinear(rows, inputs, HIDDEN_CHANNELS)
        self.values = RowLinear(rows, HIDDEN_CHANNELS, values)
        self.register_buffer("mean", torch.zeros(rows, values))
        self.register_buffer("spread", torch.ones(rows, values))
        with torch.no_grad():
            self.values.weight.mul_(_LAST_SCALE)

    def pyramid(self, features: Mapping[int, Tensor]) -> Tensor:
        """The pyramid's finest features (B, C, w, w) of the trunk's features by width."""
        coarse, *finer = self.pyramid_widths
        top = self.smooth[str(coarse)](self.lateral[str(coarse)](features[coarse]))
        for width in finer:
            larger = functional.interpolate(top, size=(width, width), mode="bilinear", align_corners=False)
            top = self.smooth[str(width)]((self.lateral[str(width)](features[width]) + larger) * math.sqrt(0.5))
        return cast(Tensor, top)

    def segment_logits(self, pyramid: Tensor) -> Tensor:
        """Logits (B, K+1, w, w) of which row shows at each place."""
        return cast(Tensor, self.segments(pyramid))

    def row_features(self, features: Mapping[int, Tensor], pyramid: Tensor, logits: Tensor) -> tuple[Tensor, Tensor]:
        """What is known of each row (B, K+1, …), and the middles (B, K+1, 2) of the rows' masks in [0, 1]."""
        masks = logits.softmax(dim=1)
        middles, moments = mask_moments(masks)
        seen = masks.flatten(2) / (masks.sum(dim=(2, 3))[..., None] + _LEAST_SHARE)
        glance = (self.glances(pyramid).flatten(2) + (masks.flatten(2) + _LEAST_SHARE).log()).softmax(dim=-1)
        under = [weights @ pyramid.flatten(2).transpose(1, 2) for weights in (seen, glance)]
        whole = self.whole(features[FINAL_WIDTH].flatten(1))[:, None].expand(-1, masks.shape[1], -1)
        return torch.cat((*under, moments, whole), dim=-1), middles

    def vectors_of(self, features: Mapping[int, Tensor], pyramid: Tensor, logits: Tensor) -> Tensor:
        """Layout vectors (B, O)."""
        known, middles = self.row_features(features, pyramid, logits)
        values = self.mean + self.spread * self.values(scaled_leaky_relu(self.hidden(known)))
        sizes, places, rest = values[..., 0], values[..., 1:3], values[..., 3:]
        places = places + torch.logit(middles.clamp(0.02, 0.98))
        rows = torch.cat((places, rest), dim=-1)[:, 1:]
        return torch.cat((sizes, rest[:, 0, SHAPE_OUTPUTS:], rows.flatten(1)), dim=1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Layout vectors (B, O) of pictures (B, 3, R, R) in [−1, 1]."""
        features = self.features(pictures)
        pyramid = self.pyramid(features)
        return self.vectors_of(features, pyramid, self.segment_logits(pyramid))
