"""Operators on proposals: ask for new scenes or completions, leaf through them, take one."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
# Blender reads the annotations of operators itself, so they are not postponed here.

import bpy

from .. import strings as common
from .. import strings_gallery as strings
from ..client import ClientError
from ..documents import PlaneDocument
from ..gallery import THUMBNAIL_SIDE, Completion, propose
from ..sampling import NewScene, SceneRequest
from . import clock, completing, picture, plane, showcase, sources, staging
from .reporting import report_failure
from .scene_operators import NeedsScene, face
from .waiting import Waits, show_progress

_LARGEST_SEED = 2**31 - 1


class _Proposes(Waits):
    """Asks for a lot and shows it."""

    def begin(self, context):
        """Ask the daemon."""
        wish, settings = self.wish(context), context.scene.maquette.gallery
        count = settings.complete_count if isinstance(wish, Completion) else settings.count
        return propose(clock.world().connection, wish, count, THUMBNAIL_SIDE, show_progress)

    def finish(self, context, result):
        """Show what came."""
        showcase.add(result)
        clock.world().report(None)
        picture.redraw()
        return {"FINISHED"}


class ProposeScenes(_Proposes, bpy.types.Operator):
    """Propose new scenes."""

    bl_idname = "maquette.propose_scenes"
    bl_label = strings.PROPOSE
    bl_description = strings.PROPOSE_HELP
    bl_options = {"INTERNAL"}

    def wish(self, context):
        """The panel's settings."""
        settings = context.scene.maquette
        apart = settings.separate_looks
        return SceneRequest(
            settings.model_id,
            settings.seed,
            settings.truncation,
            settings.style_seed if apart else None,
            settings.background_seed if apart else None,
        )


class ProposeCompletions(NeedsScene, _Proposes, bpy.types.Operator):
    """Propose scenes that keep what is pinned."""

    bl_idname = "maquette.propose_completions"
    bl_label = strings.PROPOSE_COMPLETIONS
    bl_description = strings.PROPOSE_COMPLETIONS_HELP
    bl_options = {"INTERNAL"}

    def wish(self, context):
        """The plane as it is now, and the panel's settings."""
        settings = context.scene.maquette
        gallery = settings.gallery
        target = plane.current(context)
        return completing.wish(target, gallery.keep_background, gallery.complete_seed, settings.truncation)


class MoreProposals(_Proposes, bpy.types.Operator):
    """Ask for the next lot."""

    bl_idname = "maquette.more_proposals"
    bl_label = strings.MORE
    bl_description = strings.MORE_HELP
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context):
        """There are proposals."""
        return showcase.gallery.lot is not None

    def wish(self, context):
        """What comes after the lot that is shown."""
        return showcase.shown_lot().next_wish()


class LeafProposals(bpy.types.Operator):
    """Show an earlier or a later lot."""

    bl_idname = "maquette.leaf_proposals"
    bl_label = strings.EARLIER
    bl_description = strings.LEAF_HELP
    bl_options = {"INTERNAL"}

    forward: bpy.props.BoolProperty(options={"SKIP_SAVE"})

    def execute(self, context):
        """Turn the leaf."""
        return {"FINISHED"} if showcase.leaf(self.forward) else {"CANCELLED"}


class CloseGallery(bpy.types.Operator):
    """Put the proposals away."""

    bl_idname = "maquette.close_gallery"
    bl_label = strings.CLOSE
    bl_description = strings.CLOSE_HELP
    bl_options = {"INTERNAL"}

    def execute(self, context):
        """Free the pictures."""
        showcase.clear()
        return {"FINISHED"}


class TakeProposal(bpy.types.Operator):
    """Put a proposal on the plane."""

    bl_idname = "maquette.take_proposal"
    bl_label = strings.TAKE
    bl_description = strings.TAKE_HELP
    bl_options = {"REGISTER", "UNDO"}

    index: bpy.props.IntProperty(min=0, options={"SKIP_SAVE"})
    beside: bpy.props.BoolProperty(name=common.BESIDE, description=common.BESIDE_HELP, options={"SKIP_SAVE"})

    def execute(self, context):
        """Stage it."""
        proposal = showcase.gallery.proposal(self.index)
        if proposal is None:
            self.report({"ERROR"}, strings.NOTHING_PROPOSED)
            return {"CANCELLED"}
        lot = showcase.shown_lot()
        asked = lot.wish_of(self.index)
        if context.object is not None and context.object.mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")
        try:
            if isinstance(asked, Completion):
                self._complete(context, asked, proposal.scene)
            else:
                self._begin_anew(context, lot, asked, proposal.scene)
        except ClientError as error:
            return report_failure(self, error)
        clock.world().report(None)
        clock.world().mark_changed()
        return {"FINISHED"}

    def draw(self, context):
        """The redo panel."""
        lot = showcase.gallery.lot
        if lot is not None and not isinstance(lot.wish, Completion):
            self.layout.prop(self, "beside")

    def _complete(self, context, asked, scene):
        target = sources.plane_by_handle(context, asked.plane)
        context.scene.maquette.gallery.complete_seed = min(asked.seed, _LARGEST_SEED)
        completing.stage(context, target, asked, scene)

    def _begin_anew(self, context, lot, asked, scene):
        settings = context.scene.maquette
        settings.seed = min(asked.seed, _LARGEST_SEED)
        if asked.style_seed is not None and asked.background_seed is not None:
            settings.style_seed = min(asked.style_seed, _LARGEST_SEED)
            settings.background_seed = min(asked.background_seed, _LARGEST_SEED)
        document = PlaneDocument(scene.without_blobs(), scene, lot.frame)
        target = None if self.beside else plane.current(context)
        staged = staging.stage(context, NewScene(document, lot.width, lot.height), target)
        if target is None and context.space_data is not None and context.space_data.type == "VIEW_3D":
            face(context, staged)


class Complete(NeedsScene, Waits, bpy.types.Operator):
    """Make anew what is not kept, with the first completion of a seed."""

    bl_idname = "maquette.complete"
    bl_label = strings.COMPLETE
    bl_description = strings.COMPLETE_HELP
    bl_options = {"REGISTER", "UNDO"}

    seed: bpy.props.IntProperty(name=strings.COMPLETE_SEED, description=strings.COMPLETE_SEED_HELP)
    truncation: bpy.props.FloatProperty(
        name=common.TRUNCATION,
        description=common.TRUNCATION_HELP,
        default=0.2,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    keep_background: bpy.props.BoolProperty(
        name=strings.KEEP_BACKGROUND, description=strings.KEEP_BACKGROUND_HELP, default=True
    )

    def invoke(self, context, event):
        """Take the panel's settings."""
        settings = context.scene.maquette
        self.seed, self.truncation = settings.gallery.complete_seed, settings.truncation
        self.keep_background = settings.gallery.keep_background
        return super().invoke(context, event)

    def begin(self, context):
        """Ask for one completion."""
        asked = completing.wish(plane.current(context), self.keep_background, self.seed, self.truncation)
        return propose(clock.world().connection, asked, on_progress=show_progress)

    def finish(self, context, result):
        """Stage it."""
        target = sources.plane_by_handle(context, result.wish.plane)
        completing.stage(context, target, result.wish, result.proposals[0].scene)
        clock.world().report(None)
        clock.world().mark_changed()
        return {"FINISHED"}


CLASSES = (ProposeScenes, ProposeCompletions, MoreProposals, LeafProposals, CloseGallery, TakeProposal, Complete)
