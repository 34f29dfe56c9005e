# %% [markdown] slideshow={"slide_type": "slide"}
# # A proof by computer
#
# *A computer rounds in nearly every step. How can it prove a theorem, and one about infinitely many points?*

# %% [markdown]
# ## At a glance
#
# | | |
# |---|---|
# | You will be able to | **judge** what a small gradient is worth, **calculate** with numbers that carry their own error, **prove** that a minimum lies near a point, **tell** a proof from a count |
# | You need first | [Spurious minima are common](1_spurious_minima.ipynb); eigenvalues, Taylor's formula |
# | To read | 60 minutes, and 5 for the extra part |
# | To run | about 25 seconds on one core |
# | Words and letters | [glossary](../../companion/2_glossary.ipynb), [notation](../../companion/1_notation.ipynb) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A gradient of 0.0000000001
#
# Student and teacher are those of [4.1](1_spurious_minima.ipynb#A-student-and-a-teacher), with $k = n = 9$ neurons and the loss $L$ over
# all Gaussian inputs. Gradient descent starts twice: once with two neurons that point the wrong way, once with three. It stops
# when the gradient is shorter than $10^{-10}$. Both times the program reports: converged.
#
# (As in 4.1: at a *[critical point](../../companion/2_glossary.ipynb#Critical-point)* the gradient is zero. We call it a *strict local minimum* if all eigenvalues of the Hessian are positive.
# It is a *saddle of [index](../../companion/2_glossary.ipynb#Index)* $m$ if $m$ of them are negative and the others positive.)

# %%
import math
from fractions import Fraction
import torch
import lmcourse as lm

# %% tags=["predict"]
lm.predict(
    "4.2/rest",
    "Two runs have come to rest, with gradients shorter than $10^{-10}$. What did they find?",
    ["two local minima", "a local minimum and a saddle", "two saddles"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
proof = lm.experiments.proof_by_computer
nine = lm.teacher_student(k=9)
starts = torch.stack([proof.symmetric_start(9, p) for p in (2, 3)])  # p neurons reversed
runs = lm.train(nine, starts, lr=0.1, tol=1e-10)
fig, axes = lm.plots.figure(9, 4.2, columns=2)
for ax, theta, loss in zip(axes, runs.theta, runs.loss, strict=True):
    lm.plots.draw_matrix(ax, theta.reshape(9, 9), limit=0.4)
    ax.set_title(f"at rest, loss {float(loss):.4f}")
fig.colorbar(axes[0].images[0], ax=list(axes), shrink=0.8, extend="both", label="weight (no unit)")
lm.show(
    fig,
    caption="Weights of two students at rest, k = n = 9. Rows are neurons, columns are inputs; beyond 0.4 the colour stays the same.",
    alt="Two 9 by 9 matrices as colours, nearly identities: on the diagonal the first has two blue squares, the second three; the "
    "rows and the columns of the blue squares are pale orange. Between the orange squares both are pale blue, the second more so.",
)

# %% tags=["headline"]
found = lm.classify(nine, runs.theta)
for p, point in zip((2, 3), found, strict=True):
    small, negative = bool(point.grad_norm < 1e-10), int(point.index)
    print(f"{p} reversed: gradient below 1e-10: {small}; smallest eigenvalue {float(point.eigenvalues[0]):.4f}, {negative} negative")

# %%
assert found.kind == ("strict minimum", "strict saddle") and found.index.tolist() == [0, 5]
assert abs(float(found.eigenvalues[0, 0]) - 0.0102) < 1e-4 and abs(float(found.eigenvalues[1, 0]) + 0.0020) < 1e-4

# %% tags=["reveal"]
lm.reveal(
    "4.2/rest",
    measured="smallest eigenvalues 0.0102 and -0.0020",
    right="a local minimum and a saddle",
    explanation="Three reversed neurons leave five ways down, all very flat. The gradient knows nothing of them.",
)

# %% [markdown]
# These starts are symmetric, and descent keeps a symmetry: the second run could not leave. From elsewhere a run passes a saddle, but slowly: at
# a distance $\delta$ along the way out the gradient is $0.002\, \delta$ long, and $\delta$ grows by a factor of $1 + 0.1 \cdot 0.002$ a step: it takes
# thousands of steps to double ([an example](1_spurious_minima.ipynb#Extra:-a-small-gradient-is-not-a-minimum), and
# [85 runs](1_spurious_minima.ipynb#One-neuron-more) that had been counted as failed).
#
# Nor are we done with the first run. The eigenvalue 0.0102 is the result of a million roundings, at a point that is not quite critical. Is
# there a minimum at all? To be sure we need a lemma that says what to check, and an arithmetic that cannot lie.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## From nearly zero to zero
#
# Let $B$ be the ball of radius $r$ around a point $c$.
#
# **Lemma.** *Let $L$ be twice continuously differentiable near $B$, and let no Hessian at any point of $B$ have an eigenvalue below
# $\mu > 0$. If $2\,|\nabla L(c)| < \mu r$, then $B$ holds exactly one critical point, and it is a strict local minimum.*
#
# *Proof.* Walk from $c$ a distance $s \le r$ in any direction $u$. By Taylor's formula
#
# $$ L(c + s u) \;\ge\; L(c) - |\nabla L(c)|\, s + \tfrac12 \mu s^2 . $$
#
# On the edge of $B$, $s = r$, the right side is above $L(c)$. So the lowest point of $L$ on $B$ is not on the edge; inside, it is
# critical. Were there two critical points, the slope of $L$ along the line between them would vanish at both ends, though it
# grows at a rate of at least $\mu$ all the way. $\square$
#
# (The factor 2 can go: with $|\nabla L(c)| < \mu r$ the loss still rises outward all along the edge. With it, the
# critical point is less than $r/2$ away.)

# %%
gradient, mu, radius = 0.2, 1.0, 1.0
s = torch.linspace(0, 1.15, 200)
fig, ax = lm.plots.figure(8, 3)
ax.axhline(0, color=lm.plots.PALETTE["grey"])
ax.plot(s, -gradient * s + mu * s**2 / 2, color=lm.plots.PALETTE["blue"], label="L(c + su) - L(c) is at least this")
ax.plot([2 * gradient / mu], [0], "o", color=lm.plots.PALETTE["vermilion"], label="2 |gradient| / μ")
ax.axvline(radius, color=lm.plots.PALETTE["black"], linestyle="--", label="the edge of B, s = r")
ax.set(xlabel="s, distance from c (no unit)", ylabel="rise (no unit)")
ax.legend(loc="upper left")
caption = "The lemma in one picture: on the edge of the ball the loss is above that of its centre, so its lowest point is inside."
alt = "A curve that starts at zero, dips below it, crosses it again at 0.4 and is well above zero at 1, where a dashed line marks the edge."
lm.show(fig, caption=caption, alt=alt)

# %% [markdown]
# So two things have to be bounded: a gradient, at *one* point, and the curvature, at *all* points of $B$. Floats can do neither.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Numbers that carry their error
#
# An *interval* says: the number is somewhere between `low` and `high`. Each operation rounds its lower end down and its upper end up, so
# that the true result is surely inside. Numbers typed in are widened too: $1/10$ is no float, it lies beside one.

# %% [markdown]
# Ten lines; `math.nextafter` is the neighbouring float:

# %%
class Interval:
    """All numbers from low to high."""

    def __init__(self, low, high):
        self.low, self.high = math.nextafter(low, -math.inf), math.nextafter(high, math.inf)

    def __add__(self, other):
        return Interval(self.low + other.low, self.high + other.high)

    def __mul__(self, other):
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

# %% tags=["headline"]
tenth = Interval(0.1, 0.1)
three_tenths = tenth + tenth + tenth
print("floats:    0.1 + 0.1 + 0.1 == 0.3 is", 0.1 + 0.1 + 0.1 == 0.3)
print("intervals: 3/10 lies inside the sum:", three_tenths.low <= Fraction(3, 10) <= three_tenths.high)

# %% [markdown]
# The second use is the one that matters: an interval may be as wide as we like. Put $[1, 2]$ into the formula of a second derivative,
# and *one* evaluation bounds it at *every* point from 1 to 2. That is how a finite calculation speaks of infinitely many points.
#
# The price: intervals overestimate. $x - x$ on $[1, 2]$ comes out as $[-1, 1]$, since the two $x$ are treated as strangers. So the result
# is always true, but a wide interval may give a useless bound.

# %% tags=["predict"]
lm.predict(
    "4.2/three",
    r"At each of three points the slope is at most $10^{-10}$: of $x^3/3 - 2x$ near $\sqrt 2$, of $x^3/3 + 10^{-10} x$ at 0, of $x^4/4$ at 0. "
    "For how many does the lemma prove a minimum?",
    ["none", "one", "two", "three"],
)

# %% tags=["experiment"]
def proved(slope, curvature, c, r=1e-6):
    at_c, in_ball = slope(Interval(c, c)), curvature(Interval(c - r, c + r))
    gradient, mu = max(-at_c.low, at_c.high), in_ball.low
    return 2 * gradient < (Interval(mu, mu) * Interval(r, r)).low


two, tiny, three = Interval(-2.0, -2.0), Interval(1e-10, 1e-10), Interval(3.0, 3.0)
answers = {  # slope, curvature, point
    "x³/3 - 2x     near 1.414213562373095": proved(lambda x: x * x + two, lambda x: x + x, c=1.414213562373095),
    "x³/3 + 10⁻¹⁰x at 0": proved(lambda x: x * x + tiny, lambda x: x + x, c=0.0),
    "x⁴/4          at 0": proved(lambda x: x * x * x, lambda x: three * x * x, c=0.0),
}

# %% tags=["headline"]
for name, answer in answers.items():
    print(f"{name:38}", "proved: a minimum within 0.000001" if answer else "refused")

# %%
assert list(answers.values()) == [True, False, False]

# %% tags=["reveal"]
lm.reveal(
    "4.2/three",
    measured="one: the minimum at the square root of 2, which no float is",
    right="one",
    explanation="The second function has no critical point anywhere. The third does have a minimum at 0, but no curvature "
    "there: a refusal is not a disproof.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Thirty-six numbers at once
#
# Now the [symmetric point](../../companion/2_glossary.ipynb#Symmetric-point) of 4.1, with one reversed neuron, at $k = 6$. The course uses the library Arb (Johansson 2017). Its *balls*, midpoint and radius,
# are intervals for every function that the loss needs, roots and angles too. $c$ are the 36 floats that Newton's method
# returned. We claim: $r = 2 \cdot 10^{-7}$, $\mu = 0.0046$. First the gradient at $c$, and the Hessian on the box of all points whose
# entries are within $r$ of those of $c$; it holds the ball. ($L$ is made of terms $|w||v| (\sin\vartheta + (\pi - \vartheta) \cos\vartheta) / 2\pi$,
# see 4.1.)

# %% [markdown]
# `gradient_of` and `hessian_of` are derivatives of $L$, written out by hand:

# %%
proof = lm.experiments.proof_by_computer
six, c = lm.teacher_student(k=6), lm.symmetric_minimum(6).flatten()
radius, mu = 2e-7, 0.0046
gradient = proof.length(proof.gradient_of(six, proof.balls(c)))  # surely not longer than this
H = proof.hessian_of(six, proof.balls(c, radius))  # (36, 36): at every point of the box at once
C = proof.middle(H)  # the midpoints, as floats
delta = proof.length(H - proof.balls(C))  # no Hessian on the box is further than this from C

# %% [markdown] slideshow={"slide_type": "slide"}
# Eigenvalues move by at most $\delta$ when the matrix does (Weyl 1912), so those of the midpoint $C$, less $\delta$, are enough. A floating-point
# routine *guesses* eigenvectors $V$. Then $M = V^\top C V$, in balls, is nearly diagonal, and each of its eigenvalues is as near to some
# diagonal entry as the sizes of the others in that row add up to (Gershgorin 1931). If these are all above $m > 0$, and $V^\top V$ is within
# $\epsilon < 1$ of $I$, then for every $x = V y$
#
# $$ x^\top C x = y^\top M y \ge m\, |y|^2 \ge \frac{m}{1 + \epsilon}\, |x|^2 . $$
#
# A bad guess spoils the bound, never the truth. All comparisons below are between balls: `True` means surely.

# %% tags=["headline"] slideshow={"slide_type": "slide"}
V = proof.balls(torch.linalg.eigh(C).eigenvectors)
M = V.T @ proof.balls(C) @ V
discs = M.diagonal() - (abs(M).sum(axis=1) - abs(M.diagonal()))  # lower ends
epsilon = proof.length(V.T @ V - proof.balls(torch.eye(36)))
curved = epsilon < 1 and all(low > (mu + delta) * (1 + epsilon) for low in discs)
print("all eigenvalues on the box are above μ:", curved)
print("2 |gradient| < μ r:", 2 * gradient / radius < mu)

# %%
assert curved and 2 * gradient / radius < mu

# %% [markdown] slideshow={"slide_type": "slide"}
# **That is a proof**: within $2 \cdot 10^{-7}$ of these floats lies a true minimum. (The lemma wants a smooth $L$. Kinks are where a neuron
# has length 0 or two have one direction; a box that may touch one is refused, with a message.) `lm.certify` does the same with 128 bits, chooses $r$ and $\mu$
# itself, and encloses the loss, which is above 0, so the minimum is not global. The sizes of the published theorem follow, the last in full.

# %%
theorems = [lm.certify(lm.teacher_student(k), lm.symmetric_minimum(k).flatten(), not_global=True) for k in range(6, 21)]
theorems[-1]

# %% tags=["headline"] slideshow={"slide_type": "slide"}
for k, theorem in zip(range(6, 21), theorems, strict=True):
    bound, height = math.floor(1e4 * theorem.eigenvalue_bound) / 1e4, math.floor(1e4 * theorem.loss_bounds[0]) / 1e4
    print(f"k = {k:2}: {theorem.kind}; all {k * k:3} eigenvalues above {bound:.4f}, loss above {height:.4f}")

# %%
assert all(theorem.proved and theorem.not_global for theorem in theorems)
assert 0.0046 < theorems[0].eigenvalue_bound < 0.0047 and theorems[0].loss_bounds[0] > 0.02508

# %% [markdown] slideshow={"slide_type": "slide"}
# And where training ends? Each [failed run of 4.1](1_spurious_minima.ipynb#One-neuron-more) with $n = k$ got a certificate, or an exact exchange of neurons and inputs takes it into the ball of one.

# %% tags=["headline"]
stored = lm.store.load("spurious_minima_proofs")
ends = [arrays for spec, arrays in stored.rows if spec["n"] == spec["k"]]
failed, proved, own = (sum(int(arrays[name].sum()) for arrays in ends) for name in ("failed", "proved", "own"))
least = min(float(arrays["curvature"][arrays["proved"]].min()) for arrays in ends)
print(f"{failed:,} failed runs, {proved:,} proved, by {own} certificates; no eigenvalue below {math.floor(1e5 * least) / 1e5:.5f}")
print(stored.made)

# %%
assert failed == proved == 8506 and own == 97 and 0.00039 <= least < 0.0004
del stored, ends  # frees 33 MB

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The same gradient, refused
#
# Back to the two runs at rest. Nothing is refined: these are the floats that training left, with gradients of $10^{-10}$. We claim "strict
# local minimum" for both, and the certificates answer:

# %% tags=["headline"]
proof = lm.experiments.proof_by_computer
nine = lm.teacher_student(k=9)
runs = lm.train(nine, torch.stack([proof.symmetric_start(9, p) for p in (2, 3)]), lr=0.1, tol=1e-10)
claims = [lm.certify(nine, theta) for theta in runs.theta]
print("2 reversed:", "proved" if claims[0] else claims[0].why_not)
print("3 reversed:", "proved" if claims[1] else claims[1].why_not)

# %%
saddle = lm.certify(nine, lm.refine(nine, runs.theta[1]).theta[0], "index-5 saddle")
assert claims[0].proved and not claims[1].proved and saddle.proved

# %% [markdown]
# The refusal says more than no. Exactly five eigenvalues are negative: that is proved, since $V^\top C V$ has as many negative eigenvalues as $C$
# for any invertible $V$ (Sylvester's law of inertia). The claim "index-5 saddle" goes through, at the refined point.

# %% [markdown]
# ## Explore
#
# Choose how many neurons are reversed, and who fills the gap that they leave. **Two settings to try.** Start with k = 9 and p = 2 and raise *Weights
# moved by*: until which distance does the proof hold? Then set it back to 0, choose *the reversed ones fill it* and p as large as it
# goes, and lower k: where do these minima end?

# %% slideshow={"slide_type": "slide"}
lm.widgets.ProofExplorer()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Any size
#
# At $k = 20$ the Hessian has 400 rows. For $k = 1000$ a million rows are out of reach. But the point is symmetric: exchange two
# of the neurons 2 to $k$ together with their inputs, and nothing changes.

# %% tags=["predict"]
lm.predict(
    "4.2/twelve",
    "At $k = 30$ the Hessian of the symmetric minimum has 900 eigenvalues. How many different ones?",
    ["12", "about 100", "about 450", "900"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
eigenvalues = torch.linalg.eigvalsh(lm.teacher_student(30).hessian(lm.symmetric_minimum(30).flatten()))
levels = [0, *(1 + (eigenvalues.diff() > 1e-9).nonzero().flatten()).tolist(), 900]  # where a new value begins
fig, ax = lm.plots.figure(8, 3.4)
lm.plots.draw_spectrum(ax, eigenvalues)
ax.plot([1 + i for i in levels[:-1]], eigenvalues[levels[:-1]], "D", color=lm.plots.PALETTE["vermilion"], ms=4, label="a new value")
ax.set(yscale="log")
ax.legend()
lm.show(
    fig,
    caption="The 900 eigenvalues of the Hessian at the symmetric minimum for k = 30. A diamond stands where a new value begins; two overlap near 7.7.",
    alt="A staircase on a logarithmic axis: two very long steps near 0.08 and 0.4, several short ones of a few dozen points each, "
    "and single points between them.",
)

# %% tags=["headline"]
times = torch.tensor(levels).diff().sort().values.tolist()
print(len(times), "different eigenvalues")
print("that occur so many times: " + "".join(f"{often:5}" for often in sorted(set(times))))
print("so many of them:          " + "".join(f"{times.count(often):5}" for often in sorted(set(times))))

# %%
assert times == 5 * [1] + 5 * [30 - 2] + [29 * 26 // 2, 28 * 27 // 2]

# %% tags=["reveal"]
lm.reveal(
    "4.2/twelve",
    measured="12",
    right="12",
    explanation="The Hessian commutes with the exchanges, so it falls into two 5 x 5 blocks and two numbers, repeated (Schur's lemma).",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# For every $k$: a $5 \times 5$ block once, another $k - 2$ times, and two numbers, $(k-1)(k-4)/2$ and $(k-2)(k-3)/2$ times. The gradient has
# the symmetry as well: five equations for five numbers. So the lemma finds the critical point in *five* dimensions, however large $k$ is, and
# the blocks on that ball show that it is a minimum among all $W$.

# %% tags=["headline"]
for k in (6, 1000, 1_000_000_000):
    theorem = lm.certify_symmetric(k)
    print(f"k = {k:13,}: {theorem.kind}, eigenvalues above {math.floor(1e4 * theorem.eigenvalue_bound) / 1e4:.4f}")

# %%
assert theorem.seconds < 0.5 and theorem.proved and theorem.eigenvalue_bound > 0.089 and not lm.certify_symmetric(5).proved

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Every size
#
# Each of these proofs is for one $k$. But a ball may be wide. Put $t = 1/\sqrt k$: all $k \ge 6$ have $0 < t \le 1/\sqrt 6$. The five numbers are
# $w_{11}$, $w_{1j}$, $w_{j1}$, $w_{jj}$ and $w_{jl}$, the same for all $j \ne l$ from 2 on. Write them as
#
# $$ -1 + t^2 A, \qquad t^2 F, \qquad t^2 E, \qquad 1 + t^4 C, \qquad t^4 D. $$
#
# In $x = (A, F, E, C, D)$ the five equations, $G(x) = 0$, make sense for *every real* $t$, down to $t = 0$, infinitely many neurons (sizes between the
# whole numbers: Arjevani and Field 2021). Cut $[0, 1/\sqrt 6]$ into pieces, and let each be one ball.

# %%
proof = lm.experiments.proof_by_computer
all_sizes = proof.every_size(first=6)  # takes a few seconds

# %% [markdown] slideshow={"slide_type": "slide"}
# Look at one piece. On it a test by Krawczyk (1969) replaces our lemma: if bounds of the slopes show that the step $x \mapsto x - Y G(x)$, with any
# matrix $Y$, takes a box into its inside, for all $t$ of the piece, then the box holds exactly one solution for each $t$. Then the blocks
# of the Hessian, on the whole box.

# %% [markdown]
# `reach` is how far from the centre the step gets, `radii` is the box:

# %% tags=["headline"]
piece = next(piece for piece in all_sizes.pieces if piece.holds(1000))
step = proof.on_piece(piece)  # over balls: t is the whole piece, x the whole box
one = all(reach < radius for reach, radius in zip(step.reach, piece.radii, strict=True))
minimum = all(proof.is_definite(block) for block in step.blocks) and all(number > 0 for number in step.scalars)
sizes = f"{math.ceil(1 / piece.high**2)} to {math.floor(1 / piece.low**2)}"
print(f"all sizes from {sizes} at once: one solution: {one}; a minimum: {minimum}")

# %% [markdown]
# All pieces, and single sizes:

# %% slideshow={"slide_type": "slide"}
sizes = [6, 7, 8, 10, 14, 20, 50, 200, 1000, 100_000]
exact = [lm.certify_symmetric(k).eigenvalue_bound for k in sizes]
fig, ax = lm.plots.figure(8, 3.2)
edges, bounds = [0, *(piece.high for piece in all_sizes.pieces)], [piece.bound for piece in all_sizes.pieces]
ax.stairs(bounds, edges, fill=True, fc=lm.plots.PALETTE["sky"], ec=lm.plots.PALETTE["blue"], lw=1, label=f"bound for all t: {len(bounds)} pieces")
ax.plot([k**-0.5 for k in sizes], exact, "o", color=lm.plots.PALETTE["blue"], label="bound for one size, k = 6 to 100,000")
ax.set(xlabel="t = 1 / sqrt(k) (no unit)", ylabel="proved bound (no unit)", xlim=(-0.01, 0.43))
ax.legend()
caption = "No eigenvalue lies in the blue area, for any size from 6 (right) to infinity (left). On each piece the proof asks for half of the smallest eigenvalue: that allows long pieces."
alt = "A blue area that falls in fine steps from 0.045 at t = 0 to nearly zero at 0.41; dots at about twice its height, from 0.09 on the left to 0.005 on the right."
lm.show(fig, caption=caption, alt=alt)

# %% [markdown] slideshow={"slide_type": "slide"}
# **Theorem (this course).** *For all $k = n \ge 6$ and $d \ge k$, $L$ has a strict local minimum with one reversed neuron. There all eigenvalues
# are above $0.002$ and $0.148 \le k L \le 0.311$: it is not global.* *Proof.* Piece by piece, in balls. $\square$

# %% tags=["headline"]
low, high = all_sizes.loss_times_size()
print("every k from 6 on: proved" if all_sizes else all_sizes.why_not)
low, high = math.floor(1e3 * low) / 1e3, math.ceil(1e3 * high) / 1e3  # outward
print(f"no eigenvalue below {math.floor(1e3 * all_sizes.bound()) / 1e3:.3f}; k times the loss from {low:.3f} to {high:.3f}")

# %%
assert all_sizes.proved and all_sizes.bound() > 0.002 and (low, high) == (0.148, 0.311)

# %% [markdown]
# Ask for `first=5` and the proof stops at $t = 0.4226$, between the two sizes: at $k = 5$
# the point of this form is a saddle. If it continues the minima, an eigenvalue is zero on the way, and no ball hides that.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Spare neurons
#
# In 4.1 a neuron was [split](../../companion/2_glossary.ipynb#Split) into $\alpha w$ and $(1-\alpha) w$, $0 < \alpha < 1$, and the minimum became a saddle; that was floating point. Here is the
# reason. Move the parts by $\alpha s + t$ and $(1-\alpha)s - t$: together by $s$, against each other by $t$. To second order the loss changes as if the
# whole neuron moved by $s$, plus
#
# $$ \frac{t^\top T\, t}{2 \alpha (1-\alpha)}, \qquad T = (\text{the neuron's block of the Hessian}) - \tfrac12 I, $$
#
# and no mixed terms (Safran, Yehudai and Shamir 2021). Here $\tfrac12 I$ comes from the square of the neuron's output, which $t$ leaves alone. $T$ is the
# rest, from the neuron's kink; on parts $\alpha$ and $1 - \alpha$ as long it counts $1/\alpha$ and $1/(1-\alpha)$ times, and these add up to
# $1/(\alpha(1-\alpha))$. So the Hessian at the split point has the signs of the old one *and* those of
# $T$, for every $\alpha$ (and $T w = 0$). We bound $T$ at the proved minimum.

# %% tags=["headline"]
proof = lm.experiments.proof_by_computer
for k in range(6, 13):
    splits = proof.split_signs(k, lm.symmetric_minimum(k))
    assert {split.negative for split in splits} == {k - 1} and len(splits) == k
    print(f"k = {k:2}: each of the {k:2} splits has {splits[0].negative:2} negative eigenvalues (proved)")

# %% [markdown]
# Here *every* move of the parts against each other at a right angle to $w$ leads down: the trap of the smaller network is open. Does that settle wider networks?

# %% tags=["predict"]
lm.predict(
    "4.2/spare",
    "With two spare neurons, $n = k + 2$, none of 13,000 published runs failed ($k = 6$ to $18$). Has $L$ minima there that are not global?",
    ["no: splitting opens them all", "nobody can know from runs alone, and no proof is in sight", "yes, and you can prove one"],
)

# %% tags=["experiment"] slideshow={"slide_type": "slide"}
proof = lm.experiments.proof_by_computer
W = proof.symmetric_point(11, 2, "spare neurons fill it")  # (13, 11): two reversed neurons, two spare ones
thirteen = lm.teacher_student(k=11, n=13)
theorem = lm.certify(thirteen, W.flatten(), not_global=True)
fig, ax = lm.plots.figure(6, 4.6)
lm.plots.draw_matrix(ax, W, limit=0.4)
fig.colorbar(ax.images[0], extend="both", label="weight (no unit)")
lm.show(
    fig,
    caption="A student with two spare neurons, k = 11 and n = 13. Neurons 12 and 13 belong to no teacher neuron.",
    alt="A 13 by 11 matrix as colours: two blue squares at the top of the diagonal, nine orange ones below. The first two columns are pale "
    "orange down to neuron 11. The two lowest rows are pale: blue on input 1 or 2, orange on the inputs 3 to 11.",
)
theorem

# %% tags=["headline"]
for k, p in ((7, 1), (8, 1), (9, 1), (11, 2), (15, 3)):
    W = proof.symmetric_point(k, p, "spare neurons fill it")
    theorem = lm.certify(lm.teacher_student(k, k + p), W.flatten(), not_global=True)
    bound, height = math.floor(1e4 * theorem.eigenvalue_bound) / 1e4, math.floor(1e4 * theorem.loss_bounds[0]) / 1e4
    print(f"k = {k:2}, n = {k + p:2}: {theorem.kind}, eigenvalues above {bound:.4f}, loss above {height:.4f}")
    assert theorem.proved and theorem.not_global

# %% tags=["reveal"]
lm.reveal(
    "4.2/spare",
    measured="a strict local minimum at k = 11, n = 13, proved",
    right="yes, and you can prove one",
    explanation="Each reversed neuron has a spare one beside it that fills the gap. Splitting opens inherited minima; these are new.",
)

# %% [markdown]
# The one with $(k, n) = (8, 9)$ is in the published files, once in 1,000 runs, with the same loss, 0.0206 rounded. The four others are not:
# they were found for this course, and we know of no earlier proof. Arjevani and Field (2022) prove that added neurons can turn symmetric
# minima into saddles, and that minima of lesser symmetry need more neurons for it (we know that paper's summary only).

# %% [markdown] slideshow={"slide_type": "slide"}
# How large are their valleys? Move every weight of a minimum by about 0.1, a move of about 1.2 in all, more than the length of a neuron. Train for
# at most 1,500 steps, and count the runs that end more than 0.2 from the minimum:

# %%
points = {11: lm.symmetric_minimum(11)}
points |= {11 + p: proof.symmetric_point(11, p, "spare neurons fill it") for p in (1, 2)}
gone = {}
for n, W in points.items():
    land = lm.teacher_student(k=11, n=n)
    moved = W.flatten() + 0.1 * lm.starts(land, seeds=range(40), scheme="normal")
    again = lm.train(land, moved, lr=0.3, tol=1e-6, max_steps=1500)
    gone[n] = int(((again.theta - W.flatten()).norm(dim=1) > 0.2).sum())

# %%
for n, count in gone.items():
    low, high = lm.binomial_interval(count, 40)
    low, high = math.floor(100 * low), math.ceil(100 * high)  # outward
    print(f"k = 11, n = {n}: {count:2} of 40 runs end more than 0.2 away, a share of {low} to {high} %")

# %% [markdown] slideshow={"slide_type": "slide"}
# With two [spare neurons](../../companion/2_glossary.ipynb#Spare-neuron) it is a dent, not a valley. (So random starts may well miss it, which proves nothing about them.) And split
# one of *its* neurons: at $n = 14$ it is a saddle again. How many ways down open may depend on the neuron:

# %% tags=["headline"]
opened = {split.negative for split in proof.split_signs(11, points[13])}
print("(k, n) = (11, 13): each of the 13 splits has", *opened, "negative eigenvalues (proved)")
one, *others = (split.negative for split in proof.split_signs(8, proof.symmetric_point(8, 1, "spare neurons fill it")))
print(f"(k, n) = (8, 9): {one} after the split of neuron 1, {max(others)} after each other one (proved)")

# %%
assert opened == {10} and others == 8 * [7] and gone[11] <= 2 and gone[13] >= 30

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The theorem
#
# **Theorem (Safran and Shamir 2018).** *For $6 \le k = n \le 20$, every $d \ge k$ and orthonormal teacher neurons, $L$ has local minima that
# are not global.*
#
# They bounded the third derivatives where we bound the Hessian on a ball (the exercises show how); in the paper, $F$ is our $L$. That
# $d > k$ changes nothing is shown in the extra part.
#
# | statement | status |
# |---|---|
# | $6 \le k = n \le 20$: spurious minima | proved (Safran and Shamir 2018), and here again |
# | the 8,506 failed runs of 4.1, $n = k$, end beside them | proved here |
# | every $k = n \ge 6$ | proved here; Arjevani and Field (2020, 2021): series in $1/\sqrt k$ for loss and spectrum |
# | $n = k + 1$: $k = 8$, $10$ to $19$ | proved by Safran and Shamir's program; $k = 7$ and $9$ here |
# | $n = k + 2$, $k = 11$ and $n = k + 3$, $k = 15$ | proved here |
# | $n = k + 2 \le 20$: random starts avoid them | measured: 0 of 13,000 published runs |
# | a few spare neurons make failures rare for every $k$ | open |
#
# "Proved here" means: by the code of this lesson. Nobody else has refereed these proofs.
#
# Break an assumption and the proof notices: at $k = 5$ three negative eigenvalues forbid it; at a neuron of length zero the loss has a kink,
# and the lemma does not apply.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What this does not say
#
# - *That training fails there.* A certificate knows one point. How often runs reach it is a count, with an interval.
# - *That a refused point is no minimum.* See $x^4/4$.
# - *That nothing is left to trust.* What is left: the mathematics, the formulas over balls (with the blocks and the scaling
#   above), Arb and your processor. Torch, the optimiser
#   and the eigenvalue routine need no trust: they made guesses.
# - *That the list is complete.* With $p$ reversed neurons come many families; no list of the minima is complete.
# - *That real data behave so.* The loss has a closed form: Gaussian inputs, fixed output weights.

# %% tags=["quiz"]
lm.quiz(
    "4.2/guess",
    "The eigenvalue routine has a bug and returns poor eigenvectors $V$. What happens to the proof?",
    [
        ("It may prove something false.", False, "V is used in balls, whatever it is: the bound holds for any V."),
        ("It may be refused, nothing worse.", True, "Discs get wide. A wide disc reaches zero, and the claim is refused."),
        ("Nothing: eigenvectors are not used.", False, "They make the matrix nearly diagonal."),
    ],
)

# %% tags=["quiz"]
lm.quiz(
    "4.2/never",
    "A training fails in 0 of 1,000 runs. What is proved?",
    [
        ("There is no spurious minimum.", False, "At k = 11, n = 13 there is one, and nobody met it."),
        ("Failures are rarer than 1 in 1,000.", False, "Not proved: a share of 0.3 % would still give 0 of 1,000 one time in twenty."),
        ("Nothing about minima.", True, "A count bounds a share, with an error; a proof speaks about points."),
    ],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Extra: more inputs change nothing
#
# Give the students inputs that the teacher does not use, $d > k$, with weights 0 there. Mirror one such input: the loss stays the same,
# so it is an even function of these weights. Their gradient is 0, and nothing mixes with the other weights. The Hessian gets the same
# $n \times n$ block $M$ for each new input, $M_{ij} = (\pi - \vartheta_{ij}) / 2\pi$ off the diagonal. If one $M$ is positive, all $d > k$ are settled.

# %% tags=["headline"]
W = lm.symmetric_minimum(6)
narrow, wide = (lm.teacher_student(6, d=d).hessian(torch.cat([W, W.new_zeros(6, d - 6)], dim=1).flatten()) for d in (6, 7))
M = wide.reshape(6, 7, 6, 7)[:, 6, :, 6]  # the block of the new input
far = torch.cat([W, W.new_zeros(6, 994)], dim=1)
print("smallest eigenvalue of M:", round(float(torch.linalg.eigvalsh(M)[0]), 4))
print("k = 6 with 1,000 inputs:", lm.certify(lm.teacher_student(6, d=1000), far.flatten()).kind, "(proved)")

# %%
assert lm.certify(lm.teacher_student(6, d=1000), far.flatten()).proved
assert torch.allclose(
    torch.linalg.eigvalsh(wide), torch.cat([torch.linalg.eigvalsh(narrow), torch.linalg.eigvalsh(M)]).sort().values
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Recap
#
# A gradient of $10^{-10}$ proves nothing. A gradient bound at one point and a curvature bound on a ball prove a minimum, and arithmetic with balls
# delivers both on your machine, for infinitely many networks if need be. What is proved this way may be something that no run has met.
#
# | quantity | found here | published |
# |---|---|---|
# | smallest eigenvalue, $k = 6$ | above 0.0046, proved | 0.0047 |
# | loss there | above 0.0250, proved | 0.0251 |
# | sizes with a spurious minimum, $n = k$ | every $k \ge 6$, proved (not refereed) | 6 to 20, proved |
# | negative eigenvalues after a split | $k - 1$, proved for $k = 6$ to $12$ | at least 1, measured |
# | loss at $(k, n) = (8, 9)$ | above 0.0205, proved | 0.0206 |
# | $(k, n) = (11, 13)$ | strict minimum, loss above 0.0307, proved | 0 of 1,000 runs |
#
# ## Go on
#
# - Exercises: [A proof by computer](../../exercises/4_over_parameterization/2_proof_by_computer.ipynb), then
#   the [solutions](../../solutions/4_over_parameterization/2_proof_by_computer.ipynb).
# - Next: [Quadratic activation](3_quadratic_activation.ipynb), where one matrix tells whether a run is the best of all.
# - Safran and Shamir, *Spurious local minima are common in two-layer ReLU neural networks*, ICML 2018: the first proof.
# - Safran, Yehudai and Shamir, *The effects of mild over-parameterization on the optimization landscape of shallow ReLU neural
#   networks*, COLT 2021: splitting, and what stays convex.
# - Arjevani and Field, *Symmetry and critical points for a model shallow neural network*, arXiv 2003.10576 (2020): the family for large $k$;
#   *Analytic study of families of spurious minima in two-layer ReLU neural networks*, NeurIPS 2021: its spectrum, and fractional sizes;
#   *Annihilation of spurious minima in two-layer ReLU networks*, NeurIPS 2022: what added neurons do.
# - Tucker, *Validated Numerics*, Princeton 2011: interval arithmetic from the beginning.
