"""Paths between points of a ReLU network with one hidden layer, exactly: exits that never rise, and the height of a barrier.

On a straight line the inputs of the neurons are linear in t, so the places where a neuron switches are fractions, and between
them the squared loss is a polynomial of degree 4 with fractions as coefficients. Bernstein coefficients show that its derivative
has no positive value, or that it nowhere exceeds a height (see `rational.never_negative`).

Theorem (one neuron, one input). For f(x) = v [w x + b]+ + c with w > 0 put s = v w, t = -b / w: f(x) = s [x - t]+ + c. While t
lies between two neighbouring samples, a <= t <= b, the answers are linear in s, u = -s t and c, and the loss is a convex quadratic
in them, on the two cones where -u / s lies in [a, b]. If its unconstrained minimum lies in them, that is the lowest loss there; if
not, the lowest loss lies on their edges, t = a or t = b. With t beyond the samples the network is affine or constant on them. So
finitely many least-squares problems give the lowest loss with w > 0; with w < 0 it is the same after x -> -x; with w = 0 the
network is constant. A path from w > 0 to w < 0 passes w = 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from flint import fmpq, fmpq_poly

from lmcourse.certificates.certificate import Refusal
from lmcourse.certificates.formulas import dot, exact
from lmcourse.certificates.piecewise import Theorem, loss_at, needs_squared_loss
from lmcourse.certificates.rational import least_squares, never_negative
from lmcourse.certificates.shallow import answers, fractions_of, inputs, shallow

Piece = tuple[fmpq_poly, fmpq, fmpq]


def exit_path(model: dict, point: Sequence[fmpq], stops: Sequence[Sequence[fmpq]]) -> Theorem:
    """From point straight on through the stops the loss never rises, and it ends lower: the point has a way out."""
    needs_squared_loss(model)
    shallow(model, point)  # refuses other networks
    corners = [list(point), *map(list, stops)]
    losses = [loss_at(model, corner) for corner in corners]
    for number, (start, end) in enumerate(pairwise(corners), 1):
        for p, low, high in pieces(model, start, end):
            if not never_negative(-p.derivative(), low, high):
                raise Refusal(
                    f"On leg {number} of the path the loss is not proved to fall or stay: at t = {(low + high) / 2} it may rise."
                )
    if not losses[-1] < losses[0]:
        raise Refusal(f"The path does not come out lower: it begins at {losses[0]} and ends at {losses[-1]}.")
    heights = ", ".join(map(str, losses))
    statement = (
        f"From the given point a path of {len(stops)} straight legs leads to a loss of {losses[-1]}, and along it "
        f"the loss never rises. "
        f"Its corners have the losses {heights}."
    )
    return Theorem("exit that never rises", statement, losses[0])


def barrier(model: dict, point: Sequence[fmpq], stops: Sequence[Sequence[fmpq]]) -> Theorem:
    """The exact height that every path from point to a lower loss must reach; the path through the stops reaches no more."""
    walls, sides = one_neuron_bounds(model)
    corners = [list(point), *map(list, stops)]
    start, end = loss_at(model, point), loss_at(model, corners[-1])
    side = "w > 0" if point[0] > 0 else "w < 0" if point[0] < 0 else "w = 0"
    if side == "w = 0" or start != sides[side]:
        lowest = walls if side == "w = 0" else sides[side]
        raise Refusal(
            f"The loss {start} is not the lowest with {side}, which is at least {lowest}: a lower point may lie on the same side."
        )
    if not end < start:
        raise Refusal(f"The path ends at the loss {end}, which is not below {start}.")
    for number, (a, b) in enumerate(pairwise(corners), 1):
        for p, low, high in pieces(model, a, b):
            if not never_negative(walls - p, low, high):
                raise Refusal(f"Leg {number} of the path is not proved to stay at or below {walls}.")
    statement = (
        f"Every point with {side} has a loss of at least {start}, the loss of the given point, which is therefore "
        f"a local minimum; it is "
        f"not global, a loss of {end} occurs elsewhere. Every continuous path from it to any lower loss passes w = "
        f"0, where the loss is at "
        f"least {walls}; and a path of {len(stops)} straight legs climbs to {walls} and no higher. The barrier is "
        f"exactly {walls - start}."
    )
    return Theorem("minimum behind a barrier", statement, start)


def lowest_of_one_neuron(model: dict, point: Sequence[fmpq]) -> Theorem:
    """The point is a global minimum of a network with one neuron and one input: its loss is the lowest bound of all choices."""
    wall, sides = one_neuron_bounds(model)
    loss, lowest = loss_at(model, point), min(wall, *sides.values())
    if loss != lowest:
        raise Refusal(f"The loss is {loss}; all that is proved is that no loss is below {lowest}.")
    statement = (
        f"The given point is a global minimum: every loss is at least {sides['w > 0']} where w > 0, "
        f"{sides['w < 0']} where w < 0 and "
        f"{wall} where w = 0, and the loss here is {loss}."
    )
    return Theorem("global minimum", statement, loss)


def one_neuron_bounds(model: dict) -> tuple[fmpq, dict[str, fmpq]]:
    """The lowest losses of a 1-1-1 network that are possible with w = 0, and with w > 0 and w < 0."""
    if model["family"] != "dense" or list(model["widths"]) != [1, 1, 1] or model["cost"] != "squared":
        raise Refusal(
            "The bounds by enumeration are written for one neuron with one input and one output, and squared loss."
        )
    shallow(model, [fmpq(0)] * 4)  # refuses other activations and weight decay
    x, (y,) = fractions_of(model)
    x, scale = [sample[0] for sample in x], exact(model["scale"])
    sides = {"w > 0": _lowest_hinge(x, y) * scale, "w < 0": _lowest_hinge([-value for value in x], y) * scale}
    return least_squares([_ones(x)], y)[1] * scale, sides


def _lowest_hinge(x: Sequence[fmpq], y: Sequence[fmpq]) -> fmpq:
    """The lowest sum of squares of s [x - t]+ + c - y over all s, t, c; see the theorem above."""
    order = sorted(set(x))
    found = [least_squares([_ones(x)], y)[1], least_squares([x, _ones(x)], y)[1]]
    for a, b in pairwise(order):
        on = [fmpq(int(value >= b)) for value in x]
        (s, u, *_), lowest = least_squares([[i * value for i, value in zip(on, x, strict=True)], on, _ones(x)], y)
        inside = (s == 0 and u == 0) or (s != 0 and a <= -u / s <= b)
        alone = b == order[-1]  # a single point on the right is met by any slope
        edges = [least_squares([[max(value - t, fmpq(0)) for value in x], _ones(x)], y)[1] for t in (a, b)]
        found += [lowest] if inside or alone else edges
    return min(found)


def _ones(x: Sequence) -> list[fmpq]:
    return [fmpq(1)] * len(x)


def pieces(model: dict, start: Sequence[fmpq], end: Sequence[fmpq]) -> Iterator[Piece]:
    """(p, low, high): on the way from start (t = 0) to end (t = 1) the loss is the polynomial p(t) for low <= t <= high."""
    needs_squared_loss(model)
    net = shallow(model, [fmpq_poly([a, b - a]) for a, b in zip(start, end, strict=True)])
    x, y = fractions_of(model)
    z = inputs(net, x)
    switches = {-p[0] / p[1] for row in z for p in row if p[1] != 0}
    times = [fmpq(0), *sorted(t for t in switches if 0 < t < 1), fmpq(1)]
    for low, high in pairwise(times):
        middle = (low + high) / 2
        given = answers(net, z, lambda j, i, t=middle: z[j][i](t) > 0)
        errors = [a - t for row, targets in zip(given, y, strict=True) for a, t in zip(row, targets, strict=True)]
        yield dot(errors, errors) * exact(model["scale"]) + fmpq_poly([0]), low, high
