# %% [markdown]
# # Exercises: width smooths the landscape
#
# Five tasks on [lesson 5.2](../../chapters/5_cnn_width/2_width_smooths.ipynb), about 90 minutes. Each of the first four has
# a check; run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time.

# %%
import torch
import lmcourse as lm

check = lm.checks.width_smooths

# %% [markdown] tags=["exercise"]
# ## Task 1: The gradient behind the wide layer
#
# *10 minutes.* Images are rows: `F1` (N, n_1) holds the features of the wide layer, `slope` (N, n_2) the slopes $s_2'(Z_2)$, `error` (N, m) the answers minus the targets;
# `W3` is (m, n_2). Return the derivative of $\Phi = \tfrac12 \sum_i |f(x_i) - y_i|^2$ by $W_2$, a matrix (n_2, n_1).

# %%
def slope_by_W2(F1, W3, slope, error):
    """The derivative (n_2, n_1) of the loss by W_2."""
    # BEGIN SOLUTION
    return (error @ W3 * slope).T @ F1
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.slope_by_W2(slope_by_W2)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Go backwards. The derivative of the loss by the answers is `error`. What does $W_3$ make of it, and what the slope of the activation?
#
# </details>
# <details><summary>Hint 2</summary>
#
# Call the result of these two steps $D$, (N, n_2). The derivative by one entry of $W_2$ is a sum over images: an entry of $D$ times the feature that this weight
# multiplies.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** This is backpropagation through one layer. What matters for the theorem is the order of the factors: the features of the wide layer stand last, as a matrix with a row for each image. If those
# rows are independent, nothing that comes from the left is lost.

# %% [markdown] tags=["exercise"]
# ## Task 2: The lower bound
#
# *10 minutes.* From the same four matrices compute a lower bound of the length of this derivative: the left side of the lesson's inequality, this very bound. It must hold for **any** shapes, also
# for fewer neurons than images.

# %%
def lower_bound(F1, W3, slope, error):
    """The left side of the inequality, and zero where the rows of F1 or W3 cannot be independent."""
    # BEGIN SOLUTION
    def least(A):
        wide = A.shape[0] <= A.shape[1]
        return torch.linalg.svdvals(A)[-1] if wide else 0.0

    return least(F1) * least(W3) * slope.min() * error.norm()
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.lower_bound(lower_bound)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `torch.linalg.svdvals` returns the singular values, largest first. `error.norm()` is the root of the sum of all squares.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For a matrix with more rows than columns it returns one value for each *column*. Is there a combination of the rows that gives zero?
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** $|D^\top F_1| \ge \sigma |D|$ holds with $\sigma$ the smallest singular value *that belongs to a row*: with more rows than columns there is a $D$ with $D^\top F_1 = 0$, and the bound is zero. That is where $n_1 \ge N$
# enters the theorem, and, for $W_3$, where $n_2 \ge n_3$ does.

# %% [markdown] tags=["exercise"]
# ## Task 3: Good or not
#
# *10 minutes.* Write the function that says whether a point is good in the sense of the lesson: the rows of $F_1$ are linearly independent and $W_3$ has full rank. `land` comes from `lm.small_cnn` with widths `[n_2, n_3]`, and $n_2 \ge n_3$.

# %%
def is_good(land, theta):
    """True where the rows of F_1 are linearly independent and W_3 has full rank."""
    # BEGIN SOLUTION
    F1, W3 = land.layers(theta)[0], land.unpack(theta)["W3"]
    return all(int(torch.linalg.matrix_rank(A)) == len(A) for A in (F1, W3))
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.is_good(is_good)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `land.layers(theta)` gives the features of all layers, the wide one first; `land.unpack(theta)` gives the weights by name.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Rows are independent if the rank is the number of rows. `torch.linalg.matrix_rank` knows what counts as zero in floating point.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Rank in floating point is a decision: a singular value below about $10^{-14}$ of the largest counts as zero. So a point with tiny weights can be good and be called bad; the bound is useless there
# anyway. Nothing is asked of $W_1$ and $W_2$ by themselves: $W_2 = 0$ is allowed.

# %% [markdown] tags=["exercise"]
# ## Task 4: Away from zero
#
# *40 minutes.* At `zero` all weights are zero, the hidden biases are anything, and `b3` is the mean target. Its gradient is zero. Return a point at most `size` away (Euclidean distance) whose loss is **lower**.
# `land` is a network with filters, sigmoid, one middle layer with softplus, and outputs; `data` has `x` and `y`, one column a class. The images of the check have $6 \times 6$ pixels (the lesson's $8 \times 8$), so a filter has
# $4 \times 4$ positions; `land.shapes` gives the shapes of all weights, and `W1` is $(T, 9)$ for $T$ filters. `land.unpack(zero)` shares memory with `zero`: clone it first, `land.unpack(zero.clone())`.

# %%
def way_down(land, data, zero, size):
    """A point (P,) with a lower loss than zero (P,), at most `size` away."""
    # BEGIN SOLUTION
    parts, t = land.unpack(zero.clone()), size / 3
    missing = (data.y.mean(0) - data.y).T @ data.x  # (outputs, pixels): errors times pixels
    side = round(data.x.shape[1] ** 0.5)
    corner = missing.reshape(-1, side, side)[:, : side - 2, : side - 2]  # upper left corners of patches
    o, row, column = (int(i) for i in torch.unravel_index(corner.abs().argmax(), corner.shape))
    place = row * (side - 2) + column  # the patch whose first pixel this is
    parts["W1"][0, 0] = t
    parts["W2"][0, place * len(parts["W1"])] = t
    parts["W3"][o, 0] = -t * torch.sign(corner[o, row, column])
    gained = land.outputs(land.pack(**parts)).mean(0) - data.y.mean(0)
    return land.pack(**parts | {"b3": parts["b3"] - gained})  # the mean answer stays the mean target
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.way_down(way_down)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# One path of weights is enough: one number of one filter, one entry of $W_2$, one of $W_3$, each of size $t$. Then the answers change by about $t^3$ times a pixel, in different ways for different images. Which pixel and which
# output should it be?
#
# </details>
# <details><summary>Hint 2</summary>
#
# The path also changes all answers by the same amount, of order $t$, and this costs more than the pixel gains. Let the output bias take it back: `land.outputs(theta)` tells how much it is.
#
# </details>
# <details><summary>Hint 3</summary>
#
# Counted from 0, as Python does, neuron $qT + j$ belongs to filter $j$ at position $q$; positions are counted row by row. The sign of the last weight decides between down and up: compare with the sum over images of error times pixel.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** The errors sum to zero, but errors *times a pixel* do not. Along the path the answers move by $t^3$ times that pixel, so the loss moves by $t^3$ times the sum, up or down by the sign of one weight. All terms of first
# and second order vanish once the mean is taken back: this is a saddle that no Hessian shows. The certificate of the lesson follows the same path, in fractions. (Another right answer: a small random step, then descent
# that stops at the allowed distance.)

# %% [markdown] tags=["exercise"]
# ## Task 5: Open question
#
# *20 minutes, no check.* In the lesson half of the runs succeed with 36 neurons, and more than nine of ten with 72, for 100 images. What decides? Neurons against images? Parameters against target numbers: three for each image, 300, of which 200 are
# free, for each row sums to one? Or the neurons of the middle layer? Change the pairs below so that the three disagree. A row takes a few seconds.

# %%
data = lm.data.one_hot(lm.data.gaussian_patches(100))
for T, units in ((1, 5), (2, 5)):
    land = lm.small_cnn(data, T, [units, 3], ["sigmoid", "softplus"])
    runs = lm.train(land, lm.starts(land, range(10), "normal", 0.1), "lbfgs", max_steps=600)
    low = int((runs.loss < 0.01).sum())
    print(f"{36 * T} neurons, {units} units, {land.dim} parameters for 200 free numbers: {low} of 10 runs below 0.01")

# %% [markdown] tags=["solution"]
# **What we found.** Not the neurons of the wide layer. With 36 of them and 20 units in the middle (848 parameters) 10 of 10 runs go below 0.01, and below 0.0000001 with it; with 10 units (448 parameters) 10 of 10. With 144 neurons, more than images, and 3 units (627 parameters)
# only 5 of 10 do, although the theorem covers this network: the others stay near 0.7 or above. A middle layer without spare units is a bottleneck. Ten runs are few: 5 of 10 is a share between 24 and 76 %. (Measured, on one data set.)
#
# Parameters alone do not decide either. Fewer than free target numbers exclude a fit of almost all targets (proved: a smooth map cannot fill a space of more dimensions). But 248 are more than 200, and with 36 neurons and 5 units only about half of
# the runs are below 0.001 after 2,000 steps; after 6,000 it was 6 of 10. With Gaussian targets, 300 free numbers, none of ten came below 3. More parameters than free numbers make a fit possible, not easy.
