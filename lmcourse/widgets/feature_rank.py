"""An explorer for the features of a wide random layer: filters, weight scale, activation and images -> singular values and rank.

Data types, in words
    FeatureState   the knobs, and `proof`: what was proved last, with the setting that it speaks of
    Setting        what fixes a matrix F: images, activation, scale, filters
    Spectrum       the singular values of one F, with its numerical rank and the level of rounding
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure

from lmcourse import plots
from lmcourse.certificates.certificate import Refusal
from lmcourse.experiments import independent_features as experiment
from lmcourse.experiments.rank_proofs import RankProof, prove_rank

from .base import Explorer
from .controls import Button, Select, Slider
from .picture import Words
from .state import choice

N = 200
FILTERS = range(1, 13)
SCALES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
VALUES, RANKS = (0.085, 0.15, 0.44, 0.75), (0.625, 0.15, 0.36, 0.75)  # where the two pictures lie
LOWEST, HIGHEST = 1e-16, 1e5  # of the axis of singular values
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Setting(NamedTuple):
    """What fixes the matrix F of features."""

    images: str
    activation: str
    scale: float
    filters: int


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The singular values of F (falling), its numerical rank, and the level below which a value is taken for zero."""

    singular: np.ndarray
    rank: int
    rounding: float


class FeatureState(traitlets.HasTraits):
    """The knobs."""

    filters = traitlets.Int(6, min=FILTERS[0], max=FILTERS[-1])
    scale = traitlets.Float(1.0)
    activation = traitlets.Unicode("sigmoid")
    images = traitlets.Unicode("gaussian")
    proof = traitlets.Any(allow_none=True)  # (Setting, RankProof or why there is none, in words)

    _known_scale = choice("scale", SCALES)
    _known_activation = choice("activation", experiment.ACTIVATIONS)
    _known_images = choice("images", experiment.IMAGES, "kind of images")


@lru_cache(maxsize=512)
def spectrum_of(setting: Setting) -> Spectrum:
    """Singular values and rank of the features of 200 images at one draw of weights.

    >>> spectrum_of(Setting("gaussian", "sigmoid", 1.0, 5)).rank
    180
    """
    W, b = experiment.draw(setting.filters, setting.scale)
    F = experiment.features(experiment.images(setting.images, N), W, b, setting.activation)
    singular = torch.linalg.svdvals(F)
    rounding = max(F.shape) * torch.finfo(F.dtype).eps * float(singular[0])
    return Spectrum(singular.numpy(), int(experiment.rank(singular, F)), rounding)


def try_to_prove(setting: Setting) -> RankProof | str:
    """The proof of a setting's rank, or why there is none, in words."""
    W, b = experiment.draw(setting.filters, setting.scale)
    try:
        return prove_rank(experiment.images(setting.images, N), W, b, setting.activation)
    except Refusal as why:
        return f"nothing is proved. {why}"


class FeatureRankExplorer(Explorer):
    """Choose filters, weight scale, activation and images, and see the singular values of the features.

    A click on the right picture chooses the filters; a button proves the rank.

    >>> explorer = FeatureRankExplorer(filters=5)
    >>> print(explorer.picture.readout[:44])
    180 neurons for 200 images: rank 180 of 200.
    """

    State = FeatureState
    width, height = 11.0, 4.0
    clickable = True

    def controls(self) -> list:
        return [
            self.tie(Slider("Filters T", list(FILTERS)), "filters"),
            self.tie(Slider("Weight scale", list(SCALES), write="{:g}".format), "scale"),
            self.tie(Select("Activation", list(experiment.ACTIVATIONS)), "activation"),
            self.tie(Select("Images", list(experiment.IMAGES)), "images"),
            Button("Prove", self.prove),
            self.stop_button,
        ]

    def setting(self) -> Setting:
        state = self.state
        return Setting(state.images, state.activation, state.scale, state.filters)

    def prove(self) -> None:
        """Prove the rank of the chosen setting, in the background."""
        setting = self.setting()

        def work(run):
            run.report("The proof takes a second.")
            return setting, try_to_prove(setting)

        self.start(work, self._take)

    def _take(self, proof: tuple[Setting, RankProof | str]) -> None:
        self.state.proof = proof

    def _proof(self) -> RankProof | str | None:
        """What was proved last, if it speaks of the chosen setting."""
        return self.state.proof[1] if self.state.proof and self.state.proof[0] == self.setting() else None

    def compute(self) -> list[Spectrum]:
        """The spectra for every number of filters; the chosen one is among them."""
        return [spectrum_of(self.setting()._replace(filters=T)) for T in FILTERS]

    def draw(self, figure: Figure, result: list[Spectrum]) -> None:
        chosen = result[FILTERS.index(self.state.filters)]
        axes = figure.add_axes(VALUES)
        draw_singular_values(axes, chosen)
        if self.state.scale != 1.0:
            draw_comparison(axes, spectrum_of(self.setting()._replace(scale=1.0)))
        ranks = figure.add_axes(RANKS)
        draw_ranks(ranks, result, self.state.filters)
        draw_proof(axes, ranks, self._proof())

    def words(self, result: list[Spectrum]) -> Words:
        setting, chosen = self.setting(), result[FILTERS.index(self.state.filters)]
        neurons, largest = experiment.PATCHES * setting.filters, float(chosen.singular[0])
        readout = f"{neurons} neurons for {N} images: rank {chosen.rank} of {N}. "
        if chosen.rank == min(N, neurons):
            smallest = float(chosen.singular[-1])
            readout += (
                f"Smallest singular value {two_digits(smallest)}, largest {two_digits(largest)}: "
                f"a ratio of {two_digits(largest / smallest)}."
            )
        else:
            readout += f"{min(N, neurons) - chosen.rank} singular values are zero up to rounding."
        proof = self._proof()
        if proof is not None:
            readout += f" Proof: {str(proof).rstrip('.')}."
        alt = (
            f"Two pictures for {setting.activation}, {setting.images} images, scale {setting.scale:g}. Left "
            f"{len(chosen.singular)} falling singular values from {two_digits(largest)} "
            f"to {two_digits(float(chosen.singular[-1]))}. "
            f"Right the rank for 36 to 432 neurons: {', '.join(str(each.rank) for each in result)}; "
            f"a square marks {neurons} neurons."
        )
        if isinstance(proof, RankProof):
            alt += (
                f" The title says that rank {proof.low} is proved."
                if proof.proved
                else " The title says what is proved."
            )
        return Words(alt, readout)

    def clicked(self, x: float, y: float) -> None:
        left, bottom, width, height = RANKS
        across, up = (x - left) / width, (y - bottom) / height
        if 0 <= across < 1 and 0 <= up <= 1:
            self.state.filters = FILTERS[int(across * len(FILTERS))]


def two_digits(value: float) -> str:
    """A number for a sentence, with two digits; a very small or large one by a power of ten.

    >>> two_digits(1023.0), two_digits(7.8e-7)
    ('1,000', '7.8·10⁻⁷')
    """
    if value == 0 or 1e-3 <= value < 1e6:
        return f"{float(f'{value:.2g}'):,g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(RAISED)}"


def draw_singular_values(axes, chosen: Spectrum) -> None:
    """Singular values in falling order, circles; those that rounding hides are crosses below the shaded level."""
    place = np.arange(1, len(chosen.singular) + 1)
    values = np.clip(chosen.singular, 2 * LOWEST, None)
    seen = place <= chosen.rank
    axes.axhspan(LOWEST, chosen.rounding, color=plots.PALETTE["grey"], alpha=0.25, linewidth=0)
    axes.semilogy(place[seen], values[seen], "o", markersize=4, color=plots.PALETTE["blue"])
    axes.semilogy(place[~seen], values[~seen], "x", markersize=5, color=plots.PALETTE["vermilion"])
    axes.text(8, chosen.rounding / 2, "grey: zero up to rounding", fontsize=11, va="top")
    axes.set(
        xlabel="place (number)", ylabel="singular value of F (no unit)", title="Singular values",
        xlim=(-4, N + 5), ylim=(LOWEST, HIGHEST),
    )  # fmt: skip


def draw_comparison(axes, other: Spectrum) -> None:
    """The singular values at scale 1, dashed."""
    place, values = np.arange(1, len(other.singular) + 1), np.clip(other.singular, 2 * LOWEST, None)
    axes.plot(place, values, "--", color=plots.PALETTE["grey"], zorder=0, label="the same at scale 1")
    axes.legend(loc="upper right")


def draw_ranks(axes, spectra: list[Spectrum], filters: int) -> None:
    """The rank for each number of filters, the most that it can be, and a square around the chosen one."""
    neurons = experiment.PATCHES * np.array(FILTERS)
    found = [each.rank for each in spectra]
    axes.plot([0, N, 500], [0, N, N], "--", color=plots.PALETTE["grey"], label="largest possible rank")
    axes.plot(neurons, found, "o", color=plots.PALETTE["blue"], markersize=5, label="rank of F")
    place = FILTERS.index(filters)
    axes.plot(neurons[place], found[place], "s", markersize=14, fillstyle="none", color=plots.PALETTE["vermilion"])
    half = experiment.PATCHES / 2
    axes.set(
        xlabel="neurons $n_1 = 36 T$ (number)", ylabel="rank (number)", title=f"Rank of the features of {N} images",
        xlim=(neurons[0] - half, neurons[-1] + half), ylim=(0, 1.15 * N), xticks=neurons[1::2],
    )  # fmt: skip
    axes.set_xticks(neurons[::2], minor=True)
    axes.legend(loc="lower right")


def draw_proof(values, ranks, proof: RankProof | str | None) -> None:
    """What is proved: the rank in the title of the right picture, and in the left one the line that no singular value is below."""
    if not isinstance(proof, RankProof):
        return
    ranks.set_title(f"Rank {proof.low}, proved" if proof.proved else f"Rank {proof.low} to {proof.high}, proved")
    if proof.smallest is not None:
        values.axhline(proof.smallest, color=plots.PALETTE["green"], linestyle="-.", linewidth=1.5)
        values.text(N / 2, proof.smallest / 30, "proved: none lies below this line", ha="center", fontsize=11)
