"""What an operation raised, as an error that a user can act upon."""

from __future__ import annotations

import itertools
import logging
import math
import re

import psutil

from maquette.engine.picture_sizes import picture_size
from maquette.errors import MaquetteError, Reason

_log = logging.getLogger(__name__)

_UNITS = {"": 1, "bytes": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
_AMOUNT = re.compile(r"(?:tr(?:ied|ying)|unable) to allocate ([0-9.]+) ?(bytes|[KMGT]iB)?", re.IGNORECASE)
_FREE = re.compile(r"of which ([0-9.]+) ?(bytes|[KMGT]iB) is free", re.IGNORECASE)
_SHAPE = re.compile(r"array with shape \(([0-9, ]+)\)")


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


def _holds_picture(text: str, width: int, height: int) -> bool:
    """Whether what could not be allocated is an array of a whole picture: then it grows with the picture."""
    match = _SHAPE.search(text)
    sizes = [] if match is None else [int(size) for size in match[1].split(",") if size.strip()]
    return (height, width) in itertools.pairwise(sizes)


def _largest_size(
    text: str, size: tuple[int, int] | None, needed: int | None, available: int
) -> tuple[int, int] | None:
    """The largest picture of the same proportions that is known to fit; None where that cannot be known."""
    if size is None or needed is None or needed <= available or not _holds_picture(text, *size):
        return None
    # What was allocated before and was given back shrinks with the picture too, so this is on the safe side.
    scale = math.sqrt(available / needed)
    width, height = int(size[0] * scale), int(size[1] * scale)
    return (width, height) if min(width, height) >= 1 else None


def out_of_memory(error: Exception, size: tuple[int, int] | None = None) -> MaquetteError:
    """The typed form of an out-of-memory error, with what was needed and what was there, in bytes.

    Args:
        error: what was raised.
        size: width and height of the picture that its caller asked for; None where the model decides. The detail
            ``largest_size`` is told where it was an array of the whole picture that did not fit: no other allocation
            is known to grow with the picture.
    """
    text = str(error)
    free = _bytes_in(_FREE, text)
    available = psutil.virtual_memory().available if free is None else free
    needed = _bytes_in(_AMOUNT, text)
    details = {"available_bytes": str(available)}
    if needed is not None:
        details["needed_bytes"] = str(needed)
    largest = _largest_size(text, size, needed, available)
    action = "Unload other models or close other programs"
    if largest is not None:
        details["largest_size"] = f"{largest[0]} × {largest[1]}"
        action += f", or ask for a picture of at most {details['largest_size']} pixels"
    elif size is not None:
        action += ", or ask for a smaller picture"
    message = "There is not enough memory for this operation."
    return MaquetteError(Reason.OUT_OF_MEMORY, message, f"{action}.", details)


def as_maquette_error(error: Exception, request: object = None) -> MaquetteError:
    """The error to report for what an operation raised; the unexpected is told in full only to the log.

    Args:
        error: what was raised.
        request: what the operation was asked.
    """
    if isinstance(error, MaquetteError):
        return error
    if is_out_of_memory(error):
        _log.warning("out of memory: %s", error)
        return out_of_memory(error, picture_size(request))
    _log.error("an operation failed unexpectedly", exc_info=error)
    return MaquetteError(
        Reason.INTERNAL,
        "The operation failed unexpectedly.",
        "Try again; if it fails again, report it with the daemon's log (`maquette doctor` shows where it is).",
    )
