"""Fully connected networks on data keep the contract of landscapes, and their landmarks are what they are said to be."""

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from samples.contract import (
    LEADING_AXES,
    check_central_differences,
    check_dtype,
    check_leading_axes,
    check_members_last,
    check_samples,
    check_symmetries,
    check_torch_func,
    points,
)

from lmcourse.critical import classify, distinct, refine
from lmcourse.data import Data, gaussian_patches, one_hot, saturation_example, teacher_student_samples, ten_points, xor
from lmcourse.networks.landmarks import landmark, landmark_names
from lmcourse.networks.losses import accuracy
from lmcourse.networks.relu import active, blind_spots, distance_to_kink, inputs_of_neurons, relu_mlp
from lmcourse.networks.sigmoid import mirror, sigmoid_mlp, tanh_mlp
from lmcourse.symmetry import match

DOUBLE = torch.float64


def two_targets() -> Data:
    data = teacher_student_samples(2, 6, d=3)
    return Data(data.x, torch.stack([data.y, data.x[:, 0]], dim=1))


def three_classes() -> Data:
    data = gaussian_patches(7, side=2)
    return Data(data.x, data.y)


FAMILIES = {
    "sigmoid 2-2-1, log": lambda: sigmoid_mlp([2, 2, 1], ten_points(), "log"),
    "sigmoid 2-2-1, squared": lambda: sigmoid_mlp([2, 2, 1], ten_points()),
    "sigmoid 3-4-3-2, linear output": lambda: sigmoid_mlp([3, 4, 3, 2], two_targets(), output="linear"),
    "tanh 4-3-3, cross-entropy, mean": lambda: tanh_mlp([4, 3, 3], three_classes(), "cross_entropy", reduction="mean"),
    "tanh 2-3-1, weight decay": lambda: tanh_mlp([2, 3, 1], xor(), "log", weight_decay=0.1),
    "relu 3-4-3-2": lambda: relu_mlp([3, 4, 3, 2], two_targets()),
    "relu 2-3-1, log, weight decay": lambda: relu_mlp([2, 3, 1], xor(), "log", reduction="mean", weight_decay=0.01),
    "relu 2-3-1, sigmoid output": lambda: relu_mlp([2, 3, 1], xor(), output="sigmoid", at_kink="on"),
    "no hidden layer": lambda: sigmoid_mlp([2, 1], ten_points(), "log"),
}


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


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=str)
def test_a_first_call_inside_torch_func_leaves_nothing_behind(dtype):
    land, fresh = (sigmoid_mlp([2, 2, 1], ten_points()) for _ in range(2))
    theta = points(land, (3,)).to(dtype)
    torch.func.jacrev(torch.func.jacrev(land.loss_of))(theta[0])
    assert torch.equal(land.gradient(theta), fresh.gradient(theta))
    torch.func.jacrev(torch.func.jacrev(land.loss_of))(theta[0])


def test_members_last_is_the_same_gradient(land):
    check_members_last(land)


def test_only_small_networks_put_their_members_last():
    assert relu_mlp([2, 200, 1], xor()).members_last_gradient_of is None


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    hidden=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    factory=st.sampled_from([sigmoid_mlp, tanh_mlp, relu_mlp]),
)
def test_declared_symmetries_keep_the_loss(seed, hidden, factory):
    check_symmetries(factory([2, *hidden, 1], xor(), "log"), seed)


def test_each_activation_declares_its_groups():
    groups = {
        factory: [(s.group, s.count) for s in factory([2, 3, 1], xor()).symmetries]
        for factory in (sigmoid_mlp, tanh_mlp, relu_mlp)
    }
    assert groups[sigmoid_mlp] == [("permutations", 3), ("mirrors", 3)]
    assert groups[tanh_mlp] == [("permutations", 3), ("signs", 3)]
    assert groups[relu_mlp] == [("permutations", 3), ("scales", 3)]
    for factory, left in (
        (sigmoid_mlp, 1),
        (tanh_mlp, 2),
        (relu_mlp, 1),
    ):  # weight decay punishes all but exchanges and signs
        assert len(factory([2, 3, 1], xor(), weight_decay=0.1).symmetries) == left


def test_losses_written_out_by_hand():
    x, y = ten_points().x, ten_points().y
    a, b, v, c = (
        torch.tensor([[1.0, 2], [3, 4]], dtype=DOUBLE),
        torch.tensor([0.5, -1], dtype=DOUBLE),
        (2.0, -3.0),
        0.25,
    )
    theta = torch.tensor([1, 2, 3, 4, 0.5, -1, *v, c], dtype=DOUBLE)
    o = v[0] * torch.sigmoid(x @ a[0] + b[0]) + v[1] * torch.sigmoid(x @ a[1] + b[1]) + c
    p = 1 / (1 + torch.exp(-o))
    log, squared = -torch.where(y == 1, p, 1 - p).log().sum(), ((p - y) ** 2).sum()
    torch.testing.assert_close(sigmoid_mlp([2, 2, 1], ten_points(), "log").loss(theta), log)
    torch.testing.assert_close(sigmoid_mlp([2, 2, 1], ten_points()).loss(theta), squared)
    torch.testing.assert_close(sigmoid_mlp([2, 2, 1], ten_points(), reduction="mean").loss(theta), squared / 10)
    decayed = sigmoid_mlp([2, 2, 1], ten_points(), weight_decay=0.3).loss(theta)
    torch.testing.assert_close(decayed, squared + 0.15 * theta.square().sum())
    torch.testing.assert_close(sigmoid_mlp([2, 2, 1], ten_points()).outputs(theta)[:, 0], p)


def test_cross_entropy_of_class_numbers_and_of_columns_is_torchs():
    land = tanh_mlp([4, 3, 3], three_classes(), "cross_entropy")
    theta = points(land, (5,))
    logits = tanh_mlp([4, 3, 3], one_hot(three_classes())).outputs(theta)  # the same network, linear output
    expected = [torch.nn.functional.cross_entropy(o, three_classes().y, reduction="sum") for o in logits]
    torch.testing.assert_close(land.loss(theta), torch.stack(expected))
    torch.testing.assert_close(
        tanh_mlp([4, 3, 3], one_hot(three_classes()), "cross_entropy").loss(theta), land.loss(theta)
    )
    torch.testing.assert_close(land.outputs(theta), logits.softmax(-1))


def test_tiny_losses_and_slopes_are_not_taken_for_zero():
    exactly = {"rel": 1e-12, "abs": 0}
    data = Data(torch.ones(1, 1), torch.ones(1))
    log, squared = sigmoid_mlp([1, 1], data, "log"), sigmoid_mlp([1, 1], data)
    theta = torch.tensor([[60.0, 0.0], [-800.0, 0.0]], dtype=DOUBLE)
    assert log.loss(theta).tolist() == pytest.approx([math.exp(-60), 800.0], **exactly)
    assert log.gradient(theta)[:, 1].tolist() == pytest.approx([-math.exp(-60), -1.0], **exactly)
    assert squared.loss(theta).tolist() == pytest.approx([math.exp(-120), 1.0], **exactly)
    assert squared.gradient(theta)[0, 1].tolist() == pytest.approx(-2 * math.exp(-120), **exactly)
    hidden = sigmoid_mlp([1, 1, 1], data, output="linear")
    saturated = torch.tensor([60.0, 0.0, 1.0, 0.5], dtype=DOUBLE)  # w, b, v, c: the answer is 1.5
    assert hidden.gradient(saturated)[1].item() == pytest.approx(math.exp(-60), **exactly)


def test_layers_of_new_inputs():
    land, x = relu_mlp([2, 3, 1], xor()), torch.tensor([[5.0, 6.0]], dtype=DOUBLE)
    theta = points(land, (2, 3))
    hidden, outputs = land.layers(theta, x)
    parts = land.unpack(theta)
    expected = torch.relu(torch.einsum("...oi,ni->...no", parts["W1"], x) + parts["b1"].unsqueeze(-2))
    torch.testing.assert_close(hidden, expected)
    torch.testing.assert_close(outputs, hidden @ parts["W2"].mT + parts["b2"].unsqueeze(-2))
    assert torch.equal(land.outputs(theta, xor().x), land.outputs(theta))


def test_a_first_layer_as_wide_as_the_data_promises_zero():
    data = teacher_student_samples(2, 6, d=3)
    assert tanh_mlp([3, 6, 1], data).known_minimum == 0.0
    assert tanh_mlp([3, 5, 1], data).known_minimum is None
    assert tanh_mlp([3, 6, 1], data, weight_decay=1e-3).known_minimum is None
    assert sigmoid_mlp([3, 6, 1], data).known_minimum is None  # a sigmoid output never reaches its bounds
    twice = Data(torch.zeros(2, 1, dtype=DOUBLE), torch.tensor([0.0, 1.0]))
    assert relu_mlp([1, 4, 1], twice).known_minimum is None
    land = tanh_mlp([3, 6, 1], data)  # and the promise is kept: solve for the last layer
    parts = land.unpack(points(land, ()))
    F = land.layers(points(land, ()))[0]
    W2 = torch.linalg.solve(F, data.y)
    assert float(land.loss(land.pack(**parts | {"W2": W2[None], "b2": torch.zeros(1, dtype=DOUBLE)}))) < 1e-20


# ------------------------------------------------------------------------------------ points that are known


@pytest.mark.parametrize("name", landmark_names())
def test_landmarks_have_the_loss_that_is_written_beside_them(name):
    mark = landmark(name)
    if mark.loss is not None:
        digits = 10 if name.endswith(("log, trap", "squared, trap")) else 6
        assert float(mark.land.loss(mark.theta)) == pytest.approx(mark.loss, abs=0.6 * 10.0**-digits)
    critical = float(mark.land.gradient(mark.theta).norm()) < (2e-6 if name.endswith("exit") else 2e-10)
    assert critical != mark.note.startswith("not critical")


def no_lower_loss_nearby(mark, radius, members=20_000):
    noise = points(mark.land, (members,), seed=11, scale=1.0)
    noise *= (
        radius
        * torch.rand(members, 1, dtype=DOUBLE, generator=torch.Generator().manual_seed(12))
        / noise.norm(dim=1, keepdim=True)
    )
    return float((mark.land.loss(mark.theta + noise) - mark.land.loss(mark.theta)).min()) > -1e-12


SPECTRA = {
    "ten points, log, trap": (0.006238, 0.03697, 0.05349, 0.1204, 0.1324, 0.3268, 1.044, 4.222, 4.556),
    "ten points, squared, trap": (0.001866, 0.008780, 0.02381, 0.02822, 0.05467, 0.1183, 0.3611, 1.780, 2.099),
    "nine points, log, trap": (0.002257, 0.007021, 0.01268, 0.01709, 0.03982, 0.1104, 0.4849, 0.7279, 3.438),
    "relu 1, trap": (0, 0.4552, 5.8153, 99.7295),
    "relu 1, solution": (0, 0, 7.0557, 24.9443),
    "relu 2, interior": (0, 0, 0, 2.6371, 6.6716, 111.9643, 767.3936),
    "relu 3, worse, interior": (0, 0, 0, 0, 0, 0.7288, 5.9694, 68.6342, 148.5758, 912.7586),
    "relu 3, better, interior": (0, 0, 0, 0, 0, 0.9526, 3.4080, 5.3673, 30.5408, 812.3979),
    "dead layer": (0,) * 12 + (12,),
    "jellyfish, trap": (0, 0, 0, 0, 0, 0, 0.002581, 1.0326, 8.3523),
}


@pytest.mark.parametrize("name", SPECTRA)
def test_spectra_of_the_landmarks(name):
    mark = landmark(name)
    found = classify(mark.land, mark.theta)[0]
    assert found.eigenvalues.tolist() == pytest.approx(SPECTRA[name], rel=5e-4, abs=5e-8)
    assert int(found.index) == 0
    assert (found.kind == "strict minimum") == ("points" in name)


RADII = {
    "ten points, log, trap": 0.05,
    "ten points, squared, trap": 0.05,
    "relu 1, trap": 0.15,
    "relu 2, terrace": 0.03,
    "relu 2, interior": 0.03,
    "relu 3, worse, interior": 0.03,
    "relu 3, better, interior": 0.03,
    "dead layer": 0.3,
    "jellyfish, trap": 0.3,
}


@pytest.mark.parametrize("name", RADII)
def test_no_lower_loss_near_a_minimum(name):
    assert no_lower_loss_nearby(landmark(name), RADII[name])


@pytest.mark.parametrize("name", ["ten points, log, exit", "ten points, log, all right", "dead layer, bump"])
def test_the_search_for_lower_losses_finds_them_where_they_are(name):
    mark = landmark(name)
    if name == "dead layer, bump":  # a minimum: move its output off the mean to have something to find
        mark.theta[-1] += 0.1
    assert not no_lower_loss_nearby(mark, 0.3)


class TestTenPoints:
    @pytest.mark.parametrize("loss", ["log", "squared"])
    def test_four_of_ten_against_ten_of_ten(self, loss):
        data, trap = ten_points(), landmark(f"ten points, {loss}, trap")
        better = landmark("ten points, log, all right").theta
        assert float(accuracy(trap.land.outputs(trap.theta), data.y)) == pytest.approx(0.4)
        assert float(accuracy(trap.land.outputs(better), data.y)) == 1.0
        smallest = float(torch.logit(trap.land.outputs(trap.theta)).abs().min())
        assert smallest == pytest.approx({"log": 0.0714, "squared": 0.0368}[loss], abs=6e-5)

    def test_logits_at_the_trap(self):
        trap = landmark("ten points, log, trap")
        listed = [1.2588, 0.0822, -0.3725, -2.0965, -0.3516, 1.8359, 0.1925, 0.6495, -1.2612, -0.0714]
        assert torch.logit(trap.land.outputs(trap.theta))[:, 0].tolist() == pytest.approx(listed, abs=6e-5)

    def test_the_better_point_falls_towards_zero_as_its_output_weights_grow(self):
        k = torch.tensor([1, 2, 4, 8, 16], dtype=DOUBLE)[:, None]
        theta = landmark("ten points, log, all right").theta.repeat(5, 1)
        theta[:, 6:] *= k
        log, squared = (landmark(f"ten points, {loss}, trap").land for loss in ("log", "squared"))
        assert log.loss(theta).tolist() == pytest.approx([2.745456, 1.397782, 0.479447, 0.073107, 0.002520], abs=6e-7)
        assert squared.loss(theta).tolist() == pytest.approx([0.688409, 0.277886, 0.054324, 0.002315, 5.2e-6], abs=6e-7)

    @pytest.mark.parametrize(
        ("loss", "height", "eigenvalue"), [("log", 0.004392, -0.04237), ("squared", 0.000362, -0.004499)]
    )
    def test_the_exit_is_low(self, loss, height, eigenvalue):
        trap, exit_ = landmark(f"ten points, {loss}, trap"), landmark(f"ten points, {loss}, exit")
        polished = refine(exit_.land, exit_.theta)
        found = classify(exit_.land, polished.theta)[0]
        assert not bool(polished.left)
        assert float(found.loss) - trap.loss == pytest.approx(height, abs=6e-7)
        assert int(found.index) == 1
        assert float(found.eigenvalues[0]) == pytest.approx(eigenvalue, rel=2e-4)

    def test_eight_copies_with_the_same_index_but_not_the_same_spectrum(self):
        trap = landmark("ten points, log, trap")
        copies = torch.stack([mirror(trap.land, trap.theta, units) for units in ([], [0], [1], [0, 1])])
        swap = torch.tensor([2, 3, 0, 1, 5, 4, 7, 6, 8])
        copies = torch.cat([copies, copies[:, swap]])
        assert (
            distinct(trap.land, copies).counts.tolist()
            == distinct(trap.land, classify(trap.land, copies)).counts.tolist()
            == [8]
        )
        for copy in copies:
            torch.testing.assert_close(match(trap.land, copy, trap.theta), trap.theta, rtol=0, atol=1e-14)
        found = classify(trap.land, copies)
        assert found.kind == ("strict minimum",) * 8
        torch.testing.assert_close(found.loss, found.loss[:1].expand(8), rtol=0, atol=1e-13)
        assert sorted(found.eigenvalues[:4, 0].tolist()) == pytest.approx(
            [0.003927, 0.005011, 0.005601, 0.006238], abs=6e-7
        )
        torch.testing.assert_close(found.eigenvalues[:4], found.eigenvalues[4:], rtol=0, atol=1e-10)

    def test_tanh_neurons_make_the_same_network(self):
        # s(t) = (1 + tanh(t/2)) / 2
        trap = landmark("ten points, log, trap")
        a, b, v, c = trap.theta[:4], trap.theta[4:6], trap.theta[6:8], trap.theta[8:]
        theta = torch.cat([a / 2, b / 2, v / 2, c + v.sum() / 2])
        found = classify(tanh_mlp([2, 2, 1], ten_points(), "log"), theta)[0]
        assert float(found.loss) == pytest.approx(trap.loss, abs=1e-11)
        assert found.kind == "strict minimum"

    @pytest.mark.parametrize(("points_", "rank"), [("ten points", 9), ("nine points", 8)])
    def test_rank_of_the_jacobian_at_the_trap(self, points_, rank):
        trap = landmark(f"{points_}, log, trap")
        jacobian = torch.func.jacrev(lambda theta: torch.logit(trap.land.outputs(theta))[:, 0])(trap.theta)
        values = torch.linalg.svdvals(jacobian)
        assert int((values > 1e-8 * values[0]).sum()) == rank

    def test_doubling_a_unit_makes_a_saddle(self):
        trap = landmark("ten points, log, trap")
        data, parts = ten_points(), trap.land.unpack(trap.theta)
        residual = trap.land.outputs(trap.theta)[:, 0] - data.y
        x = torch.cat([data.x, torch.ones(10, 1, dtype=DOUBLE)], dim=1)
        listed = [(-0.042, 0.042, 1.309), (-0.066, 0.022, 0.288)]
        for j in range(2):
            s = torch.sigmoid(data.x @ parts["W1"][j] + parts["b1"][j])
            weights = residual * parts["W2"][0, j] * s * (1 - s) * (1 - 2 * s)
            eigenvalues = torch.linalg.eigvalsh(x.mT @ (weights[:, None] * x))
            assert eigenvalues.tolist() == pytest.approx(listed[j], abs=6e-4)

    def test_nine_points_suffice(self):
        trap, better = landmark("nine points, log, trap"), landmark("nine points, log, all right")
        y = torch.tensor([0, 1, 0, 1, 0, 1, 1, 1, 0])
        assert float(accuracy(trap.land.outputs(trap.theta), y)) == pytest.approx(4 / 9)
        assert float(accuracy(better.land.outputs(better.theta), y)) == 1.0

    @pytest.mark.parametrize(("loss", "step"), [("log", 0.2), ("squared", 0.5)])
    def test_about_half_of_all_runs_are_trapped(self, loss, step):
        trap = landmark(f"ten points, {loss}, trap")
        theta = points(trap.land, (200,), seed=5, scale=0.5)
        for _ in range(8000):
            theta = theta - step * trap.land.gradient_of(theta)
        share = float(((trap.land.loss(theta) - trap.loss).abs() < 0.002).double().mean())
        assert 0.45 <= share <= 0.80


class TestReluExamples:
    def test_a_closed_valley_of_traps(self):
        land, v = landmark("relu 1, trap").land, torch.tensor([0.1, 0.5, 1.0, 3.0, 20.0], dtype=DOUBLE)
        valley = torch.stack([1 / v, -3 / v, v, 0 * v], dim=1)
        assert (land.loss(valley) - 18).abs().max() < 1e-12
        assert land.gradient(valley).norm(dim=1).max() < 1e-9

    def test_the_hessian_on_the_kink_depends_on_the_side(self):
        mark = landmark("relu 1, trap")
        on = relu_mlp(
            [1, 1, 1], Data(torch.tensor([[5.0], [4], [3], [1], [-1]]), torch.tensor([2.0, 1, 0, -3, 3])), at_kink="on"
        )
        assert torch.equal(on.gradient(mark.theta), mark.land.gradient(mark.theta))  # the residual there is zero
        eigenvalues = torch.linalg.eigvalsh(on.hessian(mark.theta)).tolist()
        assert eigenvalues == pytest.approx([0, 2.0, 4.4153, 119.5847], abs=6e-5)

    def test_the_barrier_around_the_trap_is_exactly_three_point_two(self):
        land = landmark("relu 1, trap").land
        corners = [(1, -3, 1, 0), (1, -3, 0, 0.6), (-7, -4, 0, 0.6), (-7, -4, 1, 0)]
        heights = walk(land, corners)
        assert float(heights.max()) == pytest.approx(21.2, abs=1e-12)
        assert [float(heights[0]), float(heights[-1])] == [18.0, 14.0]

    @settings(max_examples=30, deadline=None)
    @given(seed=st.integers(0, 10_000))
    def test_the_sign_of_the_first_weight_decides_how_low_the_loss_can_be(self, seed):
        land, theta = landmark("relu 1, trap").land, points(landmark("relu 1, trap").land, (1000,), seed, scale=4.0)
        losses, w = land.loss(theta), theta[:, 0]
        assert losses[w > 0].min() >= 18
        assert losses[w < 0].min() >= 14
        theta[:, 0] = 0
        assert land.loss(theta).min() >= 21.2 - 1e-12

    @pytest.mark.parametrize(
        ("theta", "loss"), [((-5, -1, 1, -8, 1, -1, -1), 29), ((-3, -1, 13 / 3, -10, 1, -1, -3), 23 / 3)]
    )
    def test_the_printed_sign_of_example_two_is_a_misprint(self, theta, loss):
        assert float(landmark("relu 2, terrace").land.loss(torch.tensor(theta, dtype=DOUBLE))) == pytest.approx(loss)

    @pytest.mark.parametrize(
        ("name", "corners", "height"),
        [
            ("relu 2, terrace", [(-3, 1, 13 / 3, -10, 1, -1, -3), (-3, 1, 3, -26 / 3, 1, -1, -5 / 3),
                                 (-5, 1, 1, -8, 1, -1, -1)], 8 / 3),
            ("relu 3, worse", [(-2, 1, 1, 11 / 3, -10, -11, 1, -1, -1, -3), (-2, 1, 1, 2, -25 / 3, -11, 1, -1, -1, -4 / 3),
                               (-3, 1, 1, 1, -8, -11, 1, -1, -1, -1)], 2 / 3),
            ("relu 3, better", [(-1.5, -1.5, 1.5, 1, 0, -79 / 6, 1, 1, -1, -1), (-3, -1.5, 1.5, 1, 0, -79 / 6, 1, 0, -1, -1),
                                (-3, 1, 1.5, 1, -11, -79 / 6, 1, 0, -1, -1), (-3, 1, 1, 1, -11, -8, 1, -1, -1, -1)], 1 / 6),
        ],
    )  # fmt: skip
    def test_terraces_have_exits_that_never_rise(self, name, corners, height):
        heights = walk(landmark(name).land, corners, steps=101)
        assert torch.diff(heights).max() < 1e-12
        flat, last = heights[:-101], heights[-101:]
        assert (flat - height).abs().max() < 1e-12
        s = torch.linspace(0, 1, 101, dtype=DOUBLE)
        torch.testing.assert_close(last, height * (1 - s) ** 2, rtol=0, atol=1e-12)

    def test_kinks_and_blind_spots(self):
        distances = {
            "relu 2, terrace": 0,
            "relu 2, interior": 1 / 3,
            "relu 3, worse, interior": 2 / 3,
            "relu 3, better, interior": 1 / 2,
        }
        for name, distance in distances.items():
            mark = landmark(name)
            x = torch.tensor([[-1.0], [0], [1], [10], [11], [12]], dtype=DOUBLE)
            assert float(distance_to_kink(mark.land, mark.theta, x)) == pytest.approx(distance, abs=1e-12)
        local, best = landmark("relu 2, interior"), landmark("relu 2, solution")
        assert not blind_spots(local.land, local.theta, x).any()  # stuck, though every sample has an active neuron
        assert blind_spots(best.land, best.theta, x).tolist() == [False, False, True, False, False, False]

    def test_activity_in_a_deep_batch(self):
        land, x = relu_mlp([3, 4, 3, 2], two_targets()), two_targets().x
        theta = points(land, (5, 2))
        for before, on in zip(inputs_of_neurons(land, theta, x), active(land, theta, x), strict=True):
            assert torch.equal(before > 0, on)
        assert [on.shape for on in active(land, theta, x)] == [(5, 2, 6, 4), (5, 2, 6, 3)]
        assert distance_to_kink(land, theta, x).shape == (5, 2)
        assert blind_spots(land, theta, x).shape == (5, 2, 6)


def walk(land, corners, steps=101):
    corners = torch.tensor(corners, dtype=DOUBLE)
    s = torch.linspace(0, 1, steps, dtype=DOUBLE)[:, None]
    return torch.cat([land.loss((1 - s) * a + s * b) for a, b in pairwise(corners)])


class TestDeadLayers:
    def test_a_dead_network_moves_only_its_output_bias(self):
        mark = landmark("dead layer")
        assert torch.equal(mark.land.gradient(mark.theta), torch.zeros(13, dtype=DOUBLE))
        mark.theta[-1] = 3
        assert mark.land.gradient(mark.theta).tolist() == [0.0] * 12 + [12.0]

    def test_positive_weights_keep_the_far_sample_alone(self):
        data = saturation_example()
        land = relu_mlp([2, 8, 1], data, "log")
        noise = points(land, (10,), seed=7, scale=1.0)
        is_weight = torch.tensor([True] * 16 + [False] * 8 + [True] * 8 + [False])
        for theta, right, loss in ((0.5 + 0.1 * noise, 0.7, 5.7286), (0.5 * noise, 1.0, None)):
            theta = theta * is_weight
            for _ in range(5000):
                theta = theta - 0.01 * land.gradient_of(theta)  # 0.1 on the mean of ten
            assert accuracy(land.outputs(theta), data.y).tolist() == pytest.approx([right] * 10)
            assert loss is None or land.loss(theta).tolist() == pytest.approx([loss] * 10, abs=5e-3)

    def test_jellyfish_solution_sleeps_where_the_trap_is_awake(self):
        trap, best = landmark("jellyfish, trap"), landmark("jellyfish, all right")
        assert torch.logit(best.land.outputs(best.theta))[:, 0].tolist() == pytest.approx([2, 2, -1, -1], abs=1e-12)
        x = torch.tensor([[1.0, 0], [0.2, 0.6], [0, 1], [0.6, 0.2]], dtype=DOUBLE)
        assert active(trap.land, trap.theta, x)[0].all()
        assert blind_spots(best.land, best.theta, x).tolist() == [False, False, True, True]


# ------------------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sigmoid_mlp([3, 2, 1], xor()), r"data have 2 inputs, but widths = \[3, 2, 1\] begins with 3"),
        (lambda: sigmoid_mlp([2], xor()), r"at least two whole numbers.*\[2\] came"),
        (lambda: tanh_mlp([2, 0, 1], xor()), r"whole numbers from 1 on.*\[2, 0, 1\]"),
        (lambda: tanh_mlp([2, 2.5, 1], xor()), "whole numbers"),
        (lambda: relu_mlp([2, 2, 1], xor(), loss="hinge"), "no loss 'hinge'. The losses are: squared, log, cross_entropy"),
        (lambda: relu_mlp([2, 2, 1], xor(), output="softmax"), "must be one of.*'softmax' came"),
        (lambda: relu_mlp([2, 2, 1], xor(), reduction="none"), "reduction must be.*'none' came"),
        (lambda: relu_mlp([2, 2, 1], xor(), at_kink="half"), "at_kink must be.*'half' came"),
        (lambda: relu_mlp([2, 2, 1], xor(), weight_decay=-1.0), "weight_decay must be zero or positive.*-1.0"),
        (lambda: relu_mlp([2, 2, 2], xor()), r"2 outputs, but the targets y came as \(4,\). one_hot"),
        (lambda: tanh_mlp([2, 2, 1], Data(xor().x, 2 * xor().y), "log"), "labels from 0 to 1, but they go from 0 to 2"),
        (lambda: tanh_mlp([2, 2, 1], Data(xor().x, xor().y[:3])), "3 targets came for 4 samples"),
        (lambda: tanh_mlp([2, 2, 1], xor(), "cross_entropy"), 'use loss="log"'),
        (lambda: tanh_mlp([4, 2, 2], three_classes(), "cross_entropy"), "from 0 to 1, but they go from 0 to 2"),
        (lambda: landmark("atlantis"), "no landmark 'atlantis'. The landmarks are: ten points"),
        (lambda: mirror(tanh_mlp([2, 2, 1], xor()), torch.zeros(9), [0], layer=2), "has 1 hidden layers, but layer = 2"),
    ],
)  # fmt: skip
def test_arguments_that_do_not_fit_are_refused_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()
