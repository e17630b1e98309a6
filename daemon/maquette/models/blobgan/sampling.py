"""Layout vectors from seeds."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

import torch
from torch import Tensor

from maquette.models.blobgan.layers import rms_normalised
from maquette.models.blobgan.layout_network import LayoutVector, split_layout_vector
from maquette.models.blobgan.network import BlobGan

_SEEDS = 2**64
_REMEMBERED_STYLES = 64


def seeded_generator(seed: int) -> torch.Generator:
    """A CPU generator for any integer seed: the same numbers on every device."""
    return torch.Generator().manual_seed(seed % _SEEDS)


class LayoutSampler:
    """Samples a BlobGAN's layout network.

    Args:
        network: in evaluation mode, its layout network in float32.
    """

    def __init__(self, network: BlobGan) -> None:
        self._network = network
        self._styles: OrderedDict[tuple[int, float], Tensor] = OrderedDict()

    @torch.inference_mode()
    def parts(self, seed: int, truncation: float) -> LayoutVector:
        """The layout vector of a seed (batch of 1, on the CPU); truncation 0 = none, 1 = the mean scene."""
        shape, device = self._network.shape, self._network.mean_latent.device
        noise = torch.randn(1, shape.noise_width, generator=seeded_generator(seed)).to(device)
        vector = self._network.layout_net_ema(noise, self._network.mean_latent, truncation)
        return split_layout_vector(vector.float().cpu(), shape.decoder.structure_width, shape.decoder.style_width)

    @torch.inference_mode()
    def order(self, parts: LayoutVector) -> list[int] | None:
        """Blob indices of a layout vector (batch of 1) from back to front; None = the order of the rows."""
        drawing_order = self._network.drawing_order
        if drawing_order is None:
            return None
        structures = rms_normalised(parts.structures).to(self._network.mean_latent.device)
        return [int(index) for index in drawing_order(structures)[0]]

    def styles(self, seed: int, truncation: float) -> Tensor:
        """Normalised style rows (K+1, S) of a seed; row 0 is the background."""
        key = (seed, truncation)
        if key not in self._styles:
            self._styles[key] = rms_normalised(self.parts(seed, truncation).styles[0])
            if len(self._styles) > _REMEMBERED_STYLES:
                self._styles.popitem(last=False)
        self._styles.move_to_end(key)
        return self._styles[key]

    def mixed_parts(
        self, layout_seed: int, style_seed: int | None, background_seed: int | None, truncation: float
    ) -> LayoutVector:
        """A layout whose blobs' styles and whose background come from seeds of their own; None = ``layout_seed``."""
        parts = self.parts(layout_seed, truncation)
        styles, structures = parts.styles.clone(), parts.structures.clone()
        if style_seed is not None:
            styles[:, 1:] = self.parts(style_seed, truncation).styles[:, 1:]
        if background_seed is not None:
            other = self.parts(background_seed, truncation)
            styles[:, 0], structures[:, 0] = other.styles[:, 0], other.structures[:, 0]
        return replace(parts, styles=styles, structures=structures)
