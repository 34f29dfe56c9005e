"""Small data sets, exact by construction.

Data types, in words
    Data        x (N, d), y (N,) or (N, outputs), and a note that says where they come from; samples are rows
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, repr=False, eq=False)
class Data:
    """Samples as rows: x (N, d) and y (N,) or (N, outputs)."""

    x: Tensor
    y: Tensor
    note: str = ""

    def __repr__(self) -> str:
        return f"Data: x {tuple(self.x.shape)}, y {tuple(self.y.shape)}" + (f": {self.note}" if self.note else "")


def xor() -> Data:
    """The four corners of a square; the label says whether the coordinates differ.

    >>> xor().y
    tensor([0., 1., 1., 0.], dtype=torch.float64)
    """
    x = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
    return Data(x, (x[:, 0] != x[:, 1]).to(x.dtype), "exclusive or, the smallest problem that no linear model solves")
