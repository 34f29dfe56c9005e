# %% [markdown]
# # Final quiz
#
# Twenty questions, four for each chapter. What will happen, what follows, what is wrong?

# %% [markdown]
# ## How to use this page
#
# - Run all cells, then answer. About 30 minutes. There are no tricks: each right option was found by an experiment, a count or a certificate, and the tests of this course repeat it.
# - Most wrong options are what well-read people believe. So take the quiz twice: once *before* the course, without looking anything up, and once after it.
#   `lm.reset_progress("final")` forgets your answers to these twenty, and nothing else.
# - Each option has an answer of its own. Your *first* choice counts in the result at the end; after it, try the others.
# - Nothing is sent anywhere, and no lesson asks for a result.

# %%
import torch
import lmcourse as lm

# %% [markdown]
# ## Chapter 1: saddle points

# %% tags=["quiz"]
lm.quiz(
    "final/1.1-rest",
    "A tanh network has 29 weights. At zero weights the gradient vanishes, and the Hessian has four negative eigenvalues. Newton's method (steps cut at length 1, directions of eigenvalue zero left out) starts from five random points beside it, each weight of size 0.001. Where does it come to rest?",
    [
        ("at zero, the saddle beside it", False, "It is drawn in, but zero is not the only critical point here: critical points fill a set of 20 dimensions around it."),
        ("at other saddles, none of them at zero", True, "All five rest at saddles of index 4, up to 0.7 from zero. Newton looks for a gradient of zero, of any kind, and here zeros of the gradient fill a set of 20 dimensions."),
        ("at minima, since each start has a little of every way down", False, "That is how gradient descent leaves. Newton's method makes this little part smaller."),
        ("nowhere: its steps go on across the plateau", False, "All five come to rest, with gradients below 1e-12."),
    ],
    read="1.1#Extra:-the-same-saddle-inside-a-network",
)

# %% tags=["quiz"]
lm.quiz(
    "final/1.2-band",
    r"The spherical 3-spin model with $N$ spins: for large $N$, theory confines its minima to a narrow band of heights, from the lowest level $-E_0$ up to $-E_\infty$. Take $N = 100$, on average over all such landscapes. How many of the minima lie in that band?",
    [
        ("nearly all of them", False, "So one often reads. It is the limit of large $N$, and 100 is far from it."),
        ("about half", False, "Half of them lie above -1.51. But the band begins only at -1.633."),
        ("about one in ten", False, "Fewer still: the limit is far."),
        ("less than one in a hundred", True, "Half of the minima lie above -1.51, and the band begins at -1.633. As the number of spins grows, minima come into it from above."),
    ],
    read="1.2#The-law",
)

# %% tags=["quiz"]
lm.quiz(
    "final/1.3-tries",
    "A tanh network with 29 weights, all of them zero, stands at a strict saddle of index 4. You try random directions, a short way along each. How many of them lead down?",
    [
        ("fewer than one in a million", False, "So it would be if the trace were large and positive. Here it is small: four curvatures up and four down are of one size, and cancel."),
        ("about one in seven, as 4 of 29", False, "The number of ways down is not what a try measures."),
        ("about two in five", True, "A try sees the mean curvature, give or take its spread. The trace is 2, the spread 12: a little less than one half."),
        ("more than four in five", False, "That would take a negative trace."),
    ],
    read="1.3#What-a-try-measures",
)

# %% tags=["quiz"]
lm.quiz(
    "final/1.4-same",
    "Twelve networks learn one small task from different starts, and go on to a gradient of zero. Neurons are matched before two networks are joined by a line. A pair is level if the loss hardly rises on it. With 4 hidden neurons 29 of 66 pairs are level, with 16 neurons 50. Which of the level pairs are one and the same network, up to the names of its neurons?",
    [
        ("all 29 with 4 neurons, hardly any of the 50 with 16", True, "With 4 neurons eight of the twelve are the best network. With 16 there are ten different minima, and most pairs of them are level."),
        ("hardly any of the 29 with 4 neurons, most of the 50 with 16", False, "The other way round: wide networks end at different minima, with low barriers between them."),
        ("most of them, with 4 and with 16 neurons", False, "With 16 neurons there are ten different minima among the twelve."),
        ("none of them, with 4 or with 16 neurons", False, "Eight of the twelve networks of 4 neurons are one and the same."),
    ],
    read="1.4#Width-decides",
)

# %% [markdown]
# ## Chapter 2: blind spots

# %% tags=["quiz"]
lm.quiz(
    "final/2.1-adam",
    "Ten points in the plane; a 2-2-1 sigmoid network can get all ten right. Two in three runs of gradient descent end in a strict local minimum with 4 of 10 right. Adam, from the same kind of start, ends there in 2 of 100 runs. What do most of its other runs do, in 20,000 steps?",
    [
        ("They get all ten points right, and the loss goes to 0.", False, "One of 500 does. Not to be trapped is not to have solved the task."),
        ("They rest at other minima, with seven or eight right.", False, "They do not rest: their weights keep growing."),
        ("Their weights grow on, and six points stay undecided.", True, "Nearly four in five approach $6 \\ln 2$: four points ever surer, six at one half. A minimum at infinity, where there is nothing to test."),
        ("They fall into the trap and leave it, again and again.", False, "The trapped runs come to rest in it, the others drift away."),
    ],
    read="2.1#There-is-no-lowest-point",
)

# %% tags=["quiz"]
lm.quiz(
    "final/2.1-exit",
    "That trap, with loss 5.87, holds two in three runs of gradient descent. A network that always answers one half has loss 6.93. On the best path that is known from the trap to a lower loss, by how much does the loss rise?",
    [
        ("not at all", False, "It is a strict local minimum, proved: each way out begins uphill."),
        ("by less than 0.01", True, "By 0.0044, over a proved saddle. How many runs a trap catches and how deep it is are different things: descent never climbs."),
        ("by about 0.1", False, "Less than a twentieth of that."),
        ("by about 1, to the constant answers", False, "The path does not pass them. So large a basin needs no high rim."),
    ],
    read="2.1#Proved-on-your-machine",
)

# %% tags=["quiz"]
lm.quiz(
    "final/2.2-push",
    "A ReLU network of two neurons rests at a local minimum, loss 8/3, from which a path leads out: level first, then down to 0, and it never rises. 100 copies are pushed away from it by 0.2, in random directions, and trained by gradient descent. How many reach 0?",
    [
        ("none", True, "All come back to 8/3, and a level floor has no slope to follow. From the edge of the floor 70 of 100 get free."),
        ("about 15", False, "So many get free when they are pushed by 0.5."),
        ("about 70", False, "So many get free when they are pushed from the edge of the floor."),
        ("all of them", False, "A path that never rises is no promise that descent finds it."),
    ],
    read="2.2#Does-training-find-the-way?",
)

# %% tags=["quiz"]
lm.quiz(
    "final/2.3-pushed",
    "Nine in ten random ReLU networks with 20 hidden layers of 3 neurons (weights of mean 0, biases 0) hand on nothing but zeros from some layer on, for all ten samples: their gradient by all weights below is exactly zero. Push all hidden biases of each by random numbers of size $10^{-9}$, a hundred times. For how many of the dead ones does some push lead to a loss below that of the best constant answer?",
    [
        ("for none: they lie inside a dead region", False, "Only where some layer has $z < 0$ at all ten samples: one in five of them. The others sit on kinks."),
        ("for about one in twenty", False, "Far more. Samples get lost one after the other, and with biases 0 a lost sample has $z = 0$ in each later layer, on every kink."),
        ("for about one in four", False, "The other way round: about one in four resists."),
        ("for about three in four", True, "They rest on a convention, slope 0 at 0, and not in a minimum. Only those with $z < 0$ at all ten samples in some layer are minima of the theorem."),
    ],
    read="2.3#Are-these-the-minima-of-the-theorem?",
)

# %% [markdown]
# ## Chapter 3: deep linear networks

# %% tags=["quiz"]
lm.quiz(
    "final/3.1-unfinished",
    r"A linear network of five matrices, widths 4-2-2-2-2-4, learns $\mathrm{diag}(2, 1.5, 1, 0.5)$ by gradient descent from the usual start, $N(0, 1/\text{inputs})$. After 1,000 steps 614 of 1,000 runs are not within $10^{-6}$ of the lowest loss, 0.625. Where are most of these 614?",
    [
        ("near the saddle that has learnt the strongest mode alone, loss 1.75", False, "Some are, 43 of 614. With starts three times smaller it is four in five."),
        ("less than 0.05 above the lowest loss", True, "More than four in five: they have nearly arrived, and creep. Not every slow run stands at a saddle; look before you say so."),
        ("near the saddle where nothing is learnt, loss 3.75", False, "None of them. Small starts wait there."),
        ("spread evenly over the critical levels", False, "Gradient descent from random starts passes few of the eleven levels."),
    ],
    read="3.1#Where-are-the-unfinished?",
)

# %% tags=["quiz"]
lm.quiz(
    "final/3.2-stairs",
    r"Linear networks of widths 4-2-4 and 4-2-2-4 learn $\mathrm{diag}(4, 3, 2, 1)$ from Gaussian weights of size 0.05. Nothing learnt costs 15, the strongest mode alone learnt 7, both modes that fit 2.5. Which runs stand still near 7 for hundreds of steps?",
    [
        ("both", False, "With two matrices the stairs are rounded off: near 7 for 20 steps at most."),
        ("neither", False, "Three matrices wait near 15, and again near 7."),
        ("only those with two matrices", False, "The other way round. With two matrices each saddle shows its way down in the Hessian."),
        ("only those with three matrices", True, "At 7 and 15 three matrices have saddles whose Hessian shows no way down. With two matrices mode 2 grows from the first step on, and nearly as fast as mode 1."),
    ],
    read="3.2#A-staircase",
)

# %% tags=["quiz"]
lm.quiz(
    "final/3.2-levels",
    r"The network 4-2-2-4 and the target $\mathrm{diag}(4, 3, 2, 1)$: its critical points have eleven different losses, the lowest of them global. On how many of the other ten levels is there a saddle whose Hessian has no negative eigenvalue?",
    [
        ("on none", False, "The origin is one: with three matrices all its second derivatives are zero."),
        ("on one, where nothing is learnt", False, "There is one more: the strongest mode learnt alone, with no spare path in the middle matrix."),
        ("on two", True, "Where nothing is learnt and where mode 1 alone is: the best fits of rank 0 and 1. On all other levels a learnt mode can be exchanged for a stronger one, and that shows in the Hessian."),
        ("on all ten", False, "Not where a learnt mode could be exchanged for a stronger one: that way down shows at second order, at any depth."),
    ],
    read="3.2#Which-saddles-are-bad?",
)

# %% tags=["quiz"]
lm.quiz(
    "final/3.3-positive",
    r"Four layers start as the identity, with short steps. The target $\Phi = \begin{pmatrix} 0.3 & -6 \\ 4 & 5.5 \end{pmatrix}$ is positive, that is, $u^\top \Phi u > 0$ for all $u \ne 0$. Bartlett, Helmbold and Long (2018) prove convergence for an algorithm that brings the product of the layers back to such matrices at every step. What does gradient descent do without that?",
    [
        ("The product leaves the positive matrices, and arrives.", True, "Down to $u^\\top A u = -0.7$ on the way. The projection repairs what its proof needs; of 300 random positive targets descent alone missed none. That is measured, and no proof is known to us."),
        ("The product leaves the positive matrices, and gets stuck.", False, "It leaves them, and comes back. What holds descent from the identity is a product that meets 0."),
        ("The product stays among the positive matrices, and arrives.", False, "It arrives, but the smallest $u^\\top A u$ falls to -0.7 on the way."),
        ("The product stays among the positive matrices, and gets stuck.", False, "It leaves them, and arrives."),
    ],
    read="3.3#Extra:-beyond-symmetry,-power-projection",
)

# %% [markdown]
# ## Chapter 4: over-parameterization

# %% tags=["quiz"]
lm.quiz(
    "final/4.1-down",
    "A student of 5 ReLU neurons learns a teacher of 5 orthonormal ones. At a critical point of the student, neuron 1 points away from teacher neuron 1, and the four others each sit near a teacher neuron of their own. It is a saddle. What happens at first along the steepest way down?",
    [
        ("Neuron 1 turns around, to teacher neuron 1.", False, "Its weight on input 1 does not move at all at first."),
        ("Two of the four other neurons merge.", False, "One of them leaves its place, for teacher neuron 1. None merge."),
        ("Neuron 1 turns to another teacher neuron.", True, "It goes for teacher neuron 2, say, and neuron 2 takes over the gap: they swap roles. At $k = 6$ this same move leads up, and the student is stuck."),
        ("All neurons shrink together.", False, "The way down is a trade between two neurons."),
    ],
    read="4.1#Which-way-was-down?",
)

# %% tags=["quiz"]
lm.quiz(
    "final/4.2-proved",
    "A student of $n$ ReLU neurons learns a teacher of $k$ orthonormal ones, on all Gaussian inputs; the loss is the expectation. Which of these sentences is proved?",
    [
        ("With $k = n = 5$ no local minimum misses loss 0.", False, "No run of 500 failed, and the point with one reversed neuron is a saddle there. That no other minimum exists is not proved."),
        ("For every $k = n \\ge 6$ some local minimum misses loss 0.", True, "A proof with balls covers all sizes at once, down to infinitely many neurons: published for 6 to 20, proved for all by your own machine in lesson 4.2."),
        ("For every $k \\ge 6$, $n = k + 2$ opens all such minima.", False, "The opposite is proved for $k = 11$, though none of 13,000 published runs meets such a minimum."),
        ("For every $k \\ge 6$, $n = k + 2$ makes failures rare.", False, "Measured up to $n = 20$. For every $k$ it is open."),
    ],
    read="4.2#The-theorem",
)

# %% tags=["quiz"]
lm.quiz(
    "final/4.3-narrow",
    "Networks of squares, $f(x) = |Wx|^2$, with 4 neurons learn 28 samples in 12 dimensions, one run on each of 100 data sets. In 69 runs the end is not the lowest loss of all widths. How many of these 69 are trapped in a local minimum, though 4 neurons would do?",
    [
        ("one", True, "For the 68 others the best $M = W^\\top W$ has a rank above 4: the network is too narrow to express it. At four neurons traps are rare."),
        ("about 20", False, "Fewer. Compare the rank of the best $M$, 5 or more on 68 of these data sets, with the 4 neurons."),
        ("about half", False, "Fewer. Compare the rank of the best $M$, 5 or more on 68 of these data sets, with the 4 neurons."),
        ("all 69", False, "An end above the lowest loss of all widths need not be a trap: most of these networks cannot express the best $M$."),
    ],
    read="4.3#Less-width:-counting-dimensions",
)

# %% tags=["quiz"]
lm.quiz(
    "final/4.4-task",
    "A tanh network with a little weight decay learns 40 samples; each end of training is followed to a gradient of zero. With random targets, 200 runs meet 10 different minima with 1 hidden neuron, 82 with 3, 198 with 8. With the targets of a teacher of three neurons, and a little noise, they meet 1 with 1 neuron and 7 with 3. How many with 8?",
    [
        ("about 190", False, "So it is with random targets. The count follows the task."),
        ("about 60", False, "Fewer: with a task that it can learn, more neurons do not bring more minima here."),
        ("about 20", False, "Fewer: with a task that it can learn, more neurons do not bring more minima here."),
        ("fewer than 5", True, "Two. The number of minima is a matter of the task and of the decay, not of the network alone. With a tenth of the decay there are 124."),
    ],
    read="4.4#Who-decides?",
)

# %% [markdown]
# ## Chapter 5: width

# %% tags=["quiz"]
lm.quiz(
    "final/5.1-remedy",
    "216 random ReLU neurons (6 filters at 36 positions, a bias for each neuron) see 200 handwritten digits, with pixels from 0 to 1. The rank of the features should be 200, and in 9 of 10 draws it is lower. A theorem assumes that no two images share a patch, and these digits do share some. What gives rank 200 in most draws?",
    [
        ("noise of 0.001 on each pixel, so that no patch is shared", False, "It changes next to nothing: shared patches are not the cause."),
        ("subtracting from each pixel its mean over the images", True, "Neurons that never switch are the cause: patches of one sign are outweighed by a bias or by weights of one sign. With pixels of both signs most neurons switch."),
        ("weights and biases ten times smaller", False, "All features get ten times smaller, and the rank stays as it is."),
        ("exact arithmetic in place of rounded numbers", False, "Computed in whole numbers, the rank of the first draw is 183: proved."),
    ],
    read="5.1#Neurons-that-never-switch",
)

# %%
experiment = lm.experiments.independent_features
x = experiment.images("gaussian", N=200)
fig, ax = lm.plots.figure(8, 3.4)
for scale, dash, color in ((1, "-", "blue"), (0.1, "--", "vermilion")):
    F = experiment.features(x, *experiment.draw(filters=6, scale=scale), "sigmoid")
    ax.semilogy(range(1, 201), torch.linalg.svdvals(F), dash, color=lm.plots.PALETTE[color], label=f"scale {scale}")
ax.set(xlabel="place (number)", ylabel="singular value of F (no unit)", xticks=(1, 65, 100, 150, 200))
ax.legend()
alt = "Two falling curves from about 100. At scale 1 smooth, down to 0.1 at place 200. At scale 0.1 a drop after place 65, then down to 0.0007."
lm.show(fig, "The 200 singular values of the features of 200 images, at two scales of the same random weights.", alt)

# %% tags=["quiz"]
lm.quiz(
    "final/5.1-scale",
    "The picture: 216 sigmoid neurons see 200 Gaussian images of 64 pixels; weights and biases are drawn from $N(0, c^2)$. The curve ends at 0.1 for the scale $c = 1$ and at 0.0007 for $c = 0.1$, with a drop after place 65. Where does it end for $c = 0.01$?",
    [
        ("nowhere: the rank falls to 65", False, "The rank stays 200, proved with error bounds. A straight line would give 65, but the sigmoid is not straight."),
        ("near 0.00007, ten times lower", False, "Only the first 65 values follow the straight part of the sigmoid, which goes with $c$."),
        ("near 0.000005, by the same factor again", False, "The first factor is not yet the law. For small weights the lowest term that bends decides."),
        ("near 0.0000008, a thousand times lower", True, "The second derivative of the sigmoid vanishes at 0, so the cubic term, of size $c^3$, lifts the last 135 values."),
    ],
    read="5.1#Small-weights",
)

# %% tags=["quiz"]
lm.quiz(
    "final/5.2-wider",
    "100 images with random labels; a wide sigmoid layer, a middle layer of 5 sigmoid units, 3 outputs. Of 100 runs, 49 stay above a loss of 0.001 in 2,000 steps with 36 wide neurons, 8 with 72, 6 with 144. How many with 288, nearly three neurons for each image?",
    [
        ("none", False, "Width stops helping here soon after 72, and then does harm."),
        ("about 6, as with 144", False, "More: 19."),
        ("about 20", True, "19 (95 % interval: 12 to 28). In the one that lesson 5.2 looks into, the wide layer has full rank, but units of the middle layer are saturated. Wider is not always faster."),
        ("nearly all", False, "Most arrive: 81 of 100."),
    ],
    read="5.2#Runs-to-zero",
)

# %% tags=["quiz"]
lm.quiz(
    "final/5.2-flats",
    "288 sigmoid neurons, then 5 softplus units and 3 outputs, for 100 images: 1,823 parameters, and all conditions of Nguyen and Hein (2018) hold. Proved: almost all points of the landscape are good, and a good critical point has loss 0. How large are the flats of critical points with a positive loss?",
    [
        ("of more than 1,700 dimensions", True, "With $W_1 = 0$, $W_3 = 0$ and the mean target as output bias 1,733 parameters are free. Such points are not good. They have measure zero, and so have all critical points."),
        ("of 365 dimensions at most", False, "So many are free with $W_2 = 0$ and $W_3 = 0$. With $W_1$ in place of $W_2$ there are more."),
        ("of a few dimensions, by symmetry", False, "Far larger: most weights may be anything once some matrices are zero."),
        ("there are none: critical means loss 0", False, "That does not follow. Almost all points are good, but critical points may all lie among the exceptions."),
    ],
    read="5.2#Almost-every-critical-point",
)

# %% [markdown]
# ## Your result
#
# Run this cell when you have answered. It counts first answers, chapter by chapter, and says what to read again.

# %%
lm.progress("final")

# %% [markdown]
# ## Go on
#
# - What is still open: [What this course could not settle](5_open_questions.ipynb).
# - The words of the course: [glossary](2_glossary.ipynb), [notation](1_notation.ipynb). The works: [bibliography](3_bibliography.ipynb).
# - Back to the [map](../00_start_here.ipynb#The-map).
