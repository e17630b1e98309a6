"""The verbs of systems whose every model serves them all, whatever an older weights file lists."""

from __future__ import annotations

from collections.abc import Mapping

BLOBGAN_TASKS = (
    "sample_scene",
    "render_scene",
    "edit_scene",
    "restyle_scene",
    "complete_scene",
    "invert_image",
    "interpolate_scenes",
    "transfer_edit",
    "render_animation",
)

SYSTEM_TASKS: Mapping[str, tuple[str, ...]] = {"blobgan": BLOBGAN_TASKS}
"""By system; of the systems that are not here, each model serves what its file lists."""
