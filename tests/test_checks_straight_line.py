"""The checks of the exercises of lesson 1.4 accept what is right, however it is written, and name the usual mistakes."""

import pytest
import torch
from scipy.optimize import linear_sum_assignment

import lmcourse as lm

check = lm.checks.straight_line


def chord(loss):
    return torch.lerp(loss[0], loss[-1], torch.linspace(0, 1, len(loss), dtype=loss.dtype))


def barrier(loss):
    return (loss - chord(loss)).max()


def by_loop(loss):
    last = len(loss) - 1
    return max(float(L) - (1 - k / last) * float(loss[0]) - k / last * float(loss[-1]) for k, L in enumerate(loss))


def single_precision(loss):
    t = torch.linspace(0, 1, len(loss))
    return (loss - (1 - t) * loss[0] - t * loss[-1]).max()


@pytest.mark.parametrize("answer", [barrier, by_loop, single_precision, lambda loss: barrier(loss).numpy()])
def test_task_1_accepts_what_is_right(answer):
    assert check.barrier(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda loss: loss.max() - loss.min(), "it has no barrier"),
        (lambda loss: (loss - chord(loss)).abs().max(), "it has no barrier"),
        (lambda loss: (loss.max() - loss[[0, -1]].mean()).clamp_min(0), "it has no barrier"),
        (lambda loss: loss.max() - loss[0], "with the first loss, or the larger"),
        (lambda loss: (loss.max() - loss[[0, -1]].max()).clamp_min(0), "with the first loss, or the larger"),
        (lambda loss: (loss - chord(loss)).mean().clamp_min(0), "is off"),
        (lambda loss: loss - chord(loss), "must be one number"),
    ],
)
def test_task_1_names_the_mistake(answer, words):
    verdict = check.barrier(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def renamed(W, b, v, W2, b2, v2, size=True, reverse=True, inverse=False, bias=True):
    S = W @ W2.T + torch.outer(v, v2) + (torch.outer(b, b2) if bias else 0)
    rows, columns = linear_sum_assignment(-(S.abs() if size else S))
    sign = S[rows, columns].sign() if reverse else torch.ones_like(b)
    columns = torch.from_numpy(columns)
    columns = columns.argsort() if inverse else columns
    return W2[columns] * sign[:, None], b2[columns] * sign, v2[columns] * sign


def by_distance(W, b, v, W2, b2, v2):
    first, second = (torch.cat([A, c[:, None], u[:, None]], dim=1) for A, c, u in ((W, b, v), (W2, b2, v2)))
    plain, turned = torch.cdist(first, second) ** 2, torch.cdist(first, -second) ** 2
    rows, columns = linear_sum_assignment(torch.minimum(plain, turned))
    sign = torch.where(turned < plain, -1.0, 1.0)[rows, columns].double()
    near = second[columns] * sign[:, None]
    return near[:, :-2], near[:, -2], near[:, -1]


def greedy(W, b, v, W2, b2, v2):
    S, chosen = W @ W2.T + torch.outer(b, b2) + torch.outer(v, v2), []
    for row in S.abs():
        row[chosen] = -1
        chosen.append(int(row.argmax()))
    sign = S[range(len(b)), chosen].sign()
    return W2[chosen] * sign[:, None], b2[chosen] * sign, v2[chosen] * sign


@pytest.mark.parametrize("answer", [renamed, by_distance])
def test_task_2_accepts_what_is_right(answer):
    assert check.renamed(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda *layers: renamed(*layers, size=False), "large in size and negative"),
        (lambda *layers: renamed(*layers, reverse=False), "large in size and negative"),
        (lambda *layers: renamed(*layers, inverse=True), "wrong direction"),
        (lambda *layers: renamed(*layers, bias=False), "a nearer copy exists"),
        (greedy, "come back"),
        (lambda *layers: layers[:3], "another function"),
        (lambda *layers: layers[3], "Return three tensors"),
    ],
)
def test_task_2_names_the_mistake(answer, words):
    verdict = check.renamed(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def never_turns_back(z):
    steps = z.diff(dim=0)
    return bool((steps @ steps.T >= 0).all())


def by_pairs(z):
    steps = (z[1:] - z[:-1]).numpy()
    return all(float(a @ b) >= 0 for a in steps for b in steps)


@pytest.mark.parametrize("answer", [never_turns_back, by_pairs, lambda z: (z.diff(dim=0) @ z.diff(dim=0).T >= 0).all()])
def test_task_3_accepts_what_is_right(answer):
    assert check.never_turns_back(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda z: bool(((z[1:-1] - z[:-2]) * (z[2:] - z[1:-1])).sum(dim=1).min() >= 0), "not only neighbours"),
        (lambda z: bool((z @ z.T >= 0).all()), "differences of answers"),
        (lambda z: bool((z.diff(dim=0) @ (z[-1] - z[0]) >= 0).all()), "steps with steps"),
        (lambda z: bool(((z - z[-1]).square().sum(dim=1).diff() <= 0).all()), "turns round"),
        (lambda z: bool((z.diff(dim=0) @ z.diff(dim=0).T > 0).all()), "exactly 90 degrees"),
        (lambda z: True, "turns round"),
        (lambda z: False, "never turns"),
        (lambda z: bool((z.diff(dim=0) @ z.diff(dim=0)[0] >= 0).all()), "all pairs compared"),
        (lambda z: 1, "True or False"),
        (lambda z: z.diff(dim=0) @ z.diff(dim=0).T >= 0, "True or False"),
    ],
)
def test_task_3_names_the_mistake(answer, words):
    verdict = check.never_turns_back(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def bezier(A, M, B, t):
    return torch.outer((1 - t) ** 2, A) + torch.outer(2 * t * (1 - t), M) + torch.outer(t**2, B)


def by_lerp(A, M, B, t):
    t = t[:, None]
    return torch.lerp(torch.lerp(A, M, t), torch.lerp(M, B, t), t)


def polygon(A, M, B, t):
    t = t[:, None]
    return torch.where(t < 0.5, torch.lerp(A, M, 2 * t), torch.lerp(M, B, 2 * t - 1))


@pytest.mark.parametrize("answer", [bezier, by_lerp])
def test_task_4_accepts_what_is_right(answer):
    assert check.bezier(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda A, M, B, t: bezier(B, M, A, t), "must be at A"),
        (lambda A, M, B, t: bezier(A, M / 2, B, t), "add up to 1"),
        (polygon, "does not pass through M"),
        (lambda A, M, B, t: bezier(A, M, B, t).detach(), "to be trained"),
        (lambda A, M, B, t: bezier(A, M, B, t)[0], "must have the shape"),
    ],
)
def test_task_4_names_the_mistake(answer, words):
    verdict = check.bezier(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


@pytest.mark.parametrize("name", ["barrier", "renamed", "never_turns_back", "bezier"])
def test_an_untouched_stub_is_not_attempted(name):
    def unfinished(*arguments):
        raise NotImplementedError

    for stub in (lambda *arguments: ..., unfinished, ...):
        assert getattr(check, name)(stub).state == "not attempted yet"
