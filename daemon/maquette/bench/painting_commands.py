"""`maquette bench inpaint` and `maquette bench photographs`: how good painting is, beside other methods."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maquette.errors import MaquetteError, Reason

if TYPE_CHECKING:
    from maquette.bench.painting_sheet import Pixels
    from maquette.bench.painting_table import Row

JsonFile = Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")]
SheetFile = Annotated[Path | None, typer.Option("--sheet", help="Also write a sheet of pictures to look at (PNG).")]
WeightsFile = Annotated[
    Path | None, typer.Option("--weights", help="The Palette to measure; default: the embedded one.")
]
Threads = Annotated[int, typer.Option(min=1, help="CPU threads.")]


def inpaint(
    rooms: Annotated[Path | None, typer.Option(help="Folder of rooms (train render-rooms) never trained on.")] = None,
    lands: Annotated[Path | None, typer.Option(help="Folder of lands (train render-lands) never trained on.")] = None,
    count: Annotated[int, typer.Option(min=2, help="How many pictures of each.")] = 200,
    averaged: Annotated[int, typer.Option(min=0, help="Of how many the mean of 8 candidates is taken.")] = 50,
    long: Annotated[int, typer.Option(min=0, help="How many are also filled with 1000 network calls.")] = 2,
    exemplar: Annotated[bool, typer.Option(help="Fill with exemplar too.")] = True,
    weights: WeightsFile = None,
    threads: Threads = 1,
    sheet: SheetFile = None,
    json_file: JsonFile = None,
) -> None:
    """Palette on pictures never trained on, beside Telea, Navier–Stokes and PatchMatch."""
    import torch

    from maquette.bench.inpaint import PALETTE, SheetRows, measure_fills
    from maquette.bench.inpaint_pictures import read_squares
    from maquette.bench.inpaint_tasks import colour_all, measure_calls, measure_colouring, measure_restoring
    from maquette.bench.painting_models import load_exemplar, load_palette

    if rooms is None and lands is None:
        message = "There are no pictures to measure with."
        raise MaquetteError(Reason.INVALID_ARGUMENT, message, "Give --rooms FOLDER or --lands FOLDER.")
    torch.set_num_threads(threads)
    model = load_palette(weights)
    fillers = {PALETTE: model, **({"exemplar": load_exemplar()} if exemplar else {})}
    rows: list[Row] = []
    shown = SheetRows()
    for name, folder in (("rooms", rooms), ("lands", lands)):
        if folder is None:
            continue
        pixels = read_squares(folder, name, model.fill_side, count)
        rows += measure_fills(name, pixels, fillers, averaged, shown, _tell)
        rows += measure_restoring(name, list(pixels), model, 1.0)
        rows += measure_colouring(name, list(pixels), colour_all(list(pixels), model))
        rows += [measure_calls(name, pixels[:long], model, _tell)] if long else []
    _finish(rows, shown.rows, model.info.digest, sheet, json_file)


def photographs(
    weights: WeightsFile = None,
    count: Annotated[int, typer.Option(min=1, help="How many photographs.")] = 100,
    threads: Threads = 1,
    sheet: SheetFile = None,
    json_file: JsonFile = None,
) -> None:
    """Photographs never trained on: what auto fills them with, beside the others; JPEGs; seconds of exemplar."""
    import torch

    from maquette.bench.inpaint_tasks import measure_restoring
    from maquette.bench.painting_models import load_exemplar, load_palette
    from maquette.bench.painting_photographs import (
        PHOTOGRAPHS,
        fill_photographs,
        photograph,
        photograph_rows,
        photograph_sheet,
    )

    torch.set_num_threads(threads)
    model, exemplar = load_palette(weights), load_exemplar()
    names = list(PHOTOGRAPHS)[:count]
    fills = fill_photographs(names, [model, exemplar], exemplar, exemplar, _tell)
    rows = photograph_rows(fills)
    rows += measure_restoring("photographs", [photograph(name) for name in names], model, 0.0)
    chosen = ", ".join(f"{name} {fills.chosen.count(name)}" for name in sorted(set(fills.chosen)))
    typer.echo(f"auto chose: {chosen}")
    _finish(rows, photograph_sheet(fills), model.info.digest, sheet, json_file)


def _tell(stage: str) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r\x1b[K{stage}", nl=False, err=True)


def _finish(
    rows: Sequence[Row],
    shown: Mapping[str, Sequence[Pixels]],
    digest: str,
    sheet_file: Path | None,
    json_file: Path | None,
) -> None:
    from maquette.bench.painting_sheet import sheet
    from maquette.bench.painting_table import print_rows, write_rows

    typer.echo("", err=True)
    print_rows(rows)
    if json_file is not None:
        write_rows(json_file, rows, {"weights": digest})
    if sheet_file is not None and shown:
        sheet(shown).save(sheet_file)
