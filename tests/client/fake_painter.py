"""The fake daemon's painting: what it fills has one value, so that a test can read off any pixel who made it."""

from __future__ import annotations

import asyncio
from typing import Any

from grpclib.const import Status
from maquette_client.images import Image, image_from_spec, spec_of
from maquette_client.v1 import common_pb2, paint_grpc, paint_pb2

MODEL_ID = "fake-painter"
FIRST_VALUE = 9
# A seed that makes a call wait until it is cancelled.
ENDLESS_SEED = 99


def bounds(mask: Image) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what an 8-bit mask selects."""
    selected = [index for index, value in enumerate(mask.pixels) if value]
    columns = [index % mask.width for index in selected]
    rows = [index // mask.width for index in selected]
    return min(columns), min(rows), max(columns) + 1, max(rows) + 1


def filled(picture: Image, value: int, size: tuple[int, int]) -> common_pb2.Image:
    """An image of a picture's format, of one value."""
    pixel_bytes = picture.pixel_format.channels * picture.pixel_format.sample_bytes
    pixels = bytes([value]) * (size[0] * size[1] * pixel_bytes)
    shown = Image(*size, pixels, picture.pixel_format, picture.colour_space, picture.alpha_mode)
    return common_pb2.Image(spec=spec_of(shown), inline=pixels)


def extended(picture: Image, value: int, request: Any) -> common_pb2.Image:
    """A picture with a border of one value."""
    pixel_bytes = picture.pixel_format.channels * picture.pixel_format.sample_bytes
    width, height = picture.width + request.left + request.right, picture.height + request.top + request.bottom
    row_bytes, border = picture.width * pixel_bytes, bytes([value])
    rows = [border * (width * pixel_bytes)] * request.top
    for start in range(0, len(picture.pixels), row_bytes):
        old = picture.pixels[start : start + row_bytes]
        rows.append(border * (request.left * pixel_bytes) + old + border * (request.right * pixel_bytes))
    rows += [border * (width * pixel_bytes)] * request.bottom
    image = filled(picture, 0, (width, height))
    image.inline = b"".join(rows)
    return image


def image_of(daemon: Any, message: common_pb2.Image) -> Image:
    """An image of a request, inline or sent ahead."""
    pixels = message.inline
    if message.WhichOneof("data") == "content_id":
        pixels = daemon.contents[message.content_id][1]
    return image_from_spec(message.spec, pixels)


class Paints(paint_grpc.PaintServiceBase):
    def __init__(self, daemon: Any, refusal: Any) -> None:
        self.daemon, self.refusal = daemon, refusal

    async def Inpaint(self, stream: Any) -> None:  # noqa: N802
        request = await self.begin(stream, paint_pb2.InpaintResponse)
        picture, mask = image_of(self.daemon, request.picture), image_of(self.daemon, request.mask)
        left, top, right, bottom = bounds(mask)
        size = (right - left, bottom - top)
        candidates = [filled(picture, FIRST_VALUE + index, size) for index in range(request.settings.candidates or 1)]
        await self.answer(
            stream,
            paint_pb2.InpaintResponse,
            request,
            picture,
            candidates,
            (left, top),
            (picture.width, picture.height),
        )

    async def Outpaint(self, stream: Any) -> None:  # noqa: N802
        request = await self.begin(stream, paint_pb2.OutpaintResponse)
        picture = image_of(self.daemon, request.picture)
        candidates = [
            extended(picture, FIRST_VALUE + index, request) for index in range(request.settings.candidates or 1)
        ]
        size = (candidates[0].spec.width, candidates[0].spec.height)
        await self.answer(stream, paint_pb2.OutpaintResponse, request, picture, candidates, (0, 0), size)

    async def Colorize(self, stream: Any) -> None:  # noqa: N802
        await self.whole(stream, paint_pb2.ColorizeResponse)

    async def RestoreJpeg(self, stream: Any) -> None:  # noqa: N802
        await self.whole(stream, paint_pb2.RestoreJpegResponse)

    async def whole(self, stream: Any, response: Any) -> None:
        request = await self.begin(stream, response)
        picture = image_of(self.daemon, request.picture)
        size = (picture.width, picture.height)
        candidates = [filled(picture, FIRST_VALUE + index, size) for index in range(request.settings.candidates or 1)]
        await self.answer(stream, response, request, picture, candidates, (0, 0), size)

    async def begin(self, stream: Any, response: Any) -> Any:
        self.daemon.check(stream)
        request = await stream.recv_message()
        self.daemon.painted.append(request)
        if request.model_id == "nobody":
            raise self.refusal(Status.NOT_FOUND, "MODEL_NOT_FOUND", "There is no model 'nobody'.", "List them.")
        await stream.send_message(response(progress=common_pb2.Progress(stage="painting", fraction=0.5)))
        preview = filled(Image(1, 1, b"\1\2\3"), 5, (2, 2))
        await stream.send_message(response(preview=common_pb2.Preview(image=preview)))
        if request.settings.seed == ENDLESS_SEED:
            await self.wait()
        return request

    async def wait(self) -> None:
        self.daemon.asked_to_wait.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.daemon.cancelled.set()
            raise

    async def answer(
        self,
        stream: Any,
        response: Any,
        request: Any,
        picture: Image,
        candidates: list[common_pb2.Image],
        place: tuple[int, int],
        size: tuple[int, int],
    ) -> None:
        dirty = candidates[0].spec
        coverage = common_pb2.Image(inline=b"\xff" * (dirty.width * dirty.height))
        coverage.spec.CopyFrom(dirty)
        coverage.spec.pixel_format = common_pb2.PIXEL_FORMAT_GRAY_U8
        coverage.spec.colour_space = common_pb2.COLOUR_SPACE_DATA
        result = paint_pb2.PaintResult(
            left=place[0],
            top=place[1],
            width=size[0],
            height=size[1],
            coverage=coverage,
            candidates=candidates,
            notes=["A note."],
            provenance=common_pb2.Provenance(model_id=MODEL_ID, parameters={"seed": str(request.settings.seed)}),
        )
        await stream.send_message(response(result=result))
