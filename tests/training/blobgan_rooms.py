"""Rooms with flat pictures in place of renders, and a BlobGAN small enough to train in a test."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import torch
from maquette.models.blobgan.decoder import Decoder, DecoderShape
from maquette.models.blobgan.layout_network import LayoutNetwork, output_width
from maquette.models.blobgan.training import LabelledLayout, LooksNetwork, PictureModel
from maquette.training.blobgan_data import RoomData
from maquette.training.blobgan_features import BLOBS, ROWS, RoomFeatures, drawing_order, features_of, labels_of
from maquette.training.blobgan_recipe import APPEARANCE_WIDTH, GEOMETRY_WIDTH, RESOLUTION, WIDTH, new_model
from maquette.training.blobgan_weights import describe_weights, save_weights
from maquette.training.rooms.description import describe_room, move_object
from maquette.training.rooms.moves import choose_move, moved_path
from maquette.training.rooms.shards import Shard, render_rooms, shard_path, write_shard
from maquette.training.rooms.types import KINDS, Kind, RoomDescription

TINY = DecoderShape(8, 8, {16: 8, 32: 8})


class FlatRender:
    """A picture in one colour that follows from the room; the mask says that the lower half is the bed."""

    def __init__(self, room: RoomDescription) -> None:
        floor = room.find(Kind.FLOOR)
        colour = np.array(floor.colours[0] if floor else (0.0, 0.0, 0.0))
        self.picture = np.broadcast_to((colour * 255).astype(np.uint8), (RESOLUTION, RESOLUTION, 3)).copy()
        self.depth = np.ones((RESOLUTION, RESOLUTION), np.float16)
        self.normals = np.zeros((RESOLUTION, RESOLUTION, 3), np.int8)
        self.mask = np.full((RESOLUTION, RESOLUTION), KINDS.index(Kind.BACK_WALL) + 1, np.uint8)
        self.mask[RESOLUTION // 2 :] = KINDS.index(Kind.BED) + 1


class FlatRenderer:
    def render(self, room: RoomDescription) -> FlatRender:
        return FlatRender(room)


@cache
def flat_shard(first_seed: int, count: int) -> Shard:
    return render_rooms(FlatRenderer(), [describe_room(seed) for seed in range(first_seed, first_seed + count)])


def room_features(first_seed: int, count: int) -> RoomFeatures:
    return features_of(labels_of(flat_shard(first_seed, count)))


def write_rooms(folder: Path, first_seed: int, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_shard(shard_path(folder, first_seed), flat_shard(first_seed, count))


def write_moved_bed(folder: Path, first_seed: int, count: int) -> None:
    """Every room of these seeds whose bed can move, with its bed moved."""
    rooms = [describe_room(seed) for seed in range(first_seed, first_seed + count)]
    moves = [(room, choose_move(room, Kind.BED)) for room in rooms]
    moved = [move_object(room, Kind.BED, offset) for room, offset in moves if offset is not None]
    write_shard(moved_path(folder, Kind.BED), render_rooms(FlatRenderer(), moved))


def tiny_model(seed: int = 0) -> PictureModel:
    torch.manual_seed(seed)
    return PictureModel(LooksNetwork(len(ROWS), GEOMETRY_WIDTH, APPEARANCE_WIDTH, 8, 8), Decoder(TINY))


def tiny_batch(count: int = 4) -> tuple[LabelledLayout, torch.Tensor]:
    """Labelled rooms and pictures (count, 3, 32, 32) of one colour each."""
    colours = torch.linspace(-0.5, 0.5, count)[:, None, None, None].expand(count, 3, 32, 32)
    return room_features(0, 8).pick(slice(0, count)).labelled(), colours


def untrained_weights(path: Path, rooms: Path) -> Path:
    """A weights file of the recipe's sizes that has learned nothing, for the rooms of a folder."""
    torch.manual_seed(0)
    model = new_model()
    features = RoomData(rooms).all_features()
    with torch.no_grad():
        order = drawing_order(features, model.looks(features.labelled()).structures)
    layouts = LayoutNetwork(4, 8, output_width(len(BLOBS), WIDTH, WIDTH))
    save_weights(path, model, layouts, order, describe_weights(10.0, 6))
    return path
