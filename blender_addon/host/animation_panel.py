"""The panel "Animation"."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from .. import strings_animation as strings
from . import clock
from .animation_operators import RenderAnimation
from .panel import ScenePanel


class AnimationPanel(ScenePanel, bpy.types.Panel):
    """Which frames are rendered, and where to."""

    bl_idname = "MAQUETTE_PT_animation"
    bl_label = strings.PANEL
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        settings = context.scene.maquette.animation
        column = self.layout.column(align=True)
        column.enabled = not clock.world().held
        column.prop(settings, "output", text="")
        column.row(align=True).prop(settings, "format", expand=True)
        column.prop(settings, "own_range")
        if settings.own_range:
            row = column.row(align=True)
            for name in ("start", "end", "step"):
                row.prop(settings, name)
        row = column.row(align=True)
        row.operator(RenderAnimation.bl_idname, icon="RENDER_ANIMATION")
        row.operator(RenderAnimation.bl_idname, text="", icon="FILE_REFRESH").again = True
        if clock.world().held:
            self.layout.label(text=clock.world().activity, icon="TIME")
            self.layout.label(text=strings.HOW_TO_STOP)


CLASSES = (AnimationPanel,)
