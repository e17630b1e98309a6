"""What watchers of the daemon are told, each at its own pace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from maquette.engine.messages import EngineState


@dataclass(eq=False)
class _Watcher:
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    models_changed: bool = False


@dataclass(frozen=True)
class ModelsChanged:
    """Models were added, removed, loaded or unloaded."""


@dataclass(frozen=True)
class ShuttingDown:
    """The daemon is about to end."""


Event = EngineState | ModelsChanged | ShuttingDown


class Events:
    """The daemon's state as a stream for any number of watchers. A slow watcher misses what is no longer true."""

    def __init__(self) -> None:
        self._watchers: set[_Watcher] = set()
        self._state = EngineState.STOPPED
        self._ending = False

    def engine_is(self, state: EngineState) -> None:
        """The engine's state is now this."""
        self._state = state
        self._wake()

    def models_changed(self) -> None:
        """Models were added, removed, loaded or unloaded."""
        for watcher in self._watchers:
            watcher.models_changed = True
        self._wake()

    def shutting_down(self) -> None:
        """The daemon is about to end."""
        self._ending = True
        self._wake()

    def _wake(self) -> None:
        for watcher in self._watchers:
            watcher.changed.set()

    async def watch(self) -> AsyncGenerator[Event, None]:
        """The engine's state now, then every event until the daemon ends."""
        watcher = _Watcher()
        self._watchers.add(watcher)
        try:
            told = self._state
            yield told
            while not self._ending:
                await watcher.changed.wait()
                watcher.changed.clear()
                if told is not self._state:
                    told = self._state
                    yield told
                if watcher.models_changed:
                    watcher.models_changed = False
                    yield ModelsChanged()
            yield ShuttingDown()
        finally:
            self._watchers.discard(watcher)
