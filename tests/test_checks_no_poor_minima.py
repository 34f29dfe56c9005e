"""The checks of lesson 3.1's exercises: right answers in several styles, and what is said of typical wrong ones."""

import numpy as np
import pytest
import torch

import lmcourse as lm

check = lm.checks.no_poor_minima


# ----------------------------------------------------------------------------------------------- task 1


def critical_point(M, kept, p):
    U, s, Vh = torch.linalg.svd(M, full_matrices=False)
    W1, W2 = M.new_zeros(p, M.shape[1]), M.new_zeros(M.shape[0], p)
    for place, mode in enumerate(kept):
        W1[place], W2[:, place] = s[mode - 1] ** 0.5 * Vh[mode - 1], s[mode - 1] ** 0.5 * U[:, mode - 1]
    return W1, W2


def by_numpy(M, kept, p):
    U, s, Vh = np.linalg.svd(M.numpy(), full_matrices=True)
    S = np.array(kept, dtype=int) - 1
    W2 = np.zeros((M.shape[0], p))
    W1 = np.zeros((p, M.shape[1]))
    W2[:, p - len(S) :], W1[p - len(S) :] = U[:, S] * s[S], Vh[S]
    return W1, W2


def by_projection(M, kept, p):
    columns = torch.linalg.eigh(M @ M.T).eigenvectors.flip(1)[:, [mode - 1 for mode in kept]]
    pad = p - columns.shape[1]
    W2 = torch.cat([columns, M.new_zeros(len(M), pad)], dim=1)
    return [W2.T @ M, W2]


def in_another_basis(M, kept, p):
    W1, W2 = critical_point(M, kept, p)
    C = torch.eye(p, dtype=M.dtype) + 0.3 * torch.ones(p, p, dtype=M.dtype).tril()
    return C @ W1, W2 @ torch.linalg.inv(C)


def with_harmless_input_weights(M, kept, p):
    Vh = torch.linalg.svd(M).Vh
    W1, W2 = critical_point(M, kept, p)
    if M.shape[1] > M.shape[0]:
        W1[len(kept) :] = Vh[-1]  # no mode of M sees this input
    return W1, W2


ANSWERS = [critical_point, by_numpy, by_projection, in_another_basis, with_harmless_input_weights]


@pytest.mark.parametrize("answer", ANSWERS)
def test_task_1_accepts_what_is_right(answer):
    verdict = check.critical_point(answer)
    assert verdict.state == "right", verdict


def scaled(power):
    def answer(M, kept, p):
        U, s, Vh = torch.linalg.svd(M, full_matrices=False)
        W1, W2 = M.new_zeros(p, M.shape[1]), M.new_zeros(M.shape[0], p)
        S = [mode - 1 for mode in kept]
        W1[: len(S)], W2[:, : len(S)] = s[S, None] ** power * Vh[S], U[:, S]
        return W1, W2

    return answer


def shifted(M, kept, p):
    return critical_point(M, [mode + 1 for mode in kept if mode < min(M.shape)], p)


def from_the_weakest(M, kept, p):
    return critical_point(M, [min(M.shape) + 1 - mode for mode in kept], p)


def left_out(M, kept, p):
    others = [mode for mode in range(1, min(M.shape) + 1) if mode not in kept]
    return critical_point(M, others[:p], p)


def rows_for_columns(M, kept, p):
    U, s, Vh = torch.linalg.svd(M, full_matrices=False)
    W1, W2 = M.new_zeros(p, M.shape[1]), M.new_zeros(M.shape[0], p)
    for place, mode in enumerate(kept):
        W1[place], W2[:, place] = s[mode - 1] * Vh.T[mode - 1, : M.shape[1]], U[:, mode - 1]
    return W1, W2


def unused_neuron_sees(M, kept, p):
    W1, W2 = critical_point(M, kept, p)
    W1[len(kept) :] = 1.0
    return W1, W2


def single(M, kept, p):
    W1, W2 = critical_point(M, kept, p)
    return W1.float(), W2.float()


def in_place(M, kept, p):
    found = critical_point(M, kept, p)
    M.zero_()
    return found


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (shifted, "numbered from 1"),
        (from_the_weakest, "numbered from the weakest"),
        (left_out, "to be left out"),
        (scaled(0), "strengths are missing"),
        (scaled(2), "strengths count twice"),
        (scaled(0.5), "roots of the strengths"),
        (rows_for_columns, "Rows and columns are mixed up"),
        (unused_neuron_sees, "the gradient is not zero"),
        (single, "single precision"),
        (in_place, "changes M itself"),
        (lambda M, kept, p: critical_point(M, kept, p)[::-1], "other order"),
        (lambda M, kept, p: critical_point(M, kept, p)[0], "Return two matrices"),
        (lambda M, kept, p: critical_point(M, kept, len(kept)), "must have the shape"),  # forgets unused neurons
        (lambda M, kept, p: critical_point(M, (1, 2)[:p], p), "not M cut down"),
        (lambda M, kept, p: critical_point(M, kept, 3), "must have the shape"),
    ],
)
def test_task_1_names_the_mistake(answer, words):
    verdict = check.critical_point(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


# ----------------------------------------------------------------------------------------------- task 2


def index(strengths, kept, p):
    n, r = len(strengths), len(kept)
    better = [
        (i, j) for j in kept for i in range(1, j) if i not in kept
    ]  # strongest first: a smaller number is stronger
    return len(better) + (p - r) * (n - r)


def by_the_hessian(strengths, kept, p):
    n = len(strengths)
    data = lm.data.Data(torch.eye(n).double(), torch.diag(torch.tensor(strengths).double()))
    theta = lm.linear_critical_point((n, p, n), data, kept).theta
    return int((torch.linalg.eigvalsh(lm.deep_linear((n, p, n), data).hessian(theta)) < -1e-9).sum())


def of_the_library(strengths, kept, p):
    n = len(strengths)
    data = lm.data.Data(torch.eye(n).double(), torch.diag(torch.tensor(strengths).double()))
    return torch.tensor(lm.linear_critical_point((n, p, n), data, kept).index)


@pytest.mark.parametrize("answer", [index, by_the_hessian, of_the_library])
def test_task_2_accepts_what_is_right(answer):
    verdict = check.index(answer)
    assert verdict.state == "right", verdict


def exchanges(strengths, kept, p):
    return index(strengths, kept, len(kept))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (exchanges, "exchanges alone"),
        (lambda s, kept, p: (p - len(kept)) * (len(s) - len(kept)), "beginnings alone"),
        (lambda s, kept, p: p * (len(s) - len(kept)), "Not every exchange"),
        (lambda s, kept, p: p * (len(s) - len(kept)) - exchanges(s, kept, p), "lead up"),
        (lambda s, kept, p: exchanges(s, kept, p) + p - len(kept), "for every mode that is missing"),
        (lambda s, kept, p: exchanges(s, kept, p) + (p - len(kept)) * len(s), "learnt already"),
        (lambda s, kept, p: 2 * index(s, kept, p) - exchanges(s, kept, p), "count twice"),
        (lambda s, kept, p: index(s, kept, max(len(kept), min(p, len(s)))), "left over"),
        (lambda s, kept, p: index(s, tuple(k + 1 for k in kept), p), "off for strengths"),
        (lambda s, kept, p: index(s, kept, p) + 0.5, "whole"),
        (lambda s, kept, p: index(s, kept, p) if len(s) == 4 else 0, "off for strengths"),
    ],
)
def test_task_2_names_the_mistake(answer, words):
    verdict = check.index(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


# ----------------------------------------------------------------------------------------------- task 3


def landscape_of(M):
    return lambda p: lm.deep_linear((M.shape[1], p, M.shape[0]), lm.data.Data(torch.eye(M.shape[1]).double(), M.T))


def by_the_steepest_eigenvector(W1, W2, M):
    land = landscape_of(M)(len(W1))
    theta = land.pack(W1=W1, W2=W2)
    v = torch.linalg.eigh(land.hessian(theta)).eigenvectors[:, -1]
    v = v if float(v @ land.gradient(theta)) >= 0 else -v
    return tuple(land.unpack(v).values())


def by_trying(W1, W2, M):
    def loss(A, B):
        return 0.5 * (B @ A - M).square().sum()

    generator = torch.Generator().manual_seed(0)
    for _ in range(2000):
        D1, D2 = (torch.randn(W.shape, generator=generator, dtype=W.dtype) for W in (W1, W2))
        if all(loss(W1 + t * D1, W2 + t * D2) > loss(W1, W2) + 1e-12 for t in (1e-4, 1e-3, 1e-2)):
            return D1.numpy(), D2.numpy()
    return None


def by_cases(W1, W2, M):
    E = W2 @ W1 - M
    G1, G2 = W2.T @ E, E @ W1.T
    if max(float(G1.abs().max()), float(G2.abs().max())) > 1e-6:
        return G1, G2
    if float(W2.abs().max()) > 1e-9:
        return W2.T @ torch.randn(M.shape, dtype=M.dtype, generator=torch.Generator().manual_seed(1)), 0 * W2
    if float(W1.abs().max()) > 1e-9:
        return 0 * W1, torch.randn(M.shape, dtype=M.dtype, generator=torch.Generator().manual_seed(1)) @ W1.T
    D1, D2 = torch.zeros_like(W1), torch.zeros_like(W2)
    D1[0], D2[:, 0] = -M.abs().max() * torch.sign(M.sum(0)), M.sum(1)
    return (D1, D2) if float((D2 @ D1 * M).sum()) < 0 else (-D1, D2)


def gradient(W1, W2, M):
    return W2.T @ (W2 @ W1 - M), (W2 @ W1 - M) @ W1.T


def gradient_or_first_layer(W1, W2, M):
    G1, G2 = gradient(W1, W2, M)
    return (G1, G2) if float(G1.abs().max()) > 1e-9 or float(G2.abs().max()) > 1e-9 else (torch.ones_like(W1), 0 * W2)


def one_sign(W1, W2, M):
    return (W2.T @ torch.ones_like(M), 0 * W2)


def unless_critical(step1, step2, both):
    """The gradient; at a critical point a step that is always the same: of W1, of W2 where W2 is zero, of both."""

    def answer(W1, W2, M):
        G1, G2 = gradient(W1, W2, M)
        if max(float(G1.abs().max()), float(G2.abs().max())) > 1e-9:
            return G1, G2
        D1, D2 = step1(torch.zeros_like(W1)), step2(torch.zeros_like(W2))
        if float(W2.abs().max()) > 0:
            return D1, 0 * D2
        if float(W1.abs().max()) > 0:
            return 0 * D1, D2
        return (both * D1, D2) if both else by_cases(W1, W2, M)

    return answer


def ones(W):
    return W + 1


def corner(W):
    W[0, 0] = 1
    return W


def checkered(W):
    signs = 1 - 2 * (torch.arange(max(W.shape)) % 2).to(W.dtype)
    return W + (signs[: W.shape[0], None] if W.shape[0] == 2 else signs[: W.shape[1]])


def seeded(W):
    return torch.randn(W.shape, dtype=W.dtype, generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize(
    "answer", [by_the_steepest_eigenvector, by_trying, by_cases, unless_critical(seeded, seeded, 0)]
)
def test_task_3_accepts_what_is_right(answer):
    verdict = check.way_up(answer)
    assert verdict.state == "right", verdict


def away(W1, W2, M):
    D1, D2 = by_cases(W1, W2, M)
    return (-D1, D2) if float(W1.abs().max() + W2.abs().max()) == 0 else (D1, D2)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (gradient, "Is it critical there?"),
        (lambda W1, W2, M: tuple(1e-15 * torch.ones_like(W) for W in (W1, W2)), "is zero up to rounding"),
        (lambda W1, W2, M: tuple(-G for G in gradient(W1, W2, M)), "falls along your direction"),
        (gradient_or_first_layer, "does not change at all"),
        (one_sign, "Which sign"),
        (away, "opposite direction falls, too"),
        (unless_critical(ones, ones, 1), "falls along your direction"),  # right where both matrices are zero, for one M
        (unless_critical(seeded, seeded, 1), "falls along your direction"),
        (unless_critical(seeded, seeded, -1), "falls along your direction"),
        (unless_critical(ones, seeded, 0), "does not change at all"),  # W2 @ ones is zero at some saddle
        (unless_critical(corner, seeded, 0), "does not change at all"),
        (unless_critical(checkered, seeded, 0), "does not change at all"),
        (unless_critical(seeded, ones, 0), "does not change at all"),  # ones @ W1 is zero at some critical W1
        (unless_critical(seeded, corner, 0), "does not change at all"),
        (unless_critical(seeded, checkered, 0), "does not change at all"),
        (lambda W1, W2, M: gradient(W1, W2, M)[::-1], "other order"),
        (lambda W1, W2, M: tuple(G.float() for G in gradient(W1, W2, M)), "single precision"),
        (lambda W1, W2, M: (W1.zero_() + 1, W2), "changes its arguments"),
        (
            lambda W1, W2, M: (torch.zeros_like(W1), torch.zeros_like(W2)),
            "your direction is zero: the point does not move",
        ),
    ],
)
def test_task_3_names_the_mistake(answer, words):
    verdict = check.way_up(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


# ----------------------------------------------------------------------------------------------- task 4


def minima(M, weights, points=2000):
    angles = torch.arange(points, dtype=torch.float64) * torch.pi / points
    u = torch.stack([angles.cos(), angles.sin()], dim=1)
    v = (u @ (weights * M)) / (u**2 @ weights)
    loss = (weights * (u[:, :, None] * v[:, None, :] - M) ** 2).sum((1, 2))
    before, behind = loss.roll(1), loss.roll(-1)
    return int(((loss < before) & (loss < behind)).sum())


def by_loops(M, weights):
    M, weights, losses = M.numpy(), weights.numpy(), []
    for angle in np.linspace(-1.0, np.pi - 1.0, 700, endpoint=False):
        u, loss = (np.cos(angle), np.sin(angle)), 0.0
        for j in range(M.shape[1]):
            top = sum(weights[i, j] * u[i] * M[i, j] for i in range(2))
            v = top / sum(weights[i, j] * u[i] ** 2 for i in range(2))
            loss += sum(weights[i, j] * (u[i] * v - M[i, j]) ** 2 for i in range(2))
        losses.append(loss)
    return sum(losses[k] < losses[k - 1] and losses[k] < losses[(k + 1) % 700] for k in range(700))


def by_slopes(M, weights):
    angles = np.arange(1500) * np.pi / 1500 + 0.7
    u = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    m, w = M.numpy(), weights.numpy()
    v = (u @ (w * m)) / (u**2 @ w)
    loss = (w * (u[:, :, None] * v[:, None] - m) ** 2).sum((1, 2))
    rises = np.diff(np.append(loss, loss[0])) > 0
    return int((rises & ~np.roll(rises, 1)).sum())


@pytest.mark.parametrize("answer", [minima, by_loops, by_slopes])
def test_task_4_accepts_what_is_right(answer):
    verdict = check.minima(answer)
    assert verdict.state == "right", verdict


def scan(M, weights, turn=1.0, closed=True, best=True, loss_weights=True):
    points = round(2000 * turn)
    angles = torch.arange(points, dtype=torch.float64) * torch.pi / 2000
    u = torch.stack([angles.cos(), angles.sin()], dim=1)
    v = (u @ (weights * M)) / (u**2 @ weights) if best else u @ M
    outer = weights if loss_weights else torch.ones_like(M)
    loss = (outer * (u[:, :, None] * v[:, None, :] - M) ** 2).sum((1, 2))
    low = (loss < loss.roll(1)) & (loss < loss.roll(-1))
    return int((low if closed else low[1:-1]).sum())


def losses_at(angles, M, weights):
    u = torch.stack([angles.cos(), angles.sin()], dim=1)
    v = (u @ (weights * M)) / (u**2 @ weights)
    return (weights * (u[:, :, None] * v[:, None, :] - M) ** 2).sum((1, 2))


def both_ends(M, weights):
    loss = losses_at(torch.linspace(0, torch.pi, 1001, dtype=torch.float64), M, weights)
    return int(((loss < loss.roll(1)) & (loss < loss.roll(-1))).sum())


def open_from(M, weights, start):
    loss = losses_at(start + torch.arange(1000, dtype=torch.float64) * torch.pi / 1000, M, weights)
    return int(((loss < loss.roll(1)) & (loss < loss.roll(-1)))[1:-1].sum())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda M, w: scan(M, w, turn=2), "counted twice"),
        (lambda M, w: scan(M, torch.ones_like(w)), "without the weights"),
        (lambda M, w: scan(M, w, best=False), "not in the best v"),
        (lambda M, w: scan(M, w, closed=False), "ends of the scan"),
        (lambda M, w: scan(M, w, turn=0.5, closed=False), "cases are off"),
        (lambda M, w: 1, "without the weights"),
        (lambda M, w: minima(M, w, points=6), "cases are off"),
        (lambda M, w: minima(M, w, points=20), "some valleys are narrow"),
        (lambda M, w: minima(M, w, points=50), "some valleys are narrow"),
        (both_ends, "scan only one of them"),
        (lambda M, w: open_from(M, w, 0.3), "are off"),
        (lambda M, w: open_from(M, w, -np.pi / 2), "are off"),
        (lambda M, w: open_from(M, w, 1.0), "are off"),
        (lambda M, w: torch.ones(2), "one number"),
        (lambda M, w: minima(M, w**2), "cases are off"),
    ],
)
def test_task_4_names_the_mistake(answer, words):
    verdict = check.minima(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


@pytest.mark.parametrize("name", ["critical_point", "index", "way_up", "minima"])
def test_an_untouched_stub_is_not_attempted(name):
    def unfinished(*arguments):
        raise NotImplementedError

    for stub in (lambda *arguments: ..., unfinished, ...):
        assert getattr(check, name)(stub).state == "not attempted yet"
