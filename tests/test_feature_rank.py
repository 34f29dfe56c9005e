"""The explorer of random features: what it says agrees with the features themselves, and a proof speaks of its own setting."""

import re
import time

import pytest
import torch
import traitlets

from lmcourse.experiments import independent_features as experiment
from lmcourse.widgets import FeatureRankExplorer
from lmcourse.widgets.feature_rank import FILTERS, RANKS, Setting, spectrum_of, two_digits


@pytest.fixture
def explorer():
    explorer = FeatureRankExplorer()
    yield explorer
    explorer.close()


def finish_proof(explorer, seconds=60):
    """Press Prove and wait until its end is shown, as a reader does."""
    explorer.prove()
    end = time.monotonic() + seconds
    while "Proof" not in explorer.picture.readout and time.monotonic() < end:
        time.sleep(0.02)


@pytest.mark.parametrize("images", experiment.IMAGES)
@pytest.mark.parametrize("activation", experiment.ACTIVATIONS)
def test_spectra_are_those_of_the_features(images, activation):
    found = spectrum_of(Setting(images, activation, 0.5, 6))
    F = experiment.features(experiment.images(images), *experiment.draw(6, 0.5), activation)
    assert found.rank == int(torch.linalg.matrix_rank(F))
    torch.testing.assert_close(torch.from_numpy(found.singular), torch.linalg.svdvals(F), rtol=0, atol=1e-12)


def test_the_readout_says_rank_and_ratio(explorer):
    said = explorer.picture.readout
    values = spectrum_of(explorer.setting()).singular
    assert said.startswith("216 neurons for 200 images: rank 200 of 200.")
    assert f"a ratio of {two_digits(values[0] / values[-1])}." in said
    assert "e+" not in said and "e-" not in said, "a number as programs write it stands in a sentence"


def test_lost_ranks_are_counted(explorer):
    explorer.state.images, explorer.state.activation = "digits", "ReLU"
    assert "rank 183 of 200. 17 singular values are zero up to rounding." in explorer.picture.readout


def test_a_click_on_the_ranks_chooses_the_filters(explorer):
    left, bottom, width, height = RANKS
    for place, T in enumerate(FILTERS):
        explorer.clicked(left + (place + 0.5) / len(FILTERS) * width, bottom + height / 2)
        assert explorer.state.filters == T
    explorer.clicked(0.1, 0.5)  # on the other picture
    assert explorer.state.filters == FILTERS[-1]


@pytest.mark.parametrize(("activation", "rank", "how"), [("sigmoid", 200, "ball"), ("ReLU", 183, "whole numbers")])
def test_a_proof_speaks_of_the_setting_it_was_made_for(explorer, activation, rank, how):
    explorer.state.images, explorer.state.activation = "digits", activation
    assert "Proof" not in explorer.picture.readout
    finish_proof(explorer)
    assert re.search(rf"Proof: rank {rank}, proved \({how}", explorer.picture.readout)
    explorer.state.scale = 0.5
    assert "Proof" not in explorer.picture.readout
    explorer.state.scale = 1.0
    assert "Proof" in explorer.picture.readout
    explorer.reset()
    assert "Proof" not in explorer.picture.readout


def test_a_setting_that_cannot_be_proved_says_why(explorer, monkeypatch):
    from lmcourse.certificates.certificate import Refusal
    from lmcourse.widgets import feature_rank

    def refuse(*arguments):
        raise Refusal("Rounding hides it.")

    monkeypatch.setattr(feature_rank, "prove_rank", refuse)
    finish_proof(explorer)
    assert "Proof: nothing is proved. Rounding hides it." in explorer.picture.readout


@pytest.mark.parametrize(
    ("name", "value"), [("scale", 0.3), ("activation", "tanh"), ("images", "faces"), ("filters", 13)]
)
def test_what_is_not_offered_is_refused(explorer, name, value):
    with pytest.raises(traitlets.TraitError):
        setattr(explorer.state, name, value)
