"""Random matrices and landscapes without bounds: exact shares, counts on simulated landscapes, all points of small spin models."""

import math

import numpy as np
import pytest
import torch
from samples.contract import LEADING_AXES, check_leading_axes

from lmcourse.counting import binomial_interval
from lmcourse.devices import random_stream
from lmcourse.experiments import index_and_height as experiment
from lmcourse.networks.random_field_theory import p_spin_index_share
from lmcourse.networks.random_matrices import (
    field_index_share,
    gaussian_eigenvalues,
    gaussian_symmetric,
    index_shares,
    mean_height_of_minima,
    parabola_counts,
    positive_share,
)
from lmcourse.networks.random_waves import random_waves

POSITIVE = {1: 0.5, 2: (2 - math.sqrt(2)) / 4, 3: 0.0249209, 4: 2.45671e-3, 5: 1.40115e-4, 6: 4.62019e-6, 7: 8.80461e-8,
            8: 9.69455e-10, 10: 2.26565e-14, 12: 5.89241e-20}  # fmt: skip
MINIMA = {1: 0.5, 2: 0.25, 3: (29 - 6 * math.sqrt(6)) / 116, 4: 0.0599, 5: 0.0286, 6: 0.01358}
RARE = {8: 2.93e-3, 10: 6.03e-4, 12: 1.23e-4, 15: 1.10e-5, 20: 1.79e-7}


# ------------------------------------------------------------------------------------------------ matrices


@pytest.mark.parametrize(("N", "share"), POSITIVE.items())
def test_exact_shares_of_positive_matrices(N, share):
    assert positive_share(N) == pytest.approx(share, rel=3e-6)


@pytest.mark.parametrize("N", [2, 3, 4])
def test_the_exact_share_is_the_measured_one(N):
    positive = (np.linalg.eigvalsh(gaussian_symmetric(N, 150_000, seed=5))[:, 0] > 0).mean()
    assert abs(positive - positive_share(N)) < 4 * math.sqrt(positive_share(N) / 150_000)


def test_the_logarithm_of_the_share_bends_by_half_of_ln_3():
    logs = [math.log(positive_share(N)) for N in range(1, 31)]
    bends = np.diff(logs, 2)
    assert bends[5] == pytest.approx(-0.5486, abs=3e-4)  # N = 8
    assert bends[-1] == pytest.approx(-math.log(3) / 2, abs=2e-4)
    assert all(share < 0.5**N for N, share in POSITIVE.items() if N > 1)  # coins on the diagonal are a bound


def test_sizes_beyond_the_formula_are_refused():
    for N in (0, 31):
        with pytest.raises(ValueError, match="from 1 to 30"):
            positive_share(N)


def test_tridiagonal_matrices_have_the_eigenvalues_of_full_ones():
    draw = random_stream(3)
    small = np.stack([gaussian_eigenvalues(4, draw) for _ in range(4000)])
    full = np.linalg.eigvalsh(gaussian_symmetric(4, 4000, seed=1))
    for moment in (small.mean(0) - full.mean(0), small.var(0) - full.var(0)):
        assert np.abs(moment).max() < 0.15  # about four standard errors
    assert gaussian_eigenvalues(1, draw).shape == (1,)


# ------------------------------------------------------------------------------------------------ critical points


def test_shares_of_minima():
    for N, share in MINIMA.items():
        lowest = np.exp(-(np.linalg.eigvalsh(gaussian_symmetric(N + 1, 160_000, seed=7)) ** 2) / 4)
        per_matrix = lowest[:, 0] - share * lowest.sum(axis=1)  # of mean zero, if the share is right
        allowed = 4 * per_matrix.std() / math.sqrt(len(per_matrix)) + 0.005 * share * lowest.sum(axis=1).mean()
        assert abs(per_matrix.mean()) < allowed, N
    for N, share in RARE.items():
        assert index_shares(N, 40_000, seed=1)[0] == pytest.approx(share, rel=0.08)
        assert -math.log(share) / N < 1
    assert index_shares(5).sum() == pytest.approx(1)


def test_heights_of_minima_fall_towards_the_edge():
    found = {N: mean_height_of_minima(N, 60_000) for N in (1, 2, 3, 5, 10, 20)}
    published = {1: -0.361, 2: -0.460, 3: -0.520, 5: -0.592, 10: -0.683, 20: -0.756}
    assert found == pytest.approx(published, abs=0.01)


def test_index_against_height_for_large_dimensions():
    e = torch.tensor([-1.8, -1.2, -0.6, 0.0, 0.6, 1.2, 1.8], dtype=torch.float64)
    expected = [0.019, 0.142, 0.312, 0.5, 0.688, 0.858, 0.981]
    assert field_index_share(e).tolist() == pytest.approx(expected, abs=6e-4)
    edge = (1 + 0.6**2) / 0.6
    assert float(field_index_share(-edge, 0.6)) == 0 and float(field_index_share(-0.99 * edge, 0.6)) > 0


@pytest.mark.parametrize("lead", LEADING_AXES, ids=str)
def test_waves_pass_leading_axes_through(lead):
    check_leading_axes(random_waves(3, mu=0.5), lead)


@pytest.mark.parametrize("dim", [1, 2, 4])
def test_derivatives_of_waves(dim):
    land = random_waves(dim, seed=2, mu=0.3)
    x = torch.from_numpy(random_stream(1).normal(size=(5, dim)))
    torch.testing.assert_close(land.gradient(x), torch.func.vmap(torch.func.grad(land.loss_of))(x))
    torch.testing.assert_close(land.hessian(x), torch.func.vmap(torch.func.hessian(land.loss_of))(x))
    with pytest.raises(ValueError, match="at least 1"):
        random_waves(0)


def test_heights_of_waves_have_variance_one():
    heights = torch.stack([random_waves(2, seed, waves=50).loss(torch.tensor([[0.3, -1.0]])) for seed in range(1500)])
    assert abs(float(heights.mean())) < 4 / math.sqrt(1500) and float(heights.var()) == pytest.approx(1, rel=0.15)


@pytest.mark.parametrize(("dim", "side", "density"), [(1, 60, 0.5513), (2, 10, 0.3676), (3, 5, 0.2824)])
def test_density_and_shares_on_simulated_landscapes(dim, side, density):
    found = [experiment.points_in_box(dim, seed, side) for seed in range(10)]
    counts = np.array([len(points) for points in found])
    error = counts.std(ddof=1) / math.sqrt(len(counts))
    assert abs(counts.mean() - density * side**dim) < 4 * error
    index = np.concatenate([points.index for points in found])
    low, high = binomial_interval(int((index == 0).sum()), len(index), z=3.5)
    assert low < MINIMA[dim] < high


def test_mean_counts_with_a_parabola():
    table = {(2, 0.5): (9.84, 4.25), (2, 1.0): (2.95, 1.84), (2, 2**0.5): (1.83, 1.38), (2, 2.0): (1.30, 1.14),
             (2, 3.0): (1.06, 1.03), (5, 1.0): (33.4, 7.35), (5, 5**0.5): (2.16, 1.46), (5, 4.0): (1.06, 1.03)}  # fmt: skip
    for (N, mu), expected in table.items():
        assert parabola_counts(N, mu, 100_000) == pytest.approx(expected, rel=0.03)


@pytest.mark.slow
def test_direct_counts_with_a_parabola_are_odd_and_fit():
    found = [experiment.points_in_box(2, seed, side=12, tries=900, mu=1.0) for seed in range(40)]
    counts = np.array([len(points) for points in found])
    assert (counts % 2 == 1).all()
    assert all(
        int((points.index == 0).sum() - (points.index == 1).sum() + (points.index == 2).sum()) == 1 for points in found
    )
    assert abs(counts.mean() - parabola_counts(2, 1.0)[0]) < 3 * counts.std(ddof=1) / math.sqrt(len(counts)) + 0.05


# ------------------------------------------------------------------------------------------------ spin models


@pytest.mark.slow
def test_all_critical_points_of_fifteen_spin_models():
    models = [experiment.all_critical_points(9, seed) for seed in range(15)]
    counts = np.array([len(model.points) for model in models])
    assert all(model.morse_sum == 2 for model in models)
    assert counts.min() >= 100 and counts.max() <= 300
    assert abs(counts.mean() - 189.6) < 3 * counts.std(ddof=1) / math.sqrt(len(counts))
    for model in models:
        by_index = np.bincount(model.index, minlength=9)
        assert (by_index == by_index[::-1]).all()
    height, share = (np.concatenate([getattr(model, name) for model in models]) for name in ("height", "share"))
    assert experiment.correlation(height, share) == pytest.approx(0.95, abs=0.02)
    for low, high, mean in ((-1.2, -0.8, 0.120), (-0.8, -0.4, 0.261), (-0.4, 0.0, 0.418)):
        assert share[(low <= height) & (height < high)].mean() == pytest.approx(mean, abs=0.02)
    off = share - p_spin_index_share(torch.from_numpy(height), 3, 9).numpy()
    assert math.sqrt(np.mean(off**2)) == pytest.approx(0.074, abs=0.01)


def test_index_against_height_with_thirty_spins():
    model = experiment.along_paths(30, seed=0)
    off = model.share - p_spin_index_share(torch.from_numpy(model.height), 3, 30).numpy()
    assert math.sqrt(np.mean(off**2)) < 0.035 and experiment.correlation(model.height, model.share) > 0.99
    assert len(model.points) > 200 and model.height.min() < -1.4 and model.height.max() > 1.4
    mean = model.points.eigenvalues.sum(dim=-1).numpy() / 29
    spread = (model.points.eigenvalues.square().sum(dim=-1).numpy() / 29 - mean**2) ** 0.5
    assert (mean * model.height).sum() / (model.height**2).sum() == pytest.approx(-3, rel=0.06)
    assert 2 * spread.mean() == pytest.approx(2 * math.sqrt(6 * 29 / 30), rel=0.06)


# ------------------------------------------------------------------------------------------------ networks


def test_starts_do_not_depend_on_the_batch():
    land = experiment.network(0)
    together, alone = experiment.disturbed(land, range(5)), experiment.disturbed(land, [3])
    torch.testing.assert_close(together[3:4], alone)


def test_most_searches_by_gradient_norm_do_not_end_at_critical_points():
    arrays = experiment.run_chunk({"data": 1, "search": "gradient norm"}, range(40))
    true = experiment.critical(arrays)
    assert true.mean() < 0.5 and arrays["grad_norm"][true].max() < 1e-12
    assert 1e-4 < np.median(arrays["grad_norm"][~true]) < 1e-2
    newton = experiment.run_chunk({"data": 1, "search": "newton"}, range(40))
    lost = ~experiment.critical(newton)
    assert 0.3 < lost.mean() < 0.7 and np.isnan(newton["loss"][lost]).all()


def test_copies_of_a_point_count_once():
    row = {"loss": np.array([0.5, 0.5, 0.7, 0.9]), "index": np.array([1.0, 1, 2, 3]), "length": np.array([2.0, 2, 3, 4]),
           "verdict": np.array([0, 0, 0, 1])}  # fmt: skip
    loss, index = experiment.true_points(row, row)
    assert loss.tolist() == [0.5, 0.7] and index.tolist() == [1, 2]
