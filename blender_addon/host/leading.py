"""Where a plane's keyframes lead to: another scene, written on the plane, whose looks the scene takes on its way."""

# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false
from __future__ import annotations

import bpy

from ..inbetween import mixed, read_in_between
from ..scene import Scene

KEY = "maquette_in_between"


def applied(target: bpy.types.Object, scene: Scene) -> Scene:
    """A scene with looks and sizes as the plane's amount says; the scene itself where there is nothing in between.

    Raises:
        ClientError: what is written on the plane cannot be read.
    """
    text = target.get(KEY)
    return scene if text is None else mixed(scene, read_in_between(text), target.maquette_amount)


def leads_somewhere(target: bpy.types.Object) -> bool:
    """Whether a plane has keyframes towards another scene."""
    return KEY in target


def forget(target: bpy.types.Object) -> None:
    """The plane shows another scene now."""
    target.pop(KEY, None)
