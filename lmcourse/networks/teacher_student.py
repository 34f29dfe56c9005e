"""Two-layer ReLU networks that learn a teacher of their own kind, without data: the expected loss in closed form.

Safran and Shamir (2018). Inputs x ~ N(0, I_d); the teacher is sum_j [v_j.x]+ with unit vectors v_1..v_k, by default the
first k unit vectors; the student is sum_i [w_i.x]+ with n neurons, whose output weights are 1. The expectation over
all inputs depends on lengths and angles alone (Cho and Saul 2009; Brutzkus and Globerson 2017):

    E [w.x]+ [v.x]+  =  f(w, v)  =  |w| |v| (sin th + (pi - th) cos th) / (2 pi),      th the angle between w and v
    loss  =  1/2 sum_ij f(w_i, w_j)  -  sum_ij f(w_i, v_j)  +  1/2 sum_ij f(v_i, v_j)

Data types, in words
    W           (..., n, d): the student's neurons are rows
    V           (k, d): the teacher's neurons are rows
    theta       (..., n*d): W, row by row
"""

from __future__ import annotations

import math

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from lmcourse.landscape import Landscape
from lmcourse.symmetry import IndexAxis, Symmetry


def teacher_student(k: int, n: int | None = None, d: int | None = None, teacher: Tensor | None = None) -> Landscape:
    """The expected loss of n student neurons against k teacher neurons in R^d: E 1/2 (sum_i [w_i.x]+ - sum_j [v_j.x]+)^2.

    k, n, d : teacher neurons, student neurons (default k), inputs (default k, at least k).
    teacher : V (k, d), rows of length one; default the first k unit vectors.
    Raises ValueError for sizes that do not fit. Source: Safran and Shamir (2018), section 2 and their equation for F.

    >>> land = teacher_student(k=6)
    >>> land.dim, land.shapes
    (36, {'W': (6, 6)})
    >>> float(land.loss(torch.eye(6, dtype=torch.float64).flatten()))       # the student is the teacher
    0.0
    >>> zero = torch.zeros(36, dtype=torch.float64)                         # F(0) = (k pi + k(k-1)) / (4 pi)
    >>> abs(float(land.loss(zero)) - (6 * math.pi + 30) / (4 * math.pi)) < 1e-14
    True
    """
    n, d = k if n is None else n, (d if d is not None else (k if teacher is None else _width(teacher)))
    _check_sizes(k, n, d)
    V = torch.eye(k, d, dtype=torch.float64) if teacher is None else _checked_teacher(teacher, k, d)
    teacher_energy = _pair_energies(V).sum() / 2

    def loss_of(theta: Tensor) -> Tensor:
        W = theta.unflatten(-1, (n, d))
        own = _pair_energies(W).sum(dim=(-1, -2))
        shared = _cross_energies(W, V.to(theta)).sum(dim=(-1, -2))
        return own / 2 - shared + teacher_energy.to(theta)

    def gradient_of(theta: Tensor) -> Tensor:
        return _gradient(theta.unflatten(-1, (n, d)), V.to(theta), axes=teacher is None).flatten(-2)

    def members_last_gradient_of(theta: Tensor) -> Tensor:
        return _members_last_gradient(theta.unflatten(0, (n, d)), k).flatten(0, 1)

    def hessian_of(theta: Tensor) -> Tensor:
        return _hessian(theta.unflatten(-1, (n, d)), V.to(theta)).flatten(-2).flatten(-3, -2)

    return Landscape(
        name=f"teacher-student, k = {k}, n = {n}" + (f", d = {d}" if d > k else ""),
        shapes={"W": (n, d)},
        loss_of=loss_of,
        gradient_of=gradient_of,
        hessian_of=hessian_of,
        members_last_gradient_of=members_last_gradient_of if teacher is None and n > 1 else None,
        working_numbers=8 * n * (n + k) + 6 * n * d,
        formula="E 1/2 (sum_i [w_i.x]+ - sum_j [v_j.x]+)^2",
        symmetries=_symmetries(k, n, d) if teacher is None else _symmetries(0, n, 0),
        known_minimum=0.0 if n >= k else None,
        proof=("teacher_student", k, n, d, None if teacher is None else tuple(V.flatten().tolist())),
    )


def align_with_teacher(W: Tensor) -> Tensor:
    """Reorder W (n, d) for the eye, when the teacher's neurons are the first unit vectors: the same network, up to symmetry.

    Each teacher neuron is given the student neuron with the largest weight on its input, either sign; then teacher and
    student neurons are ordered together, reversed ones first. Student neurons that are left over stand last.

    >>> align_with_teacher(torch.tensor([[0.0, 1.0], [-0.6, 0.1]]))
    tensor([[-0.6000,  0.1000],
            [ 0.0000,  1.0000]])
    """
    rows, columns = linear_sum_assignment(-W.abs().cpu().numpy())
    order = W[rows, columns].argsort(stable=True)
    rows, columns = torch.from_numpy(rows)[order], torch.from_numpy(columns)[order]
    rest = [row for row in range(W.shape[0]) if row not in rows.tolist()]
    unused = [column for column in range(W.shape[1]) if column not in columns.tolist()]
    return W[torch.cat([rows, torch.tensor(rest, dtype=torch.int64)])][
        :, torch.cat([columns, torch.tensor(unused, dtype=torch.int64)])
    ]


def teacher_student_monte_carlo(W: Tensor, V: Tensor, samples: int, generator: torch.Generator) -> tuple[float, float]:
    """The same loss measured on random inputs: (mean, standard error) of 1/2 (student - teacher)^2.

    W (n, d), V (k, d). A check of the closed form that uses nothing of it.
    """
    x = torch.randn(samples, W.shape[-1], dtype=W.dtype, generator=generator)
    squared = ((x @ W.mT).relu().sum(-1) - (x @ V.mT).relu().sum(-1)) ** 2 / 2
    return float(squared.mean()), float(squared.std() / math.sqrt(samples))


# ----------------------------------------------------------------------------------------------- closed forms


def _tiny(x: Tensor) -> float:
    """A neuron of length zero has no direction; divided by this it gets the direction zero, in every precision."""
    return 1e8 * torch.finfo(x.dtype).tiny  # 1e-300 in float64, 1e-30 in float32


def _lengths(W: Tensor) -> Tensor:
    return torch.linalg.vector_norm(W, dim=-1)  # (..., n)


def pair_energy(product: Tensor, cosine: Tensor) -> Tensor:
    """f(w, v) from |w||v| and cos th."""
    sine = ((1 - cosine) * (1 + cosine)).sqrt()
    return product * (sine + (math.pi - cosine.acos()) * cosine) / (2 * math.pi)


def _cross_energies(W: Tensor, V: Tensor) -> Tensor:
    product = _lengths(W).unsqueeze(-1) * _lengths(V)  # (..., n, k)
    cosine = (W @ V.mT / product.clamp_min(_tiny(product))).clamp(-1, 1)
    return pair_energy(product, cosine)


def _pair_energies(W: Tensor) -> Tensor:
    squares = (W * W).sum(-1)  # (..., n); no square root, so that its derivative exists at w = 0 and on the diagonal
    same = torch.eye(W.shape[-2], dtype=torch.bool, device=W.device)
    lengths = _lengths(W)
    product = lengths.unsqueeze(-1) * lengths.unsqueeze(-2)  # (..., n, n)
    cosine = (W @ W.mT / product.clamp_min(_tiny(product))).clamp(-1, 1).masked_fill(same, 0)
    return torch.where(same, torch.diag_embed(squares / 2), pair_energy(product, cosine))  # f(w, w) = |w|^2 / 2


def _gradient(W: Tensor, V: Tensor, axes: bool) -> Tensor:
    """dF/dw_i = sum_j g(w_i, w_j) - sum_j g(w_i, v_j), with g(w, v) = (|v| sin th w/|w| + (pi - th) v) / (2 pi).

    The term g(w_i, w_i) = w_i / 2 is the diagonal of the first sum: its angle is set to zero exactly. With axes=True the rows of
    V are the first unit vectors, and products with them are slices.
    """
    k, lengths = V.shape[0], _lengths(W)  # (..., n)
    U = W / lengths.clamp_min(_tiny(lengths)).unsqueeze(-1)  # (..., n, d)
    own = (U @ U.mT).clamp_(-1, 1)  # (..., n, n)
    own.diagonal(dim1=-2, dim2=-1).fill_(1)
    teacher = (U[..., :k] if axes else U @ V.mT).clamp(-1, 1)  # (..., n, k); the rows of V have length one
    turning = ((1 - own).mul_(1 + own).sqrt_() @ lengths.unsqueeze(-1)).squeeze(-1)
    turning = turning - (1 - teacher).mul_(1 + teacher).sqrt_().sum(-1)  # (..., n)
    pull, back = (math.pi - own.acos_()) @ W, math.pi - teacher.acos_()
    pull[..., : k if axes else None] -= back if axes else back @ V
    return (turning.unsqueeze(-1) * U + pull) / (2 * math.pi)


def _members_last_gradient(W: Tensor, k: int) -> Tensor:
    """The same gradient for W (n, d, members) against the first k unit vectors, each pair of neurons computed once."""
    n = W.shape[0]
    lengths = _lengths(W.movedim(1, -1))  # (n, members)
    U = W / lengths.clamp_min(_tiny(lengths)).unsqueeze(1)  # (n, d, members)
    teacher = U[:, :k].clamp(-1, 1)  # cosines with the unit vectors, (n, k, members)
    pairs = torch.cat([(U[i] * U[i + 1 :]).sum(1) for i in range(n - 1)]).clamp(-1, 1)  # i < j, (n(n-1)/2, members)
    sine, angle = ((1 - pairs) * (1 + pairs)).sqrt(), math.pi - pairs.acos()
    turning = -((1 - teacher) * (1 + teacher)).sqrt().sum(1)
    first, second = torch.triu_indices(n, n, 1, device=W.device)
    where = torch.zeros(n, n, dtype=torch.int64, device=W.device)  # the place of the pair (i, j) among the pairs
    where[first, second] = where[second, first] = torch.arange(len(first), device=W.device)
    sine, angle, itself = sine[where], angle[where], torch.arange(n, device=W.device)  # (n, n, members)
    sine[itself, itself] = 0  # written in place: else the compiler would compute every arccos again for each input
    angle[itself, itself] = math.pi
    turning = turning + (sine * lengths).sum(1)
    pull = (angle.unsqueeze(2) * W).sum(1)
    pull = torch.cat([pull[:, :k] - (math.pi - teacher.acos()), pull[:, k:]], dim=1)
    return (turning.unsqueeze(1) * U + pull) / (2 * math.pi)


def _hessian(W: Tensor, V: Tensor) -> Tensor:
    """The second derivatives, (..., n, d, n, d): Safran and Shamir (2018), their h1 on the diagonal blocks and h2 off them.

    Angles come from chords, th = 2 atan2(|u-t|, |u+t|), which keeps all digits where neurons are parallel.
    """
    n, d = W.shape[-2:]
    lengths, identity = _lengths(W), torch.eye(d, dtype=W.dtype, device=W.device)
    U = W / lengths.clamp_min(_tiny(lengths)).unsqueeze(-1)  # (..., n, d)
    T = torch.cat([U, V.expand(*U.shape[:-2], *V.shape)], dim=-2)  # (..., n+k, d): directions of all neurons
    weights = torch.cat(
        [lengths, -_lengths(V).expand(*U.shape[:-2], V.shape[-2])], dim=-1
    )  # (..., n+k): teacher counts negative
    u, t = U.unsqueeze(-2), T.unsqueeze(-3)  # (..., n, 1, d) and (..., 1, n+k, d)
    half_sine, half_cosine = _lengths(u - t) / 2, _lengths(u + t) / 2  # (..., n, n+k)
    theta, sine = 2 * torch.atan2(half_sine, half_cosine), 2 * half_sine * half_cosine
    p = _perpendicular(u, t, half_sine, half_cosine)  # (..., n, n+k, d)

    force = (
        sine * weights.unsqueeze(-2) / (2 * math.pi * lengths.clamp_min(_tiny(lengths)).unsqueeze(-1))
    )  # (..., n, n+k)
    across = identity - U.unsqueeze(-1) * U.unsqueeze(-2)  # I - u u', (..., n, d, d)
    diagonal = (
        identity / 2
        + force.sum(-1)[..., None, None] * across
        + torch.einsum("...ij,...ija,...ijb->...iab", force, p, p)
    )

    p, t, theta = p[..., :n, :], t[..., :n, :], theta[..., :n]
    q = _perpendicular(t, u, half_sine[..., :n], half_cosine[..., :n])
    blocks = (
        (math.pi - theta)[..., None, None] * identity
        + p.unsqueeze(-1) * u.unsqueeze(-2)
        + q.unsqueeze(-1) * t.unsqueeze(-2)
    )
    blocks = blocks / (2 * math.pi)  # h2(w_i, w_j), (..., n, n, d, d)
    same = torch.eye(n, dtype=torch.bool, device=W.device)[:, :, None, None]
    blocks = torch.where(same, diagonal.unsqueeze(-3), blocks)
    return blocks.movedim(-2, -3)  # (..., n, d, n, d)


def _perpendicular(u: Tensor, t: Tensor, half_sine: Tensor, half_cosine: Tensor) -> Tensor:
    """The unit vector (t - cos th u) / sin th, without cancellation at th = 0 and th = pi; zero where u and t are parallel."""
    near = half_sine < half_cosine
    numerator = torch.where(near.unsqueeze(-1), t - u, t + u)
    numerator = numerator + torch.where(near, 2 * half_sine**2, -2 * half_cosine**2).unsqueeze(-1) * u
    return numerator / (2 * half_sine * half_cosine).clamp_min(_tiny(half_sine)).unsqueeze(-1)


# ----------------------------------------------------------------------------------------------- what came in


def _symmetries(k: int, n: int, d: int) -> tuple[Symmetry, ...]:
    symmetries = [Symmetry("permutations", n, (IndexAxis("W", 0),))]
    if k > 1:  # the teacher's neurons are unit vectors: their order is the order of the inputs
        symmetries.append(Symmetry("permutations", k, (IndexAxis("W", 1),)))
    if d > k + 1:  # inputs that the teacher does not use
        symmetries.append(Symmetry("rotations", d - k, (IndexAxis("W", 1, first=k),)))
    return tuple(symmetries)


def _check_sizes(k: int, n: int, d: int) -> None:
    for name, value, meaning in (("k", k, "teacher neurons"), ("n", n, "student neurons"), ("d", d, "inputs")):
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ValueError(
                f"{name}, the number of {meaning}, must be a whole number from 1 on, but {name} = {value!r} came."
            )
    if d < k:
        raise ValueError(
            f"k = {k} orthonormal teacher neurons need at least {k} inputs, but d = {d} came. Choose d >= k."
        )


def _width(teacher: Tensor) -> int:
    return teacher.shape[-1] if isinstance(teacher, Tensor) and teacher.ndim == 2 else 0


def _checked_teacher(teacher: Tensor, k: int, d: int) -> Tensor:
    if tuple(teacher.shape) != (k, d):
        raise ValueError(f"The teacher must have the shape (k, d) = ({k}, {d}), but came as {tuple(teacher.shape)}.")
    if not torch.allclose(_lengths(teacher), torch.ones(k, dtype=teacher.dtype), atol=1e-12):
        raise ValueError("The teacher's rows must have length one. Divide each row by its norm.")
    return teacher.double().clone()
