"""Times of day: colours of the sky, the sun, the haze and the clouds."""

import colorsys
import math
from dataclasses import dataclass
from random import Random

from maquette.training.lands.types import Clouds, Colour, Light, Sky, Time

Span = tuple[float, float]


@dataclass(frozen=True)
class Hour:
    """The range of a time of day. Colours in sRGB, elevation in degrees, clouds' cover as a share."""

    zenith: Colour
    middle: Colour
    low: Colour
    horizon: Colour
    sun: Colour
    elevation: Span
    strength: Span
    ambient: Span
    cover: Span
    cloud_lit: Colour
    cloud_shaded: Colour
    haze: Span
    glow: float
    disc: float = 12.0
    stars: float = 0.0
    softness: float = 0.01


HOURS: dict[Time, tuple[Hour, ...]] = {
    Time.DAWN: (
        Hour(
            (0.36, 0.50, 0.72),
            (0.66, 0.70, 0.82),
            (0.95, 0.78, 0.70),
            (1.0, 0.84, 0.68),
            (1.0, 0.70, 0.45),
            (5, 14),
            (2.2, 3.4),
            (0.75, 1.0),
            (0.15, 0.6),
            (1.0, 0.86, 0.80),
            (0.66, 0.58, 0.68),
            (1500, 5000),
            0.9,
        ),
        Hour(
            (0.42, 0.60, 0.74),
            (0.70, 0.82, 0.84),
            (0.98, 0.90, 0.78),
            (1.0, 0.92, 0.74),
            (1.0, 0.78, 0.52),
            (6, 16),
            (2.2, 3.4),
            (0.75, 1.0),
            (0.1, 0.5),
            (1.0, 0.94, 0.86),
            (0.68, 0.70, 0.76),
            (1200, 4000),
            0.7,
        ),
    ),
    Time.NOON: (
        Hour(
            (0.16, 0.40, 0.76),
            (0.34, 0.60, 0.88),
            (0.62, 0.80, 0.93),
            (0.80, 0.89, 0.94),
            (1.0, 0.95, 0.86),
            (35, 62),
            (3.0, 4.2),
            (0.7, 1.0),
            (0.1, 0.6),
            (1.0, 1.0, 1.0),
            (0.66, 0.72, 0.80),
            (2500, 9000),
            0.25,
        ),
        Hour(
            (0.20, 0.50, 0.72),
            (0.42, 0.70, 0.82),
            (0.72, 0.87, 0.90),
            (0.88, 0.93, 0.90),
            (1.0, 0.96, 0.84),
            (30, 55),
            (3.0, 4.2),
            (0.7, 1.0),
            (0.1, 0.5),
            (1.0, 1.0, 0.98),
            (0.68, 0.75, 0.80),
            (2000, 7000),
            0.25,
        ),
    ),
    Time.AFTERNOON: (
        Hour(
            (0.28, 0.48, 0.74),
            (0.50, 0.68, 0.84),
            (0.84, 0.86, 0.82),
            (0.98, 0.90, 0.74),
            (1.0, 0.84, 0.58),
            (14, 28),
            (3.2, 4.6),
            (0.65, 0.9),
            (0.1, 0.6),
            (1.0, 0.95, 0.85),
            (0.64, 0.62, 0.68),
            (1500, 5000),
            0.5,
        ),
    ),
    Time.DUSK: (
        Hour(
            (0.17, 0.20, 0.42),
            (0.42, 0.33, 0.55),
            (0.88, 0.50, 0.42),
            (1.0, 0.70, 0.40),
            (1.0, 0.50, 0.25),
            (3, 9),
            (2.0, 3.4),
            (0.8, 1.2),
            (0.2, 0.65),
            (1.0, 0.62, 0.48),
            (0.36, 0.28, 0.42),
            (1500, 5000),
            1.2,
        ),
        Hour(
            (0.22, 0.30, 0.52),
            (0.52, 0.46, 0.62),
            (0.93, 0.66, 0.60),
            (0.98, 0.80, 0.62),
            (1.0, 0.58, 0.40),
            (3, 9),
            (1.8, 3.0),
            (0.8, 1.2),
            (0.15, 0.6),
            (1.0, 0.74, 0.68),
            (0.46, 0.40, 0.54),
            (1500, 5000),
            0.9,
        ),
    ),
    Time.OVERCAST: (
        Hour(
            (0.52, 0.58, 0.66),
            (0.62, 0.67, 0.73),
            (0.74, 0.77, 0.80),
            (0.82, 0.84, 0.85),
            (1.0, 0.98, 0.95),
            (30, 60),
            (0.6, 1.3),
            (0.9, 1.2),
            (0.75, 1.0),
            (0.86, 0.87, 0.89),
            (0.50, 0.54, 0.60),
            (900, 3500),
            0.1,
            0.0,
            0.0,
            0.4,
        ),
        Hour(
            (0.34, 0.40, 0.48),
            (0.45, 0.51, 0.58),
            (0.66, 0.68, 0.68),
            (0.84, 0.82, 0.74),
            (1.0, 0.94, 0.84),
            (18, 40),
            (0.9, 1.8),
            (0.9, 1.2),
            (0.7, 0.95),
            (0.74, 0.75, 0.77),
            (0.32, 0.36, 0.43),
            (1200, 4000),
            0.15,
            0.0,
            0.0,
            0.25,
        ),
    ),
    Time.MOONLIT: (
        Hour(
            (0.07, 0.11, 0.24),
            (0.12, 0.19, 0.36),
            (0.22, 0.32, 0.48),
            (0.32, 0.42, 0.54),
            (0.62, 0.76, 1.0),
            (10, 35),
            (0.9, 1.7),
            (0.9, 1.3),
            (0.1, 0.5),
            (0.46, 0.54, 0.66),
            (0.16, 0.21, 0.33),
            (1500, 6000),
            0.2,
            4.0,
            1.0,
        ),
        Hour(
            (0.10, 0.12, 0.22),
            (0.17, 0.22, 0.36),
            (0.34, 0.34, 0.46),
            (0.50, 0.44, 0.50),
            (0.72, 0.78, 1.0),
            (8, 25),
            (0.9, 1.7),
            (0.9, 1.3),
            (0.1, 0.55),
            (0.54, 0.52, 0.62),
            (0.20, 0.21, 0.32),
            (1500, 6000),
            0.25,
            4.0,
            0.7,
        ),
    ),
}


def describe_light(rng: Random, time: Time, span: float) -> tuple[Light, Sky]:
    """Sun and sky of one of the hours of a time of day, with hues and strengths varied."""
    hour = rng.choice(HOURS[time])
    turn, wash = rng.gauss(0, 0.012), rng.uniform(0.85, 1.15)

    def colour(srgb: Colour) -> Colour:
        return varied(srgb, turn, wash)

    behind = rng.random() < 0.35
    azimuth = rng.uniform(-span / 2, span / 2) if not behind else math.pi + rng.uniform(-1.3, 1.3)
    azimuth = azimuth if rng.random() < 0.7 else rng.choice((-1, 1)) * rng.uniform(span / 2, math.pi / 2 + 0.4)
    light = Light(
        azimuth,
        math.radians(rng.uniform(*hour.elevation)),
        colour(hour.sun),
        rng.uniform(*hour.strength),
        hour.softness,
    )
    clouds = Clouds(
        cover=rng.uniform(*hour.cover) if rng.random() < 0.88 else 0.0,
        softness=rng.uniform(0.06, 0.3),
        scale=rng.uniform(0.6, 1.6),
        stretch=rng.choice((1.6, 2.5, 5.0)) * rng.uniform(0.8, 1.25),
        recede=rng.choice((0.0, 0.5, 1.0)),
        lit=colour(hour.cloud_lit),
        shaded=colour(hour.cloud_shaded),
        place=(rng.uniform(-99, 99), rng.uniform(-99, 99), rng.uniform(-99, 99)),
    )
    horizon, low = colour(hour.horizon), colour(hour.low)
    haze = mixed(horizon, low, rng.uniform(0.2, 0.8))
    sky = Sky(
        horizon=horizon,
        low=low,
        middle=colour(hour.middle),
        zenith=colour(hour.zenith),
        glow=scaled(light.colour, hour.glow * rng.uniform(0.6, 1.3)),
        haze=haze,
        haze_distance=math.exp(rng.uniform(math.log(hour.haze[0]), math.log(hour.haze[1]))),
        ambient=rng.uniform(*hour.ambient),
        disc=hour.disc,
        stars=hour.stars,
        clouds=clouds,
    )
    return light, sky


def linear(srgb: Colour) -> Colour:
    """sRGB to linear light, closely enough for choosing colours."""
    red, green, blue = (channel**2.2 for channel in srgb)
    return red, green, blue


def varied(srgb: Colour, turn: float, wash: float) -> Colour:
    """The linear colour of an sRGB one, its hue turned by a share of the circle and its saturation scaled."""
    hue, saturation, value = colorsys.rgb_to_hsv(*srgb)
    return linear(colorsys.hsv_to_rgb((hue + turn) % 1, min(saturation * wash, 1.0), value))


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """`share` of the second colour and the rest of the first."""
    red, green, blue = (a + share * (b - a) for a, b in zip(first, second, strict=True))
    return red, green, blue


def scaled(colour: Colour, factor: float) -> Colour:
    """A colour made brighter or darker."""
    return colour[0] * factor, colour[1] * factor, colour[2] * factor
