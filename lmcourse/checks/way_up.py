"""The check of lesson 3.1's task 3: a direction along which the loss of two matrices rises at once, at any point."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from lmcourse.checks.matrices import pair
from lmcourse.checks.verdict import ask, require, task
from lmcourse.devices import random_stream


def _random(shape: tuple[int, int], seed: int) -> Tensor:
    return torch.from_numpy(random_stream(seed).normal(size=shape))


@lru_cache(maxsize=1)
def _places() -> tuple[tuple[str, Tensor, Tensor, Tensor], ...]:
    """(words, W1, W2, M): ordinary points and critical ones, some with zero layers; no fixed direction leads up from all."""
    M, square = _random((3, 4), 31), _random((3, 3), 32)
    U, s, Vh = torch.linalg.svd(M, full_matrices=False)
    zero1, zero2 = torch.zeros(2, 4, dtype=M.dtype), torch.zeros(3, 2, dtype=M.dtype)
    blind = torch.linalg.svd(square)  # W1 = 0, and W2 sees nothing of what is missing along its own column
    wide = torch.linalg.svd(M)  # its last v is an input that M does not see
    places = [
        (f"a random point, number {seed}", _random((2, 4), seed), _random((3, 2), seed + 50), M) for seed in range(4)
    ]
    places += [
        ("the best network", s[:2, None] * Vh[:2], U[:, :2], M),
        ("the saddle of modes 1 and 3", s[[0, 2], None] * Vh[[0, 2]], U[:, [0, 2]], M),
        ("the saddle of mode 2", torch.cat([s[1] * Vh[1:2], zero1[:1]]), torch.cat([U[:, 1:2], zero2[:, :1]], 1), M),
        ("W2 = 0, W1 random", _random((2, 4), 7), zero2, M),
        ("W1 = 0, W2 random", zero1, _random((3, 2), 8), M),
        ("all weights zero", zero1, zero2, M),
        ("all weights zero, another M", zero1, zero2, -M),
        ("all weights zero, a square M", zero1[:, :3], zero2, square),
        ("all weights zero, another square M", zero1[:, :3], zero2, -square),
        ("W1 = 0, one column of W2", zero1[:, :3], torch.cat([blind.U[:, :1], zero2[:, :1]], 1), square),
    ]  # fmt: skip
    # Critical points at which a step that is always the same meets nothing: W2 c = 0, or c' W1 = 0, for a plain c.
    for name, c in (("1, 1", (1.0, 1.0)), ("1, 0", (1.0, 0.0)), ("0, 1", (0.0, 1.0)), ("1, -1", (1.0, -1.0))):
        across = torch.tensor([[-c[1], c[0]]], dtype=M.dtype)  # of c
        W1, W2 = across.T * Vh[:1] / across.square().sum(), s[0] * U[:, :1] * across
        places.append((f"the saddle of mode 1 in a hidden basis in which W2 maps ({name}) to zero", W1, W2, M))
        places.append((f"W2 = 0 and a critical W1, in which ({name}) W1 is zero", across.T * wide.Vh[-1:], zero2, M))
    return tuple(places)


def _terms(W1: Tensor, W2: Tensor, M: Tensor, D1: Tensor, D2: Tensor) -> list[float]:
    """The coefficients of t, t^2, t^3, t^4 in the loss along (D1, D2)."""
    E, first, second = W2 @ W1 - M, W2 @ D1 + D2 @ W1, D2 @ D1
    squares = first.square().sum() / 2 + (E * second).sum()
    return [float(c) for c in ((E * first).sum(), squares, (first * second).sum(), second.square().sum() / 2)]


@task("Task 3")
def way_up(answer) -> str:
    """`answer(W1, W2, M)` is a direction D1, D2 along which the loss rises at once, at any point."""
    for words, W1, W2, M in _places():
        copies = [tensor.clone() for tensor in (W1, W2, M)]
        value = ask(answer, *copies, called=f"at {words}")
        require(
            all(torch.equal(copy, own) for copy, own in zip(copies, (W1, W2, M), strict=True)),
            "Your function changes its arguments. Let it work on copies.",
        )
        D1, D2 = pair(value, ("D1", "D2"), (tuple(W1.shape), tuple(W2.shape)))
        length = float((D1.square().sum() + D2.square().sum()).sqrt())
        require(length > 0, f"At {words} your direction is zero: the point does not move. Is it critical there?")
        require(
            length > 1e-12,
            f"At {words} your direction is zero up to rounding (length {length:.0e}). Is it critical there? Rounding leaves a "
            "gradient that is not exactly 0: compare with a small number, not with 0.",
        )
        terms = _terms(W1, W2, M, D1 / length, D2 / length)
        order, first = next(((k, c) for k, c in enumerate(terms, 1) if abs(c) > 1e-9), (0, 0.0))
        require(
            order,
            f"At {words} the loss does not change at all along your direction. "
            + (
                "Where both layers are zero, one of them alone changes nothing."
                if words.startswith("all")
                else "Which matrix does your step meet, and is their product zero?"
            ),
        )
        power = {1: "t", 2: "t^2", 3: "t^3", 4: "t^4"}[order]
        require(
            first > 0,
            f"At {words} the loss falls along your direction at first: its first term, that of {power}, is negative. "
            + (
                "Which sign of the direction leads up?"
                if order % 2
                else "The opposite direction falls, too: another one is needed."
            ),
        )
    return "Up from everywhere: there is no local maximum."
