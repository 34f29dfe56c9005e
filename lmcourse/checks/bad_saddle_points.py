"""Points on which the checks of lesson 3.2 try answers: of several depths, most of them in random bases of the hidden layers.

Data types, in words
    layers      W_1, ..., W_L, each (n_h, n_h-1), float64
    C           X Y', inputs times outputs
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import torch
from torch import Tensor

from lmcourse.data import Data
from lmcourse.devices import random_stream
from lmcourse.experiments.plateaus import target
from lmcourse.networks.linear_catalogue import linear_critical_point
from lmcourse.networks.linear_pivots import pivots

Layers = list[Tensor]


@lru_cache(maxsize=1)
def critical_points() -> tuple[tuple[str, Layers, Tensor, bool], ...]:
    """(words, layers, C = X Y', tightened or not): points of several depths, some in random bases."""
    found = []

    def add(words: str, layers: Layers, data: Data) -> None:
        found.append((words, layers, data.x.mT @ data.y, all(pivot.tightened for pivot in pivots(layers, data))))

    small, zero, one = target(2, 1), torch.zeros(2, 2).double(), torch.diag(torch.tensor([1.0, 0])).double()
    full = torch.tensor([[1.0, 0.5], [-0.5, 1.0]]).double()
    add("C of the lesson", [2 * one, one, one], small)
    add("B of the lesson", [2 * one, torch.eye(2).double(), one], small)
    add("A of the lesson", [2 * one, one], small)
    add("three layers of zeros", [zero] * 3, small)
    add("three layers, the first two zero", [zero, zero, full], small)
    add("three layers, the last two zero", [full, zero, zero], small)
    first, second = torch.tensor([[1.0, 0], [0, 0]]).double(), torch.tensor([[0, 0], [1.0, 0]]).double()
    crossed = Data(torch.eye(2).double(), torch.tensor([[0, 2.0], [1.0, 0]]).double().mT)  # X Y' off the diagonal
    add("four layers, the middle two zero", [first, zero, zero, second], crossed)
    reads, writes = torch.zeros(2, 4).double(), torch.zeros(4, 2).double()
    reads[0, 2] = writes[3, 0] = 1.0  # W_1 C W_4 is C[2, 3], whatever the ranks of W_1 and W_4
    for extra, words in (
        ((2, 2), "a diagonal X Y'"),
        ((3, 2), "an X Y' that is not symmetric"),
        ((2, 3), "another such X Y'"),
    ):
        C = torch.diag(torch.tensor([4.0, 3, 2, 1])).double()
        C[extra] += 1.5
        add(
            f"four layers, the middle two zero, with {words}",
            [reads, zero, zero, writes],
            Data(torch.eye(4).double(), C),
        )
    blocked = [[1.0, 0, 0], [1.0, 1, 0], [1.0, 0, 1], [1.0, 0, 0]]
    layers = [torch.diag(torch.tensor(diagonal)).double() for diagonal in blocked]
    add("four layers with a path that is blocked", [2 * layers[0], *layers[1:]], target(2, 1, 0.5))
    for seed, (widths, kept, paths) in enumerate(
        [
            ((4, 3, 3, 4), (1,), 0), ((4, 3, 3, 4), (1,), 1), ((5, 4, 3, 4, 3), (1, 2), 0), ((5, 4, 3, 4, 3), (1,), 2),
            ((4, 4, 4, 4, 4, 4), (1, 2), 0), ((4, 4, 4, 4, 4, 4), (1, 2), 1),
        ]
    ):  # fmt: skip
        data = _gaussian(widths[0], widths[-1], seed)
        words = f"a network {'-'.join(map(str, widths))} with random bases, {len(kept)} learnt, {paths} free paths"
        add(words, _changed(_catalogue_point(widths, data, kept, paths), seed), data)
    return tuple(found)


@lru_cache(maxsize=1)
def saddles() -> tuple[tuple[str, Layers, Tensor], ...]:
    """(words, layers, target): bad saddles for unit vectors as inputs, the last ones in random bases."""
    one, other = torch.diag(torch.tensor([1.0, 0])).double(), torch.diag(torch.tensor([2.0, 1.0])).double()
    narrow = [torch.zeros(n, m).double() for m, n in ((3, 2), (2, 4), (4, 3))]
    found = [("three layers of zeros, widths 3-2-4-3", narrow, torch.from_numpy(random_stream(5).normal(size=(3, 3))))]
    found.append(("C of the lesson", [2 * one, one, one], other))
    found.append(
        ("four layers of zeros", [torch.zeros(3, 3).double()] * 4, -torch.diag(torch.tensor([3.0, 2, 1])).double())
    )
    for seed, (widths, kept) in enumerate(
        [((3, 3, 3, 3), (1,)), ((4, 3, 3, 4), (1, 2)), ((4, 3, 4, 2, 3), (1,)), ((3, 4, 3, 4, 3, 3), (1,))]
    ):
        draw = random_stream(seed + 20)
        Y = torch.from_numpy(draw.normal(size=(widths[-1], widths[0])))
        data = Data(torch.eye(widths[0]).double(), Y.mT.contiguous())
        words = f"a network {'-'.join(map(str, widths))} in random bases that has learnt {len(kept)}"
        found.append((words, _changed(_catalogue_point(widths, data, kept, 0), seed + 30), Y))
    return tuple(found)


# ----------------------------------------------------------------------------------------------- random bases


def _changed(layers: Layers, seed: int) -> Layers:
    """The same function with other bases in the hidden layers: W_h becomes G_h W_h G_(h-1)^-1."""
    draw, before, found = random_stream(seed), None, []
    for W in layers:
        last = len(found) == len(layers) - 1
        left, right = (torch.linalg.qr(torch.from_numpy(draw.normal(size=(len(W), len(W))))).Q for _ in range(2))
        G = torch.eye(len(W)).double() if last else left @ torch.diag(torch.linspace(0.7, 1.5, len(W)).double()) @ right
        found.append(G @ W if before is None else G @ W @ torch.linalg.inv(before))
        before = G
    return found


def _catalogue_point(widths: tuple[int, ...], data: Data, kept: tuple[int, ...], paths: int) -> Layers:
    theta, layers, start = linear_critical_point(widths, data, kept, paths).theta, [], 0
    for inputs, n in pairwise(widths):
        layers.append(theta[start : start + n * inputs].reshape(n, inputs))
        start += n * inputs
    return layers


def _gaussian(inputs: int, outputs: int, seed: int) -> Data:
    draw = random_stream(seed)
    return Data(*(torch.from_numpy(draw.normal(size=(20, n))) for n in (inputs, outputs)))
