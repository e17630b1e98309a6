"""What is known of a model without loading it."""

from __future__ import annotations

from dataclasses import dataclass


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
