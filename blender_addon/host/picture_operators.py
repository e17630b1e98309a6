"""Operators on a picture of the artist's own: find its things, carry changes back onto it."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false, reportMissingImports=false
# Blender reads the annotations of operators itself, so they are not postponed here.

import math
from types import SimpleNamespace

import bpy
from mathutils import Euler, Matrix

from .. import inverting
from .. import strings_picture as strings
from ..pixels import image_of
from ..placement import Frame
from . import clock, completing, image_pixels, overlay, own_picture, plane, reading, staging
from .scene_operators import face
from .waiting import Waits, show_progress


def chosen_image(context):
    """The image to find things in: that of the image editor, else the panel's; None when there is none."""
    space = context.space_data
    if space is not None and space.type == "IMAGE_EDITOR":
        return space.image
    return context.scene.maquette.picture.source


class InvertImage(Waits, bpy.types.Operator):
    """Find the scene in a picture."""

    bl_idname = "maquette.invert_image"
    bl_label = strings.INVERT
    bl_description = strings.INVERT_HELP
    bl_options = {"UNDO"}

    image: bpy.props.StringProperty(name=strings.SOURCE, description=strings.SOURCE_HELP, options={"SKIP_SAVE"})
    model_id: bpy.props.StringProperty(options={"SKIP_SAVE"})
    steps: bpy.props.IntProperty(name=strings.STEPS, description=strings.STEPS_HELP, default=-1, min=-1, max=2000)
    seed: bpy.props.IntProperty(name=strings.INVERT_SEED, description=strings.INVERT_SEED_HELP)
    place: bpy.props.FloatProperty(name=strings.PLACE, description=strings.PLACE_HELP, default=0.5, min=0.0, max=1.0)

    def invoke(self, context, event):
        """Take the panel's settings."""
        settings = context.scene.maquette
        own = settings.picture
        for name, value in (("model_id", settings.model_id), ("steps", own.steps), ("place", own.place)):
            if not self.properties.is_property_set(name):
                setattr(self, name, value)
        return super().invoke(context, event)

    def begin(self, context):
        """Read the picture."""
        image = bpy.data.images.get(self.image) if self.image else chosen_image(context)
        if image is None:
            self.report({"ERROR"}, strings.NO_SOURCE)
            return None
        source = image_pixels.lasting(context, image)
        # By name: while the operator waits, an undo may put other data in the place of these.
        self._source, self._copied, self._matrix = source.name, source != image, None
        pixels, steps = image_pixels.read(source), None if self.steps < 0 else self.steps
        request = inverting.InversionRequest(image_of(pixels), self.model_id, steps, self.seed, place=self.place)
        return inverting.invert(clock.world().connection, request, show_progress, self._preview)

    def modal(self, context, event):
        """Turn the view to the first preview."""
        if event.type == "TIMER" and self._matrix is not None and not self._faced:
            self._faced = True
            _face(context, SimpleNamespace(matrix_world=self._matrix))
        outcome = super().modal(context, event)
        if outcome == {"CANCELLED"}:
            self._drop_copy()
        return outcome

    def execute(self, context):
        """Wait for the scene."""
        outcome = super().execute(context)
        if outcome == {"CANCELLED"}:
            self._drop_copy()
        return outcome

    def cancel(self, context):
        """Blender ends the operator."""
        overlay.overlay().hide(overlay.PREVIEW)
        super().cancel(context)

    def finish(self, context, found):
        """Put the scene on a plane of its own."""
        source = bpy.data.images.get(self._source)
        if source is None:
            return {"CANCELLED"}
        if context.object is not None and context.object.mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")
        staged = staging.stage(context, found.new, None)
        own_picture.remember(staged, source, found.part, found.new.document.sampled)
        context.scene.maquette.picture.source = source
        _face(context, staged)
        return _finished(self, found)

    def _preview(self, image):
        if self._matrix is None:
            place = plane.free_place(bpy.context.scene, Frame.of_picture(image.width, image.height, 1.0))
            self._matrix = Matrix.Translation(place) @ Euler((math.pi / 2, 0.0, 0.0)).to_matrix().to_4x4()
            self._faced = False
        overlay.overlay().show_preview(image, self._matrix)

    def _drop_copy(self):
        copy = bpy.data.images.get(self._source) if getattr(self, "_copied", False) else None
        if copy is not None:
            bpy.data.images.remove(copy)


class NeedsOwnPicture:
    """Greyed out unless the scene was found in a picture."""

    @classmethod
    def poll(cls, context):
        """It was."""
        if own_picture.source_of(plane.current(context)) is None:
            cls.poll_message_set(strings.NOT_OF_A_PICTURE)
            return False
        return True


class LookAgain(NeedsOwnPicture, Waits, bpy.types.Operator):
    """Come closer to the picture from the scene as the artist arranged it."""

    bl_idname = "maquette.look_again"
    bl_label = strings.LOOK_AGAIN
    bl_description = strings.LOOK_AGAIN_HELP
    bl_options = {"UNDO"}

    steps: bpy.props.IntProperty(name=strings.STEPS, description=strings.STEPS_HELP, default=-1, min=-1, max=2000)

    def invoke(self, context, event):
        """Take the panel's settings."""
        if not self.properties.is_property_set("steps"):
            self.steps = context.scene.maquette.picture.steps
        return super().invoke(context, event)

    def begin(self, context):
        """Read the picture and the scene."""
        context.view_layer.update()
        target = plane.current(context)
        if target is None:
            return None
        self._target, place = target.name, target.matrix_world.copy()
        self._wish = completing.wish(target, False, 0, 0.0)
        request = inverting.InversionRequest(
            image_of(own_picture.read(target)),
            steps=None if self.steps < 0 else self.steps,
            start=self._wish.scene,
            kept=self._wish.kept,
            part=own_picture.part_of(target),
        )
        return inverting.invert(
            clock.world().connection,
            request,
            show_progress,
            lambda preview: overlay.overlay().show_preview(preview, place),
        )

    def cancel(self, context):
        """Blender ends the operator."""
        overlay.overlay().hide(overlay.PREVIEW)
        super().cancel(context)

    def finish(self, context, found):
        """Put what was found in the place of what was not kept."""
        target = bpy.data.objects.get(self._target)
        source = own_picture.source_of(target)
        if source is None:
            return {"CANCELLED"}
        scene = found.new.document.sampled
        completing.stage(context, target, self._wish, scene)
        own_picture.remember(target, source, found.part, scene)
        return _finished(self, found)


class EditedPicture(NeedsOwnPicture, Waits, bpy.types.Operator):
    """Carry what was changed in the scene onto the artist's own picture."""

    bl_idname = "maquette.edited_picture"
    bl_label = strings.EDITED
    bl_description = strings.EDITED_HELP
    bl_options = {"UNDO"}

    def begin(self, context):
        """Read the picture and both scenes."""
        context.view_layer.update()
        target, world = plane.current(context), clock.world()
        if target is None:
            return None
        self._target = target.name
        self._pixels = own_picture.read(target)
        after, _ = reading.read_scene(target, world.book)
        before, part = own_picture.before_of(target), own_picture.part_of(target)
        return inverting.carry(world.connection, image_of(self._pixels), part, before, after, show_progress)

    def finish(self, context, edit):
        """Write the edited image."""
        target = bpy.data.objects.get(self._target)
        if own_picture.source_of(target) is None:
            return {"CANCELLED"}
        edited = own_picture.write_edited(target, self._pixels, overlay.apply(self._pixels, edit))
        edited.pack()
        own_picture.show_in_editors(context, target)
        clock.world().report(None)
        return {"FINISHED"}


def _finished(operator, found):
    world = clock.world()
    world.report(None)
    world.mark_changed()
    count = len(found.new.document.sampled.blobs)
    operator.report({"INFO"}, strings.FOUND.format(count=count, psnr=found.psnr))
    return {"FINISHED"}


def _face(context, target):
    if context.space_data is not None and context.space_data.type == "VIEW_3D":
        face(context, target)


CLASSES = (InvertImage, LookAgain, EditedPicture)
