"""The reference pages are up to date, and every public function says what a reader needs: shapes, errors, source, an example."""

import ast
import builtins
import doctest
import re
import symtable
from importlib import import_module
from pathlib import Path

import pytest

import lmcourse as lm
from authoring import docstrings, reference

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
PAGES = reference.pages()
SHAPE = re.compile(r"\((\.\.\.|\w+,|\w+(, \w+)+|)[^()]*\)")  # (..., P), (P,), (members, P), ()


def test_the_pages_are_up_to_date():
    for name, text in PAGES.items():
        path = reference.ROOT / reference.FOLDER / name
        assert path.exists() and path.read_text(encoding="utf-8") == text, "run: python -m authoring reference"


def test_no_page_is_left_over():
    stored = {path.name for path in (reference.ROOT / reference.FOLDER).iterdir()}
    assert stored == set(PAGES)


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
    text = PAGES["critical_points.md"]
    assert "lm.refine(land: Landscape, theta: Tensor, max_steps: int = 30" in text
    assert "lm.find_critical_points(\n    land: Landscape,\n    starts: Tensor,\n" in text
    assert "```pycon\n>>> import lmcourse as lm\n" in text
    assert "- `tol`: " in PAGES["training.md"]


def test_every_line_of_the_tables_is_a_whole_sentence():
    broken = [entry.call for _, entry in ENTRIES if not re.search(r"[.?]\)?$", docstrings.summary(entry.docstring))]
    assert broken == []


def test_what_is_said_of_a_function_is_no_part_of_its_last_argument():
    for name, text in PAGES.items():
        for item in re.findall(r"^- `.*(?:\n  .*)*", text, re.MULTILINE):
            assert not re.search(r"\. (Raises|Returns|Sources?:) |\n  (Raises|Returns|Source) ", item), (name, item)


def test_fields_with_shapes_and_data_types_are_lists():
    text = PAGES["critical_points.md"]
    assert "- `loss, counts (classes,)`: its loss, and how many" in text and "- `kind`: a word that is never" in text


def test_examples_find_their_names_as_the_first_page_says():
    """`from MODULE import *` gives an example all names that it does not make or import itself."""
    for module in sorted({module for module, _ in ENTRIES}):
        given = star_import(module)
        for _, entry in [each for each in ENTRIES if each[0] == module]:
            code = "".join(example.source for example in doctest.DocTestParser().get_examples(entry.docstring))
            tables = symtable.symtable(code, "example", "exec")
            asked = {each.get_name() for each in tables.get_symbols() if each.is_referenced()}
            made = {each.get_name() for each in tables.get_symbols() if each.is_assigned() or each.is_imported()}
            assert asked - made <= given, entry.call


def star_import(module):
    loaded = import_module(module)
    public = getattr(loaded, "__all__", [name for name in vars(loaded) if not name.startswith("_")])
    return {*public, *vars(builtins)}


def test_links_of_the_tables_lead_to_headings():
    for name, text in PAGES.items():
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
    for module in (reference, docstrings):
        result = doctest.testmod(module)
        assert result.attempted > 0 and result.failed == 0
