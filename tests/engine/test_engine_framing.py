from __future__ import annotations

import io
import pickle
from enum import Enum
from pathlib import Path

import pytest
from fake_zoo import picture, scene_of
from hypothesis import given
from hypothesis import strategies as st
from maquette.engine import framing
from maquette.engine.framing import HEADER, SHARED_FROM_BYTES, decode, encode, read_frame
from maquette.engine.messages import Done, Failed, Priority, Reported, Submit
from maquette.engine.shared_bytes import SharedBytes, create_folder
from maquette.errors import MaquetteError, Reason
from maquette.models.operations import Progress
from maquette.models.requests import RenderScene, RenderSceneResult


@pytest.fixture
def ends(tmp_path: Path) -> tuple[SharedBytes, SharedBytes]:
    return SharedBytes(tmp_path, "server"), SharedBytes(tmp_path, "engine")


def crossed(message: object, ends: tuple[SharedBytes, SharedBytes]) -> object:
    body = read_frame(io.BytesIO(encode(message, ends[0])))
    assert body is not None
    return decode(body, ends[1])


@pytest.mark.parametrize(
    "message",
    [
        Submit(1, "m", RenderScene(scene_of("m", 3), preview=True), Priority.INTERACTIVE),
        Reported(2, Progress("rendering", 0.5, picture(4, 4, 7))),
        Done(3, RenderSceneResult(picture(8, 8, 1), None, {"b0": picture(2, 2, 2)}, {"decode": 1.5})),
    ],
)
def test_messages_arrive_as_they_left(message: object, ends: tuple[SharedBytes, SharedBytes]) -> None:
    assert crossed(message, ends) == message


def test_enumerations_travel_where_python_would_pickle_them_by_getattr(
    ends: tuple[SharedBytes, SharedBytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_getattr(member: Enum, protocol: int) -> tuple[object, ...]:
        return getattr, (type(member), member.name)

    monkeypatch.setattr(Enum, "__reduce_ex__", by_getattr)
    assert b"getattr" in pickle.dumps(Priority.INTERACTIVE)
    message = Submit(1, "m", RenderScene(scene_of("m", 3), preview=True), Priority.INTERACTIVE)
    assert crossed(message, ends) == message


def test_errors_arrive_whole(ends: tuple[SharedBytes, SharedBytes]) -> None:
    sent = MaquetteError(Reason.OUT_OF_MEMORY, "Too large.", "Make it smaller.", {"needed_bytes": "8"})
    arrived = crossed(Failed(1, sent), ends)
    assert isinstance(arrived, Failed)
    error = arrived.error
    assert (error.reason, error.message, error.action, error.details) == (
        sent.reason,
        sent.message,
        sent.action,
        sent.details,
    )


def test_large_pictures_pass_beside_the_pipe_and_are_released(
    ends: tuple[SharedBytes, SharedBytes], tmp_path: Path
) -> None:
    message = Done(1, RenderSceneResult(picture(512, 512, 9)))
    frame = encode(message, ends[0])
    assert len(frame) < 4096
    assert len(list(tmp_path.iterdir())) == 1
    assert decode(frame[HEADER.size :], ends[1]) == message
    assert list(tmp_path.iterdir()) == []


@given(st.binary(max_size=64), st.integers(-2, 2))
def test_bytes_of_any_length_arrive(data: bytes, around: int) -> None:
    folder = create_folder()
    shared = SharedBytes(folder, "server")
    message = Done(1, data + bytes(SHARED_FROM_BYTES + around))
    try:
        assert crossed(message, (shared, SharedBytes(folder, "engine"))) == message
        assert list(folder.iterdir()) == []
    finally:
        shared.remove()
    assert not folder.exists()


def test_a_full_memory_file_system_sends_the_bytes_through_the_pipe(tmp_path: Path) -> None:
    nowhere = SharedBytes(tmp_path / "absent", "server")
    message = Done(1, bytes(SHARED_FROM_BYTES))
    assert crossed(message, (nowhere, nowhere)) == message


def test_a_class_that_is_not_maquettes_is_refused(ends: tuple[SharedBytes, SharedBytes]) -> None:
    with pytest.raises(pickle.UnpicklingError):
        decode(pickle.dumps(Path("/")), ends[0])


def test_a_function_reached_through_a_maquette_module_is_refused(ends: tuple[SharedBytes, SharedBytes]) -> None:
    body = b"\x80\x04\x8c\x17maquette.engine.framing\x8c\x0cpickle.loads\x93."
    assert framing.pickle is pickle
    with pytest.raises(pickle.UnpicklingError):
        decode(body, ends[0])


def test_a_frame_that_is_cut_off_is_the_end(ends: tuple[SharedBytes, SharedBytes]) -> None:
    frame = encode(Done(1, None), ends[0])
    assert read_frame(io.BytesIO(frame[:-1])) is None
    assert read_frame(io.BytesIO(b"")) is None
