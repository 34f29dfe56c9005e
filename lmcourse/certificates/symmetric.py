"""The minimum with one reversed neuron, proved for any size k = n >= 5 and any number of inputs d >= k, at a cost that does not grow with k.

Data types, in words
    values      (a, f, e, c, d): neuron 1 is (a, f, ..., f); each neuron i >= 2 has e at input 1, c at input i and d elsewhere
    Shape       what follows from the values: m = k - 1, the two lengths, and the seven angles that occur
    block       a symmetric matrix: the Hessian seen on one kind of directions, in an orthonormal basis

Exchanging two of the neurons 2..k together with the same two inputs leaves the loss as it is, and the points of this form are those that
no such exchange moves. So the gradient at such a point is of the same form: a point that is critical among them is critical
among all networks. The Hessian commutes with the exchanges, the group S_m. By Schur's lemma it splits like the space of W does,
and on every kind of directions it is one small matrix, repeated:
    5 x 5, once              all that no exchange moves (the five values)
    5 x 5, m - 1 times       one v in R^m with sum zero, placed in five ways
    a number, m(m-3)/2 times     symmetric matrices on the neurons 2..k with zero diagonal and zero row sums
    a number, (m-1)(m-2)/2 times     antisymmetric ones
Inputs that the teacher does not use add 1/2 + ..., the matrix M of Safran and Shamir over the neurons: a 2 x 2 block and a number.
With all of them positive on a box that holds the critical point, it is a strict local minimum for every d >= k.

The lemma at the top of `smooth` is applied in the five dimensions; lengths are those of R^(k x k).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from flint import arb, arb_mat

from lmcourse.certificates.certificate import Certificate, Refusal, at_least, refused
from lmcourse.certificates.smooth import BITS, down, exact, kind_of, length, minimum, precision, spectrum, stated, up

FIRST = (-0.601512, 0.224516, 0.308011, 0.986704, -0.050413)  # at k = 6, to six digits: Safran and Shamir (2018), example 1


@dataclass(frozen=True)
class Angle:
    """sine = sin th, cosine = cos th and back = pi - th of an angle strictly between 0 and pi."""

    sine: arb
    cosine: arb
    back: arb


def _angle(sine: arb, cosine: arb) -> Angle:
    if not sine > 0:
        raise Refusal("Two neurons of this point may be parallel or opposite.")
    back = 2 * (sine / (1 - cosine)).atan() if float(cosine) < 0 else arb.pi() - 2 * (sine / (1 + cosine)).atan()
    return Angle(sine, cosine, back)


class Shape:
    """Lengths and angles of a point with one reversed neuron."""

    def __init__(self, values: Sequence[arb], k: int):
        a, f, e, c, d = self.values = values
        m = self.m = k - 1
        one, two = (a * a + m * f * f).sqrt(), (e * e + c * c + (m - 1) * d * d).sqrt()
        if not (one > 0 and two > 0):
            raise Refusal("A student neuron may be zero: the loss has a kink there.")
        self.lengths = one, two
        between, among = (a * e + f * c + (m - 1) * f * d) / (one * two), (e * e + 2 * c * d + (m - 2) * d * d) / (two * two)
        self.student = {  # from a neuron of the first sort (0: neuron 1) to another
            (0, 1): _angle((1 - between * between).sqrt(), between),
            (1, 1): _angle((1 - among * among).sqrt(), among),
        }
        self.student[1, 0] = self.student[0, 1]
        self.teacher = {  # from a neuron to the teacher's neuron 1, to the one at its own input, to any other
            (0, "one"): _angle((m * f * f).sqrt() / one, a / one),
            (0, "other"): _angle((a * a + (m - 1) * f * f).sqrt() / one, f / one),
            (1, "one"): _angle((c * c + (m - 1) * d * d).sqrt() / two, e / two),
            (1, "own"): _angle((e * e + (m - 1) * d * d).sqrt() / two, c / two),
            (1, "other"): _angle((e * e + c * c + (m - 2) * d * d).sqrt() / two, d / two),
        }

    def turning(self, sort: int) -> arb:
        """sum over all others of sin th times their length, the teacher's negative, for a neuron of this sort."""
        m, (one, two), student, teacher = self.m, self.lengths, self.student, self.teacher
        if sort == 0:
            return m * student[0, 1].sine * two - teacher[0, "one"].sine - m * teacher[0, "other"].sine
        own = student[1, 0].sine * one + (m - 1) * student[1, 1].sine * two
        return own - teacher[1, "one"].sine - teacher[1, "own"].sine - (m - 1) * teacher[1, "other"].sine


def loss(shape: Shape) -> arb:
    """The loss; `lmcourse.networks.reversed_neuron.five_numbers` is the same over tensors."""
    m, (one, two), student, teacher = shape.m, shape.lengths, shape.student, shape.teacher

    def energy(size: arb, angle: Angle) -> arb:
        return size * (angle.sine + angle.back * angle.cosine) / (2 * arb.pi())

    own = (one * one + m * two * two) / 2 + 2 * m * energy(one * two, student[0, 1])
    own += m * (m - 1) * energy(two * two, student[1, 1])
    shared = energy(one, teacher[0, "one"]) + m * energy(one, teacher[0, "other"]) + m * energy(two, teacher[1, "one"])
    shared += m * energy(two, teacher[1, "own"]) + m * (m - 1) * energy(two, teacher[1, "other"])
    return own / 2 - shared + (arb(m + 1) / 2 + (m + 1) * m / (2 * arb.pi())) / 2


def gradient(shape: Shape) -> list[arb]:
    """The gradient along the five orthonormal directions that no exchange moves."""
    (a, f, e, c, d), m, student, teacher = shape.values, shape.m, shape.student, shape.teacher
    one, two = (shape.turning(sort) / shape.lengths[sort] for sort in (0, 1))  # what multiplies w itself
    near, among, pi = student[0, 1].back, student[1, 1].back, arb.pi()
    rows = (
        one * a + pi * a + m * near * e - teacher[0, "one"].back,
        one * f + pi * f + near * (c + (m - 1) * d) - teacher[0, "other"].back,
        two * e + pi * e + near * a + (m - 1) * among * e - teacher[1, "one"].back,
        two * c + pi * c + near * f + (m - 1) * among * d - teacher[1, "own"].back,
        two * d + pi * d + near * f + among * (c + (m - 2) * d) - teacher[1, "other"].back,
    )
    return [entry * scale / (2 * pi) for entry, scale in zip(rows, scales(m), strict=True)]


def scales(m: int) -> list[arb]:
    """The square roots of how often each of the five values stands in W."""
    return [arb(count).sqrt() for count in (1, m, m, m, m * (m - 1))]


# ----------------------------------------------------------------------------------------------- the two 5 x 5 blocks


def fixed_block(shape: Shape) -> arb_mat:
    """The Hessian on the directions that no exchange moves. Reduced inputs: 1, x, y and the m - 2 others."""
    _, rf, re, rc, rd = (1 / scale for scale in scales(shape.m))
    row_one = [[1, 0, 0, 0, 0], *[[0, rf, 0, 0, 0]] * 3]
    row_x = [[0, 0, re, 0, 0], [0, 0, 0, rc, 0], *[[0, 0, 0, 0, rd]] * 2]
    row_y = [row_x[0], row_x[2], row_x[1], row_x[3]]
    return _block(shape, [row_one, row_x, row_y])


def moving_block(shape: Shape) -> arb_mat:
    """The Hessian on v placed in five ways, v = (1, -1, 0, ..., 0) / sqrt 2. Reduced inputs: 1, the two of v, x, y, the m - 4 others.

    The five ways: in row 1; in column 1; on the diagonal; along the rows plus along the columns; along the rows minus along the columns.
    """
    h = 1 / arb(2).sqrt()
    plus, minus = 1 / arb(2 * (shape.m - 2)).sqrt(), 1 / arb(2 * shape.m).sqrt()

    def entry(row: int, column: int) -> list:  # rows and columns 1, 2: the two of v; larger: any other
        v = {1: h, 2: -h}
        here, there = v.get(row, 0), v.get(column, 0)
        if column == row:
            return [0, 0, here, 0, 0]
        return [0, 0, 0, (here + there) * plus, (here - there) * minus]

    row_one = [[0] * 5, [h, 0, 0, 0, 0], [-h, 0, 0, 0, 0], *[[0] * 5] * 3]
    rows = [[[0, h * sign, 0, 0, 0], *[entry(row, column) for column in range(1, 6)]] for row, sign in ((1, 1), (2, -1), (3, 0), (4, 0))]
    return _block(shape, [row_one, *rows])


def _block(shape: Shape, directions: list[list[list]]) -> arb_mat:
    """sum_ij D_i' H_ij D_j over all neurons, from representatives: neuron 1, those that differ, then x and y for all the rest.

    directions[i] is D_i (reduced inputs, 5). The last reduced input stands for all inputs but those of the representatives.
    """
    m, pi, last = shape.m, arb.pi(), len(directions) - 1
    x, rest = last - 1, m - (last - 2)  # the place of x, and how many neurons it stands for
    a, f, e, c, d = shape.values
    weights = [1] * (last + 1) + [m - last]
    units = [[(a if i == 0 else f) / shape.lengths[0] for i in range(last + 2)]]
    units += [[(e if i == 0 else c if i == own else d) / shape.lengths[1] for i in range(last + 2)] for own in range(1, last + 1)]
    U = arb_mat([[unit[i] for unit in units] for i in range(last + 2)])
    D = [arb_mat(rows) for rows in directions]
    weighted = [arb_mat([[w * entry for entry in row] for w, row in zip(weights, rows, strict=True)]).transpose() for rows in directions]
    along = [(weighted[i] * U).tolist() for i in range(last + 1)]  # along[i][b][j] = D_ib . u_j

    def column(i: int, j: int) -> list[arb]:
        return [row[j] for row in along[i]]

    total = arb_mat(5, 5)
    for i in range(x + 1):
        sort, own = min(i, 1), column(i, i)
        others = [(j, 1) for j in range(x) if j != i] + ([(last, rest - 1)] if i == x else [(x, rest)])
        count, size = rest if i == x else 1, shape.lengths[sort]
        perpendicular, forces = [], []
        for j, seen in others:  # the student's other neurons
            angle = shape.student[sort, min(j, 1)]
            perpendicular.append([(t - angle.cosine * u) / angle.sine for t, u in zip(column(i, j), own, strict=True)])
            forces.append(seen * angle.sine * shape.lengths[min(j, 1)])
        for j, seen in [*others, (i, 1)]:  # the teacher's neurons
            angle = shape.teacher[sort, "one" if j == 0 else "own" if j == i else "other"]
            perpendicular.append([(t - angle.cosine * u) / angle.sine for t, u in zip(directions[i][j], own, strict=True)])
            forces.append(-seen * angle.sine)
        P, u = arb_mat(perpendicular), arb_mat([own])
        pushed = arb_mat([[force * entry for entry in row] for force, row in zip(forces, perpendicular, strict=True)])
        turning = shape.turning(sort)
        own_block = weighted[i] * D[i] * (pi * size + turning) - u.transpose() * u * turning + P.transpose() * pushed
        total += own_block * (count / (2 * pi * size))
        for j, seen in others:
            if j < i:
                continue  # this pair was counted from the other side
            angle = shape.student[sort, min(j, 1)]
            first, second = arb_mat([own, column(i, j)]), arb_mat([column(j, i), column(j, j)])
            turn = arb_mat([[-angle.cosine, 1], [1, -angle.cosine]]) * (1 / angle.sine)
            pair = weighted[i] * D[j] * angle.back + first.transpose() * (turn * second)
            sides = arb(seen * count) / (2 if i == x else 1)  # x and y are each other's: both sides are in the count
            total += (pair + pair.transpose()) * (sides / (2 * pi))
    return total


# ----------------------------------------------------------------------------------------------- the rest of the Hessian


def scalars(shape: Shape) -> list[arb]:
    """The Hessian on symmetric and on antisymmetric matrices with zero diagonal and zero row sums over the neurons and inputs 2..k."""
    (_, _, _, c, d), (_, two), pi = shape.values, shape.lengths, arb.pi()
    among, other = shape.student[1, 1], shape.teacher[1, "other"]
    tilt = (c - d) / two
    common = arb(0.5) + (shape.turning(1) / two - among.back - 1 / (two * other.sine)) / (2 * pi)
    bend = tilt * tilt / (2 * pi * among.sine)
    return [common + 2 * bend, common]


def unused_inputs(shape: Shape) -> tuple[arb_mat, arb]:
    """The Hessian along an input that the teacher does not use: on neuron 1 with all the others equal, and on differences of the others."""
    m, pi, (one, two) = shape.m, arb.pi(), shape.lengths
    first, second = (arb(0.5) + shape.turning(sort) / (2 * pi * size) for sort, size in ((0, one), (1, two)))
    near, among = shape.student[0, 1].back / (2 * pi), shape.student[1, 1].back / (2 * pi)
    off = near * arb(m).sqrt()
    return arb_mat([[first, off], [off, second + (m - 1) * among]]), second - among


def multiplicities(k: int) -> tuple[int, int, int, int]:
    """How often the blocks stand in the Hessian: 5 x 5, 5 x 5, number, number.

    >>> 5 * sum(multiplicities(10)[:2]) + sum(multiplicities(10)[2:])
    100
    """
    m = k - 1
    return 1, m - 1, m * (m - 3) // 2, (m - 1) * (m - 2) // 2


def blocks(shape: Shape) -> list[tuple[arb_mat, int]]:
    """All that the Hessian is made of, with how often: first the block on the five values; last the two for unused inputs, once each."""
    once, moving, symmetric, antisymmetric = multiplicities(shape.m + 1)
    (even, odd), (pair, single) = scalars(shape), unused_inputs(shape)
    hessian = [(fixed_block(shape), once), (moving_block(shape), moving)]
    hessian += [(arb_mat([[even]]), symmetric), (arb_mat([[odd]]), antisymmetric)]
    return [*hessian, (pair, 0), (arb_mat([[single]]), 0)]


# ----------------------------------------------------------------------------------------------- the proof


def solve(k: int, start: Sequence[float] = FIRST) -> list[float]:
    """The five values at the critical point of size k, by Newton's method from a start near by; nothing is proved here.

    >>> [round(value, 6) for value in solve(6)]
    [-0.601512, 0.224516, 0.308011, 0.986704, -0.050413]
    """
    values, weights = np.array(start, dtype=float), np.array([float(scale) for scale in scales(k - 1)])
    for _ in range(30):
        shape = Shape([arb(float(value)) for value in values], k)
        hessian = np.array([float(entry) for entry in fixed_block(shape).entries()]).reshape(5, 5)
        step = np.linalg.solve(hessian, [float(entry) for entry in gradient(shape)]) / weights
        values = values - step
        if np.abs(step * weights).max() < 1e-11:  # the error left is of the order of its square
            break
    return values.tolist()


def solve_up_to(k: int) -> list[float]:
    """`solve` over growing sizes from 6 on: the values change little from one to the next."""
    size, values = 6, solve(6)
    while size != k:
        size = max(size - 1, k) if k < size else min(size + size // 6, k)
        values = solve(size, values)
    return values


def prove(k: int, values: Sequence[float] | None = None, index: int = 0, not_global: bool = True) -> Certificate:
    """Prove that a critical point with one reversed neuron lies near the five values, a strict local minimum for k = n and every d >= k.

    values : by default `solve_up_to(k)`. index : the number of negative eigenvalues claimed, of k*k.

    >>> prove(1000).index
    0
    """
    return _attempt(k, solve_up_to(k) if values is None else values, index, not_global, None)


def prove_again(old: Certificate) -> Certificate:
    """Prove what a certificate says with its own radius."""
    return _attempt(old.recipe["k"], old.point, old.index, bool(old.not_global), old)


def _attempt(k: int, values, index: int, not_global: bool, old: Certificate | None) -> Certificate:
    start, recipe = perf_counter(), {"family": "symmetric", "k": k}
    try:
        certificate = _proof(k, tuple(values), index, not_global, recipe, old)
    except Refusal as refusal:
        known = {"point": tuple(values), "recipe": recipe, "not_global": False if not_global else None}
        certificate = refused(kind_of(index, k * k), str(refusal), **known)
    return replace(certificate, seconds=perf_counter() - start)


def _proof(k, values, index, not_global, recipe, old) -> Certificate:
    if type(k) is not int or k < 5 or len(values) != 5 or not all(np.isfinite(float(value)) for value in values):
        raise Refusal("The size k must be a whole number from 5 on, and the values five finite numbers.")
    with precision(BITS):
        shape = Shape([exact(value) for value in values], k)
        gradient_bound, height = length(gradient(shape)), loss(shape)
        centres = [(*spectrum(block), times) for block, times in blocks(shape)]
        found = sum(negative * times for _, _, negative, times in centres)
        if found != index or (index == 0 and any(negative for _, _, negative, _ in centres)):
            raise Refusal(f"{index} negative eigenvalues of the Hessian were claimed, but {found} of {k * k} are negative at this point.")
        radius = _radius(k, values, centres) if old is None else old.radius
        gaps = [gap - change for (_, gap, _, _), change in zip(centres, _changes(k, values, centres, radius), strict=True)]
        if not all(gap > 0 for gap in gaps) or not 2 * gradient_bound < gaps[0] * radius:
            raise Refusal(f"The gradient, {float(gradient_bound):.1e} long, or the change of the Hessian near the point is too large.")
        distance = (gradient_bound / gaps[0]).upper()
        # The Hessian changes by less than its smallest eigenvalue, so in the ball its norm is below twice the one at the centre.
        height += arb(0, ((gradient_bound + length(centres[0][0].entries()) * distance) * distance).upper())
        if not_global and not height > 0:
            raise Refusal(f"The loss, between {down(height):.3g} and {up(height):.3g}, is not surely above the global minimum 0.")
        numbers = stated(minimum(gaps), gradient_bound, height, old)
    kind = kind_of(index, k * k)
    where = "for every number of inputs d >= k " if index == 0 else ""
    statement = (
        f"For k = n = {k}, exactly one critical point with one reversed neuron lies within {at_least(radius)} of the five given values, "
        f"measured on the whole matrix W. It is, {where}among all W, a {kind}: {index} of the {k * k} eigenvalues of the Hessian are "
        f"negative and none is nearer to zero than {at_least(numbers['eigenvalue_bound'])}."
    )
    if not_global:
        statement += " It is not a global minimum: its loss is above 0, which is the infimum."
    return Certificate(
        True, kind, statement, values, radius, **numbers, not_global=True if not_global else None, index=index, recipe=recipe
    )


def _radius(k: int, values, centres) -> float:
    """The largest power of two on whose box no block is expected to change by more than a small share of its gap."""
    small = 2.0**-40
    shares = [float(gap) / float(change) for (_, gap, _, _), change in zip(centres, _changes(k, values, centres, small), strict=True)]
    return min(2.0**-10, small * 2.0 ** math.floor(math.log2(2.0**-6 * min(shares))))


def _changes(k: int, values, centres, radius: float) -> list[arb]:
    """How much each block can differ from its centre on the box: a value may move by radius / sqrt(how often it stands in W)."""
    box = [exact(value) + arb(0, (arb(radius) / scale).upper()) for value, scale in zip(values, scales(k - 1), strict=True)]
    moved = [block for block, _ in blocks(Shape(box, k))]
    return [length((block - centre).entries()) for block, (centre, *_) in zip(moved, centres, strict=True)]
