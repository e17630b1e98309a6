"""Render an animation in a Blender of its own that is killed at one point, always the same.

    python animate_until_killed.py FILE.blend OUTPUT FRAME

Dies when the file of FRAME is half written: neither Blender nor Python may tidy up.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import bpy  # before what it brings along

import addon_utils  # isort: skip

PACKAGE = "bl_ext.user_default.maquette"
FILE, OUTPUT, FRAME = sys.argv[1:4]

addon_utils.enable(PACKAGE)
bpy.ops.wm.open_mainfile(filepath=FILE)
write_bytes = Path.write_bytes


def write_half(path: Path, data: bytes) -> int:
    if path.name == f".{int(FRAME):04d}.png.part":
        write_bytes(path, data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    return write_bytes(path, data)


Path.write_bytes = write_half
bpy.ops.maquette.render_animation(output=OUTPUT)
