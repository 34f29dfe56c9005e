"""A minimum near a given point of a ReLU network, inside one linear piece, for any convex cost of the answers: in balls.

Lemma. Let no sample lie on a kink at theta, and let U be the ball of radius rho around it in which no neuron switches. In U the
answers lie in theta's answers + the space spanned by the columns of `shallow`. Let phi(u) be the loss of the answers moved by
sum_k u_k B_k, with B a basis of that space. phi is convex. If its gradient vanishes at some u*, no point of U has a loss below
phi(u*). A column of neuron j belongs to a product v_j w_j[m]; changing w_j[m] by u*_k / v_j adds u*_k times that column. So if
|u*| <= D min(1, |v_j|) and D < rho, a point theta* at most D away from theta has the loss phi(u*), and is a local minimum.

That phi has exactly one critical point near u = 0 is a proof of the usual kind (see `smooth`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from flint import arb, fmpq

from lmcourse.certificates.certificate import Refusal, at_least, at_most
from lmcourse.certificates.formulas import COSTS, exact
from lmcourse.certificates.jets import derivatives
from lmcourse.certificates.piecewise import Theorem
from lmcourse.certificates.rational import independent, root_below
from lmcourse.certificates.rounding import BITS, down, length, precision, up
from lmcourse.certificates.shallow import answers, columns, fractions_of, inputs, kinks, room, shallow
from lmcourse.certificates.smooth import Enclosures, prove


def minimum_on_one_piece(model: dict, point: Sequence[fmpq], within: fmpq) -> Theorem:
    """The lemma above. within : D, the distance of the minimum that is to be proved (see `find_distance`)."""
    phi, moved, gradient, clear, samples, size = _examine(model, point)
    with precision(BITS):
        if not within > 0 or not moved <= arb(within) or not within * within < clear:
            raise Refusal(
                f"The minimum is not proved to lie within {at_most(up(arb(within)))}, in the same linear piece: it may be "
                f"{at_most(up(moved))} away."
            )
        here = phi.loss([arb(0)] * size)  # phi is convex: phi(0) - |gradient| |u*| <= phi(u*) <= phi(0)
        loss = down(here - gradient * arb(within), 0.0), up(here, 0.0)
    clear_of_kinks = Fraction(root_below(clear)) - Fraction(up(arb(within)))
    if not clear_of_kinks > 0:
        raise Refusal("No distance is proved within which no neuron switches: the minimum lies too near to a kink.")
    statement = (
        f"At most {at_most(up(arb(within)))} from the given point lies a local minimum with a loss between {loss[0]!r} and "
        f"{loss[1]!r}: no point within {at_least(clear_of_kinks)} of it has a lower one. No "
        f"neuron switches there; the "
        f"answers to the {samples} samples range over a linear space of dimension {size}, on which the loss is "
        f"convex and has one minimum."
    )
    return Theorem("minimum on a linear piece", statement, loss)


def find_distance(model: dict, point: Sequence[fmpq]) -> fmpq:
    """A distance D within which `minimum_on_one_piece` finds its minimum, twice as large as need be. Not trusted."""
    moved = _examine(model, point)[1]
    if not moved < 2.0**1000:
        raise Refusal("An output weight is so small that the minimum may be further away than floats go.")
    return exact(2.0 ** math.ceil(math.log2(max(up(moved), 2.0**-200)) + 1))


def _examine(model: dict, point: Sequence[fmpq]) -> tuple[Enclosures, arb, arb, fmpq, int, int]:
    """phi, how far theta* may be from theta, |gradient of phi| at most, room^2 around theta, numbers of samples and of unknowns."""
    net = shallow(model, point)
    x, y = fractions_of(model)
    if len(y) != 1:
        raise Refusal("This proof is written for networks with one output.")
    z = inputs(net, x)
    touching = kinks(z)
    if touching:
        j, i = touching[0]
        raise Refusal(f"Sample {i + 1} lies on the kink of neuron {j + 1}: more than one linear piece meets here.")
    basis, reach = _basis(net, x, z)
    given = answers(net, z, lambda j, i: z[j][i] > 0)[0]
    phi = _convex_problem(model, given, y[0], basis)
    proof = prove(phi, [0.0] * len(basis))
    if not proof.proved:
        raise Refusal(f"The loss over the answers that this piece allows has no proved minimum here. {proof.why_not}")
    with precision(BITS):
        gradient = length(phi.gradient([arb(0)] * len(basis)))
        moved = gradient / arb(proof.eigenvalue_bound) / arb(min(reach, fmpq(1)))
    return phi, moved, gradient, room(z, x), len(x), len(basis)


def _basis(net, x: Sequence, z: Sequence) -> tuple[list, fmpq]:
    """A basis of the space of answers, of columns that an output weight can move, and the smallest of these weights in size."""
    on = [[i for i, value in enumerate(row) if value > 0] for row in z]
    found = columns(x, on)
    weight = {-1: fmpq(1)} | {j: abs(v) for j, v in enumerate(net.V[0])}
    found.sort(key=lambda entry: -weight[entry[0]])
    movable = [entry for entry in found if weight[entry[0]] > 0]
    chosen = [movable[k] for k in independent([column for _, _, column in movable])]
    if len(chosen) < len(independent([column for _, _, column in found])):
        raise Refusal("A neuron with output weight zero opens directions that this proof cannot reach.")
    return [column for _, _, column in chosen], min(weight[j] for j, _, _ in chosen)


def _convex_problem(model: dict, given: Sequence[fmpq], targets: Sequence[fmpq], basis: Sequence) -> Enclosures:
    cost, scale = COSTS[model["cost"]], exact(model["scale"])
    if model["cost"] not in ("squared", "log"):
        raise Refusal("This proof is written for the squared loss and the log loss, which are convex in the answers.")

    def phi(u: Sequence):
        moved = [
            sum(u_k * column[i] for u_k, column in zip(u, basis, strict=True)) + arb(o) for i, o in enumerate(given)
        ]
        return sum(cost([o], [t]) for o, t in zip(moved, targets, strict=True)) * scale

    return Enclosures(
        phi,
        lambda u: derivatives(phi, u)[1].entries(),
        lambda u: derivatives(phi, u)[2],
        name="loss over the answers of one linear piece",
        recipe={},
    )
