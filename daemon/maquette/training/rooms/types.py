"""What a room is made of: frozen descriptions in metres, x right, y into the room, z up."""

from dataclasses import dataclass
from enum import StrEnum

Vector = tuple[float, float, float]
Colour = tuple[float, float, float]


class Kind(StrEnum):
    """The kinds of things in a room, in the fixed order of the blob indices 1 to 15."""

    FLOOR = "floor"
    CEILING = "ceiling"
    LEFT_WALL = "left wall"
    RIGHT_WALL = "right wall"
    BACK_WALL = "back wall"
    WINDOW = "window"
    PICTURE = "picture"
    RUG = "rug"
    BED = "bed"
    BLANKET = "blanket"
    PILLOWS = "pillows"
    CABINET = "cabinet"
    LAMP = "lamp"
    PLANT = "plant"
    CHAIR = "chair"


KINDS: tuple[Kind, ...] = tuple(Kind)
SHELL: tuple[Kind, ...] = KINDS[:5]
FLAT: tuple[Kind, ...] = KINDS[5:8]
FURNITURE: tuple[Kind, ...] = KINDS[8:]
RESTS_ON_BED: tuple[Kind, ...] = (Kind.BLANKET, Kind.PILLOWS)


class Shape(StrEnum):
    """Primitive meshes; each fills a unit cube before it is scaled."""

    BOX = "box"
    CYLINDER = "cylinder"
    CONE = "cone"
    SPHERE = "sphere"
    CUSHION = "cushion"


@dataclass(frozen=True)
class Material:
    """A plain surface. Colour in linear Rec. 709, roughness 0 to 1, emission as a multiple of the colour."""

    colour: Colour
    roughness: float = 0.7
    emission: float = 0.0


@dataclass(frozen=True)
class Part:
    """One primitive of an object. Centre in the object's own frame; size is the full extent along its axes."""

    name: str
    shape: Shape
    centre: Vector
    size: Vector
    material: Material


@dataclass(frozen=True)
class RoomObject:
    """A thing in the room: a box of `size` standing on `position` and turned by `yaw`, filled by its parts.

    `position` is the centre of the box's underside; `yaw` is in radians, counter-clockwise from above.
    `colours` are the two colours that tell it from others of its kind.
    """

    kind: Kind
    position: Vector
    size: Vector
    yaw: float
    parts: tuple[Part, ...]
    colours: tuple[Colour, Colour]


@dataclass(frozen=True)
class Camera:
    """A square pinhole camera. Angles in radians; yaw to the right, pitch downwards; `fov` over the full width."""

    position: Vector
    yaw: float
    pitch: float
    fov: float


@dataclass(frozen=True)
class Light:
    """The light of a room: powers in watts, `warmth` from 0 (bluish) to 1 (orange), directions in radians."""

    window_power: float
    window_tilt: float
    window_turn: float
    warmth: float
    ceiling_power: float
    lamp_power: float
    ambient: float


@dataclass(frozen=True)
class RoomDescription:
    """A whole room. `extent` is its width, depth and height; absent kinds have no object."""

    seed: int
    extent: Vector
    camera: Camera
    light: Light
    objects: tuple[RoomObject, ...]

    def find(self, kind: Kind) -> RoomObject | None:
        """The object of this kind, or None where the room has none."""
        return next((thing for thing in self.objects if thing.kind is kind), None)
