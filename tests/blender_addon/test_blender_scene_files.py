from __future__ import annotations

import pytest
from blender_values import blob, look, scene, scenes
from hypothesis import given
from maquette_client.errors import ClientError
from maquette_client.scene_json import scene_from_json
from maquette_client.scene_json import scene_to_json as as_the_command_line_writes

from blender_addon.restyling import served_ids
from blender_addon.scene_files import load_scene, save_scene
from blender_addon.wire import scene_from_message, scene_message


@given(scenes())
def test_a_saved_scene_is_the_command_lines_file(tmp_path_factory, whole):
    path = tmp_path_factory.getbasetemp() / "scene.json"
    save_scene(path, whole)
    assert path.read_text("utf-8") == as_the_command_line_writes(scene_message(whole))
    assert scene_from_message(scene_from_json(path.read_bytes())) == whole
    assert load_scene(path) == whole


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "SCENE_FILE_CORRUPT"),
        (b"\xff\xfe", "SCENE_FILE_CORRUPT"),
        (b"{}", "SCENE_FILE_UNKNOWN"),
        (b'{"format": "maquette-scene", "schema": 9}', "SCENE_FILE_UNKNOWN"),
        (b'{"format": "maquette-scene", "schema": 1}', "SCENE_FILE_CORRUPT"),
    ],
)
def test_what_is_no_scene_is_refused(tmp_path, content, reason):
    path = tmp_path / "scene.json"
    path.write_bytes(content)
    with pytest.raises(ClientError) as refusal:
        load_scene(path)
    assert refusal.value.reason == reason
    assert refusal.value.action
    assert path.read_bytes() == content


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ClientError) as refusal:
        load_scene(tmp_path / "scene.json")
    assert refusal.value.reason == "SCENE_FILE_NOT_READ"


def test_a_file_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ClientError) as refusal:
        save_scene(tmp_path / "file" / "scene.json", scene())
    assert refusal.value.reason == "SCENE_FILE_NOT_WRITTEN"


def test_a_scene_that_replaces_another_keeps_its_permissions(tmp_path):
    path = tmp_path / "scene.json"
    path.write_text("older")
    path.chmod(0o600)
    save_scene(path, scene())
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_scene(path) == scene()


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.json").write_text("older")
    link = tmp_path / "scene.json"
    link.symlink_to("real.json")
    save_scene(link, scene())
    assert link.is_symlink()
    assert load_scene(tmp_path / "real.json") == scene()


def test_looks_are_found_by_id_and_by_row():
    wearing = scene(blob("bed", 2), blob("bed.2", 2), blob("lamp", 3), blob("rug", 1))
    source = scene(blob("other-2", 2, look=look(2)), blob("rug", 9, look=look(9)))
    assert served_ids(wearing, source) == {"bed", "bed.2", "rug"}
