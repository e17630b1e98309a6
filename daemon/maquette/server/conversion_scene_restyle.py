"""Protobuf ↔ dataclasses: other looks for a scene."""

from __future__ import annotations

from maquette_client.v1 import scene_pb2

from maquette.models.scene import Scene
from maquette.models.scene_edits import RestyleBlob, apply_edits, check_blob_ids
from maquette.models.scene_restyling import RestyleFromScene
from maquette.server.appearance_rules import check_vectors
from maquette.server.conversion import invalid
from maquette.server.conversion_scene import restyle_from, scene_from
from maquette.server.limits import Limits


def restyle_request(message: scene_pb2.RestyleSceneRequest, limits: Limits) -> tuple[Scene, RestyleFromScene | None]:
    """The scene with the asked-for restyles, not yet resolved; or the scene as it is, and where its looks come from.

    Raises:
        MaquetteError: INVALID_ARGUMENT, BLOB_NOT_FOUND, NOT_A_FINITE_NUMBER, or what is wrong with a scene.
    """
    if not message.HasField("scene"):
        raise invalid("The request has no scene.", "Send the scene to restyle.")
    if message.HasField("restyle") == message.HasField("source"):
        raise invalid("A scene is restyled by a restyle or from another scene.", "Send exactly one of them.")
    scene = scene_from(message.scene, limits)
    blob_ids = tuple(message.blob_ids) or tuple(blob.id for blob in scene.blobs)
    check_blob_ids(scene, blob_ids)
    if message.HasField("source"):
        return scene, _source(message, scene, blob_ids, limits)
    if message.HasField("amount"):
        raise invalid("The amount is for looks of another scene.", "Send it inside the restyle.")
    restyle = restyle_from(message.restyle)
    targets: list[str | None] = [*blob_ids, None] if message.background else [*blob_ids]
    scene = apply_edits(scene, [RestyleBlob(blob_id, restyle) for blob_id in targets])
    check_vectors(scene, scene)
    return scene, None


def _source(
    message: scene_pb2.RestyleSceneRequest, scene: Scene, blob_ids: tuple[str, ...], limits: Limits
) -> RestyleFromScene:
    amount = message.amount if message.HasField("amount") else 1.0
    if not 0.0 <= amount <= 1.0:
        raise invalid(f"The amount {amount:g} is out of range.", "Send 0 to 1.")
    source = scene_from(message.source, limits)
    if source.model_id == scene.model_id:
        check_vectors(source, scene)
    return RestyleFromScene(source, blob_ids, message.background, amount)


def restyle_parameters(message: scene_pb2.RestyleSceneRequest) -> dict[str, object]:
    """What the result's provenance says of the request."""
    parameters: dict[str, object] = {
        "amount": message.restyle.amount,
        "blob_ids": ",".join(message.blob_ids),
        "background": message.background,
        "noise_seed": message.scene.noise_seed,
    }
    if message.HasField("source"):
        amount = message.amount if message.HasField("amount") else 1.0
        parameters |= {"amount": amount, "source_noise_seed": message.source.noise_seed}
    elif message.restyle.WhichOneof("source") == "seeded":
        parameters |= {"seed": message.restyle.seeded.seed, "truncation": message.restyle.seeded.truncation}
    return parameters
