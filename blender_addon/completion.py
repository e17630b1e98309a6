"""Where a completed scene goes: what is replaced, and at which depths the new blobs stand between the kept ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .composition import depth_of
from .gallery import Completion
from .placement import DEPTH_STEP
from .scene import Scene


def replaced_ids(wish: Completion, proposal: Scene) -> frozenset[str]:
    """Ids of the blobs whose empties give way; a blob that came after the wish was made is none of them."""
    asked = {blob.id for blob in wish.scene.blobs} | {blob.id for blob in proposal.blobs}
    return frozenset(asked - wish.kept)


def depths_among(order: Sequence[str], standing: Mapping[str, float]) -> dict[str, float]:
    """Depths for new blobs, so that all stand in the wanted order and those that stand already need not move.

    Args:
        order: ids from back to front.
        standing: by id, the depths of those that stay where they are; their order is that of ``order``.

    Returns:
        By id, the depths of the others.
    """
    depths: dict[str, float] = {}
    run: list[str] = []
    below: float | None = None
    for name in order:
        if name in standing:
            depths |= _spread(run, below, standing[name])
            run, below = [], standing[name]
        else:
            run.append(name)
    return depths | _spread(run, below, None)


def _spread(names: Sequence[str], below: float | None, above: float | None) -> dict[str, float]:
    """Evenly between two depths; in steps where one side is open."""
    if above is None:
        return {name: (below or 0.0) + depth_of(rank) for rank, name in enumerate(names)}
    if below is None:
        below = 0.0 if above > 0.0 else above - DEPTH_STEP * (len(names) + 1)
    step = (above - below) / (len(names) + 1)
    return {name: below + step * (rank + 1) for rank, name in enumerate(names)}
