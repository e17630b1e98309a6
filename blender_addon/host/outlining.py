"""Draws the ellipses of a plane's blobs once more, over a picture that would hide Blender's own lines."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false, reportMissingImports=false
from __future__ import annotations

import math

import bpy
import gpu
from gpu_extras.batch import batch_for_shader
from mathutils import Vector

from . import blobs

_SHADER = "SMOOTH_COLOR" if bpy.app.version >= (4, 0, 0) else "3D_SMOOTH_COLOR"
_SEGMENTS = 48


def draw(context: bpy.types.Context, target: bpy.types.Object) -> None:
    """Draw them; a view must be bound."""
    corners: list[Vector] = []
    colours: list[tuple[float, float, float, float]] = []
    for empty in blobs.blobs_of(target):
        if empty.visible_get():
            lines = outline(empty)
            corners += lines
            colours += [_colour(context, empty)] * len(lines)
    if not corners:
        return
    shader = gpu.shader.from_builtin(_SHADER)
    batch = batch_for_shader(shader, "LINES", {"pos": corners, "color": colours})
    shader.bind()
    batch.draw(shader)


def outline(empty: bpy.types.Object) -> list[Vector]:
    """The ends of the lines that make the ellipse and its two axes, two for each."""
    matrix, radius = empty.matrix_world, empty.empty_display_size
    turn = 2 * math.pi / _SEGMENTS
    ring = [matrix @ Vector((radius * math.cos(turn * i), radius * math.sin(turn * i), 0)) for i in range(_SEGMENTS)]
    ends = [end for i in range(_SEGMENTS) for end in (ring[i - 1], ring[i])]
    quarter = _SEGMENTS // 4
    return [*ends, ring[0], ring[2 * quarter], ring[quarter], ring[3 * quarter]]


def _colour(context: bpy.types.Context, empty: bpy.types.Object) -> tuple[float, float, float, float]:
    theme = context.preferences.themes[0].view_3d
    if not empty.select_get():
        return (*theme.wire[:3], 1.0)
    active = empty == context.view_layer.objects.active
    return (*(theme.object_active if active else theme.object_selected)[:3], 1.0)
