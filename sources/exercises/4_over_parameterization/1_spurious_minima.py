# %% [markdown]
# # Exercises: spurious minima are common
#
# Five tasks on [lesson 4.1](../../chapters/4_over_parameterization/1_spurious_minima.ipynb), about 70 minutes. Each of the first four has
# a check; run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time.

# %%
import torch
import lmcourse as lm

check = lm.checks.spurious_minima

# %% [markdown] tags=["exercise"]
# ## Task 1: Two ReLUs, one angle
#
# *10 minutes.* The whole loss is made of one function of two vectors $w, v \in \mathbb{R}^d$ (Cho and Saul 2009):
#
# $$ f(w, v) \;=\; \mathbb{E}_x\, [w^\top x]_+ [v^\top x]_+ \;=\; \frac{|w|\,|v|}{2\pi} \big( \sin\vartheta + (\pi - \vartheta) \cos\vartheta \big), $$
#
# with $\vartheta$ the angle between $w$ and $v$. Write it with torch. Mind parallel vectors: rounding can make their cosine a little
# larger than 1.

# %%
def pair_energy(w, v):
    """E [w.x]+ [v.x]+ for vectors w, v (d,) and x ~ N(0, I): one number."""
    # BEGIN SOLUTION
    lengths = w.norm() * v.norm()
    cosine = (w @ v / lengths).clamp(-1, 1)
    angle = torch.arccos(cosine)
    return lengths / (2 * torch.pi) * (torch.sin(angle) + (torch.pi - angle) * cosine)
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.pair_energy(pair_energy)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Three lines: the product of the lengths, the cosine, the angle. Then the formula as it stands.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `torch.arccos` gives NaN for 1.0000000000000002. The tensor method `clamp` cuts a number off at two bounds.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** The product $[w^\top x]_+ [v^\top x]_+$ is not zero only where both ReLUs are on, a wedge of opening $\pi - \vartheta$. For $w = v$ the
# wedge is half of all inputs and $f = |w|^2/2$; for $w = -v$ it is empty and $f = 0$. Between them the formula interpolates. Since
# $[cz]_+ = c\,[z]_+$ for $c > 0$, both lengths come out in front.

# %% [markdown] tags=["exercise"]
# ## Task 2: The loss from its pieces
#
# *10 minutes.* Multiply out the square in
#
# $$ L(W) = \tfrac12\, \mathbb{E}_x \Big( \sum_i [w_i^\top x]_+ - \sum_j [v_j^\top x]_+ \Big)^2 $$
#
# and write the loss with three double sums of `pair_energy`. Neurons are rows: `W` is (n, d), `V` is (k, d). Slow loops are fine.

# %%
def loss(W, V):
    """The loss of the student W (n, d) against the teacher V (k, d): one number."""
    # BEGIN SOLUTION
    own = sum(pair_energy(first, second) for first in W for second in W)
    mixed = sum(pair_energy(student, teacher) for student in W for teacher in V)
    constant = sum(pair_energy(first, second) for first in V for second in V)
    return own / 2 - mixed + constant / 2
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.loss(loss)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# With $a$ for the student's output and $b$ for the teacher's, $\tfrac12 (a - b)^2$ has three terms. Which of them carry a factor?
#
# </details>
# <details><summary>Hint 2</summary>
#
# $\mathbb{E}\, a^2$ is the sum of $f(w_i, w_{i'})$ over **all** ordered pairs, $i = i'$ included.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** $\tfrac12 (a-b)^2 = \tfrac12 a^2 - ab + \tfrac12 b^2$, and the expectation of a product of two sums is the double sum of the
# expectations. No sample is drawn anywhere: this is the loss on *all* inputs, so a spurious minimum of it cannot be blamed on the data.

# %% [markdown] tags=["exercise"]
# ## Task 3: Where you start
#
# *15 minutes.* The share of failed runs belongs to the landscape *and* to the starts. Write a function that takes a size $k$ and a
# function `change`, trains 100 students with $n = k$ from changed starts, and returns how many fail (loss 0.001 or above). Use the seeds
# `range(100)`, `lr=0.4`, `tol=1e-6`, `max_steps=5000`.

# %%
def failed_runs(k, change):
    """How many of 100 runs fail when each start theta is replaced by change(theta)."""
    # BEGIN SOLUTION
    land = lm.teacher_student(k)
    theta = change(lm.starts(land, seeds=range(100)))
    runs = lm.train(land, theta, lr=0.4, tol=1e-6, max_steps=5000)
    return int((runs.loss >= 0.001).sum())
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.failed_runs(failed_runs)

# %% [markdown]
# Before you run the next cell: what do you expect from tiny starts, from large ones, from starts with positive weights only, and with
# negative weights only? Mind the intervals: which differences could be chance?

# %%
changes = {
    "as they are": lambda theta: theta,
    "a hundredth": lambda theta: theta / 100,
    "three times": lambda theta: 3 * theta,
    "all positive": torch.abs,
    "all negative": lambda theta: -theta.abs(),
}
for name, change in changes.items():
    count = failed_runs(8, change)
    if count is not ...:
        low, high = lm.binomial_interval(int(count), 100)
        print(f"{name:13} {int(count):3} of 100, a share of {100 * low:.0f} to {100 * high:.0f} %")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The first experiment of the lesson has all the pieces: `lm.teacher_student`, `lm.starts`, `lm.train`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `runs.loss` is a tensor with one entry a run. A comparison gives True and False, and True counts as one in a sum.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Size does not matter much: from tiny starts, training first grows the weights to the size of the solution, and what it meets on
# the way is the same. Direction does. A neuron that starts in the positive orthant, where the teacher lives, is less likely to be
# the one that ends reversed; one that starts opposite is more likely. In a measurement with 400 runs at $k = 8$ the shares were 13.5 %
# (10.5 to 17.2) for the usual starts, 7.5 % (5.3 to 10.5) for positive and 21.0 % (17.3 to 25.3) for negative ones.

# %% [markdown] tags=["exercise"]
# ## Task 4: The way out
#
# *20 minutes.* Given a stuck student `W` (n, d) with $d = k$, and a neuron `i`, build the student with $n + 1$ neurons that computes the same
# function (neuron `i` in two halves), and a direction of length 1 in the space of wider matrices along which the loss curves
# **down**. The Hessian of `lm.teacher_student(k=d, n=n + 1)` knows one.

# %%
def split(W, i):
    """The wider matrix (n + 1, d) and a direction (n + 1, d) of negative curvature at it."""
    n, d = W.shape
    # BEGIN SOLUTION
    wide = torch.cat([W, W[i : i + 1] / 2])
    wide[i] = wide[i] / 2
    hessian = lm.teacher_student(k=d, n=n + 1).hessian(wide.flatten())
    eigenvectors = torch.linalg.eigh(hessian).eigenvectors
    direction = eigenvectors[:, 0].reshape(n + 1, d)
    return wide, direction
    # END SOLUTION
    # BEGIN STUB
    # wide = ...
    # direction = ...
    # return wide, direction
    # END STUB

# %% tags=["check"]
check.split(split)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Halves of the same vector: $[z/2]_+ + [z/2]_+ = [z]_+$. One half can take the old place, the other a new row at the end of a copy of `W`.
# There `land.hessian(wide.flatten())` is the Hessian, a square matrix with $(n+1)d$ rows.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `torch.linalg.eigh` sorts eigenvalues from small to large and returns unit eigenvectors as *columns*.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** In the smaller network the two halves can only move together. Apart, along $(u, -u)$, their sum does not change to first
# order, and what is left of the Hessian there is the block of neuron $i$ without the $\tfrac12 I$ that a whole neuron has from its own square. If that
# rest has a negative eigenvalue, the split point is a saddle. Safran, Yehudai and Shamir (2021) prove that some neuron has this
# property whenever $n \le k$ and the lengths of the neurons add up to at most $k$; in all their runs every neuron had it.

# %% [markdown] tags=["exercise"]
# ## Task 5: Open question
#
# *15 minutes, no check.* In the explorer of the lesson train $k = 12$ with 500 runs and note the losses of students with one, two and three
# reversed neurons. Are two reversed neurons twice as bad as one? Guess the loss for four. There is a run whose loss is close to
# your guess: count its reversed neurons. What does it take to say how a student is built, if not its loss? And what would your guess
# mean for large $k$? (In the result files of Safran, Yehudai and Shamir 2021 the most frequent stuck student has 13 reversed neurons of
# 50, and 34 of 100.)

# %% [markdown] tags=["solution"]
# **What we found.** At $k = 12$: 0.0165, 0.0316 and 0.0455 for one, two and three, a little less than proportional, so one guesses about 0.059 for
# four. With the seeds of the explorer no run has four; the one at 0.0609 has *seven*, and one at 0.0758 has ten. They belong to another
# branch, with many reversed neurons, which appears once in hundreds of runs. A loss is a number, the matrix is the student: look at the
# matrix. For one reversed neuron the loss approaches $0.3/k$ (Arjevani and Field 2020); with a fixed *share* of reversed neurons it need not go
# to zero. Which families training reaches for large $k$ is measured, not proved.
