# The cells of a small notebook that the browser tests open.
# %%
import threading
import time

import matplotlib

import lmcourse as lm

lm.predict(
    "0.test/ends",
    "Where does descent from $(x, y) = (0, 0)$ end?",
    ["in a minimum, where $\\nabla L = 0$", "on a saddle with $\\lambda_1 < 0$", "nowhere"],
)
# %%
drawing_threads = set()


class WatchedExplorer(lm.widgets.SurfaceExplorer):
    def draw(self, figure, result):
        drawing_threads.add(threading.current_thread())
        super().draw(figure, result)


WatchedExplorer(surface="rosenbrock", step_size=0.001)
# %%
lm.reveal(
    "0.test/ends",
    "it ends at a point with $\\|\\nabla L\\| < 10^{-9}$",
    right=0,
    explanation="The gradient step $\\theta \\leftarrow \\theta - \\eta \\nabla L(\\theta)$ leads there.",
)
# %%
lm.quiz(
    "0.test/quiz",
    "For which $\\eta$ does descent on $\\frac{\\lambda}{2} x^2$ converge?",
    [
        ("$0 < \\eta < 2 / \\lambda$", True, "Each step multiplies $x$ by $1 - \\eta \\lambda$."),
        ("for all $\\eta > 0$", False, "Try $\\eta = 3 / \\lambda$: then $|1 - \\eta\\lambda| = 2$."),
        ("for none", False, "A small $\\eta$ shrinks `x` at each step."),
    ],
)
# %%
fig, ax = lm.plots.figure()
_ = ax.plot([0, 1, 2], [4, 1, 0], marker="o")
_ = ax.set(xlabel="step (no unit)", ylabel="loss (no unit)")
lm.show(
    fig,
    caption="The loss $L(\\theta_t)$ falls at each of the two steps of descent with $\\eta = 0.1$.",
    alt="A line with three points that falls from 4 at step 0 to 1 at step 1 and to 0 at step 2.",
)
# %%
lm.progress()
# %%
assert matplotlib.get_backend().endswith("inline"), "the reader's backend is left alone"
# %%
# This cell runs and draws for a while; meanwhile the reader moves a control.
for repetition in range(10):
    busy = matplotlib.figure.Figure()
    _ = busy.add_subplot().plot([0, repetition])
    busy.canvas.draw()
    time.sleep(0.15)
# %%
assert drawing_threads == {threading.main_thread()}, "matplotlib is used by one thread alone"
# %%
lm.widgets.ReluExplorer(example="one neuron")
