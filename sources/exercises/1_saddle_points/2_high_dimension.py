# %% [markdown]
# # Exercises: high dimension
#
# Five tasks on [lesson 1.2](../../chapters/1_saddle_points/2_high_dimension.ipynb), about 70 minutes. Each of the first four has
# a check; run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time.

# %%
import numpy as np
import torch
import lmcourse as lm

check = lm.checks.high_dimension

# %% [markdown] tags=["exercise"]
# ## Task 1: The index
#
# *10 minutes.* Write the function that counts the directions down: the eigenvalues of a symmetric matrix that are negative. Rounding turns an eigenvalue of zero into a tiny
# one of either sign, so count only those below $-10^{-8}$ times the largest one **in size**.


# %%
def index_of(H):
    """The number of clearly negative eigenvalues of a symmetric tensor H (n, n), float64."""
    # BEGIN SOLUTION
    eigenvalues = torch.linalg.eigvalsh(H)
    return int((eigenvalues < -1e-8 * eigenvalues.abs().max()).sum())
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.index_of(index_of)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The diagonal does not tell the signs of the eigenvalues, unless the matrix is diagonal. `torch.linalg.eigvalsh` is made for symmetric matrices.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The largest one in size may be negative.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Rounding errors of eigenvalues are about $10^{-16}$ times the *largest* of them, so a threshold without units makes no sense. With $10^{-8}$ there is
# room on both sides. A reported index needs its threshold beside it: networks have many eigenvalues near zero, and each choice gives another count.

# %% [markdown] tags=["exercise"]
# ## Task 2: Any number of spins
#
# *10 minutes.* For couplings of $p$ spins the Hessian along the sphere at a critical point of height $u$ is a random matrix plus $-p\,u\,I$; for large $N$ its spectrum is a
# semicircle of radius $2 \sqrt{p(p-1)}$ around $-p\,u$. Write the share of it that lies below zero. The share of a semicircle of radius 1 around 0 that lies below $x$ is
# $F(x) = \tfrac12 + \tfrac1\pi ( x \sqrt{1 - x^2} + \arcsin x )$.


# %%
def share_down(u, p):
    """The share of directions down at a critical point of height u of the spherical p-spin model, for large N."""
    # BEGIN SOLUTION
    x = min(1.0, max(-1.0, p * u / (2 * np.sqrt(p * (p - 1)))))
    return 0.5 + (x * np.sqrt(1 - x**2) + np.arcsin(x)) / np.pi
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.share_down(share_down)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Zero lies at a distance of $p\,u$ from the centre. Measure it in radii.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For points that are very low or very high, zero lies outside of the semicircle. What is the share then?
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** $p u / (2 \sqrt{p(p-1)}) = u / E_\infty$ with $E_\infty = 2 \sqrt{(p-1)/p}$: 1.633 for three spins, 2 in the limit of many. The height enters through the shift alone. All of
# the lesson's main curve is in these two lines.

# %% [markdown] tags=["exercise"]
# ## Task 3: Shares of all indices
#
# *15 minutes.* The lesson's green line needs no landscape. The recipe: draw many GOE matrices of $N + 1$ rows. Let $\lambda_0 \le \dots \le \lambda_N$ be the eigenvalues of one. Then the
# share of critical points of index $k$, among all critical points of random waves in $N$ dimensions, is proportional to the mean of $e^{-\lambda_k^2/4}$ over the matrices.


# %%
def index_shares(matrices):
    """The shares (N + 1,) of index 0, ..., N, from symmetric matrices (samples, N + 1, N + 1), a numpy array."""
    # BEGIN SOLUTION
    weights = np.exp(-(np.linalg.eigvalsh(matrices) ** 2) / 4).mean(axis=0)
    return weights / weights.sum()
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.index_shares(index_shares)

# %% [markdown]
# In how many dimensions is one critical point in a million a minimum? Vary N.

# %%
from lmcourse.networks import random_matrices

for N in (1, 2, 3, 6):
    shares = index_shares(random_matrices.gaussian_symmetric(N + 1, samples=5000))
    if shares is not ...:
        print(f"N = {N}: minima {shares[0]:.2e}, coins {0.5**N:.2e}, matrices {random_matrices.positive_share(N):.2e}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `np.linalg.eigvalsh` takes all matrices at once and returns their eigenvalues in rising order, (samples, N + 1).
#
# </details>
# <details><summary>Hint 2</summary>
#
# First the mean over the matrices, one number for each $k$; then make them add up to one.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** The number of critical points is an integral over $|\det|$ of the Hessian (Kac and Rice), and multiplying the density of $N$ GOE eigenvalues by $|\det(G - t)|$ gives the density of
# $N + 1$ eigenvalues, one of them at $t$. If it is the one with number $k$, then $k$ of the others are below it, negative after the shift. The weight is left over from the normal
# distribution of the height. The step to $N + 1$ rows is Fyodorov's (2004); Cheng and Schwartzman (2018) and Azaïs and Delmas (2019) counted by index in this way. It was derived again for this course, and checked against counts. At about $N = 18$ one
# in a million is a minimum; coins would say 20, matrices 6 or 7.

# %% [markdown] tags=["exercise"]
# ## Task 4: Critical, or only flat?
#
# *20 minutes.* A search has come to rest at `theta`. Write the function that says whether a critical point lies within 0.01 of it: True or False. `land.gradient(theta)` is (P,),
# `land.hessian(theta)` is (P, P). Newton's step is $-H^{-1} \nabla L$.


# %%
def is_critical(land, theta):
    """Whether Newton's method takes the gradient to rounding from theta (P,), without going further than 0.01."""
    # BEGIN SOLUTION
    point = theta.clone()
    for _ in range(20):
        point = point - torch.linalg.solve(land.hessian(point), land.gradient(point))
        if (point - theta).norm() > 0.01:
            return False
    return bool(land.gradient(point).norm() < 1e-9)
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.is_critical(is_critical)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A threshold for the gradient at `theta` itself fails both ways: there are places next to critical points with a longer gradient than gradient-flat places have.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Newton's method may wander off to some other critical point. That one does not count: watch how far the point has gone.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Near a critical point whose Hessian has no eigenvalue zero Newton's method doubles the number of digits at each step, so a few steps decide. At a gradient-flat place the
# gradient lies where $H$ is nearly zero, and the step $H^{-1} \nabla L$ is enormous: the method itself says that there is nothing here. `lm.refine` is this function with a line search, and
# `lm.certify` turns a yes into a proof.

# %% [markdown] tags=["exercise"]
# ## Task 5: Open question
#
# *15 minutes, no check.* Weight decay adds $\tfrac{\mu}{2} |x|^2$ to the landscape. The cell below counts the critical points of random waves in the plane for growing $\mu$. Why is every
# count odd? In which way do critical points disappear? From about which $\mu$ on is one left, and how would this change with the dimension? Fyodorov and Williams (2007) found a sharp edge
# for large $N$, at $\mu = \sqrt{N}$ for these waves; `random_matrices.parabola_counts(N, mu)` gives the mean numbers of critical points and of minima.

# %%
experiment = lm.experiments.index_and_height
print("minima + saddles + maxima on each of four landscapes")
for mu in (0.6, 1.0, 2**0.5, 2.0, 3.0):
    found = [experiment.points_in_box(dim=2, seed=seed, side=16, tries=800, mu=mu) for seed in range(4)]
    counts = (np.bincount(points.index, minlength=3) for points in found)  # minima, saddles, maxima
    print(f"mu = {mu:.2f}:", ";  ".join(" + ".join(map(str, each)) for each in counts))

# %% [markdown] tags=["solution"]
# **What we found.** Far out the parabola wins, so the landscape is a bowl there, and Morse theory gives minima − saddles + maxima = 1: the total is 1 plus twice the saddles, hence odd. When
# $\mu$ grows, a minimum and a saddle (or a maximum and a saddle) run into each other and vanish together. In the plane the mean numbers of critical points are 9.8, 2.95, 1.83, 1.30, 1.06
# at $\mu$ = 0.5, 1, 1.41, 2, 3: the edge is soft. In 5 dimensions there are 33 at $\mu = 1$, 2.2 at the edge $\sqrt5$, and 1.06 at 4; the larger $N$, the sharper. (The mean of $|\det|$
# is Fyodorov's, 2004; the edge for minima is Fyodorov and Williams's.)
