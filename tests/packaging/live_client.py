"""Run by another Python against a private copy of the client: live_client.py FOLDER PACKAGE EXPECTED_EDITS."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
import time

folder, package = sys.argv[1:3]
sys.path.insert(0, folder)


def module(name: str):
    return importlib.import_module(f"{package}.maquette_client.{name}")


def main() -> dict[str, object]:
    pump, connection = module("pump").Pump(), module("connection").Connection()
    scenes, editing, patches, models = module("scenes"), module("editing"), module("patches"), module("models")
    scene_json, content, images = module("scene_json"), module("content"), module("images")
    scene = pump.run(scenes.sample_scenes(connection, 3))[0].scene
    again = scene_json.scene_from_json(scene_json.scene_to_json(scene))
    image = images.Image(1024, 1024, bytes(range(256)) * 4096 * 3)
    fetched = pump.run(content.download(connection, pump.run(content.upload(connection, image))))
    try:
        pump.run(models.get_model(connection, "nope"))
        reason = ""
    except module("errors").ClientError as error:
        reason = error.reason
    frames = []
    session = editing.EditSession(connection, pump, scene, on_frame=frames.append)
    ellipse = type(scene.blobs[0].ellipse)(x=0.5, y=0.5, size=1.0, aspect=1.0)
    session.update([patches.set_ellipse("bed", ellipse)], settle=True)
    deadline = time.monotonic() + 20
    while pump.turn() and time.monotonic() < deadline:
        time.sleep(0.001)
    session.close()
    connection.close()
    pump.close()
    root = importlib.import_module(package)
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        importlib.import_module(found.name)
    return {
        "blobs": [blob.id for blob in again.blobs],
        "same_image": fetched == image,
        "reason": reason,
        "pixel": frames[-1].image.pixels[0],
        "final": frames[-1].final,
        "public": sorted({name.split(".")[0] for name in sys.modules if not name.startswith(package.split(".")[0])}),
    }


sys.stdout.write(json.dumps(main()))
