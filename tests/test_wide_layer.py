"""Proofs about networks with a wide layer of filters: a bad saddle without weights, a dead wide layer, and what they refuse."""

import pytest
import torch

import lmcourse as lm
from lmcourse.certificates import wide_layer
from lmcourse.certificates.recheck import recheck
from lmcourse.certificates.wide import wide_model_of
from lmcourse.data import Data, gaussian_patches, one_hot

DOUBLE = torch.float64
BAD, DEAD = "bad saddle", "minimum in a dead layer"


def few(samples=12, side=4, classes=3, seed=0) -> Data:
    return one_hot(gaussian_patches(samples, side, classes, seed))


def without_weights(land, data, biases=0.0):
    parts = {name: torch.zeros(shape, dtype=DOUBLE) for name, shape in land.shapes.items()}
    parts |= {name: parts[name] + biases for name in parts if name.startswith("b")}
    last = list(land.shapes)[-1]
    return land.pack(**parts | {last: data.y.mean(0)})


def switched_off(land, data, bias=-20.0):
    theta = lm.starts(land, [3], "normal")[0]
    *_, W, b = land.shapes
    parts = land.unpack(theta)
    return land.pack(**parts | {"b1": torch.full_like(parts["b1"], bias), W: 0 * parts[W], b: data.y.mean(0)})


NETWORKS = {
    "sigmoid, softplus": lambda data: lm.small_cnn(data, 2, [3, 3], ["sigmoid", "softplus"]),
    "shared biases, mean": lambda data: lm.small_cnn(data, 2, [3, 3], "tanh", bias="shared", reduction="mean"),
    "four layers": lambda data: lm.small_cnn(data, 1, [2, 3, 3], "sigmoid", patch=2, stride=2),
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("biases", [0.0, 0.3])
def test_no_weights_is_a_bad_saddle_and_a_second_look_agrees(name, biases, tmp_path):
    data = few()
    land = NETWORKS[name](data)
    theta = without_weights(land, data, biases)
    better = theta + 0.0
    run = lm.train(land, lm.starts(land, [0], "normal", 0.3), "lbfgs", tol=1e-6, max_steps=300)
    proof = lm.certify(land, theta, BAD, not_global=True, better=run.theta[0])
    assert proof.proved and proof.kind == BAD and proof.not_global, proof.why_not
    assert float(proof.loss_bounds[0]) == pytest.approx(float(land.loss(theta)))
    assert land.gradient(better).norm() < 1e-14
    assert torch.linalg.eigvalsh(land.hessian(theta))[0] > -1e-12
    proof.save(tmp_path / "proof.json")
    assert recheck(tmp_path / "proof.json") == (True, proof.statement)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_path_of_the_proof_leads_down_and_up_by_the_order_that_it_says(name):
    data = few()
    land = NETWORKS[name](data)
    theta, L = without_weights(land, data), len(land.shapes) // 2
    statement = lm.certify(land, theta, BAD).statement
    words = statement.replace(",", "").split()
    m, o = int(words[words.index("pixel") + 1]) - 1, int(words[words.index("output") + 1]) - 1
    model = wide_model_of(land)
    q = next(q for q, patch in enumerate(model["patches"]) if m in patch)
    place, T = model["patches"][q].index(m), model["filters"]
    correlated = float(((data.y.mean(0) - data.y)[:, o] * data.x[:, m]).sum())

    def at(t, sign):
        parts = land.unpack(theta.clone())
        parts["W1"][0, place] = t
        parts["W2"][0, q * T] = t
        for layer in range(3, L):
            parts[f"W{layer}"][0, 0] = t
        parts[f"W{L}"][o, 0] = -sign * t
        point = land.pack(**parts)
        gives = land.layers(point, torch.zeros(1, data.x.shape[1], dtype=DOUBLE))[-1][0]
        parts[f"b{L}"] = parts[f"b{L}"] + (data.y.mean(0) - gives)
        return float(land.loss(land.pack(**parts)) - land.loss(theta))

    sign = 1 if correlated > 0 else -1
    down, half = at(0.02, sign), at(0.01, sign)
    assert down < 0 < at(0.02, -sign)
    assert down / half == pytest.approx(2**L, rel=0.05)


def test_a_dead_wide_layer_is_a_minimum_and_a_second_look_agrees(tmp_path):
    data = few()
    for land in (
        lm.small_cnn(data, 2, [3], "relu"),
        lm.small_cnn(data, 2, [4, 3], ["relu", "softplus"], bias="shared"),
        lm.small_cnn(data, 1, [4, 3], "relu", reduction="mean"),
    ):
        theta = switched_off(land, data)
        proof = lm.certify(land, theta, DEAD)
        assert proof.proved and proof.kind == DEAD, proof.why_not
        assert float(proof.loss_bounds[0]) == pytest.approx(float(land.loss(theta)))
        radius = float(proof.statement.split("at all points within ")[1].split()[0])
        direction = torch.randn(50, land.dim, dtype=DOUBLE, generator=torch.Generator().manual_seed(0))
        near = theta + radius * direction / direction.norm(dim=1, keepdim=True)
        assert (land.loss(near) >= land.loss(theta) - 1e-12).all()
        assert not land.layers(near)[0].any()
        proof.save(tmp_path / "proof.json")
        assert recheck(tmp_path / "proof.json")[0]


def test_relu_layers_that_answer_the_mean_with_weights():
    data = few(classes=2)
    land = lm.small_cnn(data, 1, [2, 2], "relu")
    parts = land.unpack(switched_off(land, data))
    mean = data.y.mean(0)
    parts |= {"b2": torch.tensor([1.0, -1.0], dtype=DOUBLE), "W3": torch.stack([mean, mean * 0], 1), "b3": mean * 0}
    assert lm.certify(land, land.pack(**parts), DEAD).proved


def refusal(*arguments, **options) -> str:
    proof = lm.certify(*arguments, **options)
    assert not proof.proved and not proof.statement
    return proof.why_not


def test_what_is_not_so_is_refused():
    data = few()
    land = NETWORKS["sigmoid, softplus"](data)
    theta = without_weights(land, data)
    one = theta.clone()
    one[0] = 1e-300
    assert "here some are not" in refusal(land, one, BAD)
    off = theta.clone()
    off[-1] += 1e-9
    assert "not critical: answer 3" in refusal(land, off, BAD)
    assert "not proved to have a lower loss" in refusal(land, theta, BAD, not_global=True, better=theta)
    assert "the first activation is another one" in refusal(land, theta, DEAD)
    two = lm.small_cnn(data, 2, [3])
    assert "two hidden layers or more" in refusal(two, without_weights(two, data), BAD)
    relu = lm.small_cnn(data, 2, [3, 3], "relu")
    assert "two hidden layers or more, with sigmoid" in refusal(relu, without_weights(relu, data), BAD)
    assert "filter 1 at position 1 is on the kink at sample 1" in refusal(relu, without_weights(relu, data), DEAD)
    assert "filter" in refusal(relu, lm.starts(relu, [0])[0], DEAD)
    soft = lm.small_cnn(data, 2, [3, 3], ["relu", "softplus"])
    alive = soft.pack(**soft.unpack(switched_off(soft, data)) | {"W3": torch.ones(3, 3, dtype=DOUBLE)})
    assert "no fraction" in refusal(soft, alive, DEAD)
    decayed = lm.small_cnn(data, 2, [3, 3], weight_decay=0.1)
    assert "without weight decay" in refusal(decayed, without_weights(decayed, data), BAD)


def test_targets_that_no_pixel_knows_of_are_refused():
    x = gaussian_patches(4, 4).x
    data = Data(torch.cat([x, x]), torch.cat([torch.zeros(4), torch.ones(4)]).double()[:, None])
    land = lm.small_cnn(data, 1, [2, 1], "sigmoid")
    assert "No pixel is correlated" in refusal(land, without_weights(land, data), BAD)


def test_other_claims_and_missing_evidence_are_errors():
    data = few()
    land = NETWORKS["sigmoid, softplus"](data)
    theta = without_weights(land, data)
    with pytest.raises(ValueError, match="bad saddle, minimum in a dead layer"):
        lm.certify(land, theta, "strict local minimum")
    with pytest.raises(ValueError, match="from a point alone"):
        lm.certify(land, theta, BAD, direction=theta)
    with pytest.raises(ValueError, match="needs a better point"):
        lm.certify(land, theta, BAD, not_global=True)
    assert "the point has 5" in refusal(land, torch.zeros(5, dtype=DOUBLE), BAD)


def test_a_changed_file_is_not_proved_again(tmp_path):
    data = few()
    land = NETWORKS["sigmoid, softplus"](data)
    proof = lm.certify(land, without_weights(land, data), BAD)
    for name, value in (("filters", 3), ("scale", "-1/2"), ("widths", [3, 2])):
        changed = dict(proof.recipe["model"]) | {name: value}
        again = wide_layer.prove_wide(BAD, changed, proof.point)
        assert not again.proved, name


def test_the_formula_is_the_loss_of_the_network():
    data = few()
    for land in (NETWORKS[name](data) for name in NETWORKS):
        theta = lm.starts(land, [1], "normal", 0.4)[0]
        formula = wide_layer.loss_over(wide_model_of(land))
        assert float(formula([wide_layer.arb(value) for value in theta.tolist()])) == pytest.approx(
            float(land.loss(theta))
        )
