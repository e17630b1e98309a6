"""What the daemon and a connected client cost while nobody does anything."""

from __future__ import annotations

import contextlib
import time

from maquette.bench.dragging import DraggingHost
from maquette.bench.measurement import Bar, Measurement, Statistic
from maquette.bench.other_work import OtherWork, processor_seconds
from maquette.bench.private_daemon import PrivateDaemon

_GLANCE_SECONDS = 1.0
_CALM_DOWN_SECONDS = 1.0


def _idle(daemon: PrivateDaemon, seconds: float) -> None:
    """What an idle host does: look now and then whether the daemon is still there."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(left, _GLANCE_SECONDS))
        daemon.connection.glance()


def measure_idle(daemon: PrivateDaemon, seconds: float = 30.0) -> list[Measurement]:
    """Processor time of server, engine and client with a model in memory and an edit session open."""
    server, engine = daemon.server(), daemon.engine()
    with contextlib.closing(DraggingHost(daemon, daemon.sampled_scene())) as host:
        host.drag(0.2, 30.0)
        host.settle()
        _idle(daemon, _CALM_DOWN_SECONDS)
        others = OtherWork()
        before = (processor_seconds(server), processor_seconds(engine), time.process_time())
        _idle(daemon, seconds)
        after = (processor_seconds(server), processor_seconds(engine), time.process_time())
        cores = others.cores()
    bar = Bar(Statistic.MEDIAN, 0.5)
    shares = [100 * (end - begin) / seconds for begin, end in zip(before, after, strict=True)]
    names = ("idle server", "idle engine", "idle client")
    return [Measurement(name, "% of a core", [share], bar, cores) for name, share in zip(names, shares, strict=True)]
