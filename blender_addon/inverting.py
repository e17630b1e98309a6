"""Asking the daemon for the scene in a picture, and for an edit of that scene to be carried onto the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .client import Connection, Image, inversion, models
from .documents import PlaneDocument
from .placement import Frame
from .sampling import NewScene
from .scene import Scene
from .wire import scene_from_message, scene_message

OnProgress = Callable[[str, float], None]
OnPreview = Callable[[Image], None]


@dataclass(frozen=True)
class InversionRequest:
    """What the artist asks for.

    Attributes:
        image: the picture.
        model_id: catalogue name; empty = the default scene model.
        steps: of optimisation; None = the model's own number.
        seed: decides the first guess of a model without an encoder.
        start: the scene to start from; None = the model's own first guess.
        kept: ids of the blobs of ``start`` that stay as they are.
        part: what of the picture the model sees; None = the largest part of its shape in the middle.
    """

    image: Image
    model_id: str = ""
    steps: int | None = None
    seed: int = 0
    start: Scene | None = None
    kept: frozenset[str] = frozenset()
    part: inversion.Part | None = None


@dataclass(frozen=True)
class FoundScene:
    """The scene in a picture, ready to be put on a plane.

    Attributes:
        part: what of the picture it is about.
        picture: the scene rendered.
        psnr: its likeness to that part, in dB.
    """

    new: NewScene
    part: inversion.Part
    picture: Image
    psnr: float


async def invert(
    connection: Connection,
    request: InversionRequest,
    on_progress: OnProgress | None = None,
    on_preview: OnPreview | None = None,
) -> FoundScene:
    """Find the scene in a picture.

    Raises:
        ClientError: the daemon's refusal or any failure of the connection.
    """
    found = await inversion.invert_image(
        connection,
        request.image,
        part=request.part,
        model_id=request.model_id,
        scene=None if request.start is None else scene_message(request.start),
        pinned_ids=sorted(request.kept),
        steps=request.steps,
        seed=request.seed,
        on_progress=on_progress,
        on_preview=on_preview,
    )
    scene = scene_from_message(found.scene)
    model = await models.get_model(connection, scene.model_id)
    frame = Frame.of_picture(model.width, model.height, model.area_normaliser)
    new = NewScene(PlaneDocument(scene.without_blobs(), scene, frame), model.width, model.height)
    return FoundScene(new, found.part, found.picture, found.psnr)


async def carry(
    connection: Connection,
    image: Image,
    part: inversion.Part,
    before: Scene,
    after: Scene,
    on_progress: OnProgress | None = None,
) -> inversion.TransferredEdit:
    """Carry the difference of two scenes onto a part of a picture.

    Raises:
        ClientError: the daemon's refusal or any failure of the connection.
    """
    return await inversion.transfer_edit(
        connection, image, scene_message(before), scene_message(after), part=part, on_progress=on_progress
    )
