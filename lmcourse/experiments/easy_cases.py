"""Four results on why training is often easy, or hopeless without any trap, each as a small computation.

noisy_leaky_net     Soudry and Carmon (2016): leaky ReLU with random slopes; no bad differentiable minima from d0 d1 >= N on
downhill_path       Safran and Shamir (2016): a way down exists from high starts; this construction is the course's own
product_of_four     Lin, Tegmark and Rolnick (2016): four neurons multiply two numbers
parity_signal       Shamir (2016) on targets whose gradients carry no information; this computation for parities is the course's own
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from lmcourse.devices import DATA, LABELS, NOISE, random_stream
from lmcourse.landscape import Landscape

LEAK = 0.1


def _normal(*size: int, seed: int, stream: int = DATA) -> Tensor:
    return torch.from_numpy(random_stream(seed, stream).normal(size=size))


def slopes_of(z: Tensor, noise: float, seed: int) -> Tensor:
    """Slopes (..., N, neurons) of leaky ReLU units at z, each times 1 + noise * N(0, 1), fixed for sample and neuron."""
    factors = 1 + noise * _normal(*z.shape[-2:], seed=seed, stream=NOISE)
    return torch.where(z > 0, 1.0, LEAK).to(z) * factors


def leaky_rank(noise: float, seed: int, inputs: int = 5, neurons: int = 4, samples: int = 20) -> int:
    """The rank of the matrix (samples, neurons * inputs) of slope times input; at full rank only zero error has zero gradient.

    >>> leaky_rank(noise=0.1, seed=0)
    20
    """
    x, W = _normal(samples, inputs, seed=seed), _normal(neurons, inputs, seed=seed, stream=LABELS)
    features = slopes_of(x @ W.mT, noise, seed).unsqueeze(-1) * x.unsqueeze(-2)
    return int(torch.linalg.matrix_rank(features.flatten(-2)))


def noisy_leaky_net(neurons: int, inputs: int = 5, samples: int = 40, noise: float = 0.1, seed: int = 0) -> Landscape:
    """One hidden layer of leaky ReLU units with random slopes on random labels -1 and 1: mean (f - y)^2.

    >>> noisy_leaky_net(4).dim
    24
    """
    x = _normal(samples, inputs, seed=seed)
    y = torch.from_numpy(random_stream(seed, LABELS).choice([-1.0, 1.0], size=samples))

    def loss_of(theta: Tensor) -> Tensor:
        W, v = theta[..., : neurons * inputs].unflatten(-1, (neurons, inputs)), theta[..., neurons * inputs :]
        z = x @ W.mT  # (..., samples, neurons)
        return ((slopes_of(z, noise, seed) * z * v.unsqueeze(-2)).sum(-1) - y).square().mean(-1)

    return Landscape("leaky network with random slopes", {"W": (neurons, inputs), "v": (neurons,)}, loss_of)


def _output_weights(width: int, seed: int) -> Tensor:
    return _normal(width, seed=seed + 1, stream=NOISE) / width**0.5


def starts_above_zero(width: int, draws: int = 100, samples: int = 100) -> int:
    """How many of so many random starts of a ReLU network have a loss above that of answering zero.

    >>> starts_above_zero(50)
    100
    """
    above = 0
    for seed in range(draws):
        x, y = _normal(samples, 5, seed=seed), _normal(samples, seed=seed, stream=LABELS)
        W = _normal(2, width, 5, seed=seed, stream=NOISE)[0]
        output = (x @ W.mT).relu() @ _output_weights(width, seed)
        above += int((output - y).square().mean() > y.square().mean())
    return above


def downhill_path(seed: int = 0, width: int = 50, samples: int = 100, points: int = 200) -> tuple[Tensor, float]:
    """Losses (2 points + 1,) along a path of ReLU networks from a random start to a good network, and the loss of answering zero.

    On the straight line between the two the output layer is scaled so that the loss falls evenly to that of answering zero; then
    the scale shrinks to 1. Raises ValueError for a start below the loss of answering zero, where this path does not exist.

    >>> losses, zero = downhill_path()
    >>> bool((losses.diff() < 0).all()), bool(losses[0] > zero > losses[-1])
    (True, True)
    """
    x, y = _normal(samples, 5, seed=seed), _normal(samples, seed=seed, stream=LABELS)
    W = _normal(2, width, 5, seed=seed, stream=NOISE)  # hidden weights of the start and of the aim
    v_start = _output_weights(width, seed)
    v_aim = torch.linalg.lstsq((x @ W[1].mT).relu(), y, driver="gelsd", rcond=0.1).solution

    def loss(output: Tensor) -> Tensor:
        return (output - y).square().mean(-1)

    zero, start = float(loss(torch.zeros(samples))), float(loss((x @ W[0].mT).relu() @ v_start))
    if start <= zero:
        raise ValueError(f"The start has loss {start:.3g}, not above {zero:.3g}, that of answering zero.")
    losses = []
    for t in torch.linspace(0, 1, points + 1, dtype=torch.float64):
        output = (x @ torch.lerp(W[0], W[1], t).mT).relu() @ torch.lerp(v_start, v_aim, t)
        wanted = (1 - t) * start + t * zero
        a, b, c = output.square().mean(), -2 * (output * y).mean(), y.square().mean() - wanted
        scale = (-b + (b * b - 4 * a * c).sqrt()) / (2 * a)  # the larger root of: loss(scale * output) = what is wanted
        losses.append(loss(scale * output))
    shrinking = scale + (1 - scale) * torch.linspace(0, 1, points + 1, dtype=torch.float64)[1:]
    return torch.cat([torch.stack(losses), loss(shrinking[:, None] * output)]), zero


def product_of_four(
    u: Tensor, v: Tensor, size: float, s: Callable = torch.nn.functional.softplus, curvature: float = 0.25
) -> Tensor:
    """u v from four neurons s(+-size (u + v)), s(+-size (u - v)); curvature is s''(0), which must not be zero.

    >>> product_of_four(torch.tensor(0.5).double(), torch.tensor(0.4).double(), 0.1)
    tensor(0.1999, dtype=torch.float64)
    """
    both = s(size * (u + v)) + s(-size * (u + v)) - s(size * (u - v)) - s(-size * (u - v))
    return both / (4 * curvature * size**2)


def parity_signal(bits: int, neurons: int = 8, seed: int = 0) -> tuple[float, float]:
    """What gradients tell about a parity: their mean square over all 2^bits targets, computed, and as Parseval's formula gives it.

    A tanh network with Jacobian J(x) sees all inputs in {-1, 1}^bits; of the gradient of the squared loss only E[J(x) target(x)]
    depends on the target.

    >>> computed, formula = parity_signal(4)
    >>> abs(computed / formula - 1) < 1e-10
    True
    """
    x = torch.cartesian_prod(*[torch.tensor([1.0, -1.0], dtype=torch.float64)] * bits).reshape(-1, bits)
    W, b, v = (
        _normal(*size, seed=seed + i, stream=LABELS) for i, size in enumerate(((neurons, bits), (neurons,), (neurons,)))
    )
    F = torch.tanh(x @ W.mT / bits**0.5 + b)
    inner = (1 - F * F) * v / neurons**0.5
    J = torch.cat(
        [(inner.unsqueeze(-1) * x.unsqueeze(-2)).flatten(1), inner, F, torch.ones(len(x), 1, dtype=x.dtype)], dim=1
    )
    parities = torch.ones(
        1, 1, dtype=x.dtype
    )  # (2^bits, 2^bits), a row for each target: Sylvester's (1867) construction
    for _ in range(bits):
        parities = torch.cat([torch.cat([parities, parities], 1), torch.cat([parities, -parities], 1)])
    computed = (parities @ J / len(x)).square().sum(1).mean()
    return float(computed), float(J.square().sum(1).mean()) / len(x)
