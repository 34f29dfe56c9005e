"""The checks of lesson 4.3's exercises: right answers in several styles, and what is said of typical wrong ones."""

import math

import pytest
import torch

import lmcourse as lm

check = lm.checks.quadratic_activation


def slack_matrix(W, x, y, decay):
    error = ((x @ W.T) ** 2).sum(1) - y
    return torch.einsum("i,ia,ib->ab", error, x, x) / len(y) + torch.eye(x.shape[1], dtype=x.dtype) * decay / 2


def by_loops(W, x, y, decay):
    S = decay / 2 * torch.eye(W.shape[1], dtype=torch.float64)
    for sample, label in zip(x, y, strict=True):
        S = S + (float((W @ sample) @ (W @ sample)) - label) * torch.outer(sample, sample) / len(x)
    return S


def by_autograd(W, x, y, decay):
    M = (W.T @ W).requires_grad_(True)
    loss = (((x @ M) * x).sum(1) - y).square().mean() / 2 + decay / 2 * M.trace()
    return torch.autograd.grad(loss, M)[0]


@pytest.mark.parametrize("answer", [slack_matrix, by_loops, by_autograd])
def test_task_1_accepts_what_is_right(answer):
    assert check.slack_matrix(answer).state == "right"


def identity(x):
    return torch.eye(x.shape[1], dtype=x.dtype)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda W, x, y, decay: slack_matrix(W, x, y, 0) * len(x) + decay / 2 * identity(x), "the loss is a mean"),
        (lambda W, x, y, decay: slack_matrix(W, x, y, 0), "weight decay is missing"),
        (lambda W, x, y, decay: slack_matrix(W, x, y, 2 * decay), "twice as much"),
        (lambda W, x, y, decay: slack_matrix(W, x, y, 0) + decay / 2, "diagonal alone"),
        (lambda W, x, y, decay: decay * identity(x) - slack_matrix(W, x, y, decay), "wrong sign"),
        (lambda W, x, y, decay: 2 * slack_matrix(W, x, y, decay / 2), "count twice"),
        (lambda W, x, y, decay: slack_matrix(W, x, y, 2 * decay) / 2, "count half"),
        (lambda W, x, y, decay: 2 * slack_matrix(W, x, y, decay), "without the 2 of the chain rule"),
        (lambda W, x, y, decay: slack_matrix(W, x, 0 * y, decay), "labels have no influence"),
        (lambda W, x, y, decay: slack_matrix(W, x, y.mean(), decay), "stops with TypeError"),
        (lambda W, x, y, decay: slack_matrix(W, x, y.flip(0), decay), "its own error"),
        (lambda W, x, y, decay: slack_matrix(W.T, x, y, decay), "stops with RuntimeError"),
        (lambda W, x, y, decay: slack_matrix(W.T if len(W) == 4 else W, x, y, decay), "columns were taken for neurons"),
        (lambda W, x, y, decay: slack_matrix(W, x, y, decay).triu(), "symmetric"),
        (lambda W, x, y, decay: W.T @ W @ slack_matrix(W, x, y, decay)[:, :2], "must have the shape (3, 3)"),
    ],
)
def test_task_1_names_the_mistake(answer, words):
    verdict = check.slack_matrix(answer)
    assert verdict.state == "not yet" and words in verdict.message


def enough(N, d):
    return min(d, next(n for n in range(1, 1000) if n * (n + 1) / 2 > N))


def by_a_root(N, d):
    return min(d, math.floor((math.sqrt(8 * N + 1) - 1) / 2) + 1)


@pytest.mark.parametrize("answer", [enough, by_a_root, lambda N, d: torch.tensor(enough(N, d))])
def test_task_2_accepts_what_is_right(answer):
    assert check.enough(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda N, d: min(d, next(n for n in range(1, 1000) if n * (n + 1) / 2 >= N)), "wants more than N"),
        (lambda N, d: enough(N, 10**6), "more than d neurons"),
        (lambda N, d: d, "a smaller width is covered"),
        (lambda N, d: min(d, math.ceil(math.sqrt(2 * N))), "a smaller width is covered"),
        (lambda N, d: min(d, math.floor(math.sqrt(2 * N))), "wants more than N"),
        (lambda N, d: enough(N, d) - (N == 4), "neither theorem covers"),
        (lambda N, d: min(d, math.sqrt(2 * N)), "whole number"),
        (lambda N, d: min(d, next(n for n in range(1, 1000) if n * (n - 1) / 2 > N)), "a smaller width is covered"),
    ],
)
def test_task_2_names_the_mistake(answer, words):
    verdict = check.enough(answer)
    assert verdict.state == "not yet" and words in verdict.message


def lowest(S):
    return torch.linalg.eigh(S).eigenvectors[:, 0]


def way_down(W, S):
    return torch.outer(torch.linalg.svd(W).U[:, -1], lowest(S))


def by_eigenvectors(W, S):
    b = torch.linalg.eigh(W @ W.T).eigenvectors[:, 0]
    return -b[:, None] * lowest(S)[None, :]


def by_projection(W, S):
    b = torch.arange(1.0, len(W) + 1, dtype=W.dtype)
    b = b - W @ torch.linalg.pinv(W) @ b
    return torch.outer(b / b.norm(), lowest(S))


def by_hessian(W, S):
    land = lm.experiments.quadratic_activation.landscape(n=len(W), N=28, seed=6)
    return torch.linalg.eigh(land.hessian(W.flatten())).eigenvectors[:, 0].reshape(W.shape)


@pytest.mark.parametrize("answer", [way_down, by_eigenvectors, by_projection, by_hessian])
def test_task_3_accepts_what_is_right(answer):
    assert check.way_down(answer).state == "right"


def with_last_row(W, S):
    Z = torch.zeros_like(W)
    Z[-1] = lowest(S)
    return Z


def steepest_row(S):
    return max(torch.linalg.eigh(S).eigenvectors, key=lambda v: float(v @ S @ v))


def in_place(W, S):
    W[-1] = lowest(S)
    return W


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (with_last_row, "two rows of zeros first"),
        (lambda W, S: 3 * way_down(W, S), "length 1"),
        (lambda W, S: way_down(W, -S), "Your neuron is spare"),
        (lambda W, S: torch.outer(torch.linalg.svd(W).U[:, 0], lowest(S)), "b'W = 0"),
        (lambda W, S: torch.outer(torch.linalg.svd(W).U[:, -1], steepest_row(S)), "as columns"),
        (lambda W, S: torch.outer(torch.linalg.svd(W.T).Vh[:, -1], lowest(S)), "rows of Vh"),
        (lambda W, S: way_down(W, S).T, "must have the shape (4, 12)"),
        (in_place, "changes W itself"),
        (lambda W, S: lowest(S), "must have the shape (4, 12)"),
    ],
)
def test_task_3_names_the_mistake(answer, words):
    verdict = check.way_down(answer)
    assert verdict.state == "not yet" and words in verdict.message


def parts(W, x, y, decay):
    S = slack_matrix(W, x, y, decay)
    loss = ((x @ W.T).square().sum(1) - y).square().mean() / 2 + decay / 2 * W.square().sum()
    return (S * (W.T @ W)).sum(), -torch.linalg.eigvalsh(S)[0], loss


def gap_bound(W, x, y, decay):
    product, negative, loss = parts(W, x, y, decay)
    return product + negative.clamp_min(0) * 2 * loss / decay


def with_a_better_trace(W, x, y, decay):  # two bounds of the same gap: the smaller one is a bound as well
    product, negative, loss = parts(W, x, y, decay)
    return min(float(gap_bound(W, x, y, decay)), float(loss)) if negative > 0 else float(product)


def by_the_gradient(W, x, y, decay):  # <S, M> = <gradient, W> / 2
    land = lm.quadratic_net(len(W), lm.data.Data(x, y), decay=decay, reduction="mean")
    epsilon = max(0.0, -float(land.slack(W.flatten())))
    return float(land.gradient(W.flatten()) @ W.flatten()) / 2 + epsilon * 2 / decay * float(land.loss(W.flatten()))


@pytest.mark.parametrize("answer", [gap_bound, with_a_better_trace, by_the_gradient])
def test_task_4_accepts_what_is_right(answer):
    assert check.gap_bound(answer).state == "right"


def without_product(W, x, y, decay):
    _, negative, loss = parts(W, x, y, decay)
    return negative.clamp_min(0) * 2 * loss / decay


def without_clamp(W, x, y, decay):
    product, negative, loss = parts(W, x, y, decay)
    return product + negative * 2 * loss / decay


def with_half_the_trace(W, x, y, decay):
    product, negative, loss = parts(W, x, y, decay)
    return product + negative.clamp_min(0) * loss / decay


def with_own_trace(W, x, y, decay):
    product, negative, _ = parts(W, x, y, decay)
    return product + negative.clamp_min(0) * W.square().sum()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (without_product, "smaller than the true distance"),
        (without_clamp, "Does epsilon stay at zero"),
        (with_own_trace, "smaller than the true distance"),
        (with_half_the_trace, "0.999 times the end"),
        (lambda W, x, y, decay: 0.0, "At W = 0 your bound"),
        (lambda W, x, y, decay: torch.tensor(math.inf), "came out as inf"),
        (lambda W, x, y, decay: parts(W, x, y, decay)[2], "nothing does better"),
        (lambda W, x, y, decay: 5 * gap_bound(W, x, y, decay), "too wide"),
        (lambda W, x, y, decay: gap_bound(W, x, y, decay) * torch.ones(2), "one number"),
    ],
)
def test_task_4_names_the_mistake(answer, words):
    verdict = check.gap_bound(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


@pytest.mark.parametrize("name", ["slack_matrix", "enough", "way_down", "gap_bound"])
def test_an_untouched_stub_is_not_attempted(name):
    def unfinished(*arguments):
        raise NotImplementedError

    for stub in (lambda *arguments: ..., unfinished, ...):
        assert getattr(check, name)(stub).state == "not attempted yet"
