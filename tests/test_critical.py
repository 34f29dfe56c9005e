"""Refining and classifying: a word is never stronger than what was computed."""

import pytest
import torch

import lmcourse as lm
from lmcourse.symmetry import IndexAxis, Symmetry


def quadratic(*curvatures, symmetries=()):
    values = torch.tensor(curvatures, dtype=torch.float64)
    return lm.Landscape(
        "quadratic", {"x": (len(curvatures),)}, lambda theta: 0.5 * (values * theta**2).sum(-1), symmetries=symmetries
    )


@pytest.mark.parametrize(
    ("curvatures", "kind", "index"),
    [
        ((1, 2), "strict minimum", 0),
        ((-1, -2), "strict maximum", 2),
        ((1, -2, 3), "strict saddle", 1),
        ((1, 0), "degenerate: no negative eigenvalue", 0),
        ((1, 0, -1), "strict saddle", 1),
        ((0, 0), "degenerate: no negative eigenvalue", 0),
    ],
)
def test_kinds_at_the_origin(curvatures, kind, index):
    found = lm.classify(quadratic(*curvatures), torch.zeros(len(curvatures), dtype=torch.float64))[0]
    assert (found.kind, int(found.index)) == (kind, index)
    assert found.eigenvalues.tolist() == sorted(curvatures)


def test_a_ring_of_minima_is_a_minimum_up_to_symmetry():
    turn = Symmetry("rotations", 2, (IndexAxis("x", 0),))
    ring = lm.Landscape("ring", {"x": (2,)}, lambda theta: ((theta**2).sum(-1) - 1) ** 2, symmetries=(turn,))
    point = torch.tensor([0.6, 0.8], dtype=torch.float64)
    found = lm.classify(ring, point)[0]
    assert (found.kind, int(found.zero_modes)) == ("minimum up to symmetry", 1)
    unexplained = lm.Landscape("ring", {"x": (2,)}, ring.loss_of)
    assert lm.classify(unexplained, point)[0].kind == "degenerate: no negative eigenvalue"


def test_a_point_with_a_gradient_is_not_critical():
    assert lm.classify(quadratic(1, 1), torch.tensor([1e-3, 0.0], dtype=torch.float64))[0].kind == "not critical"
    assert (
        lm.classify(lm.surface("monkey saddle"), torch.tensor([0.1, 0.1], dtype=torch.float64))[0].kind
        == "not critical"
    )


def test_a_tiny_eigenvalue_that_the_gradient_could_explain_is_not_called_positive():
    land = quadratic(1.0, 1e-6)
    assert lm.classify(land, torch.tensor([1e-5, 0.0], dtype=torch.float64), tol=1e-3)[0].kind != "strict minimum"
    assert lm.classify(land, torch.zeros(2, dtype=torch.float64))[0].kind == "strict minimum"


def test_refine_reaches_the_critical_point_that_is_near():
    land = lm.surface("himmelblau")
    near = torch.tensor([[3.001, 1.999], [-0.2708, -0.9231]], dtype=torch.float64)  # a minimum and the maximum
    points = lm.refine(land, near)
    assert float(points.grad_norm.max()) < 1e-12
    assert not points.left.any()
    torch.testing.assert_close(points.theta[0], torch.tensor([3.0, 2.0], dtype=torch.float64), atol=1e-12, rtol=0)


def test_refine_says_when_it_left():
    land = lm.surface("himmelblau")
    far = torch.tensor([[1.0, 1.0]], dtype=torch.float64)  # negative curvature on the way to somewhere else
    points = lm.refine(land, far)
    assert points.left.all()
    assert float(points.moved[0]) > 0.1


def test_refine_flags_a_point_that_reached_nothing():
    slope = lm.Landscape("slope", {"x": (2,)}, lambda theta: theta.sum(-1))
    points = lm.refine(slope, torch.zeros(1, 2, dtype=torch.float64))
    assert points.left.all() and points.steps.item() == 0


def test_refine_keeps_still_along_flat_directions():
    land = quadratic(1, 0)
    points = lm.refine(land, torch.tensor([0.05, 5.0], dtype=torch.float64))
    assert points.theta.tolist() == [[0.0, 5.0]]


def test_many_points_in_pieces_are_the_same_as_one_by_one():
    land = lm.surface("himmelblau")
    theta = torch.randn(50, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    together = lm.refine(land, theta)
    alone = torch.cat([lm.refine(land, point).theta for point in theta])
    torch.testing.assert_close(together.theta, alone, rtol=0, atol=1e-9)


def test_indexing_keeps_the_columns_together():
    land = lm.surface("himmelblau")
    theta = torch.tensor([[3.0, 2.0], [-0.270845, -0.923039], [1.0, 1.0]], dtype=torch.float64)
    found = lm.classify(land, theta, tol=1e-3)
    assert found.kind == ("strict minimum", "strict maximum", "not critical")
    assert len(found) == 3 and len(list(found)) == 3
    chosen = found[found.loss > 1]
    assert chosen.kind == ("strict maximum", "not critical")
    assert "2 points: 1 strict maximum, 1 not critical" in repr(chosen)
    assert repr(found[0]).startswith("strict minimum: loss 0,")


@pytest.mark.parametrize("function", [lm.refine, lm.classify])
def test_bad_points_are_refused(function):
    with pytest.raises(ValueError, match="NaN"):
        function(quadratic(1, 1), torch.tensor([float("nan"), 0.0], dtype=torch.float64))
    with pytest.raises(ValueError, match="shape"):
        function(quadratic(1, 1), torch.zeros(3, dtype=torch.float64))


def test_on_a_kink_nothing_is_called_a_minimum():
    # D1 of Swirszcz et al. (2016): a true trap, as an exact proof shows, but the Hessian sees one side of the kink only.
    land = lm.relu_mlp([1, 1, 1], lm.data.relu_example(1))
    trap = torch.tensor([1.0, -3.0, 1.0, 0.0], dtype=torch.float64)
    assert float(land.gradient(trap).norm()) == 0
    assert lm.classify(land, trap)[0].kind == "degenerate: no negative eigenvalue"
