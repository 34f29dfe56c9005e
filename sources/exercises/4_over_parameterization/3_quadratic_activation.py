# %% [markdown]
# # Exercises: quadratic activation
#
# Five tasks on [lesson 4.3](../../chapters/4_over_parameterization/3_quadratic_activation.ipynb), about 75 minutes. Each of the first four has
# a check; run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time.

# %%
import torch
import lmcourse as lm

check = lm.checks.quadratic_activation

# %% [markdown] tags=["exercise"]
# ## Task 1: The matrix S
#
# *10 minutes.* Neurons are the rows of $W$, samples the rows of $x$. For the squared loss as a mean, without a tilt,
#
# $$ L(W) = \frac1N \sum_{i=1}^{N} \tfrac12 \big( |W x_i|^2 - y_i \big)^2 + \tfrac{\lambda}{2} |W|^2 , $$
#
# write the function that returns $S$, the gradient of the loss by $M = W^\top W$. No loop is needed.

# %%
def slack_matrix(W, x, y, decay):
    """S (d, d) for W (n, d), samples x (N, d), labels y (N,) and weight decay lambda."""
    # BEGIN SOLUTION
    error = (x @ W.T).square().sum(dim=1) - y
    return x.T @ (error[:, None] * x) / len(x) + decay / 2 * torch.eye(x.shape[1], dtype=x.dtype)
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.slack_matrix(slack_matrix)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The output $f(x_i) = \langle M, x_i x_i^\top \rangle$ is linear in $M$, so its gradient by $M$ is the matrix $x_i x_i^\top$. And $|W|^2$ is the trace of $M$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A sum of the matrices $x_i x_i^\top$ with weights is a product of two matrices: the samples as columns, times the samples as rows, each
# row multiplied by its weight.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** The chain rule: the derivative of $\tfrac12 (f - y)^2$ by $f$ is the error $f - y$, that of $f$ by $M$ is $x x^\top$, and $|W|^2 = \operatorname{tr} M$ has the identity
# as its gradient. Samples whose output is too low pull $S$ down along $x_i$: a negative eigenvalue is a direction in which many outputs
# should grow.

# %% [markdown] tags=["exercise"]
# ## Task 2: Enough width
#
# *10 minutes.* Write the function that returns the smallest number of neurons from which on theorem A **or** theorem B of the lesson rules out
# local minima that are not global. (A random tilt is there, so theorem B may be used.)

# %%
def enough(N, d):
    """The smallest width that the theorems cover, for N samples in d dimensions."""
    # BEGIN SOLUTION
    n = 1
    while n < d and n * (n + 1) <= 2 * N:
        n += 1
    return n
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.enough(enough)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Theorem B wants a *strict* inequality. What happens at N = 3, 6, 10, 15?
#
# </details>
# <details><summary>Hint 2</summary>
#
# Theorem A holds for every N. So the answer never exceeds one of the two arguments.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Redo the count for matrices of rank $r$: a symmetric $d \times d$ matrix of rank $d - n$ is fixed by its kernel of dimension $n$, and every symmetric $n \times n$
# block on the kernel has to vanish: $n(n+1)/2$ conditions. The $N$ numbers $f(x_i) - y_i$ can meet $N$ conditions. One condition more, and a random tilt
# misses. At $n(n+1)/2 = N$ the count is even, and nothing follows. $\sqrt{2N}$ is the same rule, rounded up a little.

# %% [markdown] tags=["exercise"]
# ## Task 3: The way down
#
# *15 minutes.* `W` (n, d) is a critical point with rank below $n$, and its matrix `S` (d, d) has a negative eigenvalue. Return a direction `Z` (n, d) of length 1
# along which the loss curves **down**. Mind that no row of `W` needs to be zero: neurons may be rotated into each other.

# %%
def way_down(W, S):
    """A direction (n, d) of length 1 and of negative curvature at a critical point W (n, d) with rank W < n."""
    # BEGIN SOLUTION
    left, _, _ = torch.linalg.svd(W)
    spare = left[:, -1]
    lowest = torch.linalg.eigh(S).eigenvectors[:, 0]
    return torch.outer(spare, lowest)
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.way_down(way_down)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Theorem A's proof builds it: $Z = b v^\top$, with $b^\top W = 0$. Which $v$ makes $2 v^\top S v$ most negative?
#
# </details>
# <details><summary>Hint 2</summary>
#
# $b$ belongs to the zero singular value of $W$, on the side of the neurons. In `torch.linalg.svd` the first of three results has these vectors as
# *columns*, the smallest singular value last.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Along $Z = b v^\top$ the outputs change only to second order, so the convex part of the curvature, $\tfrac1N \sum_i (2 (W x_i)^\top Z x_i)^2$, vanishes, and $2 v^\top S v$
# is left. A zero row gives $b$ at once, but any linear relation between neurons will do: that is what "spare" means.

# %% [markdown] tags=["exercise"]
# ## Task 4: How far from the best
#
# *25 minutes.* The lemma says yes or no. Make it a number: a bound for $L(W) - \min L$, the minimum taken over *all* widths, that holds at **any** $W$, critical or not.
# Begin with $\text{loss}(M') - \text{loss}(M) \ge \langle S, M' - M \rangle$ for the best $M'$. If no eigenvalue of $S$ is below $-\varepsilon$ with $\varepsilon \ge 0$, how negative can
# $\langle S, M' \rangle$ be? And how large can the trace of $M'$ be, given that the best is no worse than $W$? (Squared loss as a mean, $\lambda > 0$, no tilt.)

# %%
def gap_bound(W, x, y, decay):
    """At least L(W) - min L, for W (n, d), samples x (N, d), labels y (N,) and weight decay lambda > 0: one number."""
    # BEGIN SOLUTION
    S, M = slack_matrix(W, x, y, decay), W.T @ W
    error = (x @ W.T).square().sum(dim=1) - y
    loss = error.square().mean() / 2 + decay / 2 * M.trace()
    epsilon = (-torch.linalg.eigvalsh(S)[0]).clamp_min(0)
    return (S * M).sum() + epsilon * 2 * loss / decay
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.gap_bound(gap_bound)

# %% [markdown]
# Watch it during training: from which step on do you know four digits of the lowest loss of all widths?

# %%
experiment = lm.experiments.quadratic_activation
data = experiment.data(N=28, seed=6)
land = lm.quadratic_net(8, data, decay=0.01, reduction="mean")
run = lm.train(land, lm.starts(land, seeds=[0], scale=0.5), "lbfgs", tol=1e-9, record=200)
for step, theta in zip(run.path.steps, run.path.theta[0], strict=True):
    bound = gap_bound(theta.reshape(8, 12), data.x, data.y, 0.01)
    if bound is not ...:
        print(f"step {int(step):4}: loss {float(land.loss(theta)):9.5f}, at most {float(bound):.1e} above the lowest")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# $S + \varepsilon I$ has no negative eigenvalue, so $\langle S + \varepsilon I, M' \rangle \ge 0$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The loss of the best $M'$ contains $\tfrac{\lambda}{2} \operatorname{tr} M'$ and is at most $L(W)$; its other part is not negative.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** $\langle S, M' \rangle \ge -\varepsilon \operatorname{tr} M'$, and $\tfrac{\lambda}{2} \operatorname{tr} M' \le L(M') \le L(W)$. So the gap is at most $\langle S, M \rangle + 2 \varepsilon L(W) / \lambda$. At a critical point the first term
# vanishes. This is duality for semidefinite programs: $S$ is the dual variable. The lemma asks for an eigenvalue that is exactly not negative; the bound is what floating point can
# say about it: with $\varepsilon = 10^{-9}$ the run is within about $10^{-8}$ of the best, whatever its width. `lm.certificates.largest_gap` computes this bound in exact fractions, and
# then it is a proof. In the stored table four digits, 0.04431, are known from step 1,400 on: there the bound is $1.7 \cdot 10^{-6}$, and a bound once reached stays true, though
# later rows print larger ones.

# %% [markdown] tags=["exercise"]
# ## Task 5: Open question
#
# *15 minutes, no check.* Theorem B is sufficient. Where does it stop being necessary? At 45 samples it begins with 10 neurons, while in the stored map of the lesson no run
# fails from 8 on. Now take other data: Gaussian labels of both signs, `{"table": "signs", "N": 45, "n": n}`, and the teacher's labels without decay and tilt,
# `{"table": "plain", "N": 45, "n": n}`. The cell below trains ten runs; change it. From which width on does nothing fail? What has the rank of the best $M$ to do with it, and why
# does it not have to obey the rank law without a tilt?

# %%
experiment = lm.experiments.quadratic_activation
runs = experiment.run_chunk({"table": "signs", "N": 45, "n": 2}, seeds=range(10))
print(int(runs["reached"].sum()), "of 10 certified; ranks of W:", sorted(runs["rank"].tolist()))

# %% [markdown] tags=["solution"]
# **What we found.** In 100 runs each: with labels of both signs 3 neurons suffice in 94 and 4 in all. The outputs cannot be negative, so a sample with a negative
# label is best answered by zero, and the best $M$ has rank 1 to 4. Without decay and tilt 4 neurons never suffice and 5 always do: many $M$ fit the 45 labels exactly, and some have rank 5.
# Wide networks then end at one of full rank (10 for 10 neurons). The rank law speaks of the minimiser under a random tilt, which is almost surely unique; without a tilt there is a
# whole set of them, and low rank is possible, not forced. Compare with the teacher's labels under a tilt, where 6 neurons suffice in 89 of 200 and 7 in 199.
