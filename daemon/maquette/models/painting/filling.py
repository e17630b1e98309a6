"""Filling the hole of one crop, whatever its size: structure at the model's resolution, detail from the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from maquette.errors import MaquetteError, Reason
from maquette.imaging.arrays import from_array, to_array
from maquette.imaging.picture import Picture
from maquette.imaging.resizing import fitted_size, resized, resized_known
from maquette.imaging.smooth_fill import smooth_fill
from maquette.models.operations import Operation
from maquette.models.painting.fillers import BoolArray, Filler, FillOptions, FloatArray, GuidedSynthesizer
from maquette.models.painting.progress import PreviewOf, Stretch, derived_seed, within

_MULTIPLE = 8


def checked(answers: tuple[FloatArray, ...], like: FloatArray, count: int) -> tuple[FloatArray, ...]:
    """Answers of a model, refused when they are not finite pictures of the size asked for.

    Raises:
        MaquetteError: NOT_A_FINITE_NUMBER or INTERNAL.
    """
    if len(answers) != count or any(answer.shape != like.shape for answer in answers):
        raise MaquetteError(Reason.INTERNAL, "The model answered with another picture than it was asked for.")
    if not all(np.isfinite(answer).all() for answer in answers):
        raise MaquetteError(
            Reason.NOT_A_FINITE_NUMBER,
            "The model's picture is not finite.",
            "Choose another seed or another model.",
        )
    return answers


def padded(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """(H, W, …) mirrored at the right and lower edge until both sides are multiples of 8."""
    height, width = values.shape[:2]
    widths = [(0, -height % _MULTIPLE), (0, -width % _MULTIPLE)] + [(0, 0)] * (values.ndim - 2)
    return np.pad(values, widths, mode="symmetric")


def _with_hole(picture: FloatArray, hole: BoolArray, answer: FloatArray) -> FloatArray:
    return np.where(hole[..., None], answer, picture).astype(np.float32)


def _direct(
    picture: FloatArray, hole: BoolArray, filler: Filler, options: FillOptions
) -> Operation[tuple[FloatArray, ...]]:
    """At the picture's own size."""
    if filler.fill_side is None:
        return checked((yield from filler.fill(picture, hole, options)), picture, options.candidates)
    height, width = hole.shape
    even = np.asarray(padded(picture), np.float32)
    operation = filler.fill(even, np.asarray(padded(hole), np.bool_), options)
    answers = yield from within(operation, Stretch(), _without_padding((height, width), even.shape))
    return tuple(answer[:height, :width] for answer in checked(answers, even, options.candidates))


def _without_padding(size: tuple[int, int], padded_shape: tuple[int, ...]) -> PreviewOf:
    """Cuts from a preview, which may have any size, what shows the padding."""

    def cut(picture: Picture) -> Picture:
        pixels = to_array(picture)
        height = max(1, round(pixels.shape[0] * size[0] / padded_shape[0]))
        width = max(1, round(pixels.shape[1] * size[1] / padded_shape[1]))
        return from_array(pixels[:height, :width], picture.spec.colour_space, picture.spec.alpha_mode)

    return cut


def _structures(
    picture: FloatArray, hole: BoolArray, filler: Filler, options: FillOptions, side: int
) -> Operation[tuple[FloatArray, ...]]:
    """Filled at the model's resolution and brought back to the picture's size, blurred as that makes it."""
    height, width = hole.shape
    small_width, small_height = fitted_size(width, height, side)
    small, known = resized_known(picture, ~hole, small_width, small_height)
    hidden = ~known if not known.all() else resized(hole.astype(np.float32), small_width, small_height) > 0
    answers = yield from _direct(smooth_fill(small, hidden), hidden, filler, options)
    return tuple(resized(answer, width, height) for answer in answers)


def detailed(
    picture: FloatArray,
    hole: BoolArray,
    structures: tuple[FloatArray, ...],
    synthesizer: GuidedSynthesizer,
    options: FillOptions,
) -> Operation[tuple[FloatArray, ...]]:
    """Structures (H, W, 3) of a hole, each with detail from the picture around it."""
    within_hole = hole[..., None]
    answers: list[FloatArray] = []
    for index, structure in enumerate(structures):
        part = Stretch(index / len(structures), (index + 1) / len(structures))
        own = FillOptions(derived_seed(options.seed, index), 1, None)
        operation = synthesizer.synthesize(np.where(within_hole, structure, picture), hole, structure, own)
        answers += checked((yield from within(operation, part)), picture, 1)
    return tuple(answers)


def filled(
    picture: FloatArray,
    hole: BoolArray,
    filler: Filler,
    synthesizer: GuidedSynthesizer | None,
    options: FillOptions,
    preview_of: PreviewOf | None = None,
) -> Operation[tuple[FloatArray, ...]]:
    """Fill the hole of a crop.

    A crop larger than the model's side is filled at that resolution, which gives the structure; detail is then
    synthesized from the picture itself along it. Without a synthesizer the structure is all there is.

    Args:
        picture: (H, W, 3), finite.
        hole: (H, W), at least one True.
        preview_of: what to show of the model's previews, which are pictures of the crop.

    Returns:
        One (H, W, 3) per candidate, equal to ``picture`` outside the hole.
    """
    side = filler.fill_side
    if side is None or max(hole.shape) <= side:
        start = smooth_fill(picture, hole)
        answers = yield from within(_direct(start, hole, filler, options), Stretch(), preview_of)
        return tuple(_with_hole(picture, hole, answer) for answer in answers)
    coarse = Stretch(0.0, 0.7 if synthesizer else 1.0)
    structures = yield from within(_structures(picture, hole, filler, options, side), coarse, preview_of)
    if synthesizer:
        adding = detailed(picture, hole, structures, synthesizer, options)
        structures = yield from within(adding, Stretch(0.7, 1.0))
    return tuple(_with_hole(picture, hole, structure) for structure in structures)
