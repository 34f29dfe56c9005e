# %% [markdown]
# # Open questions
#
# What this course could not settle, and where to go next.

# %% [markdown]
# ## How to read this page
#
# The lessons say of each claim whether it is proved, measured or conjectured. Here are the questions that stayed open, in the order of the lessons, each with what is known, what we measured and what would settle
# it. *Open* means: open to us, in November 2026, with the works in the [Bibliography](3_bibliography.ipynb). If you know better, tell us.
#
# | part | about |
# |---|---|
# | [Saddle points](#Saddle-points) | whether lists are complete, networks beside random landscapes, rows of saddles, one basin |
# | [Blind spots](#Blind-spots) | the ten points, walls in more dimensions, drifting runs, two tables of others |
# | [Deep linear networks](#Deep-linear-networks) | random starts, from saddle to saddle, positive targets |
# | [Over-parameterization](#Over-parameterization) | spare neurons, our own proofs, a size out of line, the seam, how many minima |
# | [CNN width](#CNN-width) | critical points among exceptions, slow or stuck, smooth |
# | [Where to go next](#Where-to-go-next) | eleven recent works, with dates |

# %% [markdown]
# ## Saddle points
#
# ### Are our lists of critical points complete?
#
# **Known.** [Lesson 1.2](../chapters/1_saddle_points/2_high_dimension.ipynb#Every-critical-point-of-a-landscape) finds 206, 138 and 214 critical points on three landscapes and proves each of them. The alternating sum over their indices is 2, as
# Morse theory demands; a missing minimum with a missing saddle of index 1 would not show in it. But the points are the real solutions of nine quadratic equations, which have at most 511 isolated complex solutions besides 0 (Bézout), and have
# all of them if the couplings are generic (Cartwright and Sturmfels 2013).
#
# **Measured.** In number the question is settled, as a reader of this page pointed out: in floating point, paths from equations with known solutions lead to 511 different ones on each landscape, and the real ones among them are our lists,
# pair for pair (`tests/test_complete_lists.py` in the repository).
#
# **Would settle it.** For a proof, 511 disjoint balls, each with a complex solution, by the step of Krawczyk in [lesson 4.2](../chapters/4_over_parameterization/2_proof_by_computer.ipynb). Bézout's bound then leaves no room for another. For networks
# with activations that are no polynomials we know of no such bound.
#
# ### Do large networks behave like random landscapes?
#
# **Known.** That index and height go together is a theorem about Gaussian landscapes in high dimension, and an observation on networks (Dauphin et al. 2014). Earlier reports may contain points that only look critical (Frye et al. 2021).
#
# **Measured.** On a network of 26 weights, true critical points show a correlation of 0.77 to 0.84; with the usual search
# [only 15 to 20 % of the ends](../chapters/1_saddle_points/2_high_dimension.ipynb#Flat-is-not-critical) are critical at all.
#
# **Would settle it.** The same for a network of 10,000 weights, each gradient taken to rounding, each index certified. The searches grow like the cube of the number of weights.
#
# ### Does training meet rows of saddles?
#
# **Known.** Gradient descent can need exponential time for a row of saddles, on a function made for the purpose (Du et al. 2017).
#
# **Measured.** That function, with the predicted growth of 2.7 for each saddle ([lesson 1.3](../chapters/1_saddle_points/3_escaping.ipynb#One-saddle-after-another)).
#
# **Would settle it.** The smallest Hessian eigenvalues along the training of ordinary networks: how many saddles does a run pass, and is each wait longer than the last?
#
# ### Is there one basin, up to the order of neurons?
#
# **Known.** Entezari et al. (2021) conjecture it for wide networks. It is proved for two-layer networks that are wide enough (Ferbach, Goujaud, Gidel and Dieuleveut 2023, as the abstract says), and it fails for narrow ones, as here at 4 neurons. To
# "always" there is a counterexample (Ainsworth, Hayase and Srinivasa 2023).
#
# **Measured.** One task, one hidden layer: at 16 neurons the median barrier falls from 1.03 to 0.0071 when the neurons are matched, and 94 of 100 pairs are level ([lesson 1.4](../chapters/1_saddle_points/4_straight_line.ipynb#Width-decides)). There are different minima among them. Why
# some lines from the start [rise](../chapters/1_saddle_points/4_straight_line.ipynb#When-it-does-not-fall) we could not tell either: width, rate and distance go together in our table.
#
# **Would settle it.** A proof or a counterexample for deep networks of usual width. For the lines: runs in which one of the three changes and the other two are held.

# %% [markdown]
# ## Blind spots
#
# ### Which are the ten points, and is ten the smallest?
#
# **Known.** Swirszcz, Czarnecki and Pascanu (2016) are reported to have ten points on which a sigmoid network has a minimum of half the accuracy of another point, and to believe that fewer are not enough. That revision was not
# available to us.
#
# **Proved here.** Ten points of our own do it, and [nine](../chapters/2_blind_spots/1_ten_points.ipynb#Extra:-is-ten-the-smallest?) do it for a strict minimum of the log loss with accuracy below one half.
#
# **Measured.** A search with eight points found nothing.
#
# **Would settle it.** The text, for what "smallest" means there. For eight points, an argument from the rank of the derivatives, or a search that excludes every trap.
#
# ### How high is a wall in more than one dimension?
#
# **Known.** On a line the lowest barrier can be computed exactly: 3.2 in [lesson 2.2](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#How-high-is-the-wall?). For ten points in the plane the lowest exit that we found is [0.0044 high](../chapters/2_blind_spots/1_ten_points.ipynb#Proved-on-your-machine), and the
# pass on it is proved to be a saddle.
#
# **Not known.** That there is no lower exit. With several inputs a neuron's kink is a line or a plane, and our argument by one coordinate ends.
#
# **Would settle it.** A lower bound for all paths, for instance by the sublevel sets of the loss, computed in intervals.
#
# ### Do drifting runs ever come back?
#
# **Known.** With a sigmoid output and labels that can be separated, the loss has no lowest point: it falls towards 0 as weights grow.
#
# **Measured.** All runs that miss the trap have [weights that grow](../chapters/2_blind_spots/1_ten_points.ipynb#There-is-no-lowest-point) for as long as we let them, most of them with points on the wrong side.
#
# **Would settle it.** For one such run a region of weights that descent cannot leave, with bounds that hold all the way to infinity. Then it is a minimum at infinity, proved.
#
# ### What do two published tables show?
#
# **Known.** Swirszcz, Czarnecki and Pascanu (2016) give shares of runs that learn four points, without steps and starts, and train digit networks from shifted starts that are not given.
#
# **Measured.** Our ReLU shares mostly agree; the sigmoid with Adam lies between what we find
# [after 1,000 and after 5,000 steps](../chapters/2_blind_spots/2_relu_blind_spots.ipynb#Extra:-XOR-and-the-Jellyfish). On [500 digits](../chapters/2_blind_spots/3_dead_layers.ipynb#Extra:-does-structure-in-the-data-help?) the number of live
# neurons explains what we see, for our shifts.
#
# **Would settle it.** The protocols. Until then "unfinished, no minima" is a guess that fits.

# %% [markdown]
# ## Deep linear networks
#
# ### Do random starts of deep linear networks always arrive?
#
# **Known.** There are no poor local minima (Kawaguchi 2016). For two matrices gradient descent arrives from almost every start; for three or more it is proved to reach a best network among those of some rank, which need not be the highest
# (Nguegnang, Rauhut and Terstiege 2024, as the abstract says). Bad saddles are what stands in the way: the theorem on strict saddles does not see them. That almost all starts arrive, for almost all data, is the *overfitting conjecture* of
# Chitour, Liao and Couillet (2018), who prove it for one hidden layer. For layers that are wide enough random starts are proved to arrive, Gaussian ones (Du and Hu 2019) and orthogonal ones (Hu, Xiao and Pennington 2020). Open is the narrow
# case. (Here, too, we know the abstracts alone: of Chitour, Liao and Couillet, of Du and Hu, and of Hu, Xiao and Pennington.)
#
# **Measured.** 0 of 8,000 runs end elsewhere, the slowest after half a million steps ([lesson 3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb#Four-hundred-runs)).
#
# **Would settle it.** A proof that the starts that end at bad saddles have measure zero.
#
# ### From saddle to saddle?
#
# **Known.** For three matrices and more the first step is proved, the rest is a conjecture (Jacot et al. 2021). In simpler cases the later steps are proved, too, under conditions: for two matrices (Gidel, Bach and Lacoste-Julien 2019), for
# matrix sensing (Jin, Li, Lyu, Du and Lee 2023) and for diagonal networks (Berthier 2023); we know the abstracts. For many kinds of networks Zhang, Saxe and Latham (2025) have a theory of it (we know the abstract).
#
# **Measured.** Three starts whose plateaus lie where the best fits of low rank lie, one of twelve starts that passes quickly ([lesson 3.2](../chapters/3_deep_linear/2_bad_saddles.ipynb#Which-saddles-are-bad?)).
#
# **Would settle it.** The second step: which way a run leaves the saddle of rank one. And a test of our guess that Adam's short plateaus come from its rescaling of small gradients.
#
# ### Does descent from the identity learn every positive target?
#
# **Known.** For symmetric positive definite targets, yes; for all with $u^\top \Phi u > 0$ another algorithm does (Bartlett, Helmbold and Long 2018). For normal targets chords settle it.
#
# **Measured.** 300 of 300 random positive targets are learnt, 30 of them on a way that leaves the positive matrices
# ([lesson 3.3](../chapters/3_deep_linear/3_identity_start.ipynb#Extra:-beyond-symmetry,-power-projection)). So a proof cannot rest on staying positive.
#
# **Would settle it.** A proof for the flow, or one target on which it stops. Two by two matrices and two layers would be a beginning: eight numbers.

# %% [markdown]
# ## Over-parameterization
#
# ### How many spare neurons are enough?
#
# **Known.** Splitting turns the traps of the smaller network into saddles (Safran, Yehudai and Shamir 2021); minima of lesser symmetry need more neurons for it (Arjevani and Field 2022, as the abstract says).
#
# **Proved here.** With two and with three spare neurons [new traps](../chapters/4_over_parameterization/2_proof_by_computer.ipynb#Spare-neurons) exist, at 11 and 15 teacher neurons.
#
# **Measured.** 0 of 13,000 published runs with two spare neurons met one.
#
# **Would settle it.** For existence: traps with $p$ spare neurons for every $p$, from one equation in $1/\sqrt k$, as for one reversed neuron. For training: a bound on the share of starts that reach them, for every size. We see no way to it.
#
# ### Who checks our proofs?
#
# **Proved here.** A spurious minimum for every $k = n \ge 6$, in one calculation, and those with spare neurons. A second program with other formulas agrees where we let it try.
#
# **Not known.** Whether they stand before a referee: nobody outside has read them. And no list of the minima is complete: for [three, four and five neurons](../chapters/4_over_parameterization/1_spurious_minima.ipynb#The-theorem) we know of no proof that there is none. (For two there is one, by Wu, Luo and Lee 2018; we know the abstract, which names no condition on
# the weights.)
#
# **Would settle it.** Reading [*What is proved, and what is trusted*](https://github.com/lmcourse/lmcourse/blob/main/docs/proofs.md) in the repository, a proof in a formal system, and for small sizes a search that excludes all other points.
#
# ### Why is one published size out of line?
#
# **Known.** At $k = n = 13$ Safran and Shamir (2018) have 73.0 % failed runs, in their result files of 2021 it is near 67 %.
#
# **Measured.** 65.0 % of 1,000 ([lesson 4.1](../chapters/4_over_parameterization/1_spurious_minima.ipynb#Does-size-help?)), 65.2 % of 10,000 (64.2 to 66.1). All other sizes agree. What counts as failed is not the reason: every failed run of the thousand is
# [proved](../chapters/4_over_parameterization/1_spurious_minima.ipynb#One-neuron-more) to end beside a minimum that is not global.
#
# **Would settle it.** The seeds of the published row. By chance alone one table of fifteen sizes in about 600 has a difference this large somewhere.
#
# ### What makes the seam?
#
# **Known.** Theorem B excludes traps from $n(n+1)/2 > N$ on, with a random tilt (Du and Lee 2018). For semidefinite programs, which are built alike, such a bound is nearly the best: below it there are bad second-order points, and not only for special
# costs, even if the solution has rank one (Waldspurger and Waters 2020, as the abstract says).
#
# **Measured.** No run fails above the *rank* of the best network, far below that line, and of the 127 runs that are trapped at it 113 have rank 1 or 2 ([lesson 4.3](../chapters/4_over_parameterization/3_quadratic_activation.ipynb#Less-width:-counting-dimensions)). Below the
# rank, where no run can be the best of all widths, there are traps as well: with 28 samples and 4 neurons at least 22 of the first 68. Data without a tilt succeed, too.
#
# **Would settle it.** A theorem for random data (for all data it cannot be, if networks are like those programs) in which the rank of the best network stands where $\sqrt{2N}$ stands now, and one without the tilt.
#
# ### How many minima are there, and when are they good?
#
# **Known.** Exponentially many for data made for it (Auer, Herbster and Warmuth 1996), bad ones at any width for some data (Ding, Li and Sun 2019). Counts of runs are lower bounds.
#
# **Measured.** The task decides: 82 minima met with random targets, 7 with a teacher's, for one network ([lesson 4.4](../chapters/4_over_parameterization/4_how_many_minima.ipynb#Who-decides?)). On the quadrants width makes them
# [nearly equally good](../chapters/4_over_parameterization/4_how_many_minima.ipynb#How-good-are-they?). The count is highest at two to five samples a parameter. Whether a lower training loss goes with a lower test loss depends on the decay, and
# in between on the data set.
#
# **Would settle it.** A property of the data, to be computed before training, that says which. For the counts: an exhaustive search in the smallest network that has more than one minimum.

# %% [markdown]
# ## CNN width
#
# ### Where do the bad critical points lie?
#
# **Known.** Every critical point in the good set is global, and the good set has full measure (Nguyen and Hein 2018). With analytic activations critical points have measure zero themselves. One case stays open in the version that we read: a convolution behind
# the wide layer.
#
# **Proved here.** Whole flats of [bad critical points](../chapters/5_cnn_width/2_width_smooths.ipynb#Almost-every-critical-point) at every width, and with ReLU, which that version leaves open, an open set of bad minima. On digits, which break the assumption on patches, sigmoid features are independent for almost all weights.
#
# **Would settle it.** The dimension of all bad critical points, against that of the global minima, at each width. For VGG itself seven of nine conditions are missing, so this theorem will not settle it.
#
# ### Slow, or stuck?
#
# **Measured.** At 432 neurons no run fits all [300 random labels](../chapters/5_cnn_width/2_width_smooths.ipynb#Extra:-true-labels-and-random-ones) in 2,000 steps, at 288 neurons seven of ten do. Of eight runs with 288 neurons that had not arrived on the first task, two did in 3,000 more steps.
#
# **Not known.** Whether the others would. A plateau is not a minimum, and no number of steps without progress makes it one.
#
# **Would settle it.** For one such run: the critical point beside it, if there is one, with a certificate. The paper's own training table was not at hand, and ours of its size, `lmcourse reproduce wide_training_large`, waits for a machine with a GPU.
#
# ### Does width smooth?
#
# **Measured.** In our slices rims are lower for wider networks, but weights are shorter, too; and the largest curvature *grows* with width ([lesson 5.2](../chapters/5_cnn_width/2_width_smooths.ipynb#Explore)).
#
# **Would settle it.** First a definition of *smooth* that does not change when neurons are rescaled (Dinh et al. 2017).

# %% [markdown]
# ## Where to go next
#
# Works that came after those on which the lessons rest, the newest first, as of November 2026. **Of all of them we read the abstract or the first pages alone, and ran nothing**: take each paragraph as a reason to read. The date is that of the first version, or of the journal.
#
# ### April 2026: minima by a few numbers
#
# Huang, Loureiro and Sarao Mannelli (2026) study the teacher-student network of [lesson 4.1](../chapters/4_over_parameterization/1_spurious_minima.ipynb) and announce an exact description of its local minima by a few summary numbers. The minima are the points that attract
# stochastic gradient descent with a new sample for each step. With spare neurons they change their stability, and fewer runs end there. For lesson 4.1 this would replace counts by a theory of which minima are met.
#
# ### December 2025: plateaus in many architectures
#
# Zhang, Saxe and Latham (2025) say when learning goes from saddle to saddle: in networks with one hidden layer, linear, ReLU, convolutional or with attention, each stage adds a neuron, a filter or a head. For [lesson 3.2](../chapters/3_deep_linear/2_bad_saddles.ipynb) it puts
# deep linear networks into a wider picture, and it is the place to look for the second step of the conjecture.
#
# ### October 2025: no barrier without matching
#
# Ito, Yamada, Chijiwa and Kumagai (2025) join independently trained wide networks by a line of low loss *without* renaming any neuron, once the temperature of the softmax is set anew. In [lesson 1.4](../chapters/1_saddle_points/4_straight_line.ipynb) the median barrier as trained
# falls with width as well, from 1.03 at 16 neurons to 0.43 at 64. The paper gives a reason that has nothing to do with the order of neurons.
#
# ### June 2025: flat channels to infinity
#
# Martinelli et al. (2025) find channels along which two neurons approach each other while their output weights grow without limit; the loss falls ever more slowly. Gradient flow and Adam end in such channels often, and without a close look they pass for flat minima. Runs of
# [lesson 2.1](../chapters/2_blind_spots/1_ten_points.ipynb#There-is-no-lowest-point) drift to infinity for another reason, labels that can be separated. Here is one for regression, and one more argument for the decay with which [lesson 4.4](../chapters/4_over_parameterization/4_how_many_minima.ipynb) counts minima.
#
# ### December 2024: the edge with minibatches
#
# Andreyev and Beneventano (2024) ask what settles at two over the step size when each step sees some samples only. Not the sharpness, they find, which stays below, but the mean curvature of minibatches along their own gradients. The extra part of
# [lesson 1.3](../chapters/1_saddle_points/3_escaping.ipynb#The-edge-of-stability) uses all samples, and should be read with this in mind.
#
# ### October 2024: a flow for the edge
#
# Cohen, Damian, Talwalkar, Kolter and Lee (2024) give a differential equation, the *central flow*, for the path of training smoothed over its oscillations at the edge of stability. The derivation is informal, as they say, and predicts long runs of
# real networks closely. It explains what lesson 1.3 measures: why the loss goes up and down over short times and falls over long ones.
#
# ### August 2024: networks that stop learning
#
# Dohare et al. (2024) train networks on one task after another and see them learn worse and worse, in the end no better than a shallow network; to reset a few little used neurons from time to time prevents it. The lessons of this course look at one task
# and at landscapes that stand still. Read it with [lesson 2.3](../chapters/2_blind_spots/3_dead_layers.ipynb) at hand, and ask which part dead neurons have in it.
#
# ### 2024: what random starts of deep linear networks reach
#
# Nguegnang, Rauhut and Terstiege (2024) prove that gradient descent converges to a critical point if its steps are short enough, from almost all starts to a global minimum for two layers, and for more layers to a minimum among the matrices of some rank. For
# [lesson 3.1](../chapters/3_deep_linear/1_no_poor_local_minima.ipynb) this is the statement about runs that Kawaguchi's theorem does not make, and it shows where the gap is.
#
# ### December 2023: hidden minima
#
# Arjevani (2023) takes two families of traps of the teacher-student network, one that descent meets and one that it does not, with nearly the same spectrum of the Hessian. What tells them apart are curves that leave them. So the eigenvalues of
# [lesson 4.2](../chapters/4_over_parameterization/2_proof_by_computer.ipynb) prove a minimum, and say little about how many runs find it.
#
# ### October 2023: a proof for wide networks
#
# Ferbach, Goujaud, Gidel and Dieuleveut (2023) prove that two wide enough networks with one hidden layer, trained by stochastic gradient descent, are joined by a line without a barrier after renaming, with high probability; and how wide deep networks must be, if their neurons are
# independent. It is part of the conjecture in lesson 1.4.
#
# ### May 2023: most pieces are harmless
#
# Karhadkar, Murray, Tseran and Montúfar (2023) cut the weights of a ReLU network into the pieces on which the same neurons are on, and show that with mild over-parameterization most pieces, by number and by volume, hold no bad minimum. The networks of
# [lesson 2.2](../chapters/2_blind_spots/2_relu_blind_spots.ipynb) have no neuron to spare; dead layers, as in [lesson 2.3](../chapters/2_blind_spots/3_dead_layers.ipynb), lie in the few other pieces. Compare Soudry and Carmon (2016) in lesson 4.4, who need noise on the slopes.
#
# ### Books
#
# For interval arithmetic, Tucker (2011); for the algorithms of descent, Nocedal and Wright (2006).
