"""The panels "Gallery" and "Complete"."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from .. import strings_gallery as strings
from ..client import State
from ..gallery import Lot
from . import clock, pins, plane, showcase
from .gallery_operators import (
    CloseGallery,
    Complete,
    LeafProposals,
    MoreProposals,
    ProposeCompletions,
    ProposeScenes,
    TakeProposal,
)
from .panel import SubPanel

_NAMES = 4
# Width of a unit of the interface, in pixels at a scale of 1; what the panel's edges take, and a picture at least.
_UNIT = 20
_EDGES = 2.5
_PICTURE = 4


class _DaemonPanel(SubPanel):
    """A section that needs the daemon."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """The daemon is there, or something of it is."""
        return clock.world().connection.condition.state is State.READY


class GalleryPanel(_DaemonPanel, bpy.types.Panel):
    """Proposals as pictures."""

    bl_idname = "MAQUETTE_PT_gallery"
    bl_label = strings.GALLERY
    # Just below New scene.
    bl_order = -1

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        row = self.layout.row(align=True)
        row.operator(ProposeScenes.bl_idname, icon="IMGDISPLAY")
        row.prop(context.scene.maquette.gallery, "count", text="")
        lot = showcase.gallery.lot
        if lot is not None:
            _draw_lot(self.layout, context, lot)


class CompletePanel(_DaemonPanel, bpy.types.Panel):
    """Keep some blobs and make the rest anew."""

    bl_idname = "MAQUETTE_PT_complete"
    bl_label = strings.COMPLETE

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There is a scene and the daemon."""
        return plane.current(context) is not None and super().poll(context)

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        settings = context.scene.maquette.gallery
        names = [empty.name for empty in pins.kept_empties(plane.current(context))]
        self.layout.label(text=_kept(names), icon="PINNED" if names else "UNPINNED")
        column = self.layout.column(align=True)
        column.prop(settings, "keep_background")
        column.prop(settings, "complete_seed")
        column.operator(Complete.bl_idname, icon="MOD_BUILD")
        row = column.row(align=True)
        row.operator(ProposeCompletions.bl_idname, text=strings.PROPOSE, icon="IMGDISPLAY")
        row.prop(settings, "complete_count", text="")


def _kept(names: list[str]) -> str:
    if not names:
        return strings.KEEPS_NOTHING
    listed = ", ".join(names[:_NAMES])
    if len(names) > _NAMES:
        listed = strings.AND_MORE.format(names=listed, count=len(names) - _NAMES)
    return strings.KEEPS.format(names=listed)


def _draw_lot(layout: bpy.types.UILayout, context: bpy.types.Context, lot: Lot) -> None:
    width = context.region.width if context.region else 300
    units = max(width / (_UNIT * (context.preferences.system.ui_scale or 1.0)) - _EDGES, 1.0)
    columns = max(int(units / _PICTURE), 2)
    grid = layout.grid_flow(row_major=True, columns=columns, even_columns=True, even_rows=True, align=True)
    for index in range(len(lot.proposals)):
        cell = grid.column(align=True)
        cell.template_icon(showcase.icon(index), scale=max(units / columns, 2.0))
        cell.operator(TakeProposal.bl_idname, text=str(lot.wish_of(index).seed)).index = index
    row = layout.row(align=True)
    if showcase.gallery.has_earlier:
        row.operator(LeafProposals.bl_idname, text="", icon="TRIA_LEFT").forward = False
    row.operator(MoreProposals.bl_idname, icon="FORWARD")
    if showcase.gallery.has_later:
        row.operator(LeafProposals.bl_idname, text="", icon="TRIA_RIGHT").forward = True
    row.operator(CloseGallery.bl_idname, text="", icon="X")


CLASSES = (GalleryPanel, CompletePanel)
