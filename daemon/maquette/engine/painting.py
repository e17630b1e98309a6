"""Which part of the painting pipeline serves a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from maquette.engine.messages import PaintRequest
from maquette.models.operations import Operation
from maquette.models.painting.colorizing import colorize
from maquette.models.painting.fillers import Colorizer, Filler, GuidedSynthesizer, Restorer
from maquette.models.painting.inpainting import inpaint
from maquette.models.painting.outpainting import outpaint
from maquette.models.painting.requests import Colorize, Inpaint, Outpaint, PaintResult
from maquette.models.painting.restoring import restore
from maquette.models.registry import Model


def run_pipeline(request: PaintRequest, models: Sequence[Model], helpers: Sequence[Model]) -> Operation[PaintResult]:
    """Run the pipeline of a request. Which of the pipeline's protocols a model serves is what its tasks say."""
    if isinstance(request, Inpaint | Outpaint):
        fillers = cast("Sequence[Filler]", models)
        synthesizer = cast("GuidedSynthesizer", helpers[0]) if helpers else None
        if isinstance(request, Inpaint):
            return inpaint(request, fillers, synthesizer)
        return outpaint(request, fillers, synthesizer)
    if isinstance(request, Colorize):
        return colorize(request, cast("Sequence[Colorizer]", models))
    return restore(request, cast("Sequence[Restorer]", models))
