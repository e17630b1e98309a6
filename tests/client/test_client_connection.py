from __future__ import annotations

import asyncio
import base64
import os
import socket
import sys
from pathlib import Path

import pytest
from fake_daemon import FakeDaemon, until
from fake_scenes import MODEL, scene_of
from google.rpc import status_pb2
from grpclib.const import Status
from grpclib.exceptions import GRPCError
from grpclib.metadata import decode_bin_value
from maquette_client import models, scenes
from maquette_client.conditions import State
from maquette_client.connection import Connection
from maquette_client.errors import ClientError
from maquette_client.locations import RUNTIME_FILE_NAME, SOCKET_NAME
from maquette_client.runtime_file import InstallRecord, RuntimeFile, write_install_record, write_runtime_file
from maquette_client.status_details import ErrorInfoCodec, client_error

FAKE = Path(__file__).with_name("fake_daemon.py")


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


async def refused(connection: Connection) -> ClientError:
    with pytest.raises(ClientError) as caught:
        await connection.ready()
    assert caught.value.message
    assert caught.value.action
    return caught.value


async def test_nothing_installed_and_nothing_running_is_not_installed(connection, nothing_installed):
    assert (await refused(connection)).reason == "NOT_INSTALLED"
    assert connection.condition.state is State.NOT_INSTALLED
    assert connection.glance().state is State.NOT_INSTALLED


async def test_installed_but_not_running_is_not_running(connection, nothing_installed, directory):
    write_install_record(directory.parent / "data", InstallRecord((sys.executable, "-m", "maquette"), "0.1.0"))
    assert (await refused(connection)).reason == "NOT_RUNNING"


async def test_a_running_daemon_is_ready(connection, daemon):
    assert connection.glance().state is State.STARTING
    info = await connection.ready()
    assert info.instance_id == daemon.instance_id
    assert connection.glance().state is State.READY


async def test_a_wrong_token_is_told_and_not_tried_again_until_something_changes(connection, daemon):
    right, daemon.token = daemon.token, "0" * 64
    assert (await refused(connection)).reason == "WRONG_TOKEN"
    assert connection.glance().state is State.WRONG_TOKEN
    daemon.token = right
    await connection.ready()


@pytest.mark.parametrize(("protocol", "older"), [((2, 3), "plugin"), ((0, 0), "daemon")])
async def test_no_common_protocol_is_a_version_mismatch_that_names_the_older_side(
    connection, directory, protocol, older
):
    daemon = FakeDaemon(directory, protocol=protocol)
    await daemon.start()
    error = await refused(connection)
    await daemon.stop()
    assert error.reason == "VERSION_MISMATCH"
    assert error.action == f"Update the {older}."


async def test_a_stale_file_of_a_dead_process_is_not_running(connection, directory):
    directory.mkdir(mode=0o700)
    dead = RuntimeFile(2**22 + 1, "a" * 32, f"unix:{directory / SOCKET_NAME}", "b" * 64, 1, 1, "0.1.0")
    write_runtime_file(directory, dead)
    assert (await refused(connection)).reason in {"NOT_RUNNING", "NOT_INSTALLED"}


async def test_a_socket_that_nobody_listens_on_is_starting_while_young_then_not_running(connection, directory):
    directory.mkdir(mode=0o700)
    path = directory / SOCKET_NAME
    with socket.socket(socket.AF_UNIX) as unused:
        unused.bind(str(path))
    write_runtime_file(directory, RuntimeFile(os.getpid(), "a" * 32, f"unix:{path}", "b" * 64, 1, 1, "0.1.0"))
    assert (await refused(connection)).reason == "STARTING"
    os.utime(directory / RUNTIME_FILE_NAME, (1, 1))
    assert (await refused(connection)).reason == "NOT_RUNNING"


async def test_a_directory_open_to_others_is_refused(connection, daemon, directory):
    directory.chmod(0o755)
    assert (await refused(connection)).reason == "UNSAFE_DIRECTORY"
    directory.chmod(0o700)
    await connection.ready()


async def test_the_daemon_is_found_over_tcp(directory):
    reader_writer: list[asyncio.StreamWriter] = []
    daemon = FakeDaemon(directory)
    await daemon.start()
    assert daemon.server is not None

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_unix_connection(str(directory / SOCKET_NAME))
        reader_writer.extend((writer, inner_writer))

        async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                target.write(data)

        await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))

    proxy = await asyncio.start_server(forward, "127.0.0.1", 0)
    port = proxy.sockets[0].getsockname()[1]
    write_runtime_file(
        directory, RuntimeFile(os.getpid(), daemon.instance_id, f"127.0.0.1:{port}", daemon.token, 1, 1, "0.1.0")
    )
    connection = Connection()
    assert (await connection.ready()).version == "0.1.0"
    connection.close()
    await asyncio.sleep(0.01)
    for writer in reader_writer:
        writer.close()
    proxy.close()
    await daemon.stop()


async def test_a_restarted_daemon_is_found_by_the_next_call_without_a_word(connection, directory):
    first = FakeDaemon(directory)
    await first.start()
    await connection.ready()
    await first.stop()
    second = FakeDaemon(directory)
    await second.start()
    assert [model.id for model in await models.list_models(connection)] == [MODEL.id, "blobgan-second"]
    assert (await connection.ready()).instance_id == second.instance_id
    await second.stop()


async def test_changes_of_the_condition_are_told(directory, daemon):
    told: list[State] = []
    connection = Connection(on_condition=lambda condition: told.append(condition.state))
    await connection.ready()
    await connection.ready()
    connection.close()
    assert told == [State.READY]


async def test_start_brings_the_daemon_up_and_waits_for_it(directory):
    connection = Connection(preferred_command=[sys.executable, str(FAKE)])
    states: list[State] = []
    connection.on_condition = lambda condition: states.append(condition.state)
    await connection.start()
    assert states[-2:] == [State.STARTING, State.READY]
    assert (directory.stat().st_mode & 0o777) == 0o700
    await models.shut_down(connection)
    connection.close()


async def test_a_command_that_fails_is_reported_with_its_last_words(directory):
    connection = Connection(preferred_command=[sys.executable, "-c", "raise SystemExit('no such flavour')"])
    with pytest.raises(ClientError, match="no such flavour") as caught:
        await connection.start()
    assert caught.value.reason == "START_FAILED"


async def test_the_reason_and_the_action_of_a_refusal_arrive(connection, daemon):
    with pytest.raises(ClientError) as caught:
        await models.get_model(connection, "nope")
    error = caught.value
    assert (error.reason, error.message, error.action, error.details) == (
        "MODEL_NOT_FOUND",
        "There is no model 'nope'.",
        "List them.",
        {"fact": "1"},
    )


async def test_cancelling_a_call_cancels_the_daemons_work(connection, daemon):
    task = asyncio.ensure_future(scenes.sample_scenes(connection, 1, truncation=0.99))
    await daemon.asked_to_wait.wait()
    assert not daemon.cancelled.is_set()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await daemon.cancelled.wait()


async def test_progress_is_told_and_the_result_returned(connection, daemon):
    told: list[tuple[str, float]] = []
    found = await scenes.sample_scenes(
        connection, 5, count=2, thumbnail_side=4, on_progress=lambda *progress: told.append(progress)
    )
    assert told == [("sampling", 0.5)]
    assert [one.scene for one in found] == [scene_of(5), scene_of(6)]
    assert found[0].thumbnail is not None
    assert found[0].thumbnail.width == 4


async def test_many_clients_leave_no_sockets_behind(daemon):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        connection = Connection()
        await connection.ready()
        connection.close()
    await until(lambda: len(os.listdir("/proc/self/fd")) == before)


@pytest.mark.parametrize("data", [b"", b"\xff\xff\xff", b"\x0a", status_pb2.Status(code=3).SerializeToString()])
def test_a_broken_rich_status_leaves_the_plain_message(data):
    details = ErrorInfoCodec().decode(Status.INVALID_ARGUMENT, "Bad seed.", data)
    error = client_error(GRPCError(Status.INVALID_ARGUMENT, "Bad seed.", details))
    assert (error.reason, error.message) == ("INVALID_ARGUMENT", "Bad seed.")


def test_padding_of_the_rich_status_does_not_matter():
    for length in range(1, 9):
        data = os.urandom(length)
        assert decode_bin_value(base64.b64encode(data).rstrip(b"=")) == data
