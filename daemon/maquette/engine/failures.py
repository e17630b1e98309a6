"""What an operation raised, as an error that a user can act upon."""

from __future__ import annotations

import logging
import re

import psutil

from maquette.errors import MaquetteError, Reason

_log = logging.getLogger(__name__)

_UNITS = {"": 1, "bytes": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_AMOUNT = re.compile(r"tr(?:ied|ying) to allocate ([0-9.]+) ?(bytes|KiB|MiB|GiB)?", re.IGNORECASE)
_FREE = re.compile(r"of which ([0-9.]+) ?(bytes|KiB|MiB|GiB) is free", re.IGNORECASE)


def _bytes_in(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    if match is None:
        return None
    return int(float(match[1]) * _UNITS[(match[2] or "").lower()])


def is_out_of_memory(error: Exception) -> bool:
    """Whether memory ran out, on the host or on a device (torch raises a RuntimeError for either)."""
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or (isinstance(error, RuntimeError) and "DefaultCPUAllocator: can't allocate memory" in str(error))
        or (isinstance(error, MaquetteError) and error.reason is Reason.OUT_OF_MEMORY)
    )


def out_of_memory(error: Exception) -> MaquetteError:
    """The typed form of an out-of-memory error, with what was needed and what was there, in bytes."""
    text = str(error)
    free = _bytes_in(_FREE, text)
    details = {"available_bytes": str(psutil.virtual_memory().available if free is None else free)}
    needed = _bytes_in(_AMOUNT, text)
    if needed is not None:
        details["needed_bytes"] = str(needed)
    return MaquetteError(
        Reason.OUT_OF_MEMORY,
        "There is not enough memory for this operation.",
        "Unload other models, close other programs, or ask for a smaller picture.",
        details,
    )


def as_maquette_error(error: Exception) -> MaquetteError:
    """The error to report for what an operation raised; the unexpected is told in full only to the log."""
    if isinstance(error, MaquetteError):
        return error
    if is_out_of_memory(error):
        _log.warning("out of memory: %s", error)
        return out_of_memory(error)
    _log.error("an operation failed unexpectedly", exc_info=error)
    return MaquetteError(
        Reason.INTERNAL,
        "The operation failed unexpectedly.",
        "Try again; if it fails again, report it with the daemon's log (`maquette doctor` shows where it is).",
    )
