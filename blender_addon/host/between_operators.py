"""Operators between two scenes: mix them, make keyframes from one to the other, remove those."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
# Blender reads the annotations of operators itself, so they are not postponed here.

import bpy

from .. import strings_between as strings
from .. import strings_files
from ..client import ClientError
from ..inbetween import lead
from ..mixing import mix_scenes, without_restyles
from . import between, blobs, clock, leading, plane, sources, staging
from .reporting import report_failure
from .scene_operators import NeedsScene
from .waiting import Waits, show_progress


class _WithOtherScene(NeedsScene, Waits):
    """Uses the scene of the plane and another one."""

    source_plane: bpy.props.StringProperty(name=strings_files.SOURCE_PLANE, options={"SKIP_SAVE"})
    filepath: bpy.props.StringProperty(name=strings_files.SOURCE_FILE, subtype="FILE_PATH", options={"SKIP_SAVE"})

    def invoke(self, context, event):
        """Take the panel's settings."""
        settings = context.scene.maquette.files
        if not self.filepath and not self.source_plane:
            self.source_plane, self.filepath = settings.chosen_source()
        return super().invoke(context, event)

    def both(self, context):
        """The plane's scene and the other one."""
        target = plane.current(context)
        self._target = blobs.handle_of(target)
        return sources.read(target), sources.other_scene(context, self.source_plane, self.filepath)


class Mix(_WithOtherScene, bpy.types.Operator):
    """Replace the scene by one between it and another."""

    bl_idname = "maquette.mix"
    bl_label = strings.MIX
    bl_description = strings.MIX_HELP
    bl_options = {"REGISTER", "UNDO"}

    amount: bpy.props.FloatProperty(
        name=strings.MIX_AMOUNT,
        description=strings.MIX_AMOUNT_HELP,
        default=0.5,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )

    def begin(self, context):
        """Ask for the scene between."""
        start, end = self.both(context)
        return mix_scenes(clock.world().connection, start, end, self.amount, show_progress)

    def finish(self, context, result):
        """Stage it."""
        staging.stage(context, result, sources.plane_by_handle(context, self._target))
        clock.world().report(None)
        clock.world().mark_changed()
        return {"FINISHED"}

    def draw(self, context):
        """The redo panel."""
        self.layout.prop(self, "amount", slider=True)


class MakeKeyframes(_WithOtherScene, bpy.types.Operator):
    """Animate the scene into another."""

    bl_idname = "maquette.make_keyframes"
    bl_label = strings.KEYFRAMES
    bl_description = strings.KEYFRAMES_HELP
    bl_options = {"REGISTER", "UNDO"}

    first: bpy.props.IntProperty(name=strings.FIRST, description=strings.FIRST_HELP, default=1)
    last: bpy.props.IntProperty(name=strings.LAST, description=strings.LAST_HELP, default=60)

    def invoke(self, context, event):
        """Take the panel's settings."""
        settings = context.scene.maquette.files
        self.first, self.last = settings.first, settings.last
        return super().invoke(context, event)

    def begin(self, context):
        """Ask how the other scene looks."""
        if self.last <= self.first:
            raise ClientError("INVALID_ARGUMENT", strings.EMPTY_RANGE)
        if leading.leads_somewhere(plane.current(context)):
            raise ClientError("IN_BETWEEN_ALREADY", strings.ALREADY, strings.ALREADY_ACTION)
        self._start, end = self.both(context)
        lead(self._start, end, self.first, self.last)
        return without_restyles(clock.world().connection, end)

    def finish(self, context, result):
        """Set the keyframes."""
        target = sources.plane_by_handle(context, self._target)
        ahead = lead(self._start, result, self.first, self.last)
        count = between.make(context, target, self._start, ahead)
        clock.world().report(None)
        clock.world().mark_changed()
        self.report({"INFO"}, strings.MADE.format(count=count, first=self.first, last=self.last))
        return {"FINISHED"}

    def draw(self, context):
        """The redo panel."""
        self.layout.prop(self, "first")
        self.layout.prop(self, "last")


class RemoveKeyframes(bpy.types.Operator):
    """Take the keyframes towards another scene away."""

    bl_idname = "maquette.remove_keyframes"
    bl_label = strings.REMOVE
    bl_description = strings.REMOVE_HELP
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        """There are some."""
        target = plane.current(context)
        return target is not None and leading.leads_somewhere(target)

    def execute(self, context):
        """Remove them."""
        try:
            between.remove(context, plane.current(context))
        except ClientError as error:
            return report_failure(self, error)
        clock.world().mark_changed()
        return {"FINISHED"}


CLASSES = (Mix, MakeKeyframes, RemoveKeyframes)
