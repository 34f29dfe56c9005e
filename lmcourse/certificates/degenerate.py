"""Exact proofs at critical points of polynomial landscapes, with fractions as weights: polynomials, deep linear and quadratic
networks.

Gradient and Hessian are fractions, so "zero" means zero, and the signs of all eigenvalues are counted without error.

Bad saddle: the gradient is zero and the Hessian has no negative eigenvalue, yet the point is no minimum. Along a line the loss is a
polynomial in t, known exactly. If its first coefficient after the constant that is not zero belongs to t^m and is negative,
the loss is lower than at the point for all small t > 0.

Minimum up to symmetry: the Hessian has no negative eigenvalue, and as many zeros as there are directions in which a symmetry of the
landscape moves the point. The orbit of the symmetry then fills all flat directions; across it the Hessian is positive
definite, and along it the loss is constant. So near the point no loss is lower, and the same loss occurs on the orbit alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

from flint import fmpq, fmpq_mat, fmpq_poly

from lmcourse.certificates.certificate import Refusal, about
from lmcourse.certificates.formulas import exact, is_polynomial, loss_of
from lmcourse.certificates.jets import derivatives
from lmcourse.certificates.piecewise import Theorem
from lmcourse.certificates.rational import Inertia, along, fraction, inertia, null_space
from lmcourse.certificates.tangents import tangents

TRIES = 200  # directions that a search for a way down looks at


def bad_saddle(model: dict, point: Sequence[fmpq], direction: Sequence[fmpq], upward: Sequence[fmpq]) -> Theorem:
    """No negative eigenvalue, yet the loss falls along direction (and rises along upward): proved exactly."""
    loss, _, signs = examine_flat(model, point)
    order, coefficient = first_term(along(loss_of(model), point, direction))
    if order == 0:
        raise Refusal("Along the given direction the loss is constant: nothing follows.")
    if coefficient > 0:
        raise Refusal(f"Along the given direction the loss rises: its first term is {coefficient} t^{order}.")
    if first_term(along(loss_of(model), point, upward))[1] <= 0:
        raise Refusal("A direction along which the loss rises was not shown.")
    statement = (
        f"The given point is a bad saddle: its gradient is zero and its Hessian has no negative eigenvalue ({signs.zero} zero, "
        f"{signs.positive} positive), yet it is no local minimum. Along a direction D the loss is {loss} - "
        f"{-coefficient} t^{order} + ... "
        f"(all lower powers are exactly zero), which is lower for every small t > 0; along another one it rises."
    )
    return Theorem("bad saddle", statement, loss, 0)


def exact_signs(model: dict, point: Sequence[fmpq]) -> Theorem:
    """What the signs of all eigenvalues say about an exact critical point; Refusal where they do not decide."""
    loss, _, signs = examine(model, point)
    spectrum = f"{signs.negative} negative, {signs.zero} zero and {signs.positive} positive eigenvalues"
    if signs.negative:
        kind = "strict local maximum" if signs.negative == len(point) else f"index-{signs.negative} saddle"
        word = f"The given point is critical, and its Hessian has exactly {spectrum}."
        if signs.positive == 0 and signs.zero:
            raise Refusal(f"The Hessian has {spectrum}: the zeros leave open whether this is a saddle or a maximum.")
        return Theorem(
            kind,
            f"{word} It is {'a strict local maximum' if kind.endswith('maximum') else 'a strict saddle'}.",
            loss,
            signs.negative,
        )
    if not signs.zero:
        word = (
            f"The given point is a strict local minimum: critical, and all {signs.positive} eigenvalues are positive."
        )
        return Theorem("strict local minimum", word, loss, 0)
    moved = fmpq_mat([[v for v in tangent] for tangent in tangents(model, point)] or [[fmpq(0)] * len(point)]).rank()
    if moved != signs.zero:
        raise Refusal(
            f"The Hessian has no negative eigenvalue, but {_eigenvalues(signs.zero, 'zero')}, of which the symmetries "
            f"explain {moved}: along the other flat directions the Hessian does not decide."
            + (" A bad saddle can be claimed, which needs a direction of higher order." if is_polynomial(model) else "")
        )
    statement = (
        f"The given point is a local minimum, strict up to symmetry: its Hessian has {spectrum}, and the symmetries of the "
        f"landscape move the point in exactly {moved} independent directions, along which the loss is constant."
    )
    return Theorem("minimum up to symmetry", statement, loss, 0)


def gives_fractions(model: dict, point: Sequence[fmpq]) -> bool:
    """Whether loss and derivatives at a point of fractions are fractions: of polynomials, and of tanh networks at zero weights.

    There every tanh is at 0, where its value, slope and curvature are 0, 1 and 0; the biases of the outputs may be any.
    """
    if model["family"] != "dense":
        return is_polynomial(model)
    free = model["widths"][-1]
    fits = model["activation"] == "tanh" and model["cost"] in ("squared", "half squared")
    return fits and all(number == 0 for number in point[: len(point) - free])


def examine(model: dict, point: Sequence[fmpq]) -> tuple[fmpq, fmpq_mat, Inertia]:
    """Loss, Hessian and its signs at an exact critical point where both are fractions; Refusal if the gradient is not zero."""
    if not gives_fractions(model, point):
        raise Refusal(
            "Exact signs are written for polynomial landscapes: polynomials, deep linear and quadratic networks with squared loss; "
            "and for tanh networks with all weights zero."
        )
    loss, gradient, hessian = derivatives(loss_of(model), list(point))
    largest = max(abs(entry) for entry in gradient.entries())
    if largest != 0:
        raise Refusal(
            f"The gradient is not exactly zero, its largest entry is {about(fraction(largest), 2)}: whether a flat "
            f"point is a minimum "
            "hangs on terms that any rounding drowns, so this proof needs exact weights."
        )
    return loss, hessian, inertia(hessian)


def examine_flat(model: dict, point: Sequence[fmpq]) -> tuple[fmpq, fmpq_mat, Inertia]:
    """The same where the Hessian has zeros and no negative eigenvalue; Refusal where its signs alone decide."""
    if not is_polynomial(model):
        raise Refusal("What no Hessian decides is proved for polynomial landscapes alone.")
    loss, hessian, signs = examine(model, point)
    if signs.negative:
        negative = _eigenvalues(signs.negative, "negative")
        raise Refusal(f"The Hessian has exactly {negative}: this is a strict saddle, not a bad one.")
    if not signs.zero:
        raise Refusal("The Hessian is positive definite: this is a strict local minimum.")
    return loss, hessian, signs


def first_term(p: fmpq_poly) -> tuple[int, fmpq]:
    """(m, c) of the first term c t^m after the constant that is not zero; (0, 0) for a constant.

    >>> first_term(fmpq_poly([5, 0, -2, 7]))
    (2, -2)
    """
    return next(((m, c) for m, c in enumerate(p.coeffs()) if m and c != 0), (0, fmpq(0)))


# ----------------------------------------------------------------------------------------------- searches, not trusted


def find_directions(model: dict, point: Sequence[fmpq]) -> tuple[list[fmpq], list[fmpq]]:
    """A direction along which the loss falls and one along which it rises, among simple combinations of the flat directions."""
    _, hessian, _ = examine_flat(model, point)
    basis, formula, draw = null_space(hessian), loss_of(model), random.Random(0)
    down = up = None
    for attempt in range(TRIES):
        if attempt < len(basis):
            candidate = basis[attempt]
        else:
            weights = [draw.randint(-1, 1) if attempt < TRIES // 2 else draw.randint(-3, 3) for _ in basis]
            candidate = [
                fmpq(0) + sum(w * vector[i] for w, vector in zip(weights, basis, strict=True))
                for i in range(len(point))
            ]
        for direction in (candidate, [-v for v in candidate]):
            _, coefficient = first_term(along(formula, point, direction))
            down = direction if down is None and coefficient < 0 else down
            up = direction if up is None and coefficient > 0 else up
        if down and up:
            return down, up
    if up is None:  # across the flat directions the loss rises
        steep = [[fmpq(int(i == j)) for j in range(len(point))] for i in range(len(point))]
        up = next((e for e in steep if first_term(along(formula, point, e))[1] > 0), None)
    if down and up:
        return down, up
    raise Refusal(
        f"No direction along which the loss falls was found among {TRIES} flat ones: the point may be a minimum."
    )


def settle(model: dict, point: Sequence[fmpq]) -> list[fmpq]:
    """A deep linear network's point with its first layer moved, by as much as rounding can do, to where its own gradient is zero.

    With A = W_L ... W_2 that gradient is A' (A W_1 X - Y) X'; it is linear in W_1, so fractions solve it exactly. The point comes
    back as it is where the gradient is zero already, or where the solution moves a weight by more than 2^-40 of the largest in W_1,
    or the loss by more than 2^-30 of |Y|^2 / 2.
    """
    x, y = (fmpq_mat([[exact(v) for v in row] for row in model[name]]).transpose() for name in ("x", "y"))
    widths, layers, start = model["widths"], [], 0
    for inside, n in pairwise(widths):
        layers.append(fmpq_mat(n, inside, list(point[start : start + n * inside])))
        start += n * inside
    A = layers[1] if len(layers) > 1 else fmpq_mat([[int(i == j) for j in range(widths[1])] for i in range(widths[1])])
    for W in layers[2:]:
        A = W * A
    missing = A.transpose() * (y - A * layers[0] * x) * x.transpose()
    if not any(entry != 0 for entry in missing.entries()):
        return list(point)
    try:
        wanted = (missing * (x * x.transpose()).inv()).tolist()
    except ZeroDivisionError:
        return list(point)
    n, square = widths[1], (A.transpose() * A).tolist()
    reduced, rank = fmpq_mat([square[i] + wanted[i] for i in range(n)]).rref()
    rows = reduced.tolist()
    moves = [[fmpq(0)] * widths[0] for _ in range(n)]
    for i in range(rank):
        pivot = next(j for j in range(len(rows[i])) if rows[i][j] != 0)
        if pivot >= n:
            return list(point)
        moves[pivot] = rows[i][n:]
    largest = max(abs(weight) for weight in layers[0].entries())
    if max(abs(move) for row in moves for move in row) > largest / 2**40:
        return list(point)
    flat = [move for row in moves for move in row]
    settled = [value + move for value, move in zip(point, flat, strict=False)] + list(point[len(flat) :])
    loss = loss_of(model)
    may_change = sum(entry * entry for entry in y.entries()) / 2**31
    return settled if abs(loss(settled) - loss(list(point))) <= may_change else list(point)


def _eigenvalues(number: int, sign: str) -> str:
    return f"{number} {sign} eigenvalue{'' if number == 1 else 's'}"
