"""Installing, connecting, the first scene and the panel."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace

import bpy
from artist import FOLDER, MODEL, PACKAGE, ZIP, RecordingLayout, check, refusal


@check
def installs(drive):
    done = bpy.ops.extensions.package_install_files(filepath=ZIP, repo="user_default", enable_on_install=True)
    assert done == {"FINISHED"}
    assert PACKAGE in bpy.context.preferences.addons


@check
def enables_twice(drive):
    import addon_utils

    for _ in range(2):
        addon_utils.disable(PACKAGE, default_set=True)
        assert not hasattr(bpy.types, "MAQUETTE_PT_main")
        assert not hasattr(bpy.types.Scene, "maquette")
        addon_utils.enable(PACKAGE, default_set=True)
    assert hasattr(bpy.types, "MAQUETTE_PT_main")
    handlers = [each for each in bpy.app.handlers.depsgraph_update_post if PACKAGE in each.__module__]
    assert len(handlers) == len({each.__module__ for each in handlers}) > 0


@check
def keeps_the_client_private(drive):
    for name in ("grpclib", "h2", "google.protobuf", "maquette_client"):
        assert name not in sys.modules, name


@check
def offers_to_start(drive):
    drawn = drive.draw("MainPanel")
    assert drawn.operators == ["maquette.start"], drawn.operators
    assert "not running" in " ".join(drawn.texts)


@check
def says_that_nothing_runs(drive):
    assert "not running" in refusal(bpy.ops.maquette.new_scene, seed=1, model_id=MODEL)
    assert drive.plane is None


@check
def says_how_to_install(drive):
    command, path = os.environ.pop("MAQUETTE_COMMAND"), os.environ["PATH"]
    data, os.environ["MAQUETTE_DATA_DIR"] = os.environ["MAQUETTE_DATA_DIR"], str(FOLDER)
    os.environ["PATH"] = ""
    try:
        drive.world.set_command("")
        drawn = drive.draw("MainPanel")
    finally:
        os.environ.update(MAQUETTE_COMMAND=command, PATH=path, MAQUETTE_DATA_DIR=data)
        drive.world.set_command("")
    assert drawn.operators == ["maquette.how_to_install", "maquette.check"], drawn.operators
    assert bpy.ops.maquette.how_to_install() == {"FINISHED"}


@check
def starts_the_daemon(drive):
    drive.start_daemon()
    drawn = drive.draw("MainPanel")
    assert "maquette.new_scene" in drawn.operators
    assert MODEL in [model.id for model in drive.world.models]
    menu = RecordingLayout()
    drive.module("daemon_operators").ModelMenu.draw(SimpleNamespace(layout=menu), bpy.context)
    assert len(menu.operators) == 1 + len(drive.world.models)


@check
def makes_a_scene(drive):
    assert bpy.ops.maquette.new_scene(seed=3, model_id=MODEL) == {"FINISHED"}
    drive.settle()
    assert drive.plane.name == "Maquette plane"
    assert bpy.context.selected_objects == [drive.plane]
    names = {empty.name for empty in drive.module("blobs").blobs_of(drive.plane)}
    assert {"Bed", "Lamp", "Rug", "Floor", "Back wall"} <= names
    assert drive.picture().std() > 0
    assert (drive.picture() == drive.rendered()).all()
    sampled = drive.module("plane").document_of(drive.plane).sampled
    assert drive.scene() == sampled, "an untouched scene drifts"
    assert drive.empty("floor").hide_select


@check
def stands_beside_what_is_there(drive):
    """The start-up cube reaches to x = 1: the picture must not stand inside it."""
    assert drive.plane.location.x - 0.5 > 1.0
    assert drive.plane.location.yz == bpy.context.scene.cursor.location.yz


@check
def shows_the_true_ellipse(drive):
    bed, ellipse = drive.empty("bed"), drive.blob("bed").ellipse
    area = ellipse.size * drive.module("plane").document_of(drive.plane).frame.area_normaliser
    assert abs(bed.scale.x * bed.scale.y - area) < 1e-6
    assert abs(bed.scale.x / bed.scale.y - ellipse.aspect) < 1e-4
    assert abs(bed.location.x - (ellipse.x - 0.5)) < 1e-6
    assert abs(bed.location.y - (0.5 - ellipse.y)) < 1e-6
    front = drive.plane.matrix_world.to_3x3() @ bed.location.normalized().__class__((0, 0, 1))
    assert abs(front.y + 1) < 1e-6, "the picture does not face the front view"


@check
def the_daemon_sees_the_same_device(drive):
    drive.draw("MainPanel")
    drive.turn_until(lambda: not drive.world.busy)
    assert drive.world.device
    assert any(drive.world.device in text for text in drive.draw("MainPanel").texts)


@check
def draws_every_panel(drive):
    bpy.context.view_layer.objects.active = drive.empty("bed")
    assert any("ms" in text for text in drive.draw("MainPanel").texts)
    assert {"maquette.order", "maquette.clone", "maquette.reset"} <= set(drive.draw("BlobsPanel").operators)
    drawn = drive.draw("SelectedPanel")
    assert "Bed" in drawn.texts
    assert {"maquette.restyle", "maquette.own_look"} <= set(drawn.operators)
    drive.draw("LooksPanel")
    rows = SimpleNamespace(bitflag_filter_item=1 << 30)
    flags, order = drive.module("panel").BlobList.filter_items(rows, bpy.context, bpy.data, "objects")
    shown = [each.name for each, flag in zip(bpy.data.objects, flags, strict=True) if flag]
    assert len(shown) == len(drive.scene().blobs)
    assert sorted(order) == list(range(len(bpy.data.objects)))
    row = RecordingLayout()
    settings = bpy.context.scene.maquette
    item = drive.empty("bed")
    drive.module("panel").BlobList.draw_item(rows, bpy.context, row, bpy.data, item, 0, settings, "chosen")
    assert row.operators == ["maquette.toggle"]


@check
def choosing_in_the_list_makes_active(drive):
    bpy.context.scene.maquette.chosen = bpy.data.objects.find("Lamp")
    assert bpy.context.view_layer.objects.active.name == "Lamp"
    assert drive.empty("lamp").select_get()
    bpy.context.scene.maquette.chosen = bpy.data.objects.find("Floor")
    assert bpy.context.view_layer.objects.active.name == "Floor"
    assert bpy.context.scene.maquette.chosen == bpy.data.objects.find("Floor")
