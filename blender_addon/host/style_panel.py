"""The panels "Style library", "Scene files" and "Another scene"."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import textwrap

import bpy

from .. import strings_files
from .. import strings_styles as strings
from ..client import ClientError
from ..documents import BlobDocument
from ..style_library import KeptStyle
from . import blobs, leading, plane
from .between_operators import MakeKeyframes, Mix, RemoveKeyframes
from .blob_operators import active_blob
from .file_operators import ChooseScene, SaveScene
from .panel import ScenePanel, SubPanel
from .style_operators import ApplyStyle, DeleteStyle, KeepStyle, RenameStyle, RestyleFrom, SetLibraryAside
from .style_shelf import shelf

_LETTERS = 40


class StylesPanel(ScenePanel, bpy.types.Panel):
    """The looks that the artist kept."""

    bl_idname = "MAQUETTE_PT_styles"
    bl_label = strings.STYLES
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        shelf.glance()
        if shelf.problem is not None:
            _draw_problem(self.layout, shelf.problem)
            return
        settings = context.scene.maquette.files
        wearer = _wearer(context)
        row = self.layout.row(align=True)
        row.operator(KeepStyle.bl_idname, icon="ADD")
        row.prop(settings, "all_kinds", toggle=True)
        self.layout.prop(settings, "style_amount", slider=True)
        styles = shelf.library.styles
        listed = [each for each in styles if settings.all_kinds or wearer is None or each.fits(wearer)]
        for style in listed:
            _draw_style(self.layout, style, wearer, settings.style_amount)
        if not listed:
            self.layout.label(text=strings.NONE_FITS if styles else strings.NONE_KEPT)


class FilesPanel(SubPanel, bpy.types.Panel):
    """Save and load."""

    bl_idname = "MAQUETTE_PT_files"
    bl_label = strings_files.FILES
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        row = self.layout.row(align=True)
        row.operator(SaveScene.bl_idname, icon="EXPORT")
        row.operator(ChooseScene.bl_idname, icon="IMPORT")


class OtherScenePanel(ScenePanel, bpy.types.Panel):
    """Looks from another scene, and what lies between the two."""

    bl_idname = "MAQUETTE_PT_other_scene"
    bl_label = strings_files.OTHER_SCENE
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        layout, settings = self.layout, context.scene.maquette.files
        layout.row(align=True).prop(settings, "source", expand=True)
        layout.prop(settings, "source_plane" if settings.source == "PLANE" else "source_file", text="")
        column = layout.column(align=True)
        column.prop(settings, "amount", slider=True)
        column.operator(RestyleFrom.bl_idname, icon="BRUSHES_ALL")
        column.operator(Mix.bl_idname, icon="MOD_LENGTH").amount = settings.amount
        column = layout.column(align=True)
        target = plane.current(context)
        if leading.leads_somewhere(target):
            column.prop(target, "maquette_amount", slider=True)
            column.operator(RemoveKeyframes.bl_idname, icon="KEY_DEHLT")
        else:
            column.prop(settings, "first")
            column.prop(settings, "last")
            column.operator(MakeKeyframes.bl_idname, icon="KEY_HLT")


def _wearer(context: bpy.types.Context) -> BlobDocument | None:
    empty = active_blob(context)
    try:
        return None if empty is None else blobs.document_of(empty)
    except ClientError:
        return None


def _draw_problem(layout: bpy.types.UILayout, problem: ClientError) -> None:
    box = layout.box().column(align=True)
    for line in textwrap.wrap(str(problem), _LETTERS):
        box.label(text=line)
    box.operator(SetLibraryAside.bl_idname)


def _draw_style(layout: bpy.types.UILayout, style: KeptStyle, wearer: BlobDocument | None, amount: float) -> None:
    obstacle = style.obstacle(wearer) if wearer is not None else ""
    row = layout.row()
    icon = shelf.icon(style.name)
    if icon:
        row.template_icon(icon, scale=2.5)
    column = row.column(align=True)
    column.label(text=style.name)
    buttons = column.row(align=True)
    apply = buttons.row(align=True)
    apply.enabled = wearer is not None and not obstacle
    action = apply.operator(ApplyStyle.bl_idname)
    action.name, action.amount = style.name, amount
    buttons.operator(RenameStyle.bl_idname, text="", icon="GREASEPENCIL").name = style.name
    buttons.operator(DeleteStyle.bl_idname, text="", icon="X").name = style.name
    if obstacle:
        reason = column.row()
        reason.active = False
        reason.label(text=obstacle)


CLASSES = (StylesPanel, FilesPanel, OtherScenePanel)
