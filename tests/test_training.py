"""Training: what a batch does, every member does alone; every end has a status and a sentence."""

import pytest
import torch

import lmcourse as lm
from lmcourse.training import Status

bowl = lm.Landscape("bowl", {"x": (2,)}, lambda theta: 0.5 * (theta**2).sum(-1), gradient_of=lambda theta: theta)


def points(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def test_gradient_descent_on_a_bowl_is_a_geometric_series():
    # theta_t = (1 - lr)^t theta_0, so |theta_t| <= tol first at t = ceil(log(tol / |theta_0|) / log(1 - lr))
    runs = lm.train(bowl, points([3.0, 4.0], [0.3, 0.4]), lr=0.5, tol=1e-6)
    assert runs.steps.tolist() == [23, 19]
    torch.testing.assert_close(runs.theta[0], points([3.0, 4.0])[0] * 0.5**23)
    assert runs.status.dtype == torch.int8
    assert runs.count(Status.CONVERGED) == 2


def test_a_start_that_is_converged_takes_no_step():
    runs = lm.train(bowl, points([0.0, 0.0]))
    assert (runs.steps.item(), runs.status.item()) == (0, Status.CONVERGED)


def test_every_end_has_its_status():
    cliff = lm.Landscape(
        "cliff", {"x": (2,)}, lambda theta: -(theta**4).sum(-1), gradient_of=lambda theta: -4 * theta**3
    )
    assert lm.train(cliff, points([1.0, 1.0]), lr=0.1).status.item() == Status.DIVERGED
    assert lm.train(bowl, points([1.0, 1.0]), lr=1e-3, max_steps=5).status.item() == Status.MAX_STEPS
    assert lm.train(bowl, points([1.0, 1.0]), lr=1e-17, tol=1e-3).status.item() == Status.STALLED
    assert all(status.sentence.endswith(".") for status in Status)


def test_members_end_apart_and_keep_their_order():
    steep = lm.Landscape("steep", {"x": (1,)}, lambda theta: (theta**4).sum(-1), gradient_of=lambda theta: 4 * theta**3)
    runs = lm.train(steep, points([0.0], [9.0], [0.1], [0.5]), lr=0.1, tol=1e-3, max_steps=50)
    assert [Status(int(s)).name for s in runs.status] == ["CONVERGED", "DIVERGED", "MAX_STEPS", "MAX_STEPS"]
    assert runs.theta[0, 0] == 0 and 0 < runs.theta[2, 0] < 0.1


def test_one_learning_rate_a_member():
    runs = lm.train(bowl, points([1.0, 0.0], [1.0, 0.0]), lr=torch.tensor([0.5, 0.25]), max_steps=1)
    assert runs.theta[:, 0].tolist() == [0.5, 0.75]


def test_stop_ends_everything_and_keeps_the_points():
    asked = iter([False] * 9 + [True] * 100)
    runs = lm.train(bowl, points([1.0, 0.0], [2.0, 0.0]), lr=0.01, stop=lambda: next(asked))
    assert runs.count(Status.INTERRUPTED) == 2
    torch.testing.assert_close(runs.theta[:, 0], points([1.0, 2.0])[0] * 0.99**9)
    assert torch.equal(runs.grad_norm, runs.theta.norm(dim=1))


def test_keyboard_interrupt_returns_what_there_is():
    calls = 0

    def gradient_of(theta):
        nonlocal calls
        calls += 1
        if calls == 8:
            raise KeyboardInterrupt
        return theta

    land = lm.Landscape("bowl", {"x": (2,)}, lambda theta: 0.5 * (theta**2).sum(-1), gradient_of=gradient_of)
    runs = lm.train(land, points([1.0, 0.0], [1e-9, 0.0], [3.0, 0.0]), lr=0.1, chunk=2)
    assert [Status(int(s)).name for s in runs.status] == ["INTERRUPTED", "CONVERGED", "INTERRUPTED"]
    assert runs.theta[0, 0] < 1 and runs.theta[2, 0] == 3
    assert torch.isfinite(runs.loss).all()


@pytest.fixture(scope="module")
def eight():
    land = lm.teacher_student(k=8)
    return land, lm.starts(land, seeds=range(1000))


def test_member_17_alone_is_member_17_in_the_batch(eight):
    land, theta0 = eight
    batch = lm.train(land, theta0, max_steps=500, tol=0)
    alone = lm.train(land, theta0[17], max_steps=500, tol=0)
    assert (batch.theta[17] - alone.theta[0]).abs().max() < 1e-12


@pytest.mark.slow
def test_a_thousand_runs_at_k_8(eight):
    # Safran and Shamir: 126 of 1000; two such counts differ by less than 3.3 standard errors: 7.7 % to 17.5 %
    land, theta0 = eight
    runs = lm.train(land, theta0, lr=0.1, tol=1e-9)
    assert runs.count(Status.CONVERGED) == 1000
    failed = runs.loss > 1e-3
    assert 77 <= int(failed.sum()) <= 175
    points = lm.refine(land, runs.theta)
    assert float(points.grad_norm.max()) < 1e-14 and not points.left.any()
    found = lm.classify(land, points.theta)
    assert set(found.kind) == {"strict minimum"}
    torch.testing.assert_close(found.loss[failed], torch.full_like(found.loss[failed], 0.02150804), rtol=0, atol=1e-8)
    some = 60
    for chunk in (1, 7):
        chunked = lm.train(land, theta0[:some], lr=0.1, tol=1e-9, chunk=chunk)
        assert (lm.refine(land, chunked.theta).theta - points.theta[:some]).abs().max() < 1e-8


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"lr": -0.1}, "positive.*lr = -0.1"),
        ({"lr": float("nan")}, "positive"),
        ({"lr": torch.ones(3)}, r"one a member \(2\)"),
        ({"method": "magic"}, "no method 'magic'.*gd"),
        ({"tol": -1}, "tol"),
        ({"tol": float("nan")}, "tol"),
        ({"max_steps": 1.5}, "max_steps"),
        ({"chunk": 0}, "chunk"),
        ({"seeds": [1]}, "one seed a member"),
    ],
)
def test_bad_arguments_are_refused_in_words(arguments, words):
    with pytest.raises(ValueError, match=words):
        lm.train(bowl, points([1.0, 0.0], [2.0, 0.0]), **arguments)


def test_points_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match=r"1 of 2 points hold NaN or infinity \(the first is number 1\)"):
        lm.train(bowl, points([0.0, 1.0], [float("nan"), 1.0]))
    with pytest.raises(ValueError, match="must have the shape"):
        lm.train(bowl, torch.zeros(2, 3, 2))


def test_no_members_are_no_problem():
    runs = lm.train(bowl, torch.zeros(0, 2))
    assert len(runs) == 0 and repr(runs) == "Runs: no members"


def test_repr_and_progress_tell_the_story(capsys):
    runs = lm.train(bowl, points([1.0, 0.0]), lr=0.5, progress=True)
    assert repr(runs).startswith("Runs: 1 members by gd: 1 CONVERGED; loss")
    assert "1/1" in capsys.readouterr().err
