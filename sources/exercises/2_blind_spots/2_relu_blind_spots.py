# %% [markdown]
# # Exercises: ReLU, what is and what is not a blind spot
#
# Five tasks on [lesson 2.2](../../chapters/2_blind_spots/2_relu_blind_spots.ipynb), about 70 minutes. Each of the first four has
# a check; run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time.

# %%
import torch
import lmcourse as lm

check = lm.checks.relu_blind_spots

# %% [markdown] tags=["exercise"]
# ## Task 1: Who is blind?
#
# *10 minutes.* Neurons $w, b$ (n,) see samples $x$ (N,) on a line. Return for each sample whether it is blind: no neuron $j$ has $w_j x + b_j > 0$. A
# sample exactly on a kink does not switch its neuron on.

# %%
def blind(w, b, x):
    """True for each sample of x (N,) at which no neuron of w, b (n,) is on: a tensor of N booleans."""
    # BEGIN SOLUTION
    z = x[:, None] * w + b
    return ~(z > 0).any(dim=1)
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.blind(blind)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A table with a row for each sample and a column for each neuron holds all the $w_j x_i + b_j$. `x[:, None]` makes a column of `x`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Then one question for each row: is any entry positive? `any` and `all` of a tensor take the axis as `dim=...`.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** One neuron that is on is enough for a sample to be seen: the gradient of its error then reaches that neuron's weights. Only where all are
# off does the error reach the output bias alone.

# %% [markdown] tags=["exercise"]
# ## Task 2: The lowest loss for a given kink
#
# *15 minutes.* One neuron with its kink at $t$ computes $f(x) = s\,[x - t]_+ + c$ if it is on to the right of the kink (`side=1`), and
# $f(x) = s\,[t - x]_+ + c$ if it is on to the left (`side=-1`). With $t$ fixed, $f$ is linear in $s$ and $c$. Return the lowest
# $\sum_i (f(x_i) - y_i)^2$ over all real $s$ and $c$. Mind kinks beyond the last sample, where no sample is on.

# %%
def lowest_loss(t, side, x, y):
    """The lowest sum of squares of a neuron with its kink at t, on samples x (N,) with targets y (N,): one number."""
    # BEGIN SOLUTION
    slope = (side * (x - t)).relu()
    features = torch.stack([slope, torch.ones_like(x)], dim=1)
    best = torch.linalg.lstsq(features, y[:, None], driver="gelsd").solution
    return float((features @ best - y[:, None]).square().sum())
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.lowest_loss(lowest_loss)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A least-squares problem with two columns: what multiplies $s$, and what multiplies $c$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `torch.linalg.lstsq(A, B, driver="gelsd").solution` works even where a column is zero; it wants `B` with two axes.
#
# </details>

# %% [markdown]
# If your function is right, this picture shows the lowest loss on either side for each place of the kink, in the first example. Where the curves cross, two
# *different* networks have the same loss. To change sides a network has to pass $w = 0$, on the dotted line or above it.

# %%
if check.lowest_loss(lowest_loss).state == "right":
    data, t = lm.data.relu_example(1), torch.linspace(-3, 7, 201, dtype=torch.float64)
    right, left = ([lowest_loss(place, side, data.x[:, 0], data.y) for place in t] for side in (1, -1))
    fig, ax = lm.plots.figure(8, 3.2)
    ax.plot(t, right, color=lm.plots.PALETTE["blue"], label="on to the right, w > 0")
    ax.plot(t, left, "--", color=lm.plots.PALETTE["vermilion"], label="on to the left, w < 0")
    ax.axhline(21.2, color=lm.plots.PALETTE["grey"], linestyle=":", label="constant, w = 0")
    ax.set(xlabel="place of the kink t (no unit)", ylabel="lowest loss (no unit)")
    ax.legend(loc="lower right")
    caption = "The lowest loss for each place of the kink, five samples of the first example. Where a curve is steep, it jumps."
    alt = "Two curves below a level line at 21.2. One dips to 18 where the kink is at 3; the other lies at 14 from -1 to 1 and rises."
    lm.show(fig, caption, alt)

# %% [markdown] tags=["solution"]
# **Why.** The full problem, over $t$ as well, is not convex, but for each $t$ it is a small linear one. On the right side the curve never goes
# below 18, on the left it reaches 14, and to change sides a path has to pass a constant network, 21.2. Between two samples each curve has one formula; that
# is why finitely many least-squares problems make a proof.

# %% [markdown] tags=["exercise"]
# ## Task 3: A way out
#
# *20 minutes.* The worse minimum of the third example, loss 2/3, is a terrace. Find a way out: a list of corners, each a list of ten numbers
# $w_1, w_2, w_3, b_1, b_2, b_3, v_1, v_2, v_3, c$, such that on the straight legs from the minimum to the first corner, on to the second and so
# on the loss never rises, and ends below 2/3. The check proves it or says on which leg it fails. Write fractions as text, `"11/3"`, to be
# exact. Look at the network first.

# %%
worse = lm.landmark("relu 3, worse")  # -2, 1, 1, 11/3, -10, -11, 1, -1, -1, -3
fig, ax = lm.plots.figure(8, 4.4)
lm.plots.draw_relu_line(ax, worse.land, worse.theta, lm.data.relu_example(3))
lm.show(
    fig,
    caption="The minimum with loss 2/3: one neuron serves the left three samples (diamonds), two serve the right. The rows below show where "
    "each neuron is on (bar), its kink (triangle), and the samples: full circles where it is on, empty where it is off, half full on the "
    "kink. Where all neurons are off, the plane is hatched.",
    alt="A line that falls past three samples, is level to x = 10, and falls through two more samples with a bend at the kink of "
    "neuron 3; below it three rows show where the neurons are on.",
)

# %%
# BEGIN SOLUTION
stops = [
    [-2, 1, 1, 2, "-25/3", -11, 1, -1, -1, "-4/3"],
    [-3, 1, 1, 1, -8, -11, 1, -1, -1, -1],
]
# END SOLUTION
# BEGIN STUB
# stops = ...
# END STUB

# %% tags=["check"]
check.way_out(stops)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# In the second example $c$ rose, while $b_1$ fell and $b_2$ rose by as much: no output at a sample changed. Who has to give way here when $c$ rises by $d$?
#
# </details>
# <details><summary>Hint 2</summary>
#
# How far can it go? Until the kink of neuron 1 reaches a sample. A network with loss zero is `lm.landmark("relu 3, solution")`; is the straight leg from the edge
# to it one that never rises?
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** With $c + d$, $b_1 - d$ and $b_2 + d$ all outputs at the six samples stay, as long as the same neurons are on. At $d = 5/3$ the kink of neuron 1
# stands at $x = 1$: the edge. Beyond it $x = 1$ is blind, $c$ alone serves it, and neuron 1 is free to fit the other two exactly. On
# the last leg the errors on the left shrink in proportion, so the loss is $\tfrac23 (1 - s)^2$.

# %% [markdown] tags=["exercise"]
# ## Task 4: Zeros that are forced
#
# *10 minutes.* For $a > 0$ the neuron $(a w_j, a b_j, v_j / a)$ computes the same as $(w_j, b_j, v_j)$. Return, for each of the $n$ neurons, the direction in
# which theta starts to move when $a$ grows from 1: the derivative with respect to $a$ at $a = 1$. The order in theta is $w_1, \dots, w_n, b_1, \dots, b_n, v_1, \dots, v_n, c$.

# %%
def scalings(theta):
    """For theta (3n + 1,) the n directions of scaling, as rows of a tensor (n, 3n + 1)."""
    # BEGIN SOLUTION
    n = (len(theta) - 1) // 3
    rows = torch.zeros(n, 3 * n + 1, dtype=theta.dtype)
    for j in range(n):
        rows[j, j], rows[j, n + j], rows[j, 2 * n + j] = theta[j], theta[n + j], -theta[2 * n + j]
    return rows
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.scalings(scalings)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# What are the derivatives of $a w$ and of $v / a$ at $a = 1$?
#
# </details>
# <details><summary>Hint 2</summary>
#
# Each row has three entries that are not zero, one in each block of $n$ numbers; $c$ does not move.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** $\frac{d}{da}(a w, a b, v / a) = (w, b, -v)$ at $a = 1$. The loss does not change along the whole curve; so at *every* point the gradient has no part in
# this direction, and at a critical point the Hessian maps it to zero. That makes one zero eigenvalue for each neuron that is not zero altogether, on every data set.

# %% [markdown] tags=["exercise"]
# ## Task 5: One neuron more (open)
#
# *15 minutes, no check.* The trap of the first example has a wall of 3.2. Give the network a second neuron with $v_2 = 0$ and any $w_2$, $b_2$ that you like: the same
# function, the same loss 18. Is there now a way out that never rises, and how low can you come? `lm.relu_mlp([1, 2, 1], lm.data.relu_example(1))` is
# the landscape, theta is $w_1, w_2, b_1, b_2, v_1, v_2, c$; `lm.certify(land, theta, "exit that never rises", stops=[...])` judges a walk, and `lm.train` may go
# on where yours ends. Is there a wall around the place where it stops? What does all this say about wide networks?

# %% [markdown] tags=["solution"]
# **One answer.** Let neuron 2 look to the left, $w_2 = -7$, $b_2 = -4$: it is on at $x = -1$ alone. The error there is 3, so raising $v_2$ from 0 to 1 lowers the loss
# from 18 to 9, without a wall. Gradient descent goes on from there to 0.171. That is not the lowest: of 200 random starts a few end at 0.071. A spare neuron with
# $v_2 = 0$ can be moved to where it is needed at no cost, and then be put to use; that opens the wall of the narrow network. It does not show that a
# wide network has no traps of its own.
