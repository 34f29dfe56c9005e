"""Checks of the exercises of lesson 1.2.

Each check calls the learner's function on points of its own and looks at properties first, then compares with the
library. Typical mistakes are recognised by the value that they give.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from lmcourse.checks.high_dimension_places import places
from lmcourse.checks.verdict import ask, number, require, task
from lmcourse.devices import random_stream
from lmcourse.networks.random_field_theory import p_spin_edge, semicircle_share
from lmcourse.networks.random_matrices import gaussian_symmetric
from lmcourse.networks.random_waves import random_waves


def _matrix(eigenvalues, seed: int) -> Tensor:
    """A symmetric matrix with these eigenvalues, in random directions, with the rounding that comes with them."""
    values = torch.tensor(eigenvalues, dtype=torch.float64)
    turn = torch.linalg.qr(torch.from_numpy(random_stream(seed).normal(size=(len(values), len(values))))).Q
    matrix = turn @ torch.diag(values) @ turn.T
    return (matrix + matrix.T) / 2


def _whole(value, name: str) -> int:
    value = number(value, name)
    require(value == round(value), f"{name} must be a whole number, a count of eigenvalues.")
    return int(value)


@task("Task 1")
def index_of(answer) -> str:
    """`answer(H)` counts the eigenvalues of H (n, n) below minus 1e-8 times the largest in size."""
    cases = (
        ([-2.0, -1.0, 3.0, 4.0], "two negative and two positive eigenvalues", ""),
        ([-1.0, 2.0, 2.0], "one negative eigenvalue, none of which stands on the diagonal", "The diagonal does not tell it."),
        ([1.0, 2.0, 3.0], "positive eigenvalues alone", ""),
        ([-3.0, -2.0, -1.0, -0.5], "negative eigenvalues alone", "An even number of them has a positive determinant."),
        ([-5.0, *[0.0] * 6, 5.0], "one negative eigenvalue and six zeros", "Rounding makes some zeros slightly negative."),
        ([-4e6, *[0.0] * 9, 7e6], "one negative eigenvalue, nine zeros, all in large units",
         "Rounding grows with the units: compare with the largest eigenvalue."),
        ([-3e-9, 1e-9, 2e-9], "one negative eigenvalue, all in small units", "The threshold must shrink with the units."),
        ([-1e-7, 1.0, 1.0], "one negative eigenvalue that is small, but ten times the threshold", ""),
        ([-1.0, 1.0, 1e3, 1e6], "one negative eigenvalue beside very large positive ones", "Large in size means either sign."),
        ([-1e6, -1e-4, 1.0], "one clearly negative eigenvalue, one below the threshold", "Large in size means either sign."),
        ([-2e-8, *[1.0] * 20], "one negative eigenvalue, twice the threshold, beside twenty ones",
         "The largest eigenvalue alone sets the threshold: a norm that adds up all of them is longer."),
    )  # fmt: skip
    for seed, (eigenvalues, words, why) in enumerate(cases):
        H = _matrix(eigenvalues, seed)
        values = np.array(eigenvalues)
        expected = int((values < -1e-8 * abs(values).max()).sum())
        given = H.clone()
        value = _whole(
            ask(answer, given, called=f"with a symmetric matrix ({len(values)}, {len(values)})"), "The index"
        )
        require(torch.equal(given, H), "Your function changes the matrix itself. Let it work on a copy.")
        require(
            not (value == (values > 0).sum() != expected),
            f"With {words} you count the positive ones. The index counts directions down.",
        )
        require(value >= expected, f"With {words} you count too few. {why}")
        require(value <= expected, f"With {words} you count too many. {why}")
    chance = random_stream(50)
    for seed in range(20):
        values = chance.normal(size=int(chance.integers(2, 9)))
        value = _whole(ask(answer, _matrix(list(values), 60 + seed), called="with a random matrix"), "The index")
        require(value == (values < 0).sum(), "On random symmetric matrices your count is not always right.")
    return "Signs, zeros and units are all right."


@task("Task 2")
def share_down(answer) -> str:
    """`answer(u, p)` is the share of negative eigenvalues at a critical point of height u of the spherical p-spin model."""

    def at(u: float, p: int) -> float:
        return number(ask(answer, u, p, called=f"with u = {u:.3g}, p = {p}"), "The share")

    require(
        at(-0.5, 3) <= at(0.5, 3),
        "Your share falls where it should rise: by yours, lower points have more directions down.",
    )
    unshifted = [
        (u, p, float(semicircle_share(u / (2 * math.sqrt(p * (p - 1)))))) for u in (-0.5, 0.7) for p in (3, 4, 10)
    ]
    require(
        any(abs(at(u, p) - wrong) > 1e-6 for u, p, wrong in unshifted),
        "Your semicircle stands around -u. Look again by how much the height shifts the Hessian.",
    )
    for p in (3, 4, 10):
        edge = p_spin_edge(p)
        for u, expected in ((-edge - 0.2, 0.0), (edge + 0.2, 1.0)):
            value = ask(answer, u, p, called=f"with u = {u:.3g}, p = {p}")
            value = value.item() if hasattr(value, "item") else value
            require(
                not (isinstance(value, float) and math.isnan(value)),
                "Beyond the edge the semicircle has no formula, and yours gives NaN: all of it, or nothing, lies left of zero.",
            )
            require(
                abs(at(u, p) - expected) < 1e-9,
                f"At u = {u:.2f} the whole semicircle lies on one side of zero (p = {p}).",
            )
        require(abs(at(0.0, p) - 0.5) < 1e-9, "At height 0 the semicircle stands around zero: half of it is negative.")
        require(at(-0.5 * edge, p) < 0.5, "Lower points must have fewer directions down, yours have more.")
    cases = [
        (float(u), int(p))
        for u, p in zip(random_stream(7).uniform(-1.6, 1.6, 30), [3, 4, 5, 7, 10, 30] * 5, strict=True)
    ]
    values, right = [at(u, p) for u, p in cases], [float(semicircle_share(u / p_spin_edge(p))) for u, p in cases]
    mistakes = (
        ([float(semicircle_share(u / p_spin_edge(3))) for u, p in cases], "Your edge does not change with p."),
        ([float(semicircle_share(u)) for u, p in cases], "The height is not divided by the edge."),
        ([float(semicircle_share(u / 2)) for u, p in cases], "The edge is 2 only for p without end."),
        ([0.5 + math.asin(max(-1, min(1, u / p_spin_edge(p)))) / math.pi for u, p in cases], "The term with the root is missing."),
        ([min(1.0, max(0.0, 0.5 + u / p_spin_edge(p) / 2)) for u, p in cases], "The curve is no straight line."),
        ([float(semicircle_share(u / p_spin_edge(p) ** 2)) for u, p in cases], "The edge is squared once too often."),
    )  # fmt: skip
    close = [abs(value - expected) < 1e-6 for value, expected in zip(values, right, strict=True)]
    for wrong, message in mistakes:
        same = all(abs(value - other) < 1e-6 for value, other in zip(values, wrong, strict=True))
        require(all(close) or not same, message)
    u, p = next((case for case, fits in zip(cases, close, strict=True) if not fits), (0.0, 3))
    require(
        all(close), f"At u = {u:.2f}, p = {p} the share is off. Are centre and radius of the semicircle both there?"
    )
    return "The part of the semicircle left of zero, for every p."


@task("Task 3")
def index_shares(answer) -> str:
    """`answer(matrices)` are the shares (N + 1,) of critical points of index 0 to N, from matrices (samples, N + 1, N + 1)."""
    for N, samples, seed in ((2, 50, 1), (3, 40, 2), (5, 30, 3), (1, 20, 4)):
        matrices = gaussian_symmetric(N + 1, samples, seed=100 + seed)
        eigenvalues = np.linalg.eigvalsh(matrices)
        weights = np.exp(-(eigenvalues**2) / 4)
        given = matrices.copy()
        value = ask(answer, given, called=f"with matrices of shape {matrices.shape}")
        require(np.array_equal(given, matrices), "Your function changes the matrices. Let it work on a copy.")
        try:
            value = np.asarray(value.detach() if isinstance(value, Tensor) else value, dtype=np.float64)
        except (TypeError, ValueError):
            require(False, "The shares must be an array of numbers.")
        require(
            value.shape == (N + 1,),
            f"For matrices of {N + 1} rows there are {N + 1} shares, index 0 to {N}, but the shape {value.shape} came.",
        )
        require(np.isfinite(value).all(), "The shares hold NaN or infinity.")
        right = weights.mean(axis=0) / weights.mean(axis=0).sum()
        single = np.exp(-(eigenvalues.mean(axis=0) ** 2) / 4)
        wide = np.exp(-(eigenvalues**2) / 2).mean(axis=0)
        mistakes = (
            (weights.mean(axis=0), "These are mean weights. Shares add up to one."),
            ((weights / weights.sum(axis=1, keepdims=True)).mean(axis=0),
             "You make shares of each matrix by itself. Take the mean over the matrices first, and divide once at the end."),
            (single / single.sum(), "You weight the mean eigenvalue. Take the mean of the weights instead."),
            (wide / wide.sum(), "The square is divided by 2. Which number stands in the exponent?"),
            (right[::-1], "Index 0 belongs to the smallest eigenvalue."),
        )  # fmt: skip
        for wrong, message in mistakes:
            require(np.allclose(value, right, atol=1e-9) or not np.allclose(value, wrong, atol=1e-9), message)
        require(abs(value.sum() - 1) < 1e-6, "Shares must add up to one.")
        require(
            np.allclose(value, right, rtol=0, atol=1e-9),
            f"For N = {N} the shares are off. Are the eigenvalues of each matrix in rising order, and in 64 bits? Is the k-th of "
            "every matrix weighted for index k?",
        )
    return "One weight for each eigenvalue, and one sum at the end."


@task("Task 4")
def is_critical(answer) -> str:
    """`answer(land, theta)` says whether a critical point lies within 0.01 of theta (P,)."""
    slope = torch.full((3,), 0.7, dtype=torch.float64)
    ask(answer, random_waves(dim=3, seed=5), slope, called="at a place of random waves")  # before the search for places
    said = []
    for name, land, theta, expected in places():
        given = theta.clone()
        value = ask(answer, land, given, called=f"at {name}")
        require(torch.equal(given, theta), "Your function changes theta itself. Let it work on a copy.")
        if isinstance(value, (Tensor, np.ndarray, np.generic)):
            value = value.item() if math.prod(value.shape) == 1 else value
        require(isinstance(value, bool), f"The answer must be True or False, but a {type(value).__name__} came.")
        said.append((name, bool(value), expected, float(land.gradient(theta).norm())))
    require(
        len({value for _, value, _, _ in said}) == 2,
        "You give the same answer everywhere, and it is not the same everywhere.",
    )
    for name, value, expected, norm in said:
        require(
            value or not expected,
            f"At {name} (gradient {norm:.0e}) you say no. Whether the gradient is short already is not the question, nor whether "
            "the point is a minimum: does Newton's method take the gradient to rounding from there, and nearby?",
        )
        require(
            expected or not value,
            f"At {name} (gradient {norm:.0e}) you say yes. A gradient that is short need not reach zero nearby: does it reach "
            "rounding, and how far has the point gone by then?",
        )
    return "Not how short the gradient is, but whether it vanishes nearby."
