"""Each kind of thing, built from a few primitives in its own frame: x across, y towards its back, z up.

A builder takes its size in metres and its colours; the origin is the centre of the underside of its bounding box.
"""

from maquette.training.rooms.types import Colour, Kind, Material, Part, RoomObject, Shape, Vector

FLAT_THICKNESS = 0.02


def shaded(colour: Colour, factor: float) -> Colour:
    """The colour, darker (factor < 1) or lighter, kept within 0 to 1."""
    red, green, blue = (min(1.0, channel * factor) for channel in colour)
    return red, green, blue


def _box(name: str, centre: Vector, size: Vector, material: Material) -> Part:
    return Part(name, Shape.BOX, centre, size, material)


def _legs(size: Vector, height: float, thickness: float, material: Material) -> tuple[Part, ...]:
    across, along = (size[0] - thickness) / 2, (size[1] - thickness) / 2
    return tuple(
        _box(f"leg {index}", (x, y, height / 2), (thickness, thickness, height), material)
        for index, (x, y) in enumerate([(-across, -along), (across, -along), (-across, along), (across, along)])
    )


def build_surface(kind: Kind, position: Vector, size: Vector, colour: Colour) -> RoomObject:
    """A wall, the floor or the ceiling: one thin box."""
    part = _box("surface", (0, 0, size[2] / 2), size, Material(colour, 0.8))
    return RoomObject(kind, position, size, 0.0, (part,), (colour, colour))


def build_window(position: Vector, size: Vector, yaw: float, frame: Colour, sky: Colour, glow: float) -> RoomObject:
    """A bright pane in a frame with a cross bar; its back (y > 0) is set into the wall."""
    width, depth, height = size
    bar, wood = 0.07, Material(frame, 0.5)
    parts = (
        _box("pane", (0, depth / 4, height / 2), (width, depth / 2, height), Material(sky, 0.4, glow)),
        _box("left", (-(width - bar) / 2, 0, height / 2), (bar, depth, height), wood),
        _box("right", ((width - bar) / 2, 0, height / 2), (bar, depth, height), wood),
        _box("top", (0, 0, height - bar / 2), (width, depth, bar), wood),
        _box("sill", (0, -depth / 4, bar / 2), (width, depth * 1.5, bar), wood),
        _box("bar", (0, 0, height / 2), (bar * 0.7, depth, height), wood),
    )
    return RoomObject(Kind.WINDOW, position, size, yaw, parts, (frame, sky))


def build_picture(position: Vector, size: Vector, yaw: float, frame: Colour, paint: Colour) -> RoomObject:
    """A framed picture: frame, mount, and a painted field."""
    width, depth, height = size
    mount = Material(shaded(paint, 0.45), 0.8)
    parts = (
        _box("frame", (0, 0.2 * depth, height / 2), (width, depth * 0.6, height), Material(frame, 0.5)),
        _box("field", (0, -0.2 * depth, height / 2), (width - 0.09, depth * 0.4, height - 0.09), Material(paint, 0.8)),
        _box("ground", (0, -0.25 * depth, 0.19 * height + 0.04), (width - 0.09, depth * 0.4, 0.3 * height), mount),
    )
    return RoomObject(Kind.PICTURE, position, size, yaw, parts, (frame, paint))


def build_rug(position: Vector, size: Vector, yaw: float, border: Colour, field: Colour) -> RoomObject:
    """A flat rug with a border."""
    width, depth, height = size
    parts = (
        _box("border", (0, 0, height * 0.4), (width, depth, height * 0.8), Material(border, 0.95)),
        _box("field", (0, 0, height / 2), (width - 0.3, depth - 0.3, height), Material(field, 0.95)),
    )
    return RoomObject(Kind.RUG, position, size, yaw, parts, (field, border))


def build_bed(
    position: Vector, size: Vector, yaw: float, mattress_top: float, wood: Colour, sheet: Colour
) -> RoomObject:
    """Legs, frame, mattress and headboard; `size[2]` is the headboard's height."""
    width, length, height = size
    frame, board = Material(wood, 0.5), 0.08
    inner = length - board
    parts = (
        *_legs((width, length, height), 0.18, 0.08, frame),
        _box("frame", (0, 0, 0.25), (width, length, 0.14), frame),
        Part(
            "mattress",
            Shape.CUSHION,
            (0, -board / 2, (0.28 + mattress_top) / 2),
            (width - 0.06, inner - 0.03, mattress_top - 0.28),
            Material(sheet, 0.9),
        ),
        _box("headboard", (0, (length - board) / 2, height / 2 + 0.09), (width, board, height - 0.18), frame),
    )
    return RoomObject(Kind.BED, position, size, yaw, parts, (wood, sheet))


def build_blanket(position: Vector, size: Vector, yaw: float, colour: Colour, fold: Colour) -> RoomObject:
    """A blanket over the mattress, hanging down its sides, its upper end (y > 0) folded back."""
    width, length, height = size
    turned = min(0.3, length * 0.25)
    parts = (
        _box(
            "cover",
            (0, -turned / 2, height / 2 - 0.005),
            (width, length - turned, height - 0.01),
            Material(colour, 0.95),
        ),
        _box("fold", (0, (length - turned) / 2, height / 2), (width + 0.01, turned, height), Material(fold, 0.95)),
    )
    return RoomObject(Kind.BLANKET, position, size, yaw, parts, (colour, fold))


def build_pillows(position: Vector, size: Vector, yaw: float, count: int, colour: Colour) -> RoomObject:
    """One or two soft pillows, side by side."""
    width, depth, height = size
    gap = 0.04
    each = (width - gap * (count - 1)) / count
    cloth = Material(colour, 0.95)
    parts = tuple(
        Part(
            f"pillow {i}",
            Shape.CUSHION,
            (-width / 2 + each / 2 + i * (each + gap), 0, height / 2),
            (each, depth, height),
            cloth,
        )
        for i in range(count)
    )
    return RoomObject(Kind.PILLOWS, position, size, yaw, parts, (colour, colour))


def build_cabinet(position: Vector, size: Vector, yaw: float, rows: int, body: Colour, front: Colour) -> RoomObject:
    """A chest or wardrobe on a plinth with `rows` fronts one above the other and their handles."""
    width, depth, height = size
    plinth, top = 0.06, 0.03
    step = (height - plinth - top) / rows
    parts = [
        _box("plinth", (0, 0.03, plinth / 2), (width - 0.06, depth - 0.06, plinth), Material(shaded(body, 0.4), 0.7)),
        _box(
            "body",
            (0, 0.01, plinth + (height - plinth) / 2),
            (width, depth - 0.02, height - plinth),
            Material(body, 0.5),
        ),
    ]
    for row in range(rows):
        middle = plinth + step * (row + 0.5)
        size_of_front = (width - 0.06, 0.02, step - 0.03)
        parts.append(_box(f"front {row}", (0, -depth / 2 + 0.01, middle), size_of_front, Material(front, 0.5)))
        knob = _box(
            f"handle {row}", (0, -depth / 2 - 0.005, middle), (0.14, 0.03, 0.025), Material((0.05, 0.05, 0.05), 0.4)
        )
        parts.append(knob)
    return RoomObject(Kind.CABINET, position, size, yaw, tuple(parts), (body, front))


def build_lamp(position: Vector, size: Vector, metal: Colour, shade: Colour, glow: float) -> RoomObject:
    """A floor lamp: foot, pole and a tapered shade that glows when it is lit."""
    width, _, height = size
    shade_height = 0.24 * height
    parts = (
        Part("foot", Shape.CYLINDER, (0, 0, 0.02), (width * 0.75, width * 0.75, 0.04), Material(metal, 0.4)),
        Part("pole", Shape.CYLINDER, (0, 0, height / 2), (0.05, 0.05, height * 0.9), Material(metal, 0.4)),
        Part(
            "shade",
            Shape.CONE,
            (0, 0, height - shade_height / 2),
            (width, width, shade_height),
            Material(shade, 0.9, glow),
        ),
    )
    return RoomObject(Kind.LAMP, position, size, 0.0, parts, (shade, metal))


def build_plant(position: Vector, size: Vector, pot: Colour, leaf: Colour) -> RoomObject:
    """A pot and three balls of leaves."""
    width, _, height = size
    pot_height = 0.34 * height
    crown = height - pot_height
    parts = (
        Part("pot", Shape.CYLINDER, (0, 0, pot_height / 2), (width * 0.6, width * 0.6, pot_height), Material(pot, 0.6)),
        _leaves(
            "low left",
            (-0.18 * width, 0, pot_height + 0.34 * crown),
            (0.64 * width, 0.7 * width, 0.62 * crown),
            leaf,
            0.8,
        ),
        _leaves(
            "low right", (0.2 * width, 0, pot_height + 0.4 * crown), (0.6 * width, 0.7 * width, 0.6 * crown), leaf, 1.0
        ),
        _leaves("top", (0, 0, height - 0.34 * crown), (0.62 * width, 0.62 * width, 0.68 * crown), leaf, 1.15),
    )
    return RoomObject(Kind.PLANT, position, size, 0.0, parts, (leaf, pot))


def _leaves(name: str, centre: Vector, size: Vector, leaf: Colour, factor: float) -> Part:
    return Part(name, Shape.SPHERE, centre, size, Material(shaded(leaf, factor), 0.9))


def build_chair(position: Vector, size: Vector, yaw: float, seat: Colour, wood: Colour) -> RoomObject:
    """A chair: four legs, a cushioned seat, and a back."""
    width, depth, height = size
    seat_top, frame = 0.46, Material(wood, 0.5)
    parts = (
        *_legs(size, seat_top - 0.06, 0.05, frame),
        Part("seat", Shape.CUSHION, (0, 0, seat_top - 0.05), (width, depth, 0.12), Material(seat, 0.9)),
        _box("back", (0, depth / 2 - 0.03, (seat_top + height) / 2), (width, 0.06, height - seat_top), frame),
    )
    return RoomObject(Kind.CHAIR, position, size, yaw, parts, (seat, wood))
