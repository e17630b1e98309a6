"""Filling a selection."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from maquette.imaging.arrays import to_array
from maquette.models.operations import Operation
from maquette.models.painting.checks import check_picture, check_result_size, check_settings
from maquette.models.painting.fillers import Filler, GuidedSynthesizer
from maquette.models.painting.painting import Painting, Piece, paint
from maquette.models.painting.parts import islands, longest_piece, needs_overview, pieces
from maquette.models.painting.requests import Inpaint, PaintResult
from maquette.models.painting.selecting import Selected, selected


def _pieces(found: Selected, fill_side: int | None) -> list[Piece]:
    """Places far apart are painted apart; what is too large or too long is painted piece by piece."""
    painted = found.region.painted
    left, top = found.rectangle.left, found.rectangle.top
    result: list[Piece] = []
    for place in islands(painted):
        overview = place.moved(left, top) if needs_overview(place) else None
        longest = longest_piece(min(place.width, place.height), fill_side)
        result += [Piece(core.moved(left, top), overview) for core in pieces(place, painted, longest)]
    return result


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
        pieces_for=partial(_pieces, found),
        context=request.context,
        blend_mode=request.blend_mode,
        settings=request.settings,
    )
    return (yield from paint(painting, fillers, synthesizer))
