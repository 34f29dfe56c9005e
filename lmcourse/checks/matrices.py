"""Matrices that a learner returns: numpy or torch, of the right shape and precision, or a sentence that says what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from lmcourse.checks.verdict import require


def matrix(value, shape: tuple[int, ...], name: str) -> Tensor:
    """A learner's array of numpy or torch as a float64 tensor of this shape; single precision is refused with the reason."""
    value = torch.from_numpy(np.ascontiguousarray(value)) if isinstance(value, np.ndarray) else value
    require(isinstance(value, Tensor), f"{name} must be a matrix of torch or numpy, but a {type(value).__name__} came.")
    require(tuple(value.shape) == shape, f"{name} must have the shape {shape}, but it came as {tuple(value.shape)}.")
    require(
        value.dtype not in (torch.float32, torch.float16, torch.bfloat16),
        f"{name} came in single precision. Its rounding, 1e-7, hides the digits that are compared: give new tensors "
        "the dtype of the matrices that come in.",
    )
    require(not value.is_complex(), f"{name} holds complex numbers.")
    value = value.detach().to(torch.float64)
    require(torch.isfinite(value).all(), f"{name} holds NaN or infinity.")
    return value


def pair(value, names: Sequence[str], shapes: Sequence[tuple[int, int]]) -> list[Tensor]:
    """Two such matrices, in the order of their names."""
    require(
        isinstance(value, tuple | list) and len(value) == 2,
        f"Return two matrices, {names[0]} and {names[1]}, in this order.",
    )
    came = [tuple(getattr(part, "shape", ())) for part in value]
    require(
        shapes[0] == shapes[1] or came != [shapes[1], shapes[0]],
        f"{names[0]} and {names[1]} came in the other order. {names[0]} is the matrix that the input meets first.",
    )
    return [matrix(part, shape, name) for part, shape, name in zip(value, shapes, names, strict=True)]
