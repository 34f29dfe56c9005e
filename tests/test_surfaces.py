"""The surfaces have the features that their names promise."""

import pytest
import torch

import lmcourse as lm
from lmcourse.certificates.recheck import recheck


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
        ("flat bowl", (0, 0), "degenerate: no negative eigenvalue"),
        ("flat saddle", (0, 0), "degenerate: no negative eigenvalue"),
        ("shelf", (0, 0), "degenerate: no negative eigenvalue"),
        ("smallest deep network", (0, 0), "strict saddle"),
        ("smallest deep network", (2, 0.5), "minimum up to symmetry"),
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


PROVED = [
    ("quadratic saddle", (0, 0), "index-1 saddle"),
    ("monkey saddle", (0, 0), "bad saddle"),
    ("rosenbrock", (1, 1), "strict local minimum"),
    ("octopus", (0, 0), "index-1 saddle"),
    ("octopus", (-2, 2), "strict local minimum"),
    ("flat saddle", (0, 0), "bad saddle"),
    ("shelf", (0, 0), "bad saddle"),
    ("smallest deep network", (0, 0), "index-1 saddle"),
    ("smallest deep network", (2, 0.5), "minimum up to symmetry"),
]


@pytest.mark.parametrize(("name", "point", "claim"), PROVED)
def test_what_a_surface_promises_is_proved_and_proved_again(name, point, claim, tmp_path):
    proof = lm.certify(lm.surface(name), list(point), claim)
    assert proof and proof.kind == claim
    proof.save(tmp_path / "proof.json")
    assert recheck(tmp_path / "proof.json")[0]


def test_the_nine_points_of_himmelblau_are_proved():
    claims = {
        "strict minimum": "strict local minimum",
        "strict saddle": "index-1 saddle",
        "strict maximum": "strict local maximum",
    }
    land = lm.surface("himmelblau")
    points = lm.find_critical_points(land, critical_points("himmelblau").theta).critical
    proofs = [lm.certify(land, point.theta, claims[point.kind]) for point in points]
    assert len(proofs) == 9 and all(proofs)


@pytest.mark.parametrize(
    ("name", "point", "claim"),
    [
        ("flat bowl", (0, 0), "bad saddle"),  # it is a minimum
        ("flat bowl", (0, 0), "strict local minimum"),  # it is one, but the Hessian does not show it
        ("shelf", (0, 0), "strict local minimum"),
        ("monkey saddle", (0, 0), "index-1 saddle"),
        ("quadratic saddle", (0, 0), "bad saddle"),
        ("himmelblau", (3, 2), "index-1 saddle"),
        ("himmelblau", (3, 2.1), "strict local minimum"),
        ("himmelblau", (3, 2), "global minimum"),
        ("himmelblau", (3, 2), "minimum on linear pieces"),
        ("himmelblau", (3, 2), "minimum on a linear piece"),
        ("himmelblau", (3, 2), "minimum in a dead layer"),
        ("himmelblau", (3, 2), "global minimum of one neuron"),
    ],
)
def test_what_is_not_so_is_refused_with_a_reason(name, point, claim):
    proof = lm.certify(lm.surface(name), list(point), claim)
    assert not proof and proof.why_not


def test_a_theorem_writes_the_polynomial_out():
    assert (
        "'polynomial 1/2 x^2 - 1/2 y^2, model"
        in lm.certify(lm.surface("quadratic saddle"), [0, 0], "index-1 saddle").statement
    )


def test_an_unknown_surface_is_refused_with_the_list():
    with pytest.raises(ValueError, match=r"no surface 'bowl'.*himmelblau"):
        lm.surface("bowl")
