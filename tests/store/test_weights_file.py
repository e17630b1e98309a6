from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from maquette.errors import MaquetteError, Reason
from maquette.store.weights_file import (
    StoredTensor,
    WeightsDescription,
    describe,
    read_metadata,
    write_weights_file,
)
from safetensors.numpy import load_file

DESCRIPTION = WeightsDescription(
    id="rooms",
    system="blobgan",
    title="Rooms",
    tasks=("sample_scene", "render_scene"),
    width=128,
    height=96,
    licence="Apache-2.0",
    recipe="rooms",
    area_normaliser=0.0005,
    blob_names=("bed", "Stehlampe ä"),
    dtypes=("float32", "bfloat16"),
    working_set_bytes=123,
    extra={"size_in": "16"},
)
TENSORS = {
    "b": StoredTensor("F32", (2,), struct.pack("<2f", 1.5, -2.0)),
    "a": StoredTensor("U8", (3, 1), b"\x01\x02\x03"),
    "empty": StoredTensor("F16", (0, 4), b""),
}


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "rooms.safetensors"
    write_weights_file(path, TENSORS, DESCRIPTION)
    assert describe(path, read_metadata(path)) == DESCRIPTION
    tensors = load_file(path)
    assert tensors["b"].tolist() == [1.5, -2.0]
    assert tensors["a"].tolist() == [[1], [2], [3]]
    assert tensors["empty"].shape == (0, 4)
    assert [entry.name for entry in path.parent.iterdir()] == ["rooms.safetensors"]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_weights_file(tmp_path / name, dict(reversed(TENSORS.items())) if name == "two" else TENSORS, DESCRIPTION)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_bytes_that_do_not_fit_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        write_weights_file(tmp_path / "bad", {"a": StoredTensor("F32", (2,), b"1234")}, DESCRIPTION)
    assert not list(tmp_path.iterdir())


def test_a_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "rooms.safetensors"
    write_weights_file(path, TENSORS, DESCRIPTION)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="does not fit"):
        write_weights_file(path, {"a": StoredTensor("F32", (2,), b"1234")}, DESCRIPTION)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["id", "system", "title", "tasks", "width", "height", "licence", "recipe"])
def test_a_missing_entry_is_a_typed_error(name: str) -> None:
    metadata = {key: value for key, value in DESCRIPTION.metadata().items() if key != name}
    with pytest.raises(MaquetteError) as refusal:
        describe(Path("x"), metadata)
    assert refusal.value.reason is Reason.CHECKPOINT_CORRUPT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("width", "wide"),
        ("width", "-1"),
        ("height", "100000"),
        ("ab_norm", "nan"),
        ("tasks", "{}"),
        ("tasks", "["),
        ("blob_names", "[" * 100_000),
        ("working_set_bytes", "-5"),
    ],
)
def test_entries_that_make_no_sense_are_typed_errors(name: str, value: str) -> None:
    with pytest.raises(MaquetteError) as refusal:
        describe(Path("x"), {**DESCRIPTION.metadata(), name: value})
    assert refusal.value.reason is Reason.CHECKPOINT_CORRUPT


def _header(content: object) -> bytes:
    text = json.dumps(content).encode()
    return struct.pack("<Q", len(text)) + text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"1234",
        struct.pack("<Q", 2**60),
        struct.pack("<Q", 4) + b"{]{]",
        _header([1]),
        _header({"__metadata__": 3}),
    ],
)
def test_damaged_headers_are_typed_errors(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.safetensors"
    path.write_bytes(content)
    with pytest.raises(MaquetteError) as refusal:
        read_metadata(path)
    assert refusal.value.reason is Reason.CHECKPOINT_CORRUPT


@settings(max_examples=100, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_file_is_described_or_refused(
    changes: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "rooms.safetensors"
    write_weights_file(path, TENSORS, DESCRIPTION)
    content = bytearray(path.read_bytes())
    for position, value in changes:
        content[position % len(content)] = value
    path.write_bytes(content)
    reasons: list[Reason] = []
    try:
        describe(path, read_metadata(path))
    except MaquetteError as error:
        reasons.append(error.reason)
    assert set(reasons) <= {Reason.CHECKPOINT_CORRUPT}


def test_extra_entries_cannot_hide_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "rooms.safetensors"
    write_weights_file(path, {}, replace(DESCRIPTION, extra={"id": "other"}))
    assert describe(path, read_metadata(path)).id == "rooms"
