"""`maquette scene animate`: from scene to scene, in numbered pictures. What is done is not done again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from maquette_client.animation import AnimationFrame, AnimationRenderer
from maquette_client.connection import Connection
from maquette_client.errors import ClientError
from maquette_client.images import png_bytes
from maquette_client.scene_completion import interpolate_scenes
from maquette_client.scene_json import scene_to_json
from maquette_client.scenes import OnProgress
from maquette_client.v1.scene_pb2 import Scene

from maquette.cli.scene_files import read_scene
from maquette.cli.session import call, progress_bar, read_file, write_whole

RECORD_NAME = "animation.json"
_FORMAT = "maquette-animation"
# Scenes between two scenes that are asked for at once: as many are rendered while the next are made.
_BATCH = 16


@dataclass(frozen=True)
class Place:
    """Where a frame lies: between the scenes ``segment`` and ``segment`` + 1, at ``amount``."""

    frame: int
    segment: int
    amount: float


@dataclass(frozen=True)
class Course:
    """How an animation goes from scene to scene.

    Attributes:
        step: frames from one scene to the next.
        ease: rest a moment at each scene.
        loop: go back to the first scene; the frame after the last one is the first.
    """

    step: int
    ease: bool = False
    loop: bool = False

    def places(self, scenes: int) -> list[Place]:
        """The places of all frames, the first being 1."""
        segments = scenes if self.loop and scenes > 1 else scenes - 1
        inner = [(index // self.step, index % self.step / self.step) for index in range(segments * self.step)]
        if segments < scenes:
            inner.append((max(segments - 1, 0), 1.0 if segments else 0.0))
        return [Place(frame, segment, self._eased(amount)) for frame, (segment, amount) in enumerate(inner, start=1)]

    def _eased(self, amount: float) -> float:
        return amount * amount * (3.0 - 2.0 * amount) if self.ease else amount


def animate(
    scenes_in: Annotated[list[Path], typer.Argument(metavar="SCENES", help="Scenes saved with --json, in order.")],
    folder: Annotated[Path, typer.Option("--output", "-o", help="Folder for frame-0001.png, frame-0002.png …")],
    step: Annotated[int, typer.Option(min=1, max=10000, help="Frames from one scene to the next.")] = 24,
    ease: Annotated[bool, typer.Option("--ease", help="Rest a moment at each scene.")] = False,
    loop: Annotated[bool, typer.Option("--loop", help="Go back to the first scene at the end.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Render again what is there already.")] = False,
) -> None:
    """Render an animation from scene to scene. Run again after an interruption, it makes only what is missing."""
    scenes = [read_scene(path) for path in scenes_in]
    course = Course(step, ease, loop)
    places = course.places(len(scenes))
    _begin(folder, _record(scenes, course), overwrite)
    missing = [place for place in places if overwrite or not _path(folder, place.frame).exists()]
    with progress_bar("rendering") as on_progress:
        if missing:
            call(lambda connection: _render(connection, scenes, missing, folder, on_progress))
    kept = len(places) - len(missing)
    typer.echo(f"{len(missing)} frames rendered, {kept} kept: {folder}")


async def _render(
    connection: Connection, scenes: Sequence[Scene], places: Sequence[Place], folder: Path, on_progress: OnProgress
) -> None:
    done = 0

    def take(frame: AnimationFrame) -> None:
        nonlocal done
        write_whole(_path(folder, frame.frame), png_bytes(frame.image))
        done += 1
        on_progress(f"frame {frame.frame}", done / len(places))

    async with AnimationRenderer(connection) as renderer:
        async with aclosing(_scenes_at(connection, scenes, places)) as frames:
            async for place, scene in frames:
                if renderer.is_full:
                    take(await renderer.next())
                await renderer.submit(place.frame, scene)
        while renderer.in_flight:
            take(await renderer.next())


async def _scenes_at(
    connection: Connection, scenes: Sequence[Scene], places: Sequence[Place]
) -> AsyncGenerator[tuple[Place, Scene], None]:
    """The scene of each place, in the order of the places."""
    waiting = list(places)
    while waiting:
        segment = waiting[0].segment
        batch = [place for place in waiting[:_BATCH] if place.segment == segment]
        waiting = waiting[len(batch) :]
        start, end = scenes[segment], scenes[(segment + 1) % len(scenes)]
        found = await interpolate_scenes(connection, start, end, [place.amount for place in batch])
        for place, one in zip(batch, found, strict=True):
            yield place, one.scene


def _record(scenes: Sequence[Scene], course: Course) -> dict[str, object]:
    digests = [hashlib.sha256(scene_to_json(scene).encode()).hexdigest() for scene in scenes]
    return {"format": _FORMAT, "scenes": digests, "step": course.step, "ease": course.ease, "loop": course.loop}


def _begin(folder: Path, record: dict[str, object], overwrite: bool) -> None:
    """Make the folder; frames of another animation are refused or, when overwriting, deleted."""
    path = folder / RECORD_NAME
    frames = list(folder.glob("frame-*.png")) if folder.is_dir() else []
    if frames and not (path.is_file() and _read(path) == record):
        if not overwrite:
            raise ClientError(
                "FILE_NOT_WRITTEN",
                f"{folder} holds frames of another animation.",
                "Name another folder, or replace them with --overwrite.",
            )
        for frame in frames:
            frame.unlink()
    write_whole(path, json.dumps(record, indent=2).encode())


def _read(path: Path) -> object:
    try:
        return json.loads(read_file(path))
    except (ValueError, RecursionError):
        return None


def _path(folder: Path, frame: int) -> Path:
    return folder / f"frame-{frame:04d}.png"
