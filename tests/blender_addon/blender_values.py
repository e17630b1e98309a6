"""Scenes to test with, and strategies that make more."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import strategies as st

from blender_addon.scene import Blob, Ellipse, Look, Restyle, Scene


def look(number: int, restyle: Restyle | None = None) -> Look:
    return Look(bytes([number % 256]) * 8, bytes([(number + 1) % 256]) * 8, number, restyle)


def blob(blob_id: str, row: int = 1, **changes) -> Blob:
    made = Blob(blob_id, blob_id, Ellipse(0.25 + 0.1 * row, 0.5, 2.0, 1.5, 0.3), look(row))
    return replace(made, **changes)


def scene(*blobs: Blob) -> Scene:
    chosen = blobs or tuple(blob(name, row + 1) for row, name in enumerate(("rug", "bed", "lamp")))
    return Scene("blobgan-rooms", "d" * 64, look(0), chosen, 7)


ellipses = st.builds(
    Ellipse,
    x=st.floats(-2, 3),
    y=st.floats(-2, 3),
    size=st.floats(0.2, 40),
    aspect=st.floats(0.1, 10),
    angle=st.floats(-math.pi / 2 + 0.01, math.pi / 2 - 0.01),
)
restyles = st.one_of(
    st.none(),
    st.builds(Restyle, amount=st.floats(0, 1), seed=st.integers(0, 9), truncation=st.floats(0, 1)),
    st.builds(Restyle, amount=st.floats(0, 1), style=st.just(b"\1" * 8)),
)


@st.composite
def scenes(draw) -> Scene:
    """A scene of some of eight possible blobs in any order; a blob of one id always is the same thing."""
    numbers = draw(st.lists(st.integers(1, 8), unique=True, max_size=8))
    blobs = tuple(
        Blob(f"blob-{number}", f"kind {number}", draw(ellipses), look(number, draw(restyles)), draw(st.booleans()))
        for number in numbers
    )
    return Scene("blobgan-rooms", "d" * 64, look(0, draw(restyles)), blobs, draw(st.integers(0, 2)))
