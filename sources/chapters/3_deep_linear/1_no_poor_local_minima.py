# %% [markdown] slideshow={"slide_type": "slide"}
# # No poor local minima
#
# *A network of matrices, nothing bent, stands still at nearly three times the lowest loss. How does it go on?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **list** every critical point of a two-layer linear network, **predict** its loss and its index, **tell** a plateau from a minimum, **name** what Kawaguchi's theorem needs and what breaks without it |
# | You need first | [Start here](../../00_start_here.ipynb); matrix products, singular values, eigenvalues of the Hessian |
# | To read | 60 minutes, and 10 for the extra part |
# | To run | about 10 seconds on one core |
# | Words and letters | [glossary](../../companion/2_glossary.ipynb), [notation](../../companion/1_notation.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A run that stands still
#
# A *deep linear network* multiplies its input by one matrix after the other, $x \mapsto W_L \cdots W_2 W_1 x$. Its loss on samples $(x, y)$ is
#
# $$ \ell(W) \;=\; \tfrac12 \sum_{\text{samples}} \big| W_L \cdots W_1 x - y \big|^2 . $$
#
# The function is linear, whatever the depth $L$. The loss, as a function of the weights, is a polynomial of degree $2L$.
#
# Here $L = 4$, and the layers have 4, 2, 2, 2, 4 neurons. The samples ask for the matrix $\mathrm{diag}(2, 1.5, 1, 0.5)$: input $e_i$ is to give $s_i e_i$. The
# narrow layers pass only rank two, so the best network learns $s_1 = 2$ and $s_2 = 1.5$ and gives up the rest: lowest loss
# $\tfrac12 (1^2 + 0.5^2) = 0.625$. [Gradient descent](../../companion/2_glossary.ipynb#Gradient-descent) with step size 0.02 starts at small random weights.

# %%
import torch
import lmcourse as lm

# %% tags=["predict"]
lm.predict(
    "3.1/still",
    "From step 1,000 to step 10,000 the loss of this run falls from 1.75001 to 1.75000, and the best is 0.625. You let it run on. How does the loss go on?",
    ["it stays at 1.75", "a slow creep towards 0.625", "a sudden fall to 0.625", "a fall to a second plateau near 1.2"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
land = lm.experiments.no_poor_minima.landscape(layers=4)
start = lm.starts(land, seeds=[303], scale=1 / 3)  # a third of the usual size
run = lm.train(land, start, lr=0.02, max_steps=20_000, record=10)
losses = land.loss(run.path.theta[0])
lengths = land.gradient(run.path.theta[0]).norm(dim=1)
fig, (left, right) = lm.plots.figure(9, 3.4, columns=2)
left.plot(run.path.steps, losses, color=lm.plots.PALETTE["blue"])
left.set(xlabel="step (number)", ylabel="loss (no unit)", xticks=[0, 5000, 10_000, 15_000], ylim=(0, 4))
right.semilogy(run.path.steps, lengths, color=lm.plots.PALETTE["vermilion"])
right.set(xlabel="step (number)", ylabel="length of the gradient (no unit)", xticks=[0, 5000, 10_000, 15_000])
alt = "Left: the loss falls to 1.75, is level until step 15,000 and drops to "
alt += "0.625. Right: the gradient, down to 0.0001 on the way."
caption = "One run until its gradient is shorter than 0.000000001: its loss, and the length of its gradient."
lm.show(fig, caption, alt)

# %% tags=["headline"]
for step in (1000, 5000, 10_000):
    print(f"step {step:6,}: loss {float(losses[step // 10]):.5f}")
print(f"at the end:  loss {float(losses[-1]):.5f}")

# %%
assert abs(float(losses[100]) - 1.75001) < 1e-5 and abs(float(losses[1000]) - 1.75) < 1e-5
assert abs(float(losses[-1]) - 0.625) < 1e-6 and float(lengths[600]) < 1.1e-4

# %% tags=["reveal"]
lm.reveal(
    "3.1/still",
    measured=f"{float(losses[1000]):.3f} after 10,000 steps, {float(losses[-1]):.3f} at the end",
    right="a sudden fall to 0.625",
    explanation="The run stood on a plateau. That it is no minimum follows from a theorem, without any run: such a loss has none but the best.",
)

# %% [markdown]
# In the paper (Kawaguchi 2016): $H = L - 1$ hidden layers; $d_x$, $d_y$ inputs and outputs; $p$ the smallest hidden width;
# samples are columns.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Half way between two best networks
#
# Take two matrices, layers of 4, 2, 4 neurons, and the target
# $\mathrm{diag}(4, 3, 2, 1)$, with the unit vectors as inputs. Change the sign of both matrices of a best network: the product, and so the function, is the same.

# %% tags=["predict"]
lm.predict(
    "3.1/middle",
    "The networks $(W_1, W_2)$ and $(-W_1, -W_2)$ both have the lowest loss, 2.5. What is the loss half way between them?",
    ["2.5: they are one function", "a little above 2.5", "15, as of a network that always answers 0"],
)

# %% tags=["experiment"]
data = lm.experiments.no_poor_minima.target(4, 3, 2, 1)
land = lm.deep_linear((4, 2, 4), data)
best = lm.linear_critical_point((4, 2, 4), data, kept=(1, 2)).theta  # modes 1 and 2 learnt: W1, then W2
t = torch.linspace(-1, 1, 101, dtype=torch.float64)[:, None]
both = land.loss(t * best)
one = land.loss(torch.cat([best[:8].expand(101, 8), (t + 1) * best[8:]], dim=1))  # W1 stays, W2 from 0 to twice the best

# %% slideshow={"slide_type": "slide"}
fig, (plane, line) = lm.plots.figure(9, 3.6, columns=2)
w = torch.linspace(-2, 2, 101)
root = (w * w[:, None] - 1).abs()  # of twice the loss: the same height lines, better seen
plane.contourf(w, w, root, levels=[*(0.2 * k for k in range(13)), 5], vmax=2.4, cmap="cividis", alpha=0.8)
plane.plot([-1, 0, 1], [-1, 0, 1], "o--", color="white", markeredgecolor="black")
whole = range(-2, 3)
plane.set(xlabel="weight w1 (no unit)", ylabel="weight w2 (no unit)", title="one neuron a layer", xticks=whole, yticks=whole)
line.plot(t, both, color=lm.plots.PALETTE["blue"], label="both matrices")
line.plot(t, one, "--", color=lm.plots.PALETTE["vermilion"], label="W2 alone")
line.set(xlabel="place on the line (no unit)", ylabel="loss (no unit)", xticks=[-1, 0, 1], ylim=(0, 21), title="layers of 4, 2, 4 neurons")
line.legend(loc="upper center")
alt = "Left: two dark valleys with a dot in each and, half way between these, a dot on a saddle. "
alt += "Right: a hill from 2.5 over 15 to 2.5, and a parabola, 15 to 2.5 to 15."
caption = "Left the smallest example, (w2 w1 - 1)²/2. Right the loss on two straight lines through weights of the 4-2-4 network."
lm.show(fig, caption, alt)

# %% tags=["headline"]
print(f"both matrices:  {both[0]:.1f}, half way {both[50]:.1f},  {both[100]:.1f}   above the ends: not convex")
print(f"W2 alone:      {one[0]:.1f}, half way  {one[50]:.1f}, {one[100]:.1f}   below the ends: not concave")

# %%
assert (both[[0, 50, 100]] - torch.tensor([2.5, 15, 2.5])).abs().max() < 1e-12
assert (one[[0, 50, 100]] - torch.tensor([15, 2.5, 15])).abs().max() < 1e-12

# %% tags=["reveal"]
lm.reveal(
    "3.1/middle",
    measured="15, since half way all weights are zero",
    right="15, as of a network that always answers 0",
    explanation="Depth bends the loss: one function has many sets of weights, and between them lie hills.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Eleven levels
#
# A non-convex loss may have traps. Two matrices can be settled completely. Inputs are the unit vectors again, and the best linear map $R$ is the target. Its singular values and vectors,
# $R = \sum_i s_i u_i v_i^\top$, are its *modes*, strongest first. For $R = \mathrm{diag}(4, 3, 2, 1)$ mode $i$ has the strength $s_i = 5 - i$. (For
# other inputs, take the modes of $R (XX^\top)^{1/2}$.)
#
# **Baldi and Hornik (1989)** proved for two matrices: if the strengths are distinct and positive, one for each output, a critical point whose $W_2$ has [full rank](../../companion/2_glossary.ipynb#Rank) is the
# best map cut down to a set $S$ of its modes. For smaller rank this is short (a zero gradient gives $P^\top (R - P) = 0 = (R - P) P^\top$ for the product $P$); for any depth
# it is due to Achour, Malgouyres and Gerchinovitz (2024). So, with $r$ modes in $S$,
#
# $$ W_2 W_1 = \sum_{i \in S} s_i u_i v_i^\top, \qquad \ell = \text{unexplained} + \tfrac12 \sum_{i \notin S} s_i^2 . $$
#
# "Unexplained" is what no linear map can fit, here 0. Two hidden neurons hold at most two modes: 1 + 4 + 6 = 11 sets, hence eleven levels of loss. The *index* of
# a critical point is the number of negative eigenvalues of its [Hessian](../../companion/2_glossary.ipynb#Hessian): the ways down that curvature shows.

# %% tags=["predict"]
lm.predict(
    "3.1/levels",
    "On the highest level nothing is learnt. Let all 16 weights be zero: how many of the 16 eigenvalues of the Hessian are negative there?",
    ["16: it is the highest level", "8", "4: one for each mode", "2: one for each neuron"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
data = lm.experiments.no_poor_minima.target(4, 3, 2, 1)
land = lm.deep_linear((4, 2, 4), data)
catalogue = lm.linear_catalogue((4, 2, 4), data)  # weights by the formula; loss and index as the formulas say
points = torch.stack([point.theta for point in catalogue])
found = lm.classify(land, points)  # loss, gradient and index, computed from these weights
fig, ax = lm.plots.figure(8, 4.4)
for point, loss, index in zip(catalogue, found.loss, found.index, strict=True):
    lm.widgets.loss_staircase.draw_level(ax, point.kept, loss, index)
ax.set(xlabel="index: negative eigenvalues (number)", ylabel="loss (no unit)", xlim=(-0.5, 9), ylim=(0, 16.5))
alt = "Eleven marks that rise to the right: one circle at index 0, loss 2.5, ten "
alt += "triangles from index 1, loss 5, to index 8, loss 15."
caption = "All critical levels of the 4-2-4 network, by the modes learnt. Circle: index 0; triangles: negative eigenvalues."
lm.show(fig, caption, alt)

# %% tags=["headline"]
print("modes    loss  formula   index  formula")
for point, loss, index in zip(catalogue, found.loss, found.index, strict=True):
    print(f"{set(point.kept) or '{}'!s:7} {loss:5.1f} {point.loss:8.1f} {index:7} {point.index:8}")

# %%
listed = {(1, 2): 0, (1, 3): 1, (1, 4): 2, (1,): 3, (2, 3): 2, (2, 4): 3, (2,): 4, (3, 4): 4, (3,): 5, (4,): 6, (): 8}
assert {point.kept: int(index) for point, index in zip(catalogue, found.index, strict=True)} == listed
assert land.gradient(points).abs().max() < 1e-12
assert max(abs(float(loss) - point.loss) for point, loss in zip(catalogue, found.loss, strict=True)) < 1e-12

# %% tags=["reveal"]
lm.reveal(
    "3.1/levels",
    measured=f"{int(found.index[-1])} at zero weights; index 0 at one of the eleven levels, {set(catalogue[0].kept)}",
    right="8",
    explanation="Each of the two unused neurons may begin each of the four modes. The other eight eigenvalues are positive: the highest level is a saddle.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Counting the ways down
#
# At {1, 3} let neuron 1 carry mode 1, and neuron 2 mode 3: its output weights are $u_3$, its input weights $s_3 v_3$. Turn both a little towards the missing mode 2, to $u_3 + a u_2$ and
# $s_3 v_3 + b v_2$. Up to a term $\tfrac12 a^2 b^2$ the loss changes by
#
# $$ \tfrac12 \big( s_3^2 a^2 + b^2 - 2 s_2\, ab \big) \;=\; \tfrac12 \big( 4 a^2 + b^2 - 6 ab \big), $$
#
# for $b = 2a$ by $-2a^2$: down, though $a$ alone and $b$ alone lead up. Towards mode 4 it is $\tfrac12 (4 a^2 + b^2 - 2ab)$, never negative, since $s_4 < s_3$. And with an unused
# neuron, as at {1}, only $-s_i\, ab$ is left: down, if both signs agree.
#
# In general, with $n_1$ hidden neurons and $n_2$ modes, one for each output (so no more outputs than inputs),
#
# $$ \text{index}(S) \;=\; \#\{\, i \notin S,\; j \in S,\; s_i > s_j \,\} \;+\; (n_1 - r)(n_2 - r) . $$
#
# The first term counts *exchanges* of a learnt mode for a stronger one, the second
# *beginnings*: each unused neuron may begin any missing mode. Both vanish for one set alone: the strongest modes, as many as fit. (Our derivation, see the extra part; that the
# ten are [saddles](../../companion/2_glossary.ipynb#Saddle) is part of Kawaguchi's theorem.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Is the index certain?
#
# At one set of weights for each level `lm.certify` computes in fractions: the gradient is exactly zero, and the signs of all eigenvalues are counted without error.

# %% tags=["headline"]
data = lm.experiments.no_poor_minima.target(4, 3, 2, 1)
land = lm.deep_linear((4, 2, 4), data)
for point in lm.linear_catalogue((4, 2, 4), data):
    claim = f"index-{point.index} saddle" if point.index else "minimum up to symmetry"
    proof = lm.certify(land, point.theta, claim)
    print(f"{set(point.kept) or '{}'!s:7} proved: {proof.proved}, {proof.kind}")
    assert proof.proved and proof.seconds < 2

# %% [markdown]
# "Up to symmetry": with any invertible $C$, the weights $(C W_1, W_2 C^{-1})$ give the same function. The minimum is a surface of dimension $n_1^2 = 4$, level
# at 2.5, and strictly lower than all points near by that are not on it.

# %% [markdown]
# ## Explore
#
# Left the eleven levels, in the middle a descent, right the loss around the chosen critical point, in the plane of two eigenvectors of its Hessian. Click on a level or choose
# it by its modes, drag the start off the point (arrow keys work too).
# **Two settings to try.** {3, 4}, as it opens, without noise: on which level does the descent rest, and is that a minimum? Then raise the noise
# to 0.001 and the steps to 2,000. Next press Reset and choose {} with noise 0.000001, the start left at
# 0.30: on how many levels does it rest, and which does it skip? (Square: the chosen level; green triangle at the edge: the loss at the end.)

# %% slideshow={"slide_type": "slide"}
lm.widgets.StaircaseExplorer()

# %% [markdown]
# <details><summary>What can be seen</summary>
#
# {3, 4} without noise: it rests at {1, 3}, loss 5, a saddle of index 1. All entries but the exchanged ones are exactly zero and stay so. With noise it goes on to {1, 2}. From {} it rests
# on two levels, {1} and then {1, 2}, and skips the nine others: the strongest mode grows fastest.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Kawaguchi's theorem
#
# Baldi and Hornik conjectured the same of any number of matrices. Kenji Kawaguchi proved it in 2016. Let $X$, $Y$ have
# the samples as columns.
#
# **Theorem (Kawaguchi 2016).** *Let $XX^\top$ be invertible, $XY^\top$ of full rank, no more outputs than inputs, and let $YX^\top (XX^\top)^{-1} XY^\top$ have distinct
# eigenvalues (they are our $s_i^2$). For any depth $L \ge 2$ and any widths, the squared loss has these properties:*
#
# 1. *it is neither convex nor concave;*
# 2. *every local minimum is a global minimum;*
# 3. *every critical point that is not a global minimum is a saddle;*
# 4. *at a saddle where $W_{L-1} \cdots W_2$ has rank $p$, the smallest hidden width, the Hessian has a negative eigenvalue.*
#
# For $L = 2$ the product in 4 is empty and counts as the identity of size $p$: every saddle has a way down that curvature shows. From $L = 3$ on there are
# saddles without one. With three matrices and nothing learnt, the *middle* one decides:

# %% tags=["headline"] slideshow={"slide_type": "slide"}
data = lm.experiments.no_poor_minima.target(4, 3, 2, 1)
land = lm.deep_linear((4, 2, 2, 4), data)
for paths in (2, 1, 0):  # with no mode learnt, W2 = diag of so many ones
    point = lm.linear_critical_point((4, 2, 2, 4), data, kept=(), paths=paths)
    proof = lm.certify(land, point.theta, f"index-{point.index} saddle" if point.index else "bad saddle")
    print(f"rank of W2 = {paths}: loss {point.loss:.0f}, proved: {proof.proved}, {proof.kind}")
    assert proof.proved and proof.seconds < 2

# %% [markdown]
# Rank 2 is $p$: statement 4 applies. Rank 1 is not, and there is a negative eigenvalue all the same: the condition is sufficient, not necessary. At rank 0 the Hessian has
# none, and still the point is no minimum; the loss falls, only more slowly than any parabola: a *[bad saddle](../../companion/2_glossary.ipynb#Bad-saddle)*, the subject of [lesson 3.2](2_bad_saddles.ipynb).

# %% [markdown] slideshow={"slide_type": "slide"}
# And the run at the beginning, whose middle product is $W_3 W_2$? From where it is after 6,000 steps, Newton's method finds the critical point next to it (computed, not certified):

# %%
land = lm.experiments.no_poor_minima.landscape(layers=4)
run = lm.train(land, lm.starts(land, seeds=[303], scale=1 / 3), lr=0.02, max_steps=6000)
stood = point = run.theta[0]
for _ in range(10):  # Newton's method for a zero of the gradient; flat directions are left out
    values, vectors = torch.linalg.eigh(land.hessian(point))
    slope = vectors.mT @ land.gradient(point)
    point = point - vectors @ torch.where(values.abs() > 0.001, slope / values, 0.0)
values, W = torch.linalg.eigvalsh(land.hessian(point)), land.unpack(point)
first, second = torch.linalg.svdvals(W["W3"] @ W["W2"]).tolist()
below = int((values < -1e-9).sum())

# %% tags=["headline"]
print(f"the critical point, {float((point - stood).norm()):.3f} away from the run: loss {float(land.loss(point)):.3f}")
print(f"singular values of W3 W2: {first:.2f} and {second:.2f}")
print(f"negative eigenvalues of the Hessian: {below}; the lowest {float(values[0]):.3f}, the highest {float(values[-1]):.1f}")

# %%
assert float(land.gradient(point).norm()) < 1e-12 and abs(float(land.loss(point)) - 1.75) < 1e-12
assert below == 1 and abs(float(values[0]) + 0.0204) < 1e-3 and second < 1e-9 and float((point - stood).norm()) < 0.01

# %% [markdown]
# A saddle like the second line above: the middle product has rank 1, less than $p = 2$, and there is one negative eigenvalue that statement 4 does not promise. But it is more than 500
# times smaller than the highest, so the run took thousands of steps to leave.
#
# ### "There are no local maxima"
#
# Statement 3 contains this. It is nearly free: hold all matrices but one, and the loss is a [convex](../../companion/2_glossary.ipynb#Convex) quadratic in that one. A convex function never
# falls on both sides, so moving one matrix leads up, or leaves the loss as it is (exercise 3 finishes the proof). The same holds for the last layer of any network with
# squared loss and a linear output, poor minima or not: it has no strict local maximum. What is deep is statement 2.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Four hundred runs
#
# The theorem is about the landscape, not about runs. So run: depth 2 to 5, widths 4-2-…-2-4, target $\mathrm{diag}(2, 1.5, 1, 0.5)$, 100 starts each of the usual size,
# N(0, 1/inputs). A run is *finished* when its loss is within $10^{-6}$ of 0.625.

# %% tags=["predict"]
lm.predict(
    "3.1/census",
    "The theorem has no clock. Of these 400 runs, how many are unfinished after 1,000 steps, and how many after 20,000?",
    ["about 15, and then none", "about 150, and then none", "about 150, and then about 20 that need longer", "almost all, and then about 20"],
)

# %% tags=["experiment"]
experiment = lm.experiments.no_poor_minima
live = {L: experiment.run_chunk({"layers": L, "smaller": 1}, seeds=range(100)) for L in (2, 3, 4, 5)}
early = [experiment.unfinished(row, after=1000) for row in live.values()]
late = [experiment.unfinished(row, after=20_000) for row in live.values()]

# %% tags=["headline"]
stored = lm.store.load("no_poor_minima")
print("unfinished   of 100 runs now, after   of 1,000 stored (these and 900 more),")
print("             1,000 and 20,000 steps   after 1,000 steps")
for (L, row), first, last in zip(live.items(), early, late, strict=True):
    stored_share = experiment.unfinished(stored.row(layers=L, smaller=1), 1000)
    print(f"L = {L}        {first.failed} and {last.failed}                 {stored_share}")
total = experiment.Count(sum(count.failed for count in late), 400)
print("of all 400, off the global value after 20,000 steps:", total)

# %% slideshow={"slide_type": "slide"}
fig, axes = lm.plots.figure(9, 3.6, columns=2, sharey=True)
after = torch.logspace(2, 6, 81).tolist()
for ax, smaller, title in zip(axes, (1, 3), ("usual starts", "starts three times smaller"), strict=True):
    for L, dash, name in zip((2, 3, 4, 5), lm.plots.DASHES, ("blue", "vermilion", "green", "purple"), strict=False):
        row = stored.row(layers=L, smaller=smaller)
        share = [100 * experiment.unfinished(row, step).share for step in after]
        ax.semilogx(after, share, linestyle=dash, color=lm.plots.PALETTE[name], label=f"L = {L}")
    ax.set(xlabel="step (number)", title=title)
axes[0].set(ylabel="unfinished runs (percent)")
axes[1].legend()
alt = "Two pictures of four falling curves, later for deeper networks. Left all reach "
alt += "0 before step 20,000; right depth 5 only after half a million."
caption = "Share of runs that are not yet within 0.000001 of the global value; 1,000 stored runs a curve."
lm.show(fig, caption, alt)

# %%
assert total.failed == 0 and 140 < sum(count.failed for count in early) < 180
first = [stored.row(layers=L, smaller=1)["steps"][:100] for L in live]  # the same 100 starts
assert all(abs(count.failed - int((steps > 1000).sum())) <= 3 for count, steps in zip(early, first, strict=True))
assert [experiment.unfinished(stored.row(layers=L, smaller=1), 1000).failed for L in live] == [245, 413, 514, 614]
assert all(experiment.unfinished(arrays, 1_000_000).failed == 0 for _, arrays in stored.rows)
slowest = {spec["layers"]: int(arrays["steps"].max()) for spec, arrays in stored.rows if spec["smaller"] == 3}
assert 580_000 < slowest[5] < 590_000 and max(slowest[2], slowest[3], slowest[4]) < 17_000

# %% tags=["reveal"]
lm.reveal(
    "3.1/census",
    measured=f"{sum(count.failed for count in early)} of 400 after 1,000 steps, 0 of 400 after 20,000",
    right="about 150, and then none",
    explanation="A share of 0 to 1 % (95 % interval). Not one run ends off the global value, and after 1,000 steps more than half of the deepest ones are unfinished. "
    f"(A share of 100 runs is uncertain by ten points and more: {early[1].failed} of the first 100 with three matrices against 41.3 % of all 1,000.)",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Where are the unfinished?
#
# With the usual starts nine in ten of the unfinished have nearly arrived and creep within 0.05 of 0.625. With starts three times smaller, at depth 4 and 5, most are elsewhere after 1,000 steps, in stored runs:

# %% tags=["headline"]
experiment, stored = lm.experiments.no_poor_minima, lm.store.load("no_poor_minima")
for layers in (4, 5):
    row = stored.row(layers=layers, smaller=3)
    late = row["losses"][row["steps"] > 1000, 0]  # the losses at step 1,000 of runs that finish later
    for kept, loss in experiment.levels().items():
        near, at = experiment.nearest_level(late).count(kept), int((abs(late - loss) < 0.01).sum())
        if near > 90:
            print(f"L = {layers}: of {len(late)} unfinished runs {near} are nearest to the level {loss}, {at} within 0.01")
print("the slowest of 8,000 runs is finished after", f"{max(arrays['steps'].max() for _, arrays in stored.rows):,} steps")

# %%
print(stored.made)
usual = [stored.row(layers=layers, smaller=1) for layers in experiment.LAYERS]
distances = [loss - 0.625 for row in usual for loss in row["losses"][row["steps"] > 1000, 0]]
assert 10 <= experiment.unfinished(stored.row(layers=5, smaller=3), 100_000).failed <= 30  # of 1,000
assert 0.9 < sum(distance < 0.05 for distance in distances) / len(distances) < 0.95

# %% [markdown]
# Most stand at a critical level: 1.75 is mode 1 learnt alone, 3.75 nothing learnt. The slowest run took more than half a million
# steps, and finished. **A plateau is not a minimum**, and no number of steps without progress makes it one.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## When an assumption is broken
#
# First the conditions on the data, each broken alone, with three matrices. Then the loss: count each
# off-diagonal error $w$ times, for the target $\mathrm{diag}(2, 1.5)$ and one hidden neuron. There are two candidates, to learn mode 1 alone or mode 2 alone.

# %% tags=["predict"]
lm.predict(
    "3.1/broken",
    "Which change makes a local minimum that is not global?",
    ["two equal strengths", "more outputs than inputs", "fewer samples than inputs", "weight $w = 2$ on some of the squared errors"],
)

# %% tags=["experiment"]
experiment, weighted, ends = lm.experiments.no_poor_minima, lm.experiments.weighted_fit, {}
for name in experiment.OTHERS:
    land = experiment.other_data(name)  # three matrices
    _, steps, _, _ = experiment.descend(land, lm.starts(land, seeds=range(100)), max_steps=50_000)
    ends[name] = experiment.unfinished({"steps": steps.numpy()}, after=50_000)
for name, widths, lowest in (("w = 2, one hidden neuron", (2, 1, 2), 1.125), ("w = 2, full width", (2, 2, 2, 2), 0)):
    land = weighted.weighted_net(2, widths)
    run = lm.train(land, lm.starts(land, seeds=range(100)), lr=0.02, tol=1e-6, max_steps=20_000)
    ends[name] = experiment.Count(int((run.loss > lowest + 1e-6).sum()), 100)

# %% tags=["headline"]
print("what is broken             runs that end off the global value")
for name, count in ends.items():
    print(f"{name:26} {count.failed:2} of {count.total}, {count}")

# %% slideshow={"slide_type": "slide"}
weighted, angles = lm.experiments.weighted_fit, torch.linspace(-45, 135, 361, dtype=torch.float64)
M = torch.tensor(weighted.TARGET, dtype=torch.float64)
fig, ax = lm.plots.figure(8, 3.6)
for w, dash, name in zip((1, 1.3, 1.6, 2), lm.plots.DASHES, ("blue", "green", "purple", "vermilion"), strict=False):
    loss = weighted.best_loss(torch.deg2rad(angles), M, weighted.off_diagonal(w))
    ax.plot(angles, loss, linestyle=dash, color=lm.plots.PALETTE[name], label=f"w = {w}")
ax.set(xlabel="direction of the output column (degrees)", ylabel="lowest loss (no unit)", xticks=range(-45, 136, 45))
ax.legend(loc="lower right")
alt = "Four curves with a deep valley at 0 degrees. At 90 degrees, loss 2, those for w = "
alt += "1 and 1.3 have a top, those for 1.6 and 2 a second valley."
caption = "Lowest loss of a rank-one fit whose output column points in a given direction: 0 is mode 1, 90 is mode 2."
lm.show(fig, caption, alt)

# %% tags=["headline"]
for w in ("1", "1.3", "1.6", "2"):
    proof, curve = weighted.prove_second_mode(w), weighted.count_minima(M, weighted.off_diagonal(w))
    kind = "a local minimum" if proof.minimum else "a saddle" if proof.saddle else "not decided"
    print(f"{f'w = {w}:':8} minima of the curve: {curve}; mode 2 alone: loss {proof.loss}, proved: {kind}")

# %%
assert [ends[name].failed for name in experiment.OTHERS] == [0] * 4 and ends["w = 2, full width"].failed == 0
assert lm.shares_agree(ends["w = 2, one hidden neuron"][:2], (25, 100))
assert [weighted.count_minima(M, weighted.off_diagonal(w)) for w in (1, 1.3, 1.6, 2)] == [1, 1, 2, 2]
assert [weighted.prove_second_mode(w).minimum for w in ("1", "1.3", "4/3", "1.6", "2")] == [False, False, False, True, True]

# %% tags=["reveal"]
lm.reveal(
    "3.1/broken",
    measured=f"{ends['w = 2, one hidden neuron'].failed} of 100 runs end off the global value with $w = 2$ and one hidden neuron, none of the other 500",
    right="weight $w = 2$ on some of the squared errors",
    explanation="Mode 2 alone, loss 2 against 1.125, is proved to be a local minimum for $w = 1.6$ and $2$. The theorem is about the plain squared loss.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Which assumption buys what
#
# At mode 2 alone the part of the Hessian that turns the fit towards mode 1 is
#
# $$ \begin{pmatrix} 9w/4 & -2 \\ -2 & w \end{pmatrix} . $$
#
# Its eigenvalues are both positive exactly if $9w^2/4 > 4$. So the threshold is
# $w = 4/3$, and the plain loss, $w = 1$, lies below it.
#
# "No bottleneck" in the table that follows means: every hidden layer is at least as wide as the input, or as the output. That a bottleneck is harmless is special to the plain squared loss. (The papers of 2017 and 2020 are quoted from their abstracts and from other works.)
#
# | broken | what happens | how we know |
# |---|---|---|
# | distinct strengths; no more outputs than inputs | statement 2 stays | proved by Lu and Kawaguchi (2017), for $X$ and $Y$ of full row rank |
# | $XY^\top$ of full rank | statement 2 stays; 0 of 100 runs end elsewhere | proved by Trager, Kohn and Bruna (2020), for $XX^\top$ invertible |
# | $XX^\top$ invertible | weights that no sample sees: flat directions, no new minima | our argument: $W_1$ acts only on the span of the samples |
# | plain squared loss (bottleneck kept) | poor minima: in the example for $w > 4/3$ | proved above (our example) |
# | plain squared loss (no bottleneck) | statement 2 stays for every convex differentiable loss | proved by Laurent and von Brecht (2018) |
# | nothing bent | ReLU networks have poor minima | [proved in lesson 2.2](../2_blind_spots/2_relu_blind_spots.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# - *"Deep networks have no bad local minima."* Linear ones, with the losses above. The paper carries its result to ReLU networks only under an assumption on random gates, which
#   [the next lesson](2_bad_saddles.ipynb) tests.
# - *"So gradient descent succeeds."* That a [plateau](../../companion/2_glossary.ipynb#Plateau) ends does not mean that it ends in time: one run in fifty of depth 5 with small starts took more than 100,000 steps.
# - *"A deep linear network is one matrix, so its landscape is trivial."* The functions are the same, the critical points are not: a single matrix has one level, not eleven.
# - *Factors.* Baldi and Hornik have no $\tfrac12$ in the loss: their levels are twice ours.

# %% tags=["quiz"]
lm.quiz(
    "3.1/index",
    "Widths 4-3-4, target $\\mathrm{diag}(4, 3, 2, 1)$. A critical point has learnt modes 1 and 3. What is its index?",
    [
        ("1", False, "The exchange of 3 for 2 is one way down. And the third hidden neuron?"),
        ("3", True, "One exchange, and the unused neuron may begin mode 2 or mode 4: $(3 - 2)(4 - 2) = 2$ more."),
        ("2", False, "Those are the beginnings alone. Which exchange lowers the loss, too?"),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "3.1/evidence",
    "A deep linear network, squared loss, full-rank data: for 100,000 steps the loss stays at 1.75, above the global value. What follows?",
    [
        ("It has reached a poor local minimum.", False, "There is none, whatever the number of steps."),
        ("Arbitrarily small changes of the weights lead to a lower loss.", True, "Statement 2: it is at no local minimum. How long it takes to leave is not said."),
        ("The step size is too small, nothing else.", False, "A larger step shortens the wait, but the plateau belongs to the landscape."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: where the index comes from
#
# At the critical point of $S$ choose a hidden basis in which $W_2$ has the columns $u_j$, $j \in S$, then zeros. The rows of $W_1$ are then $s_j v_j^\top$ and, for the $n_1 - r$ unused neurons, a matrix $Z$.
# A zero gradient asks for $Z v_i = 0$ for all missing modes; what $Z$ has along the learnt $v_j$ goes away by another change of the hidden basis, which leaves $W_2$ as it is. Now the
# Hessian falls apart. For each $i \notin S$, $j \in S$ the exchange adds to the loss, to second order,
#
# $$ \tfrac12 \big( s_j^2\, a^2 + b^2 - 2 s_i\, a b \big) , $$
#
# which is negative somewhere exactly if $s_i > s_j$.

# %% [markdown] slideshow={"slide_type": "slide"}
# For each $i \notin S$ there is one more form, in two vectors of length $n_1 - r$: $a$, how far the output weights of the unused neurons go along
# $u_i$, and $b$, their input weights along $v_i$. It is $\tfrac12 |Z^\top a|^2 - s_i\, a \cdot b$, with $n_1 - r$ negative directions, whatever $Z$ is. Nothing else is negative. So the count holds in every basis; the
# eigenvalues themselves do not.
#
# A check on random data, with the layers in their balanced form:

# %% tags=["headline"]
right = total = 0
for seed in range(5):
    draw = torch.Generator().manual_seed(seed)
    x, y = torch.randn(12, 5, generator=draw).double(), torch.randn(12, 4, generator=draw).double()
    data = lm.data.Data(x, y)
    for point in lm.linear_catalogue((5, 3, 4), data):
        eigenvalues = torch.linalg.eigvalsh(lm.deep_linear((5, 3, 4), data).hessian(point.theta))
        right += int((eigenvalues < -1e-7 * eigenvalues.abs().max()).sum()) == point.index
        total += 1
print(f"index as the formula says at {right} of {total} critical points")

# %% [markdown] slideshow={"slide_type": "slide"}
# Does a search that knows nothing of modes find other points? From random starts of the 4-2-4 network, minimise the length of the gradient, 300 times:

# %% tags=["headline"]
experiment = lm.experiments.no_poor_minima
land = lm.deep_linear((4, 2, 4), experiment.target(4, 3, 2, 1))
search = lm.find_critical_points(land, lm.starts(land, seeds=range(300), scale=2), "gradient norm")
heights = torch.tensor(list(experiment.levels(2, (4, 3, 2, 1)).values()), dtype=torch.float64)
apart = (search.critical.loss[:, None] - heights).abs()
levels = len(apart.argmin(dim=1).unique())
print(f"levels found: {levels} of 11; critical points at another loss: {int((apart.amin(dim=1) > 1e-6).sum())}")

# %%
assert len(search.critical) >= 295 and levels == 11 and (apart.amin(dim=1) < 1e-6).all()

# %% [markdown] slideshow={"slide_type": "slide"}
# ### With two to five matrices
#
# A stored run (formulas of Achour et al. 2024) takes one point for each set of modes and, from three matrices on, each rank of the middle product. Bad saddles begin with three matrices:

# %% tags=["headline"]
stored, listed, wrong = lm.store.load("linear_census"), 0, 0  # 100 data sets a row
for spec, arrays in stored.rows:
    widths, listed, wrong = "-".join(map(str, spec["widths"])), listed + arrays["points"].sum(), wrong + arrays["wrong"].sum()
    print(f"{widths:11}: {arrays['points'][0]:2} points, {arrays['bad_saddles'][0]} of them bad saddles")
print(f"on 900 data sets: the Hessian has another index than the formula at {wrong} of {listed:,} points")

# %%
print(stored.made)
assert right == total == 75 and wrong == 0 and listed == 10_100
live = lm.experiments.linear_census.run_chunk({"widths": [4, 2, 2, 4]}, seeds=range(3))  # the same code, now
for name in ("points", "wrong", "bad_saddles"):
    assert (live[name] == stored.row(widths=[4, 2, 2, 4])[name][:3]).all()
assert all((arrays["bad_saddles"] == (2 if len(spec["widths"]) > 3 else 0)).all() for spec, arrays in stored.rows)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# The loss of a deep linear network is not convex, and still has no poor local minimum: Kawaguchi's theorem. With two matrices the critical points are sets of modes,
# eleven levels here, and one of them is the minimum. Runs of greater depth may stand near the others for a long time, the slowest here for half a million steps, and go on.
#
# | quantity | found here | theorem |
# |---|---|---|
# | critical levels, 4-2-4 network | 11 | no others (Baldi and Hornik 1989; see *Eleven levels*) |
# | their index | 0 once, 1 to 8 ten times (proved at one point of each) | one minimum, ten saddles |
# | 400 runs, off the global value | 0 (0 to 1 %) | no poor minimum (Kawaguchi 2016) |
# | unfinished after 1,000 steps, depth 2 to 5 | 24.5, 41.3, 51.4, 61.4 % of 1,000 runs each | says nothing |
# | weight 2 off the diagonal, one hidden neuron | one run in four ends off the best, 1.125 | does not apply |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Go on
#
# - Exercises: [No poor local minima](../../exercises/3_deep_linear/1_no_poor_local_minima.ipynb), then the
#   [solutions](../../solutions/3_deep_linear/1_no_poor_local_minima.ipynb).
# - Next: [Bad saddles, and the plateaus of learning](2_bad_saddles.ipynb): how long a plateau lasts, and why.
# - Kawaguchi, *Deep learning without poor local minima*, NIPS 2016: the theorem; Lu and Kawaguchi, *Depth creates no bad local minima*, arXiv 1702.08580 (2017).
# - Baldi and Hornik, *Neural networks and principal component analysis: learning from examples without local minima*, Neural Networks 2 (1989): two matrices, and the conjecture.
# - Achour, Malgouyres and Gerchinovitz, *The loss landscape of deep linear neural networks: a second-order analysis*, JMLR 25(242), 2024, arXiv 2107.13289.
# - Laurent and von Brecht, *Deep linear networks with arbitrary loss: all local minima are global*, ICML 2018.
# - Trager, Kohn and Bruna, *Pure and spurious critical points: a geometric study of linear networks*, ICLR 2020.
