"""An explorer for ReLU networks on a line: walk from a minimum towards a lower loss, drag kinks and samples, descend.

Data types, in words
    Example     a data set, and the corners of a walk from a minimum of its network to a lower loss
    LineState   the knobs: example, percent of the walk; and what dragging changes: theta (exact fractions), samples x and y
    View        what is drawn: the landscape of these samples, the gradient, the loss along the walk, and the proof or why not
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

import torch
import traitlets
from matplotlib.figure import Figure

from lmcourse import plots
from lmcourse.certificates import certify
from lmcourse.data import Data, relu_example
from lmcourse.landscape import Landscape
from lmcourse.networks.relu import active, blind_spots, relu_mlp
from lmcourse.training import train

from .background import Run
from .base import Words
from .controls import Button, Select, Slider
from .pointer import Handle, Plane, PointerExplorer
from .state import between, one_of

WAYS = {  # data set, corners w, b, v, c
    "one neuron": (1, ["1 -3 1 0", "1 -3 0 3/5", "-7 -4 0 3/5", "-7 -4 1 0"]),
    "two neurons": (2, ["-3 1 10/3 -9 1 -1 -2", "-3 1 3 -26/3 1 -1 -5/3", "-5 1 1 -8 1 -1 -1"]),
    "three neurons": (
        3,
        ["-3/2 -3/2 3/2 1 0 -79/6 1 1 -1 -1", "-3 -3/2 3/2 1 0 -79/6 1 0 -1 -1", "-3 1 3/2 1 -11 -79/6 1 0 -1 -1",
         "-3 1 1 1 -11 -8 1 -1 -1 -1"],
    ),
}  # fmt: skip
FIRST = "two neurons"
PERCENT = range(101)
STEPS, LEG, RATE = 20_000, 1_000, 0.001  # of a descent, between two reports, and how long its steps are
LEFT = (0.085, 0.12, 0.53, 0.79)
GRADIENT, WALK = (0.715, 0.57, 0.27, 0.34), (0.715, 0.13, 0.27, 0.26)
ZERO = 1e-6  # a gradient below this length may belong to a minimum
NO_MINIMUM, ONE_SIDED = (
    "So this is no minimum.",
    "It is one-sided, since a sample that is missed lies on a kink, and decides nothing.",
)


@dataclass(frozen=True, eq=False)
class Example:
    """Samples x and y, corners of the walk as fractions, and the part of the plane that is shown."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    corners: tuple[tuple[Fraction, ...], ...]

    @property
    def neurons(self) -> int:
        return len(self.corners[0]) // 3

    @property
    def xlim(self) -> tuple[float, float]:
        return min(self.x) - 2, max(self.x) + 2

    @property
    def ylim(self) -> tuple[float, float]:
        return min(self.y) - 2, max(self.y) + 2

    def at(self, percent: int) -> tuple[Fraction, ...]:
        """The point after so much of the walk; all legs count the same."""
        legs = len(self.corners) - 1
        leg = min(percent * legs // 100, legs - 1)
        share = Fraction(percent * legs, 100) - leg
        return tuple((1 - share) * a + share * b for a, b in zip(*self.corners[leg : leg + 2], strict=True))


@lru_cache
def example(name: str) -> Example:
    """An example by its name in WAYS."""
    number, corners = WAYS[name]
    data = relu_example(number)
    fractions = tuple(tuple(map(Fraction, corner.split())) for corner in corners)
    return Example(tuple(data.x[:, 0].tolist()), tuple(data.y.tolist()), fractions)


class LineState(traitlets.HasTraits):
    """The knobs. An example brings its samples, the percent of the walk its weights; dragging changes both from there."""

    example = traitlets.Unicode(FIRST)
    percent = traitlets.Int(0)
    theta = traitlets.Tuple()
    x = traitlets.Tuple()
    y = traitlets.Tuple()

    def __init__(self, **settings):
        chosen = example(one_of(settings.get("example", FIRST), WAYS, "example"))
        percent = between(settings.get("percent", 0), 0, 100, "percent of the walk")
        super().__init__(**{"theta": chosen.at(percent), "x": chosen.x, "y": chosen.y} | settings)
        self.observe(self._start_anew, "example")
        self.observe(self._walk, "percent")

    @traitlets.validate("example")
    def _known(self, proposal) -> str:
        return one_of(proposal["value"], WAYS, "example")

    @traitlets.validate("percent")
    def _on_the_walk(self, proposal) -> int:
        return between(proposal["value"], 0, 100, "percent of the walk")

    def _start_anew(self, change) -> None:
        chosen = example(change["new"])
        with self.hold_trait_notifications():  # nobody sees samples of one example with weights of another
            self.percent, self.x, self.y, self.theta = 0, chosen.x, chosen.y, chosen.at(0)

    def _walk(self, change) -> None:
        self.theta = example(self.example).at(change["new"])


@dataclass(frozen=True, eq=False)
class View:
    """A network on its samples: theta and gradient (P,), how many samples are blind, the loss along the walk (101 x legs,).

    why : why the point is not proved to be a minimum; empty if it is.
    """

    data: Data
    land: Landscape
    theta: torch.Tensor
    gradient: torch.Tensor
    loss: float
    blind: int
    walk: torch.Tensor
    why: str


@lru_cache(maxsize=64)
def look(name: str, theta: tuple[Fraction, ...], x: tuple[float, ...], y: tuple[float, ...]) -> View:
    """Everything that is shown of these weights on these samples.

    >>> first = example("one neuron")
    >>> view = look("one neuron", first.at(0), first.x, first.y)
    >>> view.loss, view.why, view.blind
    (18.0, '', 3)
    """
    chosen = example(name)
    data = Data(torch.tensor(x, dtype=torch.float64)[:, None], torch.tensor(y, dtype=torch.float64))
    land = relu_mlp([1, chosen.neurons, 1], data)
    point = torch.tensor([float(number) for number in theta], dtype=torch.float64)
    gradient = land.gradient(point)
    if float(gradient.norm()) < ZERO:
        why = certify(land, list(theta), "minimum on linear pieces").why_not
    else:
        other_side = relu_mlp([1, chosen.neurons, 1], data, at_kink="on").gradient(point)
        why = NO_MINIMUM if torch.allclose(gradient, other_side) else ONE_SIDED
    corners = torch.tensor([[float(number) for number in corner] for corner in chosen.corners], dtype=torch.float64)
    share = torch.linspace(0, 1, 101, dtype=torch.float64)[:, None]
    walk = torch.cat([torch.lerp(a, b, share) for a, b in pairwise(corners)])
    blind = blind_spots(land, point, data.x)
    return View(data, land, point, gradient, float(land.loss(point)), int(blind.sum()), land.loss(walk), why)


class ReluExplorer(PointerExplorer):
    """Kinks and samples that can be dragged, and a walk from a minimum to a lower loss.

    >>> explorer = ReluExplorer(example="one neuron")
    >>> print(explorer.picture.readout)
    Loss 18.000; no neuron on at 3 of 5 samples. Gradient of length 0. Proved: a local minimum.
    """

    State = LineState
    width, height = 11.5, 4.8

    def controls(self) -> list:
        return [
            self.tie(Select("Example", list(WAYS), self.state.example), "example"),
            self.tie(Slider("Percent of the walk", PERCENT, self.state.percent), "percent"),
            Button("Descend", self.descend),
            self.stop_button,
        ]

    @property
    def plane(self) -> Plane:
        chosen = example(self.state.example)
        bottom = float(plots.rows_below(*chosen.ylim, chosen.neurons)[-1])
        return Plane(*LEFT, chosen.xlim, (bottom, chosen.ylim[1]))

    def handles(self) -> list[Handle]:
        state, chosen = self.state, example(self.state.example)
        low, high = chosen.xlim
        marks = []
        for j, row in enumerate(plots.rows_below(*chosen.ylim, chosen.neurons)[:-1]):
            w, b = state.theta[j], state.theta[chosen.neurons + j]
            kink = float(-b / w) if w else high
            marks.append(Handle(f"kink of neuron {j + 1}", min(max(kink, low), high), row, f"x {kink:.2f}", (0.1, 0)))
        for i, (x, y) in enumerate(zip(state.x, state.y, strict=True), 1):
            marks.append(Handle(f"sample {i}", x, y, f"x {x:.2f}, y {y:.2f}"))
        return marks

    def handle_moved(self, number: int, x: float, y: float) -> None:
        state, neurons = self.state, example(self.state.example).neurons
        if number < neurons:
            theta = list(state.theta)
            theta[neurons + number] = -theta[number] * Fraction(round(100 * x), 100)
            state.theta = tuple(theta)
        else:
            i, low = number - neurons, example(state.example).ylim[0]
            state.x = (*state.x[:i], round(x, 2), *state.x[i + 1 :])
            state.y = (*state.y[:i], round(max(y, low), 2), *state.y[i + 1 :])

    def descend(self) -> None:
        """Gradient descent from the weights that are shown, in the background."""
        view = self.compute()

        def work(run: Run) -> torch.Tensor:
            runs = train(view.land, view.theta, lr=RATE, tol=ZERO, max_steps=0)
            for steps in range(LEG, STEPS + 1, LEG):
                runs = train(view.land, runs, max_steps=steps, tol=ZERO, stop=run.stopping.is_set)
                run.report(f"{steps} of {STEPS} steps, loss {float(runs.loss[0]):.4f}.")
                if run.stopping.is_set() or float(runs.grad_norm[0]) <= ZERO:
                    break
            return runs.theta[0]

        self.start(work, self._take)

    def _take(self, theta: torch.Tensor) -> None:
        if not bool(torch.isfinite(theta).all()):
            self.picture.problem = (
                "The descent left all bounds: a sample or a kink asks for shorter steps than it takes."
            )
            return
        self.state.theta = tuple(map(Fraction, theta.tolist()))

    def compute(self) -> View:
        state = self.state
        return look(state.example, state.theta, state.x, state.y)

    def draw(self, figure: Figure, result: View) -> None:
        chosen, n = example(self.state.example), result.land.dim // 3
        axes = self.plane.axes(figure)
        plots.draw_relu_line(axes, result.land, result.theta, result.data, chosen.xlim, chosen.ylim)
        axes.set_title(f"The network and its samples: loss {result.loss:.3f}")
        axes = figure.add_axes(GRADIENT)
        names = [*(f"{letter}{j + 1}" for letter in "wbv" for j in range(n)), "c"]
        axes.barh(names, result.gradient.numpy(), color=plots.PALETTE["blue"])
        axes.axvline(0, color=plots.PALETTE["grey"], linewidth=1)
        axes.invert_yaxis()
        axes.tick_params(axis="y", labelsize=9 if n < 3 else 7)
        reach = max(1.0, 1.1 * float(result.gradient.abs().max()))
        axes.set(xlim=(-reach, reach), title=f"Gradient: length {_length(result.gradient)}")
        axes = figure.add_axes(WALK)
        percent = torch.linspace(0, 100, len(result.walk))
        axes.plot(percent.numpy(), result.walk.numpy(), color=plots.PALETTE["black"])
        axes.axhline(result.loss, color=plots.PALETTE["vermilion"], linestyle="--", linewidth=1.2)
        axes.plot(self.state.percent, result.loss, "o", color=plots.PALETTE["vermilion"], markeredgecolor="black")
        axes.set(
            xlabel="walk (percent)", title="Loss along the walk, and here", ylim=(-0.06 * axes.get_ylim()[1], None)
        )

    def words(self, result: View) -> Words:
        samples, length = len(result.data), _length(result.gradient)
        readout = (
            f"Loss {result.loss:.3f}; no neuron on at {result.blind} of {samples} samples. Gradient of length {length}. "
            f"{'Proved: a local minimum.' if not result.why else result.why}"
        )
        on = [int(neuron.sum()) for neuron in active(result.land, result.theta, result.data.x)[0].mT]
        alt = (
            f"A broken line through {samples} samples, loss {result.loss:.3f}; below it, neuron by neuron, where it is on: "
            f"at {', '.join(map(str, on))} of the samples. Beside it the gradient as bars, of length {length}, and "
            f"the loss along the walk, from {float(result.walk[0]):.2f} over at most {float(result.walk.max()):.2f} to "
            f"{float(result.walk[-1]):.2f}."
        )
        return Words(alt, readout)


def _length(gradient: torch.Tensor) -> str:
    """The length of a gradient in a few digits; what is rounding alone counts as 0."""
    length = float(gradient.norm())
    return f"{length:.3g}" if length > 1e-12 else "0"
