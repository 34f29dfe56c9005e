"""Networks of layers on finite data, thousands at a time: the shared core of sigmoid, tanh, ReLU and convolutional networks.

    F_0 = x,    Z_l = W_l F_(l-1) + b_l,    F_l = s(Z_l) for l < L,    o = Z_L,    loss = sum over samples of the cost of o

Data types, in words
    theta       (..., P): W1, b1, W2, b2, ..., WL, bL, each row by row; W_l is (neurons of layer l, neurons of layer l-1)
    Z_l, F_l    (..., neurons of layer l, N): before and after the activation; inside this module samples stand last
    Activation  s, its slope, and the symmetry that it adds to the exchanges of neurons
    InputLayer  how the first layer reads the samples: all inputs at once, or in patches

The gradient is written out (backpropagation, Rumelhart, Hinton and Williams 1986): one pass forward and one back, for all members.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from lmcourse.landscape import Landscape
from lmcourse.networks.losses import checked_targets, data_loss
from lmcourse.networks.members_last import LARGEST_MATRIX, members_last_gradient
from lmcourse.symmetry import IndexAxis, Symmetry


class Activation(NamedTuple):
    """value (Z) -> F, slope (Z, F) -> dF/dZ, and the group that the activation adds to the symmetries, or None."""

    value: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor, Tensor], Tensor]
    group: str | None = None


ACTIVATIONS = {
    "sigmoid": Activation(
        torch.sigmoid, lambda Z, F: F * torch.sigmoid(-Z), "mirrors"
    ),  # F (1 - F) would be 0 from Z = 37 on
    "tanh": Activation(torch.tanh, lambda Z, F: 1 - F * F, "signs"),
    "softplus": Activation(lambda Z: -logsigmoid(-Z), lambda Z, F: torch.sigmoid(Z)),
    "relu": Activation(torch.relu, lambda Z, F: Z > 0, "scales"),
    "relu, on at zero": Activation(lambda Z: torch.where(Z >= 0, Z, 0), lambda Z, F: Z >= 0, "scales"),
}


class InputLayer(NamedTuple):
    """The first layer: shapes of W1 and b1, its neurons, and how it reads samples (..., N) and is differentiated.

    prepare : x (N, d) -> inputs (..., N), what is kept. apply : W1, b1, inputs -> Z_1. pull_back : dZ_1, inputs -> dW1, db1.
    units, axes : how many of its units can be exchanged, and where their index lives.
    """

    weight: tuple[int, int]
    bias: int
    neurons: int
    prepare: Callable[[Tensor], Tensor]
    apply: Callable[[Tensor, Tensor, Tensor], Tensor]
    pull_back: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
    units: int
    axes: tuple[IndexAxis, ...]


def dense_input(inputs: int, neurons: int) -> InputLayer:
    """A first layer whose neurons see all inputs."""
    return InputLayer(
        weight=(neurons, inputs),
        bias=neurons,
        neurons=neurons,
        prepare=lambda x: x.mT.contiguous(),
        apply=_affine,
        pull_back=lambda dZ, x: (dZ @ x.mT, dZ.sum(-1)),
        units=neurons,
        axes=_unit_axes(1),
    )


def network(
    name: str,
    first: InputLayer,
    widths: Sequence[int],
    activations: Sequence[str],
    data,
    *,
    loss: str,
    output: str = "linear",
    half: bool = False,
    reduction: str = "sum",
    weight_decay: float = 0.0,
    distinct: Callable[[Tensor], bool],
    described: Callable[[Tensor, Tensor], tuple] | None = None,
) -> Landscape:
    """The landscape of a network on data: `first`, then fully connected layers of `widths`, the last of them the output.

    activations : one name a hidden layer. distinct : whether the samples x (N, d) differ enough for a zero of the squared loss,
    see `_reaches_zero`. described : samples x (N, d) and targets y (N, m) -> what proofs must know (`Landscape.proof`).

    The other arguments are those of the factories, which check widths and describe the formula.
    """
    sizes = [first.neurons, *widths]  # neurons of the layers 1 to L
    shapes = {"W1": first.weight, "b1": (first.bias,)}
    for layer, (inside, outside) in enumerate(zip(sizes, widths, strict=False), start=2):
        shapes |= {f"W{layer}": (outside, inside), f"b{layer}": (outside,)}
    cost, s = data_loss(loss, output, half), [_activation(key) for key in activations]
    x, N = (
        data.x.double().clone(),
        len(data.x),
    )  # of its own: what happens to the data later changes neither loss nor proofs
    y = checked_targets(data.y, N, sizes[-1], loss).clone()
    per_sample = {"sum": 1.0, "mean": 1 / N}.get(reduction)
    if per_sample is None:
        raise ValueError(f'reduction must be "sum" or "mean", but {reduction!r} came.')
    if not 0 <= weight_decay < math.inf:
        raise ValueError(f"weight_decay must be zero or positive, but {weight_decay!r} came.")
    inputs = first.prepare(x)
    samples = _kept_by_device(inputs, y)

    def forward(theta: Tensor, inputs: Tensor) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
        """The parameter tensors, Z_1 to Z_L and F_1 to F_(L-1)."""
        pieces = _split(theta, shapes)
        Z, F = [first.apply(*pieces[:2], inputs)], []
        for activation, W, b in zip(s, pieces[2::2], pieces[3::2], strict=True):
            F.append(activation.value(Z[-1]))
            Z.append(_affine(W, b, F[-1]))
        return pieces, Z, F

    def loss_at(theta: Tensor, inputs: Tensor, targets: Tensor, scale: float) -> Tensor:
        loss = scale * cost.terms(forward(theta, inputs)[1][-1], targets).sum(-1)
        return loss + weight_decay / 2 * theta.square().sum(-1) if weight_decay else loss

    def gradient_at(theta: Tensor, inputs: Tensor, targets: Tensor, scale: float) -> Tensor:
        pieces, Z, F = forward(theta, inputs)
        back = scale * cost.slope(
            Z[-1], targets
        )  # (..., n_l, N): the derivative by Z_l, from the last layer to the first
        found = []
        for layer in range(len(s), 0, -1):
            found += [back.sum(-1), (back @ F[layer - 1].mT).flatten(-2)]
            back = _outward(pieces[2 * layer], back) * s[layer - 1].slope(Z[layer - 1], F[layer - 1])
        dW, db = first.pull_back(back, inputs)
        gradient = torch.cat([dW.flatten(-2), db, *reversed(found)], dim=-1)
        return gradient + weight_decay * theta if weight_decay else gradient

    def chosen(theta: Tensor, rows: Tensor) -> tuple[Tensor, Tensor, float]:
        """The samples rows (members, B) of each member, and the weight that makes them stand for all."""
        inputs, targets = (kept[..., rows].movedim(-2, 0) for kept in samples(theta))  # (members, ..., B)
        return inputs, targets, per_sample * N / rows.shape[-1]

    def members_last_gradient_of(theta: Tensor) -> Tensor:
        by_output = members_last_gradient(shapes, s, cost.slope, samples)(theta)
        return per_sample * by_output + weight_decay * theta

    def layers_of(theta: Tensor, x: Tensor | None) -> tuple[Tensor, ...]:
        _, Z, F = forward(theta, samples(theta)[0] if x is None else first.prepare(x.to(theta)))
        return tuple(each.mT for each in (*F, cost.show(Z[-1])))

    small = max(math.prod(shape) for shape in shapes.values()) <= LARGEST_MATRIX and inputs.ndim == 2
    zero = loss == "squared" and output == "linear" and not weight_decay and _reaches_zero(sizes, N)
    return Landscape(
        name,
        shapes,
        lambda theta: loss_at(theta, *samples(theta), per_sample),
        lambda theta: gradient_at(theta, *samples(theta), per_sample),
        formula=f"{reduction} over {N} samples of {cost.formula}"
        + (f" + {weight_decay:g}/2 |theta|^2" if weight_decay else ""),
        symmetries=_symmetries(first, sizes, s, decays=weight_decay > 0),
        known_minimum=0.0 if zero and distinct(x) else None,
        samples=N,
        batch_loss_of=lambda theta, rows: loss_at(theta, *chosen(theta, rows)),
        batch_gradient_of=lambda theta, rows: gradient_at(theta, *chosen(theta, rows)),
        members_last_gradient_of=members_last_gradient_of if small else None,
        working_numbers=4 * N * sum(sizes) + 4 * sum(map(math.prod, shapes.values())),
        layers_of=layers_of,
        proof=() if described is None else described(x, y.mT),
    )


def fully_connected(name: str, widths: Sequence[int], activation: str, data, **settings) -> Landscape:
    """The landscape of a fully connected network with `widths` neurons, inputs and outputs included; see `network`."""
    widths = checked_widths(widths, data.x.shape[-1])
    title = f"{name} {'-'.join(map(str, widths))}"
    told = [settings[key] for key in ("loss", "output", "reduction", "weight_decay")]
    return network(
        title, dense_input(*widths[:2]), widths[2:], [activation] * (len(widths) - 2), data, **settings,
        distinct=lambda x: len(torch.unique(x, dim=0)) == len(x),
        described=lambda x, y: ("dense", tuple(widths), activation, x, y, *told),
    )  # fmt: skip


def checked_widths(widths: Sequence[int], inputs: int) -> list[int]:
    """widths as a list, if they are whole numbers from 1 on and begin with the inputs of the data."""
    widths = list(widths)
    if len(widths) < 2 or any(not isinstance(n, int) or isinstance(n, bool) or n < 1 for n in widths):
        raise ValueError(
            f"widths must be at least two whole numbers from 1 on, inputs and outputs included, but {widths} came."
        )
    if widths[0] != inputs:
        raise ValueError(f"The data have {inputs} inputs, but widths = {widths} begins with {widths[0]}.")
    return widths


# ----------------------------------------------------------------------------------------------- parts of the core


def _affine(W: Tensor, b: Tensor, F: Tensor) -> Tensor:
    return W @ F + b.unsqueeze(-1)


def _outward(W: Tensor, back: Tensor) -> Tensor:
    """W' back, (..., inside, N); with one output a plain product, which is ten times as fast as a matrix product of one row."""
    return W.mT * back if back.shape[-2] == 1 else W.mT @ back


def _activation(name: str) -> Activation:
    if name not in ACTIVATIONS:
        raise ValueError(f"There is no activation {name!r}. The activations are: {', '.join(ACTIVATIONS)}.")
    return ACTIVATIONS[name]


def _split(theta: Tensor, shapes: dict[str, tuple[int, ...]]) -> list[Tensor]:
    flat = theta.split([math.prod(shape) for shape in shapes.values()], dim=-1)
    return [piece.unflatten(-1, shape) for piece, shape in zip(flat, shapes.values(), strict=True)]


def _kept_by_device(*tensors: Tensor) -> Callable[[Tensor], Sequence[Tensor]]:
    """A function that gives the tensors with the dtype and on the device of theta, moving them there once."""
    kept = {
        (dtype, torch.device("cpu")): [t.to("cpu", dtype) for t in tensors] for dtype in (torch.float64, torch.float32)
    }

    def like(theta: Tensor) -> Sequence[Tensor]:
        place = theta.dtype, theta.device
        if place in kept:
            return kept[place]
        moved = [tensor.to(dtype=place[0], device=place[1]) for tensor in tensors]
        if not any(
            map(torch._C._functorch.is_functorch_wrapped_tensor, moved)
        ):  # one made inside torch.func.grad dies with it
            kept[place] = moved
        return moved

    return like


def _reaches_zero(sizes: Sequence[int], samples: int) -> bool:
    """Whether the widths alone let the squared loss reach zero on samples that differ: Nguyen and Hein (2018), theorem 3.4.

    A first layer of at least N neurons can give N independent features; the next layer then takes any values in the range of its
    activation, and as many neurons as there are outputs carry the targets, shrunk into that range, on to the last layer.
    """
    return len(sizes) > 1 and sizes[0] >= samples and min(sizes[1:]) >= sizes[-1]


def _unit_axes(layer: int) -> tuple[IndexAxis, ...]:
    return IndexAxis(f"W{layer}", 0), IndexAxis(f"b{layer}", 0), IndexAxis(f"W{layer + 1}", 1, power=-1)


def _symmetries(
    first: InputLayer, sizes: Sequence[int], activations: Sequence[Activation], decays: bool
) -> tuple[Symmetry, ...]:
    """Exchanges, and what the activations add; the length of theta, which weight decay punishes, is kept by signs alone."""
    found = []
    for layer, activation in enumerate(activations, start=1):
        count, axes = (first.units, first.axes) if layer == 1 else (sizes[layer - 1], _unit_axes(layer))
        if count > 1:
            found.append(Symmetry("permutations", count, axes))
        if activation.group and (activation.group == "signs" or not decays):
            bias = f"b{layer + 1}" if activation.group == "mirrors" else ""
            found.append(Symmetry(activation.group, count, axes, bias))
    return tuple(found)
