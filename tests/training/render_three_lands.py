"""Run in a process of its own: renders small lands with Blender and keeps every pixel for the tests to look at.

Usage: render_three_lands.py FOLDER. Writes one .npz for each of `SEEDS`, and the first land once more ("again").
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from maquette.training.lands.blender_scene import BlenderScene
from maquette.training.lands.description import describe_land

SEEDS = (46, 1, 11)
WIDTH, HEIGHT = 128, 32


def main(folder: Path) -> None:
    scene = BlenderScene(WIDTH, HEIGHT, samples=4, threads=1)
    for name, seed in [*((str(seed), seed) for seed in SEEDS), ("again", SEEDS[0])]:
        np.savez(folder / f"{name}.npz", **vars(scene.render(describe_land(seed))))
    scene.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
