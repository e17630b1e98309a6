"""`maquette inpaint`, `outpaint`, `colorize` and `restore`: the painting verbs for files and folders."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from maquette_client import painting
from maquette_client.connection import Connection
from maquette_client.context import Context, SelectionSettings, context_rectangle
from maquette_client.images import AlphaMode, ColourSpace, Image, PixelFormat
from maquette_client.jpeg_quality import jpeg_quality
from maquette_client.painting import PaintOutcome, PaintSettings
from maquette_client.scenes import OnProgress

from maquette.cli.painting_jobs import Painted, jobs_of, run_jobs
from maquette.cli.pictures.document import Document, Pixels, image_of, pixels_of
from maquette.cli.pictures.files import decode, read_document
from maquette.cli.selections import (
    MaskArray,
    bounds_of,
    context_from,
    length_from,
    pixels_from,
    refused,
    selection_from,
)
from maquette.cli.session import read_file

_SEEDS = 2**63

Source = Annotated[Path, typer.Argument(metavar="IN", help="A picture (PNG, JPEG, TIFF, WebP), or a folder of them.")]
Target = Annotated[Path, typer.Argument(metavar="OUT", help="Where the result goes: a file, or a folder.")]
Model = Annotated[
    str, typer.Option(help="Model, as `maquette models list` names it; auto = the best for each picture.")
]
Seed = Annotated[
    int, typer.Option(min=-_SEEDS, max=_SEEDS - 1, metavar="NUMBER", help="Another seed gives another answer.")
]
Steps = Annotated[int, typer.Option(min=0, max=2**31, help="Network calls for each answer; 0 = the model's default.")]
Candidates = Annotated[int, typer.Option(min=1, max=1000, help="Answers for each picture, in numbered files.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Paint again what is there already.")]


class Mode(str, Enum):
    """How the new and the old are joined."""

    GRADIENT = "gradient"
    FEATHER = "feather"
    OFF = "off"


BlendMode = Annotated[Mode, typer.Option(help="How the new and the old are joined.")]


def inpaint(
    source: Source,
    target: Target,
    mask: Annotated[
        Path | None, typer.Option(help="White = fill; a file, or a folder with the pictures' names.")
    ] = None,
    box: Annotated[str, typer.Option(metavar="X,Y,WIDTH,HEIGHT", help="Fill a rectangle.")] = "",
    alpha: Annotated[bool, typer.Option("--alpha", help="Fill what is transparent.")] = False,
    grow: Annotated[str, typer.Option(help="Fill this much beyond the selection: 4 or 5% (of its diameter).")] = "0",
    feather: Annotated[str, typer.Option(help="How far inside the edge the old picture shines through.")] = "0",
    blend: Annotated[str, typer.Option(help="How far outside it the picture may change to join the two.")] = "8",
    blend_mode: BlendMode = Mode.GRADIENT,
    context: Annotated[str, typer.Option(help="What the model sees around it: auto, whole or pixels.")] = "auto",
    model: Model = painting.AUTOMATIC_MODEL,
    seed: Seed = 0,
    steps: Steps = 0,
    candidates: Candidates = 1,
    overwrite: Overwrite = False,
) -> None:
    """Fill a part of a picture: erase an object, repair a scratch."""
    selection = selection_from(mask, box, alpha)
    lengths = SelectionSettings(length_from(grow), length_from(feather), length_from(blend))
    around = context_from(context)
    jobs = jobs_of(source, target, candidates)
    settings = PaintSettings(seed, candidates, steps, preview_side=0, batch=len(jobs) > 1)

    async def fill(connection: Connection, path: Path, report: OnProgress) -> Painted:
        document = read_document(path)
        selected = selection.of(path, document)
        part = context_part(selected, lengths, around)
        outcome = await painting.inpaint(
            connection,
            image_of(document, document.pixels[part]),
            mask_image(selected[part]),
            model_id=model,
            selection=lengths,
            context=around,
            blend_mode=painting.BlendMode[blend_mode.name],
            settings=settings,
            on_progress=report,
        )
        rows, columns = part
        return painted(outcome, document, document.pixels, int(columns.start), int(rows.start))

    run_jobs(jobs, fill, title="filling", overwrite=overwrite)


def outpaint(
    source: Source,
    target: Target,
    left: Annotated[str, typer.Option(help="Pixels, or per cent of the width: 128 or 25%.")] = "0",
    right: Annotated[str, typer.Option(help="Pixels, or per cent of the width.")] = "0",
    top: Annotated[str, typer.Option(help="Pixels, or per cent of the height.")] = "0",
    bottom: Annotated[str, typer.Option(help="Pixels, or per cent of the height.")] = "0",
    every: Annotated[str, typer.Option("--all", help="On every side that is not named.")] = "0",
    blend: Annotated[str, typer.Option(help="How far inside its old edges the picture may change.")] = "0",
    blend_mode: BlendMode = Mode.GRADIENT,
    model: Model = painting.AUTOMATIC_MODEL,
    seed: Seed = 0,
    steps: Steps = 0,
    candidates: Candidates = 1,
    overwrite: Overwrite = False,
) -> None:
    """Extend a picture past its edges."""
    length = length_from(blend)
    jobs = jobs_of(source, target, candidates)
    settings = PaintSettings(seed, candidates, steps, preview_side=0, batch=len(jobs) > 1)
    sides = {
        name: every if text == "0" else text
        for name, text in (("left", left), ("right", right), ("top", top), ("bottom", bottom))
    }

    async def extend(connection: Connection, path: Path, report: OnProgress) -> Painted:
        document = read_document(path)
        height, width, channels = document.pixels.shape
        wanted = {
            name: pixels_from(text, width if name in ("left", "right") else height) for name, text in sides.items()
        }
        if not any(wanted.values()):
            raise refused("Which side shall be extended?", "Name --left, --right, --top, --bottom or --all.")
        outcome = await painting.outpaint(
            connection,
            image_of(document),
            left=wanted["left"],
            right=wanted["right"],
            top=wanted["top"],
            bottom=wanted["bottom"],
            model_id=model,
            blend=length,
            blend_mode=painting.BlendMode[blend_mode.name],
            settings=settings,
            on_progress=report,
        )
        canvas = np.zeros((outcome.height, outcome.width, channels), document.pixels.dtype)
        canvas[wanted["top"] : wanted["top"] + height, wanted["left"] : wanted["left"] + width] = document.pixels
        return painted(outcome, document, canvas)

    run_jobs(jobs, extend, title="extending", overwrite=overwrite)


def colorize(
    source: Source,
    target: Target,
    hints: Annotated[Path | None, typer.Option(help="RGBA of the picture's size: the colours wished for.")] = None,
    keep_luminance: Annotated[bool, typer.Option(help="Change colour alone, not how bright a pixel is.")] = True,
    model: Model = painting.AUTOMATIC_MODEL,
    seed: Seed = 0,
    steps: Steps = 0,
    candidates: Candidates = 1,
    overwrite: Overwrite = False,
) -> None:
    """Give colour to a grey picture."""
    jobs = jobs_of(source, target, candidates)
    settings = PaintSettings(seed, candidates, steps, preview_side=0, batch=len(jobs) > 1)
    wished = image_of(read_document(hints)) if hints else None

    async def colour(connection: Connection, path: Path, report: OnProgress) -> Painted:
        document = read_document(path)
        outcome = await painting.colorize(
            connection,
            image_of(document),
            hints=wished,
            keep_luminance=keep_luminance,
            model_id=model,
            settings=settings,
            on_progress=report,
        )
        return painted(outcome, document, document.pixels)

    run_jobs(jobs, colour, title="colouring", overwrite=overwrite)


def restore(
    source: Source,
    target: Target,
    quality: Annotated[int, typer.Option(min=0, max=100, help="It was saved with; 0 = read from the file.")] = 0,
    model: Model = painting.AUTOMATIC_MODEL,
    seed: Seed = 0,
    steps: Steps = 0,
    candidates: Candidates = 1,
    overwrite: Overwrite = False,
) -> None:
    """Repair what JPEG compression has damaged."""
    jobs = jobs_of(source, target, candidates)
    settings = PaintSettings(seed, candidates, steps, preview_side=0, batch=len(jobs) > 1)

    async def repair(connection: Connection, path: Path, report: OnProgress) -> Painted:
        content = read_file(path)
        # As it is stored, for its blocks begin at the corner where the file begins.
        document = decode(content, path.name, upright=False)
        if document.kind == "jpeg":
            # Its own tables would damage it again.
            document = replace(document, metadata=replace(document.metadata, own={}))
        outcome = await painting.restore_jpeg(
            connection,
            image_of(document),
            quality=quality or jpeg_quality(content),
            model_id=model,
            settings=settings,
            on_progress=report,
        )
        return painted(outcome, document, document.pixels)

    run_jobs(jobs, repair, title="repairing", overwrite=overwrite)


def context_part(mask: MaskArray, lengths: SelectionSettings, context: Context) -> tuple[slice, slice]:
    """Rows and columns to send for a filling.

    Raises:
        ClientError: NOTHING_SELECTED.
    """
    height, width = mask.shape
    reach = lengths.reach(float(mask.sum()) / 255)
    sent = context_rectangle(bounds_of(mask), (width, height), context, reach)
    return slice(sent.top, sent.bottom), slice(sent.left, sent.right)


def mask_image(mask: MaskArray) -> Image:
    """A mask (height, width) as the client sends it."""
    height, width = mask.shape
    raw = np.ascontiguousarray(mask).tobytes()
    return Image(width, height, raw, PixelFormat.GRAY_U8, ColourSpace.DATA, AlphaMode.OPAQUE)


def painted(outcome: PaintOutcome, document: Document, canvas: Pixels, left: int = 0, top: int = 0) -> Painted:
    """The answers as documents: each candidate in its place on a canvas, whose corner the picture that was sent had at
    ``left``, ``top``."""
    documents: list[Document] = []
    for candidate in outcome.candidates:
        patch = pixels_of(candidate)
        if patch.shape[2] == canvas.shape[2]:
            pixels = canvas.copy()
            row, column = top + outcome.top, left + outcome.left
            pixels[row : row + patch.shape[0], column : column + patch.shape[1]] = patch
        else:
            pixels = patch
        documents.append(document.with_pixels(pixels))
    return Painted(documents, outcome.model_id, outcome.notes)
