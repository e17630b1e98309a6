"""From an inpainting request to the region that is painted, without touching pixels far from the selection."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from maquette.errors import MaquetteError, Reason
from maquette.imaging.arrays import to_array
from maquette.imaging.documents import NativeArray
from maquette.imaging.masks import Region, equal_area_diameter, region, selection_values
from maquette.imaging.picture import Picture
from maquette.imaging.rectangle import Rectangle, bounds, whole
from maquette.models.painting.checks import check_picture, check_same_size, pixels_of, refused
from maquette.models.painting.requests import BlendMode, Inpaint


@dataclass(frozen=True)
class Selected:
    """A region and where it lies.

    Attributes:
        rectangle: of the picture: the smallest that holds all that may change.
        region: over that rectangle.
    """

    rectangle: Rectangle
    region: Region


def _mask(picture: Picture) -> NativeArray:
    if picture.spec.pixel_format.channels != 1:
        raise refused("The mask has colours.", "Send a mask with one channel.")
    samples = to_array(picture)
    extremes = np.array([samples.min(), samples.max()], np.float64)
    if not np.isfinite(extremes).all():
        message = "The mask holds a value that is not a finite number."
        raise MaquetteError(Reason.NOT_A_FINITE_NUMBER, message, "Send values from 0 to 1.")
    return samples


def cut(place: Rectangle, painted: Region) -> Selected:
    """A region over ``place`` without the rows and columns at its edges in which nothing changes."""
    used = bounds(painted.painted)
    rows, columns = used.slices
    small = Region(painted.selected[rows, columns], painted.weight[rows, columns])
    return Selected(used.moved(place.left, place.top), small)


def selected(request: Inpaint) -> Selected:
    """The region that a request paints.

    Raises:
        MaquetteError: INVALID_ARGUMENT for a mask of another size, an empty one or one with colours,
            NOT_A_FINITE_NUMBER, or LIMIT_EXCEEDED.
    """
    spec = request.picture.spec
    check_picture(request.mask, "mask")
    check_same_size(spec, request.mask.spec, "mask")
    samples = _mask(request.mask)
    chosen = bounds(samples[..., 0] > 0 if samples.dtype.kind == "f" else samples[..., 0])
    if chosen.area == 0:
        raise refused("Nothing is selected.", "Select what shall be filled.")
    diameter = equal_area_diameter(selection_values(samples[chosen.slices]))
    settings = request.selection
    grow = pixels_of(settings.grow, diameter, "grow")
    fades = request.blend_mode is not BlendMode.OFF
    feather = pixels_of(settings.feather, diameter, "feather") if fades else 0.0
    blend = pixels_of(settings.blend, diameter, "blend") if fades else 0.0
    # One pixel more, so that the region's edge is inside the array unless the picture ends there.
    place = chosen.grown(math.ceil(grow + blend) + 2).clipped(whole(spec.width, spec.height))
    values = selection_values(samples[place.slices])
    if not fades:
        values = np.where(values > 0, np.float32(1.0), np.float32(0.0))
    return cut(place, region(values, grow, feather, blend))
