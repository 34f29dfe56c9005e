"""Surfaces over the plane: landscapes small enough to look at.

Data types, in words
    theta       a tensor (..., 2) with the coordinates x and y
    surface     a Landscape of two parameters whose `window` says where its features are
"""

from __future__ import annotations

from torch import Tensor

from lmcourse.landscape import Landscape


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


_SURFACES = {
    "quadratic saddle": (_quadratic_saddle, "(x^2 - y^2) / 2", ((-2, 2), (-2, 2)), None),
    "monkey saddle": (_monkey_saddle, "x^3 - 3 x y^2", ((-1.5, 1.5), (-1.5, 1.5)), None),
    "himmelblau": (_himmelblau, "(x^2 + y - 11)^2 + (x + y^2 - 7)^2", ((-5, 5), (-5, 5)), 0.0),
    "rosenbrock": (_rosenbrock, "(1 - x)^2 + 100 (y - x^2)^2", ((-2, 2), (-1, 3)), 0.0),
    "narrow pass": (_narrow_pass, "(x^2 - 1)^2 / 4 + y^2 (1 + 99 exp(-8 x^2)) / 2", ((-2, 2), (-1.5, 1.5)), 0.0),
    "octopus": (_octopus, "(x^2-4)^2/16 + x^2/4 (y^2-4)^2/32 + (1-x^2/4)^2 y^2/2", ((-3, 3), (-3, 3)), 0.0),
}  # fmt: skip


def surface_names() -> tuple[str, ...]:
    """The names that `surface` knows.

    >>> surface_names()[:3]
    ('quadratic saddle', 'monkey saddle', 'himmelblau')
    """
    return tuple(_SURFACES)


def surface(name: str) -> Landscape:
    """A landscape over the plane: theta (..., 2) -> loss (...), no unit.

    "quadratic saddle" : one strict saddle, at the origin; unbounded below.
    "monkey saddle" : a degenerate saddle, whose Hessian at the origin is zero (three ways down, for two legs and a tail).
    "himmelblau" : four minima of height 0, four saddles, one maximum (Himmelblau 1972).
    "rosenbrock" : one minimum, at (1, 1), in a bent valley (Rosenbrock 1960).
    "narrow pass" : two minima of height 0, joined by a pass that is steep across.
    "octopus" : saddle after saddle, in the spirit of Du, Jin, Lee, Jordan, Singh and Poczos (2017); ours, not theirs.
    Raises ValueError for an unknown name.

    >>> surface("rosenbrock")
    Landscape: rosenbrock, 2 parameters (xy 2), loss = (1 - x)^2 + 100 (y - x^2)^2
    """
    if name not in _SURFACES:
        raise ValueError(f"There is no surface {name!r}. The surfaces are: {', '.join(_SURFACES)}.")
    loss_of, formula, window, known_minimum = _SURFACES[name]
    return Landscape(
        name, {"xy": (2,)}, loss_of, formula=formula, known_minimum=known_minimum, window=window, default_start="window"
    )
