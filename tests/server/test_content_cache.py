from __future__ import annotations

from dataclasses import replace

import pytest
from fake_zoo import picture
from maquette.errors import MaquetteError, Reason
from maquette.imaging.picture import Picture
from maquette.server.content_cache import ContentCache, content_id


def put(cache: ContentCache, one: Picture) -> str:
    name = content_id(one.pixels)
    cache.put(name, one)
    return name


def test_a_picture_is_found_by_the_hash_of_its_pixels() -> None:
    cache = ContentCache(1000)
    one = picture(2, 2, 1)
    assert cache.get(put(cache, one)) is one


def test_the_least_recently_used_goes_first() -> None:
    cache = ContentCache(2 * 12)
    first, second = put(cache, picture(2, 2, 1)), put(cache, picture(2, 2, 2))
    cache.get(first)
    put(cache, picture(2, 2, 3))
    assert cache.held_bytes == 24
    assert cache.get(first)
    with pytest.raises(MaquetteError) as caught:
        cache.get(second)
    assert caught.value.reason is Reason.CONTENT_NOT_FOUND


def test_the_same_pixels_are_kept_once_under_the_newest_spec() -> None:
    cache = ContentCache(1000)
    one = picture(2, 3, 1)
    put(cache, one)
    turned = Picture(replace(one.spec, width=3, height=2), one.pixels)
    assert cache.get(put(cache, turned)).spec == turned.spec
    assert cache.held_bytes == len(one.pixels)


def test_a_picture_larger_than_the_cache_is_refused_and_nothing_is_lost() -> None:
    cache = ContentCache(12)
    name = put(cache, picture(2, 2, 1))
    with pytest.raises(MaquetteError) as caught:
        put(cache, picture(4, 4, 1))
    assert caught.value.reason is Reason.LIMIT_EXCEEDED
    assert cache.get(name)
