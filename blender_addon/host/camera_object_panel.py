"""The part of the panel that makes a scene from objects."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from .. import strings_camera as strings
from ..client import State
from . import camera_objects, clock
from .camera_object_operators import FromObjects, KindMenu, said
from .panel import SubPanel

_LONGEST_LIST = 12


class ObjectsPanel(SubPanel, bpy.types.Panel):
    """What the selected objects are, and the scene of them."""

    bl_idname = "MAQUETTE_PT_objects"
    bl_label = strings.OBJECTS
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        layout = self.layout
        chosen = camera_objects.candidates(context)
        known = camera_objects.known_kinds(context)
        if context.scene.camera is None:
            layout.label(text=strings.NO_CAMERA, icon="ERROR")
        if not chosen:
            layout.label(text=strings.NOTHING_SELECTED)
            return
        column = layout.column(align=True)
        for thing in chosen[:_LONGEST_LIST]:
            _draw_thing(column, thing, known)
        if len(chosen) > _LONGEST_LIST:
            column.label(text=strings.MORE.format(count=len(chosen) - _LONGEST_LIST))
        settings = context.scene.maquette.camera
        layout.row(align=True).prop(settings, "mode", expand=True)
        row = layout.row()
        row.active = settings.mode == "SPACE"
        row.prop(settings, "follow")
        layout.prop(settings, "furnish")
        layout.prop(settings, "keep_absent")
        row = layout.row()
        row.enabled = clock.world().connection.condition.state is State.READY
        row.operator(FromObjects.bl_idname, icon="SCENE_DATA")


def _draw_thing(column: bpy.types.UILayout, thing: bpy.types.Object, known: list[str]) -> None:
    row = column.row(align=True)
    row.label(text=thing.name)
    row.context_pointer_set("maquette_object", thing)
    kind = camera_objects.kind_for(thing, known)
    row.menu(KindMenu.bl_idname, text=said(kind) if kind else strings.LEAVE_OUT)


CLASSES = (ObjectsPanel,)
