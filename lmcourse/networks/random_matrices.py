"""Random symmetric matrices and random landscapes without bounds: how often all eigenvalues of a Hessian are positive.

GOE(N), the Gaussian orthogonal ensemble: symmetric N x N, entries independent, off the diagonal N(0, 1), on it N(0, 2). For large N
its eigenvalues fill a semicircle of radius 2 sqrt(N).

Two questions that are often taken for one:
    a matrix            is GOE(N) positive definite?              about exp(-(ln 3)/4 N^2)    Dean and Majumdar (2006)
    a critical point    is one of a random landscape a minimum?   about exp(-N)               from Bray and Dean (2007)

Data types, in words
    field       a Gaussian random function on R^N, the same everywhere and in all directions, with the variance 1 at a point
    gamma       of its covariance; 1 for exp(-|x - y|^2 / 2), which `random_waves` has in the limit of many waves
    e           height per sqrt(N): the value of the field divided by sqrt(N)
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
from scipy.linalg import eigvalsh_tridiagonal

from lmcourse.devices import NOISE, random_stream
from lmcourse.networks.random_field_theory import semicircle_share

PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798")
BATCH = 2_000  # matrices in memory at a time


def gaussian_symmetric(N: int, samples: int, seed: int = 0) -> np.ndarray:
    """Matrices (samples, N, N) from GOE(N).

    >>> gaussian_symmetric(N=3, samples=5).shape
    (5, 3, 3)
    """
    draw = random_stream(seed, NOISE).normal(scale=math.sqrt(0.5), size=(samples, N, N))
    return draw + draw.transpose(0, 2, 1)


def gaussian_eigenvalues(N: int, draw: np.random.Generator) -> np.ndarray:
    """The eigenvalues (N,) of one matrix from GOE(N), rising, from a tridiagonal one that has the same (Dumitriu and Edelman 2002).

    >>> gaussian_eigenvalues(400, random_stream(0)).max().round(-1)             # the edge is 2 sqrt(400) = 40
    np.float64(40.0)
    """
    return eigvalsh_tridiagonal(
        math.sqrt(2) * draw.normal(size=N), np.sqrt(draw.chisquare(np.arange(N - 1, 0, -1))) if N > 1 else np.zeros(0)
    )


def positive_share(N: int) -> float:
    """The probability that all eigenvalues of GOE(N) are positive, exact (for N up to 30), as a ratio of two determinants.

    de Bruijn (1955): the integral of |product of differences| weighted by prod exp(-x_i^2 / 4) is a Pfaffian of the numbers
    a_ij = double integral of sgn(y - x) x^i y^j exp(-(x^2 + y^2) / 4); over positive x and y for the numerator. Its square is
    their determinant, and the lengths are rescaled to exp(-x^2 / 2).

    >>> positive_share(1), round(positive_share(2), 6), float(f"{positive_share(10):.6g}")
    (0.5, 0.146447, 2.26565e-14)
    """
    if not 1 <= N <= 30:
        raise ValueError(f"The share is computed for N from 1 to 30, but N = {N} came.")
    with localcontext() as context:
        context.prec = 100
        m, a = _half_line(N)
        half = [[a[i][j] for j in range(N)] for i in range(N)]
        full = [
            [a[i][j] * (1 - (-1) ** (i + j)) + m[i] * m[j] * ((-1) ** i - (-1) ** j) for j in range(N)]
            for i in range(N)
        ]
        if N % 2:  # a border makes an even number of rows
            half = _bordered(half, [m[i] for i in range(N)])
            full = _bordered(full, [m[i] * (1 + (-1) ** i) for i in range(N)])
        return float((_determinant(half) / _determinant(full)).sqrt())


def _half_line(N: int) -> tuple[list[Decimal], list[list[Decimal]]]:
    """m_i = integral of x^i exp(-x^2/2), and a_ij as above, over positive numbers, by parts."""
    m, g = [(PI / 2).sqrt(), Decimal(1)], [PI.sqrt() / 2, Decimal("0.5")]  # g_i = integral of x^i exp(-x^2)
    for i in range(2, 2 * N):
        m.append((i - 1) * m[i - 2])
        g.append((i - 1) * g[i - 2] / 2)
    b = [[Decimal(0)] * N for _ in range(N)]  # double integral over y > x
    for i in range(N):
        b[i][0] = PI / 4 if i == 0 else m[0] - g[0] if i == 1 else (i - 1) * b[i - 2][0] - g[i - 1]
        for j in range(1, N):
            b[i][j] = g[i + j - 1] + ((j - 1) * b[i][j - 2] if j > 1 else 0)
    return m, [[2 * b[i][j] - m[i] * m[j] for j in range(N)] for i in range(N)]


def _bordered(a: list[list[Decimal]], m: list[Decimal]) -> list[list[Decimal]]:
    return [[*row, value] for row, value in zip(a, m, strict=True)] + [[*(-value for value in m), Decimal(0)]]


def _determinant(matrix: list[list[Decimal]]) -> Decimal:
    """By elimination with the largest pivot of each column."""
    rows, product = [list(row) for row in matrix], Decimal(1)
    while rows:
        best = max(range(len(rows)), key=lambda i: abs(rows[i][0]))
        pivot = rows.pop(best)
        product *= pivot[0] * (-1) ** best
        rows = [[x - row[0] / pivot[0] * y for x, y in zip(row[1:], pivot[1:], strict=True)] for row in rows]
    return product


def index_shares(N: int, samples: int = 20_000, seed: int = 0) -> np.ndarray:
    """The shares (N + 1,) of critical points of index 0, ..., N of a field with gamma up to 1, but for the sampling of matrices.

    From GOE(N + 1) with eigenvalues l_0 <= ... <= l_N: the share of index k is proportional to the mean of exp(-l_k^2 / 4).
    That is symmetric in law, so k and N - k are averaged.
    Sources: Fyodorov (2004) for the step to GOE(N + 1); Cheng and Schwartzman (2018), Azais and Delmas (2019) by index. Derived
    again for this course from the Kac-Rice formula, and checked against counts.

    >>> index_shares(2).round(2)
    array([0.25, 0.5 , 0.25])
    """
    draw, weights = random_stream(seed, NOISE), np.zeros(N + 1)
    for start in range(0, samples, BATCH):
        matrices = draw.normal(scale=math.sqrt(0.5), size=(min(BATCH, samples - start), N + 1, N + 1))
        weights += np.exp(-(np.linalg.eigvalsh(matrices + matrices.transpose(0, 2, 1)) ** 2) / 4).sum(axis=0)
    weights = weights + weights[::-1]
    return weights / weights.sum()


def mean_height_of_minima(N: int, samples: int = 20_000, seed: int = 0) -> float:
    """The mean value of the field at its minima, for gamma = 1, in units of 2 sqrt(N).

    >>> -0.48 < mean_height_of_minima(2) < -0.44
    True
    """
    lowest = np.linalg.eigvalsh(gaussian_symmetric(N + 1, samples, seed))[:, 0]
    return float(np.average(lowest, weights=np.exp(-(lowest**2) / 4))) / (2 * math.sqrt(N))


def field_index_share(e, gamma: float = 1.0):
    """The share of negative eigenvalues at a critical point of height e per sqrt(N), for large N: F(gamma e / (1 + gamma^2)).

    F is `semicircle_share`. Source: Bray and Dean (2007); this form was derived for the course.

    >>> field_index_share(0.0), field_index_share(-2.0)
    (tensor(0.5000), tensor(0.))
    """
    return semicircle_share(gamma * e / (1 + gamma**2))


def parabola_counts(N: int, mu: float, samples: int = 20_000, seed: int = 0) -> tuple[float, float]:
    """The mean numbers of critical points and of minima of a field with gamma = 1 plus mu |x|^2 / 2, but for the sampling.

    E |det(mu + G - t)| / mu^N with G from GOE(N) and t from N(0, 1); for minima, only where all eigenvalues are positive. Source:
    Fyodorov (2004) for the mean of |det|; derived again for this course from the Kac-Rice formula. That mu = sqrt(N) is the edge
    for minima, too, is due to Fyodorov and Williams (2007).

    >>> all_of_them, minima = parabola_counts(2, 3.0)
    >>> 1.03 < all_of_them < 1.09 and 1.01 < minima < 1.05
    True
    """
    t = random_stream(seed, NOISE + 1).normal(size=(samples, 1))
    eigenvalues = mu + np.linalg.eigvalsh(gaussian_symmetric(N, samples, seed)) - t
    size = np.abs(eigenvalues / mu).prod(axis=1)
    return float(size.mean()), float((size * (eigenvalues[:, 0] > 0)).mean())
