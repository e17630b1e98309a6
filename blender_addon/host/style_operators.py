"""Operators on the style library: keep, apply, rename, delete, and looks from another scene."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
# Blender reads the annotations of operators itself, so they are not postponed here.

from dataclasses import replace

import bpy

from .. import strings_files, style_library
from .. import strings_styles as strings
from ..client import ClientError
from ..composition import label
from ..restyling import borrow_looks, style_of
from ..scene import Restyle
from . import blobs, clock, plane, sources, staging
from .blob_operators import NeedsBlob, active_blob
from .reporting import report_failure
from .scene_operators import NeedsScene
from .style_shelf import library_path, shelf, thumbnail_of
from .waiting import Waits, show_progress


def _amount() -> object:
    return bpy.props.FloatProperty(
        name=strings.AMOUNT, description=strings.AMOUNT_HELP, default=1.0, min=0.0, max=1.0, subtype="FACTOR"
    )


class KeepStyle(NeedsBlob, Waits, bpy.types.Operator):
    """Keep the look of the active blob."""

    bl_idname = "maquette.keep_style"
    bl_label = strings.KEEP
    bl_description = strings.KEEP_HELP
    bl_options = {"INTERNAL"}

    name: bpy.props.StringProperty(name=strings.NAME, description=strings.NAME_HELP, options={"SKIP_SAVE"})

    def begin(self, context):
        """Find the style that the blob shows."""
        empty = active_blob(context)
        target = plane.current(context)
        scene = sources.read(target)
        blob_id = None if empty is None else empty[blobs.ID_KEY]
        blob = next((blob for blob in scene.blobs if blob.id == blob_id), None)
        if blob is None:
            raise ClientError("SCENE_MODEL_MISMATCH", "This blob belongs to another model than its plane.")
        thumbnail = thumbnail_of(plane.picture_of(target), blob.ellipse, plane.document_of(target).frame)
        self._kept = style_library.KeptStyle(
            self.name or label(blob),
            blob.name,
            blob.look.row,
            scene.model_id,
            scene.model_digest,
            b"",
            thumbnail,
        )
        return style_of(clock.world().connection, scene, blob.id)

    def finish(self, context, result):
        """Write it into the library."""
        kept = replace(self._kept, style=result)
        library = shelf.change(lambda library: library.with_style(kept))
        self.report({"INFO"}, strings.KEPT.format(name=library.styles[-1].name))
        return {"FINISHED"}


class ApplyStyle(NeedsBlob, bpy.types.Operator):
    """Give blobs a kept look."""

    bl_idname = "maquette.apply_style"
    bl_label = strings.APPLY
    bl_description = strings.APPLY_HELP
    bl_options = {"REGISTER", "UNDO"}

    name: bpy.props.StringProperty(name=strings.NAME, options={"SKIP_SAVE"})
    amount: _amount()

    def execute(self, context):
        """Write the look on the empties."""
        active = active_blob(context)
        try:
            style = style_library.load_library(library_path()).named(self.name)
            obstacle = style.obstacle(blobs.document_of(active))
            if obstacle:
                raise ClientError("STYLE_DOES_NOT_FIT", f"“{style.name}” is {obstacle}.", "Choose another look.")
            for empty in {active, *filter(blobs.is_blob, context.selected_objects)}:
                if not style.obstacle(blobs.document_of(empty)):
                    staging.restyle(empty, Restyle(self.amount, style=style.style))
        except ClientError as error:
            return report_failure(self, error)
        clock.world().mark_changed()
        return {"FINISHED"}


class RenameStyle(bpy.types.Operator):
    """Call a kept look something else."""

    bl_idname = "maquette.rename_style"
    bl_label = strings.RENAME
    bl_description = strings.RENAME_HELP
    bl_options = {"INTERNAL"}

    name: bpy.props.StringProperty(options={"SKIP_SAVE", "HIDDEN"})
    wanted: bpy.props.StringProperty(name=strings.NAME, description=strings.NAME_HELP, options={"SKIP_SAVE"})

    def invoke(self, context, event):
        """Ask for the name."""
        self.wanted = self.name
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context):
        """Rename it."""
        try:
            shelf.change(lambda library: library.renamed(self.name, self.wanted))
        except ClientError as error:
            return report_failure(self, error)
        return {"FINISHED"}


class DeleteStyle(bpy.types.Operator):
    """Take a look out of the library."""

    bl_idname = "maquette.delete_style"
    bl_label = strings.DELETE
    bl_description = strings.DELETE_HELP
    bl_options = {"INTERNAL"}

    name: bpy.props.StringProperty(options={"SKIP_SAVE"})

    def invoke(self, context, event):
        """Make sure: there is no undo for this."""
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, context):
        """Delete it."""
        try:
            shelf.change(lambda library: library.without(self.name))
        except ClientError as error:
            return report_failure(self, error)
        return {"FINISHED"}


class SetLibraryAside(bpy.types.Operator):
    """Begin a new library and keep the damaged one."""

    bl_idname = "maquette.set_library_aside"
    bl_label = strings.SET_ASIDE
    bl_description = strings.SET_ASIDE_HELP
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context):
        """It cannot be read."""
        shelf.glance()
        return shelf.problem is not None

    def execute(self, context):
        """Rename the file."""
        try:
            aside = style_library.set_aside(library_path())
        except ClientError as error:
            return report_failure(self, error)
        shelf.forget()
        clock.world().report(None)
        self.report({"INFO"}, strings.SET_ASIDE_AS.format(path=aside))
        return {"FINISHED"}


class RestyleFrom(NeedsScene, Waits, bpy.types.Operator):
    """Take the looks of another scene."""

    bl_idname = "maquette.restyle_from"
    bl_label = strings_files.RESTYLE_FROM
    bl_description = strings_files.RESTYLE_FROM_HELP
    bl_options = {"REGISTER", "UNDO"}

    source_plane: bpy.props.StringProperty(name=strings_files.SOURCE_PLANE, options={"SKIP_SAVE"})
    filepath: bpy.props.StringProperty(name=strings_files.SOURCE_FILE, subtype="FILE_PATH", options={"SKIP_SAVE"})
    amount: _amount()

    def invoke(self, context, event):
        """Take the panel's settings."""
        settings = context.scene.maquette.files
        if not self.filepath and not self.source_plane:
            self.amount = settings.amount
            self.source_plane, self.filepath = settings.chosen_source()
        return super().invoke(context, event)

    def begin(self, context):
        """Read both scenes and ask for the looks."""
        target = plane.current(context)
        source = sources.other_scene(context, self.source_plane, self.filepath)
        chosen = [each for each in blobs.blobs_of(target) if each.select_get()]
        wanted = {each[blobs.ID_KEY] for each in chosen or blobs.blobs_of(target)}
        self._with_background = not chosen
        self._handle_of_plane = blobs.handle_of(target)
        world = clock.world()
        return borrow_looks(world.connection, sources.read(target), source, wanted, show_progress)

    def finish(self, context, result):
        """Write the looks on the objects."""
        target = sources.plane_by_handle(context, self._handle_of_plane)
        changed = 0
        for empty in blobs.blobs_of(target):
            style = result.styles.get(empty[blobs.ID_KEY])
            if style is not None:
                staging.restyle(empty, Restyle(self.amount, style=style))
                changed += 1
        if self._with_background:
            staging.restyle_background(target, Restyle(self.amount, style=result.background))
            changed += 1
        if not changed:
            self.report({"WARNING"}, strings_files.NOTHING_FITS)
            return {"CANCELLED"}
        clock.world().report(None)
        clock.world().mark_changed()
        self.report({"INFO"}, strings_files.RESTYLED.format(count=changed))
        return {"FINISHED"}

    def draw(self, context):
        """The redo panel."""
        self.layout.prop(self, "amount", slider=True)


CLASSES = (KeepStyle, ApplyStyle, RenameStyle, DeleteStyle, SetLibraryAside, RestyleFrom)
