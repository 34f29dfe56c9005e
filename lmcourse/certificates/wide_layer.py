"""Exact proofs for networks whose first layer is one of filters: a bad saddle without weights, a minimum in a dead wide layer.

Let F_L = W_L F_(L-1) + b_L be the answers, r_i = b_L - y_i, loss = scale * sum_i |F_L(x_i) - y_i|^2, without weight decay.

Lemma 1 (no weights). Let all weights be zero, b_L the mean target, L >= 3, and all activations sigmoid, softplus or tanh. Then
the gradient is zero and the Hessian has no negative eigenvalue. If sum_i r_io x_im is not zero for an output o and a pixel m
that some patch sees, there are lower and higher losses arbitrarily near.
Proof. All layers before the last give the same to every sample, and sum_i r_i = 0; so the derivatives by W_L and b_L vanish, and
the others since W_L = 0. The Hessian is 2 scale times J'J, J the derivative of the answers, plus 2 scale times the sum of r_i
times their second derivatives. These are not zero only where W_L meets another parameter p; as W_(L-1) = 0 and F_(L-2) is the
same for every sample (L >= 3), so is the derivative of F_(L-1) by p, and sum_i r_i = 0 removes it. Now let one filter have the
weight t at the pixel, let one path of weights t lead from it to the output o, its last weight a t with a = 1 or -1, and take from
b_L what the path gives to an image of zeros. The answer o to x_i changes by a c x_im t^L + O(t^(L+1)), c > 0 the product of
the slopes of L - 1 activations; so the loss changes by 2 scale a c t^L sum_i r_io x_im + O(t^(L+1)): down for one a, up for
the other.

Lemma 2 (dead layer). Let every neuron of the first layer be a ReLU and get a negative input at every sample. Near the point
this stays so; the answers are the same for all samples, and no loss of this kind is below scale * sum_i |mean y - y_i|^2. So
where the answer is the mean target, the point is a local minimum.

Data types, in words
    model       plain data: patches (lists of pixel numbers), filters, shared, widths (of the layers after the filters),
                activations, scale, x and y, every number as exact text; theta lies as in `small_cnn`: neuron h = (q-1) T + t
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from time import perf_counter

from flint import arb, fmpq

from lmcourse.certificates.certificate import Certificate, Refusal, about, at_least, at_most, refused
from lmcourse.certificates.descriptions import fingerprint
from lmcourse.certificates.exact_proofs import distance, of_this_certificate
from lmcourse.certificates.formulas import ACTIVATIONS, dot, exact
from lmcourse.certificates.rational import fraction, root_below, simplest
from lmcourse.certificates.rounding import BITS, precision, up

RISING = ("sigmoid", "softplus", "tanh")  # analytic, with a positive slope everywhere
RELU = ("relu", "relu, on at zero")
KEYS = {"family", "patches", "filters", "shared", "widths", "activations", "scale", "x", "y"}


def prove_wide(
    claim: str, model: dict, point: Sequence, better: Sequence | None = None, given: Sequence | None = None
) -> Certificate:
    """The certificate of "bad saddle" (lemma 1) or "minimum in a dead layer" (lemma 2) at a point.

    better : a point whose loss is lower. given : the weights that were asked about, where the point is their rounding.
    """
    start, recipe = perf_counter(), {"proof": claim, "model": model}
    recipe["better"] = None if better is None else list(better)
    recipe["given"] = None if given is None else list(given)
    numbers = [simplest(number) for number in point]
    try:
        layers = cut(model, numbers)
        kind, loss, statement = PROOFS[claim](model, layers)
        away = distance(given, numbers)
        statement = (of_this_certificate(statement) if away else statement) + away
        if better is not None:
            statement += _lower(model, loss, better)
    except Refusal as refusal:
        seconds = perf_counter() - start
        no = None if better is None else False
        return refused(claim, str(refusal), point=tuple(point), recipe=recipe, not_global=no, seconds=seconds)
    return Certificate(
        True, kind, f"On the landscape '{described(model)}': {statement}", tuple(fraction(number) for number in numbers),
        loss_bounds=(fraction(loss),) * 2, not_global=None if better is None else True, recipe=recipe,
        seconds=perf_counter() - start,
    )  # fmt: skip


def prove_wide_again(old: Certificate) -> Certificate:
    """The same proof once more from what the certificate holds."""
    recipe = old.recipe
    return prove_wide(recipe["proof"], recipe["model"], old.point, recipe["better"], recipe["given"])


def described(model: dict) -> str:
    """A model in words, with its fingerprint."""
    sizes = f"{model['filters']} filters x {len(model['patches'])} patches, {'-'.join(map(str, model['widths']))}"
    bias = ", shared biases" if model["shared"] else ""
    times = f"{exact(model['scale'])} times the squared error of {len(model['x'])} samples"
    return (
        f"convolutional network {sizes}, {', '.join(model['activations'])}{bias}, {times}, model {fingerprint(model)}"
    )


def cut(model: dict, theta: Sequence) -> list[tuple[list, list]]:
    """The layers (W, b) of theta, W as rows; Refusal for a model that does not hold together, or a point of another size."""
    if set(model) != KEYS or not exact(model["scale"]) > 0 or len(model["activations"]) != len(model["widths"]):
        raise Refusal("The model of a convolutional network is not complete.")
    if len(model["x"]) != len(model["y"]) or any(len(row) != model["widths"][-1] for row in model["y"]):
        raise Refusal("A model needs one row of targets for each sample, one number an output.")
    T, Q, inside = model["filters"], len(model["patches"]), len(model["patches"][0])
    layers, start = [], 0
    sizes = [(T, inside, T if model["shared"] else T * Q)]
    for n in model["widths"]:
        inside = T * Q if len(sizes) == 1 else sizes[-1][0]
        sizes.append((n, inside, n))
    if len(theta) != sum(n * inside + biases for n, inside, biases in sizes):
        raise Refusal(f"The point has {len(theta)} numbers, which do not fill the layers of the network.")
    for n, inside, biases in sizes:
        W = [list(theta[start + j * inside : start + (j + 1) * inside]) for j in range(n)]
        start += n * inside
        layers.append((W, list(theta[start : start + biases])))
        start += biases
    return layers


def loss_over(model: dict) -> Callable[[Sequence], object]:
    """The loss as a formula: a list of numbers of any kind -> a number."""
    x, y = _samples(model)
    T = model["filters"]

    def loss(theta: Sequence):
        (filters, b), *rest = cut(model, theta)
        names, total = model["activations"], 0
        for sample, targets in zip(x, y, strict=True):
            seen = [[sample[m] for m in patch] for patch in model["patches"]]
            h = [
                dot(w, piece) + b[t if model["shared"] else q * T + t]
                for q, piece in enumerate(seen)
                for t, w in enumerate(filters)
            ]
            for name, (W, biases) in zip(names, rest, strict=True):
                F = [ACTIVATIONS[name](z) for z in h]
                h = [dot(row, F) + bias for row, bias in zip(W, biases, strict=True)]
            total = sum((a - target) * (a - target) for a, target in zip(h, targets, strict=True)) + total
        return total * exact(model["scale"])

    return loss


# ----------------------------------------------------------------------------------------------- the two lemmas


def no_weights(model: dict, layers: list) -> tuple[str, fmpq, str]:
    """Lemma 1, its conditions checked exactly."""
    if len(layers) < 3 or any(name not in RISING for name in model["activations"]):
        raise Refusal("This proof needs two hidden layers or more, with sigmoid, softplus or tanh.")
    if any(w != 0 for W, _ in layers for row in W for w in row):
        raise Refusal("This proof is about points all of whose weights are zero; here some are not.")
    x, y = _samples(model)
    residuals, loss = _missed_by_the_mean(model, layers[-1][1], y)
    pixels = sorted({pixel for patch in model["patches"] for pixel in patch})
    pull = {
        (o, m): sum(r[o] * sample[m] for r, sample in zip(residuals, x, strict=True))
        for o in range(len(y[0]))
        for m in pixels
    }
    (o, m), largest = max(pull.items(), key=lambda item: abs(item[1]))
    if largest == 0:
        raise Refusal(
            "No pixel is correlated with the targets, so the first term along the paths of this proof vanishes."
        )
    L = len(layers)
    statement = (
        "The given point is a bad saddle: its gradient is zero and its Hessian has no negative eigenvalue, yet it is no local "
        f"minimum. Along a path that gives pixel {m + 1} the weight t, and leads with weights of size t through one neuron of each "
        f"layer to output {o + 1}, whose bias takes back what the path gives to an image of zeros, the loss is {_short(loss)} "
        f"- c t^{L} + O(t^{L + 1}) with c > 0, and with the other sign of the last weight it rises."
    )
    return "bad saddle", loss, statement


def dead(model: dict, layers: list) -> tuple[str, fmpq, str]:
    """Lemma 2, its conditions checked exactly."""
    if model["activations"][0] not in RELU:
        raise Refusal("Only a ReLU can be off; the first activation is another one.")
    x, y = _samples(model)
    (filters, b), *rest = layers
    T, room = model["filters"], None
    for i, sample in enumerate(x):
        for q, patch in enumerate(model["patches"]):
            seen = [sample[m] for m in patch]
            length = dot(seen, seen) + 1
            for t, w in enumerate(filters):
                z = dot(w, seen) + b[t if model["shared"] else q * T + t]
                if z >= 0:
                    state = "on the kink" if z == 0 else "on"
                    raise Refusal(
                        f"The wide layer is not dead: filter {t + 1} at position {q + 1} is {state} at sample {i + 1}."
                    )
                room = z * z / length if room is None else min(room, z * z / length)
    answer = [fmpq(0)] * (T * len(model["patches"]))
    for position, (W, biases) in enumerate(rest):
        last = position == len(rest) - 1
        if last and all(w == 0 for row in W for w in row):
            answer = biases
            break
        if position and model["activations"][position] not in RELU:
            raise Refusal("The answer of this point is no fraction: for an exact proof the last weights must be zero.")
        F = [max(value, fmpq(0)) for value in answer]
        answer = [dot(row, F) + bias for row, bias in zip(W, biases, strict=True)]
    _, loss = _missed_by_the_mean(model, answer, y)
    statement = (
        f"The given point is a local minimum with loss {_short(loss)} inside a dead layer: all {T * len(model['patches'])} neurons "
        f"of the wide layer are off at all {len(x)} samples. This stays so at all points within {at_least(root_below(room))} of "
        "the given one; there the answers are the same for all samples, and no such loss is lower. The minimum is not strict."
    )
    return "minimum in a dead layer", loss, statement


PROOFS = {"bad saddle": no_weights, "minimum in a dead layer": dead}


# ----------------------------------------------------------------------------------------------- what both need


def _samples(model: dict) -> tuple[list, list]:
    return tuple([[exact(value) for value in row] for row in model[name]] for name in ("x", "y"))


def _missed_by_the_mean(model: dict, answer: Sequence[fmpq], y: Sequence) -> tuple[list, fmpq]:
    """The residuals and the loss of a constant answer; Refusal unless it is the mean target."""
    for o, value in enumerate(answer):
        mean = sum(row[o] for row in y) / len(y)
        if value != mean:
            raise Refusal(
                f"The point is not critical: answer {o + 1} is {_short(value)} to every sample, the mean target {_short(mean)}."
            )
    residuals = [[a - target for a, target in zip(answer, row, strict=True)] for row in y]
    return residuals, sum(dot(row, row) for row in residuals) * exact(model["scale"])


def _lower(model: dict, loss: fmpq, better: Sequence) -> str:
    with precision(BITS):
        lower = arb(0) + loss_over(model)([arb(exact(number)) for number in better])
        if not lower < arb(loss):
            raise Refusal("The point named as better is not proved to have a lower loss.")
        return f" It is not a global minimum: elsewhere the loss is at most {at_most(up(lower))}."


def _short(value) -> str:
    found = value if isinstance(value, Fraction) else fraction(fmpq(value))
    return str(found) if len(str(found)) <= 12 else about(found, 4)
