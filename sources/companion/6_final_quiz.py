# %% [markdown]
# # Final quiz
#
# Twenty questions, four for each chapter. What will happen, what follows, what is wrong?

# %% [markdown]
# ## How to use this page
#
# - Run the cells, then answer. About 30 minutes. Each right option was found by an experiment, a count or a certificate. The tests of this course check it by a function that does not know which option is marked; where runs take long, it reads stored ones and repeats a few.
# - There are no tricks, but no wrong option is silly: each one has a good story. Some questions have the plain answer and some a surprising one.
#   So take the quiz twice: once *before* the course, without looking anything up, and once after it. `lm.reset_progress("final")` forgets your answers to these twenty, and nothing else.
# - Each option has an answer of its own. Your *first* choice counts in the result at the end; after it, try the others.
# - Nothing is sent anywhere, and no lesson asks for a result.

# %%
import lmcourse as lm

# %% [markdown]
# ## Chapter 1: saddle points

# %% tags=["quiz"]
lm.quiz(
    "final/1.1-maps",
    "Himmelblau's surface has four minima, four saddles and one summit. From each cell of a fine grid four methods start: gradient descent and momentum (0.9), both with the step size 0.003, Newton's method and saddle-free Newton. A map for each method shows where each start ends. Which two maps are nearly the same, in 99 of 100 cells?",
    [
        ("gradient descent and momentum", False, "Only in four of five cells: momentum carries runs over ridges, and its map has bays and islands."),
        ("Newton and saddle-free Newton", False, "In fewer than half of the cells: Newton's method ends at saddles and on the summit, too."),
        ("gradient descent and saddle-free Newton", True, "Saddle-free Newton keeps the sign of each slope and changes its speed: from nearly all starts both roll into the same hollow."),
        ("momentum and saddle-free Newton", False, "In four of five cells: momentum carries runs over ridges."),
        ("none: any two differ in at least one cell in five", False, "Two of the maps are hard to tell apart."),
    ],
    read="1.1#Who-goes-where",
)

# %% tags=["quiz"]
lm.quiz(
    "final/1.2-coins",
    r"Three shares for large $N$: M, random symmetric $N \times N$ matrices (GOE) that have positive eigenvalues only; W, minima among the critical points of random waves in $N$ dimensions; S, minima among the critical points of the spherical 3-spin model with $N$ spins. Compare each with fair coins that all show heads, one coin for each direction.",
    [
        ("M is rarer; W and S are more frequent.", False, "Right for M and S. For waves coins come close at first, by accident; the share falls like $e^{-N}$, the coins like $e^{-0.69 N}$."),
        ("M and S are rarer; W is more frequent.", False, "The other way round for W and S: in a 3-spin model it costs less to be low."),
        ("All three are rarer.", False, "Not S: 5.6 of 190 at nine spins, where eight coins, one for each direction, say 0.7."),
        ("M and W are rarer; S is more frequent.", True, "$e^{-0.27 N^2}$, $e^{-N}$ and $e^{-N/3}$, against $e^{-0.69 N}$: coins are wrong three times, in two directions."),
        ("M is rarer; W and S are as frequent as coins.", False, "Coins come close for waves in a few dimensions, by accident. At $N = 18$ they are wrong by a factor of 4."),
    ],
    read="1.2#Every-critical-point-of-a-landscape",
)

# %% tags=["quiz"]
lm.quiz(
    "final/1.3-steps",
    "Five strict saddles in a row (the octopus): at each of them the curvature is $-2$ along the way out and $+2$ along all other axes, and the way out of the next saddle is one of these. From random starts, gradient descent with the step size 0.25 has left the first saddle after 6 steps and the fifth after 465 (medians). With steps of 0.4 it leaves the first after 4. When has it left the fifth?",
    [
        ("after about 40 steps", False, "So few would do if each wait were as long as the first, with a part of the same size to grow from."),
        ("after about 300 steps", False, "The first wait shrinks like that. At the later saddles something else happens to the way out."),
        ("after about 465 steps, as before", False, r"That would need the same ratio from saddle to saddle. Work it out: $\kappa = 1 - \ln(1 - 2 \eta L) / \ln(1 + 2 \eta \gamma)$."),
        ("after about 800 steps", True, "Larger steps press the next way out down faster, by 0.2 in place of 0.5 a step, and let it grow by 1.8 in place of 1.5. So each saddle makes the time 3.7 times as long, and no longer 2.7 times."),
        ("never: it settles at the second saddle", False, "A strict saddle holds no run from a random start for ever. The steps are short enough for all curvatures here."),
    ],
    read="1.3#One-saddle-after-another",
)

# %% tags=["quiz"]
lm.quiz(
    "final/1.4-same",
    "Twelve networks with 4 tanh neurons and twelve with 16 learn one small task from different starts, and go on to a gradient of zero. Before two networks are joined by a straight line, their neurons are matched. On this line the loss hardly rises for most pairs with 16 neurons, and for fewer than half of the pairs with 4. How many different minima are there among the twelve, up to names and signs of neurons?",
    [
        ("4 with 4 neurons, 1 with 16", False, "With 16 neurons ten are different. A low barrier does not make two minima one."),
        ("4 with 4 neurons, 10 with 16", True, "With 4 neurons eight of the twelve are the best network, and walls stand between it and three worse minima. With 16 nearly all differ, and most pairs are level all the same."),
        ("8 with 4 neurons, 8 with 16", False, "With 4 neurons eight are one and the same; with 16 hardly any are."),
        ("10 with 4 neurons, 4 with 16", False, "The other way round: wide networks end at different minima, with low barriers between them."),
        ("12 with 4 neurons, 12 with 16", False, "Some are copies: eight with 4 neurons, and two pairs with 16."),
    ],
    read="1.4#Width-decides",
)

# %% [markdown]
# ## Chapter 2: blind spots

# %% tags=["quiz"]
lm.quiz(
    "final/2.1-double",
    r"A 2-2-1 sigmoid network rests at a strict local minimum of the log loss on ten points. Make it a 2-3-1 network: put a hidden neuron in twice, and let the copies share its output weight $v$ as $(1 - s)\,v$ and $s\,v$. The function, the loss and the gradient zero stay. Try $s = -1, \frac14, \frac12, \frac34, 2$, for each of the two neurons. What are the ten points?",
    [
        ("minima for $s$ between 0 and 1, saddles for $-1$ and 2", False, "For other minima this happens. Here even the fair shares have a negative eigenvalue."),
        ("saddles for $s$ between 0 and 1, minima for $-1$ and 2", False, "For other minima this happens. Here the unfair shares have a negative eigenvalue as well."),
        ("saddles, all ten", True, "The copies can move apart, and that leads down, whichever neuron is doubled: one way that width opens a trap. (Found at these ten points, not proved for all $s$.)"),
        ("minima, all ten", False, "The copies can move apart, and that leads down."),
        ("saddles for the one neuron, minima for the other", False, "Both neurons open the trap."),
    ],
    read="2.1#Method,-start-and-width",
)

# %% tags=["quiz"]
lm.quiz(
    "final/2.1-three",
    "The same ten points. With two hidden neurons two in three runs of gradient descent end at the trap, loss 5.87, and no run gets all ten points right, though there are weights that do. Now three hidden neurons, the same kind of start, 20,000 steps. How many runs end at this loss, and how many get all ten right?",
    [
        ("none, and nearly all", False, "So it is with four neurons. Not to be trapped is not to have solved the task."),
        ("none, and one in five", True, "No run ends at the old loss. Four in five still fail: most of them at other losses, with weights that have grown long. We take them for drifting runs, without proof."),
        ("one in three, and one in five", False, "No run ends at the old loss: with a doubled neuron the trap is open."),
        ("one in three, and one in two", False, "No run ends at the old loss, and fewer solve the task."),
        ("two in three, and none", False, "So it is with two neurons."),
    ],
    read="2.1#Method,-start-and-width",
)

# %% tags=["quiz"]
lm.quiz(
    "final/2.2-push",
    "A ReLU network of two neurons rests at a local minimum, loss 8/3. A path leads out that never rises: it is level up to an edge, where a sample meets a kink, and then goes down to 0. Push 100 copies in random directions and train them by gradient descent: by 0.2 from the middle of the level part, by 0.5 from the middle, and by 0.2 from the edge. How many reach 0?",
    [
        ("none, 15 and 70", True, "A level floor has no slope to follow: where descent lands on it, it stays. To get free, a push has to come over the edge."),
        ("15, 45 and 45", False, "None of those that are pushed by 0.2 from the middle: they come back to the floor."),
        ("none, none and 15", False, "More get free. From the edge many pushes take the sample out of sight at once."),
        ("40, 70 and 95", False, "A path that never rises is no promise that descent finds it: from the middle, pushed by 0.2, none does."),
        ("none, 60 and 95", False, "Fewer: most large pushes from the middle end on the floor again, and from the edge some fall back."),
    ],
    read="2.2#Does-training-find-the-way?",
)

# %% tags=["quiz"]
lm.quiz(
    "final/2.3-pushed",
    "Nine in ten random ReLU networks with 20 hidden layers of 3 neurons (Gaussian weights of mean 0, biases 0) are born dead: some layer hands on nothing but zeros for all ten samples. In which share of these is some layer off with $z < 0$ at all ten samples, so that they belong to a region of local minima? And for which share does one of 100 random pushes of all hidden biases, of size $10^{-9}$, lead below the loss of the best constant answer?",
    [
        ("in all; for none", False, "In one in five alone. With biases 0 a sample that is lost has $z = 0$ in each later layer."),
        ("in four of five; for one in five", False, "The other way round: samples mostly get lost one after the other."),
        ("in one of five; for one in twenty", False, "The first share is right. A push of this size lowers most of the others."),
        ("in one of five; for three in four", True, "Samples get lost one after the other, and a lost one sits on every later kink, $z = 0$. Most of these networks rest on a convention, slope 0 at 0, and not in a minimum."),
        ("in none; for nearly all", False, "One in five lies inside a dead region, where no small push helps."),
    ],
    read="2.3#Are-these-the-minima-of-the-theorem?",
)

# %% [markdown]
# ## Chapter 3: deep linear networks

# %% tags=["quiz"]
lm.quiz(
    "final/3.1-stand",
    r"A linear network of four matrices, widths 4-2-2-2-4, learns $\mathrm{diag}(2, 1.5, 1, 0.5)$ by gradient descent with steps of 0.02, from a third of the usual start. Its loss stands at 1.75 (the strongest mode learnt alone; the best is 0.625) from step 1,000 to step 15,000. Newton's method finds a critical point less than 0.01 away from the run. Its middle product $W_3 W_2$ has rank 1. What does the Hessian show there?",
    [
        ("a negative eigenvalue, 1/20 of the largest in size", False, "The ratio is far smaller, and this makes the wait long."),
        ("a zero block and no negative eigenvalue: the loss falls like a third power", False, "With a balanced network it might be so. This one shows its way down, hardly."),
        ("no negative eigenvalue: the loss falls like a fourth power", False, "With a balanced network it might be so. This one shows its way down, hardly."),
        ("many negative eigenvalues of very small size, one for each pair of layers", False, "There is one, towards mode 2."),
        ("a negative eigenvalue, 1/500 of the largest in size", True, "A strict saddle: -0.020 against 11. Kawaguchi's condition, full rank of the middle product, is sufficient and not necessary; and a strict saddle can hold a run for thousands of steps."),
    ],
    read="3.1#Kawaguchi's-theorem",
)

# %% tags=["quiz"]
lm.quiz(
    "final/3.1-unfinished",
    r"A linear network of five matrices, widths 4-2-2-2-2-4, learns $\mathrm{diag}(2, 1.5, 1, 0.5)$ by gradient descent with steps of 0.02, from the usual start, $N(0, 1/\text{inputs})$. The loss is half the squared error. After 1,000 steps 614 of 1,000 runs are not within $10^{-6}$ of the lowest loss, 0.625. Where are most of these 614?",
    [
        ("at 3.75, where nothing is learnt", False, "None of them. Small starts wait there."),
        ("at 1.75, where the strongest mode alone is learnt", False, "Some are, 43 of 614. With starts three times smaller it is most of them."),
        ("at 1.25, where the modes 1 and 3 are learnt", False, "Hardly any. Of the eleven levels random starts pass few."),
        ("spread over several levels, none of which holds a third", False, "One place holds more than four in five."),
        ("at most 0.05 above the lowest loss", True, "More than four in five: they have nearly arrived, and creep. Not every slow run stands at a saddle; look before you say so."),
    ],
    read="3.1#Where-are-the-unfinished?",
)

# %% tags=["quiz"]
lm.quiz(
    "final/3.2-five",
    r"Three matrices, widths 4-2-2-4, learn $\mathrm{diag}(4, 3, 2, 1)$ from Gaussian weights of size 0.05, with steps of 0.005. The loss is half the squared error: 15 with nothing learnt, 7 with mode 1, 2.5 with the modes 1 and 2. The runs wait near 15 and near 7. One run waits near 5 as well, where it has learnt the modes 1 and 3. What does the Hessian show during this third wait?",
    [
        ("a smallest eigenvalue of about -1.25: the run came in almost exactly on the ridge", True, "A learnt mode can be exchanged for a stronger one, and that shows at second order, at any depth. Not every wait is a bad saddle."),
        ("a smallest eigenvalue of about -0.01: the way down is seen, but it is nearly level", False, "The way down is plain; the run had hardly any part of it."),
        ("no way down, as at 15 and 7: only the third-order term falls", False, "Bad saddles have learnt the strongest modes. 1 and 3 are not."),
        ("no way down: the exchange of mode 3 for mode 2 is of fourth order", False, "The exchange moves two factors, so it is of second order."),
        ("a smallest eigenvalue of about -4.4, as on the way from 15 to 7: the step size overshoots", False, "The steps are short. So steep it is on the ways out alone."),
    ],
    read="3.2#A-staircase",
)

# %% tags=["quiz"]
lm.quiz(
    "final/3.3-turned",
    "A turn of the plane by 180 degrees, learnt by gradient descent from layers that are the identity: the loss rests, since each eigenvalue $w$ of the product would have to pass 0, a saddle (Bartlett, Helmbold and Long 2018). At this saddle the Hessian shows the way down with 2 layers, and with more it does not. Let each layer begin as a turn by 0.001 radians: the target is learnt after 470 steps of 0.02 with 2 layers, and after 1,500 with 4. With 8 layers?",
    [
        ("after about 490 steps: more layers turn the product by more", False, "They do, and that saves much; but the speed near 0 falls as well."),
        ("after about 750 steps: beyond 4 layers it gets easier", False, "The distance from 0 and the speed near 0 nearly cancel."),
        ("after about 1,600 steps: hardly later than with 4", True, "Eight layers turn the product by more, so the chord passes 0 farther away, and all eight move at once. That makes up for the slower speed near 0."),
        ("after about 4,800 steps: each doubling costs the same factor", False, "The factor does not stay."),
        ("after about 15,000 steps: the saddle gets ever flatter", False, "It does; but the chord passes it farther away, and more layers move."),
    ],
    read="3.3#Explore",
)

# %% [markdown]
# ## Chapter 4: over-parameterization

# %% tags=["quiz"]
lm.quiz(
    "final/4.1-proved",
    "Student networks of $n$ ReLU neurons learn teachers of $k$ orthonormal ones, up to 20 neurons, on all Gaussian inputs. A run counts as failed if its loss is still above 0.001: 8,506 runs with $n = k$, and 1,563 with $n = k + 1$. All of them go on to a gradient below $10^{-10}$, and then a proof is tried at each end. Which shares are proved to end beside a local minimum that is not global?",
    [
        ("100 % with $n = k$, 100 % with $n = k + 1$", False, "With a spare neuron 85 came down after all, and six ended beside a saddle."),
        ("100 % with $n = k$, 94 % with $n = k + 1$", True, "8,506 of 8,506, and 1,472 of 1,563. A spare neuron opens the traps of the smaller network, and new ones are there. 85 had only been resting at saddles, and come below 0.001."),
        ("100 % with $n = k$, 12 % with $n = k + 1$", False, "A spare neuron opens the traps that the smaller network had. That leaves the wider network's own."),
        ("91 % with $n = k$, 53 % with $n = k + 1$", False, "More in both cases."),
        ("48 % with $n = k$, 0 % with $n = k + 1$", False, "A small gradient is not a minimum, but without a spare neuron each one of these is stuck."),
    ],
    read="4.1#One-neuron-more",
)

# %% tags=["quiz"]
lm.quiz(
    "final/4.2-open",
    "A student of $n$ ReLU neurons learns a teacher of $k$ orthonormal ones, on all Gaussian inputs; the loss is the expectation. The symmetric point has one neuron that points the wrong way. Four of these sentences are proved, in print or on your machine in lesson 4.2. Which one is not?",
    [
        ("For $k = n = 5$ every local minimum is global.", True, "No run of 500 failed, and the symmetric point is a saddle there. That no other minimum exists is not proved, as far as we know."),
        (r"For every $k = n \ge 6$ some local minimum is not global.", False, "Proved: balls cover all sizes at once, up to infinitely many neurons."),
        ("For $k = 11$ and $n = 13$ some local minimum is not global.", False, "Proved, though none of 1,000 published runs met one."),
        ("For $k = 15$ and $n = 18$ some local minimum is not global.", False, "Proved, with three reversed neurons and three spare ones."),
        ("For $k = n = 6$ each neuron of the symmetric minimum can be split, into shares between 0 and 1, and a saddle is the result.", False, "Proved: after each split five eigenvalues are negative, for every share between 0 and 1."),
    ],
    read="4.2#The-theorem",
)

# %% tags=["quiz"]
lm.quiz(
    "final/4.3-narrow",
    "Networks of squares, $f(x) = |Wx|^2$, with 4 neurons, a little weight decay and a random tilt learn 28 samples in 12 dimensions, one run on each of 200 data sets. In 146 runs the end lies above the lowest loss of all widths. You may now choose the weights of the 4 neurons freely. On how many of these 146 data sets can you reach the lowest loss of all widths?",
    [
        ("on 5", True, r"On the 141 others the best $M = W^\top W$ has a rank above 4: no weights of four neurons express it. Whether a run is trapped is another question; some of the 141 end above a better network of their own width, too."),
        ("on about 20", False, "Fewer. Compare the rank of the best $M$ with the number of neurons."),
        ("on about 50", False, "Fewer. Compare the rank of the best $M$ with the number of neurons."),
        ("on about 100", False, "Fewer. Most of these networks do not fail for want of a better start."),
        ("on all 146", False, "Not even 28 samples for 48 weights make sure that four neurons are enough: what counts is the rank of the best $M$."),
    ],
    read="4.3#Less-width:-counting-dimensions",
)

# %% tags=["quiz"]
lm.quiz(
    "final/4.4-task",
    "A tanh network with a little weight decay (0.002) learns 40 samples; each end of training is followed to a gradient of zero. With random targets, 200 runs meet 10 different minima with 1 hidden neuron, 82 with 3, 198 with 8. With the targets of a teacher of three neurons, and a little noise, they meet 1 with 1 neuron and 7 with 3. How many with 8?",
    [
        ("about 190", False, "So it is with random targets. The count follows the task."),
        ("about 100", False, "With a tenth of the decay, 124. Here far fewer."),
        ("about 50", False, "Fewer: with a task that it can learn, more neurons do not bring more minima here."),
        ("about 15", False, "Fewer: with a task that it can learn, more neurons do not bring more minima here."),
        ("about 2", True, "Two. The number of minima is a matter of the task and of the decay, and not of the network alone. With a tenth of the decay there are 124."),
    ],
    read="4.4#Who-decides?",
)

# %% [markdown]
# ## Chapter 5: CNN width

# %% tags=["quiz"]
lm.quiz(
    "final/5.1-four",
    "216 random ReLU neurons (6 filters at 36 positions, a bias for each neuron, all from $N(0, 1)$) see 200 handwritten digits, with pixels from 0 to 1. The rank of the features should be 200, and in 9 of 10 draws it is lower. A theorem of Nguyen and Hein (2018) assumes that no two images share a patch, and these digits do share some. Four changes, each alone: noise of size 0.001 on each pixel; minus each pixel's mean over the images; twice as many filters; sigmoid in place of ReLU. Which give rank 200 in more than three of four draws?",
    [
        ("the sigmoid alone", False, "The means and the filters help as well: then enough ReLU neurons switch."),
        ("the noise, the filters and the sigmoid", False, "Shared patches are not the cause, so noise mends next to nothing."),
        ("the filters and the sigmoid", False, "The means help as well: with pixels of both signs most ReLU neurons switch."),
        ("all four", False, "Not the noise: a neuron that does not switch hardly notices it."),
        ("all but the noise", True, "Neurons that never switch are the cause, not shared patches. Pixels of both signs make them switch, more filters make up for them, and a sigmoid is never off."),
    ],
    read="5.1#Neurons-that-never-switch",
)

# %% tags=["quiz"]
lm.quiz(
    "final/5.2-where",
    "100 images of Gaussian pixels with random labels of three classes; a wide layer of sigmoid neurons, 5 softplus neurons, 3 outputs, squared loss, 2,000 steps of L-BFGS on all parameters, 100 runs for each width. With 36, 72, 108 and 180 wide neurons, how many reach a loss below 0.001?",
    [
        ("0, 2, 97 and 99", False, "Nothing happens at 100 neurons. The theorem needs as many neurons as images; training does not."),
        ("0, 51, 96 and 98", False, "Earlier: half of the runs arrive with 36 neurons, on a third as many neurons as images."),
        ("51, 96, 98 and 99", True, "As many neurons as images is not where training begins to succeed. The theorem needs it, training does not."),
        ("5, 35, 80 and 95", False, "It rises earlier and more steeply."),
        ("94, 97, 98 and 99", False, "With 36 neurons about half of the runs do not arrive, though some of them may be late rather than lost."),
    ],
    read="5.2#Runs-to-zero",
)

# %% tags=["quiz"]
lm.quiz(
    "final/5.2-wider",
    "The same network with 5 sigmoid units in the middle. Of 100 runs, 49 stay above a loss of 0.001 in 2,000 steps with 36 wide neurons, 8 with 72, 6 with 144. How many with 288, nearly three neurons for each image?",
    [
        ("none", False, "Width stops helping here soon after 72, and then does harm."),
        ("about 2", False, "More: 19."),
        ("about 6, as with 144", False, "More: 19."),
        ("about 20", True, "19 (95 % interval: 13 to 28). In the one that lesson 5.2 looks into, the wide layer has full rank, but units of the middle layer are saturated. Wider is not always faster."),
        ("about 60", False, "Most arrive: 81 of 100."),
    ],
    read="5.2#Runs-to-zero",
)

# %% tags=["quiz"]
lm.quiz(
    "final/5.2-flats",
    "288 sigmoid neurons ($W_1$), then 5 softplus units ($W_2$) and 3 outputs ($W_3$), for 100 images, squared loss. If the output bias is the mean target, three flats of critical points have a positive loss, whatever the other parameters are: A, $W_2 = 0$ and $W_3 = 0$; B, $W_1 = 0$ and $W_3 = 0$; C, all three matrices zero. Take a random point of each flat. Where does the Hessian have a negative eigenvalue?",
    [
        ("on A alone", False, "On B as well."),
        ("on A and on B", True, "On C it has none, a bad saddle, proved: there second derivatives of the answers are the same for all images, and the sum of errors removes them. On the two larger flats a random point is milder."),
        ("on B alone", False, "On A as well."),
        ("on none of them", False, "C is the bad one. On A and B there is a negative eigenvalue."),
        ("on all three", False, "Not on C, where a lower loss is near all the same: the way down is of third order."),
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
