"""What `maquette bench render` compares is the same work, and its figures say what they mean."""

from __future__ import annotations

import math

import pytest
import torch
from maquette.bench.measurement import Measurement
from maquette.bench.plain_rendering import plain_picture, plain_scores
from maquette.bench.random_model import PUBLISHED, random_network
from maquette.bench.render import rendering_measurements
from maquette.bench.rendering_timings import bare_convolutions, measure, numeric_types
from maquette.models.blobgan.decoder import DecoderShape, drawn_noises
from maquette.models.blobgan.layout_network import layout_of
from maquette.models.blobgan.network import BlobGanShape
from maquette.models.blobgan.precision import psnr
from maquette.models.blobgan.rendering import operations_by_width
from maquette.models.blobgan.sampling import LayoutSampler, seeded_generator
from maquette.models.blobgan.splatting import composited_scores

SMALL = BlobGanShape(4, 8, 16, DecoderShape(12, 6, {8: 12, 16: 10, 32: 8}))


def test_the_plain_port_makes_the_same_picture() -> None:
    network = random_network(SMALL).requires_grad_(False)
    layout = layout_of(LayoutSampler(network).parts(3, 0.4), SMALL.area_normaliser)
    noises = drawn_noises(network.generator_ema, seeded_generator(0))
    torch.testing.assert_close(
        plain_scores(layout, 32), composited_scores(layout.positions, layout.sizes, layout.covariances, 32)
    )
    picture = network.decode(layout, noises)
    assert float(picture.std()) > 0.01
    torch.testing.assert_close(plain_picture(network, layout, noises), picture, atol=1e-5, rtol=1e-4)


def test_every_way_is_timed_in_every_round() -> None:
    found = measure(SMALL, threads=[1], rounds=2)
    assert found.pop("chosen") == [0.0]
    exact, *others = found.pop("psnr")
    assert exact == math.inf
    assert min(others) > 20
    assert all(len(seconds) == 2 and min(seconds) > 0 for seconds in found.values())
    rows = rendering_measurements({**found, "psnr": [math.inf, 50.0, 45.0], "chosen": [0.0]}, [1], cores=0.5)
    assert all(math.isfinite(row.median) for row in rows)


def test_the_bare_convolutions_run_in_every_type() -> None:
    for dtype in numeric_types().values():
        bare_convolutions(SMALL.decoder, dtype)()
    assert operations_by_width(PUBLISHED.decoder)[256] == pytest.approx(200e9, rel=0.05)


def test_ratios_are_of_speeds() -> None:
    timings = {"chosen": [1.0], "psnr": [math.inf, 39.0, 41.0]}
    ways = {"bare float32": 3.0, "full float32": 9.0, "bare bfloat16": 1.0, "full bfloat16": 2.0}
    timings |= {f"{way}, 2": [seconds] for way, seconds in {**ways, "plain": 8.0, "preview": 0.5, "final": 2.0}.items()}
    rows = {row.what: row for row in rendering_measurements(timings, [2], cores=0.0)}

    def row(name: str) -> Measurement:
        return rows[f"256², 2 threads: {name}"]

    assert (row("bfloat16 / bare").median, row("bfloat16 / bare").met) == (50.0, False)
    assert (row("bfloat16 / plain port").median, row("bfloat16 / plain port").met) == (4.0, True)
    assert (row("preview / plain port").median, row("preview / plain port").met) == (16.0, True)
    assert row("FINAL / full render").median == 100.0
    assert rows["256²: PSNR of bfloat16 to float32"].met is False
    assert rows["256²: PSNR of int8 to float32"].met is True


def test_psnr_is_of_pictures_in_minus_one_to_one() -> None:
    black = torch.full((1, 3, 4, 4), -1.0)
    assert psnr(black, black) == math.inf
    assert psnr(black, -black) == pytest.approx(0.0)
