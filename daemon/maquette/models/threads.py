"""How many threads an operation is worth: waking one that sleeps takes as long as a million additions."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import torch

SMALLEST_SHARED = 1_000_000
"""Numbers of which fewer are sooner gone through by one thread (measured where threads sleep while they wait)."""


@contextmanager
def threads_for(numbers: int) -> Generator[None]:
    """Inside, torch shares what goes over so many numbers among its threads only where that is quicker.

    Not for convolutions and products of matrices, which are worth more threads than their size tells, and not over a
    ``yield``: the number of threads is the process's.
    """
    before = torch.get_num_threads()
    if before == 1 or numbers >= SMALLEST_SHARED:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
