"""Points with several reversed neurons, and the proofs about them that lesson 4.2 lays on the table."""

import numpy as np
import pytest
import torch

import lmcourse as lm
from lmcourse.experiments import proof_by_computer as proof
from lmcourse.networks.reversed_neurons import FAMILIES, OTHERS, REVERSED, SPARE, among_symmetric, known, patterns
from lmcourse.widgets import ProofExplorer


def classified(k, p, family=OTHERS):
    W = proof.symmetric_point(k, p, family)
    return lm.classify(lm.teacher_student(k, len(W)), W.flatten())[0]


# Losses and smallest eigenvalues of p reversed neurons at k = 20, and where the published runs met p = 2, 3 and 4 first.
@pytest.mark.parametrize(
    ("k", "p", "loss", "smallest"),
    [(20, 1, 0.01128, 0.0551), (20, 2, 0.02192, 0.0443), (20, 4, 0.04202, 0.0319), (20, 7, 0.06962, 0.0149),
     (9, 2, 0.03749, 0.01017), (12, 3, 0.04546, 0.01434), (14, 4, 0.05336, 0.0139)],
)  # fmt: skip
def test_published_losses_and_eigenvalues_of_several_reversed_neurons(k, p, loss, smallest):
    point = classified(k, p)
    assert float(point.loss) == pytest.approx(loss, abs=1e-5)
    assert float(point.eigenvalues[0]) == pytest.approx(smallest, abs=1e-4)


def test_the_branch_with_many_reversed_neurons_has_the_published_loss():
    assert float(classified(11, 6, REVERSED).loss) == pytest.approx(0.05448, abs=1e-5)  # one run of 1,000
    assert float(classified(12, 7, REVERSED).loss) == pytest.approx(0.06087, abs=1e-5)  # two runs


def test_minima_with_one_spare_neuron_are_those_that_single_published_runs_met():
    for (k, n), loss in proof.PUBLISHED_SPARE.items():
        W = proof.symmetric_point(k, 1, SPARE)
        assert len(W) == n
        assert float(lm.teacher_student(k, n).loss(W.flatten())) == pytest.approx(loss, abs=5e-6)
    assert float(classified(8, 1, SPARE).eigenvalues[0]) == pytest.approx(0.00594, abs=1e-5)


def test_one_reversed_neuron_is_the_point_of_five_numbers():
    for k in (4, 6, 13):
        assert torch.allclose(proof.symmetric_point(k, 1), lm.symmetric_minimum(k), rtol=0, atol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_points_are_critical_and_as_many_neurons_are_reversed_as_asked_for(family):
    for k in (4, 7, 11):
        for p in known(k, family):
            W = proof.symmetric_point(k, p, family)
            land = lm.teacher_student(k, len(W))
            assert land.gradient(W.flatten()).norm() < 1e-13
            assert (W.diagonal() < -0.25).tolist() == [i < p for i in range(k)]


def test_a_symmetric_gradient_step_is_a_step_on_the_values():
    land, directions = among_symmetric(7, 2, spare=2)
    values = torch.linspace(-1, 1, land.dim, dtype=torch.float64)
    W = (values[:, None, None] * directions).sum(0)
    full = lm.teacher_student(7, 9)
    assert torch.allclose(full.gradient(W.flatten()), land.gradient(values) @ directions.flatten(1), atol=1e-14)
    assert float(full.loss(W.flatten())) == pytest.approx(float(land.loss(values)), abs=1e-15)


def test_patterns_cover_every_entry_once():
    assert torch.equal(patterns(6, 2, spare=2).sum(0), torch.ones(8, 6, dtype=torch.float64))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((3, 1), "k = 3 came"), ((21, 1), "k = 21 came"), ((9, 0), "p = 0 came"), ((9, 6), "p from 1 to 5"),
     ((9, 2.5), "p = 2.5 came"), ((9, 1, "nobody"), "There is no family 'nobody'")],
)  # fmt: skip
def test_points_that_are_not_known_are_refused_in_words(arguments, words):
    with pytest.raises(ValueError, match=words):
        proof.symmetric_point(*arguments)


# ----------------------------------------------------------------------------------------------- theorems of the lesson


@pytest.mark.parametrize(("k", "p", "n"), [(7, 1, 8), (9, 1, 10), (11, 2, 13), (15, 3, 18)])
def test_minima_with_spare_neurons_are_proved(k, p, n):
    W = proof.symmetric_point(k, p, SPARE)
    theorem = lm.certify(lm.teacher_student(k, n), W.flatten(), not_global=True)
    assert theorem.proved and theorem.not_global


@pytest.mark.parametrize(("k", "p", "n", "index"), [(6, 1, 7, 4), (10, 2, 12, 7), (16, 3, 19, 1)])
def test_just_outside_they_are_saddles(k, p, n, index):
    W = proof.symmetric_point(k, p, SPARE)
    land = lm.teacher_student(k, n)
    assert not lm.certify(land, W.flatten()).proved
    assert lm.certify(land, W.flatten(), f"index-{index} saddle").proved


def test_the_point_with_three_reversed_neurons_at_rest_is_refused():
    land = lm.teacher_student(9)
    runs = lm.train(land, torch.stack([proof.symmetric_start(9, p) for p in (2, 3)]), lr=0.1, tol=1e-10)
    assert (runs.grad_norm < 1e-10).all()
    minimum, saddle = (lm.certify(land, theta) for theta in runs.theta)
    assert minimum.proved and not saddle.proved
    assert "exactly 5 of 81" in saddle.why_not


@pytest.mark.parametrize(("k", "p"), [(7, 1), pytest.param(11, 2, marks=pytest.mark.slow)])
def test_minima_with_spare_neurons_are_proved_a_second_time(k, p):
    """By the proof that shares neither library nor formulas nor algebra with the certificates."""
    pytest.importorskip("mpmath")
    import second_proof
    from mpmath import iv

    W = proof.symmetric_point(k, p, SPARE)
    theorem = lm.certify(lm.teacher_student(k, k + p), W.flatten(), not_global=True)
    iv.prec, radius, mu = second_proof.BITS, theorem.radius, 0.98 * theorem.eigenvalue_bound
    exact = [[iv.mpf(value) for value in row] for row in W.tolist()]
    box = [[x + iv.mpf([-radius, radius]) for x in row] for row in exact]
    loss, gradient, C = second_proof.loss_gradient_hessian(exact, k)
    H = second_proof.loss_gradient_hessian(box, k)[2]
    moved = [abs(h - c) for hs, cs in zip(H, C, strict=True) for h, c in zip(hs, cs, strict=True)]
    delta = iv.sqrt(second_proof.dot(moved, moved)).b
    assert 2 * iv.sqrt(second_proof.dot(gradient, gradient)).b < mu * radius and loss.a > 0.02
    assert second_proof.eigenvalues_above(C, mu + delta)
    assert not second_proof.eigenvalues_above(C, 1.1 * theorem.eigenvalue_bound)  # the bound is sharp


# ----------------------------------------------------------------------------------------------- the steps of a proof


def test_balls_hold_the_gradient_and_every_hessian_of_the_ball():
    land, radius = lm.teacher_student(6), 1e-4
    c = lm.symmetric_minimum(6).flatten() + 0.01
    gradient = proof.gradient_of(land, proof.balls(c))
    assert (
        max(abs(float(ball.mid()) - float(exact)) for ball, exact in zip(gradient, land.gradient(c), strict=True))
        < 1e-13
    )
    H = proof.hessian_of(land, proof.balls(c, radius))
    generator = torch.Generator().manual_seed(0)
    for _ in range(5):
        away = torch.randn(36, generator=generator, dtype=torch.float64)
        inside = land.hessian(c + radius * away / away.norm())
        assert all(
            float(ball.lower()) - 1e-12 <= float(value) <= float(ball.upper()) + 1e-12
            for ball, value in zip(H.flat, inside.flatten(), strict=True)
        )


def test_a_wider_ball_gives_wider_entries_and_the_middle_stays():
    land, c = lm.teacher_student(4), torch.eye(4, dtype=torch.float64).flatten() + 0.1
    narrow, wide = (proof.hessian_of(land, proof.balls(c, radius)) for radius in (1e-6, 1e-3))
    assert proof.length(wide - proof.balls(proof.middle(wide))) > 100 * proof.length(
        narrow - proof.balls(proof.middle(narrow))
    )
    assert torch.allclose(proof.middle(narrow), land.hessian(c), atol=1e-6)


def test_formulas_over_balls_are_refused_for_other_landscapes():
    with pytest.raises(ValueError, match="rosenbrock"):
        proof.gradient_of(lm.surface("rosenbrock"), proof.balls(torch.zeros(2)))


def test_proved_signs_after_a_split_are_those_of_the_wider_hessian():
    for W in (lm.symmetric_minimum(7), proof.symmetric_point(9, 2), proof.symmetric_point(8, 1, SPARE)):
        n, k = W.shape
        for i, split in enumerate(proof.split_signs(k, W)):
            wide = torch.cat([W, 0.3 * W[i : i + 1]])
            wide[i] *= 0.7
            eigenvalues = torch.linalg.eigvalsh(lm.teacher_student(k, n + 1).hessian(wide.flatten())).numpy()
            assert split.negative == int((eigenvalues < -1e-9).sum())
            assert split.positive == int((eigenvalues > 1e-9).sum())
            assert split.zero == int((np.abs(eigenvalues) <= 1e-9).sum()) == 1


def test_one_piece_of_the_proof_for_every_size_is_compared_in_the_open():
    piece = next(piece for piece in proof.every_size(first=500).pieces if piece.holds(1000))
    step = proof.on_piece(piece)
    assert all(reach < radius for reach, radius in zip(step.reach, piece.radii, strict=True))
    assert all(proof.is_definite(block) for block in step.blocks) and all(number > 0 for number in step.scalars)
    high = proof.on_piece(piece, bound=3 * piece.bound)  # about one and a half times the truth
    assert not all(proof.is_definite(block) for block in high.blocks) or not all(number > 0 for number in high.scalars)


def test_ways_down_after_a_split_depend_on_the_neuron():
    splits = proof.split_signs(8, proof.symmetric_point(8, 1, SPARE))
    assert [split.negative for split in splits] == [1] + 8 * [7]


def test_signs_after_a_split_need_a_proved_minimum():
    with pytest.raises(ValueError, match="No minimum is proved near this point"):
        proof.split_signs(5, lm.symmetric_minimum(5))


def test_the_second_order_change_of_a_split_has_no_mixed_terms():
    W, i, alpha = lm.symmetric_minimum(6), 2, 0.3
    n, d = W.shape
    generator = torch.Generator().manual_seed(1)
    s, t = torch.randn(2, d, generator=generator, dtype=torch.float64)
    hessian = lm.teacher_student(6).hessian(W.flatten()).reshape(n, d, n, d)[i, :, i, :]
    T = hessian - torch.eye(d) / 2
    wide = torch.cat([W, (1 - alpha) * W[i : i + 1]])
    wide[i] *= alpha
    move = torch.zeros_like(wide)
    move[i], move[n] = alpha * s + t, (1 - alpha) * s - t
    wider = lm.teacher_student(6, 7).hessian(wide.flatten())
    change = move.flatten() @ wider @ move.flatten() / 2
    assert float(change) == pytest.approx(float(s @ hessian @ s / 2 + t @ T @ t / (2 * alpha * (1 - alpha))), abs=1e-12)


# ----------------------------------------------------------------------------------------------- the explorer


def test_the_explorer_says_proved_for_minima_and_refused_for_saddles_and_points_moved_off():
    explorer = ProofExplorer(k=6, p=1)
    assert ": PROVED, a strict local minimum that is not global." in explorer.picture.readout
    explorer.state.shift = 1e-4
    assert ": REFUSED. The gradient here is too long" in explorer.picture.readout
    assert "There our balls know the Hessian" in explorer.picture.readout
    explorer.state.shift = 0.0
    explorer.state.k = 5
    assert ": REFUSED." in explorer.picture.readout and "exactly 3 of 25" in explorer.picture.readout
    explorer.close()


def test_the_number_of_reversed_neurons_stays_among_those_known():
    explorer = ProofExplorer(k=9, p=5)
    explorer.state.k = 7
    assert (explorer.state.p, explorer.p_slider.values) == (3, [1, 2, 3])
    explorer.state.family = REVERSED
    explorer.state.p = 99
    assert explorer.state.p == 7
    assert explorer.picture.problem == ""
    explorer.reset()
    assert (explorer.state.k, explorer.state.family, explorer.state.p) == (9, OTHERS, 5)
    explorer.close()
