"""Rendering the animation into files."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
# Blender reads the annotations of operators itself, so they are not postponed here.

import sys

import bpy

from .. import strings, strings_animation
from ..animating import AnimationRequest, render_animation
from ..client import ClientError
from ..frame_files import FramePattern, frame_range
from . import clock, encoding, picture, plane
from .animation_settings import FORMATS, OUTPUT, PATH_OPTIONS
from .reporting import report_failure
from .scene_operators import NeedsScene
from .stepping import Stepper

# Of the time between two drawings of the window, so long goes to the animation.
_TURN_SECONDS = 0.03
# Turning and moving the view while frames are made disturbs nobody.
_HARMLESS = ("TIMER", "MOUSEMOVE", "MIDDLEMOUSE", "WHEEL", "TRACKPAD", "NDOF", "WINDOW_DEACTIVATE")


class RenderAnimation(NeedsScene, bpy.types.Operator):
    """Render every frame into files; what is finished and has not changed is kept."""

    bl_idname = "maquette.render_animation"
    bl_label = strings_animation.RENDER
    bl_description = strings_animation.RENDER_HELP

    output: bpy.props.StringProperty(
        name=strings_animation.OUTPUT,
        description=strings_animation.OUTPUT_HELP,
        default=OUTPUT,
        subtype="FILE_PATH",
        options={"SKIP_SAVE", *PATH_OPTIONS},
    )
    format: bpy.props.EnumProperty(name=strings_animation.FORMAT, items=FORMATS, options={"SKIP_SAVE"})
    start: bpy.props.IntProperty(
        name=strings_animation.START, description=strings_animation.START_HELP, options={"SKIP_SAVE"}
    )
    end: bpy.props.IntProperty(
        name=strings_animation.END, description=strings_animation.END_HELP, options={"SKIP_SAVE"}
    )
    step: bpy.props.IntProperty(
        name=strings_animation.STEP, description=strings_animation.STEP_HELP, default=1, min=1, options={"SKIP_SAVE"}
    )
    again: bpy.props.BoolProperty(
        name=strings_animation.AGAIN, description=strings_animation.AGAIN_HELP, options={"SKIP_SAVE"}
    )

    def invoke(self, context, event):
        """Render while Blender goes on to draw."""
        world = clock.world()
        if world.activity:
            self.report({"WARNING"}, strings.BUSY)
            return {"CANCELLED"}
        try:
            self._begin(context)
        except ClientError as error:
            return report_failure(self, error)
        world.report(None)
        world.activity = strings.WORKING
        if context.screen.is_animation_playing:
            bpy.ops.screen.animation_cancel(restore_frame=False)
        self._stepper = Stepper(context, plane.current(context))
        self._handle = world.submit(self._work(_show_progress), lambda _handle: None)
        self._timer = context.window_manager.event_timer_add(0.05, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        """Look whether it is done; Escape stops. Edits wait, or they would land on whatever frame passes by."""
        if event.type == "ESC" and event.value == "PRESS":
            self._handle.cancel()
            return {"RUNNING_MODAL"}
        if event.type == "TIMER":
            clock.world().pump.turn(_TURN_SECONDS)
        if not self._handle.done:
            return {"PASS_THROUGH"} if event.type.startswith(_HARMLESS) else {"RUNNING_MODAL"}
        self.cancel(context)
        try:
            return self._finish(self._handle.result())
        except ClientError as error:
            if error.reason == "CANCELLED":
                self.report({"INFO"}, strings_animation.STOPPED)
            return report_failure(self, error)

    def cancel(self, context):
        """Blender ends the operator."""
        context.window_manager.event_timer_remove(self._timer)
        self._handle.cancel()
        self._stepper.close()
        clock.world().activity = ""
        picture.redraw()

    def execute(self, context):
        """Render to the end, as a script or a Blender without a window needs it, and say how far it is."""
        world = clock.world()
        world.report(None)
        try:
            self._begin(context)
            if bpy.app.background:
                world.run(world.connection.start())
            self._stepper = Stepper(context, plane.current(context))
            try:
                return self._finish(world.run(self._work(_print_progress), None))
            finally:
                self._stepper.close()
        except ClientError as error:
            return report_failure(self, error)

    def _begin(self, context):
        """Fix what is to be rendered.

        Raises:
            ClientError: nothing can be rendered like this.
        """
        settings, scene = context.scene.maquette.animation, context.scene
        own = settings if settings.own_range else None
        start = self._chosen("start", own.start if own else scene.frame_start)
        end = self._chosen("end", own.end if own else scene.frame_end)
        step = self._chosen("step", own.step if own else scene.frame_step)
        output = self._chosen("output", settings.output)
        self._makes_video = self._chosen("format", settings.format) == "VIDEO"
        if self._makes_video:
            encoding.check_ffmpeg()
        pattern = FramePattern.of(_absolute(output))
        self._request = AnimationRequest(frame_range(start, end, step), pattern, self.again)
        self._video = self._video_request(scene)

    def _chosen(self, name, otherwise):
        """What the script said, else what the panel says."""
        return getattr(self, name) if self.properties.is_property_set(name) else otherwise

    def _video_request(self, scene):
        frames, pattern = self._request.frames, self._request.pattern
        return encoding.VideoRequest(
            [pattern.frame(frame) for frame in frames],
            scene.render.fps,
            scene.render.fps_base,
            pattern.video(frames[0], frames[-1]),
        )

    async def _work(self, on_progress):
        ended = await render_animation(clock.world().connection, self._request, self._stepper.scene_at, on_progress)
        if self._makes_video:
            on_progress(strings_animation.MAKING_VIDEO)
            await encoding.make_video(self._video)
        return ended

    def _finish(self, ended):
        folder = self._request.pattern.folder
        said = strings_animation.DONE.format(total=ended.total, folder=folder, made=ended.made, kept=ended.kept)
        if self._makes_video:
            said += " " + strings_animation.DONE_VIDEO.format(video=self._video.output.name)
        self.report({"INFO"}, said)
        if self._stepper.strangers:
            self.report({"WARNING"}, strings.OTHER_MODEL.format(name=self._stepper.strangers[0]))
        return {"FINISHED"}


def _absolute(output):
    """The output path without Blender's //.

    Raises:
        ClientError: NOT_SAVED.
    """
    if output.startswith("//") and not bpy.data.filepath:
        raise ClientError("NOT_SAVED", strings_animation.NOT_SAVED, strings_animation.NOT_SAVED_ACTION)
    return bpy.path.abspath(output)


def _show_progress(progress):
    clock.world().activity = str(progress)
    picture.redraw()


def _print_progress(progress):
    sys.stdout.write(f"Maquette: {progress}\n")
    sys.stdout.flush()


CLASSES = (RenderAnimation,)
