"""ModelService: what the daemon can run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

from maquette_client.v1 import model_pb2

from maquette.engine.messages import LoadModel, Priority, UnloadModel
from maquette.engine.supervisor import Finished
from maquette.errors import MaquetteError, Reason
from maquette.models.requests import ImportModel, ImportReport, ModelInfo
from maquette.server.context import Services
from maquette.server.conversion import invalid, progress_message
from maquette.server.conversion_model import model_message
from maquette.server.generated.model_pb2_grpc import ModelServiceServicer
from maquette.server.interceptor import Context
from maquette.server.limits import exceeded

DEFAULT_PAGE_SIZE = 50
MAXIMUM_PAGE_SIZE = 100


class ModelService(ModelServiceServicer):
    """The models that the daemon can run."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def _message(self, info: ModelInfo) -> model_pb2.Model:
        return model_message(info, info.id in self._services.supervisor.loaded)

    async def _info(self, model_id: str) -> ModelInfo:
        if not model_id:
            raise invalid("The request names no model.", "Send a model's id.")
        return (await asyncio.to_thread(self._services.catalogue.get, model_id)).info

    async def ListModels(  # noqa: N802
        self, request: model_pb2.ListModelsRequest, context: Context
    ) -> model_pb2.ListModelsResponse:
        """One page of models by id. The page token is the last id of the page before."""
        size = request.page_size or DEFAULT_PAGE_SIZE
        if size > MAXIMUM_PAGE_SIZE:
            raise exceeded("Models of a page", size, MAXIMUM_PAGE_SIZE)
        entries = await asyncio.to_thread(self._services.catalogue.list, request.task)
        infos = sorted((entry.info for entry in entries), key=lambda info: info.id)
        rest = [info for info in infos if info.id > request.page_token]
        return model_pb2.ListModelsResponse(
            models=[self._message(info) for info in rest[:size]],
            next_page_token=rest[size - 1].id if len(rest) > size else "",
        )

    async def GetModel(  # noqa: N802
        self, request: model_pb2.GetModelRequest, context: Context
    ) -> model_pb2.GetModelResponse:
        """One model."""
        return model_pb2.GetModelResponse(model=self._message(await self._info(request.model_id)))

    async def LoadModel(  # noqa: N802
        self, request: model_pb2.LoadModelRequest, context: Context
    ) -> AsyncIterator[model_pb2.LoadModelResponse]:
        """Bring a model into memory."""
        info = await self._info(request.model_id)
        async with aclosing(self._services.supervisor.operate(info.id, LoadModel(), Priority.PREVIEW)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    yield model_pb2.LoadModelResponse(result=model_message(info, loaded=True))
                else:
                    yield model_pb2.LoadModelResponse(progress=progress_message(event))

    async def UnloadModel(  # noqa: N802
        self, request: model_pb2.UnloadModelRequest, context: Context
    ) -> model_pb2.UnloadModelResponse:
        """Free a model's memory."""
        info = await self._info(request.model_id)
        await self._services.supervisor.result(info.id, UnloadModel(), type(None), Priority.INTERACTIVE)
        return model_pb2.UnloadModelResponse()

    async def ImportModel(  # noqa: N802
        self, request: model_pb2.ImportModelRequest, context: Context
    ) -> AsyncIterator[model_pb2.ImportModelResponse]:
        """Convert a public checkpoint."""
        path = await asyncio.to_thread(self._services.allowed_folders.check_import_path, request.path)
        companion = request.companion_path
        if companion:
            companion = str(await asyncio.to_thread(self._services.allowed_folders.check_import_path, companion))
        work = ImportModel(str(path), request.model_id, companion)
        async with aclosing(self._services.supervisor.operate("", work, Priority.BATCH)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    self._services.events.models_changed()
                    yield model_pb2.ImportModelResponse(result=self._report(event.result))
                else:
                    yield model_pb2.ImportModelResponse(progress=progress_message(event))

    def _report(self, report: ImportReport) -> model_pb2.ImportReport:
        return model_pb2.ImportReport(
            model=self._message(report.model), unused_keys=report.unused_keys, notes=report.notes
        )

    async def DeleteModel(  # noqa: N802
        self, request: model_pb2.DeleteModelRequest, context: Context
    ) -> model_pb2.DeleteModelResponse:
        """Delete an imported model from the disk; it is unloaded first."""
        info = await self._info(request.model_id)
        if info.embedded:
            raise MaquetteError(
                Reason.INVALID_ARGUMENT,
                f"The model '{info.id}' ships with Maquette and cannot be deleted.",
                "Only imported models can be deleted.",
            )
        if info.id in self._services.supervisor.loaded:
            await self._services.supervisor.result(info.id, UnloadModel(), type(None), Priority.INTERACTIVE)
        await asyncio.to_thread(self._services.catalogue.delete, info.id)
        self._services.events.models_changed()
        return model_pb2.DeleteModelResponse()
