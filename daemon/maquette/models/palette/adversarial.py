"""Palette's adversarial stage: a discriminator that sees the hole's outline sharpens what is filled in one call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from maquette.models.adversary import Adversary, PatchDiscriminator
from maquette.models.palette.denoiser import MOST_CHANNELS
from maquette.models.palette.network import Unet
from maquette.models.palette.training import Painted, PaletteTrainer, filled_blindly

MOMENTUM = 0.5
VERDICT_SIDE = 8
"""A verdict stands for a square of so many pixels."""


class SharpeningTrainer(PaletteTrainer):
    """Goes on with a network that fills well already, set against a discriminator wherever it fills in one call.

    Args:
        network: what is to be sharpened, with grain (see `with_grain_channel`).
        learning_rate: of the network; ``step`` is told what share of it to use.
        seed: of noise, grain and noise levels.
        alone: steps at first in which only the discriminator learns.
        share: how strong the adversarial gradient is at each picture, beside that of the picture loss.
    """

    def __init__(
        self, network: Unet, learning_rate: float = 6e-4, seed: int = 0, alone: int = 0, share: float = 1.2
    ) -> None:
        super().__init__(network, learning_rate, seed, MOMENTUM)
        self.adversary = Adversary(PatchDiscriminator(maps=1, map_level=0), share=share)
        self.alone = alone
        self.verdicts = (0.0, 0.0)

    def _gradient(self, painted: Painted, wanted: Tensor, rate: float) -> Tensor | None:
        rows = filled_blindly(painted.condition, painted.gamma)
        gradient = wanted
        if rows.any():
            mask, true = painted.condition.mask[rows], painted.pictures[rows]
            answers = torch.lerp(true, painted.answers[rows], mask)
            where = functional.avg_pool2d(mask, VERDICT_SIDE)
            self.verdicts = self.adversary.learn(true, answers, mask, rate, where)
            pull = self.adversary.pull(answers, true, mask, wanted[rows], where) * mask
            gradient = wanted.index_add(0, rows.nonzero().flatten(), pull)
        return None if self.steps < self.alone else gradient

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on."""
        return {
            **super().state_dict(),
            "discriminator": self.adversary.discriminator.state_dict(),
            "judging": self.adversary.optimiser.state_dict(),
            "judged": self.adversary.steps,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state of :meth:`state_dict`."""
        super().load_state_dict(state)
        self.adversary.discriminator.load_state_dict(state["discriminator"])
        self.adversary.optimiser.load_state_dict(state["judging"])
        self.adversary.steps = int(state["judged"])


def with_grain_channel(network: Unet) -> Unet:
    """The same network with an input for grain, which it does not heed yet; itself if it has one."""
    shape = network.shape
    if shape.in_channels == MOST_CHANNELS:
        return network
    widened = Unet(replace(shape, in_channels=MOST_CHANNELS))
    tensors = network.state_dict()
    first = tensors["input_blocks.0.0.weight"]
    extra = (MOST_CHANNELS - shape.in_channels) * shape.fold**2
    tensors["input_blocks.0.0.weight"] = functional.pad(first, (0, 0, 0, 0, 0, extra))
    widened.load_state_dict(tensors)
    return widened
