"""Rooms by seed: where things stand, how big they are, which colours and light they have. Pure and deterministic."""

import colorsys
import math
from dataclasses import replace
from random import Random

from maquette.training.rooms import furniture
from maquette.training.rooms.placement import Plan, turned
from maquette.training.rooms.types import (
    RESTS_ON_BED,
    Camera,
    Colour,
    Kind,
    Light,
    RoomDescription,
    RoomObject,
    Vector,
)

FRONT = -1.6
"""Where the shell ends behind the camera, in metres; there is no front wall."""

_WOODS: tuple[Colour, ...] = (
    (0.36, 0.19, 0.09),
    (0.50, 0.31, 0.16),
    (0.20, 0.10, 0.06),
    (0.62, 0.47, 0.31),
    (0.72, 0.70, 0.66),
    (0.09, 0.08, 0.08),
)


def describe_room(seed: int) -> RoomDescription:
    """The room of a seed: the same description on every machine, whatever was described before."""
    rng = Random(f"rooms-1:{seed}")
    extent = (rng.uniform(3.3, 4.8), rng.uniform(3.2, 4.6), rng.uniform(2.35, 2.8))
    plan = Plan(rng, extent, _describe_camera(rng, extent))
    light = _describe_light(rng)
    _add_shell(plan)
    _add_window(plan, light)
    _add_bed(plan)
    _add_cabinet(plan)
    _add_picture(plan)
    _add_lamp(plan, light)
    _add_chair(plan)
    _add_plant(plan)
    _add_rug(plan)
    order = list(Kind)
    things = tuple(sorted(plan.placed, key=lambda thing: order.index(thing.kind)))
    return RoomDescription(seed, extent, plan.camera, light, things)


def move_object(description: RoomDescription, kind: Kind, offset: Vector) -> RoomDescription:
    """The same room with one thing moved by `offset` metres; what lies on the bed goes with the bed.

    A kind that the room lacks leaves it as it is.
    """
    moved = (kind, *RESTS_ON_BED) if kind is Kind.BED else (kind,)
    things = tuple(
        replace(thing, position=_add(thing.position, offset)) if thing.kind in moved else thing
        for thing in description.objects
    )
    return replace(description, objects=things)


def _add(point: Vector, offset: Vector) -> Vector:
    return point[0] + offset[0], point[1] + offset[1], point[2] + offset[2]


def _describe_camera(rng: Random, extent: Vector) -> Camera:
    x = rng.uniform(-0.2, 0.2) * extent[0]
    aim = rng.uniform(-0.12, 0.12) * extent[0]
    y = rng.uniform(-1.3, -0.5)
    yaw = math.atan2(aim - x, extent[1] * 0.7 - y)
    position = (x, y, rng.uniform(1.35, 1.85))
    return Camera(position, yaw, math.radians(rng.uniform(5, 13)), math.radians(rng.uniform(56, 68)))


def _describe_light(rng: Random) -> Light:
    return Light(
        window_power=rng.uniform(20, 130),
        window_tilt=math.radians(rng.uniform(10, 40)),
        window_turn=math.radians(rng.uniform(-30, 30)),
        warmth=rng.random(),
        ceiling_power=rng.uniform(5, 75),
        lamp_power=rng.uniform(6, 22) if rng.random() < 0.6 else 0.0,
        ambient=rng.uniform(0.3, 0.6),
    )


def _hsv(rng: Random, saturation: tuple[float, float], value: tuple[float, float]) -> Colour:
    """A colour of any hue, chosen in sRGB and returned in linear light."""
    srgb = colorsys.hsv_to_rgb(rng.random(), rng.uniform(*saturation), rng.uniform(*value))
    red, green, blue = (channel**2.2 for channel in srgb)
    return red, green, blue


def _wood(rng: Random) -> Colour:
    return furniture.shaded(rng.choice(_WOODS), rng.uniform(0.75, 1.25))


def _cloth(rng: Random) -> Colour:
    return _hsv(rng, (0.25, 0.8), (0.35, 0.9))


def _pale(rng: Random) -> Colour:
    return _hsv(rng, (0.0, 0.12), (0.82, 0.97))


def _add_shell(plan: Plan) -> None:
    rng, (width, depth, height) = plan.rng, plan.extent
    wall = _hsv(rng, (0.03, 0.35), (0.62, 0.95))
    back = _hsv(rng, (0.1, 0.55), (0.45, 0.92)) if rng.random() < 0.35 else wall
    floor = _wood(rng) if rng.random() < 0.75 else _hsv(rng, (0.03, 0.25), (0.4, 0.8))
    ceiling = _pale(rng)
    thick, length, middle = furniture.FLAT_THICKNESS, depth - FRONT, (depth + FRONT) / 2
    flat, side, end = (width, length, thick), (thick, length, height), (width, thick, height)
    plan.put(furniture.build_surface(Kind.FLOOR, (0, middle, -thick), flat, floor))
    plan.put(furniture.build_surface(Kind.CEILING, (0, middle, height), flat, ceiling))
    plan.put(furniture.build_surface(Kind.LEFT_WALL, (-(width + thick) / 2, middle, 0), side, wall))
    plan.put(furniture.build_surface(Kind.RIGHT_WALL, ((width + thick) / 2, middle, 0), side, wall))
    plan.put(furniture.build_surface(Kind.BACK_WALL, (0, depth + thick / 2, 0), end, back))


def _add_window(plan: Plan, light: Light) -> None:
    rng = plan.rng
    if rng.random() > 0.82:
        return
    frame = _pale(rng) if rng.random() < 0.7 else _wood(rng)
    warm, strength = light.warmth, light.window_power / 130
    sky = (0.62 + 0.38 * warm, 0.78, 1.0 - 0.45 * warm)
    size = (rng.uniform(0.8, 1.5), 0.1, rng.uniform(0.9, 1.3))
    wall = rng.choice((Kind.BACK_WALL, Kind.LEFT_WALL, Kind.RIGHT_WALL))
    height = rng.uniform(0.85, plan.extent[2] - size[2] - 0.2)
    glow = 0.55 + 0.5 * strength
    plan.hang(wall, height, size, lambda p, yaw: furniture.build_window(p, size, yaw, frame, sky, glow))


def _add_picture(plan: Plan) -> None:
    rng = plan.rng
    if rng.random() > 0.78:
        return
    frame = _wood(rng) if rng.random() < 0.6 else _pale(rng)
    paint = _hsv(rng, (0.2, 0.85), (0.4, 0.95))
    size = (rng.uniform(0.45, 1.1), 0.05, rng.uniform(0.4, 0.8))
    wall = Kind.BACK_WALL if rng.random() < 0.75 else rng.choice((Kind.LEFT_WALL, Kind.RIGHT_WALL))
    height = rng.uniform(1.3, plan.extent[2] - size[2] - 0.15)
    plan.hang(wall, height, size, lambda p, yaw: furniture.build_picture(p, size, yaw, frame, paint))


def _add_bed(plan: Plan) -> None:
    rng = plan.rng
    if rng.random() > 0.95:
        return
    wood, sheet = _wood(rng), _pale(rng)
    size = (rng.uniform(1.1, 1.8), rng.uniform(1.95, 2.15), rng.uniform(0.8, 1.15))
    top = rng.uniform(0.48, 0.6)
    wall = Kind.BACK_WALL if rng.random() < 0.62 else rng.choice((Kind.LEFT_WALL, Kind.RIGHT_WALL))
    bed = plan.stand_against(wall, size, lambda p, yaw: furniture.build_bed(p, size, yaw, top, wood, sheet))
    if bed is None:
        return
    if rng.random() < 0.87:
        plan.put(_blanket(rng, bed, top))
    if rng.random() < 0.9:
        plan.put(_pillows(rng, bed, top))


def _on_bed(bed: RoomObject, along: float, height: float) -> Vector:
    x, y = turned((0, along), bed.yaw)
    return bed.position[0] + x, bed.position[1] + y, height


def _blanket(rng: Random, bed: RoomObject, top: float) -> RoomObject:
    colour = _cloth(rng)
    fold = _pale(rng) if rng.random() < 0.5 else furniture.shaded(colour, 0.6)
    length = bed.size[1] * rng.uniform(0.55, 0.75)
    hang = rng.uniform(0.12, 0.26)
    size = (bed.size[0] + 0.02, length, hang + 0.045)
    centre = -bed.size[1] / 2 + length / 2 - 0.03
    return furniture.build_blanket(_on_bed(bed, centre, top - hang), size, bed.yaw, colour, fold)


def _pillows(rng: Random, bed: RoomObject, top: float) -> RoomObject:
    count = 2 if bed.size[0] > 1.35 else 1
    colour = _pale(rng) if rng.random() < 0.5 else _cloth(rng)
    size = (bed.size[0] * 0.84 if count == 2 else bed.size[0] * 0.62, 0.38, rng.uniform(0.13, 0.18))
    centre = bed.size[1] / 2 - 0.08 - size[1] / 2 - rng.uniform(0.02, 0.08)
    return furniture.build_pillows(_on_bed(bed, centre, top - 0.02), size, bed.yaw, count, colour)


def _add_cabinet(plan: Plan) -> None:
    rng = plan.rng
    if rng.random() > 0.8:
        return
    body = _wood(rng) if rng.random() < 0.7 else _cloth(rng)
    front = body if rng.random() < 0.5 else furniture.shaded(body, rng.choice((0.6, 1.5)))
    tall = rng.random() < 0.3
    size = (
        rng.uniform(0.55, 1.2),
        rng.uniform(0.4, 0.55),
        rng.uniform(1.5, 1.9) if tall else rng.uniform(0.55, 1.05),
    )
    rows = 1 if tall else rng.choice((2, 3))
    wall = rng.choice((Kind.BACK_WALL, Kind.BACK_WALL, Kind.LEFT_WALL, Kind.RIGHT_WALL))
    plan.stand_against(wall, size, lambda p, yaw: furniture.build_cabinet(p, size, yaw, rows, body, front))


def _add_lamp(plan: Plan, light: Light) -> None:
    rng = plan.rng
    if rng.random() > 0.75:
        return
    metal = rng.choice(((0.03, 0.03, 0.03), (0.55, 0.55, 0.55), (0.45, 0.3, 0.12)))
    shade = _pale(rng) if rng.random() < 0.6 else _cloth(rng)
    width = rng.uniform(0.36, 0.52)
    size = (width, width, rng.uniform(1.25, 1.75))
    glow = 0.04 * light.lamp_power
    plan.stand_free(size, 0.0, lambda p, _: furniture.build_lamp(p, size, metal, shade, glow))


def _add_plant(plan: Plan) -> None:
    rng = plan.rng
    if rng.random() > 0.6:
        return
    pot = _cloth(rng) if rng.random() < 0.5 else _pale(rng)
    leaf = colorsys.hsv_to_rgb(rng.uniform(0.22, 0.42), rng.uniform(0.5, 0.85), rng.uniform(0.14, 0.4))
    width = rng.uniform(0.4, 0.65)
    size = (width, width, rng.uniform(0.6, 1.25))
    plan.stand_free(size, 0.0, lambda p, _: furniture.build_plant(p, size, pot, leaf))


def _add_chair(plan: Plan) -> None:
    rng = plan.rng
    if rng.random() > 0.6:
        return
    seat, wood = _cloth(rng), _wood(rng)
    size = (rng.uniform(0.42, 0.52), rng.uniform(0.44, 0.52), rng.uniform(0.82, 0.98))
    yaw = rng.uniform(-math.pi, math.pi)
    plan.stand_free(size, yaw, lambda p, turn: furniture.build_chair(p, size, turn, seat, wood))


def _add_rug(plan: Plan) -> None:
    rng = plan.rng
    if rng.random() > 0.78:
        return
    field, border = _cloth(rng), _pale(rng) if rng.random() < 0.5 else _cloth(rng)
    size = (rng.uniform(1.2, 2.2), rng.uniform(0.9, 1.5), furniture.FLAT_THICKNESS)
    yaw = rng.choice((0.0, rng.uniform(-0.3, 0.3)))
    plan.lay(size, yaw, lambda p, turn: furniture.build_rug(p, size, turn, border, field))
