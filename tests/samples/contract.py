"""What every landscape promises, as checks that any family's tests can call with a landscape of theirs."""

import numpy as np
import torch

from lmcourse.symmetry import random_element, tangents, transform

DOUBLE = torch.float64
LEADING_AXES = [(), (1,), (7,), (3, 4)]


def points(land, lead, seed=0, scale=0.7):
    return scale * torch.randn(*lead, land.dim, dtype=DOUBLE, generator=torch.Generator().manual_seed(seed))


def check_leading_axes(land, lead):
    """Shapes follow the leading axes, and a member alone is the member in the batch."""
    theta, v = points(land, lead), points(land, lead, seed=1)
    results = land.loss(theta), land.gradient(theta), land.hessian(theta), land.hvp(theta, v)
    P = land.dim
    assert [tuple(result.shape) for result in results] == [lead, (*lead, P), (*lead, P, P), (*lead, P)]
    for position in torch.ones(lead).nonzero().tolist()[::5] if lead else []:
        position = tuple(position)
        alone = theta[position]
        single = land.loss(alone), land.gradient(alone), land.hessian(alone), land.hvp(alone, v[position])
        for batched, own in zip(results, single, strict=True):
            torch.testing.assert_close(batched[position], own, rtol=1e-12, atol=1e-12)


def check_central_differences(land):
    """Gradient and Hessian against differences: error h^2/6 third derivative + eps |value| / h, with h = 1e-5."""
    theta, h = points(land, (2,), seed=2), 1e-5
    steps = h * torch.eye(land.dim, dtype=DOUBLE)
    slopes = (land.loss(theta[:, None] + steps) - land.loss(theta[:, None] - steps)) / (2 * h)
    assert (land.gradient(theta) - slopes).abs().max() < 1e-8 * (1 + land.loss(theta).abs().max())
    curvatures = (land.gradient(theta[:, None] + steps) - land.gradient(theta[:, None] - steps)) / (2 * h)
    hessian = land.hessian(theta)
    assert (hessian - curvatures).abs().max() < 1e-7 * (1 + hessian.abs().max())
    torch.testing.assert_close(hessian, hessian.mT, rtol=0, atol=1e-12 * float(1 + hessian.abs().max()))


def check_torch_func(land):
    theta = points(land, (), seed=3)
    torch.testing.assert_close(land.gradient(theta), torch.func.grad(land.loss_of)(theta), rtol=1e-10, atol=1e-11)
    torch.testing.assert_close(land.hessian(theta), torch.func.hessian(land.loss_of)(theta), rtol=1e-9, atol=1e-10)


def check_symmetries(land, seed):
    """A random element of every declared group keeps the loss; tangents of continuous ones are flat."""
    theta, draw = points(land, (2,), seed=seed), np.random.default_rng(seed)
    for symmetry in land.symmetries:
        moved = transform(land, theta, symmetry, random_element(symmetry, draw))
        torch.testing.assert_close(land.loss(moved), land.loss(theta), rtol=1e-10, atol=1e-10)
    slopes = (tangents(land, theta) @ land.gradient(theta).unsqueeze(-1)).squeeze(-1)
    assert not slopes.numel() or slopes.abs().max() < 1e-10 * (1 + land.gradient(theta).abs().max())


def check_samples(land):
    """All rows in any order are the whole loss; the mean over single rows is the whole loss as well."""
    theta, N = points(land, (3,), seed=4), land.samples
    order = torch.stack([torch.randperm(N, generator=torch.Generator().manual_seed(m)) for m in range(3)])
    torch.testing.assert_close(land.batch_loss_of(theta, order), land.loss(theta), rtol=1e-12, atol=1e-12)
    one_by_one = [land.batch_loss_of(theta, torch.full((3, 1), row)) for row in range(N)]
    torch.testing.assert_close(torch.stack(one_by_one).mean(0), land.loss(theta), rtol=1e-12, atol=1e-12)
    one_by_one = [land.batch_gradient(theta, torch.full((3, 1), row)) for row in range(N)]
    torch.testing.assert_close(torch.stack(one_by_one).mean(0), land.gradient(theta), rtol=1e-10, atol=1e-11)
    by_hand = torch.func.grad(lambda t: land.batch_loss_of(t, order[:, :2]).sum())(theta)
    torch.testing.assert_close(land.batch_gradient(theta, order[:, :2]), by_hand, rtol=1e-10, atol=1e-11)


def check_dtype(land):
    theta = points(land, (2,)).float()
    assert {land.loss(theta).dtype, land.gradient(theta).dtype, land.outputs(theta).dtype} == {torch.float32}
    torch.testing.assert_close(land.loss(theta), land.loss(theta.double()).float(), rtol=1e-4, atol=1e-4)


def check_members_last(land):
    theta = points(land, (5,), seed=6)
    torch.testing.assert_close(land.members_last_gradient_of(theta.mT).mT, land.gradient(theta), rtol=1e-12, atol=1e-12)
