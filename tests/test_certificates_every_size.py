"""The proof for all sizes at once: its scaled formulas at finite sizes, what it proves, and what it must not prove."""

import math
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, arb_mat, arb_series

import lmcourse as lm
from lmcourse.certificates import every_size, every_size_piece, symmetric, symmetric_blocks
from lmcourse.certificates import every_size_blocks as blocks
from lmcourse.certificates import every_size_formulas as formulas
from lmcourse.certificates.certificate import Refusal
from lmcourse.certificates.every_size_formulas import Scaled
from lmcourse.certificates.rounding import exact, precision

SIZES = [6, 7, 20, 1000, 10**6]


def unscaled(k: int, unknowns) -> symmetric_blocks.Shape:
    (A, F, E, C, D), s = unknowns, 1 / arb(k)
    return symmetric_blocks.Shape([s * A - 1, s * F, s * E, 1 + s * s * C, s * s * D], k)


def somewhere(k: int) -> list[arb]:
    """Five unknowns at which nothing vanishes."""
    generator = random.Random(k)
    ranges = (1, 6), (1, 1.6), (1.5, 2.5), (-3, 3), (-1.5, 1)
    return [arb(generator.uniform(*range_)) for range_ in ranges]


def critical_point(k: int) -> list[arb]:
    """The unknowns at the minimum of size k, to about 50 digits, from the unscaled equations."""
    a, f, e, c, d = (exact(value) for value in symmetric.sharpen(k, symmetric.solve_up_to(k)))
    return [k * (a + 1), k * f, k * e, arb(k) ** 2 * (c - 1), arb(k) ** 2 * d]


def largest(numbers) -> float:
    return max(float(number.abs_upper()) for number in numbers)


# ----------------------------------------------------------------------------------------- scaled and unscaled formulas


def scaled_directions(k: int) -> dict[str, arb_mat]:
    """How the orthonormal directions of `symmetric_blocks` follow from the coordinates of `every_size_blocks`."""
    m, t = arb(k - 1), 1 / arb(k).sqrt()
    one = [arb_mat(1, 5, [int(i == j) for j in range(5)]) for i in range(5)]
    a, f, q, p, r = one
    x_f, x_e, x_c = f * (1 / m.sqrt()), (p - a) * (1 / m), (q + a) * (1 / m)
    x_d = (r - f - x_c * m.sqrt()) * (1 / (m.sqrt() * (m - 1)))
    rows = [row * scale for row, scale in zip((a, x_f, x_e, x_c, x_d), symmetric_blocks.scales(k - 1), strict=True)]
    x, y, z, rho, h = one
    along, across = rho * t, (h - x - z + rho * t) * (1 / (m - 1))
    plus, minus = (along + across) * ((m - 2) / 2).sqrt(), (along - across) * (m / 2).sqrt()
    return {
        "fixed_block": arb_mat([row.entries() for row in rows]),
        "moving_block": arb_mat([row.entries() for row in (x, y, z, plus, minus)]),
        "unused_block": arb_mat([[1, 0], [0, 1 / m.sqrt()]]),
    }


def differences(k: int) -> dict[str, float]:
    """How far the scaled formulas at a random point of size k are from the unscaled ones."""
    with precision(500):
        unknowns = somewhere(k)
        at, shape, s = Scaled(1 / arb(k).sqrt(), unknowns), unscaled(k, unknowns), 1 / arb(k)
        slopes = zip(symmetric_blocks.gradient(shape), symmetric_blocks.scales(k - 1), strict=True)
        R = [2 * arb.pi() * slope / scale for slope, scale in slopes]
        rows = (R[0] - R[2]) / s, R[1] / s, R[2], R[3] / s, R[4] / s
        found = {"equations": largest(a - b for a, b in zip(formulas.equations(at), rows, strict=True))}
        pair, single = symmetric_blocks.unused_inputs(shape)
        hessians = symmetric_blocks.fixed_block(shape), symmetric_blocks.moving_block(shape), pair
        for (name, T), hessian in zip(scaled_directions(k).items(), hessians, strict=True):
            M, G = getattr(blocks, name)(at)
            found[name] = largest((M - T.transpose() * hessian * T * (2 * arb.pi())).entries())
            found[f"length in {name}"] = largest((G - T.transpose() * T).entries())
        numbers = zip(blocks.scalars(at), [*symmetric_blocks.scalars(shape), single], strict=True)
        found["scalars"] = largest(a - 2 * arb.pi() * b for a, b in numbers)
    return found


@pytest.mark.parametrize("k", SIZES)
def test_scaled_formulas_are_the_unscaled_ones(k):
    for name, difference in differences(k).items():
        assert difference < 1e-100, name


def _off_by_a_little(of):
    return lambda *arguments: of(*arguments) * (1 + arb(2) ** -60)


@pytest.mark.parametrize("name", ["arcsine_ratio", "segment_ratio", "_bend"])
def test_a_wrong_function_is_noticed(monkeypatch, name):
    monkeypatch.setattr(formulas, name, _off_by_a_little(getattr(formulas, name)))
    assert differences(20)["equations"] > 1e-30


@pytest.mark.parametrize("name", ["turning_one", "turning_two", "between", "among", "own", "first", "tilt_between"])
def test_a_wrong_quantity_is_noticed(monkeypatch, name):
    right = Scaled.__init__

    def wrong(self, t, unknowns):
        right(self, t, unknowns)
        setattr(self, name, getattr(self, name) * (1 + arb(2) ** -60))

    monkeypatch.setattr(Scaled, "__init__", wrong)
    found = differences(20)
    assert found["fixed_block"] > 1e-30 and max(found["moving_block"], found["equations"]) > 1e-30


@pytest.mark.parametrize("k", [6, 20, 1000, 10_000])
def test_the_known_minimum_solves_the_scaled_equations_and_has_that_loss(monkeypatch, k):
    with precision(400):
        unknowns = critical_point(k)
        at, loss = Scaled(1 / arb(k).sqrt(), unknowns), k * symmetric_blocks.loss(unscaled(k, unknowns))
        assert largest(formulas.equations(at)) < 1e-35
        assert formulas.loss_times_size(at).overlaps(loss)
        # of the wide enclosure in the formula of the loss only the right number is left
        monkeypatch.setattr(formulas, "arcsine_remainder", lambda z: (formulas.arcsine_ratio(z) - 1) / z)
        assert largest([formulas.loss_times_size(at) - loss]) < 1e-30


def test_functions_of_the_arcsine():
    with precision(300):
        for x in (arb(0.3), arb(-0.7), arb(1e-6)):
            z = x * x
            assert largest([x * formulas.arcsine_ratio(z) - x.asin()]) < 1e-35
            assert largest([x * z * formulas.segment_ratio(z) - (x.asin() - x * (1 - z).sqrt())]) < 1e-35
            for ratio in (formulas.arcsine_ratio, formulas.segment_ratio):
                assert largest([slope_of(ratio, z) - ratio(arb_series([z, 1], 2))[1]]) < 1e-20


def slope_of(function, z: arb) -> arb:
    step = z * arb(2) ** -40
    return (function(z + step) - function(z - step)) / (2 * step)


@pytest.mark.parametrize("z", [1e-9, 0.01, 0.25])
def test_the_remainder_of_the_arcsine_is_enclosed_and_not_wider_than_it_must_be(z):
    with precision(300):
        twice = formulas.arcsine_remainder(arb_series([arb(z), 2], 2))
        z, found = arb(z), (twice[0], twice[1] / 2)
        assert found[0].contains((formulas.arcsine_ratio(z) - 1) / z)
        assert found[1].contains(slope_of(lambda x: (formulas.arcsine_ratio(x) - 1) / x, z))

        def slope(x: arb) -> arb:
            return formulas.arcsine_ratio(arb_series([x, 1], 2))[1]

        # the slope of the ratio, and half its second derivative, between 0 and z
        for ball, low, high in ((found[0], arb(1) / 6, slope(z)), (found[1], arb(3) / 40, slope_of(slope, z) / 2)):
            assert ball.contains(low) and ball.contains(high) and ball.rad() < 0.62 * (high - low)


def test_derivatives_by_power_series_are_those_of_differences():
    with precision(400):
        t, unknowns, step = arb(0.3), somewhere(20), arb(2) ** -100

        def values(moved: list[arb], at: arb = t) -> list[arb]:
            return formulas.equations(Scaled(at, moved))

        def slopes(far: list[arb], near: list[arb]) -> list[arb]:
            return [(a - b) / (2 * step) for a, b in zip(far, near, strict=True)]

        jacobian = every_size_piece.jacobian(t, unknowns)
        for j in range(5):
            far, near = ([u + sign * step * (i == j) for i, u in enumerate(unknowns)] for sign in (1, -1))
            column = slopes(values(far), values(near))
            assert largest(jacobian[i, j] - column[i] for i in range(5)) < 1e-50
        row = slopes(values(unknowns, t + step), values(unknowns, t - step))
        drift = formulas.equations(Scaled(arb_series([t, 1], 2), [arb_series([u, 0], 2) for u in unknowns]))
        assert largest(a[1] - b for a, b in zip(drift, row, strict=True)) < 1e-50


def test_the_limit_of_infinitely_many_neurons_is_known_in_closed_form():
    with precision(200):
        pi = arb.pi()
        at = Scaled(arb(0), [8 / pi + 8 / pi**2 + 2, 4 / pi, arb(2), 8 / pi, -4 / pi])
        assert all(row.contains(0) for row in formulas.equations(at)) and largest(formulas.equations(at)) < 1e-55
        assert largest([formulas.loss_times_size(at) - (arb(1) / 2 - 2 / pi**2)]) < 1e-55
        # in the limit no eigenvalue is below that of the global minimum, 1/4 - 1/(2 pi), and two kinds are equal to it
        smallest = pi / 2 - 1
        assert largest([number - smallest for number in blocks.scalars(at)[1:2]]) < 1e-55
        for block in (blocks.fixed_block, blocks.moving_block, blocks.unused_block):
            M, G = block(at)
            assert every_size_piece.is_definite(M - G * (smallest - arb(2) ** -60))
            assert block is blocks.unused_block or not every_size_piece.is_definite(M - G * (smallest + arb(2) ** -60))
    np.testing.assert_allclose(every_size.LIMIT, [float(unknown) for unknown in at.unknowns], rtol=1e-15)


# ----------------------------------------------------------------------------------------- what is proved


@pytest.fixture(scope="module")
def from_hundred() -> every_size.EverySize:
    return every_size.prove(first=100)


def agree(proof: every_size.EverySize, k: int) -> None:
    """The proof of one size says nothing else about this size."""
    single = symmetric.prove(k)
    values = single.point if k > 10_000 else symmetric.sharpen(k, single.point)
    with precision(192):
        assert all(ball.contains(exact(value)) for ball, value in zip(proof.values(k), values, strict=True))
    assert proof.bound(k) <= single.eigenvalue_bound
    low, high = proof.loss_times_size(k)
    assert low <= k * single.loss_bounds[0] <= k * single.loss_bounds[1] <= high


def test_all_sizes_from_hundred_on(from_hundred):
    assert from_hundred and from_hundred.bound() > 0.035 and from_hundred.bound(10_000) > 0.044
    assert from_hundred.pieces[0].low == 0 and Fraction(from_hundred.pieces[-1].high) ** 2 * 100 >= 1
    assert "For every k = n >= 100 and every d >= k" in repr(from_hundred)
    low, high = from_hundred.loss_times_size(10**6)
    assert 0.29 < low < 1 / 2 - 2 / math.pi**2 < high < 0.3
    for k in (100, 101, 5000, 10**9):
        agree(from_hundred, k)
    assert every_size.prove_again(from_hundred)


def test_the_published_minimum_of_six_neurons_is_the_end_of_the_same_line():
    end = every_size._not_below_inverse_root(6)
    pieces = list(every_size.cover(end - 1e-3, end, scaled_floats(6), 0.5))
    assert pieces[-1].holds(6) and pieces[-1].bound > 0.0023
    proof = every_size.EverySize(6, tuple(pieces))
    agree(proof, 6)
    W = lm.symmetric_minimum(6)
    for ball, value in zip(proof.values(6), (W[0, 0], W[0, 1], W[1, 0], W[1, 1], W[1, 2]), strict=True):
        assert ball.overlaps(arb(float(value), 1e-12))


def scaled_floats(k: int) -> list[float]:
    with precision(200):
        return [float(unknown) for unknown in critical_point(k)]


@pytest.mark.slow
def test_every_size_from_six_on():
    proof = every_size.prove()
    assert proof and proof.bound() > 0.0023 and proof.loss_times_size()[0] > 0.14
    assert every_size.prove_again(proof)
    for k in (*range(6, 120), 500, 10_000, 10**9):
        agree(proof, k)


def check_truth(piece: every_size_piece.Piece, t: float) -> None:
    """What a piece says about one t, seen with other eyes: Newton's method and eigenvalues in floating point."""
    with precision(128):
        lines = zip(piece.values, piece.slopes, strict=True)
        x = np.array([value + slope * (t - piece.middle) for value, slope in lines])
        for _ in range(30):
            point = [arb(float(value)) for value in x]
            rows = [float(row) for row in formulas.equations(Scaled(arb(t), point))]
            x = x - np.linalg.solve(every_size_piece.floats(every_size_piece.jacobian(arb(t), point)), rows)
        box = every_size_piece.box_of(piece, every_size_piece.path_of(piece, arb(t)))
        assert all(ball.overlaps(arb(float(value), 1e-11)) for ball, value in zip(box, x, strict=True))
        at = Scaled(arb(t), [arb(float(value)) for value in x])
        smallest = min(float(number) for number in blocks.scalars(at))
        for block in (blocks.fixed_block, blocks.moving_block, blocks.unused_block):
            hessian, length = map(every_size_piece.floats, block(at))
            root = np.linalg.inv(np.linalg.cholesky(length + 1e-13 * np.eye(len(length))))
            smallest = min(smallest, np.linalg.eigvalsh(root @ hessian @ root.T)[0])
        assert smallest / (2 * math.pi) > piece.bound * (1 - 1e-6)
        assert piece.loss[0] < float(formulas.loss_times_size(at)) < piece.loss[1]


def test_solutions_and_eigenvalues_between_the_whole_sizes_keep_to_what_was_proved(from_hundred):
    generator = random.Random(0)
    for piece in from_hundred.pieces:
        check_truth(piece, generator.uniform(piece.low, piece.high))


@pytest.mark.parametrize(
    "tries", [60, pytest.param(1000, marks=pytest.mark.slow), pytest.param(3000, marks=pytest.mark.weekly)]
)
def test_no_false_proof_of_changed_pieces(from_hundred, tries):
    generator, proved = random.Random(tries), 0
    end = list(every_size.cover(0.405, 0.4083, scaled_floats(6), 0.5))
    pool = [*from_hundred.pieces, *end]
    for _ in range(tries):
        piece, grow = generator.choice(pool), 10 ** generator.uniform(-0.5, 0.5)
        radii = tuple(radius * grow * generator.uniform(0.8, 1.2) for radius in piece.radii)
        if generator.random() < 0.1:
            radii = tuple(radius * generator.choice([-1, 1]) for radius in radii)
        far = 10 ** generator.uniform(-2, 0.5)
        values = [
            value + far * radius * generator.gauss(0, 1) for value, radius in zip(piece.values, radii, strict=True)
        ]
        high = piece.high + (piece.high - piece.low) * generator.choice([0, generator.uniform(-1, 1)])
        bound = piece.bound * generator.choice([1, generator.uniform(0.1, 2.2)])
        changed = replace(piece, values=tuple(values), radii=radii, high=high, bound=bound)
        try:
            found = every_size_piece.check(changed)
        except Refusal:
            continue
        proved += 1
        check_truth(found, generator.choice([found.low + 1e-9, found.high, generator.uniform(found.low, found.high)]))
    assert tries / 20 < proved < tries / 1.2


# ----------------------------------------------------------------------------------------- what must be refused


def test_the_saddle_of_five_neurons_ends_the_line():
    end = every_size._not_below_inverse_root(5)
    with pytest.raises(Refusal, match=r"The proof stops at t = 0\.4"):
        list(every_size.cover(0.4222, end, scaled_floats(6), 0.5))
    with pytest.raises(Refusal, match="moving block of the Hessian may have an eigenvalue below"):
        list(every_size.cover(end - 1e-3, end, scaled_floats(5), 0.5))


def changes(piece: every_size_piece.Piece) -> dict[str, every_size_piece.Piece]:
    shrunk, moved = tuple(r / 3 for r in piece.radii), (piece.values[0] + 3 * piece.radii[0], *piece.values[1:])
    return {
        "smaller box": replace(piece, radii=shrunk),
        "box elsewhere": replace(piece, values=moved),
        "steeper line": replace(piece, slopes=tuple(2 * slope + 1 for slope in piece.slopes)),
        "longer piece": replace(piece, high=piece.high + 5 * (piece.high - piece.low)),
        "larger bound": replace(piece, bound=2.1 * piece.bound),
        "negative bound": replace(piece, bound=-1.0),
        "no number": replace(piece, bound=math.nan),
        "huge box": replace(piece, radii=(3.0,) * 5),
        "not a reversed neuron": replace(piece, values=(200 * piece.values[0], *piece.values[1:])),
        "infinite box": replace(piece, radii=(math.inf,) * 5),
        "negative box": replace(piece, radii=tuple(-radius for radius in piece.radii)),
        "partly negative box": replace(
            piece, radii=tuple((-1) ** i * 50 * radius for i, radius in enumerate(piece.radii))
        ),
        "from the end to the beginning": replace(piece, low=piece.high, high=piece.low),
        "before zero": replace(piece, low=-piece.high),
        "without end": replace(piece, high=math.inf),
    }


def test_a_false_piece_with_negative_radii_is_refused():
    # A referee found it: with radii of both signs the sum |N| r was small, and a box without the solution was accepted.
    false = every_size_piece.Piece(
        low=0.12348194095544934,
        high=0.12348294095544934,
        values=(4.663775694327452, 1.0811083630712712, 2.2071678168131146, 1.8771065523037291, -1.3713387535744817),
        slopes=(-8.250136798065231, -0.2576883823021798, -0.791916691936552, -6.624329213234506, -0.7529372687541346),
        radii=(
            0.01891256560412922,
            -0.048765457967414355,
            -0.8853629112521554,
            0.011545183073164843,
            -0.5603272913855118,
        ),
        bound=1e-12,
    )
    with pytest.raises(Refusal, match="radii are positive"):
        every_size_piece.check(false)


def test_the_limit_lies_in_the_box_at_zero(from_hundred):
    first = from_hundred.pieces[0]
    box = every_size_piece.box_of(first, every_size_piece.path_of(first, arb(0)))
    assert first.low == 0
    assert all(ball.contains(number) for ball, number in zip(box, exact_limit(), strict=True))


def exact_limit() -> list[arb]:
    pi = arb.pi()
    return [8 / pi + 8 / pi**2 + 2, 4 / pi, arb(2), 8 / pi, -4 / pi]


@pytest.mark.parametrize("name", changes(every_size_piece.Piece(0.0, 0.1, (1.0,) * 5, (0.0,) * 5, (1.0,) * 5, 0.1)))
def test_a_piece_that_says_too_much_is_refused(from_hundred, name):
    piece = from_hundred.pieces[len(from_hundred.pieces) // 2]
    assert every_size_piece.check(piece) == piece
    with pytest.raises(Refusal):
        every_size_piece.check(changes(piece)[name])


def test_a_gap_between_the_pieces_is_noticed(from_hundred):
    for missing in (0, 3, len(from_hundred.pieces) - 1):
        pieces = tuple(piece for i, piece in enumerate(from_hundred.pieces) if i != missing)
        assert not every_size.prove_again(replace(from_hundred, pieces=pieces))
    assert not every_size.prove_again(replace(from_hundred, first=99))
    assert not every_size.prove_again(replace(from_hundred, pieces=()))
    assert not every_size.prove_again(replace(from_hundred, why_not="stopped"))


def test_nothing_is_said_of_sizes_that_were_not_proved(from_hundred):
    for question in (from_hundred.bound, from_hundred.loss_times_size, from_hundred.values):
        with pytest.raises(ValueError, match="Nothing is proved for all sizes from 99 on"):
            question(99)
    for first, share in ((4, 0.5), (6.0, 0.5), (6, 1.0), (6, 0.0)):
        with pytest.raises(ValueError, match="whole number from 5 to"):
            every_size.prove(first, share)


def test_a_wrong_sign_in_the_equations_stops_the_proof(monkeypatch):
    right = every_size.equations
    monkeypatch.setattr(
        every_size, "equations", lambda at: [row + (i == 4) * at.unknowns[4] for i, row in enumerate(right(at))]
    )
    proof = every_size.prove(first=10_000)
    assert not proof or not proof.values(10_000)[4].contains(arb(symmetric.solve_up_to(10_000)[4]))


def test_definite_means_definite():
    generator, definite = np.random.default_rng(0), 0
    for _ in range(300):
        B = generator.normal(size=(4, 4))
        centre, radius = B + B.T + 5 * np.eye(4), 10 ** generator.uniform(-2, 0.5)
        if every_size_piece.is_definite(arb_mat([[arb(float(entry), radius) for entry in row] for row in centre])):
            definite += 1
            for _ in range(20):
                noise = np.triu(generator.uniform(-radius, radius, size=(4, 4)))
                assert np.linalg.eigvalsh(centre + noise + np.triu(noise, 1).T)[0] > 0
    assert 50 < definite < 250
    assert not every_size_piece.is_definite(arb_mat([[arb("nan")]]))


@pytest.mark.parametrize("wrong", [4, 10**400, "6", 6.0, True])
def test_sizes_that_are_none_are_errors_in_words(wrong):
    with pytest.raises(ValueError, match="whole number"):
        every_size.prove(wrong)
    with pytest.raises(ValueError, match="share between 0 and 1"):
        every_size.prove(1000, "x")
    with pytest.raises(ValueError, match="Nothing is proved"):
        every_size.prove(1000).bound("7")
    assert not every_size.EverySize(6, ()) and "Not proved" in repr(every_size.EverySize(6, ()))
    assert "cover [0, 1 / sqrt(1000)]" in repr(every_size.prove(1000))
