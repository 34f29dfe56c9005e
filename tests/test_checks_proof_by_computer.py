"""The checks of lesson 4.2's exercises: right answers in several styles, and what is said of typical wrong ones."""

import math
from fractions import Fraction

import pytest
import torch

import lmcourse as lm

check = lm.checks.proof_by_computer


def multiply(a, b):
    corners = [x * y for x in a for y in b]
    return math.nextafter(min(corners), -math.inf), math.nextafter(max(corners), math.inf)


def by_sorting(a, b):
    ends = sorted(float(x) * float(y) for x in a for y in b)
    return [ends[0] - 1e-15 * abs(ends[0]) - 1e-300, ends[3] + 1e-15 * abs(ends[3]) + 1e-300]


def by_fractions(a, b):
    corners = [Fraction(x) * Fraction(y) for x in a for y in b]
    return math.nextafter(float(min(corners)), -math.inf), math.nextafter(float(max(corners)), math.inf)


def padded(a, b, fixed):
    corners = [x * y for x in a for y in b]
    return min(corners) - fixed, max(corners) + fixed


@pytest.mark.parametrize("answer", [multiply, by_sorting, by_fractions])
def test_task_1_accepts_what_is_right(answer):
    assert check.multiply(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda a, b: (a[0] * b[0], a[1] * b[1]), "all combinations of the ends"),
        (
            lambda a, b: tuple(end * (1 + side * 1e-15) for end, side in zip(multiply(a, b), (-1, 1), strict=True)),
            "negative ends",
        ),
        (lambda a, b: tuple(sorted((a[0] * b[0], a[1] * b[1]))), "all combinations of the ends"),
        (lambda a, b: (min(x * y for x in a for y in b), max(x * y for x in a for y in b)), "one float"),
        (lambda a, b: tuple(reversed(multiply(a, b))), "above your high end"),
        (lambda a, b: (multiply(a, b)[0] - 1, multiply(a, b)[1] + 1), "wider than it needs to be"),
        (lambda a, b: (multiply(a, b)[0] - 1e-10, multiply(a, b)[1] + 1e-10), "far wider than rounding"),
        (lambda a, b: padded(a, b, 1e-15), "around 10^12"),
        (lambda a, b: (multiply(a, b)[0] - 1e-15, multiply(a, b)[1] + 1e-15), "around 10^-12"),
        (lambda a, b: (-math.inf, math.inf), "a finite number is expected"),
        (lambda a, b: math.prod(a) * math.prod(b), "Return two numbers"),
        (lambda a, b: (math.nan, 1.0), "came out as nan"),
    ],
)
def test_task_1_names_the_mistake(answer, words):
    verdict = check.multiply(answer)
    assert verdict.state == "not yet"
    assert words in verdict.message


def test_task_1_sees_ends_that_move_inward_on_random_intervals_alone():
    def answer(a, b):
        low, high = multiply(a, b)
        if all(end == round(end) for end in (*a, *b)):
            return low, high
        return low + 1e-14, high - 1e-14

    assert "moved inward" in check.multiply(answer).message


def radius(gradient, eigenvalue, third, largest, c=25, sign=-1, divide=2):
    discriminant = 9 * eigenvalue**2 - c * gradient * third
    if eigenvalue <= 0 or discriminant < 0:
        return None
    r = (3 * eigenvalue + sign * math.sqrt(discriminant)) / (divide * third)
    return r if r <= largest else None


def with_tensors(gradient, eigenvalue, third, largest):
    eps, lam, K = (torch.tensor(value, dtype=torch.float64) for value in (gradient, eigenvalue, third))
    r = (3 * lam - (9 * lam**2 - 25 * eps * K).sqrt()) / (2 * K)
    return r if lam > 0 and not r.isnan() and r <= largest else None


def by_the_other_root(gradient, eigenvalue, third, largest):
    if eigenvalue <= 0 or 25 * gradient * third > 9 * eigenvalue**2:
        return None
    r = 12.5 * gradient / (3 * eigenvalue + math.sqrt(9 * eigenvalue**2 - 25 * gradient * third))
    return None if r > largest else r


def by_a_ratio(gradient, eigenvalue, third, largest):
    if eigenvalue <= 0:
        return None
    ratio = 25 * gradient * third / (9 * eigenvalue * eigenvalue)
    if ratio > 1:
        return None
    r = 1.5 * eigenvalue / third * (1 - (1 - ratio) ** 0.5)
    return r if largest >= r else None


def strict(gradient, eigenvalue, third, largest):
    found = radius(gradient, eigenvalue, third, largest)
    return found if 9 * eigenvalue**2 > 25 * gradient * third else None


@pytest.mark.parametrize("answer", [radius, with_tensors, by_the_other_root, by_a_ratio])
def test_task_2_accepts_what_is_right(answer):
    assert check.radius(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda *given: radius(*given, sign=1), "larger root"),
        (lambda *given: radius(*given, c=24), "another number"),
        (strict, "still speaks, so a number is expected: D is exactly 0."),
        (lambda *given: (r := radius(*given)) and (r if r < given[3] else None), "D is exactly 0 and r exactly R"),
        (lambda *given: radius(*given, divide=1), "twice the right one"),
        (lambda g, e, t, R: (3 * e - math.sqrt(9 * e**2 - 25 * g * t)) / 2 * t, "Mind the brackets"),
        (lambda g, e, t, R: (3 * e - (9 * e**2 - 25 * g * t)) / (2 * t), "square root of D"),
        (lambda g, e, t, R: radius(g, e, t, math.inf), "larger than R"),
        (lambda g, e, t, R: radius(g, abs(e), t, R), "near a saddle"),
        (lambda g, e, t, R: radius(g, e or 1e-300, t, R), "which is no minimum"),
        (lambda g, e, t, R: (3 * e - math.sqrt(9 * e**2 - 25 * g * t)) / (2 * t), "stops with ValueError"),
        (lambda g, e, t, R: None, "one number"),
        (lambda g, e, t, R: radius(g, e, t, R) if g else None, "must be 0"),
        (3.0, "needs your function itself"),
    ],
)
def test_task_2_names_the_mistake(answer, words):
    verdict = check.radius(answer)
    assert verdict.state == "not yet"
    assert words in verdict.message


def smallest(C, error):
    return torch.linalg.eigvalsh(C)[0] - len(C) * error


def by_frobenius(C, error):
    return float(torch.linalg.eigh(C).eigenvalues.min() - torch.full_like(C, error).norm())


@pytest.mark.parametrize("answer", [smallest, by_frobenius])
def test_task_3_accepts_what_is_right(answer):
    assert check.smallest_of_all(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda C, error: torch.linalg.eigvalsh(C)[0] - error, "too optimistic"),
        (lambda C, error: torch.linalg.eigvalsh(C - error)[0], "too optimistic"),
        (lambda C, error: torch.linalg.eigvalsh(C)[0], "too optimistic"),
        (lambda C, error: torch.linalg.eigvalsh(C)[0] + len(C) * error, "mind the sign"),
        (lambda C, error: torch.linalg.eigvalsh(C)[0] - len(C) ** 2 * error, "too much away"),
        (lambda C, error: smallest(C, error) - 1.0, "too much away"),
        (lambda C, error: torch.linalg.eigvalsh(C) - len(C) * error, "one number"),
    ],
)
def test_task_3_names_the_mistake(answer, words):
    verdict = check.smallest_of_all(answer)
    assert verdict.state == "not yet"
    assert words in verdict.message


def negative(matrix, zero=1e-9):
    return int((torch.linalg.eigvalsh(matrix) < -zero).sum())


def parts(W, i):
    n, d = W.shape
    hessian = lm.teacher_student(k=d, n=n).hessian(W.flatten())
    return hessian, hessian.reshape(n, d, n, d)[i, :, i, :] - 0.5 * torch.eye(d, dtype=W.dtype)


def index_after_split(W, i):
    hessian, T = parts(W, i)
    return negative(hessian) + negative(T)


def by_the_wide_network(W, i):
    wide = torch.cat([W, 0.3 * W[i : i + 1]])
    wide[i] *= 0.7
    return lm.classify(lm.teacher_student(W.shape[1], len(wide)), wide.flatten()).index[0]


@pytest.mark.parametrize("answer", [index_after_split, by_the_wide_network])
def test_task_4_accepts_what_is_right(answer):
    assert check.index_after_split(answer).state == "right"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda W, i: negative(parts(W, i)[1]), "were there before"),
        (lambda W, i: negative(parts(W, i)[0]) + negative(parts(W, i)[1] + torch.eye(W.shape[1]) / 2), "half of I"),
        (lambda W, i: negative(parts(W, i)[0]) + W.shape[1], "one too many"),
        (lambda W, i: negative(parts(W, i)[0]) + negative(-parts(W, i)[1]), "half of I"),
        (lambda W, i: parts(W, i)[1], "one number"),
        (lambda W, i: index_after_split(W, i) + 2, "the count is off"),
        (lambda W, i: index_after_split(W, 0), "depend on i"),
        (lambda W, i: index_after_split(W, len(W) - 1), "depend on i"),
    ],
)
def test_task_4_names_the_mistake(answer, words):
    verdict = check.index_after_split(answer)
    assert verdict.state == "not yet"
    assert words in verdict.message


@pytest.mark.parametrize("name", ["multiply", "radius", "smallest_of_all", "index_after_split"])
def test_an_untouched_stub_is_not_attempted(name):
    def unfinished(*arguments):
        raise NotImplementedError

    for stub in (lambda *arguments: ..., unfinished, ...):
        assert getattr(check, name)(stub).state == "not attempted yet"
