"""Safran and Shamir's experiment: our counts beside theirs."""

import pytest
import torch

from lmcourse.counting import shares_agree
from lmcourse.experiments.spurious_minima import PUBLISHED, count_failed, longest_step, published, run
from lmcourse.networks.teacher_student import teacher_student
from lmcourse.training import Status


@pytest.mark.parametrize("k", [6, 7, 8, 9, 10, 11, 12])
def test_shares_agree_with_the_published_ones(k):
    ours, theirs = count_failed(run(k, k, seeds=range(500))), published(k, k)
    assert shares_agree(ours[:2], theirs[:2])


@pytest.mark.parametrize("k", [8, 10, 12])
def test_two_extra_neurons_never_failed(k):
    runs = run(k, k + 2, seeds=range(100))
    assert count_failed(runs).failed == 0


def test_an_early_end_and_a_long_step_shift_no_share():
    # The same starts by both protocols: a few cross a ridge, either way; their balance must be that of coin flips.
    quick, slow = run(8, 8, seeds=range(200)), run(8, 8, seeds=range(200), lr=0.1, tol=1e-9, max_steps=100_000)
    assert slow.count(Status.CONVERGED) == 200
    failed, failed_slow = quick.loss >= 1e-3, slow.loss >= 1e-3
    changed = int((failed != failed_slow).sum())
    assert changed <= 20
    assert abs(int(failed.sum()) - int(failed_slow.sum())) <= 3.3 * changed**0.5


@pytest.mark.parametrize("n", range(3, 23))
def test_the_longest_step_is_stable_at_the_solution(n):
    # Gradient descent converges to a minimum only if lr * (largest eigenvalue) < 2.
    land = teacher_student(n)
    largest = torch.linalg.eigvalsh(land.hessian(torch.eye(n, dtype=torch.float64).flatten()))[-1]
    assert longest_step(n) * float(largest) < 1.6


def test_the_published_tables_are_complete():
    assert len(PUBLISHED) == 15 + 12 + 13
    assert sum(PUBLISHED[k, k] for k in range(6, 21)) == 8588


def test_a_size_that_was_not_published_is_refused():
    with pytest.raises(ValueError, match="k = 30"):
        published(30, 30)
