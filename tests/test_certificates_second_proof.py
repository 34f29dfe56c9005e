"""Certificates against a proof that shares neither library nor formulas nor algebra with theirs."""

from dataclasses import replace

import pytest

import lmcourse as lm
from lmcourse.certificates import teacher_student
from lmcourse.certificates.rounding import exact, precision

pytest.importorskip("mpmath")

import second_proof
from mpmath import iv


@pytest.mark.parametrize("k", [6, pytest.param(7, marks=pytest.mark.slow)])
def test_a_published_minimum_is_proved_a_second_time(k):
    proof = lm.certify(lm.teacher_student(k), lm.symmetric_minimum(k).flatten(), not_global=True)
    proved, loss, length = second_proof.is_minimum(proof.point, k, proof.radius, 0.98 * proof.eigenvalue_bound)
    assert proved and loss.a > 0  # a minimum, and not a global one
    assert length <= proof.gradient_bound
    assert proof.loss_bounds[0] <= loss.b and loss.a <= proof.loss_bounds[1]
    assert not second_proof.is_minimum(proof.point, k, proof.radius, 1.04 * proof.eigenvalue_bound)[
        0
    ]  # the bound is sharp


def test_both_formulas_agree_at_points_without_any_symmetry():
    k = 3
    land = teacher_student.enclosures({"k": k, "n": k, "d": k, "teacher": None, "wide": False})
    for theta in lm.starts(lm.teacher_student(k), seeds=range(3)).tolist():
        with precision(128):
            x = [exact(value) for value in theta]
            first = [land.loss(x), *land.gradient(x), *land.hessian(x).entries()]
        loss, gradient, H = second_proof.loss_gradient_hessian(
            [[iv.mpf(v) for v in theta[i : i + k]] for i in range(0, 9, k)], k
        )
        for ball, interval in zip(first, [loss, *gradient, *(entry for row in H for entry in row)], strict=True):
            middle = float(ball)
            assert interval.a - 1e-15 <= middle <= interval.b + 1e-15 and interval.delta < 1e-15


def test_the_second_proof_can_fail():
    proof = lm.certify(lm.teacher_student(5), lm.symmetric_minimum(5).flatten(), "index-3 saddle")
    assert proof and not second_proof.is_minimum(proof.point, 5, proof.radius, proof.eigenvalue_bound)[0]
    moved = replace(proof, point=tuple(value + 1e-6 for value in proof.point))
    assert not second_proof.is_minimum(moved.point, 5, proof.radius, 1e-6)[0]
