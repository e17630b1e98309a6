from __future__ import annotations

import os
from pathlib import Path

import pytest
from maquette.errors import MaquetteError, Reason
from maquette.store.allowed_folders import AllowedFolders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "allowed" / "deep").mkdir(parents=True)
    (tmp_path / "allowed" / "deep" / "model.ckpt").write_bytes(b"x")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "model.ckpt").write_bytes(b"x")
    return tmp_path / "allowed"


@pytest.fixture
def allowed(folder: Path, tmp_path: Path) -> AllowedFolders:
    folders = AllowedFolders(tmp_path / "data" / "allowed_folders.json")
    folders.allow(folder)
    return folders


def _reason(allowed: AllowedFolders, path: Path | str) -> Reason:
    with pytest.raises(MaquetteError) as refusal:
        allowed.check_import_path(str(path))
    assert refusal.value.action
    return refusal.value.reason


def test_files_below_an_allowed_folder_may_be_imported(allowed: AllowedFolders, folder: Path) -> None:
    path = folder / "deep" / "model.ckpt"
    assert allowed.check_import_path(str(path)) == path.resolve()
    assert allowed.check_import_path(str(folder / "deep" / ".." / "deep" / "model.ckpt")) == path.resolve()


def test_everything_else_is_refused_alike(allowed: AllowedFolders, folder: Path, tmp_path: Path) -> None:
    outside = (
        tmp_path / "secret" / "model.ckpt",
        tmp_path / "secret" / "missing.ckpt",
        folder / ".." / "secret" / "model.ckpt",
        folder / "missing.ckpt",
        Path(f"{folder}-other") / "model.ckpt",
    )
    for path in outside:
        assert _reason(allowed, path) is Reason.IMPORT_NOT_ALLOWED


def test_links_do_not_lead_out(allowed: AllowedFolders, folder: Path, tmp_path: Path) -> None:
    os.symlink(tmp_path / "secret" / "model.ckpt", folder / "link.ckpt")
    os.symlink(tmp_path / "secret", folder / "linked")
    os.symlink(folder / "loop", folder / "loop")
    for name in ("link.ckpt", "linked/model.ckpt", "loop"):
        assert _reason(allowed, folder / name) is Reason.IMPORT_NOT_ALLOWED


def test_links_inside_are_followed(allowed: AllowedFolders, folder: Path) -> None:
    os.symlink(folder / "deep" / "model.ckpt", folder / "link.ckpt")
    assert allowed.check_import_path(str(folder / "link.ckpt")) == (folder / "deep" / "model.ckpt").resolve()


def test_only_regular_files_of_absolute_paths(allowed: AllowedFolders, folder: Path) -> None:
    assert _reason(allowed, folder / "deep") is Reason.IMPORT_NOT_ALLOWED
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe")
        assert _reason(allowed, folder / "pipe") is Reason.IMPORT_NOT_ALLOWED
    for path in ("model.ckpt", "", "~/model.ckpt", "/a\0b"):
        assert _reason(allowed, path) is Reason.INVALID_ARGUMENT


def test_nothing_is_allowed_at_first(folder: Path, tmp_path: Path) -> None:
    empty = AllowedFolders(tmp_path / "none.json")
    assert empty.list() == ()
    assert _reason(empty, folder / "deep" / "model.ckpt") is Reason.IMPORT_NOT_ALLOWED


def test_folders_are_kept_and_can_be_forgotten(allowed: AllowedFolders, folder: Path, tmp_path: Path) -> None:
    allowed.allow(tmp_path / "secret")
    allowed.allow(folder)
    again = AllowedFolders(tmp_path / "data" / "allowed_folders.json")
    assert set(again.list()) == {folder.resolve(), (tmp_path / "secret").resolve()}
    again.forget(folder)
    assert allowed.list() == ((tmp_path / "secret").resolve(),)
    assert _reason(allowed, folder / "deep" / "model.ckpt") is Reason.IMPORT_NOT_ALLOWED


def test_only_folders_can_be_allowed(allowed: AllowedFolders, folder: Path) -> None:
    for path in (folder / "missing", folder / "deep" / "model.ckpt"):
        with pytest.raises(MaquetteError) as refusal:
            allowed.allow(path)
        assert refusal.value.reason is Reason.INVALID_ARGUMENT


@pytest.mark.parametrize("content", ["", "[]", "{", '{"folders": 3}', '{"schema": 1}'])
def test_a_damaged_list_allows_nothing(content: str, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.json"
    path.write_text(content)
    assert _reason(AllowedFolders(path), folder / "deep" / "model.ckpt") is Reason.IMPORT_NOT_ALLOWED
