# pyright: basic
"""When the plugin works: Qt wakes it when its socket has something, or soon while a call is in flight; idle, never."""

from __future__ import annotations

import time
from typing import Any, cast

from .client import Pump
from .qt import QObject, QSocketNotifier, QTimer

BUDGET_SECONDS = 0.001

# The loop's own timers (retries, time limits) need no better.
_SLOW_MILLISECONDS = 50

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
        self._turning = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._turn)
        self._notifier: QSocketNotifier | None = None
        descriptor = pump.wait_descriptor
        if descriptor is not None:
            self._notifier = QSocketNotifier(cast(Any, descriptor), QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(lambda *_: self._turn())
            self._notifier.setEnabled(False)
        pump.on_busy = self.wake

    @property
    def idle(self) -> bool:
        """Nothing will wake it but :meth:`wake`."""
        return not self._timer.isActive() and (self._notifier is None or not self._notifier.isEnabled())

    def wake(self) -> None:
        """There is something to turn for."""
        self._timer.start(0)

    def close(self) -> None:
        """Turn no more."""
        self._timer.stop()
        self._listen(False)
        self._pump.on_busy = None

    def _turn(self) -> None:
        # The host may run its event loop within a call that a turn makes.
        if self._turning or self._pump.closed:
            return
        self._turning = True
        self._listen(False)
        began = time.perf_counter()
        try:
            busy = self._pump.turn(BUDGET_SECONDS)
        finally:
            self._turning = False
        if not busy:
            self._timer.stop()
        elif time.perf_counter() - began >= BUDGET_SECONDS:
            self._timer.start(0)
        else:
            self._listen(True)
            self._timer.start(_SLOW_MILLISECONDS if self._notifier is not None else _POLL_MILLISECONDS)

    def _listen(self, enabled: bool) -> None:
        if self._notifier is not None:
            self._notifier.setEnabled(enabled)
