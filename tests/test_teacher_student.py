"""The expected loss of Safran and Shamir (2018): closed forms against independent computations and published values."""

import math

import pytest
import torch

import lmcourse as lm
from lmcourse.networks.reversed_neuron import five_numbers
from lmcourse.networks.teacher_student import teacher_student_monte_carlo

# k: (loss, smallest Hessian eigenvalue) at the minimum with one reversed neuron; k = 6, 7 also in the authors' files
PUBLISHED_MINIMA = {
    6: (0.02508058, 0.00470),
    7: (0.02320271, 0.01406),
    8: (0.02150804, 0.02135),
    10: (0.01870219, 0.03196),
}


def identity(k: int) -> torch.Tensor:
    return torch.eye(k, dtype=torch.float64).flatten()


@pytest.mark.parametrize(("k", "n", "d"), [(6, 6, 6), (3, 5, 4), (2, 1, 2)])
def test_closed_form_agrees_with_monte_carlo(k, n, d):
    land = lm.teacher_student(k, n, d)
    theta = lm.starts(land, seeds=[3])[0]
    generator = torch.Generator().manual_seed(5)
    mean, error = teacher_student_monte_carlo(
        theta.reshape(n, d), torch.eye(k, d, dtype=torch.float64), 400_000, generator
    )
    assert abs(float(land.loss(theta)) - mean) < 4 * error


def test_monte_carlo_would_notice_a_missing_factor_one_half():
    land = lm.teacher_student(6)
    theta = lm.starts(land, seeds=[3])[0]
    mean, error = teacher_student_monte_carlo(
        theta.reshape(6, 6), torch.eye(6, dtype=torch.float64), 400_000, torch.Generator().manual_seed(5)
    )
    assert abs(2 * float(land.loss(theta)) - mean) > 40 * error


@pytest.mark.parametrize("k", [1, 2, 6, 20])
def test_values_known_exactly(k):
    land = lm.teacher_student(k)
    at_zero = (k * math.pi + k * (k - 1)) / (4 * math.pi)
    assert float(land.loss(torch.zeros(k * k, dtype=torch.float64))) == pytest.approx(at_zero, rel=1e-13)
    assert float(land.loss(identity(k))) == pytest.approx(0, abs=1e-13)
    assert float(land.gradient(identity(k)).norm()) < 1e-13


def test_the_loss_along_a_ray_is_a_quadratic():
    land = lm.teacher_student(4, 5)
    t = torch.tensor([0.0, 0.5, 1.0, 1.5, 2.0], dtype=torch.float64)
    heights = land.loss(t[:, None] * lm.starts(land, seeds=[1])[0])
    assert torch.diff(heights, n=3).abs().max() < 1e-13


def test_hessian_at_the_global_minimum():
    eigenvalues = torch.linalg.eigvalsh(lm.teacher_student(8).hessian(identity(8)))
    expected = 0.25 - 1 / (2 * math.pi)
    assert expected == pytest.approx(0.0908450569, abs=1e-10)
    assert float(eigenvalues[0]) == pytest.approx(expected, abs=1e-10)
    assert int((eigenvalues - expected).abs().lt(1e-9).sum()) == 28  # k (k-1) / 2
    upper = 0.25 + 1 / (2 * math.pi)
    assert int((eigenvalues - upper).abs().lt(1e-9).sum()) == 20  # k (k-3) / 2
    assert float(eigenvalues[-1]) == pytest.approx(2.602, abs=1e-3)


@pytest.mark.parametrize("k", PUBLISHED_MINIMA)
def test_loss_and_smallest_eigenvalue_of_the_published_minima(k):
    loss, eigenvalue = PUBLISHED_MINIMA[k]
    found = lm.classify(lm.teacher_student(k), lm.symmetric_minimum(k).flatten())[0]
    assert float(found.grad_norm) < 1e-12
    assert float(found.loss) == pytest.approx(loss, abs=1e-6)
    assert float(found.eigenvalues[0]) == pytest.approx(eigenvalue, abs=1e-5)
    assert found.kind == "strict minimum"


def test_the_minimum_is_born_between_five_and_six():
    smallest = {
        k: float(lm.classify(lm.teacher_student(k), lm.symmetric_minimum(k).flatten()).eigenvalues[0, 0])
        for k in (3, 4, 5, 6)
    }
    expected = {3: -0.0445, 4: -0.0244, 5: -0.0077, 6: 0.0047}
    assert smallest == pytest.approx(expected, abs=1e-4)


def test_five_numbers_give_the_loss_of_the_whole_matrix():
    W = lm.symmetric_minimum(9)
    values = torch.stack([W[0, 0], W[0, 1], W[1, 0], W[1, 1], W[1, 2]])
    assert float(five_numbers(9).loss(values)) == pytest.approx(
        float(lm.teacher_student(9).loss(W.flatten())), abs=1e-14
    )


def test_the_loss_of_the_symmetric_minimum_decays_like_one_over_k():
    # k F = limit + series in k^(-1/2); the limit fits 1/2 - 2/pi^2 = 0.29736
    k = torch.tensor([80, 120, 200, 360, 640], dtype=torch.float64)
    heights = [
        int(size) * float(lm.teacher_student(int(size)).loss(lm.symmetric_minimum(int(size)).flatten())) for size in k
    ]
    powers = k[:, None] ** torch.tensor([0.0, -0.5, -1.0, -1.5], dtype=torch.float64)
    limit = torch.linalg.lstsq(powers, torch.tensor(heights, dtype=torch.float64)[:, None]).solution[0, 0]
    assert float(limit) == pytest.approx(0.2974, abs=0.002)


def test_splitting_any_neuron_keeps_the_loss_and_makes_a_saddle():
    W = lm.symmetric_minimum(7)
    loss = float(lm.teacher_student(7).loss(W.flatten()))
    land = lm.teacher_student(7, n=8)
    for neuron in range(7):
        split = torch.cat([W, 0.4 * W[neuron : neuron + 1]])
        split[neuron] *= 0.6
        found = lm.classify(land, split.flatten())[0]
        assert float(found.loss) == pytest.approx(loss, abs=1e-12)
        assert float(found.grad_norm) < 1e-12
        assert float(found.eigenvalues[0]) < -0.001
        assert found.kind == "strict saddle"


def test_energy_identity_at_converged_points():
    # At a critical point sum f(w_i, v_j) = sum f(w_i, w_j), so F = (sum f(v, v) - sum f(w, w)) / 2.
    from lmcourse.networks.teacher_student import _pair_energies

    land = lm.teacher_student(6)
    runs = lm.train(land, lm.starts(land, seeds=range(5)), lr=0.3)
    own = _pair_energies(runs.theta.reshape(-1, 6, 6)).sum(dim=(-1, -2))
    teacher = _pair_energies(torch.eye(6, dtype=torch.float64)).sum()
    torch.testing.assert_close(runs.loss, (teacher - own) / 2, rtol=0, atol=1e-9)


def test_parallel_and_opposite_neurons_have_finite_exact_derivatives():
    land = lm.teacher_student(2, n=2)
    parallel = torch.tensor([1.0, 0.5, 2.0, 1.0], dtype=torch.float64)
    nearly = parallel + torch.tensor([0.0, 0.0, 1e-9, -1e-9], dtype=torch.float64)
    for point in (parallel, -parallel, torch.tensor([1.0, 0.5, -2.0, -1.0], dtype=torch.float64)):
        assert torch.isfinite(land.hessian(point)).all()
        assert torch.isfinite(land.gradient(point)).all()
    assert (land.hessian(parallel) - land.hessian(nearly)).abs().max() < 1e-8
    assert (land.gradient(parallel) - land.gradient(nearly)).abs().max() < 1e-8


def test_extra_inputs_change_nothing_but_add_known_eigenvalues():
    W = lm.symmetric_minimum(8)
    wide = torch.cat([W, torch.zeros(8, 1, dtype=torch.float64)], dim=1)
    found = lm.classify(lm.teacher_student(8, d=9), wide.flatten())[0]
    assert float(found.eigenvalues[0]) == pytest.approx(0.02135, abs=1e-5)
    assert found.kind == "strict minimum"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"k": 0}, "k, the number of teacher neurons.*k = 0"),
        ({"k": 3, "n": 0}, "n, the number of student neurons.*n = 0"),
        ({"k": 3, "n": -1}, "n = -1"),
        ({"k": 3, "n": 2.5}, "n = 2.5"),
        ({"k": 4, "d": 3}, "Choose d >= k"),
        ({"k": 2, "teacher": torch.ones(2, 2)}, "length one"),
        ({"k": 2, "teacher": torch.eye(3)}, "must have the shape"),
    ],
)
def test_sizes_that_do_not_fit_are_refused_in_words(arguments, words):
    with pytest.raises(ValueError, match=words):
        lm.teacher_student(**arguments)


def test_the_symmetric_minimum_names_its_range():
    with pytest.raises(ValueError, match="k = 2"):
        lm.symmetric_minimum(2)
