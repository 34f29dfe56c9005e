"""All methods by name, with their usual learning rates."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from lmcourse.landscape import Landscape
from lmcourse.training.chance import perturbed_gradient_descent, sgd
from lmcourse.training.methods import Method, adam, gradient_descent, heavy_ball, nesterov
from lmcourse.training.quasi_newton import lbfgs
from lmcourse.training.runs import Runs
from lmcourse.training.second_order import damped_newton, newton, saddle_free_newton

METHODS: dict[str, Callable[..., Method]] = {
    "gd": gradient_descent,
    "momentum": heavy_ball,
    "nesterov": nesterov,
    "adam": adam,
    "sgd": sgd,
    "perturbed gd": perturbed_gradient_descent,
    "newton": newton,
    "damped newton": damped_newton,
    "saddle-free newton": saddle_free_newton,
    "lbfgs": lbfgs,
}

USUAL_RATES = {"adam": 0.01, "newton": 1.0, "damped newton": 1.0, "saddle-free newton": 1.0, "lbfgs": 1.0}
OWN = "a method of one's own"


def usual_rate(name: str) -> float:
    """The learning rate that a method gets when none is given."""
    return USUAL_RATES.get(name, 0.1)


def make_method(name: str, land: Landscape, options: dict) -> Method:
    """The method of this name for this landscape; an unknown name or option is refused with the known ones."""
    if name not in METHODS:
        raise ValueError(f"There is no method {name!r}. The methods are: {', '.join(METHODS)}.")
    parameters = inspect.signature(METHODS[name]).parameters
    known = [parameter for parameter in parameters if parameter != "land"]
    for option in options:
        if option not in known:
            raise TypeError(
                f"Neither train nor the method {name!r} has an option {option!r}. "
                f"The options of {name!r} are: {', '.join(known) or 'none'}."
            )
    return METHODS[name](land, **options) if "land" in parameters else METHODS[name](**options)


def choose_method(
    land: Landscape, method: str | Method | None, options: dict, before: Runs | None
) -> tuple[str, dict, Method]:
    """Name, options and method; without a method those of the runs before, or gradient descent."""
    if isinstance(method, Method):
        if options:
            raise TypeError(f"A Method of your own has its options inside, but {', '.join(options)} came.")
        return OWN, {}, method
    if before is not None and before.method == OWN and method is None:
        raise ValueError("These runs were trained by a Method of your own. Give it again: method=...")
    name = method or (before.method if before is not None else "gd")
    if before is not None and name == before.method:
        options = {**before.options, **options}
    return name, options, make_method(name, land, options)
