"""What the plugin asks of its host. :mod:`.documents` answers for Krita; tests answer for themselves.

Everything is a snapshot or a call: nothing here is kept alive by the host's own signals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .client import Rectangle
from .colour import ColourFormat

PAINT_LAYER = "paintlayer"
GROUP_LAYER = "grouplayer"


@dataclass(frozen=True)
class Layer:
    """A layer as it is now.

    Attributes:
        id: stays the same when the layer is renamed or moved, and through undo.
        kind: Krita's name of its type.
        colour_names: Krita's names of its model, depth and profile, unchecked.
        bounds: of what is on it, in the picture's pixels.
    """

    id: str
    name: str
    kind: str
    locked: bool
    colour_names: tuple[str, str, str]
    bounds: Rectangle


class SelectionCopy(Protocol):
    """What was selected at one moment; later changes of the selection do not reach it."""

    @property
    def bounds(self) -> Rectangle:
        """Of all that is selected, in the picture's pixels; may reach beyond the picture."""
        ...

    def read(self, rectangle: Rectangle) -> bytes:
        """How much of each pixel is selected, a byte each, 255 = all of it."""
        ...


class Draft(Protocol):
    """A layer that is not in the document yet: writing to it leaves no trace in the undo history."""

    def write(self, rectangle: Rectangle, pixels: bytes) -> None:
        """Put pixels, in Krita's order and the draft's own colour format."""
        ...

    def hide(self) -> None:
        """Let it arrive hidden."""
        ...


class Canvas(Protocol):
    """One open document. Every method but :attr:`is_open` is for open documents only."""

    @property
    def is_open(self) -> bool:
        """The document was not closed."""
        ...

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        ...

    @property
    def colour_names(self) -> tuple[str, str, str]:
        """Krita's names of the document's model, depth and profile, unchecked."""
        ...

    def is_same(self, other: Canvas) -> bool:
        """Whether both are the same document."""
        ...

    def settle(self) -> None:
        """Wait until what was done to the document last can be read."""
        ...

    def active_layer(self) -> Layer | None:
        """The active layer; of a mask, the layer that it is on."""
        ...

    def layer(self, layer_id: str) -> Layer | None:
        """A layer by its id, None when it is gone."""
        ...

    def layer_names(self) -> list[tuple[str, str]]:
        """Id and name of every paint layer, from top to bottom; quick, as it is asked for often."""
        ...

    def selection(self) -> SelectionCopy | None:
        """A copy of what is selected; None when nothing is."""
        ...

    def read(self, rectangle: Rectangle, layer_id: str | None, own_pixels: bool = False) -> bytes:
        """Pixels as Krita stores them.

        Args:
            rectangle: of the picture.
            layer_id: None = everything visible.
            own_pixels: of a layer its own pixels, without its masks and effects.
        """
        ...

    def new_layer(self, name: str, colour: ColourFormat) -> Draft:
        """A layer to fill before it is put into the document."""
        ...

    def copy_of_layer(self, layer_id: str) -> Draft:
        """A copy of a layer with all that is on it."""
        ...

    def put(self, draft: Draft, above: str | None, group: str | None = None) -> str:
        """Put a draft into the document, one undo step, and return its id.

        Args:
            draft: of this document.
            above: id of the layer to put it above; None = on top of everything.
            group: id of the group to put it into, on top.
        """
        ...

    def put_group(self, name: str, above: str | None) -> str:
        """Put an empty group into the document, one undo step, and return its id."""
        ...

    def remove(self, layer_id: str) -> None:
        """Take a layer out of the document, one undo step."""
        ...

    def activate(self, layer_id: str) -> None:
        """Make a layer the active one; nothing to undo."""
        ...

    def grow(self, left: int, top: int, width: int, height: int) -> None:
        """Make the picture larger, one undo step.

        Args:
            left: columns that are added on the left.
            top: rows that are added above.
            width: of the new picture.
            height: of the new picture.
        """
        ...

    def unused_name(self, name: str) -> str:
        """The name, with a number if a layer has it already."""
        ...


class Host(Protocol):
    """The application."""

    def active_canvas(self) -> Canvas | None:
        """The document that is being worked on."""
        ...

    def open_picture(self, name: str, size: tuple[int, int], colour: ColourFormat, resolution: float) -> Canvas:
        """Make a new document and show it."""
        ...

    def read_setting(self, key: str) -> str:
        """What was remembered; empty when nothing was."""
        ...

    def write_setting(self, key: str, value: str) -> None:
        """Remember it for the next time."""
        ...
