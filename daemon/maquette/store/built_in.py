"""Models that are algorithms: they have no weights file, and ship with Maquette."""

from __future__ import annotations

import hashlib

from maquette.models.exemplar.version import ALGORITHM_VERSION
from maquette.store.model_info import ModelInfo

BUILT_IN = (
    ModelInfo(
        id="exemplar",
        system="exemplar",
        title="Exemplar fill (the picture's own patches)",
        tasks=("inpaint", "outpaint"),
        digest=hashlib.sha256(ALGORITHM_VERSION.encode()).hexdigest(),
        width=0,
        height=0,
        file_bytes=0,
        embedded=True,
        licence="Apache-2.0, as Maquette itself",
    ),
)
