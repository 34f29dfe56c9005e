# %% [markdown]
# # Glossary
#
# The words of this course, in the sense that they have in it.
# The arrow leads to the place where a word is introduced. For letters see [Notation](1_notation.ipynb).
# (In JupyterLab a link that opens a page for the first time may show its beginning, not the word: click the link once more.)
#
# [A](#A) · [B](#B) · [C](#C) · [D](#D) · [E](#E) · [F](#F) · [G](#G) · [H](#H) · [I](#I) · [J](#J) · [K](#K) · [L](#L) · [M](#M) · [N](#N) · [O](#O) · [P](#P) · [Q](#Q) · [R](#R) · [S](#S) · [T](#T) · [U](#U) · [W](#W) · [X](#X)

# %% [markdown]
# ## A
#
# ### Adam
#
# A descent method that divides each coordinate of the step by the size that this coordinate of the gradient had lately (Kingma and Ba 2015). So it
# steps on where gradients are small; a constant $\epsilon$ in the divisor sets where that ends.
# →&nbsp;[2.1, *There is no lowest point*](../chapters/2_blind_spots/1_ten_points.ipynb#There-is-no-lowest-point)
#
# ### Aligned
#
# Weights of a deep linear network whose singular vectors are those of the target, so that each [mode](#Mode) learns by itself. The closed form for the
# course of learning needs an aligned and [balanced](#Balanced) start.
# →&nbsp;[3.2, *Saxe's clock*](../chapters/3_deep_linear/2_bad_saddles.ipynb#Saxe's-clock)
#
# ### Analytic
#
# Equal to its own power series near every point, as the sigmoid and softplus are; ReLU is not. An analytic function that is not zero everywhere is zero
# on a set of [measure zero](#Measure-zero) only.
# →&nbsp;[5.1, *The theorem, and why one example is enough*](../chapters/5_cnn_width/1_width_you_already_have.ipynb#The-theorem,-and-why-one-example-is-enough)

# %% [markdown]
# ## B
#
# ### Bad saddle
#
# A [saddle](#Saddle) whose Hessian has no negative eigenvalue: there is a way down, and second derivatives do not see it. All other saddles are
# [strict](#Strict-saddle).
# →&nbsp;[3.2, *A Hessian that sees nothing*](../chapters/3_deep_linear/2_bad_saddles.ipynb#A-Hessian-that-sees-nothing)
#
# ### Balanced
#
# Weights of a deep linear network with $W_{h+1}^\top W_{h+1} = W_h W_h^\top$ for all neighbouring layers. [Gradient flow](#Gradient-flow) keeps the
# difference of the two sides as it is, whatever it is at the start.
# →&nbsp;[3.2, *Which saddles are bad?*](../chapters/3_deep_linear/2_bad_saddles.ipynb#Which-saddles-are-bad?)
#
# ### Ball
#
# In proofs a number with its error: a midpoint and a radius, which together surely hold the true value; a kind of [interval](#Interval). Also, as
# usual, all points within a distance $r$ of a point.
# →&nbsp;[4.2, *Thirty-six numbers at once*](../chapters/4_over_parameterization/2_proof_by_computer.ipynb#Thirty-six-numbers-at-once)
#
# ### Barrier
#
# How far the loss along a path rises above the straight line between the losses at its two ends.
# [Lesson 2.2](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#How-high-is-the-wall?) asks for the lowest barrier of all paths out of a minimum, and
# counts from the loss of the start.
# →&nbsp;[1.4, *From one solution to another*](../chapters/1_saddle_points/4_straight_line.ipynb#From-one-solution-to-another)
#
# ### Basin
#
# All starts from which a given method, with given settings, ends at one and the same point. A basin belongs to the landscape and to the method.
# →&nbsp;[1.1, *Who goes where*](../chapters/1_saddle_points/1_critical_points.ipynb#Who-goes-where)
#
# ### Beginning
#
# A way down at a critical point of a deep linear network: an unused hidden neuron begins to carry a [mode](#Mode) that is missing. The other way down
# is an [exchange](#Exchange).
# →&nbsp;[3.1, *Counting the ways down*](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#Counting-the-ways-down)
#
# ### Bent path
#
# A curve between two networks with one free corner point, which is trained to make the mean loss along the curve small. A high one proves nothing; a
# low one is a low path.
# →&nbsp;[1.4, *Width decides*](../chapters/1_saddle_points/4_straight_line.ipynb#Width-decides)
#
# ### Blind spot
#
# The inputs at which no neuron of a ReLU layer is [on](#On). In a network with one hidden layer a sample there teaches the output bias alone.
# →&nbsp;[2.2, *One neuron, five samples*](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#One-neuron,-five-samples)
#
# ### Born dead
#
# A random ReLU network in which, at the start, some layer hands on 0 for all samples. On these it answers a constant. (The word is from Lu, Shin, Su and
# Karniadakis 2019, who speak of all inputs, not of samples.)
# →&nbsp;[2.3, *Born dead*](../chapters/2_blind_spots/3_dead_layers.ipynb#Born-dead)
#
# ### Bottleneck
#
# A hidden layer that is narrower than both the input and the output, so that it limits the [rank](#Rank) of what a linear network can learn.
# →&nbsp;[3.1, *Which assumption buys what*](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#Which-assumption-buys-what)

# %% [markdown]
# ## C
#
# ### Certificate
#
# What `lm.certify` returns: a proof that a given point has the claimed kind, computed on your machine with [balls](#Ball) or exact fractions, or a
# refusal with its reason. A refusal is not a disproof.
# →&nbsp;[1.1, *Where the Hessian is silent*](../chapters/1_saddle_points/1_critical_points.ipynb#Where-the-Hessian-is-silent)
#
# ### Chao's estimate
#
# An estimate of how many different minima there are, from how many were met once ($f_1$) and twice ($f_2$): those met plus
# $f_1 (f_1 - 1) / (2 (f_2 + 1))$ (Chao 1984; this is the form with a correction for its bias). It estimates a lower bound.
# →&nbsp;[4.4, *Three popular claims*](../chapters/4_over_parameterization/4_how_many_minima.ipynb#Three-popular-claims)
#
# ### Chord
#
# The straight line in the complex plane from 1, where an eigenvalue of the product begins, to the target's eigenvalue. With small steps from the
# identity, and a [normal](#Normal) target, the eigenvalue runs along it.
# →&nbsp;[3.3, *The chord*](../chapters/3_deep_linear/3_identity_start.ipynb#The-chord)
#
# ### Condition number
#
# The ratio of the largest to the smallest singular value of a matrix; for a symmetric one without negative eigenvalues, of its eigenvalues.
# →&nbsp;[3.3, *Positive targets: how many steps*](../chapters/3_deep_linear/3_identity_start.ipynb#Positive-targets:-how-many-steps)
#
# ### Conjectured
#
# Believed, and not shown as far as we know. See [proved](#Proved) and [measured here](#Measured-here).
# →&nbsp;[Start here, *Three words that we keep apart*](../00_start_here.ipynb#Three-words-that-we-keep-apart)
#
# ### Conservation law
#
# A quantity that training does not change. For [gradient flow](#Gradient-flow) on deep linear networks: every $W_{h+1}^\top W_{h+1} - W_h W_h^\top$.
# →&nbsp;[3.2, *Extra: balance, and depth that accelerates*](../chapters/3_deep_linear/2_bad_saddles.ipynb#Extra:-balance,-and-depth-that-accelerates)
#
# ### Convex
#
# A function that lies nowhere above the straight line between two of its values. All its local minima are global.
# →&nbsp;[4.3, *The loss is convex in disguise*](../chapters/4_over_parameterization/3_quadratic_activation.ipynb#The-loss-is-convex-in-disguise)
#
# ### Copies
#
# Points that a [symmetry](#Symmetry) of the network makes from one another: the same function with other weights. When this course counts minima,
# copies count as one.
# →&nbsp;[2.1, *What sits at 5.87*](../chapters/2_blind_spots/1_ten_points.ipynb#What-sits-at-5.87)
#
# ### Critical point
#
# A point at which the gradient of the loss is zero: a local minimum, a local maximum or a [saddle](#Saddle). A small gradient alone does not make one.
# →&nbsp;[1.1, *Where the ground is level*](../chapters/1_saddle_points/1_critical_points.ipynb#Where-the-ground-is-level)

# %% [markdown]
# ## D
#
# ### Dead layer
#
# A ReLU layer of which every neuron is [off](#Off) at all samples. On the samples the network then answers a constant, and no sample changes the weights
# of this layer. At a new input it may answer otherwise.
# →&nbsp;[2.3, *Switch a layer off*](../chapters/2_blind_spots/3_dead_layers.ipynb#Switch-a-layer-off)
#
# ### Deep linear network
#
# A product of matrices applied to the input, $x \mapsto W_L \cdots W_1 x$. The function is linear in $x$; the squared
# loss is a polynomial in the weights.
# →&nbsp;[3.1, *A run that stands still*](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#A-run-that-stands-still)
#
# ### Degenerate
#
# Said of a critical point whose Hessian has an eigenvalue zero. In networks such zeros often come from [symmetries](#Symmetry); at zero
# loss also from more weights than samples times outputs.
# →&nbsp;[1.1, *Where the Hessian is silent*](../chapters/1_saddle_points/1_critical_points.ipynb#Where-the-Hessian-is-silent)

# %% [markdown]
# ## E
#
# ### Early stopping
#
# To end training where the loss on other data is lowest, before the training loss is.
# →&nbsp;[4.4, *Flat, stopped early, and tested*](../chapters/4_over_parameterization/4_how_many_minima.ipynb#Flat,-stopped-early,-and-tested)
#
# ### Edge of stability
#
# The state in which the [sharpness](#Sharpness) hovers at $2/\eta$, above which gradient descent with step size $\eta$ is unstable on a quadratic
# (Cohen, Kaur, Li, Kolter and Talwalkar 2021).
# →&nbsp;[1.3, *The edge of stability*](../chapters/1_saddle_points/3_escaping.ipynb#The-edge-of-stability)
#
# ### Eigenvalue
#
# A number $\lambda$ with $H u = \lambda u$ for some vector $u \ne 0$, the eigenvector. For a Hessian: how strongly the loss curves along $u$, up if
# positive, down if negative.
# →&nbsp;[1.1, *What the Hessian tells*](../chapters/1_saddle_points/1_critical_points.ipynb#What-the-Hessian-tells)
#
# ### Excess
#
# How far a loss lies above the lowest one known: of all runs of that width in lesson 4.4; in lesson 3.3, of the best linear map.
# →&nbsp;[4.4, *How good are they?*](../chapters/4_over_parameterization/4_how_many_minima.ipynb#How-good-are-they?)
#
# ### Exchange
#
# A way down at a critical point of a deep linear network: a hidden neuron gives up a learnt [mode](#Mode) for a stronger one that is missing.
# →&nbsp;[3.1, *Counting the ways down*](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#Counting-the-ways-down)

# %% [markdown]
# ## F
#
# ### Features
#
# The numbers that a layer puts out for one input. For $N$ samples they are the $N$ rows of the matrix $F$.
# →&nbsp;[5.1, *Random features*](../chapters/5_cnn_width/1_width_you_already_have.ipynb#Random-features)
#
# ### Filter-normalised
#
# Said of a random direction in weight space in which each filter, or neuron, moves by as much as it is long (Li et al. 2018), so that pictures of
# networks of different scale can be compared.
# →&nbsp;[5.2, *Explore*](../chapters/5_cnn_width/2_width_smooths.ipynb#Explore)
#
# ### Flat direction
#
# A direction in which the loss does not change. Symmetries make them, and so do weights that no sample sees.
# →&nbsp;[3.1, *Which assumption buys what*](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#Which-assumption-buys-what)
#
# ### Floor
#
# A value that the loss never goes below, in [lesson 3.3](../chapters/3_deep_linear/3_identity_start.ipynb#For-ever) by a proof. In
# [lesson 2.2](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#Two-neurons,-six-samples) and
# [lesson 3.2](../chapters/3_deep_linear/2_bad_saddles.ipynb#Which-saddles-are-bad?) it is a level stretch of a landscape, which a path may leave.
# →&nbsp;[3.3, *For ever*](../chapters/3_deep_linear/3_identity_start.ipynb#For-ever)
#
# ### Formula of Kac and Rice
#
# It gives the mean number of zeros of a random function, and so of the critical points of a random landscape; the Hessian enters through the size of
# its determinant.
# →&nbsp;[1.2, *The missing variable*](../chapters/1_saddle_points/2_high_dimension.ipynb#The-missing-variable)

# %% [markdown]
# ## G
#
# ### Gate
#
# For a path through a ReLU network and one input: 1 if every neuron on the path is on, else 0.
# →&nbsp;[3.2, *Extra: two more results of Kawaguchi's paper*](../chapters/3_deep_linear/2_bad_saddles.ipynb#Extra:-two-more-results-of-Kawaguchi's-paper)
#
# ### Gaussian orthogonal ensemble
#
# GOE for short: random symmetric matrices with independent normal entries, variance 1 off the diagonal and 2 on it. Their law prefers no direction.
# →&nbsp;[1.2, *The coin flip*](../chapters/1_saddle_points/2_high_dimension.ipynb#The-coin-flip)
#
# ### Global minimum
#
# A point with the lowest loss of all. There may be none: see [infimum](#Infimum).
# →&nbsp;[2.1, *There is no lowest point*](../chapters/2_blind_spots/1_ten_points.ipynb#There-is-no-lowest-point)
#
# ### Good
#
# In lesson 5.2: a point of weight space at which the features of the wide layer are linearly independent and the output matrix has full rank. Under the
# theorem's conditions a good critical point is a global minimum.
# →&nbsp;[5.2, *The theorem*](../chapters/5_cnn_width/2_width_smooths.ipynb#The-theorem)
#
# ### Gradient descent
#
# The method $\theta \leftarrow \theta - \eta \nabla L(\theta)$, with [step size](#Step-size) $\eta$ and the gradient of the whole loss.
# →&nbsp;[1.1, *Four methods from one start*](../chapters/1_saddle_points/1_critical_points.ipynb#Four-methods-from-one-start)
#
# ### Gradient-flat
#
# Said of a place where the gradient is not zero but lies in the [kernel](#Kernel) of the Hessian. A search that makes $|\nabla L|$ small rests there;
# training walks on (Frye et al. 2021).
# →&nbsp;[1.2, *Flat is not critical*](../chapters/1_saddle_points/2_high_dimension.ipynb#Flat-is-not-critical)
#
# ### Gradient flow
#
# Gradient descent in the limit of small steps: $\dot\theta = -\nabla L(\theta)$. One unit of its time is $1/\eta$ steps.
# →&nbsp;[3.3, *For ever*](../chapters/3_deep_linear/3_identity_start.ipynb#For-ever)

# %% [markdown]
# ## H
#
# ### Height
#
# The value of the loss at a point, above all at a critical point. In random landscapes it is counted per dimension.
# →&nbsp;[1.2, *The missing variable*](../chapters/1_saddle_points/2_high_dimension.ipynb#The-missing-variable)
#
# ### Hessian
#
# The symmetric matrix $H$ of all second derivatives of the loss. At a critical point the signs of its eigenvalues tell minimum, saddle and maximum
# apart, unless one is zero and all others have one sign.
# →&nbsp;[1.1, *What the Hessian tells*](../chapters/1_saddle_points/1_critical_points.ipynb#What-the-Hessian-tells)

# %% [markdown]
# ## I
#
# ### Index
#
# The number of negative eigenvalues of the Hessian at a critical point: the number of independent directions that curve down.
# →&nbsp;[1.1, *What the Hessian tells*](../chapters/1_saddle_points/1_critical_points.ipynb#What-the-Hessian-tells)
#
# ### Infimum
#
# The largest number that the loss never falls below. It need not be attained: the log loss of the ten points comes as close to 0 as one likes and never
# gets there.
# →&nbsp;[2.1, *There is no lowest point*](../chapters/2_blind_spots/1_ten_points.ipynb#There-is-no-lowest-point)
#
# ### Interval
#
# Two ends between which a number surely lies. Every operation on intervals rounds outward, so that a result is always true, though it may be wide. For
# the interval of a count see [share](#Share).
# →&nbsp;[4.2, *Numbers that carry their error*](../chapters/4_over_parameterization/2_proof_by_computer.ipynb#Numbers-that-carry-their-error)

# %% [markdown]
# ## J
#
# ### Jellyfish
#
# Four samples in the plane, a lopsided [XOR](#XOR) (Swirszcz, Czarnecki and Pascanu 2016).
# →&nbsp;[2.2, *Extra: XOR and the Jellyfish*](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#Extra:-XOR-and-the-Jellyfish)

# %% [markdown]
# ## K
#
# ### Kernel
#
# Of a matrix $H$: all vectors $u$ with $Hu = 0$.
# →&nbsp;[1.2, *Flat is not critical*](../chapters/1_saddle_points/2_high_dimension.ipynb#Flat-is-not-critical)
#
# ### Kink
#
# The inputs at which a ReLU neuron switches, $w^\top x + b = 0$; by extension the weights at which a sample lies there. On a kink second derivatives
# depend on the side.
# →&nbsp;[2.2, *One neuron, five samples*](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#One-neuron,-five-samples)

# %% [markdown]
# ## L
#
# ### Landscape
#
# The loss as a function of all parameters, thought of as height over a map. In the code, an `lm.Landscape`: flat parameters in, a number out.
# →&nbsp;[1.1, *Where the ground is level*](../chapters/1_saddle_points/1_critical_points.ipynb#Where-the-ground-is-level)
#
# ### Lazy
#
# Said of training in which the weights hardly move, so that the network stays nearly linear in its weights (Chizat, Oyallon and Bach 2019).
# →&nbsp;[1.4, *Extra: why wide networks move little*](../chapters/1_saddle_points/4_straight_line.ipynb#Extra:-why-wide-networks-move-little)
#
# ### L-BFGS
#
# A quasi-Newton method: it learns the curvature of the loss from past gradients, without computing second derivatives.
# →&nbsp;[4.4, *Three popular claims*](../chapters/4_over_parameterization/4_how_many_minima.ipynb#Three-popular-claims)
#
# ### Leading exponent
#
# The part of an exponential law that is left when only the fastest growing term of its logarithm is kept. Factors that grow more slowly are not told.
# →&nbsp;[1.2, *The missing variable*](../chapters/1_saddle_points/2_high_dimension.ipynb#The-missing-variable)
#
# ### Learning rate
#
# See [step size](#Step-size): the same number, by the name that is usual for methods such as Adam.
# →&nbsp;[1.4, *When it does not fall*](../chapters/1_saddle_points/4_straight_line.ipynb#When-it-does-not-fall)
#
# ### Level
#
# A value of the loss at which critical points lie. For two matrices each set of learnt [modes](#Mode) has one level.
# →&nbsp;[3.1, *Eleven levels*](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#Eleven-levels)
#
# ### Local minimum
#
# A point with no lower point nearby. It need not be [strict](#Strict-minimum), nor [global](#Global-minimum), nor the bottom of a bowl: see
# [terrace](#Terrace).
# →&nbsp;[2.1, *Proved on your machine*](../chapters/2_blind_spots/1_ten_points.ipynb#Proved-on-your-machine)
#
# ### Log loss
#
# Minus the logarithm of the probability that the network gives to the right label, summed or averaged over the samples. Also called logistic loss or
# cross-entropy.
# →&nbsp;[2.1, *Ten points, nine weights*](../chapters/2_blind_spots/1_ten_points.ipynb#Ten-points,-nine-weights)
#
# ### Loss
#
# The number that training makes small, a function of all parameters. Each lesson says whether it is a sum or a mean over samples, or an expectation
# over all inputs, and whether it holds a factor ½.
# →&nbsp;[1.1, *Where the ground is level*](../chapters/1_saddle_points/1_critical_points.ipynb#Where-the-ground-is-level)

# %% [markdown]
# ## M
#
# ### Measured here
#
# A count or a number from a run of this course, with its seeds, and an interval where chance has a part. It belongs to the settings that it was
# measured with.
# →&nbsp;[Start here, *Three words that we keep apart*](../00_start_here.ipynb#Three-words-that-we-keep-apart)
#
# ### Measure zero
#
# Said of a set that a random point with a density misses with probability one, as a curve in the plane. Such a set may still hold every point of
# interest: all critical points together, for instance, if the activation is [analytic](#Analytic).
# →&nbsp;[1.1, *Who goes where*](../chapters/1_saddle_points/1_critical_points.ipynb#Who-goes-where)
#
# ### Minimum at infinity
#
# What a run is said to approach if its loss falls towards a limit while its weights grow beyond all bounds. There is no critical point to test, and that
# the weights grow for ever takes a proof.
# →&nbsp;[2.1, *There is no lowest point*](../chapters/2_blind_spots/1_ten_points.ipynb#There-is-no-lowest-point)
#
# ### Minimum up to symmetry
#
# A minimum that is not isolated, since a continuous [symmetry](#Symmetry) moves it, and that is strict in all other directions.
# →&nbsp;[1.1, *Where the Hessian is silent*](../chapters/1_saddle_points/1_critical_points.ipynb#Where-the-Hessian-is-silent)
#
# ### Minor
#
# The determinant of a square part of a matrix. A matrix with $N$ rows has rank below $N$ exactly where all $N \times N$ minors are zero.
# →&nbsp;[5.1, *The theorem, and why one example is enough*](../chapters/5_cnn_width/1_width_you_already_have.ipynb#The-theorem,-and-why-one-example-is-enough)
#
# ### Mode
#
# One term $s_i u_i v_i^\top$ of the best linear map: its strength $s_i$ is a [singular value](#Singular-value), $v_i$ and $u_i$ are what it reads and
# answers. Modes are numbered from the strongest on. (For inputs $X$ that are not whitened these are the modes of $R (XX^\top)^{1/2}$, with $R$ the best
# linear map.)
# →&nbsp;[3.1, *Eleven levels*](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#Eleven-levels)
#
# ### Momentum
#
# Gradient descent with a velocity, which keeps a share of its last step (Polyak 1964).
# →&nbsp;[1.1, *Four methods from one start*](../chapters/1_saddle_points/1_critical_points.ipynb#Four-methods-from-one-start)
#
# ### Monotonic linear interpolation
#
# The property that the loss never rises on the straight line from the start of training to its end (Lucas et al. 2021). Common, and no law.
# →&nbsp;[1.4, *When it does not fall*](../chapters/1_saddle_points/4_straight_line.ipynb#When-it-does-not-fall)
#
# ### Morse sum
#
# The sum of $(-1)^{\text{index}}$ over all critical points. If none is degenerate, Morse theory fixes it: 2 on the sphere of the 3-spin model with
# $N = 9$, and 1 on a surface that rises on all sides.
# →&nbsp;[1.2, *Every critical point of a landscape*](../chapters/1_saddle_points/2_high_dimension.ipynb#Every-critical-point-of-a-landscape)

# %% [markdown]
# ## N
#
# ### Neuron
#
# One of the numbers that a layer puts out, with the weights that make it. A convolutional layer has channels times positions of them; that is its
# [width](#Width).
# →&nbsp;[5.1, *Count neurons*](../chapters/5_cnn_width/1_width_you_already_have.ipynb#Count-neurons)
#
# ### Newton's method
#
# The step $\theta \leftarrow \theta - H^{-1} \nabla L$, to where the quadratic approximation is level. It is drawn to critical points of every kind.
# →&nbsp;[1.1, *Four methods from one start*](../chapters/1_saddle_points/1_critical_points.ipynb#Four-methods-from-one-start)
#
# ### Normal
#
# Said of a matrix with $\Phi \Phi^\top = \Phi^\top \Phi$. It has orthonormal eigenvectors, in general complex ones. Symmetric matrices and turns are
# normal. (For normal random numbers, $N(0, 1)$, the word is the usual one.)
# →&nbsp;[3.3, *The chord*](../chapters/3_deep_linear/3_identity_start.ipynb#The-chord)
#
# ### Nudge
#
# A random move of a small given length, after which the gradient is followed. It need not lead down.
# →&nbsp;[1.3, *A nudge, and then the gradient*](../chapters/1_saddle_points/3_escaping.ipynb#A-nudge,-and-then-the-gradient)

# %% [markdown]
# ## O
#
# ### Octopus
#
# A function with one saddle after another, one for each dimension, on which gradient descent needs exponential time from natural random starts
# (Du, Jin, Lee, Jordan, Poczos and Singh 2017).
# →&nbsp;[1.3, *One saddle after another*](../chapters/1_saddle_points/3_escaping.ipynb#One-saddle-after-another)
#
# ### Off
#
# Said of a ReLU neuron at an input where $w^\top x + b < 0$: its value is 0, and so is its slope. At exactly 0 a program has to choose a slope; PyTorch
# takes 0.
# →&nbsp;[2.3, *Switch a layer off*](../chapters/2_blind_spots/3_dead_layers.ipynb#Switch-a-layer-off)
#
# ### On
#
# Said of a ReLU neuron at an input where $w^\top x + b > 0$.
# →&nbsp;[2.2, *One neuron, five samples*](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#One-neuron,-five-samples)
#
# ### Open set
#
# A set that holds with each of its points a whole [ball](#Ball) around it. A set that is open and not empty does not have
# [measure zero](#Measure-zero).
# →&nbsp;[5.2, *ReLU: an open set*](../chapters/5_cnn_width/2_width_smooths.ipynb#ReLU:-an-open-set)
#
# ### Outliers
#
# Eigenvalues that stand clearly apart from the bulk of a spectrum.
# →&nbsp;[1.2, *Extra: the spectrum of a network*](../chapters/1_saddle_points/2_high_dimension.ipynb#Extra:-the-spectrum-of-a-network)

# %% [markdown]
# ## P
#
# ### Patch
#
# The part of an image that one filter sees at one position.
# →&nbsp;[5.1, *Random features*](../chapters/5_cnn_width/1_width_you_already_have.ipynb#Random-features)
#
# ### Perturbed gradient descent
#
# Gradient descent that adds a random point of a small ball where the gradient is short, waits, and judges whether the loss has fallen (Jin, Ge,
# Netrapalli, Kakade and Jordan 2017).
# →&nbsp;[1.3, *Perturbed gradient descent*](../chapters/1_saddle_points/3_escaping.ipynb#Perturbed-gradient-descent)
#
# ### Pivot
#
# A pair of layers $i > j$ of a deep linear network. What is left around and between the two decides whether they alone can begin a new mode. See
# [tightened](#Tightened).
# →&nbsp;[3.2, *Which saddles are bad?*](../chapters/3_deep_linear/2_bad_saddles.ipynb#Which-saddles-are-bad?)
#
# ### Plateau
#
# A long stretch of training on which the loss hardly falls. It may lie near a saddle, near no critical point at all, or on the way to infinity; it is
# not a minimum.
# →&nbsp;[1.1, *One number explains it*](../chapters/1_saddle_points/1_critical_points.ipynb#One-number-explains-it)
#
# ### Positive definite
#
# Said of a symmetric matrix with all eigenvalues positive.
# →&nbsp;[1.2, *What this does not say*](../chapters/1_saddle_points/2_high_dimension.ipynb#What-this-does-not-say)
#
# ### Power projection
#
# The step of an algorithm by Bartlett, Helmbold and Long (2018) that replaces a matrix $A$ by the nearest one with $u^\top A u \ge \gamma |u|^2$ for
# all $u$.
# →&nbsp;[3.3, *Extra: beyond symmetry, power projection*](../chapters/3_deep_linear/3_identity_start.ipynb#Extra:-beyond-symmetry,-power-projection)
#
# ### Proved
#
# A theorem, with author and year, or a [certificate](#Certificate) that your own machine computes with error bounds. "Proved here" means: by this
# course, and not refereed.
# →&nbsp;[Start here, *Three words that we keep apart*](../00_start_here.ipynb#Three-words-that-we-keep-apart)

# %% [markdown]
# ## Q
#
# ### Quadrants
#
# A task of this course: 120 points in the plane, class 1 in two opposite quadrants, class 0 in the other two.
# →&nbsp;[1.4, *Two ways down*](../chapters/1_saddle_points/4_straight_line.ipynb#Two-ways-down)

# %% [markdown]
# ## R
#
# ### Random waves
#
# A landscape made of many cosines with random wave vectors and phases; with more and more of them, a Gaussian random field.
# →&nbsp;[1.2, *A landscape can help itself*](../chapters/1_saddle_points/2_high_dimension.ipynb#A-landscape-can-help-itself)
#
# ### Rank
#
# The largest number of linearly independent rows of a matrix; also the number of its singular values that are not zero. With rounded numbers it cannot
# be seen, only proved.
# →&nbsp;[5.1, *A rank needs a proof*](../chapters/5_cnn_width/1_width_you_already_have.ipynb#A-rank-needs-a-proof)
#
# ### ReLU
#
# The activation $[z]_+ = \max(0, z)$: on one side the identity, on the other zero.
# →&nbsp;[2.2, *One neuron, five samples*](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#One-neuron,-five-samples)
#
# ### Residual network
#
# A network whose layers add to what they are given, $x \mapsto x + \text{block}(x)$. Without nonlinearities it is a
# [deep linear network](#Deep-linear-network), which begins at the identity if its blocks begin at 0.
# →&nbsp;[3.3, *A network that begins as the identity*](../chapters/3_deep_linear/3_identity_start.ipynb#A-network-that-begins-as-the-identity)

# %% [markdown]
# ## S
#
# ### Saddle
#
# A critical point with lower points and higher points as near as you like.
# →&nbsp;[1.1, *What the Hessian tells*](../chapters/1_saddle_points/1_critical_points.ipynb#What-the-Hessian-tells)
#
# ### Saddle-free Newton
#
# Newton's step with the absolute values of the eigenvalues, $\theta \leftarrow \theta - |H|^{-1} \nabla L$: it runs away from saddles (Dauphin et al.
# 2014).
# →&nbsp;[1.1, *Four methods from one start*](../chapters/1_saddle_points/1_critical_points.ipynb#Four-methods-from-one-start)
#
# ### Saturated
#
# Said of a sigmoid neuron so far from 0 that its slope is nearly zero. The layer learns slowly; it is not [dead](#Dead-layer).
# →&nbsp;[2.3, *Sigmoid: very small is not zero*](../chapters/2_blind_spots/3_dead_layers.ipynb#Sigmoid:-very-small-is-not-zero)
#
# ### Semicircle
#
# The shape of the distribution of the eigenvalues of large symmetric random matrices with independent entries of one variance.
# →&nbsp;[1.2, *The law*](../chapters/1_saddle_points/2_high_dimension.ipynb#The-law)
#
# ### SGD
#
# Stochastic gradient descent: each step follows the gradient of the loss on one or a few random samples.
# →&nbsp;[2.1, *Method, start and width*](../chapters/2_blind_spots/1_ten_points.ipynb#Method,-start-and-width)
#
# ### Share
#
# A count divided by the number of trials. A measured one comes with a 95 % interval (Wilson 1927): the shares that a count of this size is compatible
# with. One interval in twenty may miss.
# →&nbsp;[4.1, *Does size help?*](../chapters/4_over_parameterization/1_spurious_minima.ipynb#Does-size-help?)
#
# ### Sharpness
#
# The largest eigenvalue of the Hessian.
# →&nbsp;[1.3, *The edge of stability*](../chapters/1_saddle_points/3_escaping.ipynb#The-edge-of-stability)
#
# ### Sigmoid
#
# The activation $1 / (1 + e^{-t})$, also called the logistic function. It rises from 0 to 1, and $s(-t) = 1 - s(t)$.
# →&nbsp;[2.1, *Ten points, nine weights*](../chapters/2_blind_spots/1_ten_points.ipynb#Ten-points,-nine-weights)
#
# ### Singular value
#
# One of the numbers $s_i \ge 0$ by which a matrix stretches: $A v_i = s_i u_i$, with orthonormal $v_i$ and orthonormal $u_i$.
# →&nbsp;[3.1, *Eleven levels*](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#Eleven-levels)
#
# ### Smallest deep network
#
# The network of two weights that learns 1 from 1, with loss $\tfrac12 (xy - 1)^2$. Its minima fill a hyperbola, and the origin is a strict
# saddle.
# →&nbsp;[1.1, *Who goes where*](../chapters/1_saddle_points/1_critical_points.ipynb#Who-goes-where)
#
# ### Softplus
#
# The activation $\ln(1 + e^z)$, a ReLU with a rounded kink. It is [analytic](#Analytic), and its slope is positive everywhere.
# →&nbsp;[5.2, *Runs to zero*](../chapters/5_cnn_width/2_width_smooths.ipynb#Runs-to-zero)
#
# ### Spare neuron
#
# A neuron more than the task needs. In [lesson 4.3](../chapters/4_over_parameterization/3_quadratic_activation.ipynb#Theorem-A): a mix of neurons whose
# weights cancel, so that it can move without changing the outputs to first order.
# →&nbsp;[4.2, *Spare neurons*](../chapters/4_over_parameterization/2_proof_by_computer.ipynb#Spare-neurons)
#
# ### Spherical 3-spin model
#
# A random homogeneous cubic polynomial on the sphere $|\sigma|^2 = N$, with independent normal coefficients. The classic random landscape.
# →&nbsp;[1.2, *Every critical point of a landscape*](../chapters/1_saddle_points/2_high_dimension.ipynb#Every-critical-point-of-a-landscape)
#
# ### Split
#
# To replace a ReLU neuron $w$ by two, $\alpha w$ and $(1 - \alpha) w$ with $0 < \alpha < 1$. The function stays as it is; the two parts may then move
# apart.
# →&nbsp;[4.1, *One neuron more*](../chapters/4_over_parameterization/1_spurious_minima.ipynb#One-neuron-more)
#
# ### Spurious
#
# Said of a local minimum that is not global.
# →&nbsp;[4.1, *What a stuck student looks like*](../chapters/4_over_parameterization/1_spurious_minima.ipynb#What-a-stuck-student-looks-like)
#
# ### Squared loss
#
# The sum of the squares of the errors, half of it, or its mean: each lesson says which, since losses of different lessons differ by such factors.
# →&nbsp;[3.1, *Kawaguchi's theorem*](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#Kawaguchi's-theorem)
#
# ### Step size
#
# The number $\eta$ by which the gradient is multiplied in each step; in the code `lr`.
# →&nbsp;[3.1, *A run that stands still*](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#A-run-that-stands-still)
#
# ### Strict minimum
#
# A critical point at which all eigenvalues of the Hessian are positive. (Elsewhere this is called non-degenerate; $x^4$ has a minimum at 0 that is not
# strict in this sense.)
# →&nbsp;[1.1, *What the Hessian tells*](../chapters/1_saddle_points/1_critical_points.ipynb#What-the-Hessian-tells)
#
# ### Strict saddle
#
# A [saddle](#Saddle) whose Hessian has a negative eigenvalue: a way down that second derivatives see. Gradient descent with a small step avoids it from
# almost every start. (Theorems about this count every critical point with a negative eigenvalue, maxima included.)
# →&nbsp;[1.1, *What the Hessian tells*](../chapters/1_saddle_points/1_critical_points.ipynb#What-the-Hessian-tells)
#
# ### Student
#
# A network that learns to imitate another one, the [teacher](#Teacher).
# →&nbsp;[4.1, *A student and a teacher*](../chapters/4_over_parameterization/1_spurious_minima.ipynb#A-student-and-a-teacher)
#
# ### Sylvester's law of inertia
#
# For any invertible $V$ the matrices $C$ and $V^\top C V$ have equally many positive, negative and zero eigenvalues.
# →&nbsp;[4.2, *The same gradient, refused*](../chapters/4_over_parameterization/2_proof_by_computer.ipynb#The-same-gradient,-refused)
#
# ### Symmetric point
#
# For each $k$ from 3 on a critical point of the student of $k$ neurons that five numbers describe. From $k = 4$ on one neuron points the wrong way and the
# others lean over; at $k = 3$ all three are alike. A saddle for $k = 3, 4, 5$ (measured; proved for 5), a strict minimum for every $k$ from 6 on (proved in lesson 4.2).
# →&nbsp;[4.1, *What a stuck student looks like*](../chapters/4_over_parameterization/1_spurious_minima.ipynb#What-a-stuck-student-looks-like)
#
# ### Symmetry
#
# A change of the weights that leaves the network's function as it is: exchanging neurons, reversing a sigmoid or tanh neuron, scaling a ReLU neuron,
# changing the basis of a linear layer.
# →&nbsp;[2.1, *What sits at 5.87*](../chapters/2_blind_spots/1_ten_points.ipynb#What-sits-at-5.87)

# %% [markdown]
# ## T
#
# ### Teacher
#
# The network that makes the right answers. The [student](#Student) has the same form.
# →&nbsp;[4.1, *A student and a teacher*](../chapters/4_over_parameterization/1_spurious_minima.ipynb#A-student-and-a-teacher)
#
# ### Terrace
#
# A local minimum from which a path leads to a lower loss and never climbs. The word is this course's.
# →&nbsp;[2.2, *Two neurons, six samples*](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#Two-neurons,-six-samples)
#
# ### Tightened
#
# Said of a [pivot](#Pivot) at a critical point of rank $r$ if one of its two blocks, around or between, has rank exactly $r$; of the point, if all its
# pivots are (Achour, Malgouyres and Gerchinovitz 2024).
# →&nbsp;[3.2, *Which saddles are bad?*](../chapters/3_deep_linear/2_bad_saddles.ipynb#Which-saddles-are-bad?)
#
# ### Tilt
#
# A small random quadratic term $\langle C, W^\top W \rangle$ in the loss, which makes a theorem hold with probability one.
# →&nbsp;[4.3, *A network of squares*](../chapters/4_over_parameterization/3_quadratic_activation.ipynb#A-network-of-squares)
#
# ### Trace
#
# The sum of the diagonal entries of a square matrix, and of its eigenvalues. Divided by the dimension it is the mean curvature, which a random
# direction shows.
# →&nbsp;[1.3, *What a try measures*](../chapters/1_saddle_points/3_escaping.ipynb#What-a-try-measures)
#
# ### Trap
#
# A local minimum from which every path to a lower loss has to climb; a strict minimum that is not global is one. Where the word is used more loosely,
# the lesson says which kind it has proved.
# →&nbsp;[2.1, *Proved on your machine*](../chapters/2_blind_spots/1_ten_points.ipynb#Proved-on-your-machine)
#
# ### Try
#
# A step in a random direction, to see whether the loss is lower there. What counts is the mean curvature, measured by the spread of
# the curvatures, not the number of ways down.
# →&nbsp;[1.3, *Try a random direction*](../chapters/1_saddle_points/3_escaping.ipynb#Try-a-random-direction)

# %% [markdown]
# ## U
#
# ### Unfinished
#
# A run that has not come close enough to a given loss after a given number of steps. That is not yet a failure.
# →&nbsp;[3.1, *Four hundred runs*](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#Four-hundred-runs)

# %% [markdown]
# ## W
#
# ### Weight decay
#
# A penalty $\tfrac{\lambda}{2} |\theta|^2$ in the loss, which keeps weights short.
# →&nbsp;[1.4, *Two ways down*](../chapters/1_saddle_points/4_straight_line.ipynb#Two-ways-down)
#
# ### Width
#
# The number of [neurons](#Neuron) of a layer; for an image network, channels times positions.
# →&nbsp;[5.1, *Count neurons*](../chapters/5_cnn_width/1_width_you_already_have.ipynb#Count-neurons)

# %% [markdown]
# ## X
#
# ### XOR
#
# Four samples in the plane, at the corners of a square, whose label says whether the two coordinates differ. No straight line separates the two
# classes.
# →&nbsp;[2.2, *Extra: XOR and the Jellyfish*](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#Extra:-XOR-and-the-Jellyfish)

# %% [markdown]
# ## Go on
#
# - [Notation](1_notation.ipynb): the letters, their shapes and their names in the code.
# - [Start here](../00_start_here.ipynb): the lessons.
