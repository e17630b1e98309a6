"""How the encoder learns from pictures whose layouts are known: layout loss, score loss, and the picture painted again.

The published encoder learns from pictures and from samples of its generator (BlobGAN, section 4.3). Where the renderer
knows every object's place, the true layouts say more, and the frozen decoder says which of their errors can be seen.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from maquette.models.blobgan.conditioning import shape_vectors
from maquette.models.blobgan.geometry import aspects_and_angles
from maquette.models.blobgan.inverter import FINAL_WIDTH, Trunk
from maquette.models.blobgan.layout_network import LayoutVector, layout_of
from maquette.models.blobgan.network import BlobGan
from maquette.models.blobgan.segmenting_encoder import SEGMENT_WIDTH, SegmentingEncoder
from maquette.models.blobgan.splatting import Layout, reordered, splatted
from maquette.models.blobgan.training import picture_loss

SCORE_WIDTH = SEGMENT_WIDTH
COARSE_WIDTH = 32
"""Width of the features that a run should begin with: finer ones cost twice as much as all the others."""
ABSENT_LOGIT = -6.0
"""A blob below this size cannot be seen; how far below makes no difference."""
AVERAGE_HALF_LIFE_STEPS = 100


@dataclass(frozen=True)
class LossWeights:
    """How much each part of the loss counts."""

    layout: float = 1.0
    scores: float = 4.0
    segments: float = 1.0
    picture: float = 2.0


def begin_coarse(encoder: Trunk) -> None:
    """Let the convolutions of the finer blocks begin at zero: until they are used, they are not missed."""
    widths = sorted((FINAL_WIDTH << index for index in range(len(encoder.convs))), reverse=True)
    with torch.no_grad():
        for block, width in zip(list(encoder.convs)[1:], widths, strict=False):
            if width > COARSE_WIDTH:
                block.get_parameter("conv2.1.weight").zero_()


def row_values_of(vectors: Tensor, blob_count: int, looks: int) -> Tensor:
    """Layout vectors (N, O) as values (N, K+1, 1 + 2 + 4 + F + S) of each row; the background has size and looks."""
    sizes, background = vectors[:, : blob_count + 1, None], vectors[:, None, blob_count + 1 : blob_count + 1 + looks]
    rows = vectors[:, blob_count + 1 + looks :].reshape(len(vectors), blob_count, -1)
    nowhere = torch.zeros(len(vectors), 1, rows.shape[-1] - looks)
    return torch.cat((sizes, torch.cat((torch.cat((nowhere, background), dim=-1), rows), dim=1)), dim=-1)


def _present_spread(values: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation, at least 0.05, of values (N, …) over the rooms where ``present`` (N, …, 1) is 1."""
    count = present.sum(dim=0).clamp(min=1)
    mean = (values * present).sum(dim=0) / count
    return mean, (((values - mean).square() * present).sum(dim=0) / count).sqrt().clamp(min=0.05)


def standardise(encoder: SegmentingEncoder, values: Tensor) -> None:
    """Tell an encoder how the values (N, K+1, …) of each row are spread, over the rooms where it is present."""
    present = (values[..., :1] > 0).float()
    present[:, 0] = 1.0
    mean, deviation = _present_spread(values, present)
    mean[:, 1:3], deviation[:, 1:3] = 0.0, deviation[:, 1:3].clamp(max=0.5)
    # An absent thing is far below the sizes of those that are there.
    deviation[:, 0] = values[..., 0].std(dim=0).clamp(min=0.05)
    mean[:, 0] = values[..., 0].mean(dim=0)
    encoder.mean.copy_(mean)
    encoder.spread.copy_(deviation)


@dataclass(frozen=True)
class Scales:
    """What the values of layout vectors are divided by before they are compared: root mean squares over the rooms.

    Attributes:
        sizes: (K,). positions: (K, 2), of logits. shapes: (K, 2). looks: (K+1, F + S).
    """

    sizes: Tensor
    positions: Tensor
    shapes: Tensor
    looks: Tensor


def _shapes(parts: LayoutVector) -> Tensor:
    return shape_vectors(*aspects_and_angles(parts.shape_logits))


def _looks(parts: LayoutVector) -> Tensor:
    return torch.cat((parts.structures, parts.styles), dim=-1)


def scales_of(parts: LayoutVector) -> Scales:
    """The spread of true layouts (N rooms), of each blob where it is present."""
    present = (parts.sizes > 0).float()[..., None]

    def spread(values: Tensor) -> Tensor:
        return _present_spread(values, present)[1]

    looks = _looks(parts)
    background = looks[:, :1].std(dim=0).clamp(min=0.05)
    return Scales(
        spread(parts.sizes[..., None])[..., 0].clamp(min=1.0),
        spread(parts.position_logits),
        spread(_shapes(parts)).clamp(min=0.2),
        torch.cat((background, spread(looks[:, 1:])), dim=0),
    )


def layout_loss(predicted: LayoutVector, true: LayoutVector, scales: Scales) -> Tensor:
    """Errors of sizes, places, shapes and looks, in units of their spread: squared where small, linear where large.

    An absent blob has no place, no shape and no looks.
    """
    present = (true.sizes > 0).float()
    seen = functional.pad(present, (1, 0), value=1.0)
    absent_error = functional.relu(predicted.sizes - ABSENT_LOGIT) / 6
    size_error = torch.where(present > 0, (predicted.sizes - true.sizes) / scales.sizes, absent_error)
    place_error = (predicted.position_logits - true.position_logits) / scales.positions
    shape_error = (_shapes(predicted) - _shapes(true)) / scales.shapes
    looks_error = (_looks(predicted) - _looks(true)) / scales.looks
    places = (_robust(place_error) + _robust(shape_error)) * present
    return _robust(size_error[..., None]).mean() + places.mean() + (_robust(looks_error) * seen).mean()


def _robust(errors: Tensor) -> Tensor:
    return functional.huber_loss(errors, torch.zeros_like(errors), reduction="none").mean(dim=-1) * 2


def _raster_width(painted: int | None) -> int:
    return SCORE_WIDTH if painted is None else max(2 * SCORE_WIDTH, painted)


def by_row(scores: Tensor, order: Tensor) -> Tensor:
    """Scores (B, K+1, w, w) of blobs in drawing order (B, K) as scores of rows."""
    rows = torch.cat((torch.zeros_like(order[:, :1]), order.argsort(dim=1) + 1), dim=1)
    return scores[torch.arange(len(scores))[:, None], rows]


class InverterTrainer:
    """Adam on a :class:`SegmentingEncoder`, with an exponential moving average of its parameters.

    Args:
        encoder: what is trained.
        network: whose decoder paints; stays as it is.
        scales: of the rooms' layouts.
        learning_rate: at the beginning; ``step`` is told what share of it to use.
    """

    def __init__(
        self, encoder: SegmentingEncoder, network: BlobGan, scales: Scales, learning_rate: float = 2e-2
    ) -> None:
        self.encoder = encoder
        self.average = copy.deepcopy(encoder).requires_grad_(False)
        self.network = network.requires_grad_(False)
        self.scales = scales
        self.learning_rate = learning_rate
        self.steps = 0
        self.optimiser = torch.optim.Adam(encoder.parameters(), lr=learning_rate, betas=(0.9, 0.99))

    def step(
        self,
        pictures: Tensor,
        vectors: Tensor,
        order: Tensor,
        rate: float,
        width: int | None = None,
        weights: LossWeights | None = None,
        widest: int | None = None,
    ) -> float:
        """One step at ``rate`` times the learning rate; returns the loss.

        Args:
            pictures: (B, 3, R, R) in [−1, 1].
            vectors: (B, O), their true layouts.
            order: (B, K) blob indices from back to front.
            rate: share of the learning rate.
            width: of the decoder's stage that paints the pictures again; None = only layouts are compared, which is
                how a run should begin.
            weights: of the loss.
            widest: width of the finest features that are convolved; None = of the picture itself.
        """
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate * rate
        self.optimiser.zero_grad(set_to_none=True)
        features = self.encoder.features(pictures, widest)
        loss = self._loss(features, pictures, vectors, order, width, weights or LossWeights())
        loss.backward()
        nn.utils.clip_grad_norm_(self.encoder.parameters(), 10.0)
        self.optimiser.step()
        self.steps += 1
        self._follow()
        return float(loss.detach())

    def _loss(
        self,
        features: Mapping[int, Tensor],
        pictures: Tensor,
        vectors: Tensor,
        order: Tensor,
        width: int | None,
        weights: LossWeights,
    ) -> Tensor:
        shape, split = self.network.shape, self.network.split
        fine = self.encoder.pyramid(features)
        logits = self.encoder.segment_logits(fine)
        predicted, true = split(self.encoder.vectors_of(features, fine, logits)), split(vectors)
        layout, true_layout = (reordered(layout_of(parts, shape.area_normaliser), order) for parts in (predicted, true))
        decoder = self.network.generator_ema
        pyramid = decoder.scores(layout, _raster_width(width))
        with torch.no_grad():
            scores = decoder.scores(true_layout, SCORE_WIDTH)[SCORE_WIDTH]
            shown = by_row(scores, order)
        score_loss = (pyramid[SCORE_WIDTH] - scores).square().sum(dim=1).mean()
        loss = weights.layout * layout_loss(predicted, true, self.scales) + weights.scores * score_loss
        loss = loss + weights.segments * functional.cross_entropy(logits, shown)
        if width is None:
            return loss
        painted = self._painted(layout, pyramid, width)
        target = functional.adaptive_avg_pool2d(pictures, width)
        squared = (painted - target).square().mean()
        return loss + weights.picture * (picture_loss(painted, target) + 10 * squared)

    def _painted(self, layout: Layout, pyramid: Mapping[int, Tensor], width: int) -> Tensor:
        shape = self.network.shape.decoder
        grid = splatted(pyramid[shape.size_in], layout.structures)
        decoder = self.network.generator_ema
        stages = decoder.stages(grid, pyramid, layout.styles, frames=decoder.frames(layout, pyramid))
        *_, painted = itertools.islice(stages, shape.widths.index(width) + 1)
        return painted

    @torch.no_grad()
    def _follow(self) -> None:
        # Early on the average follows quickly, so that it is never dominated by the initial weights.
        decay = min(0.5 ** (1 / AVERAGE_HALF_LIFE_STEPS), (1 + self.steps) / (10 + self.steps))
        for mean, value in zip(self.average.parameters(), self.encoder.parameters(), strict=True):
            mean.lerp_(value.detach(), 1 - decay)

    def state_dict(self) -> dict[str, object]:
        """Everything needed to go on."""
        return {
            "encoder": self.encoder.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "steps": self.steps,
        }

    def load_state_dict(self, state: dict[str, object]) -> None:
        """Go on from a state of :meth:`state_dict`."""
        self.encoder.load_state_dict(state["encoder"])  # pyright: ignore[reportArgumentType]
        self.average.load_state_dict(state["average"])  # pyright: ignore[reportArgumentType]
        self.optimiser.load_state_dict(state["optimiser"])  # pyright: ignore[reportArgumentType]
        self.steps = int(state["steps"])  # pyright: ignore[reportArgumentType]
