"""Loss, gradient and Hessian of a network on data over balls, all from its one formula (see `formulas` and `jets`)."""

from __future__ import annotations

from collections.abc import Callable

from flint import arb, ctx

from lmcourse.certificates.certificate import Refusal
from lmcourse.certificates.descriptions import check_model, described
from lmcourse.certificates.formulas import loss_of
from lmcourse.certificates.jets import KinkError, derivatives
from lmcourse.certificates.smooth import Enclosures


def enclosures(model: dict) -> Enclosures:
    """The enclosures that `smooth` asks for; a box that touches a kink is refused."""
    check_model(model)
    return enclosures_of(loss_of(model), described(model), {"proof": "smooth", "model": model})


def enclosures_of(formula: Callable, name: str, recipe: dict) -> Enclosures:
    """The same for any formula."""
    # numbers, precision, derivatives: gradient and Hessian are often asked for on the same box
    last: list = [(), 0, None]

    def at(box: list[arb]) -> tuple:
        same = len(box) == len(last[0]) and all(a is b for a, b in zip(box, last[0], strict=True))
        if not same or last[1] != ctx.prec:
            last[:] = tuple(box), ctx.prec, derivatives(formula, box)
        return last[2]

    return Enclosures(
        _refusing(lambda box: arb(0) + formula(box)),
        _refusing(lambda box: at(box)[1].entries()),
        _refusing(lambda box: at(box)[2]),
        name=name,
        recipe=recipe,
    )


def _refusing(compute: Callable) -> Callable:
    def answer(box: list[arb]):
        try:
            return compute(box)
        except KinkError as kink:
            raise Refusal(str(kink)) from None

    return answer
