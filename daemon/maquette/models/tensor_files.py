"""Weights files with torch: reading their tensors, and turning tensors into what the store writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

import torch
from safetensors import SafetensorError
from safetensors import torch as safetensors_torch
from torch import Tensor

from maquette.errors import MaquetteError, Reason
from maquette.store.weights_file import StoredTensor

_DTYPE_NAMES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Every tensor of a safetensors file.

    Raises:
        MaquetteError: CHECKPOINT_CORRUPT.
    """
    try:
        load = cast("Callable[[Path], dict[str, Tensor]]", vars(safetensors_torch)["load_file"])
        return load(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise MaquetteError(
            Reason.CHECKPOINT_CORRUPT,
            f"'{path.name}' is not a readable safetensors file.",
            "Copy or download it again.",
            {"path": str(path), "cause": str(error)[:200]},
        ) from error


def stored_tensor(tensor: Tensor, dtype: torch.dtype | None = None) -> StoredTensor:
    """A tensor as the store writes it, converted to ``dtype`` if given (float16 for the embedded weights).

    Raises:
        ValueError: a value does not fit ``dtype``.
    """
    converted = tensor.detach().to("cpu", dtype or tensor.dtype).contiguous()
    if not torch.equal(torch.isfinite(converted), torch.isfinite(tensor.detach().cpu())):
        raise ValueError(f"a value is too large for {converted.dtype}")
    data = converted.reshape(-1).view(torch.uint8).numpy().tobytes() if converted.numel() else b""
    return StoredTensor(_DTYPE_NAMES[converted.dtype], tuple(converted.shape), data)


def stored_tensors(tensors: Mapping[str, Tensor], dtype: torch.dtype | None = None) -> dict[str, StoredTensor]:
    """Tensors as the store writes them (see :func:`stored_tensor`)."""
    return {name: stored_tensor(tensor, dtype) for name, tensor in tensors.items()}
