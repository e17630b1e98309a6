from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import grpc
import maquette
import pytest
from daemon_process import Daemon, start_process, wait_until
from grpc_health.v1 import health_pb2, health_pb2_grpc
from maquette_client.v1 import system_pb2

INFO = system_pb2.GetServerInfoRequest(protocol_min=1, protocol_max=3)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_server_imports_no_tensor_library() -> None:
    code = (
        "import sys, maquette.server.__main__, maquette.server.services.registration, maquette.store.catalogue\n"
        "print([name for name in ('torch', 'numpy', 'safetensors', 'PIL') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_it_says_who_it_is(daemon: Daemon) -> None:
    info = daemon.system.GetServerInfo(INFO)
    assert info.version == maquette.__version__
    assert (info.protocol_min, info.protocol_max) == (1, 1)
    assert info.instance_id == daemon.runtime_file.instance_id
    assert {"scene.edit", "scene.complete", "scene.invert", "scene.interpolate"} <= set(info.features)
    assert {"scene.transfer", "scene.animate"} <= set(info.features)
    assert {"paint.inpaint", "paint.outpaint", "paint.colorize", "paint.restore_jpeg"} <= set(info.features)
    assert info.limits.max_blobs == 256
    assert (info.limits.max_candidates, info.limits.max_steps) == (16, 2000)
    assert info.limits.max_inline_bytes == 2**20


def test_everything_that_it_leaves_on_disk_is_private(daemon: Daemon) -> None:
    assert mode(daemon.directory) == 0o700
    for name in ("daemon.json", "daemon.sock", "daemon.log", "daemon.lock"):
        assert mode(daemon.directory / name) == 0o600, name


def test_the_runtime_file_says_how_to_reach_it(daemon: Daemon) -> None:
    content = json.loads((daemon.directory / "daemon.json").read_text())
    assert content["schema"] == 1
    assert content["pid"] == daemon.process.pid
    assert content["address"] == f"unix:{daemon.directory / 'daemon.sock'}"
    assert len(content["token"]) == 64
    assert len(content["instance_id"]) == 32


@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "Shutdown"])
def test_it_ends_cleanly(own_daemon: Daemon, how: str) -> None:
    events = own_daemon.system.WatchEvents(system_pb2.WatchEventsRequest(), timeout=60)
    next(events)
    engine = own_daemon.engine()
    if how == "Shutdown":
        own_daemon.system.Shutdown(system_pb2.ShutdownRequest())
    else:
        own_daemon.process.send_signal(signal.Signals[how])
    assert [event.WhichOneof("event") for event in events][-1] == "shutting_down"
    assert own_daemon.process.wait(60) == 0
    assert sorted(path.name for path in own_daemon.directory.iterdir()) == ["daemon.lock", "daemon.log"]
    assert not engine.is_running()


def test_a_second_daemon_is_refused_and_the_first_goes_on(daemon: Daemon) -> None:
    second = start_process(daemon.directory)
    assert second.wait(60) == 3
    assert f"already running (process {daemon.process.pid})" in second.communicate()[1]
    assert daemon.system.GetServerInfo(INFO).instance_id == daemon.runtime_file.instance_id


def test_a_killed_daemon_leaves_nothing_that_stops_the_next(directory: Path) -> None:
    first = Daemon(directory, start_process(directory))
    wait_until(lambda: first.system.GetServerInfo(INFO).engine_state == system_pb2.ENGINE_STATE_READY)
    engine = first.engine()
    first.channel.close()
    first.process.kill()
    first.process.wait()
    assert (directory / "daemon.sock").exists()
    wait_until(lambda: not engine.is_running() or engine.status() == "zombie")
    (directory / "daemon.json").unlink()
    second = Daemon(directory, start_process(directory))
    assert second.system.GetServerInfo(INFO).instance_id != first.runtime_file.instance_id
    assert second.runtime_file.token != first.runtime_file.token
    assert second.stop() == 0


@pytest.mark.parametrize("wrong_mode", [0o755, 0o777, 0o750, 0o500])
def test_a_directory_that_others_may_enter_is_refused(directory: Path, wrong_mode: int) -> None:
    directory.mkdir()
    directory.chmod(wrong_mode)
    process = start_process(directory)
    assert process.wait(60) == 4
    assert "not safe to use" in process.communicate()[1]


def test_a_directory_behind_a_link_is_refused(directory: Path) -> None:
    elsewhere = directory.parent / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    directory.symlink_to(elsewhere)
    assert start_process(directory).wait(60) == 4
    assert list(elsewhere.iterdir()) == []


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="only root can give a directory to another user")
def test_a_directory_of_another_user_is_refused(directory: Path) -> None:
    directory.mkdir(mode=0o700)
    os.chown(directory, 12345, 12345)
    assert start_process(directory).wait(60) == 4


def test_a_file_in_the_sockets_place_is_not_deleted(directory: Path) -> None:
    directory.mkdir(mode=0o700)
    (directory / "daemon.sock").write_text("precious")
    assert start_process(directory).wait(60) == 4
    assert (directory / "daemon.sock").read_text() == "precious"


def test_a_path_that_is_too_long_for_a_socket_is_refused(directory: Path) -> None:
    long = directory.parent / ("x" * 100)
    process = start_process(long)
    assert process.wait(60) == 4
    assert "MAQUETTE_RUNTIME_DIR" in process.communicate()[1]


def test_without_unix_sockets_it_listens_on_the_loopback_network_only(directory: Path) -> None:
    daemon = Daemon(directory, start_process(directory, "--tcp"))
    host, port = daemon.runtime_file.host_and_port
    assert host == "127.0.0.1"
    assert daemon.system.GetServerInfo(INFO).version
    anonymous = daemon.open_channel(())
    with pytest.raises(grpc.RpcError) as caught:
        anonymous.unary_unary("/maquette.v1.SystemService/GetServerInfo")(b"")
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    anonymous.close()
    assert port > 0
    assert daemon.stop() == 0


def test_health_is_told_by_service(daemon: Daemon) -> None:
    health = health_pb2_grpc.HealthStub(daemon.channel)

    def check(service: str) -> int:
        return health.Check(health_pb2.HealthCheckRequest(service=service)).status

    wait_until(lambda: check("maquette.v1.SceneService") == health_pb2.HealthCheckResponse.SERVING)
    for service in ("", "maquette.v1.SystemService", "maquette.v1.ContentService", "maquette.v1.ModelService"):
        assert check(service) == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.RpcError) as caught:
        check("maquette.v1.Nothing")
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


def test_health_is_watched(own_daemon: Daemon) -> None:
    health = health_pb2_grpc.HealthStub(own_daemon.channel)
    watching = health.Watch(health_pb2.HealthCheckRequest(service="maquette.v1.SceneService"), timeout=60)
    while next(watching).status != health_pb2.HealthCheckResponse.SERVING:
        pass
    own_daemon.engine().kill()
    assert next(watching).status == health_pb2.HealthCheckResponse.NOT_SERVING
    assert next(watching).status == health_pb2.HealthCheckResponse.SERVING
    watching.cancel()


def test_watchers_are_told_what_happens_to_the_engine(own_daemon: Daemon) -> None:
    events = own_daemon.system.WatchEvents(system_pb2.WatchEventsRequest(), timeout=60)
    while next(events).engine_state != system_pb2.ENGINE_STATE_READY:
        pass
    own_daemon.engine().kill()
    assert next(events).engine_state == system_pb2.ENGINE_STATE_RESTARTING
    assert next(events).engine_state == system_pb2.ENGINE_STATE_READY
    events.cancel()


def test_devices_are_listed_with_the_reason_for_the_choice(daemon: Daemon) -> None:
    (device,) = daemon.system.ListDevices(system_pb2.ListDevicesRequest(), timeout=60).devices
    assert device.in_use
    assert device.explanation == "No GPU was found."
    assert daemon.system.GetServerInfo(INFO).device == "CPU, 1 thread"
