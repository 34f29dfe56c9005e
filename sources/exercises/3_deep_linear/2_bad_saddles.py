# %% [markdown]
# # Exercises: bad saddles
#
# Five tasks on [lesson 3.2](../../chapters/3_deep_linear/2_bad_saddles.ipynb), about 2 hours: tasks 1 to 3 in one sitting, task 4 in another. Each of the first four has
# a check; run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time.

# %%
import torch
import lmcourse as lm

check = lm.checks.bad_saddles

# %% [markdown] tags=["exercise"]
# ## Task 1: The order of a fall
#
# *15 minutes.* Along a direction $D$ the loss falls like $\ell(\theta) - \ell(\theta + t D) = c\, t^m + \dots$ with $c > 0$. Write the function that measures $m$, the
# *order*, as a number (2.01 is fine). You may call `loss` at any points. Neither $c$ nor the higher terms are known; $D$ has length 1,
# the check has orders from 2 to 5, and a loss near 1 is stored to 16 digits. So choose $t$ neither too large nor too small.

# %%
def falling_order(loss, theta, D):
    """The order m of the first term by which loss falls from theta (P,) along D (P,)."""
    # BEGIN SOLUTION
    t = 0.005
    near, far = (loss(theta) - loss(theta + way * D) for way in (t, 2 * t))
    return torch.log2(far / near)
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.falling_order(falling_order)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# One fall is not enough: $\log (c\, t^m) = \log c + m \log t$ has two unknowns.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Go twice as far. By which factor does $c\, t^m$ grow?
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** The ratio of the two falls is $2^m$, up to the higher terms; those vanish with $t$. But a fall of order 5 at $t = 0.0001$ is $10^{-20}$, and a loss near 1 is
# stored to 16 digits: nothing is left of it. This is why the lesson *proves* the order by exact arithmetic instead of measuring it.

# %% [markdown] tags=["exercise"]
# ## Task 2: The length of a plateau
#
# *20 minutes.* All $L$ layers are the same number $a$, and $\dot a = a^{L-1} (s - a^L)$ from $a = \varepsilon$. Write the function that returns the time at which the product $a^L$ has
# half of $s$. Simulate, or integrate: 3 % will do.

# %%
def escape_time(s, eps, layers):
    """When a^layers reaches s / 2, if every layer a begins at eps."""
    # BEGIN SOLUTION
    a, t, step = eps, 0.0, 0.005
    while a**layers < s / 2:
        a, t = a + step * a ** (layers - 1) * (s - a**layers), t + step
    return t
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.escape_time(escape_time)

# %% [markdown]
# Now compare depths. Which column grows by a constant from row to row, which by a factor?

# %%
for eps in (0.4, 0.2, 0.1, 0.05):
    times = [escape_time(2.0, eps, layers) for layers in (2, 3, 4)]
    if ... not in times:
        print(f"eps = {eps:4}: ", "   ".join(f"{layers} layers {float(t):7.2f}" for layers, t in zip((2, 3, 4), times, strict=True)))

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Small steps: in a step of length $h$ the number $a$ grows by $h\, a^{L-1} (s - a^L)$, and the time by $h$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The end is a condition on the product $a^L$, not on $a$. Which kind of loop goes on until a condition holds?
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Near zero $\dot a \approx s\, a^{L-1}$. For $L = 2$ that is exponential growth: halving $\varepsilon$ costs the constant $\ln 2 / s$. For $L \ge 3$ the rate itself is small while $a$ is small, and
# $\int_\varepsilon da / (s\, a^{L-1}) = \varepsilon^{2-L} / ((L-2) s)$ up to a constant: halving $\varepsilon$ costs a factor $2^{L-2}$. Second order makes an escape logarithmic, higher
# order makes it polynomial.

# %% [markdown] tags=["exercise"]
# ## Task 3: Tightened?
#
# *30 minutes.* Write the test of Achour, Malgouyres and Gerchinovitz. `layers` is the list $W_1, \dots, W_L$ and `C` is $X Y^\top$ (inputs, outputs). For all pairs $i > j$ look at
# the two blocks
#
# $$ W_{j-1} \cdots W_1 \, C \, W_L \cdots W_{i+1} \qquad\text{and}\qquad W_{i-1} \cdots W_{j+1} . $$
#
# Return `True` if in every pair at least one block has the rank $r$ of the whole product. Use `rank` below, which forgives rounding.

# %%
def rank(M):
    return int((torch.linalg.svdvals(M) > 1e-8).sum())


def is_tightened(layers, C):
    """Whether all pivots of the point W_1, ..., W_L are tightened, C = X Y'."""
    # BEGIN SOLUTION
    def product(matrices, size):
        whole = torch.eye(size, dtype=C.dtype)
        for W in matrices:
            whole = W @ whole
        return whole

    r = rank(product(layers, len(C)))
    for i in range(1, len(layers)):
        for j in range(i):
            before, after = product(layers[:j], len(C)), product(layers[i + 1 :], len(layers[i]))
            between = product(layers[j + 1 : i], len(layers[j]))
            if rank(before @ C @ after) > r and rank(between) > r:
                return False
    return True
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.is_tightened(is_tightened)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Write a helper that multiplies a list of layers and returns an identity for an empty list. Which size must that identity have, for layers before $j$, after $i$ and between?
#
# </details>
# <details><summary>Hint 2</summary>
#
# Python counts from 0: the layers before $W_j$ are `layers[:j-1]`, those between are `layers[j:i-1]`, those after are `layers[i:]`. A pair fails only if *both* ranks exceed $r$.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Move the two layers $i$ and $j$ alone, by $D_i$ and $D_j$. The product gains $W_L \cdots W_{i+1} D_i \, W_{i-1} \cdots W_{j+1} \, D_j W_{j-1} \cdots W_1$ to second order. If the middle block has a rank
# above $r$ there is a free path between the two layers, and if the outer block has too, the error that is left can be reached through the outer layers: then $D_i$ and $D_j$ begin a new
# mode together, and the Hessian sees it. If one of the blocks has rank $r$, everything that can pass is in use. (This is the idea; the proof is in their paper.)

# %% [markdown] tags=["exercise"]
# ## Task 4: The way down
#
# *40 minutes; the hardest of the five, take both hints.* At a bad saddle of a network for unit vectors as inputs (loss $\tfrac12 |W_L \cdots W_1 - Y|^2$) return a direction, a list of matrices $D_1, \dots, D_L$, along which the
# loss falls. There are unused neurons in every hidden layer, but in a random basis no entry is zero. Test points: three or more layers, and no layer has full rank.

# %%
def way_down(layers, Y):
    """Matrices D_1, ..., D_L of the shapes of the layers; the loss falls along them, to order L."""
    # BEGIN SOLUTION
    product = layers[0]
    for W in layers[1:]:
        product = W @ product
    out, _, into = torch.linalg.svd(Y - product)
    brings, found = into[0], []  # what comes in from the left: at first the input of the strongest mode left
    for h, W in enumerate(layers[:-1]):
        ignored = torch.linalg.svd(layers[h + 1]).Vh[-1]  # the next layer does not listen to it
        silent = ignored - W @ torch.linalg.pinv(W, rtol=1e-8) @ ignored  # and this layer does not speak of it
        found.append(torch.outer(ignored, brings))
        brings = silent
    return [*found, torch.outer(out[:, 0], brings)]
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.way_down(way_down)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Take each $D_h$ of rank one, $c_h b_{h-1}^\top$. If $W_{h+1} c_h = 0$ and $b_h^\top W_h = 0$ for each hidden layer $h$, all mixed products vanish, and the product of the layers gains
# $t^L D_L \cdots D_1$, nothing else. It is not zero if each $b_h \cdot c_h$ is not, and it points along $c_L b_0^\top$: what should that be?
#
# </details>
# <details><summary>Hint 2</summary>
#
# The last row of `Vh` in `torch.linalg.svd(W)` is a $c$ with $Wc = 0$: with $W = W_{h+1}$ it is $c_h$, and it goes into $D_h$ as it is. Take away from a *copy* of $c_h$ what lies in the
# column space of $W_h$: the rest is $b_h$, and it goes into $D_{h+1} = c_{h+1} b_h^\top$. The ends $c_L$ and $b_0$ are the first singular vectors (left and right) of $Y - W_L \cdots W_1$.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** $D_L \cdots D_1 = u\, (b_{L-1} \cdot c_{L-1}) \cdots (b_1 \cdot c_1)\, v^\top$. With $b_h$ the part of $c_h$ that is orthogonal to the columns of $W_h$, each factor $b_h \cdot c_h = |b_h|^2$ is positive. So the
# product moves by $t^L$ towards the strongest mode $u v^\top$ of the error, and the loss falls like $t^L$. The same construction works at every best fit of too low a rank: it is why bad
# saddles are saddles.

# %% [markdown] tags=["exercise"]
# ## Task 5: Open question
#
# *10 minutes, no check.* What shortens the wait at a bad saddle? The cell races gradient descent and Adam from the strict and the bad saddle of the lesson. Change method, step and noise. Which
# method feels the difference between the two kinds least, and why? What would you tell somebody who reports that a run "has converged" after 1,000 steps?

# %%
experiment = lm.experiments.plateaus
for point in ("strict", "bad"):
    land, theta = experiment.saddle(3, point)
    starts = experiment.around(theta, size=0.02, seeds=range(20))
    for method, lr in (("gd", 0.02), ("adam", 0.02)):
        steps = experiment.escape(land, starts, below=0.25, lr=lr, limit=20_000, method=method)
        print(f"{point:6} saddle, {method:4}: median {float(steps.median()):6.0f} steps")

# %% [markdown] tags=["solution"]
# **What we found.** With 20 starts each, gradient descent takes 191 steps (median) at the strict saddle and 3,295 at the bad one. Momentum 0.9 (`"momentum"`) shortens both waits, to 40 and 389. Adam takes
# 22 and 31: it divides each gradient by its own recent size, so a gradient of third order moves the weights nearly as fast as one of second order. Rescaling has its price: near a
# *minimum* Adam needs a falling step size to come to rest. And a run that stands still after 1,000 steps has shown one thing: a small gradient.
