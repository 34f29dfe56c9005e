"""An explorer for ReLU networks on a line: walk from a minimum towards a lower loss, drag kinks and samples, descend.

Data types, in words
    LineState   the knobs: example, percent of the walk; and what dragging changes: theta (exact fractions), samples x and y
    View        what is drawn: a network on samples with its gradient, the loss along the walk, and the proof or why not
"""

from __future__ import annotations

from fractions import Fraction

import torch
import traitlets
from matplotlib import rcParams
from matplotlib.figure import Figure

from lmcourse import plots
from lmcourse.networks.relu import active
from lmcourse.training import train

from .background import Run
from .base import Words
from .controls import Button, Select, Slider
from .pointer import Handle, Plane, PointerExplorer
from .relu_walks import WAYS, ZERO, View, beside_the_line, example, look
from .state import between, choice, limits, one_of

FIRST = "two neurons"
PERCENT = range(101)
STEPS, LEG, RATE = 20_000, 1_000, 0.001  # of a descent, between two reports, and how long its steps are
LEFT = (0.085, 0.12, 0.53, 0.79)
GRADIENT, WALK = (0.715, 0.57, 0.27, 0.34), (0.715, 0.13, 0.27, 0.26)


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

    _known = choice("example", WAYS)
    _on_the_walk = limits("percent", 0, 100, "percent of the walk")

    def _start_anew(self, change) -> None:
        chosen = example(change["new"])
        with self.hold_trait_notifications():  # nobody sees samples of one example with weights of another
            self.percent, self.x, self.y, self.theta = 0, chosen.x, chosen.y, chosen.at(0)

    def _walk(self, change) -> None:
        self.theta = example(self.example).at(change["new"])


class ReluExplorer(PointerExplorer):
    """Kinks and samples that can be dragged, and a walk from a minimum to a lower loss.

    >>> explorer = ReluExplorer(example="one neuron")
    >>> print(explorer.picture.readout)
    Loss 18.000; 3 of 5 samples are blind. Gradient of length 0. Proved: a local minimum.
    """

    State = LineState
    width, height = 11.5, 4.8

    def controls(self) -> list:
        self.state.observe(lambda change: self._cancel(), ["example", "percent", "x", "y"])  # a descent is about these
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
            foot = row - plots.ROW_TO_KINK * (chosen.ylim[1] - chosen.ylim[0])
            marks.append(Handle(f"kink of neuron {j + 1}", min(max(kink, low), high), foot, f"x {kink:.2f}", (0.1, 0)))
        for i, (x, y) in enumerate(zip(state.x, state.y, strict=True), 1):
            marks.append(Handle(f"sample {i}", x, y, f"x {x:.2f}, y {y:.2f}"))
        return marks

    def handle_moved(self, number: int, x: float, y: float) -> None:
        state, neurons = self.state, example(self.state.example).neurons
        if number < neurons:
            self._cancel()
            theta = list(state.theta)
            theta[neurons + number] = -theta[number] * Fraction(round(100 * x), 100)
            state.theta = tuple(theta)
        else:
            i, low = number - neurons, example(state.example).ylim[0]
            state.x = (*state.x[:i], round(x, 2), *state.x[i + 1 :])
            state.y = (*state.y[:i], round(max(y, low), 2), *state.y[i + 1 :])

    def descend(self) -> None:
        """Gradient descent from the weights that are shown, in the background; the picture follows it."""
        view = self.compute()

        def work(run: Run) -> torch.Tensor:
            runs = train(view.land, view.theta, lr=RATE, tol=ZERO, max_steps=0)
            for steps in range(LEG, STEPS + 1, LEG):
                runs = train(view.land, runs, max_steps=steps, tol=ZERO, stop=run.stopping.is_set)
                if not bool(torch.isfinite(runs.loss).all()):
                    raise ValueError("the loss left all bounds. These samples or kinks ask for shorter steps.")
                run.report(f"{steps} of {STEPS} steps, loss {float(runs.loss[0]):.4f}.")
                if run.stopping.is_set() or float(runs.grad_norm[0]) <= ZERO:
                    break
                self.post(lambda theta=runs.theta[0]: self._take(theta) if self._run is run else None)
            return runs.theta[0]

        self.start(work, self._take)

    def _take(self, theta: torch.Tensor) -> None:
        if theta.tolist() != [float(number) for number in self.state.theta]:  # else the exact numbers stay
            self.state.theta = tuple(map(Fraction, theta.tolist()))

    def compute(self) -> View:
        state = self.state
        return look(state.example, state.theta, state.x, state.y)

    def draw(self, figure: Figure, result: View) -> None:
        chosen, n = example(self.state.example), result.land.dim // 3
        axes = self.plane.axes(figure)
        plots.draw_relu_line(axes, result.land, result.theta, result.data, chosen.xlim, chosen.ylim)
        axes.set_title(f"The network and its samples: loss {result.loss:.3f}")
        sides = beside_the_line(result)
        for number, place in enumerate(zip(self.state.x, self.state.y, strict=True), 1):
            across, up = sides[number - 1]
            axes.annotate(
                number, place, xytext=(9 * across, 9 * up), textcoords="offset points", ha="center", va="center",
                path_effects=[plots.HALO],
            )  # fmt: skip
        axes = figure.add_axes(GRADIENT)
        names = [*(f"{letter}{j + 1}" for letter in "wbv" for j in range(n)), "c"]
        axes.barh(names, result.gradient.numpy(), color=plots.PALETTE["blue"])
        axes.axvline(0, color=plots.PALETTE["grey"], linewidth=1)
        axes.invert_yaxis()
        axes.tick_params(axis="y", labelsize=min(rcParams["font.size"], 100 / len(names)))
        if not result.gradient.abs().max() > 1e-12:
            axes.text(0.5, 0.5, "all zero", transform=axes.transAxes, ha="center", backgroundcolor="white")
        reach = max(1.0, 1.1 * float(result.gradient.abs().max()))
        axes.set(xlim=(-reach, reach), title=f"Gradient: length {_length(result.gradient)}")
        axes = figure.add_axes(WALK)
        percent = torch.linspace(0, 100, len(result.walk))
        axes.plot(percent.numpy(), result.walk.numpy(), color=plots.PALETTE["black"])
        axes.axhline(result.loss, color=plots.PALETTE["vermilion"], linestyle="--", linewidth=1.2)
        if self._on_the_walk():
            axes.plot(self.state.percent, result.loss, "o", color=plots.PALETTE["vermilion"], markeredgecolor="black")
        axes.set(
            xlabel="walk (percent)", title="Loss along the walk; dashes: here", ylim=(-0.06 * axes.get_ylim()[1], None)
        )

    def words(self, result: View) -> Words:
        samples, length = len(result.data), _length(result.gradient)
        readout = (
            f"Loss {result.loss:.3f}; {result.blind} of {samples} samples are blind. Gradient of length {length}. "
            f"{result.verdict if self._run is None else 'Still descending.'}"
        )
        on = [int(neuron.sum()) for neuron in active(result.land, result.theta, result.data.x)[0].mT]
        alt = (
            f"A broken line through {samples} samples, loss {result.loss:.3f}; below it, neuron by neuron, where it is on: "
            f"at {', '.join(map(str, on))} of the samples. Beside it the gradient as bars, of length {length}, and "
            f"the loss along the walk, from {float(result.walk[0]):.2f} over at most {float(result.walk.max()):.2f} to "
            f"{float(result.walk[-1]):.2f}."
        )
        return Words(alt, readout)

    def _on_the_walk(self) -> bool:
        """Whether weights and samples are those that the walk has at its percent."""
        state, chosen = self.state, example(self.state.example)
        return (state.theta, state.x, state.y) == (chosen.at(state.percent), chosen.x, chosen.y)


def _length(gradient: torch.Tensor) -> str:
    """The length of a gradient in a few digits; what is rounding alone counts as 0."""
    length = float(gradient.norm())
    return f"{length:.3g}" if length > 1e-12 else "0"
