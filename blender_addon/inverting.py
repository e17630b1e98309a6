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
        part: what of the picture the model sees; None = the largest part of its shape, at ``place``.
        place: where that part is along the longer side, 0 = left or top, 1 = right or bottom.
    """

    image: Image
    model_id: str = ""
    steps: int | None = None
    seed: int = 0
    start: Scene | None = None
    kept: frozenset[str] = frozenset()
    part: inversion.Part | None = None
    place: float = 0.5


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


def part_at(width: int, height: int, across: int, down: int, place: float) -> inversion.Part:
    """The largest part with sides of ``across`` to ``down`` of a picture, at a place along its longer side."""
    wide, high = max(1, min(width, height * across // down)), max(1, min(height, width * down // across))
    return inversion.Part(round((width - wide) * place), round((height - high) * place), wide, high)


async def _chosen(connection: Connection, request: InversionRequest) -> tuple[str, inversion.Part | None]:
    """The model and what it shall see. Where nothing was chosen, the daemon chooses the model, and the middle."""
    if request.part is not None or request.place == 0.5:
        return request.model_id, request.part
    if request.model_id:
        model = await models.get_model(connection, request.model_id)
    else:
        serving = await models.list_models(connection, "invert_image")
        if not serving:
            return "", None
        model = min(serving, key=lambda each: (not each.embedded, each.id))
    image = request.image
    return model.id, part_at(image.width, image.height, model.width, model.height, request.place)


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
    model_id, part = await _chosen(connection, request)
    found = await inversion.invert_image(
        connection,
        request.image,
        part=part,
        model_id=model_id,
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
