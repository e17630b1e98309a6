"""What each blob covers: polygons in its ellipse's frame, where a model was taught the shapes of things.

A published blob is an ellipse, which has no corners, and hides what a thin thing leaves to be seen. Here the ellipse is
only where a thing may be; the blob's structure tells which part of it the thing covers, as the union of a few convex
polygons (as in CvxNet, Deng et al. 2020). Polygons go with the ellipse: whoever moves, turns or stretches it moves,
turns and stretches them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from maquette.models.blobgan.layers import EqualisedLinear
from maquette.models.blobgan.splatting import Layout, reordered, squared_distances

PARTS, EDGES = 6, 6
HIDDEN_WIDTH = 256
LARGEST_COORDINATE = 4.0
"""Coordinates in a blob's frame end there: the half-opaque edge of its ellipse is the unit circle."""
_WIDER = 4.0
"""Squared: how much larger than its ellipse the place is that a thing may cover."""
_STEEPEST = 3.0
"""Logits a pixel: an edge is never sharper than a pixel shows."""
_SMALLEST_SIZE = 0.25
_LARGEST_LOGIT = 20.0
"""Beyond that nothing changes but the speed: products of smaller opacities are denormal numbers."""
_NUMBER_BITS = 6
MOST_PARTS = (1 << _NUMBER_BITS) // EDGES
_FIRST_STEEPNESS, _FIRST_SPREAD, _LAST_SCALE = 4.0, 0.3, 0.3


@dataclass(frozen=True)
class Frames:
    """Each blob's own coordinates (x, y): ``x = across · dx + shear · dy`` and ``y = down · dy``.

    (dx, dy) is the way from the blob's middle, in the picture's width; the frame is the upper Cholesky factor of its
    covariance. So a thing whose ellipse leans leans, and its level edges stay level, as perspective has it where things
    move on the floor; other factors tilt a lamp's shade. All (B, K), ``middles`` (B, K, 2).
    """

    middles: Tensor
    across: Tensor
    down: Tensor
    shear: Tensor

    def coordinates(self, resolution: int) -> tuple[Tensor, Tensor]:
        """x and y (B, K, R, R) of the pixels' middles."""
        places = pixel_middles(resolution, self.middles)
        right = (places - self.middles[..., :1])[..., None, :]
        below = (places - self.middles[..., 1:])[..., :, None]
        across, down, shear = (values[..., None, None] for values in (self.across, self.down, self.shear))
        x, y = torch.addcmul(across * right, shear, below), down * below
        limit = LARGEST_COORDINATE
        return x.clamp(-limit, limit), y.clamp(-limit, limit).expand_as(x)


def pixel_middles(resolution: int, like: Tensor) -> Tensor:
    """Where the middles (R) of pixels lie in [0, 1]."""
    return (torch.arange(resolution, dtype=like.dtype, device=like.device) + 0.5) / resolution


def frames_of(layout: Layout) -> Frames:
    """The frames of a layout's blobs."""
    xx, xy, yy = (layout.covariances[..., i, j] for i, j in ((0, 0), (0, 1), (1, 1)))
    scale = torch.rsqrt(layout.sizes.clamp(min=_SMALLEST_SIZE))
    across = scale * torch.rsqrt(xx - xy * xy / yy)
    return Frames(layout.positions, across, scale * torch.rsqrt(yy), -across * xy / yy)


def framed(scores: Tensor, layout: Layout) -> Tensor:
    """Scores (B, K+1, R, R), then scores times x, then times y: (B, 3(K+1), R, R).

    What is splatted with three rows for each blob is an affine function of the blob's own coordinates wherever that
    blob shows. The background's coordinates are the picture's, from −1 to 1.
    """
    resolution = scores.shape[-1]
    x, y = frames_of(layout).coordinates(resolution)
    whole = pixel_middles(resolution, scores) * 2 - 1
    own = scores[:, :1]
    scaled = ((own * whole, scores[:, 1:] * x), (own * whole[:, None], scores[:, 1:] * y))
    return torch.cat((scores, *(part for parts in scaled for part in parts)), dim=1)


def _first_half_planes(parts: int, edges: int) -> Tensor:
    """Regular polygons (P, E, 3) around places near the middle."""
    angles = torch.arange(edges) * (2 * math.pi / edges)
    inwards = -torch.stack((torch.cos(angles), torch.sin(angles)), dim=-1).expand(parts, edges, 2)
    middles = torch.randn(parts, 1, 2) * _FIRST_SPREAD
    distances = 1 - (inwards * middles).sum(dim=-1, keepdim=True)
    return torch.cat((inwards, distances), dim=-1) * _FIRST_STEEPNESS


class Silhouettes(nn.Module):
    """Reads polygons off structures: each is where all of its half-planes are positive.

    Args:
        structure_width: F.
        hidden_width: of its two hidden layers.
        parts: P, polygons for each blob.
        edges: E, half-planes for each polygon.
    """

    def __init__(
        self, structure_width: int, hidden_width: int = HIDDEN_WIDTH, parts: int = PARTS, edges: int = EDGES
    ) -> None:
        super().__init__()
        self._shape = (parts, edges, 3)
        last = EqualisedLinear(hidden_width, math.prod(self._shape))
        self.mlp = nn.Sequential(
            EqualisedLinear(structure_width, hidden_width, activated=True),
            EqualisedLinear(hidden_width, hidden_width, activated=True),
            last,
        )
        with torch.no_grad():
            last.weight.mul_(_LAST_SCALE)
            last.bias.copy_(_first_half_planes(parts, edges).flatten())

    def half_planes(self, structures: Tensor) -> Tensor:
        """Coefficients (…, P, E, 3) of x, y and 1 in the blobs' frames, of structures (…, F)."""
        return self.mlp(structures).unflatten(-1, self._shape)

    def at(self, structures: Tensor, points: Tensor) -> Tensor:
        """Logits (…, N) of whether points (…, N, 2) in the frames of blobs with structures (…, F) are covered."""
        planes = self.half_planes(structures)[..., None, :]
        x, y = (points[..., None, None, :, axis] for axis in (0, 1))
        return (planes[..., 0] * x + planes[..., 1] * y + planes[..., 2]).amin(dim=-2).amax(dim=-2)

    def logits(self, layout: Layout, resolution: int) -> Tensor:
        """Logits (B, K, R, R) of whether each blob covers each pixel's middle."""
        frames = frames_of(layout)
        middles, across, down, shear = (
            values[..., None, None]
            for values in (frames.middles.movedim(-1, 0), frames.across, frames.down, frames.shear)
        )
        planes = self.half_planes(layout.structures[:, 1:])
        right, below = planes[..., 0] * across, planes[..., 0] * shear + planes[..., 1] * down
        offset = planes[..., 2] - right * middles[0] - below * middles[1]
        slope = torch.sqrt(right.square() + below.square() + 1e-12) / resolution
        gentle = (_STEEPEST / slope).clamp(max=1.0)
        places = pixel_middles(resolution, offset)
        right, below, offset = ((values * gentle)[..., None] for values in (right, below, offset))
        return _covered(right * places, below * places + offset)

    def opacities(self, layout: Layout, resolution: int, shift: float = 0.0) -> Tensor:
        """How opaque each blob is at each pixel, (B, K, R, R) in [0, 1]; blobs do not depend on each other.

        Args:
            layout: B scenes.
            resolution: R.
            shift: added to the raster that ellipses are taken on, in the picture's width.
        """
        distances = squared_distances(layout.positions - shift, layout.covariances, resolution)
        near = torch.sigmoid(_limited(layout.sizes[..., None, None] - distances / _WIDER))
        return near * torch.sigmoid(_limited(self.logits(layout, resolution)))


class OpacityMemory:
    """Opacities of one scene after another: only those of blobs that have changed since the last are computed.

    Args:
        silhouettes: of the model.
        resolution: R.
    """

    def __init__(self, silhouettes: Silhouettes, resolution: int) -> None:
        self._silhouettes, self._resolution = silhouettes, resolution
        self._last: tuple[Tensor, Tensor] | None = None

    def opacities(self, layout: Layout) -> Tensor:
        """:meth:`Silhouettes.opacities` (1, K, R, R) of a batch of 1."""
        shapes = (layout.sizes[0, :, None], layout.covariances[0].flatten(1), layout.structures[0, 1:])
        rows = torch.cat((layout.positions[0], *shapes), dim=1)
        before, known = self._last or (rows[:0], rows.new_empty(0, self._resolution, self._resolution))
        same = (rows[:, None] == before).all(dim=-1)
        found = same.any(dim=1)
        maps = rows.new_empty(len(rows), self._resolution, self._resolution)
        if bool(found.any()):
            maps[found] = known[same[found].int().argmax(dim=1)]
        changed = (~found).nonzero()[:, 0]
        if len(changed):
            maps[changed] = self._silhouettes.opacities(reordered(layout, changed[None]), self._resolution)[0]
        self._last = rows, maps
        return maps[None]


def _limited(logits: Tensor) -> Tensor:
    return logits.clamp(-_LARGEST_LOGIT, _LARGEST_LOGIT)


def _covered(right: Tensor, below: Tensor) -> Tensor:
    """Greatest over P of the least over E of ``right + below``, (B, K, P, E, R) each: (B, K, R, R)."""
    if not (torch.is_grad_enabled() and (right.requires_grad or below.requires_grad)):
        return _greatest_least(right, below, lambda values, _: values)
    # Only the half-plane that decides a pixel gets a gradient there: going through all of them would cost ten times
    # as much.
    chosen = _deciding(right.detach(), below.detach())
    across, down = right.flatten(2, 3), below.flatten(2, 3).transpose(2, 3)
    return across.gather(2, chosen) + down.gather(3, chosen)


def _deciding(right: Tensor, below: Tensor) -> Tensor:
    """Which of the P · E half-planes decides each pixel: (B, K, R, R), int64.

    The number goes along in the lowest bits of the values that are compared.
    """
    whole = torch.int32 if right.dtype == torch.float32 else torch.int64
    left_free = -1 << _NUMBER_BITS

    def numbered(values: Tensor, number: int) -> Tensor:
        values.view(whole).bitwise_and_(left_free).bitwise_or_(number)
        return values

    return (_greatest_least(right, below, numbered).view(whole) & ~left_free).long()


def _greatest_least(right: Tensor, below: Tensor, marked: Callable[[Tensor, int], Tensor]) -> Tensor:
    """One half-plane after the other: all at once would be dozens of maps for every blob."""
    parts, edges = right.shape[2:4]
    union: Tensor | None = None
    for part in range(parts):
        polygon: Tensor | None = None
        for edge in range(edges):
            values = right[:, :, part, edge, None, :] + below[:, :, part, edge, :, None]
            values = marked(values, part * edges + edge)
            polygon = values if polygon is None else torch.minimum(polygon, values, out=polygon)
        assert polygon is not None, "polygons have edges"
        union = polygon if union is None else torch.maximum(union, polygon, out=union)
    assert union is not None, "silhouettes have parts"
    return union
