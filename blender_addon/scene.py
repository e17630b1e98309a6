"""A scene as movable blobs: plain values, as the contract's messages have them."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Ellipse:
    """Place and shape of a blob in the picture: 0 to 1 from left to right and from top to bottom.

    Attributes:
        size: opacity logit at the centre; half opacity lies where the squared Mahalanobis distance equals it.
        aspect: ratio of the semi-axes, first to second.
        angle: radians from +x towards +y, clockwise on screen, to the first axis.
    """

    x: float
    y: float
    size: float
    aspect: float = 1.0
    angle: float = 0.0


@dataclass(frozen=True)
class Restyle:
    """A second style mixed into a look.

    Attributes:
        amount: 0 keeps the own style, 1 replaces it.
        seed: the second style is the same row of the scene that this seed samples; None when ``style`` is set.
        truncation: used with ``seed``; 0 = none, 1 = the mean scene.
        style: the second style itself.
    """

    amount: float
    seed: int | None = None
    truncation: float = 0.0
    style: bytes = b""


@dataclass(frozen=True)
class Look:
    """What a blob or the background looks like; opaque here."""

    structure: bytes
    style: bytes
    row: int
    restyle: Restyle | None = None


@dataclass(frozen=True)
class Blob:
    """One movable part of a scene."""

    id: str
    name: str
    ellipse: Ellipse
    look: Look
    hidden: bool = False

    def restyled(self, restyle: Restyle | None) -> Blob:
        """The same blob with another restyle; None gives it its own look."""
        return replace(self, look=replace(self.look, restyle=restyle))


@dataclass(frozen=True)
class Scene:
    """A whole scene; its blobs go from back to front."""

    model_id: str
    model_digest: str
    background: Look
    blobs: tuple[Blob, ...] = ()
    noise_seed: int = 0

    def without_blobs(self) -> Scene:
        """What the blobs share."""
        return replace(self, blobs=())

    def without_hidden(self) -> Scene:
        """What the picture shows."""
        return replace(self, blobs=tuple(blob for blob in self.blobs if not blob.hidden))

    def with_background_restyled(self, restyle: Restyle | None) -> Scene:
        """The same scene with another look behind the blobs; None gives it its own."""
        return replace(self, background=replace(self.background, restyle=restyle))
