# %% [markdown] slideshow={"slide_type": "slide"}
# # Critical points
#
# *Training stands still: the gradient is zero. Is this a valley, a pass or a summit? And does the method have a say in where it ends?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **find** the critical points of a surface, **read** their kind off the Hessian, **predict** which of four methods ends where, **recognise** points on which the Hessian is silent |
# | You need first | [Start here](../../00_start_here.ipynb); gradients, eigenvalues of a symmetric matrix |
# | To read | 50 minutes, and 6 for the extra part |
# | To run | about 10 seconds on one core |
# | Words and letters | [glossary](../../companion/2_glossary.ipynb), [notation](../../companion/1_notation.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where the ground is level
#
# Training looks for parameters $\theta$ with a low loss $L(\theta)$. A network has thousands of them; this lesson takes two, so that the
# whole [landscape](../../companion/2_glossary.ipynb#Landscape) fits on a page. Here is the surface of the start page again (Himmelblau 1972):
#
# $$ L(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2 . $$

# %%
import torch
import lmcourse as lm

# %%
land, experiment = lm.surface("himmelblau"), lm.experiments.basins
fig, ax = lm.plots.figure(6, 4.6)
experiment.draw_key(ax, *experiment.draw_bands(ax, land))
alt = "A map in bands of colour with four dark hollows, one in each quarter, and light corners."
lm.show(fig, "The surface as a map: dark is low, light is high. The bands are finer in the hollows.", alt)

# %% [markdown]
# The gradient $\nabla L$ points uphill. Where it is zero the ground is level, and we call the point **critical**. A method that follows the
# gradient stands still there, wherever "there" is.

# %% tags=["predict"]
lm.predict(
    "1.1/level",
    "The map has four hollows. At how many points is the gradient zero?",
    ["4, one in each hollow", "5", "9", "on whole curves"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
land, experiment = lm.surface("himmelblau"), lm.experiments.basins
points = experiment.places(land)  # Newton's method on "gradient = 0" from 1,681 starts; each end once, the lowest first
fig, ax = lm.plots.figure(7.6, 4.6)
experiment.draw_bands(ax, land)
experiment.draw_places(ax, points)
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
alt = "The same map with nine marks: a circle in each of the four hollows, a diamond between each two neighbours, and a triangle in the middle."
lm.show(fig, "All points with gradient zero. The words in the legend are explained in the next section.", alt)

# %% tags=["headline"]
print("points with gradient zero:", len(points))
print("their heights:", ", ".join(f"{abs(float(loss)):.1f}" for loss in points.loss))

# %%
assert len(points) == 9 and points.grad_norm.max() < 1e-11
assert (points.loss[4:] - torch.tensor([13.3119, 67.7192, 104.0152, 178.3372, 181.6165])).abs().max() < 1e-4

# %% tags=["reveal"]
lm.reveal(
    "1.1/level",
    measured="9 points: the four hollows, four passes between them, and one summit",
    right="9",
    explanation="There are no more: both components of the gradient are cubic, and two cubic curves meet in at most nine points, unless they share a curve (Bézout). If these shared one, at most four more points could stand alone. All nine do, as proved below.",
)

# %% [markdown]
# The numbers fit together. On a surface that rises on all sides and on which no critical point has an eigenvalue zero (see below), hollows minus passes plus summits is always 1: here
# $4 - 4 + 1$. It is a theorem of Morse (1925). So whoever has four hollows has at least three passes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What the Hessian tells
#
# At a critical point the slope says nothing, so the next term decides. Let $H$ be the **Hessian**, the symmetric matrix of second derivatives. For a small
# step $v$ from a critical point
#
# $$ L(\theta + v) \;\approx\; L(\theta) + \tfrac12\, v^\top H v \;=\; L(\theta) + \tfrac12 \sum_i \lambda_i\, c_i^2 , $$
#
# where $\lambda_i$ are the eigenvalues of $H$ and $c_i$ is the part of $v$ along the $i$-th eigenvector. A positive eigenvalue is a direction that curves up, a negative one
# a direction that curves down. The number of negative eigenvalues is the **index**.
#
# | eigenvalues | index | kind |
# |---|---|---|
# | all positive | 0 | strict minimum |
# | some negative, others not | 1, 2, ... | strict saddle |
# | all negative | number of parameters | strict maximum |
# | none negative, some zero | 0 | undecided: the Hessian is silent |
#
# Here *strict* means that the Hessian proves it: $x^2 + y^4$ has its lowest point at the origin, but no strict minimum in this sense. For our surface two derivatives by hand give
#
# $$ H = \begin{pmatrix} 12x^2 + 4y - 42 & 4(x + y) \\ 4(x + y) & 4x + 12y^2 - 26 \end{pmatrix} . $$

# %% tags=["headline"]
land, theta = lm.surface("himmelblau"), torch.tensor([3.0, 2.0], dtype=torch.float64)  # one of the four hollows
x, y = theta.tolist()
by_hand = [[12 * x**2 + 4 * y - 42, 4 * (x + y)], [4 * (x + y), 4 * x + 12 * y**2 - 26]]
print("in the hollow at (3, 2)")
print("H by hand:   ", by_hand)
print("land.hessian:", land.hessian(theta).tolist())
print("eigenvalues: ", ", ".join(f"{value:.1f}" for value in torch.linalg.eigvalsh(land.hessian(theta)).tolist()))

# %%
assert land.hessian(theta).tolist() == by_hand == [[74, 20], [20, 34]]

# %% [markdown]
# Both are positive: the hollow is a strict minimum.

# %% slideshow={"slide_type": "slide"}
land, points = lm.surface("himmelblau"), lm.experiments.basins.places(lm.surface("himmelblau"))
fig, axes = lm.plots.figure(10, 3.4, columns=3, sharey=True)
t = torch.linspace(-0.7, 0.7, 101, dtype=torch.float64)[:, None]
for ax, number in zip(axes, (1, 6, 8), strict=True):
    point = points[number]
    basis = torch.linalg.eigh(land.hessian(point.theta)).eigenvectors
    for column, color, dash in ((0, "vermilion", "--"), (1, "blue", "-")):
        cut = land.loss(point.theta + t * basis[:, column]) - point.loss
        ax.plot(t, cut, dash, color=lm.plots.PALETTE[color], label=f"eigenvalue {float(point.eigenvalues[column]):.0f}")
    ax.set(title=point.kind, xlabel="distance c (no unit)", ylim=(-26, 26))
    ax.legend()
axes[0].set_ylabel("loss above the point (no unit)")
alt = "Three pictures, two curves each. At the minimum both curve up; at the saddle one curves up and one down; at the maximum both curve down."
lm.show(fig, "Cuts through three of the nine points, along the two eigenvectors of the Hessian.", alt)

# %% tags=["headline"]
claims = {
    "strict minimum": "strict local minimum",
    "strict saddle": "index-1 saddle",
    "strict maximum": "strict local maximum",
}
for point in points:
    (x, y), (low, high) = point.theta.tolist(), point.eigenvalues.tolist()
    proof = lm.certify(land, point.theta, claims[point.kind])
    print(
        f"({x:5.2f}, {y:5.2f})  eigenvalues {low:6.1f} {high:6.1f}  index {int(point.index)}  {proof.kind}, proved: {proof.proved}"
    )

# %%
assert [int(index) for index in points.index] == [0, 0, 0, 0, 1, 1, 1, 1, 2]
assert all(lm.certify(land, point.theta, claims[point.kind]).seconds < 2 for point in points)

# %% [markdown]
# *Proved* means more here than "the computer says so". A computer rounds, so a gradient is never seen to be exactly zero. `lm.certify` computes with
# intervals that enclose every rounding error, and concludes: very near the printed point there is exactly one critical point, and its eigenvalues have
# these signs.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Four methods from one start
#
# | method | one step |
# |---|---|
# | gradient descent (Cauchy 1847) | $\theta \leftarrow \theta - \eta\, \nabla L$ |
# | momentum (Polyak 1964) | $v \leftarrow 0.9\, v - \eta\, \nabla L, \quad \theta \leftarrow \theta + v$ |
# | Newton | $\theta \leftarrow \theta - H^{-1}\, \nabla L$ |
# | saddle-free Newton (Dauphin et al. 2014) | $\theta \leftarrow \theta - \lvert H \rvert^{-1}\, \nabla L$ |
#
# Newton's method takes the quadratic approximation at the present point and jumps to where *that* is level. $\lvert H \rvert$ has the eigenvectors of $H$ and the absolute
# values of its eigenvalues. We take $\eta = 0.003$, and cut a saddle-free step that is longer than 1 to the length 1 (the cut is ours).

# %% tags=["predict"]
lm.predict(
    "1.1/one_start",
    "All four start at (-0.3, -0.6), a little to the north of the summit. Which of them ends highest?",
    ["gradient descent", "momentum", "Newton", "saddle-free Newton", "none: all end at height 0"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
land, experiment = lm.surface("himmelblau"), lm.experiments.basins
start = torch.tensor([-0.3, -0.6], dtype=torch.float64)
paths = {method: experiment.path(land, start, method) for method in experiment.NAMES}  # each (steps + 1, 2)

fig, (left, right) = lm.plots.figure(10, 4.2, columns=2)
experiment.draw_bands(left, land)
experiment.draw_races(left, right, land, paths)
right.legend(loc="lower left")
alt = "Left four paths from one circle: three lead to three different hollows, one short one up to the summit. Right the loss along them."
caption = "Four methods from the same start (circle) to four different ends (squares), and the loss on the way."
lm.show(fig, caption, alt)

# %% tags=["headline"]
print("each until the gradient is below 0.000001:")
for method, path in paths.items():
    end = lm.classify(land, path[-1], tol=1e-6)[0]
    x, y = path[-1].tolist()
    print(
        f"{experiment.NAMES[method]:19} {len(path) - 1:3} steps to ({x:5.2f}, {y:5.2f}), {end.kind}, loss {float(end.loss):5.1f}"
    )

# %%
assert [round(float(land.loss(path[-1])), 1) for path in paths.values()] == [0, 0, 181.6, 0]
ends = torch.stack([path[-1] for path in paths.values()])
assert (torch.pdist(ends) > 0.5).all() and land.loss(start) < land.loss(ends[2])

# %% tags=["reveal"]
lm.reveal(
    "1.1/one_start",
    measured="Newton's method ends on the summit, at 181.6, higher than it started",
    right="Newton",
    explanation="Where the gradient is zero is all that it asks for. The other three end in three different hollows.",
)

# %% [markdown]
# We picked this start because all four ends differ. From most starts gradient descent and saddle-free Newton end in the same hollow.

# %% [markdown] slideshow={"slide_type": "slide"}
# ### One number explains it
#
# Near a critical point $\nabla L$ is nearly $Hv$ (exactly, if $L$ is quadratic), so each eigendirection lives on its own. Let $c$ be the distance along an eigenvector with eigenvalue $\lambda$. One step multiplies it by nearly
#
# | | gradient descent | Newton | saddle-free Newton |
# |---|---|---|---|
# | $\lambda > 0$ | $1 - \eta \lambda$ | 0 | 0 |
# | $\lambda < 0$ | $1 + \eta \lvert\lambda\rvert$ | **0** | 2 |
#
# Gradient descent drifts away from a saddle along its negative directions, slowly where $\lvert\lambda\rvert$ is small. Newton is drawn in from *all* sides. Saddle-free Newton doubles the distance
# at every step, whatever $\lambda$ is. An example of Dauphin et al. is $5x^2 - y^2$, with eigenvalues $10$ and $-2$. From the start $(1, 0.001)$ the distances along $y$, for gradient descent with $\eta = 0.05$:

# %% tags=["headline"]
# a landscape of your own takes one line
saddle = lm.Landscape("5 x^2 - y^2", {"xy": (2,)}, lambda theta: 5 * theta[..., 0] ** 2 - theta[..., 1] ** 2)
start = torch.tensor([1.0, 0.001], dtype=torch.float64)
settings = {"gd": {"lr": 0.05}, "newton": {}, "saddle-free newton": {"damping": 0.0}}  # the steps of the table, uncut
for method, options in settings.items():
    path = lm.train(saddle, start, method, max_steps=7, record=1, **options).path.theta[0]
    print(f"{lm.experiments.basins.NAMES[method]:19}", " ".join(f"{y:.4f}" for y in path[:, 1].tolist()))

# %%
assert torch.allclose(path[:, 1], 0.001 * 2.0 ** torch.arange(8).double())
steps_gd, steps_free = (
    float(torch.log(torch.tensor(1000.0)) / torch.log(torch.tensor(factor))) for factor in (1.1, 2.0)
)
assert (round(steps_gd, 1), round(steps_free, 1)) == (72.5, 10.0)

# %% [markdown]
# From distance $r$ to distance $s$ gradient descent needs about $\ln(s/r) / \ln(1 + \eta\lvert\lambda\rvert)$ steps: 73 from 0.001 to 1 here. Saddle-free Newton needs
# $\log_2(s/r)$: 10. A long stretch on which the loss hardly falls is a **plateau**; here it lies near a saddle. (The table is the paper's argument; the formula for the steps is our reading of it.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Who goes where
#
# One start can mislead. So let each method start from every cell of a grid of 200 by 200, all in one batch. All starts from which a method ends
# at the same point are the **basin** of this point.

# %% tags=["predict"]
lm.predict(
    "1.1/basins",
    "Newton's method starts at 40,000 points spread evenly over the map. How many of them lead to one of the four minima?",
    ["all", "about 9 in 10", "about 6 in 10", "about 1 in 4"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
land, experiment = lm.surface("himmelblau"), lm.experiments.basins
found = {method: experiment.basins(land, method, side=200) for method in experiment.NAMES}
fig, axes = lm.plots.figure(10, 8, columns=2, rows=2, sharey=True)
for ax, method in zip(axes.flat, found, strict=True):
    experiment.draw_basins(ax, land, found[method])
    ax.set_xlabel("start x (no unit)")
for left, right in axes:  # each row can stand alone
    left.set_ylabel("start y (no unit)")
    right.legend(loc="upper left", bbox_to_anchor=(1, 1))
alt = "Four maps. Gradient descent and saddle-free Newton: four plain regions. Momentum: regions with bays and islands. Newton: large grey "
alt += "areas around the saddles, a black one around the summit, and frayed borders."
lm.show(fig, "Where each start ends: a light colour for each minimum, grey for saddles, black for the maximum.", alt)

# %% tags=["headline"]
kinds = ("strict minimum", "strict saddle", "strict maximum")
print("of 40,000 starts, in percent:  minima  saddles  maximum")
for method, each in found.items():
    print(f"{experiment.NAMES[method]:29}", " ".join(f"{each.share(kind):8.1f}" for kind in kinds))

# %%
shares = {method: [each.share(kind) for kind in kinds] for method, each in found.items()}
assert all(shares[method] == [100, 0, 0] for method in ("gd", "momentum", "saddle-free newton"))
assert all(abs(a - b) < 0.3 for a, b in zip(shares["newton"], (57.8, 36.1, 6.2), strict=True))
same = (found["gd"].ends == found["saddle-free newton"].ends).mean()
assert 0.98 < same < 1

# %% tags=["reveal"]
lm.reveal(
    "1.1/basins",
    measured="58 percent; 36 percent end at a saddle and 6 percent on the summit",
    right="about 6 in 10",
    explanation="All 40,000 runs converged. What they converge to is a critical point, of any kind.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# So this is what to remember: **Newton's method does not look for minima; from 42 percent of this map it runs to a saddle or to the summit.**
#
# The shares are counts on a fixed grid, without chance, so they carry no interval. That gradient descent has 0 percent at saddles fits a theorem:
#
# **Theorem (Lee, Simchowitz, Jordan and Recht 2016; Panageas and Piliouras 2017).** *Let $L$ have two continuous derivatives and let no eigenvalue of $H$ exceed $\ell$ in size. If $\eta < 1/\ell$, the
# starts from which gradient descent converges to a strict saddle form a set of measure zero (as a curve has no area): a random start avoids it with probability one.* (Here a strict maximum
# counts as a strict saddle.)
#
# Lee et al. ask for $\ell$ everywhere and prove it for one saddle, hence for countably many. Panageas and Piliouras prove it for all at once, even where saddles fill curves; and they need $\ell$
# only on a convex region that the steps do not leave. Such a region is our map:

# %% tags=["headline"]
land, experiment = lm.surface("himmelblau"), lm.experiments.basins
starts, eta = experiment.grid(land, 200), experiment.SETTINGS["gd"]["lr"]
corners = torch.cartesian_prod(*torch.tensor([[-5.0, 5.0], [-5.0, 5.0]], dtype=torch.float64))
largest = torch.linalg.eigvalsh(land.hessian(torch.cat([starts, corners]))).abs().max()
print(f"largest eigenvalue of H on the map, in size: {float(largest):.0f}   1 / eta: {1 / eta:.0f}")

# %%
assert 326 < largest < 327 < 1 / eta
after = starts - eta * land.gradient(starts)
assert after.abs().max() < 5 and float(torch.linalg.eigvalsh(land.hessian(corners)).max()) == float(largest)
side = torch.linspace(-5, 5, 101, dtype=torch.float64)
for axis, sign in ((0, -1), (0, 1), (1, -1), (1, 1)):  # on each side of the map the gradient points outward
    edge = torch.stack([side, side], dim=1)
    edge[:, axis] = 5 * sign
    assert (sign * land.gradient(edge)[:, axis]).min() > 150

# %% [markdown]
# The grid tests it; a proof takes two lines. For each $v$, $v^\top H v$ is convex in $(x, y)$, so the largest eigenvalue is found at a corner: below 327. The lowest is at least the least diagonal entry minus the largest entry beside it, $-62 - 40$. And as $\eta H_{ii} < 1$, each
# coordinate after a step grows with the same coordinate before it, so it is largest and smallest on the sides of the map; there the gradient points outward (a quadratic on each side), and the step goes inward.
#
# So no random start on the map has a chance to end at a saddle with gradient descent: proved. That momentum and saddle-free Newton end at minima alone is measured, no more.
#
# | assumption | what it buys | without it |
# |---|---|---|
# | random start | misses the exceptional set | start on the set itself: below |
# | $\eta < 1/\ell$ | each step can be undone, so no region is squeezed into the set | a long step may do that |
# | *strict* saddle | a direction that leads away at a steady rate | next section |
# | gradient descent | growth by $1 + \eta\lvert\lambda\rvert$ | Newton's method, above |
#

# %% [markdown] slideshow={"slide_type": "slide"}
# The exceptional set can be seen. On $L = \tfrac12 (xy - 1)^2$, a network of two weights that learns 1 from 1, it is the diagonal $x = -y$. Gradient descent with $\eta = 0.1$, from a start on it and from one beside it:

# %% tags=["headline"]
land, experiment = lm.surface("smallest deep network"), lm.experiments.basins
origin = lm.certify(land, [0, 0], "index-1 saddle")
for start in ([1.0, -1.0], [1.0, -1.001]):
    end = experiment.path(land, torch.tensor(start, dtype=torch.float64), "gd", lr=0.1)[-1]
    print(f"from ({start[0]}, {start[1]}) to ({float(end[0]):z.3f}, {float(end[1]):z.3f}), loss {float(land.loss(end)):z.3f}")
print("the origin is an index-1 saddle, proved:", origin.proved)

# %%
on, beside = (
    experiment.path(land, torch.tensor([1.0, y], dtype=torch.float64), "gd", lr=0.1)[-1] for y in (-1.0, -1.001)
)
assert on.norm() < 1e-4 and abs(float(beside.prod()) - 1) < 1e-5 and origin.proved

# %% [markdown]
# ## Explore
#
# Drag the start with the pointer, click on the map, or press Tab until the start has a ring and use the arrow keys. The [step size](../../companion/2_glossary.ipynb#Step-size) is that of gradient descent and momentum; the Newton methods take
# full steps. **Two settings to try.** On *himmelblau* choose the method *Newton*, put *where each start ends* behind the paths, and move the start near (-2.1, -1.6), where the
# border is frayed: single presses of the arrow keys lead to two different minima and to a saddle. Then choose *octopus*, all four methods and step size 0.1: which of them stops at a saddle, and how long are the plateaus of the others?
# (*octopus* is a small model, ours, of the chain of saddles in [lesson 1.3](3_escaping.ipynb#One-saddle-after-another). The explorer follows each path a little longer than the cells above, to a gradient of $10^{-9}$.)

# %% slideshow={"slide_type": "slide"}
lm.widgets.MethodsExplorer()

# %% [markdown]
# On *octopus* Newton's method alone stops, at the saddle (0, 0), after 3 steps. The others wait at a second saddle, at height 0.44: saddle-free Newton until about step 24, momentum until about 50, gradient
# descent until about 180.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where the Hessian is silent
#
# A point with an eigenvalue zero is **degenerate**. If another one is negative, the point is a strict saddle all the same. If none is, anything may hide behind the zero. A small zoo:

# %% slideshow={"slide_type": "slide"}
zoo = {"quadratic saddle": (0, 0), "monkey saddle": (0, 0), "smallest deep network": (2, 0.5),
       "flat bowl": (0, 0), "flat saddle": (0, 0), "shelf": (0, 0)}  # fmt: skip
fig, axes = lm.plots.figure(10, 6.4, columns=3, rows=2)
for ax, (name, point) in zip(axes.flat, zoo.items(), strict=True):
    lm.experiments.basins.draw_bands(ax, lm.surface(name))
    ax.plot(*point, "s", color="white", markeredgecolor="black", markersize=8)
    ax.set(title=f"{name}\n${lm.surface(name).formula}$", xlabel="x (no unit)", ylabel="y (no unit)")
alt = "Six maps: a saddle with two ways down, one with three, a curved valley with a level floor, a round bowl, a saddle with a flat top, and a slope with a ledge."
lm.show(fig, "Six surfaces, each with a critical point (square).", alt)

# %% [markdown] slideshow={"slide_type": "slide"}
# A **bad saddle** is a critical point with no negative eigenvalue that is no minimum. Its [certificate](../../companion/2_glossary.ipynb#Certificate) works with exact fractions and the next terms of the loss; it is refused where the claim is
# false. *Minimum up to symmetry* is for the smallest deep network: $(x, y) \to (ax, y/a)$ changes nothing there, so its minima fill a curve.

# %% tags=["headline"]
words = {"quadratic saddle": "index-1 saddle", "smallest deep network": "minimum up to symmetry"}
for name, point in zoo.items():
    claim = words.get(name, "bad saddle")
    low, high = lm.classify(lm.surface(name), torch.tensor(point).double())[0].eigenvalues.tolist()
    proof = lm.certify(lm.surface(name), list(point), claim)
    print(f"{name:21} eigenvalues {low:z4.1f} {high:z4.1f}   {claim}: {'proved' if proof else 'refused'}")

# %%
proved = {name: bool(lm.certify(lm.surface(name), list(p), words.get(name, "bad saddle"))) for name, p in zoo.items()}
assert [name for name in zoo if not proved[name]] == ["flat bowl"]
newton = lm.experiments.basins.path(
    lm.surface("monkey saddle"), torch.tensor([1.0, 0.2], dtype=torch.float64), "newton"
)
assert torch.allclose(newton[1:6], newton[:5] / 2)

# %% [markdown]
# The last three have *the same* Hessian at the origin, with eigenvalues 0 and 2. The flat bowl $x^2 + y^4$ is never negative, so the origin is its minimum, and to call it a saddle is refused. The flat
# saddle falls in two directions, the shelf in one. On the monkey saddle the Hessian is zero altogether, and Newton's method loses its speed: each step halves the point, no more.
#
# The smallest deep network is flat for a better reason: each of its minima has one eigenvalue zero, along the curve of minima.

# %% tags=["predict"]
lm.predict(
    "1.1/shelf",
    "The shelf $x^2 + y^3$ has no minimum at all. From how many of 1,000 random starts does gradient descent creep to the origin?",
    ["none: it is not a minimum", "about 1 in 100", "about half", "all"],
)

# %% tags=["experiment"]
land = lm.surface("shelf")
starts = lm.starts(land, seeds=range(1000))  # uniform on the map
runs = lm.train(land, starts, "gd", lr=0.05, max_steps=10_000)
near = runs.theta.norm(dim=1) < 0.01
stuck = lm.experiments.count.Count(int(near.sum()), len(runs))

# %% tags=["headline"]
print("within 0.01 of the origin after 10,000 steps:", stuck)
print("of the starts with y > 0:", int((near & (starts[:, 1] > 0)).sum()), "of", int((starts[:, 1] > 0).sum()))
print("all others leave all bounds:", runs.count(lm.Status.DIVERGED) + stuck.failed == 1000)

# %%
assert (near == (starts[:, 1] > 0)).all() and lm.shares_agree(stuck[:2], (500, 1000))
assert runs.count(lm.Status.DIVERGED) + stuck.failed == 1000

# %% tags=["reveal"]
lm.reveal(
    "1.1/shelf",
    measured=f"{stuck}, with a 95 % interval: all starts with y > 0",
    right="about half",
    explanation=r"A step makes $y$ into $y - 3 \eta y^2$. For $0 < y < 1/(3\eta)$ it stays positive and shrinks, so it tends to 0: proved in one line.",
)

# %% [markdown]
# Half of the map is no set of measure zero. So the word *strict* in the theorem is needed. [Lesson 3.2](../3_deep_linear/2_bad_saddles.ipynb) shows that deep networks have such points.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# - *That gradient descent is fast.* The theorem says nothing about time. [Lesson 1.3](3_escaping.ipynb) measures it.
# - *That Newton's method is bad.* Near a minimum nothing is faster. It needs a good start, or a rule that refuses steps uphill.
# - *That 42 percent is typical.* It is one surface and one map of it.
# - *That a small gradient means a critical point.* It may be a [plateau](../../companion/2_glossary.ipynb#Plateau) with none near.
# - *That two dimensions are typical.* With $P$ parameters there are $P$ signs. [Lesson 1.2](2_high_dimension.ipynb) asks how often all are positive.

# %% tags=["quiz"]
lm.quiz(
    "1.1/index",
    "A critical point of a network with 10,000 parameters has 9,990 positive, 10 negative and no zero eigenvalues. What is it?",
    [
        ("A minimum, up to rounding.", False, "Ten directions lead down. The share is small, the fact is not."),
        ("A strict saddle of index 10.", True, "One negative eigenvalue is enough for a saddle."),
        ("Degenerate.", False, "That needs an eigenvalue zero."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "1.1/newton",
    "Gradient descent and Newton's method both stand still, gradient $10^{-12}$, after random starts. Which rest tells you more about a minimum?",
    [
        ("Newton's, since it is more precise.", False, "It is as precise at saddles and summits."),
        (
            "Gradient descent's, since it leaves strict saddles from almost all starts.",
            True,
            "Still, look at the eigenvalues: it may be degenerate, or have stopped early.",
        ),
        ("Both the same.", False, "Look at the four maps again."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: the same saddle inside a network
#
# Take a tanh network with 5 inputs, 4 hidden neurons and all weights zero, on 100 samples with mean label zero, and the [mean squared error](../../companion/2_glossary.ipynb#Squared-loss). Its output is 0 everywhere.
# To second order the loss is
#
# $$ L \;\approx\; \overline{y^2} + c^2 - 2 \sum_j v_j\, (w_j^\top C), \qquad C = \overline{x\, y} , $$
#
# with $c$ the output bias, $v_j$ the output weights and $w_j$ the rows of the first layer. There is no linear term: the point is critical. Each product $v_j\, (w_j^\top C)$ is a saddle with eigenvalues
# $\mp 2\lvert C \rvert$. So of 29 eigenvalues four are $-2\lvert C\rvert$, four $+2\lvert C\rvert$, one is 2 and twenty are 0: a strict saddle as soon as $C \ne 0$. (Our derivation.) Start near it. Here $\eta = 0.05$, saddle-free Newton has the paper's damping, and Newton leaves out
# directions with an eigenvalue below $10^{-6}$ in size and cuts its steps at length 1: with eigenvalues zero there is no $H^{-1}$.

# %%
experiment = lm.experiments.network_saddle
saddle = experiment.network(seed=2)  # a landscape, and C of length 1.47
land = saddle.land
eigenvalues = torch.linalg.eigvalsh(land.hessian(torch.zeros(land.dim, dtype=torch.float64)))
starts = 1e-3 * lm.starts(land, seeds=range(5), scheme="normal")
paths = {method: experiment.walk(land, starts, method) for method in experiment.SETTINGS}

# %%
fig, ax = lm.plots.figure(8, 3.4)
for method, path in paths.items():
    color, dash = lm.experiments.basins.LOOKS[method]
    ax.plot(land.loss(path).T, linestyle=dash, color=lm.plots.PALETTE[color])
    ax.plot([], linestyle=dash, color=lm.plots.PALETTE[color], label=lm.experiments.basins.NAMES[method])
ax.set(xlabel="step (number)", ylabel="loss (no unit)")
ax.legend(loc="center right")
alt = "Newton stays level for all 100 steps; gradient descent is level for thirty steps and more, then falls; saddle-free Newton falls within ten."
lm.show(fig, "Five runs of each method from weights of size 0.001, next to the saddle at zero.", alt)

# %% tags=["headline"]
values, counts = (eigenvalues.round(decimals=3) + 0).unique(return_counts=True)
print(
    "eigenvalues at zero:",
    ", ".join(f"{value:.3f} ({count})" for value, count in zip(values.tolist(), counts.tolist(), strict=True)),
)
proof = lm.certify(land, [0] * 29, "index-4 saddle")
print("an index-4 saddle, proved:", proof.proved)
for method, path in paths.items():
    halved = (str(steps) if steps <= 100 else "never" for steps in experiment.steps_to_half(land, path).tolist())
    print(f"{lm.experiments.basins.NAMES[method]:19} steps until the loss is halved, of 100:", ", ".join(halved))
ends = lm.classify(land, paths["newton"][:, -1], tol=1e-6)
print("Newton's ends:", *set(ends.kind), "of index", *set(ends.index.tolist()), "at distances from zero of", end=" ")
print( ", ".join(f"{float(end.norm()):.3f}" for end in ends.theta))

# %%
assert ends.kind == ("strict saddle",) * 5 and (ends.index == 4).all() and ends.grad_norm.max() < 1e-12
assert proof.proved and (eigenvalues - saddle.spectrum()).abs().max() < 1e-8
assert (experiment.steps_to_half(land, paths["newton"]) == 101).all() and (
    experiment.steps_to_half(land, paths["saddle-free newton"]) <= 15
).all()
assert ((experiment.steps_to_half(land, paths["gd"]) - 50).abs() < 20).all()

# %% [markdown]
# The plane has told the truth. All five of Newton's runs end at saddles, none of them at zero itself. (With $v = 0$ and $c = 0$ the gradient is zero as soon as every hidden neuron is uncorrelated with $y$: one condition
# for the six weights of each neuron. So critical points fill a set of 20 dimensions, and each of the 20 zeros is a direction in it.) Gradient descent waits about
# $\ln(1000) / \ln(1 + 2\eta\lvert C\rvert) \approx 50$ steps, saddle-free Newton 10. (Dauphin et al. compare the methods on larger networks; these runs are ours.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# Where the gradient is zero, the signs of the Hessian's eigenvalues tell minimum, saddle and maximum apart, unless one is zero and none is negative: then both theorem and Hessian are silent. Gradient descent with a small step leaves strict saddles
# from almost every start; Newton's method is drawn to critical points of every kind.
#
# | quantity | found here | theory |
# |---|---|---|
# | critical points of the surface | 4 minima, 4 saddles, 1 maximum, all proved | $4 - 4 + 1 = 1$ (Morse) |
# | Newton's starts that end at a minimum | 57.8 % of 40,000 | none |
# | gradient descent's starts that end at a strict saddle | 0 of 40,000 | measure zero (Lee et al.; Panageas and Piliouras) |
# | starts that creep to the ledge of the shelf | 48.6 % (45.5 to 51.7) | one half: all $y > 0$ |
#
# ## Go on
#
# - Exercises: [Critical points](../../exercises/1_saddle_points/1_critical_points.ipynb), then the
#   [solutions](../../solutions/1_saddle_points/1_critical_points.ipynb).
# - Next: [In high dimension almost every critical point is a saddle](2_high_dimension.ipynb).
# - Dauphin, Pascanu, Gulcehre, Cho, Ganguli and Bengio, *Identifying and attacking the saddle point problem in high-dimensional non-convex optimization*, NIPS 2014:
#   saddle-free Newton, and why saddles matter in high dimension.
# - Lee, Simchowitz, Jordan and Recht, *Gradient descent only converges to minimizers*, COLT 2016: the theorem, saddle by saddle.
# - Panageas and Piliouras, *Gradient descent only converges to minimizers: non-isolated critical points and invariant regions*, ITCS 2017: all saddles at once.
