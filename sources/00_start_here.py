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
# loss falls, rests on a plateau and falls again. Plateaus like this one are saddles, and chapter 1 is about them. A click on
# the map sets the start; so do the two *Start* sliders, from the keyboard.

# %% [markdown]
# ## The map

# %%
lm.course_map()

# %% [markdown]
# ## How a lesson works
#
# A lesson asks one question and takes 25 to 45 minutes. Before each experiment you commit to a prediction. A prediction
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
for end, color, marker in zip(ends, lm.plots.PALETTE.values(), lm.plots.MARKERS):
    here = (found.theta - theta.new_tensor(end)).norm(dim=1) < 0.01
    ax.plot(*theta[here].T, marker, color=color, markeredgecolor="white", label=f"ends at ({end[0]:.1f}, {end[1]:.1f})")
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
    r"Training has stopped at a point where $\|\nabla L\| = 10^{-9}$. What do you know?",
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
# - **Is conjectured**: nobody has shown it yet.

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
#   anywhere. `lm.progress()` shows them, `lm.reset_progress()` forgets them, and with `LMCOURSE_PROGRESS=off` none are kept.

# %%
lm.progress()

# %% [markdown]
# ## Go on
#
# The course grows chapter by chapter. Begin with
# [2.1 Ten points that trap a network](chapters/2_blind_spots/1_ten_points.ipynb): a data set of ten points on which two thirds of
# all runs end in the same bad minimum, and a proof of it that your own machine computes. Or with
# [4.1 Spurious minima are common](chapters/4_over_parameterization/1_spurious_minima.ipynb): a network with exactly the right size, a
# task it can solve exactly, no noise, and still gradient descent often fails.
