"""What each biome is made of: relief, soil, water and growth, drawn from a random source."""

from collections.abc import Callable
from random import Random

from maquette.training.lands.light import linear, mixed, scaled
from maquette.training.lands.types import Biome, Colour, Form, Growth, Plant, Relief, Soil, Water

Land = tuple[float, tuple[Relief, ...], Soil, Water | None, tuple[Growth, ...]]
NO_SNOW = 1e6

_GRASS: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((0.36, 0.48, 0.20), (0.46, 0.56, 0.24), (0.60, 0.58, 0.30)),
    ((0.28, 0.42, 0.22), (0.40, 0.52, 0.28), (0.52, 0.52, 0.30)),
    ((0.48, 0.52, 0.22), (0.58, 0.58, 0.26), (0.70, 0.62, 0.34)),
    ((0.30, 0.46, 0.30), (0.44, 0.56, 0.34), (0.56, 0.56, 0.36)),
)
_STRAW = ((0.66, 0.56, 0.30), (0.74, 0.64, 0.36), (0.58, 0.46, 0.26))
_SANDS: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((0.82, 0.66, 0.42), (0.88, 0.74, 0.50), (0.76, 0.58, 0.36)),
    ((0.84, 0.54, 0.32), (0.88, 0.62, 0.40), (0.76, 0.46, 0.28)),
    ((0.86, 0.80, 0.66), (0.90, 0.86, 0.74), (0.78, 0.70, 0.56)),
)
_CLAYS: tuple[Colour, ...] = ((0.72, 0.42, 0.28), (0.78, 0.54, 0.36), (0.62, 0.36, 0.28), (0.80, 0.66, 0.48))
_STONES: tuple[Colour, ...] = ((0.46, 0.44, 0.43), (0.52, 0.47, 0.40), (0.38, 0.39, 0.42), (0.56, 0.52, 0.48))
_LEAVES: tuple[tuple[Colour, Colour], ...] = (
    ((0.22, 0.36, 0.14), (0.36, 0.46, 0.18)),
    ((0.18, 0.34, 0.18), (0.30, 0.44, 0.22)),
    ((0.30, 0.40, 0.14), (0.46, 0.50, 0.18)),
)
_AUTUMN: tuple[tuple[Colour, Colour], ...] = (
    ((0.66, 0.34, 0.12), (0.80, 0.56, 0.18)),
    ((0.58, 0.22, 0.12), (0.74, 0.42, 0.16)),
)
_NEEDLES: tuple[tuple[Colour, Colour], ...] = (
    ((0.11, 0.24, 0.16), (0.20, 0.33, 0.18)),
    ((0.14, 0.28, 0.22), (0.22, 0.36, 0.28)),
)
_WATERS: tuple[Colour, ...] = ((0.10, 0.28, 0.36), (0.08, 0.22, 0.34), (0.14, 0.36, 0.36), (0.10, 0.24, 0.26))
_BLOSSOM: tuple[Colour, ...] = (
    (0.90, 0.26, 0.22),
    (0.94, 0.82, 0.30),
    (0.95, 0.95, 0.92),
    (0.62, 0.44, 0.82),
    (0.92, 0.56, 0.68),
)


def _smooth(rng: Random, low: float, high: float, scale: float, start: float, full: float, lift: float = 0.0) -> Relief:
    height, wide = rng.uniform(low, high), scale * rng.uniform(0.75, 1.3)
    return Relief(Form.SMOOTH, height, wide, start, full, lift, rng.uniform(0.4, 0.52))


def _ridges(rng: Random, low: float, high: float, scale: float, start: float, full: float, lift: float = 0.0) -> Relief:
    height, wide = rng.uniform(low, high), scale * rng.uniform(0.75, 1.3)
    return Relief(Form.RIDGED, height, wide, start, full, lift, rng.uniform(0.44, 0.54))


def _rolling(rng: Random) -> Relief:
    return _smooth(rng, 0.5, 1.6, 30, 0, 30)


def _soil(
    rng: Random,
    ground: tuple[Colour, Colour, Colour],
    rock: Colour | None = None,
    steep: float = 0.75,
    snow_line: float = NO_SNOW,
    patchwork: float = 0.0,
    strata: float = 0.0,
    wooded: float = 0.0,
    forest: Colour | None = None,
    mottle: float = 1.0,
) -> Soil:
    main, other, dry = (scaled(linear(colour), rng.uniform(0.8, 1.15)) for colour in ground)
    shore = linear(rng.choice(_SANDS)[0] if rng.random() < 0.6 else rng.choice(_STONES))
    stone = linear(rock or rng.choice(_STONES))
    wood = linear(forest or mixed(*rng.choice(_LEAVES if rng.random() < 0.5 else _NEEDLES), rng.random()))
    return Soil(main, other, dry, stone, shore, wood, steep, snow_line, patchwork, strata, wooded, mottle)


def _grow(
    rng: Random,
    plant: Plant,
    count: int,
    near: float,
    far: float,
    height: float,
    colours: tuple[Colour, Colour],
    gather: float = 0.5,
) -> Growth:
    number = max(1, round(count * rng.uniform(0.5, 1.3)))
    first, second = linear(colours[0]), linear(colours[1])
    return Growth(plant, number, near, far, height * rng.uniform(0.8, 1.25), first, second, gather)


def _rocks(rng: Random, soil: Soil, count: int, height: float, near: float = 12, far: float = 160) -> Growth:
    number, tall = round(count * rng.uniform(0.3, 1.4)), height * rng.uniform(0.7, 1.3)
    return Growth(Plant.ROCK, number + 1, near, far, tall, scaled(soil.rock, 0.9), scaled(soil.rock, 1.7), 0.5)


def _turf(rng: Random, soil: Soil, count: int = 900, height: float = 0.55) -> Growth:
    return Growth(
        Plant.GRASS,
        round(count * rng.uniform(0.6, 1.2)),
        6,
        60,
        height * rng.uniform(0.7, 1.4),
        scaled(soil.main, 0.75),
        scaled(soil.dry, 1.15),
        0.35,
    )


def _flowers(rng: Random, count: int = 350) -> Growth:
    colours = rng.choice(_BLOSSOM), rng.choice(_BLOSSOM)
    return _grow(rng, Plant.FLOWER, count, 7, 70, 0.6, colours, 0.8)


def _leaves(rng: Random) -> tuple[Colour, Colour]:
    return rng.choice(_AUTUMN) if rng.random() < 0.25 else rng.choice(_LEAVES)


def _water(rng: Random, level: float) -> Water:
    return Water(level, linear(rng.choice(_WATERS)), rng.choice((0.03, 0.15, 0.5, 1.0)) * rng.uniform(0.7, 1.3))


def _hills(rng: Random) -> Land:
    soil = _soil(rng, rng.choice(_GRASS), steep=1.0, wooded=rng.uniform(0.2, 0.7))
    reliefs = (_rolling(rng), _smooth(rng, 25, 60, 240, 50, 400), _smooth(rng, 110, 280, 800, 300, 1500, 0.35))
    growths = (
        _turf(rng, soil),
        _grow(rng, rng.choice((Plant.BROADLEAF, Plant.POPLAR)), 120, 40, 900, 8, _leaves(rng), 0.8),
        _grow(rng, Plant.BUSH, 140, 25, 400, 1.6, _leaves(rng), 0.6),
        _rocks(rng, soil, 25, 1.2),
    )
    return rng.uniform(4, 9), reliefs, soil, None, growths


def _mountains(rng: Random) -> Land:
    soil = _soil(
        rng,
        rng.choice(_GRASS),
        steep=rng.uniform(0.6, 0.8),
        snow_line=rng.uniform(240, 460),
        wooded=rng.uniform(0.3, 0.7),
        forest=rng.choice(_NEEDLES)[0],
    )
    reliefs = (
        _rolling(rng),
        _smooth(rng, 12, 30, 300, 80, 700),
        _ridges(rng, 500, 950, 1300, 250, 1600, 0.1),
    )
    growths = (
        _turf(rng, soil),
        _flowers(rng, 120),
        _grow(rng, Plant.CONIFER, 420, 45, 1100, 9, rng.choice(_NEEDLES), 0.8),
        _rocks(rng, soil, 70, 1.6),
    )
    return rng.uniform(4, 10), reliefs, soil, None, growths


def _dunes(rng: Random) -> Land:
    sand = rng.choice(_SANDS)
    soil = _soil(rng, sand, rock=sand[2], steep=2.5, mottle=rng.uniform(0.15, 0.4))
    wide = rng.uniform(90, 180)
    reliefs = (
        Relief(Form.DUNE, rng.uniform(0.8, 1.8), wide / 6, 0, 40),
        Relief(Form.DUNE, rng.uniform(14, 26), wide, 20, 160),
        Relief(Form.DUNE, rng.uniform(70, 140), wide * 4, 200, 1200),
    )
    growths = [_rocks(rng, soil, 12, 0.7)]
    if rng.random() < 0.6:
        growths.append(_grow(rng, Plant.GRASS, 160, 8, 120, 0.8, ((0.60, 0.56, 0.32), (0.46, 0.48, 0.28)), 0.8))
    if rng.random() < 0.4:
        growths.append(_grow(rng, Plant.DEAD, 14, 25, 250, 4, ((0.3, 0.2, 0.1), (0.3, 0.2, 0.1)), 0.3))
    if rng.random() < 0.3:
        growths.append(_grow(rng, Plant.PALM, 30, 60, 300, 8, rng.choice(_LEAVES), 0.9))
    return rng.uniform(4, 9), reliefs, soil, None, tuple(growths)


def _coast(rng: Random) -> Land:
    soil = _soil(rng, rng.choice((*_SANDS, *_GRASS)), steep=0.8, wooded=rng.uniform(0.2, 0.7))
    reach = rng.uniform(30, 90)
    reliefs = (
        _smooth(rng, 0.4, 1.0, 25, 0, 20),
        _smooth(rng, 2.0, 4.0, 90, reach * 0.4, reach * 2, -1.3),
        _smooth(rng, 80, 220, 700, 300, 1500, rng.uniform(-0.2, 0.2)),
    )
    tropical = rng.random() < 0.4
    tree = Plant.PALM if tropical else rng.choice((Plant.BROADLEAF, Plant.CONIFER))
    growths = (
        _grow(rng, Plant.GRASS, 500, 8, 90, 0.8, ((0.56, 0.56, 0.30), (0.40, 0.46, 0.24)), 0.9),
        _grow(rng, tree, 160, 25, 1200, 8, rng.choice(_LEAVES), 0.7),
        _grow(rng, Plant.BUSH, 60, 20, 200, 1.5, rng.choice(_LEAVES), 0.7),
        _rocks(rng, soil, 70, 1.5, 14, 220),
    )
    return rng.uniform(4, 9), reliefs, soil, _water(rng, -0.6), growths


def _lake(rng: Random) -> Land:
    snow = rng.uniform(200, 420) if rng.random() < 0.7 else NO_SNOW
    soil = _soil(
        rng,
        rng.choice(_GRASS),
        steep=0.75,
        snow_line=snow,
        wooded=rng.uniform(0.4, 0.9),
        forest=rng.choice(_NEEDLES)[0],
    )
    reach = rng.uniform(25, 60)
    reliefs = (
        _smooth(rng, 0.5, 1.0, 25, 0, 20),
        _smooth(rng, 3.0, 5.0, 110, reach * 0.5, reach * 2, -1.0),
        _smooth(rng, 20, 40, 350, 250, 600, 0.5),
        _ridges(rng, 250, 750, 1200, 400, 1700, 0.15),
    )
    growths = (
        _turf(rng, soil, 600),
        _grow(rng, Plant.CONIFER, 380, 30, 900, 9, rng.choice(_NEEDLES), 0.75),
        _grow(rng, Plant.BIRCH, 40, 20, 120, 7, _leaves(rng), 0.7),
        _rocks(rng, soil, 60, 1.2, 12, 150),
    )
    return rng.uniform(3, 8), reliefs, soil, _water(rng, -0.4), growths


def _meadow(rng: Random) -> Land:
    soil = _soil(rng, rng.choice(_GRASS), steep=1.2, wooded=rng.uniform(0.3, 0.8))
    reliefs = (_rolling(rng), _smooth(rng, 6, 14, 200, 40, 400), _smooth(rng, 60, 200, 900, 350, 1600, 0.3))
    growths = (
        _turf(rng, soil, 1300, 0.7),
        _flowers(rng, 600),
        _flowers(rng, 400),
        _grow(rng, rng.choice((Plant.BROADLEAF, Plant.BIRCH)), 60, 35, 350, 8, _leaves(rng), 0.8),
        _grow(rng, Plant.BROADLEAF, 250, 250, 1200, 9, _leaves(rng), 0.9),
        _grow(rng, Plant.BUSH, 100, 20, 250, 1.5, _leaves(rng), 0.7),
    )
    return rng.uniform(2.5, 6), reliefs, soil, None, growths


def _canyon(rng: Random) -> Land:
    clay = rng.choice(_CLAYS)
    ground = (mixed(clay, (0.85, 0.7, 0.5), 0.3), mixed(clay, (0.8, 0.7, 0.5), 0.5), clay)
    soil = _soil(rng, ground, rock=clay, steep=rng.uniform(0.45, 0.6), strata=rng.uniform(9, 26))
    reliefs = (
        _rolling(rng),
        Relief(Form.MESA, rng.uniform(60, 130), rng.uniform(350, 600), 120, 500, -0.1, 0.42),
        Relief(Form.MESA, rng.uniform(180, 380), rng.uniform(1000, 1800), 600, 2200, 0.05, 0.42),
    )
    growths = (
        _grow(rng, Plant.CACTUS, 60, 18, 300, 3.2, ((0.30, 0.40, 0.22), (0.38, 0.46, 0.28)), 0.4),
        _grow(rng, Plant.BUSH, 260, 14, 400, 0.9, ((0.42, 0.44, 0.26), (0.54, 0.50, 0.30)), 0.4),
        _grow(rng, Plant.GRASS, 350, 8, 70, 0.5, (_STRAW[0], _STRAW[2]), 0.6),
        _rocks(rng, soil, 110, 1.6, 12, 250),
    )
    return rng.uniform(4, 14), reliefs, soil, None, growths


def _forest(rng: Random) -> Land:
    conifers = rng.random() < 0.5
    colours = rng.choice(_NEEDLES) if conifers else _leaves(rng)
    soil = _soil(rng, rng.choice(_GRASS), steep=1.0, wooded=0.95, forest=mixed(*colours, 0.3))
    tree = Plant.CONIFER if conifers else Plant.BROADLEAF
    reliefs = (_rolling(rng), _smooth(rng, 15, 35, 260, 60, 500), _smooth(rng, 100, 300, 800, 350, 1500, 0.4))
    growths = (
        _turf(rng, soil, 500),
        _grow(rng, tree, 650, 40, 800, 10, colours, 0.55),
        _grow(rng, rng.choice((Plant.BIRCH, Plant.POPLAR)), 80, 35, 250, 9, _leaves(rng), 0.6),
        _grow(rng, Plant.BUSH, 160, 16, 150, 1.3, rng.choice(_LEAVES), 0.5),
        _rocks(rng, soil, 40, 1.2),
    )
    return rng.uniform(4, 12), reliefs, soil, None, growths


def _winter(rng: Random) -> Land:
    soil = _soil(
        rng,
        rng.choice(_GRASS),
        steep=rng.uniform(0.6, 0.8),
        snow_line=-400.0,
        wooded=0.6,
        forest=rng.choice(_NEEDLES)[0],
        mottle=rng.uniform(0.25, 0.5),
    )
    far = _ridges(rng, 300, 700, 1200, 400, 1700, 0.1) if rng.random() < 0.6 else _smooth(rng, 80, 180, 900, 500, 2200)
    reliefs = (_rolling(rng), _smooth(rng, 12, 30, 240, 60, 500), far)
    frosted = tuple(mixed(colour, (0.75, 0.8, 0.86), rng.uniform(0.05, 0.5)) for colour in rng.choice(_NEEDLES))
    growths = (
        _grow(rng, Plant.CONIFER, 420, 30, 900, 9, (frosted[0], frosted[1]), 0.7),
        _grow(rng, Plant.DEAD, 30, 25, 180, 6, (frosted[0], frosted[1]), 0.5),
        _grow(rng, Plant.BUSH, 70, 15, 150, 1.1, ((0.72, 0.76, 0.82), (0.85, 0.88, 0.92)), 0.5),
        _grow(rng, Plant.GRASS, 200, 8, 60, 0.6, (_STRAW[0], _STRAW[2]), 0.8),
        _rocks(rng, soil, 60, 1.4),
    )
    water = _water(rng, -rng.uniform(0.5, 3.0)) if rng.random() < 0.3 else None
    return rng.uniform(4, 10), reliefs, soil, water, growths


def _savanna(rng: Random) -> Land:
    soil = _soil(rng, _STRAW, rock=rng.choice(_CLAYS), steep=0.8)
    far = (
        Relief(Form.MESA, rng.uniform(80, 200), rng.uniform(1200, 1800), 900, 2400, 0.1, 0.42)
        if rng.random() < 0.4
        else _smooth(rng, 70, 220, 1000, 500, 1800, 0.3)
    )
    reliefs = (_rolling(rng), _smooth(rng, 3, 8, 250, 60, 500), far)
    leaves = ((0.34, 0.40, 0.18), (0.46, 0.48, 0.22))
    growths = (
        _turf(rng, soil, 1200, 0.7),
        _grow(rng, Plant.UMBRELLA, 70, 35, 800, 8, leaves, 0.35),
        _grow(rng, Plant.BUSH, 260, 20, 700, 1.7, leaves, 0.6),
        _grow(rng, Plant.DEAD, 12, 30, 200, 5, leaves, 0.2),
        _rocks(rng, soil, 40, 1.4),
    )
    water = _water(rng, -rng.uniform(0.8, 2.0)) if rng.random() < 0.25 else None
    return rng.uniform(3, 7), reliefs, soil, water, growths


def _islands(rng: Random) -> Land:
    soil = _soil(rng, rng.choice(_GRASS), steep=rng.uniform(0.7, 0.95), wooded=rng.uniform(0.4, 0.8))
    reliefs = (
        _smooth(rng, 1.5, 3.0, 40, 0, 15, -0.9),
        _smooth(rng, 8, 18, 150, 40, 160, -0.3),
        _ridges(rng, 150, 420, 480, 120, 700, -0.05),
    )
    tree = rng.choice((Plant.PALM, Plant.CONIFER, Plant.BROADLEAF))
    growths = (
        _grow(rng, tree, 260, 40, 1200, 9, rng.choice(_LEAVES), 0.5),
        _grow(rng, Plant.BUSH, 120, 20, 300, 1.6, rng.choice(_LEAVES), 0.5),
        _rocks(rng, soil, 120, 2.2, 15, 350),
    )
    return rng.uniform(4, 12), reliefs, soil, _water(rng, -0.5), growths


def _farmland(rng: Random) -> Land:
    soil = _soil(rng, rng.choice(_GRASS), steep=1.5, patchwork=rng.uniform(60, 140), wooded=rng.uniform(0.0, 0.4))
    reliefs = (_rolling(rng), _smooth(rng, 15, 40, 350, 60, 700), _smooth(rng, 70, 220, 900, 400, 1600, 0.4))
    growths = (
        _turf(rng, soil, 700),
        _grow(rng, Plant.POPLAR, 60, 40, 700, 10, rng.choice(_LEAVES), 0.85),
        _grow(rng, Plant.BROADLEAF, 150, 45, 1000, 8, _leaves(rng), 0.85),
        _grow(rng, Plant.BUSH, 180, 25, 500, 1.8, rng.choice(_LEAVES), 0.8),
    )
    return rng.uniform(8, 20), reliefs, soil, None, growths


DESCRIBERS: dict[Biome, Callable[[Random], Land]] = {
    Biome.HILLS: _hills,
    Biome.MOUNTAINS: _mountains,
    Biome.DUNES: _dunes,
    Biome.COAST: _coast,
    Biome.LAKE: _lake,
    Biome.MEADOW: _meadow,
    Biome.CANYON: _canyon,
    Biome.FOREST: _forest,
    Biome.WINTER: _winter,
    Biome.SAVANNA: _savanna,
    Biome.ISLANDS: _islands,
    Biome.FARMLAND: _farmland,
}
