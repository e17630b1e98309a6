"""Scenes as files, the same that the command line writes and reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from .client import ClientError, Connection, models, scenes
from .documents import PlaneDocument, read_scene, write_scene
from .placement import Frame
from .sampling import NewScene
from .scene import Scene
from .whole_files import read_whole, write_whole
from .wire import scene_message

SUFFIX = ".json"
_SCENE_TASK = "sample_scene"


def save_scene(path: Path, scene: Scene) -> None:
    """Write a scene to a file; after a failure the old file is still there.

    Raises:
        ClientError: SCENE_FILE_NOT_WRITTEN.
    """
    try:
        write_whole(path, write_scene(scene).encode("utf-8"))
    except OSError as error:
        raise ClientError(
            "SCENE_FILE_NOT_WRITTEN",
            f"The scene could not be saved as {path}: {error.strerror or error}.",
            "Choose another folder.",
        ) from error


def load_scene(path: Path) -> Scene:
    """Read a scene from a file.

    Raises:
        ClientError: SCENE_FILE_NOT_READ, SCENE_FILE_CORRUPT or SCENE_FILE_UNKNOWN.
    """
    try:
        content = read_whole(path)
    except OSError as error:
        raise ClientError(
            "SCENE_FILE_NOT_READ", f"{path} cannot be read: {error.strerror or error}.", "Choose another file."
        ) from error
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ClientError("SCENE_FILE_CORRUPT", f"{path} is not text.", "Choose another file.") from error
    return read_scene(text)


async def check_loaded(
    connection: Connection, scene: Scene, on_progress: Callable[[str, float], None] | None = None
) -> NewScene:
    """A scene from a file, made sure to be one that a model of the daemon can render.

    It is rendered once, so that a file that is damaged inside is refused before anything in Blender is replaced.

    Raises:
        ClientError: MODEL_NOT_FOUND or SCENE_MODEL_MISMATCH when the model is not there; the daemon's refusal of the
            scene; any failure of the connection.
    """
    known = await models.list_models(connection, _SCENE_TASK)
    same = [model for model in known if not scene.model_digest or model.digest == scene.model_digest]
    model = next((model for model in same if model.id == scene.model_id), None)
    if model is None and scene.model_digest:
        # Imported under another name.
        model = next(iter(same), None)
    if model is None:
        raise _no_model(scene, any(other.id == scene.model_id for other in known))
    scene = replace(scene, model_id=model.id, model_digest=model.digest)
    await scenes.render_scene(connection, scene_message(scene), on_progress=on_progress)
    frame = Frame.of_picture(model.width, model.height, model.area_normaliser)
    return NewScene(PlaneDocument(scene.without_blobs(), scene, frame), model.width, model.height)


def _no_model(scene: Scene, other_weights: bool) -> ClientError:
    if other_weights:
        return ClientError(
            "SCENE_MODEL_MISMATCH",
            f"The scene was made by other weights of “{scene.model_id}” than those that are installed.",
            "Install the weights that made it.",
        )
    return ClientError(
        "MODEL_NOT_FOUND",
        f"The scene was made by “{scene.model_id}”, which is not installed.",
        "Import that model first.",
    )
