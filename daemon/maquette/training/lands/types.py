"""What a land is made of: frozen descriptions in metres, x right, y ahead, z up, the camera above the origin."""

from dataclasses import dataclass
from enum import StrEnum

Colour = tuple[float, float, float]
"""Linear Rec. 709."""


class Surface(StrEnum):
    """What a pixel can show, in the order of the mask's values."""

    SKY = "sky"
    GROUND = "ground"
    WATER = "water"
    ROCK = "rock"
    VEGETATION = "vegetation"


class Biome(StrEnum):
    """The kinds of land, in the order of the labels."""

    HILLS = "hills"
    MOUNTAINS = "mountains"
    DUNES = "dunes"
    COAST = "coast"
    LAKE = "lake"
    MEADOW = "meadow"
    CANYON = "canyon"
    FOREST = "forest"
    WINTER = "winter"
    SAVANNA = "savanna"
    ISLANDS = "islands"
    FARMLAND = "farmland"


class Time(StrEnum):
    """The times of day, in the order of the labels."""

    DAWN = "dawn"
    NOON = "noon"
    AFTERNOON = "afternoon"
    DUSK = "dusk"
    OVERCAST = "overcast"
    MOONLIT = "moonlit"


SURFACES: tuple[Surface, ...] = tuple(Surface)
BIOMES: tuple[Biome, ...] = tuple(Biome)
TIMES: tuple[Time, ...] = tuple(Time)


class Form(StrEnum):
    """Shapes of relief."""

    SMOOTH = "smooth"
    RIDGED = "ridged"
    DUNE = "dune"
    MESA = "mesa"


class Plant(StrEnum):
    """Kinds of things that are scattered over the ground."""

    CONIFER = "conifer"
    BROADLEAF = "broadleaf"
    POPLAR = "poplar"
    BIRCH = "birch"
    UMBRELLA = "umbrella"
    PALM = "palm"
    CACTUS = "cactus"
    DEAD = "dead"
    BUSH = "bush"
    GRASS = "grass"
    FLOWER = "flower"
    ROCK = "rock"


@dataclass(frozen=True)
class View:
    """A cylinder of view: `span` radians wide, `horizon` as a share of the height from the top, eye above ground."""

    span: float
    horizon: float
    eye: float


@dataclass(frozen=True)
class Light:
    """Sun or moon. Angles in radians, azimuth to the right of the middle; `strength` in W/m², `softness` its width."""

    azimuth: float
    elevation: float
    colour: Colour
    strength: float
    softness: float


@dataclass(frozen=True)
class Clouds:
    """A layer of clouds. `cover` 0 to 1; `stretch` flattens; `recede` 0 is a backdrop, 1 a ceiling."""

    cover: float
    softness: float
    scale: float
    stretch: float
    recede: float
    lit: Colour
    shaded: Colour
    place: tuple[float, float, float]


@dataclass(frozen=True)
class Sky:
    """Colours from the horizon up, the glow around the sun, and what the air adds over `haze_distance` metres."""

    horizon: Colour
    low: Colour
    middle: Colour
    zenith: Colour
    glow: Colour
    haze: Colour
    haze_distance: float
    ambient: float
    disc: float
    stars: float
    clouds: Clouds


@dataclass(frozen=True)
class Relief:
    """One layer of height: `amplitude` metres of noise of `scale` metres, growing from `start` to `full` metres away.

    `lift` is added to the noise before it is scaled, so that a layer can stand wholly above or below the ground.
    """

    form: Form
    amplitude: float
    scale: float
    start: float
    full: float
    lift: float = 0.0
    roughness: float = 0.48


@dataclass(frozen=True)
class Soil:
    """Colours of the ground. `steep` is the slope (rise over run) from which rock shows.

    `snow_line` is in metres; `patchwork` is the size of fields in metres (0 for none), `strata` that of layers of rock;
    `wooded` is how much of the distance is forest, `mottle` how uneven the colours are, both 0 to 1.
    """

    main: Colour
    other: Colour
    dry: Colour
    rock: Colour
    shore: Colour
    forest: Colour
    steep: float
    snow_line: float
    patchwork: float
    strata: float
    wooded: float
    mottle: float


@dataclass(frozen=True)
class Water:
    """A level sheet of water: its colour seen from above, and the height of ripples from 0 to 1."""

    level: float
    colour: Colour
    ripples: float


@dataclass(frozen=True)
class Growth:
    """One scattering: how many of a kind, from `near` to `far` metres, `height` metres tall on average.

    `gather` from 0 to 1 is how strongly they stand in groups.
    """

    plant: Plant
    count: int
    near: float
    far: float
    height: float
    colour: Colour
    other: Colour
    gather: float


@dataclass(frozen=True)
class LandDescription:
    """A whole land; everything that is not written here follows from the seed."""

    seed: int
    biome: Biome
    time: Time
    view: View
    light: Light
    sky: Sky
    reliefs: tuple[Relief, ...]
    soil: Soil
    water: Water | None
    growths: tuple[Growth, ...]
