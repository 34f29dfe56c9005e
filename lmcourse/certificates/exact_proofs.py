"""The table of exact proofs, and the certificates made of them. Each proof is one function of plain data; none searches.

Data types, in words
    proof       a function: model, point (fractions), evidence -> Theorem; it raises Refusal where a condition fails
    evidence    what a search found and the proof only checks: a direction, the corners of a path
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from time import perf_counter

from flint import arb, fmpq

from lmcourse.certificates.certificate import Certificate, Refusal, about, at_most, refused
from lmcourse.certificates.degenerate import bad_saddle, exact_signs
from lmcourse.certificates.descriptions import check_model, described
from lmcourse.certificates.formulas import exact, size_of
from lmcourse.certificates.one_piece import minimum_on_one_piece
from lmcourse.certificates.paths import barrier, exit_path, lowest_of_one_neuron
from lmcourse.certificates.piecewise import dead_layer, loss_ball, minimum_on_pieces, zero_loss
from lmcourse.certificates.rational import fraction
from lmcourse.certificates.rounding import BITS, precision, up

PROOFS = {
    "minimum on linear pieces": minimum_on_pieces,
    "minimum on a linear piece": minimum_on_one_piece,
    "minimum in a dead layer": dead_layer,
    "minimum behind a barrier": barrier,
    "exit that never rises": exit_path,
    "global minimum": zero_loss,
    "global minimum of one neuron": lowest_of_one_neuron,
    "bad saddle": bad_saddle,
    "signs of all eigenvalues": exact_signs,
}


def prove_exactly(
    proof: str,
    model: dict,
    point: Sequence,
    better: Sequence | None = None,
    not_global: bool = False,
    given: Sequence | None = None,
    **evidence,
) -> Certificate:
    """The certificate of an exact proof at a point.

    better : a point whose loss is lower, for not_global. given : the weights that were asked about,
    where they are not the point itself but its rounding; the statement then says how far they are. evidence : see the top.
    """
    start = perf_counter()
    recipe = {"proof": proof, "model": model, "evidence": evidence}
    recipe["better"] = None if better is None else list(better)
    recipe["given"] = None if given is None else list(given)
    try:
        check_model(model)
        numbers = [exact(number) for number in point]
        if len(numbers) != size_of(model):
            raise Refusal(f"The landscape has {size_of(model)} parameters, but the point has {len(numbers)}.")
        _check_lengths(numbers)
        theorem = PROOFS[proof](model, numbers, **{key: _exactly(value) for key, value in evidence.items()})
        loss = theorem.loss if isinstance(theorem.loss, tuple) else (fraction(theorem.loss),) * 2
        _check_lengths([] if isinstance(theorem.loss, tuple) else [theorem.loss])
        away = distance(given, numbers)
        said = of_this_certificate(theorem.statement) if away else theorem.statement
        sentence = away + (sentence_not_global(model, loss[0], better) if not_global else "")
    except Refusal as refusal:
        seconds = perf_counter() - start
        return refused(
            proof,
            str(refusal),
            point=tuple(point),
            recipe=recipe,
            not_global=False if not_global else None,
            seconds=seconds,
        )
    return Certificate(
        True, theorem.kind, f"On the landscape '{described(model)}': {said}{sentence}", tuple(fraction(n) for n in numbers),
        loss_bounds=loss, not_global=True if not_global else None, index=theorem.index, recipe=recipe,
        seconds=perf_counter() - start,
    )  # fmt: skip


def prove_exactly_again(old: Certificate) -> Certificate:
    """The same proof once more from what the certificate holds; what it says must come out word for word."""
    recipe = old.recipe
    new = prove_exactly(
        recipe["proof"], recipe["model"], old.point, recipe["better"], bool(old.not_global), recipe["given"],
        **recipe["evidence"],
    )  # fmt: skip
    said = (old.kind, old.statement, tuple(old.loss_bounds or ()), old.index)
    if new.proved and said != (new.kind, new.statement, new.loss_bounds, new.index):
        return refused(
            old.kind, "The certificate says something else than what its proof gives.", point=old.point, recipe=recipe
        )
    return new


def _check_lengths(numbers: Sequence[fmpq]) -> None:
    """Refusal for numbers with more than some 3,000 digits, which neither a file nor a statement should hold."""
    if any(max(int(number.p).bit_length(), int(number.q).bit_length()) > 10_000 for number in map(fmpq, numbers)):
        raise Refusal("The numbers of this proof have so many digits that they cannot be written down.")


def distance(given: Sequence | None, numbers: Sequence[fmpq]) -> str:
    """A sentence that says how far the weights asked about are from the point, empty where they are the point."""
    if given is None:
        return ""
    square = sum((exact(a) - b) * (exact(a) - b) for a, b in zip(given, numbers, strict=True))
    if square == 0:
        return ""
    with precision(BITS):
        return f" The weights asked about are at most {at_most(up(arb(square).sqrt()))} away from this point."


def of_this_certificate(statement: str) -> str:
    """A theorem about a point that is not the one asked about does not call it the given one."""
    for word in ("The", "the"):
        statement = statement.replace(f"{word} given point", f"{word} point of this certificate")
    return statement.replace("of the given one", "of that point")


def sentence_not_global(model: dict, lowest: float | Fraction, better: Sequence | None) -> str:
    if better is None:
        raise Refusal("That the point is not a global minimum needs a better point: name one with better=...")
    with precision(BITS):
        lower = loss_ball(model, [exact(number) for number in better])
        if not lower < arb(exact(lowest)):
            raise Refusal(
                f"The point named as better has a loss of about {lower.str(6, radius=False)}, which is not proved to be below "
                f"{about(lowest, 6)}."
            )
        if not up(lower) < math.inf:
            raise Refusal("The loss at the point named as better is too large for floats.")
        value = "0" if lower == 0 else f"at most {at_most(up(lower))}"
        return f" It is not a global minimum: elsewhere the loss is {value}."


def _exactly(value):
    return [_exactly(entry) for entry in value] if isinstance(value, list | tuple) else exact(value)
