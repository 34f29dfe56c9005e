"""Loss, gradient and Hessian of teacher-student networks over balls (Safran and Shamir 2018).

Data types, in words
    W, V        lists of rows, each a list of d arb: the student's and the teacher's neurons
    Pair        what two directions u and t have in common: the sine of their angle and the angle from pi, each an arb

The formulas are those of `lmcourse.networks.teacher_student`, for the angle th between w and v:
    f(w, v)  =  |w| |v| (sin th + (pi - th) cos th) / (2 pi)
    g(w, v)  =  (|v| sin th w/|w| + (pi - th) v) / (2 pi)
    h1(w, v) =  sin th |v| / (2 pi |w|) (I - u u' + p p')       on the diagonal; p the unit vector of t - cos th u
    h2(w, v) =  ((pi - th) I + p u' + q t') / (2 pi)            off it; q the unit vector of u - cos th t
The loss is twice continuously differentiable where no neuron is zero: h1 -> 0 as th -> 0 or pi. Where a student neuron may be
parallel to a teacher neuron, h1 is enclosed by its size. Where two student neurons may be parallel, p and q have no
enclosure that is useful, and the proof is refused.

This module needs no torch.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import NamedTuple

from flint import arb, arb_mat

from lmcourse.certificates.certificate import Certificate, Refusal, refused
from lmcourse.certificates.rounding import exact
from lmcourse.certificates.smooth import Enclosures, kind_of
from lmcourse.certificates.smooth import prove as prove_smooth
from lmcourse.certificates.smooth import prove_again as prove_smooth_again

LARGEST = 2000  # rows of a Hessian that is written out: some 4 million balls
DENSE = 600  # above so many parameters, inputs that neither network uses are not looked at one by one


def prove(
    sizes: tuple, point: list[float], index: int, not_global: bool, better: list[float] | None = None
) -> Certificate:
    """The proof for the sizes (k, n, d, teacher) of `Landscape.proof`."""
    k, n, d, teacher = sizes
    wide = n * d > DENSE and d > k + 1 and teacher is None and index == 0
    size = n * (k + 1) if wide else n * d
    if size > LARGEST:
        why = (
            f"The Hessian has {size} rows, and it is written out up to {LARGEST}. For any size, certify_symmetric(k) proves "
            "the minimum with one reversed neuron."
        )
        return refused(kind_of(index, n * d), why, point=tuple(point))
    land = enclosures(
        {"family": "teacher_student", "k": k, "n": n, "d": d, "teacher": teacher and list(teacher), "wide": wide}
    )
    return prove_smooth(land, point, index, not_global, better)


def prove_again(old: Certificate) -> Certificate:
    """Prove what a certificate says with its own radius."""
    if old.recipe["wide"] and old.index:
        return refused(
            old.kind, "For many unused inputs only strict local minima are proved.", point=old.point, recipe=old.recipe
        )
    return prove_smooth_again(enclosures(old.recipe), old)


def enclosures(recipe: dict) -> Enclosures:
    """The landscape over balls. recipe: k, n, d; teacher: the rows of V in one list, else None for the first k unit vectors.

    wide : True for points whose weights are zero on all inputs from number k + 1 on. The loss is even in these inputs, so the
    gradient along them vanishes, and the Hessian is that of d = k with d - k copies of the n x n matrix M of Safran and Shamir:
    M_ii = 1/2 + (what turns neuron i), M_ij = (pi - th) / (2 pi). The enclosure of the Hessian then holds both, M once.

    >>> land = enclosures({"k": 2, "n": 1, "d": 2, "teacher": None, "wide": False})
    >>> land.gradient([arb(1), arb(0)])[0].overlaps(-1 / (2 * arb.pi()))      # w/2 - v/2, and the second teacher neuron pushes
    True
    """
    k, n, d, teacher, wide = (recipe[name] for name in ("k", "n", "d", "teacher", "wide"))
    if not all(type(size) is int and size > 0 for size in (k, n, d)) or d < k:
        raise Refusal("The sizes k, n and d must be whole numbers from 1 on, with d >= k.")
    if type(wide) is not bool or type(teacher) not in (type(None), list, tuple):
        raise Refusal("In a recipe wide is true or false, and the teacher a list of numbers or nothing.")
    inputs = k if wide else d
    if teacher is None:
        V, own = [[arb(int(i == j)) for j in range(inputs)] for i in range(k)], ""
    elif len(teacher) == k * d and not wide:
        V = [[exact(number) for number in teacher[start : start + d]] for start in range(0, k * d, d)]
        numbers = " ".join(float(number).hex() for number in teacher)
        own = f", own teacher {hashlib.sha256(numbers.encode()).hexdigest()[:32]}"
    else:
        raise Refusal("The teacher does not fit its sizes.")

    def rows(x: list[arb]) -> list[list[arb]]:
        if len(x) != n * d:
            raise Refusal(f"The landscape has {n} x {d} = {n * d} parameters, but the point has {len(x)}.")
        W = [x[start : start + d] for start in range(0, n * d, d)]
        if any(not entry.mid().is_zero() for w in W for entry in w[inputs:]):
            raise Refusal(
                "With so many inputs only points without weights on the inputs that the teacher does not use can be proved."
            )
        return [w[:inputs] for w in W]

    return Enclosures(
        loss=lambda x: _loss(rows(x), V),
        gradient=lambda x: _gradient(rows(x), V),
        hessian=lambda x: _with_unused_inputs(rows(x), V) if wide else _hessian(rows(x), V),
        name=f"teacher-student, k = {k}, n = {n}" + (f", d = {d}" if d > k else "") + own,
        recipe=recipe,
        known_minimum=0.0 if n >= k else None,
        among=f" without weights on the inputs from number {k + 1} on" if wide else "",
    )


class Pair(NamedTuple):
    """sine = sin th, back = pi - th, cosine = cos th of the angle th between two unit vectors; apart: surely 0 < th < pi."""

    sine: arb
    cosine: arb
    back: arb
    apart: bool


def _pair(u: list[arb], t: list[arb]) -> Pair:
    """The angle between unit vectors, from the chords |u - t| = 2 sin(th/2) and |u + t| = 2 cos(th/2)."""
    near = _root(_square([a - b for a, b in zip(u, t, strict=True)]))
    far = _root(_square([a + b for a, b in zip(u, t, strict=True)]))
    apart = bool(near > 0) and bool(far > 0)
    if not near > 0 and not far > 0:
        raise Refusal("The box around the point is so wide that the angle between two neurons is not known at all.")
    # pi - th, seen from the end that is nearer
    back = arb.pi() - 2 * (near / far).atan() if float(far) > float(near) else 2 * (far / near).atan()
    return Pair(near * far / 2, (far * far - near * near) / 4, back, apart)


def _root(square: arb) -> arb:
    """The square root of a number that is >= 0, although its enclosure may reach below."""
    return square.sqrt() if square > 0 else arb(0).union(square.upper().sqrt())


def _square(vector: list[arb]) -> arb:
    return sum((entry * entry for entry in vector), arb(0))


def _direction(w: list[arb]) -> tuple[arb, list[arb]]:
    square = _square(w)
    if not square > 0:
        raise Refusal("A student neuron may be zero: the loss has a kink there.")
    length = square.sqrt()
    return length, [entry / length for entry in w]


def _loss(W: list[list[arb]], V: list[list[arb]]) -> arb:
    student, teacher = [_direction(w) for w in W], [_direction(v) for v in V]
    own = _energies_within(student)
    shared = sum((_energy(w, v) for w in student for v in teacher), arb(0))
    return own - shared + _energies_within(teacher)


def _energies_within(neurons) -> arb:
    """1/2 sum_ij f(w_i, w_j), with f(w, w) = |w|^2 / 2."""
    pairs = [_energy(w, neurons[j]) for i, w in enumerate(neurons) for j in range(i)]
    return sum((length * length for length, _ in neurons), arb(0)) / 4 + sum(pairs, arb(0))


def _energy(first, second) -> arb:
    pair = _pair(first[1], second[1])
    return first[0] * second[0] * (pair.sine + pair.back * pair.cosine) / (2 * arb.pi())


def _gradient(W: list[list[arb]], V: list[list[arb]]) -> list[arb]:
    student, teacher = [_direction(w) for w in W], [_direction(v) for v in V]
    gradient = []
    for i, (_, u) in enumerate(student):
        turning, pull = arb(0), [entry * arb.pi() for entry in W[i]]  # th = 0 for the neuron with itself
        for sign, neurons, rows in ((1, student, W), (-1, teacher, V)):
            for j, (size, t) in enumerate(neurons):
                if sign > 0 and j == i:
                    continue
                pair = _pair(u, t)
                turning += sign * pair.sine * size
                pull = [a + sign * pair.back * b for a, b in zip(pull, rows[j], strict=True)]
        gradient += [(turning * a + b) / (2 * arb.pi()) for a, b in zip(u, pull, strict=True)]
    return gradient


def _hessian(W: list[list[arb]], V: list[list[arb]]) -> arb_mat:
    n, d = len(W), len(W[0])
    student, teacher = [_direction(w) for w in W], [_direction(v) for v in V]
    blocks = [[None] * n for _ in range(n)]
    pairs = [[None] * n for _ in range(n)]
    for i in range(n):
        for j in range(i):
            pairs[i][j] = pairs[j][i] = pair = _pair(student[i][1], student[j][1])
            if not pair.apart:
                raise Refusal(
                    f"Student neurons {j + 1} and {i + 1} may be parallel or opposite: no useful enclosure of the Hessian."
                )
            blocks[i][j] = blocks[j][i] = _off_diagonal(student[i][1], student[j][1], pair).tolist()
    for i in range(n):
        others = [(pairs[i][j], *student[j]) for j in range(n) if j != i]
        others += [(_pair(student[i][1], t), -size, t) for size, t in teacher]
        blocks[i][i] = _diagonal(*student[i], others).tolist()
    rows = [[entry for block in blocks[i] for entry in block[a]] for i in range(n) for a in range(d)]
    return arb_mat(rows)


def _with_unused_inputs(W: list[list[arb]], V: list[list[arb]]) -> arb_mat:
    """The Hessian and M, one after the other on the diagonal."""
    student, teacher = [_direction(w) for w in W], [_direction(v) for v in V]
    n, pi, hessian = len(W), arb.pi(), _hessian(W, V).tolist()
    M = [[arb(0)] * n for _ in range(n)]
    for i, (size, u) in enumerate(student):
        pairs = [_pair(u, t) if j != i else None for j, (_, t) in enumerate(student)]
        turning = sum((pair.sine * student[j][0] for j, pair in enumerate(pairs) if j != i), arb(0))
        turning -= sum((_pair(u, t).sine * length for length, t in teacher), arb(0))
        M[i] = [arb(0.5) + turning / (2 * pi * size) if j == i else pairs[j].back / (2 * pi) for j in range(n)]
    zeros = [arb(0)] * len(hessian)
    return arb_mat([row + [arb(0)] * n for row in hessian] + [zeros + row for row in M])


def _off_diagonal(u: list[arb], t: list[arb], pair: Pair) -> arb_mat:
    """h2: p u' + q t' = (u t' + t u' - cos th (u u' + t t')) / sin th."""
    d, both = len(u), arb_mat([u, t])
    turn = arb_mat([[-pair.cosine, arb(1)], [arb(1), -pair.cosine]]) * (1 / (2 * arb.pi() * pair.sine))
    return both.transpose() * (turn * both) + _identity(d) * (pair.back / (2 * arb.pi()))


def _diagonal(size: arb, u: list[arb], others) -> arb_mat:
    """I/2 + sum over the other neurons of force (I - u u' + p p'); a teacher's size counts negative."""
    d = len(u)
    forces = [pair.sine * weight / (2 * arb.pi() * size) for pair, weight, _ in others]
    P = arb_mat([_perpendicular(u, t, pair) for pair, _, t in others])
    weighted = arb_mat([[force * entry for entry in row] for force, row in zip(forces, P.tolist(), strict=True)])
    total, column = sum(forces, arb(0)), arb_mat([u])
    return _identity(d) * (total + arb(0.5)) - (column.transpose() * column) * total + P.transpose() * weighted


def _perpendicular(u: list[arb], t: list[arb], pair: Pair) -> list[arb]:
    if not pair.apart:
        return [arb(0, 1)] * len(u)  # some unit vector
    return [(b - pair.cosine * a) / pair.sine for a, b in zip(u, t, strict=True)]


@lru_cache
def _identity(d: int) -> arb_mat:
    return arb_mat(d, d, [int(i == j) for i in range(d) for j in range(d)])
