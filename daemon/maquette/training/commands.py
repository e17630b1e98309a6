"""`maquette train`: render the training pictures, train the embedded weights, and measure them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from maquette.errors import MaquetteError, Reason

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)

EVALUATION_SEED = 1_000_000
EVALUATION_ROOMS = 200
MOVES_PER_KIND = 40

DataFolder = Annotated[Path, typer.Option("--data", help="Folder of rendered rooms.")]
CheckpointFolder = Annotated[Path, typer.Option("--checkpoints", help="Folder for what training keeps.")]
PictureFolders = Annotated[list[Path], typer.Option("--data", help="Folder of rendered pictures; may be given again.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on from the newest checkpoint.")]
ReplacedFile = Annotated[Path | None, typer.Option(help="Write the file here; in place of --weights by default.")]
Strength = Annotated[float, typer.Option(min=0, max=1, help="0 = as smooth as before, 1 = as sharp as learned.")]
Threads = Annotated[int, typer.Option(min=1, help="CPU threads to use.")]


@app.command("render-rooms")
def render_rooms(
    out: Annotated[Path, typer.Option(help="Folder for the shards.")],
    count: Annotated[int, typer.Option(min=1, help="How many rooms.")] = 6000,
    first_seed: Annotated[int, typer.Option(min=0, help="Seed of the first room.")] = 0,
    moves: Annotated[int, typer.Option(min=0, help="Also render this many moved rooms per kind.")] = 0,
    threads: Threads = 1,
    samples: Annotated[int, typer.Option(min=1, help="Cycles samples a pixel, before denoising.")] = 8,
    resolution: Annotated[int, typer.Option(min=16, help="Width and height in pixels.")] = 128,
) -> None:
    """Render rooms with Blender. Goes on where an earlier run stopped; several runs may share a folder."""
    from maquette.training.rooms.description import describe_room
    from maquette.training.rooms.moves import render_moves
    from maquette.training.rooms.shards import plan_shards
    from maquette.training.rooms.shards import render_shards as render

    scene = _blender_scene(resolution, samples, threads)
    for path in render(scene, describe_room, out, plan_shards(first_seed, count)):
        typer.echo(str(path))
    if moves:
        for path in render_moves(scene, out, range(first_seed, first_seed + count), moves):
            typer.echo(str(path))


@app.command("describe-rooms")
def describe_rooms(
    out: Annotated[Path, typer.Option(help="Folder for the shards.")],
    count: Annotated[int, typer.Option(min=1, help="How many rooms.")] = 100_000,
    first_seed: Annotated[int, typer.Option(min=0, help="Seed of the first room's noise.")] = 0,
) -> None:
    """Describe rooms that follow from noise, for BlobGAN's layouts: no picture is made. Runs may share a folder."""
    from maquette.training.rooms.noise import describe_shards

    for path in describe_shards(out, first_seed, count):
        typer.echo(str(path))


@app.command("render-lands")
def render_lands(
    out: Annotated[Path, typer.Option(help="Folder for the shards.")],
    count: Annotated[int, typer.Option(min=1, help="How many lands.")] = 2000,
    first_seed: Annotated[int, typer.Option(min=0, help="Seed of the first land.")] = 0,
    threads: Threads = 1,
    samples: Annotated[int, typer.Option(min=1, help="Cycles samples a pixel, before denoising.")] = 4,
    width: Annotated[int, typer.Option(min=16, help="Width in pixels.")] = 512,
    height: Annotated[int, typer.Option(min=16, help="Height in pixels.")] = 128,
) -> None:
    """Render landscape panoramas with Blender. Goes on where an earlier run stopped; runs may share a folder."""
    from maquette.training.lands.description import describe_land
    from maquette.training.lands.shards import plan_shards, render_shards

    with _blender_needed():
        from maquette.training.lands.blender_scene import BlenderScene
    scene = BlenderScene(width, height, samples, threads)
    for path in render_shards(scene, describe_land, out, plan_shards(first_seed, count)):
        typer.echo(str(path))


def _blender_scene(resolution: int, samples: int, threads: int):
    with _blender_needed():
        from maquette.training.rooms.blender_scene import BlenderScene
    return BlenderScene(resolution, samples, threads)


@contextmanager
def _blender_needed() -> Generator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise MaquetteError(
            Reason.NOT_INSTALLED,
            "Rendering needs Blender as a Python module (bpy), which is not installed.",
            "Install it with 'pip install bpy==5.0.1' on Python 3.11.",
        ) from error


@app.command()
def blobgan(
    data: DataFolder,
    checkpoints: CheckpointFolder,
    minutes: Annotated[float, typer.Option(min=0.01, help="Time for the whole recipe, resumed runs included.")] = 60,
    recipe: Annotated[str, typer.Option(help="What to train; 'rooms' is the only recipe.")] = "rooms",
    resume: Resume = False,
    threads: Threads = 1,
    out: Annotated[Path | None, typer.Option(help="The weights file; beside the checkpoints by default.")] = None,
) -> None:
    """Train the embedded BlobGAN and write its weights file."""
    import torch

    from maquette.training.blobgan_run import run_recipe

    if recipe != "rooms":
        raise MaquetteError(Reason.INVALID_ARGUMENT, f"There is no recipe '{recipe}'.", "Use --recipe rooms.")
    torch.set_num_threads(threads)
    typer.echo(str(run_recipe(data, checkpoints, minutes * 60, resume, out)))


@app.command("blobgan-encoder")
def blobgan_encoder(
    data: DataFolder,
    weights: Annotated[Path, typer.Option(help="A weights file of the recipe 'rooms'; gets the encoder.")],
    checkpoints: CheckpointFolder,
    minutes: Annotated[float, typer.Option(min=0.01, help="Time for the encoder, resumed runs included.")] = 45,
    resume: Resume = False,
    threads: Threads = 1,
    out: ReplacedFile = None,
) -> None:
    """Train the encoder of a BlobGAN of rooms, which turns a picture into a scene, and add it to the weights file."""
    import torch

    from maquette.training.blobgan_encoder import run_encoder_recipe
    from maquette.training.checkpoints import Stage

    torch.set_num_threads(threads)
    typer.echo(str(run_encoder_recipe(data, Stage(weights, checkpoints, minutes * 60, resume, out))))


@app.command("blobgan-layouts")
def blobgan_layouts(
    data: Annotated[Path, typer.Option("--data", help="Folder of described rooms (describe-rooms).")],
    weights: Annotated[Path, typer.Option(help="A weights file of the recipe 'rooms'; gets the layout network.")],
    checkpoints: CheckpointFolder,
    minutes: Annotated[float, typer.Option(min=0.01, help="Time for the layouts, resumed runs included.")] = 45,
    resume: Resume = False,
    threads: Threads = 1,
    out: ReplacedFile = None,
) -> None:
    """Train the layout network of a BlobGAN of rooms, which new scenes come from, and write its weights file again."""
    import torch

    from maquette.training.blobgan_layouts import run_layouts
    from maquette.training.checkpoints import Stage

    torch.set_num_threads(threads)
    typer.echo(str(run_layouts(data, Stage(weights, checkpoints, minutes * 60, resume, out))))


@app.command("blobgan-decoder")
def blobgan_decoder(
    data: DataFolder,
    weights: Annotated[Path, typer.Option(help="A weights file of the recipe 'rooms'; gets the decoder.")],
    checkpoints: CheckpointFolder,
    minutes: Annotated[float, typer.Option(min=0.01, help="Time for the decoder, resumed runs included.")] = 60,
    resume: Resume = False,
    threads: Threads = 1,
    out: ReplacedFile = None,
) -> None:
    """Train the decoder of a BlobGAN of rooms on more of them, and write its weights file again."""
    import torch

    from maquette.training.blobgan_decoder import run_decoder
    from maquette.training.checkpoints import Stage

    torch.set_num_threads(threads)
    typer.echo(str(run_decoder(data, Stage(weights, checkpoints, minutes * 60, resume, out))))


@app.command("blobgan-sharpening")
def blobgan_sharpening(
    data: DataFolder,
    weights: Annotated[Path, typer.Option(help="A weights file of the recipe 'rooms'; gets the sharpened decoder.")],
    checkpoints: CheckpointFolder,
    minutes: Annotated[float, typer.Option(min=0.01, help="Time for sharpening, resumed runs included.")] = 60,
    resume: Resume = False,
    strength: Strength = 1,
    threads: Threads = 1,
    out: ReplacedFile = None,
) -> None:
    """Sharpen the pictures of a BlobGAN of rooms against a discriminator, and write its weights file again."""
    import torch

    from maquette.training.blobgan_sharpening import run_sharpening
    from maquette.training.checkpoints import Stage

    torch.set_num_threads(threads)
    typer.echo(str(run_sharpening(data, Stage(weights, checkpoints, minutes * 60, resume, out), strength)))


@app.command()
def palette(
    data: PictureFolders,
    checkpoints: CheckpointFolder,
    minutes: Annotated[float, typer.Option(min=0.01, help="Time for the whole recipe, resumed runs included.")] = 90,
    resume: Resume = False,
    threads: Threads = 1,
    out: Annotated[Path | None, typer.Option(help="The weights file; beside the checkpoints by default.")] = None,
) -> None:
    """Train the embedded Palette on rooms and lands, and write its weights file.

    Pictures that are rendered meanwhile are used as well.
    """
    import torch

    from maquette.training.palette_run import run_recipe

    torch.set_num_threads(threads)
    typer.echo(str(run_recipe(data, checkpoints, minutes * 60, resume, out)))


@app.command("palette-sharpening")
def palette_sharpening(
    data: PictureFolders,
    weights: Annotated[Path, typer.Option(help="A weights file that 'palette' trained.")],
    checkpoints: CheckpointFolder,
    minutes: Annotated[float, typer.Option(min=0.01, help="Time for sharpening, resumed runs included.")] = 90,
    resume: Resume = False,
    strength: Strength = 1,
    threads: Threads = 1,
    out: ReplacedFile = None,
) -> None:
    """Sharpen what a Palette fills in one call against a discriminator, and write its weights file again."""
    import torch

    from maquette.training.checkpoints import Stage
    from maquette.training.palette_sharpening import run_sharpening

    torch.set_num_threads(threads)
    typer.echo(str(run_sharpening(data, Stage(weights, checkpoints, minutes * 60, resume, out), strength)))


@app.command()
def evaluate(
    system: Annotated[str, typer.Argument(help="What to measure: 'blobgan' or 'palette'.")],
    data: DataFolder,
    weights: Annotated[Path | None, typer.Option(help="The weights file; the embedded one by default.")] = None,
    threads: Threads = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    sheet: Annotated[Path | None, typer.Option(help="Also write a contact sheet here (PNG).")] = None,
    inversions: Annotated[int, typer.Option(min=0, help="BlobGAN: optimise the scenes of this many rooms.")] = 0,
    pictures: Annotated[int, typer.Option(min=1, help="Palette: how many pictures.")] = 200,
    candidates: Annotated[int, typer.Option(min=1, help="Palette: of how many fillings the mean is taken.")] = 8,
    steps: Annotated[int | None, typer.Option(help="Palette: network calls; the model's own by default.")] = None,
) -> None:
    """Measure trained weights on pictures that they were never trained on (BlobGAN: render-rooms with --moves)."""
    import torch

    torch.set_num_threads(threads)
    if system == "blobgan":
        from maquette.training import blobgan_run as run

        report = run.evaluate_file(data, weights, inversions=inversions)
        text = report.to_json() if as_json else run.render_report(report)
    elif system == "palette":
        from maquette.training import palette_run as run

        report = run.evaluate_file(data, weights, pictures, candidates, steps)
        text = report.to_json() if as_json else run.render_report(report)
    else:
        message = f"'{system}' cannot be evaluated."
        raise MaquetteError(Reason.INVALID_ARGUMENT, message, "Use 'blobgan' or 'palette'.")
    typer.echo(text)
    if sheet is not None:
        run.write_sheet(sheet, data, weights)


if __name__ == "__main__":
    app()
