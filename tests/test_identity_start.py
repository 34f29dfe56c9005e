"""Starting at the identity: modes, the explicit bound, floors, regularisers, chords and the power projection.

What the landscape itself does from the identity stands in test_linear_networks.py: matrices against the recursion, the floor, the
largest step, the odd jump, noise at two layers, and turns as matrices.
"""

import math

import numpy as np
import pytest
import torch
import traitlets

import lmcourse as lm
from lmcourse.experiments import identity_start as experiment
from lmcourse.experiments import power_projection as projection
from lmcourse.widgets.identity_start import ChordExplorer, walk

DOUBLE = torch.float64

# Steps to a loss of 1e-2, 1e-4, 1e-8, 1e-12: d = 4, geometric spectrum, step size 1 / (L phi_max^2)
STEPS = {
    (2, 2): (2, 6, 17, 27), (2, 4): (7, 22, 56, 90), (2, 16): (48, 167, 456, 748), (2, 64): (262, 1100, 3401, 5756),
    (4, 4): (8, 28, 78, 127), (4, 16): (64, 285, 862, 1449), (8, 2): (2, 8, 22, 37), (8, 4): (8, 32, 91, 151),
    (8, 16): (75, 375, 1189, 2020), (32, 4): (8, 36, 103, 172), (32, 16): (84, 462, 1516, 2595),
}  # fmt: skip
LONG = {
    (4, 64): (403, 2448, 8888, 15552), (8, 64): (506, 3705, 14475, 25684), (32, 64): (603, 5079, 20920, 37474),
}  # fmt: skip


# ----------------------------------------------------------------------------------------------- positive targets


@pytest.mark.parametrize(("depth", "kappa"), [*STEPS, *LONG])
def test_steps_by_depth_condition_number_and_level(depth, kappa):
    phi = experiment.spectrum(kappa)
    found = experiment.steps_to(phi, depth, 1 / (depth * float(phi.max()) ** 2))
    assert found == pytest.approx((STEPS | LONG)[depth, kappa], abs=1)


@pytest.mark.parametrize(("depth", "kappa"), [(8, 16), (32, 16), (8, 64)])
def test_steps_grow_with_the_logarithm_of_the_level(depth, kappa):
    _, first, second, third = (STEPS | LONG)[depth, kappa]
    assert third - second == pytest.approx(second - first, rel=0.05)
    phi = experiment.spectrum(kappa)
    rate = 1 / (depth * float(phi.max()) ** 2)
    late = experiment.steps_to(phi, depth, rate, levels=(1e-8, 1e-12, 1e-16))
    assert late[2] - late[1] == pytest.approx(late[1] - late[0], rel=0.03)
    fold = 1 / (-2 * math.log(1 - rate * depth * float(phi.min()) ** (2 - 2 / depth)))  # steps for a factor e
    assert late[2] - late[1] == pytest.approx(fold * math.log(1e4), rel=0.03)


def test_increments_of_the_worked_case_differ_by_less_than_three_percent():
    _, first, second, third = STEPS[8, 16]
    assert third - second == pytest.approx(second - first, rel=0.03)


def test_steps_grow_with_the_logarithm_of_the_dimension():
    phi = experiment.spectrum(4)
    found = [experiment.steps_to(phi.repeat(copies), 8, 1 / 32, levels=[1e-6])[0] for copies in (1, 4, 16, 64)]
    assert found == pytest.approx([62, 71, 80, 88], abs=1)


def test_the_explicit_bound_holds_and_nothing_overshoots():
    draw = np.random.default_rng(0)
    for _ in range(50):
        depth, d = int(draw.integers(1, 21)), int(draw.integers(1, 9))
        phi = torch.from_numpy(np.exp(draw.normal(scale=0.8, size=d)))
        rate, level = experiment.safe_rate(phi, depth), 10.0 ** draw.integers(-10, -1)
        assert experiment.steps_to(phi, depth, rate, [level])[0] <= experiment.most_steps(phi, depth, level) + 1
        w = experiment.eigenvalues(phi, depth, rate, 300)
        towards = (w[1:] - w[:-1]) * (phi - 1).sign()
        assert (towards >= -1e-12).all() and ((w - phi) * (phi - 1) <= 1e-12).all()


def test_near_the_identity_targets_need_not_be_symmetric():
    draw = torch.from_numpy(np.random.default_rng(0).normal(size=(20, 3, 3)))
    targets = torch.eye(3, dtype=DOUBLE) + 0.49 * draw / draw.norm(dim=(-1, -2), keepdim=True)
    loss = projection.descend(targets, depth=4, rate=0.1, steps=100).loss
    assert (loss[-1] < 1e-12).all()
    early = loss[:21]
    assert (early[1:] / early[:-1]).max() < 1


# ----------------------------------------------------------------------------------------------- negative eigenvalues


@pytest.mark.parametrize("target", [(2.0, 1.0, -0.5), (2.0, -1.0, -0.5), (-1.0, -1.0)], ids=str)
@pytest.mark.parametrize("depth", [2, 4, 6])
def test_the_plateau_lies_at_the_floor(target, depth):
    phi = torch.tensor(target, dtype=DOUBLE)
    floor = float(phi.clamp_max(0).square().sum()) / 2
    loss = experiment.excess_loss(experiment.eigenvalues(phi, depth, 1 / (8 * depth), 20_000), phi)
    assert loss.min() >= floor - 1e-12
    assert float(loss[-1]) == pytest.approx(floor, abs=1e-4)


@pytest.mark.parametrize("depth", [2, 4, 6])
def test_no_step_sizes_and_no_penalty_pass_the_floor(depth):
    lowest = experiment.lowest_with_random_steps(-0.5, depth)
    assert lowest.shape == (100,) and lowest.min() >= 0.125 - 1e-12


def test_an_odd_number_of_layers_jumps_unless_it_is_kept_near_the_identity():
    small, big = (experiment.eigenvalues([-1.0], 3, rate, 300) for rate in (0.1, 0.6))
    assert ((small + 1).square() / 2).min() >= 0.5 and float(big[-1]) == pytest.approx(-1, abs=1e-6)
    z = torch.stack([experiment.regularised([-1.0], 3, 0.6, steps, radius=0.99) for steps in range(0, 200, 7)])
    assert float(((z**3 + 1).square() / 2).min()) >= 0.5


REGULARISED = {
    "none": ({}, 0.125, 0.029), "c = 0.01": ({"penalty": 0.01}, 0.126851, 0.246), "c = 0.1": ({"penalty": 0.1}, 0.148880, 0.462),
    "c = 1": ({"penalty": 1.0}, 0.298342, 0.718), "r = 0.5": ({"radius": 0.5}, 0.158203, 0.5),
    "r = 0.9": ({"radius": 0.9}, 0.125050, 0.1), "r = 0.99": ({"radius": 0.99}, 0.125, 0.029),
}  # fmt: skip


def test_regularising_towards_the_identity_raises_the_plateau():
    phi = torch.tensor([2.0, 1.0, -0.5], dtype=DOUBLE)
    settings = [options for options, _, _ in REGULARISED.values()]
    penalty = torch.tensor([each.get("penalty", 0.0) for each in settings], dtype=DOUBLE)[:, None]
    radius = torch.tensor([each.get("radius", math.inf) for each in settings], dtype=DOUBLE)[:, None]
    z = experiment.regularised(phi, 4, 0.02, 60_000, penalty, radius)
    loss = experiment.excess_loss(z**4, phi)
    assert loss.tolist() == pytest.approx([loss for _, loss, _ in REGULARISED.values()], abs=1e-5)
    assert z[:, 2].tolist() == pytest.approx([third for _, _, third in REGULARISED.values()], abs=1e-3)
    assert (loss >= 0.125 - 1e-12).all()
    assert float(loss[4]) == pytest.approx((0.5**4 + 0.5) ** 2 / 2, abs=1e-9)


def test_a_penalty_acts_on_matrices_as_on_eigenvalues():
    phi, c, rate = torch.tensor([2.0, 1.0, -0.5], dtype=DOUBLE), 0.1, 0.02
    turn = torch.linalg.qr(torch.from_numpy(np.random.default_rng(1).normal(size=(3, 3)))).Q
    target = turn @ torch.diag(phi) @ turn.mT
    layers = [torch.eye(3, dtype=DOUBLE)] * 4
    for _ in range(200):
        pulled = [rate * c * (W - torch.eye(3, dtype=DOUBLE)) for W in layers]
        layers = [W - pull for W, pull in zip(projection.gradient_step(layers, target, rate), pulled, strict=True)]
    z = experiment.regularised(phi, 4, rate, 200, penalty=c)
    assert max(float((W - turn @ torch.diag(z) @ turn.mT).abs().max()) for W in layers) < 1e-10


def test_rounding_ends_the_plateau_of_two_layers_in_some_programs():
    phi = torch.tensor([2.0, 0.5, -0.5], dtype=DOUBLE)
    turn = torch.linalg.qr(torch.tensor([[1.0, 2, 3], [3, 1, 2], [2, 3, 4]], dtype=DOUBLE)).Q
    path = projection.descend(turn @ torch.diag(phi) @ turn.mT, depth=2, rate=0.05, steps=4000)
    assert abs(float(path.loss[1000]) - 0.125) < 1e-4  # 50 units of time; after 75 or more it may leave, or not


def test_one_step_size_for_all_depths_fails_in_three_ways():
    ends = {L: experiment.eigenvalues([2.0], L, 0.05, 3000)[-1000:] for L in (8, 16, 32, 64)}
    assert (ends[8] - 2).abs().max() < 1e-9 and ends[16].max() - ends[16].min() > 1
    assert (ends[32] < 1e-9).all() and ends[64].isnan().all()


@pytest.mark.parametrize("L", [2, 4])
def test_a_condition_number_alone_does_not_bound_the_steps(L):
    best = []
    for delta in (0.1, 0.03, 0.01):
        phi = torch.tensor([delta, 2 * delta], dtype=DOUBLE)
        counts = [
            experiment.steps_to(phi, L, rate, [1e-4 * delta**2], most=1000)[0] for rate in np.geomspace(0.01, 2, 40)
        ]
        best.append(min(count for count in counts if count is not None))
    assert best[0] < best[1] / 2 < best[2] / 4


@pytest.mark.parametrize("depth", [2, 3, 4, 6])
def test_the_resting_place_is_proved_to_be_a_saddle(depth):
    land = lm.linear_resnet(torch.diag(torch.tensor([2.0, 1.0, -0.5], dtype=DOUBLE)), depth)
    rest = torch.tensor([2.0, 1.0, 0.0], dtype=DOUBLE) ** (1 / depth)
    theta = land.pack(**{name: torch.diag(rest) for name in land.shapes})
    up = land.pack(**{name: torch.diag(torch.tensor([0.0, 0.0, 1.0], dtype=DOUBLE)) for name in land.shapes})
    down = torch.cat([-up[:9], up[9:]])
    if depth == 2:
        proof = lm.certify(land, theta, "index-1 saddle")
    else:
        proof = lm.certify(land, theta, "bad saddle", direction=down, upward=up)
    assert proof.proved and float(proof.loss_bounds[0]) == pytest.approx(0.125, abs=1e-12)


def test_less_noise_holds_longer_with_more_layers():
    waits = {L: [float(experiment.steps_with_noise(L, s).median()) for s in (1e-1, 1e-2)] for L in (2, 3, 4)}
    assert waits[2][1] < 200 and waits[3][1] > 2 * waits[3][0] and waits[4][1] > 5 * waits[4][0]
    assert float(experiment.steps_with_noise(2, 1e-4).max()) < 1500


# ----------------------------------------------------------------------------------------------- the chord


# degrees: steps to |w - phi|^2 < 1e-8 and smallest |w|, L = 4, step size 0.01
TURNS = {30: (213, 0.9649), 60: (237, 0.8625), 90: (263, 0.7011), 120: (300, 0.4930), 150: (379, 0.2537),
         170: (570, 0.0850), 175: (757, 0.0425)}  # fmt: skip


@pytest.mark.parametrize("degrees", TURNS)
def test_turns_walk_along_the_chord(degrees):
    phi = torch.polar(torch.tensor([1.0], dtype=DOUBLE), torch.tensor([math.radians(degrees)], dtype=DOUBLE))
    w = experiment.eigenvalues(phi, 4, 0.01, 1000)[:, 0]
    steps, nearest = TURNS[degrees]
    assert int(((w - phi).abs().square() < 1e-8).nonzero()[0]) == pytest.approx(steps, abs=1)
    assert float(w.abs().min()) == pytest.approx(nearest, abs=1e-4)
    assert float(w.abs().min()) == pytest.approx(math.cos(math.radians(degrees) / 2), abs=0.01)
    assert float(experiment.closest_to_zero(phi)) == pytest.approx(math.cos(math.radians(degrees) / 2), abs=1e-12)


def test_half_a_turn_is_never_learnt():
    w = experiment.eigenvalues([-1 + 0j], 4, 0.05, 3000)[:, 0]
    assert (w.imag == 0).all() and 1 <= float((w[-1] + 1).abs().square()) < 1.0001


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_small_steps_stay_on_the_chord(depth):
    phi = torch.tensor([-0.8 + 0.6j, 1.5 + 1j, 0.2 - 0.5j])
    w = experiment.eigenvalues(phi, depth, 0.002, 4000)
    chord = (phi - 1).to(w.dtype)
    assert (((w - 1) / chord).imag * chord.abs()).abs().max() < 0.01
    assert (w[-1] - phi).abs().max() < 1e-2


def test_complex_eigenvalues_are_those_of_real_layers():
    target = torch.block_diag(1.3 * experiment.rotation(100), torch.tensor([[0.4]], dtype=DOUBLE))
    turn = torch.linalg.qr(torch.from_numpy(np.random.default_rng(2).normal(size=(3, 3)))).Q
    land = lm.linear_resnet(turn @ target @ turn.mT, depth=4)
    theta = lm.starts(land, seeds=[0])[0]
    for _ in range(200):
        theta = theta - 0.02 * land.gradient(theta)
    found = torch.linalg.eigvals(experiment.products(land, theta))
    expected = experiment.eigenvalues(torch.linalg.eigvals(target), 4, 0.02, 200)[-1]
    assert max(float((found - each).abs().min()) for each in expected) < 1e-10


def test_the_map_of_the_plane_is_cut_along_the_negative_axis():
    plane = torch.tensor([[-1.5, -0.5, 0.5, 1.5], [-1.5 + 0.1j, -0.5 + 0.1j, 0.5 + 0.1j, 1.5 + 0.1j]])
    steps = experiment.steps_on_the_plane(plane, depth=4, rate=0.05, level=1e-4, most=1500)
    assert (steps > 1500).tolist() == [[True, True, False, False], [False] * 4]


@pytest.mark.parametrize("phi", [0.1, 0.1 + 0.2j, [0.1], torch.tensor(0.1, dtype=DOUBLE)])
def test_plain_numbers_keep_their_digits(phi):
    start = experiment.eigenvalues(phi, 1, 1.0, 1)[-1]
    assert abs(complex(start) - complex(phi[0] if isinstance(phi, list) else phi)) < 1e-15


# ----------------------------------------------------------------------------------------------- power projection


def test_the_lemmas_of_power_projection():
    draw = np.random.default_rng(0)
    for _ in range(50):
        d, depth, gamma = int(draw.integers(2, 6)), int(draw.integers(2, 8)), float(draw.uniform(0.05, 0.5))
        A = torch.from_numpy(2 * draw.normal(size=(d, d)))
        B = projection.project(A, gamma)
        assert float(projection.positivity(B)) >= gamma - 1e-9
        assert float(torch.linalg.svdvals(B)[-1]) >= gamma - 1e-9
        allowed = projection.random_positive(20, d, least=gamma, seed=int(draw.integers(1000)))
        assert ((A - B) * (allowed - B)).sum(dim=(-1, -2)).max() < 1e-9  # the projection on a convex set
        layers, singular = projection.shared(B, depth), torch.linalg.svdvals(B) ** (1 / depth)
        assert (projection.product_of(layers) - B).abs().max() < 1e-9
        for h, W in enumerate(layers):
            assert (torch.linalg.svdvals(W) - singular).abs().max() < 1e-9
            if h:
                assert (W.mT @ W - layers[h - 1] @ layers[h - 1].mT).abs().max() < 1e-9
        target = projection.random_positive(1, d, least=gamma, seed=int(draw.integers(1000)))[0]
        moved = projection.gradient_step(layers, target, 1.0)
        slopes = [float((W - new).norm()) for W, new in zip(layers, moved, strict=True)]
        assert min(slopes) >= gamma ** ((depth - 1) / depth) * float((B - target).norm()) - 1e-9


def test_a_path_keeps_its_products():
    targets = projection.random_positive(4, 3, least=0.2)
    for gamma in (None, 0.1):
        path = projection.descend(targets, 3, 0.02, 30, gamma)
        assert path.product.shape == (4, 4, 3, 3) and torch.equal(
            path.product[0], torch.eye(3, dtype=DOUBLE).expand(4, 3, 3)
        )
        assert ((path.product - targets).square().sum(dim=(-1, -2)) / 2 - path.loss[::10]).abs().max() < 1e-12


def test_the_gradient_step_is_that_of_the_landscape():
    draw = np.random.default_rng(3)
    target, layers = (torch.from_numpy(draw.normal(size=size)) for size in ((3, 3), (4, 3, 3)))
    land = lm.linear_resnet(target, depth=4)
    moved = torch.stack(projection.gradient_step(list(layers), target, 0.1))
    assert (moved.flatten() - (layers.flatten() - 0.1 * land.gradient(layers.flatten()))).abs().max() < 1e-12


def first_below(path, level=1e-10):
    return int((path.loss < level).nonzero()[0])


@pytest.mark.parametrize(("depth", "steps"), [(2, 57), (4, 68), (8, 75)])
def test_a_positive_target_far_from_the_identity(depth, steps):
    turns = torch.block_diag(experiment.rotation(80), experiment.rotation(40))
    target = turns @ torch.diag(torch.tensor([1.5, 1.5, 0.7, 0.7], dtype=DOUBLE))
    least = float(projection.positivity(target))
    assert least == pytest.approx(0.2605, abs=1e-4)
    for gamma in (0.9 * least, None):
        path = projection.descend(target, depth, 0.25 / depth, 120, gamma)
        assert first_below(path) == pytest.approx(steps, abs=1) and int(path.clipped) == 0


def test_a_target_on_which_descent_alone_leaves_the_positive_matrices():
    target = torch.tensor([[0.3, -6.0], [4.0, 5.5]], dtype=DOUBLE)
    assert float(projection.positivity(target)) == pytest.approx(0.1143, abs=1e-4)
    path = projection.descend(target, 4, 3.41e-4, 2200, gamma=0.1)
    assert first_below(path) == pytest.approx(1622, abs=5) and int(path.clipped) == pytest.approx(367, abs=3)
    assert float(path.positivity.min()) >= 0.1 - 1e-9
    alone = projection.descend(target, 4, 3.41e-4, 2200)
    assert first_below(alone) == pytest.approx(2041, abs=5)
    assert float(alone.positivity.min()) == pytest.approx(-0.718, abs=1e-3)


def test_each_step_contracts_in_the_limit_of_small_steps():
    target, depth, gamma = projection.random_positive(1, 3, least=0.3)[0], 4, 0.3
    rate = 0.001 / depth
    loss = projection.descend(target, depth, rate, 200, gamma).loss
    assert (loss[1:] / loss[:-1]).max() <= 1 - 0.95 * 2 * rate * depth * gamma ** (2 - 2 / depth)


def test_power_projection_must_not_be_used_where_the_target_is_not_positive():
    target = experiment.rotation(120)
    nearest = float((projection.project(target, 0.05) - target).square().sum()) / 2
    path = projection.descend(target, 4, 0.0125, 3000, gamma=0.05)
    assert nearest == pytest.approx(0.3025, abs=1e-4)
    assert nearest - 1e-9 <= float(path.loss[-1]) < 0.304
    assert float(projection.descend(target, 4, 0.0125, 3000).loss[-1]) < 1e-8


# ----------------------------------------------------------------------------------------------- the explorer


def test_the_target_snaps_to_the_real_axis_and_the_walk_follows():
    explorer = ChordExplorer(x=-1.0, y=0.5)
    assert "Step 167 is the first" in explorer.picture.readout and "the loss is below 10⁻¹²" in explorer.picture.readout
    explorer.handle_moved(0, -1.004, 0.031)
    assert (explorer.state.x, explorer.state.y) == (-1.0, 0.0)
    assert "At w = 0 the loss is 0.5; the lowest on the way was 0.50" in explorer.picture.readout
    explorer.state.turn, explorer.state.steps = 0.001, 3000
    assert "Step 1564 is the first" in explorer.picture.readout
    explorer.reset()
    assert "Step 167 is the first" in explorer.picture.readout
    explorer.close()


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ({"x": 9.0}, "real part of the target must lie between"),
        ({"y": float("nan")}, "imaginary part of the target must lie between"),
        ({"layers": 0}, "There is no number of layers 0"),
        ({"rate": 0.0}, "step size must lie between"),
        ({"steps": 10**6}, "number of steps must lie between"),
        ({"turn": 1.0}, "turn of each layer"),
    ],
)
def test_settings_of_the_explorer_that_make_no_sense_are_refused(setting, complaint):
    with pytest.raises(traitlets.TraitError, match=complaint):
        ChordExplorer(**setting)


def test_a_walk_that_diverges_says_so_and_a_jump_is_shown():
    far = ChordExplorer(x=-2.2, y=-1.65, layers=8, rate=1.0)
    assert "left all bounds" in far.picture.readout and "shorter steps" in far.picture.readout
    jump = walk(-1 + 0j, layers=3, rate=0.6, steps=300, turn=0.0)
    assert jump.arrived is not None and (jump.w.imag == 0).all()
    still = walk(-1 + 0j, layers=4, rate=0.6, steps=300, turn=0.0)
    assert still.arrived is None and still.loss.min() >= still.floor


def test_the_walk_of_the_explorer_is_that_of_the_experiment():
    phi = -0.7 + 0.4j
    w = experiment.eigenvalues([phi], 5, 0.03, 200)[:, 0].numpy()
    assert abs(walk(phi, layers=5, rate=0.03, steps=200, turn=0.0).w - w).max() < 1e-12
