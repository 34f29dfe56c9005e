# %% [markdown] slideshow={"slide_type": "slide"}
# # The straight line to the solution
#
# *Training winds through hundreds of dimensions for a thousand steps. What would you have met on the straight line?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **draw** the loss along a line between two networks, **tell** when it falls all the way, **measure** the barrier between two solutions, **remove** it |
# | You need first | [Critical points](1_critical_points.ipynb); how a network with one hidden layer computes its answer |
# | To read | 60 minutes, and 8 for the extra part |
# | To run | about 15 seconds on one core |
# | Words and letters | [glossary](../../companion/2_glossary.ipynb), [notation](../../companion/1_notation.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two ways down
#
# Here is a small task: 120 points in the plane, class 1 in two opposite quadrants, class 0 in the other two. A network with $n$ tanh neurons answers
# $f(x) = \sum_i v_i \tanh(w_i^\top x + b_i) + c$. Its loss $L(\theta)$ is the mean of $-\ln p(y)$, where
# $p(1) = 1 / (1 + e^{-f(x)})$, plus a little [weight decay](../../companion/2_glossary.ipynb#Weight-decay), $\frac{\lambda}{2}|\theta|^2$ with $\lambda = 0.0001$.
#
# Train it for 1,000 steps with [Adam](../../companion/2_glossary.ipynb#Adam), its rate falling to zero, from $\theta_0$ to $\theta_1$. The path of training winds. Goodfellow, Vinyals and Saxe (2014) asked a question that costs nothing: what does the
# loss do on the straight line
#
# $$ \theta(t) \;=\; (1 - t)\,\theta_0 + t\,\theta_1, \qquad 0 \le t \le 1 \;? $$
#
# "It falls all the way" means here: at 51 places, nowhere more than 0.001 above a place before it.

# %%
import torch
import lmcourse as lm

# %% tags=["predict"]
lm.predict(
    "1.4/line",
    "16 neurons, learning rate 0.03. What does the loss do on the straight line from the start of training to its end?",
    ["it climbs over one high barrier", "it goes up and down many times", "it falls all the way"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment = lm.experiments.straight_line
land, start, end = experiment.trained_line(width=16, rate=0.03, seeds=range(20))
runs = lm.train(land, start[:1], "adam", 0.03, tol=0, max_steps=1000, schedule="cosine", record=10)
path = lm.slices.line(land, start, end)  # twenty lines at once

fig, (left, right) = lm.plots.figure(10, 3.6, columns=2, sharey=True)
left.plot(runs.path.steps, land.loss(runs.path.theta[0]))
right.plot(path.t, path.loss.mT, color=lm.plots.PALETTE["grey"], linewidth=1)
right.plot(path.t, path.loss[0], color=lm.plots.PALETTE["vermilion"])
left.set(xlabel="step of training (number)", ylabel="loss (no unit)", ylim=0)
right.set(xlabel="place t on the straight line (no unit)")
caption = "Left: the loss of one network during training. Right: the same on the straight line (thick), and 19 others."
alt = "Left a curve that falls from 0.70 to 0.03 within a few hundred steps. Right twenty curves that fall; hardly one of them rises."
lm.show(fig, caption=caption, alt=alt)

# %% tags=["headline"]
falls = experiment.falls(path)
print(f"lines on which the loss falls all the way: {int(falls.sum())} of 20")
print(f"training ended {float(experiment.moved(start, end).median()):.1f} times the length of its start away from it")

# %%
assert falls[0] and falls.sum() == 19

# %% tags=["reveal"]
lm.reveal(
    "1.4/line",
    measured=f"it falls all the way on {int(falls.sum())} of 20 lines",
    right="it falls all the way",
    explanation="On most of them there is nothing in the way. Training did not follow the line; the line was open all the same.",
)

# %% [markdown]
# Goodfellow et al. saw such curves for the networks of their day, convolutional and recurrent ones among them. They do not say that training *follows* the line, and it does not:
# such a curve only shows that nothing on the way forced the detour.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## When it does not fall
#
# Is it a law? Change the width and the [learning rate](../../companion/2_glossary.ipynb#Learning-rate).

# %% tags=["predict"]
lm.predict(
    "1.4/rate",
    "8 neurons, and a learning rate ten times as large, 0.3. On how many of 100 lines does the loss still fall all the way?",
    ["nearly all", "about half", "nearly none"],
)

# %% tags=["experiment"]
experiment = lm.experiments.straight_line
stored, live = lm.store.load("straight_line"), {}
for rate in experiment.RATES:
    land, start, end = experiment.trained_line(8, rate, seeds=range(0, 80, 4))  # the first 20 of data set 0
    live[rate] = experiment.falls(lm.slices.line(land, start, end))

# %% slideshow={"slide_type": "slide"}
fig, ax = lm.plots.figure(8, 3.6)
for n, look, color in ((8, "o", "vermilion"), (16, "s", "green"), (32, "^", "blue")):
    lengths, rises, done = experiment.lengths_and_rises(stored, n)  # of 300 networks
    ax.loglog(lengths[done], rises[done], look, color=lm.plots.PALETTE[color], alpha=0.6, label=f"{n} neurons")
    ax.loglog(lengths[~done], rises[~done], look, color=lm.plots.PALETTE["grey"], alpha=0.4)
ax.set(xlabel="distance from start to end (lengths of the start)", ylabel="largest rise (no unit)")
ax.set_yticks([5e-4, 1e-2, 1e-1, 1], ["none", "0.01", "0.1", "1"])
ax.set_xticks([0.5, 1, 2, 5], ["0.5", "1", "2", "5"])
ax.legend(title="rates 0.03 and 0.3", loc="upper left").axes.minorticks_off()
alt = "Points by distance. Grey ones, up to 1.7 lengths, all in the bottom band; coloured ones from 1.3 to 7 lengths, most in the band, some above it, up to 1."
lm.show(
    fig,
    caption="900 lines by length. In the band at the bottom the loss rises by less than 0.001. Grey: rate 0.003, training not finished.",
    alt=alt,
)

# %% tags=["headline"]
now = ", ".join(f"{int(falls.sum())} at rate {rate}" for rate, falls in live.items())
print("now, 8 neurons, one of the four data sets; falling, of 20 lines:", now)
print("stored, of 100 lines each              fall (95 % interval)   median distance   median loss")
for n in experiment.LINE_WIDTHS:
    for rate in experiment.RATES:
        row = stored.row(table="line", width=n, rate=rate, steps=1000)
        print(f"{n:2} neurons, rate {rate:<5}                 {experiment.share_that_falls(row)}")
longer = stored.row(table="line", width=8, rate=0.003, steps=10_000)
print(f" 8 neurons, rate 0.003, 10,000 steps   {experiment.share_that_falls(longer)}")
print(stored.made)

# %%
count = {
    rate: (stored.row(table="line", width=8, rate=rate, steps=1000)["rise"] < 1e-3).sum() for rate in experiment.RATES
}
done = [experiment.lengths_and_rises(stored, n)[1:] for n in experiment.LINE_WIDTHS]
assert [int((rises[which] >= 1e-3).sum()) for rises, which in done] == [61, 32, 16]
assert [
    sum(int((stored.row(table="line", width=n, rate=r, steps=1000)["rise"] >= 1e-3).sum()) for n in (8, 16, 32))
    for r in (0.03, 0.3)
] == [26, 83]
assert count[0.003] == 100 and count[0.3] < 80 and (longer["rise"] < 1e-3).sum() < 95
for rate, now in live.items():
    assert (now.numpy() == (stored.row(table="line", width=8, rate=rate, steps=1000)["rise"][:80:4] < 1e-3)).all()

# %% tags=["reveal"]
lm.reveal(
    "1.4/rate",
    measured=f"{count[0.003]}, {count[0.03]} and {count[0.3]} of 100 at rates 0.003, 0.03 and 0.3",
    right="about half",
    explanation="Monotone lines are common, and they are no law.",
)

# %% [markdown]
# Do not conclude that a small learning rate makes lines fall. The grey points are runs at rate 0.003, and after 1,000 steps they are far from finished: with 8 neurons the loss stands near 0.25. Ten times as many steps at the same
# rate bring the loss down, the networks as far away as the others, and the rises back. An unfinished run is a short line.
#
# Among the runs at the two larger rates narrow networks have more rises: of 200 lines each, 61 rise with 8 neurons, 32 with 16, 16 with 32. At 1,000 steps the larger rate has more, too: 83 of 300 at 0.3, 26 of 300 at 0.03. And of each width
# the longer half of the lines has more rises than the shorter: 36 against 25, 21 against 11, 11 against 5. All three go together; the table does not tell which is the cause.
#
# Lucas et al. (2021) name the property *monotonic linear interpolation*, and break it at will by driving weights far from their start. On CIFAR-10 and ImageNet Frankle (2020) found lines along
# which the loss stays high until close to the end.

# %% [markdown]
# ## The theorem: answers that do not turn back
#
# (You may skip this section and come back.)

# %% [markdown] slideshow={"slide_type": "slide"}
# Follow the answers instead of the weights. Along a path the network gives the vector of answers $z(t) \in \mathbb{R}^N$, one for each sample ($N$ now counts samples), with a continuous velocity $z'(t)$. Take the squared loss
# $L = \frac12 |z - y|^2$.
#
# **Theorem.** *If the path ends at a perfect fit, $z(1) = y$, and no two velocities $z'(s)$, $z'(t)$ form an angle of more than 90 degrees, the loss never rises on the way.*
#
# *Proof.* $\frac{d}{dt} L = z'(t)^\top (z(t) - z(1)) = - \int_t^1 z'(t)^\top z'(s)\, ds \le 0$. $\square$
#
# Lucas et al. (2021) have the idea, with a bound on the total turning of $z'$; a condition on pairs of angles allows more, and this short version is ours. It holds for steps $d_k = z_{k+1} - z_k$ as well:
# $L_{k+1} - L_k = -\frac12 |d_k|^2 - \sum_{j > k} d_k^\top d_j$. So you can check it at 51 places, and for these places it is exact. ("Falls" is stricter here: no rise above $10^{-9}$.) The task: random targets for 20 samples. Ten networks of each width from 8 to 512 learn them.

# %% tags=["predict"]
lm.predict(
    "1.4/turn",
    "How much do the answers turn, at most, on the line to a perfect fit?",
    ["about as much at all widths", "more for wide networks", "less for wide networks"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, turn, rise, distance = lm.experiments.straight_line, {}, {}, {}
for n in (8, 32, 128, 512):
    land = experiment.fit_of_random_targets(n)
    start = experiment.quadrant_starts(land, range(10))
    end = lm.train(land, start, "lbfgs", tol=1e-7, max_steps=3000).theta  # a quasi-Newton method
    path = lm.slices.line(land, start, end)
    turn[n] = experiment.largest_turns(land, path)
    rise[n], distance[n] = path.largest_rise, experiment.moved(start, end)

# %%
fig, ax = lm.plots.figure(8, 3.2)
for n, angles in turn.items():
    ax.plot([n] * 10, angles, "o", color=lm.plots.PALETTE["blue"], alpha=0.6)
ax.axhline(90, linestyle="--", color=lm.plots.PALETTE["grey"])
ax.set(xscale="log", xlabel="neurons n (number)", ylabel="largest turn (degrees)", ylim=(0, 180))
ax.set_xticks(list(turn), list(turn))
ax.set_yticks(range(0, 181, 45))
ax.minorticks_off()
alt = "Ten dots for each width. At 8 and 32 neurons between 60 and 140 degrees, on both sides of the dashed line at 90; at 128 near 25; at 512 near 2."
lm.show(
    fig,
    caption="The largest angle between two steps of the answers on the line to a perfect fit. Below 90 degrees the theorem applies.",
    alt=alt,
)

# %% tags=["headline"]
for n, angles in turn.items():
    print(
        f"{n:3} neurons: largest turn {float(angles.median()):5.1f} degrees (median), moved {float(distance[n].median()):.2f} lengths, "
        f"theorem applies to {int((angles <= 90).sum()):2} of 10, loss falls on {int((rise[n] < 1e-9).sum())} of 10"
    )

# %%
assert (turn[128] < 90).all() and all((rise[n][turn[n] <= 90] < 1e-9).all() for n in turn)

# %% tags=["reveal"]
lm.reveal(
    "1.4/turn",
    measured=", ".join(f"{float(angles.median()):.0f}" for angles in turn.values())
    + " degrees at 8, 32, 128 and 512 neurons",
    right="less for wide networks",
    explanation="A wide network reaches a perfect fit with small changes of many weights, and along a short line its answers hardly turn.",
)

# %% [markdown]
# | assumption | what it buys | without it |
# |---|---|---|
# | a perfect fit at the end | $z(1) = y$: the loss measures the way that is left | a term $z'(t)^\top (z(1) - y)$ of any sign remains |
# | no turn above 90 degrees | every step brings you nearer to the end | sufficient, not necessary: most narrow networks above turn more, and their lines fall, too |
# | squared loss | a gradient that points from $y$ to $z$ | for the logistic loss of the quadrants the theorem says nothing |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## From one solution to another
#
# So far one end of the line was a random start. Now join two *ends*: two networks of 16 neurons, trained on the same data from different starts. (From here on the weight decay is 0.001, so that training arrives.) Both solve the task
# about equally well, and nearly all lines from their starts down to them fall. Call how far the loss rises above the straight line between the losses at both ends
# the **barrier**.

# %% tags=["predict"]
lm.predict(
    "1.4/barrier",
    "Both networks have a loss of 0.14. How high does the loss rise on the line from one to the other?",
    ["hardly at all", "to about 0.3", "to about 1, as bad as an untrained network or worse"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment = lm.experiments.straight_line
land, ends = experiment.solutions(width=16, seeds=range(12))
first, second = torch.triu_indices(12, 12, offset=1)  # all 66 pairs
straight = lm.slices.line(land, ends[first], ends[second])

fig, ax = lm.plots.figure(8, 3.4)
ax.plot(straight.t, straight.loss.mT, color=lm.plots.PALETTE["grey"], linewidth=1)
ax.plot(straight.t, straight.loss[0], color=lm.plots.PALETTE["vermilion"])
ax.set(xlabel="place t on the line between two ends (no unit)", ylabel="loss (no unit)", ylim=0)
alt = "66 curves that start and end near 0.14 and rise in between, most of them to about 1, some beyond 2."
lm.show(fig, caption="The loss on the lines between 12 trained networks, all 66 pairs, one of them thick.", alt=alt)

# %% tags=["headline"]
down = lm.slices.line(land, experiment.quadrant_starts(land, range(12)), ends)
print(f"lines from start to end that fall: {int(experiment.falls(down).sum())} of 12")
print(f"loss at the ends: {float(land.loss(ends).min()):.3f} to {float(land.loss(ends).max()):.3f}")
print(f"barrier on the straight line, median of 66 pairs: {float(straight.barrier.median()):.2f}")

# %%
assert straight.barrier.median() > 0.5 and land.loss(ends).max() < 0.15

# %% tags=["reveal"]
lm.reveal(
    "1.4/barrier",
    measured=f"to {float(straight.loss.amax(dim=1).median()):.2f} for the median pair, a barrier of {float(straight.barrier.median()):.2f}",
    right="to about 1, as bad as an untrained network or worse",
    explanation="A line that falls from each start says nothing about the way between two ends.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# Are such ends [minima](../../companion/2_glossary.ipynb#Local-minimum), and different ones? For another pair, with 8 neurons and so small enough, you can prove it: follow both to a gradient of zero, then certify.

# %%
experiment, descend = lm.experiments.straight_line, lm.experiments.distribution_of_minima.descend
small, pair = experiment.solutions(width=8, seeds=range(2))
pair = descend(small, pair)
proofs = [lm.certify(small, theta, "strict local minimum") for theta in pair]
assert all(proof.proved for proof in proofs) and proofs[0].loss_bounds[1] < proofs[1].loss_bounds[0]
assert all(f"{low:.4f}" == f"{high:.4f}" for low, high in (proof.loss_bounds for proof in proofs))
print("the losses, proved to four digits:", " and ".join(f"{proof.loss_bounds[0]:.4f}" for proof in proofs))
proofs[0]

# %% [markdown]
# The proved bounds of their losses do not overlap, so they are not even copies of each other.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Change the names
#
# Are there mountains between all solutions, then? Look at what the line mixes. Halfway, neuron 1 of the first network is averaged with neuron 1 of the second. But the numbers of neurons mean nothing: you may exchange two neurons,
# or replace $(w, b, v)$ by $(-w, -b, -v)$, and the network computes the same function. So before you draw the line, rename and reverse the neurons of the second network such that each lies as near as possible to
# its namesake in the first. Pairing neurons at the lowest total distance is an *assignment problem*, and for one hidden layer it is solved exactly. Nothing that the network computes has changed.

# %% tags=["predict"]
lm.predict(
    "1.4/names",
    "After this renaming, what becomes of the median barrier, about 1?",
    ["it stays about as high", "it halves", "almost nothing is left"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment = lm.experiments.straight_line
land, ends = experiment.solutions(width=16, seeds=range(12))
first, second = torch.triu_indices(12, 12, offset=1)
renamed = lm.slices.matched(land, ends[second], ends[first])  # copies of the second networks
assert (land.loss(renamed) - land.loss(ends[second])).abs().max() < 1e-12  # the same function, the same loss
level = lm.slices.line(land, ends[first], renamed)
before = lm.slices.line(land, ends[first], ends[second])

# %%
a, b, copy = ends[0], ends[1], renamed[0]
plane = lm.slices.plane(land, a, b - a, copy - a, points=61, span=(-0.4, 1.4))
fig, (left, right) = lm.plots.figure(10.5, 4.2, columns=2)
lm.plots.draw_plane(left, plane, {"A": (0, 0), "B": (1, 0), "B renamed": (0, 1)})
left.set(xlabel="from A to B (share)", ylabel="from A to B renamed (share)")
right.plot(before.t, before.loss.mT, color=lm.plots.PALETTE["grey"], linewidth=0.7)
right.plot(level.t, level.loss.mT, color=lm.plots.PALETTE["blue"], linewidth=0.7)
right.set(xlabel="place t on the line between two ends (no unit)", ylabel="loss (no unit)", ylim=0)
alt = "Left a map with a dark valley that holds A and B renamed, and a ridge between A and B. Right 66 grey humps up to 2.4 and, below, 66 flat lines near 0.14."
lm.show(
    fig,
    caption="Left: the plane through A, B and a renamed copy of B. Right: all 66 lines before (grey, humps) and after renaming (blue, flat).",
    alt=alt,
)

# %% tags=["headline"]
print(
    f"barrier, median of 66 pairs: {float(before.barrier.median()):.2f} as trained, {float(level.barrier.median()):.4f} after renaming"
)
print(
    "pairs with a barrier below 0.02 after renaming, ends as trained:", int((level.barrier < 0.02).sum()), "of 66"
)

# %%
assert before.barrier.median() > 0.5 and level.barrier.median() < 0.02

# %% tags=["reveal"]
lm.reveal(
    "1.4/names",
    measured=f"{float(before.barrier.median()):.2f} before, {float(level.barrier.median()):.4f} after",
    right="almost nothing is left",
    explanation="Most of the mountain stood between two ways to number neurons.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Width decides
#
# Renaming does not always help. Here are 100 separate pairs of each width, on four data sets, straight, renamed, and on a *bent* path: a curve with one corner point $M$, $\theta(t) = (1-t)^2 \theta_0 + 2t(1-t) M + t^2 \theta_1$, whose $M$ is trained
# to make the mean loss along it small (Garipov et al. 2018).

# %% tags=["headline"]
experiment, stored = lm.experiments.straight_line, lm.store.load("straight_line")
print("n    median barrier: straight   renamed     bent   renamed below 0.02 (95 % interval)")
for n in experiment.PAIR_WIDTHS:
    print(f"{n:2}   {experiment.barriers_in_words(stored, n)}")

# %%
median = {
    n: {k: float(sorted(v)[50]) for k, v in stored.row(table="pair", width=n).items()} for n in experiment.PAIR_WIDTHS
}
assert median[4]["matched"] > 0.03 and median[16]["matched"] < 0.02 and median[32]["matched"] < 0.01
assert all(median[n]["straight"] > 0.3 for n in median)

# %% [markdown]
# (The bend begins on the line without renaming and has 800 steps. Its median ends above that of the renamed line, which says nothing about the lowest curve: for 37 of the 100 pairs of 4 neurons it ends below. It was not run for 64 neurons.)

# %% [markdown]
# Are level pairs the same network twice? Follow the twelve ends of one data set on to a gradient of zero and see what differs:

# %% tags=["headline"]
experiment, descend = lm.experiments.straight_line, lm.experiments.distribution_of_minima.descend
print("twelve ends of one data set, followed on to a gradient of zero:")
for n in (4, 16):
    land, ends = experiment.solutions(n, range(12))
    ends = descend(land, ends)
    found, barrier = lm.distinct(land, ends), experiment.barriers_after_renaming(land, ends)  # (66,)
    print(
        f"{n:2} neurons: {len(found)} different minima; pairs with a barrier below 0.02 after renaming: {int((barrier < 0.02).sum())} of 66"
    )
    print("   their losses", *(f"{x:.5f}" for x in found.loss.tolist()))
    print("   networks    ", *(f"{x:7}" for x in found.counts.tolist()))

# %%
bent, level = (stored.row(table=t, width=4)[k] for t, k in (("curve", "bent"), ("pair", "matched")))
assert (bent < level).sum() == 37 and len(found) == 10 and 40 < (barrier < 0.02).sum() < 60

# %% [markdown]
# With 4 neurons, yes: eight of the twelve are one and the same best network, and the walls stand between it and three worse minima, or between these. With 16 neurons ten different minima are nearly equally good, and most pairs of them are level.
# (All 66 pairs come from one data set and twelve networks; the 100 pairs of the table do not.)
#
# Entezari et al. (2021) *conjecture* that wide networks trained by stochastic gradient descent are likely to have no barrier between them, up to renaming. Ainsworth, Hayase and Srinivasa (2023)
# matched independently trained deep networks on CIFAR-10 without a barrier, needed very wide ones for it, and gave a counterexample to "always".

# %% [markdown]
# ## Explore
#
# Twelve stored networks of 4, 8, 16 and 32 neurons. **Two settings to try.** 16 neurons, networks 4 and 9: go from *straight* to *renamed* and watch the star on the right. Then 4 neurons, networks 10 and 11: which of the three paths is the
# lowest now? These two are different minima, neither of them the best; compare 1 and 2, which are both copies of the best one.

# %%
lm.widgets.PathExplorer()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# - *That training follows the line.* It does not. An open line is a fact about two points.
# - *That a falling line means an easy landscape.* Ends that such lines lead to have barriers near 1 between them.
# - *That all minima are one.* With 4 neurons they are not, and with 16 they are different minima with low barriers between them.
# - *That the numbers carry over.* They belong to one task, one hidden layer, tanh. For deeper networks no exact matching in reasonable time is known; layer after layer is used.
# - *That a high bent path proves a barrier.* It shows only that this search found no low one.

# %% tags=["quiz"]
lm.quiz(
    "1.4/midpoint",
    "You average the weights of two independently trained networks, and the result is useless. What follows?",
    [
        ("The two networks lie in different basins.", False, "Perhaps their neurons only have different numbers."),
        (
            "Nothing yet: match their neurons first.",
            True,
            "The average mixes neurons by number, and numbers mean nothing.",
        ),
        ("One of them is badly trained.", False, "Both had a loss of 0.14 here."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "1.4/early",
    "Suppose that after ten steps of training the line from start to now falls all the way, for every seed. What does that say about the landscape?",
    [
        ("It has no barriers.", False, "Between two ends there may be one of height 1."),
        ("Very little: the networks have hardly moved.", True, "Look again when training has ended."),
        ("The learning rate is small enough.", False, "More steps at the same rate brought the rises back."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: why wide networks move little
#
# In the experiment with perfect fits the distance fell from 1.51 lengths at 8 neurons to 0.03 at 512, about like $1/n$. How fast it falls depends on how the output is scaled. Chizat, Oyallon and Bach (2019) call training *lazy* when a large scale of the
# output lets the weights stay where they are; then the network is nearly linear in its weights, and Jacot, Gabriel and Hongler (2018) describe its training by a fixed kernel. Here is the usual scaling, $f(x) = v^\top \tanh(Wx) / \sqrt n$
# with weights $N(0, 1)$, on 20 random targets, from a start that answers zero:

# %% tags=["headline"]
experiment = lm.experiments.straight_line
widths, distances = (32, 128, 512, 2048), []
for n in widths:
    distances.append(experiment.lazy_distance(n))
    print(
        f"{n:4} neurons: weights moved {distances[-1]:.3f} lengths, times the square root of n {distances[-1] * n**0.5:.2f}"
    )
slope = (torch.tensor(distances[-1] / distances[0]).log() / torch.tensor(widths[-1] / widths[0]).log()).item()
print(f"power of n: {slope:.2f}")

# %%
assert abs(slope + 0.5) < 0.1

# %% [markdown]
# The distance falls like $1/\sqrt n$: a wide network of this kind fits while its weights hardly move.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# On the straight line from start to end the loss often falls all the way, more often for wide networks: that is measured, and proved only for answers that fit at the end and never turn back. Between two ends the same kind of line climbs a mountain.
# On this task, for networks that are wide enough, nearly nothing is left of it when the neurons of one are renamed.
#
# | question | measured here | published |
# |---|---|---|
# | does the line from the start fall? | 16 neurons, rate 0.03: 94 of 100; 8 neurons, rate 0.3: 58 of 100 | no significant obstacles (Goodfellow et al. 2014); broken at will (Lucas et al. 2021) |
# | barrier between two ends, 16 neurons | median about 1 | high without matching (Entezari et al. 2021) |
# | after renaming | median about 0.01; 94 of 100 pairs below 0.02 | zero for wide ResNets on CIFAR-10 (Ainsworth et al. 2023) |
#
# ## Go on
#
# - Exercises: [The straight line](../../exercises/1_saddle_points/4_straight_line.ipynb), then the [solutions](../../solutions/1_saddle_points/4_straight_line.ipynb).
# - Next: [Ten points that trap a network](../2_blind_spots/1_ten_points.ipynb): a minimum that holds most runs.
# - Goodfellow, Vinyals and Saxe, *Qualitatively characterizing neural network optimization problems*, arXiv 1412.6544 (2014): the first lines, and what they do not show.
# - Lucas, Bae, Zhang, Fort, Zemel and Grosse, *On monotonic linear interpolation of neural network parameters*, ICML 2021: when and why.
# - Ainsworth, Hayase and Srinivasa, *Git Re-Basin*, ICLR 2023, arXiv 2209.04836: matching for deep networks, with limits.
