"""Filling and repairing photographs never trained on: those in scikit-image that are in the public domain."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import cast

import numpy as np
from PIL import Image
from scipy import ndimage

from maquette.bench.painting_baselines import BASELINES, patch_match
from maquette.bench.painting_metrics import BoolArray, FloatArray, psnr, ssim
from maquette.bench.painting_models import finished, to_floats
from maquette.bench.painting_sheet import Pixels, with_hole
from maquette.bench.painting_table import Row
from maquette.imaging.arrays import from_array, to_array
from maquette.imaging.picture import ColourSpace
from maquette.models.painting.fillers import Filler, FillOptions, GuidedSynthesizer
from maquette.models.painting.inpainting import inpaint
from maquette.models.painting.requests import Inpaint, Length, PaintSettings, SelectionSettings
from maquette.training.picture_statistics import statistics_distance

PHOTOGRAPHS: Mapping[str, str] = {
    "astronaut.png": "NASA, public domain",
    "brick.png": "CC0Textures, CC0",
    "camera.png": "Lav Varshney, CC0",
    "chelsea.png": "Stéfan van der Walt, CC0",
    "clock_motion.png": "Stéfan van der Walt, public domain",
    "coffee.png": "Rachel Michetti, CC0",
    "grass.png": "linolafett, CC0",
    "gravel.png": "CC0Textures, CC0",
    "hubble_deep_field.jpg": "NASA, public domain",
    "retina.jpg": "Mikael Häggström, CC0",
    "rocket.jpg": "SpaceX, public domain",
}
"""Files in scikit-image's wheel that its documentation says are in the public domain or CC0, and whose they are."""
SIDE = 512
HOLES_PER_PHOTOGRAPH = 2
AUTO, EXEMPLAR = "auto", "exemplar"
BLEND = 8.0
SLOWDOWN = 1.1

Report = Callable[[str], None]


def photograph(name: str, side: int = SIDE) -> Pixels:
    """The middle square of one of `PHOTOGRAPHS` (side, side, 3)."""
    with files("skimage").joinpath("data", name).open("rb") as stream:
        picture = Image.open(stream).convert("RGB")
    extent = min(picture.size)
    left, top = (picture.width - extent) // 2, (picture.height - extent) // 2
    square = picture.crop((left, top, left + extent, top + extent))
    return np.asarray(square.resize((side, side), Image.Resampling.LANCZOS))


def object_hole(side: int, seed: int) -> BoolArray:
    """A hole (side, side) as large as a thing that one would erase: a fifth to a third of the side across, uneven."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:side, :side] / side - rng.uniform(0.3, 0.7, (2, 1, 1))
    turn = rng.uniform(0, math.pi)
    across = (columns * math.cos(turn) + rows * math.sin(turn)) / rng.uniform(0.09, 0.16)
    along = (rows * math.cos(turn) - columns * math.sin(turn)) / rng.uniform(0.09, 0.16)
    direction = np.arctan2(along, across)
    edge = sum(
        size * np.sin(waves * direction + rng.uniform(0, 2 * math.pi))
        for waves, size in ((2, 0.1), (3, 0.1), (5, 0.05))
    )
    return np.asarray(np.hypot(across, along) < 1 + edge, np.bool_)


@dataclass
class PhotographFills:
    """What was made of the photographs' holes.

    Attributes:
        true: (H, W, 3).
        holes: (H, W).
        answers: by method.
        seconds: wall-clock time by method; of those that were timed.
        chosen: the models that auto chose.
        changed: bytes outside hole and blend band that differ.
    """

    true: list[Pixels] = field(default_factory=list[Pixels])
    holes: list[BoolArray] = field(default_factory=list[BoolArray])
    answers: dict[str, list[Pixels]] = field(default_factory=dict[str, list[Pixels]])
    seconds: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    chosen: list[str] = field(default_factory=list[str])
    changed: int = 0

    def keep(self, method: str, answer: Pixels) -> None:
        """One more answer of a method."""
        self.answers.setdefault(method, []).append(answer)

    def mean(self, figure: Callable[[FloatArray, FloatArray, BoolArray], float]) -> dict[str, float]:
        """Mean of a figure inside the holes, by method."""
        true = [to_floats(each) for each in self.true]
        return {
            method: float(np.mean([figure(to_floats(a), t, h) for a, t, h in zip(lot, true, self.holes, strict=True)]))
            for method, lot in self.answers.items()
        }


def timed(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _painted(
    fills: PhotographFills,
    pixels: Pixels,
    hole: BoolArray,
    fillers: Sequence[Filler],
    synthesizer: GuidedSynthesizer | None,
) -> tuple[Pixels, str]:
    mask = from_array(hole.astype(np.uint8) * 255, ColourSpace.DATA)
    selection = SelectionSettings(blend=Length(BLEND))
    request = Inpaint(from_array(pixels), mask, selection, settings=PaintSettings(preview_side=0))
    result = finished(inpaint(request, fillers, synthesizer))
    painted = pixels.copy()
    part = np.asarray(to_array(result.candidates[0].picture), np.uint8)
    painted[result.top : result.top + part.shape[0], result.left : result.left + part.shape[1]] = part
    beyond = cast("FloatArray", ndimage.distance_transform_edt(~hole)) > BLEND
    fills.changed += int((painted != pixels)[beyond].sum())
    return painted, result.model_id


def fill_photographs(
    names: Sequence[str], fillers: Sequence[Filler], exemplar: Filler, synthesizer: GuidedSynthesizer, report: Report
) -> PhotographFills:
    """Fill two holes of each photograph by the others' methods, by exemplar and by what auto chooses.

    What is under the hole is hidden from everyone.
    """
    fills = PhotographFills()
    for index, name in enumerate(names):
        picture = photograph(name)
        for number in range(HOLES_PER_PHOTOGRAPH):
            report(f"{name}, hole {number + 1}")
            hole = object_hole(SIDE, HOLES_PER_PHOTOGRAPH * index + number)
            hidden = np.where(hole[..., None], np.uint8(0), picture)
            _fill(fills, picture, hidden, hole, fillers, exemplar, synthesizer)
    return fills


def _fill(
    fills: PhotographFills,
    picture: Pixels,
    hidden: Pixels,
    hole: BoolArray,
    fillers: Sequence[Filler],
    exemplar: Filler,
    synthesizer: GuidedSynthesizer,
) -> None:
    fills.true.append(picture)
    fills.holes.append(hole)
    for method, baseline in BASELINES.items():
        fills.keep(method, baseline(hidden, hole))
    fills.keep(EXEMPLAR, _painted(fills, hidden, hole, [exemplar], synthesizer)[0])
    painted, model_id = _painted(fills, hidden, hole, fillers, synthesizer)
    fills.keep(AUTO, painted)
    fills.chosen.append(model_id)
    floats = to_floats(hidden)
    works: dict[str, Callable[[], object]] = {
        "PatchMatch": lambda: patch_match(hidden, hole),
        EXEMPLAR: lambda: finished(exemplar.fill(floats, hole, FillOptions())),
    }
    for method, work in works.items():
        fills.seconds.setdefault(method, []).append(timed(work))


def photograph_rows(fills: PhotographFills) -> list[Row]:
    """The figures, with their bars."""
    others = tuple(BASELINES)
    count = len(fills.true)
    seconds = {method: float(np.mean(values)) for method, values in fills.seconds.items()}
    limit = seconds["PatchMatch"] * SLOWDOWN
    true = [to_floats(each) for each in fills.true]
    distances = {
        method: statistics_distance([to_floats(each) for each in lot], true, fills.holes)
        for method, lot in fills.answers.items()
    }
    return [
        Row(f"photographs, {count} holes: PSNR (dB)", fills.mean(psnr), AUTO, others),
        Row(f"photographs, {count} holes: SSIM", fills.mean(ssim), AUTO, others),
        Row(f"photographs, {count} holes: Fréchet distance", distances),
        Row("the same by exemplar: seconds", seconds, EXEMPLAR, higher_is_better=False, limit=limit),
        Row(
            "photographs: bytes changed outside the blend band",
            {AUTO: fills.changed},
            AUTO,
            higher_is_better=False,
            limit=0,
        ),
    ]


def photograph_sheet(fills: PhotographFills) -> dict[str, list[Pixels]]:
    """Truth, holes and answers, 256² around each hole."""
    side = SIDE // 2
    rows: dict[str, list[Pixels]] = {"truth": [], "hole": []}
    for index, hole in enumerate(fills.holes):
        ys, xs = (int(places.mean()) for places in np.nonzero(hole))
        top, left = (min(max(middle - side // 2, 0), SIDE - side) for middle in (ys, xs))
        place = slice(top, top + side), slice(left, left + side)
        true = fills.true[index]
        rows["truth"].append(true[place])
        rows["hole"].append(with_hole(true, hole)[place])
        for method, lot in fills.answers.items():
            rows.setdefault(method, []).append(lot[index][place])
    return rows
