"""Checks of the exercises of lesson 4.2.

Each check calls the learner's function on points of its own. Bounds are held against what they must bound, in exact fractions
where rounding matters, and then against what they must not give away.
"""

from __future__ import annotations

import math
from fractions import Fraction

import torch
from torch import Tensor

from lmcourse.checks.verdict import ask, near, number, require, task
from lmcourse.critical import classify
from lmcourse.devices import random_stream
from lmcourse.networks.reversed_neuron import symmetric_minimum
from lmcourse.networks.reversed_neurons import SPARE, symmetric_point
from lmcourse.networks.teacher_student import teacher_student

SIGNS = (
    ((2.0, 3.0), (5.0, 7.0), "two positive intervals"),
    ((-3.0, -2.0), (5.0, 7.0), "a negative and a positive interval"),
    ((-3.0, -2.0), (-7.0, -5.0), "two negative intervals"),
    ((-2.0, 3.0), (4.0, 5.0), "an interval around zero and a positive one"),
    ((-2.0, 3.0), (-5.0, 1.0), "two intervals around zero"),
    ((-1.0, 4.0), (-5.0, 2.0), "two intervals around zero"),
)


@task("Task 1")
def multiply(answer) -> str:
    """`answer(a, b)` is an interval that holds all products."""
    for a, b, words in SIGNS:
        low, high = _ends(ask(answer, a, b, called=f"with {words}"))
        corners = [x * y for x in a for y in b]
        require(low <= high, f"With {words} your low end is above your high end.")
        require(
            low <= min(corners) and high >= max(corners),
            f"With {words} a product lies outside of your interval. Is it the smallest and the largest over all combinations of "
            "the ends, and does the low end move down and the high end up, for negative ends too?",
        )
        require(
            low >= min(corners) - 1e-9 and high <= max(corners) + 1e-9,
            f"With {words} your interval is true, but wider than it needs to be.",
        )
    for size, words in ((1.0, "around 1"), (2.0**40, "around 10^12"), (2.0**-40, "around 10^-12")):
        _rounded_outward(answer, size, words)
    return "All signs, and 1,200 ends checked in exact fractions, for small numbers and large ones."


def _rounded_outward(answer, size: float, words: str) -> None:
    """On 200 intervals of random ends of this size: a Mistake where an end is lost to rounding, or given away."""
    draw = random_stream(0)
    lost = inward = 0
    for _ in range(200):
        a, b = (tuple(sorted((size * draw.normal(size=2)).tolist())) for _ in range(2))
        low, high = _ends(ask(answer, a, b, called="with an interval of random ends"))
        exact = [Fraction(x) * Fraction(y) for x in a for y in b]
        beyond = int(Fraction(low) > min(exact)) + int(Fraction(high) < max(exact))
        lost += beyond
        inward += int(low > float(min(exact))) + int(high < float(max(exact)))
        spare = 1e-12 * size**2
        wide = low < float(min(exact)) - spare or high > float(max(exact)) + spare
        require(
            not wide,
            f"With ends {words} your interval is true, but far wider than rounding asks for: one float outward is enough.",
        )
    require(not inward, "Your ends are moved inward. The low end must go down, the high end up.")
    require(
        not lost,
        f"Up to rounding this is right. But a float product is rounded, and with ends {words} the exact product lies outside "
        "of your interval here and there. Move both ends outward by one float: floats are further apart where they are large.",
    )


def _ends(value) -> tuple[float, float]:
    is_pair = isinstance(value, tuple | list) and len(value) == 2
    require(is_pair, f"Return two numbers, (low, high), but a {type(value).__name__} came.")
    low, high = (number(end, name) for end, name in zip(value, ("The low end", "The high end"), strict=True))
    return low, high


@task("Task 2")
def radius(answer) -> str:
    """`answer(gradient, eigenvalue, third, largest)` is the radius of the lemma, or None."""
    gradient, eigenvalue, third = 1e-6, 0.02, 30.0
    value = number(_asked(answer, gradient, eigenvalue, third, 0.1, called="where the lemma applies"), "The radius")
    root = {c: math.sqrt(9 * eigenvalue**2 - c * gradient * third) for c in (24, 25)}
    right = (3 * eigenvalue - root[25]) / (2 * third)
    for wrong, message in (
        ((3 * eigenvalue + root[25]) / (2 * third), "You took the larger root. The smaller one is nearer to c."),
        ((3 * eigenvalue - root[24]) / (2 * third), "24 makes L only as high as at c. The lemma has another number."),
        ((3 * eigenvalue - root[25]) / 2 * third, "You multiply by K at the end. Mind the brackets: / (2 * K)."),
        ((3 * eigenvalue - root[25]) / third, "Your radius is twice the right one. Look at the denominator."),
        ((3 * eigenvalue - root[25] ** 2) / (2 * third), "The square root of D is missing."),
    ):
        require(not near(value, wrong, 1e-12), message)
    require(
        near(value, right, 1e-12), "Where the lemma applies the value is off. Compare with the formula, term by term."
    )
    at_critical = _asked(answer, 0.0, 0.02, 30.0, 0.1, called="with gradient 0")
    require(
        at_critical is not None and near(number(at_critical, "The radius"), 0.0),
        "With gradient 0 the minimum is c itself, so the radius must be 0.",
    )
    # In whole numbers, so that no way of writing the formula rounds: D = 9 * 25 - 25 * 9 * 1 = 0, r = 15 / 2.
    for largest, words in ((10.0, "D is exactly 0"), (7.5, "D is exactly 0 and r exactly R")):
        said = _asked(answer, 9.0, 5.0, 1.0, largest, called=f"where {words}")
        require(said is not None, f"Here the lemma still speaks, so a number is expected: {words}.")
        require(near(number(said, "The radius"), 7.5), f"The value is off where {words}. Compare with the formula.")
    silent = (
        ((1e-3, 0.01, 100.0, 0.1), "D is negative: the gradient is too long for this curvature"),
        ((1e-6, 0.02, 30.0, 1e-5), "r is larger than R, where K is no bound any more"),
        ((1e-9, -0.02, 30.0, 0.1), "the eigenvalue is negative, although D is positive: c may be near a saddle"),
        ((0.0, 0.0, 6.0, 1.0), "the eigenvalue is 0, as for x^3 at 0, which is no minimum"),
    )
    for arguments, words in silent:
        said = _asked(answer, *arguments, called=f"where {words}")
        require(said is None, f"Here the lemma says nothing, so None is expected: {words}.")
    return "The radius, two cases at the limit of the lemma, and four in which it is silent."


def _asked(answer, *arguments, called: str):
    """The same as `ask`, but None is an answer."""
    if answer is ... or not callable(answer):
        ask(answer)

    def in_a_box(*given):
        value = answer(*given)
        return value if value is ... else [value]

    return ask(in_a_box, *arguments, called=called)[0]


@task("Task 3")
def smallest_of_all(answer) -> str:
    """`answer(C, error)` bounds the smallest eigenvalue of all symmetric matrices within error of C."""
    for n in (4, 9):
        for seed in range(3):
            C, lowest = _with_even_lowest_vector(n, seed)
            error = 0.01
            bound = number(ask(answer, C.clone(), error, called=f"with a matrix of {n} rows"), "The bound")
            worst = C - error * torch.outer(lowest.sign(), lowest.sign())
            attained = float(torch.linalg.eigvalsh(worst)[0])
            before = float(torch.linalg.eigvalsh(C)[0])
            require(not near(bound, before + n * error), "Errors can make the eigenvalue smaller: mind the sign.")
            require(
                bound <= attained + 1e-9,
                "That is too optimistic: there is a symmetric matrix within these errors whose smallest eigenvalue is lower. "
                "The errors of a whole row can pull together.",
            )
            require(
                bound >= attained - 1e-6,
                "That is true, but it gives too much away: no matrix within these errors comes near your number.",
            )
            exact = number(ask(answer, C.clone(), 0.0, called="with error 0"), "The bound")
            require(near(exact, before), "Without errors the bound must be the smallest eigenvalue itself.")
    return "No matrix within the errors is lower, and one of them attains your bound."


def _with_even_lowest_vector(n: int, seed: int) -> tuple[Tensor, Tensor]:
    """A symmetric matrix whose lowest eigenvector has entries +-1/sqrt(n), and that vector."""
    draw = random_stream(seed)
    lowest = torch.from_numpy(draw.choice([-1.0, 1.0], size=n)) / n**0.5
    basis = torch.cat([lowest[:, None], torch.from_numpy(draw.normal(size=(n, n - 1)))], dim=1)
    Q = torch.linalg.qr(basis).Q
    values = torch.cat([torch.tensor([0.5], dtype=torch.float64), torch.from_numpy(1 + draw.uniform(size=n - 1))])
    C = Q @ torch.diag(values) @ Q.T
    return (C + C.T) / 2, lowest


@task("Task 4")
def index_after_split(answer) -> str:
    """`answer(W, i)` counts the negative eigenvalues after neuron i of the critical point W is split."""
    cases = (
        (symmetric_minimum(6), 0, "a minimum for k = 6 and i = 0"),
        (symmetric_minimum(6), 3, "a minimum for k = 6 and i = 3"),
        (symmetric_point(5, 1), 2, "a saddle for k = 5 and i = 2"),
        (torch.eye(4, dtype=torch.float64), 1, "the solution, W = I for k = 4,"),
        (symmetric_point(8, 1, SPARE), 0, "the minimum with (k, n) = (8, 9) and i = 0"),
        (symmetric_point(8, 1, SPARE), 5, "the minimum with (k, n) = (8, 9) and i = 5"),
    )
    for W, i, words in cases:
        count = number(ask(answer, W.clone(), i, called=f"with {words}"), "The count")
        require(count == round(count), "The answer must be a whole number.")
        before, right = _index(W), _index(_halved(W, i))
        require(
            count == right or count not in {_index(_halved(W, j)) for j in range(len(W))},
            f"With {words} that is the count of another neuron. Does your answer depend on i?",
        )
        require(
            count == right or count != before,
            f"With {words} that is the index before the split. Does the half of I leave the block of the neuron?",
        )
        require(
            count == right or count != right - before,
            f"With {words} the negative eigenvalues that were there before are missing: they stay when a neuron is split.",
        )
        require(
            count == right or count != right + 1,
            f"With {words} you count one too many. T w = 0 is a zero eigenvalue, and rounding may make it slightly negative.",
        )
        require(count == right, f"With {words} the count is off. Is it the block of neuron i, rows and columns?")
    return "The counts agree with the Hessian of the wider network."


def _halved(W: Tensor, i: int) -> Tensor:
    """The wider point in which neuron i is two equal halves."""
    wide = torch.cat([W, W[i : i + 1]])
    wide[[i, len(W)]] *= 0.5
    return wide


def _index(W: Tensor) -> int:
    n, d = W.shape
    return int(classify(teacher_student(d, n), W.flatten())[0].index)
