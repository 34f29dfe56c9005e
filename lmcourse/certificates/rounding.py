"""Small tools of ball arithmetic: the precision in which it rounds, and the way from floats to balls and back to the safe side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from threading import RLock

from flint import arb, ctx, fmpq

from lmcourse.certificates.certificate import Refusal

BITS = 128  # the precision at a point: the gradient of a good point is lost in the rounding of double precision


_ONE_AT_A_TIME = RLock()  # the precision is one for all threads, so proofs in several threads wait for each other


class precision:
    """Within `with precision(bits):` ball arithmetic rounds to this many bits, and no other thread changes that."""

    def __init__(self, bits: int):
        self.bits = bits

    def __enter__(self):
        _ONE_AT_A_TIME.acquire()
        self.before, ctx.prec = ctx.prec, self.bits

    def __exit__(self, *_):
        ctx.prec = self.before
        _ONE_AT_A_TIME.release()


def exact(number: float | Fraction) -> arb:
    """The ball that holds a float exactly, or a fraction as tightly as the precision allows.

    Refusal for anything else: a whole number or a text might be rounded on its way into a float.
    """
    if isinstance(number, Fraction):
        return arb(fmpq(number.numerator, number.denominator))
    if not isinstance(number, float):
        raise Refusal(f"Numbers of a proof are floats or fractions, but {number!r:.40} came.")
    return arb(float(number))


def length(vector: Sequence[arb]) -> arb:
    """An upper bound of the Euclidean length of a list of balls, as an exact number."""
    sizes = [entry.abs_upper() for entry in vector]
    return sum((size * size for size in sizes), arb(0)).sqrt().upper()


def up(number: arb, slack: float = 2.0**-20) -> float:
    """A float above every number in the ball, by a relative slack that leaves room for another machine's rounding."""
    value = float(number.upper())
    return math.nextafter(value + slack * abs(value), math.inf)


def down(number: arb, slack: float = 2.0**-20) -> float:
    """A float below every number in the ball."""
    value = float(number.lower())
    return math.nextafter(value - slack * abs(value), -math.inf)


def minimum(balls: Sequence[arb]) -> arb:
    """The smallest of some balls, as a ball."""
    smallest = balls[0]
    for ball in balls[1:]:
        smallest = smallest.min(ball)
    return smallest
