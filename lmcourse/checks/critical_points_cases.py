"""What the checks of lesson 1.1 ask about: matrices with known eigenvalues, plateaus, and surfaces with known critical points."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from lmcourse.devices import random_stream
from lmcourse.landscape import Landscape


def symmetric(eigenvalues: list[float], seed: int) -> Tensor:
    """A matrix with these eigenvalues, and eigenvectors of which none is an axis."""
    size = len(eigenvalues)
    basis = torch.linalg.qr(torch.from_numpy(random_stream(seed).normal(size=(size, size)))).Q
    matrix = basis @ torch.diag(torch.tensor(eigenvalues, dtype=torch.float64)) @ basis.T
    return (matrix + matrix.T) / 2


@lru_cache(maxsize=1)
def points() -> tuple[tuple[str, list[float], str], ...]:
    """(right word, eigenvalues, what is special about them)."""
    rows = [
        ("strict minimum", [2.0, 0.5], "two positive eigenvalues"),
        ("strict maximum", [-2.0, -0.5], "two negative eigenvalues"),
        ("strict saddle", [-1.0, 1.5], "one negative and one positive eigenvalue"),
        ("strict saddle", [-0.1, 4.0], "a small negative and a large positive eigenvalue"),
        ("strict minimum", [1.0], "one parameter"),
        ("strict maximum", [-3.0, -2.0, -1.0], "three negative eigenvalues"),
        ("strict saddle", [-3.0, -2.0, 1.0], "two negative eigenvalues of three"),
        ("strict saddle", [-1e-3, 1.0, 2.0, 3.0], "one slightly negative eigenvalue of four"),
        ("strict minimum", [1e-3, 1.0, 2.0, 3.0], "four positive eigenvalues, one of them small"),
        ("undecided", [0.0, 2.0], "the eigenvalues 0 and 2"),
        ("undecided", [0.0, 0.0], "a Hessian of zeros"),
        ("undecided", [0.0, 0.0, 1.0], "two zero eigenvalues and a positive one"),
        ("strict saddle", [-1.0, 0.0, 2.0], "a negative, a zero and a positive eigenvalue"),
        ("strict saddle", [-1.0, 0.0], "a negative and a zero eigenvalue"),
        ("strict saddle", [-2.0, -1.0, 0.0], "two negative eigenvalues and a zero one"),
    ]
    return tuple(rows)


def coarse() -> tuple[tuple[str, list[float], float, float, str], ...]:
    """(right word, eigenvalues, every entry of the gradient, tol, what is special): a tolerance that is not the usual one."""
    return (
        ("undecided", [0.05, 1.0], 0.0, 0.1, "tol = 0.1 and the eigenvalues 0.05 and 1"),
        ("undecided", [-0.05, 1.0], 0.0, 0.1, "tol = 0.1 and the eigenvalues -0.05 and 1"),
        ("strict saddle", [-0.5, 0.05], 0.0, 0.1, "tol = 0.1 and the eigenvalues -0.5 and 0.05"),
        ("strict minimum", [0.5, 1.0], 0.05, 0.1, "tol = 0.1 and a gradient of (0.05, 0.05)"),
        ("strict minimum", [1e-12, 1.0], 0.0, 1e-15, "tol = 1e-15 and the eigenvalues 1e-12 and 1"),
        ("not critical", [0.5, 1.0], 0.08, 0.1, "tol = 0.1 and a gradient of (0.08, 0.08)"),
    )


def borders() -> tuple[tuple[str, Tensor, Tensor, str], ...]:
    """(right word, gradient, Hessian, what is special): a size is exactly tol = 0.25, with no rounding."""
    rows = (
        ("strict minimum", [0.25, 0.0], [1.0, 2.0], "tol = 0.25 and a gradient of (0.25, 0)"),
        ("undecided", [0.0, 0.0], [0.25, 1.0], "tol = 0.25 and the eigenvalues 0.25 and 1"),
        ("undecided", [0.0, 0.0], [-0.25, 1.0], "tol = 0.25 and the eigenvalues -0.25 and 1"),
    )
    double = torch.float64
    return tuple(
        (right, torch.tensor(slope, dtype=double), torch.diag(torch.tensor(entries, dtype=double)), words)
        for right, slope, entries, words in rows
    )


def newton_like(gradient: Tensor, hessian: Tensor, curvature) -> Tensor:
    """Every part of the gradient along the eigenvectors, divided by a curvature made from its eigenvalue, with a minus sign."""
    eigenvalues, basis = torch.linalg.eigh(hessian)
    return -(basis @ ((basis.T @ gradient) / curvature(eigenvalues)))


def wrong_steps(gradient: Tensor, hessian: Tensor, m: float, basis: Tensor) -> list[tuple[Tensor, str]]:
    """Typical wrong steps, each with what to say of it."""
    identity = torch.eye(len(gradient), dtype=torch.float64)
    values, vectors = torch.linalg.eigh(hessian)
    size = vectors @ torch.diag(values.abs()) @ vectors.T
    found = [
        (-newton_like(gradient, hessian, lambda v: v.abs() + m), "The step has the wrong sign: it is added to the parameters."),
        (newton_like(gradient, hessian, lambda v: v + m), "This is the damped Newton step: the absolute values are missing."),
        (newton_like(gradient, hessian, lambda v: (v + m).abs()), "The damping is added before the absolute value, not after it."),
        (basis.T @ (-(basis @ gradient) / (torch.linalg.eigvalsh(hessian).abs() + m)),
         "The eigenvectors are used the wrong way round: they are the columns of the matrix that eigh returns."),
        (-gradient / (torch.diagonal(hessian).abs() + m), "The diagonal of H is not |H|: go to the basis of eigenvectors."),
    ]  # fmt: skip
    if float(torch.linalg.eigvalsh(hessian).abs().min()) > 0:
        undamped = newton_like(gradient, hessian, torch.abs)
        found.append(
            (undamped, "This is the step without damping: m is added to the size of each eigenvalue, small or large.")
        )
    for matrix, message in (
        (
            hessian.abs() + m * identity,
            "|H| is not the matrix of absolute entries: its eigenvalues are the absolute ones.",
        ),
        (
            hessian.abs() + m,
            "|H| is not the matrix of absolute entries, and the damping belongs on the diagonal alone.",
        ),
        (size + m, "The damping is added to all entries of |H|: m I has m on the diagonal alone."),
    ):
        if abs(float(torch.linalg.det(matrix))) > 1e-9:
            found.append((-torch.linalg.solve(matrix, gradient), message))
    return found


def exact_plateaus() -> tuple[tuple[float, float, float, float], ...]:
    """(r, s, a, eta) for which a step lands on s itself, without rounding."""
    return (0.25, 0.5, 2.0, 0.5), (0.125, 0.5, 6.0, 0.5), (0.5, 2.0, 1.0, 1.0)


@lru_cache(maxsize=1)
def plateaus() -> tuple[tuple[float, float, float, float], ...]:
    """(r, s, a, eta), hidden and random, none of them near the edge between two counts."""
    draw, found = random_stream(30), []
    while len(found) < 30:
        r, s = 10 ** draw.uniform(-9, -1), 10 ** draw.uniform(-0.5, 1.5)
        a, eta = 10 ** draw.uniform(-1.5, 1), 10 ** draw.uniform(-2, -0.5)
        shares = [math.log(s / r) / math.log(factor) % 1 for factor in (1 + eta * a, 2.0)]
        if all(0.02 < share < 0.98 for share in shares):
            found.append((r, s, a, eta))
    return tuple(found)


def count(r: float, s: float, factor: float) -> int:
    steps = 0
    while r < s:
        r, steps = r * factor, steps + 1
    return steps


@lru_cache(maxsize=4)
def surface(seed: int, across: tuple[float, ...], up: tuple[float, ...]) -> tuple[Landscape, Tensor]:
    """f(u) + g(v) with f' zero at `across` and g' zero at `up`, (u, v) a rotation of (x, y); and its critical points in the window.

    The window is a square of half width 3.
    """
    angle = float(random_stream(seed).uniform(0.2, 1.3))
    turn = torch.tensor([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]], dtype=torch.float64)
    f, g = (np.polynomial.Polynomial.fromroots(roots).integ() for roots in (across, up))

    def loss_of(theta: Tensor) -> Tensor:
        u, v = (theta @ turn.to(theta).T).unbind(-1)
        return sum(_horner(part.coef, z) for part, z in ((f, u), (g, v)))

    corners = (
        torch.cartesian_prod(torch.tensor(across, dtype=torch.float64), torch.tensor(up, dtype=torch.float64)) @ turn
    )
    inside = corners[(corners.abs() <= 3).all(dim=1)]
    land = Landscape(f"hidden surface {seed}", {"xy": (2,)}, loss_of, window=((-3, 3), (-3, 3)), default_start="window")
    return land, inside


def _horner(coefficients, z: Tensor) -> Tensor:
    value = torch.zeros_like(z)
    for coefficient in reversed(coefficients):
        value = value * z + float(coefficient)
    return value


def surfaces() -> tuple[tuple[Landscape, Tensor], ...]:
    return (
        surface(1, (-1.5, 0.2, 1.7), (-1.1, 0.4, 1.6)),  # nine, all inside
        surface(2, (1.1, 1.2), (0.3,)),  # a minimum and a saddle, 0.1 apart
        surface(3, (-2.0, 0.5, 2.9), (-2.5, 0.1)),  # some outside
    )
