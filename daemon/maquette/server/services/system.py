"""SystemService: who is there, what it runs on, what happens, and the end."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator

from maquette_client.runtime_file import PROTOCOL_MAX, PROTOCOL_MIN
from maquette_client.v1 import system_pb2

import maquette
from maquette.engine.messages import DescribeEngine, EngineState, EngineStatus, Priority
from maquette.errors import MaquetteError, Reason
from maquette.server.context import Services
from maquette.server.conversion_model import ENGINE_STATES, device_message, limits_message
from maquette.server.events import Event, ModelsChanged
from maquette.server.generated.system_pb2_grpc import SystemServiceServicer
from maquette.server.interceptor import Context

_log = logging.getLogger(__name__)

FEATURES = (
    *("content", "models.import"),
    *("scene.sample", "scene.render", "scene.edit", "scene.restyle"),
    *("scene.complete", "scene.invert", "scene.interpolate", "scene.transfer", "scene.animate"),
    *("paint.inpaint", "paint.outpaint", "paint.colorize", "paint.restore_jpeg"),
)


def _check_protocol(request: system_pb2.GetServerInfoRequest) -> None:
    lowest = request.protocol_min or 1
    highest = request.protocol_max or lowest
    if highest < PROTOCOL_MIN or lowest > PROTOCOL_MAX:
        raise MaquetteError(
            Reason.PROTOCOL_MISMATCH,
            f"The daemon speaks protocol {PROTOCOL_MIN} to {PROTOCOL_MAX}, the plugin {lowest} to {highest}.",
            "Update Maquette." if lowest > PROTOCOL_MAX else "Update the plugin.",
            {"protocol_min": str(PROTOCOL_MIN), "protocol_max": str(PROTOCOL_MAX)},
        )


def _event_message(event: Event) -> system_pb2.WatchEventsResponse:
    if isinstance(event, EngineState):
        return system_pb2.WatchEventsResponse(engine_state=ENGINE_STATES[event])
    if isinstance(event, ModelsChanged):
        return system_pb2.WatchEventsResponse(models_changed=True)
    return system_pb2.WatchEventsResponse(shutting_down=True)


class SystemService(SystemServiceServicer):
    """The daemon itself."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def GetServerInfo(  # noqa: N802
        self, request: system_pb2.GetServerInfoRequest, context: Context
    ) -> system_pb2.GetServerInfoResponse:
        """Who is there."""
        _check_protocol(request)
        services = self._services
        return system_pb2.GetServerInfoResponse(
            version=maquette.__version__,
            protocol_min=PROTOCOL_MIN,
            protocol_max=PROTOCOL_MAX,
            instance_id=services.instance_id,
            features=FEATURES,
            limits=limits_message(services.limits),
            engine_state=ENGINE_STATES[services.engine_state],
            device=services.supervisor.device_title,
            uptime_seconds=time.monotonic() - services.started,
        )

    async def ListDevices(  # noqa: N802
        self, request: system_pb2.ListDevicesRequest, context: Context
    ) -> system_pb2.ListDevicesResponse:
        """Devices that models can run on."""
        status = await self._services.supervisor.result("", DescribeEngine(), EngineStatus, Priority.PREVIEW)
        return system_pb2.ListDevicesResponse(devices=[device_message(device) for device in status.devices])

    async def WatchEvents(  # noqa: N802
        self, request: system_pb2.WatchEventsRequest, context: Context
    ) -> AsyncIterator[system_pb2.WatchEventsResponse]:
        """What happens in the daemon."""
        events = self._services.events.watch()
        try:
            async for event in events:
                yield _event_message(event)
        finally:
            await events.aclose()

    async def Shutdown(  # noqa: N802
        self, request: system_pb2.ShutdownRequest, context: Context
    ) -> system_pb2.ShutdownResponse:
        """End the daemon."""
        _log.info("asked to shut down")
        self._services.shutdown.set()
        return system_pb2.ShutdownResponse()
