"""The second half of the demonstration: a tree is erased, and a picture is extended past its edges."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from maquette_client import painting
from maquette_client.connection import Connection
from maquette_client.context import Length, Rectangle, SelectionSettings, context_rectangle
from maquette_client.images import ColourSpace, Image, PixelFormat
from maquette_client.painting import PaintOutcome
from maquette_client.pump import Pump
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

# Places in land.png: what `maquette train render-lands` renders from seed 1000006, at twice its size. The embedded
# weights were not trained on it.
TREE = Rectangle(726, 26, 136, 176)
PART = Rectangle(330, 0, 384, 256)
WIDER_BY = 160
_BLEND = Length(8)
_MARK = (255, 255, 255)


@dataclass(frozen=True)
class Painting:
    """One thing painted.

    Attributes:
        title: for the progress display and the sheet.
        before: (height, width, 3); what is to be filled is marked, what is to be added is empty.
        after: of the same size.
        model_id: the model that was used.
        seconds: from the call to the picture.
    """

    title: str
    before: Pixels
    after: Pixels
    model_id: str
    seconds: float


def land() -> Pixels:
    """The picture that the demonstration paints in."""
    from PIL import Image as PillowImage

    with files("maquette.demo").joinpath("land.png").open("rb") as file, PillowImage.open(file) as picture:
        return np.asarray(picture.convert("RGB"))


def paint_all(connection: Connection) -> Generator[Painting]:
    """Erase and extend, one after the other.

    Raises:
        ClientError: the daemon's refusal or any failure of the connection.
    """
    pump = Pump()
    try:
        yield _erased(pump, connection, land())
        yield _extended(pump, connection, land())
    finally:
        connection.close()
        pump.close()


def _image(pixels: Pixels) -> Image:
    height, width = pixels.shape[:2]
    return Image(width, height, np.ascontiguousarray(pixels).tobytes())


def _answer(outcome: PaintOutcome) -> Pixels:
    first = outcome.candidates[0]
    return np.frombuffer(first.pixels, np.uint8).reshape(first.height, first.width, 3)


def _erased(pump: Pump, connection: Connection, picture: Pixels) -> Painting:
    height, width = picture.shape[:2]
    selection = SelectionSettings(blend=_BLEND)
    reach = selection.reach(TREE.width * TREE.height)
    sent = context_rectangle(TREE, (width, height), painting.Context(), reach)
    part = picture[sent.top : sent.bottom, sent.left : sent.right]
    mask = np.zeros((height, width), np.uint8)
    mask[TREE.top : TREE.bottom, TREE.left : TREE.right] = 255
    masked = mask[sent.top : sent.bottom, sent.left : sent.right]
    selected = Image(sent.width, sent.height, masked.tobytes(), PixelFormat.GRAY_U8, ColourSpace.DATA)
    started = time.perf_counter()
    outcome = pump.run(painting.inpaint(connection, _image(part), selected, selection=selection))
    seconds = time.perf_counter() - started
    after, answer = picture.copy(), _answer(outcome)
    top, left = sent.top + outcome.top, sent.left + outcome.left
    after[top : top + answer.shape[0], left : left + answer.shape[1]] = answer
    return Painting("Erase the tree", _marked(picture, TREE), after, outcome.model_id, seconds)


def _extended(pump: Pump, connection: Connection, picture: Pixels) -> Painting:
    part = picture[PART.top : PART.bottom, PART.left : PART.right]
    sides: dict[str, Any] = {"left": WIDER_BY, "right": WIDER_BY}
    started = time.perf_counter()
    outcome = pump.run(painting.outpaint(connection, _image(part), **sides, blend=_BLEND))
    seconds = time.perf_counter() - started
    before = np.zeros((outcome.height, outcome.width, 3), np.uint8)
    before[:, WIDER_BY : WIDER_BY + PART.width] = part
    after, answer = before.copy(), _answer(outcome)
    after[outcome.top : outcome.top + answer.shape[0], outcome.left : outcome.left + answer.shape[1]] = answer
    return Painting("Extend the picture", before, after, outcome.model_id, seconds)


def _marked(picture: Pixels, box: Rectangle) -> Pixels:
    """The picture with a frame around a box."""
    marked = picture.copy()
    for thickness in range(2):
        top, bottom, left, right = (
            box.top - thickness,
            box.bottom + thickness,
            box.left - thickness,
            box.right + thickness,
        )
        marked[[top, bottom - 1], left:right] = _MARK
        marked[top:bottom, [left, right - 1]] = _MARK
    return marked
