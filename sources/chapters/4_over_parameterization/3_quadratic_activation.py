# %% [markdown] slideshow={"slide_type": "slide"}
# # Quadratic activation: when the threshold is √(2N)
#
# *In [lesson 4.1](1_spurious_minima.ipynb) many students got stuck, and one run alone could not tell whether it had. Is there a network where a single run can be
# shown to be the best of all, and a width from which on there is no trap?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **rewrite** a network as a convex problem, **certify** that a run is globally optimal, **explain** why a spare neuron opens every trap, **count** how much width is enough |
# | You need first | [Spurious minima are common](1_spurious_minima.ipynb); eigenvalues, convex functions |
# | To read | 60 minutes, and 8 for the extra part |
# | To run | about 15 seconds on one core |
# | Words and letters | [glossary](../../companion/2_glossary.ipynb), [notation](../../companion/1_notation.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A network of squares
#
# Take one hidden layer with the activation $z^2$. All output weights are $+1$ and stay so; only the hidden weights $W$ are trained. Neurons are
# rows, so $W$ is $n \times d$ and
#
# $$ f(x) = \sum_{j=1}^{n} (w_j^\top x)^2 = |Wx|^2, \qquad
#    L(W) = \frac1N \sum_{i=1}^{N} \tfrac12 \big( f(x_i) - y_i \big)^2 + \tfrac{\lambda}{2} |W|^2 + \langle C, W^\top W \rangle . $$
#
# Here $|W|$ is the root of the sum of all squared entries. The loss has two small extras: *[weight decay](../../companion/2_glossary.ipynb#Weight-decay)* $\lambda = 0.01$ and a *tilt* $C$, a random
# symmetric matrix without negative eigenvalues, with $|C| = 0.01$, whose purpose comes later. The data are 28 Gaussian inputs with $d = 12$; the labels come from a random network with 12 neurons. (In the paper, Du and Lee 2018:
# our $N$ is $n$, our $n$ is $k$. The experiments are ours.)

# %%
import torch
import lmcourse as lm

# %% tags=["predict"]
lm.predict(
    "4.3/widths",
    "One data set, 1 to 8 neurons, ten random starts each. For which widths does the final loss depend on the start?",
    ["for all of them", "for the narrow ones only", "for the wide ones only", "for none"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, losses = lm.experiments.quadratic_activation, {}
data, tilt = experiment.data(N=28, seed=6), lm.random_tilt(d=12, size=0.01, seed=6)
for n in range(1, 9):
    land = lm.quadratic_net(n, data, decay=0.01, tilt=tilt, reduction="mean")
    losses[n] = experiment.descend(land, seeds=range(10)).loss  # trained to a gradient of 1e-9
lowest = float(losses[8].min())
fig, ax = lm.plots.figure(8, 3.6)
for n, loss in losses.items():
    ax.plot(n + torch.linspace(-0.25, 0.25, 10), loss - lowest, "o", color=lm.plots.PALETTE["blue"])
lm.plots.log_with_zero(ax, linear=1e-5, ticks=[0, 1e-4, 1e-2, 1, 100])
ax.set(xlabel="neurons n (number)", ylabel="loss above the lowest (no unit)", xticks=list(losses))
alt = "Ten dots for each width. At 1, 2, 3 neurons they scatter, from about ten down to 0.004; at 4 all lie at 0.00007; from 5 on at 0."
lm.show(fig, caption="How far above the lowest loss of all 80 runs each ends. The grey band, to 0.00001, is linear.", alt=alt)

# %% tags=["headline"]
for n, loss in losses.items():
    print(f"n = {n}: best {float(loss.min()):8.5f}, worst {float(loss.max()):8.5f}, different values: {experiment.distinct(loss.numpy())}")

# %%
assert all(experiment.distinct(losses[n].numpy()) > 2 for n in (1, 2, 3))
assert all(experiment.distinct(losses[n].numpy()) == 1 for n in (4, 5, 6, 7, 8))
assert abs(lowest - 0.06397) < 5e-6 and 6e-5 < float(losses[4].min()) - lowest < 8e-5

# %% tags=["reveal"]
lm.reveal(
    "4.3/widths",
    measured="many final values with 1, 2 and 3 neurons, one with 4, and the same lower one with 5 to 8",
    right="for the narrow ones only",
    explanation="Ten runs that agree are no proof, though: ten runs with 4 neurons agree as well, and five neurons do better.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What one run can tell
#
# Ten runs that agree prove nothing, and neither would a thousand. Could one do?

# %% tags=["predict"]
lm.predict(
    "4.3/certificate",
    "You see a single run with 5 neurons, at rest, and no other run. What can a look at its weights and the data prove, at best?",
    [
        "nothing: only other runs can tell",
        "that no other run with 5 neurons ends lower",
        "that no network of any width ends lower",
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### The loss is convex in disguise
#
# Multiply out: $|Wx|^2 = x^\top W^\top W x$. The output depends on $W$ only through $M = W^\top W$, and it is *linear* in $M$. So, in terms of $M$, the loss is
# **convex**. What is not [convex](../../companion/2_glossary.ipynb#Convex) is the condition that $M$ comes from $n$ neurons: it must have [rank](../../companion/2_glossary.ipynb#Rank) at most $n$ (and no negative eigenvalue).
#
# Let $S$ be the gradient of the loss with respect to $M$, a $d \times d$ matrix:
#
# $$ S \;=\; \frac1N \sum_i \big( f(x_i) - y_i \big)\, x_i x_i^\top + \tfrac{\lambda}{2} I + C, \quad \text{and by the chain rule} \quad \nabla L(W) = 2\, W S . $$
#
# **Lemma.** *If $\nabla L(W) = 0$ and $S$ has no negative eigenvalue, no network of this form, of any width, has a lower loss.*
#
# *Proof.* $WS = 0$ gives $\langle S, M \rangle = 0$. Let $M'$ belong to any other network. A convex function lies above its tangent:
#
# $$ \text{loss}(M') - \text{loss}(M) \;\ge\; \langle S, M' - M \rangle \;=\; \langle S, M' \rangle \;\ge\; 0, $$
#
# since neither $S$ nor $M'$ has a negative eigenvalue. $\square$
#
# (The argument is a standard one for convex problems in factorised form, Burer and Monteiro 2003.)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment = lm.experiments.quadratic_activation
fig, ax = lm.plots.figure(8, 3.4)
smallest = {}
for (n, name), dash in zip({2: "vermilion", 4: "green", 5: "blue"}.items(), ("-", "--", ":"), strict=True):
    land = experiment.landscape(n, N=28, seed=6)  # the same data, decay and tilt as before
    run = lm.train(land, lm.starts(land, seeds=[4], scale=0.5), "lbfgs", tol=1e-9, max_steps=4000, record=10)
    along = land.slack(run.path.theta[0])  # the smallest eigenvalue of S, at every tenth step
    smallest[n] = float(along[-1])
    ax.plot(run.path.steps, along, linestyle=dash, color=lm.plots.PALETTE[name], label=f"n = {n}")
lm.plots.log_with_zero(ax, linear=1e-6, ticks=[1e-2, 1e-4, 0, -1e-4, -1e-2, -1, -100])
ax.set(xlabel="step (number)", ylabel="smallest eigenvalue of S (no unit)")
ax.legend(loc="lower right")
alt = "Three curves that rise from -40: for 2 neurons to nearly -1, for 4 to nearly -0.001, for 5 to zero, with one peak above zero."
lm.show(fig, caption="The smallest eigenvalue of S in three runs on the same data. In the grey band the axis is linear.", alt=alt)

# %% tags=["headline"]
for n, value in smallest.items():
    verdict = "no width does better, up to rounding" if value > -1e-6 else "wider networks do better"
    print(f"n = {n}: smallest eigenvalue of S {value:z.4f}: {verdict}")

# %%
assert smallest[2] < -0.1 and -0.01 < smallest[4] < -1e-5 and abs(smallest[5]) < 1e-6
assert int(run.steps) > 1000

# %% tags=["reveal"]
lm.reveal(
    "4.3/certificate",
    measured="smallest eigenvalue 0 for 5 neurons, up to rounding",
    right="that no network of any width ends lower",
    explanation="The lemma never mentions n. One run and one small matrix answer for every start and every width.",
)

# %% [markdown]
# Only the end of a run counts. On the way the eigenvalue may be positive, as it is once for 5 neurons; at rest $WS = 0$ keeps it from that, unless $W = 0$.
#
# "Up to rounding" can be settled. The lemma wants a gradient and eigenvalues that are *exactly* zero, which floating point never gives. But the same inequality, used at any
# $W$, bounds how much lower any other network can be, and in exact fractions this bound is a proof. Exercise 4 derives it for no tilt; a tilt without negative eigenvalues changes
# nothing in the argument.

# %% tags=["headline"]
five = experiment.landscape(n=5, N=28, seed=6)
end = lm.refine(five, experiment.descend(five, seeds=[0]).theta).theta[0]
gap = lm.certificates.largest_gap(five, end)  # a fraction
print("proved: no network of any width has a loss that is lower by more than 1e-12:", gap < 1e-12)

# %%
assert gap < 1e-12

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Four regimes
#
# Back to the narrow networks. Their [traps](../../companion/2_glossary.ipynb#Trap) are real: here is one with three neurons, proved to be a [local minimum](../../companion/2_glossary.ipynb#Local-minimum) up to rotations of neurons into each
# other ($W$ and $QW$ with $Q$ orthogonal are the same function), while another run is proved to be lower.

# %%
experiment = lm.experiments.quadratic_activation
three = experiment.landscape(n=3, N=28, seed=6)
ends = lm.refine(three, experiment.descend(three, seeds=range(6)).theta).theta
low, high = ends[three.loss(ends).argmin()], ends[three.loss(ends).argmax()]
trap = lm.certify(three, high, "minimum up to symmetry", not_global=True, better=low)
print(f"three neurons: {trap.kind}, proved: {trap.proved}; not global, proved: {trap.not_global}")
assert trap.proved and trap.not_global

# %% [markdown]
# With 100 starts for each width, from a stored run:

# %% tags=["headline"] slideshow={"slide_type": "slide"}
stored, experiment = lm.store.load("quadratic_activation"), lm.experiments.quadratic_activation
starts = {spec["n"]: arrays for spec, arrays in stored.rows if spec["table"] == "starts"}
print("100 stored starts for each width; certified: S shows that no width does better")
print("n     best    worst  different values  certified")
for n, arrays in starts.items():
    loss, certified = arrays["loss"], int(arrays["reached"].sum())
    print(f"{n}  {loss.min():7.5f} {loss.max():8.5f}  {experiment.distinct(loss):16}  {certified:3} of {len(loss)}")

# %%
assert all(not starts[n]["reached"].any() for n in (1, 2, 3, 4))
assert all(starts[n]["reached"].all() for n in (5, 6, 7, 8))
assert set(starts[8]["rank"]) == {5}
print(stored.made)

# %% [markdown] slideshow={"slide_type": "slide"}
# Up to 3 neurons: many traps. With 4: no trap is met, but four neurons cannot express the best $M$, which has rank 5 here. With 5, 6, 7: every run ends at
# the lowest loss. From 8 on the same, and theorem B, which comes later, says that no trap *exists*. That runs arrive, and do not stop early near a [saddle](../../companion/2_glossary.ipynb#Saddle), is measured. (We picked this data set among twelve because it shows all four. On others
# 4 neurons still have traps, or are already enough.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A spare neuron
#
# Take the worst of a few runs with two neurons and add a third neuron with *zero* weights. The function is the same.

# %% tags=["predict"]
lm.predict(
    "4.3/spare",
    "A local minimum of the network with 2 neurons gets a third neuron, all of whose weights are zero. What is the new point?",
    ["still a local minimum", "a saddle", "no longer a critical point"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment = lm.experiments.quadratic_activation
two, wider = (experiment.landscape(n, N=28, seed=6) for n in (2, 3))
ends = lm.refine(two, experiment.descend(two, seeds=range(6)).theta).theta
trap = ends[two.loss(ends).argmax()]
padded = torch.cat([trap, torch.zeros(12, dtype=trap.dtype)])  # W: two rows of 12, then a row of zeros
point = lm.classify(wider, padded)[0]
S = wider.slack_of(padded)[0]  # (12, 12)
fig, (left, right) = lm.plots.figure(9, 3.4, columns=2)
lm.plots.draw_spectrum(left, torch.linalg.eigvalsh(S).round(decimals=9))
lm.plots.draw_spectrum(right, point.eigenvalues.clamp_max(3).round(decimals=9))
left.set(xlabel="place (number)", ylabel="eigenvalue of S (no unit)")
right.set(xlabel="place (number)", ylabel="Hessian eigenvalue (cut at 3)")
alt = "Left the 12 eigenvalues of S, five of them negative. Right the 36 of the Hessian: again five negative ones, twice as large."
lm.show(fig, caption="A trap with two neurons after a third with zero weights was added. Triangles are negative.", alt=alt)

# %% tags=["headline"]
minimum = lm.certify(two, trap, "minimum up to symmetry")
saddle = lm.certify(wider, padded, f"index-{int(point.index)} saddle up to symmetry")
print(f"two neurons:   loss {float(two.loss(trap)):.4f}, {minimum.kind}, proved: {minimum.proved}")
print(f"with a third:  loss {float(wider.loss(padded)):.4f}, {saddle.kind}, proved: {saddle.proved}")

# %%
negative = torch.linalg.eigvalsh(S)[: int(point.index)]
assert int(point.index) == 5 and minimum.proved and saddle.proved and (negative < -1e-3).all()
assert (point.eigenvalues[: len(negative)] - 2 * negative).abs().max() < 1e-9

# %% tags=["reveal"]
lm.reveal(
    "4.3/spare",
    measured="as many negative eigenvalues as S has, each twice as large",
    right="a saddle",
    explanation="In lesson 4.1 each trap had to be examined. Here one short proof settles all of them at once.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Theorem A
#
# **Theorem A (stated by Du and Lee 2018).** *Let $n \ge d$, and let the loss of one sample be any convex function with two continuous derivatives.
# Then every local minimum of $L$ is global, and every other critical point has a direction of negative curvature.*
#
# *Proof.* Let $\nabla L(W) = 0$. **(1)** If $\operatorname{rank} W < n$, there is a unit vector $b \in \mathbb{R}^n$ with $b^\top W = 0$: a mix of neurons that is *spare*. For any
# $v \in \mathbb{R}^d$ move along $Z = b v^\top$. Since $(Wx)^\top Zx = 0$ for all $x$, the output changes only to second order, and
#
# $$ \text{second derivative along } Z \;=\; 2\, v^\top S\, v . $$
#
# If no direction curves down, $S$ has no negative eigenvalue, and the lemma says: global. **(2)** If $\operatorname{rank} W = n$, then $n = d$ and $W$ is invertible,
# so $WS = 0$ gives $S = 0$: global as well. $\square$
#
# No condition on $N$, the data, $\lambda$ or the tilt. (The proofs in this lesson are our own reconstruction; the paper's may run otherwise.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Less width: counting dimensions
#
# Let $n < d$. That proof fails only at a critical point with $\operatorname{rank} W = n$, where no neuron is spare. There $WS = 0$ forces $\operatorname{rank} S \le d - n$. Solve the
# definition of $S$ for the tilt:
#
# $$ C \;=\; \underbrace{S}_{\text{rank} \,\le\, d-n} - \tfrac{\lambda}{2} I - \underbrace{\tfrac1N \sum_i (f(x_i) - y_i)\, x_i x_i^\top}_{\text{a combination of } N \text{ fixed matrices}} . $$
#
# Symmetric matrices have $d(d+1)/2$ dimensions, those of rank at most $d - n$ only $d(d+1)/2 - n(n+1)/2$, and the combinations add at most $N$. If
# $n(n+1)/2 > N$, the right side is too small a set for a random $C$ to lie in: probability zero. So:
#
# **Theorem B (Du and Lee 2018).** *If $n(n+1)/2 > N$, for which $n \ge \sqrt{2N}$ suffices, and $C$ is drawn from a distribution with a density, then with probability
# one every local minimum of $L$ is global.*
#
# The tilt is a small price. If it has no negative eigenvalue, like ours, the untilted loss at the tilted minimum exceeds the lowest one by at most $|C|_{\mathrm{op}}\, |W_*|^2$, with $|C|_{\mathrm{op}}$ its
# largest eigenvalue and $W_*$ an untilted minimum.
#
# How sharp is this? A stored map has a cell for each $N$ and $n$, with 200 runs on 200 data sets, each with a tilt. The cells share them: run $k$ learns the first $N$ samples of data set
# $k$, whatever the width. A run counts when the matrix $S$ certifies it.

# %% tags=["predict"]
lm.predict(
    "4.3/map",
    "For 45 samples theorem B begins at 10 neurons. How many of 200 runs with 7 neurons reach the lowest loss of all widths?",
    ["none or a few", "about half", "all or nearly all"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment = lm.experiments.quadratic_activation
stored = lm.store.load("quadratic_activation")
cells = {(spec["N"], spec["n"]): arrays for spec, arrays in stored.rows if spec["table"] == "map"}
shares = [[cells[N, n]["reached"].mean() for n in experiment.WIDTHS] for N in experiment.SAMPLES]
theorem = [experiment.covered_from(N) - 1.5 for N in experiment.SAMPLES]  # between the last width below and the first covered
fig, ax = lm.plots.figure(8, 4.2)
lm.plots.draw_share_grid(ax, shares, experiment.WIDTHS, experiment.SAMPLES)
ax.stairs(theorem, torch.arange(-0.5, len(theorem)), orientation="horizontal", baseline=None, color=lm.plots.PALETTE["vermilion"], linewidth=3)
ax.set(xlabel="neurons n (number)", ylabel="samples N (number)")
alt = "A grid of shares: 0 on the upper left, 100 on the right, a narrow seam between. The line lies to the right of the seam."
caption = "Percent of 200 runs at the lowest loss of all widths; a 95 % interval reaches at most 7 points each way. Orange line: theorem B holds to its right."
lm.show(fig, caption=caption, alt=alt)

# %% tags=["headline"]
for N in experiment.SAMPLES:
    covered, rank = experiment.covered_from(N), cells[N, 12]["rank"]
    always = min(n for n in experiment.WIDTHS if all(cells[N, m]["reached"].all() for m in range(n, 13)))
    print(f"N = {N:2}: theorem from n = {covered:2}, no failure from n = {always}; rank of the best {rank.min()} to {rank.max()}")

# %% tags=["headline"]
failed = {}  # for each N the number of data sets on which some width right of the line fails
for N in experiment.SAMPLES:
    covered = [cells[N, n]["reached"] for n in range(experiment.covered_from(N), 13)]
    failed[N] = int((sum(~each for each in covered) > 0).sum())
low, high = lm.binomial_interval(max(failed.values()), 200)
print(f"right of the line, for each N: {max(failed.values())} of 200 data sets fail, a share of 0 to {100 * high:.1f} %")
count = int(cells[45, 7]["reached"].sum())
low, high = lm.binomial_interval(count, 200)
print(f"N = 45, n = 7: {count} of 200, a share of {100 * low:.1f} to {100 * high:.1f} %")

# %%
assert set(failed.values()) == {0}
trapped, narrow = {}, {}
for (N, n), arrays in cells.items():
    rank = arrays["rank"][arrays["reached"]]
    assert (rank * (rank + 1) / 2 <= N).all()  # the rank law
    needed, reached = cells[N, 12]["rank"], arrays["reached"]
    assert reached[needed < n].all() and not reached[needed > n].any()
    trapped[N, n], narrow[N, n] = int((~reached[needed == n]).sum()), int((needed > n).sum())
assert (trapped[28, 4], narrow[28, 4]) == (5, 141) and (trapped[3, 1], narrow[3, 1]) == (72, 49)
assert sum(trapped.values()) == 127 and sum(trapped[N, n] for N, n in trapped if n <= 2) == 113
assert int((cells[28, 12]["rank"][:100] > 4).sum()) == 68
assert [int((~cells[cell]["reached"]).sum()) for cell in ((28, 4), (3, 1), (28, 8))] == [146, 121, 0]
assert round(100 * lm.binomial_interval(200, 200)[0], 1) == 98.1

# %% tags=["reveal"]
lm.reveal(
    "4.3/map",
    measured=f"{count} of 200 at 45 samples and 7 neurons",
    right="all or nearly all",
    explanation="The theorem is sufficient, not necessary. What is needed is the rank of the best M; few runs of that width are trapped.",
)

# %% [markdown]
# The same count of dimensions, with the rank $r$ of the best $M$ in place of $n$, gives a *rank law*: $r(r+1)/2 \le N$. The ranks that occur are smaller still, and
# they explain the seam. With $n < r$ a network cannot express the best $M$. With $n > r$ not one of these runs failed: measured, not proved. That leaves $n = r$, once for each
# of the 1,600 pairs of a data set and an $N$: there 127 runs are trapped, 113 of them with 1 or 2 neurons.
#
# So the seam is not where traps end. It is nearly all rank: of the 146 runs that fail with 28 samples and 4 neurons, 141 would need a rank above 4, and a trap alone stops
# five. (Of the first 68 of the 141, at least 22 are trapped as well: one of twelve more starts with 4 neurons ends lower.) Traps
# make the seam only at its lower end: with 3 samples and 1 neuron they are 72 of 121 failures. A small live version, on six data sets that the map does not have:

# %%
experiment = lm.experiments.quadratic_activation
for n in (1, 2, 3):
    live = experiment.run_chunk({"table": "map", "N": 6, "n": n}, seeds=range(200, 206))
    print(f"six new data sets, N = 6, n = {n}: {int(live['reached'].sum())} of 6 runs certified")

# %% [markdown]
# ## Explore
#
# The map of the first 100 data sets, the runs of a cell, and the spectrum of the chosen run's $S$. Click on the map or use the sliders. Each run has a data set of its own; they stand in order of
# the rank of their best $M$, and stay when $n$ changes. A circle is a run at the lowest loss of all widths, a cross is a run above it. **Two settings to try.** N = 10, n = 2: a cross
# has a negative eigenvalue, whether the run is trapped or the width too small. Which crosses are certainly traps, and of which can you not tell? Then take N = 28 and data set 60, and
# raise n from 1 to 12: count the eigenvalues that are zero, and find out why their number stops growing.

# %% slideshow={"slide_type": "slide"}
lm.widgets.QuadraticExplorer()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does a wider network overfit?
#
# Give it a chance: 40 noisy samples in 10 dimensions, with labels of a teacher of 3 neurons, and up to 400 weights. Even $M$ has more free entries than there are
# samples: 55. Test on 4,000 others. There is no tilt, and $\lambda = 0.1$ or none.

# %% tags=["predict"]
lm.predict(
    "4.3/test",
    "Networks of 10, 20 and 40 neurons, with 100, 200 and 400 weights, learn 40 noisy samples. Which has the lowest test loss?",
    ["10 neurons: the fewest weights", "40 neurons: wider generalises better", "all three the same"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, widths = lm.experiments.quadratic_activation, (1, 2, 3, 4, 5, 7, 10, 20, 40)
known, fresh = experiment.noisy_data(N=40, seed=0)
losses = {decay: torch.tensor([experiment.fit(n, known, fresh, decay) for n in widths]) for decay in (0.1, 0.0)}
fig, ax = lm.plots.figure(8, 3.6)
ax.loglog(widths, losses[0.0][:, 1], "s--", color=lm.plots.PALETTE["vermilion"], label="4,000 others, no decay")
ax.loglog(widths, losses[0.1][:, 1], "^:", color=lm.plots.PALETTE["purple"], label="4,000 others, decay 0.1")
ax.loglog(widths, losses[0.1][:, 0], "o-", color=lm.plots.PALETTE["blue"], label="40 training samples, decay 0.1")
levels = (0.05, 0.1, 0.2, 0.5, 1, 2)
ax.set(xlabel="neurons n (number)", ylabel="mean loss (no unit)", xticks=widths, xticklabels=widths, yticks=levels, yticklabels=levels)
ax.legend(loc="upper right")
alt = "Three falling curves, both test losses far above the training loss; from 5 neurons on all are level, up to 40."
lm.show(fig, caption="Loss without the decay term on training samples and on others, by width.", alt=alt)

# %% tags=["headline"]
for n, with_decay, without in zip(widths[-3:], losses[0.1][-3:, 1], losses[0.0][-3:, 1], strict=True):
    print(f"n = {n}: test loss {with_decay:.4f}; without decay {without:.4f}")

# %%
assert all(test.max() / test.min() - 1 < 1e-4 for test in (losses[0.1][-3:, 1], losses[0.0][-3:, 1]))

# %% tags=["reveal"]
lm.reveal(
    "4.3/test",
    measured="the same test loss for 10, 20 and 40 neurons, to four digits",
    right="all three the same",
    explanation="They minimise the same convex function of M, and it has one minimiser here. So they are one function.",
)

# %% [markdown]
# Why one, with 40 samples for 55 entries? The squared loss is strictly convex in the outputs, so all minimisers have the same outputs on the samples, hence the same $S$.
# Each obeys $SM = 0$: it lives on the kernel of $S$, which has 4 dimensions here (5 without decay). That leaves 10 entries (15), and 40 samples fix them.

# %% [markdown] slideshow={"slide_type": "slide"}
# What keeps the network from fitting the noise, then? Take the decay away, and after that the common sign.

# %% tags=["headline"]
experiment, ends = lm.experiments.quadratic_activation, {}
known, fresh = experiment.noisy_data(N=40, seed=0)
for words, decay, negative in (("decay 0.1", 0.1, 0), ("no decay", 0.0, 0), ("no decay, half the signs -1", 0.0, 10)):
    ends[words] = experiment.fit(20, known, fresh, decay, negative)
    print(f"20 neurons, {words:27}: training loss {ends[words][0]:.3f}, test loss {ends[words][1]:.3f}")

# %%
assert ends["no decay"][0] > 0.03 and ends["no decay, half the signs -1"][0] < 1e-9 and ends["no decay, half the signs -1"][1] > 1
land = lm.quadratic_net(10, known, reduction="mean")
S = land.slack_of(lm.train(land, lm.starts(land, seeds=[0], scale=0.5), "lbfgs", tol=1e-8).theta)[0, 0]
kernel = torch.linalg.eigh(S).eigenvectors[:, torch.linalg.eigvalsh(S) < 1e-6]
inner = known.x @ kernel
products = torch.stack([inner[:, i] * inner[:, j] for i in range(5) for j in range(i, 5)], dim=1)  # (40, 15)
assert kernel.shape[1] == 5 and torch.linalg.matrix_rank(products) == 15

# %% [markdown]
# Not the decay, in the first place: it matters, but less. It is the sign. No $M$ without negative eigenvalues fits these 40 labels; with both signs the noise is learnt to the last digit.
# (Measured on one data set.)
#
# A bound without $n$ exists where $\operatorname{tr} M = |W|^2$ is at most some $R$, as decay provides. For $N \ge d$ Gaussian inputs and a loss of bounded slope, test and training
# loss differ by the order of $R \sqrt{d/N}$. Du and Lee prove a bound of this kind by Rademacher complexity; this form is ours. The squared loss has no bounded slope, so the
# figure is not covered.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# | assumption | what it buys | without it |
# |---|---|---|
# | activation $z^2$ | $f$ is linear in $M$ | for almost all other activations and generic inputs some targets make bad minima, at any width (Ding, Li and Sun 2019) |
# | $n \ge d$, or $n(n+1)/2 > N$ | a spare neuron at every bad point | traps, as with 3 neurons above |
# | random tilt | theorem B | generic data succeed too: measured, not proved |
# | output weights all $+1$ | $M$ has no negative eigenvalue | see the extra part |
#
# - *That the training loss is zero.* Globally optimal means that no such network does better. Outputs $|Wx|^2$ cannot be negative.
# - *That training arrives, and fast.* The theorems are about the landscape: they exclude traps, not saddles. The run with 5 neurons above took more than a thousand steps, by a fast method.
# - *That parameters must outnumber samples.* What counts is $n(n+1)/2$ against $N$, not $nd$.
# - *That every run is proved.* The lemma is proved; the traps, the saddle and one best network are certified above. For the stored runs the smallest eigenvalue of $S$ is
#   floating point: strong evidence.

# %% tags=["quiz"]
lm.quiz(
    "4.3/eigenvalue",
    "A run has come to rest, and its $S$ has an eigenvalue of $-0.3$. What follows?",
    [
        ("It sits at a saddle.", False, "Only if a neuron is spare. With full rank it may be a trap."),
        ("Some wider network has a lower loss.", True, "Add a neuron along the eigenvector: $v^\\top S v < 0$ leads down."),
        ("Another start of the same width does better.", False, "Four neurons had one value for all starts, and a negative eigenvalue."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "4.3/threshold",
    "There are 200 samples in 12 dimensions. From which width on do the theorems exclude bad minima?",
    [
        ("From 20, since $20 \\cdot 21 / 2 > 200$.", False, "True, but theorem A begins earlier."),
        ("From 12.", True, "At $n \\ge d$ theorem A holds for any number of samples."),
        ("From 17, since $17 \\cdot 12 > 200$.", False, "Weights against samples is not what counts."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: labels of both signs
#
# Thirty samples in 8 dimensions with Gaussian labels, half of them negative; no decay, loss as a sum. One network has 16 neurons with output weight $+1$, the
# other 8 with $+1$ and 8 with $-1$.

# %% tags=["predict"]
lm.predict(
    "4.3/signs",
    "16 neurons, all with output weight +1: 128 weights for 30 samples. What is the lowest training loss?",
    ["zero: there are more weights than samples", "clearly above zero"],
)

# %% tags=["experiment"]
data = lm.experiments.quadratic_activation.data(N=30, seed=0, d=8, signs=True)
ends = {}
for negative in (0, 8):
    land = lm.quadratic_net(16, data, negative=negative)  # the last 8 neurons, or none, have output weight -1
    run = lm.train(land, lm.starts(land, seeds=[0], scale=0.5), "lbfgs", tol=1e-9)
    ends[negative] = float(run.loss[0]), float(land.slack(run.theta)[0])

# %% tags=["headline"]
for negative, (loss, slack) in ends.items():
    print(f"{16 - negative:2} positive, {negative} negative: loss {loss:z.4f}, smallest eigenvalue {slack:z.4f}")

# %%
assert abs(ends[0][0] - 12.934) < 1e-3 and ends[8][0] < 1e-9 and min(slack for _, slack in ends.values()) > -1e-6

# %% tags=["reveal"]
lm.reveal(
    "4.3/signs",
    measured=f"{ends[0][0]:.2f}, and the smallest eigenvalue of S is zero up to rounding",
    right="clearly above zero",
    explanation="Up to rounding it is the global minimum, and no width with these signs does better.",
)

# %% [markdown]
# With both signs $M = \sum_j a_j w_j w_j^\top$ can be any symmetric matrix. The same proof applies to each group of neurons on its own: $d$ neurons of *each* sign suffice, $2d$ in
# all (our derivation). That is the width which the predecessor of this theorem asked for (Soltanolkotabi, Javanmard and Lee 2017).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# In terms of $M = W^\top W$ the loss is convex, and the smallest eigenvalue of one $d \times d$ matrix tells whether a run is the best of all widths. A spare neuron turns every
# trap into a saddle, and from $n(n+1)/2 > N$ on, with a random tilt, no trap exists. Beyond that, width changes nothing: where the best $M$ is unique, not even the function.
#
# | quantity | found here | theorem |
# |---|---|---|
# | runs with 28 samples, 8 neurons, at the lowest loss | 200 of 200 (98.1 to 100&nbsp;%) | no trap exists (theorem B) |
# | one of these data sets, 4 and 5 neurons | 0 of 100 (0 to 3.7&nbsp;%) and 100 of 100 | says nothing |
# | 45 samples: no failure from | 8 neurons | no trap from 10 |
# | test loss of 10, 20 and 40 neurons | equal to four digits | one minimiser, so one function |
#
# ## Go on
#
# - Exercises: [Quadratic activation](../../exercises/4_over_parameterization/3_quadratic_activation.ipynb), then the
#   [solutions](../../solutions/4_over_parameterization/3_quadratic_activation.ipynb).
# - Next: [How many minima, and how good?](4_how_many_minima.ipynb) What the number of minima depends on.
# - Du and Lee, *On the power of over-parametrization in neural networks with quadratic activation*, ICML 2018: theorems A and B, and generalisation.
# - Soltanolkotabi, Javanmard and Lee, *Theoretical insights into the optimization landscape of over-parameterized shallow neural
#   networks*, arXiv 1707.04926 (2017): the predecessor, with $2d$ neurons.
# - Sarao Mannelli, Vanden-Eijnden and Zdeborová, *Optimization and generalization of shallow neural networks with quadratic activation
#   functions*, NeurIPS 2020: when traps vanish as samples grow, for a teacher of the same form.
