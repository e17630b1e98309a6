"""PaintService: filling, extending, colouring and repairing pictures."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import TypeVar

from maquette_client.v1 import common_pb2, paint_pb2

from maquette.engine.messages import Paint, PaintRequest, Priority
from maquette.engine.supervisor import Finished
from maquette.models.operations import Progress
from maquette.models.painting.requests import PaintResult
from maquette.models.requests import ModelInfo
from maquette.server.context import Services
from maquette.server.conversion import image_message, progress_message, provenance_message
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

_Update = common_pb2.Progress | common_pb2.Preview | paint_pb2.PaintResult
Response = TypeVar("Response")


class PaintService(PaintServiceServicer):
    """Filling, extending, colouring and repairing pictures."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def Inpaint(  # noqa: N802
        self, request: paint_pb2.InpaintRequest, context: Context
    ) -> AsyncIterator[paint_pb2.InpaintResponse]:
        """Fill a selection."""
        work = inpaint_request(request, self._services.cache, self._services.limits)
        updates = self._paint(request.model_id, "inpaint", work, request.settings.batch)
        async with aclosing(_answers(updates, paint_pb2.InpaintResponse)) as responses:
            async for response in responses:
                yield response

    async def Outpaint(  # noqa: N802
        self, request: paint_pb2.OutpaintRequest, context: Context
    ) -> AsyncIterator[paint_pb2.OutpaintResponse]:
        """Extend a picture."""
        work = outpaint_request(request, self._services.cache, self._services.limits)
        updates = self._paint(request.model_id, "outpaint", work, request.settings.batch)
        async with aclosing(_answers(updates, paint_pb2.OutpaintResponse)) as responses:
            async for response in responses:
                yield response

    async def Colorize(  # noqa: N802
        self, request: paint_pb2.ColorizeRequest, context: Context
    ) -> AsyncIterator[paint_pb2.ColorizeResponse]:
        """Colour a picture."""
        work = colorize_request(request, self._services.cache, self._services.limits)
        updates = self._paint(request.model_id, "colorize", work, request.settings.batch)
        async with aclosing(_answers(updates, paint_pb2.ColorizeResponse)) as responses:
            async for response in responses:
                yield response

    async def RestoreJpeg(  # noqa: N802
        self, request: paint_pb2.RestoreJpegRequest, context: Context
    ) -> AsyncIterator[paint_pb2.RestoreJpegResponse]:
        """Repair what JPEG compression has damaged."""
        work = restore_request(request, self._services.cache, self._services.limits)
        updates = self._paint(request.model_id, "restore_jpeg", work, request.settings.batch)
        async with aclosing(_answers(updates, paint_pb2.RestoreJpegResponse)) as responses:
            async for response in responses:
                yield response

    async def _paint(self, model_id: str, task: str, work: PaintRequest, batch: bool) -> AsyncGenerator[_Update, None]:
        infos = await self._services.candidates(model_id, task)
        paint = Paint(work, tuple(infos))
        priority = Priority.BATCH if batch else Priority.PREVIEW
        async with aclosing(self._services.supervisor.operate("", paint, priority)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    yield await self._result(infos, work, event.result)
                    continue
                yield progress_message(event)
                if event.preview is not None:
                    yield await self._preview(event)

    async def _preview(self, progress: Progress) -> common_pb2.Preview:
        assert progress.preview is not None
        return common_pb2.Preview(
            image=await image_message(progress.preview, self._services.cache, self._services.limits)
        )

    async def _result(
        self, infos: dict[str, ModelInfo], work: PaintRequest, result: PaintResult
    ) -> paint_pb2.PaintResult:
        info = infos[result.model_id]
        provenance = provenance_message(info.id, info.digest, paint_parameters(work))
        return await result_message(result, provenance, self._services.cache, self._services.limits)


async def _answers(
    updates: AsyncGenerator[_Update, None], make: Callable[..., Response]
) -> AsyncGenerator[Response, None]:
    async with aclosing(updates):
        async for update in updates:
            if isinstance(update, common_pb2.Progress):
                yield make(progress=update)
            elif isinstance(update, common_pb2.Preview):
                yield make(preview=update)
            else:
                yield make(result=update)
