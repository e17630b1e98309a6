"""grpc.health.v1 by service: those that need the engine serve while it is ready."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from grpc import StatusCode
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthServicer

from maquette.engine.messages import EngineState
from maquette.server.interceptor import Context

ALWAYS = ("", "maquette.v1.SystemService", "maquette.v1.ContentService", "maquette.v1.ModelService")
WITH_ENGINE = ("maquette.v1.SceneService", "maquette.v1.PaintService")

_Status = HealthCheckResponse.ServingStatus


class Health(HealthServicer):
    """Tells, by service, whether calls can be answered at once."""

    def __init__(self) -> None:
        self._ready = False
        self._watchers: set[asyncio.Event] = set()

    def engine_is(self, state: EngineState) -> None:
        """The engine's state is now this."""
        self._ready = state is EngineState.READY
        for changed in self._watchers:
            changed.set()

    def _status(self, service: str) -> _Status | None:
        if service in ALWAYS:
            return HealthCheckResponse.SERVING
        if service in WITH_ENGINE:
            return HealthCheckResponse.SERVING if self._ready else HealthCheckResponse.NOT_SERVING
        return None

    async def Check(self, request: HealthCheckRequest, context: Context) -> HealthCheckResponse:  # noqa: N802
        """Whether a service can answer now."""
        status = self._status(request.service)
        if status is None:
            await context.abort(StatusCode.NOT_FOUND, "There is no such service.")
        return HealthCheckResponse(status=status)

    async def Watch(  # noqa: N802
        self, request: HealthCheckRequest, context: Context
    ) -> AsyncIterator[HealthCheckResponse]:
        """Whether a service can answer, now and whenever it changes."""
        changed = asyncio.Event()
        self._watchers.add(changed)
        told: _Status | None = None
        try:
            while True:
                status = self._status(request.service) or HealthCheckResponse.SERVICE_UNKNOWN
                if status != told:
                    told = status
                    yield HealthCheckResponse(status=status)
                await changed.wait()
                changed.clear()
        finally:
            self._watchers.discard(changed)
