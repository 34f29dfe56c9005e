"""Checks of the exercises of lesson 2.1.

Each check calls the learner's function on points of its own, looks for the values that typical mistakes give, and compares
with the library last.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import torch
from torch import Tensor

from lmcourse.certificates import Certificate
from lmcourse.checks.verdict import ask, near, number, require, task, tensor
from lmcourse.data import Data, ten_points
from lmcourse.experiments import ten_points as experiment
from lmcourse.initialisations import starts
from lmcourse.networks.landmarks import landmark
from lmcourse.networks.sigmoid import mirror, sigmoid_mlp
from lmcourse.training import train

THETA = (0.9, -0.4, 0.3, 1.2, -0.5, 0.7, 1.6, -2.1, 0.35)
X = ((1.5, -0.5), (-2.0, 0.25), (0.5, 1.0), (-1.0, -1.5))
Y = (1.0, 0.0, 0.0, 1.0)


def _network(x: Tensor, y: Tensor, loss: str = "log"):
    return sigmoid_mlp([2, 2, 1], Data(x, y), loss)


def _double(values) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


@task("Task 1")
def log_loss(answer) -> str:
    """`answer(theta, x, y)` is the log loss of the 2-2-1 network, summed over the points."""
    theta, x, y = _double(THETA), _double(X), _double(Y)
    value = number(ask(answer, theta, x, y, called="with theta (9,), x (4, 2) and y (4,)"), "The loss")
    right, N = float(_network(x, y).loss(theta)), len(y)
    turned, bare = theta[[0, 2, 1, 3, 4, 5, 6, 7, 8]], theta.clone()
    bare[8] = 0
    linear = x @ theta[:4].reshape(2, 2).T + theta[4:6]
    mistakes = (
        (right / N, "Your loss is the mean over the points. Here the points are summed."),
        (-right, "The sign is that of a likelihood: the loss is minus the logarithm, so that it is positive."),
        (float(_network(x, 1 - y).loss(theta)), "The two classes are exchanged: s(o) is the probability of class 1."),
        (float(_network(x, y, "squared").loss(theta)), "This is the squared loss. The log loss takes logarithms of probabilities."),
        (right / torch.log(_double(2.0)).item(), "The logarithm is to base 2; the natural one is meant."),
        (float(_network(x, y).loss(turned)), "Rows and columns of a are exchanged: row j belongs to neuron j."),
        (float(_network(x, y).loss(bare)), "The output bias c is missing."),
        (_of_logits(linear @ theta[6:8] + theta[8], y), "The hidden neurons are linear in your function: where is their s?"),
        (_only(theta, x, y, 1), "Only the points of class 1 count in your sum. The others need a term as well."),
        (_only(theta, x, y, 0), "Only the points of class 0 count in your sum. The others need a term as well."),
    )  # fmt: skip
    for wrong, message in mistakes:
        require(not near(value, wrong), message)
    require(
        near(value, right),
        "The value is off, and not in one of the usual ways. Compare term by term: o, s(o), the logarithm.",
    )
    ten, far = ten_points(), landmark("ten points, log, all right").theta
    other = number(ask(answer, far, ten.x, ten.y), "The loss")
    require(
        near(other, float(_network(ten.x, ten.y).loss(far))),
        "With four points it is right, with ten not: is N taken from x?",
    )
    for factor, y in ((200.0, ten.y), (200.0, 1 - ten.y)):
        large = far.clone()
        large[6:] *= factor
        value = torch.as_tensor(ask(answer, large, ten.x, y, called="with large weights"))
        require(
            bool(torch.isfinite(value).all()),
            f"With output weights {factor:g} times as large the loss comes out as {value}: a probability was rounded to 0 "
            "before its logarithm was taken. Take the logarithm of s in one go.",
        )
        require(
            near(float(value), float(_network(ten.x, y).loss(large)), 1e-6),
            "With large weights the value is not exact. Are probabilities or logarithms cut off (clamp, an added epsilon, "
            "binary_cross_entropy of s(o))? Take the logarithm of s in one go.",
        )
    return "Values, labels and large weights agree."


def _of_logits(o: Tensor, y: Tensor) -> float:
    return float(-torch.nn.functional.logsigmoid(torch.where(y == 1, o, -o)).sum())


def _only(theta: Tensor, x: Tensor, y: Tensor, label: int) -> float:
    return float(_network(x[y == label], y[y == label]).loss(theta))


@task("Task 2")
def reverse(answer) -> str:
    """`answer(theta, j)` is the copy of a 2-2-1 network with hidden neuron j reversed."""
    theta, data = _double(THETA), ten_points()
    land = _network(data.x, data.y)
    for j in (0, 1):
        given = theta.clone()
        copy = tensor(ask(answer, given, j, called=f"with theta (9,) and j = {j}"), (9,), "The copy")
        require(torch.equal(given, theta), "Your function changes theta itself. Let it work on a copy: theta.clone().")
        right, moved = mirror(land, theta, [j]), (copy - theta).abs() > 1e-12
        require(bool(moved.any()), "The copy is theta itself: nothing is reversed.")
        require(
            not torch.allclose(copy, mirror(land, theta, [1 - j]))
            and not torch.allclose(copy, mirror(land, theta, [0, 1])),
            f"With j = {j} another neuron is reversed, or both. Which positions belong to neuron j?",
        )
        exchanged = [theta[[2, 3, 0, 1, 5, 4, 7, 6, 8]], right[[2, 3, 0, 1, 5, 4, 7, 6, 8]]]
        require(
            not any(torch.allclose(copy, other) for other in exchanged),
            "The two neurons have changed places. That leaves the network as it is, too, but here each stays at its own.",
        )
        mine, owner = [2 * j, 2 * j + 1, 4 + j, 6 + j], ("w_j", "w_j", "b_j", "v_j")
        for position, name in zip(mine, owner, strict=True):
            require(
                near(float(copy[position]), -float(theta[position])),
                f"With j = {j} the sign of {name} is not changed everywhere.",
            )
        others = [i for i in range(8) if i not in mine]
        require(torch.allclose(copy[others], theta[others]), f"With j = {j} the other neuron must stay as it is.")
        require(moved[8], "The outputs have all moved by a constant. What takes it up? Multiply out v (1 - s(-t)).")
        require(
            near(float(copy[8]), float(right[8])),
            "c moves, but not to where the outputs stay as they are. Check sign and factor: what is added to c, from before or "
            "after the change of sign?",
        )
        require(
            (land.outputs(copy) - land.outputs(theta)).abs().max() < 1e-12, "The network answers otherwise than before."
        )
    return "Other weights, the same network."


@lru_cache
def _losses(scale: float, scheme: str = "normal") -> Tensor:
    land = experiment.network()
    return train(land, starts(land, range(100), scheme=scheme, scale=scale), lr=0.1, max_steps=8000).loss


@task("Task 3")
def trapped_runs(answer) -> str:
    """`answer(scale)` counts trapped runs of 100 from starts N(0, scale^2)."""
    scales = (0.5, 1.5)
    counts = [number(ask(answer, scale, called=f"with scale = {scale}"), "The count") for scale in scales]
    right = [experiment.count_trapped(_losses(scale)).failed for scale in scales]
    require(
        all(count == round(count) for count in counts), "The answer must be a count, a whole number of the 100 runs."
    )
    require(counts != [100 - count for count in right], "You have counted the runs that are not trapped.")
    mistakes = (
        (lambda loss: loss < 5.8725 + 0.002, "All runs at a lower loss are counted as well. Within 0.002 means on both sides."),
        (lambda loss: loss > 5.8725 - 0.002, "All runs at a higher loss are counted as well. Within 0.002 means on both sides."),
        (lambda loss: (loss - 5.8725).abs() < 2, "The window is too wide: 0.002 on either side."),
    )  # fmt: skip
    for rule, message in mistakes:
        require(counts == right or counts != [int(rule(_losses(scale)).sum()) for scale in scales], message)
    require(counts[0] != counts[1], "Your count does not depend on the scale: is it handed on to lm.starts?")
    uniform = (
        [experiment.count_trapped(_losses(scale, "uniform")).failed for scale in scales] if counts != right else None
    )
    require(counts == right or counts != uniform, 'The starts are uniform. Normal ones are asked for: scheme="normal".')
    require(
        counts == right,
        "The count is off. Are the seeds range(100), lr=0.1, max_steps=8000 and the loss within 0.002 of 5.8725?",
    )
    return "Both counts agree. Now look at the other scales."


@task("Task 4")
def proof_after(answer) -> str:
    """`answer(number, shift)` is the certificate of the trap when a point has moved."""
    before = ten_points().x
    cases = {
        "stays": (1, (0.0, 0.0)),
        "near": (1, (0.25, 0.0)),
        "up": (6, (0.0, 0.4)),
        "left": (4, (-0.1, 0.0)),
        "far": (1, (1.0, 0.0)),
        "sensitive": (8, (0.5, 0.0)),
    }
    proved = {}
    for name, (point, shift) in cases.items():
        proof = ask(answer, point, shift, called=f"with number = {point} and shift = {shift}")
        require(
            isinstance(proof, Certificate),
            f"The answer must be the certificate itself, as it comes from `lm.certify`, but a {type(proof).__name__} came. "
            "A loss that looks right and the word of `lm.classify` are no proofs.",
        )
        require(
            torch.equal(ten_points().x, before), "Your function changes the ten points for everybody. Use x.clone()."
        )
        _require_place(proof, before, point, shift)
        proved[name] = proof.proved
    require(
        proved["stays"],
        "Without any move the trap is where it was, and its proof is easy. Does lm.certify get theta as (9,)?",
    )
    require(
        proved["near"] or proved["up"] or proved["left"],
        "Once a point moves you never find a proof. Is theta refined on the new landscape?",
    )
    require(proved["near"] and proved["up"] and proved["left"], "A trap is lost too early. From where do you refine?")
    return "The trap is followed, and proved, as far as it exists."


def _require_place(proof: Certificate, before: Tensor, point: int, shift: tuple[float, float]) -> None:
    """Whether a certificate speaks of a strict minimum of the log loss on the ten points, with `point` moved by `shift`."""
    model = proof.recipe.get("model", {})
    require(
        (model.get("widths"), model.get("activation"), model.get("cost")) == ([2, 2, 1], "sigmoid", "log"),
        "Your certificate speaks of another network or another loss: the 2-2-1 sigmoid network and the log loss are asked for.",
    )
    require(proof.kind == "strict local minimum", f"The trap is a strict local minimum; you claim: {proof.kind}.")
    x, y = (_double([list(map(_number_in, row)) for row in model[name]]) for name in ("x", "y"))
    require(torch.equal(y[:, 0], ten_points().y), "The labels of the points must stay as they are.")
    moved, wanted = x - before, torch.zeros_like(before)
    wanted[point - 1] = _double(shift)
    rows = (moved.abs().sum(dim=1) > 1e-9).nonzero()[:, 0].tolist()
    require(rows or not any(shift), "Your certificate speaks of the ten points where they were at first.")
    require(
        rows in ([], [point - 1]),
        "Another point moves than the one asked for, or several: number counts from 1, rows from 0.",
    )
    require(
        torch.allclose(moved, wanted, atol=1e-9),
        "The point does not arrive where the shift puts it. Is it moved by all of it?",
    )


def _number_in(text: str) -> float:
    """A number of a certificate's recipe: a float in hexadecimal, or a fraction."""
    return float.fromhex(text) if "0x" in text else float(Fraction(text))
