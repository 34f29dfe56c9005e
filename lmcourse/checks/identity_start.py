"""Checks of the exercises of lesson 3.3: one step, the floor, the chord's distance from zero, the power projection.

Each check calls the learner's function on random cases of its own and looks at properties first. Answers may be torch tensors,
numpy arrays or plain numbers. Typical mistakes are recognised by the value that they give.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from lmcourse.checks.verdict import ask, near, number, require, task, tensor
from lmcourse.devices import random_stream
from lmcourse.experiments.identity_start import closest_to_zero, rotation
from lmcourse.experiments.power_projection import gradient_step, positivity, product_of
from lmcourse.experiments.power_projection import project as nearest_positive


def _matrix(value, shape: tuple[int, ...], name: str) -> Tensor:
    """A learner's matrix, from torch or numpy, in float64."""
    value = torch.from_numpy(value) if isinstance(value, np.ndarray) else value
    found = tensor(value, shape, name) if not isinstance(value, Tensor) or not value.is_complex() else value
    require(not found.is_complex(), f"{name} came with complex entries. Everything here is real.")
    require(
        value.dtype == torch.float64,
        f"{name} came as {value.dtype}: digits are lost. Keep the float64 of what you are given.",
    )
    return found


def _number(value, name: str) -> float:
    require(
        not isinstance(value, complex) and not (isinstance(value, Tensor) and value.is_complex()),
        f"{name} came as a complex number. A loss and a distance are real.",
    )
    require(
        getattr(value, "dtype", None) not in (torch.float32, np.dtype("float32")),
        f"{name} came in float32: digits are lost. Keep the float64 of what you are given.",
    )
    return number(value, name)


def _close(value: Tensor, expected: Tensor) -> bool:
    return bool(torch.allclose(value, expected, rtol=1e-9, atol=1e-9))


def _draw(*shape: int, seed: int) -> Tensor:
    return torch.from_numpy(random_stream(seed).normal(size=shape))


# ----------------------------------------------------------------------------------------------- one step


def _slopes(layers: list[Tensor], target: Tensor, transposed: bool = True) -> list[Tensor]:
    """The gradient by each layer; without the transposes, a typical mistake."""
    found, error = [], product_of(layers) - target
    eye = torch.eye(len(target), dtype=target.dtype)
    for h in range(len(layers)):
        P, Q = product_of([eye, *layers[h + 1 :]]), product_of([eye, *layers[:h]])
        found.append(P.T @ error @ Q.T if transposed else P @ error @ Q)
    return found


def _one_after_another(layers: list[Tensor], target: Tensor, eta: float, order) -> list[Tensor]:
    layers = list(layers)
    for h in order:
        layers[h] = layers[h] - eta * _slopes(layers, target)[h]
    return layers


@task("Task 1")
def one_step(answer) -> str:
    """`answer(layers, target, eta)` is the list of layers after one step of gradient descent."""
    for L, d, seed in ((1, 2, 1), (3, 2, 2), (2, 3, 3), (4, 3, 4)):
        layers, target, eta = list(_draw(L, d, d, seed=seed).unbind()), _draw(d, d, seed=seed + 10), 0.3
        given = [W.clone() for W in layers]
        called = f"with {L} layers of shape ({d}, {d})"
        value = ask(answer, given, target.clone(), eta, called=called)
        require(
            len(given) == L and all(map(torch.equal, given, layers)),
            "Your function changes the layers that it is given. Let it return new ones.",
        )
        require(
            isinstance(value, list | tuple | Tensor | np.ndarray) and len(value) == L,
            f"The result must be a list of {L} layers {called}.",
        )
        moved = [_matrix(W, (d, d), f"Layer {h} of the result") for h, W in enumerate(value, 1)]
        _check_moves(layers, target, eta, moved, called)
    return "Each layer moves down its own gradient, all at once."


def _check_moves(layers, target, eta, moved, called) -> None:
    L, slopes, flat = len(layers), _slopes(layers, target), _slopes(layers, target, transposed=False)
    other_way = _slopes(layers[::-1], target)[::-1]
    mistakes = (
        (-1, slopes, "You walk uphill: the loss grows. What is the sign of a descent step?"),
        (2, slopes, "Your step is twice as long as it should be. The 1/2 of the loss cancels the 2 of the square."),
        (0.5, slopes, "Your step is half as long as it should be: the gradient has no factor 1/2 left."),
        (1, flat, "The other layers enter without being transposed. What becomes of P and Q in the gradient?"),
        (
            1,
            other_way,
            "Your product has the layers in the other order: layers[0] acts first, so it stands on the right.",
        ),
    )

    def same(expected) -> bool:
        return all(_close(W, each) for W, each in zip(moved, expected, strict=True))

    right = gradient_step(layers, target, eta)
    if same(right):
        return
    for factor, slope, message in mistakes:
        wrong = [W - factor * eta * each for W, each in zip(layers, slope, strict=True)]
        require(not same(wrong), f"{message} Seen {called}.")
    for order in (range(L), range(L)[::-1]):
        require(
            not same(_one_after_another(layers, target, eta, order)),
            "The layers move one after another: later gradients see layers that have moved already. All belong to the old layers.",
        )
    off = [str(h) for h, (W, each) in enumerate(zip(moved, right, strict=True), 1) if not _close(W, each)]
    require(False, f"The gradient of layer {', '.join(off)} is off {called}. What stands before it, what after it?")


# ----------------------------------------------------------------------------------------------- the floor


def _normal_targets() -> list[tuple[str, Tensor, tuple[float, ...]]]:
    """(name, target, negative eigenvalues): normal matrices in random bases."""

    def turned(*blocks: Tensor, seed: int) -> Tensor:
        A = torch.block_diag(*blocks)
        Q = torch.linalg.qr(_draw(len(A), len(A), seed=seed)).Q
        return Q @ A @ Q.T

    def diag(*values: float) -> Tensor:
        return torch.diag(torch.tensor(values, dtype=torch.float64))

    a, b = (0.3 + abs(float(_draw(1, seed=seed))) for seed in (31, 32))
    return [
        ("a symmetric target with one negative eigenvalue", turned(diag(2, 1, -0.5 - a), seed=1), (0.5 + a,)),
        ("a symmetric target with two negative eigenvalues", turned(diag(2, -1 - a, -b / 2), seed=2), (1 + a, b / 2)),
        ("a positive definite target", turned(diag(0.2 + b, 1.5, 3), seed=3), ()),
        ("the turn by 180 degrees", diag(-1, -1), (1.0, 1.0)),
        ("a turn by 120 degrees", rotation(120), ()),
        ("a turn and a negative eigenvalue", turned(1.4 * rotation(100), diag(-a), seed=4), (a,)),
        ("two turns and a positive eigenvalue", turned(rotation(150), 0.5 * rotation(30), diag(b), seed=5), ()),
    ]


@task("Task 2")
def floor(answer) -> str:
    """`answer(target)` is the limit of the loss for a normal target."""
    values = {}
    for name, target, negative in _normal_targets():
        right = sum(phi**2 for phi in negative) / 2
        value = _number(ask(answer, target.clone(), called=f"with {name}"), "The floor")
        where = f"Seen at {name}."
        phi, below = torch.linalg.eigvals(target), torch.linalg.det(target) < 0
        values[name] = (value, right)
        if near(value, right, 1e-8):
            continue
        require(value >= -1e-12, f"A floor below zero: the loss is never negative. {where}")
        leftward = phi.real[phi.real < 0].square().sum() / 2
        mistakes = (
            (2 * right, "A factor is missing: the loss is half a sum of squares."),
            (right / 2, "Your floor is half as high as it should be."),
            (sum(negative) / 2, "The eigenvalues enter without their squares."),
            (sum(negative), "The eigenvalues enter without their squares, and the loss has a factor 1/2."),
            (max(negative, default=0) ** 2 / 2, "One negative eigenvalue is counted, but there are more."),
            (
                float(leftward),
                "You count complex eigenvalues whose real part is negative. Does their chord lead through 0?",
            ),
            (
                float(target.diagonal().clamp_max(0).square().sum()) / 2,
                "That is the diagonal of the target, not its eigenvalues.",
            ),
        )
        for wrong, message in mistakes:
            require(not near(value, float(wrong), 1e-8), f"{message} {where}")
        require(
            not (value == 0 and not below),
            f"Your floor is 0 here. A positive determinant does not help: every negative eigenvalue is held on its own. {where}",
        )
        require(right != 0, f"This target is learnt, so the loss falls to 0, but your floor is not 0. {where}")
        require(
            False,
            f"The floor is off. Which eigenvalues are held, where do they rest, and what is left of each? {where}",
        )
    return "What is left is what negative eigenvalues cost."


# ----------------------------------------------------------------------------------------------- the chord


@task("Task 3")
def nearest(answer) -> str:
    """`answer(phi)` is the distance of 0 from the chord between 1 and phi."""
    points = random_stream(5).normal(size=(40, 2)) * 1.5
    cases = [1 + 0j, 2.5 + 0j, 0.3 + 0j, -1 + 0j, -0.4 + 0j, 0j, 1j, 2j, 3 + 1j, 0.2 + 0.1j, -2 + 0.5j]
    cases += [complex(math.cos(t), math.sin(t)) for t in (0.3, 1.7, -2.9)]
    for phi in (*cases, *(complex(*point) for point in points.tolist())):
        phi = complex(phi)
        value = _number(ask(answer, phi, called=f"with phi = {phi:.4g}"), "The distance")
        right = float(closest_to_zero(phi))
        if near(value, right, 1e-8):
            continue
        where = f"Seen at phi = {phi:.4g}."
        line = abs(phi.imag) / abs(phi - 1) if phi != 1 else math.nan
        require(value >= 0, f"A distance is never negative. {where}")
        require(
            not near(value, line, 1e-8),
            f"That is the distance of the whole line. The chord ends at 1 and at phi: is its nearest point between them? {where}",
        )
        require(
            not near(value, math.cos(math.atan2(phi.imag, phi.real) / 2), 1e-8),
            f"The cosine of half the angle is right for |phi| = 1 alone. {where}",
        )
        require(
            not near(value, min(1.0, abs(phi)), 1e-8),
            f"You look at the two ends of the chord. A point between them may be nearer to 0. {where}",
        )
        require(not near(value, right**2, 1e-8), f"That is the square of the distance. {where}")
        require(value >= right, f"No point of the chord is so near to 0. {where}")
        require(False, f"Some point of the chord is nearer to 0 than you say. {where}")
    return "Between the ends or at one of them: always the nearest point."


# ----------------------------------------------------------------------------------------------- the projection


@task("Task 4")
def project(answer) -> str:
    """`answer(A, gamma)` is the nearest matrix with u'Bu >= gamma |u|^2."""
    cases = [(_draw(d, d, seed=40 + d) * 1.5, gamma) for d, gamma in ((2, 0.1), (3, 0.5), (4, 0.05), (5, 1.0))]
    cases.append((torch.tensor([[1.0, 4.0], [0.0, 1.0]]).double(), 0.2))
    cases.append((torch.tensor([[2.0, -3.0], [3.0, 2.0]]).double(), 0.5))  # allowed already
    for A, gamma in cases:
        d, given = len(A), A.clone()
        value = ask(answer, given, gamma, called=f"with A ({d}, {d}) and gamma = {gamma:g}")
        require(torch.equal(given, A), "Your function changes A itself. Let it work on a copy.")
        B, right = _matrix(value, (d, d), "The projection"), nearest_positive(A, gamma)
        if _close(B, right):
            continue
        _explain(A, B, right, gamma)
    return "Only the symmetric part moves, and no more than it must."


def _explain(A: Tensor, B: Tensor, right: Tensor, gamma: float) -> None:
    w, Q = torch.linalg.eigh((A + A.T) / 2)
    U, s, Vh = torch.linalg.svd(A)
    eye = torch.eye(len(A), dtype=A.dtype)
    mistakes = (
        (
            (A + A.T) / 2 + (right - A),
            "The skew part of A is lost. It costs nothing to keep, and moving it leads away from A.",
        ),
        (Q @ torch.diag(w.clamp_min(0)) @ Q.T + (A - A.T) / 2, "Your matrix reaches 0, not gamma."),
        (Q @ torch.diag(w.abs()) @ Q.T + (A - A.T) / 2, "Turning signs round overshoots: a smaller lift is enough."),
        (A + (gamma - w[0]).clamp_min(0) * eye, "You lift all directions by the same amount. Which of them need it?"),
        (U @ torch.diag(s.clamp_min(gamma)) @ Vh, "You clip singular values. The condition is about u'Bu."),
        (A.clamp_min(gamma), "You clip the entries of A. The condition is about u'Bu, not about single entries."),
        (
            Q.T @ torch.diag(w.clamp_min(gamma)) @ Q + (A - A.T) / 2,
            "Rows and columns are exchanged: torch.linalg.eigh returns eigenvectors as columns.",
        ),
    )
    for wrong, message in mistakes:
        require(not _close(B, wrong), message)
    require(
        float(positivity(B)) >= gamma - 1e-9,
        "Your matrix has directions u with u'Bu below gamma. The smallest u'Bu belongs to the symmetric part of B, "
        "not to the eigenvalues of B.",
    )
    require(
        _close(B - B.T, A - A.T),
        "The skew part has changed. It does not enter u'Bu, so moving it leads away from A.",
    )
    if positivity(A) >= gamma:
        require(_close(B, A), "This A is allowed as it is, so it is its own projection; yours moves it.")
    require(False, "Your matrix is allowed, but another allowed one is nearer to A.")
