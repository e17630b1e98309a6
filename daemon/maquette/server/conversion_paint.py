"""Protobuf ↔ dataclasses: filling, extending, colouring and repairing pictures."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum

from maquette_client.v1 import common_pb2, paint_pb2

from maquette.engine.messages import PaintRequest
from maquette.imaging.picture import ColourSpace, Picture
from maquette.models.painting.requests import (
    BlendMode,
    Colorize,
    Context,
    ContextKind,
    Inpaint,
    Length,
    LengthUnit,
    Outpaint,
    PaintResult,
    PaintSettings,
    RestoreJpeg,
    SelectionSettings,
)
from maquette.server.content_cache import ContentCache
from maquette.server.conversion import colours_from, image_message, invalid, picture_from
from maquette.server.limits import Limits, exceeded

_MAXIMUM_PER_CENT = 1000.0
_DEFAULT_PREVIEW_SIDE = 256

_UNITS = {paint_pb2.LengthUnit.Value(f"LENGTH_UNIT_{one.name}"): one for one in LengthUnit}
_BLEND_MODES = {paint_pb2.BlendMode.Value(f"BLEND_MODE_{one.name}"): one for one in BlendMode}
_CONTEXTS = {paint_pb2.ContextKind.Value(f"CONTEXT_KIND_{one.name}"): one for one in ContextKind}


def inpaint_request(message: paint_pb2.InpaintRequest, cache: ContentCache, limits: Limits) -> Inpaint:
    """What an InpaintRequest asks for.

    Raises:
        MaquetteError: INVALID_ARGUMENT, LIMIT_EXCEEDED, CONTENT_NOT_FOUND or CONTENT_CORRUPT.
    """
    picture = colours_from(message.picture, message.HasField("picture"), cache, limits)
    if not message.HasField("mask"):
        raise invalid("The request has no mask.", "Send a mask of the picture's size.")
    mask = picture_from(message.mask, cache, limits)
    if mask.spec.pixel_format.channels != 1 or mask.spec.colour_space is not ColourSpace.DATA:
        raise invalid("The mask is not grey data.", "Send one channel, with COLOUR_SPACE_DATA.")
    _check_same_size(mask, picture, "mask")
    selection = message.selection
    return Inpaint(
        picture=picture,
        mask=mask,
        selection=SelectionSettings(
            grow=_length(selection.grow, selection.HasField("grow"), "grow", limits),
            feather=_length(selection.feather, selection.HasField("feather"), "feather", limits),
            blend=_length(selection.blend, selection.HasField("blend"), "blend", limits),
        ),
        context=_context(message.context, limits),
        blend_mode=_blend_mode(message.blend_mode),
        settings=_settings(message.settings, limits),
    )


def outpaint_request(message: paint_pb2.OutpaintRequest, cache: ContentCache, limits: Limits) -> Outpaint:
    """What an OutpaintRequest asks for.

    Raises:
        MaquetteError: INVALID_ARGUMENT, LIMIT_EXCEEDED, CONTENT_NOT_FOUND or CONTENT_CORRUPT.
    """
    picture = colours_from(message.picture, message.HasField("picture"), cache, limits)
    if not (message.left or message.right or message.top or message.bottom):
        raise invalid("The picture is not extended on any side.", "Send at least one pixel for one side.")
    width = picture.spec.width + message.left + message.right
    height = picture.spec.height + message.top + message.bottom
    if max(width, height) > limits.image_side:
        raise exceeded("Pixels of the extended picture's side", max(width, height), limits.image_side)
    settings = _settings(message.settings, limits)
    _check_bytes(width * height * picture.spec.pixel_format.pixel_bytes, settings, limits)
    return Outpaint(
        picture=picture,
        left=message.left,
        right=message.right,
        top=message.top,
        bottom=message.bottom,
        blend=_length(message.blend, message.HasField("blend"), "blend", limits),
        blend_mode=_blend_mode(message.blend_mode),
        settings=settings,
    )


def colorize_request(message: paint_pb2.ColorizeRequest, cache: ContentCache, limits: Limits) -> Colorize:
    """What a ColorizeRequest asks for.

    Raises:
        MaquetteError: INVALID_ARGUMENT, LIMIT_EXCEEDED, CONTENT_NOT_FOUND or CONTENT_CORRUPT.
    """
    picture = colours_from(message.picture, message.HasField("picture"), cache, limits)
    hints = None
    if message.HasField("hints"):
        hints = colours_from(message.hints, True, cache, limits)
        if hints.spec.pixel_format.channels != 4:
            raise invalid("The hints have no alpha channel.", "Send RGBA, transparent where there is no hint.")
        _check_same_size(hints, picture, "hint layer")
    settings = _settings(message.settings, limits)
    spec = picture.spec
    channels = max(3, spec.pixel_format.channels)
    _check_bytes(spec.width * spec.height * channels * spec.pixel_format.sample_bytes, settings, limits)
    keep_luminance = message.keep_luminance if message.HasField("keep_luminance") else True
    return Colorize(picture, hints, keep_luminance, settings)


def restore_request(message: paint_pb2.RestoreJpegRequest, cache: ContentCache, limits: Limits) -> RestoreJpeg:
    """What a RestoreJpegRequest asks for.

    Raises:
        MaquetteError: INVALID_ARGUMENT, LIMIT_EXCEEDED, CONTENT_NOT_FOUND or CONTENT_CORRUPT.
    """
    picture = colours_from(message.picture, message.HasField("picture"), cache, limits)
    if message.quality > 100:
        raise invalid(
            f"A JPEG quality of {message.quality} is more than 100.", "Send 1 to 100, or 0 to have it estimated."
        )
    settings = _settings(message.settings, limits)
    _check_bytes(picture.spec.byte_size, settings, limits)
    return RestoreJpeg(picture, message.quality or None, settings)


async def result_message(
    result: PaintResult, provenance: common_pb2.Provenance, cache: ContentCache, limits: Limits
) -> paint_pb2.PaintResult:
    """A result on the wire.

    Raises:
        MaquetteError: LIMIT_EXCEEDED when its candidates do not fit into the cache together.
    """
    total = sum(len(candidate.picture.pixels) for candidate in result.candidates)
    if total > limits.result_bytes:
        raise exceeded("Bytes of all candidates", total, limits.result_bytes)
    return paint_pb2.PaintResult(
        left=result.left,
        top=result.top,
        width=result.width,
        height=result.height,
        coverage=await image_message(result.coverage, cache, limits),
        candidates=[await image_message(candidate.picture, cache, limits) for candidate in result.candidates],
        notes=result.notes,
        provenance=provenance,
    )


def paint_parameters(request: PaintRequest) -> dict[str, object]:
    """What a result's provenance says of its request: every setting by its field's name, no pictures."""
    return dict(_parameters(request))


def _parameters(value: object) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for field in fields(value) if is_dataclass(value) else ():
        inner = getattr(value, field.name)
        if isinstance(inner, Length):
            found.append((field.name, f"{inner.value:g} {inner.unit.value}"))
        elif isinstance(inner, Context):
            pixels = f" {inner.pixels}" if inner.kind is ContextKind.PIXELS else ""
            found.append((field.name, f"{inner.kind.value}{pixels}"))
        elif isinstance(inner, Enum):
            found.append((field.name, inner.value))
        elif isinstance(inner, SelectionSettings | PaintSettings):
            found += _parameters(inner)
        elif isinstance(inner, bool | int):
            found.append((field.name, inner))
    return found


def _check_same_size(other: Picture, picture: Picture, what: str) -> None:
    if (other.spec.width, other.spec.height) != (picture.spec.width, picture.spec.height):
        raise invalid(
            f"The {what} is {other.spec.width} × {other.spec.height} pixels,"
            f" the picture {picture.spec.width} × {picture.spec.height}.",
            f"Send a {what} of the picture's size.",
        )


def _check_bytes(byte_size: int, settings: PaintSettings, limits: Limits) -> None:
    if byte_size > limits.image_bytes:
        raise exceeded("Bytes of the result", byte_size, limits.image_bytes)
    if byte_size * settings.candidates > limits.result_bytes:
        raise exceeded("Bytes of all candidates", byte_size * settings.candidates, limits.result_bytes)


def _length(message: paint_pb2.Length, is_there: bool, name: str, limits: Limits) -> Length:
    if not is_there:
        return Length()
    unit = _UNITS.get(message.unit)
    if unit is None:
        raise invalid(f"The length '{name}' has no unit.", "Send pixels or per cent.")
    if message.value < 0:
        raise invalid(f"The length '{name}' is {message.value:g}, below 0.", "Send 0 or more.")
    limit = float(limits.length) if unit is LengthUnit.PIXELS else _MAXIMUM_PER_CENT
    if message.value > limit:
        raise exceeded(f"The length '{name}'", int(min(message.value, 2**63)), int(limit))
    return Length(message.value, unit)


def _context(message: paint_pb2.Context, limits: Limits) -> Context:
    kind = _CONTEXTS.get(message.kind)
    if kind is None:
        raise invalid(
            "The request does not say how much context there is.", "Send automatic, a number of pixels or whole."
        )
    if message.pixels > limits.image_side:
        raise exceeded("Pixels of context", message.pixels, limits.image_side)
    return Context(kind, message.pixels)


def _blend_mode(value: int) -> BlendMode:
    mode = _BLEND_MODES.get(value)
    if mode is None:
        raise invalid("The request has no blend mode.", "Send gradient, feather or off.")
    return mode


def _settings(message: paint_pb2.PaintSettings, limits: Limits) -> PaintSettings:
    preview_side = message.preview_side if message.HasField("preview_side") else _DEFAULT_PREVIEW_SIDE
    for what, value, limit in (
        ("Candidates", message.candidates, limits.candidates),
        ("Steps", message.steps, limits.steps),
        ("Pixels of a preview's side", preview_side, limits.preview_side),
    ):
        if value > limit:
            raise exceeded(what, value, limit)
    return PaintSettings(message.seed, message.candidates or 1, message.steps or None, preview_side)
