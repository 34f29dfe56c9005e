"""The colours of pictures: they stand out from white, and from one another for readers who see colours differently.

Contrast is that of WCAG 2.2: 3 to 1 for lines and marks, 4.5 to 1 for text. Colour-blind sight is simulated with the
matrices of Machado, Oliveira and Fernandes (2009) for total protanopia and deuteranopia, and of Brettel, Viénot and
Mollon (1997), as the library DaltonLens has them, for tritanopia, where the former do not hold. Distances are those of
Oklab (Ottosson 2020), in hundredths: black and white are 100 apart, and about 2 can just be told apart.
"""

import re
from itertools import combinations
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from lmcourse.experiments import basins
from lmcourse.plots import BLUE_WHITE_ORANGE, LINES, PALETTE, draw_matrix, draw_share_grid, figure, ink

REPOSITORY = Path(__file__).parent.parent
FOR_AREAS = sorted(set(PALETTE) - set(LINES))
TEXT = ("black", "grey", "blue")  # other colours of LINES are for lines and marks alone

MACHADO = {
    "usual": np.eye(3),
    "without red cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "without green cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
BRETTEL = (
    np.array([[1.01277, 0.13548, -0.14826], [-0.01243, 0.86812, 0.14431], [0.07589, 0.80500, 0.11911]]),
    np.array([[0.93678, 0.18979, -0.12657], [0.06154, 0.81526, 0.12320], [-0.37562, 1.12767, 0.24796]]),
)
BETWEEN_THEM = np.array([0.03901, -0.02788, -0.01113])
WITHOUT_BLUE_CONES = "without blue cones"
SIGHTS = (*MACHADO, WITHOUT_BLUE_CONES)

TO_CONES = np.array([
    [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
TO_OKLAB = np.array([
    [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip


def linear(colour):
    """Light of the three primaries, from 0 to 1."""
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other="white"):
    """WCAG's contrast of two colours, from 1 to 21."""
    dark, light = sorted(float(linear(colour) @ (0.2126, 0.7152, 0.0722)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def seen(colour, sight):
    """A colour as somebody sees it, in Oklab: lightness, green to red, blue to yellow, in hundredths."""
    light = linear(colour)
    side = BRETTEL[int(light @ BETWEEN_THEM < 0)]
    light = (side if sight == WITHOUT_BLUE_CONES else MACHADO[sight]) @ light
    return 100 * TO_OKLAB @ np.cbrt(TO_CONES @ light.clip(0, 1))


def distance(one, other, sight):
    return float(np.linalg.norm(seen(one, sight) - seen(other, sight)))


def test_the_measures_know_what_they_measure():
    assert contrast("black") == pytest.approx(21) and contrast("#767676") == pytest.approx(4.54, abs=0.01)
    assert distance("black", "white", "usual") == pytest.approx(100, abs=0.1)
    assert all(distance("grey", "grey", sight) == 0 for sight in SIGHTS)
    matrices = [*MACHADO.values(), *BRETTEL]
    assert np.allclose([each.sum(axis=1) for each in matrices], 1, atol=2e-5), "white stays white"
    lost = [np.linalg.svd(each)[1][-1] for each in matrices[1:]]
    assert max(lost) < 1e-5, "who lacks one kind of cones sees a plane of colours"


@pytest.mark.parametrize("name", LINES)
def test_a_colour_for_lines_stands_out_from_white(name):
    assert contrast(PALETTE[name]) >= 3, f"{name}: {contrast(PALETTE[name]):.2f}"


@pytest.mark.parametrize("name", TEXT)
def test_a_colour_for_text_can_be_read_on_white(name):
    assert contrast(PALETTE[name]) >= 4.5


@pytest.mark.parametrize("sight", SIGHTS)
def test_colours_for_lines_can_be_told_apart(sight):
    near = {pair: distance(*(PALETTE[name] for name in pair), sight) for pair in combinations(LINES, 2)}
    assert min(near.values()) >= 7.5, min(near, key=near.get)


@pytest.mark.parametrize("sight", SIGHTS)
def test_neighbours_on_a_map_of_basins_can_be_told_apart(sight):
    shades = [basins._light(number) for number in range(4)]  # a surface of the course has at most four minima
    shades += ["white", "black", PALETTE["grey"]]
    assert min(distance(*pair, sight) for pair in combinations(shades, 2)) >= 5


def colour_maps():
    """The names of all colour maps that the course uses."""
    files = [*(REPOSITORY / "lmcourse").rglob("*.py"), *(REPOSITORY / "sources").rglob("*.py")]
    return {name for file in files for name in re.findall(r'cmap"?[=:] ?"(\w+)"', file.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("sight", SIGHTS)
def test_heights_rise_in_lightness(sight):
    assert colour_maps() == {"cividis", "cividis_r"}
    cividis = matplotlib.colormaps["cividis"]
    lightness = [seen(cividis(share)[:3], sight)[0] for share in np.linspace(0, 1, 65)]
    assert min(np.diff(lightness)) > 0 and lightness[-1] - lightness[0] > 50


@pytest.mark.parametrize("sight", SIGHTS)
def test_signs_differ_and_grow_darker_from_white(sight):
    shown = [seen(BLUE_WHITE_ORANGE(share)[:3], sight) for share in np.linspace(0, 1, 65)]
    lightness = np.array([colour[0] for colour in shown])
    assert min(np.diff(lightness[:33])) > 0 and max(np.diff(lightness[32:])) < 0
    for below, above in zip(shown[:24], shown[:-25:-1], strict=True):  # values of equal size and unlike sign
        assert np.linalg.norm(below - above) >= 7


def test_text_on_colours_can_be_read():
    for drawer, values in ((draw_matrix, np.linspace(-1, 1, 41)), (draw_share_grid, np.linspace(0, 1, 41))):
        _, ax = figure()
        numbers = {"numbers": True} if drawer is draw_matrix else {"columns": range(41), "rows": [0]}
        drawer(ax, values[None], **numbers)
        (image,), grounds = ax.images, []
        for text, value in zip(ax.texts, values, strict=True):
            grounds.append(contrast(text.get_color(), image.to_rgba(value)[:3]))
        assert min(grounds) >= 4.5
    assert all(contrast(ink(colour), colour) >= 4.5 for colour in ("#757575", "#767676", *PALETTE.values()))


# Where a light colour is used: each of these is an area, or a mark with a black edge.
LIGHT = {
    ("lmcourse/experiments/basins.py", "sky"): 1, ("lmcourse/experiments/basins.py", "orange"): 1,
    ("lmcourse/experiments/basins.py", "yellow"): 1, ("lmcourse/experiments/relu_examples.py", "yellow"): 1,
    ("lmcourse/widgets/escaping.py", "orange"): 1,
    ("lmcourse/widgets/identity_start.py", "sky"): 1,
    ("sources/chapters/1_saddle_points/2_high_dimension.py", "orange"): 1,
    ("sources/chapters/1_saddle_points/3_escaping.py", "orange"): 1,
    ("sources/chapters/4_over_parameterization/2_proof_by_computer.py", "sky"): 1,
    ("sources/chapters/5_cnn_width/1_width_you_already_have.py", "orange"): 1,
}  # fmt: skip


def test_light_colours_are_not_used_for_lines():
    found = {}
    for folder in ("lmcourse", "sources"):
        for file in (REPOSITORY / folder).rglob("*.py"):
            path, text = file.relative_to(REPOSITORY).as_posix(), file.read_text(encoding="utf-8")
            for name in FOR_AREAS if path != "lmcourse/plots.py" else ():
                if times := len(re.findall(rf"""["']{name}["']""", text)):
                    found[path, name] = times
    assert found == LIGHT, (
        "orange, sky and yellow are too faint for lines: use a colour of lm.plots.LINES, or add it above"
    )
