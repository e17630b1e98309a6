"""The one door to the client: the private copy inside the packaged plugin, the shared package in a checkout."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

__all__ = [
    "MAXIMUM_INLINE_BYTES",
    "AlphaMode",
    "BlendMode",
    "ClientError",
    "ColourSpace",
    "Condition",
    "Connection",
    "Context",
    "ContextKind",
    "Handle",
    "Image",
    "Length",
    "LengthUnit",
    "PaintOutcome",
    "PaintSettings",
    "PixelFormat",
    "Pump",
    "Rectangle",
    "SelectionSettings",
    "State",
    "conditions",
    "context_rectangle",
    "models",
    "painting",
]

if TYPE_CHECKING:
    from maquette_client import conditions, models, painting
    from maquette_client.conditions import Condition, State
    from maquette_client.connection import Connection
    from maquette_client.context import (
        Context,
        ContextKind,
        Length,
        LengthUnit,
        Rectangle,
        SelectionSettings,
        context_rectangle,
    )
    from maquette_client.errors import ClientError
    from maquette_client.images import MAXIMUM_INLINE_BYTES, AlphaMode, ColourSpace, Image, PixelFormat
    from maquette_client.painting import BlendMode, PaintOutcome, PaintSettings
    from maquette_client.pump import Handle, Pump
else:
    _packaged = find_spec(f"{__package__}._vendor") is not None
    _client = f"{__package__}._vendor.maquette_client" if _packaged else "maquette_client"

    def _module(name: str):
        return import_module(f"{_client}.{name}")

    conditions, models, painting, context = map(_module, ("conditions", "models", "painting", "context"))
    Condition, State = conditions.Condition, conditions.State
    Connection = _module("connection").Connection
    Context, ContextKind, context_rectangle = context.Context, context.ContextKind, context.context_rectangle
    Length, LengthUnit = context.Length, context.LengthUnit
    Rectangle, SelectionSettings = context.Rectangle, context.SelectionSettings
    ClientError = _module("errors").ClientError
    AlphaMode, ColourSpace = _module("images").AlphaMode, _module("images").ColourSpace
    MAXIMUM_INLINE_BYTES = _module("images").MAXIMUM_INLINE_BYTES
    Image, PixelFormat = _module("images").Image, _module("images").PixelFormat
    BlendMode, PaintOutcome = painting.BlendMode, painting.PaintOutcome
    PaintSettings = painting.PaintSettings
    Handle, Pump = _module("pump").Handle, _module("pump").Pump
