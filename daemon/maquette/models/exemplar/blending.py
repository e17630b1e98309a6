"""Joining copied patches to each other and to what is known, in the gradient domain (Darabi et al. 2012, section 4.2).

The colours x of the unknown pixels minimise ∑ w |x_q − x_p − g_pq|² + ε ∑ |x − c|²: neighbours p and q shall differ as
they do where they were copied from, g, and hardly move from the colours c that were voted. So a copy that is a little
too dark is lifted as a whole, and no edge remains around it. Where neighbours differ from g by more than light can
explain, two things meet: w is next to nothing there, or one would bleed into the other.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from maquette.imaging.rectangle import bounds, whole
from maquette.models.exemplar.voting import NEIGHBOURS
from maquette.models.painting.fillers import BoolArray, FloatArray

_FIDELITY = np.float32(3e-4)
_SEAM = np.float32(0.15)
_LARGEST_CORRECTION = np.float32(0.2)
_TOLERANCE = 2e-3
_MOST_STEPS = 150
_LARGE_STEPS = 60
_LARGE = 300_000


@dataclass(frozen=True)
class _Equations:
    """Of one hole: weights (4, H, W, 1) towards each neighbour, right side (H, W, 3), unknowns (H, W, 1) as 0 or 1."""

    weights: FloatArray
    right_side: FloatArray
    unknown: FloatArray

    def applied(self, colours: FloatArray) -> FloatArray:
        """The left side of the equations."""
        total = (self.weights.sum(axis=0) + _FIDELITY) * colours
        for weight, neighbour in zip(self.weights, NEIGHBOURS, strict=True):
            total -= weight * _from(colours, neighbour)
        return total * self.unknown


def _from(values: FloatArray, neighbour: tuple[int, int]) -> FloatArray:
    """At each place of (H, W, C) the value of its neighbour; 0 beyond the border."""
    height, width = values.shape[:2]
    down, right = neighbour
    moved = np.zeros_like(values)
    moved[max(-down, 0) : height - max(down, 0), max(-right, 0) : width - max(right, 0)] = values[
        max(down, 0) : height - max(-down, 0), max(right, 0) : width - max(-right, 0)
    ]
    return moved


def _steps_between(steps: FloatArray, unknown: FloatArray, neighbour: int) -> FloatArray:
    """What each pixel shall differ by from a neighbour: the mean of what both say, or what the unknown one says."""
    opposite = neighbour ^ 1
    other = -_from(steps[opposite], NEIGHBOURS[neighbour])
    both = _from(unknown, NEIGHBOURS[neighbour]) > 0
    return np.where(both, (steps[neighbour] + other) / 2, steps[neighbour])


def _equations(colours: FloatArray, steps: FloatArray, hole: BoolArray) -> _Equations:
    unknown = hole[..., None].astype(np.float32)
    right_side = _FIDELITY * colours
    weights: list[FloatArray] = []
    for index, neighbour in enumerate(NEIGHBOURS):
        wanted = _steps_between(steps, unknown, index)
        there = _from(np.ones_like(unknown), neighbour)
        mismatch = np.square(_from(colours, neighbour) - colours - wanted).sum(axis=-1, keepdims=True)
        weight = there / (1 + mismatch / _SEAM**2) ** 2
        known_neighbour = (1 - _from(unknown, neighbour)) * there
        right_side = right_side + weight * (known_neighbour * _from(colours, neighbour) - wanted)
        weights.append(weight)
    return _Equations(np.stack(weights), right_side * unknown, unknown)


def blended(picture: FloatArray, steps: FloatArray, hole: BoolArray) -> Generator[None, None, FloatArray]:
    """The picture with the colours under a hole moved so that what was copied meets without steps.

    By conjugate gradients, to within a few thousandths; every channel by itself.

    Args:
        picture: (H, W, 3), voted colours under the hole.
        steps: (4, P, 3) of the hole's P pixels in their order, towards each of ``NEIGHBOURS``, as their sources change.
        hole: (H, W), at least one True.

    Returns:
        (H, W, 3), equal to ``picture`` outside the hole, and nowhere darker or brighter than it.
    """
    place = bounds(hole).grown(1).clipped(whole(hole.shape[1], hole.shape[0])).slices
    inside = hole[place]
    begin = picture[place] * np.float32(1.0)
    field = np.zeros((4, *begin.shape), np.float32)
    field[:, inside] = steps
    equations = _equations(begin, field, inside)
    solved = yield from _solved(equations, begin * equations.unknown)
    solved = np.clip(solved, begin - _LARGEST_CORRECTION, begin + _LARGEST_CORRECTION)
    result = picture.copy()
    result[place][inside] = np.clip(solved, picture.min(axis=(0, 1)), picture.max(axis=(0, 1)))[inside]
    return result


def _solved(equations: _Equations, start: FloatArray) -> Generator[None, None, FloatArray]:
    colours = start
    rest = equations.right_side - equations.applied(colours)
    direction, size = rest.copy(), _squared(rest)
    enough = _TOLERANCE**2 * _squared(equations.right_side)
    for _ in range(_LARGE_STEPS if equations.unknown.size > _LARGE else _MOST_STEPS):
        if (size <= enough).all():
            break
        pushed = equations.applied(direction)
        step = size / np.maximum((direction * pushed).sum(axis=(0, 1)), 1e-20)
        colours = colours + step * direction
        rest = rest - step * pushed
        new_size = _squared(rest)
        direction = rest + new_size / np.maximum(size, 1e-20) * direction
        size = new_size
        yield
    return colours


def _squared(values: FloatArray) -> FloatArray:
    return np.square(values).sum(axis=(0, 1))
