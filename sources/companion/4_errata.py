# %% [markdown]
# # Errata
#
# Slips in papers, sentences that are read for more than they say, and slips of our own. Each has a cell that you can run.

# %% [markdown]
# ## How to read this page
#
# Everybody who writes mathematics slips, and few slips matter. Of one paper on this page, of 1995, the sentence of the abstract does not hold as we read it; of no other do we doubt the main result. You meet a slip when
# you type a line from a paper into a machine, and then it is good to know that the machine is right.
#
# An entry says what is printed, what is right and whether it matters. The first line of its cell holds the right value, and behind it, in a comment, the
# other one. **Put the other value in and run the cell: the `assert` fails.** (A test of this course does so for every entry. Some other values may pass: the comment says which must fail.)
#
# What we could read: of Swirszcz, Czarnecki and Pascanu the conference submission (2016, revised up to January 2017), not the revision of February 2017, which may have put things right; of
# Nguyen and Hein the first version and the published abstract; of the others what the entry quotes, most often the abstract. Repairs and checks are ours.
# What we could not check again stands at the end, without a verdict.
#
# | section | entries |
# |---|---|
# | [In print](#In-print) | a sign, a dead layer, a bump, a threshold, whitened data, as many neurons as samples |
# | [Not repeated](#Not-repeated) | a count |
# | [Abstracts that promise more than the theorem](#Abstracts-that-promise-more-than-the-theorem) | almost every critical point, a scale that is not named, minimizers almost surely, any step size |
# | [Easily misread](#Easily-misread) | three layers, ReLU networks, curves of saddles, a width, coins, two rates, a band, spare neurons, 1/6, ten points, no hidden layer |
# | [Ours](#Ours) | unfinished runs, extra rows, blank borders |

# %%
import torch
import lmcourse as lm
from lmcourse.networks import random_field_theory as theory, random_matrices as matrices

# %% [markdown]
# ## In print
#
# ### A sign in two rows of weights
#
# **Printed** (Swirszcz, Czarnecki and Pascanu 2016, Proposition 2). The weights of the second neuron are $w_2 = -1$, in the global solution and in the local minimum.
#
# **Right.** $w_2 = +1$ in both. Then the losses are 0 and 8/3; with $-1$ they are 29 and 23/3.
#
# **Does it matter?** Not for the proposition, which is true. It does for everybody who copies the row. See [lesson 2.2](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#The-theorem).

# %%
w2 = 1  # printed: -1
land = lm.landmark("relu 2, solution").land
solution = torch.tensor([-5, w2, 1, -8, 1, -1, -1]).double()  # w1, w2, b1, b2, v1, v2, c
minimum = torch.tensor([-3, w2, 13 / 3, -10, 1, -1, -3]).double()
print("losses:", round(float(land.loss(solution)), 4), round(float(land.loss(minimum)), 4))
assert land.loss(solution) == 0 and abs(land.loss(minimum) - 8 / 3) < 1e-12

# %% [markdown]
# ### A dead layer with any output
#
# **Printed** (Swirszcz, Czarnecki and Pascanu 2016, theorem on dead layers, as we read it). Points at which some hidden layer is off at all samples are local minima. The condition is
# written with $W_n h_n + b_n$.
#
# **Right.** The network must also answer the mean target, else the derivative by the output bias is not zero. And layer $n$ reads $h_{n-1}$, not what it hands on itself.
#
# **Does it matter?** Little: such points exist for every finite data set, as the paper says. A program needs both repairs.
# See [lesson 2.3](../chapters/2_blind_spots/3_dead_layers.ipynb#Extra:-three-repairs-of-the-theorem).

# %%
output = 2  # printed: 3 (or any other)
dead = lm.landmark("dead layer")  # six samples with mean target 2
theta = dead.theta.clone()
theta[-1] = output
print("derivative by the output bias:", float(dead.land.gradient(theta)[-1]))
assert dead.land.gradient(theta).abs().max() == 0

# %% [markdown]
# ### A bump that meets a negative target
#
# **Printed** (the same proof). To beat a dead layer, the deeper layers carry the *answer*, $\mu + (\nu - \mu) \cdot \text{bump}$.
#
# **Right.** A ReLU layer cuts a negative answer off at 0. Let the deeper layers carry the bump, which is never negative, and scale and shift it at the output.
#
# **Does it matter?** For targets below zero only. The theorem stands with the repair. See [lesson 2.3](../chapters/2_blind_spots/3_dead_layers.ipynb#Extra:-three-repairs-of-the-theorem).

# %%
carried = "bump"  # printed: "answer"
data = lm.data.dead_layer_example()
chain = lm.relu_mlp([2, 3, 1, 1], lm.data.Data(data.x, data.y - 10))  # the six targets lowered by 10
rows, biases = torch.tensor([[3, 1], [6, 2], [3, 1]]).double(), torch.tensor([-4, -10, -6]).double()
bump, one, zero = torch.tensor([[1.0, -1.0, 1.0]]).double(), torch.ones(1, 1).double(), torch.zeros(1).double()
deeper = {
    "answer": {"W2": 3.6 * bump, "b2": zero - 8.6, "W3": one, "b3": zero},
    "bump": {"W2": bump, "b2": zero, "W3": 3.6 * one, "b3": zero - 8.6},
}
loss = float(chain.loss(chain.pack(W1=rows, b1=biases, **deeper[carried])))
print(f"loss {loss:.1f}, beside 16 of the dead network")
assert loss < 16

# %% [markdown]
# ### One threshold for all widths
#
# **Printed** (Swirszcz, Czarnecki and Pascanu 2016, after Proposition 4). With weights $N(\mu, 1/h)$ the mean $\mu = 0.24$ makes all weights positive with probability 0.99, "even" for
# width 10,000 and 100 layers.
#
# **Right.** For width 10,000 it does, amply: this is the easy end. The ratio of mean to spread grows like $\sqrt h$, so 0.24 is enough from widths of about 700 on; width 100
# needs 0.56.
#
# **Does it matter?** The example of the paper stands. The word "even" points the wrong way. See [lesson 2.3](../chapters/2_blind_spots/3_dead_layers.ipynb#A-shifted-mean).

# %%
width = 700  # printed: 100 (or any below 676)
probability = lm.experiments.bad_starts.all_positive(0.24, width, layers=100)
needed = lm.experiments.bad_starts.least_mean(100)
print(f"all weights positive: probability {probability:.3f}; width 100 needs a mean of {needed:.2f}")
assert probability > 0.99

# %% [markdown]
# ### Whitened samples
#
# **Printed** (Swirszcz, Czarnecki and Pascanu 2016, Proposition 4). The samples are whitened; all but one have negative features only, and the last one positive features only.
#
# **Right.** Both together are impossible: each sample has $x_1 x_2 > 0$, so the covariance of the two features is positive. Standardised data, each
# feature with mean 0 and variance 1, are possible.
#
# **Does it matter?** Not for the argument. Ours have the correlation 0.995. See [lesson 2.3](../chapters/2_blind_spots/3_dead_layers.ipynb#What-this-does-not-say).

# %%
samples_are = "standardised"  # printed: "whitened"
x = lm.data.saturation_example().x  # (10, 2)
covariance = x.T @ x / 10  # the mean is zero
distance = {
    "standardised": (covariance.diagonal() - 1).abs().max(),
    "whitened": (covariance - torch.eye(2)).abs().max(),
}
print(covariance)
assert (x.prod(dim=1) > 0).all() and distance[samples_are] < 1e-6

# %% [markdown]
# ### As many neurons as samples
#
# **Printed** (Yu and Chen 1995, abstract). With $P$ different samples, $P - 1$ sigmoid neurons and a constant one, "any suboptimal equilibrium point of the corresponding error
# surface is unstable in the sense of Lyapunov".
#
# **Right.** For some targets suboptimal local minima exist at any width. Sprinkhuizen-Kuyper and Boers (1999) gave one for the XOR problem and three neurons, and write that a proof
# of the contrary "is valid only when an unusual definition of local minimum is used". Ding, Li and Sun (2019) prove that they *can* exist for generic inputs and almost all activations, "no matter how wide the network is", if the last hidden layer has
# two neurons or more. Here is a short example, ours. Let
# $x = -1, 0, 1$ and $y = -1, 2, -1$. Near $w = 0$, $b = -1$, $v > 0$ each $v\, s(wx + b)$ is convex on the three samples, so the whole network is; no convex function comes nearer to these
# targets than the constant 0, with loss 3. Two neurons and a constant fit them exactly. So this is a suboptimal local minimum, though not a strict one. The abstract speaks of stability; but
# with sigmoids the loss is analytic, and for analytic losses every local minimum is a stable point of gradient flow (Absil and Kurdyka 2006). For losses that are merely smooth it need not be.
#
# **Does it matter?** Yes: "wide enough, so no bad minima" is still said. What is true is in [lesson 5.2](../chapters/5_cnn_width/2_width_smooths.ipynb#What-later-work-proved). This is no verdict on the proof:
# we read the abstract alone, our output is linear while theirs is not named there, and a correction by the authors is reported, which we have not seen.

# %%
lowest = 3  # printed: 0
x, y = torch.tensor([[-1.0, 0, 1], [-1, 2, -1]]).double()
draw = torch.Generator().manual_seed(0)
w, b, v = 0.02 * (2 * torch.rand(3, 5000, 50, 1, generator=draw, dtype=torch.float64) - 1)  # 50 neurons, 5,000 networks
outputs = ((v + 0.03) * torch.sigmoid(w * x + b - 1)).sum(dim=1)  # (5000, 3)
losses = (outputs - outputs.mean(dim=1, keepdim=True) - y).square().sum(dim=1) / 2  # with the best output bias
rank = torch.linalg.matrix_rank(torch.stack([torch.ones(3).double(), torch.sigmoid(x), torch.sigmoid(2 * x + 1)]))
print(f"losses near the minimum: {losses.min():.6f} and more; rank of a constant and two neurons: {rank}")
assert (losses >= 3).all() and abs(losses.min() - lowest) < 1e-3 and rank == 3

# %% [markdown]
# ## Not repeated
#
# One number that we do not find again. It may be right.
#
# ### A count that we could not repeat
#
# **Printed** (Safran and Shamir 2018, the result files behind table 1). With $k = n = 13$, 73.0 % of 1,000 runs end in a minimum that is not global.
#
# **Ours.** 65.0 % of 1,000 (62.0 to 67.9 %). In the result files that the authors gave out in 2021 it is 335 of 500, 67.0 %. By chance alone two samples of 1,000 differ by as much about once in 9,000
# pairs, and the largest difference of fifteen sizes does so in about one table of 600. We do not call it a slip, and we know no reason. The other fourteen sizes agree with ours.
#
# **Does it matter?** No: the theorem speaks of a point, not of a share. See [lesson 4.1](../chapters/4_over_parameterization/1_spurious_minima.ipynb#Does-size-help?).

# %%
share = 335 / 500  # printed: 730 / 1000
experiment, stored = lm.experiments.spurious_minima, lm.store.load("spurious_minima")
ours = experiment.count_stored(stored.row(k=13, n=13), members=1000)
print(f"this course: {ours}; compared with {share:.1%}")
pooled = (ours.failed / ours.total + 0.73) / 2
z = (0.73 - ours.failed / ours.total) / (pooled * (1 - pooled) * 2 / 1000) ** 0.5  # two samples of 1,000
chance = float(torch.erfc(torch.tensor(z / 2**0.5)))
print(
    f"730 of 1,000: {z:.2f} standard deviations; in one of {1 / chance:.0f} pairs, or {1 / (15 * chance):.0f} tables of fifteen sizes"
)
assert lm.shares_agree((round(1000 * share), 1000), (ours.failed, ours.total)) and 3.8 < z < 3.95

# %% [markdown]
# ## Abstracts that promise more than the theorem
#
# An abstract has no room for conditions. These four are often quoted without going on to the theorem.
#
# ### Almost every critical point
#
# **Printed** (Nguyen and Hein 2018, abstract). "We show that almost every critical point of the empirical loss is a global minimum with zero training error". Of the width alone: "This condition holds e.g.
# for the VGG network."
#
# **Right.** What is proved: every critical point *in a set of full measure* is global. But the critical points themselves have measure zero, so they may lie outside, and some do, in whole flats. VGG
# meets two of the nine conditions in lesson 5.2, the width among them.
#
# **Does it matter?** To the reading, much; to the theorem, not at all. See [lesson 5.2](../chapters/5_cnn_width/2_width_smooths.ipynb#Almost-every-critical-point).

# %%
loss = 32.81  # read as: 0
data = lm.data.one_hot(lm.data.gaussian_patches(100))
land = lm.small_cnn(data, filters=8, widths=[5, 3], activation=["sigmoid", "softplus"])  # 288 neurons, 100 images
parts = land.unpack(lm.starts(land, [0], "normal")[0])
point = land.pack(
    **parts | {"W2": 0 * parts["W2"], "W3": 0 * parts["W3"], "b3": data.y.mean(0)}
)  # the 365 numbers W1, b1 and b2 stay free
rank = torch.linalg.matrix_rank(land.layers(point)[0])
size = land.gradient(point).norm()
print(f"loss {float(land.loss(point)):.2f}, gradient below 1e-11: {bool(size < 1e-11)}, rank {rank}")
assert size < 1e-11 and rank == 100 and abs(land.loss(point) - loss) < 1e-9

# %% [markdown]
# ### A scale that is not named
#
# **Printed** (Bartlett, Helmbold and Long 2018, abstract). For a symmetric positive definite $\Phi$ the number of updates is "polynomial in $L$, the condition number of $\Phi$, and $\log(d/\epsilon)$".
#
# **Right.** A scale must be fixed, too, at least for one step size throughout and an error measured against $\Phi$: $\operatorname{diag}(\delta, 2\delta)$ has condition number 2 for every $\delta$, and the best of forty
# step sizes takes more than ten times as many steps for a tenth of $\delta$. We could not see the theorem itself; it may well say so.
#
# **Does it matter?** Only if you use the abstract as a formula. See [lesson 3.3](../chapters/3_deep_linear/3_identity_start.ipynb#Positive-targets:-how-many-steps).

# %%
steps = [7, 33, 99]  # read as: [7, 7, 7]
experiment, found, rates = lm.experiments.identity_start, [], torch.linspace(0.05, 2, 40).tolist()
for scale in (0.1, 0.03, 0.01):
    phi = scale * torch.tensor([1.0, 2.0]).double()  # condition number 2; two layers
    runs = [experiment.steps_to(phi, 2, rate, [1e-4 * scale**2], most=300)[0] for rate in rates]
    found.append(min(count for count in runs if count is not None))
print("steps with the best of 40 step sizes, for 0.1, 0.03, 0.01:", found)
assert all(abs(count - expected) <= 1 for count, expected in zip(found, steps, strict=True))

# %% [markdown]
# ### Minimizers almost surely
#
# **Printed** (Lee, Simchowitz, Jordan and Recht 2016, abstract). "We show that gradient descent converges to a local minimizer, almost surely with random initialization."
#
# **Right.** The theorem, on the same page, asks that every saddle be *strict* and the step short, and allows descent to minus infinity. Without "strict" it is false: on
# $\tfrac14 y^4 - \tfrac13 y^3$ gradient flow from every start $y < 0$ creeps to the ledge at 0, which is no minimizer; so does descent with step 0.1 from $-2.7 < y < 0$. (From $-2.8$ it jumps over the ledge.)
#
# **Does it matter?** Yes, since networks with three or more layers have saddles that are not strict. See [lesson 1.1](../chapters/1_saddle_points/1_critical_points.ipynb#Where-the-Hessian-is-silent).

# %%
strict = True  # read as: False (no condition is named)
power = 2 if strict else 3
y = torch.linspace(-0.9, 0.9, 1000).double()  # starts
for _ in range(5000):
    y = y - 0.1 * (y**3 - y ** (power - 1))  # descent on y^4 / 4 - y^power / power, minima at distance 1
print("share of starts that end at a minimum:", float(((y.abs() - 1).abs() < 1e-6).double().mean()))
assert ((y.abs() - 1).abs() < 1e-6).all()

# %% [markdown]
# ### Any step size
#
# **Printed** (Bartlett, Helmbold and Long 2018, abstract). If $\Phi$ "is symmetric and has a negative eigenvalue, then all members of a class of algorithms that perform gradient descent with identity initialization", with or without
# a pull towards the identity, "fail to converge".
#
# **Right.** For an even number of layers every step size fails. For an odd number and small steps the floor holds as well; a large step may jump over zero, and then descent arrives. Arora, Cohen, Golowich and Hu (2019) restate
# the theorem for even depth. How the class in the paper is drawn, and so whether such steps belong to it, we could not read.
#
# **Does it matter?** It is a warning: what holds for the flow need not hold for steps. See [lesson 3.3](../chapters/3_deep_linear/3_identity_start.ipynb#Does-it-help-to-stay-near-the-identity?).

# %%
arrives = True  # read as: False
layer = lm.experiments.identity_start.eigenvalues(-1.0, depth=3, rate=0.6, steps=200)[-1]
slow = lm.experiments.identity_start.eigenvalues(-1.0, depth=3, rate=0.1, steps=200)[-1]
print(f"three layers, target -1: product {float(layer**3):.4f} by steps of 0.6, {float(slow**3):.4f} by steps of 0.1")
assert bool(abs(layer**3 + 1) < 1e-9) is arrives and slow > 0

# %% [markdown]
# ## Easily misread
#
# Here the papers say nothing wrong. What is made of them is sometimes wrong. How often, we have not counted.
#
# ### Three layers
#
# **Misread** (of Kawaguchi 2016: bad saddles exist "for the deeper networks (with more than three layers)" and not "for the shallow networks (with three layers)"). Three weight matrices have no bad saddle.
#
# **Right.** He counts rows of neurons, input and output among them. "Three layers" are one hidden layer, two matrices. Three matrices do have bad saddles: at the origin the Hessian is zero.
#
# **Does it matter?** It moves the border by one. See [lesson 3.2](../chapters/3_deep_linear/2_bad_saddles.ipynb#A-Hessian-that-sees-nothing).

# %%
matrices_without_bad_saddles = 2  # read as: 3
widths = (2,) * (matrices_without_bad_saddles + 1)
land = lm.deep_linear(widths, lm.experiments.plateaus.target(2, 1))
lowest = torch.linalg.eigvalsh(land.hessian(torch.zeros(land.dim).double())).min()
print("smallest eigenvalue at the origin:", float(lowest))
assert lowest < -1

# %% [markdown]
# ### Deep networks without poor local minima
#
# **Misread** (of Kawaguchi 2016, whose abstract says: "for deep nonlinear neural networks, we prove the same four statements via a reduction to a deep linear model under the independence assumption adopted from recent work").
# ReLU networks have no poor local minima.
#
# **Right.** The statement is about an output averaged over random gates that are independent of data and weights. One ReLU neuron and two samples have a poor minimum.
#
# **Does it matter?** Yes. The paper itself speaks of a gap between theory and practice. See [lesson 3.2](../chapters/3_deep_linear/2_bad_saddles.ipynb#Extra:-two-more-results-of-Kawaguchi's-paper).

# %%
lowest_nearby = 2.5  # read as: 0
x, y = torch.tensor([[1.0, 2], [1, 2]]).double()
v = torch.linspace(0.7, 1.3, 61)[:, None, None]  # around v = 1, w = -1
w = torch.linspace(-1.3, -0.7, 61)[:, None]
losses = (v * (w * x).relu() - y).square().sum(-1) / 2  # (61, 61)
print(f"losses nearby: {losses.min():.1f} to {losses.max():.1f}; at v = w = 1: {(x.relu() - y).square().sum() / 2:.1f}")
assert losses.min() == lowest_nearby and (x.relu() == y).all()

# %% [markdown]
# ### Saddles that fill curves
#
# **Misread** (of Lee, Simchowitz, Jordan and Recht 2016). Gradient descent avoids all strict saddles of a network from almost every start.
#
# **Right.** True for short steps on a region that no step leaves and where the Hessian is bounded, by $\ell$, with steps below $1/\ell$. (On all weights the Hessian of a network of two layers is not bounded.) But the proof for it is that of Panageas and Piliouras (2017), "even for cost functions $f$ with non-isolated critical points, answering an open question" of the former. Lee et al. prove it
# for one strict saddle, hence for countably many. Saddles of networks fill curves: $\tfrac12 |b\,(a_1, a_2) - (1, 0)|^2$ has one at $b = a_1 = 0$ for every $a_2$.
#
# **Does it matter?** Cite both. Both are about strict saddles. See [lesson 1.1](../chapters/1_saddle_points/1_critical_points.ipynb#Who-goes-where).

# %%
isolated = False  # read as: True
land = lm.deep_linear((2, 1, 1), lm.data.Data(torch.eye(2).double(), torch.tensor([[1.0], [0]]).double()))  # a1, a2, b
points = torch.stack([torch.tensor([0, a2, 0]).double() for a2 in torch.linspace(-1, 1, 201).tolist()])
smallest = torch.linalg.eigvalsh(land.hessian(points))[:, 0]
strict = (land.gradient(points).abs().amax(dim=1) == 0) & (smallest < -0.1)
print(f"strict saddles: {int(strict.sum())} of 201, smallest eigenvalues {smallest.min():.2f} to {smallest.max():.2f}")
assert bool(strict.all()) is not isolated

# %% [markdown]
# ### A width of Xception
#
# **Misread** (of Nguyen and Hein 2018, table 1). The largest width of Xception is 700K neurons.
#
# **Right.** 700K is a lower bound, as the caption says of all numbers, and it fits an early layer. The widest layer has 147 x 147 positions and 128 channels, 2,765,952 neurons, more than the 1,281,167 images of ImageNet.
#
# **Does it matter?** Read as a width, it moves one network to the other side of the line: four of the eight in [lesson 5.1](../chapters/5_cnn_width/1_width_you_already_have.ipynb#Count-neurons) are wide enough, not three.

# %%
neurons = 2_765_952  # read as: 700_000
widest = lm.experiments.layer_widths.measured("Xception")[1]
print(widest)
assert widest.neurons == neurons and (neurons > lm.experiments.layer_widths.IMAGENET)

# %% [markdown]
# ### One coin for each eigenvalue
#
# **Said** (informally, for instance in Ng's lecture *The problem of local optima*, Coursera: the chance is "maybe two to the minus 20,000" in 20,000 directions). A critical point in $N$ dimensions is a minimum with
# probability $2^{-N}$.
#
# **Right.** Eigenvalues are no independent coins. For a random symmetric matrix (GOE) the probability is far smaller, 1 in 407 for $N = 4$ and not 1 in 16; at critical points of random landscapes it is about
# $e^{-cN}$, with a $c$ that depends on the landscape, since a low point shifts all eigenvalues together.
#
# **Does it matter?** The conclusion, that most critical points are saddles, survives. What the coins hide is that the low ones are minima. See
# [lesson 1.2](../chapters/1_saddle_points/2_high_dimension.ipynb#The-coin-flip).

# %%
share = 1 / 407  # read as: 1 / 16
exact = matrices.positive_share(4)  # an exact integral
drawn = matrices.gaussian_symmetric(4, samples=50_000)
count = int((torch.linalg.eigvalsh(torch.as_tensor(drawn))[:, 0] > 0).sum())
print(f"exact: 1 in {1 / exact:.1f}; drawn: {count} of 50,000")
assert abs(share / exact - 1) < 0.01 and lm.shares_agree((count, 50_000), (round(1e6 * share), 10**6))

# %% [markdown]
# ### A rate read as a number
#
# **Misread** (of Auffinger, Ben Arous and Černý 2013). The spherical 3-spin model has $e^{0.0132 N}$ minima.
#
# **Right.** 0.0132 is the limit of (logarithm of the mean number) / $N$. For 30 spins the bare rate gives 1.5 and the mean number is 17; for 100 it gives 4, and the mean is about 200. The same with matrices:
# $e^{-0.27 N^2}$ is the leading exponent of "all eigenvalues positive" (Dean and Majumdar 2006), and at $N = 10$ it is 50 times too large.
#
# **Does it matter?** At sizes that fit a computer, yes. See [lesson 1.2](../chapters/1_saddle_points/2_high_dimension.ipynb#What-this-does-not-say).

# %%
minima = 17  # read as: 1.5
rate = theory.p_spin_complexity(-theory.p_spin_edge(3), 3)  # 0.01324
mean = theory.p_spin_minima(30, samples=2000).minima
print(f"30 spins: exp(rate N) = {torch.tensor(30 * rate).exp():.2f}, mean number of minima {mean:.1f}")
bare = torch.tensor(-0.27465 * 10**2).exp() / matrices.positive_share(10)
print(f"matrices, N = 10: the bare exponent is {bare:.0f} times too large")
assert abs(mean - minima) < 1 and 45 < bare < 60

# %% [markdown]
# ### A band in which all minima lie
#
# **Misread** (of Choromanska et al. 2015). All local minima of large networks lie in a narrow band above the global one, so all are equally good.
#
# **Right.** The abstract says so of "the fully decoupled neural network", a spin-glass model, under three assumptions that it names, and in the limit of large size. Even in the model the limit is far: with 100 spins
# one minimum in 500 lies in the band. The step to networks is an experiment there, and a conjecture.
#
# **Does it matter?** Yes. [Lesson 4.4](../chapters/4_over_parameterization/4_how_many_minima.ipynb#How-good-are-they?) measures networks of four neurons whose median run ends 44 % above the best.
# See also [lesson 1.2](../chapters/1_saddle_points/2_high_dimension.ipynb#The-law).

# %%
share_in_band = 0.002  # read as: 1
hundred = theory.p_spin_minima(100, samples=2000)
print(f"100 spins: half of the minima lie above {hundred.median:.2f}, a share of {hundred.below_edge:.4f} in the band")
print(f"the band: {-theory.p_spin_lowest(3):.3f} to {-theory.p_spin_edge(3):.3f}")
assert abs(hundred.below_edge - share_in_band) < 0.001

# %% [markdown]
# ### Two spare neurons
#
# **Misread** (of Safran and Shamir 2018). Two neurons more than the teacher has, and no spurious minimum is left.
#
# **Right.** The paper reports that *none was met* in 1,000 runs for each size up to $n = 20$; its abstract says that mild over-parameterization "appears to drastically reduce such local minima". One exists
# at $(k, n) = (11, 13)$, proved here. Random starts miss it.
#
# **Does it matter?** Not for training at these sizes; for theorems, yes. See [lesson 4.2](../chapters/4_over_parameterization/2_proof_by_computer.ipynb#Spare-neurons).

# %%
spurious_minimum = True  # read as: False
W = lm.experiments.proof_by_computer.symmetric_point(11, 2, "spare neurons fill it")
proof = lm.certify(lm.teacher_student(k=11, n=13), W.flatten(), not_global=True)
print(proof.kind, "- not global:", proof.not_global, f"- loss above {float(proof.loss_bounds[0]) - 5e-5:.4f}")
assert (proof.proved and proof.not_global) is spurious_minimum

# %% [markdown]
# ### One sixth
#
# **Misread** (of Swirszcz, Czarnecki and Pascanu 2016, Proposition 3). The point with loss 1/6 is the global minimum.
#
# **Right.** The paper calls it "better" than the one with 2/3, which it is. With the output bias as a third level, one neuron fits the left side, two remain for the right, and the loss is 0.
#
# **Does it matter?** No. Two bad minima are even better for the paper's case than one. See [lesson 2.2](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#Extra:-three-neurons-and-a-wrong-split).

# %%
least = 0  # read as: 1 / 6
better, solution = lm.landmark("relu 3, better"), lm.landmark("relu 3, solution")
print("losses:", float(better.land.loss(better.theta)), float(better.land.loss(solution.theta)))
assert abs(better.land.loss(better.theta) - 1 / 6) < 1e-12 and better.land.loss(solution.theta) == least

# %% [markdown]
# ### Ten is the smallest
#
# **Misread** (of the revision of Swirszcz, Czarnecki and Pascanu, which we know from a summary). Ten points are the least that can trap a 2-2-1 sigmoid network.
#
# **Right.** It is reported as the authors' *belief*, and we do not know in what sense. For a strict minimum of the log loss with accuracy below one half nine points suffice.
#
# **Does it matter?** No. See [lesson 2.1](../chapters/2_blind_spots/1_ten_points.ipynb#Extra:-is-ten-the-smallest?).

# %%
points = 9  # read as: 10
nine, right = lm.landmark("nine points, log, trap"), lm.landmark("nine points, log, all right")
proof = lm.certify(nine.land, nine.theta, "strict local minimum", not_global=True, better=right.theta)
data = lm.data.nine_points()
print(len(data.x), "points:", proof.kind, "- not global:", proof.not_global)
assert len(data.x) == points and proof.proved and proof.not_global

# %% [markdown]
# ### No hidden layer, no local minima
#
# **Said** ("folk knowledge", write Sontag and Sussmann 1989, who refute it). Without hidden neurons there are no local minima that are not global.
#
# **Right.** With a sigmoid output and the squared error there are. Theirs has 125 binary samples and five weights; with real inputs two samples and one weight are enough (ours). With the log loss the error of one neuron is convex.
#
# **Does it matter?** It is why one trains classifiers with the log loss. See [lesson 4.4](../chapters/4_over_parameterization/4_how_many_minima.ipynb#The-theorem).

# %%
count = 2  # read as: 1
w = torch.logspace(-2, 4, 4000).double()  # for w < 0 the error only falls towards w = 0
error = (0.6 - torch.sigmoid(w)) ** 2 + (0.6 - torch.sigmoid(w / 30)) ** 2  # x = 1 and 1/30, both targets 0.6
lower = (error[1:-1] < error[:-2]) & (error[1:-1] < error[2:])
for place, height in zip(w[1:-1][lower].tolist(), error[1:-1][lower].tolist(), strict=True):
    print(f"local minimum at w = {place:.2f}, error {height:.4f}")
assert int(lower.sum()) == count and error[1:-1][lower].max() > 10 * error.min()

# %% [markdown]
# ## Ours
#
# Found while this course was made, by running what we had written.
#
# ### Unfinished runs
#
# **First written.** With a small learning rate every straight line from start to end falls all the way: 100 of 100.
#
# **Right.** These runs are unfinished after 1,000 steps; an unfinished run is a short line. Ten times as many steps bring the loss down and the rises back.
#
# **Does it matter?** It would have been a law about learning rates that is none. See [lesson 1.4](../chapters/1_saddle_points/4_straight_line.ipynb#When-it-does-not-fall).

# %%
steps = 10_000  # first written: 1000
row = lm.store.load("straight_line").row(table="line", width=8, rate=0.003, steps=steps)
fall, end = int((row["rise"] < 1e-3).sum()), float(torch.tensor(row["last"]).median())
print(f"lines that fall: {fall} of 100; median loss at the end {end:.3f}")
assert fall < 95 and end < 0.15

# %% [markdown]
# ### Extra rows
#
# **First written.** At a critical point of two matrices unused hidden neurons may have any input weights.
#
# **Right.** They must not see a mode that is still missing: the gradient by their output weights is error times input. Learnt modes they may see.
#
# **Does it matter?** The formula for the index is the same; the points of the first version were no critical points. See
# [lesson 3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#Extra:-where-the-index-comes-from).

# %%
row = [1, 0, 0, 0]  # first written: [0, 1, 0, 0] (or any that reads mode 2, 3 or 4)
land = lm.deep_linear((4, 2, 4), lm.experiments.plateaus.target(4, 3, 2, 1))
W1 = torch.tensor([[4, 0, 0, 0], row]).double()  # neuron 1 has learnt mode 1, neuron 2 is unused
W2 = torch.tensor([[1, 0], [0, 0], [0, 0], [0, 0]]).double()
gradient = land.gradient(land.pack(W1=W1, W2=W2))
print("largest entry of the gradient:", float(gradient.abs().max()))
assert gradient.abs().max() == 0

# %% [markdown]
# ### Blank borders
#
# **First written.** Random ReLU features of digits miss full rank because neurons at the blank borders are dead or constant.
#
# **Right.** All pixels have one sign, so many neurons never switch, in the middle as at the border. Subtract each pixel's mean, divide by the standard deviation of all: the borders stay as blank as they were, and the rank is full.
#
# **Does it matter?** For the remedy, yes. See [lesson 5.1](../chapters/5_cnn_width/1_width_you_already_have.ipynb#Neurons-that-never-switch).

# %%
pixels_of_both_signs = True  # first written: False
experiment = lm.experiments.independent_features
x, draws = experiment.images("digits", N=200), [experiment.draw(filters=6, seed=seed) for seed in range(20)]
centred = (x - x.mean(dim=0)) / (x - x.mean(dim=0)).std()
ranks = experiment.ranks(centred if pixels_of_both_signs else x, draws, "ReLU")
full, blank = int((ranks == 200).sum()), [int((pixels.std(dim=0) == 0).sum()) for pixels in (x, centred)]
print(f"rank 200 in {full} of 20 draws; pixels that never differ, before and after: {blank}")
assert full == 20 and blank[0] == blank[1] > 0

# %% [markdown]
# ## Not judged
#
# Three remarks that we could not check again, so they are no entries:
#
# - The objective of Safran, Yehudai and Shamir (2021) is printed without the factor ½ that its closed form and its Hessian have. So our notes from reading the main text say; we quote no line. The numbers of this course are those with ½.
# - The exponents in the proof of Proposition 5 of Swirszcz, Czarnecki and Pascanu (2016) were corrected after a reviewer's remark. [Lesson 2.3](../chapters/2_blind_spots/3_dead_layers.ipynb#Born-dead) has the corrected form.
# - In the proof of their Proposition 4 a sign is said to be turned: the derivatives by the output weights are negative.
#
# ## Go on
#
# - Have you found another one, here or in a paper? Tell us: [github.com/lmcourse/lmcourse](https://github.com/lmcourse/lmcourse).
# - Back to the [start page](../00_start_here.ipynb).
