"""Checks of the exercises of lesson 4.1.

Each check calls the learner's function on points of its own and looks at properties first (a known limit, a symmetry, a
scaling), then compares with the library. Typical mistakes are recognised by the value that they give.
"""

from __future__ import annotations

import torch

from lmcourse.checks.verdict import ask, near, number, require, task, tensor
from lmcourse.experiments import spurious_minima as experiment
from lmcourse.initialisations import starts
from lmcourse.networks.reversed_neuron import symmetric_minimum
from lmcourse.networks.teacher_student import pair_energy as closed_form
from lmcourse.networks.teacher_student import teacher_student
from lmcourse.training import train


def _vectors(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


@task("Task 1")
def pair_energy(answer) -> str:
    """`answer(w, v)` is E [w.x]+ [v.x]+ for two vectors (d,)."""
    w, v = _vectors(1.0, 2.0, -0.5), _vectors(0.5, -1.0, 1.5)
    value = number(ask(answer, w, v, called="with two vectors of length 3"), "f(w, v)")
    expected = float(closed_form(w.norm() * v.norm(), w @ v / (w.norm() * v.norm())))
    itself = number(ask(answer, w, 3 * w, called="with two parallel vectors"), "f(w, 3w)")
    for factor, words in ((2.0, "twice"), (torch.pi, "pi times"), (2 * torch.pi, "2 pi times"), (-1.0, "minus")):
        require(
            not near(value, factor * expected), f"Your value is {words} the right one. Look at the factor in front."
        )
    require(
        near(number(ask(answer, 2 * w, v), "f(2w, v)"), 2 * value),
        "Twice as long a w must give twice the value, since [2z]+ = 2 [z]+. Do both lengths stand in your formula?",
    )
    require(
        near(number(ask(answer, v, w), "f(v, w)"), value), "f(w, v) and f(v, w) must agree: the product has no order."
    )
    require(
        near(itself, float(3 * w @ w / 2)),
        "For parallel vectors the angle is 0 and half of all inputs are cut off, so f(w, 3w) must be half of w.(3w). "
        "Check what your angle and your formula give there.",
    )
    require(
        abs(number(ask(answer, w, -w, called="with two opposite vectors"), "f(w, -w)")) < 1e-7,
        "For opposite vectors one of the two ReLUs is always off, so f(w, -w) must be 0. Is it the angle, or pi minus the angle?",
    )
    require(
        near(value, expected),
        "The limits are right, but between them the value is off. Compare each term with the formula: sine, cosine, angle.",
    )
    return "Lengths, limits and values between them agree with the closed form."


def _double_sum(W: torch.Tensor, V: torch.Tensor) -> torch.Tensor:
    product = W.norm(dim=1)[:, None] * V.norm(dim=1)
    return closed_form(product, (W @ V.T / product).clamp(-1, 1)).sum()


@task("Task 2")
def loss(answer) -> str:
    """`answer(W, V)` is the loss of a student W (n, d) against a teacher V (k, d)."""
    W = _vectors(0.9, 0.1, -0.3, 0.4, -0.7, 0.2, 0.3, 0.8, 0.5).reshape(3, 3)
    V = torch.eye(3, dtype=torch.float64)
    value = number(ask(answer, W, V, called="with W and V of shape (3, 3)"), "The loss")
    own, shared, teacher = (float(_double_sum(*pair)) for pair in ((W, W), (W, V), (V, V)))
    right = own / 2 - shared + teacher / 2
    turned = float(_double_sum(W.T, W.T) / 2 - _double_sum(W.T, V)) + teacher / 2
    mistakes = (
        (2 * right, "Your loss is twice the right one: the factor 1/2 in front of the expectation is missing."),
        (
            own - shared + teacher,
            "The square of a difference has the mixed term twice. Multiply out 1/2 (a - b)^2 once more.",
        ),
        (own / 2 - shared / 2 + teacher / 2, "One of the three terms has half its weight. Multiply out 1/2 (a - b)^2."),
        (own / 2 + shared + teacher / 2, "The sign of the mixed term is that of (a + b)^2. The teacher is subtracted."),
        (own / 2 - shared, "The term of the teacher alone is missing: a loss of zero must be possible."),
        (turned, "It looks as if columns were taken for neurons. In this course neurons are rows: W is (n, d)."),
    )
    for wrong, message in mistakes:
        require(not near(value, wrong), message)
    at_teacher = number(ask(answer, V, V, called="with W = V"), "The loss")
    require(near(at_teacher, 0.0), "For W = V the student is the teacher, so the loss must be 0; yours is not.")
    require(
        near(value, right), "At W = V all is well, elsewhere the value is off. Does each double sum run over all pairs?"
    )
    wide, two = torch.cat([W, W[:1]])[:, :2], V[:2, :2]
    value = number(
        ask(answer, wide, two, called="with four student and two teacher neurons in two dimensions"), "The loss"
    )
    right = float(_double_sum(wide, wide) / 2 - _double_sum(wide, two) + _double_sum(two, two) / 2)
    require(
        near(value, right), "With more student than teacher neurons the value is off. Are n and k taken from W and V?"
    )
    return "The three double sums have the right weights and signs."


@task("Task 3")
def failed_runs(answer) -> str:
    """`answer(k, change)` counts failed runs of 100 whose starts were changed."""
    calls = {
        "as they are": lambda theta: theta,
        "made positive": torch.abs,
    }
    counts, expected, total = {}, {}, 100
    land = teacher_student(7)
    for name, change in calls.items():
        counts[name] = number(ask(answer, 7, change, called=f"with k = 7 and starts {name}"), "The count")
        runs = train(land, change(starts(land, range(total))), lr=0.4, tol=1e-6, max_steps=5000)
        expected[name] = experiment.count_failed(runs).failed
    require(
        any(counts[name] != total - expected[name] for name in calls),
        "You have counted the runs that succeed. Failed is a loss of 0.001 or above.",
    )
    require(
        all(count == round(count) for count in counts.values()) and max(counts.values()) >= 1,
        "The answer must be a count of runs, a whole number of the 100, not a share or a loss.",
    )
    require(
        counts["as they are"] != counts["made positive"],
        "Your count does not depend on `change`. It must be applied to the starts, before training.",
    )
    for name in calls:
        require(
            counts[name] == expected[name],
            f"With starts {name} the count is off. Are the seeds range(100), the step 0.4, tol 1e-6 and max_steps 5000?",
        )
    return "Both counts agree. Now try other changes, and other k."


@task("Task 4")
def split(answer) -> str:
    """`answer(W, i)` splits neuron i of W (n, d) in halves and returns (wider W, direction of negative curvature)."""
    W = symmetric_minimum(6)
    n, d = W.shape
    wider = teacher_student(d, n + 1)
    for i in (0, 3):
        value = ask(answer, W.clone(), i, called=f"with a minimum of shape ({n}, {d}) and i = {i}")
        require(isinstance(value, tuple) and len(value) == 2, "Return two things: the wider matrix and the direction.")
        wide, direction = (
            tensor(part, (n + 1, d), name) for part, name in zip(value, ("W", "The direction"), strict=True)
        )
        before, after = float(teacher_student(d, n).loss(W.flatten())), float(wider.loss(wide.flatten()))
        require(
            near(before, after, 1e-10),
            "The wider network has another loss, so it computes another function. The two parts must add up to the old one.",
        )
        parts = int((wide.norm(dim=1) < 1e-6).sum())
        require(parts == 0, "One neuron of the wider network is zero. Split into two parts that are both there.")
        require(
            float(wider.gradient(wide.flatten()).norm()) < 1e-9,
            "The wider point is not critical. Do both parts point along w_i?",
        )
        require(near(float(direction.norm()), 1.0, 1e-6), "The direction must have length 1. Divide it by its norm.")
        flat = direction.flatten()
        curvature = float(flat @ wider.hessian(wide.flatten()) @ flat)
        require(
            curvature < -1e-6,
            "Along your direction the loss does not curve down. Moving both parts the same way is moving the old neuron: "
            "they must move apart. Which eigenvector of the Hessian shows how?",
        )
    return "The function is the same, and there is a way down."
