# %% [markdown]
# # Exercises: width you already have
#
# Five tasks on [lesson 5.1](../../chapters/5_cnn_width/1_width_you_already_have.ipynb), about 70 minutes. Each of the first four has
# a check; run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time.

# %%
import torch
import lmcourse as lm

check = lm.checks.width_you_have

# %% [markdown] tags=["exercise"]
# ## Task 1: Count neurons
#
# *10 minutes.* A convolutional layer has so many `channels` (filters), each with patches of `patch` x `patch` pixels, moved by `stride` pixels at a time, on square images of `side` x `side` pixels
# with `padding` rows and columns of zeros added on **each** side. Return its number of neurons. No network is needed.

# %%
def neurons(side, channels, patch, stride, padding):
    """Width of a convolutional layer on square images, in neurons."""
    # BEGIN SOLUTION
    positions = (side + 2 * padding - patch) // stride + 1
    return channels * positions**2
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.neurons(neurons)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Along one side: where can the first pixel of a patch stand? The first place is 0, the last one leaves room for a whole patch.
#
# </details>
# <details><summary>Hint 2</summary>
#
# With stride 2 only every second place counts. Which way do you round when the last patch would stick out?
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** The first pixel of a patch may stand at $0, \text{stride}, 2\,\text{stride}, \ldots$ up to side + 2 padding − patch, in both directions. The channels of the *input* do not enter: a filter
# adds them up. This is how 64 channels become 3,211,264 neurons in VGG's first layer.

# %% [markdown] tags=["exercise"]
# ## Task 2: Meet every label
#
# *10 minutes.* The rows of $F$, an $N \times n$ matrix with $n \ge N$, are linearly independent. Write the fit of the lesson, $v = F^\top (F F^\top)^{-1} y$. Any way to compute it will do, if it returns the *shortest* $v$ with
# $F v = y$, which this formula does.

# %%
def fit(F, y):
    """The shortest v (n,) with F v = y, for F (N, n) with independent rows and y (N,)."""
    # BEGIN SOLUTION
    return F.T @ torch.linalg.solve(F @ F.T, y)
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.fit(fit)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `torch.linalg.solve(A, y)` is $A^{-1} y$, more accurate than an inverse. (With $A = F F^\top$ the condition number of $F$ is squared all the same. The matrices of this check are tame; those of the lesson at scale 0.01 are not.)
#
# </details>
# <details><summary>Hint 2</summary>
#
# Which of the two products of $F$ with its transpose is $N \times N$? The other one, $n \times n$, has rank $N$ only, and cannot be inverted for $n > N$.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** $F v = F F^\top (F F^\top)^{-1} y = y$. And $v$ is a combination of the rows of $F$: any other solution differs by a vector orthogonal to all rows, which makes it longer.
# The formula squares the condition number, though. `torch.linalg.lstsq(F, y, driver="gelsd")` or `torch.linalg.pinv(F) @ y` give the same $v$ and stay accurate longer: in the lesson, at scale 0.01, the formula misses labels by about
# 0.2 and `lstsq` by about 0.00000001.

# %% [markdown] tags=["exercise"]
# ## Task 3: What ReLU can reach
#
# *15 minutes.* `Z` (N, n) is what enters a ReLU layer, images as rows, neurons as columns; the images have `d` pixels. Return the bound for the rank of `relu(Z)` that follows from counting: a neuron that is off for all images, $Z \le 0$,
# brings nothing; those that are on for all, $Z > 0$, are affine functions of the pixels; one that switches may bring one dimension; and no rank exceeds $N$. (Suppose that all `d` pixels differ between images.)

# %%
def largest_rank(Z, d):
    """The smallest bound for the rank of relu(Z) that counting gives, for Z (N, n) from images of d pixels: a whole number."""
    # BEGIN SOLUTION
    off = int((Z <= 0).all(dim=0).sum())
    on = int((Z > 0).all(dim=0).sum())
    switching = Z.shape[1] - off - on
    return min(len(Z), switching + min(on, d + 1))
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.largest_rank(largest_rank)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `(Z > 0).all(dim=0)` has one entry for each column.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Affine functions $a^\top x + c$ of $d$ pixels form a vector space. What is its dimension?
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** The rank of a sum of parts is at most the sum of their ranks. Off: 0. Always on: all columns lie in the space of affine functions, of dimension $d + 1$. Switching: at most one each. On the digits of the lesson
# the rank equals this bound in 87 of 100 draws (with 53 pixels that differ, not 64). So what is lost is a matter of neurons that never switch.

# %% [markdown] tags=["exercise"]
# ## Task 4: A bound from a guess
#
# *20 minutes.* No singular value of $F$ (N, n) is below $(1 - \delta) / |R|$, with $\delta = |FR - I|$, for **any** $R$ (n, N) for which $\delta < 1$. Write it as a function. Where $\delta \ge 1$ nothing follows: return 0. For $|\cdot|$ take the largest singular value, as in the lesson, or the root of the sum of all squares, which is never smaller.

# %%
def singular_bound(F, R):
    """A number that no singular value of F (N, n) is below, from a guess R (n, N) of its right inverse; 0 where nothing follows."""
    # BEGIN SOLUTION
    delta = (F @ R - torch.eye(len(F), dtype=F.dtype)).norm()
    if delta >= 1:
        return 0.0
    return float((1 - delta) / R.norm())
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.singular_bound(singular_bound)

# %% [markdown]
# Try it on the features of the lesson. Floating point makes no proof of it, since $FR - I$ is itself rounded; with balls in place of numbers the same three lines are one.

# %%
experiment = lm.experiments.independent_features
F = experiment.features(experiment.images("digits", N=200), *experiment.draw(filters=6), "sigmoid")
bound = singular_bound(F, torch.linalg.pinv(F))
if bound is not ...:
    print(f"no singular value below {float(bound):.1e}; the smallest is {float(torch.linalg.svdvals(F)[-1]):.1e}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# For a matrix `A`, `A.norm()` is the root of the sum of all squares and `torch.linalg.matrix_norm(A, 2)` the largest singular value.
#
# </details>
# <details><summary>Hint 2</summary>
#
# $I$ is $N \times N$. A matrix $R$ full of zeros has $\delta \ge 1$: decide before you divide.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Let $u$ be a unit vector. $|u^\top F R| \ge |u^\top| - |u^\top (FR - I)| \ge 1 - \delta$, and $|u^\top F R| \le |F^\top u|\,|R|$. Hence $|F^\top u| \ge (1 - \delta)/|R|$ for all $u$: that is the smallest singular value. The guess $R$ may come from
# anywhere; if it is bad the bound is weak, never wrong. If $F$ has dependent rows, no $R$ has $\delta < 1$.

# %% [markdown] tags=["exercise"]
# ## Task 5: Open question
#
# *15 minutes, no check.* On digits, ReLU lacks width: neurons that never switch bring little. How many more does it need? The cell below counts, for the first 200 digits, the draws with full rank at 6 filters. From how many filters on have
# all 20 draws rank 200? And for 500 digits? Then shift the biases, `b + 1` or `b - 1`: which direction helps, and is it the number of switching neurons that decides?
# And subtract the mean image, `x - x.mean(dim=0)`, for 500 digits: from how many filters on is the rank 500 in all 20 draws?

# %%
experiment = lm.experiments.independent_features
x = experiment.images("digits", N=200)
draws = [experiment.draw(filters=6, seed=seed) for seed in range(20)]
full = experiment.ranks(x, [(W, b + 0.0) for W, b in draws], "ReLU") == 200
print(int(full.sum()), "of 20 draws have rank 200")

# %% [markdown] tags=["solution"]
# **What we found.** Of 20 draws 1 has rank 200 at 6 filters (216 neurons), 16 at 7, and all 20 at 8 (288 neurons, 1.44 times as many as images). For 500 digits: none at 14 and 15 filters, 5 at 16, 19 at 17,
# all 20 at 18 (648 neurons, 1.3 times as many). Twenty draws are few: 20 of 20 leaves a share of 84 to 100 %.
#
# With biases raised by 1, at 6 filters, 8 of 20 draws have rank 200, with biases lowered by 1 none. But the number of switching neurons *falls* both ways, from 156 on average to 144 and to 133. What rises with the biases is the number of neurons that are on for all
# images, from 26 to 63, and these still bring up to 54 dimensions here (53 pixels differ, and a constant). So neither count decides alone: it is their bound, switching plus the smaller of on and 54. For 500 digits nothing is left to gain: about 60 neurons are on for all images, and together they can bring only 57 dimensions. So raising the biases only costs:
# the mean rank falls from 435 to 398.
#
# Minus the mean image, 500 digits need 15 filters for rank 500 in all 20 draws (none has it at 14), in place of 18. Divide by the standard deviation of all pixels as well, and 14 filters, 504 neurons, are enough in 20 of 20.
