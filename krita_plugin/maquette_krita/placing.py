"""Putting an answer into its document, in as few undo steps as the host allows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from . import pixels, strings
from .asking import Answer, check_unchanged, in_strips
from .canvas import Canvas, Draft, Host
from .client import ClientError, Rectangle
from .colour import ColourFormat, in_colour
from .jobs import Bands, Verb
from .settings import Result

# The host's window catches up with a change of the document before the next one; Krita wants it so.
_BREATH_SECONDS = 0.02

# Dots per inch of a picture that has lost its document.
_RESOLUTION = 72.0

_NAMES = {
    Verb.FILL: strings.LAYER_FILL,
    Verb.REMOVE: strings.LAYER_REMOVE,
    Verb.EXTEND: strings.LAYER_EXTEND,
    Verb.COLORIZE: strings.LAYER_COLORIZE,
    Verb.RESTORE_JPEG: strings.LAYER_RESTORE,
}


@dataclass(frozen=True)
class Placed:
    """What was done to the document.

    Attributes:
        sentence: where the answer is.
        undo_steps: that take it back.
    """

    sentence: str
    undo_steps: int


async def place(answer: Answer, index: int) -> Placed:
    """Put one of the candidates (or, as a group, all of them) into the document.

    Raises:
        ClientError: DOCUMENT_CLOSED, DOCUMENT_CHANGED.
    """
    check_unchanged(answer.job)
    grown = await _grow(answer)
    result, note = answer.job.settings.result, ""
    if result is Result.REPLACE and not _layer_remains(answer):
        result, note = Result.NEW_LAYER, strings.LAYER_GONE
    place_it = {Result.NEW_LAYER: _as_layer, Result.REPLACE: _instead, Result.GROUP: _as_group}[result]
    placed = await place_it(answer, index)
    sentence = f"{note} {placed.sentence}".strip()
    return Placed(sentence, placed.undo_steps + grown)


async def open_as_new(answer: Answer, index: int, host: Host) -> Placed:
    """Show a candidate, with what surrounds it, as a document of its own."""
    picture, job = answer.picture, answer.job
    size, bands = (picture.width, picture.height), job.bands
    grown = (size[0] + bands.left + bands.right, size[1] + bands.top + bands.bottom)
    canvas = host.open_picture(_NAMES[job.verb], grown, job.document_colour, _RESOLUTION)
    behind = canvas.new_layer(strings.LAYER_BEFORE, job.colour)
    where = Rectangle(bands.left, bands.top, *size)
    async for strip in in_strips(Rectangle(0, 0, *size), job.colour.pixel_bytes):
        start, row = strip.top, picture.width * picture.pixel_format.channels * picture.pixel_format.sample_bytes
        part = picture.pixels[start * row : (start + strip.height) * row]
        target = Rectangle(where.left, where.top + strip.top, strip.width, strip.height)
        behind.write(target, pixels.from_wire(part, picture.pixel_format, job.colour))
    canvas.put(behind, None)
    colour = _colour_of(answer, index)
    draft = canvas.new_layer(_NAMES[job.verb], colour)
    origin = Rectangle(-job.area.left, -job.area.top, 0, 0)
    await _write(answer, index, colour, draft, origin)
    canvas.put(draft, None)
    return Placed(strings.OPENED_AS_NEW, 0)


async def _grow(answer: Answer) -> int:
    job = answer.job
    bands, (width, height) = job.bands, job.canvas_size
    if bands == Bands():
        return 0
    size = (width + bands.left + bands.right, height + bands.top + bands.bottom)
    job.canvas.grow(bands.left, bands.top, *size)
    await asyncio.sleep(_BREATH_SECONDS)
    if not job.canvas.is_open:
        raise ClientError("DOCUMENT_CLOSED", strings.DOCUMENT_CLOSED, strings.OPEN_AS_NEW_ACTION)
    return 1


async def _as_layer(answer: Answer, index: int) -> Placed:
    canvas = answer.job.canvas
    name = canvas.unused_name(_NAMES[answer.job.verb])
    draft = await _drawn(answer, index, name)
    await _activate(canvas, _to_work_on(answer, canvas.put(draft, _above(answer))))
    return Placed(strings.ON_LAYER.format(name=name), 1)


async def _as_group(answer: Answer, index: int) -> Placed:
    canvas = answer.job.canvas
    name = canvas.unused_name(_NAMES[answer.job.verb])
    order = [each for each in range(len(answer.outcome.candidates)) if each != index] + [index]
    drafts: list[Draft] = []
    for each in order:
        draft = await _drawn(answer, each, strings.LAYER_ANSWER.format(number=each + 1))
        if each != index:
            draft.hide()
        drafts.append(draft)
    group = canvas.put_group(name, _above(answer))
    for draft in drafts:
        canvas.put(draft, None, group)
    await _activate(canvas, _to_work_on(answer, group))
    return Placed(strings.IN_GROUP.format(name=name), 1 + len(drafts))


async def _instead(answer: Answer, index: int) -> Placed:
    job, layer = answer.job, answer.job.layer
    assert layer is not None
    draft = job.canvas.copy_of_layer(layer.id)
    old = _reader(job.canvas, layer.id)
    await _write(answer, index, job.colour, draft, Rectangle(0, 0, 0, 0), old)
    replaced = job.canvas.put(draft, layer.id)
    job.canvas.remove(layer.id)
    await _activate(job.canvas, replaced)
    return Placed(strings.REPLACED.format(name=layer.name), 2)


async def _activate(canvas: Canvas, layer_id: str) -> None:
    """Make a layer the active one, once the host's window knows it."""
    await asyncio.sleep(_BREATH_SECONDS)
    if canvas.is_open and canvas.layer(layer_id) is not None:
        canvas.activate(layer_id)


async def _drawn(answer: Answer, index: int, name: str) -> Draft:
    colour = _colour_of(answer, index)
    draft = answer.job.canvas.new_layer(name, colour)
    await _write(answer, index, colour, draft, Rectangle(0, 0, 0, 0))
    return draft


async def _write(
    answer: Answer,
    index: int,
    colour: ColourFormat,
    draft: Draft,
    offset: Rectangle,
    old: Callable[[Rectangle], bytes] | None = None,
) -> None:
    """Write a candidate's rectangle, covered by its limit, or mixed into the ``old`` pixels."""
    candidate, dirty = answer.outcome.candidates[index], answer.dirty
    wire = candidate.pixel_format
    row = dirty.width * wire.channels * wire.sample_bytes
    most = pixels.SLOW_STRIP_BYTES if answer.soft else pixels.STRIP_BYTES
    async for strip in in_strips(dirty, colour.pixel_bytes, most):
        first, last = strip.top - dirty.top, strip.bottom - dirty.top
        new = pixels.from_wire(candidate.pixels[first * row : last * row], wire, colour)
        limit = answer.limit[first * dirty.width : last * dirty.width]
        target = Rectangle(strip.left + offset.left, strip.top + offset.top, strip.width, strip.height)
        if old is None:
            draft.write(target, pixels.covered(new, limit, colour))
        else:
            draft.write(target, pixels.mixed(old(target), new, limit, colour))


def _reader(canvas: Canvas, layer_id: str) -> Callable[[Rectangle], bytes]:
    return lambda rectangle: canvas.read(rectangle, layer_id, True)


def _colour_of(answer: Answer, index: int) -> ColourFormat:
    job = answer.job
    if job.colour.is_grey and answer.outcome.candidates[index].pixel_format.channels > 1 and job.verb is Verb.COLORIZE:
        return in_colour(job.colour, job.document_colour)
    return job.colour


def _above(answer: Answer) -> str | None:
    """The layer may be gone; then the answer goes on top."""
    above = answer.job.above
    return above if above is not None and answer.job.canvas.layer(above) is not None else None


def _to_work_on(answer: Answer, made: str) -> str:
    """The layer that is looked at stays the active one, so that the next press looks at it again."""
    layer = answer.job.layer
    return layer.id if layer is not None and _layer_remains(answer) else made


def _layer_remains(answer: Answer) -> bool:
    layer = answer.job.layer
    return layer is not None and answer.job.canvas.layer(layer.id) is not None
