# %% [markdown]
# # Exercises: critical points
#
# Five tasks on [lesson 1.1](../../chapters/1_saddle_points/1_critical_points.ipynb), about 70 minutes. Each of the first four has
# a check; run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time.

# %%
import torch
import lmcourse as lm

check = lm.checks.critical_points

# %% [markdown] tags=["exercise"]
# ## Task 1: What kind of point?
#
# *10 minutes.* Given the gradient and the Hessian at a point, return one of these five words:
#
# - `"not critical"`: the gradient is longer than `tol` (its length is the root of the sum of its squared entries);
# - `"strict minimum"`, `"strict saddle"`, `"strict maximum"`: as in the table of the lesson;
# - `"undecided"`: the Hessian is silent.
#
# The check calls your function with several `tol`. An eigenvalue of size at most `tol` counts as zero. The Hessian may have any size, so two-by-two rules do not help.


# %%
def kind(gradient, hessian, tol=1e-9):
    """A word for a point with gradient (P,) and Hessian (P, P)."""
    # BEGIN SOLUTION
    if gradient.norm() > tol:
        return "not critical"
    eigenvalues = torch.linalg.eigvalsh(hessian)
    negative = int((eigenvalues < -tol).sum())
    if negative == len(eigenvalues):
        return "strict maximum"
    if negative > 0:
        return "strict saddle"
    return "strict minimum" if eigenvalues.min() > tol else "undecided"
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.kind(kind)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `torch.linalg.eigvalsh` gives the eigenvalues of a symmetric matrix in rising order. The entries on the diagonal are not the eigenvalues.
#
# </details>
# <details><summary>Hint 2</summary>
#
# What does one negative eigenvalue say, if another one is zero? Read the third line of the lesson's table again: "others not" includes zero.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Along an eigenvector with $\lambda < 0$ the loss surely falls, whatever the zero eigenvalues hide: a negative one decides against a minimum. A zero one leaves the question open only
# if nothing else has settled it. The diagonal entries are curvatures along the axes, and a saddle may lie across them: $xy$ has zeros on the diagonal and the eigenvalues $\pm 1$.

# %% [markdown] tags=["exercise"]
# ## Task 2: A saddle-free step
#
# *15 minutes.* Write the step of saddle-free Newton with damping $m$:
#
# $$ d = -\big(\lvert H \rvert + m I\big)^{-1}\, \nabla L . $$
#
# Return $d$, which is *added* to the parameters.


# %%
def saddle_free_step(gradient, hessian, damping):
    """The step d (P,) for a gradient (P,), a Hessian (P, P) and a damping m > 0."""
    # BEGIN SOLUTION
    eigenvalues, basis = torch.linalg.eigh(hessian)
    along = basis.T @ gradient
    return -basis @ (along / (eigenvalues.abs() + damping))
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.saddle_free_step(saddle_free_step)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# $\lvert H \rvert$ is not the matrix of absolute entries. Write the gradient in the basis of eigenvectors first.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `torch.linalg.eigh` returns the eigenvectors as columns of a matrix $V$. The parts of the gradient are $V^\top \nabla L$; divide each, and multiply by $V$ to come back.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** With $H = V \Lambda V^\top$ one has $\lvert H \rvert = V \lvert \Lambda \rvert V^\top$. Every part of the gradient is divided by a positive number, so $d^\top \nabla L < 0$: each small
# enough step of this kind goes downhill. With $\Lambda$ in place of $\lvert \Lambda \rvert$ the parts along negative directions change their sign, and that is why Newton's method climbs to
# saddles. Damping keeps nearly flat directions from making the step huge; it is added *after* the absolute values.

# %% [markdown] tags=["exercise"]
# ## Task 3: How long is the plateau?
#
# *10 minutes.* Near a saddle a run has the distance $r$ from it along an eigenvector with eigenvalue $-a$. After how many steps is the distance *at least* $s > r$ for the first time? Return two whole numbers: for
# gradient descent with step size $\eta$, and for saddle-free Newton without damping.


# %%
def plateau(r, s, a, eta):
    """(steps of gradient descent, steps of saddle-free Newton) from distance r to at least s, curvature -a, a > 0."""
    # BEGIN SOLUTION
    ratio = torch.tensor(s / r, dtype=torch.float64).log()
    growth = torch.tensor([1 + eta * a, 2.0], dtype=torch.float64).log()
    return tuple(int(steps) for steps in (ratio / growth).ceil())
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.plateau(plateau)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# One step multiplies the distance by the number in the lesson's table, for $\lambda = -a < 0$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# $r\, q^t \ge s$ for the first time: take logarithms, then round up. Or write a loop that multiplies and counts.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** $r\,(1 + \eta a)^t \ge s$ means $t \ge \ln(s/r) / \ln(1 + \eta a)$. The start enters through a logarithm: a thousand times nearer to the saddle costs the same number of steps again. What hurts is a
# small $a$: for small $\eta a$ the count is about $\ln(s/r)/(\eta a)$, and a saddle with $a = 10^{-4}$ holds gradient descent a thousand times as long as one with $a = 0.1$. Saddle-free Newton does not
# see $a$ at all.

# %% [markdown] tags=["exercise"]
# ## Task 4: Find them all
#
# *20 minutes.* Write a function that returns all critical points of a surface inside its window, each one once: what the lesson left to `lm.experiments.basins.places`, which you do not use here. `land.window` is `((left, right), (low, high))`. The check gives your
# function surfaces that you have not seen, with up to nine critical points in the window, none of them degenerate; two of them may be as near as 0.1.


# %%
def all_critical_points(land):
    """The critical points (n, 2) of a surface inside its window, in any order."""
    # BEGIN SOLUTION
    (left, right), (low, high) = land.window
    x, y = torch.linspace(left, right, 31).double(), torch.linspace(low, high, 31).double()
    theta = lm.find_critical_points(land, torch.cartesian_prod(x, y)).critical.theta
    inside = (theta[:, 0] >= left) & (theta[:, 0] <= right) & (theta[:, 1] >= low) & (theta[:, 1] <= high)
    kept = []
    for point in theta[inside]:
        if all((point - other).norm() > 1e-5 for other in kept):
            kept.append(point)
    return torch.stack(kept)
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.all_critical_points(all_critical_points)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The lesson's maps show which method goes to critical points of *every* kind. `lm.find_critical_points(land, starts).critical.theta` holds its ends; `starts` is (members, 2).
#
# </details>
# <details><summary>Hint 2</summary>
#
# Many starts end at the same point, up to the last digits, and some ends lie outside the window. Keep a point if it lies inside and no point that you have kept is nearer than, say, 0.00001.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** That Newton's method goes everywhere is a vice in training and a virtue in a search. A grid of starts finds each point whose basin is not too thin. It proves nothing about completeness: for that you need an
# argument from outside, as Bézout's theorem for the lesson's surface, or a count such as Morse's that would not come out right if one were missing.

# %% [markdown] tags=["exercise"]
# ## Task 5: Open question
#
# *15 minutes, no check.* With a large enough $m$ the damped method $\theta \leftarrow \theta - (H + mI)^{-1} \nabla L$ leaves saddles, at the price of small steps. How large is large enough? The
# cell below counts on the lesson's surface, whose saddles have negative eigenvalues $-14.1$, $-31.7$, $-39.7$ and $-50.6$. Find the $m$ from which on no start ends at a saddle. Then explain it: by what is the distance along a
# negative direction multiplied at each step?

# %%
land, experiment = lm.surface("himmelblau"), lm.experiments.basins
for damping in (0.0, 10.0, 60.0):
    found = experiment.basins(land, "damped newton", side=100, lr=1.0, damping=damping)
    shares = [found.share(name) for name in ("strict minimum", "strict saddle", "strict maximum")]
    print(f"m = {damping:4.1f}: minima {shares[0]:5.1f} %, saddles {shares[1]:5.1f} %, maximum {shares[2]:4.1f} %")

# %% [markdown] tags=["solution"]
# **What we found.** One step multiplies the distance by $1 - \lambda/(\lambda + m) = m/(m + \lambda)$. With $\lambda = -a$ this is $m/(m - a)$, and its size is below 1 exactly if $m < a/2$. So a saddle
# attracts while $m$ is below half the size of its negative eigenvalue: the four saddles let go at about 7, 16, 20 and 25.3. On the grid of 200 by 200 the share at saddles falls in steps and is 0 from 25.4 on; the summit, with its
# smaller eigenvalue $-16.1$, lets go at 8.1. Between $a/2$ and $a$ the factor is below $-1$: the run jumps from side to side, each time further away. The usual advice, $m > a$, is safe but not needed. The price is real: on
# directions with $0 < \lambda \ll m$ the factor is nearly 1, as slow as gradient descent.
