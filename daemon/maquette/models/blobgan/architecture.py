"""BlobGAN as the registry knows it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import torch
from torch import Tensor

from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan import checkpoint as blobgan_checkpoint
from maquette.models.blobgan.checkpoint import MEAN_LATENT, PUBLISHED_SIZE_IN, corrupt, is_network_key
from maquette.models.blobgan.geometry import PUBLISHED_AREA_NORMALISER
from maquette.models.blobgan.inverter import PREFIX as ENCODER_PREFIX
from maquette.models.blobgan.network import BlobGan
from maquette.models.blobgan.precision import quickest_dtype
from maquette.models.blobgan.sampling import seeded_generator
from maquette.models.blobgan.verbs import TASKS, BlobGanModel
from maquette.models.checkpoints import Checkpoint, Conversion, TensorSource
from maquette.store.catalogue import CatalogueEntry
from maquette.store.weights_file import WeightsDescription

MEAN_LATENT_SAMPLES = 10_000
ENCODER_ENDING = "_invert"
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


def _encoder_alone(name: str) -> MaquetteError:
    model = name.removesuffix(ENCODER_ENDING)
    return MaquetteError(
        Reason.MODEL_UNSUPPORTED,
        f"'{name}' holds the encoder of a BlobGAN, but not the BlobGAN.",
        f"Import the model's own checkpoint ('{model}.ckpt') with this file beside it, or name this file as its "
        "companion.",
    )


def _encoder(further: Mapping[str, TensorSource]) -> tuple[dict[str, Tensor], list[str]]:
    """The encoder of a companion file, and what there is to say of it.

    Raises:
        MaquetteError: CHECKPOINT_CORRUPT for a companion without an encoder, MODEL_UNSUPPORTED.
    """
    if not further:
        return {}, []
    if not blobgan_checkpoint.detect_encoder(further.keys()):
        raise corrupt("its companion file holds neither a mean latent nor an encoder")
    own = {key: source for key, source in further.items() if key.startswith(ENCODER_PREFIX)}
    kernels = {key: source.read() for key, source in own.items() if key.endswith(".kernel")}
    blobgan_checkpoint.check_constants(kernels, gain=1.0)
    used = {key: source.read().float() for key, source in own.items() if key not in kernels}
    left = len(further) - len(own)
    note = f"The encoder was added; {left} other tensors of its file (its training's perceptual loss) are not needed."
    return used, [note if left else "The encoder was added."]


class BlobGanArchitecture:
    """Recognises, converts and loads BlobGANs."""

    @property
    def id(self) -> str:
        """Name of the system."""
        return "blobgan"

    def detect(self, keys: Collection[str]) -> bool:
        """Whether a state dict with these keys is a BlobGAN's, or the encoder of one, which :meth:`convert` refuses."""
        return blobgan_checkpoint.detect(keys) or blobgan_checkpoint.detect_encoder(keys)

    def companion_names(self, name: str) -> tuple[str, ...]:
        """Public names of the mean latent and of the encoder beside the checkpoint ``name``."""
        return (f"{name}_mean_latent.pt", f"{name}{ENCODER_ENDING}.ckpt")

    def convert(self, checkpoint: Checkpoint) -> Conversion:
        """Keep the EMA networks, the encoder if there is one, and the mean latent, computed if it is not there.

        Raises:
            MaquetteError: CHECKPOINT_CORRUPT or MODEL_UNSUPPORTED.
        """
        if not blobgan_checkpoint.detect(checkpoint.tensors.keys()):
            raise _encoder_alone(checkpoint.name)
        used = {key: source.read().float() for key, source in checkpoint.tensors.items() if is_network_key(key)}
        constants = {
            key: source.read()
            for key, source in checkpoint.tensors.items()
            if key.startswith("generator_ema.") and key.endswith(".kernel")
        }
        blobgan_checkpoint.check_constants(constants)
        encoder, notes = _encoder(checkpoint.further)
        used |= encoder
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
        self, tensors: Mapping[str, Tensor], entry: CatalogueEntry, device: torch.device, dtype: torch.dtype | None
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
        if dtype is None:
            safe = "bfloat16" in entry.info.dtypes
            dtype = quickest_dtype(network, device) if safe else torch.float32
        return BlobGanModel(network.to(device), entry.info, dtype)


ARCHITECTURE = BlobGanArchitecture()
