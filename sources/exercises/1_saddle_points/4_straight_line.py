# %% [markdown]
# # Exercises: the straight line to the solution
#
# Five tasks on [lesson 1.4](../../chapters/1_saddle_points/4_straight_line.ipynb), about 65 minutes. Each of the first four has
# a check; run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time.

# %%
import torch
from scipy.optimize import linear_sum_assignment
import lmcourse as lm

check, experiment = lm.checks.straight_line, lm.experiments.straight_line

# %% [markdown] tags=["exercise"]
# ## Task 1: How high is the barrier?
#
# *8 minutes.* You have the losses at evenly spaced places on a path, the first and the last of them at its ends. The barrier is how far the loss rises above the straight line between the losses at the two ends,
# at the worst place; zero if it stays below.


# %%
def barrier(loss):
    """The barrier of a path with losses (places,): one number."""
    # BEGIN SOLUTION
    t = torch.linspace(0, 1, len(loss), dtype=loss.dtype)
    chord = (1 - t) * loss[0] + t * loss[-1]
    return (loss - chord).max()
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.barrier(barrier)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The straight line between the two end losses has a value at every place. `torch.linspace(0, 1, len(loss))` numbers the places from 0 to 1.
#
# </details>
# <details><summary>Hint 2</summary>
#
# At place $t$ the line has the value $(1 - t) L_0 + t L_1$. At both ends the difference is zero, so the maximum is never negative.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Comparing with the straight line, and not with the lower end, makes the barrier zero for a path that only leads downhill. A measure such as "maximum minus minimum" would call every
# line from a start to an end a mountain.

# %% [markdown] tags=["exercise"]
# ## Task 2: Rename the neurons
#
# *20 minutes.* Two tanh layers with $n$ neurons each: $(W, b, v)$ and $(W', b', v')$. Bring the second as near to the first as renaming and reversing allow. Neurons $i$ and $j$ are alike if the numbers
#
# $$ S_{ij} \;=\; w_i^\top w'_j + b_i b'_j + v_i v'_j $$
#
# are large *in size*; a negative one says that neuron $j$ should be reversed, $(w, b, v) \to (-w, -b, -v)$. `linear_sum_assignment(cost)` takes a table of costs (numpy or torch) and returns rows and columns, paired at the lowest total cost.


# %%
def renamed(W, b, v, W2, b2, v2):
    """The copy of (W2 (n, d), b2 (n,), v2 (n,)) that is nearest to (W, b, v): three tensors."""
    # BEGIN SOLUTION
    S = W @ W2.T + torch.outer(b, b2) + torch.outer(v, v2)
    rows, columns = linear_sum_assignment(-S.abs())
    sign = S[rows, columns].sign()
    return W2[columns] * sign[:, None], b2[columns] * sign, v2[columns] * sign
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.renamed(renamed)

# %% [markdown]
# Before you run the next cell: the line between these two trained networks with 16 neurons has a barrier of about 1.4 (the median pair of the lesson: 0.96). What is left of it after *your* renaming?

# %%
land, ends = experiment.solutions(16, range(2))
(W, b, v, c), (W2, b2, v2, c2) = ((p["W1"], p["b1"], p["W2"][0], p["b2"]) for p in map(land.unpack, ends))
copy = renamed(W, b, v, W2, b2, v2)
if copy is not ...:
    theta = land.pack(W1=copy[0], b1=copy[1], W2=copy[2][None], b2=c2)
    print(f"as trained: {lm.slices.line(land, ends[0], ends[1])}")
    print(f"renamed:    {lm.slices.line(land, ends[0], theta)}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# All similarities at once are one matrix product and two outer products. `linear_sum_assignment` makes its total *small*; you want similarities that are *large in size*.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Give it minus the sizes of the similarities. The second thing it returns says for each $i$ which neuron of the second network becomes neuron $i$; its sign is that of their similarity.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** The squared distance of two layers is $|\theta|^2 + |\theta'|^2 - 2 \sum_i S_{i \pi(i)}$ with $\pi$ the renaming, and reversing neuron $\pi(i)$ changes the sign of its term. So the nearest copy takes
# the pairing with the largest $\sum_i |S_{i\pi(i)}|$, and reverses where $S$ is negative: an assignment problem, which is solved exactly in time $n^3$. With more hidden layers the choices of neighbouring layers depend on each other, and
# this is no longer one assignment problem.

# %% [markdown] tags=["exercise"]
# ## Task 3: Does the theorem apply?
#
# *12 minutes.* Along a path a network gives answers $z_0, z_1, \dots, z_T$, each a vector with one entry a sample. Write a function that says whether no two *steps* $z_{k+1} - z_k$ form an angle of more than 90 degrees.


# %%
def never_turns_back(z):
    """True if no two steps of the answers z (places, samples) form an angle above 90 degrees."""
    # BEGIN SOLUTION
    steps = z[1:] - z[:-1]
    return bool((steps @ steps.T >= 0).all())
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.never_turns_back(never_turns_back)

# %% [markdown]
# The theorem demands a perfect fit at the end. How often does its condition on the turns hold on the lines to unfinished fits, after 5 and 50 steps, and does the loss fall there? Guess, then run.

# %%
land = experiment.fit_of_random_targets(32)
start = experiment.quadrant_starts(land, range(10))
for steps in (5, 50, 3000):
    path = lm.slices.line(land, start, lm.train(land, start, "lbfgs", tol=1e-7, max_steps=steps).theta)
    answers = land.outputs(path.at(path.t)).squeeze(-1)
    holds = [never_turns_back(z) for z in answers]
    if ... not in holds:
        print(
            f"{steps:4} steps: loss {float(path.end_losses[:, 1].mean()):.0e}, no turn in {sum(holds)} of 10, falls on {int((path.largest_rise < 1e-9).sum())} of 10"
        )

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# An angle is above 90 degrees if and only if the inner product is negative. You need no arccos.
#
# </details>
# <details><summary>Hint 2</summary>
#
# All inner products of rows of a matrix $D$ stand in $D D^\top$. All pairs count, not only neighbours.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** If $z_T = y$, then $z_k - y = -\sum_{j \ge k} d_j$ with the steps $d_j$. One step further the term $d_k$ is gone, and because $d_k$ has no negative product with any other step, the remaining sum is shorter. So the squared loss falls from place to
# place, exactly, without any limit of small steps. Neighbouring steps alone do not suffice: a path may turn slowly and still come back.
#
# In the experiment no line turns back after 5 steps, and 6 of 10 do later on; the loss falls on all of them. So the condition is sufficient and not necessary; and before the fit is perfect the theorem says nothing, whatever the turns.

# %% [markdown] tags=["exercise"]
# ## Task 4: Bend the path
#
# *12 minutes.* A quadratic Bézier curve from $A$ to $B$ with the corner point $M$ is $\theta(t) = (1-t)^2 A + 2t(1-t) M + t^2 B$. Write its points for many $t$ at once.


# %%
def bezier(A, M, B, t):
    """The points (places, P) of the curve with A, M, B (P,) at t (places,)."""
    # BEGIN SOLUTION
    t = t[:, None]
    return (1 - t) ** 2 * A + 2 * t * (1 - t) * M + t**2 * B
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB


# %% tags=["check"]
check.bezier(bezier)

# %% [markdown]
# Now train $M$ with plain PyTorch: the mean loss along the curve, from the middle of the straight line.

# %%
land, (A, B) = experiment.solutions(16, range(2))
M, t = ((A + B) / 2).requires_grad_(), torch.linspace(0, 1, 21, dtype=torch.float64)
optimizer = torch.optim.Adam([M], lr=0.03)
for step in range(201):
    points = bezier(A, M, B, t)
    if points is ...:
        break
    loss = land.loss(points)
    if step % 100 == 0:
        print(f"step {step:3}: mean loss {float(loss.detach().mean()):.3f}, highest {float(loss.detach().max()):.3f}")
    optimizer.zero_grad()
    loss.mean().backward()
    optimizer.step()

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `t[:, None]` is a column; a column times a vector (P,) is a table with a row for each place.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Three tables, one for each point, added. At $t = 0$ only $A$ is left, at $t = 1$ only $B$.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** The curve starts at $A$ towards $M$ and arrives at $B$ from $M$; it does not pass through $M$. Training $M$ on the mean loss keeps both ends and bends what is between. It finds a low path where the straight line climbs, without any renaming:
# to be far apart on a straight line, and to be separated, are two things. (Here 200 steps leave a barrier of 0.08, and renaming, without any training, left 0.03.)

# %% [markdown] tags=["exercise"]
# ## Task 5: Open question
#
# *13 minutes, no check.* In the explorer take 4 neurons, and networks 10 and 11, whose *renamed* path stays high; then network 3 with any other. What do the two networks do differently, and could a network with more neurons hold both? And: is "all good networks are in one basin up to
# renaming" a statement about the landscape, about training, or about both?

# %% [markdown] tags=["solution"]
# **What we think.** Networks 10 and 11 are different minima, with losses of 0.28 and 0.29 against 0.19 for the best, and no renaming makes them alike; network 3, with 0.47, is worse still. The eight best networks are one network. A wider network can hold the neurons of both side by side, and a path can fade one set out while the other
# fades in; that is one idea behind proofs of connectedness for wide networks. And the statement is about both: the landscape has bad minima at any width, but training from usual starts does not meet them. What is conjectured concerns the networks that
# training *finds*.
