"""XOR and Jellyfish rates: the stored table is what the code gives, and it has the shape of the published one."""

import numpy as np
import pytest

from lmcourse import store
from lmcourse.counting import shares_agree
from lmcourse.data import jellyfish
from lmcourse.experiments import relu_rates as experiment
from lmcourse.networks.landmarks import landmark


@pytest.fixture(scope="module")
def rows():
    return store.load("relu_rates").rows


@pytest.fixture(scope="module")
def shares(rows):
    """(data, activation, method, lr, steps) -> percent learnt for each width."""
    return {tuple(spec.values()): [100 * c.share for c in counts] for spec, counts in experiment.table(rows)}


REPLICATION = {  # of 200 other runs with the same settings, percent for 2 to 7 neurons; standard error up to 3.5
    ("xor", "relu", "gd", 1.0, 20_000): (28.5, 54.5, 66.0, 82.0, 87.5, 95.5),
    ("xor", "relu", "adam", 0.01, 20_000): (27.0, 55.0, 66.0, 80.0, 89.5, 94.5),
    ("xor", "sigmoid", "gd", 1.0, 20_000): (70.0, 97.5, 100, 100, 100, 100),
    ("xor", "sigmoid", "adam", 0.01, 20_000): (55.0, 87.0, 98.5, 99.5, 99.5, 100),
    ("jellyfish", "relu", "gd", 0.1, 20_000): (20.5, 38.0, 46.5, 62.0, 77.5, 83.5),
    ("jellyfish", "relu", "gd", 1.0, 20_000): (0.5, 8.5, 22.5, 39.0, 57.0, 71.5),
    ("jellyfish", "relu", "adam", 0.01, 20_000): (21.0, 36.5, 47.5, 61.5, 80.0, 87.5),
    ("jellyfish", "sigmoid", "gd", 1.0, 20_000): (59.5, 99.0, 100, 100, 100, 100),
    ("jellyfish", "sigmoid", "adam", 0.01, 20_000): (33.0, 85.0, 96.5, 98.5, 100, 100),
    ("jellyfish", "sigmoid", "adam", 0.001, 1_000): (0, 0, 0, 0, 0, 0),
    ("jellyfish", "sigmoid", "adam", 0.001, 5_000): (0, 18.0, 47.0, 71.0, 82.5, 86.0),
    ("jellyfish", "sigmoid", "adam", 0.001, 20_000): (27.0, 79.5, 96.5, 100, 100, 100),
}


@pytest.mark.parametrize("setting", REPLICATION)
def test_rates_agree_with_those_of_other_starts(shares, setting):
    """72 pairs of counts of 200: none further apart than chance explains in one case of a thousand, no row on average by 5."""
    ours, theirs = np.array(shares[setting]), np.array(REPLICATION[setting])
    for here, there in zip(ours, theirs, strict=True):
        assert shares_agree((round(2 * here), 200), (round(2 * there), 200)) or here == there
    assert abs(ours - theirs).mean() < 5


def test_every_setting_is_there_for_every_width(rows, shares):
    assert len(rows) == len(experiment.SPECS) == 6 * len(REPLICATION)
    assert set(shares) == set(REPLICATION)
    assert all(len(arrays["right"]) == experiment.MEMBERS for _, arrays in rows)


def test_relu_follows_the_published_rates(shares):
    for method, lr in (("gd", 1.0), ("adam", 0.01)):
        published = experiment.PUBLISHED["xor", "relu", method]
        assert shares["xor", "relu", method, lr, 20_000] == pytest.approx(published, abs=10)
    assert experiment.PUBLISHED["jellyfish", "relu", "gd"] == (16, 33, 66, 68, 69, 86)


def test_the_low_published_column_lies_between_two_early_ends(shares):
    published = np.array(experiment.PUBLISHED["jellyfish", "sigmoid", "adam"])
    early, later = (
        np.array(shares["jellyfish", "sigmoid", "adam", 0.001, steps], dtype=float) for steps in (1_000, 5_000)
    )
    assert (early <= published).all() and (published <= later + 1e-9).all()


def test_the_live_version_agrees_with_the_stored_one(rows):
    stored = next(counts for spec, counts in experiment.table(rows) if spec["lr"] == 0.1)
    runs = experiment.run("jellyfish", "relu", 3, range(1000, 1060), lr=0.1, steps=5_000)
    live = experiment.count_learnt(experiment.samples_right("jellyfish", "relu", runs))
    assert shares_agree(live[:2], stored[1][:2])


def test_samples_right_counts_both_classes():
    land = experiment.landscape("xor", "relu", 2)
    runs = experiment.run("xor", "relu", 2, range(3), steps=1)
    runs.theta.zero_()
    runs.theta[:, -1] = 1.0  # answers class 1 everywhere
    assert experiment.samples_right("xor", "relu", runs).tolist() == [2, 2, 2]
    assert land.dim == runs.theta.shape[1]


def test_the_table_in_words_has_both_lines(rows):
    words = experiment.summarise(rows)
    assert "xor, relu, gd 1, 20,000 steps" in words and words.count("published") == len(REPLICATION)


def test_labels_alternate_across_the_jellyfish_and_the_trap_gets_half_of_them():
    data, trap = jellyfish(), landmark("jellyfish, trap")
    order = (data.x[:, 0] - data.x[:, 1]).argsort()
    assert (data.x[order, 0] - data.x[order, 1]).tolist() == pytest.approx([-1, -0.4, 0.4, 1])
    assert data.y[order].tolist() == [0, 1, 0, 1]
    right = (trap.land.outputs(trap.theta)[:, 0] > 0.5) == (data.y > 0.5)
    assert int(right.sum()) == 2
