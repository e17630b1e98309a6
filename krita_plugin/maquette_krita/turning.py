# pyright: basic
"""When the plugin works: when its socket has something, and now and then while a call is in flight; idle, never."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, cast

from .client import Pump
from .qt import QObject, QSocketNotifier, QTimer

BUDGET_SECONDS = 0.001

# The loop's own timers (retries, time limits) need no better.
_SLOW_MILLISECONDS = 50

# A daemon that ends closes its socket a moment before its process is gone.
_CALM_MILLISECONDS = 300

# Without a descriptor to wait for (Windows), sockets are looked at so often.
_POLL_MILLISECONDS = 10


class Turner(QObject):
    """Turns a pump from Qt's event loop.

    Args:
        pump: of the connection.
    """

    def __init__(self, pump: Pump) -> None:
        super().__init__()
        self._pump = pump
        self._turning = self._calming = False
        self.on_stir: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._turn)
        self._notifier: QSocketNotifier | None = None
        descriptor = pump.wait_descriptor
        if descriptor is not None:
            self._notifier = QSocketNotifier(cast(Any, descriptor), QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(lambda *_: self._stirred())
        pump.on_busy = self.wake

    @property
    def idle(self) -> bool:
        """Nothing will wake it but :meth:`wake`, and a socket that is closed at the other end."""
        return not self._timer.isActive()

    def wake(self) -> None:
        """There is something to turn for."""
        self._timer.start(0)

    def close(self) -> None:
        """Turn no more."""
        self._timer.stop()
        self._listen(False)
        self._pump.on_busy = self.on_stir = None

    def _stirred(self) -> None:
        """A socket has something. While nothing is in flight that may be the daemon's end: :attr:`on_stir` is told."""
        if self._turning or self._pump.closed or self._pump.busy or _another_loop_runs():
            self._turn()
            return
        self._listen(False)
        self._turn_pump()
        self._calming = True
        self._timer.start(_CALM_MILLISECONDS)
        self._tell()

    def _turn(self) -> None:
        # The host may run its event loop within a call that a turn makes.
        if self._turning or self._pump.closed:
            return
        self._listen(False)
        if _another_loop_runs():
            self._timer.start(_POLL_MILLISECONDS)
            return
        began = time.perf_counter()
        if self._turn_pump() and time.perf_counter() - began >= BUDGET_SECONDS:
            self._timer.start(0)
            return
        self._listen(True)
        if self._pump.busy:
            self._timer.start(_SLOW_MILLISECONDS if self._notifier is not None else _POLL_MILLISECONDS)
            return
        self._timer.stop()
        if self._calming:
            self._calming = False
            self._tell()

    def _turn_pump(self) -> bool:
        self._turning = True
        try:
            return self._pump.turn(BUDGET_SECONDS)
        finally:
            self._turning = False

    def _tell(self) -> None:
        if self.on_stir is not None:
            self.on_stir()

    def _listen(self, enabled: bool) -> None:
        if self._notifier is not None:
            self._notifier.setEnabled(enabled)


def _another_loop_runs() -> bool:
    """Another plugin turns a loop of its own, and Qt's events are handled within."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
