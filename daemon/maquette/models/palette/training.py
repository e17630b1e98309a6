"""How the embedded Palette learns: noise levels, loss, and a step of the optimiser."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from maquette.models.adversary import set_rate
from maquette.models.palette.conditioning import Task
from maquette.models.palette.denoiser import Condition, Denoiser, Prediction, estimate
from maquette.models.palette.network import AttentionBlock, ResidualBlock, Unet, laid_out
from maquette.models.palette.schedule import MOST_NOISE
from maquette.models.palette.transport import ColourTransport

GREATEST_NORM = 1.0
EMA_DECAY = 0.995
SMALLEST_ERROR = 0.025
"""Of a fill in units of its guess's uncertainty; nearer ones are near enough."""
TRANSPORT_SHARE = 0.03


def noise_levels(blind: Tensor, generator: torch.Generator) -> Tensor:
    """Random gammas (B,), spread as a cosine schedule spreads them (Nichol and Dhariwal 2021, equation 17).

    Args:
        blind: (B,) chances of a picture to be hidden in noise altogether. The first call of the network decides more
            than any other, and is all there is when a picture is made in one.
        generator: decides.
    """
    count = len(blind)
    # Stratified: a batch always holds high and low noise.
    places = (torch.randperm(count, generator=generator) + torch.rand(count, generator=generator)) / count
    gamma = (places * (math.pi / 2)).cos().square().clamp(MOST_NOISE, 1 - MOST_NOISE)
    return torch.where(torch.rand(count, generator=generator) < blind, MOST_NOISE, gamma)


def noisy_pictures(pictures: Tensor, mask: Tensor, gamma: Tensor, noise: Tensor) -> Tensor:
    """Pictures (B, 3, H, W) with noise of level gamma (B,) where the mask is 1 (Palette, training loss)."""
    level = gamma[:, None, None, None]
    return torch.lerp(pictures, level.sqrt() * pictures + (1 - level).sqrt() * noise, mask)


def masked_error(predicted: Tensor, pictures: Tensor, mask: Tensor) -> Tensor:
    """Mean squared error (B,) over the pixels to be painted, so that small holes count as much as large ones."""
    error = (predicted - pictures).square().mean(dim=1, keepdim=True) * mask
    return error.sum(dim=(1, 2, 3)) / mask.sum(dim=(1, 2, 3)).clamp(min=1)


def published_loss(denoiser: Denoiser, condition: Condition, pictures: Tensor, gamma: Tensor, noise: Tensor) -> Tensor:
    """The published loss of a network that predicts noise: its squared error, averaged over all pixels."""
    noisy = noisy_pictures(pictures, condition.mask, gamma, noise)
    predicted = denoiser.output(condition, noisy, gamma)
    return (condition.mask * (noise - predicted)).square().mean()


def initialise(network: Unet) -> None:
    """Let every residual branch, and the output, begin as nothing."""
    for module in network.modules():
        last = None
        if isinstance(module, ResidualBlock):
            last = module.out_layers[-1]
        elif isinstance(module, AttentionBlock):
            last = module.proj_out
        elif isinstance(module, Unet):
            last = module.out[-1]
        if last is not None:
            for parameter in last.parameters():
                nn.init.zeros_(parameter)


def with_grain(condition: Condition, generator: torch.Generator) -> Condition:
    """The condition with noise to make texture of where holes are to be filled; the other tasks invent nothing."""
    if condition.task is None:
        raise ValueError("who gets grain follows from the task")
    noise = torch.randn(condition.mask.shape, generator=generator)
    return replace(condition, grain=noise * condition.task[:, Task.FILL.value, None, None, None])


def filled(condition: Condition) -> Tensor:
    """Which of B pictures have a hole to be filled (B,)."""
    if condition.task is None:
        raise ValueError("which pictures have holes follows from the task")
    return condition.task[:, Task.FILL.value] > 0


def filled_blindly(condition: Condition, gamma: Tensor) -> Tensor:
    """Which of B pictures have a hole to be filled in one call (B,): the noisy picture at gamma (B,) tells nothing."""
    return filled(condition) & (gamma <= MOST_NOISE)


@dataclass(frozen=True)
class Painted:
    """What a network in training made of B pictures.

    Attributes:
        condition: what it was told.
        pictures: the true ones (B, 3, H, W) in [-1, 1].
        gamma: (B,), how noisy they were.
        answers: (B, 3, H, W), its own.
    """

    condition: Condition
    pictures: Tensor
    gamma: Tensor
    answers: Tensor


class PaletteTrainer:
    """Adam on a network that predicts corrections, with an exponential moving average of its parameters.

    Args:
        network: what is trained.
        learning_rate: at the beginning; ``step`` is told what share of it to use.
        seed: of noise and noise levels.
        momentum: of Adam.
    """

    def __init__(self, network: Unet, learning_rate: float = 1e-3, seed: int = 0, momentum: float = 0.9) -> None:
        self.network = laid_out(network)
        self.average = copy.deepcopy(network).requires_grad_(False).eval()
        self.learning_rate = learning_rate
        self.steps = 0
        self.transport = ColourTransport()
        self.generator = torch.Generator().manual_seed(seed)
        self.optimiser = torch.optim.Adam(network.parameters(), lr=learning_rate, betas=(momentum, 0.99))

    @property
    def denoiser(self) -> Denoiser:
        """The averaged network."""
        return Denoiser(self.average, Prediction.CORRECTION)

    def step(self, condition: Condition, pictures: Tensor, blind: Tensor, rate: float) -> Tensor:
        """One step at ``rate`` times the learning rate.

        Args:
            condition: what the network is told of the pictures; grain is added where the network has it.
            pictures: the true ones (B, 3, H, W) in [-1, 1].
            blind: (B,), chances of the pictures to be hidden in noise altogether.
            rate: share of the learning rate.

        Returns:
            For each picture (B,) the squared error where it was to be painted, as a share of that of the guess.
        """
        gamma = noise_levels(blind, self.generator)
        noise = torch.randn(pictures.shape, generator=self.generator)
        denoiser = Denoiser(self.network, Prediction.CORRECTION)
        if denoiser.has_grain:
            condition = with_grain(condition, self.generator)
        noisy = noisy_pictures(pictures, condition.mask, gamma, noise)
        predicted = denoiser.picture(condition, noisy, gamma)
        painted = predicted.detach().requires_grad_()
        error = masked_error(painted, pictures, condition.mask)
        error = error / estimate(condition, noisy, gamma).uncertainty.flatten().square()
        (wanted,) = torch.autograd.grad(self._loss(condition, painted, pictures, gamma, error), painted)
        gradient = self._gradient(Painted(condition, pictures, gamma, painted.detach()), wanted, rate)
        set_rate(self.optimiser, self.learning_rate * rate)
        self.optimiser.zero_grad(set_to_none=True)
        if gradient is not None:
            torch.autograd.backward([predicted], [gradient])
            nn.utils.clip_grad_norm_(self.network.parameters(), GREATEST_NORM)
            self.optimiser.step()
            self._follow()
        self.steps += 1
        return error.detach()

    def _loss(self, condition: Condition, painted: Tensor, pictures: Tensor, gamma: Tensor, error: Tensor) -> Tensor:
        """Mean squared error, but its logarithm where holes are filled in one call, whose colours are to stay varied.

        What is measured, and seen, is how many times nearer a fill is: hopeless ones must not decide for the rest.
        """
        rows = filled_blindly(condition, gamma)
        loss = torch.where(rows, (error + SMALLEST_ERROR).log(), error).mean()
        if not rows.any():
            return loss
        mask, true = condition.mask[rows], pictures[rows]
        distance = self.transport.distance(torch.lerp(true, painted[rows], mask), true, mask)
        return loss + TRANSPORT_SHARE * distance * rows.float().mean()

    def _gradient(self, painted: Painted, wanted: Tensor, rate: float) -> Tensor | None:
        """What to descend along at the painted pictures, given the picture loss's gradient there; None = stay."""
        del painted, rate
        return wanted

    @torch.no_grad()
    def _follow(self) -> None:
        # Early on the average follows quickly, so that it is never dominated by the initial weights.
        decay = min(EMA_DECAY, (1 + self.steps) / (10 + self.steps))
        for mean, value in zip(self.average.parameters(), self.network.parameters(), strict=True):
            mean.lerp_(value, 1 - decay)

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on."""
        return {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "generator": self.generator.get_state(),
            "transport": self.transport.state_dict(),
            "steps": self.steps,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state of :meth:`state_dict`."""
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.generator.set_state(state["generator"])
        self.transport.load_state_dict(state["transport"])
        self.steps = int(state["steps"])
