"""How long Krita's own event loop was kept busy, and how long the plugin's pump turned."""

from __future__ import annotations

import sys
import time

from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import QLabel

from .verbs import verb
from .windows import docker

BEAT_MILLISECONDS = 5
PREVIEW = "maquette_preview"
_STATE = {"gaps": [], "turns": []}


@verb
def start_watching():
    """Note from now on the gaps between two beats of the event loop, each turn of the pump, and the first preview."""
    now = time.perf_counter()
    _STATE.update(gaps=[], turns=[], last=now, began=now, preview=None, label=docker().findChild(QLabel, PREVIEW))
    timer = _STATE["timer"] = QTimer()
    timer.timeout.connect(_beat)
    timer.start(BEAT_MILLISECONDS)
    _watch_pump()


@verb
def stop_watching():
    """The gaps beyond a beat and the turns, in milliseconds, largest first; seconds until the first preview."""
    _STATE.pop("timer").stop()
    gaps = sorted((1e3 * gap - BEAT_MILLISECONDS for gap in _STATE["gaps"]), reverse=True)
    turns = sorted(_STATE["turns"], reverse=True)
    return {"gaps": [round(gap, 2) for gap in gaps[:20]], "turns": turns, "preview": _STATE["preview"]}


def _beat():
    now = time.perf_counter()
    _STATE["gaps"].append(now - _STATE["last"])
    _STATE["last"] = now
    if _STATE["preview"] is None and _STATE["label"].isVisible():
        _STATE["preview"] = now - _STATE["began"]


def _watch_pump():
    pump = sys.modules["maquette_krita._vendor.maquette_client.pump"].Pump
    if hasattr(pump, "unwatched_turn"):
        return
    pump.unwatched_turn = pump.turn

    def turn(self, *arguments, **options):
        started = time.perf_counter()
        try:
            return pump.unwatched_turn(self, *arguments, **options)
        finally:
            _STATE["turns"].append(round(1e3 * (time.perf_counter() - started), 3))

    pump.turn = turn
