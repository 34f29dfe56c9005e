"""Two-layer networks with quadratic activation, whose bad minima vanish with width (Du and Lee 2018).

Only the hidden weights W are trained; the output weights a_j are +1 or -1. The output is linear in M = sum_j a_j w_j w_j', so the
loss over M is convex, and a point can be shown to be a global minimum: its slack matrices have no negative eigenvalue.

    f(x)  =  sum_j a_j (w_j.x)^2  =  x' M x
    loss  =  sum_i l(f(x_i), y_i)  +  decay/2 |W|_F^2  +  <C, W'W>
    G     =  sum_i l'(f(x_i), y_i) x_i x_i'
    S_a   =  a G + decay/2 I + C,            d loss / d w_j  =  2 S_(a_j) w_j

Data types, in words
    W           (..., n, d): neurons are rows, those with output weight +1 first
    theta       (..., n*d): W, row by row
    C           (d, d) symmetric: the tilt, a small random perturbation that removes accidents
    S           (..., signs, d, d): one slack matrix for each sign that occurs
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

from lmcourse.data import Data
from lmcourse.devices import TILTS, kept_by_device, random_stream
from lmcourse.landscape import Landscape
from lmcourse.symmetry import IndexAxis, Symmetry

# name: (loss, its first and its second derivative, all in f; formula)
LOSSES: dict[str, tuple[Callable, Callable, Callable, str]] = {
    "squared": (
        lambda f, y: (f - y) ** 2 / 2,
        lambda f, y: f - y,
        lambda f, y: torch.ones_like(f),
        "1/2 (f(x) - y)^2",
    ),
    "log": (
        lambda f, y: y * softplus(-f, threshold=40) + (1 - y) * softplus(f, threshold=40),  # exact where p is nearly y
        lambda f, y: torch.sigmoid(f) - y,
        lambda f, y: torch.sigmoid(f) * torch.sigmoid(-f),
        "-log p(y)",
    ),
}


@dataclass(frozen=True, repr=False, eq=False)
class QuadraticLandscape(Landscape):
    """The landscape of a quadratic network, which can say whether a critical point is a global minimum.

    slack_of : theta (..., P) -> S (..., signs, d, d), see the head of this module.
    """

    slack_of: Callable[[Tensor], Tensor] | None = None

    def slack(self, theta: Tensor) -> Tensor:
        """The smallest eigenvalue (...) of the slack matrices at theta (..., P).

        Where the gradient is zero and this number is not negative, theta is a global minimum, for this and every larger n.
        Where it is negative, enough neurons would do better; whether these n could is then open.

        >>> land = quadratic_net(n=1, data=Data(torch.tensor([[2.0]]).double(), torch.tensor([4.0]).double()), decay=0.1)
        >>> float(land.slack(torch.zeros(1).double()))                       # decay/2 - y x^2 at W = 0
        -15.95
        """
        return torch.linalg.eigvalsh(self.slack_of(self.checked(theta)))[..., 0].amin(dim=-1)

    def is_global(self, theta: Tensor, tol: float = 1e-4, gradient_tol: float = 1e-6) -> Tensor:
        """True (...) where theta (..., P) has no gradient entry above gradient_tol and no slack eigenvalue below -tol.

        In floating point: strong evidence, not a certificate.

        >>> land = quadratic_net(n=1, data=Data(torch.tensor([[2.0]]).double(), torch.tensor([4.0]).double()))
        >>> land.is_global(torch.tensor([[0.0], [1.0]]).double())             # both have no gradient; f = 0 and f = 4
        tensor([False,  True])
        """
        return (self.gradient(theta).abs().amax(dim=-1) < gradient_tol) & (self.slack(theta) >= -tol)


def quadratic_net(
    n: int,
    data: Data,
    decay: float = 0.0,
    tilt: Tensor | None = None,
    negative: int = 0,
    loss: str = "squared",
    reduction: str = "sum",
) -> QuadraticLandscape:
    """n neurons with activation z^2 on data: loss = sum_i l(f(x_i), y_i) + decay/2 |W|^2 + <tilt, W'W>, f(x) = sum_j a_j (w_j.x)^2.

    l is 1/2 (f - y)^2 ("squared") or -log p(y) with p = 1 / (1 + exp(-f)) for labels 0 and 1 ("log"). data : x (N, d), y (N,).
    reduction : "sum" over the samples or their "mean"; it does not touch decay and tilt. tilt : C (d, d), see `random_tilt`.
    negative : the last so many neurons have the output weight a_j = -1.

    Every local minimum is global if each sign that occurs has at least d neurons, or for one sign and a random tilt if
    n (n + 1) / 2 > N. Source: Du and Lee (2018). Raises ValueError for arguments that do not fit.

    >>> data = Data(torch.tensor([[2.0, 0.0]]).double(), torch.tensor([3.0]).double())
    >>> land = quadratic_net(n=2, data=data)
    >>> W = torch.tensor([[1.0, 5.0], [0.5, 5.0]]).double()             # f = 4 + 1, loss (5 - 3)^2 / 2
    >>> float(land.loss(W.flatten()))
    2.0
    """
    x, y = _checked_data(data, loss)
    (N, d), positive = x.shape, n - negative
    _check_arguments(n, negative, decay, reduction)
    fixed = _checked_tilt(tilt, d) + decay / 2 * torch.eye(d, dtype=torch.float64)  # decay/2 I + C
    share = 1.0 if reduction == "sum" else 1 / N
    value, slope, curvature, formula = LOSSES[loss]
    signs = torch.tensor([1.0] * positive + [-1.0] * negative, dtype=torch.float64).unsqueeze(-1)  # a, (n, 1)
    groups = torch.tensor([1.0] * (positive > 0) + [-1.0] * (negative > 0), dtype=torch.float64)  # the signs that occur
    constants = kept_by_device(x, y, signs, fixed)

    def outputs(theta: Tensor) -> tuple[Tensor, Tensor]:
        x, _, a, _ = constants(theta)
        inner = theta.unflatten(-1, (n, d)) @ x.mT  # w_j.x_i, (..., n, N)
        return inner, (a * inner**2).sum(dim=-2)  # and f(x_i), (..., N)

    def penalty(theta: Tensor) -> Tensor:
        W, fixed = theta.unflatten(-1, (n, d)), constants(theta)[3]
        return ((W @ fixed) * W).sum(dim=(-1, -2))

    def loss_of(theta: Tensor) -> Tensor:
        return share * value(outputs(theta)[1], constants(theta)[1]).sum(dim=-1) + penalty(theta)

    def batch_loss_of(theta: Tensor, rows: Tensor) -> Tensor:
        x, y, a, _ = constants(theta)
        f = (a * (theta.unflatten(-1, (n, d)) @ x[rows].mT) ** 2).sum(dim=-2)  # (members, B)
        return share * N * value(f, y[rows]).mean(dim=-1) + penalty(theta)

    def gradient_of(theta: Tensor) -> Tensor:
        x, y, a, fixed = constants(theta)
        inner, f = outputs(theta)
        pull = a * ((inner * slope(f, y).unsqueeze(-2)) @ x)  # a_j G w_j, (..., n, d)
        return 2 * (share * pull + theta.unflatten(-1, (n, d)) @ fixed).flatten(-2)

    def slack_of(theta: Tensor) -> Tensor:
        x, y, _, fixed = constants(theta)
        weights = share * slope(outputs(theta)[1], y)
        G = (x.mT * weights.unsqueeze(-2)) @ x
        return groups.to(theta)[:, None, None] * G.unsqueeze(-3) + fixed

    def hessian_of(theta: Tensor) -> Tensor:
        """Z' Hess Z = sum_i l''_i (2 sum_j a_j (w_j.x_i) (z_j.x_i))^2 + 2 sum_j z_j' S_(a_j) z_j."""
        x, y, a, _ = constants(theta)
        inner, f = outputs(theta)
        jacobian = 2 * (a * inner).unsqueeze(-1) * x  # df(x_i)/dW, (..., n, N, d)
        jacobian = jacobian.movedim(-2, -3).flatten(-2)  # (..., N, P)
        weights = share * curvature(f, y).unsqueeze(-1)
        S = slack_of(theta)
        own = torch.cat([S[..., [0], :, :]] * positive + [S[..., [-1], :, :]] * negative, dim=-3)  # (..., n, d, d)
        blocks = torch.eye(n).to(theta)[:, None, :, None] * 2 * own.unsqueeze(-2)  # (..., n, d, n, d)
        return jacobian.mT @ (weights * jacobian) + blocks.flatten(-2).flatten(-3, -2)

    same_sign = [(positive, 0), (negative, positive)]
    return QuadraticLandscape(
        name=f"quadratic network, n = {n}" + (f", {negative} negative" if negative else ""),
        shapes={"W": (n, d)},
        loss_of=loss_of,
        gradient_of=gradient_of,
        hessian_of=hessian_of,
        formula=f"{reduction} {formula} + decay/2 |W|^2 + <tilt, W'W>",
        symmetries=tuple(
            Symmetry("rotations", count, (IndexAxis("W", 0, first=first),)) for count, first in same_sign if count
        ),
        samples=N,
        batch_loss_of=batch_loss_of,
        proof=("quadratic", x, y, signs, fixed, loss, reduction),
        slack_of=slack_of,
    )


def random_tilt(d: int, size: float, seed: int = 0) -> Tensor:
    """A random matrix C (d, d), symmetric without negative eigenvalues, of Frobenius norm `size`: B B' rescaled, B Gaussian.

    >>> round(float(random_tilt(d=3, size=0.01).norm()), 12)
    0.01
    """
    B = torch.from_numpy(random_stream(seed, TILTS).normal(size=(d, d)))
    C = B @ B.mT
    return C * (size / C.norm())


# ----------------------------------------------------------------------------------------------- what came in


def _checked_data(data: Data, loss: str) -> tuple[Tensor, Tensor]:
    x, y = (
        data.x.double().clone(),
        data.y.double().clone(),
    )  # of its own: what happens to the data later changes nothing
    if x.ndim != 2 or not len(x) or tuple(y.shape) != (len(x),):
        raise ValueError(
            f"Data must be x (N, d) and y (N,), but came as {tuple(x.shape)} and {tuple(y.shape)}: the network has one output."
        )
    if loss not in LOSSES:
        raise ValueError(f"There is no loss {loss!r} for this network. The losses are: {', '.join(LOSSES)}.")
    if loss == "log" and not bool(((y >= 0) & (y <= 1)).all()):
        raise ValueError(
            f"The log loss needs labels from 0 to 1, but they go from {float(y.min()):g} to {float(y.max()):g}."
        )
    return x, y


def _check_arguments(n: int, negative: int, decay: float, reduction: str) -> None:
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise ValueError(f"n, the number of neurons, must be a whole number from 1 on, but n = {n!r} came.")
    if not isinstance(negative, int) or isinstance(negative, bool) or not 0 <= negative <= n:
        raise ValueError(f"negative must be a whole number from 0 to n = {n}, but {negative!r} came.")
    if not 0 <= decay < float("inf"):
        raise ValueError(f"decay must be zero or positive, but decay = {decay} came.")
    if reduction not in ("sum", "mean"):
        raise ValueError(f'reduction must be "sum" or "mean", but {reduction!r} came.')


def _checked_tilt(tilt: Tensor | None, d: int) -> Tensor:
    if tilt is None:
        return torch.zeros(d, d, dtype=torch.float64)
    if tuple(tilt.shape) != (d, d) or not torch.allclose(tilt, tilt.mT, rtol=0, atol=1e-12):
        raise ValueError(
            f"tilt must be a symmetric matrix ({d}, {d}), but came as {tuple(tilt.shape)}; random_tilt makes one."
        )
    return tilt.double()
