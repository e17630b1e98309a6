"""Scenes ↔ the contract's messages: the only translation."""

from __future__ import annotations

from .client import scene_pb2
from .scene import Blob, Ellipse, Look, Restyle, Scene


def scene_message(scene: Scene) -> scene_pb2.Scene:
    """A scene for the daemon."""
    return scene_pb2.Scene(
        model_id=scene.model_id,
        model_digest=scene.model_digest,
        background=_look_message(scene.background),
        blobs=[blob_message(blob) for blob in scene.blobs],
        noise_seed=scene.noise_seed,
    )


def scene_from_message(message: scene_pb2.Scene) -> Scene:
    """A scene from the daemon."""
    return Scene(
        message.model_id,
        message.model_digest,
        _look_from(message.background),
        tuple(_blob_from(blob) for blob in message.blobs),
        message.noise_seed,
    )


def blob_message(blob: Blob) -> scene_pb2.Blob:
    """A blob for the daemon."""
    return scene_pb2.Blob(
        id=blob.id,
        name=blob.name,
        ellipse=ellipse_message(blob.ellipse),
        appearance=_look_message(blob.look),
        hidden=blob.hidden,
    )


def _blob_from(message: scene_pb2.Blob) -> Blob:
    ellipse = message.ellipse
    return Blob(
        message.id,
        message.name,
        Ellipse(ellipse.x, ellipse.y, ellipse.size, ellipse.aspect, ellipse.angle),
        _look_from(message.appearance),
        message.hidden,
    )


def ellipse_message(ellipse: Ellipse) -> scene_pb2.Ellipse:
    """An ellipse for the daemon."""
    return scene_pb2.Ellipse(x=ellipse.x, y=ellipse.y, size=ellipse.size, aspect=ellipse.aspect, angle=ellipse.angle)


def _look_message(look: Look) -> scene_pb2.Appearance:
    return scene_pb2.Appearance(
        structure=look.structure, style=look.style, row=look.row, restyle=restyle_message(look.restyle)
    )


def _look_from(message: scene_pb2.Appearance) -> Look:
    restyle = _restyle_from(message.restyle) if message.HasField("restyle") else None
    return Look(message.structure, message.style, message.row, restyle)


def restyle_message(restyle: Restyle | None) -> scene_pb2.Restyle | None:
    """A restyle for the daemon; None stays None."""
    if restyle is None:
        return None
    if restyle.seed is None:
        return scene_pb2.Restyle(amount=restyle.amount, style=restyle.style)
    seeded = scene_pb2.SeededStyle(seed=restyle.seed, truncation=restyle.truncation)
    return scene_pb2.Restyle(amount=restyle.amount, seeded=seeded)


def _restyle_from(message: scene_pb2.Restyle) -> Restyle:
    if message.WhichOneof("source") == "seeded":
        return Restyle(message.amount, message.seeded.seed, message.seeded.truncation)
    return Restyle(message.amount, style=message.style)
