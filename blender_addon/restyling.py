"""Looks from another scene."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from .client import Connection, scenes
from .scene import Scene
from .wire import scene_from_message, scene_message


@dataclass(frozen=True)
class BorrowedLooks:
    """Styles that a scene takes from another.

    Attributes:
        styles: by id of the blobs that found one.
        background: of the other scene.
    """

    styles: dict[str, bytes]
    background: bytes


def served_ids(scene: Scene, source: Scene) -> frozenset[str]:
    """The blobs of a scene for which the other has a look: one of the same id or of the same row."""
    ids = {blob.id for blob in source.blobs}
    rows = {blob.look.row for blob in source.blobs}
    return frozenset(blob.id for blob in scene.blobs if blob.id in ids or blob.look.row in rows)


async def borrow_looks(
    connection: Connection,
    scene: Scene,
    source: Scene,
    wanted: Collection[str],
    on_progress: Callable[[str, float], None] | None = None,
) -> BorrowedLooks:
    """Ask for the looks that blobs have in another scene of the same model; what is restyled there counts as it looks.

    Args:
        connection: to the daemon.
        scene: that gets the looks.
        source: that has them.
        wanted: ids of blobs of ``scene``.
        on_progress: told how far it is.

    Raises:
        ClientError: SCENE_MODEL_MISMATCH, any other refusal of the daemon or failure of the connection.
    """
    served = sorted(served_ids(scene, source) & set(wanted))
    restyled = await scenes.restyle_scene(
        connection,
        scene_message(scene),
        source=scene_message(source),
        amount=1.0,
        blob_ids=served,
        background=True,
        on_progress=on_progress,
    )
    result = scene_from_message(restyled.scene)
    return BorrowedLooks(
        {blob.id: blob.look.style for blob in result.blobs if blob.id in served}, result.background.style
    )


async def style_of(connection: Connection, scene: Scene, blob_id: str) -> bytes:
    """The style that a blob shows, its restyle mixed in.

    Raises:
        ClientError: any refusal of the daemon or failure of the connection.
    """
    blob = next(blob for blob in scene.blobs if blob.id == blob_id)
    if blob.look.restyle is None:
        return blob.look.style
    return (await borrow_looks(connection, scene, scene, [blob_id])).styles[blob_id]
