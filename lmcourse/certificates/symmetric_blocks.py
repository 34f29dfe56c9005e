"""Loss, gradient and Hessian at a point with one reversed neuron, over balls, at a cost that does not grow with its size.

Data types, in words
    values      (a, f, e, c, d): neuron 1 is (a, f, ..., f); each neuron i >= 2 has e at input 1, c at input i and d elsewhere
    Shape       what follows from the values: m = k - 1, the two lengths, and the seven angles that occur
    block       a symmetric matrix: the Hessian seen on one kind of directions, in an orthonormal basis

Exchanging two of the neurons 2..k together with the same two inputs leaves the loss as it is, and the points of this form are
those that no such exchange moves. So the gradient at such a point is of the same form: a point that is critical among them is
critical among all networks. The Hessian commutes with the exchanges, the group S_m. By Schur's lemma it splits like the space
of W does, and on every kind of directions it is one small matrix, repeated:
    5 x 5, once              all that no exchange moves (the five values)
    5 x 5, m - 1 times       one v in R^m with sum zero, placed in five ways
    a number, m(m-3)/2 times     symmetric matrices on the neurons 2..k with zero diagonal and zero row sums
    a number, (m-1)(m-2)/2 times     antisymmetric ones
Inputs that the teacher does not use add 1/2 + ..., the matrix M of Safran and Shamir over the neurons: a 2 x 2 block and a number.

This module needs no torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, arb_mat

from lmcourse.certificates.certificate import Refusal


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
        between, among = (
            (a * e + f * c + (m - 1) * f * d) / (one * two),
            (e * e + 2 * c * d + (m - 2) * d * d) / (two * two),
        )
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
    """The Hessian on v placed in five ways, v = (1, -1, 0, ..., 0) / sqrt 2.

    Reduced inputs: 1, the two of v, x, y, the m - 4 others. The five ways: in row 1; in column 1; on the diagonal; along the
    rows plus along the columns; along the rows minus along the columns.
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
    rows = [
        [[0, h * sign, 0, 0, 0], *[entry(row, column) for column in range(1, 6)]]
        for row, sign in ((1, 1), (2, -1), (3, 0), (4, 0))
    ]
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
    units += [
        [(e if i == 0 else c if i == own else d) / shape.lengths[1] for i in range(last + 2)]
        for own in range(1, last + 1)
    ]
    U = arb_mat([[unit[i] for unit in units] for i in range(last + 2)])
    D = [arb_mat(rows) for rows in directions]
    weighted = [
        arb_mat([[w * entry for entry in row] for w, row in zip(weights, rows, strict=True)]).transpose()
        for rows in directions
    ]
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
            perpendicular.append(
                [(t - angle.cosine * u) / angle.sine for t, u in zip(directions[i][j], own, strict=True)]
            )
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
    """The Hessian on matrices over the neurons and inputs 2..k with zero diagonal and zero row sums: symmetric, antisymmetric."""
    (_, _, _, c, d), (_, two), pi = shape.values, shape.lengths, arb.pi()
    among, other = shape.student[1, 1], shape.teacher[1, "other"]
    tilt = (c - d) / two
    common = arb(0.5) + (shape.turning(1) / two - among.back - 1 / (two * other.sine)) / (2 * pi)
    bend = tilt * tilt / (2 * pi * among.sine)
    return [common + 2 * bend, common]


def unused_inputs(shape: Shape) -> tuple[arb_mat, arb]:
    """The Hessian along an unused input: on neuron 1 with all the others equal, and on differences of the others."""
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
    """What the Hessian is made of, and how often: first the block on the five values; last the two for unused inputs, 0 times."""
    once, moving, symmetric, antisymmetric = multiplicities(shape.m + 1)
    (even, odd), (pair, single) = scalars(shape), unused_inputs(shape)
    hessian = [(fixed_block(shape), once), (moving_block(shape), moving)]
    hessian += [(arb_mat([[even]]), symmetric), (arb_mat([[odd]]), antisymmetric)]
    return [*hessian, (pair, 0), (arb_mat([[single]]), 0)]
