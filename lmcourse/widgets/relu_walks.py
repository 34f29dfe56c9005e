"""Small ReLU networks on a line, and walks from a local minimum of each towards a lower loss.

Data types, in words
    Example     a data set, and the corners of a walk from a minimum of its network to a lower loss
    View        a network on samples: its gradient, the loss along the walk, and whether it is proved to be a minimum
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

import torch

from lmcourse.certificates import certify
from lmcourse.certificates.certificate import at_most
from lmcourse.data import Data, relu_example
from lmcourse.landscape import Landscape
from lmcourse.networks.relu import blind_spots, relu_mlp

WAYS = {  # data set, corners w, b, v, c
    "one neuron": (1, ["1 -3 1 0", "1 -3 0 3/5", "-7 -4 0 3/5", "-7 -4 1 0"]),
    "two neurons": (2, ["-3 1 10/3 -9 1 -1 -2", "-3 1 3 -26/3 1 -1 -5/3", "-5 1 1 -8 1 -1 -1"]),
    "three neurons": (
        3,
        ["-3/2 -3/2 3/2 1 0 -79/6 1 1 -1 -1", "-3 -3/2 3/2 1 0 -79/6 1 0 -1 -1", "-3 1 3/2 1 -11 -79/6 1 0 -1 -1",
         "-3 1 1 1 -11 -8 1 -1 -1 -1"],
    ),
}  # fmt: skip
ZERO = 1e-6  # a gradient below this length may belong to a minimum
EXACTLY = "Proved: a local minimum."
NO_MINIMUM = "So this is no minimum."
ONE_SIDED = "It is one-sided, since a sample that is missed lies on a kink, and decides nothing."


@dataclass(frozen=True, eq=False)
class Example:
    """Samples x and y, corners of the walk as fractions, and the part of the plane that is shown."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    corners: tuple[tuple[Fraction, ...], ...]

    @property
    def neurons(self) -> int:
        return len(self.corners[0]) // 3

    @property
    def xlim(self) -> tuple[float, float]:
        return min(self.x) - 2, max(self.x) + 2

    @property
    def ylim(self) -> tuple[float, float]:
        return min(self.y) - 2, max(self.y) + 2

    def at(self, percent: int) -> tuple[Fraction, ...]:
        """The point after so much of the walk; all legs count the same."""
        legs = len(self.corners) - 1
        leg = min(percent * legs // 100, legs - 1)
        share = Fraction(percent * legs, 100) - leg
        return tuple((1 - share) * a + share * b for a, b in zip(*self.corners[leg : leg + 2], strict=True))


@lru_cache
def example(name: str) -> Example:
    """An example by its name in WAYS."""
    number, corners = WAYS[name]
    data = relu_example(number)
    fractions = tuple(tuple(map(Fraction, corner.split())) for corner in corners)
    return Example(tuple(data.x[:, 0].tolist()), tuple(data.y.tolist()), fractions)


@dataclass(frozen=True, eq=False)
class View:
    """A network on its samples: theta and gradient (P,), how many samples are blind, the loss along the walk (101 x legs,)."""

    data: Data
    land: Landscape
    theta: torch.Tensor
    gradient: torch.Tensor
    loss: float
    blind: int
    walk: torch.Tensor
    verdict: str


@lru_cache(maxsize=64)
def look(name: str, theta: tuple[Fraction, ...], x: tuple[float, ...], y: tuple[float, ...]) -> View:
    """Everything that is shown of these weights on these samples.

    >>> first = example("one neuron")
    >>> view = look("one neuron", first.at(0), first.x, first.y)
    >>> view.loss, view.verdict, view.blind
    (18.0, 'Proved: a local minimum.', 3)
    """
    chosen = example(name)
    data = Data(torch.tensor(x, dtype=torch.float64)[:, None], torch.tensor(y, dtype=torch.float64))
    land = relu_mlp([1, chosen.neurons, 1], data)
    point = _floats(theta)
    gradient = land.gradient(point)
    corners = torch.stack([_floats(corner) for corner in chosen.corners])
    share = torch.linspace(0, 1, 101, dtype=torch.float64)[:, None]
    walk = torch.cat([torch.lerp(a, b, share) for a, b in pairwise(corners)])
    blind = blind_spots(land, point, data.x)
    verdict = judge(land, theta, gradient, data)
    return View(data, land, point, gradient, float(land.loss(point)), int(blind.sum()), land.loss(walk), verdict)


def beside_the_line(view: View) -> list[tuple[int, int]]:
    """For each sample the corner, (right, up) as signs, at which its number does not lie on the network's line.

    >>> first = example("one neuron")
    >>> beside_the_line(look("one neuron", first.at(0), first.x, first.y))     # the line rises from x = 3 on
    [(-1, 1), (-1, 1), (-1, 1), (-1, -1), (1, 1)]
    """
    x = view.data.x
    below, at, above = (view.land.layers(view.theta, x + step)[-1][:, 0] for step in (-0.5, 0.0, 0.5))
    found = zip((above > below + 1e-9).tolist(), (view.data.y >= at - 1e-9).tolist(), strict=True)
    return [(-1 if rises == over else 1, 1 if over else -1) for rises, over in found]


def judge(land: Landscape, theta: tuple[Fraction, ...], gradient: torch.Tensor, data: Data) -> str:
    """What is known of a point: an exact proof, one for numbers that are rounded, or why there is none."""
    if float(gradient.norm()) > ZERO:
        other_side = relu_mlp([1, len(theta) // 3, 1], data, at_kink="on").gradient(_floats(theta))
        return NO_MINIMUM if torch.allclose(gradient, other_side) else ONE_SIDED
    exact = certify(land, list(theta), "minimum on linear pieces")
    if exact.proved:
        return EXACTLY
    near = certify(land, _floats(theta), "minimum up to symmetry")
    if near.proved:
        return f"Proved: a local minimum lies within {at_most(near.radius)}, strict but for scaling."
    return exact.why_not if "kink" in exact.why_not else "It is nearly at rest, but nothing is proved here."


def _floats(theta: tuple[Fraction, ...]) -> torch.Tensor:
    return torch.tensor([float(number) for number in theta], dtype=torch.float64)
