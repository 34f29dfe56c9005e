"""Exact proofs for ReLU networks: minima on kinks, dead layers, global minima. Nothing is rounded.

Lemma (minimum on linear pieces). Let theta be a point of a ReLU network with one hidden layer and squared loss. Let U be the ball
around theta in which no input z[j][i] that is not zero changes its sign. If the residuals are orthogonal to every column
(see `shallow`) of every neuron, counted over the samples where it is on, and are zero at each sample that lies on a kink, then no
point of U has a lower loss.
Proof. A point of U lies on one of the linear pieces that meet at theta: each neuron is on at the samples where it is on at theta,
and at some of those that lie on its kink. Its answers lie in the space spanned by that piece's columns, as do those of theta.
Over that space the squared loss is a convex quadratic, smallest where the residuals are orthogonal to the columns. They are, since
a sample on a kink adds nothing to the products: its residual is zero.

The zero residual is no accident. A neuron's kink samples may switch in any combination, and their columns contain the constant 1;
so residuals that are orthogonal to the columns of all pieces must vanish there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from flint import arb, fmpq

from lmcourse.certificates.certificate import Refusal, about, at_least
from lmcourse.certificates.formulas import COSTS, dot, exact, loss_of
from lmcourse.certificates.rational import fraction, root_below
from lmcourse.certificates.shallow import RELU, answers, columns, fractions_of, inputs, kinks, room, shallow


class Theorem(NamedTuple):
    """What a proof gives: kind, the statement without the landscape's name, the loss (exact, or two bounds), the index."""

    kind: str
    statement: str
    loss: fmpq | tuple[float, float]
    index: int | None = None


def minimum_on_pieces(model: dict, point: Sequence[fmpq]) -> Theorem:
    """The lemma above, for an exact point; Refusal says which of its conditions fails."""
    needs_squared_loss(model)
    net = shallow(model, point)
    x, y = fractions_of(model)
    z = inputs(net, x)
    given = answers(net, z, lambda j, i: z[j][i] > 0)
    residuals = [[a - t for a, t in zip(row, targets, strict=True)] for row, targets in zip(given, y, strict=True)]
    on = [[i for i, value in enumerate(row) if value > 0] for row in z]
    loss = sum(dot(row, row) for row in residuals) * exact(model["scale"])
    touching = kinks(z)
    for j, i in touching:
        if any(row[i] != 0 for row in residuals):
            raise Refusal(
                f"Sample {i + 1} lies on the kink of neuron {j + 1} and is missed by {_largest([row[i] for row in residuals])}: "
                "where the neuron switches, the loss may fall, so no minimum is proved."
            )
    _check_critical(net, x, z, on, residuals)
    for j, _, column in columns(x, on):
        if any(dot(row, column) != 0 for row in residuals):
            raise Refusal(
                f"On a linear piece at the point the loss can still fall: there the residuals are not orthogonal to "
                f"{'the output bias' if j < 0 else f'neuron {j + 1}'}."
            )
    ball = room(z, x)
    within = "anywhere" if ball is None else f"within {at_least(root_below(ball))} of it"
    pieces = (
        f"{_count(len(touching), 'sample lies on a kink', 'samples lie on kinks')}, so up to {_power_of_two(len(touching))} "
        f"linear pieces meet there; on each"
        if touching
        else "No sample lies on a kink, so one linear piece surrounds it; there"
    )
    flat = any(
        any(w) or bias or any(row[j] for row in net.V) for j, (w, bias) in enumerate(zip(net.W, net.b, strict=True))
    )
    statement = (
        f"The given point is a local minimum: no point {within} has a loss below {loss}. {pieces} the loss is a "
        f"convex quadratic of the answers, which range over a linear space, and its smallest value is {loss}."
        + (" The minimum is not strict: a neuron may be scaled, (w, b, v) -> (a w, a b, v / a)." if flat else "")
    )
    return Theorem("minimum on linear pieces", statement, loss)


def dead_layer(model: dict, point: Sequence[fmpq]) -> Theorem:
    """All neurons of the last hidden layer are off at all samples, and the output bias is the mean target: a minimum."""
    if model["family"] != "dense" or model["activation"] not in RELU or exact(model["weight_decay"]) != 0:
        raise Refusal("This proof is written for ReLU networks without weight decay.")
    needs_squared_loss(model)
    x, y = fractions_of(model)
    widths, features, start = model["widths"], x, 0
    if len(widths) < 3 or len(y) != widths[-1]:
        raise Refusal("This proof is written for networks with a hidden layer and one target for each output.")
    for inside, n in pairwise(widths[:-1]):
        W = [point[start + j * inside : start + (j + 1) * inside] for j in range(n)]
        b = point[start + n * inside : start + n * inside + n]
        start += n * (inside + 1)
        z = [[dot(w, sample) + bias for w, bias in zip(W, b, strict=True)] for sample in features]
        features = [[max(value, fmpq(0)) for value in row] for row in z]
    alive = [(j, i, value) for i, row in enumerate(z) for j, value in enumerate(row) if value >= 0]
    if alive:
        j, i, value = alive[0]
        state = "on the kink" if value == 0 else "on"
        raise Refusal(f"The last hidden layer is not dead: its neuron {j + 1} is {state} at sample {i + 1}.")
    bias = point[-widths[-1] :]
    for o, targets in enumerate(y):
        mean = sum(targets) / len(targets)
        if bias[o] != mean:
            which = "the output bias" if len(y) == 1 else f"output bias {o + 1}"
            raise Refusal(
                f"The layer is dead, but the point is not critical: {which} is {bias[o]}, the mean target {mean}, and the "
                f"derivative {2 * len(targets) * (bias[o] - mean) * exact(model['scale'])}."
            )
    loss = sum(sum((bias[o] - t) * (bias[o] - t) for t in targets) for o, targets in enumerate(y)) * exact(
        model["scale"]
    )
    layer = len(widths) - 2
    ball = ""
    if layer == 1:
        z = inputs(shallow(model, point), x)
        ball = f" It contains all points within {at_least(root_below(room(z, x)))} of the given one."
    statement = (
        f"The given point is a local minimum with loss {loss} inside a dead layer. On the open set of all points where "
        f"each of the {widths[-2]} neurons of hidden layer {layer} is off at each of the {len(x)} samples (its weighted inputs "
        f"plus its bias are negative), the network answers its output bias alone; there the gradient by all other parameters "
        f"is zero, the whole gradient vanishes exactly where the output bias is the mean target, and no loss on the set is "
        f"lower.{ball}"
    )
    return Theorem("minimum in a dead layer", statement, loss)


def zero_loss(model: dict, point: Sequence[fmpq]) -> Theorem:
    """A sum of squares that is exactly zero: a global minimum."""
    if model.get("cost") not in ("squared", "half squared") or exact(model.get("weight_decay", 0)) != 0:
        raise Refusal("This proof is written for the squared loss with linear outputs, without weight decay.")
    if model["family"] == "quadratic" and any(exact(entry) != 0 for row in model["fixed"] for entry in row):
        raise Refusal("This proof is written for losses without decay and tilt, which can be negative.")
    if model["family"] == "dense" and model["activation"] not in RELU:
        raise Refusal(
            "The exact loss is known only where weights and data give fractions: ReLU, deep linear and quadratic networks."
        )
    loss = loss_at(model, point)
    if loss != 0:
        raise Refusal(f"The loss is {loss}, not zero.")
    statement = "The given point is a global minimum: the loss, a sum of squares, is exactly 0."
    return Theorem("global minimum", statement, loss)


def loss_at(model: dict, point: Sequence[fmpq]) -> fmpq:
    """The loss at an exact point, exactly; a ReLU on its kink counts as zero."""
    if model["family"] != "dense" or model["activation"] not in RELU:
        return fmpq(0) + loss_of(model)(list(point))
    return _relu_loss(model, point, fmpq)


def loss_ball(model: dict, point: Sequence[fmpq]) -> arb:
    """An enclosure of the loss at an exact point."""
    if model["family"] != "dense" or model["activation"] not in RELU:
        return arb(0) + loss_of(model)([arb(number) for number in point])
    return _relu_loss(model, point, arb)


def _relu_loss(model: dict, point: Sequence[fmpq], number: type):
    net = shallow(model, point)
    x, y = fractions_of(model)
    z = inputs(net, x)
    given = answers(net, z, lambda j, i: z[j][i] > 0)
    cost = COSTS[model["cost"]]
    terms = (cost([number(row[i]) for row in given], [row[i] for row in y]) for i in range(len(x)))
    return sum(terms, number(0)) * exact(model["scale"])


def needs_squared_loss(model: dict) -> None:
    if model.get("cost") != "squared":
        raise Refusal("This exact proof is written for the squared loss with linear outputs.")


def _check_critical(net, x, z, on, residuals) -> None:
    """Refusal with the largest derivative where the gradient is not exactly zero (a kink counts as off, as in `relu_mlp`)."""
    slopes = {}
    for o, row in enumerate(residuals):
        slopes[f"output bias {o + 1}"] = 2 * sum(row)
        for j, samples in enumerate(on):
            slopes[f"output weight {o + 1}, {j + 1}"] = 2 * sum(row[i] * z[j][i] for i in samples)
    for j, samples in enumerate(on):
        pull = {i: 2 * sum(row[i] * net.V[o][j] for o, row in enumerate(residuals)) for i in samples}
        slopes[f"bias {j + 1}"] = sum(pull.values())
        for m in range(len(x[0])):
            slopes[f"weight {j + 1}, {m + 1}"] = sum(p * x[i][m] for i, p in pull.items())
    name, slope = max(slopes.items(), key=lambda item: abs(item[1]))
    if slope != 0:
        raise Refusal(f"The gradient is not exactly zero: the derivative by {name} is {_short(slope)}.")


def _largest(values: Sequence[fmpq]) -> str:
    return _short(max(values, key=abs))


def _short(value: fmpq) -> str:
    return str(value) if len(str(value)) <= 12 else about(fraction(fmpq(value)), 2)


def _power_of_two(n: int) -> str:
    return str(2**n) if n <= 40 else f"2^{n}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
