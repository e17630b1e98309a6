"""What is drawn over the 3D view: names, the map of the blobs, previews, and the artist's own picture with its changes.

The map and the own picture are asked for when the artist lets go; the newest wish replaces the one before.
"""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false, reportMissingImports=false
from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import bpy
import gpu
from mathutils import Matrix

from .. import inverting
from ..client import ClientError, Frame, Handle, Image, inversion, scenes
from ..pixels import Pixels, image_of, shown, with_patch
from ..placement import Frame as PlaneFrame
from ..scene import Scene
from ..wire import scene_message
from . import clock, labelling, outlining, own_picture, picture, plane
from .sheets import Sheet
from .world import World

PREVIEW, EDITED, MAP = "preview", "edited", "map"
_LIFTS = {EDITED: 1e-4, MAP: 2e-4, PREVIEW: 3e-4}


class Overlay:
    """Everything that is drawn over the view.

    Args:
        world: tells of pictures, and carries wishes to the daemon.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.sheets: dict[str, Sheet] = {}
        self._wishes: dict[str, Handle[Any]] = {}
        world.listeners.append(self.follow)

    def follow(self, frame: Frame) -> None:
        """A picture of the scene is shown: while the artist drags it is the model's, at rest also the own one."""
        if frame.final:
            self.refresh()
        else:
            self._give_up(EDITED)
            self.hide(EDITED)

    def refresh(self) -> None:
        """Ask for what is switched on, and take away what is not."""
        settings, target, scene = bpy.context.scene.maquette.picture, self._target(), self._world.follower.scene
        wanted = {MAP: settings.show_map, EDITED: settings.show_edited and own_picture.source_of(target) is not None}
        for name, ask in ((MAP, self._wish_map), (EDITED, self._wish_edited)):
            self._give_up(name)
            if target is not None and scene is not None and wanted[name]:
                ask(target, scene)
            else:
                self.hide(name)

    def show(self, name: str, image: Image, place: Any) -> None:
        """Draw a picture from now on."""
        self.sheets[name] = Sheet(image, place, _LIFTS[name])
        picture.redraw()

    def show_preview(self, image: Image, matrix: Matrix) -> None:
        """Draw what is being made where it will stand."""
        frame = PlaneFrame.of_picture(image.width, image.height, 1.0)
        self.show(PREVIEW, image, lambda: (matrix, frame))

    def hide(self, name: str) -> None:
        """Draw it no longer."""
        if self.sheets.pop(name, None) is not None:
            picture.redraw()

    def clear(self) -> None:
        """Another file was opened, or the extension is disabled."""
        for name in list(self._wishes):
            self._give_up(name)
        self.sheets.clear()

    def draw(self) -> None:
        """Draw the pictures; called by Blender for each 3D view."""
        context = bpy.context
        if not self.sheets or not context.space_data.overlay.show_overlays:
            return
        opacities = {MAP: context.scene.maquette.picture.map_opacity}
        gpu.state.blend_set("ALPHA")
        gpu.state.depth_test_set("LESS_EQUAL")
        try:
            for name in sorted(self.sheets, key=_LIFTS.__getitem__):
                self.sheets[name].draw(opacities.get(name, 1.0))
            gpu.state.depth_test_set("NONE")
            self._draw_outlines(context)
        finally:
            gpu.state.depth_test_set("NONE")
            gpu.state.blend_set("NONE")

    def _draw_outlines(self, context: bpy.types.Context) -> None:
        target = self._target()
        covered = MAP in self.sheets or EDITED in self.sheets
        if covered and target is not None and target.visible_get() and not plane.is_seen_by_camera(target):
            outlining.draw(context, target)

    def _target(self) -> bpy.types.Object | None:
        target = bpy.data.objects.get(self._world.followed)
        return target if plane.is_plane(target) else None

    def _wish_map(self, _target: bpy.types.Object, scene: Scene) -> None:
        self._wish(MAP, scenes.render_scene(self._world.connection, scene_message(scene), with_blob_map=True))

    def _wish_edited(self, target: bpy.types.Object, scene: Scene) -> None:
        try:
            pixels, before = own_picture.read(target), own_picture.before_of(target)
            part, image = own_picture.part_of(target), image_of(pixels)
        except ClientError as error:
            self._world.report(error)
            return
        work = inverting.carry(self._world.connection, image, part, before, scene)
        self._wish(EDITED, _paired(work, pixels))

    def _wish(self, name: str, work: Coroutine[Any, Any, Any]) -> None:
        self._wishes[name] = self._world.submit(work, lambda handle: self._granted(name, handle))

    def _give_up(self, name: str) -> None:
        handle = self._wishes.pop(name, None)
        if handle is not None:
            handle.cancel()

    def _granted(self, name: str, handle: Handle[Any]) -> None:
        if self._wishes.get(name) is not handle:
            return
        del self._wishes[name]
        target = self._target()
        if target is None:
            return
        try:
            self._show_granted(name, target, handle.result())
        except ClientError as error:
            self.hide(name)
            self._world.report(error)

    def _show_granted(self, name: str, target: bpy.types.Object, result: Any) -> None:
        owner = target.name
        if name == MAP:
            self.show(MAP, result.blob_map, lambda: _place_of(owner))
            return
        edit, pixels = result
        values = apply(pixels, edit)
        own_picture.write_edited(target, pixels, values)
        part = own_picture.part_of(target)
        self.show(EDITED, shown(values, part, pixels.is_linear), lambda: _place_of(owner))


def apply(pixels: Pixels, edit: inversion.TransferredEdit) -> Any:
    """The values of a picture after an edit.

    Raises:
        ClientError: IMAGE_CORRUPT.
    """
    if edit.changed is None or edit.patch is None:
        return pixels.values
    return with_patch(pixels, edit.changed, edit.patch)


async def _paired(work: Coroutine[Any, Any, Any], pixels: Pixels) -> tuple[Any, Pixels]:
    return await work, pixels


def _place_of(name: str) -> tuple[Matrix, PlaneFrame] | None:
    target = bpy.data.objects.get(name)
    if not plane.is_plane(target) or not target.visible_get():
        return None
    return target.matrix_world, PlaneFrame(*target[plane.FRAME_KEY])


_overlay: Overlay | None = None
_handles: list[Any] = []


def overlay() -> Overlay:
    """What is drawn over the view.

    Raises:
        RuntimeError: the extension is not enabled.
    """
    if _overlay is None:
        raise RuntimeError("The Maquette extension is not enabled.")
    return _overlay


def refresh() -> None:
    """Something was switched on or off."""
    overlay().refresh()
    picture.redraw()


def _draw() -> None:
    if _overlay is not None:
        _overlay.draw()


@bpy.app.handlers.persistent
def _file_opened(*_arguments: object) -> None:
    if _overlay is not None:
        _overlay.clear()
    labelling.forget()


@bpy.app.handlers.persistent
def _something_changed(*_arguments: object) -> None:
    labelling.forget()


_HANDLERS = {
    "depsgraph_update_post": _something_changed,
    "undo_post": _something_changed,
    "redo_post": _something_changed,
    "load_post": _file_opened,
}


def register() -> None:
    """Begin to draw; the extension's clock must run."""
    global _overlay
    _overlay = Overlay(clock.world())
    for name, handler in _HANDLERS.items():
        getattr(bpy.app.handlers, name).append(handler)
    view = bpy.types.SpaceView3D
    _handles.append(view.draw_handler_add(_draw, (), "WINDOW", "POST_VIEW"))
    _handles.append(view.draw_handler_add(labelling.draw, (), "WINDOW", "POST_PIXEL"))


def unregister() -> None:
    """Draw nothing any more."""
    global _overlay
    while _handles:
        bpy.types.SpaceView3D.draw_handler_remove(_handles.pop(), "WINDOW")
    for name, handler in _HANDLERS.items():
        handlers = getattr(bpy.app.handlers, name)
        if handler in handlers:
            handlers.remove(handler)
    if _overlay is not None:
        _overlay.clear()
        _overlay = None
