"""The one door to the client: the private copy inside the packaged extension, the shared package in a checkout."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

__all__ = [
    "AlphaMode",
    "AnimationFrame",
    "AnimationRenderer",
    "ClientError",
    "ColourSpace",
    "Condition",
    "Connection",
    "EditSession",
    "Frame",
    "Handle",
    "Image",
    "PixelFormat",
    "Pump",
    "ScenePatch",
    "State",
    "conditions",
    "ellipses",
    "inversion",
    "model_pb2",
    "models",
    "patches",
    "png_bytes",
    "scene_completion",
    "scene_from_json",
    "scene_pb2",
    "scene_to_json",
    "scenes",
]

if TYPE_CHECKING:
    from maquette_client import conditions, ellipses, inversion, models, patches, scene_completion, scenes
    from maquette_client.animation import AnimationFrame, AnimationRenderer
    from maquette_client.conditions import Condition, State
    from maquette_client.connection import Connection
    from maquette_client.editing import EditSession, Frame
    from maquette_client.errors import ClientError
    from maquette_client.images import AlphaMode, ColourSpace, Image, PixelFormat, png_bytes
    from maquette_client.pump import Handle, Pump
    from maquette_client.scene_json import scene_from_json, scene_to_json
    from maquette_client.v1 import model_pb2, scene_pb2
    from maquette_client.v1.scene_pb2 import ScenePatch
else:
    _packaged = find_spec(f"{__package__}._vendor") is not None
    _client = f"{__package__}._vendor.maquette_client" if _packaged else "maquette_client"

    def _module(name: str):
        return import_module(f"{_client}.{name}")

    conditions, ellipses, models, patches, scenes = map(
        _module, ("conditions", "ellipses", "models", "patches", "scenes")
    )
    scene_completion = _module("scene_completion")
    inversion, _images = _module("inversion"), _module("images")
    AlphaMode, ColourSpace, PixelFormat = _images.AlphaMode, _images.ColourSpace, _images.PixelFormat
    model_pb2, scene_pb2 = map(_module, ("v1.model_pb2", "v1.scene_pb2"))
    Condition, State = conditions.Condition, conditions.State
    Connection = _module("connection").Connection
    ClientError = _module("errors").ClientError
    Image, png_bytes = _module("images").Image, _module("images").png_bytes
    AnimationFrame, AnimationRenderer = _module("animation").AnimationFrame, _module("animation").AnimationRenderer
    Handle, Pump = _module("pump").Handle, _module("pump").Pump
    ScenePatch = scene_pb2.ScenePatch
    EditSession, Frame = _module("editing").EditSession, _module("editing").Frame
    scene_from_json, scene_to_json = _module("scene_json").scene_from_json, _module("scene_json").scene_to_json
