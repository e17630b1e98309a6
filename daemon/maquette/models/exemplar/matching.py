"""For every unknown patch, the known patch that is most like it.

Small pictures are searched whole, by matrix products; large ones start from the matches of the picture at half the
size and improve them by what their neighbours found and by chance (PatchMatch: Barnes et al. 2009, section 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

EXHAUSTIVE_PAIRS = 1_500_000
"""Pairs of patches up to which every pair is compared.

On larger pictures the best match of a blurred guess is a flat patch, and detail dies; refining the matches of half the
size keeps what they copy together.
"""
_CHUNK_PAIRS = 6_000_000
_STEPS = ((0, 1), (0, -1), (1, 0), (-1, 0), (0, 4), (0, -4), (4, 0), (-4, 0))
_RADII = (64, 16, 4, 1)


@dataclass(frozen=True)
class Matches:
    """Of N target patches: their matches' rows and columns (N, 2) and squared distances (N,)."""

    sources: Tensor
    distances: Tensor


def exhaustive(targets: Tensor, sources: Tensor, centres: Tensor) -> Iterator[Matches | None]:
    """Compare all with all; yields None after every chunk and the matches in the end.

    Args:
        targets: (N, D) features.
        sources: (M, D) features.
        centres: (M, 2) rows and columns of the sources.
    """
    squares = sources.square().sum(dim=1)
    best: list[Tensor] = []
    least: list[Tensor] = []
    rows = max(1, _CHUNK_PAIRS // len(sources))
    for chunk in torch.split(targets, rows):
        scores = torch.addmm(squares, chunk, sources.T, alpha=-2.0)
        distance, index = scores.min(dim=1)
        best.append(index)
        least.append((distance + chunk.square().sum(dim=1)).clamp(min=0.0))
        yield None
    yield Matches(centres[torch.cat(best)], torch.cat(least))


class Propagation:
    """Improves matches in turns.

    Args:
        features: (H, W, D) of every patch of the source picture.
        usable: (H, W), True where a patch is wholly known.
        targets: (N, 2) rows and columns of the target patches.
    """

    def __init__(self, features: Tensor, usable: Tensor, targets: Tensor) -> None:
        self._features = features.flatten(0, 1)
        self._usable = usable.flatten()
        self._shape = usable.shape
        self._targets = targets
        self._index = torch.full((usable.shape[0] * usable.shape[1],), -1, dtype=torch.long)
        self._index[targets[:, 0] * usable.shape[1] + targets[:, 1]] = torch.arange(len(targets))

    def measured(self, wanted: Tensor, sources: Tensor) -> Matches:
        """Distances of given matches; unusable ones are infinitely far."""
        return Matches(sources, self._distances(wanted, sources))

    def improved(self, wanted: Tensor, matches: Matches, generator: torch.Generator) -> Iterator[Matches]:
        """One turn: neighbours' finds, then random places around the best; yields after each step.

        Args:
            wanted: (N, D) features of the targets.
        """
        for step in _STEPS:
            matches = self._better(wanted, matches, self._from_neighbour(matches, step))
            yield matches
        for radius in _RADII:
            jump = torch.randint(-radius, radius + 1, matches.sources.shape, generator=generator)
            matches = self._better(wanted, matches, self._inside(matches.sources + jump))
            yield matches

    def _from_neighbour(self, matches: Matches, step: tuple[int, int]) -> Tensor:
        shift = torch.tensor(step)
        neighbours = self._inside(self._targets + shift)
        found = self._index[neighbours[:, 0] * self._shape[1] + neighbours[:, 1]]
        own = torch.arange(len(self._targets))
        # A neighbour that is no target has nothing to offer: keep what is there.
        offered = matches.sources[torch.where(found >= 0, found, own)] - torch.where(found >= 0, 1, 0)[:, None] * shift
        return self._inside(offered)

    def _better(self, wanted: Tensor, matches: Matches, sources: Tensor) -> Matches:
        distances = self._distances(wanted, sources)
        nearer = distances < matches.distances
        return Matches(
            torch.where(nearer[:, None], sources, matches.sources), torch.where(nearer, distances, matches.distances)
        )

    def _distances(self, wanted: Tensor, sources: Tensor) -> Tensor:
        flat = sources[:, 0] * self._shape[1] + sources[:, 1]
        distances = (self._features[flat] - wanted).square().sum(dim=1)
        return distances.masked_fill_(~self._usable[flat], float("inf"))

    def _inside(self, places: Tensor) -> Tensor:
        return torch.stack(
            [places[:, 0].clamp(0, self._shape[0] - 1), places[:, 1].clamp(0, self._shape[1] - 1)], dim=1
        )
