"""Symmetries leave the loss as it is, move the gradient along, and explain zero eigenvalues."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import lmcourse as lm
from lmcourse.networks.sigmoid import mirror
from lmcourse.symmetry import GROUPS, IndexAxis, Symmetry, centred, random_element, tangents, transform, zero_modes

SIZES = st.tuples(st.integers(2, 4), st.integers(1, 5), st.integers(0, 3)).map(lambda s: (s[0], s[1], s[0] + s[2]))


@settings(max_examples=25, deadline=None)
@given(sizes=SIZES, seed=st.integers(0, 10_000))
def test_teacher_student_is_invariant_under_every_declared_symmetry(sizes, seed):
    land = lm.teacher_student(*sizes)
    theta = lm.starts(land, seeds=[seed])
    draw = np.random.default_rng(seed)
    for symmetry in land.symmetries:
        moved = transform(land, theta, symmetry, random_element(symmetry, draw))
        torch.testing.assert_close(land.loss(moved), land.loss(theta), rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(land.gradient(moved).norm(), land.gradient(theta).norm(), rtol=1e-10, atol=1e-12)


def two_layer_relu(group: str) -> lm.Landscape:
    """A little network that has the named symmetry, to test the group's action on both sides of its units."""
    activations = {"permutations": torch.sigmoid, "mirrors": torch.sigmoid, "signs": torch.tanh, "scales": torch.relu}
    activation = activations.get(group, lambda z: z)
    x = torch.randn(5, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(1))

    def loss_of(theta):
        W, b, v, c = theta[..., :6].unflatten(-1, (3, 2)), theta[..., 6:9], theta[..., 9:12], theta[..., 12:]
        hidden = activation(x @ W.mT + b.unsqueeze(-2))
        return ((hidden @ v.unsqueeze(-1)).squeeze(-1) + c - 1).square().sum(-1)

    axes = (IndexAxis("W", 0), IndexAxis("b", 0), IndexAxis("v", 0, power=-1))
    symmetry = Symmetry(group, 3, axes, "c" if group == "mirrors" else "")
    return lm.Landscape(group, {"W": (3, 2), "b": (3,), "v": (3,), "c": (1,)}, loss_of, symmetries=(symmetry,))


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_acts_on_what_flows_in_and_out(group):
    land = two_layer_relu(group)
    theta = lm.starts(land, seeds=range(4), scheme="normal")
    moved = transform(land, theta, land.symmetries[0], random_element(land.symmetries[0], np.random.default_rng(2)))
    assert not torch.allclose(moved, theta)
    torch.testing.assert_close(land.loss(moved), land.loss(theta), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    ("group", "count"),
    [("permutations", 0), ("signs", 0), ("mirrors", 0), ("scales", 3), ("rotations", 3), ("linear maps", 9)],
)
def test_tangents_are_flat_directions(group, count):
    land = two_layer_relu(group)
    theta = lm.starts(land, seeds=range(4), scheme="normal")
    directions = tangents(land, theta)
    assert directions.shape == (4, count, land.dim)
    assert zero_modes(land, theta).tolist() == [count] * 4
    slopes = (directions @ land.gradient(theta).unsqueeze(-1)).squeeze(-1)
    assert count == 0 or slopes.abs().max() < 1e-10


def test_unused_inputs_rotate():
    land = lm.teacher_student(k=2, n=3, d=5)
    theta = lm.starts(land, seeds=range(2))
    assert zero_modes(land, theta).tolist() == [3, 3]
    flat = torch.zeros(3, 5, dtype=torch.float64)
    flat[:, :2] = 1.0
    assert zero_modes(land, flat.flatten()).item() == 0  # no weight on the unused inputs: nothing moves


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), k=st.integers(2, 6))
def test_match_undoes_random_exchanges_of_neurons_and_inputs(seed, k):
    land = lm.teacher_student(k)
    theta = lm.starts(land, seeds=[seed])[0]
    shuffled, draw = theta, np.random.default_rng(seed)
    for symmetry in land.symmetries:
        shuffled = transform(land, shuffled, symmetry, random_element(symmetry, draw))
    assert torch.equal(lm.match(land, shuffled, theta), theta)


@pytest.mark.parametrize("k", [6, 9])
def test_match_finds_the_symmetric_minimum_in_any_order(k):
    land, target = lm.teacher_student(k), lm.symmetric_minimum(k).flatten()
    shuffled, draw = target, np.random.default_rng(k)
    for symmetry in land.symmetries:
        shuffled = transform(land, shuffled, symmetry, random_element(symmetry, draw))
    assert (lm.match(land, shuffled, target) - target).norm() < 1e-12


def test_match_does_not_make_different_points_equal():
    land = lm.teacher_student(6)
    target = torch.eye(6, dtype=torch.float64).flatten()
    assert (lm.match(land, lm.symmetric_minimum(6).flatten(), target) - target).norm() > 1


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    hidden=st.lists(st.integers(1, 4), min_size=1, max_size=2),
    factory=st.sampled_from([lm.sigmoid_mlp, lm.tanh_mlp]),
)
def test_copies_of_sigmoid_and_tanh_networks_are_one_network(seed, hidden, factory):
    land = factory([2, *hidden, 1], lm.data.ten_points(), loss="log")
    theta = lm.starts(land, seeds=[seed], scheme="normal")[0]
    draw, copies = np.random.default_rng(seed), [theta]
    for _ in range(3):
        copy = copies[-1]
        for symmetry in land.symmetries:
            copy = transform(land, copy, symmetry, random_element(symmetry, draw))
        copies.append(copy)
    if len(hidden) == 1:  # matching is exact for one hidden layer
        assert max(float((lm.match(land, copy, theta) - theta).norm()) for copy in copies) < 1e-12
        assert len(lm.distinct(land, torch.stack(copies))) == 1
    lengths = centred(land, torch.stack(copies)).norm(dim=1)
    torch.testing.assert_close(lengths, lengths[:1].expand(4))
    assert len(lm.distinct(land, torch.stack([theta, theta + 0.1]))) == 2


def test_mirrors_agree_with_their_formula():
    land = lm.sigmoid_mlp([2, 3, 2, 1], lm.data.ten_points(), loss="log")
    theta, second = lm.starts(land, seeds=range(3)), [s for s in land.symmetries if s.group == "mirrors"][1]
    turned = transform(land, theta, second, torch.diag(torch.tensor([1.0, -1.0])))
    torch.testing.assert_close(turned, mirror(land, theta, neurons=[1], layer=2), rtol=0, atol=1e-14)


def test_an_unknown_group_is_refused():
    with pytest.raises(ValueError, match="must be one of"):
        Symmetry("shears", 2, ())
    for group, bias in (("mirrors", ""), ("signs", "b2")):
        with pytest.raises(ValueError, match="the name of a bias"):
            Symmetry(group, 2, (), bias)
