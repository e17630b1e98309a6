"""Looks from another scene."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
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
    result = await _dressed(connection, scene, source, served, on_progress)
    return BorrowedLooks(
        {blob.id: blob.look.style for blob in result.blobs if blob.id in served}, result.background.style
    )


async def resolved(connection: Connection, scene: Scene) -> Scene:
    """The same scene with every restyle mixed into the look that it belongs to.

    Raises:
        ClientError: any refusal of the daemon or failure of the connection.
    """
    return await _dressed(connection, scene, scene, [blob.id for blob in scene.blobs])


async def _dressed(
    connection: Connection,
    scene: Scene,
    source: Scene,
    blob_ids: Sequence[str],
    on_progress: Callable[[str, float], None] | None = None,
) -> Scene:
    message, other = scene_message(scene), scene_message(source)
    restyled = await scenes.restyle_scene(
        connection, message, source=other, amount=1.0, blob_ids=blob_ids, background=True, on_progress=on_progress
    )
    return scene_from_message(restyled.scene)


async def style_of(connection: Connection, scene: Scene, blob_id: str) -> bytes:
    """The style that a blob shows, its restyle mixed in.

    Raises:
        ClientError: any refusal of the daemon or failure of the connection.
    """
    blob = next(blob for blob in scene.blobs if blob.id == blob_id)
    if blob.look.restyle is None:
        return blob.look.style
    return (await borrow_looks(connection, scene, scene, [blob_id])).styles[blob_id]
