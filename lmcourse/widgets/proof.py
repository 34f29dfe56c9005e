"""An explorer for proofs: choose a symmetric network with reversed neurons, see its weights, its spectrum and its certificate.

Data types, in words
    ProofState   the knobs: k, who fills the gap, how many neurons are reversed, and how far the weights are moved off
    Examined     the weights, the classified point and the certificate of "strict local minimum, not global" there
"""

from __future__ import annotations

import math
import textwrap
from functools import lru_cache
from typing import NamedTuple

import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from lmcourse import plots
from lmcourse.certificates import Certificate, certify
from lmcourse.certificates.certificate import Refusal, at_least, at_most
from lmcourse.critical import CriticalPoints, classify
from lmcourse.devices import random_stream
from lmcourse.experiments.proof_by_computer import balls, hessian_of, length, middle
from lmcourse.landscape import Landscape
from lmcourse.networks.reversed_neurons import FAMILIES, OTHERS, known, symmetric_point
from lmcourse.networks.teacher_student import teacher_student

from .base import Explorer, Words
from .controls import Select, Slider
from .state import choice, limits

SIZES = range(4, 15)
SHIFTS = (0.0, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-4)
LINEAR = 0.01  # eigenvalues up to this size are drawn to scale, larger ones on a logarithmic axis
MATRIX, SPECTRUM, VERDICT = (0.055, 0.16, 0.27, 0.74), (0.415, 0.16, 0.25, 0.74), (0.70, 0.06, 0.29, 0.88)


class Examined(NamedTuple):
    weights: Tensor
    point: CriticalPoints
    proof: Certificate
    needed: float = 0.0  # the radius that the lemma needs at a refused point where the Hessian is positive; 0 elsewhere
    unsure: float = 0.0  # how far the Hessian may move on the box of this radius, as far as the balls know


class ProofState(traitlets.HasTraits):
    """The knobs; `p` neurons are reversed, and the weights are moved by `shift` in a direction drawn once."""

    k = traitlets.Int(9)
    family = traitlets.Unicode(OTHERS)
    p = traitlets.Int(2)
    shift = traitlets.Float(0.0)

    _known_size = limits("k", SIZES[0], SIZES[-1], "number of teacher neurons")
    _known_family = choice("family", FAMILIES)

    @traitlets.validate("p")
    def _known_number(self, proposal):
        numbers = known(self.k, self.family)
        return min(max(proposal["value"], numbers[0]), numbers[-1])

    _small = limits("shift", 0, SHIFTS[-1], "distance")


@lru_cache(maxsize=512)
def examine(k: int, family: str, p: int, shift: float) -> Examined:
    """Solve for the point, move it off by `shift`, classify it, and try to prove a minimum there."""
    W = symmetric_point(k, p, family)
    land = teacher_student(k, n=len(W))
    away = torch.from_numpy(random_stream(0).normal(size=land.dim))
    theta = W.flatten() + shift * away / away.norm()
    point, proof = classify(land, theta)[0], certify(land, theta, not_global=True)
    needed, unsure = (0.0, 0.0) if proof.proved or not point.eigenvalues[0] > 0 else _lost(land, theta, point)
    return Examined(theta.reshape(W.shape), point, proof, needed, unsure)


def _lost(land: Landscape, theta: Tensor, point: CriticalPoints) -> tuple[float, float]:
    """The radius 2 |gradient| / (smallest eigenvalue), and how wide the balls of the Hessian become there."""
    needed = 2 * float(point.grad_norm / point.eigenvalues[0])
    try:
        hessian = hessian_of(land, balls(theta, needed))
    except Refusal:  # the box may touch a kink
        return needed, math.inf
    return needed, float(length(hessian - balls(middle(hessian))))


class ProofExplorer(Explorer):
    """Choose a network with reversed neurons, and see what is proved about it.

    >>> explorer = ProofExplorer()
    >>> print(explorer.picture.readout.split(". ")[0])
    k = 9, n = 9, 2 reversed: PROVED, a strict local minimum that is not global
    """

    State = ProofState
    width, height = 11.5, 3.9

    def controls(self) -> list:
        self.p_slider = self.tie(
            Slider("Reversed neurons p", known(self.state.k, self.state.family), self.state.p), "p"
        )
        self.state.observe(self._fit_p, ["k", "family"])
        return [
            self.tie(Slider("Teacher neurons k", SIZES, self.state.k), "k"),
            self.tie(Select("Who fills the gap", FAMILIES, self.state.family), "family"),
            self.p_slider,
            self.tie(
                Slider("Weights moved by", SHIFTS, self.state.shift, lambda shift: f"{shift:.0e}" if shift else "0"),
                "shift",
            ),
        ]

    def _fit_p(self, _) -> None:
        numbers = known(self.state.k, self.state.family)
        self.state.p = min(max(self.state.p, numbers[0]), numbers[-1])
        self.p_slider.offer(numbers, self.state.p)

    def compute(self) -> Examined:
        return examine(self.state.k, self.state.family, self.state.p, self.state.shift)

    def draw(self, figure: Figure, result: Examined) -> None:
        axes = figure.add_axes(MATRIX)
        plots.draw_matrix(axes, result.weights, limit=0.4, numbers=False)
        for axis, size in ((axes.xaxis, result.weights.shape[1]), (axes.yaxis, result.weights.shape[0])):
            shown = range(0, size, 1 if size < 10 else 2)  # two digits need room
            axis.set_ticks(shown, [str(1 + i) for i in shown])
        axes.set_title(f"Weights, loss {float(result.point.loss):.4f}")
        axes = figure.add_axes(SPECTRUM)
        plots.draw_spectrum(axes, result.point.eigenvalues)
        axes.set_yscale("symlog", linthresh=LINEAR)
        axes.set_yticks([-0.01, 0, 0.01, 0.1, 1], ["-0.01", "0", "0.01", "0.1", "1"])
        axes.set_title(f"Hessian: smallest {float(result.point.eigenvalues[0]):.4f}")
        axes = figure.add_axes(VERDICT)
        axes.set_axis_off()
        proved = result.proof.proved
        axes.text(0, 1, "✓ Proved" if proved else "✗ Refused", va="top", fontsize=17, weight="bold",
                  color=plots.PALETTE["blue" if proved else "vermilion"])  # fmt: skip
        axes.text(0, 0.85, "\n".join(_lines(result)), va="top", fontsize=11, linespacing=1.35)

    def words(self, result: Examined) -> Words:
        n, k = result.weights.shape
        smallest, largest = float(result.point.eigenvalues[0]), float(result.point.eigenvalues[-1])
        what = f"k = {k}, n = {n}, {self.state.p} reversed"
        if result.proof.proved:
            said = f"PROVED, a strict local minimum that is not global. {result.proof.statement}"
        else:
            said = " ".join(["REFUSED.", result.proof.why_not, *_why(result)])
        alt = (
            f"Three pictures. The {n} by {k} weight matrix as colours, {self.state.p} blue squares on its diagonal. The "
            f"eigenvalues of the Hessian in rising order, from {smallest:.4f} to {largest:.2f}. The certificate: "
            + ("proved." if result.proof.proved else "refused.")
        )
        return Words(alt, f"{what}: {said}")


def _why(result: Examined) -> list[str]:
    """Which bound failed, where the Hessian at the point itself is positive."""
    if not result.needed:
        return []
    unsure = f"only to about {result.unsure:.2g}" if math.isfinite(result.unsure) else "not at all"
    smallest = float(result.point.eigenvalues[0])
    return [
        f"The lemma needs a ball of r = {result.needed:.2g} or more.",
        f"There our balls know the Hessian {unsure}; its smallest eigenvalue here is {smallest:.4f}.",
    ]


def _lines(result: Examined) -> list[str]:
    """The certificate in a few short lines."""
    proof = result.proof
    if not proof.proved:
        lines = [*textwrap.wrap(proof.why_not, 42), ""]
        if result.needed:
            return [*lines, *textwrap.wrap(" ".join(_why(result)), 42)]
        return [*lines, f"Gradient here: {float(result.point.grad_norm):.1e} long."]
    return [
        "Here lies exactly one critical point,",
        f"within {at_least(proof.radius)} of these weights.",
        "It is a strict local minimum:",
        f"all eigenvalues are at least {at_least(proof.eigenvalue_bound)}.",
        "It is not global: the loss there",
        f"is at least {at_least(proof.loss_bounds[0], 5)}.",
        "",
        f"Gradient here: at most {at_most(proof.gradient_bound, 2)} long.",
    ]
