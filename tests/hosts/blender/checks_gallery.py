"""Proposals as pictures, and completing a scene of which a part is kept."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
from artist import MODEL, RecordingLayout, check, refusal


def draw(drive, name):
    layout = RecordingLayout()
    getattr(drive.module("gallery_panel"), name).draw(SimpleNamespace(layout=layout), bpy.context)
    return layout


def plain(value):
    return value.to_list() if hasattr(value, "to_list") else value


def everything_of(empty):
    """All of an object that an artist could miss: transform, written properties, keyframes, parent, flags."""
    data = empty.animation_data
    return {
        "object": empty.session_uid,
        "name": empty.name,
        "basis": [tuple(row) for row in empty.matrix_basis],
        "world": [tuple(row) for row in empty.matrix_world],
        "written": {key: plain(value) for key, value in empty.items()},
        "action": data.action.name if data and data.action else None,
        "parent": empty.parent,
        "flags": (empty.hide_select, empty.hide_viewport, empty.hide_get(), empty.maquette_pinned, empty.maquette_push),
        "collections": [collection.name for collection in empty.users_collection],
    }


def begin_anew(drive, seed=3):
    assert bpy.ops.maquette.new_scene(seed=seed, model_id=MODEL) == {"FINISHED"}
    drive.settle()


@check
def proposes_new_scenes(drive):
    begin_anew(drive)
    settings = bpy.context.scene.maquette
    settings.seed, settings.model_id, settings.gallery.count = 100, MODEL, 5
    before, picture = drive.scene(), drive.picture()
    assert draw(drive, "GalleryPanel").operators == ["maquette.propose_scenes"]
    assert bpy.ops.maquette.propose_scenes() == {"FINISHED"}
    showcase = drive.module("showcase")
    lot = showcase.gallery.lot
    assert [lot.wish_of(index).seed for index in range(5)] == [100, 101, 102, 103, 104]
    assert {max(each.thumbnail.width, each.thumbnail.height) for each in lot.proposals} == {96}
    assert len({each.thumbnail.pixels for each in lot.proposals}) == 5
    drawn = draw(drive, "GalleryPanel")
    assert drawn.operators.count("maquette.take_proposal") == 5
    drive.settle()
    assert drive.scene() == before, "asking changed the scene"
    assert (drive.picture() == picture).all()


@check
def holds_the_proposals_as_pictures(drive):
    showcase = drive.module("showcase")
    preview = showcase._thumbnails._previews["2"]
    assert tuple(preview.image_size) == (96, 96)
    image = showcase.gallery.proposal(2).thumbnail
    # Blender's rows run upwards: the first sample is the picture's last row.
    corner = image.pixels[3 * image.width * (image.height - 1)] / 255
    assert abs(preview.image_pixels_float[0] - corner) < 0.01
    assert preview.image_pixels_float[3] == 1.0


@check
def takes_a_proposal(drive):
    wanted = drive.module("showcase").gallery.proposal(2).scene
    objects = len(bpy.data.objects)
    drive.changed_by(lambda: bpy.ops.maquette.take_proposal(index=2))
    assert drive.scene() == wanted
    assert len(bpy.data.objects) == objects
    assert bpy.context.scene.maquette.seed == 102
    assert "no such proposal" in refusal(bpy.ops.maquette.take_proposal, index=99)


@check
def leafs_through_lots(drive):
    gallery = drive.module("showcase").gallery
    first = gallery.lot
    assert bpy.ops.maquette.more_proposals() == {"FINISHED"}
    assert gallery.lot.wish.seed == 105
    assert bpy.ops.maquette.leaf_proposals(forward=False) == {"FINISHED"}
    assert gallery.lot is first
    assert bpy.ops.maquette.leaf_proposals(forward=False) == {"CANCELLED"}
    assert {"maquette.leaf_proposals", "maquette.more_proposals"} <= set(draw(drive, "GalleryPanel").operators)
    assert bpy.ops.maquette.close_gallery() == {"FINISHED"}
    assert gallery.lot is None
    assert drive.module("showcase")._thumbnails._previews is None
    assert not bpy.ops.maquette.more_proposals.poll()


@check
def says_what_is_kept(drive):
    drive.module("staging").choose(bpy.context, drive.plane)
    assert "Select or pin" in " ".join(draw(drive, "CompletePanel").texts)
    drive.empty("floor").maquette_pinned = True
    drive.empty("bed").select_set(True)
    text = " ".join(draw(drive, "CompletePanel").texts)
    assert "Bed" in text, text
    assert "Floor" in text, text
    assert drive.module("pins").kept_ids(drive.plane) == {drive.id("bed"), drive.id("floor")}


@check
def completes_around_what_is_kept(drive):
    """The pinned empties are the same objects with the same everything; only the others are new. One undo step."""
    bed = drive.empty("bed")
    bed.location.x += 0.12345
    bed.name = "My bed"
    bed.keyframe_insert("location", frame=1)
    drive.step(lambda: None)
    before, picture = drive.scene(), drive.picture()
    kept = {drive.id("bed"), drive.id("floor")}
    written = {name: everything_of(drive.empty(name)) for name in ("bed", "floor")}
    documents = {blob.id: blob for blob in before.blobs}
    drive.step(lambda: bpy.ops.maquette.complete(seed=11, truncation=0.0, keep_background=True))
    after, completed = drive.scene(), drive.picture()
    assert {name: everything_of(drive.empty(name)) for name in ("bed", "floor")} == written
    for blob in after.blobs:
        if blob.id in kept:
            assert blob == documents[blob.id]
        else:
            assert blob.look != documents[blob.id].look
    assert after.background == before.background
    assert [each for each in drive.order() if each in kept] == [each.id for each in before.blobs if each.id in kept]
    assert {blob.id for blob in after.blobs} == {blob.id for blob in before.blobs}
    assert (completed == drive.rendered()).all()
    drive.undo()
    assert drive.scene() == before
    assert (drive.picture() == picture).all()
    drive.undo(redo=True)
    assert drive.scene() == after
    assert (drive.picture() == completed).all()
    for name in ("TakeProposal", "Complete"):
        assert {"REGISTER", "UNDO"} <= getattr(drive.module("gallery_operators"), name).bl_options
    drive.empty("bed").animation_data_clear()


@check
def completes_by_choosing_a_picture(drive):
    """What the picture shows is what stands there afterwards, also after another was taken first."""
    gallery = bpy.context.scene.maquette.gallery
    gallery.complete_seed, gallery.keep_background, gallery.complete_count = 40, False, 2
    assert bpy.ops.maquette.propose_completions() == {"FINISHED"}
    written = {name: everything_of(drive.empty(name)) for name in ("bed", "floor")}
    proposals = drive.module("showcase").gallery.lot.proposals
    for index in (1, 0):
        drive.changed_by(lambda: bpy.ops.maquette.take_proposal(index=index))  # noqa: B023
        assert {name: everything_of(drive.empty(name)) for name in ("bed", "floor")} == written
        assert drive.scene() == proposals[index].scene
        assert gallery.complete_seed == 40 + index


@check
def a_blob_that_came_later_stays(drive):
    bpy.context.view_layer.objects.active = drive.empty("lamp")
    bpy.ops.maquette.clone()
    drive.settle()
    clone = bpy.context.view_layer.objects.active
    drive.changed_by(lambda: bpy.ops.maquette.take_proposal(index=1))
    assert clone["maquette_id"] in drive.order()
    bpy.data.objects.remove(clone)
    drive.settle()


@check
def resets_to_what_was_completed(drive):
    completed = drive.scene()
    drive.changed_by(lambda: setattr(drive.empty("lamp").location, "x", 0.31))
    assert bpy.ops.maquette.reset() == {"FINISHED"}
    drive.settle()
    assert drive.scene() == completed


@check
def says_when_the_plane_of_the_proposals_is_gone(drive):
    first = drive.plane
    for each in drive.module("blobs").blobs_of(first):
        bpy.data.objects.remove(each)
    bpy.data.objects.remove(first)
    assert "is gone" in refusal(bpy.ops.maquette.take_proposal, index=0)
    bpy.ops.maquette.new_scene(seed=3, model_id=MODEL)
    assert "is gone" in refusal(bpy.ops.maquette.take_proposal, index=0)
    drive.settle()


@check
def completes_what_stands_in_space(drive):
    begin_anew(drive)
    assert bpy.ops.maquette.to_camera() == {"FINISHED"}
    drive.empty("bed").location.x += 0.05
    drive.settle()
    drive.module("staging").choose(bpy.context, drive.empty("bed"))
    written, bed = everything_of(drive.empty("bed")), drive.blob("bed")
    drive.changed_by(lambda: bpy.ops.maquette.complete(seed=12, truncation=0.0))
    now = everything_of(drive.empty("bed"))
    assert now == written, {key: (value, now[key]) for key, value in written.items() if value != now[key]}
    assert drive.blob("bed") == bed
    blobs = drive.module("blobs")
    assert all(blobs.SPACE_KEY in each for each in blobs.blobs_of(drive.plane))
    completed = drive.module("plane").document_of(drive.plane).sampled
    assert drive.scene() == completed, "it shows another scene than was proposed"
    assert bpy.ops.maquette.to_plane() == {"FINISHED"}
    drive.settle()


@check
def another_file_closes_the_gallery(drive):
    settings = bpy.context.scene.maquette
    settings.gallery.count = 1
    assert bpy.ops.maquette.propose_scenes() == {"FINISHED"}
    drive.module("showcase")._file_opened()
    assert drive.module("showcase").gallery.lot is None
    drive.empty("bed").maquette_pinned = False
