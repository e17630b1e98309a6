"""The engine killed while it renders: how soon the caller knows, and how soon all is well again."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field

import psutil
from maquette_client import scenes
from maquette_client.errors import ClientError
from maquette_client.images import Image
from maquette_client.v1.scene_pb2 import Scene

from maquette.bench.dragging import DraggingHost
from maquette.bench.measurement import Bar, Measurement, Statistic
from maquette.bench.other_work import OtherWork
from maquette.bench.private_daemon import PrivateDaemon

_ATTEMPTS = 50
_RETRY_SECONDS = 0.05


class _Kill:
    """Kills a process when it is told of progress for the first time."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self.at = 0.0

    def __call__(self, stage: str, fraction: float) -> None:
        if not self.at:
            self._process.kill()
            self.at = time.perf_counter()


@dataclass
class _Crashes:
    daemon: PrivateDaemon
    scene: Scene
    told: list[float] = field(default_factory=list[float])
    recovered: list[float] = field(default_factory=list[float])
    changed: list[float] = field(default_factory=list[float])

    def add_one(self) -> None:
        with contextlib.closing(DraggingHost(self.daemon, self.scene)) as host:
            host.edit(0.0)
            host.settle()
            before = _state(host)
            killed_at = self._kill_in_mid_render()
            self._render_until_it_succeeds()
            self.recovered.append(time.perf_counter() - killed_at)
            host.settle()
            self.changed.append(float(_state(host) != before))

    def _kill_in_mid_render(self) -> float:
        """Kill the engine on its first word about a render; one that was quicker than the kill is tried again."""
        for _ in range(_ATTEMPTS):
            kill = _Kill(self.daemon.engine())
            try:
                self.daemon.pump.run(scenes.render_scene(self.daemon.connection, self.scene, on_progress=kill))
            except ClientError as error:
                if error.reason != "ENGINE_LOST":
                    raise
                self.told.append(time.perf_counter() - kill.at)
                return kill.at
            self._render_until_it_succeeds()
        raise AssertionError("every render ended before its engine could be killed")

    def _render_until_it_succeeds(self) -> None:
        while True:
            try:
                self.daemon.pump.run(scenes.render_scene(self.daemon.connection, self.scene))
            except ClientError as error:
                if not error.reason.startswith("ENGINE_"):
                    raise
                time.sleep(_RETRY_SECONDS)
            else:
                return


def _state(host: DraggingHost) -> tuple[Scene, Image | None]:
    return host.scene, host.last.image if host.last else None


def measure_crash(daemon: PrivateDaemon, count: int = 3) -> list[Measurement]:
    """Kill the engine ``count`` times, with an edit session open."""
    crashes = _Crashes(daemon, daemon.sampled_scene())
    others = OtherWork()
    for _ in range(count):
        crashes.add_one()
    cores, largest = others.cores(), Statistic.MAXIMUM
    return [
        Measurement("engine killed → typed error", "s", crashes.told, Bar(largest, 1.0), cores),
        Measurement("engine killed → next render", "s", crashes.recovered, Bar(largest, 15.0), cores),
        Measurement("scene or picture changed by the kill", "times", crashes.changed, Bar(largest, 0.0), cores),
    ]
