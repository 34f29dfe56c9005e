"""The checks of lesson 1.3's exercises: right answers in several styles, and what is said of typical wrong ones."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.integrate import quad
from scipy.special import betainc

import lmcourse as lm

check = lm.checks.escaping


def chance(N, k, down, up):
    return betainc((N - k) / 2, k / 2, down / (down + up))


def by_beta(N, k, down, up):
    return float(stats.beta.sf(up / (down + up), k / 2, (N - k) / 2))


def by_f(N, k, down, up):
    return torch.tensor(stats.f.sf((N - k) / k * up / down, k, N - k), dtype=torch.float64)


def by_integral(N, k, down, up):
    """P(sum of k squares > up/down times a sum of N - k), by integration over the larger sum."""
    density = stats.chi2(k).pdf
    return quad(
        lambda s: density(s * s) * 2 * s * stats.chi2(N - k).cdf(s * s * down / up), 0, 40, epsabs=1e-13, limit=500
    )[0]


@pytest.mark.parametrize("answer", [chance, by_beta, by_f, by_integral])
def test_task_1_accepts_what_is_right(answer):
    verdict = check.chance(answer)
    assert verdict.state == "right", verdict


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda N, k, down, up: chance(N, k, up, down), "curvatures are exchanged"),
        (lambda N, k, down, up: betainc(N - k, k, down / (down + up)), "twice what they should be"),
        (lambda N, k, down, up: betainc(k / 2, (N - k) / 2, down / (down + up)), "numbers of directions are exchanged"),
        (lambda N, k, down, up: 1 - chance(N, k, down, up), "the loss rises"),
        (lambda N, k, down, up: chance(N, k, 1, 1), "curvatures have no influence"),
        (lambda N, k, down, up: k / N, "share of directions"),
        (lambda N, k, down, up: (down / (down + up)) ** (N - k), "separate toss"),
        (lambda N, k, down, up: chance(N, k, down, up) * 1.01, "Near, but not exact"),
        (lambda N, k, down, up: chance(N, 1, down, up), "N = 10, k = 3"),  # right wherever k = 1
        (lambda N, k, down, up: 2.0, "between 0 and 1"),
        (lambda N, k, down, up: math.nan, "nan"),
        (
            lambda N, k, down, up: (
                lm.experiments.escaping.try_directions(np.r_[-down, up * np.ones(N - 1)], 1000) / 1000
            ),
            "N = ",
        ),
    ],
)
def test_task_1_names_the_mistake(answer, words):
    verdict = check.chance(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def steps_to_leave(x, curvature, lr, size):
    return math.inf if x == 0 else max(0, math.ceil(math.log(size / abs(x), 1 + lr * curvature)))


def by_counting(x, curvature, lr, size):
    if x == 0:
        return float("inf")
    t, x = 0, abs(x)
    while x < size:
        t, x = t + 1, x * (1 + lr * curvature)
    return t


def by_torch(x, curvature, lr, size):
    x, size = torch.tensor(x, dtype=torch.float64), torch.tensor(size, dtype=torch.float64)
    return (
        (torch.log(size / x.abs()) / torch.log1p(torch.tensor(lr * curvature, dtype=torch.float64))).ceil().clamp(min=0)
    )


@pytest.mark.parametrize("answer", [steps_to_leave, by_counting, by_torch])
def test_task_2_accepts_what_is_right(answer):
    verdict = check.steps_to_leave(answer)
    assert verdict.state == "right", verdict


def fixed(formula):
    return lambda x, curvature, lr, size: math.inf if x == 0 else max(0, formula(abs(x), curvature, lr, size))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (fixed(lambda x, c, lr, size: math.log(size / x) / math.log1p(lr * c)), "whole"),
        (fixed(lambda x, c, lr, size: math.floor(math.log(size / x) / math.log1p(lr * c))), "rounded up"),
        (fixed(lambda x, c, lr, size: math.ceil(math.log(size / x) / (lr * c))), "continuous time"),
        (fixed(lambda x, c, lr, size: math.ceil(math.log(size / x) / math.log1p(lr * c)) + 1), "reached earlier"),
        (fixed(lambda x, c, lr, size: math.ceil(math.log(1 / x) / math.log1p(lr * c))), "size"),
        (fixed(lambda x, c, lr, size: math.floor(math.log(size / x) / math.log1p(lr * c)) + 1), "at least"),
        (lambda x, c, lr, size: math.ceil(math.log(size / x) / math.log1p(lr * c)), "stops with ValueError"),
        (lambda x, c, lr, size: steps_to_leave(x, c, lr, size) if x else 0, "nothing to grow"),
        (lambda x, c, lr, size: math.ceil(math.log(size / abs(x), 1 + lr * c)), "no step is needed"),
    ],
)
def test_task_2_names_the_mistake(answer, words):
    verdict = check.steps_to_leave(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def in_ball(members, N, radius):
    z = torch.randn(members, N, dtype=torch.float64)
    return radius * torch.rand(members, 1, dtype=torch.float64) ** (1 / N) * z / z.norm(dim=1, keepdim=True)


def by_numpy(members, N, radius):
    draw = np.random.default_rng()
    z = draw.normal(size=(members, N))
    return radius * z / np.linalg.norm(z, axis=1)[:, None] * draw.uniform(size=members)[:, None] ** (1 / N)


def from_a_sphere_of_two_dimensions_more(members, N, radius):
    z = torch.randn(members, N + 2, dtype=torch.float64)  # a theorem: N coordinates of a point on this sphere
    return radius * (z / z.norm(dim=1, keepdim=True))[:, :N]


def by_rejection(members, N, radius):
    kept = torch.empty(0, N, dtype=torch.float64)
    while len(kept) < members:
        x = 2 * torch.rand(20 * members, N, dtype=torch.float64) - 1
        kept = torch.cat([kept, x[x.norm(dim=1) <= 1]])
    return radius * kept[:members]


@pytest.mark.parametrize("answer", [in_ball, by_numpy, from_a_sphere_of_two_dimensions_more, by_rejection])
def test_task_3_accepts_what_is_right(answer):
    verdict = check.in_ball(answer)
    assert verdict.state == "right", verdict


def unit(z):
    return z / z.norm(dim=1, keepdim=True)


def normal(members, N):
    return torch.randn(members, N, dtype=torch.float64)


def uniform(members, N=1):
    return torch.rand(members, N, dtype=torch.float64)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda m, N, r: r * (2 * uniform(m, N) - 1), "outside the ball"),
        (lambda m, N, r: r * normal(m, N), "outside the ball"),
        (lambda m, N, r: r * unit(normal(m, N)), "one distance"),
        (lambda m, N, r: r * uniform(m) * unit(normal(m, N)), "half the radius"),
        (lambda m, N, r: r * uniform(m) ** (1 / 3) * unit(normal(m, N)), "In 2 dimensions"),  # right in three
        (lambda m, N, r: r * uniform(m) ** 0.5 * unit(normal(m, N)), "In 3 dimensions"),
        (lambda m, N, r: r * uniform(m) ** (1 / N) * unit(2 * uniform(m, N) - 1), "preferred"),
        (lambda m, N, r: r * uniform(m) ** (1 / N) * unit(uniform(m, N)), "not centred"),
        (lambda m, N, r: in_ball(1, N, r).expand(m, N), "its own draw"),
        (lambda m, N, r: in_ball(m, N, 1.0), "What does the radius do"),
        (lambda m, N, r: unit(normal(m, N)), "outside the ball"),
        (lambda m, N, r: in_ball(m, N, r).float(), "Use float64"),
        (lambda m, N, r: in_ball(m, N, r)[0], "must have the shape"),
    ],
)
def test_task_3_names_the_mistake(answer, words):
    verdict = check.in_ball(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


def perturbed_descent(gradient, nudge, x, lr, threshold, wait, steps, late=0, early=None):
    last = None
    for step in range(steps):
        short = gradient(x).norm() <= threshold
        if short and (last is None or step - last >= wait + late):
            x, last = x + nudge(), step
        x = x - lr * gradient(x)
    return x


def by_counting_down(gradient, nudge, x, lr, threshold, wait, steps):
    x, left = x.clone(), 0
    while steps:
        g = gradient(x)
        if left <= 0 and not float((g * g).sum()) ** 0.5 > threshold:
            x += nudge()
            g, left = gradient(x), wait
        x -= lr * g
        left, steps = left - 1, steps - 1
    return x.numpy()


@pytest.mark.parametrize("answer", [perturbed_descent, by_counting_down])
def test_task_4_accepts_what_is_right(answer):
    verdict = check.perturbed_descent(answer)
    assert verdict.state == "right", verdict


def in_place(gradient, nudge, x, lr, threshold, wait, steps):
    for _ in range(steps):
        x -= lr * gradient(x)
    return x


def with_the_old_gradient(gradient, nudge, x, lr, threshold, wait, steps):
    last = -wait
    for step in range(steps):
        g = gradient(x)
        if g.norm() <= threshold and step - last >= wait:
            x, last = x + nudge(), step
        x = x - lr * g
    return x


def first_nudge_after_the_wait(gradient, nudge, x, lr, threshold, wait, steps):
    last = 0
    for step in range(steps):
        if gradient(x).norm() <= threshold and step - last >= wait:
            x, last = x + nudge(), step
        x = x - lr * gradient(x)
    return x


def by_the_largest_entry(gradient, nudge, x, lr, threshold, wait, steps):
    last = -wait
    for step in range(steps):
        if gradient(x).abs().max() <= threshold and step - last >= wait:
            x, last = x + nudge(), step
        x = x - lr * gradient(x)
    return x


def by_the_square(gradient, nudge, x, lr, threshold, wait, steps):
    last = -wait
    for step in range(steps):
        if (gradient(x) ** 2).sum() <= threshold and step - last >= wait:
            x, last = x + nudge(), step
        x = x - lr * gradient(x)
    return x


def with_nudges_that_replace(gradient, nudge, x, lr, threshold, wait, steps):
    last = -wait
    for step in range(steps):
        if gradient(x).norm() <= threshold and step - last >= wait:
            x, last = nudge(), step
        x = x - lr * gradient(x)
    return x


def every_so_many_steps(gradient, nudge, x, lr, threshold, wait, steps):
    for step in range(steps):
        if step % wait == 0 and gradient(x).norm() <= threshold:
            x = x + nudge()
        x = x - lr * gradient(x)
    return x


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (in_place, "changes the start"),
        (with_the_old_gradient, "gradient at the new point"),
        (first_nudge_after_the_wait, "first nudge comes too late"),
        (by_the_largest_entry, "all entries"),
        (by_the_square, "square of the gradient's length"),
        (with_nudges_that_replace, "does not replace x"),
        (
            every_so_many_steps,
            "a bowl, whose bottom it reaches",
        ),  # right wherever the gradient is short from the start on
        (lambda g, n, x, lr, th, w, s: perturbed_descent(g, n, x, lr, th, w, s, late=1), "too rarely"),
        (lambda g, n, x, lr, th, w, s: perturbed_descent(g, n, x, lr, th, 0, s), "too often"),
        (lambda g, n, x, lr, th, w, s: perturbed_descent(g, n, x, lr, math.inf, w, s), "gradient is long"),
        (lambda g, n, x, lr, th, w, s: perturbed_descent(g, n, x, lr, -1, w, s), "No nudge came"),
        (lambda g, n, x, lr, th, w, s: perturbed_descent(g, n, x, -lr, th, w, s), "uphill"),
        (lambda g, n, x, lr, th, w, s: perturbed_descent(g, n, x, lr, th, w, s - 1), "One step is missing"),
        (lambda g, n, x, lr, th, w, s: perturbed_descent(g, n, x, lr, th, w, s + 1), "one step too many"),
        (lambda g, n, x, lr, th, w, s: perturbed_descent(g, lambda: 0 * n(), x, lr, th, w, s), "did not move"),
        (
            lambda g, n, x, lr, th, w, s: perturbed_descent(g, n, x, lr, th * (1 - 1e-9), w, s),
            "as long as the threshold",
        ),
        (lambda g, n, x, lr, th, w, s: perturbed_descent(g, n, x, lr, th, w, s).float(), "Use float64"),
        (lambda g, n, x, lr, th, w, s: None, "returns None"),
    ],
)
def test_task_4_names_the_mistake(answer, words):
    verdict = check.perturbed_descent(answer)
    assert verdict.state == "not yet" and words in verdict.message, verdict


@pytest.mark.parametrize("name", ["chance", "steps_to_leave", "in_ball", "perturbed_descent"])
def test_an_untouched_stub_is_not_attempted(name):
    def unfinished(*arguments):
        raise NotImplementedError

    for stub in (lambda *arguments: ..., unfinished, ...):
        assert getattr(check, name)(stub).state == "not attempted yet"
