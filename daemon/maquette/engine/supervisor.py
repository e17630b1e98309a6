"""The server's side of the engine: starts the worker process, keeps it alive, and hands operations to it."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from maquette.engine.environment import engine_environment
from maquette.engine.framing import HEADER, decode, encode
from maquette.engine.messages import (
    Cancel,
    Device,
    EngineState,
    Failed,
    FromEngine,
    Hold,
    LoadedModels,
    Priority,
    Ready,
    Release,
    Reported,
    Submit,
    ToEngine,
)
from maquette.engine.shared_bytes import SharedBytes, create_folder, remove_abandoned
from maquette.engine.source import ZOO
from maquette.errors import MaquetteError, Reason
from maquette.models.operations import Progress

_log = logging.getLogger(__name__)

Result = TypeVar("Result")

BACK_OFF_SECONDS = (0.0, 0.5, 2.0, 5.0, 15.0, 30.0)
# Starts that fail in a row before callers are told so instead of waiting.
_HOPELESS_AFTER = 3
# An engine that dies sooner after becoming ready is started again with growing pauses too.
_SHORT_LIFE_SECONDS = 10.0
_STOP_SECONDS = 2.0


@dataclass(frozen=True)
class EngineSettings:
    """How the worker process is started.

    Attributes:
        source: module that offers ``open_source(settings)``.
        threads: threads of one operation on the CPU; 0 = one for each physical core but one.
        device: torch name of the device; empty = chosen.
        capacity_bytes: weights to keep in memory when not in use.
    """

    source: str = ZOO
    threads: int = 0
    device: str = ""
    capacity_bytes: int = 4 * 2**30

    def command(self, shared_folder: Path) -> list[str]:
        """The command line of the worker process."""
        return [
            *(sys.executable, "-m", "maquette.engine"),
            *("--shared-folder", str(shared_folder)),
            *("--source", self.source),
            *("--threads", str(self.threads)),
            *("--device", self.device),
            *("--capacity-bytes", str(self.capacity_bytes)),
        ]


@dataclass(frozen=True)
class Finished:
    """The last thing that :meth:`Supervisor.operate` yields."""

    result: Any


@dataclass
class _Running:
    """One operation as its caller sees it: the newest progress with the newest preview and, at the end, the outcome."""

    changed: asyncio.Event = field(default_factory=asyncio.Event)
    progress: Progress | None = None
    outcome: Finished | MaquetteError | None = None

    def report(self, progress: Progress) -> None:
        untold = self.progress if self.changed.is_set() else None
        if untold is not None and progress.preview is None:
            progress = replace(progress, preview=untold.preview)
        self.progress = progress
        self.changed.set()

    def end(self, outcome: Finished | MaquetteError) -> None:
        self.outcome = outcome
        self.changed.set()


def _engine_lost() -> MaquetteError:
    return MaquetteError(
        Reason.ENGINE_LOST,
        "The engine stopped while it worked on this.",
        "It is being started again; try once more in a few seconds.",
    )


def _engine_unavailable() -> MaquetteError:
    return MaquetteError(
        Reason.ENGINE_UNAVAILABLE,
        "The engine does not start.",
        "Run `maquette doctor`, which says what is wrong.",
    )


class Supervisor:
    """Keeps one engine running and gives it operations.

    Args:
        settings: how to start it.
        maximum_operations: operations that wait or run at the same time.
        on_change: called after the state or the loaded models have changed.
        log: file descriptor that takes the engine's log; None = this process's standard error.
    """

    def __init__(
        self,
        settings: EngineSettings,
        maximum_operations: int,
        on_change: Callable[[], None] = lambda: None,
        log: int | None = None,
    ) -> None:
        self._settings = settings
        self._maximum_operations = maximum_operations
        self._on_change = on_change
        self._log = log
        self._numbers = itertools.count(1)
        self._running: dict[int, _Running] = {}
        self._holds: list[str] = []
        self._gate = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._shared: SharedBytes | None = None
        self._task: asyncio.Task[None] | None = None
        self._waiting = 0
        # The gate is open while the engine is ready or hopeless, so that nobody waits for nothing.
        self._hopeless = False
        self.state = EngineState.STOPPED
        self.devices: tuple[Device, ...] = ()
        self.loaded: tuple[str, ...] = ()

    @property
    def device_title(self) -> str:
        """The device in use as a person reads it; empty until the engine is ready."""
        return next((device.title for device in self.devices if device.in_use), "")

    @property
    def pid(self) -> int | None:
        """Process id of the engine, if it runs."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the engine in the background and keep it running."""
        remove_abandoned()
        self._task = asyncio.create_task(self._keep_running(), name="engine supervisor")

    async def stop(self) -> None:
        """End the engine; running operations fail with ENGINE_LOST."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._set_state(EngineState.STOPPED)

    async def operate(
        self, model_id: str, request: object, priority: Priority
    ) -> AsyncGenerator[Progress | Finished, None]:
        """Run one operation: yields the newest progress whenever it changes, at the end :class:`Finished`.

        Waits for the engine where it is not ready. Closing the generator cancels the operation.

        Raises:
            MaquetteError: LIMIT_EXCEEDED, ENGINE_LOST, ENGINE_UNAVAILABLE, or what the operation raised.
        """
        await self._wait_until_ready()
        number, running = next(self._numbers), _Running()
        self._running[number] = running
        try:
            await self._send(Submit(number, model_id, request, priority))
            while running.outcome is None:
                await running.changed.wait()
                running.changed.clear()
                if running.outcome is None and running.progress is not None:
                    yield running.progress
            if isinstance(running.outcome, MaquetteError):
                raise running.outcome
            yield running.outcome
        finally:
            del self._running[number]
            if running.outcome is None:
                self._write(Cancel(number))

    async def result(self, model_id: str, request: object, kind: type[Result], priority: Priority) -> Result:
        """Run one operation for its result alone, which is of type ``kind``; see :meth:`operate`."""
        events = self.operate(model_id, request, priority)
        try:
            async for event in events:
                if isinstance(event, Finished) and isinstance(event.result, kind):
                    return event.result
        finally:
            await events.aclose()
        raise TypeError(f"the engine did not answer with {kind.__name__}")

    def hold(self, model_id: str) -> None:
        """Keep a model in memory, through restarts of the engine too, until :meth:`release`."""
        self._holds.append(model_id)
        self._write(Hold(model_id))

    def release(self, model_id: str) -> None:
        """Take one hold back."""
        self._holds.remove(model_id)
        self._write(Release(model_id))

    async def _wait_until_ready(self) -> None:
        if len(self._running) + self._waiting >= self._maximum_operations:
            raise MaquetteError(
                Reason.LIMIT_EXCEEDED,
                f"The daemon already has {self._maximum_operations} operations to do.",
                "Wait until one of them has ended.",
            )
        self._waiting += 1
        try:
            while self.state is not EngineState.READY:
                if self._hopeless:
                    raise _engine_unavailable()
                await self._gate.wait()
        finally:
            self._waiting -= 1

    async def _send(self, message: ToEngine) -> None:
        self._write(message)
        if self._process is not None and self._process.stdin is not None:
            try:
                await self._process.stdin.drain()
            except ConnectionError:
                _log.info("the engine left before it could be asked")

    def _write(self, message: ToEngine) -> None:
        process, shared = self._process, self._shared
        if self.state is EngineState.READY and process is not None and process.stdin is not None and shared is not None:
            process.stdin.write(encode(message, shared))

    def _set_state(self, state: EngineState) -> None:
        if state is not self.state:
            self.state = state
            _log.info("engine %s", state.value)
            self._on_change()

    async def _keep_running(self) -> None:
        failed_starts = short_lives = 0
        self._set_state(EngineState.STARTING)
        while True:
            seconds = await self._run_once()
            failed_starts = failed_starts + 1 if seconds is None else 0
            short_lives = short_lives + 1 if seconds is None or seconds < _SHORT_LIFE_SECONDS else 1
            self._set_state(EngineState.RESTARTING)
            if failed_starts >= _HOPELESS_AFTER:
                self._hopeless = True
                self._gate.set()
            await asyncio.sleep(BACK_OFF_SECONDS[min(short_lives, len(BACK_OFF_SECONDS)) - 1])

    async def _run_once(self) -> float | None:
        """Run the engine until it ends; for how many seconds it was ready, None if it never was."""
        try:
            folder = create_folder()
        except OSError:
            _log.exception("there is no place for the engine's shared memory")
            return None
        shared = self._shared = SharedBytes(folder, "server")
        ready_since: float | None = None
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._settings.command(folder),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=self._log,
                env=engine_environment(),
                start_new_session=os.name != "nt",
            )
            async for message in self._messages(self._process, shared):
                if isinstance(message, Ready):
                    ready_since = time.monotonic()
                self._take(message)
        except Exception:
            _log.exception("the engine could not be started or understood")
        finally:
            await self._clean_up(shared)
        return None if ready_since is None else time.monotonic() - ready_since

    async def _messages(
        self, process: asyncio.subprocess.Process, shared: SharedBytes
    ) -> AsyncGenerator[FromEngine, None]:
        assert process.stdout is not None
        while True:
            try:
                (length,) = HEADER.unpack(await process.stdout.readexactly(HEADER.size))
                body = await process.stdout.readexactly(length)
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            yield cast("FromEngine", decode(body, shared))

    def _take(self, message: FromEngine) -> None:
        if isinstance(message, Ready):
            self._become_ready(message)
        elif isinstance(message, LoadedModels):
            self.loaded = message.model_ids
            self._on_change()
        elif (running := self._running.get(message.operation)) is not None:
            if isinstance(message, Reported):
                running.report(message.progress)
            else:
                running.end(message.error if isinstance(message, Failed) else Finished(message.result))

    def _become_ready(self, message: Ready) -> None:
        self.devices = message.devices
        self._hopeless = False
        self._set_state(EngineState.READY)
        for model_id in self._holds:
            self._write(Hold(model_id))
        self._gate.set()

    async def _clean_up(self, shared: SharedBytes) -> None:
        process, self._process = self._process, None
        if not self._hopeless:
            self._gate.clear()
        self.loaded = ()
        if self.state is EngineState.READY:
            self._set_state(EngineState.RESTARTING)
        for running in self._running.values():
            running.end(_engine_lost())
        if process is not None:
            await _end(process)
            _log.info("the engine's process ended with %s", process.returncode)
        shared.remove()


async def _end(process: asyncio.subprocess.Process) -> None:
    """Close the pipe, which the engine takes as the end; kill it when it does not follow."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except (asyncio.TimeoutError, asyncio.CancelledError):
        if process.returncode is None:
            process.kill()
        await process.wait()
