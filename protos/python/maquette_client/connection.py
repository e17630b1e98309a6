"""The connection to the daemon: which state it is in, what to do about it, and calls that survive a restart."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Any

from grpclib.client import Channel, Stream
from grpclib.encoding.proto import ProtoCodec

from maquette_client import conditions
from maquette_client.conditions import Condition, State
from maquette_client.errors import ClientError
from maquette_client.locations import RUNTIME_FILE_NAME, runtime_directories
from maquette_client.runtime_file import PROTOCOL_MAX, PROTOCOL_MIN, RuntimeFile, find_runtime_file, process_lives
from maquette_client.starter import ALREADY_RUNNING_EXIT_CODE, StartedDaemon, find_command
from maquette_client.status_details import CONNECTION_LOST, ErrorInfoCodec, client_error
from maquette_client.v1 import system_grpc, system_pb2

INFO_TIMEOUT_SECONDS = 5.0
START_TIMEOUT_SECONDS = 30.0

_FRESH_SECONDS = 10.0
_START_POLL_SECONDS = 0.05

# A generated grpclib stub class.
StubClass = Callable[[Channel], Any]


class Connection:
    """Finds the daemon, connects, and finds it again after a restart. Does nothing by itself: only calls make it work.

    Args:
        directories: runtime directories to look in; None = all where a daemon of this user may be.
        preferred_command: the host's preference for what starts the daemon.
        on_condition: called whenever the condition changes.
    """

    def __init__(
        self,
        directories: Sequence[Path] | None = None,
        preferred_command: str | Sequence[str] | None = None,
        on_condition: Callable[[Condition], None] | None = None,
    ) -> None:
        self._directories = tuple(directories) if directories is not None else None
        self.preferred_command = preferred_command
        self.on_condition = on_condition
        self._channel: Channel | None = None
        self._runtime_file: RuntimeFile | None = None
        self._signature: tuple[object, ...] = ()
        self._started: StartedDaemon | None = None
        self._connecting: asyncio.Lock | None = None
        self._condition = conditions.not_running()

    @property
    def condition(self) -> Condition:
        """As of the last :meth:`ready` or :meth:`glance`."""
        return self._condition

    def glance(self) -> Condition:
        """The condition as far as files and processes tell, without any traffic; cheap enough for a panel's redraw."""
        if self._channel is not None and self._is_current():
            return self._condition
        tried_in_vain = self._condition.state is not State.READY and self._signature == self._look()
        self._drop()
        if not tried_in_vain or self._find() is None:
            self._set(self._condition_from_files())
        return self._condition

    async def ready(self) -> system_pb2.GetServerInfoResponse:
        """Connect if need be, and say who is there.

        Raises:
            ClientError: the reason is the name of the :class:`State`, or UNSAFE_DIRECTORY or RUNTIME_FILE_CORRUPT.
        """
        await asyncio.sleep(0)  # a closed socket is noticed by the loop's next look at it
        if self._connecting is None:
            self._connecting = asyncio.Lock()
        async with self._connecting:
            server = self._condition.server
            if self._channel is not None and self._is_current() and server is not None:
                return server
            self._drop()
            self._set(await self._connect())
            condition = self._condition
        if condition.server is None:
            raise ClientError(condition.state.value, condition.message, condition.action)
        return condition.server

    async def start(self, timeout: float = START_TIMEOUT_SECONDS) -> system_pb2.GetServerInfoResponse:
        """Start the daemon unless one runs, and wait until it answers.

        Raises:
            ClientError: NOT_INSTALLED, START_FAILED, or what :meth:`ready` raises.
        """
        deadline = time.monotonic() + timeout
        with contextlib.suppress(_AbsentError):
            return await self._ready_unless_absent()
        command = find_command(self.preferred_command)
        if command is None:
            self._set(conditions.not_installed())
            raise ClientError(State.NOT_INSTALLED.value, self._condition.message, self._condition.action)
        self._started = StartedDaemon(command)
        self._set(conditions.starting())
        while time.monotonic() < deadline:
            with contextlib.suppress(_AbsentError):
                return await self._ready_unless_absent()
            if self._started.exit_code() not in (None, 0, ALREADY_RUNNING_EXIT_CODE):
                raise self._started.failure()
            await asyncio.sleep(_START_POLL_SECONDS)
        raise ClientError(
            "TIMED_OUT",
            f"The daemon did not answer within {timeout:g} seconds.",
            "Look into its log: `maquette doctor`.",
        )

    async def unary(
        self,
        stub: StubClass,
        method: str,
        request: Any,
        timeout: float | None = 30.0,
    ) -> Any:
        """One request, one answer.

        Args:
            stub: generated stub class of the service.
            method: name of the method.
            request: its request message.
            timeout: seconds.

        Raises:
            ClientError: for every failure.
        """
        async with self.open(stub, method, timeout) as stream:
            await stream.send_message(request, end=True)
            answer = await stream.recv_message()
            if answer is None:
                await stream.recv_trailing_metadata()
                raise ClientError("INTERNAL", "The daemon gave no answer.", "Look into its log: `maquette doctor`.")
        return answer

    async def stream(
        self, stub: StubClass, method: str, request: Any, timeout: float | None = None
    ) -> AsyncGenerator[Any, None]:
        """One request, many answers. Leaving the iteration cancels the work.

        Raises:
            ClientError: for every failure.
        """
        async with self.open(stub, method, timeout) as stream:
            await stream.send_message(request, end=True)
            async for answer in stream:
                yield answer

    @contextlib.asynccontextmanager
    async def open(
        self, stub: StubClass, method: str, timeout: float | None = None
    ) -> AsyncGenerator[Stream[Any, Any], None]:
        """A stream of any kind, with the token. What it raises inside becomes a :class:`ClientError`."""
        await self.ready()
        channel, runtime_file = self._channel, self._runtime_file
        if channel is None or runtime_file is None:
            raise ClientError(CONNECTION_LOST, "The connection to the daemon was closed.", "Try again.")
        opened = getattr(stub(channel), method).open(timeout=timeout, metadata=_metadata(runtime_file))
        try:
            async with opened as stream:
                yield stream
        except (asyncio.CancelledError, GeneratorExit, ClientError):
            raise
        except Exception as error:
            translated = client_error(error)
            if translated.reason in (CONNECTION_LOST, "UNAUTHENTICATED") and channel is self._channel:
                self._drop()
            raise translated from error

    def close(self) -> None:
        """Close the socket; a later call opens another."""
        self._drop()
        if self._started is not None:
            self._started.forget()

    async def _ready_unless_absent(self) -> system_pb2.GetServerInfoResponse:
        try:
            return await self.ready()
        except ClientError as error:
            if error.reason in (State.NOT_INSTALLED.value, State.NOT_RUNNING.value, State.STARTING.value):
                raise _AbsentError from error
            raise

    async def _connect(self) -> Condition:
        self._signature = self._look()
        first = self._find()
        if first is None:
            return self._condition_from_files()
        condition = await self._connect_to(first)
        second = self._find()
        if condition.state is State.READY or second is None or second.instance_id == first.instance_id:
            return condition
        # The daemon was restarted between the reading of its file and the call.
        return await self._connect_to(second)

    async def _connect_to(self, found: RuntimeFile) -> Condition:
        if found.protocol_max < PROTOCOL_MIN or found.protocol_min > PROTOCOL_MAX:
            return conditions.version_mismatch(found.version, found.protocol_max < PROTOCOL_MIN)
        channel = _channel_to(found)
        try:
            request = system_pb2.GetServerInfoRequest(protocol_min=PROTOCOL_MIN, protocol_max=PROTOCOL_MAX)
            method = system_grpc.SystemServiceStub(channel).GetServerInfo
            server = await method(request, timeout=INFO_TIMEOUT_SECONDS, metadata=_metadata(found))
        except asyncio.CancelledError:
            channel.close()
            raise
        except Exception as error:
            channel.close()
            return self._condition_after(client_error(error), found)
        self._channel, self._runtime_file = channel, found
        return conditions.ready(server)

    def _condition_after(self, error: ClientError, found: RuntimeFile) -> Condition:
        if error.reason == "UNAUTHENTICATED":
            return conditions.wrong_token()
        if error.reason == "PROTOCOL_MISMATCH":
            return conditions.version_mismatch(found.version, found.protocol_max < PROTOCOL_MAX)
        if error.reason not in (CONNECTION_LOST, "TIMED_OUT"):
            raise error
        return conditions.starting() if self._is_fresh() else conditions.unresponsive()

    def _condition_from_files(self) -> Condition:
        if self._started is not None and self._started.exit_code() is None:
            return conditions.starting()
        if self._find() is not None:
            return conditions.found()
        return conditions.not_running() if find_command(self.preferred_command) else conditions.not_installed()

    def _find(self) -> RuntimeFile | None:
        if self._started is not None:
            self._started.exit_code()
        return find_runtime_file(self._directories)

    def _look(self) -> tuple[object, ...]:
        """Changes when any runtime file was written or removed."""
        looks: list[object] = []
        for directory in self._directories if self._directories is not None else runtime_directories():
            try:
                status = os.stat(directory / RUNTIME_FILE_NAME)
                looks.append((status.st_ino, status.st_mtime_ns))
            except OSError:
                looks.append(None)
        return tuple(looks)

    def _is_current(self) -> bool:
        if self._started is not None:
            self._started.exit_code()
        channel, runtime_file = self._channel, self._runtime_file
        if channel is None or runtime_file is None or not _is_connected(channel):
            return False
        return self._look() == self._signature and process_lives(runtime_file.pid)

    def _is_fresh(self) -> bool:
        directories = self._directories if self._directories is not None else runtime_directories()
        ages: list[float] = []
        for directory in directories:
            with contextlib.suppress(OSError):
                ages.append(time.time() - os.stat(directory / RUNTIME_FILE_NAME).st_mtime)
        return bool(ages) and min(ages) < _FRESH_SECONDS

    def _drop(self) -> None:
        if self._channel is not None:
            self._channel.close()
        self._channel = self._runtime_file = None

    def _set(self, condition: Condition) -> None:
        changed = condition != self._condition
        self._condition = condition
        if changed and self.on_condition is not None:
            self.on_condition(condition)


class _AbsentError(Exception):
    """No daemon answers so far."""


def _channel_to(found: RuntimeFile) -> Channel:
    path, codec, details = found.socket_path, ProtoCodec(), ErrorInfoCodec()
    if path is not None:
        return Channel(path=path, codec=codec, status_details_codec=details)
    host, port = found.host_and_port
    return Channel(host, port, codec=codec, status_details_codec=details)


def _is_connected(channel: Channel) -> bool:
    # grpclib has no public word for it.
    return channel._connected  # pyright: ignore[reportPrivateUsage]


def _metadata(found: RuntimeFile) -> dict[str, str]:
    return {"authorization": f"Bearer {found.token}"}
