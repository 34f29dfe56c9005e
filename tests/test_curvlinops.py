"""The same Hessians by an independent library, curvlinops (Dangel and others), which shares no code with this package.

Optional: without the library every test is skipped, in words. To run them:

    python -m pip install ".[bench]"
    LMCOURSE_ORACLES=required python -m pytest tests/test_curvlinops.py

With LMCOURSE_ORACLES=required, as in continuous integration, a missing library is a failure, and so is a comparison that was
not made: the last test counts them.
"""

import importlib.metadata
import importlib.util
import os

import pytest
import torch
from torch import nn

import lmcourse as lm
from lmcourse.spectrum import extreme_eigenvalues, spectral_density

MISSING = importlib.util.find_spec("curvlinops") is None
INSTALL = 'curvlinops is not installed: python -m pip install "curvlinops-for-pytorch>=2.0", or ".[bench]"'
if MISSING and os.environ.get("LMCOURSE_ORACLES") == "required":
    raise RuntimeError(INSTALL)
pytestmark = pytest.mark.skipif(MISSING, reason=INSTALL)

DOUBLE = torch.float64
COMPARISONS = 12  # four tests on three networks
made = []


def regression():
    module = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 2))
    return module, nn.MSELoss(reduction="sum"), torch.randn(12, 3, dtype=DOUBLE), torch.randn(12, 2, dtype=DOUBLE)


def classification():
    module = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    return module, nn.CrossEntropyLoss(), torch.randn(15, 4, dtype=DOUBLE), torch.randint(3, (15,))


def convolution():
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Sigmoid(), nn.Flatten(), nn.Linear(18, 2))
    return module, nn.MSELoss(), torch.randn(6, 1, 5, 5, dtype=DOUBLE), torch.randn(6, 2, dtype=DOUBLE)


@pytest.fixture(params=[regression, classification, convolution], ids=lambda case: case.__name__)
def both(request):
    """Our landscape with a point on it, and the library's operator at that point."""
    from curvlinops import HessianLinearOperator

    torch.manual_seed(0)
    module, loss_fn, x, y = request.param()
    module = module.double()
    land = lm.from_module(module, loss_fn, (x, y))
    theta = land.pack(**{name: value.detach() for name, value in module.named_parameters()})
    operator = HessianLinearOperator(module, loss_fn, list(module.parameters()), [(x, y)])
    return land, theta, operator


def compared(request):
    made.append(request.node.name)


def test_products_with_vectors(both, request):
    land, theta, operator = both
    v = torch.randn(5, land.dim, dtype=DOUBLE)
    theirs = torch.stack([operator @ row for row in v])
    torch.testing.assert_close(land.hvp(theta, v), theirs, rtol=1e-12, atol=1e-12)
    compared(request)


def test_the_whole_matrix(both, request):
    land, theta, operator = both
    theirs = operator @ torch.eye(land.dim, dtype=DOUBLE)
    torch.testing.assert_close(land.hessian(theta), theirs, rtol=1e-12, atol=1e-12)
    compared(request)


def test_extreme_eigenvalues(both, request):
    from scipy.sparse.linalg import eigsh

    land, theta, operator = both
    found = extreme_eigenvalues(land, theta, count=3)
    ends = [eigsh(operator.to_scipy(), k=3, which=end, return_eigenvectors=False) for end in ("SA", "LA")]
    theirs = torch.cat([torch.from_numpy(end).sort().values for end in ends])
    assert found.converged.all()
    torch.testing.assert_close(found.values, theirs, rtol=0, atol=1e-10 * float(theirs.abs().max()))
    compared(request)


def test_moments_of_the_spectral_density(both, request):
    from curvlinops import lanczos_approximate_spectrum

    land, theta, operator = both
    found = spectral_density(land, theta, probes=100, steps=20)
    matrix = operator @ torch.eye(land.dim, dtype=DOUBLE)
    for power in (1, 2, 3):
        mean, error = found.moment(power)
        theirs = float(torch.linalg.matrix_power(matrix, power).trace()) / land.dim
        assert abs(mean - theirs) < 4 * error
    torch.manual_seed(1)
    grid, density = lanczos_approximate_spectrum(operator, 15, num_points=1000, num_repeats=100)
    mean, error = found.moment(1)
    assert abs(float(torch.trapezoid(grid * density, grid) / torch.trapezoid(density, grid)) - mean) < 8 * error
    compared(request)


def test_every_comparison_was_made(request):
    here = [item for item in request.session.items if item.path == request.path]
    if len(here) < COMPARISONS + 1 or "PYTEST_XDIST_WORKER" in os.environ:
        pytest.skip("Only a part of the comparisons was asked for.")
    print(f"{len(made)} comparisons with curvlinops {importlib.metadata.version('curvlinops-for-pytorch')}")
    assert len(made) == COMPARISONS, made
