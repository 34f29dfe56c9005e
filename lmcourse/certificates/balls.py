"""Loss, gradient and Hessian of a network on data over balls, all from its one formula (see `formulas` and `jets`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from fractions import Fraction

from flint import arb, ctx

from lmcourse.certificates.certificate import Refusal
from lmcourse.certificates.certificate import _encode as plain
from lmcourse.certificates.exact_proofs import check_model
from lmcourse.certificates.formulas import exact, loss_of
from lmcourse.certificates.jets import KinkError, derivatives
from lmcourse.certificates.smooth import Enclosures


def enclosures(model: dict, name: str) -> Enclosures:
    """The enclosures that `smooth` asks for; a box that touches a kink is refused.

    The theorem names the landscape by `described`, not by name, which anyone may have written into a file.
    """
    check_model(model)
    return enclosures_of(loss_of(model), described(model), {"proof": "smooth", "name": name, "model": model})


def described(model: dict) -> str:
    """A model in words that come from the model alone, with the first 16 hexadecimal digits of a hash of all of it.

    >>> described({"family": "deep linear", "widths": [1, 1], "cost": "half squared", "x": [["1"]], "y": [["1"]]})
    'deep linear network 1-1, half squared loss, 1 sample, model b769278f32e00403'
    """
    sizes = f"n = {model['n']}" if model["family"] == "quadratic" else "-".join(map(str, model["widths"]))
    parts = [f"{model['family']} network {sizes}", *([model["activation"]] if "activation" in model else [])]
    samples = len(model["x"])
    parts += [f"{model['cost']} loss", f"{samples} sample{'s' * (samples != 1)}"]
    if exact(model.get("weight_decay", 0)) != 0:
        parts.append(f"weight decay {float(Fraction(str(exact(model['weight_decay'])))):.3g}")
    return ", ".join([*parts, f"model {fingerprint(model)}"])


def fingerprint(data) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of plain data, as it stands in a certificate's file."""
    return hashlib.sha256(json.dumps(plain(data), sort_keys=True).encode()).hexdigest()[:16]


def enclosures_of(formula: Callable, name: str, recipe: dict) -> Enclosures:
    """The same for any formula."""
    last: list = [
        (),
        0,
        None,
    ]  # numbers, precision, derivatives: gradient and Hessian are often asked for on the same box

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
