"""Features of a wide random layer: ranks by tolerance and by proof, why ReLU loses rank, and proofs that refuse what is not so."""

import numpy as np
import pytest
import torch
from flint import arb, arb_mat

from lmcourse import store
from lmcourse.certificates.certificate import Refusal
from lmcourse.certificates.full_rank import smallest_singular_value
from lmcourse.data import Data
from lmcourse.devices import random_stream
from lmcourse.experiments import independent_features as experiment
from lmcourse.experiments.rank_proofs import prove_rank
from lmcourse.networks.convolutional import features as library_features
from lmcourse.networks.convolutional import patches, shared_patches, small_cnn

DOUBLE = torch.float64


def rank_of(F):
    return int(torch.linalg.matrix_rank(F))


@pytest.mark.parametrize("name", experiment.ACTIVATIONS)
def test_features_are_those_of_the_library(name):
    x, (W, b) = experiment.images("gaussian", 20), experiment.draw(3)
    land = small_cnn(Data(x, torch.ones(20, dtype=DOUBLE)), 3, [1], name.lower())
    theta = land.pack(W1=W, b1=b, W2=torch.zeros(1, 108, dtype=DOUBLE), b2=torch.zeros(1, dtype=DOUBLE))
    torch.testing.assert_close(experiment.features(x, W, b, name), library_features(land, theta), rtol=0, atol=1e-14)


def test_leading_axes_of_the_weights():
    x, draws = experiment.images("gaussian", 7), [experiment.draw(2, seed=seed) for seed in (0, 1, 2)]
    W, b = (torch.stack(parts) for parts in zip(*draws, strict=True))
    together = experiment.features(x, W, b)
    assert together.shape == (3, 7, 72)
    for F, (W, b) in zip(together, draws, strict=True):
        torch.testing.assert_close(F, experiment.features(x, W, b), rtol=0, atol=1e-15)


def test_a_wider_layer_has_the_features_of_the_narrow_one():
    x = experiment.images("gaussian", 9)
    narrow, wide = (experiment.features(x, *experiment.draw(T)).reshape(9, 36, T) for T in (2, 5))
    torch.testing.assert_close(wide[..., :2], narrow, rtol=0, atol=1e-15)


@pytest.mark.parametrize("name", experiment.ACTIVATIONS)
@pytest.mark.parametrize("filters", [2, 5, 6, 8])
def test_rank_is_the_smaller_of_images_and_neurons_and_proved(name, filters):
    x, weights = experiment.images("gaussian"), experiment.draw(filters)
    proof = prove_rank(x, *weights, name)
    assert proof.proved and proof.low == min(200, 36 * filters) == rank_of(experiment.features(x, *weights, name))


@pytest.mark.parametrize("name", ["sigmoid", "softplus"])
def test_the_bound_of_a_proof_is_tight_and_below(name):
    x = experiment.images("gaussian")
    for scale in (0.01, 0.1, 1.0):
        weights = experiment.draw(6, scale)
        smallest = float(torch.linalg.svdvals(experiment.features(x, *weights, name))[-1])
        bound = prove_rank(x, *weights, name).smallest
        assert 0.99 * smallest < bound < smallest * (1 + 1e-6)


def test_the_smallest_singular_value_grows_with_the_scale():
    x = experiment.images("gaussian")
    bounds = [prove_rank(x, *experiment.draw(6, scale)).smallest for scale in (0.01, 0.1, 1.0)]
    assert bounds == sorted(bounds)
    largest_of_small = float(torch.linalg.svdvals(experiment.features(x, *experiment.draw(6, 0.01)))[-1])
    assert bounds[-1] > 1e4 * largest_of_small


def test_the_formula_fits_coin_tosses():
    x = experiment.images("gaussian")
    y = torch.from_numpy(random_stream(3).choice([-1.0, 1.0], size=200))
    for name in experiment.ACTIVATIONS:
        F = experiment.features(x, *experiment.draw(6), name)
        assert (F @ (F.T @ torch.linalg.solve(F @ F.T, y)) - y).abs().max() < 1e-6


def test_small_sigmoid_features_step_down_after_65_values():
    values = torch.linalg.svdvals(experiment.features(experiment.images("gaussian"), *experiment.draw(6, 0.01)))
    ratios = values[1:-1] / values[2:]
    assert int(ratios.argmax()) + 2 == 65 and ratios.max() > 100  # 64 pixels and a constant; then the curvature


# ------------------------------------------------------------------------------------ digits and ReLU


def test_relu_ranks_of_digits_are_proved_and_stay_below_the_bound():
    x = experiment.images("digits")
    ranks = []
    for seed in range(20):
        W, b = experiment.draw(6, seed=seed)
        proof, F = prove_rank(x, W, b, "ReLU"), experiment.features(x, W, b, "ReLU")
        assert proof.low <= rank_of(F) <= proof.high == int(experiment.largest_relu_rank(experiment.before(x, W, b), x))
        ranks.append(proof.low)
    assert sum(rank == 200 for rank in ranks) <= 3 and min(ranks) < 160
    assert prove_rank(x, *experiment.draw(6)).low == prove_rank(x, *experiment.draw(6), "softplus").low == 200


def test_noise_that_separates_all_patches_does_not_help_relu():
    x, noisy = experiment.images("digits", 1797), experiment.images("noisy digits", 1797)
    assert int(shared_patches(patches(x, (8, 8))).sum()) == 1772
    assert not shared_patches(patches(noisy, (8, 8))).any()
    draws = [experiment.draw(6, seed=seed) for seed in range(10)]
    still = experiment.ranks(noisy[:200], draws, "ReLU")
    assert (still < 200).sum() >= 8 and (experiment.ranks(x[:200], draws, "ReLU") < 200).sum() >= 8


def test_a_layer_switched_off_has_rank_zero_and_that_is_proved():
    x, (W, _) = experiment.images("gaussian", 50), experiment.draw(3)
    off = torch.full((108,), -100.0, dtype=DOUBLE)
    proof = prove_rank(x, W, off, "ReLU")
    assert (proof.low, proof.high) == (0, 0) and not experiment.features(x, W, off, "ReLU").any()


def test_a_layer_that_is_always_on_is_affine():
    x, (W, _) = experiment.images("digits"), experiment.draw(8)
    on = torch.full((288,), 100.0, dtype=DOUBLE)
    proof = prove_rank(x, W, on, "ReLU")
    assert proof.high == int((x != x[0]).any(0).sum()) + 1 == 54
    assert proof.low == rank_of(experiment.features(x, W, on, "ReLU")) <= 54


def test_the_scale_leaves_the_shape_of_relu_features_alone():
    x = experiment.images("gaussian")
    large, small = (torch.linalg.svdvals(experiment.features(x, *experiment.draw(6, s), "ReLU")) for s in (1.0, 0.01))
    torch.testing.assert_close(small, 0.01 * large, rtol=1e-9, atol=1e-12)


def test_switching_neurons_are_counted_at_their_positions():
    x, (W, b) = experiment.images("digits"), experiment.draw(6)
    off, on = experiment.counts(experiment.before(x, W, b))
    shares = experiment.switching_shares(x, [(W, b)])
    assert round(float(shares.sum()) * 6) == 216 - int(off) - int(on)
    b = b.reshape(36, 6).clone()
    b[7] = -100.0  # the neurons of patch 7, in row 2 and column 2, are off
    assert experiment.switching_shares(x, [(W, b.flatten())])[1, 1] == 0


# ------------------------------------------------------------------------------------ what a proof must refuse


def test_two_equal_images_are_never_called_independent():
    x = experiment.images("gaussian").clone()
    x[1] = x[0]
    weights = experiment.draw(8)
    with pytest.raises(Refusal, match="cannot be told from zero"):
        prove_rank(x, *weights)
    proof = prove_rank(x, *weights, "ReLU")
    assert proof.low == 199 and not proof.proved  # the counting bound does not see equal rows: 199 or 200, it says
    assert prove_rank(x[1:], *weights).low == 199


def test_dependent_rows_are_refused():
    rows = [[1, 2, 3], [2, 4, 6]]
    with pytest.raises(Refusal, match="cannot be told from zero"):
        smallest_singular_value(arb_mat(rows))
    with pytest.raises(Refusal, match="never independent"):
        smallest_singular_value(arb_mat([[1], [2]]))


def test_bounds_of_random_matrices_are_below_and_close():
    for seed in range(10):
        F = random_stream(seed).normal(size=(6, 9)) * 10.0 ** (seed - 5)
        true = np.linalg.svd(F)[1][-1]
        assert 0.99999 * true < smallest_singular_value(arb_mat(F.tolist())) <= true * (1 + 1e-12)


def test_a_ball_that_holds_a_singular_matrix_is_refused_and_a_bound_holds_for_all_in_it():
    wide, narrow = (arb_mat([[1, 0], [0, arb(1e-3, radius)]]) for radius in (2e-3, 5e-4))
    with pytest.raises(Refusal, match="Rounding hides"):
        smallest_singular_value(wide)
    assert 0 < smallest_singular_value(narrow) <= 5e-4


def test_rank_one_step_from_a_known_matrix():
    F = np.eye(3, 5)
    F[2, 2] = 1e-9
    assert 0.99e-9 < smallest_singular_value(arb_mat(F.tolist())) <= 1e-9


def test_unknown_names_are_refused_in_words():
    with pytest.raises(ValueError, match=r"images are gaussian, .* but 'faces' came"):
        experiment.images("faces")
    with pytest.raises(ValueError, match=r"activations are sigmoid, .* but 'swish' came"):
        experiment.features(experiment.images("gaussian", 5), *experiment.draw(1), "swish")
    with pytest.raises(ValueError, match="Proofs are written for"):
        prove_rank(experiment.images("gaussian", 5), *experiment.draw(1), "tanh")


# ------------------------------------------------------------------------------------ the stored run


def test_the_stored_run_says_what_the_lesson_says():
    stored = store.load("independent_features")
    for spec, arrays in stored.rows:
        full = int((arrays["rank"] == spec["N"]).sum())
        if spec["activation"] != "ReLU" or spec["filters"] == 2 * experiment.filters_for(spec["N"]):
            assert full == 20
        else:
            assert (
                full <= 1
                and (arrays["rank"] <= arrays["bound"]).all()
                and (arrays["bound"] - arrays["rank"]).max() <= 7
            )


@pytest.mark.slow
def test_the_features_of_a_thousand_digits_are_proved_independent():
    proof = prove_rank(experiment.images("digits", 1000), *experiment.draw(28))
    assert proof.proved and proof.low == 1000 and proof.smallest > 1e-5
