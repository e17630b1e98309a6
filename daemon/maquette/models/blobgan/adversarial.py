"""BlobGAN's adversarial stage: a discriminator that knows where the blobs are sharpens what they paint.

Epstein et al. 2022, section 3.3: the non-saturating loss with R1 regularisation, of StyleGAN2. The published
discriminator sees pictures alone. Where layouts are known it can also be shown the blobs, so that it asks for a chair's
legs where there is a chair; and since true pictures of the same layouts are at hand, the picture loss stays.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from maquette.models.blobgan.decoder import Decoder
from maquette.models.blobgan.splatting import Layout, composited_scores
from maquette.models.blobgan.training import (
    EMA_HALF_LIFE_STEPS,
    decode,
    follow,
    halved_picture_loss,
    picture_loss,
)
from maquette.models.blobgan.training_inversion import by_row

CHANNELS = (24, 48, 96, 160)
MAP_LEVEL = 2
"""The discriminator hears of the blobs after this many halvings of the picture."""
SLOPE = 0.2
R1_EVERY = 16
R1_WEIGHT = 0.2
FEATURE_WEIGHT = 0.3


class PatchDiscriminator(nn.Module):
    """Tells painted pictures from true ones, patch by patch, given the map of the blobs.

    Args:
        rows: of the layout, background included: channels of the map.
        channels: at full width and at each halving of it.
    """

    def __init__(self, rows: int, channels: tuple[int, ...] = CHANNELS) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, channels[0], 3, padding=1)
        self.halvings = nn.ModuleList(
            nn.Conv2d(inputs + (rows if level == MAP_LEVEL else 0), outputs, 4, stride=2, padding=1)
            for level, (inputs, outputs) in enumerate(itertools.pairwise(channels))
        )
        self.last = nn.Conv2d(channels[-1], 1, 3, padding=1)
        for convolution in (self.first, *self.halvings):
            nn.init.kaiming_normal_(convolution.weight, SLOPE)  # pyright: ignore[reportArgumentType]

    def features(self, pictures: Tensor, blobs: Tensor) -> list[Tensor]:
        """Activations at every width, the verdicts (B, 1, h, w) last.

        Args:
            pictures: (B, 3, R, R), about [-1, 1].
            blobs: (B, rows, R/4, R/4), the share of every row in every pixel.
        """
        found = [functional.leaky_relu(self.first(pictures), SLOPE)]
        for level, convolution in enumerate(self.halvings):
            told = torch.cat((found[-1], blobs), dim=1) if level == MAP_LEVEL else found[-1]
            found.append(functional.leaky_relu(convolution(told), SLOPE))
        return [*found, self.last(found[-1])]

    def forward(self, pictures: Tensor, blobs: Tensor) -> Tensor:
        """Verdicts (B, 1, h, w), positive for true ones."""
        return self.features(pictures, blobs)[-1]


@dataclass(frozen=True)
class AdversarialLosses:
    """Means of one step: of the picture loss, and of the verdicts on true and on painted patches."""

    picture: float
    true: float
    painted: float


class AdversarialTrainer:
    """Adam on a decoder that paints well already, and on the discriminator that it is set against.

    Args:
        decoder: what is to be sharpened; looks and layouts stay as they are.
        rows: of the layouts, background included.
        learning_rate: of the decoder; ``step`` is told what share of it to use.
        discriminator_rate: the discriminator's learning rate.
        share: how strong the adversarial gradient is at each picture, beside that of the picture loss.
    """

    def __init__(
        self,
        decoder: Decoder,
        rows: int,
        learning_rate: float = 3e-3,
        discriminator_rate: float = 1e-3,
        share: float = 1.5,
    ) -> None:
        self.decoder = decoder.requires_grad_()
        self.average = copy.deepcopy(decoder).requires_grad_(False)
        self.discriminator = PatchDiscriminator(rows)
        self.learning_rate = learning_rate
        self.discriminator_rate = discriminator_rate
        self.share = share
        self.steps = 0
        self.optimiser = torch.optim.Adam(decoder.parameters(), learning_rate, betas=(0.0, 0.99))
        self.judging = torch.optim.Adam(self.discriminator.parameters(), discriminator_rate, betas=(0.0, 0.99))

    def step(
        self, layout: Layout, blobs: Tensor, target: Tensor, rate: float, alone: bool = False
    ) -> AdversarialLosses:
        """One step of both sides.

        Args:
            layout: B scenes, in drawing order.
            blobs: (B, rows, R/4, R/4) of `row_maps`.
            target: their true pictures (B, 3, R, R) in [-1, 1].
            rate: share of both learning rates.
            alone: the discriminator learns and the decoder does not.
        """
        with torch.set_grad_enabled(not alone):
            coarse, fine = decode(self.decoder, layout)[-2:]
        verdicts = self._judge(target, fine.detach(), blobs, rate)
        if not alone:
            self._sharpen(coarse, fine, target, blobs, rate)
        self.steps += 1
        return AdversarialLosses(float(picture_loss(fine.detach(), target)), *verdicts)

    def _judge(self, target: Tensor, painted: Tensor, blobs: Tensor, rate: float) -> tuple[float, float]:
        _set_rate(self.judging, self.discriminator_rate * rate)
        self.judging.zero_grad(set_to_none=True)
        regularised = self.steps % R1_EVERY == 0
        target = target.detach().requires_grad_(regularised)
        true, false = self.discriminator(target, blobs), self.discriminator(painted, blobs)
        loss = functional.softplus(-true).mean() + functional.softplus(false).mean()
        if regularised:
            (slope,) = torch.autograd.grad(true.mean(dim=(1, 2, 3)).sum(), target, create_graph=True)
            loss = loss + R1_WEIGHT * R1_EVERY / 2 * slope.square().sum(dim=(1, 2, 3)).mean()
        loss.backward()
        self.judging.step()
        return float(true.detach().mean()), float(false.detach().mean())

    def _sharpen(self, coarse: Tensor, fine: Tensor, target: Tensor, blobs: Tensor, rate: float) -> None:
        shown, halved = fine.detach().requires_grad_(), coarse.detach().requires_grad_()
        (wanted,) = torch.autograd.grad(picture_loss(shown, target), shown)
        (wanted_halved,) = torch.autograd.grad(halved_picture_loss(halved, target), halved)
        (fooling,) = torch.autograd.grad(self._fooling_loss(shown, target, blobs), shown)
        # What the picture loss asks for and what fools the discriminator differ in scale from step to step.
        strength = self.share * _strength(wanted) / _strength(fooling).clamp(min=1e-12)
        _set_rate(self.optimiser, self.learning_rate * rate)
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward([coarse, fine], [wanted_halved, wanted + strength * fooling])
        nn.utils.clip_grad_norm_(self.decoder.parameters(), 10.0)
        self.optimiser.step()
        follow(self.average, self.decoder, 0.5 ** (1 / EMA_HALF_LIFE_STEPS))

    def _fooling_loss(self, shown: Tensor, target: Tensor, blobs: Tensor) -> Tensor:
        """The non-saturating loss, and how far the discriminator's activations are from those of the truth."""
        with torch.no_grad():
            expected = self.discriminator.features(target, blobs)[:-1]
        *found, verdicts = self.discriminator.features(shown, blobs)
        loss = functional.softplus(-verdicts).mean()
        for one, other in zip(found, expected, strict=True):
            loss = loss + FEATURE_WEIGHT * functional.l1_loss(one, other) / other.abs().mean() / len(found)
        return loss

    def state_dict(self) -> dict[str, object]:
        """Everything needed to go on."""
        return {
            "decoder": self.decoder.state_dict(),
            "average": self.average.state_dict(),
            "discriminator": self.discriminator.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "judging": self.judging.state_dict(),
            "steps": self.steps,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state of :meth:`state_dict`."""
        self.decoder.load_state_dict(state["decoder"])
        self.average.load_state_dict(state["average"])
        self.discriminator.load_state_dict(state["discriminator"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.judging.load_state_dict(state["judging"])
        self.steps = int(state["steps"])


def row_maps(layout: Layout, order: Tensor, resolution: int) -> Tensor:
    """The share of every row in every pixel, (B, K+1, R, R), background first and then by index.

    Args:
        layout: B scenes, in drawing order.
        order: (B, K) blob indices from back to front.
        resolution: R.
    """
    return by_row(composited_scores(layout.positions, layout.sizes, layout.covariances, resolution), order)


def _set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate


def _strength(gradient: Tensor) -> Tensor:
    """Root mean square of each picture's gradient (B, 1, 1, 1)."""
    return gradient.square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
