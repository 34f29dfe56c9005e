# %% [markdown] slideshow={"slide_type": "slide"}
# # Dead layers and saturation by design
#
# *Choose any finite data set. Are there always weights from which gradient descent learns nothing about it? And would
# anyone ever start there?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **build** a dead layer for any data, **prove** that it is a local minimum, **tell** exactly zero from very small, **compute** how often a random network is born dead |
# | You need first | [Start here](../../00_start_here.ipynb); ReLU and sigmoid networks, the normal distribution |
# | To read | 55 minutes, and 20 for the three extra parts |
# | To run | about 20 seconds on one core |
# | Words and letters | [glossary](../../companion/2_glossary.ipynb), [notation](../../companion/1_notation.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Switch a layer off
#
# A ReLU $[z]_+ = \max(0, z)$ is *off* where $z < 0$: there its value is 0, and so is its slope. Take six points of the plane with
# six values $y_i$, and a network with three hidden neurons, $f(x) = \sum_j v_j [w_j^\top x + b_j]_+ + c$. Choose the weights $w_j$ as
# you like. Then push each bias down until its neuron is off at all $N$ samples:
#
# $$ b_j \;=\; -1 - \max_i\, w_j^\top x_i . $$
#
# The recipe works for every data set, as long as it is finite. The loss is $L = \sum_i (f(x_i) - y_i)^2$, in 13 parameters.

# %%
import torch
import lmcourse as lm

# %% tags=["predict"]
lm.predict(
    "2.3/moves",
    "All hidden neurons are off at all samples, and c = 0. Gradient descent runs until it rests. How many of the 13 parameters move?",
    ["none", "one", "the four of the output layer", "all, slowly"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
data = lm.data.dead_layer_example()  # x (6, 2), y (6,)
land = lm.relu_mlp([2, 3, 1], data)
W1 = torch.tensor([[1.0, 2.0], [-1.0, 1.0], [0.0, -3.0]]).double()  # any other would do
b1 = -1 - (data.x @ W1.T).amax(0)
dead = land.pack(W1=W1, b1=b1, W2=torch.ones(1, 3).double(), b2=torch.zeros(1).double())
runs = lm.train(land, torch.stack([dead, *lm.starts(land, seeds=range(20))]), lr=0.01, max_steps=600, record=1)
losses = torch.stack([land.loss(path) for path in runs.path.theta])  # (21, 601)
fig, ax = lm.plots.figure(8, 3)
ax.plot(runs.path.steps, losses[1:-1].mT, color=lm.plots.PALETTE["blue"], alpha=0.4, linewidth=1)
ax.plot(runs.path.steps, losses[-1], color=lm.plots.PALETTE["blue"], alpha=0.4, linewidth=1, label="20 usual starts")
ax.plot(runs.path.steps, losses[0], "--", color=lm.plots.PALETTE["vermilion"], label="dead layer")
ax.set(xlabel="step (number)", ylabel="loss (no unit)", ylim=(-1, 45))
ax.legend()
alt = "A dashed curve, of the dead network, is level at 16 from step 40 on. Twenty thin curves fall below 5, eight of them to zero."
lm.show(fig, caption="The loss during training, from a dead layer and from 20 usual random starts.", alt=alt)

# %% tags=["headline"]
moved = (runs.theta[0] - dead).abs()
print("parameters that move:", int((moved > 0).sum()), "of", land.dim)
print(f"loss {float(land.loss(dead)):.0f} -> {float(runs.loss[0]):.6f}, output bias 0 -> {float(runs.theta[0, -1]):.6f}")
print("mean of the targets:", float(data.y.mean()))

# %%
assert runs.loss[1:].max() < 5 and int((runs.loss[1:] < 0.1).sum()) == 8
assert int((moved > 0).sum()) == 1 and abs(float(runs.loss[0]) - 16) < 1e-9 and abs(float(runs.theta[0, -1]) - 2) < 1e-9

# %% tags=["reveal"]
lm.reveal(
    "2.3/moves",
    measured="one of 13, the output bias c; it stops at the mean of the targets",
    right="one",
    explanation="The hidden neurons hand on 0, so the $v_j$ get no gradient; their slopes are 0, so the $w_j$ and $b_j$ get none.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### A region, and a proof
#
# The layer is dead wherever $w_j^\top x_i + b_j < 0$ for all $j$ and $i$: 18 strict inequalities, whatever $v_j$ and $c$ are. Such a set is
# *open*: around each of its points a whole ball belongs to it. On it $f = c$, so $L = \sum_i (c - y_i)^2$, and only
# $\partial L / \partial c = 2N (c - \bar y)$ can differ from zero, with $\bar y$ the mean target. Hence the gradient vanishes exactly where $c = \bar y$,
# and there no point of the region has a lower loss: a **local minimum**. Your machine proves it in exact fractions:

# %%
rest = dead.clone()
rest[-1] = 2  # the mean target
better = lm.landmark("dead layer, bump").theta  # the next section builds one with loss 5.2; a proof rounds up
proof = lm.certify(land, rest, "minimum in a dead layer", not_global=True, better=better)
proof

# %% [markdown] slideshow={"slide_type": "slide"}
# With $c = 3$, away from the mean, the layer is as dead, but the point is no minimum:

# %%
wrong = dead.clone()
wrong[-1] = 3
refused = lm.certify(land, wrong, "minimum in a dead layer")
refused

# %% tags=["headline"]
eigenvalues, slopes = torch.linalg.eigvalsh(land.hessian(rest)), land.gradient(wrong)
noise = lm.starts(land, seeds=range(20_000), scheme="sphere", scale=0.3 / land.dim**0.5)  # length 0.3
print(f"c = 3: the derivative by c is {float(slopes[-1]):g}, the largest other derivative {float(slopes[:-1].abs().max()):g}")
print(f"c = 2: of the eigenvalues of the Hessian {int((eigenvalues == 0).sum())} are 0, the last is {float(eigenvalues[-1]):g}")
print(f"c = 2: of 20,000 points at distance 0.3, {int((land.loss(rest + noise) < 16).sum())} have a loss below 16")

# %%
assert proof.proved and proof.not_global and not refused.proved and float(proof.loss_bounds[0]) == 16
assert land.gradient(rest).abs().max() == 0 and float(land.gradient(wrong)[-1]) == 12 and float(eigenvalues[-1]) == 12

# %% [markdown] slideshow={"slide_type": "slide"}
# Twelve of 13 eigenvalues are zero. The [Hessian](../../companion/2_glossary.ipynb#Hessian) could not have decided that this is a minimum; the region does. It is large, too: with
# a point it holds every positive multiple of its $w_j$ and $b_j$.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A better answer: one bump
#
# The dead network answers $\bar y$ at all samples. Three ReLUs of one number $t$ make a bump that is 1 at $t = 0$ and 0 from $|t| = 1$ on:
# $[1 + t]_+ - 2\,[t]_+ + [t - 1]_+$. Put $t = u^\top (x - x_r)$. Choose a direction $u$ in which no other place lies at $t = 0$; then
# make $u$ so long that all of them lie at $|t| \ge 1$. Answer $\nu$, the mean target at $x_r$, on the bump, and $\mu$, the mean of the
# others, elsewhere. If $n_r$ samples lie at $x_r$, the loss falls by
#
# $$ \frac{n_r (N - n_r)}{N}\, (\nu - \mu)^2 . $$

# %%
data = lm.data.dead_layer_example()
u, r = torch.tensor([3.0, 1.0]).double(), 5  # the bump stands at the last sample, (1, 2)
t = (data.x - data.x[r]) @ u
nu, mu = float(data.y[r]), float(data.y[:r].mean())
line = torch.linspace(-6, 3, 400)
bump = (1 + line).relu() - 2 * line.relu() + (line - 1).relu()

# %% slideshow={"slide_type": "slide"}
fig, ax = lm.plots.figure(8, 3)
ax.axhline(float(data.y.mean()), color=lm.plots.PALETTE["grey"], linestyle="--", label="dead network, loss 16")
ax.plot(line, mu + (nu - mu) * bump, color=lm.plots.PALETTE["blue"], label="one bump, loss 5.2")
ax.plot(t, data.y, "s", color=lm.plots.PALETTE["vermilion"], markersize=8, label="targets")
ax.set(xlabel=r"$t = u^\top (x - x_r)$ (no unit)", ylabel="answer (no unit)")
ax.legend(loc="upper left")
lm.show(
    fig,
    caption="The six targets along u, and the answers of two networks.",
    alt="Five targets between 0 and 3 at t = -5, -4, -2, -1 and 2, and one of 5 at t = 0. A dashed line at 2; a solid line at "
    "1.4 that rises from t = -1 to a peak at the target 5 and is back at 1.4 at t = 1.",
)

# %% tags=["headline"]
land = lm.relu_mlp([2, 3, 1], data)
shift = float(u @ data.x[r])
theta = land.pack(
    W1=torch.stack([u, 2 * u, u]),
    b1=torch.tensor([1 - shift, -2 * shift, -1 - shift]).double(),
    W2=(nu - mu) * torch.tensor([[1.0, -1.0, 1.0]]).double(),
    b2=torch.tensor([mu]).double(),
)
print(f"loss of the bump {float(land.loss(theta)):.2f}, by the formula {16 - 1 * 5 / 6 * (nu - mu) ** 2:.2f}")

# %%
assert abs(float(land.loss(theta)) - 5.2) < 1e-9 and set(t.tolist()) == {-5, -4, -2, -1, 0, 2}

# %% [markdown] slideshow={"slide_type": "slide"}
# ### The theorem
#
# **Theorem (Swirszcz, Czarnecki and Pascanu 2016).** *For every finite data set with squared loss and every ReLU network, the points at
# which some hidden layer is off at all samples and the network answers $\bar y$ are local minima. They are not global, if at some
# place $x_r$ the mean target differs from $\bar y$.*
#
# (In the paper: layer $n$ hands on $h_n$; width $h$ and depth $k$ are its letters too.) As printed it needs three
# repairs, which are ours: see the first extra part.
#
# | assumption | what it buys | without it |
# |---|---|---|
# | finite data | a largest $w_j^\top x_i$, which a bias can bring below 0 | with Gaussian inputs every neuron with $w_j \ne 0$ is on somewhere |
# | squared loss | the mean is the best constant | another loss has another best constant |
# | a place with another mean | a bump there lowers the loss | $\bar y$ is the best answer at every place: the dead minimum is global |
#
# The paper also asks for three neurons in the first layer, for the bump. One in each layer is enough, as we add. Let $r_i = y_i - \bar y$, and let a
# neuron of the first layer hand on $p_i$ at sample $i$. With $S = \sum_i r_i p_i \ne 0$, the answer $\bar y + v p_i$ (later layers hand $p_i \ge 0$ on) with $v = S / \sum_i p_i^2$ lowers the loss
# by $S^2 / \sum_i p_i^2$. And one of the bump's three neurons has $S \ne 0$: weighted by $1, -2, 1$ the three $S$ add up to $n_r (\nu - \bar y)$.

# %% tags=["headline"]
p = torch.stack([1 + t, t, t - 1]).relu()  # (3, 6): the three neurons of the bump
S = p @ (data.y - data.y.mean())
print("S of the bump's three neurons:", *(f"{each:g}" for each in S.tolist()), end="; ")
print(f"loss with the first alone: {float(16 - S[0] ** 2 / p[0].square().sum())}")

# %%
assert S.tolist() == [3, 0, 0] and float(S @ torch.tensor([1.0, -2.0, 1.0]).double()) == 5 - 2

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Sigmoid: very small is not zero
#
# Can a sigmoid layer $s(z) = 1/(1 + e^{-z})$ be killed in the same way? Take a dead layer whose largest input is $-1$ and multiply its
# weights and biases by a scale. The inputs go down to $-$scale and beyond: the layer *saturates*. Far below 0 the slope is about $e^{z}$,
# never zero.

# %% tags=["predict"]
lm.predict(
    "2.3/sigmoid",
    "Scale 1, 2, 3, 4, 5, 6. How does the number of steps grow until the sigmoid network leaves the loss of the constant?",
    ["hardly at all", "by the same number of steps each time", "by about the same factor each time"],
)

# %% tags=["experiment"]
mark = lm.landmark("dead layer")  # weights (-1, -1), (-2, -2), (-1, -1), biases -1, output 2
sigmoid = lm.sigmoid_mlp([2, 3, 1], lm.data.dead_layer_example(), output="linear")
scales = torch.arange(1, 7).double()
theta = mark.theta.repeat(6, 1)
theta[:, :9] *= scales[:, None]
gradient = {net.name: net.gradient(theta)[:, :9].abs().amax(1) for net in (sigmoid, mark.land)}
waited = torch.zeros(6)
for step in range(7200):
    waited += sigmoid.loss(theta) > 15  # the constant has loss 16
    theta = theta - 0.05 * sigmoid.gradient(theta)

# %% slideshow={"slide_type": "slide"}
fig, (left, right) = lm.plots.figure(10, 3.4, columns=2)
small, exact = gradient.values()
left.semilogy(scales, small, "o-", color=lm.plots.PALETTE["blue"], label="sigmoid")
left.semilogy(scales, 4 * torch.exp(-scales), ":", color=lm.plots.PALETTE["black"], label="4 exp(-scale)")
left.set(xlabel="scale of the layer (no unit)", ylabel="largest derivative (no unit)")
left.set_title("ReLU: 0 at every scale, not on this axis")
right.semilogy(scales, waited, "s--", color=lm.plots.PALETTE["vermilion"], label="steps")
right.set(xlabel="scale of the layer (no unit)", ylabel="steps until loss 15 (number)", title="ReLU: never")
left.legend()
caption = "A saturated sigmoid layer: how large its derivatives are, and how long training takes to leave."
alt = """Left, on a logarithmic axis, the largest derivative falls along a straight line like 4 exp(-scale). Right, on a
logarithmic axis, the number of steps rises nearly along a straight line from 25 to 7,000."""
lm.show(fig, caption=caption, alt=alt)

# %% tags=["headline"]
print("scale:                            ", *(f"{int(scale):5}" for scale in scales))
print("steps until loss 15:              ", *(f"{int(n):5}" for n in waited))
print("factor from one scale to the next:       ", *(f"{factor:5.1f}" for factor in (waited[1:] / waited[:-1]).tolist()))
print(f"largest ReLU derivative in the layer at any scale: {float(exact.max()):g}")

# %%
assert float(exact.max()) == 0 and abs(float(waited[5] / waited[4]) - 2.74) < 0.05 and 6900 < waited[5] < 7100

# %% tags=["reveal"]
lm.reveal(
    "2.3/sigmoid",
    measured=f"{int(waited[0])}, {int(waited[1])}, ..., {int(waited[5])} steps; the last factor is 2.7",
    right="by about the same factor each time",
    explanation="Far out each unit of scale makes the slopes $e = 2.718\\ldots$ times smaller. If the steps follow, scale 30 takes about $10^{14}$.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The slope of a [sigmoid](../../companion/2_glossary.ipynb#Sigmoid) is never 0, so this layer is slow and not dead. On a machine the difference ends. PyTorch computes $1/(1 + e^{-z})$,
# and at $z = -89$ the power is too large for a float32 number, at $z = -710$ for a float64 number:

# %% tags=["headline"]
mark = lm.landmark("dead layer")
sigmoid = lm.sigmoid_mlp([2, 3, 1], lm.data.dead_layer_example(), output="linear")
scales = [87, 89, 708, 710]
far = torch.stack([torch.cat([scale * mark.theta[:9], mark.theta[9:]]) for scale in scales])
print("are all derivatives in the layer exactly 0?  scale", *(f"{scale:5}" for scale in scales))
for theta in (far.float(), far):
    zero = sigmoid.gradient(theta)[:, :9].abs().amax(1) == 0
    print(f"{str(theta.dtype)[6:]:50}", *(f"{'yes' if each else 'no':>5}" for each in zero))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Born dead
#
# Nobody means to start in a dead layer. Does chance lead there? Take the most usual start: $k$ hidden layers of $h$ ReLUs, Gaussian
# weights with mean 0, biases 0, ten Gaussian samples in the plane. A network is *born dead* (Lu, Shin, Su and Karniadakis 2019) if some
# layer hands on 0 for all ten: $z \le 0$ at each of its neurons. Then the network answers $c$ at all ten.
#
# How often? From the second layer on, inputs are never negative. If all $h^2$ weights of a layer are negative, it hands on 0. This has
# chance $2^{-h^2}$. So the chance to be born dead is at least $1 - (1 - 2^{-h^2})^{k-1}$: Proposition 5 of Swirszcz, Czarnecki and Pascanu
# (2016), with corrected exponents (a reviewer of the paper found the printed ones wrong). For $h = 3$, $k = 20$ this makes $3.6\,\%$.

# %% tags=["predict"]
lm.predict(
    "2.3/born",
    "20 hidden layers of 3 neurons, 1,000 networks. At least 36 are expected to be born dead. How many are?",
    ["about 40", "about 300", "about 900"],
)

# %% tags=["experiment"]
bad_starts = lm.experiments.bad_starts
depths = [5, 10, 20, 50, 100]
died = {h: bad_starts.deaths(h, seeds=range(1000)) for h in (2, 3, 5, 10)}
counts = {h: [bad_starts.count_dead(layer, k) for k in depths] for h, layer in died.items()}

# %% slideshow={"slide_type": "slide"}
fig, ax = lm.plots.figure(9, 3.8)
every = range(1, 101)
bounds = [[100 * bound(3, k) for k in every] for bound in (bad_starts.least_dead, bad_starts.most_dead)]
band = lm.plots.PALETTE["vermilion"]
ax.fill_between(every, *bounds, fc=(band, 0.15), ec=band, linestyle=":", label="h = 3, proved: between")
looks = zip(died, ("blue", "vermilion", "green", "purple"), "osD^", ("--", "-", "-.", ":"))
for h, color, marker, dash in looks:
    lm.plots.draw_shares(ax, depths, counts[h], f"h = {h}, measured", lm.plots.PALETTE[color], marker, dash)
ax.set(xlabel="hidden layers k (number)", ylabel="born dead (percent)", xscale="log", xticks=depths, xlim=(4, 110))
ax.set_xticklabels(depths)
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
alt = """Four rising curves. With 2 and 3 neurons a layer nearly all networks of 50 layers are dead, with 5 three quarters,
with 10 few. The curve of 3 runs inside a wide band, from 20 layers on near its upper edge."""
lm.show(fig, caption="Share of 1,000 random networks that are born dead, by depth and width, with 95 % intervals.", alt=alt)

# %% tags=["headline"]
print("percent born dead, k =", *(f"{k:5}" for k in depths))
for h, row in counts.items():
    print(f"h = {h:2}                ", *(f"{100 * count.share:5.1f}" for count in row))
bounds = [f"{100 * bound(3, 20):.1f} %" for bound in (bad_starts.least_dead, bad_starts.most_dead)]
print(f"h = 3, k = 20: measured {counts[3][2]}; proved: between {bounds[0]} and {bounds[1]}")

# %%
stored = lm.store.load("bad_starts")  # 10,000 networks of each width
for spec, arrays in stored.rows:
    large = [bad_starts.count_dead(arrays["dies_at"], k) for k in depths]
    assert all(lm.shares_agree(few[:2], many[:2]) for few, many in zip(counts[spec["width"]], large))
    assert all(bad_starts.least_dead(spec["width"], k) <= many.interval[1] for many, k in zip(large, depths))
    assert all(bad_starts.most_dead(spec["width"], k) >= many.interval[0] for many, k in zip(large, depths))
print(stored.made)

# %% tags=["reveal"]
lm.reveal(
    "2.3/born",
    measured=f"{counts[3][2].failed} of 1,000",
    right="about 900",
    explanation="The bound is right, and off by a factor of 24.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Why so many?
#
# Follow **one** sample. Whatever reaches a layer, each of its $h$ neurons is off with chance one half, so the layer loses the sample
# with chance $2^{-h}$, and it is lost somewhere with chance $1 - (1 - 2^{-h})^k$: for $h = 3$, $k = 20$ this is 93.1 %. A network that loses
# all ten loses the first, so this is an upper bound (Rister and Rubin 2020). For 20 layers the count lies near it. We think that layers squeeze
# their inputs together, so that ten samples soon behave like one. Look at the networks of width 3 in which layer 5 still sees all ten:

# %% tags=["headline"]
bad_starts = lm.experiments.bad_starts
*_, fifth = bad_starts.features(bad_starts.draw(3, seeds=range(1000), layers=5))  # (1000, 10, 3)
seen = fifth[(fifth > 0).any(-1).all(-1)]
direction = seen / seen.norm(dim=-1, keepdim=True)
cosine = (direction @ direction.mT).amin((1, 2))
print(f"in {len(seen)} of 1,000 networks layer 5 still sees all ten samples; in {int((cosine > 1 - 1e-12).sum())} of these")
print("what layer 5 hands on points in one and the same direction for all ten")

# %%
assert (cosine > 1 - 1e-12).double().mean() > 0.5

# %% [markdown]
# One coin for each neuron, not for each weight: width saves, since $2^{-h}$ is tiny for $h = 100$; depth kills, since every layer tosses again.

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Are these the minima of the theorem?
#
# Not each of these networks is a case of the theorem: that needs a layer with $z < 0$ at all ten samples. Here samples often get lost one
# after the other, and with biases 0 a lost sample has $z = 0$ in all later layers, on every kink. [Gradient descent](../../companion/2_glossary.ipynb#Gradient-descent) stays, since it takes
# the slope 0 there. Is there a way down? Push all hidden biases by random numbers of size $10^{-9}$, a hundred times for each
# network, with random targets, and ask whether a push leads below the best constant:

# %% tags=["headline"]
draws = bad_starts.draw(3, seeds=range(1000), layers=20)
born, strictly, lower = bad_starts.dies_at(draws) <= 20, bad_starts.off_strictly(draws), bad_starts.lowered(draws)
for name, members in (("z < 0 at all ten", strictly), ("all others", born & ~strictly)):
    print(f"{name:16}: {int(members.sum())} of the {int(born.sum())} born dead; a push lowers the loss of {int(lower[members].sum())} of them")

# %%
assert not lower[strictly].any() and 100 < strictly.sum() < 250 and lower[born & ~strictly].double().mean() > 0.9

# %% [markdown]
# So most networks born dead do not sit in a minimum (measured here). They rest on a convention: slope 0 at 0.

# %% [markdown]
# ## Explore
#
# Left: how many of 200 networks are dead, with a 95 % interval, and proved bounds of the chance (for other means, too). Right: one of them, layer by layer; a
# column that is dark from top to bottom is a dead layer. **Two settings to try.** Width 5, depth 50: from some layer on, all neurons that
# are on share one colour. What has become of the samples that are left, and what of the others? Walk through the networks. Then mean 0.5
# with scale 1, and mean 1 with scale 2: why are the pictures the same?

# %% slideshow={"slide_type": "slide"}
lm.widgets.DeadLayerExplorer()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A shifted mean
#
# A positive mean of the weights makes this birth defect rarer, as the explorer shows. It brings another. Nine samples lie near
# $(-1, -1)$, three of them with label 1; a tenth, with label 1, far out at $(9, 9)$; all divided by 3.008, which gives each input variance 1
# (made for this course, after Proposition 4). If all weights are positive, every neuron is off at the nine and on at the tenth. Then the nine
# share one answer, which is right for six.

# %% tags=["headline"]
data = lm.data.saturation_example()
land = lm.relu_mlp([2, 8, 1], data, "log", reduction="mean")
weights = torch.tensor(16 * [1] + 8 * [0] + 8 * [1] + [0]).double()  # biases start at 0
noise = weights * lm.starts(land, seeds=range(10), scheme="normal")
shifted = lm.train(land, 0.5 * weights + 0.1 * noise, lr=0.1, max_steps=5000)
centred = lm.train(land, 0.5 * noise, lr=0.1, max_steps=5000)
for name, runs in (("N(0.5, 0.1²)", shifted), ("N(0, 0.5²)", centred)):
    right = ((land.outputs(runs.theta)[..., 0] > 0.5) == (data.y > 0.5)).sum(-1)
    assert len(set(right.tolist())) == 1
    print(f"weights {name:12}: {int(right[0]):2} of ten samples right in all ten runs; mean sum of losses {10 * float(runs.loss.mean()):.2f}")

# %%
limit = 9 * torch.special.entr(torch.tensor([1 / 3, 2 / 3])).sum()  # nine samples, one answer, three labels are 1
assert abs(10 * shifted.loss - limit).max() < 0.005 and abs(float(limit) - 5.7286) < 1e-4
assert (data.x[:9] @ data.x[9]).max() < -1.59 and abs(float(torch.corrcoef(data.x.T)[0, 1]) - 0.995) < 5e-4

# %% [markdown]
# Seven of ten, for ever: the six and the tenth. A neuron feels the tenth sample alone, so each step adds $g\,(x_{10}, 1)$ to its $(w_j, b_j)$, with $g > 0$. That
# changes its input at $x_i$ by $g\,(x_{10}^\top x_i + 1)$, which is negative for all nine: $x_{10}^\top x_i \le -1.59$. The loss approaches
# $9 H(1/3) = 5.73$, with $H$ the entropy in nats, and never comes to rest, since the tenth sample is answered ever more confidently.
#
# How likely are positive weights? A network with $d$ inputs, $k$ layers (here the output counts as one) and weights $N(\mu, \sigma^2)$
# has only positive ones with probability $\Phi(\mu/\sigma)^{\,dh + (k-2)h^2 + h}$, with $\Phi$ the normal distribution. Published for at least 99 %:
# $\mu = 0.24$ where $\sigma^2 = 1/h$, "even" for width 10,000 and 100 layers.

# %% tags=["predict"]
lm.predict(
    "2.3/mean",
    "100 layers, variance 1/h. At which widths h does a mean of 0.24 make all weights positive with probability 99 %?",
    ["at every width", "only in narrow networks", "only in wide networks"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
bad_starts = lm.experiments.bad_starts
means = torch.linspace(0.01, 2, 400).tolist()
fig, ax = lm.plots.figure(9, 3.2)
for h, color, dash in ((10, "purple", ":"), (100, "green", "-."), (1000, "blue", "--"), (10_000, "vermilion", "-")):
    shares = [100 * bad_starts.all_positive(mean, h, layers=100) for mean in means]
    ax.plot(means, shares, color=lm.plots.PALETTE[color], linestyle=dash, label=f"h = {h:,}")
ax.axvline(0.24, color=lm.plots.PALETTE["grey"], linewidth=1)
ax.set(xlabel="mean of the weights; grey line: 0.24 (no unit)", ylabel="all positive (percent)")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
alt = """Four steps from 0 to 100 percent, the further left the wider the network: near 0.07 for 10,000 neurons, 0.2 for
1,000, 0.5 for 100 and 1.2 for 10. A grey line at 0.24 stands between those of 1,000 and 100."""
lm.show(fig, caption="The probability that all weights are positive: 100 layers, two inputs, variance 1/h.", alt=alt)

# %% tags=["headline"]
widths = (10, 100, 300, 700, 1000, 10_000)
print("needed mean for h =  ", *(f"{h:6}" for h in widths))
variances = {"scale 0.01": "0.0001", "scale by width": "1/h", "Glorot": "2/(in + out)", "fan-in": "1/in"}
for rule, variance in variances.items():
    print(f"variance {variance:12}", *(f"{bad_starts.least_mean(h, 100, rule):6.2f}" for h in widths))

# %%
assert [round(bad_starts.least_mean(h), 4) for h in (2, 100, 700, 1000)] == [2.8661, 0.5608, 0.2361, 0.201]
assert round(bad_starts.least_mean(10_000, rule="scale 0.01"), 4) == 0.0703  # published: 0.07
assert min(bad_starts.least_mean(h, rule="fan-in") for h in (2, 10, 100, 10_000)) > 2.3

# %% tags=["reveal"]
lm.reveal(
    "2.3/mean",
    measured=f"needed: {bad_starts.least_mean(10):.2f} at h = 10, {bad_starts.least_mean(100):.2f} at 100, {bad_starts.least_mean(1000):.2f} at 1,000",
    right="only in wide networks",
    explanation="There are more weights, but they scatter less: by $1/\\sqrt{h}$. Width protects at mean 0 and harms at mean 0.24.",
)

# %% [markdown]
# So 0.24 holds from widths of about 700 on. And it takes variance $1/h$ in the first matrix too, which has only two inputs; with
# $1/2$ there (fan-in to the letter), no width is enough at 0.24. Both remarks are ours, computed from the published formula.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# - *That your network is dead.* With mean 0 and a hundred neurons a layer the chance is at most $k \cdot 2^{-100}$.
# - *That training stays away from dead layers.* The theorem says that they exist, not how often training ends there: count below.
# - *That dead is for ever.* Noise on the weights, or one new sample outside the region, can wake a layer. The gradient of *these* samples
#   cannot, with slope 0 at 0.
# - *That Proposition 4 holds as printed.* It assumes "whitened" data, which can only mean standardised: nine samples opposite one are
#   correlated, ours with 0.995. And it leaves open whether biases that grow could wake the nine; here they cannot.
# - *That the authors think deep learning is hopeless.* They say: without assumptions on data and start nothing good can be proved. Reviewers
#   found the scenarios real, and far from practice.

# %% tags=["headline"]
data = lm.data.dead_layer_example()
land = lm.relu_mlp([2, 3, 1], data)  # the first network of this lesson, from 100 usual starts
begin = lm.starts(land, seeds=range(100))
end = lm.train(land, begin, lr=0.01, max_steps=600)
off = [int((land.layers(theta, data.x)[0] == 0).all(-1).all(-1).sum()) for theta in (begin, end.theta)]
print(f"of 100 usual starts {off[0]} have all neurons at z <= 0 for all samples; after 600 steps {off[1]} have,")
print(f"and {int((abs(end.loss - 16) < 1e-6).sum())} have loss 16, that of the constant")

# %%
assert off == [2, 7]

# %% tags=["quiz"]
lm.quiz(
    "2.3/region",
    "A hidden layer is off at all samples and the output is the mean target. Why is this a local minimum?",
    [
        ("The gradient is exactly zero.", False, "That holds at saddles too."),
        ("The Hessian has no negative eigenvalue.", False, "Twelve are zero, so it does not decide."),
        ("All points near by answer a constant, and the mean is the best one.", True, "The inequalities are strict, so a whole ball does."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "2.3/width",
    "Mean 0, 50 layers, and networks die at birth. Which change helps most?",
    [
        ("Smaller weights.", False, "Signs do not depend on the scale: with biases 0 nothing changes."),
        ("Twice the width.", True, "The chance to lose a sample in a layer falls from $2^{-h}$ to $2^{-2h}$."),
        ("Twice the depth.", False, "Each layer is one more chance to die."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: three repairs of the theorem
#
# Our theorem is not quite the printed one. The repairs are ours:
#
# | printed | what happens | repaired |
# |---|---|---|
# | the condition has $W_n h_n + b_n$ | a layer would read its own output | $W_n h_{n-1} + b_n$ |
# | every dead layer is a minimum | at $c = 3$ the derivative is 12, as you saw | the output must be $\bar y$ |
# | deeper layers carry the *answer*, $\mu + (\nu - \mu)$ times the bump | a negative answer is cut off at 0 | carry the bump, which is never negative; scale and shift it at the output |
#
# The third repair, measured: a 2-3-1-1 network and the six targets lowered by 10.

# %% tags=["headline"]
data = lm.data.dead_layer_example()
chain = lm.relu_mlp([2, 3, 1, 1], lm.data.Data(data.x, data.y - 10))
rows, biases = torch.tensor([[3, 1], [6, 2], [3, 1]]).double(), torch.tensor([-4, -10, -6]).double()  # the bump
signs, one, zero = torch.tensor([[1.0, -1.0, 1.0]]).double(), torch.ones(1, 1).double(), torch.zeros(1).double()
printed = chain.pack(W1=rows, b1=biases, W2=3.6 * signs, b2=zero - 8.6, W3=one, b3=zero)
repaired = chain.pack(W1=rows, b1=biases, W2=signs, b2=zero, W3=3.6 * one, b3=zero - 8.6)
print(f"printed recipe: loss {float(chain.loss(printed)):.1f}; repaired: {float(chain.loss(repaired)):.1f}; dead: 16.0")

# %%
assert abs(float(chain.loss(printed)) - 400) < 1e-9 and abs(float(chain.loss(repaired)) - 5.2) < 1e-9

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: dark without positive weights
#
# Positive weights are enough to leave the nine samples in the dark. They are not necessary. Count both in the first layer of 1,000 starts
# with $h = 10$ and mean 0.5:

# %% tags=["headline"]
bad_starts, data = lm.experiments.bad_starts, lm.data.saturation_example()
first = 0.5 + bad_starts.draw(10, seeds=range(1000), layers=1).first / 10**0.5  # (1000, 10, 2): variance 1/h
positive = int((first > 0).all(-1).all(-1).sum())
dark = int((data.x[:9] @ first.mT < 0).all(-1).all(-1).sum())
print(f"all 20 weights positive: {positive} of 1,000, by the formula {1000 * bad_starts.normal_below(0.5 * 10**0.5) ** 20:.0f}")
print(f"all neurons off at the nine samples: {dark} of 1,000")

# %%
low, high = lm.binomial_interval(positive, 1000)
assert low < bad_starts.normal_below(0.5 * 10**0.5) ** 20 < high and dark > 2 * positive

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: does structure in the data help?
#
# The authors also trained MNIST networks from shifted starts. They report that badly centred starts do not train in a million steps,
# that depth does not help, and that with shuffled labels one start needs at least 400 neurons for zero error. Their shifts are not known
# to us. A small relative: 500 digits, one hidden layer, weights $N(\mu, 1/\text{fan-in})$, 300 steps of [Adam](../../companion/2_glossary.ipynb#Adam). Pixels are
# never negative. So with $\mu = -0.05$ most neurons are off at all images; with $\mu = 0.1$ all are on, as if there were no ReLU.

# %% tags=["predict"]
lm.predict(
    "2.3/labels",
    "30 hidden neurons, mean -0.05, of which 9 are alive at this start. Which labels does it get 95 % right after 300 steps?",
    ["neither true nor shuffled ones", "the true ones", "both"],
)

# %% tags=["experiment"]
shifted_digits = lm.experiments.shifted_digits
for mean in (-0.05, 0.0, 0.1):
    for labels in ("true", "shuffled"):
        found = shifted_digits.learn(30, mean, labels, seed=0, steps=[300])
        print(f"one start, mean {mean:5.2f}, {found['live']:2} alive, {labels:8} labels: {100 * found['right'][0]:5.1f} % right")

# %% tags=["reveal"]
lm.reveal(
    "2.3/labels",
    measured="99.8 % of the true labels, 47.6 % of the shuffled ones",
    right="the true ones",
    explanation="Images of one digit look alike, so a few live neurons sort them. Shuffled labels must be learnt one by one.",
)

# %% [markdown]
# One start tells little. The stored table has ten starts for each case, each with labels shuffled anew, and five times the steps.

# %%
shifted_digits = lm.experiments.shifted_digits
stored = lm.store.load("shifted_digits")
print(stored.made)
right, live = {}, {}
for spec, arrays in stored.rows:
    key = spec["labels"], spec["mean"], spec["width"]
    right[key], live[key] = 100 * torch.from_numpy(arrays["right"]), torch.from_numpy(arrays["live"]).double()

# %% slideshow={"slide_type": "slide"}
fig, axes = lm.plots.figure(10, 3.6, columns=2, sharey=True)
widths, looks = shifted_digits.WIDTHS, {-0.05: ("vermilion", "o--"), 0.0: ("grey", "s-"), 0.1: ("blue", "D-.")}
for mean, (color, line) in looks.items():
    for ax, labels in zip(axes, shifted_digits.KINDS):
        late = torch.stack([right[labels, mean, width][:, 1] for width in widths])  # (3, 10)
        aside = [width * (1 + mean) for width in widths]  # so that equal curves stay apart
        ax.fill_between(aside, late.amin(1), late.amax(1), fc=(lm.plots.PALETTE[color], 0.2), ec=lm.plots.PALETTE[color], linewidth=0.6)
        ax.plot(aside, late.quantile(0.5, dim=1), line, color=lm.plots.PALETTE[color], label=f"mean {mean:g}")
        ax.set(xscale="log", xlabel="hidden neurons (number)", title=f"{labels} labels, 1,500 steps")
        ax.set_xticks(widths, widths)
axes[0].set(ylabel="right on its data (percent)", ylim=(0, 104))
axes[0].legend(loc="lower right")
alt = """Two panels. With true labels all medians are 100 percent, but for 10 neurons and mean -0.05. With shuffled labels 10
neurons stay below 60 percent; 30 neurons reach 98 percent and more with mean 0 and 0.1, but half of it with mean -0.05."""
lm.show(fig, caption="Digits from shifted starts. Lines: the median of ten starts; bands: the smallest and the largest.", alt=alt)

# %% tags=["headline"]
for mean, width in ((0.0, 10), (-0.05, 30), (0.0, 30), (-0.05, 100), (0.1, 30)):
    soon, late = right["shuffled", mean, width].quantile(0.5, dim=0).tolist()
    alive = int(live["shuffled", mean, width].median())
    print(f"medians, shuffled, mean {mean:5.2f}, {alive:2} of {width:3} alive: {soon:3.0f} % after 300 steps, {late:3.0f} % after 1,500")

# %%
middle = {key: shares.quantile(0.5, dim=0).tolist() for key, shares in right.items()}
assert middle["shuffled", 0.1, 30][0] < 50 and middle["shuffled", 0.1, 30][1] > 95
assert middle["shuffled", -0.05, 30][1] < 60 and middle["true", -0.05, 30][1] == 100
worst = right["true", -0.05, 30][:, 1]
assert abs(float(worst.min()) - 81) < 0.1 and int(live["true", -0.05, 30][worst.argmin()]) == 4

# %% [markdown]
# Two different things, then. With mean 0.1 the start is slow, and more steps cure it. With mean $-0.05$ it is poor in *live* neurons, and
# networks with as many of them end up about alike: 9 of 30 and 10 of 10, 28 of 100 and 28 of 30. Even true labels suffer: the worst of ten
# starts, with 4 of 30 alive, gets 81 %. Measured here, for this size; no law.
#
# The reviewers' objections belong beside every picture of this kind. A **fixed number of steps** cannot tell a minimum from a [saddle](../../companion/2_glossary.ipynb#Saddle) or a
# slow slope; you have seen one taken for the other. **Adam's $\epsilon$**, which it adds to the size of the gradient before dividing, may explain an
# effect where gradients are tiny. And in the authors' related experiment, inputs scaled by a small $\tau$ with biases of mean zero, the
# scaling **need not change the linear regions**.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# For every finite data set whole regions of weights leave a hidden layer dead, and the best points of such a region are local minima.
# A saturated sigmoid layer is not dead but slow, here about $e$ times slower for each unit of scale. And nobody need be malicious: 20 layers
# of 3 neurons are born dead in nine of ten cases, since each layer can lose a sample by three coin tosses; one in six of all lies in the
# theorem's region.
#
# | quantity | found here (95 % interval) | published or proved |
# |---|---|---|
# | loss of the dead network, of one bump | 16, 5.2 | the same, by the formula |
# | recipe in a chain with negative targets | 400 as printed, 5.2 repaired | - |
# | born dead, $h = 3$, $k = 20$ | 88.3 % of 1,000 (86.2 to 90.1); 88.5 % of 10,000 stored (87.8 to 89.1) | at least 3.6 %, at most 93.1 % |
# | all 1,000: $z < 0$ in some layer at all ten samples | 167 (14.5 to 19.1 %) | - |
# | born dead, $h = 10$, $k = 100$ | 8.1 % of 1,000 (6.6 to 10.0); 7.7 % stored (7.2 to 8.2) | at most 9.3 % |
# | mean for positive weights with probability 99 %, $h = 100$ and 1,000 | 0.56, 0.20 | 0.24 for all |
#
# ## Go on
#
# - Exercises: [Dead layers](../../exercises/2_blind_spots/3_dead_layers.ipynb), then the
#   [solutions](../../solutions/2_blind_spots/3_dead_layers.ipynb).
# - Next: [No poor local minima](../3_deep_linear/1_no_poor_local_minima.ipynb), where nothing is bent.
# - Swirszcz, Czarnecki and Pascanu, *Local minima in training of neural networks*, arXiv 1611.06310 (2016): the theorem and both propositions.
# - Lu, Shin, Su and Karniadakis, *Dying ReLU and initialization: theory and numerical examples*, arXiv 1903.06733 (2019): networks born dead, and starts that
#   avoid it.
# - Rister and Rubin, *Probabilistic bounds on neuron death in deep rectifier networks*, arXiv 2007.06192 (2020): bounds from both sides.
