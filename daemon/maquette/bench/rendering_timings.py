"""Times one network's rendering in several ways, in turn, in a process of its own: `python -m` … prints JSON.

The process is given what the engine is given (environment, threads), the baselines as well as our renderer.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from maquette.bench.plain_rendering import plain_picture
from maquette.bench.random_model import PUBLISHED, random_network
from maquette.models.blobgan.decoder import DecoderShape
from maquette.models.blobgan.layout_network import layout_of
from maquette.models.blobgan.modulated_convolution import features_dtype
from maquette.models.blobgan.network import BlobGan, BlobGanShape
from maquette.models.blobgan.precision import candidates, psnr, quickest_dtype
from maquette.models.blobgan.quantised import QuantisedGrowth, QuantisedKernel, quantised
from maquette.models.blobgan.rendering import Renderer, Rendering, Stopwatch
from maquette.models.blobgan.sampling import LayoutSampler
from maquette.models.blobgan.splatting import Layout

_SEED = 7
_TRUNCATION = 0.4
_STEP = 0.02


def numeric_types() -> dict[str, torch.dtype]:
    """The types that this machine could compute in, float32 first."""
    return {str(dtype).removeprefix("torch."): dtype for dtype in candidates()}


def bare_convolutions(shape: DecoderShape, dtype: torch.dtype) -> Callable[[], None]:
    """The decoder's 3 × 3 convolutions alone, as torch offers them, channels last; of codes when they are int8."""
    first, *finer = shape.widths
    layers = [_bare(shape.structure_width, shape.channels[first], first, False, dtype)]
    for width in finer:
        layers.append(_bare(shape.channels[width // 2], shape.channels[width], width // 2, True, dtype))
        layers.append(_bare(shape.channels[width], shape.channels[width], width, False, dtype))

    def run() -> None:
        with torch.inference_mode():
            for layer in layers:
                layer()

    return run


def _bare(inputs: int, outputs: int, width: int, up: bool, dtype: torch.dtype) -> Callable[[], object]:
    kernel = torch.randn(*((inputs, outputs) if up else (outputs, inputs)), 3, 3)
    features = torch.randn(1, inputs, width, width).contiguous(memory_format=torch.channels_last)
    if dtype == torch.int8:
        codes = quantised(features, 1, 1)
        assert codes is not None
        convolution = QuantisedGrowth(kernel).parts if up else QuantisedKernel(kernel)
        return partial(convolution, codes, features_dtype(dtype))
    kernel = kernel.to(dtype).contiguous(memory_format=torch.channels_last)
    features = features.to(dtype)
    if up:
        return lambda: functional.conv_transpose2d(features, kernel, stride=2)
    return lambda: functional.conv2d(features, kernel, padding=1)


def _rendered(renderer: Renderer, layout: Layout, preview: bool = False) -> Tensor:
    operation = renderer.render(layout, renderer.noises(0), Stopwatch(), preview)
    while True:
        try:
            next(operation)
        except StopIteration as stop:
            rendering: Rendering = stop.value
            return rendering.rgb


@dataclass
class _Subject:
    plain: BlobGan
    renderers: dict[str, Renderer]
    layout: Layout
    moves: int = 0

    def moved(self) -> Layout:
        """The layout with the front blob a little further than the last time."""
        self.moves += 1
        positions = self.layout.positions.clone()
        positions[:, -1, 0] += _STEP * self.moves
        return replace(self.layout, positions=positions)


def _subject(shape: BlobGanShape) -> _Subject:
    plain = random_network(shape).requires_grad_(False)
    renderers = {name: Renderer(random_network(shape), dtype) for name, dtype in numeric_types().items()}
    layout = layout_of(LayoutSampler(plain).parts(_SEED, _TRUNCATION), shape.area_normaliser)
    return _Subject(plain, renderers, layout)


def measure(shape: BlobGanShape, threads: Sequence[int], rounds: int) -> dict[str, list[float]]:
    """Seconds by "way, threads" in the order of the rounds; "psnr" of each type; of which the "chosen" is the n-th."""
    subject = _subject(shape)
    chosen = quickest_dtype(random_network(shape), torch.device("cpu"))
    number = list(numeric_types().values()).index(chosen)
    name = list(numeric_types())[number]
    best, noises = subject.renderers[name], subject.renderers[name].noises(0)
    assert noises is not None

    def plain() -> Tensor:
        with torch.inference_mode():
            return plain_picture(subject.plain, subject.layout, noises)

    ways: dict[str, Callable[[], object]] = {"plain": plain}
    for each, dtype in numeric_types().items():
        ways[f"bare {each}"] = bare_convolutions(shape.decoder, dtype)
        ways[f"full {each}"] = partial(_rendered, subject.renderers[each], subject.layout)
    ways["final"] = lambda: _rendered(best, subject.moved())
    ways["preview"] = lambda: _rendered(best, subject.moved(), preview=True)
    seconds: dict[str, list[float]] = {f"{way}, {count}": [] for count in threads for way in ways}
    for _ in range(rounds):
        for count in threads:
            torch.set_num_threads(count)
            for way, run in ways.items():
                seconds[f"{way}, {count}"].append(_timed(run))
    truth = _rendered(subject.renderers["float32"], subject.layout)
    seconds["psnr"] = [psnr(_rendered(each, subject.layout), truth) for each in subject.renderers.values()]
    seconds["chosen"] = [float(number)]
    return seconds


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    json.dump(measure(PUBLISHED, arguments[1:], arguments[0]), sys.stdout)
