"""Settings that are remembered."""

from __future__ import annotations

import json

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from maquette_krita.client import BlendMode, Context, ContextKind, Length, LengthUnit
from maquette_krita.settings import MAXIMUM_SEED, Result, Settings, Source, from_text, to_text

lengths = st.builds(Length, st.floats(0, 4096), st.sampled_from(LengthUnit))
settings = st.builds(
    Settings,
    st.sampled_from(Source),
    st.sampled_from(Result),
    st.integers(1, 8),
    lengths,
    lengths,
    lengths,
    st.builds(Context, st.sampled_from(ContextKind), st.integers(0, 4096)),
    st.sampled_from(BlendMode),
    st.text(min_size=1, max_size=9),
    lengths,
    st.integers(0, MAXIMUM_SEED),
    st.booleans(),
    st.booleans(),
    st.integers(0, 100),
)


@hypothesis.settings(max_examples=40)
@given(settings)
def test_settings_come_back_as_they_were(chosen):
    assert from_text(to_text(chosen)) == chosen


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", '{"unknown": 1}'])
def test_what_cannot_be_read_is_as_at_first(text):
    assert from_text(text) == Settings()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("candidates", 99),
        ("candidates", True),
        ("source", "everywhere"),
        ("grow", [1]),
        ("grow", [-1, "PIXELS"]),
        ("grow", [float("nan"), "PIXELS"]),
        ("blend_mode", 7),
        ("context", "AUTOMATIC"),
        ("seed", 2**40),
        ("model_id", ""),
        ("keep_seed", "yes"),
        ("quality", 101),
    ],
)
def test_one_wrong_value_costs_no_other(key, value):
    content = json.loads(to_text(Settings(candidates=3, quality=30, seed=5)))
    content[key] = value
    read = from_text(json.dumps(content))
    assert getattr(read, key) == getattr(Settings(), key)
    assert (read.candidates, read.quality, read.seed).count(0) <= 1


def test_a_replaced_layer_is_looked_at_alone():
    assert not Settings().reads_layer
    assert Settings(source=Source.LAYER).reads_layer
    assert Settings(result=Result.REPLACE).reads_layer


def test_a_removal_reaches_further():
    plain, removal = (Settings().selection(100.0, removing) for removing in (False, True))
    assert removal.reach(100.0) == plain.reach(100.0) + 4


def test_the_seed_goes_on_unless_it_is_kept():
    assert Settings(seed=4).with_next_seed().seed == 5
    assert Settings(seed=MAXIMUM_SEED).with_next_seed().seed == 0
    assert Settings(seed=4, keep_seed=True).with_next_seed().seed == 4
