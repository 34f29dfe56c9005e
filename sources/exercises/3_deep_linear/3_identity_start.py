# %% [markdown]
# # Exercises: starting at the identity
#
# Five tasks on [lesson 3.3](../../chapters/3_deep_linear/3_identity_start.ipynb), about 75 minutes. Each of the first four has
# a check; run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time.

# %%
import torch
import lmcourse as lm

check = lm.checks.identity_start

# %% [markdown] tags=["exercise"]
# ## Task 1: One step
#
# *15 minutes.* `layers` is a list of $L$ square matrices (d, d); `layers[0]` is $W_1$, which acts on the input first. They need not be equal. Return the list of layers after **one** step of gradient
# descent on $\ell = \tfrac12 |W_L \cdots W_1 - \Phi|^2$ with step size `eta`, all layers moved at once. By hand, without autograd; `target` is $\Phi$.

# %%
def one_step(layers, target, eta):
    """The layers, a list of (d, d), after a step of gradient descent on 1/2 |W_L ... W_1 - target|^2."""
    # BEGIN SOLUTION
    eye = torch.eye(len(target), dtype=target.dtype)
    below = [eye]
    for W in layers:
        below.append(W @ below[-1])
    error, above, moved = below[-1] - target, eye, []
    for W, right in zip(layers[::-1], below[-2::-1], strict=True):
        moved.append(W - eta * above.T @ error @ right.T)
        above = above @ W
    return moved[::-1]
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.one_step(one_step)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Write the product as $P\, W_h\, Q$, with $P$ what comes after layer $h$ and $Q$ what comes before it. How does $\tfrac12 |P W_h Q - \Phi|^2$ change if $W_h$ changes a little?
#
# </details>
# <details><summary>Hint 2</summary>
#
# The gradient by $W_h$ is $P^\top (A - \Phi)\, Q^\top$, where $A$ is the whole product. The first layer has nothing before it, the last nothing after it: an identity, `torch.eye(d, dtype=target.dtype)`. All
# gradients belong to the *old* layers.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** The change of the loss is $\langle A - \Phi, P\, \Delta\, Q \rangle = \langle P^\top (A - \Phi) Q^\top, \Delta \rangle$. Two lists of products, one from below and one from above, give all gradients with
# about $3L$ products instead of $L^2$: this is backpropagation. From equal layers with the eigenvectors of a symmetric $\Phi$ all gradients are equal; from other
# layers they are not.

# %% [markdown] tags=["exercise"]
# ## Task 2: The floor
#
# *10 minutes.* Let `target` (d, d) be **normal**: symmetric, a turn, or a mixture of both in some orthonormal basis. Return the floor: the value to which the loss falls by gradient descent with
# small steps from the identity.

# %%
def floor(target):
    """The limit of the loss 1/2 |A - target|^2 for a normal target (d, d), from the identity with small steps: one number."""
    # BEGIN SOLUTION
    phi = torch.linalg.eigvals(target)
    held = (phi.imag.abs() < 1e-9) & (phi.real < 0)
    return phi.real[held].square().sum() / 2
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.floor(floor)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Which eigenvalues are never reached, and where does the eigenvalue of the product rest instead? For a normal product and target with common eigenvectors the loss is half the sum of $|w - \varphi|^2$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A turn by 150 degrees has eigenvalues with a negative real part. Does their chord lead through 0? In torch, eigenvalues of a general matrix are complex numbers; those of a symmetric matrix
# have the imaginary part 0, or one of about $10^{-16}$ by rounding.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Only negative real numbers have a chord through 0; there $w$ rests at 0 and $\tfrac12 \varphi^2$ is left. Everything else is learnt. For symmetric targets and even depth this is a floor for
# *all* step sizes. For other normal targets it is the limit of small steps: a long step may leave the chord.

# %% [markdown] tags=["exercise"]
# ## Task 3: How near to zero
#
# *15 minutes.* The nearer $w$ comes to 0, the longer the plateau. Return the smallest $|w|$ on the chord from 1 to `phi`, a complex number.

# %%
def nearest(phi):
    """The distance of 0 from the chord between 1 and the complex number phi: one number."""
    # BEGIN SOLUTION
    along = phi - 1
    if along == 0:
        return 1.0
    share = -along.real / abs(along) ** 2
    return abs(1 + min(max(share, 0.0), 1.0) * along)
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.nearest(nearest)

# %% [markdown]
# Compare with descent: for which of these targets is the smallest $|w|$ on the way about what you computed, and what does a smaller step size change?

# %%
experiment = lm.experiments.identity_start
for phi in (2 + 1j, 0.3 + 0.3j, -1 + 0.2j, -2 + 0.5j):
    w = experiment.eigenvalues(torch.tensor([phi], dtype=torch.complex128), depth=4, rate=0.02, steps=3000)
    if nearest(phi) is not ...:
        print(f"{phi}: nearest to 0 on the way {float(w.abs().min()):.3f}, on the chord {nearest(phi):.3f}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A point of the chord is $1 + s (\varphi - 1)$ with $s$ between 0 and 1. For which real $s$ is its square of the absolute value smallest?
#
# </details>
# <details><summary>Hint 2</summary>
#
# The best $s$ may lie outside of the chord: then one of its two ends is nearest. And at $\varphi = 1$ the chord is a point.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** $|1 + s(\varphi - 1)|^2 = 1 + 2 s \operatorname{Re}(\varphi - 1) + s^2 |\varphi - 1|^2$ is a parabola in $s$ with its lowest point at $-\operatorname{Re}(\varphi - 1) / |\varphi - 1|^2$. Outside of 0 to 1 an end of the chord is
# nearest. For a turn by $\theta$ the result is $\cos(\theta / 2)$. Long steps bend the way of $w$; smaller ones bring it back to the chord.

# %% [markdown] tags=["exercise"]
# ## Task 4: Power projection
#
# *15 minutes.* Return the matrix that is nearest to `A` (d, d), in the sum of squared differences, among all matrices $B$ with $u^\top B u \ge \gamma |u|^2$ for every $u$. `gamma` is a positive number.

# %%
def project(A, gamma):
    """The nearest matrix (d, d) with u'Bu >= gamma |u|^2 for all u."""
    # BEGIN SOLUTION
    symmetric, skew = (A + A.T) / 2, (A - A.T) / 2
    lengths, Q = torch.linalg.eigh(symmetric)
    return Q @ torch.diag(lengths.clamp_min(gamma)) @ Q.T + skew
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.project(project)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Split $A = S + K$ into a symmetric part $S$ and a skew part $K$. What is $u^\top K u$? And how do the two parts enter $|A - B|^2$?
#
# </details>
# <details><summary>Hint 2</summary>
#
# So only the symmetric part has to move. In the basis of its eigenvectors, which is the smallest change that brings every eigenvalue to $\gamma$ or more? `torch.linalg.eigh` gives eigenvectors as columns.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** $u^\top K u = 0$, and $|S + K|^2 = |S|^2 + |K|^2$: the skew part is free, and best left alone. For the symmetric part, $B$ is allowed if no eigenvalue is below $\gamma$, and the nearest such matrix keeps the eigenvectors and lifts
# the eigenvalues that are too small. The allowed matrices form a convex set that contains the target, so this step never leads away from it: that is what the proof needs.

# %% [markdown] tags=["exercise"]
# ## Task 5: Open question
#
# *20 minutes, no check.* Descent alone came below a loss of 1e-4 on all 300 random positive targets of the lesson. Is there one at which it fails, with small steps? The cell below tries one family; change it: more
# dimensions, smaller $\gamma$, a larger skew part, more layers. A large loss at the end may mean that a run is held, or that it is slow: compare two times to tell them apart. How near to 0 does the smallest singular value of the product come? What would a target have to do to stop it there?

# %%
experiment = lm.experiments.power_projection
targets = experiment.random_positive(50, d=3, least=0.02, seed=7)
path = experiment.descend(targets, depth=4, rate=0.002, steps=8000)
left = (path.positivity.min(dim=0).values < 0).sum()
smallest = torch.linalg.svdvals(path.product)[..., -1]  # of every tenth product, (801, 50)
for steps in (2000, 8000):
    print(f"largest loss after {steps} steps: {float(path.loss[steps].max()):.1e}")
print(f"{int(left)} of 50 left the positive matrices on the way; smallest singular value of a product: {float(smallest.min()):.3f}")

# %% [markdown] tags=["solution"]
# **What we found.** No failure. All 300 targets with $\gamma = 0.1$ fall below a loss of 1e-4. Of the 50 in the cell above, 23 products leave the positive matrices on the way, and the largest loss is 0.0054 after 2,000 steps and 0.0006 after 8,000: slow, not held. Small singular values of the target are
# learnt slowly, so small $\gamma$ asks for patience: the smallest singular value on the way, 0.057, belongs to a run that still falls towards 0.021, that of its target. What is clear: a product
# whose determinant is positive at the start keeps it positive under small steps, since from balanced layers a singular value cannot reach 0 in finite time. A target with a negative determinant is therefore out of reach for the flow.
# Every positive target has a positive determinant. We know of no proof that descent alone arrives, and of no counterexample.
