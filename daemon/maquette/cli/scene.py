"""`maquette scene`: sample, render and edit scenes from the shell."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent
from typing import Annotated

import typer
from maquette_client.connection import Connection
from maquette_client.errors import ClientError
from maquette_client.images import png_bytes
from maquette_client.scene_json import scene_from_json, scene_to_json
from maquette_client.scenes import RenderedScene, render_scene, sample_scenes
from maquette_client.v1.scene_pb2 import Scene
from rich.console import Console
from rich.table import Table

from maquette.cli.scene_changes import CHANGES, Look, apply_changes, changes_help
from maquette.cli.session import call, progress_bar, read_file, write_file

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)

Picture = Annotated[Path | None, typer.Option("--output", "-o", help="PNG file for the picture.")]
SceneOut = Annotated[Path | None, typer.Option("--json", help="File for the scene.")]
SceneIn = Annotated[Path, typer.Argument(help="A scene saved with --json.")]
BlobMap = Annotated[Path | None, typer.Option("--blob-map", help="PNG file for the map of the blobs.")]


@app.command()
def sample(
    seed: Annotated[int, typer.Option(help="Decides places, sizes and, unless other seeds are given, looks.")] = 0,
    style_seed: Annotated[int | None, typer.Option(help="Decides the looks of the blobs.")] = None,
    background_seed: Annotated[int | None, typer.Option(help="Decides the look of the background.")] = None,
    truncation: Annotated[float, typer.Option(min=0.0, max=1.0, help="0 = varied, 1 = the mean scene.")] = 0.4,
    count: Annotated[int, typer.Option(min=1, max=64, help="Scenes, each from the next seed.")] = 1,
    model: Annotated[str, typer.Option(help="Model; empty = the default one.")] = "",
    output: Picture = None,
    scene_out: SceneOut = None,
) -> None:
    """Sample new scenes. With --count, files are numbered: out.png becomes out-1.png, out-2.png …"""

    async def work(connection: Connection) -> list[tuple[Scene, RenderedScene | None]]:
        sampled = await sample_scenes(
            connection,
            seed,
            style_seed=style_seed,
            background_seed=background_seed,
            truncation=truncation,
            count=count,
            model_id=model,
            on_progress=on_progress,
        )
        return [
            (one.scene, await render_scene(connection, one.scene, on_progress=on_progress) if output else None)
            for one in sampled
        ]

    with progress_bar("sampling") as on_progress:
        found = call(work)
    for number, (scene, rendered) in enumerate(found, start=1):
        _save(scene, rendered, _numbered(output, number, count), None, _numbered(scene_out, number, count))


@app.command()
def render(
    scene_in: SceneIn,
    output: Picture = None,
    blob_map: BlobMap = None,
) -> None:
    """Render a saved scene."""
    scene = _read(scene_in)
    _save(scene, _rendered(scene, blob_map is not None), output, blob_map, None)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    options_metavar="[OPTIONS] [CHANGES]",
    help=f"""Change a saved scene and render it.

    A blob is named by its id, or by its name if only one has it. The changes, applied in the order in which they are
    given, each as often as wanted:

    \b
{indent(changes_help(), "    ")}
    """,
)
def edit(
    context: typer.Context,
    scene_in: SceneIn,
    seed: Annotated[int, typer.Option(help="The look that --restyle gives.")] = 0,
    amount: Annotated[float, typer.Option(min=0.0, max=1.0, help="How much of that look --restyle gives.")] = 1.0,
    output: Picture = None,
    blob_map: BlobMap = None,
    scene_out: SceneOut = None,
) -> None:
    """Change a saved scene and render it."""
    if str(scene_in) in CHANGES:
        raise ClientError(
            "INVALID_ARGUMENT", "The scene comes first.", f"Write: maquette scene edit SCENE {scene_in} …"
        )
    scene = _read(scene_in)
    apply_changes(scene, context.args, Look(seed, amount))
    rendered = _rendered(scene, blob_map is not None) if output or blob_map else None
    _save(scene, rendered, output, blob_map, scene_out)


def _read(path: Path) -> Scene:
    return scene_from_json(read_file(path))


def _rendered(scene: Scene, with_blob_map: bool) -> RenderedScene:
    with progress_bar("rendering") as on_progress:
        return call(
            lambda connection: render_scene(connection, scene, with_blob_map=with_blob_map, on_progress=on_progress)
        )


def _save(
    scene: Scene, rendered: RenderedScene | None, picture: Path | None, blob_map: Path | None, scene_out: Path | None
) -> None:
    """Write what was asked for; without a file to write, list the blobs."""
    if rendered is not None and picture is not None:
        write_file(picture, png_bytes(rendered.picture))
        typer.echo(f"{picture} ({rendered.total_milliseconds:.0f} ms)")
    if rendered is not None and rendered.blob_map is not None and blob_map is not None:
        write_file(blob_map, png_bytes(rendered.blob_map))
        typer.echo(str(blob_map))
    if scene_out is not None:
        write_file(scene_out, scene_to_json(scene).encode("utf-8"))
        typer.echo(str(scene_out))
    if picture is None and blob_map is None and scene_out is None:
        Console().print(_table(scene))


def _table(scene: Scene) -> Table:
    table = Table("id", "name", "x", "y", "size", "aspect", "angle", "hidden")
    for blob in scene.blobs:
        ellipse = blob.ellipse
        numbers = (ellipse.x, ellipse.y, ellipse.size, ellipse.aspect, ellipse.angle)
        table.add_row(blob.id, blob.name, *(f"{number:.3f}" for number in numbers), "yes" if blob.hidden else "no")
    return table


def _numbered(path: Path | None, number: int, count: int) -> Path | None:
    if path is None or count == 1:
        return path
    return path.with_name(f"{path.stem}-{number}{path.suffix}")
