"""Prove a saved certificate again, from its file alone:  python recheck.py FILE ...

A re-check searches for nothing and trusts nothing that the file says: it builds the formulas of the landscape from the recipe,
takes the exact point and the radius from the file, carries out the proof once more and compares what comes out with every
word and number of the file. It needs ball arithmetic (python-flint) and numpy, but not torch: run as a plain file, this
module does not even import the package around it.

The exit status is 0 if all files were proved again, 1 if not.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

if not __package__:  # run as a plain file: two empty packages stand in for those whose __init__ would import torch
    for name, folder in (("lmcourse", Path(__file__).parent.parent), ("lmcourse.certificates", Path(__file__).parent)):
        sys.modules[name] = ModuleType(name)
        sys.modules[name].__path__ = [str(folder)]

from lmcourse.certificates import balls, smooth, symmetric, teacher_student
from lmcourse.certificates.certificate import Certificate, Refusal
from lmcourse.certificates.exact_proofs import prove_exactly_again
from lmcourse.certificates.rounding import BITS, precision
from lmcourse.certificates.spins import prove_spin_again
from lmcourse.certificates.up_to_symmetry import prove_up_to_symmetry_again
from lmcourse.certificates.wide_layer import prove_wide_again

COMPARED = (
    "kind",
    "statement",
    "point",
    "radius",
    "eigenvalue_bound",
    "gradient_bound",
    "loss_bounds",
    "not_global",
    "index",
)

KEYS = {
    "teacher_student": {"family", "k", "n", "d", "teacher", "wide", "better"},
    "symmetric": {"family", "k"},
    "smooth": {"proof", "model", "better"},
    "up to symmetry": {"proof", "model", "fields", "held", "better"},
    "p-spin": {"proof", "p", "couplings", "held", "better"},
    "convolutional": {"proof", "model", "better", "given"},
    "exact": {"proof", "model", "evidence", "better", "given"},
}


def recheck(path: str | Path) -> tuple[bool, str]:
    """(True, the theorem) if the certificate in the file was proved again, else (False, why not)."""
    try:
        old = Certificate.load(path)
    except (OSError, ValueError) as error:
        return False, str(error)
    if not old.proved:
        return False, "The file itself says that nothing was proved."
    try:
        _check_keys(old)
        with precision(BITS):
            new = prove_again(old)
    except Refusal as refusal:
        return False, str(refusal)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError, MemoryError) as error:
        return False, f"The recipe in the file cannot be followed: {type(error).__name__}: {error}"
    if not new.proved:
        return False, new.why_not
    for field in COMPARED:
        if getattr(new, field) != getattr(old, field):
            return False, f"What was proved again differs from the file in its {field}."
    return True, new.statement


def prove_again(old: Certificate) -> Certificate:
    """The proof that the recipe names, once more."""
    recipe = old.recipe
    if recipe.get("family") == "teacher_student":
        return teacher_student.prove_again(old)
    if recipe.get("family") == "symmetric":
        return symmetric.prove_again(old)
    if recipe.get("proof") == "smooth":
        return smooth.prove_again(balls.enclosures(recipe["model"]), old)
    if recipe.get("proof") == "up to symmetry":
        return prove_up_to_symmetry_again(old)
    if recipe.get("proof") == "p-spin":
        return prove_spin_again(old)
    if recipe.get("model", {}).get("family") == "convolutional":
        return prove_wide_again(old)
    return prove_exactly_again(old)


def _check_keys(old: Certificate) -> None:
    """Refusal if a recipe holds what its proof does not read: a reader might take it for a part of the theorem."""
    recipe = old.recipe
    if recipe.get("better") is not None and not old.not_global:
        raise Refusal("The recipe names a better point, but the theorem does not speak of one.")
    family = recipe.get("family") or recipe.get("model", {}).get("family")
    keys = KEYS.get(family, KEYS.get(recipe.get("proof"), KEYS["exact"]))
    if set(recipe) != keys:
        raise Refusal(f"The recipe has other keys than its proof reads, which are {', '.join(sorted(keys))}.")


def main(paths: Sequence[str]) -> int:
    """Re-check files, print one line each, and return the exit status."""
    if not paths:
        print(__doc__.split("\n")[0])
        return 2
    proved = True
    for path in paths:
        answer, sentence = recheck(path)
        proved = proved and answer
        # what a file says is printed on one line, so that it cannot look like the answer to another file
        print(ascii(f"{path}: {'PROVED AGAIN' if answer else 'NOT PROVED'}. {sentence}")[1:-1])
    return 0 if proved else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
