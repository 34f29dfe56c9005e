"""The explorer of lesson 1.2: spectra of critical points, by dimension and height."""

import math

import numpy as np
import pytest
import traitlets

from lmcourse.networks.random_matrices import gaussian_symmetric
from lmcourse.widgets import SpectrumExplorer
from lmcourse.widgets.spectrum_and_height import DIMENSIONS, DRAWN, HEIGHTS, cloud, drawn


@pytest.mark.parametrize("height", [-1.2, -0.6, 0.0])
def test_spectra_are_those_of_matrices_weighted_by_their_determinant(height):
    N = 10
    t = height * math.sqrt(1.5 * N)
    shifted = np.linalg.eigvalsh(gaussian_symmetric(N - 1, 40_000, seed=11)) - t
    weights = np.abs(shifted).prod(axis=1)
    expected = np.average((shifted < 0).sum(axis=1), weights=weights)
    found = drawn(N, height).index
    assert abs(found.mean() - expected) < 4 * max(found.std(), 0.3) / math.sqrt(DRAWN)
    mean = np.average(shifted.mean(axis=1), weights=weights) * math.sqrt(6 / N)
    assert drawn(N, height).spectra.mean() == pytest.approx(mean, abs=0.5)


@pytest.mark.parametrize("N", DIMENSIONS[3:])
def test_large_dimensions_follow_the_curve_ever_closer(N):
    heights, shares = cloud(N)
    off = shares - np.array([drawn(N, height).expected for height in heights])
    assert math.sqrt(np.mean(off**2)) < 0.6 / math.sqrt(N) ** 1.4
    assert drawn(N, -1.75).index.max() == 0 and drawn(N, 1.75).index.min() == N - 1


def test_draws_are_the_same_each_time_and_of_different_matrices():
    first = drawn(20, -0.5)
    drawn.cache_clear()
    assert np.array_equal(first.spectra, drawn(20, -0.5).spectra)
    assert len(np.unique(first.spectra[:, 0])) == DRAWN


def test_the_mark_moves_along_the_curve():
    explorer = SpectrumExplorer(N=20, height=0.0)
    (handle,) = explorer.handles()
    assert (handle.x, handle.y, handle.step[1]) == (0.0, 0.5, 0.0)
    explorer.handle_moved(0, -1.23, 0.9)
    assert explorer.state.height == -1.25 and explorer.handles()[0].y < 0.1
    assert "height -1.25" in explorer.picture.readout
    explorer.handle_moved(0, 5.0, 0.0)
    assert explorer.state.height == HEIGHTS[-1] and "100 of them" not in explorer.picture.readout
    explorer.close()


def test_words_follow_the_draw():
    explorer = SpectrumExplorer(N=3, height=-1.75)
    said = set()
    for draw in (1, 2, 3):
        explorer.state.draw = draw
        said.add(explorer.picture.alt)
        assert f"Shown is draw {draw}" in explorer.picture.readout
    assert len(said) == 3 and explorer.picture.problem == ""
    explorer.close()


@pytest.mark.parametrize(("setting", "complaint"), [
    ({"N": 21}, "There is no dimension 21"), ({"height": 2.0}, "height must lie between -1.75 and 1.75"),
    ({"height": float("nan")}, "height must lie"),
])  # fmt: skip
def test_settings_that_make_no_sense_are_refused(setting, complaint):
    with pytest.raises(traitlets.TraitError, match=complaint):
        SpectrumExplorer(**setting)
