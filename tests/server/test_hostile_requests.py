"""Whatever is sent: a typed error or a correct result, and a daemon that still answers."""

from __future__ import annotations

import math
import socket
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from daemon_process import Daemon, reason_of
from fake_zoo import scene_of
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2, health_pb2_grpc
from hostile import float_paths, with_value
from maquette.server.conversion_scene import scene_message
from maquette.server.generated.scene_pb2_grpc import SceneServiceStub
from maquette.server.generated.system_pb2_grpc import SystemServiceStub
from maquette_client.v1 import common_pb2, content_pb2, model_pb2, scene_pb2, system_pb2

Edit = scene_pb2.EditSceneRequest
Patch = scene_pb2.ScenePatch


@pytest.fixture(autouse=True)
def still_alive(daemon: Daemon) -> Iterator[None]:
    yield
    assert daemon.system.GetServerInfo(system_pb2.GetServerInfoRequest(), timeout=60).version


def refusal(call: Callable[[], Any]) -> str:
    """The reason with which a call is refused."""
    with pytest.raises(grpc.RpcError) as caught:
        everything(call())
    return reason_of(caught.value)


def everything(answer: Any) -> object:
    """What a call answers, to its end."""
    return answer if isinstance(answer, Message) else list(answer)


def scene(blobs: int = 2, model_id: str = "fake-rooms") -> scene_pb2.Scene:
    return scene_message(scene_of(model_id, 1, blobs))


def render(daemon: Daemon, shown: scene_pb2.Scene, **options: bool) -> scene_pb2.RenderedScene:
    return list(daemon.scene.RenderScene(scene_pb2.RenderSceneRequest(scene=shown, **options), timeout=60))[-1].result


TOKENS = [
    (),
    (("authorization", ""),),
    (("authorization", "Bearer " + "0" * 64),),
    (("authorization", "Basic abc"),),
    (("authorization", "Bearer é".encode().decode("latin-1")),),
]


@pytest.mark.parametrize("metadata", TOKENS[:4])
def test_no_call_is_answered_without_the_token(daemon: Daemon, metadata: tuple[tuple[str, str], ...]) -> None:
    channel = daemon.open_channel(metadata)
    request = scene_pb2.RenderSceneRequest(scene=scene())
    calls: list[Callable[[], Any]] = [
        lambda: SystemServiceStub(channel).GetServerInfo(system_pb2.GetServerInfoRequest()),
        lambda: SystemServiceStub(channel).Shutdown(system_pb2.ShutdownRequest()),
        lambda: SystemServiceStub(channel).WatchEvents(system_pb2.WatchEventsRequest()),
        lambda: SceneServiceStub(channel).RenderScene(request),
        lambda: SceneServiceStub(channel).EditScene(iter([Edit(open=Edit.Open(scene=scene()))])),
        lambda: health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest()),
        lambda: channel.unary_unary("/maquette.v1.Nothing/Nothing")(b""),
        lambda: channel.unary_unary("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")(b""),
    ]
    assert {refusal(call) for call in calls} == {"UNAUTHENTICATED"}
    channel.close()


def test_two_tokens_are_as_good_as_none(daemon: Daemon) -> None:
    right = ("authorization", f"Bearer {daemon.runtime_file.token}")
    channel = daemon.open_channel((right, ("authorization", "Bearer wrong")))
    assert refusal(lambda: SystemServiceStub(channel).GetServerInfo(system_pb2.GetServerInfoRequest())) == (
        "UNAUTHENTICATED"
    )
    channel.close()


def test_the_token_is_never_logged(daemon: Daemon) -> None:
    assert "listens on" in daemon.log
    assert daemon.runtime_file.token not in daemon.log


@pytest.mark.parametrize("method", ["/maquette.v1.Nothing/Nothing", "/maquette.v1.SceneService/Nothing", "/"])
def test_an_unknown_method_is_unimplemented(daemon: Daemon, method: str) -> None:
    assert refusal(lambda: daemon.channel.unary_unary(method)(b"")) == "UNIMPLEMENTED"


def test_there_is_no_reflection(daemon: Daemon) -> None:
    method = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
    assert refusal(lambda: daemon.channel.stream_stream(method)(iter([b""]))) == "UNIMPLEMENTED"


@pytest.mark.parametrize(
    "first_bytes",
    [b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\0" * 64],
)
def test_only_http2_is_spoken(daemon: Daemon, first_bytes: bytes) -> None:
    path = daemon.runtime_file.socket_path
    assert path is not None
    with socket.socket(socket.AF_UNIX) as plain:
        plain.settimeout(60)
        plain.connect(path)
        plain.sendall(first_bytes)
        answer = b""
        while received := plain.recv(4096):
            answer += received
    assert b"200" not in answer
    assert not answer.startswith(b"HTTP/1.1 2")


@pytest.mark.parametrize(("mebibytes", "reason"), [(9, "LIMIT_EXCEEDED"), (40, "RESOURCE_EXHAUSTED")])
def test_a_message_that_is_too_large_is_refused(daemon: Daemon, mebibytes: int, reason: str) -> None:
    huge = scene()
    huge.background.style = bytes(mebibytes * 2**20)
    assert refusal(lambda: render(daemon, huge)) == reason


def test_bytes_that_are_no_message_are_refused(daemon: Daemon) -> None:
    call = daemon.channel.unary_stream("/maquette.v1.SceneService/RenderScene")
    assert refusal(lambda: call(b"\xff" * 40)) == "INVALID_ARGUMENT"


@pytest.mark.parametrize("blobs", [0, 1, 200, 256])
def test_a_scene_of_any_allowed_size_is_rendered(daemon: Daemon, blobs: int) -> None:
    shown = render(daemon, scene(blobs), with_alphas=True)
    assert len(shown.picture.inline) == 64 * 64 * 3
    assert len(shown.alphas) == blobs


def test_too_many_blobs_are_refused(daemon: Daemon) -> None:
    assert refusal(lambda: render(daemon, scene(257))) == "LIMIT_EXCEEDED"


def broken_scenes() -> Iterator[tuple[str, scene_pb2.Scene, str]]:
    def broken(change: Callable[[scene_pb2.Scene], object]) -> scene_pb2.Scene:
        one = scene()
        change(one)
        return one

    yield "no scene at all", scene_pb2.Scene(), "INVALID_ARGUMENT"
    yield "no background", broken(lambda s: s.ClearField("background")), "INVALID_ARGUMENT"
    yield "no model", broken(lambda s: s.ClearField("model_id")), "INVALID_ARGUMENT"
    yield "unknown model", broken(lambda s: setattr(s, "model_id", "nobody")), "MODEL_NOT_FOUND"
    yield "model that is a path", broken(lambda s: setattr(s, "model_id", "../../etc/passwd")), "MODEL_NOT_FOUND"
    yield "other weights", broken(lambda s: setattr(s, "model_digest", "0" * 64)), "SCENE_MODEL_MISMATCH"
    yield "no id", broken(lambda s: setattr(s.blobs[0], "id", "")), "INVALID_ARGUMENT"
    yield "long id", broken(lambda s: setattr(s.blobs[0], "id", "x" * 65)), "INVALID_ARGUMENT"
    yield "long name", broken(lambda s: setattr(s.blobs[0], "name", "x" * 257)), "INVALID_ARGUMENT"
    yield "doubled id", broken(lambda s: setattr(s.blobs[0], "id", "b1")), "BLOB_ALREADY_EXISTS"
    yield "no ellipse", broken(lambda s: s.blobs[0].ClearField("ellipse")), "INVALID_ARGUMENT"
    yield "no aspect", broken(lambda s: s.blobs[0].ellipse.ClearField("aspect")), "INVALID_ARGUMENT"
    yield "far outside", broken(lambda s: setattr(s.blobs[0].ellipse, "x", 1e9)), "INVALID_ARGUMENT"
    yield "odd vector", broken(lambda s: setattr(s.blobs[0].appearance, "style", b"abc")), "INVALID_ARGUMENT"
    yield "short vector", broken(lambda s: setattr(s.blobs[0].appearance, "style", bytes(4))), "INVALID_ARGUMENT"
    yield "empty vector", broken(lambda s: setattr(s.background, "structure", b"")), "INVALID_ARGUMENT"
    yield "restyle of nothing", broken(lambda s: s.background.restyle.SetInParent()), "INVALID_ARGUMENT"
    nan = b"\0\0\xc0\x7f"
    yield "NaN in a vector", broken(lambda s: setattr(s.background, "style", bytes(12) + nan)), "NOT_A_FINITE_NUMBER"


@pytest.mark.parametrize(("broken", "reason"), [pytest.param(s, r, id=name) for name, s, r in broken_scenes()])
def test_a_broken_scene_is_refused(daemon: Daemon, broken: scene_pb2.Scene, reason: str) -> None:
    assert refusal(lambda: render(daemon, broken)) == reason
    opening = Edit(open=Edit.Open(scene=broken))
    assert refusal(lambda: daemon.scene.EditScene(iter([opening]), timeout=60)) == reason


def full_scene() -> scene_pb2.Scene:
    one = scene()
    seeded = scene_pb2.SeededStyle(seed=1, truncation=0.5)
    one.background.restyle.CopyFrom(scene_pb2.Restyle(amount=0.5, seeded=seeded))
    return one


RESTYLE = scene_pb2.Restyle(amount=0.5, seeded=scene_pb2.SeededStyle(seed=1, truncation=0.5))
WITH_FLOATS = [
    ("SampleScene", scene_pb2.SampleSceneRequest(truncation=0.5)),
    ("RenderScene", scene_pb2.RenderSceneRequest(scene=full_scene())),
    ("RestyleScene", scene_pb2.RestyleSceneRequest(scene=full_scene(), restyle=RESTYLE)),
]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    ("method", "request_", "path"),
    [pytest.param(m, r, p, id=f"{m}:{'.'.join(map(str, p))}") for m, r in WITH_FLOATS for p in float_paths(r)],
)
def test_no_field_takes_a_number_that_is_not_finite(
    daemon: Daemon, method: str, request_: Message, path: tuple[str | int, ...], value: float
) -> None:
    broken = with_value(request_, path, value)
    assert refusal(lambda: getattr(daemon.scene, method)(broken, timeout=60)) == "NOT_A_FINITE_NUMBER"


ELLIPSE = scene_pb2.Ellipse(x=0.5, y=0.5, size=1.0, aspect=1.0)
PATCHES = [
    Patch(set_ellipse=Patch.SetEllipse(blob_id="b0", ellipse=ELLIPSE)),
    Patch(clone_blob=Patch.CloneBlob(source_id="b0", new_id="c", ellipse=ELLIPSE)),
    Patch(add_blob=Patch.AddBlob(blob=full_scene().blobs[0])),
    Patch(restyle_blob=Patch.RestyleBlob(blob_id="b0", restyle=RESTYLE)),
    Patch(restyle_from_blob=Patch.RestyleFromBlob(blob_id="b0", source_id="b1", amount=0.5)),
    Patch(replace_scene=Patch.ReplaceScene(scene=full_scene())),
]


def test_no_edit_takes_a_number_that_is_not_finite_and_the_stream_goes_on(daemon: Daemon) -> None:
    broken = [with_value(patch, path, math.nan) for patch in PATCHES for path in float_paths(patch)]
    requests = [Edit(open=Edit.Open(scene=scene()))]
    requests += [Edit(edit=Edit.Edit(revision=number, patches=[patch])) for number, patch in enumerate(broken, 1)]
    rejected = []
    for response in daemon.scene.EditScene(iter(requests), timeout=60):
        if response.HasField("rejected"):
            rejected.append((response.rejected.revision, response.rejected.reason))
    assert rejected == [(number, "NOT_A_FINITE_NUMBER") for number in range(1, len(broken) + 1)]


@pytest.mark.parametrize(
    ("patch", "reason"),
    [
        (Patch(), "INVALID_ARGUMENT"),
        (Patch(set_ellipse=Patch.SetEllipse(blob_id="nobody", ellipse=ELLIPSE)), "BLOB_NOT_FOUND"),
        (Patch(set_ellipse=Patch.SetEllipse(blob_id="b0")), "INVALID_ARGUMENT"),
        (Patch(set_hidden=Patch.SetHidden(blob_id="nobody")), "BLOB_NOT_FOUND"),
        (Patch(set_order=Patch.SetOrder(blob_ids=["b0", "b0"])), "INVALID_ARGUMENT"),
        (Patch(set_order=Patch.SetOrder(blob_ids=["b0", "nobody"])), "BLOB_NOT_FOUND"),
        (Patch(add_blob=Patch.AddBlob()), "INVALID_ARGUMENT"),
        (Patch(clone_blob=Patch.CloneBlob(source_id="b0", new_id="b1")), "BLOB_ALREADY_EXISTS"),
        (Patch(clone_blob=Patch.CloneBlob(source_id="b0")), "INVALID_ARGUMENT"),
        (Patch(remove_blob=Patch.RemoveBlob(blob_id="nobody")), "BLOB_NOT_FOUND"),
        (Patch(restyle_from_blob=Patch.RestyleFromBlob(blob_id="b0", source_id="nobody")), "BLOB_NOT_FOUND"),
        (Patch(replace_scene=Patch.ReplaceScene(scene=scene(model_id="fake-large"))), "SCENE_MODEL_MISMATCH"),
        (Patch(replace_scene=Patch.ReplaceScene()), "INVALID_ARGUMENT"),
    ],
)
def test_a_refused_edit_is_answered_and_the_stream_goes_on(daemon: Daemon, patch: Patch, reason: str) -> None:
    requests = [Edit(open=Edit.Open(scene=scene())), Edit(edit=Edit.Edit(revision=1, patches=[patch]))]
    rejected = [r.rejected for r in daemon.scene.EditScene(iter(requests), timeout=60) if r.HasField("rejected")]
    assert [(one.revision, one.reason) for one in rejected] == [(1, reason)]
    assert rejected[0].message
    assert rejected[0].action


@pytest.mark.parametrize(
    "requests",
    [
        [],
        [Edit()],
        [Edit(edit=Edit.Edit(revision=1))],
        [Edit(acknowledge=Edit.Acknowledge(revision=1))],
        [Edit(open=Edit.Open())],
        [Edit(open=Edit.Open(scene=scene())), Edit(open=Edit.Open(scene=scene()))],
        [Edit(open=Edit.Open(scene=scene())), Edit()],
    ],
)
def test_an_edit_stream_that_makes_no_sense_is_refused(daemon: Daemon, requests: list[Edit]) -> None:
    assert refusal(lambda: daemon.scene.EditScene(iter(requests), timeout=60)) == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (scene_pb2.SampleSceneRequest(truncation=1.5), "INVALID_ARGUMENT"),
        (scene_pb2.SampleSceneRequest(count=65), "LIMIT_EXCEEDED"),
        (scene_pb2.SampleSceneRequest(count=2**32 - 1), "LIMIT_EXCEEDED"),
        (scene_pb2.SampleSceneRequest(thumbnail_side=513), "LIMIT_EXCEEDED"),
        (scene_pb2.SampleSceneRequest(model_id="nobody"), "MODEL_NOT_FOUND"),
        (scene_pb2.SampleSceneRequest(model_id="x" * 10000), "MODEL_NOT_FOUND"),
    ],
)
def test_a_sample_out_of_bounds_is_refused(daemon: Daemon, request_: scene_pb2.SampleSceneRequest, reason: str) -> None:
    assert refusal(lambda: daemon.scene.SampleScene(request_, timeout=60)) == reason


SPEC = common_pb2.ImageSpec(
    width=2, height=2, pixel_format="PIXEL_FORMAT_GRAY_U8", colour_space="COLOUR_SPACE_DATA", alpha_mode=1
)
Put = content_pb2.PutContentRequest


def spec_with(**changes: Any) -> common_pb2.ImageSpec:
    spec = common_pb2.ImageSpec()
    spec.CopyFrom(SPEC)
    for name, value in changes.items():
        setattr(spec, name, value)
    return spec


@pytest.mark.parametrize(
    ("requests", "reason"),
    [
        ([], "INVALID_ARGUMENT"),
        ([Put()], "INVALID_ARGUMENT"),
        ([Put(chunk=b"1234")], "INVALID_ARGUMENT"),
        ([Put(spec=SPEC), Put(spec=SPEC)], "INVALID_ARGUMENT"),
        ([Put(spec=SPEC), Put(chunk=b"")], "INVALID_ARGUMENT"),
        ([Put(spec=SPEC), Put(chunk=b"123")], "CONTENT_CORRUPT"),
        ([Put(spec=SPEC), Put(chunk=b"12345")], "CONTENT_CORRUPT"),
        ([Put(spec=spec_with(width=2048, height=1024)), Put(chunk=bytes(2**20 + 1))], "LIMIT_EXCEEDED"),
        ([Put(spec=spec_with(width=0))], "INVALID_ARGUMENT"),
        ([Put(spec=spec_with(pixel_format=0))], "INVALID_ARGUMENT"),
        ([Put(spec=spec_with(pixel_format=99))], "INVALID_ARGUMENT"),
        ([Put(spec=spec_with(colour_space=99))], "INVALID_ARGUMENT"),
        ([Put(spec=spec_with(alpha_mode=0))], "INVALID_ARGUMENT"),
        ([Put(spec=spec_with(width=16385))], "LIMIT_EXCEEDED"),
        ([Put(spec=spec_with(width=2**32 - 1, height=2**32 - 1))], "LIMIT_EXCEEDED"),
        ([Put(spec=spec_with(width=16384, height=16384, pixel_format=9))], "LIMIT_EXCEEDED"),
    ],
)
def test_a_broken_image_is_refused(daemon: Daemon, requests: list[Put], reason: str) -> None:
    assert refusal(lambda: daemon.content.PutContent(iter(requests), timeout=60)) == reason


@pytest.mark.parametrize("name", ["", "0" * 64, "../daemon.json", "x" * 10000])
def test_unknown_content_is_not_found(daemon: Daemon, name: str) -> None:
    request = content_pb2.GetContentRequest(content_id=name)
    assert refusal(lambda: daemon.content.GetContent(request, timeout=60)) == "CONTENT_NOT_FOUND"


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda d: d.model.GetModel(model_pb2.GetModelRequest()), "INVALID_ARGUMENT"),
        (lambda d: d.model.GetModel(model_pb2.GetModelRequest(model_id="nobody")), "MODEL_NOT_FOUND"),
        (lambda d: d.model.ListModels(model_pb2.ListModelsRequest(page_size=101)), "LIMIT_EXCEEDED"),
        (lambda d: d.model.LoadModel(model_pb2.LoadModelRequest(model_id="nobody")), "MODEL_NOT_FOUND"),
        (lambda d: d.model.UnloadModel(model_pb2.UnloadModelRequest(model_id="nobody")), "MODEL_NOT_FOUND"),
        (lambda d: d.model.DeleteModel(model_pb2.DeleteModelRequest(model_id="fake-rooms")), "INVALID_ARGUMENT"),
        (lambda d: d.model.ImportModel(model_pb2.ImportModelRequest()), "INVALID_ARGUMENT"),
        (lambda d: d.model.ImportModel(model_pb2.ImportModelRequest(path="a.ckpt")), "INVALID_ARGUMENT"),
        (lambda d: d.model.ImportModel(model_pb2.ImportModelRequest(path="/etc/passwd")), "IMPORT_NOT_ALLOWED"),
        (lambda d: d.system.GetServerInfo(system_pb2.GetServerInfoRequest(protocol_min=2)), "PROTOCOL_MISMATCH"),
    ],
)
def test_other_bad_requests_are_refused(daemon: Daemon, call: Callable[[Daemon], Any], reason: str) -> None:
    assert refusal(lambda: call(daemon)) == reason


def test_a_fault_of_a_model_is_internal_and_tells_nothing(daemon: Daemon) -> None:
    faulty = scene()
    faulty.noise_seed = 666
    with pytest.raises(grpc.RpcError) as caught:
        render(daemon, faulty)
    assert reason_of(caught.value) == "INTERNAL"
    assert "a fault of the model" not in str(caught.value.details())
    assert "a fault of the model" in daemon.log


def test_running_out_of_memory_is_told_with_numbers(daemon: Daemon) -> None:
    large = scene()
    large.noise_seed = 667
    assert refusal(lambda: render(daemon, large)) == "OUT_OF_MEMORY"
