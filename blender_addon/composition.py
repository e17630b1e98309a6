"""The scene that the objects in Blender show. They are the only truth: undo, copy and paste need no second one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .identity import IdOrder, id_order
from .placement import DEPTH_STEP, Frame, Placement, read
from .scene import Blob, Scene

SHELL = frozenset({"floor", "ceiling", "wall", "left wall", "right wall", "back wall"})
"""Kinds of blob that make the room itself: chosen in the list, not grabbed by accident."""


@dataclass(frozen=True)
class Sighting:
    """One empty as it stands now.

    Attributes:
        blob: what it shows.
        depth: nearer to the viewer is larger.
    """

    blob: Blob
    depth: float

    @staticmethod
    def on_plane(written: Blob, placement: Placement, frame: Frame, hidden: bool) -> Sighting:
        """An empty that stands on the picture plane.

        Args:
            written: the blob as it was written on the empty, under the id that the empty has now.
            placement: where the empty is.
            frame: of its plane.
            hidden: whether the artist hid it.
        """
        ellipse = read(placement, frame, written.ellipse)
        return Sighting(replace(written, ellipse=ellipse, hidden=hidden), placement.depth)


def compose(header: Scene, sightings: Iterable[Sighting]) -> Scene:
    """The scene with these blobs, from back to front.

    Args:
        header: everything of the scene but its blobs, which are ignored.
        sightings: the empties, in any order.
    """
    ordered = sorted(sightings, key=lambda sighting: order_key(sighting.depth, sighting.blob.id))
    return replace(header, blobs=tuple(sighting.blob for sighting in ordered))


def order_key(depth: float, blob_id: str) -> tuple[float, IdOrder]:
    """Sorts blobs from back to front; of equally deep ones, the sampled one is behind its copies."""
    return round(depth, 5), id_order(blob_id)


def depth_of(rank: float) -> float:
    """How far in front of the plane the blob of this rank is put: 0 is the backmost, a broken rank lies between."""
    return DEPTH_STEP * (rank + 1)


def is_shell(blob: Blob) -> bool:
    """Whether the blob is a part of the room itself."""
    return blob.name.lower() in SHELL


def label(blob: Blob) -> str:
    """What the empty of a blob is called."""
    return blob.name.capitalize() if blob.name else blob.id.capitalize()
