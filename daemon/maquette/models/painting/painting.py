"""Painting a region of a document: choose a model, then piece by piece fill, join and report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from maquette.imaging.arrays import from_array
from maquette.imaging.documents import BoolArray, NativeArray
from maquette.imaging.masks import Region
from maquette.imaging.picture import ColourSpace, Picture, PictureSpec
from maquette.imaging.rectangle import Rectangle, bounds
from maquette.imaging.resizing import box_of, resized
from maquette.models.operations import Operation, Progress
from maquette.models.painting.canvas import Canvas
from maquette.models.painting.choice import chosen
from maquette.models.painting.context import context_rectangle
from maquette.models.painting.fillers import Filler, FillOptions, FloatArray, GuidedSynthesizer
from maquette.models.painting.filling import detailed, filled
from maquette.models.painting.previews import Previews
from maquette.models.painting.progress import Stretch, derived_seed, within
from maquette.models.painting.requests import (
    BlendMode,
    Context,
    PaintedCandidate,
    PaintResult,
    PaintSettings,
)

_OVERVIEW_SIDE = 640
_TRIAL_SIDE = 128


@dataclass(frozen=True)
class Piece:
    """One step of a painting.

    Attributes:
        core: rectangle of the document; what is pending in it is painted.
        overview: rectangle whose structure is made at once, before its pieces; None = the piece is on its own.
    """

    core: Rectangle
    overview: Rectangle | None = None


@dataclass(frozen=True)
class Painting:
    """What shall be painted.

    Attributes:
        document: (H, W, C) pixels as they are.
        spec: what they mean.
        dirty: rectangle of the document that holds all that may change.
        region: that is painted, over the dirty rectangle.
        pieces_for: for a model's side: the pieces in order; together their cores cover the region.
    """

    document: NativeArray
    spec: PictureSpec
    dirty: Rectangle
    region: Region
    pieces_for: Callable[[int | None], Sequence[Piece]]
    context: Context
    blend_mode: BlendMode
    settings: PaintSettings

    def canvas(self) -> Canvas:
        """The document with nothing painted yet."""
        return Canvas(self.document, self.spec, self.dirty, self.region)


@dataclass(frozen=True)
class _Models:
    filler: Filler
    synthesizer: GuidedSynthesizer | None


@dataclass(frozen=True)
class _Crop:
    """What a model sees to paint one piece."""

    place: Rectangle
    region: Region
    rgb: FloatArray
    hole: BoolArray


def _crop(painting: Painting, canvas: Canvas, core: Rectangle, fill_side: int | None) -> _Crop | None:
    hole = bounds(canvas.pending(core))
    if hole.area == 0:
        return None
    place = context_rectangle(hole.moved(core.left, core.top), canvas.bounds, painting.context, fill_side)
    # A context of few pixels must still hold what overlaps with earlier pieces.
    region = canvas.piece_region(core, place)
    seen = canvas.colours(place)
    hidden = canvas.pending(place) | region.painted | ~seen.known
    return _Crop(place, region, seen.rgb, hidden)


def _guided(
    models: _Models, crop: _Crop, overview: tuple[Rectangle, FloatArray], options: FillOptions
) -> Operation[tuple[FloatArray, ...]]:
    """Fill a crop along the overview that was made of its surroundings."""
    place, structure = overview
    common = crop.place.clipped(place)
    guide = crop.rgb.copy()
    box = box_of(common, place, structure.shape)
    guide[common.within(crop.place).slices] = resized(structure, common.width, common.height, box)
    if models.synthesizer is None:
        return (guide,)
    return (yield from detailed(crop.rgb, crop.hole, (guide,), models.synthesizer, options))


class _Painter:
    """Paints one candidate after another, or all at once where there is one piece."""

    def __init__(self, painting: Painting, models: _Models) -> None:
        self.painting = painting
        self.models = models
        self.pieces = painting.pieces_for(models.filler.fill_side)
        self.gradient = painting.blend_mode is BlendMode.GRADIENT

    def at_once(self, previews: Previews | None, stretch: Stretch) -> Operation[list[Canvas]]:
        """All candidates of a painting of one piece, in one call of the model."""
        settings = self.painting.settings
        canvases = [self.painting.canvas() for _ in range(settings.candidates)]
        crop = _crop(self.painting, canvases[0], self.pieces[0].core, self.models.filler.fill_side)
        if crop is None:
            return canvases
        options = FillOptions(settings.seed, settings.candidates, settings.steps)
        preview_of = previews.of_crop(crop.place) if previews else None
        operation = filled(crop.rgb, crop.hole, self.models.filler, self.models.synthesizer, options, preview_of)
        answers = yield from within(operation, stretch, lambda picture: picture)
        for canvas, answer in zip(canvases, answers, strict=True):
            canvas.paint(crop.place, answer, crop.region, self.gradient)
        return canvases

    def one(self, index: int, previews: Previews | None, stretch: Stretch) -> Operation[Canvas]:
        """One candidate of a painting of several pieces, each of which sees those before it."""
        canvas = self.painting.canvas()
        pieces = self.pieces
        overviews: dict[Rectangle, FloatArray] = {}
        for number, piece in enumerate(pieces):
            part = stretch.part(number / len(pieces), (number + 1) / len(pieces))
            if piece.overview and piece.overview not in overviews:
                making = self._overview(canvas, piece.overview, self._options(index, len(pieces) + len(overviews)))
                overviews[piece.overview] = yield from within(making, part.part(0.0, 0.5))
            yield from self._piece(canvas, piece, overviews, self._options(index, number), previews, part)
        return canvas

    def _options(self, candidate: int, place: int) -> FillOptions:
        settings = self.painting.settings
        return FillOptions(derived_seed(settings.seed, candidate, place), 1, settings.steps)

    def _overview(self, canvas: Canvas, place: Rectangle, options: FillOptions) -> Operation[FloatArray]:
        factor = -(-max(place.width, place.height) // _OVERVIEW_SIDE)
        rgb, hidden = canvas.overview(place, factor)
        (answer,) = yield from filled(rgb, hidden, self.models.filler, self.models.synthesizer, options)
        return answer

    def _piece(
        self,
        canvas: Canvas,
        piece: Piece,
        overviews: dict[Rectangle, FloatArray],
        options: FillOptions,
        previews: Previews | None,
        stretch: Stretch,
    ) -> Operation[None]:
        crop = _crop(self.painting, canvas, piece.core, self.models.filler.fill_side)
        if crop is None:
            return
        preview_of = previews.of_crop(crop.place) if previews else None
        if piece.overview:
            operation = _guided(self.models, crop, (piece.overview, overviews[piece.overview]), options)
        else:
            operation = filled(crop.rgb, crop.hole, self.models.filler, self.models.synthesizer, options, preview_of)
        (answer,) = yield from within(operation, stretch, lambda picture: picture)
        canvas.paint(crop.place, answer, crop.region, self.gradient)
        if previews:
            previews.show(crop.place, canvas.colours(crop.place))
            yield Progress("painting", stretch.stop, previews.picture())


def _choice(
    painting: Painting, fillers: Sequence[Filler], seed: int, stretch: Stretch
) -> Operation[tuple[Filler, str]]:
    """The model for a painting, tried where its largest piece is."""
    if len(fillers) == 1:
        return fillers[0], ""
    canvas = painting.canvas()
    core = max(
        (piece.overview or piece.core for piece in painting.pieces_for(_TRIAL_SIDE)), key=lambda place: place.area
    )
    place = context_rectangle(core, canvas.bounds, painting.context, None)
    factor = max(1, max(place.width, place.height) // 512)
    rgb, hidden = canvas.overview(place, factor)
    if not hidden.any():
        hidden = np.zeros_like(hidden)
        hidden[hidden.shape[0] // 2, hidden.shape[1] // 2] = True
    return (yield from chosen(rgb, hidden, fillers, seed, stretch))


def _coverage(region: Region) -> Picture:
    return from_array(np.where(region.painted, 255, 0).astype(np.uint8), ColourSpace.DATA)


def _notes(painting: Painting, models: _Models, reason: str) -> tuple[str, ...]:
    notes = [reason] if reason else []
    if painting.spec.pixel_format.sample_type.startswith("float"):
        around = painting.dirty.grown(64).clipped(painting.canvas().bounds)
        broken = ~np.isfinite(painting.document[around.slices].astype(np.float32)).all(axis=-1)
        if broken.any():
            notes.append(
                f"{int(broken.sum())} pixels there hold no finite number: within the region they were painted over, "
                "outside it they were left as they are and the model did not see them."
            )
    side = models.filler.fill_side
    if side and models.synthesizer is None and max(painting.dirty.width, painting.dirty.height) > side:
        notes.append(f"'{models.filler.info.id}' paints {side} pixels at a time: larger places come out soft.")
    return tuple(notes)


def paint(
    painting: Painting, fillers: Sequence[Filler], synthesizer: GuidedSynthesizer | None
) -> Operation[PaintResult]:
    """Paint a region with the one model that is given, or with the one of several that predicts its surroundings best.

    Raises:
        MaquetteError: of the models.
    """
    settings = painting.settings
    side = settings.preview_side
    previews = Previews(painting.canvas(), painting.dirty, side) if side else None
    yield Progress("looking at the surroundings", 0.0, previews.picture() if previews else None)
    trial = Stretch(0.0, 0.2 if len(fillers) > 1 else 0.0)
    filler, reason = yield from _choice(painting, fillers, settings.seed, trial)
    if filler.seamless:
        painting = replace(painting, region=painting.region.without_band())
    models = _Models(filler, synthesizer)
    painter = _Painter(painting, models)
    rest = Stretch(trial.stop, 1.0)
    if len(painter.pieces) == 1:
        canvases = yield from painter.at_once(previews, rest)
    else:
        canvases: list[Canvas] = []
        for index in range(settings.candidates):
            part = rest.part(index / settings.candidates, (index + 1) / settings.candidates)
            canvases.append((yield from painter.one(index, previews if index == 0 else None, part)))
    spec = painting.spec
    pictures = (from_array(canvas.result, spec.colour_space, spec.alpha_mode) for canvas in canvases)
    return PaintResult(
        left=painting.dirty.left,
        top=painting.dirty.top,
        width=painting.document.shape[1],
        height=painting.document.shape[0],
        coverage=_coverage(painting.region),
        candidates=tuple(PaintedCandidate(picture) for picture in pictures),
        model_id=filler.info.id,
        notes=_notes(painting, models, reason),
    )
