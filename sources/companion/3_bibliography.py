# %% [markdown]
# # Bibliography
#
# Every work that the course names: who wrote it, what the course takes from it, and where it is cited.

# %% [markdown]
# ## How to read this page
#
# Works stand under the names by which the lessons cite them, in the order of the alphabet. The year is that of the version that we
# cite; where another one is better known, the entry says so. What is still open stands in [Open questions](5_open_questions.ipynb), what is
# misprinted or often misread in the [Errata](4_errata.ipynb).
#
# We did not read all of them. Where an entry says *we know*, of an abstract, or of restatements by others, the course rests on no more than that, and on its own checks. Classics of numerics, statistics and
# architecture are named as the source of what stands in every textbook or library; they were not read again.
#
# [A](#A) · [B](#B) · [C](#C) · [D](#D) · [E](#E) · [F](#F) · [G](#G) · [H](#H) · [I](#I) · [J](#J) · [K](#K) · [L](#L) · [M](#M) · [N](#N) · [O](#O) · [P](#P) · [R](#R) · [S](#S) · [T](#T) · [W](#W) · [Y](#Y) · [Z](#Z)

# %% [markdown]
# ## A
#
# ### Absil and Kurdyka 2006
#
# P.-A. Absil and K. Kurdyka, *On the stable equilibrium points of gradient systems*, Systems and Control Letters 55, 2006.
#
# For analytic losses local minima and stable points of gradient flow are the same, for losses that are merely smooth they are not. We know the abstract.
#
# *Cited in* [Errata](4_errata.ipynb).
#
# ### Achour, Malgouyres and Gerchinovitz 2024
#
# E. M. Achour, F. Malgouyres and S. Gerchinovitz, *The loss landscape of deep linear neural networks: a second-order analysis*, Journal of Machine Learning Research 25(242), 2024. [arXiv 2107.13289](https://arxiv.org/abs/2107.13289) (2021).
#
# Which saddles of a deep linear network are strict and which are bad, at every depth. We read the main text.
#
# *Cited in* lessons [3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb), [3.2](../chapters/3_deep_linear/2_bad_saddles.ipynb); [Notation](1_notation.ipynb), [Glossary](2_glossary.ipynb); the teacher's notes; the library.
#
# ### Ainsworth, Hayase and Srinivasa 2023
#
# S. Ainsworth, J. Hayase and S. Srinivasa, *Git Re-Basin: merging models modulo permutation symmetries*, ICLR 2023. [arXiv 2209.04836](https://arxiv.org/abs/2209.04836).
#
# Neurons of two trained networks matched so that the line between them has no barrier, and a counterexample to "always". We know the abstract.
#
# *Cited in* lesson [1.4](../chapters/1_saddle_points/4_straight_line.ipynb); [Open questions](5_open_questions.ipynb); the teacher's notes; the library.
#
# ### Alpaydin and Kaynak 1998
#
# E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning Repository, 1998.
#
# The 1,797 digits that come with the course, under CC BY 4.0.
#
# *Cited in* the library.
#
# ### Andreyev and Beneventano 2024
#
# A. Andreyev and P. Beneventano, *Edge of stochastic stability: revisiting the edge of stability for SGD*, 2024. [arXiv 2412.20553](https://arxiv.org/abs/2412.20553).
#
# Which curvature settles at two over the step size when minibatches are used. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
#
# ### Arjevani 2023
#
# Y. Arjevani, *Hidden minima in two-layer ReLU networks*, 2023. [arXiv 2312.16819](https://arxiv.org/abs/2312.16819).
#
# Why descent meets one family of traps and not the other. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
#
# ### Arjevani and Field 2020
#
# Y. Arjevani and M. Field, *Symmetry and critical points for a model shallow neural network*, 2020. [arXiv 2003.10576](https://arxiv.org/abs/2003.10576).
#
# The traps of the teacher-student network as families in its size, with formulas. We know the abstract.
#
# *Cited in* lessons [4.1](../chapters/4_over_parameterization/1_spurious_minima.ipynb), [4.2](../chapters/4_over_parameterization/2_proof_by_computer.ipynb); exercises [4.1](../exercises/4_over_parameterization/1_spurious_minima.ipynb); the teacher's notes; the documentation.
#
# ### Arjevani and Field 2021
#
# Y. Arjevani and M. Field, *Analytic study of families of spurious minima in two-layer ReLU neural networks*, NeurIPS 2021. [arXiv 2107.10370](https://arxiv.org/abs/2107.10370).
#
# Their spectrum for large sizes, and the fractional sizes at which saddles turn into minima. We know the abstract.
#
# *Cited in* lesson [4.2](../chapters/4_over_parameterization/2_proof_by_computer.ipynb); the documentation.
#
# ### Arjevani and Field 2022
#
# Y. Arjevani and M. Field, *Annihilation of spurious minima in two-layer ReLU networks*, NeurIPS 2022. [arXiv 2210.06088](https://arxiv.org/abs/2210.06088).
#
# Added neurons turn symmetric minima into saddles; minima of lesser symmetry need more of them. We know the abstract.
#
# *Cited in* lesson [4.2](../chapters/4_over_parameterization/2_proof_by_computer.ipynb); [Open questions](5_open_questions.ipynb); the teacher's notes.
#
# ### Arora, Cohen and Hazan 2018
#
# S. Arora, N. Cohen and E. Hazan, *On the optimization of deep networks: implicit acceleration by overparameterization*, ICML 2018. [arXiv 1802.06509](https://arxiv.org/abs/1802.06509).
#
# How the product of the layers moves by itself, and that depth can accelerate. We know restatements.
#
# *Cited in* lesson [3.2](../chapters/3_deep_linear/2_bad_saddles.ipynb); the teacher's notes.
#
# ### Arora, Cohen, Golowich and Hu 2019
#
# S. Arora, N. Cohen, N. Golowich and W. Hu, *A convergence analysis of gradient descent for deep linear neural networks*, ICLR 2019. [arXiv 1810.02281](https://arxiv.org/abs/1810.02281).
#
# Descent arrives from balanced starts near the target; and the failure from the identity, restated for even depth.
#
# *Cited in* lesson [3.3](../chapters/3_deep_linear/3_identity_start.ipynb); [Errata](4_errata.ipynb); the teacher's notes.
#
# ### Auer, Herbster and Warmuth 1996
#
# P. Auer, M. Herbster and M. K. Warmuth, *Exponentially many local minima for single neurons*, NIPS 8, 1996.
#
# One neuron with exponentially many minima, and the loss that makes it convex.
#
# *Cited in* lesson [4.4](../chapters/4_over_parameterization/4_how_many_minima.ipynb); [Notation](1_notation.ipynb), [Open questions](5_open_questions.ipynb); the teacher's notes.
#
# ### Auffinger, Ben Arous and Černý 2013
#
# A. Auffinger, G. Ben Arous and J. Černý, *Random matrices and complexity of spin glasses*, Communications on Pure and Applied Mathematics 66, 2013. [arXiv 1003.1129](https://arxiv.org/abs/1003.1129).
#
# How many critical points of which index a spherical spin model has at each height.
#
# *Cited in* lesson [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb); [Errata](4_errata.ipynb); the teacher's notes; the library.
#
# ### Azaïs and Delmas 2019
#
# J.-M. Azaïs and C. Delmas, *Mean number and correlation function of critical points of isotropic Gaussian fields and some results on GOE random matrices*, 2019. [arXiv 1911.02300](https://arxiv.org/abs/1911.02300).
#
# Mean counts of critical points of random waves, index by index.
#
# *Cited in* lesson [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb); exercises [1.2](../exercises/1_saddle_points/2_high_dimension.ipynb); the teacher's notes; the library.

# %% [markdown]
# ## B
#
# ### Baldi and Hornik 1989
#
# P. Baldi and K. Hornik, *Neural networks and principal component analysis: learning from examples without local minima*, Neural Networks 2, 1989.
#
# Two matrices: all critical points, one minimum, and the conjecture for more matrices.
#
# *Cited in* lesson [3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb); [Notation](1_notation.ipynb); the teacher's notes; the library.
#
# ### Bartlett, Helmbold and Long 2018
#
# P. L. Bartlett, D. P. Helmbold and P. M. Long, *Gradient descent with identity initialization efficiently learns positive definite linear transformations by deep residual networks*, ICML 2018. [arXiv 1802.06093](https://arxiv.org/abs/1802.06093).
#
# What gradient descent learns from the identity, what it does not, and power projection. We know the abstract and restatements.
#
# *Cited in* lesson [3.3](../chapters/3_deep_linear/3_identity_start.ipynb); [Notation](1_notation.ipynb), [Glossary](2_glossary.ipynb), [Errata](4_errata.ipynb), [Open questions](5_open_questions.ipynb), [Final quiz](6_final_quiz.ipynb); the teacher's notes; the library.
#
# ### Berthier 2023
#
# R. Berthier, *Incremental learning in diagonal linear networks*, Journal of Machine Learning Research 24, 2023.
#
# From saddle to saddle, proved for diagonal networks under conditions. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
#
# ### Bray and Dean 2007
#
# A. J. Bray and D. S. Dean, *Statistics of critical points of Gaussian fields on large-dimensional spaces*, Physical Review Letters 98, 2007. [arXiv cond-mat/0611023](https://arxiv.org/abs/cond-mat/0611023).
#
# In high dimension the height of a critical point fixes its index. We know restatements.
#
# *Cited in* lesson [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb); the teacher's notes; the library.
#
# ### Brutzkus and Globerson 2017
#
# A. Brutzkus and A. Globerson, *Globally optimal gradient descent for a ConvNet with Gaussian inputs*, ICML 2017. [arXiv 1702.07966](https://arxiv.org/abs/1702.07966).
#
# The loss over all Gaussian inputs in closed form, with its gradient.
#
# *Cited in* the library.
#
# ### Burer and Monteiro 2003
#
# S. Burer and R. D. C. Monteiro, *A nonlinear programming algorithm for solving semidefinite programs via low-rank factorization*, Mathematical Programming 95, 2003.
#
# The convex problem in factorised form behind the quadratic network.
#
# *Cited in* lesson [4.3](../chapters/4_over_parameterization/3_quadratic_activation.ipynb).

# %% [markdown]
# ## C
#
# ### Cartwright and Sturmfels 2013
#
# D. Cartwright and B. Sturmfels, *The number of eigenvalues of a tensor*, Linear Algebra and its Applications 438, 2013. [arXiv 1004.4953](https://arxiv.org/abs/1004.4953) (2010).
#
# How many complex critical points a generic polynomial has on the sphere. We know the first pages.
#
# *Cited in* lesson [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb); [Open questions](5_open_questions.ipynb); the teacher's notes.
#
# ### Cauchy 1847
#
# A.-L. Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées*, Comptes rendus de l'Académie des sciences 25, 1847.
#
# Gradient descent.
#
# *Cited in* lesson [1.1](../chapters/1_saddle_points/1_critical_points.ipynb); the library.
#
# ### Chao 1984
#
# A. Chao, *Nonparametric estimation of the number of classes in a population*, Scandinavian Journal of Statistics 11, 1984.
#
# How many minima were not met, judged by those that were met once.
#
# *Cited in* lesson [4.4](../chapters/4_over_parameterization/4_how_many_minima.ipynb); [Glossary](2_glossary.ipynb); the library.
#
# ### Cheng and Schwartzman 2018
#
# D. Cheng and A. Schwartzman, *Expected number and height distribution of critical points of smooth isotropic Gaussian random fields*, Bernoulli 24, 2018.
#
# Heights and numbers of critical points of random waves, in any dimension.
#
# *Cited in* lesson [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb); exercises [1.2](../exercises/1_saddle_points/2_high_dimension.ipynb); the teacher's notes; the library.
#
# ### Chitour, Liao and Couillet 2018
#
# Y. Chitour, Z. Liao and R. Couillet, *A geometric approach of gradient descent algorithms in linear neural networks*, 2018. [arXiv 1811.03568](https://arxiv.org/abs/1811.03568). Mathematical Control and Related Fields 13, 2023.
#
# The conjecture that almost all starts of deep linear networks arrive, with a proof for one hidden layer. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
#
# ### Chizat, Oyallon and Bach 2019
#
# L. Chizat, E. Oyallon and F. Bach, *On lazy training in differentiable programming*, NeurIPS 2019. [arXiv 1812.07956](https://arxiv.org/abs/1812.07956).
#
# When a network fits while its weights hardly move. We know restatements.
#
# *Cited in* lesson [1.4](../chapters/1_saddle_points/4_straight_line.ipynb); [Glossary](2_glossary.ipynb); the library.
#
# ### Cho and Saul 2009
#
# Y. Cho and L. K. Saul, *Kernel methods for deep learning*, NIPS 2009.
#
# The mean of a product of two ReLU neurons over Gaussian inputs, in lengths and angles.
#
# *Cited in* exercises [4.1](../exercises/4_over_parameterization/1_spurious_minima.ipynb); the documentation; the library.
#
# ### Chollet 2016
#
# F. Chollet, *Xception: deep learning with depthwise separable convolutions*, 2016. [arXiv 1610.02357](https://arxiv.org/abs/1610.02357).
#
# One of the eight networks whose neurons are counted.
#
# *Cited in* the library.
#
# ### Choromanska et al. 2015
#
# A. Choromanska, M. Henaff, M. Mathieu, G. Ben Arous and Y. LeCun, *The loss surfaces of multilayer networks*, AISTATS 2015. [arXiv 1412.0233](https://arxiv.org/abs/1412.0233).
#
# The spin-glass picture of ReLU networks, with its assumptions, and end losses that narrow with width.
#
# *Cited in* lessons [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb), [3.2](../chapters/3_deep_linear/2_bad_saddles.ipynb), [4.4](../chapters/4_over_parameterization/4_how_many_minima.ipynb); [Errata](4_errata.ipynb); the teacher's notes.
#
# ### Cohen, Damian, Talwalkar, Kolter and Lee 2024
#
# J. Cohen, A. Damian, A. Talwalkar, J. Z. Kolter and J. D. Lee, *Understanding optimization in deep learning with central flows*, 2024, ICLR 2025. [arXiv 2410.24206](https://arxiv.org/abs/2410.24206).
#
# A differential equation for the smoothed path of training at the edge of stability. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
#
# ### Cohen, Kaur, Li, Kolter and Talwalkar 2021
#
# J. Cohen, S. Kaur, Y. Li, J. Z. Kolter and A. Talwalkar, *Gradient descent on neural networks typically occurs at the edge of stability*, ICLR 2021. [arXiv 2103.00065](https://arxiv.org/abs/2103.00065).
#
# The sharpness rises to two over the step size and stays there. We know restatements.
#
# *Cited in* lesson [1.3](../chapters/1_saddle_points/3_escaping.ipynb); [Glossary](2_glossary.ipynb); the teacher's notes; the library.
#
# ### Cugliandolo and Kurchan 1993
#
# L. F. Cugliandolo and J. Kurchan, *Analytical solution of the off-equilibrium dynamics of a long-range spin-glass model*, Physical Review Letters 71, 1993.
#
# Where slow descent in a spherical spin model is expected to stop. We know restatements.
#
# *Cited in* lesson [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb); the teacher's notes.

# %% [markdown]
# ## D
#
# ### Dauphin et al. 2014
#
# Y. N. Dauphin, R. Pascanu, C. Gulcehre, K. Cho, S. Ganguli and Y. Bengio, *Identifying and attacking the saddle point problem in high-dimensional non-convex optimization*, NIPS 2014. [arXiv 1406.2572](https://arxiv.org/abs/1406.2572).
#
# Index and error of critical points of networks rise together; saddle-free Newton.
#
# *Cited in* lessons [1.1](../chapters/1_saddle_points/1_critical_points.ipynb), [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb); [Notation](1_notation.ipynb), [Glossary](2_glossary.ipynb), [Open questions](5_open_questions.ipynb); the teacher's notes; the documentation; the library.
#
# ### de Bruijn 1955
#
# N. G. de Bruijn, *On some multiple integrals involving determinants*, Journal of the Indian Mathematical Society 19, 1955.
#
# The chance of a positive definite random matrix as one Pfaffian.
#
# *Cited in* lesson [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb); the teacher's notes; the library.
#
# ### Dean and Majumdar 2006
#
# D. S. Dean and S. N. Majumdar, *Large deviations of extreme eigenvalues of random matrices*, Physical Review Letters 97, 2006. [arXiv cond-mat/0609651](https://arxiv.org/abs/cond-mat/0609651).
#
# How rarely all eigenvalues of a random matrix are positive. We know restatements.
#
# *Cited in* lesson [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb); [Errata](4_errata.ipynb); the teacher's notes; the library.
#
# ### Ding, Li and Sun 2019
#
# T. Ding, D. Li and R. Sun, *Sub-optimal local minima exist for neural networks with almost all non-linear activations*, 2019. [arXiv 1911.01413](https://arxiv.org/abs/1911.01413). Mathematics of Operations Research 47, 2022, as *Suboptimal local minima exist for wide neural networks with smooth activations*.
#
# Bad minima at any width, for some targets: width alone proves nothing. We know the abstract.
#
# *Cited in* lessons [4.3](../chapters/4_over_parameterization/3_quadratic_activation.ipynb), [4.4](../chapters/4_over_parameterization/4_how_many_minima.ipynb), [5.2](../chapters/5_cnn_width/2_width_smooths.ipynb); [Errata](4_errata.ipynb), [Open questions](5_open_questions.ipynb); the teacher's notes.
#
# ### Dinh et al. 2017
#
# L. Dinh, R. Pascanu, S. Bengio and Y. Bengio, *Sharp minima can generalize for deep nets*, ICML 2017. [arXiv 1703.04933](https://arxiv.org/abs/1703.04933).
#
# Rescaling ReLU neurons changes flatness and leaves the function. We know restatements.
#
# *Cited in* lesson [4.4](../chapters/4_over_parameterization/4_how_many_minima.ipynb); [Open questions](5_open_questions.ipynb).
#
# ### Dohare et al. 2024
#
# S. Dohare, J. F. Hernandez-Garcia, Q. Lan, P. Rahman, A. R. Mahmood and R. S. Sutton, *Loss of plasticity in deep continual learning*, Nature 632, 2024. [doi 10.1038/s41586-024-07711-7](https://doi.org/10.1038/s41586-024-07711-7).
#
# Networks that are trained on one task after another slowly lose the ability to learn. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
#
# ### Draxler et al. 2018
#
# F. Draxler, K. Veschgini, M. Salmhofer and F. A. Hamprecht, *Essentially no barriers in neural network energy landscape*, ICML 2018. [arXiv 1803.00885](https://arxiv.org/abs/1803.00885).
#
# Relaxed paths between trained networks stay low. We know the abstract.
#
# *Cited in* the library.
#
# ### Du and Hu 2019
#
# S. S. Du and W. Hu, *Width provably matters in optimization for deep linear neural networks*, ICML 2019. [arXiv 1901.08572](https://arxiv.org/abs/1901.08572).
#
# Wide deep linear networks arrive from Gaussian starts. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
#
# ### Du and Lee 2018
#
# S. S. Du and J. D. Lee, *On the power of over-parametrization in neural networks with quadratic activation*, ICML 2018. [arXiv 1803.01206](https://arxiv.org/abs/1803.01206).
#
# From which width on a network of squares has no traps. We know the abstract and the introduction.
#
# *Cited in* lesson [4.3](../chapters/4_over_parameterization/3_quadratic_activation.ipynb); [Notation](1_notation.ipynb), [Open questions](5_open_questions.ipynb); the teacher's notes; the library.
#
# ### Du et al. 2017
#
# S. S. Du, C. Jin, J. D. Lee, M. I. Jordan, B. Poczos and A. Singh, *Gradient descent can take exponential time to escape saddle points*, NIPS 2017. [arXiv 1705.10412](https://arxiv.org/abs/1705.10412).
#
# The octopus: saddles in a row. We know the abstract and a public implementation. (The authors stand in the order of the archive.)
#
# *Cited in* lesson [1.3](../chapters/1_saddle_points/3_escaping.ipynb); [Glossary](2_glossary.ipynb), [Open questions](5_open_questions.ipynb); the teacher's notes; the library.
#
# ### Dumitriu and Edelman 2002
#
# I. Dumitriu and A. Edelman, *Matrix models for beta ensembles*, Journal of Mathematical Physics 43, 2002. [arXiv math-ph/0206043](https://arxiv.org/abs/math-ph/0206043).
#
# Eigenvalues of large random matrices from a matrix with three diagonals.
#
# *Cited in* the library.

# %% [markdown]
# ## E
#
# ### Entezari et al. 2021
#
# R. Entezari, H. Sedghi, O. Saukh and B. Neyshabur, *The role of permutation invariance in linear mode connectivity of neural networks*, 2021, ICLR 2022. [arXiv 2110.06296](https://arxiv.org/abs/2110.06296).
#
# The conjecture that wide networks have no barrier between them, up to the order of neurons. We know restatements.
#
# *Cited in* lesson [1.4](../chapters/1_saddle_points/4_straight_line.ipynb); [Open questions](5_open_questions.ipynb); the teacher's notes.

# %% [markdown]
# ## F
#
# ### Ferbach, Goujaud, Gidel and Dieuleveut 2023
#
# D. Ferbach, B. Goujaud, G. Gidel and A. Dieuleveut, *Proving linear mode connectivity of neural networks via optimal transport*, 2023. [arXiv 2310.19103](https://arxiv.org/abs/2310.19103). AISTATS 2024.
#
# A proof of part of that conjecture. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
#
# ### Frankle 2020
#
# J. Frankle, *Revisiting "Qualitatively characterizing neural network optimization problems"*, 2020. [arXiv 2012.06898](https://arxiv.org/abs/2012.06898).
#
# Lines from start to end on larger image networks, where the loss stays high for long. We know the abstract.
#
# *Cited in* lesson [1.4](../chapters/1_saddle_points/4_straight_line.ipynb).
#
# ### Frye et al. 2021
#
# C. G. Frye, J. Simon, N. S. Wadia, A. Ligeralde, M. R. DeWeese and K. E. Bouchard, *Critical point-finding methods reveal gradient-flat regions of deep network losses*, Neural Computation 33, 2021. [arXiv 2003.10397](https://arxiv.org/abs/2003.10397).
#
# Searches for critical points that end elsewhere. We know the abstract.
#
# *Cited in* lesson [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb); [Glossary](2_glossary.ipynb), [Open questions](5_open_questions.ipynb); the teacher's notes; the library.
#
# ### Fyodorov 2004
#
# Y. V. Fyodorov, *Complexity of random energy landscapes, glass transition, and absolute value of the spectral determinant of random matrices*, Physical Review Letters 92, 2004. [arXiv cond-mat/0401287](https://arxiv.org/abs/cond-mat/0401287).
#
# Counting critical points turns one random matrix into a larger one.
#
# *Cited in* lesson [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb); exercises [1.2](../exercises/1_saddle_points/2_high_dimension.ipynb); the teacher's notes; the library.
#
# ### Fyodorov and Williams 2007
#
# Y. V. Fyodorov and I. Williams, *Replica symmetry breaking condition exposed by random matrix calculation of landscape complexity*, Journal of Statistical Physics 129, 2007. [arXiv cond-mat/0702601](https://arxiv.org/abs/cond-mat/0702601).
#
# A parabola that is steep enough leaves one critical point.
#
# *Cited in* exercises [1.2](../exercises/1_saddle_points/2_high_dimension.ipynb); the library.

# %% [markdown]
# ## G
#
# ### Garipov et al. 2018
#
# T. Garipov, P. Izmailov, D. Podoprikhin, D. Vetrov and A. G. Wilson, *Loss surfaces, mode connectivity, and fast ensembling of DNNs*, NeurIPS 2018. [arXiv 1802.10026](https://arxiv.org/abs/1802.10026).
#
# Bent paths with one trained corner between two networks. We know restatements.
#
# *Cited in* lesson [1.4](../chapters/1_saddle_points/4_straight_line.ipynb); the library.
#
# ### Gershgorin 1931
#
# S. Gershgorin, *Über die Abgrenzung der Eigenwerte einer Matrix*, Izvestiya Akademii Nauk SSSR, 1931.
#
# Discs that hold the eigenvalues of a matrix.
#
# *Cited in* lesson [4.2](../chapters/4_over_parameterization/2_proof_by_computer.ipynb).
#
# ### Ghorbani, Krishnan and Xiao 2019
#
# B. Ghorbani, S. Krishnan and Y. Xiao, *An investigation into neural net optimization via Hessian eigenvalue density*, ICML 2019. [arXiv 1901.10159](https://arxiv.org/abs/1901.10159).
#
# Spectral densities of large networks by the method of Lanczos.
#
# *Cited in* the library.
#
# ### Gidel, Bach and Lacoste-Julien 2019
#
# G. Gidel, F. Bach and S. Lacoste-Julien, *Implicit regularization of discrete gradient dynamics in linear neural networks*, NeurIPS 2019.
#
# Two matrices learn fits of rising rank, one after the other. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
#
# ### Glorot and Bengio 2010
#
# X. Glorot and Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS 2010.
#
# A variance of starting weights.
#
# *Cited in* the library.
#
# ### Golub and Meurant 2010
#
# G. H. Golub and G. Meurant, *Matrices, Moments and Quadrature with Applications*, Princeton University Press, 2010.
#
# Why few steps of Lanczos give a density of eigenvalues.
#
# *Cited in* the library.
#
# ### Goodfellow, Vinyals and Saxe 2014
#
# I. J. Goodfellow, O. Vinyals and A. M. Saxe, *Qualitatively characterizing neural network optimization problems*, 2014, ICLR 2015. [arXiv 1412.6544](https://arxiv.org/abs/1412.6544).
#
# The loss on the straight line from the start of training to its end. We know the abstract.
#
# *Cited in* lesson [1.4](../chapters/1_saddle_points/4_straight_line.ipynb); the library.
#
# ### Griewank 2000
#
# A. Griewank, *Evaluating Derivatives: Principles and Techniques of Algorithmic Differentiation*, SIAM, 2000.
#
# Derivatives carried along by every operation.
#
# *Cited in* the library.

# %% [markdown]
# ## H
#
# ### Hager and Zhang 2005
#
# W. W. Hager and H. Zhang, *A new conjugate gradient method with guaranteed descent and an efficient line search*, SIAM Journal on Optimization 16, 2005.
#
# A line search that works where rounding hides the loss.
#
# *Cited in* the library.
#
# ### Hamey 1998
#
# L. G. C. Hamey, *XOR has no local minima: a case study in neural network error surface analysis*, Neural Networks 11, 1998.
#
# The most famous four points hold no trap for the 2-2-1 sigmoid network.
#
# *Cited in* lessons [2.1](../chapters/2_blind_spots/1_ten_points.ipynb), [2.2](../chapters/2_blind_spots/2_relu_blind_spots.ipynb); the teacher's notes.
#
# ### Hardt and Ma 2017
#
# M. Hardt and T. Ma, *Identity matters in deep learning*, ICLR 2017. [arXiv 1611.04231](https://arxiv.org/abs/1611.04231).
#
# Near the identity all critical points of a linear residual network are global. We know restatements.
#
# *Cited in* lesson [3.3](../chapters/3_deep_linear/3_identity_start.ipynb).
#
# ### He et al. 2015
#
# K. He, X. Zhang, S. Ren and J. Sun, *Delving deep into rectifiers: surpassing human-level performance on ImageNet classification*, ICCV 2015. [arXiv 1502.01852](https://arxiv.org/abs/1502.01852).
#
# A variance of starting weights for ReLU.
#
# *Cited in* the library.
#
# ### He et al. 2016
#
# K. He, X. Zhang, S. Ren and J. Sun, *Deep residual learning for image recognition*, CVPR 2016. [arXiv 1512.03385](https://arxiv.org/abs/1512.03385).
#
# ResNet, one of the eight networks whose neurons are counted.
#
# *Cited in* the library.
#
# ### Himmelblau 1972
#
# D. M. Himmelblau, *Applied Nonlinear Programming*, McGraw-Hill, 1972.
#
# The surface of the start page, with four minima.
#
# *Cited in* lesson [1.1](../chapters/1_saddle_points/1_critical_points.ipynb); [Why does gradient descent work, and when does it get stuck?](../00_start_here.ipynb); the teacher's notes; the library.
#
# ### Hu, Xiao and Pennington 2020
#
# W. Hu, L. Xiao and J. Pennington, *Provable benefit of orthogonal initialization in optimizing deep linear networks*, ICLR 2020. [arXiv 2001.05992](https://arxiv.org/abs/2001.05992).
#
# Deep linear networks arrive from orthogonal starts, at a width that does not depend on depth. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
#
# ### Huang, Loureiro and Sarao Mannelli 2026
#
# J. Huang, B. Loureiro and S. Sarao Mannelli, *Sharp description of local minima in the loss landscape of high-dimensional two-layer ReLU neural networks*, 2026. [arXiv 2604.09412](https://arxiv.org/abs/2604.09412).
#
# Minima of the teacher-student network described by a few summary numbers. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).

# %% [markdown]
# ## I
#
# ### Iandola et al. 2016
#
# F. N. Iandola, S. Han, M. W. Moskewicz, K. Ashraf, W. J. Dally and K. Keutzer, *SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size*, 2016. [arXiv 1602.07360](https://arxiv.org/abs/1602.07360).
#
# One of the eight networks whose neurons are counted.
#
# *Cited in* the library.
#
# ### Ito, Yamada, Chijiwa and Kumagai 2025
#
# A. Ito, M. Yamada, D. Chijiwa and A. Kumagai, *Do we really need permutations? Impact of model width on linear mode connectivity*, 2025. [arXiv 2510.08023](https://arxiv.org/abs/2510.08023).
#
# Wide networks joined by a line without any matching. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).

# %% [markdown]
# ## J
#
# ### Jacot et al. 2021
#
# A. Jacot, F. Ged, B. Şimşek, C. Hongler and F. Gabriel, *Saddle-to-saddle dynamics in deep linear networks: small initialization training, symmetry, and sparsity*, 2021. [arXiv 2106.15933](https://arxiv.org/abs/2106.15933).
#
# The conjecture that learning from small starts goes from saddle to saddle. We know restatements.
#
# *Cited in* lesson [3.2](../chapters/3_deep_linear/2_bad_saddles.ipynb); [Open questions](5_open_questions.ipynb); the teacher's notes.
#
# ### Jacot, Gabriel and Hongler 2018
#
# A. Jacot, F. Gabriel and C. Hongler, *Neural tangent kernel: convergence and generalization in neural networks*, NeurIPS 2018. [arXiv 1806.07572](https://arxiv.org/abs/1806.07572).
#
# Training of very wide networks described by a fixed kernel. We know restatements.
#
# *Cited in* lesson [1.4](../chapters/1_saddle_points/4_straight_line.ipynb).
#
# ### Jin, Ge, Netrapalli, Kakade and Jordan 2017
#
# C. Jin, R. Ge, P. Netrapalli, S. M. Kakade and M. I. Jordan, *How to escape saddle points efficiently*, ICML 2017. [arXiv 1703.00887](https://arxiv.org/abs/1703.00887).
#
# Perturbed gradient descent, and the logarithm of the dimension.
#
# *Cited in* lesson [1.3](../chapters/1_saddle_points/3_escaping.ipynb); [Notation](1_notation.ipynb), [Glossary](2_glossary.ipynb); the teacher's notes; the library.
#
# ### Jin, Li, Lyu, Du and Lee 2023
#
# J. Jin, Z. Li, K. Lyu, S. S. Du and J. D. Lee, *Understanding incremental learning of gradient descent: a fine-grained analysis of matrix sensing*, ICML 2023. [arXiv 2301.11500](https://arxiv.org/abs/2301.11500).
#
# Rising rank, step by step and to the end, for one kind of problem. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
#
# ### Johansson 2017
#
# F. Johansson, *Arb: efficient arbitrary-precision midpoint-radius interval arithmetic*, IEEE Transactions on Computers 66, 2017.
#
# The balls in which the certificates compute.
#
# *Cited in* lesson [4.2](../chapters/4_over_parameterization/2_proof_by_computer.ipynb); the library.

# %% [markdown]
# ## K
#
# ### Karhadkar, Murray, Tseran and Montúfar 2023
#
# K. Karhadkar, M. Murray, H. Tseran and G. Montúfar, *Mildly overparameterized ReLU networks have a favorable loss landscape*, 2023. [arXiv 2305.19510](https://arxiv.org/abs/2305.19510).
#
# Of the pieces of weight space on which the same ReLUs are on, most hold no bad minimum. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
#
# ### Kawaguchi 2016
#
# K. Kawaguchi, *Deep learning without poor local minima*, NIPS 2016. [arXiv 1605.07110](https://arxiv.org/abs/1605.07110).
#
# Deep linear networks have no poor local minima, and from three matrices on bad saddles. We know the abstract and restatements.
#
# *Cited in* lessons [3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb), [3.2](../chapters/3_deep_linear/2_bad_saddles.ipynb); [Notation](1_notation.ipynb), [Errata](4_errata.ipynb), [Open questions](5_open_questions.ipynb); the teacher's notes; the library.
#
# ### Kingma and Ba 2015
#
# D. P. Kingma and J. Ba, *Adam: a method for stochastic optimization*, ICLR 2015. [arXiv 1412.6980](https://arxiv.org/abs/1412.6980).
#
# Adam.
#
# *Cited in* lesson [2.1](../chapters/2_blind_spots/1_ten_points.ipynb); [Glossary](2_glossary.ipynb); the library.
#
# ### Krawczyk 1969
#
# R. Krawczyk, *Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken*, Computing 4, 1969.
#
# A step over intervals that proves one solution.
#
# *Cited in* lesson [4.2](../chapters/4_over_parameterization/2_proof_by_computer.ipynb); the library.

# %% [markdown]
# ## L
#
# ### Lanczos 1950
#
# C. Lanczos, *An iteration method for the solution of the eigenvalue problem of linear differential and integral operators*, Journal of Research of the National Bureau of Standards 45, 1950.
#
# Extreme eigenvalues from products with vectors alone.
#
# *Cited in* the library.
#
# ### Laurent and von Brecht 2018
#
# T. Laurent and J. von Brecht, *Deep linear networks with arbitrary loss: all local minima are global*, ICML 2018. [arXiv 1712.01473](https://arxiv.org/abs/1712.01473).
#
# Any convex differentiable loss, as long as no hidden layer is a bottleneck. We know the abstract.
#
# *Cited in* lesson [3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb); the teacher's notes.
#
# ### LeCun, Bottou, Orr and Müller 1998
#
# Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, *Efficient BackProp*, in Neural Networks: Tricks of the Trade, Springer, 1998.
#
# A variance of starting weights.
#
# *Cited in* the library.
#
# ### LeCun, Cortes and Burges 1998
#
# Y. LeCun, C. Cortes and C. J. C. Burges, *The MNIST database of handwritten digits*, 1998.
#
# The larger set of digits.
#
# *Cited in* the library.
#
# ### Lee, Simchowitz, Jordan and Recht 2016
#
# J. D. Lee, M. Simchowitz, M. I. Jordan and B. Recht, *Gradient descent only converges to minimizers*, COLT 2016.
#
# From almost every start gradient descent does not end at a strict saddle.
#
# *Cited in* lessons [1.1](../chapters/1_saddle_points/1_critical_points.ipynb), [1.3](../chapters/1_saddle_points/3_escaping.ipynb); [Errata](4_errata.ipynb); the teacher's notes.
#
# ### Levenberg 1944
#
# K. Levenberg, *A method for the solution of certain non-linear problems in least squares*, Quarterly of Applied Mathematics 2, 1944.
#
# Newton-like steps that are shortened until they help.
#
# *Cited in* the library.
#
# ### Lewis and Overton 2013
#
# A. S. Lewis and M. L. Overton, *Nonsmooth optimization via quasi-Newton methods*, Mathematical Programming 141, 2013.
#
# A line search for losses with kinks.
#
# *Cited in* the library.
#
# ### Li et al. 2018
#
# H. Li, Z. Xu, G. Taylor, C. Studer and T. Goldstein, *Visualizing the loss landscape of neural nets*, NeurIPS 2018. [arXiv 1712.09913](https://arxiv.org/abs/1712.09913).
#
# Slices whose directions are normalised filter by filter.
#
# *Cited in* lesson [5.2](../chapters/5_cnn_width/2_width_smooths.ipynb); [Glossary](2_glossary.ipynb); the library.
#
# ### Lin, Tegmark and Rolnick 2016
#
# H. W. Lin, M. Tegmark and D. Rolnick, *Why does deep and cheap learning work so well?*, 2016. [arXiv 1608.08225](https://arxiv.org/abs/1608.08225).
#
# Four neurons multiply two numbers. We know restatements.
#
# *Cited in* lesson [4.4](../chapters/4_over_parameterization/4_how_many_minima.ipynb); the library.
#
# ### Loshchilov and Hutter 2017
#
# I. Loshchilov and F. Hutter, *SGDR: stochastic gradient descent with warm restarts*, ICLR 2017. [arXiv 1608.03983](https://arxiv.org/abs/1608.03983).
#
# Rates that fall like a cosine.
#
# *Cited in* the library.
#
# ### Lu and Kawaguchi 2017
#
# H. Lu and K. Kawaguchi, *Depth creates no bad local minima*, 2017. [arXiv 1702.08580](https://arxiv.org/abs/1702.08580).
#
# Kawaguchi's theorem with fewer conditions. We know the abstract and restatements.
#
# *Cited in* lesson [3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb); the teacher's notes.
#
# ### Lu, Shin, Su and Karniadakis 2019
#
# L. Lu, Y. Shin, Y. Su and G. E. Karniadakis, *Dying ReLU and initialization: theory and numerical examples*, 2019. [arXiv 1903.06733](https://arxiv.org/abs/1903.06733). Communications in Computational Physics 28, 2020.
#
# Networks that are born dead, and starts that avoid it.
#
# *Cited in* lesson [2.3](../chapters/2_blind_spots/3_dead_layers.ipynb); [Glossary](2_glossary.ipynb); the teacher's notes.
#
# ### Lucas et al. 2021
#
# J. Lucas, J. Bae, M. R. Zhang, S. Fort, R. Zemel and R. Grosse, *On monotonic linear interpolation of neural network parameters*, ICML 2021. [arXiv 2104.11044](https://arxiv.org/abs/2104.11044).
#
# When the loss falls on the line from start to end, and how to break it. We know the abstract.
#
# *Cited in* lesson [1.4](../chapters/1_saddle_points/4_straight_line.ipynb); [Glossary](2_glossary.ipynb); the teacher's notes.

# %% [markdown]
# ## M
#
# ### Marquardt 1963
#
# D. W. Marquardt, *An algorithm for least-squares estimation of nonlinear parameters*, Journal of the Society for Industrial and Applied Mathematics 11, 1963.
#
# The rule by which such steps are shortened.
#
# *Cited in* the library.
#
# ### Martinelli et al. 2025
#
# F. Martinelli, A. van Meegen, B. Şimşek, W. Gerstner and J. Brea, *Flat channels to infinity in neural loss landscapes*, NeurIPS 2025. [arXiv 2506.14951](https://arxiv.org/abs/2506.14951).
#
# Runs that look as if they rested in a flat minimum and drift to infinity. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
#
# ### Moore 1966
#
# R. E. Moore, *Interval Analysis*, Prentice-Hall, 1966.
#
# Arithmetic with intervals, and derivatives in it.
#
# *Cited in* the library.
#
# ### Morse 1925
#
# M. Morse, *Relations between the critical points of a real function of n independent variables*, Transactions of the American Mathematical Society 27, 1925.
#
# Minima minus saddles plus maxima is fixed by the shape of the ground.
#
# *Cited in* lesson [1.1](../chapters/1_saddle_points/1_critical_points.ipynb).

# %% [markdown]
# ## N
#
# ### Nesterov 1983
#
# Y. Nesterov, *A method for solving the convex programming problem with convergence rate O(1/k²)*, Soviet Mathematics Doklady 27, 1983.
#
# Momentum with a look ahead.
#
# *Cited in* the library.
#
# ### Nguegnang, Rauhut and Terstiege 2024
#
# G. M. Nguegnang, H. Rauhut and U. Terstiege, *Convergence of gradient descent for learning linear neural networks*, Advances in Continuous and Discrete Models, 2024.
#
# What random starts of a deep linear network are proved to reach. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
#
# ### Nguyen and Hein 2017
#
# Q. Nguyen and M. Hein, *The loss surface of deep and wide neural networks*, ICML 2017. [arXiv 1704.08045](https://arxiv.org/abs/1704.08045).
#
# A layer wider than the number of samples, fully connected. We know restatements.
#
# *Cited in* lesson [5.1](../chapters/5_cnn_width/1_width_you_already_have.ipynb).
#
# ### Nguyen and Hein 2018
#
# Q. Nguyen and M. Hein, *Optimization landscape and expressivity of deep CNNs*, ICML 2018. [arXiv 1710.10928](https://arxiv.org/abs/1710.10928).
#
# The same for convolutional networks. We read the first version (2017) and the abstract of the published one.
#
# *Cited in* lessons [5.1](../chapters/5_cnn_width/1_width_you_already_have.ipynb), [5.2](../chapters/5_cnn_width/2_width_smooths.ipynb); [Notation](1_notation.ipynb), [Errata](4_errata.ipynb), [Open questions](5_open_questions.ipynb), [Final quiz](6_final_quiz.ipynb); the teacher's notes; the library.
#
# ### Nguyen and Mondelli 2020
#
# Q. Nguyen and M. Mondelli, *Global convergence of deep networks with one wide layer followed by pyramidal topology*, NeurIPS 2020. [arXiv 2002.07867](https://arxiv.org/abs/2002.07867).
#
# Gradient descent arrives with one wide layer. We know the abstract.
#
# *Cited in* lesson [5.2](../chapters/5_cnn_width/2_width_smooths.ipynb); the teacher's notes.
#
# ### Nguyen, Mukkamala and Hein 2019
#
# Q. Nguyen, M. C. Mukkamala and M. Hein, *On the loss landscape of a class of deep neural networks with no bad local valleys*, ICLR 2019. [arXiv 1809.10749](https://arxiv.org/abs/1809.10749).
#
# With enough connections to the output a path that never rises leads down from everywhere. We know the abstract.
#
# *Cited in* lesson [5.2](../chapters/5_cnn_width/2_width_smooths.ipynb); the teacher's notes.
#
# ### Nocedal 1980
#
# J. Nocedal, *Updating quasi-Newton matrices with limited storage*, Mathematics of Computation 35, 1980.
#
# L-BFGS.
#
# *Cited in* the library.
#
# ### Nocedal and Wright 2006
#
# J. Nocedal and S. J. Wright, *Numerical Optimization*, second edition, Springer, 2006.
#
# Line searches, trust regions, Newton's method.
#
# *Cited in* [Open questions](5_open_questions.ipynb); the library.

# %% [markdown]
# ## O
#
# ### Okabe and Ito 2008
#
# M. Okabe and K. Ito, *Color universal design: how to make figures and presentations that are friendly to colorblind people*, 2008.
#
# The colours of all figures.
#
# *Cited in* the library.

# %% [markdown]
# ## P
#
# ### Panageas and Piliouras 2017
#
# I. Panageas and G. Piliouras, *Gradient descent only converges to minimizers: non-isolated critical points and invariant regions*, ITCS 2017. [arXiv 1605.00405](https://arxiv.org/abs/1605.00405) (2016).
#
# The same as Lee et al., for any set of strict saddles and on a region. We know the abstract.
#
# *Cited in* lessons [1.1](../chapters/1_saddle_points/1_critical_points.ipynb), [1.3](../chapters/1_saddle_points/3_escaping.ipynb); [Errata](4_errata.ipynb); the teacher's notes.
#
# ### Parlett 1998
#
# B. N. Parlett, *The Symmetric Eigenvalue Problem*, SIAM, 1998.
#
# Why vectors of the Lanczos method are made orthogonal twice.
#
# *Cited in* the library.
#
# ### Paszke et al. 2016
#
# A. Paszke, A. Chaurasia, S. Kim and E. Culurciello, *ENet: a deep neural network architecture for real-time semantic segmentation*, 2016. [arXiv 1606.02147](https://arxiv.org/abs/1606.02147).
#
# One of the eight networks whose neurons are counted.
#
# *Cited in* the library.
#
# ### Pearson 1900
#
# K. Pearson, *On the criterion that a given system of deviations from the probable in the case of a correlated system of variables is such that it can be reasonably supposed to have arisen from random sampling*, Philosophical Magazine 50, 1900.
#
# The test by which two counted shares agree.
#
# *Cited in* the library.
#
# ### Polyak 1964
#
# B. T. Polyak, *Some methods of speeding up the convergence of iteration methods*, USSR Computational Mathematics and Mathematical Physics 4, 1964.
#
# Momentum.
#
# *Cited in* lesson [1.1](../chapters/1_saddle_points/1_critical_points.ipynb); [Glossary](2_glossary.ipynb); the library.

# %% [markdown]
# ## R
#
# ### Rahimi and Recht 2007
#
# A. Rahimi and B. Recht, *Random features for large-scale kernel machines*, NIPS 2007.
#
# Random waves that make a Gaussian field.
#
# *Cited in* the library.
#
# ### Rister and Rubin 2020
#
# B. Rister and D. L. Rubin, *Probabilistic bounds on neuron death in deep rectifier networks*, 2020. [arXiv 2007.06192](https://arxiv.org/abs/2007.06192).
#
# Bounds from both sides for networks that are born dead.
#
# *Cited in* lesson [2.3](../chapters/2_blind_spots/3_dead_layers.ipynb); the teacher's notes; the library.
#
# ### Robbins and Monro 1951
#
# H. Robbins and S. Monro, *A stochastic approximation method*, Annals of Mathematical Statistics 22, 1951.
#
# Descent by random samples.
#
# *Cited in* the library.
#
# ### Rosenbrock 1960
#
# H. H. Rosenbrock, *An automatic method for finding the greatest or least value of a function*, The Computer Journal 3, 1960.
#
# A surface with a bent valley.
#
# *Cited in* the library.
#
# ### Rumelhart, Hinton and Williams 1986
#
# D. E. Rumelhart, G. E. Hinton and R. J. Williams, *Learning representations by back-propagating errors*, Nature 323, 1986.
#
# Networks of sigmoid neurons and their gradient.
#
# *Cited in* the library.
#
# ### Rump 2010
#
# S. M. Rump, *Verification methods: rigorous results using floating-point arithmetic*, Acta Numerica 19, 2010.
#
# Proofs in floating point, such as that of a full rank.
#
# *Cited in* the teacher's notes; the library.

# %% [markdown]
# ## S
#
# ### Saad 2011
#
# Y. Saad, *Numerical Methods for Large Eigenvalue Problems*, revised edition, SIAM, 2011.
#
# Which eigenvalues the method of Lanczos finds first.
#
# *Cited in* the library.
#
# ### Safran and Shamir 2016
#
# I. Safran and O. Shamir, *On the quality of the initial basin in overspecified neural networks*, ICML 2016. [arXiv 1511.04210](https://arxiv.org/abs/1511.04210).
#
# From most starts a falling path leads to any better network. We know the abstract.
#
# *Cited in* lesson [4.4](../chapters/4_over_parameterization/4_how_many_minima.ipynb); the library.
#
# ### Safran and Shamir 2018
#
# I. Safran and O. Shamir, *Spurious local minima are common in two-layer ReLU neural networks*, ICML 2018. [arXiv 1712.08968](https://arxiv.org/abs/1712.08968).
#
# The traps of the teacher-student network, counted and proved. We know the abstract, the published code and the result files.
#
# *Cited in* lessons [4.1](../chapters/4_over_parameterization/1_spurious_minima.ipynb), [4.2](../chapters/4_over_parameterization/2_proof_by_computer.ipynb); exercises [4.2](../exercises/4_over_parameterization/2_proof_by_computer.ipynb); [Notation](1_notation.ipynb), [Errata](4_errata.ipynb), [Open questions](5_open_questions.ipynb); the teacher's notes; the documentation; the library.
#
# ### Safran, Yehudai and Shamir 2021
#
# I. Safran, G. Yehudai and O. Shamir, *The effects of mild over-parameterization on the optimization landscape of shallow ReLU neural networks*, COLT 2021. [arXiv 2006.01005](https://arxiv.org/abs/2006.01005).
#
# Splitting a neuron of a trap, and what stays convex near the bottom. We read the main text.
#
# *Cited in* lessons [4.1](../chapters/4_over_parameterization/1_spurious_minima.ipynb), [4.2](../chapters/4_over_parameterization/2_proof_by_computer.ipynb); exercises [4.1](../exercises/4_over_parameterization/1_spurious_minima.ipynb); [Errata](4_errata.ipynb), [Open questions](5_open_questions.ipynb); the teacher's notes; the library.
#
# ### Sagun et al. 2017
#
# L. Sagun, U. Evci, V. U. Güney, Y. Dauphin and L. Bottou, *Empirical analysis of the Hessian of over-parametrized neural networks*, 2017. [arXiv 1706.04454](https://arxiv.org/abs/1706.04454).
#
# About as many outliers as clusters in the data.
#
# *Cited in* lesson [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb); the teacher's notes.
#
# ### Sagun, Bottou and LeCun 2016
#
# L. Sagun, L. Bottou and Y. LeCun, *Eigenvalues of the Hessian in deep learning: singularity and beyond*, 2016. [arXiv 1611.07476](https://arxiv.org/abs/1611.07476).
#
# Bulk and outliers in the spectrum of a network.
#
# *Cited in* lesson [1.2](../chapters/1_saddle_points/2_high_dimension.ipynb); the teacher's notes.
#
# ### Sarao Mannelli, Vanden-Eijnden and Zdeborová 2020
#
# S. Sarao Mannelli, E. Vanden-Eijnden and L. Zdeborová, *Optimization and generalization of shallow neural networks with quadratic activation functions*, NeurIPS 2020. [arXiv 2006.15459](https://arxiv.org/abs/2006.15459).
#
# When the traps of a network of squares vanish as samples grow. We know the abstract.
#
# *Cited in* lesson [4.3](../chapters/4_over_parameterization/3_quadratic_activation.ipynb).
#
# ### Saxe, McClelland and Ganguli 2013
#
# A. M. Saxe, J. L. McClelland and S. Ganguli, *Exact solutions to the nonlinear dynamics of learning in deep linear neural networks*, 2013. [arXiv 1312.6120](https://arxiv.org/abs/1312.6120).
#
# When each mode of a deep linear network is learnt. We know a list of all its equations, not its text.
#
# *Cited in* lesson [3.2](../chapters/3_deep_linear/2_bad_saddles.ipynb); [Notation](1_notation.ipynb); the teacher's notes; the library.
#
# ### Schönemann 1966
#
# P. H. Schönemann, *A generalized solution of the orthogonal Procrustes problem*, Psychometrika 31, 1966.
#
# The rotation that brings one set of weights nearest to another.
#
# *Cited in* the library.
#
# ### Shamir 2016
#
# O. Shamir, *Distribution-specific hardness of learning neural networks*, 2016. [arXiv 1609.01037](https://arxiv.org/abs/1609.01037).
#
# Targets whose gradient tells next to nothing about them. We know the abstract.
#
# *Cited in* lesson [4.4](../chapters/4_over_parameterization/4_how_many_minima.ipynb); the library.
#
# ### Shamir 2019
#
# O. Shamir, *Exponential convergence time of gradient descent for one-dimensional deep linear neural networks*, COLT 2019. [arXiv 1809.08587](https://arxiv.org/abs/1809.08587).
#
# Layers of width one take time exponential in the depth. We know restatements.
#
# *Cited in* the teacher's notes.
#
# ### Simonyan and Zisserman 2014
#
# K. Simonyan and A. Zisserman, *Very deep convolutional networks for large-scale image recognition*, 2014. [arXiv 1409.1556](https://arxiv.org/abs/1409.1556).
#
# VGG, one of the eight networks whose neurons are counted.
#
# *Cited in* the library.
#
# ### Şimşek et al. 2021
#
# B. Şimşek, F. Ged, A. Jacot, F. Spadaro, C. Hongler, W. Gerstner and J. Brea, *Geometry of the loss landscape in overparameterized neural networks: symmetries and invariances*, ICML 2021. [arXiv 2105.12221](https://arxiv.org/abs/2105.12221).
#
# Symmetry joins minima and makes saddles. We know restatements.
#
# *Cited in* the library.
#
# ### Soltanolkotabi, Javanmard and Lee 2017
#
# M. Soltanolkotabi, A. Javanmard and J. D. Lee, *Theoretical insights into the optimization landscape of over-parameterized shallow neural networks*, 2017. [arXiv 1707.04926](https://arxiv.org/abs/1707.04926).
#
# The predecessor of Du and Lee, with twice as many neurons as inputs. We know restatements.
#
# *Cited in* lesson [4.3](../chapters/4_over_parameterization/3_quadratic_activation.ipynb).
#
# ### Sontag and Sussmann 1989
#
# E. D. Sontag and H. J. Sussmann, *Backpropagation can give rise to spurious local minima even for networks without hidden layers*, Complex Systems 3, 1989.
#
# A bad minimum without any hidden layer.
#
# *Cited in* [Errata](4_errata.ipynb).
#
# ### Soudry and Carmon 2016
#
# D. Soudry and Y. Carmon, *No bad local minima: data independent training error guarantees for multilayer neural networks*, 2016. [arXiv 1605.08361](https://arxiv.org/abs/1605.08361).
#
# With enough weights and noise on the slopes, differentiable minima have training error zero. We know a lecture that proves it.
#
# *Cited in* lesson [4.4](../chapters/4_over_parameterization/4_how_many_minima.ipynb); [Open questions](5_open_questions.ipynb); the library.
#
# ### Sprinkhuizen-Kuyper and Boers 1999
#
# I. G. Sprinkhuizen-Kuyper and E. J. W. Boers, *A local minimum for the 2-3-1 XOR network*, IEEE Transactions on Neural Networks 10, 1999.
#
# One hidden neuron more, and XOR has a bad minimum.
#
# *Cited in* lesson [2.2](../chapters/2_blind_spots/2_relu_blind_spots.ipynb); [Errata](4_errata.ipynb).
#
# ### Srebro and Jaakkola 2003
#
# N. Srebro and T. Jaakkola, *Weighted low-rank approximations*, ICML 2003.
#
# Weights on the squared errors make poor minima.
#
# *Cited in* the library.
#
# ### Stock, Graham, Gribonval and Jégou 2019
#
# P. Stock, B. Graham, R. Gribonval and H. Jégou, *Equi-normalization of neural networks*, ICLR 2019. [arXiv 1902.10416](https://arxiv.org/abs/1902.10416).
#
# Rescaling ReLU neurons until all layers are in balance.
#
# *Cited in* the library.
#
# ### Swirszcz, Czarnecki and Pascanu 2016
#
# G. Swirszcz, W. M. Czarnecki and R. Pascanu, *Local minima in training of neural networks*, 2016, revised in February 2017. [arXiv 1611.06310](https://arxiv.org/abs/1611.06310).
#
# Small data sets with traps, dead layers, bad starts. We read the conference submission; of the revision we know a summary.
#
# *Cited in* lessons [2.1](../chapters/2_blind_spots/1_ten_points.ipynb), [2.2](../chapters/2_blind_spots/2_relu_blind_spots.ipynb), [2.3](../chapters/2_blind_spots/3_dead_layers.ipynb); [Notation](1_notation.ipynb), [Glossary](2_glossary.ipynb), [Errata](4_errata.ipynb), [Open questions](5_open_questions.ipynb); the teacher's notes; the library.
#
# ### Sylvester 1867
#
# J. J. Sylvester, *Thoughts on inverse orthogonal matrices, simultaneous sign-successions, and tessellated pavements*, Philosophical Magazine 34, 1867.
#
# All parities of some bits in one table of signs.
#
# *Cited in* the library.
#
# ### Szegedy et al. 2014
#
# C. Szegedy, W. Liu, Y. Jia, P. Sermanet, S. Reed, D. Anguelov, D. Erhan, V. Vanhoucke and A. Rabinovich, *Going deeper with convolutions*, 2014. [arXiv 1409.4842](https://arxiv.org/abs/1409.4842).
#
# GoogLeNet, one of the eight networks whose neurons are counted.
#
# *Cited in* the library.
#
# ### Szegedy, Ioffe et al. 2016
#
# C. Szegedy, S. Ioffe, V. Vanhoucke and A. Alemi, *Inception-v4, Inception-ResNet and the impact of residual connections on learning*, 2016. [arXiv 1602.07261](https://arxiv.org/abs/1602.07261).
#
# InceptionV4, one of the eight networks whose neurons are counted.
#
# *Cited in* the library.
#
# ### Szegedy, Vanhoucke et al. 2015
#
# C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens and Z. Wojna, *Rethinking the Inception architecture for computer vision*, 2015. [arXiv 1512.00567](https://arxiv.org/abs/1512.00567).
#
# InceptionV3, one of the eight networks whose neurons are counted.
#
# *Cited in* the library.

# %% [markdown]
# ## T
#
# ### Trager, Kohn and Bruna 2020
#
# M. Trager, K. Kohn and J. Bruna, *Pure and spurious critical points: a geometric study of linear networks*, ICLR 2020. [arXiv 1910.01671](https://arxiv.org/abs/1910.01671).
#
# Which critical points come from the function and which from the factors. We know the abstract and restatements.
#
# *Cited in* lesson [3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb); the teacher's notes; the library.
#
# ### Tucker 2011
#
# W. Tucker, *Validated Numerics: A Short Introduction to Rigorous Computations*, Princeton University Press, 2011.
#
# Interval arithmetic from the beginning.
#
# *Cited in* lesson [4.2](../chapters/4_over_parameterization/2_proof_by_computer.ipynb); [Open questions](5_open_questions.ipynb).

# %% [markdown]
# ## W
#
# ### Waldspurger and Waters 2020
#
# I. Waldspurger and A. Waters, *Rank optimality for the Burer-Monteiro factorization*, SIAM Journal on Optimization 30, 2020. [arXiv 1812.03046](https://arxiv.org/abs/1812.03046) (2018).
#
# For semidefinite programs the square root in theorems such as Du and Lee's cannot be made much smaller without conditions on the data. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
#
# ### Weyl 1912
#
# H. Weyl, *Das asymptotische Verteilungsgesetz der Eigenwerte linearer partieller Differentialgleichungen*, Mathematische Annalen 71, 1912.
#
# Eigenvalues move no more than the matrix does.
#
# *Cited in* lesson [4.2](../chapters/4_over_parameterization/2_proof_by_computer.ipynb).
#
# ### Wilson 1927
#
# E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of the American Statistical Association 22, 1927.
#
# The interval of every counted share.
#
# *Cited in* lessons [2.1](../chapters/2_blind_spots/1_ten_points.ipynb), [2.2](../chapters/2_blind_spots/2_relu_blind_spots.ipynb), [4.1](../chapters/4_over_parameterization/1_spurious_minima.ipynb), [5.1](../chapters/5_cnn_width/1_width_you_already_have.ipynb); [Glossary](2_glossary.ipynb); the library.
#
# ### Wolfe 1969
#
# P. Wolfe, *Convergence conditions for ascent methods*, SIAM Review 11, 1969.
#
# When a line search has gone far enough.
#
# *Cited in* the library.
#
# ### Wu, Luo and Lee 2018
#
# C. Wu, J. Luo and J. D. Lee, *No spurious local minima in a two hidden unit ReLU network*, ICLR 2018, workshop.
#
# Two neurons: all local minima are global. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).

# %% [markdown]
# ## Y
#
# ### Yu and Chen 1995
#
# X.-H. Yu and G.-A. Chen, *On the local minima free condition of backpropagation learning*, IEEE Transactions on Neural Networks 6, 1995.
#
# A claim about as many neurons as samples; the sentence of the abstract does not hold as we read it. We know the abstract.
#
# *Cited in* [Errata](4_errata.ipynb).

# %% [markdown]
# ## Z
#
# ### Zhang et al. 2017
#
# C. Zhang, S. Bengio, M. Hardt, B. Recht and O. Vinyals, *Understanding deep learning requires rethinking generalization*, ICLR 2017. [arXiv 1611.03530](https://arxiv.org/abs/1611.03530).
#
# Large networks fit random labels. We know restatements.
#
# *Cited in* lesson [5.2](../chapters/5_cnn_width/2_width_smooths.ipynb); the library.
#
# ### Zhang, Saxe and Latham 2025
#
# Y. Zhang, A. Saxe and P. E. Latham, *Saddle-to-saddle dynamics explains a simplicity bias across neural network architectures*, 2025. [arXiv 2512.20607](https://arxiv.org/abs/2512.20607).
#
# Plateaus of learning as visits to saddles, for many kinds of networks. We know the abstract.
#
# *Cited in* [Open questions](5_open_questions.ipynb).
