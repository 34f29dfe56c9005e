"""The checks of lesson 1.1's exercises: right answers in several styles, and what is said of typical wrong ones."""

import math

import numpy as np
import pytest
import torch

import lmcourse as lm
from lmcourse.checks.critical_points_cases import surfaces

check = lm.checks.critical_points
DOUBLE = torch.float64


# ------------------------------------------------------------------------------------------------ task 1


def kind(gradient, hessian, tol=1e-9):
    if gradient.norm() > tol:
        return "not critical"
    values = torch.linalg.eigvalsh(hessian)
    if (values < -tol).all():
        return "strict maximum"
    if (values < -tol).any():
        return "strict saddle"
    return "strict minimum" if (values > tol).all() else "undecided"


def by_numpy(gradient, hessian, tol=1e-9):
    if np.sqrt((np.asarray(gradient) ** 2).sum()) > tol:
        return "not critical"
    low, high = np.linalg.eigvalsh(np.asarray(hessian))[[0, -1]]
    if low > tol:
        return "strict minimum"
    if low >= -tol:
        return "undecided"
    return "strict maximum" if high < -tol else "strict saddle"


def by_a_loop(gradient, hessian, tol=1e-9):
    if math.hypot(*(float(entry) for entry in gradient)) > tol:
        return "not critical"
    signs = [0 if abs(float(v)) <= tol else math.copysign(1, float(v)) for v in torch.linalg.eigh(hessian).eigenvalues]
    if -1 in signs:
        return "strict maximum" if set(signs) == {-1} else "strict saddle"
    return "undecided" if 0 in signs else "strict minimum"


@pytest.mark.parametrize("answer", [kind, by_numpy, by_a_loop])
def test_task_1_accepts_what_is_right(answer):
    assert check.kind(answer).state == "right", check.kind(answer)


def by_diagonal(gradient, hessian, tol=1e-9):
    return kind(gradient, torch.diag(torch.diagonal(hessian)))


def by_determinant(gradient, hessian, tol=1e-9):
    if gradient.norm() > tol:
        return "not critical"
    if len(hessian) == 2 and torch.linalg.det(hessian) < -tol:
        return "strict saddle"
    return "strict minimum" if torch.trace(hessian) > 0 else "strict maximum"


def zero_first(gradient, hessian, tol=1e-9):
    if gradient.norm() <= tol and (torch.linalg.eigvalsh(hessian).abs() <= tol).any():
        return "undecided"
    return kind(gradient, hessian)


def zero_is_positive(gradient, hessian, tol=1e-9):
    word = kind(gradient, hessian)
    return "strict minimum" if word == "undecided" else word


def mixed_signs(gradient, hessian, tol=1e-9):  # a saddle only with one positive and one negative
    values = torch.linalg.eigvalsh(hessian)
    word = kind(gradient, hessian, tol)
    return "undecided" if word == "strict saddle" and not (values > tol).any() else word


def level_at_border(gradient, hessian, tol=1e-9):
    return "not critical" if gradient.norm() >= tol else kind(gradient, hessian, tol)


def curved_at_border(gradient, hessian, tol=1e-9):
    return kind(gradient * (gradient.norm() > tol), hessian, tol * (1 - 1e-12))


def exact_zeros(gradient, hessian, tol=1e-9):
    return "not critical" if gradient.norm() > tol else kind(0 * gradient, hessian, 0.0)


def longest_entry(gradient, hessian, tol=1e-9):
    return "not critical" if gradient.abs().max() > tol else kind(0 * gradient, hessian, tol)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (mixed_signs, "Is there nothing that settles"),
        (lambda gradient, hessian, tol=1e-9: kind(gradient, hessian), "argument tol"),
        (lambda gradient, hessian, tol=1e-9: kind(gradient, hessian, min(tol, 1e-9)), "argument tol"),
        (level_at_border, "exactly tol"),
        (curved_at_border, "exactly tol"),
        (exact_zeros, "rarely exact"),
        (longest_entry, "not its largest entry"),
        (by_diagonal, "signs of the eigenvalues"),
        (by_determinant, "Neither the diagonal nor the determinant"),
        (zero_first, "Is there nothing that settles"),
        (zero_is_positive, "eigenvector of a zero"),
        (lambda gradient, hessian: kind(0 * gradient, hessian), "Look at its length first"),
        (lambda gradient, hessian: kind(gradient.sum()[None], hessian), "Look at its length first"),
        (lambda gradient, hessian: kind(gradient, -hessian), "signs of the eigenvalues"),
        (lambda gradient, hessian: kind(gradient, hessian, tol=0), "compare its length with tol"),
        (
            lambda gradient, hessian: kind(gradient, hessian).replace("strict saddle", "saddle"),
            "none of the five words",
        ),
        (lambda gradient, hessian: 1, "must be a word"),
        (lambda gradient, hessian: kind(gradient, hessian[:2, :2]), "signs of the eigenvalues"),
    ],
)
def test_task_1_names_the_mistake(answer, words):
    verdict = check.kind(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def test_task_1_wants_the_tolerance_on_eigenvalues_too():
    def strict(gradient, hessian, tol=1e-9):
        if gradient.norm() > tol:
            return "not critical"
        values = torch.linalg.eigvalsh(hessian)
        values = torch.where(values.abs() < 1e-14, 0, values)
        return kind(0 * gradient, 1e6 * torch.diag(values))

    assert "compare eigenvalues with tol" in check.kind(strict).message


# ------------------------------------------------------------------------------------------------ task 2


def step(gradient, hessian, damping):
    values, basis = torch.linalg.eigh(hessian)
    return -(basis @ torch.diag(1 / (values.abs() + damping)) @ basis.T @ gradient)


def by_square_root(gradient, hessian, damping):  # |H| is the root of H^2
    values, basis = np.linalg.eigh(np.asarray(hessian) @ np.asarray(hessian))
    size = basis @ np.diag(np.sqrt(np.maximum(values, 0))) @ basis.T
    return np.linalg.solve(size + damping * np.eye(len(values)), -np.asarray(gradient))


def by_svd(gradient, hessian, damping):
    _, S, Vh = torch.linalg.svd(hessian)
    return -torch.linalg.solve(Vh.T @ torch.diag(S) @ Vh + damping * torch.eye(len(S), dtype=S.dtype), gradient)


def by_columns(gradient, hessian, damping):
    values, basis = torch.linalg.eigh(hessian)
    total = torch.zeros_like(gradient)
    for value, vector in zip(values, basis.T, strict=True):
        total -= (vector @ gradient) / (abs(float(value)) + damping) * vector
    return total


@pytest.mark.parametrize("answer", [step, by_square_root, by_svd, by_columns])
def test_task_2_accepts_what_is_right(answer):
    assert check.saddle_free_step(answer).state == "right", check.saddle_free_step(answer)


def entries(gradient, hessian, damping):
    return -torch.linalg.solve(hessian.abs() + damping * torch.eye(len(gradient), dtype=DOUBLE), gradient)


def newton(gradient, hessian, damping):
    return -torch.linalg.solve(hessian + damping * torch.eye(len(gradient), dtype=DOUBLE), gradient)


def shifted_first(gradient, hessian, damping):
    values, basis = torch.linalg.eigh(hessian)
    return -basis @ ((basis.T @ gradient) / (values + damping).abs())


def rows(gradient, hessian, damping):
    values, basis = torch.linalg.eigh(hessian)
    return -basis.T @ ((basis @ gradient) / (values.abs() + damping))


def half_way(gradient, hessian, damping):
    values, basis = torch.linalg.eigh(hessian)
    return -(basis.T @ gradient) / (values.abs() + damping)


def everywhere(gradient, hessian, damping):
    values, basis = torch.linalg.eigh(hessian)
    return -torch.linalg.solve(basis @ torch.diag(values.abs()) @ basis.T + damping, gradient)


def floored(gradient, hessian, damping):
    values, basis = torch.linalg.eigh(hessian)
    return -basis @ ((basis.T @ gradient) / values.abs().clamp_min(damping))


def in_place(gradient, hessian, damping):
    gradient *= -1
    return step(-gradient, hessian, damping)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (newton, "absolute values are missing"),
        (entries, "not the matrix of absolute entries"),
        (shifted_first, "before the absolute value"),
        (rows, "columns of the matrix"),
        (in_place, "changes its arguments"),
        (half_way, "way back"),
        (lambda g, H, m: half_way(g, H, m).numpy(), "way back"),
        (everywhere, "on the diagonal alone"),
        (lambda g, H, m: -step(g, H, m), "wrong sign"),
        (lambda g, H, m: step(g, H, 0), "without damping"),
        (floored, "added to the size of each eigenvalue"),
        (lambda g, H, m: -g / (torch.diagonal(H).abs() + m), "diagonal of H"),
        (lambda g, H, m: -g, "The step is off"),
        (lambda g, H, m: step(g, H, m).float(), "single precision"),
        (lambda g, H, m: step(g, H, m)[:, None], "must have the shape"),
        (lambda g, H, m: step(g, H, m) if len(g) == 2 else newton(g, H, m), "absolute values are missing"),
        (lambda g, H, m: step(g, H, 0.1), "The step is off"),
        (lambda g, H, m: 0.5 * step(g, H, m), "The step is off"),
        (lambda g, H, m: torch.full_like(g, math.nan), "NaN"),
    ],
)
def test_task_2_names_the_mistake(answer, words):
    verdict = check.saddle_free_step(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


# ------------------------------------------------------------------------------------------------ task 3


def plateau(r, s, a, eta):
    return math.ceil(math.log(s / r) / math.log(1 + eta * a)), math.ceil(math.log2(s / r))


def by_simulation(r, s, a, eta):
    counts = []
    for factor in (1 + eta * a, 2):
        distance, steps = r, 0
        while distance < s:
            distance, steps = distance * factor, steps + 1
        counts.append(steps)
    return counts


def by_tensors(r, s, a, eta):
    factors = torch.tensor([1 + eta * a, 2.0], dtype=DOUBLE)
    return tuple((math.log(s / r) / factors.log()).ceil())


def by_arrays(r, s, a, eta):
    return tuple(np.ceil(np.log(s / r) / np.log(np.array([1 + eta * a, 2.0]))))


def by_base_two(r, s, a, eta):
    return math.ceil(math.log(s / r, 1 + eta * a)), math.ceil(math.log2(s / r))


def by_differences(r, s, a, eta):
    ratio = math.log(s) - math.log(r)
    return math.ceil(ratio / math.log1p(eta * a)), math.ceil(ratio / math.log(2))


def by_tens(r, s, a, eta):
    return math.ceil(math.log10(s / r) / math.log10(1 + eta * a)), math.ceil(math.log10(s / r) / math.log10(2))


@pytest.mark.parametrize(
    "answer", [plateau, by_simulation, by_tensors, by_arrays, by_base_two, by_differences, by_tens]
)
def test_task_3_accepts_what_is_right(answer):
    assert check.plateau(answer).state == "right", check.plateau(answer)


def changed(first=lambda count, *rest: count, second=lambda count: count):
    def answer(r, s, a, eta):
        counts = plateau(r, s, a, eta)
        return first(counts[0], r, s, a, eta), second(counts[1])

    return answer


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda r, s, a, eta: plateau(r, s, a, eta)[::-1], "are exchanged"),
        (lambda r, s, a, eta: plateau(s, r, a, eta), "came out negative"),
        (lambda r, s, a, eta: plateau(r, s, a, eta)[0], "Return two numbers"),
        (changed(first=lambda n, r, s, a, eta: math.log(s / r) / math.log(1 + eta * a)), "round up"),
        (changed(first=lambda n, *rest: n - 1), "one too small"),
        (changed(second=lambda n: n + 1), "one too large"),
        (
            lambda r, s, a, eta: tuple(math.floor(math.log(s / r) / math.log(q)) + 1 for q in (1 + eta * a, 2)),
            "met exactly",
        ),
        (changed(first=lambda n, r, s, a, eta: math.ceil(math.log(s / r) / (eta * a))), "as if it were eta a"),
        (
            changed(first=lambda n, r, s, a, eta: math.ceil(math.log(s / r) / math.log(1 + a))),
            "gradient descent is off",
        ),
        (
            changed(first=lambda n, r, s, a, eta: math.ceil(math.log10(s / r) / math.log(1 + eta * a))),
            "gradient descent is off",
        ),
        (changed(second=lambda n: math.ceil(n * math.log(2))), "saddle-free Newton is off"),
        (changed(second=lambda n: 1), "saddle-free Newton is off"),
        (lambda r, s, a, eta: (math.inf, 1), "finite number"),
        (lambda r, s, a, eta: plateau(r, 1.0, a, eta), "is off"),
        (lambda r, s, a, eta: plateau(r, s, a, 0.1), "is off"),
    ],
)
def test_task_3_names_the_mistake(answer, words):
    verdict = check.plateau(answer)
    assert verdict.state == "not yet" and (words in verdict.message or words == "is off"), verdict


# ------------------------------------------------------------------------------------------------ task 4


def grid(land, side=31):
    (left, right), (low, high) = land.window
    return torch.cartesian_prod(torch.linspace(left, right, side).double(), torch.linspace(low, high, side).double())


def inside(land, theta):
    (left, right), (low, high) = land.window
    x, y = theta.T
    return theta[(x >= left) & (x <= right) & (y >= low) & (y <= high)]


def points(land):
    theta = inside(land, lm.find_critical_points(land, grid(land)).critical.theta)
    return torch.unique((theta * 1e6).round() / 1e6, dim=0)


def by_numpy_rows(land):
    theta = inside(land, lm.train(land, grid(land), "newton", tol=1e-9, max_steps=200).theta)
    return np.unique(theta.numpy().round(5), axis=0)


def by_the_library(land):
    return lm.experiments.basins.places(land).theta


def with_a_loop(land):
    kept = []
    for theta in inside(land, lm.find_critical_points(land, lm.starts(land, range(800))).critical.theta):
        if not any(torch.allclose(theta, other, atol=1e-4) for other in kept):
            kept.append(theta)
    return torch.stack(kept)


@pytest.mark.parametrize("answer", [points, by_numpy_rows, by_the_library, with_a_loop])
def test_task_4_accepts_what_is_right(answer):
    assert check.all_critical_points(answer).state == "right", check.all_critical_points(answer)


def merged(land):
    kept = []
    for theta in points(land):
        if all((theta - other).norm() > 0.3 for other in kept):
            kept.append(theta)
    return torch.stack(kept)


def minima(land):
    theta = lm.train(land, grid(land), "gd", lr=0.005, tol=1e-8, max_steps=20_000)
    theta = inside(land, theta.theta[theta.grad_norm < 1e-6])
    return torch.unique((theta * 1e4).round() / 1e4, dim=0)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda land: inside(land, lm.find_critical_points(land, grid(land)).critical.theta), "more than once"),
        (
            lambda land: torch.unique(
                lm.find_critical_points(land, grid(land)).critical.theta.round(decimals=6), dim=0
            ),
            "outside",
        ),
        (minima, "found all minima"),
        (merged, "take two points for one"),
        (lambda land: points(land)[1:], "missing"),
        (lambda land: points(land)[:1], "missing"),
        (grid, "gradient is not zero"),
        (lambda land: points(land).T, "must have the shape (n, 2)"),
        (lambda land: points(land).float(), "single precision"),
        (lambda land: points(land).tolist(), "must be a torch tensor"),
        (lambda land: lm.experiments.basins.places(lm.surface("himmelblau")).theta, "outside"),
        (lambda land: points(land)[0], "must have the shape (n, 2)"),
    ],
)
def test_task_4_names_the_mistake(answer, words):
    verdict = check.all_critical_points(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def test_the_hidden_surfaces_are_what_the_check_thinks():
    for land, right in surfaces():
        assert land.gradient(right).abs().max() < 1e-9 and len(right) >= 2
        assert (3 - right.abs()).min() > 0.05, "no point lies near the edge of the window"
        found = lm.experiments.basins.places(land)
        assert len(found) == len(right) and torch.cdist(found.theta, right).min(dim=1).values.max() < 1e-6
    sizes = [len(right) for _, right in surfaces()]
    assert sizes[0] == 9 and sizes[2] < 6, "on the third some points lie outside"


@pytest.mark.parametrize("name", ["kind", "saddle_free_step", "plateau", "all_critical_points"])
def test_an_untouched_stub_is_not_attempted(name):
    def unfinished(*arguments):
        raise NotImplementedError

    for stub in (lambda *arguments: ..., unfinished, ...):
        assert getattr(check, name)(stub).state == "not attempted yet"
