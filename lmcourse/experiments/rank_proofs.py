"""The rank of a wide layer's features, proved for one choice of weights instead of read off with a tolerance.

Weights and images are taken as the floats that they are. For sigmoid and softplus the features are enclosed in balls, and their
smallest singular value is bounded from below (`certificates.full_rank`). For ReLU they are fractions: the rank modulo a prime is
a lower bound, and an upper one comes from counting neurons that no image switches (`independent_features.largest_relu_rank`).

One such proof says more, where the activation is analytic: det(F F') is then an analytic function of the weights, and it is not
zero at one point; so it is zero on a set of measure zero only, and almost all weights give rank N on these images.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, arb_mat, fmpz, fmpz_mat, nmod_mat
from torch import Tensor

from lmcourse.certificates.full_rank import smallest_singular_value
from lmcourse.certificates.rounding import BITS, precision
from lmcourse.experiments.independent_features import SIDE
from lmcourse.networks.convolutional import patches

PRIME = 2**61 - 1
SMOOTH = {"sigmoid": lambda t: 1 / (1 + (-t).exp()), "softplus": lambda t: (1 + t.exp()).log()}


@dataclass(frozen=True)
class RankProof:
    """The rank lies between `low` and `high`, proved; `smallest` is a lower bound of the smallest singular value, or None."""

    low: int
    high: int
    smallest: float | None
    method: str

    @property
    def proved(self) -> bool:
        """Whether the bounds meet."""
        return self.low == self.high

    def __repr__(self) -> str:
        rank = f"rank {self.low}, proved" if self.proved else f"rank {self.low} to {self.high}, proved"
        smallest = "" if self.smallest is None else f"; no singular value is below {_rounded_down(self.smallest)}"
        return f"{rank} ({self.method}){smallest}"


def _rounded_down(bound: float) -> str:
    """Two digits that still are a lower bound.

    >>> _rounded_down(0.0199)
    '1.9e-02'
    """
    text = f"{bound:.1e}"
    return text if float(text) <= bound else f"{bound - 0.5 * 10.0 ** (int(text[-3:]) - 1):.1e}"


def prove_rank(x: Tensor, W: Tensor, b: Tensor, activation: str = "sigmoid") -> RankProof:
    """The rank of the features F (N, 36 T) of images x (N, 64) at filters W (T, 9) and biases b (36 T,), proved.

    Raises Refusal where rounding hides the smallest singular value, ValueError for an unknown activation.

    >>> from lmcourse.experiments.independent_features import draw, images
    >>> prove_rank(images("digits", 50), *draw(2), "ReLU")
    rank 50, proved (whole numbers)
    """
    if activation == "ReLU":
        return _in_whole_numbers(x, W, b)
    if activation not in SMOOTH:
        raise ValueError(f"Proofs are written for {', '.join(SMOOTH)} and ReLU, but {activation!r} came.")
    with precision(BITS):
        cut = patches(x, (SIDE, SIDE))  # (N, 36, 9)
        Z = _matrix(arb_mat, cut.flatten(0, 1)) * _matrix(arb_mat, W).transpose()
        biases, size = [arb(value) for value in b.tolist()], (len(x), len(b))
        entries = [SMOOTH[activation](z + biases[place % len(b)]) for place, z in enumerate(Z.entries())]
        F = arb_mat(*size, entries)
        smallest = smallest_singular_value(F if size[0] <= size[1] else F.transpose())
    return RankProof(min(size), min(size), smallest, "ball arithmetic")


def _in_whole_numbers(x: Tensor, W: Tensor, b: Tensor) -> RankProof:
    """Floats are whole numbers over powers of two, and ReLU lets a positive factor pass: so all is whole."""
    N, n, T = len(x), len(b), len(W)
    cut = patches(x, (SIDE, SIDE))  # (N, 36, 9)
    filters, images_scale = _whole(W.flatten().tolist()), _common(cut.flatten().tolist())
    biases = _whole(b.tolist())
    scale = max(images_scale * filters[1], biases[1])  # all three are powers of two
    stretch, lift = scale // (images_scale * filters[1]), scale // biases[1]
    W_whole = fmpz_mat(T, W.shape[1], [stretch * value for value in filters[0]]).transpose()
    off, on, residues = 0, 0, []
    for q in range(cut.shape[1]):  # patch by patch: all at once would take 12 MB
        seen = fmpz_mat(N, W.shape[1], _whole(cut[:, q].flatten().tolist(), images_scale)[0])
        Z = (seen * W_whole).entries()
        for t in range(T):
            column = [z + lift * biases[0][q * T + t] for z in Z[t::T]]
            off += max(column) <= 0
            on += min(column) >= 0 and max(column) > 0
            residues += [int(max(z, fmpz(0)) % PRIME) for z in column]
    affine = int((x != x[:1]).any(0).sum()) + 1
    high = min(N, n - off - on + min(on, affine))
    low = nmod_mat(n, N, residues, PRIME).rank()  # neurons are rows here: the rank is the same
    return RankProof(low, high, None, "whole numbers")


def _common(values: Sequence[float]) -> int:
    """The power of two that makes all of these floats whole."""
    return max(value.as_integer_ratio()[1] for value in values)


def _whole(values: Sequence[float], common: int | None = None) -> tuple[list[int], int]:
    """Floats as whole numbers over one power of two."""
    common = common or _common(values)
    ratios = (value.as_integer_ratio() for value in values)  # one by one: there are many
    return [numerator * (common // denominator) for numerator, denominator in ratios], common


def _matrix(kind, values: Tensor):
    return kind(*values.shape, values.flatten().tolist())
