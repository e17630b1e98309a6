"""What the embedded *Rooms* must be able to do, beside the figures on its card."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from maquette.models.blobgan.verbs import BlobGanModel
from maquette.models.registry import load_model
from maquette.models.requests import SampleScene
from maquette.models.scene import Ellipse, Scene
from maquette.store.catalogue import Catalogue
from model_helpers import finished

WEIGHTS = Path(__file__).parent.parent.parent / "daemon" / "maquette" / "weights"
AREA_NORMALISER = 0.0012


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> list[Scene]:
    catalogue = Catalogue(WEIGHTS, tmp_path_factory.mktemp("imported"))
    model = load_model(catalogue.get("blobgan-rooms"), torch.device("cpu"))
    assert isinstance(model, BlobGanModel)
    asked = [SampleScene(model.info.id, seed, truncation=0.0) for seed in range(60)]
    return [finished(model.sample_scene(request)).scenes[0].scene for request in asked]


def shown(scene: Scene) -> dict[str, Ellipse]:
    return {blob.name: blob.ellipse for blob in scene.blobs if blob.visible and blob.ellipse.size > 0}


def squared_distance(place: Ellipse, ellipse: Ellipse) -> float:
    """How far the middle of one ellipse is from that of another, whose edge is at 1."""
    across, down = place.x - ellipse.x, place.y - ellipse.y
    along = math.cos(ellipse.angle) * across + math.sin(ellipse.angle) * down
    aside = math.cos(ellipse.angle) * down - math.sin(ellipse.angle) * across
    area = AREA_NORMALISER * ellipse.size
    return along**2 / (area * ellipse.aspect) + aside**2 / (area / ellipse.aspect)


def test_bedding_lies_on_the_bed_of_every_sampled_room(scenes: list[Scene]) -> None:
    seen = 0
    for ellipses in map(shown, scenes):
        bed = ellipses.get("bed")
        for name in ("blanket", "pillows"):
            if bed is not None and name in ellipses:
                seen += 1
                assert squared_distance(ellipses[name], bed) < 0.8, name
    assert seen > 60


def test_sampled_rooms_have_floor_and_ceiling_and_differ(scenes: list[Scene]) -> None:
    assert all({"floor", "ceiling"} <= set(shown(scene)) for scene in scenes)
    contents = {frozenset(shown(scene)) for scene in scenes}
    assert len(contents) > 30
    assert 0.5 < sum("lamp" in shown(scene) for scene in scenes) / len(scenes) < 0.95


def test_rugs_lie_below_pictures(scenes: list[Scene]) -> None:
    for ellipses in map(shown, scenes):
        if "rug" in ellipses and "picture" in ellipses:
            assert ellipses["rug"].y > ellipses["picture"].y
