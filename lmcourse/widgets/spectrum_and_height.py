"""An explorer for critical points of the spherical 3-spin model: dimension and height -> the spectrum of the Hessian.

At a critical point of height u the Hessian along the sphere is sqrt(6 / N) G - 3u, where the matrix G of N - 1 rows is Gaussian,
but weighted by |det| (Kac and Rice). Weighting by |det(G - t)| gives the same as GOE(N) with one of its N eigenvalues at t; so
spectra are taken from matrices of one row more that happen to have an eigenvalue next to t. Far outside, where none has, they
are drawn with these weights.

Data types, in words
    SpectrumState   the knobs: N, the height u, and which of the drawn points is shown
    Drawn           spectra of critical points of one height, a row each
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lmcourse import plots
from lmcourse.counting import binomial_interval
from lmcourse.devices import NOISE, random_stream
from lmcourse.networks.random_field_theory import p_spin_edge, p_spin_index_share
from lmcourse.networks.random_matrices import gaussian_eigenvalues

from .base import Words
from .controls import Slider
from .pointer import Handle, Plane, PointerExplorer
from .state import choice, limits

DIMENSIONS = (3, 5, 10, 20, 50, 100, 200, 500)
HIGHEST = 1.75
HEIGHTS = tuple(round(0.05 * step, 2) for step in range(-35, 36))
DRAWN, SHOWN = 100, 20  # spectra of each height; how many of them can be looked at
EIGENVALUES = 20_000  # in the matrices of a dimension, together
EDGE = p_spin_edge(3)
MAP, SPECTRUM = (0.07, 0.17, 0.4, 0.73), (0.57, 0.17, 0.41, 0.73)


@dataclass(frozen=True, eq=False)
class Drawn:
    """N, the height, spectra (draws, N - 1) of the Hessian along the sphere, rising, and the share of the semicircle for this N."""

    N: int
    height: float
    spectra: np.ndarray
    expected: float

    @property
    def index(self) -> np.ndarray:
        return (self.spectra < 0).sum(axis=1)


class SpectrumState(traitlets.HasTraits):
    """The knobs; `draw` counts the drawn points from 1."""

    N = traitlets.Int(20)
    height = traitlets.Float(-1.2)
    draw = traitlets.Int(1, min=1, max=SHOWN)

    _known = choice("N", DIMENSIONS, "dimension")
    _in_the_picture = limits("height", -HIGHEST, HIGHEST)


@lru_cache(maxsize=len(DIMENSIONS) * 2)
def matrices(rows: int, members: int) -> np.ndarray:
    """Spectra (members, rows) of Gaussian symmetric matrices."""
    draw = random_stream(rows, NOISE)
    return np.stack([gaussian_eigenvalues(rows, draw) for _ in range(members)])


@lru_cache(maxsize=200)
def drawn(N: int, height: float) -> Drawn:
    """Spectra of critical points of this height, from a matrix each.

    >>> bool(0 < drawn(20, -1.2).index.mean() < 3)
    True
    """
    t, chance = height * math.sqrt(1.5 * N), random_stream(N, NOISE + 1)  # in the units of GOE
    pool = matrices(N, max(EIGENVALUES // N, DRAWN))
    place = np.abs(pool - t).argmin(axis=1)
    nearest = pool[np.arange(len(pool)), place]
    members = np.abs(nearest - t).argsort()[:DRAWN]
    if np.abs(nearest[members] - t).max() < 0.02 * 2 * math.sqrt(N):
        members = chance.permutation(members)
        others = np.stack([np.delete(pool[i], place[i]) - nearest[i] for i in members])
    else:
        pool = matrices(N - 1, max(EIGENVALUES // N, DRAWN)) - t
        size = np.log(np.abs(pool)).sum(axis=1)
        weights = np.exp(size - size.max())
        others = pool[chance.choice(len(pool), size=DRAWN, p=weights / weights.sum())]
    return Drawn(N, height, math.sqrt(6 / N) * others, float(p_spin_index_share(height, 3, N)))


@lru_cache(maxsize=len(DIMENSIONS))
def cloud(N: int) -> tuple[np.ndarray, np.ndarray]:
    """Heights and shares of negative eigenvalues of a few drawn points at every other height of the slider."""
    heights = HEIGHTS[1::2]
    shares = np.stack([drawn(N, height).index[:8] / (N - 1) for height in heights])
    return np.repeat(heights, 8), shares.ravel()


class SpectrumExplorer(PointerExplorer):
    """Choose a dimension and a height, by sliders or by dragging the mark along the curve, and see which eigenvalues are negative.

    >>> explorer = SpectrumExplorer(N=20, height=0.0)
    >>> print(explorer.picture.readout.split(" (")[0])
    N = 20, height 0.00: over 100 draws of a critical point 8 to 11 of 19 directions lead down, 50.7 % on average
    """

    State = SpectrumState
    width, height = 10.0, 4.0
    plane = Plane(*MAP, xlim=(-1.85, 1.85), ylim=(-0.04, 1.04))

    def controls(self) -> list:
        return [
            self.tie(Slider("Dimension N", DIMENSIONS), "N"),
            self.tie(Slider("Height u", HEIGHTS), "height"),
            self.tie(Slider("Draw", range(1, SHOWN + 1)), "draw"),
        ]

    def handles(self) -> list[Handle]:
        u, N = self.state.height, self.state.N
        share = float(p_spin_index_share(u, 3, N))
        return [Handle("Height on the curve", u, share, f"height {u:.2f}, {100 * share:.0f} percent down", (0.05, 0.0))]

    def handle_moved(self, number: int, x: float, y: float) -> None:
        self.state.height = min(HEIGHTS, key=lambda height: abs(height - x))

    def compute(self) -> Drawn:
        return drawn(self.state.N, self.state.height)

    def draw(self, figure: Figure, result: Drawn) -> None:
        self._draw_map(self.plane.axes(figure), result)
        draw_spectrum_at(figure.add_axes(SPECTRUM), result, self.state.draw - 1)

    def _draw_map(self, axes, result: Drawn) -> None:
        heights, shares = cloud(result.N)
        grid = np.linspace(-HIGHEST, HIGHEST, 201)
        axes.plot(heights, shares, ".", color=plots.PALETTE["blue"], markersize=4, label="drawn points")
        axes.plot(grid, p_spin_index_share(grid, 3, result.N), color=plots.PALETTE["black"], label="semicircle")
        axes.plot(result.height, result.expected, "^", color=plots.PALETTE["vermilion"], markersize=12)
        axes.set(
            xlabel="height u (energy per spin)",
            ylabel="directions down (share)",
            title=f"Index against height, N = {result.N}",
        )
        axes.legend(loc="upper left", frameon=False)

    def words(self, result: Drawn) -> Words:
        index, rows = result.index, result.N - 1
        low, high = binomial_interval(int((index == 0).sum()), len(index))
        minima, down = int((index == 0).sum()), index[self.state.draw - 1]
        limit = float(p_spin_index_share(result.height, 3))
        readout = (
            f"N = {result.N}, height {result.height:.2f}: over {len(index)} draws of a critical point {index.min()} to "
            f"{index.max()} of {rows} directions lead down, {100 * index.mean() / rows:.1f} % on average (semicircle for this N: "
            f"{100 * result.expected:.1f} %, in the limit of large N: {100 * limit:.1f} %). {minima} of them are minima, a share "
            f"of {100 * low:.1f} to {100 * high:.1f} %. Shown is draw {self.state.draw}, with {down} down."
        )
        values = result.spectra[self.state.draw - 1]
        alt = (
            f"Two pictures for N = {result.N}. Left the share of directions down, rising with the height along a curve, with a "
            f"mark at height {result.height:.2f} and share {result.expected:.2f}. Right the {rows} eigenvalues of draw "
            f"{self.state.draw}, from {values[0]:.2g} to {values[-1]:.2g}, {down} of them negative, below a semicircle."
        )
        return Words(alt, readout)


def draw_spectrum_at(axes, result: Drawn, draw: int) -> None:
    """The eigenvalues of one draw below the semicircle of the theory; what lies left of zero is shaded."""
    values, centre = result.spectra[draw], -3 * result.height
    radius = 2 * math.sqrt(6 * (result.N - 1) / result.N)
    x = centre + radius * np.sin(np.linspace(-math.pi / 2, math.pi / 2, 201))
    y = 2 / (math.pi * radius) * np.sqrt(np.clip(1 - ((x - centre) / radius) ** 2, 0, 1))
    axes.plot(x, y, color=plots.PALETTE["black"])
    left = np.append(x[x < 0], min(max(0.0, x[0]), x[-1]))
    axes.fill_between(left, np.interp(left, x, y), color=plots.PALETTE["vermilion"], alpha=0.3, hatch="//", linewidth=0)
    axes.axvline(0, color=plots.PALETTE["grey"], linewidth=1)
    if result.N >= 50:
        axes.hist(values, 30, density=True, histtype="step", color=plots.PALETTE["blue"])
    for those, marker, name in ((values < 0, "v", "vermilion"), (values >= 0, "o", "blue")):
        row = -0.012 - 0.006 * (np.arange(len(values))[those] % 3)
        axes.plot(values[those], row, marker, color=plots.PALETTE[name], markersize=5, alpha=0.8, fillstyle="none")
    axes.set(xlim=(-11, 11), ylim=(-0.035, 0.18), xlabel="Hessian eigenvalue (no unit)", ylabel="density (no unit)")
    height = f"{result.height:.2f}".replace("-", "\N{MINUS SIGN}")
    axes.set(title=f"Spectrum at height {height}, draw {draw + 1}", yticks=(0, 0.05, 0.1, 0.15))
