"""Asking the daemon for scenes between two scenes."""

from __future__ import annotations

from collections.abc import Callable

from .client import Connection, models, scene_completion
from .documents import PlaneDocument
from .placement import Frame
from .restyling import resolved
from .sampling import NewScene
from .scene import Scene
from .wire import scene_from_message, scene_message


async def mix_scenes(
    connection: Connection,
    start: Scene,
    end: Scene,
    amount: float,
    on_progress: Callable[[str, float], None] | None = None,
) -> NewScene:
    """The scene between two of the same model: 0 = ``start``, 1 = ``end``.

    Raises:
        ClientError: SCENE_MODEL_MISMATCH, any other refusal of the daemon or failure of the connection.
    """
    [mixed] = await scene_completion.interpolate_scenes(
        connection, scene_message(start), scene_message(end), [amount], on_progress=on_progress
    )
    scene = scene_from_message(mixed.scene)
    model = await models.get_model(connection, scene.model_id)
    frame = Frame.of_picture(model.width, model.height, model.area_normaliser)
    return NewScene(PlaneDocument(scene.without_blobs(), scene, frame), model.width, model.height)


async def without_restyles(connection: Connection, scene: Scene) -> Scene:
    """The same scene with its restyles mixed into the looks; asks only where there are some.

    Raises:
        ClientError: any refusal of the daemon or failure of the connection.
    """
    looks = [scene.background, *(blob.look for blob in scene.blobs)]
    return scene if all(look.restyle is None for look in looks) else await resolved(connection, scene)
