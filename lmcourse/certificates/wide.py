"""Certificates for convolutional networks: from a landscape to plain data, and to one of the proofs of `wide_layer`."""

from __future__ import annotations

from fractions import Fraction

from lmcourse.certificates.certificate import Certificate, Refusal, refused
from lmcourse.certificates.formulas import text
from lmcourse.certificates.networks import numbers
from lmcourse.certificates.wide_layer import PROOFS, prove_wide
from lmcourse.landscape import Landscape


def certify_wide(land: Landscape, theta, claim: str, not_global: bool, better, evidence: dict) -> Certificate:
    """Prove "bad saddle" or "minimum in a dead layer" about a point of a network that `small_cnn` made, or say why not.

    Raises ValueError for another claim, for evidence, and for not_global without a better point.
    """
    if claim not in PROOFS or evidence:
        raise ValueError(
            f"On convolutional networks {len(PROOFS)} claims have proofs, from a point alone: {', '.join(PROOFS)}."
        )
    if not_global and better is None:
        raise ValueError("That the point is not a global minimum needs a better point: name one with better=...")
    point, wrong = numbers(theta, land.dim)
    lower, wrong_better = (None, "") if better is None else numbers(better, land.dim)
    if wrong or wrong_better:
        return refused(claim, wrong or f"The point named as better: {wrong_better}")
    try:
        return prove_wide(claim, wide_model_of(land), point, lower, point)
    except Refusal as refusal:
        return refused(claim, str(refusal), point=tuple(point))


def wide_model_of(land: Landscape) -> dict:
    """The model of a convolutional network with squared loss, see `wide_layer`; Refusal for another loss.

    >>> from lmcourse.data import gaussian_patches, one_hot
    >>> from lmcourse.networks.convolutional import small_cnn
    >>> model = wide_model_of(small_cnn(one_hot(gaussian_patches(6, side=4)), filters=2, widths=[3]))
    >>> model["patches"][0], model["scale"], model["activations"]
    ([0, 1, 2, 4, 5, 6, 8, 9, 10], '1/2', ['sigmoid'])
    """
    family, pixels, filters, shared, widths, activations, x, y, loss, reduction, weight_decay = land.proof
    if loss != "squared" or weight_decay != 0:
        raise Refusal("The proofs of convolutional networks are written for the squared loss without weight decay.")
    if not (x.isfinite().all() and y.isfinite().all()):
        raise ValueError("The landscape's data hold NaN or infinity: nothing can be proved about it.")
    return {
        "family": family,
        "patches": pixels,
        "filters": filters,
        "shared": shared,
        "widths": list(widths),
        "activations": list(activations),
        "scale": str(Fraction(1, 2 if reduction == "sum" else 2 * len(x))),
        "x": [[text(value) for value in row] for row in x.double().tolist()],
        "y": [[text(value) for value in row] for row in y.double().tolist()],
    }
