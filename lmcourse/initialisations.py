"""Where training begins: named random starts, one random stream for every member.

Data types, in words
    scheme      the name of a distribution of theta
    seeds       whole numbers, one a member; member 17 starts at the same point alone and among a thousand
    theta0      a tensor (members, P)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import torch
from torch import Tensor

from lmcourse.devices import random_stream
from lmcourse.landscape import Landscape


def _normal(land: Landscape, draw: np.random.Generator) -> np.ndarray:
    return draw.normal(size=land.dim)


def _fan_in(land: Landscape, draw: np.random.Generator, gain: float) -> np.ndarray:
    """Matrices (out, in) with independent N(0, gain / in) entries; biases zero."""
    pieces = []
    for shape in land.shapes.values():
        inputs = int(np.prod(shape[1:]))
        pieces.append(draw.normal(size=shape) * (gain / inputs) ** 0.5 if len(shape) > 1 else np.zeros(shape))
    return np.concatenate([piece.ravel() for piece in pieces])


def _xavier(land: Landscape, draw: np.random.Generator) -> np.ndarray:
    return _fan_in(land, draw, gain=1.0)


def _he(land: Landscape, draw: np.random.Generator) -> np.ndarray:
    return _fan_in(land, draw, gain=2.0)


def _inputs_of_each_piece(land: Landscape) -> list[int]:
    """The number of inputs a neuron of that piece has; a bias belongs to the weights before it."""
    inputs, found = 0, []
    for name, shape in land.shapes.items():
        inputs = int(np.prod(shape[1:])) if len(shape) > 1 else inputs
        if not inputs:
            raise ValueError(
                f"{land.name} begins with {name} of shape {shape}, which belongs to no weights: no number of inputs."
            )
        found.append(inputs)
    return found


def _lecun(land: Landscape, draw: np.random.Generator) -> np.ndarray:
    inputs = _inputs_of_each_piece(land)
    return np.concatenate(
        [draw.normal(size=shape).ravel() / n**0.5 for shape, n in zip(land.shapes.values(), inputs, strict=True)]
    )


def _uniform(land: Landscape, draw: np.random.Generator) -> np.ndarray:
    inputs = _inputs_of_each_piece(land)
    return np.concatenate(
        [
            draw.uniform(-(n**-0.5), n**-0.5, size=shape).ravel()
            for shape, n in zip(land.shapes.values(), inputs, strict=True)
        ]
    )


def _identity(land: Landscape, draw: np.random.Generator) -> np.ndarray:
    """Matrices with ones on the diagonal, biases zero: every layer hands on what it gets."""
    if any(len(shape) > 2 for shape in land.shapes.values()):
        raise ValueError(f'The scheme "identity" is for matrices, but {land.name} has the shapes {dict(land.shapes)}.')
    return np.concatenate([(np.eye(*s) if len(s) == 2 else np.zeros(s)).ravel() for s in land.shapes.values()])


def _sphere(land: Landscape, draw: np.random.Generator) -> np.ndarray:
    direction = draw.normal(size=land.dim)
    return direction * (land.dim**0.5 / np.linalg.norm(direction))


def _window(land: Landscape, draw: np.random.Generator) -> np.ndarray:
    if land.window is None:
        raise ValueError(
            f'The scheme "window" needs a landscape with a window, which {land.name} has not. Use "normal" or "xavier".'
        )
    low, high = np.array(land.window, dtype=float).T
    return draw.uniform(low, high)


SCHEMES: dict[str, Callable[[Landscape, np.random.Generator], np.ndarray]] = {
    "xavier": _xavier,
    "he": _he,
    "lecun": _lecun,
    "uniform": _uniform,
    "normal": _normal,
    "identity": _identity,
    "sphere": _sphere,
    "window": _window,
}


def starts(
    land: Landscape,
    seeds: Iterable[int],
    scheme: str | None = None,
    scale: float = 1.0,
    dtype=torch.float64,
    device="cpu",
) -> Tensor:
    """Random starting points (members, P), one for each seed, drawn on the CPU and then moved to `device`.

    scheme : "xavier" weights N(0, 1/inputs), biases 0 (Glorot and Bengio 2010, by inputs alone, as Safran and Shamir 2018 use it);
             "he" weights N(0, 2/inputs), biases 0 (He et al. 2015); "normal" everything N(0, 1);
             "lecun" weights and biases N(0, 1/inputs) (LeCun, Bottou, Orr and Müller 1998; biases too as in Swirszcz, Czarnecki and
             Pascanu 2016);
             "uniform" weights and biases uniform within ±1/sqrt(inputs), what PyTorch's `nn.Linear` does;
             "identity" every matrix the identity, biases 0, the same for all seeds (Bartlett, Helmbold and Long 2018);
             "sphere" uniform on the sphere |theta|^2 = P; "window" uniform in the landscape's window.
             Default: what suits the landscape.
    scale : every start is multiplied by it.
    Raises ValueError for an unknown scheme or a seed that is not a whole number from 0 on.

    >>> import lmcourse as lm
    >>> land = lm.teacher_student(k=4)
    >>> alone, among = lm.starts(land, seeds=[17]), lm.starts(land, seeds=range(100))
    >>> torch.equal(alone[0], among[17])
    True
    """
    scheme = scheme or land.default_start
    if scheme not in SCHEMES:
        raise ValueError(f"There is no initialisation {scheme!r}. The schemes are: {', '.join(SCHEMES)}.")
    rows = [SCHEMES[scheme](land, random_stream(seed)) for seed in seeds]
    points = np.stack(rows) if rows else np.zeros((0, land.dim))
    return torch.from_numpy(scale * points).to(device=device, dtype=dtype)
