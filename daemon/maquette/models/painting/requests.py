"""What the painting verbs are asked and what they answer. No torch, no numpy: any layer may hold these."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from maquette.imaging.picture import Picture

MAXIMUM_CANDIDATES = 16
MAXIMUM_STEPS = 2000
MAXIMUM_PREVIEW_SIDE = 512


class LengthUnit(Enum):
    """What a length is counted in."""

    PIXELS = "pixels"
    PERCENT = "percent"


@dataclass(frozen=True)
class Length:
    """A length, ≥ 0, in pixels or in percent of the diameter of the circle that has the selection's area."""

    value: float = 0.0
    unit: LengthUnit = LengthUnit.PIXELS


@dataclass(frozen=True)
class SelectionSettings:
    """How a selection becomes the region that is painted.

    Attributes:
        grow: how far the selection is grown before anything else.
        feather: how far inside the edge of the grown selection the picture still shines through.
        blend: how far outside that edge the picture may be changed to join the two. Nothing changes beyond.
    """

    grow: Length = field(default_factory=Length)
    feather: Length = field(default_factory=Length)
    blend: Length = field(default_factory=Length)


class ContextKind(Enum):
    """How much of the picture around the selection the model sees."""

    AUTOMATIC = "automatic"
    PIXELS = "pixels"
    WHOLE = "whole"


@dataclass(frozen=True)
class Context:
    """How much of the picture around the selection the model sees.

    Attributes:
        kind: automatic (about as much as the selection is wide), a number of pixels, or the whole picture.
        pixels: on each side, ≥ 0, when ``kind`` is PIXELS.
    """

    kind: ContextKind = ContextKind.AUTOMATIC
    pixels: int = 0


class BlendMode(Enum):
    """How what was painted joins the picture.

    GRADIENT fits its colours to the surroundings smoothly and fades it in; FEATHER only fades it in; OFF pastes it into
    the grown selection and leaves the blend band alone.
    """

    GRADIENT = "gradient"
    FEATHER = "feather"
    OFF = "off"


@dataclass(frozen=True)
class PaintSettings:
    """What holds for every painting verb.

    Attributes:
        seed: decides every random number.
        candidates: how many different answers, 1 to MAXIMUM_CANDIDATES.
        steps: network calls per answer, 1 to MAXIMUM_STEPS; None = the model's default.
        preview_side: pixels of the longer side of previews, up to MAXIMUM_PREVIEW_SIDE; 0 = none.
    """

    seed: int = 0
    candidates: int = 1
    steps: int | None = None
    preview_side: int = 256


@dataclass(frozen=True)
class Inpaint:
    """Fill a selection.

    Attributes:
        picture: of any pixel format.
        mask: the selection: grey, DATA, as large as the picture; 0 = keep, full = fill.
    """

    picture: Picture
    mask: Picture
    selection: SelectionSettings = field(default_factory=SelectionSettings)
    context: Context = field(default_factory=Context)
    blend_mode: BlendMode = BlendMode.GRADIENT
    settings: PaintSettings = field(default_factory=PaintSettings)


@dataclass(frozen=True)
class Outpaint:
    """Extend a picture past its edges.

    Attributes:
        picture: of any pixel format.
        left, right, top, bottom: pixels to add on each side, ≥ 0, not all 0.
        blend: how far into the old picture its pixels may be changed; 0 leaves all of it byte for byte as it was.
            Percent are of the widest new band.
    """

    picture: Picture
    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0
    blend: Length = field(default_factory=Length)
    blend_mode: BlendMode = BlendMode.GRADIENT
    settings: PaintSettings = field(default_factory=PaintSettings)


@dataclass(frozen=True)
class Colorize:
    """Give colour to a picture; what colours it has are not looked at.

    Attributes:
        hints: RGBA, as large as the picture: where it is not transparent, the colour wished for.
        keep_luminance: change colour alone; the relative luminance (CIE Y) of every pixel stays.
    """

    picture: Picture
    hints: Picture | None = None
    keep_luminance: bool = True
    settings: PaintSettings = field(default_factory=PaintSettings)


@dataclass(frozen=True)
class RestoreJpeg:
    """Remove the artefacts of JPEG compression.

    Attributes:
        quality: that the picture was compressed with, 1 to 100; None = estimated from the picture's blocking.
    """

    picture: Picture
    quality: int | None = None
    settings: PaintSettings = field(default_factory=PaintSettings)


@dataclass(frozen=True)
class PaintedCandidate:
    """One answer.

    Attributes:
        picture: the dirty rectangle, in the request's pixel format, colour space and alpha mode; a grey picture that
            was colorized comes back as RGB of the same depth.
    """

    picture: Picture


@dataclass(frozen=True)
class PaintResult:
    """What a painting verb made.

    Attributes:
        left, top: of the dirty rectangle, in the request's picture (outpaint: in the grown picture).
        width, height: of the whole result picture.
        coverage: grey, 8 bits, DATA, over the dirty rectangle: 255 = may differ from the request's picture, 0 = byte
            for byte as it was.
        candidates: the answers.
        model_id: the model that was used.
        notes: things worth knowing, one sentence each, for example why a model was chosen.
    """

    left: int
    top: int
    width: int
    height: int
    coverage: Picture
    candidates: tuple[PaintedCandidate, ...]
    model_id: str
    notes: tuple[str, ...] = ()
