"""`maquette scene`: sample, render and edit scenes from the shell."""

from __future__ import annotations

from textwrap import indent
from typing import Annotated

import typer
from maquette_client.connection import Connection
from maquette_client.errors import ClientError
from maquette_client.scenes import RenderedScene, sample_scenes
from maquette_client.v1.scene_pb2 import Scene

from maquette.cli.scene_animation import animate
from maquette.cli.scene_changes import CHANGES, Look, apply_changes, changes_help
from maquette.cli.scene_files import BlobMap, Picture, SceneIn, SceneOut, read_scene, rendered, save, save_all, shown
from maquette.cli.scene_pictures import invert, transfer
from maquette.cli.scene_proposals import complete, interpolate, restyle
from maquette.cli.session import call, progress_bar

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


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
        return await shown(connection, sampled, output, on_progress)

    with progress_bar("sampling") as on_progress:
        found = call(work)
    save_all(found, output, scene_out)


@app.command()
def render(
    scene_in: SceneIn,
    output: Picture = None,
    blob_map: BlobMap = None,
) -> None:
    """Render a saved scene."""
    scene = read_scene(scene_in)
    save(scene, rendered(scene, blob_map is not None), output, blob_map)


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
    scene = read_scene(scene_in)
    apply_changes(scene, context.args, Look(seed, amount))
    picture = rendered(scene, blob_map is not None) if output or blob_map else None
    save(scene, picture, output, blob_map, scene_out)


for _command in (complete, interpolate, restyle, invert, transfer, animate):
    app.command()(_command)
