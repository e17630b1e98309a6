"""A scene as movable blobs: plain values that any layer may hold. No torch, no numpy."""

from __future__ import annotations

from dataclasses import dataclass

MAXIMUM_BLOBS = 256


@dataclass(frozen=True)
class Ellipse:
    """Place and shape of a blob in the picture plane (BlobGAN section 3.1).

    Attributes:
        x: centre, 0 = left edge, 1 = right edge; may lie outside.
        y: centre, 0 = top edge, 1 = bottom edge; may lie outside.
        size: opacity logit at the centre; opacity is sigmoid(size − d²), so half opacity lies at d² = size.
        aspect: ratio of the semi-axes, first to second, > 0. The covariance has eigenvalues
            ``ab_norm · aspect`` along the first axis and ``ab_norm / aspect`` along the second.
        angle: direction of the first axis in radians, from +x towards +y (clockwise on screen, as y points down).
    """

    x: float
    y: float
    size: float
    aspect: float = 1.0
    angle: float = 0.0


@dataclass(frozen=True)
class Restyle:
    """A second style mixed into a blob's own.

    Exactly one of ``seed`` and ``style`` is set.

    Attributes:
        amount: 0 keeps the blob's own style, 1 replaces it.
        seed: the second style is the same row of the scene that this seed samples.
        truncation: used with ``seed``; 0 = none, 1 = the mean scene.
        style: the second style itself: float32 values, little-endian.
    """

    amount: float
    seed: int | None = None
    truncation: float = 0.0
    style: bytes | None = None


@dataclass(frozen=True)
class Appearance:
    """What a row of the scene looks like: its two vectors (float32, little-endian) and an optional restyle.

    Attributes:
        structure: the feature that the blob paints into the decoder's first grid.
        style: the modulation that the blob paints into every layer.
        row: which output row of the layout network made it (0 = background), so that a restyle from a seed knows
            which row to take.
        restyle: mixed into ``style`` when the scene is rendered.
    """

    structure: bytes
    style: bytes
    row: int
    restyle: Restyle | None = None


@dataclass(frozen=True)
class Blob:
    """One movable part of a scene. ``id`` is unique within the scene and survives every edit."""

    id: str
    name: str
    ellipse: Ellipse
    appearance: Appearance
    visible: bool = True


@dataclass(frozen=True)
class Scene:
    """A whole scene.

    Attributes:
        model_id: catalogue name of the model that made it.
        model_digest: SHA-256 (hex) of the model's weights.
        background: appearance of what no blob covers.
        blobs: from back to front.
        noise_seed: seed of the decoder's noise maps.
    """

    model_id: str
    model_digest: str
    background: Appearance
    blobs: tuple[Blob, ...]
    noise_seed: int = 0
