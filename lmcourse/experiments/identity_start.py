"""Gradient descent from the identity on deep linear networks: what a target's eigenvalues decide.

Bartlett, Helmbold and Long (2018) ask which linear maps such a start can learn. All layers begin as the identity. For a
normal target they stay equal and share its eigenvectors, so every eigenvalue learns alone: with phi an eigenvalue of the
target, z one of each layer and w = z^L one of the product,

    z  <-  z + eta (phi - w) conj(z)^(L-1),     z = 1 at the start

The theorems are those of the paper. The explicit bound on steps, the chord for complex eigenvalues and all numbers are this
course's.

Data types, in words
    phi         (..., d): eigenvalues of the target, real or complex
    z, w        like phi: eigenvalues of each layer and of the product of all L layers
    rate        eta, the step size: a number, or a tensor that broadcasts against phi
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from lmcourse.devices import random_stream
from lmcourse.initialisations import starts
from lmcourse.landscape import Landscape
from lmcourse.networks.linear import linear_resnet

KAPPAS, DEPTHS, LEVELS = (2, 4, 16, 64), (2, 4, 8, 32), (1e-2, 1e-4, 1e-8, 1e-12)


def step(z: Tensor, phi: Tensor, depth: int, rate) -> Tensor:
    """One step of gradient descent on the eigenvalues z of every layer.

    >>> step(torch.tensor([1.0]), torch.tensor([2.0]), depth=4, rate=0.1)
    tensor([1.1000])
    """
    power = z ** (depth - 1)
    return z + rate * (phi - power * z) * (power.conj() if z.is_complex() else power)


def eigenvalues(phi, depth: int, rate, steps: int, start=1.0) -> Tensor:
    """The eigenvalues w (steps + 1, ...) of the product, from step to step; every layer begins as `start`.

    >>> eigenvalues([2.0, 0.5, -0.5], depth=4, rate=0.05, steps=2000)[-1].round(decimals=2)
    tensor([2.0000, 0.5000, 0.0000], dtype=torch.float64)
    """
    phi = _double(phi)
    z = torch.ones_like(phi) * start
    path = [z]
    for _ in range(steps):
        path.append(step(path[-1], phi, depth, rate))
    return torch.stack(path) ** depth


def _double(numbers) -> Tensor:
    """Numbers, tensors or lists in double precision, real or complex as they came."""
    numbers = numbers if isinstance(numbers, Tensor) else torch.from_numpy(np.asarray(numbers))
    return numbers.to(torch.complex128 if numbers.is_complex() else torch.float64)


def excess_loss(w: Tensor, phi: Tensor) -> Tensor:
    """1/2 sum over eigenvalues of |w - phi|^2, the loss (...) of a normal product and target with common eigenvectors.

    >>> excess_loss(torch.tensor([2.0, 0.0]), torch.tensor([2.0, -0.5]))
    tensor(0.1250)
    """
    return (w - phi).abs().square().sum(-1) / 2


def spectrum(kappa: float, d: int = 4) -> Tensor:
    """d eigenvalues (d,) in geometric order from kappa^(-1/2) to kappa^(1/2): condition number kappa.

    >>> spectrum(4)
    tensor([0.5000, 0.7937, 1.2599, 2.0000], dtype=torch.float64)
    """
    return torch.logspace(-0.5, 0.5, d, base=kappa, dtype=torch.float64)


def steps_to(phi: Tensor, depth: int, rate: float, levels=LEVELS, most: int = 100_000) -> list[int | None]:
    """After how many steps the excess loss is at most each of the falling `levels`; None where `most` steps are too few.

    >>> phi = spectrum(4)
    >>> steps_to(phi, depth=8, rate=1 / (8 * phi.max() ** 2))
    [8, 32, 91, 151]
    """
    z, found = torch.ones_like(phi), []
    for count in range(most + 1):
        loss = float(excess_loss(z**depth, phi))
        while loss <= levels[len(found)]:
            found.append(count)
            if len(found) == len(levels):
                return found
        if not math.isfinite(loss):
            break
        z = step(z, phi, depth, rate)
    return [*found, *[None] * (len(levels) - len(found))]


def safe_rate(phi: Tensor, depth: int) -> float:
    """A step size with which no positive eigenvalue overshoots: 1 / (2 L M^(2 - 2/L)), M = max(1, largest phi).

    >>> safe_rate(spectrum(16), depth=2)
    0.0625
    """
    return 1 / (2 * depth * max(1.0, float(phi.max())) ** (2 - 2 / depth))


def most_steps(phi: Tensor, depth: int, level: float) -> float:
    """With `safe_rate` the excess loss is at most `level` after so many steps; for positive phi (d,). Derived in this course.

    (M/m)^(2 - 2/L) ln(d D^2 M^(2 - 2/L) / (2 level)), where M = max(1, largest phi), m = min(1, smallest), D = max(M - 1, -ln m).

    >>> phi = spectrum(4)
    >>> steps_to(phi, 8, safe_rate(phi, 8), levels=[1e-6])[0] <= most_steps(phi, 8, 1e-6)
    True
    """
    M, m = max(1.0, float(phi.max())), min(1.0, float(phi.min()))
    D, power = max(M - 1, -math.log(m)), 2 - 2 / depth
    return max(0.0, (M / m) ** power * math.log(max(1.0, len(phi) * D**2 * M**power / (2 * level))))


def regularised(phi, depth: int, rate: float, steps: int, penalty=0.0, radius=math.inf) -> Tensor:
    """Eigenvalues z of each layer after steps that pull it to the identity, by penalty/2 |W_h - I|^2, or keep it within `radius`.

    penalty, radius : numbers, or tensors (..., 1) for several runs at once.

    >>> z = regularised([2.0, 1.0, -0.5], depth=4, rate=0.02, steps=3000, penalty=1.0)
    >>> z.round(decimals=3)
    tensor([1.1730, 1.0000, 0.7170], dtype=torch.float64)
    """
    phi, radius = torch.as_tensor(phi, dtype=torch.float64), torch.as_tensor(radius, dtype=torch.float64)
    z = torch.ones_like(phi + torch.as_tensor(penalty) + 0 * radius.clamp_max(1))
    for _ in range(steps):
        z = step(z, phi, depth, rate) - rate * penalty * (z - 1)
        z = torch.minimum(torch.maximum(z, 1 - radius), 1 + radius)
    return z


def rotation(degrees: float) -> Tensor:
    """The turn of the plane by so many degrees, a matrix (2, 2) with the eigenvalues exp(+-i angle).

    >>> rotation(180)
    tensor([[-1.,  0.],
            [ 0., -1.]], dtype=torch.float64)
    """
    eighths = {0: (1.0, 0.0), 90: (0.0, 1.0), 180: (-1.0, 0.0), 270: (0.0, -1.0)}  # exact, where cos and sin are not
    angle = math.radians(degrees)
    cos, sin = eighths.get(degrees % 360, (math.cos(angle), math.sin(angle)))
    return torch.tensor([[cos, -sin], [sin, cos]], dtype=torch.float64) + 0.0


def products(land: Landscape, theta: Tensor) -> Tensor:
    """W_L ... W_1 (..., d, d) of a linear network at theta (..., P).

    >>> import lmcourse as lm
    >>> land = lm.linear_resnet(rotation(90), depth=3)
    >>> products(land, 2 * lm.starts(land, seeds=[0]))
    tensor([[[8., 0.],
             [0., 8.]]], dtype=torch.float64)
    """
    product = None
    for W in land.unpack(theta).values():
        product = W if product is None else W @ product
    return product


def closest_to_zero(phi, start=1.0) -> Tensor:
    """The distance (...) of 0 from the chord, the straight line from `start` to phi (...).

    >>> closest_to_zero([2.0, -0.5, 1j])
    tensor([1.0000, 0.0000, 0.7071], dtype=torch.float64)
    """
    start, phi = (_double(each).to(torch.complex128) for each in (start, phi))
    along = phi - start
    share = -(along.conj() * start).real / along.abs().square().clamp_min(1e-300)  # where the line is closest
    return (start + share.clamp(0, 1) * along).abs()


def lowest_with_random_steps(phi: float, depth: int, runs: int = 100, steps: int = 300, seed: int = 0) -> Tensor:
    """The lowest loss (runs,) on the way of one eigenvalue, where each step has a random size from 0.001 to 3.

    Half of the runs have a random penalty towards the identity as well, up to 1. A run that leaves all bounds ends there.

    >>> lowest_with_random_steps(-0.5, depth=4).min() >= 0.125
    tensor(True)
    """
    draw = random_stream(seed)
    penalty = torch.from_numpy(draw.uniform(0, 1, size=runs) * (draw.uniform(size=runs) < 0.5))
    rates = torch.from_numpy(10 ** draw.uniform(-3, math.log10(3), size=(steps, runs)))
    target, z = torch.tensor(phi, dtype=torch.float64), torch.ones(runs, dtype=torch.float64)
    lowest = torch.full_like(z, math.inf)
    for rate in rates:
        lowest = torch.fmin(lowest, (z**depth - target).square() / 2)
        z = step(z, target, depth, rate) - rate * penalty * (z - 1)
    return lowest


def steps_on_the_plane(phi: Tensor, depth: int, rate: float, level: float, most: int) -> Tensor:
    """For each eigenvalue phi (...) the first step after which |w - phi|^2 / 2 is at most `level`; `most` + 1 where none is.

    >>> steps_on_the_plane(torch.tensor([2.0, -1.0, 1j]), depth=4, rate=0.02, level=1e-8, most=1000).tolist()
    [40, 1001, 126]
    """
    phi = phi.to(torch.complex128)
    z, found = torch.ones_like(phi), torch.full(phi.shape, most + 1)
    for count in range(most + 1):
        there = (z**depth - phi).abs().square() / 2 <= level
        found = torch.where(there & (found > most), count, found)
        z = step(z, phi, depth, rate)
    return found


def steps_with_noise(depth: int, noise: float, seeds=range(3), rate=0.05, level=1e-3, most=8000) -> Tensor:
    """The first step (members,) with a loss of at most `level` for the target diag(1, -1); `most` + 1 where none is.

    Every entry of the identity start gets noise N(0, noise^2).

    >>> bool((steps_with_noise(depth=2, noise=0.1) < 150).all())
    True
    """
    land = linear_resnet(torch.diag(torch.tensor([1.0, -1.0])), depth)
    theta = starts(land, seeds) + noise * starts(land, seeds, scheme="normal")
    found = torch.full((len(theta),), most + 1)
    for count in range(most + 1):
        there = (land.loss_of(theta) <= level) & (found > most)
        found[there] = count
        if (found <= most).all():
            break
        theta = theta - rate * land.gradient_of(theta)
    return found
