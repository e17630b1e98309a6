"""Protobuf ↔ dataclasses: scenes, their edits, and what becomes of them."""

from __future__ import annotations

from maquette_client.v1 import scene_pb2

from maquette.models import scene_edits as edits
from maquette.models.requests import RenderScene, SampleScene
from maquette.models.scene import Appearance, Blob, Ellipse, Restyle, Scene
from maquette.models.scene_edits import SceneEdit, check_restyle, check_scene
from maquette.server.appearance_rules import check_vectors
from maquette.server.conversion import invalid, vector_from
from maquette.server.limits import Limits, exceeded

LONGEST_ID = 64
LONGEST_NAME = 256
DEFAULT_TRUNCATION = 0.4
MAXIMUM_THUMBNAIL_SIDE = 512


def ellipse_from(message: scene_pb2.Ellipse) -> Ellipse:
    """A blob's place and shape; ranges are checked by the scene's own rules."""
    return Ellipse(message.x, message.y, message.size, message.aspect, message.angle)


def ellipse_message(ellipse: Ellipse) -> scene_pb2.Ellipse:
    """A blob's place and shape on the wire."""
    return scene_pb2.Ellipse(x=ellipse.x, y=ellipse.y, size=ellipse.size, aspect=ellipse.aspect, angle=ellipse.angle)


def restyle_from(message: scene_pb2.Restyle) -> Restyle:
    """A second style, checked.

    Raises:
        MaquetteError: INVALID_ARGUMENT or NOT_A_FINITE_NUMBER.
    """
    which = message.WhichOneof("source")
    if which is None:
        raise invalid("A restyle needs a seed or a style.", "Send exactly one of them.")
    if which == "style":
        restyle = Restyle(message.amount, style=vector_from(message.style, "style"))
    else:
        restyle = Restyle(message.amount, message.seeded.seed, message.seeded.truncation)
    check_restyle(restyle)
    return restyle


def _restyle_message(restyle: Restyle) -> scene_pb2.Restyle:
    if restyle.style is not None:
        return scene_pb2.Restyle(amount=restyle.amount, style=restyle.style)
    seeded = scene_pb2.SeededStyle(seed=restyle.seed or 0, truncation=restyle.truncation)
    return scene_pb2.Restyle(amount=restyle.amount, seeded=seeded)


def appearance_from(message: scene_pb2.Appearance) -> Appearance:
    """What a blob or the background looks like, checked.

    Raises:
        MaquetteError: INVALID_ARGUMENT or NOT_A_FINITE_NUMBER.
    """
    return Appearance(
        vector_from(message.structure, "structure"),
        vector_from(message.style, "style"),
        message.row,
        restyle_from(message.restyle) if message.HasField("restyle") else None,
    )


def _appearance_message(appearance: Appearance) -> scene_pb2.Appearance:
    return scene_pb2.Appearance(
        structure=appearance.structure,
        style=appearance.style,
        row=appearance.row,
        restyle=None if appearance.restyle is None else _restyle_message(appearance.restyle),
    )


def _checked_id(blob_id: str) -> str:
    if not 1 <= len(blob_id) <= LONGEST_ID:
        raise invalid("A blob's id is empty or too long.", f"Give it 1 to {LONGEST_ID} characters.")
    return blob_id


def blob_from(message: scene_pb2.Blob) -> Blob:
    """One movable part of a scene.

    Raises:
        MaquetteError: INVALID_ARGUMENT or NOT_A_FINITE_NUMBER.
    """
    if not (message.HasField("ellipse") and message.HasField("appearance")):
        raise invalid(f"The blob '{message.id[:LONGEST_ID]}' is incomplete.", "Send its ellipse and its appearance.")
    if len(message.name) > LONGEST_NAME:
        raise invalid("A blob's name is too long.", f"Give it at most {LONGEST_NAME} characters.")
    return Blob(
        _checked_id(message.id),
        message.name,
        ellipse_from(message.ellipse),
        appearance_from(message.appearance),
        not message.hidden,
    )


def _blob_message(blob: Blob) -> scene_pb2.Blob:
    return scene_pb2.Blob(
        id=blob.id,
        name=blob.name,
        ellipse=ellipse_message(blob.ellipse),
        appearance=_appearance_message(blob.appearance),
        hidden=not blob.visible,
    )


def scene_from(message: scene_pb2.Scene, limits: Limits) -> Scene:
    """A whole scene, checked in everything that does not depend on its model.

    Raises:
        MaquetteError: INVALID_ARGUMENT, NOT_A_FINITE_NUMBER, LIMIT_EXCEEDED or BLOB_ALREADY_EXISTS.
    """
    if not message.HasField("background"):
        raise invalid("The scene has no background.", "Send the scene as it came from the daemon.")
    if len(message.blobs) > limits.blobs:
        raise exceeded("Blobs of a scene", len(message.blobs), limits.blobs)
    scene = Scene(
        message.model_id,
        message.model_digest,
        appearance_from(message.background),
        tuple(blob_from(blob) for blob in message.blobs),
        message.noise_seed,
    )
    check_scene(scene)
    check_vectors(scene, scene)
    return scene


def scene_message(scene: Scene) -> scene_pb2.Scene:
    """A whole scene on the wire."""
    return scene_pb2.Scene(
        model_id=scene.model_id,
        model_digest=scene.model_digest,
        background=_appearance_message(scene.background),
        blobs=[_blob_message(blob) for blob in scene.blobs],
        noise_seed=scene.noise_seed,
    )


def sample_request(message: scene_pb2.SampleSceneRequest, model_id: str, limits: Limits) -> SampleScene:
    """What a caller wants sampled, with the defaults filled in.

    Raises:
        MaquetteError: INVALID_ARGUMENT or LIMIT_EXCEEDED.
    """
    truncation = message.truncation if message.HasField("truncation") else DEFAULT_TRUNCATION
    if not 0.0 <= truncation <= 1.0:
        raise invalid(f"The truncation {truncation:g} is out of range.", "Send 0 to 1.")
    if message.count > limits.samples:
        raise exceeded("Scenes of one call", message.count, limits.samples)
    if message.thumbnail_side > MAXIMUM_THUMBNAIL_SIDE:
        raise exceeded("Pixels of a thumbnail's side", message.thumbnail_side, MAXIMUM_THUMBNAIL_SIDE)
    return SampleScene(
        model_id=model_id,
        layout_seed=message.layout_seed,
        style_seed=message.style_seed if message.HasField("style_seed") else None,
        background_seed=message.background_seed if message.HasField("background_seed") else None,
        truncation=truncation,
        count=message.count or 1,
        thumbnail_side=message.thumbnail_side,
    )


def render_request(message: scene_pb2.RenderSceneRequest, limits: Limits) -> RenderScene:
    """What a caller wants rendered; errors as :func:`scene_from`."""
    if not message.HasField("scene"):
        raise invalid("The request has no scene.", "Send the scene to render.")
    scene = scene_from(message.scene, limits)
    return RenderScene(scene, blob_map=message.with_blob_map, alphas=message.with_alphas)


def _set_ellipse(message: scene_pb2.ScenePatch.SetEllipse) -> SceneEdit:
    if not message.HasField("ellipse"):
        raise invalid("The change names no ellipse.", "Send the blob's new ellipse.")
    return edits.SetEllipse(message.blob_id, ellipse_from(message.ellipse))


def _add_blob(message: scene_pb2.ScenePatch.AddBlob) -> SceneEdit:
    return edits.AddBlob(blob_from(message.blob), message.behind_id or None)


def _clone_blob(message: scene_pb2.ScenePatch.CloneBlob) -> SceneEdit:
    ellipse = ellipse_from(message.ellipse) if message.HasField("ellipse") else None
    return edits.CloneBlob(message.source_id, _checked_id(message.new_id), ellipse)


def _restyle_blob(message: scene_pb2.ScenePatch.RestyleBlob) -> SceneEdit:
    restyle = restyle_from(message.restyle) if message.HasField("restyle") else None
    return edits.RestyleBlob(message.blob_id or None, restyle)


def edit_from(message: scene_pb2.ScenePatch, limits: Limits) -> SceneEdit:
    """One change of a scene, checked in everything that does not depend on the scene.

    Raises:
        MaquetteError: INVALID_ARGUMENT, NOT_A_FINITE_NUMBER or LIMIT_EXCEEDED.
    """
    match message.WhichOneof("change"):
        case "set_ellipse":
            return _set_ellipse(message.set_ellipse)
        case "set_hidden":
            return edits.SetVisible(message.set_hidden.blob_id, not message.set_hidden.hidden)
        case "set_order":
            return edits.SetOrder(tuple(message.set_order.blob_ids))
        case "add_blob":
            return _add_blob(message.add_blob)
        case "clone_blob":
            return _clone_blob(message.clone_blob)
        case "remove_blob":
            return edits.RemoveBlob(message.remove_blob.blob_id)
        case "restyle_blob":
            return _restyle_blob(message.restyle_blob)
        case "restyle_from_blob":
            source = message.restyle_from_blob
            return edits.RestyleFromBlob(source.blob_id, source.source_id, source.amount)
        case "set_noise_seed":
            return edits.SetNoiseSeed(message.set_noise_seed.noise_seed)
        case "replace_scene":
            return edits.ReplaceScene(scene_from(message.replace_scene.scene, limits))
        case _:
            raise invalid("A change says nothing.", "Set exactly one kind of change, or update Maquette.")
