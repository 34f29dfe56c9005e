"""How far the rows of a matrix are from being linearly dependent, proved: a lower bound of its smallest singular value.

Let R be any matrix such that F R is near the identity; here it is guessed from a floating-point singular value decomposition that
nobody has to trust. If |F R - I| = delta < 1, then for each unit vector u

    1 - delta  <=  |u' F R|  <=  |F' u| |R|,       so       smallest singular value of F  >=  (1 - delta) / |R|  >  0,

and the rows of F are linearly independent. With R = V D U', D diagonal, |R| <= |V| |D| |U|, and |V|^2 <= 1 + |V'V - I|: all of
this in balls. (A standard way of verified computing, see Rump 2010.)
"""

from __future__ import annotations

import numpy as np
from flint import arb, arb_mat

from lmcourse.certificates.certificate import Refusal
from lmcourse.certificates.rounding import BITS, down, length, precision


def smallest_singular_value(F: arb_mat) -> float:
    """A positive number that no singular value of F (N, n), N <= n, is below: the rows are linearly independent.

    Raises Refusal where nothing is proved, as for a matrix of lower rank.

    >>> bound = smallest_singular_value(arb_mat([[3, 0, 0], [0, 4, 0]]))
    >>> 2.999 < bound <= 3
    True
    """
    N, n = F.nrows(), F.ncols()
    if n < N:
        raise Refusal(f"{N} rows of {n} numbers are never independent. Ask about the columns.")
    floats = np.array([float(entry) for entry in F.entries()]).reshape(N, n)
    if not np.isfinite(floats).all():
        raise Refusal("The matrix is not finite.")
    U, singular, Vh = np.linalg.svd(floats, full_matrices=False)
    if singular[-1] <= max(N, n) * np.finfo(float).eps * singular[0]:
        raise Refusal(f"The smallest singular value, about {singular[-1]:.1e}, cannot be told from zero.")
    with precision(BITS):
        left, right = _exact(U), _exact(Vh.T)
        inverses = [arb(float(1 / value)) for value in singular]
        scaled = (F * right).entries()
        product = arb_mat(N, N, [entry * inverses[place % N] for place, entry in enumerate(scaled)]) * left.transpose()
        delta = length((product - _identity(N)).entries())
        if not delta < 1:
            raise Refusal(f"Rounding hides the smallest singular value, about {singular[-1]:.1e}.")
        size = ((1 + _skew(left.transpose(), N)) * (1 + _skew(right.transpose(), N))).sqrt() * max(inverses, key=float)
        return down((1 - delta) / size)


def _skew(rows: arb_mat, N: int) -> arb:
    """|A A' - I| for A with N rows, which bounds |A|^2 - 1; floating-point rows are orthonormal only nearly."""
    return length((rows * rows.transpose() - _identity(N)).entries())


def _identity(N: int) -> arb_mat:
    return arb_mat(N, N, [int(i == j) for i in range(N) for j in range(N)])


def _exact(matrix: np.ndarray) -> arb_mat:
    return arb_mat(*matrix.shape, matrix.ravel().tolist())
