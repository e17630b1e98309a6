"""What a person does where empties stand in space: look at a panel, switch to the camera and back."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
from artist import RecordingLayout


def draw(drive, module, name):
    layout = RecordingLayout()
    getattr(drive.module(module), name).draw(SimpleNamespace(layout=layout), bpy.context)
    return layout


def camera():
    return bpy.context.scene.camera


def switched(drive, operator):
    """Switch, and make sure that the scene is the same to the last digit."""
    drive.settle()
    before, picture = drive.scene(), drive.picture()
    assert operator() == {"FINISHED"}
    drive.settle()
    assert drive.scene() == before
    assert (drive.picture() == picture).all()


def to_camera(drive):
    switched(drive, bpy.ops.maquette.to_camera)
    assert drive.module("plane").is_seen_by_camera(drive.plane)


def to_plane(drive):
    switched(drive, bpy.ops.maquette.to_plane)
    assert not drive.module("plane").is_seen_by_camera(drive.plane)
