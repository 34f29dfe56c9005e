"""Minima of small tanh networks: the stored counts, spreads and early stopping, what is known by formula, and the explorer."""

import numpy as np
import pytest
import torch
from samples.explorers import STOPPED

import lmcourse as lm
from lmcourse import store
from lmcourse.critical import distinct
from lmcourse.devices import DATA, random_stream
from lmcourse.experiments import distribution_of_minima as experiment
from lmcourse.experiments import easy_cases as easy
from lmcourse.initialisations import starts
from lmcourse.symmetry import random_element, transform
from lmcourse.widgets import MinimaExplorer
from lmcourse.widgets import how_many_minima as widget


@pytest.fixture(scope="module")
def stored():
    return store.load("distribution_of_minima")


def met(stored, target, layers, **others):
    return experiment.count(stored.row(**experiment.row_of(target, layers, **others))).met


# ----------------------------------------------------------------------------------------------- counts


def test_every_end_is_a_strict_minimum(stored):
    for spec, arrays in stored.rows:
        if spec["table"] == "count":
            assert experiment.strict(arrays).all(), spec
            assert arrays["gradient"].max() < 1e-10, spec


def test_copies_have_the_same_loss_and_are_one_minimum():
    land, draw = experiment.regression("random"), random_stream(5)
    theta = experiment.descend(land, starts(land, [0], scheme="normal"))
    copies = [theta]
    for _ in range(20):
        moved = copies[-1]
        for symmetry in land.symmetries:
            moved = transform(land, moved, symmetry, random_element(symmetry, draw))
        copies.append(moved)
    copies = torch.cat(copies)
    assert (land.loss(copies) - land.loss(theta)).abs().max() < 1e-12
    assert len(torch.unique(copies.round(decimals=6), dim=0)) > 5 and len(distinct(land, copies)) == 1
    assert experiment.count(experiment.arrays_of(land, copies)) == (1, 0, 0, 21)


@pytest.mark.parametrize(("target", "layers"), [("random", [3]), ("teacher", [3]), ("random", [6])])
def test_counting_by_loss_and_length_agrees_with_matching(target, layers):
    land = experiment.regression(target, layers)
    ends = experiment.descend(land, starts(land, range(60), scheme="normal"))
    assert len(distinct(land, ends)) == experiment.count(experiment.arrays_of(land, ends)).met


def test_random_targets_have_more_minima_in_wider_networks(stored):
    for decay in experiment.DECAYS[:2]:
        counts = [met(stored, "random", [n], decay=decay) for n in experiment.WIDTHS]
        assert counts == sorted(set(counts))
    assert 45 <= met(stored, "random", [3]) <= 95
    assert met(stored, "random", [3]) < met(stored, "random", [3, 3]) < met(stored, "random", [3, 3, 3])


def test_a_teacher_leaves_few_minima(stored):
    assert max(met(stored, "teacher", [n]) for n in experiment.WIDTHS) < 10
    for data in range(experiment.DATA_SETS):
        assert met(stored, "teacher", [3], data=data) < met(stored, "random", [3], data=data) / 2


def test_the_count_rises_and_falls_with_samples(stored):
    counts = {N: met(stored, "random", [3], N=N) for N in experiment.SAMPLES}
    assert counts[10] < counts[40] > counts[160] and counts[10] < counts[20] and counts[80] > counts[160] > counts[320]


def test_the_estimate():
    arrays = {"loss": np.array([1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0]), "length": np.ones(8)}
    arrays |= {"gradient": np.zeros(8), "lowest": np.ones(8)}
    arrays["length"][6] = 2.0  # the same loss, another minimum
    assert experiment.count(arrays) == (5, 3, 1, 8)
    assert experiment.count(arrays).estimate == pytest.approx(5 + 3 * 2 / 4)
    assert experiment.count(arrays, members=3) == (1, 0, 0, 3)
    arrays["lowest"][7] = -1.0
    assert experiment.count(arrays).met == 4
    assert experiment.count({name: values[:0] for name, values in arrays.items()}) == (0, 0, 0, 0)


def test_more_parameters_than_samples_leave_a_flat_surface():
    draw = random_stream(3)
    data = lm.data.Data(torch.from_numpy(draw.normal(size=(10, 3))), torch.from_numpy(draw.normal(size=10)))
    land = lm.tanh_mlp([3, 8, 1], data, reduction="mean")
    run = lm.train(land, starts(land, [0], scheme="normal"), "lbfgs", tol=1e-14, max_steps=5000)
    assert run.loss[0] < 1e-20
    assert (torch.linalg.eigvalsh(land.hessian(run.theta[0])).abs() < 1e-7).sum() >= land.dim - 10


# ----------------------------------------------------------------------------------------------- spread, decay


def test_the_spread_narrows_with_width(stored):
    losses = {n: experiment.by_data_set(stored.row(table="spread", width=n)["loss"]) for n in experiment.SPREAD_WIDTHS}
    for data in range(experiment.DATA_SETS):
        sd = {n: values[data].std() for n, values in losses.items()}
        assert sd[4] > 10 * sd[16] and sd[8] > 5 * sd[32]
        assert np.median(losses[32][data]) < 1.05 * losses[32][data].min()
        assert np.median(losses[4][data]) > 1.2 * losses[4][data].min()
    assert max(stored.row(table="spread", width=n)["gradient"].max() for n in experiment.SPREAD_WIDTHS) <= 1e-6


def test_early_stopping_pays_without_decay_only(stored):
    tables = {decay: experiment.stopping(stored.row(table="stop", decay=decay)) for decay in experiment.STOP_DECAYS}
    assert max(tables[0.0][1]) < -0.3 and min(tables[0.0][0]) > 0.4
    assert max(tables[3e-3][0]) < 0.05 and min(tables[1e-2][1]) > 0.2


def test_a_random_direction_sees_the_mean_eigenvalue():
    land = experiment.quadrants(16, 1e-3, flipped=0.1)
    data_loss = experiment.quadrants(16, 0.0, flipped=0.1)
    theta = experiment.descend(land, experiment.quadrant_starts(land, [0]))[0]
    values = torch.linalg.eigvalsh(data_loss.hessian(theta))
    u = torch.from_numpy(random_stream(1).normal(size=(2000, land.dim)))
    u = u / u.norm(dim=1, keepdim=True)
    rise = (data_loss.loss(theta + 0.05 * u) + data_loss.loss(theta - 0.05 * u)) / 2 - data_loss.loss(theta)
    assert float(rise.mean()) == pytest.approx(0.05**2 * float(values.mean()) / 2, rel=0.1)
    assert values[-1] > 8 * values.mean() and (values < 0.01 * values[-1]).double().mean() > 0.5


def test_members_of_a_data_set_do_not_depend_on_the_chunk(stored):
    alone = experiment.run_chunk({"table": "spread", "width": 4}, [7])
    assert alone["loss"][0] == pytest.approx(stored.row(table="spread", width=4)["loss"][7], abs=1e-6)
    row = experiment.row_of("random", [3], N=10)
    assert experiment.run_chunk(row, [11])["loss"][0] == pytest.approx(stored.row(**row)["loss"][11], abs=1e-8)


def test_the_summary_names_every_table(stored):
    text = experiment.summarise(stored.rows)
    assert "layers [3, 3, 3]" in text and "width 32" in text and "decay 0.01" in text


def test_unknown_targets_are_refused():
    with pytest.raises(ValueError, match="must be one of"):
        experiment.regression_data("noise")


# ----------------------------------------------------------------------------------------------- one neuron


def one_neuron(w, y, R, m):
    return sum((y - torch.sigmoid(w * R**-j)).square() for j in range(m))


@pytest.mark.parametrize(
    ("y", "R", "costs"),
    [(0.75, 30.0, [0.12023, 0.12039, 0.12500]), (0.6, 30.0, [0.0193, 0.1693, 0.3200]), (0.6, 30.0, [0.0093, 0.1600])],
)
def test_one_neuron_has_a_minimum_for_every_sample(y, R, costs):
    error = one_neuron(torch.logspace(-2, 5, 100_001, dtype=torch.float64), y, R, len(costs))
    low = error[1:-1][(error[1:-1] < error[:-2]) & (error[1:-1] <= error[2:])]
    assert low.tolist() == pytest.approx(costs, abs=2e-4)


@pytest.mark.parametrize(("d", "m"), [(1, 3), (2, 3), (3, 3), (2, 4)])
def test_minima_of_one_neuron_multiply(d, m):
    land = lm.Landscape("one neuron", {"u": (d,)}, lambda u: one_neuron(u.exp(), 0.75, 30.0, m).sum(-1))
    draw = torch.from_numpy(random_stream(d).random(size=(1000, d)))
    runs = lm.train(land, -1 + draw * (2 + (m - 1) * np.log(30.0)), "lbfgs", tol=1e-9)
    inside = runs.theta[
        (runs.theta.abs() < 20).all(dim=1) & (torch.linalg.eigvalsh(land.hessian(runs.theta))[:, 0] > 1e-3)
    ]
    assert len(torch.unique(inside.round(decimals=3), dim=0)) == m**d


def test_a_neuron_that_fits_has_no_other_critical_point():
    x, w_star, w = (
        torch.from_numpy(random_stream(i).normal(size=size)) for i, size in enumerate([(20, 3), (3,), (2000, 3)])
    )
    y, p = torch.sigmoid(x @ w_star), torch.sigmoid(w @ x.T)
    gradient = 2 * ((p - y) * p * (1 - p)) @ x
    assert ((gradient * (w - w_star)).sum(1) > 0).all()


# ----------------------------------------------------------------------------------------------- easy and hopeless cases


def test_noise_makes_the_rank_full():
    assert all(easy.leaky_rank(0.1, seed) == 20 for seed in range(20))
    assert all(13 <= easy.leaky_rank(0.0, seed) <= 20 for seed in range(20)) and easy.leaky_rank(0.0, 0) <= 20


def test_training_error_falls_with_weights_and_vanishes_at_twice_the_samples():
    medians = []
    for neurons in (2, 4, 8, 16):
        land = easy.noisy_leaky_net(neurons)
        runs = lm.train(land, starts(land, range(10)), "adam", lr=0.03, tol=0, max_steps=1500, schedule="cosine")
        medians.append(float(runs.loss.median()))
    assert medians == sorted(medians, reverse=True) and medians[-1] < 1e-6


def test_at_the_threshold_training_ends_at_kinks():
    land, x = easy.noisy_leaky_net(8), torch.from_numpy(random_stream(0, DATA).normal(size=(40, 5)))
    runs = lm.train(land, starts(land, range(5)), "adam", lr=0.03, tol=0, max_steps=1500, schedule="cosine")
    z = (x @ land.unpack(runs.theta)["W"].mT).abs().flatten(1)
    assert (runs.loss > 0.01).all() and ((z < 1e-4).sum(dim=1) >= 3).all()


def test_most_starts_lie_above_the_loss_of_answering_zero():
    assert easy.starts_above_zero(5) >= 97 and easy.starts_above_zero(20) == 100


@pytest.mark.parametrize("seed", range(5))
def test_a_way_down(seed):
    losses, zero = easy.downhill_path(seed)
    assert (losses.diff() < 0).all() and losses[0] > zero > losses[-1]
    assert float(losses[200]) == pytest.approx(zero, abs=1e-9)


def test_no_such_way_from_a_low_start():
    with pytest.raises(ValueError, match="not above"):
        easy.downhill_path(seed=12, width=1)


@pytest.mark.parametrize(("size", "error"), [(1.0, 0.13244), (0.5, 0.03908), (0.1, 0.001662), (0.01, 1.667e-5)])
def test_four_neurons_multiply(size, error):
    u, v = torch.meshgrid(*2 * [torch.linspace(-1, 1, 201, dtype=torch.float64)], indexing="ij")
    assert float((easy.product_of_four(u, v, size) - u * v).abs().max()) == pytest.approx(error, rel=2e-3)


def test_gradients_carry_little_about_a_parity():
    for bits in (4, 8, 10):
        computed, formula = easy.parity_signal(bits)
        assert computed == pytest.approx(formula, rel=1e-10)
    assert easy.parity_signal(10)[1] < easy.parity_signal(5)[1] / 10


# ----------------------------------------------------------------------------------------------- the explorer


def test_the_explorer_follows_its_knobs():
    explorer = MinimaExplorer()
    assert explorer.picture.readout.startswith(
        "3 neurons, random targets, weight decay 0.002: 200 runs met 82 different minima"
    )
    explorer.state.target = "teacher"
    assert "200 runs met 7 different minima" in explorer.picture.readout
    explorer.state.n = 1
    assert "met 1 minimum" in explorer.picture.readout
    explorer.close()


def test_runs_are_added_to_the_chosen_setting():
    explorer = MinimaExplorer(n=2)
    setting = ("random", 2, 2e-3)
    part = widget.train_more(setting, range(200, 204))
    assert len(part["loss"]) == 4
    explorer._take(setting, part)
    assert "204 runs met" in explorer.picture.readout
    explorer._take(setting, part)
    assert "208 runs met" in explorer.picture.readout
    explorer._take(setting, None)
    explorer.state.n = 3
    assert "200 runs met" in explorer.picture.readout
    explorer.reset()
    assert explorer.state.more == {} and explorer.state.n == 2
    explorer.close()


def test_training_stops_when_told():
    assert widget.train_more(("random", 3, 2e-3), range(4), run=STOPPED) is None


@pytest.mark.parametrize("settings", [{"n": 5}, {"target": "none"}, {"decay": 1.0}])
def test_settings_without_runs_are_refused(settings):
    with pytest.raises(Exception, match="There is no"):
        MinimaExplorer(**settings)
