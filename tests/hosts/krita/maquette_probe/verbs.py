"""How a function becomes something that the tests may ask for."""

from __future__ import annotations


def verb(function):
    function.is_verb = True
    return function
