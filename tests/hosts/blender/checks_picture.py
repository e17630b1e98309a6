"""Names and maps over the view; the scene in a picture of one's own, and its changes carried back onto it."""

from __future__ import annotations

import bpy
import numpy
from artist import FOLDER, MODEL, RecordingLayout, check, refusal

STEPS = 2


def painted(name, width, height, is_float):
    """An image with something in it; a float image is brighter than white in places."""
    image = bpy.data.images.new(name, width, height, float_buffer=is_float)
    image.use_fake_user = True
    random = numpy.random.default_rng(3)
    values = random.integers(0, 256, (height, width, 4)).astype(numpy.float32) / 255
    if is_float:
        values *= 3
    values[..., 3] = 1
    image.pixels.foreach_set(values.ravel())
    image.pack()
    return image


def samples(image):
    """(height, width, 4), rows from the bottom up, as Blender has them."""
    values = numpy.empty(image.size[0] * image.size[1] * 4, numpy.float32)
    image.pixels.foreach_get(values)
    return values.reshape(image.size[1], image.size[0], 4)


def render(engine, side):
    """Render what the camera sees, and leave the settings as they were."""
    scene, settings = bpy.context.scene, bpy.context.scene.render
    before = (settings.engine, settings.resolution_x, settings.resolution_y, scene.cycles.samples)
    settings.engine, settings.resolution_x, settings.resolution_y, scene.cycles.samples = engine, side, side, 1
    bpy.ops.render.render()
    settings.engine, settings.resolution_x, settings.resolution_y, scene.cycles.samples = before


def own(drive):
    return drive.plane.maquette_picture


def overlay(drive):
    return drive.module("overlay").overlay()


def view_settings():
    return bpy.context.scene.maquette.picture


def panel(drive, name):
    layout = RecordingLayout()
    getattr(drive.module("picture_panel"), name).draw(type("Panel", (), {"layout": layout}), bpy.context)
    return layout


def move_the_bed(drive):
    empty = drive.empty("bed")
    empty.location.x += 0.2
    drive.settle()


def outside(drive, changed):
    """Which pixels lie outside the part of the picture that the scene is about."""
    left, top, width, height = own(drive).part
    mask = numpy.ones(changed.shape[:2], bool)
    bottom = changed.shape[0] - top - height
    mask[bottom : bottom + height, left : left + width] = False
    return mask


@check
def names_what_is_seen(drive):
    bpy.context.view_layer.objects.active = drive.plane
    labelling = drive.module("labelling")

    def named():
        bpy.context.view_layer.update()
        return {empty.name for empty in labelling.labelled(bpy.context)}

    assert {"Bed", "Lamp", "Rug"} <= named()
    assert "Floor" not in named(), "it cannot be clicked"
    bpy.context.view_layer.objects.active = bpy.data.objects["Floor"]
    assert "Floor" in named(), "it is active"
    drive.empty("bed").hide_set(True)
    assert "Bed" not in named()
    drive.empty("bed").hide_set(False)
    drive.empty("bed").show_name = True
    assert "Bed" not in named(), "Blender writes it"
    drive.empty("bed").show_name = False
    drive.empty("bed").name = "My bed"
    assert "My bed" in named()
    drive.empty("bed").name = "Bed"
    bpy.context.view_layer.objects.active = drive.plane
    drive.settle()


@check
def lays_the_map_over_the_view_only(drive):
    picture = drive.picture()
    view_settings().show_map = True
    drive.settle()
    first = overlay(drive).sheets["map"].image
    assert (first.width, first.height) == (64, 64)
    assert len(set(zip(*[iter(first.pixels)] * 3, strict=True))) > 2
    assert (drive.picture() == picture).all(), "the map is in the picture"
    move_the_bed(drive)
    assert overlay(drive).sheets["map"].image.pixels != first.pixels
    assert "map_opacity" in panel(drive, "ViewPanel").properties
    view_settings().show_map = False
    assert "map" not in overlay(drive).sheets
    bed = drive.empty("bed")
    ends = [bed.matrix_world.inverted() @ end for end in drive.module("outlining").outline(bed)]
    assert all(abs(end.to_2d().length - bed.empty_display_size) < 1e-4 for end in ends), "another ellipse is drawn"


@check
def draws_what_lies_over_the_view(drive):
    """In a frame of its own, as Blender does without a window once something was rendered."""
    import gpu
    from mathutils import Matrix

    render("BLENDER_WORKBENCH", 8)
    client = drive.module("sheets").Image
    half = client(2, 1, bytes((255, 0, 0, 0, 0, 255)))
    frame = drive.module("sheets").Frame(1.0, 1.0, 0.02)
    sheet = drive.module("sheets").Sheet(half, lambda: (Matrix.Scale(2.0, 4), frame), 0.0)
    offscreen = gpu.types.GPUOffScreen(8, 8)
    with offscreen.bind():
        gpu.state.active_framebuffer_get().clear(color=(0.0, 0.0, 0.0, 1.0))
        gpu.matrix.load_matrix(Matrix.Identity(4))
        gpu.matrix.load_projection_matrix(Matrix.Identity(4))
        sheet.draw(1.0)
        drawn = gpu.state.active_framebuffer_get().read_color(0, 0, 8, 8, 4, 0, "UBYTE")
        drawn.dimensions = 8 * 8 * 4
    offscreen.free()
    colours = numpy.array(drawn, numpy.uint8).reshape(8, 8, 4)
    assert (colours[:, :2, 0] > 250).all(), colours[0]
    assert (colours[:, 6:, 2] > 250).all(), colours[0]


@check
def says_what_it_cannot_find_things_in(drive):
    assert "Choose a picture" in refusal(bpy.ops.maquette.invert_image, model_id=MODEL)
    empty = bpy.data.images.new("Lost", 8, 8)
    empty.source, empty.filepath = "FILE", str(FOLDER / "nowhere.png")
    assert "no pixels" in refusal(bpy.ops.maquette.invert_image, image="Lost", model_id=MODEL)
    bpy.data.images.remove(empty)
    assert not bpy.ops.maquette.edited_picture.poll()


@check
def finds_the_scene_in_a_picture(drive):
    first, objects = drive.plane, len(bpy.data.objects)
    image = painted("Photo", 96, 64, is_float=False)
    view_settings().source = image
    bpy.ops.ed.undo_push(message="photo")
    assert bpy.ops.maquette.invert_image(model_id=MODEL, steps=STEPS) == {"FINISHED"}
    drive.settle()
    assert drive.plane != first
    assert len(bpy.data.objects) == objects + 1 + len(drive.scene().blobs)
    assert own(drive).source == image
    assert list(own(drive).part) == [16, 0, 64, 64]
    assert (drive.picture() == drive.rendered()).all()
    assert drive.scene() == drive.module("plane").document_of(drive.plane).sampled
    layout = panel(drive, "OwnPicturePanel")
    assert "maquette.edited_picture" in layout.operators
    assert "place" in layout.properties


@check
def carries_an_edit_onto_the_picture(drive):
    source = samples(own(drive).source)
    assert bpy.ops.maquette.edited_picture() == {"FINISHED"}
    edited = own(drive).edited
    assert edited.name == "Photo edited"
    assert (tuple(edited.size), edited.is_float) == ((96, 64), False)
    assert (samples(edited) == source).all(), "nothing was changed"
    move_the_bed(drive)
    assert bpy.ops.maquette.edited_picture() == {"FINISHED"}
    assert own(drive).edited == edited, "it is made anew"
    after = samples(edited)
    assert (after != source).any()
    assert (after == source)[outside(drive, after)].all()
    assert (samples(own(drive).source) == source).all(), "the source was changed"


@check
def shows_the_edit_on_the_picture_at_rest(drive):
    view_settings().show_edited = True
    drive.settle()
    before = samples(own(drive).edited)
    sheet = overlay(drive).sheets["edited"].image
    assert (sheet.width, sheet.height) == (64, 64)
    shown = numpy.frombuffer(sheet.pixels, numpy.uint8).reshape(64, 64, 3)[::-1]
    assert (shown == numpy.rint(before[:, 16:80, :3] * 255)).all()
    hidden = []
    drive.world.listeners.append(lambda frame: hidden.append(frame.final or "edited" not in overlay(drive).sheets))
    move_the_bed(drive)
    drive.world.listeners.pop()
    assert all(hidden), "it covers what moves"
    assert (samples(own(drive).edited) != before).any()
    view_settings().show_edited = False
    assert "edited" not in overlay(drive).sheets


@check
def keeps_the_picture_with_the_file(drive):
    edited, source = samples(own(drive).edited), samples(own(drive).source)
    path = str(FOLDER / "own.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    assert (samples(own(drive).edited) == edited).all()
    assert (samples(own(drive).source) == source).all()
    drive.world.mark_changed()
    drive.settle()
    move_the_bed(drive)
    assert bpy.ops.maquette.edited_picture() == {"FINISHED"}
    assert (samples(own(drive).edited) != edited).any()


@check
def looks_again_and_keeps_what_is_pinned(drive):
    drive.empty("lamp").location.x = -0.1
    drive.settle()
    drive.empty("lamp").maquette_pinned = True
    bpy.context.view_layer.objects.active = drive.plane
    for selected in bpy.context.selected_objects:
        selected.select_set(False)
    kept, before, edited = drive.blob("lamp"), drive.scene(), own(drive).edited
    assert bpy.ops.maquette.look_again(steps=STEPS) == {"FINISHED"}
    drive.settle()
    assert drive.blob("lamp") == kept
    assert drive.scene() != before
    assert [blob.id for blob in drive.scene().blobs] == [blob.id for blob in before.blobs]
    drive.empty("lamp").maquette_pinned = False
    assert bpy.ops.maquette.edited_picture() == {"FINISHED"}
    assert own(drive).edited == edited
    assert (samples(edited) == samples(own(drive).source)).all(), "the picture is not the one of the scene now"


@check
def finding_things_is_one_undo_step(drive):
    planes = [each for each in bpy.data.objects if drive.module("plane").is_plane(each)]
    bpy.ops.ed.undo_push(message="before")
    count = len(bpy.data.objects)
    bpy.ops.maquette.invert_image(image="Photo", model_id=MODEL, steps=STEPS, place=1.0)
    bpy.ops.ed.undo_push(message="found")
    assert list(own(drive).part) == [32, 0, 64, 64], "the right end"
    name = drive.plane.name
    assert name not in [each.name for each in planes]
    drive.undo()
    assert name not in bpy.data.objects
    assert len(bpy.data.objects) == count
    drive.undo(redo=True)
    assert bpy.data.objects[name].maquette_picture.source == bpy.data.images["Photo"]
    drive.undo()


@check
def keeps_the_depth_of_a_float_picture(drive):
    image = painted("Light", 64, 80, is_float=True)
    source = samples(image)
    assert source.max() > 2
    assert bpy.ops.maquette.invert_image(image="Light", model_id=MODEL, steps=STEPS) == {"FINISHED"}
    drive.settle()
    assert list(own(drive).part) == [0, 8, 64, 64]
    move_the_bed(drive)
    assert bpy.ops.maquette.edited_picture() == {"FINISHED"}
    edited = own(drive).edited
    after = samples(edited)
    assert edited.is_float
    assert edited.colorspace_settings.name == image.colorspace_settings.name
    assert (after != source).any()
    assert (after == source)[outside(drive, after)].all()


@check
def finds_the_scene_in_a_render(drive):
    settings = bpy.context.scene.render.image_settings
    before = (settings.file_format, settings.color_mode)
    render("CYCLES", 64)
    assert bpy.ops.maquette.invert_image(image="Render Result", model_id=MODEL, steps=STEPS) == {"FINISHED"}
    drive.settle()
    assert own(drive).source.name == "Render"
    assert own(drive).source.is_float
    assert samples(own(drive).source)[..., :3].std() > 0
    assert (settings.file_format, settings.color_mode) == before


@check
def another_scene_has_no_picture(drive):
    assert own(drive).before
    bpy.ops.maquette.new_scene(seed=4, model_id=MODEL)
    drive.settle()
    assert not own(drive).before
    assert own(drive).source is None
    assert not bpy.ops.maquette.edited_picture.poll()
    for target in [each for each in bpy.data.objects if drive.module("plane").is_plane(each)][1:]:
        for each in (*drive.module("blobs").blobs_of(target), target):
            bpy.data.objects.remove(each)
    bpy.context.view_layer.objects.active = drive.module("plane").find_any(bpy.context.scene)
    drive.settle()
