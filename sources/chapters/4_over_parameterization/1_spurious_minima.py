# %% [markdown] slideshow={"slide_type": "slide"}
# # Spurious minima are common
#
# *A network of exactly the right size, a task that it can solve exactly, no noise, all the data in the world. How often
# does gradient descent fail?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **measure** how often training fails, **recognise** the network it leaves behind, **tell** a minimum from a saddle by its Hessian, **explain** what a spare neuron changes |
# | You need first | [Start here](../../00_start_here.ipynb); ReLU networks, eigenvalues |
# | To read | 50 minutes, and 15 for the two extra parts |
# | To run | about 30 seconds on one core |
# | Words and letters | [glossary](../../companion/2_glossary.ipynb), [notation](../../companion/1_notation.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A student and a teacher
#
# A *teacher* network computes $\sum_{j=1}^{k} [v_j^\top x]_+$, where $[z]_+ = \max(0, z)$ is the [ReLU](../../companion/2_glossary.ipynb#ReLU) and the $v_j$ are
# the $k$ unit vectors of $\mathbb{R}^k$. A *student* $\sum_{i=1}^{n} [w_i^\top x]_+$ of the same form learns to imitate it. The
# inputs are Gaussian, $x \sim N(0, I)$, and the loss is the expectation over **all** of them:
#
# $$ L(W) \;=\; \tfrac12\, \mathbb{E}_x \Big( \sum_{i=1}^{n} [w_i^\top x]_+ - \sum_{j=1}^{k} [v_j^\top x]_+ \Big)^2 . $$
#
# There is no training set to overfit and no noise. Chance enters once: the entries of the first $W$ are drawn from $N(0, 1/k)$. With
# $n = k$ the student has the teacher's own shape, and $W = I$, in any order of the rows, gives $L = 0$. The expectation has a
# closed form in lengths and angles, which `lm.teacher_student` evaluates; it smooths the [kink](../../companion/2_glossary.ipynb#Kink) of the ReLU, so $L$ has second
# derivatives wherever no $w_i$ is zero (Safran, Yehudai and Shamir 2021).

# %%
import torch
import lmcourse as lm

# %% tags=["predict"]
lm.predict(
    "4.1/k10",
    "Student and teacher have $k = n = 10$ neurons; 1,000 students start at random. How many reach loss 0?",
    ["all", "nine in ten", "two in three", "one in ten"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
ten = lm.teacher_student(k=10)
starts = lm.starts(ten, seeds=range(1000))
runs = lm.train(ten, starts, lr=0.4, tol=1e-6, max_steps=5000)

fig, ax = lm.plots.figure(8, 3)
lm.plots.draw_losses(ax, runs.loss)
lm.show(
    fig,
    caption="The final loss of 1,000 students with k = n = 10, each trained until its gradient is below 0.000001.",
    alt="A histogram with three thin spikes and nothing between them: the tallest at loss 0, one of less than half its "
    "height near 0.019, and a small one near 0.035.",
)

# %% tags=["headline"]
failed = int((runs.loss >= 1e-3).sum())
low, high = lm.binomial_interval(failed, len(runs))
print(f"failed: {failed} of {len(runs):,}, a share of {100 * low:.1f} to {100 * high:.1f} %")
for level in (0.0, 0.0187, 0.0353):
    print(f"at loss {level:6.4f}: {int(((runs.loss - level).abs() < 1e-4).sum())} runs")

# %%
assert lm.shares_agree((failed, len(runs)), (346, 1000))  # Safran and Shamir (2018): 346 of 1,000
assert sum(int(((runs.loss - level).abs() < 1e-4).sum()) for level in (0.0, 0.0187, 0.0353)) >= 995

# %% tags=["reveal"]
lm.reveal(
    "4.1/k10",
    measured=f"{len(runs) - failed} of {len(runs):,} reach loss 0",
    right="two in three",
    explanation="The others end at the same few losses again and again: spikes, not a smear. Something holds them there.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does size help?
#
# Itay Safran and Ohad Shamir published this experiment in 2018, with 1,000 runs for each size from 6 to 20 (in the paper: $F$ is our
# $L$; $k$, $n$, $w_i$, $v_j$ are named as here). A run counts as failed when its loss stays at 0.001 or above. All of it was run again
# for this course, with longer steps than theirs to save time, and is stored here, with sizes up to 64; the first 200 starts of
# five sizes are repeated here.
# Bars are 95 % intervals (Wilson 1927): the shares that a count of this size is compatible with. One in twenty may miss.

# %% tags=["predict"]
lm.predict(
    "4.1/growth",
    "Teacher and student grow together, from $k = n = 6$ to $k = n = 20$. What happens to the share of failed runs?",
    ["it falls: more neurons, more ways out", "it stays near one third", "it grows to nearly all runs"],
)

# %% tags=["experiment"]
experiment = lm.experiments.spurious_minima
live_sizes, sizes = [6, 7, 8, 10, 12], range(6, 21)
live = [experiment.count_failed(experiment.run(k, n=k, seeds=range(200))) for k in live_sizes]
stored = lm.store.load("spurious_minima")
ours = [experiment.count_stored(stored.row(k=k, n=k)) for k in sizes]
theirs = [experiment.published(k, n=k) for k in sizes]
extended = lm.store.load("spurious_minima_extended")  # 10,000 runs up to k = 13, 1,000 from 22 to 32, 200 above
counts = {spec["k"]: lm.experiments.spurious_minima_extended.count(arrays) for spec, arrays in extended.rows}

# %% slideshow={"slide_type": "slide"}
fig, ax = lm.plots.figure(8, 3.6)
beyond = [k for k in counts if k > 20]
lm.plots.draw_shares(ax, sizes, theirs, "Safran and Shamir 2018, 1,000 runs", lm.plots.PALETTE["grey"], "s", "--")
lm.plots.draw_shares(ax, sizes, ours, "run again for this course, 1,000 runs", lm.plots.PALETTE["blue"], "^", ":")
lm.plots.draw_shares(ax, beyond, [counts[k] for k in beyond], "beyond their table", lm.plots.PALETTE["green"], "D", "none")
lm.plots.draw_shares(ax, live_sizes, live, "first 200 of them, repeated here", lm.plots.PALETTE["vermilion"], "o", "none")
ax.set(xlabel="k = n (neurons)", ylabel="failed runs (percent)", ylim=(-3, 104), xticks=(6, 9, 12, *range(16, 65, 4)))
ax.legend(loc="lower right")
caption = "Share of runs that end at a loss of 0.001 or above, with student and teacher of the same size."
alt = "A curve that rises from nearly zero at 6 neurons through a third at 10 to about 95 percent at 20; the points of this course and those repeated here follow it; beyond, up to 64, points near 100."
lm.show(fig, caption=caption, alt=alt)

# %% tags=["headline"]
print("k = n   this course, 1,000 runs    published, 1,000 runs")
for k, here, there in zip(sizes, ours, theirs, strict=True):
    shares = [(100 * count.share, *(100 * end for end in count.interval)) for count in (here, there)]
    print(f"{k:5}   " + "      ".join(f"{share:5.1f} % ({low:4.1f} to {high:4.1f})" for share, low, high in shares))

# %% tags=["headline"]
print("k = n   this course, more runs and sizes beyond the table")
for k in (13, *beyond):
    low, high = counts[k].interval
    print(f"{k:5}   {100 * counts[k].share:5.1f} % of {counts[k].total:6,} ({100 * low:.1f} to {100 * high:.1f})")
print(stored.made)
print(extended.made)

# %%
apart = [k for k, here, there in zip(sizes, ours, theirs, strict=True) if not lm.shares_agree(here[:2], there[:2], z=2)]
assert apart == [13] and abs(counts[13].share - 0.652) < 5e-4
assert [counts[k].failed for k in (22, 32, 40, 48, 64)] == [969, 999, 200, 200, 200]
first = [experiment.count_stored(stored.row(k=k, n=k), members=200) for k in live_sizes]
assert all(abs(now.failed - then.failed) <= 4 for now, then in zip(live, first, strict=True))
one_neuron = [100 * (1 - (1 - there.share) ** (1 / k)) for k, there in zip(sizes, theirs, strict=True)]
assert [round(one_neuron[place], 2) for place in (0, 4, 14)] == [0.05, 4.16, 13.83]

# %% tags=["reveal"]
lm.reveal(
    "4.1/growth",
    measured=f"{ours[0]} at $k = 6$, {ours[-1]} at $k = 20$",
    right="it grows to nearly all runs",
    explanation="And not only because there are more neurons. If neurons failed independently, the published shares would "
    "mean that one fails in 0.05 % of cases at $k = 6$, in 4.2 % at $k = 10$ and in 13.8 % at $k = 20$.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# One size is out of line, $k = 13$: 73.0 % published, 65.0 % here, and 65.2 % in 10,000 runs. The published number also breaks its own row (58.5, 73.0, 73.6&nbsp;%), and
# in the result files that the authors gave out in 2021 it is near 67&nbsp;%. The others with $n = k$ differ by less than two standard errors.
#
# Beyond their table the share goes on rising: of 1,000 runs 969 fail at 22 neurons and 999 at 32, of 200 runs all at 40, 48 and 64.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What a stuck student looks like
#
# Some words first. A *critical point* has gradient zero. Its *Hessian* is the matrix of second derivatives, here with $(nk)^2$
# entries. If all eigenvalues of the Hessian are positive, every direction leads up: a *[strict minimum](../../companion/2_glossary.ipynb#Strict-minimum)*. If one is negative, that
# direction leads down: a *strict [saddle](../../companion/2_glossary.ipynb#Saddle)*. If none is negative but some are zero, the Hessian does not decide. A minimum is *spurious*
# if it is not global.
#
# The network that everyone hopes for is the identity: each student neuron has found a teacher neuron of its own.

# %% tags=["predict"]
lm.predict(
    "4.1/shape",
    "What do the weights of a stuck student look like, once its neurons are put in order?",
    ["no order at all", "two neurons share one teacher neuron", "one neuron points the wrong way, the others lean over"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
six = lm.symmetric_minimum(6)  # (6, 6): solved from equations, since few runs get stuck at k = 6
fig, (solution, stuck) = lm.plots.figure(9, 4, columns=2)
lm.plots.draw_matrix(solution, torch.eye(6))
lm.plots.draw_matrix(stuck, six)
solution.set_title("the solution, loss 0")
stuck.set_title(f"a stuck student, loss {float(lm.teacher_student(6).loss(six.flatten())):.4f}")
lm.show(
    fig,
    caption="Weights of the solution and of a stuck student, k = n = 6. Rows are neurons, columns are inputs.",
    alt="Two 6 by 6 matrices as colours. Left the identity. Right: the first neuron has weight -0.60 on its own input and 0.22 on "
    "the others; each other neuron has 0.99 on its own input, 0.31 on the first and -0.05 elsewhere.",
)

# %% [markdown]
# Neuron 1 points *away* from teacher neuron 1, and the other five lean over by 0.31 to fill the gap. This is example 1 of Safran and
# Shamir (2018); we call it the *symmetric point*, since exchanging neurons 2 to 6 together with their inputs leaves it as it is. It has
# five distinct numbers, by the same symmetry its gradient has five as well, and `lm.symmetric_minimum(k)` solves these five
# equations for any $k$.
#
# Is it the place where training ended above, at the spike of 0.0187? Train the first fifty students again, take one that ended there,
# let `lm.refine` follow Newton's method to the critical point beside it, let `lm.match` permute rows and columns, and compare.

# %% tags=["headline"]
ten = lm.teacher_student(k=10)
fifty = lm.train(ten, lm.starts(ten, seeds=range(50)), lr=0.4, tol=1e-6, max_steps=5000)
ended = fifty.theta[(fifty.loss - 0.0187).abs() < 1e-4][0]
point, target = lm.refine(ten, ended).theta[0], lm.symmetric_minimum(10).flatten()
distance = float((lm.match(ten, point, target) - target).norm())
print("k = 10: the same point, up to the order of neurons and inputs:", distance < 1e-9)
print("k = 10: weight of the reversed neuron on its own input:", round(float(target[0]), 3))

# %%
assert distance < 1e-9

# %% tags=["reveal"]
lm.reveal(
    "4.1/shape",
    measured="at $k = 6$, one neuron has -0.60 on its own input and the five others 0.31 on that input",
    right="one neuron points the wrong way, the others lean over",
    explanation="The spike at 0.0353 has two reversed neurons.",
)

# %% [markdown]
# ## Explore
#
# Choose a size, press *Train*, then walk through the runs by rising loss. **Two settings to try.** Train k = 12 with no extra neuron:
# find a run with none, with one and with two blue squares on the diagonal. Then train 500 runs and look at the very last one, which may
# be of a rare kind: count its blue squares.

# %% slideshow={"slide_type": "slide"}
lm.widgets.SpuriousMinimaExplorer()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Minimum or saddle?
#
# The stuck student has only five different weights, so a gradient of zero is five equations. They have a solution, the *symmetric point*, for every $k \ge 3$. Failures, though, are rare at $k = 6$ (3 of 1,000 published runs), and
# at $k = 5$ none of 500 runs fails. A count cannot tell rare from never. The Hessian can, for this one critical point.

# %% tags=["headline"]
experiment = lm.experiments.spurious_minima
print("k = 5:", experiment.count_failed(experiment.run(5, n=5, seeds=range(500))).failed, "of 500 runs failed")

# %% tags=["predict"]
lm.predict(
    "4.1/birth",
    "What is the smallest eigenvalue of the Hessian at the symmetric point for $k = 3, 4, 5, 6, 7, \\dots$?",
    ["always positive", "negative at first, positive from some k on", "positive at first, negative from some k on"],
)

# %% tags=["experiment"]
family = range(3, 13)
found = [lm.classify(lm.teacher_student(k), lm.symmetric_minimum(k).flatten())[0] for k in family]

# %% slideshow={"slide_type": "slide"}
fig, ax = lm.plots.figure(8, 3.2)
ax.axhline(0, color=lm.plots.PALETTE["grey"])
for kind, marker, color in (("strict saddle", "v", "vermilion"), ("strict minimum", "o", "blue")):
    those = [(k, float(point.eigenvalues[0])) for k, point in zip(family, found, strict=True) if point.kind == kind]
    ax.plot(*zip(*those), marker, markersize=9, color=lm.plots.PALETTE[color], label=kind)
ax.set(xlabel="k = n (neurons)", ylabel="smallest eigenvalue (no unit)")
ax.legend(loc="lower right")
caption = "Smallest Hessian eigenvalue at the symmetric point: between k = 5 and k = 6 a minimum is born."
alt = "Points that rise from left to right: triangles for saddles below zero at 3, 4, 5 neurons, circles for minima above it from 6 on."
lm.show(fig, caption=caption, alt=alt)

# %% tags=["headline"]
for k, point in zip(family, found, strict=True):
    print(f"k = {k:2}   {point.kind:15} smallest eigenvalue {float(point.eigenvalues[0]):7.4f}")

# %%
assert [point.kind for point in found] == 3 * ["strict saddle"] + 7 * ["strict minimum"]
assert abs(float(found[2].eigenvalues[0]) + 0.0077) < 1e-4 and abs(float(found[3].eigenvalues[0]) - 0.0047) < 1e-4

# %% tags=["reveal"]
lm.reveal(
    "4.1/birth",
    measured=f"{float(found[2].eigenvalues[0]):.4f} at $k = 5$, {float(found[3].eigenvalues[0]):.4f} at $k = 6$",
    right="negative at first, positive from some k on",
    explanation="One smooth family of points, and a way down that closes.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# These are floating-point numbers, and rounding might have moved the sign of a small eigenvalue. `lm.certify` leaves no doubt: it
# encloses every rounding error and gives a theorem, or a reason why not ([A proof by computer](2_proof_by_computer.ipynb) shows how).

# %%
saddle = lm.certify(lm.teacher_student(5), lm.symmetric_minimum(5).flatten(), "index-3 saddle")
minimum = lm.certify(lm.teacher_student(6), lm.symmetric_minimum(6).flatten(), "strict local minimum", not_global=True)
minimum

# %%
assert saddle.proved and minimum.proved and minimum.not_global and minimum.eigenvalue_bound > 0.0046

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Which way was down?
#
# One would think: the reversed neuron turns around. Look at the direction itself. At $k = 5$ the lowest eigenvalue belongs to three
# independent directions: neuron 1 may favour any of the inputs 2 to 5 over the others. Here it favours 2 over 3.

# %%
five = lm.teacher_student(k=5)
saddle = lm.symmetric_minimum(5).flatten()
lowest = torch.linalg.eigh(five.hessian(saddle)).eigenvectors[:, :3]  # (25, 3)
wish = torch.zeros(5, 5, dtype=torch.float64)
wish[0, 1], wish[0, 2] = 1, -1  # neuron 1 turns to input 2, away from input 3
down = lowest @ (lowest.T @ wish.flatten())
down = down / down.norm()
after = lm.train(five, saddle + 0.05 * down, lr=0.4).theta.reshape(5, 5)

# %% slideshow={"slide_type": "slide"}
fig, axes = lm.plots.figure(9.5, 3.5, columns=3)
for ax, W, title in zip(axes, (saddle, down, after), ("saddle, k = 5", "way down", "where it leads"), strict=True):
    lm.plots.draw_matrix(ax, W.reshape(5, 5))
    ax.set_title(title)
lm.show(
    fig,
    caption="From the saddle at k = 5, along the way down, to the solution: neurons 1 and 2 swap their roles.",
    alt="Three 5 by 5 matrices as colours. The saddle with one reversed neuron. The way down, with zero in the first corner, "
    "where neuron 1 gains weight on input 2 and neuron 2 on input 1. The end: a permuted identity with neurons 1 and 2 exchanged.",
)

# %%
assert abs(float(down[0])) < 1e-9 and (after.round() - torch.eye(5, dtype=after.dtype)[[1, 0, 2, 3, 4]]).abs().max() < 1e-6

# %% [markdown]
# In the middle picture the corner is zero: at first the reversed weight does not move at all. Neuron 1 goes for *another* teacher
# neuron, and that one's owner takes over the gap; the opposite sign would make it trade with neuron 3. The curvature of this move is
# $-0.0077$ at $k = 5$. At $k = 6$ it is $+0.0047$, the lowest of all: the same move leads up, and the student is stuck.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One neuron more
#
# Take a stuck student and split one of its neurons: replace $w_i$ by two neurons $\alpha w_i$ and $(1 - \alpha) w_i$ with $0 < \alpha < 1$.
# Since $[\alpha z]_+ + [(1-\alpha) z]_+ = [z]_+$, the network computes the same function and the loss is the same. The gradient of a
# neuron, $\mathbb{E}\,(\text{error} \cdot x$ where $w_i^\top x > 0)$, depends on its direction alone, so it is still zero. But the parts can now
# move *apart*, by $+u$ and $-u$ with $u$ at a right angle to $w_i$. Their sum then opens a narrow ridge along the kink $w_i^\top x = 0$.

# %% slideshow={"slide_type": "slide"}
z = torch.linspace(-2, 2, 401)
fig, ax = lm.plots.figure(8, 2.6)
ax.plot(z, z.relu(), color=lm.plots.PALETTE["grey"], label="one neuron, or its two halves")
ax.plot(z, (z / 2 + 0.3).relu() + (z / 2 - 0.3).relu(), "--", color=lm.plots.PALETTE["vermilion"], label="the halves moved apart")
ax.set(xlabel="w·x, along the neuron (no unit)", ylabel="output (no unit)")
ax.legend()
lm.show(
    fig,
    caption="Moved apart, two halves of a neuron add a ridge along its kink. (Drawn for inputs x with u·x = 0.3.)",
    alt="The ReLU as a grey line with its kink at zero. A dashed line agrees with it far from zero and lies above it near zero, "
    "highest at the kink itself.",
)

# %% tags=["predict"]
lm.predict(
    "4.1/split",
    "Split one neuron of the minimum for $k = 7$ in two halves. What is the new point?",
    ["still a strict minimum", "a saddle, whichever neuron is split", "a saddle only if the reversed neuron is split"],
)

# %% tags=["experiment"]
seven = lm.symmetric_minimum(7)
wider = lm.teacher_student(k=7, n=8)
split = torch.stack([torch.cat([seven, seven[i : i + 1]]) for i in range(7)])  # (7, 8, 7): neuron i stands twice
for i in range(7):
    split[i, [i, 7]] *= 0.5
halved = lm.classify(wider, split.flatten(1))

# %% tags=["headline"]
before = float(lm.teacher_student(7).loss(seven.flatten()))
print(f"loss before {before:.6f}, after {float(halved.loss.max()):.6f}")
for i, point in enumerate(halved):
    smallest = float(point.eigenvalues[0])
    print(f"neuron {i + 1} split: {point.kind}, {int(point.index)} negative eigenvalues, smallest {smallest:.3f}")

# %%
assert set(halved.kind) == {"strict saddle"} and (halved.loss - before).abs().max() < 1e-12
assert halved.index.tolist() == 7 * [6]

# %% tags=["reveal"]
lm.reveal(
    "4.1/split",
    measured="seven splits, seven saddles",
    right="a saddle, whichever neuron is split",
    explanation="That some neuron can be split in this way is proved under a condition (Safran, Yehudai and Shamir 2021). "
    "That every neuron can was measured, by them and here.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# Each split has six negative eigenvalues: along *every* direction at a right angle to the neuron the ridge leads down,
# because the student's output is too low along the kink. So the wider student has a way down from this trap. Does training find
# it? Train $k = 12$ with one and two extra neurons, beside the published counts (for one, they begin at $k = 8$) and this course's.

# %% slideshow={"slide_type": "slide"}
experiment = lm.experiments.spurious_minima
extra = [experiment.count_failed(experiment.run(12, n, seeds=range(100))) for n in (13, 14)]
rows = lm.store.load("spurious_minima").rows
fig, ax = lm.plots.figure(8, 3.2)
for more, (color, marker, dash) in enumerate([("grey", "s", "-"), ("green", "^", "--"), ("purple", "D", ":")]):
    sizes, ours = zip(*((s["k"], experiment.count_stored(a)) for s, a in rows if s["n"] - s["k"] == more), strict=True)
    theirs = [experiment.published(k, k + more) for k in sizes]
    lm.plots.draw_shares(ax, sizes, theirs, ("n = k", "n = k + 1", "n = k + 2")[more] + ", published", lm.plots.PALETTE[color], marker, dash)
    here = "run again for this course" if more == 0 else None
    lm.plots.draw_shares(ax, [k + 0.2 for k in sizes], ours, here, lm.plots.PALETTE["blue"], "o", "none")
ax.set(xlabel="k, teacher neurons (number)", ylabel="failed runs (percent)", ylim=(-3, 104))
ax.legend(loc="upper left")
alt = "Three curves: with no extra neuron steep from 6 on, with one flat until 13 and half of all runs at 19, with two zero."
caption = "Share of runs above a loss of 0.001, 1,000 runs a point. Circles stand a little to the right."
lm.show(fig, caption=caption, alt=alt)

# %% tags=["headline"]
for more, count in zip((1, 2), extra, strict=True):
    at_rest = count.failed - count.unfinished
    print(f"k = 12, n = {12 + more}: of {count.total} runs {at_rest} rest above 0.001, {count.unfinished} are still moving there")

# %%
apart = [s for s, a in rows if not lm.shares_agree(experiment.count_stored(a)[:2], experiment.published(**s)[:2])]
assert all(spec == {"k": 13, "n": 13} for spec in apart)
assert extra[0].failed - extra[0].unfinished <= 4 and extra[1].failed == 0

# %% [markdown] slideshow={"slide_type": "slide"}
# A run that is *still moving* when its steps are used up has not been shown to fail: it may be slow. The share in the figure counts it,
# as the published one does. With extra neurons the valleys are flatter and training takes longer.
#
# And the runs at rest, do they sit at minima? All failed runs of the figure went on to a gradient below $10^{-10}$, and then their ends were proved: one point of
# each kind by a certificate, the others by an exact exchange of neurons and inputs that takes them into its [ball](../../companion/2_glossary.ipynb#Ball).

# %% tags=["headline"]
proofs, found = lm.store.load("spurious_minima_proofs"), {}
for more in (0, 1):
    arrays = [each for spec, each in proofs.rows if spec["n"] - spec["k"] == more]
    found[more] = [sum(int(each[name].sum()) for each in arrays) for name in ("failed", "left", "proved")]
    failed, left, proved = found[more]
    print(f"{('n = k', 'n = k + 1')[more]}: {failed:,} failed; {proved:,} proved to end beside a minimum that is not global;", end=" ")
    print(f"{left} come below 0.001 after all, {failed - left - proved} end beside a saddle")
print(proofs.made)

# %%
assert found == {0: [8506, 0, 8506], 1: [1563, 85, 1472]}

# %% [markdown]
# Without a spare neuron every failed run is stuck, proved. With one, 85 of 1,563, about 5 %, had only been resting near a saddle and left it, and 6 still sit at one: a small gradient is not a minimum, as the
# [first extra part](#Extra:-a-small-gradient-is-not-a-minimum) shows. (The proofs are this course's; the authors checked their runs by a lemma of their own.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The theorem
#
# **Theorem (Safran and Shamir 2018).** *For $6 \le k = n \le 20$, every input dimension $d \ge k$ and orthonormal teacher neurons,
# $L$ has local minima that are not global.*
#
# It is proved with a computer's help. Gradient descent proposes a point; a lemma turns bounds on its gradient, its
# Hessian and the third derivatives into "within this distance there is a minimum"; exact arithmetic checks the
# bounds. This lesson proves its own points with `lm.certify`; the shares are measured.
#
# | assumption | what it buys | without it |
# |---|---|---|
# | $n = k$ | a solution that is isolated, up to order | $n = k + 1$: fewer runs fail; $n = k + 2$: none was met for $n \le 20$ |
# | orthonormal $v_j$ | symmetry, five numbers instead of $k^2$ | the statement holds for nearly all teachers in high dimension (same paper) |
# | Gaussian inputs | a closed form | not covered |
# | $k \ge 6$ | the way down is closed | $k = 3, 4, 5$: this point is a saddle, proved for 5, measured for 3 and 4; that no other minimum exists is not proved |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# - *That these minima are bad.* At $k = 6$ the stuck loss is 0.025; the best constant answer has 1.02, the best affine one 0.27.
#   With one reversed neuron $k L$ tends to about 0.3, slowly (0.15 at $k = 6$); other families keep a positive loss (Arjevani and Field 2020).
# - *That the shares belong to the landscape.* They belong to the landscape **and** to the starts, as the exercises show.
# - *That two extra neurons are always enough.* Random starts met no trap with two spare neurons, up to $n = 20$. The
#   [next lesson](2_proof_by_computer.ipynb) finds one by another way and proves it.
# - *That width makes the bottom [convex](../../companion/2_glossary.ipynb#Convex).* The opposite is proved: for $n > k$ every neighbourhood of a differentiable global minimum
#   has points with a negative eigenvalue (Safran, Yehudai and Shamir 2021).
# - *That splitting clears the landscape.* It opens the minima of the smaller network. With $k = 19$, $n = 20$ half of the published runs end
#   at points where the authors' lemma, applied to the end of each run, confirms a minimum.

# %%
constant, affine = 6 * (torch.pi - 1) / (4 * torch.pi), 6 * (torch.pi - 2) / (8 * torch.pi)
assert abs(constant - 1.02) < 0.005 and abs(affine - 0.27) < 0.005

# %% tags=["quiz"]
lm.quiz(
    "4.1/evidence",
    "Training stops at loss 0.02 with a gradient of $10^{-10}$. What is the best evidence that a minimum is near?",
    [
        ("The gradient is that small.", False, "Two published runs had a gradient like this and sat at saddles."),
        ("Many other runs end at the same loss.", False, "A saddle with a flat exit gathers runs too."),
        ("All Hessian eigenvalues are clearly positive.", True, "By more than gradient and rounding could explain."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "4.1/width",
    "Why does one spare neuron help against the traps that the smaller network had?",
    [
        ("It adds a second solution.", False, "It adds many, but a trap with no way down would stay a trap."),
        ("The parts of a split neuron can move apart, and that leads down.", True, "A negative eigenvalue, seven times out of seven."),
        ("It makes the loss convex.", False, "No: near its global minima the wider loss has negative curvature."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: a small gradient is not a minimum
#
# At $k = 5$ the symmetric point is a saddle with a very flat way down. Start a few millionths away from it, and watch the loss and
# the gradient as training sees them.

# %% tags=["predict"]
lm.predict(
    "4.1/plateau",
    "Steps of 0.4, start a few millionths away from the saddle at $k = 5$. When has the loss visibly changed?",
    ["after about 40 steps", "after about 4,000 steps", "never: the gradient is too small"],
)

# %% tags=["experiment"]
five = lm.teacher_student(k=5)
theta = lm.symmetric_minimum(5).flatten() + 1e-6 * lm.starts(five, seeds=[1], scheme="normal")[0]
path = [theta]
for _ in range(6000):
    theta = theta - 0.4 * five.gradient(theta)
    path.append(theta)
losses, norms = five.loss(torch.stack(path)), five.gradient(torch.stack(path)).norm(dim=1)
leaves = int((losses < 0.99 * losses[0]).nonzero()[0])

# %% slideshow={"slide_type": "slide"}
fig, (above, below) = lm.plots.figure(8, 4, rows=2, sharex=True)
above.plot(losses, color=lm.plots.PALETTE["blue"])
above.set(ylabel="loss (no unit)")
below.semilogy(norms, color=lm.plots.PALETTE["vermilion"], linestyle="--")
below.set(xlabel="step (number)", ylabel="|gradient| (no unit)")
lm.show(
    fig,
    caption="Gradient descent from beside a saddle: a long plateau with a tiny gradient, then the way down.",
    alt="Above, the loss stays level at 0.027 for thousands of steps and then falls to zero within a few hundred. Below, on a "
    "logarithmic axis, the length of the gradient drops to a hundred-millionth and then grows along a straight line.",
)

# %% tags=["headline"]
print("smallest gradient on the plateau is below 1e-7:", bool(norms[:leaves].min() < 1e-7))
print("steps until the loss has fallen by one percent:", f"{round(leaves, -2):,}")

# %%
assert 3500 < leaves < 4500 and norms[:leaves].min() < 1e-7 and losses[-1] < 1e-6

# %% tags=["reveal"]
lm.reveal(
    "4.1/plateau",
    measured=f"after about {round(leaves, -2):,} steps",
    right="after about 4,000 steps",
    explanation="Near a saddle the distance grows by the same factor at each step, here $1 + 0.4 \\cdot 0.0077$: slow, then sudden.",
)

# %% [markdown]
# This is no curiosity. In the authors' result files one run with $(k, n) = (15, 16)$ and one with $(17, 18)$ sit at a saddle with a
# gradient of $2 \cdot 10^{-10}$; the Hessian gives them away.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: other teachers
#
# Orthonormal teacher neurons are tidy. Are the traps an artefact of that? In high dimension they are not: Safran and Shamir (2018) prove
# that for sizes from 6 to 20 nearly all teachers with random directions have spurious minima, if $d$ is large enough. Random vectors in
# high dimension are nearly at right angles, and a strict minimum survives a small change. How large is large? Write the
# symmetric point in the frame of a random teacher, descend, and see whether the student finds a way out.

# %%
frame, held = lm.symmetric_minimum(10), {12: [], 50: []}
for d, those in held.items():
    for V in lm.starts(lm.teacher_student(10, 10, d), seeds=range(8)).unflatten(1, (10, d)):
        V = V / V.norm(dim=1, keepdim=True)
        other = lm.teacher_student(10, 10, d, teacher=V)
        end = lm.train(other, (frame @ V).flatten(), lr=0.4, tol=1e-5, max_steps=4000)
        if float(end.loss) > 1e-3:
            those.append((other, end.theta[0]))

# %% tags=["headline"]
for d, those in held.items():
    print(f"k = n = 10, d = {d}: {len(those)} of 8 random teachers hold the student")

# %%
assert [len(those) for those in held.values()] == [4, 7]
other, theta = held[12][0]
lm.certify(other, lm.refine(other, theta).theta[0], not_global=True)

# %% [markdown]
# That one is proved: a teacher without any symmetry, and a strict minimum that is not global.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# A student of exactly the right size often ends in a strict local minimum, and nearly always when $k$ is large. In the simplest trap
# one neuron points the wrong way while the others fill the gap; larger students have several. With a spare neuron this trap becomes
# a saddle.
#
# | quantity | found here (95 % interval) | published |
# |---|---|---|
# | failed runs, $k = n = 10$ | 30.7 % of 1,000 (27.9 to 33.6) | 34.6 % of 1,000 (31.7 to 37.6) |
# | failed runs, $k = n = 20$ | 95.8 % of 1,000 (94.4 to 96.9) | 94.9 % of 1,000 (93.4 to 96.1) |
# | loss of the stuck student, $k = 6$ | 0.0251 | 0.0251 |
# | smallest eigenvalue there | -0.0077 at $k = 5$, 0.0047 at $k = 6$, both signs proved here | 0.0047 at $k = 6$ |
# | failed runs, $k = 19$, $n = 20$ | 50.8 % of 1,000 (47.7 to 53.9) | 49.1 % of 1,000 (46.0 to 52.2) |
# | failed runs, $k = 18$, $n = 20$ | 0 of 1,000 (0 to 0.4&nbsp;%) | 0 of 1,000 (0 to 0.4&nbsp;%) |
#
# ## Go on
#
# - Exercises: [Spurious minima](../../exercises/4_over_parameterization/1_spurious_minima.ipynb), then
#   the [solutions](../../solutions/4_over_parameterization/1_spurious_minima.ipynb).
# - Next: [A proof by computer](2_proof_by_computer.ipynb), how such a theorem is proved on your own machine.
# - Safran and Shamir, *Spurious local minima are common in two-layer ReLU neural networks*, ICML 2018: the experiment and its proof.
# - Safran, Yehudai and Shamir, *The effects of mild over-parameterization on the optimization landscape of shallow ReLU neural
#   networks*, COLT 2021: when a neuron of a trap can be split.
# - Arjevani and Field, *Symmetry and critical points for a model shallow neural network*, arXiv 2003.10576 (2020): these
#   points as families in $k$, with formulas.
