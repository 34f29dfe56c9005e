"""One proof for all sizes: for every k >= 6 there is a strict local minimum with one reversed neuron, and it is not global.

Data types, in words
    t           k ** (-1/2). The equations make sense for every real t from 0 (infinitely many neurons) to 1 / sqrt(6), about 0.408
    unknowns    (A, F, E, C, D), the five values of the point after scaling: see `every_size_formulas`
    Piece       an interval of t, a line on it, and how far from the line the solution may be: see `every_size_piece`

The interval [0, 1 / sqrt(6)] of t is covered by a few hundred pieces. On each of them ball arithmetic, with all t of the piece
as one ball, proves four things:

1. For each t of the piece exactly one solution of the five equations lies in the box around the line. Let g(x) = x - Y G(x),
   with Y any matrix, x_0 the point on the line, r the half-widths of the box and N an enclosure of I - Y G' over the box. If
   |Y G(x_0)| + |N| r < r in every entry, g maps the box into itself (mean value theorem, row by row) and has a fixed point
   (Brouwer). As |N| r < r too, g contracts, so there is no other, and Y is invertible, so it is a zero of G (Krawczyk 1969).
   How G(x_0) varies along the line is enclosed by its derivative, with power series of length 2.
2. On the whole box the blocks of the Hessian (see `symmetric_blocks`) are positive definite, with a bound: all pivots of a
   Cholesky decomposition in balls are positive. With the block for inputs that the teacher does not use, for every d >= k.
3. a < 0 < c, and no angle between two neurons is 0 or pi. So at the input -e_1 the teacher answers 0, and the student at least
   |a| > 0: the loss is positive, and this is not a global minimum.
4. The loss, times k, lies between two numbers.

For whole k >= 6, t = k ** (-1/2) lies in a piece. A zero of the equations is a critical point among points of its form, hence among
all W (see `symmetric_blocks`), and by 2 a strict local minimum.

Nothing of the search is trusted: `every_size_piece.check` proves a piece from its numbers. This module needs no torch.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from time import perf_counter

import numpy as np
from flint import arb, arb_series

from lmcourse.certificates.certificate import Refusal, at_least, at_most
from lmcourse.certificates.every_size_blocks import fixed_block, moving_block, scalars, unused_block
from lmcourse.certificates.every_size_formulas import Scaled, equations
from lmcourse.certificates.every_size_piece import Piece, box_of, check, floats, jacobian, path_of, reach_of
from lmcourse.certificates.rounding import precision
from lmcourse.certificates.smooth import BITS_ON_BOXES

LIMIT = (8 / math.pi + 8 / math.pi**2 + 2, 4 / math.pi, 2.0, 8 / math.pi, -4 / math.pi)  # the unknowns at t = 0
SMALLEST_PIECE = 2.0**-18


@dataclass(frozen=True, repr=False)
class EverySize:
    """What was proved for all k >= first at once; if proved is False, why_not says where it stopped."""

    first: int
    pieces: tuple[Piece, ...]
    why_not: str = ""
    seconds: float = 0.0

    @property
    def proved(self) -> bool:
        return bool(self.pieces) and not self.why_not

    def __bool__(self) -> bool:
        return self.proved

    def bound(self, k: int | None = None) -> float:
        """A number below all eigenvalues of the Hessian, for every size from k on; by default from `first` on."""
        return min(piece.bound for piece in self._from(k))

    def loss_times_size(self, k: int | None = None) -> tuple[float, float]:
        """Two numbers between which k times the loss lies, for every size from k on."""
        return min(piece.loss[0] for piece in self._from(k)), max(piece.loss[1] for piece in self._from(k))

    def values(self, k: int) -> list[arb]:
        """Balls that hold the five values a, f, e, c, d of the minimum of size k."""
        piece = next(piece for piece in self._from(k) if piece.holds(k))
        with precision(BITS_ON_BOXES):
            s = 1 / arb(k)
            A, F, E, C, D = box_of(piece, path_of(piece, s.sqrt()))
            return [s * A - 1, s * F, s * E, s * s * C + 1, s * s * D]

    def _from(self, k: int | None) -> list[Piece]:
        k = self.first if k is None else k
        if not self.proved or not isinstance(k, int | float) or k < self.first:
            raise ValueError(
                f"Nothing is proved for all sizes from {k} on: {self.why_not or f'only from {self.first} on'}."
            )
        return [piece for piece in self.pieces if Fraction(piece.low) ** 2 * k <= 1]

    def __repr__(self) -> str:
        if not self.proved:
            return f"Not proved: a minimum with one reversed neuron for every k >= {self.first}. {self.why_not}"
        low, high = self.loss_times_size()
        return (
            f"Theorem. For every k = n >= {self.first} and every d >= k, the teacher-student landscape has a strict local minimum "
            f"with one reversed neuron. No eigenvalue of its Hessian is below {at_least(self.bound())}. It is not a global "
            f"minimum: k times its loss lies between {at_least(low)} and {at_most(high)}.\n"
            f"  {len(self.pieces)} intervals of t = k ** (-1/2) cover [0, 1 / sqrt({self.first})], "
            f"in {self.seconds:.2g} seconds"
        )


def prove(first: int = 6, share: float = 0.5) -> EverySize:
    """Prove that a strict local minimum with one reversed neuron exists for all k >= first at once.

    share : of the smallest eigenvalue to prove; nearer to 1 the bound is better and the pieces are smaller.

    >>> proof = prove(first=100)
    >>> proof.proved, len(proof.pieces) < 20
    (True, True)
    """
    if type(first) is not int or not 5 <= first <= 10**300 or not isinstance(share, float) or not 0 < share < 1:
        raise ValueError(
            f"first must be a whole number from 5 to 10^300 and share between 0 and 1, but {first!r:.60}, {share!r:.60} came."
        )
    start, pieces = perf_counter(), []
    try:
        pieces.extend(cover(0.0, _not_below_inverse_root(first), LIMIT, share))
        _check_cover(first, pieces)
        why_not = ""
    except Refusal as refusal:
        why_not = str(refusal)
    return EverySize(first, tuple(pieces), why_not, perf_counter() - start)


def prove_again(old: EverySize) -> bool:
    """Whether all is proved once more from the numbers of the pieces alone, without any search."""
    try:
        new = [check(piece) for piece in old.pieces]
        _check_cover(old.first, old.pieces)
    except Refusal:
        return False
    return old.proved and all(
        a.loss[0] <= b.loss[0] and b.loss[1] <= a.loss[1] for a, b in zip(old.pieces, new, strict=True)
    )


def _not_below_inverse_root(k: int) -> float:
    t = k**-0.5
    while Fraction(t) ** 2 * k < 1:
        t = math.nextafter(t, 1)
    return t


def _check_cover(first: int, pieces: Sequence[Piece]) -> None:
    """Refusal unless the pieces, in their order, leave no gap between 0 and 1 / sqrt(first)."""
    edges = [0.0, *(piece.high for piece in pieces)]
    if (
        any(piece.low > edge for piece, edge in zip(pieces, edges, strict=False))
        or Fraction(edges[-1]) ** 2 * first < 1
    ):
        raise Refusal("The pieces leave a gap.")


# ----------------------------------------------------------------------------------------------- the search, in floats


def cover(low: float, high: float, values: Sequence[float], share: float) -> Iterator[Piece]:
    """Checked pieces from low to high, each as long as its proof allows; Refusal where even a small one fails."""
    width = 2.0**-9
    while low < high:
        end = min(low + width, high)
        try:
            piece = check(_guess(low, end, values, share))
        except (Refusal, ValueError, ZeroDivisionError, np.linalg.LinAlgError) as reason:
            width /= 2
            if width < SMALLEST_PIECE:
                raise Refusal(f"The proof stops at t = {low:.4g}. {reason}") from None
            continue
        yield piece
        low, values, width = end, piece.values, 1.3 * width


def _guess(low: float, high: float, values: Sequence[float], share: float) -> Piece:
    """A piece that may hold: Newton's method in the middle, and radii from how far a Krawczyk step goes."""
    t, x = arb((low + high) / 2), np.array(values)
    for _ in range(20):
        point = [arb(float(value)) for value in x]
        inverse = np.linalg.inv(floats(jacobian(t, point)))
        step = inverse @ [float(row) for row in equations(Scaled(t, point))]
        x = x - step
        if np.abs(step).max() < 1e-13:
            break
    drift = equations(Scaled(arb_series([t, 1], 2), [arb_series([value, 0], 2) for value in point]))
    slopes = -inverse @ [float(row[1]) for row in drift]
    bound = float(share * _smallest(Scaled(t, point)))
    piece = Piece(low, high, tuple(x.tolist()), tuple(slopes.tolist()), (0.0,) * 5, bound)
    for growth in (1.2, 1.1):
        interval = arb(low).union(arb(high))
        path = path_of(piece, interval)
        reach = reach_of(piece, interval, path, box_of(piece, path))
        piece = replace(piece, radii=tuple(growth * float(far) + 1e-12 for far in reach))
    return piece


def _smallest(at: Scaled) -> float:
    """About the smallest eigenvalue of all blocks, if all are positive; `check` sees to that."""
    values = [float(number) for number in scalars(at)]
    for block in (fixed_block, moving_block, unused_block):
        hessian, length = map(floats, block(at))
        values.append(1 / np.linalg.eigvals(np.linalg.solve(hessian, length)).real.max())
    return min(values) / (2 * math.pi)
