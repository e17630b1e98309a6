from __future__ import annotations

import json
import subprocess
import sys

import maquette
import pytest
from maquette.cli import main as command
from maquette.cli.checks import Verdict, check_runtime_directories, good
from maquette.cli.doctor import redacted
from maquette.cli.failures import exit_code_of
from maquette.errors import MaquetteError, Reason
from maquette_client.errors import ClientError
from maquette_client.runtime_file import InstallRecord, read_install_record, write_install_record
from PIL import Image


def test_help_lists_the_commands_and_loads_neither_torch_nor_the_client(environment):
    program = (
        "import sys; sys.argv = ['maquette', '--help']\n"
        "from maquette.cli.main import main\n"
        "try:\n    main()\n"
        "except SystemExit: pass\n"
        "assert not {'torch', 'numpy', 'grpclib', 'grpc', 'rich.progress'} & set(sys.modules)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    for name in ("serve", "status", "stop", "doctor", "models", "scene", "inpaint", "restore", "package"):
        assert f"\n  {name} " in finished.stdout


def test_commands_whose_module_is_not_there_are_not_listed():
    absent = command.Subcommand("x", "maquette.no_such_package.commands", "app", "")
    half = command.Subcommand("y", "maquette.cli.no_such_module", "app", "")
    real = command.Subcommand("z", "maquette.cli.package", "app", "")
    assert command.present([absent, half, real]) == [real]


@pytest.mark.parametrize("subcommand", command.present(), ids=lambda subcommand: subcommand.name)
def test_every_listed_command_explains_itself(run, subcommand):
    finished = run(subcommand.name, "--help")
    assert finished.returncode == 0, finished.stderr
    assert "Usage: maquette " + subcommand.name in finished.stdout


def test_the_version_is_told(run):
    assert run("--version").stdout.strip() == maquette.__version__


def test_an_unknown_command_is_refused(run):
    finished = run("frobnicate")
    assert finished.returncode == 2
    assert "No such command" in finished.stderr


def test_status_without_a_daemon_says_so_and_fails(run):
    finished = run("status", "--json")
    assert finished.returncode == 1
    assert json.loads(finished.stdout)["state"] == "NOT_RUNNING"
    assert run("stop").stdout == "No daemon is running.\n"


def test_status_of_a_running_daemon(run, fake_daemon):
    finished = run("status", "--json")
    assert finished.returncode == 0, finished.stderr
    told = json.loads(finished.stdout)
    assert (told["state"], told["version"], told["process"]) == ("READY", "0.1.0", str(fake_daemon.pid))
    assert "READY" in run("status").stdout


def test_stop_waits_until_the_daemon_has_ended(run, fake_daemon, home):
    finished = run("stop")
    assert finished.stdout == "The daemon has stopped.\n", finished.stderr
    assert not (home / "run" / "daemon.json").exists()


def test_models_are_listed_shown_loaded_and_unloaded(run, fake_daemon):
    listed = json.loads(run("models", "list", "--json").stdout)
    assert [model["id"] for model in listed] == ["blobgan-fake", "blobgan-second"]
    assert "Fake rooms" in run("models", "list").stdout
    assert "bed, lamp, rug" in run("models", "show", "blobgan-fake").stdout
    assert run("models", "load", "blobgan-fake").stdout == "Loaded blobgan-fake.\n"
    assert run("models", "unload", "blobgan-fake").stdout == "Unloaded blobgan-fake.\n"
    assert run("models", "delete", "blobgan-fake").stdout == "Deleted blobgan-fake.\n"


def test_an_import_from_a_folder_that_is_not_allowed_names_the_way_out(run, fake_daemon, home):
    finished = run("models", "import", str(home / "model.ckpt"))
    assert finished.returncode == 1
    assert "maquette models allow" in finished.stderr
    assert "Traceback" not in finished.stderr
    assert "1 keys" in run("models", "import", "/allowed/model.ckpt").stdout


def test_allowed_folders_are_added_and_listed(run, home):
    folder = home / "checkpoints"
    folder.mkdir()
    assert str(folder) in run("models", "allow", str(folder)).stdout
    assert run("models", "allow").stdout == f"{folder.resolve()}\n"
    finished = run("models", "allow", str(home / "missing"))
    assert finished.returncode == 1
    assert finished.stderr.startswith("maquette: There is no folder")


def test_an_expected_failure_is_two_lines_and_no_traceback(run_process, fake_daemon):
    finished = run_process("models", "show", "nope")
    assert (finished.returncode, finished.stdout) == (1, "")
    assert finished.stderr == "maquette: There is no model 'nope'.\n          List them.\n"


def test_scenes_go_from_seed_to_file_to_picture(run, fake_daemon, home):
    finished = run("scene", "sample", "--seed", "7", "-o", "room.png", "--json", "room.json")
    assert finished.returncode == 0, finished.stderr
    with Image.open(home / "room.png") as picture:
        assert picture.size == (4, 4)
    assert run("scene", "render", "room.json", "-o", "again.png", "--blob-map", "map.png").returncode == 0
    assert (home / "again.png").read_bytes() == (home / "room.png").read_bytes()
    assert (home / "map.png").exists()
    assert "lamp" in run("scene", "render", "room.json").stdout


def test_several_samples_are_numbered(run, fake_daemon, home):
    assert run("scene", "sample", "--count", "2", "-o", "room.png", "--json", "room.json").returncode == 0
    assert sorted(path.name for path in home.glob("room*")) == [
        "room-1.json", "room-1.png", "room-2.json", "room-2.png",
    ]  # fmt: skip


def test_an_edit_applies_the_changes_in_order_and_draws_them(run, fake_daemon, home):
    run("scene", "sample", "--json", "room.json")
    arguments = "--move bed 0.5 -0.05 --hide rug --clone lamp --move lamp-2 0.1 0 --restyle bed --seed 7"
    finished = run("scene", "edit", "room.json", *arguments.split(), "-o", "out.png", "--json", "out.json")
    assert finished.returncode == 0, finished.stderr
    blobs = {blob["id"]: blob for blob in json.loads((home / "out.json").read_text())["blobs"]}
    assert list(blobs) == ["bed", "lamp", "lamp-2", "rug"]
    assert (blobs["bed"]["ellipse"]["x"], blobs["bed"]["ellipse"]["y"]) == (0.5, 0.45)
    assert blobs["rug"]["hidden"]
    assert blobs["bed"]["appearance"]["restyle"] == {"amount": 1.0, "seed": 7, "truncation": 0.0}
    with Image.open(home / "out.png") as picture:
        assert picture.getpixel((0, 0)) == (128, 128, 128)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["edit", "room.json", "--move", "wardrobe", "1", "1"], "It has: bed, lamp, rug."),
        (["edit", "room.json", "--move", "bed", "1"], "Write --move BLOB DX DY."),
        (["edit", "room.json", "--move", "bed", "far", "1"], "'far' for a number"),
        (["edit", "room.json", "--melt", "bed"], "'--melt' is not a change."),
        (["edit", "--hide", "bed", "room.json"], "The scene comes first."),
        (["edit", "missing.json", "--hide", "bed"], "cannot be read"),
        (["edit", "broken.json", "--hide", "bed"], "it is not JSON"),
        (["render", "room.json", "-o", "no/such/folder/x.png"], "cannot be written"),
    ],
)
def test_a_wrong_request_is_told_in_a_sentence(run, fake_daemon, home, arguments, told):
    run("scene", "sample", "--json", "room.json")
    (home / "broken.json").write_text("{")
    finished = run("scene", *arguments)
    assert finished.returncode == 1
    assert told in finished.stderr
    assert "Traceback" not in finished.stderr


def test_the_real_daemon_is_started_when_it_is_needed_and_stopped(run_process, home):
    try:
        finished = run_process("models", "list", "--json")
        assert finished.returncode == 0, finished.stderr
        status = json.loads(run_process("status", "--json").stdout)
        assert status["state"] == "READY"
        second = run_process("serve")
        assert second.returncode == 3
        assert "already running" in second.stderr
    finally:
        stopped = run_process("stop", "--force")
    assert stopped.stdout == "The daemon has stopped.\n"
    assert json.loads(run_process("status", "--json").stdout)["state"] == "NOT_RUNNING"


def test_serve_refuses_a_runtime_directory_that_others_may_enter(run_process, home):
    (home / "run").mkdir(mode=0o755)
    (home / "run").chmod(0o755)
    finished = run_process("serve")
    assert finished.returncode == 4
    assert "Traceback" not in finished.stderr


def test_every_command_leaves_a_current_install_record(run, home):
    write_install_record(home / "data", InstallRecord(("/gone/python", "-m", "maquette"), "0.0.1"))
    run("status")
    assert read_install_record(home / "data") == InstallRecord((sys.executable, "-m", "maquette"), maquette.__version__)


def test_doctor_tells_of_an_unsafe_directory_and_hides_the_home(run, home):
    (home / "run").mkdir(mode=0o755)
    (home / "run").chmod(0o755)
    finished = run("doctor", "--json")
    assert finished.returncode == 1
    findings = json.loads(finished.stdout)
    unsafe = [finding for finding in findings if finding["subject"] == "runtime directory"]
    assert unsafe[0]["verdict"] == "problem"
    assert "~/run" in unsafe[0]["text"]
    assert str(home) not in finished.stdout
    subjects = {finding["subject"] for finding in findings}
    assert {"python", "torch", "install record", "daemon", "device", "host"} <= subjects


def test_doctor_accepts_a_private_directory(tmp_path):
    tmp_path.chmod(0o700)
    assert [finding.verdict for finding in check_runtime_directories([tmp_path])] == [Verdict.GOOD]


def test_redaction_replaces_the_home_wherever_it_stands(tmp_path):
    finding = redacted(good("x", f"{tmp_path}/a and {tmp_path}/b"), tmp_path)
    assert finding.text == "~/a and ~/b"


def test_only_expected_failures_have_an_exit_code():
    assert exit_code_of(MaquetteError(Reason.ALREADY_RUNNING, "")) == 3
    assert exit_code_of(ClientError("NOT_RUNNING", "")) == 1
    assert exit_code_of(ValueError()) is None
