"""Glossary and notation: sorted, each word where its entry leads, each name in the code there; and what is wrong is seen."""

import ast
import inspect
import re
from typing import get_type_hints

import pytest
from nbformat.v4 import new_notebook
from samples.lessons import GLANCE, code, page, replace_cell, text

import lmcourse as lm
from authoring.check import pages
from authoring.glossary_lints import GLOSSARY, NOTATION, entries, lint_glossary, lint_words_and_letters, section
from authoring.places import ROOT, targets
from authoring.prose import links

PAGES = list(pages(targets(ROOT), ROOT))
BY_NAME = {each.target.notebook: each for each in PAGES}
LESSONS = [each for each in PAGES if each.target.kind == "chapter"]
LESSON = "../chapters/4_traps/1_first.ipynb"
NAMES = {
    "lm": lm, "land": lm.Landscape, "runs": lm.Runs, "points": lm.CriticalPoints, "proof": lm.Certificate,
    "data": lm.data.Data, "path": lm.slices.Path,
}  # fmt: skip

GREEK = re.compile(
    r"(alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|psi|chi|omega|ell)"
)


def glossary(*parts):
    return page(new_notebook(cells=[text("# Glossary"), *map(text, parts)]), "page", GLOSSARY)


def entry(word, link=f"{LESSON}#Recap"):
    return f"### {word}\n\nA word.\n→ [4.1]({link})"


def resolve(node):
    """The class, function or type that an expression of the notation page stands for; refuses what lmcourse does not have."""
    if isinstance(node, ast.Name):
        return NAMES[node.id]
    if isinstance(node, ast.Subscript):
        return resolve(node.value)
    if isinstance(node, ast.Call):
        function = resolve(node.func)
        signature, options = inspect.signature(function), {each.arg: each.value for each in node.keywords}
        signature.bind_partial(*node.args, **options)
        if not set(options) <= set(signature.parameters):  # **options would take any name
            raise TypeError(f"{ast.unparse(node)}: no such keyword")
        return get_type_hints(function).get("return")
    owner = resolve(node.value)
    return getattr(owner, node.attr) if hasattr(owner, node.attr) else get_type_hints(owner)[node.attr]


def names_in_code(source):
    return [name for row in re.findall(r"^\|.*\|$", source, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)]


def letters(source):
    """The letters in the formulas of a text; words and names of functions are none."""
    formulas = " ".join("".join(found) for found in re.findall(r"\$\$(.+?)\$\$|\$([^$]+)\$", source, re.DOTALL))
    formulas = re.sub(r"\\(text|operatorname|mathrm|mathbb|mathcal)\*?\{[^}]*\}|\\(begin|end)\{[^}]*\}", " ", formulas)
    greek = {
        name for name in re.findall(r"\\([A-Za-z]+)", formulas) if GREEK.fullmatch(name.removeprefix("var").lower())
    }
    return greek | set(re.findall(r"(?<![\\A-Za-z])[A-Za-z](?![A-Za-z])", formulas))


def test_glossary_and_lessons_keep_the_rules():
    assert [str(found) for found in (*lint_glossary(PAGES), *lint_words_and_letters(PAGES))] == []


def test_the_glossary_has_an_entry_for_what_it_is_about():
    words = [word for _, word, _ in entries(BY_NAME[GLOSSARY])]
    assert len(words) >= 100 and {"Bad saddle", "Hessian", "Index", "Spurious", "Trap"} <= set(words)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.target.notebook)
def test_a_lesson_links_words_that_come_in_elsewhere(lesson):
    linked = [link for cell in lesson.of_kind("markdown") for link in links(cell.source) if f"{GLOSSARY}#" in link]
    assert 3 <= len(linked) == len(set(linked)) <= 8


BROKEN = {
    "twice": ([f"## F\n\n{entry('First')}\n\n{entry('First')}"], "stands after 'First'"),
    "unsorted": ([f"## T\n\n{entry('Trap')}\n\n{entry('Target')}"], "stands after 'Trap'"),
    "wrong letter": ([f"## B\n\n{entry('Trap')}"], "does not stand under its letter"),
    "no link": (["## T\n\n### Trap\n\nA minimum."], "does not end with a link to a section of a lesson"),
    "no section": ([f"## T\n\n{entry('Trap', LESSON)}"], "does not end with a link to a section of a lesson"),
    "elsewhere": ([f"## S\n\n{entry('Saddle')}"], "does not occur in chapters/4_traps/1_first.ipynb, 'Recap'"),
    "next section": ([f"## T\n\n{entry('Trap', LESSON + '#Go-on')}"], "does not occur in"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_in_a_glossary_is_seen(name):
    parts, said = BROKEN[name]
    assert list(lint_glossary([page(), glossary(f"## T\n\n{entry('Trap')}")])) == []
    assert any(said in found.what for found in lint_glossary([page(), glossary(*parts)]))


def test_a_lesson_without_the_row_is_seen():
    row = f"| Words | [glossary](../../{GLOSSARY}), [notation](../../{NOTATION}) |"
    lesson = page()
    assert list(lint_words_and_letters([lesson])) == []  # a course without such pages
    found = list(lint_words_and_letters([lesson, glossary()]))
    assert [each.what for each in found] == [f"'At a glance' does not link {GLOSSARY}"]
    replace_cell(1, text(GLANCE + row))(lesson.notebook)
    assert list(lint_words_and_letters([lesson, glossary()])) == []


def test_a_section_ends_at_the_next_heading_of_its_level():
    cells = [text("# T\n\n## A\n\none"), code("two = 2"), text("### A 1\n\nthree\n\n## B\n\nfour")]
    found = page(new_notebook(cells=cells))
    assert section(found, "A").split() == ["##", "A", "one", "two", "=", "2", "###", "A", "1", "three"]
    assert section(found, "A-1").split()[-1] == "three" and section(found, "B").endswith("four")
    assert section(found, "C") == ""


def test_every_name_in_the_code_exists():
    found = [name for cell in BY_NAME[NOTATION].of_kind("markdown") for name in names_in_code(cell.source)]
    assert len(found) > 40
    for name in found:
        resolve(ast.parse(name, mode="eval").body)


@pytest.mark.parametrize(
    "name", ["land.slope(theta)", "lm.train(land, theta, step=0.1)", "lm.refined", "theta", "runs.thetas"]
)
def test_a_name_that_does_not_exist_is_seen(name):
    with pytest.raises((AttributeError, KeyError, TypeError)):
        resolve(ast.parse(name, mode="eval").body)


def test_letters_of_formulas_are_found():
    assert letters(r"at $w_j^\top x$, $$\Delta = \text{a b} \ln \varphi$$ and d") == {"w", "j", "x", "Delta", "varphi"}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.target.notebook)
def test_every_letter_of_a_lesson_stands_on_the_notation_page(lesson):
    known = letters("\n".join(cell.source for cell in BY_NAME[NOTATION].of_kind("markdown")))
    used = letters("\n".join(cell.source for cell in lesson.of_kind("markdown")))
    assert sorted(used - known) == []
