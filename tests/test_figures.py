"""The figures of the lessons, read from their code: named axes, curves that differ in more than colour, the palette."""

import ast
import re

import pytest

from authoring.notebook import read_notebook
from authoring.places import ROOT, targets
from lmcourse import plots

NOTEBOOKS = [target.notebook for target in targets(ROOT) if target.kind in ("start", "chapter", "solution", "page")]
CURVES = ("plot", "errorbar", "step", "semilogx", "semilogy", "loglog")
LOOK_NAMES = ("dash", "marker", "line", "style", "look")
LOOKS = ("linestyle", "ls", "dashes", "marker", "fmt", "fillstyle", "markerfacecolor", None)  # None: **looks
NAMED = {"xlabel": ("set_xlabel", "supxlabel"), "ylabel": ("set_ylabel", "supylabel", "barh", "set_yticklabels")}
NAMED_COLOUR = re.compile(r"\bcolor=[\"'](?!none|white|black|0\.)|[\"']#[0-9A-Fa-f]{6}[\"']|\bC\d\b[\"']")


def calls(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def called(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def look(call):
    """What the code says of dash and marker: the third positional argument, and the keywords."""
    starred = any(isinstance(each, ast.Starred) for each in call.args)
    places = [ast.unparse(each) for each in call.args[1 if starred else 2 :]]
    for each in call.args:
        if isinstance(getattr(each, "value", None), str) or getattr(each, "id", None) in LOOK_NAMES:
            places.append(ast.unparse(each))
    return tuple(
        sorted({*places, *(f"{word.arg}={ast.unparse(word.value)}" for word in call.keywords if word.arg in LOOKS)})
    )


def constant(look):
    return all(re.search(r"(^|=)['\"][^'\"]*['\"]$", part) for part in look)


def problems(code):
    """What a reader who does not see colours, or looks for the name of an axis, would miss in the figure of one cell."""
    tree, found = ast.parse(code), []
    made = calls(tree)
    words = {word.arg for call in made for word in call.keywords}
    names = {called(call) for call in made}
    if any(name.startswith("draw_") for name in names):
        return [] if not NAMED_COLOUR.search(code) else ["a colour that is not the palette's"]
    found += [f"no {side}" for side, others in NAMED.items() if side not in words and not names & set(others)]
    curves = [call for call in made if called(call) in CURVES and any(word.arg == "label" for word in call.keywords)]
    looks = [look(call) for call in curves]
    if len(set(looks)) < len(looks):
        found.append(f"two curves look alike: {min(each for each in looks if looks.count(each) > 1)}")
    repeated = {id(call) for loop in ast.walk(tree) if isinstance(loop, ast.For) for call in calls(loop)}
    for call, each in zip(curves, looks, strict=True):
        label = next(word.value for word in call.keywords if word.arg == "label")
        if id(call) in repeated and not isinstance(label, ast.Constant | ast.IfExp) and constant(each):
            found.append(f"curves of a loop look alike: {ast.unparse(label)}")
    return found + ["a colour that is not the palette's"] * bool(NAMED_COLOUR.search(code))


def whole_figures(cells):
    """The code of each figure: the cell that makes it, and those after it up to the one that shows it."""
    begun = []
    for code in cells:
        if begun or "plots.figure(" in code:
            begun.append(code)
        if begun and "lm.show(" in code:
            yield "\n".join(begun)
            begun = []


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_figures_have_named_axes_and_curves_that_differ_in_more_than_colour(notebook):
    cells = [cell.source for cell in read_notebook(ROOT / notebook).cells if cell.cell_type == "code"]
    assert {code[:60]: found for code in whole_figures(cells) if (found := problems(code))} == {}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('xlabel="k", ', "", "no xlabel"),
        (', ylabel="loss"', "", "no ylabel"),
        ('"--", ', "", "two curves look alike: ()"),
        ("dash, label=f", "label=f", "curves of a loop look alike: f'width {n}'"),
        ('lm.plots.PALETTE["blue"]', '"#123456"', "a colour that is not the palette's"),
    ],
)
def test_what_is_missing_in_a_figure_is_seen(old, new, expected):
    code = """
fig, ax = lm.plots.figure(8, 3)
ax.plot(k, one, label="one", color=lm.plots.PALETTE["blue"])
ax.plot(k, two, "--", label="two")
ax.set(xlabel="k", ylabel="loss")
for n, dash in looks:
    ax.plot(k, three[n], dash, label=f"width {n}")
"""
    assert problems(code) == [] and old in code
    assert expected in problems(code.replace(old, new))


def test_a_curve_without_a_colour_takes_one_of_the_palette():
    _, ax = plots.figure()
    drawn = [ax.plot([0, 1])[0].get_color() for _ in plots.LINES]
    assert drawn == [plots.PALETTE[name] for name in plots.LINES]
