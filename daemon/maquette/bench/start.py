"""How long it takes from the execution of `maquette serve` to the first answer."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field

import psutil
from maquette_client import models
from maquette_client.connection import Connection
from maquette_client.pump import Pump

from maquette.bench.measurement import Bar, Measurement, Statistic
from maquette.bench.other_work import OtherWork
from maquette.bench.private_daemon import connect, end_process, private_folder, serve_process


@dataclass
class _Starts:
    answered: list[float] = field(default_factory=list[float])
    engine_ready: list[float] = field(default_factory=list[float])
    torch_loaded: list[float] = field(default_factory=list[float])

    def add_one(self) -> None:
        with private_folder() as folder, contextlib.closing(Pump()) as pump:
            connection = Connection(directories=[folder / "run"])
            began = time.perf_counter()
            process = serve_process(folder)
            try:
                connect(folder, process, pump, connection)
                self.answered.append(1e3 * (time.perf_counter() - began))
                pump.run(models.list_devices(connection))
                self.engine_ready.append(1e3 * (time.perf_counter() - began))
                self.torch_loaded.append(float(_has_torch(process.pid)))
            finally:
                connection.close()
                end_process(process)


def _has_torch(pid: int) -> bool:
    return any("libtorch" in region.path for region in psutil.Process(pid).memory_maps())


def measure_start(count: int = 5) -> list[Measurement]:
    """Start the daemon ``count`` times."""
    others, starts = OtherWork(), _Starts()
    for _ in range(count):
        starts.add_one()
    cores = others.cores()
    second, none = Bar(Statistic.MEDIAN, 1000.0), Bar(Statistic.MAXIMUM, 0.0)
    return [
        Measurement("maquette serve → GetServerInfo", "ms", starts.answered, second, cores),
        Measurement("maquette serve → engine ready", "ms", starts.engine_ready, None, cores),
        Measurement("server has torch in memory", "times", starts.torch_loaded, none, cores),
    ]
