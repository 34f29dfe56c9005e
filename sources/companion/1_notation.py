# %% [markdown]
# # Notation
#
# The letters of this course: what each one means, its shape, its name in the code, and where it comes in. Words stand in the [Glossary](2_glossary.ipynb).
#
# The alphabet is short and papers are many. So a few letters mean one thing in one chapter and another in the next;
# [the second table](#The-same-letter,-another-meaning) lists those with more than one, and every lesson says what it means when a letter comes in. What a paper calls our letters stands in
# [the third](#In-the-papers).

# %% [markdown]
# ## Letters
#
# Shapes are those of the code. Three dots stand for any number of leading axes: one network, a thousand, a plane or a path of them are the same call.
#
# ### Parameters and loss
#
# | letter | meaning | shape, unit | in the code | comes in |
# |---|---|---|---|---|
# | $\theta$ | all parameters of a network, one after the other | $(\ldots, P)$ | `runs.theta` | [1.1](../chapters/1_saddle_points/1_critical_points.ipynb#Where-the-ground-is-level) |
# | $P$ | how many parameters | number | `land.dim` | [1.1](../chapters/1_saddle_points/1_critical_points.ipynb#What-this-does-not-say) |
# | $L(\theta)$ | the loss, or the height of a landscape | $(\ldots)$, no unit | `land.loss(theta)` | [1.1](../chapters/1_saddle_points/1_critical_points.ipynb#Where-the-ground-is-level) |
# | $\nabla L$ | the gradient; $\vert\nabla L\vert$ is its length | $(\ldots, P)$ | `land.gradient(theta)` | [1.1](../chapters/1_saddle_points/1_critical_points.ipynb#Where-the-ground-is-level) |
# | $H$ | the Hessian, all second derivatives | $(\ldots, P, P)$ | `land.hessian(theta)` | [1.1](../chapters/1_saddle_points/1_critical_points.ipynb#What-the-Hessian-tells) |
# | $\lambda_i$ | an eigenvalue, above all of $H$ | number | `points.eigenvalues` | [1.1](../chapters/1_saddle_points/1_critical_points.ipynb#What-the-Hessian-tells) |
# | no letter | the index: how many eigenvalues are negative | number | `points.index` | [1.1](../chapters/1_saddle_points/1_critical_points.ipynb#What-the-Hessian-tells) |
# | $\eta$ | the step size, or learning rate | no unit | `lm.train(land, theta, lr=0.1)` | [1.1](../chapters/1_saddle_points/1_critical_points.ipynb#Four-methods-from-one-start) |
# | $t$ | a place on a line or path, from 0 to 1 | number | `path.t` | [1.4](../chapters/1_saddle_points/4_straight_line.ipynb#Two-ways-down) |
# | $t$ | time: the number of steps times $\eta$ | no unit | | [3.2](../chapters/3_deep_linear/2_bad_saddles.ipynb#Saxe's-clock) |
#
# ### Data
#
# | letter | meaning | shape, unit | in the code | comes in |
# |---|---|---|---|---|
# | $N$ | how many samples | number | `data.x.shape[0]` | [1.4](../chapters/1_saddle_points/4_straight_line.ipynb#The-theorem:-answers-that-do-not-turn-back) |
# | $x$, $x_i$ | inputs; samples are rows | $(N, d)$ | `data.x` | [1.4](../chapters/1_saddle_points/4_straight_line.ipynb#Two-ways-down) |
# | $y$, $y_i$ | targets or labels; $\bar y$ is their mean | $(N)$ or $(N, \text{outputs})$ | `data.y` | [1.4](../chapters/1_saddle_points/4_straight_line.ipynb#The-theorem:-answers-that-do-not-turn-back) |
# | $d$ | how many inputs the network has | number | `lm.teacher_student(k=6, d=7)` | [4.1](../chapters/4_over_parameterization/1_spurious_minima.ipynb#The-theorem) |
#
# ### Networks
#
# | letter | meaning | shape, unit | in the code | comes in |
# |---|---|---|---|---|
# | $f(x)$ | the answer of a network | $(\ldots, N, \text{outputs})$ | `land.outputs(theta)` | [1.4](../chapters/1_saddle_points/4_straight_line.ipynb#Two-ways-down) |
# | $n$ | hidden neurons; the student's | number | `lm.teacher_student(k=6, n=7)` | [1.4](../chapters/1_saddle_points/4_straight_line.ipynb#Two-ways-down) |
# | $k$ | the teacher's neurons | number | `lm.teacher_student(k=6, n=7)` | [4.1](../chapters/4_over_parameterization/1_spurious_minima.ipynb#A-student-and-a-teacher) |
# | $W$, $W_h$ | a matrix of weights; rows are neurons | (out, in) | `land.unpack(theta)["W1"]` | [3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#A-run-that-stands-still) |
# | $w_j$ | its row $j$: the input weights of one neuron | (in) | `land.unpack(theta)["W1"]` | [1.4](../chapters/1_saddle_points/4_straight_line.ipynb#Two-ways-down) |
# | $b_j$ | the bias of a hidden neuron | number | `land.unpack(theta)["b1"]` | [1.4](../chapters/1_saddle_points/4_straight_line.ipynb#Two-ways-down) |
# | $v_j$ | the output weight of a hidden neuron | number | `land.unpack(theta)["W2"]` | [1.4](../chapters/1_saddle_points/4_straight_line.ipynb#Two-ways-down) |
# | $v_j$ | in student and teacher: the weights of a teacher neuron | $(d)$ | `lm.teacher_student(k=6, teacher=V)` | [4.1](../chapters/4_over_parameterization/1_spurious_minima.ipynb#A-student-and-a-teacher) |
# | $c$ | the output bias | number | `land.unpack(theta)["b2"]` | [1.4](../chapters/1_saddle_points/4_straight_line.ipynb#Two-ways-down) |
# | $[z]_+$ | ReLU, $\max(0, z)$ | | `lm.relu_mlp([1, 1, 1], data)` | [2.2](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#One-neuron,-five-samples) |
# | $s(z)$ | another activation, sigmoid where nothing else is said | | `lm.sigmoid_mlp([2, 2, 1], data)` | [2.1](../chapters/2_blind_spots/1_ten_points.ipynb#Ten-points,-nine-weights) |
# | $\lambda$ | the weight decay | no unit | `lm.tanh_mlp([2, 8, 1], data, weight_decay=0.001)` | [1.4](../chapters/1_saddle_points/4_straight_line.ipynb#Two-ways-down) |
# | $L$ | in chapter 3: how many matrices | number | `lm.linear_resnet(target, depth=4)` | [3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#A-run-that-stands-still) |
# | $\ell(W)$ | in chapter 3: the loss | $(\ldots)$, no unit | `land.loss(theta)` | [3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#A-run-that-stands-still) |
# | $n_l$ | width of layer $l$, in neurons | number | `land.shapes` | [5.1](../chapters/5_cnn_width/1_width_you_already_have.ipynb#Count-neurons) |
# | $F$, $F_l$ | features: what layer $l$ puts out | $(\ldots, N, n_l)$ | `land.layers(theta)` | [5.1](../chapters/5_cnn_width/1_width_you_already_have.ipynb#Random-features) |
# | $T$, $Q$ | filters of a convolution, and positions of each: $n_1 = TQ$ | numbers | `lm.small_cnn(data, filters=3, widths=[5, 3])` | [5.1](../chapters/5_cnn_width/1_width_you_already_have.ipynb#Count-neurons) |
#
# ### Linear networks
#
# | letter | meaning | shape, unit | in the code | comes in |
# |---|---|---|---|---|
# | $s_i$, $u_i$, $v_i$ | strength and vectors of mode $i$ of the target | numbers, vectors | `lm.linear_critical_point(widths, data, kept=(1, 2))` | [3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#Eleven-levels) |
# | $S$ | the set of the modes that are learnt; $r$ of them | set | `lm.linear_critical_point(widths, data, kept=(1, 2)).kept` | [3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#Eleven-levels) |
# | $q$ | free paths through the middle layers | number | `lm.linear_critical_point(widths, data, kept=(1,), paths=1).paths` | [3.2](../chapters/3_deep_linear/2_bad_saddles.ipynb#Which-saddles-are-bad?) |
# | $A$ | the product $W_L \cdots W_1$ | (out, in) | `lm.experiments.identity_start.products` | [3.3](../chapters/3_deep_linear/3_identity_start.ipynb#A-network-that-begins-as-the-identity) |
# | $\Phi$, $\varphi$ | the target map, and one of its eigenvalues | $(d, d)$, number | `lm.linear_resnet(target, depth=4)` | [3.3](../chapters/3_deep_linear/3_identity_start.ipynb#Every-eigenvalue-learns-alone) |
# | $z$, $w$ | the eigenvalue of each layer, and of the product: $w = z^L$ | numbers | `lm.experiments.identity_start.eigenvalues` | [3.3](../chapters/3_deep_linear/3_identity_start.ipynb#Every-eigenvalue-learns-alone) |
# | $\kappa$ | condition number | number | `lm.experiments.identity_start.spectrum` | [3.3](../chapters/3_deep_linear/3_identity_start.ipynb#Positive-targets:-how-many-steps) |
#
# ### Networks of squares
#
# | letter | meaning | shape, unit | in the code | comes in |
# |---|---|---|---|---|
# | $M$ | $W^\top W$, on which the output depends | $(d, d)$ | | [4.3](../chapters/4_over_parameterization/3_quadratic_activation.ipynb#The-loss-is-convex-in-disguise) |
# | $S$ | the gradient of the loss by $M$ | $(d, d)$ | `lm.quadratic_net(5, data).slack_of` | [4.3](../chapters/4_over_parameterization/3_quadratic_activation.ipynb#The-loss-is-convex-in-disguise) |
# | $C$ | the tilt | $(d, d)$ | `lm.random_tilt(d=12, size=0.01)` | [4.3](../chapters/4_over_parameterization/3_quadratic_activation.ipynb#A-network-of-squares) |
#
# ### Random landscapes, and the way off a saddle
#
# | letter | meaning | shape, unit | in the code | comes in |
# |---|---|---|---|---|
# | $N$ | the dimension; the number of spins | number | `lm.p_spin(N=30)` | [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb#The-coin-flip) |
# | $u$ | height of a critical point, $L/N$ | energy per spin | | [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb#Every-critical-point-of-a-landscape) |
# | $\alpha$ | index, divided by the number of directions | share | `points.index` | [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb#The-law) |
# | $E_k$, $E_\infty$ | levels that bound the heights of index $k$ | energy per spin | | [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb#The-law) |
# | $k$ | how many directions lead down | number | `lm.experiments.escaping.chance(10, 1)` | [1.3](../chapters/1_saddle_points/3_escaping.ipynb#Try-a-random-direction) |
# | $r$ | length of a nudge | no unit | `lm.experiments.escaping.nudges(10, radius=0.001, seeds=range(3))` | [1.3](../chapters/1_saddle_points/3_escaping.ipynb#A-nudge,-and-then-the-gradient) |
# | $\ell$ | no Hessian eigenvalue is larger in absolute value | no unit | | [1.1](../chapters/1_saddle_points/1_critical_points.ipynb#Who-goes-where) |
#
# ### Proofs and counts
#
# | letter | meaning | shape, unit | in the code | comes in |
# |---|---|---|---|---|
# | $r$ | radius within which a proof places the critical point | no unit | `proof.radius` | [2.1](../chapters/2_blind_spots/1_ten_points.ipynb#Proved-on-your-machine) |
# | $\mu$ | a proved lower bound of the Hessian's eigenvalues there | no unit | `proof.eigenvalue_bound` | [2.1](../chapters/2_blind_spots/1_ten_points.ipynb#Proved-on-your-machine) |
# | $\delta$ | a proved upper bound of an error | no unit | | [4.2](../chapters/4_over_parameterization/2_proof_by_computer.ipynb#Thirty-six-numbers-at-once) |
# | $f_1$, $f_2$ | how many minima were met once, and twice | numbers | `lm.distinct(land, points).counts` | [4.4](../chapters/4_over_parameterization/4_how_many_minima.ipynb#Three-popular-claims) |

# %% [markdown]
# ### Signs
#
# | sign | meaning |
# |---|---|
# | $\vert a \vert$ | size of a number; length of a vector; for a matrix the root of the sum of its squared entries, which 1.3 writes $\vert H\vert_F$; $\vert A\vert_{op}$ is its largest singular value |
# | $a \cdot b$, $a^\top b$ | inner product of vectors; $\langle A, B \rangle$ of matrices: the sum of the products of their entries |
# | $A^\top$, $\operatorname{tr} A$, $\det A$ | transpose, trace, determinant |
# | $A \circ B$ | product entry by entry |
# | $\bar y$, $\overline{xy}$ | mean over the samples; $\bar z$ for a complex number: its conjugate |
# | $\mathbb{E}$, $P(\cdot)$ | expectation, probability |
# | $N(m, s^2)$ | the normal distribution with mean $m$ and variance $s^2$; $\Phi$ its distribution function in 1.3 and 2.3 |
# | $\ln$ | the natural logarithm |
# | $\dot w$ | derivative by time |
# | $\vartheta$ | an angle |
# | $x \leftarrow \ldots$ | the new value of $x$ |
# | $I$ | the identity matrix; with an index, $I_y$ in 1.3, the distribution function of the Beta law |
# | $e$, $\pi$ | the two numbers; $e_i$ is the $i$-th unit vector |
# | $\approx$ | nearly equal; the text says how nearly |
# | $\square$ | end of a proof |

# %% [markdown]
# ### The flat order
#
# `theta` holds the weights of layer 1 row by row, then its biases, then layer 2, and so on. `land.unpack` cuts it up, `land.pack` puts it together:

# %%
import torch
import lmcourse as lm

# %% tags=["headline"]
land = lm.sigmoid_mlp([2, 2, 1], lm.data.ten_points(), loss="log")
theta = lm.starts(land, seeds=range(5))  # five networks
print("P =", land.dim, " theta:", tuple(theta.shape), " loss:", tuple(land.loss(theta).shape))
for name, part in land.unpack(theta).items():
    print(f"{name}: {tuple(part.shape)}")

# %%
assert torch.equal(land.pack(**land.unpack(theta)), theta)
assert torch.equal(land.unpack(theta)["W1"][..., 0, :], theta[..., :2])  # the first row: the first neuron's weights

# %% [markdown]
# ## The same letter, another meaning
#
# | letter | usually | but |
# |---|---|---|
# | $N$ | samples | the dimension, or the number of spins, in 1.2 and 1.3 |
# | $L$ | the loss | the number of matrices in chapter 3, where the loss is $\ell$; a curvature of the octopus in 1.3 |
# | $\ell$ | the loss in chapter 3 | a bound of Hessian eigenvalues in 1.1 and 1.3; the length of a step, and a size of weights, in 4.4 |
# | $f$ | the network's answer | the loss in 1.3; with $f_1$ and $f_2$ counts in 4.4 |
# | $\lambda$ | an eigenvalue | the weight decay in 1.4, 4.3 and 4.4; $-\lambda$ a curvature in 1.3 |
# | $k$ | teacher neurons | ways down in 1.3; index in 1.2; hidden layers in 2.3; a factor in 2.1; clusters in the extra part of 1.2 |
# | $n$ | hidden neurons | with an index, the width of that layer |
# | $H$ | the Hessian | hidden layers in the papers of chapter 3; the entropy in 2.3 |
# | $h$ | a layer of a linear network | neurons per layer in 2.3; a feature's number in 5.1; the whole linear network, $h(x)$, in 3.3 |
# | $s$ | an activation | strength of a mode in chapter 3; a distance in 1.1 and 4.2; a slope in 2.2 |
# | $v$ | output weights | teacher neurons in 4.1 and 4.2; a step in 1.1, where $v$ is also the velocity of momentum; a mode's vector in chapter 3; a direction in 4.3 |
# | $V$ | the teacher's neurons | guessed eigenvectors in 4.2 |
# | $c$ | the output bias | a centre in 4.2; a penalty in 3.3; the scale of the weights in 5.1; a constant in 1.3; a part of a step in 1.1 |
# | $w$ | weights of a neuron | the weight of an error in 3.1; an eigenvalue of the product in 3.3 |
# | $S$ | a set of modes in 3.1 | a matrix in 4.3; a sum in 2.3 |
# | $C$ | a tilt in 4.3 | the mean of $y\,x$ in the extra part of 1.1; a change of basis in 3.1; a matrix of midpoints, and a number of the symmetric point, in 4.2; a critical point in 3.2 |
# | $Z$ | a direction of the weights in 4.3 | weights of unused neurons in 3.1; what the wide layer sums up in 5.2 |
# | $z$ | what an activation is given | all answers together in 1.4; an eigenvalue of each layer in 3.3 |
# | $A$ | the product of matrices in 3.3 | a share of a squared length in 1.3; a gate and a critical point in 3.2; a number of the symmetric point in 4.2 |
# | $B$ | a ball in 4.2 | a critical point in 3.2 |
# | $D$ | a diagonal matrix in 2.1 | a distance to go in 3.3; a number of the symmetric point in 4.2 |
# | $E$ | the errors in 5.2 | levels of energy in 1.2; a training error in 4.4; a number of the symmetric point in 4.2 |
# | $F$ | features | the semicircle's distribution function in 1.2; a number of the symmetric point in 4.2 |
# | $G$ | a random matrix in 1.2 | the gradient by the product in 3.2; five equations in 4.2 |
# | $J$ | random couplings in 1.2 | a matrix of derivatives in 2.1 |
# | $R$ | the best linear map in 3.1 | a bound of $\operatorname{tr} M$ in 4.3; a guessed inverse in 5.1; a ratio in 4.4 |
# | $Q$ | positions of a filter | part of a product in 3.3; a rotation of neurons in 4.3 |
# | $T$ | filters | a time in 1.3 and 3.2; a matrix of a split neuron in 4.2 |
# | $P$ | parameters | a chance in 1.3; a product in 3.1; part of a product in 3.3 |
# | $M$ | $W^\top W$ in 4.3 | a corner of a path in 1.4; $V^\top C V$, and the block of a new input, in 4.2; a bound of eigenvalues in 3.3 |
# | $m$ | a bound from below in 3.3 and 4.2 | inputs of a neuron in 2.1; an index in 4.2; samples in 4.4; a dimension in 5.1 |
# | $o$ | | the output before the last sigmoid, in 2.1 |
# | $g$ | | a number above 0, the size of a push, in 2.3 |
# | $p$ | a probability | the smallest hidden width in 3.1; spins in one term in 1.2; reversed neurons in 4.2; with an index, projections in 4.4; a power in an extra part of 3.2; what a neuron hands on in 2.3 |
# | $r$ | the rank, or how many modes are learnt | a radius in 1.1, 1.3, 3.3 and 4.2; a residual in 2.2 and 2.3 |
# | $u$ | a direction | height in 1.2; strength of a mode in 3.2 |
# | $\alpha$ | share of negative eigenvalues in 1.2 | share of a split in 4.1 and 4.2 |
# | $\gamma$ | a curvature in 1.3 | how positive a matrix is in 3.3 |
# | $\Delta$ | a height above the lowest loss in 1.3 | a change of a matrix in 3.3 |
# | $\chi$ | | a logarithm in 1.3 |
# | $\nu$, $\tau$ | | a mean target, and a scale of inputs, in 2.3 |
# | $\mu$ | a bound of eigenvalues | a curvature upward in 1.3; a mean in 2.3 |
# | $\sigma$ | a standard deviation | spins in 1.2; with min and max, singular values in 5.2 |
# | $\rho$ | a Lipschitz constant in 1.3 | the chance of a gate in 3.2; a share in 5.2 |
# | $\kappa$ | a condition number | the factor between two saddles of the octopus in 1.3 |
# | $\Phi$ | the normal distribution function in 1.3 and 2.3 | the target in 3.3; the loss in 5.2, as in the paper |
# | $\varphi$ | an eigenvalue of the target in 3.3 | a phase in 1.2 |
# | $\delta$ | a small distance | a probability in 1.3; a bound of an error in 4.2 and 5.1 |
# | $\epsilon$, $\varepsilon$ | a small number, or the loss to be reached | a length of the gradient in 1.3; the size of a start in 3.2; a bound of an error in 4.2 |
# | $t$ | a place on a line, or time | what an activation is given in 2.1; $1/\sqrt k$, and a move of two neurons, in 4.2 |
# | $X$, $Y$ | inputs and targets as columns in chapter 3 | $Y$: the target in 3.2; the matrix of Krawczyk's step in 4.2 |
# | $x$, $y$ | inputs and targets | the place on a landscape in 1.1 to 1.3; five numbers in 4.2 |

# %% [markdown]
# ## In the papers
#
# Only letters that differ, or that are easily mistaken. "No factor ½" concerns numbers: their losses are twice ours.
#
# | paper | there | here | lesson |
# |---|---|---|---|
# | Dauphin et al. (2014) | error | height, loss | [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb#A-random-landscape-in-the-plane) |
# | | fraction of negative eigenvalues $\alpha$ | index divided by the number of directions, $\alpha$ | |
# | Jin, Ge, Netrapalli, Kakade and Jordan (2017) | $d$ | $N$, the dimension | [1.3](../chapters/1_saddle_points/3_escaping.ipynb#Perturbed-gradient-descent) |
# | Swirszcz, Czarnecki and Pascanu (2016) | $w$, $b$, $v$, $c$ | the same | [2.2](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#One-neuron,-five-samples) |
# | | $h$ neurons | $n$ in 2.2, $h$ in 2.3 | [2.2](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#Extra:-XOR-and-the-Jellyfish) |
# | | $h_n$ | what layer $n$ hands on | [2.3](../chapters/2_blind_spots/3_dead_layers.ipynb#The-theorem) |
# | Kawaguchi (2016) | $H$ hidden layers | $L = H + 1$ matrices | [3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#A-run-that-stands-still) |
# | | $d_x$, $d_y$ | inputs, outputs | |
# | | $p$ | the smallest hidden width, $p$ | |
# | | $X$, $Y$: samples are columns | `data.x`, `data.y`: samples are rows | |
# | | eigenvalues of $YX^\top (XX^\top)^{-1} XY^\top$ | $s_i^2$, the squared strengths | [3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#Kawaguchi's-theorem) |
# | Baldi and Hornik (1989) | loss with no factor ½ | loss with ½ | [3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#Eleven-levels) |
# | Achour, Malgouyres and Gerchinovitz (2024) | $H$ matrices | $L$ matrices | [3.2](../chapters/3_deep_linear/2_bad_saddles.ipynb#Which-saddles-are-bad?) |
# | | loss with no factor ½ | loss with ½ | |
# | Saxe, McClelland and Ganguli (2013) | "three-layer" | two matrices, $L = 2$ | [3.2](../chapters/3_deep_linear/2_bad_saddles.ipynb#A-staircase) |
# | Bartlett, Helmbold and Long (2018) | $\Theta_i$ | $W_i$ | [3.3](../chapters/3_deep_linear/3_identity_start.ipynb#A-network-that-begins-as-the-identity) |
# | Safran and Shamir (2018) | $F$ | $L$, the loss | [4.1](../chapters/4_over_parameterization/1_spurious_minima.ipynb#Does-size-help?) |
# | | $k$, $n$, $w_i$, $v_j$, $d$ | the same | |
# | Du and Lee (2018) | $n$ | $N$, samples | [4.3](../chapters/4_over_parameterization/3_quadratic_activation.ipynb#A-network-of-squares) |
# | | $k$ | $n$, neurons | |
# | Nguyen and Hein (2018) | $P_0$ | $Q$, positions | [5.1](../chapters/5_cnn_width/1_width_you_already_have.ipynb#Random-features) |
# | | $F_1$, $\sigma_1$ | $F$, $s$ in 5.1; $F_1$, $s_1$ in 5.2 | |
# | | $U^\top$ | $W$ | [5.2](../chapters/5_cnn_width/2_width_smooths.ipynb#Runs-to-zero) |
# | | $\Phi$ | $\Phi$, the loss | |
# | Auer, Herbster and Warmuth (1996) | $E(w)$ | the training error of one neuron, $E(w)$ | [4.4](../chapters/4_over_parameterization/4_how_many_minima.ipynb#The-theorem) |
#
# Of some of these papers we read an early version, an abstract or what later papers restate, as the lessons say. Their letters are given as far as we could see them.

# %% [markdown]
# ## Go on
#
# - [Glossary](2_glossary.ipynb): the words.
# - [Start here](../00_start_here.ipynb): the lessons.
