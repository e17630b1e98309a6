"""What the tests of the Krita plugin's studio share."""

from __future__ import annotations

from dataclasses import replace

from fake_krita_host import FakeCanvas
from maquette_krita.client import Rectangle

SELECTED = Rectangle(3, 2, 4, 3)


def choose(studio, **changes) -> None:
    studio.set_settings(replace(studio.settings, **changes))


def shown(canvas: FakeCanvas) -> bytes:
    return canvas.read(Rectangle(0, 0, *canvas.size), None)


def differing(before: bytes, after: bytes, canvas: FakeCanvas) -> set[tuple[int, int]]:
    size, width = canvas.colour.pixel_bytes, canvas.size[0]
    return {
        (index % width, index // width)
        for index in range(len(before) // size)
        if before[index * size : (index + 1) * size] != after[index * size : (index + 1) * size]
    }


def places(area: Rectangle) -> set[tuple[int, int]]:
    return {(x, y) for y in range(area.top, area.bottom) for x in range(area.left, area.right)}
