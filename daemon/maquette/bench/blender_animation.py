"""Runs inside Blender: install the extension, animate every blob of a scene, and time the frames into files.

    python -m maquette.bench.blender_animation EXTENSION.zip OUTPUT_DIRECTORY MODEL_ID FRAMES

The daemon that the environment names is running. The last line of standard output is JSON.
"""

# pyright: basic, reportAttributeAccessIssue=false
from __future__ import annotations

import json
import math
import os
import sys
import time
from pathlib import Path

import bpy

PACKAGE = "bl_ext.user_default.maquette"
SEED = 7
ROUND = 0.15
"""How far every blob goes around its place, in plane units."""


def install(archive: str) -> None:
    """Install and enable the extension as an artist does from the disk."""
    bpy.ops.extensions.package_install_files(filepath=archive, repo="user_default", enable_on_install=True)
    if PACKAGE not in bpy.context.preferences.addons:
        raise SystemExit("Blender did not enable the extension; its own lines above say why.")


def animate(frames: int) -> None:
    """A keyframe every ten frames: every blob goes round, turns and breathes, so that no two frames are alike."""
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end, scene.frame_step = 1, frames, 1
    for number, empty in enumerate(each for each in bpy.data.objects if each.get("maquette_id")):
        place, size = empty.location.copy(), empty.scale.copy()
        for frame in range(1, frames + 10, 10):
            angle = 2 * math.pi * frame / 97 + number
            empty.location.xy = place.x + ROUND * math.cos(angle), place.y + ROUND * math.sin(angle)
            empty.rotation_euler.z = 0.3 * math.sin(angle)
            empty.scale.xy = size.x * (1 + 0.2 * math.sin(angle)), size.y
            for path in ("location", "rotation_euler", "scale"):
                empty.keyframe_insert(path, frame=frame)


def render(output: Path) -> tuple[float, float]:
    """Seconds from the call to the last file, and of them Blender's processor time."""
    started, worked = time.perf_counter(), time.process_time()
    if bpy.ops.maquette.render_animation(output=f"{output}/") != {"FINISHED"}:
        raise SystemExit("The animation could not be rendered.")
    return time.perf_counter() - started, time.process_time() - worked


def written_at(output: Path) -> list[int]:
    """When each frame was written, in nanoseconds."""
    return [path.stat().st_mtime_ns for path in sorted(output.glob("*.png"))]


def main() -> None:
    """Make a scene, animate it, render it, and render it again."""
    archive, output, model_id, frames = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    install(archive)
    if bpy.ops.maquette.new_scene(seed=SEED, model_id=model_id) != {"FINISHED"}:
        raise SystemExit("No scene could be sampled.")
    animate(frames)
    bpy.ops.maquette.render()
    seconds, blender_seconds = render(output)
    first = written_at(output)
    again_seconds, _ = render(output)
    again = written_at(output)
    facts = {
        "blender": bpy.app.version_string,
        "seconds": seconds,
        "blender_seconds": blender_seconds,
        "again_seconds": again_seconds,
        "written_at": first,
        "made_again": sum(one != other for one, other in zip(first, again, strict=True)),
    }
    sys.stdout.write("\n" + json.dumps(facts) + "\n")
    sys.stdout.flush()
    # Blender as a module crashes now and then while Python takes itself apart.
    os._exit(0)


if __name__ == "__main__":
    main()
