"""Repairing JPEGs, colouring and the number of network calls, on pictures never trained on."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from maquette.bench.painting_metrics import BoolArray, FloatArray, colour_distance, psnr
from maquette.bench.painting_models import finished, to_floats, to_pixels
from maquette.bench.painting_sheet import Pixels
from maquette.bench.painting_table import Row
from maquette.imaging.arrays import from_array, to_array
from maquette.imaging.colour import grey_of
from maquette.imaging.picture import AlphaMode
from maquette.models.painting.colorizing import colorize
from maquette.models.painting.fillers import Colorizer, Filler, FillOptions, Restorer
from maquette.models.painting.filling import filled
from maquette.models.painting.requests import Colorize, PaintResult, PaintSettings, RestoreJpeg
from maquette.models.painting.restoring import restore
from maquette.training.palette_holes import measured_hole

PALETTE, INPUT = "Palette", "input"
QUALITIES = (10, 30)
HINTS, HINT_SIDE = 10, 3
HINT_GAIN = 3.0
LUMINANCE_STEPS = 1.0
FEW_CALLS, MANY_CALLS = 20, 1000
LARGEST_LOSS = 0.5


def compressed(pixels: Pixels, quality: int) -> Pixels:
    """A picture (H, W, 3) after it has been a JPEG, its colours at half the resolution as is usual."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality, subsampling="4:2:0")
    return np.asarray(Image.open(stream).convert("RGB"))


def _answer(result: PaintResult) -> Pixels:
    return np.asarray(to_array(result.candidates[0].picture), np.uint8)


def _mean_psnr(made: Sequence[Pixels], true: Sequence[Pixels]) -> float:
    return float(np.mean([psnr(to_floats(one), to_floats(other)) for one, other in zip(made, true, strict=True)]))


def measure_restoring(name: str, pixels: Sequence[Pixels], model: Restorer, gain: float) -> list[Row]:
    """JPEGs of two qualities must come ``gain`` dB nearer to the pictures (H, W, 3)."""
    rows: list[Row] = []
    settings = PaintSettings(preview_side=0)
    for quality in QUALITIES:
        damaged = [compressed(picture, quality) for picture in pixels]
        requests = [RestoreJpeg(from_array(picture), quality, settings) for picture in damaged]
        repaired = [_answer(finished(restore(request, [model]))) for request in requests]
        figures = {INPUT: _mean_psnr(damaged, pixels), PALETTE: _mean_psnr(repaired, pixels)}
        rows.append(Row(f"{name}, JPEG quality {quality}: PSNR (dB)", figures, PALETTE, (INPUT,), gain))
    return rows


def hint_dots(pixels: Pixels, seed: int) -> Pixels:
    """(H, W, 4): the picture's own colours in ten small dots, transparent elsewhere."""
    height, width = pixels.shape[:2]
    hints = np.zeros((height, width, 4), np.uint8)
    places = np.random.default_rng(seed).integers(0, (height - HINT_SIDE + 1, width - HINT_SIDE + 1), (HINTS, 2))
    for top, left in places:
        dot = slice(top, top + HINT_SIDE), slice(left, left + HINT_SIDE)
        hints[dot] = np.dstack([pixels[dot], np.full((HINT_SIDE, HINT_SIDE), 255, np.uint8)])
    return hints


def greyed(pixels: Pixels) -> Pixels:
    """(H, W) of a picture (H, W, 3)."""
    return to_pixels(grey_of(to_floats(pixels)))


@dataclass(frozen=True)
class Coloured:
    """Pictures (H, W, 3) of one set in grey, coloured without hints and with ten."""

    grey: list[Pixels]
    free: list[Pixels]
    hinted: list[Pixels]


def colour_all(pixels: Sequence[Pixels], model: Colorizer) -> Coloured:
    """Colour the grey of every picture (H, W, 3)."""
    grey: list[Pixels] = []
    free: list[Pixels] = []
    hinted: list[Pixels] = []
    for index, picture in enumerate(pixels):
        plane = greyed(picture)
        settings = PaintSettings(index, preview_side=0)
        hints = from_array(hint_dots(picture, index), alpha_mode=AlphaMode.STRAIGHT)
        grey.append(np.repeat(plane[..., None], 3, axis=-1))
        free.append(_answer(finished(colorize(Colorize(from_array(plane), settings=settings), [model]))))
        hinted.append(_answer(finished(colorize(Colorize(from_array(plane), hints, settings=settings), [model]))))
    return Coloured(grey, free, hinted)


def luminance_error(coloured: Pixels, grey: Pixels) -> float:
    """The largest difference of the sRGB-encoded luminance of two pictures (H, W, 3), in steps of 8 bits."""
    return float(np.abs(grey_of(to_floats(coloured)) - grey_of(to_floats(grey))).max() * 255)


def measure_colouring(name: str, pixels: Sequence[Pixels], coloured: Coloured) -> list[Row]:
    """How well the grey of pictures (H, W, 3) was coloured."""
    both = zip(coloured.free + coloured.hinted, coloured.grey * 2, strict=True)
    error = max(luminance_error(one, other) for one, other in both)
    hinted = {INPUT: _mean_psnr(coloured.grey, pixels), PALETTE: _mean_psnr(coloured.hinted, pixels)}
    distances = {
        method: colour_distance([to_floats(each) for each in lot], [to_floats(each) for each in pixels])
        for method, lot in ((INPUT, coloured.grey), (PALETTE, coloured.free))
    }
    limit = LUMINANCE_STEPS
    return [
        Row(f"{name}, colour: luminance error (1/255)", {PALETTE: error}, PALETTE, higher_is_better=False, limit=limit),
        Row(f"{name}, colour with {HINTS} hints: PSNR (dB)", hinted, PALETTE, (INPUT,), HINT_GAIN),
        Row(f"{name}, colour: Fréchet distance of a*b*", distances, PALETTE, (INPUT,), higher_is_better=False),
    ]


def measure_calls(name: str, pixels: Pixels, model: Filler, report: Callable[[str], None] = lambda stage: None) -> Row:
    """PSNR of centre holes with the default, twenty and a thousand network calls; pictures (N, S, S, 3)."""
    hole = measured_hole("centre", pixels.shape[1], 0)
    figures: dict[str, float] = {}
    for title, steps in (("default", None), (f"{FEW_CALLS} calls", FEW_CALLS), (f"{MANY_CALLS} calls", MANY_CALLS)):
        report(f"{name}: {title}")
        values = [_filled_psnr(to_floats(picture), hole, model, steps, seed) for seed, picture in enumerate(pixels)]
        figures[title] = float(np.mean(values))
    few, many = f"{FEW_CALLS} calls", (f"{MANY_CALLS} calls",)
    return Row(f"{name}, centre, {len(pixels)} pictures: PSNR (dB)", figures, few, many, -LARGEST_LOSS)


def _filled_psnr(true: FloatArray, hole: BoolArray, model: Filler, steps: int | None, seed: int) -> float:
    (answer,) = finished(filled(true, hole, model, None, FillOptions(seed, 1, steps)))
    return psnr(answer, true, hole)
