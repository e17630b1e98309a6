"""What the looks within one scene have in common."""

from __future__ import annotations

from maquette.errors import MaquetteError, Reason
from maquette.models.scene import Scene


def check_vectors(scene: Scene, like: Scene) -> None:
    """Refuse appearances whose vectors are not as long as those of another scene's background.

    Raises:
        MaquetteError: INVALID_ARGUMENT.
    """
    structure, style = len(like.background.structure), len(like.background.style)
    for appearance in (scene.background, *(blob.appearance for blob in scene.blobs)):
        restyle = appearance.restyle
        mixed = style if restyle is None or restyle.style is None else len(restyle.style)
        if (len(appearance.structure), len(appearance.style), mixed) != (structure, style, style):
            raise MaquetteError(
                Reason.INVALID_ARGUMENT,
                "The vectors of an appearance have the wrong length.",
                "Use looks of the same model only.",
            )
