"""Looks and scenes that outlive a file: the style library, scene files, looks from another scene."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import bpy
from artist import FOLDER, MODEL, PACKAGE, RecordingLayout, check, refusal

SCENE_FILE = FOLDER / "room.json"


def draw(drive, name):
    layout = RecordingLayout()
    getattr(drive.module("style_panel"), name).draw(SimpleNamespace(layout=layout), bpy.context)
    return layout


def choose(drive, *kinds):
    drive.module("staging").choose(bpy.context, drive.empty(kinds[0]))
    for kind in kinds[1:]:
        drive.empty(kind).select_set(True)


def untouched_by(drive, action):
    """Do something that is refused, and make sure that nothing was lost."""
    scene, picture, objects = drive.scene(), drive.picture(), len(bpy.data.objects)
    sentence = action()
    bpy.context.view_layer.update()
    drive.turn_until(lambda: not drive.world.busy)
    assert (drive.scene(), len(bpy.data.objects)) == (scene, objects)
    assert (drive.picture() == picture).all()
    drive.world.report(None)
    return sentence


def library_path(drive):
    return drive.module("style_shelf").library_path()


@check
def keeps_a_look(drive):
    bpy.ops.maquette.new_scene(seed=3, model_id=MODEL)
    drive.settle()
    assert "No looks are kept yet." in draw(drive, "StylesPanel").texts
    choose(drive, "bed")
    assert bpy.ops.maquette.keep_style() == {"FINISHED"}
    assert bpy.ops.maquette.keep_style() == {"FINISHED"}
    kept = json.loads(library_path(drive).read_text())
    assert (kept["format"], kept["schema"]) == ("maquette-styles", 1)
    assert [each["name"] for each in kept["styles"]] == ["Bed", "Bed 2"]
    assert kept["styles"][0]["model"]["digest"] == drive.scene().model_digest
    assert kept["styles"][0]["thumbnail"]["width"] > 0
    drawn = draw(drive, "StylesPanel")
    assert {"Bed", "Bed 2"} <= set(drawn.texts)
    assert drawn.operators.count("maquette.apply_style") == 2
    assert library_path(drive).is_relative_to(bpy.utils.extension_path_user(PACKAGE))


@check
def keeps_a_restyled_look_as_it_is_seen(drive):
    choose(drive, "bed")
    bpy.ops.maquette.restyle(source="SEED", seed=42, amount=0.5, truncation=0.0)
    drive.settle()
    seen = drive.picture()
    assert bpy.ops.maquette.keep_style(name="Mixed") == {"FINISHED"}
    drive.changed_by(bpy.ops.maquette.own_look)
    drive.changed_by(lambda: bpy.ops.maquette.apply_style(name="Mixed", amount=1.0))
    assert abs(drive.picture().astype(int) - seen.astype(int)).max() <= 1
    bpy.ops.maquette.own_look()
    drive.settle()


@check
def applies_a_look_to_blobs_of_its_kind(drive):
    """In another scene, to the active blob and to a selected copy of it; other kinds are left alone."""
    style = drive.blob("bed").look.style
    bpy.ops.maquette.new_scene(seed=9, model_id=MODEL)
    choose(drive, "bed")
    bpy.ops.maquette.clone()
    drive.settle()
    copy = bpy.context.view_layer.objects.active["maquette_id"]
    choose(drive, "bed", copy, "lamp")
    drive.changed_by(lambda: bpy.ops.maquette.apply_style(name="Bed", amount=0.75))
    for name in ("bed", copy):
        restyle = drive.blob(name).look.restyle
        assert (restyle.style, restyle.amount) == (style, 0.75)
    assert drive.blob("lamp").look.restyle is None


@check
def says_why_a_look_does_not_fit(drive):
    path = library_path(drive)
    kept = json.loads(path.read_text())
    kept["styles"][1]["model"]["digest"] = "e" * 64
    path.write_text(json.dumps(kept))
    choose(drive, "bed")
    drawn = draw(drive, "StylesPanel")
    assert f"made with other weights of {MODEL}" in drawn.texts, drawn.texts
    assert "other weights" in refusal(bpy.ops.maquette.apply_style, name="Bed 2")
    choose(drive, "lamp")
    assert "No kept look fits this blob." in draw(drive, "StylesPanel").texts
    bpy.context.scene.maquette.files.all_kinds = True
    assert any("of the kind “bed”" in text for text in draw(drive, "StylesPanel").texts)
    bpy.context.scene.maquette.files.all_kinds = False
    assert "kind" in refusal(bpy.ops.maquette.apply_style, name="Bed")
    assert drive.blob("lamp").look.restyle is None
    drive.world.report(None)


@check
def renames_and_deletes_a_look(drive):
    assert bpy.ops.maquette.rename_style(name="Bed", wanted="Mixed") == {"FINISHED"}
    assert bpy.ops.maquette.delete_style(name="Bed 2") == {"FINISHED"}
    assert "No style is kept" in refusal(bpy.ops.maquette.delete_style, name="Bed 2")
    names = [each["name"] for each in json.loads(library_path(drive).read_text())["styles"]]
    assert names == ["Mixed 2", "Mixed"]


@check
def a_damaged_library_is_not_overwritten(drive):
    path = library_path(drive)
    written = path.read_text()
    damaged = written[: len(written) // 2]
    path.write_text(damaged)
    choose(drive, "bed")
    drawn = draw(drive, "StylesPanel")
    assert drawn.operators == ["maquette.set_library_aside"], drawn.operators
    for operator, options in (
        (bpy.ops.maquette.keep_style, {}),
        (bpy.ops.maquette.rename_style, {"name": "Mixed", "wanted": "Other"}),
        (bpy.ops.maquette.apply_style, {"name": "Mixed"}),
    ):
        assert "cannot be read" in refusal(operator, **options)
        assert path.read_text() == damaged
    assert bpy.ops.maquette.set_library_aside() == {"FINISHED"}
    assert path.with_name("styles-damaged-1.json").read_text() == damaged
    assert bpy.ops.maquette.keep_style(name="First again") == {"FINISHED"}
    assert "First again" in draw(drive, "StylesPanel").texts
    drive.settle()


@check
def saves_a_scene_as_the_command_line_does(drive):
    drive.changed_by(lambda: setattr(drive.empty("lamp").location, "x", 0.21))
    assert bpy.ops.maquette.save_scene(filepath=str(SCENE_FILE)) == {"FINISHED"}
    client, wire = sys.modules[f"{PACKAGE}.client"], sys.modules[f"{PACKAGE}.wire"]
    assert SCENE_FILE.read_text() == client.scene_to_json(wire.scene_message(drive.scene()))
    content = json.loads(SCENE_FILE.read_text())
    assert (content["format"], content["schema"]) == ("maquette-scene", 1)
    assert content["model"] == {"id": MODEL, "digest": drive.scene().model_digest}


@check
def loads_a_scene(drive):
    saved, picture = drive.scene(), drive.picture()
    first, objects = drive.plane, len(bpy.data.objects)
    bpy.ops.maquette.new_scene(seed=21, model_id=MODEL)
    drive.settle()
    assert bpy.ops.maquette.load_scene(filepath=str(SCENE_FILE)) == {"FINISHED"}
    drive.settle()
    assert drive.scene() == saved
    assert (drive.picture() == picture).all()
    assert (drive.plane, len(bpy.data.objects)) == (first, objects)
    assert bpy.ops.maquette.load_scene(filepath=str(SCENE_FILE), beside=True) == {"FINISHED"}
    drive.settle()
    assert drive.plane != first
    assert drive.scene() == saved
    second = drive.plane
    for each in (*drive.module("blobs").blobs_of(second), second):
        bpy.data.objects.remove(each)
    bpy.context.scene.maquette.plane = first
    drive.settle()


@check
def the_file_dialogue_passes_on_what_is_refused(drive):
    """Without a window nothing can be awaited here: what is seen is that the file was read."""
    path = FOLDER / "dialogue.json"
    path.write_text("{")
    assert "cannot be read" in refusal(bpy.ops.maquette.choose_scene, filepath=str(path))
    assert "maquette.choose_scene" in draw(drive, "FilesPanel").operators
    drive.world.report(None)


@check
def refuses_files_and_loses_nothing(drive):
    """Damaged in every depth, of another model, missing: a sentence, and the scene is what it was."""
    whole = json.loads(SCENE_FILE.read_text())

    def changed(**changes):
        return json.dumps({**whole, **changes})

    thin = [{**blob, "appearance": {**blob["appearance"], "style": "AAAA"}} for blob in whole["blobs"]]
    cases = {
        "cannot be read": SCENE_FILE.read_text()[:100],
        "not a scene": json.dumps({"format": "something"}),
        "schema 99": changed(schema=99),
        "other weights": changed(model={"id": MODEL, "digest": "e" * 64}),
        "not installed": changed(model={"id": "unheard-of", "digest": "e" * 64}),
        "style": changed(blobs=thin),
        "blob": changed(blobs=[whole["blobs"][0], whole["blobs"][0]]),
    }
    path = FOLDER / "bad.json"
    for sentence, text in cases.items():
        path.write_text(text)
        said = untouched_by(drive, lambda: refusal(bpy.ops.maquette.load_scene, filepath=str(path)))
        assert sentence in said, (sentence, said)
    path.write_bytes(b"\xff\xfe\x00")
    assert "not text" in untouched_by(drive, lambda: refusal(bpy.ops.maquette.load_scene, filepath=str(path)))
    gone = str(FOLDER / "nowhere" / "room.json")
    assert "cannot be read" in untouched_by(drive, lambda: refusal(bpy.ops.maquette.load_scene, filepath=gone))
    there = SCENE_FILE / "room.json"
    assert "could not be saved" in refusal(bpy.ops.maquette.save_scene, filepath=str(there))
    drive.world.report(None)


@check
def takes_looks_from_another_plane(drive):
    first = drive.plane
    bpy.ops.maquette.new_scene(seed=33, model_id=MODEL, beside=True)
    drive.settle()
    source, other = drive.plane, drive.scene()
    drive.module("staging").choose(bpy.context, first)
    drive.settle()
    before = drive.scene()
    choose(drive, "bed", "lamp")
    options = {"source_plane": source.name, "amount": 0.5}
    drive.changed_by(lambda: bpy.ops.maquette.restyle_from(**options))
    looks = {blob.name: blob.look for blob in other.blobs}
    for kind in ("bed", "lamp"):
        restyle = drive.blob(kind).look.restyle
        assert (restyle.amount, restyle.style) == (0.5, looks[kind].style)
    assert drive.blob("rug") == next(blob for blob in before.blobs if blob.name == "rug")
    assert drive.scene().background == before.background
    assert [blob.ellipse for blob in drive.scene().blobs] == [blob.ellipse for blob in before.blobs]
    for each in (*drive.module("blobs").blobs_of(source), source):
        bpy.data.objects.remove(each)


@check
def takes_looks_from_a_file(drive):
    saved = json.loads(SCENE_FILE.read_text())
    bpy.ops.maquette.new_scene(seed=5, model_id=MODEL)
    drive.settle()
    settings = bpy.context.scene.maquette.files
    settings.source, settings.source_file = "FILE", str(SCENE_FILE)
    assert "maquette.restyle_from" in draw(drive, "OtherScenePanel").operators
    drive.module("staging").choose(bpy.context, drive.plane)
    drive.changed_by(lambda: bpy.ops.maquette.restyle_from(filepath=str(SCENE_FILE)))
    assert all(blob.look.restyle is not None for blob in drive.scene().blobs)
    assert drive.scene().background.restyle is not None
    drive.changed_by(lambda: (choose(drive, "bed"), bpy.ops.maquette.own_look()))
    assert saved["model"]["id"] == MODEL
    assert "Choose another plane" in refusal(bpy.ops.maquette.restyle_from)
    assert "no such picture plane" in refusal(bpy.ops.maquette.restyle_from, source_plane="Cube")
    drive.world.report(None)


@check
def files_are_one_undo_step(drive):
    states = []
    for change in (
        lambda: None,
        lambda: bpy.ops.maquette.load_scene(filepath=str(SCENE_FILE)),
        lambda: (choose(drive, "bed"), bpy.ops.maquette.apply_style(name="First again", amount=0.4)),
        lambda: bpy.ops.maquette.restyle_from(filepath=str(SCENE_FILE)),
    ):
        drive.step(change)
        states.append((drive.scene(), drive.picture()))
    for scene, picture in reversed(states[:-1]):
        drive.undo()
        assert drive.scene() == scene
        assert (drive.picture() == picture).all()
    for module, name in (
        ("style_operators", "ApplyStyle"),
        ("style_operators", "RestyleFrom"),
        ("file_operators", "LoadScene"),
    ):
        assert {"REGISTER", "UNDO"} <= getattr(drive.module(module), name).bl_options
