"""Writes the names of the blobs at their ellipses, in every 3D view."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false, reportMissingImports=false
from __future__ import annotations

from collections.abc import Sequence

import blf
import bpy
import gpu
from bpy_extras.view3d_utils import location_3d_to_region_2d
from gpu_extras.batch import batch_for_shader

from ..labels import Box, Emphasis, Label, arrange, is_inside, pill
from . import blobs

_FONT = 0
_POINTS = 11
_PADDING = 3
_SHADER = "SMOOTH_COLOR" if bpy.app.version >= (4, 0, 0) else "2D_SMOOTH_COLOR"

# Light on dark, so that a name is read on a white wall as well as on a black carpet.
_BACKS = {
    Emphasis.PLAIN: (0.0, 0.0, 0.0, 0.65),
    Emphasis.SELECTED: (0.55, 0.2, 0.0, 0.85),
    Emphasis.ACTIVE: (0.8, 0.35, 0.0, 0.95),
}
_INKS = {
    Emphasis.PLAIN: (0.88, 0.88, 0.88, 1.0),
    Emphasis.SELECTED: (1.0, 0.95, 0.85, 1.0),
    Emphasis.ACTIVE: (1.0, 1.0, 1.0, 1.0),
}

# By view layer, the names of its blobs: looked up again only after something changed.
_names: dict[str, list[str]] = {}


def forget() -> None:
    """Something in Blender changed."""
    _names.clear()


def draw() -> None:
    """Write the names; called by Blender for each 3D view."""
    context = bpy.context
    if not context.scene.maquette.picture.show_labels or not context.space_data.overlay.show_overlays:
        return
    scale = context.preferences.system.ui_scale
    blf.size(_FONT, _POINTS * scale)
    draw_names(labels(context), _PADDING * scale)


def draw_names(seen: Sequence[Label], padding: float) -> None:
    """Write these names into the bound view, each on a dark ground."""
    boxes = arrange(seen, padding)
    if seen:
        _draw_boxes(seen, boxes)
        _write(seen, boxes, padding)


def labels(context: bpy.types.Context) -> list[Label]:
    """The names that are to be written in the view of the context, those in front first."""
    region, view = context.region, context.region_data
    found: list[tuple[float, Label]] = []
    for empty in labelled(context):
        middle = empty.matrix_world.translation
        place = location_3d_to_region_2d(region, view, middle)
        if place is None:
            continue
        width, height = blf.dimensions(_FONT, empty.name)[0], blf.dimensions(_FONT, "Ag")[1]
        label = Label(empty.name, place.x, place.y, width, height, _emphasis(context, empty))
        if is_inside(label, region.width, region.height):
            found.append(((view.view_matrix @ middle).z, label))
    return [label for _, label in sorted(found, key=lambda pair: -pair[0])]


def labelled(context: bpy.types.Context) -> list[bpy.types.Object]:
    """The blobs whose names are written: those that are seen and can be clicked, and the active one.

    Where the artist has Blender itself write the name, it is not written twice.
    """
    layer = context.view_layer
    key = f"{context.scene.name_full}/{layer.name}"
    if key not in _names:
        _names[key] = [each.name for each in layer.objects if blobs.is_blob(each)]
    present = (layer.objects.get(name) for name in _names[key])
    return [
        each
        for each in present
        if blobs.is_blob(each)
        and not each.show_name
        and (not each.hide_select or each == layer.objects.active)
        and each.visible_get(viewport=_viewport(context))
    ]


def _viewport(context: bpy.types.Context) -> bpy.types.SpaceView3D | None:
    space = context.space_data
    return space if space is not None and space.type == "VIEW_3D" else None


def _emphasis(context: bpy.types.Context, empty: bpy.types.Object) -> Emphasis:
    if empty == context.view_layer.objects.active:
        return Emphasis.ACTIVE
    return Emphasis.SELECTED if empty.select_get() else Emphasis.PLAIN


def _draw_boxes(seen: Sequence[Label], boxes: Sequence[Box]) -> None:
    corners: list[tuple[float, float]] = []
    colours: list[tuple[float, float, float, float]] = []
    for label, box in zip(seen, boxes, strict=True):
        filled = pill(box)
        corners += filled
        colours += [_BACKS[label.emphasis]] * len(filled)
    shader = gpu.shader.from_builtin(_SHADER)
    batch = batch_for_shader(shader, "TRIS", {"pos": corners, "color": colours})
    gpu.state.blend_set("ALPHA")
    shader.bind()
    batch.draw(shader)
    gpu.state.blend_set("NONE")


def _write(seen: Sequence[Label], boxes: Sequence[Box], padding: float) -> None:
    for label, box in zip(seen, boxes, strict=True):
        blf.color(_FONT, *_INKS[label.emphasis])
        # A second stroke beside the first makes it bold.
        for shift in (0.0, 0.5) if label.emphasis else (0.0,):
            blf.position(_FONT, box.left + 2 * padding + shift, box.bottom + 1.6 * padding, 0.0)
            blf.draw(_FONT, label.text)
