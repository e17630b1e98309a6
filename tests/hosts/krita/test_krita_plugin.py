"""The package in Krita's own hands."""

from __future__ import annotations

from checks import IN_KRITA

pytestmark = IN_KRITA

ACTIONS = {
    "maquette_fill",
    "maquette_remove",
    "maquette_extend_left",
    "maquette_extend_right",
    "maquette_extend_top",
    "maquette_extend_bottom",
    "maquette_extend_all",
    "maquette_colorize",
    "maquette_restore_jpeg",
    "maquette_cancel",
}


def test_kritas_importer_takes_the_package(studio):
    assert studio.imported == ["maquette_krita"]
    assert (studio.resources / "actions" / "maquette_krita.action").is_file()


def test_every_action_has_a_shortcut_that_nothing_else_has(person):
    shortcuts = person.ask("shortcuts")
    mine = {name: keys for name, keys in shortcuts.items() if name.startswith("maquette_")}
    assert set(mine) == ACTIONS
    assert all(mine.values())
    for name, keys in mine.items():
        assert [other for other, taken in shortcuts.items() if taken == keys] == [name]


def test_the_plugin_leaves_no_library_under_its_public_name(person):
    assert not {"google", "grpclib", "h2", "multidict", "maquette_client"} & set(person.ask("program")["modules"])
