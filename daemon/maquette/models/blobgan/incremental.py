"""Decoding a layout that differs little from the one before: only what an edit reaches is computed again.

Every layer's outputs are remembered. An edit changes the scores somewhere; what a layer makes of that place, grown by
the reach of its convolution, is computed again from the remembered inputs around it. Two bounds keep an edit from
reaching everywhere, since scores fall off without end and every layer's reach adds to those before: see
:class:`Tolerances`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import torch
from torch import Tensor

from maquette.models.blobgan.decoder import Decoder
from maquette.models.blobgan.layers import doubled
from maquette.models.blobgan.regions import Region, region_where, united, whole
from maquette.models.blobgan.splatting import Layout

_MOST = 0.7
_SIZES = 8
_SMALLEST = 16


@dataclass(frozen=True)
class Tolerances:
    """Changes that are not followed. Neither adds up over a series of edits.

    Attributes:
        scores: Σ |w − w′| over the rows, of all changes since the pixel was computed.
        features: rms over the channels, in rms of the whole map; compared with what the next layer has seen.
    """

    scores: float = 0.03
    features: float = 0.1


TOLERANCES = Tolerances()
"""Pictures differ from whole renders by less than can be seen: 47 dB and more with the embedded model."""


@dataclass(frozen=True)
class DecoderInputs:
    """What a decoder makes a picture of, batch of 1.

    Attributes:
        layout: its structures and styles are used.
        grid: (1, F, size_in, size_in), in the dtype to compute in.
        scores: (1, K+1, w, w) by width.
        noises: one map per layer, or None.
        frames: (1, 3(K+1), w, w) by width, where layers draw edges.
    """

    layout: Layout
    grid: Tensor
    scores: Mapping[int, Tensor]
    noises: Sequence[Tensor] | None
    frames: Mapping[int, Tensor] = field(default_factory=dict[int, Tensor])


def changed_scores(before: DecoderInputs, after: DecoderInputs, width: int) -> Tensor:
    """How much of each pixel (w, w) shows something else: Σ |w − w′| over the looks of both, in [0, 2].

    Rows of the same structure and style are one look, so it does not matter how blobs are numbered. Where layers draw
    edges, another place in a blob's frame is something else, too: scores times coordinates are summed as well.
    """
    old_looks, new_looks = _looks(before.layout), _looks(after.layout)
    old, new = (_maps(inputs, width) for inputs in (before, after))
    if torch.equal(old_looks, new_looks):
        return (new - old).abs_().sum(dim=(0, 1))
    looks = torch.cat((new_looks, old_looks))
    numbers = cast("Tensor", torch.unique(looks, dim=0, return_inverse=True)[1])
    difference = new.new_zeros(len(new), len(looks), width, width)
    count = len(new_looks)
    difference.index_add_(1, numbers[:count], new).index_add_(1, numbers[count:], old, alpha=-1)
    return difference.abs_().sum(dim=(0, 1))


def _maps(inputs: DecoderInputs, width: int) -> Tensor:
    """What is compared, (1 or 3, K+1, w, w): scores, or scores times 1, x and y."""
    scores = inputs.scores[width][0]
    frames = inputs.frames.get(width)
    return scores[None] if frames is None else frames[0].reshape(3, *scores.shape)


def _looks(layout: Layout) -> Tensor:
    return torch.cat((layout.structures[0], layout.styles[0]), dim=1)


class _Layer:
    """A layer's outputs as the next one has seen them, and where its inputs have changed since.

    Args:
        width: of its inputs.
        tolerance: change of an output that is not followed, see :class:`Tolerances`; 0 = every output is followed,
            changed or not.
        factor: by which its outputs are larger.
        reach: how many pixels around a place its outputs there depend on.
    """

    def __init__(self, width: int, tolerance: float, factor: int = 1, reach: int = 1) -> None:
        self._width, self._factor, self._reach, self._tolerance = width, factor, reach, tolerance
        self._outputs: Tensor | None = None
        self._mean_square: float | None = None
        self.stale: Region | None = None

    @property
    def outputs(self) -> Tensor | None:
        """(1, C, h, w); None before the first update."""
        return self._outputs

    def mark(self, region: Region | None) -> None:
        """The inputs have changed there."""
        self.stale = united(self.stale, region)

    def reached(self, more: Region | None = None) -> Region | None:
        """Where the outputs may not be what the inputs would give; ``more``: inputs that are going to change."""
        if self._outputs is None:
            return whole(self._width * self._factor)
        stale = united(self.stale, more)
        return None if stale is None else stale.grown(self._reach, self._width).scaled(self._factor)

    def window(self, region: Region) -> Region:
        """The inputs to compute outputs in a region from: whole, if that is most of them."""
        needed = region.divided(self._factor).grown(self._reach, self._width)
        window = needed.sized(max(_SMALLEST, self._width // _SIZES), self._width)
        return whole(self._width) if window.area > _MOST * self._width**2 else window

    def update(self, inputs: Tensor, compute: Callable[[Tensor, Region], Tensor]) -> Region | None:
        """Bring the outputs up to date; returns where they changed.

        Args:
            inputs: (1, C, w, w).
            compute: outputs of the part of the inputs that it is given, which lies in the region that it is given.
        """
        region, self.stale = self.reached(), None
        if region is None:
            return None
        if self._outputs is None:
            self._outputs = compute(inputs, whole(self._width))
            return region
        window = self.window(region)
        corner = window.scaled(self._factor)
        fresh = compute(window.of(inputs), window)
        return self._keep(region, region.moved(-corner.top, -corner.left).of(fresh))

    def _keep(self, region: Region, fresh: Tensor) -> Region | None:
        assert self._outputs is not None
        before = region.of(self._outputs)
        if self._tolerance:
            changed = self._changed(before, fresh)
            if changed is None:
                return None
            region, before, fresh = changed.moved(region.top, region.left), changed.of(before), changed.of(fresh)
        before.copy_(fresh)
        return region

    def _changed(self, before: Tensor, fresh: Tensor) -> Region | None:
        change = (fresh - before).float().square_().mean(dim=1)[0]
        if self._mean_square is None:
            self._mean_square = float(_present(self._outputs).float().square().mean())
        return region_where(change > self._tolerance**2 * self._mean_square)


class DecodedMemory:
    """The last decoding: its inputs and what every layer made of them.

    Attributes:
        inputs: of the last decoding.
        tolerances: of all its decodings.
        debt: (R, R), how much the scores of each pixel have changed since it was computed.
        growing: by width, the layer that makes its first features. keeping: … its last ones.
        colouring: … its own RGB, without the coarser widths'.
    """

    def __init__(self, widths: Sequence[int], inputs: DecoderInputs, tolerances: Tolerances) -> None:
        self.inputs = inputs
        self.tolerances = tolerances
        # Comparing costs time too: once for each width is enough, and after the last one nothing follows.
        followed = {width: 0.0 if width == widths[-1] else tolerances.features for width in widths}
        self.debt = torch.zeros_like(inputs.scores[widths[-1]][0, 0])
        self.growing = {width: _Layer(width // 2, 0.0, factor=2) for width in widths[1:]}
        self.keeping = {width: _Layer(width, followed[width]) for width in widths}
        self.colouring = {width: _Layer(width, 0.0, reach=0) for width in widths}

    def mark_scores(self, width: int, region: Region) -> None:
        """The scores of a width have changed there."""
        self.keeping[width].mark(region)
        self.mark_features(width, region)

    def mark_features(self, width: int, region: Region | None) -> None:
        """The last features of a width have changed there."""
        self.colouring[width].mark(region)
        if 2 * width in self.growing:
            self.growing[2 * width].mark(region)


class IncrementalDecoder:
    """Decodes one layout, width by width. Not for training.

    Args:
        decoder: folded.
        inputs: what to decode.
        memory: of an earlier decoding by the same decoder, which is used up; without one, everything is computed.
        tolerances: of decodings that this one is the first of.

    Attributes:
        memory: of this decoding; may be handed on after any :meth:`advance`.
    """

    def __init__(
        self,
        decoder: Decoder,
        inputs: DecoderInputs,
        memory: DecodedMemory | None = None,
        tolerances: Tolerances = TOLERANCES,
    ) -> None:
        self._decoder = decoder
        self._inputs = inputs
        self._widths = decoder.shape.widths
        if memory is None or memory.inputs.noises is not inputs.noises:
            memory = DecodedMemory(self._widths, inputs, tolerances)
        self.memory = memory
        self._mark_changes()

    @property
    def batch(self) -> int:
        """How many layouts are decoded together; only the memory of one can be used."""
        return len(self._inputs.grid)

    def _mark_changes(self) -> None:
        before, self.memory.inputs = self.memory.inputs, self._inputs
        if before is self._inputs:
            return
        debt = self.memory.debt.add_(changed_scores(before, self._inputs, self._widths[-1]))
        region = region_where(debt > self.memory.tolerances.scores)
        if region is None:
            return
        region.of(debt).zero_()
        # Coarser scores are means of finer ones: they change nowhere else, and not by more.
        for width in self._widths:
            self.memory.mark_scores(width, region.divided(self._widths[-1] // width))

    def share(self, width: int) -> float:
        """How much of a width is still to be computed, in [0, 1], if all coarser ones are up to date."""
        region = self._awaited(width, None)
        return 0.0 if region is None else self.memory.keeping[width].window(region).area / width**2

    def _awaited(self, width: int, coarser: Region | None) -> Region | None:
        """Where the last features of a width, or its RGB, are not up to date; ``coarser``: … those of half of it."""
        grown = self.memory.growing[width].reached(coarser) if width in self.memory.growing else None
        return united(self.memory.keeping[width].reached(grown), self.memory.colouring[width].stale)

    def advance(self, width: int) -> None:
        """Bring a width up to date; all coarser ones are."""
        index = self._widths.index(width)
        features = self._inputs.grid
        if index:
            features = _present(self.memory.keeping[width // 2].outputs)
            grown = self._convolved(self.memory.growing[width], 2 * index - 1, width // 2, features)
            self.memory.keeping[width].mark(grown)
            features = _present(self.memory.growing[width].outputs)
        self.memory.mark_features(width, self._convolved(self.memory.keeping[width], 2 * index, width, features))
        self._colour(index, width)

    def _convolved(self, layer: _Layer, number: int, width: int, features: Tensor) -> Region | None:
        """Bring the convolution that is the decoder's ``number``-th up to date; its inputs have this width."""
        module = self._decoder.convs[number - 1] if number else self._decoder.conv1
        scores, styles, noises = self._inputs.scores[width], self._inputs.layout.styles, self._inputs.noises
        factor = 2 if number % 2 else 1
        edged = self._inputs.frames.get(factor * width)

        def compute(part: Tensor, window: Region) -> Tensor:
            made = window.scaled(factor)
            noise = None if noises is None else made.of(noises[number])
            frames = None if edged is None else made.of(edged)
            return module(part, window.of(scores), styles, noise, frames)

        return layer.update(features, compute)

    def _colour(self, index: int, width: int) -> None:
        module = self._decoder.to_rgbs[index - 1] if index else self._decoder.to_rgb1
        scores, styles = self._inputs.scores[width], self._inputs.layout.styles

        def compute(part: Tensor, window: Region) -> Tensor:
            return module(part, window.of(scores), styles, None)

        self.memory.colouring[width].update(_present(self.memory.keeping[width].outputs), compute)

    def picture(self, reached: int) -> Tensor:
        """RGB (1, 3, w, w), float32, when all widths up to ``reached`` are up to date.

        Finer widths add what they remember wherever that is still true; w is ``reached`` if it is true nowhere.
        """
        rgb: Tensor | None = None
        stale: Region | None = None
        for width in self._widths:
            own = self.memory.colouring[width].outputs
            if width > reached:
                stale = self._awaited(width, stale)
                if own is None or (stale is not None and stale.area == width**2):
                    break
                if stale is not None:
                    own = own.clone()
                    stale.of(own).zero_()
            rgb = _present(own) if rgb is None else _present(own) + doubled(rgb)
        return _present(rgb)


def _present(tensor: Tensor | None) -> Tensor:
    assert tensor is not None, "coarser widths come first"
    return tensor
