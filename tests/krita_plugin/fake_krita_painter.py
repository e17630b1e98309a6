"""Verbs that paint one value, and a connection to nowhere."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from maquette_client.v1 import common_pb2, model_pb2, system_pb2
from maquette_krita.client import (
    AlphaMode,
    ClientError,
    ColourSpace,
    Condition,
    Image,
    PaintOutcome,
    PixelFormat,
    Rectangle,
    conditions,
)

READY = conditions.ready(system_pb2.GetServerInfoResponse(version="0.1.0"))
MODEL = model_pb2.Model(id="exemplar", title="Exemplar fill", tasks=["inpaint", "outpaint"])


@dataclass
class FakePainter:
    """Paints candidate i with bytes 200 + i, opaque; what it was asked is remembered.

    Attributes:
        gate: when set, work waits for it.
        failure: raised in the middle of the work.
        colours: channels of a colorized picture.
    """

    requests: list[tuple[str, Image, dict[str, Any]]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    failure: ClientError | None = None
    previews: bool = True
    cancelled: bool = False

    async def inpaint(self, connection: Any, picture: Image, mask: Image, **options: Any) -> PaintOutcome:
        await self._work("inpaint", picture, {"mask": mask, **options})
        rows = [y for y in range(mask.height) if any(mask.pixels[y * mask.width : (y + 1) * mask.width])]
        columns = [x for x in range(mask.width) if any(mask.pixels[x :: mask.width])]
        dirty = Rectangle(columns[0], rows[0], columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0])
        coverage = bytes(
            255 if mask.pixels[y * mask.width + x] else 0
            for y in range(dirty.top, dirty.bottom)
            for x in range(dirty.left, dirty.right)
        )
        return self._outcome(picture, dirty, (picture.width, picture.height), coverage, options)

    async def outpaint(self, connection: Any, picture: Image, **options: Any) -> PaintOutcome:
        await self._work("outpaint", picture, options)
        left, right, top, bottom = (options[side] for side in ("left", "right", "top", "bottom"))
        size = (picture.width + left + right, picture.height + top + bottom)
        coverage = bytes(
            0 if left <= x < left + picture.width and top <= y < top + picture.height else 255
            for y in range(size[1])
            for x in range(size[0])
        )
        return self._outcome(picture, Rectangle(0, 0, *size), size, coverage, options)

    async def colorize(self, connection: Any, picture: Image, **options: Any) -> PaintOutcome:
        await self._work("colorize", picture, options)
        return self._whole(picture, options, in_colour=True)

    async def restore_jpeg(self, connection: Any, picture: Image, **options: Any) -> PaintOutcome:
        await self._work("restore_jpeg", picture, options)
        return self._whole(picture, options)

    async def _work(self, verb: str, picture: Image, options: dict[str, Any]) -> None:
        self.requests.append((verb, picture, options))
        options["on_progress"]("Filling", 0.25)
        if self.previews:
            preview = Image(2, 1, bytes(6))
            options["on_preview"](preview)
        if self.gate is not None:
            try:
                await self.gate.wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise
        if self.failure is not None:
            raise self.failure
        options["on_progress"]("Filling", 1.0)

    def _whole(self, picture: Image, options: dict[str, Any], in_colour: bool = False) -> PaintOutcome:
        area = Rectangle(0, 0, picture.width, picture.height)
        return self._outcome(
            picture, area, (area.width, area.height), b"\xff" * area.width * area.height, options, in_colour
        )

    def _outcome(
        self,
        picture: Image,
        dirty: Rectangle,
        size: tuple[int, int],
        coverage: bytes,
        options: dict[str, Any],
        in_colour: bool = False,
    ) -> PaintOutcome:
        wire = picture.pixel_format
        if in_colour and wire.channels == 1:
            wire = PixelFormat[wire.name.replace("GRAY", "RGB")]
        candidates = []
        for index in range(options["settings"].candidates):
            colour = painted(wire, index)
            candidates.append(
                Image(dirty.width, dirty.height, colour * (dirty.width * dirty.height), wire, picture.colour_space)
            )
        cover = Image(dirty.width, dirty.height, coverage, PixelFormat.GRAY_U8, ColourSpace.DATA, AlphaMode.OPAQUE)
        provenance = common_pb2.Provenance(model_id="exemplar")
        return PaintOutcome(
            dirty.left, dirty.top, *size, cover, tuple(candidates), "exemplar", ("It was chosen.",), provenance
        )


def painted(wire: PixelFormat, index: int) -> bytes:
    """A pixel of candidate ``index``: the channels 0.25 apart, alpha one."""
    code, scale = {"U8": ("B", 200), "U16": ("H", 51400), "F16": ("e", 0.5), "F32": ("f", 0.5)}[wire.name.split("_")[1]]
    full = {"B": 255, "H": 65535}.get(code, 1.0)
    step = scale / 8 if code in "ef" else scale // 8
    colours = [scale + index * (step / 4 if code in "ef" else step // 4) - channel * step for channel in range(3)]
    channels = {1: colours[:1], 3: colours, 4: [*colours, full]}[wire.channels]
    return struct.pack(f"<{wire.channels}{code}", *channels)


class FakeConnection:
    """A daemon that is in one state."""

    def __init__(self, condition: Condition = READY) -> None:
        self.condition = condition
        self.on_condition: Callable[[Condition], None] | None = None
        self.glances = self.asked = self.started = 0
        self.closed = False

    def become(self, condition: Condition) -> None:
        self.condition = condition
        if self.on_condition is not None:
            self.on_condition(condition)

    def glance(self) -> Condition:
        self.glances += 1
        return self.condition

    async def ready(self) -> Any:
        await asyncio.sleep(0)
        if self.condition.server is None:
            raise ClientError(self.condition.state.value, self.condition.message, self.condition.action)
        return self.condition.server

    async def start(self) -> Any:
        self.started += 1
        self.become(READY)
        return await self.ready()

    async def unary(self, stub: Any, method: str, request: Any, timeout: float = 0) -> Any:
        self.asked += 1
        if method == "ListDevices":
            return system_pb2.ListDevicesResponse(devices=[system_pb2.Device(title="CPU, 2 threads", in_use=True)])
        return model_pb2.ListModelsResponse(models=[MODEL])

    def close(self) -> None:
        self.closed = True
