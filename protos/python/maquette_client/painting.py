"""Filling, extending, colouring and repairing pictures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from maquette_client import content
from maquette_client.connection import Connection
from maquette_client.context import Context, Length, SelectionSettings
from maquette_client.images import Image
from maquette_client.scenes import OnPreview, OnProgress, last_result
from maquette_client.v1 import common_pb2, paint_pb2
from maquette_client.v1.paint_grpc import PaintServiceStub

AUTOMATIC_MODEL = "auto"


class BlendMode(Enum):
    """How the filled region and the original are joined; the value is the wire number."""

    GRADIENT = paint_pb2.BLEND_MODE_GRADIENT
    FEATHER = paint_pb2.BLEND_MODE_FEATHER
    OFF = paint_pb2.BLEND_MODE_OFF


@dataclass(frozen=True)
class PaintSettings:
    """What every verb is told (see ``PaintSettings`` of the contract for ranges).

    Attributes:
        candidates: different answers; candidate i depends on the seed and on i alone.
        steps: calls of the network; 0 = the model's default.
        preview_side: pixels of the longer side of previews; 0 = none.
        batch: one of many, nobody waits for it.
    """

    seed: int = 0
    candidates: int = 1
    steps: int = 0
    preview_side: int = 256
    batch: bool = False


@dataclass(frozen=True)
class PaintOutcome:
    """The part of a picture that may have changed: the dirty rectangle.

    Attributes:
        left: of the dirty rectangle, in pixels of the whole result picture.
        top: of the dirty rectangle, in pixels of the whole result picture.
        width: of the whole result picture; of an extension larger than the picture that was sent.
        height: of the whole result picture.
        coverage: grey over the dirty rectangle: 255 = may differ from the original, 0 = is the original.
        candidates: one picture of the dirty rectangle for each answer, in the sent picture's own pixel format.
        model_id: the model that was used.
        notes: what is worth knowing, one sentence each.
        provenance: how to get it again.
    """

    left: int
    top: int
    width: int
    height: int
    coverage: Image
    candidates: tuple[Image, ...]
    model_id: str
    notes: tuple[str, ...]
    provenance: common_pb2.Provenance


async def inpaint(
    connection: Connection,
    picture: Image,
    mask: Image,
    *,
    model_id: str = AUTOMATIC_MODEL,
    selection: SelectionSettings | None = None,
    context: Context | None = None,
    blend_mode: BlendMode = BlendMode.GRADIENT,
    settings: PaintSettings | None = None,
    on_progress: OnProgress | None = None,
    on_preview: OnPreview | None = None,
) -> PaintOutcome:
    """Fill what a mask selects (grey, DATA, of the picture's size; 0 = keep). Leaving the call cancels the work.

    Raises:
        ClientError: the daemon's refusal or any failure of the connection.
    """
    request = paint_pb2.InpaintRequest(
        model_id=model_id,
        picture=await content.to_message(connection, picture),
        mask=await content.to_message(connection, mask),
        selection=_selection_message(selection or SelectionSettings()),
        context=_context_message(context or Context()),
        blend_mode=blend_mode.value,
        settings=_settings_message(settings or PaintSettings()),
    )
    return await _paint(connection, "Inpaint", request, on_progress, on_preview)


async def outpaint(
    connection: Connection,
    picture: Image,
    *,
    left: int = 0,
    right: int = 0,
    top: int = 0,
    bottom: int = 0,
    model_id: str = AUTOMATIC_MODEL,
    blend: Length | None = None,
    blend_mode: BlendMode = BlendMode.GRADIENT,
    settings: PaintSettings | None = None,
    on_progress: OnProgress | None = None,
    on_preview: OnPreview | None = None,
) -> PaintOutcome:
    """Extend a picture by pixels on its sides, at least one of them. Leaving the call cancels the work.

    Raises:
        ClientError: the daemon's refusal or any failure of the connection.
    """
    request = paint_pb2.OutpaintRequest(
        model_id=model_id,
        picture=await content.to_message(connection, picture),
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        blend=_length_message(blend or Length()),
        blend_mode=blend_mode.value,
        settings=_settings_message(settings or PaintSettings()),
    )
    return await _paint(connection, "Outpaint", request, on_progress, on_preview)


async def colorize(
    connection: Connection,
    picture: Image,
    *,
    hints: Image | None = None,
    keep_luminance: bool = True,
    model_id: str = AUTOMATIC_MODEL,
    settings: PaintSettings | None = None,
    on_progress: OnProgress | None = None,
    on_preview: OnPreview | None = None,
) -> PaintOutcome:
    """Colour a picture, near the colours of ``hints`` (RGBA, transparent where there is none), if given. Leaving the
    call cancels the work.

    Raises:
        ClientError: the daemon's refusal or any failure of the connection.
    """
    request = paint_pb2.ColorizeRequest(
        model_id=model_id,
        picture=await content.to_message(connection, picture),
        hints=None if hints is None else await content.to_message(connection, hints),
        keep_luminance=keep_luminance,
        settings=_settings_message(settings or PaintSettings()),
    )
    return await _paint(connection, "Colorize", request, on_progress, on_preview)


async def restore_jpeg(
    connection: Connection,
    picture: Image,
    *,
    quality: int | None = None,
    model_id: str = AUTOMATIC_MODEL,
    settings: PaintSettings | None = None,
    on_progress: OnProgress | None = None,
    on_preview: OnPreview | None = None,
) -> PaintOutcome:
    """Repair what JPEG compression of a quality of 1 to 100 (None = estimated from the picture) has damaged. Leaving
    the call cancels the work.

    Raises:
        ClientError: the daemon's refusal or any failure of the connection.
    """
    request = paint_pb2.RestoreJpegRequest(
        model_id=model_id,
        picture=await content.to_message(connection, picture),
        quality=quality or 0,
        settings=_settings_message(settings or PaintSettings()),
    )
    return await _paint(connection, "RestoreJpeg", request, on_progress, on_preview)


async def _paint(
    connection: Connection, method: str, request: Any, on_progress: OnProgress | None, on_preview: OnPreview | None
) -> PaintOutcome:
    result: paint_pb2.PaintResult = await last_result(
        connection, PaintServiceStub, method, request, on_progress, on_preview
    )
    return PaintOutcome(
        left=result.left,
        top=result.top,
        width=result.width,
        height=result.height,
        coverage=await content.from_message(connection, result.coverage),
        candidates=tuple([await content.from_message(connection, candidate) for candidate in result.candidates]),
        model_id=result.provenance.model_id,
        notes=tuple(result.notes),
        provenance=result.provenance,
    )


def _length_message(length: Length) -> paint_pb2.Length:
    return paint_pb2.Length(value=length.value, unit=length.unit.value)


def _selection_message(selection: SelectionSettings) -> paint_pb2.SelectionSettings:
    return paint_pb2.SelectionSettings(
        grow=_length_message(selection.grow),
        feather=_length_message(selection.feather),
        blend=_length_message(selection.blend),
    )


def _context_message(context: Context) -> paint_pb2.Context:
    return paint_pb2.Context(kind=context.kind.value, pixels=context.pixels)


def _settings_message(settings: PaintSettings) -> paint_pb2.PaintSettings:
    return paint_pb2.PaintSettings(
        seed=settings.seed,
        candidates=settings.candidates,
        steps=settings.steps,
        preview_side=settings.preview_side,
        batch=settings.batch,
    )
