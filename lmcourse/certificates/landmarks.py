"""The points of this course that are proved, each with its claim: the rows of the table that `lmcourse certify` prints.

Data types, in words
    landmark proof   a name, and a function without arguments that carries the proof out
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch

from lmcourse.certificates.certificate import Certificate, at_least, at_most
from lmcourse.certificates.certify import certify, certify_symmetric
from lmcourse.critical import refine
from lmcourse.data import Data
from lmcourse.networks.landmarks import landmark
from lmcourse.networks.linear import deep_linear
from lmcourse.networks.reversed_neuron import symmetric_minimum
from lmcourse.networks.teacher_student import teacher_student
from lmcourse.training import train

HEADER = (
    "point",
    "what is proved",
    "not global",
    "radius",
    "distance of eigenvalues from 0",
    "loss at least",
    "seconds",
)

EXITS = {  # the corners of paths on which the loss never rises
    "relu 2, terrace": [[-3, 1, 3, "-26/3", 1, -1, "-5/3"], [-5, 1, 1, -8, 1, -1, -1]],
    "relu 3, worse": [[-2, 1, 1, 2, "-25/3", -11, 1, -1, -1, "-4/3"], [-3, 1, 1, 1, -8, -11, 1, -1, -1, -1]],
    "relu 3, better": [
        [-3, "-3/2", "3/2", 1, 0, "-79/6", 1, 0, -1, -1],
        [-3, 1, "3/2", 1, -11, "-79/6", 1, 0, -1, -1],
        [-3, 1, 1, 1, -11, -8, 1, -1, -1, -1],
    ],
}
ROOT = 2 ** (1 / 3)
BAD_SADDLES = {  # deep linear networks for the target diag(2, 1): the diagonals of their layers
    "three linear layers, zero": [(0, 0)] * 3,
    "four linear layers, zero": [(0, 0)] * 4,
    "three linear layers, one mode": [(ROOT, 0)] * 3,
    "four linear layers, one mode, one open path": [(2, 0), (1, 1), (1, 0), (1, 0)],
}
BARRIER = [[1, -3, 0, "3/5"], [-7, -4, 0, "3/5"], [-7, -4, 1, 0]]  # over the hill of the first ReLU example


def proofs() -> dict[str, Callable[[], Certificate]]:
    """All landmark proofs by name.

    >>> proofs()["one reversed neuron, k = 6"]().kind
    'strict local minimum'
    """
    table: dict[str, Callable[[], Certificate]] = {}
    for k in range(6, 21):
        table[f"one reversed neuron, k = {k}"] = partial(_reversed, k)
    table["one reversed neuron, k = 32"] = partial(_reversed, 32)
    table["one reversed neuron, k = 8, d = 9"] = partial(_reversed, 8, 9)
    table["one reversed neuron, k = 8, d = 1000"] = partial(_reversed, 8, 1000)
    for k in (6, 20, 32, 100, 1000, 10_000, 1_000_000_000):
        table[f"one reversed neuron, k = {k}, any d, by symmetry"] = partial(certify_symmetric, k)
    table["one reversed neuron, k = 5"] = partial(_stalled, 5, 1, 3)
    table["two reversed neurons, k = 7"] = partial(_stalled, 7, 2, 4)
    table["two reversed neurons, k = 9"] = partial(_stalled, 9, 2, 0)
    table["three reversed neurons, k = 12"] = partial(_stalled, 12, 3, 0)
    table["four reversed neurons, k = 11"] = partial(_stalled, 11, 4, 0)
    table["five reversed neurons, k = 12"] = partial(_stalled, 12, 5, 6)
    return table | _of_networks()


def _of_networks() -> dict[str, Callable[[], Certificate]]:
    minima = {
        "ten points, log, trap": "ten points, log, all right",
        "ten points, squared, trap": "ten points, log, all right",
        "nine points, log, trap": "nine points, log, all right",
    }
    pieces = {
        "relu 1, trap": "relu 1, solution",
        "relu 2, terrace": "relu 2, solution",
        "relu 2, interior": "relu 2, solution",
        "relu 3, worse": "relu 3, solution",
        "relu 3, worse, interior": "relu 3, solution",
        "relu 3, better": "relu 3, solution",
        "relu 3, better, interior": "relu 3, solution",
    }
    table = {name: partial(_landmark, name, "strict local minimum", better) for name, better in minima.items()}
    for name in ("ten points, log, exit", "ten points, squared, exit"):
        table[name] = partial(_landmark, name, "index-1 saddle", None)
    table |= {name: partial(_landmark, name, "minimum on linear pieces", better) for name, better in pieces.items()}
    table["relu 1, trap: barrier"] = partial(_landmark, "relu 1, trap", "minimum behind a barrier", None, stops=BARRIER)
    for name, stops in EXITS.items():
        table[f"{name}: exit"] = partial(_landmark, name, "exit that never rises", None, stops=stops)
    table["relu 1, solution"] = partial(_landmark, "relu 1, solution", "global minimum of one neuron", None)
    for name in ("relu 2, solution", "relu 3, solution"):
        table[name] = partial(_landmark, name, "global minimum", None)
    table["dead layer"] = partial(_landmark, "dead layer", "minimum in a dead layer", "dead layer, bump")
    table["jellyfish, trap"] = partial(
        _landmark, "jellyfish, trap", "minimum on a linear piece", "jellyfish, all right"
    )
    table |= {name: partial(_bad_saddle, diagonals) for name, diagonals in BAD_SADDLES.items()}
    return table


def row(name: str, proof: Certificate) -> tuple[str, ...]:
    """The cells of one line of the table, see HEADER."""
    if not proof.proved:
        return name, f"NOT PROVED: {proof.why_not}", "", "", "", "", f"{proof.seconds:.2f}"
    return (
        name,
        proof.kind,
        "yes" if proof.not_global else "",
        "" if proof.radius is None else at_least(proof.radius, 2),
        "" if proof.eigenvalue_bound is None else at_least(proof.eigenvalue_bound),
        "" if proof.loss_bounds is None else at_least(proof.loss_bounds[0], 8),
        at_most(max(proof.seconds, 1e-3), 2),
    )


def _reversed(k: int, d: int | None = None) -> Certificate:
    W = symmetric_minimum(k)
    W = torch.cat([W, W.new_zeros(k, (d or k) - k)], dim=1)
    return certify(teacher_student(k, d=d), W.flatten(), not_global=True)


def _stalled(k: int, reversed_neurons: int, index: int) -> Certificate:
    """Gradient descent from a start whose symmetry it cannot leave, refined; beyond a certain k such points are minima."""
    land, p = teacher_student(k), reversed_neurons
    W = torch.eye(k, dtype=torch.float64)
    W[range(p), range(p)], W[:p, p:], W[p:, :p] = -0.65, 0.15, 0.2
    theta = refine(land, train(land, W.flatten()[None], lr=0.1, tol=1e-9).theta).theta[0]
    return certify(land, theta, "strict local minimum" if index == 0 else f"index-{index} saddle", not_global=True)


def _bad_saddle(diagonals: list[tuple[float, float]]) -> Certificate:
    land = deep_linear((2,) * (len(diagonals) + 1), Data(*torch.tensor([[[1, 0], [0, 1]], [[2, 0], [0, 1]]]).double()))
    theta, fit = (
        torch.stack([torch.diag(torch.tensor(layer, dtype=torch.float64)) for layer in layers]).flatten()
        for layers in (diagonals, [(2, 1)] + [(1, 1)] * (len(diagonals) - 1))
    )
    return certify(land, theta, "bad saddle", not_global=True, better=fit)


def _landmark(name: str, claim: str, better: str | None, **evidence) -> Certificate:
    mark = landmark(name)
    theta = refine(mark.land, mark.theta).theta[0] if claim.startswith("index") else mark.theta
    lower = None if better is None else landmark(better).theta
    return certify(mark.land, theta, claim, not_global=lower is not None, better=lower, **evidence)
