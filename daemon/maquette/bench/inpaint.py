"""Filling holes of pictures never trained on, beside what others fill them with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from maquette.bench.painting_baselines import BASELINES
from maquette.bench.painting_metrics import BoolArray, FloatArray, psnr, ssim
from maquette.bench.painting_models import finished, to_floats, to_pixels
from maquette.bench.painting_sheet import Pixels, with_hole
from maquette.bench.painting_table import Row
from maquette.models.painting.fillers import Filler, FillOptions
from maquette.models.painting.filling import filled
from maquette.training.palette_holes import KINDS, measured_hole
from maquette.training.picture_statistics import statistics_distance

PALETTE, MEAN = "Palette", "Palette, mean"
CANDIDATES = 8
GAIN = {"centre": 1.5, "half": 1.5, "free-form": 0.0}
"""How much better than every other method one candidate must be, in dB."""
SHOWN_PER_KIND = 3

Report = Callable[[str], None]


@dataclass
class Fills:
    """Pictures of one set with holes of one kind, filled by every method.

    Attributes:
        pictures: the true ones, (H, W, 3) in [0, 1].
        holes: (H, W).
        answers: by method, one for each picture.
        means: of several candidates, for the first pictures.
        changed: bytes outside the holes that a model of ours changed.
    """

    pictures: list[FloatArray] = field(default_factory=list[FloatArray])
    holes: list[BoolArray] = field(default_factory=list[BoolArray])
    answers: dict[str, list[FloatArray]] = field(default_factory=dict[str, list[FloatArray]])
    means: list[FloatArray] = field(default_factory=list[FloatArray])
    changed: int = 0

    def add(self, pixels: Pixels, hole: BoolArray, fillers: Mapping[str, Filler], seed: int, candidates: int) -> None:
        """Fill a hole of one more picture; with more than one candidate, Palette's mean is kept too."""
        self.pictures.append(to_floats(pixels))
        self.holes.append(hole)
        hidden = np.where(hole[..., None], np.uint8(0), pixels)
        for name, baseline in BASELINES.items():
            self._keep(name, to_floats(baseline(hidden, hole)))
        for name, filler in fillers.items():
            options = FillOptions(seed, candidates if name == PALETTE else 1)
            found = finished(filled(to_floats(hidden), hole, filler, None, options))
            # Whatever a document of 8 bits would hold.
            found = [to_floats(to_pixels(answer)) for answer in found]
            self.changed += sum(int((to_pixels(each) != pixels)[~hole].sum()) for each in found)
            self._keep(name, found[0])
            if len(found) > 1:
                self.means.append(np.mean(found, axis=0, dtype=np.float32))

    def _keep(self, name: str, answer: FloatArray) -> None:
        self.answers.setdefault(name, []).append(answer)

    def mean(self, figure: Callable[[FloatArray, FloatArray, BoolArray], float], lot: Sequence[FloatArray]) -> float:
        """Mean of a figure inside the holes, over the first pictures, as many as the lot has."""
        return float(np.mean([figure(*each) for each in zip(lot, self.pictures, self.holes, strict=False)]))


def fill_all(
    pixels: Pixels, kind: str, fillers: Mapping[str, Filler], averaged: int, report: Report = lambda stage: None
) -> Fills:
    """Fill holes of one kind in pictures (N, S, S, 3); the first ``averaged`` with several candidates."""
    fills = Fills()
    for index, picture in enumerate(pixels):
        report(f"{kind} holes, picture {index + 1} of {len(pixels)}")
        hole = measured_hole(kind, pixels.shape[1], index)
        fills.add(picture, hole, fillers, index, CANDIDATES if index < averaged else 1)
    return fills


def fill_rows(name: str, kind: str, fills: Fills) -> list[Row]:
    """The figures of one set of pictures and one kind of holes, with their bars."""
    what = f"{name}, {kind}"
    others = tuple(BASELINES)
    one = {method: fills.mean(psnr, lot) for method, lot in fills.answers.items()}
    rows = [Row(f"{what}: PSNR (dB)", one, PALETTE, others, GAIN[kind])]
    rows.append(Row(f"{what}: SSIM", {method: fills.mean(ssim, lot) for method, lot in fills.answers.items()}))
    if fills.means:
        count = len(fills.means)
        lots = {MEAN: fills.means, **{method: fills.answers[method][:count] for method in others}}
        for title, figure in (("PSNR (dB)", psnr), ("SSIM", ssim)):
            figures = {method: fills.mean(figure, lot) for method, lot in lots.items()}
            rows.append(Row(f"{what}: {title}, mean of {CANDIDATES} ({count} pictures)", figures, MEAN, others))
    distances = {method: statistics_distance(lot, fills.pictures, fills.holes) for method, lot in fills.answers.items()}
    rows.append(Row(f"{what}: Fréchet distance", distances, PALETTE, others, higher_is_better=False))
    return rows


def sheet_columns(fills: Fills) -> dict[str, list[Pixels]]:
    """Truth, holes and every method's answers for the first pictures."""
    shown = slice(SHOWN_PER_KIND)
    true = [to_pixels(picture) for picture in fills.pictures[shown]]
    rows = {"truth": true, "hole": [with_hole(*each) for each in zip(true, fills.holes[shown], strict=True)]}
    rows |= {method: [to_pixels(answer) for answer in lot[shown]] for method, lot in fills.answers.items()}
    if fills.means:
        rows["mean of 8"] = [to_pixels(mean) for mean in fills.means[shown]]
    return rows


@dataclass
class SheetRows:
    """The rows of a sheet, as they grow."""

    rows: dict[str, list[Pixels]] = field(default_factory=dict[str, list[Pixels]])

    def add(self, columns: Mapping[str, Sequence[Pixels]]) -> None:
        """More columns of every row."""
        for name, pictures in columns.items():
            self.rows.setdefault(name, []).extend(pictures)


def measure_fills(
    name: str,
    pixels: Pixels,
    fillers: Mapping[str, Filler],
    averaged: int,
    sheet: SheetRows | None = None,
    report: Report = lambda stage: None,
) -> list[Row]:
    """All kinds of holes in one set of pictures.

    Args:
        name: of the set.
        pixels: (N, S, S, 3).
        fillers: by name; one is called `PALETTE`.
        averaged: how many pictures' candidates are averaged, from the first on.
        sheet: to which some are added.
        report: is told what is being done.
    """
    rows: list[Row] = []
    changed = 0
    for kind in KINDS:
        fills = fill_all(pixels, kind, fillers, averaged, lambda stage: report(f"{name}: {stage}"))
        rows += fill_rows(name, kind, fills)
        changed += fills.changed
        if sheet is not None:
            sheet.add(sheet_columns(fills))
    rows.append(
        Row(f"{name}: bytes changed outside the hole", {PALETTE: changed}, PALETTE, higher_is_better=False, limit=0)
    )
    return rows
