# %% [markdown] slideshow={"slide_type": "slide"}
# # Width you already have
#
# *A theorem asks for a layer with more neurons than there are training images. ImageNet has 1,281,167. Who would build such a network?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **count** the neurons of any layer, **see** how the rank of a random layer's features is proved, **explain** what one such proof says about almost all weights, **tell** a rank from the conditioning of a fit |
# | You need first | [Start here](../../00_start_here.ipynb); rank, determinant, singular values, convolution |
# | To read | 60 minutes, and 5 for the extra part |
# | To run | about 10 seconds on one core |
# | Words and letters | [glossary](../../companion/2_glossary.ipynb), [notation](../../companion/1_notation.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Count neurons
#
# Quynh Nguyen and Matthias Hein (2018) study networks in which one layer is at least as wide as the number of training images. Width counts **neurons**:
# the numbers that a layer puts out for one image. A convolutional layer with $T$ filters, each at $Q$ positions, has $T$ channels and
#
# $$ n = T \cdot Q \quad \text{neurons}. $$
#
# Eight image networks are counted here, each written after its own paper as an ordinary `nn.Module`. They live on torch's *meta device*, where a tensor has a
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
ax.barh(names, [widest[name].neurons / 1e6 for name in names], color=colors, hatch=["" if wide else "//" for wide in enough], edgecolor="black")
ax.axvline(experiment.IMAGENET / 1e6, color="black", linestyle="--", label="images of ImageNet")
ax.set(xlabel="neurons of the widest hidden layer (millions)")
ax.legend(loc="lower right")
alt = "Eight bars. VGG-16 with 3.2 and Xception with 2.8 pass the line at 1.28 far, both Inceptions a little; SqueezeNet ends below it, then "
alt += "ENet, ResNet-50 and GoogLeNet."
lm.show(fig, caption="The widest hidden layer of eight networks. Plain bars pass the line, hatched ones do not.", alt=alt)

# %% tags=["headline"]
stored = lm.store.load("layer_widths")  # the whole table: first layers and widest ones
print("network      first layer  paper: at least  widest layer                 paper: at least")
for name, layer in widest.items():
    places, first = " x ".join(map(str, layer.positions)), int(stored.row(network=name)["first"][0])
    least_first, least = experiment.PUBLISHED[name]
    print(f"{name:11}  {first:11,}  {least_first:14}K", end="  ")
    print(f"{places} x {layer.channels:3} = {layer.neurons:9,}  {least:14}K")

# %%
print(stored.made)
for name, layer in widest.items():
    row, bounds = stored.row(network=name), [1000 * bound for bound in experiment.PUBLISHED[name]]
    assert row["widest"][0] == layer.neurons >= bounds[1] and row["first"][0] >= bounds[0]
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
# The bounds are those of the paper's table 1; all sixteen hold. For Xception the second bound fits the first layer, of 149 x 149 x 32 neurons; a later one is nearly four times as wide. SqueezeNet
# comes within eight percent; its 111 x 111 positions need 227 x 227 pixels. ENet is made for street scenes, at 512 x 512, and its output layer, one answer a pixel, is left out here.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Random features
#
# Take a network that is small enough to compute: $N = 200$ images of 8 x 8 independent Gaussian pixels, and $T$ filters of 3 x 3 that see
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
ax.set(xlabel="neurons $n_1 = 36 T$ (number)", ylabel="rank of F (number)", xticks=widths, ylim=(0, 220))
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
# $$ v = F^\top (F F^\top)^{-1} y \qquad \text{gives} \qquad F v = y \quad \text{for every } y \in \mathbb{R}^N . $$

# %% [markdown] slideshow={"slide_type": "slide"}
# ### A rank needs a proof
#
# The computer says [rank](../../companion/2_glossary.ipynb#Rank) 200 because no [singular value](../../companion/2_glossary.ipynb#Singular-value) is below a *tolerance*. Rounded numbers can do no more: a matrix of rank 199 has neighbours of rank 200 as near as you like. But the weights are floats,
# exact numbers, and they make the matrix a definite one. So the rank can be proved: with balls for the sigmoid, in whole numbers for ReLU.

# %% [markdown]
# Enclose each entry in a *[ball](../../companion/2_glossary.ipynb#Ball)*, a midpoint and a
# radius that surely holds the true number ([lesson 4.2](../4_over_parameterization/2_proof_by_computer.ipynb) has more). Guess a matrix $R$ with $FR \approx I$, for instance `pinv(F)`, and bound the error $\delta = |FR - I|_{op}$ rigorously;
# $|\cdot|_{op}$ is the largest singular value. If $\delta < 1$, every unit vector $u$ has
# $|F^\top u|\,|R|_{op} \ge |u^\top F R| \ge 1 - \delta$. So no singular value is below $(1 - \delta) / |R|_{op} > 0$.

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
# bias for each neuron, and $n_1 \ge N$. (1) For [sigmoid](../../companion/2_glossary.ipynb#Sigmoid), softplus and ReLU there are weights, biases included, with $\operatorname{rank} F = N$. (2) For sigmoid and softplus, which are
# real analytic, $\operatorname{rank} F = N$ for all weights outside a set of [measure zero](../../companion/2_glossary.ipynb#Measure-zero).* (The paper has both for any layer; (1) for a class of activations that leaves out polynomials, (2) for the analytic ones of this class. With max pooling below the layer, (1) alone.)

# %% [markdown] slideshow={"slide_type": "slide"}
# The step from (1) to (2) is worth knowing. The rank is below $N$ exactly where **all** $N \times N$ minors of $F$ vanish. Each minor is a polynomial in features, so an analytic function of the weights. An
# analytic function on $\mathbb{R}^m$ that is not zero everywhere is zero on a set of measure zero only. So **one** choice of weights with full rank is enough for almost all.
#
# Look at the smallest case. Cut 4 images to one patch, take 4 filters: $n_1 = N = 4$, and $F$ has a single minor, $\det F$. Walk on a line through weight space, from one random choice of weights in the direction of another.

# %% slideshow={"slide_type": "slide"}
experiment, t = lm.experiments.independent_features, torch.linspace(-3, 1, 601, dtype=torch.float64)
x, start, direction = experiment.images("gaussian", N=4), experiment.draw(4, seed=40), experiment.draw(4, seed=41)
W = start[0] + t[:, None, None] * direction[0]  # (601, 4, 9): the filters at each t
b = start[1] + t[:, None] * direction[1]  # (601, 144)
fig, axes = lm.plots.figure(10, 3.6, columns=2)
F = {name: experiment.features(x, W, b, name)[..., :4] for name in ("sigmoid", "ReLU")}  # (601, 4, 4): the first patch
minors = {name: torch.linalg.det(each) / torch.linalg.det(each).abs().max() for name, each in F.items()}
for ax, (name, minor) in zip(axes, minors.items(), strict=True):
    ax.plot(t, minor, color=lm.plots.PALETTE["blue"])
    for place in t[minor == 0][-1:]:
        ax.plot([t[0], place], [0, 0], "-|", color=lm.plots.PALETTE["vermilion"], linewidth=5, markersize=24, markeredgewidth=2)
    ax.axhline(0, color=lm.plots.PALETTE["grey"], linewidth=0.8)
    ax.set(title=name, xlabel="place t on the line (no unit)", ylabel="det F, scaled (no unit)")
alt = "Two curves. With sigmoid det F crosses zero at two single places. With ReLU it lies on zero from -3 to -0.85, then rises a little and crosses zero once."
lm.show(fig, caption="det F of 4 images and 4 neurons along a line of weights, scaled to a largest absolute value of 1. Thick: exactly zero.", alt=alt)

# %%
rank = {name: torch.linalg.matrix_rank(each) for name, each in F.items()}  # at each of the 601 places
print("ranks at the 601 places:", "; ".join(f"{name} {', '.join(map(str, sorted(set(each.tolist()))))}" for name, each in rank.items()))
off = (experiment.before(x, W, b)[..., :4] <= 0).all(dim=1).any(dim=1)  # at each t: is one of the four off for all images?
crossings = {name: int((minor[1:] * minor[:-1] < 0).sum()) for name, minor in minors.items()}
assert crossings == {"sigmoid": 2, "ReLU": 1} and not (minors["sigmoid"] == 0).any()
assert off.sum() > 300 and abs(t[off].max() + 0.85) < 0.02 and (minors["ReLU"][off] == 0).all() and (minors["ReLU"][~off] != 0).all()
assert (rank["ReLU"][off] < 4).all() and (rank["ReLU"][~off] == 4).all() and (rank["sigmoid"] == 4).all()
assert (torch.linalg.matrix_rank(experiment.features(x, W, b, "ReLU")) == 4).all()  # all 36 patches, 144 neurons

# %% [markdown]
# With sigmoid $\det F$ changes sign twice and meets zero at single points; analytic, it can do no more. ReLU is not analytic: left of $t = -0.85$ one of the four neurons is *off* for all four images, its column of $F$ is zero,
# and the rank is 3 or 2 on a whole stretch. More neurons would hide this: with all 36 patches, 144 neurons, the rank is 4 all along.
#
# Statement (2) cannot hold for ReLU at any width (our remark; the version that we read leaves it open). Lower all biases until every neuron is off for the given images: $F = 0$, and this stays so for all weights nearby ([a dead layer](../2_blind_spots/3_dead_layers.ipynb#Switch-a-layer-off)). Statement (1), existence, holds.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Small weights
#
# "Almost all weights" includes very small ones. Draw weights and biases from $N(0, c^2)$ and let the *scale* $c$ shrink.

# %% tags=["predict"]
lm.predict(
    "5.1/scale",
    "Sigmoid, 216 neurons, 200 Gaussian images, weights a hundred times smaller: scale $c = 0.01$. What happens to the rank, and does the formula $F^\\top (F F^\\top)^{-1} y$, "
    "in double precision, still meet all labels to within 0.001?",
    ["the rank falls, and it misses labels by more", "rank 200, and it meets them", "rank 200, and it misses labels by more"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, proofs = lm.experiments.independent_features, lm.experiments.rank_proofs
x, y = experiment.images("gaussian", N=200), (2 * lm.data.gaussian_patches(200, classes=2).y - 1).double()
fig, ax = lm.plots.figure(8, 3.6)
fits = {}
for scale, dash, color in ((1, "-", "blue"), (0.1, "--", "vermilion"), (0.01, ":", "black")):
    F = experiment.features(x, *experiment.draw(filters=6, scale=scale), "sigmoid")
    by_formula = F.T @ torch.linalg.solve(F @ F.T, y)
    by_lstsq = torch.linalg.lstsq(F, y[:, None], driver="gelsd").solution[:, 0]  # works on F itself
    fits[scale] = F, by_formula, by_lstsq
    ax.semilogy(range(1, 201), torch.linalg.svdvals(F), dash, color=lm.plots.PALETTE[color], label=f"scale {scale}")
ax.set(xlabel="place (number)", ylabel="singular value of F (no unit)")
ax.legend(loc="upper right")
alt = "Three falling curves of 200 singular values, all from about 100. They end near 0.1 for scale 1, near 0.001 for 0.1 and below 0.000001 for 0.01."
lm.show(fig, caption="Singular values of the features of the same images, at three scales of the same weights.", alt=alt)

# %% tags=["headline"]
found = {scale: proofs.prove_rank(x, *experiment.draw(filters=6, scale=scale), "sigmoid") for scale in fits}
for scale, (F, *both) in fits.items():
    met = [bool((F @ weights - y).abs().max() < 1e-3) for weights in both]
    print(f"scale {scale:4}: {found[scale]}")
    print(f"            all labels met to within 0.001: by the formula {met[0]}, by lstsq {met[1]}; length of v {both[1].norm():,.0f}")

# %%
errors = {scale: [float((F @ weights - y).abs().max()) for weights in both] for scale, (F, *both) in fits.items()}
for scale, (F, by_formula, _) in fits.items():
    right = int((F @ by_formula * y > 0).sum())
    print(f"scale {scale:4}: largest error {errors[scale][0]:.0e} by the formula ({right} signs right), {errors[scale][1]:.0e} by lstsq")
assert all(proof.proved and proof.low == 200 for proof in found.values())
assert errors[1][0] < 1e-9 and errors[0.01][0] > 1e-3 and errors[0.01][1] < 1e-6  # the middle one is rounding noise
assert fits[0.01][2].norm() > 1e5 * fits[1][2].norm() and found[1].smallest > 1e5 * 8e-7
assert 7e-7 < found[0.01].smallest < 9e-7 and 900 < found[0.1].smallest / found[0.01].smallest < 1000

# %% tags=["reveal"]
lm.reveal(
    "5.1/scale",
    measured="rank 200 proved for all three; at scale 0.01 the formula misses labels by more than 0.001, lstsq by less",
    right="rank 200, and it misses labels by more",
    explanation="The features still allow the fit, and lstsq finds it. The formula loses it: it works with $F F^\\top$, whose condition number is the square.",
)

# %% [markdown]
# At scale 0.01 the ratio of the largest to the smallest singular value of $F$ is $10^8$. $F F^\top$ squares it, to $10^{16}$, and a double has 16 digits. How far the formula errs is rounding noise and may differ on your machine; here all 200
# *signs* were still right. No method can mend the length: every $v$ that meets these labels is at least about 3 million long (2.98), in place of 26.
#
# Look at the step after the 65th value. Near 0 the sigmoid is nearly a straight line, and with a straight line $F$ has rank 65 at most: 64 pixels and a constant. Its second derivative at 0 is zero, so only the cubic term, of size $c^3$, lifts
# the other 135 singular values: from scale 0.1 to 0.01 the smallest falls by a factor of 950, nearly $10^3$. To meet all labels closely, gradient descent on the last layer would need a number of steps of the order of (largest / smallest singular value)²
# (not run here). So "linearly independent at random weights" is a statement about *existence* of a fit, not about ease. More width helps: the explorer shows how much.

# %% [markdown]
# ## Explore
#
# Left the singular values of $F$ for 200 images, above the line of rounding that `matrix_rank` draws; right the rank for 1 to 12 filters. *Prove* proves the rank for the chosen setting, in a second. **Two settings to try.** Sigmoid, Gaussian images, scale 0.01: raise the filters from 6 to 12 and watch the smallest singular value. Then choose ReLU and change the scale: what stays the same, and why?

# %% slideshow={"slide_type": "slide"}
lm.widgets.FeatureRankExplorer()

# %% [markdown]
# With ReLU the ratio stays: weights and biases times $c > 0$ make all features, and so all singular values, times $c$. Small weights cost a sigmoid its curvature; ReLU has its kink at any scale.

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
left.set(xlabel="column of the patch (number)", ylabel="row of the patch (number)", title="neurons that switch (percent, 100 draws)")
right.plot(most, ranks["ReLU"], "o", fillstyle="none", color=lm.plots.PALETTE["vermilion"])
right.axline((200, 200), slope=1, color=lm.plots.PALETTE["grey"], linestyle="--", linewidth=1)
right.set(xlabel="bound from counting neurons (number)", ylabel="rank of F (number)", title="ReLU, 100 draws")
alt = "Left a grid of percentages, 70 to 81 inside and 60 to 75 along the edges. Right circles, most on the diagonal, some a little below."
lm.show(fig, caption="200 digits, ReLU. Left: neurons on for some images, off for others. Right: rank, and a bound (ten draws lie at 200, 200).", alt=alt)

# %% tags=["headline"]
for name, found in ranks.items():
    full = int((found == 200).sum())
    low, high = lm.binomial_interval(full, 100)
    print(f"{name:8}  rank 200 in {full:3} of 100 draws (share {100 * low:.1f} to {100 * high:.1f} %), lowest rank {int(found.min())}")
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
    explanation="The assumption is sufficient, not necessary. Most ReLU draws miss full rank, and the rank falls with the number of neurons that switch.",
)

# %% [markdown]
# (Shares in brackets are 95 % intervals, Wilson 1927, here and below.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Neurons that never switch
#
# Why does ReLU lose rank here? Count:
#
# - A neuron that is **off** for all images gives a column of zeros.
# - One that is **on** for all images is an affine function of the pixels. All of these together have rank at most 1 plus the number of pixels that differ at all.
# - Only neurons that **switch**, on for some images and off for others, can bring a dimension each.
#
# So the rank is at most the number of neurons that switch, plus the smaller of two numbers: that of the neurons that are on for all images, and that of the pixels that differ plus one. This bound is proved, and in the
# figure the rank equals it in 87 of 100 draws (measured). For one draw both sides are proved, in whole numbers:

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

# %% [markdown] slideshow={"slide_type": "slide"}
# And why do neurons never switch? A guess: all pixels lie between 0 and 1, so patches have one sign, and they are short. A bias, or weights of one sign, outweigh the rest. Gaussian pixels have both signs. Test the guess on the same 100 draws:
# give the pixels both signs (subtract each pixel's mean over the images), then make the patches longer, too (divide by the standard deviation of all pixels).

# %% tags=["headline"]
experiment, x = lm.experiments.independent_features, lm.experiments.independent_features.images("digits", N=200)
draws, centred = [experiment.draw(filters=6, seed=seed) for seed in range(100)], x - x.mean(dim=0)
full, still = [], []
for name, seen in (("as they are", x), ("minus pixel means", centred), ("and made longer", centred / centred.std())):
    full.append(int((experiment.ranks(seen, draws, "ReLU") == 200).sum()))
    still.append(sum(float(sum(experiment.counts(experiment.before(seen, W, b)))) for W, b in draws) / 100)
    low, high = lm.binomial_interval(full[-1], 100)
    print(f"{name:17}: {still[-1]:4.1f} of 216 neurons never switch; rank 200 in {full[-1]:3} of 100 draws ({100 * low:.0f} to {100 * high:.0f} %)")

# %%
assert full == [10, 82, 100] and still[0] > 2 * still[1] > 40 * still[2]
shared, cut = lm.networks.convolutional.shared_patches, lm.networks.convolutional.patches
assert [int(shared(cut(each, (8, 8))).sum()) for each in (x, centred / centred.std())] == [182, 156]

# %% [markdown]
# The guess holds on these draws, and it is a remedy. Shared patches are not the cause: after both steps 156 of the 200 images still have a patch of another one (182 before).

# %% [markdown] slideshow={"slide_type": "slide"}
# Now use the argument from the proof of the theorem. The sigmoid's $\det(F F^\top)$ is analytic in all weights and biases, and at *one* point it is proved not to be zero. So **for almost all weights the features of these 200
# digits are independent**: proved here, for images that the theorem does not cover.

# %% [markdown]
# (For all 1,797 digits and 50 filters the same call takes a minute and 3 GB of memory. Run once for this course, it
# says: rank 1797, proved.)

# %% [markdown] slideshow={"slide_type": "slide"}
# Two other remedies come to mind. Noise of size 0.001 on each pixel makes all patches differ, as the assumption asks. Twice the width makes up for neurons that are lost. A stored run tried both, with 20 draws each:

# %% tags=["headline"]
stored, experiment = lm.store.load("independent_features"), lm.experiments.independent_features
print("lowest and highest rank of 20 draws\n  images  sigmoid       ReLU          ReLU and noise  ReLU, twice as wide")
for N in (200, 500, 1000, 1797):
    T, words = experiment.filters_for(N), []
    for images, name, filters in (("digits", "sigmoid", T), ("digits", "ReLU", T), ("noisy digits", "ReLU", T), ("digits", "ReLU", 2 * T)):
        rank = stored.row(images=images, N=N, activation=name, filters=filters)["rank"]
        words.append(f"{rank.min()} to {rank.max()}")
    print(f"{N:8}  {words[0]:12}  {words[1]:12}  {words[2]:14}  {words[3]}")

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
# | a bias for each neuron | no: one for each filter |
# | sigmoid, softplus or another analytic one of the class, for "almost all" | no: ReLU |
# | no patch in two images | not counted; surely violated: plain white in two photographs is enough |
#
# - *"Width is the number of channels."* It is channels times positions.
# - *"Independent features make training easy."* Conditioning decides. And for ImageNet $F$ would have $4 \cdot 10^{12}$ entries, 33 terabytes.
# - *"$n_1 \ge N$ is necessary."* It is sufficient for fitting *any* labels. [Lesson 5.2](2_width_smooths.ipynb) fits real ones far below it.
# - *"Analytic is a technicality."* On the digits as they are, 90 of 100 ReLU draws miss full rank, and no sigmoid draw.
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
print("200 images, two of them equal: rank", int(torch.linalg.matrix_rank(F)))
print("after removing the copy:", proofs.prove_rank(twice[1:], W, b))

# %%
assert proofs.prove_rank(x, W, shared, "sigmoid").low == 200 and torch.equal(F[0], F[1])
assert int(torch.linalg.matrix_rank(F)) == proofs.prove_rank(twice[1:], W, b).low == 199

# %% [markdown] slideshow={"slide_type": "slide"}
# With shared biases one proved draw is again enough for almost all, on these images (our remark). Two equal rows cost one rank, at any width: that is exact.
#
# Sharing filters saves weights. To fit any $N$ labels, a fully connected layer of $N$ neurons needs $Nd$ weights, $N$ biases and $N$ output weights, $N(d + 2)$ in all. A convolutional one needs
# $2N + 9T$, which is below $3N$ here (corollary 3.6 of the paper): at $N = 216$ images of 64 pixels 486 in place of 14,256.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# Four of eight image networks have a layer with more neurons than ImageNet has images, because a layer's width is channels times positions. At that width, if no patch occurs in two images and each neuron has a bias of its own, the features of
# untrained sigmoid or softplus neurons are linearly independent for almost all weights (proved), and a linear layer on top fits any labels; for images that break the assumption, one proved example does as well. How long the fitted weights are, whether a
# formula in double precision finds them, and whether ReLU neurons switch at all, are other questions.
#
# | quantity | found here | the paper |
# |---|---|---|
# | widest layer of VGG-16, in neurons | 3,211,264 | at least 3000K |
# | networks above 1,281,167 images | 4 of 8 | 3 of 8 by its lower bounds |
# | rank at 216 random neurons, 200 Gaussian images | 200, proved for one draw | 200 for almost all (sigmoid, softplus; no shared patch, a bias for each neuron) |
# | 200 digits, sigmoid | 100 of 100 draws (96.3 to 100 %), one of them proved | not covered |
#
# ## Go on
#
# - Exercises: [Width you already have](../../exercises/5_cnn_width/1_width_you_already_have.ipynb), then the
#   [solutions](../../solutions/5_cnn_width/1_width_you_already_have.ipynb).
# - Next: [Width smooths the landscape](2_width_smooths.ipynb): what such a layer does to training.
# - Nguyen and Hein, *Optimization landscape and expressivity of deep CNNs*, ICML 2018: the theorems, and the table of widths.
# - Nguyen and Hein, *The loss surface of deep and wide neural networks*, ICML 2017: the fully connected predecessor.
