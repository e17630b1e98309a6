"""The daemon keeps its data where its clients look for it."""

from __future__ import annotations

import pytest
from maquette.store.locations import data_directory
from maquette_client.locations import data_directory as where_clients_look


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"XDG_DATA_HOME": "/somewhere/else"},
        {"XDG_DATA_HOME": ""},
        {"XDG_DATA_HOME": "relative"},
        {"MAQUETTE_DATA_DIR": "/chosen"},
        {"MAQUETTE_DATA_DIR": "relative", "XDG_DATA_HOME": "/somewhere/else"},
    ],
)
def test_daemon_and_clients_agree_on_the_data_directory(variables, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_DATA_HOME", "MAQUETTE_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert data_directory() == where_clients_look()
