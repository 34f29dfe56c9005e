"""The way that training took, thinned so that it fits into memory.

Data types, in words
    Path        steps (K,) and the points of all members at these steps, (members, K, P)
    frame       the points of all members at one step; NaN where a member had ended
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

RECORD_ENTRIES = 25_000_000  # so many numbers are kept at most: 200 MB in float64


@dataclass(frozen=True, repr=False, eq=False)
class Path:
    """Points on the way: steps (K,) int64 and theta (members, K, P).

    After its end a member stays where it ended. The last entry is the end of all.
    """

    steps: Tensor
    theta: Tensor

    def __len__(self) -> int:
        return len(self.steps)

    def __repr__(self) -> str:
        return (
            f"Path: {self.theta.shape[0]} members at {len(self)} steps, {int(self.steps[0])} to {int(self.steps[-1])}"
        )


class Recorder:
    """Keeps a frame every so many steps; when there are too many, it forgets every second one."""

    def __init__(self, every: int, members: int, dim: int):
        self.every = every
        self.members = members
        self.most = max(2, RECORD_ENTRIES // max(1, members * dim))
        self.frames: dict[int, Tensor] = {}

    def take(self, step: int, members: Tensor, theta: Tensor) -> None:
        if step % self.every:
            return
        if step not in self.frames:
            self.frames[step] = theta.new_full((self.members, theta.shape[-1]), float("nan"))
        self.frames[step][members] = theta
        while len(self.frames) > self.most:
            self.every *= 2
            self.frames = {step: frame for step, frame in self.frames.items() if step % self.every == 0}

    def path(self, ends: Tensor, steps: Tensor) -> Path:
        """The path, when all members are at their ends (members, P) after so many steps (members,)."""
        frames = dict(self.frames)
        frames[int(steps.max()) if len(steps) else 0] = ends
        order = sorted(frames)
        theta = torch.stack([torch.where(frames[step].isnan(), ends, frames[step]) for step in order], dim=1)
        return Path(torch.tensor(order, dtype=torch.int64, device=ends.device), theta)
