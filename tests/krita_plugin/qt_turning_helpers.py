"""Turning Qt's event loop in a test."""

from __future__ import annotations

import time

from maquette_krita import qt


def delete_now() -> None:
    kind = qt.QEvent.Type.DeferredDelete
    qt.QApplication.sendPostedEvents(None, kind if isinstance(kind, int) else kind.value)


def turn_qt_until(holds) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        qt.QApplication.processEvents()
