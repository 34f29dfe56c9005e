"""Proofs about single points, in pieces that a lesson can lay on the table (Safran and Shamir 2018, with other bounds).

Data types, in words
    balls   a numpy array whose entries are balls (flint.arb): + - * @ and abs return balls that hold every possible result
    Split   how many eigenvalues of the Hessian are surely negative, zero and positive once a neuron is split in two

`lm.certify` does all of this in one call. Here are the steps, on arrays that calculate like any other, and `every_size`, the proof
for all sizes at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from flint import arb, arb_mat
from torch import Tensor

from lmcourse.certificates.certificate import Refusal
from lmcourse.certificates.certify import certify
from lmcourse.certificates.eigenvalues import spectrum
from lmcourse.certificates.every_size import prove as every_size
from lmcourse.certificates.every_size_blocks import fixed_block, moving_block, scalars, unused_block
from lmcourse.certificates.every_size_formulas import Scaled
from lmcourse.certificates.every_size_piece import Piece, box_of, is_definite, path_of, reach_of
from lmcourse.certificates.rounding import length as _length
from lmcourse.certificates.rounding import precision
from lmcourse.certificates.smooth import BITS_ON_BOXES, Enclosures
from lmcourse.certificates.teacher_student import enclosures
from lmcourse.landscape import Landscape
from lmcourse.networks.reversed_neurons import OTHERS, STARTS, known, patterns, symmetric_point
from lmcourse.networks.teacher_student import teacher_student

__all__ = ["PUBLISHED_SPARE", "OnPiece", "Split", "balls", "every_size", "gradient_of", "hessian_of", "is_definite", "known",
           "length", "middle", "on_piece", "split_signs", "symmetric_point", "symmetric_start"]  # fmt: skip

# (k, n) -> mean loss of the certified minima with one spare neuron, from the authors' result files; one to three of 1,000 runs each
PUBLISHED_SPARE = {(8, 9): 0.02056, (10, 11): 0.01789, (11, 12): 0.01678, (12, 13): 0.01580}


def balls(numbers: Tensor, radius: float = 0.0) -> np.ndarray:
    """Balls with these midpoints, exact floats, all of this radius.

    >>> a = balls(torch.tensor([0.1, 0.2], dtype=torch.float64), radius=1e-3)
    >>> bool(a.sum() > 0.297), bool(a.sum() > 0.299), bool(a.sum() < 0.299)     # sure, not sure, not sure
    (True, False, False)
    """
    found = np.empty(numbers.shape, dtype=object)
    found.flat = [arb(number, radius) for number in numbers.detach().double().flatten().tolist()]
    return found


def gradient_of(land: Landscape, box: np.ndarray) -> np.ndarray:
    """The gradient of a teacher-student landscape over balls (P,): balls (P,) that hold it at every point of the box."""
    return _array(_over_balls(land).gradient(list(box)), box.shape)


def hessian_of(land: Landscape, box: np.ndarray) -> np.ndarray:
    """The Hessian over balls (P,): balls (P, P) that hold it at every point of the box."""
    return _array(_over_balls(land).hessian(list(box)).entries(), (len(box), len(box)))


def middle(matrix: np.ndarray) -> Tensor:
    """The midpoints of a symmetric matrix of balls, as a symmetric tensor of floats."""
    numbers = torch.tensor([float(entry.mid()) for entry in matrix.flat], dtype=torch.float64).reshape(matrix.shape)
    return (numbers + numbers.T) / 2


def length(vector: np.ndarray) -> arb:
    """A number that the Euclidean length of these balls surely does not exceed.

    >>> bool(length(balls(torch.tensor([3.0, 4.0]))) <= 5.000001)
    True
    """
    return _length(list(vector.flat))


def symmetric_start(k: int, p: int) -> Tensor:
    """A point (P,) with p reversed neurons from which gradient descent ends at `symmetric_point(k, p)`, even if that is a saddle.

    No exchange within the reversed neurons, or within the others, changes it, and a gradient step keeps it so.
    """
    return torch.tensor(STARTS[OTHERS], dtype=torch.float64) @ patterns(k, p).flatten(1)


class OnPiece(NamedTuple):
    """What is compared on one piece of the proof for every size, all t of the piece as one ball.

    reach : how far from the line on the piece a step of Krawczyk's takes any point of the box, for each of the five unknowns
    blocks, scalars : 2 pi times the Hessian, less `bound`, in three blocks and some numbers; definite and positive at a minimum
    """

    reach: list[arb]
    blocks: list[arb_mat]
    scalars: list[arb]


def on_piece(piece: Piece, bound: float | None = None) -> OnPiece:
    """The quantities that have to be compared on a piece; by default with the eigenvalue bound of the piece.

    >>> piece = every_size(first=100).pieces[0]
    >>> at = on_piece(piece)
    >>> all(far < radius for far, radius in zip(at.reach, piece.radii)), all(is_definite(block) for block in at.blocks)
    (True, True)
    """
    with precision(BITS_ON_BOXES):
        t = arb(piece.low).union(arb(piece.high))
        path = path_of(piece, t)
        box = box_of(piece, path)
        least = 2 * arb.pi() * arb(piece.bound if bound is None else bound)
        blocks = [block(Scaled(t, box)) for block in (fixed_block, moving_block, unused_block)]
        return OnPiece(
            reach_of(piece, t, path, box),
            [hessian - square * least for hessian, square in blocks],
            [number - least for number in scalars(Scaled(t, box))],
        )


class Split(NamedTuple):
    """The proved signs of all eigenvalues of the Hessian after a neuron is split into alpha w and (1 - alpha) w."""

    negative: int
    zero: int
    positive: int


def split_signs(k: int, W: Tensor) -> list[Split]:
    """The signs of the eigenvalues after neuron 1 of the minimum near W (n, d) is split, after neuron 2 is split, ..., proved.

    Let T = (the neuron's block of the Hessian) - I/2. Moving the parts by alpha s + t and (1 - alpha) s - t changes the loss, to
    second order, by that of moving the whole neuron by s, plus t'Tt / (2 alpha (1 - alpha)): the mixed terms cancel. So the new
    Hessian has the signs of the old one and those of T; T w = 0, since a longer part and a shorter one make the same neuron.
    Here T + u u' is enclosed on the ball that holds the minimum, u the direction of w, so that the zero becomes a one.
    Raises ValueError, with the reason, where the minimum or a sign is not proved. Source: Safran, Yehudai and Shamir (2021).

    >>> split_signs(6, symmetric_point(6, 1))[0]
    Split(negative=5, zero=1, positive=36)
    """
    n, d = W.shape
    land = teacher_student(k, n, d)
    proof = certify(land, W.flatten())
    if not proof:
        raise ValueError(f"No minimum is proved near this point. {proof.why_not}")
    box = balls(W.flatten(), proof.radius)
    hessian = hessian_of(land, box).reshape(n, d, n, d)
    return [_signs(hessian[i, :, i, :], box.reshape(n, d)[i], n) for i in range(n)]


def _signs(block: np.ndarray, w: np.ndarray, n: int) -> Split:
    d = len(w)
    T = block - balls(torch.eye(d) / 2) + np.outer(w, w) / (w @ w)
    try:
        centre, gap, negative = spectrum(arb_mat(middle(T).tolist()))
    except Refusal as refusal:
        raise ValueError(f"The signs after the split are not proved. {refusal}") from None
    if not length(T - _array(centre.entries(), (d, d))) < gap:
        raise ValueError("The signs after the split are not proved: the Hessian changes too much within the ball.")
    return Split(negative, 1, (n + 1) * d - negative - 1)


def _over_balls(land: Landscape) -> Enclosures:
    if not land.proof or land.proof[0] != "teacher_student":
        raise ValueError(f"Formulas over balls are shown for teacher-student landscapes, but {land.name} came.")
    names = dict(zip(("k", "n", "d", "teacher"), land.proof[1:], strict=True))
    return enclosures({**names, "wide": False})


def _array(entries: list[arb], shape: tuple[int, ...]) -> np.ndarray:
    found = np.empty(shape, dtype=object)
    found.flat = entries
    return found
