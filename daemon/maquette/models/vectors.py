"""float32 vectors as bytes (how scenes carry looks) and as tensors."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import torch
from torch import Tensor

from maquette.errors import MaquetteError, Reason

FLOAT_BYTES = 4


def vector_bytes(vector: Tensor) -> bytes:
    """Little-endian float32 bytes of a vector (N)."""
    values = vector.detach().to("cpu", torch.float32).contiguous()
    content = values.numpy().tobytes()
    return content if sys.byteorder == "little" else values.numpy().astype("<f4").tobytes()


def stacked_vectors(vectors: Sequence[bytes], width: int, what: str) -> Tensor:
    """Vectors of bytes as one tensor (N, width) on the CPU.

    Args:
        vectors: little-endian float32 bytes.
        width: values that each must have.
        what: name for the error message.

    Raises:
        MaquetteError: INVALID_ARGUMENT for a wrong length, NOT_A_FINITE_NUMBER.
    """
    for vector in vectors:
        if len(vector) != width * FLOAT_BYTES:
            raise MaquetteError(
                Reason.INVALID_ARGUMENT,
                f"A {what} of {len(vector)} bytes does not fit the model, whose {what}s have {width * FLOAT_BYTES}.",
                "Use appearances that this model made.",
            )
    if not vectors or width == 0:
        return torch.zeros(len(vectors), width)
    joined = bytearray(b"".join(vectors))
    values = torch.frombuffer(joined, dtype=torch.float32)
    if sys.byteorder != "little":
        values = torch.from_numpy(values.numpy().byteswap())
    if not torch.isfinite(values).all():
        raise MaquetteError(
            Reason.NOT_A_FINITE_NUMBER,
            f"A {what} holds a value that is not a finite number.",
            "Use appearances that this model made.",
        )
    return values.reshape(len(vectors), width)
