"""Proofs about critical points of p-spin models: along the sphere, in ball arithmetic."""

import dataclasses

import pytest
import torch

import lmcourse as lm
from lmcourse.certificates.recheck import recheck
from lmcourse.certificates.rounding import BITS, exact, precision
from lmcourse.certificates.spins import entries_of, prove_spin, spin_enclosures
from lmcourse.experiments.index_and_height import all_critical_points
from lmcourse.networks.random_fields import p_spin


def name(index, size):
    return {0: "strict local minimum", size: "strict local maximum"}.get(index, f"index-{index} saddle")


@pytest.mark.parametrize("p", [2, 3, 4])
def test_enclosures_hold_what_the_landscape_says(p):
    land = p_spin(5, p, seed=1)
    theta = lm.starts(land, seeds=[3])[0] * 1.3  # on no sphere in particular
    enclosed = spin_enclosures(5, p, entries_of(land.proof[1]))
    with precision(BITS):
        point = [exact(value) for value in theta.tolist()]
        loss, gradient, hessian = enclosed.loss(point), enclosed.gradient(point), enclosed.hessian(point)
    assert float(loss) == pytest.approx(float(land.loss(theta)), abs=1e-12)
    assert [float(value) for value in gradient] == pytest.approx(land.gradient(theta).tolist(), abs=1e-11)
    full = torch.func.hessian(land.loss_of)(theta)  # with the parts across the sphere
    assert [float(value) for value in hessian.entries()] == pytest.approx(full.flatten().tolist(), abs=1e-10)


@pytest.mark.parametrize("N", [5, 6])
def test_every_critical_point_of_a_small_model_is_proved(N):
    found = all_critical_points(N, seed=0)
    proofs = [
        lm.certify(found.land, theta, name(int(index), N - 1))
        for theta, index in zip(found.points.theta, found.points.index, strict=True)
    ]
    assert all(proof.proved for proof in proofs) and sum((-1) ** proof.index for proof in proofs) == 2 * (N % 2)
    assert max(proof.seconds for proof in proofs) < 1
    for proof, point in zip(proofs, found.points, strict=True):
        nearest = float(point.eigenvalues.abs().sort().values[1])  # the zero across the sphere is the smallest
        assert 0 < proof.eigenvalue_bound < 1.000001 * N * nearest  # a slice stretches, by N at most
        assert proof.loss_bounds[0] - 1e-12 < float(point.loss) < proof.loss_bounds[1] + 1e-12


def test_what_is_not_there_is_refused():
    found = all_critical_points(5, seed=0)
    land, theta, index = found.land, found.points.theta[3], int(found.points.index[3])
    wrong = lm.certify(land, theta, name((index + 1) % 5, 4))
    assert not wrong.proved and f"exactly {index} of 4 eigenvalues are negative" in wrong.why_not
    moved = lm.certify(land, theta + 1e-3 * torch.eye(5)[0], name(index, 4))
    assert not moved.proved and "gradient here is too long" in moved.why_not
    assert not lm.certify(land, theta * torch.tensor(float("nan"))).proved
    with pytest.raises(ValueError, match="speaks of the point alone"):
        lm.certify(land, theta, name(index, 4), not_global=True)
    with pytest.raises(ValueError, match="cannot be claimed here"):
        lm.certify(land, theta, "index-5 saddle")
    other = dataclasses.replace(land, loss_of=lambda theta: 2 * land.loss_of(theta))
    with pytest.raises(ValueError, match="was it changed"):
        lm.certify(other, theta, name(index, 4))


def test_the_length_of_theta_does_not_matter():
    found = all_critical_points(5, seed=0)
    for factor in (0.01, 7.0):
        proof = lm.certify(found.land, factor * found.points.theta[3], name(int(found.points.index[3]), 4))
        assert proof.proved, proof.why_not


def test_a_degenerate_point_is_refused():
    S = torch.zeros(3, 3, dtype=torch.float64)
    S[0, 0] = 1.0  # x^2 on the sphere: critical on a whole circle, degenerate there
    proof = prove_spin(3, 2, entries_of(S), [0.0, 1.0, 0.0])
    assert not proof.proved and "flat direction" in proof.why_not
    assert prove_spin(3, 2, entries_of(S), [1.0, 0.0, 0.0], index=2).kind == "strict local maximum"


def test_a_saved_proof_is_proved_again_and_a_changed_one_is_not(tmp_path):
    found = all_critical_points(5, seed=0)
    proof = lm.certify(found.land, found.points.theta[0], name(int(found.points.index[0]), 4))
    file = tmp_path / "point.json"
    proof.save(file)
    assert recheck(file) == (True, proof.statement)
    for change in (
        {"eigenvalue_bound": 2 * proof.eigenvalue_bound},
        {"index": proof.index + 1},
        {"recipe": proof.recipe | {"couplings": [2 * v for v in proof.recipe["couplings"]]}},
        {"recipe": proof.recipe | {"couplings": proof.recipe["couplings"][1:]}},
        {"recipe": proof.recipe | {"held": [0, 1]}},
        {"recipe": proof.recipe | {"note": "more"}},
    ):
        dataclasses.replace(proof, **change).save(file)
        assert not recheck(file)[0]
