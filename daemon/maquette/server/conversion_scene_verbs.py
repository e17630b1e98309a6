"""Protobuf ↔ dataclasses: completing, inverting, interpolating scenes, and carrying an edit onto a picture."""

from __future__ import annotations

from collections.abc import Sequence

from maquette_client.v1 import common_pb2, scene_pb2

from maquette.imaging.picture import Picture
from maquette.models.requests import MAXIMUM_THUMBNAIL_SIDE
from maquette.models.scene import Scene
from maquette.models.scene_edits import check_blob_ids
from maquette.models.scene_requests import (
    CompleteScene,
    InterpolateScenes,
    InvertImage,
    InvertImageResult,
    Part,
    TransferEdit,
    TransferEditResult,
)
from maquette.server.appearance_rules import check_vectors
from maquette.server.content_cache import ContentCache
from maquette.server.conversion import colours_from, image_message, invalid
from maquette.server.conversion_scene import DEFAULT_TRUNCATION, scene_from, scene_message
from maquette.server.limits import Limits, exceeded


def part_from(message: scene_pb2.Rectangle, picture: Picture) -> Part:
    """A part of a picture, checked.

    Raises:
        MaquetteError: INVALID_ARGUMENT for one that is empty or not wholly inside.
    """
    width, height = picture.spec.width, picture.spec.height
    if message.width < 1 or message.height < 1:
        raise invalid("The region has no pixels.", "Send a width and a height of at least 1.")
    if message.left + message.width > width or message.top + message.height > height:
        raise invalid(
            f"The region reaches out of the picture, which is {width} × {height} pixels.", "Send a region inside it."
        )
    return Part(message.left, message.top, message.width, message.height)


def part_message(part: Part) -> scene_pb2.Rectangle:
    """A part of a picture on the wire."""
    return scene_pb2.Rectangle(left=part.left, top=part.top, width=part.width, height=part.height)


def complete_request(message: scene_pb2.CompleteSceneRequest, limits: Limits) -> CompleteScene:
    """What a caller wants completed, with the defaults filled in.

    Raises:
        MaquetteError: INVALID_ARGUMENT, LIMIT_EXCEEDED, BLOB_NOT_FOUND, or what is wrong with the scene.
    """
    if not message.HasField("scene"):
        raise invalid("The request has no scene.", "Send the scene to complete.")
    truncation = message.truncation if message.HasField("truncation") else DEFAULT_TRUNCATION
    if not 0.0 <= truncation <= 1.0:
        raise invalid(f"The truncation {truncation:g} is out of range.", "Send 0 to 1.")
    if message.count > limits.samples:
        raise exceeded("Proposals of one call", message.count, limits.samples)
    _check_thumbnail(message.thumbnail_side)
    scene = scene_from(message.scene, limits)
    return CompleteScene(
        scene=scene,
        pinned=_pinned(scene, message.pinned_ids, limits),
        pin_background=message.pin_background,
        seed=message.seed,
        truncation=truncation,
        count=message.count or 1,
        thumbnail_side=message.thumbnail_side,
    )


def interpolate_request(message: scene_pb2.InterpolateScenesRequest, limits: Limits) -> InterpolateScenes:
    """Between which scenes a caller wants what.

    Raises:
        MaquetteError: INVALID_ARGUMENT, LIMIT_EXCEEDED, or what is wrong with a scene.
    """
    if not (message.HasField("start") and message.HasField("end")):
        raise invalid("The request is incomplete.", "Send two scenes.")
    if not message.amounts:
        raise invalid("The request names no amounts.", "Send at least one, from 0 to 1.")
    if len(message.amounts) > limits.amounts:
        raise exceeded("Amounts of one call", len(message.amounts), limits.amounts)
    for amount in message.amounts:
        if not 0.0 <= amount <= 1.0:
            raise invalid(f"The amount {amount:g} is out of range.", "Send 0 to 1.")
    _check_thumbnail(message.thumbnail_side)
    start, end = _alike(message.start, message.end, limits)
    return InterpolateScenes(start, end, tuple(message.amounts), message.thumbnail_side)


def invert_request(message: scene_pb2.InvertImageRequest, cache: ContentCache, limits: Limits) -> InvertImage:
    """Which picture a caller wants as a scene.

    Raises:
        MaquetteError: INVALID_ARGUMENT, LIMIT_EXCEEDED, CONTENT_NOT_FOUND, CONTENT_CORRUPT, BLOB_NOT_FOUND, or what is
            wrong with the scene.
    """
    picture = colours_from(message.image, message.HasField("image"), cache, limits)
    scene = scene_from(message.scene, limits) if message.HasField("scene") else None
    if scene is None and (message.pinned_ids or message.pin_background):
        raise invalid("Nothing can be pinned without a scene.", "Send the scene that holds what shall stay.")
    if message.steps > limits.inversion_steps:
        raise exceeded("Steps of optimisation", message.steps, limits.inversion_steps)
    return InvertImage(
        picture=picture,
        part=part_from(message.region, picture) if message.HasField("region") else None,
        scene=scene,
        pinned=() if scene is None else _pinned(scene, message.pinned_ids, limits),
        pin_background=message.pin_background,
        steps=message.steps if message.HasField("steps") else None,
        seed=message.seed,
    )


def transfer_request(message: scene_pb2.TransferEditRequest, cache: ContentCache, limits: Limits) -> TransferEdit:
    """Which edit a caller wants carried onto which picture.

    Raises:
        MaquetteError: INVALID_ARGUMENT, LIMIT_EXCEEDED, CONTENT_NOT_FOUND, CONTENT_CORRUPT, or what is wrong with a
            scene.
    """
    picture = colours_from(message.image, message.HasField("image"), cache, limits)
    if not (message.HasField("before") and message.HasField("after")):
        raise invalid("The request is incomplete.", "Send the scene before and after the edit.")
    before, after = _alike(message.before, message.after, limits)
    blend = message.blend if message.HasField("blend") else None
    if blend is not None and blend < 0:
        raise invalid(f"The blend is {blend:g}, below 0.", "Send 0 or more.")
    if blend is not None and blend > limits.length:
        raise exceeded("Pixels of the blend", int(min(blend, 2**63)), limits.length)
    part = part_from(message.region, picture) if message.HasField("region") else None
    return TransferEdit(picture, before, after, part, blend)


async def inverted_message(
    result: InvertImageResult, provenance: common_pb2.Provenance, cache: ContentCache, limits: Limits
) -> scene_pb2.InvertedImage:
    """What inversion found, on the wire."""
    return scene_pb2.InvertedImage(
        scene=scene_message(result.scene),
        picture=await image_message(result.picture, cache, limits),
        region=part_message(result.part),
        psnr=result.psnr,
        first_psnr=result.first_psnr,
        encoded=result.encoded,
        provenance=provenance,
    )


async def transferred_message(
    result: TransferEditResult, provenance: common_pb2.Provenance, cache: ContentCache, limits: Limits
) -> scene_pb2.TransferredEdit:
    """What an edit changed, on the wire."""
    if result.changed is None or result.patch is None:
        return scene_pb2.TransferredEdit(provenance=provenance)
    return scene_pb2.TransferredEdit(
        changed=part_message(result.changed),
        patch=await image_message(result.patch, cache, limits),
        provenance=provenance,
    )


def _alike(first: scene_pb2.Scene, second: scene_pb2.Scene, limits: Limits) -> tuple[Scene, Scene]:
    one, other = scene_from(first, limits), scene_from(second, limits)
    if one.model_id == other.model_id:
        check_vectors(other, one)
    return one, other


def _pinned(scene: Scene, blob_ids: Sequence[str], limits: Limits) -> tuple[str, ...]:
    if len(blob_ids) > limits.blobs:
        raise exceeded("Pinned blobs", len(blob_ids), limits.blobs)
    check_blob_ids(scene, blob_ids)
    return tuple(dict.fromkeys(blob_ids))


def _check_thumbnail(side: int) -> None:
    if side > MAXIMUM_THUMBNAIL_SIDE:
        raise exceeded("Pixels of a thumbnail's side", side, MAXIMUM_THUMBNAIL_SIDE)
