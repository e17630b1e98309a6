"""The daemon's models and the daemon itself, as calls."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

from maquette_client.connection import Connection
from maquette_client.scenes import OnProgress, last_result
from maquette_client.v1 import model_pb2, system_pb2
from maquette_client.v1.model_grpc import ModelServiceStub
from maquette_client.v1.system_grpc import SystemServiceStub

_SLOW_SECONDS = 120.0


async def list_models(connection: Connection, task: str = "") -> list[model_pb2.Model]:
    """All models, or those that serve a verb.

    Raises:
        ClientError: any failure of the connection.
    """
    models: list[model_pb2.Model] = []
    request = model_pb2.ListModelsRequest(task=task)
    while True:
        answer = await connection.unary(ModelServiceStub, "ListModels", request)
        models.extend(answer.models)
        if not answer.next_page_token:
            return models
        request.page_token = answer.next_page_token


async def get_model(connection: Connection, model_id: str) -> model_pb2.Model:
    """One model.

    Raises:
        ClientError: MODEL_NOT_FOUND or any failure of the connection.
    """
    request = model_pb2.GetModelRequest(model_id=model_id)
    return (await connection.unary(ModelServiceStub, "GetModel", request)).model


async def load_model(connection: Connection, model_id: str, on_progress: OnProgress | None = None) -> model_pb2.Model:
    """Bring a model into memory.

    Raises:
        ClientError: MODEL_NOT_FOUND, OUT_OF_MEMORY or any failure of the connection.
    """
    request = model_pb2.LoadModelRequest(model_id=model_id)
    return await last_result(connection, ModelServiceStub, "LoadModel", request, on_progress)


async def unload_model(connection: Connection, model_id: str) -> None:
    """Free a model's memory.

    Raises:
        ClientError: MODEL_NOT_FOUND, MODEL_IN_USE or any failure of the connection.
    """
    await connection.unary(ModelServiceStub, "UnloadModel", model_pb2.UnloadModelRequest(model_id=model_id))


async def import_model(
    connection: Connection,
    path: str,
    model_id: str = "",
    companion_path: str = "",
    on_progress: OnProgress | None = None,
) -> model_pb2.ImportReport:
    """Convert a public checkpoint from an allowed folder.

    Raises:
        ClientError: IMPORT_NOT_ALLOWED, CHECKPOINT_UNSAFE, CHECKPOINT_CORRUPT or any failure of the connection.
    """
    request = model_pb2.ImportModelRequest(path=path, model_id=model_id, companion_path=companion_path)
    return await last_result(connection, ModelServiceStub, "ImportModel", request, on_progress)


async def delete_model(connection: Connection, model_id: str) -> None:
    """Delete an imported model from the disk.

    Raises:
        ClientError: MODEL_NOT_FOUND, MODEL_IN_USE or any failure of the connection.
    """
    await connection.unary(ModelServiceStub, "DeleteModel", model_pb2.DeleteModelRequest(model_id=model_id))


async def list_devices(connection: Connection) -> list[system_pb2.Device]:
    """Devices that models can run on; waits for the engine to start.

    Raises:
        ClientError: ENGINE_UNAVAILABLE or any failure of the connection.
    """
    request = system_pb2.ListDevicesRequest()
    return list((await connection.unary(SystemServiceStub, "ListDevices", request, _SLOW_SECONDS)).devices)


async def watch_events(connection: Connection) -> AsyncGenerator[system_pb2.WatchEventsResponse, None]:
    """What happens in the daemon, until the caller leaves.

    Raises:
        ClientError: any failure of the connection.
    """
    events = connection.stream(SystemServiceStub, "WatchEvents", system_pb2.WatchEventsRequest())
    async with contextlib.aclosing(events):
        async for event in events:
            yield event


async def shut_down(connection: Connection) -> None:
    """End the daemon.

    Raises:
        ClientError: any failure of the connection.
    """
    await connection.unary(SystemServiceStub, "Shutdown", system_pb2.ShutdownRequest())
