"""BlobGAN's adversarial stage: a discriminator that knows where the blobs are sharpens what they paint.

Epstein et al. 2022, section 3.3. The published discriminator sees pictures alone. Where layouts are known it can also
be shown the blobs, so that it asks for a chair's legs where there is a chair; and since true pictures of the same
layouts are at hand, the picture loss stays.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from maquette.models.adversary import Adversary, PatchDiscriminator, set_rate
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

MAP_LEVEL = 2
"""The discriminator hears of the blobs after this many halvings of the picture."""


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
    """

    def __init__(self, decoder: Decoder, rows: int, learning_rate: float = 3e-3) -> None:
        self.decoder = decoder.requires_grad_()
        self.average = copy.deepcopy(decoder).requires_grad_(False)
        self.adversary = Adversary(PatchDiscriminator(rows, MAP_LEVEL))
        self.learning_rate = learning_rate
        self.steps = 0
        if decoder.silhouettes is not None:
            decoder.silhouettes.requires_grad_(False)
        learning = [parameter for parameter in decoder.parameters() if parameter.requires_grad]
        self.optimiser = torch.optim.Adam(learning, learning_rate, betas=(0.0, 0.99))

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
        verdicts = self.adversary.learn(target, fine.detach(), blobs, rate)
        if not alone:
            self._sharpen(coarse, fine, target, blobs, rate)
        self.steps += 1
        return AdversarialLosses(float(picture_loss(fine.detach(), target)), *verdicts)

    def _sharpen(self, coarse: Tensor, fine: Tensor, target: Tensor, blobs: Tensor, rate: float) -> None:
        shown, halved = fine.detach().requires_grad_(), coarse.detach().requires_grad_()
        (wanted,) = torch.autograd.grad(picture_loss(shown, target), shown)
        (wanted_halved,) = torch.autograd.grad(halved_picture_loss(halved, target), halved)
        pull = self.adversary.pull(fine, target, blobs, wanted)
        set_rate(self.optimiser, self.learning_rate * rate)
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward([coarse, fine], [wanted_halved, wanted + pull])
        nn.utils.clip_grad_norm_(self.decoder.parameters(), 10.0)
        self.optimiser.step()
        follow(self.average, self.decoder, 0.5 ** (1 / EMA_HALF_LIFE_STEPS))

    def state_dict(self) -> dict[str, object]:
        """Everything needed to go on."""
        return {
            "decoder": self.decoder.state_dict(),
            "average": self.average.state_dict(),
            "discriminator": self.adversary.discriminator.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "judging": self.adversary.optimiser.state_dict(),
            "steps": self.steps,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state of :meth:`state_dict`."""
        self.decoder.load_state_dict(state["decoder"])
        self.average.load_state_dict(state["average"])
        self.adversary.discriminator.load_state_dict(state["discriminator"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.adversary.optimiser.load_state_dict(state["judging"])
        self.steps = self.adversary.steps = int(state["steps"])


def row_maps(layout: Layout, order: Tensor, resolution: int) -> Tensor:
    """The share of every row in every pixel, (B, K+1, R, R), background first and then by index.

    Args:
        layout: B scenes, in drawing order.
        order: (B, K) blob indices from back to front.
        resolution: R.
    """
    return by_row(composited_scores(layout.positions, layout.sizes, layout.covariances, resolution), order)
