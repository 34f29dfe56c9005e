"""The places that the check of lesson 1.2's task 4 asks about: critical, next to a critical point, or only flat."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from lmcourse.critical import refine
from lmcourse.devices import random_stream
from lmcourse.experiments import index_and_height as experiment
from lmcourse.landscape import Landscape
from lmcourse.networks.random_waves import random_waves


@lru_cache(maxsize=1)
def places() -> tuple[tuple[str, Landscape, Tensor, bool], ...]:
    """(name, landscape, point, whether a critical point lies within a hundredth of it)."""
    land, chosen = experiment.network(data=1), []
    start = experiment.disturbed(land, seeds=range(400, 410))
    newton = experiment.search(land, start, "newton", max_steps=100).critical
    flat = experiment.search(land, start, "gradient norm", max_steps=100)
    chance = random_stream(9)
    for point in newton:
        step = torch.from_numpy(chance.normal(size=land.dim))
        chosen.append(
            ("a place next to a critical point of a network", land, point.theta + 1e-5 * step / step.norm(), True)
        )
    for theta, verdict, norm in zip(flat.ends.theta, flat.verdict, flat.ends.grad_norm, strict=True):
        if verdict == "gradient-flat" and float(norm) < 5e-3:
            chosen.append(
                ("a place on a network's loss where a search by gradient norm came to rest", land, theta, False)
            )
    waves = random_waves(dim=3, seed=5)
    for point in experiment.points_in_box(dim=3, seed=5, side=4, tries=200)[:4]:
        chosen.append(("a critical point of random waves", waves, point.theta, True))
        chosen.append(("a place one step of 0.003 from it", waves, point.theta + 0.003, True))
    chosen.append(("a place on a slope of random waves", waves, torch.full((3,), 0.7, dtype=torch.float64), False))
    chosen.append(
        ("a place where one coordinate's slope nearly vanishes", _fold(), torch.tensor([0.005, 0.003]).double(), False)
    )
    return tuple(place for place in chosen if _nearby(place[1], place[2]) == {place[3]})


def _fold() -> Landscape:
    """x^3/3 + 1e-5 x + y^2/2: the first of Newton's steps is short near 0, but nowhere is the gradient below 1e-5."""
    return Landscape(
        name="a slope that nearly levels",
        shapes={"x": (2,)},
        loss_of=lambda x: x[..., 0] ** 3 / 3 + 1e-5 * x[..., 0] + x[..., 1] ** 2 / 2,
        gradient_of=lambda x: torch.stack([x[..., 0] ** 2 + 1e-5, x[..., 1]], dim=-1),
        hessian_of=lambda x: torch.diag_embed(torch.stack([2 * x[..., 0], torch.ones_like(x[..., 1])], dim=-1)),
        formula="x^3/3 + 1e-5 x + y^2/2",
        default_start="normal",
    )


def _nearby(land: Landscape, theta: Tensor) -> set[bool]:
    """What Newton's method says, with steps that are halved where they fail and with plain ones: one answer if they agree."""
    found, plain = refine(land, theta), theta
    for _ in range(20):
        step = torch.linalg.lstsq(land.hessian(plain), land.gradient(plain)[:, None], driver="gelsd").solution[:, 0]
        plain = plain - step
    ends = (found.grad_norm[0], found.moved[0]), (land.gradient(plain).norm(), (plain - theta).norm())
    return {bool(norm < 1e-9) and bool(moved < 0.01) for norm, moved in ends}
