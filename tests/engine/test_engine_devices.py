from __future__ import annotations

import pytest
import torch
from maquette.engine.devices import choose_device, choose_threads, describe_devices, physical_cores
from maquette.errors import MaquetteError, Reason


def test_threads_leave_one_core_to_the_host() -> None:
    before = torch.get_num_threads()
    try:
        assert choose_threads(0) == torch.get_num_threads() == max(1, physical_cores() - 1)
        assert choose_threads(1) == torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_a_device_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(MaquetteError) as caught:
        choose_device("cuda:99")
    assert caught.value.reason is Reason.INVALID_ARGUMENT
    assert "cpu" in caught.value.action


def test_the_choice_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    name, why = choose_device("")
    (device,) = describe_devices(name, why, 2)
    assert (device.name, device.title, device.in_use) == ("cpu", "CPU, 2 threads", True)
    assert device.explanation == "No GPU was found."
    assert 0 < device.free_bytes <= device.total_bytes


def test_a_gpu_is_preferred(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_device("")[0] == "cuda:0"
    assert choose_device("cpu")[0] == "cpu"
