"""Operators on scene files: save and load."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false, reportMissingImports=false
# Blender reads the annotations of operators itself, so they are not postponed here.

from pathlib import Path

import bpy
from bpy_extras.io_utils import ExportHelper, ImportHelper

from .. import strings as common
from .. import strings_files as strings
from ..client import ClientError
from ..scene_files import SUFFIX, check_loaded, load_scene, save_scene
from . import clock, plane, sources, staging
from .reporting import report_failure
from .scene_operators import NeedsScene
from .waiting import Waits, show_progress


class SaveScene(NeedsScene, ExportHelper, bpy.types.Operator):
    """Write the scene to a file."""

    bl_idname = "maquette.save_scene"
    bl_label = strings.SAVE
    bl_description = strings.SAVE_HELP
    bl_options = {"INTERNAL"}

    filename_ext = SUFFIX
    filter_glob: bpy.props.StringProperty(default=f"*{SUFFIX}", options={"HIDDEN"})

    def execute(self, context):
        """Write it."""
        try:
            scene = sources.read(plane.current(context))
            save_scene(Path(bpy.path.abspath(self.filepath)), scene)
        except ClientError as error:
            return report_failure(self, error)
        self.report({"INFO"}, strings.SAVED.format(count=len(scene.blobs), path=self.filepath))
        return {"FINISHED"}


class LoadScene(Waits, bpy.types.Operator):
    """Show a scene from a file."""

    bl_idname = "maquette.load_scene"
    bl_label = strings.LOAD
    bl_description = strings.LOAD_HELP
    bl_options = {"REGISTER", "UNDO"}

    filepath: bpy.props.StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    beside: bpy.props.BoolProperty(name=common.BESIDE, description=strings.LOAD_BESIDE_HELP, options={"SKIP_SAVE"})

    def begin(self, context):
        """Read the file and let the daemon see whether it can be shown."""
        scene = load_scene(Path(bpy.path.abspath(self.filepath)))
        return check_loaded(clock.world().connection, scene, show_progress)

    def finish(self, context, result):
        """Stage it."""
        if context.object is not None and context.object.mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")
        staging.stage(context, result, None if self.beside else plane.current(context))
        clock.world().report(None)
        clock.world().mark_changed()
        return {"FINISHED"}

    def draw(self, context):
        """The redo panel."""
        self.layout.prop(self, "beside")


class ChooseScene(ImportHelper, bpy.types.Operator):
    """Choose a scene file, and load it without stopping Blender."""

    bl_idname = "maquette.choose_scene"
    bl_label = strings.LOAD
    bl_description = strings.LOAD_HELP
    bl_options = {"INTERNAL"}

    filename_ext = SUFFIX
    filter_glob: bpy.props.StringProperty(default=f"*{SUFFIX}", options={"HIDDEN"})
    beside: bpy.props.BoolProperty(name=common.BESIDE, description=strings.LOAD_BESIDE_HELP, options={"SKIP_SAVE"})

    def execute(self, context):
        """Begin to load: an operator that the file dialogue has ended cannot wait itself."""
        try:
            bpy.ops.maquette.load_scene("INVOKE_DEFAULT", filepath=self.filepath, beside=self.beside)
        except RuntimeError as error:
            # Called from here, an operator raises what it would have shown.
            self.report({"ERROR"}, str(error).removeprefix("Error: ").strip())
            return {"CANCELLED"}
        return {"FINISHED"}

    def draw(self, context):
        """The side of the file dialogue."""
        self.layout.prop(self, "beside")


CLASSES = (SaveScene, LoadScene, ChooseScene)
