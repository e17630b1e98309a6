"""PaintService: filling, extending, colouring and repairing pictures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial

from maquette_client.v1 import paint_pb2

from maquette.engine.messages import Paint, PaintRequest, Priority
from maquette.models.painting.requests import PaintResult
from maquette.models.requests import ModelInfo
from maquette.server.context import Services
from maquette.server.conversion import provenance_message
from maquette.server.conversion_paint import (
    colorize_request,
    inpaint_request,
    outpaint_request,
    paint_parameters,
    restore_request,
    result_message,
)
from maquette.server.generated.paint_pb2_grpc import PaintServiceServicer
from maquette.server.interceptor import Context
from maquette.server.services.updates import Updates, answers, engine_updates


class PaintService(PaintServiceServicer):
    """Filling, extending, colouring and repairing pictures."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def Inpaint(  # noqa: N802
        self, request: paint_pb2.InpaintRequest, context: Context
    ) -> AsyncIterator[paint_pb2.InpaintResponse]:
        """Fill a selection."""
        work = inpaint_request(request, self._services.cache, self._services.limits)
        updates = await self._paint(request.model_id, "inpaint", work, request.settings.batch)
        async with aclosing(answers(updates, paint_pb2.InpaintResponse)) as responses:
            async for response in responses:
                yield response

    async def Outpaint(  # noqa: N802
        self, request: paint_pb2.OutpaintRequest, context: Context
    ) -> AsyncIterator[paint_pb2.OutpaintResponse]:
        """Extend a picture."""
        work = outpaint_request(request, self._services.cache, self._services.limits)
        updates = await self._paint(request.model_id, "outpaint", work, request.settings.batch)
        async with aclosing(answers(updates, paint_pb2.OutpaintResponse)) as responses:
            async for response in responses:
                yield response

    async def Colorize(  # noqa: N802
        self, request: paint_pb2.ColorizeRequest, context: Context
    ) -> AsyncIterator[paint_pb2.ColorizeResponse]:
        """Colour a picture."""
        work = colorize_request(request, self._services.cache, self._services.limits)
        updates = await self._paint(request.model_id, "colorize", work, request.settings.batch)
        async with aclosing(answers(updates, paint_pb2.ColorizeResponse)) as responses:
            async for response in responses:
                yield response

    async def RestoreJpeg(  # noqa: N802
        self, request: paint_pb2.RestoreJpegRequest, context: Context
    ) -> AsyncIterator[paint_pb2.RestoreJpegResponse]:
        """Repair what JPEG compression has damaged."""
        work = restore_request(request, self._services.cache, self._services.limits)
        updates = await self._paint(request.model_id, "restore_jpeg", work, request.settings.batch)
        async with aclosing(answers(updates, paint_pb2.RestoreJpegResponse)) as responses:
            async for response in responses:
                yield response

    async def _paint(self, model_id: str, task: str, work: PaintRequest, batch: bool) -> Updates:
        infos = await self._services.candidates(model_id, task)
        paint = Paint(work, tuple(infos))
        priority = Priority.BATCH if batch else Priority.PREVIEW
        return engine_updates(self._services, "", paint, partial(self._result, infos, work), priority)

    async def _result(
        self, infos: dict[str, ModelInfo], work: PaintRequest, result: PaintResult
    ) -> paint_pb2.PaintResult:
        info = infos[result.model_id]
        provenance = provenance_message(info.id, info.digest, paint_parameters(work))
        return await result_message(result, provenance, self._services.cache, self._services.limits)
