"""How busy other programs kept the machine while something was measured."""

from __future__ import annotations

import contextlib
import os
import time

import psutil

_NOT_WORK = ("idle", "iowait", "guest", "guest_nice")


def _busy_seconds() -> float:
    times = psutil.cpu_times()._asdict()
    return sum(seconds for name, seconds in times.items() if name not in _NOT_WORK)


def processor_seconds(process: psutil.Process) -> float:
    """Processor time that a process has used; 0 for one that has ended."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system


def _own_seconds() -> float:
    own = psutil.Process(os.getpid())
    processes = [own]
    with contextlib.suppress(psutil.NoSuchProcess):
        processes += own.children(recursive=True)
    ended = own.cpu_times()
    return sum(processor_seconds(process) for process in processes) + ended.children_user + ended.children_system


class OtherWork:
    """Begins to watch when it is made."""

    def __init__(self) -> None:
        self._since, self._busy, self._own = time.perf_counter(), _busy_seconds(), _own_seconds()

    def cores(self) -> float:
        """Cores that processes which are neither this one nor its children used, on average since the beginning."""
        passed = time.perf_counter() - self._since
        others = (_busy_seconds() - self._busy) - (_own_seconds() - self._own)
        return max(0.0, others / passed) if passed > 0 else 0.0
