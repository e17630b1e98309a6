"""What shall be filled, from what a person writes: a mask file, a box, or the picture's own transparency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from maquette_client.context import Context, ContextKind, Length, LengthUnit, Rectangle
from maquette_client.errors import ClientError
from numpy.typing import NDArray

from maquette.cli.pictures.document import Document
from maquette.cli.pictures.files import SUFFIXES, read_document

MaskArray = NDArray[np.uint8]

_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(px|%)?")


def refused(message: str, action: str) -> ClientError:
    """The refusal of something written wrongly."""
    return ClientError("INVALID_ARGUMENT", message, action)


def length_from(text: str) -> Length:
    """ "12", "12px" or "5%".

    Raises:
        ClientError: INVALID_ARGUMENT.
    """
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        raise refused(f"'{text}' is not a length.", "Write pixels or per cent: 12, 12px or 5%.")
    return Length(float(match[1]), LengthUnit.PERCENT if match[2] == "%" else LengthUnit.PIXELS)


def pixels_from(text: str, whole: int) -> int:
    """A length along a side of ``whole`` pixels, in whole pixels.

    Raises:
        ClientError: INVALID_ARGUMENT.
    """
    length = length_from(text)
    return round(length.value * (whole / 100 if length.unit is LengthUnit.PERCENT else 1))


def context_from(text: str) -> Context:
    """ "auto", "whole" or a number of pixels.

    Raises:
        ClientError: INVALID_ARGUMENT.
    """
    if text in ("auto", "whole"):
        return Context(ContextKind.AUTOMATIC if text == "auto" else ContextKind.WHOLE)
    if not text.isdecimal():
        raise refused(f"'{text}' is not a context.", "Write auto, whole or a number of pixels.")
    return Context(ContextKind.PIXELS, int(text))


def box_from(text: str) -> Rectangle:
    """ "x,y,width,height".

    Raises:
        ClientError: INVALID_ARGUMENT.
    """
    try:
        left, top, width, height = (int(part) for part in text.split(","))
    except ValueError:
        raise refused(f"'{text}' is not a box.", "Write four numbers of pixels: x,y,width,height.") from None
    if width < 1 or height < 1:
        raise refused(f"The box '{text}' has no pixels.", "Give it a width and a height of at least 1.")
    return Rectangle(left, top, width, height)


@dataclass(frozen=True)
class Selection:
    """Where a mask comes from: exactly one of these.

    Attributes:
        mask: a file, or a folder of files named as the pictures; white = fill.
        box: the same for every picture.
        transparency: what is transparent is filled.
    """

    mask: Path | None = None
    box: Rectangle | None = None
    transparency: bool = False

    def of(self, source: Path, document: Document) -> MaskArray:
        """The mask (height, width) of a picture: 255 = fill.

        Raises:
            ClientError: FILE_NOT_READ, FILE_NOT_SUPPORTED or INVALID_ARGUMENT.
        """
        if self.box is not None:
            return _mask_of_box(self.box, document)
        if self.transparency:
            if document.pixels.shape[2] != 4:
                raise refused(f"{source} has no alpha channel.", "Name a mask or a box.")
            return np.asarray(255 - _eight_bits(document.pixels[..., 3]), np.uint8)
        assert self.mask is not None
        return _mask_of_file(self.mask if self.mask.is_file() else _beside(self.mask, source), document)


def selection_from(mask: Path | None, box: str, transparency: bool) -> Selection:
    """The selection that options name.

    Raises:
        ClientError: INVALID_ARGUMENT unless exactly one is named.
    """
    if (mask is not None) + bool(box) + transparency != 1:
        raise refused("What shall be filled?", "Name one of --mask FILE, --box X,Y,WIDTH,HEIGHT and --alpha.")
    return Selection(mask, box_from(box) if box else None, transparency)


def bounds_of(mask: MaskArray) -> Rectangle:
    """The smallest rectangle around what a mask selects.

    Raises:
        ClientError: NOTHING_SELECTED.
    """
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    if not rows.size:
        raise ClientError("NOTHING_SELECTED", "The mask selects nothing.", "Paint white what shall be filled.")
    left, top = int(columns[0]), int(rows[0])
    return Rectangle(left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top)


def _eight_bits(samples: NDArray[np.generic]) -> MaskArray:
    if samples.dtype.kind == "f":
        return np.asarray(np.rint(np.clip(samples.astype(np.float32), 0, 1) * 255), np.uint8)
    return np.asarray(samples if samples.dtype == np.uint8 else samples.astype(np.uint32) // 257, np.uint8)


def _mask_of_box(box: Rectangle, document: Document) -> MaskArray:
    mask = np.zeros(document.pixels.shape[:2], np.uint8)
    mask[max(0, box.top) : max(0, box.bottom), max(0, box.left) : max(0, box.right)] = 255
    return mask


def _mask_of_file(path: Path, document: Document) -> MaskArray:
    mask = read_document(path)
    if mask.pixels.shape[:2] != document.pixels.shape[:2]:
        height, width = mask.pixels.shape[:2]
        raise refused(
            f"The mask {path} is {width} × {height} pixels, the picture"
            f" {document.pixels.shape[1]} × {document.pixels.shape[0]}.",
            "Make a mask of the picture's size.",
        )
    selected = _eight_bits(mask.pixels[..., :3]).astype(np.float32).mean(axis=-1)
    if mask.pixels.shape[2] == 4:
        selected = selected * _eight_bits(mask.pixels[..., 3]) / 255
    return np.asarray(np.rint(selected), np.uint8)


def _beside(folder: Path, source: Path) -> Path:
    for suffix in (source.suffix, *SUFFIXES):
        candidate = folder / f"{source.stem}{suffix}"
        if candidate.is_file():
            return candidate
    raise ClientError(
        "FILE_NOT_READ", f"There is no mask for {source.name} in {folder}.", f"Name it {source.stem}.png, for example."
    )
