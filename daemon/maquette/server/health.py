"""grpc.health.v1 by service: those that need the engine serve while it is ready."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from grpc import StatusCode, aio
from grpc_health.v1 import health_pb2
from grpc_health.v1.health_pb2_grpc import HealthServicer, add_HealthServicer_to_server

from maquette.engine.messages import EngineState
from maquette.server.interceptor import Context

ALWAYS = ("", "maquette.v1.SystemService", "maquette.v1.ContentService", "maquette.v1.ModelService")
WITH_ENGINE = ("maquette.v1.SceneService",)

_Response = health_pb2.HealthCheckResponse


class Health(HealthServicer):
    """Tells, by service, whether calls can be answered at once."""

    def __init__(self) -> None:
        self._ready = False
        self._watchers: set[asyncio.Event] = set()

    def add_to(self, server: aio.Server) -> None:
        """Let a server answer with this."""
        add_HealthServicer_to_server(self, server)

    def engine_is(self, state: EngineState) -> None:
        """The engine's state is now this."""
        self._ready = state is EngineState.READY
        for changed in self._watchers:
            changed.set()

    def _status(self, service: str) -> _Response.ServingStatus | None:
        if service in ALWAYS:
            return _Response.SERVING
        if service in WITH_ENGINE:
            return _Response.SERVING if self._ready else _Response.NOT_SERVING
        return None

    async def Check(self, request: health_pb2.HealthCheckRequest, context: Context) -> _Response:  # noqa: N802
        """Whether a service can answer now."""
        status = self._status(request.service)
        if status is None:
            await context.abort(StatusCode.NOT_FOUND, "There is no such service.")
        return _Response(status=status)

    async def Watch(  # noqa: N802
        self, request: health_pb2.HealthCheckRequest, context: Context
    ) -> AsyncIterator[_Response]:
        """Whether a service can answer, now and whenever it changes."""
        changed = asyncio.Event()
        self._watchers.add(changed)
        told: _Response.ServingStatus | None = None
        try:
            while True:
                status = self._status(request.service) or _Response.SERVICE_UNKNOWN
                if status != told:
                    told = status
                    yield _Response(status=status)
                await changed.wait()
                changed.clear()
        finally:
            self._watchers.discard(changed)
