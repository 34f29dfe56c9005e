# %% [markdown] slideshow={"slide_type": "slide"}
# # How many minima, and how good?
#
# *Training a small network from two hundred starts: does it end in two hundred places, or in one? And who decides, the network or the task?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **count** minima up to symmetry, **estimate** how many you have not seen, **compare** widths, targets and sample sizes, **judge** popular claims about minima |
# | You need first | [Spurious minima are common](1_spurious_minima.ipynb); Hessians, the word *median* |
# | To read | 55 minutes, and 12 for the extra part |
# | To run | about 15 seconds on one core |
# | Words and letters | [glossary](../../companion/2_glossary.ipynb), [notation](../../companion/1_notation.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three popular claims
#
# Of the minima of networks one often reads: **(1)** their number grows with layers, neurons and samples; **(2)** most of them cost only slightly more than the best;
# **(3)** around them the loss is flat, and early stopping does the rest. None is a theorem. This lesson measures all three on networks so small that
# every end point can be checked.
#
# The first network has $n$ tanh neurons and a linear output, $f(x) = \sum_i v_i \tanh(w_i^\top x + b_i) + c$. There are $N = 40$ Gaussian inputs in three
# dimensions, with targets drawn at **random** from $N(0, 1)$. With all weights in $\theta$ and [weight decay](../../companion/2_glossary.ipynb#Weight-decay) $\lambda = 0.002$,
#
# $$ L(\theta) \;=\; \frac1N \sum_{i=1}^{N} \big( f(x_i) - y_i \big)^2 + \tfrac{\lambda}{2} |\theta|^2 . $$
#
# What is *one* minimum? Exchange two neurons, or replace $(w, b, v)$ by $(-w, -b, -v)$: the function stays. So a minimum with three neurons has
# $2^3 \cdot 3! = 48$ copies, and with ten more than three thousand million. Copies count as one here. Weight decay makes counting sensible: without it, minima can
# lie at infinity, and with more parameters than samples they form whole surfaces.

# %%
import torch
import lmcourse as lm

# %% tags=["predict"]
lm.predict(
    "4.4/count",
    "Three neurons, 40 random targets, 200 random starts, copies taken as one. How many different minima do they meet?",
    ["one", "about five", "more than fifty"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment = lm.experiments.distribution_of_minima
land = experiment.regression("random", [3])
ends = experiment.descend(land, lm.starts(land, range(200), scheme="normal"))  # to a gradient of zero
found = lm.distinct(land, ends)  # neurons matched, signs too

fig, ax = lm.plots.figure(8, 3)
ax.vlines(found.loss, 0, found.counts, color=lm.plots.PALETTE["blue"], linewidth=2)
ax.set(xlabel="end loss (no unit)", ylabel="runs that end there (number)")
lm.show(
    fig,
    caption="Each bar is one minimum of the network with three neurons and random targets; its height says how many of 200 runs met it.",
    alt="Dozens of thin bars between a loss of 0.49 and 1.1, most of height one or two, the tallest above twenty near the left end.",
)

# %% tags=["headline"]
seen = experiment.count(experiment.arrays_of(land, ends))
print(f"{len(found)} different minima; {seen.once} were met once, {seen.twice} twice")
print(f"Chao's estimate of how many there are: about {round(seen.estimate, -1):.0f}")

# %%
assert len(found) == seen.met == 82 and seen.runs == 200  # matching neurons, and comparing loss and length, agree

# %% tags=["reveal"]
lm.reveal(
    "4.4/count",
    measured=f"{len(found)} different minima, most of them met once or twice",
    right="more than fifty",
    explanation="Many minima that were met once speak for many that were not met at all (Chao 1984). A count is a lower bound.",
)

# %% [markdown]
# If $f_1$ minima were met once and $f_2$ twice, Chao's estimate adds $f_1 (f_1 - 1) / (2 (f_2 + 1))$ to those met. Even that is on the low side.
#
# These are minima, not places where training grew tired: `descend` takes [L-BFGS](../../companion/2_glossary.ipynb#L-BFGS) and then Newton steps until the gradient is zero up to rounding. And rounding can be
# excluded. Here is the highest of the first ten ends, proved to be a [strict minimum](../../companion/2_glossary.ipynb#Strict-minimum), and proved not to be global:

# %%
experiment = lm.experiments.distribution_of_minima
land = experiment.regression("random", [3])
ends = experiment.descend(land, lm.starts(land, range(10), scheme="normal"))
low, high = ends[land.loss(ends).argmin()], ends[land.loss(ends).argmax()]
proof = lm.certify(land, high, "strict local minimum", not_global=True, better=low)
assert proof.proved and proof.not_global
proof

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Who decides?
#
# Now change one thing. Network, inputs, decay and starts stay as they are; the targets come from a *teacher*, $y = \tanh p_1 - \tanh p_2 + \tanh p_3$ with
# three random projections $p_i$ of the input, plus a little noise. A network of this shape can nearly fit them.

# %% tags=["predict"]
lm.predict(
    "4.4/teacher",
    "Random targets gave 82 minima in 200 runs. How many will the same network have with a teacher's targets?",
    ["about as many", "about half as many", "fewer than ten"],
)

# %% tags=["experiment"]
experiment = lm.experiments.distribution_of_minima
land = experiment.regression("teacher", [3])
ends = experiment.descend(land, lm.starts(land, range(200), scheme="normal"))
taught = lm.distinct(land, ends)

# %% slideshow={"slide_type": "slide"}
stored = lm.store.load("distribution_of_minima")
fig, ax = lm.plots.figure(8, 3.4)
for target, look in {"random": ("s--", "vermilion"), "teacher": ("o-", "blue")}.items():
    met = [experiment.count(stored.row(**experiment.row_of(target, [n]))).met for n in experiment.WIDTHS]
    ax.plot(experiment.WIDTHS, met, look[0], color=lm.plots.PALETTE[look[1]], label=target)
ax.set(xlabel="neurons n (number)", ylabel="different minima met (number)", xticks=experiment.WIDTHS)
ax.legend(title="targets", loc="upper left")
alt = "Two curves from 1 to 8 neurons. For random targets it climbs from 10 to 198. For a teacher's targets it stays below 10 throughout."
lm.show(fig, caption="Different minima that 200 runs met, with random targets and with a teacher's, by width.", alt=alt)

# %% tags=["headline"]
print("teacher, n = 3, repeated here:", len(taught), "different minima")
print("stored, neurons n:" + "".join(f"{n:5}" for n in experiment.WIDTHS) + "     n = 3 on four data sets")
for target in experiment.TARGETS:
    met = [experiment.count(stored.row(**experiment.row_of(target, [n]))).met for n in experiment.WIDTHS]
    others = [experiment.count(stored.row(**experiment.row_of(target, [3], data=data))).met for data in range(4)]
    print(f"minima, {target:10}" + "".join(f"{m:5}" for m in met) + "   " + "".join(f"{m:5}" for m in others))
print(stored.made)

# %%
now, then = len(taught), experiment.count(stored.row(**experiment.row_of("teacher", [3])))
assert now == then.met < 10 and then.runs == 200
for data in range(4):
    one, other = (
        experiment.count(stored.row(**experiment.row_of(target, [3], data=data))).met for target in experiment.TARGETS
    )
    assert other < one / 2

# %% tags=["reveal"]
lm.reveal(
    "4.4/teacher",
    measured=f"{len(taught)} different minima; most runs end at the lowest",
    right="fewer than ten",
    explanation="Same network, same inputs, same starts. The number of minima is a matter of the task, and not of the network alone.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# More neurons do not change that: with eight, the teacher's task has 2 minima in 200 runs, while with random targets nearly every run ends somewhere else. Weight decay matters,
# too: a tenth of it gives 121 and 25 minima at three neurons (and 200 and 124 at eight), ten times as much 17 and 1. But at each width and each decay the teacher's task has fewer:

# %% tags=["headline"]
print("minima met in 200 runs, n =" + "".join(f"{n:5}" for n in experiment.WIDTHS))
for decay in experiment.DECAYS:
    for target in experiment.TARGETS:
        counts = [experiment.count(stored.row(**experiment.row_of(target, [n], decay=decay))).met for n in experiment.WIDTHS]
        print(f"decay {decay:<6g}   {target:11} " + "".join(f"{count:5}" for count in counts))

# %%
for n, expected in {3: [121, 25, 82, 7, 17, 1], 8: [200, 124, 198, 2, 26, 1]}.items():
    rows = [experiment.row_of(target, [n], decay=decay) for decay in experiment.DECAYS for target in experiment.TARGETS]
    assert [experiment.count(stored.row(**row)).met for row in rows] == expected

# %% [markdown]
# ## Explore
#
# The picture holds 200 stored runs for each setting, and *Train 50 more* adds yours. **Two settings to try.** Random targets, 8 neurons, decay 0.002: add
# runs, and see whether the curve on the right ever bends. Then the teacher's targets with the same network: where do nearly all runs go?

# %%
lm.widgets.MinimaExplorer()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## More samples, more layers
#
# Back to random targets and three neurons, which have 16 parameters.

# %% tags=["predict"]
lm.predict(
    "4.4/samples",
    "The number of random samples grows: 10, 20, 40, 80, 160, 320. What happens to the number of minima?",
    ["it grows", "it falls", "it grows, then falls", "it stays"],
)

# %% tags=["experiment"]
experiment = lm.experiments.distribution_of_minima
stored = lm.store.load("distribution_of_minima")
met = {N: experiment.count(stored.row(**experiment.row_of("random", [3], N=N))) for N in experiment.SAMPLES}
live = {}
for N in (10, 160):  # the first 60 starts again
    land = experiment.regression("random", [3], N=N)
    live[N] = len(lm.distinct(land, experiment.descend(land, lm.starts(land, range(60), scheme="normal"))))

# %% slideshow={"slide_type": "slide"}
fig, ax = lm.plots.figure(8, 3.2)
ax.semilogx(met.keys(), [m.met for m in met.values()], "o-", color=lm.plots.PALETTE["blue"], label="200 runs, stored")
ax.semilogx(live.keys(), live.values(), "s", color=lm.plots.PALETTE["vermilion"], label="the first 60, repeated here")
ax.set(
    xlabel="samples N (number)",
    ylabel="different minima met (number)",
    xticks=experiment.SAMPLES,
    xticklabels=experiment.SAMPLES,
    ylim=0,
)
ax.minorticks_off()
ax.legend(loc="upper right")
alt = "A curve over the number of samples that climbs from 16 at 10 samples to 82 at 40 and falls again to 27 at 320."
lm.show(fig, caption="Different minima met with three neurons and random targets, by the number of samples.", alt=alt)

# %% tags=["headline"]
print("samples:         " + "".join(f"{N:5}" for N in met))
print("different minima:" + "".join(f"{m.met:5}" for m in met.values()))
for depth in (1, 2, 3):
    m = experiment.count(stored.row(**experiment.row_of("random", [3] * depth)))
    print(f"hidden layers of 3 neurons: {depth}; different minima: {m.met} in {m.runs} runs")

# %%
assert met[10].met < met[40].met > met[160].met and met[20].met < met[40].met and met[80].met > met[320].met
for N, count in live.items():
    assert abs(count - experiment.count(stored.row(**experiment.row_of("random", [3], N=N)), members=60).met) <= 2

# %% tags=["reveal"]
lm.reveal(
    "4.4/samples",
    measured=f"{met[10].met}, {met[20].met}, {met[40].met}, {met[80].met}, {met[160].met}, {met[320].met}",
    right="it grows, then falls",
    explanation="A picture, no proof: few samples can all be fitted, many average out; in between the network must choose whom to disappoint.",
)

# %% [markdown]
# The peak lies at two to five samples a parameter. With more layers, counts grow until nearly every run ends at a minimum of its own.
#
# **Claim 1, verdict**, for the numbers *met* in 200 runs. With neurons: *confirmed* for random targets and the two smaller decays (with 0.02 it falls from 38 to 26 between six and
# eight neurons, as printed above), *refuted* for the teacher's task with a decay of 0.002 or more. With layers: *confirmed* for random targets, not measured for the teacher. With samples: *refuted* for this
# network. What the true numbers are, beyond lower bounds, stays *open*.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How good are they?
#
# A second task, the one of [lesson 1.4](../1_saddle_points/4_straight_line.ipynb): 120 points in the plane, class 1 in two opposite quadrants, logistic loss, $\lambda = 0.0001$. The question is how far the end of an ordinary run lies
# above the best run of its width.

# %% tags=["predict"]
lm.predict(
    "4.4/spread",
    "With 4 neurons the median run ends tens of percent above the best. How far above it with 16 neurons?",
    ["still tens of percent", "about ten percent", "a few percent or less"],
)

# %% tags=["experiment"]
experiment = lm.experiments.distribution_of_minima
stored, widths = lm.store.load("distribution_of_minima"), (4, 8, 16, 32)
live = {}
for n in (4, 16):
    land = experiment.quadrants(n, decay=1e-4)
    live[n] = lm.train(land, experiment.quadrant_starts(land, range(0, 48, 4)), "lbfgs", tol=1e-6).loss

# %% slideshow={"slide_type": "slide"}
fig, axes = lm.plots.figure(8, 5, rows=4, sharex=True, sharey=True)
for n, ax in zip(widths, axes, strict=True):
    excess = experiment.excess(stored.row(table="spread", width=n)["loss"])  # percent above the best of the data set
    ax.hist(excess.clip(0.01), bins=10.0 ** torch.arange(-2, 3.6, 0.1).numpy(), color=lm.plots.PALETTE["blue"])
    ax.set(xscale="log", title=f"{n} neurons")
fig.supylabel("runs (number)", fontsize=12)
axes[-1].set_xlabel("end loss above the best run (percent)")
axes[-1].set_xticks([0.01, 0.1, 1, 10, 100, 1000], ["0.01", "0.1", "1", "10", "100", "1000"])
alt = "Four histograms. For 4 neurons a third of the runs at the best, the rest near 100 percent; for 8 most near 10, for 16 near 1, for 32 below 1."
caption = "How far 200 runs of each width end above the best of their data set (four data sets). First bar: 0.01 percent or less."
lm.show(fig, caption=caption, alt=alt)

# %% tags=["headline"]
print("n    median run above the best    within 5 % of it (95 % interval)")
for n in experiment.SPREAD_WIDTHS:
    excess = experiment.excess(stored.row(table="spread", width=n)["loss"])
    low, high = lm.binomial_interval(int((excess < 5).sum()), 200)
    print(
        f"{n:2}   {sorted(excess)[100]:6.2f} %                    {(excess < 5).sum():3} of 200 ({100 * low:.0f} to {100 * high:.0f} %)"
    )

# %%
for n, loss in live.items():
    same = stored.row(table="spread", width=n)["loss"][:48:4]
    assert (loss - torch.from_numpy(same)).abs().max() < 1e-4
losses = lm.experiments.distribution_of_minima.by_data_set(stored.row(table="spread", width=16)["loss"])
assert all(len(set(values.round(6))) > 30 for values in losses)  # of 50 runs: many minima still
worst_of = {n: experiment.excess(stored.row(table="spread", width=n)["loss"]) for n in widths}
assert (worst_of[32] < 5).mean() > 0.95 and sorted(worst_of[16])[100] < 5 and sorted(worst_of[4])[100] > 10

# %% tags=["reveal"]
lm.reveal(
    "4.4/spread",
    measured=f"{sorted(worst_of[4])[100]:.0f} % with 4 neurons, {sorted(worst_of[16])[100]:.1f} % with 16",
    right="a few percent or less",
    explanation="There are still many minima, but they have become nearly equally good.",
)

# %% [markdown]
# (With four neurons, the worst width here, the runs fall into two groups: 86 at or near the best, the rest far above. With two or three neurons the median is near 10 %.)
#
# Choromanska et al. (2015) saw this narrowing on digits with 25 to 500 neurons. (Their figure shows rescaled *test* losses where training stopped; the link to [spin glasses](../1_saddle_points/2_high_dimension.ipynb) rests
# on assumptions that networks break.) It is not a law of width. With random targets and 8 neurons the median run above ends 49 % above the best, and with a tenth of
# the decay at 2.6 times the best. And the teacher's task, learnable too, has a median at the best up to three neurons, and with a tenth of the decay one 28 % above it at eight.

# %%
loss = {decay: stored.row(**experiment.row_of("random", [8], decay=decay))["loss"] for decay in experiment.DECAYS[:2]}
ratio = {decay: sorted(values)[100] / values.min() for decay, values in loss.items()}
assert abs(ratio[2e-3] - 1.49) < 0.01 and abs(ratio[2e-4] - 2.6) < 0.05
taught = {n: stored.row(**experiment.row_of("teacher", [n], decay=2e-4))["loss"] for n in (1, 2, 3, 8)}
assert [round(100 * (sorted(values)[100] / values.min() - 1)) for values in taught.values()] == [0, 0, 0, 28]

# %% [markdown]
# **Claim 2, verdict.** *Confirmed* for wide networks on the quadrants (of the loss with its decay term), *refuted* for narrow ones there and for random targets. That wide networks have *no*
# bad minimum is refuted as a theorem for all data (Ding, Li and Sun 2019); for which tasks most minima are good is *open*.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Flat, stopped early, and tested
#
# The points of the quadrants again, but one label in ten is wrong, in training and test data alike, and 16 neurons have enough freedom to learn the wrong ones. First, how flat is a minimum?

# %% slideshow={"slide_type": "slide"}
experiment = lm.experiments.distribution_of_minima
land, data_loss = (experiment.quadrants(16, decay, flipped=0.1) for decay in (1e-3, 0.0))
theta = experiment.descend(land, experiment.quadrant_starts(land, [0]))[0]
minimum = lm.certify(land, theta, "strict local minimum")
values = torch.linalg.eigvalsh(data_loss.hessian(theta))
fig, ax = lm.plots.figure(8, 2.8)
lm.plots.draw_spectrum(ax, values)
ax.set_ylabel("eigenvalue (no unit)")
alt = "65 eigenvalues in rising order: nearly all lie on the zero line, nine of them slightly under it, and the last few rise steeply."
lm.show(
    fig,
    caption="Hessian eigenvalues of the data loss at a minimum of the loss with decay. Triangles: slightly negative.",
    alt=alt,
)

# %% tags=["headline"]
steep = float(values[-1]) / float(values.mean())
print("proved to be a strict minimum of the loss with decay:", minimum.proved)
print(f"eigenvalues below 1 % of the largest: {int((values < 0.01 * values[-1]).sum())} of {len(values)}")
print(f"a step along the steepest direction costs {steep:.0f} times as much as one along a random direction")

# %%
assert minimum.proved and (values < 0.01 * values[-1]).sum() > 30 and 8 < steep < 40

# %% [markdown]
# So "flat" is true of most directions and false of a few. (Triangles are slightly negative: there the decay holds the point.) A random step of length $\ell$ raises the loss by about $\ell^2 \operatorname{tr} H / (2P)$, where $P$ is the number of
# parameters: it sees the mean eigenvalue and misses the steep ones. For [ReLU](../../companion/2_glossary.ipynb#ReLU) networks flatness is not even a property of the function, since rescaling neurons changes it
# (Dinh et al. 2017).

# %% tags=["predict"]
lm.predict(
    "4.4/test",
    "No weight decay, 50 runs on the same data. Compared with the others, runs with a lower training loss tend to have ...",
    ["a lower test loss", "a higher test loss", "any test loss: there is no relation"],
)

# %% tags=["experiment"]
experiment = lm.experiments.distribution_of_minima
watched = {
    decay: experiment.train_and_watch(decay, data=0, seeds=range(12))[2].mean(0) for decay in (0.0, 1e-2)
}
free = lm.store.load("distribution_of_minima").row(table="stop", decay=0.0)

# %% slideshow={"slide_type": "slide"}
fig, (left, right) = lm.plots.figure(10, 3.8, columns=2)
for (decay, loss), dash, color in zip(watched.items(), ("-", "--"), ("vermilion", "blue"), strict=True):
    left.semilogx(
        10 * torch.arange(1, len(loss)), loss[1:], dash, color=lm.plots.PALETTE[color], label=f"decay {decay:g}"
    )
right.plot(free["train"][::4], free["test"][::4], "o", color=lm.plots.PALETTE["vermilion"])
left.set(xlabel="step of training (number)", ylabel="mean test loss (no unit)", ylim=0)
right.set(xlabel="training loss at the end (no unit)", ylabel="test loss at the end (no unit)")
left.legend()
alt = "Left two curves: without decay the test loss falls to 0.47 and rises again to 1.04; with decay it stays low. Right points that fall to the right."
lm.show(
    fig,
    caption="Mean test loss of 12 runs during 1,500 steps, and test against training loss after 1,500 steps, 50 stored runs without decay.",
    alt=alt,
)

# %% tags=["headline"]
stored = lm.store.load("distribution_of_minima")
print("        gain of early stopping,        correlation of training and test loss,")
print("decay   on each of four data sets      on each of four data sets")
for decay in experiment.STOP_DECAYS:
    gain, together = experiment.stopping(stored.row(table="stop", decay=decay))
    print(f"{decay:<5g} ", *(f"{g:6.3f}" for g in gain), "   ", *(f"{c:+.2f}" for c in together))

# %%
tables = {decay: experiment.stopping(stored.row(table="stop", decay=decay)) for decay in experiment.STOP_DECAYS}
assert max(tables[0.0][1]) < -0.4 and min(tables[0.0][0]) > 0.4 and watched[0.0][-1] > 0.4 + watched[0.0].min()
rows = [stored.row(table="stop", decay=decay)[name] for decay, name in ((0.0, "lowest_test"), (3e-3, "test"))]
means = [[round(float(values.mean()), 2) for values in experiment.by_data_set(row)] for row in rows]
assert [(min(each), max(each)) for each in means] == [(0.44, 0.46), (0.44, 0.48)]
assert max(tables[3e-3][0]) < 0.05 and min(tables[1e-2][1]) > 0.7

# %% tags=["reveal"]
lm.reveal(
    "4.4/test",
    measured="correlations " + ", ".join(f"{c:+.2f}" for c in tables[0.0][1]) + " on four data sets",
    right="a higher test loss",
    explanation="Without decay the runs that get lowest are those that learnt the wrong labels best. They are not the ones to look for.",
)

# %% [markdown]
# Early stopping and weight decay buy about the same: without decay the lowest test loss on the way is 0.44 to 0.46 on the four data sets (chosen with the test data, which flatters it),
# and training to the end with a decay of 0.003 gives 0.44 to 0.48. Do not read a law into the middle rows: where training losses hardly differ, the sign of the correlation changes from data set to data set.
#
# **Claim 3, verdict.** Flatness, at this minimum: *confirmed* for most directions, *refuted* for a few. Early stopping: *confirmed* without decay, needless with enough of it. Lower training loss,
# lower test loss: *refuted* without decay, *confirmed* with a decay of 0.01 on these four data sets, *open* as a law.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The theorem
#
# That there can be many minima is proved, and for the smallest network there is.
#
# **Theorem (Auer, Herbster and Warmuth 1996).** *For one neuron with logistic output and squared error, there are $N$ samples in $d$ dimensions for which the training error $E(w)$ has
# $\lfloor N/d \rfloor^d$ local minima.*
#
# Here is a construction of our own. One weight, no bias, inputs $R^{-j}$ for $j = 0, \dots, m-1$, all targets $y$: on the axis $\ln w$ each sample digs its own well. With samples on $d$ axes the error is a
# sum over coordinates, so the minima multiply.

# %% tags=["headline"]
w = torch.logspace(-2, 5, 500, dtype=torch.float64)
error = sum((0.6 - torch.sigmoid(w * 30.0**-j)).square() for j in range(3))  # y = 0.6, R = 30, m = 3
low = (error[1:-1] < error[:-2]) & (error[1:-1] < error[2:])
both = error[:, None] + error  # two weights, six samples
middle = both[1:-1, 1:-1]
lower = [middle < both[1 + i : 499 + i, 1 + j : 499 + j] for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
print("one weight, three samples:", int(low.sum()), "minima, with errors", ", ".join(f"{float(e):.3f}" for e in error[1:-1][low]))
print("two weights, six samples: ", int(torch.stack(lower).all(0).sum()), "minima")

# %%
assert low.sum() == 3 and torch.stack(lower).all(0).sum() == 9
assert (error[1:-1][low] - torch.tensor([0.0193, 0.1693, 0.3200])).abs().max() < 2e-4

# %% [markdown]
# One good minimum and two bad ones, the worst 17 times as high. With ten weights and 30 samples there are 59,049.
#
# | assumption | what it buys | without it |
# |---|---|---|
# | squared error on a logistic output | each term is flat on both sides | with cross-entropy the error of one neuron is convex |
# | targets that no neuron fits | the wells cannot agree | if some $w_*$ fits all of them, $\nabla E(w)^\top (w - w_*) > 0$ wherever $E > 0$: no other critical point |
# | samples chosen by us | wells that are far apart | the theorem is about the worst case; of typical data it says nothing |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# - *That the counts are complete.* They are lower bounds. A minimum with a tiny basin stays unseen.
# - *That the numbers are universal.* They belong to these tasks, sizes, decays and starts; four data sets gave between 62 and 95 minima for three neurons and random targets.
# - *That wide networks have no bad minima.* For almost all activations and generic inputs some targets make suboptimal minima, at any width (Ding, Li and Sun 2019). Existence and frequency are
#   different questions.
# - *That minima are all there is.* Newton's method, which goes to [critical points of every kind](../1_saddle_points/1_critical_points.ipynb), ends at [saddles](../../companion/2_glossary.ipynb#Saddle) from all of the first 100 starts.
# - *That ends of training are minima.* In the counts they are, because each was followed to a [gradient of zero](../../companion/2_glossary.ipynb#Critical-point); different losses alone prove nothing. In the comparison of widths runs
#   stop at a gradient of $10^{-6}$, and without decay training stopped after 1,500 steps of Adam, still moving.

# %%
land = lm.experiments.distribution_of_minima.regression("random", [3])
saddles = lm.find_critical_points(land, lm.starts(land, range(100), scheme="normal")).critical
counts = [saddles.kind.count(kind) for kind in ("strict saddle", "strict minimum")]
assert counts == [100, 0]

# %% tags=["quiz"]
lm.quiz(
    "4.4/once",
    "100 runs meet 90 different minima, 82 of them once. What follows?",
    [
        ("There are about 90 minima.", False, "Nearly each run met a new one. The next runs will, too."),
        (
            "There are at least 90, probably many more.",
            True,
            "So many that were met once speak for many that were not met.",
        ),
        ("The landscape is hopeless.", False, "Their number says nothing about how good they are."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "4.4/control",
    "A post shows that a network has hundreds of minima, with random labels. Which experiment is missing?",
    [
        ("The same network on a task that it can learn.", True, "The count followed the task."),
        ("A larger network with random labels.", False, "It has still more, and that would look like a law of size."),
        ("More random labels.", False, "With enough of them the count falls, but the labels stay random."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: why it is often easy all the same
#
# Four results, each with one number.
#
# **Enough weights, a little noise (Soudry and Carmon 2016).** One hidden layer of leaky ReLU, one output, squared loss, every slope multiplied by fixed random noise. If inputs times neurons
# reach the number of samples, almost surely every *differentiable* local minimum has training error zero. The reason is a rank: in the products of output and hidden
# weights the answers are linear, with an $N \times d_0 d_1$ matrix of slopes times inputs, and if its rank is $N$ the gradient vanishes only with the error.

# %% tags=["headline"]
easy = lm.experiments.easy_cases
for noise in (0.0, 0.1):
    full = sum(easy.leaky_rank(noise, seed) == 20 for seed in range(20))
    print(f"noise {noise:3}: rank 20 in {full} of 20 draws (20 samples, 5 inputs, 4 neurons)")
for neurons in (4, 8, 16):
    land = easy.noisy_leaky_net(neurons)
    runs = lm.train(land, lm.starts(land, range(10)), "adam", lr=0.03, tol=0, max_steps=1500, schedule="cosine")
    print(f"{5 * neurons:2} hidden weights for 40 samples: median training error {float(runs.loss.median()):.2f}")

# %%
assert full == 20 and runs.loss.median() < 1e-6 and sum(easy.leaky_rank(0.0, seed) == 20 for seed in range(20)) == 7

# %% [markdown] slideshow={"slide_type": "slide"}
# The noise is no decoration. And at exactly 40 hidden weights training stops above zero: at kinks, where several samples sit exactly on the edge of a neuron. The theorem
# leaves these points out.
#
# **A way down (Safran and Shamir 2016).** If a ReLU network starts above the loss of answering zero, as nearly all do with usual weights, there is a path from the start to any better network along which the loss falls all the
# way. Ours: go straight, scale the output so that the loss falls evenly, shrink the scale at the end. That a path exists does not mean that training takes it.

# %% tags=["headline"]
easy = lm.experiments.easy_cases
losses, zero = easy.downhill_path()
print("random starts above answering zero:", easy.starts_above_zero(width=50), "of 100")
print(
    f"start {losses[0]:.2f}, answering zero {zero:.2f}, aim {losses[-1]:.2f}; steps that go up: {int((losses.diff() >= 0).sum())}"
)

# %%
assert (losses.diff() < 0).all() and losses[0] > zero > losses[-1]

# %% [markdown] slideshow={"slide_type": "slide"}
# **Some tasks are cheap (Lin, Tegmark and Rolnick 2016).** Four neurons of size $\ell$ multiply two numbers as exactly as you like,
#
# $$ uv \;\approx\; \frac{s(\ell(u+v)) + s(-\ell(u+v)) - s(\ell(u-v)) - s(-\ell(u-v))}{4\, s''(0)\, \ell^2}, $$
#
# with an error of order $\ell^2$, for any smooth $s$ with $s''(0) \ne 0$: not for tanh, but for the softplus $s(z) = \ln(1 + e^z)$ used here.

# %% tags=["headline"]
u, v = torch.meshgrid(*2 * [torch.linspace(-1, 1, 201, dtype=torch.float64)], indexing="ij")
for size in (1.0, 0.1, 0.01):
    error = (lm.experiments.easy_cases.product_of_four(u, v, size) - u * v).abs().max()
    print(f"size ℓ = {size:4}: largest error for u and v from -1 to 1: {float(error):.2g}")

# %%
assert abs(float(error) - 1.667e-5) < 4e-8

# %% [markdown] slideshow={"slide_type": "slide"}
# The output weights grow like $1/\ell^2$, so this is no comfortable minimum for training.
#
# **And some are hopeless without any trap (Shamir 2016).** There are simple targets whose gradient carries almost no information about which of them it is. For parities of $d$ bits one can compute
# it (our derivation): the mean square of the part of the gradient that depends on the target is the mean square of the Jacobian divided by $2^d$.

# %% tags=["headline"]
for bits in (5, 10):
    computed, formula = lm.experiments.easy_cases.parity_signal(bits)
    print(f"{bits:2} bits: mean square over all parities {computed:.4f}, by the formula {formula:.4f}")

# %%
assert abs(computed / formula - 1) < 1e-10

# %% [markdown] slideshow={"slide_type": "slide"}
# At 50 bits the factor is $10^{-15}$: a plain. A landscape can defeat training by its flatness alone; no spurious minimum is needed.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# How many minima a small network has is decided by the task and the weight decay: with a decay of 0.002 random targets have dozens to hundreds, a learnable task a handful. Width does not
# remove minima on random targets; on the quadrants it makes them nearly equally good. And without weight decay the runs with the lowest training loss are not the ones that you want.
#
# | claim | measured here | verdict |
# |---|---|---|
# | number grows with neurons | random targets: 10 to 198 from 1 to 8 neurons; teacher: 1 to 9 and back to 2 | depends on task and decay |
# | number grows with samples | 16, 82, 27 met at 10, 40, 320 samples | refuted for this network |
# | most cost only slightly more | median excess 44 % with 4 neurons, 1.4 % with 16, 0.3 % with 32 | depends on width and task |
# | train and test loss agree | correlation below -0.4 without decay, above 0.7 with 0.01, on four data sets | depends on the decay |
#
# ## Go on
#
# - Exercises: [How many minima](../../exercises/4_over_parameterization/4_how_many_minima.ipynb), then the
#   [solutions](../../solutions/4_over_parameterization/4_how_many_minima.ipynb).
# - Next: [Width you already have](../5_cnn_width/1_width_you_already_have.ipynb): how wide networks for images are.
# - Auer, Herbster and Warmuth, *Exponentially many local minima for single neurons*, NIPS 1996: the theorem, and why the matching loss is convex.
# - Choromanska, Henaff, Mathieu, Ben Arous and LeCun, *The loss surfaces of multilayer networks*, AISTATS 2015: the narrowing, and the spin-glass picture.
# - Ding, Li and Sun, *Sub-optimal local minima exist for neural networks with almost all non-linear activations*, arXiv 1911.01413 (2019): why width alone proves nothing.
# - For the extra part: Soudry and Carmon, arXiv 1605.08361; Safran and Shamir, arXiv 1511.04210; Lin, Tegmark and Rolnick, arXiv 1608.08225; Shamir, arXiv 1609.01037.
