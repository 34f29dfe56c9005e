"""The checks of lesson 3.3's exercises: right answers in several styles, and what is said of typical wrong ones."""

import cmath
import math

import numpy as np
import pytest
import torch

import lmcourse as lm

check = lm.checks.identity_start


# ----------------------------------------------------------------------------------------------- task 1


def chain(layers, d):
    product = torch.eye(d, dtype=torch.float64)
    for W in layers:
        product = W @ product
    return product


def slopes(layers, target):
    error, d = chain(layers, len(target)) - target, len(target)
    return [chain(layers[h + 1 :], d).T @ error @ chain(layers[:h], d).T for h in range(len(layers))]


def one_step(layers, target, eta):
    return [W - eta * slope for W, slope in zip(layers, slopes(layers, target), strict=True)]


def by_autograd(layers, target, eta):
    free = [W.clone().requires_grad_(True) for W in layers]
    loss = 0.5 * (chain(free, len(target)) - target).square().sum()
    return tuple(W.detach() - eta * g for W, g in zip(free, torch.autograd.grad(loss, free), strict=True))


def by_numpy(layers, target, eta):
    layers, target, d = [W.numpy() for W in layers], target.numpy(), len(target)
    P = [np.linalg.multi_dot([np.eye(d), np.eye(d), *layers[:h:-1]]) for h in range(len(layers))]
    Q = [np.linalg.multi_dot([np.eye(d), np.eye(d), *layers[:h][::-1]]) for h in range(len(layers))]
    return [W - eta * P[h].T @ (P[h] @ W @ Q[h] - target) @ Q[h].T for h, W in enumerate(layers)]


def by_landscape(layers, target, eta):
    land = lm.linear_resnet(target, len(layers))
    theta = torch.stack(layers).flatten()
    return (theta - eta * land.gradient(theta)).reshape(len(layers), *target.shape)


@pytest.mark.parametrize("answer", [one_step, by_autograd, by_numpy, by_landscape])
def test_task_1_accepts_what_is_right(answer):
    assert check.one_step(answer).state == "right", check.one_step(answer)


def first_to_last(layers, target, eta):
    layers = list(layers)
    for h in range(len(layers)):
        layers[h] = layers[h] - eta * slopes(layers, target)[h]
    return layers


def last_to_first(layers, target, eta):
    layers = list(layers)
    for h in reversed(range(len(layers))):
        layers[h] = layers[h] - eta * slopes(layers, target)[h]
    return layers


def in_place(layers, target, eta):
    for W, slope in zip(layers, slopes(layers, target), strict=True):
        W -= eta * slope
    return layers


def without_transposes(layers, target, eta):
    d, error = len(target), chain(layers, len(target)) - target
    return [W - eta * chain(layers[h + 1 :], d) @ error @ chain(layers[:h], d) for h, W in enumerate(layers)]


def as_if_equal(layers, target, eta):  # right only from the identity
    W, L = layers[0], len(layers)
    power = torch.linalg.matrix_power(W, L - 1)
    return [W - eta * power @ (power @ W - target)] * L


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda layers, target, eta: one_step(layers, target, -eta), "uphill"),
        (lambda layers, target, eta: one_step(layers, target, 2 * eta), "twice as long"),
        (lambda layers, target, eta: one_step(layers, target, eta / 2), "half as long"),
        (lambda layers, target, eta: one_step(layers[::-1], target, eta)[::-1], "layers[0] acts first"),
        (first_to_last, "one after another"),
        (last_to_first, "one after another"),
        (in_place, "changes the layers"),
        (without_transposes, "without being transposed"),
        (as_if_equal, "The gradient of layer"),
        (lambda layers, target, eta: one_step(layers, target, eta)[:1], "list of 3 layers"),
        (lambda layers, target, eta: [W.float() for W in one_step(layers, target, eta)], "digits that are compared"),
        (lambda layers, target, eta: chain(one_step(layers, target, eta), len(target)), "list of 1 layer "),
        (lambda layers, target, eta: one_step(layers, target, eta)[:0], "list of 1 layer with 1 layer of shape"),
        (lambda layers, target, eta: None, "returns None"),
        (lambda layers, target, eta: [W.T for W in one_step(layers, target, eta)], "The gradient of layer"),
    ],
)
def test_task_1_names_the_mistake(answer, words):
    verdict = check.one_step(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


# ----------------------------------------------------------------------------------------------- task 2


def floor(target):
    phi = torch.linalg.eigvals(target)
    return 0.5 * sum(float(value.real) ** 2 for value in phi if abs(value.imag) < 1e-9 and value.real < 0)


def floor_by_numpy(target):
    phi = np.linalg.eigvals(target.numpy())
    return np.sum(phi.real[(phi.real < 0) & np.isclose(phi.imag, 0)] ** 2) / 2


def floor_by_running(target):  # what is left where each eigenvalue walks alone
    phi = torch.linalg.eigvals(target)
    held = lm.experiments.identity_start.closest_to_zero(phi) < 1e-9
    return (phi[held].abs().square().sum() / 2).item()


def without_tolerance(target):
    phi = (torch if isinstance(target, torch.Tensor) else np).linalg.eigvals(target)
    return float((phi.real[(phi.imag == 0) & (phi.real < 0)] ** 2).sum()) / 2


def by_long_runs(target):
    phi = torch.linalg.eigvals(target)
    z = torch.ones_like(phi)
    for _ in range(2000):
        z = lm.experiments.identity_start.step(z, phi, 4, 0.02)
    return float(lm.experiments.identity_start.excess_loss(z**4, phi))


def within(tolerance, relative=False):  # a floor that takes every eigenvalue near the negative axis for a negative one
    def answer(target):
        phi = torch.linalg.eigvals(target)
        width = tolerance * phi.abs() if relative else tolerance
        return float(phi.real[(phi.imag.abs() < width) & (phi.real < 0)].square().sum()) / 2

    return answer


@pytest.mark.parametrize("answer", [floor, floor_by_numpy, floor_by_running, within(1e-6), within(1e-6, relative=True)])
def test_task_2_accepts_what_is_right(answer):
    assert check.floor(answer).state == "right", check.floor(answer)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda target: 2 * floor(target), "the loss is half a sum"),
        (lambda target: floor(target) / 2, "half as high"),
        (lambda target: -torch.linalg.eigvals(target).real.clamp_max(0).sum() / 2, "without their squares"),
        (lambda target: -torch.linalg.eigvalsh(target).clamp_max(0).sum(), "without their squares"),
        (lambda target: float(torch.linalg.eigvals(target).real.min().clamp_max(0) ** 2) / 2, "but there are more"),
        (lambda target: torch.linalg.eigvals(target).real.clamp_max(0).square().sum() / 2, "real part is negative"),
        (lambda target: target.diagonal().clamp_max(0).square().sum() / 2, "the diagonal of the target"),
        (lambda target: floor(target) if torch.linalg.det(target) < 0 else 0.0, "positive determinant does not help"),
        (lambda target: 0.0, "has a negative eigenvalue"),
        (without_tolerance, "imaginary parts of about 1e-16"),
        (lambda target: without_tolerance(target.numpy()), "imaginary parts of about 1e-16"),
        (by_long_runs, "the limit itself is wanted"),
        (lambda target: 0.5, "The floor is off"),
        (lambda target: lm.experiments.identity_start.identity_start_floor(target), "AttributeError"),
        (lambda target: torch.linalg.eigvals(target).square().sum() / 2, "complex number"),
        (lambda target: torch.tensor(floor(target)), "dtype=torch.float64"),
        (within(0.5), "A small imaginary part is not rounding"),
        (within(0.05), "A small imaginary part is not rounding"),
        (within(1e-3), "A small imaginary part is not rounding"),
        (within(1e-4), "A small imaginary part is not rounding"),
        (within(1e-3, relative=True), "A small imaginary part is not rounding"),
    ],
)
def test_task_2_names_the_mistake(answer, words):
    verdict = check.floor(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


# ----------------------------------------------------------------------------------------------- task 3


def nearest(phi):
    along = phi - 1
    share = 0.0 if along == 0 else min(max(-along.real / abs(along) ** 2, 0.0), 1.0)
    return abs(1 + share * along)


def by_cases(
    phi,
):  # a triangle with the corners 0, 1, phi: an obtuse angle at an end of the chord makes that end nearest
    if phi.real >= 1:
        return 1.0
    if (phi.conjugate() * (1 - phi)).real >= 0:
        return abs(phi)
    return np.abs(phi.imag) / abs(phi - 1)


def by_turning(phi):
    if phi == 1:
        return torch.tensor(1.0).double()
    direction = (phi - 1) / abs(phi - 1)
    a, b = 1 / direction, phi / direction  # now the chord is level
    across = 0.0 if a.real <= 0 <= b.real else min(abs(a.real), abs(b.real))
    return np.hypot(across, a.imag)


@pytest.mark.parametrize("answer", [nearest, by_cases, by_turning, lambda phi: in_double_precision(phi)])
def test_task_3_accepts_what_is_right(answer):
    assert check.nearest(answer).state == "right", check.nearest(answer)


def on_a_grid(phi, points=50):
    return np.abs(1 + np.linspace(0, 1, points + 1) * (phi - 1)).min()


def in_single_precision(phi, plain=True):
    p = torch.tensor(phi)  # complex64
    along = p - 1
    share = (-along.real / along.abs().square().clamp_min(1e-30)).clamp(0, 1)
    value = (1 + share * along).abs()
    return value.item() if plain else value


def in_double_precision(phi):
    p = torch.tensor(phi, dtype=torch.complex128)
    share = (-(p - 1).real / (p - 1).abs().square().clamp_min(1e-30)).clamp(0, 1)
    return (1 + share * (p - 1)).abs()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda phi: abs(phi.imag) / abs(phi - 1) if phi != 1 else 1.0, "distance of the whole line"),
        (lambda phi: math.cos(cmath.phase(phi) / 2), "|phi| = 1 alone"),
        (lambda phi: min(1.0, abs(phi)), "two ends"),
        (lambda phi: nearest(phi) ** 2, "square of the distance"),
        (on_a_grid, "Some point of the chord"),
        (lambda phi: on_a_grid(phi, 1000), "a scan is only near"),
        (lambda phi: on_a_grid(phi, 20_000), "a scan is only near"),
        (lambda phi: on_a_grid(phi, 1_000_000), "a scan of the chord is only near"),
        (in_single_precision, "torch.complex128"),
        (lambda phi: in_single_precision(phi, plain=False), "torch.complex128"),
        (lambda phi: abs(1 + (phi - 1) / 2), "Some point of the chord"),
        (lambda phi: 0.0, "No point of the chord"),
        (lambda phi: -nearest(phi), "never negative"),
        (lambda phi: 1 + 0.5 * (phi - 1), "complex number"),
        (lambda phi: torch.tensor(nearest(phi)), "float32"),
        (lambda phi: abs(phi.imag) / abs(phi - 1), "ZeroDivisionError"),
        (lambda phi: nearest(phi) if phi != 1 else math.nan, "divide 0 by 0"),
        (lambda phi: torch.tensor(nearest(phi) if phi != 1 else math.nan).double(), "divide 0 by 0"),
    ],
)
def test_task_3_names_the_mistake(answer, words):
    verdict = check.nearest(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


# ----------------------------------------------------------------------------------------------- task 4


def project(A, gamma):
    w, Q = torch.linalg.eigh((A + A.T) / 2)
    return Q @ torch.diag(w.clamp_min(gamma)) @ Q.T + (A - A.T) / 2


def project_by_numpy(A, gamma):
    A = A.numpy()
    w, Q = np.linalg.eigh(A + A.T)
    return A + sum(max(0.0, gamma - w[i] / 2) * np.outer(Q[:, i], Q[:, i]) for i in range(len(A)))


def project_by_svd(A, gamma):  # of the shifted symmetric part: its positive part by absolute values
    S = (A + A.T) / 2 - gamma * torch.eye(len(A), dtype=A.dtype)
    _, s, Vh = torch.linalg.svd(S)
    absolute = Vh.T @ torch.diag(s) @ Vh
    return A + (absolute - S) / 2


@pytest.mark.parametrize("answer", [project, project_by_numpy, project_by_svd])
def test_task_4_accepts_what_is_right(answer):
    assert check.project(answer).state == "right", check.project(answer)


def clip_eigenvalues(A, gamma):
    w, V = torch.linalg.eig(A)
    clipped = torch.complex(w.real.clamp_min(gamma), w.imag)
    return (V @ torch.diag(clipped) @ torch.linalg.inv(V)).real


def clip_singular_values(A, gamma):
    U, s, Vh = torch.linalg.svd(A)
    return U @ torch.diag(s.clamp_min(gamma)) @ Vh


def with_rows(A, gamma):
    w, Q = torch.linalg.eigh((A + A.T) / 2)
    return Q.T @ torch.diag(w.clamp_min(gamma)) @ Q + (A - A.T) / 2


def lift_all(A, gamma):
    least = torch.linalg.eigvalsh((A + A.T) / 2)[0]
    return A + (gamma - least).clamp_min(0) * torch.eye(len(A), dtype=A.dtype)


def too_far(A, gamma):
    B = project(A, gamma)
    return B if torch.allclose(A, B) else B + 0.1 * torch.eye(len(A), dtype=A.dtype)


def turned_round(A, gamma):
    w, Q = torch.linalg.eigh((A + A.T) / 2)
    return Q @ torch.diag(w.abs()) @ Q.T + (A - A.T) / 2


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda A, gamma: (project(A, gamma) + project(A, gamma).T) / 2, "skew part"),
        (lambda A, gamma: project(A, 0.0), "reaches 0"),
        (turned_round, "overshoots"),
        (lift_all, "by the same amount"),
        (clip_singular_values, "singular values"),
        (clip_eigenvalues, "below gamma"),
        (with_rows, "as columns"),
        (lambda A, gamma: A.clamp_min(gamma), "entries"),
        (lambda A, gamma: A, "below gamma"),
        (lambda A, gamma: project(A, 2 * gamma), "its own projection"),
        (too_far, "nearer to A"),
        (lambda A, gamma: project(A, gamma) + 5 * (A - A.T), "skew part has changed"),
        (lambda A, gamma: A.clamp_(min=gamma), "changes A itself"),
        (lambda A, gamma: project(A, gamma).float(), "single precision"),
        (lambda A, gamma: torch.linalg.eigh((A + A.T) / 2)[0], "must have the shape (2, 2)"),
        (lambda A, gamma: project(A, gamma) + 0j, "complex numbers"),
    ],
)
def test_task_4_names_the_mistake(answer, words):
    verdict = check.project(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


@pytest.mark.parametrize("name", ["one_step", "floor", "nearest", "project"])
def test_an_untouched_stub_is_not_attempted(name):
    def unfinished(*arguments):
        raise NotImplementedError

    for stub in (lambda *arguments: ..., unfinished, ...):
        assert getattr(check, name)(stub).state == "not attempted yet"
