from __future__ import annotations

import pytest
from maquette.engine.failures import as_maquette_error
from maquette.errors import MaquetteError, Reason


class OutOfMemoryError(RuntimeError):
    """As torch names it."""


CUDA = (
    "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 7.79 GiB "
    "of which 512.00 MiB is free. Including non-PyTorch memory, this process has 7.2 GiB memory in use."
)
CPU = (
    "[enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: "
    "you tried to allocate 4096 bytes. Error code 12"
)


def test_a_device_that_is_full_is_told_in_bytes() -> None:
    error = as_maquette_error(OutOfMemoryError(CUDA))
    assert error.reason is Reason.OUT_OF_MEMORY
    assert error.details == {"needed_bytes": str(5 * 2**29), "available_bytes": str(2**29)}
    assert error.action


@pytest.mark.parametrize(("raised", "needed"), [(RuntimeError(CPU), "4096"), (MemoryError(), None)])
def test_a_host_that_is_full_is_told_in_bytes(raised: Exception, needed: str | None) -> None:
    error = as_maquette_error(raised)
    assert error.reason is Reason.OUT_OF_MEMORY
    assert error.details.get("needed_bytes") == needed
    assert int(error.details["available_bytes"]) > 0


def test_a_typed_error_is_passed_on() -> None:
    error = MaquetteError(Reason.BLOB_NOT_FOUND, "No blob.")
    assert as_maquette_error(error) is error


def test_anything_else_is_internal() -> None:
    assert as_maquette_error(RuntimeError("secret /home/someone")).reason is Reason.INTERNAL
    assert "secret" not in str(as_maquette_error(RuntimeError("secret /home/someone")))
