"""How BlobGAN learns when layouts are known: looks from attributes, the picture loss, and one training step.

The published model learns layouts and pictures together against a discriminator. Where the renderer knows every
object's place, ellipses are given, and only what each blob paints has to be learned: a small network that is used in
training alone turns an object's attributes into its structure and style rows.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from maquette.models.blobgan.decoder import Decoder
from maquette.models.blobgan.layers import rms_normalised
from maquette.models.blobgan.splatting import Layout, reordered

EMA_HALF_LIFE_STEPS = 100
GRADIENT_WEIGHT = 1.0
COARSE_WEIGHT = 0.5
HALVED_WEIGHT = 0.2
SQUARED_WEIGHT = 0.02
SMALL_SQUARED_ERROR = 1e-3


@dataclass(frozen=True)
class LabelledLayout:
    """B scenes of K blobs whose places are known and whose looks follow from attributes; row 0 is the background.

    Attributes:
        positions: (B, K, 2); sizes: (B, K); covariances: (B, K, 2, 2), as in ``Layout``.
        geometry: (B, K+1, G) what decides a row's structure.
        appearance: (B, K+1, A) what decides a row's style.
        order: (B, K) blob indices from back to front.
    """

    positions: Tensor
    sizes: Tensor
    covariances: Tensor
    geometry: Tensor
    appearance: Tensor
    order: Tensor


class RowNetwork(nn.Module):
    """One small MLP for each row (each kind of thing), all evaluated at once."""

    def __init__(self, rows: int, inputs: int, outputs: int, hidden: int = 96) -> None:
        super().__init__()
        self.first = nn.Parameter(torch.randn(rows, inputs, hidden) / inputs**0.5)
        self.first_bias = nn.Parameter(torch.randn(rows, 1, hidden) * 0.5)
        self.second = nn.Parameter(torch.randn(rows, hidden, outputs) / hidden**0.5)
        self.second_bias = nn.Parameter(torch.randn(rows, 1, outputs) * 0.5)

    def forward(self, attributes: Tensor) -> Tensor:
        """Attributes (B, rows, inputs) to rms-normalised vectors (B, rows, outputs)."""
        hidden = torch.baddbmm(self.first_bias, attributes.transpose(0, 1), self.first)
        outputs = torch.baddbmm(self.second_bias, functional.leaky_relu(hidden, 0.2), self.second)
        return rms_normalised(outputs.transpose(0, 1))


class LooksNetwork(nn.Module):
    """Structure from geometry; style from appearance, and from geometry again.

    The structure reaches the picture only through the coarse grid; the finer layers draw edges where the style says.
    """

    def __init__(self, rows: int, geometry: int, appearance: int, structure_width: int, style_width: int) -> None:
        super().__init__()
        self.structure = RowNetwork(rows, geometry, structure_width)
        self.style = RowNetwork(rows, appearance + geometry, style_width)

    def forward(self, labelled: LabelledLayout) -> Layout:
        """The layout with its blobs in the order of their indices."""
        return Layout(
            labelled.positions,
            labelled.sizes,
            labelled.covariances,
            self.structure(labelled.geometry),
            self.style(torch.cat((labelled.appearance, labelled.geometry), dim=-1)),
        )


def decode(
    decoder: Decoder, layout: Layout, dtype: torch.dtype = torch.float32, resolution: int | None = None
) -> list[Tensor]:
    """Pictures (B, 3, w, w) of a layout without noise at every width up to ``resolution`` (default: the whole)."""
    return list(decoder.painted(layout, dtype=dtype, width=resolution))


def picture_loss(predicted: Tensor, target: Tensor) -> Tensor:
    """Mean absolute error of the pictures (B, 3, R, R), of their gradients, and of their halved versions.

    And, as PSNR counts, a little of the logarithm of each picture's mean squared error: what is wrong in one place
    counts more than the same amount everywhere.
    """
    loss = functional.l1_loss(predicted, target)
    squared = (predicted - target).square().mean(dim=(1, 2, 3))
    loss = loss + SQUARED_WEIGHT * torch.log1p(squared / SMALL_SQUARED_ERROR).mean()
    for axis in (-1, -2):
        loss = loss + GRADIENT_WEIGHT * functional.l1_loss(predicted.diff(dim=axis), target.diff(dim=axis))
    for scale in (4, 16):
        loss = loss + COARSE_WEIGHT * functional.l1_loss(
            functional.avg_pool2d(predicted, scale), functional.avg_pool2d(target, scale)
        )
    return loss


def halved_picture_loss(halved: Tensor, target: Tensor) -> Tensor:
    """What a picture (B, 3, R/2, R/2) of the second last RGB layer adds to the loss of the whole (B, 3, R, R)."""
    return HALVED_WEIGHT * picture_loss(halved, functional.avg_pool2d(target, 2))


class PictureModel(nn.Module):
    """Looks network and decoder, trained together."""

    def __init__(self, looks: LooksNetwork, decoder: Decoder) -> None:
        super().__init__()
        self.looks = looks
        self.decoder = decoder

    def stages(
        self, labelled: LabelledLayout, dtype: torch.dtype = torch.float32, resolution: int | None = None
    ) -> list[Tensor]:
        """Pictures (B, 3, w, w), about [-1, 1], at every width up to ``resolution``."""
        layout = reordered(self.looks(labelled), labelled.order)
        return decode(self.decoder, layout, dtype, resolution)

    def forward(self, labelled: LabelledLayout, dtype: torch.dtype = torch.float32) -> Tensor:
        """Picture (B, 3, R, R), about [-1, 1]."""
        return self.stages(labelled, dtype)[-1]


@torch.no_grad()
def follow(average: nn.Module, model: nn.Module, decay: float) -> None:
    """One step of an exponential moving average of a module's parameters and buffers."""
    for mean, value in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        mean.lerp_(value, 1 - decay)


class PictureTrainer:
    """Adam on a :class:`PictureModel`, with an exponential moving average of its parameters.

    Args:
        model: what is trained.
        learning_rate: at the beginning; ``step`` is told what share of it to use.
        dtype: what the decoder computes in; parameters stay float32.
    """

    def __init__(self, model: PictureModel, learning_rate: float = 1e-2, dtype: torch.dtype = torch.float32) -> None:
        self.model = model
        self.average = copy.deepcopy(model).requires_grad_(False)
        self.learning_rate = learning_rate
        self.dtype = dtype
        self.steps = 0
        learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.optimiser = torch.optim.Adam(learning, lr=learning_rate, betas=(0.5, 0.99), eps=1e-8)

    def step(self, labelled: LabelledLayout, target: Tensor, rate: float, resolution: int | None = None) -> float:
        """One step on target pictures (B, 3, R, R) in [-1, 1] at ``rate`` times the learning rate; returns the loss.

        A smaller ``resolution`` trains only the layers up to that width, against halved pictures, at a fraction of
        the cost: it is how a run should begin.
        """
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate * rate
        self.optimiser.zero_grad(set_to_none=True)
        *_, coarse, fine = self.model.stages(labelled, self.dtype, resolution)
        target = functional.adaptive_avg_pool2d(target, fine.shape[-1])
        loss = picture_loss(fine, target)
        (loss + halved_picture_loss(coarse, target)).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 10.0)
        self.optimiser.step()
        self.steps += 1
        self._follow()
        return float(loss.detach())

    def _follow(self) -> None:
        # Early on the average follows quickly, so that it is never dominated by the initial weights.
        follow(self.average, self.model, min(0.5 ** (1 / EMA_HALF_LIFE_STEPS), (1 + self.steps) / (10 + self.steps)))

    def state_dict(self) -> dict[str, object]:
        """Everything needed to go on."""
        return {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "steps": self.steps,
        }

    def load_state_dict(self, state: dict[str, object]) -> None:
        """Go on from a state of :meth:`state_dict`."""
        self.model.load_state_dict(state["model"])  # pyright: ignore[reportArgumentType]
        self.average.load_state_dict(state["average"])  # pyright: ignore[reportArgumentType]
        self.optimiser.load_state_dict(state["optimiser"])  # pyright: ignore[reportArgumentType]
        self.steps = int(state["steps"])  # pyright: ignore[reportArgumentType]
