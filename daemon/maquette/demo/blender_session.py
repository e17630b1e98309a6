"""Runs inside Blender: install the extension, rearrange a room, write arrays and timings.

    python blender_session.py EXTENSION.zip OUTPUT_DIRECTORY SEED

Each finished step is one JSON line on standard output. Blender without a window fires no timers, so the extension's
own tick is called as the timer would call it.
"""

# pyright: basic, reportAttributeAccessIssue=false
from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path

import bpy
import numpy

from maquette.demo.steps import CLONE, DRAG_DISTANCE, DRAG_FRAMES, HIDE, MOVE, RESTYLE, SCENE, map_file, picture_file

PACKAGE = "bl_ext.user_default.maquette"
EDITS_PER_SECOND = 60
CLONE_OFFSET = 0.6
RESTYLE_SEED = 11
BED = ("bed", "blanket", "pillows")
"""What an artist selects to move a made bed."""


def say(**fact: object) -> None:
    """One line for the process that watches."""
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


def install(archive: str) -> None:
    """Install and enable the extension as an artist does from the disk."""
    bpy.ops.extensions.package_install_files(filepath=archive, repo="user_default", enable_on_install=True)
    if PACKAGE not in bpy.context.preferences.addons:
        raise SystemExit("Blender did not enable the extension; its own lines above say why.")


def module(name: str):
    """A module of the installed extension."""
    return sys.modules[f"{PACKAGE}.{name}"]


def empty_called(name: str) -> bpy.types.Object:
    """The empty of a kind of thing."""
    for empty in bpy.data.objects:
        if empty.type == "EMPTY" and empty.name.lower().split(".")[0] == name:
            return empty
    raise SystemExit(f"This room has no {name}; try another seed.")


def activate(empty: bpy.types.Object) -> None:
    """Make it the one that operators work on."""
    bpy.context.view_layer.objects.active = empty


def render() -> None:
    """Wait for the FINAL picture of the scene as it stands."""
    bpy.context.view_layer.update()
    if bpy.ops.maquette.render() != {"FINISHED"}:
        raise SystemExit("The scene could not be rendered.")


def show_furniture() -> None:
    """Some rooms come without a lamp or a rug; the demonstration needs them."""
    blobs = module("host.blobs")
    for name in (*BED, "lamp", "rug"):
        if blobs.is_hidden(empty_called(name)):
            bpy.ops.maquette.toggle(name=empty_called(name).name)


def drag(empties: list[bpy.types.Object]) -> dict[str, float]:
    """Move them as a mouse would, 60 times a second, and measure how late the frames are."""
    world = module("host.clock").world()
    starts = [empty.location.copy() for empty in empties]
    late: list[float] = []
    seen = world.last_frame
    for number in range(1, DRAG_FRAMES + 1):
        until = time.perf_counter() + 1 / EDITS_PER_SECOND
        part = number / DRAG_FRAMES
        for empty, start in zip(empties, starts, strict=True):
            empty.location = (start.x + part * DRAG_DISTANCE[0], start.y + part * DRAG_DISTANCE[1], start.z)
        bpy.context.view_layer.update()
        while time.perf_counter() < until:
            module("host.clock").tick()
            if world.last_frame is not seen:
                seen = world.last_frame
                late.append(seen.round_trip_milliseconds or 0.0)
            time.sleep(0.001)
    if not late:
        raise SystemExit("No frame came while the bed was dragged.")
    ordered = sorted(late)
    return {
        "drag_frames": len(late),
        "drag_median_ms": statistics.median(late),
        "drag_p95_ms": ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))],
    }


def clone(empty: bpy.types.Object) -> None:
    """Copy it and put the copy beside it, towards the middle of the picture."""
    activate(empty)
    before = set(bpy.data.objects)
    bpy.ops.maquette.clone()
    (copy,) = set(bpy.data.objects) - before
    side = CLONE_OFFSET if empty.location.x < 0 else -CLONE_OFFSET
    copy.location = (empty.location.x + side, empty.location.y, copy.location.z)


def restyle(empty: bpy.types.Object) -> None:
    """Another look from another seed."""
    activate(empty)
    bpy.ops.maquette.restyle(source="SEED", seed=RESTYLE_SEED, amount=1.0, truncation=0.0)


def write_arrays(output: Path, key: str) -> None:
    """Keep the picture as it stands in Blender, and the map of its blobs."""
    world = module("host.clock").world()
    datablock = module("host.plane").picture_of(module("host.plane").current(bpy.context))
    width, height = datablock.size
    pixels = numpy.empty(width * height * 4, numpy.float32)
    datablock.pixels.foreach_get(pixels)
    picture = numpy.rint(pixels.reshape(height, width, 4)[::-1, :, :3] * 255).astype(numpy.uint8)
    numpy.save(output / picture_file(key), picture)
    scene = module("wire").scene_message(world.follower.scene)
    scenes = module("client").scenes
    rendered = world.run(scenes.render_scene(world.connection, scene, with_blob_map=True)).blob_map
    samples = numpy.frombuffer(rendered.pixels, numpy.uint8)
    numpy.save(output / map_file(key), samples.reshape(rendered.height, rendered.width, 3))


def perform(output: Path, key: str, action) -> None:
    """Do one step, wait for its picture, write it down."""
    started = time.perf_counter()
    facts = action() or {}
    render()
    seconds = time.perf_counter() - started
    write_arrays(output, key)
    say(step=key, seconds=seconds, **facts)


def sample(seed: int) -> dict[str, float]:
    """Start the daemon, make a room and see that it has what the demonstration moves."""
    world = module("host.clock").world()
    started = time.perf_counter()
    world.run(world.connection.start())
    daemon_seconds = time.perf_counter() - started
    if bpy.ops.maquette.new_scene(seed=seed, truncation=0.0) != {"FINISHED"}:
        raise SystemExit("No room could be sampled.")
    show_furniture()
    return {"daemon_seconds": daemon_seconds}


def main() -> None:
    """The whole demonstration."""
    archive, output, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    install(archive)
    say(blender=bpy.app.version_string)
    perform(output, SCENE, lambda: sample(seed))
    perform(output, MOVE, lambda: drag([empty_called(name) for name in BED]))
    perform(output, CLONE, lambda: clone(empty_called("lamp")))
    perform(output, HIDE, lambda: empty_called("rug").hide_set(True))
    perform(output, RESTYLE, lambda: restyle(empty_called("blanket")))
    module("host.clock").unregister()
    sys.stdout.flush()
    # Blender as a module crashes now and then while Python takes itself apart.
    os._exit(0)


if __name__ == "__main__":
    main()
