"""Whatever is asked to be painted: a typed error or a correct result, and a daemon that still answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from daemon_process import Daemon, reason_of
from maquette.server.generated.paint_pb2_grpc import PaintServiceStub
from maquette_client.v1 import common_pb2, paint_pb2, system_pb2
from painting import colorize, image, inpaint, mask, outpaint, pixels, restore, settings


@pytest.fixture(autouse=True)
def still_alive(daemon: Daemon) -> Iterator[None]:
    yield
    assert daemon.system.GetServerInfo(system_pb2.GetServerInfoRequest(), timeout=60).version


METHODS = {
    paint_pb2.InpaintRequest: "Inpaint",
    paint_pb2.OutpaintRequest: "Outpaint",
    paint_pb2.ColorizeRequest: "Colorize",
    paint_pb2.RestoreJpegRequest: "RestoreJpeg",
}


def refusal(daemon: Daemon, request: Any, stub: PaintServiceStub | None = None) -> str:
    """The reason with which a request is refused, which says what to do next."""
    call = getattr(stub or daemon.paint, METHODS[type(request)])
    with pytest.raises(grpc.RpcError) as caught:
        list(call(request, timeout=60))
    assert caught.value.details()
    return reason_of(caught.value)


def changed(content: common_pb2.Image, **changes: Any) -> common_pb2.Image:
    """An image with another spec."""
    other = common_pb2.Image()
    other.CopyFrom(content)
    for name, value in changes.items():
        setattr(other.spec, name, value)
    return other


def broken_pictures() -> Iterator[tuple[str, common_pb2.Image, str]]:
    yield "nothing", common_pb2.Image(), "INVALID_ARGUMENT"
    yield "no data", common_pb2.Image(spec=image().spec), "INVALID_ARGUMENT"
    yield "no spec", common_pb2.Image(inline=b"abc"), "INVALID_ARGUMENT"
    yield "no pixels", changed(image(), width=0), "INVALID_ARGUMENT"
    yield "unknown format", changed(image(), pixel_format=99), "INVALID_ARGUMENT"
    yield "no colour space", changed(image(), colour_space=0), "INVALID_ARGUMENT"
    yield "no colours", changed(image(), colour_space=3), "INVALID_ARGUMENT"
    yield "unknown alpha", changed(image(), alpha_mode=9), "INVALID_ARGUMENT"
    yield "too few bytes", changed(image(), width=5), "CONTENT_CORRUPT"
    yield "too wide", changed(image(), width=16385), "LIMIT_EXCEEDED"
    yield "far too large", changed(image(), width=2**32 - 1, height=2**32 - 1), "LIMIT_EXCEEDED"
    yield "too large together", changed(image(), width=16384, height=16384, pixel_format=12), "LIMIT_EXCEEDED"
    yield "too much inline", image(1000, 1000), "LIMIT_EXCEEDED"
    yield "unknown name", common_pb2.Image(spec=image().spec, content_id="0" * 64), "CONTENT_NOT_FOUND"
    yield "a path", common_pb2.Image(spec=image().spec, content_id="../daemon.json"), "CONTENT_NOT_FOUND"
    yield "a long name", common_pb2.Image(spec=image().spec, content_id="x" * 10000), "CONTENT_NOT_FOUND"


@pytest.mark.parametrize("request_of", [inpaint, outpaint, colorize, restore])
@pytest.mark.parametrize(("broken", "reason"), [pytest.param(p, r, id=name) for name, p, r in broken_pictures()])
def test_a_broken_picture_is_refused(
    daemon: Daemon, request_of: Callable[..., Any], broken: common_pb2.Image, reason: str
) -> None:
    assert refusal(daemon, request_of(picture=broken)) == reason


@pytest.mark.parametrize("request_", [kind() for kind in METHODS], ids=lambda request: type(request).__name__)
def test_an_empty_request_is_refused(daemon: Daemon, request_: Any) -> None:
    assert refusal(daemon, request_) == "INVALID_ARGUMENT"


def lengths(name: str, value: float, unit: str = "LENGTH_UNIT_PIXELS") -> paint_pb2.SelectionSettings:
    return paint_pb2.SelectionSettings(**{name: paint_pb2.Length(value=value, unit=unit)})


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (inpaint(model_id="nobody"), "MODEL_NOT_FOUND"),
        (inpaint(model_id="../../etc/passwd"), "MODEL_NOT_FOUND"),
        (inpaint(model_id="x" * 10000), "MODEL_NOT_FOUND"),
        (inpaint(model_id="fake-rooms"), "MODEL_UNSUPPORTED"),
        (colorize(model_id="fake-filler"), "MODEL_UNSUPPORTED"),
        (inpaint(mask=None), "INVALID_ARGUMENT"),
        (inpaint(mask=image()), "INVALID_ARGUMENT"),
        (inpaint(mask=image(pixel_format="GRAY_U8")), "INVALID_ARGUMENT"),
        (inpaint(mask=mask(5, 4)), "INVALID_ARGUMENT"),
        (inpaint(mask=mask(4, 3)), "INVALID_ARGUMENT"),
        (inpaint(mask=changed(mask(), width=8)), "CONTENT_CORRUPT"),
        (inpaint(selection=lengths("grow", 4097)), "LIMIT_EXCEEDED"),
        (inpaint(selection=lengths("grow", 1e300)), "LIMIT_EXCEEDED"),
        (inpaint(selection=lengths("feather", -1)), "INVALID_ARGUMENT"),
        (inpaint(selection=lengths("blend", 1001, "LENGTH_UNIT_PERCENT")), "LIMIT_EXCEEDED"),
        (inpaint(selection=lengths("blend", 1, "LENGTH_UNIT_UNSPECIFIED")), "INVALID_ARGUMENT"),
        (inpaint(selection=paint_pb2.SelectionSettings(grow=paint_pb2.Length(value=1, unit=77))), "INVALID_ARGUMENT"),
        (inpaint(context=None), "INVALID_ARGUMENT"),
        (inpaint(context=paint_pb2.Context()), "INVALID_ARGUMENT"),
        (inpaint(context=paint_pb2.Context(kind=77)), "INVALID_ARGUMENT"),
        (inpaint(context=paint_pb2.Context(kind="CONTEXT_KIND_PIXELS", pixels=2**32 - 1)), "LIMIT_EXCEEDED"),
        (inpaint(blend_mode=0), "INVALID_ARGUMENT"),
        (inpaint(blend_mode=77), "INVALID_ARGUMENT"),
        (outpaint(left=0), "INVALID_ARGUMENT"),
        (outpaint(left=16381), "LIMIT_EXCEEDED"),
        (outpaint(left=2**32 - 1, right=2**32 - 1, top=2**32 - 1, bottom=2**32 - 1), "LIMIT_EXCEEDED"),
        (outpaint(left=10000, top=10000), "LIMIT_EXCEEDED"),
        (outpaint(left=8000, top=8000, settings=settings(candidates=16)), "LIMIT_EXCEEDED"),
        (outpaint(blend=pixels(-1)), "INVALID_ARGUMENT"),
        (outpaint(blend_mode=0), "INVALID_ARGUMENT"),
        (colorize(hints=image()), "INVALID_ARGUMENT"),
        (colorize(hints=image(3, 4, "RGBA_U8")), "INVALID_ARGUMENT"),
        (colorize(hints=image(pixel_format="RGBA_U8", colour_space="DATA")), "INVALID_ARGUMENT"),
        (colorize(hints=common_pb2.Image()), "INVALID_ARGUMENT"),
        (restore(quality=101), "INVALID_ARGUMENT"),
        (restore(quality=2**32 - 1), "INVALID_ARGUMENT"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(daemon: Daemon, request_: Any, reason: str) -> None:
    assert refusal(daemon, request_) == reason


@pytest.mark.parametrize("request_of", [inpaint, outpaint, colorize, restore])
@pytest.mark.parametrize(
    "wrong", [{"candidates": 17}, {"candidates": 2**32 - 1}, {"steps": 2001}, {"preview_side": 513}]
)
def test_settings_out_of_bounds_are_refused(
    daemon: Daemon, request_of: Callable[..., Any], wrong: dict[str, int]
) -> None:
    assert refusal(daemon, request_of(settings=settings(**wrong))) == "LIMIT_EXCEEDED"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_length_takes_a_number_that_is_not_finite(daemon: Daemon, value: float) -> None:
    for name in ("grow", "feather", "blend"):
        assert refusal(daemon, inpaint(selection=lengths(name, value))) == "NOT_A_FINITE_NUMBER"
    assert refusal(daemon, outpaint(blend=pixels(value))) == "NOT_A_FINITE_NUMBER"


@pytest.mark.parametrize("request_", [inpaint(), outpaint(), colorize(), restore()], ids=lambda one: type(one).__name__)
def test_nothing_is_painted_without_the_token(daemon: Daemon, request_: Any) -> None:
    channel = daemon.open_channel((("authorization", "Bearer " + "0" * 64),))
    assert refusal(daemon, request_, PaintServiceStub(channel)) == "UNAUTHENTICATED"
    channel.close()


@pytest.mark.parametrize("method", METHODS.values())
def test_bytes_that_are_no_message_are_refused(daemon: Daemon, method: str) -> None:
    call = daemon.channel.unary_stream(f"/maquette.v1.PaintService/{method}")
    with pytest.raises(grpc.RpcError) as caught:
        list(call(b"\xff" * 40))
    assert reason_of(caught.value) == "INVALID_ARGUMENT"


def test_a_fault_of_a_model_is_internal_and_tells_nothing(daemon: Daemon) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        list(daemon.paint.Inpaint(inpaint(settings=settings(seed=666)), timeout=60))
    assert reason_of(caught.value) == "INTERNAL"
    assert "a fault of the model" not in str(caught.value.details())
