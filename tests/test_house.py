"""The order of the house: floors, no circles, modules that can be read in one sitting, plain file names."""

import ast
import graphlib
import importlib.util
import io
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
PACKAGE = REPOSITORY / "lmcourse"

# A module imports only from its own floor and the floors below. A name stands for itself and all that is in it.
FLOORS = [
    ["landscape", "symmetry", "devices", "data", "counting"],
    ["networks", "initialisations"],
    ["engine", "training", "slices", "spectrum"],
    ["critical", "certificates"],
    ["experiments", "store", "plots"],
    ["lesson", "widgets", "checks"],
    ["cli", "doctor"],
]

# What comes with a declared dependency by its own promise.
COMES_WITH = {"IPython": "ipywidgets", "traitlets": "ipywidgets", "jupyter_client": "jupyterlab",
              "jupyter_core": "jupyterlab", "packaging": "jupyterlab", "PIL": "matplotlib"}  # fmt: skip
DISTRIBUTION = {"flint": "python-flint"}
OPTIONAL = {"distributed": "many"}  # imported only where the reader asks for it; the extra that brings it

MODULES = {
    ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}
CODE = [
    REPOSITORY / "course.py",
    *(path for folder in ("lmcourse", "authoring", "bootstrap") for path in (REPOSITORY / folder).rglob("*.py")),
]


def imports(module, source):
    """Full names of all that a module imports, relative imports resolved.

    >>> sorted(imports("lmcourse.lesson.table", "import torch, os.path\\nfrom .record import Record"))
    ['lmcourse.lesson.record.Record', 'os.path', 'torch']
    """
    is_package = module in MODULES and MODULES[module].name == "__init__.py"
    package = module if is_package else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            found |= {f"{start}.{alias.name}" for alias in node.names}
    return found


def imported_modules(module):
    """The modules of the package that a module imports: `from lmcourse.plots import draw` imports lmcourse.plots."""
    found = set()
    for name in imports(module, MODULES[module].read_text(encoding="utf-8")):
        target = name if name in MODULES else name.rpartition(".")[0]
        if target in MODULES and target != module:
            found.add(target)
    return found


def floor(module):
    part = module.split(".")[1]
    return next((number for number, parts in enumerate(FLOORS, 1) if part in parts), None)


@pytest.mark.parametrize("module", sorted(set(MODULES) - {"lmcourse"}))
def test_module_imports_only_from_its_floor_and_below(module):
    assert floor(module), f"{module} stands on no floor: add it to FLOORS, and to the list in CONTRIBUTING.md"
    for target in imported_modules(module):
        assert target != "lmcourse", f"{module} imports the roof, lmcourse itself: import from the module that has it"
        here, there = floor(module), floor(target)
        assert there <= here, f"{module} stands on floor {here} and imports {target} from floor {there}"


def test_no_circles():
    graph = {module: imported_modules(module) for module in MODULES}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as circle:
        pytest.fail("These modules import each other: " + " -> ".join(circle.args[1]))


def test_package_never_imports_what_stands_beside_it():
    beside = {"authoring", "bootstrap", "course", "tests", "benchmarks"}
    for module, path in MODULES.items():
        found = {name.split(".")[0] for name in imports(module, path.read_text(encoding="utf-8"))} & beside
        assert not found, f"{module} imports {', '.join(found)}, which learners do not need"


def test_everything_that_is_imported_is_declared():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = " ".join(project["dependencies"])
    for module, path in MODULES.items():
        for name in {name.split(".")[0] for name in imports(module, path.read_text(encoding="utf-8"))}:
            if name not in {*sys.stdlib_module_names, "lmcourse"}:
                package = COMES_WITH.get(name) or DISTRIBUTION.get(name) or name
                if name in OPTIONAL:
                    assert any(package in line for line in project["optional-dependencies"][OPTIONAL[name]])
                    continue
                assert package in declared, f"{module} imports {name}, which pyproject.toml does not declare"


def code_lines(source):
    """Number of lines with code: no blank lines, comments or docstrings.

    >>> code_lines('"Title."\\n\\n# why\\ndef f():\\n    \\'\\'\\'Say\\n    it.\\'\\'\\'\\n    return 1\\n')
    2
    """
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in skipped:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            lines -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(lines)


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_module_can_be_read_in_one_sitting(path):
    count = code_lines(path.read_text(encoding="utf-8"))
    assert count <= 200, f"{path.name} has {count} lines of code, at most 200 are expected: split it by meaning"


def files_of_the_repository():
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip("This folder is not a git repository.")
    return [name for name in answer.stdout.split("\0") if name]


def test_file_names_are_short_and_plain():
    for name in files_of_the_repository():
        short = name.rpartition("/")[2]
        assert len(short) <= 60 and short.isascii() and not set(short) & set(':*?"<>|\\ '), f"rename {name}"


def test_text_files_end_lines_with_lf():
    answer = subprocess.run(["git", "ls-files", "--eol"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert not [line for line in answer.stdout.splitlines() if line.startswith(("i/crlf", "i/mixed"))]
