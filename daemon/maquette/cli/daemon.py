"""`maquette serve`, `status` and `stop`."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Annotated

import typer
from maquette_client.conditions import Condition, State
from maquette_client.connection import Connection
from maquette_client.errors import ClientError
from maquette_client.models import list_models, shut_down
from maquette_client.runtime_file import RuntimeFile, find_runtime_file, process_lives

from maquette.cli.session import call, print_json

_STOP_SECONDS = 10.0

_ENGINE_STATES = {0: "unknown", 1: "stopped", 2: "starting", 3: "ready", 4: "restarting"}


def serve(
    threads: Annotated[int, typer.Option(min=0, help="CPU threads of one operation; 0 = all cores but one.")] = 0,
    device: Annotated[str, typer.Option(help="torch name of the device, for example cuda:0; empty = chosen.")] = "",
    tcp: Annotated[bool, typer.Option("--tcp", help="Listen on the loopback network, not on a unix socket.")] = False,
) -> None:
    """Run the daemon in this terminal until it is stopped.

    Ends with code 3 when a daemon already runs, with 4 when the runtime directory is not safe.
    """
    from maquette.engine.supervisor import EngineSettings
    from maquette.server.daemon import Settings
    from maquette.server.daemon import serve as run

    settings = Settings(engine=EngineSettings(threads=threads, device=device))
    run(Settings(engine=settings.engine, use_tcp=tcp or settings.use_tcp))


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say whether the daemon runs, and what it is doing; ends with code 1 when it cannot be used."""
    found = describe_daemon()
    if as_json:
        print_json(found)
    else:
        for name, value in found.items():
            typer.echo(f"{name.replace('_', ' '):<15} {', '.join(value) if isinstance(value, list) else value}")
    if found["state"] != State.READY.value:
        raise typer.Exit(1)


def stop(
    force: Annotated[bool, typer.Option("--force", help="End the process if it does not end by itself.")] = False,
) -> None:
    """Stop the daemon."""
    running = find_runtime_file()
    if running is None:
        typer.echo("No daemon is running.")
        return
    try:
        call(shut_down, start=False)
    except ClientError:
        if not force:
            raise
    if not _has_ended(running) and not (force and _kill(running)):
        raise ClientError(
            "TIMED_OUT", f"The daemon (process {running.pid}) has not ended.", "Try again with `maquette stop --force`."
        )
    typer.echo("The daemon has stopped.")


def describe_daemon() -> dict[str, str | list[str]]:
    """State and message; the action to take, or version, process, address, uptime, engine, device and loaded models."""

    async def ask(connection: Connection) -> tuple[Condition, list[str]]:
        loaded = [model.id for model in await list_models(connection) if model.loaded]
        return connection.condition, loaded

    try:
        condition, loaded = call(ask, start=False)
    except ClientError as error:
        return {"state": error.reason, "message": error.message, "action": error.action}
    server, running = condition.server, find_runtime_file()
    assert server is not None
    return {
        "state": condition.state.value,
        "message": condition.message,
        "version": server.version,
        "process": str(running.pid) if running else "",
        "address": running.address if running else "",
        "uptime": f"{server.uptime_seconds:.0f} s",
        "engine": _ENGINE_STATES.get(server.engine_state, "unknown"),
        "device": server.device or "not known until the engine is ready",
        "loaded_models": loaded,
    }


def _has_ended(running: RuntimeFile) -> bool:
    deadline = time.monotonic() + _STOP_SECONDS
    while process_lives(running.pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _kill(running: RuntimeFile) -> bool:
    os.kill(running.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    return _has_ended(running)
