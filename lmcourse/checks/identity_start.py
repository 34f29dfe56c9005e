"""Checks of the exercises of lesson 3.3: one step, the floor, the chord's distance from zero, the power projection.

Each check calls the learner's function on random cases of its own and looks at properties first. Answers may be torch tensors,
numpy arrays or plain numbers. Typical mistakes are recognised by the value that they give.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from lmcourse.checks.matrices import matrix
from lmcourse.checks.one_step import close, drawn, one_step
from lmcourse.checks.verdict import ask, near, number, require, task
from lmcourse.devices import random_stream
from lmcourse.experiments.identity_start import closest_to_zero, rotation
from lmcourse.experiments.power_projection import positivity
from lmcourse.experiments.power_projection import project as nearest_positive

__all__ = ["floor", "nearest", "one_step", "project"]


def real_number(value, name: str) -> float:
    """A learner's result as a real number in double precision."""
    require(
        not isinstance(value, complex) and not (isinstance(value, Tensor) and value.is_complex()),
        f"{name} came as a complex number. A loss and a distance are real.",
    )
    require(
        getattr(value, "dtype", None) not in (torch.float32, np.dtype("float32")),
        f"{name} came in float32: digits are lost. torch.tensor makes single precision of a Python number: give it "
        "dtype=torch.float64, or torch.complex128 where the number is complex. A result may be a plain float, too.",
    )
    single = isinstance(value, float) or (isinstance(value, Tensor) and value.numel() == 1)
    require(not (single and math.isnan(value)), f"{name} came out as nan. Where do you divide 0 by 0?")
    return number(value, name)


# ----------------------------------------------------------------------------------------------- the floor


def _normal_targets() -> list[tuple[str, Tensor, tuple[float, ...]]]:
    """(name, target, negative eigenvalues): normal matrices in random bases."""

    def turned(*blocks: Tensor, seed: int) -> Tensor:
        A = torch.block_diag(*blocks)
        Q = torch.linalg.qr(drawn(len(A), len(A), seed=seed)).Q
        return Q @ A @ Q.T

    def diag(*values: float) -> Tensor:
        return torch.diag(torch.tensor(values, dtype=torch.float64))

    def rounded(eigvals) -> Tensor:
        """Eigenvalues -1, -1, -1, 1 in a basis in which rounding makes two of the equal ones complex."""
        for seed in range(2000):
            A = turned(diag(-1, -1, -1, 1), seed=seed)
            phi = eigvals(A)
            if any(value.imag != 0 and value.real < 0 for value in phi.tolist()):
                break
        return A

    equal = "a negative eigenvalue that occurs three times"

    a, b = (0.3 + abs(float(drawn(1, seed=seed))) for seed in (31, 32))
    return [
        ("a symmetric target with one negative eigenvalue", turned(diag(2, 1, -0.5 - a), seed=1), (0.5 + a,)),
        ("a symmetric target with two negative eigenvalues", turned(diag(2, -1 - a, -b / 2), seed=2), (1 + a, b / 2)),
        ("a positive definite target", turned(diag(0.2 + b, 1.5, 3), seed=3), ()),
        ("the turn by 180 degrees", diag(-1, -1), (1.0, 1.0)),
        ("a turn by 120 degrees", rotation(120), ()),
        ("a turn by 170 degrees", rotation(170), ()),
        ("a turn by 179.99 degrees", rotation(179.99), ()),
        ("0.01 times a turn by 120 degrees", 0.01 * rotation(120), ()),
        ("0.01 times a turn by 179.9 degrees", 0.01 * rotation(179.9), ()),
        ("a turn and a negative eigenvalue", turned(1.4 * rotation(100), diag(-a), seed=4), (a,)),
        (equal, rounded(torch.linalg.eigvals), (1.0, 1.0, 1.0)),
        (f"{equal}, in another basis", rounded(lambda A: np.linalg.eigvals(A.numpy())), (1.0, 1.0, 1.0)),
        ("two turns and a positive eigenvalue", turned(rotation(150), 0.5 * rotation(30), diag(b), seed=5), ()),
    ]


@task("Task 2")
def floor(answer) -> str:
    """`answer(target)` is the limit of the loss for a normal target."""
    values = {}
    for name, target, negative in _normal_targets():
        right = sum(phi**2 for phi in negative) / 2
        value = real_number(ask(answer, target.clone(), called=f"with {name}"), "The floor")
        where = f"Seen at {name}."
        phi, below = torch.linalg.eigvals(target), torch.linalg.det(target) < 0
        values[name] = (value, right)
        if near(value, right, 1e-8):
            continue
        require(value >= -1e-12, f"A floor below zero: the loss is never negative. {where}")
        for found in (phi.tolist(), np.linalg.eigvals(target.numpy()).tolist()):
            strictly = sum(each.real**2 for each in found if each.imag == 0 and each.real < 0) / 2
            require(
                near(strictly, right, 1e-8) or not near(value, strictly, 1e-8),
                f"A comparison with exactly 0 misses real eigenvalues: rounding leaves imaginary parts of about 1e-16. {where}",
            )
        beside = "A small imaginary part is not rounding, which leaves about 1e-16: this chord passes beside 0."
        leftward = phi.real[phi.real < 0].square().sum() / 2
        mistakes = (
            (2 * right, "A factor is missing: the loss is half a sum of squares."),
            (right / 2, "Your floor is half as high as it should be."),
            (sum(negative) / 2, "The eigenvalues enter without their squares."),
            (sum(negative), "The eigenvalues enter without their squares, and the loss has a factor 1/2."),
            (max(negative, default=0) ** 2 / 2, "One negative eigenvalue is counted, but there are more."),
            (
                float(leftward),
                beside
                if phi.imag.abs().max() < 0.2
                else "You count complex eigenvalues whose real part is negative. Does their chord lead through 0?",
            ),
            (
                float(target.diagonal().clamp_max(0).square().sum()) / 2,
                "That is the diagonal of the target, not its eigenvalues.",
            ),
        )
        for wrong, message in mistakes:
            require(not near(value, float(wrong), 1e-8), f"{message} {where}")
        require(
            not (value == 0 and below),
            f"Your floor is 0 here, but this target has a negative eigenvalue: does w ever reach it? {where}",
        )
        require(
            not (value == 0 and not below),
            f"Your floor is 0 here. A positive determinant does not help: every negative eigenvalue is held on its own. {where}",
        )
        require(
            not near(value, right, 1e-2),
            f"Near, but the limit itself is wanted: after any number of steps descent is still on its way. {where}",
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
        value = real_number(ask(answer, phi, called=f"with phi = {phi:.4g}"), f"The distance at phi = {phi:.4g}")
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
        gap = abs(value - right)
        require(
            gap > 1e-6,
            f"Near, but off by {gap:.0e}. torch.tensor makes single precision of a Python number: give it dtype=torch.complex128. "
            f"And a scan of the chord is only near: solve for s (hint 1). {where}",
        )
        require(value >= right, f"No point of the chord is so near to 0. {where}")
        scan = f", by {gap:.0e}: a scan is only near, so solve for s (hint 1)" if gap < 0.01 else " than you say"
        require(False, f"Some point of the chord is nearer to 0{scan}. {where}")
    return "Between the ends or at one of them: always the nearest point."


# ----------------------------------------------------------------------------------------------- the projection


@task("Task 4")
def project(answer) -> str:
    """`answer(A, gamma)` is the nearest matrix with u'Bu >= gamma |u|^2."""
    cases = [(drawn(d, d, seed=40 + d) * 1.5, gamma) for d, gamma in ((2, 0.1), (3, 0.5), (4, 0.05), (5, 1.0))]
    cases.append((torch.tensor([[1.0, 4.0], [0.0, 1.0]]).double(), 0.2))
    cases.append((torch.tensor([[2.0, -3.0], [3.0, 2.0]]).double(), 0.5))  # allowed already
    for A, gamma in cases:
        d, given = len(A), A.clone()
        value = ask(answer, given, gamma, called=f"with A ({d}, {d}) and gamma = {gamma:g}")
        require(torch.equal(given, A), "Your function changes A itself. Let it work on a copy.")
        B, right = matrix(value, (d, d), "The projection"), nearest_positive(A, gamma)
        if close(B, right):
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
        require(not close(B, wrong), message)
    require(
        float(positivity(B)) >= gamma - 1e-9,
        "Your matrix has directions u with u'Bu below gamma. The smallest u'Bu belongs to the symmetric part of B, "
        "not to the eigenvalues of B.",
    )
    require(
        close(B - B.T, A - A.T),
        "The skew part has changed. It does not enter u'Bu, so moving it leads away from A.",
    )
    if positivity(A) >= gamma:
        require(close(B, A), "This A is allowed as it is, so it is its own projection; yours moves it.")
    require(False, "Your matrix is allowed, but another allowed one is nearer to A.")
