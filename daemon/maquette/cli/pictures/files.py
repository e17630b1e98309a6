"""Reading and writing picture files by their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from maquette_client.errors import ClientError

from maquette.cli.pictures import lossy, png, tiff
from maquette.cli.pictures.document import Document, unsupported
from maquette.cli.pictures.exif import called_upright, orientation_of, turned_upright
from maquette.cli.session import read_file


@dataclass(frozen=True)
class _Kind:
    decode: Callable[[bytes], Document]
    encode: Callable[[Document], bytes]


_KINDS = {
    "png": _Kind(png.decode, png.encode),
    "jpeg": _Kind(lossy.decode_jpeg, lossy.encode_jpeg),
    "webp": _Kind(lossy.decode_webp, lossy.encode_webp),
    "tiff": _Kind(tiff.decode, tiff.encode),
}
SUFFIXES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp", ".tif": "tiff", ".tiff": "tiff"}
_STARTS = {
    png.SIGNATURE: "png",
    b"\xff\xd8\xff": "jpeg",
    b"II\x2a\0": "tiff",
    b"MM\0\x2a": "tiff",
    b"II\x2b\0": "tiff",
    b"MM\0\x2b": "tiff",
}


def _kind_of(content: bytes) -> str | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return next((kind for start, kind in _STARTS.items() if content.startswith(start)), None)


def kind_of_name(path: Path) -> str:
    """The kind of file that a name asks for.

    Raises:
        ClientError: FILE_NOT_SUPPORTED.
    """
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise unsupported(f"{path} does not end like a picture file.", f"Use one of: {', '.join(SUFFIXES)}.")
    return kind


def read_document(path: Path, *, upright: bool = True) -> Document:
    """A picture file, whatever its name says that it is.

    Args:
        path: the file.
        upright: turn its pixels as its EXIF says they are meant to be seen.

    Raises:
        ClientError: FILE_NOT_READ or FILE_NOT_SUPPORTED.
    """
    return decode(read_file(path), path.name, upright=upright)


def decode(content: bytes, name: str, *, upright: bool = True) -> Document:
    """The document of a file's content; see :func:`read_document`."""
    kind = _kind_of(content)
    if kind is None:
        raise unsupported(f"{name} is not a PNG, JPEG, TIFF or WebP file.", "Convert it to one of these first.")
    document = _guarded(name, lambda: _KINDS[kind].decode(content))
    exif = document.metadata.exif
    if not upright or exif is None or orientation_of(exif) == 1:
        return document
    pixels = turned_upright(document.pixels, orientation_of(exif))
    return replace(document, pixels=pixels, metadata=replace(document.metadata, exif=called_upright(exif)))


def encode(document: Document, path: Path) -> bytes:
    """A document as the kind of file that ``path`` names.

    Raises:
        ClientError: FILE_NOT_SUPPORTED when that kind cannot hold its pixels.
    """
    return _KINDS[kind_of_name(path)].encode(document)


def _guarded(name: str, work: Callable[[], Any]) -> Any:
    try:
        return work()
    except ClientError:
        raise
    except Exception as error:
        # Decoders of damaged files raise whatever they like.
        raise unsupported(f"{name} cannot be read: {error}.", "Check the file with another program.") from error
