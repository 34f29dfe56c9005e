"""Checks of the exercises of lesson 2.3.

Each check calls the learner's function on small cases of its own and looks at what the answer does (is every neuron off, is the
plateau level), so that differently written answers pass; typical mistakes are recognised by what they give.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lmcourse.checks.verdict import Mistake, ask, near, number, require, task, tensor
from lmcourse.devices import random_stream


def _matrix(rows: list[list[float]]) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)


@task("Task 1")
def switch_off(answer) -> str:
    """`answer(W, x, margin)` are biases (n,) with which the largest input of each neuron of W (n, d) on x (N, d) is -margin."""
    W = _matrix([[1, 2], [-1, 0.5], [0, -3], [2, -2]])
    below, above = _matrix([[-3, -1], [-2, -2], [-1, -4]]), _matrix([[0, 1], [2, 2], [1, -1], [-1, 3], [0.5, 0]])
    for x, margin in ((above, 1.0), (above, 0.25), (below, 1.0)):
        called = f"with W (4, 2), x {tuple(x.shape)} and margin = {margin:g}"
        try:
            value = ask(answer, W, x, margin, called=called)
        except Mistake as mistake:
            two_things = "In PyTorch max and min along an axis return two things: the values and their places. You need the values."
            require("return_types" not in str(mistake), two_things)
            raise
        biases = tensor(value, (4,), "The biases")
        products = x @ W.T
        highest = (products + biases).amax(0)
        require(
            not torch.allclose(biases, margin + products.amax(0)),
            "The sign is turned: these biases push the largest inputs further up. They must bring them down.",
        )
        require(
            not torch.allclose(biases, -margin - products.amin(0)),
            "With these biases the smallest input of each neuron is -margin, and all others are above it.",
        )
        require(
            not torch.allclose(biases, -products.amax(0)),
            "The largest inputs come out as 0, on the kink. The margin is missing.",
        )
        require(
            not torch.allclose(biases, margin - products.amax(0)),
            "The largest inputs come out as +margin: the neurons are on there. Mind the sign of the margin.",
        )
        require(
            (highest < 0).all(),
            f"{int((highest >= 0).sum())} of 4 neurons are not off at every sample. Look at the largest input of each.",
        )
        require(
            torch.allclose(highest, torch.full_like(highest, -margin)),
            "All neurons are off, but not all by the margin: each neuron needs the largest of its own inputs.",
        )
    return "Every neuron is off at every sample, by the margin."


@task("Task 2")
def plateau(answer) -> str:
    """`answer(u, a, b)` are W (4, d), biases (4,) and v (4,) of a network that is 1 for a <= u.x <= b and 0 beyond a - 1, b + 1."""
    for u, a, b in ((_matrix([[2, -1, 0.5]])[0], -1.0, 2.0), (_matrix([[0, 3]])[0], 4.0, 4.0)):
        value = ask(answer, u, a, b, called=f"with u ({len(u)},), a = {a:g} and b = {b:g}")
        require(isinstance(value, tuple) and len(value) == 3, "Return three things: W, the biases and v.")
        shapes = {"W": (4, len(u)), "The biases": (4,), "v": (4,)}
        W, biases, v = (tensor(part, shape, name) for part, (name, shape) in zip(value, shapes.items(), strict=True))
        along, across = u / (u @ u), torch.linalg.qr(u[:, None], mode="complete").Q[:, 1]

        def g(t: list[float], aside: float = 0.0, W=W, biases=biases, v=v, along=along, across=across) -> Tensor:
            x = torch.tensor(t, dtype=torch.float64)[:, None] * along + aside * across
            return torch.relu(x @ W.T + biases) @ v

        top, middle = g([a, (a + b) / 2, b]), f"between a = {a:g} and b = {b:g}"
        require(
            (g([0.0, a, b, b + 3]) - g([0.0, a, b, b + 3], aside=2.0)).abs().max() < 1e-9,
            "The answer changes when x moves at a right angle to u. All four neurons must look along u.",
        )
        aim = torch.tensor([0, 0, 0.5, 1, 1, 0.5, 0, 0], dtype=torch.float64)
        excess = g([a - 2, a - 1, a - 0.5, a, b, b + 0.5, b + 1, b + 2]) - aim
        require(
            excess.abs().max() < 1e-9 or (excess - excess[0]).abs().max() > 1e-9,
            "The shape is right, but it stands at the wrong height everywhere. There is no output bias that could lift or "
            "lower it: let all four ReLUs be off at one far end.",
        )
        left, right = g([a - 1, a - 2, a - 9]).abs().max(), g([b + 1, b + 2, b + 9])
        corners = torch.tensor([0.0, 1.0, 1.0, 0.0], dtype=torch.float64)
        here, mirrored = (torch.allclose(g(t), corners) for t in ([a - 1, a, b, b + 1], [-b - 1, -b, -a, 1 - a]))
        require(here or not mirrored, "The plateau stands from -b to -a. A ReLU [t + s]+ has its kink at t = -s.")
        require(left < 1e-9, "Left of a - 1 the network must answer 0. Where is its first kink?")
        require(
            near(float(g([a - 0.5])[0]), 0.5),
            "Half way up, at a - 1/2, the answer is not 1/2. Where does the slope begin, and how steep is it?",
        )
        require(
            (top - 1).abs().max() < 1e-9,
            f"The top is not level at 1 {middle}. By how much must the slope change at a?",
        )
        require(
            near(float(right[2] - right[1]), 0),
            "Far to the right the answer is not level: the four changes of the slope must add up to 0.",
        )
        require(right.abs().max() < 1e-9, "Right of b + 1 the network must answer 0. Where are its last two kinks?")
        require(near(float(g([b + 0.5])[0]), 0.5), "Half way down, at b + 1/2, the answer is not 1/2.")
    return "Level at 1 on the plateau, 0 beyond it, straight between."


@task("Task 3")
def safe_width(answer) -> str:
    """`answer(k, chance)` is the smallest width h with 1 - (1 - 2^-h)^k <= chance."""
    cases = [(20, 0.01), (20, 0.94), (3, 0.5), (100, 0.001), (1, 0.5), (7, 0.9), (1000, 0.05)]
    values = [
        number(ask(answer, k, chance, called=f"with k = {k} and chance = {chance:g}"), "The width")
        for k, chance in cases
    ]
    require(all(value == round(value) for value in values), "A width is a whole number.")
    require(min(values) >= 1, "A layer has at least one neuron.")

    def first(good) -> list[int]:
        return [next(h for h in range(1, 200) if good(h, k, chance)) for k, chance in cases]

    right = first(lambda h, k, chance: 1 - (1 - 0.5**h) ** k <= chance)
    spared = first(lambda h, k, chance: 1 - (1 - 0.5**h) ** (k - 1) <= chance)
    squared = first(lambda h, k, chance: 1 - (1 - 0.5 ** (h * h)) ** k <= chance)
    alive = first(lambda h, k, chance: (1 - 0.5**h) ** k <= chance)
    require(
        values != squared, "You have used h^2 coins for a layer. That bound is from below; it makes no network safe."
    )
    require(values != spared, "One layer too few: each of the k hidden layers can lose a sample, the first one, too.")
    require(values != alive or alive == right, "You have bounded the chance to live, not the chance to die.")
    require(values != [h - 1 for h in right], "Each width is one too small: at it the bound is still above the chance.")
    require(values != [h + 1 for h in right], "Each width is one too large: a narrower one is good enough.")
    for (k, chance), value, h in zip(cases, values, right, strict=True):
        where = f"For k = {k} and chance = {chance:g}"
        require(value >= h, f"{where} your width is too small: there the bound is above the chance.")
        require(value <= h, f"{where} a smaller width is good enough. Is it the exact bound that you compare?")
    return "The smallest safe width, for shallow and deep networks."


@task("Task 4")
def layer_of_death(answer) -> str:
    """`answer(x, weights)` is the first layer, counted from 1, that hands on 0 for all samples x (N, d), or 0."""
    x = _matrix([[1, 0], [0, 1]])
    keep, swap, negative = torch.eye(2).double(), _matrix([[0, 1], [1, 0]]), -torch.ones(2, 2).double()
    half = _matrix([[1, 0], [-1, -1]])  # loses the second sample, keeps the first
    cases = {  # name: (x, weights, the right number, what is said)
        "no layer is off": (x, [keep, swap, keep], 0, "No layer is off there, so the answer must be 0."),
        "the first layer is off": (x, [negative, keep], 1, "The first layer is number 1."),
        "the third of four layers is off": (x, [keep, swap, negative, keep], 3, "Count the layers from 1, and stop at the first."),
        "some neurons are off with z = 0": (
            x, [-keep, keep], 1, "All neurons hand on 0. Off means z <= 0, not only z < 0: a lost sample has z = 0 later on.",
        ),
        "some neurons are off, none of the layers is": (
            x, [_matrix([[1, 1], [-1, -1]]), keep], 0, "One neuron is on. Dead means: all neurons of the layer are off.",
        ),
        "one sample is lost, the other is not": (
            x, [half, keep], 0, "One sample still comes through. Dead means: off at all samples, not at one.",
        ),
        "the samples are lost one after the other": (
            x, [half, _matrix([[-1, -1], [-1, 5]])], 2, "The second layer loses the last one. Do you pass on what ReLU gives?",
        ),
        "the matrices are not symmetric": (
            _matrix([[1, 1]]), [_matrix([[1, -2], [3, -1]]), _matrix([[1, -1], [-1, -1]])], 2,
            "Are neurons the rows of W? The features are F W', with W transposed.",
        ),
        "a layer has more neurons": (
            x, [_matrix([[1, 0], [0, 1], [-1, -1]]), -torch.ones(2, 3).double()], 2, "The layers may differ in width.",
        ),
    }  # fmt: skip
    for name, (samples, weights, right, words) in cases.items():
        before = [W.clone() for W in weights]
        value = number(ask(answer, samples.clone(), weights, called=f"where {name}"), "The layer")
        require(value == right, f"Where {name}: {words} Your function answers {value:g}.")
        require(
            all(map(torch.equal, before, weights)), "Your function changes the weights. Let it work on new matrices."
        )
    for seed in range(20):
        stream = random_stream(seed)
        draws = [torch.from_numpy(stream.normal(size=(3, 3 if layer else 2))) for layer in range(30)]
        samples = torch.from_numpy(stream.normal(size=(5, 2)))
        value = number(ask(answer, samples, draws, called="with 30 random layers of width 3"), "The layer")
        hint = "Follow the features through the layers one by one."
        if value in [_first_dark(sample[None], draws) for sample in samples]:
            hint = "It is the layer that loses one of the samples. Do you look at all of them?"
        require(value == _first_dark(samples, draws), f"With 30 random layers of width 3 the number is wrong. {hint}")
    return "It finds the first dead layer, and 0 where there is none."


def _first_dark(F: Tensor, weights: list[Tensor]) -> int:
    for number_, W in enumerate(weights):
        F = (F @ W.mT).clamp_min(0)
        if F.count_nonzero() == 0:
            return number_ + 1
    return 0
