"""An explorer for networks that are dead at the start: choose mean, scale, width and depth, see the share, and one network.

Data types, in words
    StartState   the knobs: width, depth, mean and scale of the weights, the network to look at
    Ensemble     where 200 networks of one width die, and what each layer of the chosen one sees
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
import traitlets
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from lmcourse import plots
from lmcourse.experiments import bad_starts
from lmcourse.experiments.count import Count

from .base import Explorer
from .controls import Slider
from .picture import Words
from .state import choice, limits

MEMBERS = 200
WIDTHS = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20)
DEPTHS = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 50, 70, 100)
MEANS = (-2.0, -1.0, -0.5, -0.2, -0.1, -0.05, 0.0, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
CURVE, MAP, BAR = (0.065, 0.28, 0.4, 0.63), (0.55, 0.28, 0.37, 0.63), (0.935, 0.28, 0.012, 0.63)


class StartState(traitlets.HasTraits):
    """The knobs; `network` counts from 1."""

    width = traitlets.Int(3)
    depth = traitlets.Int(20)
    mean = traitlets.Float(0.0)
    scale = traitlets.Float(1.0)
    network = traitlets.Int(1)

    _known_width = choice("width", WIDTHS)
    _known_depth = limits("depth", DEPTHS[0], DEPTHS[-1])
    _small_mean = limits("mean", MEANS[0], MEANS[-1])
    _positive_scale = limits("scale", SCALES[0], SCALES[-1])
    _known_network = limits("network", 1, MEMBERS, "number of the network")


@dataclass(frozen=True, eq=False)
class Ensemble:
    """dies_at (members,), see `bad_starts`; seen (layers, h): the share of samples for which a neuron of the network is on."""

    width: int
    depth: int
    ratio: float
    network: int
    dies_at: Tensor
    seen: Tensor

    @property
    def count(self) -> Count:
        return bad_starts.count_dead(self.dies_at, self.depth)

    @property
    def death(self) -> int | None:
        """The layer at which the chosen network dies, if it dies within its depth."""
        layer = int(self.dies_at[self.network - 1])
        return layer if layer <= self.depth else None


@lru_cache(maxsize=2)
def drawn(width: int) -> bad_starts.Draws:
    """The random numbers of all networks of a width, in float32: their signs are all that counts."""
    return bad_starts.Draws(*(part.float() for part in bad_starts.draw(width, range(MEMBERS))))


@lru_cache(maxsize=32)
def deaths(width: int, ratio: float) -> Tensor:
    return bad_starts.dies_at(drawn(width), ratio)


@lru_cache(maxsize=32)
def activity(width: int, ratio: float, network: int) -> Tensor:
    """For each layer and neuron of one network the share of samples for which it is on, (layers, h)."""
    alone = bad_starts.Draws(*(part[network - 1 : network] for part in drawn(width)))
    return torch.stack([(F[0] > 0).float().mean(0) for F in bad_starts.features(alone, ratio)])


@lru_cache(maxsize=32)
def bounds(width: int, ratio: float) -> list[list[float]]:
    """The proved bounds of the share, in percent, for every depth."""
    every = range(1, DEPTHS[-1] + 1)
    return [[100 * bound(width, k, ratio) for k in every] for bound in (bad_starts.least_dead, bad_starts.most_dead)]


class DeadLayerExplorer(Explorer):
    """How many networks are dead at the start, and where one of them dies.

    >>> explorer = DeadLayerExplorer(width=3, depth=20)
    >>> print(explorer.picture.readout.split(". ")[0])
    Width 3, depth 20, mean / scale = 0: 176 of 200 networks are dead, 88.0 % (82.8 to 91.8); chance proved: 3.6 to 93.1 %
    """

    State = StartState
    width, height = 11.0, 4.6

    def controls(self) -> list:
        state = self.state
        return [
            self.tie(Slider("Width (neurons a layer)", WIDTHS, state.width), "width"),
            self.tie(Slider("Depth (hidden layers)", DEPTHS, state.depth), "depth"),
            self.tie(Slider("Mean of the weights", MEANS, state.mean, write="{:g}".format), "mean"),
            self.tie(Slider("Scale of the weights", SCALES, state.scale, write="{:g}".format), "scale"),
            self.tie(Slider("Network to look at", range(1, MEMBERS + 1), state.network), "network"),
        ]

    def compute(self) -> Ensemble:
        state = self.state
        ratio = round(state.mean / state.scale, 9)  # with biases 0 nothing else counts
        seen = activity(state.width, ratio, state.network)[: state.depth]
        return Ensemble(state.width, state.depth, ratio, state.network, deaths(state.width, ratio), seen)

    def draw(self, figure: Figure, result: Ensemble) -> None:
        self._draw_shares(figure.add_axes(CURVE), result)
        axes = figure.add_axes(MAP)
        picture = axes.imshow(
            (100 * result.seen.T).numpy(),
            aspect="auto",
            cmap="cividis",
            vmin=0,
            vmax=100,
            interpolation="nearest",
            extent=(0.5, result.depth + 0.5, result.width + 0.5, 0.5),
        )
        if result.death is not None:
            axes.axvline(result.death, color="white", linestyle="--", linewidth=2)
        where = f"dies in layer {result.death}" if result.death else "alive"
        axes.set(xlabel="hidden layer (number)", ylabel="neuron (number)", title=f"Network {result.network}: {where}")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        figure.colorbar(picture, cax=figure.add_axes(BAR), label="on for (percent of samples)")

    def _draw_shares(self, axes, result: Ensemble) -> None:
        every = range(1, DEPTHS[-1] + 1)
        low, high = bounds(result.width, result.ratio)
        counts = [bad_starts.count_dead(result.dies_at, k) for k in every]
        around = [[100 * count.interval[side] for count in counts] for side in (0, 1)]
        proved, seen = plots.PALETTE["purple"], plots.PALETTE["blue"]
        axes.fill_between(every, low, high, fc=(proved, 0.3), ec=proved, label="chance, proved bounds")
        axes.fill_between(every, *around, fc=(seen, 0.3), ec=seen, linewidth=0.5)
        axes.plot(every, [100 * count.share for count in counts], color=plots.PALETTE["blue"], label="measured, 95 %")
        axes.plot(result.depth, 100 * result.count.share, "o", color=plots.PALETTE["vermilion"], label="chosen depth")
        axes.set(xlabel="hidden layers (number)", ylabel="dead networks (percent)", ylim=(-3, 103), xscale="log")
        axes.set(xticks=[1, 2, 5, 10, 20, 50, 100], title=f"Dead at the start, width {result.width}")
        axes.set_xticklabels([1, 2, 5, 10, 20, 50, 100])
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.19), ncols=2)  # the curves need the whole frame

    def words(self, result: Ensemble) -> Words:
        count = result.count
        low, high = (bound[result.depth - 1] for bound in bounds(result.width, result.ratio))
        one = f"dies in layer {result.death}" if result.death else f"is alive after {result.depth} layers"
        readout = (
            f"Width {result.width}, depth {result.depth}, mean / scale = {result.ratio:g}: {count.failed} of {count.total} "
            f"networks are dead, {count}; chance proved: {_digit(low, math.floor)} to {_digit(high, math.ceil)} %. "
            f"Network {result.network} {one}."
        )
        alt = (
            f"Two pictures. A curve of the share of dead networks against depth, with its interval and the proved bounds, "
            f"{100 * count.share:.0f} percent at depth {result.depth}. A grid of {result.width} neurons by {result.depth} "
            f"layers of network {result.network}, bright where a neuron is on for many samples; the network {one}."
        )
        return Words(alt, readout)


def _digit(percent: float, towards) -> str:
    """A bound in percent with one digit, rounded to the safe side.

    >>> _digit(3.6464, math.floor), _digit(93.0775, math.ceil)
    ('3.6', '93.1')
    """
    return f"{towards(round(10 * percent, 6)) / 10:.1f}"
