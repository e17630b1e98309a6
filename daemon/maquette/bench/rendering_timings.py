"""Times one network's rendering in several ways, in turn, in a process of its own: `python -m` … prints JSON.

The process is given what the engine is given (environment, threads), the baselines as well as our renderer.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from maquette.bench.plain_rendering import plain_picture
from maquette.bench.random_model import PUBLISHED, random_network
from maquette.models.blobgan.decoder import DecoderShape
from maquette.models.blobgan.layout_network import layout_of
from maquette.models.blobgan.network import BlobGan, BlobGanShape
from maquette.models.blobgan.precision import quickest_dtype
from maquette.models.blobgan.rendering import Renderer, Rendering, Stopwatch
from maquette.models.blobgan.sampling import LayoutSampler
from maquette.models.blobgan.splatting import Layout

_SEED = 7
_TRUNCATION = 0.4
_STEP = 0.02
_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def bare_convolutions(shape: DecoderShape, dtype: torch.dtype) -> Callable[[], None]:
    """The decoder's 3 × 3 convolutions alone, as torch offers them, channels last."""
    first, *finer = shape.widths
    layers = [(shape.structure_width, shape.channels[first], first, False)]
    for width in finer:
        layers.append((shape.channels[width // 2], shape.channels[width], width // 2, True))
        layers.append((shape.channels[width], shape.channels[width], width, False))
    prepared = [(*_tensors(inputs, outputs, width, up, dtype), up) for inputs, outputs, width, up in layers]

    def run() -> None:
        with torch.inference_mode():
            for features, kernel, up in prepared:
                if up:
                    functional.conv_transpose2d(features, kernel, stride=2)
                else:
                    functional.conv2d(features, kernel, padding=1)

    return run


def _tensors(inputs: int, outputs: int, width: int, up: bool, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    kernel = torch.randn(*((inputs, outputs) if up else (outputs, inputs)), 3, 3)
    features = torch.randn(1, inputs, width, width)
    last = torch.channels_last
    return features.to(dtype).contiguous(memory_format=last), kernel.to(dtype).contiguous(memory_format=last)


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
    renderers = {name: Renderer(random_network(shape), dtype) for name, dtype in _DTYPES.items()}
    layout = layout_of(LayoutSampler(plain).parts(_SEED, _TRUNCATION), shape.area_normaliser)
    return _Subject(plain, renderers, layout)


def psnr(picture: Tensor, truth: Tensor) -> float:
    """In dB, of pictures in [−1, 1]."""
    error = float((picture - truth).square().mean())
    return math.inf if error == 0.0 else 10 * math.log10(4.0 / error)


def measure(shape: BlobGanShape, threads: Sequence[int], rounds: int) -> dict[str, list[float]]:
    """Seconds by "way, threads" in the order of the rounds, "psnr" of bfloat16 and the chosen "dtype" (0 = float32)."""
    subject = _subject(shape)
    chosen = quickest_dtype(shape.decoder, torch.device("cpu"))
    name = next(name for name, dtype in _DTYPES.items() if dtype == chosen)
    best, noises = subject.renderers[name], subject.renderers[name].noises(0)
    assert noises is not None

    def plain() -> Tensor:
        with torch.inference_mode():
            return plain_picture(subject.plain, subject.layout, noises)

    def full(dtype: str) -> Callable[[], object]:
        return lambda: _rendered(subject.renderers[dtype], subject.layout)

    ways: dict[str, Callable[[], object]] = {
        "bare float32": bare_convolutions(shape.decoder, torch.float32),
        "full float32": full("float32"),
        "final": lambda: _rendered(best, subject.moved()),
        "preview": lambda: _rendered(best, subject.moved(), preview=True),
        "plain": plain,
        "bare bfloat16": bare_convolutions(shape.decoder, torch.bfloat16),
        "full bfloat16": full("bfloat16"),
    }
    seconds: dict[str, list[float]] = {f"{way}, {count}": [] for count in threads for way in ways}
    for _ in range(rounds):
        for count in threads:
            torch.set_num_threads(count)
            for way, run in ways.items():
                seconds[f"{way}, {count}"].append(_timed(run))
    truth = _rendered(subject.renderers["float32"], subject.layout)
    seconds["psnr"] = [psnr(_rendered(subject.renderers["bfloat16"], subject.layout), truth)]
    seconds["chosen"] = [float(list(_DTYPES).index(name))]
    return seconds


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    json.dump(measure(PUBLISHED, arguments[1:], arguments[0]), sys.stdout)
