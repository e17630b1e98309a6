from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from blender_values import scene, scenes
from hypothesis import given
from hypothesis import strategies as st
from maquette_client.errors import ClientError

from blender_addon.frame_files import FramePattern, frame_range, write_whole
from blender_addon.frame_record import FrameRecord, Maker, scene_digest

MAKER = Maker("d" * 64, "0.1.0")


@pytest.mark.parametrize(
    ("text", "number", "name"),
    [
        ("/films/", 12, "0012.png"),
        ("/films/room_", 12, "room_0012.png"),
        ("/films/room_##", 7, "room_07.png"),
        ("/films/room_##", 123, "room_123.png"),
        ("/films/####.png", 5, "0005.png"),
        ("/films/##_take_###_b.PNG", 5, "##_take_005_b.png"),
        ("/films/", -5, "-0005.png"),
    ],
)
def test_frames_are_named_as_blender_names_them(text, number, name):
    assert FramePattern.of(text).frame(number) == Path("/films", name)


def test_a_video_is_named_after_its_frames_and_the_record_after_the_sequence():
    pattern = FramePattern.of("/films/room_###")
    assert pattern.video(1, 250) == Path("/films/room_001-250.mp4")
    assert pattern.record == Path("/films/room_frames.jsonl")


@given(st.integers(1, 8), st.integers(-99_999_999, 99_999_999), st.integers(-99_999_999, 99_999_999))
def test_no_two_frames_share_a_file(digits, first, second):
    pattern = FramePattern(Path("/films"), "a", digits, "b")
    assert (pattern.frame(first) == pattern.frame(second)) == (first == second)


def test_a_range_holds_its_end():
    assert list(frame_range(1, 10, 3)) == [1, 4, 7, 10]
    assert list(frame_range(5, 5, 1)) == [5]


@pytest.mark.parametrize(("start", "end", "step"), [(2, 1, 1), (0, 2_000_000, 1)])
def test_a_range_that_nobody_means_is_refused(start, end, step):
    with pytest.raises(ClientError) as refusal:
        frame_range(start, end, step)
    assert refusal.value.reason == "INVALID_ARGUMENT"


def test_a_file_is_written_whole_over_what_a_killed_writer_left(tmp_path):
    (tmp_path / ".a.png.part").write_bytes(b"half of i")
    (tmp_path / "a.png").write_bytes(b"older")
    write_whole(tmp_path / "a.png", b"newer")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_bytes() == b"newer"


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "folder").write_bytes(b"a file is in the way")
    with pytest.raises(ClientError) as refusal:
        write_whole(tmp_path / "folder" / "a.png", b"newer")
    assert refusal.value.reason == "FOLDER_NOT_WRITABLE"
    assert str(tmp_path / "folder" / "a.png") in refusal.value.message


@pytest.fixture
def pattern(tmp_path):
    return FramePattern(tmp_path)


def test_a_finished_frame_is_known_again(pattern):
    record = FrameRecord(pattern, MAKER)
    record.add(1, "a", b"picture")
    assert record.has(1, "a")
    again = FrameRecord(pattern, MAKER)
    assert again.has(1, "a")
    assert not again.has(1, "b")
    assert not again.has(2, "a")


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_bytes(b"pict")])
def test_a_frame_whose_file_is_gone_or_cut_is_not_finished(pattern, change):
    FrameRecord(pattern, MAKER).add(1, "a", b"picture")
    change(pattern.frame(1))
    assert not FrameRecord(pattern, MAKER).has(1, "a")


@pytest.mark.parametrize("other", [replace(MAKER, maquette_version="0.2.0"), replace(MAKER, model_digest="e" * 64)])
def test_frames_of_another_maker_are_not_finished(pattern, other):
    FrameRecord(pattern, MAKER).add(1, "a", b"picture")
    assert not FrameRecord(pattern, other).has(1, "a")
    assert not FrameRecord(pattern, MAKER).has(1, "a")


@pytest.mark.parametrize("damage", [b'{"frame": 2, "sce', b"\xff\xfe", b"[]", b'{"frame": "2", "scene": "b"}', b"{}\n"])
def test_a_line_that_was_cut_off_only_loses_its_frame(pattern, damage):
    FrameRecord(pattern, MAKER).add(1, "a", b"picture")
    whole = pattern.record.read_bytes()
    pattern.record.write_bytes(whole + damage)
    record = FrameRecord(pattern, MAKER)
    assert record.has(1, "a")
    assert not record.has(2, "b")
    assert pattern.record.read_bytes() == whole


def test_the_record_is_the_same_in_whatever_order_frames_were_made(pattern, tmp_path):
    other = FramePattern(tmp_path / "other")
    for where, order in ((pattern, (1, 2, 3)), (other, (3, 1, 2, 3))):
        record = FrameRecord(where, MAKER)
        for frame in order:
            record.add(frame, f"scene {frame}", b"picture")
        record.tidy()
    assert pattern.record.read_bytes() == other.record.read_bytes()


@given(scenes(), scenes())
def test_scenes_differ_by_their_digests(first, second):
    assert (scene_digest(first) == scene_digest(second)) == (first == second)


def test_the_digest_knows_the_noise():
    assert scene_digest(scene()) != scene_digest(replace(scene(), noise_seed=8))
