from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from blobgan_rooms import flat_shard, room_features, write_moved_bed, write_rooms
from maquette.errors import MaquetteError, Reason
from maquette.models.blobgan.drawing_order import DrawingOrder
from maquette.models.blobgan.layout_network import LayoutNetwork, output_width
from maquette.store.weights_file import read_metadata
from maquette.training.blobgan_features import BLOBS, drawing_order, features_of, labels_of
from maquette.training.blobgan_moves import moved_features
from maquette.training.blobgan_recipe import WIDTH, new_model
from maquette.training.blobgan_run import evaluate_file, render_report, write_sheet
from maquette.training.blobgan_weights import describe_weights, load_weights, save_weights
from maquette.training.commands import app
from maquette.training.metrics import psnr, ssim
from maquette.training.rooms.types import Kind
from PIL import Image
from typer.testing import CliRunner


def drawing_order_of(count: int) -> DrawingOrder:
    rooms = room_features(0, count)
    with torch.no_grad():
        return drawing_order(rooms, new_model().looks(rooms.labelled()).structures)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "blobgan-rooms.safetensors"
    torch.manual_seed(0)
    layouts = LayoutNetwork(4, 8, output_width(len(BLOBS), WIDTH, WIDTH))
    save_weights(path, new_model(), layouts, drawing_order_of(4), describe_weights(10.0, 4))
    return path


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    folder = tmp_path / "rooms"
    write_rooms(folder, 0, 4)
    write_moved_bed(folder, 0, 4)
    return folder


def test_every_figure_is_reported(weights: Path, rooms: Path) -> None:
    report = evaluate_file(rooms, weights, layouts=30)
    assert report.pictures.rooms == 4
    assert [edit.kind for edit in report.edits] == [Kind.BED]
    figures = [report.pictures.psnr, report.pictures.ssim, report.edits[0].changed, report.layouts.sampled]
    assert all(math.isfinite(figure) for figure in [*figures, report.samples.statistics])
    assert report.samples.rooms == 4
    assert "bed" in render_report(report)
    assert "4 sampled pictures" in render_report(report)


def test_a_sheet_can_be_looked_at(weights: Path, rooms: Path, tmp_path: Path) -> None:
    write_sheet(tmp_path / "sheet.png", rooms, weights)
    width, height = Image.open(tmp_path / "sheet.png").size
    assert width % 128 == 0
    assert height == 8 * 128


def test_weights_read_back_as_they_were_within_half_precision(weights: Path) -> None:
    network, looks = load_weights(weights)
    torch.manual_seed(0)
    LayoutNetwork(4, 8, output_width(len(BLOBS), WIDTH, WIDTH))
    expected = new_model()
    for name, value in expected.looks.state_dict().items():
        torch.testing.assert_close(looks.state_dict()[name], value, atol=1e-3, rtol=1e-3)
    assert network.shape.area_normaliser > 0
    assert read_metadata(weights)["recipe"] == "rooms"


def test_values_beyond_half_precision_are_refused(tmp_path: Path) -> None:
    layouts = LayoutNetwork(4, 8, output_width(len(BLOBS), WIDTH, WIDTH))
    with torch.no_grad():
        layouts.mlp[-1].get_parameter("bias").fill_(1e6)
    with pytest.raises(MaquetteError, match="half precision"):
        save_weights(
            tmp_path / "blobgan-rooms.safetensors", new_model(), layouts, drawing_order_of(4), describe_weights(1.0, 1)
        )


def test_a_folder_without_rooms_is_refused(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(MaquetteError) as caught:
        evaluate_file(tmp_path / "nothing", weights)
    assert caught.value.reason is Reason.CONTENT_NOT_FOUND


def test_moving_a_blob_changes_its_place_and_nothing_of_its_looks(rooms: Path) -> None:
    before = features_of(labels_of(flat_shard(0, 4)))
    after = features_of(labels_of(flat_shard(100, 4)))
    moved = moved_features(before, after, Kind.LAMP)
    lamp = BLOBS.index(Kind.LAMP)
    others = [index for index in range(len(BLOBS)) if index != lamp]
    np.testing.assert_array_equal(moved.positions[:, lamp], after.positions[:, lamp])
    np.testing.assert_array_equal(moved.positions[:, others], before.positions[:, others])
    np.testing.assert_array_equal(moved.geometry, before.geometry)


def test_psnr_counts_only_the_pixels_asked_for() -> None:
    one, other = torch.zeros(1, 3, 16, 16), torch.zeros(1, 3, 16, 16)
    other[..., :8] = 0.1
    left = torch.zeros(1, 16, 16, dtype=torch.bool)
    left[..., :8] = True
    assert psnr(one, other, left).item() == pytest.approx(20.0, abs=1e-3)
    assert psnr(one, other).item() == pytest.approx(20.0 + 10 * math.log10(2), abs=1e-3)


def test_similarity_is_one_for_equal_pictures_and_less_for_noise() -> None:
    torch.manual_seed(0)
    picture = torch.rand(1, 3, 32, 32)
    assert ssim(picture, picture).item() == pytest.approx(1.0, abs=1e-5)
    assert ssim(picture, torch.rand(1, 3, 32, 32)).item() < 0.5


def test_an_unknown_system_or_recipe_is_refused(tmp_path: Path) -> None:
    asked = CliRunner().invoke(app, ["evaluate", "nothing", "--data", str(tmp_path)])
    assert isinstance(asked.exception, MaquetteError)
    asked = CliRunner().invoke(
        app, ["blobgan", "--recipe", "nothing", "--data", str(tmp_path), "--checkpoints", str(tmp_path)]
    )
    assert isinstance(asked.exception, MaquetteError)
