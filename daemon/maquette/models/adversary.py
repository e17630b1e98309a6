"""A discriminator to sharpen a painter with: the adversarial stage that several systems share.

The non-saturating loss with R1 regularisation (Karras et al. 2020, StyleGAN2, section 3), judged patch by patch, and
the match of the discriminator's activations (Wang et al. 2018, pix2pixHD, equation 3).
"""

from __future__ import annotations

import copy
import itertools
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

CHANNELS = (24, 48, 96, 160)
SLOPE = 0.2
R1_EVERY = 16
R1_WEIGHT = 0.2
FEATURE_WEIGHT = 0.3

Network = TypeVar("Network", bound=nn.Module)


class PatchDiscriminator(nn.Module):
    """Tells painted pictures from true ones, patch by patch, given maps of what the painter was told.

    Args:
        maps: how many of them there are.
        map_level: they have the picture's side, halved so many times.
        channels: at full width and at each halving of it.
    """

    def __init__(self, maps: int, map_level: int, channels: tuple[int, ...] = CHANNELS) -> None:
        super().__init__()
        self.map_level = map_level
        self.first = nn.Conv2d(3, channels[0], 3, padding=1)
        self.halvings = nn.ModuleList(
            nn.Conv2d(inputs + (maps if level == map_level else 0), outputs, 4, stride=2, padding=1)
            for level, (inputs, outputs) in enumerate(itertools.pairwise(channels))
        )
        self.last = nn.Conv2d(channels[-1], 1, 3, padding=1)
        for convolution in (self.first, *self.halvings):
            nn.init.kaiming_normal_(convolution.weight, SLOPE)  # pyright: ignore[reportArgumentType]

    def features(self, pictures: Tensor, maps: Tensor) -> list[Tensor]:
        """Activations at every width, the verdicts (B, 1, R/8, R/8) last.

        Args:
            pictures: (B, 3, R, R), about [-1, 1].
            maps: (B, maps, R / 2^map_level, R / 2^map_level).
        """
        found = [functional.leaky_relu(self.first(pictures), SLOPE)]
        for level, convolution in enumerate(self.halvings):
            told = torch.cat((found[-1], maps), dim=1) if level == self.map_level else found[-1]
            found.append(functional.leaky_relu(convolution(told), SLOPE))
        return [*found, self.last(found[-1])]

    def forward(self, pictures: Tensor, maps: Tensor) -> Tensor:
        """Verdicts (B, 1, R/8, R/8), positive for true ones."""
        return self.features(pictures, maps)[-1]


class Adversary:
    """A discriminator that learns, and what it asks of the painter.

    Args:
        discriminator: untrained.
        learning_rate: ``learn`` is told what share of it to use.
        share: how strong its gradient is at each picture, beside that of the picture loss.
    """

    def __init__(self, discriminator: PatchDiscriminator, learning_rate: float = 1e-3, share: float = 1.5) -> None:
        self.discriminator = discriminator
        self.learning_rate = learning_rate
        self.share = share
        self.steps = 0
        self.optimiser = torch.optim.Adam(discriminator.parameters(), learning_rate, betas=(0.0, 0.99))

    def learn(
        self, true: Tensor, painted: Tensor, maps: Tensor, rate: float, where: Tensor | None = None
    ) -> tuple[float, float]:
        """One step of the discriminator.

        Args:
            true: pictures (B, 3, R, R) in [-1, 1].
            painted: those of the painter, detached from it.
            maps: what the painter was told, see `PatchDiscriminator`.
            rate: share of the learning rate.
            where: (B, 1, R/8, R/8), how much each verdict counts; None = all alike.

        Returns:
            The mean verdicts on true and on painted patches.
        """
        set_rate(self.optimiser, self.learning_rate * rate)
        self.optimiser.zero_grad(set_to_none=True)
        regularised = self.steps % R1_EVERY == 0
        true = true.detach().requires_grad_(regularised)
        verdicts, painted_verdicts = self.discriminator(true, maps), self.discriminator(painted, maps)
        loss = _mean(functional.softplus(-verdicts), where) + _mean(functional.softplus(painted_verdicts), where)
        if regularised:
            (slope,) = torch.autograd.grad(verdicts.mean(dim=(1, 2, 3)).sum(), true, create_graph=True)
            loss = loss + R1_WEIGHT * R1_EVERY / 2 * slope.square().sum(dim=(1, 2, 3)).mean()
        loss.backward()
        self.optimiser.step()
        self.steps += 1
        return float(_mean(verdicts.detach(), where)), float(_mean(painted_verdicts.detach(), where))

    def pull(self, painted: Tensor, true: Tensor, maps: Tensor, wanted: Tensor, where: Tensor | None = None) -> Tensor:
        """The gradient (B, 3, R, R) at painted pictures that makes them look true, beside that of the picture loss.

        What the picture loss asks for and what fools the discriminator differ in scale from step to step; so this is
        `share` times as strong, picture by picture, as `wanted`, the gradient of the picture loss. Other arguments are
        those of `learn`.
        """
        shown = painted.detach().requires_grad_()
        (fooling,) = torch.autograd.grad(self._fooling_loss(shown, true, maps, where), shown)
        return self.share * _strength(wanted) / _strength(fooling).clamp(min=1e-12) * fooling

    def _fooling_loss(self, shown: Tensor, true: Tensor, maps: Tensor, where: Tensor | None) -> Tensor:
        """The non-saturating loss, and how far the discriminator's activations are from those of the truth."""
        with torch.no_grad():
            expected = self.discriminator.features(true, maps)[:-1]
        *found, verdicts = self.discriminator.features(shown, maps)
        loss = _mean(functional.softplus(-verdicts), where)
        for one, other in zip(found, expected, strict=True):
            loss = loss + FEATURE_WEIGHT * functional.l1_loss(one, other) / other.abs().mean() / len(found)
        return loss


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Change an optimiser's learning rate."""
    for group in optimiser.param_groups:
        group["lr"] = rate


@torch.no_grad()
def between(smooth: Network, sharp: Network, strength: float) -> Network:
    """A network between one and what an adversary made of it: 0 = the first, 1 = the second.

    Interpolated weights paint interpolated pictures as long as one grew out of the other (Wang et al. 2018, ESRGAN,
    section 3.4); so artefacts can be weighed against blur after training.
    """
    result = copy.deepcopy(sharp)
    for value, start in zip(result.state_dict().values(), smooth.state_dict().values(), strict=True):
        value.copy_(start.lerp(value, strength))
    return result


def _mean(values: Tensor, where: Tensor | None) -> Tensor:
    if where is None:
        return values.mean()
    return (values * where).sum() / where.sum().clamp(min=1e-6)


def _strength(gradient: Tensor) -> Tensor:
    """Root mean square of each picture's gradient (B, 1, 1, 1)."""
    return gradient.square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
