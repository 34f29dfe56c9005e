# %% [markdown]
# # Exercises: no poor local minima
#
# Five tasks on [lesson 3.1](../../chapters/3_deep_linear/1_no_poor_local_minima.ipynb), about 80 minutes. Each of the first four has
# a check; run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time.
#
# In tasks 1 to 3 the network has two matrices and the inputs are the unit vectors, so the loss is $\tfrac12 |W_2 W_1 - M|^2$ with a target matrix $M$.

# %%
import torch
import lmcourse as lm

check = lm.checks.no_poor_minima

# %% [markdown] tags=["exercise"]
# ## Task 1: Write a critical point down
#
# *15 minutes.* $M$ has distinct positive singular values $s_1 > s_2 > \dots$, and $p$ is the number of hidden neurons. Return a pair $W_1$ (p, inputs), $W_2$ (outputs, p)
# that is a critical point and has learnt the modes in `kept`, which are numbered from 1, strongest first. There are at most $p$ of them, and there may be none.

# %%
def critical_point(M, kept, p):
    """W1 (p, inputs) and W2 (outputs, p) for the target M (outputs, inputs), with the modes `kept` learnt."""
    # BEGIN SOLUTION
    U, s, Vh = torch.linalg.svd(M, full_matrices=False)
    S = [mode - 1 for mode in kept]
    W1 = torch.zeros(p, M.shape[1], dtype=M.dtype)
    W2 = torch.zeros(M.shape[0], p, dtype=M.dtype)
    W1[: len(S)] = s[S, None] * Vh[S]
    W2[:, : len(S)] = U[:, S]
    return W1, W2
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.critical_point(critical_point)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `torch.linalg.svd(M, full_matrices=False)` returns U with the $u_i$ as columns, the strengths, and a matrix with the $v_i$ as *rows*. Let hidden neuron 1
# carry the first mode of `kept`, neuron 2 the second, and so on.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Each mode's strength must stand in the product once: in one of the layers, or its root in both. Neurons without a mode may have zero weights on both sides. Why is the gradient
# zero then?
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** The gradients are $W_2^\top E$ and $E W_1^\top$ with $E = W_2 W_1 - M$. Here $E$ consists of the modes left out, and its columns and rows are orthogonal to
# everything that the layers contain. The strength may be split between the layers at will: $W_1 \to C W_1$, $W_2 \to W_2 C^{-1}$ for any invertible $C$ is the same
# critical point of the same function, in another hidden basis.

# %% [markdown] tags=["exercise"]
# ## Task 2: Count the ways down
#
# *10 minutes.* Return the index of such a critical point. `strengths` is a list $s_1 > s_2 > \dots$, one entry for each output; `kept` holds the learnt modes, numbered from 1;
# `p` is the number of hidden neurons, which may be larger than the number of modes.

# %%
def index(strengths, kept, p):
    """The number of negative eigenvalues of the Hessian."""
    # BEGIN SOLUTION
    missing = [mode for mode in range(1, len(strengths) + 1) if mode not in kept]
    exchanges = sum(strengths[i - 1] > strengths[j - 1] for i in missing for j in kept)
    return exchanges + (p - len(kept)) * len(missing)
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.index(index)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# There are two kinds of ways down: to exchange a learnt mode for a stronger one that is missing, and to begin a missing mode in an unused neuron.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The number of unused neurons is $p - r$ with $r$ learnt modes. Each can begin each missing mode.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** The sum is zero for one set alone: no neuron is unused as long as a mode is missing, and no missing mode is stronger than a learnt one. So exactly the strongest
# modes, as many as fit, make a minimum. That is the whole theorem for two matrices, as a count. With $p$ at least the number of modes the minimum has learnt everything.

# %% [markdown] tags=["exercise"]
# ## Task 3: Up from everywhere
#
# *25 minutes.* Prove that the loss has no local maximum, by a program: return a direction $(D_1, D_2)$ along which the loss **rises at once**, so that
# $\ell(W_1 + t D_1, W_2 + t D_2) > \ell(W_1, W_2)$ for all small $t > 0$. The point may be any: a random one, a saddle, the best network, or one with all weights zero. $M$ is not zero.

# %%
def way_up(W1, W2, M):
    """D1 and D2, of the shapes of W1 (p, inputs) and W2 (outputs, p)."""
    # BEGIN SOLUTION
    D1, D2 = torch.zeros_like(W1), torch.zeros_like(W2)
    if W2.abs().max() > 0:  # W1 along a row of W2: the product changes
        D1[:, 0] = W2[W2.norm(dim=1).argmax()]
        if ((W2 @ W1 - M) * (W2 @ D1)).sum() < 0:
            D1 = -D1
    elif W1.abs().max() > 0:
        D2[0] = W1[:, W1.norm(dim=0).argmax()]
        if ((W2 @ W1 - M) * (D2 @ W1)).sum() < 0:
            D2 = -D2
    else:  # away from the target
        row = M.norm(dim=1).argmax()
        D1[0], D2[row, 0] = -M[row], 1.0
    return D1, D2
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.way_up(way_up)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Where the gradient is not zero, it points up. Where it is zero, move one matrix alone: the loss is then a convex quadratic in $t$. When is its $t^2$ not zero?
#
# </details>
# <details><summary>Hint 2</summary>
#
# Moving $W_1$ alone changes the product by $t W_2 D_1$, so it helps if $W_2$ is not zero. If the slope is negative, take the opposite direction. If both matrices are zero, the product is
# $t^2 D_2 D_1$: choose it so that it leads away from $M$.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** In the first two cases the loss along the line is $\ell + c\,t + \tfrac12 |W_2 D_1|^2 t^2$ with $c \ge 0$ after the choice of sign, and the square is positive. In the third it
# is $\tfrac12 |t^2 D_2 D_1 - M|^2$, which begins with $-t^2 \langle D_2 D_1, M \rangle > 0$. Another right answer: the eigenvector of the largest eigenvalue of the Hessian, with the
# sign that does not go against the gradient. Nothing in the argument needs the theorem: any network with squared loss and a linear last layer that is not
# blind rises along some change of this layer. That is why "no local maxima" says so little.

# %% [markdown] tags=["exercise"]
# ## Task 4: Count the minima of a weighted fit
#
# *20 minutes.* One hidden neuron, and a loss that weighs its errors: $\tfrac12 \sum_{ij} w_{ij} (u_i v_j - M_{ij})^2$ with $M$ and the positive weights $w$ of shape (2, d). For the column
# $u = (\cos \varphi, \sin \varphi)$ there is a best $v$. Scan the angle and return the number of local minima over all *different* directions of $u$.
# Some valleys are narrow; about a thousand angles are enough.

# %%
def minima(M, weights):
    """The number of local minima of the best loss over the direction of u; M and weights (2, d)."""
    # BEGIN SOLUTION
    angle = torch.arange(1000, dtype=M.dtype) * torch.pi / 1000
    u = torch.stack([angle.cos(), angle.sin()], dim=1)[:, :, None]  # (1000, 2, 1)
    v = (weights * u * M).sum(dim=1) / (weights * u**2).sum(dim=1)  # (1000, d)
    loss = (weights * (u * v[:, None, :] - M) ** 2).sum(dim=(1, 2)) / 2
    return int(((loss < loss.roll(1)) & (loss < loss.roll(-1))).sum())
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.minima(minima)

# %% [markdown]
# Where does the second minimum begin? The target is nearly the lesson's, $w$ weighs the off-diagonal errors.

# %%
M = torch.tensor([[2, 0.01], [0, 1.5]], dtype=torch.float64)
for w in (1.0, 1.2, 1.3, 1.4, 1.5, 2.0):
    count = minima(M, torch.tensor([[1, w], [w, 1]], dtype=torch.float64))
    if count is not ...:
        print(f"w = {w}: {count} minima")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# For fixed $u$ the columns of the error do not meet: $v_j$ minimises $\sum_i w_{ij} (u_i v_j - M_{ij})^2$ alone. Set the derivative by $v_j$ to zero.
#
# </details>
# <details><summary>Hint 2</summary>
#
# $u$ and $-u$ make the same fits, so half a turn holds all directions: 0 and $\pi$ are the same one, so scan only one of them. Then the last angle and the first are neighbours,
# and `loss.roll(1)` shifts a tensor in a circle.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** With equal weights $v = M^\top u$, and the loss is $\tfrac12 (|M|^2 - |M^\top u|^2)$: a quadratic form on the circle, which has one minimum up to sign. That is the whole reason why a
# bottleneck is harmless for the plain squared loss. Weights destroy the form, and from $w = 4/3$ on (for $\mathrm{diag}(2, 1.5)$) the weaker mode becomes a trap: to turn from mode 2
# to mode 1 the fit has to pass through directions that put errors where they count most.

# %% [markdown] tags=["exercise"]
# ## Task 5: Open question
#
# *10 minutes, no check.* Kawaguchi's theorem says where runs can end, not when. The cell below starts 50 runs at smaller and smaller weights. How does the median of the steps grow at depth 2, 3, 4?
# It is that of all 50 runs, so where more than half are unfinished only a bound is known. At depth 4 and a thirtieth of the usual size, what do you conclude from the numbers, and what not? And what happens at a start of exactly zero, at any depth?

# %%
experiment = lm.experiments.no_poor_minima
for layers in (2, 3, 4):
    land = experiment.landscape(layers)
    for smaller in (1, 3, 10, 30):
        start = lm.starts(land, seeds=range(50), scale=1 / smaller)
        _, steps, _, _ = experiment.descend(land, start, max_steps=10_000)
        late = steps < 0  # not finished
        middle = int(steps.masked_fill(late, 10_001).median())
        words = f"{middle}" if middle <= 10_000 else "more than 10,000"
        print(f"L = {layers}, start / {smaller:2}: median {words} steps, unfinished after 10,000: {int(late.sum())} of 50")

# %% [markdown] tags=["solution"]
# **What we found.** Depth 2: 820, 700, 700, 700 steps; small starts cost almost nothing. Depth 3: 930, 830, 1,410, 3,250: a start three times smaller comes to wait two to three times as long. Depth 4:
# 980, 1,560, then more than 10,000 for the tenth (30 of 50 runs are unfinished; about 12,700 with more steps), and at the thirtieth none of 50 runs is finished, not even after 30,000 steps. This contradicts nothing: the theorem has no clock. "Not finished after 30,000 steps" is a
# statement about steps; only the landscape can say that the runs are not trapped. A start of exactly zero is a critical point: the gradient vanishes and descent stays for ever,
# though it is a saddle. Lesson 3.2 derives the waiting times.
