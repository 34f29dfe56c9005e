"""How far the eigenvalues of a symmetric matrix are from zero, and how many are negative, proved.

Let V be any invertible matrix; here floating-point eigenvectors, which nobody has to trust. M = V'CV has the index of C by
Sylvester's law of inertia. M is nearly diagonal, and Gershgorin's discs say where its eigenvalues are. As C^-1 = V M^-1 V', no
eigenvalue of C is nearer to zero than the smallest one of M, in size, divided by |V|^2 <= 1 + |V'V - I|.

This module needs no torch: only ball arithmetic, and numpy for the guess V.
"""

from __future__ import annotations

import numpy as np
from flint import arb, arb_mat

from lmcourse.certificates.certificate import Refusal
from lmcourse.certificates.rounding import BITS, length, minimum, precision

TINY = 2.0**-900  # of smaller entries a float does not hold 52 bits and their squares


def spectrum(hessian: arb_mat) -> tuple[arb_mat, arb, int]:
    """(C, gap, index): C is a symmetric matrix near the given one, `index` of its eigenvalues are <= -gap, all others >= gap > 0.

    The given one is so near to C that it has the same index.
    """
    size = hessian.nrows()
    matrix = np.array([float(entry) for entry in hessian.entries()]).reshape(size, size)
    if not np.isfinite(matrix).all():
        raise Refusal("The formulas give no finite Hessian at this point.")
    if np.abs(matrix).max() < TINY and any(entry != 0 for entry in hessian.entries()):
        raise Refusal(
            f"All entries of the Hessian are below {TINY:.0e}: too small for this proof, which guesses in floats."
        )
    upper = np.triu(_on_grid(matrix, 52))  # any matrix near the Hessian will do, as long as it is symmetric
    matrix = upper + np.triu(upper, 1).T
    values, vectors = np.linalg.eigh(matrix)
    with precision(BITS):
        C, V = _exact_matrix(matrix), _exact_matrix(_on_grid(vectors, 48))
        rounding = length((hessian - C).entries())
        skew = length((V.transpose() * V - _exact_matrix(np.eye(size))).entries())
        M = V.transpose() * (C * V)  # last: while two such products are alive, 400 rows take 30 MB more
        discs = []
        for i in range(size):
            row = [M[i, j] for j in range(size)]
            centre = row.pop(i)
            discs.append((centre, sum((entry.abs_upper() for entry in row), arb(0))))
        if not rounding <= arb(float(np.abs(matrix).max())) / 4:
            raise Refusal("The formulas lose all digits at this point: the Hessian is not known at all.")
        if not skew < 1 or not all(centre.abs_lower() > radius + 2 * rounding for centre, radius in discs):
            smallest = float(values[np.abs(values).argmin()])
            largest = np.abs(matrix).max()
            if abs(smallest) > 1e-9 * largest or largest > 1e9:
                raise Refusal(
                    f"Rounding hides the sign of the eigenvalue nearest to zero, about {smallest:.1e}: the Hessian is known to "
                    f"within {float(rounding):.1e}, and its eigenvectors are guessed in floats."
                )
            raise Refusal(
                f"The Hessian has an eigenvalue of about {smallest:.1e}, which cannot be told from zero: a flat direction."
            )
        gap = minimum([centre.abs_lower() - radius for centre, radius in discs]) / (1 + skew)
        return C, gap.lower(), sum(bool(centre < 0) for centre, _ in discs)


def _on_grid(matrix: np.ndarray, bits: int) -> np.ndarray:
    """Entries rounded to `bits` bits of the largest one: exact products of such numbers are short, hence fast."""
    unit = 2.0 ** (np.frexp(np.abs(matrix).max())[1] - bits)
    return np.round(matrix / unit) * unit


def _exact_matrix(matrix: np.ndarray) -> arb_mat:
    return arb_mat(*matrix.shape, matrix.ravel().tolist())
