"""Dead layers and bad starts: the theorem with its repairs, propositions 4 and 5 in closed form, and the counts beside them."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import lmcourse as lm
from lmcourse.data import Data, dead_layer_example, saturation_example
from lmcourse.experiments import bad_starts, shifted_digits
from lmcourse.networks.relu import blind_spots, inputs_of_neurons, relu_mlp
from lmcourse.networks.sigmoid import sigmoid_mlp

DOUBLE = torch.float64


# --------------------------------------------------------------------------------------- dead layers for any data


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), samples=st.integers(1, 8), inputs=st.integers(1, 4), hidden=st.integers(1, 5))
def test_any_data_have_a_dead_layer_that_is_proved_to_be_a_minimum(seed, samples, inputs, hidden):
    chance = np.random.default_rng(seed)
    x, y = (torch.from_numpy(chance.integers(-6, 7, size)).double() for size in ((samples, inputs), (samples,)))
    W1, W2 = (torch.from_numpy(chance.integers(-5, 6, size)).double() for size in ((hidden, inputs), (1, hidden)))
    land = relu_mlp([inputs, hidden, 1], Data(x, y))
    mean = y.mean().reshape(1)
    theta = land.pack(W1=W1, b1=-1 - (x @ W1.T).amax(0), W2=W2, b2=mean)
    assert inputs_of_neurons(land, theta, x)[0].amax(0).tolist() == [-1.0] * hidden
    gradient = land.gradient(theta)
    assert (gradient[:-1] == 0).all() and abs(float(gradient[-1])) < 1e-12
    proof = lm.certify(land, theta, "minimum in a dead layer")
    assert proof.proved, proof.why_not
    assert float(proof.loss_bounds[0]) == pytest.approx(float(((y - y.mean()) ** 2).sum()), abs=1e-9)


def bump(x, r, u, on, elsewhere):
    """The three ReLUs of the lesson: `on` at sample r, `elsewhere` at the others, if they lie at |u.(x - x_r)| >= 1."""
    shift = float(u @ x[r])
    signs = torch.tensor([[1.0, -1.0, 1.0]], dtype=DOUBLE)
    return {
        "W1": torch.stack([u, 2 * u, u]),
        "b1": torch.tensor([1 - shift, -2 * shift, -1 - shift], dtype=DOUBLE),
        "W2": (on - elsewhere) * signs,
        "b2": torch.tensor([elsewhere], dtype=DOUBLE),
    }


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), copies=st.integers(1, 4))
def test_the_bump_lowers_the_loss_by_the_formula(seed, copies):
    chance = np.random.default_rng(seed)
    x = torch.from_numpy(chance.permutation(20)[:6, None] * np.array([[1.0, -2.0]]))
    x = torch.cat([x, x[:1].expand(copies, 2)])  # sample 0 stands copies + 1 times
    y = torch.from_numpy(chance.normal(size=len(x)))
    here = (x == x[0]).all(1)
    on, elsewhere = float(y[here].mean()), float(y[~here].mean())
    u = torch.tensor([1.0, 0.0], dtype=DOUBLE)  # the others lie at distance 1 at least: 1 suffices, 2 is not needed
    land = relu_mlp([2, 3, 1], Data(x, y))
    n, N = int(here.sum()), len(x)
    fall = n * (N - n) / N * (on - elsewhere) ** 2
    constant = float(((y - y.mean()) ** 2).sum())
    theta = land.pack(**bump(x, 0, u, on, elsewhere))
    assert float(land.loss(theta)) == pytest.approx(constant - fall, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_one_of_the_bumps_three_neurons_alone_lowers_the_loss(seed):
    chance = np.random.default_rng(seed)
    t = torch.from_numpy(np.append(chance.choice([-4, -3, -2, -1, 1, 2, 3], 6), 0)).double()
    y = torch.from_numpy(chance.normal(size=7))
    residual = y - y.mean()
    p = torch.stack([1 + t, t, t - 1]).relu()
    sums = p @ residual
    assert float(sums @ torch.tensor([1.0, -2.0, 1.0], dtype=DOUBLE)) == pytest.approx(float(residual[-1]), abs=1e-9)
    best = int(sums.abs().argmax())
    length = p[best].square().sum()
    land = relu_mlp([1, 1, 1], Data(t[:, None], y))
    theta = torch.tensor([1.0, 1.0 - best, float(sums[best] / length), 0.0], dtype=DOUBLE)
    theta[3] = y.mean()
    constant = float(residual.square().sum())
    assert float(land.loss(theta)) == pytest.approx(constant - float(sums[best] ** 2 / length), abs=1e-9)
    assert float(land.loss(theta)) < constant


def test_a_bump_needs_a_direction_in_which_no_other_place_stands_where_it_does():
    data = dead_layer_example()  # seen along (0, 1) the places (1, 0) and (0, 0) are one, however long u is
    land = relu_mlp([2, 3, 1], data)
    for u, loss in (([0.0, 300.0], None), ([2.0, 1.0], 14.8)):  # at (1, 1), where y = 3 and the others have 1.8
        found = float(land.loss(land.pack(**bump(data.x, 3, torch.tensor(u, dtype=DOUBLE), 3.0, 1.8))))
        assert (found == pytest.approx(14.8)) == (loss is not None)


def test_a_bump_that_is_too_wide_misses():
    data = dead_layer_example()
    land = relu_mlp([2, 3, 1], data)
    for length, loss in ((1.0, 5.2), (0.9, None)):
        u = torch.tensor([0.0, length], dtype=DOUBLE)
        found = float(land.loss(land.pack(**bump(data.x, 5, u, 5.0, 1.4))))
        assert (found == pytest.approx(5.2)) == (loss is not None)


def test_the_printed_recipe_for_deep_chains_is_cut_off_and_the_repaired_one_is_not():
    data = dead_layer_example()
    low = Data(data.x, data.y - 10)
    chain = relu_mlp([2, 3, 1, 1], low)
    parts = bump(data.x, 5, torch.tensor([0.0, 3.0], dtype=DOUBLE), 5.0 - 10, 1.4 - 10)
    one, zero, signs = torch.ones(1, 1, dtype=DOUBLE), torch.zeros(1, dtype=DOUBLE), parts["W2"] / 3.6
    printed = chain.pack(**parts, W3=one, b3=zero)
    repaired = chain.pack(W1=parts["W1"], b1=parts["b1"], W2=signs, b2=zero, W3=3.6 * one, b3=zero - 8.6)
    assert chain.loss(torch.stack([printed, repaired])).tolist() == pytest.approx([400, 5.2])


def test_a_saturated_sigmoid_layer_has_small_derivatives_and_never_zero_ones():
    mark = lm.landmark("dead layer")
    sigmoid = sigmoid_mlp([2, 3, 1], dead_layer_example(), output="linear")
    scales = torch.tensor([5.0, 10.0, 20.0, 40.0, 80.0], dtype=DOUBLE)
    theta = mark.theta.repeat(5, 1)
    theta[:, :9] *= scales[:, None]
    largest = sigmoid.gradient(theta)[:, :9].abs().amax(1)
    torch.testing.assert_close(largest, 4 * torch.exp(-scales), rtol=0.02, atol=0)
    assert (sigmoid.gradient(theta)[:, :9] != 0).all() and (mark.land.gradient(theta)[:, :12] == 0).all()
    assert not lm.certify(sigmoid, theta[0], "minimum in a dead layer").proved


@pytest.mark.parametrize(("dtype", "last", "first"), [(torch.float32, 87, 89), (DOUBLE, 708, 710)])
def test_a_saturated_sigmoid_layer_has_exact_zeros_where_the_exponential_overflows(dtype, last, first):
    theta = lm.landmark("dead layer").theta.repeat(2, 1)
    theta[:, :9] *= torch.tensor([[last], [first]], dtype=DOUBLE)
    sigmoid = sigmoid_mlp([2, 3, 1], dead_layer_example(), output="linear")
    assert (sigmoid.gradient(theta.to(dtype))[:, :9] == 0).all(1).tolist() == [False, True]


# ------------------------------------------------------------------------------------------------- proposition 4


def test_the_thresholds_of_proposition_4():
    widths = (2, 10, 100, 300, 700, 1000, 10_000)
    known = {
        "scale 0.01": (0.0405, 0.0475, 0.0561, 0.0598, 0.0625, 0.0636, 0.0703),
        "scale by width": (2.866, 1.502, 0.5608, 0.3451, 0.2361, 0.2010, 0.0703),
        "Glorot": (2.873, 1.529, 0.5762, 0.3540, 0.2418, 0.2057, 0.0716),
    }
    for rule, means in known.items():
        found = [bad_starts.least_mean(h, layers=100, rule=rule) for h in widths]
        assert found == pytest.approx(means, abs=6e-4 if rule != "scale 0.01" else 6e-5)
    assert (
        bad_starts.least_mean(10_000, rule="scale 0.01") < 0.0704 and bad_starts.PUBLISHED_MEANS["scale 0.01"] == 0.07
    )
    assert bad_starts.all_positive(0.24, 700, 100) > 0.99 > bad_starts.all_positive(0.24, 600, 100)


@pytest.mark.parametrize("mean", [0.0, 0.3, 1.0])
def test_the_probability_of_positive_weights_is_that_of_their_number(mean):
    width, layers = 3, 4
    entries = 2 * width + (layers - 2) * width**2 + width
    closed = bad_starts.all_positive(mean, width, layers, "scale by width")
    assert closed == pytest.approx(bad_starts.normal_below(mean * math.sqrt(width)) ** entries, rel=1e-12)
    assert mean == 0 or bad_starts.all_positive(mean, width, layers, "Glorot") != pytest.approx(closed)


def test_an_unknown_rule_is_refused_in_words():
    with pytest.raises(ValueError, match=r"no rule 'He' for the scale. The rules are: scale 0\.01, "):
        bad_starts.all_positive(0.1, 3, 3, "He")


def test_the_example_of_proposition_4_is_as_the_lesson_says():
    x = saturation_example().x
    assert torch.corrcoef(x.T)[0, 1].item() == pytest.approx(0.9947, abs=5e-5)
    assert (x[:, 0] * x[:, 1]).min() > 0  # so the covariance cannot be the identity: standardised, not whitened
    assert float((x[:9] @ x[9]).max()) == pytest.approx(-1.5915, abs=5e-5)


def test_positive_weights_leave_nine_samples_one_moving_answer():
    data = saturation_example()
    land = relu_mlp([2, 8, 1], data, "log", reduction="mean")
    is_weight = torch.tensor(16 * [1] + 8 * [0] + 8 * [1] + [0], dtype=DOUBLE)
    theta = is_weight * (0.5 + 0.1 * lm.starts(land, seeds=range(4), scheme="normal"))
    assert (land.gradient(theta)[:, 24:32] < 0).all()  # the output weights grow: the sign that was printed is turned
    runs = lm.train(land, theta, lr=0.1, max_steps=500)
    assert (blind_spots(land, runs.theta, data.x) == torch.tensor(9 * [True] + [False])).all()
    logits = torch.logit(land.outputs(runs.theta)[..., 0])
    assert (logits[:, :9] == logits[:, :1]).all() and (logits[:, 0].abs() > 0.1).all()  # shared, and not 0
    assert (runs.grad_norm > 0).all() and (runs.theta[:, 16:24] > 0).any()  # hidden biases grow, too


# ------------------------------------------------------------------------------------------------- proposition 5

DEPTHS = (5, 10, 20, 50, 100)
LEAST = {2: (0.228, 0.441, 0.707, 0.958, 0.998), 3: (0.008, 0.017, 0.0365, 0.091, 0.176)}
COUNTED = {
    2: (0.58, 0.89, 0.99, 1, 1),
    3: (0.22, 0.58, 0.89, 1, 1),
    5: (0.02, 0.12, 0.33, 0.75, 0.94),
    10: (0, 0, 0, 0.04, 0.09),
}


def test_the_bound_of_proposition_5():
    for width, shares in LEAST.items():
        assert [bad_starts.least_dead(width, k) for k in DEPTHS] == pytest.approx(shares, abs=6e-4)
    assert bad_starts.least_dead(5, 100) < 1e-5 and bad_starts.least_dead(10, 100) < 1e-25
    assert bad_starts.least_dead(3, 100) > bad_starts.least_dead(4, 100)  # wider: a lower bound
    assert bad_starts.least_dead(3, 10_000) > 0.999999  # deeper: towards 1


@pytest.mark.parametrize("width", COUNTED)
def test_counted_shares_lie_between_the_bounds_and_where_they_were_seen(width):
    died = bad_starts.dies_at(bad_starts.draw(width, range(500)))
    for k, share in zip(DEPTHS, COUNTED[width], strict=True):
        count = bad_starts.count_dead(died, k)
        assert lm.shares_agree(count[:2], (round(500 * share), 500))
        assert (
            bad_starts.least_dead(width, k) <= count.interval[1] and bad_starts.most_dead(width, k) >= count.interval[0]
        )


@pytest.mark.parametrize("ratio", [-1.0, -0.2, 0.2, 1.0])
@pytest.mark.parametrize("width", [1, 2, 4])
def test_the_bounds_hold_for_other_means(width, ratio):
    died = bad_starts.dies_at(bad_starts.draw(width, range(2000), layers=20), mean=3 * ratio, scale=3.0)
    for k in (1, 2, 5, 20):
        dead, total, _ = bad_starts.count_dead(died, k)
        error = 4 * math.sqrt(0.25 / total)
        assert bad_starts.least_dead(width, k, ratio) <= dead / total + error
        assert bad_starts.most_dead(width, k, ratio) >= dead / total - error


@pytest.mark.parametrize("width", [1, 3])
def test_one_sample_alone_is_lost_with_exactly_the_upper_bound(width):
    died = bad_starts.dies_at(bad_starts.draw(width, range(4000), layers=10, samples=1))
    for k in (1, 3, 10):
        count = bad_starts.count_dead(died, k)
        expected = bad_starts.most_dead(width, k)
        assert expected == pytest.approx(1 - (1 - 0.5**width) ** k)
        assert abs(count.share - expected) < 4 * math.sqrt(0.25 / 4000)


def test_with_zero_biases_only_the_ratio_counts():
    draws = bad_starts.draw(4, range(100), layers=30)
    assert torch.equal(bad_starts.dies_at(draws, 0.25, 0.5), bad_starts.dies_at(draws, 1.0, 2.0))


def test_a_member_alone_dies_where_it_dies_among_others():
    together = bad_starts.run_chunk({"width": 3}, range(20))["dies_at"]
    assert [int(bad_starts.run_chunk({"width": 3}, [seed])["dies_at"][0]) for seed in range(20)] == together.tolist()


def test_a_network_that_is_born_dead_moves_its_output_bias_alone():
    draws = bad_starts.draw(2, [1], layers=6)
    assert int(bad_starts.dies_at(draws)[0]) <= 6
    data = Data(draws.x[0], torch.arange(10.0).double())
    land = relu_mlp([2, *[2] * 6, 1], data)
    parts = {name: torch.zeros(shape, dtype=DOUBLE) for name, shape in land.shapes.items()}
    parts |= {f"W{i}": W[0] for i, W in enumerate((draws.first, *draws.later.unbind(1)), 1)} | {
        "W7": torch.ones(1, 2).double()
    }
    gradient = land.gradient(land.pack(**parts))
    assert (gradient[:-1] == 0).all() and float(gradient[-1]) == -90


def test_a_network_may_be_born_dead_and_no_minimum():
    land = relu_mlp([1, 2, 2, 1], Data(torch.tensor([[1.0], [-1.0]]).double(), torch.tensor([1.0, -1.0]).double()))
    zero = torch.zeros(2, dtype=DOUBLE)
    parts = {
        "W1": [[1.0], [2.0]],
        "b1": zero,
        "W2": [[-1.0, -1.0], [-2.0, -1.0]],
        "b2": zero,
        "W3": [[-1.0, -1.0]],
        "b3": zero[:1],
    }
    parts = {name: torch.as_tensor(part, dtype=DOUBLE) for name, part in parts.items()}
    theta, near = land.pack(**parts), land.pack(**(parts | {"b2": zero + 0.01}))
    assert (inputs_of_neurons(land, theta, torch.tensor([[1.0], [-1.0]], dtype=DOUBLE))[1] <= 0).all()
    assert float(land.loss(theta)) == 2 and (land.gradient(theta) == 0).all()
    assert float(land.loss(near)) == pytest.approx(1.9604)  # however small the push: 2 - 0.04 (1 - b) for b2 = b
    refused = lm.certify(land, theta, "minimum in a dead layer")
    assert not refused.proved and "on the kink" in refused.why_not


def test_one_in_six_networks_lies_in_the_region_of_the_theorem_and_pushes_lower_most_others():
    draws = bad_starts.draw(3, range(1000), layers=20)
    dead, strictly, lower = bad_starts.dies_at(draws) <= 20, bad_starts.off_strictly(draws), bad_starts.lowered(draws)
    assert (dead | ~strictly).all() and int(strictly.sum()) == 167
    assert not lower[strictly].any() and lower[dead & ~strictly].double().mean() > 0.9


def test_strictly_off_is_what_a_layer_of_a_network_says():
    draws = bad_starts.draw(2, range(60), layers=4)
    land = relu_mlp([2, 2, 2, 2, 2, 1], Data(draws.x[0], torch.zeros(10).double()))
    for member, found in enumerate(bad_starts.off_strictly(draws)):
        matrices = [draws.first[member], *draws.later[member]]
        parts = {name: torch.zeros(shape, dtype=DOUBLE) for name, shape in land.shapes.items()}
        theta = land.pack(**(parts | {f"W{i}": W for i, W in enumerate(matrices, 1)}))
        below = [(z < 0).all() for z in inputs_of_neurons(land, theta, draws.x[member])]
        assert any(below) == bool(found)


def test_the_stored_counts_are_what_their_seeds_give():
    stored = lm.store.load("bad_starts")
    chance = np.random.default_rng(5)
    for spec, arrays in stored.rows:
        seeds = chance.choice(bad_starts.MEMBERS, 20, replace=False).tolist()
        assert bad_starts.run_chunk(spec, seeds)["dies_at"].tolist() == arrays["dies_at"][seeds].tolist()


# ------------------------------------------------------------------------------------------------- shifted digits


def test_shuffled_labels_keep_their_number_and_change_with_the_seed():
    first, second, true = (shifted_digits.labelled(*key) for key in (("shuffled", 0), ("shuffled", 1), ("true", 0)))
    assert torch.equal(first.x, true.x)
    assert torch.equal(first.y.bincount(), true.y.bincount()) and not torch.equal(first.y, second.y)
    with pytest.raises(ValueError, match="'random' came"):
        shifted_digits.labelled("random", 0)


def test_a_shifted_start_moves_weights_and_no_biases():
    land = relu_mlp([64, 5, 10], shifted_digits.images(), "cross_entropy")
    moved = shifted_digits.shifted_start(land, 3, 0.1) - shifted_digits.shifted_start(land, 3, 0.0)
    parts = land.unpack(moved[0])
    assert all(torch.allclose(parts[name], torch.tensor(0.1, dtype=DOUBLE)) for name in ("W1", "W2"))
    assert (parts["b1"] == 0).all() and (parts["b2"] == 0).all()


def test_a_layer_that_is_dead_at_the_start_learns_the_most_frequent_digit_alone():
    found = shifted_digits.learn(10, mean=-0.2, labels="true", seed=0, steps=[300])
    most = int(shifted_digits.images().y.bincount().max()) / shifted_digits.SAMPLES
    assert found["live"] == 0 and found["right"] == [pytest.approx(most)]


def test_the_stored_digits_are_what_their_seeds_give():
    rows = [row for row in lm.store.load("shifted_digits").rows if row[0]["width"] == 10 and row[0]["mean"] == -0.05]
    assert len(rows) == 2
    for spec, arrays in rows:
        found = shifted_digits.learn(**spec, seed=4, steps=[shifted_digits.SOON])
        assert found["live"] == arrays["live"][4]
        assert found["right"][0] == pytest.approx(arrays["right"][4, 0], abs=0.021)


# ------------------------------------------------------------------------------------------------- the explorer


def test_the_explorer_counts_what_the_experiment_counts():
    explorer = lm.widgets.DeadLayerExplorer(width=5, depth=50)
    dead = bad_starts.count_dead(bad_starts.deaths(5, range(200)), 50)
    assert f"{dead.failed} of 200 networks are dead, {dead}" in explorer.picture.readout
    explorer.close()


def test_the_explorer_shows_the_same_for_twice_the_mean_and_twice_the_scale():
    explorer = lm.widgets.DeadLayerExplorer(width=4, mean=0.5, scale=1.0)
    before = explorer.picture.png
    explorer.state.mean, explorer.state.scale = 1.0, 2.0
    assert explorer.picture.png == before
    explorer.state.mean = 0.0
    assert explorer.picture.png != before
    explorer.close()


def test_in_the_setting_to_try_all_neurons_that_are_on_soon_share_one_shade():
    explorer = lm.widgets.DeadLayerExplorer(width=5, depth=50, network=1)
    shades = [set(layer[layer > 0].tolist()) for layer in explorer.compute().seen]
    assert all(len(shade) <= 1 for shade in shades[5:]) and len(shades[4]) > 1
    assert max(shades[5]) < 1  # one sample is lost early, the others go on together
    explorer.close()


def test_the_explorer_names_the_layer_that_dies():
    explorer = lm.widgets.DeadLayerExplorer(width=2, depth=100, network=1)
    layer = int(bad_starts.deaths(2, [0])[0])
    assert f"Network 1 dies in layer {layer}." in explorer.picture.readout
    explorer.state.depth = layer - 1
    assert "Network 1 is alive after" in explorer.picture.readout
    explorer.close()
