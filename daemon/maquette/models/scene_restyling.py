"""Which look of one scene goes to which blob of another. No torch, no numpy."""

from __future__ import annotations

from dataclasses import dataclass

from maquette.models.scene import Blob, Restyle, Scene
from maquette.models.scene_edits import RestyleBlob, apply_edits, check_blob_ids


@dataclass(frozen=True)
class RestyleFromScene:
    """Mix the looks of a scene into another of the same model.

    Attributes:
        source: where the looks come from.
        blob_ids: blobs of the other scene to restyle.
        background: restyle the background too.
        amount: 0 keeps the own style, 1 replaces it.
    """

    source: Scene
    blob_ids: tuple[str, ...]
    background: bool = False
    amount: float = 1.0


def partners(scene: Scene, source: Scene) -> dict[str, Blob]:
    """By id of the scene's blobs, the blob of the source that stands for each: the one with its id, else the hindmost
    one of its row. Blobs for which there is none are left out."""
    by_id = {blob.id: blob for blob in source.blobs}
    by_row = {blob.appearance.row: blob for blob in reversed(source.blobs)}
    found = {blob.id: by_id.get(blob.id) or by_row.get(blob.appearance.row) for blob in scene.blobs}
    return {blob_id: partner for blob_id, partner in found.items() if partner is not None}


def restyled_from(scene: Scene, request: RestyleFromScene) -> Scene:
    """The scene with restyles towards the looks of another, whose own restyles are resolved into plain styles; a blob
    without a partner keeps its look.

    Raises:
        MaquetteError: BLOB_NOT_FOUND for an id that the scene lacks; INVALID_ARGUMENT for an amount out of range.
    """
    check_blob_ids(scene, request.blob_ids)
    looks = partners(scene, request.source)
    edits = [
        RestyleBlob(blob_id, Restyle(request.amount, style=looks[blob_id].appearance.style))
        for blob_id in request.blob_ids
        if blob_id in looks
    ]
    if request.background:
        edits.append(RestyleBlob(None, Restyle(request.amount, style=request.source.background.style)))
    return apply_edits(scene, edits)
