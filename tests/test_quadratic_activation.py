"""Quadratic networks by width and samples: the stored map, the theorems' line, the four regimes, and what width does not change."""

import math

import numpy as np
import pytest
import torch
from samples.explorers import STOPPED

import lmcourse as lm
from lmcourse import store
from lmcourse.devices import DATA, NOISE, random_stream
from lmcourse.experiments import quadratic_activation as experiment
from lmcourse.widgets import QuadraticExplorer
from lmcourse.widgets import quadratic as widget

# 20 runs a cell by another program (SciPy's L-BFGS, other random numbers) for the same distribution of data: N -> n -> successes
EARLIER = {
    3: {1: 7, 2: 20, 3: 20},
    6: {1: 0, 2: 17, 3: 20},
    10: {1: 0, 2: 8, 3: 20},
    15: {2: 0, 3: 16, 4: 20},
    21: {2: 0, 3: 3, 4: 18, 5: 20},
    28: {3: 0, 4: 4, 5: 20},
    36: {4: 0, 5: 9, 6: 20},
    45: {5: 0, 6: 6, 7: 20},
}


@pytest.fixture(scope="module")
def rows():
    return store.load("quadratic_activation").rows


@pytest.fixture(scope="module")
def cells(rows):
    return {(spec["N"], spec["n"]): arrays for spec, arrays in rows if spec["table"] == "map"}


# ----------------------------------------------------------------------------------------------- the stored result


def test_every_stored_run_came_to_rest_at_a_point_without_a_way_down(rows):
    for spec, arrays in rows:
        assert arrays["gradient"][: experiment.WHOLE].max() < 1e-7, spec
        assert arrays["curvature"][: experiment.WHOLE].min() > -1e-6, spec


def test_later_runs_are_kept_in_short():
    spec, seeds = {"table": "map", "N": 3, "n": 2}, [99, 100]
    kept, whole = experiment.run_chunk(spec, seeds), experiment.measure(spec, seeds)
    assert kept["loss"].tolist() == [whole["loss"][0], np.float32(whole["loss"][1])]
    assert np.isnan(kept["spectrum"]).all(axis=1).tolist() == np.isnan(kept["gradient"]).tolist() == [False, True]
    assert kept["reached"].tolist() == whole["reached"].tolist() and kept["rank"].tolist() == whole["rank"].tolist()


def test_right_of_the_line_no_run_fails(cells):
    covered = [arrays["reached"] for (N, n), arrays in cells.items() if n >= experiment.covered_from(N)]
    assert len(covered) == 52 and all(each.all() for each in covered)


def test_the_last_width_below_the_line_does_not_fail_either(cells):
    for N in experiment.SAMPLES:
        assert cells[N, experiment.covered_from(N) - 1]["reached"].all(), N


def test_the_rank_law(cells):
    for (N, _), arrays in cells.items():
        rank = arrays["rank"][arrays["reached"]]
        assert (rank * (rank + 1) / 2 <= N).all()


def test_reached_means_the_loss_of_the_widest_network(cells):
    for (N, n), arrays in cells.items():
        height = arrays["loss"] - cells[N, 12]["loss"]
        assert height[: experiment.WHOLE].min() > -1e-9 and height.min() > -1e-6
        reached = arrays["reached"]
        assert (height[reached] < 1e-6).all() and (reached | (height > 1e-9))[: experiment.WHOLE].all(), (N, n)


def test_a_run_wider_than_the_rank_of_the_best_never_failed_and_a_narrower_one_always(cells):
    for (N, n), arrays in cells.items():
        rank, reached = cells[N, 12]["rank"], arrays["reached"]
        assert reached[rank < n].all() and not reached[rank > n].any(), (N, n)


def test_shares_agree_with_an_earlier_program(cells):
    for N, found in EARLIER.items():
        for n, count in found.items():
            reached = cells[N, n]["reached"]
            assert lm.shares_agree((int(reached.sum()), len(reached)), (count, 20)), (N, n)


def test_other_labels_and_no_tilt_need_less_width(rows):
    other = {(spec["table"], spec["n"]): arrays for spec, arrays in rows if spec["table"] in ("signs", "plain")}
    signs, plain = other["signs", 3]["reached"], other["plain", 5]["reached"]
    assert lm.shares_agree((int(signs.sum()), len(signs)), (19, 20)) and plain.all()
    assert other["signs", 10]["reached"].all() and other["plain", 10]["reached"].all()
    assert (other["plain", 10]["rank"] == 10).all()  # without a tilt minimisers can have full rank


def test_four_regimes_of_one_data_set(rows):
    starts = {spec["n"]: arrays for spec, arrays in rows if spec["table"] == "starts"}
    values = {n: experiment.distinct(arrays["loss"]) for n, arrays in starts.items()}
    assert min(values[n] for n in (1, 2, 3)) > 2
    assert [values[n] for n in (4, 5, 6, 7, 8)] == [1] * 5
    assert [bool(starts[n]["reached"].all()) for n in range(1, 9)] == [False] * 4 + [True] * 4
    assert not any(starts[n]["reached"].any() for n in (1, 2, 3, 4))


def test_the_seam_is_nearly_all_rank(cells):
    trapped = {}
    for (N, n), arrays in cells.items():
        rank = cells[N, 12]["rank"]
        trapped[N, n] = int((~arrays["reached"])[rank == n].sum())
    assert sum(trapped.values()) == 127 and sum(count for (_, n), count in trapped.items() if n <= 2) == 113


def test_networks_that_are_too_narrow_are_trapped_as_well(cells):
    witnesses = {  # data set -> a start of 4 neurons that ends lower than the stored run
        **dict.fromkeys((11, 12, 19, 22, 23, 27, 32, 43, 50, 53, 54, 79, 82, 83, 97), 0),
        **dict.fromkeys((0, 55, 63, 64, 81), 1),
        90: 4,
        17: 8,
    }
    stored, needed, lower = cells[28, 4]["loss"], cells[28, 12]["rank"], 0
    assert len(witnesses) == 22 and (needed[list(witnesses)] > 4).all()
    assert (needed > 4).sum() == 141 and (needed[:100] > 4).sum() == 68
    for data, start in witnesses.items():
        lower += float(experiment.descend(experiment.landscape(4, 28, data), [start]).loss) < stored[data] - 1e-6
    assert lower == 22


def test_one_of_these_traps_is_proved():
    land = experiment.landscape(4, 28, seed=11)
    ends = lm.refine(land, experiment.descend(land, range(12)).theta).theta
    low, high = ends[land.loss(ends).argmin()], ends[land.loss(ends).argmax()]
    proof = lm.certify(land, high, "minimum up to symmetry", not_global=True, better=low)
    assert proof.proved and proof.not_global


def test_members_share_data_across_rows_and_not_with_each_other():
    one, other = experiment.landscape(3, 10, seed=5), experiment.landscape(4, 28, seed=5)
    assert torch.equal(one.proof[1], other.proof[1][:10]) and torch.equal(one.proof[4], other.proof[4])
    torch.testing.assert_close(one.proof[2], other.proof[2][:10])
    assert not torch.equal(one.proof[1], experiment.landscape(3, 10, seed=6).proof[1])


def test_the_summary_names_every_row(rows):
    text = experiment.summarise(rows)
    assert all(f"\n{N:3} " in text for N in experiment.SAMPLES) and "n = 8  best" in text
    assert text.count("agrees; rank") == len(experiment.SAMPLES)


def test_a_run_that_fails_where_a_theorem_holds_would_be_seen(cells):
    row = {n: cells[28, n] for n in experiment.WIDTHS}
    failed = cells[28, 9] | {"reached": np.arange(200) != 17}
    assert "all from n = 6, by the theorem from n = 8: agrees" in experiment.verdict(28, row)
    assert "all from n = 10, by the theorem from n = 8: CONTRADICTED" in experiment.verdict(28, row | {9: failed})


# ----------------------------------------------------------------------------------------------- the theorems' numbers


def test_the_line_of_the_theorems():
    for N in range(1, 200):
        n = experiment.covered_from(N, d=100)
        assert n * (n + 1) / 2 > N >= n * (n - 1) / 2
        assert n <= math.ceil(math.sqrt(2 * N)) + (math.sqrt(2 * N) == 1)
        assert experiment.covered_from(N, d=7) == min(n, 7)


def test_other_data_sets_skip_a_regime():
    values = {}
    for seed in (2, 3):
        land = experiment.landscape(4, 28, seed)
        values[seed] = experiment.descend(land, range(12))
        values[seed] = experiment.distinct(values[seed].loss.numpy()), land.is_global(values[seed].theta).all()
    assert values[2] == (1, True)
    assert values[3][0] > 1


@pytest.mark.parametrize(("loss", "labels"), [("squared", "gaussian"), ("log", "classes")])
def test_one_sign_is_optimal_without_fitting_labels_of_both(loss, labels):
    draw = np.random.default_rng(4)
    x = torch.from_numpy(draw.normal(size=(40, 6)))
    y = torch.from_numpy(draw.normal(size=40) if labels == "gaussian" else draw.integers(2, size=40).astype(float))
    land = lm.quadratic_net(6, lm.data.Data(x, y), decay=0.01, loss=loss, reduction="mean")
    run = lm.train(land, lm.starts(land, seeds=range(3), scale=0.5), "lbfgs", tol=1e-9)
    assert land.is_global(run.theta).all() and (run.loss > 0.1).all()


@pytest.mark.parametrize("seed", [0, 3])
def test_the_cost_of_a_tilt_falls_with_its_square(seed):
    data, C = experiment.data(20, seed, d=8), lm.random_tilt(8, 1.0, seed)
    C = C / torch.linalg.matrix_norm(C, 2)

    def lowest(size):
        land = lm.quadratic_net(8, data, decay=0.02, tilt=size * C, reduction="mean")
        return lm.refine(land, experiment.descend(land, [0]).theta).theta[0]

    untilted = lm.quadratic_net(8, data, decay=0.02, reduction="mean")
    best, excess = lowest(0.0), {}
    for size in (1.0, 0.1, 1e-2, 1e-3, 1e-4):
        excess[size] = float(untilted.loss(lowest(size)) - untilted.loss(best))
        assert -1e-12 < excess[size] <= size * float(best.square().sum())
    assert math.log10(excess[1e-3] / excess[1e-4]) == pytest.approx(2, abs=0.3)


@pytest.mark.parametrize("d", [5, 10, 20, 40])
def test_the_random_matrix_behind_the_bound(d):
    N, lengths = 20 * d, []
    for seed in range(10):
        x = torch.from_numpy(random_stream(seed, DATA).normal(size=(N, d)))
        e = torch.from_numpy(np.sign(random_stream(seed, NOISE).normal(size=N)))
        lengths.append(float(torch.linalg.matrix_norm((x.T * e) @ x / N, 2)))
    assert 1.7 < np.mean(lengths) / (d / N) ** 0.5 < 2.4


def test_width_does_not_change_the_function():
    known, fresh = experiment.noisy_data(60, seed=1)
    answers = []
    for n in (10, 20, 40):
        land = lm.quadratic_net(n, known, decay=0.1, reduction="mean")
        run = lm.train(land, lm.starts(land, seeds=[n], scale=0.5), "lbfgs", tol=1e-9)
        assert land.is_global(run.theta).all()
        answers.append((fresh.x @ land.unpack(run.theta[0])["W"].T).square().sum(dim=1))
    assert max(float((answer - answers[0]).abs().max()) for answer in answers) < 1e-4


def test_what_keeps_the_noise_out_is_the_sign_and_not_the_decay():
    found = {"decay": [], "one sign": [], "both": []}
    for seed in range(6):
        known, fresh = experiment.noisy_data(40, seed)
        for name, decay, negative in (("decay", 0.1, 0), ("one sign", 0.0, 0), ("both", 0.0, 10)):
            found[name].append(experiment.fit(20, known, fresh, decay, negative))
    training, test = (np.array([found[name] for name in found])[..., place] for place in (0, 1))
    assert (training[1] > 0.007).all() and (training[1] < 0.038).all() and (training[2] < 1e-9).all()
    assert (test[2] > test[1]).sum() == 5 and (test[0] < test[1]).sum() == 4


@pytest.mark.parametrize("decay", [0.1, 0.0])
def test_forty_samples_fix_a_best_matrix_of_55_entries(decay):
    known, _ = experiment.noisy_data(40, seed=0)
    land = lm.quadratic_net(20, known, decay=decay, reduction="mean")
    theta = lm.train(land, lm.starts(land, seeds=[3], scale=0.5), "lbfgs", tol=1e-8).theta
    values, vectors = torch.linalg.eigh(land.slack_of(theta)[0, 0])
    k = 4 if decay else 5
    assert (values[:k].abs() < 1e-6).all() and values[k] > 0.01
    inner = known.x @ vectors[:, :k]
    products = torch.stack([inner[:, i] * inner[:, j] for i in range(k) for j in range(i, k)], dim=1)
    assert torch.linalg.svdvals(products)[-1] > 1


def test_some_decay_helps_and_too_much_hurts():
    for seed in (0, 1, 2):
        known, fresh = experiment.noisy_data(30, seed)
        test_loss = []
        for decay in (0.0, 0.1, 0.5):
            land = lm.quadratic_net(10, known, decay=decay, reduction="mean")
            theta = lm.train(land, lm.starts(land, seeds=[0], scale=0.5), "lbfgs", tol=1e-7).theta[0]
            test_loss.append(float(lm.quadratic_net(10, fresh, reduction="mean").loss(theta)))
        assert test_loss[1] < min(test_loss[0], test_loss[2])


# ----------------------------------------------------------------------------------------------- the explorer


def test_a_click_on_the_map_chooses_a_cell():
    explorer = QuadraticExplorer()
    left, bottom, width, height = widget.MAP
    explorer.clicked(left + 0.01 * width, bottom + 0.99 * height)
    assert (explorer.state.N, explorer.state.n) == (45, 1)
    assert explorer.picture.readout.startswith("N = 45, n = 1: 0 of 100 runs reach")
    before = explorer.state.trait_values()
    explorer.clicked(0.99, 0.5)
    assert explorer.state.trait_values() == before
    explorer.close()


def test_data_sets_are_walked_by_the_rank_of_the_best_and_the_words_follow():
    explorer = QuadraticExplorer(N=28, n=4)
    verdicts = []
    for run in (1, 100):
        explorer.state.run = run
        verdicts.append(explorer.picture.readout)
    assert "so no width does better. The best M has rank 4" in verdicts[0]
    assert "so wider networks do better. The best M has rank 6" in verdicts[1]
    explorer.state.N, explorer.state.n = 3, 12
    assert "100 of 100 runs" in explorer.picture.readout and "so no width does better" in explorer.picture.readout
    explorer.close()


def test_a_data_set_keeps_its_number_when_the_width_changes(cells):
    for N in experiment.SAMPLES:
        needed = [widget.stored_cells()[N, n].needed for n in experiment.WIDTHS]
        assert (np.diff(needed[0]) >= 0).all() and all((each == needed[0]).all() for each in needed)
        order = np.argsort(cells[N, 12]["rank"][: experiment.WHOLE], kind="stable")
        for n in (2, 9):
            np.testing.assert_array_equal(widget.stored_cells()[N, n].spectrum, cells[N, n]["spectrum"][order])


def test_what_the_lesson_asks_at_the_explorer_has_the_answers_that_it_means():
    cell = widget.stored_cells()[10, 2]
    assert ((cell.needed <= 2) & ~cell.reached).sum() == 7 and not cell.reached[cell.needed > 2].any()
    assert (cell.needed == 3).sum() == 61
    zeros = [int((abs(widget.stored_cells()[28, n].spectrum[59]) < 1e-6).sum()) for n in experiment.WIDTHS]
    assert zeros == [1, 2, 3, 4, *[5] * 8] and widget.stored_cells()[28, 12].needed[59] == 5


def test_new_runs_are_trained_on_new_data_and_shown():
    cell = widget.train_cell(6, 2, seeds=range(300, 303))
    assert cell.height.shape == (3,) and (np.diff(cell.needed) >= 0).all() and (cell.height > -1e-9).all()
    explorer = QuadraticExplorer(N=28, n=8, run=77)
    explorer._take(cell)
    assert "of 3 runs" in explorer.picture.readout and "trained now, on new data" in explorer.picture.readout
    assert explorer.state.run == 3 and explorer.run_slider.values == [1, 2, 3]
    explorer.state.n = 5
    assert "of 100 runs" in explorer.picture.readout
    explorer._take(None)
    explorer.close()


def test_training_stops_when_told():
    assert widget.train_cell(3, 1, seeds=range(300, 320), run=STOPPED) is None


def test_a_number_of_samples_that_is_not_on_the_map_is_refused():
    with pytest.raises(Exception, match="no number of samples 7"):
        QuadraticExplorer(N=7)
