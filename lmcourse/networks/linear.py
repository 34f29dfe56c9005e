"""Deep linear networks: the smallest model whose landscape has everything but bad minima.

A product of matrices is a linear map whatever its depth, so what the network can say is known exactly; how its loss lies
over the factors is not linear at all (Baldi and Hornik 1989; Kawaguchi 2016). Its derivatives are products of what stands
to the left and to the right of a layer (E = W_L ... W_1 X X' - Y X'):

    d loss / d W_h  =  (W_L ... W_h+1)'  E  (W_h-1 ... W_1)'

Data types, in words
    X, Y        (n_0, N), (n_L, N): samples are columns here, as in the papers; `Data` has them as rows
    W_h         (..., n_h, n_h-1): the layers, h = 1..L
    theta       (..., P): W_1, W_2, ..., W_L, each row by row
    modes       the singular directions of the best linear fit, strongest first
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from lmcourse.data import Data
from lmcourse.devices import kept_by_device
from lmcourse.landscape import Landscape
from lmcourse.symmetry import IndexAxis, Symmetry


def deep_linear(widths: Sequence[int], data: Data) -> Landscape:
    """A network of matrices alone on data: loss = 1/2 sum over samples |W_L ... W_1 x - y|^2.

    widths : n_0, n_1, ..., n_L, from the inputs to the outputs; data : x (N, n_0), y (N,) or (N, n_L).

    The known minimum is that of the best linear map of rank min(widths). Source: Baldi and Hornik (1989); Kawaguchi (2016).
    Raises ValueError for widths that do not fit the data.

    >>> eye = torch.eye(4, dtype=torch.float64)
    >>> land = deep_linear((4, 2, 4), Data(eye, torch.diag(torch.tensor([4.0, 3.0, 2.0, 1.0]).double())))
    >>> land.shapes
    {'W1': (2, 4), 'W2': (4, 2)}
    >>> float(land.loss(torch.zeros(16).double())), round(land.known_minimum, 12)     # (16+9+4+1)/2 and (4+1)/2
    (15.0, 2.5)
    """
    X, Y = columns(data)
    widths = _checked_widths(widths, X, Y)
    modes = linear_modes(data)
    lost = modes.strengths[min(widths) :].square().sum()
    return _matrix_chain(
        f"deep linear network {'-'.join(map(str, widths))}",
        widths,
        X,
        Y,
        formula="1/2 sum |W_L ... W_1 x - y|^2",
        known_minimum=float(modes.unexplained + lost / 2),
        samples=X.shape[1],
    )


def linear_resnet(target: Tensor, depth: int) -> Landscape:
    """A chain of square layers that begins as the identity and learns a linear map: loss = 1/2 |W_L ... W_1 - target|_F^2.

    The expected loss for inputs with E x x' = I, less the part that no linear map can explain. A residual block is W_h - I:
    the start "identity" has all of them zero. target : (d, d). depth : L, the number of layers.
    Source: Bartlett, Helmbold and Long (2018). Raises ValueError for a target that is not square.

    >>> land = linear_resnet(torch.diag(torch.tensor([2.0, 1.0, -0.5]).double()), depth=4)
    >>> float(land.loss(land.pack(**{name: torch.eye(3).double() for name in land.shapes})))     # (1 + 0 + 1.5^2) / 2
    1.625
    """
    target = torch.as_tensor(target, dtype=torch.float64)
    if target.ndim != 2 or target.shape[0] != target.shape[1]:
        raise ValueError(f"The target must be a square matrix (d, d), but came as {tuple(target.shape)}.")
    if not isinstance(depth, int) or isinstance(depth, bool) or depth < 1:
        raise ValueError(f"depth, the number of layers, must be a whole number from 1 on, but depth = {depth!r} came.")
    d = len(target)
    return _matrix_chain(
        f"linear residual network, d = {d}, depth = {depth}",
        (d,) * (depth + 1),
        torch.eye(d, dtype=torch.float64),
        target,
        formula="1/2 |W_L ... W_1 - target|^2",
        known_minimum=0.0,
        default_start="identity",
    )


class LinearModes(NamedTuple):
    """The best linear fit of y to x, mode by mode: fit (n_L, n_0) = sum_i u_i (u_i' fit), u_i the columns of U.

    strengths (modes,) : s_i, with s_i^2 / 2 what the loss falls by when mode i is learnt; in falling order.
    unexplained : the part of the loss that no linear map can remove, a number.
    """

    U: Tensor
    strengths: Tensor
    fit: Tensor
    unexplained: float


def linear_modes(data: Data) -> LinearModes:
    """The modes of the best linear fit: U and the squares of the strengths diagonalise Y X' (X X')^-1 X Y'.

    >>> linear_modes(Data(torch.eye(2).double(), torch.diag(torch.tensor([1.0, 3.0])).double())).strengths
    tensor([3., 1.], dtype=torch.float64)
    """
    X, Y = columns(data)
    left, lengths, right = torch.linalg.svd(X, full_matrices=False)
    used = lengths > max(X.shape) * torch.finfo(X.dtype).eps * lengths.max()
    left, lengths, right = (
        left[:, used],
        lengths[used],
        right[used],
    )  # X = left diag(lengths) right, nothing but its rank
    inner = Y @ right.mT  # Y as far as X explains it, (n_L, rank)
    U, strengths, _ = torch.linalg.svd(inner, full_matrices=False)
    U = (
        U * U.gather(0, U.abs().argmax(dim=0, keepdim=True)).sign()
    )  # the sign of a mode is free: its largest entry is positive
    unexplained = float((Y - inner @ right).square().sum()) / 2
    return LinearModes(U, strengths, inner @ (left / lengths).mT, unexplained)


def columns(data: Data) -> tuple[Tensor, Tensor]:
    """X (n_0, N) and Y (n_L, N), float64: the one place where samples become columns."""
    x, y = data.x, data.y if data.y.ndim > 1 else data.y.unsqueeze(-1)
    if x.ndim != 2 or y.ndim != 2 or len(x) != len(y) or not len(x):
        raise ValueError(
            f"Data must be x (N, inputs) and y (N,) or (N, outputs), but came as {tuple(data.x.shape)} and {tuple(data.y.shape)}."
        )
    return x.double().mT, y.double().mT


# ----------------------------------------------------------------------------------------------- products of layers


def _matrix_chain(
    name: str, widths: tuple[int, ...], X: Tensor, Y: Tensor, samples: int | None = None, **known
) -> Landscape:
    """The landscape of 1/2 |W_L ... W_1 X - Y|_F^2 with closed-form gradient and Hessian."""
    X, Y = X.clone(), Y.clone()  # of its own: what happens to the data later changes neither loss nor proofs
    shapes = {f"W{h}": (n, inputs) for h, (inputs, n) in enumerate(pairwise(widths), 1)}
    sizes = [math.prod(shape) for shape in shapes.values()]
    constants = kept_by_device(X, Y, X @ X.mT, Y @ X.mT)

    def layers_of(theta: Tensor) -> list[Tensor]:
        return [part.unflatten(-1, shape) for part, shape in zip(theta.split(sizes, -1), shapes.values(), strict=True)]

    def loss_of(theta: Tensor) -> Tensor:
        X, Y, _, _ = constants(theta)
        return (_product(layers_of(theta)) @ X - Y).square().sum(dim=(-1, -2)) / 2

    def batch_loss_of(theta: Tensor, rows: Tensor) -> Tensor:
        X, Y = (tensor[:, rows].movedim(0, 1) for tensor in constants(theta)[:2])  # (members, n, B)
        missed = (_product(layers_of(theta)) @ X - Y).square().sum(dim=(-1, -2))
        return missed / 2 * (samples / rows.shape[-1])

    def gradient_of(theta: Tensor) -> Tensor:
        layers = layers_of(theta)
        before = _products(layers)
        _, _, XX, YX = constants(theta)
        slope = before[-1] @ XX - YX  # d loss / d (W_L ... W_1)
        parts = []
        for W, product in zip(reversed(layers), reversed(before[:-1]), strict=True):
            parts.append((slope @ product.mT).flatten(-2))
            slope = W.mT @ slope
        return torch.cat(parts[::-1], dim=-1)

    def hessian_of(theta: Tensor) -> Tensor:
        return _hessian(layers_of(theta), *constants(theta)[2:])

    hidden = [
        Symmetry("linear maps", n, (IndexAxis(f"W{h}", 0), IndexAxis(f"W{h + 1}", 1, power=-1)))
        for h, n in enumerate(widths[1:-1], 1)
    ]
    return Landscape(
        name,
        shapes,
        loss_of,
        gradient_of,
        hessian_of,
        symmetries=tuple(hidden),
        samples=samples,
        batch_loss_of=batch_loss_of if samples else None,
        proof=("deep linear", widths, X.mT, Y.mT),
        **known,
    )


def _product(layers: list[Tensor]) -> Tensor:
    product = layers[0]
    for W in layers[1:]:
        product = W @ product
    return product


def _products(layers: list[Tensor]) -> list[Tensor]:
    """I, W_1, W_2 W_1, ..., W_L ... W_1."""
    first = layers[0]
    inputs = first.shape[-1]
    products = [
        torch.eye(inputs, dtype=first.dtype, device=first.device).expand(*first.shape[:-2], inputs, inputs),
        first,
    ]
    for W in layers[1:]:
        products.append(W @ products[-1])
    return products


def _hessian(layers: list[Tensor], XX: Tensor, YX: Tensor) -> Tensor:
    """D' Hess D = |sum_h after_h D_h before_h X|^2 + 2 <R, sum_g>h after_g D_g between_gh D_h before_h X>, R the residuals."""
    before = _products(layers)
    E = before[-1] @ XX - YX
    after = [product.mT for product in _products([W.mT for W in reversed(layers)])][-2::-1]  # after[h] = W_L ... W_h+1
    blocks = [[None] * len(layers) for _ in layers]
    for h in range(len(layers)):
        between = None  # the identity, between neighbours
        for g in range(h, len(layers)):
            inputs = before[h] @ XX @ before[g].mT
            block = torch.einsum("...ac,...bd->...abcd", after[h].mT @ after[g], inputs)
            if g > h:
                pull = after[g].mT @ E @ before[h].mT  # (..., n_g, n_h-1)
                between = torch.eye(layers[h].shape[-2]).to(E) if between is None else layers[g - 1] @ between
                block = block + torch.einsum("...cb,...da->...abcd", pull, between)
            block = block.flatten(-2).flatten(-3, -2)  # (..., size of W_h, size of W_g)
            blocks[h][g], blocks[g][h] = block, block.mT
    return torch.cat([torch.cat(row, dim=-1) for row in blocks], dim=-2)


def _checked_widths(widths: Sequence[int], X: Tensor, Y: Tensor) -> tuple[int, ...]:
    widths = tuple(widths)
    if len(widths) < 2 or not all(isinstance(n, int) and not isinstance(n, bool) and n >= 1 for n in widths):
        raise ValueError(f"widths must be two or more whole numbers from 1 on, inputs first, but {widths} came.")
    if (widths[0], widths[-1]) != (len(X), len(Y)):
        raise ValueError(
            f"The data have {len(X)} inputs and {len(Y)} outputs, but widths = {widths} go from {widths[0]} to {widths[-1]}."
        )
    return widths
