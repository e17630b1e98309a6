"""Tests of what lies between Qt, Krita and the plugin, run by test_krita_widgets.py once for each Qt binding."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace

import fake_krita
import pytest
from maquette_krita import qt, strings
from maquette_krita.client import Pump, Rectangle
from maquette_krita.colour import colour_format
from maquette_krita.documents import KritaCanvas
from maquette_krita.jobs import Verb
from maquette_krita.turning import Turner
from qt_turning_helpers import turn_qt_until

pytestmark = pytest.mark.usefixtures("application")

SRGB = ("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc")


def test_qt_turns_the_pump_while_something_is_in_flight_and_then_rests():
    pump = Pump()
    turner = Turner(pump)
    assert turner.idle

    async def talk() -> str:
        async def answer(reader, writer):
            writer.write(await reader.readline())
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello\n")
        line = await reader.readline()
        await asyncio.sleep(0.01)
        writer.close()
        server.close()
        return line.decode()

    handle = pump.submit(talk())
    turn_qt_until(lambda: handle.done)
    turn_qt_until(lambda: turner.idle)
    assert handle.result() == "hello\n"
    turner.close()
    pump.close()


def test_a_connection_that_ends_while_nothing_is_in_flight_is_noticed():
    pump = Pump()
    turner = Turner(pump)
    noticed, ends = [], []
    turner.on_stir = lambda: noticed.append(turner.idle)

    async def connect() -> asyncio.Server:
        async def keep(_reader, writer):
            ends.append(writer)

        server = await asyncio.start_server(keep, "127.0.0.1", 0)
        ends.append((await asyncio.open_connection(*server.sockets[0].getsockname()))[1])
        while len(ends) < 2:
            await asyncio.sleep(0)
        return server

    async def close(server: asyncio.Server) -> None:
        for end in ends:
            end.close()
        server.close()
        await asyncio.sleep(0)

    handle = pump.submit(connect())
    turn_qt_until(lambda: handle.done and turner.idle)
    before = len(noticed)
    ends[0].transport.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
    turn_qt_until(lambda: len(noticed) >= before + 2 and turner.idle)
    pump.run(close(handle.result()))
    turner.close()
    pump.close()


def test_a_turn_within_a_turn_does_nothing():
    pump = Pump()
    turner = Turner(pump)

    async def nested() -> int:
        qt.QApplication.processEvents()
        turner._turn()
        return 7

    handle = pump.submit(nested())
    turn_qt_until(lambda: handle.done)
    assert handle.result() == 7
    turner.close()
    pump.close()


def test_another_plugins_loop_is_waited_for():
    pump = Pump()
    turner = Turner(pump)
    done = []

    async def own() -> None:
        done.append("own")

    async def of_another_plugin() -> None:
        pump.submit(own())
        for _ in range(5):
            qt.QApplication.processEvents()
        done.append("other")

    asyncio.run(of_another_plugin())
    turn_qt_until(lambda: turner.idle)
    assert done == ["other", "own"]
    turner.close()
    pump.close()


@pytest.fixture
def document():
    application = fake_krita.Krita.instance()
    application.open[:] = [fake_krita.Document(30, 20)]
    return application.open[0]


@pytest.fixture
def krita_canvas(document):
    return KritaCanvas(document, fake_krita.Krita.instance().documents)


def test_a_documents_selection_is_copied_and_never_kept(document, krita_canvas):
    assert krita_canvas.selection() is None
    document.chosen = fake_krita.Selection((1, 2, 0, 0))
    assert krita_canvas.selection() is None
    document.chosen = fake_krita.Selection((1, 2, 3, 4))
    copy = krita_canvas.selection()
    document.chosen.place = (9, 9, 9, 9)
    assert copy.bounds == Rectangle(1, 2, 3, 4)
    assert document.chosen.copies == 1
    assert copy.read(Rectangle(5, 6, 7, 8)) == bytes([5, 6, 7, 8])


def test_krita_is_waited_for_before_its_pixels_are_read(document, krita_canvas):
    krita_canvas.settle()
    assert document.waited


def test_a_closed_document_is_noticed(document, krita_canvas):
    assert krita_canvas.is_open
    fake_krita.Krita.instance().open.clear()
    assert not krita_canvas.is_open


def test_a_mask_stands_for_the_layer_that_it_is_on(document, krita_canvas):
    assert krita_canvas.active_layer().name == "Background"
    mask = fake_krita.Node("Mask", "transparencymask", SRGB)
    document.background.addChildNode(mask, None)
    document.active = mask
    assert krita_canvas.active_layer().name == "Background"
    document.active = fake_krita.Node("Selection", "selectionmask", SRGB)
    document.root.addChildNode(document.active, None)
    assert krita_canvas.active_layer() is None
    document.active = None
    assert krita_canvas.active_layer() is None


def test_pixels_are_read_from_everything_from_a_layer_and_from_its_own(document, krita_canvas):
    layer_id, place = krita_canvas.active_layer().id, Rectangle(1, 2, 3, 4)
    assert krita_canvas.read(place, None) == b"all\x01\x02\x03\x04"
    assert krita_canvas.read(place, layer_id) == b"shown\x01\x02\x03\x04"
    assert krita_canvas.read(place, layer_id, own_pixels=True) == b"own\x01\x02\x03\x04"
    with pytest.raises(RuntimeError, match="gone"):
        krita_canvas.read(place, "{00000000-0000-0000-0000-000000000000}")


def test_a_draft_is_filled_before_it_is_put_into_the_document(document, krita_canvas):
    draft = krita_canvas.new_layer("New", colour_format(*SRGB))
    draft.write(Rectangle(1, 2, 1, 1), b"abcd")
    assert document.root.children == [document.background]
    assert draft.node.pixels == {(1, 2, 1, 1): b"abcd"}
    made = krita_canvas.put(draft, krita_canvas.active_layer().id)
    assert [node.name() for node in document.root.children] == ["Background", "New"]
    assert document.active is document.background
    krita_canvas.activate(made)
    assert document.active is draft.node
    assert krita_canvas.unused_name("New") == "New 2"
    krita_canvas.remove(made)
    assert krita_canvas.unused_name("New") == "New"


def test_a_layer_of_another_depth_than_the_documents_can_be_made(krita_canvas):
    deep = colour_format("RGBA", "F32", "sRGB-elle-V2-g10.icc")
    assert krita_canvas.new_layer("Deep", deep).node.colour == ("RGBA", "F32", "sRGB-elle-V2-g10.icc")


def test_layers_go_into_groups_and_above_nested_ones(document, krita_canvas):
    group = krita_canvas.put_group("Answers", None)
    inside = krita_canvas.put(krita_canvas.new_layer("One", colour_format(*SRGB)), None, group)
    krita_canvas.put(krita_canvas.new_layer("Two", colour_format(*SRGB)), inside)
    assert [name for _, name in krita_canvas.layer_names()] == ["Two", "One", "Background"]
    assert krita_canvas.layer(group).kind == "grouplayer"
    assert krita_canvas.layer(inside).bounds == Rectangle(1, 2, 3, 4)


def test_a_copy_keeps_the_layers_name_and_the_picture_grows_to_the_left(document, krita_canvas):
    draft = krita_canvas.copy_of_layer(krita_canvas.active_layer().id)
    assert draft.node.name() == "Background"
    krita_canvas.grow(5, 6, 40, 30)
    assert document.resized == (-5, -6, 40, 30)


def test_a_layer_that_is_gone_is_not_read(document, krita_canvas):
    layer_id, place = krita_canvas.active_layer().id, Rectangle(1, 2, 3, 4)
    krita_canvas.read(place, layer_id)
    document.background.remove()
    assert krita_canvas.layer(layer_id) is None
    with pytest.raises(RuntimeError, match="gone"):
        krita_canvas.read(place, layer_id)


def test_krita_gets_a_docker_and_every_action_of_the_action_file(document, monkeypatch, tmp_path):
    from maquette_krita import host
    from test_krita_files import PLUGIN, ElementTree

    monkeypatch.setenv("MAQUETTE_RUNTIME_DIR", str(tmp_path / "none"))
    host.register()
    krita = fake_krita.Krita.instance()
    krita.extensions[-1].setup()
    krita.extensions[-1].createActions(krita.window)
    described = [each.get("name") for each in ElementTree.parse(PLUGIN / "maquette_krita.action").iter("Action")]
    assert list(krita.window.actions) == described
    docker = krita.factories[-1].make()
    docker.canvasChanged(None)
    assert docker.windowTitle() == "Maquette"
    studio = host.plugin().studio
    krita.window.actions["maquette_fill"].trigger()
    assert studio.problem.message == strings.NOTHING_SELECTED
    krita.open.clear()
    krita.window.actions["maquette_extend_all"].trigger()
    assert studio.problem.message == strings.NO_DOCUMENT
    krita.window.actions["maquette_cancel"].trigger()
    studio.set_settings(replace(studio.settings, seed=8))
    assert '"seed": 8' in krita.settings["maquette", "settings"]
    canvas = host.KritaHost().open_picture("New", (4, 3), colour_format(*SRGB), 72.0)
    assert canvas.size == (4, 3)
    assert len(krita.window.views) == 1
    krita.bell.applicationClosing.emit()
    assert studio.pump.closed


def test_verbs_are_all_on_the_panel_and_in_the_menu():
    from maquette_krita import host

    assert {verb for _, verb, _ in host.ACTIONS.values()} == set(Verb)
