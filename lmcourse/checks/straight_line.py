"""Checks of the exercises of lesson 1.4.

Each check calls the learner's function on cases of its own and looks at properties first (an end, a symmetry, a copy that must
come back), then compares. Typical mistakes are recognised by the value that they give.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lmcourse.checks.tanh_layer import answers, clones, distance, nearest, same
from lmcourse.checks.verdict import ask, near, number, require, task, tensor
from lmcourse.devices import random_stream


def _draw(*size: int, seed: int = 0) -> Tensor:
    return torch.from_numpy(random_stream(seed).normal(size=size))


def _chord(loss: Tensor) -> Tensor:
    t = torch.linspace(0, 1, len(loss), dtype=loss.dtype)
    return (1 - t) * loss[0] + t * loss[-1]


@task("Task 1")
def barrier(answer) -> str:
    """`answer(loss)` is the barrier of a path with losses (places,)."""
    downhill = torch.tensor([4.0, 2.0, 1.0, 0.5, 0.0], dtype=torch.float64)  # below its chord
    value = number(
        ask(answer, downhill, called="with losses that fall all the way, below the straight line"), "The barrier"
    )
    require(
        not near(value, 4.0) and not near(value, float((downhill - _chord(downhill)).abs().max())),
        "This path leads downhill all the way and lies below the straight line between its ends, so it has no barrier. "
        "Yours is not zero.",
    )
    require(value > -1e-6, "A barrier is never negative: at both ends the loss lies on the straight line.")
    require(
        near(value, 0.0, 1e-6),
        "This path lies below the straight line between its ends, so it has no barrier. Yours is not zero.",
    )
    for seed, places in ((1, 7), (2, 11)):
        loss = _draw(places, seed=seed).square() + 1
        loss[0], loss[-1] = 2.0, 1.0
        loss[places - 3] = 4.0  # the highest place above the chord lies in the second half
        loss[1] = 4.1
        value = number(ask(answer, loss, called=f"with {places} random losses"), "The barrier")
        right = float((loss - _chord(loss)).max())
        excess = {
            "the mean of the two end losses": loss.max() - (loss[0] + loss[-1]) / 2,
            "the first loss, or the larger of the two": loss.max() - loss[0],
            "the last loss": loss.max() - loss[-1],
            "the lowest loss": loss.max() - loss.min(),
        }
        for name, wrong in excess.items():
            require(
                not near(value, float(wrong)) or near(right, float(wrong)),
                f"You compare the highest loss with {name}. Compare each place with the straight line at that place.",
            )
        require(
            not near(value, float((loss - _chord(loss.flip(0))).max())),
            "Your straight line runs the wrong way: at the first place it must have the first loss.",
        )
        require(
            near(value, right, 1e-6),  # linspace in float32 is good enough
            "The barrier of random losses is off. Is the straight line right at both ends, and the maximum one over all places?",
        )
    return "The barrier is right, for paths that climb and for paths that fall."


@task("Task 2")
def renamed(answer) -> str:
    """`answer(W, b, v, W2, b2, v2)` is the nearest copy of the second tanh layer."""
    W, b, v = _draw(6, 3), _draw(6, seed=1), _draw(6, seed=2)
    given = (W, b, v)
    order = torch.from_numpy(random_stream(3).permutation(6))
    plain = (W[order], b[order], v[order])
    back = _three(ask(answer, *clones(given), *clones(plain), called="with a renamed copy of the first layer"), 6, 3)
    inverse = tuple(part[order] for part in plain)
    require(
        not same(back, inverse) or same(inverse, given),
        "You rename in the wrong direction: neuron j goes to place i, not place j from i. Which of the two does an index in "
        "square brackets do?",
    )
    require(same(back, given), "The second layer was a renamed copy of the first, and yours does not come back to it.")
    signs = torch.tensor([-1.0, 1.0, -1.0, -1.0, 1.0, 1.0], dtype=torch.float64)
    turned = (plain[0] * signs[:, None], plain[1] * signs, plain[2] * signs)
    back = _three(ask(answer, *clones(given), *clones(turned), called="with a renamed and reversed copy"), 6, 3)
    require(
        same(back, given),
        "The second layer was a copy with some neurons reversed, and yours does not come back. A reversed neuron has a "
        "similarity that is "
        "large in size and negative; reverse w, b and v of it alike.",
    )
    for seed in range(10, 16):
        first = _draw(5, 2, seed=seed), _draw(5, seed=seed + 20), _draw(5, seed=seed + 40)
        other = _draw(5, 2, seed=seed + 60), _draw(5, seed=seed + 80), _draw(5, seed=seed + 100)
        copies = clones(first), clones(other)
        found = _three(ask(answer, *copies[0], *copies[1], called="with two unrelated layers"), 5, 2)
        require(
            same(copies[0], first) and same(copies[1], other),
            "Your function changes its arguments. Let it make new tensors.",
        )
        x = _draw(40, 2, seed=seed + 120)
        require(
            torch.allclose(answers(found, x), answers(other, x), rtol=0, atol=1e-9),
            "The network computes another function after yours. What you do to a neuron must be done to its row of W, its b "
            "and its v alike.",
        )
        found_at, best = distance(first, found), distance(first, nearest(first, other))
        require(
            found_at < best + 1e-9,
            "For two unrelated layers a nearer copy exists. Do all of w, b and v enter the similarity, is its size what "
            "counts, and is the total made large?",
        )
    return "Copies come back, and unrelated layers come as near as they can."


@task("Task 3")
def never_turns_back(answer) -> str:
    """`answer(z)` says whether no two steps of z (places, samples) form an angle above 90 degrees."""
    straight = torch.linspace(0, 1, 6, dtype=torch.float64)[:, None] * _draw(1, 4)
    require(_truth(answer, straight, "on a straight path"), "A straight path never turns. Your answer on it is False.")
    corner = torch.tensor([[0.0, 0.0, 5.0], [1.0, 0.0, 5.0], [1.0, 2.0, 5.0]], dtype=torch.float64)
    require(
        _truth(answer, corner, "on a path with one corner of exactly 90 degrees"),
        "A corner of exactly 90 degrees is not above 90. Your answer on it is False.",
    )
    back = torch.tensor([[9.0, 9.0], [10.0, 9.0], [9.5, 9.0]], dtype=torch.float64)
    require(
        not _truth(answer, back, "on a path far from zero that turns round"),
        "This path turns round, though all its answers point the same way, seen from zero. The angles are between steps: "
        "differences of answers.",
    )
    zigzag = torch.tensor([[0.0, 0.0], [1.0, 2.0], [2.0, 0.0], [3.0, 2.0], [4.0, 0.0]], dtype=torch.float64)
    require(
        not _truth(answer, zigzag, "on a zigzag path"),
        "Each step of this zigzag goes forward, seen from the whole way, but two of them form more than 90 degrees. Compare "
        "steps with steps.",
    )
    angles = torch.linspace(0, 2.0, 9, dtype=torch.float64)  # each step turns a little, in all by 115 degrees
    slow = torch.cat(
        [torch.zeros(1, 2, dtype=torch.float64), torch.stack([angles.cos(), angles.sin()], dim=1).cumsum(0)]
    )
    require(
        not _truth(answer, slow, "on a path that turns slowly, by 115 degrees in all"),
        "This path turns slowly, but its last step forms more than 90 degrees with its first. All pairs of steps count, not "
        "only neighbours.",
    )
    angles = torch.linspace(0, 1.5, 9, dtype=torch.float64)  # 86 degrees in all
    bend = torch.stack([angles.cos(), angles.sin()], dim=1).cumsum(0)
    require(
        _truth(answer, bend, "on a path that turns by 86 degrees in all"),
        "All steps of this path are within 86 degrees of each other. Your answer is False. (With arccos, rounding may give "
        "NaN; you need no arccos.)",
    )
    for seed in range(20):
        z = (_draw(5, 3, seed=seed) + (2.0 if seed % 2 else 0.3)).cumsum(0)
        steps = z.diff(dim=0)
        right = bool((steps @ steps.T).min() >= 0)
        require(
            _truth(answer, z, "on random answers") == right,
            "On random answers yours is not right. Are the steps differences of neighbouring rows, and are all pairs compared?",
        )
    return "Right, for slow turns too."


@task("Task 4")
def bezier(answer) -> str:
    """`answer(A, M, B, t)` are the points (places, P) of a quadratic Bezier curve."""
    A, M, B = (_draw(5, seed=seed) for seed in (1, 2, 3))
    t = torch.tensor([0.0, 0.2, 0.5, 0.9, 1.0], dtype=torch.float64)[:4]
    points = tensor(
        ask(answer, A.clone(), M.clone(), B.clone(), t.clone(), called="with P = 5 and four places"),
        (4, 5),
        "The curve",
    )
    require(torch.allclose(points[0], A), "At t = 0 the curve must be at A.")
    require(not torch.allclose(points[2], M), "Halfway the curve does not pass through M: A and B count there, too.")
    require(
        not torch.allclose(points[2], (A + B) / 4 + M / 4) and not torch.allclose(points[2], A / 4 + B / 4 + M),
        "The three factors must add up to 1 at every t. Is there a 2 in the middle one?",
    )
    polygon = torch.where(t[:, None] < 0.5, torch.lerp(A, M, 2 * t[:, None]), torch.lerp(M, B, 2 * t[:, None] - 1))
    require(
        not torch.allclose(points, polygon), "That is a polygon through M. The curve is smooth and does not touch M."
    )
    right = (1 - t)[:, None] ** 2 * A + (2 * t * (1 - t))[:, None] * M + t[:, None] ** 2 * B
    backwards = (1 - t)[:, None] ** 2 * B + (2 * t * (1 - t))[:, None] * M + t[:, None] ** 2 * A
    require(not torch.allclose(points, backwards), "Your curve runs from B to A.")
    require(
        torch.allclose(points, right, rtol=1e-9, atol=1e-9),
        "Some point of the curve is off. Which factors do A, M and B have at t = 0.2?",
    )
    M.requires_grad_()
    points = ask(answer, A, M, B, t, called="with a gradient asked for")
    require(
        isinstance(points, Tensor) and points.requires_grad,
        "Keep to torch, without .detach() or .numpy(): M is to be trained.",
    )
    return "The curve is right. Train its corner in the next cell."


def _truth(answer, z: Tensor, called: str) -> bool:
    value = ask(answer, z.clone(), called=called)
    value = value.item() if getattr(value, "size", None) == 1 or getattr(value, "ndim", 1) == 0 else value
    require(isinstance(value, bool), "Return True or False, one for the whole path.")
    return value


def _three(value, n: int, d: int) -> tuple[Tensor, Tensor, Tensor]:
    require(isinstance(value, (tuple, list)) and len(value) == 3, "Return three tensors: W, b, v.")
    return tuple(
        tensor(part, shape, name)
        for part, shape, name in zip(value, ((n, d), (n,), (n,)), ("W", "b", "v"), strict=True)
    )
