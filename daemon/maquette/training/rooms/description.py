"""Rooms by seed: where things stand, how big they are, which colours and light they have. Pure and deterministic."""

import colorsys
import math
from dataclasses import replace

from maquette.training.rooms import furniture
from maquette.training.rooms.draws import Draws, SeededDraws, uniform
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
    return furnish_room(SeededDraws(f"rooms-1:{seed}"), seed)


def furnish_room(draws: Draws, seed: int) -> RoomDescription:
    """The room that follows from the answers to all questions; the seed only goes into the description."""
    width, depth = uniform(draws, "room width", 3.3, 4.8), uniform(draws, "room depth", 3.2, 4.6)
    extent = (width, depth, uniform(draws, "room height", 2.35, 2.8))
    plan = Plan(draws, extent, _describe_camera(draws, extent))
    light = _describe_light(draws)
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


def _describe_camera(draws: Draws, extent: Vector) -> Camera:
    x = uniform(draws, "camera x", -0.2, 0.2) * extent[0]
    aim = uniform(draws, "camera aim", -0.12, 0.12) * extent[0]
    y = uniform(draws, "camera y", -1.3, -0.5)
    yaw = math.atan2(aim - x, extent[1] * 0.7 - y)
    position = (x, y, uniform(draws, "camera height", 1.35, 1.85))
    pitch = math.radians(uniform(draws, "camera pitch", 5, 13))
    return Camera(position, yaw, pitch, math.radians(uniform(draws, "camera angle", 56, 68)))


def _describe_light(draws: Draws) -> Light:
    return Light(
        window_power=uniform(draws, "sun power", 20, 130),
        window_tilt=math.radians(uniform(draws, "sun tilt", 10, 40)),
        window_turn=math.radians(uniform(draws, "sun turn", -30, 30)),
        warmth=draws.share("warmth"),
        ceiling_power=uniform(draws, "ceiling power", 5, 75),
        lamp_power=uniform(draws, "lamp power", 6, 22) if draws.chance("lamp lit", 0.6) else 0.0,
        ambient=uniform(draws, "ambient", 0.3, 0.6),
    )


def _hsv(draws: Draws, name: str, saturation: tuple[float, float], value: tuple[float, float]) -> Colour:
    """A colour of any hue, chosen in sRGB and returned in linear light."""
    hue = draws.share(f"{name} hue")
    srgb = colorsys.hsv_to_rgb(
        hue, uniform(draws, f"{name} colour", *saturation), uniform(draws, f"{name} value", *value)
    )
    red, green, blue = (channel**2.2 for channel in srgb)
    return red, green, blue


def _wood(draws: Draws, name: str) -> Colour:
    wood = draws.choice(f"{name} hue", _WOODS)
    return furniture.shaded(wood, uniform(draws, f"{name} value", 0.75, 1.25))


def _cloth(draws: Draws, name: str) -> Colour:
    return _hsv(draws, name, (0.25, 0.8), (0.35, 0.9))


def _pale(draws: Draws, name: str) -> Colour:
    return _hsv(draws, name, (0.0, 0.12), (0.82, 0.97))


def _add_shell(plan: Plan) -> None:
    draws, (width, depth, height) = plan.draws, plan.extent
    wall = _hsv(draws, "wall", (0.03, 0.35), (0.62, 0.95))
    accent = draws.chance("back wall differs", 0.35)
    back = _hsv(draws, "back wall", (0.1, 0.55), (0.45, 0.92)) if accent else wall
    wooden = draws.chance("floor wooden", 0.75)
    floor = _wood(draws, "floor") if wooden else _hsv(draws, "floor", (0.03, 0.25), (0.4, 0.8))
    ceiling = _pale(draws, "ceiling")
    thick, length, middle = furniture.FLAT_THICKNESS, depth - FRONT, (depth + FRONT) / 2
    flat, side, end = (width, length, thick), (thick, length, height), (width, thick, height)
    plan.put(furniture.build_surface(Kind.FLOOR, (0, middle, -thick), flat, floor))
    plan.put(furniture.build_surface(Kind.CEILING, (0, middle, height), flat, ceiling))
    plan.put(furniture.build_surface(Kind.LEFT_WALL, (-(width + thick) / 2, middle, 0), side, wall))
    plan.put(furniture.build_surface(Kind.RIGHT_WALL, ((width + thick) / 2, middle, 0), side, wall))
    plan.put(furniture.build_surface(Kind.BACK_WALL, (0, depth + thick / 2, 0), end, back))


def _add_window(plan: Plan, light: Light) -> None:
    draws = plan.draws
    if not draws.chance("window", 0.82):
        return
    frame = (_pale if draws.chance("window frame pale", 0.7) else _wood)(draws, "window frame")
    warm, strength = light.warmth, light.window_power / 130
    sky = (0.62 + 0.38 * warm, 0.78, 1.0 - 0.45 * warm)
    size = (uniform(draws, "window width", 0.8, 1.5), 0.1, uniform(draws, "window height", 0.9, 1.3))
    wall = draws.choice("window wall", (Kind.BACK_WALL, Kind.LEFT_WALL, Kind.RIGHT_WALL))
    height = uniform(draws, "window sill", 0.85, plan.extent[2] - size[2] - 0.2)
    glow = 0.55 + 0.5 * strength
    plan.hang("window place", wall, height, size, lambda p, yaw: furniture.build_window(p, size, yaw, frame, sky, glow))


def _wall(draws: Draws, thing: str, back: float) -> Kind:
    """The back wall with this probability, or else one at a side."""
    if draws.chance(f"{thing} at the back", back):
        return Kind.BACK_WALL
    return draws.choice(f"{thing} side", (Kind.LEFT_WALL, Kind.RIGHT_WALL))


def _add_picture(plan: Plan) -> None:
    draws = plan.draws
    if not draws.chance("picture", 0.78):
        return
    frame = (_wood if draws.chance("picture frame wooden", 0.6) else _pale)(draws, "picture frame")
    paint = _hsv(draws, "picture paint", (0.2, 0.85), (0.4, 0.95))
    size = (uniform(draws, "picture width", 0.45, 1.1), 0.05, uniform(draws, "picture height", 0.4, 0.8))
    wall = _wall(draws, "picture", 0.75)
    height = uniform(draws, "picture edge", 1.3, plan.extent[2] - size[2] - 0.15)
    plan.hang("picture place", wall, height, size, lambda p, yaw: furniture.build_picture(p, size, yaw, frame, paint))


def _add_bed(plan: Plan) -> None:
    draws = plan.draws
    if not draws.chance("bed", 0.95):
        return
    wood, sheet = _wood(draws, "bed"), _pale(draws, "sheet")
    width, length = uniform(draws, "bed width", 1.1, 1.8), uniform(draws, "bed length", 1.95, 2.15)
    size = (width, length, uniform(draws, "bed height", 0.8, 1.15))
    top = uniform(draws, "mattress", 0.48, 0.6)
    wall = _wall(draws, "bed", 0.62)
    bed = plan.stand_against(
        "bed place", wall, size, lambda p, yaw: furniture.build_bed(p, size, yaw, top, wood, sheet)
    )
    if bed is None:
        return
    if draws.chance("blanket", 0.87):
        plan.put(_blanket(draws, bed, top))
    if draws.chance("pillows", 0.9):
        plan.put(_pillows(draws, bed, top))


def _on_bed(bed: RoomObject, along: float, height: float) -> Vector:
    x, y = turned((0, along), bed.yaw)
    return bed.position[0] + x, bed.position[1] + y, height


def _blanket(draws: Draws, bed: RoomObject, top: float) -> RoomObject:
    colour = _cloth(draws, "blanket")
    fold = _pale(draws, "fold") if draws.chance("fold pale", 0.5) else furniture.shaded(colour, 0.6)
    length = bed.size[1] * uniform(draws, "blanket length", 0.55, 0.75)
    hang = uniform(draws, "blanket hang", 0.12, 0.26)
    size = (bed.size[0] + 0.02, length, hang + 0.045)
    centre = -bed.size[1] / 2 + length / 2 - 0.03
    return furniture.build_blanket(_on_bed(bed, centre, top - hang), size, bed.yaw, colour, fold)


def _pillows(draws: Draws, bed: RoomObject, top: float) -> RoomObject:
    count = 2 if bed.size[0] > 1.35 else 1
    colour = (_pale if draws.chance("pillows pale", 0.5) else _cloth)(draws, "pillows")
    width = bed.size[0] * (0.84 if count == 2 else 0.62)
    size = (width, 0.38, uniform(draws, "pillows height", 0.13, 0.18))
    centre = bed.size[1] / 2 - 0.08 - size[1] / 2 - uniform(draws, "pillows gap", 0.02, 0.08)
    return furniture.build_pillows(_on_bed(bed, centre, top - 0.02), size, bed.yaw, count, colour)


def _add_cabinet(plan: Plan) -> None:
    draws = plan.draws
    if not draws.chance("cabinet", 0.8):
        return
    body = (_wood if draws.chance("cabinet wooden", 0.7) else _cloth)(draws, "cabinet")
    same = draws.chance("fronts alike", 0.5)
    front = body if same else furniture.shaded(body, draws.choice("fronts", (0.6, 1.5)))
    tall = draws.chance("cabinet tall", 0.3)
    width, depth = uniform(draws, "cabinet width", 0.55, 1.2), uniform(draws, "cabinet depth", 0.4, 0.55)
    size = (width, depth, uniform(draws, "cabinet height", *((1.5, 1.9) if tall else (0.55, 1.05))))
    rows = 1 if tall else draws.choice("cabinet rows", (2, 3))
    wall = draws.choice("cabinet wall", (Kind.BACK_WALL, Kind.BACK_WALL, Kind.LEFT_WALL, Kind.RIGHT_WALL))
    plan.stand_against(
        "cabinet place", wall, size, lambda p, yaw: furniture.build_cabinet(p, size, yaw, rows, body, front)
    )


def _add_lamp(plan: Plan, light: Light) -> None:
    draws = plan.draws
    if not draws.chance("lamp", 0.75):
        return
    metal = draws.choice("lamp metal", ((0.03, 0.03, 0.03), (0.55, 0.55, 0.55), (0.45, 0.3, 0.12)))
    shade = (_pale if draws.chance("shade pale", 0.6) else _cloth)(draws, "shade")
    width = uniform(draws, "lamp width", 0.36, 0.52)
    size = (width, width, uniform(draws, "lamp height", 1.25, 1.75))
    glow = 0.04 * light.lamp_power
    plan.stand_free("lamp place", size, 0.0, lambda p, _: furniture.build_lamp(p, size, metal, shade, glow))


def _add_plant(plan: Plan) -> None:
    draws = plan.draws
    if not draws.chance("plant", 0.6):
        return
    pot = (_cloth if draws.chance("pot coloured", 0.5) else _pale)(draws, "pot")
    hue, colour = uniform(draws, "leaf hue", 0.22, 0.42), uniform(draws, "leaf colour", 0.5, 0.85)
    leaf = colorsys.hsv_to_rgb(hue, colour, uniform(draws, "leaf value", 0.14, 0.4))
    width = uniform(draws, "plant width", 0.4, 0.65)
    size = (width, width, uniform(draws, "plant height", 0.6, 1.25))
    plan.stand_free("plant place", size, 0.0, lambda p, _: furniture.build_plant(p, size, pot, leaf))


def _add_chair(plan: Plan) -> None:
    draws = plan.draws
    if not draws.chance("chair", 0.6):
        return
    seat, wood = _cloth(draws, "seat"), _wood(draws, "chair")
    width, depth = uniform(draws, "chair width", 0.42, 0.52), uniform(draws, "chair depth", 0.44, 0.52)
    size = (width, depth, uniform(draws, "chair height", 0.82, 0.98))
    yaw = uniform(draws, "chair turn", -math.pi, math.pi)
    plan.stand_free("chair place", size, yaw, lambda p, turn: furniture.build_chair(p, size, turn, seat, wood))


def _add_rug(plan: Plan) -> None:
    draws = plan.draws
    if not draws.chance("rug", 0.78):
        return
    field = _cloth(draws, "rug")
    border = (_pale if draws.chance("border pale", 0.5) else _cloth)(draws, "border")
    width, depth = uniform(draws, "rug width", 1.2, 2.2), uniform(draws, "rug depth", 0.9, 1.5)
    size = (width, depth, furniture.FLAT_THICKNESS)
    turn = uniform(draws, "rug turn", -0.3, 0.3)
    yaw = draws.choice("rug turned", (0.0, turn))
    plan.lay("rug place", yaw, lambda p, turn: furniture.build_rug(p, size, turn, border, field))
