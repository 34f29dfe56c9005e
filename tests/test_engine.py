"""Engines: blocks of any size and the compiled step give the gradient of the formula."""

import pytest
import torch

import lmcourse as lm
from lmcourse import engine
from lmcourse.engine import batch_gradient, compiled_blocks, has_compiler

SIZES = [(2, 2, 2), (3, 2, 3), (4, 6, 4), (3, 4, 6)]


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_members_last_is_the_same_formula(sizes):
    land = lm.teacher_student(*sizes)
    theta = lm.starts(land, seeds=range(9))
    torch.testing.assert_close(land.members_last_gradient_of(theta.T).T, land.gradient(theta), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("memory", [1e-4, 0.03, 500])
def test_blocks_do_not_change_the_gradient(memory):
    land = lm.teacher_student(4)
    theta = lm.starts(land, seeds=range(50))
    torch.testing.assert_close(batch_gradient(land, memory=memory)(theta), land.gradient(theta), rtol=1e-13, atol=1e-15)


def test_the_budget_bounds_what_lies_between(monkeypatch):
    land = lm.teacher_student(20)
    sizes = []

    def spy(theta):
        sizes.append(len(theta))
        return torch.zeros_like(theta)

    object.__setattr__(land, "gradient_of", spy)
    batch_gradient(land, memory=20)(torch.zeros(10_000, 400, dtype=torch.float64))
    assert max(sizes) * 8 * land.working_numbers <= 20e6
    assert sum(sizes) == 10_000


@pytest.mark.slow
@pytest.mark.skipif(not has_compiler(), reason="no C++ compiler; the engine 'compiled' needs one (apt install g++)")
@pytest.mark.parametrize("members", [1, 3000])
def test_the_compiled_step_is_the_same_formula(members):
    for land in (lm.teacher_student(9, 10), lm.surface("himmelblau")):
        theta = lm.starts(land, seeds=range(members))
        torch.testing.assert_close(
            batch_gradient(land, "compiled")(theta), land.gradient(theta), rtol=1e-11, atol=1e-13
        )


@pytest.mark.slow
@pytest.mark.skipif(not has_compiler(), reason="no C++ compiler; the engine 'compiled' needs one (apt install g++)")
def test_a_member_of_a_compiled_batch_is_alone_bit_by_bit():
    land = lm.teacher_student(4)
    theta = lm.starts(land, seeds=range(compiled_blocks(land)[0] + 40))  # a wide block and narrow ones
    gradient = batch_gradient(land, "compiled")
    assert torch.equal(gradient(theta)[17], gradient(theta[17:18])[0])


def test_without_a_compiler_it_says_so(monkeypatch):
    monkeypatch.setattr(engine.shutil, "which", lambda name: None)
    with pytest.raises(RuntimeError, match=r"needs a C\+\+ compiler.*Use 'eager'"):
        batch_gradient(lm.teacher_student(3), "compiled")


@pytest.mark.parametrize(
    ("arguments", "words"), [({"engine": "warp"}, "no engine 'warp'"), ({"memory": 0}, "must be positive")]
)
def test_bad_requests_are_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        batch_gradient(lm.teacher_student(3), **arguments)


@pytest.mark.parametrize("memory", [0.05, 500])
def test_training_in_little_memory_ends_at_the_same_points(memory):
    land = lm.teacher_student(4)
    theta0 = lm.starts(land, seeds=range(30))
    small, whole = lm.train(land, theta0, max_steps=200, memory=memory), lm.train(land, theta0, max_steps=200)
    torch.testing.assert_close(small.theta, whole.theta, rtol=0, atol=1e-13)
    torch.testing.assert_close(small.loss, whole.loss, rtol=0, atol=1e-14)


@pytest.mark.slow
@pytest.mark.skipif(not has_compiler(), reason="no C++ compiler; the engine 'compiled' needs one (apt install g++)")
def test_compiled_training_ends_where_eager_training_ends():
    land = lm.teacher_student(6)
    theta0 = lm.starts(land, seeds=range(40))
    ends = {engine: lm.train(land, theta0, lr=0.4, tol=1e-9, engine=engine) for engine in ("eager", "compiled")}
    assert ends["compiled"].engine == "compiled"
    refined = [lm.refine(land, runs.theta).theta for runs in ends.values()]
    assert (refined[0] - refined[1]).abs().max() < 1e-8
