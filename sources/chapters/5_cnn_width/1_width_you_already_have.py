# %% [markdown] slideshow={"slide_type": "slide"}
# # Width you already have
#
# *A theorem asks for a layer with more neurons than there are training images. ImageNet has 1,281,167. Who would build such a network?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **count** the neurons of any layer, **prove** that features of a random layer are linearly independent, **explain** why one such proof is enough for almost all weights, **tell** full rank from a well-conditioned fit |
# | You need first | [Start here](../../00_start_here.ipynb); rank, determinant, singular values, convolution |
# | To read | 45 minutes, and 5 for the extra part |
# | To run | about 10 seconds on one core |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Count neurons
#
# Quynh Nguyen and Matthias Hein (2018) study networks in which one layer is at least as wide as the number of training images. Width counts **neurons**:
# the numbers that a layer puts out for one image. A convolutional layer with $T$ filters, each at $Q$ positions, has $T$ channels and
#
# $$ n = T \cdot Q \quad \text{neurons}. $$
#
# Below are eight image networks, each written after its own paper as an ordinary `nn.Module`. They live on torch's *meta device*, where a tensor has a
# shape and no numbers: the 138 million weights of VGG-16 take no memory.

# %%
import torch
import lmcourse as lm

# %% tags=["predict"]
lm.predict(
    "5.1/widths",
    "ImageNet has 1,281,167 training images. How many of eight well-known networks have a hidden layer with more neurons than that?",
    ["none", "one, VGG-16", "four", "all eight"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment = lm.experiments.layer_widths
widest = {name: experiment.measured(name)[1] for name in experiment.NETWORKS}
names = sorted(widest, key=lambda name: widest[name].neurons)
fig, ax = lm.plots.figure(9, 3.8)
enough = [widest[name].neurons > experiment.IMAGENET for name in names]
colors = [lm.plots.PALETTE["blue"] if wide else lm.plots.PALETTE["orange"] for wide in enough]
ax.barh(names, [widest[name].neurons / 1e6 for name in names], color=colors, hatch=["" if wide else "//" for wide in enough])
ax.axvline(experiment.IMAGENET / 1e6, color="black", linestyle="--", label="images of ImageNet")
ax.set(xlabel="neurons of the widest hidden layer (millions)")
ax.legend(loc="lower right")
alt = "Eight bars. VGG-16 with 3.2 and Xception with 2.8 pass the line at 1.28 far, both Inceptions a little; SqueezeNet ends below it, then "
alt += "ENet, ResNet-50 and GoogLeNet."
lm.show(fig, caption="The widest hidden layer of eight networks. Plain bars pass the line, hatched ones do not.", alt=alt)

# %% tags=["headline"]
for name, layer in widest.items():
    places, least = " x ".join(map(str, layer.positions)), experiment.PUBLISHED[name][1]
    print(f"{name:11}  {places} x {layer.channels:3} = {layer.neurons:9,}   in the paper: at least {least:4}K")

# %%
assert [widest[name].neurons > experiment.IMAGENET for name in experiment.NETWORKS] == [True] * 4 + [False] * 4
assert widest["VGG-16"].neurons == 3_211_264 and widest["SqueezeNet"].neurons == 1_182_816
assert sum(p.numel() for p in experiment.build("VGG-16").parameters()) == 138_357_544  # as its authors say: 138 million

# %% tags=["reveal"]
lm.reveal(
    "5.1/widths",
    measured="VGG-16, Xception, InceptionV3 and InceptionV4",
    right="four",
    explanation="64 channels sound narrow, but at 224 x 224 positions they are 3,211,264 neurons. The very first layer of VGG is wide enough.",
)

# %% [markdown]
# The column on the right is the paper's table 1, rounded lower bounds. For Xception it looks at an early layer; a later one is four times as wide. SqueezeNet
# comes within eight percent; its 111 x 111 positions need 227 x 227 pixels. ENet is made for street scenes, at 512 x 512, and its output layer, one answer a pixel, is left out here.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Independent features
#
# What is so much width good for? Take a network that is small enough to compute: $N = 200$ images of 8 x 8 independent Gaussian pixels, and $T$ filters of 3 x 3 that see
# $Q = 36$ patches each. The features of image $x$ are
#
# $$ F(x)_h = s\big( w_t^\top \operatorname{patch}_q(x) + b_h \big), \qquad h = (q-1)\,T + t, \qquad n_1 = 36\,T \text{ of them.} $$
#
# Images are the rows of $F$, an $N \times n_1$ matrix. Filters are shared by all patches; **each neuron has a bias of its own**, which is not usual, but it is what the theorem is about.
# All weights are drawn from $N(0, 1)$ and *never trained*. (In the paper: our $Q$ is $P_0$, our $F$ is $F_1$, our $s$ is $\sigma_1$.)

# %% tags=["predict"]
lm.predict(
    "5.1/fit",
    "Each of the 200 images gets a label, +1 or -1, by the toss of a coin. Only a last linear layer on 216 random features is fitted. How many labels can be met?",
    ["about 100: there is nothing to learn", "about 160", "all 200, up to rounding"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, activations = lm.experiments.independent_features, ("sigmoid", "softplus", "ReLU")
x, widths = experiment.images("gaussian", N=200), torch.arange(36, 433, 36)
fig, ax = lm.plots.figure(8, 3.6)
ranks = {}
for name, marker, size, color in zip(activations, "osv", (13, 8, 4), ("blue", "vermilion", "black"), strict=True):
    F = [experiment.features(x, *experiment.draw(filters=T), name) for T in range(1, 13)]  # (200, 36 T) each
    ranks[name] = torch.stack([torch.linalg.matrix_rank(each) for each in F])
    ax.plot(widths, ranks[name], marker, fillstyle="none", markersize=size, color=lm.plots.PALETTE[color], label=name)
ax.set(xlabel="neurons n_1 = 36 T (number)", ylabel="rank of F (number)", xticks=widths, ylim=(0, 220))
ax.legend(loc="lower right")
alt = "Rank against neurons: three kinds of marks lie on each other, rising 36 by 36 up to 180, then staying at 200 from 216 neurons on."
lm.show(fig, caption="Rank of the features of 200 Gaussian images at random weights, for three activations.", alt=alt)

# %% tags=["headline"]
W, b = experiment.draw(filters=6)  # (6, 9) and (216,)
seen = x.reshape(200, 8, 8).unfold(1, 3, 1).unfold(2, 3, 1).reshape(200, 36, 9)  # what the filters see
F = torch.sigmoid((seen @ W.T).flatten(1) + b)  # (200, 216)
y = (2 * lm.data.gaussian_patches(200, classes=2).y - 1).double()  # coin tosses, +1 or -1
weights = F.T @ torch.linalg.solve(F @ F.T, y)
print("labels with the right sign:", int((F @ weights * y > 0).sum()), "of 200")
print("largest error below 1e-9:", bool((F @ weights - y).abs().max() < 1e-9))

# %%
assert all((ranks[name] == widths.clamp_max(200)).all() for name in activations)
assert (F @ weights - y).abs().max() < 1e-9 and torch.allclose(F, experiment.features(x, W, b, "sigmoid"))

# %% tags=["reveal"]
lm.reveal(
    "5.1/fit",
    measured="200 of 200, to within 0.000000001",
    right="all 200, up to rounding",
    explanation="The rows of F are linearly independent, so a linear layer can give each image any answer. No filter had to learn anything.",
)

# %% [markdown]
# The fit is one formula: if the rows of $F$ are independent, $F F^\top$ is invertible, and
#
# $$ \lambda = F^\top (F F^\top)^{-1} y \qquad \text{gives} \qquad F \lambda = y \quad \text{for every } y \in \mathbb{R}^N . $$
#
# ### A rank needs a proof
#
# The computer says rank 200 because no singular value is below a *tolerance*. Rounded numbers can do no more: a matrix of rank 199 has neighbours of rank 200 as near as you like. But the weights are floats,
# exact numbers, and they make the matrix a definite one. Enclose its entries in balls (as in [lesson 4.2](../4_over_parameterization/2_proof_by_computer.ipynb)), guess a matrix $R$ with
# $FR \approx I$, and bound the error $\delta = |FR - I|$ rigorously. If $\delta < 1$, every unit vector $u$ has
# $|F^\top u|\,|R| \ge |u^\top F R| \ge 1 - \delta$. So no singular value is below $(1 - \delta) / |R| > 0$.

# %% tags=["headline"]
experiment, proofs = lm.experiments.independent_features, lm.experiments.rank_proofs
x = experiment.images("gaussian", N=200)
smooth = proofs.prove_rank(x, *experiment.draw(filters=6), "sigmoid")
pieces = proofs.prove_rank(x, *experiment.draw(filters=6), "ReLU")
print("sigmoid:", smooth)
print("ReLU:   ", pieces)

# %%
assert smooth.proved and pieces.proved and smooth.low == pieces.low == 200 and smooth.smallest > 0.1

# %% [markdown]
# ReLU needs no balls: floats are fractions, so are its features, and the rank is computed in whole numbers modulo a prime (which can only lower it).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The theorem, and why one example is enough
#
# **Theorem (Nguyen and Hein 2018, theorems 3.4 and 3.5 for the first layer).** *Let no patch of one image equal a patch of another. Let the layer be convolutional or fully connected, with a
# bias for each neuron, and $n_1 \ge N$. (1) For sigmoid, softplus and ReLU there are weights with $\operatorname{rank} F = N$. (2) If the activation is real analytic,
# as sigmoid and softplus are, then $\operatorname{rank} F = N$ for all weights outside a set of measure zero.* (The paper has both for any layer; with max pooling below it, (1) alone.)
#
# The step from (1) to (2) is worth knowing. The rank is below $N$ exactly where **all** $N \times N$ minors of $F$ vanish. Each minor is a polynomial in features, so an analytic function of the weights. An
# analytic function that is not zero everywhere is zero on a set of measure zero only. So **one** choice of weights with full rank is enough for almost all. Along a line through weight space
# this can be seen. Take 4 images, 4 neurons, and walk from one random choice of weights in the direction of another:

# %% slideshow={"slide_type": "slide"}
experiment, t = lm.experiments.independent_features, torch.linspace(-3, 1, 601, dtype=torch.float64)
x, start, direction = experiment.images("gaussian", N=4), experiment.draw(4, seed=40), experiment.draw(4, seed=41)
W = start[0] + t[:, None, None] * direction[0]  # (601, 4, 9): the filters at each t
b = start[1] + t[:, None] * direction[1]  # (601, 144)
fig, axes = lm.plots.figure(10, 3.6, columns=2)
minors = {}
for ax, name in zip(axes, ("sigmoid", "ReLU"), strict=True):
    minor = torch.linalg.det(experiment.features(x, W, b, name)[..., :4])  # all four filters at the first patch
    minors[name] = minor / minor.abs().max()
    ax.plot(t, minors[name], color=lm.plots.PALETTE["blue"])
    ax.plot(t[minor == 0], minor[minor == 0], color=lm.plots.PALETTE["vermilion"], linewidth=5)
    ax.axhline(0, color=lm.plots.PALETTE["grey"], linewidth=0.8)
    ax.set(title=name, xlabel="place t on the line (no unit)", ylabel="minor, divided by its largest size")
alt = "Two curves. The sigmoid minor crosses zero at two single places. The ReLU minor lies on zero from -3 to about -0.9, then rises a little and crosses zero once."
lm.show(fig, caption="A 4 x 4 minor along a line of weights. The thick part is exactly zero.", alt=alt)

# %%
off = (experiment.before(x, W, b)[..., :4] <= 0).all(dim=1).any(dim=1)  # at each t: is one of the four off for all images?
crossings = {name: int((minor[1:] * minor[:-1] < 0).sum()) for name, minor in minors.items()}
assert crossings == {"sigmoid": 2, "ReLU": 1} and not (minors["sigmoid"] == 0).any()
assert off.sum() > 300 and abs(t[off].max() + 0.85) < 0.02 and (minors["ReLU"][off] == 0).all() and (minors["ReLU"][~off] != 0).all()

# %% [markdown]
# The sigmoid minor meets zero at single points. ReLU is not analytic: left of $t = -0.85$ one of its four neurons is *off* for all four images, its column of $F$ is zero, and so is the minor,
# on a whole stretch. Statement (2) cannot hold for ReLU (our remark; the version that we read leaves it open): with all biases at $-100$ every neuron is off, $F = 0$, and this stays so for all weights nearby. Statement (1), existence, holds.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Full rank, but how full?
#
# "Almost all weights" includes very small ones. Draw them from $N(0, s^2)$ and let the *scale* $s$ shrink.

# %% tags=["predict"]
lm.predict(
    "5.1/scale",
    "Sigmoid, 216 neurons, 200 Gaussian images, weights a hundred times smaller: $s = 0.01$. What happens to the rank, and to the fit by the formula in double precision?",
    ["the rank falls, the fit fails", "rank 200, the fit is as good as before", "rank 200, and the fit by the formula fails"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, proofs = lm.experiments.independent_features, lm.experiments.rank_proofs
x, y = experiment.images("gaussian", N=200), (2 * lm.data.gaussian_patches(200, classes=2).y - 1).double()
fig, ax = lm.plots.figure(8, 3.6)
rows = {}
for scale, dash, color in ((1, "-", "blue"), (0.1, "--", "vermilion"), (0.01, ":", "black")):
    W, b = experiment.draw(filters=6, scale=scale)
    F = experiment.features(x, W, b, "sigmoid")
    weights = F.T @ torch.linalg.solve(F @ F.T, y)
    rows[scale] = proofs.prove_rank(x, W, b, "sigmoid"), float((F @ weights - y).abs().max()), float(weights.norm())
    ax.semilogy(range(1, 201), torch.linalg.svdvals(F), dash, color=lm.plots.PALETTE[color], label=f"s = {scale}")
ax.set(xlabel="place (number)", ylabel="singular value of F")
ax.legend(loc="upper right")
alt = "Three falling curves of 200 singular values, all from about 100. They end near 0.1 for scale 1, near 0.001 for 0.1 and below 0.000001 for 0.01."
lm.show(fig, caption="Singular values of the features of the same images, at three scales of the same weights.", alt=alt)

# %% tags=["headline"]
for scale, (proof, error, length) in rows.items():
    print(f"s = {scale:4}: {proof}; formula fits to 1e-3: {error < 1e-3}")

# %%
print("largest errors of the formula:", *(f"{error:.0e}" for _, error, _ in rows.values()))
assert all(proof.proved and proof.low == 200 for proof, _, _ in rows.values())
assert rows[1][1] < 1e-9 and rows[0.01][1] > 1e-2 and rows[0.01][2] > 1e4 * rows[1][2]
assert rows[1][0].smallest > 1e4 * 1e-6 and 7e-7 < rows[0.01][0].smallest < 9e-7

# %% tags=["reveal"]
lm.reveal(
    "5.1/scale",
    measured="rank 200 proved for all three; at s = 0.01 the formula misses labels by more than 0.01",
    right="rank 200, and the fit by the formula fails",
    explanation="Full rank is a yes or no. How far from no is said by the smallest singular value, and it fell by a factor of 100,000.",
)

# %% [markdown]
# Look at the step after the 65th value. Near 0 the sigmoid is nearly a straight line, and with a straight line $F$ has rank 65 at most: 64 pixels and a constant. Only the curvature of the sigmoid lifts
# the other 135 singular values, and at small scale there is little of it. The fit then needs weights more than ten thousand times as long, and $F F^\top$ squares the trouble. Training the last layer by
# gradient descent would take a number of steps of the order of (largest / smallest singular value)². So "linearly independent at random weights" is a statement about *existence* of a fit, not about
# ease. More width helps: the explorer shows how much.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Explore
#
# Left the singular values of $F$ for 200 images, above the line of rounding that `matrix_rank` draws; right the rank for 1 to 12 filters. *Prove* proves the rank for the chosen setting, in a second. **Two settings to
# try.** Sigmoid, Gaussian images, scale 0.01: raise the filters from 6 to 12 and watch the smallest singular value. Then choose ReLU and change the scale: what stays the same, and why?
# (Its features obey $s(cz) = c\, s(z)$ for $c > 0$.)

# %% slideshow={"slide_type": "slide"}
lm.widgets.FeatureRankExplorer()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Handwritten digits
#
# Gaussian images have no equal patches. Real images do: of 1,797 handwritten digits, 8 x 8 pixels, 1,772 share a patch with another one; blank paper alone is seen in 737. The theorem's assumption fails.

# %% tags=["predict"]
lm.predict(
    "5.1/digits",
    "The first 200 digits, 216 neurons, random weights at scale 1. With which activations do the features have rank 200 in nearly all draws?",
    ["with none: the assumption fails", "with all three", "with sigmoid and softplus", "with ReLU alone"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, activations = lm.experiments.independent_features, ("sigmoid", "softplus", "ReLU")
x, draws = experiment.images("digits", N=200), [experiment.draw(filters=6, seed=seed) for seed in range(100)]
ranks = {name: experiment.ranks(x, draws, name) for name in activations}  # (100,) each
most = torch.stack([experiment.largest_relu_rank(experiment.before(x, W, b), x) for W, b in draws])
shares = experiment.switching_shares(x, draws)  # (6, 6): how many neurons at each position are on for some images and off for others
fig, (left, right) = lm.plots.figure(10, 4, columns=2)
lm.plots.draw_share_grid(left, shares.flip(0), range(1, 7), range(6, 0, -1))
left.set(xlabel="column of the patch (number)", ylabel="row of the patch (number)", title="neurons that switch (percent)")
right.plot(most, ranks["ReLU"], "o", fillstyle="none", color=lm.plots.PALETTE["vermilion"])
right.axline((200, 200), slope=1, color=lm.plots.PALETTE["grey"], linestyle="--", linewidth=1)
right.set(xlabel="bound from counting neurons (number)", ylabel="rank of F (number)", title="ReLU, 100 draws")
alt = "Left a 6 by 6 grid of percentages, about 80 in the middle and 60 to 70 along the edges. Right a hundred circles, most on the diagonal, some a little below."
lm.show(fig, caption="200 digits, ReLU. Left: neurons that are on for some images and off for others. Right: rank, and a bound for it.", alt=alt)

# %% tags=["headline"]
for name, found in ranks.items():
    full = int((found == 200).sum())
    low, high = lm.binomial_interval(full, 100)
    print(f"{name:8}  rank 200 in {full:3} of 100 draws ({100 * low:.1f} to {100 * high:.1f} %), lowest rank {int(found.min())}")
print("ReLU: rank equal to the bound in", int((ranks["ReLU"] == most).sum()), "of 100 draws")

# %%
assert (ranks["sigmoid"] == 200).all() and (ranks["softplus"] == 200).all() and (ranks["ReLU"] == 200).sum() < 20
assert (ranks["ReLU"] <= most).all() and (ranks["ReLU"] == most).sum() > 80
seen = lm.networks.convolutional.patches(experiment.images("digits", 1797), (8, 8))  # (1797, 36, 9)
assert int(lm.networks.convolutional.shared_patches(seen).sum()) == 1772 and int((seen == 0).all(2).any(1).sum()) == 737

# %% tags=["reveal"]
lm.reveal(
    "5.1/digits",
    measured="100 of 100 draws with sigmoid and with softplus; few with ReLU",
    right="with sigmoid and softplus",
    explanation="The assumption is sufficient, not necessary. ReLU fails for another reason: many of its neurons never switch.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Why ReLU fails
#
# All pixels of the digits lie between 0 and 1, so all patches point the same way, and near the edges they are short as well. Where a bias, or weights of one sign, outweigh
# the rest, a ReLU neuron is on for all images or off for all. Gaussian pixels have both signs; there nearly every neuron switches. Count:
#
# - A neuron that is **off** for all images gives a column of zeros.
# - One that is **on** for all images is an affine function of the pixels. All of these together have rank at most 1 plus the number of pixels that differ at all.
# - Only neurons that **switch**, on for some images and off for others, can bring a dimension each.
#
# So the rank is at most the number of neurons that switch, plus the number of those that are on for all or of differing pixels plus one, whichever is smaller. That is the bound in the figure, and it explains
# the loss almost completely. For one draw both sides are proved, in whole numbers:

# %% tags=["headline"]
experiment, proofs = lm.experiments.independent_features, lm.experiments.rank_proofs
x, (W, b) = experiment.images("digits", N=200), experiment.draw(filters=6)
off, on = (int(count) for count in experiment.counts(experiment.before(x, W, b)))
print(f"ReLU: {off} of 216 neurons are off for all 200 digits, {on} are on for all")
print("ReLU:   ", proofs.prove_rank(x, W, b, "ReLU"))
print("sigmoid:", proofs.prove_rank(x, W, b, "sigmoid"))

# %%
dead, alive = proofs.prove_rank(x, W, b, "ReLU"), proofs.prove_rank(x, W, b, "sigmoid")
assert dead.proved and dead.low == 183 and alive.proved and alive.low == 200

# %% [markdown]
# Now use the argument from the proof of the theorem. The sigmoid's $\det(F F^\top)$ is analytic in the weights, and at *one* point it is proved not to be zero. So **for almost all weights the features of these 200
# digits are independent**: proved here, for images that the theorem does not cover. (For all 1,797 digits and 50 filters the same call takes a minute and 3 GB of memory. Run once for this course, it
# says: rank 1797, proved.)
#
# Two remedies for ReLU come to mind. Noise of size 0.001 on each pixel makes all patches differ, as the assumption asks. Twice the width makes up for neurons that are lost. A stored run tried both, with 20 draws each:

# %% tags=["headline"]
stored, experiment = lm.store.load("independent_features"), lm.experiments.independent_features
for N in (200, 500, 1000, 1797):
    T, words = experiment.filters_for(N), []
    for images, name, filters in (("digits", "sigmoid", T), ("digits", "ReLU", T), ("noisy digits", "ReLU", T), ("digits", "ReLU", 2 * T)):
        rank = stored.row(images=images, N=N, activation=name, filters=filters)["rank"]
        words.append(f"{rank.min()} to {rank.max()}")
    print(f"N = {N:4}: sigmoid {words[0]}; ReLU {words[1]}, with noise {words[2]}, twice as wide {words[3]}")

# %%
print(stored.made)
spec = {"images": "digits", "N": 200, "activation": "ReLU", "filters": 6}
live = experiment.run_chunk(spec, seeds=range(5))["rank"]  # the same code, a small part of it, now
print("the first five ReLU draws at N = 200, again:", *live, "- stored:", *stored.row(**spec)["rank"][:5])
assert (live == stored.row(**spec)["rank"][:5]).all()
for N in (500, 1000, 1797):
    T = experiment.filters_for(N)
    with_noise = stored.row(images="noisy digits", N=N, activation="ReLU", filters=T)["rank"]
    assert with_noise.max() < N and abs(with_noise.mean() / stored.row(images="digits", N=N, activation="ReLU", filters=T)["rank"].mean() - 1) < 0.01
    assert (stored.row(images="digits", N=N, activation="ReLU", filters=2 * T)["rank"] == N).all()

# %% [markdown]
# Noise changes next to nothing: a neuron that does not switch hardly notices it. Twice the width was enough in 20 of 20 draws (a share of 83.9 to 100 %), for each number of images.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# | the theorem asks for | and VGG-16 on ImageNet |
# |---|---|
# | $n_1 \ge N$ | has it: 3,211,264 against 1,281,167 |
# | a bias for each neuron | one for each filter |
# | an analytic activation, for "almost all" | ReLU |
# | no patch in two images | not likely: think of white sky |
#
# - *"Width is the number of channels."* It is channels times positions.
# - *"Independent features make training easy."* Conditioning decides. And for ImageNet $F$ would have $4 \cdot 10^{12}$ entries, 33 terabytes.
# - *"$n_1 \ge N$ is necessary."* It is sufficient for fitting *any* labels. Lesson 5.2 fits real ones far below it.
# - *"Analytic is a technicality."* On digits it decides.
# - *"It explains why networks generalise."* It does not speak of new images, and the fit above met coin tosses.
# - *"Training finds the fit."* We solved for the last layer alone. What gradient descent does with all layers is [lesson 5.2](2_width_smooths.ipynb).
#
# We read the first version of the paper (arXiv 1710.10928v1, 2017), which has no experiments. All measurements here are ours.

# %% tags=["quiz"]
lm.quiz(
    "5.1/layer",
    "A layer of 32 filters of size 5 x 5, stride 1, no padding, sees images of 32 x 32 pixels. Up to how many images does its width suffice?",
    [
        ("32", False, "That is the number of channels. Each filter answers at many positions."),
        ("25,088", True, "28 positions a side: 32 times 28 times 28."),
        ("32,768", False, "Without padding a 5 x 5 patch fits at 28 positions a side, not 32."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "5.1/one-proof",
    "For one draw of ReLU weights the rank is proved to be 200. What follows for other weights?",
    [
        ("Almost all others have rank 200.", False, "That step needs an analytic minor. ReLU has whole regions of lower rank."),
        ("Nothing at all.", False, "A minor that is not zero stays so nearby: features are continuous."),
        ("All that are close enough have rank 200.", True, "Full rank is an open condition, for any continuous activation."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: shared biases, equal images, fewer weights
#
# The theorem wants a bias for each neuron; usual code has one for each filter. And no patch may occur twice, so no image either.

# %% tags=["headline"]
experiment, proofs = lm.experiments.independent_features, lm.experiments.rank_proofs
x, (W, b) = experiment.images("gaussian", N=200), experiment.draw(filters=6)
shared = b[:6].repeat(36)  # the first patch's biases for all patches
print("shared biases:", proofs.prove_rank(x, W, shared, "sigmoid"))
twice = torch.cat([x[:1], x[:199]])  # the first image stands there twice
F = experiment.features(twice, W, b, "sigmoid")
print("two equal images: rank", int(torch.linalg.matrix_rank(F)), "and without the copy", proofs.prove_rank(twice[1:], W, b))

# %%
assert proofs.prove_rank(x, W, shared, "sigmoid").low == 200 and torch.equal(F[0], F[1])
assert int(torch.linalg.matrix_rank(F)) == proofs.prove_rank(twice[1:], W, b).low == 199

# %% [markdown]
# With shared biases one proved draw is again enough for almost all, on these images (our remark). Two equal rows cost one rank, at any width: that is exact.
#
# Sharing filters saves weights. To fit any $N$ labels, a fully connected layer of $N$ neurons needs $Nd$ weights, $N$ biases and $N$ output weights, $N(d + 2)$ in all. A convolutional one needs
# $2N + 9T$, which is below $3N$ here (corollary 3.6 of the paper): at $N = 216$ images of 64 pixels 486 in place of 14,256.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# Early layers of four of eight image networks have more neurons than ImageNet has images, because a layer's width is channels times positions. At that width the features of random, untrained, analytic neurons are linearly
# independent for almost all weights, so a linear layer on top fits any labels; one proved example is enough to know it. How well the fit is conditioned, and whether ReLU neurons switch at all, are other questions.
#
# | quantity | found here | the paper |
# |---|---|---|
# | widest layer of VGG-16, in neurons | 3,211,264 | at least 3000K |
# | networks above 1,281,167 images | 4 of 8 | 3 of 8 by its lower bounds |
# | rank at 216 random neurons, 200 Gaussian images | 200, proved for one draw | 200 for almost all (sigmoid, softplus) |
# | 200 digits, sigmoid | 100 of 100 draws (96.3 to 100 %), one of them proved | not covered |
#
# ## Go on
#
# - Exercises: [Width you already have](../../exercises/5_cnn_width/1_width_you_already_have.ipynb), then the
#   [solutions](../../solutions/5_cnn_width/1_width_you_already_have.ipynb).
# - Nguyen and Hein, *Optimization landscape and expressivity of deep CNNs*, ICML 2018: the theorems, and the table of widths.
# - Nguyen and Hein, *The loss surface of deep and wide neural networks*, ICML 2017: the fully connected predecessor.
# - The next lesson: [Width smooths the landscape](2_width_smooths.ipynb).
