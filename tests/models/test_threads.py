"""Small things are not shared among threads, and the number of threads comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from maquette.models.threads import SMALLEST_SHARED, threads_for


@pytest.fixture(autouse=True)
def three_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("numbers", "threads"), [(0, 1), (SMALLEST_SHARED - 1, 1), (SMALLEST_SHARED, 3)])
def test_only_large_things_are_shared(numbers: int, threads: int) -> None:
    with threads_for(numbers):
        assert torch.get_num_threads() == threads
    assert torch.get_num_threads() == 3


def test_the_number_of_threads_comes_back_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), threads_for(1):
        raise ZeroDivisionError
    assert torch.get_num_threads() == 3


def test_what_is_small_inside_what_is_small_stays_with_one() -> None:
    with threads_for(1):
        with threads_for(2):
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 3
