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
# | You will be able to | **measure** how width helps training, **state** the theorem of Nguyen and Hein with all its conditions, **check** its inequality on any network, **exhibit** the critical points that it does not cover |
# | You need first | [Width you already have](1_width_you_already_have.ipynb); chain rule, singular values |
# | To read | 45 minutes, and 5 for the extra part |
# | To run | about 15 seconds on one core |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Runs to zero
#
# Take 100 images of $8 \times 8$ Gaussian numbers, with random labels of three classes. The first layer has $T$ filters of size $3 \times 3$, which see the image at 36 places.
# So it has $n_1 = 36\,T$ neurons. After it come 5 units and 3 outputs, both fully connected:
#
# $$ F_1 = s_1(Z_1), \qquad F_2 = s_2(W_2 F_1 + b_2), \qquad f = W_3 F_2 + b_3, \qquad \Phi = \tfrac12 \sum_{i=1}^{N} | f(x_i) - y_i |^2 . $$
#
# $Z_1$ holds what the filters $W_1$ see, plus one bias for each neuron; $s_1$ is the sigmoid, $s_2$ is softplus, $\ln(1+e^z)$. (In the paper, Nguyen and Hein 2018, samples are rows and our $W$ is their
# $U^\top$. The experiments are ours.)

# %%
import torch
import lmcourse as lm

# %% tags=["predict"]
lm.predict(
    "5.2/runs",
    "100 images, n_1 = 36, 72, 108, 144, 180 or 288 neurons. From which width on do nine of ten runs reach a loss below 0.001?",
    ["from 36 on", "from 72 on, fewer neurons than images", "from 108 on, more neurons than images", "never"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
data, losses = lm.data.one_hot(lm.data.gaussian_patches(100)), {}
fig, ax = lm.plots.figure(8, 3.6)
for (T, name), dash in zip({1: "vermilion", 3: "orange", 8: "blue"}.items(), (":", "--", "-"), strict=True):
    land = lm.small_cnn(data, filters=T, widths=[5, 3], activation=["sigmoid", "softplus"])
    start = lm.starts(land, range(10), "normal", 0.1)
    runs = lm.train(land, start, "lbfgs", max_steps=300, record=10)  # 10 networks at once
    losses[T] = torch.stack([land.loss(path) for path in runs.path.theta])  # (10, looks)
    ax.plot(runs.path.steps, losses[T].T, dash, color=lm.plots.PALETTE[name], linewidth=1, alpha=0.5)
    ax.plot(runs.path.steps, losses[T].median(dim=0).values, dash, color=lm.plots.PALETTE[name], linewidth=3, label=f"{36 * T} neurons")
ax.set(yscale="log", xlabel="step (number)", ylabel="loss (no unit)")
ax.legend(loc="upper right")
alt = "Three bundles of ten falling curves. The median of 36 neurons ends near 1, that of 288 below 0.1, that of 108 below 0.01."
lm.show(fig, caption="The loss in 10 runs for each width, by L-BFGS from N(0, 0.1²), and their median (thick).", alt=alt)

# %%
medians = {T: float(losses[T][:, -1].median()) for T in losses}
assert medians[1] > 0.3 and max(medians[3], medians[8]) < 0.2

# %% [markdown]
# Three hundred steps are a beginning. A stored result goes to 2,000, with 100 runs a width; each run has images, labels and a start of its own.

# %% tags=["headline"] slideshow={"slide_type": "slide"}
stored, experiment = lm.store.load("wide_training"), lm.experiments.wide_training
print(stored.made)
print("neurons  parameters  runs below 0.001, of 100, softplus and sigmoid in the middle")
for T in experiment.FILTERS:
    soft, sigmoid = (100 - experiment.count(stored.row(filters=T, middle=middle)).failed for middle in experiment.MIDDLES)
    parameters = experiment.landscape(experiment.SPECS[0] | {"filters": T}, experiment.images(experiment.SPECS[0], 0)).dim
    print(f"{36 * T:7} {parameters:10} {soft:10} {sigmoid:12}")

# %%
stored, experiment = lm.store.load("wide_training"), lm.experiments.wide_training
fig, ax = lm.plots.figure(8, 3.4)
for middle, color, marker, shift in (("softplus", "blue", "o", -2), ("sigmoid", "vermilion", "s", 2)):
    failed = [experiment.count(stored.row(filters=T, middle=middle)) for T in experiment.FILTERS]
    lm.plots.draw_shares(ax, [36 * T + shift for T in experiment.FILTERS], failed, middle, lm.plots.PALETTE[color], marker)
ax.axvline(100, color=lm.plots.PALETTE["grey"], linestyle=":")
ax.set(xlabel="neurons of the wide layer (number)", ylabel="runs that fail (percent)", xticks=[36 * T for T in experiment.FILTERS], ylim=(-3, 65))
ax.legend(title="middle layer")
alt = "Two falling curves: about half of the runs fail at 36 neurons, few from 72 on, more with sigmoid; nothing changes at a line at 100."
lm.show(fig, caption="Runs that stay above 0.001 for 2,000 steps, with 95 % intervals. Dotted: as many neurons as images.", alt=alt)

# %%
arrived = {T: 100 - experiment.count(stored.row(filters=T, middle="softplus")).failed for T in experiment.FILTERS}
assert (arrived[1], arrived[2], arrived[3]) == (51, 96, 98) and min(arrived[T] for T in (3, 4, 5, 8)) == 97
assert [experiment.count(stored.row(filters=T, middle="sigmoid")).failed for T in (4, 8)] == [6, 19]

# %% tags=["reveal"]
lm.reveal(
    "5.2/runs",
    measured="51 of 100 with 36 neurons, 96 with 72 (90 to 98 %), 97 to 99 beyond, with softplus",
    right="from 72 on, fewer neurons than images",
    explanation="Nothing happens at 100 neurons. With 36 the network has 248 parameters for 300 target numbers; with 72 it has 473.",
)

# %% [markdown]
# So $n_1 \ge N$ is not where training begins to succeed. The theorem below needs it; training does not. And past the line some runs still fail, with sigmoid in the
# middle more than with softplus: 19 of 100 at 288 neurons (12 to 28 %), against 6 at 144 (3 to 13 %). Where do they end?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why nothing stops there
#
# At any point, the derivative by the matrix *after* the wide layer is a product, with $E = f - y$ the errors, a row for each image:
#
# $$ \frac{\partial \Phi}{\partial W_2} \;=\; \big( (E\, W_3) \circ s_2'(Z_2) \big)^{\!\top} F_1 . $$
#
# ($\circ$ multiplies entry by entry.) If the rows of $F_1$, one for each image, are linearly independent, the last factor shrinks nothing to zero: lengths fall at most by the smallest singular value $\sigma_{\min}(F_1) > 0$. The same goes for
# $W_3$. So (Nguyen and Hein 2018, lemma 4.3, proved)
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
for values, marker, name, label in ((high, "v", "sky", "upper bound"), (size, "o", "black", "gradient"), (low, "^", "vermilion", "lower bound")):
    ax.semilogy(place, values[order], marker, color=lm.plots.PALETTE[name], markersize=3, label=label)
ax.set(xlabel="random network, by its gradient (number)", ylabel="length (no unit)")
ax.legend(loc=(0.2, 0.62), ncols=3)
alt = "Three bands of dots for 100 networks: the gradient a little below its upper bound, its lower bound many powers of ten below."
lm.show(fig, caption="The gradient by W₂ between its two bounds, at 100 random networks.", alt=alt)

# %% tags=["headline"]
above, below = size / low, high / size
print(f"the inequality holds in {int(((low <= size) & (size <= high)).sum())} of 100")
print(f"gradient above the lower bound: by a factor of 10^{float(above.min().log10()):.0f} at least, 10^{float(above.median().log10()):.0f} typically")
print(f"gradient below the upper bound: by a factor of {float(below.min()):.1f} at least, {float(below.median()):.1f} typically")

# %%
assert (low <= size * (1 + 1e-9)).all() and (size <= high * (1 + 1e-9)).all()
assert torch.allclose(size[:3], land.unpack(land.gradient(theta[:3]))["W2"].flatten(1).norm(dim=1))
assert above.min() > 1e5 and 1e8 < above.median() < 1e11

# %% tags=["reveal"]
lm.reveal(
    "5.2/bounds",
    measured="several billion times, and never below",
    right="more than a million times",
    explanation="The bound is true and loose: it multiplies three worst cases. It excludes zeros, it does not promise speed.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### The theorem
#
# Call a point **good** if the rows of $F_1$ are linearly independent and $W_3$ has full rank.
#
# **Theorem** (Nguyen and Hein 2018, theorem 4.5, here for our three layers). *Squared loss, $n_1 \ge N$, layer 2 fully connected, $s_2$ differentiable with $s_2' > 0$,
# $n_2 \ge n_3$, one-hot targets in which each class occurs. Then every **good** critical point has $\Phi = 0$: it is a global minimum.* (The paper allows more layers, and asks for strictly monotone $s_2$.)
#
# **Lemma** (their lemma 4.2). *If $n_1 \ge N$, no two images share a patch, and $s_1$ is analytic, as the sigmoid is, then almost all points are good: the others have measure zero.*
#
# | condition | what it buys | without it |
# |---|---|---|
# | $n_1 \ge N$ | independent rows of $F_1$ are possible | nothing follows; runs succeed all the same |
# | layer 2 fully connected | a gradient by all of $W_2$ | a filter's derivative is a sum over positions, and can vanish |
# | $s_2' > 0$ | no zero in the middle of the bound | ReLU: dead units |
# | squared loss | zero is reached at finite weights | cross-entropy: only approached |
# | $s_1$ analytic | almost all points are good | an open set of bad points, below |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Almost every critical point
#
# It is tempting to read theorem and lemma together as "no bad critical points, but for a set of measure zero". Look at the network with 288 neurons, nearly three for each image.

# %% tags=["predict"]
lm.predict(
    "5.2/critical",
    "288 sigmoid neurons, 100 images, all conditions met. Is there a critical point with a positive loss?",
    ["no, the theorem excludes it", "yes, a few isolated ones", "yes, a flat set of at least 293 dimensions"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
data = lm.data.one_hot(lm.data.gaussian_patches(100))
land = lm.small_cnn(data, filters=8, widths=[5, 3], activation=["sigmoid", "softplus"])
theta = lm.starts(land, range(3), "normal")  # three random networks ...
parts = land.unpack(theta)
parts |= {name: 0 * parts[name] for name in ("W1", "W2", "W3")}  # ... lose all weights and keep b1, b2
parts |= {"b3": data.y.mean(0).expand(3, 3)}  # the output bias becomes the mean target
flat = land.pack(**parts)

# %% tags=["headline"]
print("parameters b1 and b2 that may be anything:", land.shapes["b1"][0] + land.shapes["b2"][0])
for point in flat:
    rank = int(torch.linalg.matrix_rank(land.layers(point)[0]))
    print(f"loss {float(land.loss(point)):.2f}, gradient below 1e-12: {bool(land.gradient(point).norm() < 1e-12)}, rank of F_1: {rank}")

# %% [markdown]
# A gradient of $10^{-15}$ is not zero. In fractions it is, and so is more:

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
print(proof.statement.partition("': ")[2])

# %% tags=["reveal"]
lm.reveal(
    "5.2/critical",
    measured="all weights zero, b1 and b2 at will: a flat set of 293 dimensions, with loss 32.81",
    right="yes, a flat set of at least 293 dimensions",
    explanation="It grows with the width. It has measure zero among 1,823 parameters, and that is all that the lemma says.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# This is the surprise of the lesson: **almost every point of the landscape is good, and every width has a whole flat of bad critical points.** Both are true, for a critical point is not a random point. Here all
# critical points together have measure zero, as the zeros of an analytic gradient do, unless it vanishes everywhere. So they could lie among the exceptions, some or all of them, and no lemma about almost all points can tell.
#
# Said exactly: *every critical point in the good set is a global minimum, and the good set has full measure.* "Almost every critical point is global" does not follow.
#
# The proof for all weights zero is short (it is ours). Every layer says the same to every image, so the gradient by $W_3$ is a multiple of the sum of all errors, which is zero; the other gradients pass through
# $W_3 = 0$. The Hessian has no negative eigenvalue: the way down begins with a term of third order, along one path of weights. Runs do feel it: in the explorer below all curves rest near 33 for ten to
# twenty steps before they fall.
#
# ### ReLU: an open set
#
# The sigmoid's exceptions have measure zero. With ReLU they do not.

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
print(proof.statement.partition("': ")[2])

# %% [markdown]
# All 288 neurons are off at all images, at every point of a ball: an open set, with positive measure. There the network answers its output bias alone, and where that is the mean target lie minima
# that gradient descent never leaves. So the lemma cannot hold for ReLU with trainable biases. What remains is existence: *some* weights make the rows of $F_1$ independent (their theorem 3.4).

# %% [markdown]
# ### Plateaus
#
# And the runs that stopped falling, with sigmoid in the middle? The stored result kept the smallest singular value of $F_1$ at their ends.

# %% tags=["headline"]
stored, experiment = lm.store.load("wide_training"), lm.experiments.wide_training
print("neurons  loss   gradient  smallest singular value of F_1")
for T in (3, 5, 8):
    end = stored.row(filters=T, middle="sigmoid")
    worst = end["loss"].argmax()
    print(f"{36 * T:7}  {end['loss'][worst]:.2f}  {end['grad_norm'][worst]:.0e}  {end['least'][worst]:.2f}")
    assert end["least"].min() > 1e-4

# %% [markdown]
# $F_1$ has full rank and the loss is positive. We ran eight such runs with 288 neurons again: $W_3$ has full rank, too, so by the theorem they are at no critical point. But half of all slopes $s_2'$ are below
# 0.0003, and the smallest below $10^{-11}$. Units of the middle layer are saturated, the bound is nearly zero, and nothing in the theorem keeps a run from slowing down without limit. (Floating point: evidence, no
# proof.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Explore
#
# Left, all stored runs of one width. Right, the loss over a plane through the end of one run, spanned by two random directions. They are *filter-normalised* (Li et al. 2018): each filter moves by as much as it is long, so that
# widths can be compared. **Two settings to try.** One filter, softplus, runs 1 to 6: how high is the rim of the slice? Then the same with 8 filters: the colours have one scale. And choose 8 filters with sigmoid: which
# curves go flat?

# %% slideshow={"slide_type": "slide"}
lm.widgets.WideTrainingExplorer()

# %% [markdown]
# The slices are measured, and belong to six runs a width. The rim is higher with one filter, and much alike from two filters on: width smooths, and early. None of it follows from the theorem.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## True labels and random ones
#
# The theorem knows nothing of the labels. Take 300 handwritten digits, with their labels or with random ones; 20 softplus units, 10 outputs. Digits share blank patches, so the lemma's condition fails here, and 36 neurons are an eighth of what the theorem asks.

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
    land = lm.small_cnn(data, filters=2, widths=[20, 10], activation=["sigmoid", "softplus"])
    runs = lm.train(land, lm.starts(land, range(3), "normal", 0.1), "lbfgs", max_steps=400, record=20)
    answers = torch.stack([land.outputs(path) for path in runs.path.theta])  # (3, looks, 300, 10)
    wrong = (answers.argmax(-1) != data.y.argmax(-1)).sum(-1)
    ax.plot(runs.path.steps, wrong.T, dash, color=lm.plots.PALETTE[name], label=["random labels" if random else "true labels", None, None])
ax.set(xlabel="step (number)", ylabel="wrong, of 300 (number)")
ax.legend()
alt = "Three curves for true labels fall to nearly zero within 100 steps; three for random labels fall slowly and stay above 70."
lm.show(fig, caption="Training digits that are wrong, with 72 neurons, three runs each.", alt=alt)

# %% tags=["headline"]
stored, experiment = lm.store.load("random_labels"), lm.experiments.random_labels
print(stored.made)
print("neurons  wrong of 300 after 2,000 steps, in 10 runs: true labels, random labels")
for T in experiment.FILTERS:
    true, random = (stored.row(filters=T, labels=labels)["wrong"] for labels in experiment.LABELS)
    print(f"{36 * T:7}  {true.min()} to {true.max():3}      {random.min():3} to {random.max():3}")

# %%
wrong = {labels: [stored.row(filters=T, labels=labels)["wrong"] for T in experiment.FILTERS] for labels in experiment.LABELS}
assert all((each == 0).all() for each in wrong["true"]) and not any((each == 0).all() for each in wrong["random"])
assert (wrong["random"][3] == 0).sum() == 7 and wrong["random"][4].min() >= 1

# %% tags=["reveal"]
lm.reveal(
    "5.2/labels",
    measured="true labels: none wrong in any run; random labels: best at 288 neurons, where 7 of 10 runs have none wrong",
    right="no width up to 432 does, in each of ten runs",
    explanation="Width helps, up to a point: at 432 neurons no run is done after 2,000 steps. The theorem does not promise that one finishes.",
)

# %% [markdown]
# Both can be fitted. So whatever the theorem explains, it is not why a network that has learnt digits recognises new ones: the same network, trained in the same way, learns noise as well. (That large image networks
# fit random labels was measured by Zhang et al. 2017.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What VGG satisfies
#
# Lesson 5.1 counts 3,211,264 neurons in the first layer of VGG, for 1,281,167 images. Is VGG covered?
#
# | condition | VGG |
# |---|---|
# | $n_1 \ge N$ | yes |
# | no pooling | no: max pooling |
# | later activations strictly monotone and differentiable | no: ReLU |
# | the layer after the wide one fully connected | no: a convolution |
# | squared loss, or another whose minimum is attained | no: cross-entropy |
#
# One condition of five. For VGG the paper proves that independent features *exist*, and nothing about its critical points.

# %% [markdown]
# ## What later work proved
#
# - **Descent arrives.** With one layer of width $N$ followed by layers of constant widths, gradient descent from suitable starts reaches zero loss, at a geometric rate (Nguyen and Mondelli 2020). This is the statement on training that
#   the theorem above does not make.
# - **No bad valleys.** With skip connections from enough neurons to the output, and cross-entropy, a path on which the loss never rises leads from any point towards zero (Nguyen, Mukkamala and Hein 2019).
# - **Bad local minima remain.** For almost all activations that are not linear, and generic data, there are local minima that are not global, however wide the network (Ding, Li and Sun 2019). So "good" cannot be dropped from the theorem.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# - *That training arrives.* The bound has no constant: its factors may go to zero along a run.
# - *That $n_1 \ge N$ is necessary.* It is sufficient.
# - *That VGG has no bad critical points.* One condition of five.
# - *Anything about new images.*

# %% tags=["quiz"]
lm.quiz(
    "5.2/good",
    "Training ends where the gradient is exactly zero, and $\\Phi = 3$. All conditions of the theorem are met. What do you know?",
    [
        ("Nothing: this cannot happen.", False, "It can: all weights zero is such a point."),
        ("The rows of $F_1$ are dependent, or $W_3$ lacks full rank.", True, "The point is not good, since good critical points have $\\Phi = 0$."),
        ("It is a local minimum.", False, "All weights zero is a saddle, so this does not follow."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "5.2/measure",
    "Which sentence follows from the lemma?",
    [
        ("A random start is good, with probability one.", True, "The bad points have measure zero, and a Gaussian start misses them."),
        ("A run stays among good points.", False, "It may approach bad ones: then the bound fades."),
        ("Almost every critical point is good.", False, "Critical points have measure zero themselves, so they may lie among the exceptions."),
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
    explanation="More neurons than images: the rank is the same, the smallest singular value is not.",
)
assert 20 < rates[8] / rates[3] < 200

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# With a layer of at least as many neurons as images, followed by a fully connected one, every good critical point is a global minimum, and almost every point is good. The exceptions hold a flat of bad critical points at every
# width, and with ReLU an open set. Training notices none of this at $n_1 = N$: it succeeds earlier, and now and then stops on a plateau.
#
# | quantity | found here | theorem |
# |---|---|---|
# | runs below 0.001 with 36 and 72 neurons, 100 images | 51 of 100 (41 to 61 %), 96 of 100 (90 to 98 %) | says nothing |
# | with 108 neurons | 98 of 100 (93 to 99 %) | no good critical point above zero |
# | gradient against its lower bound | $10^{10}$ times, typically | at least once |
# | all weights zero | bad saddle, loss 32.81, proved | not covered |
#
# The paper's own training table was not at hand; no number here is theirs.
#
# ## Go on
#
# - Exercises: [Width smooths the landscape](../../exercises/5_cnn_width/2_width_smooths.ipynb), then the
#   [solutions](../../solutions/5_cnn_width/2_width_smooths.ipynb).
# - Nguyen and Hein, *Optimization landscape and expressivity of deep CNNs*, ICML 2018, arXiv 1710.10928: the theorem and its proof.
# - Nguyen and Mondelli, *Global convergence of deep networks with one wide layer followed by pyramidal topology*, NeurIPS 2020, arXiv 2002.07867: descent arrives.
# - Ding, Li and Sun, *Sub-optimal local minima exist for neural networks with almost all non-linear activations*, arXiv 1911.01413 (2019): what remains.
