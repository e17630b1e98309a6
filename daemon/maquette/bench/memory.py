"""Memory of server and engine early and late in a long series of edits."""

from __future__ import annotations

import contextlib

import psutil

from maquette.bench.dragging import DraggingHost
from maquette.bench.measurement import Bar, Measurement, Statistic
from maquette.bench.other_work import OtherWork
from maquette.bench.private_daemon import PrivateDaemon

_EDITS_PER_SECOND_OF_ROUND = 60.0


def _megabytes(process: psutil.Process) -> float:
    return process.memory_info().rss / 1e6


def measure_memory(daemon: PrivateDaemon, early: int = 200, late: int = 2000) -> list[Measurement]:
    """Resident memory after ``early`` and after ``late`` edits, each of which is rendered and shown."""
    server, engine = daemon.server(), daemon.engine()
    others = OtherWork()
    held: list[tuple[float, float]] = []
    with contextlib.closing(DraggingHost(daemon, daemon.sampled_scene())) as host:
        for number in range(1, late + 1):
            host.turn_until_shown(host.edit(number / _EDITS_PER_SECOND_OF_ROUND))
            if number in (early, late):
                held.append((_megabytes(server), _megabytes(engine)))
    cores = others.cores()
    (server_early, engine_early), (server_late, engine_late) = held
    growth = 100 * ((server_late + engine_late) / (server_early + engine_early) - 1)
    return [
        Measurement(f"server after {early} edits", "MB", [server_early], None, cores),
        Measurement(f"server after {late} edits", "MB", [server_late], None, cores),
        Measurement(f"engine after {early} edits", "MB", [engine_early], None, cores),
        Measurement(f"engine after {late} edits", "MB", [engine_late], None, cores),
        Measurement(f"growth from {early} to {late} edits", "%", [growth], Bar(Statistic.MAXIMUM, 5.0), cores),
    ]
