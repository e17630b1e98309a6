"""Asking the daemon for a new scene."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .client import Connection, models, scenes
from .documents import PlaneDocument
from .placement import Frame
from .wire import scene_from_message


@dataclass(frozen=True)
class SceneRequest:
    """What the artist asks for.

    Attributes:
        model_id: catalogue name; empty = the default scene model.
        seed: decides places and sizes and, where no other seed is given, looks.
        truncation: 0 = varied, 1 = the most typical scene.
        style_seed, background_seed: decide looks; None = ``seed``.
    """

    model_id: str
    seed: int
    truncation: float
    style_seed: int | None = None
    background_seed: int | None = None


@dataclass(frozen=True)
class NewScene:
    """A sampled scene, ready to be put on a plane, and the size of its picture in pixels."""

    document: PlaneDocument
    width: int
    height: int


async def sample(
    connection: Connection, request: SceneRequest, on_progress: Callable[[str, float], None] | None = None
) -> NewScene:
    """Sample one scene.

    Raises:
        ClientError: the daemon's refusal or any failure of the connection.
    """
    [sampled] = await scenes.sample_scenes(
        connection,
        request.seed,
        model_id=request.model_id,
        style_seed=request.style_seed,
        background_seed=request.background_seed,
        truncation=request.truncation,
        on_progress=on_progress,
    )
    scene = scene_from_message(sampled.scene)
    model = await models.get_model(connection, scene.model_id)
    frame = Frame.of_picture(model.width, model.height, model.area_normaliser)
    return NewScene(PlaneDocument(scene.without_blobs(), scene, frame), model.width, model.height)
