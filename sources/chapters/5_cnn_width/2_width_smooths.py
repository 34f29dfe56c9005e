# %% [markdown] slideshow={"slide_type": "slide"}
# # Width smooths the landscape
#
# *One hidden layer has more neurons than there are images. A theorem says that almost every point of the landscape is then harmless. Is every
# critical point harmless, too?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **measure** how width helps training, **state** the theorem of Nguyen and Hein with all its conditions, **check** its inequality on any network, **say** what it leaves open |
# | You need first | [Width you already have](1_width_you_already_have.ipynb), [Bad saddles](../3_deep_linear/2_bad_saddles.ipynb); chain rule, singular values |
# | To read | 60 minutes, and 15 for the two extra parts |
# | To run | about 20 seconds on one core |
# | Words and letters | [glossary](../../companion/2_glossary.ipynb), [notation](../../companion/1_notation.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Runs to zero
#
# Take 100 images of $8 \times 8$ Gaussian numbers, with random labels of three classes. The first layer has $T$ filters of size $3 \times 3$, which see the image at 36 places.
# So it has $n_1 = 36\,T$ neurons. After it come 5 neurons and 3 outputs, both fully connected:
#
# $$ F_1 = s_1(Z_1), \qquad F_2 = s_2(W_2 F_1 + b_2), \qquad f = W_3 F_2 + b_3, \qquad \Phi = \tfrac12 \sum_{i=1}^{N} | f(x_i) - y_i |^2 . $$
#
# $Z_1$ holds what the filters $W_1$ see, plus one bias for each neuron; $s_1$ is the sigmoid, $s_2$ is softplus, $\ln(1+e^z)$. (In the paper, Nguyen and Hein 2018, samples are rows and our $W$ is their
# $U^\top$. Here $F_1$, $F_2$ and $f$ of one image are columns. The experiments are ours.)

# %%
import numpy as np
import torch
import lmcourse as lm

# %% tags=["predict"]
lm.predict(
    "5.2/runs",
    "100 images, $n_1 = 36$, 72, 108, 144, 180 or 288 neurons. From which width on do nine of ten runs reach a loss below 0.001?",
    ["from 36 on", "from 72 on, fewer neurons than images", "from 108 on, more neurons than images", "never"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
data, losses = lm.data.one_hot(lm.data.gaussian_patches(100)), {}
fig, ax = lm.plots.figure(8, 3.6)
for (T, name), dash in zip({1: "black", 3: "vermilion", 8: "blue"}.items(), (":", "--", "-"), strict=True):
    land = lm.small_cnn(data, filters=T, widths=[5, 3], activation=["sigmoid", "softplus"])
    start = lm.starts(land, range(10), "normal", 0.1)
    runs = lm.train(land, start, "lbfgs", max_steps=300, record=10)  # 10 networks at once
    losses[T] = torch.stack([land.loss(path) for path in runs.path.theta])  # (10, looks)
    ax.plot(runs.path.steps, losses[T].T, dash, color=lm.plots.PALETTE[name], linewidth=1, alpha=0.6)
    ax.plot(runs.path.steps, losses[T].median(dim=0).values, dash, color=lm.plots.PALETTE[name], linewidth=3, label=f"{36 * T} neurons")
ax.set(yscale="log", xlabel="step (number)", ylabel="loss (no unit)")
ax.legend(loc="upper right")
alt = "Three bundles of ten falling curves. The median of 36 neurons ends near 1, that of 288 below 0.1, that of 108 below 0.01."
lm.show(fig, caption="The loss in 10 runs for each width, by L-BFGS (it learns the curvature from past gradients), and their median (thick).", alt=alt)

# %%
medians = {T: float(losses[T][:, -1].median()) for T in losses}
assert medians[1] > 0.3 and max(medians[3], medians[8]) < 0.2

# %% [markdown]
# After 300 steps 288 neurons are *behind* 108: wider is not faster here. A stored result goes to 2,000 steps, with 100 runs a width; each run has images, labels and a start of its own.

# %% tags=["headline"] slideshow={"slide_type": "slide"}
stored, experiment = lm.store.load("wide_training"), lm.experiments.wide_training
print("runs of 100 that end below 0.001, with softplus and with sigmoid in the middle\nneurons  parameters  softplus  sigmoid")
for T in experiment.FILTERS:
    soft, sigmoid = (100 - experiment.count(stored.row(filters=T, middle=middle)).failed for middle in experiment.MIDDLES)
    parameters = experiment.landscape(experiment.SPECS[0] | {"filters": T}, experiment.images(experiment.SPECS[0], 0)).dim
    print(f"{36 * T:7}  {parameters:10}  {soft:8}  {sigmoid:7}")
print(stored.made)

# %%
stored, experiment = lm.store.load("wide_training"), lm.experiments.wide_training
fig, ax = lm.plots.figure(8, 3.4)
for middle, color, marker, shift in (("softplus", "blue", "o", -2), ("sigmoid", "vermilion", "s", 2)):
    failed = [experiment.count(stored.row(filters=T, middle=middle)) for T in experiment.FILTERS]
    lm.plots.draw_shares(ax, [36 * T + shift for T in experiment.FILTERS], failed, middle, lm.plots.PALETTE[color], marker)
ax.axvline(100, color=lm.plots.PALETTE["grey"], linestyle=":")
ax.set(xlabel="neurons of the wide layer (number)", ylabel="runs that fail (percent)", xticks=[36 * T for T in experiment.FILTERS], ylim=(-3, 65))
ax.legend(title="middle layer")
alt = "Both curves fall from 49 percent at 36 neurons to below 10 at 72; softplus stays low, sigmoid rises again to 19 percent at 288 neurons."
lm.show(fig, caption="Runs that stay above 0.001 for 2,000 steps, with 95 % intervals. Dotted: as many neurons as images.", alt=alt)

# %%
arrived = {T: 100 - experiment.count(stored.row(filters=T, middle="softplus")).failed for T in experiment.FILTERS}
assert (arrived[1], arrived[2], arrived[3]) == (51, 96, 98) and min(arrived[T] for T in (3, 4, 5, 8)) == 97
assert [experiment.count(stored.row(filters=T, middle="sigmoid")).failed for T in (4, 8)] == [6, 19]
late = stored.row(filters=1, middle="softplus")["loss"]
assert ((late >= 0.001) & (late < 0.1)).sum() == 25 and (late >= 0.001).sum() == 49

# %% tags=["reveal"]
lm.reveal(
    "5.2/runs",
    measured="51 of 100 with 36 neurons, 96 with 72 (90 to 98 %), 97 to 99 beyond, with softplus",
    right="from 72 on, fewer neurons than images",
    explanation="Nothing happens at 100 neurons. And of the 49 others with 36 neurons, 25 end below 0.1: late, perhaps, rather than lost.",
)

# %% [markdown]
# So $n_1 \ge N$ is not where training begins to succeed. The theorem below needs it; training does not. And past the line some runs still fail, with sigmoid in the
# middle more than with softplus: 19 of 100 at 288 neurons (13 to 28 %), against 6 at 144 (3 to 12 %). Where do they end?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why nothing stops there
#
# From here on $F_1$, $Z_2$ and the errors $E = f - y$ hold all images, one in each row. At any point, the derivative with respect to the matrix *after* the wide layer is a product:
#
# $$ \frac{\partial \Phi}{\partial W_2} \;=\; \big( (E\, W_3) \circ s_2'(Z_2) \big)^{\!\top} F_1 . $$
#
# ($\circ$ multiplies entry by entry; $|\cdot|$ is the root of the sum of all squares.) If the rows of $F_1$ are linearly independent, the last factor shrinks nothing to zero: lengths fall at most by the smallest [singular value](../../companion/2_glossary.ipynb#Singular-value) $\sigma_{\min}(F_1) > 0$. The same goes for
# $W_3$, if its rows are independent, which takes $n_2 \ge n_3$. So (Nguyen and Hein 2018, lemma 4.3, proved)
#
# $$ \sigma_{\min}(F_1)\, \sigma_{\min}(W_3)\, \min s_2'(Z_2)\; |E| \;\le\; \Big| \frac{\partial \Phi}{\partial W_2} \Big| \;\le\; \sigma_{\max}(F_1)\, \sigma_{\max}(W_3)\, \max s_2'(Z_2)\; |E| . $$
#
# Where the left side has no zero factor but $|E|$, a gradient of zero means no error.

# %% tags=["predict"]
lm.predict(
    "5.2/bounds",
    "100 random networks with 108 neurons for 100 images. How far above its lower bound is the gradient, typically?",
    ["less than 10 times", "about 1,000 times", "more than a million times", "sometimes it is below"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
data = lm.data.one_hot(lm.data.gaussian_patches(100))
land = lm.small_cnn(data, filters=3, widths=[5, 3], activation=["sigmoid", "softplus"])
theta = lm.starts(land, range(100), "normal")  # (100, 698): all parameters N(0, 1)
F1, F2, f = land.layers(theta)  # (100, 100, 108), (100, 100, 5), (100, 100, 3): network, image, neuron
W3, E, slope = land.unpack(theta)["W3"], f - data.y, 1 - torch.exp(-F2)  # softplus' = 1 - exp(-softplus)
size = ((E @ W3 * slope).mT @ F1).flatten(1).norm(dim=1)  # the length of the derivative by W2
s1, s3, error = torch.linalg.svdvals(F1), torch.linalg.svdvals(W3), E.flatten(1).norm(dim=1)
low = s1[:, -1] * s3[:, -1] * slope.amin((1, 2)) * error
high = s1[:, 0] * s3[:, 0] * slope.amax((1, 2)) * error

# %%
fig, ax = lm.plots.figure(8, 3.4)
order, place = size.argsort(), torch.arange(100)
for values, marker, name, label in ((high, "v", "blue", "upper bound"), (size, "o", "black", "gradient"), (low, "^", "vermilion", "lower bound")):
    ax.semilogy(place, values[order], marker, color=lm.plots.PALETTE[name], markersize=3, label=label)
ax.set(xlabel="random network, by its gradient (number)", ylabel="length (no unit)")
ax.legend(loc=(0.2, 0.62), ncols=3)
alt = "Three bands of dots for 100 networks: the gradient a little below its upper bound, its lower bound many powers of ten below."
lm.show(fig, caption="The gradient with respect to W₂ between its two bounds, at 100 random networks.", alt=alt)

# %% tags=["headline"]
above, below = size / low, high / size
print(f"the inequality holds in {int(((low <= size) & (size <= high)).sum())} of 100")
print(f"gradient above the lower bound: {float(above.min()):,.0f} times at least, {float(above.median()):.0e} times typically")
print(f"gradient below the upper bound: {float(below.min()):.1f} times at least, {float(below.median()):.1f} times typically")

# %%
assert (low <= size * (1 + 1e-9)).all() and (size <= high * (1 + 1e-9)).all()
assert torch.allclose(size[:3], land.unpack(land.gradient(theta[:3]))["W2"].flatten(1).norm(dim=1))
assert above.min() > 1e5 and 3e9 < above.median() < 6e9

# %% tags=["reveal"]
lm.reveal(
    "5.2/bounds",
    measured="about four billion times, and never below",
    right="more than a million times",
    explanation="The bound is true and loose: it multiplies three worst cases. It excludes zeros, it does not promise speed.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### The theorem
#
# Call a point **good** if the rows of $F_1$ are linearly independent and $W_3$ has full rank.
#
# **Theorem** (Nguyen and Hein 2018, theorem 4.5, here for our three layers). *Under the first six conditions of the table that follows every **good** [critical point](../../companion/2_glossary.ipynb#Critical-point) has $\Phi = 0$: it is a global minimum.*
#
# **Lemma** (their lemma 4.2). *If also the last three hold, almost all points are good: the others have [measure zero](../../companion/2_glossary.ipynb#Measure-zero).*
#
# | condition | what it buys |
# |---|---|
# | 1. $n_1 \ge N$ | independent rows of $F_1$ are possible |
# | 2. $n_2 \ge n_3$: widths after the wide layer do not grow | independent rows of $W_3$ are possible |
# | 3. no pooling: filters or full connections in every layer | the product above |
# | 4. layer 2 fully connected | a gradient with respect to all of $W_2$; a filter's derivative is a sum over positions and can vanish |
# | 5. $s_2' > 0$ everywhere | no zero in the middle of the bound; a dead ReLU is one |
# | 6. squared loss, or another whose gradient with respect to the answers vanishes at its minimum alone | no gradient means no error; cross-entropy has no minimum if labels can be fitted |
# | 7. $s_1$ analytic, as the sigmoid is | exceptions of measure zero; with ReLU they fill an open set |
# | 8. a bias for each neuron | the setting of the lemma |
# | 9. no two images share a patch | some point is good |
#
# (The paper allows more layers, writes "strictly monotone" for 5, and takes class targets such as one-hot, which this part does not use.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Almost every critical point
#
# The paper's abstract joins the two: "almost every critical point of the empirical loss is a global minimum with zero training error". It suggests that "width smoothes the optimization landscape". Look at the network
# with 288 neurons, nearly three for each image.

# %% tags=["predict"]
lm.predict(
    "5.2/critical",
    "288 sigmoid neurons, 100 images, all conditions met. Is there a critical point with a positive loss?",
    ["no, the theorem excludes it", "yes, isolated ones only", "yes, whole flats"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
data = lm.data.one_hot(lm.data.gaussian_patches(100))
land = lm.small_cnn(data, filters=8, widths=[5, 3], activation=["sigmoid", "softplus"])
parts, flats = land.unpack(lm.starts(land, [0], "normal")[0]), {}  # a random network ...
for lost in (("W2", "W3"), ("W1", "W3"), ("W1", "W2", "W3")):  # ... loses some weights, all else stays as it is
    zeros = {name: 0 * parts[name] for name in lost}
    flats[lost] = land.pack(**parts | zeros | {"b3": data.y.mean(0)})  # the output bias becomes the mean target

# %% tags=["headline"]
print("A random network loses some of its weights, and its output bias becomes the mean target:\n")
print("set to zero  parameters left free   loss  gradient below 1e-11  rank of F_1  rank of W_3")
for lost, point in flats.items():
    free = land.dim - sum(parts[name].numel() for name in (*lost, "b3"))
    ranks = [int(torch.linalg.matrix_rank(A)) for A in (land.layers(point)[0], land.unpack(point)["W3"])]
    flat = "yes" if land.gradient(point).norm() < 1e-11 else "no"
    print(f"{', '.join(lost):11}  {free:20}  {float(land.loss(point)):5.2f}  {flat:>20}  {ranks[0]:11}  {ranks[1]:11}")

# %%
assert all(land.gradient(point).norm() < 1e-11 and abs(land.loss(point) - 32.81) < 1e-9 for point in flats.values())
assert torch.linalg.matrix_rank(land.layers(flats["W2", "W3"])[0]) == 100

# %% tags=["reveal"]
lm.reveal(
    "5.2/critical",
    measured="flats of 293, 365 and 1,733 dimensions, with loss 32.81",
    right="yes, whole flats",
    explanation="They grow with the width. They have measure zero among 1,823 parameters, and that is all that the lemma says.",
)

# %% [markdown]
# Why zero? With $W_3 = 0$ the gradients with respect to all earlier parameters vanish. The one of $W_3$ is $E^\top F_2$; here every image gets the same $F_2$, so it is a multiple of the sum of all errors, and the mean target makes that
# zero. In the first case $F_1$ is in order: $W_3$ alone is not good.

# %% [markdown] slideshow={"slide_type": "slide"}
# For one point without any weights `lm.certify` proves more, in exact fractions: it is a **bad saddle**, whose [Hessian](../../companion/2_glossary.ipynb#Hessian) has no negative eigenvalue although a lower loss is arbitrarily near.

# %% tags=["headline"] slideshow={"slide_type": "slide"}
data = lm.data.one_hot(lm.data.gaussian_patches(100))
land = lm.small_cnn(data, filters=8, widths=[5, 3], activation=["sigmoid", "softplus"])
start = lm.starts(land, [0], "normal", 0.1)
lower = lm.train(land, start, "lbfgs", max_steps=100).theta[0]
parts = land.unpack(lm.starts(land, [0], "normal")[0])
point = land.pack(**parts | {W: 0 * parts[W] for W in ("W1", "W2", "W3")} | {"b3": data.y.mean(0)})
proof = lm.certify(land, point, "bad saddle", not_global=True, better=lower)
print("proved:", proof.proved, "-", proof.kind, "- loss", float(proof.loss_bounds[0]), "- not global:", proof.not_global)

# %%
assert proof.proved and proof.not_global and float(proof.loss_bounds[0]) == 32.81
proof

# %% [markdown] slideshow={"slide_type": "slide"}
# This is the surprise of the lesson: **almost every point of the landscape is good, and at every width there are whole flats of bad critical points.** Both are true, for a critical point is not a random point. Here all
# critical points together have measure zero, as the zeros of an [analytic](../../companion/2_glossary.ipynb#Analytic) gradient do, unless it vanishes everywhere. So they could lie among the exceptions, some or all of them, and no lemma about almost all points can tell.
#
# What is proved: *every critical point in the good set is a global minimum, and the good set has full measure.* "Almost every critical point is a global minimum" does not follow. (The theorems are theirs; this caveat and the
# flats are ours.)

# %% [markdown]
# The certificate speaks of one point (its biases are the given ones, rounded to fractions), but its proof of the saddle holds for all $b_1$, $b_2$ on the flat of 293 dimensions. Second derivatives of the answers pair $W_3$ with another parameter and are the same for all images, so
# the sum of errors removes them. The way down is of third order. On the two larger flats ($W_2 = W_3 = 0$, or $W_1 = W_3 = 0$) a random point is milder: its Hessian has a negative eigenvalue (measured).

# %% [markdown] slideshow={"slide_type": "slide"}
# ### ReLU: an open set
#
# The sigmoid's exceptions have measure zero. With ReLU they do not: [dead layers](../2_blind_spots/3_dead_layers.ipynb#Switch-a-layer-off) are among them.

# %% tags=["headline"]
data = lm.data.one_hot(lm.data.gaussian_patches(100))
land = lm.small_cnn(data, filters=8, widths=[3], activation="relu")  # filters, then the outputs
parts = land.unpack(lm.starts(land, [0], "normal")[0])
dead = land.pack(**parts | {"b1": torch.full((288,), -20.0), "b2": data.y.mean(0)})
proof = lm.certify(land, dead, "minimum in a dead layer")
print("proved:", proof.proved, "-", proof.kind, "- loss", float(proof.loss_bounds[0]))
print("rank of F_1:", int(torch.linalg.matrix_rank(land.layers(dead)[0])))

# %%
assert proof.proved and float(proof.loss_bounds[0]) == 32.81
proof

# %% [markdown]
# All 288 neurons are off at all images, at every point of a ball: an open set, with positive measure. There the network answers its output bias alone, and where that is the mean target lie minima
# that gradient descent never leaves. So the lemma cannot hold for ReLU with trainable biases. What remains is existence: *some* weights make the rows of $F_1$ independent (their theorem 3.4).

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Plateaus
#
# And the runs with sigmoid in the middle that had not arrived after 2,000 steps? For each width from 108 neurons on, the one with the smallest gradient:

# %% tags=["headline"]
stored, experiment = lm.store.load("wide_training"), lm.experiments.wide_training
gradients = {}
print("neurons  loss  gradient  smallest singular value of F_1")
for T in experiment.FILTERS[2:]:
    end = stored.row(filters=T, middle="sigmoid")
    flattest = min((run for run in range(100) if end["loss"][run] >= 0.001), key=lambda run: end["grad_norm"][run])
    gradients[T] = end["grad_norm"][flattest]
    print(f"{36 * T:7}  {end['loss'][flattest]:.2f}  {gradients[T]:8.0e}  {end['least'][flattest]:30.2f}")
    assert end["least"].min() > 1e-4
largest = gradients.pop(4)  # 144 neurons
assert 200 < largest / max(gradients.values()) < 300 and 1e4 < largest / min(gradients.values()) < 2e4

# %% [markdown] slideshow={"slide_type": "slide"}
# $F_1$ has full rank and the loss is positive. With 144 neurons the gradient is hundreds to more than ten thousand times larger than with the others: by that sign, no plateau. Train one run with 288 neurons, for 300 steps, and look at the slopes $s_2'$ of the middle layer:

# %%
experiment, spec = lm.experiments.wide_training, {"table": "gaussian", "filters": 8, "middle": "sigmoid"}
land = experiment.landscape(spec, experiment.images(spec, 11))
end = experiment.train_members(spec, [11], 300)[0].theta[0]
F1, F2, _ = land.layers(end)
slope, W3 = F2 * (1 - F2), land.unpack(end)["W3"]  # the sigmoid's derivative is s (1 - s)
print(f"loss {float(land.loss(end)):.2f}, gradient {float(land.gradient(end).norm()):.0e}, median slope {float(slope.median()):.0e}")
print(f"smallest singular values: F_1 {float(torch.linalg.svdvals(F1)[-1]):.1f}, W_3 {float(torch.linalg.svdvals(W3)[-1]):.1f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# This point is good, so by the theorem it is not critical (floating point: evidence, no proof). But more than half of the slopes $s_2'$ are nearly zero: neurons of the middle layer are saturated. The bound is nearly zero too, and
# nothing in the theorem keeps a run from slowing down without limit. Slow is not stuck: of eight stored runs with 288 neurons that had not arrived after 2,000 steps, two did in 3,000 more (measured, by fresh L-BFGS).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Explore
#
# The picture shows, left, all stored runs of one width, and right the loss over a plane through the end of one run, spanned by two random directions. They are *filter-normalised* (Li et al. 2018): each filter moves by as much as it is long.

# %% [markdown]
# **Settings to try.** One filter, softplus, runs 1 to 6: how high is the rim of the slice? Then the same with 8 filters: the colours have one scale. And choose 8 filters with sigmoid: does a flat stretch tell which
# curves arrive? *Train 12 new runs* repeats it on new data, in about 20 seconds. (Angular contours near the centre come from the grid, 21 by 21.) Many curves rest near 33 for ten to twenty steps:
# that is the loss of the best constant answer. They are not near the [bad saddle](../../companion/2_glossary.ipynb#Bad-saddle): in six runs with 288 neurons the smallest Hessian eigenvalue after 12 steps was -7 to -102 (measured).

# %% slideshow={"slide_type": "slide"}
lm.widgets.WideTrainingExplorer()

# %% [markdown] slideshow={"slide_type": "slide"}
# Does width smooth, then? Here is the typical loss on the rim of the slice, in six runs of each width:

# %% tags=["headline"]
stored, experiment = lm.store.load("wide_training"), lm.experiments.wide_training
for T in (1, 2, 3, 8):
    planes = stored.row(filters=T, middle="softplus")["plane"][: experiment.PLANES].astype(float)
    rims = [np.median(np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])) for plane in planes]
    print(f"{36 * T:3} neurons: " + ", ".join(f"{float(f'{10**rim:.2g}'):,.0f}" for rim in sorted(rims)))

# %% [markdown] slideshow={"slide_type": "slide"}
# Rims are mostly lower from 72 neurons on, and vary by factors of 10 to 100 within a width. But a rim also measures how long the weights are, for the directions are as long; and the largest curvature is higher at 288 neurons than at 36. The slices do not show that width smooths, and none of this follows from the theorem.

# %% [markdown]
# In numbers: of the first eight runs, those that arrive have $|W_2||W_3|$ from 150 to 711 with 36 neurons (4 runs), and from 15 to 118 with 288 (7 runs). Over the same runs the largest eigenvalue of the Hessian has median 960 and
# 3,800 (`experiment.ends(1, range(8))` and `ends(8, range(8))` measure both, in 15 seconds each).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What VGG satisfies
#
# | condition | VGG on ImageNet |
# |---|---|
# | 1. $n_1 \ge N$ | yes: 3,211,264 against 1,281,167 |
# | 2. widths after it do not grow | yes, pooling aside |
# | 3. no pooling | violated: max pooling |
# | 4. layer 2 fully connected | violated: a convolution |
# | 5. $s_2' > 0$ everywhere | violated: ReLU |
# | 6. squared loss, or one as in the theorem | violated: cross-entropy |
# | 7. $s_1$ analytic | violated: ReLU |
# | 8. a bias for each neuron | violated: one for each filter |
# | 9. no two images share a patch | not counted; surely violated |

# %% [markdown]
# VGG satisfies two conditions of nine; lesson 5.1 counts the neurons of its first layer. The paper's theorem 3.4, that *some* weights make the features independent, allows ReLU and pooling; it says nothing about critical points.

# %% [markdown]
# ## What later work proved
#
# - **Descent arrives.** With one layer of width $N$ followed by layers whose widths neither increase nor depend on $N$, fully connected, with special smooth activations, gradient descent from suitable starts reaches zero loss, at a geometric rate (Nguyen and Mondelli 2020). This is the statement on training that
#   the theorem above does not make.
# - **No bad valleys.** With skip connections from enough neurons to the output, and [cross-entropy](../../companion/2_glossary.ipynb#Log-loss), a path on which the loss never rises leads from any point towards zero (Nguyen, Mukkamala and Hein 2019).
# - **Bad local minima remain.** For almost all activations that are not linear and generic inputs some targets make local minima that are not global, however wide the network (Ding, Li and Sun 2019). That goes beyond saddles.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# - *That training arrives.* The bound has no constant: its factors may go to zero along a run.
# - *That $n_1 \ge N$ is necessary.* It is sufficient.
# - *That VGG has no bad critical points.* Two conditions of nine.
# - *Anything about new images.*

# %% tags=["quiz"]
lm.quiz(
    "5.2/good",
    "Training ends where the gradient is exactly zero, and $\\Phi = 3$. All nine conditions are met. What do you know?",
    [
        ("Nothing: this cannot happen.", False, "It can: with all weights zero and the mean target as output bias the loss is 32.81."),
        ("The rows of $F_1$ are dependent, or $W_3$ lacks full rank.", True, "The point is not good, since good critical points have $\\Phi = 0$."),
        ("It is a local minimum.", False, "That point is a saddle, so this does not follow."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "5.2/measure",
    "Which sentence follows from the lemma?",
    [
        ("A random start is good, with probability one.", True, "The bad points have measure zero, and a Gaussian start misses them."),
        ("A run stays among good points.", False, "It may approach bad ones: then the bound fades."),
        ("Almost every critical point is good.", False, "Here critical points have measure zero themselves, so they may lie among the exceptions."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: one layer that learns alone
#
# Fix random filters and train the outputs only: a least-squares problem. Its gradient obeys $|\nabla \Phi|^2 \ge 2\, \sigma_{\min}(F_1)^2\, \Phi$, since the rows of $F_1$ are independent. So each step of descent, of size $1/\sigma_{\max}^2$, shrinks $|E|$
# at least by the share $\rho = \sigma_{\min}^2 / \sigma_{\max}^2$. That is geometric, and may be slow.

# %% tags=["predict"]
lm.predict(
    "5.2/alone",
    "108 neurons make the features of 100 images independent. What do 288 neurons do to the guaranteed share ρ?",
    ["nothing: the rank is 100 already", "it grows threefold, like the neurons", "it grows more than tenfold"],
)

# %% tags=["experiment"]
data, rates, falls = lm.data.one_hot(lm.data.gaussian_patches(100)), {}, {}
for T in (3, 8):
    land = lm.small_cnn(data, filters=T, widths=[3])
    F = land.layers(lm.starts(land, [0], "normal")[0])[0]  # (100, 36 T), fixed
    s, f, falls[T] = torch.linalg.svdvals(F), torch.zeros(100, 3, dtype=F.dtype), []
    for _ in range(3001):
        falls[T].append(float((f - data.y).square().sum() / 2))
        f = f - F @ (F.T @ (f - data.y)) / s[0] ** 2  # the answers after one step of gradient descent
    rates[T] = float(s[-1] ** 2 / s[0] ** 2)

# %%
fig, ax = lm.plots.figure(8, 3.2)
for T, name, dash in ((3, "vermilion", "--"), (8, "blue", "-")):
    ax.semilogy(falls[T], dash, color=lm.plots.PALETTE[name], label=f"{36 * T} neurons")
ax.minorticks_off()
ax.set(xlabel="step (number)", ylabel="loss (no unit)", yticks=[2, 5, 10, 20, 50], yticklabels=[2, 5, 10, 20, 50])
ax.legend()
alt = "Two falling curves on a logarithmic axis, nearly straight at the end; the one of 288 neurons falls faster."
lm.show(fig, caption="Gradient descent on the outputs alone, with random fixed filters.", alt=alt)

# %% tags=["headline"]
for T, rate in rates.items():
    print(f"{36 * T} neurons: each step shrinks the errors at least by a share of {rate:.0e}")

# %% tags=["reveal"]
lm.reveal(
    "5.2/alone",
    measured=f"the guaranteed share grows by a factor of about {rates[8] / rates[3]:.0f}",
    right="it grows more than tenfold",
    explanation="The rank is the same, the smallest singular value is not. Over twelve starts the factor lies between 36 and 129.",
)
assert 20 < rates[8] / rates[3] < 200

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: true labels and random ones
#
# The theorem knows nothing of the labels. Take 300 handwritten digits, with their labels or with random ones; 20 softplus neurons, 10 outputs. Digits share blank patches, so the lemma's condition fails here, and 36 neurons are an eighth of what the theorem asks.

# %% tags=["predict"]
lm.predict(
    "5.2/labels",
    "36 neurons fit all 300 true labels, in each of ten runs of 2,000 steps. What do random labels take?",
    ["36 neurons as well", "some larger width up to 432 fits them in each of ten runs", "no width up to 432 does, in each of ten runs"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
fig, ax = lm.plots.figure(8, 3.2)
for random, name, dash in ((True, "vermilion", "--"), (False, "blue", "-")):
    data = lm.data.one_hot(lm.data.digits(300, random_labels=random))
    land = lm.small_cnn(data, filters=1, widths=[20, 10], activation=["sigmoid", "softplus"])
    runs = lm.train(land, lm.starts(land, range(3), "normal", 0.1), "lbfgs", max_steps=400, record=20)
    answers = torch.stack([land.outputs(path) for path in runs.path.theta])  # (3, looks, 300, 10)
    wrong = (answers.argmax(-1) != data.y.argmax(-1)).sum(-1)
    ax.plot(runs.path.steps, wrong.T, dash, color=lm.plots.PALETTE[name], label=["random labels" if random else "true labels", None, None])
ax.set(xlabel="step (number)", ylabel="wrong, of 300 (number)")
ax.legend()
alt = "Three curves for true labels fall to nearly zero within 150 steps; three for random labels fall slowly and stay above 110."
lm.show(fig, caption="Training digits that are wrong, with 36 neurons, three runs each.", alt=alt)

# %% tags=["headline"]
stored, experiment = lm.store.load("random_labels"), lm.experiments.random_labels
print("digits wrong of 300 after 2,000 steps, in 10 runs\nneurons  true labels  random labels")
for T in experiment.FILTERS:
    true, random = (stored.row(filters=T, labels=labels)["wrong"] for labels in experiment.LABELS)
    print(f"{36 * T:7}  {f'{true.min()} to {true.max()}':>11}  {f'{random.min()} to {random.max()}':>13}")
print(stored.made)

# %%
wrong = {labels: [stored.row(filters=T, labels=labels)["wrong"] for T in experiment.FILTERS] for labels in experiment.LABELS}
assert all((each == 0).all() for each in wrong["true"]) and not any((each == 0).all() for each in wrong["random"])
assert (wrong["random"][3] == 0).sum() == 7 and wrong["random"][4].min() >= 1

# %% tags=["reveal"]
lm.reveal(
    "5.2/labels",
    measured="true labels: none wrong in any run; random labels: best at 288 neurons, where 7 of 10 runs have none wrong",
    right="no width up to 432 does, in each of ten runs",
    explanation="Width helps, up to a point: at 432 neurons no run is done after 2,000 steps; we do not know whether they are slow or stuck.",
)

# %% [markdown]
# Both can be fitted. So whatever the theorem explains, it is not why a network that has learnt digits recognises new ones: the same network, trained in the same way, learns noise as well. (That large image networks
# fit random labels was measured by Zhang et al. 2017.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# Under the conditions of the theorem, among them a layer of at least as many neurons as images, every good critical point is a global minimum, and almost every point is good. The exceptions hold whole flats of bad critical points at every
# width, and with ReLU an open set. Training notices none of this at $n_1 = N$: most runs succeed below it, and some are still on a plateau after 2,000 steps.
#
# | quantity | found here | theorem |
# |---|---|---|
# | runs below 0.001 with 36 and 72 neurons, 100 images | 51 of 100 (41 to 61 %), 96 of 100 (90 to 98 %) | says nothing |
# | with 108 neurons | 98 of 100 (93 to 99 %) | no good critical point above zero |
# | gradient against its lower bound | four billion times, typically | never below |
# | all weights zero, output bias the mean target | critical, with loss 32.81; bad saddle, proved | not covered |
#
# We read the theorems in the paper's first version (2017), and the abstract of the published one; its training table was not at hand. No number here is theirs.
#
# ## Go on
#
# - Exercises: [Width smooths the landscape](../../exercises/5_cnn_width/2_width_smooths.ipynb), then the
#   [solutions](../../solutions/5_cnn_width/2_width_smooths.ipynb).
# - Next: the [final quiz](../../companion/6_final_quiz.ipynb), twenty questions on all chapters, and the [open questions](../../companion/5_open_questions.ipynb), which lead beyond this course.
# - Nguyen and Hein, *Optimization landscape and expressivity of deep CNNs*, ICML 2018, arXiv 1710.10928: the theorem and its proof.
# - Nguyen and Mondelli, *Global convergence of deep networks with one wide layer followed by pyramidal topology*, NeurIPS 2020, arXiv 2002.07867: descent arrives.
# - Ding, Li and Sun, *Sub-optimal local minima exist for neural networks with almost all non-linear activations*, arXiv 1911.01413 (2019): what remains.
