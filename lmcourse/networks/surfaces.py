"""Surfaces over the plane: landscapes small enough to look at.

Data types, in words
    theta       a tensor (..., 2) with the coordinates x and y
    surface     a Landscape of two parameters whose `window` says where its features are
    terms       a polynomial for proofs: rows of a coefficient, a number or exact text, and the powers of x and y
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import torch
from torch import Tensor

from lmcourse.data import Data
from lmcourse.landscape import Landscape
from lmcourse.networks.linear import deep_linear


def _quadratic_saddle(theta: Tensor) -> Tensor:
    x, y = theta.unbind(-1)
    return (x**2 - y**2) / 2


def _monkey_saddle(theta: Tensor) -> Tensor:
    x, y = theta.unbind(-1)
    return x**3 - 3 * x * y**2


def _himmelblau(theta: Tensor) -> Tensor:
    x, y = theta.unbind(-1)
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def _rosenbrock(theta: Tensor) -> Tensor:
    x, y = theta.unbind(-1)
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def _narrow_pass(theta: Tensor) -> Tensor:
    # Two wide basins; where they meet, at x = 0, the valley across is a hundred times as steep.
    x, y = theta.unbind(-1)
    return (x**2 - 1) ** 2 / 4 + y**2 * (1 + 99 * (-8 * x**2).exp()) / 2


def _octopus(theta: Tensor) -> Tensor:
    # Near the origin only x leads down; having followed it, one stands on a second saddle, from which only y leads down.
    x, y = theta.unbind(-1)
    first, second, along = (x**2 - 4) ** 2 / 16, (y**2 - 4) ** 2 / 16, x**2 / 4
    return first + along * second / 2 + (1 - along) ** 2 * y**2 / 2


def _flat_bowl(theta: Tensor) -> Tensor:
    x, y = theta.unbind(-1)
    return x**2 + y**4


def _flat_saddle(theta: Tensor) -> Tensor:
    x, y = theta.unbind(-1)
    return x**2 - y**4


def _shelf(theta: Tensor) -> Tensor:
    x, y = theta.unbind(-1)
    return x**2 + y**3


_SURFACES = {
    "quadratic saddle": (_quadratic_saddle, "(x^2 - y^2) / 2", ((-2, 2), (-2, 2)), None),
    "monkey saddle": (_monkey_saddle, "x^3 - 3 x y^2", ((-1.5, 1.5), (-1.5, 1.5)), None),
    "himmelblau": (_himmelblau, "(x^2 + y - 11)^2 + (x + y^2 - 7)^2", ((-5, 5), (-5, 5)), 0.0),
    "rosenbrock": (_rosenbrock, "(1 - x)^2 + 100 (y - x^2)^2", ((-2, 2), (-1, 3)), 0.0),
    "narrow pass": (_narrow_pass, "(x^2 - 1)^2 / 4 + y^2 (1 + 99 exp(-8 x^2)) / 2", ((-2, 2), (-1.5, 1.5)), 0.0),
    "octopus": (_octopus, "(x^2-4)^2/16 + x^2/4 (y^2-4)^2/32 + (1-x^2/4)^2 y^2/2", ((-3, 3), (-3, 3)), 0.0),
    "flat bowl": (_flat_bowl, "x^2 + y^4", ((-1.5, 1.5), (-1.5, 1.5)), 0.0),
    "flat saddle": (_flat_saddle, "x^2 - y^4", ((-1.5, 1.5), (-1.5, 1.5)), None),
    "shelf": (_shelf, "x^2 + y^3", ((-1.5, 1.5), (-1.5, 1.5)), None),
}  # fmt: skip
SMALLEST = "smallest deep network"
_TERMS = {
    "quadratic saddle": (("1/2", 2, 0), ("-1/2", 0, 2)),
    "monkey saddle": ((1, 3, 0), (-3, 1, 2)),
    "himmelblau": (
        (1, 4, 0), (1, 0, 4), (2, 2, 1), (2, 1, 2), (-21, 2, 0), (-13, 0, 2), (-14, 1, 0), (-22, 0, 1), (170, 0, 0),
    ),
    "rosenbrock": ((100, 4, 0), (-200, 2, 1), (100, 0, 2), (1, 2, 0), (-2, 1, 0), (1, 0, 0)),
    "octopus": (
        (1, 0, 0), ("-3/8", 2, 0), ("1/16", 4, 0), ("1/2", 0, 2), ("-5/16", 2, 2), ("1/32", 4, 2), ("1/128", 2, 4),
    ),
    "flat bowl": ((1, 2, 0), (1, 0, 4)),
    "flat saddle": ((1, 2, 0), (-1, 0, 4)),
    "shelf": ((1, 2, 0), (1, 0, 3)),
}  # fmt: skip


def surface_names() -> tuple[str, ...]:
    """The names that `surface` knows.

    >>> surface_names()[:3]
    ('quadratic saddle', 'monkey saddle', 'himmelblau')
    """
    return (*_SURFACES, SMALLEST)


@lru_cache(maxsize=1)
def _smallest_deep_network() -> Landscape:
    """Two weights in a row, x after y, that learn 1 from 1; its symmetry makes every minimum one of a curve of minima."""
    one = Data(torch.ones(1, 1, dtype=torch.float64), torch.ones(1, 1, dtype=torch.float64))
    window = ((-2.5, 2.5), (-2.5, 2.5))
    land = deep_linear((1, 1, 1), one)
    return replace(land, name=SMALLEST, formula="(x y - 1)^2 / 2", window=window, default_start="window")


def surface(name: str) -> Landscape:
    """A landscape over the plane: theta (..., 2) -> loss (...), no unit.

    "quadratic saddle" : one strict saddle, at the origin; unbounded below.
    "monkey saddle" : a degenerate saddle, whose Hessian at the origin is zero (three ways down, for two legs and a tail).
    "himmelblau" : four minima of height 0, four saddles, one maximum (Himmelblau 1972).
    "rosenbrock" : one minimum, at (1, 1), in a bent valley (Rosenbrock 1960).
    "narrow pass" : two minima of height 0, joined by a pass that is steep across.
    "octopus" : saddle after saddle, in the spirit of Du, Jin, Lee, Jordan, Poczos and Singh (2017); ours, not theirs.
    "flat bowl", "flat saddle", "shelf" : the Hessian at the origin is the same, and leaves open what kind of point it is.
    "smallest deep network" : two weights in a row that learn 1 from 1; a strict saddle, and minima along a hyperbola.
    Raises ValueError for an unknown name.

    >>> surface("rosenbrock")
    Landscape: rosenbrock, 2 parameters (xy 2), loss = (1 - x)^2 + 100 (y - x^2)^2
    """
    if name == SMALLEST:
        return _smallest_deep_network()
    if name not in _SURFACES:
        raise ValueError(f"There is no surface {name!r}. The surfaces are: {', '.join(surface_names())}.")
    loss_of, formula, window, known_minimum = _SURFACES[name]
    proof = ("polynomial", _TERMS[name]) if name in _TERMS else ()
    return Landscape(
        name, {"xy": (2,)}, loss_of, formula=formula, known_minimum=known_minimum, window=window,
        default_start="window", proof=proof,
    )  # fmt: skip
