"""Checks of the exercises of lesson 4.1.

Each check calls the learner's function on points of its own and looks at properties first (a known limit, a symmetry, a
scaling), then compares with the library. Typical mistakes are recognised by the value that they give.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lmcourse.checks.verdict import ask, near, number, require, task, tensor
from lmcourse.devices import random_stream
from lmcourse.experiments import spurious_minima as experiment
from lmcourse.initialisations import starts
from lmcourse.networks.reversed_neuron import symmetric_minimum
from lmcourse.networks.teacher_student import pair_energy as closed_form
from lmcourse.networks.teacher_student import teacher_student
from lmcourse.training import train


def _vectors(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def _expected_energy(w: Tensor, v: Tensor) -> float:
    product = w.norm() * v.norm()
    return float(closed_form(product, (w @ v / product).clamp(-1, 1)))


@task("Task 1")
def pair_energy(answer) -> str:
    """`answer(w, v)` is E [w.x]+ [v.x]+ for two vectors (d,)."""
    w, v = _vectors(1.0, 2.0, -0.5), _vectors(0.5, -1.0, 1.5)
    value, expected = (
        number(ask(answer, w, v, called="with two vectors of length 3"), "f(w, v)"),
        _expected_energy(w, v),
    )
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
    parallel, half = number(ask(answer, w, 3 * w, called="with two parallel vectors"), "f(w, 3w)"), float(3 * w @ w / 2)
    require(
        near(parallel, half) or not near(parallel, half, 1e-3),
        "f(w, 3w) is very close to the right value, but not it. Do you clamp the cosine more tightly than to [-1, 1]?",
    )
    require(
        near(parallel, half),
        "For parallel vectors the angle is 0 and half of all inputs are cut off, so f(w, 3w) must be half of w.(3w). "
        "Check what your angle and your formula give there.",
    )
    for seed in range(40):  # among so many vectors there are cosines that rounding pushes beyond 1 and -1
        u = torch.from_numpy(random_stream(seed).normal(size=4))
        number(ask(answer, u, u, called="with a vector and itself"), "f(w, w)")
        number(ask(answer, u, -u, called="with two opposite vectors"), "f(w, -w)")
    obtuse = (_vectors(1.0, 0.2), _vectors(-1.0, 0.3))
    require(
        near(value, expected) or near(number(ask(answer, *obtuse), "f(w, v)"), _expected_energy(*obtuse)),
        "Between parallel and opposite vectors the value is off. Does the cosine keep its sign? Compare term by term.",
    )
    require(
        abs(number(ask(answer, w, -w), "f(w, -w)")) < 1e-7,
        "For opposite vectors one of the two ReLUs is always off, so f(w, -w) must be 0. Which bounds does your cosine have?",
    )
    require(near(value, expected), "At a right angle and beyond it the value is off. Does the cosine keep its sign?")
    return "Lengths, limits and values between them agree with the closed form."


def _energies(W: Tensor, V: Tensor) -> Tensor:
    product = W.norm(dim=1)[:, None] * V.norm(dim=1)
    return closed_form(product, (W @ V.T / product).clamp(-1, 1))


@task("Task 2")
def loss(answer) -> str:
    """`answer(W, V)` is the loss of a student W (n, d) against a teacher V (k, d)."""
    W = _vectors(0.9, 0.1, -0.3, 0.4, -0.7, 0.2, 0.3, 0.8, 0.5).reshape(3, 3)
    V = torch.eye(3, dtype=torch.float64)
    value = number(ask(answer, W, V, called="with W and V of shape (3, 3)"), "The loss")
    own, shared, teacher = (float(_energies(*pair).sum()) for pair in ((W, W), (W, V), (V, V)))
    right = own / 2 - shared + teacher / 2
    alone = [float(_energies(A, A).diagonal().sum()) for A in (W, V)]
    once = [float(_energies(A, A).triu(1).sum()) for A in (W, V)]
    turned = float(_energies(W.T, W.T).sum() / 2 - _energies(W.T, V).sum()) + teacher / 2
    mistakes = (
        (2 * right, "Your loss is twice the right one: the factor 1/2 in front of the expectation is missing."),
        (
            own - shared + teacher,
            "The square of a difference has the mixed term twice. Multiply out 1/2 (a - b)^2 once more.",
        ),
        (own / 2 - 2 * shared + teacher / 2, "The mixed term has too much weight. Multiply out 1/2 (a - b)^2."),
        (own / 2 - shared / 2 + teacher / 2, "One of the three terms has half its weight. Multiply out 1/2 (a - b)^2."),
        (own / 2 + shared + teacher / 2, "The sign of the mixed term is that of (a + b)^2. The teacher is subtracted."),
        (own / 2 - shared, "The term of the teacher alone is missing: a loss of zero must be possible."),
        (turned, "It looks as if columns were taken for neurons. In this course neurons are rows: W is (n, d)."),
        (
            alone[0] / 2 - shared + alone[1] / 2,
            "A sum squared has mixed terms as well: neurons i and j, not only i with itself.",
        ),
        (
            once[0] / 2 - shared + once[1] / 2,
            "Pairs i < j alone leave out half: both (i, j) and (j, i) count, and i = j does.",
        ),
        (once[0] - shared + once[1], "The pairs of a neuron with itself are missing."),
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
    right = float(_energies(wide, wide).sum() / 2 - _energies(wide, two).sum() + _energies(two, two).sum() / 2)
    require(
        near(value, right), "With more student than teacher neurons the value is off. Are n and k taken from W and V?"
    )
    return "The three double sums have the right weights and signs."


@task("Task 3")
def failed_runs(answer) -> str:
    """`answer(k, change)` counts failed runs of 100 whose starts were changed."""
    total = 100
    cases = {
        "starts as they are": (7, lambda theta: theta),
        "starts made positive": (7, torch.abs),
        "k = 10 and negative starts": (10, lambda theta: -theta.abs()),
    }
    counts, expected, above_zero = {}, {}, {}
    for name, (k, change) in cases.items():
        counts[name] = number(ask(answer, k, change, called=f"with k = {k} and {name}"), "The count")
        land = teacher_student(k)
        runs = train(land, change(starts(land, range(total))), lr=0.4, tol=1e-6, max_steps=5000)
        expected[name] = experiment.count_failed(runs).failed
        above_zero[name] = int((runs.loss > 0).sum())
    require(
        counts != {name: total - count for name, count in expected.items()}, "You have counted the runs that succeed."
    )
    require(
        counts != above_zero or counts == expected,
        "Nearly every run ends at a loss that is not exactly zero. Failed means a loss of 0.001 or above.",
    )
    require(
        all(count == round(count) for count in counts.values()),
        "The answer must be a count, a whole number of the 100 runs.",
    )
    plain, positive, negative = counts.values()
    require(not plain == positive == negative, "Your count depends neither on k nor on `change`.")
    require(
        plain != positive or plain != expected["starts as they are"],
        "Your count does not depend on `change`. It must be applied to the starts, before training.",
    )
    for name in cases:
        require(
            counts[name] == expected[name],
            f"With {name} the count is off. Are n = k, the seeds range(100), lr=0.4, tol=1e-6 and max_steps=5000?",
        )
    return "All counts agree. Now try other changes, and other k."


@task("Task 4")
def split(answer) -> str:
    """`answer(W, i)` splits neuron i of W (n, d) in halves and returns (wider W, direction of negative curvature)."""
    W = symmetric_minimum(6)
    n, d = W.shape
    wider = teacher_student(d, n + 1)
    for i in (0, 3):
        given = W.clone()
        value = ask(answer, given, i, called=f"with a minimum of shape ({n}, {d}) and i = {i}")
        require(torch.equal(given, W), "Your function changes W itself. Let it work on a copy: W.clone() or torch.cat.")
        require(isinstance(value, tuple) and len(value) == 2, "Return two things: the wider matrix and the direction.")
        wide, direction = (
            tensor(part, (n + 1, d), name) for part, name in zip(value, ("W", "The direction"), strict=True)
        )
        before, after = float(teacher_student(d, n).loss(W.flatten())), float(wider.loss(wide.flatten()))
        require(
            near(before, after, 1e-10),
            "The wider network has another loss, so it computes another function. The two parts must add up to the old one.",
        )
        parts = _parts_of(wide, W, i)
        require(
            parts is not None, f"With i = {i} the other neurons must stay as they are. Is it neuron i that you split?"
        )
        require(
            bool((parts.norm(dim=1) > 1e-6).all()),
            "One part is zero. Split the neuron into two parts that are both there.",
        )
        require(
            float(wider.gradient(wide.flatten()).norm()) < 1e-9,
            "The wider point is not critical. Do both parts point along w_i?",
        )
        require(near(float(direction.norm()), 1.0, 1e-6), "The direction must have length 1. Divide it by its norm.")
        flat = direction.flatten()
        curvature = float(flat @ wider.hessian(wide.flatten()) @ flat)
        require(
            curvature < -1e-6,
            "Along your direction the loss does not curve down. Both parts the same way moves the old neuron; to and fro along "
            "w_i changes nothing. Which eigenvector of the Hessian shows a way? (torch.linalg.eigh returns them as columns.)",
        )
    return "The function is the same, and there is a way down."


def _parts_of(wide: Tensor, W: Tensor, i: int) -> Tensor | None:
    """The two rows of wide that are left when all neurons of W but number i are taken out; None if one of them is missing."""
    left = list(wide)
    for j, neuron in enumerate(W):
        if j != i:
            same = [place for place, row in enumerate(left) if torch.allclose(row, neuron, rtol=0, atol=1e-12)]
            if not same:
                return None
            del left[same[0]]
    return torch.stack(left)
