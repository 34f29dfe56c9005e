"""A ReLU network with one hidden layer, in fractions: which sample switches which neuron, and what that leaves open.

While no neuron switches on or off at a sample, the answers to all samples are linear in the products q = v_j (w_j, b_j) and in
the output bias c. So they stay in a linear space, spanned by the columns

    x_i[m] where neuron j is on, for each input m;     1 where neuron j is on;     1 everywhere

Data types, in words
    Shallow     W (n rows of d), b (n), V (m rows of n), c (m): the parameters as numbers
    z           z[j][i] = w_j.x_i + b_j, what flows into neuron j at sample i; zero is a kink
    residuals   residuals[o][i] = answer o to sample i, less the target
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from flint import fmpq

from lmcourse.certificates.certificate import Refusal
from lmcourse.certificates.formulas import dot, exact, samples_of

RELU = ("relu", "relu, on at zero")


class Shallow(NamedTuple):
    """The parameters of a d-n-m network: W (n x d), b (n), V (m x n), c (m)."""

    W: list
    b: list
    V: list
    c: list


def shallow(model: dict, theta: Sequence) -> Shallow:
    """Cut theta into the parameters of a network with one hidden ReLU layer; Refusal for other models."""
    if model["family"] != "dense" or model["activation"] not in RELU or len(model["widths"]) != 3:
        raise Refusal("This proof is written for ReLU networks with one hidden layer.")
    if exact(model["weight_decay"]) != 0:
        raise Refusal("With weight decay the loss is no function of the answers alone, on which this proof rests.")
    d, n, m = model["widths"]
    parts, start = [], 0
    for rows, columns in ((n, d), (1, n), (m, n), (1, m)):
        parts.append([list(theta[start + i * columns : start + (i + 1) * columns]) for i in range(rows)])
        start += rows * columns
    return Shallow(parts[0], parts[1][0], parts[2], parts[3][0])


def inputs(net: Shallow, x: Sequence) -> list[list]:
    """z[j][i] = w_j.x_i + b_j."""
    return [[dot(w, sample) + bias for sample in x] for w, bias in zip(net.W, net.b, strict=True)]


def answers(net: Shallow, z: Sequence, on: Callable[[int, int], bool]) -> list[list]:
    """answers[o][i] = sum_j v_oj z[j][i] over the neurons that are on, plus c_o; on(j, i) says which are."""
    samples = range(len(z[0]))
    return [
        [sum(v * z[j][i] for j, v in enumerate(row) if on(j, i)) + bias for i in samples]
        for row, bias in zip(net.V, net.c, strict=True)
    ]


def kinks(z: Sequence) -> list[tuple[int, int]]:
    """The pairs (neuron, sample) whose input is exactly zero."""
    return [(j, i) for j, row in enumerate(z) for i, value in enumerate(row) if value == 0]


def columns(x: Sequence, on: Sequence[Sequence[int]]) -> list[tuple[int, int, list[fmpq]]]:
    """(neuron, input, column) for each product v_j w_j[m] and, with input d, v_j b_j; on[j] lists the samples where j is on.

    The last one, (-1, 0, ones), belongs to the output bias.
    """
    found = []
    for j, samples in enumerate(on):
        for m in range(len(x[0]) + 1):
            column = [fmpq(0)] * len(x)
            for i in samples:
                column[i] = x[i][m] if m < len(x[0]) else fmpq(1)
            found.append((j, m, column))
    return [*found, (-1, 0, [fmpq(1)] * len(x))]


def room(z: Sequence, x: Sequence) -> fmpq | None:
    """The square of a distance within which no input that is not zero reaches zero; None if all are zero.

    |(w_j, b_j) - (w_j', b_j')| < |z| / |(x_i, 1)| leaves the sign of z[j][i] as it is.
    """
    distances = [value * value / (dot(x[i], x[i]) + 1) for row in z for i, value in enumerate(row) if value != 0]
    return min(distances, default=None)


def fractions_of(model: dict) -> tuple[list, list]:
    """Samples x (N rows) and targets y (m rows of N)."""
    x, y = samples_of(model)
    return x, [list(column) for column in zip(*y, strict=True)]
