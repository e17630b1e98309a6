"""Protobuf ↔ dataclasses: what every service shares. Everything that comes in is checked here."""

from __future__ import annotations

import asyncio
import math
from array import array
from collections.abc import Iterable, Mapping
from typing import cast

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from maquette_client.v1 import common_pb2

import maquette
from maquette.errors import MaquetteError, Reason
from maquette.imaging.picture import AlphaMode, ColourSpace, Picture, PictureSpec, PixelFormat
from maquette.models.operations import Progress
from maquette.server.content_cache import ContentCache, content_id
from maquette.server.limits import Limits, exceeded

_FLOATS = (FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE)
_HASH_ASIDE_FROM_BYTES = 4 * 2**20

PIXEL_FORMATS = {common_pb2.PixelFormat.Value(f"PIXEL_FORMAT_{one.name}"): one for one in PixelFormat}
COLOUR_SPACES = {common_pb2.ColourSpace.Value(f"COLOUR_SPACE_{one.name}"): one for one in ColourSpace}
ALPHA_MODES = {common_pb2.AlphaMode.Value(f"ALPHA_MODE_{one.name}"): one for one in AlphaMode}


def invalid(message: str, action: str) -> MaquetteError:
    """The refusal of a request that makes no sense."""
    return MaquetteError(Reason.INVALID_ARGUMENT, message, action)


def not_finite(name: str) -> MaquetteError:
    """The refusal of an infinity or a NaN."""
    return MaquetteError(
        Reason.NOT_A_FINITE_NUMBER, f"The field '{name}' is not a finite number.", "Send a finite number."
    )


def check_finite(message: Message) -> None:
    """Refuse a message that holds an infinity or a NaN in any field, however deep.

    Raises:
        MaquetteError: NOT_A_FINITE_NUMBER.
    """
    for field, value in message.ListFields():
        if field.type in _FLOATS:
            values = value if field.is_repeated else (value,)
            if not all(map(math.isfinite, values)):
                raise not_finite(field.name)
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            _check_finite_below(field, value)


def _check_finite_below(field: FieldDescriptor, value: object) -> None:
    if isinstance(value, Message):
        check_finite(value)
        return
    many = cast("Mapping[object, object]", value).values() if isinstance(value, Mapping) else value
    for one in cast("Iterable[object]", many):
        if isinstance(one, Message):
            check_finite(one)
        elif isinstance(one, float) and not math.isfinite(one):
            raise not_finite(field.name)


def vector_from(data: bytes, name: str) -> bytes:
    """The bytes of a float32 vector, checked.

    Raises:
        MaquetteError: INVALID_ARGUMENT or NOT_A_FINITE_NUMBER.
    """
    if not data or len(data) % 4:
        raise invalid(f"The field '{name}' does not hold float32 values.", "Send it as it came from the daemon.")
    # A sum is finite if and only if all its float32 terms are: doubles do not overflow on them.
    if not math.isfinite(sum(array("f", data))):
        raise not_finite(name)
    return data


def spec_from(message: common_pb2.ImageSpec, limits: Limits) -> PictureSpec:
    """An image's description, checked.

    Raises:
        MaquetteError: INVALID_ARGUMENT or LIMIT_EXCEEDED.
    """
    pixel_format = PIXEL_FORMATS.get(message.pixel_format)
    colour_space = COLOUR_SPACES.get(message.colour_space)
    alpha_mode = ALPHA_MODES.get(message.alpha_mode)
    if pixel_format is None or colour_space is None or alpha_mode is None:
        raise invalid("The image's spec is incomplete.", "Set pixel_format, colour_space and alpha_mode.")
    if min(message.width, message.height) < 1:
        raise invalid("The image has no pixels.", "Send a width and a height of at least 1.")
    if max(message.width, message.height) > limits.image_side:
        raise exceeded("Pixels of an image's side", max(message.width, message.height), limits.image_side)
    spec = PictureSpec(message.width, message.height, pixel_format, colour_space, alpha_mode)
    if spec.byte_size > limits.image_bytes:
        raise exceeded("Bytes of an image", spec.byte_size, limits.image_bytes)
    return spec


def spec_message(spec: PictureSpec) -> common_pb2.ImageSpec:
    """An image's description on the wire."""
    return common_pb2.ImageSpec(
        width=spec.width,
        height=spec.height,
        pixel_format=f"PIXEL_FORMAT_{spec.pixel_format.name}",
        colour_space=f"COLOUR_SPACE_{spec.colour_space.name}",
        alpha_mode=f"ALPHA_MODE_{spec.alpha_mode.name}",
    )


def picture_from(message: common_pb2.Image, cache: ContentCache, limits: Limits) -> Picture:
    """An image that a caller sent, inline or by content id.

    Raises:
        MaquetteError: INVALID_ARGUMENT, LIMIT_EXCEEDED, CONTENT_NOT_FOUND or CONTENT_CORRUPT.
    """
    spec = spec_from(message.spec, limits)
    which = message.WhichOneof("data")
    if which is None:
        raise invalid("The image has neither bytes nor a content id.", "Send exactly one of them.")
    pixels = message.inline if which == "inline" else cache.get(message.content_id).pixels
    if which == "inline" and len(pixels) > limits.inline_bytes:
        raise exceeded("Bytes of an inline image", len(pixels), limits.inline_bytes)
    if len(pixels) != spec.byte_size:
        raise MaquetteError(
            Reason.CONTENT_CORRUPT,
            f"The image has {len(pixels)} bytes where its spec needs {spec.byte_size}.",
            "Send width × height × bytes per pixel, without padding.",
        )
    return Picture(spec, pixels)


def colours_from(message: common_pb2.Image, is_there: bool, cache: ContentCache, limits: Limits) -> Picture:
    """A picture that a caller sent to be looked at: of any depth, but of colours.

    Args:
        message: the picture.
        is_there: the request has it.
        cache: pictures that were sent ahead.
        limits: bounds on requests.

    Raises:
        MaquetteError: INVALID_ARGUMENT, LIMIT_EXCEEDED, CONTENT_NOT_FOUND or CONTENT_CORRUPT.
    """
    if not is_there:
        raise invalid("The request has no picture.", "Send a picture.")
    picture = picture_from(message, cache, limits)
    if picture.spec.colour_space is ColourSpace.DATA:
        raise invalid("The picture is not of colours.", "Send its colour space: sRGB or linear Rec. 709.")
    return picture


async def image_message(
    picture: Picture, cache: ContentCache, limits: Limits, may_be_inline: bool = True
) -> common_pb2.Image:
    """A picture on the wire: inline when it is small and may be, else kept in the cache and named."""
    spec = spec_message(picture.spec)
    if may_be_inline and len(picture.pixels) <= limits.inline_bytes:
        return common_pb2.Image(spec=spec, inline=picture.pixels)
    if len(picture.pixels) < _HASH_ASIDE_FROM_BYTES:
        name = content_id(picture.pixels)
    else:
        name = await asyncio.to_thread(content_id, picture.pixels)
    cache.put(name, picture)
    return common_pb2.Image(spec=spec, content_id=name)


def progress_message(progress: Progress) -> common_pb2.Progress:
    """A report on the wire."""
    return common_pb2.Progress(stage=progress.stage, fraction=progress.fraction)


def provenance_message(model_id: str, digest: str, parameters: Mapping[str, object]) -> common_pb2.Provenance:
    """How to get a result again."""
    return common_pb2.Provenance(
        model_id=model_id,
        model_digest=digest,
        maquette_version=maquette.__version__,
        parameters={name: str(value) for name, value in parameters.items()},
    )
