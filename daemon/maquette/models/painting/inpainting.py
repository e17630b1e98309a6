"""Filling a selection."""

from __future__ import annotations

from collections.abc import Sequence

from maquette.imaging.arrays import to_array
from maquette.models.operations import Operation
from maquette.models.painting.checks import check_picture, check_result_size, check_settings
from maquette.models.painting.fillers import Filler, GuidedSynthesizer
from maquette.models.painting.painting import Painting, Piece, paint
from maquette.models.painting.parts import islands, needs_overview, pieces
from maquette.models.painting.requests import Inpaint, PaintResult
from maquette.models.painting.selecting import Selected, selected


def _pieces(found: Selected) -> list[Piece]:
    """Places far apart are painted apart; what is too large or too long is painted piece by piece."""
    painted = found.region.painted
    left, top = found.rectangle.left, found.rectangle.top
    return [
        Piece(core.moved(left, top), place.moved(left, top) if needs_overview(place) else None)
        for place in islands(painted)
        for core in pieces(place, painted)
    ]


def inpaint(
    request: Inpaint, fillers: Sequence[Filler], synthesizer: GuidedSynthesizer | None
) -> Operation[PaintResult]:
    """Fill a selection; outside (selection ⊕ blend) every byte stays.

    Memory grows with the selection and its context, not with the picture.

    Args:
        fillers: one to be used, or several to choose from by what they make of hidden surroundings.
        synthesizer: of detail, where the model's own resolution is too low.

    Raises:
        MaquetteError: INVALID_ARGUMENT, NOT_A_FINITE_NUMBER or LIMIT_EXCEEDED.
    """
    check_settings(request.settings)
    check_picture(request.picture)
    found = selected(request)
    check_result_size(request.picture.spec, request.settings.candidates)
    painting = Painting(
        document=to_array(request.picture),
        spec=request.picture.spec,
        dirty=found.rectangle,
        region=found.region,
        pieces=_pieces(found),
        context=request.context,
        blend_mode=request.blend_mode,
        settings=request.settings,
    )
    return (yield from paint(painting, fillers, synthesizer))
