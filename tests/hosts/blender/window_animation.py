"""What a person does with an animation in a window: begin it, press Escape, and go on."""

from __future__ import annotations

from pathlib import Path

import bpy

FRAMES = 40
STANDS_AT = 17


def render(view, output):
    with bpy.context.temp_override(**view):
        return list(bpy.ops.maquette.render_animation("INVOKE_DEFAULT", output=f"{output}/"))


def animate(world, bed, view, hands, output):
    """A generator that is resumed between two drawings; returns what was seen.

    Args:
        world: the running extension; nothing is in flight.
        bed: an empty.
        view: names window, area and region.
        hands: presses keys; None when there are none, and then nothing is stopped.
        output: a folder.
    """
    scene, facts = bpy.context.scene, {}
    last = FRAMES if hands else 3
    for frame, place in ((1, -0.2), (last, 0.2)):
        bed.location.x = place
        bed.keyframe_insert("location", frame=frame)
    scene.frame_start, scene.frame_end = 1, last
    scene.frame_set(STANDS_AT)
    while world.busy:
        yield
    facts["begun"] = render(view, output)
    if hands is not None:
        while not Path(output, "0002.png").exists():
            yield
        facts["said"] = world.activity
        hands("key", "Escape")
    while world.held:
        yield
    stopped = len(list(Path(output).glob("*.png")))
    facts["stopped"] = hands is None or 2 <= stopped < last
    facts["stands_at"] = scene.frame_current
    # Not all that is left: every frame is drawn, and that takes long in software.
    scene.frame_end = stopped + 2
    render(view, output)
    while world.held:
        yield
    facts["went_on"] = len(list(Path(output).glob("*.png"))) == stopped + 2
    bed.animation_data_clear()
    return facts
