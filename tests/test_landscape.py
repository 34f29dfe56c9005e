"""Every landscape keeps the contract of `Landscape`: axes, derivatives, packing, and words for bad input."""

import pytest
import torch
from torch import nn

import lmcourse as lm

DOUBLE = torch.float64


def small_network() -> lm.Landscape:
    module = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)).double()
    data = lm.data.xor()
    return lm.from_module(module, lambda out, y: ((out.squeeze(-1) - y) ** 2).sum(), data)


LANDSCAPES = {
    "teacher-student": lambda: lm.teacher_student(k=3, n=4, d=5),
    "random teacher": lambda: lm.teacher_student(
        k=2, n=2, teacher=torch.linalg.qr(torch.randn(4, 2, dtype=DOUBLE)).Q.mT
    ),
    "module": small_network,
    **{name: (lambda name=name: lm.surface(name)) for name in lm.surface_names()},
}


@pytest.fixture(params=LANDSCAPES, ids=str)
def land(request):
    torch.manual_seed(0)
    return LANDSCAPES[request.param]()


@pytest.mark.parametrize("lead", [(), (1,), (7,), (3, 4)], ids=str)
def test_leading_axes_pass_through_and_members_do_not_see_each_other(land, lead):
    theta = torch.randn(*lead, land.dim, dtype=DOUBLE)
    v = torch.randn_like(theta)
    results = land.loss(theta), land.gradient(theta), land.hessian(theta), land.hvp(theta, v)
    shapes = [tuple(result.shape) for result in results]
    assert shapes == [lead, (*lead, land.dim), (*lead, land.dim, land.dim), (*lead, land.dim)]
    for position in torch.ones(lead).nonzero().tolist() if lead else []:
        position = tuple(position)
        alone = theta[position]
        single = land.loss(alone), land.gradient(alone), land.hessian(alone), land.hvp(alone, v[position])
        for batched, own in zip(results, single, strict=True):
            torch.testing.assert_close(batched[position], own, rtol=1e-12, atol=1e-12)


def test_gradient_agrees_with_central_differences(land):
    # Error of a central difference: h^2/6 * third derivative + rounding eps * |loss| / h. On these windows the first dominates.
    theta = 0.5 * torch.randn(3, land.dim, dtype=DOUBLE) + 0.1
    h = 1e-5
    steps = h * torch.eye(land.dim, dtype=DOUBLE)
    differences = (land.loss(theta[:, None] + steps) - land.loss(theta[:, None] - steps)) / (2 * h)
    scale = 1 + land.loss(theta).abs().max()
    assert (land.gradient(theta) - differences).abs().max() < 1e-8 * scale


def test_hessian_agrees_with_differences_of_the_gradient_and_is_symmetric(land):
    theta = 0.5 * torch.randn(3, land.dim, dtype=DOUBLE) + 0.1
    h = 1e-5
    steps = h * torch.eye(land.dim, dtype=DOUBLE)
    differences = (land.gradient(theta[:, None] + steps) - land.gradient(theta[:, None] - steps)) / (2 * h)
    hessian = land.hessian(theta)
    scale = 1 + hessian.abs().max()
    assert (hessian - differences).abs().max() < 1e-7 * scale
    torch.testing.assert_close(hessian, hessian.mT, rtol=0, atol=1e-12 * float(scale))


def test_hvp_is_the_hessian_times_the_vector(land):
    theta = torch.randn(4, land.dim, dtype=DOUBLE)
    v = torch.randn_like(theta)
    expected = (land.hessian(theta) @ v.unsqueeze(-1)).squeeze(-1)
    torch.testing.assert_close(land.hvp(theta, v), expected, rtol=1e-10, atol=1e-10)


def test_derivatives_agree_with_torch_func(land):
    theta = torch.randn(land.dim, dtype=DOUBLE)
    torch.testing.assert_close(land.gradient(theta), torch.func.grad(land.loss_of)(theta), rtol=1e-10, atol=1e-10)
    torch.testing.assert_close(land.hessian(theta), torch.func.hessian(land.loss_of)(theta), rtol=1e-9, atol=1e-9)


def test_pack_is_the_inverse_of_unpack(land):
    theta = torch.randn(3, 2, land.dim, dtype=DOUBLE)
    assert torch.equal(land.pack(**land.unpack(theta)), theta)


@pytest.mark.parametrize("land", [lm.teacher_student(3, 4, 5), lm.surface("octopus")], ids=str)
def test_dtype_is_carried_by_theta(land):
    theta = torch.zeros(2, land.dim, dtype=torch.float32) + 0.5
    assert {land.loss(theta).dtype, land.gradient(theta).dtype, land.hessian(theta).dtype} == {torch.float32}


def test_a_landscape_of_a_module_follows_the_module():
    land = small_network()
    theta = torch.randn(land.dim, dtype=DOUBLE)
    module = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)).double()
    module.load_state_dict(land.unpack(theta))
    data = lm.data.xor()
    expected = ((module(data.x).squeeze(-1) - data.y) ** 2).sum()
    torch.testing.assert_close(land.loss(theta), expected.detach())


def test_linear_loss_has_a_zero_hessian():
    plane = lm.Landscape("plane", {"x": (2,)}, lambda theta: theta.sum(-1))
    assert torch.equal(plane.hessian(torch.ones(3, 2)), torch.zeros(3, 2, 2))
    assert torch.equal(plane.hvp(torch.ones(2), torch.ones(2)), torch.zeros(2))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (torch.zeros(5), r"\(\.\.\., 36\).*came as \(5,\)"),
        (torch.tensor(1.0), r"came as \(\)"),
        (torch.zeros(36, dtype=torch.int64), "floating-point"),
        ([0.0] * 36, "torch tensor.*list"),
    ],
)
def test_bad_theta_is_refused_in_words(bad, words):
    with pytest.raises((TypeError, ValueError), match=words):
        lm.teacher_student(k=6).loss(bad)


def test_pack_says_which_parameters_it_wants():
    land = lm.teacher_student(k=2)
    with pytest.raises(ValueError, match=r"has the parameters \['W'\]"):
        land.pack(V=torch.eye(2))
    with pytest.raises(ValueError, match=r"W must have the shape \(\.\.\., 2, 2\)"):
        land.pack(W=torch.eye(3))


def test_a_module_without_parameters_is_refused():
    with pytest.raises(ValueError, match="no parameters"):
        lm.from_module(nn.ReLU(), nn.functional.mse_loss, lm.data.xor())


def test_repr_tells_the_story_in_one_line():
    assert repr(lm.teacher_student(k=6)).startswith(
        "Landscape: teacher-student, k = 6, n = 6, 36 parameters (W 6x6), loss = E 1/2"
    )
