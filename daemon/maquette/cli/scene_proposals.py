"""`maquette scene complete`, `interpolate` and `restyle`: scenes from scenes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from maquette_client import patches
from maquette_client.connection import Connection
from maquette_client.errors import ClientError
from maquette_client.scene_completion import complete_scene, interpolate_scenes
from maquette_client.scenes import RenderedScene, restyle_scene
from maquette_client.v1.scene_pb2 import Scene

from maquette.cli.scene_changes import BACKGROUND
from maquette.cli.scene_files import (
    Picture,
    Pinned,
    SceneIn,
    SceneOut,
    ids_of,
    read_scene,
    rendered,
    save,
    save_all,
    shown,
)
from maquette.cli.session import call, progress_bar


def complete(
    scene_in: SceneIn,
    pin: Pinned = None,
    pin_background: Annotated[bool, typer.Option("--pin-background", help="Keep the background too.")] = False,
    seed: Annotated[int, typer.Option(help="Decides what is sampled.")] = 0,
    truncation: Annotated[float, typer.Option(min=0.0, max=1.0, help="0 = varied, 1 = the mean scene.")] = 0.4,
    count: Annotated[int, typer.Option(min=1, max=64, help="Proposals, each from the next seed.")] = 1,
    output: Picture = None,
    scene_out: SceneOut = None,
) -> None:
    """Keep some blobs and sample the others so that they fit. With --count, files are numbered."""
    scene = read_scene(scene_in)
    pinned = ids_of(scene, pin)

    async def work(connection: Connection) -> list[tuple[Scene, RenderedScene | None]]:
        found = await complete_scene(
            connection,
            scene,
            pinned,
            pin_background=pin_background,
            seed=seed,
            truncation=truncation,
            count=count,
            on_progress=on_progress,
        )
        return await shown(connection, found, output, on_progress)

    with progress_bar("completing") as on_progress:
        found = call(work)
    save_all(found, output, scene_out)


def interpolate(
    start: Annotated[Path, typer.Argument(help="A scene saved with --json.")],
    end: Annotated[Path, typer.Argument(help="Another of the same model.")],
    amount: Annotated[
        list[float] | None,
        typer.Option(min=0.0, max=1.0, help="0 = the first scene, 1 = the second; as often as wanted."),
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=64, help="Without --amount: scenes, evenly from first to last.")] = 1,
    output: Picture = None,
    scene_out: SceneOut = None,
) -> None:
    """Make scenes between two scenes. The files of several are numbered; for many, use `animate`."""
    first, last = read_scene(start), read_scene(end)
    amounts = amount or evenly(count)

    async def work(connection: Connection) -> list[tuple[Scene, RenderedScene | None]]:
        found = await interpolate_scenes(connection, first, last, amounts, on_progress=on_progress)
        return await shown(connection, found, output, on_progress)

    with progress_bar("mixing") as on_progress:
        found = call(work)
    save_all(found, output, scene_out)


def evenly(count: int) -> list[float]:
    """Amounts from 0 to 1; of one, the middle."""
    return [0.5] if count == 1 else [index / (count - 1) for index in range(count)]


def restyle(
    scene_in: SceneIn,
    source: Annotated[
        Path | None, typer.Option("--from", help="Take the looks of this scene: of the same id, or the same kind.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Take the looks of the scene of this seed.")] = None,
    blob: Annotated[
        list[str] | None,
        typer.Option(metavar="BLOB", help="Restyle this one only, or the background; as often as wanted."),
    ] = None,
    amount: Annotated[float, typer.Option(min=0.0, max=1.0, help="How much of the other look.")] = 1.0,
    output: Picture = None,
    scene_out: SceneOut = None,
) -> None:
    """Give a scene the looks of another, blob by blob and the background; places and shapes stay."""
    if (source is None) == (seed is None):
        raise ClientError("INVALID_ARGUMENT", "Whose looks shall it have?", "Name one of --from SCENE and --seed N.")
    scene = read_scene(scene_in)
    other = None if source is None else read_scene(source)
    targets = blob or [BACKGROUND, *(one.id for one in scene.blobs)]
    blob_ids = ids_of(scene, [name for name in targets if name != BACKGROUND])

    async def work(connection: Connection) -> Scene:
        restyled = await restyle_scene(
            connection,
            scene,
            None if seed is None else patches.seeded_restyle(seed, amount),
            source=other,
            amount=None if other is None else amount,
            blob_ids=blob_ids,
            background=BACKGROUND in targets,
            on_progress=on_progress,
        )
        return restyled.scene

    with progress_bar("restyling") as on_progress:
        found = call(work)
    if not blob_ids:
        # The contract restyles every blob where none is named.
        scene.background.CopyFrom(found.background)
        found = scene
    save(found, rendered(found) if output else None, output, None, scene_out)
