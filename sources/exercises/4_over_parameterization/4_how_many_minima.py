# %% [markdown]
# # Exercises: how many minima, and how good?
#
# Five tasks on [lesson 4.4](../../chapters/4_over_parameterization/4_how_many_minima.ipynb), about 65 minutes. Each of the first four has
# a check; run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time.

# %%
import torch
import lmcourse as lm

check, experiment = lm.checks.how_many_minima, lm.experiments.distribution_of_minima

# %% [markdown] tags=["exercise"]
# ## Task 1: One neuron, many minima
#
# *10 minutes.* The smallest network of the course: one neuron $s(wx)$, $s$ the logistic function, one weight, no bias. There are $m$ samples with
# inputs $R^{-j}$, $j = 0, \dots, m-1$, and all targets are $y$. Write the error
#
# $$ E(w) \;=\; \sum_{j=0}^{m-1} \big( y - s(w R^{-j}) \big)^2 $$
#
# for many weights at once.


# %%
def one_neuron(w, y, R, m):
    """The error of the neuron at weights w (points,): a tensor (points,)."""
    # BEGIN SOLUTION
    inputs = torch.tensor([R**-j for j in range(m)], dtype=w.dtype)
    return (y - torch.sigmoid(w[:, None] * inputs)).square().sum(dim=1)
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.one_neuron(one_neuron)

# %% [markdown]
# Before you run the next cell: how many minima does $E$ have for $m = 3$ samples, if they are spread by $R = 2$, 6 and 30?

# %%
w = torch.logspace(-2, 6, 100_001, dtype=torch.float64)
for R in (2.0, 6.0, 30.0):
    error = one_neuron(w, 0.75, R, 3)
    if error is not ...:
        lower = (error[1:-1] < error[:-2]) & (error[1:-1] <= error[2:])
        print(f"R = {R:2.0f}: number of minima {int(lower.sum())}, lowest {float(error.min()):.4f}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Every weight meets every input: a table with a row for each weight and a column for each input. `w[:, None]` is a column.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The sum runs over the columns of the table: over `dim=1`.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Sample $j$ wants $s(wR^{-j}) = y$, that is $w = R^j \ln \frac{y}{1-y}$. Far below this weight it sees an answer of ½, far above it an answer
# of 1, and in both cases its term is flat. So on the axis $\log w$ each sample has a well of the same shape. Wells that are far apart stay apart,
# one minimum each; wells that overlap merge. With $d$ such coordinates the error is a sum over coordinates, and the minima multiply: $m^d$.

# %% [markdown] tags=["exercise"]
# ## Task 2: One form for all copies
#
# *15 minutes.* A network $\sum_i v_i \tanh(w_i^\top x + b_i)$ with $n$ neurons has $2^n n!$ copies: neurons change places, and a neuron $(w, b, v)$ may be
# replaced by $(-w, -b, -v)$. Write a function that gives the same result for all copies: every $v_i$ positive, neurons in the order of rising $v_i$.
# (No $v_i$ is zero here, and no two have the same size.)


# %%
def canonical(W, b, v):
    """The canonical copy of a tanh layer W (n, d), b (n,), v (n,): three tensors."""
    # BEGIN SOLUTION
    sign = torch.where(v < 0, -1.0, 1.0).to(v)
    order = (v * sign).argsort()
    return (W * sign[:, None])[order], (b * sign)[order], (v * sign)[order]
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.canonical(canonical)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A vector of signs, -1 where $v_i$ is negative, multiplies everything that belongs to the neuron. Neurons are rows of `W`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `argsort` of the new $v$ gives an order that can stand in square brackets behind all three tensors.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Signs first, order second: the order depends on the signs. Two generic minima are the same if and only if their canonical forms are, which
# replaces $2^n n!$ comparisons by one. It fails in a tie, when two $v_i$ are equal up to rounding; that is why `lm.distinct` matches neurons instead.
# For ReLU this would not be enough: there $(cw, cb, v/c)$ is a copy for every $c > 0$.

# %% [markdown] tags=["exercise"]
# ## Task 3: Count
#
# *15 minutes.* Write a function that starts from the given seeds (`lm.starts` with `scheme="normal"`), goes down with
# `experiment.descend(land, theta)`, and returns how many different minima were met.


# %%
def minima_met(land, seeds):
    """How many different minima the starts of these seeds meet: a whole number."""
    # BEGIN SOLUTION
    theta = lm.starts(land, seeds, scheme="normal")
    ends = experiment.descend(land, theta)
    return len(lm.distinct(land, ends))
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.minima_met(minima_met)

# %% [markdown]
# What happens to the count if the teacher's targets are put in random order: the same numbers, given to other inputs? Guess, then run.

# %%
taught = experiment.regression_data("teacher")
shuffled = lm.data.Data(taught.x, taught.y[torch.randperm(40, generator=torch.Generator().manual_seed(0))])
for name, data in (("teacher", taught), ("shuffled", shuffled)):
    land = lm.tanh_mlp([3, 3, 1], data, reduction="mean", weight_decay=2e-3)
    count = minima_met(land, range(60))
    if count is not ...:
        print(f"{name:8} targets: {count} minima of 60 runs")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Three lines: starts, descent, comparison. The lesson's first experiment has them all.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `lm.distinct(land, ends)` has a length.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** 6 minima for the teacher, 51 for the shuffled targets. Shuffling keeps inputs, targets, network and decay, and destroys the rule that connects inputs with targets. The count follows the rule: a task
# that a small network can solve pulls most starts to a few minima, a task without a rule leaves many compromises. This is the cheapest control
# that there is for claims about landscapes.

# %% [markdown] tags=["exercise"]
# ## Task 4: How flat is flat?
#
# *10 minutes.* At a minimum with Hessian $H$ take a step of length $\ell$. To second order, how much does the loss rise along a random direction, on
# average over all directions, and how much along the steepest one?


# %%
def rises(H, length):
    """The mean rise over all directions and the largest rise, for a Hessian H (P, P): two numbers."""
    # BEGIN SOLUTION
    mean = length**2 * H.trace() / (2 * len(H))
    largest = length**2 * torch.linalg.eigvalsh(H)[-1] / 2
    return mean, largest
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.rises(rises)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Along a unit vector $u$ the loss rises by about $\tfrac12 \ell^2\, u^\top H u$. In the basis of eigenvectors $u^\top H u = \sum_i \lambda_i u_i^2$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The $u_i^2$ add up to 1, and on average they are all alike. The sum of all eigenvalues is the trace.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** On average $u_i^2 = 1/P$, so the mean rise is $\ell^2 \operatorname{tr} H / (2P)$: it sees the *mean* eigenvalue, and the largest rise sees the
# *largest*. With a few large eigenvalues among many small ones the two are far apart. A random look around a minimum therefore says "flat" whatever
# the steep directions do.

# %% [markdown] tags=["exercise"]
# ## Task 5: Open question
#
# *15 minutes, no check.* In the explorer choose random targets and look at all widths for the three decays. At which settings does the curve on the
# right bend, at which is nearly every run a new minimum? Add 50 runs where it bends, and where it does not. What can you say about the *true* number of
# minima in each case, and what could you never say from runs alone? A minimum whose basin is tiny: does it matter?

# %% [markdown] tags=["solution"]
# **What we think.** Where the curve bends, most minima with sizeable basins have been met, and the estimate says about how many are missing. Where it is
# straight, 200 runs say no more than "at least some hundreds". Runs never bound the number from above: a minimum with a tiny basin
# stays unseen. For training it hardly matters, since training will not see it either; for a theorem such as "no bad minima" it decides.
