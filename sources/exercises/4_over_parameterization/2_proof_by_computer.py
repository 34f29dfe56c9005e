# %% [markdown]
# # Exercises: a proof by computer
#
# Five tasks on [lesson 4.2](../../chapters/4_over_parameterization/2_proof_by_computer.ipynb), about 75 minutes. Each of the first four has
# a check; run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time.

# %%
import math
import torch
import lmcourse as lm

# %%
check = lm.checks.proof_by_computer

# %% [markdown] tags=["exercise"]
# ## Task 1: Multiply without lying
#
# *10 minutes.* An interval is a pair of floats `(low, high)`. Write the product: a pair that surely holds $x \cdot y$ for all $x$ in `a` and
# all $y$ in `b`, negative ones too. Each float product is rounded, so move both ends outward by one float: `math.nextafter(z, math.inf)` is the
# next float above `z`.

# %%
def multiply(a, b):
    """An interval (low, high) that holds x * y for all x in a and all y in b."""
    # BEGIN SOLUTION
    corners = [x * y for x in a for y in b]
    return math.nextafter(min(corners), -math.inf), math.nextafter(max(corners), math.inf)
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.multiply(multiply)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Try $[-2, 3] \cdot [-5, 1]$ on paper. Where do the smallest and the largest product come from?
#
# </details>
# <details><summary>Hint 2</summary>
#
# A product is linear in $x$ for fixed $y$, and the other way round. So its extremes lie at ends: there are four candidates.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** On the rectangle of all $(x, y)$ the product has its extremes in the corners. A float product is at most half a step between floats
# away from the true one, so one step outward is enough. Interval arithmetic gives too much sometimes: $x \cdot x$ for $x \in [-1, 1]$ comes out as
# $[-1, 1]$, since the two factors are treated as strangers. Too wide is allowed; too narrow would be a lie.

# %% [markdown] tags=["exercise"]
# ## Task 2: The lemma of 2018
#
# *15 minutes.* Safran and Shamir (2018) bound third derivatives. *If $|\nabla L(c)| \le \varepsilon$, if the Hessian at $c$ has no eigenvalue below
# $\lambda > 0$, if no third directional derivative within $R$ of $c$ is larger than $K$ in size, and if $D = 9 \lambda^2 - 25\, \varepsilon K \ge 0$, then a
# local minimum lies within*
#
# $$ r \;=\; \frac{3 \lambda - \sqrt{D}}{2 K} $$
#
# *of $c$, as long as $r \le R$.* Write a function that returns $r$, and `None` where the lemma says nothing. You may take $K > 0$ for granted.

# %%
def radius(gradient, eigenvalue, third, largest):
    """r from epsilon, lambda, K and R, all floats; None if the lemma does not apply."""
    # BEGIN SOLUTION
    discriminant = 9 * eigenvalue**2 - 25 * gradient * third
    if eigenvalue <= 0 or discriminant < 0:
        return None
    r = (3 * eigenvalue - math.sqrt(discriminant)) / (2 * third)
    return r if r <= largest else None
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.radius(radius)

# %% [markdown]
# Their $K$ for a student $W$ with lengths $|w_i|$ between $a$ and $b$: with $R = b/1000$ it is
# $n \big(\sqrt2 (n-1) (a + b) + k\big) / (\pi (a - R)^2)$. Here are the radii for gradients of different lengths. At which sizes does a gradient of
# $10^{-6}$ become good enough? (The table is no proof: $\varepsilon$ is taken for granted, $\lambda$ and $K$ are rounded.)

# %%
def third_bound(W):
    n, k = W.shape
    short, long = W.norm(dim=1).min(), W.norm(dim=1).max()
    return float(n * (2**0.5 * (n - 1) * (short + long) + k) / (math.pi * (short - long / 1000) ** 2)), float(long / 1000)


for k in (6, 7, 8, 10, 12):
    W = lm.symmetric_minimum(k)
    smallest = float(torch.linalg.eigvalsh(lm.teacher_student(k).hessian(W.flatten()))[0])
    found = [radius(gradient, smallest, *third_bound(W)) for gradient in (1e-6, 1e-9, 1e-15)]
    if any(r is ... for r in found):
        continue  # your function is not written yet
    print(f"k = {k:2}:", "   ".join("nothing" if r is None else f"{r:.1e}" for r in found))

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Compute $D$ first. The lemma is silent in three cases: one condition concerns $\lambda$, one $D$, one the result.
#
# </details>
# <details><summary>Hint 2</summary>
#
# With exact zero gradient the answer must be 0: the minimum is $c$ itself. Which of the two signs of the root does that?
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** In any direction $L(c + su) - L(c) \ge -\varepsilon s + \lambda s^2/2 - K s^3/6$. This is positive where $K s^2 - 3 \lambda s + 6 \varepsilon < 0$, that is
# between two roots; 25 in place of 24 puts $r$ strictly between them. So $L$ is higher on the sphere of radius $r$ than at $c$. The
# bound $K$ is generous. At $k = 6$, where $\lambda$ is small, a gradient of $10^{-6}$ is too long ($9\lambda^2$ is 0.0002, $25\, \varepsilon K$ is 0.0015), and so it
# is at $k = 7$; from $k = 8$ on it is good enough. What you computed are floats; a proof needs balls for $\varepsilon$, $\lambda$ and $K$.

# %% [markdown] tags=["exercise"]
# ## Task 3: All matrices at once
#
# *15 minutes.* A symmetric matrix is known up to errors: each entry lies within `error` of the entry of `C` (n, n). Write a function that returns
# a number that the smallest eigenvalue of *every* such symmetric matrix reaches. Do not give away more than you need: for some
# `C` and some errors your number should be attained.

# %%
def smallest_of_all(C, error):
    """A lower bound of the smallest eigenvalue of every symmetric matrix within `error` of C, entry by entry."""
    # BEGIN SOLUTION
    n = len(C)
    return float(torch.linalg.eigvalsh(C)[0]) - n * error
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.smallest_of_all(smallest_of_all)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The matrix is $C + E$. For a unit vector $u$ the form is $u^\top C u + u^\top E u$. How negative can the second part be?
#
# </details>
# <details><summary>Hint 2</summary>
#
# $|u^\top E u| \le |E|$, the square root of the sum of all squared entries of $E$. How large is it at most?
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** $|E|^2$ is a sum of $n^2$ squares, each at most `error` squared, so $|E| \le n \cdot$ `error`, and Weyl's inequality (1912) does the rest. It is
# attained where the lowest eigenvector has entries $\pm 1/\sqrt n$ and $E$ pulls against it with all signs. The lesson does the same, with the true size
# of $E$ instead of the worst one. (A rigorous version would also enclose the eigenvalue of $C$.)

# %% [markdown] tags=["exercise"]
# ## Task 4: Index after a split
#
# *20 minutes.* Given a critical point `W` (n, d) of the landscape with $k = d$ teacher neurons, and a neuron `i`: how many negative eigenvalues
# has the Hessian after the neuron is split into $\alpha w_i$ and $(1 - \alpha) w_i$? Answer from the Hessian of the *narrow* network, with the formula
# of the section on spare neurons. `W` may be a saddle. Eigenvalues within $10^{-9}$ of zero count as zero.

# %%
def index_after_split(W, i):
    """The number of negative eigenvalues after neuron i of the critical point W (n, d) is split."""
    n, d = W.shape
    hessian = lm.teacher_student(k=d, n=n).hessian(W.flatten())
    # BEGIN SOLUTION
    T = hessian.reshape(n, d, n, d)[i, :, i, :] - torch.eye(d) / 2
    before = int((torch.linalg.eigvalsh(hessian) < -1e-9).sum())
    return before + int((torch.linalg.eigvalsh(T) < -1e-9).sum())
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.index_after_split(index_after_split)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The Hessian goes neuron after neuron: `hessian.reshape(n, d, n, d)[i, :, i, :]` is the block of neuron `i`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The new Hessian has the signs of two matrices. A saddle has brought negative ones along.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** The $\tfrac12 I$ in a neuron's block comes from the square of its own output. When the parts move to and fro, their outputs add up to
# the old one and that square does not change; what is left is $T$. The error of the student along the kink of the neuron makes it
# negative. Since the two kinds of motion do not mix, indices add up (Sylvester's law of inertia), whatever $\alpha$ is. The answer
# may depend on the neuron: at the minimum with $(k, n) = (8, 9)$ the split of the reversed one opens one way down, any other split seven.

# %% [markdown] tags=["exercise"]
# ## Task 5: Open question
#
# *15 minutes, no check.* In the explorer of the lesson find, for each k from 6 to 14, the largest p with a proof when *the others fill it*. Then
# choose *the reversed ones fill it*: from which p on is there a proof, and does it depend on k? And with spare neurons: where do p = 1 and
# p = 2 begin? State a rule as a conjecture. What would a proof of it need that a list of certificates cannot give?

# %% [markdown] tags=["solution"]
# **What we found.** *The others fill it*: p up to 1, 1, 2, 2, 3, 4, 4, 5, 5 for k = 6 to 14. *The reversed ones fill it*: from p = 6 on, for each of these k; these p
# neurons behave nearly like a network of their own. *Spare neurons*: p = 1 from k = 7, p = 2 from k = 11. The lesson has p = 3 at k = 15, and one is
# tempted to say 7, 11, 15, 19. But at k = 16 the p = 3 point is a saddle again. Each certificate is one theorem; a rule speaks of infinitely many k. It
# needs an argument that is uniform in k, such as a power series with a bound of its remainder, or balls for $1/k$ as well.
