"""From a pressed button to what will be read and asked: one frozen :class:`Job`, or a sentence why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from . import strings
from .canvas import GROUP_LAYER, PAINT_LAYER, Canvas, Layer, SelectionCopy
from .client import ClientError, ContextKind, Length, LengthUnit, Rectangle, context_rectangle
from .colour import ColourFormat, colour_format
from .settings import Result, Settings

# An extension shows the model at least so many pixels of the old picture.
_LEAST_EXTENSION_CONTEXT = 256

# JPEG compresses squares of this side, counted from the picture's corner.
_JPEG_BLOCK = 8


class Verb(Enum):
    """What Maquette does."""

    FILL = "fill"
    REMOVE = "remove"
    EXTEND = "extend"
    COLORIZE = "colorize"
    RESTORE_JPEG = "restore_jpeg"


class Side(Enum):
    """Of a picture."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"


@dataclass(frozen=True)
class Bands:
    """Pixels that are added on each side."""

    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0


@dataclass(frozen=True)
class Job:
    """One thing to do.

    Attributes:
        canvas: the document.
        canvas_size: when the button was pressed.
        area: of the picture: what is read and sent.
        layer: whose pixels are read; None = everything visible.
        above: id of the layer that the answer goes above; None = on top.
        colour: of what is read.
        document_colour: of new layers.
        selection: what was selected; None = nothing, or it does not matter.
        bands: of an extension.
        hints: a layer with colours to keep to.
    """

    verb: Verb
    canvas: Canvas
    settings: Settings
    canvas_size: tuple[int, int]
    area: Rectangle
    layer: Layer | None
    above: str | None
    colour: ColourFormat
    document_colour: ColourFormat
    selection: SelectionCopy | None = None
    bands: Bands = Bands()
    hints: Layer | None = None

    @property
    def fills(self) -> bool:
        """The selection is the hole."""
        return self.verb in (Verb.FILL, Verb.REMOVE)

    @property
    def candidates(self) -> int:
        """How many answers are asked for; a removal is done without a choice."""
        return 1 if self.verb is Verb.REMOVE else self.settings.candidates


def prepare(
    verb: Verb, canvas: Canvas | None, settings: Settings, sides: Sequence[Side] = (), hints_id: str = ""
) -> Job:
    """What to do, as the document is now.

    Args:
        verb: which button.
        canvas: the active document, None without one.
        settings: the person's choices.
        sides: to extend.
        hints_id: id of the layer with colours to keep to; empty = none.

    Raises:
        ClientError: NO_DOCUMENT, NO_LAYER, LAYER_LOCKED, LAYER_UNSUITABLE, NOTHING_SELECTED, COLOUR_UNSUPPORTED.
    """
    if canvas is None or not canvas.is_open:
        raise ClientError("NO_DOCUMENT", strings.NO_DOCUMENT, strings.NO_DOCUMENT_ACTION)
    document_colour = colour_format(*canvas.colour_names)
    on_layer = settings.reads_layer or verb in (Verb.COLORIZE, Verb.RESTORE_JPEG)
    layer = _active_layer(canvas, settings) if on_layer else None
    colour = colour_format(*layer.colour_names) if layer else document_colour
    if verb is Verb.COLORIZE:
        _check_colorizable(document_colour, colour, settings)
    job = Job(
        verb,
        canvas,
        settings,
        canvas.size,
        Rectangle(0, 0, *canvas.size),
        layer,
        layer.id if layer else None,
        colour,
        document_colour,
    )
    if verb is Verb.EXTEND:
        return _extending(job, sides)
    if job.fills:
        return _filling(job)
    return _repainting(job, _hints(canvas, hints_id) if verb is Verb.COLORIZE else None)


def band_pixels(length: Length, size: tuple[int, int], sides: Sequence[Side]) -> Bands:
    """How many pixels each side gets, at least one; per cent are of the picture's width or height."""

    def pixels(side: Side) -> int:
        whole = size[0] if side in (Side.LEFT, Side.RIGHT) else size[1]
        value = length.value if length.unit is LengthUnit.PIXELS else whole * length.value / 100
        return max(1, round(value)) if side in sides else 0

    return Bands(*map(pixels, (Side.LEFT, Side.RIGHT, Side.TOP, Side.BOTTOM)))


def extension_area(size: tuple[int, int], bands: Bands, settings: Settings) -> Rectangle:
    """What a model needs to see of a picture that is extended: a strip along the sides that grow."""
    width, height = size
    if settings.context.kind is ContextKind.WHOLE:
        return Rectangle(0, 0, width, height)

    def span(before: int, after: int, whole: int) -> tuple[int, int]:
        if bool(before) == bool(after):
            return 0, whole
        depth = max(2 * max(before, after), _LEAST_EXTENSION_CONTEXT)
        if settings.context.kind is ContextKind.PIXELS:
            depth = max(1, settings.context.pixels)
        depth = min(whole, depth)
        return (0, depth) if before else (whole - depth, depth)

    left, across = span(bands.left, bands.right, width)
    top, down = span(bands.top, bands.bottom, height)
    return Rectangle(left, top, across, down)


def _filling(job: Job) -> Job:
    selection = job.canvas.selection()
    if selection is None:
        raise ClientError("NOTHING_SELECTED", strings.NOTHING_SELECTED, strings.SELECT_ACTION)
    bounds = selection.bounds
    inside = bounds.within(Rectangle(0, 0, *job.canvas_size))
    if not inside.width or not inside.height:
        raise ClientError("NOTHING_SELECTED", strings.SELECTED_OUTSIDE, strings.SELECT_ACTION)
    largest = float(bounds.width * bounds.height)
    reach = job.settings.selection(largest, job.verb is Verb.REMOVE).reach(largest)
    area = context_rectangle(bounds, job.canvas_size, job.settings.context, reach)
    return replace(job, area=area, selection=selection)


def _extending(job: Job, sides: Sequence[Side]) -> Job:
    bands = band_pixels(job.settings.extend, job.canvas_size, sides)
    return replace(job, area=extension_area(job.canvas_size, bands, job.settings), bands=bands)


def _repainting(job: Job, hints: Layer | None) -> Job:
    canvas = Rectangle(0, 0, *job.canvas_size)
    on_layer, name = (job.layer.bounds, job.layer.name) if job.layer is not None else (canvas, "")
    area = on_layer.within(canvas)
    if not area.width or not area.height:
        raise ClientError("NO_LAYER", strings.EMPTY_LAYER.format(name=name), strings.EMPTY_LAYER_ACTION)
    selection = job.canvas.selection()
    if selection is not None:
        selected = selection.bounds.within(area)
        if not selected.width or not selected.height:
            raise ClientError(
                "NOTHING_SELECTED", strings.SELECTED_BESIDE.format(name=name), strings.SELECTED_BESIDE_ACTION
            )
        if job.verb is Verb.RESTORE_JPEG:
            area = _on_blocks(selected.grown(2 * _JPEG_BLOCK).within(area), on_layer)
        else:
            area = context_rectangle(selected, job.canvas_size, job.settings.context).within(area)
    elif job.verb is Verb.RESTORE_JPEG:
        area = _on_blocks(area, on_layer)
    return replace(job, area=area, selection=selection, hints=hints)


def _on_blocks(part: Rectangle, picture: Rectangle) -> Rectangle:
    """The part, made larger so that it begins and ends with the blocks of a JPEG whose corner is the picture's, or with
    the picture; it may reach a little beyond the canvas, as layers do."""
    left = part.left - (part.left - picture.left) % _JPEG_BLOCK
    top = part.top - (part.top - picture.top) % _JPEG_BLOCK
    right = part.right + (picture.left - part.right) % _JPEG_BLOCK
    bottom = part.bottom + (picture.top - part.bottom) % _JPEG_BLOCK
    return Rectangle(left, top, right - left, bottom - top).within(picture)


def _active_layer(canvas: Canvas, settings: Settings) -> Layer:
    layer = canvas.active_layer()
    if layer is None:
        raise ClientError("NO_LAYER", strings.NO_LAYER, strings.NO_LAYER_ACTION)
    if settings.result is not Result.REPLACE:
        return layer
    if layer.kind == GROUP_LAYER:
        raise ClientError("LAYER_UNSUITABLE", strings.GROUP_REPLACED, strings.USE_NEW_LAYER)
    if layer.kind != PAINT_LAYER:
        raise ClientError("LAYER_UNSUITABLE", strings.OTHER_REPLACED.format(name=layer.name), strings.USE_NEW_LAYER)
    if layer.locked:
        raise ClientError("LAYER_LOCKED", strings.LAYER_LOCKED.format(name=layer.name), strings.LAYER_LOCKED_ACTION)
    return layer


def _check_colorizable(document: ColourFormat, layer: ColourFormat, settings: Settings) -> None:
    if document.is_grey:
        raise ClientError("COLOUR_UNSUPPORTED", strings.GREY_DOCUMENT, strings.GREY_DOCUMENT_ACTION)
    if layer.is_grey and settings.result is Result.REPLACE:
        raise ClientError("LAYER_UNSUITABLE", strings.GREY_REPLACED, strings.USE_NEW_LAYER)


def _hints(canvas: Canvas, hints_id: str) -> Layer | None:
    if not hints_id:
        return None
    layer = canvas.layer(hints_id)
    if layer is None:
        raise ClientError("NO_LAYER", strings.HINTS_GONE, strings.HINTS_GONE_ACTION)
    if colour_format(*layer.colour_names).is_grey:
        raise ClientError("LAYER_UNSUITABLE", strings.GREY_HINTS.format(name=layer.name), strings.HINTS_GONE_ACTION)
    return layer
