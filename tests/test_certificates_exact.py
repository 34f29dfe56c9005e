"""Exact certificates: ReLU minima and their exits, dead layers, bad saddles, signs of eigenvalues; and what they must refuse."""

import json
import math
import os
import random
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest
import torch
from flint import fmpq, fmpq_mat, fmpq_poly

import lmcourse as lm
from lmcourse.certificates import Certificate
from lmcourse.certificates.certificate import FORMAT, _checksum
from lmcourse.certificates.exact_proofs import prove_exactly_again
from lmcourse.certificates.formulas import exact
from lmcourse.certificates.models import model_of
from lmcourse.certificates.networks import certify_network
from lmcourse.certificates.paths import one_neuron_bounds
from lmcourse.certificates.piecewise import loss_at
from lmcourse.certificates.rational import inertia, least_squares, never_negative, root_below
from lmcourse.certificates.recheck import recheck
from lmcourse.data import Data, relu_example, xor
from lmcourse.networks.landmarks import landmark
from lmcourse.networks.linear import deep_linear, linear_resnet
from lmcourse.networks.linear_catalogue import linear_catalogue
from lmcourse.networks.quadratic import quadratic_net
from lmcourse.networks.relu import relu_mlp
from lmcourse.networks.sigmoid import sigmoid_mlp

DOUBLE = torch.float64
PIECES, DEAD, BAD = "minimum on linear pieces", "minimum in a dead layer", "bad saddle"


def double(*numbers) -> torch.Tensor:
    return torch.tensor(numbers, dtype=DOUBLE)


def proved(*arguments, **options) -> Certificate:
    proof = certify_network(*arguments, **options)
    assert proof.proved, proof.why_not
    assert prove_exactly_again(proof).proved
    return proof


def refusal(*arguments, **options) -> str:
    proof = certify_network(*arguments, **options)
    assert not proof.proved and not proof.statement and proof.radius is None
    assert re.search(r"[.)]$", proof.why_not) and len(proof.why_not) > 20
    return proof.why_not


# ------------------------------------------------------------------------------------------ minima of ReLU networks

RELU_MINIMA = {  # name: (loss, samples on kinks, a better point)
    "relu 1, trap": (F(18), 1, "relu 1, solution"),
    "relu 2, terrace": (F(8, 3), 1, "relu 2, solution"),
    "relu 2, interior": (F(8, 3), 0, "relu 2, solution"),
    "relu 3, worse": (F(2, 3), 2, "relu 3, solution"),
    "relu 3, worse, interior": (F(2, 3), 0, "relu 3, solution"),
    "relu 3, better": (F(1, 6), 1, "relu 3, solution"),
    "relu 3, better, interior": (F(1, 6), 0, "relu 3, solution"),
}


@pytest.mark.parametrize("name", RELU_MINIMA)
def test_the_relu_minima_are_proved_with_their_exact_losses(name):
    mark, (loss, kinks, better) = landmark(name), RELU_MINIMA[name]
    proof = proved(mark.land, mark.theta, PIECES, not_global=True, better=landmark(better).theta)
    assert proof.loss_bounds == (loss, loss) and proof.not_global is True
    assert (f"up to {2**kinks} linear pieces" in proof.statement) == (kinks > 0)


def test_the_barrier_of_the_first_relu_example_is_exactly_16_fifths():
    mark = landmark("relu 1, trap")
    stops = [[1, -3, 0, "3/5"], [-7, -4, 0, "3/5"], [-7, -4, 1, 0]]
    proof = proved(mark.land, mark.theta, "minimum behind a barrier", stops=stops)
    assert "The barrier is exactly 16/5." in proof.statement and "at least 106/5" in proof.statement
    too_high = [[1, -3, 0, 1], [-7, -4, 0, 1], [-7, -4, 1, 0]]  # passes w = 0 with an output that is not the mean
    assert "not proved to stay at or below 106/5" in refusal(
        mark.land, mark.theta, "minimum behind a barrier", stops=too_high
    )
    assert "not the lowest with w > 0" in refusal(
        mark.land, double(1, -3, 1, 0.5), "minimum behind a barrier", stops=stops
    )
    assert "not below 18" in refusal(
        mark.land, mark.theta, "minimum behind a barrier", stops=[*stops[:2], [-7, -4, 2, 0]]
    )


EXITS = {
    "relu 2, terrace": [
        ["-3", "1", "3", "-26/3", "1", "-1", "-5/3"],
        [-5, 1, 1, -8, 1, -1, -1],
    ],
    "relu 3, worse": [
        [-2, 1, 1, 2, "-25/3", -11, 1, -1, -1, "-4/3"],
        [-3, 1, 1, 1, -8, -11, 1, -1, -1, -1],
    ],
    "relu 3, better": [
        [-3, "-3/2", "3/2", 1, 0, "-79/6", 1, 0, -1, -1],
        [-3, 1, "3/2", 1, -11, "-79/6", 1, 0, -1, -1],
        [-3, 1, 1, 1, -11, -8, 1, -1, -1, -1],
    ],
}


@pytest.mark.parametrize("name", EXITS)
def test_the_exits_of_the_terraces_are_proved(name):
    mark, stops = landmark(name), EXITS[name]
    proof = proved(mark.land, mark.theta, "exit that never rises", stops=stops)
    assert "leads to a loss of 0" in proof.statement
    assert "does not come out lower" in refusal(mark.land, mark.theta, "exit that never rises", stops=stops[:-1])
    straight = [stops[-1]]
    climbing = refusal(mark.land, mark.theta, "exit that never rises", stops=[[0] * len(stops[0]), *straight])
    assert "On leg 1 of the path" in climbing


def test_evidence_that_is_missing_or_does_not_fit_is_named():
    mark = landmark("relu 1, trap")
    with pytest.raises(ValueError, match="is proved from stops, each of 4 numbers, but nothing came"):
        certify_network(mark.land, mark.theta, "minimum behind a barrier")
    with pytest.raises(ValueError, match="stops must hold points or directions of 4 numbers"):
        certify_network(mark.land, mark.theta, "exit that never rises", stops=[[1, 2, 3]])
    with pytest.raises(ValueError, match="nothing but a point, but stops came"):
        certify_network(mark.land, mark.theta, PIECES, stops=[[1, 2, 3, 4]])
    with pytest.raises(ValueError, match="There is no proof of"):
        certify_network(mark.land, mark.theta, "signs of all eigenvalues")


def test_the_barrier_and_exits_are_not_lent_to_other_points():
    first = landmark("relu 1, trap")
    assert "On leg" in refusal(
        first.land, first.theta, "exit that never rises", stops=[[1, -3, 0, "3/5"], [-7, -4, 0, "3/5"], [-7, -4, 1, 0]]
    )
    second = landmark("relu 2, terrace")
    why = refusal(second.land, second.theta, "minimum behind a barrier", stops=EXITS["relu 2, terrace"])
    assert "one neuron" in why


@pytest.mark.parametrize("name", ["relu 2, solution", "relu 3, solution"])
def test_the_solutions_are_proved_global(name):
    mark = landmark(name)
    assert proved(mark.land, mark.theta, "global minimum").loss_bounds == (0, 0)


def test_the_better_point_of_the_first_example_is_proved_global():
    mark = landmark("relu 1, solution")
    assert proved(mark.land, mark.theta, "global minimum of one neuron").loss_bounds == (14, 14)
    trap = landmark("relu 1, trap")
    assert "no loss is below 14" in refusal(trap.land, trap.theta, "global minimum of one neuron")
    assert "The loss is 14" in refusal(mark.land, mark.theta, "global minimum")


def test_the_bounds_of_one_neuron_hold_and_are_attained():
    draw = random.Random(3)
    for _ in range(20):
        x = draw.sample(range(-4, 5), 5)
        y = [draw.randint(-3, 3) for _ in x]
        land = relu_mlp([1, 1, 1], Data(double(*x)[:, None], double(*y)))
        _, sides = one_neuron_bounds(model_of(land))
        for sign, side in ((1, "w > 0"), (-1, "w < 0")):
            found = []
            for t in np.linspace(min(x) - 1, max(x) + 1, 601):  # the best output weights for every kink
                A = np.stack([np.maximum(sign * (np.array(x) - t), 0), np.ones(5)], 1)
                found.append(float(np.sum((A @ np.linalg.lstsq(A, np.array(y), rcond=None)[0] - y) ** 2)))
            assert min(found) >= float(sides[side].p) / float(sides[side].q) - 1e-9
            assert min(found) <= float(sides[side].p) / float(sides[side].q) + 0.02


@pytest.mark.parametrize("name", RELU_MINIMA)
def test_a_relu_minimum_perturbed_across_its_flat_directions_is_refused(name):
    mark = landmark(name)
    for size in (1e-3, -1e-3, 1e-9, -1e-9):
        moved = mark.theta.clone()
        moved[0] += size
        assert "not exactly zero" in refusal(mark.land, moved, PIECES)


def test_a_kink_with_a_residual_is_refused():
    # f = [x] on (0, -1), (1, 1): sample 1 lies on the kink and is missed by 1; c = -1/2 would be better, and it is not critical
    land = relu_mlp([1, 1, 1], Data(double(0, 1, -1)[:, None], double(-1, 1, 1)))
    assert "kink of neuron 1" in refusal(land, double(1, 0, 1, 0), PIECES)


def test_the_edge_of_a_terrace_is_critical_on_one_side_and_refused():
    mark = landmark("relu 2, terrace")
    edge = EXITS["relu 2, terrace"][0]  # the exit begins here: x = 1 reaches the kink with a residual
    assert "lies on the kink" in refusal(mark.land, edge, PIECES)


def test_proofs_for_relu_networks_refuse_other_networks():
    land = sigmoid_mlp([2, 2, 1], xor())
    assert "ReLU" in refusal(land, torch.zeros(9, dtype=DOUBLE), DEAD)
    assert "squared loss with linear outputs" in refusal(land, torch.zeros(9, dtype=DOUBLE), PIECES)
    decayed = relu_mlp([1, 1, 1], relu_example(1), weight_decay=0.1)
    assert "weight decay" in refusal(decayed, double(1, -3, 1, 0), PIECES)
    deep = relu_mlp([1, 1, 1, 1], relu_example(1))
    assert "one hidden layer" in refusal(deep, torch.zeros(6, dtype=DOUBLE), PIECES)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_numbers_that_are_none_are_refused(bad):
    mark = landmark("relu 1, trap")
    assert "NaN or infinity" in refusal(mark.land, double(1, -3, bad, 0), PIECES)
    assert "4 parameters, but the point has 3" in refusal(mark.land, double(1, -3, 1), PIECES)


# --------------------------------------------------------------------------------------------------- Jellyfish, XOR


def test_the_jellyfish_minimum_is_proved_and_not_global():
    mark = landmark("jellyfish, trap")
    better = landmark("jellyfish, all right").theta
    proof = proved(mark.land, mark.theta, "minimum on a linear piece", not_global=True, better=better)
    assert proof.loss_bounds[0] == pytest.approx(2.448795, abs=1e-6)
    assert proof.loss_bounds[1] - proof.loss_bounds[0] < 1e-12
    moved = mark.theta.clone()
    moved[6] += 1e-3
    far = certify_network(mark.land, moved, "minimum on a linear piece")
    assert not far.proved or "3.9e-03" not in far.statement


def test_xor_has_a_relu_minimum_with_every_neuron_on():
    land = relu_mlp([2, 2, 1], xor(), "log")
    theta = double(1, -1, 1, -1, 2, 2, 1, -1, 0)
    proof = proved(land, theta, "minimum on a linear piece")
    assert proof.loss_bounds[0] == pytest.approx(4 * math.log(2), abs=1e-12)


def test_one_piece_refuses_kinks_saddles_and_neurons_without_output():
    land = relu_mlp([2, 2, 1], xor(), "log")
    assert "kink" in refusal(land, double(1, -1, 1, -1, 0, 2, 1, -1, 0), "minimum on a linear piece")
    assert "gradient here is too long" in refusal(
        land, double(1, -1, 1, -1, 2, 2, 1, -2, 0), "minimum on a linear piece"
    )
    assert "output weight zero" in refusal(land, double(1, -1, 1, -1, 2, 2, 0, 0, 0), "minimum on a linear piece")


# ------------------------------------------------------------------------------------------------------- dead layers


def test_the_distance_on_one_piece_is_rounded_down_not_to_the_nearest():
    land = relu_mlp(
        [1, 1, 1], Data(double(0, 1)[:, None], double(1, 2))
    )  # sample 1 reaches its kink at distance 1 exactly
    proof = proved(land, double(1, 1, 1, 0), "minimum on a linear piece")
    assert "no point within 0.999 of it" in proof.statement  # 1 less the distance of the minimum, however small


def test_the_dead_layer_is_a_minimum_on_an_open_set():
    mark = landmark("dead layer")
    proof = proved(mark.land, mark.theta, DEAD, not_global=True, better=landmark("dead layer, bump").theta)
    assert proof.loss_bounds == (16, 16)
    assert "all points within 1 of the given one" in proof.statement
    assert proved(mark.land, mark.theta, PIECES).loss_bounds == (16, 16)


def test_the_ball_inside_the_dead_layer_is_what_it_is_said_to_be():
    mark = landmark("dead layer")
    noise = torch.randn(2000, 13, dtype=DOUBLE, generator=torch.Generator().manual_seed(5))
    noise = 0.999 * noise / noise.norm(dim=1, keepdim=True)
    noise[:, -1] = 0
    points = mark.theta + noise
    assert (mark.land.loss(points) == 16).all() and (mark.land.gradient(points)[:, :-1] == 0).all()


def test_a_dead_layer_that_answers_anything_but_the_mean_is_refused():
    mark = landmark("dead layer")
    wrong = mark.theta.clone()
    wrong[-1] = 3
    assert "derivative 12" in refusal(mark.land, wrong, DEAD)
    alive = mark.theta.clone()
    alive[6] = 1  # the bias of neuron 1: it is on at (0, 0)
    assert "neuron 1 is on at sample 1" in refusal(mark.land, alive, DEAD)
    alive[6] = 0
    assert "neuron 1 is on the kink at sample 1" in refusal(mark.land, alive, DEAD)


def test_a_dead_second_layer_is_a_minimum_too():
    land = relu_mlp([1, 2, 2, 1], relu_example(1))
    theta = double(1, -1, 0, 1, -1, -1, -2, -1, -1, -1, 1, 1, 0.6)
    assert proved(land, theta, DEAD).loss_bounds == (F(106, 5), F(106, 5))


# ------------------------------------------------------------------------------------------------------- bad saddles


def pair_target(depth: int):
    return deep_linear((2,) * (depth + 1), Data(torch.eye(2, dtype=DOUBLE), torch.diag(double(2, 1))))


def chain(*layers) -> torch.Tensor:
    return torch.cat([torch.diag(double(*diagonal)).flatten() for diagonal in layers])


A = 2 ** (1 / 3)
BAD_SADDLES = {  # name: (depth, diagonals of the layers, loss, order of the first term that falls)
    "three layers, zero": (3, [(0, 0)] * 3, F(5, 2), 3),
    "four layers, zero": (4, [(0, 0)] * 4, F(5, 2), 4),
    "five layers, zero": (5, [(0, 0)] * 5, F(5, 2), 5),
    "three layers, one mode": (3, [(A, 0)] * 3, F(1, 2), 3),
    "three layers, one mode in the first": (3, [(2, 0), (1, 0), (1, 0)], F(1, 2), 3),
    "four layers, one mode, one open path": (4, [(2, 0), (1, 1), (1, 0), (1, 0)], F(1, 2), 3),
}


@pytest.mark.parametrize("name", BAD_SADDLES)
def test_bad_saddles_are_proved(name):
    depth, layers, loss, order = BAD_SADDLES[name]
    land, theta = pair_target(depth), chain(*layers)
    proof = proved(land, theta, BAD, not_global=True, better=chain((2, 1), *[(1, 1)] * (depth - 1)))
    assert proof.loss_bounds == (loss, loss) and proof.index == 0
    assert f"t^{order} + ..." in proof.statement
    assert torch.linalg.eigvalsh(land.hessian(theta))[0] > -1e-12
    direction = double(*[float(value) for value in proof.recipe["evidence"]["direction"]])
    point = double(*[float(value) for value in proof.point])
    t = 1e-2 / float(direction.norm())
    assert float(land.loss(point + t * direction)) < float(loss)


def test_strict_siblings_of_bad_saddles_are_refused_as_bad_and_proved_as_strict():
    strict = {
        (3, ((A, 0), (A, 1), (A, 0))): 1,
        (3, ((0, 1), (0, 1), (0, 1))): 1,
        (2, ((math.sqrt(2), 0), (math.sqrt(2), 0))): 1,
        (2, ((0, 0), (0, 0))): 4,
    }
    for (depth, layers), index in strict.items():
        land, theta = pair_target(depth), chain(*layers)
        assert "strict saddle, not a bad one" in refusal(land, theta, BAD)
        assert proved(land, theta, f"index-{index} saddle").index == index
        assert f"index-{index} saddle" in refusal(land, theta, f"index-{index + 1} saddle")


def test_kawaguchis_condition_is_sufficient_but_not_necessary():
    eye = torch.eye(4, dtype=DOUBLE)
    land = deep_linear((4, 3, 3, 4), Data(eye, torch.diag(double(4, 3, 2, 1))))
    for middle, index in ((double(1, 0, 0), 4), (double(1, 1, 1), 12)):
        theta = land.pack(W1=torch.zeros(3, 4).double(), W2=torch.diag(middle), W3=torch.zeros(4, 3).double())
        assert proved(land, theta, f"index-{index} saddle").index == index


@pytest.mark.parametrize("widths", [(4, 2, 4), (4, 2, 2, 4)])
def test_the_whole_catalogue_of_linear_critical_points_is_proved(widths):
    data = Data(torch.eye(4, dtype=DOUBLE), torch.diag(double(4, 3, 2, 1)))
    land = deep_linear(widths, data)
    for point in linear_catalogue(widths, data):
        kind = (
            f"index-{point.index} saddle" if point.index else BAD if len(point.kept) < 2 else "minimum up to symmetry"
        )
        proof = proved(land, point.theta, kind)
        assert proof.index == point.index
        assert float(proof.loss_bounds[0]) == pytest.approx(point.loss, abs=1e-12)


def test_minima_are_no_bad_saddles_and_bad_saddles_no_minima():
    land = pair_target(3)
    minimum = chain((2, 1), (1, 1), (1, 1))
    assert proved(land, minimum, "minimum up to symmetry").loss_bounds == (0, 0)
    assert "No direction along which the loss falls" in refusal(land, minimum, BAD)
    assert "the symmetries explain" in refusal(land, chain(*[(0, 0)] * 3), "minimum up to symmetry")
    assert "What is proved is a minimum up to symmetry" in refusal(land, minimum, "strict local minimum")


def test_a_false_direction_is_refused():
    land, theta = pair_target(3), chain(*[(0, 0)] * 3)
    right = certify_network(land, theta, BAD).recipe["evidence"]
    up, down = right["upward"], right["direction"]
    assert "rises" in refusal(land, theta, BAD, direction=up, upward=up)
    assert "not shown" in refusal(land, theta, BAD, direction=down, upward=down)
    assert "constant" in refusal(land, theta, BAD, direction=[1] + [0] * 11, upward=up)


@pytest.mark.parametrize("size", [1e-3, -1e-3, 1e-8, -1e-8, 1e-11])
def test_a_perturbed_bad_saddle_is_refused(size):
    land = pair_target(3)
    theta = chain((A, 0), (A, 0), (A, 0))
    theta[7] = size  # an entry of the second layer that the first layer cannot make good
    theta[3] = size
    assert "not exactly zero" in refusal(land, theta, BAD)


@pytest.mark.parametrize("weight", [100 * 2.0**-500, 0.0])
def test_a_tiny_first_layer_is_not_moved_to_a_critical_point_far_from_it_in_loss(weight):
    land = deep_linear((1, 1), Data(double(2.0**500)[:, None], double(1)[:, None]))
    assert float(land.loss(double(weight))) >= 0.5
    proof = certify_network(land, double(weight))  # a theorem about what lies near by, at the point itself
    low, high = proof.loss_bounds
    assert proof.point == (weight,) and low <= float(land.loss(double(weight))) <= high
    assert proved(land, double(2.0**-500)).loss_bounds == (0, 0)


def test_a_point_that_was_moved_is_called_that_of_the_certificate():
    land = deep_linear((1, 1), Data(double(3, 1)[:, None], double(1, 1)[:, None]))
    exactly = proved(land, ["2/5"])
    assert "The given point" in exactly.statement
    moved = proved(land, double(0.4 * (1 + 2.0**-50)))
    assert "The point of this certificate" in moved.statement and "given point" not in moved.statement
    assert "The weights asked about are" in moved.statement and moved.point == exactly.point


def test_claims_that_do_not_fit_the_network_are_refused_in_words():
    data = Data(double(1, 2, 3)[:, None], double(0, 1, 1))
    quadratic = quadratic_net(1, Data(double(1)[:, None], double(1)))
    assert "1 negative eigenvalue: this is a strict saddle" in refusal(quadratic, double(0), BAD)
    assert "polynomial" in refusal(relu_mlp([1, 1, 1], data), double(1, -1, 0.5, 0), BAD)
    stops = [[1, -1, 0.6, 0]]
    for land in (relu_mlp([1, 1, 1], data, "log"), relu_mlp([1, 1, 1], data, output="sigmoid")):
        why_not = refusal(land, double(1, -1, 0.5, 0), "exit that never rises", stops=stops)
        assert "squared loss with linear outputs" in why_not
    assert "hidden layer" in refusal(relu_mlp([1, 1], data), double(1, 0), DEAD)


@pytest.mark.parametrize("bad", ["inf", "nan", "one", "1/0", None, [1], 1j, math.inf, np.float32("nan")])
def test_a_point_of_anything_but_numbers_is_refused_in_words(bad):
    assert "nothing can be proved about it" in refusal(deep_linear((1, 1), xy(1, 1)), [bad])
    assert "better" in refusal(deep_linear((1, 1), xy(1, 1)), [1], not_global=True, better=[bad])


def xy(x: float, y: float) -> Data:
    return Data(double(x)[:, None], double(y)[:, None])


def test_whole_numbers_of_numpy_and_torch_are_not_rounded():
    land = deep_linear((1, 1), xy(2.0**-53, 1))
    odd = 2**53 + 1
    for point in (np.array([odd]), torch.tensor([odd]), [odd]):
        assert certify_network(land, point).recipe["given"] == [F(odd)]
    assert proved(land, np.array([2**53])).loss_bounds == (0, 0)
    assert "complex" in refusal(land, torch.tensor([1j]))


def test_data_with_infinity_are_named():
    with pytest.raises(ValueError, match="data hold NaN or infinity"):
        certify_network(deep_linear((1, 1), xy(math.inf, 1)), [1])


def test_residual_chains_and_quadratic_networks_are_polynomials_too():
    land = linear_resnet(torch.diag(double(2, 1)), depth=2)
    eye = torch.eye(2, dtype=DOUBLE).flatten()
    theta = torch.cat([torch.diag(double(2, 1)).flatten(), eye])
    assert proved(land, theta, "minimum up to symmetry").loss_bounds == (0, 0)
    data = Data(double(1, 0, 0, 1, 1, 1).reshape(3, 2), double(1, 4, 9))
    square = quadratic_net(2, data)
    found = certify_network(square, torch.zeros(4, dtype=DOUBLE), "strict local maximum")
    assert found.proved and found.index == 4  # every neuron that wakes up lowers the loss
    one = quadratic_net(1, data)
    assert proved(one, double(1, 2), "strict local minimum").loss_bounds == (0, 0)
    turned = quadratic_net(2, Data(double(1, 0, 0, 1, 1, 1).reshape(3, 2), double(1, 4, 5)))
    assert proved(turned, double(1, 0, 0, 2), "minimum up to symmetry").loss_bounds == (0, 0)


# ------------------------------------------------------------------------------------------------- tools and files


def test_inertia_against_floating_point():
    draw = random.Random(1)
    for _ in range(50):
        n = draw.randint(1, 6)
        half = [[draw.randint(-2, 2) for _ in range(n)] for _ in range(n)]
        B = np.array(half) @ np.diag([draw.choice([-1, 0, 1]) for _ in range(n)]) @ np.array(half).T
        values = np.linalg.eigvalsh(B)
        found = inertia(fmpq_mat([[int(entry) for entry in row] for row in B]))
        assert found == (int((values < -1e-9).sum()), int((abs(values) < 1e-9).sum()), int((values > 1e-9).sum()))
    with pytest.raises(ValueError, match="not symmetric"):
        inertia(fmpq_mat([[0, 1], [2, 0]]))


def test_never_negative_never_says_so_wrongly():
    draw, shown = random.Random(2), 0
    for _ in range(500):
        p = fmpq_poly([draw.randint(-3, 6) for _ in range(5)])
        low = min(float(p(fmpq(i, 200)).p) / float(p(fmpq(i, 200)).q) for i in range(201))
        if never_negative(p, fmpq(0), fmpq(1)):
            shown += 1
            assert low >= 0
        else:
            assert low < 0.05
    assert shown > 100


def leaves(content, path=()):
    """The paths to all values inside a JSON object."""
    children = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in children:
        yield (*path, key)
        yield from leaves(value, (*path, key))


def forged(content: dict, path: tuple, value) -> dict:
    """The content of a file with one value changed, its checksum made anew."""
    content = json.loads(json.dumps(content))
    place = content
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return {"format": FORMAT, "checksum": _checksum(content), **content}


@pytest.mark.parametrize(
    ("name", "claim"),
    [("relu 3, worse", PIECES), ("jellyfish, trap", "minimum on a linear piece"), ("dead layer", DEAD),
     ("ten points, log, trap", "strict local minimum")],
)  # fmt: skip
def test_files_forged_anywhere_are_refused_in_words(tmp_path, name, claim):
    draw, file = random.Random(4), tmp_path / "forged.json"
    certify_network(landmark(name).land, landmark(name).theta, claim).save(file)
    content = json.loads(file.read_text(encoding="utf-8"))
    del content["format"], content["checksum"]
    for path in leaves(content):
        value = draw.choice([None, True, 7, -1, 1.5, "x", "", "nan", "1/0", "7/3", "0x1.8p+0", [], ["1"], {}])
        file.write_text(json.dumps(forged(content, path, value)), encoding="utf-8")
        again, sentence = recheck(file)  # raises nothing
        assert sentence
        if path[0] in ("kind", "statement", "radius", "eigenvalue_bound", "index") and value != content[path[0]]:
            assert not again, (path, value)


def test_networks_with_two_outputs_have_minima_on_pieces_too():
    x, y = double(-1, 0, 1, 2)[:, None], double(1, 0, 0, 1, 1, 1, 2, 0).reshape(4, 2)
    land = relu_mlp([1, 2, 2], Data(x, y))
    A = torch.cat([x, torch.ones_like(x)], dim=1)
    slope, offset = torch.linalg.lstsq(A, y).solution  # both neurons on at every sample: x + 2 and x + 3
    V = torch.stack([slope - 1, torch.ones(2, dtype=DOUBLE)], dim=1)
    theta = [*map(F, (1, 1, 2, 3))] + [F(float(v)).limit_denominator(100) for v in V.flatten()]
    for o in range(2):  # x + 2 and x + 3 bring their own constants
        theta.append(F(float(offset[o])).limit_denominator(100) - 2 * theta[4 + 2 * o] - 3 * theta[5 + 2 * o])
    proof = proved(land, theta, PIECES)
    assert float(proof.loss_bounds[0]) == pytest.approx(float((A @ torch.stack([slope, offset]) - y).square().sum()))
    theta[4] += F(1, 1000)
    assert "not exactly zero" in refusal(land, theta, PIECES)


def test_a_recheck_needs_no_torch(tmp_path):
    proofs = []
    for name, claim in (
        ("relu 3, worse", PIECES),
        ("jellyfish, trap", "minimum on a linear piece"),
        ("dead layer", DEAD),
    ):
        proofs.append(certify_network(landmark(name).land, landmark(name).theta, claim))
    trap = landmark("ten points, log, trap")
    proofs.append(certify_network(trap.land, trap.theta))
    proofs.append(certify_network(pair_target(3), chain(*[(0, 0)] * 3), BAD))
    data = Data(double(-1, 0, 1, 2.5, 3)[:, None], double(1, 0.2, 1, 4, 3))
    relu = relu_mlp([1, 1, 1], data)
    found = lm.refine(relu, double(1.1237, -0.5478, 1.0952, 0.6))
    proofs.append(certify_network(relu, found.theta[0], "minimum up to symmetry"))
    files = [tmp_path / f"{number}.json" for number in range(len(proofs))]
    for proof, file in zip(proofs, files, strict=True):
        assert proof.proved, proof.why_not
        proof.save(file)
    script = Path(recheck.__code__.co_filename)
    blocked = tmp_path / "torch.py"
    blocked.write_text("raise ImportError('a re-check must not import torch')\n", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    answer = subprocess.run(
        [sys.executable, str(script), *map(str, files)], capture_output=True, text=True, env=environment, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.count("PROVED AGAIN") == len(files)


def test_least_squares_and_roots():
    coefficients, lowest = least_squares(
        [[fmpq(1)] * 3, [fmpq(2)] * 3, [fmpq(i) for i in range(3)]], [fmpq(0), fmpq(1), fmpq(5)]
    )
    assert lowest == fmpq(3, 2) and coefficients[1] == 0
    for square in (fmpq(2), fmpq(1, 3), fmpq(9)):
        assert exact(root_below(square)) ** 2 <= square < (exact(root_below(square)) * fmpq(1000001, 1000000)) ** 2


@pytest.mark.parametrize("name", ["relu 1, trap", "jellyfish, trap"])
def test_certificates_survive_a_file_and_tampering_does_not(tmp_path, name):
    mark = landmark(name)
    proof = certify_network(mark.land, mark.theta, PIECES if name.startswith("relu") else "minimum on a linear piece")
    proof.save(tmp_path / "proof.json")
    again = Certificate.load(tmp_path / "proof.json")
    assert prove_exactly_again(again).proved
    other_point = replace(again, point=(again.point[0] + F(1, 100), *again.point[1:]))
    other_loss = replace(again, loss_bounds=(again.loss_bounds[0] / 2, again.loss_bounds[1]))
    other_words = replace(again, statement=again.statement.replace("local minimum", "global minimum"))
    other_data = replace(again, recipe=again.recipe | {"model": again.recipe["model"] | {"scale": "2"}})
    for tampered in (other_point, other_loss, other_words, other_data):
        assert not prove_exactly_again(tampered).proved


# ------------------------------------------------------------------------------------------------------- fuzz


def contradicted(land, proof, seed: int) -> bool:
    """Whether some point within the proved distance has a lower loss."""
    within = float(re.search(r"within ([\d.e+-]+) of it", proof.statement)[1])
    point, loss = double(*map(float, proof.point)), float(proof.loss_bounds[0])
    noise = torch.randn(300, land.dim, dtype=DOUBLE, generator=torch.Generator().manual_seed(seed))
    noise *= within * torch.linspace(0.01, 1, 300, dtype=DOUBLE)[:, None] / noise.norm(dim=1, keepdim=True)
    return bool((land.loss(point + noise) < loss - 1e-12 * (1 + loss)).any())


def test_random_points_of_relu_networks_get_no_false_proof():
    draw, found = random.Random(7), 0
    marks = [landmark(name) for name in RELU_MINIMA]
    for attempt in range(10_000):
        mark = draw.choice(marks)
        n = (mark.land.dim - 1) // 3
        if attempt % 4 == 3:  # small whole numbers
            theta = [F(draw.randint(-3, 3), draw.choice([1, 1, 2])) for _ in range(mark.land.dim)]
        else:  # a minimum, with its neurons scaled, and often moved in one place
            theta = [F(value).limit_denominator(100) for value in mark.theta.tolist()]
            for j in range(n):
                scale = F(draw.randint(1, 5), draw.randint(1, 5))
                theta[j], theta[n + j], theta[2 * n + j] = (
                    theta[j] * scale,
                    theta[n + j] * scale,
                    theta[2 * n + j] / scale,
                )
            if attempt % 4:
                theta[draw.randrange(len(theta))] += draw.choice([-1, 1]) * F(1, 10 ** draw.randint(0, 12))
        proof = certify_network(mark.land, theta, PIECES)
        if proof.proved:
            found += 1
            assert not contradicted(mark.land, proof, attempt)
        else:
            assert attempt % 4  # a scaled minimum is a minimum
    assert found > 2000


def test_random_points_near_the_jellyfish_minimum_get_no_false_proof():
    mark, draw, found = landmark("jellyfish, trap"), random.Random(9), 0
    for attempt in range(1500):
        theta = mark.theta.clone()
        for _ in range(draw.randint(0, 3)):
            theta[draw.randrange(9)] += draw.choice([-1, 1]) * 10.0 ** -draw.uniform(0, 14)
        proof = certify_network(mark.land, theta, "minimum on a linear piece")
        if not proof.proved:
            continue
        found += 1
        away = float(re.search(r"At most ([\d.e+-]+) from", proof.statement)[1])
        room = float(re.search(r"within ([\d.e+-]+) of it", proof.statement)[1])
        noise = torch.randn(300, 9, dtype=DOUBLE, generator=torch.Generator().manual_seed(attempt))
        noise *= (room - away) * torch.linspace(0.01, 1, 300, dtype=DOUBLE)[:, None] / noise.norm(dim=1, keepdim=True)
        assert float(mark.land.loss(theta + noise).min()) >= proof.loss_bounds[0] - 1e-12
        # by the symmetry of the data every minimum on this piece is the affine one
        assert proof.loss_bounds[0] - 1e-9 <= mark.loss + 1e-6 and proof.loss_bounds[1] >= 2.4487950794 - 1e-9
    assert found > 300


def mode(draw: random.Random, depth: int, strength: int) -> list[int]:
    """What each layer does to one mode: its strength in one of them and 1 in the others, or ones and zeros."""
    if draw.random() < 0.5:
        factors = [strength] + [1] * (depth - 1)
        draw.shuffle(factors)
        return factors
    return [draw.choice([0, 0, 1]) for _ in range(depth)]


def test_random_points_of_linear_networks_get_no_false_proof():
    draw, kinds = random.Random(8), {}
    for attempt in range(1500):
        depth = draw.choice([2, 3, 3, 4])
        land = pair_target(depth)
        theta = chain(*zip(mode(draw, depth, 2), mode(draw, depth, 1), strict=True))
        if attempt % 3 == 0:
            theta[draw.randrange(land.dim)] += draw.choice([-1, 1]) * 10.0 ** -draw.randint(0, 12)
        claim = draw.choice([BAD, "minimum up to symmetry", "index-1 saddle", "strict local minimum"])
        proof = certify_network(land, theta, claim)
        if not proof.proved:
            continue
        kinds[proof.kind] = kinds.get(proof.kind, 0) + 1
        point = double(*map(float, proof.point))
        if (
            proof.radius is not None
        ):  # proved in balls: the critical point is near, in the slice where some parameters are held
            free = [k for k in range(land.dim) if k not in proof.recipe.get("held", [])]
            for _ in range(20):
                step = torch.linalg.solve(land.hessian(point)[free][:, free], land.gradient(point)[free])
                point[free] -= step
            assert float((point - double(*map(float, proof.point))).norm()) < proof.radius
        values = torch.linalg.eigvalsh(land.hessian(point))
        assert float(land.gradient(point).norm()) < 1e-12
        assert int((values < -1e-9).sum()) == proof.index
        noise = 1e-3 * torch.randn(300, land.dim, dtype=DOUBLE, generator=torch.Generator().manual_seed(attempt))
        if claim == "minimum up to symmetry":
            assert (land.loss(point + noise) > land.loss(point) - 1e-13).all()
    assert {BAD, "minimum up to symmetry", "index-1 saddle"} == set(kinds) and sum(kinds.values()) > 100


def test_exact_losses_are_those_of_the_landscape():
    for name in (*RELU_MINIMA, "dead layer", "relu 1, solution"):
        mark = landmark(name)
        value = loss_at(model_of(mark.land), [exact(number) for number in mark.theta.tolist()])
        assert float(value.p) / float(value.q) == pytest.approx(float(mark.land.loss(mark.theta)), rel=1e-13, abs=1e-13)
    assert lm.starts(pair_target(2), seeds=[0]).shape == (1, 8)
