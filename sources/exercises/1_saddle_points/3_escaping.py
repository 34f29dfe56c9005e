# %% [markdown]
# # Exercises: escaping
#
# Five tasks on [lesson 1.3](../../chapters/1_saddle_points/3_escaping.ipynb), about 95 minutes. Each of the first four has
# a check; run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time. Where points are asked for, a torch
# tensor or a numpy array of float64 will do.

# %%
import math
import torch
import lmcourse as lm

check = lm.checks.escaping

# %% [markdown] tags=["exercise"]
# ## Task 1: The chance of a try
#
# *15 minutes.* At a saddle $k$ of $N$ directions have the curvature $-\lambda$ (`down`), the others $\mu$ (`up`). Write the function that returns the probability that
# a random direction leads down, in closed form. (`scipy.special` has what you need.)

# %%
def chance(N, k, down, up):
    """The probability that a random direction leads down: k curvatures -down, N - k curvatures up; both given as positive numbers."""
    # BEGIN SOLUTION
    from scipy.special import betainc

    return betainc((N - k) / 2, k / 2, down / (down + up))
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.chance(chance)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# As in the lesson, a try succeeds if $\lambda A > \mu (1 - A)$, where $A$ is the squared length of the part in the $k$ directions. Solve for $A$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# $A$ is Beta distributed with parameters $\tfrac k2$ and $\tfrac{N-k}2$. The probability that it is *larger* than $z$ is the regularised incomplete beta function with the
# parameters exchanged, at $1 - z$.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Draw the direction as a vector $z$ of $N$ standard normal numbers; its length does not matter. $A = S / (S + S')$, where $S$ is a sum of $k$ squares and $S'$ of $N - k$: chi-squared
# variables with $k$ and $N - k$ degrees of freedom, and their share is Beta. With $A > \mu / (\lambda + \mu)$ and the symmetry $1 - I_z(a, b) = I_{1-z}(b, a)$ the formula follows. The same number
# is a tail of the F distribution, `scipy.stats.f.sf((N - k) / k * up / down, k, N - k)`.

# %% [markdown] tags=["exercise"]
# ## Task 2: How long at the saddle
#
# *10 minutes.* A coordinate $x$ has the curvature $-\lambda$, so a step of gradient descent with step size $\eta$ multiplies it by $1 + \eta\lambda$. Write the function that returns the smallest whole
# number of steps after which $|x|$ is at least `size`. Return `math.inf` if that never happens.

# %%
def steps_to_leave(x, curvature, lr, size):
    """The first step at which |x| (1 + lr curvature)^t >= size; curvature is lambda, a positive number."""
    # BEGIN SOLUTION
    if x == 0:
        return math.inf
    return max(0, math.ceil(math.log(size / abs(x)) / math.log1p(lr * curvature)))
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.steps_to_leave(steps_to_leave)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Take logarithms of $|x| (1 + \eta\lambda)^t \ge \text{size}$, and divide.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Three cases want care: negative $x$, an $x$ that is large enough from the start, and $x = 0$.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** This is the whole theory of escape times at strict saddles. All that depends on chance or dimension sits in $|x|$, and $|x|$ sits in a logarithm. For small $\eta\lambda$ the time is
# $\ln(\text{size}/|x|) / (\eta\lambda)$, that of the flow in continuous time, and real steps take a little longer. $x = 0$ is Lee's surface of measure zero.

# %% [markdown] tags=["exercise"]
# ## Task 3: A point in a ball
#
# *20 minutes.* Perturbed gradient descent draws its nudge uniformly from a ball. Write the function that returns so many such points: every piece of the ball gets points in
# proportion to its volume.

# %%
def in_ball(members, N, radius):
    """Points (members, N), uniform in the ball of this radius around the origin."""
    # BEGIN SOLUTION
    direction = torch.randn(members, N, dtype=torch.float64)
    length = torch.rand(members, 1, dtype=torch.float64) ** (1 / N)
    return radius * length * direction / direction.norm(dim=1, keepdim=True)
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.in_ball(in_ball)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Direction and distance are independent. A vector of standard normal numbers has no preferred direction.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The share of the volume within distance $s$ is $(s / r)^N$. Which function of a uniform random number has this distribution?
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** If $U$ is uniform in $[0, 1]$, then $P(U^{1/N} \le s) = P(U \le s^N) = s^N$. In high dimension $U^{1/N}$ is nearly always close to 1: almost all of a ball lies near its surface. That is why the
# lesson's nudges, drawn from a sphere, serve as well. Drawing in a cube until a point lies in the ball is right too, but in 20 dimensions it takes 40 million draws for one point.

# %% [markdown] tags=["exercise"]
# ## Task 4: Perturbed gradient descent
#
# *35 minutes.* Write it. At each of `steps` steps: if the gradient at $x$ has a length of at most `threshold`, and there was no nudge yet or the last one is at least `wait` steps ago, first add `nudge()` to $x$.
# Then, nudged or not, make a gradient step from where you are. Return the last point. (The paper's rule for stopping is left out.)

# %%
def perturbed_descent(gradient, nudge, x, lr, threshold, wait, steps):
    """The point (N,) after so many steps from x (N,); gradient(x) and nudge() return (N,)."""
    # BEGIN SOLUTION
    last_nudge = -wait
    for step in range(steps):
        if gradient(x).norm() <= threshold and step - last_nudge >= wait:
            x, last_nudge = x + nudge(), step
        x = x - lr * gradient(x)
    return x
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.perturbed_descent(perturbed_descent)

# %% [markdown]
# Try it on the octopus, with your own nudges. How many of the six saddles does it leave in 160 steps? (A saddle is left when its coordinate passes $2e = 5.44$.) And how many with a threshold of zero?
#
# Then choose for yourself, without a check: a saddle in 100 dimensions, weights of size about 1, one way down of curvature $-0.01$, step size 0.1. Which radius and which threshold do you take, and how
# long a wait does your function from task 2 give?

# %%
def small_nudge():
    point = in_ball(1, 6, 0.027)  # from task 3
    return 0.0 if point is ... else torch.as_tensor(point)[0]


land = lm.experiments.escaping.octopus(6)
start = lm.experiments.escaping.box(6, seeds=[3])[0]  # (6,)
for threshold in (0.027, 0.0):
    end = perturbed_descent(land.gradient, small_nudge, start, 0.25, threshold, 1, 160)
    if end is not ...:
        print(f"threshold {threshold}: {int((abs(end) > 2 * math.e).sum())} saddles left")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Keep the step of the last nudge in a variable. With which value must it begin, so that the first nudge may come at once?
#
# </details>
# <details><summary>Hint 2</summary>
#
# After a nudge the gradient has changed: compute it again before the step.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Two parameters guard against harm. The threshold keeps nudges away from where the gradient shows the way. The wait gives a nudge time to grow: $\ln(\sqrt N / r) / \ln(1 + \eta\lambda)$ steps at a
# saddle of curvature $-\lambda$. On the octopus a wait of one step works since growth is fast there, and since further nudges of the same size are soon small beside what has grown.
# The paper waits long enough to be able to *judge*: if after that time the loss has hardly fallen, the point before the nudge had no way down that is worth the name.
#
# For the way down of curvature $-0.01$: a radius of 0.001 is small against the weights, and about $0.001/\sqrt{100}$ of it leads down. `steps_to_leave(0.0001, 0.01, 0.1, 1)` gives 9,215 steps of waiting;
# ten times the radius saves only 2,304 of them. At size 1 the gradient on the way out has length 0.01, so the threshold must lie well below that: 0.001, say.

# %% [markdown] tags=["exercise"]
# ## Task 5: Open question
#
# *15 minutes, no check.* "From almost every start a run does get away, in exact arithmetic." And on your machine? Plain gradient descent on an octopus with 8 saddles needs some 9,000 steps by the formula. The cell below prints at which step each saddle
# is left, and the coordinate that should lead out of the last saddle reached. Run it for 2,000 steps, then for 5,000. What has happened? Predict, before you try, what `torch.float32` does to the number of saddles that are ever left. What
# does that say about theorems on exact arithmetic, and about noise?

# %%
experiment, dtype, steps = lm.experiments.escaping, torch.float64, 600
land, x, left = experiment.octopus(8), experiment.box(8, seeds=[0])[0].to(dtype), {}
for step in range(steps):
    for j in range(8):
        if j not in left and x[j].abs() > 2 * math.e:
            left[j] = step
    x = x - 0.25 * land.gradient(x)
print("left at steps", list(left.values()), "; next coordinate", float(x[min(len(left), 7)]))

# %% [markdown] tags=["solution"]
# **What we found.** In float64 six saddles are left (five in the 600 steps above, the sixth at step 1,292), and never another one: the seventh coordinate was halved at every step down to 5e-324, the smallest positive number, and half of that is rounded to zero.
# So it no longer changes, neither down nor, later, up, and no number of steps helps. In float32 the smallest number is 1e-45, reached after 150 halvings, and four saddles are left.
# On a computer exponential time soon becomes for ever. The theorem is right, but its exceptional set of measure zero is not out of reach for rounded numbers: a whole neighbourhood is rounded onto it.
# A little noise, or minibatches that disagree, would save the run. That is what nudges are for.
