"""The checks of lesson 5.2's exercises: right answers in several styles, and what is said of typical wrong ones."""

import numpy as np
import pytest
import torch

import lmcourse as lm

check = lm.checks.width_smooths


def slope_by_W2(F1, W3, slope, error):
    return torch.einsum("im,mj,ij,ih->jh", error, W3, slope, F1)


def by_loops(F1, W3, slope, error):
    total = torch.zeros(W3.shape[1], F1.shape[1], dtype=torch.float64)
    for i in range(len(F1)):
        total += torch.outer(slope[i] * (W3.T @ error[i]), F1[i])
    return total


def by_numpy(F1, W3, slope, error):
    F1, W3, slope, error = (part.numpy() for part in (F1, W3, slope, error))
    return ((error @ W3) * slope).T @ F1


@pytest.mark.parametrize("answer", [slope_by_W2, by_loops, by_numpy])
def test_task_1_accepts_what_is_right(answer):
    assert check.slope_by_W2(answer).state == "right", check.slope_by_W2(answer)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda F1, W3, slope, error: slope_by_W2(F1, W3, slope, error).T, "row for each neuron of the wide layer"),
        (lambda F1, W3, slope, error: (error @ W3).T @ F1, "slopes have no influence"),
        (lambda F1, W3, slope, error: 2 * slope_by_W2(F1, W3, slope, error), "factor 1/2"),
        (lambda F1, W3, slope, error: slope_by_W2(F1, W3, slope, error) / len(F1), "not a mean"),
        (lambda F1, W3, slope, error: -slope_by_W2(F1, W3, slope, error), "sign is wrong"),
        (lambda F1, W3, slope, error: slope_by_W2(F1, W3, slope, error).float(), "single precision"),
        (lambda F1, W3, slope, error: slope_by_W2(F1, W3, slope, error) + 1, "value is off"),
        (lambda F1, W3, slope, error: (error @ W3.T * slope).T @ F1, "stops with RuntimeError"),
        (lambda F1, W3, slope, error: slope_by_W2(F1, W3, slope**2, error), "value is off"),
        (lambda F1, W3, slope, error: slope_by_W2(F1, W3 if len(W3) < 5 else W3.T, slope, error), "value is off"),
    ],
)
def test_task_1_names_the_mistake(answer, words):
    verdict = check.slope_by_W2(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def lower_bound(F1, W3, slope, error):
    def least(A):
        return torch.linalg.eigvalsh(A @ A.T)[0].clamp_min(0).sqrt() if A.shape[0] <= A.shape[1] else 0

    return least(F1) * least(W3) * slope.min() * torch.sqrt((error**2).sum())


def bound_by_numpy(F1, W3, slope, error):
    least = [np.linalg.svd(A.numpy(), compute_uv=False)[-1] * (A.shape[0] <= A.shape[1]) for A in (F1, W3)]
    return least[0] * least[1] * slope.numpy().min() * np.linalg.norm(error.numpy())


def careless(F1, W3, slope, error, what=torch.amin, length=torch.linalg.norm):
    return torch.linalg.svdvals(F1)[-1] * torch.linalg.svdvals(W3)[-1] * what(slope) * length(error)


@pytest.mark.parametrize("answer", [lower_bound, bound_by_numpy, lambda *parts: float(lower_bound(*parts))])
def test_task_2_accepts_what_is_right(answer):
    assert check.lower_bound(answer).state == "right", check.lower_bound(answer)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (careless, "more rows than columns"),
        (lambda F1, W3, slope, error: careless(F1, W3, slope, error) * (F1.shape[0] <= F1.shape[1]), "With W_3 (4, 2)"),
        (lambda *parts: careless(*parts, what=torch.mean), "mean slope is no bound"),
        (lambda *parts: careless(*parts, length=lambda E: (E**2).sum()), "not squared"),
        (
            lambda *parts: careless(*parts, length=lambda E: torch.linalg.matrix_norm(E, 2)),
            "not a singular value of E",
        ),
        (lambda *parts: careless(*parts, length=lambda E: 1.0), "error is missing"),
        (lambda *parts: careless(*parts, what=lambda s: 1.0), "slopes are missing"),
        (
            lambda F1, W3, s, E: torch.linalg.svdvals(F1)[0] * torch.linalg.svdvals(W3)[0] * s.max() * E.norm(),
            "upper bound",
        ),
        (lambda F1, W3, slope, error: by_loops(F1, W3, slope, error).norm() * 1.01, "no lower bound"),
        (lambda *parts: 0.0, "not the lesson's bound"),
        (lambda *parts: by_loops(*parts).norm(), "not the lesson's bound, and sharper"),
        (
            lambda F1, W3, s, E: torch.linalg.svdvals(F1)[-1] * (E @ W3 * s).norm() * (F1.shape[0] <= F1.shape[1]),
            "not the lesson's bound, and sharper",
        ),
        (lambda *parts: torch.ones(2), "one number"),
    ],
)
def test_task_2_names_the_mistake(answer, words):
    verdict = check.lower_bound(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def is_good(land, theta):
    F1, W3 = land.layers(theta)[0], land.unpack(theta)["W3"]
    return all(torch.linalg.svdvals(A)[-1] > 1e-11 and A.shape[0] <= A.shape[1] for A in (F1, W3))


def good_by_numpy(land, theta):
    F1, W3 = land.layers(theta)[0].numpy(), land.unpack(theta)["W3"].numpy()
    return np.linalg.matrix_rank(F1) == len(F1) and np.linalg.matrix_rank(W3) == len(W3)


def as_a_tensor(land, theta):
    return torch.tensor(bool(is_good(land, theta)))


@pytest.mark.parametrize("answer", [is_good, good_by_numpy, as_a_tensor])
def test_task_3_accepts_what_is_right(answer):
    assert check.is_good(answer).state == "right", check.is_good(answer)


def full(A):
    return int(torch.linalg.matrix_rank(A)) == len(A)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda land, theta: full(land.layers(theta)[0]), "W_3 of rank 1"),
        (lambda land, theta: full(land.unpack(theta)["W3"]), "32 neurons for 40 images"),
        (
            lambda land, theta: land.layers(theta)[0].shape[1] >= 40 and full(land.unpack(theta)["W3"]),
            "two equal images",
        ),
        (lambda land, theta: is_good(land, theta) and bool(theta.abs().min() > 0), "another W_2"),
        (lambda land, theta: is_good(land, theta) and full(land.unpack(theta)["W2"]), "another W_2"),
        (
            lambda land, theta: is_good(land, theta) and torch.linalg.svdvals(land.layers(theta)[0])[-1] > 0.01,
            "size 0.1",
        ),
        (lambda land, theta: "yes", "True or False"),
        (lambda land, theta: torch.ones(3), "one answer"),
        (lambda land, theta: True, "32 neurons"),
    ],
)
def test_task_3_names_the_mistake(answer, words):
    verdict = check.is_good(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def way_down(land, data, zero, size):
    """A path through the pixel with the largest sum, found by trying all positions of the filter's middle."""
    best, low = zero, land.loss(zero)
    for q in range(land.shapes["b1"][0] // land.shapes["W1"][0]):
        for o in range(3):
            for sign in (-1, 1):
                parts = land.unpack(zero.clone())
                parts["W1"][0, 4] = parts["W2"][0, q * len(parts["W1"])] = size / 3
                parts["W3"][o, 0] = sign * size / 3
                parts["b3"] = parts["b3"] + data.y.mean(0) - land.outputs(land.pack(**parts)).mean(0)
                point = land.pack(**parts)
                best, low = (point, land.loss(point)) if land.loss(point) < low else (best, low)
    return best


def by_descent(land, data, zero, size):
    theta = zero + size / 4 * lm.starts(land, [0], "normal")[0] / land.dim**0.5
    for _ in range(2000):
        step = theta - 0.002 * land.gradient(theta)
        if (step - zero).norm() > size:
            break
        theta = step
    return theta


@pytest.mark.parametrize("answer", [way_down, by_descent, lambda *case: way_down(*case).numpy()])
def test_task_4_accepts_what_is_right(answer):
    assert check.way_down(answer).state == "right", check.way_down(answer)


def without_the_mean(land, data, zero, size):
    parts = land.unpack(way_down(land, data, zero, size))
    return land.pack(**parts | {"b3": data.y.mean(0)})


def up(land, data, zero, size, mean=True):
    """The path with the wrong sign of its last weight."""
    parts, before = land.unpack(way_down(land, data, zero, size)), land.unpack(zero)
    parts["W3"], parts["b3"] = -parts["W3"], before["b3"]
    if mean:
        parts["b3"] = parts["b3"] + data.y.mean(0) - land.outputs(land.pack(**parts)).mean(0)
    return land.pack(**parts)


def without_a_clone(land, data, zero, size, back=False):
    parts = land.unpack(zero)
    parts["W1"][0, 4] = parts["W2"][0, 0] = parts["W3"][0, 0] = size / 3
    parts["b3"] -= (land.outputs(zero).mean(0) - data.y.mean(0)) if back else 0
    return zero if back else land.pack(**parts)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (without_a_clone, "shares memory"),
        (lambda *case: without_a_clone(*case, back=True), "shares memory"),
        (up, "If you follow one path"),
        (up, "The mean of the answers is right"),
        (lambda *case: up(*case, mean=False), "still have the mean"),
        (lambda land, data, zero, size: zero, "the point itself"),
        (lambda land, data, zero, size: zero - 0.1 * land.gradient(zero) * 0, "the point itself"),
        (lambda land, data, zero, size: lm.train(land, zero + 1e-3, "lbfgs", max_steps=50).theta[0], "away, at most"),
        (without_the_mean, "still have the mean"),
        (lambda land, data, zero, size: way_down(land, data, zero, 3 * size), "away, at most"),
        (lambda land, data, zero, size: way_down(land, data, zero, size).float(), "single precision"),
        (lambda land, data, zero, size: way_down(land, data, zero, size)[:-1], "must have the shape"),
        (lambda land, data, zero, size: zero + size / land.dim, "loss at your point is higher"),
    ],
)
def test_task_4_names_the_mistake(answer, words):
    verdict = check.way_down(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


@pytest.mark.parametrize("name", ["slope_by_W2", "lower_bound", "is_good", "way_down"])
def test_an_untouched_stub_is_not_attempted(name):
    def unfinished(*arguments):
        raise NotImplementedError

    for stub in (lambda *arguments: ..., unfinished, ...):
        assert getattr(check, name)(stub).state == "not attempted yet"
