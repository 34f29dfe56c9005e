"""Deep linear networks: derivatives, the catalogue of critical points, bad saddles, closed forms of learning."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from samples.contract import (
    LEADING_AXES,
    check_central_differences,
    check_leading_axes,
    check_samples,
    check_torch_func,
)

import lmcourse as lm
from lmcourse.data import Data
from lmcourse.networks.linear import deep_linear, linear_modes, linear_resnet
from lmcourse.networks.linear_catalogue import linear_catalogue, linear_critical_point
from lmcourse.networks.linear_dynamics import half_rise_time, identity_start_floor, mode_speed, mode_strength
from lmcourse.symmetry import random_element, transform

DOUBLE = torch.float64


def diagonal(*values: float) -> Data:
    """The target diag(values) on the unit vectors as inputs."""
    return Data(torch.eye(len(values), dtype=DOUBLE), torch.diag(torch.tensor(values, dtype=DOUBLE)))


def gaussian(inputs: int, outputs: int, N: int, seed: int = 0) -> Data:
    generator = torch.Generator().manual_seed(seed)
    return Data(
        torch.randn(N, inputs, dtype=DOUBLE, generator=generator),
        torch.randn(N, outputs, dtype=DOUBLE, generator=generator),
    )


WORKED = diagonal(4, 3, 2, 1)
LANDSCAPES = {
    "one layer": lambda: deep_linear((3, 2), gaussian(3, 2, 7)),
    "two layers": lambda: deep_linear((3, 2, 4), gaussian(3, 4, 7)),
    "four layers": lambda: deep_linear((2, 3, 1, 2, 1), gaussian(2, 1, 5)),
    "residual": lambda: linear_resnet(torch.tensor([[1.0, 0.6], [0.2, -1.0]]), depth=3),
}


@pytest.fixture(params=LANDSCAPES, ids=str)
def land(request):
    return LANDSCAPES[request.param]()


def counts(land, theta, tol=1e-9):
    """Negative, zero and positive eigenvalues of the Hessian."""
    eigenvalues = torch.linalg.eigvalsh(land.hessian(theta))
    zero = tol * eigenvalues.abs().max()
    return tuple(
        int(n) for n in ((eigenvalues < -zero).sum(), (eigenvalues.abs() <= zero).sum(), (eigenvalues > zero).sum())
    )


# ----------------------------------------------------------------------------------------------- the landscape


def test_the_loss_is_half_the_sum_of_squared_errors():
    data = gaussian(3, 2, 6)
    land = deep_linear((3, 4, 5, 2), data)
    theta = lm.starts(land, seeds=[1])[0]
    W = land.unpack(theta)
    errors = [W["W3"] @ W["W2"] @ W["W1"] @ x - y for x, y in zip(data.x, data.y, strict=True)]
    assert float(land.loss(theta)) == pytest.approx(sum(float(error @ error) for error in errors) / 2, rel=1e-13)


@pytest.mark.parametrize("lead", LEADING_AXES, ids=str)
def test_leading_axes_pass_through_and_members_do_not_see_each_other(land, lead):
    check_leading_axes(land, lead)


def test_closed_forms_agree_with_differences_and_with_torch_func(land):
    check_central_differences(land)
    check_torch_func(land)


@pytest.mark.parametrize("name", ["one layer", "two layers", "four layers"])
def test_losses_on_batches_average_to_the_whole(name):
    check_samples(LANDSCAPES[name]())
    assert LANDSCAPES["residual"]().samples is None


@settings(max_examples=25, deadline=None)
@given(widths=st.lists(st.integers(1, 4), min_size=3, max_size=5), seed=st.integers(0, 10_000))
def test_every_basis_of_the_hidden_layers_gives_the_same_loss(widths, seed):
    land = deep_linear(widths, gaussian(widths[0], widths[-1], 6, seed))
    assert [symmetry.count for symmetry in land.symmetries] == widths[1:-1]
    theta, draw = lm.starts(land, seeds=[seed]), np.random.default_rng(seed)
    for symmetry in land.symmetries:
        matrix = random_element(symmetry, draw)
        if torch.linalg.cond(matrix) < 1e3:
            moved = transform(land, theta, symmetry, matrix)
            torch.testing.assert_close(land.loss(moved), land.loss(theta), rtol=1e-8, atol=1e-8)


def test_dtype_is_carried_by_theta(land):
    theta = torch.zeros(2, land.dim, dtype=torch.float32) + 0.5
    assert {land.loss(theta).dtype, land.gradient(theta).dtype, land.hessian(theta).dtype} == {torch.float32}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: deep_linear((4,), WORKED), "two or more"),
        (lambda: deep_linear((4, 0, 4), WORKED), "whole numbers from 1 on"),
        (lambda: deep_linear((4, 2.0, 4), WORKED), "whole numbers from 1 on"),
        (lambda: deep_linear((3, 2, 4), WORKED), "4 inputs and 4 outputs"),
        (lambda: deep_linear((4, 2, 4), Data(torch.zeros(3, 4), torch.zeros(2, 4))), "Data must be"),
        (lambda: linear_resnet(torch.zeros(2, 3), 2), "square"),
        (lambda: linear_resnet(torch.eye(2), 0), "depth = 0"),
        (lambda: linear_critical_point((4, 2, 4), WORKED, (0,)), "out of 1 to 4"),
        (lambda: linear_critical_point((4, 2, 4), WORKED, (1, 1)), "different modes"),
        (lambda: linear_critical_point((4, 2, 4), WORKED, (1, 2, 3)), "2 modes at most"),
        (lambda: linear_critical_point((4, 2, 4), WORKED, (1,), paths=0), "must be 1, but 0"),
        (lambda: linear_critical_point((4, 2, 2, 4), WORKED, (1,), paths=2), "from 0 to 1, but 2"),
        (lambda: linear_critical_point((4, 4), WORKED, (1,)), "hidden layer"),
        (lambda: linear_catalogue((2, 1, 2), diagonal(1, 1)), "distinct positive"),
        (lambda: linear_catalogue((2, 1, 2), diagonal(1, 0)), "distinct positive"),
        (lambda: linear_catalogue((1, 1, 3), gaussian(1, 3, 5)), "3 modes"),
        (lambda: mode_strength(torch.zeros(1), s=0, u0=1), "must be positive"),
        (lambda: half_rise_time(s=1, u0=0.6), "below half"),
        (lambda: identity_start_floor(torch.tensor([[1.0, 2.0], [0.0, 1.0]])), "symmetric"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_in_words(make, words):
    with pytest.raises(ValueError, match=words):
        make()


# ----------------------------------------------------------------------------------------------- the known minimum


@pytest.mark.parametrize(
    ("widths", "N"), [((3, 2, 4), 9), ((5, 1, 4), 9), ((5, 3, 3), 3), ((2, 2, 1, 4), 20), ((3, 3), 9)]
)
def test_the_known_minimum_is_the_best_linear_fit_of_that_rank(widths, N):
    data = gaussian(widths[0], widths[-1], N)
    land = deep_linear(widths, data)
    best = torch.linalg.lstsq(data.x, data.y, driver="gelsd").solution.mT
    torch.testing.assert_close(linear_modes(data).fit, best, rtol=0, atol=1e-10)
    if len(widths) == 2:
        assert land.known_minimum == pytest.approx(float(land.loss(best.flatten())))
    runs = lm.train(land, lm.starts(land, seeds=range(12)), lr=0.01, tol=1e-7, max_steps=20_000)
    assert float(runs.loss.min()) == pytest.approx(land.known_minimum, abs=1e-9)
    assert float(runs.loss.min()) > land.known_minimum - 1e-12


def test_landmarks():
    # 1/2 ||Y||^2 at the origin and 1/2 (lam_3 + lam_4) at the minimum, with Kawaguchi's factor 1/2
    land = deep_linear((4, 2, 4), WORKED)
    assert float(land.loss(torch.zeros(16, dtype=DOUBLE))) == 15
    assert land.known_minimum == pytest.approx(2.5, abs=1e-13)


def test_one_output_may_come_without_its_axis():
    data = gaussian(3, 1, 5)
    flat, land = deep_linear((3, 2, 1), Data(data.x, data.y[:, 0])), deep_linear((3, 2, 1), data)
    theta = lm.starts(land, seeds=range(2))
    assert torch.equal(flat.loss(theta), land.loss(theta)) and flat.known_minimum == land.known_minimum


@pytest.mark.parametrize("layers", [2, 3, 4])
def test_random_starts_end_at_the_global_value(layers):
    land = deep_linear((4, *[2] * (layers - 1), 4), diagonal(2, 1.5, 1, 0.5))
    assert land.known_minimum == pytest.approx(0.625, abs=1e-13)
    runs = lm.train(land, lm.starts(land, seeds=range(30)), lr=0.02, tol=1e-5, max_steps=20_000)
    assert (runs.loss - 0.625).abs().max() < 1e-6


# ----------------------------------------------------------------------------------------------- the catalogue

# kept modes: loss, (negative, zero, positive) Hessian eigenvalues; widths 4-2-4, target diag(4, 3, 2, 1)
WORKED_POINTS = {
    (): (15, (8, 0, 8)), (1,): (7, (3, 3, 10)), (2,): (10.5, (4, 3, 9)), (3,): (13, (5, 3, 8)), (4,): (14.5, (6, 3, 7)),
    (1, 2): (2.5, (0, 4, 12)), (1, 3): (5, (1, 4, 11)), (1, 4): (6.5, (2, 4, 10)), (2, 3): (8.5, (2, 4, 10)),
    (2, 4): (10, (3, 4, 9)), (3, 4): (12.5, (4, 4, 8)),
}  # fmt: skip


def test_all_eleven_critical_points_of_the_worked_example():
    land = deep_linear((4, 2, 4), WORKED)
    catalogue = {point.kept: point for point in linear_catalogue((4, 2, 4), WORKED)}
    assert set(catalogue) == set(WORKED_POINTS)
    for kept, (loss, signs) in WORKED_POINTS.items():
        point = catalogue[kept]
        assert land.gradient(point.theta).abs().max() < 1e-12
        assert float(land.loss(point.theta)) == pytest.approx(loss, abs=1e-12)
        assert point.loss == pytest.approx(loss, abs=1e-12)
        assert counts(land, point.theta) == signs
        assert point.index == signs[0]
    found = lm.classify(land, torch.stack([point.theta for point in catalogue.values()]))
    assert found.kind.count("strict saddle") == 10 and found.kind.count("minimum up to symmetry") == 1


def test_negative_eigenvalues_in_balanced_scaling():
    # an exchange of modes costs s_j - s_i, a mode begun by an unused neuron -s_i
    land = deep_linear((4, 2, 4), WORKED)
    expected = {(1,): [-3, -2, -1], (2,): [-4, -2, -1, -1], (1, 3): [-1], (): [-4, -4, -3, -3, -2, -2, -1, -1]}
    for kept, negative in expected.items():
        eigenvalues = torch.linalg.eigvalsh(land.hessian(linear_critical_point((4, 2, 4), WORKED, kept).theta))
        assert eigenvalues[eigenvalues < -1e-9].tolist() == pytest.approx(negative, abs=1e-9)


def random_basis(n, draw):
    """A random invertible matrix (n, n) with singular values from 1/2 to 2, so that no eigenvalue sinks below the tolerance."""
    left, right = (torch.linalg.qr(torch.from_numpy(draw.normal(size=(n, n)))).Q for _ in range(2))
    return left @ torch.diag(torch.linspace(0.5, 2, n, dtype=DOUBLE)) @ right


def random_rows_orthogonal_to(matrix, count, draw):
    """What an unused neuron may listen to without being taught anything: inputs that the errors do not depend on."""
    _, lengths, right = torch.linalg.svd(matrix)
    rank = int((lengths > 1e-9 * lengths.max()).sum())
    return torch.from_numpy(draw.normal(size=(count, matrix.shape[1] - rank))) @ right[rank:]


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    ("inputs", "outputs", "N", "hidden"), [(5, 4, 12, 2), (5, 4, 12, 3), (6, 3, 20, 2), (4, 4, 9, 5)]
)
def test_the_index_at_random_data_in_random_bases(inputs, outputs, N, hidden, seed):
    # 11 + 15 + 7 + 16 = 49 points for each seed, in random hidden bases, with random input weights of the unused neurons
    widths, data, draw = (
        (inputs, hidden, outputs),
        gaussian(inputs, outputs, N, seed),
        np.random.default_rng(seed),
    )
    land = deep_linear(widths, data)
    points = linear_catalogue(widths, data)
    assert len(points) == sum(math.comb(outputs, r) for r in range(min(hidden, outputs) + 1))
    for point in points:
        W, unused = land.unpack(point.theta), hidden - len(point.kept)
        errors = W["W2"] @ W["W1"] @ data.x.mT - data.y.mT
        W["W1"][hidden - unused :] = random_rows_orthogonal_to(errors @ data.x, unused, draw)
        theta = transform(land, land.pack(**W), land.symmetries[0], random_basis(hidden, draw))
        assert land.gradient(theta).abs().max() < 1e-9
        assert float(land.loss(theta)) == pytest.approx(point.loss, rel=1e-10)
        assert counts(land, theta, tol=1e-7)[0] == point.index


# (kept, unused paths): (negative, zero, positive); widths 4-2-2-4, target diag(4, 3, 2, 1)
THREE_LAYERS = {
    ((), 0): (0, 20, 0), ((), 1): (4, 12, 4), ((), 2): (8, 4, 8), ((1,), 0): (0, 13, 7), ((1,), 1): (3, 7, 10),
    ((2,), 0): (1, 13, 6), ((2,), 1): (4, 7, 9), ((1, 2), 0): (0, 8, 12), ((1, 3), 0): (1, 8, 11),
}  # fmt: skip


@pytest.mark.parametrize(("kept", "paths"), THREE_LAYERS)
def test_three_layers_have_saddles_without_a_way_down_to_second_order(kept, paths):
    land, point = deep_linear((4, 2, 2, 4), WORKED), linear_critical_point((4, 2, 2, 4), WORKED, kept, paths)
    assert land.gradient(point.theta).abs().max() < 1e-12
    assert counts(land, point.theta) == THREE_LAYERS[kept, paths]
    assert point.index == THREE_LAYERS[kept, paths][0]
    assert point.loss == pytest.approx(WORKED_POINTS[kept][0], abs=1e-12)


@pytest.mark.parametrize("widths", [(5, 3, 2, 4, 3), (3, 5, 5, 3)])
def test_index_and_loss_of_deep_catalogues_in_random_bases(widths):
    data, draw = gaussian(widths[0], widths[-1], 12, seed=1), np.random.default_rng(1)
    land = deep_linear(widths, data)
    for point in linear_catalogue(widths, data):
        theta = point.theta
        for symmetry in land.symmetries:
            theta = transform(land, theta, symmetry, random_basis(symmetry.count, draw))
        assert land.gradient(theta).abs().max() < 1e-9
        assert float(land.loss(theta)) == pytest.approx(point.loss, rel=1e-10)
        assert counts(land, theta, tol=1e-7)[0] == point.index


# ----------------------------------------------------------------------------------------------- bad saddles


def chain(*layers) -> torch.Tensor:
    return torch.cat([torch.diag(torch.tensor(layer, dtype=DOUBLE)).flatten() for layer in layers])


@pytest.mark.parametrize("layers", [2, 3, 4, 5])
def test_the_origin_is_as_flat_as_the_network_is_deep(layers):
    land = linear_resnet(torch.diag(torch.tensor([2.0, 1.0])), layers)
    theta = torch.zeros(4 * layers, dtype=DOUBLE)
    assert float(land.loss(theta)) == 2.5
    eigenvalues = torch.linalg.eigvalsh(land.hessian(theta))
    if layers > 2:
        assert eigenvalues.abs().max() == 0
    else:
        assert eigenvalues.tolist() == pytest.approx([-2, -2, -1, -1, 1, 1, 2, 2], abs=1e-12)
    down = chain(*[(1.0, 1.0)] * layers)  # the loss falls like t^layers
    drops = [2.5 - float(land.loss(t * down)) for t in (0.01, 0.02)]
    assert math.log2(drops[1] / drops[0]) == pytest.approx(layers, abs=0.02)


a = 2 ** (1 / 3)


@pytest.mark.parametrize(
    ("layers", "loss", "index", "smallest", "order"),
    [
        ([(a, 0), (a, 0), (a, 0)], 0.5, 0, 0.0, 3),
        ([(a, 0), (a, 1), (a, 0)], 0.5, 1, -1.0, 2),
        ([(0, 1), (0, 1), (0, 1)], 2.0, 1, -1.0, None),
        ([(2**0.5, 0), (2**0.5, 0)], 0.5, 1, -1.0, 2),
    ],
)
def test_the_factors_decide_whether_a_saddle_is_bad(layers, loss, index, smallest, order):
    land, theta = linear_resnet(torch.diag(torch.tensor([2.0, 1.0])), len(layers)), chain(*layers)
    found = lm.classify(land, theta)[0]
    assert float(found.loss) == pytest.approx(loss, abs=1e-12)
    assert int(found.index) == index
    assert float(found.eigenvalues[0]) == pytest.approx(smallest, abs=1e-9)
    assert found.kind == ("strict saddle" if index else "degenerate: no negative eigenvalue")
    if order:
        down = chain(*[(0.0, 1.0 if layer[1] == 0 else 0.0) for layer in layers])
        drops = [loss - float(land.loss(theta + t * down)) for t in (0.01, 0.02)]
        assert math.log2(drops[1] / drops[0]) == pytest.approx(order, abs=0.02)


def test_the_positive_eigenvalues_of_the_bad_saddle():
    land = linear_resnet(torch.diag(torch.tensor([2.0, 1.0])), 3)
    eigenvalues = torch.linalg.eigvalsh(land.hessian(chain((a, 0), (a, 0), (a, 0))))
    assert eigenvalues.tolist() == pytest.approx([0] * 9 + [1.2599, 3.7798, 7.5595], abs=1e-4)


def test_a_condition_on_the_middle_layers_is_sufficient_but_not_necessary():
    land = deep_linear((4, 3, 3, 4), WORKED)
    zeros = {"W1": torch.zeros(3, 4, dtype=DOUBLE), "W3": torch.zeros(4, 3, dtype=DOUBLE)}
    for middle, index in ((torch.diag(torch.tensor([1.0, 0, 0], dtype=DOUBLE)), 4), (torch.eye(3, dtype=DOUBLE), 12)):
        assert int(lm.classify(land, land.pack(W2=middle, **zeros)).index) == index


# ----------------------------------------------------------------------------------------------- learning in time


def runge_kutta(velocity, theta, step, steps):
    """Classical Runge-Kutta; the points after 0, 1, ..., steps steps."""
    path = [theta]
    for _ in range(steps):
        k1 = velocity(theta)
        k2 = velocity(theta + step / 2 * k1)
        k3 = velocity(theta + step / 2 * k2)
        k4 = velocity(theta + step * k3)
        theta = theta + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        path.append(theta)
    return torch.stack(path)


def aligned(strengths: torch.Tensor, layers: int) -> torch.Tensor:
    return torch.diag(strengths ** (1 / layers)).flatten().repeat(layers)


def learnt(land, path) -> torch.Tensor:
    """The diagonal of the product of all layers along a path (steps, P)."""
    W = list(land.unpack(path).values())
    product = W[0]
    for layer in W[1:]:
        product = layer @ product
    return product.diagonal(dim1=-2, dim2=-1)


def test_modes_rise_one_after_another_as_saxe_says():
    s, u0 = torch.tensor([3.0, 2.0, 1.0], dtype=DOUBLE), 0.001
    land = deep_linear((3, 3, 3), diagonal(3, 2, 1))
    start = aligned(torch.full((3,), u0, dtype=DOUBLE), 2)
    step = 0.005
    path = runge_kutta(lambda theta: -land.gradient(theta), start, step, 1600)
    t = step * torch.arange(1601, dtype=DOUBLE)
    expected = torch.stack([mode_strength(t, float(strength), u0) for strength in s], dim=-1)
    assert (learnt(land, path) - expected).abs().max() < 1e-8
    assert expected[[200, 400, 600]].flatten().tolist() == pytest.approx(
        [0.35571, 0.05317, 0.00734, 2.94572, 1.19718, 0.05182, 2.99986, 1.97573, 0.28766], abs=1e-5
    )
    assert [half_rise_time(strength, u0) for strength in s.tolist()] == pytest.approx(
        [1.3343, 1.9001, 3.4534], abs=1e-4
    )


def test_gradient_descent_follows_the_flow_to_first_order_in_its_step():
    s, land = torch.tensor([3.0, 2.0, 1.0], dtype=DOUBLE), deep_linear((3, 3, 3), diagonal(3, 2, 1))
    worst = {}
    for lr in (0.01, 0.001):
        theta, deviation = aligned(torch.full((3,), 0.001, dtype=DOUBLE), 2), 0.0
        for step in range(round(8 / lr) + 1):
            if step % 10 == 0:
                expected = torch.stack([mode_strength(torch.tensor(step * lr), float(x), 0.001) for x in s])
                deviation = max(deviation, float((learnt(land, theta) - expected).abs().max()))
            theta = theta - lr * land.gradient_of(theta)
        worst[lr] = deviation
    assert worst[0.001] < 0.02 and 0.05 < worst[0.01] < 0.08
    assert worst[0.01] / worst[0.001] == pytest.approx(10, rel=0.1)


@pytest.mark.parametrize("layers", [2, 3, 5])
def test_the_speed_of_a_mode_in_any_number_of_layers(layers):
    s, u = torch.tensor([3.0, 2.0, 1.0], dtype=DOUBLE), torch.tensor([0.5, 2.0, 0.1], dtype=DOUBLE)
    land = linear_resnet(torch.diag(s), layers)
    start, h = aligned(u, layers), 1e-6
    ahead, behind = (learnt(land, start - sign * h * land.gradient(start)) for sign in (1, -1))
    expected = torch.stack([mode_speed(u[i], float(s[i]), layers) for i in range(3)])
    torch.testing.assert_close((ahead - behind) / (2 * h), expected, rtol=1e-7, atol=1e-7)


def test_the_flow_keeps_neighbouring_layers_balanced():
    land = deep_linear((3, 2, 4, 2), gaussian(3, 2, 6))
    path = runge_kutta(lambda theta: -land.gradient(theta), lm.starts(land, seeds=[0])[0], 0.001, 1000)
    W = land.unpack(path[[0, -1]])
    for inner, outer in (("W1", "W2"), ("W2", "W3")):
        difference = W[outer].mT @ W[outer] - W[inner] @ W[inner].mT
        assert (difference[1] - difference[0]).abs().max() < 1e-8
    assert float(land.loss(path[-1])) < float(land.loss(path[0])) / 2


@pytest.mark.parametrize(
    ("layers", "eps", "time"), [(2, 0.1, 1.34), (2, 0.01, 2.52), (3, 0.1, 4.72), (3, 0.03, 16.40), (4, 0.1, 24.98)]
)
def test_how_long_the_origin_holds_gradient_descent(layers, eps, time):
    # logarithmic in the size of the start for two layers (a strict saddle), a power of it for more (a bad one)
    land, lr = linear_resnet(torch.tensor([[2.0]]), layers), 0.02
    theta, step = torch.full((layers,), eps, dtype=DOUBLE), 0
    while float(theta.prod()) < 1:
        theta, step = theta - lr * land.gradient_of(theta), step + 1
    assert step * lr == pytest.approx(time, rel=0.03, abs=0.1)


# ----------------------------------------------------------------------------------------------- from the identity


def test_the_identity_start_is_the_identity_for_every_seed():
    land = linear_resnet(torch.diag(torch.tensor([2.0, 0.5, 1.0])), depth=4)
    theta = lm.starts(land, seeds=[3, 8])
    assert torch.equal(land.unpack(theta)["W3"], torch.eye(3, dtype=DOUBLE).expand(2, 3, 3))
    assert float(land.loss(theta)[0]) == 0.625 and land.known_minimum == 0
    wide = lm.starts(deep_linear((4, 2, 4), WORKED), seeds=[0], scheme="identity")
    assert wide.reshape(16).tolist() == torch.cat([torch.eye(2, 4).flatten(), torch.eye(4, 2).flatten()]).tolist()
    module = lm.from_module(torch.nn.Conv2d(1, 1, 2), torch.nn.functional.mse_loss, (torch.zeros(1, 1, 2, 2),) * 2)
    with pytest.raises(ValueError, match="for matrices"):
        lm.starts(module, seeds=[0], scheme="identity")


def test_from_the_identity_every_eigenvalue_learns_alone():
    phi = torch.tensor([2.0, 1.2, 0.7, 0.3], dtype=DOUBLE)
    turn = torch.linalg.qr(torch.randn(4, 4, dtype=DOUBLE, generator=torch.Generator().manual_seed(4))).Q
    land, L, lr = linear_resnet(turn @ torch.diag(phi) @ turn.mT, depth=4), 4, 0.02
    theta, layer = lm.starts(land, seeds=[0])[0], torch.ones(4, dtype=DOUBLE)
    for _ in range(400):
        theta = theta - lr * land.gradient(theta)
        layer = layer + lr * (phi - layer**L) * layer ** (L - 1)
    for W in land.unpack(theta).values():
        assert (W - turn @ torch.diag(layer) @ turn.mT).abs().max() < 1e-10


@pytest.mark.parametrize(
    ("L", "kappa", "published"), [(2, 4, (7, 22, 56, 90)), (8, 4, (8, 32, 91, 151)), (4, 16, (64, 285, 862, 1449))]
)
def test_steps_to_a_given_loss_for_positive_definite_targets(L, kappa, published):
    phi = torch.logspace(-0.5, 0.5, 4, base=kappa, dtype=DOUBLE)
    land = linear_resnet(torch.diag(phi), L)
    theta, lr, steps = lm.starts(land, seeds=[0]), 1 / (L * float(phi.max()) ** 2), {}
    for step in range(2000):
        loss = float(land.loss(theta))
        steps |= {level: step for level in (1e-2, 1e-4, 1e-8, 1e-12) if loss <= level and level not in steps}
        if len(steps) == 4:
            break
        theta = theta - lr * land.gradient(theta)
    assert list(steps.values()) == pytest.approx(published, abs=1)


@pytest.mark.parametrize("phi", [(2.0, 1.0, -0.5), (2.0, -1.0, -0.5)], ids=str)
@pytest.mark.parametrize("depth", [2, 4])
def test_a_negative_eigenvalue_is_never_learnt_from_the_identity(phi, depth):
    target = torch.diag(torch.tensor(phi, dtype=DOUBLE))
    land, floor = linear_resnet(target, depth), identity_start_floor(target)
    assert floor == pytest.approx(sum(min(value, 0) ** 2 for value in phi) / 2)
    theta, lowest = lm.starts(land, seeds=[0]), math.inf
    for _ in range(2000):
        theta = theta - 1 / (2 * depth) * land.gradient_of(theta) / 2
        lowest = min(lowest, float(land.loss_of(theta)))
    assert lowest >= floor - 1e-12
    assert float(land.loss(theta)) == pytest.approx(floor, abs=1e-3)


def test_the_largest_step_shrinks_with_depth_and_target():
    # The largest Hessian eigenvalue at the optimum is L phi^(2 - 2/L).
    land, best = linear_resnet(torch.tensor([[4.0]]), 4), torch.full((4,), 4**0.25, dtype=DOUBLE)
    largest = torch.linalg.eigvalsh(land.hessian(best))[-1]
    assert float(largest) == pytest.approx(4 * 4**1.5, rel=1e-12)
    for share, converges in ((0.9, True), (1.2, False)):
        theta = best + 1e-3
        for _ in range(300):
            theta = theta - share * 2 / largest * land.gradient(theta)
        assert bool(land.loss(theta) < 1e-12) == converges


def test_an_odd_number_of_layers_can_jump_over_zero_with_a_big_step():
    land = linear_resnet(torch.tensor([[-1.0]]), 3)
    small, big = torch.ones(3, dtype=DOUBLE), torch.ones(3, dtype=DOUBLE)
    for _ in range(300):
        small, big = small - 0.1 * land.gradient(small), big - 0.6 * land.gradient(big)
        assert float(land.loss(small)) >= 0.5
    assert big.tolist() == pytest.approx([-1] * 3, abs=1e-6)


def test_noise_leaves_the_trap():
    land = linear_resnet(torch.diag(torch.tensor([1.0, -1.0])), 2)
    noise = 1e-4 * lm.starts(land, seeds=range(3), scheme="normal")
    runs = lm.train(land, lm.starts(land, seeds=range(3)) + noise, lr=0.05, max_steps=1500)
    assert runs.loss.max() < 1e-3


@pytest.mark.parametrize("degrees", [60, 120, 170])
def test_rotations_are_learnt_along_the_chord(degrees):
    # The product of the layers is the complex number w times a rotation; w runs from 1 straight to exp(i angle).
    angle = math.radians(degrees)
    target = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]], dtype=DOUBLE)
    land, nearest = linear_resnet(target, 4), math.inf
    theta = lm.starts(land, seeds=[0])[0]
    for _ in range(800):
        theta = theta - 0.01 * land.gradient_of(theta)
        W = land.unpack(theta)
        product = W["W4"] @ W["W3"] @ W["W2"] @ W["W1"]
        nearest = min(nearest, float(torch.linalg.vector_norm(product[:, 0])))
    assert float(land.loss(theta)) < 1e-8
    assert nearest == pytest.approx(math.cos(angle / 2), abs=0.01)
