"""Weights files: safetensors whose metadata says what the model is. Standard library only, so that listing is cheap."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from maquette.errors import MaquetteError, Reason
from maquette.store.atomic import write_atomically

FORMAT = "maquette-weights-1"
DTYPE_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
_MAXIMUM_HEADER_BYTES = 16 * 1024 * 1024
_MAXIMUM_SIDE = 65536


@dataclass(frozen=True)
class StoredTensor:
    """One tensor as bytes.

    Attributes:
        dtype: safetensors name ("F16", "F32", …).
        shape: its sizes.
        data: little-endian values, row-major.
    """

    dtype: str
    shape: tuple[int, ...]
    data: bytes | memoryview


@dataclass(frozen=True)
class WeightsDescription:
    """What a weights file says of its model; see :class:`maquette.store.model_info.ModelInfo`.

    Attributes:
        recipe: how the weights came to be: a training recipe's name or "imported".
        extra: what only the model's own loader reads, as strings (for BlobGAN: ``size_in``).
    """

    id: str
    system: str
    title: str
    tasks: tuple[str, ...]
    width: int
    height: int
    licence: str
    recipe: str
    area_normaliser: float = 0.0
    blob_names: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ("float32",)
    working_set_bytes: int = 0
    extra: Mapping[str, str] = field(default_factory=dict[str, str])

    def metadata(self) -> dict[str, str]:
        """The description as a safetensors header keeps it: every value a string."""
        return {
            **self.extra,
            "format": FORMAT,
            "id": self.id,
            "system": self.system,
            "title": self.title,
            "tasks": json.dumps(self.tasks),
            "width": str(self.width),
            "height": str(self.height),
            "licence": self.licence,
            "recipe": self.recipe,
            "ab_norm": repr(self.area_normaliser),
            "blob_names": json.dumps(self.blob_names),
            "dtypes": json.dumps(self.dtypes),
            "working_set_bytes": str(self.working_set_bytes),
        }


_KNOWN = frozenset(WeightsDescription("", "", "", (), 0, 0, "", "").metadata())


def _corrupt(path: Path, why: str) -> MaquetteError:
    return MaquetteError(
        Reason.CHECKPOINT_CORRUPT,
        f"'{path.name}' is not a usable weights file: {why}.",
        "Delete it and import or install the model again.",
        {"path": str(path)},
    )


def _names(text: str) -> tuple[str, ...]:
    values: object = json.loads(text)
    if not isinstance(values, list):
        raise ValueError("a list of names was expected")
    return tuple(str(value) for value in cast("list[object]", values))


def describe(path: Path, metadata: Mapping[str, str]) -> WeightsDescription:
    """The description in a header's metadata.

    Raises:
        MaquetteError: CHECKPOINT_CORRUPT for a missing or unreadable entry.
    """
    try:
        description = WeightsDescription(
            id=metadata["id"],
            system=metadata["system"],
            title=metadata["title"],
            tasks=_names(metadata["tasks"]),
            width=int(metadata["width"]),
            height=int(metadata["height"]),
            licence=metadata["licence"],
            recipe=metadata["recipe"],
            area_normaliser=float(metadata.get("ab_norm", "0")),
            blob_names=_names(metadata.get("blob_names", "[]")),
            dtypes=_names(metadata.get("dtypes", '["float32"]')),
            working_set_bytes=int(metadata.get("working_set_bytes", "0")),
            extra={name: value for name, value in metadata.items() if name not in _KNOWN},
        )
    except KeyError as error:
        raise _corrupt(path, f"its header lacks {error}") from error
    except (ValueError, RecursionError) as error:
        raise _corrupt(path, f"its header cannot be read ({error})") from error
    sides_fit = all(0 <= side <= _MAXIMUM_SIDE for side in (description.width, description.height))
    if not (sides_fit and math.isfinite(description.area_normaliser) and description.working_set_bytes >= 0):
        raise _corrupt(path, "its header holds numbers out of range")
    return description


def _header_bytes(path: Path) -> bytes:
    size = path.stat().st_size
    with path.open("rb") as stream:
        prefix = stream.read(8)
        length = struct.unpack("<Q", prefix)[0] if len(prefix) == 8 else 0
        if not 2 <= length <= min(_MAXIMUM_HEADER_BYTES, size - 8):
            raise _corrupt(path, "its header is damaged")
        return stream.read(length)


def read_metadata(path: Path) -> dict[str, str]:
    """The metadata of a safetensors file; reads the header only.

    Raises:
        MaquetteError: CHECKPOINT_CORRUPT.
        OSError: the file cannot be read.
    """
    try:
        header = json.loads(_header_bytes(path))
    except (ValueError, RecursionError) as error:
        raise _corrupt(path, "its header is damaged") from error
    metadata: object = cast("dict[str, Any]", header).get("__metadata__", {}) if isinstance(header, dict) else None
    if not isinstance(metadata, dict):
        raise _corrupt(path, "its header is damaged")
    return {str(name): str(value) for name, value in cast("dict[object, object]", metadata).items()}


def _chunks(tensors: Mapping[str, StoredTensor], metadata: Mapping[str, str]) -> Iterator[bytes | memoryview]:
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    position = 0
    for name, tensor in sorted(tensors.items()):
        size = memoryview(tensor.data).nbytes
        if size != DTYPE_BYTES[tensor.dtype] * math.prod(tensor.shape):
            raise ValueError(f"'{name}' has {size} bytes, which does not fit {tensor.dtype} {tensor.shape}")
        header[name] = {
            "dtype": tensor.dtype,
            "shape": list(tensor.shape),
            "data_offsets": [position, position + size],
        }
        position += size
    text = json.dumps(header, separators=(",", ":")).encode()
    # Data starts at a multiple of eight, so that readers may map it.
    text += b" " * (-len(text) % 8)
    yield struct.pack("<Q", len(text)) + text
    for _, tensor in sorted(tensors.items()):
        yield tensor.data


def write_weights_file(path: Path, tensors: Mapping[str, StoredTensor], description: WeightsDescription) -> None:
    """Write a weights file, whole or not at all. The same input gives the same bytes.

    Raises:
        ValueError: a tensor's bytes do not fit its type and shape.
        OSError: the disk is full or the folder cannot be written.
    """
    write_atomically(path, _chunks(tensors, description.metadata()))
