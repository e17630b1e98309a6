"""What the demonstration does, and what it writes down on the way. Plain values: both processes read them."""

from __future__ import annotations

from dataclasses import dataclass

SCENE, MOVE, CLONE, HIDE, RESTYLE = "scene", "move", "clone", "hide", "restyle"


@dataclass(frozen=True)
class Step:
    """One thing that an artist would do.

    Attributes:
        key: names the step's files.
        title: for the progress display and the contact sheet.
    """

    key: str
    title: str


STEPS = (
    Step(SCENE, "Sample a room"),
    Step(MOVE, "Move the bed"),
    Step(CLONE, "Clone the lamp"),
    Step(HIDE, "Hide the rug"),
    Step(RESTYLE, "Restyle the blanket"),
)

TITLES = ("Erase the tree", "Extend the picture")
"""What is painted after that, without Blender."""

DRAG_FRAMES = 60
DRAG_DISTANCE = (-0.14, 0.05)
"""How far the bed is dragged on the picture plane: picture widths to the right, heights up."""


def picture_file(key: str) -> str:
    """File name of the picture after a step."""
    return f"{key}-picture.npy"


def map_file(key: str) -> str:
    """File name of the blob map after a step."""
    return f"{key}-map.npy"
