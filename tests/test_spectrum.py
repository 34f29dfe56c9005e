"""Matrix-free spectra agree with the dense ones, and say so when they do not know."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn

import lmcourse as lm
from lmcourse.devices import PROBES, random_stream
from lmcourse.spectrum import extreme_eigenvalues, spectral_density

DOUBLE = torch.float64


def quadratic(matrix):
    """The landscape 1/2 theta' A theta, whose Hessian is A everywhere."""
    return lm.Landscape("quadratic", {"x": (len(matrix),)}, lambda x: 0.5 * ((x @ matrix) * x).sum(-1))


def rotated(eigenvalues, seed=0):
    """A symmetric matrix with these eigenvalues in a random basis."""
    torch.manual_seed(seed)
    basis = torch.linalg.qr(torch.randn(len(eigenvalues), len(eigenvalues), dtype=DOUBLE)).Q
    return basis @ torch.diag(torch.as_tensor(eigenvalues, dtype=DOUBLE)) @ basis.mT


def network(widths, activation=nn.Tanh, samples=20):
    torch.manual_seed(1)
    layers = [layer for a, b in itertools.pairwise(widths) for layer in (nn.Linear(a, b), activation())]
    module = nn.Sequential(*layers[:-1]).double()
    data = torch.randn(samples, widths[0], dtype=DOUBLE), torch.randn(samples, widths[-1], dtype=DOUBLE)
    return lm.from_module(module, lambda out, y: ((out - y) ** 2).mean() / 2, data)


def dense_ends(land, theta, count):
    eigenvalues = torch.linalg.eigvalsh(land.hessian(theta))
    return torch.cat([eigenvalues[..., :count], eigenvalues[..., -count:]], dim=-1)


@pytest.mark.parametrize(
    ("land", "point"),
    [
        (lm.teacher_student(6), lm.symmetric_minimum(6).flatten()),  # eigenvalues of multiplicity 4 at the lower end
        (lm.teacher_student(20), lm.symmetric_minimum(20).flatten()),  # and of multiplicity 152
        (lm.teacher_student(12), None),
        (network((3, 10, 8, 2)), None),
        (network((4, 12, 1), nn.ReLU), None),
    ],
    ids=["minimum k = 6", "minimum k = 20", "start k = 12", "tanh", "ReLU"],
)
def test_both_ends_agree_with_the_dense_hessian(land, point):
    point = lm.starts(land, seeds=[3])[0] if point is None else point
    found, dense = extreme_eigenvalues(land, point, count=5), dense_ends(land, point, 5)
    assert found.converged.all()
    assert ((found.values - dense) / dense).abs().max() < 1e-10
    assert (found.values - dense).abs().max() <= found.residuals.max() + 1e-13


@pytest.mark.parametrize("lead", [(), (1,), (7,), (3, 4)], ids=str)
def test_leading_axes_pass_through(lead):
    land = network((2, 3, 1))
    theta = torch.randn(*lead, land.dim, dtype=DOUBLE)
    found = extreme_eigenvalues(land, theta, count=2)
    assert found.values.shape == found.residuals.shape == found.converged.shape == (*lead, 4)
    assert found.vectors.shape == (*lead, 4, land.dim) and found.steps.shape == lead
    torch.testing.assert_close(found.values, dense_ends(land, theta, 2), rtol=0, atol=1e-10)


def test_vectors_are_orthonormal_eigenvectors_in_rising_order():
    land = network((3, 6, 1))
    theta = lm.starts(land, seeds=[0])[0]
    found = extreme_eigenvalues(land, theta, count=3)
    torch.testing.assert_close(found.vectors @ found.vectors.mT, torch.eye(6, dtype=DOUBLE), rtol=0, atol=1e-9)
    images = land.hvp(theta, found.vectors)
    residuals = (images - found.values[:, None] * found.vectors).norm(dim=-1)
    torch.testing.assert_close(residuals, found.residuals, rtol=1e-3, atol=1e-14)
    assert (found.values.diff() >= 0).all()


@settings(max_examples=30, deadline=None)
@given(
    multiplicities=st.lists(st.integers(1, 4), min_size=3, max_size=8),
    which=st.sampled_from(["both", "largest", "smallest"]),
    count=st.integers(1, 3),
    seed=st.integers(0, 10_000),
)
@example([2, 3, 2], "both", 3, 1)  # one direction is left for the second search: it stands at both ends
def test_multiple_eigenvalues_are_counted_as_often_as_they_occur(multiplicities, which, count, seed):
    distinct = random_stream(seed).normal(size=len(multiplicities))
    eigenvalues = torch.from_numpy(np.sort(np.repeat(distinct, multiplicities)))
    count = min(count, len(eigenvalues) // 2)
    land = quadratic(rotated(eigenvalues, seed))
    found = extreme_eigenvalues(land, torch.zeros(land.dim, dtype=DOUBLE), count, which)
    low = eigenvalues[:count] if which != "largest" else eigenvalues[:0]
    high = eigenvalues[-count:] if which != "smallest" else eigenvalues[:0]
    torch.testing.assert_close(found.values, torch.cat([low, high]), rtol=0, atol=1e-9)
    assert found.converged.all()


def test_a_double_eigenvalue_among_many_simple_ones_is_not_missed():
    eigenvalues = torch.cat([torch.linspace(-1, 1, 300, dtype=DOUBLE), torch.tensor([3.0, 3.0], dtype=DOUBLE)])
    found = extreme_eigenvalues(quadratic(rotated(eigenvalues)), torch.zeros(302, dtype=DOUBLE), 3, "largest")
    torch.testing.assert_close(found.values, torch.tensor([1.0, 3.0, 3.0], dtype=DOUBLE), rtol=0, atol=1e-10)


def test_the_zero_network_has_the_spectrum_of_the_closed_form():
    # One hidden layer of h tanh neurons at theta = 0, loss 1/2 mean (f - y)^2, y centred, C = mean(x y): the eigenvalues are
    # -|C| and +|C|, h times each, 1 once for the bias of the output, and 0.
    torch.manual_seed(0)
    x = torch.randn(100, 5, dtype=DOUBLE)
    y = (x @ torch.randn(5, dtype=DOUBLE)).tanh() - (x @ torch.randn(5, dtype=DOUBLE)).tanh()
    y = (y - y.mean()).unsqueeze(-1)
    module = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 1)).double()
    land = lm.from_module(module, lambda out, target: ((out - target) ** 2).mean() / 2, (x, y))
    length = float((x * y).mean(dim=0).norm())
    found = extreme_eigenvalues(land, torch.zeros(land.dim, dtype=DOUBLE), count=6)
    expected = sorted([-length] * 4 + [0.0] * 2 + [length] * 4 + [1.0] + [0.0])  # six of each end of the 29
    torch.testing.assert_close(found.values, torch.tensor(expected, dtype=DOUBLE), rtol=0, atol=1e-8)


def test_a_network_too_large_for_its_hessian():
    land = network((40, 200, 200, 1), samples=30)  # 48,801 parameters: the matrix would take 19 GB
    theta = lm.starts(land, seeds=[0])[0]
    found = extreme_eigenvalues(land, theta, count=2)
    assert found.converged.all()
    h = 1e-5  # independently of automatic second derivatives: H v by differences of the gradient
    images = (land.gradient(theta + h * found.vectors) - land.gradient(theta - h * found.vectors)) / (2 * h)
    assert (images - found.values[:, None] * found.vectors).norm(dim=-1).max() < 1e-7 * found.values.abs().max()


def test_a_closed_form_is_not_formed_where_it_is_large(monkeypatch):
    land = lm.teacher_student(6)
    theta = lm.starts(land, seeds=[0])[0]
    small = extreme_eigenvalues(land, theta, count=2)
    monkeypatch.setattr("lmcourse.spectrum.lanczos.DENSE_ENTRIES", 100)
    monkeypatch.setattr(lm.Landscape, "hessian", None)
    torch.testing.assert_close(extreme_eigenvalues(land, theta, count=2).values, small.values, rtol=0, atol=1e-12)


def test_what_has_not_converged_says_so():
    land = quadratic(rotated(torch.linspace(0, 1, 200, dtype=DOUBLE)))
    zero = torch.zeros(200, dtype=DOUBLE)
    short = extreme_eigenvalues(land, zero, count=2, max_steps=10)
    assert not short.converged.any() and "0 of 4 converged" in repr(short)
    assert short.residuals.max() > 1e-3  # and there is an eigenvalue within each residual
    gaps = (torch.linspace(0, 1, 200, dtype=DOUBLE)[:, None] - short.values).abs().amin(dim=0)
    assert (gaps <= short.residuals + 1e-14).all()
    # Enough steps to find the values, too few to look for further ones: residuals are small, and still nothing is promised.
    once = extreme_eigenvalues(quadratic(rotated([0.0, 1.0, 1.0, 1.0, 2.0])), torch.zeros(5, dtype=DOUBLE), max_steps=3)
    assert once.residuals.max() < 1e-10 and not once.converged.any()


def test_single_precision_is_carried_and_judged_by_its_own_tolerance():
    matrix = rotated(torch.linspace(-1, 3, 100, dtype=DOUBLE) ** 3)
    found = extreme_eigenvalues(quadratic(matrix.float()), torch.zeros(100), count=2)
    assert found.values.dtype == torch.float32 and found.converged.all()
    dense = torch.linalg.eigvalsh(matrix)[[0, 1, -2, -1]]
    torch.testing.assert_close(found.values.double(), dense, rtol=0, atol=1e-5 * 27)


def test_small_eigenvalues_are_judged_by_the_largest_of_all():
    land = quadratic(rotated(torch.logspace(-9, 0, 120, dtype=DOUBLE)))
    found = extreme_eigenvalues(land, torch.zeros(120, dtype=DOUBLE), 2, "smallest")
    assert found.converged.all() and found.residuals.max() > 1e-10 * float(found.values.abs().max())


def test_a_zero_hessian_has_zero_eigenvalues():
    found = extreme_eigenvalues(lm.surface("monkey saddle"), torch.zeros(2, dtype=DOUBLE))
    assert found.values.tolist() == [0, 0] and found.converged.all()


def test_seeds_decide_everything_random():
    land = network((3, 6, 1))
    theta = lm.starts(land, seeds=[0])[0]
    assert torch.equal(spectral_density(land, theta, seed=4).nodes, spectral_density(land, theta, seed=4).nodes)
    assert not torch.equal(spectral_density(land, theta, seed=4).nodes, spectral_density(land, theta, seed=5).nodes)
    assert torch.equal(extreme_eigenvalues(land, theta).vectors, extreme_eigenvalues(land, theta).vectors)


# -------------------------------------------------------------------------------------------------- density


def test_weights_sum_to_one_and_the_curve_has_area_one():
    land = network((3, 10, 1))
    found = spectral_density(land, lm.starts(land, seeds=[0])[0], probes=5, steps=20)
    torch.testing.assert_close(found.weights.sum(-1), torch.ones(5, dtype=DOUBLE), rtol=0, atol=1e-12)
    assert found.nodes.shape == found.weights.shape == (5, 20)
    assert abs(float(torch.trapezoid(found.density, found.grid)) - 1) < 1e-3
    assert math.isclose(found.moment(0)[0], 1, abs_tol=1e-12)


def test_the_quadrature_is_exact_up_to_degree_2m_minus_1():
    land = network((3, 6, 1))
    theta, steps = lm.starts(land, seeds=[0])[0], 4
    found = spectral_density(land, theta, probes=6, steps=steps, seed=9)
    signs = torch.from_numpy(random_stream(9, PROBES).normal(size=(6, land.dim))).sign()
    hessian = land.hessian(theta)
    for power in range(2 * steps + 1):
        expected = ((signs @ torch.linalg.matrix_power(hessian, power)) * signs).sum(-1).mean() / land.dim
        error = abs(found.moment(power)[0] - float(expected)) / abs(float(expected))
        assert error < 1e-10 if power < 2 * steps else error > 1e-8  # the next degree is not exact


def test_moments_agree_with_the_dense_spectrum_within_their_standard_errors():
    land = lm.teacher_student(10)
    theta = lm.starts(land, seeds=[2])[0]
    eigenvalues = torch.linalg.eigvalsh(land.hessian(theta))
    found = spectral_density(land, theta, probes=200, steps=10)
    for power in (1, 2, 3):
        mean, error = found.moment(power)
        assert abs(mean - float((eigenvalues**power).mean())) < 4 * error
        assert error < 0.1 * abs(mean)


def test_a_gaussian_matrix_has_the_semicircle():
    size = 400  # off-diagonal variance 1 / size: the semicircle has radius 2, density sqrt(4 - x^2) / (2 pi)
    torch.manual_seed(0)
    matrix = torch.randn(size, size, dtype=DOUBLE)
    matrix = (matrix + matrix.mT) / math.sqrt(2 * size)
    found = spectral_density(quadratic(matrix), torch.zeros(size, dtype=DOUBLE), probes=100, steps=40, width=0.1)
    inside = found.grid.abs() < 1.7
    semicircle = (4 - found.grid[inside] ** 2).sqrt() / (2 * math.pi)
    assert (found.density[inside] - semicircle).abs().max() < 0.025  # three standard errors


def test_few_distinct_eigenvalues_use_up_the_space_without_harm():
    found = spectral_density(quadratic(rotated([1.0] * 12 + [4.0] * 4)), torch.zeros(16, dtype=DOUBLE), probes=200)
    assert torch.isfinite(found.nodes).all()
    mean, error = found.moment(1)
    assert abs(mean - 1.75) < 4 * error
    near_four = (found.weights * ((found.nodes - 4).abs() < 1e-9)).sum(-1).mean()
    assert abs(float(near_four) - 0.25) < 4 * error


def test_clusters_in_the_data_stand_out_of_the_bulk():
    # k tight clusters with targets of alternating sign: about k large eigenvalues (Sagun et al. 2017), then a gap.
    for k in (2, 3, 4):
        land, theta = trained_on_clusters(k)
        values = extreme_eigenvalues(land, theta, count=8, which="largest").values.flip(0)
        ratios = values[:-1] / values[1:]
        assert int(ratios.argmax()) + 1 == k and ratios.max() > 20
        found = spectral_density(land, theta, probes=8, steps=40)
        in_the_bulk = (found.weights * (found.nodes < 0.01 * values[0])).sum(-1).mean()
        assert in_the_bulk > 0.9


def trained_on_clusters(k, width=8, samples=120):
    torch.manual_seed(k)
    centres = torch.randn(k, 10, dtype=DOUBLE)
    label = torch.arange(samples) % k
    x = centres[label] + 0.1 * torch.randn(samples, 10, dtype=DOUBLE)
    y = (1.0 - 2.0 * (label % 2)).double().unsqueeze(-1)
    module = nn.Sequential(nn.Linear(10, width), nn.Tanh(), nn.Linear(width, 1)).double()
    land = lm.from_module(module, lambda out, target: ((out - target) ** 2).mean() / 2, (x, y))
    return land, lm.train(land, lm.starts(land, seeds=[0]), lr=0.1, tol=0, max_steps=500).theta[0]


# ---------------------------------------------------------------------------------------------- bad arguments


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"count": 3}, "6 eigenvalues were asked for, but the Hessian has 4"),
        ({"count": 0}, "count must be a whole number from 1 on, but 0 came"),
        ({"which": "top"}, 'which must be "both", "largest" or "smallest"'),
        ({"max_steps": 1}, "max_steps must be a whole number from 2 on"),
        ({"seed": -1}, "A seed must be"),
    ],
)
def test_bad_arguments_are_refused_in_words(arguments, words):
    with pytest.raises(ValueError, match=words):
        extreme_eigenvalues(lm.teacher_student(2), torch.ones(4, dtype=DOUBLE), **arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"theta": torch.ones(2, 4)}, r"one point \(4,\), but came as \(2, 4\)"),
        ({"theta": torch.full((4,), float("nan"))}, "finite"),
        ({"probes": 0}, "probes must be a whole number"),
        ({"points": 1}, "points must be a whole number from 2 on"),
        ({"width": 0.0}, "width, the standard deviation of the smoothing, must be positive"),
    ],
)
def test_bad_arguments_of_the_density_are_refused_in_words(arguments, words):
    with pytest.raises(ValueError, match=words):
        spectral_density(lm.teacher_student(2), **{"theta": torch.ones(4, dtype=DOUBLE), **arguments})


def test_no_points_and_no_finite_hessian():
    with pytest.raises(ValueError, match="holds no points"):
        extreme_eigenvalues(lm.teacher_student(2), torch.ones(0, 4))
    root = lm.Landscape("root", {"x": (3,)}, lambda x: x.abs().sqrt().sum(-1))
    with pytest.raises(ValueError, match="The Hessian of root is not finite"):
        extreme_eigenvalues(root, torch.zeros(3, dtype=DOUBLE))
