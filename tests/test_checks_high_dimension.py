"""The checks of lesson 1.2's exercises: what is right, however it is written, and what is wrong, and why."""

import math

import numpy as np
import pytest
import torch

import lmcourse as lm
from lmcourse.checks import high_dimension_places

check = lm.checks.high_dimension


def by_the_shifted_matrix(H):
    largest = torch.linalg.matrix_norm(H, 2)
    return (torch.linalg.eigvalsh(H + 1e-8 * largest * torch.eye(len(H))) < 0).sum()


def by_numpy(H):
    values = np.linalg.eigvals(H.numpy()).real
    return len([value for value in values if value < -1e-8 * max(abs(values))])


@pytest.mark.parametrize("answer", [by_the_shifted_matrix, by_numpy])
def test_task_1_accepts_what_is_right(answer):
    assert check.index_of(answer).state == "right", check.index_of(answer)


@pytest.mark.parametrize(("answer", "words"), [
    (lambda H: int((torch.linalg.eigvalsh(H) > 0).sum()), "you count the positive ones"),
    (lambda H: int((H.diag() < 0).sum()), "diagonal does not tell"),
    (lambda H: int((torch.linalg.eigvalsh(H) < 0).sum()), "Rounding makes some zeros"),
    (lambda H: int((torch.linalg.eigvalsh(H) < -1e-8).sum()), "you count too"),
    (lambda H: int((torch.linalg.eigvalsh(H) < -1e-6 * torch.linalg.eigvalsh(H).abs().max()).sum()), "too few"),
    (lambda H: int((torch.linalg.eigvalsh(H) < -1e-8 * torch.linalg.eigvalsh(H).max()).sum()), "too many"),
    (lambda H: int((torch.linalg.eigvalsh(H.float()) < -1e-8 * torch.linalg.eigvalsh(H.float()).abs().max()).sum()), "Rounding"),
    (lambda H: int((torch.linalg.eigvalsh(H) < -1e-8 * H.norm()).sum()), "adds up all of them"),
    (lambda H: int(torch.linalg.det(H) < 0), "two negative"),
    (lambda H: (torch.linalg.eigvalsh(H) < 0), "one number"),
    (lambda H: 0.5, "whole number"),
    (lambda H: H.sub_(1) and 1, "changes the matrix|stops with"),
    (lambda H: 2, "one negative eigenvalue"),
])  # fmt: skip
def test_task_1_names_the_mistake(answer, words):
    verdict = check.index_of(answer)
    assert verdict.state == "not yet" and any(part in verdict.message for part in words.split("|")), verdict


def share_down(u, p):
    x = np.clip(u / (2 * math.sqrt((p - 1) / p)), -1, 1)
    return 0.5 + (x * math.sqrt(1 - x**2) + math.asin(x)) / math.pi


def by_integration(u, p):
    x = min(1.0, max(-1.0, p * u / (2 * (p * (p - 1)) ** 0.5)))
    angle = torch.linspace(-math.pi / 2, math.asin(x), 20_001, dtype=torch.float64)
    return torch.trapezoid(angle.cos() ** 2, angle) * 2 / math.pi


def with_root(factor):
    def answer(u, p):
        x = factor(u, p)
        x = min(1.0, max(-1.0, x))
        return 0.5 + (x * math.sqrt(1 - x**2) + math.asin(x)) / math.pi

    return answer


@pytest.mark.parametrize("answer", [share_down, by_integration])
def test_task_2_accepts_what_is_right(answer):
    assert check.share_down(answer).state == "right", check.share_down(answer)


@pytest.mark.parametrize(("answer", "words"), [
    (with_root(lambda u, p: u / (2 * math.sqrt(2 / 3))), "does not change with p"),
    (with_root(lambda u, p: u), "one side of zero|not divided by the edge"),
    (with_root(lambda u, p: -p * u / (2 * math.sqrt(p * (p - 1)))), "should rise"),
    (with_root(lambda u, p: u / (2 * math.sqrt(p * (p - 1)))), "stands around -u"),
    (with_root(lambda u, p: p * u / math.sqrt(p * (p - 1))), "centre and radius"),
    (lambda u, p: min(1.0, max(0.0, 0.5 + u * math.sqrt(p / (p - 1)) / 4)), "no straight line"),
    (lambda u, p: 0.5 + math.asin(min(1, max(-1, u / (2 * math.sqrt((p - 1) / p))))) / math.pi, "term with the root"),
    (lambda u, p: float(torch.tensor(u / (2 * math.sqrt((p - 1) / p))).asin() / math.pi + 0.5), "gives NaN"),
    (lambda u, p: 0.5, "one side of zero"),
])  # fmt: skip
def test_task_2_names_the_mistake(answer, words):
    verdict = check.share_down(answer)
    assert verdict.state == "not yet" and any(part in verdict.message for part in words.split("|")), verdict


def index_shares(matrices):
    weights = np.exp(-(np.linalg.eigvalsh(matrices) ** 2) / 4).mean(axis=0)
    return weights / weights.sum()


def with_a_loop(matrices):
    total = torch.zeros(matrices.shape[-1], dtype=torch.float64)
    for matrix in torch.from_numpy(matrices):
        total += torch.exp(-torch.linalg.eigvalsh(matrix).square() / 4)
    return list((total / total.sum()).numpy())


@pytest.mark.parametrize("answer", [index_shares, with_a_loop])
def test_task_3_accepts_what_is_right(answer):
    assert check.index_shares(answer).state == "right", check.index_shares(answer)


def normalised_each(matrices):
    weights = np.exp(-(np.linalg.eigvalsh(matrices) ** 2) / 4)
    return (weights / weights.sum(axis=1, keepdims=True)).mean(axis=0)


def halved(matrices):
    weights = np.exp(-(np.linalg.eigvalsh(matrices) ** 2) / 2).mean(axis=0)
    return weights / weights.sum()


def of_the_mean(matrices):
    weights = np.exp(-(np.linalg.eigvalsh(matrices).mean(axis=0) ** 2) / 4)
    return weights / weights.sum()


def unsorted(matrices):
    weights = np.exp(-(np.linalg.eigvals(matrices).real ** 2) / 4).mean(axis=0)
    return weights / weights.sum()


def coins(matrices):
    N = matrices.shape[-1] - 1
    return np.array([math.comb(N, k) for k in range(N + 1)]) / 2**N


@pytest.mark.parametrize(("answer", "words"), [
    (normalised_each, "each matrix by itself"),
    (halved, "divided by 2"),
    (of_the_mean, "mean of the weights"),
    (unsorted, "rising order"),
    (coins, "shares are off"),  # right on average for N = 1 and 2
    (lambda matrices: np.exp(-(np.linalg.eigvalsh(matrices) ** 2) / 4).mean(axis=0), "mean weights"),
    (lambda matrices: index_shares(matrices)[::-1], "smallest eigenvalue"),
    (lambda matrices: index_shares(matrices)[:-1], "shares, index 0 to"),
    (lambda matrices: index_shares(matrices.astype(np.float32)), "64 bits"),
    (lambda matrices: "many", "array of numbers"),
])  # fmt: skip
def test_task_3_names_the_mistake(answer, words):
    verdict = check.index_shares(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def by_newton(land, theta):
    point = theta
    for _ in range(25):
        eigenvalues, basis = np.linalg.eigh(land.hessian(point).numpy())
        point = point - torch.from_numpy(basis @ ((basis.T @ land.gradient(point).numpy()) / eigenvalues))
        if (point - theta).norm() > 0.01:
            return False
    return land.gradient(point).norm() < 1e-8


def by_refine(land, theta):
    found = lm.refine(land, theta)
    return bool(found.grad_norm[0] < 1e-9 and found.moved[0] < 0.01)


@pytest.mark.parametrize("answer", [by_newton, by_refine])
def test_task_4_accepts_what_is_right(answer):
    assert check.is_critical(answer).state == "right", check.is_critical(answer)


def by_descent(land, theta):
    point = theta
    for _ in range(2000):
        point = point - 0.01 * land.gradient(point)
    return bool(land.gradient(point).norm() < 1e-6 and (point - theta).norm() < 0.01)


def one_step(land, theta):
    return bool(torch.linalg.solve(land.hessian(theta), land.gradient(theta)).norm() < 0.01)


def without_distance(land, theta):
    return bool(lm.find_critical_points(land, theta, longest=0.5, max_steps=40).critical.loss.numel())


@pytest.mark.parametrize(("answer", "words"), [
    (lambda land, theta: bool(land.gradient(theta).norm() < 1e-8), "you say no"),
    (lambda land, theta: bool(land.gradient(theta).norm() < 1e-2), "you say"),
    (lambda land, theta: lm.classify(land, theta).kind[0] != "not critical", "you say no"),
    (by_descent, "you say no"),
    (one_step, "you say yes"),
    (lambda land, theta: land.gradient(theta), "but a Tensor came"),
    (without_distance, "same answer everywhere|you say yes"),
    (lambda land, theta: True, "same answer everywhere"),
    (lambda land, theta: None, "returns None"),
    (lambda land, theta: 1.0, "True or False"),
])  # fmt: skip
def test_task_4_names_the_mistake(answer, words):
    verdict = check.is_critical(answer)
    assert verdict.state == "not yet" and any(part in verdict.message for part in words.split("|")), verdict


def test_the_places_of_task_4_need_more_than_a_threshold():
    places = high_dimension_places.places()
    norms = [(float(land.gradient(theta).norm()), expected) for _, land, theta, expected in places]
    assert max(norm for norm, expected in norms if expected) > 5 * min(norm for norm, expected in norms if not expected)
    assert sum(expected for _, expected in norms) >= 5 <= len(norms) - sum(expected for _, expected in norms)


@pytest.mark.parametrize("name", ["index_of", "share_down", "index_shares", "is_critical"])
def test_an_untouched_stub_is_not_attempted(name):
    def unfinished(*arguments):
        raise NotImplementedError

    for stub in (lambda *arguments: ..., unfinished, ...):
        assert getattr(check, name)(stub).state == "not attempted yet"
