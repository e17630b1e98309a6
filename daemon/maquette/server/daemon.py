"""The daemon from start to end: lock, listen, tell where, start the engine, wait, clean up."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import secrets
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import grpc.aio
from maquette_client.locations import HAS_UNIX_SOCKETS, LOG_NAME, runtime_directory
from maquette_client.runtime_file import (
    PROTOCOL_MAX,
    PROTOCOL_MIN,
    RuntimeFile,
    remove_runtime_file,
    write_runtime_file,
)

import maquette
from maquette.engine.supervisor import EngineSettings, Supervisor
from maquette.server.address import bind, prepare_directory, remove_socket, sole_daemon
from maquette.server.content_cache import ContentCache
from maquette.server.context import Catalogue, Services
from maquette.server.events import Events
from maquette.server.health import Health
from maquette.server.interceptor import Guard
from maquette.server.limits import Limits
from maquette.server.logging_setup import open_log, start_logging
from maquette.server.services.registration import add_services
from maquette.store.allowed_folders import open_allowed_folders

_log = logging.getLogger(__name__)

CATALOGUE = "maquette.store.catalogue"
_GRACE_SECONDS = 0.5


@dataclass(frozen=True)
class Settings:
    """How a daemon is started.

    Attributes:
        directory: runtime directory.
        engine: how the engine is started.
        limits: bounds on requests.
        catalogue: module that offers ``open_catalogue()``.
        use_tcp: listen on the loopback network instead of a unix socket.
    """

    directory: Path = field(default_factory=runtime_directory)
    engine: EngineSettings = field(default_factory=EngineSettings)
    limits: Limits = field(default_factory=Limits)
    catalogue: str = CATALOGUE
    use_tcp: bool = not HAS_UNIX_SOCKETS


def _channel_options(limits: Limits) -> list[tuple[str, int]]:
    return [
        # Beyond the limit a typed refusal is given; far beyond it gRPC does not even read the message.
        ("grpc.max_receive_message_length", 4 * limits.message_bytes),
        ("grpc.max_send_message_length", limits.message_bytes),
        ("grpc.max_concurrent_streams", limits.streams),
        ("grpc.so_reuseport", 0),
        ("grpc.http2.max_frame_size", 2**20),
        ("grpc.http2.write_buffer_size", 2**22),
        ("grpc.max_metadata_size", 16 * 1024),
    ]


def _open_catalogue(module: str) -> Catalogue:
    return cast("Callable[[], Catalogue]", vars(importlib.import_module(module))["open_catalogue"])()


def _make_services(settings: Settings, instance_id: str, log: int | None) -> Services:
    events = Events()
    known: list[tuple[str, ...]] = [()]

    def engine_changed() -> None:
        events.engine_is(supervisor.state)
        health.engine_is(supervisor.state)
        if known[0] != supervisor.loaded:
            known[0] = supervisor.loaded
            events.models_changed()

    health = Health()
    supervisor = Supervisor(settings.engine, settings.limits.operations, engine_changed, log)
    return Services(
        instance_id=instance_id,
        limits=settings.limits,
        catalogue=_open_catalogue(settings.catalogue),
        allowed_folders=open_allowed_folders(),
        cache=ContentCache(settings.limits.cache_bytes),
        supervisor=supervisor,
        events=events,
        health=health,
    )


def _make_server(services: Services, token: str) -> grpc.aio.Server:
    guard = Guard(token, services.limits.message_bytes)
    server = grpc.aio.server(interceptors=(guard,), options=_channel_options(services.limits))
    add_services(server, services)
    return server


def _runtime_file(address: str, instance_id: str, token: str) -> RuntimeFile:
    return RuntimeFile(
        pid=os.getpid(),
        instance_id=instance_id,
        address=address,
        token=token,
        protocol_min=PROTOCOL_MIN,
        protocol_max=PROTOCOL_MAX,
        version=maquette.__version__,
    )


def _end_on_signals(shutdown: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        if sys.platform == "win32":
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(shutdown.set))
        else:
            loop.add_signal_handler(name, shutdown.set)


async def _end(server: grpc.aio.Server, services: Services) -> None:
    services.events.shutting_down()
    await services.supervisor.stop()
    await server.stop(_GRACE_SECONDS)


async def run_daemon(
    settings: Settings, log: int | None = None, on_ready: Callable[[RuntimeFile, Services], None] | None = None
) -> None:
    """Serve until a signal or the Shutdown call; the directory's lock is held by the caller.

    Args:
        settings: how.
        log: file descriptor for the engine's log; None = standard error.
        on_ready: called once calls are answered.
    """
    instance_id, token = secrets.token_hex(16), secrets.token_hex(32)
    services = _make_services(settings, instance_id, log)
    server = _make_server(services, token)
    address = bind(server, settings.directory, settings.use_tcp)
    await server.start()
    runtime_file = _runtime_file(address, instance_id, token)
    try:
        write_runtime_file(settings.directory, runtime_file)
        _log.info("version %s listens on %s", maquette.__version__, address)
        services.supervisor.start()
        if on_ready is not None:
            on_ready(runtime_file, services)
        await services.shutdown.wait()
        _log.info("ending")
    finally:
        remove_runtime_file(settings.directory, instance_id)
        await _end(server, services)
        if not settings.use_tcp:
            remove_socket(settings.directory)


async def _run_with_signals(settings: Settings, log: int) -> None:
    def ready(_: RuntimeFile, services: Services) -> None:
        _end_on_signals(services.shutdown)

    await run_daemon(settings, log, ready)


def serve(settings: Settings) -> None:
    """Run the daemon in this process until it is asked to end.

    Raises:
        MaquetteError: UNSAFE_DIRECTORY or ALREADY_RUNNING.
    """
    prepare_directory(settings.directory)
    with sole_daemon(settings.directory):
        log = open_log(settings.directory / LOG_NAME)
        try:
            start_logging(log)
            asyncio.run(_run_with_signals(settings, log))
        finally:
            os.close(log)
