"""The checks of lesson 5.1's exercises: right answers in several styles, and what is said of typical wrong ones."""

import math

import numpy as np
import pytest
import torch
from torch import nn

import lmcourse as lm

check = lm.checks.width_you_have


def neurons(side, channels, patch, stride, padding):
    return channels * ((side + 2 * padding - patch) // stride + 1) ** 2


def by_walking(side, channels, patch, stride, padding):
    places = [place for place in range(0, side + 2 * padding - patch + 1, stride)]
    return channels * len(places) * len(places)


def by_torch(side, channels, patch, stride, padding):
    with torch.device("meta"):
        return nn.Conv2d(1, channels, patch, stride, padding)(torch.empty(1, 1, side, side)).numel()


def by_floor(side, channels, patch, stride, padding):
    return np.int64(channels * math.floor((side + 2 * padding - patch) / stride + 1) ** 2)


@pytest.mark.parametrize("answer", [neurons, by_walking, by_torch, by_floor])
def test_task_1_accepts_what_is_right(answer):
    assert check.neurons(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda side, channels, patch, stride, padding: channels, "number of channels"),
        (lambda side, channels, patch, stride, padding: neurons(side, 1, patch, stride, padding), "several filters"),
        (
            lambda side, channels, patch, stride, padding: (
                channels * math.isqrt(neurons(side, 1, patch, stride, padding))
            ),
            "two sides",
        ),
        (
            lambda side, channels, patch, stride, padding: channels * ((side + 2 * padding - patch) // stride) ** 2,
            "first patch counts",
        ),
        (
            lambda side, channels, patch, stride, padding: channels * ((side + padding - patch) // stride + 1) ** 2,
            "both sides",
        ),
        (
            lambda side, channels, patch, stride, padding: neurons(side, channels, patch, stride, 0),
            "The padding is missing",
        ),
        (lambda side, channels, patch, stride, padding: channels * (side // stride) ** 2, "How many patches fit"),
        (
            lambda side, channels, patch, stride, padding: channels * ((side + 2 * padding - patch) / stride + 1) ** 2,
            "whole number",
        ),
        (
            lambda side, channels, patch, stride, padding: (
                channels * (math.ceil((side + 2 * padding - patch) / stride) + 1) ** 2
            ),
            "round down",
        ),
        (lambda side, channels, patch, stride, padding: 3 * neurons(side, channels, patch, stride, padding), "adds them"),
        (lambda side, channels, patch, stride, padding: channels * side**2, "at the edge none fits"),
        (lambda side, channels, patch, stride, padding: channels * patch**2, "weights of the filters"),
        (lambda side, channels, patch, stride, padding: channels * (patch * patch + 1), "weights and biases"),
        (lambda side, channels, patch, stride, padding: None, "returns None"),
    ],
)  # fmt: skip
def test_task_1_names_the_mistake(answer, words):
    verdict = check.neurons(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def fit(F, y):
    return F.T @ torch.linalg.solve(F @ F.T, y)


def in_numpy(F, y):
    F, y = F.numpy(), y.numpy()
    return F.T @ np.linalg.inv(F @ F.T) @ y


@pytest.mark.parametrize(
    "answer",
    [
        fit,
        in_numpy,
        lambda F, y: torch.linalg.pinv(F) @ y,
        lambda F, y: torch.linalg.lstsq(F, y, driver="gelsd").solution,
        lambda F, y: np.linalg.lstsq(F.numpy(), y.numpy(), rcond=None)[0],
        lambda F, y: F.T @ torch.cholesky_solve(y[:, None], torch.linalg.cholesky(F @ F.T))[:, 0],
    ],
)
def test_task_2_accepts_what_is_right(answer):
    assert check.fit(answer).state == "right"


def padded(F, y):
    N = len(F)
    return torch.cat([torch.linalg.solve(F[:, :N], y), torch.zeros(F.shape[1] - N, dtype=F.dtype)])


def with_ridge(F, y):
    return F.T @ torch.linalg.solve(F @ F.T + 1e-3 * torch.eye(len(F), dtype=F.dtype), y)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda F, y: torch.linalg.pinv(F.T @ F) @ y[: F.shape[1]], "Your function stops with"),
        (lambda F, y: torch.linalg.solve(F @ F.T, y), "must have the shape (8,)"),
        (padded, "another v is shorter"),
        (padded, "Did you invert F' F"),
        (with_ridge, "added to its diagonal"),
        (lambda F, y: fit(F.float(), y.float()), "single precision"),
        (lambda F, y: in_numpy(F.float(), y.float()), "single precision"),
        (lambda F, y: fit(F, y)[:, None], "must have the shape (8,)"),
        (lambda F, y: -fit(F, y), "miss the labels"),
        (lambda F, y: F.mul_(2).T @ torch.linalg.solve(F @ F.T, y), "changes F itself"),
        (lambda F, y: fit(F, y).tolist(), "must be a torch tensor"),
    ],
)
def test_task_2_names_the_mistake(answer, words):
    verdict = check.fit(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def largest_rank(Z, d):
    off, on = (Z <= 0).all(0).sum(), (Z > 0).all(0).sum()
    return int(min(len(Z), Z.shape[1] - off - on + min(on, d + 1)))


def by_columns(Z, d):
    switching = on = 0
    for column in Z.numpy().T:
        on += column.min() > 0
        switching += column.min() <= 0 < column.max()
    return min(Z.shape[0], switching + min(d + 1, on))


def by_signs(Z, d):
    share = (Z > 0).double().mean(0)
    on = int((share == 1).sum())
    return torch.tensor(min(Z.shape[0], int(((share > 0) & (share < 1)).sum()) + min(on, d + 1)))


@pytest.mark.parametrize("answer", [largest_rank, by_columns, by_signs])
def test_task_3_accepts_what_is_right(answer):
    assert check.largest_rank(answer).state == "right"


def counts(Z):
    off, on = int((Z <= 0).all(0).sum()), int((Z > 0).all(0).sum())
    return len(Z), off, on, Z.shape[1] - off - on


def strictly_off(Z, d):
    off, on = int((Z < 0).all(0).sum()), int((Z > 0).all(0).sum())
    return min(len(Z), Z.shape[1] - off - on + min(on, d + 1))


def zeros_twice(Z, d):
    off, on = int((Z <= 0).all(0).sum()), int((Z >= 0).all(0).sum())
    return min(len(Z), Z.shape[1] - off - on + min(on, d + 1))


def wrong(formula):
    return lambda Z, d: formula(*counts(Z), d)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (wrong(lambda N, off, on, switching, d: switching + min(on, d + 1)), "N rows has rank N"),
        (wrong(lambda N, off, on, switching, d: min(N, off + on + switching)), "off for all images"),
        (wrong(lambda N, off, on, switching, d: min(N, on + switching)), "How many are independent"),
        (wrong(lambda N, off, on, switching, d: min(N, switching)), "still bring something"),
        (wrong(lambda N, off, on, switching, d: min(N, switching + min(on, d))), "the constant"),
        (wrong(lambda N, off, on, switching, d: min(N, switching + min(on, 1))), "follows the pixels"),
        (wrong(lambda N, off, on, switching, d: min(N, switching + min(on + off, d + 1))), "count them apart"),
        (wrong(lambda N, off, on, switching, d: N), "a smaller one holds"),
        (wrong(lambda N, off, on, switching, d: 0), "too small"),
        (lambda Z, d: largest_rank(Z.T, d), "rows were taken for neurons"),
        (strictly_off, "off means Z <= 0"),
        (zeros_twice, "counted twice"),
        (lambda Z, d: int(torch.linalg.matrix_rank(torch.relu(Z))), "too small"),
    ],
)
def test_task_3_names_the_mistake(answer, words):
    verdict = check.largest_rank(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def singular_bound(F, R):
    delta = (F @ R - torch.eye(len(F), dtype=F.dtype)).norm()
    return 0.0 if delta >= 1 else float((1 - delta) / R.norm())


def by_largest_singular_values(F, R):
    delta = torch.linalg.matrix_norm(F @ R - torch.eye(len(F), dtype=F.dtype), 2)
    return torch.zeros(()) if delta >= 1 - 1e-9 else (1 - delta) / torch.linalg.matrix_norm(R, 2)


def in_numpy_too(F, R):
    F, R = F.numpy(), R.numpy()
    delta = np.linalg.norm(F @ R - np.eye(len(F)))
    return max(0.0, 1 - delta) / max(np.linalg.norm(R), 1e-300)


@pytest.mark.parametrize("answer", [singular_bound, by_largest_singular_values, in_numpy_too])
def test_task_4_accepts_what_is_right(answer):
    assert check.singular_bound(answer).state == "right"


def parts(F, R):
    return float((F @ R - torch.eye(len(F), dtype=F.dtype)).norm()), float(R.norm())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda F, R: float(torch.linalg.svdvals(F)[-1]), "Do you use R"),
        (lambda F, R: 1 / max(parts(F, R)[1], 1e-9), "above the smallest singular value"),
        (lambda F, R: (1 - parts(F, R)[0]) / parts(F, R)[1], "negative"),
        (lambda F, R: max(0.0, 1 - parts(F, R)[0]) * parts(F, R)[1], "should the bound rise or fall"),
        (lambda F, R: 0.0, "valid, but smaller"),
        (lambda F, R: 0.0, "Zero is always true"),
        (lambda F, R: 0.1 * singular_bound(F, R), "valid, but smaller"),
        (lambda F, R: max(0.0, 1 - parts(F, R)[0]), "What is divided"),
        (lambda F, R: (1 + parts(F, R)[0]) / max(parts(F, R)[1], 1e-9), "above the smallest"),
        (lambda F, R: (F @ R - torch.eye(R.shape[0])).norm(), "stops with RuntimeError"),
        (lambda F, R: torch.tensor(math.nan), "came out as nan"),
    ],
)
def test_task_4_names_the_mistake(answer, words):
    verdict = check.singular_bound(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


@pytest.mark.parametrize("name", ["neurons", "fit", "largest_rank", "singular_bound"])
def test_an_untouched_stub_is_not_attempted(name):
    def unfinished(*arguments):
        raise NotImplementedError

    for stub in (lambda *arguments: ..., unfinished, ...):
        assert getattr(check, name)(stub).state == "not attempted yet"
