from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import pytest
from maquette.errors import MaquetteError, Reason
from maquette.packaging import blender
from maquette.packaging.vendoring import vendor
from maquette.packaging.wheels import fetch_wheels, read_pins

HERE = Path(__file__).parent
FAKE_DAEMON = HERE.parent / "client" / "fake_daemon.py"

LIBRARIES = {"google", "grpclib", "h2", "hpack", "hyperframe", "multidict", "typing_extensions", "maquette_client"}


def other_pythons() -> list[str]:
    """This Python, and the oldest and newest that hosts embed, where the machine has them."""
    found = [sys.executable]
    for version in ("3.10", "3.13"):
        candidates = [shutil.which(f"python{version}")]
        candidates += sorted(str(path) for path in Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        found += [path for path in candidates if path and _runs(path)][:1]
    return found


def _runs(path: str) -> bool:
    return subprocess.run([path, "-c", "pass"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def plugin(wheels, tmp_path_factory) -> Path:
    """A folder with a package `somehost.addons.plugin` that carries the private copy."""
    folder = tmp_path_factory.mktemp("plugin")
    vendor(folder / "somehost" / "addons" / "plugin" / "_vendor", wheels)
    for package in ("somehost", "somehost/addons", "somehost/addons/plugin"):
        (folder / package / "__init__.py").write_text("")
    return folder


@pytest.fixture(scope="module")
def daemon_directory():
    with tempfile.TemporaryDirectory(prefix="mq") as folder:
        directory = Path(folder, "run")
        process = subprocess.Popen([sys.executable, str(FAKE_DAEMON), str(directory)])
        deadline = time.monotonic() + 20
        while not (directory / "daemon.json").exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield directory
        process.kill()
        process.wait()


@pytest.mark.parametrize("python", other_pythons())
def test_the_private_copy_talks_to_a_daemon_and_leaves_no_public_module(plugin, daemon_directory, python):
    command = [python, "-I", str(HERE / "live_client.py"), str(plugin), "somehost.addons.plugin._vendor"]
    environment = {**os.environ, "MAQUETTE_RUNTIME_DIR": str(daemon_directory)}
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stderr
    told = json.loads(finished.stdout)
    assert told["blobs"] == ["bed", "lamp", "rug"]
    assert told["same_image"]
    assert told["reason"] == "MODEL_NOT_FOUND"
    assert (told["pixel"], told["final"]) == (128, True)
    assert not LIBRARIES & set(told["public"])


def test_each_library_brings_its_licence(plugin):
    names = {path.name.split("-")[0] for path in (plugin / "somehost/addons/plugin/_vendor/LICENSES").iterdir()}
    assert names == {pin.name.replace("-", "_") for pin in read_pins()} | {"maquette_client"}


def test_a_wheel_that_is_not_the_pinned_one_is_refused(wheels, tmp_path):
    for wheel in wheels:
        shutil.copy(wheel, tmp_path)
    damaged = tmp_path / wheels[0].name
    damaged.write_bytes(damaged.read_bytes() + b"\0")
    with pytest.raises(MaquetteError) as caught:
        fetch_wheels(tmp_path)
    assert caught.value.reason is Reason.CONTENT_CORRUPT


def test_offline_without_a_cache_says_where_to_put_the_wheels(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    with pytest.raises(MaquetteError) as caught:
        fetch_wheels(tmp_path / "cache")
    assert caught.value.reason is Reason.NOT_INSTALLED
    assert str(tmp_path / "cache") in caught.value.action


def test_the_blender_extension_is_built_and_validated_by_blenders_own_tool(wheels, tmp_path):
    try:
        blender.find_extension_tool()
    except MaquetteError:
        pytest.skip("Blender is not installed")
    archive = blender.build(tmp_path / "dist")
    assert archive.parent == tmp_path / "dist"
    with zipfile.ZipFile(archive) as opened:
        names = set(opened.namelist())
    assert {"blender_manifest.toml", "__init__.py", "_vendor/maquette_client/pump.py", "LICENSE"} <= names
    assert not [name for name in names if "__pycache__" in name or name.endswith((".so", ".pyd", ".pyi"))]
    assert archive.stat().st_size < 1_000_000
    assert blender.build(tmp_path / "dist") == archive


def test_without_blenders_tool_nothing_is_built_and_the_way_out_is_told(tmp_path):
    with pytest.raises(MaquetteError, match=r"maquette\[blender\]") as caught:
        blender.build(tmp_path / "dist", tmp_path / "no-blender-here")
    assert caught.value.reason is Reason.NOT_INSTALLED
    assert not (tmp_path / "dist").exists()


def test_a_manifest_that_blender_refuses_is_reported(wheels, tmp_path, monkeypatch):
    try:
        blender.find_extension_tool()
    except MaquetteError:
        pytest.skip("Blender is not installed")
    source = tmp_path / "source"
    source.mkdir()
    (source / "blender_manifest.toml").write_text('schema_version = "1.0.0"\nid = "x"\nversion = "0.1.0"\n')
    monkeypatch.setattr(blender, "addon_source", lambda: source)
    with pytest.raises(MaquetteError, match="refused to build"):
        blender.build(tmp_path / "dist")


@pytest.mark.parametrize(
    ("folder", "argument"),
    [("lib/python3.11/site-packages/bpy", "bin/python"), ("Lib/site-packages/bpy", "."), (".", ".")],
)
def test_blenders_newest_tool_is_found_in_an_environment(tmp_path, folder, argument):
    for version in ("4.5", "5.0", "5.10"):
        tool = tmp_path / folder / version / "scripts/addons_core/bl_pkg/cli/blender_ext.py"
        tool.parent.mkdir(parents=True)
        tool.write_text("")
    (tmp_path / "bin").mkdir(exist_ok=True)
    (tmp_path / "bin" / "python").write_text("")
    assert "5.10" in str(blender.find_extension_tool(tmp_path / argument))
