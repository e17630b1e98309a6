"""Fitting a layout to a picture: gradient descent through the decoder on places, shapes, structures and styles.

The drawing order stays as it was at the start, for only the values of a layout have gradients. Looks are held near
their first guess: a layout that has bent them to one picture alone cannot be edited afterwards.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from maquette.models.blobgan.decoder import Decoder
from maquette.models.blobgan.geometry import COVARIANCE_EPSILON
from maquette.models.blobgan.layers import halved, rms_normalised
from maquette.models.blobgan.modulated_convolution import ModulatedConvolution
from maquette.models.blobgan.network import BlobGanShape
from maquette.models.blobgan.splatting import Layout

COARSE_SHARE = 0.85
"""The share of the steps that look at a picture of half the size, where coarse pictures are like fine ones."""
WARM_UP_STEPS = 5
ALIKE_ERROR = 0.01
"""Mean squared error, on a scale from −1 to 1, up to which a coarse picture stands for the fine one (26 dB)."""
SATURATED = 1 - 1 / 255
_SMALLEST_ANISOTROPY = 1e-6


@dataclass(frozen=True)
class FitSettings:
    """How a layout is fitted.

    Attributes:
        places, sizes, shapes, looks: learning rates, of positions in picture widths, of sizes in shares of
            themselves, of log-aspects, and of looks of unit rms.
        place_prior, looks_prior: what it costs to leave the first guess.
    """

    places: float = 4e-3
    sizes: float = 3e-2
    shapes: float = 2e-2
    looks: float = 0.15
    place_prior: float = 0.02
    looks_prior: float = 0.002


def differentiable_decoder(decoder: Decoder) -> Decoder:
    """The decoder with kernels folded in float32 for convolutions that have gradients; parameters are shared."""
    shared: dict[int, object] = {id(parameter): parameter for parameter in decoder.parameters()}
    for module in decoder.modules():
        if isinstance(module, ModulatedConvolution):
            shared |= {id(ready): ready for ready in (module.filter, module.growth) if ready is not None}
    with torch.inference_mode(False):
        twin = copy.deepcopy(decoder, shared)
        for module in twin.modules():
            if isinstance(module, ModulatedConvolution):
                module.fold_kernel()
    return twin


def aspects_and_angles_of(vectors: Tensor) -> tuple[Tensor, Tensor]:
    """Aspects ≥ 1 and angles in (−π/2, π/2] of shape vectors (…, 2), the inverse of ``shape_vectors``."""
    first, second = vectors.unbind(-1)
    return torch.exp(torch.hypot(first, second)), torch.atan2(second, first) / 2


def shape_covariances(vectors: Tensor, area_normaliser: float) -> Tensor:
    """Covariances (…, 2, 2) of shape coordinates (…, 2): the area times the exponential of [[p, q], [q, −p]]."""
    first, second = vectors.unbind(-1)
    size = (first.square() + second.square() + _SMALLEST_ANISOTROPY**2).sqrt()
    even, odd = torch.cosh(size), torch.sinh(size) / size
    xx = area_normaliser * (even + odd * first) + COVARIANCE_EPSILON
    yy = area_normaliser * (even - odd * first) + COVARIANCE_EPSILON
    xy = area_normaliser * odd * second
    return torch.stack((torch.stack((xx, xy), -1), torch.stack((xy, yy), -1)), -2)


@dataclass(frozen=True)
class Values:
    """What is fitted of N layouts of K blobs, from back to front; row 0 of the last two is the background.

    Attributes:
        positions: (N, K, 2). sizes: (N, K). shapes: (N, K, 2), shape vectors as in :mod:`.conditioning`.
        structures: (N, K+1, F). styles: (N, K+1, S).
    """

    positions: Tensor
    sizes: Tensor
    shapes: Tensor
    structures: Tensor
    styles: Tensor

    @property
    def all(self) -> tuple[Tensor, ...]:
        """The five tensors."""
        return self.positions, self.sizes, self.shapes, self.structures, self.styles

    def layout(self, area_normaliser: float) -> Layout:
        """The layout that they mean."""
        covariances = shape_covariances(self.shapes, area_normaliser)
        return Layout(self.positions, self.sizes, covariances, self.structures, self.styles)


def shown_error(painted: Tensor, target: Tensor) -> Tensor:
    """What of the difference can be seen: white may be painted whiter, and black blacker."""
    error = painted - target
    error = torch.where(target >= SATURATED, error.clamp(max=0.0), error)
    return torch.where(target <= -SATURATED, error.clamp(min=0.0), error)


class LayoutFit:
    """A layout on its way to a picture.

    Args:
        decoder: of :func:`differentiable_decoder`.
        shape: of the model.
        start: where to begin.
        free: (K+1,) which rows may change; row 0 is the background.
        target: (N, 3, R, R) in [−1, 1].
        known: (N, 1, R, R), 1 where the target is known, 0 elsewhere.
        noises: of the decoder.
        steps: how many there will be, so that learning rates fall to zero with the last one.
        settings: how.
    """

    def __init__(
        self,
        decoder: Decoder,
        shape: BlobGanShape,
        start: Values,
        free: Tensor,
        target: Tensor,
        known: Tensor,
        noises: Sequence[Tensor] | None,
        steps: int,
        settings: FitSettings | None = None,
    ) -> None:
        self._decoder, self._shape, self._noises = decoder, shape, noises
        self._settings = settings or FitSettings()
        self._steps, self._done = steps, 0
        self._start = start
        with torch.inference_mode(False):
            self._masks = self._masks_of(free)
            self._unknowns = [torch.zeros_like(value) for value in start.all]
        self._targets = {shape.decoder.resolution: (target, known)}
        self._coarse_steps = int(COARSE_SHARE * steps) if self._coarse_is_alike() else 0
        rates = (self._settings.places, self._settings.sizes, self._settings.shapes, *[self._settings.looks] * 2)
        self._rates = rates
        groups = [{"params": [unknown], "lr": rate} for unknown, rate in zip(self._unknowns, rates, strict=True)]
        self._optimiser = torch.optim.Adam(groups, betas=(0.9, 0.98))

    def _masks_of(self, free: Tensor) -> list[Tensor]:
        blobs, rows = free[1:].float(), free.float()
        return [blobs[:, None], blobs, blobs[:, None], rows[:, None], rows[:, None]]

    def values(self) -> Values:
        """The values as they are now; rows that may not change are exactly those of the start."""
        positions, sizes, shapes, structures, styles = (
            unknown * mask for unknown, mask in zip(self._unknowns, self._masks, strict=True)
        )
        start = self._start
        return Values(
            start.positions + positions,
            start.sizes + sizes * (1 + start.sizes.abs()),
            start.shapes + shapes,
            self._looks(start.structures, structures, self._masks[3]),
            self._looks(start.styles, styles, self._masks[4]),
        )

    def _looks(self, start: Tensor, change: Tensor, mask: Tensor) -> Tensor:
        # The decoder only knows looks of unit rms.
        return torch.where(mask > 0, rms_normalised(start + change), start)

    def _target(self, width: int) -> tuple[Tensor, Tensor]:
        while width not in self._targets:
            finest = min(self._targets)
            picture, known = self._targets[finest]
            self._targets[finest // 2] = halved(picture), (halved(known) >= 1).float()
        return self._targets[width]

    def _coarse_is_alike(self) -> bool:
        """Whether the RGB of half the size looks like the picture: nothing but training can make it so."""
        shape = self._shape.decoder
        if shape.resolution == shape.size_in:
            return False
        with torch.inference_mode(False), torch.no_grad():
            layout = self._start.layout(self._shape.area_normaliser)
            *_, coarse, fine = self._stages(layout, shape.resolution)
            return float((coarse - halved(fine)).square().mean()) < ALIKE_ERROR

    @property
    def width(self) -> int:
        """Width of the picture that the next step paints."""
        resolution = self._shape.decoder.resolution
        return resolution // 2 if self._done < self._coarse_steps else resolution

    def step(self) -> Tensor:
        """One step; returns the picture (N, 3, w, w) from before it."""
        with torch.inference_mode(False), torch.enable_grad():
            width = self.width
            for unknown in self._unknowns:
                unknown.requires_grad_()
            self._set_rates()
            values = self.values()
            *_, painted = self._stages(values.layout(self._shape.area_normaliser), width)
            loss = self._loss(painted, width)
            self._optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self._optimiser.step()
            self._done += 1
            return painted.detach()

    def _set_rates(self) -> None:
        share = min(1.0, (self._done + 1) / WARM_UP_STEPS) * (1 - self._done / self._steps)
        for group, rate in zip(self._optimiser.param_groups, self._rates, strict=True):
            group["lr"] = rate * share

    def _loss(self, painted: Tensor, width: int) -> Tensor:
        target, known = self._target(width)
        error = shown_error(painted, target) * known
        pixels = known.sum(dim=(1, 2, 3)).clamp(min=1) * 3
        # Sums over the layouts of a batch, so that each is fitted as if it were alone.
        squared = (error.square().sum(dim=(1, 2, 3)) / pixels).sum()
        absolute = (error.abs().sum(dim=(1, 2, 3)) / pixels).sum()
        positions, sizes, shapes, structures, styles = self._unknowns
        settings = self._settings
        places = positions.square().sum() * 100 + sizes.square().sum() + shapes.square().sum()
        looks = structures.square().mean(dim=-1).sum() + styles.square().mean(dim=-1).sum()
        prior = settings.place_prior * places + settings.looks_prior * looks
        return squared + 0.1 * absolute + prior * 0.1

    def _stages(self, layout: Layout, width: int) -> Iterator[Tensor]:
        return self._decoder.painted(layout, self._noises, width=width)


def squared_error(painted: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Mean squared errors (N,) of pictures (N, 3, w, w) where the target is known."""
    error = (painted - functional.interpolate(target, painted.shape[-2:])) * known
    return error.square().sum(dim=(1, 2, 3)) / (known.sum(dim=(1, 2, 3)).clamp(min=1) * 3)
