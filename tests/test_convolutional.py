"""A small convolutional network keeps the contract of landscapes, and its wide layer does what Nguyen and Hein (2018) say."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from samples.contract import (
    LEADING_AXES,
    check_central_differences,
    check_dtype,
    check_leading_axes,
    check_samples,
    check_symmetries,
    check_torch_func,
    points,
)
from scipy.optimize import minimize

from lmcourse.data import Data, digits, gaussian_patches, one_hot
from lmcourse.networks.convolutional import convolution_matrix, features, patches, shared_patches, small_cnn

DOUBLE = torch.float64


def few_images(samples=5, side=4, classes=2) -> Data:
    return one_hot(gaussian_patches(samples, side, classes))


def colour_images() -> Data:
    x = torch.randn(4, 3 * 4 * 5, dtype=DOUBLE, generator=torch.Generator().manual_seed(0))
    return Data(x, torch.tensor([0, 2, 1, 1]))


FAMILIES = {
    "sigmoid": lambda: small_cnn(few_images(), 2, [3, 2]),
    "softplus after sigmoid, mean": lambda: small_cnn(few_images(), 2, [3, 2], ["sigmoid", "softplus"], reduction="mean"),
    "relu, shared biases": lambda: small_cnn(few_images(), 3, [2], "relu", bias="shared"),
    "cross-entropy, colours, stride 2": lambda: small_cnn(
        colour_images(), 2, [3], "softplus", "cross_entropy", image=(3, 4, 5), patch=(2, 3), stride=2, weight_decay=0.1
    ),
}  # fmt: skip


@pytest.fixture(params=FAMILIES, ids=str)
def land(request):
    return FAMILIES[request.param]()


@pytest.mark.parametrize("lead", LEADING_AXES, ids=str)
def test_leading_axes(land, lead):
    check_leading_axes(land, lead)


def test_derivatives_agree_with_central_differences(land):
    check_central_differences(land)


def test_derivatives_agree_with_torch_func(land):
    check_torch_func(land)


def test_samples_make_up_the_loss(land):
    check_samples(land)


def test_dtype_is_carried_by_theta(land):
    check_dtype(land)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    filters=st.integers(1, 4),
    activation=st.sampled_from(["sigmoid", "tanh", "softplus", "relu"]),
    bias=st.sampled_from(["per neuron", "shared"]),
)
def test_declared_symmetries_keep_the_loss(seed, filters, activation, bias):
    check_symmetries(small_cnn(few_images(), filters, [3, 2], activation, bias=bias), seed)


def test_filters_change_places_with_all_their_neurons():
    groups = [(s.group, s.count) for s in small_cnn(few_images(), 3, [4, 2], ["relu", "tanh"]).symmetries]
    assert groups == [("permutations", 3), ("scales", 3), ("permutations", 4), ("signs", 4)]


@pytest.mark.parametrize("bias", ["per neuron", "shared"])
def test_the_wide_layer_is_torchs_convolution(bias):
    land = small_cnn(
        colour_images(), 2, [3], "relu", "cross_entropy", image=(3, 4, 5), patch=(2, 3), stride=2, bias=bias
    )
    theta = points(land, ())
    parts, x = land.unpack(theta), colour_images().x
    convolved = torch.nn.functional.conv2d(
        x.reshape(4, 3, 4, 5), parts["W1"].reshape(2, 3, 2, 3), stride=2
    )  # (N, T, 2, 2)
    by_neuron = convolved.permute(0, 2, 3, 1).flatten(1)  # position, then filter
    biases = parts["b1"] if bias == "per neuron" else parts["b1"].repeat(4)
    F = features(land, theta)
    torch.testing.assert_close(F, torch.relu(by_neuron + biases))
    logits = F @ parts["W2"].mT + parts["b2"]
    expected = torch.nn.functional.cross_entropy(logits, colour_images().y, reduction="sum")
    torch.testing.assert_close(land.loss(theta), expected)


def test_squared_loss_has_the_factor_one_half():
    land = small_cnn(few_images(), 2, [3, 2])
    theta = points(land, (4,))
    expected = (land.outputs(theta) - few_images().y).square().sum(dim=(-1, -2)) / 2
    torch.testing.assert_close(land.loss(theta), expected)


def test_the_convolution_matrix_orders_neurons_by_position_then_filter():
    draw = torch.Generator().manual_seed(1)
    filters, x = torch.randn(2, 3, dtype=DOUBLE, generator=draw), torch.randn(7, 5, dtype=DOUBLE, generator=draw)
    U = convolution_matrix(filters, image=(1, 5), patch=(1, 3))
    assert U.shape == (6, 5)
    direct = torch.stack([x[:, q : q + 3] @ filters[t] for q in range(3) for t in range(2)], dim=1)
    torch.testing.assert_close(x @ U.mT, direct, rtol=0, atol=1e-14)
    assert torch.linalg.matrix_rank(U) == 5


# ------------------------------------------------------------------------------------ features of the wide layer


def wide(data, filters, activation="sigmoid", **settings):
    return small_cnn(data, filters, [3], activation, **settings)


def random_weights(land, scale, seed=0):
    return points(land, (), seed=seed, scale=scale)


@pytest.mark.parametrize("activation", ["sigmoid", "softplus", "relu"])
@pytest.mark.parametrize("filters", [2, 5, 6, 8])
def test_rank_is_the_smaller_of_samples_and_neurons(filters, activation):
    land = wide(one_hot(gaussian_patches(200)), filters, activation)
    F = features(land, random_weights(land, 1.0))
    assert int(torch.linalg.matrix_rank(F)) == min(200, 36 * filters)


def test_small_weights_make_the_features_nearly_dependent():
    land = wide(one_hot(gaussian_patches(200)), 6)
    smallest = [float(torch.linalg.svdvals(features(land, random_weights(land, s)))[-1]) for s in (0.01, 0.1, 1.0)]
    assert smallest[2] > 1e4 * smallest[0]
    assert smallest == pytest.approx([1e-6, 6e-4, 6e-2], rel=2.0)
    assert smallest == sorted(smallest)


def test_two_equal_samples_cost_one_rank():
    x = gaussian_patches(200).x
    x[1] = x[0]
    land = wide(one_hot(Data(x, gaussian_patches(200).y)), 6)
    assert int(torch.linalg.matrix_rank(features(land, random_weights(land, 1.0)))) == 199
    assert land.known_minimum is None


def test_relu_needs_its_biases():
    x = gaussian_patches(200).x
    x[1] = 2 * x[0]
    land = wide(one_hot(Data(x, gaussian_patches(200).y)), 8, "relu")
    theta = random_weights(land, 1.0)
    without = land.pack(**land.unpack(theta) | {"b1": torch.zeros(288, dtype=DOUBLE)})
    assert int(torch.linalg.matrix_rank(features(land, theta))) == 200
    assert int(torch.linalg.matrix_rank(features(land, without))) == 199


def test_a_layer_switched_off_has_rank_zero():
    land = wide(one_hot(gaussian_patches(50)), 3, "relu")
    theta = land.pack(**land.unpack(random_weights(land, 1.0)) | {"b1": torch.full((108,), -100.0, dtype=DOUBLE)})
    assert torch.equal(features(land, theta), torch.zeros(50, 108, dtype=DOUBLE))


def test_features_fit_any_targets():
    land = wide(one_hot(gaussian_patches(200)), 6)
    F = features(land, random_weights(land, 1.0))
    y = torch.randn(200, dtype=DOUBLE, generator=torch.Generator().manual_seed(3))
    weights = F.mT @ torch.linalg.solve(F @ F.mT, y)
    assert (F @ weights - y).abs().max() < 1e-6


def test_known_minimum_is_declared_where_the_theorem_says_so():
    data = one_hot(gaussian_patches(100))
    assert small_cnn(data, 3, [5, 3]).known_minimum == 0.0
    assert small_cnn(data, 2, [5, 3]).known_minimum is None  # 72 neurons for 100 images
    assert small_cnn(data, 3, [2, 3]).known_minimum is None  # the narrow layer cannot carry three outputs
    assert small_cnn(data, 3, [5, 3], bias="shared").known_minimum is None
    assert small_cnn(gaussian_patches(100), 3, [5, 3], loss="cross_entropy").known_minimum is None
    assert small_cnn(one_hot(digits(100)), 3, [10]).known_minimum is None  # blank patches are shared


# ------------------------------------------------------------------------------------ the loss surface


def test_the_gradient_by_the_full_matrix_is_bounded_on_both_sides():
    # Lemma 4.3 with k = 1, L = 3: |dPhi/dU_2| against s(F_1) s(U_3) s'(G_2) |F_3 - Y|, all least and all greatest
    data = one_hot(gaussian_patches(40))
    land = small_cnn(data, 2, [5, 3])
    for seed in range(100):
        theta = random_weights(land, 1.0, seed)
        parts, slopes = land.unpack(theta), land.unpack(land.gradient(theta))
        F1, F2, out = land.layers(theta)
        s1, s3 = torch.linalg.svdvals(F1), torch.linalg.svdvals(parts["W3"])
        slope, residual = F2 * (1 - F2), (out - data.y).norm()
        size = float(slopes["W2"].norm())
        assert float(s1[-1] * s3[-1] * slope.min() * residual) * (1 - 1e-9) <= size
        assert size <= float(s1[0] * s3[0] * slope.max() * residual) * (1 + 1e-9)
        assert size > 0


def test_zero_weights_are_a_bad_critical_point():
    data = one_hot(gaussian_patches(100))
    land = small_cnn(data, 3, [5, 3])
    theta = land.pack(**land.unpack(torch.zeros(land.dim, dtype=DOUBLE)) | {"b3": data.y.mean(0)})
    assert land.gradient(theta).norm() < 1e-10
    assert float(land.loss(theta)) == pytest.approx(float((data.y - data.y.mean(0)).square().sum() / 2))
    assert float(land.loss(theta)) == pytest.approx(33.3, abs=0.5)


def loss_after_fit(land, seed, steps=1500):
    """The loss that L-BFGS reaches from parameters N(0, 0.1^2); it stops below 1e-3."""

    def loss_and_gradient(values):
        theta = torch.from_numpy(values)
        return float(land.loss(theta)), land.gradient(theta).numpy()

    def enough(intermediate_result):
        if intermediate_result.fun < 1e-3:
            raise StopIteration

    settings = {"maxiter": steps, "maxfun": 2 * steps, "maxcor": 20, "ftol": 0, "gtol": 1e-10}
    start = points(land, (), seed=seed, scale=0.1).numpy()
    return minimize(loss_and_gradient, start, jac=True, method="L-BFGS-B", callback=enough, options=settings).fun


def test_a_wide_layer_lets_runs_reach_zero_that_a_narrow_one_does_not():
    # From larger starts more runs stay on plateaus, at any width: the theorem promises no arrival.
    data = one_hot(gaussian_patches(100))
    reached = {}
    for filters in (1, 3, 5):
        land = small_cnn(data, filters, [5, 3], ["sigmoid", "softplus"])
        reached[land.shapes["b1"][0]] = sum(loss_after_fit(land, seed) < 1e-3 for seed in range(6))
    assert reached[36] <= 3
    assert reached[108] >= 5
    assert reached[180] >= 5


# ------------------------------------------------------------------------------------ shared patches


def test_nearly_all_digits_share_a_patch_until_they_are_disturbed():
    x = digits().x
    shared = shared_patches(patches(x, (8, 8)))
    assert int(shared.sum()) == 1772
    assert len(torch.unique(x, dim=0)) == 1797
    noise = 1e-3 * torch.randn(x.shape, dtype=DOUBLE, generator=torch.Generator().manual_seed(0))
    assert not shared_patches(patches(x + noise, (8, 8))).any()


def test_relu_features_of_digits_are_dependent_where_sigmoid_features_are_not():
    data = one_hot(digits(200))
    ranks = {}
    for activation in ("sigmoid", "softplus", "relu"):
        land = small_cnn(data, 6, [10], activation)
        ranks[activation] = int(torch.linalg.matrix_rank(features(land, random_weights(land, 1.0))))
    assert ranks["sigmoid"] == ranks["softplus"] == 200
    assert ranks["relu"] < 200


# ------------------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: small_cnn(few_images(), 0, [2]), "filters must be a whole number from 1 on, but 0 came"),
        (lambda: small_cnn(few_images(), 2, []), r"the outputs last, but \[\] came"),
        (lambda: small_cnn(few_images(), 2, [3, 0]), r"but \[3, 0\] came"),
        (lambda: small_cnn(few_images(), 2, [2], patch=5), "5 x 5 does not fit into an image of 4 x 4"),
        (lambda: small_cnn(few_images(), 2, [2], stride=0), "stride must be a whole number"),
        (lambda: small_cnn(few_images(), 2, [2], bias="none"), "bias must be one of.*'none' came"),
        (lambda: small_cnn(few_images(), 2, [2], image=(3, 5)), r"image = \(3, 5\) does not fit the data, which have 16"),
        (lambda: small_cnn(colour_images(), 2, [3], loss="cross_entropy"), "60 inputs make no square image"),
        (lambda: small_cnn(few_images(), 2, [3, 2], ["sigmoid"]), "2 hidden layers, but 1 activations came"),
        (lambda: small_cnn(few_images(), 2, [2], "swish"), "no activation 'swish'. The activations are: sigmoid"),
        (lambda: small_cnn(gaussian_patches(5, 4), 2, [3]), r"3 outputs, but the targets y came as \(5,\). one_hot"),
    ],
)  # fmt: skip
def test_arguments_that_do_not_fit_are_refused_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()
