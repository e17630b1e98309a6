"""A host of a few lines: documents with layers of bytes, and an undo history with a snapshot per step."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace

from maquette_krita.canvas import GROUP_LAYER, PAINT_LAYER, Layer
from maquette_krita.client import Rectangle
from maquette_krita.colour import ColourFormat

RGBA8 = ColourFormat("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc")


def pixel(colour: ColourFormat, *channels: float) -> bytes:
    """One of Krita's pixels from channels in [0, 1], red first, alpha last."""
    code = {"U8": "B", "U16": "H", "F16": "e", "F32": "f"}[colour.depth]
    scale = {"U8": 255, "U16": 65535}.get(colour.depth)
    values = [*channels[:-1][:: -1 if colour.blue_first else 1], channels[-1]]
    return struct.pack(f"<{len(values)}{code}", *([round(v * scale) for v in values] if scale else values))


NOWHERE = Rectangle(0, 0, 0, 0)


@dataclass(frozen=True)
class Node:
    """A layer: its pixels are a picture of its bounds."""

    id: str
    name: str
    colour: ColourFormat
    bounds: Rectangle = NOWHERE
    pixels: bytes = b""
    kind: str = PAINT_LAYER
    locked: bool = False
    visible: bool = True
    children: tuple[Node, ...] = ()

    def read(self, place: Rectangle) -> bytes:
        empty = bytes(self.colour.pixel_bytes)
        return b"".join(
            self._pixel(x, y) or empty for y in range(place.top, place.bottom) for x in range(place.left, place.right)
        )

    def _pixel(self, x: int, y: int) -> bytes | None:
        bounds, size = self.bounds, self.colour.pixel_bytes
        if not (bounds.left <= x < bounds.right and bounds.top <= y < bounds.bottom):
            return None
        start = ((y - bounds.top) * bounds.width + x - bounds.left) * size
        return self.pixels[start : start + size]

    def written(self, place: Rectangle, pixels: bytes) -> Node:
        """With pixels put there."""
        old = self.bounds
        if old.width == 0:
            return replace(self, bounds=place, pixels=pixels)
        left, top = min(old.left, place.left), min(old.top, place.top)
        right, bottom = max(old.right, place.right), max(old.bottom, place.bottom)
        whole = Rectangle(left, top, right - left, bottom - top)
        new = replace(self, bounds=place, pixels=pixels)
        empty = bytes(self.colour.pixel_bytes)
        content = b"".join(
            new._pixel(x, y) or self._pixel(x, y) or empty
            for y in range(whole.top, whole.bottom)
            for x in range(whole.left, whole.right)
        )
        return replace(self, bounds=whole, pixels=content)


class FakeDraft:
    def __init__(self, node: Node) -> None:
        self.node = node

    def write(self, rectangle: Rectangle, pixels: bytes) -> None:
        assert len(pixels) == rectangle.width * rectangle.height * self.node.colour.pixel_bytes
        self.node = self.node.written(rectangle, pixels)

    def hide(self) -> None:
        self.node = replace(self.node, visible=False)


@dataclass(frozen=True)
class FakeSelection:
    bounds: Rectangle
    mask: bytes

    def read(self, rectangle: Rectangle) -> bytes:
        return Node("", "", _MASK, self.bounds, self.mask).read(rectangle)


class _MaskFormat:
    pixel_bytes = 1


_MASK = _MaskFormat()


@dataclass
class FakeCanvas:
    """One document. The projection is its top-most opaque pixel, which is all that the tests need."""

    size: tuple[int, int]
    colour: ColourFormat = RGBA8
    nodes: tuple[Node, ...] = ()
    active: str = "background"
    selected: FakeSelection | None = None
    is_open: bool = True
    history: list[tuple] = field(default_factory=list)
    reads: list[Rectangle] = field(default_factory=list)
    writable: bool = True
    settled: bool = False
    made: int = 0

    def __post_init__(self) -> None:
        if not self.nodes:
            width, height = self.size
            grey = (1,) if self.colour.is_grey else (0, 0, 0)
            content = b"".join(
                pixel(self.colour, *((x + 2 * y + 3 * c) % 64 / 63 for c, _ in enumerate(grey)), 1)
                for y in range(height)
                for x in range(width)
            )
            self.nodes = (Node("background", "Background", self.colour, Rectangle(0, 0, width, height), content),)

    @property
    def colour_names(self) -> tuple[str, str, str]:
        return self.colour.model, self.colour.depth, self.colour.profile

    @property
    def names(self) -> list[str]:
        return [node.name for node in self.nodes]

    def is_same(self, other: FakeCanvas) -> bool:
        return other is self

    def settle(self) -> None:
        self.settled = True

    def node(self, layer_id: str) -> Node | None:
        return next((node for node in self._all() if node.id == layer_id), None)

    def active_layer(self) -> Layer | None:
        return self.layer(self.active)

    def layer(self, layer_id: str) -> Layer | None:
        node = self.node(layer_id)
        if node is None:
            return None
        names = (node.colour.model, node.colour.depth, node.colour.profile)
        return Layer(node.id, node.name, node.kind, node.locked, names, node.bounds)

    def layer_names(self) -> list[tuple[str, str]]:
        return [(node.id, node.name) for node in reversed(self._all()) if node.kind == PAINT_LAYER]

    def selection(self) -> FakeSelection | None:
        return self.selected

    def read(self, rectangle: Rectangle, layer_id: str | None, own_pixels: bool = False) -> bytes:
        assert self.is_open
        self.reads.append(rectangle)
        if layer_id is not None:
            return self.node(layer_id).read(rectangle)
        size = self.colour.pixel_bytes
        shown = bytearray(rectangle.width * rectangle.height * size)
        for node in self._all():
            if node.visible and node.kind == PAINT_LAYER and node.colour == self.colour:
                part = node.read(rectangle)
                for start in range(0, len(part), size):
                    if any(part[start + size - self.colour.sample_bytes : start + size]):
                        shown[start : start + size] = part[start : start + size]
        return bytes(shown)

    def new_layer(self, name: str, colour: ColourFormat) -> FakeDraft:
        return FakeDraft(Node(self._new_id(), name, colour))

    def copy_of_layer(self, layer_id: str) -> FakeDraft:
        return FakeDraft(replace(self.node(layer_id), id=self._new_id()))

    def put(self, draft: FakeDraft, above: str | None, group: str | None = None) -> str:
        self._step()
        if not self.writable:
            raise RuntimeError("Krita is full")
        if group is not None:
            parent = self.node(group)
            grown = replace(parent, children=(*parent.children, draft.node))
            self.nodes = tuple(grown if node.id == group else node for node in self.nodes)
            return draft.node.id
        at = len(self.nodes) if above is None else [node.id for node in self.nodes].index(above) + 1
        self.nodes = (*self.nodes[:at], draft.node, *self.nodes[at:])
        return draft.node.id

    def put_group(self, name: str, above: str | None) -> str:
        return self.put(FakeDraft(Node(self._new_id(), name, self.colour, kind=GROUP_LAYER)), above)

    def remove(self, layer_id: str) -> None:
        self._step()
        self.nodes = tuple(node for node in self.nodes if node.id != layer_id)

    def activate(self, layer_id: str) -> None:
        assert self.node(layer_id)
        self.active = layer_id

    def grow(self, left: int, top: int, width: int, height: int) -> None:
        self._step()
        self.size = (width, height)
        self.nodes = tuple(
            replace(node, bounds=replace(node.bounds, left=node.bounds.left + left, top=node.bounds.top + top))
            for node in self.nodes
        )

    def unused_name(self, name: str) -> str:
        taken = [node.name for node in self._all()]
        return name if name not in taken else f"{name} {len(taken)}"

    def undo(self) -> None:
        self.size, self.nodes = self.history.pop()

    def state(self) -> tuple:
        return self.size, self.nodes

    def _step(self) -> None:
        self.history.append(self.state())

    def _all(self) -> list[Node]:
        return [each for node in self.nodes for each in (node, *node.children)]

    def _new_id(self) -> str:
        self.made += 1
        return f"made {self.made}"


class FakeHost:
    def __init__(self, canvas: FakeCanvas | None = None) -> None:
        self.canvas = canvas
        self.opened: list[FakeCanvas] = []
        self.settings: dict[str, str] = {}

    def active_canvas(self) -> FakeCanvas | None:
        return self.canvas

    def open_picture(self, name: str, size: tuple[int, int], colour: ColourFormat, resolution: float) -> FakeCanvas:
        blank = Node("blank", "Blank", colour)
        self.opened.append(FakeCanvas(size, colour, (blank,), "blank"))
        return self.opened[-1]

    def read_setting(self, key: str) -> str:
        return self.settings.get(key, "")

    def write_setting(self, key: str, value: str) -> None:
        self.settings[key] = value
