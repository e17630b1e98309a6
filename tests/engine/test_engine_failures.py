from __future__ import annotations

import pytest
from maquette.engine.failures import as_maquette_error
from maquette.engine.messages import LoadModel, Paint
from maquette.engine.picture_sizes import picture_size
from maquette.errors import MaquetteError, Reason
from maquette.imaging.picture import Picture, PictureSpec, PixelFormat
from maquette.models.painting.requests import Colorize, Outpaint
from maquette.models.scene_requests import InvertImage


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


def painting(width: int, height: int) -> Paint:
    spec = PictureSpec(width, height, PixelFormat.RGB_U8)
    return Paint(Colorize(Picture(spec, b"")), ("a-painter",))


def refused(*shape: int) -> MemoryError:
    """As numpy says it, of an array that no machine holds."""
    return MemoryError(f"Unable to allocate 64.0 TiB for an array with shape {shape} and data type float32")


def test_the_largest_picture_that_fits_is_told_where_it_is_the_picture_that_does_not() -> None:
    error = as_maquette_error(refused(6000, 4000, 3), painting(4000, 6000))
    assert error.details["needed_bytes"] == str(2**46)
    width, height = map(int, error.details["largest_size"].split(" × "))
    assert height == pytest.approx(1.5 * width, abs=2)
    share = (width * height) / (4000 * 6000)
    assert share <= int(error.details["available_bytes"]) / 2**46
    assert error.details["largest_size"] in error.action


@pytest.mark.parametrize(
    ("raised", "request_"),
    [
        (refused(1, 512, 64, 64), painting(4000, 6000)),
        (refused(4000, 6000), painting(4000, 6000)),
        (MemoryError(), painting(4000, 6000)),
        (MemoryError("Unable to allocate 8 bytes for an array with shape (6000, 4000)"), painting(4000, 6000)),
        (refused(6000, 4000, 3), LoadModel()),
        (RuntimeError(CPU), painting(32, 32)),
    ],
)
def test_no_size_is_promised_that_is_not_known_to_fit(raised: Exception, request_: object) -> None:
    error = as_maquette_error(raised, request_)
    assert error.reason is Reason.OUT_OF_MEMORY
    assert "largest_size" not in error.details
    assert ("smaller picture" in error.action) is isinstance(request_, Paint)


@pytest.mark.parametrize(
    ("request_", "size"),
    [
        (painting(3, 2), (3, 2)),
        (Paint(Outpaint(painting(3, 2).request.picture, left=1, bottom=4), ()), (4, 6)),
        (InvertImage(painting(3, 2).request.picture), (3, 2)),
        (LoadModel(), None),
        (None, None),
    ],
)
def test_how_large_a_picture_is_made_is_known_where_the_caller_decides_it(
    request_: object, size: tuple[int, int] | None
) -> None:
    assert picture_size(request_) == size


def test_a_typed_error_is_passed_on() -> None:
    error = MaquetteError(Reason.BLOB_NOT_FOUND, "No blob.")
    assert as_maquette_error(error) is error


def test_anything_else_is_internal() -> None:
    assert as_maquette_error(RuntimeError("secret /home/someone")).reason is Reason.INTERNAL
    assert "secret" not in str(as_maquette_error(RuntimeError("secret /home/someone")))
