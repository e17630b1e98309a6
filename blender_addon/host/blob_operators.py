"""Operators on one blob: clone, order, hide, restyle."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
# Blender reads the annotations of operators itself, so they are not postponed here.

import bpy

from .. import strings
from ..client import ClientError
from ..scene import Restyle
from . import blobs, clock, plane, staging
from .reporting import report_failure


def active_blob(context):
    """The blob that the artist works on, or None."""
    active = context.view_layer.objects.active
    return active if blobs.is_blob(active) and plane.plane_of(active) is not None else None


class NeedsBlob:
    """Greyed out unless a blob is active."""

    @classmethod
    def poll(cls, context):
        """A blob is active."""
        if active_blob(context) is None:
            cls.poll_message_set(strings.NO_BLOB)
            return False
        return True


class Clone(NeedsBlob, bpy.types.Operator):
    """Copy the active blob."""

    bl_idname = "maquette.clone"
    bl_label = strings.CLONE
    bl_description = strings.CLONE_HELP
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        """Copy it."""
        empty = active_blob(context)
        staging.clone(context, plane.plane_of(empty), empty)
        clock.world().mark_changed()
        return {"FINISHED"}


class Order(NeedsBlob, bpy.types.Operator):
    """Bring the active blob forward or send it backward."""

    bl_idname = "maquette.order"
    bl_label = strings.FORWARD
    bl_description = strings.ORDER_HELP
    bl_options = {"REGISTER", "UNDO"}

    direction: bpy.props.EnumProperty(
        items=(("FORWARD", strings.FORWARD, strings.ORDER_HELP), ("BACKWARD", strings.BACKWARD, strings.ORDER_HELP))
    )

    @classmethod
    def description(cls, context, properties):
        """What the button does."""
        return strings.FORWARD if properties.direction == "FORWARD" else strings.BACKWARD

    def execute(self, context):
        """Swap it with its neighbour."""
        empty = active_blob(context)
        order = blobs.front_to_back(plane.plane_of(empty))
        if not staging.reorder(context, order, empty, self.direction == "FORWARD"):
            return {"CANCELLED"}
        clock.world().mark_changed()
        return {"FINISHED"}


class Toggle(bpy.types.Operator):
    """Hide or show a blob."""

    bl_idname = "maquette.toggle"
    bl_label = strings.TOGGLE
    bl_description = strings.TOGGLE_HELP
    bl_options = {"REGISTER", "UNDO"}

    name: bpy.props.StringProperty()

    def execute(self, context):
        """Hide it, or show it whichever way it was hidden."""
        empty = context.scene.objects.get(self.name)
        if not blobs.is_blob(empty):
            return {"CANCELLED"}
        if blobs.is_hidden(empty):
            blobs.show(empty)
        else:
            blobs.hide(empty)
        context.view_layer.update()
        clock.world().mark_changed()
        return {"FINISHED"}


class ChangeLook(bpy.types.Operator):
    """Restyle the active blob or the background."""

    bl_idname = "maquette.restyle"
    bl_label = strings.RESTYLE
    bl_description = strings.RESTYLE_HELP
    bl_options = {"REGISTER", "UNDO"}

    source: bpy.props.EnumProperty(
        name=strings.RESTYLE_SOURCE,
        items=(
            ("SEED", strings.FROM_SEED, strings.FROM_SEED_HELP),
            ("BLOB", strings.FROM_BLOB, strings.FROM_BLOB_HELP),
        ),
    )
    seed: bpy.props.IntProperty(name=strings.SEED, description=strings.FROM_SEED_HELP, default=1)
    blob: bpy.props.StringProperty(name=strings.SOURCE_BLOB, description=strings.SOURCE_BLOB_HELP)
    amount: bpy.props.FloatProperty(
        name=strings.AMOUNT, description=strings.AMOUNT_HELP, default=1.0, min=0.0, max=1.0, subtype="FACTOR"
    )
    truncation: bpy.props.FloatProperty(
        name=strings.TRUNCATION,
        description=strings.TRUNCATION_HELP,
        default=0.2,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    background: bpy.props.BoolProperty(
        name=strings.BACKGROUND, description=strings.BACKGROUND_HELP, options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context):
        """There is a scene."""
        return plane.current(context) is not None

    def invoke(self, context, event):
        """Take the panel's settings."""
        settings = context.scene.maquette
        self.source, self.seed, self.amount = settings.restyle_source, settings.restyle_seed, settings.restyle_amount
        self.truncation = settings.truncation
        self.blob = settings.restyle_blob.name if settings.restyle_blob else ""
        return self.execute(context)

    def execute(self, context):
        """Write the look on the objects."""
        empty = active_blob(context)
        if empty is None and not self.background:
            self.report({"ERROR"}, strings.NO_BLOB)
            return {"CANCELLED"}
        try:
            look = self._look(context)
        except ClientError as error:
            return report_failure(self, error)
        if look is None:
            self.report({"ERROR"}, strings.NO_SOURCE)
            return {"CANCELLED"}
        if self.background:
            staging.restyle_background(plane.current(context), look)
        else:
            staging.restyle(empty, look)
        clock.world().mark_changed()
        return {"FINISHED"}

    def _look(self, context):
        if self.source == "SEED":
            return Restyle(self.amount, seed=self.seed, truncation=self.truncation)
        source = context.scene.objects.get(self.blob)
        if not blobs.is_blob(source):
            return None
        return Restyle(self.amount, style=blobs.document_of(source).blob.look.style)


class OwnLook(bpy.types.Operator):
    """Take a restyle away."""

    bl_idname = "maquette.own_look"
    bl_label = strings.OWN_LOOK
    bl_description = strings.OWN_LOOK_HELP
    bl_options = {"REGISTER", "UNDO"}

    background: bpy.props.BoolProperty(
        name=strings.BACKGROUND, description=strings.BACKGROUND_HELP, options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context):
        """There is a scene."""
        return plane.current(context) is not None

    def execute(self, context):
        """Write it on the objects."""
        empty = active_blob(context)
        if self.background:
            staging.restyle_background(plane.current(context), None)
        elif empty is not None:
            staging.restyle(empty, None)
        else:
            return {"CANCELLED"}
        clock.world().mark_changed()
        return {"FINISHED"}


CLASSES = (Clone, Order, Toggle, ChangeLook, OwnLook)
