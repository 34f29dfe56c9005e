# %% [markdown] slideshow={"slide_type": "slide"}
# # Escaping: try your luck, or follow the gradient
#
# *At a saddle some direction leads down. Is it enough to try random ones until one does?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **compute** the chance that a random direction leads down, **predict** how long a run stays at a saddle, **choose** radius, threshold and wait of perturbed gradient descent, **explain** what a row of saddles costs |
# | You need first | [Critical points](1_critical_points.ipynb): index, strict saddle; probability, logarithms |
# | To read | 50 minutes, and 15 for the extra part |
# | To run | about 15 seconds on one core |
# | Words and letters | [glossary](../../companion/2_glossary.ipynb), [notation](../../companion/1_notation.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Try a random direction
#
# A piece of folklore: saddles are harmless, for *once at one, you try random directions until one leads down.* Let us test this advice at the plainest saddle there is,
# a sum of squares with signs:
#
# $$ f(x) = \tfrac12 \big( -x_1^2 - \dots - x_k^2 \;+\; x_{k+1}^2 + \dots + x_N^2 \big) . $$
#
# In this lesson $N$ is the dimension, and $f$ the loss. The gradient at zero is zero, and the Hessian is the same everywhere: $k$ eigenvalues $-1$ and $N - k$ eigenvalues $+1$. So zero
# is a [strict saddle](../../companion/2_glossary.ipynb#Strict-saddle) of index $k$.

# %%
import torch
import lmcourse as lm

# %% tags=["predict"]
lm.predict(
    "1.3/blind",
    "100 dimensions, one of them leads down ($k = 1$). How many random directions do you try, on average, until the loss is lower along one?",
    ["about 2", "about 100", "about 10,000", "more than a million million"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, stored = lm.experiments.escaping, lm.store.load("escaping")
live = {N: experiment.try_directions(experiment.spectrum(N, k=1), tries=100_000) for N in (2, 3, 5, 10)}
rows = {spec["N"]: int(arrays["down"].sum()) for spec, arrays in stored.rows if spec["k"] == 1}  # of 100 million each
dims = range(2, 101)
fig, ax = lm.plots.figure(8, 3.6)
ax.semilogy(dims, [experiment.chance(N) for N in dims], color=lm.plots.PALETTE["black"], label="closed form")
ax.semilogy(live.keys(), [found / 1e5 for found in live.values()], "o", color=lm.plots.PALETTE["vermilion"], label="100,000 tries, now")
looks = {"color": lm.plots.PALETTE["blue"], "markersize": 10, "fillstyle": "none"}
ax.semilogy(rows.keys(), [found / 1e8 for found in rows.values()], "s", **looks, label="100 million tries, stored")
ax.set(xlabel="dimension N (number)", ylabel="tries that lead down (share)")
ax.legend()
alt = "A nearly straight line on a logarithmic axis, from one half at 2 dimensions to ten to the minus 16 at 100; all marks lie on it."
lm.show(fig, caption="The chance that a random direction leads down from a saddle with one way down among N.", alt=alt)

# %% tags=["headline"]
for N, found in rows.items():
    low, high = lm.binomial_interval(found, 100_000_000)
    print(f"N = {N:3}: {found:>10,} of 100,000,000, a share of {low:.4g} to {high:.4g}; closed form {experiment.chance(N):.4g}")
print(f"N = 100: closed form {experiment.chance(100):.2g}, one in {1 / experiment.chance(100):.1g}")

# %%
assert abs(experiment.chance(100) / 1.4072e-16 - 1) < 1e-4 and abs(experiment.chance(10) - 0.0149564) < 1e-7
for N, found in rows.items():  # within four standard errors
    expected = 1e8 * experiment.chance(N)
    assert abs(found - expected) < 4 * (expected * (1 - experiment.chance(N))) ** 0.5
assert all(lm.shares_agree((found, 100_000), (rows[N], 100_000_000)) for N, found in live.items())
assert round(1e8 / rows[10]) == 67 and round(1e5 / rows[30]) == 111
print(stored.made)

# %% tags=["reveal"]
lm.reveal(
    "1.3/blind",
    measured="one try in 67 at 10 dimensions, one in 111,000 at 30; at 100 by the closed form one in 7,000 million million",
    right="more than a million million",
    explanation="About N tries would be right for drawing one axis among N. Here each added dimension multiplies the chance by about 0.7.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### The closed form
#
# Let $u$ be a random direction and $A$ the squared length of its part in the $k$ directions down. Since $f(tu) = \tfrac{t^2}{2} (1 - 2A)$, the length of the try does not
# matter, and $-u$ is as good as $u$: a try succeeds if and only if $A > \tfrac12$. With curvatures $-\lambda$ and $\mu$ it succeeds if $\lambda A > \mu (1 - A)$. Draw $u$ as $N$ normal numbers, scaled
# to length 1: then $A$ is a sum of $k$ squares over the sum of all $N$, and such a share has the Beta distribution with parameters $\tfrac k2$ and $\tfrac{N-k}2$. So
#
# $$ P(N, k) = I_y\!\Big( \frac{N-k}{2}, \frac k2 \Big), \qquad y = \frac{\lambda}{\lambda + \mu}, $$
#
# $$ P(N, 1) \approx \frac{y^{(N-1)/2}}{\sqrt{\pi (N-1)(1-y)/2}} \ \text{ for large } N, $$
#
# with $I$ the regularised incomplete beta function, `scipy.special.betainc`. (Derived for this course.) With $\lambda = \mu$ in the plane, $P = \tfrac12$: there the advice is good.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What a try measures
#
# One way down is little. Networks have saddles with many. And real spectra are not made of two values: as a second test take 200 eigenvalues spread as a *[semicircle](../../companion/2_glossary.ipynb#Semicircle)*, as those of
# large random matrices are ([lesson 1.2](2_high_dimension.ipynb#The-law)), moved up until 31 % of them are negative.

# %% tags=["predict"]
lm.predict(
    "1.3/share",
    "100 dimensions, 40 lead down and 60 up, all curvatures of one size. What is the chance that a random direction leads down?",
    ["about 40 %", "about 8 %", "less than one in a million"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, stored = lm.experiments.escaping, lm.store.load("escaping")
fig, ax = lm.plots.figure(8, 3.6)
for N, name, dash in ((10, "purple", ":"), (100, "blue", "-"), (1000, "green", "--")):
    ways = range(0, N + 1, max(1, N // 100))
    shares = [100 * (experiment.chance(N, k) if 0 < k < N else k // N) for k in ways]
    ax.plot([100 * k / N for k in ways], shares, linestyle=dash, color=lm.plots.PALETTE[name], linewidth=2, label=f"N = {N}")
counted = {spec["k"]: int(arrays["down"].sum()) for spec, arrays in stored.rows if spec["N"] == 100}  # of a million each
looks = {"color": lm.plots.PALETTE["vermilion"], "markersize": 9, "fillstyle": "none"}
ax.plot(counted.keys(), [found / 1e4 for found in counted.values()], "s", **looks, label="N = 100, a million tries")
ax.set(xlabel="directions that lead down (percent)", ylabel="tries that lead down (percent)")
ax.legend(loc="upper left")
alt = "Three rising curves that cross at 50 percent: the more dimensions, the more like a step at one half. Four squares lie on one of them."
lm.show(fig, caption="The chance of a try against the share of directions that lead down, all curvatures of one size.", alt=alt)

# %% tags=["headline"]
for k, found in counted.items():
    low, high = (100 * share for share in lm.binomial_interval(found, 1_000_000))
    print(f"N = 100, k = {k}: {low:.3g} to {high:.3g} % of a million tries; closed form {100 * experiment.chance(100, k):.3g} %")
curvatures = experiment.semicircle(N=200, shift=0.3)
down = experiment.try_directions(curvatures, tries=50_000)
print(f"semicircle, N = 200: {100 * (curvatures < 0).mean():.0f} % of the eigenvalues are negative, {down} of 50,000 tries lead down")
lopsided = experiment.spectrum(1000, k=1, down=1000, up=0.9)
print(f"-1000 once and 0.9 in 999 directions, trace {lopsided.sum():.1f}: {experiment.try_directions(lopsided, tries=10_000):,} of 10,000 tries lead down")

# %%
for k, found in counted.items():
    low, high = lm.binomial_interval(found, 1_000_000, z=4)
    assert low < experiment.chance(100, k) < high
assert abs(experiment.chance(100, 40) - 0.07620) < 1e-5 and abs(experiment.chance(100, 45) - 0.23772) < 1e-5
assert 280_000 < 1 / experiment.chance(1000, 400) < 285_000
assert down == 0 and abs((curvatures < 0).mean() - 0.31) < 1e-9
assert round(curvatures.sum()) == 60 and round((2 * (curvatures**2).sum()) ** 0.5, 1) == 11.7 and lopsided.sum() < 0

# %% tags=["reveal"]
lm.reveal(
    "1.3/share",
    measured="7.6 % with 40 ways down of 100; and with the semicircle, 31 % of it negative, none of 50,000",
    right="about 8 %",
    explanation="In 1,000 dimensions the same share of 40 % gives one in 280,000.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# Along a random direction the loss curves by $\sum_i \lambda_i u_i^2$, with mean $\tfrac1N \operatorname{tr} H$. So *a try measures the average curvature*, give or take a spread of about
# $\tfrac1N \sqrt2\, |H|_F$, where $|H|_F$ is the root of the sum of all squared eigenvalues. What counts is the ratio of the two. By the central limit theorem, if no few eigenvalues dominate,
#
# $$ P \approx \Phi\big(-\operatorname{tr} H \,/\, (\sqrt2\, |H|_F)\big) , $$
#
# $\Phi$ being the normal distribution function; in the far tail this is only a guide. The semicircle has the [trace](../../companion/2_glossary.ipynb#Trace) 60 against $\sqrt2\, |H|_F = 11.7$. The last line of the counts shows why the condition matters: a single
# eigenvalue of $-1000$ makes the trace negative, yet only one try in three sees it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A nudge, and then the gradient
#
# A try asks for the value of the loss alone. The gradient knows more. So move by $r = 0.001$ in a random direction, up or down alike, and follow the gradient with step $\eta = 0.1$ until
# $f < -\tfrac12$. In 100 dimensions, again with one way down, this takes about 100 steps.

# %% tags=["predict"]
lm.predict(
    "1.3/nudge",
    "A nudge of 0.001, then the gradient: 100 steps in 100 dimensions. How many in 10,000 dimensions, where one leads down?",
    ["about 125", "about 1,000", "about 10,000", "it rarely escapes at all"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, dims, steps = lm.experiments.escaping, (2, 10, 100, 1000, 10_000), {}
for N in dims:
    start = experiment.nudges(N, radius=1e-3, seeds=range(40))  # (40, N)
    steps[N] = experiment.steps_until(experiment.saddle(N, k=1), start, level=-0.5, lr=0.1)

# %%
few, medians = range(2, 101), [experiment.median_steps(N, 1, 1e-3) for N in dims]
fig, (left, right) = lm.plots.figure(10, 3.8, columns=2)
left.set(ylim=(0.3, 1e21))
left.loglog(few, [1 / experiment.chance(N) for N in few], "--", color=lm.plots.PALETTE["vermilion"], label="random tries, mean number")
for ax in (left, right):
    ax.plot(dims, medians, color=lm.plots.PALETTE["blue"], label="after a nudge: median, closed form")
    ax.set(xscale="log", xlabel="dimension N (number)", ylabel="steps or tries (number)" if ax is left else "steps (number)")
for N in dims:
    right.plot([N] * 40, steps[N], "o", color=lm.plots.PALETTE["blue"], markersize=3, label="40 runs for each N" if N == 2 else None)
for ax in (left, right):
    ax.legend(loc="upper left" if ax is left else "lower right")
alt = "Left a dashed curve shoots up from 2 to ten to the 16; a level line stays near 100. Right the same line, rising from 76 to 125, with dots about it."
lm.show(fig, caption="How long one stays at a saddle with one way down: tries beside steps (left), and the steps alone (right).", alt=alt)

# %% tags=["headline"]
for N, each in steps.items():
    print(f"N = {N:6,}: median {int(each.double().median()):3} steps, slowest of 40 {int(each.max()):3}; closed form {experiment.median_steps(N, 1, 1e-3):.0f}")

# %%
for N, each in steps.items():
    assert abs(float(each.double().median()) - torch.tensor(N**0.5 / 1e-3).log() / torch.tensor(1.1).log()) < 10
    assert int(each.max()) < 250
rule = {N: float(torch.tensor(N**0.5 / 1e-3).log() / torch.tensor(1.1).log()) for N in (100, 10_000)}
assert round(rule[100]) == 97 and all(round(experiment.median_steps(N, 1, 1e-3) - rule[N]) == 4 for N in rule)

# %% tags=["reveal"]
lm.reveal(
    "1.3/nudge",
    measured=f"{int(steps[10_000].double().median())} steps in the median, and all 40 runs escape",
    right="about 125",
    explanation="A hundred times as many dimensions cost some 25 steps more.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Why a logarithm
#
# Each step multiplies a coordinate of curvature $-\lambda$ by $1 + \eta\lambda > 1$, and one of curvature $\mu$ by $1 - \eta\mu$. With one way down a random nudge has about $r/\sqrt N$ in it: little,
# but not zero. To grow to size 1 this takes
#
# $$ t \approx \frac{\ln(\sqrt N / r)}{\ln(1 + \eta\lambda)} \ \text{ steps.} $$
#
# The *median* part is smaller, $0.67\, r/\sqrt N$ for large $N$, which costs 4 steps more: that is the closed form in the counts above, 101 where this rule gives 97.
#
# The dimension stands inside a logarithm. The nudge need not lead down, and nearly always it leads up. It only must not miss the way down altogether, and chance hardly ever does.

# %% [markdown]
# ## Explore
#
# 200 nudged runs, and the share that has escaped, $f < -\tfrac12$, beside the closed form. Drag the diamond sideways, or focus it and use the arrow keys, to give runs more steps.
# Left, runs that escape in the given steps are full blue lines, the others dashed; in the grey band the axis is linear. **Three settings to try.** N = 10, radius 100, 0 steps: a blind try. How many steps of the gradient turn the few percent into nearly all? Then N = 1000, k = 400, radius 0.001: blind tries
# are hopeless; how many steps do runs need, and how many more for k = 1? Last, shrink the radius a thousandfold and read off how far the curve moves.
#
# (The closed form, for $\lambda = \mu = 1$ and nudges on a sphere: $f < -\tfrac12$ after $t$ steps if and only if $A > \big( r^{-2} + (1-\eta)^{2t} \big) / \big( (1+\eta)^{2t} + (1-\eta)^{2t} \big)$. With $t = 0$ and
# a huge $r$ that is the blind try.)

# %% slideshow={"slide_type": "slide"}
lm.widgets.EscapingExplorer()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two theorems
#
# **Theorem (Lee, Simchowitz, Jordan and Recht 2016; Panageas and Piliouras 2017).** *If $\eta < 1/\ell$, the starts from which gradient descent converges to a strict saddle have [measure zero](../../companion/2_glossary.ipynb#Measure-zero).*
#
# This is the theorem of [lesson 1.1](1_critical_points.ipynb#Who-goes-where), where the conditions stand, and who proved which part. $\ell$ bounds the size of all Hessian
# eigenvalues on a convex region that steps do not leave.
#
# The reason is the growth by $1 + \eta\lambda$ a step: near a strict saddle only starts on a thin surface, with exactly nothing in the ways down, are drawn in. Here is that surface, in the smallest deep
# network of lesson 1.1: $x \mapsto b\,a\,x$ with one sample $x = y = 1$, loss $\tfrac12 (ab - 1)^2$. A run that starts with $a = -b$ keeps $a = -b$, and both
# shrink to zero.

# %% [markdown]
# A step adds $\eta (1 - ab)\, b$ to $a$ and $\eta (1 - ab)\, a$ to $b$, so $a = -b$ stays as it is. (The region of the random starts: $|a + b| \le \sqrt8$, $|a - b| \le 2$, with $\ell = 6$ and $\eta = 0.1$; checked below on a grid.)

# %%
one = torch.ones(1, 1, dtype=torch.float64)
two_layers = lm.deep_linear([1, 1, 1], lm.data.Data(one, one))  # loss 1/2 (ab - 1)^2
three_layers = lm.deep_linear([1, 1, 1, 1], lm.data.Data(one, one))  # loss 1/2 (abc - 1)^2
strict = lm.certify(two_layers, torch.zeros(2), "index-1 saddle")
flat = lm.certify(three_layers, torch.zeros(3), "bad saddle")
on_the_line = torch.tensor([0.5, -0.5], dtype=torch.float64)  # a = -b
drawn_in = lm.train(two_layers, on_the_line, lr=0.1)
p, q = (lm.experiments.escaping.box(2, seeds=range(500)) * torch.tensor([8**0.5, 2])).T  # a + b and a - b, in the region
others = lm.train(two_layers, torch.stack([p + q, p - q], dim=1) / 2, lr=0.1)
nudged = lm.train(two_layers, on_the_line, "perturbed gd", lr=0.1, radius=1e-2, threshold=1e-3, wait=100)

# %% tags=["headline"]
print(f"two layers:   zero is an {strict.kind}, proved: {strict.proved}")
print(f"from a = -b:  loss {float(drawn_in.loss[0]):.3f}; from 500 random starts: at most {float(others.loss.max()):.3f}")
print(f"from a = -b, with nudges (radius 0.01, threshold 0.001, wait 100): loss {float(nudged.loss[0]):.3f}")
print(f"three layers: zero is a {flat.kind}, proved: {flat.proved}")

# %%
assert strict.proved and flat.proved and abs(float(drawn_in.loss[0]) - 0.5) < 1e-12
assert float(others.loss.max()) < 1e-9 and float(nudged.loss[0]) < 1e-9
region = torch.cartesian_prod(torch.linspace(-(8**0.5), 8**0.5, 101), torch.linspace(-2, 2, 101)).double()  # a + b and a - b
ab = torch.stack([region.sum(1), region[:, 0] - region[:, 1]], dim=1) / 2
after = ab - 0.1 * two_layers.gradient(ab)
assert after.sum(1).abs().max() < 8**0.5 + 1e-6 and (after[:, 0] - after[:, 1]).abs().max() < 2 + 1e-6
assert torch.linalg.eigvalsh(two_layers.hessian(ab)).abs().max() < 6 + 1e-5

# %% [markdown]
# The last line is a warning. With three layers the Hessian at zero is the zero matrix: a critical point with ways down that no second derivative sees. The theorem says nothing about it;
# [lesson 3.2](../3_deep_linear/2_bad_saddles.ipynb) does. Nor does the theorem say how long a run takes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Perturbed gradient descent
#
# Jin, Ge, Netrapalli, Kakade and Jordan (2017) add the nudge to the method: where the gradient is short, add a random point of a small ball, and then wait. If the loss has hardly fallen when the wait
# is over, return the point before the nudge. Let the gradient be $\ell$-Lipschitz (it changes by at most $\ell$ times the distance), the Hessian $\rho$-Lipschitz, and the start at most $\Delta$ above the lowest loss.
#
# **Theorem (Jin et al. 2017).** *If $\epsilon \le \ell^2 / \rho$ and the constant $c$ of the method is small enough, then with probability $1 - \delta$ the returned point has a gradient of length at most $\epsilon$ and no
# Hessian eigenvalue below $-\sqrt{\rho\epsilon}$, and the number of steps is of order $\frac{\ell \Delta}{\epsilon^2} \ln^4 \frac{N \ell \Delta}{\epsilon^2 \delta}$.*
#
# Again the dimension stands inside a logarithm. The constants serve the proof: nobody waits 55,263 steps, as the table of the paper's values would have it. By hand you choose three values. The *radius*: small against the weights, since its size only enters a
# logarithm; in our run with nudges it was 0.01. The *threshold*: a gradient at which progress has all but stopped; there 0.001. The *wait*: long enough for the nudge to grow before the loss is judged. To size 1, at curvature $-1$ and step 0.1, that is
# $\ln(\sqrt2 / 0.01) / \ln 1.1 = 52$ steps; our run waited 100. A way down of less curvature needs a longer wait.
#
# <details><summary>The paper's values</summary>
#
# | parameter | in the paper | for $N = 100$, $\ell = \rho = \Delta = 1$, $\epsilon = 0.01$, $c = \delta = 0.1$ |
# |---|---|---|
# | the logarithm $\chi$ | $3 \max\big( \ln \frac{N \ell \Delta}{c\, \epsilon^2 \delta},\, 4 \big)$ | 55.3 |
# | step $\eta$ | $c / \ell$ | 0.1 |
# | radius of the ball | $\sqrt c\, \epsilon / (\chi^2 \ell)$ | 0.000001 |
# | gradient at which to nudge | $\sqrt c\, \epsilon / \chi^2$ | 0.000001 |
# | steps to wait | $\chi \ell / (c^2 \sqrt{\rho \epsilon})$ | 55,263 |
# | fall that must be reached | $c \sqrt{\epsilon^3 / \rho} / \chi^3$ | 0.0000000006 |
#
# (In the paper our $N$ is $d$. The nudge is uniform in a ball.)
#
# </details>

# %%
jin = lm.experiments.escaping.jin_parameters(100, gradient_lipschitz=1, hessian_lipschitz=1, eps=0.01, drop=1)
assert abs(jin.chi - 55.3) < 0.05 and jin.lr == 0.1 and abs(jin.wait - 55_263) < 1
assert abs(jin.radius - 1.04e-6) < 1e-8 and jin.threshold == jin.radius and abs(jin.decrease - 5.9e-10) < 1e-11

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One saddle after another
#
# So from a random start no strict saddle is for ever, and each costs a logarithm. How long can it take, then? Du, Jin, Lee, Jordan, Poczos and Singh (2017) chain saddles, one per dimension, in the
# *octopus*. (Our formula follows a public implementation of the paper's splines; the octopus in the explorer of lesson 1.1 is a simpler surface.) Here it is in two dimensions, with one run, which stays
# inside the arms; beside them, in white, the formula means nothing.

# %%
experiment = lm.experiments.escaping
small = experiment.octopus(2, L=1, gamma=1)
run = lm.train(small, torch.tensor([0.3, 0.9], dtype=torch.float64), lr=0.05, tol=0, max_steps=400, record=1).path.theta[0]
corners = experiment.stage_points(2)  # two saddles and a minimum, (3, 2)
fig, ax = lm.plots.figure(8, 4.4)
lm.plots.draw_contours(ax, small, xlim=(-2.7, 13), ylim=(-2.7, 13))
ax.fill_between([-2.7, 2 * torch.e], torch.e, 13, color="white")  # no arm there
lm.plots.draw_path(ax, run, "one run")
ax.plot(*corners[:2].T, "D", color=lm.plots.PALETTE["orange"], markeredgecolor="black", markersize=10, label="saddles")
ax.plot(*corners[2], "o", color=lm.plots.PALETTE["blue"], markeredgecolor="black", markersize=12, label="minimum")
ax.axvline(2 * torch.e, color="black", linestyle=":", label="first saddle left")
fig.legend(loc="outside right upper", fontsize=12)
alt = "A path falls from (0.3, 0.9) to the horizontal axis, runs right along it to the saddle near 11, then straight up to the minimum."
lm.show(fig, caption="The octopus in two dimensions: from the saddle at zero along the first axis to the second saddle, then along the second axis to the minimum.", alt=alt)

# %% [markdown]
# At saddle $i$ the coordinates before $x_i$ lie at $4e = 10.9$, the others at zero. The Hessian there has one eigenvalue $-2\gamma$, for $x_i$, the way out, and $2L$ for the rest; here $\gamma = L = 1$. ($L$ is a curvature here, not a
# number of layers.) Until the run has left saddle $i$, which counts when $|x_i|$ passes $2e$, the next coordinate is pressed towards zero. See the run in the picture: half way it is almost on the axis.

# %% tags=["predict"]
lm.predict(
    "1.3/octopus",
    "Six saddles in a row, step size 0.25. Gradient descent is out of the first after 6 steps. When is it out of the sixth?",
    ["after about 40 steps", "after about 130 steps", "after more than 1,000 steps"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment = lm.experiments.escaping
land, start = experiment.octopus(6, L=1, gamma=1), experiment.box(6, seeds=range(20))  # uniform in [-1, 1]^6
options = {"lr": 0.25, "tol": 0, "record": 1}
often = options | {"threshold": 0.027, "wait": 1, "decrease": -torch.inf}  # nudge at every short gradient, judge never
path = {"gd": lm.train(land, start, "gd", max_steps=1700, **options).path.theta}
path["perturbed gd"] = lm.train(land, start, "perturbed gd", max_steps=260, radius=0.027, **often).path.theta
path["wait 20"] = lm.train(land, start, "perturbed gd", max_steps=260, radius=0.027, **(often | {"wait": 20})).path.theta
path["tiny nudges"] = lm.train(land, start, "perturbed gd", max_steps=320, radius=1e-6, **often).path.theta
times = {method: experiment.stage_times(theta).double().median(dim=0).values for method, theta in path.items()}

# %%
fig, ax = lm.plots.figure(8, 3.6)
ax.semilogy(range(1, 7), times["gd"], "s--", color=lm.plots.PALETTE["blue"], label="gradient descent")
ax.semilogy(range(1, 7), times["perturbed gd"], "o-", color=lm.plots.PALETTE["vermilion"], label="with nudges of 0.027")
ax.semilogy(range(1, 7), times["tiny nudges"], "^:", color=lm.plots.PALETTE["green"], label="with nudges of 0.000001")
ax.set(xlabel="saddle (number)", ylabel="steps until it is left (number)", yticks=(10, 100, 1000), yticklabels=(10, 100, 1000))
ax.legend(loc="upper left")
alt = "On a logarithmic axis the squares of gradient descent rise in a nearly straight line to 1,265; dots and triangles, with nudges, bend and end at 124 and 219."
lm.show(fig, caption="When six saddles of the octopus are left: medians over 20 starts in the box from -1 to 1.", alt=alt)

# %% tags=["headline"]
kappa = experiment.growth_of_time(lr=0.25, L=1, gamma=1)
ratios = times["gd"][1:] / times["gd"][:-1]
names = {"gd": "gradient descent", "perturbed gd": "nudges of 0.027", "wait 20": "  and a wait of 20", "tiny nudges": "nudges of 0.000001"}
print("steps until the six saddles are left (medians), and from one to the next")
for method, name in names.items():
    left, apart = (" ".join(f"{int(each):4}" for each in steps) for steps in (times[method], times[method].diff()))
    print(f"{name:18} {left}   {apart}")
print("gradient descent, each over the one before:", *(f"{float(each):.2f}" for each in ratios), f"(formula: {kappa:.2f})")

# %%
points = experiment.stage_points(6)  # six saddles and a minimum, (7, 6)
assert land.gradient(points).abs().max() == 0
leads = torch.eye(7, 6, dtype=torch.float64)  # at saddle i coordinate i leads out; at the minimum none
assert (land.hessian(points) - torch.diag_embed(2 - 4 * leads)).abs().max() < 1e-12
assert ((ratios[2:] - kappa).abs() < 0.25).all() and all(20 <= gap <= 35 for gap in times["perturbed gd"].diff()[1:])
assert all(50 <= gap <= 56 for gap in times["tiny nudges"].diff()[2:]) and abs(times["wait 20"] - times["perturbed gd"]).max() <= 3

# %% tags=["reveal"]
lm.reveal(
    "1.3/octopus",
    measured=f"after {int(times['gd'][-1]):,} steps; with nudges after {int(times['perturbed gd'][-1])}",
    right="after more than 1,000 steps",
    explanation="Each saddle makes the time 2.7 times as long, so it is exponential in their number.",
)

# %% [markdown]
# Why 2.7? At time $T$ on arrival at a saddle, the coordinate that leads out has been pressed down by $1 - 2\eta L$ at each of the $T$ steps, and must now grow by $1 + 2\eta\gamma$ a step:
#
# $$ T_{i+1} \approx \kappa\, T_i, \qquad \kappa = 1 + \frac{-\ln(1 - 2\eta L)}{\ln(1 + 2\eta\gamma)} . $$
#
# (Worked out for this course. For small steps $\kappa$ tends to $1 + L/\gamma$.) A nudge resets the coordinate to a size that does not depend on the past: some 26 steps for each saddle with a radius of 0.027, 53 with
# 0.000001, a logarithm again. These runs nudge at every short gradient and never judge: that is not the algorithm of Jin et al. with its constants. Without a judge a wait of 1 does no
# harm: growth by 1.5 a step soon outweighs further nudges of the same size. With a wait of 20 the sixth saddle is left one step later. **Du et al. (2017) prove** that gradient descent can need exponential time
# from natural random starts, on functions that are not pathological, where perturbed gradient descent needs polynomial time. The theorem on measure zero stands: from almost every start a run does get away, in exact
# arithmetic.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# - *That random tries fail at all saddles.* They fail where the trace of the Hessian is positive and large beside $\sqrt2\, |H|_F$. At the zero weights of a small tanh network (see the extra part) it is not, and 42 % of
#   all tries lead down.
# - *That nudges are needed in practice.* A random start is a nudge already, and minibatches nudge at every step. The octopus was built for the purpose; whether training of networks meets
#   anything like it is open.
# - *That slow training means a saddle.* A short gradient may also belong to a [place without a critical point near by](2_high_dimension.ipynb#Flat-is-not-critical). Check eigenvalues.
# - *That all saddles are strict.* The zero of three layers is a bad saddle. There nudges still help, but the time is no longer a logarithm: with three layers
#   it is inversely proportional to the radius, in the directions that are measured next.

# %%
experiment = lm.experiments.escaping
saddle = lm.experiments.network_saddle.network(seed=2)  # that of lesson 1.1
land, lowest = saddle.land, -2 * float(saddle.C.norm())
eigenvalues = torch.linalg.eigvalsh(land.hessian(torch.zeros(land.dim, dtype=torch.float64)))
down = experiment.try_directions(eigenvalues.numpy(), tries=10_000)
spread = 2**0.5 * eigenvalues.norm()
print(f"small tanh network, zero weights: {down:,} of 10,000 tries lead down;")
print(f"by the central limit theorem {10_000 * torch.special.ndtr(-eigenvalues.sum() / spread):,.0f}:", end=" ")
print(f"the trace is {float(eigenvalues.sum()):.1f}, the spread beside it {spread:.1f}")

# %%
one = torch.ones(1, 1, dtype=torch.float64)
for layers in (2, 3):
    land = lm.deep_linear([1] * (layers + 1), lm.data.Data(one, one))
    nudge = torch.ones(1, layers, dtype=torch.float64) / layers**0.5  # all weights alike, length 1
    steps = [int(experiment.steps_until(land, r * nudge, level=0.25, lr=0.1, max_steps=20_000)) for r in (0.1, 0.01, 0.001)]
    print(f"{layers} layers: half the loss after {steps[0]:,}, {steps[1]:,} and {steps[2]:,} steps from nudges of 0.1, 0.01 and 0.001")
    nudge = experiment.nudges(layers, 1, seeds=range(20))
    spread = [experiment.steps_until(land, r * nudge, level=0.25, lr=0.1, max_steps=20_000) for r in (0.1, 0.01)]
    low_high = [f"{int(each.min()):,} to {int(each.max()):,}" for each in spread]
    print(f"  in 20 random directions: {low_high[0]} steps from 0.1, {low_high[1]} from 0.01")
assert steps == [163, 1725, 17315] and (spread[1] / spread[0] - 10).abs().max() < 0.6

# %% tags=["quiz"]
lm.quiz(
    "1.3/trace",
    "At a saddle in 1,000 dimensions 100 eigenvalues are $-2$ and 900 are $+0.1$. Does a random direction lead down?",
    [
        ("Hardly ever: only one direction in ten leads down.", False, "The number of ways down is not what a try measures."),
        ("Nearly always: the trace is $-110$.", True, "The mean curvature is $-0.11$, and a random direction shows nearly that."),
        ("Half of the time.", False, "That would be so with a trace of zero."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "1.3/up",
    "You stand at a critical point and nudge your weights by 0.001. The loss goes up. What follows?",
    [
        ("The point is a minimum.", False, "At the saddle of this lesson nearly all nudges lead up, too."),
        ("Nothing yet: follow the gradient for a while.", True, "If there is a way down, the nudge has a little of it, and that grows."),
        ("The nudge was too small.", False, "Its size only enters through a logarithm."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: larger steps
#
# If time is the matter, take larger steps? A network's own saddle will tell: the tanh network with all weights zero from the [extra part of lesson 1.1](1_critical_points.ipynb#Extra:-the-same-saddle-inside-a-network).
# The Hessian there has the eigenvalues $\pm 2|C|$, once for each of four hidden neurons, a 2, and zeros, with $C$ the mean of $y\,x$. So from size $r$ to size 1 it takes about
# $\ln(1/r) / \ln(1 + 2\eta|C|)$ steps.

# %%
experiment, rates = lm.experiments.escaping, (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
saddle = lm.experiments.network_saddle.network(seed=2)  # 5 inputs, 4 neurons
land, lowest = saddle.land, -2 * float(saddle.C.norm())  # the lowest eigenvalue
start = 1e-3 * lm.starts(land, seeds=range(20), scheme="normal")
zero = torch.zeros(land.dim, dtype=torch.float64)
steps = {lr: experiment.steps_until(land, start, level=float(land.loss(zero)) / 2, lr=lr) for lr in rates}
formula = [float(torch.tensor(1e3).log() / torch.tensor(1 - lr * lowest).log()) for lr in rates]

# %%
fig, ax = lm.plots.figure(8, 3.4)
ax.loglog(rates, formula, color=lm.plots.PALETTE["black"], label="formula")
for lr, each in steps.items():
    ax.loglog([lr] * 20, each, "o", color=lm.plots.PALETTE["blue"], markersize=4, label="20 starts" if lr == 0.01 else None)
ax.set(xlabel="step size (no unit)", ylabel="steps to half the loss (number)", xticks=rates, xticklabels=rates, yticks=(10, 100), yticklabels=(10, 100))
ax.minorticks_off()
ax.legend()
alt = "Dots fall along a line from 240 steps at step size 0.01 to 8 at 0.5."
lm.show(fig, caption="How long a tanh network stays at its saddle at zero weights, from weights of size 0.001, by step size.", alt=alt)

# %% tags=["headline"]
print(f"2|C| = {-lowest:.3f}")
for lr, expected in zip(rates, formula, strict=True):
    print(f"step size {lr:4}: median {int(steps[lr].double().median()):3} steps, formula {expected:3.0f}")

# %%
eigenvalues = torch.linalg.eigvalsh(land.hessian(zero))
expected = torch.cat([torch.full((4,), lowest), torch.zeros(20), torch.tensor([2.0]), torch.full((4,), -lowest)]).sort().values
assert (eigenvalues - expected).abs().max() < 1e-6 and float(land.gradient(zero).norm()) < 1e-12
assert all(abs(float(steps[lr].double().median()) / each - 1) < 0.15 for lr, each in zip(rates, formula, strict=True))

# %% [markdown]
# Twice the step, about half the time, while $2\eta|C|$ is small. What limits the step is the other end of the spectrum:
# along a curvature $\mu > 2/\eta$ a step overshoots by more than it came from.

# %% [markdown] slideshow={"slide_type": "slide"}
# ### The edge of stability
#
# On a quadratic with curvature $\mu$, gradient descent is stable if and only if $\mu < 2/\eta$. The *sharpness* of a network is the largest eigenvalue of its Hessian. Train a tanh network with 64 hidden
# neurons on 40 points with four step sizes, from one start, with all data at each step.

# %% tags=["predict"]
lm.predict(
    "1.3/edge",
    "With step size 0.05 the sharpness rises from 7 to about 20. With step size 0.2 a sharpness above $2/0.2 = 10$ is unstable. What happens?",
    ["training diverges", "the sharpness stays well below 10", "the sharpness settles at about 10, and training goes on"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
edge = lm.experiments.edge_of_stability.watch(rates=(0.05, 0.12, 0.15, 0.2), steps=6000, seed=2)
fig, ax = lm.plots.figure(8, 3.8)
for i, (name, dash) in enumerate(zip(("black", "green", "blue", "vermilion"), lm.plots.DASHES, strict=False)):
    lr = float(edge.rates[i])
    ax.plot(edge.times, edge.sharpness[i], linestyle=dash, color=lm.plots.PALETTE[name], label=f"step size {lr:g}")
    ax.plot(6200, 2 / lr, "<", color=lm.plots.PALETTE[name])
ax.set(xlabel="step (number)", ylabel="sharpness (no unit)", ylim=(0, 43))
ax.legend(loc="upper center", ncol=2)
alt = "Four curves from 7. Three stay near 10, 13.3 and 16.7, where their triangles stand; the fourth rises to 20, far below its triangle at 40."
lm.show(fig, caption="Sharpness during training with four step sizes. Triangles: two over the step size.", alt=alt)

# %% tags=["headline"]
mean = edge.mean_sharpness(first=4000)
rises = (edge.loss.diff(dim=1) > 0).sum(dim=1).tolist()
for lr, value, up in zip(edge.rates.tolist(), mean.tolist(), rises, strict=True):
    print(f"step size {lr:4.2f}: mean sharpness in the last third {value:4.1f}, limit {2 / lr:4.1f}; loss up in {up:2} of 60 intervals")

# %%
ratio = mean * edge.rates / 2
assert float(ratio[0]) < 0.6 and ((ratio[1:] - 1).abs() < 0.03).all()
assert float(edge.sharpness[3, 0]) < 8 and float(edge.loss[3, -1]) < 0.05 * float(edge.loss[3, 0])

# %% tags=["reveal"]
lm.reveal(
    "1.3/edge",
    measured=f"mean sharpness {float(mean[3]):.1f} with step size 0.2, and the loss falls from {float(edge.loss[3, 0]):.2f} to {float(edge.loss[3, -1]):.2f}",
    right="the sharpness settles at about 10, and training goes on",
    explanation="The step size chooses the curvature at which training can stay.",
)

# %% [markdown]
# Cohen, Kaur, Li, Kolter and Talwalkar (2021) found this on image networks: the sharpness rises to $2/\eta$ and hovers there, while the loss goes up and down over short times and falls over long
# ones. Here it is one small network, looked at every 100 steps. On three other data sets (seeds 0, 1 and 3) the mean over the limit is 1.00 all six times with the step sizes 0.15 and 0.2; with 0.12 it is
# 1.00, 1.00 and 0.80. So a large step is more than a faster way off a saddle: it cannot stay in a minimum that is too sharp.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# A random direction hardly ever finds the way down from a saddle with few ways down among many directions; a random nudge followed by the gradient found it in every run, in a time that grows with the logarithm of the
# dimension. That is what perturbed gradient descent does, with a theorem. Without nudges many saddles in a row can cost exponential time.
#
# | quantity | found here | closed form or theorem |
# |---|---|---|
# | a try leads down, $k = 1$, $N = 10$ and 30 | 1 in 67, 1 in 111,000 | 1 in 67, 1 in 115,000 |
# | the same, $N = 100$ | out of reach | 1 in 7,000 million million |
# | steps after a nudge, $N = 100$ and 10,000 | 102 and 126 | 101 and 125 |
# | octopus: time for a saddle over that for the one before | 2.72 | 2.71 |
#
# ## Go on
#
# - Exercises: [Escaping](../../exercises/1_saddle_points/3_escaping.ipynb), then the [solutions](../../solutions/1_saddle_points/3_escaping.ipynb).
# - Next: [The straight line to the solution](4_straight_line.ipynb). What would a run have met on the direct way?
# - Lee, Simchowitz, Jordan and Recht, *Gradient descent only converges to minimizers*, COLT 2016: the measure-zero theorem, in a few pages.
# - Panageas and Piliouras, *Gradient descent only converges to minimizers: non-isolated critical points and invariant regions*, ITCS 2017, arXiv 1605.00405: the same for any set of strict saddles.
# - Jin, Ge, Netrapalli, Kakade and Jordan, *How to escape saddle points efficiently*, arXiv 1703.00887 (2017): the algorithm and its proof.
# - Du, Jin, Lee, Jordan, Poczos and Singh, *Gradient descent can take exponential time to escape saddle points*, arXiv 1705.10412 (2017): the octopus.
# - For the extra part: Cohen, Kaur, Li, Kolter and Talwalkar, *Gradient descent on neural networks typically occurs at the edge of stability*, arXiv 2103.00065 (2021).
