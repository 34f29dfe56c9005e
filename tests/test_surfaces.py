"""The surfaces have the features that their names promise."""

import pytest
import torch

import lmcourse as lm


def kind_at(name, *point):
    return lm.classify(lm.surface(name), torch.tensor(point, dtype=torch.float64))[0].kind


def critical_points(name, grid=41):
    """All critical points in the window, by Newton's method from a grid."""
    land = lm.surface(name)
    axes = [torch.linspace(*side, grid, dtype=torch.float64) for side in land.window]
    points = lm.refine(land, torch.cartesian_prod(*axes), max_steps=60)
    theta = points.theta[points.grad_norm < 1e-10]
    inside = torch.stack(
        [(theta[:, i] >= low) & (theta[:, i] <= high) for i, (low, high) in enumerate(land.window)]
    ).all(dim=0)
    return lm.classify(land, torch.unique((theta[inside] * 1e6).round() / 1e6, dim=0), tol=1e-4)


def test_himmelblau_has_four_minima_four_saddles_and_a_maximum():
    kinds = sorted(critical_points("himmelblau").kind)
    assert kinds == ["strict maximum"] + 4 * ["strict minimum"] + 4 * ["strict saddle"]


def test_himmelblau_minima_have_height_zero():
    found = critical_points("himmelblau")
    minima = found[torch.tensor([kind == "strict minimum" for kind in found.kind])]
    assert float(minima.loss.max()) < 1e-8


@pytest.mark.parametrize(
    ("name", "point", "kind"),
    [
        ("quadratic saddle", (0, 0), "strict saddle"),
        ("monkey saddle", (0, 0), "degenerate: no negative eigenvalue"),
        ("rosenbrock", (1, 1), "strict minimum"),
        ("narrow pass", (0, 0), "strict saddle"),
        ("narrow pass", (1, 0), "strict minimum"),
        ("narrow pass", (-1, 0), "strict minimum"),
        ("octopus", (0, 0), "strict saddle"),
        ("octopus", (2, 2), "strict minimum"),
        ("octopus", (-2, 2), "strict minimum"),
    ],
)
def test_landmarks(name, point, kind):
    assert kind_at(name, *point) == kind


@pytest.mark.parametrize("name", [name for name in lm.surface_names() if lm.surface(name).known_minimum is not None])
def test_the_known_minimum_is_not_undercut(name):
    land = lm.surface(name)
    axes = [torch.linspace(*side, 201, dtype=torch.float64) for side in land.window]
    assert float(land.loss(torch.cartesian_prod(*axes)).min()) >= land.known_minimum


def test_the_octopus_leads_from_saddle_to_saddle():
    land = lm.surface("octopus")
    found = critical_points("octopus")
    saddles = found[torch.tensor([kind == "strict saddle" for kind in found.kind])]
    on_axis = saddles.theta[saddles.theta[:, 1].abs() < 1e-6]
    assert on_axis.shape == (3, 2)  # the origin, and one on either side
    start = torch.tensor([[1e-3, 1e-6]], dtype=torch.float64)
    runs = lm.train(land, start, lr=0.05)
    assert float(runs.loss[0]) < 1e-12
    assert runs.steps[0] > 300  # two plateaus on the way


def test_an_unknown_surface_is_refused_with_the_list():
    with pytest.raises(ValueError, match=r"no surface 'bowl'.*himmelblau"):
        lm.surface("bowl")
