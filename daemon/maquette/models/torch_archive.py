"""Files that ``torch.save`` writes (a zip of a pickle and blocks of numbers), read without executing anything."""

from __future__ import annotations

import math
import sys
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from torch import Tensor

from maquette.models.unpickling import StorageReference, TensorReference, damaged, unpickled, unsafe

MAXIMUM_PICKLE_BYTES = 64 * 1024 * 1024
MAXIMUM_ENTRIES = 100_000
_ENCRYPTED = 0x1
_ZIP_MAGIC = b"PK\x03\x04"
_PICKLE_MAGIC = b"\x80"


def _check_kind(path: Path) -> None:
    with path.open("rb") as stream:
        start = stream.read(4)
    if start == _ZIP_MAGIC:
        return
    if start.startswith(_PICKLE_MAGIC):
        raise unsafe("it is a bare pickle, as PyTorch wrote before version 1.6")
    raise damaged("it is neither a PyTorch checkpoint nor a safetensors file")


class TorchArchive:
    """An open checkpoint; a context manager.

    Args:
        path: of the file.

    Raises:
        MaquetteError: CHECKPOINT_UNSAFE or CHECKPOINT_CORRUPT.
        OSError: the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        _check_kind(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, RecursionError) as error:
            raise damaged("it is cut short or damaged") from error
        try:
            self._entries = self._checked_entries(path.stat().st_size)
            self._root = self._found_root()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> TorchArchive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def _checked_entries(self, file_bytes: int) -> dict[str, zipfile.ZipInfo]:
        infos = self._zip.infolist()
        entries = {info.filename: info for info in infos}
        if len(infos) > MAXIMUM_ENTRIES or len(entries) != len(infos):
            raise unsafe("its table of contents is not one that PyTorch writes")
        # PyTorch never compresses: what is written once cannot unpack to more than the file's own size.
        if any(info.compress_type != zipfile.ZIP_STORED or info.flag_bits & _ENCRYPTED for info in infos):
            raise unsafe("its contents are compressed or encrypted, which PyTorch never does")
        if sum(info.file_size for info in infos) > file_bytes:
            raise unsafe("its contents claim to be larger than the file")
        return entries

    def _found_root(self) -> str:
        roots = [name.removesuffix("data.pkl") for name in self._entries if name.endswith("/data.pkl")]
        if len(roots) != 1 or "/" in roots[0][:-1]:
            raise damaged("it has no pickle of its own where PyTorch puts it")
        root = roots[0]
        if f"{root}byteorder" in self._entries and self._read(f"{root}byteorder") != b"little":
            raise damaged("its numbers are big-endian, which cannot be read here")
        if f"{root}constants.pkl" in self._entries:
            raise unsafe("it is a TorchScript program, not a checkpoint")
        return root

    def _read(self, name: str) -> bytes:
        try:
            return self._zip.read(self._entries[name])
        except KeyError as error:
            raise damaged(f"its part '{name[:80]}' is missing") from error
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise damaged(f"its part '{name[:80]}' is damaged") from error

    def content(self) -> object:
        """What the pickle describes, its tensors as references (see :mod:`maquette.models.unpickling`).

        Raises:
            MaquetteError: CHECKPOINT_UNSAFE or CHECKPOINT_CORRUPT.
        """
        name = f"{self._root}data.pkl"
        if self._entries[name].file_size > MAXIMUM_PICKLE_BYTES:
            raise unsafe("its pickle is far larger than a checkpoint's")
        return unpickled(self._read(name))

    def tensor(self, reference: TensorReference) -> Tensor:
        """The tensor of a reference, in memory of its own.

        Raises:
            MaquetteError: CHECKPOINT_CORRUPT.
        """
        storage = self._storage(reference.storage)
        shape, strides = reference.shape, reference.strides
        if len(shape) != len(strides) or min((*shape, *strides, reference.offset), default=0) < 0:
            raise damaged("a tensor's sizes make no sense")
        if math.prod(shape) == 0:
            return torch.empty(shape, dtype=storage.dtype)
        last = reference.offset + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
        # Overlapping views could otherwise ask for more memory than the file has.
        if last >= storage.numel() or math.prod(shape) > storage.numel():
            raise damaged("a tensor reaches beyond its numbers")
        return torch.as_strided(storage, shape, strides, reference.offset).clone(memory_format=torch.contiguous_format)

    def _storage(self, reference: StorageReference) -> Tensor:
        dtype = cast("torch.dtype", getattr(torch, reference.dtype))
        content = self._read(f"{self._root}data/{reference.key}")
        if len(content) != reference.count * dtype.itemsize:
            raise damaged("a tensor's numbers have another length than announced")
        if not content:
            return torch.empty(0, dtype=dtype)
        values = torch.frombuffer(bytearray(content), dtype=torch.uint8)
        if sys.byteorder != "little":
            raise damaged("big-endian machines cannot read it")
        return values.view(dtype)


@dataclass(frozen=True)
class ArchivedTensor:
    """A tensor of an open archive, read when asked for."""

    archive: TorchArchive
    reference: TensorReference

    @property
    def shape(self) -> tuple[int, ...]:
        """Its sizes."""
        return self.reference.shape

    def read(self) -> Tensor:
        """The tensor itself.

        Raises:
            MaquetteError: CHECKPOINT_CORRUPT.
        """
        return self.archive.tensor(self.reference)


def archived_tensors(archive: TorchArchive, values: object) -> Mapping[str, ArchivedTensor]:
    """The tensors of a state dict; entries that are not tensors are left out."""
    if not isinstance(values, dict):
        return {}
    items = cast("dict[object, object]", values).items()
    return {
        key: ArchivedTensor(archive, value)
        for key, value in items
        if isinstance(key, str) and isinstance(value, TensorReference)
    }
