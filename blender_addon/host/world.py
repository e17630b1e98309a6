"""The running extension: one connection, one scene that is followed, and the turns that keep them going."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import Any

import bpy

from .. import strings
from ..client import ClientError, Condition, Connection, Frame, Handle, Pump, State, model_pb2, models
from ..eyes import EyeBook
from ..follower import Follower
from ..identity import IdentityBook
from ..status import Status, status_of
from . import eyes, picture, plane, reading

BUSY_SECONDS = 0.01
GLANCE_SECONDS = 2.0
SHORTEST_TURN, LONGEST_TURN = 0.001, 0.25
SCENE_TASK = "sample_scene"


class World:
    """Everything that lives as long as the extension is enabled.

    Args:
        wake: called when there is something to turn for.
        command: what starts the daemon, from the preferences; empty = find it.
    """

    def __init__(self, wake: Callable[[], None], command: str = "") -> None:
        self._wake = wake
        self.pump = Pump(on_busy=wake)
        self.connection = Connection(preferred_command=command or None, on_condition=self._condition_changed)
        self.follower = Follower(self.connection, self.pump, self._show, self._report)
        self.book = IdentityBook()
        self.eyes = EyeBook()
        self.models: list[model_pb2.Model] = []
        self.device = ""
        self.activity = ""
        self.problem: ClientError | None = None
        self.last_frame: Frame | None = None
        self.followed = ""
        self.listeners: list[Callable[[Frame], None]] = []
        self.held = False
        """What changes in Blender is only passing by; it is looked at once this is False again."""
        self._dirty = False
        self._undone = False
        self._unreadable = False
        self._asking = False
        self._glanced_at = float("-inf")
        self._turned_at: float | None = None

    def close(self) -> None:
        """The extension is disabled."""
        self.follower.close()
        self.connection.close()
        self.pump.close()

    @property
    def busy(self) -> bool:
        """Keep turning."""
        return (self._dirty and not self.held) or self.follower.busy or self.pump.busy

    @property
    def status(self) -> Status:
        """What the panel says."""
        return status_of(self.connection.condition, self.problem, self.activity, self.device)

    def mark_changed(self) -> None:
        """Something in Blender changed; what, is found out in the next turn."""
        self._dirty = True
        self._wake()

    def before_undo(self) -> None:
        """Undo or redo is about to replace what is seen."""
        if not self._undone:
            eyes.note(self.eyes)

    def mark_undone(self) -> None:
        """Undo or redo may have brought an old picture back, and forgotten what was hidden.

        That is put right in the next turn: Blender is still putting its data in place when it tells of an undo.
        """
        self._undone = True
        self.mark_changed()

    def turn(self) -> None:
        """Do a little: read what changed, tell the daemon, show what came."""
        now = time.perf_counter()
        self._come_back()
        if self._dirty and not self.held:
            self._dirty = False
            self._follow(now)
        self.follower.turn(now)
        self.pump.turn(self._budget(now))
        if not self.busy:
            self._turned_at = None

    def _budget(self, now: float) -> float:
        """Seconds that the pump may take: a turn is short, but where drawing is slow there are few of them."""
        since, self._turned_at = now - (self._turned_at or now), now
        return min(max(SHORTEST_TURN, 0.05 * since), LONGEST_TURN)

    def glance(self) -> None:
        """The panel is being drawn: see that it tells the truth, at most every two seconds and without traffic."""
        now = time.perf_counter()
        if now - self._glanced_at < GLANCE_SECONDS or self._asking:
            return
        self._glanced_at = now
        try:
            condition = self.connection.glance()
        except ClientError as error:
            self._report(error)
            return
        if condition.state is State.STARTING or (condition.state is State.READY and not self.models):
            self.ask()

    def ask(self) -> None:
        """Connect if a daemon runs, and list its models."""
        if not self._asking:
            self._asking = True
            self.submit(self._inquire(), self._asked)

    def start(self) -> None:
        """Start the daemon and connect."""
        if not self._asking:
            self._asking = True
            self.submit(self._start(), self._asked)

    def submit(self, coroutine: Coroutine[Any, Any, Any], on_done: Callable[[Handle[Any]], None]) -> Handle[Any]:
        """Start something that takes time."""
        return self.pump.submit(coroutine, on_done)

    def run(self, coroutine: Coroutine[Any, Any, Any], timeout: float | None = 300.0) -> Any:
        """Wait for something, in a Blender without a window.

        Raises:
            ClientError: whatever it fails with.
        """
        return self.pump.run(coroutine, timeout)

    def set_command(self, command: str) -> None:
        """The preference was changed."""
        self.connection.preferred_command = command or None
        self._glanced_at = float("-inf")

    def _come_back(self) -> None:
        """After undo or redo."""
        if self._undone:
            self._undone = False
            # Only then do hidden things count as hidden again.
            bpy.context.view_layer.update()
            eyes.restore(self.eyes)
            self._show_again()

    def _show_again(self) -> None:
        target = plane.current(bpy.context)
        if self.last_frame is not None and target is not None and target.name == self.followed:
            self._put(target, self.last_frame)

    def forget_file(self) -> None:
        """Another file was opened."""
        self.follower.close()
        self.book.forget()
        self.eyes.forget()
        self.problem = self.last_frame = None
        self.followed = self.activity = ""
        self._dirty = self._undone = self.held = False

    def report(self, error: ClientError | None) -> None:
        """Say in the panel what failed; None takes it back."""
        self._report(error)

    def follow_now(self) -> None:
        """Read the scene and tell the daemon at once, for a Blender without a window."""
        self._come_back()
        self._dirty = False
        self._follow(time.perf_counter())

    def model(self, model_id: str) -> model_pb2.Model | None:
        """A model of the daemon by its id."""
        return next((model for model in self.models if model.id == model_id), None)

    def _follow(self, now: float) -> None:
        eyes.note(self.eyes)
        target = plane.current(bpy.context)
        if target is None:
            self.follower.close()
            return
        try:
            scene, strangers = reading.read_scene(target, self.book)
        except ClientError as error:
            self._unreadable = True
            self._report(error)
            return
        if self._unreadable:
            self._unreadable = False
            self._report(None)
        if self.followed != target.name:
            plane.own_picture(target, bpy.context.scene)
        self.followed = target.name
        # Whatever is made active next, this stays the plane that the panel is about.
        if bpy.context.scene.maquette.plane is not target:
            bpy.context.scene.maquette.plane = target
        self.follower.follow(scene, now)
        if strangers:
            sentence = strings.OTHER_MODEL.format(name=strangers[0])
            self._report(ClientError("SCENE_MODEL_MISMATCH", sentence))

    def _show(self, frame: Frame) -> None:
        self.last_frame = frame
        target = bpy.data.objects.get(self.followed)
        if plane.is_plane(target):
            self._put(target, frame)
        for listener in self.listeners:
            listener(frame)
        if not self.device:
            self.ask()

    def _put(self, target: bpy.types.Object, frame: Frame) -> None:
        datablock = plane.picture_of(target)
        if datablock is not None:
            picture.show(datablock, frame.image)
            # Without this the viewport goes on to average the old picture with the new one.
            target.update_tag()

    def _report(self, error: ClientError | None) -> None:
        if error is not self.problem:
            self.problem = error
            picture.redraw()

    def _condition_changed(self, condition: Condition) -> None:
        if condition.state is not State.READY:
            self.device = ""
        picture.redraw()

    async def _inquire(self) -> None:
        await self.connection.ready()
        self.models = await models.list_models(self.connection, SCENE_TASK)
        if self.last_frame is not None:
            devices = await models.list_devices(self.connection)
            self.device = next((device.title for device in devices if device.in_use), "")

    async def _start(self) -> None:
        await self.connection.start()
        await self._inquire()
        self.follower.refresh()

    def _asked(self, handle: Handle[Any]) -> None:
        self._asking = False
        try:
            handle.result()
            if self.problem is not None and self.problem.reason in State.__members__:
                self._report(None)
        except ClientError as error:
            # States are said by the panel already.
            if error.reason not in State.__members__:
                self._report(error)
        picture.redraw()
