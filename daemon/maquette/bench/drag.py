"""A drag at 60 edits a second: how soon each edit is seen, and whether anything queues."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from maquette.bench.dragging import DraggingHost
from maquette.bench.measurement import Bar, Measurement, Statistic
from maquette.bench.other_work import OtherWork
from maquette.bench.private_daemon import PrivateDaemon, private_daemon

EDITS_PER_SECOND = 60.0
_SHORT_DRAGS = 4
_STALL_SECONDS = 0.3


@dataclass
class Drags:
    """What several drags gave; times in milliseconds."""

    latencies: list[float] = field(default_factory=list[float])
    newest_latencies: list[float] = field(default_factory=list[float])
    render_times: list[float] = field(default_factory=list[float])
    frame_rates: list[float] = field(default_factory=list[float])
    finals: list[float] = field(default_factory=list[float])
    steps_back: list[float] = field(default_factory=list[float])
    piled_up: list[float] = field(default_factory=list[float])
    cores_of_others: list[float] = field(default_factory=list[float])

    def add(self, daemon: PrivateDaemon, seconds: float) -> None:
        """One long drag, then short ones for more moments of letting go, then a host that stalls."""
        with contextlib.closing(DraggingHost(daemon, daemon.sampled_scene())) as host:
            others, before = OtherWork(), host.frames
            host.drag(seconds, EDITS_PER_SECOND)
            self.frame_rates.append((host.frames - before) / seconds)
            self.cores_of_others.append(others.cores())
            self.finals.append(host.settle())
            self.latencies += host.latencies
            self.newest_latencies += host.newest_latencies
            self.render_times += host.render_times
            for _ in range(_SHORT_DRAGS):
                host.drag(seconds / 10, EDITS_PER_SECOND)
                self.finals.append(host.settle())
            self.piled_up.append(host.frames_after_stall(_STALL_SECONDS))
            host.settle()
            self.steps_back.append(host.steps_back)

    def measurements(self, name: str) -> list[Measurement]:
        """The figures, each called ``name``."""
        cores = sum(self.cores_of_others) / len(self.cores_of_others)
        p95, largest = Statistic.P95, Statistic.MAXIMUM
        rows = [
            ("every edit → frame", "ms", self.latencies, Bar(p95, 60.0)),
            ("newest edit → frame", "ms", self.newest_latencies, None),
            ("in the model", "ms", self.render_times, None),
            ("frames", "per s", self.frame_rates, None),
            ("settle → FINAL", "ms", self.finals, Bar(p95, 200.0)),
            ("revisions that went back", "times", self.steps_back, Bar(largest, 0.0)),
            ("frames waiting for a stalled host", "frames", self.piled_up, Bar(largest, 1.0)),
        ]
        return [Measurement(f"{name}: {what}", unit, values, bar, cores) for what, unit, values, bar in rows]


def measure_drag(
    weights: Path, threads: Sequence[int] = (1, 2), seconds: float = 10.0, rounds: int = 1
) -> list[Measurement]:
    """Drag with each number of engine threads (0 = the daemon's default) in turn, ``rounds`` times."""
    by_threads = {count: Drags() for count in threads}
    for _ in range(rounds):
        for count, drags in by_threads.items():
            with private_daemon(weights, count) as daemon:
                drags.add(daemon, seconds)
    return [measurement for count, drags in by_threads.items() for measurement in drags.measurements(_drag_name(count))]


def _drag_name(threads: int) -> str:
    return {0: "drag", 1: "drag, 1 thread"}.get(threads, f"drag, {threads} threads")
