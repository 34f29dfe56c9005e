"""A model in words. A theorem names its landscape by these words alone: they come from the model, and cannot be chosen.

This module needs no torch.
"""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction

from lmcourse.certificates.certificate import Refusal
from lmcourse.certificates.certificate import _encode as plain
from lmcourse.certificates.formulas import exact

_SAMPLES = {"family", "cost", "x", "y"}
KEYS = {  # what a model must hold, and all that it may
    "dense": {*_SAMPLES, "widths", "activation", "scale", "weight_decay"},
    "deep linear": {*_SAMPLES, "widths"},
    "quadratic": {*_SAMPLES, "n", "signs", "fixed", "scale"},
}


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


def check_model(model: dict) -> None:
    """Refusal for a model that the formulas do not follow to the letter, and for a loss whose sign was turned."""
    family = model["family"]
    if set(model) != KEYS[family]:
        raise Refusal(f"The model of a {family} network holds {', '.join(sorted(KEYS[family]))}, and nothing else.")
    sizes = [model["n"]] if family == "quadratic" else model["widths"]
    if not all(type(size) is int and size > 0 for size in sizes):
        raise Refusal("The sizes of a network must be whole numbers from 1 on.")
    if family == "deep linear" and model["cost"] != "half squared":
        raise Refusal("The loss of a deep linear network is half the squared error.")
    if family == "quadratic" and not all(type(sign) is int and sign in (1, -1) for sign in model["signs"]):
        raise Refusal("The output weights of a quadratic network are 1 or -1.")
    if not exact(model.get("scale", 1)) > 0 or not exact(model.get("weight_decay", 0)) >= 0:
        raise Refusal("The scale of a loss must be positive, and its weight decay not negative.")
