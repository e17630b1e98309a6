"""Which device models run on, chosen once, and why."""

from __future__ import annotations

import os

import psutil
import torch

from maquette.engine.messages import Device
from maquette.errors import MaquetteError, Reason


def physical_cores() -> int:
    """Cores that this process may use, without counting hyper-threads."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(psutil.cpu_count(logical=False) or allowed, allowed))


def choose_threads(threads: int) -> int:
    """Set torch's threads for one operation; 0 means one for each physical core but one, which the host needs.

    Threads wait for one another many times in a frame: as soon as anything else runs on their cores, a drag was
    slower with a thread for every core, and far less steady.
    """
    chosen = threads or max(1, physical_cores() - 1)
    torch.set_num_threads(chosen)
    return chosen


def choose_device(wanted: str) -> tuple[str, str]:
    """A device's torch name, and in one sentence why it was chosen; ``wanted`` empty means the best.

    Raises:
        MaquetteError: INVALID_ARGUMENT, ``wanted`` is not there.
    """
    present = ["cpu", *(f"cuda:{index}" for index in range(torch.cuda.device_count()))]
    if torch.backends.mps.is_available():
        present.append("mps")
    if wanted:
        if wanted not in present:
            raise MaquetteError(
                Reason.INVALID_ARGUMENT, f"There is no device '{wanted}'.", f"Choose one of: {', '.join(present)}."
            )
        return wanted, "It was asked for in the settings."
    if len(present) == 1:
        return "cpu", "No GPU was found."
    return present[1], "It is the first GPU that was found."


def _cpu(chosen: str, why: str, threads: int) -> Device:
    memory = psutil.virtual_memory()
    explanation = why if chosen == "cpu" else "A GPU is in use."
    plural = "" if threads == 1 else "s"
    return Device("cpu", f"CPU, {threads} thread{plural}", memory.total, memory.available, chosen == "cpu", explanation)


def _cuda(index: int, chosen: str, why: str) -> Device:
    name = f"cuda:{index}"
    free, total = torch.cuda.mem_get_info(index)
    explanation = why if chosen == name else f"{chosen} is in use."
    return Device(name, torch.cuda.get_device_name(index), total, free, chosen == name, explanation)


def _mps(chosen: str, why: str) -> Device:
    memory = psutil.virtual_memory()
    explanation = why if chosen == "mps" else f"{chosen} is in use."
    return Device("mps", "Apple GPU", memory.total, memory.available, chosen == "mps", explanation)


def describe_devices(chosen: str, why: str, threads: int) -> tuple[Device, ...]:
    """Every device with its memory as it is now."""
    devices = [_cpu(chosen, why, threads)]
    devices += [_cuda(index, chosen, why) for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        devices.append(_mps(chosen, why))
    return tuple(devices)
