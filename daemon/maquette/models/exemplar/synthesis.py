"""Filling a hole with patches of the picture itself, from coarse to fine (Wexler et al. 2007; Barnes et al. 2009)."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from maquette.models.exemplar.blending import blended
from maquette.models.exemplar.matching import EXHAUSTIVE_PAIRS, Matches, Propagation, exhaustive
from maquette.models.exemplar.patches import RADIUS, basis_of
from maquette.models.exemplar.voting import Votes, votes
from maquette.models.painting.fillers import BoolArray, FloatArray

NEARNESS, NEARNESS_BESIDE = 0.2, 0.1
"""What a match across the whole picture costs more than one close by, as a difference of colour: in a hole, and beside
a picture that is extended, where what is close by is soon used up."""
GUIDANCE = 1.5
"""How much the structure counts beside a patch's own colours."""
_EXTENDING = 6.0
"""How much more a match in another row costs beside a picture, or in another column above or below it."""
_FADING = 1.3
_DIVERSITY = 0.05
_PIXELS_AT_ONCE = 4096
_SHARPNESS = 0.1


@dataclass(frozen=True)
class Level:
    """One size of the problem: (H, W, 3), (H, W), and (H, W, 3) or None, which counts ``guidance`` times as much as a
    patch's own colours."""

    picture: FloatArray
    hole: BoolArray
    structure: FloatArray | None
    guidance: float = GUIDANCE


@dataclass(frozen=True)
class Field:
    """Where each unknown patch of a level comes from: rows and columns (H, W, 2)."""

    sources: Tensor


def usable_centres(hole: BoolArray, radius: int) -> BoolArray:
    """Where (H, W) a patch holds no unknown pixel; beyond the border the picture is mirrored."""
    return ~cast("BoolArray", ndimage.maximum_filter(hole, size=2 * radius + 1, mode="reflect"))


def _reached(hole: BoolArray, radius: int) -> BoolArray:
    """Where (H, W) a patch holds some unknown pixel."""
    return cast("BoolArray", ndimage.maximum_filter(hole, size=2 * radius + 1, mode="constant", cval=False))


def spanned(hole: BoolArray) -> tuple[bool, bool]:
    """Whether a hole lies in every row, and in every column: it extends the picture sideways, or up or down."""
    return bool(hole.any(axis=1).all()), bool(hole.any(axis=0).all())


def patch_radius(hole: BoolArray) -> int | None:
    """The largest radius up to RADIUS for which some patch is wholly known; None = nothing is known."""
    for radius in range(RADIUS, -1, -1):
        if int(usable_centres(hole, radius).sum()) >= (32 if radius else 1):
            return radius
    return None


def _bordered(values: FloatArray, radius: int) -> Tensor:
    widths = ((radius, radius), (radius, radius), (0, 0))
    return torch.from_numpy(np.pad(values, widths, mode="symmetric")).permute(2, 0, 1).contiguous()


class LevelSolver:
    """Fills the hole of one level in turns of matching and voting.

    Args:
        level: whose picture holds a first guess under the hole.
        field: of the level at half the size, or None.
        generator: every random choice.
        restlessness: how far the choice of patches strays from the best, for answers that differ.
    """

    def __init__(self, level: Level, field: Field | None, generator: torch.Generator, restlessness: float) -> None:
        radius = patch_radius(level.hole)
        if radius is None:
            raise ValueError("nothing is known")
        self._level, self._radius, self._generator = level, radius, generator
        self.estimate = level.picture.copy()
        usable = usable_centres(level.hole, radius)
        self._usable = torch.from_numpy(usable)
        self._centres = self._usable.nonzero()
        self._targets = torch.from_numpy(_reached(level.hole, radius)).nonzero()
        # A copy: torch warns of arrays that nobody may write to.
        self._pixels = torch.from_numpy(level.hole.copy()).nonzero()
        self._index = self._numbered()
        self._trust = self._depth_trust()
        self._extras = self._extra_features(restlessness)
        self._carried = field is not None
        self._matches = self._begin(field)

    @property
    def field(self) -> Field:
        """The matches so far, for the level of twice the size."""
        height, width = self._level.hole.shape
        rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        sources = torch.stack((rows, columns), dim=-1)
        sources[self._targets[:, 0], self._targets[:, 1]] = self._matches.sources
        return Field(sources)

    def begin(self) -> Generator[None]:
        """Describe every patch, and carry over what the level of half the size found, if there was one.

        Must be finished before the first turn.
        """
        yield
        bordered = _bordered(self._level.picture, self._radius)
        self._basis = basis_of(bordered, self._centres, self._radius, self._generator)
        yield
        parts: list[Tensor] = []
        for part in self._basis.features(bordered):
            parts.append(part)
            yield
        self._features = torch.cat((torch.cat(parts), self._extras), dim=-1)
        if self._carried:
            yield from self.vote()

    def turn(self) -> Generator[None]:
        """Match every unknown patch anew, then let the matches vote."""
        yield from self._match()
        yield from self.vote()

    def vote(self) -> Generator[None]:
        """Colour the hole by the matches as they are."""
        known = torch.from_numpy(self._level.picture)
        colours: list[Tensor] = []
        for votes_of_some in self._votes():
            colours.append(votes_of_some.colours(known))
            yield
        self.estimate[self._level.hole] = torch.cat(colours).numpy()

    def blend(self) -> Generator[None]:
        """Vote once more, now on how neighbours differ, so that what was copied meets without steps."""
        picture = torch.from_numpy(self._level.picture)
        known = torch.from_numpy(~self._level.hole)
        steps: list[Tensor] = []
        for votes_of_some in self._votes():
            steps.append(votes_of_some.steps(picture, known))
            yield
        towards = cast("FloatArray", torch.cat(steps, dim=1).numpy())
        self.estimate = yield from blended(self.estimate, towards, self._level.hole)

    def _votes(self) -> Iterator[Votes]:
        near, trust = self._matches.distances, self._trust
        if bool(torch.isfinite(near).all()):
            scale = torch.quantile(near[:: 1 + len(near) // 100_000], 0.75).clamp(min=1e-6)
            trust = trust * torch.exp(-near / (2 * _SHARPNESS * scale))
        known, trust = torch.from_numpy(self._level.picture), trust.clamp(min=1e-9)
        for pixels in torch.split(self._pixels, _PIXELS_AT_ONCE):
            yield votes(known, pixels, self._index, self._matches.sources, trust, self._radius)

    def _match(self) -> Generator[None]:
        wanted = self._wanted()
        if len(self._targets) * len(self._centres) <= EXHAUSTIVE_PAIRS:
            sources = self._features[self._centres[:, 0], self._centres[:, 1]]
            for found in exhaustive(wanted, sources, self._centres):
                if found is not None:
                    self._matches = found
                yield
            return
        propagation = Propagation(self._features, self._usable, self._targets)
        self._matches = propagation.measured(wanted, self._matches.sources)
        for matches in propagation.improved(wanted, self._matches, self._generator):
            self._matches = matches
            yield
        self._replace_unmatched()

    def _replace_unmatched(self) -> None:
        lost = ~torch.isfinite(self._matches.distances)
        if bool(lost.any()):
            chosen = torch.randint(len(self._centres), (int(lost.sum()),), generator=self._generator)
            self._matches.sources[lost] = self._centres[chosen]
            self._matches.distances[lost] = float(self._matches.distances[~lost].max()) if bool((~lost).any()) else 1.0

    def _begin(self, field: Field | None) -> Matches:
        nowhere = torch.full((len(self._targets),), float("inf"))
        if field is None:
            chosen = torch.randint(len(self._centres), (len(self._targets),), generator=self._generator)
            return Matches(self._centres[chosen], nowhere)
        height, width = field.sources.shape[:2]
        coarse_rows = (self._targets[:, 0] // 2).clamp(max=height - 1)
        coarse_columns = (self._targets[:, 1] // 2).clamp(max=width - 1)
        limit = torch.tensor(self._level.hole.shape) - 1
        sources = field.sources[coarse_rows, coarse_columns] * 2 + self._targets % 2
        return Matches(torch.minimum(sources, limit), nowhere)

    def _numbered(self) -> Tensor:
        height, width = self._level.hole.shape
        index = torch.full((height + 2 * self._radius, width + 2 * self._radius), -1, dtype=torch.long)
        index[self._targets[:, 0] + self._radius, self._targets[:, 1] + self._radius] = torch.arange(len(self._targets))
        return index

    def _depth_trust(self) -> Tensor:
        """Patches near what is known are trusted more (Wexler et al., section 3.2)."""
        depth = cast("FloatArray", ndimage.distance_transform_edt(self._level.hole)).astype(np.float32)
        return _FADING ** -torch.from_numpy(depth)[self._targets[:, 0], self._targets[:, 1]].clamp(max=60.0)

    def _wanted(self) -> Tensor:
        """Features (N, D) of the targets as the estimate is now."""
        low = self._targets.min(dim=0).values
        high = self._targets.max(dim=0).values + 1
        radius = self._radius
        bordered = _bordered(self.estimate, radius)
        part = bordered[:, int(low[0]) : int(high[0]) + 2 * radius, int(low[1]) : int(high[1]) + 2 * radius]
        features = torch.cat(list(self._basis.features(part)))
        rows, columns = self._targets[:, 0], self._targets[:, 1]
        return torch.cat((features[rows - low[0], columns - low[1]], self._extras[rows, columns]), dim=-1)

    def _extra_features(self, restlessness: float) -> Tensor:
        """Place, structure, and a smooth random preference, each scaled to count as a difference of colour."""
        height, width = self._level.hole.shape
        pixels = (2 * self._radius + 1) ** 2
        rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        spans = spanned(self._level.hole)
        weights = [_EXTENDING if whole else 1.0 for whole in spans]
        nearness = NEARNESS_BESIDE if any(spans) else NEARNESS
        place = torch.stack((rows * weights[0], columns * weights[1]), dim=-1) / max(height, width)
        extras = [place.float() * nearness * pixels**0.5]
        if self._level.structure is not None:
            extras.append(torch.from_numpy(self._level.structure) * self._level.guidance * pixels**0.5)
        if restlessness > 0:
            extras.append(self._preference(height, width) * restlessness * pixels**0.5)
        return torch.cat(extras, dim=-1)

    def _preference(self, height: int, width: int) -> Tensor:
        coarse = torch.randn(1, 1, 6, 6, generator=self._generator)
        field = torch.nn.functional.interpolate(coarse, (height, width), mode="bicubic", align_corners=False)[0, 0]
        field = field * _DIVERSITY
        # Every target would like the best-liked source; the difference to it counts against the others.
        field = torch.where(torch.from_numpy(self._level.hole), field.max(), field)
        return field[..., None]
