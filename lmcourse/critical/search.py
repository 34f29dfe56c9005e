"""Looking for critical points of every kind, and telling them from places where the gradient is merely flat.

    method            the search                                          where it ends
    newton            Newton's method on gradient = 0                      critical points, of every index; or it wanders
    gradient norm     Levenberg-Marquardt on |gradient|^2 / 2              where the gradient is shortest nearby, zero or not

Where H gradient = 0 but the gradient is not, |gradient|^2 has a stationary point and the loss has none. On losses of networks a
search by the gradient norm ends there far more often than at critical points (Frye et al. 2021): look at `verdict`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import torch
from torch import Tensor

from lmcourse.critical.classification import CriticalPoints, as_batch, classify
from lmcourse.critical.refinement import on_surface, refine
from lmcourse.landscape import Landscape
from lmcourse.training.loop import train
from lmcourse.training.methods import Method, check_positive
from lmcourse.training.runs import Status
from lmcourse.training.second_order import FAR, at_most, divided, eigenbasis, members_at_a_time, newton

SEARCH_METHODS = ("newton", "gradient norm")
VERDICTS = ("critical", "gradient-flat", "unfinished")
TRIES = 12  # dampings that a step of the gradient norm tries


@dataclass(frozen=True, repr=False, eq=False)
class Search:
    """Where a search ended, one entry a start.

    ends : the points, classified. verdict : "critical"; "gradient-flat" if the gradient is not zero, but the Hessian nearly
    annihilates it; "unfinished" otherwise. flatness : |H gradient| / (|H| |gradient|) (starts,), between 0 and 1.
    """

    ends: CriticalPoints
    verdict: tuple[str, ...]
    flatness: Tensor
    method: str

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def critical(self) -> CriticalPoints:
        """The true critical points among the ends; one that several starts reached stands there as often, see `distinct`."""
        return self.ends[torch.tensor([verdict == "critical" for verdict in self.verdict], dtype=torch.bool)]

    def __repr__(self) -> str:
        counts = ", ".join(f"{number} {verdict}" for verdict, number in Counter(self.verdict).most_common())
        return f"Search: {len(self)} starts by {self.method}: {counts or 'none'}"


def find_critical_points(
    land: Landscape,
    starts: Tensor,
    method: str = "newton",
    *,
    max_steps: int = 200,
    longest: float = float("inf"),
    tol: float = 1e-8,
    flat: float = 1e-2,
) -> Search:
    """Search for critical points of every kind from starts (members, P); one (P,) counts as one member.

    method : see the top of this module. max_steps : each needs a Hessian. longest : a longer step is cut to this length.
    tol : Euclidean norm of the gradient at which a search has arrived; then `refine` goes to machine precision, and `classify`
    has a say on whether the point is critical. flat : any other end is called gradient-flat if its flatness is at most this.

    Parameters bound to a surface stay on it. Raises ValueError for an unknown method, NaN or infinity in starts.

    >>> import lmcourse as lm
    >>> starts = torch.tensor([[2.0, 1.0], [3.2, 0.2], [-0.2, -1.0]], dtype=torch.float64)
    >>> find_critical_points(lm.surface("himmelblau"), starts).critical.kind
    ('strict minimum', 'strict saddle', 'strict maximum')
    """
    if method not in SEARCH_METHODS:
        raise ValueError(f"There is no search {method!r}. The searches are: {', '.join(SEARCH_METHODS)}.")
    make = newton if method == "newton" else gradient_norm_descent
    starts = as_batch(land, starts)
    runs = train(land, starts, make(land, longest=longest), lr=1.0, tol=tol, max_steps=max_steps)
    lost = runs.status == Status.DIVERGED  # a point that flew away is reported where it began
    theta = torch.where(lost[:, None], starts, runs.theta)
    arrived = runs.status == Status.CONVERGED
    theta[arrived] = refine(land, theta[arrived]).theta if arrived.any() else theta[arrived]
    ends, flatness = classify(land, theta), _flatness(land, theta)
    truly = [met and kind != "not critical" for met, kind in zip(arrived.tolist(), ends.kind, strict=True)]
    flattened = ((flatness <= flat) & ~lost).tolist()
    verdict = tuple(
        "critical" if true else "gradient-flat" if flattened_out else "unfinished"
        for true, flattened_out in zip(truly, flattened, strict=True)
    )
    return Search(ends, verdict, flatness, method)


def _flatness(land: Landscape, theta: Tensor) -> Tensor:
    shares = []
    for part in theta.split(members_at_a_time(land)):
        eigenvalues, basis = eigenbasis(land, part)
        gradient = land.gradient(part)
        pushed = eigenvalues * (basis.mT @ gradient.unsqueeze(-1)).squeeze(-1)  # H gradient, in the eigenbasis
        longest = eigenvalues.abs().amax(dim=-1) * torch.linalg.vector_norm(gradient, dim=-1)
        shares.append(torch.linalg.vector_norm(pushed, dim=-1) / longest.clamp_min(torch.finfo(theta.dtype).tiny))
    return torch.cat(shares)


def gradient_norm_descent(land: Landscape, *, longest: float = float("inf")) -> Method:
    """theta <- theta - lr * (H^2 + m)^-1 H gradient: Levenberg (1944) and Marquardt (1963) on |gradient|^2 / 2.

    The damping m of a member falls to a tenth after a step that made the gradient shorter, else it grows until one does. A member
    that finds none stays where it is.
    """
    check_positive(longest=longest)

    def init(theta, lr, seeds=None):
        return {"lr": lr, "damping": torch.full_like(lr, 1e-2).squeeze(-1)}

    def moved_piece(theta, gradient, lr, damping):
        eigenvalues, basis = eigenbasis(land, theta)
        squares = eigenvalues**2 / (eigenvalues**2).amax(dim=-1, keepdim=True).clamp_min(
            1e-300
        )  # damping is a share of them
        norm = torch.linalg.vector_norm(gradient, dim=-1)
        moved, damping = theta.clone(), damping.clone()
        trying = torch.arange(len(theta), device=theta.device)
        for _ in range(TRIES):
            share = squares[trying] / (squares[trying] + damping[trying, None])
            eigenvalue = eigenvalues[trying]
            step = divided(basis[trying], gradient[trying], eigenvalue / share.clamp_min(1e-300), share < 1e-20)
            trial = on_surface(land, theta[trying] - at_most(longest, lr[trying] * step))
            shorter = torch.linalg.vector_norm(land.gradient(trial), dim=-1) < norm[trying]
            moved[trying[shorter]] = trial[shorter]
            damping[trying] *= torch.where(shorter, 0.1, 10)
            trying = trying[~shorter]
            if not len(trying):
                break
        return moved, damping.clamp(1e-15, 1e15)

    def update(theta, gradient, state):
        size = members_at_a_time(land)
        columns = (theta, gradient, state["lr"], state["damping"])
        parts = [moved_piece(*piece) for piece in zip(*(column.split(size) for column in columns), strict=True)]
        moved, damping = (torch.cat(column) for column in zip(*parts, strict=True))
        return moved, {**state, "damping": damping}

    return Method(init, update, bound=FAR)
