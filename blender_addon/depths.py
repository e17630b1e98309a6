"""How far from the camera things stand, and what covers what. Distances in world units, in front of the camera."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .composition import order_key

_STEP = 0.04
"""Between neighbours where one side is open, as a share of the distance."""

_APART = 1e-4
"""Between two that are to be told apart, in world units: orders are compared to five digits."""


def distances_among(
    order: Sequence[str], standing: Mapping[str, float], middle: float, share: float
) -> dict[str, float]:
    """Distances for new things between those that stand already.

    Args:
        order: ids from back to front.
        standing: by id, the distances of those that stand already.
        middle, share: where nothing stands yet: around ``middle``, within ``share`` of it to either side.

    Returns:
        By id, the distances of the others.
    """
    ahead = [name for name in order if standing.get(name, 0.0) > 0.0]
    if not ahead:
        steps = max(len(order) - 1, 1)
        spread = [middle * (1 + share - 2 * share * rank / steps) for rank in range(len(order))]
        return {name: distance for name, distance in zip(order, spread, strict=True) if name not in standing}
    found: dict[str, float] = {}
    run: list[str] = []
    behind: float | None = None
    for name in (*order, None):
        if name is not None and name not in ahead:
            run += [name] if name not in standing else []
            continue
        before = standing[name] if name is not None else None
        found |= _between(run, behind, before)
        run, behind = [], before
    return found


def pushes(order: Sequence[str], distances: Mapping[str, float], present: Mapping[str, float]) -> dict[str, float]:
    """How much farther each thing must count as standing so that the order is as wanted.

    Args:
        order: ids from back to front.
        distances: by id.
        present: by id, how much each is pushed back now.

    Returns:
        By id, the new push of those that must change: the same depths, given out in the wanted order.
    """
    depths = {name: -(distances[name] + present[name]) for name in order}
    if sorted(order, key=lambda name: order_key(depths[name], name)) == list(order):
        return {}
    changed: dict[str, float] = {}
    reached: float | None = None
    for name, depth in zip(order, sorted(depths.values()), strict=True):
        reached = depth if reached is None else max(depth, reached + _APART)
        if abs(reached - depths[name]) > _APART / 10:
            changed[name] = -reached - distances[name]
    return changed


def _between(names: Sequence[str], behind: float | None, before: float | None) -> dict[str, float]:
    """Evenly between two distances, the first the larger; in steps where one side is open."""
    count = len(names)
    if behind is None:
        nearest = before or 0.0
        return {name: nearest * (1 + _STEP) ** (count - rank) for rank, name in enumerate(names)}
    if before is None:
        return {name: behind * (1 + _STEP) ** -(rank + 1) for rank, name in enumerate(names)}
    return {name: behind + (before - behind) * (rank + 1) / (count + 1) for rank, name in enumerate(names)}
