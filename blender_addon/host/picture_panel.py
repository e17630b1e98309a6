"""The panels about the view and about a picture of the artist's own."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from .. import strings
from .. import strings_picture as texts
from ..client import State
from . import clock, own_picture, plane
from .panel import ScenePanel, SubPanel
from .picture_operators import EditedPicture, InvertImage, LookAgain
from .picture_properties import PictureSettings


class ViewPanel(ScenePanel, bpy.types.Panel):
    """What is drawn over the view."""

    bl_idname = "MAQUETTE_PT_view"
    bl_label = texts.VIEW
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        settings = context.scene.maquette.picture
        column = self.layout.column(align=True)
        column.prop(settings, "show_labels")
        column.prop(settings, "show_map")
        if settings.show_map:
            column.prop(settings, "map_opacity", slider=True)


class OwnPicturePanel(SubPanel, bpy.types.Panel):
    """Find the things in a picture; carry changes back onto it."""

    bl_idname = "MAQUETTE_PT_own_picture"
    bl_label = texts.OWN_PICTURE
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        settings = context.scene.maquette.picture
        layout = self.layout
        layout.template_ID(settings, "source", open="image.open")
        column = layout.column(align=True)
        column.enabled = clock.world().connection.condition.state is State.READY
        column.operator(InvertImage.bl_idname, icon="VIEWZOOM")
        column.prop(settings, "steps")
        _draw_place(column, settings.source, settings)
        _draw_edited(layout, context)


class ImageEditorPanel(bpy.types.Panel):
    """The same for the image of an image editor."""

    bl_idname = "MAQUETTE_PT_image"
    bl_label = texts.OWN_PICTURE
    bl_space_type = "IMAGE_EDITOR"
    bl_region_type = "UI"
    bl_category = strings.PANEL

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        column = self.layout.column(align=True)
        column.enabled = context.space_data.image is not None
        column.operator(InvertImage.bl_idname, icon="VIEWZOOM")
        _draw_place(column, context.space_data.image, context.scene.maquette.picture)
        _draw_edited(self.layout, context)


def _draw_place(layout: bpy.types.UILayout, image: bpy.types.Image | None, settings: PictureSettings) -> None:
    if image is not None and image.size[0] != image.size[1]:
        layout.prop(settings, "place", slider=True)


def _draw_edited(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    source = own_picture.source_of(plane.current(context))
    if source is None:
        return
    column = layout.column(align=True)
    column.label(text=texts.MADE_FROM.format(name=source.name), icon="IMAGE_DATA")
    column.operator(LookAgain.bl_idname, icon="FILE_REFRESH")
    column.prop(context.scene.maquette.picture, "show_edited")
    column.operator(EditedPicture.bl_idname, icon="IMAGE_RGB_ALPHA")


CLASSES = (ViewPanel, OwnPicturePanel, ImageEditorPanel)
