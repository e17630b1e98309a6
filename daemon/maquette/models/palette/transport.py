"""Keeps fills as varied as what they stand for: the mean of all that could be in a hole is paler than any of it.

Fills taken together are moved to where the optimal transport between two normal distributions takes them: from that of
what is painted to that of the truth (Dowson and Landau 1982; for what it costs, Freirich et al. 2021). Only colours of
cells of 4 × 4 pixels count: finer statistics are matched soonest by patterns that nobody wants to see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional

CELL = 4
PATCH_CELLS = 4
_STRIDE = PATCH_CELLS // 2
_REMEMBERED = 0.97
"""What is left of older moments with each batch."""
_SMALLEST_VARIANCE = 1e-4
_LEAST_EIGENVALUE = 1e-12
GROUPS = (0.12, 0.3)
"""Holes that hide up to these shares of a picture are told apart, and from larger ones: each kind pales differently."""


def patch_colours(pictures: Tensor, mask: Tensor) -> Tensor:
    """The colours of 4 × 4 cells (N, 48) in every patch whose middle is hidden; none in pictures smaller than a patch.

    Args:
        pictures: (B, 3, H, W) in [-1, 1].
        mask: (B, 1, H, W), 1 where it is hidden.
    """
    cells = functional.avg_pool2d(pictures.clamp(-1, 1), CELL)
    if min(cells.shape[2:]) < PATCH_CELLS:
        return pictures.new_zeros(0, 3 * PATCH_CELLS**2)
    patches = functional.unfold(cells, PATCH_CELLS, stride=_STRIDE).transpose(1, 2)
    # Patches are as far apart as their middles are from their corners.
    middle = CELL * _STRIDE
    rows, columns = ((length - PATCH_CELLS) // _STRIDE + 1 for length in cells.shape[2:])
    hidden = mask[:, 0, middle::middle, middle::middle][:, :rows, :columns].flatten(1) > 0
    return patches[hidden]


@dataclass(frozen=True)
class Moments:
    """Running mean (D,) and mean of outer products (D, D) of vectors, in float64."""

    mean: Tensor
    square: Tensor

    @property
    def parts(self) -> tuple[Tensor, Tensor]:
        """Both."""
        return self.mean, self.square

    @staticmethod
    def of(vectors: Tensor) -> Moments:
        """Of vectors (N, D)."""
        exact = vectors.detach().double()
        return Moments(exact.mean(dim=0), exact.T @ exact / len(exact))

    def followed(self, newer: Moments, remembered: float) -> Moments:
        """These and newer ones."""
        return Moments(newer.mean.lerp(self.mean, remembered), newer.square.lerp(self.square, remembered))

    def covariance(self) -> Tensor:
        """(D, D), with a little more variance in every direction, so that it has an inverse."""
        known = self.square - torch.outer(self.mean, self.mean)
        return known + _SMALLEST_VARIANCE * torch.eye(len(known), dtype=known.dtype)


def transported(vectors: Tensor, made: Moments, true: Moments) -> Tensor:
    """Where the optimal transport from one normal distribution to another takes vectors (N, D)."""
    root, inverse = _roots(made.covariance())
    matrix = inverse @ _roots(root @ true.covariance() @ root)[0] @ inverse
    return ((vectors.detach().double() - made.mean) @ matrix + true.mean).to(vectors.dtype)


def _roots(symmetric: Tensor) -> tuple[Tensor, Tensor]:
    """The square root of a positive definite matrix, and the inverse of that."""
    values, vectors = cast("tuple[Tensor, Tensor]", torch.linalg.eigh(symmetric))
    lengths = values.clamp(min=_LEAST_EIGENVALUE).sqrt()
    return vectors * lengths @ vectors.T, vectors / lengths @ vectors.T


class ColourTransport:
    """How far the colours of fills are from where they would be as varied as true ones.

    Remembers the moments of what was painted and of the truth for each of `GROUPS` and the largest holes.
    """

    def __init__(self) -> None:
        self.moments: list[tuple[Moments, Moments] | None] = [None] * (len(GROUPS) + 1)
        self._seen = [0] * (len(GROUPS) + 1)

    def state_dict(self) -> list[tuple[int, list[Tensor]]]:
        """Everything that is remembered."""
        tensors = [[] if kept is None else [part for each in kept for part in each.parts] for kept in self.moments]
        return list(zip(self._seen, tensors, strict=True))

    def load_state_dict(self, state: list[tuple[int, list[Tensor]]]) -> None:
        """Go on from a state of :meth:`state_dict`."""
        self._seen = [seen for seen, _ in state]
        self.moments = [(Moments(*parts[:2]), Moments(*parts[2:])) if parts else None for _, parts in state]

    def distance(self, answers: Tensor, pictures: Tensor, mask: Tensor) -> Tensor:
        """Mean squared distance, as a share of each colour's variance, of all colours of a patch; has gradients.

        Args:
            answers: (B, 3, H, W), true where nothing is hidden.
            pictures: (B, 3, H, W), the true ones.
            mask: (B, 1, H, W).
        """
        shares = mask.mean(dim=(1, 2, 3))
        groups = torch.bucketize(shares, shares.new_tensor(GROUPS))
        total = answers.new_zeros(())
        for group in range(len(self.moments)):
            rows = groups == group
            if rows.any():
                part = self._group_distance(group, answers[rows], pictures[rows], mask[rows])
                total = total + part * (rows.sum() / len(rows))
        return total

    def _group_distance(self, group: int, answers: Tensor, pictures: Tensor, mask: Tensor) -> Tensor:
        made, true = patch_colours(answers, mask), patch_colours(pictures, mask)
        if len(made) < 2:
            return answers.new_zeros(())
        kept = self._remember(group, Moments.of(made), Moments.of(true))
        scale = kept[1].covariance().diagonal()
        away = made - transported(made, *kept)
        return (away.square() / scale.to(away.dtype)).sum(dim=1).mean()

    def _remember(self, group: int, made: Moments, true: Moments) -> tuple[Moments, Moments]:
        self._seen[group] += 1
        remembered = min(_REMEMBERED, 1 - 1 / self._seen[group])
        before = self.moments[group]
        kept = (
            (made, true)
            if before is None
            else (
                before[0].followed(made, remembered),
                before[1].followed(true, remembered),
            )
        )
        self.moments[group] = kept
        return kept
