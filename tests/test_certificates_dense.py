"""Certificates of smooth networks on data: formulas over balls against autograd, landmarks proved, points refused."""

import itertools
import math
from dataclasses import replace

import pytest
import torch
from flint import arb, fmpq

import lmcourse as lm
from lmcourse.certificates import jets
from lmcourse.certificates.formulas import exact, loss_of, size_of
from lmcourse.certificates.jets import Jet, derivatives
from lmcourse.certificates.models import model_of
from lmcourse.certificates.networks import certify_network
from lmcourse.certificates.recheck import prove_again, recheck
from lmcourse.data import Data, gaussian_patches, teacher_student_samples, ten_points, xor
from lmcourse.networks.dense import fully_connected
from lmcourse.networks.landmarks import landmark
from lmcourse.networks.linear import deep_linear, linear_resnet
from lmcourse.networks.linear_catalogue import linear_critical_point
from lmcourse.networks.quadratic import quadratic_net, random_tilt
from lmcourse.networks.relu import relu_mlp
from lmcourse.networks.sigmoid import mirror, sigmoid_mlp, tanh_mlp

DOUBLE = torch.float64


def two_targets(samples=6, d=3) -> Data:
    data = teacher_student_samples(2, samples, d=d)
    return Data(data.x, torch.stack([data.y, data.x[:, 0]], dim=1))


def three_classes() -> Data:
    data = gaussian_patches(7, side=2)
    return Data(data.x, data.y)


def double(*numbers) -> torch.Tensor:
    return torch.tensor(numbers, dtype=DOUBLE)


def plain(data: Data) -> Data:
    return Data(data.x, data.y)


SOFTPLUS = {"loss": "squared", "output": "linear", "reduction": "sum", "weight_decay": 0.0}
FAMILIES = {
    "sigmoid, log": lambda: sigmoid_mlp([2, 2, 1], ten_points(), "log"),
    "sigmoid, squared": lambda: sigmoid_mlp([2, 2, 1], ten_points()),
    "sigmoid, three layers, linear output": lambda: sigmoid_mlp([3, 4, 3, 2], two_targets(), output="linear"),
    "tanh, cross-entropy, mean": lambda: tanh_mlp([4, 3, 3], three_classes(), "cross_entropy", reduction="mean"),
    "tanh, log, decay": lambda: tanh_mlp([2, 3, 1], xor(), "log", weight_decay=0.1),
    "softplus": lambda: fully_connected("softplus network", [2, 3, 1], "softplus", xor(), **SOFTPLUS),
    "relu, log, mean, decay": lambda: relu_mlp([2, 3, 1], xor(), "log", reduction="mean", weight_decay=0.01),
    "relu, sigmoid output": lambda: relu_mlp([2, 3, 1], xor(), output="sigmoid", at_kink="on"),
    "no hidden layer": lambda: sigmoid_mlp([2, 1], ten_points(), "log"),
    "deep linear": lambda: deep_linear((3, 2, 2, 2), two_targets()),
    "linear residual": lambda: linear_resnet(torch.tensor([[2.0, 1.0], [0.0, -1.0]]), depth=3),
    "quadratic": lambda: quadratic_net(
        3, teacher_student_samples(2, 5), decay=0.1, tilt=random_tilt(2, 0.1), negative=1
    ),
    "quadratic, log, mean": lambda: quadratic_net(2, plain(xor()), loss="log", reduction="mean", decay=0.2),
}


def over_balls(land, theta):
    """Loss, gradient and Hessian of the ball formula at theta, rounded to doubles."""
    value, gradient, hessian = derivatives(loss_of(model_of(land)), [arb(number) for number in theta.tolist()])
    P = land.dim
    return (
        torch.tensor(float(value), dtype=DOUBLE),
        torch.tensor([float(entry) for entry in gradient.entries()], dtype=DOUBLE),
        torch.tensor([float(entry) for entry in hessian.entries()], dtype=DOUBLE).reshape(P, P),
    )


@pytest.mark.parametrize("name", FAMILIES)
def test_the_formula_over_balls_is_the_landscape(name):
    land = FAMILIES[name]()
    assert size_of(model_of(land)) == land.dim
    for theta in lm.starts(land, seeds=range(3)) + 0.05:
        loss, gradient, hessian = over_balls(land, theta)
        torch.testing.assert_close(loss, land.loss(theta), rtol=1e-12, atol=1e-13)
        torch.testing.assert_close(gradient, land.gradient(theta), rtol=1e-10, atol=1e-11)
        autograd = torch.func.hessian(land.loss_of)(theta)
        torch.testing.assert_close(hessian, autograd, rtol=1e-9, atol=1e-10)


def without_product_rule(self, other):
    if not isinstance(other, Jet):
        return Jet(self.value * other, self.gradient * other, jets._times(self.hessian, other))
    curved = jets._sum(jets._times(self.hessian, other.value), jets._times(other.hessian, self.value))
    return Jet(self.value * other.value, self.gradient * other.value + other.gradient * self.value, curved)


def without_bending(self, value, slope, curvature):
    return Jet(value, self.gradient * slope, jets._times(self.hessian, slope))


@pytest.mark.parametrize(("method", "wrong"), [("__mul__", without_product_rule), ("through", without_bending)])
def test_a_wrong_hessian_term_is_caught_by_autograd(monkeypatch, method, wrong):
    land = FAMILIES["sigmoid, log"]()
    theta = lm.starts(land, seeds=[1])[0]
    expected = torch.func.hessian(land.loss_of)(theta)
    assert (over_balls(land, theta)[2] - expected).abs().max() < 1e-12
    monkeypatch.setattr(Jet, method, wrong)
    assert (over_balls(land, theta)[2] - expected).abs().max() > 1e-3


def test_balls_enclose_what_lies_in_the_box():
    land = sigmoid_mlp([2, 2, 1], ten_points(), "log")
    theta, formula = lm.starts(land, seeds=[2])[0], loss_of(model_of(land))
    value, gradient, hessian = derivatives(formula, [arb(number, 1e-3) for number in theta.tolist()])
    noise = 2e-3 * torch.rand(20, 9, dtype=DOUBLE, generator=torch.Generator().manual_seed(4)) - 1e-3
    for point in theta + noise:
        inside = derivatives(formula, [arb(number) for number in point.tolist()])
        assert value.contains(inside[0])
        for matrix, smaller in ((gradient, inside[1]), (hessian, inside[2])):
            assert all(a.contains(b) for a, b in zip(matrix.entries(), smaller.entries(), strict=True))


# --------------------------------------------------------------------------------------------------- what is proved

MINIMA = {  # name: (lower bound of the smallest eigenvalue, a better point on the same landscape)
    "ten points, log, trap": (0.0061, "ten points, log, all right"),
    "ten points, squared, trap": (0.0018, None),
    "nine points, log, trap": (0.0022, "nine points, log, all right"),
}


@pytest.mark.parametrize("name", MINIMA)
def test_the_strict_minima_of_ten_and_nine_points_are_proved(name):
    mark, (bound, better) = landmark(name), MINIMA[name]
    better = landmark(better or "ten points, log, all right").theta
    proof = certify_network(mark.land, mark.theta, not_global=True, better=better)
    assert proof.proved and proof.kind == "strict local minimum" and proof.not_global is True
    assert proof.eigenvalue_bound > bound and proof.radius > 1e-7
    assert proof.loss_bounds[0] - 1e-10 < mark.loss < proof.loss_bounds[1] + 1e-10


@pytest.mark.parametrize("loss", ["log", "squared"])
def test_the_exits_of_ten_points_are_proved_saddles_of_index_one(loss):
    mark = landmark(f"ten points, {loss}, exit")
    theta = lm.refine(mark.land, mark.theta).theta[0]
    proof = certify_network(mark.land, theta, "index-1 saddle")
    assert proof.proved and proof.index == 1 and proof.eigenvalue_bound > 0.004
    assert proof.loss_bounds[0] == pytest.approx(mark.loss, abs=1e-6)


def test_all_eight_copies_of_the_ten_point_minimum_are_proved():
    mark = landmark("ten points, log, trap")
    for neurons, swap in itertools.product([[], [0], [1], [0, 1]], [False, True]):
        copy = mirror(mark.land, mark.theta, neurons)
        order = [2, 3, 0, 1, 5, 4, 7, 6, 8] if swap else list(range(9))
        assert certify_network(mark.land, copy[order]).proved


def above_average(samples=30, d=5) -> Data:
    data = teacher_student_samples(2, samples, d=d)
    return Data(data.x, (data.y > data.y.mean()).double())


@pytest.mark.parametrize(
    "make",
    [
        lambda: tanh_mlp([5, 8, 2], two_targets(30, d=5), weight_decay=0.1),
        lambda: sigmoid_mlp([5, 9, 1], above_average(), "log", weight_decay=0.05),
    ],
    ids=["tanh, squared", "sigmoid, log"],
)
def test_networks_with_more_than_60_parameters_are_proved(make):
    land = make()
    assert land.dim > 60
    start = lm.train(land, lm.starts(land, seeds=[0]), method="adam", lr=0.02, max_steps=3000).theta
    theta = lm.refine(land, start, max_steps=100, max_move=10).theta[0]
    found = lm.classify(land, theta)[0]
    kind = "strict local minimum" if int(found.index) == 0 else f"index-{int(found.index)} saddle"
    proof = certify_network(land, theta, kind)
    assert proof.proved, proof.why_not
    assert proof.eigenvalue_bound <= float(found.eigenvalues.abs().min()) + 1e-6


def test_a_relu_network_with_decay_is_proved_away_from_its_kinks():
    x = torch.tensor([[1.0], [2.0], [3.0]], dtype=DOUBLE)
    land = relu_mlp([1, 1, 1], Data(x, x[:, 0]), weight_decay=0.05)
    start = lm.train(land, torch.tensor([[1.0, 0.5, 1.0, 0.1]], dtype=DOUBLE), lr=0.01, max_steps=20_000).theta
    proof = certify_network(land, lm.refine(land, start).theta[0])
    assert proof.proved and proof.eigenvalue_bound > 0.01


def test_a_quadratic_network_of_one_neuron_is_proved():
    data = teacher_student_samples(2, 6, seed=3)
    land = quadratic_net(1, data, decay=0.1)
    theta = lm.refine(land, lm.train(land, lm.starts(land, seeds=[1]), lr=0.01, max_steps=5000).theta).theta[0]
    assert certify_network(land, theta).kind == "strict local minimum"
    assert certify_network(land, theta).proved


def trained(land, lr, steps=20_000, seeds=range(3)):
    runs = lm.train(land, lm.starts(land, seeds=seeds), lr=lr, max_steps=steps)
    return lm.refine(land, runs.theta).theta


CONTINUOUS = {  # name: (landscape, step, directions in which symmetries move a minimum)
    "deep linear": (lambda: deep_linear((3, 2, 2), two_targets(12)), 0.01, 4),
    "deep linear with a bottleneck": (lambda: deep_linear((3, 1, 1, 2), two_targets(12)), 0.01, 2),
    "quadratic": (lambda: quadratic_net(3, teacher_student_samples(3, 12), decay=0.1), 0.003, 3),
    "quadratic, two signs": (
        lambda: quadratic_net(3, teacher_student_samples(2, 8), decay=0.1, negative=1),
        0.01,
        None,
    ),
    "relu": (lambda: relu_mlp([1, 1, 1], Data(double(-1, 0, 1, 2.5, 3)[:, None], double(1, 0.2, 1, 4, 3))), 0.005, 1),
}


@pytest.mark.parametrize("name", CONTINUOUS)
def test_trained_minima_of_networks_with_continuous_symmetries_are_proved(tmp_path, name):
    make, step, directions = CONTINUOUS[name]
    land = make()
    proofs = [certify_network(land, theta, "minimum up to symmetry") for theta in trained(land, step)]
    proofs = [proof for proof in proofs if proof.proved]
    assert proofs
    for proof in proofs:
        found = lm.classify(land, double(*map(float, proof.point)))[0]
        assert found.kind in ("minimum up to symmetry", "strict minimum")
        proof.save(tmp_path / "proof.json")
        assert recheck(tmp_path / "proof.json")[0]
        if (
            "held" not in proof.recipe
        ):  # the weights lie so near to an exact critical point that fractions could prove it
            assert proof.recipe["proof"] == "signs of all eigenvalues" and proof.index == 0
            continue
        assert directions is None or len(proof.recipe["held"]) == directions
        held = replace(proof, recipe=proof.recipe | {"held": [*proof.recipe["held"][:-1], -1]})
        assert not proof.recipe["held"] or not prove_again(held).proved
        refused = certify_network(land, double(*map(float, proof.point)))
        assert not directions or "flat direction" in refused.why_not


def test_saddles_up_to_symmetry_are_proved_and_not_taken_for_minima():
    data = two_targets(12)
    land = deep_linear((3, 2, 2), data)
    point = linear_critical_point((3, 2, 2), data, kept=(2,))
    proof = certify_network(land, point.theta, f"index-{point.index} saddle up to symmetry")
    assert (
        proof.proved is False and "flat direction" in proof.why_not
    )  # an unused neuron can do more than the symmetries
    data = two_targets(12, d=4)
    land = deep_linear((4, 1, 2), data)
    point = linear_critical_point((4, 1, 2), data, kept=(2,))
    assert point.index == 1
    proof = certify_network(land, point.theta, "index-1 saddle up to symmetry")
    assert proof.proved and proof.index == 1 and len(proof.recipe["held"]) == 1
    assert "exactly 1 of 5" in refusal(land, point.theta, "minimum up to symmetry")
    moved = point.theta + 1e-3
    assert "gradient" in refusal(land, moved, "index-1 saddle up to symmetry")


@pytest.mark.parametrize("n", [1, 2])
def test_a_strict_maximum_is_no_saddle_up_to_symmetry(n):
    land = quadratic_net(n, Data(double(1.0)[:, None], double(1.0)))
    zero = torch.zeros(n, dtype=DOUBLE)
    assert float(land.hessian(zero).diagonal().max()) < 0
    assert "local maximum, no saddle" in refusal(land, zero, f"index-{n} saddle up to symmetry")
    assert certify_network(land, zero, "strict local maximum").proved


def test_the_numbers_up_to_symmetry_are_true_in_the_whole_space_or_say_what_is_held(tmp_path):
    ring = quadratic_net(2, Data(double(1.0)[:, None], double(1.0)))
    theta = double(0.6 + 1e-9, 0.8)
    proof = certify_network(ring, theta, "minimum up to symmetry")
    assert proof.proved and len(proof.recipe["held"]) == 1
    assert proof.gradient_bound >= float(ring.gradient(theta).norm()) > 2.3e-9
    rows = proof.numbers()
    assert "eigenvalues of the Hessian with 1 parameter held" in rows
    assert "exactly one critical point with 1 parameter held, within" in rows
    assert "exactly one critical point within" not in rows and "eigenvalues of the Hessian" not in rows
    proof.save(tmp_path / "ring.json")
    assert recheck(tmp_path / "ring.json")[0]
    replace(proof, gradient_bound=2e-9).save(tmp_path / "ring.json")  # what holds on the slice alone
    answer, sentence = recheck(tmp_path / "ring.json")
    assert not answer and "bound" in sentence and "gradient" in sentence


# --------------------------------------------------------------------------------------------------- what is refused


def trap():
    mark = landmark("ten points, log, trap")
    return mark.land, mark.theta


def refusal(*arguments, **options) -> str:
    proof = certify_network(*arguments, **options)
    assert not proof.proved and not proof.statement and proof.radius is None
    return proof.why_not


def test_a_perturbed_minimum_is_refused():
    land, theta = trap()
    direction = torch.randn(9, dtype=DOUBLE, generator=torch.Generator().manual_seed(1))
    assert "gradient" in refusal(land, theta + 1e-3 * direction / direction.norm())


def test_a_saddle_is_no_minimum_however_small_its_gradient():
    mark = landmark("ten points, squared, exit")
    theta = lm.refine(mark.land, mark.theta).theta[0]
    assert float(mark.land.gradient(theta).norm()) < 1e-14
    assert "exactly 1 of 9 eigenvalues" in refusal(mark.land, theta)
    assert "exactly 1 of 9" in refusal(mark.land, theta, "index-2 saddle")


def test_a_minimum_is_no_saddle_and_no_maximum():
    land, theta = trap()
    assert "exactly 0 of 9" in refusal(land, theta, "index-1 saddle")
    assert "exactly 0 of 9" in refusal(land, theta, "strict local maximum")


def test_not_global_needs_a_better_point_that_is_better():
    land, theta = trap()
    assert "better" in refusal(land, theta, not_global=True)
    assert "better" in refusal(land, theta, not_global=True, better=torch.zeros(9, dtype=DOUBLE))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none_are_refused(bad):
    land, theta = trap()
    theta = theta.clone()
    theta[3] = bad
    assert "NaN or infinity" in refusal(land, theta)


def test_a_wrong_shape_is_refused():
    land, theta = trap()
    assert "9 parameters, but the point has 8" in refusal(land, theta[:8])
    assert "(2, 9)" in refusal(land, torch.stack([theta, theta]))


def test_a_flat_direction_is_refused():
    land = tanh_mlp([2, 2, 1], xor())
    zero = torch.tensor([0, 0, 0, 0, 0, 0, 0, 0, 0.5], dtype=DOUBLE)  # constant, and the best constant: critical, flat
    assert float(land.gradient(zero).norm()) == 0
    assert "flat" in refusal(land, zero)


def test_a_point_on_a_kink_is_refused():
    land = relu_mlp([2, 1, 1], xor(), weight_decay=0.1)
    assert "kink" in refusal(land, torch.tensor([1.0, 1.0, -1.0, 1.0, 0.0], dtype=DOUBLE))


def test_a_curvature_too_small_for_the_box_is_refused():
    # p = s(w x + b) at x = 0 and x = 1e-4, both with label 0.3: the smallest eigenvalue is about 0.1 * 1e-8
    data = Data(torch.tensor([[0.0], [1e-4]], dtype=DOUBLE), torch.tensor([0.3, 0.3], dtype=DOUBLE))
    land = sigmoid_mlp([1, 1], data, "log")
    theta = torch.tensor([0.0, math.log(0.3 / 0.7)], dtype=DOUBLE)
    assert 0 < float(lm.classify(land, theta)[0].eigenvalues[0]) < 2e-9
    assert "too small" in refusal(land, theta)


def test_a_landscape_without_proofs_and_a_claim_without_proof_say_so():
    land, theta = trap()
    with pytest.raises(ValueError, match="There is no proof of 'a nice place'"):
        certify_network(land, theta, "a nice place")
    with pytest.raises(ValueError, match="No proofs are written for narrow pass"):
        certify_network(lm.surface("narrow pass"), torch.zeros(2, dtype=DOUBLE))


def false_proofs(seeds):
    """Random points, and points perturbed by any amount around minima and saddles: proofs that Newton's method contradicts."""
    land, minimum = trap()
    exit_mark = landmark("ten points, log, exit")
    saddle = lm.refine(land, exit_mark.theta).theta[0]
    wrong = proved = 0
    for seed in seeds:
        stream = torch.Generator().manual_seed(seed)
        noise = torch.randn(9, dtype=DOUBLE, generator=stream)
        size = 10.0 ** (-14 * float(torch.rand(1, generator=stream)))
        centre = (minimum, saddle, torch.zeros(9, dtype=DOUBLE), -minimum)[seed % 4]
        theta = centre + size * noise
        claim = ("strict local minimum", "index-1 saddle")[seed // 4 % 2]
        proof = certify_network(land, theta, claim)
        if proof.proved:
            proved += 1
            true = (minimum, saddle)[seed // 4 % 2]
            wrong += not (float((theta - true).norm()) < proof.radius)
    return proved, wrong


def test_a_thousand_random_points_get_no_false_proof():
    proved, wrong = false_proofs(range(1000))
    assert wrong == 0 and proved > 50


def test_random_points_near_a_flat_minimum_get_no_false_proof():
    land, found = quadratic_net(2, teacher_student_samples(2, 8), decay=0.1), 0
    minima = trained(land, 0.01)
    lowest = float(land.loss(minima).min())
    for seed in range(1000):
        stream = torch.Generator().manual_seed(seed)
        size = 10.0 ** (-12 * float(torch.rand(1, generator=stream)))
        theta = minima[seed % 3] + size * torch.randn(4, dtype=DOUBLE, generator=stream)
        proof = certify_network(land, theta, "minimum up to symmetry")
        if proof.proved:
            found += 1
            free = [k for k in range(4) if k not in proof.recipe["held"]]
            point = theta.clone()
            for _ in range(20):
                point[free] -= torch.linalg.solve(land.hessian(point)[free][:, free], land.gradient(point)[free])
            assert float((point - theta).norm()) < proof.radius and float(land.gradient(point).norm()) < 1e-11
            assert proof.loss_bounds[0] <= float(land.loss(point)) + 1e-14 and float(land.loss(point)) >= lowest - 1e-12
    assert found > 300


@pytest.mark.slow
@pytest.mark.parametrize("last", [3000, pytest.param(11_000, marks=pytest.mark.weekly)])
def test_thousands_of_random_points_get_no_false_proof(last):
    proved, wrong = false_proofs(range(1000, last))
    assert wrong == 0 and proved > (last - 1000) / 20


def test_a_formula_takes_no_other_number_of_parameters():
    formula = loss_of(model_of(trap()[0]))
    with pytest.raises(ValueError, match="9 parameters, but 10 numbers came"):
        formula([arb(0)] * 10)


def test_exact_text_is_exact():
    assert exact("13/3") == fmpq(13, 3) and exact(0.1) != fmpq(1, 10) and exact("0.1") == fmpq(1, 10)
    with pytest.raises((ValueError, OverflowError)):
        exact(math.nan)
