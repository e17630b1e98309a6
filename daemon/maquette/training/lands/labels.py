"""What is known of a land, as arrays."""

import numpy as np
from numpy.typing import NDArray

from maquette.training.lands.types import BIOMES, TIMES, LandDescription

Labels = dict[str, NDArray[np.float32] | NDArray[np.uint8]]


def label_land(land: LandDescription) -> Labels:
    """The labels of a land.

    `biome` and `time` () uint8 are indices in `BIOMES` and `TIMES`; `horizon` () float32 is the share of the height
    above the horizon; `view` (2,) is span in radians and eye above ground in metres; `light` (6,) is azimuth and
    elevation of the sun in radians, its strength, and its colour in linear light; `sky` (4,) is distance of the haze
    in metres, strength of the sky, cover of clouds, and 1 where there is water.
    """
    light, sky = land.light, land.sky
    return {
        "biome": np.array(BIOMES.index(land.biome), np.uint8),
        "time": np.array(TIMES.index(land.time), np.uint8),
        "horizon": np.array(land.view.horizon, np.float32),
        "view": np.array([land.view.span, land.view.eye], np.float32),
        "light": np.array([light.azimuth, light.elevation, light.strength, *light.colour], np.float32),
        "sky": np.array([sky.haze_distance, sky.ambient, sky.clouds.cover, land.water is not None], np.float32),
    }
