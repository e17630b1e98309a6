from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from maquette_client.errors import ClientError
from maquette_client.locations import (
    RUNTIME_FILE_NAME,
    check_private_directory,
    data_directory,
    ensure_private_directory,
    runtime_directories,
    runtime_directory,
)
from maquette_client.runtime_file import (
    InstallRecord,
    RuntimeFile,
    find_runtime_file,
    process_lives,
    read_install_record,
    read_runtime_file,
    remove_runtime_file,
    write_install_record,
    write_runtime_file,
)
from maquette_client.starter import clean_environment, find_command

OURS = RuntimeFile(os.getpid(), "a" * 32, "unix:/x/daemon.sock", "b" * 64, 1, 1, "0.1.0")


def test_the_chosen_directory_is_the_only_candidate(tmp_path):
    environment = {"MAQUETTE_RUNTIME_DIR": str(tmp_path), "XDG_RUNTIME_DIR": "/run/user/0"}
    assert runtime_directories(environment) == (tmp_path,)


@pytest.mark.parametrize(
    ("environment", "platform", "runtime", "data"),
    [
        ({"HOME": "/h"}, "linux", "/h/.local/state/maquette/run", "/h/.local/share/maquette"),
        ({"HOME": "/h", "XDG_DATA_HOME": "/d"}, "linux", "/h/.local/state/maquette/run", "/d/maquette"),
        (
            {"HOME": "/h", "XDG_DATA_HOME": "relative"}, "linux", "/h/.local/state/maquette/run",
            "/h/.local/share/maquette",
        ),
        (
            {"HOME": "/h"}, "darwin", "/h/Library/Application Support/Maquette/run",
            "/h/Library/Application Support/Maquette",
        ),
        ({"LOCALAPPDATA": "/l"}, "win32", "/l/Maquette/run", "/l/Maquette"),
    ],
)  # fmt: skip
def test_each_platform_has_its_custom(environment, platform, runtime, data):
    assert runtime_directory(environment, platform) == Path(runtime)
    assert data_directory(environment, platform) == Path(data)


def test_the_sessions_runtime_directory_is_used_if_it_is_ours(tmp_path):
    environment = {"HOME": "/h", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert runtime_directory(environment, "linux") == tmp_path / "maquette"
    assert Path("/h/.local/state/maquette/run") in runtime_directories(environment, "linux")
    environment["XDG_RUNTIME_DIR"] = str(tmp_path / "missing")
    assert runtime_directory(environment, "linux") == Path("/h/.local/state/maquette/run")


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o500, 0o701])
def test_a_directory_with_another_mode_is_unsafe(tmp_path, mode):
    directory = tmp_path / "run"
    directory.mkdir()
    directory.chmod(mode)
    with pytest.raises(ClientError) as caught:
        ensure_private_directory(directory)
    directory.chmod(0o700)
    assert caught.value.reason == "UNSAFE_DIRECTORY"
    assert caught.value.action


def test_a_link_and_a_file_are_unsafe(tmp_path):
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").write_text("")
    for name in ("link", "file"):
        with pytest.raises(ClientError):
            check_private_directory(tmp_path / name)


def test_a_new_directory_is_private_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        ensure_private_directory(tmp_path / "a" / "run")
    finally:
        os.umask(before)
    assert (tmp_path / "a" / "run").stat().st_mode & 0o777 == 0o700


@pytest.fixture
def run(tmp_path: Path) -> Path:
    directory = tmp_path / "run"
    directory.mkdir(mode=0o700)
    return directory


def test_the_runtime_file_comes_back_and_is_private(run):
    path = write_runtime_file(run, OURS)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_runtime_file(run) == OURS
    assert OURS.token not in repr(OURS)
    assert sorted(entry.name for entry in run.iterdir()) == [RUNTIME_FILE_NAME]


def test_only_the_run_that_wrote_the_file_removes_it(run):
    write_runtime_file(run, OURS)
    remove_runtime_file(run, "c" * 32)
    assert read_runtime_file(run) == OURS
    remove_runtime_file(run, OURS.instance_id)
    assert read_runtime_file(run) is None


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"schema": 2}', '{"schema": 1, "pid": "1"}', "\0"])
def test_a_runtime_file_that_makes_no_sense_is_corrupt(run, text):
    (run / RUNTIME_FILE_NAME).write_text(text)
    with pytest.raises(ClientError) as caught:
        find_runtime_file([run])
    assert caught.value.reason == "RUNTIME_FILE_CORRUPT"


def test_the_newest_living_daemon_is_found_and_a_broken_neighbour_does_not_matter(tmp_path):
    directories = []
    for index, text in enumerate((OURS, replace(OURS, instance_id="d" * 32), None, replace(OURS, pid=2**22 + 5))):
        directory = tmp_path / str(index)
        directory.mkdir(mode=0o700)
        directories.append(directory)
        if text is None:
            (directory / RUNTIME_FILE_NAME).write_text("broken")
            continue
        os.utime(write_runtime_file(directory, text), (1000 + index, 1000 + index))
    found = find_runtime_file([*directories, tmp_path / "missing"])
    assert found is not None
    assert found.instance_id == "d" * 32


def test_a_process_that_ended_does_not_live_even_before_its_parent_looks():
    process = subprocess.Popen([sys.executable, "-c", "pass"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read()
    if sys.platform.startswith("linux"):
        while process_lives(process.pid):
            pass
        assert process.returncode is None
    process.wait()
    assert not process_lives(process.pid)
    assert process_lives(os.getpid())
    assert not process_lives(0)
    assert not process_lives(2**40)


def test_the_install_record_comes_back_and_nonsense_is_none(tmp_path):
    record = InstallRecord(("/p y/python", "-m", "maquette"), "0.1.0")
    write_install_record(tmp_path / "data", record)
    assert read_install_record(tmp_path / "data") == record
    for text in ("", "[]", '{"command": [], "version": "", "schema": 1}', '{"command": [1], "version": ""}'):
        (tmp_path / "data" / "install.json").write_text(text)
        assert read_install_record(tmp_path / "data") is None


def test_what_starts_the_daemon_is_looked_up_in_order(tmp_path):
    for name in ("preferred", "from environment", "recorded", "maquette"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": str(tmp_path), "MAQUETTE_COMMAND": f"'{tmp_path}/from environment' --flag"}
    write_install_record(tmp_path, InstallRecord((str(tmp_path / "recorded"), "-m"), "0"))
    preferred = str(tmp_path / "preferred")
    assert find_command(preferred, environment, tmp_path) == (preferred,)
    assert find_command(None, environment, tmp_path) == (str(tmp_path / "from environment"), "--flag")
    del environment["MAQUETTE_COMMAND"]
    assert find_command("", environment, tmp_path) == (str(tmp_path / "recorded"), "-m")
    (tmp_path / "recorded").unlink()
    assert find_command(None, environment, tmp_path) == (str(tmp_path / "maquette"),)
    (tmp_path / "maquette").unlink()
    assert find_command(None, environment, tmp_path) is None


def test_a_choice_that_does_not_exist_is_not_replaced(tmp_path):
    write_install_record(tmp_path, InstallRecord((sys.executable,), "0"))
    assert find_command(str(tmp_path / "gone"), {"PATH": ""}, tmp_path) is None
    assert find_command("'unclosed", {"PATH": ""}, tmp_path) is None


def test_a_path_with_spaces_is_one_word(tmp_path):
    program = tmp_path / "my maquette"
    program.write_text("")
    program.chmod(0o755)
    assert find_command(str(program), {"PATH": ""}, tmp_path) == (str(program),)


def test_the_hosts_own_variables_are_not_passed_on():
    host = {
        "PYTHONPATH": "x",
        "PYTHONHOME": "x",
        "LD_LIBRARY_PATH": "x",
        "BLENDER_SYSTEM_PYTHON": "x",
        "QT_PLUGIN_PATH": "x",
    }
    kept = {"HOME": "/h", "PATH": "/bin", "MAQUETTE_DATA_DIR": "/d", "CUDA_VISIBLE_DEVICES": "0"}
    assert clean_environment({**host, **kept}) == kept


def test_the_written_file_has_the_agreed_fields(run):
    content = json.loads(write_runtime_file(run, OURS).read_text())
    assert sorted(content) == [
        "address", "instance_id", "pid", "protocol_max", "protocol_min", "schema", "token", "version",
    ]  # fmt: skip
    assert content["schema"] == 1
