"""Training: what a batch does, every member does alone; every end has a status and a sentence."""

import pytest
import torch

import lmcourse as lm
from lmcourse.training import SCHEDULES, Status, cosine, inverse_time, record, step_decay

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
    for some, chunk in ((5, 1), (30, 7)):
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


# ------------------------------------------------------------------------------------------------ schedules


def test_a_schedule_multiplies_the_rate():
    # On the bowl a step multiplies theta by 1 - lr * factor(step).
    def decay(step):
        return 0.5**step

    runs = lm.train(
        bowl, points([1.0, 0.0], [1.0, 0.0]), lr=torch.tensor([0.5, 0.25]), schedule=decay, tol=0, max_steps=4
    )
    expected = torch.ones(2, dtype=torch.float64)
    for step in range(4):
        expected = expected * (1 - points([0.5, 0.25])[0] * 0.5**step)
    torch.testing.assert_close(runs.theta[:, 0], expected)


@pytest.mark.parametrize(
    ("name", "schedule"),
    [("constant", lambda step: 1.0), ("step", step_decay(10)), ("cosine", cosine(30)), ("1/t", inverse_time(3))],
)
def test_schedules_with_a_name_fit_themselves_to_the_steps(name, schedule):
    named, given = (lm.train(bowl, points([1.0, 2.0]), schedule=s, tol=0, max_steps=30) for s in (name, schedule))
    assert torch.equal(named.theta, given.theta)
    assert set(SCHEDULES) == {"constant", "step", "cosine", "1/t"}


def test_robbins_and_monros_schedule_averages_the_noise_away():
    # lr 1/(1 + t) on 1/2 (w - y_i)^2, one sample at a time, is the mean of the samples so far: exact after an epoch.
    y = torch.tensor([1.0, 2.0, 4.0, 9.0], dtype=torch.float64)
    mean = lm.Landscape(
        "mean", {"w": (1,)}, lambda w: ((w - y) ** 2).mean(-1) / 2, samples=4,
        batch_loss_of=lambda w, rows: ((w - y[rows]) ** 2).mean(-1) / 2,
    )  # fmt: skip
    options = {"method": "sgd", "lr": 1.0, "tol": 1e-12}
    assert lm.train(mean, points([7.0]), schedule=inverse_time(1), max_steps=4, **options).theta.item() == 4.0
    assert lm.train(mean, points([7.0]), max_steps=4, **options).theta.item() != 4.0


def test_a_rate_that_warms_up_from_zero_is_not_a_stall():
    runs = lm.train(bowl, points([1.0, 0.0]), schedule=lambda step: min(step / 10, 1), lr=0.5)
    assert runs.status.item() == Status.CONVERGED


# ------------------------------------------------------------------------------------------------ going on


def test_a_run_that_goes_on_counts_its_steps_from_its_start():
    whole = lm.train(bowl, points([3.0, 4.0], [0.3, 0.4]), lr=0.5, tol=1e-6)
    part = lm.train(bowl, points([3.0, 4.0], [0.3, 0.4]), lr=0.5, tol=1e-6, max_steps=20)
    assert [Status(int(s)).name for s in part.status] == ["MAX_STEPS", "CONVERGED"]
    rest = lm.train(bowl, part, tol=1e-6)
    assert torch.equal(rest.theta, whole.theta) and torch.equal(rest.steps, whole.steps)
    assert torch.equal(rest.grad_norm, whole.grad_norm) and rest.count(Status.CONVERGED) == 2


def test_gradient_descent_with_a_pause_is_gradient_descent():
    land = lm.teacher_student(k=6)
    start, lr = lm.starts(land, seeds=range(20)), torch.linspace(0.1, 0.4, 20, dtype=torch.float64)
    whole = lm.train(land, start, lr=lr, tol=1e-4, max_steps=1000)
    part = lm.train(land, start, lr=lr, tol=1e-4, max_steps=123, chunk=7)
    rest = lm.train(land, lm.train(land, part, tol=1e-4, max_steps=300), tol=1e-4, max_steps=1000)
    assert (whole.theta - rest.theta).abs().max() < 1e-12
    assert torch.equal(whole.steps, rest.steps) and torch.equal(whole.status, rest.status)


def test_schedules_go_on_where_they_were():
    cooling = {"lr": 0.3, "tol": 0, "schedule": step_decay(5, 0.5)}
    whole = lm.train(bowl, points([1.0, 2.0]), max_steps=20, **cooling)
    part = lm.train(bowl, points([1.0, 2.0]), max_steps=7, **cooling)
    assert torch.equal(lm.train(bowl, part, max_steps=20, tol=0, schedule=cooling["schedule"]).theta, whole.theta)


def test_an_interrupted_run_goes_on_from_wherever_its_members_stand():
    start = points([1.0, 0.0], [1e-9, 0.0], [3.0, 0.0], [5.0, 0.0])
    asked = iter([False] * 9 + [True] * 100)
    part = lm.train(bowl, start, lr=0.1, chunk=2, stop=lambda: next(asked))
    assert part.steps.tolist() == [9, 0, 0, 0]
    assert torch.isfinite(part.grad_norm).all()
    whole, rest = lm.train(bowl, start, lr=0.1), lm.train(bowl, part)
    assert torch.equal(rest.theta, whole.theta) and torch.equal(rest.steps, whole.steps)


def test_converged_members_go_on_to_a_smaller_tolerance():
    loose = lm.train(bowl, points([1.0, 2.0]), "momentum", lr=0.1, tol=1e-3, momentum=0.5)
    tight = lm.train(bowl, loose, tol=1e-9)
    whole = lm.train(bowl, points([1.0, 2.0]), "momentum", lr=0.1, tol=1e-9, momentum=0.5)
    assert torch.equal(tight.theta, whole.theta) and torch.equal(tight.steps, whole.steps)
    assert tight.options == {"momentum": 0.5}


def test_another_method_takes_over_with_a_memory_of_its_own():
    part = lm.train(bowl, points([1.0, 2.0], [0.0, 0.0]), lr=0.1, max_steps=10)
    rest = lm.train(bowl, part, "adam", lr=0.05, max_steps=30, tol=0)
    fresh = lm.train(bowl, part.theta, "adam", lr=0.05, max_steps=20, tol=0)
    assert torch.equal(rest.theta, fresh.theta) and rest.method == "adam"
    assert rest.steps[0] == 30 and set(rest.state) == {"lr", "mean", "square", "step"}


def test_another_rate_is_taken_over():
    part = lm.train(bowl, points([1.0, 0.0]), lr=0.5, max_steps=1, tol=0)
    assert lm.train(bowl, part, lr=0.25, max_steps=2, tol=0).theta[0, 0] == 0.5 * 0.75


def test_what_has_diverged_or_stalled_stays_where_it_is():
    cliff = lm.Landscape("cliff", {"x": (2,)}, lambda x: -(x**4).sum(-1), gradient_of=lambda x: -4 * x**3)
    part = lm.train(cliff, points([1.0, 1.0]), lr=0.1)
    rest = lm.train(cliff, part)
    assert rest.status.item() == Status.DIVERGED and torch.equal(rest.theta, part.theta)
    assert part.engine == "eager"


# ------------------------------------------------------------------------------------------------ watching


def test_a_record_is_the_way():
    runs = lm.train(bowl, points([1.0, 0.0], [1e-4, 0.0]), lr=0.5, tol=1e-3, record=3)
    assert runs.steps.tolist() == [10, 0]
    assert runs.path.steps.tolist() == [0, 3, 6, 9, 10]
    assert runs.path.theta[0, :, 0].tolist() == [0.5**step for step in (0, 3, 6, 9, 10)]
    assert (runs.path.theta[1, :, 0] == 1e-4).all()  # it stays where it ended
    assert repr(runs.path) == "Path: 2 members at 5 steps, 0 to 10"
    assert lm.train(bowl, points([1.0, 0.0])).path is None


def test_a_record_in_chunks_is_the_same():
    start = points([1.0, 0.0], [9.0, 0.0], [1e-4, 0.0])
    whole, parts = (lm.train(bowl, start, lr=0.5, tol=1e-3, record=4, chunk=chunk).path for chunk in (None, 1))
    assert torch.equal(whole.steps, parts.steps) and torch.equal(whole.theta, parts.theta)


def test_a_record_of_what_goes_on_begins_there():
    part = lm.train(bowl, points([1.0, 0.0], [1e-4, 0.0]), lr=0.5, tol=1e-3, max_steps=5)
    path = lm.train(bowl, part, tol=1e-3, record=3).path
    assert path.steps.tolist() == [6, 9, 10] and path.theta[1, :, 0].tolist() == [1e-4] * 3


def test_a_long_record_is_thinned_to_fit_the_memory(monkeypatch):
    monkeypatch.setattr(record, "RECORD_ENTRIES", 2 * 10)
    path = lm.train(bowl, points([1.0, 0.0]), lr=0.1, tol=0, max_steps=100, record=1).path
    assert path.steps.tolist() == [0, 16, 32, 48, 64, 80, 96, 100]
    torch.testing.assert_close(path.theta[0, :, 0], 0.9 ** path.steps.double())


def test_a_callback_sees_every_step():
    seen = []
    lm.train(bowl, points([1.0, 0.0], [1e-3, 0.0]), lr=0.5, tol=1e-2, callback=seen.append)
    assert [moment.step for moment in seen] == list(range(8))
    assert seen[0].members.tolist() == [0, 1] and seen[1].members.tolist() == [0]
    assert [float(moment.grad_norm[0]) for moment in seen] == [0.5**step for step in range(8)]


def test_a_callback_may_raise_ctrl_c():
    def callback(moment):
        if moment.step == 3:
            raise KeyboardInterrupt

    runs = lm.train(bowl, points([1.0, 0.0]), lr=0.5, callback=callback)
    assert (runs.status.item(), runs.steps.item(), runs.theta[0, 0].item()) == (Status.INTERRUPTED, 3, 0.5**3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"schedule": "warm"}, "one of constant, step, cosine, 1/t"),
        ({"record": 0}, "record"),
        ({"record": 1.5}, "record"),
    ],
)
def test_bad_wishes_are_refused_in_words(arguments, words):
    with pytest.raises(ValueError, match=words):
        lm.train(bowl, points([1.0, 0.0]), **arguments)


def test_an_option_that_nobody_has_is_refused():
    with pytest.raises(TypeError, match="Neither train nor the method 'gd' has an option 'max_step'"):
        lm.train(bowl, points([1.0, 0.0]), max_step=5)
