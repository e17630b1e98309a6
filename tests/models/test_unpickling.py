"""Nothing in a checkpoint is ever executed, and whatever a file holds, only a MaquetteError comes out."""

from __future__ import annotations

import collections
import functools
import io
import os
import pickle
import subprocess
import zipfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from maquette.errors import MaquetteError, Reason
from maquette.models.hyper_parameters import settings as settings_of
from maquette.models.torch_archive import ArchivedTensor, TorchArchive, archived_tensors
from maquette.models.unpickling import Inert, TensorReference, unpickled
from model_helpers import GOLDEN

OFFICIAL = GOLDEN / "blobgan_official_style.ckpt"
MEAN_LATENT = GOLDEN / "blobgan_mean_latent.pt"


class _Calling:
    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self._reduced = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._reduced


def _write_archive(path: Path, content: bytes, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", content)
        for name, part in parts.items():
            archive.writestr(f"archive/{name.replace('__', '/')}", part)
    return path


def _hostile(sentinel: Path) -> dict[str, object]:
    touch = f"touch {sentinel}"
    return {
        "os.system": _Calling(os.system, touch),
        "subprocess": _Calling(subprocess.call, ["touch", str(sentinel)]),
        "eval": _Calling(eval, f"open({str(sentinel)!r}, 'w')"),
        "exec": _Calling(exec, f"open({str(sentinel)!r}, 'w').close()"),
        "open": _Calling(open, str(sentinel), "w"),
        "getattr": _Calling(getattr, "text", "upper"),
        "partial": _Calling(functools.partial, os.system, touch),
        "map": _Calling(map, os.system, [touch]),
        "torch.load": _Calling(torch.load, str(sentinel)),
        "torch.hub": _Calling(torch.hub.load, str(sentinel)),
        "import": _Calling(__import__, "antigravity"),
        "in a state dict": {"state_dict": collections.OrderedDict(weight=_Calling(os.system, touch))},
    }


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("name", sorted(_hostile(Path("unused"))))
def test_hostile_pickles_are_refused_and_never_run(name: str, protocol: int, tmp_path: Path) -> None:
    sentinel = tmp_path / "sentinel"
    content = pickle.dumps(_hostile(sentinel)[name], protocol)
    path = _write_archive(tmp_path / "hostile.ckpt", content)
    with pytest.raises(MaquetteError) as refusal, TorchArchive(path) as archive:
        archive.content()
    assert refusal.value.reason is Reason.CHECKPOINT_UNSAFE
    assert refusal.value.action
    assert not sentinel.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"cos\nsystem\n(S'true'\ntR.",
        b"\x80\x02ctorch\nload\n.",
        b"\x80\x02comegaconf.dictconfig\nDictConfig\n)R}R.",
        b"\x80\x02ccollections\nOrderedDict\n}X\x01\x00\x00\x00ad\x86b.",
        b"\x80\x02ctyping\nAny\n)\x81}(X\x08\x00\x00\x00__call__X\x01\x00\x00\x00asb}R.",
        b"\x80\x02]}X\x01\x00\x00\x00aK\x01sb.",
        b"\x80\x02\x82\x01.",
        b"\x80\x02cbuiltins\ndict\n)R.",
    ],
    ids=["text", "torch", "call of a call", "state of a class", "call of an object", "state", "extension", "dict call"],
)
def test_instructions_that_are_not_data_are_refused(content: bytes) -> None:
    with pytest.raises(MaquetteError):
        unpickled(content)


def test_a_call_of_a_stand_in_only_makes_a_stand_in() -> None:
    made = unpickled(b"\x80\x02cutils.evil\nrun\nX\x05\x00\x00\x00touch\x85R.")
    assert isinstance(made, Inert)
    assert made.type_name == "utils.evil.run"


def test_names_are_never_looked_up() -> None:
    with pytest.raises(MaquetteError) as refusal:
        unpickled(b"\x80\x02cmaquette.no_such_module\nthing\n.")
    assert refusal.value.reason is Reason.CHECKPOINT_UNSAFE


def test_plain_data_is_read_as_it_is() -> None:
    data = {"a": [1, 2.5, None, True, "ä"], "b": (1, 2), "c": {"d": b"bytes"}, "e": 2**70}
    for protocol in (2, 3, 4, 5):
        assert unpickled(pickle.dumps(data, protocol)) == data


def test_keys_that_could_exhaust_the_stack_are_refused() -> None:
    deep = b"\x80\x02}" + b")" + b"\x85" * 200_000 + b"K\x01s."
    with pytest.raises(MaquetteError):
        unpickled(deep)


def test_settings_of_a_structure_that_holds_itself_end() -> None:
    endless: dict[str, Any] = {"size": 3}
    endless["self"] = endless
    assert settings_of(endless) == {"size": 3, "self.size": 3}


def test_settings_are_read_from_stand_ins() -> None:
    with TorchArchive(OFFICIAL) as archive:
        content = archive.content()
    assert isinstance(content, dict)
    found = settings_of(content["hyper_parameters"])
    assert found["ab_norm"] == pytest.approx(0.02)
    assert found["generator.size_in"] == 16


def test_tensors_equal_what_torch_reads() -> None:
    expected = torch.load(MEAN_LATENT, weights_only=True)
    with TorchArchive(MEAN_LATENT) as archive:
        content = archive.content()
        assert isinstance(content, TensorReference)
        assert torch.equal(archive.tensor(content), expected)


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int64, torch.uint8, torch.bool]
)
def test_views_of_every_type_are_read(dtype: torch.dtype, tmp_path: Path) -> None:
    whole = (torch.arange(24).reshape(4, 6) % 3).to(dtype)
    saved = {"whole": whole, "turned": whole.T, "part": whole[1:3, ::2], "empty": whole[:0], "one": whole[0, 0]}
    torch.save(saved, tmp_path / "views.pt")
    with TorchArchive(tmp_path / "views.pt") as archive:
        for name, source in archived_tensors(archive, archive.content()).items():
            assert torch.equal(source.read(), saved[name])
            assert source.shape == tuple(saved[name].shape)


def _reference_with(tensor: torch.Tensor, tmp_path: Path, **changes: Any) -> ArchivedTensor:
    torch.save(tensor, tmp_path / "one.pt")
    archive = TorchArchive(tmp_path / "one.pt")
    content = archive.content()
    assert isinstance(content, TensorReference)
    values = {"storage": content.storage, "offset": 0, "shape": content.shape, "strides": content.strides, **changes}
    return ArchivedTensor(archive, TensorReference(**values))


@pytest.mark.parametrize(
    "changes",
    [
        {"offset": 1},
        {"offset": -1},
        {"shape": (5,)},
        {"shape": (-4,)},
        {"strides": (2,)},
        {"strides": (-1,)},
        {"shape": (2**40,), "strides": (0,)},
        {"shape": (2, 2)},
    ],
)
def test_views_beyond_the_numbers_are_refused(changes: dict[str, Any], tmp_path: Path) -> None:
    source = _reference_with(torch.arange(4.0), tmp_path, **changes)
    with pytest.raises(MaquetteError) as refusal:
        source.read()
    assert refusal.value.reason is Reason.CHECKPOINT_CORRUPT


def test_missing_numbers_are_an_error(tmp_path: Path) -> None:
    copy = tmp_path / "missing.pt"
    with zipfile.ZipFile(MEAN_LATENT) as source, zipfile.ZipFile(copy, "w") as target:
        for info in source.infolist():
            if "/data/" not in info.filename:
                target.writestr(info, source.read(info))
    with TorchArchive(copy) as archive:
        content = archive.content()
        assert isinstance(content, TensorReference)
        with pytest.raises(MaquetteError) as refusal:
            archive.tensor(content)
    assert refusal.value.reason is Reason.CHECKPOINT_CORRUPT


def _refused(path: Path) -> Reason:
    with pytest.raises(MaquetteError) as refusal, TorchArchive(path) as archive:
        archive.content()
    return refusal.value.reason


def test_compressed_contents_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.ckpt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", b"\0" * 50_000_000)
    assert _refused(tmp_path / "bomb.ckpt") is Reason.CHECKPOINT_UNSAFE


def test_old_formats_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bare.pkl").write_bytes(pickle.dumps({"a": 1}))
    assert _refused(tmp_path / "bare.pkl") is Reason.CHECKPOINT_UNSAFE
    torch.save({"a": torch.zeros(2)}, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    assert _refused(tmp_path / "old.pth") is Reason.CHECKPOINT_UNSAFE


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no checkpoint at all", b"\0" * 4096])
def test_other_files_are_corrupt(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file.ckpt").write_bytes(content)
    assert _refused(tmp_path / "file.ckpt") is Reason.CHECKPOINT_CORRUPT


def test_programs_and_big_endian_files_are_refused(tmp_path: Path) -> None:
    content = pickle.dumps({}, 2)
    assert _refused(_write_archive(tmp_path / "a.pt", content, **{"constants.pkl": b""})) is Reason.CHECKPOINT_UNSAFE
    assert _refused(_write_archive(tmp_path / "b.pt", content, byteorder=b"big")) is Reason.CHECKPOINT_CORRUPT


@pytest.mark.parametrize("kept", [0.05, 0.5, 0.9, 0.999])
def test_truncated_files_are_corrupt(kept: float, tmp_path: Path) -> None:
    content = OFFICIAL.read_bytes()
    (tmp_path / "short.ckpt").write_bytes(content[: int(len(content) * kept)])
    assert _refused(tmp_path / "short.ckpt") is Reason.CHECKPOINT_CORRUPT


@contextmanager
def _only_typed_refusals() -> Generator[None]:
    reasons: list[Reason] = []
    try:
        yield
    except MaquetteError as error:
        reasons.append(error.reason)
    assert set(reasons) <= {Reason.CHECKPOINT_CORRUPT, Reason.CHECKPOINT_UNSAFE}


def _read_everything(path: Path) -> None:
    with TorchArchive(path) as archive:
        content = archive.content()
        if isinstance(content, TensorReference):
            archive.tensor(content)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(st.integers(0, MEAN_LATENT.stat().st_size - 1), st.integers(0, 255)), min_size=1, max_size=8
    )
)
def test_damaged_files_never_do_anything_else(changes: list[tuple[int, int]], tmp_path: Path) -> None:
    content = bytearray(MEAN_LATENT.read_bytes())
    for position, value in changes:
        content[position] = value
    path = tmp_path / "damaged.pt"
    path.write_bytes(content)
    with _only_typed_refusals():
        _read_everything(path)


def _official_pickle() -> bytes:
    with zipfile.ZipFile(OFFICIAL) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith("data.pkl")))[-4000:]


_TAIL = _official_pickle()


@settings(max_examples=300, deadline=None)
@given(start=st.integers(0, len(_TAIL) - 1), noise=st.binary(max_size=40))
def test_damaged_pickles_never_do_anything_else(start: int, noise: bytes) -> None:
    stream = io.BytesIO(b"\x80\x02}" + _TAIL)
    stream.seek(start + 3)
    stream.write(noise)
    with _only_typed_refusals():
        unpickled(stream.getvalue())


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=200))
def test_random_bytes_never_do_anything_else(content: bytes) -> None:
    with _only_typed_refusals():
        unpickled(content)
