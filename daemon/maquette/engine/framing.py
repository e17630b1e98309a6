"""Messages as frames: four bytes of length, then a pickle that names nothing but Maquette's own classes."""

from __future__ import annotations

import io
import pickle
import struct
from enum import Enum
from typing import Any, BinaryIO

from maquette.engine.shared_bytes import SharedBytes

SHARED_FROM_BYTES = 256 * 1024
HEADER = struct.Struct("<I")


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, shared: SharedBytes) -> None:
        super().__init__(file, protocol=5)
        self._shared = shared

    def persistent_id(self, obj: object) -> str | None:
        if type(obj) is bytes and len(obj) >= SHARED_FROM_BYTES:
            return self._shared.put(obj)
        return None

    def reducer_override(self, obj: object) -> Any:
        # Pythons before 3.11.4 would write getattr(class, name), and getattr may not travel.
        return (type(obj), (obj.value,)) if isinstance(obj, Enum) else NotImplemented


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, shared: SharedBytes) -> None:
        super().__init__(file)
        self._shared = shared

    def persistent_load(self, pid: str) -> bytes:
        return self._shared.take(pid)

    def find_class(self, module_name: str, global_name: str) -> object:
        if module_name.split(".")[0] != "maquette" or "." in global_name:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} does not travel between the two processes")
        return super().find_class(module_name, global_name)


def encode(message: object, shared: SharedBytes) -> bytes:
    """A message's frame; its large byte strings are put into ``shared``."""
    file = io.BytesIO()
    file.write(HEADER.pack(0))
    _Pickler(file, shared).dump(message)
    file.seek(0)
    file.write(HEADER.pack(len(file.getbuffer()) - HEADER.size))
    return file.getvalue()


def decode(body: bytes, shared: SharedBytes) -> object:
    """The message of a frame without its header.

    Raises:
        pickle.UnpicklingError: it names a class that is not Maquette's.
    """
    return _Unpickler(io.BytesIO(body), shared).load()


def read_frame(file: BinaryIO) -> bytes | None:
    """The next frame's body from a blocking file; None at its end."""
    header = file.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (length,) = HEADER.unpack(header)
    body = file.read(length)
    return body if len(body) == length else None
