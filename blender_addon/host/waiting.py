"""Operators that wait for the daemon: without stopping Blender in a window, to the end in a script."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import bpy

from .. import strings
from ..client import ClientError
from . import clock, picture
from .reporting import report_failure

PATIENCE_SECONDS = 300.0


class Waits:
    """A mixin of operators: ``begin`` gives what is waited for, ``finish`` uses it. Escape gives up."""

    def begin(self, context: bpy.types.Context) -> Coroutine[Any, Any, Any] | None:
        """The work; None when there is nothing to do, which was reported.

        Raises:
            ClientError: it cannot be begun.
        """
        raise NotImplementedError

    def finish(self, context: bpy.types.Context, result: Any) -> set[str]:
        """Use the result; what the operator returns.

        Raises:
            ClientError: it cannot be used.
        """
        raise NotImplementedError

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Begin, and let Blender go on."""
        world = clock.world()
        if world.activity:
            self.report({"WARNING"}, strings.BUSY)
            return {"CANCELLED"}
        try:
            work = self.begin(context)
        except ClientError as error:
            return report_failure(self, error)
        if work is None:
            return {"CANCELLED"}
        world.activity = strings.WORKING
        self._handle = world.submit(work, lambda _handle: None)
        self._timer = context.window_manager.event_timer_add(0.02, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Look whether it is done."""
        if event.type == "ESC" and event.value == "PRESS":
            self._handle.cancel()
        if event.type != "TIMER" or not self._handle.done:
            return {"PASS_THROUGH"}
        self.cancel(context)
        try:
            return self.finish(context, self._handle.result())
        except ClientError as error:
            return report_failure(self, error)

    def cancel(self, context: bpy.types.Context) -> None:
        """Blender ends the operator."""
        context.window_manager.event_timer_remove(self._timer)
        self._handle.cancel()
        clock.world().activity = ""
        picture.redraw()

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Wait for it, as a script or the redo panel needs it."""
        try:
            work = self.begin(context)
            if work is None:
                return {"CANCELLED"}
            return self.finish(context, clock.world().run(work, PATIENCE_SECONDS))
        except ClientError as error:
            return report_failure(self, error)


def show_progress(stage: str, fraction: float) -> None:
    """Say in the panel how far it is."""
    world = clock.world()
    if world.activity:
        world.activity = f"{stage} {100 * fraction:.0f} %"
        picture.redraw()
