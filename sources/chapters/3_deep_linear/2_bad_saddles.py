# %% [markdown] slideshow={"slide_type": "slide"}
# # Bad saddles, and the plateaus of learning
#
# *A deep linear network has no poor minima. Why does its training stand still for hundreds of steps, learn one part of the task at once,
# and stand still again?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **prove** that a point is a saddle although its Hessian shows no way down, **decide** which saddles are of this kind, **predict** how depth and start set the length of a plateau, **judge**, in an extra part, what carries over to ReLU networks |
# | You need first | [No poor local minima](1_no_poor_local_minima.ipynb); singular values, eigenvalues of the Hessian, Taylor's formula |
# | To read | 65 minutes, and 25 for the two extra parts |
# | To run | about 10 seconds on one core |
# | Words and letters | [glossary](../../companion/2_glossary.ipynb), [notation](../../companion/1_notation.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A staircase
#
# The loss of a deep linear network with $L$ matrices is $\ell(W) = \tfrac12 |W_L \cdots W_1 - Y|^2$, for inputs that are the unit vectors. Here
# $Y = \operatorname{diag}(4, 3, 2, 1)$: four *[modes](../../companion/2_glossary.ipynb#Mode)* with the strengths $s = 4, 3, 2, 1$. Hidden layers have width 2, so two modes can be learnt. From
# [lesson 3.1](1_no_poor_local_minima.ipynb): a [critical point](../../companion/2_glossary.ipynb#Critical-point) has learnt some set of modes, and its loss is half the sum of $s_i^2$ over the others. Nothing
# learnt: 15. Mode 1: 7. Modes 1 and 2: 2.5, the lowest.
#
# (In the papers: Kawaguchi counts hidden layers, our $L - 1$; Saxe et al. call $L = 2$ "three-layer".)

# %%
import torch
import lmcourse as lm

# %% tags=["predict"]
lm.predict(
    "3.2/stairs",
    "Gradient descent starts at Gaussian weights of size 0.05, once with two matrices and once with three. Which run stands still near 7?",
    ["neither", "the one with two matrices", "the one with three matrices", "both"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
data, curves = lm.experiments.plateaus.target(4, 3, 2, 1), {}  # samples: the unit vectors x, and what Y makes of them
fig, axes = lm.plots.figure(10, 3.8, columns=2)
for widths, name, mark in (((4, 2, 4), "blue", "o"), ((4, 2, 2, 4), "vermilion", "s")):
    land, label = lm.deep_linear(widths, data), f"{len(widths) - 1} matrices"
    path = lm.train(land, lm.starts(land, range(3), "normal", scale=0.05), lr=0.005, max_steps=3500, record=10).path
    curves[label] = land.loss(path.theta), torch.linalg.eigvalsh(land.hessian(path.theta))[..., 0]  # each (3, 351)
    for ax, values in zip(axes, curves[label], strict=True):
        for k, dash in enumerate(("-", "--", ":")):
            looks = {"color": lm.plots.PALETTE[name], "markevery": 35, "label": f"{label}, start {k}"}
            ax.plot(path.steps, values[k], mark + dash, **looks)
axes[0].set(xlabel="step (number)", ylabel="loss (no unit)", yticks=[2.5, 5, 7, 15], yticklabels=[2.5, 5, 7, 15])
axes[1].set(xlabel="step (number)", ylabel="smallest Hessian eigenvalue (no unit)")
axes[0].legend()
alt = "Left: with 2 matrices the loss falls from 15 to 2.5 within 500 steps; with 3 it waits at 15 and at 7. Right: with 3 nearly 0 at first, dips to -4.4 later."
lm.show(fig, caption="Three starts for each depth: the loss, and the smallest eigenvalue of the Hessian on the way.", alt=alt)

# %% tags=["headline"]
near, at_start = {}, {}
for label, (loss, smallest) in curves.items():
    near[label], at_start[label] = 10 * ((loss - 7).abs() < 0.3).sum(dim=1), smallest[:, 0]
    low, high = near[label].min(), near[label].max()
    print(f"{label}: {low} to {high:,} steps within 0.3 of 7; smallest eigenvalue at the start: mean {at_start[label].mean():.1f}")

# %% tags=["headline"]
weakest = {}  # on the floor 7, with three matrices: the smallest eigenvalue where it is nearest to zero
for size, steps in ((0.05, 3500), (0.02, 7500)):
    path = lm.train(land, lm.starts(land, range(3), "normal", scale=size), lr=0.005, max_steps=steps, record=10).path
    lowest, floor = torch.linalg.eigvalsh(land.hessian(path.theta))[..., 0], (land.loss(path.theta) - 7).abs() < 0.3
    weakest[size] = torch.stack([each[there].max() for each, there in zip(lowest, floor, strict=True)])
    print(f"starts of size {size}, flattest place at 7: smallest eigenvalues", *(f"{float(value):.2f}" for value in weakest[size]))

# %%
assert (weakest[0.02] > weakest[0.05] / 2).all() and weakest[0.02].max() < 0 and (land.loss(path.theta[:, -1]) < 2.51).all()
assert near["2 matrices"].max() <= 20 and near["3 matrices"].min() >= 200
assert at_start["2 matrices"].max() < -3.9 and at_start["3 matrices"].min() > -0.6
assert abs(smallest[0][(loss[0] - 5).abs() < 0.02].mean() + 1.25) < 0.02  # the run that waits at 5

# %% tags=["reveal"]
lm.reveal(
    "3.2/stairs",
    measured=f"{int(near['2 matrices'].max())} steps at most with two, {int(low)} to {int(high):,} with three",
    right="the one with three matrices",
    explanation="Three matrices stand still near 15 as well. At the start with three the Hessian hardly shows a way down; with two it shows curvature -4.",
)

# %% [markdown]
# At 15 and at 7 each of the three runs with three matrices waits (of the first twelve starts one passes 7 in 40 steps, measured); the dips down to -4.4 are the ways out. At the flattest place of the floor 7
# the smallest eigenvalue is between -1.2 and -0.2, and nearer to zero, -0.4 to -0.1, from starts of size 0.02. (One run waits at 5 as well. It has learnt modes 1 and 3, and the Hessian shows -1.25 there: the way down is seen, but this run came in almost exactly on
# the ridge.) What are the points at 15 and 7, which runs from smaller starts approach?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A Hessian that sees nothing
#
# Take numbers as layers and let the product learn 1. Along the diagonal, $\tfrac12 (1 - w_1 w_2)^2$ becomes $\tfrac12 - t^2 + \tfrac12 t^4$: at 0 the Hessian shows the
# way down. But $\tfrac12 (1 - w_1 w_2 w_3)^2$ becomes $\tfrac12 - t^3 + \tfrac12 t^6$. It falls too, and *all* second derivatives at 0 are zero.
#
# A saddle is *strict* if its Hessian has a negative eigenvalue, and **bad** if it has none; [lesson 1.1](../1_saddle_points/1_critical_points.ipynb#Where-the-Hessian-is-silent) has three in the plane. (The *index* of a saddle is the number of negative eigenvalues of its Hessian. `lm.certify` proves the index that it is asked for, by exact arithmetic.)
#
# **Theorem (Kawaguchi 2016).** *Under the assumptions of lesson 3.1, with two matrices every saddle is strict. With three or more, bad saddles exist.*
#
# With three or more the origin is a bad saddle, and not the only one. Let the target be $\operatorname{diag}(2, 1)$, with layers of width 2. Three critical points compute
# the *same* function $\operatorname{diag}(2, 0)$, with loss $\tfrac12$ ($W_1$ stands on the right):
#
# $$ A:\; \begin{pmatrix} 1 & \\ & 0 \end{pmatrix} \begin{pmatrix} 2 & \\ & 0 \end{pmatrix} \qquad
#    B:\; \begin{pmatrix} 1 & \\ & 0 \end{pmatrix} \begin{pmatrix} 1 & \\ & 1 \end{pmatrix} \begin{pmatrix} 2 & \\ & 0 \end{pmatrix} \qquad
#    C:\; \begin{pmatrix} 1 & \\ & 0 \end{pmatrix} \begin{pmatrix} 1 & \\ & 0 \end{pmatrix} \begin{pmatrix} 2 & \\ & 0 \end{pmatrix} $$

# %% tags=["predict"]
lm.predict(
    "3.2/blind",
    "A, B and C are the same function with the same loss, and mode 2 is still to be learnt. At which of them does the Hessian show a way down?",
    ["at all three: same function, same geometry", "at A only: it has two matrices", "at A and B", "at none"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment = lm.experiments.plateaus
points = {"A": [(2, 0), (1, 0)], "B": [(2, 0), (1, 1), (1, 0)], "C": [(2, 0), (1, 0), (1, 0)]}  # diagonals, W_1 first
t, drops, spectra, proofs = torch.logspace(-3, -0.5, 6).double(), {}, {}, {}
for name, layers in points.items():
    land = lm.deep_linear((2,) * (len(layers) + 1), experiment.target(2, 1))
    theta = experiment.diagonal(*layers)
    down = experiment.diagonal(*[(0, 1 - layer[1]) for layer in layers])  # raises each zero of mode 2
    drops[name] = land.loss(theta) - land.loss(theta + t[:, None] * down)
    spectra[name] = torch.linalg.eigvalsh(land.hessian(theta)).round(decimals=9)
    proofs[name] = lm.certify(land, theta, "bad saddle" if name == "C" else "index-1 saddle")

# %% slideshow={"slide_type": "slide"}
fig, (*spectrum, fall) = lm.plots.figure(11, 3.4, columns=4)
for ax, name in zip(spectrum, points, strict=True):
    small = spectra[name][spectra[name] <= 3]  # eigenvalues rise, so the larger ones stand to the right
    lm.plots.draw_spectrum(ax, small)
    ax.plot(range(len(small) + 1, len(spectra[name]) + 1), [3] * (len(spectra[name]) - len(small)), "^", color="black")
    ax.set(title=name, xlabel="place (number)", ylabel="", ylim=(-1.3, 3.3), xticks=[1, 4, 8, 12][: len(points[name]) + 1])
spectrum[0].set_ylabel("eigenvalue (black: above 3)")
for name, style, color in zip(points, ("o-", "s--", "^:"), ("blue", "green", "vermilion"), strict=True):
    fall.loglog(t, drops[name], style, color=lm.plots.PALETTE[color], label=name, markersize=11 if name == "A" else 5)
fall.set(xlabel="way t (no unit)", ylabel="fall of the loss (no unit)")
fall.legend()
alt = "Three spectra: A and B have one eigenvalue of -1, a triangle; C has none below zero and nine zeros. Right: the fall of the loss along the "
alt += "way down in logarithmic scales, three straight lines: those of A and B coincide, C is steeper and far below."
lm.show(fig, caption="The eigenvalues of the Hessian at A, B and C, and how far the loss falls along the way down (A lies under B).", alt=alt)

# %% tags=["headline"]
for name, proof in proofs.items():
    order = float((drops[name][1] / drops[name][0]).log() / (t[1] / t[0]).log())
    print(f"{name}: {proof.kind}, proved: {proof.proved}; smallest eigenvalue {float(spectra[name][0]):z.2f}; falls with order {order:.2f}")

# %%
assert all(proof.proved and proof.seconds < 2 for proof in proofs.values())
assert [float(spectra[name][0]) for name in "ABC"] == [-1, -1, 0] and proofs["C"].kind == "bad saddle"
assert abs(order - 3) < 0.02

# %% tags=["reveal"]
lm.reveal(
    "3.2/blind",
    measured="smallest eigenvalue -1 at A and B, zero at C",
    right="at A and B",
    explanation="Depth allows bad saddles and does not force them. The factors decide, not the function.",
)

# %% [markdown]
# Why is C blind? Mode 2 must pass all three layers, and at C each has a zero in its place. Raise the three zeros by $t$ each: the product gains $t^3$. A
# second derivative moves at most two layers, so it sees no gain. At B one zero is missing, and two layers are enough. (Proved here for these points;
# the rule "as many layers as there are zeros" is ours.)
#
# The proofs are exact. The weights are fractions, so the gradient *is* zero, and the signs of all eigenvalues are counted without rounding. Along a
# given line the loss is a polynomial, and its first term shows the fall:

# %%
proofs["C"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Which saddles are bad?
#
# Look at B and C again, which have learnt $r = 1$ mode. Take layers 1 and 3 away. *Between* them $W_2$ is left: rank 2 at B, rank 1 at C. *Around* them only the data are left,
# $\operatorname{diag}(2, 1)$, of rank 2. So at B both parts have more than rank $r$: there is a spare path, on which layers 1 and 3 alone can begin mode 2. A second derivative
# moves two layers, so the Hessian sees it. At C there is none.
#
# In general a pair of layers $i > j$ is a *pivot*, with the blocks around and between
#
# $$ W_{j-1} \cdots W_1 \, X Y^\top \, W_L \cdots W_{i+1} \qquad\text{and}\qquad W_{i-1} \cdots W_{j+1} $$
#
# $X$ and $Y$ have inputs and targets as columns, here $X$ is the identity. (An empty product is the identity, too: before layer $j = 1$, after layer $i = L$, between neighbours.) At a critical point with a product of rank $r$ both
# blocks have rank $r$ or more. The pivot is *tightened* if one of them has rank exactly $r$, the point if all its pivots are.
#
# **Theorem (Achour, Malgouyres and Gerchinovitz 2024).** *Assumptions as before. Let a critical point have a product of rank $r$, below the highest possible. It is a
# bad saddle if and only if (1) the modes that it has learnt are the $r$ strongest, and (2) it is tightened.*
#
# We examine 17 critical points of the network 4-2-2-4 on the first target: one for each set of modes and each number $q$ of *free paths* (ones in $W_2$, like
# the second one at B). There are more, such as $W_2 = W_3 = 0$ with any $W_1 \ne 0$, which is strict. For exact proofs we change the bases of the hidden layers to get whole numbers; the points are others then, the signs of the eigenvalues the same. ("Up to symmetry":
# all flat directions of the minimum are such changes.)

# %% tags=["predict"]
lm.predict(
    "3.2/which",
    "How many of these 17 critical points, with 11 different losses, are bad saddles?",
    ["1, the origin", "2", "10: one at each loss above the lowest", "16: all but the minimum"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, widths = lm.experiments.plateaus, (4, 2, 2, 4)
data = experiment.target(4, 3, 2, 1)
land, catalogue = lm.deep_linear(widths, data), lm.linear_catalogue(widths, data)
fig, ax = lm.plots.figure(8, 3.8)
looks = {"global minimum": ("o", "blue"), "strict saddle": ("v", "vermilion"), "bad saddle": ("X", "black")}
for kind, (marker, name) in looks.items():
    of_kind = [p for p in catalogue if experiment.kind_by_pivots(experiment.layers_of(land, p.theta), data) == kind]
    place = [p.index for p in of_kind], [p.loss for p in of_kind]
    ax.plot(*place, marker, color=lm.plots.PALETTE[name], markersize=12, label=f"{kind}: {len(of_kind)}")
ax.set(xlabel="negative eigenvalues of the Hessian (number)", ylabel="loss (no unit)")
ax.set_yticks([2.5, 5, 7, 10.5, 13, 15], [2.5, 5, 7, 10.5, 13, 15])
ax.legend(loc="lower right")
alt = "Dots by number of negative eigenvalues, 0 to 8, and loss, 2.5 to 15. In the column of zero: a circle at 2.5 and crosses at 7 and 15; all others are triangles."
lm.show(fig, caption="Critical points of 4-2-2-4: kinds by the theorem.", alt=alt)

# %% tags=["headline"]
proofs = {}
for point in catalogue:
    theta = experiment.unbalanced(land, point, data)  # other hidden bases: whole numbers
    kind = experiment.kind_by_pivots(experiment.layers_of(land, theta), data)
    strict = f"index-{point.index} saddle"
    claim = {"bad saddle": "bad saddle", "global minimum": "minimum up to symmetry", "strict saddle": strict}[kind]
    proofs[point] = lm.certify(land, theta, claim)
    if kind != "strict saddle":
        print(f"modes learnt: {set(point.kept) or 'none'}, loss {point.loss:g}: {kind}; proved: a {proofs[point].kind}")
print(f"exact proofs that agree with the theorem: {sum(proof.proved for proof in proofs.values())} of {len(proofs)}")

# %%
assert len(proofs) == 17 and all(proof.proved and proof.seconds < 2 for proof in proofs.values())
assert [point.loss for point, proof in proofs.items() if proof.kind == "bad saddle"] == [7, 15]

# %% tags=["reveal"]
lm.reveal(
    "3.2/which",
    measured="2, at the losses 15 and 7; at all 17 an exact proof agrees with the theorem",
    right="2",
    explanation="Only the best fits of rank 0 and 1 can be bad. Their losses are those of the two floors of the staircase.",
)

# %% [markdown]
# Why floors? Call a point *balanced* if $W_{h+1}^\top W_{h+1} = W_h W_h^\top$ for all $h$. [Gradient flow](../../companion/2_glossary.ipynb#Gradient-flow), descent in the limit of small steps, keeps balance (last extra part), so a limit of a balanced flow is balanced. All
# layers then have the same non-zero [singular values](../../companion/2_glossary.ipynb#Singular-value), so each has rank $r$. With three or more matrices each pivot leaves a layer, and the block that holds it has rank $r$ at
# most. So **with three or more matrices every balanced critical point is tightened** (Achour et al.); at a best fit of too low a rank it is bad. (With two matrices no layer is left: the origin is balanced and strict.)
#
# The rest is inference. Small random starts are nearly balanced, so we expect floors near tightened points, and find them at 15 and 7. The one at 5 is
# tightened too, but no best fit, so it is strict. That learning from small random starts goes from saddle to saddle is in general a conjecture (Jacot et al. 2021, who prove the first step).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How long a plateau lasts
#
# A bad saddle does not trap. How long does it hold? Runs start with Gaussian weights of some size, or with Gaussian noise around a saddle like A, B or C; we count steps.

# %% tags=["predict"]
lm.predict(
    "3.2/tenth",
    "A network of four matrices starts with weights ten times smaller. By which factor does its first plateau grow?",
    ["about 2", "about 10", "about 100", "about 10,000"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, rows = lm.experiments.plateaus, lm.store.load("plateaus").rows  # 100 runs a row
fig, (left, right) = lm.plots.figure(9.4, 4, columns=2, sharey=True)
specs = [(left, {"table": "origin", "depth": L}, f"{L} matrices") for L in (2, 3, 4, 5)]
for L, kind in ((2, "strict"), (3, "strict"), (3, "bad"), (4, "bad")):
    specs.append((right, {"table": "saddle", "depth": L, "point": kind}, f"{L} matrices, {kind}"))
for ax, spec, label in specs:  # a colour and a marker for each depth
    size, middle, low, high = experiment.medians(rows, **spec)
    marker, name = {2: ("o", "blue"), 3: ("s", "vermilion"), 4: ("^", "green"), 5: ("D", "purple")}[spec["depth"]]
    dash, face = ("--", "white") if spec.get("point") == "strict" else ("-", None)
    look = {"linestyle": dash, "marker": marker, "color": lm.plots.PALETTE[name], "markerfacecolor": face, "markersize": 10 if label == "2 matrices, strict" else 6}
    ax.errorbar(size, middle, yerr=(middle - low, high - middle), capsize=3, label=label, **look)

# %% slideshow={"slide_type": "slide"}
left.set(xscale="log", yscale="log", ylim=(10, 1e5), xlabel="size of the start (no unit)", ylabel="steps (number)", title="From the origin")
right.set(xscale="log", xlabel="size of the noise (no unit)", title="From a saddle with loss 1/2")
for ax in (left, right):
    ax.set_xticks([0.02, 0.05, 0.1, 0.2], ["0.02", "0.05", "0.1", "0.2"])
    ax.minorticks_off()
    ax.legend(loc="lower left", ncols=2)
alt = "Steps against size in logarithmic scales. Left four lines, nearly level for 2 matrices and steeper with each further one. Right: two nearly level "
alt += "lines near 100 to 200 for the strict saddles of 2 and 3 matrices, and two steep ones far above for the bad ones of 3 and 4."
caption = "Steps until the saddle is left, target diag(2, 1), step size 0.02: median of 100 random starts, with a 95 % interval. "
caption += "Not run: 5 matrices (left) and 4 (right) at 0.02."
lm.show(fig, caption=caption, alt=alt)

# %% tags=["headline"]
times = {}
for L in (2, 3, 4):
    small, *_, large = experiment.medians(rows, table="origin", depth=L)[1]  # sizes 0.02 and 0.2
    times[L] = small / large
    print(f"{L} matrices: {large:3.0f} steps from size 0.2, {small:6,.0f} from 0.02: a factor of {times[L]:.1f}")
for kind in ("strict", "bad"):
    _, middle, low, high = experiment.medians(rows, table="saddle", depth=3, point=kind)[:, 0]
    print(f"3 matrices, {kind} saddle, noise 0.02: {middle:,.0f} steps ({low:,.0f} to {high:,.0f})")

# %%
spec = {"table": "saddle", "depth": 3, "point": "bad", "size": 0.1}  # a small live version: five members of one row
live = experiment.run_chunk(spec, seeds=range(5))["escape"]
assert abs(live - lm.store.load("plateaus").row(**spec)["escape"][:5]).max() < 0.1
print("3 matrices, bad saddle, noise 0.1, five of the 100 runs, run now:", ", ".join(f"{steps:,.0f}" for steps in live))
print(lm.store.load("plateaus").made)

# %% tags=["reveal"]
lm.reveal(
    "3.2/tenth",
    measured=f"{times[4]:.0f} for four matrices, in the median of 100 starts",
    right="about 100",
    explanation=f"For two matrices the factor is {times[2]:.1f}, for three {times[3]:.1f}. The next calculation says why.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# Why 100? Let all layers be the same number $a$, and the target the number $s$. Then $\dot a = a^{L-1} (s - a^L)$, and from $a = \varepsilon$ until $a^L = s/2$ it takes the time
#
# $$ T \;\approx\; \frac{\ln(1/\varepsilon)}{s} \quad (L = 2), \qquad T \;\approx\; \frac{\varepsilon^{2 - L}}{(L - 2)\, s} \quad (L \ge 3) . $$
#
# (A calculation of this course; for layers of width 1 Shamir (COLT 2019) proves times exponential in the depth, from usual starts.) One unit of time is $1/\eta$ steps, $\eta$ the step size. Ten
# times smaller means a factor of 100 for $L = 4$ and of 10 for $L = 3$, and for $L = 2$ a constant, $\ln(10)/s$, here 58 steps. We count 101, 11.5 and $102 - 42 = 60$: random starts
# are not aligned, and still keep to it closely.

# %%
aligned = {}  # (depth, eps): time that gradient descent needs, and the integral
for L, eps in ((2, 0.1), (2, 0.01), (3, 0.1), (3, 0.01), (4, 0.1), (4, 0.03)):
    a, steps = eps, 0
    while a**L < 1:
        a, steps = a + 0.02 * a ** (L - 1) * (2 - a**L), steps + 1
    aligned[L, eps] = 0.02 * steps, float(experiment.mode_time(1.0, s=2.0, u0=eps**L, layers=L))
assert all(abs(time - integral) < 0.03 * integral + 0.1 for time, integral in aligned.values())
assert abs(times[2] - 2.4) < 0.1 and abs(times[3] - 11.5) < 0.1 and abs(times[4] - 101.3) < 0.1
assert [round(float(experiment.medians(rows, table="saddle", depth=3, point=kind)[1, 0])) for kind in ("strict", "bad")] == [201, 4141]
assert [round(float(experiment.medians(rows, table="adam", point=kind)[1, 0])) for kind in ("strict", "bad")] == [46, 123]

# %% [markdown]
# At the same function, noise of size 0.02 leaves the [strict saddle](../../companion/2_glossary.ipynb#Strict-saddle) of three matrices in 201 steps (median) and the bad one in 4,141. Not for ever, but 20 times
# longer, and like a power of the noise instead of its logarithm. Achour et al. report the same kind of race with [Adam](../../companion/2_glossary.ipynb#Adam): the strict
# saddle is left fast, the bad one after a long [plateau](../../companion/2_glossary.ipynb#Plateau). With five layers of their widths, noise of 10 % of the weights' length and data of our own, our median runs with Adam take 46 (45 to 48) and 123 (119 to
# 129) steps: the same order, a small gap; how long their plateau is in steps we do not know. Adam rescales small gradients, which may be why ours is short; we have not tested it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Saxe's clock
#
# For two matrices the whole course of learning has a closed form. Let inputs be uncorrelated (ours are), and let the start be *aligned* with the modes and
# balanced. Then every mode has its own equation, whatever the others do (Saxe, McClelland and Ganguli 2013):
#
# $$ \dot u = L\, u^{2 - 2/L} (s - u) ; \qquad L = 2: \ \ u(t) = \frac{s}{1 + (s/u_0 - 1)\, e^{-2 s t}}, \ \ t_{1/2} = \frac{1}{2s} \ln\Big(\frac{s}{u_0} - 1\Big) . $$

# %% tags=["predict"]
lm.predict(
    "3.2/random",
    "Now the start is small and random: no alignment, no balance. What is left of the formula?",
    ["shape and times of the curves", "the shape of the curves; the times vary", "nothing"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, s = lm.experiments.plateaus, torch.tensor([3.0, 2.0, 1.0]).double()
land = lm.deep_linear((3, 3, 3), experiment.target(3, 2, 1))
aligned = experiment.aligned_start(u0=0.001, layers=2, modes=3)
random = lm.starts(land, seeds=range(20), scheme="normal", scale=0.01)
run = lm.train(land, aligned, lr=0.001, tol=0, max_steps=8000, record=20).path
u, t = experiment.product(land, run.theta[0]).diagonal(dim1=-2, dim2=-1), 0.001 * run.steps
runs = lm.train(land, random, lr=0.01, tol=0, max_steps=1000, record=2).path
v, times = experiment.product(land, runs.theta).diagonal(dim1=-2, dim2=-1), 0.01 * runs.steps
formula = torch.stack([experiment.mode_curve(t, float(each), 0.001, layers=2) for each in s], dim=-1)
half = times[(v > s / 2).int().argmax(dim=1)]  # (20, 3): when each mode of each run has half of its strength
bent = s / (1 + torch.exp(-2 * s * (times[:, None] - half[:, None])))  # (20, T, 3): the formula, moved to that time

# %% slideshow={"slide_type": "slide"}
fig, (left, right) = lm.plots.figure(10, 3.8, columns=2, sharey=True)
left.plot(t, formula, color="0.75", linewidth=6)
for k, (name, dash) in enumerate(zip(("blue", "vermilion", "green"), lm.plots.DASHES, strict=False)):
    left.plot(t, u[:, k], dash, color=lm.plots.PALETTE[name], label=f"mode {k + 1}")
    right.plot(times, v[:, :, k].T, dash, color=lm.plots.PALETTE[name], linewidth=0.8)
left.plot([], [], color="0.75", linewidth=6, label="formula")
left.set(xlabel="time, steps × step size (no unit)", ylabel="strength (no unit)", title="one aligned start")
right.set(xlabel="time, steps × step size (no unit)", title="20 random starts, size 0.01")
left.legend(loc="center right", ncols=2)
alt = "Left three S-shaped curves that rise to 3, 2 and 1, one after another, each on a grey band. Right twenty of each: mode 1 nearly coincides, mode 3 is spread widely."
lm.show(fig, caption="Strengths of the modes in gradient descent with two matrices. Grey: the closed form.", alt=alt)

# %% tags=["headline"]
print(f"aligned: largest distance from the formula {float((u - formula).abs().max()):.4f}")
print(f"random:  median distance from the formula, moved in time, {float((v - bent).abs().amax(dim=1).median()):.3f}")
print(f"random:  half of mode 3 is learnt between t = {float(half[:, 2].min()):.1f} and {float(half[:, 2].max()):.1f}")

# %%
assert (u - formula).abs().max() < 0.02 and (v - bent).abs().amax(dim=1).median() < 0.03
assert abs(float(half[:, 2].min()) - 4.05) < 0.1 and abs(float(half[:, 2].max()) - 7.29) < 0.1

# %% tags=["reveal"]
lm.reveal(
    "3.2/random",
    measured=f"each curve close to the formula once it is moved in time; half of mode 3 between {float(half[:, 2].min()):.1f} and {float(half[:, 2].max()):.1f}",
    right="the shape of the curves; the times vary",
    explanation="Saxe et al. cover random starts by simulation only. With more matrices the times vary far more: the explorer shows it.",
)

# %% [markdown]
# ## Explore
#
# Simulated singular values beside the closed form, and the loss with the levels of the best fits. Drag the diamonds, or move them with the arrow keys. The start strength $u_0$ is that of each mode of the
# *product*: every aligned layer starts at $u_0^{1/L}$, so here depth slows less than in the plot above. **Three settings to try**:
#
# - aligned, strength 0.001, depth 2 and then 3: where does the loss run *along* a dotted line, where does it only cross it?
# - depth 4, "random 1": which mode waits longest compared with the formula?
# - two diamonds dragged together: what happens to the floor between them?

# %% slideshow={"slide_type": "slide"}
lm.widgets.PlateauExplorer()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# - *That a bad saddle traps.* It is no minimum. All 400 stored runs from the one with three matrices left it; only the time differs.
# - *That "all minima are global" means "training succeeds".* For three or more matrices the theorems on strict saddles do not apply: start and patience decide.
# - *That bad saddles are about the origin.* For each rank below the highest there is a family, at the best fit of that rank.
# - *That Saxe's times hold in general.* They need uncorrelated inputs, alignment and balance.
# - *Anything about ReLU networks as they are trained.* Kawaguchi's second theorem is about an output averaged over random gates (first extra part). A ReLU network can have poor local minima.

# %% tags=["quiz"]
lm.quiz(
    "3.2/zeros",
    "Four matrices, $W_1 = W_4 = 0$ and $W_2 = W_3$ the identity. The network has learnt nothing. Is this point a bad saddle?",
    [
        ("Yes: it computes zero, as the origin does.", False, "The function does not decide. Which layers would have to move?"),
        ("No: moving $W_1$ and $W_4$ is enough.", True, "Two layers, so second order. The pivot (4, 1) is not tightened."),
        ("No: it is a local minimum.", False, "No deep linear network has a local minimum that is not global, under lesson 3.1's assumptions."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "3.2/noise",
    "At a bad saddle of three matrices a run with noise 0.02 needs 4,000 steps. How many with noise 0.002?",
    [
        ("About 4,000.", False, "So it would be at a strict saddle, nearly: there the logarithm of the noise counts."),
        ("About 40,000.", True, "For three matrices the time grows like one over the noise."),
        ("It never leaves.", False, "Noise leaves every bad saddle. The question is when."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: two more results of Kawaguchi's paper
#
# **A condition for strictness.** Saddles at which the *middle* product $W_{L-1} \cdots W_2$ has the rank of the narrowest hidden layer are strict. That is sufficient, not
# necessary: for widths 4-3-3-4 the point $W_1 = W_3 = 0$, $W_2 = \operatorname{diag}(1, 0, 0)$ violates it and has four negative eigenvalues.

# %%
wide = lm.deep_linear((4, 3, 3, 4), lm.experiments.plateaus.target(4, 3, 2, 1))
theta = wide.pack(W1=torch.zeros(3, 4), W2=torch.diag(torch.tensor([1.0, 0, 0])), W3=torch.zeros(4, 3)).double()
assert lm.certify(wide, theta, "index-4 saddle").proved

# %% [markdown] slideshow={"slide_type": "slide"}
# **From linear to ReLU.** Write the output as a sum over *paths* from input to output; a path counts if all its neurons are on (its
# *gate* $A$ is 1). Kawaguchi weakens
# assumptions of Choromanska et al. (2015). As we understand them (read the exact wording in his paper):
#
# 1. every gate is on with the *same* probability $\rho$, whatever the path and the sample;
# 2. gates are independent of the inputs *and of the weights*.
#
# Scale the output by $1/\rho$. On average over the gates it is $W_L \cdots W_1 x$, and his theorems above hold for
#
# $$ \tfrac12 \,\big|\, \mathbb{E}_A[\text{output}] - Y \,\big|^2 , \qquad\text{the expectation inside the norm.} $$
#
# So what is proved is about an *expected* output, with the gates averaged away. Training has the expectation outside the norm; that adds the variance of the gates, which depends
# on the weights. The abstract itself speaks of a reduction under an independence assumption taken from recent work. How far is it from a real network?

# %% tags=["headline"]
generator = torch.Generator().manual_seed(0)
x = torch.randn(4, 2000, generator=generator)
W1, W2, W3 = (torch.randn(n, m, generator=generator) / m**0.5 for m, n in ((4, 5), (5, 3), (3, 2)))
first, second = (W1 @ x > 0).float(), (W2 @ (W1 @ x).relu() > 0).float()
rates = torch.einsum("an,bn->ba", first, second) / 2000  # how often both neurons of a path are on
pair = torch.stack([(W3 @ (W2 @ (W1 @ x).relu()).relu()).flatten(), (W3 @ W2 @ W1 @ x).flatten()])
print(f"a random ReLU network 4-5-3-2: paths are on in {100 * rates.min():.0f} to {100 * rates.max():.0f} % of 2,000 inputs")
print(f"correlation of its output with that of the linear network: {torch.corrcoef(pair)[0, 1]:.2f}")

# %% [markdown]
# One rate for all paths? No. Taken as a claim about real networks, it is false: $f(x) = v \max(0, w x)$ with the samples $(1, 1)$ and $(2, 2)$ fits exactly at $v = w = 1$. At
# $v = 1, w = -1$ the neuron is off, and the loss is $\tfrac12 (1 + 4) = 2.5$ on a whole neighbourhood: a [local minimum](../../companion/2_glossary.ipynb#Local-minimum) that is not global.

# %%
x = torch.tensor([1.0, 2.0]).double()
v, w = torch.meshgrid(1 + torch.linspace(-0.3, 0.3, 7), -1 + torch.linspace(-0.3, 0.3, 7), indexing="ij")
assert (((v[..., None] * (w[..., None] * x).relu() - x) ** 2).sum(dim=-1) / 2 == 2.5).all()
assert rates.max() > 5 * rates.min() and torch.corrcoef(pair)[0, 1] < 0.9

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: balance, and depth that accelerates
#
# Gradient flow keeps every $W_{h+1}^\top W_{h+1} - W_h W_h^\top$ as it is, for any target and any start: a conservation law. From a balanced start the product $w$ of a network with
# one output then moves by itself (Arora, Cohen and Hazan 2018):
#
# $$ \dot w = -\,|w|^{2 - 2/L} \big( G + (L - 1)\, \text{(the part of } G \text{ along } w) \big), \qquad G = \text{gradient by } w . $$
#
# Depth adds no functions, but it stretches steps along the direction taken so far. Arora et al. prove that no penalty on $w$ does the same, and show that it can
# accelerate $\ell_p$ regression with $p > 2$. Take $\tfrac1p \sum_i |w_i - y_i|^p$ with $y = (3, 0.3)$, from $w = (0.1, 0.1)$.

# %% tags=["predict"]
lm.predict(
    "3.2/accelerate",
    "The best step size for each: does a second layer reach a loss of 0.000001 in fewer steps?",
    ["yes, for p = 2 and p = 4", "for p = 4, but not for p = 2", "for p = 2, but not for p = 4", "no, for neither"],
)

# %% tags=["experiment"]
experiment, steps = lm.experiments.plateaus, {}
for p in (2, 4):
    for L in (1, 2):
        steps[p, L] = experiment.fewest_steps(p, L, level=1e-6)  # the best of 1,000 step sizes, among runs that never rise

# %% tags=["headline"]
for p in (2, 4):
    print(f"p = {p}: {steps[p, 1]:,} steps with one layer, {steps[p, 2]} with two")

# %%
assert steps[2, 1] < steps[2, 2] and steps[4, 1] > 4 * steps[4, 2]

# %% tags=["reveal"]
lm.reveal(
    "3.2/accelerate",
    measured=f"p = 4: {steps[4, 1]:,} and {steps[4, 2]} steps; p = 2: {steps[2, 1]} and {steps[2, 2]}",
    right="for p = 4, but not for p = 2",
    explanation="One small example, measured here: depth can accelerate, not as a rule. The exact best depends on the grid of step sizes.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# From three matrices on, a critical point can be a saddle although its Hessian has no negative eigenvalue; the factors decide, not the function. In the three runs shown, learning from small starts
# waits near two such points, and in one of them near a strict saddle as well: that is the staircase. A smaller start costs time: a constant for two matrices, a factor for more.
#
# | quantity | found here | for comparison |
# |---|---|---|
# | critical points of 4-2-2-4 without negative eigenvalue, the minimum aside | 2 of the 17 listed, proved | one at each rank below the highest (Achour et al.) |
# | start ten times smaller, 4 matrices | 101 times as many steps | 100 by our formula |
# | strict and bad saddle of the same function, noise 0.02 | 201 (191 to 212) and 4,141 (3,536 to 5,453) steps | logarithm against power |
# | aligned modes | within 0.007 of the formula | exact for infinitely small steps from aligned, balanced starts (Saxe et al.) |
#
# ## Go on
#
# - Exercises: [Bad saddles](../../exercises/3_deep_linear/2_bad_saddles.ipynb), then the [solutions](../../solutions/3_deep_linear/2_bad_saddles.ipynb).
# - Next: [Starting at the identity](3_identity_start.ipynb), where each eigenvalue learns alone.
# - Kawaguchi, *Deep learning without poor local minima*, NIPS 2016: the theorem, and where bad saddles enter.
# - Achour, Malgouyres and Gerchinovitz, *The loss landscape of deep linear neural networks*, JMLR 25(242), 2024: which saddles are bad.
# - Jacot, Ged, Şimşek, Hongler and Gabriel, *Saddle-to-saddle dynamics in deep linear networks*, arXiv 2106.15933 (2021): the conjecture that learning goes from saddle to saddle.
# - Saxe, McClelland and Ganguli, *Exact solutions to the nonlinear dynamics of learning in deep linear neural networks*, arXiv 1312.6120 (2013): the clock.
# - Arora, Cohen and Hazan, *On the optimization of deep networks: implicit acceleration by overparameterization*, ICML 2018: for the extra part.
