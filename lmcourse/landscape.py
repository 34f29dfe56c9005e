"""A loss landscape is a function from flat parameters to a number.

Data types, in words
    theta       a tensor (..., P): one network, or a batch of networks with any leading axes
    shapes      a dictionary from the name of a parameter tensor to its shape, in flat order
    Landscape   the function, its gradient and its Hessian over theta, with what is known about it

One network, an ensemble of ten thousand, a grid for a picture and a path between two points are the same
call with different leading axes. Everything else in this package takes a `Landscape` and nothing below it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, repr=False, eq=False)
class Landscape:
    """The loss of a network, or of any other model, as a function of its flat parameters.

    Factories such as `teacher_student` build landscapes; you rarely call this class yourself. Only `loss_of` is
    required. Without `gradient_of` and `hessian_of` the derivatives come from automatic differentiation.

    name : what the landscape is, in words.
    shapes : parameter tensors by name, in the order in which they lie in theta.
    loss_of, gradient_of, hessian_of : theta (..., P) -> (...), (..., P), (..., P, P).
    formula : the loss as text, with its factor 1/2 or its mean.
    symmetries : exchanges, rotations, ... of parameters that leave the loss as it is (see `symmetry`).
    known_minimum : the global minimum of the loss where it is known, else None.
    window : where to draw a two-dimensional landscape, ((x from, to), (y from, to)), else None.
    samples, batch_loss_of : how many samples the loss runs over, and the loss on some of them, scaled to estimate the whole:
        theta (members, P), rows (members, B) -> (members,). None where the loss has no samples.
    batch_gradient_of : the gradient of batch_loss_of, (members, P), where it is written out.
    members_last_gradient_of : the gradient for theta (P, members), members last, written for the compiled engine (see `engine`).
    working_numbers : about how many numbers a member needs between theta and its gradient; by default 16 P.
    kink_distance_of : theta (..., P) -> (...), zero where the loss has a kink, so that its Hessian says little; None without kinks.
    retract, constraints : for parameters on a surface such as a sphere, the map (..., P) -> (..., P) back to it, and how many
        directions it takes away; gradient and Hessian are then those along the surface, with zeros across it.
    layers_of : for a network, theta (..., P) and inputs x (N, d), or None for its own samples -> what its layers give, F_1 to F_L,
        each (..., N, neurons).
    proof : what a proof about a point must know, plain data beginning with the name of the family, such as
        ("teacher_student", k, n, d, None); empty where no proof is written (see `certificates`).

    >>> bowl = Landscape("bowl", {"x": (2,)}, lambda theta: 0.5 * (theta**2).sum(-1))
    >>> bowl.gradient(torch.tensor([[3.0, 4.0], [0.0, 1.0]]))
    tensor([[3., 4.],
            [0., 1.]])
    """

    name: str
    shapes: Mapping[str, tuple[int, ...]]
    loss_of: Callable[[Tensor], Tensor]
    gradient_of: Callable[[Tensor], Tensor] | None = None
    hessian_of: Callable[[Tensor], Tensor] | None = None
    formula: str = ""
    symmetries: tuple = ()
    known_minimum: float | None = None
    window: tuple[tuple[float, float], tuple[float, float]] | None = None
    default_start: str = "xavier"
    samples: int | None = None
    batch_loss_of: Callable[[Tensor, Tensor], Tensor] | None = None
    batch_gradient_of: Callable[[Tensor, Tensor], Tensor] | None = None
    members_last_gradient_of: Callable[[Tensor], Tensor] | None = None
    working_numbers: int = 0
    kink_distance_of: Callable[[Tensor], Tensor] | None = None
    retract: Callable[[Tensor], Tensor] | None = None
    constraints: int = 0
    layers_of: Callable[[Tensor, Tensor | None], tuple[Tensor, ...]] | None = None
    proof: tuple = ()
    dim: int = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "dim", sum(math.prod(shape) for shape in self.shapes.values()))
        if not self.working_numbers:
            object.__setattr__(self, "working_numbers", 16 * self.dim)

    def loss(self, theta: Tensor) -> Tensor:
        """The loss at theta (..., P), as a tensor (...).

        >>> import lmcourse as lm
        >>> float(lm.surface("himmelblau").loss(torch.tensor([3.0, 2.0])))     # one of its four minima
        0.0
        """
        return self.loss_of(self.checked(theta))

    def gradient(self, theta: Tensor) -> Tensor:
        """The gradient of the loss at theta (..., P), as a tensor (..., P).

        >>> import lmcourse as lm
        >>> lm.surface("quadratic saddle").gradient(torch.tensor([1.0, 1.0]))
        tensor([ 1., -1.])
        """
        theta = self.checked(theta)
        if self.gradient_of is not None:
            return self.gradient_of(theta)
        theta, gradient = self._differentiable_gradient(theta, keep_graph=False)
        return gradient.detach()

    def batch_gradient(self, theta: Tensor, rows: Tensor) -> Tensor:
        """The gradient estimated on samples rows (members, B), one choice a member, at theta (members, P): (members, P)."""
        if self.batch_loss_of is None:
            raise ValueError(f"{self.name} has no samples to choose from: its loss is not a sum over data.")
        if self.batch_gradient_of is not None:
            return self.batch_gradient_of(self.checked(theta), rows)
        with torch.enable_grad():
            theta = self.checked(theta).detach().requires_grad_(True)
            return torch.autograd.grad(self.batch_loss_of(theta, rows).sum(), theta)[0]

    def hessian(self, theta: Tensor) -> Tensor:
        """The matrix of second derivatives at theta (..., P), as a tensor (..., P, P).

        >>> import lmcourse as lm
        >>> lm.surface("rosenbrock").hessian(torch.tensor([1.0, 1.0]))
        tensor([[ 802., -400.],
                [-400.,  200.]])
        """
        theta = self.checked(theta)
        if self.hessian_of is not None:
            return self.hessian_of(theta)
        theta, gradient = self._differentiable_gradient(theta)
        rows = [_derivative(gradient[..., i].sum(), theta) for i in range(self.dim)]
        return torch.stack(rows, dim=-2)  # (..., P, P)

    def hvp(self, theta: Tensor, v: Tensor) -> Tensor:
        """The Hessian at theta (..., P) applied to v (..., P), without forming the Hessian.

        >>> import lmcourse as lm
        >>> lm.surface("quadratic saddle").hvp(torch.zeros(2), torch.tensor([2.0, 3.0]))
        tensor([ 2., -3.])
        """
        theta, v = torch.broadcast_tensors(self.checked(theta), self.checked(v))
        if self.hessian_of is not None:
            return (self.hessian_of(theta) @ v.unsqueeze(-1)).squeeze(-1)
        theta, gradient = self._differentiable_gradient(theta)
        return _derivative((gradient * v).sum(), theta)

    def layers(self, theta: Tensor, x: Tensor | None = None) -> tuple[Tensor, ...]:
        """What every layer of the network gives on inputs x (N, d), by default its own samples: F_1 to F_L, each (..., N, neurons).

        >>> from lmcourse.data import xor
        >>> from lmcourse.networks.relu import relu_mlp
        >>> [tuple(F.shape) for F in relu_mlp([2, 3, 1], xor()).layers(torch.zeros(5, 13))]
        [(5, 4, 3), (5, 4, 1)]
        """
        if self.layers_of is None:
            raise ValueError(
                f"{self.name} is not a network with layers of its own; unpack(theta) gives its parameters."
            )
        return self.layers_of(self.checked(theta), x)

    def outputs(self, theta: Tensor, x: Tensor | None = None) -> Tensor:
        """What the network at theta (..., P) answers to inputs x (N, d), by default to its own samples: (..., N, outputs)."""
        return self.layers(theta, x)[-1]

    def unpack(self, theta: Tensor) -> dict[str, Tensor]:
        """Cut theta (..., P) into its parameter tensors, each (..., *shape).

        >>> import lmcourse as lm
        >>> lm.teacher_student(k=2, n=2).unpack(torch.tensor([1.0, 2.0, 3.0, 4.0]))["W"]
        tensor([[1., 2.],
                [3., 4.]])
        """
        theta = self.checked(theta)
        lead = theta.shape[:-1]
        pieces = theta.split([math.prod(shape) for shape in self.shapes.values()], dim=-1)
        return {
            name: piece.reshape(*lead, *shape) for (name, shape), piece in zip(self.shapes.items(), pieces, strict=True)
        }

    def pack(self, **tensors: Tensor) -> Tensor:
        """Join parameter tensors (..., *shape) into theta (..., P); the inverse of `unpack`.

        >>> import lmcourse as lm
        >>> lm.teacher_student(k=2, n=2).pack(W=torch.eye(2))
        tensor([1., 0., 0., 1.])
        """
        if set(tensors) != set(self.shapes):
            raise ValueError(f"{self.name} has the parameters {list(self.shapes)}, but pack() got {list(tensors)}.")
        flat = []
        for name, shape in self.shapes.items():
            tensor = torch.as_tensor(tensors[name])
            if tuple(tensor.shape[tensor.ndim - len(shape) :]) != tuple(shape):
                raise ValueError(
                    f"{name} must have the shape (..., {', '.join(map(str, shape))}), but came as {tuple(tensor.shape)}."
                )
            flat.append(
                tensor.reshape(*tensor.shape[: tensor.ndim - len(shape)], math.prod(shape))
            )  # (..., P of this tensor)
        return torch.cat(_with_same_lead(flat), dim=-1)

    def checked(self, theta: Tensor) -> Tensor:
        """theta itself, if it is a floating-point tensor whose last axis has length P; else an error says what is wrong."""
        if not isinstance(theta, Tensor):
            came = type(theta).__name__
            raise TypeError(
                f"theta must be a torch tensor (..., {self.dim}), but a {came} came. Use torch.as_tensor(...)."
            )
        if theta.ndim == 0 or theta.shape[-1] != self.dim:
            raise ValueError(
                f"theta must have the shape (..., {self.dim}) for {self.name}, but came as {tuple(theta.shape)}. "
                f"Its parameters are {dict(self.shapes)}; pack(...) joins them."
            )
        if not theta.is_floating_point():
            raise ValueError(f"theta must hold floating-point numbers, but came as {theta.dtype}. Use theta.double().")
        return theta

    def checked_finite(self, theta: Tensor) -> Tensor:
        """theta itself, if it is `checked` and has neither NaN nor infinity; else a ValueError says where."""
        bad = ~torch.isfinite(self.checked(theta)).all(dim=-1)
        if bad.any():
            first = bad.reshape(-1).nonzero()[0].item()
            count = f"{int(bad.sum())} of {bad.numel()} points hold NaN or infinity (the first is number {first})"
            raise ValueError(f"theta must be finite, but {count}.")
        return theta

    def _differentiable_gradient(self, theta: Tensor, keep_graph: bool = True) -> tuple[Tensor, Tensor]:
        # The members of a batch do not see each other: the gradient of their summed loss holds every member's own gradient.
        with torch.enable_grad():
            theta = theta.detach().requires_grad_(True)
            return theta, torch.autograd.grad(self.loss_of(theta).sum(), theta, create_graph=keep_graph)[0]

    def __repr__(self) -> str:
        parameters = ", ".join(f"{name} {'x'.join(map(str, shape))}" for name, shape in self.shapes.items())
        return f"Landscape: {self.name}, {self.dim} parameters ({parameters})" + (
            f", loss = {self.formula}" if self.formula else ""
        )


def _derivative(number: Tensor, theta: Tensor) -> Tensor:
    if not number.requires_grad:  # the gradient does not depend on theta: a linear loss
        return torch.zeros_like(theta)
    return torch.autograd.grad(number, theta, retain_graph=True, materialize_grads=True)[0].detach()


def _with_same_lead(flat: list[Tensor]) -> list[Tensor]:
    lead = np.broadcast_shapes(*(tensor.shape[:-1] for tensor in flat))  # that of torch imports sympy: 25 MB, a second
    return [tensor.expand(*lead, tensor.shape[-1]) for tensor in flat]


def from_module(
    module: torch.nn.Module, loss_fn: Callable[[Tensor, Tensor], Tensor], data, name: str | None = None
) -> Landscape:
    """The landscape of any `nn.Module` on fixed data: loss = loss_fn(module(x), y), whatever scale loss_fn has.

    data is a pair (x, y) or anything with the attributes .x and .y, samples as rows. The module is copied in spirit
    only: its own parameters stay as they are, and its buffers are held fixed. theta (..., P) in the order of named_parameters.
    Raises ValueError for a module without parameters.

    >>> import lmcourse as lm
    >>> line = torch.nn.Linear(1, 1, dtype=torch.float64)
    >>> x = torch.tensor([[0.0], [1.0]], dtype=torch.float64)
    >>> land = lm.from_module(line, torch.nn.functional.mse_loss, (x, 2 * x + 1))
    >>> float(land.loss(torch.tensor([2.0, 1.0], dtype=torch.float64)))
    0.0
    """
    x, y = (data.x, data.y) if hasattr(data, "x") else data
    buffers = {key: value.detach() for key, value in module.named_buffers()}
    shapes = {key: tuple(value.shape) for key, value in module.named_parameters()}
    if not shapes:
        raise ValueError(
            f"{type(module).__name__} has no parameters, so it has no landscape. Pass a module with weights."
        )
    sizes = [math.prod(shape) for shape in shapes.values()]

    def loss_of_one(theta: Tensor) -> Tensor:  # (P,) -> ()
        pieces = theta.split(sizes)
        parameters = {key: piece.reshape(shape) for (key, shape), piece in zip(shapes.items(), pieces, strict=True)}
        return loss_fn(torch.func.functional_call(module, (parameters, buffers), (x,)), y)

    def loss_of(theta: Tensor) -> Tensor:  # (..., P) -> (...)
        losses = torch.func.vmap(loss_of_one)(theta.reshape(-1, theta.shape[-1]))
        return losses.reshape(theta.shape[:-1])

    return Landscape(name or type(module).__name__, shapes, loss_of, formula="loss_fn(module(x), y)")
