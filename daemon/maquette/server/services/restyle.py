"""RestyleScene: another look for one blob, several, or the background."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from maquette_client.v1 import scene_pb2

from maquette.engine.messages import Priority
from maquette.engine.supervisor import Finished, Supervisor
from maquette.imaging.picture import Picture
from maquette.models.operations import Progress
from maquette.models.requests import RenderScene, ResolveStyles
from maquette.models.scene import Scene
from maquette.models.scene_edits import RestyleBlob, apply_edits
from maquette.server.appearance_rules import check_vectors
from maquette.server.conversion import invalid
from maquette.server.conversion_scene import restyle_from, scene_from
from maquette.server.limits import Limits

_RESOLVING_SHARE = 0.2


@dataclass(frozen=True)
class Restyled:
    """What came of it.

    Attributes:
        scene: with plain styles.
        picture: of that scene.
    """

    scene: Scene
    picture: Picture


def restyled_scene(request: scene_pb2.RestyleSceneRequest, limits: Limits) -> Scene:
    """The scene with the asked-for restyles, not yet resolved.

    Raises:
        MaquetteError: INVALID_ARGUMENT, BLOB_NOT_FOUND, NOT_A_FINITE_NUMBER, or what is wrong with the scene.
    """
    if not (request.HasField("scene") and request.HasField("restyle")):
        raise invalid("The request is incomplete.", "Send a scene and a restyle.")
    scene = scene_from(request.scene, limits)
    restyle = restyle_from(request.restyle)
    blob_ids: list[str | None] = [*request.blob_ids] or [blob.id for blob in scene.blobs]
    if request.background:
        blob_ids.append(None)
    scene = apply_edits(scene, [RestyleBlob(blob_id, restyle) for blob_id in blob_ids])
    check_vectors(scene, scene)
    return scene


def restyle_parameters(request: scene_pb2.RestyleSceneRequest) -> dict[str, object]:
    """What the result's provenance says of the request."""
    parameters: dict[str, object] = {
        "amount": request.restyle.amount,
        "blob_ids": ",".join(request.blob_ids),
        "background": request.background,
        "noise_seed": request.scene.noise_seed,
    }
    if request.restyle.WhichOneof("source") == "seeded":
        parameters |= {"seed": request.restyle.seeded.seed, "truncation": request.restyle.seeded.truncation}
    return parameters


async def _part(
    supervisor: Supervisor, model_id: str, request: object, start: float, span: float
) -> AsyncGenerator[Progress | Finished, None]:
    async with aclosing(supervisor.operate(model_id, request, Priority.PREVIEW)) as events:
        async for event in events:
            if isinstance(event, Progress):
                yield replace(event, fraction=start + span * event.fraction)
            else:
                yield event


async def resolve_and_render(supervisor: Supervisor, scene: Scene) -> AsyncGenerator[Progress | Restyled, None]:
    """Mix a scene's restyles into plain styles and render it: progress, then the result."""
    resolved = scene
    async with aclosing(_part(supervisor, scene.model_id, ResolveStyles(scene), 0.0, _RESOLVING_SHARE)) as events:
        async for event in events:
            if isinstance(event, Progress):
                yield event
            else:
                resolved = event.result.scene
    rendering = _part(supervisor, scene.model_id, RenderScene(resolved), _RESOLVING_SHARE, 1.0 - _RESOLVING_SHARE)
    async with aclosing(rendering) as events:
        async for event in events:
            yield event if isinstance(event, Progress) else Restyled(resolved, event.result.picture)
