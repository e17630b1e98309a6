"""Removing the artefacts of JPEG compression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from maquette.imaging.arrays import from_array, to_array
from maquette.imaging.colour import grey_of
from maquette.imaging.documents import Colours, NativeArray, colours, native
from maquette.imaging.jpeg_blocks import CHROMA_BLOCK, consistent, quality_of_blocks
from maquette.imaging.jpeg_quality import quality_of_pixels
from maquette.imaging.picture import Picture
from maquette.imaging.rectangle import Rectangle, whole
from maquette.imaging.resizing import thumbnail
from maquette.imaging.smooth_fill import smooth_fill
from maquette.models.operations import Operation, Progress
from maquette.models.painting.checks import check_picture, check_result_size, check_settings, refused
from maquette.models.painting.fillers import FillOptions, FloatArray, Restorer
from maquette.models.painting.filling import checked, padded
from maquette.models.painting.progress import PreviewOf, Stretch, within
from maquette.models.painting.requests import PaintResult, RestoreJpeg
from maquette.models.painting.results import blended, whole_result

DEFAULT_QUALITY = 30
_BLOCK = 8
_OVERLAP = 16
_WORST_USEFUL = 95
_MODELS_SHARE = 0.95
_STRIP = 16 * CHROMA_BLOCK


def quality_of(request: RestoreJpeg, rgb: FloatArray, kept: int | None) -> tuple[int, tuple[str, ...]]:
    """The quality to restore from, and how it was found.

    Args:
        request: may say it.
        rgb: (H, W, 3).
        kept: what its blocks say; None = they are not those of a decoded JPEG any more.

    Raises:
        MaquetteError: INVALID_ARGUMENT.
    """
    if request.quality is not None:
        if not 1 <= request.quality <= 100:
            raise refused(f"A JPEG quality of {request.quality} does not exist.", "Send 1 to 100.")
        return request.quality, ()
    if kept is not None:
        return kept, (f"Quality {kept} read off the picture's blocks.",)
    estimated = quality_of_pixels(grey_of(rgb))
    if estimated is None:
        return DEFAULT_QUALITY, (f"Quality {DEFAULT_QUALITY} assumed: the picture is too small to tell.",)
    notes = [f"Quality {estimated} estimated from the picture's blocks."]
    if estimated >= _WORST_USEFUL:
        notes.append("There is hardly a trace of compression.")
    return estimated, tuple(notes)


def tiles(width: int, height: int, side: int | None) -> list[Rectangle]:
    """Overlapping tiles that cover a picture, each beginning where an 8 × 8 block does."""

    def starts(length: int) -> list[int]:
        if side is None or length <= side:
            return [0]
        step = max(_BLOCK, (side - _OVERLAP) // _BLOCK * _BLOCK)
        last = -(-(length - side) // _BLOCK) * _BLOCK
        return [*range(0, last, step), last]

    edge = side or max(width, height)
    everything = whole(width, height)
    return [Rectangle(left, top, edge, edge).clipped(everything) for top in starts(height) for left in starts(width)]


def _ramp(length: int, fades_in: bool, fades_out: bool) -> FloatArray:
    places = np.arange(length, dtype=np.float32)
    ramp = np.ones(length, np.float32)
    if fades_in:
        ramp = np.minimum(ramp, (places + np.float32(0.5)) / _OVERLAP)
    if fades_out:
        ramp = np.minimum(ramp, (length - places - np.float32(0.5)) / _OVERLAP)
    return ramp


def _weight(tile: Rectangle, width: int, height: int) -> FloatArray:
    """(h, w, 1) how much a tile counts: little at edges where another tile follows."""
    down = _ramp(tile.height, tile.top > 0, tile.bottom < height)
    right = _ramp(tile.width, tile.left > 0, tile.right < width)
    return (down[:, None] * right[None, :])[..., None]


def _restored_tile(
    rgb: FloatArray, model: Restorer, quality: int, options: FillOptions
) -> Operation[tuple[FloatArray, ...]]:
    height, width = rgb.shape[:2]
    even = np.asarray(padded(rgb), np.float32)
    answers = yield from model.restore(even, quality, options)
    return tuple(answer[:height, :width] for answer in checked(answers, even, options.candidates))


def _restored(
    rgb: FloatArray, model: Restorer, quality: int, request: RestoreJpeg, preview_of: PreviewOf | None
) -> Operation[list[FloatArray]]:
    """Every candidate of the whole picture, tile by tile; overlapping tiles fade into each other."""
    height, width = rgb.shape[:2]
    settings = request.settings
    sums = [np.zeros_like(rgb) for _ in range(settings.candidates)]
    share = np.zeros((height, width, 1), np.float32)
    plan = tiles(width, height, model.fill_side)
    for number, tile in enumerate(plan):
        options = FillOptions(settings.seed, settings.candidates, settings.steps, (tile.left, tile.top))
        part = Stretch(number / len(plan), (number + 1) / len(plan))
        weight = _weight(tile, width, height)
        operation = _restored_tile(rgb[tile.slices], model, quality, options)
        shown = preview_of if len(plan) == 1 else None
        for total, answer in zip(sums, (yield from within(operation, part, shown)), strict=True):
            total[tile.slices] += answer * weight
        share[tile.slices] += weight
        if preview_of and len(plan) > 1:
            now = np.where(share > 0, sums[0] / np.maximum(share, 1e-6), rgb)
            yield Progress("restoring", part.stop, from_array(thumbnail(now, settings.preview_side)))
    return [total / share for total in sums]


def _brought_back(answers: list[FloatArray], rgb: FloatArray, kept: int) -> Operation[None]:
    """Make every answer consistent with the JPEG, strip by strip."""
    tops = range(0, len(rgb), _STRIP)
    for index, answer in enumerate(answers):
        for number, top in enumerate(tops):
            yield Progress("restoring", (index + number / len(tops)) / len(answers))
            strip = slice(top, top + _STRIP)
            answer[strip] = consistent(answer[strip], rgb[strip], kept)


def _document(before: NativeArray, seen: Colours, rgb: FloatArray, request: RestoreJpeg) -> NativeArray:
    spec = request.picture.spec
    samples = native(np.clip(rgb, 0.0, 1.0), seen.alpha, spec)
    if spec.pixel_format.channels == 4:
        samples[..., 3] = before[..., 3]
    return blended(before, samples, seen.known)


def _same(picture: Picture) -> Picture:
    return picture


def restore(request: RestoreJpeg, models: Sequence[Restorer]) -> Operation[PaintResult]:
    """Restore a picture with the first of the models; alpha stays, and so do pixels that hold no colour.

    Where the picture's blocks are still those that JPEG kept, the result is one that would become the same JPEG: no
    model can shift its colours farther than compression could have.

    Raises:
        MaquetteError: INVALID_ARGUMENT, NOT_A_FINITE_NUMBER or LIMIT_EXCEEDED.
    """
    check_settings(request.settings)
    check_picture(request.picture)
    check_result_size(request.picture.spec, request.settings.candidates)
    model = models[0]
    yield Progress("reading the picture", 0.0)
    before = to_array(request.picture)
    seen = colours(before, request.picture.spec)
    rgb = np.clip(smooth_fill(seen.rgb, ~seen.known), 0.0, 1.0)
    kept = quality_of_blocks(rgb)
    quality, notes = quality_of(request, rgb, kept)
    preview_of = _same if request.settings.preview_side else None
    share = 1.0 if kept is None else _MODELS_SHARE
    answers = yield from within(_restored(rgb, model, quality, request, preview_of), Stretch(0.0, share), _same)
    if kept is not None:
        yield from within(_brought_back(answers, rgb, kept), Stretch(share, 1.0))
    documents = [_document(before, seen, answer, request) for answer in answers]
    return whole_result(request.picture.spec, documents, seen.known, model.info.id, notes)
