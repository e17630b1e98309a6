"""The panel "Maquette" in the side bar of the 3D view."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import textwrap

import bpy

from .. import strings
from ..client import State
from ..status import Remedy
from . import blobs, clock, pins, plane
from .blob_operators import ChangeLook, Clone, Order, OwnLook, Toggle, active_blob
from .daemon_operators import Check, HowToInstall, ModelMenu, Start
from .scene_operators import Look, NewScene, NextSeed, Reset

# Mean width of a letter of the interface's font, in pixels at a scale of 1.
_LETTER_WIDTH = 6.5


class SidePanel:
    """Where every panel of Maquette is."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = strings.PANEL


class SubPanel(SidePanel):
    """A section of the main panel."""

    bl_parent_id = "MAQUETTE_PT_main"


class ScenePanel(SubPanel):
    """A section that needs a scene."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There is a scene."""
        return plane.current(context) is not None


class MainPanel(SidePanel, bpy.types.Panel):
    """State of the connection, and the next scene."""

    bl_idname = "MAQUETTE_PT_main"
    bl_label = strings.PANEL

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        world = clock.world()
        world.glance()
        _draw_status(self.layout, context)
        if world.connection.condition.state is State.READY:
            _draw_new_scene(self.layout, context)
        if plane.current(context) is None and not world.activity:
            self.layout.label(text=strings.NO_SCENE)
            return
        if world.last_frame is not None:
            milliseconds = world.last_frame.round_trip_milliseconds or world.last_frame.milliseconds
            self.layout.label(text=strings.SHOWN_IN.format(milliseconds=milliseconds), icon="TIME")


class LooksPanel(SidePanel, bpy.types.Panel):
    """Seeds of the looks, folded away."""

    bl_idname = "MAQUETTE_PT_looks"
    bl_label = strings.SEPARATE_LOOKS
    bl_parent_id = "MAQUETTE_PT_main"
    bl_options = {"DEFAULT_CLOSED"}

    def draw_header(self, context: bpy.types.Context) -> None:
        """The switch in the title."""
        self.layout.prop(context.scene.maquette, "separate_looks", text="")

    def draw(self, context: bpy.types.Context) -> None:
        """The two seeds."""
        settings = context.scene.maquette
        column = self.layout.column(align=True)
        column.active = settings.separate_looks
        column.prop(settings, "style_seed")
        column.prop(settings, "background_seed")


class BlobList(bpy.types.UIList):
    """The blobs of the current plane, from front to back."""

    bl_idname = "MAQUETTE_UL_blobs"

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index=0, flt_flag=0):
        """One row: name, pin, lock, eye."""
        row = layout.row(align=True)
        row.prop(item, "name", text="", emboss=False)
        pins.draw_pin(row, item)
        row.prop(item, "hide_select", text="", emboss=False)
        hidden = blobs.is_hidden(item)
        row.operator(Toggle.bl_idname, text="", emboss=False, icon="HIDE_ON" if hidden else "HIDE_OFF").name = item.name

    def filter_items(self, context, data, property_name):
        """Show this plane's blobs only, in their order."""
        everything = getattr(data, property_name)
        target = plane.current(context)
        listed = blobs.front_to_back(target) if target else []
        order = {empty.name: rank for rank, empty in enumerate(listed)}
        flags = [self.bitflag_filter_item if each.name in order else 0 for each in everything]
        others = iter(range(len(order), len(everything)))
        return flags, [order[each.name] if each.name in order else next(others) for each in everything]


class BlobsPanel(ScenePanel, bpy.types.Panel):
    """The list of blobs and what can be done with the scene."""

    bl_idname = "MAQUETTE_PT_blobs"
    bl_label = strings.BLOBS

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        self.layout.template_list(
            BlobList.bl_idname, "", bpy.data, "objects", context.scene.maquette, "chosen", rows=6, sort_lock=True
        )
        row = self.layout.row(align=True)
        row.operator(Clone.bl_idname)
        row.operator(Reset.bl_idname)
        row.separator()
        row.operator(Order.bl_idname, text="", icon="TRIA_UP").direction = "FORWARD"
        row.operator(Order.bl_idname, text="", icon="TRIA_DOWN").direction = "BACKWARD"
        row.operator(Look.bl_idname, text="", icon="VIEW_ORTHO")


class SelectedPanel(ScenePanel, bpy.types.Panel):
    """Another look for the active blob or the background."""

    bl_idname = "MAQUETTE_PT_selected"
    bl_label = strings.SELECTED

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        settings = context.scene.maquette
        empty = active_blob(context)
        layout = self.layout
        layout.prop(settings, "restyle_background")
        if empty is None and not settings.restyle_background:
            layout.label(text=strings.NO_BLOB)
            return
        subject = strings.BACKGROUND if settings.restyle_background or empty is None else empty.name
        layout.label(text=subject, icon="MESH_CIRCLE")
        layout.row(align=True).prop(settings, "restyle_source", expand=True)
        column = layout.column(align=True)
        column.prop(settings, "restyle_seed" if settings.restyle_source == "SEED" else "restyle_blob")
        column.prop(settings, "restyle_amount", slider=True)
        row = layout.row(align=True)
        row.operator(ChangeLook.bl_idname, icon="BRUSHES_ALL").background = settings.restyle_background
        row.operator(OwnLook.bl_idname).background = settings.restyle_background


def _draw_status(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    status = clock.world().status
    width = context.region.width if context.region else 300
    letters = max(int(width / (_LETTER_WIDTH * (context.preferences.system.ui_scale or 1.0))) - 6, 20)
    box = layout.box().column(align=True)
    icon = "ERROR" if status.alarming else "CHECKMARK" if clock.world().connection.condition.server else "TIME"
    for sentence in status.sentences:
        for line in textwrap.wrap(sentence, letters):
            box.label(text=line, icon=icon)
            icon = "BLANK1"
    if status.remedy is Remedy.START:
        box.operator(Start.bl_idname, icon="PLAY")
    elif status.remedy is Remedy.INSTALL:
        box.operator(HowToInstall.bl_idname, icon="HELP")
        box.operator(Check.bl_idname, icon="FILE_REFRESH")
    elif status.remedy is Remedy.CHECK:
        box.operator(Check.bl_idname, icon="FILE_REFRESH")


def _draw_new_scene(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    settings = context.scene.maquette
    world = clock.world()
    model = world.model(settings.model_id)
    layout.menu(ModelMenu.bl_idname, text=model.title if model else strings.MODEL_DEFAULT, icon="NODE_MATERIAL")
    column = layout.column(align=True)
    row = column.row(align=True)
    row.prop(settings, "seed")
    row.operator(NextSeed.bl_idname, text="", icon="FORWARD")
    column.prop(settings, "truncation", slider=True)
    column.operator(NewScene.bl_idname, icon="ADD")


CLASSES = (MainPanel, LooksPanel, BlobList, BlobsPanel, SelectedPanel)
