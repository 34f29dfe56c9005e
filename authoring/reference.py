"""`python -m authoring reference`: the pages docs/reference/*.md, made from the docstrings of the package.

A `Family` is one page: its file name, its title, what it is about and the modules that it shows, in reading order. An `Entry` is a
public function or class of a module: its syntax tree and the name under which a notebook calls it. The sources are parsed,
never imported: the pages are the same on every machine and with every version of Python.
"""

import ast
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from authoring.build import write_atomically
from authoring.docstrings import plain, rendered, summary
from authoring.places import ROOT

FOLDER = "docs/reference"
WIDE = 96  # characters of a signature that fit on a line of the page; a longer one has one argument a line
FOR_AUTHORS = "<!-- Written by `python -m authoring reference` from the docstrings in `lmcourse/`: change those. -->"
OF_EXAMPLES = """\
An example runs inside the module under whose heading it stands: what this module defines or imports has no prefix there.
To run examples of `lmcourse.symmetry` yourself, begin with `from lmcourse.symmetry import *`, and so for the others.
"""


@dataclass(frozen=True)
class Family:
    file: str
    title: str
    about: str
    modules: tuple[str, ...]


FAMILIES = (
    Family("landscapes", "Landscapes", "What a landscape is, and what leaves it as it is.", ("landscape", "symmetry")),
    Family(
        "networks",
        "Networks and data",
        "Factories of landscapes, each with its loss as a formula, and the data they run on.",
        ("networks", "data"),
    ),
    Family(
        "training",
        "Training",
        "Where training begins, how it goes on, how it ends, and where numbers live.",
        ("initialisations", "training", "engine", "devices"),
    ),
    Family(
        "critical_points", "Critical points", "From where training stopped to what kind of point it is.", ("critical",)
    ),
    Family(
        "certificates",
        "Certificates",
        "What is proved about a point, and the reason where it is not.",
        ("certificates",),
    ),
    Family(
        "spectrum_and_slices",
        "Spectrum and slices",
        "The Hessian without its matrix; lines, planes and curves through a landscape.",
        ("spectrum", "slices"),
    ),
    Family("counting", "Counting", "What a count of members says about a probability.", ("counting",)),
    Family(
        "long_runs", "Long runs", "Results at published size: run, kept, loaded, and refused when damaged.", ("store",)
    ),
    Family("lessons", "Lessons", "What a lesson shows, asks and remembers.", ("lesson", "plots", "doctor")),
    Family("explorers", "Explorers", "Pictures with knobs, and what they are made of.", ("widgets",)),
)


@dataclass(frozen=True)
class Entry:
    node: ast.FunctionDef | ast.ClassDef
    call: str

    @property
    def docstring(self):
        return ast.get_docstring(self.node) or ""


def write(root=ROOT, out=None):
    """Write all pages, and an index of them; returns how many changed."""
    changed = 0
    for name, text in pages(root).items():
        path = Path(root, FOLDER, name)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, text)
            changed += 1
            print(f"{FOLDER}/{name} is written.", file=out or sys.stdout)
    return changed


def pages(root=ROOT):
    """The text of every page by its file name."""
    written = {f"{family.file}.md": page(family, root) for family in FAMILIES}
    rows = "\n".join(f"| [{family.title}]({family.file}.md) | {family.about} |" for family in FAMILIES)
    index = f"# Reference\n\nWhat `import lmcourse as lm` offers, by what it is for.\n\n| page | about |\n|---|---|\n{rows}\n"
    exact = "How exact all this is stands in [numerical stability](../numerical_stability.md).\n"
    return {"README.md": f"{index}\n{OF_EXAMPLES}\n{exact}"} | written


def page(family, root=ROOT):
    """One page: a table of what there is, then module after module."""
    shown = [(module, entries(module, root)) for name in family.modules for module in modules(name, root)]
    everything = [entry for _, found in shown for entry in found]
    rows = [
        f"| [`{entry.call}`](#{link}) | {plain(summary(entry.docstring))} |"
        for entry, link in zip(everything, links(everything), strict=True)
    ]
    parts = [
        f"# {family.title}",
        family.about,
        FOR_AUTHORS,
        "| name | what it is |\n|---|---|\n" + "\n".join(rows),
    ]
    for module, found in shown:
        if found:
            parts += [f"## {module}", rendered(ast.get_docstring(tree(module, root)) or "")]
            parts += [section(entry) for entry in found]
    return "\n\n".join(part for part in parts if part) + "\n"


def section(entry):
    """A function with its signature and docstring, or a class with its fields, docstring, methods and properties."""
    parts = [f"### {entry.call}", f"```python\n{signature(entry)}\n```", rendered(entry.docstring)]
    for node in entry.node.body if isinstance(entry.node, ast.ClassDef) else []:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and ast.get_docstring(node):
            is_property = any(getattr(decorator, "id", "") == "property" for decorator in node.decorator_list)
            title = f".{node.name}" if is_property else f".{node.name}({', '.join(arguments(node))})"
            parts += [f"**`{title}`**", rendered(ast.get_docstring(node))]
    return "\n\n".join(parts)


# ----------------------------------------------------------------------------------------------- reading


def tree(module, root=ROOT):
    path = Path(root, *module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(path.read_text(encoding="utf-8"))


def modules(name, root=ROOT):
    """The module lmcourse.NAME, or the modules of that package; its title page first."""
    folder = Path(root, "lmcourse", name)
    if not folder.is_dir():
        return [f"lmcourse.{name}"] if folder.with_suffix(".py").exists() else []
    inside = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    return [f"lmcourse.{name}", *(f"lmcourse.{name}.{part}" for part in inside)]


def entries(module, root=ROOT):
    """The functions and classes of a module that have a docstring and are meant for others."""
    package = module.rpartition(".")[0]
    offered = listed(tree(module if package == "lmcourse" else package, root))  # who lists names shows these alone
    return [
        Entry(node, call_name(module, node.name, root))
        for node in tree(module, root).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node)
        and (not offered or node.name in offered)
    ]


def listed(module_tree):
    """The names in __all__, or none."""
    for node in module_tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return ast.literal_eval(node.value)
    return []


def call_name(module, name, root=ROOT):
    """What a notebook writes: lm.train, lm.data.xor; the full name where it must be imported."""
    front = tree("lmcourse", root)
    imported = {alias.name for node in front.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    if name in imported or name in listed(
        front
    ):  # those that are listed and not imported load when they are first used
        return f"lm.{name}"
    package = module.rpartition(".")[0]
    for place in (module, package):
        if place.removeprefix("lmcourse.") in listed(front) and (place == module or name in listed(tree(place, root))):
            return f"lm.{place.removeprefix('lmcourse.')}.{name}"
    return f"{package if name in listed(tree(package, root)) else module}.{name}"


def signature(entry):
    if isinstance(entry.node, ast.FunctionDef):
        answer = f" -> {ast.unparse(entry.node.returns)}" if entry.node.returns else ""
        inside = arguments(entry.node)
        line = f"{entry.call}({', '.join(inside)}){answer}"
        below = "".join(f"    {each},\n" for each in inside)
        return line if len(line) <= WIDE else f"{entry.call}(\n{below}){answer}"
    fields = [ast.unparse(node) for node in entry.node.body if isinstance(node, ast.AnnAssign)]
    return f"class {entry.call}" + "".join(f"\n    {field}" for field in fields)


def arguments(node):
    """What stands between the brackets, argument by argument, with spaces where a default follows a type.

    >>> arguments(ast.parse("def f(self, x: tuple[int, int]=(0, 1), *, y=2): pass").body[0])
    ['x: tuple[int, int] = (0, 1)', '*', 'y=2']
    """
    found, brackets = [""], 0
    for letter in ast.unparse(node.args):
        brackets += (letter in "([{") - (letter in ")]}")
        if letter == "," and not brackets:
            found.append("")
        else:
            found[-1] += letter
    spaced = (re.sub(r"^(\*?\w+: [^=]+)=", r"\1 = ", each.strip()) for each in found)
    return [each for each in spaced if each not in ("self", "cls", "")]


# ------------------------------------------------------------------------------------------------- links


def links(found):
    """Where GitHub jumps to for the headings of these entries; what sounds alike (Plane, plane) is numbered.

    >>> links([Entry(None, "lm.Plane"), Entry(None, "lm.plane")])
    ['lmplane', 'lmplane-1']
    """
    seen, answers = Counter(), []
    for entry in found:
        name = re.sub(r"[^\w-]", "", entry.call.lower())
        answers.append(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return answers
