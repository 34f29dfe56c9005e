"""How far a quadratic network is from the lowest loss of all widths, at most: proved in fractions, at any weights.

The loss is convex in M = W'W (see `networks.quadratic`), and S is its gradient by M. Let M' belong to any other network, of any
width, whose loss is not above that of W. No sample costs less than zero, so with K = decay/2 I + C and mu > 0 such that no
eigenvalue of K is below mu:  mu tr M' <= <K, M'> <= loss(M') <= loss(M). If no eigenvalue of S is below -epsilon <= 0, then

    loss(M) - loss(M')  <=  <S, M - M'>  <=  <S, M> + epsilon tr M'  <=  <S, M> + epsilon loss(M) / mu.

epsilon and mu are guessed in floating point; that they are bounds is checked by counting signs of eigenvalues exactly. That the
loss is convex in M is what Du and Lee (2018) use; the bound, with its numbers, is this course's own.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat
from torch import Tensor

from lmcourse.certificates.formulas import exact, loss_of, samples_of
from lmcourse.certificates.models import model_of
from lmcourse.certificates.rational import fraction, inertia
from lmcourse.landscape import Landscape


def largest_gap(land: Landscape, theta: Tensor) -> Fraction:
    """A number that loss(theta) minus the loss of any such network, of any width, does not exceed; theta (P,).

    land : a quadratic network with squared loss, output weights +1, and decay/2 I + tilt positive definite.
    Raises ValueError for any other landscape, and for more or less than one point of finite numbers.

    >>> import lmcourse as lm
    >>> land = lm.quadratic_net(n=4, data=lm.experiments.quadratic_activation.data(N=10, seed=0, d=4), decay=0.1)
    >>> run = lm.train(land, lm.starts(land, seeds=[0]), "lbfgs", tol=1e-8)
    >>> largest_gap(land, run.theta[0]) < 1e-6
    True
    """
    model = model_of(land)
    if model["family"] != "quadratic" or model["cost"] != "half squared" or min(model["signs"]) < 0:
        raise ValueError(
            "This bound is written for quadratic networks with squared loss whose output weights are all +1."
        )
    if theta.shape != (land.dim,) or not bool(theta.isfinite().all()):
        raise ValueError(
            f"The bound is about one point ({land.dim},) of finite numbers, but {tuple(theta.shape)} came."
        )
    x, y = samples_of(model)
    W = fmpq_mat([[exact(value) for value in row] for row in theta.double().reshape(model["n"], -1).tolist()])
    K = fmpq_mat([[exact(value) for value in row] for row in model["fixed"]])
    K = (K + K.transpose()) * fmpq(1, 2)  # rounding may have made the tilt unsymmetric; the loss sees this part alone
    X = fmpq_mat(x)
    outputs = [sum(value * value for value in column) for column in (W * X.transpose()).transpose().tolist()]
    errors = [f - target[0] for f, target in zip(outputs, y, strict=True)]
    weighted = fmpq_mat([[error * value for value in row] for error, row in zip(errors, x, strict=True)])
    S = X.transpose() * weighted * exact(model["scale"]) + K
    product = sum((W * S * W.transpose())[j, j] for j in range(W.nrows()))
    loss = loss_of(model)([value for row in W.tolist() for value in row])
    if abs(float(land.loss(theta)) - float(fraction(loss))) > 1e-6 * max(1.0, float(fraction(loss))):
        raise ValueError(f"The loss of {land.name} is not the one that its proofs are about: make the landscape anew.")
    mu, epsilon = lower_bound(K), max(fmpq(0), -lower_bound(S))
    if mu <= 0:
        raise ValueError("Without weight decay, or a tilt in its place, the weights of a better network have no bound.")
    return fraction(product + epsilon * loss / mu)


def lower_bound(H: fmpq_mat) -> fmpq:
    """A number below which the symmetric matrix H has no eigenvalue: guessed in floating point, checked exactly.

    >>> bound = lower_bound(fmpq_mat([[2, 1], [1, 2]]))
    >>> 0.999 < float(fraction(bound)) <= 1
    True
    """
    values = np.linalg.eigvalsh(np.array([[float(fraction(value)) for value in row] for row in H.tolist()]))
    margin = 1e-15 * max(1e-300, float(np.abs(values).max()))
    identity = fmpq_mat([[int(i == j) for j in range(H.nrows())] for i in range(H.nrows())])
    while True:  # ends: a margin beyond the error of the guess is enough
        bound = exact(float(values[0] - margin))
        if inertia(H - identity * bound).negative == 0:
            return bound
        margin *= 2
