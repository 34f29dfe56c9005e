"""A model in words. A theorem names its landscape by these words alone: they come from the model, and cannot be chosen.

This module needs no torch.
"""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction

from lmcourse.certificates.certificate import Refusal
from lmcourse.certificates.exact_text import encode
from lmcourse.certificates.formulas import exact

_SAMPLES = {"family", "cost", "x", "y"}
KEYS = {  # what a model must hold, and all that it may
    "dense": {*_SAMPLES, "widths", "activation", "scale", "weight_decay"},
    "deep linear": {*_SAMPLES, "widths"},
    "quadratic": {*_SAMPLES, "n", "signs", "fixed", "scale"},
    "polynomial": {"family", "terms"},
}
LONGEST = 12  # terms of a polynomial that a theorem writes out


def described(model: dict) -> str:
    """A model in words that come from the model alone, with the first 32 hexadecimal digits of a hash of all of it.

    >>> described({"family": "deep linear", "widths": [1, 1], "cost": "half squared", "x": [["1"]], "y": [["1"]]})
    'deep linear network 1-1, half squared loss, 1 sample, model b769278f32e004031e72288eb735c7b0'
    """
    if model["family"] == "polynomial":
        return _polynomial(model)
    sizes = f"n = {model['n']}" if model["family"] == "quadratic" else "-".join(map(str, model["widths"]))
    parts = [f"{model['family']} network {sizes}", *([model["activation"]] if "activation" in model else [])]
    samples = len(model["x"])
    parts += [f"{model['cost']} loss", f"{samples} sample{'s' * (samples != 1)}"]
    if exact(model.get("scale", 1)) != 1:
        parts.append(f"times {exact(model['scale'])}")
    if exact(model.get("weight_decay", 0)) != 0:
        parts.append(f"weight decay {float(Fraction(str(exact(model['weight_decay'])))):.3g}")
    if model["family"] == "quadratic" and -1 in model["signs"]:
        parts.append(f"{model['signs'].count(-1)} negative")
    if model["family"] == "quadratic" and any(exact(entry) != 0 for row in model["fixed"] for entry in row):
        parts.append("with decay or tilt")
    return ", ".join([*parts, f"model {fingerprint(model)}"])


def _polynomial(model: dict) -> str:
    terms = [_term(*term) for term in model["terms"]]
    said = " + ".join(terms).replace("+ -", "- ") if len(terms) <= LONGEST else f"with {len(terms)} terms"
    return f"polynomial {said}, model {fingerprint(model)}"


def _term(coefficient, *powers: int) -> str:
    names = "xyz" if len(powers) <= 3 else [f"x{i}_" for i in range(1, len(powers) + 1)]
    factors = [f"{name}^{power}" if power > 1 else name for name, power in zip(names, powers, strict=False) if power]
    return " ".join(factors if factors and exact(coefficient) == 1 else [str(exact(coefficient)), *factors])


def fingerprint(data) -> str:
    """The first 32 hexadecimal digits of the SHA-256 of plain data, as it stands in a certificate's file."""
    return hashlib.sha256(json.dumps(encode(data), sort_keys=True).encode()).hexdigest()[:32]


def check_model(model: dict) -> None:
    """Refusal for a model that the formulas do not follow to the letter, and for a loss whose sign was turned."""
    family = model["family"]
    if set(model) != KEYS[family]:
        raise Refusal(f"The model of a {family} network holds {', '.join(sorted(KEYS[family]))}, and nothing else.")
    if family == "polynomial":
        return _check_terms(model["terms"])
    for name in ("x", "y", "fixed"):
        if name in model and not _is_matrix(model[name]):
            raise Refusal(f"In a model {name} is a list of rows, each a list of numbers written as text.")
    sizes = [model["n"]] if family == "quadratic" else model["widths"]
    if type(sizes) is not list or not all(type(size) is int and size > 0 for size in sizes):
        raise Refusal("The sizes of a network must be whole numbers from 1 on.")
    if family == "deep linear" and model["cost"] != "half squared":
        raise Refusal("The loss of a deep linear network is half the squared error.")
    if family == "quadratic" and (type(model["signs"]) is not list or len(model["signs"]) != model["n"]):
        raise Refusal("A quadratic network has one output weight for each neuron.")
    if family == "quadratic" and not all(type(sign) is int and sign in (1, -1) for sign in model["signs"]):
        raise Refusal("The output weights of a quadratic network are 1 or -1.")
    if not all(_is_number(model[name]) for name in ("scale", "weight_decay") if name in model):
        raise Refusal("In a model scale and weight_decay are numbers written as text.")
    if not exact(model.get("scale", 1)) > 0 or not exact(model.get("weight_decay", 0)) >= 0:
        raise Refusal("The scale of a loss must be positive, and its weight decay not negative.")


def _check_terms(terms) -> None:
    rows = (
        type(terms) is list and terms and all(type(term) is list and len(term) == len(terms[0]) > 1 for term in terms)
    )
    if not rows or not all(_is_number(coefficient) for coefficient, *_ in terms):
        raise Refusal(
            "The terms of a polynomial are rows, each a number written as text and the power of each parameter."
        )
    if not all(type(power) is int and 0 <= power < 100 for _, *powers in terms for power in powers):
        raise Refusal("The powers of a polynomial are whole numbers from 0 to 99.")


def _is_matrix(rows) -> bool:
    return type(rows) is list and all(type(row) is list and all(map(_is_number, row)) for row in rows)


def _is_number(value) -> bool:
    """Text, or what a file's exact text was read as."""
    return type(value) in (str, float, Fraction)
