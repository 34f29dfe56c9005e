"""Exact arithmetic: simple fractions near doubles, signs of eigenvalues, polynomials that are never negative.

Data types, in words
    fmpq        a fraction; every sum and product is exact
    inertia     (negative, zero, positive): how many eigenvalues of a symmetric matrix have which sign
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import comb
from typing import NamedTuple

from flint import arb, fmpq, fmpq_mat, fmpq_poly

from lmcourse.certificates.certificate import Refusal
from lmcourse.certificates.formulas import exact
from lmcourse.certificates.rounding import BITS, precision

LARGEST_DENOMINATOR = 1000


class Inertia(NamedTuple):
    """How many eigenvalues are negative, zero and positive."""

    negative: int
    zero: int
    positive: int


def simplest(number: float | str | fmpq | Fraction) -> fmpq:
    """A simple fraction whose nearest double is `number`, if there is one; else the double itself, as a fraction.

    So 13/3, which no double holds, can be meant by the double nearest to it. Text and fractions stay as they are.

    >>> simplest(13 / 3), simplest("0.1"), simplest(0.5)
    (13/3, 1/10, 1/2)
    >>> simplest(13 / 3 + 1e-12) == exact(13 / 3 + 1e-12)
    True
    """
    if not isinstance(number, float):
        return exact(number)
    near = Fraction(number).limit_denominator(LARGEST_DENOMINATOR)
    return exact(near if near.numerator / near.denominator == number else number)


def fraction(number: fmpq) -> Fraction:
    """The same number as Python's own Fraction."""
    return Fraction(int(number.p), int(number.q))


def inertia(H: fmpq_mat) -> Inertia:
    """The signs of the eigenvalues of a symmetric matrix of fractions, exactly.

    All roots of its characteristic polynomial are real, so Descartes' rule counts the positive ones without error: they are
    as many as the changes of sign among the coefficients.

    >>> inertia(fmpq_mat([[0, 1, 0], [1, 0, 0], [0, 0, 0]]))
    Inertia(negative=1, zero=1, positive=1)
    """
    if not H.transpose() == H:
        raise ValueError("The matrix is not symmetric, so its eigenvalues need not be real.")
    coefficients = H.charpoly().coeffs()
    zero = next(i for i, c in enumerate(coefficients) if c != 0)
    signs = [c > 0 for c in coefficients if c != 0]
    positive = sum(a != b for a, b in pairwise(signs))
    return Inertia(H.nrows() - zero - positive, zero, positive)


def null_space(H: fmpq_mat) -> list[list[fmpq]]:
    """A basis of the vectors v with H v = 0.

    >>> null_space(fmpq_mat([[1, 2], [2, 4]]))
    [[-2, 1]]
    """
    reduced, rank = H.rref()
    rows, columns = reduced.tolist(), H.ncols()
    pivots = [next(j for j in range(columns) if rows[i][j] != 0) for i in range(rank)]
    basis = []
    for free in (j for j in range(columns) if j not in pivots):
        vector = [fmpq(int(j == free)) for j in range(columns)]
        for i, pivot in enumerate(pivots):
            vector[pivot] = -rows[i][free]
        basis.append(vector)
    return basis


def independent(columns: Sequence[Sequence[fmpq]]) -> list[int]:
    """Positions of columns that span the same space as all of them, and are independent.

    >>> independent([[1, 0], [2, 0], [0, 1]])
    [0, 2]
    """
    if not columns:
        return []
    reduced, rank = fmpq_mat([[column[i] for column in columns] for i in range(len(columns[0]))]).rref()
    rows = reduced.tolist()
    return [next(j for j in range(len(columns)) if rows[i][j] != 0) for i in range(rank)]


def least_squares(columns: Sequence[Sequence[fmpq]], y: Sequence[fmpq]) -> tuple[list[fmpq], fmpq]:
    """Coefficients of the columns for which |y - sum_j coefficient_j column_j|^2 is smallest, and that smallest value, exactly.

    A column that depends on those before it gets the coefficient zero.

    >>> least_squares([[1, 1, 1]], [fmpq(0), fmpq(1), fmpq(2)])                      # the mean and the total variance
    ([1], 2)
    """
    used = independent(columns)
    A = fmpq_mat([[columns[j][i] for j in used] for i in range(len(y))])
    inside = A.transpose() * fmpq_mat(len(y), 1, list(y))
    found = (A.transpose() * A).solve(inside)
    coefficients = [fmpq(0)] * len(columns)
    for j, value in zip(used, found.entries(), strict=True):
        coefficients[j] = value
    return coefficients, sum(value * value for value in y) - (inside.transpose() * found).entries()[0]


def never_negative(p: fmpq_poly, start: fmpq, end: fmpq, depth: int = 12) -> bool:
    """Whether p(t) >= 0 for all t from start to end is shown by Bernstein coefficients, halving the interval if need be.

    On the interval p is a mean of its Bernstein coefficients; if none is negative, p is not. False means "not shown".

    >>> never_negative(fmpq_poly([1, -2, 1]), fmpq(0), fmpq(2)), never_negative(fmpq_poly([-1, 1]), fmpq(0), fmpq(2))
    (True, False)
    """
    inner = p(fmpq_poly([start, end - start]))  # from 0 to 1
    degree = max(p.degree(), 0)
    powers = inner.coeffs() + [fmpq(0)] * (degree + 1 - len(inner.coeffs()))
    bernstein = [sum(fmpq(comb(i, j), comb(degree, j)) * powers[j] for j in range(i + 1)) for i in range(degree + 1)]
    if all(b >= 0 for b in bernstein):
        return True
    middle = (start + end) / 2
    if depth == 0 or min(bernstein[0], bernstein[-1], p(middle)) < 0:
        return False
    return never_negative(p, start, middle, depth - 1) and never_negative(p, middle, end, depth - 1)


def along(formula: Callable, theta: Sequence[fmpq], direction: Sequence[fmpq]) -> fmpq_poly:
    """The polynomial t -> formula(theta + t direction).

    >>> along(lambda theta: theta[0] * theta[0], [fmpq(1)], [fmpq(2)]).coeffs()
    [1, 4, 4]
    """
    return fmpq_poly([0]) + formula([fmpq_poly([a, b]) for a, b in zip(theta, direction, strict=True)])


def root_below(square: fmpq) -> float:
    """A double that is not larger than the square root of a fraction."""
    with precision(BITS):
        return rounded_down(arb(square).sqrt())


def rounded_down(ball: arb) -> float:
    """A finite double that is not larger than any number in the ball; Refusal if there is none."""
    low = min(float(ball.lower()), sys.float_info.max)
    if not math.isfinite(low):
        raise Refusal("The numbers of this proof are too large for floats.")
    while not arb(low) <= ball:
        low -= max(abs(low) * 2.0**-50, 5e-324)
    return low
