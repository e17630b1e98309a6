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

from maquette.demo.steps import TITLES

Pixels = NDArray[np.uint8]

# Places in land.png: what `maquette train render-lands` renders from seed 1000006, at twice its size. The embedded
# weights were not trained on it. The tree is surrounded as one does with a lasso.
TREE = (
    *((726, 64), (760, 26), (814, 26), (838, 60), (852, 84), (850, 114), (824, 138)),
    *((810, 152), (810, 198), (780, 198), (780, 152), (750, 142), (728, 120)),
)
PART = Rectangle(384, 0, 330, 256)
WIDER_BY = 160
_BLEND = Length(8)


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


def tree_mask() -> Pixels:
    """What is erased: 255, of the land's size."""
    from PIL import Image as PillowImage
    from PIL import ImageDraw

    height, width = land().shape[:2]
    mask = PillowImage.new("L", (width, height))
    ImageDraw.Draw(mask).polygon(TREE, fill=255)
    return np.asarray(mask)


def _erased(pump: Pump, connection: Connection, picture: Pixels) -> Painting:
    height, width = picture.shape[:2]
    mask = tree_mask()
    selection = SelectionSettings(blend=_BLEND)
    columns, rows = zip(*TREE, strict=True)
    bounds = Rectangle(min(columns), min(rows), max(columns) - min(columns) + 1, max(rows) - min(rows) + 1)
    reach = selection.reach(float(mask.sum()) / 255)
    sent = context_rectangle(bounds, (width, height), painting.Context(), reach)
    part = picture[sent.top : sent.bottom, sent.left : sent.right]
    masked = mask[sent.top : sent.bottom, sent.left : sent.right]
    selected = Image(sent.width, sent.height, masked.tobytes(), PixelFormat.GRAY_U8, ColourSpace.DATA)
    started = time.perf_counter()
    outcome = pump.run(painting.inpaint(connection, _image(part), selected, selection=selection))
    seconds = time.perf_counter() - started
    after, answer = picture.copy(), _answer(outcome)
    top, left = sent.top + outcome.top, sent.left + outcome.left
    after[top : top + answer.shape[0], left : left + answer.shape[1]] = answer
    return Painting(TITLES[0], _marked(picture), after, outcome.model_id, seconds)


def _extended(pump: Pump, connection: Connection, picture: Pixels) -> Painting:
    part = picture[PART.top : PART.bottom, PART.left : PART.right]
    sides: dict[str, Any] = {"left": WIDER_BY, "right": WIDER_BY}
    started = time.perf_counter()
    outcome = pump.run(painting.outpaint(connection, _image(part), **sides))
    seconds = time.perf_counter() - started
    before = np.zeros((outcome.height, outcome.width, 3), np.uint8)
    before[:, WIDER_BY : WIDER_BY + PART.width] = part
    after, answer = before.copy(), _answer(outcome)
    after[outcome.top : outcome.top + answer.shape[0], outcome.left : outcome.left + answer.shape[1]] = answer
    return Painting(TITLES[1], before, after, outcome.model_id, seconds)


def _marked(picture: Pixels) -> Pixels:
    """The picture with a line around the tree."""
    from PIL import Image as PillowImage
    from PIL import ImageDraw

    marked = PillowImage.fromarray(picture)
    ImageDraw.Draw(marked).line((*TREE, TREE[0]), fill="white", width=2)
    return np.asarray(marked)
