"""One step of the proof for all sizes (see `every_size`): what holds for all t of one small interval.

Data types, in words
    t           k ** (-1/2)
    Piece       an interval of t, a line on it (unknowns = values + slopes (t - middle)), how far from the line the solution may
                be, and a bound of the eigenvalues: plain numbers, from which `check` proves everything
    path, box   the unknowns on the line, and around it, for all t of the piece at once

This module needs no torch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from flint import arb, arb_mat, arb_series

from lmcourse.certificates.certificate import Refusal
from lmcourse.certificates.every_size_blocks import fixed_block, moving_block, scalars, unused_block
from lmcourse.certificates.every_size_formulas import Scaled, equations, loss_times_size
from lmcourse.certificates.rounding import down, exact, precision, up
from lmcourse.certificates.smooth import BITS_ON_BOXES


@dataclass(frozen=True)
class Piece:
    """For every t from low to high exactly one solution lies within `radii` of values + slopes (t - middle).

    bound : no eigenvalue of the Hessian there is smaller. loss : k times the loss lies between these two numbers.
    """

    low: float
    high: float
    values: tuple[float, ...]
    slopes: tuple[float, ...]
    radii: tuple[float, ...]
    bound: float
    loss: tuple[float, float] = (-math.inf, math.inf)

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    def holds(self, k: int) -> bool:
        """Whether k ** (-1/2) lies in the piece, decided in fractions."""
        return Fraction(self.low) ** 2 * k <= 1 <= Fraction(self.high) ** 2 * k


def check(piece: Piece) -> Piece:
    """The piece with the enclosure of its loss, after all that it says was proved; Refusal says what was not."""
    try:
        return _checked(piece)
    except (ValueError, ZeroDivisionError):  # a power series cannot be divided by a ball that holds zero
        raise Refusal("The formulas have no finite enclosure on this piece.") from None


def _checked(piece: Piece) -> Piece:
    if not (0 <= piece.low <= piece.high < math.inf and all(0 < radius < math.inf for radius in piece.radii)):
        raise Refusal("A piece is an interval of t from 0 on, and its radii are positive.")
    with precision(BITS_ON_BOXES):
        t = exact(piece.low).union(exact(piece.high))
        path = path_of(piece, t)
        box = box_of(piece, path)
        reach = reach_of(piece, t, path, box)
        if not all(far < exact(radius) for far, radius in zip(reach, piece.radii, strict=True)):
            raise Refusal(
                f"No box was found that surely holds one solution for each t from {piece.low:.6g} to {piece.high:.6g}."
            )
        if not piece.bound > 0:
            raise Refusal("The Hessian seems to have a negative eigenvalue.")
        at = Scaled(t, box)
        if not (at.a < 0 and at.c > 0 and at.first > 0 and at.own > 0 and all(sine > 0 for sine in at.sine.values())):
            raise Refusal("Two neurons may be parallel or opposite, or not exactly one is reversed.")
        bound = 2 * arb.pi() * exact(piece.bound)
        for block in (fixed_block, moving_block, unused_block):
            hessian, length = block(at)
            if not is_definite(hessian - length * bound):
                raise Refusal(
                    f"The {block.__name__.replace('_', ' ')} of the Hessian may have an eigenvalue below {piece.bound:.3g}."
                )
        if not all(number > bound for number in scalars(at)):
            raise Refusal(f"A single eigenvalue of the Hessian may be below {piece.bound:.3g}.")
        loss = _loss(piece, t, path, box)
        if not loss.is_finite():
            raise Refusal("The formula of the loss gives no finite enclosure.")
        return replace(piece, loss=(down(loss), up(loss)))


def _loss(piece: Piece, t: arb, path: list[arb], box: list[arb]) -> arb:
    """k times the loss, by the mean value theorem: from the middle along the path, then away from it within the box."""
    slopes = map(exact, piece.slopes)
    line = [arb_series([value, slope], 2) for value, slope in zip(path, slopes, strict=True)]
    middle = loss_times_size(Scaled(exact(piece.middle), [exact(value) for value in piece.values]))
    along = loss_times_size(Scaled(arb_series([t, 1], 2), line))[1] * (t - exact(piece.middle))
    away = [
        loss_times_size(Scaled(t, moving))[1] * arb(0, r) for moving, r in zip(_moving(box), piece.radii, strict=True)
    ]
    return sum(away, middle + along)


def _moving(unknowns: list[arb]) -> list[list[arb_series]]:
    """Five copies of the unknowns; in copy j number j moves with speed one."""
    return [[arb_series([value, int(i == j)], 2) for i, value in enumerate(unknowns)] for j in range(5)]


def path_of(piece: Piece, t: arb) -> list[arb]:
    away = t - exact(piece.middle)
    return [exact(value) + exact(slope) * away for value, slope in zip(piece.values, piece.slopes, strict=True)]


def box_of(piece: Piece, path: list[arb]) -> list[arb]:
    return [centre + arb(0, radius) for centre, radius in zip(path, piece.radii, strict=True)]


def reach_of(piece: Piece, t: arb, path: list[arb], box: list[arb]) -> list[arb]:
    """|Y G(x_0)| + |N| r for all t of the piece: how far from the path g takes a point of the box."""
    middle, centre = exact(piece.middle), [exact(value) for value in piece.values]
    inverse = _exact_matrix(np.linalg.inv(floats(jacobian(middle, centre))))
    line = [arb_series([value, exact(slope)], 2) for value, slope in zip(path, piece.slopes, strict=True)]
    drift = arb_mat([[row[1]] for row in equations(Scaled(arb_series([t, 1], 2), line))])
    start = arb_mat([[row] for row in equations(Scaled(middle, centre))])
    moved = inverse * start + (inverse * drift) * (t - middle)
    rest = _exact_matrix(np.eye(5)) - inverse * jacobian(t, box)
    radii = [exact(radius) for radius in piece.radii]
    return [
        moved[i, 0].abs_upper() + sum((rest[i, j].abs_upper() * radii[j] for j in range(5)), arb(0)) for i in range(5)
    ]


def jacobian(t: arb, unknowns: list[arb]) -> arb_mat:
    """The derivatives of the five equations with respect to the unknowns, one power series of length 2 for each column."""
    columns = [[row[1] for row in equations(Scaled(t, moving))] for moving in _moving(unknowns)]
    return arb_mat(columns).transpose()


def is_definite(matrix: arb_mat) -> bool:
    """True only if every symmetric matrix in the enclosure is positive definite: all pivots are positive.

    >>> is_definite(arb_mat([[2, arb(1, 0.1)], [arb(1, 0.1), 1]])), is_definite(arb_mat([[2, arb(1, 0.5)], [arb(1, 0.5), 1]]))
    (True, False)
    """
    rows, size = matrix.tolist(), matrix.nrows()
    for i in range(size):
        if not rows[i][i] > 0:
            return False
        for j in range(i + 1, size):
            factor = rows[j][i] / rows[i][i]
            rows[j] = [entry - factor * pivot for entry, pivot in zip(rows[j], rows[i], strict=True)]
    return True


def floats(matrix: arb_mat) -> np.ndarray:
    return np.array([float(entry) for entry in matrix.entries()]).reshape(matrix.nrows(), -1)


def _exact_matrix(matrix: np.ndarray) -> arb_mat:
    return arb_mat(*matrix.shape, matrix.ravel().tolist())
