from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

import pytest
from maquette.cli.package import app
from maquette.errors import MaquetteError, Reason
from maquette.packaging import krita, staging
from typer.testing import CliRunner


@pytest.fixture
def source(tmp_path, monkeypatch) -> Path:
    """A plugin's source, with what must not be packed beside it."""
    folder = tmp_path / "krita_plugin"
    package = folder / "maquette_krita"
    (package / "pictures").mkdir(parents=True)
    (package / "__pycache__").mkdir()
    (folder / "maquette_krita.desktop").write_text("[Desktop Entry]\nX-KDE-Library=maquette_krita\nName=Maquette\n")
    (folder / "maquette_krita.action").write_text("<ActionCollection/>")
    (package / "__init__.py").write_text("")
    (package / "pictures" / "icon.svg").write_text("<svg/>")
    (package / "__pycache__" / "x.pyc").write_bytes(b"")
    monkeypatch.setattr(krita, "plugin_source", lambda _folder, _marker: folder)
    return folder


def test_the_krita_archive_names_its_folders_and_carries_a_private_client(wheels, source, tmp_path):
    archive = krita.build(tmp_path / "dist")
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        assert opened.testzip() is None
    assert names.index("maquette_krita/") < names.index("maquette_krita/__init__.py")
    assert {"maquette_krita.desktop", "maquette_krita.action", "maquette_krita/pictures/icon.svg"} <= set(names)
    assert "maquette_krita/_vendor/maquette_client/pump.py" in names
    assert not [name for name in names if "__pycache__" in name or name.endswith((".so", ".pyd", ".pyc"))]
    assert archive.stat().st_size < 1_000_000


def test_the_command_tells_where_the_krita_archive_is(wheels, source, tmp_path):
    done = CliRunner().invoke(app, ["krita", "--output", str(tmp_path / "dist")])
    assert done.exit_code == 0, done.output
    (archive,) = (tmp_path / "dist").iterdir()
    assert str(archive) in done.output.replace("\n", "")


def test_the_krita_archive_is_the_same_to_the_byte_on_another_day(wheels, source, tmp_path, monkeypatch):
    first = krita.build(tmp_path / "dist").read_bytes()
    for path in source.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o700)
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert krita.build(tmp_path / "elsewhere").read_bytes() == first


def test_an_older_krita_archive_stays_when_the_new_one_cannot_be_made(wheels, source, tmp_path, monkeypatch):
    archive = krita.build(tmp_path / "dist")
    before = archive.read_bytes()

    def fail(_destination: Path) -> None:
        raise MaquetteError(Reason.NOT_INSTALLED, "offline", "go online")

    monkeypatch.setattr(staging, "vendor", fail)
    with pytest.raises(MaquetteError, match="offline"):
        krita.build(tmp_path / "dist")
    assert archive.read_bytes() == before
    assert list(archive.parent.iterdir()) == [archive]


def test_a_source_that_is_not_installed_is_told():
    with pytest.raises(MaquetteError, match="no_such_plugin") as caught:
        staging.plugin_source("no_such_plugin", "marker")
    assert caught.value.reason is Reason.NOT_INSTALLED
