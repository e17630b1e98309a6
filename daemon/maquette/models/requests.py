"""What the verbs of the zoo are asked and what they answer. No torch, no numpy: any layer may hold these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from maquette.imaging.picture import Picture
from maquette.models.scene import Scene
from maquette.store.model_info import ModelInfo

__all__ = [
    "MAXIMUM_SAMPLES",
    "MAXIMUM_THUMBNAIL_SIDE",
    "ImportModel",
    "ImportReport",
    "ModelInfo",
    "RenderScene",
    "RenderSceneResult",
    "ResolveStyles",
    "ResolveStylesResult",
    "SampleScene",
    "SampleSceneResult",
    "SampledScene",
]

MAXIMUM_SAMPLES = 64
MAXIMUM_THUMBNAIL_SIDE = 512


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
class ResolveStyles:
    """Ask for the scene with every restyle mixed into the style it belongs to, as a render would mix it."""

    scene: Scene


@dataclass(frozen=True)
class ResolveStylesResult:
    """The scene without restyles; it renders to the same picture."""

    scene: Scene


@dataclass(frozen=True)
class ImportModel:
    """Convert a public checkpoint and add it to the catalogue.

    Attributes:
        path: absolute path of the checkpoint, already checked against the allowed folders.
        model_id: name to give it; empty = made from the file's name.
        companion_path: absolute path of a companion file (BlobGAN: the mean latent, or the encoder); empty = found
            beside the checkpoint by their public names.
    """

    path: str
    model_id: str = ""
    companion_path: str = ""


@dataclass(frozen=True)
class ImportReport:
    """What an import found.

    Attributes:
        model: the model as it is now in the catalogue.
        unused_keys: keys of the file that the network does not use.
        notes: things worth knowing, one sentence each.
    """

    model: ModelInfo
    unused_keys: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
