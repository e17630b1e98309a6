"""How far from the camera things stand, and what covers what. Distances in world units, in front of the camera."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from .composition import order_key

_STEP = 0.04
"""Between neighbours where one side is open, as a share of the distance."""

_APART = 1e-4
"""Between two that are to be told apart, in world units: orders are compared to five digits."""

_ROOM = 0.01
"""Between neighbours in depth where one side is open, in world units."""


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
    farthest, nearest = (choose(standing[name] for name in ahead) for choose in (max, min))
    found: dict[str, float] = {}
    run: list[str] = []
    behind: float | None = None
    for name in (*order, None):
        if name is not None and name not in ahead:
            run += [name] if name not in standing else []
            continue
        before = standing[name] if name is not None else None
        if behind is None:
            found |= {each: farthest * (1 + _STEP) ** (len(run) - rank) for rank, each in enumerate(run)}
        elif before is None:
            found |= {each: nearest * (1 + _STEP) ** -(rank + 1) for rank, each in enumerate(run)}
        else:
            found |= dict(zip(run, _between(behind, before, len(run)), strict=True))
        run, behind = [], before
    return found


def pushes(
    order: Sequence[str],
    distances: Mapping[str, float],
    present: Mapping[str, float],
    fixed: Container[str] = (),
) -> dict[str, float]:
    """How much farther some things must count as standing so that the order is as wanted; as few as can be.

    Args:
        order: ids from back to front.
        distances: by id.
        present: by id, how much each is pushed back now.
        fixed: ids of things in the wanted order that are not to be pushed, if there is room between them.

    Returns:
        By id, the new push of those that must change.
    """
    depths = {name: -(distances[name] + present[name]) for name in order}
    standing = [name for name in order if name in fixed]
    kept = set(_longest_rise(order, depths) if not standing else _rise_between(order, depths, standing))
    run: list[str] = []
    behind: float | None = None
    for name in (*order, None):
        if name is not None and name not in kept:
            run.append(name)
            continue
        before = depths[name] if name is not None else None
        depths |= dict(zip(run, _depths_between(behind, before, len(run)), strict=True))
        run, behind = [], before
    if _in_order(order, depths):
        return {name: -depths[name] - distances[name] for name in order if name not in kept}
    return _one_after_another(order, distances, depths)


def _one_after_another(
    order: Sequence[str], distances: Mapping[str, float], depths: Mapping[str, float]
) -> dict[str, float]:
    """Pushes that stand everything apart, where there is no room between two things."""
    first = min(depths.values())
    return {name: -(first + rank * _APART) - distances[name] for rank, name in enumerate(order)}


def _in_order(order: Sequence[str], depths: Mapping[str, float]) -> bool:
    keys = [order_key(depths[name], name) for name in order]
    return keys == sorted(keys)


def _longest_rise(order: Sequence[str], depths: Mapping[str, float]) -> list[str]:
    """The most things that stand in the wanted order already."""
    best: list[list[str]] = []
    for index, name in enumerate(order):
        key = order_key(depths[name], name)
        longest: list[str] = []
        for before in best[:index]:
            if len(before) > len(longest) and order_key(depths[before[-1]], before[-1]) < key:
                longest = before
        best.append([*longest, name])
    return max(reversed(best), key=len) if best else []


def _rise_between(order: Sequence[str], depths: Mapping[str, float], fixed: Sequence[str]) -> list[str]:
    """The fixed things, and those that stand between them as they should."""
    kept: list[str] = []
    for index, name in enumerate(order):
        following = next((other for other in order[index + 1 :] if other in fixed), None)
        key = order_key(depths[name], name)
        after_last = not kept or key > order_key(depths[kept[-1]], kept[-1])
        before_next = following is None or key < order_key(depths[following], following)
        if name in fixed or (after_last and before_next):
            kept.append(name)
    return kept


def _depths_between(behind: float | None, before: float | None, count: int) -> list[float]:
    if behind is None:
        return [(before or 0.0) - _ROOM * (count - rank) for rank in range(count)]
    if before is None:
        return [behind + _ROOM * (rank + 1) for rank in range(count)]
    return _between(behind, before, count)


def _between(start: float, end: float, count: int) -> list[float]:
    return [start + (end - start) * (rank + 1) / (count + 1) for rank in range(count)]
