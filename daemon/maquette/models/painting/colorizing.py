"""Giving colour to a grey picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
from scipy import ndimage

from maquette.imaging.arrays import from_array, to_array
from maquette.imaging.colour import grey_of, with_luminance
from maquette.imaging.documents import BoolArray, Colours, NativeArray, colours, has_alpha, native
from maquette.imaging.picture import PictureSpec, PixelFormat
from maquette.imaging.resizing import fitted_size, resized, thumbnail
from maquette.imaging.smooth_fill import smooth_fill
from maquette.models.operations import Operation, Progress
from maquette.models.painting.checks import check_picture, check_result_size, check_same_size, check_settings, refused
from maquette.models.painting.fillers import Colorizer, FillOptions, FloatArray
from maquette.models.painting.filling import checked, padded
from maquette.models.painting.progress import Stretch, within
from maquette.models.painting.requests import Colorize, PaintResult
from maquette.models.painting.results import blended, whole_result

_GUIDE_RADIUS = 4
_GUIDE_SMOOTHNESS = 1e-3


def _coloured_spec(spec: PictureSpec) -> PictureSpec:
    """A grey picture is coloured in RGB of the same depth."""
    if spec.pixel_format.channels != 1:
        return spec
    return replace(spec, pixel_format=PixelFormat[spec.pixel_format.name.replace("GRAY", "RGB")])


def _hints(request: Colorize, width: int, height: int) -> FloatArray | None:
    """(height, width, 4): hints at the model's size. A dot smaller than a pixel there counts for the whole pixel."""
    if request.hints is None:
        return None
    spec = request.hints.spec
    if not has_alpha(spec):
        raise refused("The hints have no alpha channel.", "Send RGBA, transparent where there is no hint.")
    given = colours(to_array(request.hints), spec)
    alpha = given.alpha * given.known
    share = resized(alpha, width, height)
    colour = resized(given.rgb * alpha[..., None], width, height) / np.maximum(share, 1e-6)[..., None]
    hinted = resized((alpha > 0).astype(np.float32), width, height)
    strength = np.where(share > 0, share / np.maximum(hinted, 1e-6), 0.0)
    return np.concatenate([np.clip(colour, 0.0, 1.0), strength[..., None]], axis=-1).astype(np.float32)


def _box_mean(values: FloatArray) -> FloatArray:
    size = 2 * _GUIDE_RADIUS + 1
    return cast("FloatArray", ndimage.uniform_filter(values, size=size, mode="nearest", axes=(0, 1)))


def _enlarged(small: FloatArray, small_grey: FloatArray, grey: FloatArray) -> FloatArray:
    """Colours (h, w, 3) at the size of ``grey`` (H, W), along its edges (fast guided filter, He and Sun 2015)."""
    if small.shape[:2] == grey.shape:
        return small
    guide = small_grey[..., None]
    mean, guide_mean = _box_mean(small), _box_mean(guide)
    variance = _box_mean(guide * guide) - guide_mean * guide_mean
    slope = (_box_mean(small * guide) - mean * guide_mean) / (variance + np.float32(_GUIDE_SMOOTHNESS))
    offset = mean - slope * guide_mean
    height, width = grey.shape
    sloped = resized(_box_mean(slope), width, height) * grey[..., None]
    return sloped + resized(_box_mean(offset), width, height)


def _answers(request: Colorize, grey: FloatArray, model: Colorizer) -> Operation[tuple[FloatArray, ...]]:
    """Colours of ``grey`` at its own size."""
    height, width = grey.shape
    side = model.fill_side or max(height, width)
    small_width, small_height = fitted_size(width, height, side)
    small_grey = resized(grey, small_width, small_height)
    hints = _hints(request, small_width, small_height)
    settings = request.settings
    even = np.asarray(padded(small_grey), np.float32)
    even_hints = None if hints is None else np.asarray(padded(hints), np.float32)
    options = FillOptions(settings.seed, settings.candidates, settings.steps)
    answers = yield from model.colorize(even, even_hints, options)
    like = np.zeros((*even.shape, 3), np.float32)
    return tuple(
        _enlarged(answer[:small_height, :small_width], small_grey, grey)
        for answer in checked(answers, like, settings.candidates)
    )


def _document(
    request: Colorize, seen: Colours, grey: FloatArray, rgb: FloatArray, spec: PictureSpec, changed: BoolArray
) -> NativeArray:
    bright = with_luminance(rgb, grey) if request.keep_luminance else np.clip(rgb, 0.0, 1.0)
    before = to_array(request.picture)
    samples = native(bright, seen.alpha, spec)
    kept = np.broadcast_to(before, samples.shape) if before.shape[-1] == 1 else before
    if spec.pixel_format.channels == 4:
        samples[..., 3] = before[..., 3]
    return blended(kept, samples, changed)


def colorize(request: Colorize, models: Sequence[Colorizer]) -> Operation[PaintResult]:
    """Give colour to a picture with the first of the models; alpha stays, and so do pixels that hold no colour.

    A picture larger than the model is coloured at the model's size; the colours are enlarged along the picture's edges.
    With ``keep_luminance`` every pixel keeps its relative luminance up to the rounding of its depth.

    Raises:
        MaquetteError: INVALID_ARGUMENT, NOT_A_FINITE_NUMBER or LIMIT_EXCEEDED.
    """
    check_settings(request.settings)
    check_picture(request.picture)
    if request.hints:
        check_picture(request.hints, "hint layer")
        check_same_size(request.picture.spec, request.hints.spec, "hint layer")
    spec = _coloured_spec(request.picture.spec)
    check_result_size(spec, request.settings.candidates)
    model = models[0]
    yield Progress("reading the picture", 0.0)
    seen = colours(to_array(request.picture), request.picture.spec)
    grey = grey_of(seen.rgb)
    operation = _answers(request, smooth_fill(grey[..., None], ~seen.known)[..., 0], model)
    side = request.settings.preview_side
    answers = yield from within(operation, Stretch(0.0, 0.95), (lambda picture: picture) if side else None)
    if side:
        yield Progress("colouring", 0.95, from_array(thumbnail(answers[0], side)))
    documents = [_document(request, seen, grey, rgb, spec, seen.known) for rgb in answers]
    return whole_result(spec, documents, seen.known, model.info.id, ())
