"""What the knobs of an explorer may be set to, checked where they are kept; the error says what is allowed."""

from __future__ import annotations

from collections.abc import Collection

import traitlets


def choice(trait: str, allowed: Collection, name: str = ""):
    """A check for a class of knobs: this trait is one of the values allowed. `name` is what the error calls it.

    >>> class Knobs(traitlets.HasTraits):
    ...     method = traitlets.Unicode("gd")
    ...     _known_method = choice("method", ["gd", "momentum"])
    >>> Knobs(method="guess")
    Traceback (most recent call last):
    traitlets.traitlets.TraitError: There is no method 'guess'; choose one of: gd, momentum.
    """
    return traitlets.validate(trait)(lambda knobs, proposal: one_of(proposal["value"], allowed, name or trait))


def limits(trait: str, low: float, high: float, name: str = ""):
    """A check for a class of knobs: this trait lies between low and high. `name` is what the error calls it.

    >>> class Knobs(traitlets.HasTraits):
    ...     scale = traitlets.Float(1.0)
    ...     _positive_scale = limits("scale", 0.1, 5)
    >>> Knobs(scale=7.0)
    Traceback (most recent call last):
    traitlets.traitlets.TraitError: The scale must lie between 0.1 and 5, but 7 came.
    """
    return traitlets.validate(trait)(lambda knobs, proposal: between(proposal["value"], low, high, name or trait))


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
