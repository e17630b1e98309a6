"""One asyncio loop that the host's main thread turns, a little at a time and only while something is in flight.

    pump = Pump(on_busy=start_my_timer)
    pump.submit(some_coroutine(), on_done)      # returns at once
    ...
    def my_timer():                             # bpy.app.timers, a Qt timer or a socket notifier
        pump.turn()
        return 0.01 if pump.busy else None      # an idle client has no timer and costs nothing

There is no thread: callbacks run inside :meth:`Pump.turn`, where the host's own API may be used.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, Generic, TypeVar

from maquette_client.errors import ClientError

Value = TypeVar("Value")

_IDLE_PASSES = 2


class _RecordingSelector(selectors.DefaultSelector):
    """The platform's selector; remembers whether the last look found anything."""

    found = False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Look for ready sockets."""
        ready = super().select(timeout)
        self.found = bool(ready)
        return ready


class _SteppedLoop(asyncio.SelectorEventLoop):
    """A selector loop that can be turned once, without waiting, and tells whether another turn has work."""

    def __init__(self) -> None:
        self.scheduled = 0
        self.recorder = _RecordingSelector()
        super().__init__(self.recorder)

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        """Schedule a callback for the next pass."""
        self.scheduled += 1
        return super().call_soon(callback, *args, context=context)

    def pass_once(self) -> bool:
        """Run what is ready now; True when something more became ready meanwhile."""
        self.call_soon(self.stop)
        self.scheduled = 0
        self.run_forever()
        return self.scheduled > 0 or self.recorder.found


class Handle(Generic[Value]):
    """A coroutine that was submitted."""

    def __init__(self, task: asyncio.Task[Value]) -> None:
        self._task = task

    @property
    def done(self) -> bool:
        """It returned, failed or was cancelled."""
        return self._task.done()

    def cancel(self) -> None:
        """Stop it at its next pause; the daemon drops the work with the stream."""
        self._task.cancel()

    async def wait(self) -> None:
        """Until it is done, however it ends."""
        await asyncio.wait({self._task})

    def result(self) -> Value:
        """What it returned.

        Raises:
            ClientError: CANCELLED, or what the coroutine raised; any other exception as it is.
            asyncio.InvalidStateError: it is not done.
        """
        try:
            return self._task.result()
        except asyncio.CancelledError:
            raise ClientError("CANCELLED", "The operation was cancelled.") from None


class Pump:
    """Owns the loop. Make it, use it and close it on the host's main thread.

    Args:
        on_busy: called when there is something to turn for and there was not before; the host starts its timer here.
    """

    def __init__(self, on_busy: Callable[[], None] | None = None) -> None:
        self._loop = _SteppedLoop()
        self._foreground: set[asyncio.Task[Any]] = set()
        self._background: set[asyncio.Task[Any]] = set()
        self._sources: list[Callable[[], bool]] = []
        self._was_busy = False
        self.on_busy = on_busy

    @property
    def busy(self) -> bool:
        """Something is in flight: keep turning."""
        return bool(self._foreground) or any(source() for source in self._sources)

    @property
    def closed(self) -> bool:
        """:meth:`close` was called."""
        return self._loop.is_closed()

    @property
    def wait_descriptor(self) -> int | None:
        """A file descriptor that is readable when a turn has work from a socket; None where there is none (Windows)."""
        fileno: Callable[[], int] | None = getattr(self._loop.recorder, "fileno", None)
        return fileno() if fileno is not None else None

    def add_source(self, busy: Callable[[], bool]) -> None:
        """Let something long-lived, such as an edit session, say by itself whether it needs turns."""
        self._sources.append(busy)

    def remove_source(self, busy: Callable[[], bool]) -> None:
        """Forget a source; no error when it is not known."""
        if busy in self._sources:
            self._sources.remove(busy)

    def wake(self) -> None:
        """Tell the host if there is something to turn for; a source calls this when it becomes busy."""
        busy, was_busy = self.busy, self._was_busy
        self._was_busy = busy
        if busy and not was_busy and self.on_busy is not None:
            self.on_busy()

    def submit(
        self,
        coroutine: Coroutine[Any, Any, Value],
        on_done: Callable[[Handle[Value]], None] | None = None,
        *,
        background: bool = False,
    ) -> Handle[Value]:
        """Start a coroutine and return at once.

        Args:
            coroutine: what to run.
            on_done: called from a later turn, whatever happened; ``handle.result()`` returns or raises.
            background: it does not make the pump busy by itself.
        """
        task = self._loop.create_task(coroutine)
        tasks = self._background if background else self._foreground
        tasks.add(task)
        handle = Handle(task)

        def finished(task: asyncio.Task[Value]) -> None:
            tasks.discard(task)
            if on_done is not None:
                on_done(handle)
            elif not task.cancelled():
                task.exception()

        task.add_done_callback(finished)
        self.wake()
        return handle

    def turn(self, budget_seconds: float = 0.001) -> bool:
        """Do what can be done now, for about ``budget_seconds``, never waiting; returns :attr:`busy`."""
        deadline = time.perf_counter() + budget_seconds
        idle_passes = 0
        while idle_passes < _IDLE_PASSES:
            idle_passes = 0 if self._loop.pass_once() else idle_passes + 1
            if time.perf_counter() >= deadline:
                break
        self._was_busy = self.busy
        return self._was_busy

    def run(self, coroutine: Coroutine[Any, Any, Value], timeout: float | None = None) -> Value:
        """Run a coroutine to its end, waiting: for the command line and for ``blender -b``.

        Raises:
            ClientError: TIMED_OUT after ``timeout`` seconds; whatever the coroutine raises.
        """
        task = self._loop.create_task(asyncio.wait_for(coroutine, timeout))
        self._foreground.add(task)
        # Only when it has ended: after Ctrl+C it is still there, for `close` to cancel.
        task.add_done_callback(self._foreground.discard)
        try:
            return self._loop.run_until_complete(task)
        except asyncio.TimeoutError as error:
            raise ClientError(
                "TIMED_OUT",
                f"There was no answer within {timeout:g} seconds.",
                "Try again; `maquette status` says what the daemon is doing.",
            ) from error
        finally:
            self._was_busy = self.busy

    def close(self) -> None:
        """Cancel everything and free the loop's sockets. The pump cannot be used again."""
        if self.closed:
            return
        tasks = [*self._foreground, *self._background]
        for task in tasks:
            task.cancel()
        if tasks:
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()
        self._sources.clear()
