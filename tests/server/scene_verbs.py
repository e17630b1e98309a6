"""Requests of the verbs that make scenes from scenes and pictures, small and right."""

from __future__ import annotations

from typing import Any

from fake_zoo import scene_of
from maquette.server.conversion_scene import scene_message
from maquette_client.v1 import scene_pb2
from painting import image


def scene(seed: int = 1, blobs: int = 2, model_id: str = "fake-rooms") -> scene_pb2.Scene:
    """A scene of the fake model."""
    return scene_message(scene_of(model_id, seed, blobs))


def complete(**changes: Any) -> scene_pb2.CompleteSceneRequest:
    """A completion, with changes."""
    right: dict[str, Any] = {"scene": scene(), "pinned_ids": ["b0"], "truncation": 0.5}
    return scene_pb2.CompleteSceneRequest(**{**right, **changes})


def interpolate(**changes: Any) -> scene_pb2.InterpolateScenesRequest:
    """An interpolation, with changes."""
    right: dict[str, Any] = {"start": scene(1), "end": scene(2), "amounts": [0.0, 0.5]}
    return scene_pb2.InterpolateScenesRequest(**{**right, **changes})


def invert(**changes: Any) -> scene_pb2.InvertImageRequest:
    """An inversion, with changes."""
    right: dict[str, Any] = {"image": image(6, 4), "scene": scene()}
    return scene_pb2.InvertImageRequest(**{**right, **changes})


def transfer(**changes: Any) -> scene_pb2.TransferEditRequest:
    """A transfer, with changes."""
    right: dict[str, Any] = {"image": image(6, 4), "before": scene(1), "after": scene(2), "blend": 3.0}
    return scene_pb2.TransferEditRequest(**{**right, **changes})


def restyle(**changes: Any) -> scene_pb2.RestyleSceneRequest:
    """A restyle from another scene, with changes."""
    right: dict[str, Any] = {"scene": scene(1), "source": scene(2), "amount": 1.0}
    return scene_pb2.RestyleSceneRequest(**{**right, **changes})


def frame(number: int = 1, **changes: Any) -> scene_pb2.RenderAnimationRequest:
    """A frame of an animation, with changes."""
    return scene_pb2.RenderAnimationRequest(**{"frame": number, "scene": scene(), **changes})


def region(left: int, top: int, width: int, height: int) -> scene_pb2.Rectangle:
    """A part of a picture."""
    return scene_pb2.Rectangle(left=left, top=top, width=width, height=height)
