"""The scene that the objects in Blender show. They are the only truth: undo, copy and paste need no second one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .placement import DEPTH_STEP, Frame, Placement, read
from .scene import Blob, Scene

SHELL = frozenset({"floor", "ceiling", "wall", "left wall", "right wall", "back wall"})
"""Kinds of blob that make the room itself: chosen in the list, not grabbed by accident."""


@dataclass(frozen=True)
class Sighting:
    """One empty as it stands now.

    Attributes:
        blob: the blob as it was written on the empty, under the id that the empty has now.
        source_id: the id written on the empty; another than ``blob.id`` for a clone that was just made.
        placement: where the empty is.
        hidden: whether the artist hid it.
    """

    blob: Blob
    source_id: str
    placement: Placement
    hidden: bool


def compose(header: Scene, sightings: Iterable[Sighting], frame: Frame, previous: Scene | None = None) -> Scene:
    """The scene with these blobs, from back to front.

    Args:
        header: everything of the scene but its blobs, which are ignored.
        sightings: the empties, in any order.
        frame: of their plane.
        previous: decides the order of blobs that are equally deep.
    """
    ranks = {blob.id: rank for rank, blob in enumerate(previous.blobs)} if previous else {}

    def order(sighting: Sighting) -> tuple[float, int, bool, str]:
        rank = ranks.get(sighting.blob.id, ranks.get(sighting.source_id, len(ranks)))
        clone = sighting.blob.id != sighting.source_id
        return round(sighting.placement.depth, 5), rank, clone, sighting.blob.id

    return replace(header, blobs=tuple(_blob(sighting, frame) for sighting in sorted(sightings, key=order)))


def _blob(sighting: Sighting, frame: Frame) -> Blob:
    ellipse = read(sighting.placement, frame, sighting.blob.ellipse)
    return replace(sighting.blob, ellipse=ellipse, hidden=sighting.hidden)


def depth_of(rank: int) -> float:
    """How far in front of the plane the blob of this rank is put; rank 0 is the backmost."""
    return DEPTH_STEP * (rank + 1)


def is_shell(blob: Blob) -> bool:
    """Whether the blob is a part of the room itself."""
    return blob.name.lower() in SHELL


def label(blob: Blob) -> str:
    """What the empty of a blob is called."""
    return blob.name.capitalize() if blob.name else blob.id.capitalize()
