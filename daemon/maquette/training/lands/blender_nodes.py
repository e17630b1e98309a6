# pyright: basic, reportAttributeAccessIssue=false, reportMissingImports=false
"""The shader graphs of lands, built once; their numbers and colours are set again for every land. Imports bpy."""

from dataclasses import dataclass, field

import bpy

from maquette.training.lands.types import LandDescription


class Graph:
    """A node tree with short names for what the shaders below need."""

    def __init__(self, tree) -> None:
        self.tree = tree

    def node(self, kind: str, **inputs):
        """A node of a type, its inputs set to values or linked to sockets; keys with leading `_` are properties."""
        made = self.tree.nodes.new(f"ShaderNode{kind}")
        for name, value in inputs.items():
            if name.startswith("_"):
                setattr(made, name[1:], value)
        for name, value in inputs.items():
            if not name.startswith("_"):
                key = int(name[2:]) if name.startswith("in") and name[2:].isdigit() else name
                self.feed(made.inputs[key], value)
        return made

    def feed(self, socket, value) -> None:
        """Link a socket or set a value."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        else:
            socket.default_value = value

    def math(self, operation: str, *values):
        """A mathematical node's result."""
        return self.node("Math", _operation=operation, **{f"in{i}": value for i, value in enumerate(values)}).outputs[0]

    def vector(self, operation: str, *values, output: int = 0):
        """A vector node's result."""
        made = self.node("VectorMath", _operation=operation)
        for index, value in enumerate(values):
            self.feed(made.inputs["Scale" if operation == "SCALE" and index == 1 else index], value)
        return made.outputs[output]

    def step(self, value, low, high):
        """0 below `low`, 1 above `high`, smooth between."""
        return self.node("MapRange", _interpolation_type="SMOOTHSTEP", in0=value, in1=low, in2=high).outputs[0]

    def mix(self, share, first, second):
        """A mix of two colours."""
        made = self.node("Mix", _data_type="RGBA")
        for index, value in ((0, share), (6, first), (7, second)):
            self.feed(made.inputs[index], value)
        return made.outputs[2]

    def value(self):
        """A number to set later."""
        return self.node("Value").outputs[0]

    def colour(self):
        """A colour to set later."""
        return self.node("RGB").outputs[0]

    def place(self):
        """A vector to set later."""
        return self.node("CombineXYZ")


@dataclass
class Dials:
    """The sockets of a graph that are set for every land."""

    numbers: dict = field(default_factory=dict)
    colours: dict = field(default_factory=dict)
    vectors: dict = field(default_factory=dict)

    def turn(self, values: dict) -> None:
        """Set dials by name."""
        for name, value in values.items():
            if name in self.numbers:
                self.numbers[name].default_value = value
            elif name in self.colours:
                self.colours[name].default_value = (*value, 1.0)
            else:
                for socket, component in zip(self.vectors[name].inputs, value, strict=True):
                    socket.default_value = component


def build_sky(world) -> Dials:
    """Gradient, glow, disc, clouds and stars; rays that are neither seen nor mirrored get the gradient alone."""
    world.use_nodes = True
    graph, dials = Graph(world.node_tree), Dials()
    world.node_tree.nodes.clear()
    dials.numbers = {
        name: graph.value() for name in ("ambient", "disc", "stars", "cover", "soft", "scale", "stretch", "recede")
    }
    dials.colours = {
        name: graph.colour() for name in ("horizon", "low", "middle", "zenith", "glow", "lit", "shaded", "sun")
    }
    dials.vectors = {name: graph.place() for name in ("towards", "place")}
    way = graph.node("TexCoord").outputs["Generated"]
    height = graph.math("MAXIMUM", graph.node("SeparateXYZ", in0=way).outputs[2], 0.0)
    gradient = _gradient(graph, dials, height)
    seen = _clouded(graph, dials, way, height, _lit_up(graph, dials, way, gradient))
    plain = graph.node("Background", Color=gradient, Strength=dials.numbers["ambient"]).outputs[0]
    shown = graph.node("Background", Color=seen, Strength=1.0).outputs[0]
    path = graph.node("LightPath").outputs
    direct = graph.math("MAXIMUM", path["Is Camera Ray"], path["Is Glossy Ray"])
    both = graph.node("MixShader", in0=direct, in1=plain, in2=shown).outputs[0]
    graph.node("OutputWorld", Surface=both)
    return dials


def _gradient(graph: Graph, dials: Dials, height):
    colour, colours = dials.colours["horizon"], dials.colours
    for name, low, high in (("low", 0.0, 0.12), ("middle", 0.06, 0.32), ("zenith", 0.22, 0.85)):
        share = graph.node("MapRange", _interpolation_type="SMOOTHSTEP", in0=height, in1=low, in2=high).outputs[0]
        colour = graph.mix(share, colour, colours[name])
    return colour


def _lit_up(graph: Graph, dials: Dials, way, gradient):
    """The gradient with the sun's glow and disc."""
    near = graph.math("MAXIMUM", graph.vector("DOT_PRODUCT", way, dials.vectors["towards"].outputs[0], output=1), 0.0)
    wide = graph.math("MULTIPLY", graph.math("POWER", near, 8.0), 0.35)
    close = graph.math("MULTIPLY", graph.math("POWER", near, 90.0), 0.6)
    halo = graph.vector("SCALE", dials.colours["glow"], graph.math("ADD", wide, close))
    disc = graph.math("MULTIPLY", graph.step(near, 0.9994, 0.9997), dials.numbers["disc"])
    return graph.vector("ADD", graph.vector("ADD", gradient, halo), graph.vector("SCALE", dials.colours["sun"], disc))


def _clouded(graph: Graph, dials: Dials, way, height, behind):
    """Clouds and stars over what is behind them."""
    numbers = dials.numbers
    flat = graph.node("CombineXYZ", in0=1.0, in1=1.0, in2=numbers["stretch"]).outputs[0]
    depth = graph.math("ADD", graph.math("MULTIPLY", height, graph.math("MULTIPLY", numbers["recede"], 4.0)), 0.35)
    scaled = graph.vector("SCALE", graph.vector("MULTIPLY", way, flat), graph.math("DIVIDE", numbers["scale"], depth))
    place = graph.vector("ADD", scaled, dials.vectors["place"].outputs[0])
    thick = _cloud_noise(graph, place)
    edge = graph.math("SUBTRACT", 0.66, graph.math("MULTIPLY", numbers["cover"], 0.36))
    cover = graph.step(thick, edge, graph.math("ADD", edge, numbers["soft"]))
    cover = graph.math("MULTIPLY", cover, graph.step(height, 0.0, 0.07))
    # Lit from the sun's side and from above: the noise a little further that way is what stands in the light.
    above = graph.vector("ADD", graph.vector("SCALE", dials.vectors["towards"].outputs[0], 0.16), (0.0, 0.0, 0.16))
    shadow = graph.math("SUBTRACT", _cloud_noise(graph, graph.vector("ADD", place, above)), thick)
    light = graph.step(shadow, 0.10, -0.12)
    cloud = graph.mix(light, dials.colours["shaded"], dials.colours["lit"])
    star = graph.node("TexNoise", Vector=graph.vector("SCALE", way, 300.0), Scale=1.0, Detail=0.0).outputs[0]
    bright = graph.math("MULTIPLY", graph.step(star, 0.80, 0.88), numbers["stars"])
    starry = graph.vector("ADD", behind, graph.vector("SCALE", (1.0, 1.0, 1.0), bright))
    return graph.mix(cover, starry, cloud)


def _cloud_noise(graph: Graph, place):
    return graph.node("TexNoise", Vector=place, Scale=1.6, Detail=4.0, Roughness=0.55).outputs[0]


def sky_dials(land: LandDescription, towards: tuple[float, float, float]) -> dict:
    """What `build_sky`'s dials say for a land; `towards` is the direction of the sun."""
    sky, clouds = land.sky, land.sky.clouds
    sun = tuple(0.5 + 0.5 * channel for channel in land.light.colour)
    return {
        "ambient": sky.ambient, "disc": sky.disc, "stars": sky.stars, "horizon": sky.horizon, "low": sky.low,
        "middle": sky.middle, "zenith": sky.zenith, "glow": sky.glow, "sun": sun, "towards": towards,
        "cover": clouds.cover, "soft": clouds.softness, "scale": clouds.scale, "stretch": clouds.stretch,
        "recede": clouds.recede, "lit": clouds.lit, "shaded": clouds.shaded, "place": clouds.place,
    }  # fmt: skip


def build_haze():
    """A group that lays air between the camera and a surface: colour by distance, brighter towards the sun."""
    tree = bpy.data.node_groups.new("haze", "ShaderNodeTree")
    tree.interface.new_socket("Surface", in_out="INPUT", socket_type="NodeSocketShader")
    tree.interface.new_socket("Surface", in_out="OUTPUT", socket_type="NodeSocketShader")
    graph, dials = Graph(tree), Dials()
    surface = tree.nodes.new("NodeGroupInput").outputs[0]
    dials.numbers = {"reach": graph.value()}
    dials.colours = {name: graph.colour() for name in ("haze", "glow")}
    dials.vectors = {"towards": graph.place()}
    away = graph.node("CameraData").outputs["View Distance"]
    passed = graph.math("EXPONENT", graph.math("MULTIPLY", graph.math("DIVIDE", away, dials.numbers["reach"]), -1.0))
    way = graph.vector("SCALE", graph.node("NewGeometry").outputs["Incoming"], -1.0)
    near = graph.math("MAXIMUM", graph.vector("DOT_PRODUCT", way, dials.vectors["towards"].outputs[0], output=1), 0.0)
    halo = graph.math("MULTIPLY", graph.math("POWER", near, 8.0), 0.35)
    colour = graph.vector("ADD", dials.colours["haze"], graph.vector("SCALE", dials.colours["glow"], halo))
    air = graph.node("Emission", Color=colour, Strength=1.0).outputs[0]
    camera = graph.node("LightPath").outputs["Is Camera Ray"]
    share = graph.math("MULTIPLY", graph.math("SUBTRACT", 1.0, passed), camera)
    mixed = graph.node("MixShader", in0=share, in1=surface, in2=air).outputs[0]
    graph.feed(tree.nodes.new("NodeGroupOutput").inputs[0], mixed)
    return tree, dials


def haze_dials(land: LandDescription, towards: tuple[float, float, float]) -> dict:
    """What `build_haze`'s dials say for a land."""
    return {"reach": land.sky.haze_distance, "haze": land.sky.haze, "glow": land.sky.glow, "towards": towards}


def build_matter(name: str, index: int, haze, texture: str, dials: Dials):
    """A rough surface with its vertices' colours, mottled: `texture` is "ground" (by its own map) or "object"."""
    material = bpy.data.materials.new(name)
    material.pass_index = index
    material.use_nodes = True
    graph = Graph(material.node_tree)
    material.node_tree.nodes.clear()
    colour = graph.node("VertexColor", _layer_name="colour").outputs[0]
    mottle = dials.numbers[name] = graph.value()
    mottle.default_value = 1.0
    if texture == "ground":
        place = graph.node("UVMap", _uv_map="fan").outputs[0]
        coarse = graph.node("TexNoise", _noise_dimensions="2D", Vector=place, Scale=60.0, Detail=4.0, Roughness=0.68)
        bright = graph.node("MapRange", in0=coarse.outputs[0], in1=0.25, in2=0.75, in3=-0.5, in4=0.5).outputs[0]
    else:
        place = graph.node("NewGeometry").outputs["Position"]
        fine = graph.node("TexNoise", Vector=place, Scale=2.2, Detail=2.0, Roughness=0.7)
        bright = graph.node("MapRange", in0=fine.outputs[0], in1=0.3, in2=0.7, in3=-0.45, in4=0.45).outputs[0]
    bright = graph.math("ADD", 1.0, graph.math("MULTIPLY", bright, mottle))
    shade = graph.node("BsdfDiffuse", Color=graph.vector("SCALE", colour, bright)).outputs[0]
    _finish(graph, material, shade, haze)
    return material


def build_water(index: int, haze):
    """Water: a mirror that grows stronger towards the horizon, over its own colour, with ripples."""
    material = bpy.data.materials.new("water")
    material.pass_index = index
    material.use_nodes = True
    graph, dials = Graph(material.node_tree), Dials()
    material.node_tree.nodes.clear()
    dials.numbers, dials.colours = {"ripples": graph.value()}, {"colour": graph.colour()}
    place = graph.node("NewGeometry").outputs["Position"]
    away = graph.node("CameraData").outputs["View Distance"]
    waves = graph.node("TexNoise", _noise_dimensions="2D", Vector=place, Scale=0.35, Detail=1.5, Roughness=0.5).outputs[
        0
    ]
    far = graph.math("POWER", graph.math("DIVIDE", away, 28.0), 3.0)
    calm = graph.math("DIVIDE", 1.0, graph.math("ADD", 1.0, far))
    strength = graph.math("MULTIPLY", dials.numbers["ripples"], calm)
    normal = graph.node("Bump", Height=waves, Strength=strength, Distance=0.3).outputs[0]
    # Ripples too far away to be seen one by one blur the mirror instead.
    blur = graph.math(
        "MULTIPLY", graph.math("SUBTRACT", 1.0, calm), graph.math("MULTIPLY", dials.numbers["ripples"], 0.3)
    )
    rough = graph.math("ADD", 0.08, blur)
    mirror = graph.node("BsdfGlossy", Color=(0.92, 0.94, 0.96, 1.0), Roughness=rough, Normal=normal).outputs[0]
    body = graph.node("BsdfDiffuse", Color=dials.colours["colour"]).outputs[0]
    facing = graph.node("LayerWeight", Blend=0.5, Normal=normal).outputs["Facing"]
    share = graph.node("MapRange", in0=graph.math("POWER", facing, 3.0), in1=0.0, in2=1.0, in3=0.12, in4=0.95).outputs[
        0
    ]
    both = graph.node("MixShader", in0=share, in1=body, in2=mirror).outputs[0]
    _finish(graph, material, both, haze)
    return material, dials


def _finish(graph: Graph, material, surface, haze) -> None:
    # The air's light is only seen: without this every triangle of the land would become a lamp to be sampled.
    material.cycles.emission_sampling = "NONE"
    air = graph.tree.nodes.new("ShaderNodeGroup")
    air.node_tree = haze
    graph.feed(air.inputs[0], surface)
    graph.feed(graph.tree.nodes.new("ShaderNodeOutputMaterial").inputs["Surface"], air.outputs[0])
