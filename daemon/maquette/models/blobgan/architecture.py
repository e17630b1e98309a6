"""BlobGAN as the registry knows it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import torch
from torch import Tensor

from maquette.models.blobgan import checkpoint as blobgan_checkpoint
from maquette.models.blobgan.checkpoint import MEAN_LATENT, PUBLISHED_SIZE_IN, corrupt, is_network_key
from maquette.models.blobgan.geometry import PUBLISHED_AREA_NORMALISER
from maquette.models.blobgan.network import BlobGan
from maquette.models.blobgan.sampling import seeded_generator
from maquette.models.blobgan.verbs import TASKS, BlobGanModel
from maquette.models.checkpoints import Checkpoint, Conversion
from maquette.store.catalogue import CatalogueEntry
from maquette.store.weights_file import WeightsDescription

MEAN_LATENT_SAMPLES = 10_000
IMPORTED_LICENCE = "As the checkpoint's publisher says"
_SECTIONS = ("", "generator.", "layout_net.")


def mean_latent_of(network: BlobGan, seed: int = 0) -> Tensor:
    """Average penultimate activation (1, H) over ``MEAN_LATENT_SAMPLES`` seeded noise vectors."""
    noise = torch.randn(MEAN_LATENT_SAMPLES, network.shape.noise_width, generator=seeded_generator(seed))
    with torch.no_grad():
        hidden = network.layout_net_ema.hidden(noise.to(network.mean_latent.device))
    return hidden.mean(dim=0, keepdim=True)


def _number(settings: Mapping[str, bool | int | float | str], name: str) -> float | None:
    for section in _SECTIONS:
        value = settings.get(section + name)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    return None


class BlobGanArchitecture:
    """Recognises, converts and loads BlobGANs."""

    @property
    def id(self) -> str:
        """Name of the system."""
        return "blobgan"

    def detect(self, keys: Collection[str]) -> bool:
        """Whether a state dict with these keys is a BlobGAN's."""
        return blobgan_checkpoint.detect(keys)

    def companion_names(self, name: str) -> tuple[str, ...]:
        """Public names of the mean latent beside the checkpoint ``name``."""
        return (f"{name}_mean_latent.pt",)

    def convert(self, checkpoint: Checkpoint) -> Conversion:
        """Keep the EMA networks and the mean latent, which is computed if it is not there.

        Raises:
            MaquetteError: CHECKPOINT_CORRUPT or MODEL_UNSUPPORTED.
        """
        used = {key: source.read().float() for key, source in checkpoint.tensors.items() if is_network_key(key)}
        constants = {
            key: source.read()
            for key, source in checkpoint.tensors.items()
            if key.startswith("generator_ema.") and key.endswith(".kernel")
        }
        blobgan_checkpoint.check_constants(constants)
        notes: list[str] = []
        size_in = _number(checkpoint.settings, "size_in")
        area_normaliser = _number(checkpoint.settings, "ab_norm")
        if size_in is None:
            notes.append(
                f"The file does not say its grid's width (size_in); the published {PUBLISHED_SIZE_IN} is used."
            )
        if area_normaliser is None:
            notes.append(f"The file does not say ab_norm; the published {PUBLISHED_AREA_NORMALISER:g} is used.")
        if checkpoint.companion is not None:
            used[MEAN_LATENT] = checkpoint.companion
        network = blobgan_checkpoint.load(
            used, int(size_in or PUBLISHED_SIZE_IN), area_normaliser or PUBLISHED_AREA_NORMALISER
        )
        if checkpoint.companion is None:
            network.mean_latent.copy_(mean_latent_of(network))
            notes.append("No mean latent was beside the checkpoint; it was computed from 10,000 samples.")
        unused = tuple(sorted(key for key in checkpoint.tensors if key not in used and key not in constants))
        return Conversion(network.state_dict(), self._description(checkpoint, network), unused, tuple(notes))

    def _description(self, checkpoint: Checkpoint, network: BlobGan) -> WeightsDescription:
        shape = network.shape
        return WeightsDescription(
            id=checkpoint.model_id,
            system=self.id,
            title=checkpoint.name.replace("_", " "),
            tasks=TASKS,
            width=shape.decoder.resolution,
            height=shape.decoder.resolution,
            licence=IMPORTED_LICENCE,
            recipe="imported",
            area_normaliser=shape.area_normaliser,
            dtypes=("float32", "bfloat16"),
            extra={"size_in": str(shape.decoder.size_in)},
        )

    def load(
        self, tensors: Mapping[str, Tensor], entry: CatalogueEntry, device: torch.device, dtype: torch.dtype
    ) -> BlobGanModel:
        """The model of a weights file.

        Raises:
            MaquetteError: CHECKPOINT_CORRUPT.
        """
        try:
            size_in = int(entry.extra.get("size_in", str(PUBLISHED_SIZE_IN)))
        except ValueError as error:
            raise corrupt("its header's size_in is not a number") from error
        network = blobgan_checkpoint.load(tensors, size_in, entry.info.area_normaliser)
        return BlobGanModel(network.to(device), entry.info, dtype)


ARCHITECTURE = BlobGanArchitecture()
