"""Plateaus of deep linear networks: how modes are learnt in time, and how long saddles hold gradient descent.

Saxe, McClelland and Ganguli (2013) give the dynamics of aligned, balanced starts in closed form. Achour, Malgouyres and
Gerchinovitz (2024) show which saddles are bad, among them the balanced ones at best fits of too low a rank, and race Adam from
saddles of both kinds. The counts of steps below are this course's own.

Data types, in words
    origin      rows (depth, size): members start at size * Gaussian around the origin; target diag(2, 1), layers 2 x 2, step 0.02;
                how many steps until the loss is below 1.5, so that the first mode is under way
    saddle      rows (depth, point, size): members start at size * Gaussian around a point whose product is diag(2, 0), balanced
                scaling; how many steps until the loss is below 0.25, half of the saddle's
    adam        rows (point): the sizes of Achour and others, relative noise of 10 %, Adam with a step of 0.001
    escape      steps (members,), a fraction between the last step above the level and the first below it; LIMIT: not by then
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from lmcourse.data import Data
from lmcourse.devices import DATA, LABELS, NOISE, random_stream
from lmcourse.initialisations import starts
from lmcourse.landscape import Landscape
from lmcourse.networks.linear import deep_linear, linear_modes
from lmcourse.networks.linear_catalogue import LinearCriticalPoint, linear_critical_point
from lmcourse.networks.linear_pivots import kind_by_pivots  # noqa: F401  for the lesson
from lmcourse.plots import PALETTE, log_values
from lmcourse.training.catalogue import make_method

TITLE = "Plateaus of deep linear networks: steps until a saddle is left, by depth, kind of saddle and size of the start"
SOURCE = "this course, after Saxe, McClelland and Ganguli (2013) and Achour, Malgouyres and Gerchinovitz (2024)"
VERSION = 1
MEMBERS = 100
LIMIT = 100_000
STEP = 0.02
SIZES = {2: (0.2, 0.1, 0.05, 0.02), 3: (0.2, 0.1, 0.05, 0.02), 4: (0.2, 0.1, 0.05, 0.02), 5: (0.2, 0.1, 0.05)}
POINTS = ((2, "strict"), (3, "strict"), (3, "bad"), (4, "bad"))
SPECS = (
    *({"table": "origin", "depth": depth, "size": size} for depth, sizes in SIZES.items() for size in sizes),
    *(
        {"table": "saddle", "depth": depth, "point": point, "size": size}
        for depth, point in POINTS
        for size in (SIZES[5] if depth == 4 else SIZES[depth])
    ),
    *({"table": "adam", "depth": 5, "point": point, "size": 0.1} for point in ("strict", "bad")),
)


# ----------------------------------------------------------------------------------------------- targets and points


def target(*strengths: float) -> Data:
    """The data of the lesson: inputs are the unit vectors, the wanted map is diag(strengths).

    >>> target(2, 1).y
    tensor([[2., 0.],
            [0., 1.]], dtype=torch.float64)
    """
    return Data(
        torch.eye(len(strengths), dtype=torch.float64), torch.diag(torch.tensor(strengths, dtype=torch.float64))
    )


def diagonal(*layers: Sequence[float]) -> Tensor:
    """theta (P,) of a network of square layers, W_1 first, each given by its diagonal.

    >>> diagonal((2, 0), (1, 1)).tolist()
    [2.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0]
    """
    return torch.cat([torch.diag(torch.tensor(layer, dtype=torch.float64)).flatten() for layer in layers])


def layers_of(land: Landscape, theta: Tensor) -> list[Tensor]:
    """W_1, ..., W_L of points theta (..., P)."""
    return list(land.unpack(theta).values())


def product(land: Landscape, theta: Tensor) -> Tensor:
    """W_L ... W_1 (..., n_L, n_0) at points theta (..., P)."""
    whole, *rest = layers_of(land, theta)
    for W in rest:
        whole = W @ whole
    return whole


def strengths(land: Landscape, theta: Tensor) -> Tensor:
    """The singular values (..., modes) of the product of all layers, in falling order."""
    return torch.linalg.svdvals(product(land, theta))


def unbalanced(land: Landscape, point: LinearCriticalPoint, data: Data) -> Tensor:
    """theta (P,) of a catalogue's point in another basis of the hidden layers: W_1 carries the strengths, all other layers ones.

    Where the modes are whole numbers all weights are, so exact proofs can begin.

    >>> land, data = deep_linear((2, 2, 2, 2), target(2, 1)), target(2, 1)
    >>> unbalanced(land, linear_critical_point((2, 2, 2, 2), data, (1,), 0), data).tolist()[:8]
    [2.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]
    """
    modes, layers = linear_modes(data), layers_of(land, point.theta.clone())
    U, r = modes.U[:, [mode - 1 for mode in point.kept]], len(point.kept)
    layers[0][:r] = U.mT @ modes.fit
    for W in layers[1:-1]:
        W[:r, :r] = torch.eye(r)
    layers[-1][:, :r] = U
    return torch.cat([W.flatten() for W in layers])


def aligned_start(u0: float, layers: int, modes: int) -> Tensor:
    """theta (P,): every layer is u0^(1/L) times the identity, so every mode of the product begins with the strength u0."""
    return diagonal(*[(u0 ** (1 / layers),) * modes] * layers)


# ----------------------------------------------------------------------------------------------- closed forms


def mode_time(u: Tensor, s: float, u0: float, layers: int) -> Tensor:
    """When an aligned, balanced mode of L layers has the strengths u (...), under gradient flow; u between u0 and s.

    The integral of du / (L u^(2 - 2/L) (s - u)) of Saxe, McClelland and Ganguli (2013). In x = ln(u / (s - u)) it is that of
    dx / (L s u^(1 - 2/L)), which has no poles.

    >>> float(mode_time(torch.tensor(1.5), s=3.0, u0=0.001, layers=2))     # ln(s/u0 - 1) / (2 s)
    1.3343...
    """
    u = torch.as_tensor(u, dtype=torch.float64)
    last = max(float((u / (s - u)).log().max()), np.log(u0 / (s - u0)) + 1e-9)
    x = torch.linspace(float(np.log(u0 / (s - u0))), last, 4001, dtype=torch.float64)
    times = _primitive(x, s, layers)
    place = (u / (s - u)).log()
    return torch.as_tensor(np.interp(place.numpy(), x.numpy(), times.numpy()))


def mode_curve(t: Tensor, s: float, u0: float, layers: int) -> Tensor:
    """The strength (T,) of an aligned, balanced mode of L layers at times t (T,), under gradient flow, from u0 < s.

    >>> from lmcourse.networks.linear_dynamics import mode_strength
    >>> t = torch.linspace(0, 4, 9).double()
    >>> bool((mode_curve(t, 3.0, 0.001, layers=2) - mode_strength(t, 3.0, 0.001)).abs().max() < 1e-6)
    True
    """
    x = torch.linspace(float(np.log(u0 / (s - u0))), 40.0, 8001, dtype=torch.float64)
    x = np.interp(np.asarray(t), _primitive(x, s, layers).numpy(), x.numpy())
    return s / (1 + torch.exp(-torch.from_numpy(x)))


def _primitive(x: Tensor, s: float, layers: int) -> Tensor:
    """The integral of dx / (L s u^(1 - 2/L)) from x[0] on, by Simpson's rule on each piece."""

    def slowness(x: Tensor) -> Tensor:
        return (s / (1 + torch.exp(-x))) ** (2 / layers - 1) / (layers * s)

    pieces = (x[1:] - x[:-1]) / 6 * (slowness(x[:-1]) + 4 * slowness((x[:-1] + x[1:]) / 2) + slowness(x[1:]))
    return torch.cat([x.new_zeros(1), pieces.cumsum(0)])


# ----------------------------------------------------------------------------------------------- escape


def escape(
    land: Landscape,
    theta: Tensor,
    below: float,
    lr: float = STEP,
    limit: int = LIMIT,
    method: str = "gd",
    stop: Callable[[], bool] | None = None,
) -> Tensor:
    """Steps (members,) that each member needs from theta (members, P) to a loss under `below`; `limit` if it needs more.

    >>> land = deep_linear((1, 1, 1), target(2.0))
    >>> float(escape(land, torch.full((1, 2), 0.1).double(), below=0.5)[0])     # the integral says 1.32 / 0.02 = 66
    66.97...
    """
    made, steps = make_method(method, land, {}), torch.full((len(theta),), float(limit), dtype=torch.float64)
    members = torch.arange(len(theta))
    state = made.init(theta, torch.full((len(theta), 1), lr, dtype=theta.dtype), members)
    before = land.loss_of(theta)
    for step in range(1, limit + 1):
        theta, state = made.update(theta, land.gradient_of(theta), state)
        loss = land.loss_of(theta)
        out = loss < below
        if out.any():
            steps[members[out]] = step - 1 + ((before[out] - below) / (before[out] - loss[out])).clamp(0, 1)
            members, theta, loss = members[~out], theta[~out], loss[~out]
            state = {name: value[~out] for name, value in state.items()}
        if not len(members) or (stop is not None and stop()):
            break
        before = loss
    return steps


def saddle(depth: int, point: str) -> tuple[Landscape, Tensor]:
    """A network of 2 x 2 layers for diag(2, 1), and a saddle of it (P,) with the product diag(2, 0), loss 1/2.

    point : "bad" leaves the second neuron of every layer unused; "strict" leaves a free path through the middle layers.
    """
    land = deep_linear((2,) * (depth + 1), target(2, 1))
    return land, linear_critical_point((2,) * (depth + 1), target(2, 1), (1,), int(point == "strict")).theta


def adam_race(point: str) -> tuple[Landscape, Tensor, float]:
    """Network, rank-2 saddle (P,) and level of the race of Achour, Malgouyres and Gerchinovitz.

    Their sizes: five layers of width 10, 10 inputs, 4 outputs, 100 Gaussian pairs. A member is out when its loss is below the
    saddle's by a quarter of the third squared mode (half of it for their loss, which is twice ours). The data set is drawn
    here, theirs is not known.
    """
    x, y = (torch.from_numpy(random_stream(0, stream).normal(size=(100, n))) for stream, n in ((DATA, 10), (LABELS, 4)))
    widths, data = (10,) * 5 + (4,), Data(x, y)
    found = linear_critical_point(widths, data, (1, 2), 8 if point == "strict" else 0)
    return deep_linear(widths, data), found.theta, found.loss - float(linear_modes(data).strengths[2] ** 2) / 4


def around(theta: Tensor, size: float, seeds: Sequence[int], relative: bool = False) -> Tensor:
    """Points (members, P) at theta + size * Gaussian; with `relative`, the noise has `size` times the length of theta."""
    noise = torch.stack([torch.from_numpy(random_stream(seed, NOISE).normal(size=theta.shape)) for seed in seeds])
    if relative:
        noise = noise * theta.norm() / noise.norm(dim=1, keepdim=True)
    return theta + size * noise


def run_chunk(spec: dict, seeds: Sequence[int], stop: Callable[[], bool] | None = None) -> dict[str, np.ndarray]:
    """The arrays of one row of SPECS for these seeds; when `stop` answers True, members that are not out count as not by then."""
    depth, size = spec["depth"], spec["size"]
    if spec["table"] == "origin":
        land = deep_linear((2,) * (depth + 1), target(2, 1))
        steps = escape(land, starts(land, seeds, "normal", scale=size), below=1.5, stop=stop)
    elif spec["table"] == "saddle":
        land, theta = saddle(depth, spec["point"])
        steps = escape(land, around(theta, size, seeds), below=0.25, stop=stop)
    else:
        land, theta, level = adam_race(spec["point"])
        steps = escape(land, around(theta, size, seeds, True), level, lr=0.001, method="adam", stop=stop)
    return {"escape": steps.numpy()}


def fewest_steps(p: int, layers: int, level: float, limit: int = 5000) -> int:
    """Steps of gradient descent until sum_i |w_i - y_i|^p / p < level, y = (3, 0.3), from w = (0.1, 0.1).

    The best of 1,000 step sizes on whose runs the loss never rises. Two layers: w = a v, a number and a vector, balanced.

    >>> fewest_steps(2, layers=1, level=1e-6)
    2
    """
    lr = torch.logspace(-2, 0.2, 1000, dtype=torch.float64)[:, None]
    y, w = torch.tensor([3.0, 0.3]).double(), torch.full((1000, 2), 0.1).double()
    a = w.norm(dim=1, keepdim=True).sqrt()
    v, before, alive = w / a, torch.full((1000,), torch.inf), torch.ones(1000, dtype=torch.bool)
    for step in range(limit):
        loss = (w - y).abs().pow(p).sum(dim=1) / p
        alive, before = alive & (loss <= before), loss
        if bool((alive & (loss < level)).any()):
            return step
        G = (w - y).abs().pow(p - 1) * (w - y).sign()
        a, v = a - lr * (G * v).sum(dim=1, keepdim=True), v - lr * a * G
        w = w - lr * G if layers == 1 else a * v
    return limit


def median(steps: np.ndarray) -> tuple[float, float, float]:
    """The median of a sample, and the two of its values between which the median of the distribution lies with 95 % or more.

    How many members lie below the true median is binomial with a share of 1/2.

    >>> median(np.arange(1.0, 101.0))
    (50.5, 40.0, 61.0)
    """
    ordered, n = np.sort(steps), len(steps)
    below, rank = 0.0, 0  # P(fewer than `rank` members lie below the true median)
    while below + math.comb(n, rank) / 2**n <= 0.025:
        below, rank = below + math.comb(n, rank) / 2**n, rank + 1
    rank = max(rank, 1)
    return float(np.median(ordered)), float(ordered[rank - 1]), float(ordered[n - rank])


def medians(rows: Sequence, **spec) -> np.ndarray:
    """(4, sizes): sizes of noise, medians of the steps and their intervals, of all rows whose spec has these values.

    >>> from lmcourse.store import load
    >>> medians(load("plateaus").rows, table="origin", depth=2).round().tolist()[1]
    [102.0, 79.0, 61.0, 42.0]
    """
    found = [
        (its["size"], *median(arrays["escape"]))
        for its, arrays in rows
        if all(its.get(name) == value for name, value in spec.items())
    ]
    return np.array(sorted(found)).T


def summarise(rows: Sequence) -> str:
    """All tables in words."""
    lines = ["Steps until the saddle is left: median of the members, its 95 % interval, the fastest and the slowest."]
    for spec, arrays in rows:
        steps = arrays["escape"]
        late = int((steps >= LIMIT).sum())
        middle, low, high = median(steps)
        name = ", ".join(str(value) for value in spec.values())
        lines.append(
            f"{name}: {middle:.0f} ({low:.0f} to {high:.0f}), {steps.min():.0f} to {steps.max():.0f}"
            + (f"; {late} of {len(steps)} not within the limit" if late else "")
        )
    return "\n".join(lines)


def draw_result(ax, rows: Sequence) -> None:
    """Median steps off the origin by size of the start, a curve for each depth."""
    for depth, color, marker in zip((2, 3, 4, 5), ("blue", "vermilion", "green", "purple"), "os^v", strict=True):
        sizes, middle, low, high = medians(rows, table="origin", depth=depth)
        errors = (middle - low, high - middle)
        ax.errorbar(sizes, middle, errors, marker=marker, color=PALETTE[color], capsize=3, label=f"{depth} layers")
    ax.set(xlabel="size of the start", ylabel="steps until the plateau is left (median)", yscale="log")
    log_values(ax, (0.02, 0.05, 0.1, 0.2))
    ax.legend()
