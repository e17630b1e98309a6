"""A picture of one's own as a scene, and the edits of that scene carried back onto the picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from maquette_client import content
from maquette_client.connection import Connection
from maquette_client.errors import ClientError
from maquette_client.images import Image, check_image
from maquette_client.scenes import OnPreview, OnProgress, last_result
from maquette_client.v1 import common_pb2, scene_pb2
from maquette_client.v1.scene_grpc import SceneServiceStub


@dataclass(frozen=True)
class Part:
    """A part of a picture: pixels [left, left + width) × [top, top + height)."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class InvertedImage:
    """The scene that was found for a picture.

    Attributes:
        picture: the scene rendered.
        part: what of the picture the model saw.
        psnr: of ``picture`` against what the model saw, in dB.
        first_psnr: the same of the first guess, before optimisation.
        encoded: the first guess came from the model's encoder.
    """

    scene: scene_pb2.Scene
    picture: Image
    part: Part
    psnr: float
    first_psnr: float
    encoded: bool
    provenance: common_pb2.Provenance


@dataclass(frozen=True)
class TransferredEdit:
    """What of a picture an edit changed; :func:`with_edit` puts it there.

    Attributes:
        changed: None = nothing.
        patch: the new pixels of ``changed``, in the picture's own format.
    """

    changed: Part | None
    patch: Image | None
    provenance: common_pb2.Provenance


async def invert_image(
    connection: Connection,
    image: Image,
    *,
    part: Part | None = None,
    model_id: str = "",
    scene: scene_pb2.Scene | None = None,
    pinned_ids: Iterable[str] = (),
    pin_background: bool = False,
    steps: int | None = None,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    on_preview: OnPreview | None = None,
) -> InvertedImage:
    """Find the scene that renders to a picture. Leaving the call cancels the work.

    Args:
        connection: to the daemon.
        image: of any depth.
        part: what of the picture the model sees; None = the largest part of the model's shape in the middle.
        model_id: empty = the default scene model; not asked for when ``scene`` is given.
        scene: to start from, instead of the encoder's guess; its ids and names are kept.
        pinned_ids: blobs of ``scene`` that stay as they are, to the byte.
        pin_background: the background of ``scene`` stays, too.
        steps: of optimisation, 0 to 2000; None = the model's own number.
        seed: decides the ids of the blobs, and the first guess of a model without an encoder.
        on_progress: told how far it is.
        on_preview: shown the picture of the scene as it is so far.

    Raises:
        ClientError: the daemon's refusal or any failure of the connection.
    """
    request = scene_pb2.InvertImageRequest(
        model_id=model_id,
        image=await content.to_message(connection, image),
        region=None if part is None else _rectangle(part),
        scene=scene,
        pinned_ids=pinned_ids,
        pin_background=pin_background,
        steps=steps,
        seed=seed,
    )
    result: scene_pb2.InvertedImage = await last_result(
        connection, SceneServiceStub, "InvertImage", request, on_progress, on_preview
    )
    return InvertedImage(
        scene=result.scene,
        picture=await content.from_message(connection, result.picture),
        part=_part(result.region),
        psnr=result.psnr,
        first_psnr=result.first_psnr,
        encoded=result.encoded,
        provenance=result.provenance,
    )


async def transfer_edit(
    connection: Connection,
    image: Image,
    before: scene_pb2.Scene,
    after: scene_pb2.Scene,
    *,
    part: Part | None = None,
    blend: float | None = None,
    on_progress: OnProgress | None = None,
) -> TransferredEdit:
    """Carry the difference between the renders of two scenes onto a picture; every other pixel stays the picture's.
    Leaving the call cancels the work.

    Args:
        connection: to the daemon.
        image: of any depth.
        before: the scene that stands for the picture as it is.
        after: the same scene after the edit.
        part: which part of the picture the scenes are about; None = the largest part of their shape in the middle.
        blend: width in pixels of the picture over which the change fades out; None = 2 % of the part's longer side.
        on_progress: told how far it is.

    Raises:
        ClientError: SCENE_MODEL_MISMATCH, any other refusal of the daemon, or any failure of the connection.
    """
    request = scene_pb2.TransferEditRequest(
        image=await content.to_message(connection, image),
        region=None if part is None else _rectangle(part),
        before=before,
        after=after,
        blend=blend,
    )
    result: scene_pb2.TransferredEdit = await last_result(
        connection, SceneServiceStub, "TransferEdit", request, on_progress
    )
    if not result.HasField("changed"):
        return TransferredEdit(None, None, result.provenance)
    return TransferredEdit(
        _part(result.changed), await content.from_message(connection, result.patch), result.provenance
    )


def with_edit(image: Image, edit: TransferredEdit) -> Image:
    """The picture after the edit; every pixel outside ``edit.changed`` is the picture's own.

    Raises:
        ClientError: IMAGE_CORRUPT when the patch is not of the picture's format or does not fit into it.
    """
    check_image(image)
    part, patch = edit.changed, edit.patch
    if part is None or patch is None:
        return image
    check_image(patch)
    fits = part.left + part.width <= image.width and part.top + part.height <= image.height
    if (
        not fits
        or patch.pixel_format is not image.pixel_format
        or (patch.width, patch.height) != (part.width, part.height)
    ):
        raise ClientError(
            "IMAGE_CORRUPT", "The edit is of another picture.", "Carry it onto the picture it was made for."
        )
    pixel_bytes = image.pixel_format.channels * image.pixel_format.sample_bytes
    pixels, row_bytes = bytearray(image.pixels), part.width * pixel_bytes
    for row in range(part.height):
        start = ((part.top + row) * image.width + part.left) * pixel_bytes
        pixels[start : start + row_bytes] = patch.pixels[row * row_bytes : (row + 1) * row_bytes]
    return replace(image, pixels=bytes(pixels))


def _rectangle(part: Part) -> scene_pb2.Rectangle:
    if min(part.left, part.top) < 0 or min(part.width, part.height) < 1:
        raise ClientError("INVALID_ARGUMENT", "The part has no pixels or lies outside.", "Name a part of the picture.")
    return scene_pb2.Rectangle(left=part.left, top=part.top, width=part.width, height=part.height)


def _part(rectangle: scene_pb2.Rectangle) -> Part:
    return Part(rectangle.left, rectangle.top, rectangle.width, rectangle.height)
