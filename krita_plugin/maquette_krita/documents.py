# pyright: basic
"""Krita's documents as the plugin's canvases. Talks to Krita's objects, and imports nothing of Krita's.

Nodes are found again by their ids whenever they are needed: Krita's Python objects outlive what they stand for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .canvas import PAINT_LAYER, Canvas, Draft, Layer
from .client import Rectangle
from .colour import ColourFormat
from .qt import QByteArray


class KritaSelection:
    """A copy of a document's selection.

    Args:
        selection: Krita's, already duplicated.
    """

    def __init__(self, selection: Any) -> None:
        self._selection = selection

    @property
    def bounds(self) -> Rectangle:
        """Of all that is selected."""
        selection = self._selection
        return Rectangle(selection.x(), selection.y(), selection.width(), selection.height())

    def read(self, rectangle: Rectangle) -> bytes:
        """A byte per pixel."""
        return bytes(self._selection.pixelData(rectangle.left, rectangle.top, rectangle.width, rectangle.height))


class KritaDraft:
    """A node that is in no document yet."""

    def __init__(self, node: Any) -> None:
        self.node = node

    def write(self, rectangle: Rectangle, pixels: bytes) -> None:
        """Put pixels."""
        data = QByteArray(pixels)
        self.node.setPixelData(data, rectangle.left, rectangle.top, rectangle.width, rectangle.height)

    def hide(self) -> None:
        """Let it arrive hidden."""
        self.node.setVisible(False)


class KritaCanvas:
    """One document.

    Args:
        document: Krita's.
        open_documents: Krita's list of those that are open.
    """

    def __init__(self, document: Any, open_documents: Callable[[], list[Any]]) -> None:
        self._document, self._open_documents = document, open_documents
        # Of a picture that is read in many strips the layer is looked for once.
        self._last_read: tuple[str, Any] | None = None

    @property
    def is_open(self) -> bool:
        """Krita makes new Python objects for the same document; they compare equal."""
        return any(each == self._document for each in self._open_documents())

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._document.width(), self._document.height()

    @property
    def colour_names(self) -> tuple[str, str, str]:
        """Model, depth, profile."""
        return _colour_names(self._document)

    def is_same(self, other: Canvas) -> bool:
        """Whether both are the same document."""
        return isinstance(other, KritaCanvas) and other._document == self._document

    def settle(self) -> None:
        """Krita puts the layers together in the background."""
        self._document.waitForDone()

    def active_layer(self) -> Layer | None:
        """The active layer; of a mask, the layer that it is on."""
        node = self._document.activeNode()
        while node is not None and node.type().endswith("mask"):
            node = node.parentNode()
        if node is None or node.parentNode() is None:
            return None
        return _layer(node)

    def layer(self, layer_id: str) -> Layer | None:
        """A layer by its id."""
        node = self._node(layer_id)
        return _layer(node) if node is not None else None

    def layer_names(self) -> list[tuple[str, str]]:
        """Id and name of every paint layer; their bounds would take Krita long."""
        return [(node.uniqueId().toString(), node.name()) for node in self._nodes() if node.type() == PAINT_LAYER]

    def selection(self) -> KritaSelection | None:
        """Krita hands out the selection itself, so that only its copy may be kept."""
        selection = self._document.selection()
        if selection is None or selection.width() < 1 or selection.height() < 1:
            return None
        return KritaSelection(selection.duplicate())

    def read(self, rectangle: Rectangle, layer_id: str | None, own_pixels: bool = False) -> bytes:
        """Pixels as Krita stores them."""
        place = (rectangle.left, rectangle.top, rectangle.width, rectangle.height)
        if layer_id is None:
            return bytes(self._document.pixelData(*place))
        if self._last_read is None or self._last_read[0] != layer_id or self._last_read[1].parentNode() is None:
            self._last_read = (layer_id, self._known(layer_id))
        node = self._last_read[1]
        return bytes(node.pixelData(*place) if own_pixels else node.projectionPixelData(*place))

    def new_layer(self, name: str, colour: ColourFormat) -> Draft:
        """A paint layer, of another colour format than the document's if need be."""
        node = self._document.createNode(name, PAINT_LAYER)
        wanted = (colour.model, colour.depth, colour.profile)
        if _colour_names(node) != wanted and not node.setColorSpace(*wanted):
            raise RuntimeError(f"no layer of {colour.model} {colour.depth} {colour.profile}")
        return KritaDraft(node)

    def copy_of_layer(self, layer_id: str) -> Draft:
        """A copy with all that is on it."""
        node = self._known(layer_id)
        copy = node.clone()
        copy.setName(node.name())
        return KritaDraft(copy)

    def put(self, draft: Draft, above: str | None, group: str | None = None) -> str:
        """Put a draft into the document."""
        assert isinstance(draft, KritaDraft)
        self._attach(draft.node, above, group)
        return draft.node.uniqueId().toString()

    def put_group(self, name: str, above: str | None) -> str:
        """Put an empty group into the document."""
        node = self._document.createGroupLayer(name)
        self._attach(node, above, None)
        return node.uniqueId().toString()

    def remove(self, layer_id: str) -> None:
        """Take a layer out of the document."""
        self._known(layer_id).remove()

    def activate(self, layer_id: str) -> None:
        """Make a layer the active one."""
        self._document.setActiveNode(self._known(layer_id))

    def grow(self, left: int, top: int, width: int, height: int) -> None:
        """Make the picture larger."""
        self._document.resizeImage(-left, -top, width, height)

    def unused_name(self, name: str) -> str:
        """The name, with a number if a layer has it already."""
        names = {node.name() for node in self._nodes()}
        if name not in names:
            return name
        return next(numbered for number in range(2, len(names) + 3) if (numbered := f"{name} {number}") not in names)

    def _attach(self, node: Any, above: str | None, group: str | None) -> None:
        below = self._known(above) if above is not None else None
        parent = self._known(group) if group is not None else self._document.rootNode()
        if below is not None:
            parent = below.parentNode()
        if not parent.addChildNode(node, below):
            raise RuntimeError(f"“{node.name()}” was not taken into the document")

    def _known(self, layer_id: str) -> Any:
        node = self._node(layer_id)
        if node is None:
            raise RuntimeError("the layer is gone")
        return node

    def _node(self, layer_id: str) -> Any:
        # Document.nodeByUniqueID gives objects without a layer's methods in Krita 5.1.
        return next((node for node in self._nodes() if node.uniqueId().toString() == layer_id), None)

    def _nodes(self) -> Iterator[Any]:
        def below(node: Any) -> Iterator[Any]:
            for child in reversed(node.childNodes()):
                yield child
                yield from below(child)

        yield from below(self._document.rootNode())


def _layer(node: Any) -> Layer:
    bounds = node.bounds()
    return Layer(
        node.uniqueId().toString(),
        node.name(),
        node.type(),
        node.locked(),
        _colour_names(node),
        Rectangle(bounds.x(), bounds.y(), bounds.width(), bounds.height()),
    )


def _colour_names(thing: Any) -> tuple[str, str, str]:
    return thing.colorModel(), thing.colorDepth(), thing.colorProfile()
