"""The spectrum of the Hessian where its matrix is too large to write down: only products H v are needed.

    lanczos     a few directions in which the Hessian is tridiagonal
    extremes    its smallest and largest eigenvalues, with residuals and flags
    density     how its eigenvalues are spread

Where P^2 numbers fit into memory, `classify` gives the whole spectrum, exactly.
"""

from lmcourse.spectrum.density import Density, spectral_density
from lmcourse.spectrum.extremes import Extremes, extreme_eigenvalues

__all__ = ["Density", "Extremes", "extreme_eigenvalues", "spectral_density"]
