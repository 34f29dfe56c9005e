"""What the lessons claim: every number has a source that is run, every theorem a finder, every stored result its record.

A number with a decimal point or with three digits must stand in a cell of its lesson (in an assert, or as a parameter), in a
printed output, in the experiment that the lesson runs, or below in ELSEWHERE, where it is calculated from what it comes from.
"""

import math
import re
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
import torch

import lmcourse as lm
from authoring.notebook import read_notebook
from authoring.places import ROOT, targets
from lmcourse.certificates.rounding import BITS
from lmcourse.widgets.identity_start import walk

LESSONS = {
    ".".join(part.split("_")[0] for part in Path(target.notebook).parts[1:]): target.notebook
    for target in targets(ROOT)
    if target.kind == "chapter"
}
NUMBER = re.compile(r"(?<![\w.,/])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w/]|[.,]\d)")
IN_CODE = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")
NO_CLAIM = re.compile(  # addresses, papers, names of lessons and theorems, years, volumes
    r"\]\([^)]*\)|arXiv:? ?[\d.v]+|\b(?:1[89]|20)\d\d\b|\bJMLR \d+\(\d+\)|\[\d\.\d\b[^\]]*\]"
    r"|\b(?:[Ll]essons?|[Ll]emmas?|[Tt]heorems?|[Cc]orollary|[Ii]n|of|see|and) \[?[1-5]\.\d\b(?! ?%)"
)
SHARE = re.compile(r"(?<![\d.])([\d.]+) % of ([\d,]+)[^()|;%]*\(([\d.]+) to ([\d.]+)(?: %)?\)")


def prose(lesson):
    """The markdown of a lesson without what is no claim."""
    cells = read_notebook(ROOT / LESSONS[lesson]).cells
    return NO_CLAIM.sub(" ", "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown"))


def code_and_answers(lesson):
    """The code of a lesson, the text that it prints, and the experiments that it runs."""
    parts = []
    for cell in read_notebook(ROOT / LESSONS[lesson]).cells:
        if cell.cell_type == "code":
            parts += [
                cell.source,
                *(each.get("text") or each.get("data", {}).get("text/plain", "") for each in cell.outputs),
            ]
    text = "\n".join(parts)
    modules = {*re.findall(r"\bexperiments\.(\w+)", text), *re.findall(r"store\.load\(\"(\w+)\"", text)}
    return "\n".join(
        [text, *((ROOT / f"lmcourse/experiments/{name}.py").read_text("utf-8") for name in sorted(modules))]
    )


def claimed(text):
    """The numbers of a text that carry a decimal point or three digits: {as written: value}."""
    found = {written: float(written.replace(",", "")) for written in NUMBER.findall(text)}
    return {written: value for written, value in found.items() if "." in written or value >= 100}


def known(text):
    """The numbers of code and of what it prints."""
    text = re.sub(r"(?<=\d)[_,](?=\d{3}\b)", "", text)
    return {float(number) for number in IN_CODE.findall(text) if len(number) < 16}


def agree(written, value, source):
    """Whether the source is the number as it is written: rounded, as a percentage, as that of the others, or as "1 in ..."."""
    places = len(written.partition(".")[2])
    if any(round(each, places) == value for each in (source, 100 * source, 100 * (1 - source))):
        return True
    zeros = len(written) - len(written.rstrip("0,"))  # "1 in 115,000" is a share, rounded
    return (
        value >= 1000 and 0 < source < 1e-3 and round(1 / source, -written[len(written) - zeros :].count("0")) == value
    )


def intervals(text):
    """The ends of the intervals that belong to shares of counts, calculated: {as written: value}."""
    found = {}
    for percent, of, *ends in SHARE.findall(text):
        total = int(of.replace(",", ""))
        low, high = lm.binomial_interval(round(float(percent) * total / 100), total)
        found |= dict(zip(ends, (low, high), strict=True))
    return found


def without_source(text, sources, elsewhere=()):
    """The numbers of a text that no source gives."""
    numbers, calculated = known(sources), intervals(text)
    return [
        written
        for written, value in claimed(text).items()
        if written not in elsewhere
        and not any(agree(written, value, each) for each in numbers)
        and not (written in calculated and agree(written, value, calculated[written]))
    ]


# ------------------------------------------------------------------------------- numbers that stand elsewhere


def stuck_loss(k):
    return float(lm.teacher_student(k).loss(lm.symmetric_minimum(k).flatten()))


def waiting_height():
    """Where descent stands still on the surface `octopus`."""
    land = lm.surface("octopus")
    path = lm.experiments.basins.walk(land, torch.tensor([0.1, 0.2]).double(), "gd", 100, lr=0.1).theta
    return float(land.loss(path)[-1])


def failed(k, n):
    experiment, stored = lm.experiments.spurious_minima, lm.store.load("spurious_minima")
    return experiment.count_stored(stored.row(k=k, n=n)).share, experiment.published(k, n=n).share


def adam_steps():
    """Size of the noise, median of the steps to leave the bad saddle, and the ends of its interval."""
    plateaus = lm.experiments.plateaus
    return plateaus.medians(lm.store.load("plateaus").rows, table="adam", point="bad")[:, 0]


def critical_by_newton(data):
    experiment = lm.experiments.index_and_height
    return int(experiment.critical(lm.store.load("index_and_height").row(data=data, search="newton")).sum())


def straight_line_with_sample_5_at_1():
    """The sum of squares that the best straight line leaves after the move that the explorer asks for."""
    data = lm.data.relu_example(1)
    x = data.x.flatten()
    y = torch.where(x == -1, 1.0, data.y.flatten())
    columns = torch.stack([x, torch.ones_like(x)], dim=1)
    return float((columns @ torch.linalg.lstsq(columns, y).solution - y).square().sum())


def arrives(phi, layers=4, turn=0.0):
    """The first step at which the chord's explorer is near its target."""
    return walk(phi, layers, rate=0.02, steps=3000, turn=turn).arrived


def small_features():
    """At scale 0.01: how much smaller the smallest singular value is than at 0.1, and the length of the weights that fit."""
    experiment, smallest = lm.experiments.independent_features, []
    x, y = experiment.images("gaussian", N=200), (2 * lm.data.gaussian_patches(200, classes=2).y - 1).double()
    for scale in (0.1, 0.01):
        features = experiment.features(x, *experiment.draw(filters=6, scale=scale), "sigmoid")
        smallest.append(float(torch.linalg.svdvals(features)[-1]))
    return smallest[0] / smallest[1], float(torch.linalg.lstsq(features, y[:, None], driver="gelsd").solution.norm())


def born_dead(width, layers):
    """Share of the stored networks that are dead at the start, and the ends of its interval."""
    dead = (lm.store.load("bad_starts").row(width=width)["dies_at"] <= layers).sum()
    return dead / 10_000, *lm.binomial_interval(int(dead), 10_000)


SETTING = "a setting of the explorer"

# {lesson: {number as written: what it is calculated from, or the test that holds it}}
ELSEWHERE = {
    "1.1": {
        "2.1": SETTING,
        "0.44": waiting_height,
        "180": "tests/test_critical_points.py::test_on_octopus_newton_alone_stops_and_the_others_wait_at_the_second_saddle",
    },
    "1.2": {
        "301": lambda: 1000 * math.log10(2),
        "14.6": lambda: (2 - math.sqrt(2)) / 4,
        "511": lambda: 2**9 - 1,  # solutions, by the formula of Cartwright and Sturmfels
        "0.27": lambda: math.log(3) / 4,
        "262,144": lambda: 2**18,
        "187": lambda: critical_by_newton(0),
        "1.75": SETTING,
    },
    "1.3": {
        "10.9": lambda: 4 * math.e,
        "0.67": lambda: NormalDist().inv_cdf(0.75),
        "0.80": "tests/test_claims.py::test_sharpness_on_another_data_set",
    },
    "2.1": {"0.05": SETTING, "94.5": lambda: 189 / 200},
    "2.2": {
        "12.31": straight_line_with_sample_5_at_1,
        "60,000": "tests/test_claims.py::test_failed_sigmoid_runs_never_learn",
    },
    "2.3": {
        "88.5": lambda: born_dead(3, 20)[0],
        "87.8": lambda: born_dead(3, 20)[1],
        "7.7": lambda: born_dead(10, 100)[0],
        "7.2": lambda: born_dead(10, 100)[1],
        "8.2": lambda: born_dead(10, 100)[2],
        "14.5": lambda: lm.binomial_interval(167, 1000)[0],
        "19.1": lambda: lm.binomial_interval(167, 1000)[1],
        "9.3": lambda: 1 - (1 - 2**-10) ** 100,
        "3.008": lambda: 9 / float(lm.data.saturation_example().x.max()),
    },
    "3.2": {
        "119": lambda: adam_steps()[2],
        "129": lambda: adam_steps()[3],
    },
    "3.3": {
        "0.114": lambda: float(torch.linalg.eigvalsh(torch.tensor([[0.3, -1.0], [-1.0, 5.5]]))[0]),  # symmetric part
        "353": lambda: arrives(-1 + 0.1j),
        "728": lambda: arrives(-1 + 0.02j),
        "584": lambda: arrives(-1 + 0j, 2, 0.001),
        "1,564": lambda: arrives(-1 + 0j, 4, 0.001),
        "1,664": lambda: arrives(-1 + 0j, 8, 0.001),
    },
    "4.1": {
        "0.025": lambda: stuck_loss(6),
        "0.0251": lambda: stuck_loss(6),
        "0.15": lambda: 6 * stuck_loss(6),
        "50.8": lambda: failed(19, 20)[0],
        "49.1": lambda: failed(19, 20)[1],
    },
    "4.2": {"128": lambda: BITS, "0.4226": "docs/proofs.md"},
    "4.4": {"59,049": lambda: 3**10},
    "5.1": {
        "149": "tests/test_layer_widths.py",
        "2.98": lambda: small_features()[1] / 1e6,
        "135": lambda: 200 - 65,
        "950": lambda: round(small_features()[0], -1),
        "83.9": lambda: lm.binomial_interval(20, 20)[0],
        "486": lambda: 2 * 216 + 9 * 6,
        "14,256": lambda: 216 * (64 + 2),
    },
    "5.2": {
        "3,000": "docs/teaching/5.2_width_smooths.md",
        "102": "docs/teaching/5.2_width_smooths.md",
        "711": "tests/test_claims.py::test_lengths_and_curvature_of_wide_networks",
        "118": "tests/test_claims.py::test_lengths_and_curvature_of_wide_networks",
        "960": "tests/test_claims.py::test_lengths_and_curvature_of_wide_networks",
        "3,800": "tests/test_claims.py::test_lengths_and_curvature_of_wide_networks",
        "3,211,264": lambda: 224 * 224 * 64,
        "1,281,167": lambda: lm.experiments.layer_widths.IMAGENET,
    },
}


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_number_of_the_prose_has_a_source(lesson):
    lost = without_source(prose(lesson), code_and_answers(lesson), ELSEWHERE.get(lesson, {}))
    assert not lost, (
        f"{lesson}: {lost} stand in the prose and in no cell, printed output or experiment of the lesson. "
        "Expected an assert near each (or a headline that prints it); what follows from elsewhere goes into ELSEWHERE."
    )


@pytest.mark.parametrize(
    ("lesson", "written"), [(lesson, each) for lesson, those in ELSEWHERE.items() for each in those]
)
def test_numbers_from_elsewhere_are_what_is_written(lesson, written):
    value, source = claimed(prose(lesson)).get(written), ELSEWHERE[lesson][written]
    assert value is not None, f"{lesson} no longer says {written}: take it out of ELSEWHERE"
    if callable(source):
        assert agree(written, value, source()), source()
    elif source != SETTING:
        file, _, test = source.partition("::")
        body = (ROOT / file).read_text(encoding="utf-8")
        body = body.partition(f"def {test}(")[2].partition("\ndef ")[0] if test else body
        assert any(agree(written, value, each) for each in known(body)), f"{source} does not hold {written}"


@pytest.mark.cold
def test_lengths_and_curvature_of_wide_networks():
    """Of lesson 5.2: half a minute, so only the weekly workflow runs it."""
    for filters, shortest, longest, curvature in ((1, 150, 711, 960), (8, 15, 118, 3800)):
        found = lm.experiments.wide_training.ends(filters, range(8))
        there = found["loss"] < 1e-3
        lengths = found["lengths"][there]
        assert round(lengths.min()) == shortest and round(lengths.max()) == longest
        assert abs(float(np.median(found["curvature"][there])) / curvature - 1) < 0.02


@pytest.mark.cold
def test_sharpness_on_another_data_set():
    """Of lesson 1.3."""
    edge = lm.experiments.edge_of_stability.watch(rates=(0.12,), steps=6000, seed=3)
    assert abs(float(edge.mean_sharpness(first=4000)[0] * edge.rates[0] / 2) - 0.80) < 0.005


@pytest.mark.cold
@pytest.mark.parametrize(("method", "lr", "failed"), [("gd", 1.0, 45), ("adam", 0.01, 85)])
def test_failed_sigmoid_runs_never_learn(method, lr, failed):
    """Of lesson 2.2: two minutes, so only the weekly workflow runs it."""
    experiment = lm.experiments.relu_rates
    row = lm.store.load("relu_rates").row(
        data="xor", activation="sigmoid", hidden=2, method=method, lr=lr, steps=20_000
    )
    seeds = (row["right"] < 4).nonzero()[0].tolist()
    assert len(seeds) == failed
    first = experiment.run("xor", "sigmoid", 2, seeds, method, lr)
    land = experiment.landscape("xor", "sigmoid", 2)
    later = lm.train(land, first.theta, method=method, lr=lr, tol=0, max_steps=60_000)
    assert (experiment.samples_right("xor", "sigmoid", later) < 4).all()
    assert (later.theta.norm(dim=1) > first.theta.norm(dim=1)).all()


def test_a_changed_number_is_noticed():
    sources = "assert abs(loss - 0.0187) < 1e-4\nprint('34.6 %')"
    told = "The loss is 0.0187 in 34.6 % of 1,000 (31.7 to 37.6) runs, theorem 4.2, see lesson 1.3 and arXiv 1710.10928 (2017)."
    assert without_source(NO_CLAIM.sub(" ", told), sources + "1000") == []
    for old, new in (("0.0187", "0.0178"), ("34.6 %", "36.4 %"), ("31.7", "31.6"), ("1,000", "1,200")):
        assert new.strip(" %") in without_source(NO_CLAIM.sub(" ", told.replace(old, new)), sources + "1000")


# --------------------------------------------------------------------------------- theorems and stored results

STATEMENT = re.compile(r"^\*\*(?:Theorem|Lemma|Proposition|Corollary|Reported)\b", re.MULTILINE)
FINDER = re.compile(r"[^\W\d_a-z][\w-]+(?:,| et al\.?|,? in words)?,? \(?(?:1[89]|20)\d\d")


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_theorem_has_a_finder_or_a_proof(lesson):
    """Whether the reference exists is the business of `authoring.citations`."""
    cells = [cell.source for cell in read_notebook(ROOT / LESSONS[lesson]).cells if cell.cell_type == "markdown"]
    stated = [cell for cell in cells if STATEMENT.search(cell)]
    nameless = [cell[:80] for cell in stated if not FINDER.search(cell) and "Proof" not in cell]
    assert not nameless, f"{lesson}: a theorem without author and year, and without a proof: {nameless}"


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_section_that_measures_asserts(lesson):
    measured, asserted = set(), set()
    section = ""
    for cell in read_notebook(ROOT / LESSONS[lesson]).cells:
        if cell.cell_type == "markdown":
            section = (re.findall(r"^##+ (.+)$", cell.source, re.MULTILINE) or [section])[-1]
        elif re.search(r"^\s*assert ", cell.source, re.MULTILINE):
            asserted.add(section)
        if "experiment" in cell.metadata.get("tags", ()):
            measured.add(section)
    assert measured and measured <= asserted, f"{lesson}: no assert in {sorted(measured - asserted)}"


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_stored_result_is_shown_with_its_record(lesson):
    """The record is one sentence: command, seeds, versions, device, day."""
    cells = [cell for cell in read_notebook(ROOT / LESSONS[lesson]).cells if cell.cell_type == "code"]
    loaded = set(re.findall(r"store\.load\(\"(\w+)\"", "\n".join(cell.source for cell in cells)))
    told = "\n".join(
        str(output.get("text") or output.get("data", {}).get("text/plain", ""))
        for cell in cells
        for output in cell.outputs
    )
    recorded = set(re.findall(r"Made by `lmcourse reproduce (\w+)[^`]*`: seeds? .+ torch [\d.]+", told))
    assert loaded <= recorded, f"{lesson}: print(stored.made) is missing for {sorted(loaded - recorded)}"
