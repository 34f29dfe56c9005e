# %% [markdown]
# # Exercises: ten points that trap a network
#
# Five tasks on [lesson 2.1](../../chapters/2_blind_spots/1_ten_points.ipynb), about 65 minutes. Each of the first four has
# a check; run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time.

# %%
import torch
import lmcourse as lm

check = lm.checks.ten_points

# %% [markdown] tags=["exercise"]
# ## Task 1: The loss by hand
#
# *10 minutes.* Write the log loss of the 2-2-1 sigmoid network, summed over the points:
#
# $$ o(x) = v_1\, s(a_1^\top x + b_1) + v_2\, s(a_2^\top x + b_2) + c, \qquad L = \sum_i -\log \big( s(o_i) \text{ if } y_i = 1, \text{ else } 1 - s(o_i) \big). $$
#
# It must stay finite for large weights: $1 - s(40)$ is $4 \cdot 10^{-18}$, and floating point makes 0 of it.

# %%
def log_loss(theta, x, y):
    """The loss at theta (9,) on points x (N, 2) with labels y (N,), 0 or 1: one number."""
    a, b, v, c = theta[:4].reshape(2, 2), theta[4:6], theta[6:8], theta[8]  # the rows of a are a1 and a2
    # BEGIN SOLUTION
    hidden = torch.sigmoid(x @ a.T + b)  # (N, 2)
    o = hidden @ v + c  # (N,)
    signed = torch.where(y == 1, o, -o)
    return -torch.nn.functional.logsigmoid(signed).sum()
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.log_loss(log_loss)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `x @ a.T` has the shape (N, 2): one row a point, one column a neuron. The biases `b` are added to every row.
#
# </details>
# <details><summary>Hint 2</summary>
#
# $1 - s(o) = s(-o)$, so both cases are $-\log s$ of something. `torch.nn.functional.logsigmoid` gives $\log s$ without ever forming $s$.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** With $\pm o$ chosen by the label, one formula serves both classes: $L = \sum_i \log(1 + e^{-(\pm o_i)})$. Each term is positive at all finite
# weights, so 0 is never reached: this one line is the proof that no global minimum exists once all points can be on their right sides.

# %% [markdown] tags=["exercise"]
# ## Task 2: The network in the mirror
#
# *10 minutes.* Since $s(-t) = 1 - s(t)$, a hidden neuron can be reversed without changing what the network computes. Write a function that
# returns the weights with neuron `j` (0 or 1) reversed: $(a_j, b_j, v_j)$ change their sign; work out what happens to $c$.

# %%
def reverse(theta, j):
    """The copy of theta (9,) = a1, a2, b1, b2, v1, v2, c with hidden neuron j reversed, a new tensor (9,)."""
    # BEGIN SOLUTION
    copy = theta.clone()
    mine = [2 * j, 2 * j + 1, 4 + j, 6 + j]  # a_j (two numbers), b_j, v_j
    copy[mine] = -theta[mine]
    copy[8] = theta[8] + theta[6 + j]
    return copy
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.reverse(reverse)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Replace $s(t)$ by $1 - s(-t)$ in $v_j\, s(a_j^\top x + b_j)$ and multiply out. A constant appears.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `theta.clone()` is a copy that you may change. Neuron `j` owns the positions `2 * j` and `2 * j + 1` (its $a_j$), `4 + j` and `6 + j`.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** $v\, s(t) = v - v\, s(-t)$: the neuron with opposite signs, plus a constant $v$ that goes into $c$. Two neurons, each reversed or not, in
# two orders, make 8 copies of every network: eight traps instead of one, all alike. The map is not a rotation, since $c$ takes up $v$.
# So the eight Hessians have the same signs and not the same eigenvalues; the smallest is 0.0062, 0.0039, 0.0050 or 0.0056.

# %% [markdown] tags=["exercise"]
# ## Task 3: How large a start
#
# *10 minutes.* Count trapped runs: of 100 runs of gradient descent whose starts are normal with standard deviation `scale` (seeds `range(100)`,
# `scheme="normal"`, `lr=0.1`, `max_steps=8000`), how many end within 0.002 of the loss 5.8725? Let the function return the count.

# %%
def trapped_runs(scale):
    """How many of 100 runs from starts N(0, scale^2) end in the trap."""
    land = lm.sigmoid_mlp([2, 2, 1], lm.data.ten_points(), loss="log")
    # BEGIN SOLUTION
    theta = lm.starts(land, seeds=range(100), scheme="normal", scale=scale)
    runs = lm.train(land, theta, lr=0.1, max_steps=8000)
    return int(((runs.loss - 5.8725).abs() < 0.002).sum())
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.trapped_runs(trapped_runs)

# %% [markdown]
# Before you run the next cell: what do you expect at a scale of 0.1, where all runs start at nearly the same point?

# %%
for scale in (0.1, 0.5, 1.0, 2.0):
    count = trapped_runs(scale)
    if count is not ...:
        low, high = lm.binomial_interval(int(count), 100)
        print(f"N(0, {scale}²): {int(count):3} of 100 trapped, a share of {low:.0%} to {high:.0%}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `lm.starts(land, seeds=..., scheme=..., scale=...)`, then `lm.train(land, theta, lr=..., max_steps=...)`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `runs.loss` has one entry a run. *Within* 0.002 means on both sides: `abs()`.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Small starts have nearly equal neurons and a nearly linear network; they all climb out of the flat middle along much the same way, and
# that way leads into the trap's basin for two thirds of them or more. Large starts begin far out, where neurons are saturated: fewer
# meet the trap, more are on their way to infinity from the first step. The share belongs to the landscape *and* to the start.

# %% [markdown] tags=["exercise"]
# ## Task 4: Does the trap survive?
#
# *20 minutes.* Move one point a little, and the trap moves along; move it further, and the trap is gone. Write a function that
# decides: move point `number` (from 1 to 10, in the order of `lm.data.ten_points()`) by `shift`, follow the trap with `lm.refine`, and return whether
# `lm.certify` proves a strict local minimum on the moved points. Go in several small moves: Newton's method needs a start nearby.

# %%
def survives(number, shift):
    """Whether the trap is still there, proved, when point `number` is moved by shift = (dx1, dx2): True or False."""
    data = lm.data.ten_points()
    theta = lm.landmark("ten points, log, trap").theta
    # BEGIN SOLUTION
    for share in (0.25, 0.5, 0.75, 1.0):
        x = data.x.clone()
        x[number - 1] += share * torch.tensor(shift, dtype=x.dtype)
        land = lm.sigmoid_mlp([2, 2, 1], lm.data.Data(x, data.y), loss="log")
        theta = lm.refine(land, theta).theta[0]
    return lm.certify(land, theta).proved
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.survives(survives)

# %% [markdown]
# How far does each point go to the right before the trap is lost?

# %%
for number in (1, 6, 7, 8):
    alive = [step for step in (0.02, 0.05, 0.1, 0.2, 0.4) if survives(number, (step, 0.0)) is True]
    print(f"point {number}: proved after a move of", alive or "nothing yet")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# `lm.data.Data(x, y)` makes data of your own, and `lm.sigmoid_mlp([2, 2, 1], ..., loss="log")` their landscape. In each round take a part of the shift,
# from the first place of the point, and refine from the `theta` of the round before.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `lm.refine(land, theta).theta` has the shape (1, 9), and `lm.certify(land, theta)` wants (9,). The answer is in `.proved`. Point 1 is row 0.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** The trap's Hessian is invertible, so a small move of the data moves it a little and it stays a strict minimum (implicit function theorem).
# It ends where it meets the saddle of the exit, 0.0044 above it: the two merge and vanish. The point at (0, 0) is the most sensitive:
# a move of 0.05 to the right is too much. Ten points *in general position* are thus not rare freaks, but not at all generic either: the
# traps fill a small open set of data.

# %% [markdown] tags=["exercise"]
# ## Task 5: Open question
#
# *15 minutes, no check.* From uniform starts 67 % of runs are trapped, from N(0, 2²) only 4 %. "So the remedy is a larger start", says a
# colleague. Another says: "Take Adam." A third: "Take SGD, it is the noise that helps." Look at both columns of the table of the lesson. What do
# you answer to each, and what would you measure next?

# %% [markdown] tags=["solution"]
# **What we would say.** None of the three is wrong about the trap, and none has solved the task: from N(0, 2²) a third of the runs get all ten right,
# with Adam or SGD from uniform starts next to none. They leave the trap and drift to minima at infinity, at 6 log 2 and others. So "not trapped"
# and "solved" are two questions, and a share says nothing without the start that it belongs to. What changes the picture is
# width: 19 % with three neurons, 95 % with four, all with six. To measure next: the method *and* the start together (Adam from N(0, 2²)),
# longer runs, and whether the drifting runs would come back.
