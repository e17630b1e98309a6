"""Reading what a job needs, a strip at a time, and asking the daemon."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, Protocol, cast

from . import pixels, strings
from .client import (
    MAXIMUM_INLINE_BYTES,
    AlphaMode,
    ClientError,
    ColourSpace,
    Connection,
    Image,
    PaintOutcome,
    PaintSettings,
    PixelFormat,
    Rectangle,
    painting,
)
from .colour import ColourFormat, colour_format
from .jobs import Job, Verb
from .settings import NO_LENGTH, Result

PREVIEW_SIDE = 256


class Painter(Protocol):
    """The daemon's verbs: :mod:`maquette_client.painting`."""

    inpaint: Callable[..., Any]
    outpaint: Callable[..., Any]
    colorize: Callable[..., Any]
    restore_jpeg: Callable[..., Any]


class Report(Protocol):
    """Who is told how it goes."""

    def reading(self) -> None:
        """The document is being read."""
        ...

    def sending(self) -> None:
        """All that is needed was read."""
        ...

    def working(self, stage: str, fraction: float) -> None:
        """The daemon works."""
        ...

    def previewing(self, image: Image) -> None:
        """It may look like this."""
        ...


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        picture: what was sent.
        outcome: what the daemon made of it.
        limit: how much of each pixel of :attr:`dirty` is meant, a byte each; from the daemon's coverage and, where
            the selection is no hole, from the selection.
        soft: some are meant partly, which is slow to mix.
    """

    job: Job
    picture: Image
    outcome: PaintOutcome
    limit: bytes
    soft: bool = False

    @property
    def dirty(self) -> Rectangle:
        """Of the picture (an extension: of the larger one): what an answer covers."""
        coverage = self.outcome.coverage
        area = self.job.area
        return Rectangle(area.left + self.outcome.left, area.top + self.outcome.top, coverage.width, coverage.height)


async def perform(job: Job, connection: Connection, report: Report, painter: Painter | None = None) -> Answer:
    """Read, ask, and wait for the answer. Cancelling it makes the daemon drop the work.

    Raises:
        ClientError: DOCUMENT_CLOSED, DOCUMENT_CHANGED, NOTHING_SELECTED, the daemon's refusal or any failure of the
            connection.
    """
    await connection.ready()
    report.reading()
    check_unchanged(job)
    job.canvas.settle()
    picture = await _read_picture(job, job.colour, job.layer.id if job.layer else None)
    ask = _ASK[job.verb]
    outcome = await ask(painter or painting, job, connection, picture, report)
    return Answer(job, picture, outcome, *await _limit(job, outcome))


async def _fill(painter: Painter, job: Job, connection: Connection, picture: Image, report: Report) -> PaintOutcome:
    mask, area = await _read_mask(job)
    if area == 0:
        raise ClientError("NOTHING_SELECTED", strings.SELECTED_OUTSIDE, strings.SELECT_ACTION)
    return await painter.inpaint(
        connection,
        picture,
        mask,
        model_id=job.settings.model_id,
        selection=job.settings.selection(area, job.verb is Verb.REMOVE),
        context=job.settings.context,
        blend_mode=job.settings.blend_mode,
        **_common(job, report),
    )


async def _extend(painter: Painter, job: Job, connection: Connection, picture: Image, report: Report) -> PaintOutcome:
    bands = job.bands
    return await painter.outpaint(
        connection,
        picture,
        left=bands.left,
        right=bands.right,
        top=bands.top,
        bottom=bands.bottom,
        model_id=job.settings.model_id,
        # Whoever extends a picture wants the old one as it is; the new part is made to join it.
        blend=NO_LENGTH,
        blend_mode=job.settings.blend_mode,
        **_common(job, report),
    )


async def _colorize(painter: Painter, job: Job, connection: Connection, picture: Image, report: Report) -> PaintOutcome:
    hints = None
    if job.hints is not None:
        hints = await _read_picture(job, colour_format(*job.hints.colour_names), job.hints.id)
    return await painter.colorize(
        connection,
        picture,
        hints=hints,
        keep_luminance=job.settings.keep_brightness,
        model_id=job.settings.model_id,
        **_common(job, report),
    )


async def _restore(painter: Painter, job: Job, connection: Connection, picture: Image, report: Report) -> PaintOutcome:
    return await painter.restore_jpeg(
        connection,
        picture,
        quality=job.settings.quality or None,
        model_id=job.settings.model_id,
        **_common(job, report),
    )


_ASK = {
    Verb.FILL: _fill,
    Verb.REMOVE: _fill,
    Verb.EXTEND: _extend,
    Verb.COLORIZE: _colorize,
    Verb.RESTORE_JPEG: _restore,
}


def _common(job: Job, report: Report) -> dict[str, Any]:
    report.sending()
    settings = PaintSettings(seed=job.settings.seed, candidates=job.candidates, preview_side=PREVIEW_SIDE)
    return {"settings": settings, "on_progress": report.working, "on_preview": report.previewing}


async def in_strips(
    area: Rectangle, pixel_bytes: int, most_bytes: int = pixels.STRIP_BYTES
) -> AsyncGenerator[Rectangle, None]:
    """The strips of an area; the host's event loop may turn between them."""
    for strip in pixels.strips(area, pixel_bytes, most_bytes):
        yield strip
        await asyncio.sleep(0)


async def _read_picture(job: Job, colour: ColourFormat, layer_id: str | None) -> Image:
    own = layer_id is not None and job.settings.result is Result.REPLACE
    wire = colour.wire_format(with_alpha=colour.is_grey and not await _is_opaque(job, colour, layer_id, own))
    # Grown, not made at once and not joined at the end: either would be a pause of many milliseconds.
    content = bytearray()
    async for strip in in_strips(job.area, colour.pixel_bytes):
        check_unchanged(job)
        content += pixels.to_wire(job.canvas.read(strip, layer_id, own), colour, wire)
    alpha_mode = AlphaMode.OPAQUE if wire.channels == 1 else AlphaMode.STRAIGHT
    return Image(job.area.width, job.area.height, _content(content), wire, colour.colour_space, alpha_mode)


async def _is_opaque(job: Job, colour: ColourFormat, layer_id: str | None, own: bool) -> bool:
    async for strip in in_strips(job.area, colour.pixel_bytes):
        check_unchanged(job)
        if not pixels.is_opaque(job.canvas.read(strip, layer_id, own), colour):
            return False
    return True


async def _read_mask(job: Job) -> tuple[Image, float]:
    """The selection within the job's area, and how many pixels it selects."""
    area, content, total = job.area, bytearray(), 0
    if job.selection is not None:
        async for strip in in_strips(area, 1):
            part = job.selection.read(strip)
            total += 255 * part.count(255) + sum(part.translate(None, b"\x00\xff"))
            content += part
    mask = Image(area.width, area.height, _content(content), PixelFormat.GRAY_U8, ColourSpace.DATA, AlphaMode.OPAQUE)
    return mask, total / 255


async def _limit(job: Job, outcome: PaintOutcome) -> tuple[bytes, bool]:
    """How much of each pixel is meant, and whether some are meant partly."""
    coverage = outcome.coverage
    if job.fills or job.selection is None:
        return coverage.pixels, False
    dirty = Rectangle(job.area.left + outcome.left, job.area.top + outcome.top, coverage.width, coverage.height)
    content, soft = bytearray(), False
    async for strip in in_strips(dirty, 1, pixels.SLOW_STRIP_BYTES):
        start = (strip.top - dirty.top) * dirty.width
        covered = coverage.pixels[start : start + strip.height * dirty.width]
        part = pixels.multiplied(covered, job.selection.read(strip))
        soft = soft or pixels.is_soft(part)
        content += part
    return bytes(content), soft


def _content(grown: bytearray) -> bytes:
    """What was put together strip by strip; a large one is not copied once more: nobody writes to it from now on."""
    return bytes(grown) if len(grown) <= MAXIMUM_INLINE_BYTES else cast(bytes, grown)


def check_unchanged(job: Job) -> None:
    """The document is still the one that the job was made for.

    Raises:
        ClientError: DOCUMENT_CLOSED or DOCUMENT_CHANGED.
    """
    if not job.canvas.is_open:
        raise ClientError("DOCUMENT_CLOSED", strings.DOCUMENT_CLOSED, strings.OPEN_AS_NEW_ACTION)
    if job.canvas.size != job.canvas_size:
        raise ClientError("DOCUMENT_CHANGED", strings.DOCUMENT_RESIZED, strings.OPEN_AS_NEW_ACTION)
    colour = job.document_colour
    if job.canvas.colour_names != (colour.model, colour.depth, colour.profile):
        raise ClientError("DOCUMENT_CHANGED", strings.DOCUMENT_CONVERTED, strings.OPEN_AS_NEW_ACTION)
