"""Whatever is sent to the verbs that make scenes from scenes and pictures: a typed error or a correct result."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from daemon_process import Daemon, reason_of
from google.protobuf.message import Message
from hostile import float_paths, with_value
from maquette.server.generated.scene_pb2_grpc import SceneServiceStub
from maquette_client.v1 import scene_pb2, system_pb2
from painting import image
from scene_verbs import complete, frame, interpolate, invert, region, restyle, scene, transfer

VERBS = {
    "CompleteScene": complete(),
    "InterpolateScenes": interpolate(),
    "InvertImage": invert(),
    "TransferEdit": transfer(),
    "RestyleScene": restyle(),
}


@pytest.fixture(autouse=True)
def still_alive(daemon: Daemon) -> Iterator[None]:
    yield
    assert daemon.system.GetServerInfo(system_pb2.GetServerInfoRequest(), timeout=60).version


def refusal(daemon: Daemon, method: str, request: Message) -> str:
    with pytest.raises(grpc.RpcError) as caught:
        list(getattr(daemon.scene, method)(request, timeout=60))
    return reason_of(caught.value)


@pytest.mark.parametrize("method", [*VERBS, "RenderAnimation"])
def test_no_verb_is_answered_without_the_token(daemon: Daemon, method: str) -> None:
    channel = daemon.open_channel(())
    request: Any = iter([frame()]) if method == "RenderAnimation" else VERBS[method]
    with pytest.raises(grpc.RpcError) as caught:
        list(getattr(SceneServiceStub(channel), method)(request, timeout=60))
    assert reason_of(caught.value) == "UNAUTHENTICATED"
    channel.close()


@pytest.mark.parametrize(("method", "request_"), VERBS.items())
def test_the_requests_that_are_broken_below_are_right_before(daemon: Daemon, method: str, request_: Message) -> None:
    assert list(getattr(daemon.scene, method)(request_, timeout=60))[-1].HasField("result")


@pytest.mark.parametrize("value", [math.nan, -math.inf])
@pytest.mark.parametrize(
    ("method", "path"),
    [pytest.param(m, p, id=f"{m}:{'.'.join(map(str, p))}") for m, r in VERBS.items() for p in float_paths(r)],
)
def test_no_field_takes_a_number_that_is_not_finite(
    daemon: Daemon, method: str, path: tuple[str | int, ...], value: float
) -> None:
    assert refusal(daemon, method, with_value(VERBS[method], path, value)) == "NOT_A_FINITE_NUMBER"


@pytest.mark.parametrize("blobs", [0, 1, 200, 256])
def test_scenes_of_any_allowed_size_are_taken(daemon: Daemon, blobs: int) -> None:
    one, other = scene(1, blobs), scene(2, blobs)
    pinned = [blob.id for blob in one.blobs]
    requests: dict[str, Message] = {
        "CompleteScene": complete(scene=one, pinned_ids=pinned),
        "InterpolateScenes": interpolate(start=one, end=other),
        "InvertImage": invert(scene=one, pinned_ids=pinned),
        "TransferEdit": transfer(before=one, after=other),
        "RestyleScene": restyle(scene=one, source=other),
    }
    for method, request in requests.items():
        assert list(getattr(daemon.scene, method)(request, timeout=60))[-1].HasField("result")
    assert len(list(daemon.scene.RenderAnimation(iter([frame(scene=one)]), timeout=60))) == 1


def broken_scenes() -> Iterator[tuple[str, scene_pb2.Scene, str]]:
    yield "nothing", scene_pb2.Scene(), "INVALID_ARGUMENT"
    yield "too many blobs", scene(blobs=257), "LIMIT_EXCEEDED"
    doubled = scene()
    doubled.blobs[0].id = "b1"
    yield "doubled id", doubled, "BLOB_ALREADY_EXISTS"
    nan = scene()
    nan.background.style = bytes(12) + b"\0\0\xc0\x7f"
    yield "NaN in a vector", nan, "NOT_A_FINITE_NUMBER"
    outside = scene()
    outside.blobs[0].ellipse.x = 1e9
    yield "far outside", outside, "INVALID_ARGUMENT"
    other = scene()
    other.model_digest = "0" * 64
    yield "other weights", other, "SCENE_MODEL_MISMATCH"


SCENES = [
    ("CompleteScene", complete, "scene"),
    ("InterpolateScenes", interpolate, "start"),
    ("InterpolateScenes", interpolate, "end"),
    ("InvertImage", invert, "scene"),
    ("TransferEdit", transfer, "before"),
    ("TransferEdit", transfer, "after"),
    ("RestyleScene", restyle, "scene"),
    ("RestyleScene", restyle, "source"),
]


@pytest.mark.parametrize(("method", "make", "field"), [pytest.param(*one, id=f"{one[0]}.{one[2]}") for one in SCENES])
@pytest.mark.parametrize(("broken", "reason"), [pytest.param(s, r, id=name) for name, s, r in broken_scenes()])
def test_a_broken_scene_is_refused(
    daemon: Daemon, method: str, make: Any, field: str, broken: scene_pb2.Scene, reason: str
) -> None:
    pinned = {"pinned_ids": []} if method in ("CompleteScene", "InvertImage") else {}
    assert refusal(daemon, method, make(**{field: broken, **pinned})) == reason


@pytest.mark.parametrize(("method", "make", "field"), [pytest.param(*one, id=f"{one[0]}.{one[2]}") for one in SCENES])
def test_a_scene_that_is_missing_is_refused_where_it_is_required(
    daemon: Daemon, method: str, make: Any, field: str
) -> None:
    request = make(**{field: None})
    if method == "InvertImage":
        assert list(daemon.scene.InvertImage(request, timeout=60))[-1].result.encoded
    else:
        assert refusal(daemon, method, request) == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("InterpolateScenes", interpolate(end=scene(2, model_id="fake-large"))),
        ("TransferEdit", transfer(after=scene(2, model_id="fake-large"))),
        ("RestyleScene", restyle(source=scene(2, model_id="fake-large"))),
    ],
)
def test_scenes_of_different_models_do_not_go_together(daemon: Daemon, method: str, request_: Message) -> None:
    assert refusal(daemon, method, request_) == "SCENE_MODEL_MISMATCH"


def shorter_vectors() -> scene_pb2.Scene:
    one = scene()
    for appearance in (one.background, *(blob.appearance for blob in one.blobs)):
        appearance.style = appearance.style[:8]
    return one


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("InterpolateScenes", interpolate(end=shorter_vectors())),
        ("TransferEdit", transfer(after=shorter_vectors())),
        ("RestyleScene", restyle(source=shorter_vectors())),
    ],
)
def test_looks_of_different_lengths_do_not_go_together(daemon: Daemon, method: str, request_: Message) -> None:
    assert refusal(daemon, method, request_) == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (complete(pinned_ids=["nobody"]), "BLOB_NOT_FOUND"),
        (complete(pinned_ids=[""]), "BLOB_NOT_FOUND"),
        (complete(pinned_ids=["b0"] * 257), "LIMIT_EXCEEDED"),
        (complete(truncation=1.5), "INVALID_ARGUMENT"),
        (complete(truncation=-0.1), "INVALID_ARGUMENT"),
        (complete(count=65), "LIMIT_EXCEEDED"),
        (complete(count=2**32 - 1), "LIMIT_EXCEEDED"),
        (complete(thumbnail_side=513), "LIMIT_EXCEEDED"),
        (complete(scene=scene(model_id="nobody")), "MODEL_NOT_FOUND"),
        (complete(scene=scene(model_id="fake-painter")), "MODEL_UNSUPPORTED"),
    ],
)
def test_a_completion_out_of_bounds_is_refused(daemon: Daemon, request_: Message, reason: str) -> None:
    assert refusal(daemon, "CompleteScene", request_) == reason


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (interpolate(amounts=[]), "INVALID_ARGUMENT"),
        (interpolate(amounts=[0.0, math.nan]), "NOT_A_FINITE_NUMBER"),
        (interpolate(amounts=[1.0001]), "INVALID_ARGUMENT"),
        (interpolate(amounts=[-0.0001]), "INVALID_ARGUMENT"),
        (interpolate(amounts=[0.5] * 65), "LIMIT_EXCEEDED"),
        (interpolate(thumbnail_side=513), "LIMIT_EXCEEDED"),
        (interpolate(start=scene(1, model_id="nobody"), end=scene(2, model_id="nobody")), "MODEL_NOT_FOUND"),
    ],
)
def test_an_interpolation_out_of_bounds_is_refused(daemon: Daemon, request_: Message, reason: str) -> None:
    assert refusal(daemon, "InterpolateScenes", request_) == reason


REGIONS = [region(0, 0, 0, 1), region(0, 0, 1, 0), region(0, 0, 7, 1), region(3, 0, 4, 1), region(0, 2, 1, 3)]
REGIONS += [region(2**32 - 1, 0, 1, 1), region(0, 2**32 - 1, 2**32 - 1, 2**32 - 1)]


@pytest.mark.parametrize("outside", REGIONS)
def test_a_region_outside_the_picture_is_refused(daemon: Daemon, outside: scene_pb2.Rectangle) -> None:
    assert refusal(daemon, "InvertImage", invert(region=outside)) == "INVALID_ARGUMENT"
    assert refusal(daemon, "TransferEdit", transfer(region=outside)) == "INVALID_ARGUMENT"


def cut_short() -> Any:
    one = image(6, 4)
    one.inline = one.inline[:-1]
    return one


def not_there() -> Any:
    one = image(6, 4)
    one.content_id = "0" * 64
    return one


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (None, "INVALID_ARGUMENT"),
        (image(6, 4, colour_space="DATA"), "INVALID_ARGUMENT"),
        (cut_short(), "CONTENT_CORRUPT"),
        (not_there(), "CONTENT_NOT_FOUND"),
        (image(16385, 1), "LIMIT_EXCEEDED"),
        (image(0, 4), "INVALID_ARGUMENT"),
    ],
)
def test_a_broken_picture_is_refused(daemon: Daemon, picture: Any, reason: str) -> None:
    assert refusal(daemon, "InvertImage", invert(image=picture)) == reason
    assert refusal(daemon, "TransferEdit", transfer(image=picture)) == reason


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (invert(pinned_ids=["nobody"]), "BLOB_NOT_FOUND"),
        (invert(scene=None, pinned_ids=["b0"]), "INVALID_ARGUMENT"),
        (invert(scene=None, pin_background=True), "INVALID_ARGUMENT"),
        (invert(steps=2001), "LIMIT_EXCEEDED"),
        (invert(steps=2**32 - 1), "LIMIT_EXCEEDED"),
        (invert(scene=None, model_id="nobody"), "MODEL_NOT_FOUND"),
        (invert(scene=None, model_id="../../etc/passwd"), "MODEL_NOT_FOUND"),
        (invert(scene=None, model_id="fake-painter"), "MODEL_UNSUPPORTED"),
    ],
)
def test_an_inversion_out_of_bounds_is_refused(daemon: Daemon, request_: Message, reason: str) -> None:
    assert refusal(daemon, "InvertImage", request_) == reason


@pytest.mark.parametrize(
    ("request_", "reason"),
    [(transfer(blend=-1.0), "INVALID_ARGUMENT"), (transfer(blend=4097.0), "LIMIT_EXCEEDED")],
)
def test_a_blend_out_of_bounds_is_refused(daemon: Daemon, request_: Message, reason: str) -> None:
    assert refusal(daemon, "TransferEdit", request_) == reason


SEEDED = scene_pb2.Restyle(amount=0.5, seeded=scene_pb2.SeededStyle(seed=1))


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (restyle(restyle=SEEDED), "INVALID_ARGUMENT"),
        (restyle(source=None), "INVALID_ARGUMENT"),
        (restyle(source=None, restyle=SEEDED, amount=0.5), "INVALID_ARGUMENT"),
        (restyle(amount=1.5), "INVALID_ARGUMENT"),
        (restyle(amount=-0.5), "INVALID_ARGUMENT"),
        (restyle(blob_ids=["nobody"]), "BLOB_NOT_FOUND"),
    ],
)
def test_a_restyle_from_a_scene_out_of_bounds_is_refused(daemon: Daemon, request_: Message, reason: str) -> None:
    assert refusal(daemon, "RestyleScene", request_) == reason


@pytest.mark.parametrize("method", list(VERBS))
def test_a_message_that_is_too_large_is_refused(daemon: Daemon, method: str) -> None:
    huge = scene()
    huge.background.style = bytes(9 * 2**20)
    field = next(field for name, _, field in SCENES if name == method)
    request = type(VERBS[method])(**{field: huge})
    assert refusal(daemon, method, request) == "LIMIT_EXCEEDED"
