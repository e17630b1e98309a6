"""Complete: what is kept is read from the plane, and a proposal takes the place of the rest."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

from collections.abc import Container

import bpy

from ..client import ClientError
from ..completion import depths_among, replaced_ids
from ..documents import BlobDocument, PlaneDocument
from ..gallery import Completion
from ..placement import DEPTH_STEP
from ..scene import Scene
from . import blobs, camera_mode, leading, pins, plane, sources, staging


def wish(target: bpy.types.Object, keep_background: bool, seed: int, truncation: float) -> Completion:
    """What to ask for, with the plane as it is now.

    Raises:
        ClientError: what is written on an object cannot be read.
    """
    scene = sources.read(target)
    kept = pins.kept_ids(target) & {blob.id for blob in scene.blobs}
    return Completion(scene, kept, keep_background, seed, truncation, blobs.handle_of(target))


def stage(context: bpy.types.Context, target: bpy.types.Object, asked: Completion, proposal: Scene) -> None:
    """Put the new blobs of a proposal on the plane; the empties of the kept ones are not touched.

    Raises:
        ClientError: SCENE_FILE_CORRUPT.
    """
    document = plane.document_of(target)
    _check_model(document.header, proposal)
    replaced = replaced_ids(asked, proposal)
    standing: dict[str, float] = {}
    for empty in blobs.blobs_of(target):
        if empty[blobs.ID_KEY] in replaced:
            bpy.data.objects.remove(empty)
        else:
            standing[empty[blobs.ID_KEY]] = blobs.placement_of(empty, target).depth
    leading.forget(target)
    plane.write_document(target, PlaneDocument(proposal.without_blobs(), proposal, document.frame))
    depths = depths_among([blob.id for blob in proposal.blobs], standing)
    for blob in proposal.blobs:
        if blob.id in replaced:
            made = BlobDocument.of(proposal, blob)
            blobs.new_blob(target, made, document.frame, depths[blob.id] / DEPTH_STEP - 1)
    if context.view_layer.objects.active is None:
        staging.choose(context, target)
    context.view_layer.update()
    _stand_in_space(context, target, proposal, standing)


def _stand_in_space(
    context: bpy.types.Context, target: bpy.types.Object, proposal: Scene, kept: Container[str]
) -> None:
    """In camera mode, stand the new blobs in space too; nothing of the kept ones changes."""
    empties = [empty for empty in blobs.blobs_of(target) if empty[blobs.ID_KEY] in kept]
    before = [(empty[blobs.DOCUMENT_KEY], empty.maquette_push) for empty in empties]
    camera_mode.resume(context, target, proposal)
    for empty, (document, push) in zip(empties, before, strict=True):
        if empty[blobs.DOCUMENT_KEY] != document:
            empty[blobs.DOCUMENT_KEY] = document
        if empty.maquette_push != push:
            empty.maquette_push = push


def _check_model(header: Scene, proposal: Scene) -> None:
    if header.model_digest != proposal.model_digest:
        raise ClientError(
            "SCENE_MODEL_MISMATCH",
            "The plane shows a scene of another model now.",
            "Ask for new proposals.",
        )
