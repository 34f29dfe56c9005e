"""`lmcourse certify FILE`: points of every family, and files that are not what they should be."""

import json

import numpy as np
import pytest

import lmcourse as lm
from lmcourse.certificates.recheck import recheck
from lmcourse.cli import main


def written(tmp_path, **content):
    path = tmp_path / "points.json"
    path.write_text(json.dumps(content))
    return str(path)


def samples(data) -> dict:
    return {"x": data.x.tolist(), "y": data.y.tolist()}


def weights(name: str) -> list:
    return lm.landmark(name).theta.tolist()


TEN = {"network": "sigmoid", "widths": [2, 2, 1], "loss": "log", **samples(lm.data.ten_points())}
TANH = {"network": "tanh", "widths": [1, 1], "x": [[1]], "y": [1], "weight_decay": 2}
RELU = {"network": "relu", "widths": [1, 1, 1], **samples(lm.data.relu_example(1))}
PAIR = {"network": "deep linear", "widths": [2, 2, 2, 2], "x": [[1, 0], [0, 1]], "y": [[2, 0], [0, 1]]}
RING = {"network": "quadratic", "n": 2, "x": [[1]], "y": [1]}
CLASSES = {"network": "tanh", "widths": [1, 2], "loss": "cross_entropy", "x": [[1], [-1]]}
RIGHT = weights("ten points, log, all right")
PROVED = {
    "teacher-student": {"k": 7, "theta": lm.symmetric_minimum(7).tolist()},
    "teacher-student, named": {"network": "teacher-student", "k": 2, "n": 2, "d": 2, "theta": [1, 0, 0, 1]},
    "teacher-student, teacher": {"k": 2, "teacher": [[0, 1], [1, 0]], "theta": [1, 0, 0, 1]},
    "sigmoid": {**TEN, "theta": weights("ten points, log, trap"), "better": RIGHT},
    "tanh": {**TANH, "theta": ["1/3", "1/3"], "claim": "index-0"},
    "relu": {
        **RELU,
        "theta": [1, -3, 1, 0],
        "claim": "minimum on linear pieces",
        "better": weights("relu 1, solution"),
    },
    "deep linear": {**PAIR, "theta": [0] * 12, "claim": "bad saddle", "better": [1, 0, 0, 1, 1, 0, 0, 1, 2, 0, 0, 1]},
    "quadratic": {**RING, "theta": ["3/5", "4/5"], "claim": "minimum up to symmetry"},
}


@pytest.mark.parametrize("name", PROVED)
def test_a_point_of_every_family_is_proved_and_proved_again(tmp_path, capsys, name):
    content, target = PROVED[name], tmp_path / "proof.json"
    asked = ["--not-global"] if "better" in content else []
    assert main(["certify", written(tmp_path, **content), "--save", str(target), *asked]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Theorem. ") and ("not a global minimum" in printed) == bool(asked)
    assert recheck(target)[0]


def test_npz_files_hold_the_same(tmp_path, capsys):
    for name, content in PROVED.items():
        if not any(isinstance(entry, str) for entry in content["theta"]):
            np.savez(tmp_path / "points.npz", **content)
            assert main(["certify", str(tmp_path / "points.npz")]) == 0, name
    assert capsys.readouterr().out.count("Theorem.") == len(PROVED) - 2


def test_the_exit_status_says_whether_all_points_were_proved(tmp_path, capsys):
    W = lm.symmetric_minimum(6)
    good = written(tmp_path, k=6, theta=[W.tolist(), W.flip(0).tolist()])
    assert main(["certify", good, "--save", str(tmp_path / "proofs")]) == 0
    assert "2 of 2 proved." in capsys.readouterr().out and recheck(tmp_path / "proofs" / "point_2.json")[0]
    mixed = written(tmp_path, k=6, theta=[W.flatten().tolist(), (W + 1e-3).flatten().tolist(), W.flatten().tolist()])
    assert main(["certify", mixed]) == 1
    printed = capsys.readouterr().out
    assert (
        "Point 2. Not proved: strict local minimum. The gradient here is too long" in printed
        and "2 of 3 proved." in printed
    )
    assert main(["certify", written(tmp_path, k=6, theta=W.tolist()), "--claim", "index-1 saddle"]) == 1


WRONG = {
    "no network of that name": ({**RING, "network": "perceptron", "theta": [1, 1]}, "There is no network 'perceptron'"),
    "network is no text": ({**RING, "network": ["relu"], "theta": [1, 1]}, "There is no network"),
    "nothing": ({}, "Missing: k, theta."),
    "no samples": ({"network": "tanh", "widths": [1, 1], "theta": [1, 1]}, "Missing: x, y."),
    "a setting that is not known": ({**RING, "theta": [1, 1], "width": 3}, "Not known: width."),
    "a setting of another family": ({**RING, "theta": [1, 1], "widths": [1]}, "Not known: widths."),
    "too few weights": ({"k": 3, "theta": [1, 2]}, "9 parameters, but theta holds 2 numbers"),
    "no weights": ({"k": 3, "theta": []}, "9 parameters, but theta holds 0 numbers"),
    "null": ({"k": 3, "theta": None}, "9 parameters, but theta holds 1 numbers"),
    "ragged": ({"k": 2, "theta": [[1, 0], [0]]}, "4 parameters, but theta holds 3 numbers"),
    "a huge network": ({"k": 60_000, "theta": [1.0]}, "3,600,000,000 parameters"),
    "huge widths": (
        {"network": "tanh", "widths": [10**9, 10**9], "x": [[1]], "y": [1], "theta": [1.0]},
        "parameters; up to",
    ),
    "k is text": ({"k": "6", "theta": [1]}, "whole numbers from 1 on"),
    "k is zero": ({"k": 0, "theta": []}, "whole numbers from 1 on"),
    "k is true": ({"k": True, "theta": [1]}, "whole numbers from 1 on"),
    "widths is a number": (
        {"network": "tanh", "widths": 3, "x": [[1]], "y": [1], "theta": [1]},
        "whole numbers from 1 on",
    ),
    "one width": ({"network": "tanh", "widths": [3], "x": [[1]], "y": [1], "theta": [1]}, "whole numbers from 1 on"),
    "x is a list": ({**RING, "x": [1], "theta": [1, 1]}, "x must be a matrix"),
    "x is ragged": ({**RING, "x": [[1], [1, 2]], "y": [1, 2], "theta": [1, 1]}, "must be equally long"),
    "y is too long": ({**RING, "y": [1, 2], "theta": [1, 1]}, "x (N, d) and y (N,)"),
    "y holds text": (
        {**RING, "y": ["1/2"], "theta": [1, 1]},
        "finite numbers, and whole numbers that a double holds, but '1/2' came",
    ),
    "x holds a number that is rounded": (
        {**RING, "x": [[2**53 + 1]], "theta": [1, 1]},
        "whole numbers that a double holds",
    ),
    "x holds a number beyond floats": (
        {**RING, "x": [[10**400]], "theta": [1, 1]},
        "whole numbers that a double holds",
    ),
    "x holds NaN": ({**RING, "x": [[float("nan")]], "theta": [1, 1]}, "finite numbers"),
    "x is deep": ({**RING, "x": [[[[[1]]]]], "theta": [1, 1]}, "no matrix is written so"),
    "y is a number": ({**RING, "y": 1, "theta": [1, 1]}, "y must be a list"),
    "decay that is rounded": ({**RING, "decay": 2**53 + 1, "theta": [1, 1]}, "decay must hold"),
    "decay that is text": ({**RING, "decay": "1", "theta": [1, 1]}, "decay must hold"),
    "half a class": ({**CLASSES, "y": [0.5, 1], "theta": [0] * 4}, "class numbers, which are whole"),
    "shares that are none": ({**CLASSES, "y": [[0.5, 0.75], [0, 1]], "theta": [0] * 4}, "probabilities"),
    "an unknown loss": ({**RING, "loss": "hinge", "theta": [1, 1]}, "There is no loss 'hinge'"),
    "a loss that is a list": ({**RING, "loss": [1], "theta": [1, 1]}, "This is no quadratic network"),
    "an unknown claim": ({**RING, "theta": [1, 1], "claim": "the best"}, "There is no proof of 'the best'"),
    "a claim that is a number": ({**RING, "theta": [1, 1], "claim": 7}, "A claim is text"),
    "evidence that does not fit": ({**RING, "theta": [1, 1], "stops": [[1, 1]]}, "is proved from nothing but a point"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_gets_one_sentence(tmp_path, capsys, name):
    content, words = WRONG[name]
    assert main(["certify", written(tmp_path, **content)]) == 2
    assert words in capsys.readouterr().out


def test_a_file_that_says_two_things_is_refused(tmp_path, capsys):
    path = tmp_path / "points.json"
    path.write_text('{"k": 2, "theta": [1, 0, 0, 1], "theta": [2, 0, 0, 1]}')
    assert main(["certify", str(path)]) == 2
    path.write_text('{"k": 2, "theta": ' + "[" * 900 + "1" + "]" * 900 + "}")
    assert main(["certify", str(path)]) == 2
    assert "two values for 'theta'" in capsys.readouterr().out


def test_shares_of_classes_are_read_as_they_are(tmp_path, capsys):
    half = {**CLASSES, "y": [[0.25, 0.75], [0.75, 0.25]], "weight_decay": 1.0, "theta": [0.0] * 4}
    assert main(["certify", written(tmp_path, **half)]) == 1  # no critical point, but a landscape
    assert "gradient here is too long" in capsys.readouterr().out


@pytest.mark.parametrize("better", [[1.0], "x", 5, [[None]]])
def test_a_better_point_that_is_none_is_refused(tmp_path, capsys, better):
    assert main(["certify", written(tmp_path, k=2, theta=[1, 0, 0, 1], better=better), "--not-global"]) == 1
    assert "The point named as better: " in capsys.readouterr().out


BYTES = {
    "empty.npz": b"",
    "cut.npz": b"PK\x03\x04abcdef",
    "deep.json": b"[" * 100_000,
    "not.json": b"\xff\xfe",
    "list.json": b"[1]",
}


@pytest.mark.parametrize("name", BYTES)
def test_a_file_of_another_kind_gets_one_sentence(tmp_path, capsys, name):
    (tmp_path / name).write_bytes(BYTES[name])
    assert main(["certify", str(tmp_path / name)]) == 2
    assert name in capsys.readouterr().out


def test_places_that_cannot_be_written_or_read_get_one_sentence(tmp_path, capsys):
    point, no_folder = written(tmp_path, k=2, theta=[1, 0, 0, 1]), str(tmp_path / "none" / "proof.json")
    np.save(tmp_path / "array.npy", np.eye(2))
    (tmp_path / "array.npy").rename(tmp_path / "array.npz")
    (tmp_path / "page.md").write_text("no table here")
    asked = ["--only", "k = 6, any"]
    assert main(["certify", point, "--save", no_folder]) == 2
    assert main(["certify", str(tmp_path / "array.npz")]) == 2
    assert main(["certify", str(tmp_path)]) == 2
    assert main(["certify", *asked, "--save", point]) == 2
    assert main(["certify", *asked, "--table", no_folder]) == 2
    assert main(["certify", *asked, "--table", str(tmp_path / "page.md")]) == 2
    printed = capsys.readouterr().out
    assert "Traceback" not in printed and "no place for the table" in printed
    assert main(["certify", *asked, "--save", str(tmp_path / "new" / "folder")]) == 0
