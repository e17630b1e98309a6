"""Fractal noise on points of the plane: gradient noise on a hashed lattice, the same on every machine."""

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]


def gradient_noise(x: Plane, y: Plane, seed: int) -> Plane:
    """Noise of about unit wavelength, within −1 to 1, zero on average (Perlin, "Improving Noise", 2002)."""
    left, below = np.floor(x), np.floor(y)
    u, v = (x - left).astype(np.float32), (y - below).astype(np.float32)
    column, row = left.astype(np.int32), below.astype(np.int32)
    corners = [_slope(column + i, row + j, u - i, v - j, seed) for j in (0, 1) for i in (0, 1)]
    s, t = _fade(u), _fade(v)
    lower = corners[0] + s * (corners[1] - corners[0])
    upper = corners[2] + s * (corners[3] - corners[2])
    return 1.41 * (lower + t * (upper - lower))


def fractal_noise(x: Plane, y: Plane, seed: int, octaves: int, roughness: float = 0.5) -> Plane:
    """A sum of octaves, each half as long and `roughness` times as high as the last; about −1 to 1."""
    total, height = np.zeros_like(x), 1.0
    for octave in range(octaves):
        total += height * gradient_noise(x * 2.0**octave, y * 2.0**octave, seed + 101 * octave)
        height *= roughness
    return total * np.float32(1.6 * (1 - roughness))


def ridged_noise(x: Plane, y: Plane, seed: int, octaves: int, roughness: float = 0.5) -> Plane:
    """Sharp crests: each octave is folded at zero and fades where the last one was low; 0 to about 1."""
    total, height, weight = np.zeros_like(x), 1.0, np.ones_like(x)
    for octave in range(octaves):
        folded = (1 - np.abs(gradient_noise(x * 2.0**octave, y * 2.0**octave, seed + 101 * octave))) ** 2
        total += height * weight * folded
        weight = np.clip(1.6 * folded, 0, 1)
        height *= roughness
    return total * np.float32(1 - roughness)


def cell_hash(column: NDArray[np.int32], row: NDArray[np.int32], seed: int) -> NDArray[np.uint32]:
    """32 well-mixed bits for every cell of a lattice."""
    with np.errstate(over="ignore"):
        bits = column.astype(np.uint32) * np.uint32(0x9E3779B1) ^ row.astype(np.uint32) * np.uint32(0x85EBCA77)
        bits ^= np.uint32(seed * 0xC2B2AE3D & 0xFFFFFFFF)
        bits = (bits ^ bits >> np.uint32(15)) * np.uint32(0x2C1B3C6D)
        bits = (bits ^ bits >> np.uint32(12)) * np.uint32(0x297A2D39)
    return bits ^ bits >> np.uint32(15)


_DIRECTIONS = np.stack([np.cos(np.arange(16) * np.pi / 8), np.sin(np.arange(16) * np.pi / 8)]).astype(np.float32)


def _slope(column: NDArray[np.int32], row: NDArray[np.int32], u: Plane, v: Plane, seed: int) -> Plane:
    direction = cell_hash(column, row, seed) & np.uint32(15)
    return _DIRECTIONS[0][direction] * u + _DIRECTIONS[1][direction] * v


def _fade(t: Plane) -> Plane:
    return t * t * t * (t * (t * 6 - 15) + 10)
