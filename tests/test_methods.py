"""Every descent method against closed forms on quadratics, and member by member."""

import math

import pytest
import torch

import lmcourse as lm
from lmcourse.training import METHODS, Method, Status, jin_parameters, train

himmelblau, saddle = lm.surface("himmelblau"), lm.surface("quadratic saddle")


def points(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def quadratic(*curvatures):
    values = torch.tensor(curvatures, dtype=torch.float64)
    return lm.Landscape(
        "quadratic",
        {"x": (len(curvatures),)},
        lambda theta: 0.5 * (values.to(theta) * theta**2).sum(-1),
        gradient_of=lambda theta: values.to(theta) * theta,
        hessian_of=lambda theta: torch.diag(values.to(theta)).expand(*theta.shape[:-1], -1, -1),
    )


def regression(samples=12, inputs=3):
    """Mean of 1/2 (x.w - y)^2 over samples, with y = x.w* exactly: every minibatch has the same minimum."""
    draw = torch.Generator().manual_seed(0)
    x = torch.randn(samples, inputs, dtype=torch.float64, generator=draw)
    y = x @ torch.arange(1.0, inputs + 1, dtype=torch.float64)

    def batch_loss_of(theta, rows):
        return ((x[rows] * theta[:, None]).sum(-1) - y[rows]).square().mean(-1) / 2

    return lm.Landscape(
        "regression", {"w": (inputs,)}, lambda theta: (theta @ x.T - y).square().mean(-1) / 2,
        samples=samples, batch_loss_of=batch_loss_of,
    )  # fmt: skip


def recursion(a, b, x0, x1, steps):
    """x_{t+1} = a x_t + b x_{t-1}, solved by the roots of r^2 = a r + b."""
    root = complex(a * a + 4 * b) ** 0.5
    r, s = (a + root) / 2, (a - root) / 2
    share = (x1 - s * x0) / (r - s)
    return (share * r**steps + (x0 - share) * s**steps).real


# ------------------------------------------------------------------------------------------------ closed forms


@pytest.mark.parametrize("curvature", [0.3, 1.0, 7.0, -0.5])
def test_heavy_ball_follows_its_two_roots(curvature):
    # x_{t+1} = (1 + b - lr c) x_t - b x_{t-1} (Polyak 1964), and the first step is plain gradient descent
    b, lr, steps = 0.8, 0.2, 40
    runs = train(quadratic(curvature), points([1.0]), "momentum", lr=lr, tol=0, max_steps=steps, momentum=b)
    expected = recursion(1 + b - lr * curvature, -b, 1.0, 1 - lr * curvature, steps)
    assert float(runs.theta) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("curvature", [0.3, 1.0, 4.0, -0.5])
def test_nesterov_follows_its_two_roots(curvature):
    # y_{t+1} = (1 - lr c) ((1 + b) y_t - b y_{t-1}); the start is x_0 = y_0, so y_1 = (1 + b) (1 - lr c) - b
    b, lr, steps = 0.8, 0.2, 40
    runs = train(quadratic(curvature), points([1.0]), "nesterov", lr=lr, tol=0, max_steps=steps, momentum=b)
    shrink = 1 - lr * curvature
    expected = recursion((1 + b) * shrink, -b * shrink, 1.0, (1 + b) * shrink - b, steps)
    assert float(runs.theta) == pytest.approx(expected, rel=1e-10)


def test_the_best_heavy_ball_needs_the_square_root_of_the_steps():
    # Condition number K = 400: gradient descent at best shrinks by (K-1)/(K+1) a step, heavy ball by (sqrt K - 1)/(sqrt K + 1).
    land, start = quadratic(1 / 400, 1.0), points([1.0, 1.0])
    plain = train(land, start, lr=2 / (1 + 1 / 400), tol=1e-8)
    ball = train(land, start, "momentum", lr=4 / (1 + 1 / 20) ** 2, momentum=(19 / 21) ** 2, tol=1e-8)
    assert int(plain.steps) == math.ceil(math.log(1e-8) / math.log(399 / 401))
    assert math.log(1e-8) / math.log(19 / 21) < int(ball.steps) < int(plain.steps) / 10


def test_momentum_zero_is_gradient_descent():
    start = points([1.0, 2.0])
    plain = train(himmelblau, start, lr=0.01, max_steps=30)
    for method in ("momentum", "nesterov"):
        torch.testing.assert_close(
            train(himmelblau, start, method, lr=0.01, max_steps=30, momentum=0).theta, plain.theta
        )


def test_adams_first_step_has_the_length_of_its_rate():
    start = points([1e-3, -50.0, 2.0])
    runs = train(quadratic(1, 2, 3), start, "adam", lr=0.25, max_steps=1)
    torch.testing.assert_close(start - runs.theta, 0.25 * start.sign(), rtol=1e-4, atol=0)


def test_adam_is_torchs_adam():
    theta = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([theta], lr=0.05)
    for _ in range(200):
        optimizer.zero_grad()
        himmelblau.loss(theta).backward()
        optimizer.step()
    runs = train(himmelblau, points([1.0, 2.0]), "adam", lr=0.05, max_steps=200, tol=0)
    torch.testing.assert_close(runs.theta[0], theta.detach(), rtol=0, atol=1e-12)


def test_newton_needs_one_step_on_a_quadratic_whatever_the_signs():
    runs = train(quadratic(3, -2, 1e-5), points([1.0, 5.0, -70.0]), "newton")
    assert (runs.steps.item(), runs.status.item()) == (1, Status.CONVERGED)


def test_newton_halves_the_monkey_saddle():
    # A cubic form: H theta = 2 gradient, so the step is theta / 2.
    start = points([0.3, 0.4])
    runs = train(lm.surface("monkey saddle"), start, "newton", max_steps=5, tol=0)
    torch.testing.assert_close(runs.theta, start / 2**5, rtol=1e-12, atol=0)


def test_saddle_free_newton_doubles_the_distance_downhill_and_ends_it_uphill():
    runs = train(saddle, points([3.0, 0.01]), "saddle-free newton", damping=0.0, max_steps=4)
    torch.testing.assert_close(runs.theta, points([0.0, 0.01 * 2**4]))


def test_damped_newton_divides_by_the_shifted_curvature():
    runs = train(quadratic(3, -2), points([1.0, 1.0]), "damped newton", damping=5.0, max_steps=1)
    torch.testing.assert_close(runs.theta, points([1 - 3 / 8, 1 + 2 / 3]))
    # of several dampings the lowest loss wins: 1 leads past the saddle's top (-2 + 1 < 0) to the wrong side, but no nearer to it
    several = train(quadratic(3, -2), points([1.0, 1.0]), "damped newton", damping=(5.0, 2.5), max_steps=1)
    torch.testing.assert_close(several.theta, points([1 - 3 / 5.5, 1 + 2 / 0.5]))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_newton_does_not_divide_by_rounding(dtype):
    # (x + y + z)^2 / 2 has two flat directions, whose computed curvatures are about 1e-8 in float32 and 1e-16 in float64.
    fold = lm.Landscape("fold", {"x": (3,)}, lambda theta: theta.sum(-1) ** 2 / 2)
    runs = train(fold, torch.tensor([0.3, 0.1, 0.7], dtype=dtype), "newton", max_steps=1)
    expected = torch.tensor([[0.3, 0.1, 0.7]], dtype=dtype) - 1.1 / 3
    torch.testing.assert_close(runs.theta, expected, rtol=0, atol=5 * torch.finfo(dtype).eps)


def test_a_long_move_is_cut():
    runs = train(quadratic(1, 1e-3), points([3.0, 4.0]), "newton", longest=1.0, max_steps=1)
    torch.testing.assert_close(runs.theta, points([3.0, 4.0]) * 0.8)


def test_lbfgs_ends_a_quadratic_in_few_steps_and_rosenbrock_too():
    curvatures = [1.0, 3.0, 10.0, 30.0, 100.0]
    runs = train(quadratic(*curvatures), torch.ones(1, 5, dtype=torch.float64), "lbfgs", tol=1e-10)
    assert runs.status.item() == Status.CONVERGED and runs.steps.item() <= 30
    rosenbrock = train(lm.surface("rosenbrock"), points([-1.2, 1.0]), "lbfgs", tol=1e-8)
    assert rosenbrock.status.item() == Status.CONVERGED and rosenbrock.steps.item() <= 60  # scipy's needs 35 to 40
    torch.testing.assert_close(rosenbrock.theta, points([1.0, 1.0]), rtol=0, atol=1e-8)


def test_a_step_of_lbfgs_is_never_too_short():
    # Wolfe's second condition: where the slope is small, the first length is doubled until the slope has lost a tenth.
    runs = train(quadratic(1e-4), points([1.0]), "lbfgs", max_steps=1, tol=1e-12)
    assert abs(runs.theta.item()) <= 0.9


def test_lbfgs_reaches_a_gradient_that_the_loss_no_longer_shows():
    land = lm.teacher_student(k=6)
    runs = train(land, lm.starts(land, seeds=range(50)), "lbfgs", tol=1e-12, max_steps=2000)
    assert runs.count(Status.CONVERGED) == 50 and int(runs.steps.max()) < 400


def test_lbfgs_says_that_it_can_go_no_lower():
    corner = lm.Landscape("corner", {"x": (1,)}, lambda theta: ((theta - 1 / 3).abs() + theta / 2).sum(-1))
    assert train(corner, points([1.0]), "lbfgs", max_steps=500).status.item() == Status.STALLED


# ------------------------------------------------------------------------------------------------ saddles


@pytest.fixture(scope="module")
def grid():
    side = -5 + 10 * (torch.arange(200, dtype=torch.float64) + 0.5) / 200
    return torch.cartesian_prod(side, side)


def shares(runs):
    """Per cent of the starts that ended at minima, saddles, maxima of Himmelblau's surface."""
    assert runs.count(Status.CONVERGED) + runs.count(Status.STALLED) == len(runs)
    signs = (torch.linalg.eigvalsh(himmelblau.hessian(runs.theta)) < 0).sum(-1)
    return [100 * float((signs == index).double().mean()) for index in range(3)]


def test_newton_ends_at_saddles_and_maxima_of_himmelblau(grid):
    found = shares(train(himmelblau, grid, "newton", tol=1e-8, max_steps=100))
    assert found == pytest.approx([57.8, 36.1, 6.2], abs=0.3)


def test_methods_that_descend_end_at_minima_of_himmelblau(grid):
    for method, options in [
        ("gd", {"lr": 0.005}),
        ("saddle-free newton", {"damping": 0.0, "longest": 1.0}),
        ("momentum", {"lr": 0.002}),
        ("lbfgs", {}),
    ]:
        runs = train(himmelblau, grid[::97], method, tol=1e-8, max_steps=5000, **options)
        assert shares(runs) == [100, 0, 0], method


def tanh_net(n=100, d=5, h=4, seed=0):
    """mean (f - y)^2 / 2 of sum_j a_j tanh(w_j x + b_j) + c; y the difference of two tanh of random projections, centred."""
    draw = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d, dtype=torch.float64, generator=draw)
    first, second = (torch.tanh(2 * x @ torch.randn(d, dtype=torch.float64, generator=draw)) for _ in range(2))
    y = (first - second) - (first - second).mean()
    shapes = {"W": (h, d), "b": (h,), "a": (h,), "c": (1,)}

    def loss_of(theta):
        W, b, a, c = theta.split([h * d, h, h, 1], dim=-1)
        hidden = torch.tanh(x @ W.unflatten(-1, (h, d)).mT + b.unsqueeze(-2))  # (..., n, h)
        return ((hidden @ a.unsqueeze(-1)).squeeze(-1) + c - y).square().mean(-1) / 2

    return lm.Landscape("tanh net", shapes, loss_of), (x * y[:, None]).mean(0).norm()


def test_the_origin_of_a_tanh_net_is_the_saddle_of_the_closed_form():
    land, correlation = tanh_net()
    eigenvalues = torch.linalg.eigvalsh(land.hessian(torch.zeros(land.dim, dtype=torch.float64)))
    expected = torch.zeros(land.dim, dtype=torch.float64)
    expected[:4], expected[-5:-1], expected[-1] = -correlation, correlation, 1
    torch.testing.assert_close(eigenvalues, expected.sort().values, rtol=0, atol=1e-8)


def test_saddle_free_newton_leaves_the_saddle_of_a_network_that_newton_converges_to():
    land, correlation = tanh_net()
    start = 1e-3 * lm.starts(land, seeds=range(5), scheme="normal")
    first = land.loss(start)

    newton = train(land, start, "newton", cut=1e-6, longest=1.0, max_steps=60, tol=1e-12)
    assert newton.count(Status.CONVERGED) == 5 and ((newton.loss - first).abs() < 1e-3).all()
    assert ((torch.linalg.eigvalsh(land.hessian(newton.theta)) < -0.1).sum(-1) == 4).all()

    def steps_to_half(method, **options):
        path = train(land, start, method, max_steps=150, tol=0, record=1, **options).path
        return (land.loss(path.theta) > first[:, None] / 2).sum(dim=1)

    saddle_free = steps_to_half("saddle-free newton")
    gd = steps_to_half("gd", lr=0.1)
    assert (saddle_free <= 15).all()
    growth = math.log(1 / 1e-3) / math.log(1 + 0.1 * float(correlation))
    assert (gd > 2 * saddle_free).all() and ((gd - growth).abs() < 0.5 * growth).all()
    assert (train(land, start, "saddle-free newton", max_steps=100).loss < 1e-4).all()


@pytest.mark.parametrize("dim", [2, 10, 100])
def test_perturbed_gradient_descent_leaves_the_saddle_that_gradient_descent_rests_on(dim):
    land, start = quadratic(-1.0, *[1.0] * (dim - 1)), torch.zeros(20, dim, dtype=torch.float64)
    assert train(land, start).count(Status.CONVERGED) == 20
    shaken = train(land, start, "perturbed gd", radius=1e-3, record=1, max_steps=140)
    assert shaken.count(Status.MAX_STEPS) == 20
    # The coordinate downhill starts near radius / sqrt(dim) and grows by 1.1 a step, so it takes logarithmic time.
    steps = (land.loss(shaken.path.theta) > -0.5).sum(dim=1).double().median()
    assert float(steps) == pytest.approx(math.log(dim**0.5 / 1e-3) / math.log(1.1), abs=10)


def test_perturbed_gradient_descent_rests_at_a_minimum():
    runs = train(himmelblau, points([-0.270845, -0.923039], [3.0, 2.0], [0.0, 0.0]), "perturbed gd", lr=0.005)
    assert runs.count(Status.CONVERGED) == 3 and (runs.loss < 1e-12).all()
    assert (runs.steps > 100).all()  # nobody rests without having been shaken


def octopus(dim, L, gamma, tau=math.e):
    """The function of Du et al. (2017): a chain of saddles, each of which shrinks what leads out of the next."""
    nu = -_g1(2 * tau, L, gamma, tau) + 4 * L * tau**2

    def loss_of_one(theta):
        a = theta.abs()
        near = (a < 2 * tau).nonzero()
        i = int(near[0]) if len(near) else dim
        loss = L * ((a[:i] - 4 * tau) ** 2).sum() - i * nu
        if i == dim:
            return loss
        if a[i] <= tau or i == dim - 1:
            bottom = -gamma * a[i] ** 2 if a[i] <= tau else _g1(a[i], L, gamma, tau)
            return loss + bottom + L * (a[i + 1 :] ** 2).sum()
        next_curvature = _g2(a[i], L, gamma, tau)
        return loss + _g1(a[i], L, gamma, tau) + next_curvature * a[i + 1] ** 2 + L * (a[i + 2 :] ** 2).sum()

    def loss_of(theta):
        return torch.stack([loss_of_one(row) for row in theta.reshape(-1, dim)]).reshape(theta.shape[:-1])

    return lm.Landscape("octopus", {"x": (dim,)}, loss_of)


def _g1(z, L, gamma, tau):
    cubic, quartic = (-14 * L + 10 * gamma) / (3 * tau), (5 * L - 3 * gamma) / (2 * tau**2)
    return -gamma * z**2 + cubic * (z - tau) ** 3 + quartic * (z - tau) ** 4


def _g2(z, L, gamma, tau):
    z, c = z - 2 * tau, L + gamma
    return -gamma - 10 * c / tau**3 * z**3 - 15 * c / tau**4 * z**4 - 6 * c / tau**5 * z**5


def test_perturbation_turns_exponential_time_into_linear_time_on_the_octopus():
    dim, tau, seeds = 6, math.e, 5
    land = octopus(dim, L=1.0, gamma=1.0)
    start = 2 * torch.rand(seeds, dim, dtype=torch.float64, generator=torch.Generator().manual_seed(1)) - 1
    shake = {"radius": tau / 100, "threshold": tau / 100, "wait": 1, "decrease": -math.inf}

    def stages(method, steps, **options):
        theta = train(land, start, method, lr=0.25, tol=0, max_steps=steps, record=1, **options).path.theta
        return (theta.abs() < 2 * tau).sum(dim=1).double().median(dim=0).values  # steps until coordinate j is far out

    slow, fast = stages("gd", 260), stages("perturbed gd", 180, **shake)
    assert all(2.4 < float(ratio) < 3.1 for ratio in slow[2:4] / slow[1:3])  # 1 + ln 2 / ln 1.5 = 2.71
    assert all(15 < float(gap) < 40 for gap in fast.diff()[1:])


# ------------------------------------------------------------------------------------------------ chance


def test_jins_parameters_are_those_of_the_paper():
    jin = jin_parameters(100, 1.0, 1.0, eps=0.01, drop=1.0, c=0.1, failure=0.1)
    assert jin.chi == pytest.approx(55.3, abs=0.05) and jin.lr == 0.1
    assert jin.radius == jin.threshold == pytest.approx(1.04e-6, rel=0.01)
    assert jin.decrease == pytest.approx(5.9e-10, rel=0.01) and jin.wait == pytest.approx(5.5e4, rel=0.01)


def test_perturbations_are_uniform_in_the_ball():
    flat = quadratic(0.0, 0.0, 0.0)
    runs = train(flat, torch.zeros(4000, 3, dtype=torch.float64), "perturbed gd", radius=2.0, max_steps=1)
    length = runs.theta.norm(dim=1) / 2
    assert float(length.max()) <= 1
    assert float((length < 0.5).double().mean()) == pytest.approx(1 / 8, abs=0.02)  # 3.8 standard errors
    assert (runs.theta.mean(0).abs() < 0.06).all()  # 4 standard errors


def test_sgd_on_a_problem_that_all_samples_solve_converges_with_a_constant_rate():
    land = regression()
    runs = train(land, torch.zeros(3, 3, dtype=torch.float64), "sgd", lr=0.05, batch_size=2, tol=1e-8)
    assert runs.count(Status.CONVERGED) == 3
    assert (runs.steps % 6 == 0).all()  # the whole gradient is looked at once an epoch
    torch.testing.assert_close(runs.theta, points([1.0, 2.0, 3.0]).expand(3, -1), rtol=0, atol=1e-6)
    assert not torch.equal(runs.theta[0], runs.theta[1])  # each member draws for itself


def test_an_epoch_of_sgd_uses_every_sample_once():
    seen = []
    land = regression(samples=12)

    def batch_loss_of(theta, rows):
        seen.append(rows)
        return land.batch_loss_of(theta, rows)

    watched = lm.Landscape("regression", {"w": (3,)}, land.loss_of, samples=12, batch_loss_of=batch_loss_of)
    train(watched, torch.zeros(2, 3, dtype=torch.float64), "sgd", lr=1e-3, batch_size=4, max_steps=6)
    epochs = torch.cat(seen[:3], dim=1), torch.cat(seen[3:6], dim=1)
    for epoch in epochs:
        assert (epoch.sort(dim=1).values == torch.arange(12)).all()
    assert not torch.equal(*epochs)


def test_sgd_with_all_samples_is_gradient_descent():
    land, start = regression(), torch.zeros(1, 3, dtype=torch.float64)
    whole = train(land, start, "sgd", lr=0.1, batch_size=12, max_steps=50)
    torch.testing.assert_close(whole.theta, train(land, start, lr=0.1, max_steps=50).theta, rtol=1e-12, atol=1e-12)


# ------------------------------------------------------------------------------------------------ all methods alike

OPTIONS = {
    "gd": {"lr": 0.005}, "momentum": {"lr": 0.002}, "nesterov": {"lr": 0.002}, "adam": {"lr": 0.05}, "sgd": {"batch_size": 5},
    "perturbed gd": {"lr": 0.005, "radius": 0.1, "threshold": 1.0, "wait": 9}, "newton": {}, "damped newton": {"longest": 1.0},
    "saddle-free newton": {"longest": 1.0}, "lbfgs": {"memory": 3},
}  # fmt: skip


def place(method, members=12):
    land = regression() if method == "sgd" else himmelblau
    return land, lm.starts(land, seeds=range(members), scheme="normal")


def test_every_method_is_tested():
    assert OPTIONS.keys() == METHODS.keys()


@pytest.mark.parametrize("method", METHODS)
def test_a_member_alone_is_that_member_in_the_batch_and_in_chunks(method):
    land, start = place(method)
    together = train(land, start, method, max_steps=40, tol=1e-6, **OPTIONS[method])
    alone = train(land, start[7], method, max_steps=40, tol=1e-6, seeds=[7], **OPTIONS[method])
    assert (together.theta[7] - alone.theta[0]).abs().max() < 1e-12
    for chunk in (1, 5):
        chunked = train(land, start, method, max_steps=40, tol=1e-6, chunk=chunk, **OPTIONS[method])
        assert (together.theta - chunked.theta).abs().max() < 1e-12
        assert torch.equal(together.steps, chunked.steps) and torch.equal(together.status, chunked.status)


@pytest.mark.parametrize("method", METHODS)
def test_a_pause_changes_nothing(method):
    land, start = place(method)
    whole = train(land, start, method, max_steps=40, tol=1e-6, **OPTIONS[method])
    part = train(land, start, method, max_steps=7, tol=1e-6, **OPTIONS[method])
    went_on = train(land, part, max_steps=40, tol=1e-6)
    assert (went_on.method, went_on.options) == (method, whole.options)
    assert (whole.theta - went_on.theta).abs().max() < 1e-12
    assert torch.equal(whole.steps, went_on.steps) and torch.equal(whole.status, went_on.status)


@pytest.mark.parametrize("method", METHODS)
def test_members_that_leave_do_not_disturb_the_others(method):
    land, start = place(method, members=3)
    start[1] = train(land, start[1], "lbfgs", tol=1e-12).theta[0]  # it rests at once
    many = train(land, start, method, max_steps=30, tol=1e-9, **OPTIONS[method])
    few = train(land, start[[0, 2]], method, max_steps=30, tol=1e-9, seeds=[0, 2], **OPTIONS[method])
    assert (many.theta[[0, 2]] - few.theta).abs().max() < 1e-12


@pytest.mark.parametrize("method", METHODS)
def test_float32_stays_float32(method):
    land, start = place(method, members=2)
    if method == "sgd":
        pytest.skip("The regression is written in float64.")
    assert train(land, start.float(), method, max_steps=3, **OPTIONS[method]).theta.dtype == torch.float32


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"sgd"}))
def test_one_member_that_leaves_all_bounds_does_not_stop_the_others(method):
    cliff = lm.Landscape(
        "cliff", {"x": (1,)}, lambda theta: torch.where(theta > 50, -theta.exp(), theta**2 / 2).sum(-1)
    )
    runs = train(cliff, points([1.0], [800.0]), method, max_steps=3000)
    assert runs.status.tolist() in ([Status.CONVERGED, Status.DIVERGED], [Status.CONVERGED, Status.STALLED])


def test_a_method_of_ones_own():
    signs = Method(
        init=lambda theta, lr, seeds=None: {"lr": lr},
        update=lambda theta, gradient, state: (theta - state["lr"] * gradient.sign(), state),
    )
    runs = train(quadratic(1, 5), points([1.0, -0.5]), signs, lr=0.125)
    assert (runs.steps.item(), runs.status.item()) == (8, Status.CONVERGED)
    with pytest.raises(ValueError, match="Give it again"):
        train(quadratic(1, 5), runs)
    with pytest.raises(TypeError, match="its options inside"):
        train(quadratic(1, 5), points([1.0, 1.0]), signs, momentum=0.5)


@pytest.mark.parametrize(
    ("method", "options", "error", "words"),
    [
        ("gd", {"momentum": 0.9}, TypeError, "'gd' has an option 'momentum'. The options of 'gd' are: none"),
        ("adam", {"beta": 0.9}, TypeError, "The options of 'adam' are: beta1, beta2, eps"),
        ("momentum", {"momentum": 1.5}, ValueError, "less than 1"),
        ("adam", {"beta2": -1}, ValueError, "beta2"),
        ("newton", {"longest": 0}, ValueError, "longest"),
        ("damped newton", {"damping": -1.0}, ValueError, "damping"),
        ("saddle-free newton", {"damping": ()}, ValueError, "damping"),
        ("lbfgs", {"memory": 0}, ValueError, "memory"),
        ("perturbed gd", {"radius": 0}, ValueError, "radius must be positive"),
        ("sgd", {}, ValueError, "himmelblau has no samples"),
    ],
)
def test_options_that_make_no_sense_are_refused(method, options, error, words):
    with pytest.raises(error, match=words):
        train(himmelblau, points([1.0, 0.0]), method, **options)


def test_a_batch_must_fit_the_samples():
    with pytest.raises(ValueError, match="from 1 to 12"):
        train(regression(), torch.zeros(1, 3, dtype=torch.float64), "sgd", batch_size=13)
    with pytest.raises(ValueError, match="positive"):
        jin_parameters(10, 1.0, 1.0, eps=0.0, drop=1.0)
