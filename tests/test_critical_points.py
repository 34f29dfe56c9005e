"""Lesson 1.1: basins of four methods, degenerate points, and the saddle of a network at zero weights."""

import math

import pytest
import torch
from samples.explorers import drag

import lmcourse as lm
from lmcourse.certificates.recheck import recheck
from lmcourse.experiments import basins as experiment
from lmcourse.experiments import network_saddle

DOUBLE = torch.float64
KINDS = ("strict minimum", "strict saddle", "strict maximum")
himmelblau = lm.surface("himmelblau")


def point(*numbers):
    return torch.tensor(numbers, dtype=DOUBLE)


# ------------------------------------------------------------------------------------------------ surfaces and basins


def test_the_places_of_himmelblau_and_their_heights():
    found = experiment.places(himmelblau)
    table = [
        (3, 2, 0), (-2.805118, 3.131313, 0), (3.584428, -1.848127, 0), (-3.779310, -3.283186, 0),
        (3.385154, 0.073852, 13.3119), (0.086678, 2.884255, 67.7192), (-3.073026, -0.081353, 104.0152),
        (-0.127961, -1.953715, 178.3372), (-0.270845, -0.923039, 181.6165),
    ]  # fmt: skip
    assert len(found) == 9 and found.kind == 4 * (KINDS[0],) + 4 * (KINDS[1],) + (KINDS[2],)
    for x, y, height in table:
        near = (found.theta - point(x, y)).norm(dim=1) < 2e-6
        assert near.sum() == 1 and abs(float(found.loss[near]) - height) < 1e-4


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("gd", (100, 0, 0)),
        ("momentum", (100, 0, 0)),
        ("newton", (57.8, 36.1, 6.2)),
        ("saddle-free newton", (100, 0, 0)),
    ],
)
def test_the_shares_of_the_basins(method, expected):
    found = experiment.basins(himmelblau, method)
    assert found.ends.shape == (200, 200) and found.share() == 0
    assert [found.share(kind) for kind in KINDS] == pytest.approx(expected, abs=0.3)


def test_rows_of_the_basins_run_from_low_y():
    found = experiment.basins(himmelblau, "gd", side=4)
    assert found.places.theta[found.ends[0, 3]].tolist() == pytest.approx([3.584428, -1.848127], abs=1e-5)
    assert found.places.theta[found.ends[3, 0]].tolist() == pytest.approx([-2.805118, 3.131313], abs=1e-5)


@pytest.mark.parametrize("name", lm.surface_names())
def test_every_surface_has_places_that_are_critical(name):
    land = lm.surface(name)
    found = experiment.places(land)
    assert len(found) >= 1 and found.grad_norm.max() < 1e-6
    assert (torch.pdist(found.theta) > 1e-3).all()


@pytest.mark.parametrize("name", ["monkey saddle", "flat bowl", "flat saddle", "shelf"])
def test_degenerate_places_are_exact(name):
    found = experiment.places(lm.surface(name))
    assert found.theta.tolist() == [[0, 0]] and found.kind == ("degenerate: no negative eigenvalue",)


def test_a_curve_of_minima_is_no_place_but_an_end():
    land = lm.surface("smallest deep network")
    found = experiment.basins(land, "gd", side=20, lr=0.05)
    assert found.places.kind == ("strict saddle",)
    on_diagonal = torch.eye(20, dtype=torch.bool).flip(0).numpy()  # x = -y
    assert (found.ends[on_diagonal] == 0).all() and (found.ends[~on_diagonal] == 1).all()
    assert found.share("strict saddle") == 5


def test_four_methods_from_one_start_end_at_four_places():
    ends = [experiment.path(himmelblau, point(-0.3, -0.6), method)[-1] for method in experiment.NAMES]
    kinds = [lm.classify(himmelblau, end, tol=1e-6)[0].kind for end in ends]
    assert kinds == ["strict minimum", "strict minimum", "strict maximum", "strict minimum"]
    assert (torch.pdist(torch.stack(ends)) > 0.5).all()


def test_a_path_begins_at_the_start_and_has_every_step():
    path = experiment.path(lm.surface("quadratic saddle"), point(1, 0.5), "gd", max_steps=3, lr=0.5)
    assert path.tolist() == [[1, 0.5], [0.5, 0.75], [0.25, 1.125], [0.125, 1.6875]]


# ------------------------------------------------------------------------------------------------ saddles of the plane


def test_newton_lands_on_the_papers_saddle_in_one_step_and_gradient_descent_leaves_it():
    """5 x^2 - y^2 (Dauphin et al. 2014): eigenvalues 10 and -2."""
    land = lm.Landscape("saddle", {"xy": (2,)}, lambda theta: 5 * theta[..., 0] ** 2 - theta[..., 1] ** 2)
    assert lm.classify(land, point(0, 0))[0].eigenvalues.tolist() == [-2, 10]
    starts = lm.starts(land, range(50), scheme="normal")
    newton = lm.train(land, starts, "newton", max_steps=1)
    assert newton.theta.norm(dim=1).max() < 1e-15
    leaving = lm.train(land, 1e-3 * starts, "gd", lr=0.05, max_steps=300)
    assert (leaving.theta[:, 1].abs() > 1).all() and (leaving.theta[:, 0].abs() < 1e-10).all()


def test_steps_to_leave_a_saddle_are_those_of_the_formulas():
    land = lm.surface("quadratic saddle")  # eigenvalue -1
    for eta, r in ((0.1, 1e-3), (0.02, 1e-6)):
        path = experiment.path(land, point(0.5, r), "gd", lr=eta, max_steps=2000)
        steps = int((path[:, 1].abs() < 1).sum())
        assert abs(steps - math.log(1 / r) / math.log(1 + eta)) <= 1
    free = experiment.path(land, point(0.5, 1e-6), "saddle-free newton", max_steps=25, longest=math.inf)
    assert int((free[:, 1].abs() < 1).sum()) == math.ceil(math.log2(1e6))


def test_newton_halves_the_point_on_the_monkey_saddle():
    path = experiment.path(lm.surface("monkey saddle"), point(1, 0.2), "newton", max_steps=20)[:10]
    torch.testing.assert_close(path, point(1, 0.2) * 0.5 ** torch.arange(10, dtype=DOUBLE)[:, None], rtol=1e-9, atol=0)


def test_a_saddle_free_step_on_the_monkey_saddle_is_half_the_radius_long_and_straight_downhill():
    land = lm.surface("monkey saddle")
    for start in lm.starts(land, range(20)):
        step = experiment.path(land, start, "saddle-free newton", max_steps=1, longest=math.inf)[1] - start
        assert abs(float(step.norm()) - float(start.norm()) / 2) < 1e-12
        gradient = land.gradient(start)
        assert float(step @ gradient) == pytest.approx(-float(step.norm() * gradient.norm()), rel=1e-12)


def test_gradient_descent_leaves_the_monkey_saddle_from_every_random_start():
    land = lm.surface("monkey saddle")
    angle = 2 * math.pi * torch.rand(20_000, generator=torch.Generator().manual_seed(0), dtype=DOUBLE)
    theta, inside, steps = 0.1 * torch.stack([angle.cos(), angle.sin()], dim=1), torch.arange(20_000), []
    for step in range(1, 20_001):
        theta = theta - 0.05 * land.gradient(theta)
        out = theta.norm(dim=1) > 1
        steps += [step] * int(out.sum())
        theta = theta[~out]
        if not len(theta):
            break
    assert len(steps) == len(inside), "all leave"
    assert 72 <= sorted(steps)[10_000] <= 80 and max(steps) > 500


def test_gradient_descent_stays_on_the_shelf_from_half_of_the_plane():
    land = lm.surface("shelf")
    starts = lm.starts(land, range(200))
    runs = lm.train(land, starts, "gd", lr=0.05, max_steps=3000)
    near = runs.theta.norm(dim=1) < 0.01
    assert torch.equal(near, starts[:, 1] > 0) and runs.count(lm.Status.DIVERGED) == int((~near).sum())


def test_the_smallest_deep_network_has_a_strict_saddle_and_three_weights_a_bad_one():
    two = lm.surface("smallest deep network")
    assert lm.classify(two, point(0, 0))[0].eigenvalues.tolist() == [-1, 1]
    on_the_line = experiment.path(two, point(1, -1), "gd", lr=0.1)[-1]
    beside = experiment.path(two, point(1, -1.001), "gd", lr=0.1)[-1]
    assert on_the_line.norm() < 1e-5 and abs(float(beside.prod()) - 1) < 1e-5
    one = lm.data.Data(torch.ones(1, 1, dtype=DOUBLE), torch.ones(1, 1, dtype=DOUBLE))
    three = lm.deep_linear((1, 1, 1, 1), one)
    assert not three.hessian(point(0, 0, 0)).any() and lm.certify(three, [0, 0, 0], "bad saddle")


# ------------------------------------------------------------------------------------------------ a network


@pytest.mark.parametrize("seed", range(5))
def test_the_spectrum_at_zero_weights_is_that_of_the_closed_form(seed):
    saddle = network_saddle.network(seed)
    eigenvalues = torch.linalg.eigvalsh(saddle.land.hessian(torch.zeros(29, dtype=DOUBLE)))
    assert (eigenvalues - saddle.spectrum()).abs().max() < 1e-8


def test_the_saddle_of_a_network_is_proved_exactly_and_proved_again(tmp_path):
    land = network_saddle.network(2).land
    proof = lm.certify(land, [0] * 29, "index-4 saddle")
    assert proof and "exactly 4 negative, 20 zero and 5 positive" in proof.statement
    proof.save(tmp_path / "proof.json")
    assert recheck(tmp_path / "proof.json")[0]
    for theta, claim in [
        ([0] * 29, "index-3 saddle"),
        ([0] * 29, "strict local minimum"),
        ([0] * 29, "bad saddle"),
        ([0] * 28 + [1], "index-4 saddle"),
        ([1e-3] + [0] * 28, "index-4 saddle"),
        ([0] * 24 + [1e-3] + [0] * 4, "index-4 saddle"),
    ]:
        assert not lm.certify(land, theta, claim), (theta, claim)


def test_an_irrational_activation_is_not_taken_for_exact():
    data = lm.data.Data(point(1, 2)[:, None], point(1, 0))
    zeros = [0] * 7
    assert not lm.certify(lm.sigmoid_mlp([1, 2, 1], data), zeros, "index-1 saddle")
    assert not lm.certify(lm.tanh_mlp([1, 2, 1], data, "log"), zeros, "index-1 saddle")


def test_three_methods_next_to_the_saddle_of_a_network():
    """GD 40 to 70 steps, Newton never, saddle-free Newton at most 15."""
    land = network_saddle.network(2).land
    starts = 1e-3 * lm.starts(land, range(5), scheme="normal")
    paths = {method: network_saddle.walk(land, starts, method) for method in network_saddle.SETTINGS}
    steps = {method: network_saddle.steps_to_half(land, path) for method, path in paths.items()}
    assert ((steps["gd"] >= 40) & (steps["gd"] <= 70)).all()
    assert (steps["newton"] == 101).all() and (steps["saddle-free newton"] <= 15).all()
    assert (land.loss(paths["saddle-free newton"][:, 60]) < 1e-5).all()
    stuck = lm.classify(land, paths["newton"][:, -1])
    assert stuck.kind == ("strict saddle",) * 5 and (stuck.index == 4).all()


# ------------------------------------------------------------------------------------------------ the explorer


@pytest.fixture
def explorer():
    explorer = lm.widgets.MethodsExplorer()
    yield explorer
    explorer.close()


def test_the_start_is_dragged_and_clicked_and_reset(explorer):
    first = explorer.state.trait_values()
    drag(explorer, 0, 2.5, -1.25)
    assert (explorer.state.x, explorer.state.y) == (2.5, -1.25) and "From (2.50, -1.25)" in explorer.picture.readout
    across, up = explorer.plane.to_picture(-4, 4)
    explorer.picture.set_state({"pointer": [across, 1 - up]})
    assert (explorer.state.x, explorer.state.y) == pytest.approx((-4, 4))
    explorer.picture.set_state({"pointer": [0.9, 0.5]})  # on the curves, not on the map
    assert (explorer.state.x, explorer.state.y) == pytest.approx((-4, 4))
    explorer.state.surface, explorer.state.method = "octopus", "newton"
    explorer.reset()
    assert explorer.state.trait_values() == first


def test_a_new_surface_has_its_own_window_and_start(explorer):
    for name in lm.surface_names():
        explorer.state.surface = name
        (left, right), (low, high) = lm.surface(name).window
        assert explorer.plane.xlim == (left, right) and explorer.plane.ylim == (low, high)
        drag(explorer, 0, 99, -99)
        assert (explorer.state.x, explorer.state.y) == (right, low) and explorer.picture.problem == ""


def test_the_explorer_names_ends_and_shares(explorer):
    assert "Newton at (-0.27, -0.92), a strict maximum" in explorer.picture.readout
    explorer.state.method, explorer.state.background = "newton", "where each start ends"
    assert "36 % at saddles" in explorer.picture.readout and "coloured by" in explorer.picture.alt
    explorer.state.surface = "smallest deep network"
    explorer.state.method, explorer.state.step_size = "gd", 0.1
    assert "98 % at a curve of minima" in explorer.picture.readout
    explorer.state.method = "all four"
    assert "choose a single method" in explorer.picture.readout


def test_the_explorer_says_where_a_run_has_not_ended_or_left(explorer):
    explorer.state.method, explorer.state.steps = "gd", 3
    assert "not at rest after 3 steps" in explorer.picture.readout
    explorer.state.step_size, explorer.state.steps = 0.1, 500
    assert "gradient descent leaves all bounds" in explorer.picture.readout


def test_the_explorer_does_not_call_a_flat_floor_a_strict_minimum(explorer):
    explorer.state.surface, explorer.state.method = "flat bowl", "newton"
    explorer.state.x, explorer.state.y = 0.0, 1.0
    assert "a nearly degenerate point" in explorer.picture.readout
    explorer.state.surface = "shelf"
    explorer.state.x, explorer.state.y = 0.0, 1.0
    assert "degenerate point" in explorer.picture.readout


def test_the_paths_that_the_lesson_names_stay_on_the_map(explorer):
    """From (-2.1, -1.6) and its neighbours Newton's method goes to a minimum, a saddle and another minimum."""
    explorer.state.method = "newton"
    for x, y, kind in ((-2.1, -1.6, "minimum"), (-2.0, -1.6, "saddle"), (-2.1, -1.5, "minimum")):
        explorer.state.x, explorer.state.y = x, y
        assert f"a strict {kind}" in explorer.picture.readout
        path = lm.experiments.basins.path(lm.surface("himmelblau"), point(x, y), "newton")
        loss = lm.surface("himmelblau").loss(path)
        assert path.abs().max() < 5 and loss.argmax() == 0


# ------------------------------------------------------------------------------------------------ a step that is short enough


def test_the_step_of_gradient_descent_is_short_enough_for_the_theorem_on_the_whole_map():
    """Along every direction H is convex in the place, so its largest eigenvalue is at a corner; no step leaves the map."""
    land, eta = lm.surface("himmelblau"), lm.experiments.basins.SETTINGS["gd"]["lr"]
    grid = lm.experiments.basins.grid(land, 200)
    corners = torch.tensor([[x, y] for x in (-5.0, 5) for y in (-5.0, 5)], dtype=DOUBLE)
    sizes = torch.linalg.eigvalsh(land.hessian(torch.cat([grid, corners]))).abs().max(dim=1).values
    assert 326 < sizes.max() < 327 < 1 / eta and sizes.argmax() >= len(grid)
    edge = torch.cat([torch.linspace(-5, 5, 1001, dtype=DOUBLE)[:, None] * torch.eye(2, dtype=DOUBLE)[k] + side * 5 *
                      torch.eye(2, dtype=DOUBLE)[1 - k] for k in (0, 1) for side in (-1, 1)])  # fmt: skip
    assert (edge - eta * land.gradient(edge)).abs().max() < 5


def test_on_octopus_newton_alone_stops_and_the_others_wait_at_the_second_saddle():
    saddles = [
        lm.widgets.methods_on_surfaces.race("octopus", 0.1, 0.2, 0.1, 500, method) for method in experiment.NAMES
    ]
    waits = dict(zip(experiment.NAMES, saddles, strict=True))
    assert [name for name, race in waits.items() if race.kind == "strict saddle"] == ["newton"]
    assert len(waits["newton"].path) == 4 and abs(waits["newton"].path[-1]).max() < 1e-12
    for name, last in (("saddle-free newton", 24), ("momentum", 50), ("gd", 180)):
        assert waits[name].losses[last] > 0.4 and waits[name].losses[last + 50 :].max(initial=0) < 0.1
