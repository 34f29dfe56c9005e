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
# | You will be able to | **measure** how often training fails, **recognise** the network it leaves behind, **tell** a minimum from a saddle by its Hessian, **explain** why a spare neuron helps |
# | You need first | [Start here](../../00_start_here.ipynb); ReLU networks, eigenvalues |
# | To read | 40 minutes |
# | To run | about 25 seconds on one core |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A student and a teacher
#
# A *teacher* network computes $\sum_{j=1}^{k} [v_j^\top x]_+$, where $[z]_+ = \max(0, z)$ is the ReLU and the $v_j$ are
# the first $k$ unit vectors. A *student* $\sum_{i=1}^{n} [w_i^\top x]_+$ of the same form is trained to imitate it. The inputs
# are Gaussian, $x \sim N(0, I)$, and nothing is left to chance: the loss is the expectation over **all** inputs,
#
# $$ L(W) \;=\; \tfrac12\, \mathbb{E}_x \Big( \sum_{i=1}^{n} [w_i^\top x]_+ - \sum_{j=1}^{k} [v_j^\top x]_+ \Big)^2 . $$
#
# So there is no training set to overfit and no noise. With $n = k$ the student has the teacher's own shape, and $W = I$ (in any
# order of the neurons) gives $L = 0$. In the paper: $F$ is our $L$; $k$, $n$, $w_i$, $v_j$ are named as here. The
# expectation has a closed form in lengths and angles, which is what `lm.teacher_student` evaluates.

# %%
import torch
import lmcourse as lm

# %% tags=["predict"]
lm.predict(
    "4.1/k10",
    "Student and teacher have k = n = 10 neurons; 500 students start at random. How many reach loss 0?",
    ["all", "nine in ten", "two in three", "one in ten"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
land = lm.teacher_student(k=10)
theta = lm.starts(land, seeds=range(500))
runs = lm.train(land, theta, lr=0.4, tol=1e-6, max_steps=5000)

fig, ax = lm.plots.figure(8, 3)
lm.plots.draw_losses(ax, runs.loss)
lm.show(
    fig,
    caption="The final loss of 500 students with k = n = 10. Training has come to rest everywhere, but not at one height.",
    alt="A histogram with three thin spikes and nothing between them: the tallest at loss 0, one of about a third of its "
    "height near 0.019, and a small one near 0.035.",
)

# %% tags=["headline"]
levels = {"0": runs.loss < 1e-3, "0.0187": (runs.loss - 0.0187).abs() < 1e-4, "0.0353": (runs.loss - 0.0353).abs() < 1e-4}
for level, there in levels.items():
    print(f"loss {level:7} {int(there.sum()):3} of {len(runs)} runs")

# %%
failed = int((runs.loss >= 1e-3).sum())
assert lm.shares_agree((failed, len(runs)), (346, 1000))  # published: 346 of 1,000
assert sum(int(there.sum()) for there in levels.values()) >= 498

# %% tags=["reveal"]
lm.reveal(
    "4.1/k10",
    measured=f"{len(runs) - failed} of {len(runs)} reach loss 0",
    right="two in three",
    explanation="The others end at the same few losses again and again. Chance would smear them; spikes mean places.",
)

# %% [markdown]
# The published share of failures is 34.6 % of 1,000 runs. A count of 500 leaves room for chance: these 500 seeds came out
# low, while 3,000 other seeds gave 35.5 % (33.8 to 37.2) when this lesson was written. So from here on every share comes
# with its interval.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Larger is worse
#
# Itay Safran and Ohad Shamir published this experiment in 2018, with 1,000 runs for each size from 6 to 20. They count a run as
# failed when its loss stays at 0.001 or above. Here are 200 runs for each of nine sizes, beside their counts. Bars are 95 %
# intervals (Wilson 1927): the shares that a count of this size is compatible with.

# %% tags=["predict"]
lm.predict(
    "4.1/growth",
    "Teacher and student grow together, from k = n = 6 to k = n = 20. What happens to the share of failed runs?",
    ["it falls: more neurons, more ways out", "it stays near one third", "it grows to nearly all runs"],
)

# %% tags=["experiment"]
experiment = lm.experiments.spurious_minima
sizes = [6, 7, 8, 9, 10, 11, 12, 16, 20]
ours = [experiment.count_failed(experiment.run(k, n=k, seeds=range(200))) for k in sizes]
theirs = [experiment.published(k, n=k) for k in sizes]

# %% slideshow={"slide_type": "slide"}
fig, ax = lm.plots.figure(8, 3.6)
lm.plots.draw_shares(ax, sizes, theirs, "Safran and Shamir 2018, 1,000 runs", lm.plots.PALETTE["grey"], "s", "--")
lm.plots.draw_shares(ax, sizes, ours, "measured here, 200 runs", lm.plots.PALETTE["vermilion"], "o", "none")
ax.set(xlabel="k = n (neurons)", ylabel="failed runs (percent)", ylim=(-3, 104))
ax.legend(loc="upper left")
lm.show(
    fig,
    caption="Share of runs that end above a loss of 0.001, with student and teacher of the same size.",
    alt="A curve that rises from nearly zero at 6 neurons through a third at 10 and more than half at 12 to about 95 percent at "
    "20; the points measured here lie on the published curve within their error bars.",
)

# %% tags=["headline"]
for k, here, there in zip(sizes, ours, theirs):
    print(f"k = n = {k:2}   measured {here}   published {there}")

# %%
assert all(lm.shares_agree(here[:2], there[:2]) for here, there in zip(ours, theirs))

# %% tags=["reveal"]
lm.reveal(
    "4.1/growth",
    measured=f"{ours[0]} at k = 6, {ours[-1]} at k = 20",
    right="it grows to nearly all runs",
    explanation="Each neuron brings one more chance to go wrong, and one is enough.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What a stuck student looks like
#
# Look at the weights. The answer that everyone hopes for is the identity: each student neuron has found its teacher neuron.

# %% tags=["predict"]
lm.predict(
    "4.1/shape",
    "What do the weights of a stuck student look like, once its neurons are put in order?",
    ["no order at all", "two neurons share one teacher neuron", "one neuron points the wrong way, the others lean over to help"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
six = lm.symmetric_minimum(6)  # (6, 6): the stuck student for k = n = 6
fig, (left, right) = lm.plots.figure(9, 4, columns=2)
lm.plots.draw_matrix(left, torch.eye(6))
lm.plots.draw_matrix(right, six)
left.set_title("the solution, loss 0")
right.set_title(f"a stuck student, loss {float(lm.teacher_student(6).loss(six.flatten())):.4f}")
lm.show(
    fig,
    caption="Weights of the solution and of the stuck student for k = n = 6. Rows are neurons, columns are inputs.",
    alt="Two 6 by 6 matrices as colours. Left the identity. Right: the first neuron has weight -0.60 on its own input and 0.22 on "
    "the others; each other neuron has 0.99 on its own input, 0.31 on the first and -0.05 elsewhere.",
)

# %% [markdown]
# Neuron 1 points *away* from its teacher neuron. To turn around it would have to pass through a worse network, because the
# other five have each leaned over by 0.31 to cover for it. This matrix is example 1 of Safran and Shamir (2018). It has five
# distinct numbers, so five equations determine it, and `lm.symmetric_minimum(k)` solves them for any $k$.
#
# Is this the place where training ended above? Take one of the stuck runs with $k = 10$, follow Newton's method to the
# critical point next to it, put its neurons in order, and compare.

# %% tags=["headline"]
stuck = runs.theta[levels["0.0187"]][:1]
point = lm.refine(land, stuck).theta[0]
target = lm.symmetric_minimum(10).flatten()
distance = (lm.match(land, point, target) - target).norm()
print("the same point up to the order of neurons and inputs:", bool(distance < 1e-9))
print("weight of the reversed neuron on its own input:", round(float(target[0]), 3))

# %%
assert distance < 1e-9

# %% tags=["reveal"]
lm.reveal(
    "4.1/shape",
    measured="weight -0.60 on its own input for one neuron, 0.31 on that input for the five others (k = 6)",
    right="one neuron points the wrong way, the others lean over to help",
    explanation="The spike at 0.0353 is the same story with two reversed neurons.",
)

# %% [markdown]
# ## Explore
#
# Choose a size, press *Train*, then walk through the runs by rising loss. **Two settings to try.** Train k = 12 with no extra neuron
# and look at the last run: count the blue squares on the diagonal, and find a run for each count. Then give the student one extra
# neuron and train again: which spikes are left?

# %% slideshow={"slide_type": "slide"}
lm.widgets.SpuriousMinimaExplorer()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Minimum or saddle?
#
# A gradient of zero is not enough. At a critical point the Hessian decides: if all its eigenvalues are positive, every
# direction leads up, and the point is a strict local minimum. One negative eigenvalue, and there is a way down.
#
# The matrix with one reversed neuron is a critical point for *every* $k \ge 3$. Does training stop there when $k$ is small?

# %% tags=["headline"]
print("k = 5:", experiment.count_failed(experiment.run(5, 5, seeds=range(500))).failed, "of 500 runs failed")

# %% [markdown]
# It does not: not one of these runs fails. Something must be different below $k = 6$.

# %% tags=["predict"]
lm.predict(
    "4.1/birth",
    "What is the smallest eigenvalue of the Hessian at this point for k = 3, 4, 5, 6, 7, ...?",
    ["always positive", "negative at first, positive from some k on", "positive at first, negative from some k on"],
)

# %% tags=["experiment"]
sizes = range(3, 13)
found = [lm.classify(lm.teacher_student(k), lm.symmetric_minimum(k).flatten())[0] for k in sizes]
smallest = [float(point.eigenvalues[0]) for point in found]

# %% slideshow={"slide_type": "slide"}
fig, ax = lm.plots.figure(8, 3.2)
ax.axhline(0, color=lm.plots.PALETTE["grey"])
ax.plot(sizes, smallest, "--", color=lm.plots.PALETTE["grey"])
ax.plot(sizes[:3], smallest[:3], "v", markersize=9, color=lm.plots.PALETTE["vermilion"], label="saddle")
ax.plot(sizes[3:], smallest[3:], "o", markersize=8, color=lm.plots.PALETTE["blue"], label="minimum")
ax.set(xlabel="k = n (neurons)", ylabel="smallest eigenvalue (no unit)")
ax.legend(loc="lower right")
lm.show(
    fig,
    caption="Smallest Hessian eigenvalue at the point with one reversed neuron: between k = 5 and k = 6 a minimum is born.",
    alt="A rising curve. For 3, 4 and 5 neurons it is below zero and marked as saddle; from 6 neurons on it is above zero and "
    "marked as minimum.",
)

# %% tags=["headline"]
for k, point in zip(sizes, found):
    print(f"k = {k:2}   {point.kind:15} smallest eigenvalue {float(point.eigenvalues[0]):7.4f}")

# %%
assert [point.kind for point in found] == 3 * ["strict saddle"] + 7 * ["strict minimum"]
assert abs(smallest[2] + 0.0077) < 1e-4 and abs(smallest[3] - 0.0047) < 1e-4

# %% tags=["reveal"]
lm.reveal(
    "4.1/birth",
    measured=f"{smallest[2]:.4f} at k = 5, {smallest[3]:.4f} at k = 6",
    right="negative at first, positive from some k on",
    explanation="One smooth family of points, and a way down that closes.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A small gradient is not a minimum
#
# At $k = 5$ the point is a saddle with a very flat way down. Start a millionth away from it, and watch the loss and the
# gradient as training sees them.

# %% tags=["predict"]
lm.predict(
    "4.1/plateau",
    "Steps of 0.4, start 0.000001 away from the saddle at k = 5. When has the loss visibly changed?",
    ["after about 40 steps", "after about 4,000 steps", "never: the gradient is too small"],
)

# %% tags=["experiment"]
five = lm.teacher_student(k=5)
theta = lm.symmetric_minimum(5).flatten() + 1e-6 * lm.starts(five, seeds=[1], scheme="normal")[0]
path = [theta]
for step in range(6000):
    theta = theta - 0.4 * five.gradient(theta)
    path.append(theta)
path = torch.stack(path)
losses, norms = five.loss(path), five.gradient(path).norm(dim=1)
left = int((losses < 0.99 * losses[0]).nonzero()[0])

# %% slideshow={"slide_type": "slide"}
fig, (above, below) = lm.plots.figure(8, 4, rows=2, sharex=True)
above.plot(losses, color=lm.plots.PALETTE["blue"])
above.set(ylabel="loss (no unit)")
below.semilogy(norms, color=lm.plots.PALETTE["vermilion"], linestyle="--")
below.set(xlabel="step (number)", ylabel="|gradient| (no unit)")
lm.show(
    fig,
    caption="Gradient descent from a millionth beside a saddle: a long plateau with a tiny gradient, then the way down.",
    alt="Above, the loss stays level at 0.027 for thousands of steps and then falls to zero within a few hundred. Below, on a "
    "logarithmic axis, the length of the gradient drops to a hundred-millionth and then grows along a straight line.",
)

# %% tags=["headline"]
print("smallest gradient on the plateau is below 1e-7:", bool(norms[:left].min() < 1e-7))
print("steps until the loss has fallen by one percent:", round(left, -2))

# %%
assert 3500 < left < 4500 and norms[:left].min() < 1e-7 and losses[-1] < 1e-6

# %% tags=["reveal"]
lm.reveal(
    "4.1/plateau",
    measured=f"after about {round(left, -2)} steps",
    right="after about 4,000 steps",
    explanation="Near a saddle the distance grows by the same factor at each step, here 1 + 0.4 x 0.0077: slow, then sudden.",
)

# %% [markdown]
# This is no curiosity. In the published data, one run with $(k, n) = (15, 16)$ and one with $(17, 18)$ sat at a saddle with a
# gradient of $2 \cdot 10^{-10}$; the Hessian gave them away. A gradient says *where* training rests, never *what* it rests on.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One neuron more
#
# Take a stuck student and split one of its neurons: replace $w_i$ by two neurons $\alpha w_i$ and $(1 - \alpha) w_i$. Since
# $[\alpha z]_+ + [(1-\alpha) z]_+ = [z]_+$, the network computes the same function. The loss is the same, and the point is still
# critical, now for $n = k + 1$. But the two halves can also move *apart*.

# %% tags=["predict"]
lm.predict(
    "4.1/split",
    "Split one neuron of the minimum for k = 7 in two. What is the new point?",
    ["still a strict minimum", "a saddle, whichever neuron is split", "a saddle only if the reversed neuron is split"],
)

# %% tags=["experiment"]
W = lm.symmetric_minimum(7)
wider = lm.teacher_student(k=7, n=8)
split = torch.stack([torch.cat([W, W[i : i + 1]]) for i in range(7)])  # (7, 8, 7): neuron i stands twice
for i in range(7):
    split[i, [i, 7]] *= 0.5
found = lm.classify(wider, split.flatten(1))

# %% tags=["headline"]
print("loss before", f"{float(lm.teacher_student(7).loss(W.flatten())):.6f}", "after", f"{float(found.loss.max()):.6f}")
for i, point in enumerate(found):
    print(f"neuron {i + 1} split: {point.kind}, smallest eigenvalue {float(point.eigenvalues[0]):.3f}")

# %%
assert set(found.kind) == {"strict saddle"} and found.eigenvalues[:, 0].max() < -0.001
assert (found.loss - lm.teacher_student(7).loss(W.flatten())).abs().max() < 1e-12

# %% tags=["reveal"]
lm.reveal(
    "4.1/split",
    measured="seven splits, seven saddles",
    right="a saddle, whichever neuron is split",
    explanation="Inherited minima open up. Whether new ones appear is another question.",
)

# %% [markdown]
# So a wider student has a way down from every old trap. Does training find it? Train $k = 12$ with no, one and two extra
# neurons, and beside it the published counts.

# %% slideshow={"slide_type": "slide"}
extra = [experiment.count_failed(experiment.run(12, n, seeds=range(200), max_steps=4000)) for n in (12, 13, 14)]
fig, ax = lm.plots.figure(8, 3.6)
for more, (color, marker, dash) in enumerate([("grey", "s", "-"), ("green", "^", "--"), ("purple", "D", ":")]):
    known = [k for k in range(6, 21) if (k, k + more) in experiment.PUBLISHED]
    label = f"n = k + {more}: published, 1,000 runs" if more else "n = k: published, 1,000 runs"
    counts = [experiment.published(k, k + more) for k in known]
    lm.plots.draw_shares(ax, known, counts, label, lm.plots.PALETTE[color], marker, dash)
lm.plots.draw_shares(ax, [12] * 3, extra, "measured here, 200 runs", lm.plots.PALETTE["vermilion"], "o", "none")
ax.set(xlabel="k, teacher neurons (number)", ylabel="failed runs (percent)", ylim=(-3, 104))
ax.legend(loc="upper left")
caption = "Share of failed runs with no, one and two extra neurons."
alt = "Three curves: with no extra neuron steep from 6 on, with one flat until 13 and half of all runs at 19, with two zero."
lm.show(fig, caption=caption, alt=alt)

# %% tags=["headline"]
for more, count in enumerate(extra):
    print(f"k = 12, n = {12 + more}: {count.failed:3} of {count.total} above 0.001, {count.unfinished} of them still moving")

# %%
assert lm.shares_agree(extra[0][:2], experiment.published(12, 12)[:2]) and extra[2].failed == 0
assert extra[1].failed <= 8

# %% [markdown]
# Look at the last column before you believe the second: a run that is *still moving* has not failed, it is slow. With
# extra neurons the valleys are flatter and training takes longer.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The theorem
#
# **Theorem (Safran and Shamir 2018).** *For $6 \le k = n \le 20$, every input dimension $d \ge k$ and orthonormal teacher neurons,
# $L$ has local minima that are not global.*
#
# It is proved with a computer's help. Gradient descent proposes a point; a lemma turns bounds on its gradient, its
# Hessian and the third derivatives into the statement "within this distance there is a minimum"; exact arithmetic checks the
# bounds. That the points above are minima is proved in this way. Their *frequency* was measured, by the authors and here.
#
# | assumption | what it buys | without it |
# |---|---|---|
# | $n = k$ | a solution that is isolated, up to order | $n = k + 1$: traps become rarer; $n = k + 2$: none was met up to $n = 20$ |
# | orthonormal $v_j$ | symmetry, five numbers instead of 36 | by concentration it holds for almost all teachers in high dimension (same paper) |
# | Gaussian inputs | a closed form | not covered |
# | $k \ge 6$ | the way down is closed | $k = 3, 4, 5$: a saddle, measured above; that no other minimum exists is not proved |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# - *That these minima are bad.* At $k = 6$ the stuck loss is 0.025; the best constant answer has 1.02, the best affine one 0.27.
#   What fails is exact recovery. With one reversed neuron the loss even falls like $0.3/k$ (Arjevani and Field 2020).
# - *That the shares belong to the landscape.* They belong to the landscape **and** to starts with $N(0, 1/d)$ entries.
# - *That two extra neurons are always enough.* That was measured up to $n = 20$. It is not proved.
# - *That width makes the bottom convex.* The opposite is proved: for $n > k$ every neighbourhood of a global minimum has
#   points with a negative eigenvalue (Safran, Yehudai and Shamir 2021).
# - *That splitting clears the landscape.* It turns inherited minima into saddles. New minima exist: with $k = 19$, $n = 20$ half of
#   the published runs fail.

# %%
constant, affine = 6 * (torch.pi - 1) / (4 * torch.pi), 6 * (torch.pi - 2) / (8 * torch.pi)
assert abs(constant - 1.02) < 0.005 and abs(affine - 0.27) < 0.005

# %% tags=["quiz"]
lm.quiz(
    "4.1/evidence",
    "Your training stops at loss 0.02 with a gradient of $10^{-10}$. What shows that the point is next to a minimum?",
    [
        ("The gradient is that small.", False, "Two published runs had a gradient like this and sat at saddles."),
        ("Many other runs end at the same loss.", False, "They end at the same place, but a saddle with a flat exit gathers runs too."),
        ("All Hessian eigenvalues are clearly positive.", True, "Clearly: by more than the gradient and the rounding could explain."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "4.1/width",
    "Why does one spare neuron help against the traps that the smaller network had?",
    [
        ("It adds a second solution.", False, "It adds many, but a trap with no way down would stay a trap."),
        ("Split, a trapped neuron gains a direction of negative curvature.", True, "The two halves move apart and the loss falls."),
        ("It makes the loss convex.", False, "No: near its global minima the wider loss has negative curvature."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# A student of exactly the right size often ends in a strict local minimum, and nearly always when $k$ is large. The trap is one
# neuron, or a few, that point the wrong way while the others compensate. A spare neuron turns the inherited traps into
# saddles.
#
# | quantity | found here | published |
# |---|---|---|
# | failed runs, $k = n = 10$ | 29.4 % of 500 | 34.6 % of 1,000 (Safran and Shamir 2018) |
# | failed runs, $k = n = 20$ | 96.0 % of 200 | 94.9 % of 1,000 |
# | loss of the stuck student, $k = 6$ | 0.02508 | 0.02508 |
# | smallest eigenvalue there | -0.0077 at $k = 5$, 0.0047 at $k = 6$ | 0.0047 at $k = 6$ |
# | failed runs, $k = 12$, $n = 14$ | 0 of 200 | 0 of 1,000 |
#
# ## Go on
#
# - Exercises: [Spurious minima](../../exercises/4_over_parameterization/1_spurious_minima.ipynb), and when you have tried them,
#   the [solutions](../../solutions/4_over_parameterization/1_spurious_minima.ipynb).
# - Safran and Shamir, *Spurious local minima are common in two-layer ReLU neural networks*, ICML 2018: the experiment and its proof.
# - Safran, Yehudai and Shamir, *The effects of mild over-parameterization on the optimization landscape of shallow ReLU neural
#   networks*, COLT 2021: why every neuron of a trap can be split.
# - Arjevani and Field, *Analytic characterization of the hidden minima in shallow ReLU models*, NeurIPS 2021, and their earlier
#   papers: the same points as families in $k$, with formulas.
