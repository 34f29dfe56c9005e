"""A certificate: the statement of a theorem about one point, with its numbers, or the reason why there is none.

Data types, in words
    Certificate   what was proved (or why not), with everything that is needed to prove it again
    recipe        plain data that says which landscape it is; `recheck` builds the landscape's formulas from it
    exact text    how numbers stand in a file, never rounded: a float in hexadecimal ("0x1.8000000000000p+0"), a fraction as "3/2"

This module needs neither torch nor ball arithmetic.
"""

from __future__ import annotations

import hashlib
import html
import json
import math
import re
from dataclasses import dataclass, field, fields
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

from lmcourse.certificates.exact_text import decode, encode, no_decimal, without_duplicates

FORMAT = "lmcourse certificate 1"
_NUMBERS = ("radius", "eigenvalue_bound", "gradient_bound")


class Refusal(Exception):
    """Raised inside a proof that cannot go on; its sentence becomes the certificate's `why_not`."""


@dataclass(frozen=True, repr=False)
class Certificate:
    """A proved statement about a point, or the reason why it is not proved.

    proved : True only if every step was carried out with enclosed rounding errors.
    kind : what is claimed, for example "strict local minimum" or "index-1 saddle".
    statement : the theorem in words; empty if proved is False.
    point : the exact floats or fractions at which the proof stands.
    radius : exactly one critical point lies in the ball of this radius around point; None if nothing of the kind was proved.
    Where the statement speaks of points of some form alone (one reversed neuron, no weights on unused inputs, some parameters
    held), it is the only one among these.
    eigenvalue_bound : no eigenvalue of the Hessian at such points of that ball is nearer to zero than this; up to symmetry, of the
    Hessian by the parameters that are not in recipe["held"].
    gradient_bound : an upper bound of the length of the gradient at point.
    loss_bounds : the loss at the critical point lies between these two numbers.
    not_global : True if a lower loss is proved to exist elsewhere, False if it was not proved, None if it was not asked.
    index : the number of negative eigenvalues.
    why_not : why it is not proved, a sentence; empty if proved is True.
    recipe : which landscape it is, as plain data.
    seconds : how long the proof took.
    """

    proved: bool
    kind: str
    statement: str = ""
    point: tuple[float | Fraction, ...] = ()
    radius: float | None = None
    eigenvalue_bound: float | None = None
    gradient_bound: float | None = None
    loss_bounds: tuple[float | Fraction, float | Fraction] | None = None
    not_global: bool | None = None
    index: int | None = None
    why_not: str = ""
    recipe: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def __post_init__(self):
        if self.proved and (self.why_not or not self.statement):
            raise ValueError("A proved certificate has a statement and no why_not.")
        if not self.proved and (self.statement or self.radius is not None or not self.why_not):
            raise ValueError(
                "A certificate that is not proved has a why_not sentence, and neither statement nor radius."
            )

    def __bool__(self) -> bool:
        return self.proved

    def numbers(self) -> dict[str, str]:
        """The numbers of the theorem, rounded to the safe side, as text for a table."""
        rows, confined = {}, _confined(self.recipe)
        if self.loss_bounds is not None:
            rows["loss"] = _between(*self.loss_bounds)
        if self.gradient_bound is not None:
            rows["length of the gradient at the point"] = f"at most {at_most(self.gradient_bound)}"
        if self.eigenvalue_bound is not None:
            name = f"eigenvalues of the Hessian{confined if 'held' in confined else ''}"
            rows[name] = f"at least {at_least(self.eigenvalue_bound)} away from zero"
        if self.radius is not None:
            name = f"exactly one critical point{confined}{',' if confined else ''} within"
            rows[name] = at_least(self.radius)
        if self.index is not None and self.proved:
            rows["negative eigenvalues"] = str(self.index)
        rows["seconds"] = f"{self.seconds:.2g}"
        return rows

    def __repr__(self) -> str:
        if not self.proved:
            return f"Not proved: {self.kind}. {self.why_not}"
        width = max(len(name) for name in self.numbers())
        rows = [f"  {name:<{width}}  {value}" for name, value in self.numbers().items()]
        return "\n".join([f"Theorem. {self.statement}", *rows])

    def _repr_html_(self) -> str:
        if not self.proved:
            return f"<p><b>Not proved:</b> {html.escape(self.kind)}. {html.escape(self.why_not)}</p>"
        rows = "".join(
            f"<tr><td style='text-align:left'>{html.escape(name)}</td><td style='text-align:left'>{_unbroken(value)}</td></tr>"
            for name, value in self.numbers().items()
        )
        return f"<p><b>Theorem.</b> {_unbroken(self.statement)}</p><table>{rows}</table>"

    def save(self, path: str | Path) -> None:
        """Write the certificate to a JSON file in which every number stands exactly."""
        content = {f.name: encode(getattr(self, f.name)) for f in fields(self)}
        text = {"format": FORMAT, "checksum": _checksum(content), **content}
        Path(path).write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")

    @staticmethod
    def load(path: str | Path) -> Certificate:
        """Read a certificate that `save` wrote. This proves nothing: `recheck` does.

        Raises ValueError if the file is no certificate or was changed after it was written.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
            content = json.loads(
                text, parse_float=no_decimal, parse_constant=no_decimal, object_pairs_hook=without_duplicates
            )
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{path} is not a JSON file of a certificate: {str(error)[:200]}.") from None
        if not isinstance(content, dict) or content.pop("format", None) != FORMAT:
            raise ValueError(f'{path} is not a certificate: its "format" is not "{FORMAT}".')
        if not _has_checksum(content, content.pop("checksum", None)):
            raise ValueError(f"{path} was changed after it was written: its checksum does not fit its content.")
        if set(content) != {f.name for f in fields(Certificate)}:
            raise ValueError(f"{path} does not have the fields of a certificate.")
        try:
            values = {name: decode(value) for name, value in content.items()}
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{path} is not a certificate: {str(error)[:200]}") from None
        _check_types(values, path)
        values["point"] = tuple(values["point"])
        if values["loss_bounds"] is not None:
            values["loss_bounds"] = tuple(values["loss_bounds"])
        return Certificate(**values)


def _unbroken(text: str) -> str:
    """Text as HTML in which no line ends within a number such as 4.76e-07 or a condition such as w > 0.

    >>> _unbroken("within 4.76e-07 of it")
    "within <span style='white-space:nowrap'>4.76e-07</span> of it"
    """
    kept = r"[\d.]+e-\d+|\b\w+ (?:&lt;|&gt;|=) [-\d./]*\d"
    return re.sub(kept, r"<span style='white-space:nowrap'>\g<0></span>", html.escape(text))


def _confined(recipe: dict) -> str:
    """Among which points "exactly one critical point" is meant, where it is not among all near by."""
    held = len(recipe.get("held", ()))  # up to symmetry: the theorem speaks of the other parameters alone
    if held:
        return f" with {held} parameter{'' if held == 1 else 's'} held"
    if recipe.get("family") == "symmetric":
        return " with one reversed neuron"
    return " without weights on unused inputs" if recipe.get("wide") else ""


def refused(kind: str, why_not: str, **known: Any) -> Certificate:
    """A certificate that says why nothing was proved."""
    return Certificate(proved=False, kind=kind, why_not=why_not, **known)


def at_least(number: float | Fraction, digits: int = 3) -> str:
    """number rounded down (towards minus infinity) to a few digits, as text.

    >>> at_least(0.0046996), at_most(0.0046996)
    ('0.00469', '0.0047')
    """
    return _rounded(number, digits, ROUND_FLOOR)


def at_most(number: float | Fraction, digits: int = 3) -> str:
    """number rounded up to a few digits, as text."""
    return _rounded(number, digits, ROUND_CEILING)


def about(number: float | Fraction, digits: int = 3) -> str:
    """number rounded to a few digits, as text; a fraction may be beyond floats.

    >>> about(Fraction(2, 3)), about(Fraction(10) ** 400)
    ('0.667', '1.00E+400')
    """
    return _rounded(number, digits, ROUND_HALF_EVEN)


def _rounded(number, digits, rounding) -> str:
    exact = Fraction(number)
    with localcontext(Context(prec=digits, rounding=rounding, Emin=MIN_EMIN, Emax=MAX_EMAX)):
        value = Decimal(exact.numerator) / Decimal(exact.denominator)
    return f"{float(value):.{digits}g}" if value == 0 or -300 < value.adjusted() < 300 else f"{value}"


def _between(low, high) -> str:
    if low == high:
        exact = Fraction(low)
        short = exact.numerator.bit_length() + exact.denominator.bit_length() < 400 or isinstance(low, float)
        return f"exactly {low}" if short else f"about {at_least(low, 15)}"
    low, high = Fraction(low), Fraction(high)
    digits, size, width = 3, max(abs(low), abs(high)), high - low
    while digits < 15 and size > width * 10**digits:
        digits += 1
    return f"between {at_least(low, digits)} and {at_most(high, digits)}"


def _is_finite(value) -> bool:
    return isinstance(value, Fraction) or (type(value) is float and math.isfinite(value))


def _are_finite(value) -> bool:
    return type(value) is list and all(map(_is_finite, value))


def _check_types(values: dict[str, Any], path) -> None:
    """ValueError unless everything that was read has the type that `save` writes; whole numbers are no floats."""
    right = {name: type(values[name]) is str for name in ("kind", "statement", "why_not")}
    right |= {name: values[name] is None or type(values[name]) is float for name in _NUMBERS}
    right |= {name: right[name] and (values[name] is None or math.isfinite(values[name])) for name in _NUMBERS}
    right["seconds"] = type(values["seconds"]) is float
    right["proved"] = type(values["proved"]) is bool
    right["not_global"] = values["not_global"] is None or type(values["not_global"]) is bool
    right["index"] = values["index"] is None or type(values["index"]) is int
    right["point"] = _are_finite(values["point"])
    bounds, recipe = values["loss_bounds"], values["recipe"]
    right["loss_bounds"] = bounds is None or (_are_finite(bounds) and len(bounds) == 2)
    right["recipe"] = type(recipe) is dict
    for name in ("better", "given"):
        if right["recipe"] and recipe.get(name) is not None:
            right[name] = _are_finite(recipe[name])
    held = recipe.get("held", []) if right["recipe"] else []
    right["held"] = type(held) is list and all(type(number) is int for number in held)
    wrong = [name for name, fits in right.items() if not fits]
    if wrong:
        raise ValueError(f"{path} is not a certificate: what it holds as {', '.join(wrong)} is of the wrong type.")


def _has_checksum(content: dict, checksum) -> bool:
    try:
        return checksum == _checksum(content)
    except RecursionError:
        return False


def _checksum(content: dict) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
