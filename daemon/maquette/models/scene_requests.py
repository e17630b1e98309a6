"""What BlobGAN's further verbs are asked and what they answer: complete, interpolate, invert, transfer. No torch, no
numpy: any layer may hold these."""

from __future__ import annotations

from dataclasses import dataclass

from maquette.imaging.picture import Picture
from maquette.models.scene import Scene

MAXIMUM_AMOUNTS = 64
MAXIMUM_INVERSION_STEPS = 2000


@dataclass(frozen=True)
class Part:
    """A part of a picture: pixels [left, left + width) × [top, top + height)."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class CompleteScene:
    """Keep some blobs and sample the others so that they fit; answered with a ``SampleSceneResult``.

    Attributes:
        pinned: ids of the blobs that stay as they are, to the byte.
        pin_background: the background stays, too.
        seed: proposal i uses ``seed`` plus i.
        truncation: 0 = none (varied), 1 = the mean scene.
        count: 1 to MAXIMUM_SAMPLES.
        thumbnail_side: pixels of the longer side of each proposal's picture; 0 = no pictures.
    """

    scene: Scene
    pinned: tuple[str, ...] = ()
    pin_background: bool = False
    seed: int = 0
    truncation: float = 0.4
    count: int = 1
    thumbnail_side: int = 0


@dataclass(frozen=True)
class InterpolateScenes:
    """Scenes between two of the same model, one for each amount; answered with a ``SampleSceneResult``.

    Attributes:
        amounts: 0 = ``start``, 1 = ``end``; 1 to MAXIMUM_AMOUNTS of them.
        thumbnail_side: pixels of the longer side of each scene's picture; 0 = no pictures.
    """

    start: Scene
    end: Scene
    amounts: tuple[float, ...]
    thumbnail_side: int = 0


@dataclass(frozen=True)
class InvertImage:
    """Find the scene that renders to a picture.

    Attributes:
        part: what of the picture the model sees; None = the largest part of its shape in the middle.
        scene: to start from, instead of the encoder's guess; its ids and names are kept.
        pinned: ids of the blobs of ``scene`` that stay as they are, to the byte.
        pin_background: the background of ``scene`` stays, too.
        steps: of optimisation, 0 to MAXIMUM_INVERSION_STEPS; None = the model's own number.
        seed: decides the ids of the blobs, and the first guess of a model without an encoder.
    """

    picture: Picture
    part: Part | None = None
    scene: Scene | None = None
    pinned: tuple[str, ...] = ()
    pin_background: bool = False
    steps: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class InvertImageResult:
    """What inversion found.

    Attributes:
        picture: the scene rendered: RGB, 8 bits.
        part: what of the picture the model saw.
        psnr: of ``picture`` against what the model saw, in dB. first_psnr: the same of the first guess.
        encoded: the first guess came from the model's encoder.
    """

    scene: Scene
    picture: Picture
    part: Part
    psnr: float
    first_psnr: float
    encoded: bool


@dataclass(frozen=True)
class TransferEdit:
    """Carry the difference between the renders of two scenes onto a picture.

    Attributes:
        part: which part of the picture the scenes are about; None = the largest part of their shape in the middle.
        blend: width in pixels of the picture over which the change fades out; None = 2 % of the part's longer side.
    """

    picture: Picture
    before: Scene
    after: Scene
    part: Part | None = None
    blend: float | None = None


@dataclass(frozen=True)
class TransferEditResult:
    """What of a picture an edit changed.

    Attributes:
        changed: None = nothing. patch: the new pixels of ``changed``, in the picture's own format.
    """

    changed: Part | None = None
    patch: Picture | None = None
