"""Points, claims and files that are not what they should be get a sentence: no crash, no endless loop, and no false proof."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from flint import ctx
from samples.certificates import forged

import lmcourse as lm
from lmcourse.certificates.certificate import Certificate, _checksum, at_least, at_most
from lmcourse.certificates.classes import is_copy
from lmcourse.certificates.descriptions import described
from lmcourse.certificates.formulas import exact
from lmcourse.certificates.models import model_of
from lmcourse.certificates.recheck import main, recheck
from lmcourse.certificates.rounding import precision
from lmcourse.data import Data

DOUBLE = torch.float64


def data(x, y) -> Data:
    return Data(torch.tensor(x, dtype=DOUBLE), torch.tensor(y, dtype=DOUBLE))


def one_weight():
    return lm.quadratic_net(1, data([[1.0]], [1.0]))


def relu(x=((1.0,),), y=(1.0,)):
    return lm.relu_mlp([1, 1, 1], data(x, y))


# ----------------------------------------------------------------------------------------- numbers in files


ROUNDED = ["0x1.00000000000008p+0", "0x1.0p+0", "0x1.00000000000000000000p+0", "0x0.8p+1", "0x1.8p+9999", "0x1.0p-9999"]


@pytest.mark.parametrize(
    "text", [*ROUNDED, "2/2", "1/0", "01/1", "-0/1", "1/-1", "1e999999999", "1_0", " 1", "nan", "inf", ""]
)
def test_a_number_that_is_not_written_as_it_is_saved_is_refused(tmp_path, text):
    proof = lm.certify(one_weight(), [1.0])
    assert proof and recheck(saved(tmp_path, proof))[0]
    assert not forged(tmp_path / "p.json", proof, point=[text])[0]
    for key in ("x", "y"):
        recipe = json.loads(saved(tmp_path, proof).read_text())["recipe"]
        recipe["model"][key] = [[text]]
        assert not forged(tmp_path / "p.json", proof, recipe=recipe)[0]
    if "/" not in text:
        with pytest.raises(ValueError, match=r"no number|is not a float|beyond floats"):
            exact(text)


@pytest.mark.parametrize("field", ["radius", "eigenvalue_bound", "gradient_bound"])
def test_a_bound_with_more_digits_than_a_float_has_is_refused(tmp_path, field):
    proof = lm.certify(lm.teacher_student(6), lm.symmetric_minimum(6).flatten())
    text = getattr(proof, field).hex()
    proved, why = forged(tmp_path / "p.json", proof, **{field: text.replace("p", "08p")})
    assert not proved and "is not a float as it is written exactly" in why


@pytest.mark.parametrize("text", ["1.00000000000000001", "1.0", "1e0", "NaN", "Infinity"])
def test_decimal_numbers_in_a_certificate_are_refused(tmp_path, text):
    path = saved(tmp_path, lm.certify(one_weight(), [1.0]))
    right = path.read_text()
    assert '"1/1"' in right and '"1"' in right
    for number in (right.replace('"1/1"', text), right.replace('"1"', text)):
        path.write_text(number)
        proved, why = recheck(path)
        assert not proved and "decimal numbers might be rounded" in why


def test_a_certificate_that_says_two_things_is_refused(tmp_path):
    path = saved(tmp_path, lm.certify(one_weight(), [1.0]))
    path.write_text(path.read_text().replace('"proved": true', '"point": ["2/1"],\n "proved": true'))
    assert recheck(path)[0] is False and "two values for 'point'" in recheck(path)[1]


def saved(tmp_path, proof) -> Path:
    proof.save(tmp_path / "saved.json")
    return tmp_path / "saved.json"


def test_only_value_errors_come_from_a_bad_file(tmp_path):
    path = tmp_path / "p.json"
    deep = "[" * 200_000 + "]" * 200_000
    for text in (
        "",
        "[]",
        "7",
        deep,
        '{"format": "lmcourse certificate 1"}',
        '{"format": "lmcourse certificate 1", "point": ' + deep + "}",
    ):
        path.write_text(text)
        with pytest.raises(ValueError, match=r"p\.json"):
            Certificate.load(path)
        assert recheck(path)[0] is False
    proof = lm.certify(one_weight(), [1.0])
    nested: list = []
    for _ in range(900):
        nested = [nested]
    assert forged(path, proof, recipe={**proof.recipe, "model": nested})[0] is False
    path.write_bytes(b"\xff\xfe\x00")
    assert recheck(path)[0] is False and recheck(tmp_path)[0] is False


def test_what_a_file_says_cannot_look_like_an_answer(tmp_path, capsys):
    proof = lm.certify(one_weight(), [0.5])
    assert not proof
    for words in ("x\nother.json: PROVED AGAIN. Theorem", "\ud800"):
        path = saved(tmp_path, proof)
        content = json.loads(path.read_text())
        content.pop("checksum"), content.pop("format")
        for changes in ({"why_not": words}, {"proved": True, "why_not": "", "statement": words, "kind": words}):
            forgery = content | changes
            path.write_text(json.dumps({"format": "lmcourse certificate 1", "checksum": _checksum(forgery), **forgery}))
            assert main([str(path)]) == 1
            assert capsys.readouterr().out.count("\n") == 1


NO_MATRIX = [
    {"x": {"1": ["5"], "2": ["7"]}, "y": {"1": ["3"], "2": ["-8"]}},
    {"x": "12", "y": "12"},
    {"x": ["1", "2"], "y": ["1", "2"]},
    {"x": [["1"], "2"], "y": [["1"], ["2"]]},
    {"x": [[1], [2]], "y": [["1"], ["2"]]},
    {"x": [["1"], ["2"]], "y": [[True], ["2"]]},
    {"scale": 1},
    {"scale": ["1"]},
    {"weight_decay": 0},
    {"weight_decay": None},
    {"widths": {"1": 1, "2": 1}},
    {"widths": "111"},
]


@pytest.mark.parametrize("changes", NO_MATRIX)
def test_a_model_whose_parts_are_of_another_type_is_refused(tmp_path, changes):
    proof = lm.certify(relu(((1.0,), (2.0,)), (1.0, 2.0)), [1.0, 0.0, 1.0, 0.0], "global minimum")
    assert proof
    proved, _ = forged(
        tmp_path / "p.json", proof, recipe={**proof.recipe, "model": {**proof.recipe["model"], **changes}}
    )
    assert not proved


@pytest.mark.parametrize(
    "changes", [{"fixed": {"0": 1}}, {"fixed": [0]}, {"signs": "1"}, {"signs": [1, 1]}, {"signs": {"1": 1}}]
)
def test_a_quadratic_model_whose_parts_are_of_another_type_is_refused(tmp_path, changes):
    proof = lm.certify(one_weight(), [1.0], "global minimum")
    assert proof
    assert not forged(
        tmp_path / "p.json", proof, recipe={**proof.recipe, "model": {**proof.recipe["model"], **changes}}
    )[0]


@pytest.mark.parametrize(
    "changes", [{"wide": "yes"}, {"wide": 0}, {"teacher": {"0": 1}}, {"teacher": "1001"}, {"better": ["1/1"]}]
)
def test_a_recipe_whose_parts_are_of_another_type_is_refused(tmp_path, changes):
    proof = lm.certify(lm.teacher_student(1), [1.0])
    assert proof
    assert not forged(tmp_path / "p.json", proof, recipe={**proof.recipe, **changes})[0]


# ----------------------------------------------------------------------------------------- points


BEYOND = 1.7e308
POINTS = [
    (relu, [-BEYOND, -BEYOND, 1.0, 1.0], "minimum in a dead layer"),
    (relu, [-BEYOND, -BEYOND, 1.0, 1.0], "minimum on linear pieces"),
    (relu, ["-1e400", 1.0, 1.0, 1.0], "minimum on linear pieces"),
    (relu, ["1e400", 1.0, 1.0, 1.0], "minimum up to symmetry"),
    (relu, ["1e999999999", 1, 1, 1], "minimum up to symmetry"),
    (lambda: lm.quadratic_net(2, data([[1.0, 2.0]], [1.0])), [10**400, 0, 0, 0], "strict local minimum"),
    (lambda: lm.teacher_student(2), [1j, 0, 0, 0], "strict local minimum"),
    (lambda: lm.teacher_student(2), [None] * 4, "strict local minimum"),
    (lambda: lm.teacher_student(2), [10**400, 0, 0, 0], "strict local minimum"),
    (lambda: lm.teacher_student(2), "1234", "strict local minimum"),
    (lambda: lm.teacher_student(2), None, "strict local minimum"),
    (lambda: lm.teacher_student(2), 5, "strict local minimum"),
    (lambda: lm.teacher_student(2), torch.tensor(5.0), "strict local minimum"),
    (lambda: lm.teacher_student(2), np.array(5.0), "strict local minimum"),
    (lambda: lm.teacher_student(2), np.ones((2, 2)), "strict local minimum"),
    (one_weight, None, "strict local minimum"),
    (one_weight, "1", "strict local minimum"),
    (one_weight, [[1.0]], "strict local minimum"),
    (one_weight, [float("inf")], "strict local minimum"),
]


@pytest.mark.parametrize(("make", "theta", "claim"), POINTS)
def test_a_point_that_is_none_gets_a_sentence(make, theta, claim):
    proof = lm.certify(make(), theta, claim)
    assert theta[0] == -BEYOND if proof else proof.why_not.endswith(".")  # such a layer is dead indeed
    named = lm.certify(one_weight(), [1.0], not_global=True, better=theta)
    assert not named and named.why_not.endswith(".")


HARDLY_POINTS = [
    torch.ones(1, dtype=DOUBLE).to_sparse(),
    torch.ones(1, dtype=DOUBLE, device="meta"),
    np.ma.array([1.0], mask=[True]),
    np.array([1 + 2.0**-60], dtype=np.longdouble),
    np.array(["a"]),
    {1.0},
]


@pytest.mark.parametrize("theta", HARDLY_POINTS, ids=lambda theta: type(theta).__name__)
def test_arrays_without_plain_numbers_get_a_sentence(theta):
    for claim in ("strict local minimum", "strict local maximum"):
        proof = lm.certify(one_weight(), theta, claim)
        exact_after_all = (
            isinstance(theta, np.ndarray) and theta.dtype == np.longdouble and theta[0] == 1.0
        )  # no longer ones here
        assert proof.why_not.endswith(".") or exact_after_all
    assert lm.certify(one_weight(), np.array([1.0], dtype=np.longdouble))


def test_an_output_weight_next_to_zero_is_refused():
    land = relu(((1.0,), (2.0,), (3.0,)), (1.0, 1.0, 1.0))
    assert not lm.certify(land, [1.0, 1.0, 5e-324, 1 + 1e-9], "minimum on a linear piece")


def test_whole_numbers_and_fractions_are_taken_exactly():
    land = lm.teacher_student(2)
    for theta in (
        [1, 0, 0, 1],
        torch.eye(2, dtype=torch.int64).flatten(),
        ["1", "0", "0/1", "1"],
        np.eye(2, dtype=int).ravel(),
    ):
        assert lm.certify(land, theta)
    near = Fraction(2**60 + 1, 2**60)
    proof = lm.certify(land, [near, 0.0, 0.0, 1.0])
    assert proof and proof.point[0] == near


def test_networks_whose_hessian_is_too_large_are_refused():
    land = lm.deep_linear((40, 40), data(torch.eye(40).tolist(), torch.eye(40).tolist()))
    for claim in ("strict local minimum", "minimum up to symmetry"):
        assert "1600 rows" in lm.certify(land, torch.eye(40, dtype=DOUBLE).flatten(), claim).why_not


def test_losses_beyond_floats_are_refused():
    land = relu(((1.0,), (2.0,)), (1e200, -1e200))
    theta, better = [-1.0, -1.0, 1.0, 0.0], [1.0, -1.0, -1e200, 1e200]
    assert not lm.certify(land, theta, "minimum in a dead layer", not_global=True, better=better)


def test_numbers_too_long_to_be_written_are_refused():
    q = f"9{'0' * 2499}1/1{'0' * 2501}"
    land = lm.relu_mlp([1, 1, 1], data([[1.0]], [0.0]))
    proof = lm.certify(land, [q, "0", q, "0"], "exit that never rises", stops=[["1/2", "0", "1", "0"]])
    assert not proof and "cannot be written down" in proof.why_not


def test_many_pieces_are_counted_as_a_power():
    x = torch.arange(300, dtype=DOUBLE)
    proof = lm.certify(
        lm.relu_mlp([1, 1, 1], Data(x[:, None], torch.ones(300))), [0.0, 0.0, 1.0, 1.0], "minimum on linear pieces"
    )
    assert proof and "up to 2^300 linear pieces" in proof.statement


def test_paths_of_networks_without_linear_pieces_are_refused():
    for land in (
        lm.tanh_mlp([1, 1, 1], data([[2.0]], [0.0])),
        lm.sigmoid_mlp([1, 1, 1], data([[2.0]], [0.0]), output="linear"),
    ):
        proof = lm.certify(land, [0.1, 0.2, 0.3, 0.4], "exit that never rises", stops=[[0.1, 0.2, 0.3, 0.0]])
        assert not proof and "ReLU networks with one hidden layer" in proof.why_not


def test_refusals_with_huge_numbers_print_them():
    linear = lm.certify(lm.deep_linear((1, 1), data([[1e200]], [1.0])), [1.0])
    kink = lm.certify(relu(((1e200,),), (1e200,)), [1e200, 1.0, 1.0, 0.0], "minimum on linear pieces")
    hill = lm.quadratic_net(1, data([[1e200]], [3e200]), decay=1.0)
    for proof in (linear, kink, lm.certify(hill, [0.0], "strict local maximum", not_global=True, better=[1.0])):
        assert not proof and "inf" not in proof.why_not.split() and proof.why_not.endswith(".")


def test_a_point_is_not_settled_far_away():
    land = lm.deep_linear((1, 2, 1), data([[2.0], [-3.0]], [2.0, 0.0]))
    far = [2.4497660549711764e-33, -5.484172790522022e33, 1.8424886767888822e55, 2.3760706201878797e33]
    proof = lm.certify(land, far, "minimum up to symmetry")
    assert not proof and proof.why_not.endswith(".")


def test_a_loss_that_cancels_in_floats_is_no_accusation():
    land = lm.quadratic_net(1, data([[1.0]], [0.0]), decay=0.0, tilt=torch.tensor([[1e-9]], dtype=DOUBLE))
    assert lm.certify(land, [0.0])
    steep = lm.deep_linear((1, 1), data([[2.0**500]], [2.0**500 + 2.0**450]))
    assert lm.certify(steep, ["1125899906842625/1125899906842624"])


def test_tiny_losses_are_no_accusation():
    assert lm.certify(lm.deep_linear((1, 1), data([[1e-160]], [[1e-160]])), [1.0])


def test_numbers_of_points_of_one_form_say_so():
    wide = torch.cat([lm.symmetric_minimum(8), torch.zeros(8, 100, dtype=DOUBLE)], dim=1)
    rows = lm.certify(lm.teacher_student(8, d=108), wide.flatten()).numbers()
    assert "exactly one critical point without weights on unused inputs, within" in rows
    assert "exactly one critical point with one reversed neuron, within" in lm.certify_symmetric(8).numbers()
    assert "exactly one critical point within" in lm.certify(one_weight(), [1 - 2**-40]).numbers()


def test_a_point_with_weights_on_unused_inputs_is_no_copy_of_one_without():
    wide = torch.cat([lm.symmetric_minimum(8), torch.zeros(8, 100, dtype=DOUBLE)], dim=1)
    land = lm.teacher_student(8, d=108)
    proof = lm.certify(land, wide.flatten())
    assert is_copy(land, wide.flatten(), proof)
    wide[2, 50] = 1e-12
    assert not is_copy(land, wide.flatten(), proof)


def test_a_landscape_is_named_with_what_was_added_to_its_loss():
    land = lm.quadratic_net(2, data([[1.0], [2.0]], [1.0, 2.0]), decay=0.5, negative=1, reduction="mean")
    words = described(model_of(land))
    assert "times 1/2, 1 negative, with decay or tilt, model " in words and len(words.partition("model ")[2]) == 32


def test_numbers_beyond_floats_are_printed():
    assert (at_most(Fraction(10) ** 400), at_least(Fraction(1, 10**400))) == ("1.00E+400", "1E-400")
    assert at_least(-1e-320) == "-1.00E-320" and at_most(Fraction(0)) == "0"
    proof = Certificate(True, "kind", "statement", loss_bounds=(Fraction(1, 3**5000),) * 2)
    assert "about 2.47586181438957E-2386" in repr(proof)


# ----------------------------------------------------------------------------------------- claims and evidence


def test_claims_and_evidence_that_are_none_are_errors_in_words():
    land = lm.teacher_student(2)
    for claim in (None, 3, ["index 3"]):
        for place in (land, one_weight()):
            with pytest.raises(TypeError, match="A claim is text"):
                lm.certify(place, [1.0] * place.dim, claim)
    with pytest.raises(ValueError, match="nothing but a point, but stops came"):
        lm.certify(land, [1, 0, 0, 1], stops=[[1, 2, 3, 4]])
    for stops in ([1, 2, 3, 4], ["1234"], [[float("nan")] * 4], [], 5, None, [None]):
        with pytest.raises(ValueError, match="stops must hold points"):
            lm.certify(relu(), [1.0] * 4, "exit that never rises", stops=stops)
    with pytest.raises(ValueError, match="must hold points or directions"):
        lm.certify(lm.deep_linear((1, 1), data([[1.0]], [[1.0]])), [1.0], "bad saddle", direction=1, upward=[1])


def test_a_better_point_that_nobody_asked_for_is_an_error():
    with pytest.raises(ValueError, match="which only not_global=True asks for"):
        lm.certify(one_weight(), [1.0], better=[0.5])


def test_an_index_is_claimed_in_the_same_words_everywhere():
    for claim in ("index 0", "index-0", "index-0 saddle", "index 0 saddle"):
        assert lm.certify(lm.teacher_student(2), [1, 0, 0, 1], claim)
        assert lm.certify(one_weight(), [2**-0.5 * 2**0.5 * (1 - 2**-52)], claim)


def test_a_hidden_sign_is_not_called_a_flat_direction():
    assert "Rounding hides the sign" in lm.certify_symmetric(10**18).why_not
    small = lm.deep_linear((1, 1), data([[1e-160]], [[1e-160]]))
    assert "too small for this proof" in lm.certify(small, [1 + 1e-12]).why_not


# ----------------------------------------------------------------------------------------- state that nobody sees


@pytest.mark.parametrize("bits", [2, 10, 53, 1000])
def test_proofs_do_not_depend_on_the_precision_of_the_caller(tmp_path, bits):
    mark = lm.landmark("relu 1, trap")
    with precision(bits):
        proofs = [lm.certify_symmetric(10), lm.certify(mark.land, mark.theta, "minimum on linear pieces")]
        proofs.append(lm.certify(lm.teacher_student(6), lm.symmetric_minimum(6).flatten()))
        assert ctx.prec == bits
        assert all(recheck(saved(tmp_path, proof))[0] for proof in proofs)
    assert all(recheck(saved(tmp_path, proof))[0] for proof in proofs)
    assert proofs[1] == replace(
        lm.certify(mark.land, mark.theta, "minimum on linear pieces"), seconds=proofs[1].seconds
    )


def test_proofs_in_several_threads_wait_for_each_other():
    before = ctx.prec
    with ThreadPoolExecutor(4) as pool:
        proofs = list(pool.map(lm.certify_symmetric, range(6, 30)))
    assert all(proofs) and ctx.prec == before
    assert [proof.radius for proof in proofs[:3]] == [lm.certify_symmetric(k).radius for k in (6, 7, 8)]


NETWORKS = [
    lambda data: lm.relu_mlp([2, 1, 1], data),
    lambda data: lm.sigmoid_mlp([2, 1, 1], data),
    lambda data: lm.deep_linear((2, 1, 1), data),
    lambda data: lm.quadratic_net(2, data),
]


@pytest.mark.parametrize("make", NETWORKS)
def test_data_that_are_changed_later_change_neither_the_loss_nor_the_proofs(make):
    held = data([[1.0 + 1e-7, 0.0], [2.0, 1.0]], [1.0, 2.0])
    land = make(held)
    theta = lm.starts(land, seeds=[0])[0] + 0.1
    loss, proof = land.loss(theta), model_of(land)
    held.x[0, 0] = held.y[0] = 5.0
    assert land.loss(theta) == loss and model_of(land) == proof


def test_a_zero_of_other_data_is_no_global_minimum():
    held = data([[1.0 + 1e-7, 0.0], [2.0, 1.0]], [1.0, 2.0])
    land = lm.relu_mlp([2, 1, 1], held)
    held.x[0, 0] = 1.0
    assert not lm.certify(land, [1.0, 0.0, 0.0, 1.0, 0.0], "global minimum")


def test_a_teacher_that_is_changed_later_changes_nothing():
    teacher = torch.eye(2, dtype=DOUBLE)
    land = lm.teacher_student(2, teacher=teacher)
    teacher[0, 0] = -1.0
    assert land.loss(torch.eye(2, dtype=DOUBLE).flatten()) == 0 and land.proof[4] == (1.0, 0.0, 0.0, 1.0)


def test_a_recheck_reads_no_more_than_it_needs(tmp_path):
    """The plain file runs where neither torch nor scipy can be imported."""
    path = saved(tmp_path, lm.certify(one_weight(), [1.0]))
    script = Path(lm.certificates.__file__).parent / "recheck.py"
    program = f"import runpy, sys\nsys.modules['torch'] = sys.modules['scipy'] = None\nsys.argv = ['recheck.py', {str(path)!r}]\n"
    program += f"runpy.run_path({str(script)!r}, run_name='__main__')\n"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert answer.returncode == 0 and "PROVED AGAIN" in answer.stdout, answer.stderr
