"""Checks of lesson 3.1's exercises: a critical point by its modes, its index, a way up from anywhere, minima of weighted fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from lmcourse.checks.matrices import pair
from lmcourse.checks.verdict import ask, number, require, task
from lmcourse.checks.way_up import way_up
from lmcourse.checks.weighted_minima import minima
from lmcourse.devices import random_stream

__all__ = ["critical_point", "index", "minima", "way_up"]

SMALL = 1e-8


def _random(shape: tuple[int, int], seed: int) -> Tensor:
    return torch.from_numpy(random_stream(seed).normal(size=shape))


def _cut(M: Tensor, kept: Iterable[int], power: float = 1.0) -> Tensor:
    """The modes `kept` of M, counted from 1, with their strengths to some power."""
    U, s, Vh = torch.linalg.svd(M, full_matrices=False)
    S = [mode - 1 for mode in kept]
    return (U[:, S] * s[S] ** power) @ Vh[S]


@task("Task 1")
def critical_point(answer) -> str:
    """`answer(M, kept, p)` is W1 (p, inputs), W2 (outputs, p): the critical point of 1/2 |W2 W1 - M|^2 with the modes kept."""
    cases = [
        ((5, 5), (1, 2, 4), 3), ((3, 5), (1, 2), 2), ((3, 5), (2,), 3), ((4, 4), (3, 1), 2), ((5, 6), (), 2),
        ((3, 3), (2, 3), 4),
    ]  # fmt: skip
    for seed, (shape, kept, p) in enumerate(cases):
        M = _random(shape, seed + 20)
        outputs, inputs = shape
        called = f"with M {shape}, kept = {kept} and p = {p}"
        given = M.clone()
        W1, W2 = pair(ask(answer, given, kept, p, called=called), ("W1", "W2"), ((p, inputs), (outputs, p)))
        require(torch.equal(given, M), "Your function changes M itself. Let it work on a copy.")
        product, right = W2 @ W1, _cut(M, kept)
        _name_the_product(product, M, kept, called)
        require(
            (product - right).abs().max() < SMALL,
            f"W2 W1 is not M cut down to the modes that are kept, {called}. Modes are numbered from 1, strongest first.",
        )
        E = right - M
        slope = max(float((W2.T @ E).abs().max()), float((E @ W1.T).abs().max()))
        require(
            slope < SMALL,
            f"The product is right, but the gradient is not zero, {called}. Do unused neurons have weights on both "
            "sides that the missing modes can see?",
        )
    return "The modes that were asked for, and a gradient of zero."


def _name_the_product(product: Tensor, M: Tensor, kept: Sequence[int], called: str) -> None:
    modes = range(1, min(M.shape) + 1)
    mistakes = [
        ([mode + 1 for mode in kept if mode < len(modes)], 1.0, "Modes are numbered from 1, rows of Python from 0."),
        (
            [len(modes) + 1 - mode for mode in kept],
            1.0,
            "Mode 1 is the strongest. Yours are numbered from the weakest.",
        ),
        ([mode for mode in modes if mode not in kept], 1.0, "You kept the modes that were to be left out."),
        (kept, 0.0, "The strengths are missing from the product: each mode counts with its singular value."),
        (kept, 2.0, "The strengths count twice: the product of the two layers has each of them once."),
        (kept, 0.5, "The product has the roots of the strengths. If both layers share a strength, each gets its root."),
    ]
    right = _cut(M, kept)
    for wrong, power, words in mistakes:
        found = _cut(M, wrong, power)
        require((found - right).abs().max() < SMALL or (product - found).abs().max() > SMALL, f"{words} ({called})")
    U, s, Vh = torch.linalg.svd(M, full_matrices=False)
    S = [mode - 1 for mode in kept]
    if kept and M.shape[0] == M.shape[1]:
        for wrong in ((U[:, S] * s[S]) @ Vh[:, S].T, (Vh[S].T * s[S]) @ U[:, S].T, (U[S].T * s[S]) @ Vh[S]):
            require(
                (product - wrong).abs().max() > SMALL,
                f"Rows and columns are mixed up: torch.linalg.svd gives the u_i as columns, and the v_i as rows. ({called})",
            )


def _index(strengths: Sequence[float], kept: Sequence[int], p: int) -> int:
    n, r = len(strengths), len(kept)
    left_out = [mode for mode in range(1, n + 1) if mode not in kept]
    return sum(strengths[i - 1] > strengths[j - 1] for i in left_out for j in kept) + (p - r) * (n - r)


@task("Task 2")
def index(answer) -> str:
    """`answer(strengths, kept, p)` is the number of negative Hessian eigenvalues with p hidden neurons, one mode an output."""
    cases = [
        ((4.0, 3.0, 2.0, 1.0), (1, 3), 2), ((4.0, 3.0, 2.0, 1.0), (3, 4), 2), ((4.0, 3.0, 2.0, 1.0), (), 2),
        ((4.0, 3.0, 2.0, 1.0), (2,), 3), ((2.0, 1.0), (1, 2), 2), ((9.0, 4.0, 3.5, 3.0, 0.1), (2, 5), 3),
        ((9.0, 4.0, 3.5, 3.0, 0.1), (5, 1, 4), 3), ((3.0, 2.0, 1.0), (3,), 5), ((3.0, 2.0, 1.0), (1, 2, 3), 5),
        ((7.0, 5.0, 3.0, 2.0, 1.0, 0.5), (2, 4, 6), 4),
    ]  # fmt: skip
    right = [_index(*case) for case in cases]
    given = []
    for strengths, kept, p in cases:
        called = f"with strengths {strengths}, kept = {kept} and p = {p}"
        given.append(number(ask(answer, list(strengths), kept, p, called=called), "The index"))
    require(all(value == round(value) for value in given), "An index is a number of eigenvalues, so it must be whole.")
    sizes = [(len(strengths), len(kept), p) for strengths, kept, p in cases]
    begins = [(p - r) * (n - r) for n, r, p in sizes]
    exchanges = [value - begin for value, begin in zip(right, begins, strict=True)]
    mistakes = [
        (exchanges, "You count the exchanges alone. What can an unused neuron do?"),
        (begins, "You count the beginnings alone. Which learnt modes can be exchanged for stronger ones?"),
        (
            [r * (n - r) + b for (n, r, _), b in zip(sizes, begins, strict=True)],
            "Not every exchange leads down: only one for a stronger mode does.",
        ),
        (
            [r * (n - r) - e + b for (n, r, _), e, b in zip(sizes, exchanges, begins, strict=True)],
            "You count the exchanges that lead up: compare the strengths the other way round.",
        ),
        (
            [e + p - r for (_, r, p), e in zip(sizes, exchanges, strict=True)],
            "Each unused neuron has one way down for every mode that is missing, not one in all.",
        ),
        (
            [e + (p - r) * n for (n, r, p), e in zip(sizes, exchanges, strict=True)],
            "A neuron cannot begin a mode that is learnt already: count the missing modes alone.",
        ),
        (
            [e + 2 * b for e, b in zip(exchanges, begins, strict=True)],
            "The beginnings count twice: a neuron and a missing mode have one negative eigenvalue and one positive.",
        ),
        (
            [e + max(0, min(p, n) - r) * (n - r) for (n, r, p), e in zip(sizes, exchanges, strict=True)],
            "With more hidden neurons than modes the neurons left over are unused as well.",
        ),
    ]
    for wrong, words in mistakes:
        require(given != wrong, words)
    for value, expected, (strengths, kept, p) in zip(given, right, cases, strict=True):
        require(
            value == expected,
            f"The number is off for strengths {strengths}, kept = {kept}, p = {p}. Count exchanges and beginnings there by hand. "
            "(Modes are numbered from 1.)",
        )
    return "Exchanges and beginnings, each counted once."
