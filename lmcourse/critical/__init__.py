"""Critical points: find them, refine them to machine precision, say what kind they are, and count those that differ.

Data types, in words
    Refined         points after Newton's method, with how far each moved and whether it may have left its basin
    CriticalPoints  points with loss, gradient norm, eigenvalues of the Hessian, index, zero modes and kind
    kind            a word that is never stronger than what was computed; only a certificate says "proved"
    Search          where a search for critical points ended: at critical points, or where the gradient is only flat
    Distinct        points sorted into those that are the same up to the symmetries of the landscape
"""

from lmcourse.critical.classification import KINDS, ZERO, CriticalPoints, classify
from lmcourse.critical.equivalence import Distinct, distinct
from lmcourse.critical.refinement import Refined, refine
from lmcourse.critical.search import SEARCH_METHODS, VERDICTS, Search, find_critical_points

__all__ = [
    "KINDS", "SEARCH_METHODS", "VERDICTS", "ZERO", "CriticalPoints", "Distinct", "Refined", "Search", "classify", "distinct",
    "find_critical_points", "refine",
]  # fmt: skip
