"""Painting requests on the wire, small and right."""

from __future__ import annotations

from typing import Any

from maquette_client.v1 import common_pb2, paint_pb2

SIDE = 4


def image(
    width: int = SIDE, height: int = SIDE, pixel_format: str = "RGB_U8", colour_space: str = "SRGB", value: int = 7
) -> common_pb2.Image:
    """An image of one value."""
    number = common_pb2.PixelFormat.Value(f"PIXEL_FORMAT_{pixel_format}")
    channels = {"GRAY": 1, "RGB": 3, "RGBA": 4}[pixel_format.split("_")[0]]
    sample_bytes = {"U8": 1, "U16": 2, "F16": 2, "F32": 4}[pixel_format.split("_")[1]]
    spec = common_pb2.ImageSpec(
        width=width,
        height=height,
        pixel_format=number,
        colour_space=f"COLOUR_SPACE_{colour_space}",
        alpha_mode="ALPHA_MODE_STRAIGHT" if channels == 4 else "ALPHA_MODE_OPAQUE",
    )
    return common_pb2.Image(spec=spec, inline=bytes([value]) * (width * height * channels * sample_bytes))


def mask(width: int = SIDE, height: int = SIDE) -> common_pb2.Image:
    """Everything is selected."""
    return image(width, height, "GRAY_U8", "DATA", 255)


def settings(**changes: Any) -> paint_pb2.PaintSettings:
    """Settings of a call."""
    return paint_pb2.PaintSettings(**changes)


def inpaint(**changes: Any) -> paint_pb2.InpaintRequest:
    """A filling, with changes."""
    right: dict[str, Any] = {
        "picture": image(),
        "mask": mask(),
        "context": paint_pb2.Context(kind="CONTEXT_KIND_AUTOMATIC"),
        "blend_mode": "BLEND_MODE_GRADIENT",
    }
    return paint_pb2.InpaintRequest(**{**right, **changes})


def outpaint(**changes: Any) -> paint_pb2.OutpaintRequest:
    """An extension, with changes."""
    right: dict[str, Any] = {"picture": image(), "left": 1, "blend_mode": "BLEND_MODE_OFF"}
    return paint_pb2.OutpaintRequest(**{**right, **changes})


def colorize(**changes: Any) -> paint_pb2.ColorizeRequest:
    """A colouring, with changes."""
    return paint_pb2.ColorizeRequest(**{"picture": image(), **changes})


def restore(**changes: Any) -> paint_pb2.RestoreJpegRequest:
    """A repair, with changes."""
    return paint_pb2.RestoreJpegRequest(**{"picture": image(), **changes})


def pixels(value: float) -> paint_pb2.Length:
    """A length in pixels."""
    return paint_pb2.Length(value=value, unit="LENGTH_UNIT_PIXELS")
