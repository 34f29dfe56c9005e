"""The spherical p-spin model: derivatives along the sphere, all critical points of small models, index against height."""

import itertools
import math

import numpy as np
import pytest
import torch
from samples.contract import LEADING_AXES, check_leading_axes

import lmcourse as lm
from lmcourse.devices import COUPLINGS, random_stream
from lmcourse.networks.random_field_theory import (
    p_spin_complexity,
    p_spin_edge,
    p_spin_index_share,
    p_spin_lowest,
    p_spin_mean_counts,
    p_spin_minima,
    semicircle_share,
)
from lmcourse.networks.random_fields import p_spin

DOUBLE = torch.float64


def on_sphere(N: int, members: int, seed: int = 0) -> torch.Tensor:
    return lm.starts(p_spin(N, 2), seeds=range(1000 * seed, 1000 * seed + members))


def newton(land, theta, steps, longest):
    """Newton's method on the sphere, undamped but for the length of a step; the points (found, N) where the gradient vanished."""
    for _ in range(steps):
        across = theta.unsqueeze(-1) * theta.unsqueeze(-2) / land.dim  # makes the Hessian invertible, moves nothing
        step = -torch.linalg.solve(land.hessian(theta) + across, land.gradient(theta))
        length = torch.linalg.vector_norm(step, dim=-1, keepdim=True).clamp_min(1e-300)
        theta = land.retract(theta + step * (longest / length).clamp_max(1))
    return theta[torch.linalg.vector_norm(land.gradient(theta), dim=-1) < 1e-8]


def distinct(theta: torch.Tensor, radius: float = 1e-5) -> torch.Tensor:
    chosen = theta[:0]
    for first in range(0, len(theta), 500):
        part = theta[first : first + 500]
        near = torch.cdist(part, torch.cat([chosen, part])) < radius
        own = near[:, len(chosen) :].tril(-1).any(dim=1)
        chosen = torch.cat([chosen, part[~own & ~near[:, : len(chosen)].any(dim=1)]])
    return chosen


# ----------------------------------------------------------------------------------------------- the landscape


@pytest.mark.parametrize("p", [2, 3, 4])
def test_the_loss_is_the_sum_over_all_couplings(p):
    N = 5
    J = random_stream(3, COUPLINGS).normal(size=(N,) * p)
    sigma = on_sphere(N, 2)
    for row in sigma:
        terms = (J[i] * math.prod(float(row[j]) for j in i) for i in itertools.product(range(N), repeat=p))
        expected = sum(terms) / N ** ((p - 1) / 2)
        assert float(p_spin(N, p, seed=3).loss(row)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("p", [2, 3, 4])
def test_heights_have_variance_N(p):
    sigma = on_sphere(6, 1)[0]
    heights = torch.stack([p_spin(6, p, seed).loss(sigma) for seed in range(2000)])
    assert abs(float(heights.mean())) < 4 * math.sqrt(6 / 2000)
    assert float(heights.var()) == pytest.approx(6, rel=4 * math.sqrt(2 / 2000))


@pytest.mark.parametrize("p", [2, 3, 4])
@pytest.mark.parametrize("lead", LEADING_AXES, ids=str)
def test_leading_axes_pass_through_and_members_do_not_see_each_other(p, lead):
    check_leading_axes(p_spin(5, p), lead)


@pytest.mark.parametrize("p", [2, 3, 4, 5])
def test_the_gradient_is_that_of_the_loss_and_lies_along_the_sphere(p):
    land = p_spin(6, p)
    theta = torch.randn(4, 6, dtype=DOUBLE, generator=torch.Generator().manual_seed(2))  # on no sphere in particular
    by_autograd = torch.func.vmap(torch.func.grad(land.loss_of))(theta)
    torch.testing.assert_close(land.gradient(theta), by_autograd, rtol=1e-10, atol=1e-10)
    steps = 1e-5 * torch.eye(6, dtype=DOUBLE)  # error: steps^2/6 times the third derivative
    differences = (land.loss(theta[:, None] + steps) - land.loss(theta[:, None] - steps)) / 2e-5
    assert (land.gradient(theta) - differences).abs().max() < 1e-6
    assert (land.gradient(theta) * theta).sum(-1).abs().max() < 1e-12


@pytest.mark.parametrize("p", [2, 3, 4, 5])
def test_the_hessian_is_the_curvature_of_great_circles(p):
    # H(cos(t) sigma + sin(t) v) has the second derivative N v'Hess v / |v|^2 at t = 0 for v along the sphere, |v|^2 = N.
    land, N = p_spin(6, p), 6
    sigma, v = on_sphere(N, 2)
    v = land.retract(v - (v @ sigma) / N * sigma)
    h = 1e-3
    t = torch.tensor([-2 * h, -h, 0, h, 2 * h], dtype=DOUBLE)[:, None]
    heights = land.loss(t.cos() * sigma + t.sin() * v)
    second = torch.tensor([-1, 16, -30, 16, -1], dtype=DOUBLE) @ heights / (12 * h**2)  # error of order h^4
    assert float(v @ land.hessian(sigma) @ v) == pytest.approx(float(second), abs=1e-6)


@pytest.mark.parametrize("p", [2, 3, 4])
def test_the_hessian_is_that_of_the_loss_projected_on_the_tangent_plane(p):
    land = p_spin(5, p)
    theta = torch.randn(5, dtype=DOUBLE, generator=torch.Generator().manual_seed(3))
    tangent = torch.eye(5, dtype=DOUBLE) - torch.outer(theta, theta) / theta.square().sum()
    expected = tangent @ torch.func.hessian(land.loss_of)(theta) @ tangent
    torch.testing.assert_close(land.hessian(theta), expected, rtol=1e-10, atol=1e-10)
    assert (land.hessian(theta) @ theta).abs().max() < 1e-12


def test_only_the_direction_counts_and_retract_restores_the_length():
    land = p_spin(7, 3)
    theta = on_sphere(7, 3)
    torch.testing.assert_close(theta.square().sum(-1), torch.full((3,), 7.0, dtype=DOUBLE))
    torch.testing.assert_close(land.loss(2.5 * theta), land.loss(theta))
    torch.testing.assert_close(land.retract(2.5 * theta), theta)


def test_two_spins_in_a_coupling_are_the_eigenvalue_problem_of_a_matrix():
    land = p_spin(8, 2, seed=5)
    J = torch.from_numpy(random_stream(5, COUPLINGS).normal(size=(8, 8)))
    values, vectors = torch.linalg.eigh((J + J.mT) / 2 / math.sqrt(8))
    found = lm.classify(land, math.sqrt(8) * vectors.mT)
    torch.testing.assert_close(found.loss, 8 * values)
    assert found.index.tolist() == list(range(8))
    assert found.kind[1:] == (*["strict saddle"] * 6, "strict maximum") and "minimum" in found.kind[0]
    assert land.known_minimum == pytest.approx(8 * float(values[0]))
    assert p_spin_mean_counts(8, 2, samples=10).round(9).tolist() == [2] * 8


def test_members_have_their_own_couplings_and_keep_them():
    sigma = on_sphere(6, 1)
    assert torch.equal(p_spin(6, 3, seed=4).loss(sigma), p_spin(6, 3, seed=4).loss(sigma))
    assert not torch.equal(p_spin(6, 3, seed=4).loss(sigma), p_spin(6, 3, seed=5).loss(sigma))


def test_dtype_is_carried_by_theta():
    theta = on_sphere(6, 2).float()
    land = p_spin(6, 3)
    assert {land.loss(theta).dtype, land.gradient(theta).dtype, land.hessian(theta).dtype} == {torch.float32}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"N": 1}, "N, the number of spins.*N = 1"),
        ({"N": 2.5}, "N = 2.5"),
        ({"N": 5, "p": 1}, "p, the number of spins in a coupling.*p = 1"),
        ({"N": 100, "p": 4}, "100000000 couplings"),
        ({"N": 5, "seed": -1}, "seed"),
    ],
)
def test_sizes_that_do_not_fit_are_refused_in_words(arguments, words):
    with pytest.raises(ValueError, match=words):
        p_spin(**arguments)


# ----------------------------------------------------------------------------------------------- critical points


@pytest.mark.parametrize("seed", [0, 1])
def test_all_critical_points_of_a_small_model_add_up_to_the_euler_characteristic(seed):
    # On a sphere of even dimension (N odd) the sum of (-1)^index over all critical points is 2: nothing is missing.
    N = 9
    land, points = p_spin(N, 3, seed), torch.zeros(0, N, dtype=DOUBLE)
    for batch in range(8):
        found = newton(land, on_sphere(N, 1000, seed=batch), steps=40, longest=1.5)
        before = len(points)
        points = distinct(torch.cat([points, found, -found]))  # -x is critical where x is
        critical = lm.classify(land, points)
        if len(points) == before and ((-1.0) ** critical.index).sum() == 2:
            break
    assert ((-1.0) ** critical.index).sum() == 2
    assert 100 <= len(points) <= 320  # mean 189.6, standard deviation 30
    assert "not critical" not in critical.kind
    counts = torch.bincount(critical.index, minlength=N)
    assert torch.equal(counts, counts.flip(0))
    assert np.corrcoef(critical.loss, critical.index)[0, 1] > 0.92


def test_the_height_of_a_critical_point_decides_its_index():
    # Starts partly down a gradient path: from random points Newton's method sees the middle of the curve alone.
    N, land = 20, p_spin(20, 3, seed=1)
    paths = [on_sphere(N, 300)]
    for _ in range(40):
        paths.append(land.retract(paths[-1] - 0.05 * land.gradient(paths[-1])))
    length = torch.arange(300) % 41
    started = torch.stack(paths)[length, torch.arange(300)]
    points = newton(land, started, steps=60, longest=1.0)
    points = distinct(torch.cat([points, -points]))
    critical = lm.classify(land, points)
    u, share = critical.loss / N, critical.index / (N - 1)
    assert len(points) > 150 and float(u.min()) < -1.3
    off = share - p_spin_index_share(u, 3, N)
    assert float(off.square().mean().sqrt()) < 0.05  # 0.034 at N = 20
    assert np.corrcoef(u, share)[0, 1] > 0.99
    # The spectrum is a semicircle about -3 u (6 % off at N = 30), of radius 2 sqrt(6 (N-1)/N); the zero across the sphere is no
    # part of it.
    mean = critical.eigenvalues.sum(dim=-1) / (N - 1)
    spread = (critical.eigenvalues.square().sum(dim=-1) / (N - 1) - mean**2).sqrt()
    assert float((mean * u).sum() / (u * u).sum()) == pytest.approx(-3, rel=0.12)
    assert float(2 * spread.mean()) == pytest.approx(2 * math.sqrt(6 * (N - 1) / N), rel=0.06)


def test_gradient_descent_stops_at_minima_above_the_ground_state():
    ends = {}
    for N in (10, 25):
        land = p_spin(N, 3)
        runs = lm.train(land, lm.starts(land, seeds=range(60)), lr=0.08, tol=1e-6, max_steps=20_000)
        assert runs.count(lm.Status.CONVERGED) == 60
        found = lm.classify(land, land.retract(runs.theta), tol=1e-5)
        assert "not critical" not in found.kind and found.index.max() == 0
        assert float(found.eigenvalues[:, 1].min()) > 0.01  # the zero across the sphere is the smallest
        ends[N] = runs.loss / N
    assert -1.55 < float(ends[25].mean()) < float(ends[10].mean()) < -1.2
    assert float(ends[25].min()) > -p_spin_lowest(3)


# ----------------------------------------------------------------------------------------------- theory


def test_published_constants_of_the_complexity():
    assert p_spin_edge(3) == pytest.approx(1.632993, abs=1e-6)
    levels = [p_spin_lowest(3, k) for k in range(6)]
    assert levels == pytest.approx([1.65700, 1.65287, 1.65025, 1.64840, 1.64700, 1.64589], abs=2e-5)
    assert [p_spin_lowest(p) for p in (4, 5, 10)] == pytest.approx([1.79409, 1.88799, 2.13536], abs=2e-5)
    assert p_spin_complexity(-p_spin_edge(3), 3) == pytest.approx(math.log(2) / 2 - 1 / 3, abs=1e-12)
    assert p_spin_complexity(1.0, 3) == pytest.approx(math.log(2) / 2, abs=1e-12)


@pytest.mark.parametrize("p", [3, 4, 10])
def test_the_pieces_of_the_complexity_meet(p):
    for u in (-p_spin_edge(p), 0.0):
        assert p_spin_complexity(u - 1e-9, p) == pytest.approx(p_spin_complexity(u + 1e-9, p), abs=1e-8)
    assert p_spin_complexity(-1e3, p, 0) < p_spin_complexity(-p_spin_lowest(p), p, 0) == pytest.approx(0, abs=1e-9)
    assert p_spin_complexity(-p_spin_edge(p), p, 5) == pytest.approx(math.log(p - 1) / 2 - (p - 2) / p)


def test_exact_mean_counts():
    for N, total, minima in ((3, 10.55, 3.14), (5, 31.5, 4.00), (9, 189.6, 5.64), (12, 642.7, 6.98)):
        counts = p_spin_mean_counts(N, 3)
        assert counts.sum() == pytest.approx(total, rel=0.01)
        assert counts[0] == pytest.approx(minima, rel=0.02)
    assert p_spin_mean_counts(9, 3)[:5] == pytest.approx([5.6, 14.4, 24.4, 32.6, 35.6], rel=0.02)


def test_the_semicircle_share_counts_eigenvalues_of_random_matrices():
    draw = random_stream(0, 2).normal(size=(100, 60, 60))
    eigenvalues = np.linalg.eigvalsh((draw + draw.transpose(0, 2, 1)) / math.sqrt(2)) / (2 * math.sqrt(60))
    for x in (-0.8, -0.3, 0.0, 0.5):
        assert float(semicircle_share(torch.tensor(x))) == pytest.approx((eigenvalues < x).mean(), abs=0.01)


def test_minima_come_from_above_and_saddles_outnumber_them():
    few, more = p_spin_minima(9), p_spin_minima(30)
    assert few.minima == pytest.approx(5.61, rel=0.03) and few.saddles == pytest.approx(14.4, rel=0.03)
    assert more.minima == pytest.approx(17.8, rel=0.06) and more.saddles == pytest.approx(91, rel=0.06)
    assert few.median == pytest.approx(-1.20, abs=0.02) and more.median == pytest.approx(-1.41, abs=0.02)
    assert -p_spin_edge(3) < more.median and 0.03 > few.below_edge > more.below_edge > 0
    counts = p_spin_mean_counts(9)
    assert counts == pytest.approx(counts[::-1], rel=1e-12)
