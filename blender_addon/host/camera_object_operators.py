"""Operators that make a scene from the selected objects."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
# Blender reads the annotations of operators itself, so they are not postponed here.

import bpy

from .. import strings as common
from .. import strings_camera as strings
from ..blockout import ROOM, WALL, BlockoutRequest, build
from ..client import ClientError, models
from . import camera_backdrop, camera_objects, camera_view, clock, plane
from .camera_properties import MODES
from .scene_operators import face
from .waiting import Waits, show_progress
from .world import SCENE_TASK

_SETTINGS = ("mode", "follow", "furnish", "keep_absent")


class FromObjects(Waits, bpy.types.Operator):
    """Make a scene from the selected objects."""

    bl_idname = "maquette.from_objects"
    bl_label = strings.MAKE
    bl_description = strings.MAKE_HELP
    bl_options = {"REGISTER", "UNDO"}

    seed: bpy.props.IntProperty(name=common.SEED, description=common.SEED_HELP)
    truncation: bpy.props.FloatProperty(
        name=common.TRUNCATION,
        description=common.TRUNCATION_HELP,
        default=0.2,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    model_id: bpy.props.StringProperty(name=common.MODEL, options={"SKIP_SAVE"})
    mode: bpy.props.EnumProperty(name=strings.MODE, items=MODES)
    follow: bpy.props.BoolProperty(name=strings.FOLLOW, description=strings.FOLLOW_HELP, options={"SKIP_SAVE"})
    furnish: bpy.props.BoolProperty(name=strings.FURNISH, description=strings.FURNISH_HELP, options={"SKIP_SAVE"})
    keep_absent: bpy.props.BoolProperty(name=strings.KEEP_ABSENT, description=strings.KEEP_ABSENT_HELP, default=True)
    beside: bpy.props.BoolProperty(name=common.BESIDE, description=common.BESIDE_HELP, options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context):
        """Something is selected."""
        if not camera_objects.candidates(context):
            cls.poll_message_set(strings.NOTHING_SELECTED)
            return False
        return True

    def invoke(self, context, event):
        """Take the panel's settings."""
        settings = context.scene.maquette
        chosen = {name: getattr(settings.camera, name) for name in _SETTINGS}
        chosen |= {name: getattr(settings, name) for name in ("seed", "truncation", "model_id")}
        for name, value in chosen.items():
            if not self.properties.is_property_set(name):
                setattr(self, name, value)
        return super().invoke(context, event)

    def begin(self, context):
        """See what stands before the camera, and ask for the rest."""
        world = clock.world()
        context.view_layer.update()
        view, window = camera_view.window_of(context.scene)
        if not world.models:
            world.models = world.run(models.list_models(world.connection, SCENE_TASK))
        known = camera_objects.known_kinds(context, self.model_id)
        if not known:
            raise ClientError("MODEL_UNSUPPORTED", strings.NO_KINDS)
        things = camera_objects.things(context, known)
        if not things:
            raise ClientError("INVALID_ARGUMENT", strings.NOTHING_MATCHED)
        request = BlockoutRequest(
            tuple(things), view, window, self.model_id, self.seed, self.truncation, self.furnish, self.keep_absent
        )
        return build(world.connection, request, show_progress)

    def finish(self, context, result):
        """Stand the scene where the objects are, or on its plane."""
        in_space = self.mode == "SPACE"
        target = None if self.beside else plane.current(context)
        if context.object is not None and context.object.mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")
        staged = camera_objects.stage(context, result, target, in_space, self.follow)
        camera_backdrop.update(context.scene, staged)
        clock.world().report(None)
        clock.world().mark_changed()
        if context.space_data is not None and context.space_data.type == "VIEW_3D":
            if in_space:
                context.space_data.region_3d.view_perspective = "CAMERA"
                context.space_data.overlay.show_relationship_lines = False
            elif target is None:
                face(context, staged)
        return {"FINISHED"}

    def draw(self, context):
        """The redo panel."""
        for name in ("seed", "truncation", "mode", "follow", "furnish", "keep_absent", "beside"):
            self.layout.prop(self, name)


class ChooseKind(bpy.types.Operator):
    """Choose what an object is."""

    bl_idname = "maquette.choose_kind"
    bl_label = strings.KIND
    bl_description = strings.KIND_HELP
    bl_options = {"INTERNAL", "UNDO"}

    name: bpy.props.StringProperty()
    kind: bpy.props.StringProperty()

    def execute(self, context):
        """Remember it with the object."""
        thing = context.scene.objects.get(self.name)
        if thing is None:
            return {"CANCELLED"}
        thing.maquette_kind = self.kind
        return {"FINISHED"}


class KindMenu(bpy.types.Menu):
    """What an object may be."""

    bl_idname = "MAQUETTE_MT_kinds"
    bl_label = strings.KIND

    def draw(self, context):
        """One row per kind."""
        thing = getattr(context, "maquette_object", None)
        if thing is None:
            return
        known = camera_objects.known_kinds(context)
        guessed = camera_objects.guess(thing, known)
        rows = [("", strings.BY_NAME.format(kind=said(guessed)))] if guessed else []
        rows += [(camera_objects.LEFT_OUT, strings.LEAVE_OUT)]
        rows += [(kind, said(kind)) for kind in (ROOM, *known)]
        for kind, text in rows:
            button = self.layout.operator(ChooseKind.bl_idname, text=text)
            button.name, button.kind = thing.name, kind


def said(kind):
    """A kind for a person to read."""
    return strings.WHOLE_ROOM if kind == ROOM else strings.A_WALL if kind == WALL else kind.capitalize()


CLASSES = (FromObjects, ChooseKind, KindMenu)
