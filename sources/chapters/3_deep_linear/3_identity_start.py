# %% [markdown] slideshow={"slide_type": "slide"}
# # Starting at the identity
#
# *A network of four layers begins as the identity: it changes nothing. Which turns of the plane can gradient descent teach it?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **predict** from the eigenvalues of a target where descent from the identity ends, **prove** a floor that the loss never crosses, **draw** the way there as a chord, **count** steps against a bound |
# | You need first | [Bad saddles](2_bad_saddles.ipynb); eigenvalues, complex numbers |
# | To read | 60 minutes, and 15 for the two extra parts |
# | To run | about 15 seconds on one core |
# | Words and letters | [glossary](../../companion/2_glossary.ipynb), [notation](../../companion/1_notation.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A network that begins as the identity
#
# Take $L$ square matrices, $h(x) = W_L \cdots W_1 x$, and let each begin as the identity $I$. This is a [residual network](../../companion/2_glossary.ipynb#Residual-network) without nonlinearities: the blocks $W_h - I$ begin at zero. The
# task is to learn a linear map $\Phi$. With inputs of mean 0 and covariance $I$, and label noise uncorrelated with them, half the expected squared loss is, up to a constant,
#
# $$ \ell(W_1, \dots, W_L) = \tfrac12 |A - \Phi|^2, \qquad A = W_L \cdots W_1, $$
#
# with $|\cdot|$ the root of the sum of all squared entries. Depth adds nothing to what can be expressed, only to the way there. Bartlett, Helmbold and Long (2018) asked where gradient descent goes from this start.
# ($\Phi$ is the $Y$ of [lesson 3.2](2_bad_saddles.ipynb). In the paper: $\Theta_i$ is our $W_i$.) We begin with four targets that turn the plane.

# %%
import math
import torch
import lmcourse as lm

# %% tags=["predict"]
lm.predict(
    "3.3/turns",
    "Four layers begin as the identity. Which of these turns does gradient descent learn: 60, 120, 170 and 180 degrees?",
    ["60 only: the others are too far", "60, 120 and 170", "all four"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, turns = lm.experiments.identity_start, {}
fig, ax = lm.plots.figure(8, 3.4)
for degrees, name, dash in zip((60, 120, 170, 180), ("blue", "green", "purple", "vermilion"), lm.plots.DASHES, strict=False):
    land = lm.linear_resnet(experiment.rotation(degrees), depth=4)
    run = lm.train(land, lm.starts(land, seeds=[0]), lr=0.05, tol=1e-7, max_steps=3000, record=1)
    turns[degrees] = land.loss(run.path.theta[0])
    ax.semilogy(turns[degrees][:400], linestyle=dash, color=lm.plots.PALETTE[name], label=f"{degrees}°")
ax.set(xlabel="step (number)", ylabel="loss (no unit)", ylim=(1e-9, 10))
ax.legend(loc="center right")
alt = "Four falling curves. For 60, 120 and 170 degrees the loss drops to zero within 140 steps; for 180 it stays level at 1."
lm.show(fig, caption="The loss of four turns of the plane, from the identity, with four layers and steps of 0.05.", alt=alt)

# %% tags=["headline"]
for degrees, loss in turns.items():
    print(f"{degrees:3} degrees: loss {float(loss[0]):.2f} at the start, {float(loss[-1]):.4f} at the end")

# %%
assert all(turns[degrees][-1] < 1e-9 for degrees in (60, 120, 170)) and abs(float(turns[180][-1]) - 1) < 1e-3

# %% tags=["reveal"]
lm.reveal(
    "3.3/turns",
    measured="60, 120 and 170 degrees are learnt; at 180 degrees the loss rests near 1",
    right="60, 120 and 170",
    explanation="The determinant is +1 for all four. What is special about 180 degrees?",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Every eigenvalue learns alone
#
# Let $\Phi$ be symmetric. At the start all layers are equal, and every eigenvector of $\Phi$ is one of theirs. Let $\varphi$ be an eigenvalue of $\Phi$, $z$ that of each layer to the same eigenvector,
# and $w = z^L$ that of the product. Write $A = P\, W_h\, Q$, with $P = W_L \cdots W_{h+1}$ and $Q = W_{h-1} \cdots W_1$. A small change $\Delta$ of $W_h$ changes the loss by
# $\langle A - \Phi,\, P \Delta Q \rangle = \langle P^\top (A - \Phi)\, Q^\top, \Delta \rangle$, so the gradient of the layer is
#
# $$ \frac{\partial \ell}{\partial W_h} = P^\top (A - \Phi)\, Q^\top , \qquad \text{here with the eigenvalue } (z^L - \varphi)\, z^{L-1}. $$
#
# It is the same matrix for every layer, with the same eigenvectors again. So the layers stay equal, step after step, and of gradient descent with step size $\eta$ one line is left for each eigenvalue:
#
# $$ z \;\leftarrow\; z + \eta \, (\varphi - z^L) \, z^{L-1}, \qquad z = 1 \text{ at the start.} $$

# %% tags=["predict"]
lm.predict(
    "3.3/modes",
    "A symmetric target has the eigenvalues 2, 0.5 and -0.5. Where does the third eigenvalue w of the product go, with 4 layers?",
    ["to -0.5, only later than the others", "to 0, and it stays there", "it stays at 1"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, phi, lr = lm.experiments.identity_start, torch.tensor([2.0, 0.5, -0.5]).double(), 0.05
turn = torch.linalg.qr(torch.tensor([[1.0, 2, 3], [3, 1, 2], [2, 3, 4]]).double()).Q  # any eigenvectors
land = lm.linear_resnet(turn @ torch.diag(phi) @ turn.T, depth=4)
run = lm.train(land, lm.starts(land, seeds=[0]), lr=lr, max_steps=400, record=1)
A = experiment.products(land, run.path.theta[0])  # (401, 3, 3)
w = (turn.T @ A @ turn).diagonal(dim1=-2, dim2=-1)  # its eigenvalues

z = torch.ones(3).double()
for _ in range(400):
    z = z + lr * (phi - z**4) * z**3  # the one line

# %%
fig, ax = lm.plots.figure(8, 3.2)
for value, along, name, dash in zip(phi, w.T, ("blue", "green", "vermilion"), lm.plots.DASHES, strict=False):
    ax.plot(along, linestyle=dash, color=lm.plots.PALETTE[name], linewidth=2, label=f"target {value:g}")
ax.axhline(-0.5, color=lm.plots.PALETTE["grey"], linewidth=1)
ax.set(xlabel="step (number)", ylabel="eigenvalue w (no unit)", ylim=(-0.7, 2.2))
ax.legend(loc="center right", bbox_to_anchor=(1, 0.67))
alt = "Three curves from 1: one rises to 2 within 20 steps, one falls to 0.5, one falls towards 0 and never reaches -0.5, a grey line."
lm.show(fig, caption="The three eigenvalues of the product, from real 3 x 3 layers. Grey: the third target.", alt=alt)

# %% tags=["headline"]
print("eigenvalues of the product after 400 steps:", [round(value, 3) for value in w[-1].tolist()])
print("they agree with the one line to 1e-10:", bool((w[-1] - z**4).abs().max() < 1e-10))

# %%
assert (w[-1] - z**4).abs().max() < 1e-10 and (w[:, 2] > 0).all() and (w[-1, :2] - phi[:2]).abs().max() < 1e-6

# %% tags=["reveal"]
lm.reveal(
    "3.3/modes",
    measured=f"{float(w[-1, 2]):.3f} after 400 steps, and falling ever more slowly",
    right="to 0, and it stays there",
    explanation="The factor $z^{L-1}$ vanishes at 0: whatever begins at 1 cannot pass.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## For ever
#
# **Theorem (Bartlett, Helmbold and Long 2018; as Arora, Cohen, Golowich and Hu restate it in 2019).** *Let $\Phi$ be symmetric with a negative eigenvalue, and let $L$ be even. Then gradient descent from the identity does not converge to
# $\Phi$, with any step sizes, and neither does it if the layers are regularised towards the identity.*
#
# *Proof* (ours; it gives the floor). A step, a penalty towards $I$ and a projection to a distance $r$ from $I$ act alike on all layers and keep their eigenvectors. So $z$ stays a real number, $w = z^L \ge 0$, and each eigenvalue $\varphi < 0$ costs at least $\tfrac12 \varphi^2$:
#
# $$ \ell \;\ge\; \tfrac12 \sum_{\varphi < 0} \varphi^2 \quad \text{at every step.} \qquad \square $$
#
# This is exact arithmetic. In floating point, rounding of $10^{-16}$ can tell the layers apart and end the [plateau](../../companion/2_glossary.ipynb#Plateau): with $L = 2$ and $\varphi = -0.5$ after about 75 units of time (steps times $\eta$) in one program, not at all in
# another, as the products are computed. So we run the one line itself, where nothing can leak.
#
# With odd $L \ge 3$ the same floor holds for [gradient flow](../../companion/2_glossary.ipynb#Gradient-flow), the limit of small steps: $z$ would have to pass 0, where its speed vanishes.

# %% tags=["headline"]
experiment = lm.experiments.identity_start
targets = torch.tensor([[2.0, 1, -0.5], [2, -1, -0.5], [-1, -1, 1]]).double()  # eigenvalues, a row for each target
floors = targets.clamp_max(0).square().sum(-1) / 2
print("loss after 8,000 steps, for targets with the eigenvalues")
print("           2, 1, -0.5   2, -1, -0.5   -1, -1, 1")
for L in (2, 4, 6):
    loss = experiment.excess_loss(experiment.eigenvalues(targets, L, 1 / (4 * L), 8000), targets)  # (8001, 3)
    print(f"{L} layers: ", "".join(f"{value:11.4f}  " for value in loss[-1]).rstrip())
    assert (loss >= floors - 1e-12).all() and (loss[-1] <= floors + 1e-4).all()
print("floor:    ", "".join(f"{value:11.4f}  " for value in floors).rstrip())

# %% [markdown] slideshow={"slide_type": "slide"}
# The second and third targets have positive determinants and fail as well; the third, with $-1, -1, 1$, *is* a turn by 180 degrees. The determinant does not decide.
#
# Is the resting place a [local minimum](../../companion/2_glossary.ipynb#Local-minimum)? No, a saddle. Let all layers have the third eigenvalue $t$, but one of them $-t$. The product has $-t^L$, on the other side of 0, and the loss is lower by about $\tfrac12 t^L$. With two
# layers the Hessian sees this way down; with more it does not, a [bad saddle](../../companion/2_glossary.ipynb#Bad-saddle) as in [lesson 3.2](2_bad_saddles.ipynb). Equal layers never find it. The [certificates](../../companion/2_glossary.ipynb#Certificate) hold for an exact point, at most $10^{-15}$ from the computed one.

# %% tags=["headline"]
for L in (2, 4, 6):
    land = lm.linear_resnet(torch.diag(torch.tensor([2.0, 1.0, -0.5])), L)
    rest, unused = torch.tensor([2.0, 1.0, 0.0]).double() ** (1 / L), torch.tensor([0.0, 0, 1]).double()
    theta, up = (land.pack(**{name: torch.diag(layer) for name in land.shapes}) for layer in (rest, unused))
    down = torch.cat([-up[:9], up[9:]])  # the same with one layer's sign changed: t becomes -t
    ways = {"direction": down, "upward": up} if L > 2 else {}
    proof = lm.certify(land, theta, "bad saddle" if L > 2 else "index-1 saddle", **ways)
    print(f"{L} layers, loss {float(land.loss(theta)):.3f}: {proof.kind}, proved: {proof.proved}")
    assert proof.proved
turn = lm.linear_resnet(lm.experiments.identity_start.rotation(180), 4)
proof = lm.certify(turn, torch.zeros(16), "bad saddle")
print(f"turn by 180 degrees, all layers zero, loss 1: {proof.kind}, proved: {proof.proved}")
assert proof.proved and proof.loss_bounds == (1, 1)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Does it help to stay near the identity?
#
# Hardt and Ma (2017) showed: as long as no singular value of any $W_h - I$ reaches 1, every critical point is global. So it looks wise to pull every layer towards $I$, by a penalty $\tfrac{c}{2} \sum_h |W_h - I|^2$.

# %% tags=["predict"]
lm.predict(
    "3.3/penalty",
    "Target eigenvalues 2, 1, -0.5 and four layers. What does a penalty c towards the identity do to the loss at the end (measured without the penalty)?",
    ["lowers it: a little c frees the third eigenvalue", "leaves it: the floor is the floor", "raises it"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
phi, L, lr, c = torch.tensor([2.0, 1.0, -0.5]).double(), 4, 0.1, torch.tensor([0, 0.01, 0.1, 1]).double()[:, None]
z, third = torch.ones(4, 3).double(), []
for _ in range(12_000):
    z = z + lr * ((phi - z**L) * z ** (L - 1) - c * (z - 1))
    third.append(z[:, 2] ** L)
fig, ax = lm.plots.figure(8, 3.2)
for along, value, name, dash in zip(torch.stack(third).T, c[:, 0], lm.plots.PALETTE, lm.plots.DASHES, strict=False):
    ax.semilogx(range(1, 12_001), along, color=lm.plots.PALETTE[name], linestyle=dash, linewidth=2, label=f"c = {value:g}")
ax.set(xlabel="step (number)", ylabel="third eigenvalue w (no unit)")
ax.legend(loc="upper right")
alt = "Four falling curves: without a penalty to 0, with c = 0.01, 0.1 and 1 they level off ever higher, the last at 0.27."
lm.show(fig, caption="The eigenvalue whose target is -0.5, with a penalty c towards the identity.", alt=alt)

# %% tags=["headline"]
losses = lm.experiments.identity_start.excess_loss(z**L, phi)
for value, loss in zip(c[:, 0], losses, strict=True):
    print(f"c = {value:4g}: loss without the penalty {float(loss):.4f}; the floor is 0.1250")

# %%
assert (losses - torch.tensor([0.125, 0.126851, 0.148880, 0.298342])).abs().max() < 1e-5 and (losses >= 0.125 - 1e-12).all()

# %% tags=["reveal"]
lm.reveal(
    "3.3/penalty",
    measured=f"{float(losses[0]):.3f} without, {float(losses[3]):.3f} with c = 1",
    right="raises it",
    explanation="It pulls the third eigenvalue back to 1, away from a target beyond 0: measured for four penalties; a proof for all follows.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# For every $c > 0$ and even $L$ this has a short proof (ours). A run at rest has $(\varphi - z^L)\, z^{L-1} = c\,(z - 1)$, and $z = 0$ does not solve it. So $w = z^L > 0$, and an eigenvalue $\varphi < 0$ costs more than $\tfrac12 \varphi^2$.
#
# It is no better to keep each layer within a distance $r < 1$ of $I$: the third eigenvalue of a layer cannot go below $1 - r$. And step sizes? For even $L$ none helps. For odd $L$ a large one can *jump*
# over zero, where the flow would stop:

# %% tags=["headline"]
experiment, phi = lm.experiments.identity_start, torch.tensor([2.0, 1.0, -0.5]).double()
radius = torch.tensor([0.5, 0.9, 0.99]).double()[:, None]
losses = experiment.excess_loss(experiment.regularised(phi, 4, 0.1, 12_000, radius=radius) ** 4, phi)
print("4 layers kept within 0.5, 0.9, 0.99 of the identity: loss", ", ".join(f"{loss:.4f}" for loss in losses))
assert (losses - torch.tensor([0.158203, 0.125050, 0.125])).abs().max() < 1e-5 and (losses >= 0.125 - 1e-12).all()

# %% tags=["headline"]
print("target -0.5, floor 0.1250, 100 runs with random steps and penalties:")
for L in (2, 4, 6):
    lowest = experiment.lowest_with_random_steps(-0.5, L).min()
    print(f"{L} layers: lowest loss {float(lowest):.4f}")
    assert lowest >= 0.125 - 1e-12
ends = {lr: float(experiment.eigenvalues([-1.0], 3, lr, 300)[-1]) for lr in (0.1, 0.6)}
print("3 layers, target -1: " + "; ".join(f"steps of {lr:g} lead to {w:z.3f}" for lr, w in ends.items()))
assert abs(ends[0.6] + 1) < 1e-6 and ends[0.1] > 0

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The chord
#
# A turn by $\vartheta$ has no real eigenvalues. Its complex ones are $e^{\pm i \vartheta}$. For the one line it is enough that $\Phi$ is *normal*, $\Phi \Phi^\top = \Phi^\top \Phi$: then it has orthonormal complex eigenvectors, and a
# transposed matrix has the conjugate eigenvalues to the same eigenvectors. The line becomes
#
# $$ z \leftarrow z + \eta\, (\varphi - z^L)\, \bar z^{\,L-1} . $$
#
# With small steps, one unit of time being $1/\eta$ of them, $w = z^L$ moves with the velocity $\dot w = L z^{L-1} \dot z$, that is
#
# $$ \dot w = L\, |w|^{2 - 2/L} \, (\varphi - w) . $$
#
# The velocity always points at $\varphi$. So $w$ runs along the **chord**, the straight line from 1 to $\varphi$. Depth changes its speed alone, and the speed vanishes at $w = 0$. This is [Saxe's equation](2_bad_saddles.ipynb#Saxe's-clock)
# for complex numbers: its $u$ is our $w$, its $s$ our $\varphi$. (This section is ours, not the paper's.)

# %% tags=["predict"]
lm.predict(
    "3.3/chord",
    "For which targets φ in the complex plane does w, from 1 and by small steps, not converge to φ?",
    ["all with a negative real part", "the negative real numbers only", "0 only"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment = lm.experiments.identity_start
x, y = torch.linspace(-2, 2, 61).double(), torch.linspace(-1.5, 1.5, 41).double()
plane = torch.complex(*torch.meshgrid(x, y, indexing="xy"))  # (41, 61) targets
steps = experiment.steps_on_the_plane(plane, depth=4, rate=0.05, level=1e-4, most=1500)
fig, ax = lm.plots.figure(8, 4.6)
shown = steps.log10().where(steps <= 1500, torch.nan).numpy()
image = ax.pcolormesh(x.numpy(), y.numpy(), shown, cmap="cividis_r", shading="nearest", vmin=1, vmax=3.2)
fig.colorbar(image, label="steps (number)", ticks=[1, 1.5, 2, 2.5, 3]).ax.set_yticklabels(["10", "32", "100", "316", "1000"])
for degrees, marker in zip((60, 120, 170, 180), "osD^", strict=True):
    w = experiment.eigenvalues(torch.exp(1j * torch.deg2rad(torch.tensor(degrees).double())), 4, 0.01, 2000)[::15]
    ax.plot(w.real, w.imag, marker, color=("w", lm.plots.PALETTE["vermilion"])[degrees == 180], mec="k", label=f"{degrees}°")
ax.legend(loc="lower right", title="turn by")
ax.set(xlabel="real part of the target φ, or of w (no unit)", ylabel="imaginary part (no unit)")
alt = "The complex plane: pale around 1, dark around 0, white on the negative axis. Marks run straight from 1 towards each target."
lm.show(fig, caption="Colour: steps of 0.05 to a loss of 0.0001, by target; white: over 1,500. Marks: w of four turns, every 15 steps of 0.01.", alt=alt)

# %% tags=["headline"]
first = {}
print("Steps of 0.01 until |w - φ|² is below 1e-8, with 4 layers:")
for degrees in (30, 90, 120, 150, 170, 179, 180):
    phi = torch.polar(torch.tensor(1.0).double(), torch.deg2rad(torch.tensor(degrees).double()))
    w = experiment.eigenvalues(phi, 4, 0.01, 3000)
    small = ((w - phi).abs().square() < 1e-8).nonzero()
    first[degrees] = f"{int(small[0]):,}" if len(small) else ">3,000"
    near, chord = float(w.abs().min()), float(experiment.closest_to_zero(phi))
    print(f"{degrees:3} degrees: {first[degrees]:>6} steps; nearest to 0: {near:.3f}, on the chord {chord:.3f}")
    assert abs(near - chord) < 0.01

# %%
assert abs(int(first[179].replace(",", "")) - 1545) <= 1 and first[180] == ">3,000"
missed = (steps > 1500).nonzero()  # rows of (y, x)
assert len(missed) == 31 and (missed[:, 0] == 20).all() and (missed[:, 1] <= 30).all()  # the negative axis, and 0

# %% tags=["reveal"]
lm.reveal(
    "3.3/chord",
    measured="white on the map: the negative real axis, and 0",
    right="the negative real numbers only",
    explanation="Their chord leads through 0; every other one passes 0 at a distance, or ends there. To 0 itself w converges, but like a power of 1/t: too slowly for the map.",
)

# %% [markdown]
# That answers the first question: **a turn by 179 degrees is learnt; a turn by 180 never, with small steps or an even number of layers.** Every eigenvalue of the product walks the chord from 1 to its target, and with small steps it is held only if the chord
# leads through 0. If it passes 0 at a small distance $\delta$, the speed there is $L\, \delta^{2 - 2/L}$ on a stretch of length about $\delta$: the wait grows like $\delta^{-(1 - 2/L)}$, with two layers like $\ln(1/\delta)$.
#
# ## Explore
#
# Drag the diamond, or move it with the arrow keys. The chord is bright where the flow is fast; dots beside it show that steps of 0.02 are not small. The loss counts one eigenvalue (a turn has two). **Two settings to try.** First drag the target from −1 + 0.5i down to the negative axis: how does the plateau in the loss grow? Then put it on −1 and turn every layer by
# 0.001 radians at the start, with 3,000 steps: now it gets away. How many steps does it take with 2, 4 and 8 layers?

# %% slideshow={"slide_type": "slide"}
lm.widgets.ChordExplorer(x=-1.0, y=0.5)

# %% [markdown]
# <details><summary>What to find</summary>
#
# At 0.5i, 0.1i, 0.02i: 167, 353, 728 steps, 2.1 times as many each time; $\delta^{-1/2}$ asks for nearly that, 2.2 for each factor 5. With the turn: 584, 1,564, 1,664. From 4 to 8 layers little is added, since $L$ turned layers turn the product by $L$ times as much: the chord passes
# 0 farther away, and $L$ stands in the speed as well.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Positive targets: how many steps
#
# If all eigenvalues are positive, every chord stays on the positive axis.
#
# **Theorem (Bartlett, Helmbold and Long 2018).** *Let $\Phi$ be symmetric and [positive definite](../../companion/2_glossary.ipynb#Positive-definite), with [condition number](../../companion/2_glossary.ipynb#Condition-number) $\kappa$. With a suitable step size, gradient descent from the identity has a
# loss of at most $\varepsilon$ after a number of steps that is polynomial in $L$, $\kappa$ and $\log(d/\varepsilon)$.*
#
# So says the abstract. It names no scale, but one must be fixed (our reading): diag(δ, 2δ) has $\kappa = 2$ and takes ever longer as δ falls. We could not see the paper's constants. From the one line we derive our own. Let $M = \max(1, \varphi_{\max})$, $m = \min(1, \varphi_{\min})$, $D = \max(M - 1, -\ln m)$ and $\eta = 1/(2 L M^{2 - 2/L})$. Then
#
# $$ \text{steps} \;\le\; \left\lceil \Big( \frac Mm \Big)^{2 - 2/L} \, \ln \frac{d\, D^2 M^{2 - 2/L}}{2 \varepsilon} \right\rceil \quad \text{(rounded up)}. $$
#
# *Why.* Such steps are short enough that $z$ never overshoots its goal $\varphi^{1/L}$, and each multiplies the distance to it by at most $1 - \eta L m^{2 - 2/L}$. The logarithm compares the loss at the start with $\varepsilon$. If 1 lies
# between the eigenvalues, $M/m$ is $\kappa$.

# %% tags=["predict"]
lm.predict(
    "3.3/depth",
    "Use this step size, which shrinks with depth. At κ = 4, what happens to the steps to a loss of 0.000001 from 8 to 32 layers?",
    ["four times as many", "about a quarter more", "fewer: deep networks learn faster"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, depths, counts, bounds = lm.experiments.identity_start, (2, 4, 8, 16, 32), {}, {}
for kappa in (4, 16, 64):
    phi = experiment.spectrum(kappa)  # 4 eigenvalues, geometric from 1/sqrt(kappa) to sqrt(kappa)
    counts[kappa] = [experiment.steps_to(phi, L, experiment.safe_rate(phi, L), [1e-6])[0] for L in depths]
    bounds[kappa] = [experiment.most_steps(phi, L, 1e-6) for L in depths]
fig, ax = lm.plots.figure(8, 3.6)
for kappa, name, marker in zip(counts, ("blue", "green", "vermilion"), lm.plots.MARKERS, strict=False):
    ax.loglog(depths, counts[kappa], marker + "-", color=lm.plots.PALETTE[name], label=f"κ = {kappa}, measured")
    ax.loglog(depths, bounds[kappa], marker + ":", color=lm.plots.PALETTE[name], fillstyle="none", label=f"κ = {kappa}, bound")
ax.set(xlabel="layers L (number)", ylabel="steps (number)", xticks=depths, xticklabels=depths)
ax.minorticks_off()
ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
alt = "Steps by layers for three condition numbers: each curve rises a little and levels off, below a dotted bound of the same shape."
lm.show(fig, caption="Steps to a loss of 0.000001, measured and at most, for three condition numbers.", alt=alt)

# %% tags=["headline"]
print("steps with       ", "".join(f"{L:8}" for L in depths), "layers")
for kappa, found in counts.items():
    print(f"κ = {kappa:2}, measured:", "".join(f"{count:8,}" for count in found))
    print("           bound:", "".join(f"{math.ceil(most):8,}" for most in bounds[kappa]))
four = experiment.spectrum(4)
sizes = {d: experiment.steps_to(four.repeat(d // 4), 8, experiment.safe_rate(four, 8), [1e-6])[0] for d in (4, 64, 1024)}
print("κ = 4, 8 layers, d = " + ", ".join(f"{d}: {count} steps" for d, count in sizes.items()))

# %%
assert all(found <= math.ceil(most) for kappa in counts for found, most in zip(counts[kappa], bounds[kappa], strict=True))
assert abs(counts[16][2] - 1097) <= 1 and math.ceil(bounds[16][2]) == 2449
assert 1.2 < counts[4][4] / counts[4][2] < 1.35

# %% tags=["reveal"]
lm.reveal(
    "3.3/depth",
    measured=f"{counts[4][2]} steps with 8 layers, {counts[4][4]} with 32",
    right="about a quarter more",
    explanation="The bound levels off as well: depth enters through the exponent $2 - 2/L$ alone. The step itself shrinks like $1/L$.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# These counts are the one line's. A stored run trained whole matrices, in ten bases:

# %% tags=["headline"]
experiment, stored = lm.experiments.identity_steps, lm.store.load("identity_steps")
print("steps to a loss of  ", *(f"{loss:>6}" for loss in ("0.01", "0.0001", "1e-8", "1e-12")), "  bound for 1e-12")
for spec, arrays in sorted(stored.rows, key=lambda row: row[0]["kappa"]):
    if spec["kappa"] in (4, 64):
        needed = " ".join(f"{count:6,}" for count in arrays["needed"][0])
        print(f"κ = {spec['kappa']:2}, {spec['depth']:2} layers:   {needed} {experiment.bounds(spec)[-1]:9,}")
same = all((arrays["needed"] == arrays["recursion"]).all() for _, arrays in stored.rows)
print("all bases and all sixteen rows, eight of them shown: the same steps as by the one line:", same)

# %%
print(stored.made)
assert same and all((arrays["needed"] <= experiment.bounds(spec)).all() for spec, arrays in stored.rows)
live = experiment.run_chunk({"depth": 8, "kappa": 4}, seeds=[0, 1])["needed"]  # the same code, now
assert (live == stored.row(depth=8, kappa=4)["needed"][:2]).all()

# %% [markdown]
# The same numbers, to the step. From $10^{-4}$ on, each further factor $10^{-4}$ in $\varepsilon$ costs about the same number of steps, and so does each factor 16 in $d$ (above): both logarithmic. In the condition number the bound grows like $\kappa$ for two layers and towards
# $\kappa^2$ for many.

# %% [markdown] slideshow={"slide_type": "slide"}
# ### One step size for every depth
#
# All this with steps that shrink like $1/L$. Near $\varphi$ they must stay below $2/(L \varphi_{\max}^{2 - 2/L})$. What does a step of 0.05 do, for the target 2?

# %% tags=["headline"]
phi, rate = torch.tensor([2.0]).double(), 0.05
for L in (8, 16, 32, 64):
    w = lm.experiments.identity_start.eigenvalues(phi, L, rate, 3000)[-2000:]
    low, high = float(w.min()), float(w.max())
    where = "w has left for infinity" if w.isnan().all() else f"w lies between {low:.1f} and {high:.1f}"
    print(f"{L:2} layers, steps must stay below {2 / (L * 2 ** (2 - 2 / L)):.3f}; with 0.05 at last {where}")
    assert {8: high - low < 1e-9, 16: 0.3 < low < 1 and 2.4 < high < 3, 32: high < 1e-9, 64: bool(w.isnan().all())}[L]

# %% [markdown] slideshow={"slide_type": "slide"}
# The target 2 is reached with 8 layers and circled with 16. With 32 one long step throws $w$ onto the plateau at 0, and there it stays; with 64 it leaves for infinity (overflow).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# | target | from the identity | whose |
# |---|---|---|
# | near the identity | loss to 0, by a fixed factor a step or faster | proved: the paper; for $\vert \Phi - I \vert < 0.5$: Arora et al. (2019) |
# | symmetric, positive definite | the same, in polynomially many steps (scale fixed) | proved: the paper; the bound above: ours |
# | symmetric, some $\varphi < 0$, even $L$ | not, with any steps (exact arithmetic) | proved: the paper |
# | normal, no negative eigenvalue | the flow converges to the target, along chords | proved: above, ours |
# | $u^\top \Phi u > 0$ for all $u \ne 0$ | *power projection*, another algorithm, converges to it | proved: the paper; see the first extra part |
# | the same | does descent? | no proof known; measured there |
#
# - *That $u^\top \Phi u > 0$ is necessary.* The turn by 170 degrees violates it and is learnt.
# - *That power projection is a practical trick.* It needs the whole product at every step. It is an algorithm made for a proof.
# - *That deeper is slower.* Say first which step size is meant.
# - *That this is about ResNets.* Everything is linear and square, the gradient is exact, inputs have covariance $I$. With noisy labels the loss itself does not fall to 0: what falls is the excess over the best linear map.

# %% tags=["quiz"]
lm.quiz(
    "3.3/determinant",
    "Four layers, small steps from the identity. Which target is learnt?",
    [
        ("diag(-1, -2): its determinant is positive.", False, "Both eigenvalues are negative, and each is held at 0."),
        ("The mirror image diag(1, -1).", False, "One negative eigenvalue is enough: the loss stays above 1/2."),
        ("A matrix that turns by 90 degrees and doubles.", True, "It is normal, and the chord to 2i passes 0 at a distance."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "3.3/trap",
    "At the resting place for a negative eigenvalue, what happens to a run that is disturbed a little?",
    [
        ("It comes back: this is a local minimum.", False, "The certificates above say saddle, with 2 layers and with more."),
        ("It may leave, slowly with many layers.", True, "A saddle holds exact symmetry alone. The last extra part measures how long."),
        ("It diverges.", False, "The loss falls from there; nothing pushes it up."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: beyond symmetry, power projection
#
# What if $\Phi$ is not normal, but *positive* in the sense that $u^\top \Phi u > 0$ for all $u \ne 0$? This is more than positive eigenvalues:
#
# $$ \begin{pmatrix} 1 & 4 \\ 0 & 1 \end{pmatrix} \text{ fails at } u = (1, -1) . $$
#
# The eigenvalues no longer learn alone. For such
# targets the paper proves convergence of another algorithm. It acts on the whole product $A$:
#
# 1. **Power projection.** Replace $A$ by the nearest matrix with $u^\top A u \ge \gamma |u|^2$: eigenvalues of $\tfrac12 (A + A^\top)$ below $\gamma$ become $\gamma$.
# 2. **Balance.** Share $A$ out anew: $L$ layers with product $A$, all with the singular values of $A$ to the power $1/L$. (Its orthogonal part turns by less than 90 degrees, so it has an $L$-th root.)
# 3. **Step.** One step of gradient descent on all layers.
#
# Why it works: these matrices form a convex set that contains $\Phi$ if $\gamma$ is small enough, so the first part never leads away from $\Phi$. After the second no layer is nearly singular, so the gradient cannot vanish before the error does. (The idea is the paper's; the
# steps and these reasons are our reading of it.)
#
# Is the projection needed? Compare with gradient descent alone, for
#
# $$ \Phi = \begin{pmatrix} 0.3 & -6 \\ 4 & 5.5 \end{pmatrix}, \qquad \text{whose smallest } u^\top \Phi u \text{ with } |u| = 1 \text{ is } 0.114 . $$

# %% tags=["predict"]
lm.predict(
    "3.3/positive",
    "Plain gradient descent from the identity on this target, without projection: what happens?",
    ["A stays positive and arrives", "A leaves the positive matrices and gets stuck", "A leaves the positive matrices and arrives"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
experiment, target = lm.experiments.power_projection, torch.tensor([[0.3, -6], [4, 5.5]]).double()
rate = 3.41e-4  # short steps: 0.1 / (4 layers * 8.57 squared), where 8.57 is the largest singular value of the target
paths = {gamma: experiment.descend(target, depth=4, rate=rate, steps=2200, gamma=gamma) for gamma in (None, 0.1)}
fig, (left, right) = lm.plots.figure(9, 3.4, columns=2)
for (gamma, path), name, dash in zip(paths.items(), ("vermilion", "blue"), lm.plots.DASHES, strict=False):
    looks = {"color": lm.plots.PALETTE[name], "linestyle": dash, "label": "power projection" if gamma else "descent alone"}
    left.plot(path.positivity, **looks)
    right.semilogy(path.loss, **looks)
left.axhline(0, color=lm.plots.PALETTE["grey"], linewidth=1)
left.set(xlabel="step (number)", ylabel=r"smallest $u^\top A u$, $|u| = 1$ (no unit)", xlim=(0, 800))
right.set(xlabel="step (number)", ylabel="loss (no unit)", ylim=(1e-12, 100))
right.legend(loc="lower left")
alt = "Left the smallest product of u and Au: descent alone dips to -0.7 and rises again, power projection stays above 0. Right: both losses fall."
lm.show(fig, caption="One target, two algorithms: positivity and loss of the product A.", alt=alt)

# %% tags=["headline"]
for gamma, path in paths.items():
    steps = int((path.loss < 1e-10).nonzero()[0])
    words, moved = "descent alone", ""
    if gamma:
        words, moved = "power projection", f"; moved A {round(int(path.clipped), -1)} times"
    lowest = float(path.positivity.min())
    print(f"{words:16} loss 1e-10 after about {round(steps, -1):,} steps; lowest uᵀAu {lowest:5.2f}{moved}")

# %% tags=["headline"]
experiment, arrived, fell = lm.experiments.power_projection, 0, 0
for d, L in ((2, 2), (2, 4), (3, 2), (3, 4)):
    targets = experiment.random_positive(75, d, least=0.1, seed=10 * d + L)
    path = experiment.descend(targets, L, rate=0.04 / L**2, steps=375 * L**2)  # the same time, 15, for all
    arrived, fell = arrived + int((path.loss[-1] < 1e-4).sum()), fell + int((path.positivity.amin(0) < 0).sum())
print("descent alone, 300 random positive targets, 1,500 or 6,000 steps:")
for count, words in ((fell, "left the positive matrices"), (arrived, "had a loss below 1e-4 at the end")):
    low, high = lm.binomial_interval(count, 300)
    print(f"{count} {words} ({100 * low:.1f} to {100 * high:.1f} %, for this random family)")

# %%
plain, projected = paths[None], paths[0.1]
assert plain.positivity.min() < -0.7 and projected.positivity.min() >= 0.1 - 1e-9 and int(projected.clipped) > 300
assert plain.loss[-1] < 1e-10 and projected.loss[-1] < 1e-10 and arrived == 300

# %% tags=["reveal"]
lm.reveal(
    "3.3/positive",
    measured=f"smallest $u^\\top A u$ on the way {float(plain.positivity.min()):.2f}, loss at the end below $10^{{-10}}$",
    right="A leaves the positive matrices and arrives",
    explanation="The projection repairs what its proof needs. Among 300 random positive targets we found none on which descent alone fails.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: a little noise
#
# How long does the saddle hold a start that is not exact? Add independent Gaussian noise of size $\sigma$ to every entry of the identity, and learn diag(1, −1).

# %% tags=["predict"]
lm.predict(
    "3.3/noise",
    "The noise is made ten times smaller. How much longer does the plateau last, with 2 and with 4 layers?",
    ["a fixed time longer, for both", "ten times longer, for both", "a fixed time longer with 2, a multiple with 4"],
)

# %% tags=["experiment"]
experiment, waits = lm.experiments.identity_start, {}
for L in (2, 3, 4):
    waits[L] = [experiment.steps_with_noise(L, sigma, seeds=range(9)).median() for sigma in (0.1, 0.03, 0.01)]
fig, ax = lm.plots.figure(8, 3.2)
for (L, wait), name, marker in zip(waits.items(), ("blue", "vermilion", "green"), lm.plots.MARKERS, strict=False):
    ax.loglog((0.1, 0.03, 0.01), wait, marker + "-", color=lm.plots.PALETTE[name], label=f"{L} layers")
ax.set(xlim=(0.12, 0.0085), xticks=(0.1, 0.03, 0.01), xticklabels=(0.1, 0.03, 0.01))
ax.minorticks_off()
ax.set(xlabel="noise σ of the start (no unit), falling", ylabel="steps (number)")
ax.legend(loc="upper left")
alt = "Three curves over falling noise: nearly level for 2 layers, rising for 3, and steepest for 4."
lm.show(fig, caption="Steps to a loss of 0.001 for the target diag(1, −1); medians of 9 runs.", alt=alt)

# %% tags=["headline"]
for L, wait in waits.items():
    print(f"{L} layers: about {', '.join(f'{round(int(steps), -1):,}' for steps in wait)} steps for noise 0.1, 0.03, 0.01")

# %%
assert waits[2][2] - waits[2][0] < 100 and waits[4][2] > 5 * waits[4][0]

# %% tags=["reveal"]
lm.reveal(
    "3.3/noise",
    measured=f"from noise 0.1 to 0.01: {int(waits[2][0])} to {int(waits[2][2])} steps with 2 layers, {int(waits[4][0])} to {int(waits[4][2]):,} with 4",
    right="a fixed time longer with 2, a multiple with 4",
    explanation="A strict saddle with 2 layers, a bad one with more, as in lesson 3.2, though by another multiple: an estimate follows.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# *Which multiple?* $W_{h+1}^\top W_{h+1} - W_h W_h^\top$ is nearly conserved ([lesson 3.2](2_bad_saddles.ipynb#Extra:-balance,-and-depth-that-accelerates)), of size $\sigma$ here. So the layers stall at size $\sqrt\sigma$, where a speed like $\sigma^{(L-2)/2}$ is left, and the wait grows like
# $\sigma^{-(L-2)/2}$: per factor 10 in $\sigma$ about 3.2 times for $L = 3$ and 10 times for $L = 4$ (an estimate, not a proof); for $L = 2$ like $\ln(1/\sigma)$. Compare with the numbers above.
#
# Lesson 3.2 had other powers: 10 times for $L = 3$. There the noise falls on layers that are zero, so their size is $\sigma$, not $\sqrt\sigma$, and the wait grows like $\sigma^{-(L-2)}$. Three layers, the same target, both starts (medians of nine, counted until the loss is below 0.1):

# %% tags=["headline"]
land = lm.linear_resnet(torch.diag(torch.tensor([1.0, -1.0])), depth=3)
noise = lm.starts(land, seeds=range(9), scheme="normal")
saddle = land.pack(**{name: torch.diag(torch.tensor([1.0, 0])).double() for name in land.shapes})  # mode 1 learnt, mode 2 zero
waits = {}
for name, begin in (("the identity", lm.starts(land, seeds=[0])), ("a bad saddle", saddle)):
    for sigma in (0.1, 0.01):
        steps = lm.experiments.escaping.steps_until(land, begin + sigma * noise, level=0.1, lr=0.05, max_steps=5000)
        waits[name, sigma] = int(steps.median())
    print(f"3 layers, from {name}: about {round(waits[name, 0.1], -1)} steps with noise 0.1, {round(waits[name, 0.01], -1):,} with 0.01")

# %%
assert 2.5 < waits["the identity", 0.01] / waits["the identity", 0.1] < 5 and 8 < waits["a bad saddle", 0.01] / waits["a bad saddle", 0.1] < 13

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# From the identity, each eigenvalue of a normal target is learnt alone: $w$ walks the chord from 1 to $\varphi$. With small steps it is held only if the chord leads through 0, that is, if $\varphi$ is a negative real number. The resting place is a
# saddle, and a penalty towards the identity makes the loss there higher.
#
# | quantity | found here | for comparison |
# |---|---|---|
# | turns by 179 and 180 degrees, 4 layers, steps of 0.01 to $\vert w - \varphi \vert^2 < 10^{-8}$ | 1,545 steps; not within 3,000 | 180: theorem, never for even $L$ |
# | loss for eigenvalues 2, 1, −0.5 | 0.1250 | floor 0.125 |
# | the same with a penalty $c = 1$ | 0.2983 | proved: above 0.125 |
# | steps at $\kappa = 16$, 8 layers, to $10^{-6}$ | 1,097 | at most 2,449 (our bound) |
# | 300 random positive targets, descent alone | 300 below a loss of $10^{-4}$ (98.7 to 100 % of this family) | no theorem known to us |
#
# ## Go on
#
# - Exercises: [Starting at the identity](../../exercises/3_deep_linear/3_identity_start.ipynb), then the
#   [solutions](../../solutions/3_deep_linear/3_identity_start.ipynb).
# - Next: [Spurious minima are common](../4_over_parameterization/1_spurious_minima.ipynb), where layers bend.
# - Bartlett, Helmbold and Long, *Gradient descent with identity initialization efficiently learns positive definite linear transformations by deep residual networks*, ICML 2018: the theorems.
# - Hardt and Ma, *Identity matters in deep learning*, ICLR 2017: near the identity all critical points are global.
# - Arora, Cohen, Golowich and Hu, *A convergence analysis of gradient descent for deep linear neural networks*, ICLR 2019: other starts, and the failure for even depth again.
