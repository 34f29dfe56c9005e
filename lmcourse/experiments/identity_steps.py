"""How many steps gradient descent needs from the identity: Bartlett, Helmbold and Long's theorem 2 as a table.

The paper proves a number of steps polynomial in depth and condition number and in log(d / loss), and prints no measurement; the
table is this course's, beside the bound `most_steps`, which holds for the step size `safe_rate`. For a symmetric target the
recursion of `identity_start` says all; here whole matrices learn as well, in random bases, and must need the same numbers.

Data types, in words
    row         {"depth": L, "kappa": condition number}: target with four eigenvalues in geometric order around 1
    member      one basis: member 0 has the unit vectors, the others are random rotations
    needed      (members, 4), of whole matrices: the first step after which the excess loss is at most 1e-2, 1e-4, 1e-8, 1e-12
    recursion   (members, 4), the same numbers for the eigenvalues alone: `scalar_steps`
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
import torch
from torch import Tensor

from lmcourse.devices import random_stream
from lmcourse.experiments.identity_start import DEPTHS, KAPPAS, LEVELS, most_steps, safe_rate, spectrum, steps_to
from lmcourse.experiments.power_projection import gradient_step, product_of
from lmcourse.plots import PALETTE, log_values

TITLE = "Steps from the identity to a small loss, by depth and condition number of the target"
SOURCE = "this course, on theorem 2 of Bartlett, Helmbold and Long (2018)"
VERSION = 2
MEMBERS = CHUNK = 10
SPECS = tuple({"depth": depth, "kappa": kappa} for depth in DEPTHS for kappa in KAPPAS)


def rate(spec: dict) -> float:
    """The step size of the table, the one for which the bound is proved."""
    return safe_rate(spectrum(spec["kappa"]), spec["depth"])


def bounds(spec: dict) -> list[int]:
    """The most steps that the bound of this course allows to each level.

    >>> bounds({"depth": 8, "kappa": 4})
    [74, 126, 230, 335]
    """
    return [ceil(most_steps(spectrum(spec["kappa"]), spec["depth"], level)) for level in LEVELS]


def scalar_steps(spec: dict) -> list[int | None]:
    """The same numbers from the recursion of the eigenvalues.

    >>> scalar_steps({"depth": 8, "kappa": 4})
    [14, 56, 156, 258]
    """
    return steps_to(spectrum(spec["kappa"]), spec["depth"], rate(spec))


def targets(spec: dict, seeds: Sequence[int]) -> Tensor:
    """Symmetric matrices (members, d, d) with the spectrum of the row, in the basis of each member."""
    phi, found = spectrum(spec["kappa"]), []
    for seed in seeds:
        Q = torch.linalg.qr(torch.from_numpy(random_stream(int(seed)).normal(size=(len(phi), len(phi))))).Q
        found.append(torch.diag(phi) if seed == 0 else Q @ torch.diag(phi) @ Q.mT)
    return torch.stack(found)


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Whole matrices from the identity until the last level is reached, or for a tenth more steps than the recursion needs."""
    target, levels = targets(spec, seeds), torch.tensor(LEVELS, dtype=torch.float64)
    layers = [torch.eye(target.shape[-1], dtype=target.dtype).expand(target.shape)] * spec["depth"]
    steps = torch.full((len(target), len(levels)), -1)
    for count in range(int(1.1 * scalar_steps(spec)[-1]) + 2):
        loss = (product_of(layers) - target).square().sum(dim=(1, 2)) / 2
        steps = torch.where((steps < 0) & (loss[:, None] <= levels), count, steps)
        if (steps >= 0).all():
            break
        layers = gradient_step(layers, target, rate(spec))
    return {"needed": steps.numpy(), "recursion": np.tile(scalar_steps(spec), (len(target), 1))}


def summarise(rows: Sequence[tuple[dict, dict]]) -> str:
    """A line a row: the steps of the recursion to each level, the bound for the last, and whether whole matrices need the same."""
    levels = "".join(f"{level:>9.0e}" for level in LEVELS)
    lines = [f"depth  condition number{levels}    bound   whole matrices in random bases"]
    for spec, arrays in rows:
        expected = arrays["recursion"][0]
        off = int(abs(arrays["needed"] - expected).max())
        verdict = "the same" if off == 0 else f"DIFFER by up to {off}"
        verdict += "" if (arrays["needed"] <= bounds(spec)).all() else "; the bound DOES NOT HOLD"
        lines.append(
            f"{spec['depth']:5}  {spec['kappa']:16}"
            + "".join(f"{count:9}" for count in expected)
            + f"{bounds(spec)[-1]:9}   {verdict}"
        )
    return "\n".join(lines)


def draw_result(ax, rows: Sequence[tuple[dict, dict]]) -> None:
    """Steps to the last level against the condition number, a line for each depth, under a dotted one for its bound."""
    for depth, color, marker in zip(DEPTHS, ("blue", "vermilion", "green", "purple"), "os^v", strict=True):
        those = [(spec["kappa"], arrays["needed"][0, -1]) for spec, arrays in rows if spec["depth"] == depth]
        ax.plot(*zip(*those, strict=True), color=PALETTE[color], marker=marker, label=f"{depth} layers")
        most = [bounds({"depth": depth, "kappa": kappa})[-1] for kappa in KAPPAS]
        ax.plot(KAPPAS, most, ":", color=PALETTE[color], label="at most" if depth == DEPTHS[-1] else None)
    ax.set(xlabel="condition number", ylabel=f"steps to loss {LEVELS[-1]:.0e}", yscale="log")
    log_values(ax, KAPPAS)
    ax.legend()
