# %% [markdown]
# # Exercises: dead layers and saturation by design
#
# Five tasks on [lesson 2.3](../../chapters/2_blind_spots/3_dead_layers.ipynb), about 50 minutes. Each of the first four has a check;
# run it as often as you like. It says what is wrong, not what is right. Hints fold open one at a time.

# %%
import torch
import lmcourse as lm

check = lm.checks.dead_layers

# %% [markdown] tags=["exercise"]
# ## Task 1: Lights out
#
# *5 minutes.* A layer has the weights `W` (neurons are rows) and receives the samples `x` (samples are rows). Find the biases with which
# each neuron is off at every sample, by a given margin: the **largest** input $w_j^\top x_i + b_j$ of each neuron is exactly `-margin`.

# %%
def switch_off(W, x, margin):
    """Biases (n,) for the weights W (n, d) and the samples x (N, d)."""
    # BEGIN SOLUTION
    without_bias = x @ W.T  # (N, n)
    highest = without_bias.max(dim=0).values
    return -margin - highest
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.switch_off(switch_off)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Compute all $w_j^\top x_i$ at once, as one matrix product. Which axis counts the samples? (In PyTorch, `max` along an axis returns two
# things: the values and their places.)
#
# </details>
# <details><summary>Hint 2</summary>
#
# Adding $b_j$ shifts all inputs of neuron $j$ by the same amount. Where is the largest one before, and where should it be?
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** A finite set of numbers has a largest one, and this is all that the theorem needs of the data. With infinitely many samples,
# Gaussian inputs say, no bias switches a neuron with $w \neq 0$ off everywhere: dead layers belong to finite data.

# %% [markdown] tags=["exercise"]
# ## Task 2: A plateau
#
# *15 minutes.* The bump of the lesson is 1 at one place. Build its wider sister from **four** ReLUs: a network
# $g(x) = \sum_{j=1}^4 v_j [w_j^\top x + b_j]_+$ that is 1 where $a \le u^\top x \le b$, is 0 where $u^\top x \le a - 1$ or $u^\top x \ge b + 1$, and runs
# straight between. (With $a = b$ it is the bump again.)

# %%
def plateau(u, a, b):
    """Weights W (4, d), biases (4,) and output weights v (4,) for a vector u (d,) and numbers a <= b."""
    # BEGIN SOLUTION
    W = torch.stack([u, u, u, u])
    kinks = torch.tensor([a - 1, a, b, b + 1], dtype=u.dtype)
    slopes = torch.tensor([1, -1, -1, 1], dtype=u.dtype)
    return W, -kinks, slopes
    # END SOLUTION
    # BEGIN STUB
    # W = ...
    # biases = ...
    # v = ...
    # return W, biases, v
    # END STUB

# %% tags=["check"]
check.plateau(plateau)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Walk along $t = u^\top x$ from left to right. At which four values of $t$ does the slope of $g$ change, and by how much each time?
#
# </details>
# <details><summary>Hint 2</summary>
#
# $[t - s]_+$ is flat up to $t = s$ and then has slope 1. Each kink of $g$ is one such ReLU; its output weight is the change of the slope.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** A piecewise linear function of one number is the sum of its kinks. Here the slope goes 0, 1, 0, -1, 0, so the changes are
# +1, -1, -1, +1; they add up to 0, so the function is flat again at the right. For $a = b$ the two middle kinks fall together, and three
# neurons are enough: that is why the theorem, as it was printed, asks for three in the first layer.

# %% [markdown] tags=["exercise"]
# ## Task 3: How wide is safe?
#
# *5 minutes.* Weights have mean 0, biases are 0. A network of $k$ hidden layers of $h$ neurons is born dead with a chance of **at most**
# $1 - (1 - 2^{-h})^k$. Find the smallest width $h$ for which this bound is at most `chance`.

# %%
def safe_width(k, chance):
    """The smallest whole number h >= 1 with 1 - (1 - 2^-h)^k <= chance."""
    # BEGIN SOLUTION
    h = 1
    while 1 - (1 - 0.5**h) ** k > chance:
        h += 1
    return h
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.safe_width(safe_width)

# %%
for k in (10, 100, 1000, 10_000):
    if safe_width(k, 0.01) is not ...:
        print(f"{k:6} hidden layers: at most 1 % are born dead from width", safe_width(k, 0.01), "on")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Try $h = 1, 2, 3, \dots$ and stop at the first one that is good enough.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The chance grows with $k$ and falls with $h$. For $k = 20$ and a chance of 93.1 % the lesson's network of width 3 is about at the edge.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** For small chances $1 - (1 - 2^{-h})^k \approx k\,2^{-h}$, so $h \approx \log_2 (k / \text{chance})$: ten times the depth costs 3.3 more neurons a layer.
# Width defends against dead starts very cheaply, which is why nobody with hundreds of neurons ever sees one.

# %% [markdown] tags=["exercise"]
# ## Task 4: Where does it die?
#
# *15 minutes.* A network without biases has the weight matrices `weights = [W1, W2, ...]`. Send the samples `x` (N, d) through
# $F_l = [F_{l-1} W_l^\top]_+$ and return the number of the first layer, counted from 1, that hands on 0 for **all** samples; 0 if there is
# none. (Here a neuron is off where $z \le 0$: a sample that is lost has $z = 0$ in all later layers.)

# %%
def layer_of_death(x, weights):
    """The first layer, counted from 1, that is off at all samples x (N, d), or 0."""
    # BEGIN SOLUTION
    features = x
    for layer, W in enumerate(weights, start=1):
        features = torch.relu(features @ W.T)
        if not features.any():
            return layer
    return 0
    # END SOLUTION
    # BEGIN STUB
    # return ...
    # END STUB

# %% tags=["check"]
check.layer_of_death(layer_of_death)

# %% [markdown]
# Now vary the start. Each line below is one way to draw the matrices of 300 networks with 20 layers of 4 neurons. Which of them help
# against death, and which change nothing? Guess first.

# %%
rules = {
    "N(0, 1)": lambda noise: noise,
    "a tenth of it": lambda noise: noise / 10,
    "uniform, same signs": lambda noise: noise.sign() * torch.rand(noise.shape, dtype=noise.dtype),
    "N(0.2, 1)": lambda noise: noise + 0.2,
    "N(-0.2, 1)": lambda noise: noise - 0.2,
}
torch.manual_seed(0)
networks = [[torch.randn(4, 2 if layer == 0 else 4).double() for layer in range(20)] for _ in range(300)]
samples = torch.randn(10, 2).double()
for name, rule in rules.items():
    deaths = [layer_of_death(samples, [rule(noise) for noise in network]) for network in networks]
    if ... not in deaths:
        print(f"{name:20}", lm.experiments.count.Count(sum(layer > 0 for layer in deaths), 300))

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A loop over the matrices that counts its turns: `enumerate(weights, start=1)`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A layer is off at all samples when every entry of its features is zero. `(F == 0).all()` asks that of a whole matrix.
#
# </details>

# %% [markdown] tags=["solution"]
# **Why.** Only signs count, so a tenth of the weights changes nothing. Uniform sizes with the same signs change individual networks, and
# hardly the share: any symmetric draw tosses the same fair coins for one sample. A mean of $+0.2$ bends the coins towards "on", $-0.2$ towards
# "off", and since each of 20 layers tosses, a small bend has a large effect.

# %% [markdown] tags=["exercise"]
# ## Task 5: Open question
#
# *10 minutes, no check.* A hidden layer of a trained network is dead on all your samples. Which of these can wake it, and why: a larger step;
# momentum left over from before; weight decay; one new sample; noise added to the weights; slope 0.01 instead of 0 where $z < 0$; a
# connection that adds the layer's input to its output? Which of them change the *landscape*, and which only the walk on it?

# %% [markdown] tags=["solution"]
# **What we think.** A larger step multiplies a zero. Momentum may carry the weights out of the region, if it is left over from
# before the layer died. Noise does so with a chance that depends on how far the boundary is. These change the walk. Weight decay adds a slope of
# its own, so it changes the landscape, and still wakes few layers: if it shrinks weights and biases at the same rate, every input keeps its
# sign; if biases are spared, which is usual, only neurons with $b_j > 0$ wake. A new sample outside the region, a slope for $z < 0$ (then a gradient
# remains, as with the sigmoid) and a bypass connection (then the samples reach the next layer anyway) change the landscape: it is no longer flat.
