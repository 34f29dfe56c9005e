# %% [markdown] slideshow={"slide_type": "slide"}
# # ReLU: what is and what is not a blind spot
#
# *Training has stopped. No step, however small, makes the loss lower. Is the network walled in?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **read** a ReLU network on a line neuron by neuron, **tell** a trap from a terrace, **prove** how high a wall is, **find** a way out, **explain** why a Hessian decides neither |
# | You need first | [Start here](../../00_start_here.ipynb); ReLU networks, least squares, eigenvalues |
# | To read | 40 minutes, and 15 for the two extra parts |
# | To run | about 10 seconds on one core |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One neuron, five samples
#
# A network with one input $x$ and $n$ hidden neurons computes
#
# $$ f(x) \;=\; \sum_{j=1}^{n} v_j\, [w_j x + b_j]_+ + c, \qquad [z]_+ = \max(0, z), \qquad L = \sum_i \big(f(x_i) - y_i\big)^2 . $$
#
# Neuron $j$ is *on* where $w_j x + b_j > 0$: on one side of its *kink* $x = -b_j / w_j$. An input at which no neuron is on lies in the
# network's *blind spot*; a sample there can teach $c$ alone. Grzegorz Swirszcz, Wojciech Czarnecki and Razvan Pascanu (2016) made
# small data sets to see what that does to training. (In the paper: the letters are the same.) The first has five samples and needs one neuron.

# %%
import torch
import lmcourse as lm

# %% slideshow={"slide_type": "slide"}
data = lm.data.relu_example(1)
stuck, best = lm.landmark("relu 1, trap"), lm.landmark("relu 1, solution")  # points of the paper, by name
fig, axes = lm.plots.figure(11, 4, columns=2)
for ax, point in zip(axes, (stuck, best), strict=True):
    lm.plots.draw_relu_line(ax, point.land, point.theta, data)
    ax.set_title(f"w, b, v, c = {', '.join(f'{value:g}' for value in point.theta)}: loss {point.loss:g}")
lm.show(
    fig,
    caption="Two networks on the same five samples (diamonds). The row below shows where the neuron is on; the blind spot is hatched.",
    alt="Left, a line that is zero up to the kink at 3 and then rises through three samples; two samples far above and below it lie in "
    "the hatched part. Right, a line that falls steeply through the leftmost sample and is zero from the kink on.",
)

# %% tags=["predict"]
lm.predict(
    "2.2/ends",
    "Train 200 such networks from random starts until they come to rest. At how many different losses do they end?",
    ["at one", "at two, 14 and 18", "at four", "at dozens"],
)

# %% tags=["experiment"]
land = lm.relu_mlp([1, 1, 1], lm.data.relu_example(1))
starts = lm.starts(land, seeds=range(200), scheme="normal")  # everything N(0, 1)
runs = lm.train(land, starts, lr=0.001, tol=1e-6, max_steps=30_000)
affine = 614 / 29  # the loss of the best straight line
levels = {"14, the solution": 14, "18, the point on the left": 18, "best straight line": affine, "best constant": 21.2}

# %% tags=["headline"]
for name, level in levels.items():
    count = int(((runs.loss - level).abs() < 1e-4).sum())
    low, high = lm.binomial_interval(count, len(runs))
    print(f"{level:7.4f}  {name:26} {count:3} of {len(runs)} runs, a share of {low:.0%} to {high:.0%}")

# %%
at_levels = sum(((runs.loss - level).abs() < 1e-4).int() for level in levels.values())
assert at_levels.tolist() == [1] * 200

# %% tags=["reveal"]
lm.reveal(
    "2.2/ends",
    measured="four losses: 14, 18, 21.1724 and 21.2",
    right="at four",
    explanation="The two highest are networks without a kink among the samples: on at all of them, or constant.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How high is the wall?
#
# At $(w, b, v, c) = (1, -3, 1, 0)$, with loss 18, the gradient is zero. Could a better optimiser walk from there to the solution, loss 14, without
# ever going up? Here is one walk: take the output weight away ($v \to 0$), turn the neuron to the other side, give the weight back.

# %% tags=["predict"]
lm.predict(
    "2.2/wall",
    "Over all paths from loss 18 to loss 14: how high must even the best one climb?",
    ["it need not climb", "a little, below 18.5", "to 21.2, the loss of the best constant"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
stuck = lm.landmark("relu 1, trap")
corners = [[1, -3, 1, 0], [1, -3, 0, 0.6], [-7, -4, 0, 0.6], [-7, -4, 1, 0]]  # w, b, v, c
fig, ax = lm.plots.figure(8, 2.8)
heights = lm.plots.draw_walk(ax, stuck.land, corners, "one neuron", lm.plots.PALETTE["blue"])
ax.axhline(21.2, color=lm.plots.PALETTE["grey"], linestyle=":")
lm.show(
    fig,
    caption="The loss along the walk. Dots mark its corners; the dotted line is the loss of the best constant, 21.2.",
    alt="A curve that starts at 18, climbs to 21.2 in the first leg, stays level in the second and falls to 14 in the third.",
)

# %%
proof = lm.certify(stuck.land, stuck.theta, "minimum behind a barrier", stops=corners[1:])
assert proof and abs(float(heights.max()) - 21.2) < 1e-12
proof

# %% tags=["reveal"]
lm.reveal(
    "2.2/wall",
    measured="21.2, proved: a barrier of exactly 3.2",
    right="to 21.2, the loss of the best constant",
    explanation="No path does better than the walk above.",
)

# %% [markdown]
# The proof fits on a slide. A path from $w = 1$ to $w = -7$ passes $w = 0$. There $f$ is constant, and no constant has a loss below 21.2.
# What is left to show: as long as $w > 0$, the loss stays at 18 or above. If $v \ge 0$, then $f$ never falls, so $f(-1) \le f(1)$, while the targets
# fall from 3 to -3; these two samples alone cost at least 18. If $v < 0$, then $f$ is level first and falls later, which suits the other
# targets even less: finitely many least-squares problems, one for each gap between samples in which the kink may lie, settle it, and
# the certificate above solves them in exact fractions.
#
# So this is a **trap**: descent in infinitely small steps that starts with $w > 0$ and a loss below 21.2 never reaches 14.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two neurons, six samples
#
# The second data set needs two neurons. Compare the two networks below. On the left no sample lies in the blind spot; the loss is 8/3, and the
# gradient is zero. On the right the sample $x = 1$ lies in the blind spot, and the loss is zero.

# %% slideshow={"slide_type": "slide"}
data, stuck, best = lm.data.relu_example(2), lm.landmark("relu 2, interior"), lm.landmark("relu 2, solution")
fig, axes = lm.plots.figure(11, 4.4, columns=2)
for ax, point in zip(axes, (stuck, best), strict=True):
    lm.plots.draw_relu_line(ax, point.land, point.theta, data)
    ax.set_title(f"loss {float(point.land.loss(point.theta)):.4f}")
lm.show(
    fig,
    caption="Left: every sample has a neuron that is on (full circles). Right: a perfect fit, and at x = 1 no neuron is on.",
    alt="Left, a line falls past three samples that it misses slightly, is level, and falls again through three samples. Right, it falls "
    "more steeply through two samples, is level through the third at x = 1 in the hatched part, and falls through the last three.",
)

# %%
minimum = lm.certify(stuck.land, stuck.theta, "minimum on linear pieces", not_global=True, better=best.theta)
assert minimum and minimum.loss_bounds[0] == minimum.loss_bounds[1] and minimum.loss_bounds[0] * 3 == 8
minimum

# %% [markdown]
# Why is it a minimum? As long as neuron 1 alone is on at $x = -1, 0, 1$, the outputs there lie on a straight line, and no line misses these three
# targets by less than 8/3 in sum of squares. All nearby networks are of this kind. A blind spot is not what holds this network.

# %% tags=["predict"]
lm.predict(
    "2.2/exit",
    "The point on the left is a proved local minimum with loss 8/3. How high must a path from it to loss 0 climb?",
    ["well above 8/3, as in the first example", "a little above 8/3", "not at all"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
stuck = lm.landmark("relu 2, interior")
edge = ["-3", "1", "3", "-26/3", "1", "-1", "-5/3"]  # w1, w2, b1, b2, v1, v2, c: the kink of neuron 1 reaches x = 1
stops = [edge, [-5, 1, 1, -8, 1, -1, -1]]
way_out = lm.certify(stuck.land, stuck.theta, "exit that never rises", stops=stops)
corners = [stuck.theta.tolist(), [-3, 1, 3, -26 / 3, 1, -1, -5 / 3], [-5, 1, 1, -8, 1, -1, -1]]
fig, ax = lm.plots.figure(8, 2.8)
heights = lm.plots.draw_walk(ax, stuck.land, corners, "two neurons", lm.plots.PALETTE["green"], "--")
lm.show(
    fig,
    caption="The loss along a walk of two legs, from the minimum on the left to the solution on the right.",
    alt="A curve that is exactly level at 8/3 in the first leg and falls smoothly to zero in the second.",
)

# %%
assert way_out and (heights[0] - 8 / 3).abs().max() < 1e-12 and float(heights[1, -1]) < 1e-12
way_out

# %% tags=["reveal"]
lm.reveal(
    "2.2/exit",
    measured="not at all: level, then down, proved for every point of the path",
    right="not at all",
    explanation="A local minimum need not be the bottom of a bowl.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# This is the surprise of the lesson. Both points are local minima, both proofs are exact, and gradient descent stops at both. Yet
# the first has a wall around it, and the second is a **terrace**: a level floor of local minima with an edge, and at the edge
# a way down. On the first leg $c$ rises from -2 to -5/3 while both kinks move left; no output at a sample changes. At
# the corner the kink of neuron 1 reaches $x = 1$: the edge. Beyond it $x = 1$ is in the blind spot, and neuron 1 is free to serve the other two. To lose sight
# of a sample is what it takes to get free.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does training find the way?
#
# A path exists; gradient descent does not know it. Push 100 copies of the network 0.05 away in random directions, and train. Do it in
# the middle of the terrace, and at its edge.

# %% tags=["predict"]
lm.predict(
    "2.2/push",
    "How many of 100 pushed networks reach loss zero?",
    ["none from the middle, most from the edge", "about half from either", "all: the terrace has a way down"],
)

# %% tags=["experiment"]
stuck = lm.landmark("relu 2, interior")
edge = torch.tensor([-3, 1, 3, -26 / 3, 1, -1, -5 / 3], dtype=torch.float64)
push = lm.starts(stuck.land, seeds=range(100), scheme="sphere") * 0.05 / stuck.land.dim**0.5  # length 0.05
ends = [lm.train(stuck.land, place + push, lr=0.001, tol=1e-5, max_steps=15_000) for place in (stuck.theta, edge)]

# %% tags=["headline"]
for place, end in zip(("the middle", "the edge"), ends, strict=True):
    free, held = int((end.loss < 0.01).sum()), int(((end.loss - 8 / 3).abs() < 0.01).sum())
    low, high = lm.binomial_interval(free, 100)
    print(f"from {place:10}: {held:3} back at 8/3, {free:3} reach zero, a share of {low:.0%} to {high:.0%}")

# %%
assert int((ends[0].loss < 0.01).sum()) == 0 and 50 <= int((ends[1].loss < 0.01).sum()) <= 80

# %% tags=["reveal"]
lm.reveal(
    "2.2/push",
    measured=f"{int((ends[0].loss < 0.01).sum())} from the middle, {int((ends[1].loss < 0.01).sum())} from the edge",
    right="none from the middle, most from the edge",
    explanation="A level floor has no slope to follow. Where descent lands on it, it stays.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What the Hessian says
#
# The *Hessian* is the matrix of second derivatives. One negative eigenvalue would show a way down. Compare the trap with the terrace. In the
# trap, $x = 3$ sits exactly on the kink; its error is zero, so the gradient exists, but the second derivatives depend on the side.

# %% tags=["predict"]
lm.predict(
    "2.2/hessian",
    "Which of the two Hessians gives the way out away?",
    ["the terrace has a negative eigenvalue", "the trap has none that is zero", "neither: no negative ones, zeros in both"],
)

# %% tags=["experiment"]
trap, terrace = lm.landmark("relu 1, trap"), lm.landmark("relu 2, interior")
on_at_kink = lm.relu_mlp([1, 1, 1], lm.data.relu_example(1), at_kink="on")
hessians = {
    "trap, x = 3 counts as off": trap.land.hessian(trap.theta),
    "trap, x = 3 counts as on": on_at_kink.hessian(trap.theta),
    "terrace": terrace.land.hessian(terrace.theta),
}

# %% tags=["headline"]
for name, hessian in hessians.items():
    values = torch.linalg.eigvalsh(hessian)
    print(f"{name:26}", " ".join(f"{float(value):9.4f}" for value in values.where(values.abs() > 1e-9, 0)))

# %%
off, on, level = (torch.linalg.eigvalsh(hessian) for hessian in hessians.values())
assert abs(float(off[1]) - 0.4552) < 1e-4 and abs(float(on[1]) - 2) < 1e-9 and abs(float(off[0])) < 1e-9
assert level[:3].abs().max() < 1e-9 and abs(float(level[3]) - 2.6371) < 1e-4

# %% tags=["reveal"]
lm.reveal(
    "2.2/hessian",
    measured="the lowest eigenvalue is zero, three times out of three",
    right="neither: no negative ones, zeros in both",
    explanation="The Hessian sees no difference between a wall and a way out.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The zeros are forced. For $a > 0$ the neuron $(a w, a b, v / a)$ computes the same as $(w, b, v)$: one level direction for each neuron that is on
# somewhere. The terrace has two of these, along which nothing ever changes, and a third, along which $c$ rises and the kinks move: the way
# out. Its eigenvalue is zero like theirs.

# %%
terrace = lm.landmark("relu 2, interior")
level = torch.tensor(
    [
        [-3, 0, 10 / 3, 0, -1, 0, 0],  # neuron 1 scaled: +w, +b, -v
        [0, 1, 0, -9, 0, 1, 0],  # neuron 2 scaled
        [0, 0, -1, 1, 0, 0, 1],  # the way out: both kinks move, c rises
    ],
    dtype=torch.float64,
)
assert (terrace.land.hessian(terrace.theta) @ level.T).abs().max() < 1e-9

# %% [markdown]
# So at a ReLU minimum "no negative eigenvalue" proves nothing, and "all positive" never happens. What does prove something is the argument
# used above: near the point the network moves on finitely many linear pieces, on each of which the loss is a convex quadratic of
# the outputs; solve them all exactly.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Explore
#
# Drag a kink (triangle) or a sample (diamond), or move to one with the Tab key and use the arrow keys (with Shift: ten steps). Two settings to try:
#
# - *Example* "two neurons", *Percent of the walk* from 0 to 50 and on to 100. Watch $x = 1$ in the row of neuron 1, and the line that says what
#   is proved. At 60, press *Descend*.
# - *Example* "one neuron", at 0. Move sample 5, the one at $x = -1$, down to $y = 1$ (Shift and the down key, twice) and press *Descend*: the network
#   settles at loss 8. The best network that looks to the left still has 14, as it fits this sample wherever it lies. Which of the two is the trap now?

# %%
lm.widgets.ReluExplorer()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The theorem
#
# **Propositions 1 and 2 (Swirszcz, Czarnecki and Pascanu 2016).** *(1) For the five samples above and one hidden neuron, $(w, b, v, c) = (1, -3, 1, 0)$
# is a local minimum that is not global. (2) For the six samples above and two hidden neurons there is a local minimum that is not global, with no sample in a
# blind spot, while the global solution has one.*
#
# Both are proved, there and here. In the paper's weights for (2) the sign of $w_2$ is misprinted (-1 for 1) in all versions that we saw; as printed, the
# "global" point has loss 29. Its local minimum has $x = 10$ on a kink; ours is another point of the same terrace, away from kinks.
# The word terrace is this course's. So are the proofs that 14 is global in (1), that the barrier is 3.2, and that there is a way out of (2).
#
# | assumption | what it buys | without it |
# |---|---|---|
# | these samples | exact fractions | move one in the explorer: the trap can become the solution |
# | as few neurons | none to spare | a second neuron opens the wall of (1): exercise 5 |
# | one input | the places of a kink can be counted | no exact barrier is known to us |

# %%
best = lm.landmark("relu 1, solution")
assert lm.certify(best.land, best.theta, "global minimum of one neuron")
printed = torch.tensor([-5, -1, 1, -8, 1, -1, -1], dtype=torch.float64)
assert float(lm.landmark("relu 2, solution").land.loss(printed)) == 29

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# - *That blind spots are bad.* They are neither needed to get stuck nor always harmful: the perfect fit of the second example has one.
# - *That a terrace is harmless.* A path that never rises is no promise that descent finds it: from the middle 0 of 100 did.
# - *That practical networks are full of traps.* These have one or two neurons and data made for the purpose. The authors' point is that
#   "there are no bad minima" cannot be proved without assumptions on data and start.

# %% tags=["quiz"]
lm.quiz(
    "2.2/prove",
    "A ReLU network has gradient zero and a Hessian with three zero and four positive eigenvalues. What follows?",
    [
        ("It is a local minimum.", False, "A zero eigenvalue leaves its direction open, and on a kink the Hessian is one-sided."),
        ("It is no strict minimum.", True, "A live neuron can be scaled, so there are always points of the same loss nearby."),
        ("It is a saddle.", False, "Both points of this lesson have such Hessians, and both are minima."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "2.2/terrace",
    "What makes the second example a terrace and not a trap?",
    [
        ("Its loss is lower.", False, "The height of the floor does not matter, only whether a path leaves it without climbing."),
        ("A level path reaches an edge, and beyond it the loss falls.", True, "The edge is where a sample meets a kink."),
        ("No sample is in the blind spot.", False, "That tells nothing: at the exit a sample enters the blind spot."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: three neurons and a wrong split
#
# Proposition 3 has three neurons and six samples, three on either side of $x = 6$. One local minimum gives the left side one neuron and the right side two,
# loss 2/3. Another gives the left two and the right one, loss 1/6; the paper calls it "better". Neither is the best: with $c$ as a third
# level, one neuron fits the left side exactly, and two remain for the right (found while this course was made). In the explorer, "three neurons" walks
# from 1/6 to zero.

# %%
worse, better = lm.landmark("relu 3, worse"), lm.landmark("relu 3, better")
zero = torch.tensor([-3, 1, 1, 1, -11, -8, 1, -1, -1, -1], dtype=torch.float64)  # w, b, v, c
for point in (worse, better):
    assert lm.certify(point.land, point.theta, "minimum on linear pieces", not_global=True, better=zero)
assert lm.certify(worse.land, zero, "global minimum")
on_its_side = [-3, -1.5, 1.5, 1, 0, -79 / 6, 1, 0, -1, -1]  # neuron 1 does the work of both, v2 = 0
across = [-3, 1, 1.5, 1, -11, -79 / 6, 1, 0, -1, -1]  # so neuron 2 may move to the other side
corners = [better.theta.tolist(), on_its_side, across, zero.tolist()]
assert lm.certify(better.land, better.theta, "exit that never rises", stops=corners[1:])

# %% slideshow={"slide_type": "slide"}
fig, ax = lm.plots.figure(8, 2.8)
heights = lm.plots.draw_walk(ax, better.land, corners, "three neurons", lm.plots.PALETTE["purple"], "-.")
lm.show(
    fig,
    caption="From the minimum with loss 1/6 to zero: a neuron hands over its work, changes sides while it has no output weight, and returns.",
    alt="A curve that is level at one sixth for two legs and falls to zero in the third.",
)

# %%
assert (heights[:2] - 1 / 6).abs().max() < 1e-12 and float(heights[2, -1]) < 1e-12

# %% [markdown]
# All four local minima that the paper gives have a sample exactly on a kink. The minimum with loss 2/3 is a terrace as well; its exit is an exercise.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: XOR and the Jellyfish
#
# Two problems with four samples in the plane and two classes: XOR, and the authors' *Jellyfish*, a lopsided XOR. They trained networks
# with $h$ hidden neurons and log loss, and counted those that learnt all four samples. Step sizes, starts and numbers of runs
# are not stated in the text that we have. Ours stand in the table; all weights and biases start from $N(0, 1/\text{inputs})$.

# %% tags=["predict"]
lm.predict(
    "2.2/jellyfish",
    "Two ReLU neurons can solve the Jellyfish. With how many do nine in ten random starts succeed?",
    ["with 2 or 3", "with 4 or 5", "with 7 it is still below nine in ten"],
)

# %% tags=["experiment"]
experiment = lm.experiments.relu_rates
few = experiment.run("jellyfish", "relu", hidden=3, seeds=range(100), lr=0.1, steps=5_000)
live = experiment.count_learnt(experiment.samples_right("jellyfish", "relu", few))
stored = lm.store.load("relu_rates")
rows = list(experiment.table(stored.rows))

# %% slideshow={"slide_type": "slide"}
fig, axes = lm.plots.figure(11, 3.4, columns=2, sharey=True)
for ax, name, lr in zip(axes, ("xor", "jellyfish"), (1.0, 0.1), strict=True):
    theirs = experiment.PUBLISHED[name, "relu", "gd"]
    ours = next(counts for spec, counts in rows if (spec["data"], spec["activation"], spec["lr"]) == (name, "relu", lr))
    ax.plot(experiment.WIDTHS, theirs, "s--", color=lm.plots.PALETTE["grey"], label="published, runs not stated")
    lm.plots.draw_shares(ax, experiment.WIDTHS, ours, "measured here, 200 runs", lm.plots.PALETTE["vermilion"], "o", "none")
    ax.set(title=f"{name}, steps of {lr:g} here", xlabel="hidden neurons h (number)", ylabel="runs that learn all four (percent)")
axes[1].legend(loc="lower right")
lm.show(
    fig,
    caption="Share of ReLU networks that learn all four samples by gradient descent, with 95 % intervals (Wilson 1927).",
    alt="Two rising curves. On XOR from a quarter with two neurons to nine in ten with seven; on the Jellyfish from a sixth to "
    "more than four in five. The points measured here follow the published ones.",
)

# %% tags=["headline"]
print("percent of runs that learn all four, h =     2     3     4     5     6     7")
seen = set()
for spec, counts in rows:
    column = spec["data"], spec["activation"], spec["method"]
    if column not in seen:
        print(f"{', '.join(column) + ', published':40}", " ".join(f"{share:5}" for share in experiment.PUBLISHED[column]))
        seen.add(column)
    setting = f"here, steps of {spec['lr']:g}, {spec['steps']:,} steps"
    print(f"{setting:>40}", " ".join(f"{100 * count.share:5.1f}" for count in counts))

# %%
shares = {tuple(spec.values()): counts for spec, counts in rows}
jelly = shares["jellyfish", "relu", "gd", 0.1, 20_000]
assert jelly[-1].interval[0] < 0.9 and abs(live.share - jelly[1].share) < 0.2
near = [abs(100 * count.share - share) for spec, counts in rows if spec["activation"] == "relu" and spec["data"] == "xor"
        for count, share in zip(counts, experiment.PUBLISHED["xor", "relu", spec["method"]], strict=True)]  # fmt: skip
assert max(near) <= 10

# %% tags=["reveal"]
lm.reveal(
    "2.2/jellyfish",
    measured=f"{jelly[-1]} of 200 runs with 7 neurons; {live} of 100 runs here with 3",
    right="with 7 it is still below nine in ten",
    explanation="With seven neurons the paper reports 69 and 86 percent.",
)

# %%
stored

# %% [markdown]
# Each of our shares has an interval of at most 7 points to either side. The ReLU rows follow the published ones if the step is small enough; a step of 1 loses
# most Jellyfish runs. The sigmoid on the Jellyfish with Adam does not: the published 0, 0, 2, 27, 17, 58 lie between what we find after 1,000
# and after 5,000 small steps. That looks like training ended early, not like minima; whether it was, we cannot tell.
#
# Some failures of ReLU networks are certain, with any number of neurons. Where every neuron is on at all four samples, the network is affine
# there, and no affine network has a summed log loss below 2.4488, with 2 of 4 right (a constant has 2.7726; for XOR, the best affine network is constant).
# Again the stuck network has no blind sample, while a solution has two:

# %%
stuck, right = lm.landmark("jellyfish, trap"), lm.landmark("jellyfish, all right")
proof = lm.certify(stuck.land, stuck.theta, "minimum on a linear piece", not_global=True, better=right.theta)
assert proof and abs(float(proof.loss_bounds[0]) - 2.4488) < 1e-4 and abs(4 * float(torch.tensor(2.0).log()) - 2.7726) < 1e-4
proof

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# A local minimum of a ReLU network can be a trap, with a wall whose height can be proved, or a terrace, with a level path to an edge and a way down
# from there. Blind samples decide neither. Gradient descent stops at both, and the Hessian cannot tell them apart.
#
# | quantity | found here | published |
# |---|---|---|
# | first example: stuck, global | 18, 14 (both proved) | 18, "better" 14 |
# | wall between them | exactly 3.2 (proved) | - |
# | runs that end at 18, of 200 | 29 % (23 to 36) | - |
# | second example: stuck, global | 8/3, 0 (both proved) | 0 for the global one, with a sign misprinted |
# | wall between them | none (proved) | - |
# | pushed networks that get free | 0 of 100 in the middle (0 to 4 %), 70 at the edge (60 to 78 %) | - |
# | ReLU on XOR, $h = 2$, gradient descent | 26 % of 200 (20 to 32) | 23 % |
# | ReLU on XOR, $h = 7$, gradient descent | 93.5 % of 200 (89 to 96) | 89 % |
#
# ## Go on
#
# - Exercises: [Blind spots](../../exercises/2_blind_spots/2_relu_blind_spots.ipynb), and when you have tried them, the
#   [solutions](../../solutions/2_blind_spots/2_relu_blind_spots.ipynb).
# - Next: [Dead layers](3_dead_layers.ipynb), where a blind spot holds a whole data set.
# - Swirszcz, Czarnecki and Pascanu, *Local minima in training of neural networks*, arXiv 1611.06310 (2016): the examples, and what they are meant to show.
# - Sprinkhuizen-Kuyper and Boers, *A local minimum for the 2-3-1 XOR network*, IEEE Transactions on Neural Networks (1999): the same
#   question for sigmoid networks, where XOR with two hidden neurons has no bad minimum at finite weights (Hamey 1998).
