"""BlobGAN as one module: its ``state_dict`` is exactly a Maquette weights file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from maquette.models.blobgan.decoder import Decoder, DecoderShape
from maquette.models.blobgan.drawing_order import DrawingOrder
from maquette.models.blobgan.geometry import PUBLISHED_AREA_NORMALISER
from maquette.models.blobgan.inverter import Inverter
from maquette.models.blobgan.layout_network import LayoutNetwork, LayoutVector, output_width, split_layout_vector
from maquette.models.blobgan.segmenting_encoder import SegmentingEncoder
from maquette.models.blobgan.splatting import Layout


@dataclass(frozen=True)
class BlobGanShape:
    """Sizes of a BlobGAN.

    Attributes:
        blob_count: K of the layout network; a rendered scene may have any number of blobs.
        noise_width: Z. hidden_width: H.
        decoder: sizes of the decoder (F and S among them).
        area_normaliser: ab_norm, square root of the determinant of every blob's covariance.
        layout_depth: layers of the layout network.
        ordered: the model tells in which order its blobs are drawn; the published one does not.
        inverter_channels: of the encoder, by width from the resolution down to 4; None = the model has no encoder.
        segmenting: the encoder finds each thing first; the published one does not.
    """

    blob_count: int
    noise_width: int
    hidden_width: int
    decoder: DecoderShape
    area_normaliser: float = PUBLISHED_AREA_NORMALISER
    layout_depth: int = 8
    ordered: bool = False
    inverter_channels: Mapping[int, int] | None = None
    segmenting: bool = False


def _encoder(shape: BlobGanShape, outputs: int) -> Inverter | SegmentingEncoder | None:
    channels = shape.inverter_channels
    if channels is None:
        return None
    if shape.segmenting:
        looks = shape.decoder.structure_width + shape.decoder.style_width
        return SegmentingEncoder(channels, shape.blob_count, looks)
    return Inverter(channels, outputs)


class BlobGan(nn.Module):
    """Layout network, decoder, the mean of the layout network's penultimate activations, and perhaps an encoder."""

    mean_latent: Tensor

    def __init__(self, shape: BlobGanShape) -> None:
        super().__init__()
        self.shape = shape
        decoder = shape.decoder
        outputs = output_width(shape.blob_count, decoder.structure_width, decoder.style_width)
        self.layout_net_ema = LayoutNetwork(shape.noise_width, shape.hidden_width, outputs, shape.layout_depth)
        self.generator_ema = Decoder(decoder)
        self.drawing_order = DrawingOrder(shape.blob_count, decoder.structure_width) if shape.ordered else None
        self.inverter = _encoder(shape, outputs)
        self.register_buffer("mean_latent", torch.zeros(1, shape.hidden_width))

    def split(self, vectors: Tensor) -> LayoutVector:
        """The parts of layout vectors (B, O)."""
        return split_layout_vector(vectors, self.shape.decoder.structure_width, self.shape.decoder.style_width)

    def decode(
        self, layout: Layout, noises: Sequence[Tensor] | None = None, dtype: torch.dtype = torch.float32
    ) -> Tensor:
        """Picture (B, 3, R, R) of a layout, float32, about [−1, 1], not clamped; ``dtype`` is what is computed in."""
        *_, rgb = self.generator_ema.painted(layout, noises, dtype)
        return rgb
