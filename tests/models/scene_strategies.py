"""Hypothesis strategies for scenes and their edits."""

from __future__ import annotations

import struct

from hypothesis import strategies as st
from maquette.models.scene import Appearance, Blob, Ellipse, Restyle, Scene
from maquette.models.scene_edits import (
    AddBlob,
    CloneBlob,
    RemoveBlob,
    RestyleBlob,
    RestyleFromBlob,
    SceneEdit,
    SetEllipse,
    SetNoiseSeed,
    SetOrder,
    SetVisible,
)

IDS = tuple("abcdefgh")
ellipses = st.builds(
    Ellipse,
    st.floats(-2, 3),
    st.floats(-2, 3),
    st.floats(-10, 10),
    st.floats(0.01, 100),
    st.floats(-10, 10),
)
looks = st.floats(-2, 2, width=32).map(lambda value: struct.pack("<6f", *[value] * 6))
restyles = st.builds(Restyle, st.floats(0, 1), st.integers(0, 9), st.floats(0, 1))
appearances = st.builds(Appearance, looks, looks, st.integers(0, 4), st.none() | restyles)


def blobs(identifier: str) -> st.SearchStrategy[Blob]:
    return st.builds(Blob, st.just(identifier), st.just("thing"), ellipses, appearances, st.booleans())


scenes = (
    st.lists(st.sampled_from(IDS), unique=True, max_size=6)
    .flatmap(lambda ids: st.tuples(*(blobs(identifier) for identifier in ids)))
    .flatmap(lambda parts: st.builds(Scene, st.just("m"), st.just(""), appearances, st.just(parts), st.integers(0, 5)))
)
ids = st.sampled_from(IDS)
edits: st.SearchStrategy[SceneEdit] = st.one_of(
    st.builds(SetEllipse, ids, ellipses),
    st.builds(SetVisible, ids, st.booleans()),
    st.builds(SetOrder, st.permutations(IDS).map(tuple)),
    ids.flatmap(lambda identifier: st.builds(AddBlob, blobs(identifier), st.none() | ids)),
    st.builds(CloneBlob, ids, ids, st.none() | ellipses),
    st.builds(RemoveBlob, ids),
    st.builds(RestyleBlob, st.none() | ids, st.none() | restyles),
    st.builds(RestyleFromBlob, ids, ids, st.floats(0, 1)),
    st.builds(SetNoiseSeed, st.integers(0, 9)),
)
