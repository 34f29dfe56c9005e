"""The reference pages are up to date, and every public function says what a reader needs: shapes, errors, source, an example."""

import ast
import doctest
import re
from pathlib import Path

import pytest

import lmcourse as lm
from authoring import reference

MODULES = [module for family in reference.FAMILIES for name in family.modules for module in reference.modules(name)]
ENTRIES = [(module, entry) for module in MODULES for entry in reference.entries(module)]
EXACTING = (
    "lmcourse.spectrum",
    "lmcourse.slices",
)  # modules of which every function is held to the rule, exported or not
WITHOUT_NUMBERS = ("lmcourse.doctor", "lmcourse.lesson", "lmcourse.plots", "lmcourse.store", "lmcourse.widgets")
FUNCTIONS = [
    pytest.param(module, entry, id=entry.call)
    for module, entry in ENTRIES
    if not module.startswith(WITHOUT_NUMBERS)
    and isinstance(entry.node, ast.FunctionDef)
    and (entry.call.startswith("lm.") or module.startswith(EXACTING))
]
PLAIN = {"data", "devices", "engine", "landscape", "symmetry"}  # definitions and tools: nothing to cite
SHAPE = re.compile(r"\((\.\.\.|\w+,|\w+(, \w+)+|)[^()]*\)")  # (..., P), (P,), (members, P), ()


def test_the_pages_are_up_to_date():
    for name, text in reference.pages().items():
        path = reference.ROOT / reference.FOLDER / name
        assert path.exists() and path.read_text(encoding="utf-8") == text, "run: python -m authoring reference"


def test_no_page_is_left_over():
    stored = {path.name for path in (reference.ROOT / reference.FOLDER).iterdir()}
    assert stored == set(reference.pages())


def test_everything_that_notebooks_call_is_on_a_page():
    shown = {entry.call for _, entry in ENTRIES}
    front = reference.tree("lmcourse")
    for node in front.body:
        module = getattr(node, "module", None) or ""
        if isinstance(node, ast.ImportFrom) and module != "lmcourse":
            for name in {alias.name for alias in node.names} & set(lm.__all__):
                assert f"lm.{name}" in shown, f"{name} of {module} stands on no page: add its module to FAMILIES"


def test_what_loads_when_it_is_first_used_is_on_a_page_too():
    assert {"lm.certify", "lm.certify_symmetric", "lm.Certificate"} <= {entry.call for _, entry in ENTRIES}


@pytest.mark.parametrize(("module", "entry"), FUNCTIONS)
def test_a_public_function_says_what_a_reader_needs(module, entry):
    text = entry.docstring
    assert ">>>" in text, "give an example that checks a closed form"
    if "Tensor" in reference.signature(entry):
        assert SHAPE.search(text), "say the shapes of its tensors: theta (..., P)"
    if can_raise(module, entry.node):
        assert re.search(r"Raises|refuse", text), "say what it refuses: Raises ValueError for ..."
    if module.split(".")[1] not in PLAIN and entry.node.args.args:
        about = ast.get_docstring(reference.tree(module)) + text
        assert re.search(r"\b(1[6-9]|20)\d\d\b", about), (
            "name its source, with the year, here or at the top of the module"
        )


def can_raise(module, node):
    """Whether a function raises by itself, or asks a check of its own module to."""
    checks = {n.name for n in reference.tree(module).body if isinstance(n, ast.FunctionDef) and "check" in n.name}
    called = {getattr(n.func, "id", "") for n in ast.walk(node) if isinstance(n, ast.Call)}
    return any(isinstance(n, ast.Raise) for n in ast.walk(node)) or bool(
        called & (checks | {"check_count", "positions"})
    )


def test_signatures_and_examples_stand_on_the_pages():
    text = reference.pages()["critical_points.md"]
    assert "lm.refine(land: Landscape, theta: Tensor, max_steps: int = 30" in text
    assert "```pycon\n>>> import lmcourse as lm\n" in text
    assert "- `tol` : " in reference.pages()["training.md"]


def test_links_of_the_tables_lead_to_headings():
    for name, text in reference.pages().items():
        headings = [re.sub(r"[^\w-]", "", heading.lower()) for heading in re.findall(r"^### (.*)$", text, re.MULTILINE)]
        for link in re.findall(r"\]\(#(.*?)\)", text):
            assert re.sub(r"-\d+$", "", link) in headings, f"{name}: #{link}"


def test_write_tells_what_changed_and_writes_nothing_twice(tmp_path, monkeypatch, capsys):
    package = tmp_path / "lmcourse"
    package.mkdir()
    for name in ("__init__", "counting"):
        source = Path(reference.ROOT, "lmcourse", f"{name}.py").read_text(encoding="utf-8")
        (package / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(reference, "FAMILIES", [family for family in reference.FAMILIES if family.file == "counting"])
    assert reference.write(tmp_path) == 2 and "docs/reference/counting.md is written." in capsys.readouterr().out
    assert reference.write(tmp_path) == 0
    assert "### lm.binomial_interval" in (tmp_path / "docs/reference/counting.md").read_text(encoding="utf-8")


def test_examples_in_docstrings():
    result = doctest.testmod(reference)
    assert result.attempted > 0 and result.failed == 0
