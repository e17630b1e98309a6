"""What the verbs of the zoo are asked and what they answer. No torch, no numpy: any layer may hold these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from maquette.imaging.picture import Picture
from maquette.models.scene import Scene

MAXIMUM_SAMPLES = 64
MAXIMUM_THUMBNAIL_SIDE = 512


@dataclass(frozen=True)
class ModelInfo:
    """A model as the catalogue and the hosts see it.

    Attributes:
        id: catalogue name, for example "blobgan-rooms".
        system: folder of the zoo that runs it ("blobgan").
        title: name for a person.
        tasks: verbs it serves ("sample_scene", "render_scene", …).
        digest: SHA-256 (hex) of its weights file.
        width, height: pixels of a rendered picture.
        file_bytes: bytes of the weights file.
        working_set_bytes: measured memory of one call beyond the weights; 0 when not measured.
        dtypes: numeric types it is safe in ("float32", "bfloat16").
        blob_names: for scene models, the kind of each blob in layout order; empty when they have no names.
        area_normaliser: for scene models, ab_norm (BlobGAN section 3.1); 0 for other models.
        embedded: it ships with Maquette and cannot be deleted.
        licence: what the weights may be used for, in one line.
    """

    id: str
    system: str
    title: str
    tasks: tuple[str, ...]
    digest: str
    width: int
    height: int
    file_bytes: int
    working_set_bytes: int = 0
    dtypes: tuple[str, ...] = ("float32",)
    blob_names: tuple[str, ...] = ()
    area_normaliser: float = 0.0
    embedded: bool = False
    licence: str = ""


@dataclass(frozen=True)
class SampleScene:
    """Sample ``count`` scenes; scene i uses every seed plus i.

    Attributes:
        layout_seed: decides places, sizes and, where no other seed is given, looks.
        style_seed: decides the looks of the blobs; None = ``layout_seed``.
        background_seed: decides the look of the background; None = ``layout_seed``.
        truncation: 0 = none (varied), 1 = the mean scene.
        count: 1 to MAXIMUM_SAMPLES.
        thumbnail_side: pixels of the longer side of each scene's picture; 0 = no pictures.
    """

    model_id: str
    layout_seed: int
    style_seed: int | None = None
    background_seed: int | None = None
    truncation: float = 0.4
    count: int = 1
    thumbnail_side: int = 0


@dataclass(frozen=True)
class SampledScene:
    """One scene and, if asked for, its picture."""

    scene: Scene
    thumbnail: Picture | None = None


@dataclass(frozen=True)
class SampleSceneResult:
    """The scenes of a :class:`SampleScene`, in the order of their seeds."""

    scenes: tuple[SampledScene, ...]


@dataclass(frozen=True)
class RenderScene:
    """Render a scene.

    Attributes:
        preview: a quick picture will do: the model may stop at a lower resolution.
        blob_map: also return the map that shows each blob in its colour.
        alphas: also return, per visible blob, how much of each pixel it holds.
    """

    scene: Scene
    preview: bool = False
    blob_map: bool = False
    alphas: bool = False


@dataclass(frozen=True)
class RenderSceneResult:
    """A rendered scene.

    Attributes:
        picture: RGB, 8 bits.
        blob_map: RGB, 8 bits.
        alphas: by blob id: grey, 8 bits, DATA; 255 = the pixel is wholly this blob's.
        milliseconds: by stage ("layout", "splat", "decode").
    """

    picture: Picture
    blob_map: Picture | None = None
    alphas: Mapping[str, Picture] = field(default_factory=dict[str, Picture])
    milliseconds: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True)
class StyleOf:
    """Ask for a style vector: of ``row`` (0 = background) of the scene that ``seed`` samples."""

    model_id: str
    seed: int
    truncation: float
    row: int


@dataclass(frozen=True)
class StyleOfResult:
    """float32 values, little-endian."""

    style: bytes
