"""Numbers as text from which nothing is lost: how they stand in files, and what is refused when a file is read.

Data types, in words
    exact text    a float in hexadecimal, as float.hex() writes it ("0x1.8000000000000p+0"); a fraction in lowest terms ("3/2")

Text that would have to be rounded, or that could be written in a second way, is an error: a file says one thing only. This module
needs neither torch nor ball arithmetic.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

_FLOAT = re.compile(r"-?0x[01]\.[0-9a-f]+p[+-]\d+")
_FRACTION = re.compile(r"-?\d+/\d+")


def encode(value):
    """Plain data with every float and fraction in it as exact text."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"A certificate holds finite numbers only, but {value} came.")
        return value.hex()
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, dict):
        return {str(key): encode(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [encode(entry) for entry in value]
    return value


def decode(value):
    """The same back; ValueError for text that looks like a number and is not written as `encode` writes it."""
    if isinstance(value, str) and _FLOAT.fullmatch(value):
        return float_of(value)
    if isinstance(value, str) and _FRACTION.fullmatch(value):
        return _fraction_of(value)
    if isinstance(value, dict):
        return {key: decode(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [decode(entry) for entry in value]
    return value


def float_of(text: str) -> float:
    """The float that is written in hexadecimal. ValueError for text that would have to be rounded.

    >>> float_of("0x1.8000000000000p+0")
    1.5
    """
    try:
        number = float.fromhex(text)
    except OverflowError:
        raise ValueError(f"{text!r:.60} is beyond floats.") from None
    if number.hex() != text:
        raise ValueError(f"{text!r:.60} is not a float as it is written exactly, which is {number.hex()!r}.")
    return number


def _fraction_of(text: str) -> Fraction:
    p, q = map(int, text.split("/"))
    if q == 0 or f"{p}/{q}" != text or math.gcd(p, q) != 1:
        raise ValueError(f"{text!r:.60} is not a fraction in lowest terms.")
    return Fraction(p, q)


def no_decimal(text: str):
    raise ValueError(f"it holds {text:.60}, but decimal numbers might be rounded, and `save` writes none")


def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object as a dictionary; ValueError if it has two values of one name, of which a reader might see the other."""
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError(f"it has two values for {next(name for name in names if names.count(name) > 1)!r:.60}")
    return dict(pairs)
