"""A proof for every failed run of Safran and Shamir's table 1, and of their table with one spare neuron.

The runs are those of `spurious_minima`, the same seeds. Those that fail go on from a gradient of 1e-6 to one of 1e-10. Some leave:
they had been resting at a saddle, and now reach loss 0. Of the others one point of each kind is proved to be a strict, spurious
minimum, and every other run is shown to end in one of the proved balls after an exact exchange of neurons and inputs
(`certify_classes`). What cannot be proved keeps the reason. The authors did the same with
an existence lemma of their own; the proofs here, and what they leave open, are this course's.

Data types, in words
    failed      (members,) True where the loss was 1e-3 or above when the gradient fell to 1e-6
    left        (members,) True where a failed run went on and came below 1e-3 after all
    proved      (members,) True where the end of the run is proved to lie beside a spurious minimum
    own         (members,) True where the proof was made for this run, not for another one of its kind
    refined     (members,) True where Newton's method had to bring the end into the ball first
    minimum     (members,) the number of its minimum among those of its chunk, -1 where nothing is proved
    curvature, loss_low, radius     (members,) what the certificate says: a lower bound of all eigenvalues of the Hessian and of
                the loss, and the radius of the ball in which there is no other critical point; 0 where nothing is proved
    why_not     (members,) the reason, else ""
    training, proving   (members,) processor seconds of the chunk, shared out among its members
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from time import process_time

import numpy as np
import torch
from torch import Tensor

from lmcourse.certificates.classes import ProvedClasses, certify_classes
from lmcourse.critical import refine
from lmcourse.experiments.count import Count
from lmcourse.experiments.spurious_minima import (
    FAILED_ABOVE,
    PUBLISHED,
    PUBLISHED_RUNS,
    engine_used,
    longest_step,
    published,
    run,
)
from lmcourse.landscape import Landscape
from lmcourse.networks.teacher_student import teacher_student
from lmcourse.plots import PALETTE
from lmcourse.training import Status, train

TITLE = "Safran and Shamir (2018), tables 1 and 2: a proof for every run that ends at a spurious minimum"
SOURCE = "Safran and Shamir (2018), tables 1 and 2: their runs that were certified"
VERSION = 1
MEMBERS = CHUNK = PUBLISHED_RUNS
SPECS = tuple({"k": k, "n": n} for k, n in PUBLISHED if n <= k + 1)
BY_ROUNDING = ("own", "refined", "minimum", "radius", "why_not", "training", "proving")
TOL, ROUNDS, STEPS = (
    1e-10,
    20,
    5000,
)  # of the failed runs, in rounds: the slowest end in a valley with a curvature of 0.0004


def run_chunk(spec: dict, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """The arrays of one row for these seeds."""
    k, n = spec["k"], spec["n"]
    land, began = teacher_student(k, n), process_time()
    runs = run(k, n, seeds, max_steps=200_000, engine=engine_used())
    failed = runs.loss >= FAILED_ABOVE
    ends = go_on(land, runs.theta[failed], longest_step(n), engine_used())
    stayed = land.loss(ends) >= FAILED_ABOVE
    kept = failed.clone()
    kept[failed] = stayed
    trained = process_time()
    found, refined = prove_all(land, ends[stayed])
    seconds = {"training": trained - began, "proving": process_time() - trained}
    arrays = {
        "loss": runs.loss.numpy().round(6).astype(np.float32),
        "failed": failed.numpy(),
        "left": (failed & ~kept).numpy(),
    }
    arrays |= {name: _spread(values, kept.numpy()) for name, values in arrays_of(found, refined).items()}
    return arrays | {name: np.full(len(failed), each / len(failed), np.float32) for name, each in seconds.items()}


def go_on(land: Landscape, theta: Tensor, lr: float, engine: str = "eager") -> Tensor:
    """Gradient descent from points (points, P) to a gradient of 1e-10, or for 100,000 steps, or until the loss is below 1e-3."""
    theta, going = theta.clone(), torch.ones(len(theta), dtype=torch.bool)
    for _ in range(ROUNDS):
        if not going.any():
            break
        runs = train(land, theta[going], lr=lr, tol=TOL, max_steps=STEPS, engine=engine)
        theta[going] = runs.theta
        going[going.clone()] = (runs.status == Status.MAX_STEPS) & (runs.loss >= FAILED_ABOVE)
    return theta


def prove_all(land: Landscape, theta: Tensor) -> tuple[ProvedClasses, Tensor]:
    """Points (points, P) as they are, and those that lie outside every ball once more after Newton's method.

    Returns the classes, and which points (points,) were moved first.

    >>> import lmcourse as lm
    >>> W = lm.symmetric_minimum(7).flatten()
    >>> found, refined = prove_all(lm.teacher_student(7), torch.stack([W, W + 1e-5, 0 * W + 1]))
    >>> found.member_of, refined
    (tensor([ 0,  0, -1]), tensor([False,  True,  True]))
    """
    found = certify_classes(land, theta, not_global=True)
    refined = found.member_of < 0
    if not refined.any():
        return found, refined
    nearer = refine(land, theta[refined])
    again = certify_classes(land, nearer.theta, not_global=True, known=found.certificates)
    places, member_of = refined.nonzero().squeeze(1).tolist(), found.member_of.clone()
    member_of[refined] = torch.where(nearer.left, -1, again.member_of)
    why_not = {places[i]: reason for i, reason in again.why_not.items()}
    for i in (nearer.left & (again.member_of >= 0)).nonzero().squeeze(1).tolist():
        why_not[places[i]] = "The critical point that was proved is not the one that the run was going to."
    return replace(again, member_of=member_of, why_not=why_not), refined


def arrays_of(found: ProvedClasses, refined: Tensor) -> dict[str, np.ndarray]:
    """What is kept of the proofs, one entry a point."""
    place, proofs = found.member_of.numpy(), found.certificates
    first = [int((place == c).argmax()) if (place == c).any() else -1 for c in range(len(proofs))]

    def of_class(values: list[float], dtype: type) -> np.ndarray:
        return np.array([*values, 0], dtype)[place]  # the last one is for those with class -1

    return {
        "proved": place >= 0,
        "own": np.isin(np.arange(len(place)), first),
        "refined": refined.numpy() & (place >= 0),
        "minimum": place.astype(np.int16),
        "curvature": of_class([proof.eigenvalue_bound for proof in proofs], np.float32),
        "loss_low": of_class([proof.loss_bounds[0] for proof in proofs], np.float32),
        "radius": of_class([proof.radius for proof in proofs], np.float32),
        "why_not": np.array([found.why_not.get(i, "") for i in range(len(place))], dtype="U300"),
    }


def _spread(values: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """One entry a member from one for each that was kept: the others get "nothing" of its kind."""
    whole = np.full(len(kept), {"i": -1, "U": ""}.get(values.dtype.kind, 0), values.dtype)
    whole[kept] = values
    return whole


def count_proved(arrays: dict[str, np.ndarray]) -> Count:
    """How many of all runs ended beside a proved spurious minimum; `unfinished` are those that did not leave, without a proof."""
    stayed, proved = int((arrays["failed"] & ~arrays["left"]).sum()), int(arrays["proved"].sum())
    return Count(proved, len(arrays["failed"]), stayed - proved)


def summarise(rows: Sequence[tuple[dict, dict]]) -> str:
    """One line a row: failed runs, those that left, those that are proved and by how many proofs; then what is not proved."""
    lines = [f"{'':15} published  failed  left  proved  proofs  least curvature  training  proving   verdict"]
    for spec, arrays in rows:
        ours, failed = count_proved(arrays), int(arrays["failed"].sum())
        least = f"{arrays['curvature'][arrays['proved']].min():.5f}" if ours.failed else "none"
        rest = f"{ours.unfinished} not proved" if ours.unfinished else "all that stayed are proved"
        training, proving = (f"{arrays[name].sum():6.0f} s" for name in ("training", "proving"))
        lines.append(
            f"k = {spec['k']:2}, n = {spec['n']:2}  {published(**spec).failed:9}  {failed:6}  {arrays['left'].sum():4}  "
            f"{ours.failed:6}  {arrays['own'].sum():6}  {least:>15}  {training}  {proving}   {rest}"
        )
    reasons = ((spec, i, why) for spec, arrays in rows for i, why in enumerate(arrays["why_not"]) if why)
    return "\n".join([*lines, *(f"k = {spec['k']}, n = {spec['n']}, run {i}: {why}" for spec, i, why in reasons)])


def draw_result(ax, rows: Sequence[tuple[dict, dict]]) -> None:
    """Failed runs by size, and how many of them are proved; n = k."""
    those = [(spec["k"], arrays) for spec, arrays in rows if spec["n"] == spec["k"]]
    sizes = np.array([k for k, _ in those])
    for name, shift, color in (("failed", -0.2, "grey"), ("proved", 0.2, "blue")):
        counts = [int(arrays[name].sum()) for _, arrays in those]
        ax.bar(sizes + shift, counts, width=0.4, color=PALETTE[color], label=name)
    for k, arrays in those:
        ax.text(k, int(arrays["failed"].sum()) + 10, str(int(arrays["own"].sum())), ha="center")
    ax.set(
        xlabel="k = n (neurons); above the bars: proofs that were needed", ylabel=f"runs of {MEMBERS:,}", xticks=sizes
    )
    ax.legend(loc="upper left")
