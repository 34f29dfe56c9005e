"""The checks of lesson 4.1's exercises: right answers in several styles, and what is said of typical wrong ones."""

import math

import pytest
import torch

import lmcourse as lm

check = lm.checks.spurious_minima


def angle_of(w, v):
    return torch.arccos((w @ v / (w.norm() * v.norm())).clamp(-1, 1))


def f(w, v):
    angle = angle_of(w, v)
    return w.norm() * v.norm() * (torch.sin(angle) + (math.pi - angle) * torch.cos(angle)) / (2 * math.pi)


def with_plain_floats(w, v):
    length = math.hypot(*w.tolist()) * math.hypot(*v.tolist())
    cosine = max(-1.0, min(1.0, sum(a * b for a, b in zip(w.tolist(), v.tolist(), strict=True)) / length))
    return length * (math.sqrt(1 - cosine**2) + (math.pi - math.acos(cosine)) * cosine) / (2 * math.pi)


def by_half_angle(w, v):
    u, t = w / w.norm(), v / v.norm()
    angle = 2 * torch.atan2((u - t).norm(), (u + t).norm())
    return w.norm() * v.norm() * (angle.sin() + (torch.pi - angle) * angle.cos()) / (2 * torch.pi)


def without_clamp(w, v):
    cosine = w @ v / (w.norm() * v.norm())
    angle = torch.arccos(cosine)
    return w.norm() * v.norm() * (torch.sin(angle) + (torch.pi - angle) * cosine) / (2 * torch.pi)


def tight_clamp(w, v):
    cosine = (w @ v / (w.norm() * v.norm())).clamp(-1 + 1e-6, 1 - 1e-6)
    return w.norm() * v.norm() * (cosine.arccos().sin() + (torch.pi - cosine.arccos()) * cosine) / (2 * torch.pi)


@pytest.mark.parametrize("answer", [f, with_plain_floats, by_half_angle])
def test_task_1_accepts_what_is_right(answer):
    assert check.pair_energy(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda w, v: 2 * f(w, v), "twice the right one"),
        (lambda w, v: 2 * math.pi * f(w, v), "2 pi times"),
        (lambda w, v: -f(w, v), "minus the right one"),
        (lambda w, v: f(w / w.norm(), v / v.norm()), "both lengths"),
        (lambda w, v: f(w, v) * v.norm(), "no order"),
        (lambda w, v: f(w, -v), "half of all inputs are cut off"),
        (lambda w, v: f(w, v) - w.norm() * v.norm() * angle_of(w, v).cos() / 4, "your formula give there"),
        (lambda w, v: f(w, v) + 0.01 * w.norm() * v.norm() * torch.sin(angle_of(w, v)) ** 2, "Between parallel and opposite"),
        (lambda w, v: without_clamp(w, v), "clamp"),
        (lambda w, v: f(w, v) if w @ v > 0 else w.norm() * v.norm() / (2 * math.pi), "value is off"),
        (tight_clamp, "more tightly"),
        (lambda w, v: w * v, "one number, but a tensor of shape (3,) came"),
        (lambda w, v: [float(f(w, v))], "one number, but a list came"),
        (lambda w, v: print(end=""), "returns None"),
        (lambda w: 0.0, "stops with TypeError"),
        (3.0, "needs your function itself"),
    ],
)  # fmt: skip
def test_task_1_names_the_mistake(answer, words):
    verdict = check.pair_energy(answer)
    assert verdict.state == "not yet"
    assert words in verdict.message


def double_sum(A, B):
    return sum(f(a, b) for a in A for b in B)


def diagonal(A):
    return sum(f(a, a) for a in A)


def upper(A):
    return sum(f(A[i], A[j]) for i in range(len(A)) for j in range(i + 1, len(A)))


def loss(W, V):
    return double_sum(W, W) / 2 - double_sum(W, V) + double_sum(V, V) / 2


def by_matrices(W, V):
    return lm.teacher_student(k=V.shape[0], n=W.shape[0], d=W.shape[1]).loss(W.flatten())


def by_one_signed_sum(W, V):
    neurons, signs = torch.cat([W, V]), [1] * len(W) + [-1] * len(V)
    return (
        sum(s * t * f(a, b) for s, a in zip(signs, neurons, strict=True) for t, b in zip(signs, neurons, strict=True))
        / 2
    )


@pytest.mark.parametrize("answer", [loss, by_matrices, by_one_signed_sum])
def test_task_2_accepts_what_is_right(answer):
    assert check.loss(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda W, V: 2 * loss(W, V), "factor 1/2"),
        (lambda W, V: double_sum(W, W) - double_sum(W, V) + double_sum(V, V), "mixed term twice"),
        (lambda W, V: (double_sum(W, W) - double_sum(W, V) + double_sum(V, V)) / 2, "half its weight"),
        (lambda W, V: double_sum(W, W) / 2 + double_sum(W, V) + double_sum(V, V) / 2, "The sign of the mixed term"),
        (lambda W, V: double_sum(W, W) / 2 - double_sum(W, V), "teacher alone is missing"),
        (lambda W, V: loss(W.T, V.T), "columns were taken for neurons"),
        (lambda W, V: sum(f(w, w) for w in W) / 2 - double_sum(W, V) + double_sum(V, V) / 2, "W = V"),
        (lambda W, V: diagonal(W) / 2 - double_sum(W, V) + diagonal(V) / 2, "not only i with itself"),
        (lambda W, V: upper(W) / 2 - double_sum(W, V) + upper(V) / 2, "leave out half"),
        (lambda W, V: upper(W) - double_sum(W, V) + upper(V), "a neuron with itself are missing"),
        (lambda W, V: double_sum(W, W) / 2 - 2 * double_sum(W, V) + double_sum(V, V) / 2, "too much weight"),
        (lambda W, V: loss(W, V) if W.shape == V.shape else W - V, "stops with RuntimeError"),
        (lambda W, V: loss(W, V) * (1 + loss(W, V)), "elsewhere the value is off"),
        (lambda W, V: loss(W, V) if len(W) == len(V) else loss(W, W), "With more student than teacher"),
        (lambda W, V: W, "one number"),
    ],
)
def test_task_2_names_the_mistake(answer, words):
    verdict = check.loss(answer)
    assert verdict.state == "not yet"
    assert words in verdict.message


def all_losses(k, change):
    land = lm.teacher_student(k)
    return lm.train(land, change(lm.starts(land, seeds=range(100))), lr=0.4, tol=1e-6, max_steps=5000).loss


def failed_runs(k, change):
    land = lm.teacher_student(k)
    runs = lm.train(land, change(lm.starts(land, seeds=range(100))), lr=0.4, tol=1e-6, max_steps=5000)
    return (runs.loss >= 1e-3).sum()


def one_by_one(k, change):
    land = lm.teacher_student(k)
    theta = torch.stack([change(lm.starts(land, seeds=[seed])[0]) for seed in range(100)])
    runs = lm.train(land, theta, lr=0.4, tol=1e-6, max_steps=5000, chunk=50)
    return len([value for value in runs.loss.tolist() if value > 0.001])


@pytest.mark.parametrize("answer", [failed_runs, one_by_one])
def test_task_3_accepts_what_is_right(answer):
    assert check.failed_runs(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda k, change: 100 - failed_runs(k, change), "runs that succeed"),
        (lambda k, change: failed_runs(k, change) / 100, "whole number"),
        (lambda k, change: failed_runs(k, lambda theta: theta), "does not depend on `change`"),
        (lambda k, change: failed_runs(k + 1, change), "the count is off"),
        (lambda k, change: failed_runs(7, change), "Are n = k"),
        (lambda k, change: (all_losses(k, change) >= 0.02).sum(), "k = 10 and negative starts the count is off"),
        (lambda k, change: 0, "neither on k nor on `change`"),
        (lambda k, change: (all_losses(k, change) > 0).sum(), "0.001 or above"),
    ],
)
def test_task_3_names_the_mistake(answer, words):
    verdict = check.failed_runs(answer)
    assert verdict.state == "not yet"
    assert words in verdict.message


def halves(W, i):
    wide = torch.cat([W, W[i : i + 1] / 2])
    wide[i] = W[i] / 2
    return wide


def by_spectrum(W, i):
    wide = halves(W, i)
    vectors = torch.linalg.eigh(lm.teacher_student(W.shape[1], len(wide)).hessian(wide.flatten())).eigenvectors
    return wide, vectors[:, 0].reshape(wide.shape)


def by_opposite_moves(W, i):
    wide = torch.cat([W, 0.3 * W[i : i + 1]])
    wide[i] *= 0.7
    n, d = W.shape
    block = lm.teacher_student(d, n).hessian(W.flatten()).reshape(n, d, n, d)[i, :, i, :]
    u = torch.linalg.eigh(block).eigenvectors[:, 0] / 2**0.5
    direction = torch.zeros_like(wide)
    direction[i], direction[-1] = u, -u
    return wide, direction


@pytest.mark.parametrize("answer", [by_spectrum, by_opposite_moves])
def test_task_4_accepts_what_is_right(answer):
    assert check.split(answer).state == "right"


def together(W, i):
    wide, direction = halves(W, i), torch.zeros(len(W) + 1, W.shape[1], dtype=W.dtype)
    direction[[i, -1]] = W[i]
    return wide, direction / direction.norm()


def to_and_fro(W, i):
    wide, direction = halves(W, i), torch.zeros(len(W) + 1, W.shape[1], dtype=W.dtype)
    direction[i], direction[-1] = W[i], -W[i]
    return wide, direction / direction.norm()


def in_place(W, i):
    W[i] /= 2
    wide = torch.cat([W, W[i : i + 1]])
    return wide, by_spectrum(2 * W, i)[1]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda W, i: (torch.cat([W, W[i : i + 1]]), by_spectrum(W, i)[1]), "another function"),
        (
            lambda W, i: (torch.cat([W, 0 * W[i : i + 1]]), by_spectrum(W, i)[1]),
            "One part is zero",
        ),
        (lambda W, i: (halves(W, i), 5 * by_spectrum(W, i)[1]), "length 1"),
        (together, "moves the old neuron"),
        (to_and_fro, "to and fro"),
        (lambda W, i: by_spectrum(W, 0), "Is it neuron i that you split?"),
        (in_place, "changes W itself"),
        (lambda W, i: (halves(W, i).T, by_spectrum(W, i)[1]), "must have the shape (7, 6)"),
        (lambda W, i: halves(W, i), "Return two things"),
    ],
)
def test_task_4_names_the_mistake(answer, words):
    verdict = check.split(answer)
    assert verdict.state == "not yet"
    assert words in verdict.message


@pytest.mark.parametrize("name", ["pair_energy", "loss", "failed_runs", "split"])
def test_an_untouched_stub_is_not_attempted(name):
    def unfinished(*arguments):
        raise NotImplementedError

    for stub in (lambda *arguments: ..., lambda *arguments: (..., ...), unfinished, ...):
        assert getattr(check, name)(stub).state == "not attempted yet"
