"""Modules with one deliberate mistake: a sign turned, a factor moved to the other side of a fraction, a number off by one."""

import ast
import copy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

SWAPS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


def mistakes(module: ModuleType, every: int = 1, skip: tuple[str, ...] = ()) -> Iterator[tuple[str, ModuleType]]:
    """(what was changed, the changed module) for every arithmetic sign and number in its functions, but for those in messages.

    every : only each so-manieth. skip : functions that hold no formulas.
    """
    source = Path(module.__file__).read_text(encoding="utf-8")
    tree = ast.parse(source)
    wanted = {id(node) for part in tree.body if _has_formulas(part, skip) for node in _without_messages(part)}
    places = [(i, node) for i, node in enumerate(ast.walk(tree)) if id(node) in wanted and _change(copy.copy(node))]
    for number, node in places[::every]:
        changed = copy.deepcopy(tree)
        target = next(found for place, found in enumerate(ast.walk(changed)) if place == number)
        what = _change(target)
        mutant = ModuleType(module.__name__)
        mutant.__file__ = module.__file__
        with replaced(mutant):  # dataclasses look their module up
            exec(compile(ast.fix_missing_locations(changed), module.__file__, "exec"), mutant.__dict__)  # noqa: S102
        yield f"{source.splitlines()[node.lineno - 1].strip()}  [{what}, column {node.col_offset}]", mutant


@contextmanager
def replaced(mutant: ModuleType):
    """Within this, an import finds the mutant."""
    name = mutant.__name__
    before = sys.modules[name]
    sys.modules[name] = mutant
    try:
        yield mutant
    finally:
        sys.modules[name] = before


def reloaded(module: ModuleType) -> ModuleType:
    """A fresh copy of a module, which imports what stands in sys.modules now; the module itself stays."""
    fresh = ModuleType(module.__name__)
    fresh.__file__ = module.__file__
    with replaced(fresh):
        exec(compile(Path(module.__file__).read_text(encoding="utf-8"), module.__file__, "exec"), fresh.__dict__)  # noqa: S102
    return fresh


def _has_formulas(part: ast.stmt, skip: tuple[str, ...]) -> bool:
    """Functions, classes, and tables of functions."""
    if isinstance(part, ast.FunctionDef | ast.ClassDef):
        return part.name not in skip
    return isinstance(part, ast.Assign) and isinstance(part.value, ast.Dict)


def _without_messages(part: ast.AST) -> Iterator[ast.AST]:
    yield part
    for child in ast.iter_child_nodes(part):
        if not isinstance(child, ast.JoinedStr | ast.Raise):
            yield from _without_messages(child)


def _change(node: ast.AST) -> str:
    """Change the node, and say what was done; an empty text if there is nothing to change."""
    if isinstance(node, ast.BinOp) and type(node.op) in SWAPS:
        before, node.op = type(node.op).__name__, SWAPS[type(node.op)]()
        return f"{before} -> {type(node.op).__name__}"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node.op = ast.UAdd()
        return "minus -> plus"
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        node.value += 1
        return f"{node.value - 1} -> {node.value}"
    return ""
