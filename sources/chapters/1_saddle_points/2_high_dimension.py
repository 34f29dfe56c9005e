# %% [markdown] slideshow={"slide_type": "slide"}
# # In high dimension almost every critical point is a saddle
#
# *At a minimum every direction leads up. In a space of a thousand directions, is that too much to ask?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **say** what is wrong with the coin-flip argument, **predict** the index of a critical point from its height, **check** whether a reported critical point is one |
# | You need first | [Critical points](1_critical_points.ipynb); eigenvalues, the normal distribution |
# | To read | 60 minutes, and 12 for the two extra parts |
# | To run | about 40 seconds on one core |
# | Words and letters | [glossary](../../companion/2_glossary.ipynb), [notation](../../companion/1_notation.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A random landscape in the plane
#
# A landscape that nobody designed: 300 waves, $L(x) = \sqrt{2/300}\, \sum \cos(k \cdot x + \varphi)$, wave vectors $k$ from $\mathcal N(0, I)$, phases uniform. At a *critical point* the gradient is zero. Its *index* is the number of negative eigenvalues of the
# Hessian, the number of independent directions that lead down: 0 at a minimum, 1 at a saddle of the plane, 2 at a maximum.

# %%
import numpy as np
import lmcourse as lm
from lmcourse.networks import random_field_theory as theory, random_matrices as matrices

# %% tags=["predict"]
lm.predict(
    "1.2/plane",
    "In a random landscape over the plane, what share of the critical points are minima?",
    ["about a tenth", "about a quarter", "about a third", "about a half"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment = lm.experiments.index_and_height
fields = [experiment.points_in_box(dim=2, seed=seed) for seed in range(12)]  # a search in a box of side 10
index = np.concatenate([points.index for points in fields])
fig, ax = lm.plots.figure(8, 5)
lm.plots.draw_contours(ax, experiment.random_waves(dim=2, seed=0), points=61)
marks = (("o", "blue", "minimum"), ("D", "orange", "saddle"), ("^", "vermilion", "maximum"))
for k, (marker, color, name) in enumerate(marks):
    x, y = fields[0].theta[fields[0].index == k].T
    ax.plot(x, y, marker, color=lm.plots.PALETTE[color], markeredgecolor="black", markersize=10, label=name)
ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
alt = "Height lines of a hilly plane with about 35 marks: circles in hollows, triangles on hills, and diamonds, the most frequent, on passes."
lm.show(fig, caption="One of twelve random landscapes, with its critical points. Dark is low.", alt=alt)

# %% tags=["headline"]
for k, name in enumerate(("minima", "saddles", "maxima")):
    low, high = lm.binomial_interval(int((index == k).sum()), len(index))
    print(f"{name:7}: {(index == k).sum():3} of {len(index)}, a share of {100 * low:.0f} to {100 * high:.0f} %")

# %%
shares = np.bincount(index) / len(index)
assert abs(shares[1] - 0.5) < 0.05 and abs(shares[0] - 0.25) < 0.06 and 380 < len(index) < 480

# %% tags=["reveal"]
lm.reveal(
    "1.2/plane",
    measured=f"{100 * shares[0]:.0f} % minima, {100 * shares[1]:.0f} % saddles, {100 * shares[2]:.0f} % maxima",
    right="about a quarter",
    explanation="On average exactly a quarter: the sign of det H averages to zero, so half are saddles; upside down it is as likely.",
)

# %% [markdown]
# (In the papers: *error* or *energy* is what we call the height of a point, $L(x)$; the *fraction of negative eigenvalues* $\alpha$ is the index divided by the number of directions.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The coin flip
#
# A quarter is what two coins give, and so a popular argument goes on: $N$ eigenvalues, each positive or negative with probability ½. All of them are positive with probability
# $2^{-N}$. For a thousand weights this is $10^{-301}$, so minima do not occur.
#
# Test it, first on matrices alone. Draw symmetric ones from the normal distribution: variance 1 off the diagonal, 2 on it. (This is the *Gaussian orthogonal ensemble*,
# GOE: a whole family of matrices with its law; it prefers no direction.)

# %% tags=["predict"]
lm.predict(
    "1.2/matrix",
    "A random symmetric 4 × 4 matrix. Four coins show heads 1 time in 16. How often are all four eigenvalues positive?",
    ["about 1 time in 16", "far less often", "far more often"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
sizes, samples, counts = (1, 2, 3, 4, 5), 50_000, []
for N in sizes:
    eigenvalues = np.linalg.eigvalsh(matrices.gaussian_symmetric(N, samples))  # (samples, N), rising
    counts.append(int((eigenvalues[:, 0] > 0).sum()))
shares = np.array(counts) / samples
low, high = np.array([lm.binomial_interval(count, samples) for count in counts]).T
N, exact = np.arange(1, 9), [matrices.positive_share(N) for N in range(1, 9)]
fig, ax = lm.plots.figure(8, 3.6)
ax.semilogy(N, 0.5**N, "--", color=lm.plots.PALETTE["grey"], label="coins: $2^{-N}$")
ax.semilogy(N, exact, "-", color=lm.plots.PALETTE["vermilion"], label="matrices, exact")
ax.errorbar(sizes, shares, (shares - low, high - shares), fmt="o", capsize=3, label="matrices, measured")
ax.set(xlabel="rows N (number)", ylabel="share all positive (no unit)")
ax.legend()
alt = "Two falling lines: coins straight, to 0.004 at 8; matrices ever steeper, to one in a thousand million, through five dots."
lm.show(fig, caption="How often all N eigenvalues are positive.", alt=alt)

# %% tags=["headline"]
for N, share in zip(sizes, shares, strict=True):
    exact = 1 / matrices.positive_share(N)
    print(f"N = {N}: coins 1 in {2**N}, matrices measured 1 in {1 / share:.0f}, exact 1 in {exact:.0f}")
logs = [np.log(matrices.positive_share(N)) for N in range(1, 21)]
print(f"the logarithm bends by {np.diff(logs, 2)[-1]:.3f} a row; (ln 3)/2 is {np.log(3) / 2:.3f}")

# %%
assert counts[3] == 142
assert abs(np.diff(logs, 2)[6] + 0.5486) < 5e-4 and abs(np.diff(logs, 2)[-1] + np.log(3) / 2) < 3e-4
for count, N in zip(counts, sizes, strict=True):
    exact = matrices.positive_share(N)
    assert abs(count / samples - exact) < 4 * np.sqrt(exact / samples)

# %% tags=["reveal"]
lm.reveal(
    "1.2/matrix",
    measured=f"{counts[3]} of 50,000 matrices, 1 in {samples / counts[3]:.0f}",
    right="far less often",
    explanation="Eigenvalues are not independent: they repel each other, so they rarely squeeze together on one side.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Why fewer
#
# If all eigenvalues of $H$ are positive, then so is $e_i^\top H e_i$, the $i$-th entry of the diagonal. The $N$ diagonal entries *are* independent coins: $2^{-N}$ is an upper bound,
# and this is its proof. The rest has to fit as well: for $N = 2$ also $H_{11} H_{22} > H_{12}^2$, which leaves $(2 - \sqrt2)/4 = 14.6\,\%$ instead of 25.
#
# For large $N$ the share falls like $e^{-\frac{\ln 3}{4} N^2}$ (Dean and Majumdar 2006): the exponent has $N^2$, not $N$. So the logarithm bends by $-(\ln 3)/2$ a row. (The exact
# numbers are computed here, by a formula of de Bruijn 1955.)
#
# So minima are even rarer than coins say? That answers another question: a *matrix* is not yet a *landscape*.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A landscape can help itself
#
# Now critical points of random waves in $N$ dimensions. On a line half of them are minima, in the plane a quarter.

# %% tags=["predict"]
lm.predict(
    "1.2/landscape",
    "Random waves in 8 dimensions: what share of the critical points are minima? (Coins: 4 in a thousand. Matrices: 1 in a thousand million.)",
    ["as for matrices, or less", "nearer to the coins", "most of them"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, counts = lm.experiments.index_and_height, {}
for N, side in {1: 60, 2: 10, 3: 5}.items():
    index = np.concatenate([experiment.points_in_box(N, seed, side).index for seed in range(12)])
    counts[N] = int((index == 0).sum()), len(index)
N, found = [*range(1, 9), 10, 12, 15, 18], [minima / total for minima, total in counts.values()]
landscapes = {n: matrices.index_shares(n)[0] for n in N}  # theory, see below: means over 20,000 drawn matrices
fig, ax = lm.plots.figure(8, 3.6)
ax.semilogy(N, 0.5 ** np.array(N), "--", color=lm.plots.PALETTE["grey"], label="coins: $2^{-N}$")
ax.semilogy(N, [matrices.positive_share(n) for n in N], ":", color=lm.plots.PALETTE["vermilion"], label="matrices")
ax.semilogy(N, list(landscapes.values()), "-", color=lm.plots.PALETTE["green"], label="landscapes, theory")
ax.semilogy(list(counts), found, "s", color=lm.plots.PALETTE["blue"], label="landscapes, found")
ax.set(xlabel="dimension N (number)", ylabel="share of minima (no unit)", ylim=(2e-7, 1), xticks=range(2, 19, 2))
ax.legend()
alt = "On a logarithmic axis landscapes follow the coins at first and fall slowly below, to a quarter of them at 18; matrices drop out below before N = 7."
lm.show(fig, caption="Minima among all critical points, beside coins and matrices.", alt=alt)

# %% tags=["headline"]
for N, (minima, total) in counts.items():
    low, high = lm.binomial_interval(minima, total)
    print(f"N = {N}: {minima:3} of {total} are minima, {100 * low:4.1f} to {100 * high:4.1f} %;", end=" ")
    print(f"theory {100 * landscapes[N]:4.1f} %")
print(f"N = 8, theory: landscapes {landscapes[8]:.4f}, coins {0.5**8:.4f}, matrices {matrices.positive_share(8):.0e}")
print(
    f"N = 18, theory: landscapes {landscapes[18]:.1e}, coins {0.5**18:.1e}, matrices {matrices.positive_share(18):.0e}"
)
print("landscapes, -(ln share) / N:", ", ".join(f"{-np.log(landscapes[N]) / N:.2f} at {N}" for N in (1, 10, 18)))

# %%
assert landscapes[1] == 0.5 and abs(landscapes[3] - (29 - 6 * np.sqrt(6)) / 116) < 0.002  # both exact
assert abs(landscapes[8] - 2.93e-3) < 2e-4 and 0.8e-6 < landscapes[18] < 1.1e-6
for N, count in counts.items():
    low, high = lm.binomial_interval(*count)
    assert low - 0.02 < landscapes[N] < high + 0.02

# %% tags=["reveal"]
lm.reveal(
    "1.2/landscape",
    measured=f"by theory {1000 * landscapes[8]:.1f} in a thousand; counts agree with the theory up to N = 3",
    right="nearer to the coins",
    explanation="Millions of times more than matrices give. The coins come close here, by accident: at N = 18 they are wrong by a factor of 4.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### The missing variable
#
# At a given point of these waves the Hessian is a random matrix *plus a shift*: $H = G - L(x)\,I$, with $G$ from the GOE and $L(x)$ the **height** of the point (exact in the limit of many waves). Deep down $L(x)$ is
# negative and moves all eigenvalues to the right together. To be that deep costs a factor $e^{-cN}$; to push $N$ eigenvalues over one by one costs $e^{-cN^2}$. So minima are where it is low.
#
# To count *critical* points, weight each $G$ by $|\det H|$ (the formula of Kac and Rice, for zeros of a random function). The weights turn GOE($N$) into GOE($N + 1$): Fyodorov 2004; index by index
# Cheng and Schwartzman 2018, Azaïs and Delmas 2019. That gives the green line of the last picture.

# %% [markdown]
# As $N \to \infty$, $-(\ln \text{share})/N$ tends to 1 in theory, slowly (it is 0.77 at $N = 18$): about $e^{-N}$, leading exponent only. That index and height go together
# is due to Bray and Dean 2007. (Points of one landscape are not independent: the intervals of the counts are a little narrow.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Every critical point of a landscape
#
# The classic random landscape lives on a sphere: the *spherical 3-spin model*, with $N$ numbers $\sigma_i$, $|\sigma|^2 = N$, and
#
# $$ L(\sigma) = \frac1N \sum_{i,j,k} J_{ijk}\, \sigma_i \sigma_j \sigma_k, \qquad J_{ijk} \text{ independent, standard normal.} $$
#
# Its height is $u = L/N$, the energy per spin, and $N - 1$ directions stay on the sphere. With $N = 9$ there are about two hundred critical points, few enough to find all.

# %% tags=["predict"]
lm.predict(
    "1.2/spins",
    "About 200 critical points, 8 directions at each. By coins, fewer than one is a minimum. How many are there?",
    ["none or one", "two to nine", "ten or more"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment = lm.experiments.index_and_height
models = [experiment.all_critical_points(N=9, seed=seed) for seed in range(3)]
fig, ax = lm.plots.figure(8, 3.8)
colors, shifts = ("blue", "vermilion", "green"), (-0.22, 0, 0.22)  # shifted, or they hide each other
for model, marker, color, shift in zip(models, "os^", colors, shifts, strict=True):
    looks = {"marker": marker, "linestyle": "none", "fillstyle": "none", "color": lm.plots.PALETTE[color]}
    ax.plot(model.height, model.index + shift, **looks, label=f"{len(model.points)} points")
ax.set(xlabel="height u (energy per spin)", ylabel="index (number of 8)")
ax.legend(title="three landscapes")
alt = "Nine rows of marks, one for each index 0 to 8, that move from low heights on the left to high ones on the right in a rising band."
lm.show(
    fig,
    caption="All critical points found on three 3-spin models with N = 9. (Each row is drawn as three, one for each model.)",
    alt=alt,
)

# %% tags=["headline"]
words = {0: "strict local minimum", 8: "strict local maximum"}
for model in models:
    claims = [words.get(k, f"index-{k} saddle") for k in model.index]
    proofs = [lm.certify(model.land, *pair) for pair in zip(model.points.theta, claims, strict=True)]
    print(f"{len(proofs)} points, {sum(map(bool, proofs))} proved;", end=" ")
    print(f"by index {np.bincount(model.index).tolist()}, Morse sum {model.morse_sum}")

# %%
assert all(proofs) and all(model.morse_sum == 2 for model in models)
assert [int((model.index == 0).sum()) for model in models] == [4, 5, 7]
for model in models:
    deep, middle = model.index[model.height < -1.2], model.index[(model.height > -0.6) & (model.height < 0)]
    assert (deep == 0).mean() > 0.5 and (middle == 0).mean() < 0.05
    assert experiment.correlation(model.height, model.index) > 0.92 and 126 <= len(model.points) <= 280
    assert (np.bincount(model.index) == np.bincount(model.index)[::-1]).all()

# %% tags=["reveal"]
lm.reveal(
    "1.2/spins",
    measured="4, 5 and 7, on three landscapes",
    right="two to nine",
    explanation="Ask for the height first: here, at N = 9, most points below u = -1.2 are minima, above -0.6 hardly any are.",
)

# %% [markdown]
# *Proved* means: near each mark lies exactly one critical point, and its index is the one printed. The lists read the same from both ends since $L(-\sigma) = -L(\sigma)$, and the search takes
# $-\sigma$ along. By Morse theory the sum of $(-1)^{\text{index}}$ over all critical points is 2 on this sphere; but a minimum and a saddle of index 1 that are
# both missing, with their opposites, leave it as it is. That none is *missing* was measured: the points are the real solutions of nine quadratic equations with 511 complex solutions besides 0 (Cartwright and
# Sturmfels 2013), and a program that finds all 511 finds these.
#
# Three landscapes are few. Here are the means of a hundred for each $N$, from a stored run, beside the exact means over all $J$ (Auffinger, Ben Arous and Černý 2013):

# %% tags=["headline"]
experiment, stored = lm.experiments.spin_counts, lm.store.load("spin_counts")
print("means of 100 landscapes with 95 % intervals; in brackets theory, from 20,000 drawn matrices")
for spec, arrays in stored.rows:
    (every, minima), errors = experiment.means(arrays)
    off, its_off = 1.96 * errors
    mean = experiment.theory(spec["N"])
    print(f"N = {spec['N']}: {every:5.1f} ± {off:.1f} critical points ({mean.sum():5.1f}),", end=" ")
    print(f"{minima:.2f} ± {its_off:.2f} minima ({mean[0]:.2f})")
print("theory for N = 9, by index:", ", ".join(f"{value:.1f}" for value in mean))

# %%
assert abs(mean.sum() - 189.6) < 2 and abs(mean[0] - 5.64) < 0.15 and round(minima, 1) == 5.7 and round(every) == 192
for spec, arrays in stored.rows:
    (found, errors), exact = experiment.means(arrays), experiment.theory(spec["N"])
    assert (abs(found - [exact.sum(), exact[0]]) < 2.1 * errors).all() and arrays["complete"].all()
print(stored.made)
assert [np.bincount(m.index).tolist() for m in models] == stored.row(N=9)["by_index"][:3].tolist()  # the three above

# %% [markdown]
# Eleven of the twelve intervals hold the theory's mean; one in twenty may miss. Coins are wrong three times, in two directions:
#
# | share of minima among | large $N$: leading exponent | here | coins, $e^{-0.69 N}$, say |
# |---|---|---|---|
# | matrices | $e^{-0.27 N^2}$: no shift | 1 in 407 at $N = 4$ | 1 in 16 |
# | critical points of waves | $e^{-N}$: the height shifts | 1 in 1,100,000 at $N = 18$ | 1 in 262,144 |
# | critical points of 3-spin models | $e^{-N/3}$: being low costs less | 5.6 of 190 at $N = 9$ | 0.7 of 190 |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Height decides
#
# With nine spins, one height still allows three or four indices. Now 30 spins. All critical points are out of reach, so start [Newton's method](../../companion/2_glossary.ipynb#Newton's-method) from places on the way of
# [gradient descent](../../companion/2_glossary.ipynb#Gradient-descent), and of ascent.

# %% tags=["predict"]
lm.predict(
    "1.2/height",
    "3-spin model, N = 30. Look at the critical points of height about u = -1. What share of the 29 directions leads down there?",
    ["half, as everywhere", "between 5 and 20 percent at nearly all", "anything between 0 and 50 percent"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment = lm.experiments.index_and_height
model = experiment.along_paths(N=30, seed=0)
expected = theory.p_spin_index_share(model.height, p=3).numpy()
off = float(np.sqrt(np.mean((model.share - expected) ** 2)))
fig, ax = lm.plots.figure(8, 3.8)
grid = np.linspace(-1.7, 1.7, 200)
ax.plot(model.height, model.share, "o", fillstyle="none", color=lm.plots.PALETTE["blue"], label="found")
curve = theory.p_spin_index_share(grid, p=3)
ax.plot(grid, curve, color=lm.plots.PALETTE["vermilion"], label="semicircle law, large N")
ax.set(xlabel="height u (energy per spin)", ylabel="directions down (share)")
ax.legend()
alt = "Three hundred circles follow an S-shaped curve from 0 at height -1.6 through one half at 0 to 1 at height 1.6."
caption = "Critical points of one 3-spin model with 30 spins, and the limit of large N."
lm.show(fig, caption=caption, alt=alt)

# %% tags=["headline"]
near = model.share[abs(model.height + 1) < 0.1]
print(f"{len(model.points)} critical points, {off:.3f} off the curve (root mean square)")
print(f"correlation of height and index {experiment.correlation(model.height, model.share):.3f}")
print(f"at heights -1.1 to -0.9: {len(near)} points, {100 * near.min():.0f} to {100 * near.max():.0f} % down")

# %%
assert off < 0.035 and experiment.correlation(model.height, model.share) > 0.99
assert near.min() > 0.05 and near.max() < 0.2

# %% tags=["reveal"]
lm.reveal(
    "1.2/height",
    measured=f"{100 * near.min():.0f} to {100 * near.max():.0f} %",
    right="between 5 and 20 percent at nearly all",
    explanation="Height tells the share of directions down; little is left to chance, and less the larger N is.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### The law
#
# At a point of height $u$ where the gradient is zero the Hessian along the sphere is $\sqrt{6/N}\,G - 3u\,I$ with $G$ from GOE($N - 1$); 3 is the degree of $L$. (The count gives each $G$ the weight $|\det H|$, as before. For
# large $N$ this does not move the spectrum; the explorer takes it into account.) The eigenvalues of $G$ fill a *semicircle*, so the share of negative ones is the part of it left of zero:
#
# $$ \alpha(u) = F(u / E_\infty), \qquad F(x) = \tfrac12 + \tfrac1\pi \big( x \sqrt{1 - x^2} + \arcsin x \big), \qquad E_\infty = 2\sqrt{2/3} = 1.633 . $$
#
# **Theorem (Auffinger, Ben Arous and Černý 2013), in words.** *There are levels $E_0 > E_1 > E_2 > \dots > E_\infty$ such that for each $k$ and each $\varepsilon > 0$, with probability tending
# to one as $N \to \infty$, all critical points of index $k$ lie between the heights $-E_k - \varepsilon$ and $-E_\infty + \varepsilon$. In the mean over $J$ their number grows exponentially.*

# %% tags=["headline"]
levels, edge = [theory.p_spin_lowest(3, k) for k in (0, 1, 2)], theory.p_spin_edge(3)
print(", ".join(f"E_{k} = {level:.4f}" for k, level in enumerate(levels)), f"..., E_inf = {edge:.4f}")
print(f"the band between -E_0 and -E_inf: {100 * (1 - edge / levels[0]):.1f} % of the depth")
for N in (9, 30, 100):
    mean = theory.p_spin_minima(N, samples=40_000)  # means over all J, from so many drawn matrices
    print(f"N = {N}: about {mean.minima:.0f} minima, {mean.saddles / mean.minima:.1f} times as many saddles of index 1;")
    print(f"  (ln minima) / N = {np.log(mean.minima) / N:.3f};", end=" ")
    print(f"half of the minima lie above {mean.median:.2f}, {100 * mean.below_edge:.1f} % below -E_inf")
print(f"N to infinity: (ln minima) / N tends to {theory.p_spin_complexity(-edge, 3):.4f}")

# %%
assert 185 < mean.minima < 225 and mean.saddles > 10 * mean.minima and mean.below_edge < 0.004
assert abs(mean.median + 1.51) < 0.01 and abs(theory.p_spin_complexity(-edge, 3) - 0.01324) < 1e-5

# %% [markdown]
# So there is a floor. In the limit no minimum stays above $-1.633$ by any fixed amount; but the limit is far: at $N = 100$ half of the minima lie above $-1.51$, and almost none in the band. They come
# from above. At each fixed height inside the band minima outnumber saddles, in the limit; in total there are more saddles of index 1, at every $N$ printed here. Three assumptions carry the theorem:
# independent Gaussian $J$, large $N$, and for the numbers means over $J$. The formula for $\alpha$ is a limit, too; the circles above are one $J$.
#
# This is the surprise of the lesson: **tell me how high a critical point lies, and I tell you how many of its directions lead down.** "Almost every critical point is a saddle" is true of the
# middle heights, where nearly all of them are. It is false at the bottom.

# %% [markdown]
# ## Explore
#
# Left the curve, and points that are drawn by the law for this $N$. Right the spectrum at one of them. Drag the triangle, or use the sliders. **Two settings to try.** Take N = 10 at
# height -1.20, then go up to N = 500 without changing the height: what happens to the scatter of the points, and to the number of minima? Then take N = 20 and move the height from 0
# to -1.75: watch the whole spectrum travel to the right, and find the height at which half of the draws are minima. (It is lower than the -1.2 of
# the nine spins above: the larger N, the nearer it lies to $-E_\infty = -1.633$.)

# %% slideshow={"slide_type": "slide"}
lm.widgets.SpectrumExplorer()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A neural network
#
# Is the loss of a network like that? Dauphin et al. (2014) looked for critical points of networks on MNIST and CIFAR-10, and found index and error rising together; on MNIST
# up to about a quarter of the directions led down, at up to 30 % error.
#
# Ours is small: a tanh network 3-5-1 with 26 weights, 40 samples with random labels, a little [weight decay](../../companion/2_glossary.ipynb#Weight-decay). For each of three data sets there are 300 starts, taken from runs of gradient descent and
# disturbed by noise, as in the paper. The paper searched by Newton's method. Another common search makes the *length of the gradient* small; try that one first. (It minimises $|\nabla L|^2$ by the
# method of Levenberg and Marquardt: Newton-like steps, shortened until they help.)

# %% tags=["predict"]
lm.predict(
    "1.2/network",
    "300 searches for a small gradient, 200 steps each. How many end at a critical point, with a gradient below $10^{-8}$?",
    ["nearly all", "about half", "fewer than a quarter"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, stored = lm.experiments.index_and_height, lm.store.load("index_and_height")
ends, newton = (stored.row(data=0, search=search) for search in ("gradient norm", "newton"))
true = experiment.critical(ends)
loss, index = experiment.true_points(ends, newton)  # both searches, each point once
fig, (left, right) = lm.plots.figure(9, 3.8, columns=2, sharex=True, sharey=True)
blue, red = lm.plots.PALETTE["blue"], lm.plots.PALETTE["vermilion"]
left.plot(ends["loss"][~true], ends["index"][~true] / 26, "x", color=red, markersize=4, label="gradient not zero")
left.plot(ends["loss"][true], ends["index"][true] / 26, "o", color=blue, label="critical")
right.plot(loss, index / 26, "o", fillstyle="none", color=blue)
left.set(xlabel="loss (no unit)", ylabel="directions down (share)", title="Ends of 300 searches", ylim=(-0.02, 0.42))
right.set(xlabel="loss (no unit)", title="True critical points of two searches")
left.legend(loc="upper left")
alt = "Left mostly crosses, a few circles among them. Right two hundred circles in a broad band from 0 at loss 0.2 to 0.3 at loss 1."
caption = "Index against loss. Right: only points with zero gradient, from this search and from Newton's method."
lm.show(fig, caption=caption, alt=alt)

# %% tags=["headline"]
print("         critical ends of 300 searches         both, copies once    loss and index correlate")
print("         short gradient     Newton's method    points  minima       there  at all ends of the first")
for data in (0, 1, 2):
    ends, newton = (stored.row(data=data, search=search) for search in ("gradient norm", "newton"))
    arrived = [int(experiment.critical(row).sum()) for row in (ends, newton)]
    shares = [[100 * share for share in lm.binomial_interval(count, 300)] for count in arrived]
    found = "   ".join(f"{count:3} ({low:.0f} to {high:.0f} %)" for count, (low, high) in zip(arrived, shares, strict=True))
    loss, index = experiment.true_points(ends, newton)
    correlations = experiment.correlation(loss, index), experiment.correlation(ends["loss"], ends["index"])
    print(f"data {data}   {found}   {len(loss):6} {(index == 0).sum():7}", "{:11.2f}  {:.2f}".format(*correlations))

# %%
rows = [stored.row(data=data, search="gradient norm") for data in (0, 1, 2)]
assert all(0.1 < experiment.critical(row).mean() < 0.25 for row in rows)  # so more than half do not arrive
assert [int((row["verdict"] == 1).sum()) for row in rows] == [217, 211, 201]  # gradient-flat
assert all(0.001 < np.median(row["grad_norm"][~experiment.critical(row)]) < 0.002 for row in rows)
pairs = [experiment.true_points(stored.row(data=data, search="newton"), row) for data, row in enumerate(rows)]
assert [round(experiment.correlation(*pair), 2) for pair in pairs] == [0.83, 0.77, 0.84]
for row in (stored.row(data=data, search="newton") for data in (0, 1, 2)):
    assert 0.54 < experiment.critical(row).mean() < 0.63
assert all(0.69 < experiment.correlation(row["loss"], row["index"]) < 0.77 for row in rows)
print(stored.made)

# %% tags=["reveal"]
lm.reveal(
    "1.2/network",
    measured=f"{', '.join(str(experiment.critical(row).sum()) for row in rows)} of 300, on three data sets",
    right="fewer than a quarter",
    explanation="Most others come to rest at a gradient of about 0.001, some are unfinished. What are those places?",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Flat is not critical
#
# The gradient of $\tfrac12 |\nabla L|^2$ is $H \nabla L$. It vanishes at critical points, and also where $\nabla L$ lies in the [kernel](../../companion/2_glossary.ipynb#Kernel) of $H$: such a place is *gradient-flat*. The search rests
# there; training would walk on. (Here an end counts as flat, 201 to 217 of 300, if $|H \nabla L|$ is at most a hundredth of $|H| |\nabla L|$.) Frye et al. (2021) gave the warning: earlier reports may contain such points.
#
# The trend does not tell them apart: over all ends the correlation is 0.70 to 0.76. So report the length of the gradient with each point. On true critical points the
# correlation is 0.77 to 0.84: the finding of Dauphin et al. holds up on this small network, for points that searches from paths of descent find. A fresh search, and two proofs:

# %% tags=["headline"]
experiment = lm.experiments.index_and_height
land = experiment.network(data=0)
start = experiment.disturbed(land, seeds=range(300, 312))
flat = experiment.search(land, start, "gradient norm")
print(flat)
newton = experiment.search(land, start, "newton").critical
for which in (newton.loss.argmin(), newton.loss.argmax()):
    point = newton[int(which)]
    claim = f"index-{int(point.index)} saddle" if point.index > 0 else "strict local minimum"
    print(f"loss {float(point.loss):.3f}: {claim}, proved: {lm.certify(land, point.theta, claim).proved}")

# %% tags=["headline"]
stopped = [number for number, verdict in enumerate(flat.verdict) if verdict != "critical"][:3]
rest = experiment.search(land, flat.ends.theta[stopped], "gradient norm", max_steps=800).ends  # 800 steps more
gradient, H = land.gradient(rest.theta), land.hessian(rest.theta)
product = (H @ gradient[..., None])[..., 0].norm(dim=-1)
print("three of the ends that are not critical, after 800 steps more:")
for g, Hg, values in zip(gradient.norm(dim=-1), product, rest.eigenvalues, strict=True):
    print(f"|gradient| = {g:.0e}; |H gradient| / |gradient| = {Hg / g:.0e}; largest eigenvalue {values[-1]:.0f}")

# %%
assert float(gradient.norm(dim=-1).min()) > 1e-4 and float((product / gradient.norm(dim=-1)).max()) < 1e-4

# %% [markdown]
# A thousand steps, and the gradient has not gone: it has turned into the kernel of $H$. More steps of this search are no remedy.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# - *That networks have no bad minima.* Dauphin et al. show a correlation. [Ten points](../2_blind_spots/1_ten_points.ipynb) can make a bad minimum, proved.
# - *That a small share of directions down means a minimum.* Two percent of ten thousand directions are two hundred ways down.
# - *That a network's loss is a random field.* Choromanska et al. (2015) derive the $p$-spin picture for ReLU networks, $p$ the number of layers, from assumptions (independent paths) that they list and that
#   networks do not meet. "All minima are equally good" speaks of that narrow band.
# - *That there are many minima at any size.* "Exponentially many" means: (ln number)/$N$ tends to 0.0132. For 3-spin models with 30 spins the mean number is 17 or 18, with 100 about 200.

# %% [markdown]
# - *That the spectrum of a network is a semicircle.* Most eigenvalues crowd at zero (second extra part).
# - *What an eigenvalue of zero is.* [Symmetries](../../companion/2_glossary.ipynb#Symmetry) make exact zeros; `lm.classify` counts an eigenvalue below $10^{-8}$ of the largest as zero, and a reported index should say its threshold.

# %% tags=["quiz"]
lm.quiz(
    "1.2/shift",
    "Why are minima of a random landscape so much more frequent than positive definite random matrices?",
    [
        ("Because eigenvalues of a Hessian are independent coins.", False, "They repel each other there as well."),
        ("Because a low point shifts all eigenvalues of its Hessian together.", True, "One lucky number, the height, replaces N lucky eigenvalues."),
        ("Because gradient descent prefers minima.", False, "No descent was involved: all critical points were counted."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "1.2/report",
    "A paper reports critical points of a network with gradient norms of about 0.001. What do you ask?",
    [
        ("Nothing: 0.001 is small.", False, "The gradient-flat ends here had gradients of this size."),
        ("Whether Newton's method takes the gradient to rounding from there.", True, "Near a nondegenerate critical point it does, in a few steps."),
        ("For a longer search of the same kind.", False, "At a gradient-flat place it rests, however long."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: where descent stops
#
# Minima approach a floor as $N$ grows. Where does gradient descent, which stops at the first minimum it meets, come to rest?

# %% tags=["predict"]
lm.predict(
    "1.2/floor",
    "Gradient descent on 3-spin models, 40 starts. How do the final heights change as N grows from 10 to 40?",
    ["they rise and spread", "they fall and come closer together", "they stay the same"],
)

# %% tags=["experiment"]
ends = {}
for N in (10, 20, 40):
    land = lm.p_spin(N)
    ends[N] = lm.train(land, lm.starts(land, seeds=range(40)), lr=0.08, tol=1e-4, max_steps=5000).loss / N

# %% tags=["headline"]
for N, u in ends.items():
    print(f"N = {N}: final heights {float(u.mean()):.2f} on average, standard deviation {float(u.std()):.2f}")
print(f"for comparison: -E_inf = {-theory.p_spin_edge(3):.3f}, lowest -E_0 = {-theory.p_spin_lowest(3):.3f}")

# %%
means, spreads = [float(u.mean()) for u in ends.values()], [float(u.std()) for u in ends.values()]
assert means[0] > means[1] > means[2] > -1.633 and spreads[0] > spreads[1] > spreads[2]

# %% tags=["reveal"]
lm.reveal(
    "1.2/floor",
    measured=f"{means[0]:.2f}, {means[1]:.2f}, {means[2]:.2f}, with ever smaller spread",
    right="they fall and come closer together",
    explanation=r"Physicists predict $-E_\infty$ as the limit (Cugliandolo and Kurchan 1993), not $-E_0$. These sizes are too small to tell.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: the spectrum of a network
#
# A semicircle has no gap. What does a network's Hessian look like? 120 inputs in $k$ tight clusters in 10 dimensions, targets 1 and −1 by cluster; a tanh network 10-32-1 with 385 weights,
# after 500 steps of gradient descent on the squared loss.

# %% tags=["predict"]
lm.predict(
    "1.2/outliers",
    "With $k = 4$ clusters: how many of the 385 eigenvalues stand clearly above the rest?",
    ["none: they fall evenly", "4", "about 40", "about 190"],
)

# %% tags=["experiment"]
experiment, spectra = lm.experiments.index_and_height, {}
fig, ax = lm.plots.figure(8, 3.6)
for k, marker, color in zip((2, 4, 6), "os^", ("blue", "vermilion", "green"), strict=True):
    land = experiment.clusters(k)
    end = lm.train(land, lm.starts(land, seeds=range(1)), lr=0.05, max_steps=500, tol=0)
    spectra[k] = np.linalg.eigvalsh(land.hessian(end.theta[0]).numpy())[::-1]  # falling
    looks = {"color": lm.plots.PALETTE[color], "fillstyle": "none", "label": f"{k} clusters"}
    ax.semilogy(range(1, 16), spectra[k][:15], "-" + marker, **looks)
ax.set(xlabel="place of the eigenvalue (number)", ylabel="eigenvalue (no unit)", xticks=range(1, 16))
ax.legend()
alt = "Three falling lines that each drop by a factor of twenty or more in one step, after places 2, 4 and 6, and fall slowly before and behind it."
lm.show(fig, caption="The fifteen largest of 385 Hessian eigenvalues, for three data sets.", alt=alt)

# %% tags=["headline"]
for k, values in spectra.items():
    ratios = values[:14] / values[1:15]
    near = (abs(values) < 0.01 * values[0]).mean()
    print(f"{k} clusters: largest drop after place {ratios.argmax() + 1}, {ratios.max():.0f}-fold;", end=" ")
    print(f"{100 * near:.1f} % of the eigenvalues below 1 % of the largest")

# %%
for k, values in spectra.items():
    ratios = values[:14] / values[1:15]
    assert ratios.argmax() + 1 == k and ratios.max() > 10 and (abs(values) < 0.01 * values[0]).mean() > 0.9

# %% tags=["reveal"]
lm.reveal(
    "1.2/outliers",
    measured="4 above a gap, on one data set and one start; and 2 and 6 for as many clusters",
    right="4",
    explanation="Tight clusters give about k independent gradients. Sagun, Bottou and LeCun (2016) found bulk and outliers.",
)

# %% [markdown]
# For $k$ Gaussian clusters Sagun et al. (2017) report about $k$ outliers in larger networks. With wider clusters (`spread=0.3`) the gap shrinks: try it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# All eigenvalues positive is even rarer for a random matrix than for coins, but a landscape shifts its eigenvalues together. So the height of a critical point fixes the share of its
# directions that lead down: low ones are minima, the middle is saddles. All this is about Gaussian landscapes, large $N$ and means. On a small network height and index go together as well, also when the many points that only look critical are left out.
#
# | quantity | found here | for comparison |
# |---|---|---|
# | 4 × 4 matrices with positive eigenvalues | 142 of 50,000: 1 in 352 (299 to 415) | exact: 1 in 407; coins: 1 in 16 |
# | minima of 3-spin models, $N = 9$ | 4, 5, 7 of 206, 138, 214; mean of 100: 5.7 of 192 | mean over all $J$: 5.6 of 190 (theory) |
# | distance from the curve, $N = 30$ | 0.025 | 0 in the limit of large $N$ (theory) |
# | searches by the gradient's length that end at a critical point | 46, 46, 61 of 300 | by Newton's method: 165 to 187 |
# | index and loss of a network, correlation | 0.77 to 0.84 | rising together (Dauphin et al. 2014) |
#
# ## Go on
#
# - Exercises: [High dimension](../../exercises/1_saddle_points/2_high_dimension.ipynb), then the [solutions](../../solutions/1_saddle_points/2_high_dimension.ipynb).
# - Next: [Escaping](3_escaping.ipynb). A saddle has a way down; how long does it take to find it?
# - Dauphin, Pascanu, Gulcehre, Cho, Ganguli and Bengio, *Identifying and attacking the saddle point problem in high-dimensional non-convex optimization*, NIPS 2014: the paper that made
#   saddles a topic.
# - Frye et al., *Critical point-finding methods reveal gradient-flat regions of deep network losses*, Neural Computation 2021: the warning.
# - Auffinger, Ben Arous and Černý, *Random matrices and complexity of spin glasses*, 2013: the theorem.
