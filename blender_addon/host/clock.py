"""When the extension works: handlers mark what changed, and a timer turns only while there is something to do."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from . import picture, plane
from .world import BUSY_SECONDS, World

_world: World | None = None


def world() -> World:
    """The running extension.

    Raises:
        RuntimeError: the extension is not enabled.
    """
    if _world is None:
        raise RuntimeError("The Maquette extension is not enabled.")
    return _world


def tick() -> float | None:
    """One turn; seconds until the next, or None when there is nothing more to do."""
    if _world is None:
        return None
    _world.turn()
    return BUSY_SECONDS if _world.busy else None


def wake() -> None:
    """Start the timer unless it runs."""
    if not bpy.app.timers.is_registered(tick):
        bpy.app.timers.register(tick, first_interval=0.0, persistent=True)


@bpy.app.handlers.persistent
def _something_changed(scene: bpy.types.Scene, _depsgraph: bpy.types.Depsgraph) -> None:
    # A final render runs this handler in a thread of its own, with a scene of its own.
    if _world is None or bpy.app.is_job_running("RENDER"):
        return
    if _world.followed or plane.current(bpy.context) is not None:
        _world.mark_changed()


@bpy.app.handlers.persistent
def _undoing(*_arguments: object) -> None:
    if _world is not None and _world.followed:
        _world.before_undo()


@bpy.app.handlers.persistent
def _undone(*_arguments: object) -> None:
    if _world is not None and _world.followed:
        _world.mark_undone()


@bpy.app.handlers.persistent
def _file_opened(*_arguments: object) -> None:
    if _world is None:
        return
    _world.forget_file()
    for scene in bpy.data.scenes:
        if scene.maquette.plane is None:
            scene.maquette.plane = plane.find_any(scene)


@bpy.app.handlers.persistent
def _file_is_saved(*_arguments: object) -> None:
    picture.pack_pictures()


_HANDLERS = {
    "depsgraph_update_post": _something_changed,
    "frame_change_post": _something_changed,
    "undo_pre": _undoing,
    "redo_pre": _undoing,
    "undo_post": _undone,
    "redo_post": _undone,
    "load_post": _file_opened,
    "save_pre": _file_is_saved,
}


def register(command: str) -> None:
    """Begin to listen."""
    global _world
    _world = World(wake, command)
    for name, handler in _HANDLERS.items():
        getattr(bpy.app.handlers, name).append(handler)


def unregister() -> None:
    """Stop listening, and let the daemon drop whatever it does for this Blender."""
    global _world
    for name, handler in _HANDLERS.items():
        handlers = getattr(bpy.app.handlers, name)
        if handler in handlers:
            handlers.remove(handler)
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)
    if _world is not None:
        _world.close()
        _world = None
