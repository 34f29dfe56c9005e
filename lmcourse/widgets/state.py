"""Checks for the state of an explorer: what makes no sense is refused with a sentence."""

from __future__ import annotations

from collections.abc import Collection

import traitlets


def one_of(value, allowed: Collection, name: str):
    """The value, if it is one of those allowed.

    >>> one_of("gd", ["gd", "momentum"], "method")
    'gd'
    """
    if value not in allowed:
        raise traitlets.TraitError(f"There is no {name} {value!r}; choose one of: {', '.join(map(str, allowed))}.")
    return value


def between(value, low, high, name: str):
    """The value, if it lies between low and high; NaN does not.

    >>> between(0.1, 0, 1, "step size")
    0.1
    """
    if not low <= value <= high:
        raise traitlets.TraitError(f"The {name} must lie between {low:g} and {high:g}, but {value:g} came.")
    return value
