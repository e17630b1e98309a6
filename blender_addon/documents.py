"""What is written on the objects in Blender: on each empty its blob, on the plane what the blobs share.

Nothing else remembers the scene. An empty that is copied, pasted into another file, deleted or brought back by undo
brings its blob along. All of it is in the client's scene format, an empty's blob as a scene of that one blob.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from .client import ClientError, scene_from_json, scene_to_json
from .placement import Frame
from .scene import Blob, Look, Restyle, Scene
from .wire import scene_from_message, scene_message

_NO_LOOK = Look(b"", b"", 0)


@dataclass(frozen=True)
class BlobDocument:
    """A blob as its empty was made, and the model that can draw it."""

    model_id: str
    model_digest: str
    blob: Blob

    @staticmethod
    def of(scene: Scene, blob: Blob) -> BlobDocument:
        """The document of a blob of this scene."""
        return BlobDocument(scene.model_id, scene.model_digest, blob)

    def restyled(self, restyle: Restyle | None) -> BlobDocument:
        """The same blob with another look."""
        return BlobDocument(self.model_id, self.model_digest, self.blob.restyled(restyle))


@dataclass(frozen=True)
class PlaneDocument:
    """What the blobs of a plane share.

    Attributes:
        header: the scene without its blobs.
        sampled: the scene as it was sampled, with its blobs: what Reset goes back to.
        frame: shape of the plane and size of its blobs.
    """

    header: Scene
    sampled: Scene
    frame: Frame

    def as_sampled(self) -> PlaneDocument:
        """The document as it was before any change."""
        return PlaneDocument(self.sampled.without_blobs(), self.sampled, self.frame)


def write_scene(scene: Scene) -> str:
    """A scene as text."""
    return scene_to_json(scene_message(scene))


@lru_cache(maxsize=32)
def read_scene(text: str) -> Scene:
    """A scene from text.

    Raises:
        ClientError: SCENE_FILE_CORRUPT or SCENE_FILE_UNKNOWN.
    """
    return scene_from_message(scene_from_json(text))


def write_blob(document: BlobDocument) -> str:
    """A blob as text."""
    return write_scene(Scene(document.model_id, document.model_digest, _NO_LOOK, (document.blob,)))


@lru_cache(maxsize=512)
def read_blob(text: str) -> BlobDocument:
    """A blob from text.

    Raises:
        ClientError: SCENE_FILE_CORRUPT or SCENE_FILE_UNKNOWN.
    """
    scene = scene_from_message(scene_from_json(text))
    if len(scene.blobs) != 1:
        raise ClientError(
            "SCENE_FILE_CORRUPT",
            "What Maquette wrote on this empty cannot be read.",
            "Undo, or delete the empty.",
        )
    return BlobDocument.of(scene, scene.blobs[0])
