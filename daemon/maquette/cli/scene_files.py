"""Scenes and their pictures as files, for every `maquette scene` command."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from maquette_client.connection import Connection
from maquette_client.images import png_bytes
from maquette_client.scene_json import scene_from_json, scene_to_json
from maquette_client.scenes import OnProgress, RenderedScene, SampledScene, render_scene
from maquette_client.v1.scene_pb2 import Scene
from rich.console import Console
from rich.table import Table

from maquette.cli.scene_changes import find_by_name
from maquette.cli.session import call, progress_bar, read_file, write_file

Picture = Annotated[Path | None, typer.Option("--output", "-o", help="PNG file for the picture.")]
SceneOut = Annotated[Path | None, typer.Option("--json", help="File for the scene.")]
SceneIn = Annotated[Path, typer.Argument(help="A scene saved with --json.")]
BlobMap = Annotated[Path | None, typer.Option("--blob-map", help="PNG file for the map of the blobs.")]
Pinned = Annotated[
    list[str] | None, typer.Option("--pin", metavar="BLOB", help="Stays as it is, to the byte; as often as wanted.")
]


def read_scene(path: Path) -> Scene:
    """A scene that was saved with ``--json``.

    Raises:
        ClientError: FILE_NOT_READ, SCENE_FILE_UNKNOWN or SCENE_FILE_CORRUPT.
    """
    return scene_from_json(read_file(path))


def ids_of(scene: Scene, names: Iterable[str] | None) -> list[str]:
    """The ids of blobs that are named by their ids, or by their names.

    Raises:
        ClientError: as :func:`maquette.cli.scene_changes.find_by_name`.
    """
    return [find_by_name(scene, name).id for name in names or ()]


def rendered(scene: Scene, with_blob_map: bool = False) -> RenderedScene:
    """The picture of a scene, with a progress bar."""
    with progress_bar("rendering") as on_progress:
        return call(
            lambda connection: render_scene(connection, scene, with_blob_map=with_blob_map, on_progress=on_progress)
        )


async def shown(
    connection: Connection, found: Sequence[SampledScene], output: Path | None, on_progress: OnProgress
) -> list[tuple[Scene, RenderedScene | None]]:
    """Scenes with their pictures in full size, where a file for them is named."""
    return [
        (one.scene, await render_scene(connection, one.scene, on_progress=on_progress) if output else None)
        for one in found
    ]


def save_all(found: Sequence[tuple[Scene, RenderedScene | None]], output: Path | None, scene_out: Path | None) -> None:
    """Write each scene; the files of several are numbered."""
    for number, (scene, picture) in enumerate(found, start=1):
        save(scene, picture, _numbered(output, number, len(found)), None, _numbered(scene_out, number, len(found)))


def save(
    scene: Scene,
    picture: RenderedScene | None,
    output: Path | None,
    blob_map: Path | None = None,
    scene_out: Path | None = None,
) -> None:
    """Write what was asked for; without a file to write, list the blobs."""
    if picture is not None and output is not None:
        write_file(output, png_bytes(picture.picture))
        typer.echo(f"{output} ({picture.total_milliseconds:.0f} ms)")
    if picture is not None and picture.blob_map is not None and blob_map is not None:
        write_file(blob_map, png_bytes(picture.blob_map))
        typer.echo(str(blob_map))
    if scene_out is not None:
        save_scene(scene, scene_out)
    if output is None and blob_map is None and scene_out is None:
        Console().print(_table(scene))


def save_scene(scene: Scene, path: Path) -> None:
    """Write a scene, and say so."""
    write_file(path, scene_to_json(scene).encode("utf-8"))
    typer.echo(str(path))


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
