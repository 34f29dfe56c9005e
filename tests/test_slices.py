"""Slices show the landscape: lines, planes, curves, and which copy of a network is drawn."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import lmcourse as lm
from lmcourse.data import Data
from lmcourse.devices import random_stream
from lmcourse.networks.relu import relu_mlp
from lmcourse.networks.sigmoid import tanh_mlp
from lmcourse.slices import balanced, curve, line, matched, plane, random_direction
from lmcourse.symmetry import random_element, transform

DOUBLE = torch.float64
bowl = lm.Landscape("bowl", {"x": (2,)}, lambda x: 0.5 * (x**2).sum(-1))
ring = lm.Landscape("ring", {"x": (2,)}, lambda x: ((x**2).sum(-1) - 1) ** 2)


def points(*rows):
    return torch.tensor(rows, dtype=DOUBLE)


def crossed_labels(samples=120, seed=0):
    """Gaussian points in the plane; the label says whether the signs of their coordinates agree."""
    x = torch.from_numpy(random_stream(seed).normal(size=(samples, 2)))
    return Data(x, (x[:, 0] * x[:, 1] > 0).to(DOUBLE))


def start(width, nets, seed=0):
    """One hidden layer: W, b ~ N(0, 1), v ~ N(0, 1/width), c = 0."""
    theta = torch.from_numpy(random_stream(seed, 77).normal(size=(nets, 4 * width + 1)))
    theta[:, 3 * width :] /= math.sqrt(width)
    theta[:, -1] = 0
    return theta


def train(land, theta, steps, lr):
    return lm.train(land, theta, method="adam", lr=lr, tol=0, max_steps=steps, schedule="cosine").theta


@pytest.fixture(scope="module")
def trained():
    """Twelve networks of each width on the crossed labels: {width: (landscape, theta (12, P))}."""
    found = {}
    for width in (4, 16, 32):
        land = tanh_mlp([2, width, 1], crossed_labels(), loss="log", reduction="mean", weight_decay=1e-3)
        found[width] = land, train(land, start(width, nets=12), steps=1200, lr=0.03)
    return found


# ---------------------------------------------------------------------------------------------- lines and planes


def test_a_line_through_a_bowl_is_a_parabola():
    found = line(bowl, points(-1.0, 2.0), points(1.0, 2.0), points=5, span=(-0.5, 1.5))
    assert found.t.tolist() == [-0.5, 0, 0.5, 1, 1.5]
    torch.testing.assert_close(found.loss, 2 + (2 * found.t - 1) ** 2 / 2)
    assert float(found.barrier) == 0  # convex: never above the straight line between its ends
    assert float(found.largest_rise) == 0.5


def test_the_barrier_counts_from_the_straight_line_between_the_ends():
    hill = lm.Landscape("hill", {"x": (1,)}, lambda x: (x * (3 - x)).sum(-1))  # 0 at 0, 2 at 2, and 2.25 at 1.5
    found = line(hill, points(0.0), points(2.0), points=41)
    assert math.isclose(found.barrier, 1.0)  # x (3 - x) - x = x (2 - x)
    assert math.isclose(found.largest_rise, 2.25)
    assert math.isclose(line(hill, points(2.0), points(0.0), points=41).barrier, 1.0)
    narrow = line(hill, points(0.0), points(2.0), span=(0.9, 1.0))
    assert math.isclose(narrow.largest_rise, 2.16)  # at 1.8 the height is 2.16: what it saw, and the ends


@pytest.mark.parametrize("lead", [(), (1,), (7,), (3, 4)], ids=str)
def test_leading_axes_pass_through_and_members_do_not_see_each_other(lead):
    torch.manual_seed(0)
    land = relu_mlp([2, 3, 1], lm.data.xor())
    a, b, c = torch.randn(3, *lead, land.dim, dtype=DOUBLE)

    def slices(a, b, c):
        path, bent, flat = line(land, a, b, points=6), curve(land, a, b, max_steps=5, points=4), plane(land, a, b, c, 3)
        same = random_direction(land, a), balanced(land, a), matched(land, a, b)
        return path.loss, path.barrier, path.largest_rise, bent.loss, bent.control, bent.at(path.t), flat.loss, *same

    results = slices(a, b, c)
    P = land.dim
    inner = [(6,), (), (), (4,), (3, P), (6, P), (3, 3), (P,), (P,), (P,)]
    assert [tuple(result.shape) for result in results] == [(*lead, *shape) for shape in inner]
    for position in torch.ones(lead).nonzero().tolist() if lead else []:
        position = tuple(position)
        for batched, own in zip(results, slices(a[position], b[position], c[position]), strict=True):
            torch.testing.assert_close(batched[position], own, rtol=1e-9, atol=1e-9)


def test_one_end_serves_many_lines():
    ends = torch.randn(5, 2, dtype=DOUBLE)
    assert line(bowl, points(0.0, 0.0), ends).loss.shape == (5, 51)


def test_a_plane_has_a_row_for_each_y():
    x, y = torch.eye(2, dtype=DOUBLE)
    found = plane(lm.surface("quadratic saddle"), points(1.0, 0.0), x, y, points=3)
    assert found.loss.tolist() == [[-0.5, 0.0, 1.5], [0, 0.5, 2], [-0.5, 0, 1.5]]
    assert found.coordinates(points(1.5, -2.0)).tolist() == pytest.approx([0.5, -2.0])


def test_a_plane_through_three_networks_finds_them_again():
    land = lm.teacher_student(4)
    a, b, c = lm.starts(land, seeds=range(3))
    found = plane(land, a, b - a, c - a, points=2, span=(0, 1))
    torch.testing.assert_close(found.loss[[0, 0, 1], [0, 1, 0]], land.loss(torch.stack([a, b, c])))
    torch.testing.assert_close(found.coordinates(torch.stack([a, b, c])), points([0.0, 0.0], [1.0, 0.0], [0.0, 1.0]))
    outside = found.coordinates(a + torch.randn_like(a))
    assert found.coordinates(a + outside @ torch.stack([b - a, c - a])).tolist() == pytest.approx(outside.tolist())


def test_large_pictures_are_computed_in_pieces(monkeypatch):
    land = lm.teacher_student(3)
    a, b, c = lm.starts(land, seeds=range(3))
    whole = plane(land, a, b, c, points=11).loss
    monkeypatch.setattr("lmcourse.slices.points.PRODUCTS_AT_A_TIME", 400)
    counts = []
    counting = lm.Landscape("counting", land.shapes, lambda theta: (counts.append(len(theta)), land.loss(theta))[1])
    torch.testing.assert_close(plane(counting, a, b, c, points=11).loss, whole, rtol=1e-13, atol=0)
    assert len(counts) > 1 and max(counts) * land.dim <= 100


def test_a_slice_of_a_sphere_stays_on_it():
    sphere = lm.Landscape(
        "sphere", {"x": (3,)}, lambda x: x.norm(dim=-1), retract=lambda x: x / x.norm(dim=-1)[..., None]
    )
    a, b = torch.eye(3, dtype=DOUBLE)[:2]
    torch.testing.assert_close(line(sphere, a, b).loss, torch.ones(51, dtype=DOUBLE))
    with pytest.raises(ValueError, match="curved surface"):
        curve(sphere, a, b)


# ---------------------------------------------------------------------------------------- random directions


def relu_network(weight_decay=0.0):
    """Two hidden layers, with the rescalings of all their neurons declared."""
    data = Data(torch.randn(15, 3, dtype=DOUBLE), torch.randn(15, 2, dtype=DOUBLE))
    return relu_mlp([3, 5, 4, 2], data, weight_decay=weight_decay)


def rescaled(land, theta, generator):
    for symmetry in land.symmetries:
        if symmetry.group == "scales":
            theta = transform(land, theta, symmetry, random_element(symmetry, generator))
    return theta


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_filter_normalised_pictures_do_not_change_under_rescalings_of_single_neurons(seed):
    torch.manual_seed(seed)
    land = relu_network()
    theta = torch.randn(land.dim, dtype=DOUBLE)
    copy = rescaled(land, theta, random_stream(seed))
    assert (copy - theta).norm() > 0.1
    torch.testing.assert_close(land.loss(copy), land.loss(theta), rtol=1e-10, atol=0)
    pictures = [line(land, x, x + random_direction(land, x, seed), 21, (-1, 1)).loss for x in (theta, copy)]
    torch.testing.assert_close(*pictures, rtol=1e-7, atol=0)
    raw = [line(land, x, x + random_direction(land, x, seed, "unit"), 21, (-1, 1)).loss for x in (theta, copy)]
    assert ((raw[0] - raw[1]).abs() / raw[0]).max() > 0.01  # without it the same network gives two pictures


def test_without_declared_rescalings_only_whole_layers_may_be_scaled():
    # Li et al. (2018) to the letter: the next layer's filters are as long as their own, whatever neuron the length comes from.
    torch.manual_seed(0)
    land = relu_network()
    bare = lm.Landscape("bare", land.shapes, land.loss_of)
    theta = torch.randn(land.dim, dtype=DOUBLE)
    scales = next(symmetry for symmetry in land.symmetries if symmetry.group == "scales")

    def picture(x):
        return line(bare, x, x + random_direction(bare, x), 21, (-1, 1)).loss

    alike = transform(land, theta, scales, 3.0 * torch.eye(5, dtype=DOUBLE))
    torch.testing.assert_close(picture(alike), picture(theta), rtol=1e-10, atol=0)
    single = transform(land, theta, scales, torch.diag(points(9.0, 1.0, 1.0, 1.0, 1.0)))
    assert ((picture(single) - picture(theta)).abs() / picture(theta)).max() > 0.01


def test_every_filter_of_the_direction_is_as_long_as_that_of_theta():
    land = lm.Landscape("shapes", {"K": (4, 2, 3, 3), "W": (5, 4), "b": (5,)}, lambda theta: theta.sum(-1))
    theta = torch.randn(2, land.dim, dtype=DOUBLE)
    found, model = land.unpack(random_direction(land, theta, seed=3)), land.unpack(theta)
    torch.testing.assert_close(found["K"].flatten(2).norm(dim=-1), model["K"].flatten(2).norm(dim=-1))
    torch.testing.assert_close(found["W"].norm(dim=-1), model["W"].norm(dim=-1))
    torch.testing.assert_close(found["b"].abs(), model["b"].abs())
    assert not torch.equal(found["W"], random_direction(land, theta, seed=4).narrow(-1, 72, 20).unflatten(-1, (5, 4)))


def test_unit_directions_have_length_one():
    assert math.isclose(random_direction(bowl, points(5.0, 6.0), normalise="unit").norm(), 1.0)


# ------------------------------------------------------------------------------------- copies of a network


def test_balanced_is_the_one_shortest_copy():
    torch.manual_seed(0)
    land = relu_network()
    theta = torch.randn(land.dim, dtype=DOUBLE)
    first = balanced(land, theta)
    torch.testing.assert_close(land.loss(first), land.loss(theta), rtol=1e-12, atol=0)
    for seed in range(5):
        copy = rescaled(land, theta, random_stream(seed))
        assert first.norm() < copy.norm()
        torch.testing.assert_close(balanced(land, copy), first, rtol=1e-9, atol=1e-11)
    tensors = land.unpack(first)
    into = torch.cat([tensors["W1"], tensors["b1"][:, None]], dim=1).norm(dim=1)
    torch.testing.assert_close(into, tensors["W2"].norm(dim=0))


def test_a_neuron_with_nothing_on_one_side_is_left_alone():
    land = relu_network()
    theta = land.unpack(torch.randn(land.dim, dtype=DOUBLE))
    theta["W2"][:, 2] = 0
    found = balanced(land, land.pack(**theta))
    assert torch.isfinite(found).all()
    assert torch.equal(land.unpack(found)["W1"][2], theta["W1"][2])
    assert torch.isfinite(random_direction(land, land.pack(**theta))).all()
    assert torch.isfinite(random_direction(land, torch.zeros(land.dim, dtype=DOUBLE))).all()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_matching_undoes_every_exchange_and_flip(seed):
    generator = random_stream(seed)
    land = tanh_mlp([2, 6, 5, 1], crossed_labels(10))
    theta = torch.from_numpy(generator.normal(size=land.dim))
    copy = theta
    for symmetry in land.symmetries:
        copy = transform(land, copy, symmetry, random_element(symmetry, generator))
    found = matched(land, copy, theta)
    torch.testing.assert_close(land.loss(found), land.loss(theta), rtol=1e-12, atol=0)
    assert (found - theta).norm() <= (copy - theta).norm()
    one_layer = tanh_mlp([2, 6, 1], crossed_labels(10))  # here the search is exact
    theta = torch.from_numpy(generator.normal(size=one_layer.dim))
    copy = theta
    for symmetry in one_layer.symmetries:
        copy = transform(one_layer, copy, symmetry, random_element(symmetry, generator))
    torch.testing.assert_close(matched(one_layer, copy, theta), theta)


def test_matching_is_nearer_than_any_other_copy():
    torch.manual_seed(0)
    land = tanh_mlp([2, 3, 1], crossed_labels(10))
    theta, target = torch.randn(2, land.dim, dtype=DOUBLE)
    exchange, flip = land.symmetries
    distances = []
    for order in itertools.permutations(range(3)):
        for signs in itertools.product([-1.0, 1.0], repeat=3):
            copy = transform(land, theta, exchange, torch.eye(3)[list(order)])
            copy = transform(land, copy, flip, torch.diag(torch.tensor(signs)))
            distances.append((copy - target).norm())
    assert math.isclose((matched(land, theta, target) - target).norm(), min(distances))


def test_barriers_between_networks_vanish_with_width_once_neurons_are_matched(trained):
    # Sheet of measurements for 120 points: 0.95 as trained and 0.005 matched at width 16; 0.002 at width 32; 0.08 at width 4.
    matched_barrier = {}
    for width, (land, theta) in trained.items():
        i, j = torch.triu_indices(12, 12, offset=1)
        raw = line(land, theta[i], theta[j], points=25).barrier.median()
        matched_barrier[width] = line(land, matched(land, theta[i], theta[j]), theta[j], points=25).barrier.median()
        assert raw > 0.3
    assert matched_barrier[4] > 0.03 and matched_barrier[16] < 0.02 and matched_barrier[32] < 0.01


def test_a_monotone_way_from_start_to_end_depends_on_the_rate():
    land = tanh_mlp([2, 8, 1], crossed_labels(), loss="log", reduction="mean", weight_decay=1e-4)
    theta0 = start(8, nets=20)
    share = [
        (line(land, theta0, train(land, theta0, 1000, lr)).largest_rise < 1e-6).double().mean() for lr in (0.003, 0.3)
    ]
    assert share[0] == 1 and share[1] < 0.8


# --------------------------------------------------------------------------------------------------- curves


def test_a_curve_follows_the_valley_and_keeps_its_ends():
    a, b = points(1.0, 0.0), points(-0.8, 0.6)
    straight = line(ring, a, b)
    assert straight.barrier > 0.8
    for kind, bends, bound in (("bezier", 1, 0.2), ("bezier", 2, 0.02), ("polygon", 1, 0.4), ("polygon", 5, 0.06)):
        found = curve(ring, a, b, kind, bends)
        assert torch.equal(found.control[0], a) and torch.equal(found.control[-1], b)
        assert found.control.shape == (bends + 2, 2)
        assert found.barrier < bound


def test_a_curve_cannot_avoid_a_mountain_range():
    a, b = points(-1.0, 0.3), points(1.0, -0.3)  # narrow pass: every way from x < 0 to x > 0 climbs to 1/4
    assert curve(lm.surface("narrow pass"), a, b, bends=3, points=201).loss.max() >= 0.249


def test_the_gradient_of_the_mean_loss_along_a_curve():
    from lmcourse.slices.paths import _blend, _curves

    torch.manual_seed(0)
    t = torch.linspace(0, 1, 7, dtype=DOUBLE)
    for kind in ("bezier", "polygon"):
        curves = _curves(lm.surface("himmelblau"), _blend(kind, t, 4))
        control = torch.randn(3, 8, dtype=DOUBLE)
        automatic = lm.Landscape("same", curves.shapes, curves.loss_of).gradient(control).unflatten(-1, (4, 2))
        automatic[:, [0, -1]] = 0
        torch.testing.assert_close(curves.gradient(control).unflatten(-1, (4, 2)), automatic)


def test_points_on_bezier_curves_and_polygons():
    a, b = points(0.0, 0.0), points(2.0, 0.0)
    flat = lm.Landscape("flat", {"x": (2,)}, lambda x: 0 * x.sum(-1))
    t = points(0.0, 0.25, 0.5, 1.0)
    for kind in ("bezier", "polygon"):
        untouched = curve(flat, a, b, kind, bends=2)
        torch.testing.assert_close(untouched.at(t), points([0.0, 0.0], [0.5, 0.0], [1.0, 0.0], [2.0, 0.0]))


def test_wide_networks_are_joined_by_a_low_curve(trained):
    for width, bound in ((16, 0.1), (32, 0.02)):
        land, theta = trained[width]
        straight, bent = line(land, theta[:3], theta[3:6]), curve(land, theta[:3], theta[3:6])
        assert straight.barrier.min() > 0.2
        assert bent.barrier.median() < bound


# ------------------------------------------------------------------------------------------ words


def test_results_tell_the_story_in_one_line():
    ends = torch.zeros(2, 2, dtype=DOUBLE), torch.ones(2, 2, dtype=DOUBLE)
    assert repr(line(bowl, ends[0][0], ends[1][0])) == "Path: line, loss 0 to 1, barrier 0"
    assert repr(line(bowl, *ends)) == "Path: 2 times line, barrier 0 in the middle, 0 at most"
    assert repr(curve(bowl, *ends, "polygon", 2, max_steps=1)).startswith("Path: 2 times polygon with 2 bends, barrier")
    assert (
        repr(plane(bowl, *ends, ends[0], points=3)) == "Plane: 2 times 3 x 3 points, x -1 to 1, y -1 to 1, loss 0 to 1"
    )


@pytest.mark.parametrize(
    ("function", "arguments", "words"),
    [
        (line, {"b": torch.ones(3)}, r"theta must have the shape \(\.\.\., 2\)"),
        (line, {"b": torch.tensor([1.0, math.nan])}, "finite"),
        (line, {"points": 1}, "points must be a whole number from 2 on, but 1 came"),
        (line, {"span": (1.0, 0.0)}, r"span must be \(from, to\) with from < to"),
        (curve, {"kind": "spline"}, 'kind must be "bezier" or "polygon"'),
        (curve, {"bends": 0}, "bends must be a whole number from 1 on"),
        (curve, {"lr": -1.0}, "learning rate must be positive"),
    ],
)
def test_bad_arguments_are_refused_in_words(function, arguments, words):
    with pytest.raises(ValueError, match=words):
        function(bowl, **{"a": torch.zeros(2), "b": torch.ones(2), **arguments})


def test_an_unknown_normalisation_is_refused():
    with pytest.raises(ValueError, match='normalise must be "unit" or "filter", but \'layer\' came'):
        random_direction(bowl, torch.zeros(2), normalise="layer")
