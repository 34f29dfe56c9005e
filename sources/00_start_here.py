# %% [markdown]
# # Why does gradient descent work, and when does it get stuck?
#
# A neural network learns by walking downhill on its loss, one small step after another. Nothing promises that the walk
# ends at the bottom: the landscape has saddles, plateaus and valleys that lead nowhere. This course is about that
# landscape. You run every claim yourself, and you see which claims are proved, which were measured, and which are only
# conjectured.
#
# Run the first cell (Shift and Enter), then turn a knob.

# %%
import lmcourse as lm

lm.widgets.SurfaceExplorer(surface="himmelblau")

# %% [markdown]
# **Two settings to try.** Raise *step size* from 0.01 to 0.02: the path jumps to and fro across the hollow and does not
# come to rest, and at 0.05 it leaves the picture. Then choose the surface *octopus*, a step size of 0.1 and 300 steps: the
# loss falls, rests on a plateau and falls again. Plateaus like this one lie near saddles, and chapter 1 is about these. A click on
# the map sets the start; so do the two *Start* sliders, from the keyboard.

# %% [markdown]
# ## The map

# %%
lm.course_map()

# %% [markdown]
# ## How a lesson works
#
# A lesson asks one question and takes about an hour. Before each experiment you commit to a prediction. A prediction
# costs nothing and nobody sees it; what surprised you is what you will remember. Here is one. The surface is
# the one above (Himmelblau 1972), $L(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2$.

# %% tags=["predict"]
lm.predict(
    "0.start/ends",
    "Gradient descent starts at 400 random points of the picture above. Where does it end?",
    ["always at the same minimum", "at one of several minima, each of loss 0", "about half of the runs stop at a saddle"],
)

# %% [markdown]
# The experiment trains all 400 points in one batch. `theta` holds one start a row; `lm.train` moves every row until its
# gradient is shorter than `tol`; `lm.classify` says what kind of point each row is, from the eigenvalues of the matrix
# of second derivatives.

# %% tags=["experiment"]
land = lm.surface("himmelblau")
theta = lm.starts(land, seeds=range(400))
runs = lm.train(land, theta, lr=0.01, tol=1e-9)
found = lm.classify(land, runs.theta)
found

# %% tags=["headline"]
ends = sorted({(round(float(x), 3), round(float(y), 3)) for x, y in found.theta})
print("different ends:", len(ends))
print("largest loss among them:", f"{float(found.loss.max()):.0e}" if found.loss.max() > 1e-12 else "0 (below 1e-12)")
print("strict minima:", sum(kind == "strict minimum" for kind in found.kind), "of", len(found))

# %%
# Cells like this one, with assert, print nothing: they make sure that the numbers in the text are those of your machine.
assert len(ends) == 4 and set(found.kind) == {"strict minimum"} and found.loss.max() < 1e-12

# %% tags=["reveal"]
lm.reveal(
    "0.start/ends",
    measured=f"{len(ends)} different ends, all of them minima with loss 0",
    right="at one of several minima, each of loss 0",
    explanation="A random start misses the saddles: that is a theorem, and chapter 1 says what it does not promise.",
)

# %% [markdown]
# Which minimum a start leads to is a picture of its own. Colour and marker say the same.

# %%
fig, ax = lm.plots.figure(6, 4.6)
lm.plots.draw_contours(ax, land)
for end, color, marker in zip(ends, lm.plots.LINES, lm.plots.MARKERS):
    here = (found.theta - theta.new_tensor(end)).norm(dim=1) < 0.01
    ax.plot(*theta[here].T, marker, color=lm.plots.PALETTE[color], markeredgecolor="white", label=f"ends at ({end[0]:.1f}, {end[1]:.1f})")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
lm.show(
    fig,
    caption="400 random starts on Himmelblau's surface, each marked by the minimum that gradient descent takes it to.",
    alt="Height lines of a surface with four hollows. The starts fall into four connected regions, one around each hollow, "
    "and the borders between the regions bend like rivers.",
)

# %% [markdown]
# At the end of a lesson a short quiz tells you, option by option, what is right and why.

# %% tags=["quiz"]
lm.quiz(
    "0.start/small_gradient",
    r"Training has stopped at a point where $|\nabla L| = 10^{-9}$. What do you know?",
    [
        ("The point is a local minimum.", False, "Near a saddle the gradient is small as well."),
        ("There is a critical point nearby.", False, "Often; but a long slope can be flat and end nowhere."),
        ("Only that the gradient is small there.", True, "What is near, the second derivatives must tell."),
    ],
)

# %% [markdown]
# ## Three words that we keep apart
#
# - **Is proved**: a theorem, with author and year, or a certificate that your own machine computes with error bounds.
# - **Was measured here**: a count or a number from a run, with its seeds, and an interval where chance has a part.
# - **Is conjectured**: believed, and not shown as far as we know.

# %% [markdown]
# ## Is the installation in order?

# %%
lm.check_installation()

# %% [markdown]
# ## Your copy, your answers
#
# - What you change here is yours. `python3 course.py lab` opens a copy of the notebooks in the folder `my_course`; when
#   the course is updated, a notebook that you have edited stays as it is, and the new edition is laid beside it.
# - `python3 course.py reset 00_start_here` brings the original of this notebook back and keeps yours under another name;
#   for another notebook use its number, such as `4.1`.
# - Predictions and quiz answers are kept in one file on your machine, `~/.lmcourse/progress.json`. Nothing is sent
#   anywhere. `lm.progress()` shows them for all lessons, `lm.progress("1.1")` question by question; `lm.reset_progress()`
#   forgets them, and with `LMCOURSE_PROGRESS=off` none are kept. No lesson waits for them.

# %%
lm.progress()

# %% [markdown]
# ## Beside the lessons
#
# | page | to look up |
# |---|---|
# | [Glossary](companion/2_glossary.ipynb) | a word, and the place that introduces it |
# | [Notation](companion/1_notation.ipynb) | a letter, its shape, its name in the code, and what papers call it |
# | [Bibliography](companion/3_bibliography.ipynb) | a work that the course names, and what it takes from it |
# | [Errata](companion/4_errata.ipynb) | slips in papers, in how they are read, and our own, each with a cell that you can run |
# | [Open questions](companion/5_open_questions.ipynb) | what this course could not settle, and where to go next |
# | [Final quiz](companion/6_final_quiz.ipynb) | twenty questions on all chapters |

# %% [markdown]
# ## Go on
#
# Begin with 1.1, or with the question that draws you: every lesson says what it needs first. If you want to see what the
# course changes, take the [final quiz](companion/6_final_quiz.ipynb) now, unprepared, and again at the end.
#
# | lesson | question |
# |---|---|
# | [1.1 Critical points](chapters/1_saddle_points/1_critical_points.ipynb) | Four methods, one start: who walks into a saddle? |
# | [1.2 High dimension](chapters/1_saddle_points/2_high_dimension.ipynb) | Why are nearly all critical points saddles, and what is wrong with the usual argument? |
# | [1.3 Escaping](chapters/1_saddle_points/3_escaping.ipynb) | How do you leave a saddle, and how long does it take? |
# | [1.4 The straight line](chapters/1_saddle_points/4_straight_line.ipynb) | What lies between the start and the solution, and between two solutions? |
# | [2.1 Ten points](chapters/2_blind_spots/1_ten_points.ipynb) | Can ten points trap a network for ever? |
# | [2.2 ReLU blind spots](chapters/2_blind_spots/2_relu_blind_spots.ipynb) | Which flat places of a ReLU network are traps? |
# | [2.3 Dead layers](chapters/2_blind_spots/3_dead_layers.ipynb) | How bad can a start be? |
# | [3.1 No poor local minima](chapters/3_deep_linear/1_no_poor_local_minima.ipynb) | What can stop a deep linear network? |
# | [3.2 Bad saddles](chapters/3_deep_linear/2_bad_saddles.ipynb) | Why does learning come in steps? |
# | [3.3 Starting at the identity](chapters/3_deep_linear/3_identity_start.ipynb) | Which maps can be learnt from the identity? |
# | [4.1 Spurious minima](chapters/4_over_parameterization/1_spurious_minima.ipynb) | The right size, no noise: why does it fail? |
# | [4.2 A proof by computer](chapters/4_over_parameterization/2_proof_by_computer.ipynb) | How does a machine prove a minimum? |
# | [4.3 Quadratic activation](chapters/4_over_parameterization/3_quadratic_activation.ipynb) | How few neurons are enough? |
# | [4.4 How many minima](chapters/4_over_parameterization/4_how_many_minima.ipynb) | How many are there, and how good? |
# | [5.1 Width you already have](chapters/5_cnn_width/1_width_you_already_have.ipynb) | How wide is an image network, really? |
# | [5.2 Width smooths](chapters/5_cnn_width/2_width_smooths.ipynb) | What does width do to the landscape? |
